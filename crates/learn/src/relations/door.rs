//! Who may fill a table: everybody its first half; the second half only what two subjects met.
//!
//! Memory   [`SLOTS`] things that one subject met, 16 bytes each.
//! Misses   things whose slot another one takes before they are met a second time.

use super::handed::Tag;

const SLOTS: usize = 1_024;

/// Decides what finds room.
#[derive(Clone, Debug)]
pub(super) struct Door {
    met: Box<[(u64, Tag)]>,
    /// How often something found no room.
    pub(super) more: u64,
}

impl Default for Door {
    fn default() -> Self {
        Self { met: vec![(0, 0); SLOTS].into(), more: 0 }
    }
}

impl Door {
    /// Whether a thing that `by` met finds room in a table of `length` that holds at most `most`.
    pub(super) fn opens(&mut self, thing: u64, by: Tag, length: usize, most: usize) -> bool {
        if length < most / 2 {
            return true;
        }
        let at = usize::try_from(thing).unwrap_or(0) & (SLOTS - 1);
        let was_met = self.met.get_mut(at).is_some_and(|slot| {
            let is_known = slot.0 == thing;
            let first = if is_known { slot.1 } else { by };
            *slot = (thing, first);
            first != by
        });
        let opens = was_met && length < most;
        self.more += u64::from(!opens);
        opens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subject_fills_half_and_nobody_more_than_all() {
        let mut door = Door::default();
        assert!(door.opens(1, 7, 4, 10));
        assert!(!door.opens(1, 7, 5, 10) && !door.opens(1, 7, 5, 10));
        assert!(door.opens(1, 8, 5, 10) && door.opens(1, 8, 9, 10));
        assert!(!door.opens(1, 8, 10, 10));
        assert_eq!(door.more, 3);
    }
}
