//! A table whose keys are keyed hashes already: nobody chooses where in it they lie.
//!
//! Memory   at most twice the room of what it holds; it grows by half, and never shrinks.
//! Source   linear probing, removal without tombstones: Knuth, The Art of Computer Programming, volume 3, section 6.4.
//!
//! A tree of as many keys is looked through in five or six places of memory, this in one or two. The map of the standard
//! library draws its seed at random, and here the same input has the same result everywhere.

/// Slots of a table that holds something.
const SLOTS_MIN: usize = 8;
/// Two to the 64th, divided by the golden ratio: also keys that count up lie apart.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// A key that is a keyed hash.
pub(super) trait Hashed: Copy + Eq {
    /// As evenly spread as the key.
    fn bits(self) -> u64;
}

impl Hashed for u64 {
    fn bits(self) -> u64 {
        self
    }
}

impl Hashed for u128 {
    fn bits(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.to_le_bytes();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}

/// Values by keys.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    /// At most three in four are taken: each by the key whose home it is, or one that found the slots from there on taken.
    slots: Vec<Option<(K, V)>>,
    len: usize,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { slots: Vec::new(), len: 0 }
    }
}

/// The part of `of` that a number is of all numbers.
pub(super) fn share(number: u64, of: usize) -> usize {
    let share = (u128::from(number) * of as u128) >> u64::BITS;
    usize::try_from(share).unwrap_or(0)
}

impl<K: Hashed, V> Table<K, V> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        let at = self.find(key).ok()?;
        self.slots.get(at)?.as_ref().map(|it| &it.1)
    }

    pub(super) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let at = self.find(key).ok()?;
        self.slots.get_mut(at)?.as_mut().map(|it| &mut it.1)
    }

    pub(super) fn has(&self, key: K) -> bool {
        self.find(key).is_ok()
    }

    /// Puts a value; what was there before.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(key) {
            return Some(std::mem::replace(known, value));
        }
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            self.grow();
        }
        self.put(key, value);
        self.len += 1;
        None
    }

    pub(super) fn remove(&mut self, key: K) -> Option<V> {
        let at = self.find(key).ok()?;
        let (_, value) = self.slots.get_mut(at)?.take()?;
        self.len -= 1;
        self.close(at);
        Some(value)
    }

    /// A key near to where this one lies, if there is any.
    pub(super) fn near(&self, key: K) -> Option<K> {
        let (before, behind) = self.slots.split_at_checked(self.home(key))?;
        behind.iter().chain(before).flatten().next().map(|it| it.0)
    }

    fn home(&self, key: K) -> usize {
        share(key.bits().wrapping_mul(SPREAD), self.slots.len())
    }

    /// Where a key lies, or else the free slot that it would take. None is free in an empty table.
    fn find(&self, key: K) -> Result<usize, usize> {
        let home = self.home(key);
        let (before, behind) = self.slots.split_at_checked(home).unwrap_or_default();
        for (at, slot) in (home..).zip(behind).chain((0..).zip(before)) {
            match slot {
                None => return Err(at),
                Some((known, _)) if *known == key => return Ok(at),
                Some(_) => {}
            }
        }
        Err(self.slots.len())
    }

    fn put(&mut self, key: K, value: V) {
        let (Ok(at) | Err(at)) = self.find(key);
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = Some((key, value));
        }
    }

    fn grow(&mut self) {
        let slots = SLOTS_MIN.max(self.slots.len() + self.slots.len() / 2);
        let mut more = Vec::with_capacity(slots);
        more.resize_with(slots, || None);
        let before = std::mem::replace(&mut self.slots, more);
        before.into_iter().flatten().for_each(|(key, value)| self.put(key, value));
    }

    /// Moves what found this slot taken closer to its home.
    fn close(&mut self, mut hole: usize) {
        let slots = self.slots.len();
        let behind = |a: usize, b: usize| if b >= a { b - a } else { b + slots - a };
        let mut next = hole;
        for _ in 1..slots {
            next = if next + 1 == slots { 0 } else { next + 1 };
            let Some(Some((key, _))) = self.slots.get(next) else { return };
            if behind(self.home(*key), next) >= behind(hole, next) {
                self.slots.swap(hole, next);
                hole = next;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The same random numbers each time.
    fn mixed(it: u64) -> u64 {
        let it = (it ^ it >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let it = (it ^ it >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ it >> 31
    }

    /// Does the same with a tree, and expects the same.
    #[track_caller]
    fn check(key: impl Fn(u64) -> u64) {
        let (mut table, mut tree) = (Table::default(), BTreeMap::new());
        for n in 0..50_000_u64 {
            let (key, choice) = (key(mixed(n) % 700), mixed(!n) % 100);
            // It fills up first, and is emptied then.
            let removes = if n < 25_000 { 30 } else { 60 };
            match choice < removes {
                true => assert_eq!(table.remove(key), tree.remove(&key)),
                false => assert_eq!(table.insert(key, n), tree.insert(key, n)),
            }
            assert_eq!(table.len(), tree.len());
            assert_eq!(table.near(key).is_some(), !tree.is_empty());
            assert!(table.near(key).is_none_or(|it| tree.contains_key(&it)));
        }
        assert!(!tree.is_empty());
        (0..700).map(key).for_each(|it| assert_eq!(table.get(it), tree.get(&it)));
    }

    #[test]
    fn it_holds_what_a_tree_holds() {
        check(mixed);
        check(|n| n);
        check(|n| n * 64 + 5);
        check(|n| n << 40);
        check(|n| u64::MAX - n);
    }

    #[test]
    fn it_takes_no_more_than_twice_the_room() {
        let mut table = Table::default();
        for n in 0..10_000_u64 {
            table.insert(u128::from(mixed(n)), ());
            assert!(table.slots.len() <= SLOTS_MIN.max(table.len() * 2 + 2));
            assert!(table.len() * 4 <= table.slots.len() * 3);
        }
        assert!((0..10_000).all(|n| table.has(u128::from(mixed(n)))));
        assert!(!table.has(7));
    }
}
