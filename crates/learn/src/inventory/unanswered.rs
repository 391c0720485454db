//! Copies of requests: which of their paths are endpoints, when no answer tells.
//!
//! Whoever looks for what there is uses many words, each once; whoever uses an API uses the same again and again.
//! So a word is a name when [`CALLERS_MIN`] subjects from [`PLACES_MIN`] addresses used it, each from an address
//! that asked at least as often in words it had used before as in new ones. Other words are values. A path is
//! an endpoint when as many of the same kind asked for it, with at least one name in it; where words are values, for at
//! least [`VALUES_MIN`] of them.
//!
//! Reads    exchanges whose answer was not seen, and whether their endpoint is known already: from answers, or
//!          because somebody said so.
//! Writes   whether they count, and their path with its values as variables.
//! Memory   at most [`WORDS_MAX`] words and [`PATHS_MAX`] paths of up to 400 bytes and [`PLACES_MAX`] addresses of
//!          some 100; what was quiet longest goes first. At most [`MADE_MAX`] endpoints of all services are made so.
//! Misses   APIs with fewer callers, until a description is imported. Several addresses that use the same invented
//!          words again and again make endpoints, up to the bound.

use super::segments;
use bartizan_model::id::EndpointId;
use bartizan_model::observation::Observation;
use std::collections::BTreeMap;

/// Subjects that must ask for a path.
pub const CALLERS_MIN: usize = 3;
/// Addresses that they must ask from; where addresses are not known each subject counts as one.
pub(super) const PLACES_MIN: usize = 2;
/// Different words that must stand where a variable is.
const VALUES_MIN: usize = 8;
/// Requests after which words that nobody else used are values, and no names that others have yet to use.
const TIMES_MIN: u32 = 24;
/// Words whose users are known.
const WORDS_MAX: usize = 16_384;
/// Paths that wait to be believed.
pub(super) const PATHS_MAX: usize = 8_192;
/// Addresses whose habits are known.
pub(super) const PLACES_MAX: usize = 16_384;
/// Endpoints that are made without an answer; further paths are counted as having found no room.
pub const MADE_MAX: usize = 2_000;
/// Requests in new words beyond those in known ones after which further words of an address do not even wait.
const NEW_MAX: u32 = 256;
/// Requests in known words beyond those in new ones that are counted: years of good use are no leave to scan.
const CREDIT_MAX: u32 = 32;
/// Users of a word or path that are remembered.
const VOTERS_MAX: usize = 16;

/// What becomes of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It counts for the endpoint of this template.
    Counts(String),
    /// Nothing speaks for its path yet.
    Waits,
    /// Something does, and there are as many endpoints as may be.
    Full,
}

/// The words and paths that wait, and who asks.
#[derive(Clone, Debug, Default)]
pub(super) struct Unanswered {
    words: Recent<Vec<Voter>>,
    paths: Recent<Asked>,
    places: Recent<Habit>,
    made: usize,
}

/// Who asked for a path, and with which words.
#[derive(Clone, Debug, Default)]
struct Asked {
    voters: Vec<Voter>,
    values: Vec<u64>,
    times: u32,
}

/// Who asked, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Voter {
    subject: u64,
    place: u64,
}

impl Voter {
    fn of(it: &Observation) -> Self {
        let subject = it.subject.0;
        let subject = u64::try_from(subject >> 64 ^ subject & u128::from(u64::MAX)).unwrap_or(0);
        Self { subject, place: if it.client.0 == 0 { subject } else { it.client.0 } }
    }

    fn join(self, voters: &mut Vec<Self>) {
        if !voters.contains(&self) && voters.len() < VOTERS_MAX {
            voters.push(self);
        }
    }
}

/// How an address asks.
#[derive(Clone, Copy, Debug, Default)]
struct Habit {
    new: u32,
    again: u32,
}

impl Habit {
    fn note(&mut self, is_new: bool) {
        if is_new {
            self.new = self.new.saturating_add(1);
        } else {
            self.again = self.again.saturating_add(1).min(self.new.saturating_add(CREDIT_MAX));
        }
    }

    fn is_good(self) -> bool {
        self.again >= self.new
    }

    fn may_wait(self) -> bool {
        self.new <= self.again.saturating_add(NEW_MAX)
    }
}

fn is_word(segment: &str) -> bool {
    !segment.starts_with('{')
}

