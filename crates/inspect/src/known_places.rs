//! The places that answers are known to have, looked up while an answer passes.
//!
//! Reads    paths of body fields.
//! Memory   16 bytes a place at most. Names are not kept, but 32 bits of a hash.
//! Misses   a new place whose hash is one of a known one: of 256 known places, one new place in sixteen millions.

use bartizan_model::place::{Step, steps};

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
const ITEMS: u64 = 0xC2B2_AE3D_27D4_EB4F;

/// Where a value stands, as a hash of the names on the way there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot(u64);

impl Spot {
    /// The whole text.
    pub const ROOT: Self = Self(ODD);

    /// The place of this path, if it can be told in a text.
    pub fn of(path: &str) -> Option<Self> {
        Some(spots(path)?.pop().unwrap_or(Self::ROOT))
    }

    /// The member of this name, as it is in the message.
    #[inline]
    #[must_use]
    pub fn member(self, name: &[u8]) -> Self {
        let length = name.len() as u64;
        let mut at = (self.0 ^ length).wrapping_mul(ODD);
        let (words, rest) = name.as_chunks::<8>();
        for word in words {
            at = mixed(at ^ u64::from_le_bytes(*word));
        }
        Self(mixed(at ^ tail(rest)))
    }

    /// The items of the list.
    #[must_use]
    pub fn items(self) -> Self {
        Self(mixed(self.0 ^ ITEMS))
    }

    /// 32 bits in which few are alike.
    pub fn short(self) -> u32 {
        let [.., a, b, c, d] = self.0.to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}

/// Fewer than eight bytes, of which the number is known.
fn tail(rest: &[u8]) -> u64 {
    if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        return u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last));
    }
    rest.iter().fold(0, |all, it| all << 8 | u64::from(*it))
}

const fn mixed(it: u64) -> u64 {
    let it = it.wrapping_mul(ODD);
    it ^ it >> 32
}

/// The places on the way to a path, itself included.
fn spots(path: &str) -> Option<Vec<Spot>> {
    let mut at = Spot::ROOT;
    let next = |step| {
        at = match step {
            Step::Items => at.items(),
            Step::Name(name) => at.member(&name),
        };
        at
    };
    Some(steps(path)?.into_iter().map(next).collect())
}

/// Places, by 32 bits of their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownPlaces {
    /// A power of two of them, of which at most half are taken; 0 is free.
    slots: Box<[u32]>,
    open: Box<[u32]>,
}

/// Never 0.
fn tag(it: Spot) -> u32 {
    it.short() | 1
}

impl KnownPlaces {
    /// Those of these paths, and what they stand in. Below `open` everything counts as known. Paths that cannot be told in a text are
    /// left out.
    pub fn of<'a>(
        known: impl Iterator<Item = &'a str>,
        open: impl Iterator<Item = &'a str>,
    ) -> Self {
        let known = known.filter_map(spots).flatten();
        let mut tags: Vec<u32> = known.chain([Spot::ROOT]).map(tag).collect();
        let mut open: Vec<u32> = open.filter_map(Spot::of).map(tag).collect();
        for it in [&mut tags, &mut open] {
            it.sort_unstable();
            it.dedup();
        }
        Self { slots: slots(&tags), open: open.into() }
    }

    /// The places that both know; what is open in one of them is.
    #[must_use]
    pub fn common(&self, other: &Self) -> Self {
        let known = self.slots.iter().filter(|it| **it != 0 && other.has_tag(**it));
        let known: Vec<u32> = known.copied().collect();
        let open = self.open.iter().chain(&other.open).copied().collect();
        Self { slots: slots(&known), open }
    }

    /// The places that one of both knows.
    #[must_use]
    pub fn united(&self, other: &Self) -> Self {
        let mut known: Vec<u32> = self.slots.iter().chain(&other.slots).copied().collect();
        known.retain(|it| *it != 0);
        known.sort_unstable();
        known.dedup();
        let open = self.open.iter().chain(&other.open).copied().collect();
        Self { slots: slots(&known), open }
    }

    /// Whether a place is known.
    #[inline]
    pub fn has(&self, it: Spot) -> bool {
        self.has_tag(tag(it))
    }

    #[inline]
    fn has_tag(&self, tag: u32) -> bool {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = tag as usize >> 1;
        // At least half are free: one is found.
        loop {
            match self.slots.get(at & mask) {
                None | Some(0) => return false,
                Some(it) if *it == tag => return true,
                Some(_) => at = at.wrapping_add(1),
            }
        }
    }

    /// Whether everything below a place counts as known.
    pub fn is_open(&self, it: Spot) -> bool {
        !self.open.is_empty() && self.open.contains(&tag(it))
    }

    /// Whether a path is known, or stands below what is open; `None` if it cannot be told.
    pub fn knows(&self, path: &str) -> Option<bool> {
        let on_the_way = spots(path)?;
        let last = on_the_way.last().copied().unwrap_or(Spot::ROOT);
        let above = on_the_way.split_last().map(|it| it.1).unwrap_or_default();
        let above = [Spot::ROOT].iter().chain(above).any(|it| self.is_open(*it));
        Some(self.has(last) || (above && !on_the_way.is_empty()))
    }
}

