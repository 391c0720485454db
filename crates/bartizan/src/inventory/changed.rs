//! Changes, and how many there were on each day, as the control API, the commands and notices show them.

use super::{classes, shown};
use bartizan_learn::changes::{Change, What, changes};
use bartizan_learn::digest::{DAY_US, digest};
use bartizan_learn::inventory::Inventory;
use bartizan_learn::inventory::leaf::Field;
use bartizan_model::calendar;
use bartizan_model::place::Place;
use serde_json::{Value, json};

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
            "values": it.values,
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
        What::RequestValue(place, _) => format!("{endpoint}: new value in requests: {place}"),
        What::ResponseValue(place, _) => format!("{endpoint}: new value in answers: {place}"),
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
        let class = classes::class(place, field).map(|it| it.to_string());
        (place.to_string(), class)
    };
    match it.what {
        What::Endpoint | What::Silent => {}
        What::RequestField(place, it)
        | What::ResponseField(place, it)
        | What::RequestValue(place, it)
        | What::ResponseValue(place, it) => {
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
