//! Guesses at the login: a few a minute for everybody together, since only one person logs in at a time.
//!
//! Memory   two numbers.

/// Failures within one window.
const FAILURES_MAX: u32 = 10;
/// Seconds of a window.
const WINDOW_S: u64 = 60;

/// Counts failures.
#[derive(Debug, Default)]
pub struct Throttle {
    since_s: u64,
    failures: u32,
}

impl Throttle {
    /// Whether a try may be made now.
    ///
    /// # Errors
    ///
    /// The seconds until then.
    pub fn may_try(&mut self, now_s: u64) -> Result<(), u64> {
        if now_s.saturating_sub(self.since_s) >= WINDOW_S {
            *self = Self { since_s: now_s, failures: 0 };
        }
        if self.failures < FAILURES_MAX {
            return Ok(());
        }
        Err((self.since_s + WINDOW_S).saturating_sub(now_s).max(1))
    }

    /// Notes that a try failed.
    pub fn failed(&mut self) {
        self.failures = self.failures.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guesses_end_for_a_while() {
        let mut it = Throttle::default();
        for _ in 0..FAILURES_MAX {
            assert_eq!(it.may_try(1_000), Ok(()));
            it.failed();
        }
        assert_eq!(it.may_try(1_010), Err(50));
        assert_eq!(it.may_try(1_060), Ok(()));
    }
}