impl Unanswered {
    /// Takes a call of an endpoint that is known.
    pub(super) fn known(&mut self, it: &Observation) {
        self.places.of(Voter::of(it).place, PLACES_MAX).note(false);
    }

    /// Takes an exchange whose answer was not seen and whose path is not known word for word. `variables` says of
    /// its segments whether a variable is known there.
    pub(super) fn take(&mut self, it: &Observation, variables: &[bool]) -> Verdict {
        let voter = Voter::of(it);
        let word = |segment: &str| EndpointId::of(&it.route, segment).bits();
        let words = || segments(&it.template).filter(|it| is_word(it));
        let is_used = |segment: &str| {
            self.words.get(word(segment)).is_some_and(|it| {
                it.len() >= VOTERS_MAX || it.iter().any(|it| it.place == voter.place)
            })
        };
        let is_variable = |at: usize| variables.get(at).copied().unwrap_or(false);
        let mut names = segments(&it.template).enumerate().filter(|it| is_word(it.1));
        let asked = method_and(it, &it.template);
        // A path without a word is as new as it is itself.
        let has_words = words().next().is_some();
        let is_again = match has_words {
            // Values of a variable are new each time.
            true => names.all(|(at, it)| is_variable(at) || is_used(it)),
            false => self.paths.get(asked).is_some_and(|it| it.voters.contains(&voter)),
        };
        let habit = self.places.of(voter.place, PLACES_MAX);
        habit.note(!is_again);
        if !is_again && !habit.may_wait() {
            return Verdict::Waits;
        }
        words().for_each(|it| voter.join(self.words.of(word(it), WORDS_MAX)));
        let mut template = String::new();
        let (mut has_name, mut has_value) = (!has_words, false);
        for (at, segment) in segments(&it.template).enumerate() {
            let is_name = is_word(segment)
                && self.words.get(word(segment)).is_some_and(|it| self.is_believed(it));
            has_name |= is_name;
            has_value |= is_word(segment) && !is_name && !is_variable(at);
            template.push('/');
            template.push_str(if is_word(segment) && !is_name { "{word}" } else { segment });
        }
        if template.is_empty() {
            template.push('/');
        }
        let path = method_and(it, &template);
        let waiting = self.paths.of(path, PATHS_MAX);
        voter.join(&mut waiting.voters);
        if waiting.values.len() < VALUES_MIN && !waiting.values.contains(&asked) {
            waiting.values.push(asked);
        }
        waiting.times = waiting.times.saturating_add(1);
        let has_values =
            !has_value || (waiting.values.len() >= VALUES_MIN && waiting.times >= TIMES_MIN);
        let is_believed = self.paths.get(path).is_some_and(|it| self.is_believed(&it.voters));
        if !has_name || !has_values || !is_believed {
            return Verdict::Waits;
        }
        if self.made >= MADE_MAX {
            return Verdict::Full;
        }
        self.made += 1;
        self.paths.forget(path);
        Verdict::Counts(template)
    }

    /// Whether enough of these are independent, and no scanners.
    fn is_believed(&self, voters: &[Voter]) -> bool {
        let good = |it: &&Voter| self.places.get(it.place).is_some_and(|it| it.is_good());
        let good: Vec<Voter> = voters.iter().filter(good).copied().collect();
        let count = |of: fn(&Voter) -> u64| {
            let mut all: Vec<u64> = good.iter().map(of).collect();
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        count(|it| it.subject) >= CALLERS_MIN && count(|it| it.place) >= PLACES_MIN
    }
}

/// What names a path, with its service and operation.
fn method_and(it: &Observation, template: &str) -> u64 {
    let name = format!("{} {template} {}", it.route, it.operation);
    EndpointId::of(it.method.name(), &name).bits()
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
    fn copy(path: &str, subject: u64, client: u64) -> Observation {
        Observation {
            outcome: Outcome::Copied,
            subject: SubjectId(subject.into()),
            client: KeyedHash(client),
            ..called(Method::Get, path, 0, &[], None)
        }
    }

    fn totals(it: &Inventory) -> Totals {
        it.totals().map(|it| it.1).next().unwrap_or_default()
    }

    /// Each row: subject and address of those who ask, one after the other, for `/orders`; whether it is one.
    #[track_caller]
    fn check(asked: &[(u64, u64)], is_endpoint: bool) {
        let mut it = Inventory::default();
        asked.iter().for_each(|(subject, client)| it.observe(&copy("/orders", *subject, *client)));
        let expected: &[&str] = if is_endpoint { &["/orders"] } else { &[] };
        assert_eq!(templates(&it), expected, "{asked:?}");
    }

    #[test]
    fn several_callers_that_come_again_make_an_endpoint() {
        check(&[(1, 1), (2, 2), (3, 3), (1, 1), (2, 2), (3, 3), (1, 1), (2, 2), (3, 3)], true);
        // Once is what a scanner does.
        check(&[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6)], false);
        check(&[(1, 1), (2, 2), (3, 3), (1, 1), (2, 2)], false);
        check(&[(1, 1), (1, 1), (2, 2), (2, 2), (1, 1), (2, 2)], false);
    }

