//! Times for people: RFC 3339 in UTC.

/// RFC 3339 in UTC, with milliseconds.
pub fn timestamp(wall_us: u64) -> String {
    let (year, month, day) = date(wall_us / 86_400_000_000);
    format!("{year:04}-{month:02}-{day:02}T{}Z", clock_time(wall_us))
}

/// The time of the day in UTC, with milliseconds.
pub fn clock_time(wall_us: u64) -> String {
    let ms = wall_us / 1_000 % 86_400_000;
    let s = ms / 1_000;
    format!("{:02}:{:02}:{:02}.{:03}", s / 3_600, s / 60 % 60, s % 60, ms % 1_000)
}

/// Days since 1970 as year, month and day: the proleptic Gregorian calendar in eras of 400 years.
pub fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// The form that dates have in fields of HTTP (RFC 9110 section 5.6.7), of so many seconds since 1970.
pub fn http_date(unix_s: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let named = |names: &[&'static str], at: u64| {
        usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
    };
    let (year, month, day) = date(unix_s / 86_400);
    let weekday = named(&DAYS, unix_s / 86_400 % 7);
    let (hour, minute, second) = (unix_s / 3_600 % 24, unix_s / 60 % 60, unix_s % 60);
    let month = named(&MONTHS, month.saturating_sub(1));
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_is_a_date_and_a_time() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(951_782_400_000_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(timestamp(1_795_305_599_999_999), "2026-11-21T23:59:59.999Z");
    }

    #[test]
    fn a_date_of_http_has_its_weekday() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(1_801_439_999), "Sun, 31 Jan 2027 23:59:59 GMT");
    }
}
