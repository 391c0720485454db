//! Endpoints that carry operations within an envelope, each with what all its operations take and answer.
//!
//! Reads    the endpoints of the inventory, where each operation is one of its own.
//! Memory   one leaf for each path that carries operations, within the bounds of a leaf.

use crate::inventory::Endpoint;
use crate::inventory::leaf::Leaf;
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// What stands for the operations of an endpoint that carries several.
pub(super) const ALL: &str = "all";

/// What all operations of a path are, by service, method and template.
pub(super) type Envelopes<'a> = BTreeMap<(&'a str, Method, String), Leaf>;

fn key<'a>(it: &Endpoint<'a>) -> (&'a str, Method, String) {
    (it.service, it.method, it.template())
}

/// Puts the operations of each path together, and what else is called there.
pub(super) fn all<'a>(endpoints: &[Endpoint<'a>]) -> Envelopes<'a> {
    let mut all = Envelopes::new();
    for it in endpoints.iter().filter(|it| !it.operation.is_empty()) {
        let whole = all.entry(key(it)).or_default();
        whole.merge(it.leaf.clone());
        whole.widen(it.leaf);
    }
    for it in endpoints.iter().filter(|it| it.operation.is_empty()) {
        if let Some(leaf) = all.get_mut(&key(it)) {
            let mut own = it.leaf.clone();
            own.operations.clear();
            leaf.merge(own);
        }
    }
    all
}

/// Whether a field of an answer belongs to an operation whose calls have no arguments: what it shows is the caller's own.
pub(super) fn is_unasked(it: &Endpoint<'_>, place: &Place) -> bool {
    let Place::Body(path) = place else { return false };
    let Some(field) = path.strip_prefix("$.data.").filter(|_| it.operation == ALL) else {
        return false;
    };
    let root = field.split(['.', '[']).next().unwrap_or_default();
    let (call, within) = (format!("$.{root}"), format!("$.{root}."));
    let is_argument = |it: &Place| matches!(it, Place::Body(path) if path.starts_with(&within));
    let request = &it.leaf.request.by_place;
    request.get(&Place::Body(call)).is_some() && !request.iter().any(|it| is_argument(it.0))
}

/// The endpoints, each path once.
pub(super) fn whole<'a>(
    listed: &[Endpoint<'a>],
    envelopes: &'a Envelopes<'_>,
) -> Vec<Endpoint<'a>> {
    let mut whole: Vec<Endpoint<'a>> = Vec::with_capacity(listed.len());
    let mut last = None;
    for it in listed {
        let found = envelopes.get(&key(it));
        // The operations of a path stand one behind the other.
        if found.is_some() && last.replace(key(it)).is_some_and(|last| last == key(it)) {
            continue;
        }
        let operation = if found.is_some() { ALL } else { "" };
        whole.push(Endpoint { operation, leaf: found.unwrap_or(it.leaf), ..it.clone() });
    }
    whole
}
