//! Whose exchanges are watched, and how many samples may be taken.
//!
//! Memory   at most [`WATCHES_MAX`] watches, and a few words.
//! Misses   samples beyond [`PER_SECOND`]: whoever makes many findings would push out the evidence of
//!          others and the time of the worker. They are counted.

use bartizan_model::id::SubjectId;
use bartizan_model::moment::Moment;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

/// Watches at once.
pub const WATCHES_MAX: usize = 100;
/// Samples of one process in a second, on average.
pub const PER_SECOND: u64 = 100;
/// Samples that may be taken at once.
const BURST: u64 = 1_000;
const BETWEEN_NS: u64 = 1_000_000_000 / PER_SECOND;

/// Somebody wants samples of all exchanges of a subject for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Which watch.
    pub id: u64,
    /// Whose exchanges.
    pub subject: SubjectId,
    /// From when, in microseconds since 1970.
    pub since_us: u64,
    /// Until when.
    pub until_us: u64,
    /// Who wants it.
    pub by: Arc<str>,
    /// Why.
    pub reason: Arc<str>,
}

/// There are [`WATCHES_MAX`] watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// Watches and counts.
#[derive(Debug, Default)]
pub struct Evidence {
    watched: AtomicUsize,
    watches: RwLock<Vec<Watch>>,
    /// When the samples taken so far are paid for (monotonic).
    paid_ns: AtomicU64,
    taken: AtomicU64,
    shed: AtomicU64,
}

impl Evidence {
    /// Whether somebody wants samples of this subject's exchanges.
    pub fn is_watched(&self, subject: SubjectId, at: Moment) -> bool {
        // Nearly always nobody is watched.
        if self.watched.load(Relaxed) == 0 {
            return false;
        }
        let watches = self.watches.read().unwrap_or_else(PoisonError::into_inner);
        watches.iter().any(|it| it.subject == subject && at.wall_us < it.until_us)
    }

    /// Adds a watch.
    ///
    /// # Errors
    ///
    /// [`TooMany`].
    pub fn watch(&self, watch: Watch) -> Result<(), TooMany> {
        let mut watches = self.watches.write().unwrap_or_else(PoisonError::into_inner);
        if watches.len() >= WATCHES_MAX {
            return Err(TooMany);
        }
        watches.push(watch);
        self.watched.store(watches.len(), Relaxed);
        Ok(())
    }

    /// Takes a watch back.
    pub fn unwatch(&self, id: u64) -> Option<Watch> {
        let mut watches = self.watches.write().unwrap_or_else(PoisonError::into_inner);
        let at = watches.iter().position(|it| it.id == id)?;
        let watch = watches.remove(at);
        self.watched.store(watches.len(), Relaxed);
        Some(watch)
    }

    /// Forgets the watches whose time is over, and returns them.
    pub fn expire(&self, now_us: u64) -> Vec<Watch> {
        if self.watched.load(Relaxed) == 0 {
            return Vec::new();
        }
        let mut watches = self.watches.write().unwrap_or_else(PoisonError::into_inner);
        let all = std::mem::take(&mut *watches);
        let (over, left) = all.into_iter().partition(|it| it.until_us <= now_us);
        *watches = left;
        self.watched.store(watches.len(), Relaxed);
        over
    }

    /// The watches, oldest first.
    pub fn watches(&self) -> Vec<Watch> {
        self.watches.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a sample may be taken now; it counts as taken then.
    pub(crate) fn may_take(&self, at: Moment) -> bool {
        let paid = |paid: u64| {
            let next = paid.max(at.mono_ns.saturating_sub(BURST * BETWEEN_NS)) + BETWEEN_NS;
            (next <= at.mono_ns.saturating_add(BETWEEN_NS)).then_some(next)
        };
        let may = self.paid_ns.fetch_update(Relaxed, Relaxed, paid).is_ok();
        if may { &self.taken } else { &self.shed }.fetch_add(1, Relaxed);
        may
    }

    /// Counts a sample that found no room.
    pub(crate) fn found_no_room(&self) {
        self.shed.fetch_add(1, Relaxed);
    }

    /// Samples that were begun since the start.
    pub fn taken(&self) -> u64 {
        self.taken.load(Relaxed)
    }

    /// Samples that were not taken, or not whole, for lack of room or because there were too many.
    pub fn shed(&self) -> u64 {
        self.shed.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watch(id: u64, until_us: u64) -> Watch {
        let subject = SubjectId(id.into());
        Watch { id, subject, since_us: 0, until_us, by: "ada".into(), reason: "a test".into() }
    }

    fn at(wall_us: u64) -> Moment {
        Moment { mono_ns: wall_us * 1_000, wall_us }
    }

    #[test]
    fn a_subject_is_watched_until_it_is_not() {
        let it = Evidence::default();
        it.watch(watch(1, 10)).unwrap();
        it.watch(watch(2, 20)).unwrap();
        assert!(it.is_watched(SubjectId(1), at(9)) && !it.is_watched(SubjectId(1), at(10)));
        assert!(!it.is_watched(SubjectId(3), at(9)));
        assert_eq!(it.expire(10), [watch(1, 10)]);
        assert_eq!(it.unwatch(2), Some(watch(2, 20)));
        assert_eq!((it.unwatch(2), it.watches()), (None, Vec::new()));
        assert!(!it.is_watched(SubjectId(2), at(9)));
    }

    #[test]
    fn there_are_only_so_many_watches() {
        let it = Evidence::default();
        (0..WATCHES_MAX as u64).for_each(|id| it.watch(watch(id, 10)).unwrap());
        assert_eq!(it.watch(watch(1_000, 10)), Err(TooMany));
        it.unwatch(0).unwrap();
        it.watch(watch(1_000, 10)).unwrap();
    }

    #[test]
    fn many_samples_are_taken_at_once_and_then_so_many_a_second() {
        let it = Evidence::default();
        let now = at(3_600_000_000);
        let took = (0..5_000).filter(|_| it.may_take(now)).count() as u64;
        assert!((BURST..=BURST + 1).contains(&took), "{took}");
        let later = at(3_601_000_000);
        let took = (0..5_000).filter(|_| it.may_take(later)).count() as u64;
        assert!((PER_SECOND - 1..=PER_SECOND + 1).contains(&took), "{took}");
        assert_eq!(it.taken() + it.shed(), 10_000);
    }
}
