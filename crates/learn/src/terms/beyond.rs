//! Which fields answers have, so that others can be told as they leave.
//!
//! Reads    the fields of answers and how many callers were shown them.
//! Writes   the fields that three callers were shown; places below which names are values.
//! Memory   a pointer for each field: the names are those of the inventory.
//! Misses   endpoints of which few answers were read to their end, or that have more fields than are told apart: of these nothing is
//!          said. Fields that only stand behind what is read of long answers: they are looked at as if they were new, and where that
//!          would mask what several callers are shown, it is no habit.

use super::envelopes::ALL;
use super::owned::Ownership;
use super::{INDEPENDENT_MIN, Pace};
use crate::inventory::Endpoint;
use crate::inventory::leaf::{FIELDS_MAX, Field};
use bartizan_model::fact::Forms;
use bartizan_model::place::Place;
use bartizan_model::terms::{Beyond, PLACES_MAX};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Members that few callers were shown, from which on they may be called by values.
const RARE_MIN: usize = 4;

/// The fields that answers of an endpoint have, if all are known.
pub(super) fn beyond(it: &Endpoint<'_>, owners: &Ownership, pace: &Pace) -> Option<Beyond> {
    let answers = &it.leaf.response;
    if answers.by_place.len() >= FIELDS_MAX || answers.whole < pace.calls_min {
        return None;
    }
    let bodies = || answers.by_place.shared().filter(|it| matches!(**it.0, Place::Body(_)));
    let known: Arc<[Arc<Place>]> =
        bodies().filter(|it| is_of_several(it.1)).map(|it| Arc::clone(it.0)).collect();
    let mut open = named_by_values(bodies());
    open.extend(never_filled(bodies()));
    open.truncate(PLACES_MAX);
    let beside: BTreeSet<&Place> = answers.by_place.iter().map(|it| it.0).collect();
    let owners = owners.told(it.service, &it.template(), &beside);
    let is_of_operations = it.operation == ALL;
    let is_told = !known.is_empty() && known.len() <= PLACES_MAX;
    is_told.then_some(Beyond { known, open, owners, is_of_operations })
}

fn is_of_several(field: &Field) -> bool {
    field.subjects.at_least() >= INDEPENDENT_MIN
}

/// The objects of which most members were shown to few: their names are identifiers, addresses, days.
fn named_by_values<'a>(all: impl Iterator<Item = (&'a Arc<Place>, &'a Field)>) -> Vec<Place> {
    // Of each object its members, and whether several callers were shown them.
    let mut objects: BTreeMap<&str, BTreeMap<&str, bool>> = BTreeMap::new();
    for (place, field) in all {
        let Place::Body(path) = &**place else { continue };
        for (at, _) in path.match_indices('.') {
            let Some((object, rest)) = path.split_at_checked(at) else { continue };
            let name = rest.get(1..).unwrap_or_default().split(['.', '[']).next();
            let members = objects.entry(object).or_default();
            *members.entry(name.unwrap_or_default()).or_default() |= is_of_several(field);
        }
    }
    let are_values = |members: &BTreeMap<&str, bool>| {
        let rare = members.values().filter(|it| !**it).count();
        rare >= RARE_MIN && rare * 2 > members.len()
    };
    objects.iter().filter(|it| are_values(it.1)).map(|it| Place::body(it.0)).collect()
}

/// Lists, objects and nothings that never held anything: what they would hold is not known.
fn never_filled<'a>(all: impl Iterator<Item = (&'a Arc<Place>, &'a Field)>) -> Vec<Place> {
    let hollow = [Forms::NULL, Forms::LIST, Forms::OBJECT];
    let all: Vec<_> = all.collect();
    let holds_more = |path: &str| {
        all.iter().any(|(place, _)| {
            let Place::Body(other) = &***place else { return false };
            other.strip_prefix(path).is_some_and(|it| it.starts_with(['.', '[']))
        })
    };
    let is_hollow = |it: &&(&Arc<Place>, &Field)| {
        let Place::Body(path) = &**it.0 else { return false };
        let bits = hollow.iter().fold(0, |all, it| all | it.bits());
        it.1.forms != Forms::NONE && it.1.forms.bits() & !bits == 0 && !holds_more(path)
    };
    all.iter().filter(is_hollow).map(|it| Place::clone(it.0)).collect()
}
