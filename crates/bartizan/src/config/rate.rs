//! How many requests in which time: `100/s`.

use std::fmt;

use super::fault::Fault;

/// The most that a rate may say.
pub(super) const REQUESTS_MAX: u32 = 1_000_000;

const PERIODS: [(&str, u64); 3] = [("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

/// So many requests in a second, minute or hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many, from 1.
    pub requests: u32,
    /// In how many milliseconds.
    pub per_ms: u64,
}

impl Rate {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text).ok_or_else(|| Fault::NotARate { given: text.to_owned() })
    }

    fn read(text: &str) -> Option<Self> {
        let (digits, period) = text.split_once('/')?;
        let (_, per_ms) = *PERIODS.iter().find(|(name, _)| *name == period)?;
        // `parse` would take a sign too.
        let is_number = digits.bytes().all(|it| it.is_ascii_digit());
        let requests = digits.parse().ok().filter(|it| (1..=REQUESTS_MAX).contains(it))?;
        is_number.then_some(Self { requests, per_ms })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let period = PERIODS.iter().find(|(_, ms)| *ms == self.per_ms).map_or("?", |(it, _)| it);
        write!(f, "{}/{period}", self.requests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_period_are_a_rate() {
        for (text, requests, per_ms) in
            [("1/s", 1, 1_000), ("600/m", 600, 60_000), ("1000000/h", 1_000_000, 3_600_000)]
        {
            let rate = Rate::parse(text).unwrap();
            assert_eq!((rate.requests, rate.per_ms), (requests, per_ms));
            assert_eq!(rate.to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_not() {
        for text in ["", "100", "/s", "0/s", "1000001/s", "+1/s", "1.5/s", "1/d", "1/ s", "1/s/s"] {
            assert!(Rate::parse(text).is_err(), "{text}");
        }
    }
}
