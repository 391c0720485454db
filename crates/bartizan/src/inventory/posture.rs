//! Posture and changes, as the control API and the commands show them.

use super::{classes, shown};
use bartizan_learn::changes::{Change, What, changes};
use bartizan_learn::inventory::leaf::Field;
use bartizan_learn::inventory::{Endpoint, Inventory};
use bartizan_learn::posture::{Flaw, Posture, Unknown, Weakness, posture};
use bartizan_model::place::Place;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// What is weak about an endpoint.
pub(crate) fn of(it: &Endpoint<'_>) -> Value {
    let Posture { weaknesses, risk, unknown } = posture(it, &classes::class);
    let weaknesses: Vec<_> = weaknesses.iter().map(weakness).collect();
    let unknown: Vec<_> = unknown.iter().map(|it| it.name()).collect();
    json!({"risk": risk, "weaknesses": weaknesses, "unknown": unknown})
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
pub(crate) fn ranked(endpoints: &[Endpoint<'_>]) -> Value {
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
            (named, posture(it, &classes::class))
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
            "outcomes": unknown(Unknown::Outcomes),
            "response_heads": unknown(Unknown::ResponseHeads),
            "response_bodies": unknown(Unknown::ResponseBodies),
        },
        "flaws": flaws.into_iter().map(|it| it.1).collect::<Vec<_>>(),
    })
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
        "calls": endpoint.leaf.all(),
        "place": null,
        "class": null,
        "status": null,
    });
    let Value::Object(members) = &mut out else { return out };
    let field = |place: &Place, field: &Field| {
        let class = classes::class(place, field).map(|it| it.name());
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
