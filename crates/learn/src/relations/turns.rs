//! Whose uses count: each caller's alike, however often it calls.
//!
//! Reads    who uses a value.
//! Memory   [`SLOTS`] counts of one byte; callers that fall into one share it.
//! Misses   uses beyond [`TURNS`] of one caller, until others have had theirs.
//!
//! What holds for how many of a hundred uses would be in the hands of whoever sends a million: one caller with ten thousand
//! uses counts as four of them, and then as two for every hundred of the others.

/// Counts of callers.
const SLOTS: usize = 128;
/// Uses of one caller that count at once.
const TURNS: u8 = 4;
/// Uses after which all may take turns again.
const ROUND: u16 = 256;

/// Turns that were taken.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    taken: [u8; SLOTS],
    sum: u16,
}

impl Default for Turns {
    fn default() -> Self {
        Self { taken: [0; SLOTS], sum: 0 }
    }
}

impl Turns {
    /// Whether a use of this caller counts.
    pub(super) fn take(&mut self, subject: u64) -> bool {
        let [first, ..] = super::mixed(subject).to_le_bytes();
        let Some(taken) = self.taken.get_mut(usize::from(first) % SLOTS) else { return false };
        if *taken >= TURNS {
            return false;
        }
        *taken += 1;
        self.sum += 1;
        if self.sum >= ROUND {
            self.taken.iter_mut().for_each(|it| *it /= 2);
            self.sum = self.taken.iter().map(|it| u16::from(*it)).sum();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_counts_four_times_however_often_it_calls() {
        let mut it = Turns::default();
        assert_eq!((0..10_000).filter(|_| it.take(7)).count(), 4);
        assert!(it.take(8));
        // Of many callers most uses count.
        let others = (0..10_000_u64).filter(|n| it.take(1_000 + n)).count();
        assert!(others > 9_000, "{others}");
    }

    #[test]
    fn among_others_it_counts_for_few() {
        let mut it = Turns::default();
        let (mut own, mut others) = (0, 0);
        for n in 0..2_000_u64 {
            own += (0..50).filter(|_| it.take(7)).count();
            others += usize::from(it.take(1_000 + n % 300));
        }
        assert!(own * 20 < others, "{own} of {others}");
    }
}
