//! Changes: what an API began to do, or stopped doing, since it was learnt first.
//!
//! Reads    the inventory: it knows since when there is each endpoint, status and field.
//! Writes   changes, the latest first.
//! Memory   what the inventory has; nothing is kept beside it.
//! Misses   what was there in the first hour of a service or an endpoint, for then everything is new; fields that
//!          are gone; of values that came to one enumeration, all but the last; what the inventory forgot because what it was made of is no longer kept.

use crate::inventory::leaf::{Field, Leaf};
use crate::inventory::{Endpoint, Inventory};
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// Time of observed traffic in which everything is new, in microseconds.
const SETTLING_US: u64 = 3_600_000_000;
/// Calls of an endpoint before which what is new tells nothing.
const CALLS_MIN: u64 = 30;
/// Time without a call after which an endpoint fell silent, in microseconds.
const SILENT_US: u64 = 7 * 24 * SETTLING_US;

/// One change.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// When it was seen first, in microseconds since 1970; of what stopped, when it was seen last.
    pub at_us: u64,
    /// Where.
    pub endpoint: Endpoint<'a>,
    /// What.
    pub what: What<'a>,
}

/// What changed.
#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// An endpoint that was not there.
    Endpoint,
    /// A field that requests did not have.
    RequestField(&'a Place, &'a Field),
    /// A field that answers did not have.
    ResponseField(&'a Place, &'a Field),
    /// A value that requests did not have among those of an enumeration, of which nobody knows the words.
    RequestValue(&'a Place, &'a Field),
    /// The same of answers.
    ResponseValue(&'a Place, &'a Field),
    /// A status that was not answered.
    Status(u16),
    /// No call for a week in which others were called.
    Silent,
}

impl What<'_> {
    /// Stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::RequestField(..) => "request_field",
            Self::ResponseField(..) => "response_field",
            Self::RequestValue(..) => "request_value",
            Self::ResponseValue(..) => "response_value",
            Self::Status(_) => "status",
            Self::Silent => "silent",
        }
    }
}

/// All changes since `since_us`, the latest first.
pub fn changes(inventory: &Inventory, since_us: u64) -> Vec<Change<'_>> {
    let endpoints = inventory.endpoints();
    let mut spans: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for it in &endpoints {
        let span = spans.entry(it.service).or_insert((u64::MAX, 0));
        *span = (span.0.min(it.leaf.first_us), span.1.max(it.leaf.last_us));
    }
    let mut out = Vec::new();
    for endpoint in endpoints {
        let Some((first, last)) = spans.get(endpoint.service).copied() else { continue };
        let add = |(at_us, what)| Change { at_us, endpoint: endpoint.clone(), what };
        if endpoint.leaf.first_us > first + SETTLING_US {
            out.push(add((endpoint.leaf.first_us, What::Endpoint)));
        }
        if endpoint.leaf.last_us + SILENT_US < last {
            out.push(add((endpoint.leaf.last_us, What::Silent)));
        }
        out.extend(within(endpoint.leaf).into_iter().map(add));
    }
    out.retain(|it| it.at_us >= since_us);
    out.sort_by_key(|it| std::cmp::Reverse(it.at_us));
    out
}

