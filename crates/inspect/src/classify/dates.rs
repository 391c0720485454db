//! Dates: days as people and machines write them.
//!
//! Reads    `1980-02-29`, `1980/02/29`, `29.02.1980`, `29/02/1980`, `02/29/1980`, `19800229`, `29 Feb 1980`, and days with a
//!          time behind them.
//! Misses   other words for months than English ones, calendars other than the Gregorian.

use super::shape::Shape;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    /// Whether there is a time behind it that is not midnight.
    pub(super) has_time: bool,
}

impl Day {
    /// Whether somebody alive can have been born then: no clock is asked, so that what is a birth today stays one.
    pub(super) fn may_be_birth(&self) -> bool {
        (1900..=2030).contains(&self.year) && !self.has_time
    }
}

/// The day that a value is.
pub(super) fn day(shape: &Shape<'_>) -> Option<Day> {
    if !(8..=35).contains(&shape.len()) || !(5..=23).contains(&shape.digits) {
        return None;
    }
    let mut parts = [0_u32; 3];
    let mut lengths = [0_usize; 3];
    let mut at = 0;
    let mut rest = shape.bytes;
    let mut word_at = None;
    if shape.is_like(b"99999999") {
        let of = |from: usize, to: usize| Some(number(shape.bytes.get(from..to)?));
        return checked(of(0, 4)?, of(4, 6)?, of(6, 8)?, false);
    }
    while at < 3 {
        let (piece, behind) = piece(rest);
        let (part, length) = (parts.get_mut(at)?, lengths.get_mut(at)?);
        *length = piece.len();
        if piece.iter().all(u8::is_ascii_digit) && (1..=4).contains(&piece.len()) {
            *part = number(piece);
        } else {
            *part = month(piece)?;
            word_at = Some(at);
        }
        at += 1;
        rest = match (at, behind) {
            (3, behind) => behind,
            (_, [b'-' | b'/' | b'.' | b' ' | b',', b' ', more @ ..]) => more,
            (_, [b'-' | b'/' | b'.' | b' ', more @ ..]) => more,
            _ => return None,
        };
    }
    let has_time = match rest {
        [] => false,
        [b'T' | b' ', time @ ..] => {
            time.len() < 5 || !time.iter().all(|it| matches!(it, b'0' | b':' | b'.' | b'Z' | b'+'))
        }
        _ => return None,
    };
    let [a, b, c] = parts;
    match (lengths, word_at) {
        ([4, _, 1 | 2], None | Some(1)) => checked(a, b, c, has_time),
        ([1 | 2, _, 4], Some(1)) => checked(c, b, a, has_time),
        ([_, 1 | 2, 4], Some(0)) => checked(c, a, b, has_time),
        ([1 | 2, 1 | 2, 4], None) => {
            checked(c, b, a, has_time).or_else(|| checked(c, a, b, has_time))
        }
        _ => None,
    }
}

/// Whether these make a day in some year; `year` of two digits or four.
pub(super) fn is_day(year: u32, month: u32, day: u32) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn checked(year: u32, month: u32, day: u32, has_time: bool) -> Option<Day> {
    let is_one = (1850..=2150).contains(&year) && is_day(year, month, day);
    is_one.then_some(Day { year, month, day, has_time })
}

fn piece(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|it| !it.is_ascii_alphanumeric() || *it == b'T');
    text.split_at_checked(end.unwrap_or(text.len())).unwrap_or((text, &[]))
}

fn number(digits: &[u8]) -> u32 {
    digits.iter().take(8).fold(0, |sum, digit| sum * 10 + u32::from(digit.saturating_sub(b'0')))
}

fn month(word: &[u8]) -> Option<u32> {
    const MONTHS: [&[u8]; 12] = [
        b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov",
        b"dec",
    ];
    let start = word.get(..3).filter(|_| word.len() <= 9)?;
    let at = MONTHS.iter().position(|it| it.eq_ignore_ascii_case(start))?;
    u32::try_from(at + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<(u32, u32, u32)> {
        day(&Shape::of(text.as_bytes())).map(|it| (it.year, it.month, it.day))
    }

    #[test]
    fn days_are_read_as_they_are_written() {
        for text in [
            "1980-02-29",
            "1980/02/29",
            "29.02.1980",
            "29/02/1980",
            "02/29/1980",
            "19800229",
            "29 Feb 1980",
            "1980-02-29T00:00:00Z",
            "Feb 29, 1980",
        ] {
            assert_eq!(of(text), Some((1980, 2, 29)), "{text}");
        }
        for text in ["1981-02-29", "12345678", "1980-13-01", "1.2.3.4", "10-20-30", "2020-01-01x"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_is_no_day_of_birth() {
        let may = |text: &str| day(&Shape::of(text.as_bytes())).is_some_and(|it| it.may_be_birth());
        assert!(may("1980-01-02") && may("1980-01-02T00:00:00.000Z"));
        assert!(!may("1980-01-02T10:11:12Z") && !may("1880-01-02"));
    }
}
