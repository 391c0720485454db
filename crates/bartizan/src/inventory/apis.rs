//! What people say of APIs: who owns them, their profiles, what they owe, and what of them goes.
//!
//! Reads    `apis.json`, what is configured, as the instance that ran last kept it; `profiles.json`, what people
//!          confirmed.
//! Writes   both: the instance the first, people the second.
//! Memory   what is configured; at most [`CONFIRMED_MAX`] confirmed profiles.
//! Errors   a message.
//! Misses   a configuration that no instance was started with. Who confirms with the command is whoever may write
//!          the data directory.

use super::Learnt;
use super::said::Sayings;
use crate::config::{self, Settings};
use crate::declared;
use crate::tempo::Tempo;
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::posture::Against;
use bartizan_learn::retirement::Marked;
use bartizan_model::head::Method;
use bartizan_model::profile::{Audience, Duty, Profile, Subjects, Tenant, is_word};
use bartizan_model::retirement::{RETIREMENTS_MAX, Retirement, Template};
use bartizan_model::route::Demand;
use bartizan_store::document;
use bartizan_store::files::Folder;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What is configured, in the data directory.
const CONFIGURED: &str = "apis.json";
/// What people confirmed, in the data directory.
const CONFIRMED: &str = "profiles.json";
/// Profiles that people confirm.
pub(crate) const CONFIRMED_MAX: usize = 256;
/// Characters of the name of a service whose profile is confirmed.
const SERVICE_CHARS_MAX: usize = 253;

/// What is configured of all APIs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Configured {
    version: u8,
    apis: Vec<Api>,
    retire: Vec<Mark>,
    /// How fast what is learnt counts.
    #[serde(default)]
    tempo: Tempo,
}

/// What is configured of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Api {
    name: String,
    pub(crate) owner: Option<String>,
    pub(crate) team: Option<String>,
    pub(crate) tags: Vec<String>,
    profile: Words,
    baseline: Option<Vec<String>>,
    /// Whether it is a route of the gateway, and what holds there.
    passes_here: bool,
    demands_certificate: bool,
    limits_calls: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    api: String,
    method: Option<String>,
    path: String,
    deprecated_s: u64,
    sunset_s: Option<u64>,
    link: Option<String>,
}

/// A profile as it is written: in files, on command lines, in requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Words {
    pub(crate) audience: Option<String>,
    pub(crate) subject_kind: Option<String>,
    pub(crate) tenant: Option<String>,
    pub(crate) environment: Option<String>,
}

impl Words {
    /// What they mean.
    pub(crate) fn read(&self) -> Result<Profile, String> {
        let one = |name: &str, given: &str, words: &[&str]| {
            format!("{name}: `{}` is none of {}", given.escape_debug(), words.join(", "))
        };
        let audience = self.audience.as_deref().map(|given| {
            let found = Audience::ALL.iter().copied().find(|it| it.name() == given);
            let words: Vec<_> = Audience::ALL.iter().map(|it| it.name()).collect();
            found.ok_or_else(|| one("audience", given, &words))
        });
        let subjects = self.subject_kind.as_deref().map(|given| {
            let found = Subjects::ALL.iter().copied().find(|it| it.name() == given);
            let words: Vec<_> = Subjects::ALL.iter().map(|it| it.name()).collect();
            found.ok_or_else(|| one("subject_kind", given, &words))
        });
        let tenant = self.tenant.as_deref().map(|given| {
            let words = ["host", "path:1 to path:16", "claim:NAME"];
            given.parse::<Tenant>().map_err(|_| one("tenant", given, &words))
        });
        let environment = self.environment.as_deref().map(|given| {
            let words = ["words of 1 to 63 characters: a-z, 0-9, `.`, `_` and `-`"];
            let is_one = is_word(given);
            is_one.then(|| given.into()).ok_or_else(|| one("environment", given, &words))
        });
        Ok(Profile {
            audience: audience.transpose()?,
            subjects: subjects.transpose()?,
            tenant: tenant.transpose()?,
            environment: environment.transpose()?,
        })
    }

    /// A profile in words.
    pub(crate) fn of(it: &Profile) -> Self {
        Self {
            audience: it.audience.map(|it| it.name().to_owned()),
            subject_kind: it.subjects.map(|it| it.name().to_owned()),
            tenant: it.tenant.as_ref().map(ToString::to_string),
            environment: it.environment.as_ref().map(ToString::to_string),
        }
    }
}

