//! What goes, and who still calls it, as the control API and the commands show it.

use super::Learnt;
use super::apis::Known;
use super::shown;
use crate::show::date;
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::retirement::Marked;
use bartizan_model::calendar::timestamp;
use serde_json::{Value, json};
use std::fmt::Write;

/// Every mark, in the order of the configuration.
pub(crate) fn all(learnt: &Learnt, known: &Known<'_>, service: Option<&str>, now_us: u64) -> Value {
    let endpoints = learnt.inventory.endpoints();
    let wanted = |it: &&Marked| service.is_none_or(|service| *it.retirement.api == *service);
    let marked: Vec<&Marked> = learnt.plan.marked().iter().filter(wanted).collect();
    // Each endpoint belongs to the first mark that it fits.
    let of: Vec<(&Endpoint<'_>, &Marked)> =
        endpoints.iter().filter_map(|it| Some((it, known.marked(it)?))).collect();
    let row = |it: &&Marked| {
        let ids = of.iter().filter(|of| std::ptr::eq(of.1, *it)).map(|of| shown::id(of.0));
        row(it, &ids.collect::<Vec<_>>(), now_us)
    };
    json!({"retirements": marked.iter().map(row).collect::<Vec<_>>()})
}

fn row(it: &Marked, endpoints: &[String], now_us: u64) -> Value {
    let callers = it.callers.iter().map(|(kind, callers)| {
        json!({
            "kind": kind.name(),
            "calls": callers.calls,
            "subjects": callers.subjects.count(),
        })
    });
    let marked = &it.retirement;
    json!({
        "service": &*marked.api,
        "method": marked.method.map(|it| it.name()),
        "path": marked.path.as_str(),
        "state": it.state(now_us).name(),
        "deprecated": day(marked.deprecated_s),
        "sunset": marked.sunset_s.map(day),
        "days_left": it.days_left(now_us),
        "link": marked.link,
        "calls": it.calls,
        "recent_calls": it.recent(now_us),
        "late_calls": it.late_calls,
        "callers": callers.collect::<Vec<_>>(),
        "last": Some(it.last_us).filter(|it| *it > 0),
        "endpoints": endpoints,
    })
}

/// What an endpoint says of its mark.
pub(crate) fn of_endpoint(it: &Marked) -> Value {
    let marked = &it.retirement;
    json!({
        "deprecated": day(marked.deprecated_s),
        "sunset": marked.sunset_s.map(day),
        "link": marked.link,
    })
}

/// The day of a second since 1970, as `2026-11-01`.
pub(crate) fn day(unix_s: u64) -> String {
    let (year, month, day) = date(unix_s / 86_400);
    format!("{year:04}-{month:02}-{day:02}")
}

/// As text.
pub(super) fn text(all: &Value) -> String {
    let rows = all.get("retirements").and_then(Value::as_array).map(Vec::as_slice);
    let rows = rows.unwrap_or_default();
    if rows.is_empty() {
        return "nothing is marked for retirement: see `retire` in the configuration\n".to_owned();
    }
    let mut out = format!(
        "{:<8} {:>9} {:>7}  {:<10} {:>9} {:<16} endpoint\n",
        "state", "calls", "7 days", "sunset", "days left", "service"
    );
    for it in rows {
        let text = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| it.get(name).and_then(Value::as_u64);
        let method = it.get("method").and_then(Value::as_str).unwrap_or("any method");
        let _written = writeln!(
            out,
            "{:<8} {:>9} {:>7}  {:<10} {:>9} {:<16} {method} {}",
            text("state"),
            number("calls").unwrap_or(0),
            number("recent_calls").unwrap_or(0),
            it.get("sunset").and_then(Value::as_str).unwrap_or("-"),
            number("days_left").map_or("-".to_owned(), |it| it.to_string()),
            text("service"),
            text("path"),
        );
        let callers = it.get("callers").and_then(Value::as_array).map(Vec::as_slice);
        for caller in callers.unwrap_or_default() {
            let number = |name: &str| caller.get(name).and_then(Value::as_u64).unwrap_or(0);
            let _written = writeln!(
                out,
                "         {} calls of about {} callers known by {}",
                number("calls"),
                number("subjects"),
                caller.get("kind").and_then(Value::as_str).unwrap_or_default().replace('_', " "),
            );
        }
        if let Some(last_us) = number("last") {
            let _written = writeln!(out, "         last {}", timestamp(last_us));
        }
    }
    out
}
