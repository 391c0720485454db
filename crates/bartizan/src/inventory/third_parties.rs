//! Third parties, as the control API and the command show them. Hosts come from clients: they hold letters, digits,
//! dots, dashes, underscores and brackets alone.

use super::shown;
use bartizan_learn::inventory::hosts::Met;
use bartizan_learn::inventory::{Endpoint, Inventory};
use bartizan_learn::third_parties::{ThirdParty, third_parties};
use serde_json::{Value, json};
use std::fmt::Write;

/// Places that are shown of one host.
const PLACES_MAX: usize = 20;

/// Whom messages point to, of a service or of all, at most so many.
pub(crate) fn all(inventory: &Inventory, service: Option<&str>, limit: usize) -> Value {
    let mut found = third_parties(inventory);
    found.retain(|it| service.is_none_or(|service| it.service == service));
    let rows: Vec<_> = found.iter().take(limit).map(row).collect();
    json!({
        "third_parties": rows,
        "more": found.len().saturating_sub(limit),
        "full": inventory.hosts_more(),
    })
}

fn row(it: &ThirdParty<'_>) -> Value {
    let places = it.places.iter().take(PLACES_MAX).map(|(endpoint, met)| place(endpoint, met));
    json!({
        "service": it.service,
        "host": it.host.as_str(),
        "address": it.host.is_address(),
        "own": it.is_own,
        "exchanges": it.exchanges,
        "subjects": it.subjects,
        "first": it.first_us,
        "last": it.last_us,
        "places": places.collect::<Vec<_>>(),
        "more": it.places.len().saturating_sub(PLACES_MAX),
    })
}

fn place(endpoint: &Endpoint<'_>, met: &Met) -> Value {
    json!({
        "id": shown::id(endpoint),
        "method": endpoint.method.name(),
        "template": endpoint.template(),
        "operation": endpoint.operation,
        "side": met.side.name(),
        "place": met.place.to_string(),
        "exchanges": met.exchanges,
        "subjects": met.subjects(),
    })
}

/// Whom messages of one endpoint point to, as far as enough exchanges do.
pub(crate) fn of_one(inventory: &Inventory, it: &Endpoint<'_>) -> Value {
    let id = it.id();
    let found = third_parties(inventory);
    let of_it = found.iter().filter(|of| of.service == it.service).flat_map(|of| {
        of.places.iter().filter(|(endpoint, _)| endpoint.id() == id).map(|(endpoint, met)| {
            let mut out = place(endpoint, met);
            if let Value::Object(members) = &mut out {
                members.insert("host".to_owned(), of.host.as_str().into());
                members.insert("address".to_owned(), of.host.is_address().into());
                members.insert("own".to_owned(), of.is_own.into());
            }
            out
        })
    });
    of_it.collect()
}

/// As text.
pub(super) fn text(all: &Value) -> String {
    let list = |of: &Value, name: &str| {
        of.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_u64).unwrap_or(0);
    let text = |of: &Value, name: &str| {
        of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut out = String::new();
    for it in list(all, "third_parties") {
        let is_own = it.get("own").and_then(Value::as_bool) == Some(true);
        let _written = writeln!(
            out,
            "{}{}  ({}; {} exchanges, {} subjects or more)",
            text(&it, "host"),
            if is_own { "  its own" } else { "" },
            text(&it, "service"),
            number(&it, "exchanges"),
            number(&it, "subjects"),
        );
        for place in list(&it, "places") {
            let side = match text(&place, "side").as_str() {
                "request" => "requests",
                _ => "answers",
            };
            let endpoint = ["method", "template", "operation"].map(|name| text(&place, name));
            let _written = writeln!(
                out,
                "  {:>6}  {}  {side}, {}",
                number(&place, "exchanges"),
                endpoint.join(" ").trim_end(),
                text(&place, "place"),
            );
        }
    }
    if out.is_empty() {
        out += "no third party: no URL of another host was seen in enough exchanges\n";
    }
    let full = number(all, "full");
    if full > 0 {
        let _written = writeln!(out, "{full} hosts found no room");
    }
    out
}
