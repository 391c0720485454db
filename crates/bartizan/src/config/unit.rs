//! Numbers as people write them: counts, sizes and durations.

/// What a number counts, and so how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Count,
    Bytes,
    Milliseconds,
}

const SIZES: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)];
const DURATIONS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
const COUNTS: [(&str, u64); 1] = [("", 1)];

impl Unit {
    /// Reads a number; too large a one becomes the largest, which no bound allows.
    pub(super) fn parse(self, text: &str) -> Option<u64> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, suffix) = text.split_at_checked(digits)?;
        let (_, factor) = self.scale().iter().find(|(name, _)| *name == suffix)?;
        if digits.is_empty() {
            return None;
        }
        Some(digits.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(*factor))
    }

    /// Writes a number in the largest unit that keeps it whole.
    pub(super) fn show(self, number: u64) -> String {
        let fits = |(_, factor): &&(&str, u64)| number >= *factor && number.is_multiple_of(*factor);
        match self.scale().iter().find(fits) {
            Some((suffix, factor)) => format!("{}{suffix}", number / factor),
            None => format!("{number}{}", self.smallest()),
        }
    }

    /// What the reference calls it.
    pub(super) const fn noun(self) -> &'static str {
        match self {
            Self::Count => "number",
            Self::Bytes => "size",
            Self::Milliseconds => "duration",
        }
    }

    /// How to write one.
    pub(super) const fn form(self) -> &'static str {
        match self {
            Self::Count => "a whole number, such as `128`",
            Self::Bytes => "a size, such as `32768`, `32KiB`, `1MiB` or `1GiB`",
            Self::Milliseconds => "a duration, such as `500ms`, `10s`, `5m` or `1h`",
        }
    }

    fn scale(self) -> &'static [(&'static str, u64)] {
        match self {
            Self::Count => &COUNTS,
            Self::Bytes => &SIZES,
            Self::Milliseconds => &DURATIONS,
        }
    }

    fn smallest(self) -> &'static str {
        self.scale().last().map_or("", |(suffix, _)| suffix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(unit: Unit, text: &str, number: u64) {
        assert_eq!(unit.parse(text), Some(number));
        assert_eq!(unit.show(number), text);
    }

    #[test]
    fn every_unit_is_read_and_written() {
        check(Unit::Count, "128", 128);
        check(Unit::Bytes, "0", 0);
        check(Unit::Bytes, "1023", 1_023);
        check(Unit::Bytes, "32KiB", 32_768);
        check(Unit::Bytes, "1MiB", 1_048_576);
        check(Unit::Bytes, "1GiB", 1_073_741_824);
        check(Unit::Milliseconds, "500ms", 500);
        check(Unit::Milliseconds, "10s", 10_000);
        check(Unit::Milliseconds, "5m", 300_000);
        check(Unit::Milliseconds, "1h", 3_600_000);
        check(Unit::Milliseconds, "0ms", 0);
        assert_eq!(Unit::Bytes.parse("32768"), Some(32_768));
    }

    #[test]
    fn other_spellings_are_not_guessed_at() {
        for text in ["", "KiB", "32kib", "32KB", "32K", "32 KiB", "-1", "1.5MiB", "1_000", "+1"] {
            assert_eq!(Unit::Bytes.parse(text), None, "{text}");
        }
        for text in ["10", "10sec", "1d", "1h30m", "s", "１０s"] {
            assert_eq!(Unit::Milliseconds.parse(text), None, "{text}");
        }
        assert_eq!(Unit::Count.parse("1KiB"), None);
    }

    #[test]
    fn a_number_too_large_for_the_machine_is_the_largest() {
        assert_eq!(Unit::Count.parse("99999999999999999999999"), Some(u64::MAX));
        assert_eq!(Unit::Bytes.parse("99999999999999999GiB"), Some(u64::MAX));
    }
}