/// A profile that a person confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Confirmed {
    service: String,
    profile: Words,
    /// Who, as an account of the control API; nobody if it was the command.
    pub(crate) by: Option<String>,
    /// When, in microseconds since 1970.
    pub(crate) at_us: u64,
}

impl Confirmed {
    /// What is confirmed.
    pub(crate) fn profile(&self) -> Profile {
        self.profile.read().unwrap_or_default()
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u8,
    profiles: Vec<Confirmed>,
}

impl Configured {
    /// Of these settings.
    pub(crate) fn of(settings: &Settings) -> Self {
        let mut apis: BTreeMap<&str, Api> = BTreeMap::new();
        for it in &settings.apis {
            let api = Api {
                name: it.name.to_string(),
                owner: it.owner.clone(),
                team: it.team.clone(),
                tags: it.tags.iter().map(ToString::to_string).collect(),
                profile: Words::of(&it.profile),
                baseline: it.baseline.as_ref().map(|duties| names(duties)),
                ..Api::default()
            };
            apis.insert(&it.name, api);
        }
        for it in settings.routes.iter().map(|it| &it.route) {
            let api = apis.entry(&it.name).or_default();
            api.name = it.name.to_string();
            api.passes_here = true;
            let demands = [settings.tls.client_certificate, it.certificate];
            api.demands_certificate = demands.contains(&Demand::Required);
            api.limits_calls = settings.clients.rate.is_some();
        }
        let retire = settings.retirements.iter().map(|it| Mark {
            api: it.api.to_string(),
            method: it.method.map(|it| it.name().to_owned()),
            path: it.path.as_str().to_owned(),
            deprecated_s: it.deprecated_s,
            sunset_s: it.sunset_s,
            link: it.link.as_ref().map(ToString::to_string),
        });
        let retire = retire.collect();
        Self { version: 1, apis: apis.into_values().collect(), retire, tempo: settings.tempo }
    }

    fn read(dir: &Path) -> Result<Self, String> {
        let kept = document::read(&Folder::at(dir), CONFIGURED);
        let Some(bytes) = kept.map_err(|it| format!("{CONFIGURED}: {it}"))? else {
            return Ok(Self::default());
        };
        let kept: Self = serde_json::from_slice(&bytes).map_err(|error| {
            format!("{CONFIGURED}, line {}: is not what was written", error.line())
        })?;
        match kept.version {
            1 => Ok(kept),
            other => Err(format!("{CONFIGURED}: version {other} is not known")),
        }
    }

    /// Keeps it, unless the same is kept.
    pub(crate) fn keep(&self, dir: &Path) -> Result<(), String> {
        if Self::read(dir).is_ok_and(|it| it == *self) {
            return Ok(());
        }
        let kept = serde_json::to_vec_pretty(self).map_err(|it| it.to_string())?;
        document::replace(&Folder::at(dir), CONFIGURED, &kept)
            .map_err(|it| format!("{CONFIGURED}: {it}"))
    }

    /// What goes.
    pub(crate) fn retirements(&self) -> Vec<Retirement> {
        let of = |it: &Mark| Retirement {
            api: it.api.as_str().into(),
            method: it.method.as_deref().map(|it| Method::of(it.as_bytes())),
            path: Template::new(&it.path),
            deprecated_s: it.deprecated_s,
            sunset_s: it.sunset_s,
            link: it.link.as_deref().map(Into::into),
        };
        self.retire.iter().take(RETIREMENTS_MAX).map(of).collect()
    }
}

fn names(duties: &[Duty]) -> Vec<String> {
    duties.iter().map(|it| it.name().to_owned()).collect()
}

/// Everything that people say of APIs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Apis {
    configured: Configured,
    confirmed: Vec<Confirmed>,
    /// Whether it was looked for what is confirmed.
    is_read: bool,
    /// What could not be read.
    pub(crate) faults: Vec<String>,
}

/// Profiles that people confirmed, by service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profiles(BTreeMap<String, Profile>);

impl Profiles {
    /// What is confirmed in a data directory.
    pub(crate) fn read(dir: &Path) -> Result<Self, String> {
        confirmed(dir).map(|it| Self::of(&it))
    }

    fn of(all: &[Confirmed]) -> Self {
        Self(all.iter().map(|it| (it.service.clone(), it.profile())).collect())
    }