/// A table of these tags.
fn slots(tags: &[u32]) -> Box<[u32]> {
    if tags.is_empty() {
        return Box::default();
    }
    let mut slots = vec![0; (tags.len() * 2).next_power_of_two()];
    let mask = slots.len().wrapping_sub(1);
    for tag in tags {
        let mut at = *tag as usize >> 1;
        while let Some(slot) = slots.get_mut(at & mask) {
            if *slot == 0 {
                *slot = *tag;
                break;
            }
            at = at.wrapping_add(1);
        }
    }
    slots.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(paths: &[&str], open: &[&str]) -> KnownPlaces {
        KnownPlaces::of(paths.iter().copied(), open.iter().copied())
    }

    #[test]
    fn a_place_is_known_with_what_it_stands_in() {
        let it = known(&["$.items[*].id", r"$.a\x2eb"], &[]);
        for path in ["$.items[*].id", "$.items", "$.items[*]", r"$.a\x2eb"] {
            assert_eq!(it.knows(path), Some(true), "{path}");
        }
        for path in ["$.items[*].mail", "$.items[*].ids", "$.id", "$.a.b", "$.items.id"] {
            assert_eq!(it.knows(path), Some(false), "{path}");
        }
        let items = Spot::ROOT.member(b"items").items();
        assert!(it.has(items.member(b"id")) && !it.has(items.member(b"password")));
        assert!(it.has(Spot::ROOT.member(b"a.b")));
        assert_eq!(it.knows(&format!("$.{}", "x".repeat(200))), None);
        assert_eq!(known(&[], &[]).knows("$.a"), Some(false));
    }

    #[test]
    fn names_of_any_length_are_told_apart() {
        let mut all: Vec<u32> =
            (0..200).map(|n| Spot::ROOT.member("a".repeat(n).as_bytes()).short()).collect();
        let names = ["ab", "ba", "abcd", "abdc", "abcdefgh", "abcdefgi", "abcdefghi", "abcdefgij"];
        all.extend(names.iter().map(|it| Spot::ROOT.member(it.as_bytes()).short()));
        all.sort_unstable();
        let before = all.len();
        all.dedup();
        assert_eq!(all.len(), before);
    }

    #[test]
    fn nothing_below_an_open_place_is_new() {
        let it = known(&["$.name"], &["$.by_id", "$.list[*]"]);
        for path in ["$.by_id.17", "$.by_id.17.mail", "$.list[*].x"] {
            assert_eq!(it.knows(path), Some(true), "{path}");
        }
        for path in ["$.by_id", "$.list", "$.other"] {
            assert_eq!(it.knows(path), Some(false), "{path}");
        }
    }

    #[test]
    fn what_two_know_is_common_or_united() {
        let (one, other) = (known(&["$.a", "$.b"], &["$.c"]), known(&["$.b", "$.d"], &[]));
        let (common, united) = (one.common(&other), one.united(&other));
        assert_eq!(
            ["$.a", "$.b", "$.c.x", "$.d"].map(|it| common.knows(it)),
            [Some(false), Some(true), Some(true), Some(false)]
        );
        assert!(["$.a", "$.b", "$.c.x", "$.d"].iter().all(|it| united.knows(it) == Some(true)));
    }
}
