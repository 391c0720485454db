//! From settings to what the engine and the edge run on. The only place that knows both sides.
//!
//! Reads    settings, and the files and variables that they refer to.
//! Errors   [`WireFault`]: nothing of a configuration is taken over then.

use crate::alerts::targets;
use crate::config::secret::{Reference, Secret, SecretFault};
use crate::config::{self, Api, ClientSource, Routing, Settings, TlsVersion};
use crate::described::{self, ByRoute};
use crate::issuers::{self, IssuersFault};
use crate::patches;
use bartizan_connect::signing::KeyFault;
use bartizan_contract::clause_set::ClauseSet;
use bartizan_contract::retirement::Retired;
use bartizan_edge::proxy::Manners;
use bartizan_edge::proxy::upstream::{Health, Secured, Target, Upstream};
use bartizan_edge::proxy::views::View;
use bartizan_edge::tls::client::{Trust, client_config, server_name};
use bartizan_edge::tls::server::{Offer, server_config};
use bartizan_edge::tls::{Identity, TlsFault};
use bartizan_engine::keys::HashKey;
use bartizan_engine::patches::Patches;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::snapshot::{Clients, Rules, Snapshot};
use bartizan_engine::tables::rate::Rate;
use bartizan_engine::tables::throttled::Throttle;
use bartizan_engine::truth::Truth;
use bartizan_inspect::client_address::Source;
use bartizan_model::clause::{Clause, ClauseName, Mode};
use bartizan_model::id::{KeyEpoch, KeyedHash};
use bartizan_model::limits::Limits;
use bartizan_model::route::{Demand, Route, Underscores};
use std::fmt;
use std::sync::Arc;

/// What cannot be run on, although the file is well-formed.
#[derive(Debug)]
pub enum WireFault {
    /// Something that is referred to cannot be read.
    Unread(SecretFault),
    /// It can, and is no good: where it stands in the configuration, and why.
    Tls(String, TlsFault),
    /// A secret cannot be signed with: where it is referred to, and why.
    Secret(String, KeyFault),
    /// The document of contracts cannot be read, and why.
    Contract(String),
    /// The description of an API cannot be read, and why.
    Description(String),
    /// A virtual patch cannot be used, and why.
    Patch(String),
    /// The tokens of an issuer cannot be verified.
    Issuers(IssuersFault),
}

impl fmt::Display for WireFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(fault) => fault.fmt(f),
            Self::Tls(place, fault) => write!(f, "{place} {fault}"),
            Self::Secret(place, fault) => write!(f, "{place} {fault}"),
            Self::Contract(why) => write!(f, "contract: {why}"),
            Self::Description(why) => write!(f, "description: {why}"),
            Self::Issuers(fault) => fault.fmt(f),
            Self::Patch(why) => {
                write!(f, "patches: {}", why.strip_prefix("error: ").unwrap_or(why))
            }
        }
    }
}

impl std::error::Error for WireFault {}

impl From<SecretFault> for WireFault {
    fn from(fault: SecretFault) -> Self {
        Self::Unread(fault)
    }
}

/// What is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judging {
    /// Every clause, as configured.
    Everything,
    /// The law and nothing else: a bypass.
    OnlyLaw,
}

/// An upstream with what it was made from, so that a reload that changes nothing of it keeps its
/// connections and what is known of its health.
#[derive(Debug)]
pub struct Wired {
    settings: config::Upstream,
    secrets: Vec<KeyedHash>,
    upstream: Arc<Upstream>,
}

