//! Values in which nothing was seen: most header fields, and much of bodies, were there before.
//!
//! What content detection makes of a value depends on the value alone. So one that was looked at and showed nothing need
//! not be looked at again; what the look cost its message is taken from the message all the same, and who replays an
//! exchange gets the same result whatever was met before.
//!
//! Memory   `ENTRIES` hashes of 64 bits under the key of the process, and what each look cost: 64 KiB. A new value takes
//!          the place of whatever was there; who invents values drives out others', which are looked at again.
//! Misses   nothing, but for two values of one hash: whoever wants one must guess the key, or send 2^64 values.

use bartizan_model::id::KeyedHash;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const ENTRIES: usize = 4_096;

/// Bytes of a value below which a look is as cheap as remembering.
const BYTES_MIN: usize = 4;

/// Bytes of a value above which hashing it is not worth it: few are met twice.
const BYTES_MAX: usize = 4 * 1024;

/// Whether it is worth asking for a value of this length.
pub fn is_worth_it(bytes: usize) -> bool {
    (BYTES_MIN..=BYTES_MAX).contains(&bytes)
}

/// What a look at a value took from the budgets of its message, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Of suspicious bytes.
    pub effort: u16,
    /// Of further readings.
    pub amplification: u16,
}

/// Values that are clear.
#[derive(Debug)]
pub struct Cleared {
    entries: Box<[Entry]>,
}

/// A hash, and beside it what was paid, mixed with the hash: two threads that write at once leave what nobody takes for
/// an entry.
#[derive(Debug, Default)]
struct Entry {
    hash: AtomicU64,
    mixed: AtomicU64,
}

impl Default for Cleared {
    fn default() -> Self {
        Self { entries: (0..ENTRIES).map(|_| Entry::default()).collect() }
    }
}

impl Cleared {
    /// What the look at this value cost when it was clear.
    pub fn cost(&self, value: KeyedHash, is_name: bool) -> Option<Cost> {
        let (hash, entry) = self.entry(value, is_name)?;
        let cost = entry.mixed.load(Relaxed) ^ hash;
        let is_it = entry.hash.load(Relaxed) == hash && cost >> 32 == 0 && hash != 0;
        let [_, _, _, _, a, b, c, d] = cost.to_be_bytes();
        is_it.then_some(Cost {
            effort: u16::from_be_bytes([a, b]),
            amplification: u16::from_be_bytes([c, d]),
        })
    }

    /// Remembers that it is clear.
    pub fn note(&self, value: KeyedHash, is_name: bool, cost: Cost) {
        let Some((hash, entry)) = self.entry(value, is_name) else { return };
        let cost = u64::from(cost.effort) << 16 | u64::from(cost.amplification);
        entry.hash.store(hash, Relaxed);
        entry.mixed.store(hash ^ cost, Relaxed);
    }

    /// The same text is looked at otherwise where it is a name.
    fn entry(&self, value: KeyedHash, is_name: bool) -> Option<(u64, &Entry)> {
        let hash = if is_name { !value.0 } else { value.0 };
        let [.., high, low] = hash.to_be_bytes();
        let at = usize::from(u16::from_be_bytes([high, low])) % ENTRIES;
        self.entries.get(at).map(|it| (hash, it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_clear_is_known_until_another_takes_its_place() {
        let cleared = Cleared::default();
        let (value, cost) =
            (KeyedHash(0x1234_5678_9ABC_DEF0), Cost { effort: 70, amplification: 9 });
        assert_eq!(cleared.cost(value, false), None);
        cleared.note(value, false, cost);
        assert_eq!(cleared.cost(value, false), Some(cost));
        assert_eq!(cleared.cost(value, true), None);
        assert_eq!(cleared.cost(KeyedHash(0), false), None);
        // Another of the same place.
        cleared.note(KeyedHash(0x9999_0000_9ABC_DEF0), false, Cost::default());
        assert_eq!(cleared.cost(value, false), None);
    }

    #[test]
    fn half_an_entry_is_none() {
        let cleared = Cleared::default();
        let value = KeyedHash(0x1234_5678_9ABC_DEF0);
        let (hash, entry) = cleared.entry(value, false).unwrap();
        entry.hash.store(hash, Relaxed);
        assert_eq!(cleared.cost(value, false), None);
        entry.mixed.store(0x7777_5678_9ABC_DEF0, Relaxed);
        assert_eq!(cleared.cost(value, false), None);
    }
}
