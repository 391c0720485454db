//! Which identifiers were handed to whom: what tells a call for somebody else's object from one for one's own.
//!
//! Reads    identifiers, as keyed hashes, that successful answers hand to a subject, entered before the end of the
//!          answer is released; later those that requests name.
//! Writes   how the subject stands to an identifier.
//! Memory   at most [`SUBJECTS_MAX`] subjects with [`REFERENCES_MAX`] identifiers together, [`REFERENCES_EACH`] of one;
//!          [`HOLDERS_MAX`] identifiers of which the holders are counted. Some 120 MiB when all is full.
//! Misses   whatever was handed out before the start, on another replica, or longer ago than is remembered: that is
//!          unknown, and what is unknown refuses nobody.

use super::hashed::{Table, share};
use bartizan_model::id::SubjectId;
use std::collections::VecDeque;
use std::num::NonZeroU8;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Subjects that are remembered.
pub const SUBJECTS_MAX: usize = SHARDS * SUBJECTS_IN_SHARD;
/// Identifiers that were handed out and are remembered.
pub const REFERENCES_MAX: usize = SHARDS * REFERENCES_IN_SHARD;
/// Identifiers of one subject.
pub const REFERENCES_EACH: usize = 4_096;
/// Identifiers of which the holders are counted.
pub const HOLDERS_MAX: usize = SHARDS * HOLDERS_IN_SHARD;
/// An identifier that so many subjects were handed is nobody's own.
pub const COMMON_FROM: u8 = 20;

const SHARDS: usize = 64;
const SUBJECTS_IN_SHARD: usize = 2_048;
const REFERENCES_IN_SHARD: usize = 32_768;
const HOLDERS_IN_SHARD: usize = 16_384;
/// Identifiers that are looked through on each side of where one may be.
const NEAR: usize = 8;
/// How long an identifier is used after it was handed out, unless it is configured.
const HORIZON_NS: u64 = 24 * 3_600 * 1_000_000_000;

/// How a subject stands to an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was handed to it.
    Given,
    /// It was handed to so many that it is nobody's own.
    Common,
    /// It was handed to somebody else, and all that this subject was handed is known.
    Foreign,
    /// Nobody is known to have been handed it, and all that this subject was handed is known.
    Nobodys,
    /// That cannot be told.
    Unknown,
}

/// What is remembered.
#[derive(Debug)]
pub struct HandedOut {
    subjects: Vec<Mutex<Subjects>>,
    holders: Vec<Mutex<Table<u64, NonZeroU8>>>,
    horizon_ns: AtomicU64,
    /// When anything was noted first; [`u64::MAX`] before.
    since_ns: AtomicU64,
    /// What the clock of an earlier process had reached, and what went by since: all times here are of one clock.
    before_ns: AtomicU64,
    /// Counts what was noted.
    revision: AtomicU64,
}

/// What was handed to whom, as it is kept over a restart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered {
    /// When this was so.
    pub at_ns: u64,
    /// Since when anything is remembered.
    pub since_ns: u64,
    /// When somebody was forgotten last; 0 if never.
    pub forgot_ns: u64,
    /// In the order in which they came, more or less.
    pub subjects: Vec<Holder>,
}

/// What one subject was handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub subject: SubjectId,
    /// Since when it is known.
    pub since_ns: u64,
    /// Nothing of before its coming counts any more.
    pub came_late: bool,
    /// Something that it was handed is not known.
    pub is_incomplete: bool,
    /// The identifiers.
    pub given: Vec<u64>,
}

#[derive(Debug, Default)]
struct Subjects {
    known: Table<u128, Subject>,
    /// The order in which they came.
    order: VecDeque<u128>,
    references: usize,
    /// When somebody was forgotten last.
    forgot_ns: u64,
}

#[derive(Debug)]
struct Subject {
    given: Given,
    since_ns: u64,
    /// Nothing of before its coming counts any more: it came when everybody was known for long enough.
    came_late: bool,
    /// Something that it was handed is not known.
    is_incomplete: bool,
}

/// Different identifiers, the least first.
#[derive(Debug, Default)]
struct Given(Vec<u64>);

