//! One alert for each code, endpoint and subject in a window, with the count of those that were not sent.
//!
//! Reads    occurrences, with the time at which each is looked at.
//! Writes   what to send: the first at once; when its window is over, one more if there were others.
//! Memory   at most `keys_max` keys, each with its last occurrence; one counter for each code.
//! Misses   who is who among many: from `told_max` alerts of one code in a window on, further subjects and
//!          endpoints are counted together, so that invented ones neither flood a receiver nor the table.
//!          Counts of keys that found no room are in [`Dedup::forgotten`].

use crate::alert::{AlertCode, Line, Occurrence};
use std::collections::{BTreeMap, VecDeque};

/// What counts as the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    code: AlertCode,
    about: Option<Line>,
    subject: Option<u128>,
}

impl Key {
    fn of(it: &Occurrence) -> Self {
        // Conditions have no endpoint; two logins of different people are two things.
        let about = match it.code {
            AlertCode::Exchange(_) => it.endpoint.clone(),
            AlertCode::Instance(_) => Some(it.summary.clone()),
        };
        Self { code: it.code, about, subject: it.subject }
    }

    fn all_others(code: AlertCode) -> Self {
        Self { code, about: None, subject: None }
    }
}

/// The bounds of a [`Dedup`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Length of a window, in microseconds.
    pub window_us: u64,
    /// Keys remembered at once.
    pub keys_max: usize,
    /// Alerts of one code in a window.
    pub told_max: u32,
}

#[derive(Clone, Debug)]
struct Known {
    began_us: u64,
    suppressed: u64,
    last: Occurrence,
}

#[derive(Clone, Copy, Debug, Default)]
struct Told {
    began_us: u64,
    count: u32,
}

/// Remembers what was told.
#[derive(Debug)]
pub struct Dedup {
    limits: Limits,
    known: BTreeMap<Key, Known>,
    /// When windows began, the oldest first. An entry whose key began anew is stale.
    order: VecDeque<(u64, Key)>,
    told: BTreeMap<AlertCode, Told>,
    forgotten: u64,
}

impl Dedup {
    /// Remembers nothing yet.
    pub fn new(limits: Limits) -> Self {
        let (known, order, told) = Default::default();
        Self { limits, known, order, told, forgotten: 0 }
    }

    /// Other bounds from now on; windows that run end by the new length.
    pub fn limit(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Takes one occurrence. What it returns is to be sent, with the count of those that were not.
    pub fn take(&mut self, now_us: u64, it: Occurrence) -> Option<(Occurrence, u64)> {
        let key = Key::of(&it);
        let is_running =
            |known: &Known| self.limits.window_us > now_us.saturating_sub(known.began_us);
        if let Some(known) = self.known.get_mut(&key).filter(|it| is_running(it)) {
            known.suppressed = known.suppressed.saturating_add(1);
            known.last = it;
            return None;
        }
        if !self.may_tell(now_us, it.code) {
            self.count_together(now_us, it);
            return None;
        }
        let before = self.known.remove(&key).map_or(0, |it| it.suppressed);
        self.begin(now_us, key, 0, it.clone());
        Some((it, before))
    }

    /// What is to be sent because its window is over and others came in it.
    pub fn due(&mut self, now_us: u64) -> Vec<(Occurrence, u64)> {
        let mut due = Vec::new();
        while let Some((began_us, _)) = self.order.front() {
            if now_us.saturating_sub(*began_us) < self.limits.window_us {
                break;
            }
            let Some((began_us, key)) = self.order.pop_front() else { break };
            if self.known.get(&key).is_none_or(|it| it.began_us != began_us) {
                continue;
            }
            let Some(known) = self.known.remove(&key) else { continue };
            if known.suppressed > 0 {
                // The last one is told as itself; the count is of those besides.
                due.push((known.last.clone(), known.suppressed - 1));
                self.begin(now_us, key, 0, known.last);
            }
        }
        due
    }

    /// Occurrences whose count found no room, since the start.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    fn may_tell(&mut self, now_us: u64, code: AlertCode) -> bool {
        let Limits { window_us, told_max, .. } = self.limits;
        let told = self.told.entry(code).or_default();
        if now_us.saturating_sub(told.began_us) >= window_us {
            *told = Told { began_us: now_us, count: 0 };
        }
        told.count = told.count.saturating_add(1);
        told.count <= told_max
    }

