//! The number of a segment, and the name of its file.

use std::fmt;

/// One segment of a journal. A higher number is later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment(u64);

/// Twelve digits: no name grows beyond what [`Segment::of_file`] reads back.
const NUMBER_MAX: u64 = 999_999_999_999;

impl Segment {
    /// The first segment of a new journal.
    pub const FIRST: Self = Self(1);

    /// The one after this; `None` if the numbers are used up.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).filter(|&it| it <= NUMBER_MAX).map(Self)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The segment whose file has this name.
    pub fn of_file(name: &str) -> Option<Self> {
        let digits = name.strip_suffix(".journal")?;
        let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
        // Only the one spelling that we write, so that no two files are the same segment.
        let segment = Self(number);
        (number <= NUMBER_MAX && segment.to_string() == name).then_some(segment)
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}.journal", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_reads_the_name_that_it_writes_and_no_other() {
        for segment in [Segment::FIRST, Segment(99_999_999), Segment(100_000_000)] {
            assert_eq!(Segment::of_file(&segment.to_string()), Some(segment));
        }
        for wrong in [
            "1.journal",
            "000000001.journal",
            "+0000001.journal",
            "00000001",
            ".journal",
            "00000001.journal~",
            "18446744073709551615.journal",
        ] {
            assert_eq!(Segment::of_file(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_end_where_names_would_no_longer_be_read() {
        assert_eq!(Segment::FIRST.next(), Some(Segment(2)));
        let last = Segment(NUMBER_MAX);
        assert_eq!(Segment::of_file(&last.to_string()), Some(last));
        assert_eq!(last.next(), None);
    }
}
