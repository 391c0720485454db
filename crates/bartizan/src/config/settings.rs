//! What bartizan is started with: plain data, every value checked.

use bartizan_auth::algorithm::Algorithms;
use bartizan_connect::alert::Severity;
use bartizan_inspect::classify::CustomClass;
use bartizan_model::clause::{Clause, Exception, Mode, SetBy};
use bartizan_model::content_level::ContentLevel;
use bartizan_model::id::EndpointId;
use bartizan_model::network::Network;
use bartizan_model::profile::{Duty, Profile};
use bartizan_model::retirement::Retirement;
use bartizan_model::route::{Demand, Route};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::alert_place::AlertPlace;
use super::choice::{AlertKind, ClientSource, TlsVersion};
use super::endpoint::Endpoint;
use super::host_port::HostPort;
use super::origin::{Given, Origin};
use super::rate::Rate;
use super::secret::Reference;
use super::upstream_url::UpstreamUrl;
use crate::tempo::Tempo;

/// Everything a start needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file they were read from, as the operator named it; `None` for `bartizan guard`.
    pub file: Option<String>,
    /// The mode of each clause that is not configured and has no default of its own.
    pub mode: Given<Mode>,
    /// From which score on a value counts as an attack.
    pub content: ContentLevel,
    /// How fast what is learnt counts, and whether harm clauses are put in force by themselves.
    pub tempo: Tempo,
    /// The document that says what is decided of contracts.
    pub contract: Option<PathBuf>,
    /// The description of the APIs of routes that name none.
    pub description: Option<PathBuf>,
    /// Files of virtual patches, and folders of such files.
    pub patches: Vec<PathBuf>,
    /// Where clients connect.
    pub listen: Listen,
    /// What clients are shown; with at least one, `listen.address` speaks TLS.
    pub certificates: Vec<Certificate>,
    /// How TLS is spoken with clients.
    pub tls: Tls,
    /// Who may send requests, and how many.
    pub clients: Clients,
    /// Whose tokens are believed, each `iss` once.
    pub issuers: Vec<Issuer>,
    /// Where admitted requests go: at least one, unless copies come, `default` first if there is one of that name from
    /// the section `upstream`, then in the order of the file. Routes name them by position.
    pub upstreams: Vec<Upstream>,
    /// Which requests go where: at least one, in the order of the file.
    pub routes: Vec<Routing>,
    /// Where operators connect.
    pub admin: Admin,
    /// What is kept on disk.
    pub data: Data,
    /// What others can verify.
    pub ledger: Ledger,
    /// How sealed segments are kept.
    pub store: Store,
    /// How samples are taken and kept.
    pub evidence: Evidence,
    /// When callers are slowed down that clauses against harm refuse.
    pub throttle: Throttle,
    /// What must be recorded.
    pub record: Record,
    /// Peers whose word about a client's address and scheme is believed.
    pub trusted_proxies: Vec<Network>,
    /// Bounds on what a client can make us hold or wait for.
    pub limits: Limits,
    /// The clauses that the file names.
    pub clauses: Vec<Clause>,
    /// What is let through although a clause says otherwise.
    pub exceptions: Vec<Exception>,
    /// The endpoints of the exceptions, as the operator named them.
    pub endpoints: BTreeMap<EndpointId, Endpoint>,
    /// Who is told what happens.
    pub alerts: Alerts,
    /// What is said of APIs, by their names, each once.
    pub apis: Vec<Api>,
    /// What goes, in the order of the file. Each is of one of `apis`.
    pub retirements: Vec<Retirement>,
    /// Data classes of somebody's own.
    pub classes: Vec<CustomClass>,
    /// SHA-256 of what `bartizan config show` prints for them.
    pub digest: [u8; 32],
}

impl Settings {
    /// The routes for the engine, in the order of [`Settings::route_modes`].
    pub fn routes(&self) -> Vec<Route> {
        self.routes.iter().map(|it| it.route.clone()).collect()
    }

    /// The mode of each route that has one of its own.
    pub fn route_modes(&self) -> Vec<Option<Mode>> {
        self.routes.iter().map(|it| it.mode.as_ref().map(|it| it.value)).collect()
    }