/// Everything that these settings mean. Upstreams of `before` that are the same are kept.
///
/// # Errors
///
/// [`WireFault`].
pub fn view(
    settings: &Settings,
    key: &HashKey,
    revision: u64,
    judging: Judging,
    before: &[Wired],
) -> Result<(View, Vec<Wired>), WireFault> {
    // Copies go nowhere: not even the health of an upstream is asked for.
    let upstreams: &[_] = if settings.listen.mirror { &[] } else { &settings.upstreams };
    let wired: Result<Vec<_>, _> = upstreams.iter().map(|it| upstream(it, key, before)).collect();
    let wired = wired?;
    let described = described::read(settings).map_err(WireFault::Description)?;
    let loaded = patches::read(settings, 0).map_err(|it| WireFault::Patch(it.to_string()))?;
    let truth = issuers::truth(settings, revision).map_err(WireFault::Issuers)?;
    let read = (&described, loaded.patches(), Arc::new(truth));
    let view = View {
        snapshot: Arc::new(snapshot(settings, key.clone(), revision, judging, read)),
        manners: manners(settings),
        upstreams: wired.iter().map(|it| Arc::clone(&it.upstream)).collect(),
        tls: tls(settings)?.map(Arc::new),
    };
    Ok((view, wired))
}

/// Everything that keeps these settings from being run on, rather than only the first of it.
pub fn faults(settings: &Settings) -> Vec<WireFault> {
    // Nothing is kept of what it hashes.
    let key = HashKey::new(KeyEpoch(0), [0; 16]);
    let upstreams = settings.upstreams.iter().filter_map(|it| upstream(it, &key, &[]).err());
    let alerts = targets::faults(&settings.alerts.targets);
    let described = described::read(settings).map_err(WireFault::Description).err();
    let patches = patches::read(settings, 0).map_err(|it| WireFault::Patch(it.to_string())).err();
    let issuers = issuers::faults(settings).into_iter().map(WireFault::Issuers);
    let files = described.into_iter().chain(patches).chain(issuers);
    tls(settings).err().into_iter().chain(upstreams).chain(alerts).chain(files).collect()
}

/// The snapshot that these settings mean, with what was read of the files that they name.
pub(crate) fn snapshot(
    settings: &Settings,
    key: HashKey,
    revision: u64,
    judging: Judging,
    (described, patches, truth): (&ByRoute, Arc<Patches>, Arc<Truth>),
) -> Snapshot {
    let on = |it: &Routing| RouteRules {
        route: Arc::new(it.route.clone()),
        clauses: clauses(settings, Some(it), judging),
        retired: retired(settings, it),
        described: described.get(&it.route.name).cloned(),
        profile: Arc::new(api(settings, it).map(|it| it.profile.clone()).unwrap_or_default()),
        on_behalf_of: api(settings, it).and_then(|it| it.on_behalf_of.clone()),
        see_to_others: api(settings, it)
            .map(|it| it.see_to_others.as_slice().into())
            .unwrap_or_default(),
        records: it.records.map(|rate| pace(rate, rate.requests)),
    };
    let base = RouteRules {
        route: Arc::new(Route { upstream: None, ..Route::to_everything(0) }),
        clauses: clauses(settings, None, judging),
        retired: Arc::default(),
        described: None,
        profile: Arc::default(),
        on_behalf_of: None,
        see_to_others: Arc::default(),
        records: None,
    };
    let rules = Rules {
        routes: Routes::new(settings.routes.iter().map(on).collect()),
        base: Arc::new(base),
        limits: limits(settings),
        trusted: settings.trusted_proxies.clone(),
        clients: clients(settings),
        key,
        record_required: settings.record.required,
        throttle: throttle(settings),
        classes: settings.classes.clone(),
        patches,
        sample_bytes_max: settings.evidence.enabled.then_some(settings.evidence.body_bytes_max),
    };
    Snapshot { revision, rules: Arc::new(rules), terms: Arc::default(), truth }
}

/// The endpoints of a route that are marked for retirement.
fn retired(settings: &Settings, on: &Routing) -> Arc<[Retired]> {
    let marked = settings.retirements.iter().filter(|it| it.api == on.route.name);
    marked.cloned().map(Retired::new).collect()
}

/// What is said of the API of a route.
fn api<'a>(settings: &'a Settings, on: &Routing) -> Option<&'a Api> {
    settings.apis.iter().find(|it| *it.name == *on.route.name)
}

fn throttle(settings: &Settings) -> Option<Throttle> {
    let it = &settings.throttle;
    let duration_ns = it.duration_ms.saturating_mul(1_000_000);
    Some(Throttle { after: it.after?, rate: pace(it.rate, 1), duration_ns })
}

