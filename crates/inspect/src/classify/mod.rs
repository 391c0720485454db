//! Classification: which data a field holds, by its name and its values.
//!
//! Reads    names of fields, and values one by one. Evidence is counted in bits: each bit doubles the odds. A field
//!          begins with [`PRIOR_BITS`]; its name adds or takes some, each distinct value adds what its rule makes unlikely to pass
//!          by chance, or costs something if it does not fit.
//! Writes   [`Classified`]: a class, a confidence, and what they rest on.
//! Memory   [`FieldEvidence`], 128 bytes a field. No value is kept.
//! Errors   none: any bytes are a value.
//! Misses   what neither name nor form shows; see the files for each kind. Names and towns are told by the field's name.
//! Source   docs/classification.md: how well each class is told, on data that was not used to write this.

pub(crate) mod check_digits;
pub(crate) mod contact;
mod custom;
mod dates;
mod device;
mod documents;
mod field;
mod health;
mod location;
mod measured;
mod names;
mod national_ids;
pub(crate) mod payment;
mod person;
mod rules;
pub(crate) mod secrets;
mod shape;
mod signs;
mod text;
mod vendors;
mod words;

pub use bartizan_model::class_counts::DISTINCT_MAX;
pub use custom::{Alphabet, CLASSES_MAX, Check, CustomClass, Unusable, own_confidence, own_sign};
pub use field::{FieldEvidence, classified, sign};
pub use measured::{MASK_FIELDS_MIN, MASK_PRECISION_MIN, Measured, may_mask, measured};
pub use names::NameEvidence;
pub use shape::VALUE_BYTES_MAX;

use bartizan_model::data_class::DataClass;
use bartizan_model::fact::Sign;
use shape::{Shape, has};
use signs::Signs;

/// What a field begins with: one of about a thousand holds any given class.
pub const PRIOR_BITS: i16 = -10;
/// Bits in all from which a class is told: a confidence of 89 %.
pub const TOLD_BITS: i16 = 3;
/// The same as a chance, in percent.
pub const TOLD_PERCENT: u8 = confidence_percent(TOLD_BITS);

/// What a field or a value is, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Classified {
    /// What it is.
    pub class: DataClass,
    /// The chance that it is, 0 to 99.
    pub confidence_percent: u8,
    /// What this rests on.
    pub because: Because,
}

impl Classified {
    fn of(class: DataClass, because: Because) -> Self {
        Self { class, confidence_percent: confidence_percent(because.bits()), because }
    }

    fn bits(&self) -> i16 {
        self.because.bits()
    }

    fn is_told(&self) -> bool {
        self.bits() >= TOLD_BITS
    }
}

/// What a class rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Because {
    /// Bits of the field's name; negative where it speaks against the class.
    pub name_bits: i16,
    /// Bits of the values.
    pub value_bits: i16,
    /// Distinct values that were looked at.
    pub values: u16,
    /// Those that fit.
    pub passed: u16,
}

impl Because {
    /// The share of values that fit, 0 to 100.
    pub fn share_percent(&self) -> u8 {
        let share = u32::from(self.passed) * 100 / u32::from(self.values.max(1));
        u8::try_from(share.min(100)).unwrap_or(100)
    }

    fn bits(&self) -> i16 {
        PRIOR_BITS + self.name_bits + self.value_bits
    }
}

/// What one value in a field of this name is, if both tell. Secrets with a form of their own need no name.
pub fn classify_value(name: &[u8], value: &[u8]) -> Option<Classified> {
    classify_named(&NameEvidence::of(name), value)
}

/// The same for a name that was read before.
pub fn classify_named(name: &NameEvidence, value: &[u8]) -> Option<Classified> {
    let shape = Shape::of(value);
    if shape.is_nothing() {
        return None;
    }
    let signs = field::signs(name, &shape);
    field::best(signs.iter().map(|(class, bits)| field::judged(name, class, 1, 1, u16::from(bits))))
}

/// The same for what was kept of the value.
pub fn classify_sign(name: &NameEvidence, sign: Sign) -> Option<Classified> {
    field::best(std::iter::once(field::judged(name, sign.class, 1, 1, u16::from(sign.bits))))
}

/// The vendor of a key or token: by its form, or by its form and a field's name that has the vendor's.
pub fn vendor(name: &[u8], value: &[u8]) -> Option<&'static str> {
    let shape = Shape::of(value);
    if let Some(vendor) = vendors::vendor(&shape) {
        return Some(vendor.vendor);
    }
    let mut folded = [0; 96];
    let plain = name.iter().filter(|it| it.is_ascii_alphanumeric());
    for (slot, byte) in folded.iter_mut().zip(plain) {
        *slot = byte.to_ascii_lowercase();
    }
    vendors::named_vendor(&folded, &shape)
}

