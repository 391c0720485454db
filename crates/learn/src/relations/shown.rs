//! What an endpoint showed to one subject: whether a use could have been explained at all.
//!
//! Reads    which places of an answer held values, and of which of them only the first is known.
//! Memory   [`SHOWN_MAX`] pairs of subject and endpoint, 16 bytes each. A new pair drives out the one in its slot;
//!          of whatever is in that slot from then on the beginning is unknown.
//! Misses   places share 32 marks of an endpoint: what hid values in one may count for another.

use super::names::{EndId, SpotId};

/// Pairs that are remembered.
pub const SHOWN_MAX: usize = 1 << 16;

/// Remembers them.
#[derive(Clone)]
pub(super) struct Shown(Box<[Slot]>);

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: u32,
    shown: u32,
    hidden: u32,
    is_late: bool,
}

/// What a place showed to a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// Nothing, since the beginning.
    Nothing,
    /// Every value that it handed out is known; `since_ever`, since the beginning.
    Whole {
        /// Nothing before is forgotten.
        since_ever: bool,
    },
    /// Values that are not known.
    Hidden,
    /// Nobody knows.
    Forgotten,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shown({} pairs)", self.0.iter().filter(|it| it.key != 0).count())
    }
}

impl Default for Shown {
    fn default() -> Self {
        Self(vec![Slot::default(); SHOWN_MAX].into())
    }
}

impl Shown {
    /// Notes an answer of `end` to `subject`: by their marks the places that held values, and those that
    /// held values that are not known.
    pub(super) fn add(&mut self, subject: u64, end: EndId, shown: u32, hidden: u32) {
        let (at, key) = slot(subject, end);
        let Some(slot) = self.0.get_mut(at) else { return };
        if slot.key != key {
            let is_late = slot.key != 0;
            *slot = Slot { key, is_late, ..Slot::default() };
        }
        slot.shown |= shown;
        slot.hidden |= hidden;
    }

    /// What a place of `end` showed to `subject`.
    pub(super) fn look(&self, subject: u64, end: EndId, spot: SpotId) -> Sight {
        let (at, key) = slot(subject, end);
        let (slot, mark) = (self.0.get(at).copied().unwrap_or_default(), mark(spot));
        match slot.key {
            0 => Sight::Nothing,
            it if it != key => Sight::Forgotten,
            _ if slot.hidden & mark != 0 => Sight::Hidden,
            _ if slot.shown & mark != 0 => Sight::Whole { since_ever: !slot.is_late },
            _ if slot.is_late => Sight::Forgotten,
            _ => Sight::Nothing,
        }
    }
}

/// The mark of a place among those of its endpoint. Places of one answer are named one after the other.
pub(super) fn mark(spot: SpotId) -> u32 {
    1 << (spot.at() % 32)
}

fn slot(subject: u64, end: EndId) -> (usize, u32) {
    let mixed = super::mixed(subject ^ (end.at() as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let at = usize::try_from(mixed).unwrap_or(0) & (SHOWN_MAX - 1);
    (at, super::tag(mixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: EndId = EndId::FIRST;
    const SPOT: SpotId = SpotId::FIRST;

    #[test]
    fn a_place_that_hid_values_hides_them_for_ever() {
        let mut it = Shown::default();
        assert_eq!(it.look(7, END, SPOT), Sight::Nothing);
        it.add(7, END, mark(SPOT), 0);
        assert_eq!(it.look(7, END, SPOT), Sight::Whole { since_ever: true });
        it.add(7, END, mark(SPOT), mark(SPOT));
        it.add(7, END, mark(SPOT), 0);
        assert_eq!(it.look(7, END, SPOT), Sight::Hidden);
        assert_eq!(it.look(8, END, SPOT), Sight::Nothing);
    }

    #[test]
    fn what_was_driven_out_is_not_taken_for_new() {
        let mut it = Shown::default();
        it.add(7, END, mark(SPOT), mark(SPOT));
        let other = (8..).find(|n| slot(*n, END).0 == slot(7, END).0).unwrap();
        assert_eq!(it.look(other, END, SPOT), Sight::Forgotten);
        it.add(other, END, mark(SPOT), 0);
        assert_eq!(it.look(other, END, SPOT), Sight::Whole { since_ever: false });
        assert_eq!(it.look(7, END, SPOT), Sight::Forgotten);
    }
}