/// A rate as it is held: evenly, with so many at once.
fn pace(rate: config::Rate, burst: u32) -> Rate {
    let interval_ns = rate.per_ms * 1_000_000 / u64::from(rate.requests).max(1);
    Rate { interval_ns: interval_ns.max(1), burst }
}

fn clauses(settings: &Settings, on: Option<&Routing>, judging: Judging) -> ClauseSet {
    if judging == Judging::OnlyLaw {
        return ClauseSet::of_the_law();
    }
    let Settings { mode, clauses, exceptions, .. } = settings;
    let mode = on.and_then(|it| it.mode.as_ref()).unwrap_or(mode);
    let set_by = mode.origin.into();
    let mut clauses = clauses.clone();
    if on.is_some_and(|it| it.route.underscores == Underscores::Reject) {
        let name = ClauseName::BaselineFieldNames;
        clauses.push(Clause { name, mode: Mode::Enforce, set_by });
    }
    if settings.listen.mirror {
        // The original is not held up by us: what would have refused it is recorded.
        let observed = |name: ClauseName| {
            let given = clauses.iter().rev().find(|it| it.name == name);
            let mode = given.map_or(Mode::Observe, |it| it.mode.min(Mode::Observe));
            Clause { name, mode, set_by: given.map_or(set_by, |it| it.set_by) }
        };
        let clauses: Vec<_> = ClauseName::ALL.iter().map(|name| observed(*name)).collect();
        return ClauseSet::new(mode.value.min(Mode::Observe), set_by, &clauses, exceptions)
            .with_content(settings.content);
    }
    ClauseSet::new(mode.value, set_by, &clauses, exceptions).with_content(settings.content)
}

fn clients(settings: &Settings) -> Clients {
    let it = &settings.clients;
    let rate = it.rate.map(|rate| pace(rate, it.rate_burst.unwrap_or(rate.requests)));
    Clients {
        source: match it.source {
            ClientSource::Peer => Source::Peer,
            ClientSource::XForwardedFor => Source::XForwardedFor,
            ClientSource::Forwarded => Source::Forwarded,
        },
        allow: it.allow.clone(),
        deny: it.deny.clone(),
        rate,
        are_direct: it.addresses_are_clients,
    }
}

fn manners(settings: &Settings) -> Manners {
    let limits = &settings.limits;
    Manners {
        takes_copies: settings.listen.mirror,
        http2: settings.listen.http2,
        proxy_protocol: settings.listen.proxy_protocol,
        connections_max: limits.connections_max,
        head_timeout_ms: limits.head_timeout_ms,
        body_timeout_ms: limits.body_timeout_ms,
        idle_timeout_ms: limits.idle_timeout_ms,
        connections_per_address_max: limits.connections_per_address_max.unwrap_or(0),
        requests_per_connection_max: limits.requests_per_connection_max.unwrap_or(0),
        body_rate_min: limits.body_rate_min.unwrap_or(0),
        streams_max: limits.streams_max,
        control_frames_max: u64::from(limits.control_frames_max),
        memory_bytes_max: limits.memory_bytes_max.unwrap_or(0),
    }
}

fn limits(settings: &Settings) -> Limits {
    let limits = &settings.limits;
    Limits {
        head_bytes_max: limits.head_bytes_max,
        target_bytes_max: limits.target_bytes_max,
        fields_max: limits.fields_max,
        body_bytes_max: limits.body_bytes_max.unwrap_or(0),
        inspect_bytes_max: limits.inspect_bytes_max,
        held_bytes_max: limits.held_bytes_max,
        decoded_bytes_max: limits.decoded_bytes_max,
        decoded_ratio_max: usize::try_from(limits.decoded_ratio_max).unwrap_or(usize::MAX),
        ..Limits::default()
    }
}

