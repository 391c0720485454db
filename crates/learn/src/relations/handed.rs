//! Values that answers handed out, to whom and where.
//!
//! Reads    keyed hashes of values; who they were handed to.
//! Memory   [`VALUES_MAX`] values of 72 bytes, in sets of [`WAYS`]. A value has at most [`HOLDERS_MAX`] holders and
//!          each of them at most [`ORIGINS_MAX`] places that handed it to them, the first ones. What has more holders is
//!          *common*: it tells nothing of who may have it, and only its places are kept.
//! Misses   what found no room or made room. Looking up and making room cost the same, however many are invented:
//!          who has several in a full set makes room by its own; then go those of whoever has more than its share, then
//!          those that nobody used, then those that were not used for a day. What was used today stays, and
//!          what finds no room is counted.

use super::names::SpotId;

/// Values that are remembered.
pub const VALUES_MAX: usize = 1 << 16;
/// Subjects that a value may be handed to before it is common.
pub const HOLDERS_MAX: usize = 4;
const ORIGINS_MAX: usize = 4;
const WAYS: usize = 8;
const SETS: usize = VALUES_MAX / WAYS;
/// Values of one holder in a full set that are not too many.
const SHARE: usize = 2;
/// How long a value that was used is kept at least.
const KEPT_MINUTES: u32 = 24 * 60;

/// The places that handed a value out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Origins([Option<SpotId>; ORIGINS_MAX]);

impl Origins {
    fn add(&mut self, spot: SpotId) {
        if self.iter().any(|it| it == spot) {
            return;
        }
        if let Some(free) = self.0.iter_mut().find(|it| it.is_none()) {
            *free = Some(spot);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = SpotId> {
        self.0.iter().flatten().copied()
    }
}

/// Who holds a value, as 32 bits of its hash; 0 is nobody.
pub(super) type Tag = u32;

#[derive(Clone, Copy, Debug, Default)]
struct Holder {
    tag: Tag,
    origins: Origins,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// The first of them made the entry.
    holders: [Holder; HOLDERS_MAX],
    is_common: bool,
}

/// What decides which value makes room: of a whole set in one line of the cache.
#[derive(Clone, Copy, Debug, Default)]
struct Rank {
    /// Whose value it is, as far as room goes; of a common value, nobody's.
    owner: Tag,
    /// Whether it was used, and the minute when it was handed out or used.
    touched: u32,
}

const USED: u32 = 1 << 31;

impl Rank {
    fn is_used(self) -> bool {
        self.touched & USED != 0
    }
}

/// What is known of a value that a request carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// No answer is known to have held it.
    Nowhere,
    /// It was handed to this caller.
    Own(Origins),
    /// It was handed to others, to the first of them in these places.
    Others(Origins),
    /// It was handed to so many that anybody may have it.
    Common(Origins),
}

/// Values that make room for each other.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Set {
    keys: [u64; WAYS],
    ranks: [Rank; WAYS],
    entries: [Entry; WAYS],
}

/// Remembers them.
#[derive(Clone)]
pub(super) struct Handed {
    sets: Box<[Set]>,
    /// Values that found no room.
    pub(super) more: u64,
    /// Values that made room for others.
    pub(super) forgotten: u64,
}

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handed({} values)", self.len())
    }
}

impl Default for Handed {
    fn default() -> Self {
        Self { sets: vec![Set::default(); SETS].into(), more: 0, forgotten: 0 }
    }
}

impl Handed {
    /// Notes that an answer handed out a value.
    pub(super) fn hand(&mut self, value: u64, to: Tag, spot: SpotId, minute: u32) {
        let minute = minute & !USED;
        let Some(Set { keys, ranks, entries }) = self.sets.get_mut(set(value)) else { return };
        let known = keys.iter().position(|it| *it == value);
        let Some(way) = known.or_else(|| room(keys, ranks, to, minute)) else {
            self.more += 1;
            return;
        };
        let (key, rank) = (keys.get_mut(way), ranks.get_mut(way));
        let (Some(key), Some(rank), Some(entry)) = (key, rank, entries.get_mut(way)) else {
            return;
        };
        if known.is_none() {
            self.forgotten += u64::from(*key != 0);
            *key = value;
            *rank = Rank { owner: to, touched: minute };
            *entry = Entry::default();
        }
        entry.hand(to, spot);
        if entry.is_common {
            rank.owner = 0;
        }
        // A value that is only handed out again and again does not last for that.
        if !rank.is_used() {
            rank.touched = minute;
        }
    }

    /// Looks a value up that a request of this caller carried.
    pub(super) fn look(&mut self, value: u64, by: Tag, minute: u32) -> Known {
        let Some(set) = self.sets.get_mut(set(value)) else { return Known::Nowhere };
        let way = set.keys.iter().position(|it| *it == value).filter(|_| value != 0);
        let Some((way, entry)) = way.and_then(|it| Some((it, set.entries.get(it)?))) else {
            return Known::Nowhere;
        };
        let first = entry.holders.first().map(|it| it.origins).unwrap_or_default();
        let found = match entry.holders.iter().find(|it| it.tag == by) {
            _ if entry.is_common => Known::Common(first),
            Some(it) => Known::Own(it.origins),
            None => return Known::Others(first),
        };
        if let Some(rank) = set.ranks.get_mut(way) {
            rank.touched = minute | USED;
        }
        found
    }

    /// Values that are known.
    pub(super) fn len(&self) -> usize {
        self.sets.iter().flat_map(|it| it.keys).filter(|it| *it != 0).count()
    }
}

