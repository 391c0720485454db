//! Profiles of APIs, as the control API and the commands show them: what is configured, confirmed and proposed.

use super::Learnt;
use super::apis::{self, Apis, Confirmed, Known, Words};
use crate::cli::{Exit, InventoryOf, ProfileSaid};
use crate::commands::{fail, say};
use crate::wall::now_us;
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::profile::{Proposal, propose};
use bartizan_model::profile::{Duty, Profile};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write};
use std::path::Path;

/// Every API that is configured, confirmed or called.
pub(crate) fn all(learnt: &Learnt, known: &Known<'_>, service: Option<&str>) -> Value {
    let endpoints = learnt.inventory.endpoints();
    let mut by_service: BTreeMap<&str, Vec<Endpoint<'_>>> = BTreeMap::new();
    for it in endpoints {
        by_service.entry(it.service).or_default().push(it);
    }
    let called = learnt.inventory.totals().filter(|it| it.1.calls > 0).map(|it| it.0);
    let names: BTreeSet<&str> = known.apis.names().into_iter().chain(called).collect();
    let wanted = names.into_iter().filter(|it| service.is_none_or(|service| *it == service));
    let row = |name: &str| {
        let endpoints = by_service.get(name).map(Vec::as_slice).unwrap_or_default();
        let retiring = learnt.plan.marked().iter().filter(|it| *it.retirement.api == *name);
        one(name, endpoints, retiring.count(), known.apis)
    };
    json!({"apis": wanted.map(row).collect::<Vec<_>>(), "faults": known.apis.faults})
}

