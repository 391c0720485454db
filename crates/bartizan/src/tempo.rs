//! How fast what is learnt comes to count.
//!
//! A tempo is times alone: how many calls and callers must speak for a clause is the same in a laboratory and in the demo, and so is
//! the code that counts them.

use bartizan_learn::terms::Pace;
use serde::{Deserialize, Serialize};

const SECOND_US: u64 = 1_000_000;
const MINUTE_US: u64 = 60 * SECOND_US;
const HOUR_US: u64 = 60 * MINUTE_US;
const DAY_US: u64 = 24 * HOUR_US;

/// How fast things go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tempo {
    /// In production: days.
    #[default]
    Usual,
    /// `lab: true`: minutes.
    Lab,
    /// `bartizan demo`, and nothing else: seconds. No key and no flag sets it.
    Demo,
}

impl Tempo {
    /// Whether clauses against harm are put in force by themselves, as soon as they are proposed.
    pub(crate) const fn is_lab(self) -> bool {
        match self {
            Self::Usual => false,
            Self::Lab | Self::Demo => true,
        }
    }

    /// When a term is observed, and when it is proposed.
    pub(crate) const fn pace(self) -> Pace {
        match self {
            Self::Usual => Pace::USUAL,
            Self::Lab => Pace::LAB,
            Self::Demo => Pace { span_us: 3 * SECOND_US, ..Pace::LAB },
        }
    }

    /// How long one caller in twenty is held to a clause before everybody is, in microseconds.
    pub(crate) const fn canary_us(self) -> u64 {
        match self {
            Self::Usual => DAY_US,
            Self::Lab => MINUTE_US,
            Self::Demo => 3 * SECOND_US,
        }
    }

    /// How long a version of a client is new, and held to no habit, in microseconds.
    pub(crate) const fn grace_us(self) -> u64 {
        match self {
            Self::Usual => DAY_US,
            Self::Lab => MINUTE_US,
            Self::Demo => 3 * SECOND_US,
        }
    }

    /// How long an identifier may be used after it was handed out, in microseconds.
    pub(crate) const fn horizon_us(self) -> u64 {
        match self {
            Self::Usual => DAY_US,
            Self::Lab => 30 * SECOND_US,
            Self::Demo => 3 * SECOND_US,
        }
    }

    /// After how long a caller is in good standing who came when a clause was in force already, in microseconds.
    pub(crate) const fn standing_us(self) -> u64 {
        match self {
            Self::Usual => 7 * DAY_US,
            Self::Lab => 10 * MINUTE_US,
            Self::Demo => 30 * SECOND_US,
        }
    }

    /// How long a release runs, in microseconds.
    pub(crate) const fn release_us(self) -> u64 {
        match self {
            Self::Usual => 2 * HOUR_US,
            Self::Lab => 2 * MINUTE_US,
            Self::Demo => 10 * SECOND_US,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_asks_for_as_many_calls_and_callers_as_a_lab() {
        let counts = |it: Tempo| {
            let Pace { calls_min, subjects_min, habit_subjects_min, span_us: _ } = it.pace();
            (calls_min, subjects_min, habit_subjects_min)
        };
        assert_eq!(counts(Tempo::Demo), counts(Tempo::Lab));
        assert_eq!(counts(Tempo::Demo).0, counts(Tempo::Usual).0);
        assert_eq!(counts(Tempo::Demo).1, counts(Tempo::Usual).1);
    }

    #[test]
    fn each_tempo_is_faster_than_the_one_before() {
        type Time = fn(Tempo) -> u64;
        let times: [Time; 6] = [
            |it| it.pace().span_us,
            Tempo::canary_us,
            Tempo::grace_us,
            Tempo::horizon_us,
            Tempo::standing_us,
            Tempo::release_us,
        ];
        for time in times {
            assert!(time(Tempo::Usual) > time(Tempo::Lab));
            assert!(time(Tempo::Lab) > time(Tempo::Demo));
        }
    }

    #[test]
    fn only_a_lab_puts_clauses_in_force_by_itself() {
        let all = [Tempo::Usual, Tempo::Lab, Tempo::Demo];
        assert_eq!(all.map(Tempo::is_lab), [false, true, true]);
        assert_eq!(Tempo::default(), Tempo::Usual);
    }
}
