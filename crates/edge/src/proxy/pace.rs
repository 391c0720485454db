//! How fast a client sends or takes a body, on average over the time that it was waited for.
//!
//! A client that sends a byte now and then keeps every time-out from firing; its pace gives it away.
//! Time in which the client was not waited for, because the upstream was slow, does not count.

/// Milliseconds of waiting before a pace is judged.
const GRACE_MS: u64 = 10_000;

/// One body's pace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Bytes a second; 0 is no bound.
    min: u64,
    bytes: u64,
    waited_ms: u64,
}

impl Pace {
    /// At the beginning of a body that must come with `min` bytes a second.
    pub(super) fn new(min: u64) -> Self {
        Self { min, bytes: 0, waited_ms: 0 }
    }

    /// Counts a wait and what it brought; true if the body is too slow.
    pub(super) fn is_too_slow(&mut self, waited_ms: u64, bytes: u64) -> bool {
        self.waited_ms = self.waited_ms.saturating_add(waited_ms);
        self.bytes = self.bytes.saturating_add(bytes);
        let expected = self.min.saturating_mul(self.waited_ms) / 1_000;
        self.waited_ms > GRACE_MS && self.bytes < expected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dribble_is_too_slow_after_its_grace() {
        let mut pace = Pace::new(500);
        let cut_after = (1..100).find(|_| pace.is_too_slow(1_000, 10));
        assert_eq!(cut_after, Some(11));
    }

    #[test]
    fn a_pause_in_a_fast_body_is_none() {
        let mut pace = Pace::new(500);
        assert!(!pace.is_too_slow(1_000, 10_000_000));
        assert!(!pace.is_too_slow(19_000, 1));
    }

    #[test]
    fn without_a_bound_nothing_is_too_slow() {
        assert!(!Pace::new(0).is_too_slow(1_000_000, 0));
    }
}
