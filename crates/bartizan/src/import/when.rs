//! Moments as logs write them.

/// `2026-11-21T12:00:00.123Z`, with or without fraction, with `Z` or an offset; microseconds since 1970.
pub(super) fn rfc3339(text: &str) -> Option<u64> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let (year, month, day) =
        (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, rest) = rest.split_at_checked(8)?;
    let seconds = clock(time)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest.split_at_checked(digits)?
        }
        None => ("", rest),
    };
    let micros = format!("{fraction:0<6}").get(..6)?.parse::<i64>().ok()?;
    at(year, month, day, seconds, offset(zone)?, micros)
}

/// `21/Nov/2026:12:00:00 +0000`
pub(super) fn common_log(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (moment, zone) = text.split_once(' ')?;
    let (date, time) = moment.split_once(':')?;
    let mut parts = date.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|it| *it == month)? as i64 + 1;
    at(number(year)?, month, number(day)?, clock(time)?, offset(zone)?, 0)
}

/// Seconds since 1970, with a fraction.
pub(super) fn unix(seconds: f64) -> Option<u64> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be in range"
    )]
    let micros = (0.0..1e11).contains(&seconds).then_some((seconds * 1e6) as u64);
    micros
}

fn number(text: &str) -> Option<i64> {
    text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (h, m, s) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    (h < 24 && m < 60 && s <= 60).then_some(h * 3_600 + m * 60 + s)
}

/// Seconds east of UTC.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" || zone == "z" || zone.is_empty() {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).collect();
    let (h, m) = digits.split_at_checked(2)?;
    Some(sign * (number(h)? * 3_600 + number(m)? * 60))
}

/// The proleptic Gregorian calendar in eras of 400 years, with years that begin in March.
fn at(year: i64, month: i64, day: i64, seconds: i64, offset: i64, micros: i64) -> Option<u64> {
    if !(1970..=9_999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    u64::try_from((days * 86_400 + seconds - offset) * 1_000_000 + micros).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::calendar::timestamp;

    #[test]
    fn moments_are_those_that_are_written() {
        let of = |text| rfc3339(text).map(timestamp);
        assert_eq!(of("2026-11-21T12:00:00.123456Z").as_deref(), Some("2026-11-21T12:00:00.123Z"));
        assert_eq!(of("2024-02-29 23:59:59+02:00").as_deref(), Some("2024-02-29T21:59:59.000Z"));
        let log = common_log("21/Nov/2026:12:00:00 +0100").map(timestamp);
        assert_eq!(log.as_deref(), Some("2026-11-21T11:00:00.000Z"));
        assert_eq!(unix(1.5), Some(1_500_000));
    }

    #[test]
    fn anything_else_is_no_moment() {
        for text in [
            "",
            "2026-11-21",
            "2026-13-01T00:00:00Z",
            "1969-01-01T00:00:00Z",
            "2026-11-21T25:00:00Z",
            "ä026-11-21T00:00:00Z",
        ] {
            assert_eq!(rfc3339(text), None, "{text}");
        }
        for text in ["21/Nov/2026", "21/Now/2026:12:00:00 +0000", "x", "21/Nov/2026:12:00:00 ?"] {
            assert_eq!(common_log(text), None, "{text}");
        }
        assert_eq!(unix(-1.0), None);
        assert_eq!(unix(f64::NAN), None);
    }
}