fn one(name: &str, endpoints: &[Endpoint<'_>], retiring: usize, apis: &Apis) -> Value {
    let said = apis.of(name);
    let confirmed = apis.confirmed(name);
    let both = (apis.configured(name), confirmed.map(Confirmed::profile).unwrap_or_default());
    let (configured, of_person) = (Words::of(&both.0), Words::of(&both.1));
    let of = |one: fn(&Words) -> Option<&str>, proposed: &Value| {
        part(one(&configured), one(&of_person), proposed)
    };
    let proposed = propose(endpoints);
    let (duties, is_said) = apis.duties(name);
    let duties: Vec<&str> = duties.iter().map(|it| Duty::name(*it)).collect();
    let source = match (is_said, duties.is_empty()) {
        (true, _) => Some("configured"),
        (false, false) => Some("audience"),
        (false, true) => None,
    };
    json!({
        "service": name,
        "owner": said.and_then(|it| it.owner.as_deref()),
        "team": said.and_then(|it| it.team.as_deref()),
        "tags": said.map_or(&[][..], |it| &it.tags),
        "endpoints": endpoints.len(),
        "calls": endpoints.iter().map(|it| it.leaf.calls).sum::<u64>(),
        "retiring": retiring,
        "audience": of(|it| it.audience.as_deref(), &shown(&proposed.audience, |it| it.name())),
        "subject_kind":
            of(|it| it.subject_kind.as_deref(), &shown(&proposed.subjects, |it| it.name())),
        "tenant": of(|it| it.tenant.as_deref(), &shown(&proposed.tenant, |it| it)),
        "environment": of(|it| it.environment.as_deref(), &Value::Null),
        "confirmed_by": confirmed.and_then(|it| it.by.as_deref()),
        "confirmed_at": confirmed.map(|it| it.at_us),
        "baseline": {"duties": duties, "source": source},
    })
}

/// One part: what counts and whence, and all that is said of it.
fn part(configured: Option<&str>, confirmed: Option<&str>, proposed: &Value) -> Value {
    let source = match (configured, confirmed) {
        (Some(_), _) => Some("configured"),
        (None, Some(_)) => Some("confirmed"),
        (None, None) => None,
    };
    json!({
        "value": configured.or(confirmed),
        "source": source,
        "configured": configured,
        "confirmed": confirmed,
        "proposed": proposed,
    })
}

fn shown<'a, T, S: Display>(it: &'a Proposal<T>, name: impl Fn(&'a T) -> S) -> Value {
    json!({
        "value": it.value.as_ref().map(|it| name(it).to_string()),
        "reason": it.reason,
        "seen": it.support.0,
        "of": it.support.1,
    })
}

/// As text.
pub(super) fn text(all: &Value) -> String {
    let rows = all.get("apis").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() {
        return "no API is configured or called\n".to_owned();
    }
    rows.iter().fold(String::new(), |mut out, it| {
        let text = |name: &str| it.get(name).and_then(Value::as_str);
        let _written = writeln!(out, "{}", text("service").unwrap_or_default());
        let tags = it.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let tags: Vec<&str> = tags.iter().filter_map(Value::as_str).collect();
        let tags = tags.join(", ");
        for (name, value) in [
            ("owner", text("owner")),
            ("team", text("team")),
            ("tags", Some(tags.as_str()).filter(|it| !it.is_empty())),
        ] {
            if let Some(value) = value {
                let _written = writeln!(out, "  {name:<13} {value}");
            }
        }
        for name in ["audience", "subject_kind", "tenant", "environment"] {
            if let Some(part) = it.get(name) {
                out += &part_text(name, part);
            }
        }
        let duties = it.pointer("/baseline/duties").and_then(Value::as_array);
        let duties: Vec<&str> = duties
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        if !duties.is_empty() {
            let source = it.pointer("/baseline/source").and_then(Value::as_str);
            let whence = if source == Some("audience") { " (by its audience)" } else { "" };
            let _written = writeln!(out, "  {:<13} {}{whence}", "baseline", duties.join(", "));
        }
        out
    })
}

fn part_text(name: &str, part: &Value) -> String {
    let text = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let value = text(part, "value").unwrap_or_else(|| "unknown".to_owned());
    let source = text(part, "source").map_or(String::new(), |it| format!(" ({it})"));
    let proposed = part.get("proposed").filter(|it| !it.is_null()).map(|it| {
        let number = |name: &str| it.get(name).and_then(Value::as_u64).unwrap_or(0);
        let reason = text(it, "reason").unwrap_or_default();
        let support = format!("{reason}, {} of {}", number("seen"), number("of"));
        match text(it, "value") {
            Some(value) => format!("  proposed: {value} ({support})"),
            None => format!("  nothing proposed: {support}"),
        }
    });
    format!("  {name:<13} {value}{source}{}\n", proposed.unwrap_or_default())
}

/// Keeps what a person says of a profile, or takes it back.
pub(super) fn said(
    what: &ProfileSaid,
    dir: &Path,
    exists: impl Fn(&InventoryOf) -> Result<bool, String>,
) -> Exit {
    let of = what.of();
    let service = of.service.clone().unwrap_or_default();
    let profile = match what {
        ProfileSaid::Confirm(it) => match words(&it.words) {
            Ok(it) => it,
            Err(why) => return fail(&why, Exit::Usage),
        },
        ProfileSaid::Forget(_) => Profile::default(),
    };
    let before = match apis::confirmed_of(dir, &service) {
        Ok(it) => it,
        Err(why) => return fail(&why, Exit::Failed),
    };
    let now = match what {
        ProfileSaid::Forget(_) if before.is_silent() => {
            return fail("nobody confirmed anything of this service", Exit::Failed);
        }
        ProfileSaid::Forget(_) => profile,
        ProfileSaid::Confirm(_) => {
            match exists(&of) {
                Ok(true) => {}
                Ok(false) => {
                    let why = "there is no such service; see `bartizan inventory profile`";
                    return fail(why, Exit::Failed);
                }
                Err(why) => return fail(&why, Exit::Failed),
            }
            profile.over(&before)
        }
    };
    if let Err(why) = apis::confirm(dir, &service, &now, None, now_us()) {
        return fail(&why, Exit::Failed);
    }
    let configured = Apis::read(dir).configured(&service);
    let mut out = match now.is_silent() {
        true => format!("nothing is confirmed of `{service}` any more\n"),
        false => format!("`{service}` is confirmed: {}\n", in_words(&now)),
    };
    if !configured.is_silent() {
        let _written = writeln!(out, "the configuration says, and wins: {}", in_words(&configured));
    }
    say(&out)
}

/// What `audience=internal` and its kind mean.
fn words(given: &[String]) -> Result<Profile, String> {
    let mut words = Words::default();
    for one in given {
        let (name, value) = one.split_once('=').unwrap_or((one, ""));
        let into = match name {
            "audience" => &mut words.audience,
            "subject_kind" => &mut words.subject_kind,
            "tenant" => &mut words.tenant,
            "environment" => &mut words.environment,
            _ => {
                return Err(format!(
                    "`{}`: write audience=, subject_kind=, tenant= or environment= and a value",
                    one.escape_debug()
                ));
            }
        };
        if into.replace(value.to_owned()).is_some() {
            return Err(format!("{name} is said twice"));
        }
    }
    words.read()
}

/// `audience=internal, tenant=host`
pub(crate) fn in_words(it: &Profile) -> String {
    let Words { audience, subject_kind, tenant, environment } = Words::of(it);
    let parts = [
        ("audience", audience),
        ("subject_kind", subject_kind),
        ("tenant", tenant),
        ("environment", environment),
    ];
    let said = parts.into_iter().filter_map(|(name, it)| Some(format!("{name}={}", it?)));
    said.collect::<Vec<_>>().join(", ")
}
