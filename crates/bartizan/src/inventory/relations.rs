//! Relations between endpoints, as the control API and the command show them.
//!
//! Reads    what a running instance follows; for the command what is kept, once more.
//! Memory   what `learn::relations` holds at most: 20 MiB.

use super::{FoldError, Learnt, fold};
use bartizan_learn::inventory::{Endpoint, Inventory};
use bartizan_learn::relations::{Edge, Point, Relations};
use bartizan_store::segments::held::Held;
use serde_json::{Value, json};
use std::fmt::Write;

/// Relations that are shown of one endpoint.
const ONE_MAX: usize = 100;

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
    Ok(edges(&relations, inventory, service))
}

fn edges(relations: &Relations, inventory: &Inventory, service: Option<&str>) -> Vec<Edge> {
    let services = inventory.totals().map(|it| it.0);
    let wanted = services.filter(|it| service.is_none_or(|service| *it == service));
    let mut edges: Vec<Edge> = wanted.flat_map(|it| relations.of(inventory, it)).collect();
    edges.sort_by_key(|it| std::cmp::Reverse(it.strength()));
    edges
}

/// What a running instance follows, the strongest first, at most so many.
pub(crate) fn all(learnt: &Learnt, service: Option<&str>, limit: usize) -> Value {
    let Some(relations) = &learnt.relations else { return json!({"relations": [], "more": 0}) };
    let edges = edges(relations, &learnt.inventory, service);
    let rows: Vec<_> = edges.iter().take(limit).map(shown).collect();
    json!({"relations": rows, "more": edges.len().saturating_sub(limit)})
}

/// Those of one endpoint: whose values its requests carry, and who carries the values of its answers.
pub(crate) fn of_one(learnt: &Learnt, it: &Endpoint<'_>) -> Value {
    let Some(relations) = &learnt.relations else { return json!([]) };
    let template = it.template();
    let is_it = |of: &Point| {
        *of.service == *it.service && of.method == it.method && of.template == template
    };
    edges(relations, &learnt.inventory, Some(it.service))
        .iter()
        .filter(|edge| is_it(&edge.from) || is_it(&edge.to))
        .take(ONE_MAX)
        .map(shown)
        .collect()
}

/// As JSON.
pub(super) fn shown(it: &Edge) -> Value {
    let point = |of: &Point| {
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
