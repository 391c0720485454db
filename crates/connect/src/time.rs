//! Times as receivers read them: RFC 3339 in UTC, with microseconds.

const DAY_US: u64 = 86_400_000_000;

/// `2026-01-01T00:00:00.000000Z`.
pub(crate) fn rfc3339(at_us: u64) -> String {
    let (year, month, day) = date(at_us / DAY_US);
    let us = at_us % DAY_US;
    let s = us / 1_000_000;
    let (hours, minutes, seconds) = (s / 3_600, s / 60 % 60, s % 60);
    let us = us % 1_000_000;
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{us:06}Z")
}

/// Year, month and day of a count of days since 1970-01-01 in the Gregorian calendar: counted from
/// 0000-03-01, so that the leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leap_days_and_ends_of_years_are_right() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000000Z");
        assert_eq!(rfc3339(951_782_399_999_999), "2000-02-28T23:59:59.999999Z");
        assert_eq!(rfc3339(951_782_400_000_000), "2000-02-29T00:00:00.000000Z");
        assert_eq!(rfc3339(1_767_225_599_000_000), "2025-12-31T23:59:59.000000Z");
        assert_eq!(rfc3339(4_107_542_400_000_000), "2100-03-01T00:00:00.000000Z");
    }
}
