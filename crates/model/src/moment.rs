//! A point in time as the core sees it: handed in, never read.

/// Two readings taken together. Limits and durations use the monotonic part, tokens and expiry
/// dates the wall part, so that a stepped clock neither unlocks a limit nor revives a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Nanoseconds since the process started.
    pub mono_ns: u64,
    /// Microseconds since 1970-01-01T00:00:00Z, as the system clock had it.
    pub wall_us: u64,
}

impl Moment {
    /// Microseconds from `earlier` to this moment by the monotonic reading; 0 if it is not
    /// earlier, `u32::MAX` (71 minutes) if it does not fit.
    pub fn us_since(self, earlier: Self) -> u32 {
        let us = self.mono_ns.saturating_sub(earlier.mono_ns) / 1_000;
        u32::try_from(us).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_saturates_on_both_sides() {
        let at = |mono_ns| Moment { mono_ns, wall_us: 0 };
        assert_eq!(at(5_000).us_since(at(2_000)), 3);
        assert_eq!(at(2_000).us_since(at(5_000)), 0);
        assert_eq!(at(u64::MAX).us_since(at(0)), u32::MAX);
    }
}
