//! Facts: what is kept of the values of a message in place of the values.
//!
//! Memory   24 bytes a fact, at most `FACTS_MAX` a side; a place that repeats (`$.items[*].id`) has
//!          one fact. The names of the places stand once in the [`Shape`], which messages share.

use crate::data_class::DataClass;
use crate::id::KeyedHash;
use crate::own_class::OwnSign;
use crate::place::Place;
use std::sync::Arc;

/// Facts that are kept of one side of an exchange; further ones are counted.
pub const FACTS_MAX: usize = 64;
/// Further values of lists that are kept of one side.
pub const LISTED_MAX: usize = 96;
/// Of one list.
pub const LISTED_EACH: u16 = 24;

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
            [first, ..] if first.is_ascii_hexdigit() && is_hex(text) => Self::Hex,
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
    if let Some(whole) = small_integer(text) {
        return Some(whole);
    }
    let is_short = (1..=NUMBER_BYTES_MAX).contains(&text.len());
    let text = Some(text).filter(|it| is_short && it.iter().all(plain))?;
    str::from_utf8(text).ok()?.parse().ok()
}

/// Most numbers are short integers: at most 15 digits, which a double holds exactly.
fn small_integer(text: &[u8]) -> Option<f64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if !(1..=15).contains(&digits.len()) {
        return None;
    }
    let mut whole = 0.0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        whole = whole * 10.0 + f64::from(digit);
    }
    Some(if digits.len() < text.len() { -whole } else { whole })
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
    if text.len() > 254 {
        return false;
    }
    let Some(at) = text.iter().position(|&b| b == b'@') else { return false };
    let plain = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>' | b'"' | b'(' | b')');
    let domain = text.get(at + 1..).unwrap_or_default();
    at > 0 && domain.contains(&b'.') && !domain.contains(&b'@') && text.iter().all(plain)
}

/// The notations of values in one place of a message: what a schema calls types.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forms(u8);

impl Forms {
    /// Nothing is known of them: records of earlier versions.
    pub const NONE: Self = Self(0);
    /// Without a type: in a path, query, cookie or form.
    pub const PLAIN: Self = Self(1);
    /// A string of JSON.
    pub const STRING: Self = Self(2);
    /// A number of JSON.
    pub const NUMBER: Self = Self(4);
    /// `true` or `false` of JSON.
    pub const BOOLEAN: Self = Self(8);
    /// `null` of JSON.
    pub const NULL: Self = Self(16);
    /// An empty list of JSON. One that is not empty shows in the places of its items.
    pub const LIST: Self = Self(32);
    /// An empty object of JSON.
    pub const OBJECT: Self = Self(64);

    /// Of a number, boolean, null, empty list or empty object of JSON.
    pub const fn of_scalar(text: &[u8]) -> Self {
        match text {
            [b'[', ..] => Self::LIST,
            [b'{', ..] => Self::OBJECT,
            [b't' | b'f', ..] => Self::BOOLEAN,
            [b'n', ..] => Self::NULL,
            _ => Self::NUMBER,
        }
    }

    /// The bits, for files.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From bits of a file; those of later versions are left out.
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 127)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are among them.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// What one value shows of its class: the class that name and value speak for most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The class.
    pub class: DataClass,
    /// What the value weighs, in bits: how rarely another one would pass as well.
    pub bits: u8,
}

/// What is kept of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Position of its place in the shape.
    pub field: u16,
    /// What it looks like.
    pub kind: Kind,
    /// In which notations values came here.
    pub forms: Forms,
    /// What the first value here shows of its class.
    pub sign: Option<Sign>,
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
    /// Those of `facts` whose values show a class of somebody's own, in their order; they have no sign then.
    pub own: Vec<OwnSign>,
    /// Of lists the values behind the first, where they may identify something: at most [`LISTED_MAX`].
    pub listed: Vec<Listed>,
}

/// A further value of a place that repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Position of its place in the shape.
    pub field: u16,
    /// The value, under the instance's key.
    pub value: KeyedHash,
}

impl Facts {
    /// The class of somebody's own that this fact shows.
    pub fn own_of(&self, fact: &Fact) -> Option<OwnSign> {
        self.own.iter().find(|it| it.field == fact.field).copied()
    }
}

const MANTISSA_BITS: u32 = 52;
const MANTISSA: u64 = (1 << MANTISSA_BITS) - 1;
const EXPONENT_OF_ONE: i16 = 1_023;
/// 2^(1/8) to 2^(7/8), as the bits of a double.
const STEPS: [u64; 7] = [
    0x3FF1_72B8_3C7D_517B,
    0x3FF3_06FE_0A31_B715,
    0x3FF4_BFDA_D536_2A27,
    0x3FF6_A09E_667F_3BCD,
    0x3FF8_ACE5_422A_A0DB,
    0x3FFA_E89F_995A_D3AD,
    0x3FFD_5818_DCFB_A487,
];

/// The magnitude of a number in eighths of an octave, with its sign: 0 for 0, ±1 below 2, and one more
/// for each factor of 2^(1/8). Neighbouring buckets differ by 9 %.
pub fn bucket(number: f64) -> i16 {
    if number == 0.0 || number.is_nan() {
        return 0;
    }
    let size = number.abs();
    let bits = size.to_bits();
    let octave = i16::try_from(bits >> MANTISSA_BITS).map_or(i16::MAX, |it| it - EXPONENT_OF_ONE);
    let within = STEPS.iter().filter(|step| bits & MANTISSA >= **step & MANTISSA).count();
    let bucket = if size < 1.0 { 1 } else { octave * 8 + i16::try_from(within).unwrap_or(0) + 1 };
    if number < 0.0 { -bucket } else { bucket }
}

/// About the greatest number whose [`bucket`] this is.
pub fn magnitude(bucket: i16) -> f64 {
    match bucket {
        0 => 0.0,
        it if it < 0 => -magnitude(it.saturating_neg()),
        it => (f64::from(it) / 8.0).exp2(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_tells_its_magnitude() {
        for number in [1.0, 7.0, 42.0, 9_999.0, 1e12, -42.0] {
            let about = magnitude(bucket(number));
            assert!((about / number - 1.0).abs() < 0.1, "{number} {about}");
        }
        assert_eq!(magnitude(0), 0.0);
    }

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
    fn the_steps_are_eighths_of_an_octave() {
        for (n, step) in STEPS.iter().enumerate() {
            let wanted = 2.0_f64.powf((n as f64 + 1.0) / 8.0);
            assert!((f64::from_bits(*step) - wanted).abs() < 1e-15, "{n}");
        }
        for number in [1.0, 1.09, 1.1, 3.0, 7.3, 1023.0, 1025.0, 1e15_f64, 1e300] {
            let eighths = (number.log2() * 8.0).floor();
            assert_eq!(f64::from(bucket(number)), eighths + 1.0, "{number}");
        }
        assert_eq!((bucket(f64::INFINITY), bucket(0.5), bucket(-1e-310)), (8_193, 1, -1));
    }

    #[test]
    fn a_number_is_what_it_says() {
        for text in ["0", "-0", "17", "-999999999999999", "1234567890123456", "1e3", "-1.5", "+4"] {
            assert_eq!(number(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for text in ["", "-", "1-", "0x1", "--1", "1_0"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
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
