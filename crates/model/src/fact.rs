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

    #[test]
    fn a_bucket_keeps_sign_and_order() {
        let numbers = [-1e300, -100.0, -2.0, -1.0, 0.0, 1.0, 2.0, 99.0, 120.0, 1e9, f64::INFINITY];
        let buckets = numbers.map(bucket);
        assert!(buckets.is_sorted(), "{buckets:?}");
        assert_eq!((bucket(0.0), bucket(1.0), bucket(2.0), bucket(f64::NAN)), (0, 1, 9, 0));
        assert_eq!(bucket(-5.0), -bucket(5.0));
    }
}