impl Entry {
    fn hand(&mut self, to: Tag, spot: SpotId) {
        let is_common = self.is_common;
        let mut fit = self.holders.iter_mut();
        if let Some(it) = fit.find(|it| is_common || it.tag == to || it.tag == 0) {
            it.tag = to;
            it.origins.add(spot);
            return;
        }
        self.is_common = true;
        let [first, rest @ ..] = &mut self.holders;
        rest.iter().flat_map(|it| it.origins.iter()).for_each(|it| first.origins.add(it));
        first.origins.add(spot);
        *rest = Default::default();
    }
}

/// The way that a new value of `to` may take.
fn room(keys: &[u64; WAYS], ranks: &[Rank; WAYS], to: Tag, minute: u32) -> Option<usize> {
    if let Some(free) = keys.iter().position(|it| *it == 0) {
        return Some(free);
    }
    let held = |tag: Tag| ranks.iter().filter(|it| it.owner == tag && tag != 0).count();
    let makes_its_own = held(to) >= SHARE;
    let is_old = |it: Rank| minute.saturating_sub(it.touched & !USED) > KEPT_MINUTES;
    let mut best = None;
    for (way, it) in ranks.iter().enumerate() {
        let class = match () {
            () if makes_its_own && it.owner != to => continue,
            () if !makes_its_own && held(it.owner) > SHARE => 0,
            () if !it.is_used() => 1,
            () if makes_its_own || is_old(*it) => 2,
            () => continue,
        };
        // Of those, what was not used goes first, and then the oldest.
        let rank = (class, it.touched);
        if best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, way));
        }
    }
    best.map(|it| it.1)
}

fn set(value: u64) -> usize {
    usize::try_from(value >> 16).unwrap_or(0) & (SETS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPOT: SpotId = SpotId::FIRST;
    const DAY: u32 = KEPT_MINUTES + 1;

    /// The nth value of one set.
    fn value(n: u64) -> u64 {
        7 << 16 | n << 48 | 1
    }

    fn own(it: &mut Handed, n: u64, by: Tag, minute: u32) -> bool {
        matches!(it.look(value(n), by, minute), Known::Own(_))
    }

    #[test]
    fn an_entry_is_small() {
        let bytes = size_of::<Entry>() + size_of::<Rank>() + size_of::<u64>();
        assert!(bytes <= 72, "{bytes}");
    }

    #[test]
    fn a_value_belongs_to_whom_it_was_handed() {
        let mut it = Handed::default();
        assert_eq!(it.look(value(0), 1, 0), Known::Nowhere);
        it.hand(value(0), 1, SPOT, 0);
        assert!(own(&mut it, 0, 1, 0));
        assert!(matches!(it.look(value(0), 2, 0), Known::Others(_)));
    }

    #[test]
    fn a_value_of_five_is_common() {
        let mut it = Handed::default();
        let most = u32::try_from(HOLDERS_MAX).unwrap();
        (1..=most).for_each(|tag| it.hand(value(0), tag, SPOT, 0));
        assert!(matches!(it.look(value(0), most + 1, 0), Known::Others(_)));
        it.hand(value(0), most + 1, SPOT, 0);
        assert!(matches!(it.look(value(0), 99, 0), Known::Common(_)));
        it.hand(value(0), 98, SPOT, 0);
        assert!(matches!(it.look(value(0), 1, 0), Known::Common(_)));
    }

    #[test]
    fn who_invents_values_makes_room_by_its_own() {
        let mut it = Handed::default();
        (0..6).for_each(|n| it.hand(value(n), u32::try_from(n).unwrap() + 1, SPOT, 0));
        // The newest of all are the first to go: they are of whoever has more than two.
        (100..1_000).for_each(|n| it.hand(value(n), 66, SPOT, 1));
        (0..6).for_each(|n| assert!(own(&mut it, n, u32::try_from(n).unwrap() + 1, 2), "{n}"));
        assert_eq!(it.len(), WAYS);
    }

    #[test]
    fn who_came_first_and_used_all_has_to_share() {
        let mut it = Handed::default();
        (0..8).for_each(|n| it.hand(value(n), 66, SPOT, 0));
        (0..8).for_each(|n| assert!(own(&mut it, n, 66, 0)));
        (10..14).for_each(|n| it.hand(value(n), u32::try_from(n).unwrap(), SPOT, 0));
        (10..14).for_each(|n| assert!(own(&mut it, n, u32::try_from(n).unwrap(), 0), "{n}"));
    }

    #[test]
    fn what_was_used_stays_for_a_day_and_what_finds_no_room_is_counted() {
        let mut it = Handed::default();
        let tag = |n: u64| u32::try_from(n).unwrap() + 1;
        (0..8).for_each(|n| it.hand(value(n), tag(n), SPOT, 0));
        (0..7).for_each(|n| assert!(own(&mut it, n, tag(n), 0)));
        (100..200).for_each(|n| it.hand(value(n), tag(n), SPOT, 1));
        (0..7).for_each(|n| assert!(own(&mut it, n, tag(n), 0), "{n}"));
        assert_eq!((it.forgotten, it.more), (100, 0));
        assert!(own(&mut it, 199, tag(199), 1));
        it.hand(value(300), tag(300), SPOT, 1);
        assert_eq!((it.forgotten, it.more), (100, 1));
        it.hand(value(300), tag(300), SPOT, DAY);
        assert!(own(&mut it, 300, tag(300), DAY));
    }
}