    /// Every file and variable that is referred to, with the key that names it. They are not
    /// read with the file: the start and `bartizan doctor` do that.
    pub fn references(&self) -> impl Iterator<Item = (String, &Reference)> {
        let of_issuers = self.issuers.iter().flat_map(|it| {
            let path = |key| format!("issuer {}, {key}", it.name);
            let revoked = it.revoked.iter().map(move |it| (path("revoked"), &it.value));
            std::iter::once((path("keys"), &it.keys.value)).chain(revoked)
        });
        self.secrets().chain(of_issuers)
    }

    /// Those of them that are certificates, keys and secrets of our own.
    pub fn secrets(&self) -> impl Iterator<Item = (String, &Reference)> {
        let listed = self.certificates.iter().enumerate().flat_map(|(item, it)| {
            it.references(|key| format!("certificates[{item}].{key}"), ["certificate", "key"])
        });
        let client_ca = self.tls.client_ca.iter().map(|it| ("tls.client_ca".to_owned(), it));
        let upstreams = self.upstreams.iter().flat_map(|upstream| {
            let path = |key| format!("upstream {}, {key}", upstream.name);
            let ca = upstream.ca.iter().map(move |it| (path("ca"), it));
            let keys = ["client_certificate", "client_key"];
            ca.chain(
                upstream.client_certificate.iter().flat_map(move |it| it.references(path, keys)),
            )
        });
        let alerts = self.alerts.targets.iter().flat_map(|target| {
            let path = |key| format!("alert target {}, {key}", target.name);
            let secret = target.secret.iter().map(move |it| (path("secret"), it));
            secret.chain(target.ca.iter().map(move |it| (path("ca"), it)))
        });
        // Those of `store` are read once, at the start.
        listed.chain(client_ca).chain(upstreams).chain(alerts)
    }

    /// The routes whose API is described, and the file.
    pub fn descriptions(&self) -> impl Iterator<Item = (&Arc<str>, &Path)> {
        let leading =
            self.routes.iter().filter(|it| it.route.upstream.is_some() || self.listen.mirror);
        leading.filter_map(|it| {
            let file = it.description.as_deref().or(self.description.as_deref())?;
            Some((&it.route.name, file))
        })
    }

    /// The addresses of all upstreams, for people.
    pub fn upstream_urls(&self) -> String {
        let urls: Vec<_> = self.upstreams.iter().map(|it| it.url.value.to_string()).collect();
        urls.join(", ")
    }

    /// Who set a clause or an exception, in words.
    pub fn describe_set_by(&self, set_by: SetBy) -> String {
        match (set_by, &self.file) {
            (SetBy::File { line, column }, Some(file)) => format!("{file}:{line}:{column}"),
            (SetBy::File { line, column }, None) => format!("{line}:{column}"),
            (SetBy::Law, _) => "the law".to_owned(),
            (SetBy::Default, _) => "default".to_owned(),
            (SetBy::Flag, _) => "flag or environment".to_owned(),
            (SetBy::Operator, _) => "operator".to_owned(),
        }
    }

    /// An origin in words: `bartizan.yaml:3:1`, `flag --enforce`, `default`.
    pub fn describe(&self, origin: Origin) -> String {
        match (origin, &self.file) {
            (Origin::File { line, column }, Some(file)) => format!("{file}:{line}:{column}"),
            (origin, _) => origin.to_string(),
        }
    }
}

/// Where clients connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address. Port 0 takes a free one.
    pub address: Given<SocketAddr>,
    /// Whether clear-text HTTP/2 with prior knowledge is accepted.
    pub http2: bool,
    /// Whether copies of requests come, which go nowhere.
    pub mirror: bool,
    /// Worker threads; `None` means one per core.
    pub workers: Option<usize>,
    /// Whether every connection begins with a PROXY protocol header, of a trusted proxy.
    pub proxy_protocol: bool,
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate (PEM), followed by its chain.
    pub certificate: Reference,
    /// Its key (PEM).
    pub key: Reference,
}

