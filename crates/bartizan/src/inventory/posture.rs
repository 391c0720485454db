//! Posture and changes, as the control API and the commands show them.

use super::apis::Known;
use super::{classes, shown};
use bartizan_learn::changes::{Change, What, changes};
use bartizan_learn::digest::{DAY_US, digest};
use bartizan_learn::inventory::leaf::Field;
use bartizan_learn::inventory::{Endpoint, Inventory};
use bartizan_learn::posture::{Flaw, Posture, Unknown, Verdict, Weakness, posture};
use bartizan_model::calendar;
use bartizan_model::place::Place;
use bartizan_model::profile::Duty;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// What is weak about an endpoint.
pub(crate) fn of(it: &Endpoint<'_>, known: &Known<'_>) -> Value {
    let Posture { weaknesses, risk, unknown, duties } =
        posture(it, &classes::class, &known.against(it));
    let weaknesses: Vec<_> = weaknesses.iter().map(weakness).collect();
    let unknown: Vec<_> = unknown.iter().map(|it| it.name()).collect();
    let duties: Vec<_> = duties
        .iter()
        .map(|(duty, verdict)| json!({"duty": duty.name(), "verdict": verdict.name()}))
        .collect();
    json!({"risk": risk, "weaknesses": weaknesses, "unknown": unknown, "baseline": duties})
}

fn weakness(it: &Weakness) -> Value {
    let advice = it.flaw.advice();
    json!({
        "flaw": advice.name,
        "title": advice.title,
        "owasp": advice.owasp,
        "risk": it.risk,
        "seen": it.seen.0,
        "of": it.seen.1,
        "places": it.places,
        "hold": advice.hold,
        "mend": advice.mend,
    })
}

