//! How often the values of one place of requests were known from answers.
//!
//! Memory   seven numbers.
//! Misses   see [`super`]; every share here is a lower bound, and says over which uses it is taken.

/// Counts of the values that requests carried in one place. Only those count that tell which object is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// All.
    pub seen: u64,
    /// An answer had handed the value to this very caller.
    pub handed: u64,
    /// Answers had handed it to so many callers that anybody may have it.
    pub common: u64,
    /// Answers had handed it to others, and none that is known to this caller.
    pub foreign: u64,
    /// Of `foreign`: nothing that is known to hand out such values hid any from us since the caller was seen first.
    pub foreign_for_sure: u64,
    /// Uses that could have been explained.
    pub fair: Fair,
}

/// Uses by callers to whom a place was seen to hand out values, all of which are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fair {
    /// All.
    pub uses: u64,
    /// The value was among those.
    pub handed: u64,
}

impl Uses {
    /// Uses of values that are not common.
    pub fn telling(&self) -> u64 {
        self.seen.saturating_sub(self.common)
    }

    /// Of a thousand [telling](Self::telling) uses at least so many had a value that an answer had handed to the caller;
    /// `None` without any.
    pub fn explained(&self) -> Option<u16> {
        thousandths(self.handed, self.telling())
    }

    /// Values that no answer is known to have handed to anybody.
    pub fn unknown(&self) -> u64 {
        self.seen.saturating_sub(self.handed + self.common + self.foreign)
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.seen += other.seen;
        self.handed += other.handed;
        self.common += other.common;
        self.foreign += other.foreign;
        self.foreign_for_sure += other.foreign_for_sure;
        self.fair.merge(other.fair);
    }
}

impl Fair {
    /// Of a thousand so many; `None` without any.
    pub fn explained(&self) -> Option<u16> {
        thousandths(self.handed, self.uses)
    }

    pub(super) fn add(&mut self, handed: bool) {
        self.uses += 1;
        self.handed += u64::from(handed);
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.uses += other.uses;
        self.handed += other.handed;
    }
}

pub(super) fn thousandths(part: u64, of: u64) -> Option<u16> {
    let share = (u128::from(part.min(of)) * 1_000).checked_div(u128::from(of))?;
    u16::try_from(share).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_more_than_all_and_never_rounded_up() {
        assert_eq!(thousandths(1, 0), None);
        assert_eq!(thousandths(1_999, 2_000), Some(999));
        assert_eq!(thousandths(3, 2), Some(1_000));
        assert_eq!(thousandths(u64::MAX, u64::MAX), Some(1_000));
    }
}
