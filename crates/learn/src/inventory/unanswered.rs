//! Copies of requests: which of their paths are endpoints, when no answer tells.
//!
//! Whoever looks for what there is asks for much, each once; whoever uses an API asks for the same again and again.
//! So a path is believed when [`CALLERS_MIN`] subjects from [`PLACES_MIN`] addresses asked for it, each from an
//! address that asked at least as often for something again as for something new.
//!
//! Reads    exchanges whose answer was not seen, and whether their endpoint is known already: from answers, or
//!          because somebody said so.
//! Writes   whether they count.
//! Memory   at most [`PATHS_MAX`] paths of some 200 bytes and [`PLACES_MAX`] addresses of some 100; who was quiet
//!          longest goes first. At most [`MADE_MAX`] endpoints of all services are made so.
//! Misses   APIs with fewer callers; words that are values, as each is a path of its own that few ask for: both are
//!          learnt once a description is imported. Several addresses that ask for the same invented paths again and
//!          again make endpoints, up to the bound.

use bartizan_model::id::EndpointId;
use bartizan_model::observation::Observation;
use std::collections::BTreeMap;

/// Subjects that must ask for a path.
pub const CALLERS_MIN: usize = 3;
/// Addresses that they must ask from; where addresses are not known each subject counts as one.
pub(super) const PLACES_MIN: usize = 2;
/// Paths that wait to be believed.
pub(super) const PATHS_MAX: usize = 8_192;
/// Addresses whose habits are known.
pub(super) const PLACES_MAX: usize = 16_384;
/// Endpoints that are made without an answer; further paths are counted as having found no room.
pub const MADE_MAX: usize = 2_000;
/// New paths beyond repeated ones after which further ones of an address do not even wait.
const NEW_MAX: u32 = 256;
/// Repeated paths beyond new ones that are counted: years of good use are no leave to scan.
const CREDIT_MAX: u32 = 32;
/// Callers of a path that are remembered.
const VOTERS_MAX: usize = 16;

/// What becomes of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It counts for its endpoint.
    Counts,
    /// Nothing speaks for its path yet.
    Waits,
    /// Something does, and there are as many endpoints as may be.
    Full,
}

/// The paths that wait, and who asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Unanswered {
    paths: Recent<Vec<Voter>>,
    places: Recent<Habit>,
    made: usize,
}

/// Who asked for a path, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Voter {
    subject: u64,
    place: u64,
}

/// What an address asks for.
#[derive(Clone, Copy, Debug, Default)]
struct Habit {
    new: u32,
    again: u32,
}

impl Habit {
    fn asked_for_something_new(&mut self) {
        self.new = self.new.saturating_add(1);
    }

    fn came_again(&mut self) {
        self.again = self.again.saturating_add(1).min(self.new.saturating_add(CREDIT_MAX));
    }

    fn is_good(self) -> bool {
        self.again >= self.new
    }

    fn may_wait(self) -> bool {
        self.new <= self.again.saturating_add(NEW_MAX)
    }
}

impl Unanswered {
    /// Takes an exchange whose answer was not seen; `is_known` if its endpoint is.
    pub(super) fn take(&mut self, it: &Observation, is_known: bool) -> Verdict {
        let subject = folded(it.subject.0);
        let place = if it.client.0 == 0 { subject } else { it.client.0 };
        let habit = self.places.of(place, PLACES_MAX);
        if is_known {
            habit.came_again();
            return Verdict::Counts;
        }
        let name = format!("{} {} {}", it.route, it.template, it.operation);
        let path = EndpointId::of(it.method.name(), &name).bits();
        let asked = self.paths.get(path);
        let is_again = asked.is_some_and(|it| it.iter().any(|it| it.place == place));
        match is_again {
            true => habit.came_again(),
            false => habit.asked_for_something_new(),
        }
        if asked.is_none() && !habit.may_wait() {
            return Verdict::Waits;
        }
        let voter = Voter { subject, place };
        let voters = self.paths.of(path, PATHS_MAX);
        if !voters.contains(&voter) && voters.len() < VOTERS_MAX {
            voters.push(voter);
        }
        let good = |it: &&Voter| self.places.get(it.place).is_some_and(|it| it.is_good());
        let good: Vec<Voter> = voters.iter().filter(good).copied().collect();
        let count = |of: fn(&Voter) -> u64| {
            let mut all: Vec<u64> = good.iter().map(of).collect();
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        if count(|it| it.subject) < CALLERS_MIN || count(|it| it.place) < PLACES_MIN {
            return Verdict::Waits;
        }
        if self.made >= MADE_MAX {
            return Verdict::Full;
        }
        self.made += 1;
        self.paths.forget(path);
        Verdict::Counts
    }
}

fn folded(subject: u128) -> u64 {
    u64::try_from(subject >> 64 ^ subject & u128::from(u64::MAX)).unwrap_or(0)
}

/// A bounded map that forgets what was not asked for longest. Every step costs O(log n).
#[derive(Clone, Debug)]
struct Recent<T> {
    by_key: BTreeMap<u64, (u64, T)>,
    by_age: BTreeMap<u64, u64>,
    now: u64,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { by_key: BTreeMap::new(), by_age: BTreeMap::new(), now: 0 }
    }
}