/// Notes what a value shows by itself, strict rules first.
fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    let is_word = !shape.any(has::DIGIT | has::AT | has::COLON | has::OTHER) && shape.len() < 24;
    if shape.len() < 5 || is_word && !shape.only(has::UPPER) {
        return;
    }
    let plain = has::UPPER | has::DIGIT | has::DASH | has::DOT | has::SPACE | has::BRACKET;
    let is_number_like = shape.digits >= 4
        || shape.any(has::AT | has::COLON)
        || shape.digits > 0 && shape.only(plain) && shape.len() <= 24;
    if !shape.any(has::SPACE) || shape.first() == b'-' {
        secrets::recognise(shape, signs);
        documents::recognise(shape, signs);
    }
    if shape.len() <= 254 && (is_number_like || shape.any(has::SPACE)) {
        contact::recognise(shape, signs);
    }
    if shape.len() <= 90 && is_number_like {
        payment::recognise(shape, signs);
        national_ids::recognise(shape, signs);
        health::recognise(shape, signs);
        location::recognise(shape, signs);
    } else if shape.len() <= 11 && shape.only(has::UPPER | has::DIGIT) {
        payment::recognise(shape, signs);
    }
    device::recognise(shape, signs);
    text::recognise(shape, signs);
}

/// The chance that goes with bits, in percent, of which 0 are even odds.
const fn confidence_percent(bits: i16) -> u8 {
    match bits {
        7.. => 99,
        6 => 98,
        5 => 97,
        4 => 94,
        3 => 89,
        2 => 80,
        1 => 67,
        0 => 50,
        -1 => 33,
        -2 => 20,
        -3 => 11,
        -4 => 6,
        -5 => 3,
        -6 => 2,
        -7 => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, expected: Option<DataClass>) {
        let found = classify_value(name.as_bytes(), value.as_bytes());
        assert_eq!(found.map(|it| it.class), expected, "{name} {value} {found:?}");
    }

    #[test]
    fn secrets_with_a_form_need_no_name() {
        check("x", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln", Some(DataClass::Jwt));
        check("x", "-----BEGIN PRIVATE KEY-----\nMIIB", Some(DataClass::PrivateKey));
        check("x", &format!("AKIA{}", "Q".repeat(16)), Some(DataClass::ApiKey));
        check("x", "postgres://app:hunter2@db/shop", Some(DataClass::ConnectionString));
        check("x", "ann@example.com", Some(DataClass::Email));
        check("x", "DE89 3704 0044 0532 0130 00", Some(DataClass::Iban));
    }

    #[test]
    fn weak_forms_need_a_name_that_agrees() {
        check("card_number", "4111111111111111", Some(DataClass::PaymentCard));
        check("x", "4111111111111111", None);
        check("order_id", "4111111111111111", None);
        check("ssn", "536-90-4399", Some(DataClass::UsSsn));
        check("password", "hunter2", Some(DataClass::Password));
        check("vorname", "Zork", Some(DataClass::FirstName));
        check("lat", "48.13743", Some(DataClass::GeoCoordinate));
        check("x", "48.13743", None);
    }

    #[test]
    fn ordinary_values_are_nothing() {
        for (name, value) in [
            ("id", "5f0c1b9e8a7d4c3b2a190817"),
            ("sha", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("created_at", "2026-11-22T05:00:00Z"),
            ("version", "10.0.200.1"),
            ("uuid", "01a2007c-5611-7cc8-959e-a13d309dcfa3"),
            ("price", "1234.56"),
            ("timestamp", "1763787600000"),
            ("title", "The quick brown fox jumps over it"),
            ("url", "https://example.com/a/b?c=d"),
            ("state", "open"),
        ] {
            check(name, value, None);
        }
    }

    #[test]
    fn a_vendor_is_told_by_form_or_name() {
        assert_eq!(vendor(b"x", format!("AKIA{}", "Q".repeat(16)).as_bytes()), Some("AWS"));
        assert_eq!(vendor(b"DATADOG_API_KEY", "0f".repeat(16).as_bytes()), Some("Datadog"));
        assert_eq!(vendor(b"x", "0f".repeat(16).as_bytes()), None);
    }

    #[test]
    fn confidence_rises_with_bits() {
        let all: Vec<u8> = (-20..20).map(confidence_percent).collect();
        assert!(all.is_sorted() && confidence_percent(0) == 50);
    }
}
