//! Facts: what is kept of the values of a message in place of the values.
//!
//! Memory   24 bytes a fact, at most [`FACTS_MAX`] a side; a place that repeats (`$.items[*].id`) has
//!          one fact. The names of the places stand once in the [`Shape`], which messages share.

use crate::id::KeyedHash;
use crate::place::Place;
use std::sync::Arc;

/// Facts that are kept of one side of an exchange; further ones are counted.
pub const FACTS_MAX: usize = 64;

/// What a value looks like, whatever it was declared to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Nothing at all.
    Empty,
    /// `true` or `false`.
    Boolean,
    /// An optional sign and decimal digits.
    Integer,
    /// A number with a fraction or an exponent.
    Decimal,
    /// A UUID in its usual form.
    Uuid,
    /// At least eight hexadecimal digits, one of them a letter.
    Hex,
    /// A calendar day, with or without a time.
    Date,
    /// An e-mail address.
    Email,
    /// Anything else.
    Text,
}

impl Kind {
    /// All, in the order of their numbers in files.
    pub const ALL: &'static [Self] = &[
        Self::Empty,
        Self::Boolean,
        Self::Integer,
        Self::Decimal,
        Self::Uuid,
        Self::Hex,
        Self::Date,
        Self::Email,
        Self::Text,
    ];

    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Uuid => "uuid",
            Self::Hex => "hex",
            Self::Date => "date",
            Self::Email => "email",
            Self::Text => "text",
        }
    }
}

impl Kind {
    /// What `text` looks like.
    pub fn of(text: &[u8]) -> Self {
        match text {
            [] => Self::Empty,
            b"true" | b"false" => Self::Boolean,
            [first, ..] if first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.') => {
                of_digits(text)
            }
            _ if is_uuid(text) => Self::Uuid,
            _ if is_hex(text) => Self::Hex,
            _ if is_email(text) => Self::Email,
            _ => Self::Text,
        }
    }
}

/// Of a text that begins as numbers do.
fn of_digits(text: &[u8]) -> Kind {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        Kind::Integer
    } else if is_date(text) {
        Kind::Date
    } else if is_uuid(text) {
        Kind::Uuid
    } else if number(text).is_some() {
        Kind::Decimal
    } else if is_hex(text) {
        Kind::Hex
    } else if is_email(text) {
        Kind::Email
    } else {
        Kind::Text
    }
}

/// The number that `text` is. Neither `inf` nor `nan` are.
pub fn number(text: &[u8]) -> Option<f64> {
    let plain = |b: &u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
    let is_short = (1..=NUMBER_BYTES_MAX).contains(&text.len());
    let text = Some(text).filter(|it| is_short && it.iter().all(plain))?;
    str::from_utf8(text).ok()?.parse().ok()
}

/// Longer ones are identifiers.
const NUMBER_BYTES_MAX: usize = 40;

fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_hex(text: &[u8]) -> bool {
    (8..=128).contains(&text.len())
        && text.iter().all(u8::is_ascii_hexdigit)
        && text.iter().any(u8::is_ascii_alphabetic)
        && text.iter().any(u8::is_ascii_digit)
}

fn is_date(text: &[u8]) -> bool {
    let day = text.get(..10).unwrap_or_default();
    let is_day = day.iter().enumerate().all(|(at, b)| match at {
        4 | 7 => *b == b'-',
        _ => b.is_ascii_digit(),
    });
    is_day
        && text.len() <= 40
        && (text.len() == 10 || matches!(text.get(10), Some(b'T' | b' ')))
        && text.len() >= 10
}

fn is_email(text: &[u8]) -> bool {
    let at = text.iter().position(|&b| b == b'@');
    let plain = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'(' | b')');
    text.len() <= 254
        && text.iter().all(plain)
        && at.is_some_and(|at| {
            let domain = text.get(at + 1..).unwrap_or_default();
            at > 0 && domain.contains(&b'.') && !domain.contains(&b'@')
        })
}

/// What is kept of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Position of its place in the shape.
    pub field: u16,
    /// What it looks like.
    pub kind: Kind,
    /// Values in this place.
    pub times: u16,
    /// The magnitude of a number, see [`bucket`]; 0 for everything else.
    pub bucket: i16,
    /// The highest score that a detector gave to a value here, in thousandths.
    pub score: u16,
    /// Length of the longest value here, in bytes.
    pub bytes: u32,
    /// The first value here, under the instance's key.
    pub value: KeyedHash,
}

/// The places of a message, in the order in which they were met first. Messages with the same places
/// share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Which one: a hash of `places`, the same on every machine.
    pub id: ShapeId,
    /// At most [`FACTS_MAX`].
    pub places: Vec<Place>,
}

/// Identifies a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShapeId(pub u64);

/// What was met on one side of an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The places.
    pub shape: Arc<Shape>,
    /// What is kept of them; empty where only the shape is.
    pub facts: Vec<Fact>,
    /// Values in further places.
    pub more: u16,
}

/// The magnitude of a number in eighths of an octave, with its sign: 0 for 0, ±1 below 2, and one more
/// for each factor of 2^(1/8). Neighbouring buckets differ by 9 %.
pub fn bucket(number: f64) -> i16 {
    if number == 0.0 || number.is_nan() {
        return 0;
    }
    let eighths = (number.abs().log2() * 8.0).floor().clamp(0.0, 8_192.0);
    #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of the type")]
    let bucket = eighths as i16 + 1;
    if number < 0.0 { -bucket } else { bucket }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_small() {
        assert!(size_of::<Fact>() <= 24);
    }

    #[track_caller]
    fn check(kind: Kind, texts: &[&str]) {
        for text in texts {
            assert_eq!(Kind::of(text.as_bytes()), kind, "{text}");
        }
    }

    #[test]
    fn a_value_is_what_it_looks_like() {
        check(Kind::Empty, &[""]);
        check(Kind::Boolean, &["true", "false"]);
        check(Kind::Integer, &["0", "-17", "+5", "00049", "18446744073709551616"]);
        check(Kind::Decimal, &["1.5", "-0.1", "1e9", ".5", "2E-3"]);
        check(Kind::Uuid, &["01a2007c-5611-7cc8-959e-a13d309dcfa3"]);
        check(Kind::Hex, &["deadbeef01", "0a089993e44d1ce2", "5f0c1b9e8a7d4c3b2a190817"]);
        check(Kind::Date, &["2026-11-22", "2026-11-22T05:00:00Z"]);
        check(Kind::Email, &["a@example.com", "1@b.c"]);
        check(
            Kind::Text,
            &[
                "alice", "TRUE", "inf", "nan", "-", "1-2", "a@b", "@b.c", "1 2", "deadbeef",
                "2026-1-2",
            ],
        );
    }

    #[test]
    fn a_bucket_keeps_sign_and_order() {
        let numbers = [-1e300, -100.0, -2.0, -1.0, 0.0, 1.0, 2.0, 99.0, 120.0, 1e9, f64::INFINITY];
        let buckets = numbers.map(bucket);
        assert!(buckets.is_sorted(), "{buckets:?}");
        assert_eq!((bucket(0.0), bucket(1.0), bucket(2.0), bucket(f64::NAN)), (0, 1, 9, 0));
        assert_eq!(bucket(-5.0), -bucket(5.0));
    }
}