impl<T: Default> Recent<T> {
    /// What is known of this one, which is the youngest now.
    fn of(&mut self, key: u64, max: usize) -> &mut T {
        self.now += 1;
        match self.by_key.get(&key) {
            Some((age, _)) => drop(self.by_age.remove(age)),
            None if self.by_key.len() >= max => {
                if let Some((_, oldest)) = self.by_age.pop_first() {
                    self.by_key.remove(&oldest);
                }
            }
            None => {}
        }
        self.by_age.insert(self.now, key);
        let (age, it) = self.by_key.entry(key).or_default();
        *age = self.now;
        it
    }

    fn get(&self, key: u64) -> Option<&T> {
        self.by_key.get(&key).map(|it| &it.1)
    }

    fn forget(&mut self, key: u64) {
        if let Some((age, _)) = self.by_key.remove(&key) {
            self.by_age.remove(&age);
        }
    }
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::super::seen::{called, get, templates};
    use super::super::{Inventory, Totals};
    use super::*;
    use bartizan_model::head::Method;
    use bartizan_model::id::{KeyedHash, SubjectId};
    use bartizan_model::observation::Outcome;

    /// A copy of a `GET` of this path, by this subject, from this address.
    fn copy(path: &str, subject: u128, client: u64) -> Observation {
        Observation {
            outcome: Outcome::Copied,
            subject: SubjectId(subject),
            client: KeyedHash(client),
            ..called(Method::Get, path, 0, &[], None)
        }
    }

    fn totals(it: &Inventory) -> Totals {
        it.totals().map(|it| it.1).next().unwrap_or_default()
    }

    /// Each row: subject and address of those who ask, one after the other, for `/orders`; whether it is one.
    #[track_caller]
    fn check(asked: &[(u128, u64)], is_endpoint: bool) {
        let mut it = Inventory::default();
        asked.iter().for_each(|(subject, client)| it.observe(&copy("/orders", *subject, *client)));
        let expected: &[&str] = if is_endpoint { &["/orders"] } else { &[] };
        assert_eq!(templates(&it), expected, "{asked:?}");
    }