    /// Settings that say what is confirmed where they say nothing themselves.
    pub(crate) fn under(&self, mut settings: Settings) -> Settings {
        for (service, profile) in &self.0 {
            match settings.apis.iter_mut().find(|it| *it.name == **service) {
                Some(it) => it.profile = it.profile.over(profile),
                None => settings.apis.push(config::Api::of(service, profile.clone())),
            }
        }
        settings
    }
}

impl Apis {
    /// What is kept in a data directory.
    pub(crate) fn read(dir: &Path) -> Self {
        let mut faults = Vec::new();
        let configured = Configured::read(dir).unwrap_or_else(|why| {
            faults.push(why);
            Configured::default()
        });
        let mut it = Self::with(configured, dir);
        it.faults.extend(faults);
        it
    }

    /// What is configured, and what is confirmed in a data directory.
    pub(crate) fn with(configured: Configured, dir: &Path) -> Self {
        match confirmed(dir) {
            Ok(confirmed) => Self { configured, confirmed, is_read: true, faults: Vec::new() },
            Err(why) => {
                Self { configured, confirmed: Vec::new(), is_read: false, faults: vec![why] }
            }
        }
    }

    /// What is confirmed, unless that could not be read.
    pub(crate) fn profiles(&self) -> Option<Profiles> {
        self.is_read.then(|| Profiles::of(&self.confirmed))
    }

    /// How fast what is learnt counts.
    pub(crate) fn tempo(&self) -> Tempo {
        self.configured.tempo
    }

    /// What goes.
    pub(crate) fn retirements(&self) -> Vec<Retirement> {
        self.configured.retirements()
    }

    /// What is configured of a service.
    pub(crate) fn of(&self, service: &str) -> Option<&Api> {
        // They are written in the order of their names.
        let apis = &self.configured.apis;
        apis.binary_search_by(|it| it.name.as_str().cmp(service)).ok().and_then(|at| apis.get(at))
    }

    /// Services of which something is configured in `apis`, or confirmed.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let configured = self.configured.apis.iter().map(|it| it.name.as_str());
        configured.chain(self.confirmed.iter().map(|it| it.service.as_str())).collect()
    }

    /// The profile that is configured.
    pub(crate) fn configured(&self, service: &str) -> Profile {
        self.of(service).and_then(|it| it.profile.read().ok()).unwrap_or_default()
    }

    /// The profile that a person confirmed.
    pub(crate) fn confirmed(&self, service: &str) -> Option<&Confirmed> {
        self.confirmed.iter().find(|it| it.service == service)
    }

    /// What counts: configured, then confirmed.
    pub(crate) fn profile(&self, service: &str) -> Profile {
        let confirmed = self.confirmed(service).map(Confirmed::profile).unwrap_or_default();
        self.configured(service).over(&confirmed)
    }

    /// What each endpoint of a service owes, and whether that was said of it rather than of its audience.
    pub(crate) fn duties(&self, service: &str) -> (Vec<Duty>, bool) {
        if let Some(said) = self.of(service).and_then(|it| it.baseline.as_ref()) {
            let is_said = |it: &&Duty| said.iter().any(|name| name == it.name());
            return (Duty::ALL.iter().filter(is_said).copied().collect(), true);
        }
        let audience = self.profile(service).audience;
        (audience.map_or(&[][..], Duty::usual).to_vec(), false)
    }
}

/// What people confirmed.
fn confirmed(dir: &Path) -> Result<Vec<Confirmed>, String> {
    let kept = document::read(&Folder::at(dir), CONFIRMED);
    let Some(bytes) = kept.map_err(|it| format!("{CONFIRMED}: {it}"))? else {
        return Ok(Vec::new());
    };
    let kept: Kept = serde_json::from_slice(&bytes)
        .map_err(|error| format!("{CONFIRMED}, line {}: is not what was written", error.line()))?;
    if kept.version != 1 {
        return Err(format!("{CONFIRMED}: version {} is not known", kept.version));
    }
    if let Some(fault) = kept.profiles.iter().find_map(|it| it.profile.read().err()) {
        return Err(format!("{CONFIRMED}: {fault}"));
    }
    Ok(kept.profiles)
}

/// What a person confirmed of a service.
pub(crate) fn confirmed_of(dir: &Path, service: &str) -> Result<Profile, String> {
    let all = confirmed(dir)?;
    Ok(all.iter().find(|it| it.service == service).map(Confirmed::profile).unwrap_or_default())
}