impl Certificate {
    fn references(
        &self,
        path: impl Fn(&'static str) -> String,
        [certificate, key]: [&'static str; 2],
    ) -> [(String, &Reference); 2] {
        [(path(certificate), &self.certificate), (path(key), &self.key)]
    }
}

/// How TLS is spoken with clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The oldest version that clients may speak.
    pub minimum: TlsVersion,
    /// The certificates that those of clients must come from.
    pub client_ca: Option<Reference>,
    /// Whether every client shows a certificate. Routes may demand more of theirs.
    pub client_certificate: Demand,
}

/// Who may send requests, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clients {
    /// What says which address a client has.
    pub source: ClientSource,
    /// The only clients that are served; everybody if empty.
    pub allow: Vec<Network>,
    /// Clients that are not served, even where `allow` names them.
    pub deny: Vec<Network>,
    /// How many requests one client may send; `None` is without bound.
    pub rate: Option<Rate>,
    /// How many of them may come at once; `None` means as many as in `rate`.
    pub rate_burst: Option<u32>,
    /// Whether address rules apply also when most traffic comes from few private addresses.
    pub addresses_are_clients: bool,
}

/// When callers are slowed down that clauses against harm refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Refusals within ten minutes; never if `None`.
    pub after: Option<u32>,
    /// The pace that is left.
    pub rate: Rate,
    /// For how long, in milliseconds.
    pub duration_ms: u64,
}

/// Whose tokens are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Its name in output.
    pub name: Arc<str>,
    /// The `iss` of its tokens.
    pub issuer: Arc<str>,
    /// Its public keys, a JWK Set.
    pub keys: Given<Reference>,
    /// One of these is in `aud`: at least one.
    pub audience: Vec<Arc<str>>,
    /// How its tokens may be signed: none with a secret.
    pub algorithms: Algorithms,
    /// Seconds that its clock and ours may differ.
    pub skew_s: u32,
    /// Seconds that its tokens may live.
    pub lifetime_max_s: Option<u32>,
    /// What of it is no longer good.
    pub revoked: Option<Given<Reference>>,
}

/// Where admitted requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The name that routes call it by; `default` for that of the section `upstream`.
    pub name: Arc<str>,
    /// The API.
    pub url: Given<UpstreamUrl>,
    /// Where it answers, in place of the host and port of `url`, if not empty.
    pub addresses: Vec<HostPort>,
    /// Whether HTTP/2 is spoken: by ALPN over TLS, with prior knowledge in clear text.
    pub http2: bool,
    /// The certificates that its own must come from; `None` means the system's roots.
    pub ca: Option<Reference>,
    /// What it is shown.
    pub client_certificate: Option<Certificate>,
    /// Whether its certificate is verified.
    pub verify: bool,
    /// What is asked for to know whether it is well.
    pub health_path: Option<String>,
    /// How often that is asked.
    pub health_interval_ms: u64,
    /// Exchanges with it at the same time.
    pub exchanges_max: usize,
    /// Until a connection is established.
    pub connect_timeout_ms: u64,
    /// From the end of the request to the response head.
    pub response_timeout_ms: u64,
    /// For how long an unused connection is kept.
    pub idle_timeout_ms: u64,
}

impl Upstream {
    /// Where to connect to: its addresses, or else the host and port of its URL.
    pub fn places(&self) -> &[HostPort] {
        if self.addresses.is_empty() {
            std::slice::from_ref(self.url.value.at())
        } else {
            &self.addresses
        }
    }
}

/// A route, and the mode that holds on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The route. Its upstream is a position in [`Settings::upstreams`].
    pub route: Route,
    /// The mode of each clause that is not configured, in place of [`Settings::mode`].
    pub mode: Option<Given<Mode>>,
    /// The description of its API, in place of [`Settings::description`].
    pub description: Option<PathBuf>,
    /// How many records one caller is shown.
    pub records: Option<Rate>,
}

/// Where operators connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// The address. Port 0 takes a free one.
    pub address: Given<SocketAddr>,
}

/// What is kept on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The directory, relative to the working directory.
    pub dir: Given<PathBuf>,
    /// All journal files together.
    pub journal_bytes_max: u64,
}

/// What others can verify.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The key that signs; `None` means `ledger.key` in the data directory.
    pub key: Option<Reference>,
    /// Where checkpoints are kept outside; `None` means beside the data directory.
    pub checkpoints: Option<PathBuf>,
}