impl Default for HandedOut {
    fn default() -> Self {
        let shards = || (0..SHARDS).map(|_| Mutex::default()).collect();
        Self {
            subjects: shards(),
            holders: (0..SHARDS).map(|_| Mutex::default()).collect(),
            horizon_ns: AtomicU64::new(HORIZON_NS),
            since_ns: AtomicU64::new(u64::MAX),
            before_ns: AtomicU64::new(0),
            revision: AtomicU64::new(0),
        }
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

impl HandedOut {
    /// How long an identifier may be used after it was handed out; what was handed out longer ago than anything is
    /// remembered does not count as somebody's own.
    pub fn set_horizon_ns(&self, horizon_ns: u64) {
        self.horizon_ns.store(horizon_ns, Relaxed);
    }

    /// Notes what an answer hands to a subject. `is_all` says whether these are all that it holds.
    pub fn give(&self, subject: SubjectId, references: &[u64], is_all: bool, now_ns: u64) {
        let watch = self.watch(now_ns);
        self.since_ns.fetch_min(watch.now_ns, Relaxed);
        let mut fresh = Vec::new();
        if let Some(shard) = self.subjects.get(shard_of(subject)) {
            lock(shard).note(subject.0, references, is_all, watch, &mut fresh);
        }
        self.revision.fetch_add(1, Relaxed);
        self.hold(&fresh);
    }

    /// A number that changes with what is known.
    pub fn revision(&self) -> u64 {
        self.revision.load(Relaxed)
    }

    /// Counts holders.
    fn hold(&self, fresh: &[u64]) {
        for &reference in fresh {
            let Some(shard) = self.holders.get(shard(reference)) else { continue };
            let mut holders = lock(shard);
            if let Some(count) = holders.get_mut(reference) {
                *count = count.saturating_add(1);
                continue;
            }
            if holders.len() >= HOLDERS_IN_SHARD
                && let Some(near) = holders.near(reference)
            {
                // Which one goes does not matter: its holders are unknown then.
                holders.remove(near);
            }
            holders.insert(reference, NonZeroU8::MIN);
        }
    }

    /// How a subject stands to an identifier.
    pub fn standing(&self, subject: SubjectId, reference: u64, now_ns: u64) -> Standing {
        let watch = self.watch(now_ns);
        let Some(shard_of) = self.subjects.get(shard_of(subject)) else { return Standing::Unknown };
        let is_whole = {
            let it = lock(shard_of);
            match it.known.get(subject.0) {
                Some(known) if known.given.has(reference) => return Standing::Given,
                Some(known) => known.is_whole(watch),
                None => it.remembers_all(watch),
            }
        };
        let count = self.holders.get(shard(reference)).map(|it| lock(it).get(reference).copied());
        match count.flatten() {
            None if is_whole => Standing::Nobodys,
            None => Standing::Unknown,
            Some(count) if count.get() >= COMMON_FROM => Standing::Common,
            Some(_) if is_whole => Standing::Foreign,
            Some(_) => Standing::Unknown,
        }
    }

    fn watch(&self, now_ns: u64) -> Watch {
        let (since_ns, horizon_ns) = (&self.since_ns, &self.horizon_ns);
        let now_ns = now_ns.saturating_add(self.before_ns.load(Relaxed));
        Watch { since_ns: since_ns.load(Relaxed), horizon_ns: horizon_ns.load(Relaxed), now_ns }
    }

    /// Has an account hold what one of its credentials was handed before that was known.
    pub fn adopt(&self, account: SubjectId, credential: SubjectId, now_ns: u64) {
        let shard = self.subjects.get(shard_of(credential));
        let held = shard.and_then(|it| {
            let it = lock(it);
            let known = it.known.get(credential.0)?;
            Some((known.given.0.clone(), !known.is_incomplete))
        });
        if let Some((given, is_all)) = held {
            self.give(account, &given, is_all, now_ns);
        }
    }

    /// All that is remembered, to be kept.
    pub fn remembered(&self, now_ns: u64) -> Remembered {
        let watch = self.watch(now_ns);
        let mut all =
            Remembered { at_ns: watch.now_ns, since_ns: watch.since_ns, ..Remembered::default() };
        for shard in &self.subjects {
            let shard = lock(shard);
            all.forgot_ns = all.forgot_ns.max(shard.forgot_ns);
            let known = shard.order.iter().filter_map(|it| Some((*it, shard.known.get(*it)?)));
            all.subjects.extend(known.map(|(subject, it)| Holder {
                subject: SubjectId(subject),
                since_ns: it.since_ns,
                came_late: it.came_late,
                is_incomplete: it.is_incomplete,
                given: it.given.0.clone(),
            }));
        }
        all
    }

    /// Takes what was kept, before anything was noted; `away_ns` went by since. If something may have been handed out since
    /// then, everybody begins to be watched anew, and has what they had.
    pub fn restore(&self, all: Remembered, away_ns: u64, is_whole: bool) {
        let now_ns = all.at_ns.saturating_add(away_ns);
        self.before_ns.store(now_ns, Relaxed);
        let since_ns = if is_whole || all.since_ns == u64::MAX { all.since_ns } else { now_ns };
        self.since_ns.store(since_ns, Relaxed);
        for it in all.subjects {
            let Some(shard) = self.subjects.get(shard_of(it.subject)) else { continue };
            let mut shard = lock(shard);
            shard.forgot_ns = all.forgot_ns;
            if shard.known.len() >= SUBJECTS_IN_SHARD
                || shard.references + it.given.len() > REFERENCES_IN_SHARD
            {
                continue;
            }
            let given = Given::of(it.given.iter().copied().take(REFERENCES_EACH));
            shard.references += given.len();
            let subject = Subject {
                given,
                since_ns: if is_whole { it.since_ns } else { now_ns },
                came_late: it.came_late && is_whole,
                is_incomplete: it.is_incomplete,
            };
            if shard.known.insert(it.subject.0, subject).is_none() {
                shard.order.push_back(it.subject.0);
            }
            drop(shard);
            self.hold(&it.given);
        }
    }

    /// Subjects and identifiers that are remembered.
    pub fn sizes(&self) -> (usize, usize) {
        self.subjects.iter().fold((0, 0), |(subjects, references), it| {
            let it = lock(it);
            (subjects + it.known.len(), references + it.references)
        })
    }
}

impl Subjects {
    fn note(
        &mut self,
        subject: u128,
        references: &[u64],
        is_all: bool,
        watch: Watch,
        fresh: &mut Vec<u64>,
    ) {
        let (now_ns, came_late) = (watch.now_ns, self.remembers_all(watch));
        if !self.known.has(subject) {
            while self.known.len() >= SUBJECTS_IN_SHARD {
                self.forget(now_ns);
            }
            let it = Subject {
                given: Given::default(),
                since_ns: now_ns,
                came_late,
                is_incomplete: false,
            };
            self.known.insert(subject, it);
            self.order.push_back(subject);
        }
        while self.references + references.len() > REFERENCES_IN_SHARD && self.known.len() > 1 {
            self.forget(now_ns);
        }
        // It may have been the one that was forgotten.
        let Some(it) = self.known.get_mut(subject) else { return };
        it.is_incomplete |= !is_all;
        for reference in references {
            if it.given.len() >= REFERENCES_EACH {
                it.is_incomplete |= !it.given.has(*reference);
            } else if it.given.add(*reference) {
                self.references += 1;
                fresh.push(*reference);
            }
        }
    }

    /// Forgets who came first. Whoever is new from now on may be an old one.
    fn forget(&mut self, now_ns: u64) {
        let Some(first) = self.order.pop_front() else { return };
        if let Some(it) = self.known.remove(first) {
            self.references = self.references.saturating_sub(it.given.len());
        }
        self.forgot_ns = now_ns;
    }

    /// Whether everybody who was handed something lately is known.
    fn remembers_all(&self, watch: Watch) -> bool {
        watch.is_long_ago(watch.since_ns)
            && (self.forgot_ns == 0 || watch.is_long_ago(self.forgot_ns))
    }
}

impl Subject {
    fn is_whole(&self, watch: Watch) -> bool {
        !self.is_incomplete && (self.came_late || watch.is_long_ago(self.since_ns))
    }
}

impl Given {
    fn of(references: impl Iterator<Item = u64>) -> Self {
        let mut all: Vec<u64> = references.collect();
        all.sort_unstable();
        all.dedup();
        Self(all)
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn has(&self, reference: u64) -> bool {
        self.find(reference).is_ok()
    }

    /// Whether it is new.
    fn add(&mut self, reference: u64) -> bool {
        let Err(at) = self.find(reference) else { return false };
        self.0.insert(at, reference);
        true
    }

    /// Where it is, or would be. Keyed hashes lie evenly: the first look is nearly always a near one.
    fn find(&self, reference: u64) -> Result<usize, usize> {
        let (near, len) = (share(reference, self.len()), self.len());
        let mut reach = NEAR;
        loop {
            let (from, to) = (near.saturating_sub(reach), (near + reach).min(len));
            let some = self.0.get(from..to).unwrap_or_default();
            let is_behind = from == 0 || some.first().is_some_and(|it| *it <= reference);
            let is_before = to == len || some.last().is_some_and(|it| *it >= reference);
            if is_behind && is_before {
                let found = some.binary_search(&reference);
                return found.map(|it| it + from).map_err(|it| it + from);
            }
            reach *= 4;
        }
    }
}

/// Since when anything is remembered, and how long ago counts as long.
#[derive(Clone, Copy)]
struct Watch {
    since_ns: u64,
    horizon_ns: u64,
    now_ns: u64,
}

impl Watch {
    fn is_long_ago(self, at_ns: u64) -> bool {
        self.now_ns.saturating_sub(at_ns) >= self.horizon_ns && at_ns <= self.now_ns
    }
}

fn shard_of(subject: SubjectId) -> usize {
    let [first, ..] = subject.0.to_le_bytes();
    usize::from(first) % SHARDS
}

fn shard(reference: u64) -> usize {
    let [first, ..] = reference.to_le_bytes();
    usize::from(first) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALICE: SubjectId = SubjectId(1);
    const MALLORY: SubjectId = SubjectId(2);
    const LATE: u64 = HORIZON_NS + 10;

    /// Alice was handed 17 at the beginning, Mallory 99.
    fn known() -> HandedOut {
        let it = HandedOut::default();
        it.give(ALICE, &[17], true, 0);
        it.give(MALLORY, &[99], true, 0);
        it
    }

    #[test]
    fn what_was_given_to_another_is_foreign() {
        let it = known();
        assert_eq!(it.standing(ALICE, 17, LATE), Standing::Given);
        assert_eq!(it.standing(MALLORY, 17, LATE), Standing::Foreign);
        assert_eq!(it.standing(MALLORY, 18, LATE), Standing::Nobodys);
        assert_eq!(it.standing(MALLORY, 18, 10), Standing::Unknown, "handed out before, it may be");
    }

    #[test]
    fn what_was_given_before_anything_is_known_is_unknown() {
        let it = known();
        assert_eq!(it.standing(MALLORY, 17, 5), Standing::Unknown);
        // Nobody is new for certain before everybody was watched for long enough.
        assert_eq!(it.standing(SubjectId(2 + 256), 17, 5), Standing::Unknown);
        assert_eq!(it.standing(SubjectId(2 + 256), 17, LATE), Standing::Foreign);
    }

    #[test]
    fn a_subject_of_whom_something_is_missed_is_unknown_for_ever() {
        let it = known();
        it.give(MALLORY, &[], false, 6);
        assert_eq!(it.standing(MALLORY, 17, LATE), Standing::Unknown);
        assert_eq!(it.standing(MALLORY, 99, LATE), Standing::Given);
    }

    #[test]
    fn what_many_were_given_is_common() {
        let it = known();
        for n in 1..u128::from(COMMON_FROM) {
            assert_eq!(it.standing(MALLORY, 17, LATE), Standing::Foreign);
            it.give(SubjectId(1_000 + n), &[17], true, 7);
        }
        assert_eq!(it.standing(MALLORY, 17, LATE), Standing::Common);
        it.give(ALICE, &[17], true, 8);
        assert_eq!(it.standing(ALICE, 17, LATE), Standing::Given);
    }

    /// After a start, with what was kept at `LATE`.
    fn again(it: &HandedOut, away_ns: u64, is_whole: bool) -> HandedOut {
        let again = HandedOut::default();
        again.restore(it.remembered(LATE), away_ns, is_whole);
        again
    }

    #[test]
    fn what_was_handed_out_is_known_after_a_restart() {
        let it = again(&known(), 60, true);
        assert_eq!(it.standing(ALICE, 17, 0), Standing::Given);
        assert_eq!(it.standing(MALLORY, 17, 0), Standing::Foreign, "at once");
        assert_eq!(it.standing(MALLORY, 18, 0), Standing::Nobodys);
        assert_eq!(it.remembered(0).at_ns, LATE + 60);
        // And after one more.
        let twice = HandedOut::default();
        twice.restore(it.remembered(5), 1, true);
        assert_eq!(twice.standing(MALLORY, 17, 0), Standing::Foreign);
    }

    #[test]
    fn after_a_kill_everybody_has_what_they_had_and_nothing_is_foreign_for_a_while() {
        let it = again(&known(), 60, false);
        assert_eq!(it.standing(ALICE, 17, 0), Standing::Given);
        assert_eq!(it.standing(MALLORY, 17, 0), Standing::Unknown);
        assert_eq!(it.standing(MALLORY, 18, 0), Standing::Unknown);
        assert_eq!(it.standing(SubjectId(2 + 256), 17, 0), Standing::Unknown);
        assert_eq!(it.standing(MALLORY, 17, HORIZON_NS), Standing::Foreign);
    }

    #[test]
    fn what_a_credential_was_handed_is_its_accounts() {
        let it = known();
        let account = SubjectId(9);
        it.adopt(account, MALLORY, 1);
        assert_eq!(it.standing(account, 99, LATE), Standing::Given);
        assert_eq!(it.standing(account, 17, LATE), Standing::Foreign);
        it.give(MALLORY, &[], false, 2);
        it.adopt(account, MALLORY, 3);
        assert_eq!(it.standing(account, 17, LATE), Standing::Unknown, "something is missed");
    }

    #[test]
    fn a_subject_with_very_many_is_unknown() {
        let it = known();
        let many: Vec<u64> = (100..200 + REFERENCES_EACH as u64).collect();
        it.give(MALLORY, &many, true, 9);
        assert_eq!(it.standing(MALLORY, 17, LATE), Standing::Unknown);
        assert!(it.sizes().1 <= REFERENCES_EACH + 1);
    }

    /// Takes the same as a tree, and has the same.
    #[track_caller]
    fn check_given(of: impl Fn(u64) -> u64) {
        let (mut given, mut tree) = (Given::default(), BTreeSet::new());
        for n in 0..3_000_u64 {
            let it = of(n.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52);
            assert_eq!(given.has(it), tree.contains(&it));
            assert_eq!(given.add(it), tree.insert(it));
            assert!(given.has(it) && given.len() == tree.len());
        }
        assert!(given.0.iter().eq(&tree));
        assert_eq!(Given::of(tree.iter().rev().chain(&tree).copied()).0, given.0);
    }

    #[test]
    fn identifiers_are_found_however_they_lie() {
        check_given(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        check_given(|n| n);
        check_given(|n| u64::MAX - n);
        check_given(|n| n << (n % 53));
        assert!(!Given::default().has(0));
    }

    #[test]
    fn floods_are_bounded_and_refuse_nobody() {
        let it = HandedOut::default();
        it.give(ALICE, &[17], true, 0);
        // All of them in the shard of Alice, who is the first to go.
        for n in 1..=2 * SUBJECTS_IN_SHARD as u128 {
            it.give(SubjectId(1 + n * 256), &[u64::try_from(n).unwrap() + 1_000], true, LATE);
        }
        assert_eq!(it.sizes().0, SUBJECTS_IN_SHARD);
        assert_eq!(it.standing(ALICE, 17, LATE + 1), Standing::Unknown);
        assert_eq!(
            it.standing(ALICE, 1_000 + 2 * SUBJECTS_IN_SHARD as u64, LATE + 1),
            Standing::Unknown
        );
        for n in 0..2 * HOLDERS_IN_SHARD as u64 {
            it.give(SubjectId(3), &[n * 64], true, LATE);
        }
        assert!(it.holders.iter().all(|it| lock(it).len() <= HOLDERS_IN_SHARD));
    }
}
