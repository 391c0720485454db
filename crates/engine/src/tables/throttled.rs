//! Callers that clauses against harm refused again and again: for a while they are slowed down, and nothing more.
//!
//! Reads    refusals by clauses that people put in force, of callers with a credential.
//! Memory   at most [`CALLERS_MAX`] callers, and the pace of those that are slowed down.
//! Misses   a caller that was forgotten begins anew; so does one that logs in to another account.
//!
//! It ends by itself, at most [`DURATION_MAX_NS`] after it began, and further refusals do not prolong it.

use super::rate::{Rate, RateTable};
use super::shard::{Shard, lock};
use bartizan_model::id::SubjectId;
use bartizan_model::terms::low;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Callers that are remembered.
pub const CALLERS_MAX: usize = SHARDS * IN_SHARD;
/// The longest time for which anybody is slowed down.
pub const DURATION_MAX_NS: u64 = 15 * 60 * 1_000_000_000;
/// Refusals count together that come within this time.
const WINDOW_NS: u64 = 10 * 60 * 1_000_000_000;

const SHARDS: usize = 16;
const IN_SHARD: usize = 1_024;

/// When callers are slowed down, and to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// Refusals within ten minutes.
    pub after: u32,
    /// The pace that is left.
    pub rate: Rate,
    /// For how long.
    pub duration_ns: u64,
}

/// Who was refused.
#[derive(Debug)]
pub struct Throttled {
    callers: Vec<Mutex<Shard<u128, Record>>>,
    paces: RateTable,
    /// Somebody was refused.
    is_any: AtomicBool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Record {
    refusals: u32,
    since_ns: u64,
    /// Slowed down until then.
    until_ns: u64,
}

impl Default for Throttled {
    fn default() -> Self {
        Self {
            callers: (0..SHARDS).map(|_| Mutex::default()).collect(),
            paces: RateTable::default(),
            is_any: AtomicBool::new(false),
        }
    }
}

impl Throttled {
    /// A clause against harm refused a call.
    pub fn refused(&self, caller: SubjectId, rule: &Throttle, now_ns: u64) {
        let Some(shard) = self.callers.get(shard_of(caller)) else { return };
        let mut shard = lock(shard);
        let Some(it) = shard.at(&caller.0, IN_SHARD, Record::default) else { return };
        self.is_any.store(true, Relaxed);
        if now_ns < it.until_ns {
            return;
        }
        if it.refusals == 0 || now_ns.saturating_sub(it.since_ns) > WINDOW_NS {
            *it = Record { since_ns: now_ns, ..Record::default() };
        }
        it.refusals = it.refusals.saturating_add(1);
        if it.refusals >= rule.after {
            let duration_ns = rule.duration_ns.min(DURATION_MAX_NS);
            *it = Record { until_ns: now_ns.saturating_add(duration_ns), ..Record::default() };
        }
    }

    /// Charges a call.
    ///
    /// # Errors
    ///
    /// Nanoseconds until a call of a caller that is slowed down will be allowed again.
    pub fn charge(&self, caller: SubjectId, rule: &Throttle, now_ns: u64) -> Result<(), u64> {
        if !self.is_any.load(Relaxed) {
            return Ok(());
        }
        let Some(shard) = self.callers.get(shard_of(caller)) else { return Ok(()) };
        let until_ns = lock(shard).known.get(&caller.0).map_or(0, |it| it.until_ns);
        if now_ns >= until_ns {
            return Ok(());
        }
        let [.., a, b, c, d] = caller.0.to_le_bytes();
        let client =
            u64::from(u32::from_le_bytes([a, b, c, d])) << 32 | u64::from(low(half(caller)));
        let wait_ns = self.paces.charge(client, rule.rate, now_ns).err();
        wait_ns.map_or(Ok(()), |it| Err(it.min(until_ns - now_ns)))
    }
}

/// The lower half of a caller's number.
fn half(caller: SubjectId) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = caller.0.to_le_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

fn shard_of(caller: SubjectId) -> usize {
    let [first, ..] = caller.0.to_le_bytes();
    usize::from(first) % SHARDS
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const MINUTE: u64 = 60 * SECOND;
    const RULE: Throttle = Throttle {
        after: 3,
        rate: Rate { interval_ns: 10 * SECOND, burst: 1 },
        duration_ns: 5 * MINUTE,
    };
    const MALLORY: SubjectId = SubjectId(7);

    fn refused(times: &[u64]) -> Throttled {
        let it = Throttled::default();
        times.iter().for_each(|at| it.refused(MALLORY, &RULE, *at));
        it
    }

    #[test]
    fn who_is_refused_again_and_again_is_slowed_down_for_a_while() {
        let it = refused(&[SECOND, 2 * SECOND]);
        (0..100).for_each(|n| assert_eq!(it.charge(MALLORY, &RULE, 3 * SECOND + n), Ok(())));
        it.refused(MALLORY, &RULE, 4 * SECOND);
        assert_eq!(it.charge(MALLORY, &RULE, 5 * SECOND), Ok(()), "one in ten seconds");
        assert_eq!(it.charge(MALLORY, &RULE, 6 * SECOND), Err(9 * SECOND));
        assert_eq!(it.charge(SubjectId(8), &RULE, 6 * SECOND), Ok(()));
        // Further refusals do not prolong it.
        it.refused(MALLORY, &RULE, 4 * MINUTE);
        let end = 4 * SECOND + 5 * MINUTE;
        it.charge(MALLORY, &RULE, end - 2).ok();
        assert_eq!(it.charge(MALLORY, &RULE, end - 1), Err(1), "no longer than it lasts");
        (0..9).for_each(|n| assert_eq!(it.charge(MALLORY, &RULE, end + n), Ok(())));
    }

    #[test]
    fn refusals_that_lie_far_apart_slow_nobody_down() {
        let it = refused(&[1, 6 * MINUTE, 12 * MINUTE]);
        (0..9).for_each(|n| assert_eq!(it.charge(MALLORY, &RULE, 12 * MINUTE + n), Ok(())));
    }

    #[test]
    fn nobody_is_slowed_down_for_longer_than_a_quarter_of_an_hour() {
        let it = Throttled::default();
        let rule = Throttle { after: 1, duration_ns: u64::MAX, ..RULE };
        it.refused(MALLORY, &rule, SECOND);
        it.charge(MALLORY, &rule, 2 * SECOND).ok();
        assert!(it.charge(MALLORY, &rule, 2 * SECOND).is_err());
        assert_eq!(it.charge(MALLORY, &rule, SECOND + DURATION_MAX_NS), Ok(()));
        assert_eq!(it.charge(MALLORY, &rule, SECOND + DURATION_MAX_NS), Ok(()));
    }

    #[test]
    fn a_flood_is_bounded() {
        let it = Throttled::default();
        (0..3 * CALLERS_MAX as u128).for_each(|n| it.refused(SubjectId(n), &RULE, 1));
        assert!(it.callers.iter().all(|it| lock(it).known.len() <= IN_SHARD));
    }
}