/// How sealed segments are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// What they are encrypted under; a key in the data directory if none is named.
    pub key: Option<Reference>,
    /// What they were encrypted under before.
    pub earlier_keys: Vec<Reference>,
    /// All of them together.
    pub bytes_max: u64,
    /// How long they are kept; as long as there is room if 0.
    pub age_max_ms: u64,
    /// Time between two looks for something to seal.
    pub seal_every_ms: u64,
}

/// How samples are taken and kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Whether any are taken.
    pub enabled: bool,
    /// What one keeps of each body.
    pub body_bytes_max: usize,
    /// All of them together.
    pub bytes_max: u64,
    /// How long one is kept.
    pub age_max_ms: u64,
}

/// What must be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whether an exchange is forwarded only after its intent is on disk.
    pub required: bool,
}

/// Bounds on what a client can make us hold or wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A request or response head.
    pub head_bytes_max: usize,
    /// The request target.
    pub target_bytes_max: usize,
    /// Header fields of one head.
    pub fields_max: usize,
    /// A request body; `None` is without bound. Judged by `baseline.body_size`.
    pub body_bytes_max: Option<u64>,
    /// A body that is held back and judged whole.
    pub inspect_bytes_max: usize,
    /// All held bodies of the process together.
    pub held_bytes_max: usize,
    /// Client connections at once.
    pub connections_max: usize,
    /// For a whole head to arrive.
    pub head_timeout_ms: u64,
    /// Without a byte of a body.
    pub body_timeout_ms: u64,
    /// Between two requests of a connection.
    pub idle_timeout_ms: u64,
    /// Requests on one client connection; `None` is without bound.
    pub requests_per_connection_max: Option<u64>,
    /// Connections from one address at the same time, but of trusted proxies; `None` is without
    /// bound.
    pub connections_per_address_max: Option<usize>,
    /// Bytes a second that a body or a reply must make on average after 10 s; `None` is no bound.
    pub body_rate_min: Option<u64>,
    /// Resident memory beyond which new requests are answered 503; `None` is without bound.
    pub memory_bytes_max: Option<u64>,
    /// HTTP/2 streams of one connection at the same time.
    pub streams_max: u32,
    /// HTTP/2 control frames of one connection in a second.
    pub control_frames_max: u32,
    /// A compressed request body, decompressed.
    pub decoded_bytes_max: usize,
    /// How many times larger than sent it may become.
    pub decoded_ratio_max: u32,
}

/// What is said of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// The name of a route, or the host of imported traffic.
    pub name: Arc<str>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who works on it.
    pub team: Option<String>,
    /// Words to group by.
    pub tags: Vec<Arc<str>>,
    /// Whom it is for, and who calls it.
    pub profile: Profile,
    /// The field of requests that names on whose behalf an aggregate calls.
    pub on_behalf_of: Option<Box<str>>,
    /// Claims of tokens whose bearers see to others: names and values.
    pub see_to_others: Vec<(Box<str>, Box<str>)>,
    /// What each endpoint owes; `None` if nothing is said of it.
    pub baseline: Option<Vec<Duty>>,
}

impl Api {
    /// An API of which nothing is said but its profile.
    pub fn of(name: &str, profile: Profile) -> Self {
        Self {
            name: name.into(),
            owner: None,
            team: None,
            tags: Vec::new(),
            profile,
            on_behalf_of: None,
            see_to_others: Vec::new(),
            baseline: None,
        }
    }
}

/// Who is told what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alerts {
    /// How long one alert stands for others of the same.
    pub dedup_window_ms: u64,
    /// All alerts that wait for a target.
    pub spool_bytes_max: u64,
    /// Where they go, in the order of the file.
    pub targets: Vec<AlertTarget>,
}

/// Where alerts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertTarget {
    /// Its name; there is one of each.
    pub name: Arc<str>,
    /// What it is sent.
    pub kind: AlertKind,
    /// Where it is.
    pub to: AlertPlace,
    /// What signs.
    pub secret: Option<Reference>,
    /// The certificates that its own must come from; `None` means the system's roots.
    pub ca: Option<Reference>,
    /// What it is not sent is less severe.
    pub min_severity: Severity,
    /// For one delivery.
    pub timeout_ms: u64,
    /// Of a file, before another is begun.
    pub file_bytes_max: u64,
}
