//! Versions of clients: one that begins to be used is held to no habit for a while, as soon as it is sure that it is one.
//!
//! Reads    exchanges in their order, and callers in good standing whom habit refused.
//! Writes   which versions are held to no habit on which routes.
//! Memory   at most [`COHORTS_MAX`] versions, each with three callers.
//! Misses   versions that were used before the start and are new all the same: until as long has passed as a version is new, none is.
//!          Web pages, which browsers do not name.
//!
//! Whatever a client calls itself opens nothing by itself: three callers in good standing must have been refused under one name. They
//! could suspend a clause for everybody as well.

use crate::tempo::Tempo;
use bartizan_engine::terms::Graced;
use bartizan_learn::standing::Caller;
use bartizan_learn::terms::INDEPENDENT_MIN;
use bartizan_model::id::KeyedHash;
use bartizan_model::observation::Observation;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Versions that are remembered, of all routes; then none is added.
const COHORTS_MAX: usize = 4_096;

/// Versions of clients.
#[derive(Debug, Default)]
pub(crate) struct Cohorts {
    seen: BTreeMap<(Arc<str>, u64), Cohort>,
    /// When the first exchange was seen.
    since_us: Option<u64>,
}

#[derive(Debug)]
struct Cohort {
    first_us: u64,
    refused: Vec<Caller>,
    /// Until when it is held to no habit.
    until_us: Option<u64>,
}

/// A version that is held to no habit from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewVersion {
    pub(crate) route: Arc<str>,
    pub(crate) until_us: u64,
}

impl Cohorts {
    /// Notes which version an exchange came from.
    pub(crate) fn observe(&mut self, it: &Observation) {
        let first_us = it.started.wall_us;
        self.since_us.get_or_insert(first_us);
        let key = (Arc::clone(&it.route), it.cohort.0);
        if it.cohort.0 != 0 && (self.seen.len() < COHORTS_MAX || self.seen.contains_key(&key)) {
            let new = || Cohort { first_us, refused: Vec::new(), until_us: None };
            self.seen.entry(key).or_insert_with(new);
        }
    }

    /// Notes that habit refused a caller in good standing. Whether that makes its version a new one.
    pub(crate) fn refused(
        &mut self,
        it: &Observation,
        caller: Caller,
        tempo: Tempo,
    ) -> Option<NewVersion> {
        self.observe(it);
        let (at_us, grace_us) = (it.started.wall_us, tempo.grace_us());
        let begin_us = self.since_us?.saturating_add(grace_us);
        let cohort = self.seen.get_mut(&(Arc::clone(&it.route), it.cohort.0))?;
        let until_us = cohort.first_us.saturating_add(grace_us);
        let is_new = cohort.first_us >= begin_us && at_us < until_us;
        if !is_new || cohort.until_us.is_some() || cohort.refused.contains(&caller) {
            return None;
        }
        cohort.refused.push(caller);
        if cohort.refused.len() < INDEPENDENT_MIN as usize {
            return None;
        }
        let until_us = at_us.saturating_add(grace_us);
        cohort.until_us = Some(until_us);
        Some(NewVersion { route: Arc::clone(&it.route), until_us })
    }

    /// Whether habit is only observed of the version that an exchange came from.
    pub(crate) fn is_graced(&self, it: &Observation) -> bool {
        let key = (Arc::clone(&it.route), it.cohort.0);
        let until_us = self.seen.get(&key).and_then(|it| it.until_us);
        until_us.is_some_and(|until_us| it.started.wall_us < until_us)
    }

    /// The versions that are held to no habit now.
    pub(crate) fn graced(&self, now_us: u64) -> Vec<Graced> {
        let is_one = |it: &Cohort| it.until_us.is_some_and(|until_us| now_us < until_us);
        let all = self.seen.iter().filter(|it| is_one(it.1)).map(|it| it.0);
        all.map(|(route, it)| Graced { route: Arc::clone(route), cohort: KeyedHash(*it) }).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use bartizan_model::id::{ExchangeId, KeyEpoch, SubjectId};
    use bartizan_model::moment::Moment;

    const DAY_US: u64 = 24 * 3_600 * 1_000_000;

    fn seen(at_us: u64, cohort: u64) -> Observation {
        let at = Moment { mono_ns: 0, wall_us: at_us };
        let mut it = Observation::opened(ExchangeId::new(1, 2), at, 1, KeyEpoch(1));
        (it.route, it.cohort) = ("shop".into(), KeyedHash(cohort));
        it
    }

    /// Version 1 has been there for two days.
    fn cohorts() -> Cohorts {
        let mut it = Cohorts::default();
        (0..48).for_each(|n| it.observe(&seen(n * DAY_US / 24, 1)));
        it
    }

    fn refused(all: &mut Cohorts, at_us: u64, cohort: u64, caller: u128) -> Option<NewVersion> {
        all.refused(&seen(at_us, cohort), Caller::Known(SubjectId(caller)), Tempo::Usual)
    }

    #[test]
    fn three_callers_make_a_version_a_new_one_for_a_day() {
        let (mut it, at) = (cohorts(), 2 * DAY_US);
        let found: Vec<bool> =
            [7, 7, 8, 9, 10].map(|caller| refused(&mut it, at, 2, caller).is_some()).into();
        assert_eq!(found, [false, false, false, true, false]);
        assert!(it.is_graced(&seen(at + DAY_US - 1, 2)) && !it.is_graced(&seen(at + DAY_US, 2)));
        assert!(!it.is_graced(&seen(at, 3)));
        let graced = vec![Graced { route: "shop".into(), cohort: KeyedHash(2) }];
        assert_eq!((it.graced(at + 1), it.graced(at + DAY_US)), (graced, Vec::new()));
    }

    #[test]
    fn what_was_there_for_long_is_no_new_version() {
        let mut it = cohorts();
        assert!((7..20).all(|caller| refused(&mut it, 2 * DAY_US, 1, caller).is_none()));
        // Nor what was there when nobody looked.
        let mut it = Cohorts::default();
        assert!((7..20).all(|caller| refused(&mut it, 5, 2, caller).is_none()));
        // Nor who says nothing of itself.
        assert!((7..20).all(|caller| refused(&mut cohorts(), 2 * DAY_US, 0, caller).is_none()));
    }

    #[test]
    fn invented_versions_find_an_end() {
        let mut it = cohorts();
        (2..10_000).for_each(|n| it.observe(&seen(2 * DAY_US, n)));
        assert_eq!(it.seen.len(), COHORTS_MAX);
    }
}
