//! What the values of one field point to: classes, each with how many values and how many bits.
//!
//! Memory   112 bytes a field. No value is kept.
//! Misses   which of two values was met, where both have the same hash of eight bits: then the later one is not
//!          counted.

use crate::data_class::DataClass;

/// Distinct values of a field that are counted, at most.
pub const DISTINCT_MAX: usize = 256;
/// Classes that are counted at once.
const SLOTS: usize = 12;

/// What the values of one field point to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassCounts {
    /// Hashes of values that were looked at.
    seen: [u64; DISTINCT_MAX / 64],
    values: u32,
    crowded: u16,
    looked_at: u16,
    slots: [Slot; SLOTS],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slot {
    class: Option<DataClass>,
    passed: u16,
    bits: u16,
}

/// Of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassCount {
    /// The class.
    pub class: DataClass,
    /// Distinct values that fit.
    pub passed: u16,
    /// What they weigh together, in bits.
    pub bits: u16,
}

impl ClassCounts {
    /// Counts a value; whether one with this hash was not met before.
    pub fn is_new(&mut self, hash: u8) -> bool {
        self.values = self.values.saturating_add(1);
        let Some(seen) = self.seen.get_mut(usize::from(hash >> 6)) else { return false };
        let bit = 1 << (hash & 63);
        let is_new = *seen & bit == 0;
        *seen |= bit;
        is_new
    }

    /// Notes that a value was looked at.
    pub fn looked(&mut self) {
        self.looked_at = self.looked_at.saturating_add(1);
    }

    /// Notes what values point to. If there is no room, the class that has least gives way, unless it is
    /// `dear`.
    pub fn count(&mut self, it: ClassCount, dear: impl Fn(DataClass) -> bool) {
        let at = self
            .slots
            .iter()
            .position(|slot| slot.class == Some(it.class))
            .or_else(|| self.slots.iter().position(|slot| slot.class.is_none()))
            .or_else(|| self.evicted(dear));
        let Some(slot) = at.and_then(|at| self.slots.get_mut(at)) else { return };
        if slot.class != Some(it.class) {
            *slot = Slot { class: Some(it.class), passed: 0, bits: 0 };
        }
        slot.passed = slot.passed.saturating_add(it.passed);
        slot.bits = slot.bits.saturating_add(it.bits);
    }

    fn evicted(&mut self, dear: impl Fn(DataClass) -> bool) -> Option<usize> {
        self.crowded = self.crowded.saturating_add(1);
        let is_dear = |it: &Slot| it.class.is_some_and(&dear);
        let others = self.slots.iter().enumerate().filter(|(_, it)| !is_dear(it));
        let (at, least) = others.min_by_key(|(_, it)| it.bits)?;
        (least.passed <= 1 || u32::from(least.passed) * 8 < u32::from(self.looked_at)).then_some(at)
    }

    /// Adds what was met of the same field elsewhere. Values met in both places count once, as far as can be
    /// told.
    pub fn merge(&mut self, other: &Self, dear: impl Fn(DataClass) -> bool) {
        let ones = |seen: &[u64]| seen.iter().map(|it| it.count_ones()).sum::<u32>();
        let both = ones(&self.seen) + ones(&other.seen);
        for (seen, more) in self.seen.iter_mut().zip(other.seen) {
            *seen |= more;
        }
        let distinct = ones(&self.seen);
        let share = |count: u16| scaled(count, distinct, both);
        for slot in &mut self.slots {
            (slot.passed, slot.bits) = (share(slot.passed), share(slot.bits));
        }
        self.looked_at = share(self.looked_at).saturating_add(share(other.looked_at));
        self.values = self.values.saturating_add(other.values);
        self.crowded = self.crowded.saturating_add(other.crowded);
        for ClassCount { class, passed, bits } in other.all() {
            let it = ClassCount { class, passed: share(passed), bits: share(bits) };
            self.count(it, &dear);
        }
    }

    /// Every class that a value pointed to.
    pub fn all(&self) -> impl Iterator<Item = ClassCount> + '_ {
        self.slots.iter().filter_map(|it| {
            let class = it.class.filter(|_| it.passed > 0)?;
            Some(ClassCount { class, passed: it.passed, bits: it.bits })
        })
    }

    /// Distinct values that were looked at.
    pub fn looked_at(&self) -> u16 {
        self.looked_at
    }

    /// Values met, repeated ones included.
    pub fn values(&self) -> u32 {
        self.values
    }

    /// Times that a class could not be counted, because others had all the room.
    pub fn crowded(&self) -> u16 {
        self.crowded
    }
}

/// A part of a count.
fn scaled(count: u16, part: u32, of: u32) -> u16 {
    let scaled = u32::from(count) * part / of.max(1);
    u16::try_from(scaled).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_small() {
        assert!(size_of::<ClassCounts>() <= 112, "{}", size_of::<ClassCounts>());
    }

    #[test]
    fn a_value_that_comes_again_is_not_new() {
        let mut it = ClassCounts::default();
        assert!(it.is_new(7) && !it.is_new(7) && it.is_new(255));
        assert_eq!(it.values(), 3);
    }

    #[test]
    fn the_class_with_least_gives_way_unless_it_is_dear() {
        let mut it = ClassCounts::default();
        let count = |class, bits| ClassCount { class, passed: 1, bits };
        for (n, class) in DataClass::ALL.iter().take(SLOTS).enumerate() {
            it.count(count(*class, u16::try_from(n).unwrap_or(0) + 1), |_| false);
        }
        let (first, second) = (DataClass::ALL[0], DataClass::ALL[1]);
        it.count(count(DataClass::Iban, 30), |class| class == first);
        let classes: Vec<_> = it.all().map(|it| it.class).collect();
        assert!(classes.contains(&first) && classes.contains(&DataClass::Iban));
        assert!(!classes.contains(&second));
        assert_eq!(it.crowded(), 1);
    }
}
