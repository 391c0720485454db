//! Relations between endpoints, as the command shows them.
//!
//! Reads    what is kept, once more.
//! Memory   what `learn::relations` holds at most.
//! Misses   a running instance does not keep them: the command makes them of what is kept.

use super::{FoldError, fold};
use bartizan_learn::inventory::Inventory;
use bartizan_learn::relations::{Edge, Relations};
use bartizan_store::segments::held::Held;
use serde_json::{Value, json};
use std::fmt::Write;

/// Which answers hand out what requests carry, of all services, the strongest first.
pub(super) fn of(
    held: &Held,
    since_us: u64,
    inventory: &Inventory,
    service: Option<&str>,
) -> Result<Vec<Edge>, FoldError> {
    let mut relations = Relations::default();
    fold(held, since_us, |it| {
        relations.observe(it);
        true
    })?;
    let services = inventory.totals().map(|it| it.0);
    let wanted = services.filter(|it| service.is_none_or(|service| *it == service));
    let mut edges: Vec<Edge> = wanted.flat_map(|it| relations.of(inventory, it)).collect();
    edges.sort_by_key(|it| std::cmp::Reverse(it.strength()));
    Ok(edges)
}

/// As JSON.
pub(super) fn shown(it: &Edge) -> Value {
    let point = |of: &bartizan_learn::relations::Point| {
        json!({
            "service": &*of.service,
            "method": of.method.name(),
            "template": of.template,
            "name": of.name,
        })
    };
    json!({
        "from": point(&it.from),
        "to": point(&it.to),
        "percent": it.strength() / 10,
        "uses": it.uses,
        "of": it.of,
        "subjects": it.subjects,
        "values": it.values,
        "first": it.first_us,
        "last": it.last_us,
    })
}

/// As text.
pub(super) fn text(edges: &[Edge]) -> String {
    if edges.is_empty() {
        return "no relation: no request carried what an answer had handed to its caller\n"
            .to_owned();
    }
    edges.iter().fold(String::new(), |mut out, it| {
        let percent = it.strength() / 10;
        let _written = writeln!(
            out,
            "{percent:>3} %  {} -> {}  ({} uses by about {} callers)",
            it.from, it.to, it.uses, it.subjects
        );
        out
    })
}