/// What one endpoint began to do.
fn within(leaf: &Leaf) -> Vec<(u64, What<'_>)> {
    let settled_us = leaf.first_us + SETTLING_US;
    if leaf.calls < CALLS_MIN {
        return Vec::new();
    }
    // What was not seen before is not new: of answers the first that was seen begins them.
    let answered_us = leaf.statuses_since.values().min().map_or(0, |it| it + SETTLING_US);
    let statuses = leaf.statuses_since.iter().map(|(status, at)| (*at, What::Status(*status)));
    let response = || leaf.response.by_place.iter();
    let fields = response().map(|(place, it)| (it.since_us, What::ResponseField(place, it)));
    let values = response()
        .filter_map(|(place, it)| Some((it.added()?.at_us, What::ResponseValue(place, it))));
    let answers = statuses.chain(fields).chain(values).filter(|it| it.0 > answered_us);
    let request = || leaf.request.by_place.iter();
    let fields = request().map(|(place, it)| (it.since_us, What::RequestField(place, it)));
    let values = request()
        .filter_map(|(place, it)| Some((it.added()?.at_us, What::RequestValue(place, it))));
    answers.chain(fields).chain(values).filter(|it| it.0 > settled_us).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::inventory::seen::get;
    use bartizan_model::head::Method;
    use bartizan_model::id::{KeyedHash, SubjectId};
    use bartizan_model::observation::{Observation, Outcome};

    const MINUTE: u64 = 60_000_000;

    fn at(minute: u64, it: Observation) -> Observation {
        let mut it = it;
        it.started.wall_us = (minute + 1) * MINUTE;
        it
    }

    /// An API that is called once a minute for three hours, and what else happens there.
    fn found(extra: &[Observation]) -> Vec<(u64, String)> {
        let mut it = Inventory::default();
        (0..180).for_each(|n| it.observe(&at(n, get("/orders", 200, &[("$.id", n)]))));
        extra.iter().for_each(|one| it.observe(one));
        it.settle();
        let shown = |it: &Change<'_>| {
            let what = match it.what {
                What::RequestField(place, _)
                | What::ResponseField(place, _)
                | What::RequestValue(place, _)
                | What::ResponseValue(place, _) => place.to_string(),
                What::Status(status) => status.to_string(),
                What::Endpoint | What::Silent => it.endpoint.template(),
            };
            (it.at_us / MINUTE - 1, format!("{} {what}", it.what.name()))
        };
        changes(&it, 0).iter().map(shown).collect()
    }

    #[test]
    fn what_was_there_in_the_first_hour_is_no_change() {
        let early = [
            at(30, get("/carts", 200, &[])),
            at(40, get("/orders", 200, &[("$.id", 1), ("$.total", 1)])),
            at(50, get("/orders", 500, &[])),
        ];
        assert_eq!(found(&early), []);
    }

    #[test]
    fn what_began_later_is_one_the_latest_first() {
        let late = [
            at(100, get("/carts", 200, &[])),
            at(110, get("/orders", 200, &[("$.id", 1), ("$.email", 1)])),
            at(120, get("/orders", 500, &[])),
        ];
        let one = |minute, what: &str| (minute, what.to_owned());
        let wanted = [
            one(120, "status 500"),
            one(110, "response_field body $.email"),
            one(100, "endpoint /carts"),
        ];
        assert_eq!(found(&late), wanted);
    }

    #[test]
    fn a_value_that_comes_to_an_enumeration_is_one() {
        let mut it = Inventory::default();
        let mut see = |minute: u64, state: u64| {
            let subject = SubjectId(u128::from(minute % 7));
            let call = at(minute, get("/orders", 200, &[("$.state", state), ("$.id", minute)]));
            it.observe(&Observation { subject, ..call });
        };
        (0..180).for_each(|n| see(n, n % 4));
        see(181, 9);
        (182..190).for_each(|n| see(n, n % 4));
        let found = changes(&it, 0);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.at_us / MINUTE - 1, one.what.name()), (181, "response_value"));
    }

    #[test]
    fn an_endpoint_of_few_calls_tells_nothing_but_that_it_is_there() {
        let late = [
            at(100, get("/carts", 200, &[("$.id", 1)])),
            at(170, get("/carts", 200, &[("$.id", 1), ("$.email", 1)])),
        ];
        assert_eq!(found(&late), [(100, "endpoint /carts".to_owned())]);
    }

    #[test]
    fn silence_is_one_where_others_are_called() {
        let week = 7 * 24 * 60;
        let later = at(179 + week, get("/carts", 200, &[]));
        assert!(!found(&[later]).iter().any(|it| it.1.starts_with("silent")));
        let later = at(181 + week, get("/carts", 200, &[]));
        assert!(found(&[later]).contains(&(179, "silent /orders".to_owned())));
    }

    #[test]
    fn nothing_before_the_time_that_is_asked_for_is_told() {
        let mut it = Inventory::default();
        (0..180).for_each(|n| it.observe(&at(n, get("/orders", 200, &[]))));
        it.observe(&at(100, get("/carts", 200, &[])));
        assert_eq!(changes(&it, 101 * MINUTE).len(), 1);
        assert_eq!(changes(&it, 101 * MINUTE + 1).len(), 0);
    }

    #[test]
    fn answers_that_are_seen_late_are_no_change() {
        let mut it = Inventory::default();
        for minute in 0..300 {
            let answered = at(minute, get("/orders", 200, &[("$.id", minute)]));
            let who = minute % 3 + 1;
            it.observe(&match minute {
                0..180 => Observation {
                    outcome: Outcome::Copied,
                    status: 0,
                    response: None,
                    subject: SubjectId(who.into()),
                    client: KeyedHash(who),
                    ..answered
                },
                _ => answered,
            });
        }
        let leaf = it.leaf("shop", Method::Get, "/orders").unwrap();
        assert!(leaf.unanswered > 100 && leaf.statuses[&200] == 120);
        assert_eq!(changes(&it, 0).len(), 0);
    }
}