    fn count_together(&mut self, now_us: u64, it: Occurrence) {
        let key = Key::all_others(it.code);
        match self.known.get_mut(&key) {
            Some(known) => {
                known.suppressed = known.suppressed.saturating_add(1);
                known.last = it;
            }
            None => self.begin(now_us, key, 1, it),
        }
    }

    fn begin(&mut self, now_us: u64, key: Key, suppressed: u64, last: Occurrence) {
        while self.known.len() >= self.limits.keys_max.max(1) {
            let Some((began_us, oldest)) = self.order.pop_front() else { break };
            if self.known.get(&oldest).is_some_and(|it| it.began_us == began_us) {
                let gone = self.known.remove(&oldest).map_or(0, |it| it.suppressed);
                self.forgotten = self.forgotten.saturating_add(gone);
            }
        }
        self.order.push_back((now_us, key.clone()));
        self.known.insert(key, Known { began_us: now_us, suppressed, last });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Condition, sample};

    const LIMITS: Limits = Limits { window_us: 1_000, keys_max: 4, told_max: 3 };

    fn seen(subject: u128) -> Occurrence {
        Occurrence { subject: Some(subject), ..sample().what }
    }

    /// Feeds `(now, subject)` in order; expects the count that each is told with.
    #[track_caller]
    fn check(dedup: &mut Dedup, all: &[(u64, u128)], expected: &[Option<u64>]) {
        let told: Vec<_> =
            all.iter().map(|&(now, it)| dedup.take(now, seen(it)).map(|it| it.1)).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn one_of_the_same_is_told_in_a_window() {
        let mut dedup = Dedup::new(LIMITS);
        check(&mut dedup, &[(0, 1), (1, 1), (999, 1), (5, 2)], &[Some(0), None, None, Some(0)]);
        check(&mut dedup, &[(1_000, 1)], &[Some(2)]);
    }

    #[test]
    fn those_that_were_not_told_are_told_when_the_window_is_over() {
        let mut dedup = Dedup::new(LIMITS);
        check(&mut dedup, &[(0, 1), (1, 1), (2, 1), (3, 2)], &[Some(0), None, None, Some(0)]);
        assert_eq!(dedup.due(999), []);
        assert_eq!(dedup.due(1_000), [(seen(1), 1)]);
        assert_eq!(dedup.due(1_100), []);
        // That began a window too.
        check(&mut dedup, &[(1_200, 1), (1_300, 2)], &[None, Some(0)]);
        assert_eq!(dedup.due(2_000), [(seen(1), 0)]);
        assert_eq!(dedup.due(9_000), []);
    }

    #[test]
    fn invented_subjects_are_told_together() {
        let mut dedup = Dedup::new(LIMITS);
        check(&mut dedup, &[(0, 1), (0, 2), (0, 3)], &[Some(0); 3]);
        for subject in 4..1_000 {
            assert_eq!(dedup.take(1, seen(subject)), None);
        }
        assert!(dedup.known.len() <= LIMITS.keys_max);
        assert_eq!(dedup.due(1_001), [(seen(999), 995)]);
        assert_eq!(dedup.forgotten(), 0);
        check(&mut dedup, &[(1_002, 1)], &[Some(0)]);
    }

    #[test]
    fn a_full_table_forgets_the_oldest_and_counts_it() {
        let mut dedup = Dedup::new(Limits { told_max: 100, ..LIMITS });
        check(
            &mut dedup,
            &[(0, 1), (0, 1), (1, 2), (2, 3), (3, 4)],
            &[Some(0), None, Some(0), Some(0), Some(0)],
        );
        check(&mut dedup, &[(4, 5)], &[Some(0)]);
        assert_eq!(dedup.forgotten(), 1);
    }

    #[test]
    fn two_conditions_are_two_things() {
        let mut dedup = Dedup::new(LIMITS);
        let login = |who: &str| Occurrence::of_condition(0, Condition::LoggedIn, who);
        assert!(dedup.take(0, login("ann")).is_some());
        assert!(dedup.take(0, login("ben")).is_some());
        assert!(dedup.take(0, login("ann")).is_none());
    }
}
