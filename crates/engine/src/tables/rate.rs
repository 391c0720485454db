//! Limits per client, as a virtual queue that leaks at a steady pace (GCRA).
//!
//! Memory   `SHARDS` × `BUCKETS` × `WAYS` entries of 16 bytes, made when first used. A client
//!          for whom there is no room takes the place of the one in its bucket that was quiet for
//!          longest, which is found by looking at eight entries, however many clients there are.
//! Misses   a client whose entry was taken begins anew; inventing addresses to that end costs an
//!          attacker eight addresses in the right bucket, and buckets are chosen by a keyed hash.
//! Source   ITU-T I.371, annex on the generic cell rate algorithm.

use std::sync::{Mutex, PoisonError};

const SHARDS: usize = 64;
const BUCKETS: usize = 512;
const WAYS: usize = 8;

/// So many calls in so much time, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Nanoseconds that one call takes of the time.
    pub interval_ns: u64,
    /// Calls that may come at once.
    pub burst: u32,
}

/// The next moment at which a client's virtual queue is empty, per client.
#[derive(Debug)]
pub struct RateTable {
    shards: Vec<Mutex<Vec<[Entry; WAYS]>>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    client: u64,
    empty_at_ns: u64,
}

impl Default for RateTable {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }
}

impl RateTable {
    /// Charges one call of `client`, a keyed hash, at `now_ns`.
    ///
    /// # Errors
    ///
    /// Nanoseconds until a call will be allowed again; nothing is charged then.
    pub fn charge(&self, client: u64, rate: Rate, now_ns: u64) -> Result<(), u64> {
        self.with(client, rate, now_ns, |ahead_ns, tolerance_ns| match ahead_ns > tolerance_ns {
            true => (Err(ahead_ns - tolerance_ns), 0),
            false => (Ok(()), 1),
        })
    }

    /// Whether a client may go on; nothing is charged.
    ///
    /// # Errors
    ///
    /// Nanoseconds until it may.
    pub fn look(&self, client: u64, rate: Rate, now_ns: u64) -> Result<(), u64> {
        self.with(client, rate, now_ns, |ahead_ns, tolerance_ns| {
            (ahead_ns.checked_sub(tolerance_ns + 1).map_or(Ok(()), |it| Err(it + 1)), 0)
        })
    }

    /// Charges what cannot be refused any more, however much it is.
    pub fn owe(&self, client: u64, rate: Rate, count: u64, now_ns: u64) {
        self.with(client, rate, now_ns, |_, _| ((), count));
    }

    /// Has `decide` say, by how far a client is ahead and how far it may be, what comes of it and what is charged.
    fn with<T>(
        &self,
        client: u64,
        rate: Rate,
        now_ns: u64,
        decide: impl FnOnce(u64, u64) -> (T, u64),
    ) -> T {
        let tolerance_ns = rate.interval_ns.saturating_mul(u64::from(rate.burst.saturating_sub(1)));
        let at = usize::try_from(client % (SHARDS * BUCKETS) as u64).unwrap_or_default();
        let Some(shard) = self.shards.get(at % SHARDS) else { return decide(0, tolerance_ns).0 };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.is_empty() {
            shard.resize(BUCKETS, [Entry::default(); WAYS]);
        }
        let Some(bucket) = shard.get_mut(at / SHARDS) else { return decide(0, tolerance_ns).0 };
        let known = bucket.iter().position(|it| it.client == client);
        let oldest = || {
            let ways = bucket.iter().enumerate();
            ways.min_by_key(|(_, it)| it.empty_at_ns).map_or(0, |(at, _)| at)
        };
        let way = known.unwrap_or_else(oldest);
        let Some(entry) = bucket.get_mut(way) else { return decide(0, tolerance_ns).0 };
        let empty_at_ns = if known.is_some() { entry.empty_at_ns.max(now_ns) } else { now_ns };
        let (out, count) = decide(empty_at_ns.saturating_sub(now_ns), tolerance_ns);
        if count > 0 {
            let taken_ns = rate.interval_ns.saturating_mul(count);
            *entry = Entry { client, empty_at_ns: empty_at_ns.saturating_add(taken_ns) };
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;
    const TEN: Rate = Rate { interval_ns: SECOND / 10, burst: 5 };

    #[test]
    fn a_burst_passes_and_then_the_pace_holds() {
        let table = RateTable::default();
        for _ in 0..5 {
            assert_eq!(table.charge(7, TEN, SECOND), Ok(()));
        }
        assert_eq!(table.charge(7, TEN, SECOND), Err(SECOND / 10));
        assert_eq!(table.charge(7, TEN, SECOND + SECOND / 20), Err(SECOND / 20));
        assert_eq!(table.charge(7, TEN, SECOND + SECOND / 10), Ok(()));
        assert_eq!(table.charge(8, TEN, SECOND), Ok(()));
    }

    #[test]
    fn over_a_long_time_exactly_the_rate_passes() {
        let table = RateTable::default();
        let calls = (0..100_000_u64).filter(|n| table.charge(1, TEN, n * 1_000_000).is_ok());
        assert_eq!(calls.count(), 1_000 + 4);
    }

    #[test]
    fn a_client_without_room_takes_the_place_of_the_quietest() {
        let table = RateTable::default();
        let step = (SHARDS * BUCKETS) as u64;
        let slow = Rate { interval_ns: 100 * SECOND, burst: 1 };
        for n in 0..WAYS as u64 {
            assert_eq!(table.charge(n * step, slow, n), Ok(()));
        }
        assert!(table.charge(0, slow, 10).is_err());
        assert_eq!(table.charge(WAYS as u64 * step, slow, 10), Ok(()));
        assert_eq!(table.charge(0, slow, 11), Ok(()));
        assert!(table.charge(7 * step, slow, 11).is_err());
    }

    #[test]
    fn what_was_shown_is_owed_until_its_time_is_over() {
        let table = RateTable::default();
        let hundred = Rate { interval_ns: SECOND, burst: 100 };
        assert_eq!(table.look(7, hundred, SECOND), Ok(()));
        table.owe(7, hundred, 99, SECOND);
        assert_eq!(table.look(7, hundred, SECOND), Ok(()));
        table.owe(7, hundred, 51, SECOND);
        assert_eq!(table.look(7, hundred, SECOND), Err(51 * SECOND));
        assert_eq!(table.look(7, hundred, 52 * SECOND), Ok(()));
        assert_eq!(table.look(8, hundred, SECOND), Ok(()));
    }

    #[test]
    fn a_frozen_or_stepping_clock_unlocks_nothing() {
        let table = RateTable::default();
        for _ in 0..5 {
            assert_eq!(table.charge(7, TEN, SECOND), Ok(()));
        }
        assert!(table.charge(7, TEN, 0).is_err());
        assert!(table.charge(7, TEN, SECOND).is_err());
    }
}
