//! How much is recorded of an exchange while the pipeline falls behind: less and less, so that what is lost
//! first is what is missed least, and whole observations last.
//!
//! Memory   one word.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// How much is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything.
    #[default]
    Full,
    /// Facts only of exchanges with findings and of shapes that are new.
    FewerFacts,
    /// No facts and no shapes of any message; scores and findings all the same.
    HeadsOnly,
}

impl Level {
    /// Name in status, log and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::FewerFacts => "fewer_facts",
            Self::HeadsOnly => "heads_only",
        }
    }

    /// The level while so many of so many places of a queue are taken. It is lowered late: a queue that
    /// is emptied in bursts is no queue that is falling behind less.
    pub fn next(self, waiting: usize, waiting_max: usize) -> Self {
        let part = |of: usize| waiting_max / of;
        match self {
            _ if waiting >= part(2) => Self::HeadsOnly,
            Self::Full if waiting >= part(8) => Self::FewerFacts,
            Self::HeadsOnly if waiting < part(8) => Self::FewerFacts,
            Self::FewerFacts if waiting < part(32) => Self::Full,
            Self::Full | Self::FewerFacts | Self::HeadsOnly => self,
        }
    }
}

/// The level that is in force.
#[derive(Debug, Default)]
pub struct Detail(AtomicU8);

impl Detail {
    /// The level.
    pub fn level(&self) -> Level {
        match self.0.load(Relaxed) {
            0 => Level::Full,
            1 => Level::FewerFacts,
            _ => Level::HeadsOnly,
        }
    }

    /// Changes it. Set by the pipeline, which sees the queues.
    pub fn set(&self, level: Level) {
        let word = match level {
            Level::Full => 0,
            Level::FewerFacts => 1,
            Level::HeadsOnly => 2,
        };
        self.0.store(word, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fuller_queue_means_less_and_the_way_back_is_slow() {
        let mut level = Level::Full;
        let mut after = |waiting| {
            level = level.next(waiting, 3_200);
            level
        };
        assert_eq!(after(399), Level::Full);
        assert_eq!(after(400), Level::FewerFacts);
        assert_eq!(after(150), Level::FewerFacts);
        assert_eq!(after(1_600), Level::HeadsOnly);
        assert_eq!(after(500), Level::HeadsOnly);
        assert_eq!(after(399), Level::FewerFacts);
        assert_eq!(after(99), Level::Full);
        assert_eq!(after(3_200), Level::HeadsOnly);
        let detail = Detail::default();
        for level in [Level::FewerFacts, Level::HeadsOnly, Level::Full] {
            detail.set(level);
            assert_eq!(detail.level(), level);
        }
    }
}