    #[test]
    fn several_callers_that_come_again_make_an_endpoint() {
        check(&[(1, 1), (2, 2), (3, 3), (1, 1), (2, 2), (3, 3)], true);
        // Once is what a scanner does.
        check(&[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)], false);
        check(&[(1, 1), (2, 2), (3, 3), (1, 1), (2, 2)], false);
        check(&[(1, 1), (1, 1), (2, 2), (2, 2), (1, 1), (2, 2)], false);
    }

    #[test]
    fn many_subjects_of_one_address_are_not_independent() {
        check(&[(1, 1), (2, 1), (3, 1), (1, 1), (2, 1), (3, 1)], false);
        check(&[(1, 1), (2, 1), (3, 2), (1, 1), (2, 1), (3, 2)], true);
    }

    #[test]
    fn where_addresses_are_not_known_subjects_stand_for_them() {
        check(&[(1, 0), (2, 0), (3, 0), (1, 0), (2, 0), (3, 0)], true);
        check(&[(1, 0), (1, 0), (1, 0), (2, 0), (2, 0)], false);
    }

    /// An inventory of ten endpoints that answers made known.
    fn known() -> Inventory {
        let mut it = Inventory::default();
        (0..10).for_each(|n| {
            let path = format!("/{}", ["orders", "users", "items", "carts", "me"][n % 5]);
            it.observe(&get(&path, 200, &[]));
        });
        it
    }

    #[test]
    fn a_scanner_makes_no_endpoint_and_takes_little_room() {
        let mut it = known();
        let before = templates(&it);
        for n in 0..20_000 {
            it.observe(&copy(&format!("/invented{n}x/path{n}"), 9, 9));
        }
        it.settle();
        assert_eq!(templates(&it), before);
        assert_eq!(totals(&it).candidates, 20_000);
        assert!(it.unanswered.paths.by_key.len() <= NEW_MAX as usize + 1);
    }

    #[test]
    fn scanners_that_share_their_words_make_no_endpoint() {
        let mut it = known();
        let before = templates(&it);
        for n in 0..20_000 {
            (1..=5).for_each(|who| it.observe(&copy(&format!("/invented{n}"), who, who as u64)));
        }
        it.settle();
        assert_eq!(templates(&it), before);
        assert!(it.unanswered.paths.by_key.len() <= PATHS_MAX);
    }

    #[test]
    fn scanners_that_repeat_themselves_make_a_bounded_number_of_endpoints() {
        let mut it = known();
        for n in 0..20_000 {
            for _ in 0..2 {
                (1..=3).for_each(|who| {
                    it.observe(&copy(&format!("/{n:x}zz/q{n}"), who, who as u64));
                });
            }
        }
        assert!(it.endpoints().len() <= MADE_MAX + 5, "{}", it.endpoints().len());
        assert!(it.leaf("shop", Method::Get, "/orders").is_some_and(|it| it.unanswered == 0));
    }

    #[test]
    fn no_more_endpoints_are_made_than_may_be() {
        let mut it = Inventory::default();
        it.unanswered.made = MADE_MAX;
        for _ in 0..2 {
            (1..=3).for_each(|who| it.observe(&copy("/orders", who, who as u64)));
        }
        assert!(it.endpoints().is_empty() && totals(&it).full > 0);
    }

    #[test]
    fn who_used_the_api_and_scans_then_is_no_witness_any_more() {
        let mut it = known();
        (1..=3).for_each(|who| it.observe(&copy("/orders", who, who as u64)));
        let before = templates(&it);
        // Even long use is no leave.
        for _ in 0..1_000 {
            (1..=3).for_each(|who| it.observe(&copy("/orders", who, who as u64)));
        }
        for n in 0..1_000 {
            (1..=3).for_each(|who| it.observe(&copy(&format!("/invented{n}"), who, who as u64)));
        }
        let bound = before.len() + CREDIT_MAX as usize;
        assert!(templates(&it).len() <= bound, "{:?}", templates(&it));
    }

    #[test]
    fn what_answers_made_known_counts_at_once() {
        let mut it = known();
        it.observe(&copy("/orders", 1, 1));
        let orders = it.leaf("shop", Method::Get, "/orders").map(|it| (it.calls, it.unanswered));
        assert_eq!(orders, Some((3, 1)));
        it.observe(&copy("/nothing", 1, 1));
        assert_eq!(totals(&it).candidates, 1);
    }

    #[test]
    fn nothing_is_said_of_answers_that_nobody_saw() {
        let mut it = Inventory::default();
        for _ in 0..20 {
            (1..=3).for_each(|who| it.observe(&copy("/orders", who, who as u64)));
        }
        let leaf = it.leaf("shop", Method::Get, "/orders").cloned().unwrap_or_default();
        assert!(leaf.statuses.is_empty() && leaf.response.messages == 0);
        assert_eq!((leaf.calls, leaf.unanswered), (55, 55));
    }

    #[test]
    fn the_table_forgets_who_was_quiet_longest() {
        let mut it: Recent<u8> = Recent::default();
        for key in [1, 2, 1, 3] {
            *it.of(key, 2) += 1;
        }
        assert_eq!((it.get(1), it.get(2), it.get(3)), (Some(&2), None, Some(&1)));
        assert_eq!(it.by_age.len(), it.by_key.len());
    }
}
