//! A calendar day, in UTC.

use std::fmt;

use super::fault::{DateFault, Fault};

const DAY_S: u64 = 86_400;

/// A day of the Gregorian calendar, 1970 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u64,
    month: u64,
    day: u64,
}

impl Day {
    /// The first microsecond after this day, since 1970 in UTC.
    pub fn end_unix_us(self) -> u64 {
        self.end_unix_s().saturating_mul(1_000_000)
    }

    /// The first second after this day, since 1970 in UTC.
    pub fn end_unix_s(self) -> u64 {
        (self.since_epoch() + 1) * DAY_S
    }

    /// The first second of this day, since 1970 in UTC.
    pub fn begin_unix_s(self) -> u64 {
        self.since_epoch() * DAY_S
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text).map_err(|why| Fault::NotADate { given: text.to_owned(), why })
    }

    fn read(text: &str) -> Result<Self, DateFault> {
        let parts: Vec<_> = text.split('-').collect();
        let &[year, month, day] = parts.as_slice() else { return Err(DateFault::Form) };
        let number = |text: &str, width| {
            let is_number = text.len() == width && text.bytes().all(|it| it.is_ascii_digit());
            if is_number { text.parse().map_err(|_| DateFault::Form) } else { Err(DateFault::Form) }
        };
        let it = Self { year: number(year, 4)?, month: number(month, 2)?, day: number(day, 2)? };
        let exists = it.year >= 1970 && it.day >= 1 && it.day <= it.days_of_month();
        if exists { Ok(it) } else { Err(DateFault::NoSuchDay) }
    }

    fn days_of_month(self) -> u64 {
        match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if is_leap(self.year) => 29,
            2 => 28,
            _ => 0,
        }
    }

    fn since_epoch(self) -> u64 {
        let years: u64 = (1970..self.year).map(|it| if is_leap(it) { 366 } else { 365 }).sum();
        let months: u64 = (1..self.month).map(|month| Self { month, ..self }.days_of_month()).sum();
        years + months + self.day - 1
    }
}

fn is_leap(year: u64) -> bool {
    (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400)
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<u64, DateFault>) {
        assert_eq!(Day::read(text).map(Day::end_unix_s), expected);
    }

    #[test]
    fn a_day_ends_when_the_next_begins() {
        assert_eq!(Day::read("1970-01-02").map(Day::begin_unix_s), Ok(86_400));
        check("1970-01-01", Ok(86_400));
        check("2027-01-31", Ok(1_801_440_000));
        check("2024-02-29", Ok(1_709_251_200));
        check("2000-12-31", Ok(978_307_200));
        check("9999-12-31", Ok(253_402_300_800));
    }

    #[test]
    fn days_that_do_not_exist_are_no_dates() {
        for text in ["2023-02-29", "2100-02-29", "2024-04-31", "2024-13-01", "2024-00-01"] {
            check(text, Err(DateFault::NoSuchDay));
        }
        check("1969-12-31", Err(DateFault::NoSuchDay));
        check("2024-01-00", Err(DateFault::NoSuchDay));
    }

    #[test]
    fn only_one_form_is_read() {
        for text in ["", "2024-1-1", "24-01-01", "2024-01-01T00:00", "01/02/2024", "+024-01-01"] {
            check(text, Err(DateFault::Form));
        }
    }
}