/// Keeps what a person confirms of a service, in place of what was confirmed before; what says nothing takes it back.
pub(crate) fn confirm(
    dir: &Path,
    service: &str,
    profile: &Profile,
    by: Option<String>,
    at_us: u64,
) -> Result<(), String> {
    if !(1..=SERVICE_CHARS_MAX).contains(&service.chars().count())
        || service.chars().any(char::is_control)
    {
        return Err("this is not the name of a service".to_owned());
    }
    let mut all = confirmed(dir)?;
    all.retain(|it| it.service != service);
    if !profile.is_silent() {
        if all.len() >= CONFIRMED_MAX {
            return Err(format!("{CONFIRMED_MAX} profiles were confirmed already"));
        }
        all.push(Confirmed { service: service.to_owned(), profile: Words::of(profile), by, at_us });
    }
    let kept = Kept { version: 1, profiles: all };
    let kept = serde_json::to_vec_pretty(&kept).map_err(|it| it.to_string())?;
    document::replace(&Folder::at(dir), CONFIRMED, &kept).map_err(|it| format!("{CONFIRMED}: {it}"))
}

/// What is said of APIs, beside what was learnt: all that endpoints are judged and shown by.
pub(crate) struct Known<'a> {
    pub(crate) apis: &'a Apis,
    duties: BTreeMap<String, Vec<Duty>>,
    described: BTreeSet<String>,
    marked: BTreeMap<&'a str, Vec<&'a Marked>>,
}

impl<'a> Known<'a> {
    /// Of what was learnt.
    pub(crate) fn of(apis: &'a Apis, said: &Sayings, learnt: &'a Learnt) -> Self {
        let services: Vec<&str> = learnt.inventory.totals().map(|it| it.0).collect();
        let duties = services.iter().map(|it| ((*it).to_owned(), apis.duties(it).0)).collect();
        let is_described = |it: &&&str| declared::of(said.declared(), it, services.len()).is_some();
        let described = services.iter().filter(is_described).map(|it| (*it).to_owned()).collect();
        let mut marked: BTreeMap<&str, Vec<&Marked>> = BTreeMap::new();
        for it in learnt.plan.marked() {
            marked.entry(&it.retirement.api).or_default().push(it);
        }
        Self { apis, duties, described, marked }
    }

    /// What an endpoint is marked with.
    pub(crate) fn marked(&self, it: &Endpoint<'_>) -> Option<&'a Marked> {
        if self.marked.is_empty() {
            return None;
        }
        self.marked_as(it.service, it.method, &it.template())
    }

    /// What an endpoint of this template is marked with.
    pub(crate) fn marked_as(
        &self,
        service: &str,
        method: Method,
        template: &str,
    ) -> Option<&'a Marked> {
        let marked = self.marked.get(service)?;
        marked.iter().find(|one| one.retirement.fits(method, template)).copied()
    }