/// What clients are offered, if there is a certificate to offer.
fn tls(settings: &Settings) -> Result<Option<rustls::ServerConfig>, WireFault> {
    if settings.certificates.is_empty() {
        return Ok(None);
    }
    let read = |it: &config::Certificate| Ok((it.certificate.read()?, it.key.read()?));
    let pairs: Result<Vec<(Secret, Secret)>, SecretFault> =
        settings.certificates.iter().map(read).collect();
    let pairs = pairs?;
    let client_ca = settings.tls.client_ca.as_ref().map(Reference::read).transpose()?;
    // Which route a request takes is known after the handshake: there, a certificate can only be
    // asked for.
    let is_asked = settings.routes.iter().any(|it| it.route.certificate != Demand::None);
    let demand = match settings.tls.client_certificate {
        Demand::None if is_asked => Demand::Optional,
        demand @ (Demand::None | Demand::Optional | Demand::Required) => demand,
    };
    let offer = Offer {
        identities: pairs.iter().map(|(certificate, key)| identity(certificate, key)).collect(),
        only_tls13: settings.tls.minimum == TlsVersion::V1_3,
        client_ca: client_ca.as_ref().map(Secret::expose),
        demand,
    };
    server_config(&offer).map(Some).map_err(|(at, fault)| {
        let place = match at {
            Some(at) => format!("certificates[{at}]"),
            None => "tls.client_ca".to_owned(),
        };
        WireFault::Tls(place, fault)
    })
}

fn identity<'a>(certificate: &'a Secret, key: &'a Secret) -> Identity<'a> {
    Identity { certificate: certificate.expose(), key: key.expose() }
}

fn upstream(it: &config::Upstream, key: &HashKey, before: &[Wired]) -> Result<Wired, WireFault> {
    let ca = it.ca.as_ref().map(Reference::read).transpose()?;
    let shown = it.client_certificate.as_ref();
    let shown = shown.map(|it| Ok::<_, SecretFault>((it.certificate.read()?, it.key.read()?)));
    let shown = shown.transpose()?;
    let both = shown.iter().flat_map(|(certificate, key)| [certificate, key]);
    let secrets: Vec<_> = ca.iter().chain(both).map(|it| key.value(it.expose())).collect();
    let is_same = |old: &&Wired| old.settings == *it && old.secrets == secrets;
    if let Some(same) = before.iter().find(is_same) {
        let upstream = Arc::clone(&same.upstream);
        return Ok(Wired { settings: it.clone(), secrets, upstream });
    }
    let shown = shown.as_ref().map(|(certificate, key)| identity(certificate, key));
    let tls = match it.url.value.is_tls() {
        true => Some(secured(it, ca.as_ref(), shown.as_ref())?),
        false => None,
    };
    let health = it.health_path.clone();
    let target = Target {
        name: Arc::clone(&it.name),
        authority: it.url.value.host_field(),
        addresses: it.places().iter().map(|it| (it.host(), it.port())).collect(),
        tls,
        http2: it.http2,
        connect_timeout_ms: it.connect_timeout_ms,
        response_timeout_ms: it.response_timeout_ms,
        idle_timeout_ms: it.idle_timeout_ms,
        exchanges_max: it.exchanges_max,
        health: health.map(|path| Health { path, interval_ms: it.health_interval_ms }),
    };
    Ok(Wired { settings: it.clone(), secrets, upstream: Upstream::new(target) })
}

fn secured(
    it: &config::Upstream,
    ca: Option<&Secret>,
    shown: Option<&Identity<'_>>,
) -> Result<Secured, WireFault> {
    let fault = |fault| WireFault::Tls(format!("upstream {}", it.name), fault);
    let system = match (ca, it.verify) {
        (None, true) => rustls_native_certs::load_native_certs().certs,
        (Some(_), _) | (None, false) => Vec::new(),
    };
    let trust = match ca {
        _ if !it.verify => Trust::Nobody,
        Some(ca) => Trust::Roots(ca.expose()),
        None => Trust::System(&system),
    };
    let config = |http2| client_config(trust, shown, http2).map(Arc::new).map_err(fault);
    let name = server_name(&it.url.value.at().host()).map_err(fault)?;
    Ok(Secured { config: config(true)?, upgrade_config: config(false)?, name })
}
