//! Different values of one field, and whether they are an enumeration.
//!
//! Reads    keyed hashes of values, and who sent or received them.
//! Memory   at most [`FEW`] hashes with counts of 16 bytes; beyond that nothing beside its 72 bytes, and the field is free.
//! Misses   which value stood in which exchange; the words themselves, which nobody keeps. Exactly up to [`FEW`], and
//!          with a standard error of 13 % beyond.

use super::distinct::Distinct;
use super::subjects::Some64;

/// Different values of a field that are told apart exactly.
pub const FEW: usize = 16;
/// Occurrences from which values may be an enumeration.
const OCCURRENCES_MIN: u64 = 50;
/// Subjects from which they may.
const SUBJECTS_MIN: u32 = 5;

/// Different values.
#[derive(Clone, Debug, PartialEq)]
pub struct Values(Told);

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Apart(Few),
    /// Where the field is: each value would be a miss of the cache elsewhere.
    Together(Distinct),
}

/// Values that are told apart.
#[derive(Clone, Debug, Default, PartialEq)]
struct Few {
    /// Each with how often it came.
    values: Vec<(u64, u64)>,
    /// Occurrences when the newest of them came.
    newest: u64,
    subjects: Some64,
    /// When a value last came to those of an enumeration, in microseconds since 1970, and how often one did.
    added_us: u64,
    added: u32,
}

/// One occurrence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    /// The keyed hash of the value.
    pub(super) value: u64,
    /// When, in microseconds since 1970.
    pub(super) at_us: u64,
    /// Whose.
    pub(super) subject: Some64,
}

/// Few values that have stayed the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enumeration {
    /// How often each came, the most frequent first: two at least.
    pub counts: Vec<u64>,
}

/// A value that came to an enumeration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Added {
    /// When the last one did, in microseconds since 1970.
    pub at_us: u64,
    /// How often one did.
    pub times: u32,
}

impl Default for Values {
    fn default() -> Self {
        Self(Told::Apart(Few::default()))
    }
}

impl Few {
    fn total(&self) -> u64 {
        self.values.iter().map(|it| it.1).sum()
    }

    /// Enough of them, of enough subjects, and none of them new in the later half.
    fn are_settled(&self) -> bool {
        self.are_settled_of(self.total())
    }

    fn are_settled_of(&self, total: u64) -> bool {
        total >= OCCURRENCES_MIN
            && self.newest * 2 <= total
            && self.subjects.at_least() >= SUBJECTS_MIN
    }

    /// Takes an occurrence, unless it is one of a value too many.
    fn add(&mut self, it: Occurrence) -> bool {
        if let Some(known) = self.values.iter_mut().find(|known| known.0 == it.value) {
            known.1 += 1;
        } else if self.values.len() < FEW {
            let total = self.total();
            if self.values.len() > 1 && self.are_settled_of(total) {
                self.added_us = it.at_us;
                self.added = self.added.saturating_add(1);
            }
            if self.values.len() == self.values.capacity() {
                self.values.reserve_exact(FEW / 4);
            }
            self.newest = total + 1;
            self.values.push((it.value, 1));
        } else {
            return false;
        }
        self.subjects = self.subjects.and(it.subject);
        true
    }

    /// Takes all of another one, unless they are too many together. What was seen there counts as seen later.
    fn merge(&mut self, other: &Self) -> bool {
        let before = self.total();
        for (value, times) in &other.values {
            if let Some(known) = self.values.iter_mut().find(|known| known.0 == *value) {
                known.1 += times;
            } else if self.values.len() < FEW {
                self.values.push((*value, *times));
                self.newest = before + other.newest;
            } else {
                return false;
            }
        }
        self.subjects = self.subjects.and(other.subjects);
        self.added_us = self.added_us.max(other.added_us);
        self.added = self.added.max(other.added);
        true
    }
}

impl Values {
    pub(super) fn add(&mut self, it: Occurrence) {
        match &mut self.0 {
            Told::Together(many) => many.add(it.value),
            Told::Apart(few) => {
                if !few.add(it) {
                    self.put_together(|many| many.add(it.value));
                }
            }
        }
    }

    /// A little of what an occurrence touches.
    pub(super) fn some(&self) -> u64 {
        match &self.0 {
            Told::Together(_) => 0,
            Told::Apart(few) => few.values.iter().step_by(4).fold(0, |some, it| some ^ it.0),
        }
    }