    /// What an endpoint is judged by.
    pub(crate) fn against(&self, it: &Endpoint<'_>) -> Against<'_> {
        let api = self.apis.of(it.service);
        let is = |of: fn(&Api) -> bool| api.is_some_and(of);
        let is_late = |one: &&Marked| {
            let sunset_s = one.retirement.sunset_s;
            sunset_s.is_some_and(|sunset_s| it.leaf.last_us / 1_000_000 > sunset_s)
        };
        Against {
            duties: self.duties.get(it.service).map(Vec::as_slice).unwrap_or_default(),
            passes_here: is(|it| it.passes_here),
            demands_certificate: is(|it| it.demands_certificate),
            limits_calls: is(|it| it.limits_calls),
            is_described: self.described.contains(it.service),
            overdue: self.marked(it).filter(is_late).map(|it| (it.late_calls, it.calls)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn home(name: &str) -> std::path::PathBuf {
        let home = std::env::temp_dir().join(format!("bartizan-{name}-{}", std::process::id()));
        fs::create_dir_all(&home).unwrap();
        home
    }

    fn audience(it: Audience) -> Profile {
        Profile { audience: Some(it), ..Profile::default() }
    }

    #[test]
    fn what_is_confirmed_is_kept_beside_what_was_and_taken_back() {
        let home = home("confirmed");
        let environment = Profile { environment: Some("staging".into()), ..Profile::default() };
        confirm(&home, "shop", &audience(Audience::Public), None, 1).unwrap();
        let both = environment.over(&confirmed_of(&home, "shop").unwrap());
        confirm(&home, "shop", &both, Some("mara".to_owned()), 2).unwrap();
        confirm(&home, "other", &audience(Audience::Partner), None, 3).unwrap();
        let it = Apis::read(&home);
        assert_eq!(it.profile("shop"), both);
        let shop = it.confirmed("shop").unwrap();
        assert_eq!((shop.by.as_deref(), shop.at_us), (Some("mara"), 2));
        assert_eq!(it.duties("shop"), (vec![Duty::Tls], false));
        confirm(&home, "shop", &Profile::default(), None, 4).unwrap();
        let it = Apis::read(&home);
        assert!(it.confirmed("shop").is_none() && it.confirmed("other").is_some());
        assert!(confirm(&home, "a\nb", &audience(Audience::Public), None, 1).is_err());
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn what_is_configured_wins_over_what_is_confirmed() {
        let home = home("configured");
        confirm(&home, "shop", &audience(Audience::Public), None, 1).unwrap();
        let api = Api {
            name: "shop".to_owned(),
            profile: Words::of(&audience(Audience::Internal)),
            ..Api::default()
        };
        let configured =
            Configured { version: 1, apis: vec![api], retire: Vec::new(), tempo: Tempo::Usual };
        configured.keep(&home).unwrap();
        let it = Apis::read(&home);
        assert_eq!(it.profile("shop").audience, Some(Audience::Internal));
        assert_eq!(it.duties("shop"), (vec![Duty::Mtls, Duty::Scopes], false));
        let mut silent = configured.clone();
        silent.apis[0].baseline = Some(Vec::new());
        silent.keep(&home).unwrap();
        assert_eq!(Apis::read(&home).duties("shop"), (Vec::new(), true));
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn what_holds_on_a_route_is_known_of_its_api() {
        let text = "\
version: 1
upstream: {url: 'http://127.0.0.1:3000'}
certificates: [{certificate: a.pem, key: a.key}]
tls: {client_ca: ca.pem}
clients: {rate: 10/s}
routes:
  - {name: inner, path: /inner, client_certificate: required}
  - {name: outer, client_certificate: optional}
apis: [{name: inner, audience: internal}, {name: shop.example}]
retire: [{api: inner, path: '/inner/{id}', method: GET, deprecated: 2026-11-01}]
";
        let name = "bartizan.yaml".to_owned();
        let source = config::Source { name, bytes: text.as_bytes().to_vec() };
        let read = Settings::read(&source, &config::Overrides::default(), 0);
        let settings = read.unwrap().settings;
        let home = home("routes");
        Configured::of(&settings).keep(&home).unwrap();
        let it = Apis::read(&home);
        let held = |name: &str| {
            let api = it.of(name).unwrap();
            (api.passes_here, api.demands_certificate, api.limits_calls)
        };
        assert_eq!(held("inner"), (true, true, true));
        assert_eq!(held("outer"), (true, false, true));
        assert_eq!(held("shop.example"), (false, false, false));
        assert_eq!(it.profile("inner").audience, Some(Audience::Internal));
        assert_eq!(it.retirements(), settings.retirements);
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn what_is_damaged_is_named_and_never_overwritten() {
        let home = home("spoilt");
        for text in [
            "{",
            "{\"version\": 2, \"profiles\": []}",
            "{\"version\": 1, \"profiles\": [{\"service\": \"a\", \"profile\": {\"audience\": \"x\"}, \"by\": null, \"at_us\": 1}]}",
        ] {
            fs::write(home.join(CONFIRMED), text).unwrap();
            assert_eq!(Apis::read(&home).faults.len(), 1, "{text}");
            assert!(confirm(&home, "shop", &audience(Audience::Public), None, 1).is_err());
            assert_eq!(fs::read_to_string(home.join(CONFIRMED)).unwrap(), text);
        }
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn there_is_a_bound_on_what_is_confirmed() {
        let home = home("many");
        let profiles = (0..CONFIRMED_MAX).map(|n| Confirmed {
            service: format!("s{n}"),
            profile: Words::of(&audience(Audience::Public)),
            by: None,
            at_us: 1,
        });
        let kept = Kept { version: 1, profiles: profiles.collect() };
        fs::write(home.join(CONFIRMED), serde_json::to_vec(&kept).unwrap()).unwrap();
        assert!(confirm(&home, "one-more", &audience(Audience::Public), None, 1).is_err());
        assert!(confirm(&home, "s0", &audience(Audience::Partner), None, 1).is_ok());
        fs::remove_dir_all(home).unwrap();
    }
}