    #[test]
    fn many_subjects_of_one_address_are_not_independent() {
        check(&[(1, 1), (2, 1), (3, 1), (1, 1), (2, 1), (3, 1)], false);
        check(&[(1, 1), (2, 1), (3, 2), (1, 1), (2, 1), (3, 2), (1, 1), (2, 1), (3, 2)], true);
    }

    #[test]
    fn where_addresses_are_not_known_subjects_stand_for_them() {
        check(&[(1, 0), (2, 0), (3, 0), (1, 0), (2, 0), (3, 0), (1, 0), (2, 0), (3, 0)], true);
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
        assert!(it.unanswered.words.by_key.len() <= 2 * NEW_MAX as usize + 2);
    }

    #[test]
    fn scanners_that_share_their_words_make_no_endpoint() {
        let mut it = known();
        let before = templates(&it);
        for n in 0..20_000 {
            (1..=5).for_each(|who| it.observe(&copy(&format!("/invented{n}"), who, who)));
        }
        it.settle();
        assert_eq!(templates(&it), before);
        assert!(it.unanswered.words.by_key.len() <= WORDS_MAX);
    }

    #[test]
    fn scanners_that_repeat_themselves_make_a_bounded_number_of_endpoints() {
        let mut it = known();
        for n in 0..20_000 {
            for _ in 0..2 {
                (1..=3).for_each(|who| {
                    it.observe(&copy(&format!("/{n:x}zz/q{n}"), who, who));
                });
            }
        }
        assert!(it.endpoints().len() <= MADE_MAX + 5, "{}", it.endpoints().len());
        assert!(it.leaf("shop", Method::Get, "/orders").is_some_and(|it| it.unanswered == 0));
    }

    #[test]
    fn words_that_few_use_are_values_beside_names_that_many_use() {
        let mut it = Inventory::default();
        for round in 0..8 {
            for who in 1..=5_u64 {
                for repository in ["engine", "site", "notes"] {
                    let path = format!("/repos/owner-{who}/{repository}-{who}/pulls/{round}1");
                    it.observe(&copy(&path, who, who));
                }
                it.observe(&copy("/repos/search", who, who));
            }
        }
        it.settle();
        let all = templates(&it);
        assert_eq!(all.len(), 2, "{all:?}");
        assert!(all.contains(&"/repos/search".to_owned()), "{all:?}");
        assert!(all.iter().any(|it| it.matches('{').count() == 3), "{all:?}");
    }

    #[test]
    fn no_more_endpoints_are_made_than_may_be() {
        let mut it = Inventory::default();
        it.unanswered.made = MADE_MAX;
        for _ in 0..4 {
            (1..=3).for_each(|who| it.observe(&copy("/orders", who, who)));
        }
        assert!(it.endpoints().is_empty() && totals(&it).full > 0);
    }

    #[test]
    fn who_used_the_api_and_scans_then_is_no_witness_any_more() {
        let mut it = known();
        (1..=3).for_each(|who| it.observe(&copy("/orders", who, who)));
        let before = templates(&it);
        // Even long use is no leave.
        for _ in 0..1_000 {
            (1..=3).for_each(|who| it.observe(&copy("/orders", who, who)));
        }
        for n in 0..1_000 {
            (1..=3).for_each(|who| it.observe(&copy(&format!("/invented{n}"), who, who)));
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
            (1..=3).for_each(|who| it.observe(&copy("/orders", who, who)));
        }
        let leaf = it.leaf("shop", Method::Get, "/orders").cloned().unwrap_or_default();
        assert!(leaf.statuses.is_empty() && leaf.response.messages == 0);
        assert!(leaf.calls >= 50 && leaf.unanswered == leaf.calls, "{leaf:?}");
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