    /// From now on they are not told apart.
    fn put_together(&mut self, add: impl FnOnce(&mut Distinct)) {
        match &mut self.0 {
            Told::Together(many) => add(many),
            Told::Apart(few) => {
                let mut many = Distinct::default();
                few.values.iter().for_each(|it| many.add(it.0));
                add(&mut many);
                self.0 = Told::Together(many);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        match (&mut self.0, other.0) {
            (_, Told::Together(theirs)) => self.put_together(|many| many.merge(&theirs)),
            (Told::Together(many), Told::Apart(theirs)) => {
                theirs.values.iter().for_each(|it| many.add(it.0));
            }
            (Told::Apart(few), Told::Apart(theirs)) => {
                if !few.merge(&theirs) {
                    self.put_together(|many| theirs.values.iter().for_each(|it| many.add(it.0)));
                }
            }
        }
    }

    /// How many differ.
    pub fn count(&self) -> u64 {
        match &self.0 {
            Told::Apart(few) => few.values.len() as u64,
            Told::Together(many) => many.count(),
        }
    }

    /// Whether there were so few that each was counted, and each came more than once.
    pub fn are_few(&self) -> bool {
        match &self.0 {
            Told::Apart(few) => !few.values.is_empty() && few.values.iter().all(|it| it.1 > 1),
            Told::Together(_) => false,
        }
    }

    /// How often each of few values came that have stayed the same, the most frequent first. A single one is a
    /// constant, and none.
    pub(super) fn enumeration(&self) -> Option<Enumeration> {
        let Told::Apart(few) = &self.0 else { return None };
        if few.values.len() < 2 || !few.are_settled() {
            return None;
        }
        let mut counts: Vec<u64> = few.values.iter().map(|it| it.1).collect();
        counts.sort_unstable_by_key(|it| std::cmp::Reverse(*it));
        Some(Enumeration { counts })
    }

    /// The last value that came to an enumeration. Of a field that turned out to be free nothing is told.
    pub(super) fn added(&self) -> Option<Added> {
        match &self.0 {
            Told::Apart(few) if few.added > 0 => {
                Some(Added { at_us: few.added_us, times: few.added })
            }
            Told::Apart(_) | Told::Together(_) => None,
        }
    }

    /// How often the only value came, and of how many subjects at least (64 are told apart).
    pub fn only(&self) -> Option<(u64, u32)> {
        match &self.0 {
            Told::Apart(few) => match few.values.as_slice() {
                [(_, times)] => Some((*times, few.subjects.at_least())),
                _ => None,
            },
            Told::Together(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::SubjectId;

    /// Values that come one after the other, each from the next of so many subjects, a second apart.
    fn seen(values: impl IntoIterator<Item = u64>, subjects: u128) -> Values {
        let mut it = Values::default();
        for (n, value) in (1_u64..).zip(values) {
            let subject = Some64::of(SubjectId(u128::from(n) % subjects));
            it.add(Occurrence { value, at_us: n * 1_000_000, subject });
        }
        it
    }

    fn counts(of: &Values) -> Option<Vec<u64>> {
        of.enumeration().map(|it| it.counts)
    }

    #[test]
    fn few_values_of_enough_subjects_are_an_enumeration() {
        let four = || (0..50_u64).map(|n| n % 4);
        assert_eq!(counts(&seen(four(), 5)), Some(vec![13, 13, 12, 12]));
        assert_eq!(counts(&seen(four(), 4)), None, "four subjects");
        assert_eq!(counts(&seen(four().take(49), 5)), None, "49 occurrences");
        assert_eq!(counts(&seen(std::iter::repeat_n(1, 50), 5)), None, "a constant");
        assert_eq!(seen(std::iter::repeat_n(1, 50), 5).only(), Some((50, 5)));
    }

    #[test]
    fn sixteen_values_are_few_and_one_more_is_free() {
        let of = |many: u64| seen((0..200_u64).map(|n| n % many), 9);
        assert_eq!(counts(&of(16)).map(|it| it.len()), Some(16));
        let free = of(17);
        assert_eq!((counts(&free), free.are_few(), free.only()), (None, false, None));
        assert!((12..=22).contains(&free.count()), "{}", free.count());
    }

    #[test]
    fn a_value_that_is_new_in_the_later_half_is_waited_for() {
        let with_new_at = |at: u64| seen((1..=100).map(|n| if n == at { 9 } else { n % 2 }), 9);
        assert_eq!(counts(&with_new_at(50)), Some(vec![50, 49, 1]));
        assert_eq!(counts(&with_new_at(51)), None);
    }

    #[test]
    fn a_value_that_comes_to_an_enumeration_is_told_once_each_time() {
        let two = (0..60_u64).map(|n| n % 2);
        assert_eq!(seen(two.clone(), 9).added(), None);
        let three = seen(two.chain([7, 7, 8]), 9);
        // With the first of them it is settled no more: the second is no surprise.
        assert_eq!(three.added(), Some(Added { at_us: 61_000_000, times: 1 }));
        assert_eq!(seen((0..16).chain(0..16), 9).added(), None, "it never was one");
    }

    #[test]
    fn of_two_all_values_are_there_and_none_seems_older_than_it_is() {
        let mut it = seen((0..60_u64).map(|n| n % 2), 9);
        it.merge(seen((0..60_u64).map(|n| n % 2), 9));
        assert_eq!(counts(&it), Some(vec![60, 60]));
        it.merge(seen(std::iter::repeat_n(5, 40), 9));
        assert_eq!(counts(&it), None, "it came in the later half");
        it.merge(seen((0..100_u64).map(|n| n % 2), 9));
        assert_eq!(counts(&it), Some(vec![110, 110, 40]));
        it.merge(seen(0..17, 9));
        assert_eq!(counts(&it), None);
    }
}