/// All weaknesses of these endpoints by flaw, the riskiest first.
pub(crate) fn ranked(endpoints: &[Endpoint<'_>], known: &Known<'_>) -> Value {
    let found: Vec<(Value, Posture)> = endpoints
        .iter()
        .map(|it| {
            let named = json!({
                "id": shown::id(it),
                "service": it.service,
                "method": it.method.name(),
                "template": it.template(),
                "operation": it.operation,
            });
            (named, posture(it, &classes::class, &known.against(it)))
        })
        .collect();
    let mut flaws: Vec<(u32, Value)> =
        Flaw::ALL.iter().filter_map(|flaw| by_flaw(*flaw, &found)).collect();
    flaws.sort_by_key(|it| Reverse(it.0));
    let unknown = |what| found.iter().filter(|it| it.1.unknown.contains(&what)).count();
    json!({
        "endpoints": endpoints.len(),
        "weak": found.iter().filter(|it| !it.1.weaknesses.is_empty()).count(),
        "unknown": {
            "credentials": unknown(Unknown::Credentials),
            "response_heads": unknown(Unknown::ResponseHeads),
            "response_bodies": unknown(Unknown::ResponseBodies),
        },
        "baseline": baseline(&found),
        "flaws": flaws.into_iter().map(|it| it.1).collect::<Vec<_>>(),
    })
}

/// Of each thing that is owed, of how many endpoints, and of how many it is met, missing or not known.
fn baseline(found: &[(Value, Posture)]) -> Vec<Value> {
    let of = |duty: &Duty| {
        let verdicts: Vec<Verdict> = found
            .iter()
            .filter_map(|it| it.1.duties.iter().find(|it| it.0 == *duty).map(|it| it.1))
            .collect();
        let count = |name: &str| verdicts.iter().filter(|it| it.name() == name).count();
        let counted = json!({
            "duty": duty.name(),
            "endpoints": verdicts.len(),
            "met": count("met"),
            "missing": count("missing"),
            "unknown": count("unknown"),
        });
        (!verdicts.is_empty()).then_some(counted)
    };
    Duty::ALL.iter().filter_map(of).collect()
}

/// One flaw with the endpoints that have it; ranked by the risks of all of them together.
fn by_flaw(flaw: Flaw, found: &[(Value, Posture)]) -> Option<(u32, Value)> {
    let mut endpoints: Vec<(u8, Value)> = found
        .iter()
        .filter_map(|(named, posture)| {
            let it = posture.weaknesses.iter().find(|it| it.flaw == flaw)?;
            let mut out = named.clone();
            if let Value::Object(members) = &mut out {
                members.insert("risk".to_owned(), it.risk.into());
                members.insert("seen".to_owned(), it.seen.0.into());
                members.insert("of".to_owned(), it.seen.1.into());
                members.insert("places".to_owned(), it.places.clone().into());
            }
            Some((it.risk, out))
        })
        .collect();
    endpoints.sort_by_key(|it| Reverse(it.0));
    let most = endpoints.first()?.0;
    let advice = flaw.advice();
    // The gravest counts most; each further endpoint a little.
    let rank =
        u32::from(most) * 1_000 + u32::try_from(endpoints.len()).unwrap_or(u32::MAX).min(999);
    Some((
        rank,
        json!({
            "flaw": advice.name,
            "title": advice.title,
            "owasp": advice.owasp,
            "risk": most,
            "hold": advice.hold,
            "mend": advice.mend,
            "endpoints": endpoints.into_iter().map(|it| it.1).collect::<Vec<_>>(),
        }),
    ))
}

/// What changed since `since_us`, the latest first, at most so many.
pub(crate) fn changed(inventory: &Inventory, since_us: u64, limit: usize) -> Value {
    let all = changes(inventory, since_us);
    let more = all.len().saturating_sub(limit);
    let rows: Vec<_> = all.iter().take(limit).map(change).collect();
    json!({"changes": rows, "more": more})
}

/// What changed on one day, for somebody who is told once.
#[derive(Debug)]
pub(crate) struct Summary {
    /// As `2026-11-21`.
    pub(crate) day: String,
    /// All changes together.
    pub(crate) changes: u64,
    /// Service by service, in words.
    pub(crate) says: String,
}

/// Services that are named in a summary.
const SERVICES_SAID: usize = 8;

/// What changed on a day, counted since 1970; `None` if nothing did.
pub(crate) fn day(inventory: &Inventory, day: u64) -> Option<Summary> {
    let all: Vec<_> = changes(inventory, day.saturating_mul(DAY_US))
        .into_iter()
        .filter(|it| it.at_us / DAY_US == day)
        .collect();
    let services = digest(&all);
    let mut says: Vec<String> = services
        .iter()
        .take(SERVICES_SAID)
        .map(|((_, service), it)| format!("{service}: {it}"))
        .collect();
    if services.len() > SERVICES_SAID {
        says.push(format!("{} further services", services.len() - SERVICES_SAID));
    }
    let changes = all.len() as u64;
    (changes > 0).then(|| Summary { day: date(day), changes, says: says.join("; ") })
}

/// Counts of changes by day and service, the latest day first.
pub(crate) fn days(inventory: &Inventory) -> Value {
    let all = changes(inventory, 0);
    let rows = digest(&all).into_iter().map(|((day, service), it)| {
        json!({
            "day": date(day.0),
            "service": service,
            "endpoints": it.endpoints,
            "request_fields": it.request_fields,
            "response_fields": it.response_fields,
            "statuses": it.statuses,
            "silent": it.silent,
            "says": it.to_string(),
        })
    });
    rows.collect()
}

fn date(days: u64) -> String {
    let (year, month, day) = calendar::date(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A change as a sentence: templates, places and classes, nothing that a client sent but names.
pub(crate) fn said(it: &Change<'_>) -> String {
    let endpoint = shown::named(&it.endpoint);
    let of_class = |place: &Place, field: &Field| {
        classes::class(place, field).map_or(String::new(), |it| format!(" ({it})"))
    };
    match it.what {
        What::Endpoint => format!("new endpoint {endpoint}"),
        What::RequestField(place, field) => {
            format!("{endpoint}: new in requests: {place}{}", of_class(place, field))
        }
        What::ResponseField(place, field) => {
            format!("{endpoint}: new in answers: {place}{}", of_class(place, field))
        }
        What::Status(status) => format!("{endpoint}: new status {status}"),
        What::Silent => format!("{endpoint}: no call for a week"),
    }
}

fn change(it: &Change<'_>) -> Value {
    let endpoint = &it.endpoint;
    let mut out = json!({
        "at": it.at_us,
        "what": it.what.name(),
        "id": shown::id(endpoint),
        "service": endpoint.service,
        "method": endpoint.method.name(),
        "template": endpoint.template(),
        "operation": endpoint.operation,
        "subjects": endpoint.leaf.subjects.count(),
        "calls": shown::all(endpoint.leaf),
        "place": null,
        "class": null,
        "status": null,
    });
    let Value::Object(members) = &mut out else { return out };
    let field = |place: &Place, field: &Field| {
        let class = classes::class(place, field).map(|it| it.to_string());
        (place.to_string(), class)
    };
    match it.what {
        What::Endpoint | What::Silent => {}
        What::RequestField(place, it) | What::ResponseField(place, it) => {
            let (place, class) = field(place, it);
            members.insert("place".to_owned(), place.into());
            members.insert("class".to_owned(), class.into());
        }
        What::Status(status) => {
            members.insert("status".to_owned(), status.into());
        }
    }
    out
}
