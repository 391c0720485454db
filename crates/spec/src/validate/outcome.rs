//! Whether a value fits, in three values.

use super::fault::UnknownReason;

/// What came of holding a schema against a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Holds,
    Fails,
    Unknown(UnknownReason),
}

impl Outcome {
    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }

    /// Both must hold: what fails decides, whatever is not known.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Fails, _) | (_, Self::Fails) => Self::Fails,
            (Self::Unknown(reason), _) | (_, Self::Unknown(reason)) => Self::Unknown(reason),
            (Self::Holds, Self::Holds) => Self::Holds,
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Holds => Self::Fails,
            Self::Fails => Self::Holds,
            Self::Unknown(reason) => Self::Unknown(reason),
        }
    }

    pub(super) fn fails(self) -> bool {
        self == Self::Fails
    }
}

/// How many of several hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) holding: usize,
    pub(super) unknown: usize,
    reason: Option<UnknownReason>,
}

impl Tally {
    pub(super) fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Holds => self.holding += 1,
            Outcome::Fails => {}
            Outcome::Unknown(reason) => {
                self.unknown += 1;
                self.reason = self.reason.or(Some(reason));
            }
        }
    }

    /// Whether so many hold, from `min` to `max`.
    pub(super) fn is_within(&self, min: usize, max: usize) -> Outcome {
        let most = self.holding.saturating_add(self.unknown);
        if self.holding > max || most < min {
            return Outcome::Fails;
        }
        match self.reason {
            Some(reason) if self.holding < min || most > max => Outcome::Unknown(reason),
            Some(_) | None => Outcome::Holds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOST: Outcome = Outcome::Unknown(UnknownReason::Reference);
    use Outcome::{Fails, Holds};

    #[track_caller]
    fn check(outcomes: &[Outcome], any: Outcome, one: Outcome) {
        let mut tally = Tally::default();
        outcomes.iter().for_each(|it| tally.add(*it));
        assert_eq!(tally.is_within(1, usize::MAX), any, "{outcomes:?}");
        assert_eq!(tally.is_within(1, 1), one, "{outcomes:?}");
    }

    #[test]
    fn what_is_not_known_matters_only_where_it_could_change_the_result() {
        assert_eq!(LOST.and(Fails), Fails);
        assert_eq!(Holds.and(LOST), LOST);
        assert_eq!(LOST.not(), LOST);
        check(&[Fails, Fails], Fails, Fails);
        check(&[Fails, Holds], Holds, Holds);
        check(&[Holds, Holds], Holds, Fails);
        check(&[LOST, Holds], Holds, LOST);
        check(&[LOST, Fails], LOST, LOST);
        check(&[LOST, Holds, Holds], Holds, Fails);
        check(&[], Fails, Fails);
    }
}
