//! Fields that answers show and nobody sets: `role`, `balance`, `total`.
//!
//! Reads    answers of a resource (`/users` and `/users/{userId}`), and what its requests take.
//! Misses   resources whose answers are not seen, or stand elsewhere; fields that only staff sets at the same path:
//!          they are taken there.
//!
//! A field is one that nobody sets if it stands, in answers, in the same object as a field that calls do set, and no
//! call of the resource sets one of its name.

use super::INDEPENDENT_MIN;
use crate::inventory::Endpoint;
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use bartizan_model::terms::{PLACES_MAX, Says, folded};
use std::collections::{BTreeMap, BTreeSet};

/// The fields of each resource.
pub(super) struct Groups<'a> {
    by_base: BTreeMap<(&'a str, String), Group>,
}

#[derive(Default)]
struct Group {
    /// The names that stand together in one object of an answer.
    shown: BTreeMap<String, BTreeSet<String>>,
    /// The names that independent subjects set.
    set: BTreeSet<String>,
}

impl<'a> Groups<'a> {
    pub(super) fn of(endpoints: &[Endpoint<'a>]) -> Self {
        let mut by_base: BTreeMap<(&'a str, String), Group> = BTreeMap::new();
        for it in endpoints {
            let group = by_base.entry((it.service, base(it))).or_default();
            // What answers show to few is what one of them made up and was shown again.
            let fields = it.leaf.response.by_place.iter();
            for (place, _) in fields.filter(|it| it.1.subjects.at_least() >= INDEPENDENT_MIN) {
                let Some((object, name)) = split(place) else { continue };
                group.shown.entry(object.to_owned()).or_default().extend(folded(name));
            }
            let sent = super::fields::sent(&it.leaf.request);
            // Whoever sets a field of an object sets the object.
            group.set.extend(sent.known.iter().flat_map(steps));
        }
        Self { by_base }
    }

    /// Those that nobody sets at an endpoint that takes `known`.
    pub(super) fn read_only(&self, it: &Endpoint<'_>, known: &[Place]) -> Option<Says> {
        let is_write = matches!(it.method, Method::Post | Method::Put | Method::Patch);
        let set_here: BTreeSet<String> =
            known.iter().filter(|it| matches!(it, Place::Body(_))).filter_map(last).collect();
        if !is_write || set_here.is_empty() {
            return None;
        }
        let group = self.by_base.get(&(it.service, base(it)))?;
        let beside = group.shown.values().filter(|names| !names.is_disjoint(&set_here));
        let names: BTreeSet<&String> =
            beside.flatten().filter(|it| !group.set.contains(*it)).collect();
        let names: Vec<Box<str>> =
            names.into_iter().take(PLACES_MAX).map(|it| it.as_str().into()).collect();
        (!names.is_empty()).then_some(Says::ReadOnly(names))
    }
}

/// The path without a variable at its end: `/users` of `/users/{userId}`.
fn base(it: &Endpoint<'_>) -> String {
    let template = it.template();
    match template.rsplit_once('/') {
        Some((base, last)) if last.starts_with('{') => base.to_owned(),
        _ => template,
    }
}

/// The object that a field of a body stands in, and its name there. An item of a list has none.
fn split(place: &Place) -> Option<(&str, &str)> {
    let Place::Body(path) = place else { return None };
    let (object, name) = path.rsplit_once('.')?;
    Some((object, name.trim_end_matches("[*]")))
}

/// The names of a field, and of what it stands in, as they are compared.
fn steps(place: &Place) -> Vec<String> {
    match place {
        Place::Query(name) | Place::Body(name) => folded(name).collect(),
        Place::Path | Place::Segment(_) | Place::Header(_) | Place::Cookie(_) | Place::Name => {
            Vec::new()
        }
    }
}

/// The name of a field as it is compared.
fn last(place: &Place) -> Option<String> {
    match place {
        Place::Query(name) | Place::Body(name) => folded(name).last(),
        Place::Path | Place::Segment(_) | Place::Header(_) | Place::Cookie(_) | Place::Name => None,
    }
}
