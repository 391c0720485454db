//! Classes of one's own: a form of values and words in the names of fields, from plain data.
//!
//! Reads    `CustomClass`, which configuration gives.
//! Memory   a class as it was given; 12 bytes for each field that is followed.
//! Errors   [`Unusable`] for a class that could match nothing or nearly everything.
//! Misses   forms that are not a beginning, a length, an alphabet and a check.

use super::check_digits::{digits, luhn, mod_11_10, mod_97_fed, verhoeff};
use super::shape::{Shape, VALUE_BYTES_MAX};
use super::{PRIOR_BITS, confidence_percent};
use bartizan_model::data_class::Sensitivity;

/// Classes of one's own.
pub const CLASSES_MAX: usize = 32;
/// Words of one class.
const WORDS_MAX: usize = 16;
/// Bytes of a name, a word or a prefix.
const TEXT_BYTES_MAX: usize = 64;
/// What a word in the field's name weighs.
const WORD_BITS: i16 = 10;
/// What values weigh at most.
const VALUE_BITS_MAX: i16 = 30;

/// A class of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomClass {
    /// How it is called: small letters, digits and `_`.
    pub name: String,
    /// What harm its loss does.
    pub sensitivity: Sensitivity,
    /// Words in the names of its fields, in small letters, without separators.
    pub words: Vec<String>,
    /// How its values begin; may be empty.
    pub prefix: String,
    /// Characters of its values at least, the prefix included.
    pub length_min: usize,
    /// At most.
    pub length_max: usize,
    /// Characters behind the prefix.
    pub alphabet: Alphabet,
    /// What else holds for the part behind the prefix.
    pub check: Check,
}

/// Characters of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// Digits, with separators or not.
    Digits,
    /// Hexadecimal digits.
    Hex,
    /// Capital letters and digits.
    Capitals,
    /// Letters and digits.
    Alphanumeric,
    /// Letters, digits, `-` and `_`.
    Url,
    /// Anything that can be seen.
    Graphic,
}

/// What holds for the digits of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nothing else.
    None,
    /// Luhn.
    Luhn,
    /// ISO 7064 mod 97-10, with a remainder of one.
    Mod97,
    /// ISO 7064 mod 11-10.
    Mod11And10,
    /// Verhoeff.
    Verhoeff,
}

/// Why a class cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// The name is empty, too long, or has other characters than small letters, digits and `_`.
    Name,
    /// There are too many words, or one is empty, too long, or not in small letters and digits.
    Words,
    /// The prefix is too long.
    Prefix,
    /// No length is between the least and the most, or the most is more than is looked at.
    Length,
    /// Without words, values must be rare: a prefix of three characters at least, or a check.
    TooCommon,
    /// A check needs digits.
    CheckWithoutDigits,
}

impl CustomClass {
    /// Says whether it can be used.
    ///
    /// # Errors
    ///
    /// The first reason why not.
    pub fn checked(self) -> Result<Self, Unusable> {
        let is_plain = |it: &str, also: u8| {
            (1..=TEXT_BYTES_MAX).contains(&it.len())
                && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == also)
        };
        let is_checked_in_vain = match self.check {
            Check::None => false,
            Check::Luhn | Check::Mod11And10 | Check::Verhoeff => self.alphabet != Alphabet::Digits,
            Check::Mod97 => !matches!(self.alphabet, Alphabet::Digits | Alphabet::Capitals),
        };
        if !is_plain(&self.name, b'_') {
            Err(Unusable::Name)
        } else if self.words.len() > WORDS_MAX || !self.words.iter().all(|it| is_plain(it, b'0')) {
            Err(Unusable::Words)
        } else if self.prefix.len() > TEXT_BYTES_MAX {
            Err(Unusable::Prefix)
        } else if self.length_min > self.length_max
            || self.length_max <= self.prefix.len()
            || self.length_max > VALUE_BYTES_MAX
        {
            Err(Unusable::Length)
        } else if is_checked_in_vain {
            Err(Unusable::CheckWithoutDigits)
        } else if self.words.is_empty() && self.prefix.len() < 3 && self.check == Check::None {
            Err(Unusable::TooCommon)
        } else {
            Ok(self)
        }
    }

    /// Whether a value has the form of the class.
    pub fn fits(&self, value: &[u8]) -> bool {
        let shape = Shape::of(value);
        (self.length_min..=self.length_max).contains(&shape.len())
            && shape.bytes.strip_prefix(self.prefix.as_bytes()).is_some_and(|rest| {
                rest.iter().all(|it| self.alphabet.has(*it)) && self.check.holds(rest)
            })
    }

    /// Whether the name of a field has one of its words, written in whatever way.
    pub fn is_named(&self, field: &[u8]) -> bool {
        let mut folded = [0; 96];
        let mut count = 0;
        let plain = field.iter().rev().filter(|it| it.is_ascii_alphanumeric()).take(folded.len());
        for (slot, byte) in folded.iter_mut().rev().zip(plain) {
            *slot = byte.to_ascii_lowercase();
            count += 1;
        }
        let folded = folded.get(folded.len() - count..).unwrap_or_default();
        self.words.iter().any(|it| memchr::memmem::find(folded, it.as_bytes()).is_some())
    }

    /// What a value weighs that fits.
    fn bits(&self) -> i16 {
        let prefix = i16::try_from(self.prefix.len() * 4).unwrap_or(VALUE_BITS_MAX);
        let check = match self.check {
            Check::None => 0,
            Check::Luhn | Check::Mod11And10 | Check::Verhoeff => 3,
            Check::Mod97 => 6,
        };
        (prefix + check + 1).min(VALUE_BITS_MAX)
    }
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Digits => byte.is_ascii_digit() || matches!(byte, b'-' | b' ' | b'.' | b'/'),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Capitals => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Graphic => byte.is_ascii_graphic(),
        }
    }
}

impl Check {
    fn holds(self, text: &[u8]) -> bool {
        let of = |rule: fn(&[u8]) -> bool| digits::<64>(text).is_some_and(|it| rule(it.as_slice()));
        match self {
            Self::None => true,
            Self::Luhn => of(luhn),
            Self::Mod97 => text.iter().copied().fold(0, mod_97_fed) == 1,
            Self::Mod11And10 => of(mod_11_10),
            Self::Verhoeff => of(verhoeff),
        }
    }
}

/// What was met of one class in one field. Values are not told from each other: whoever observes gives distinct ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct CustomEvidence {
    values: u32,
    passed: u32,
}

impl CustomEvidence {
    /// Takes one value of the field.
    pub fn observe(&mut self, class: &CustomClass, value: &[u8]) {
        if !Shape::of(value).is_nothing() {
            self.values = self.values.saturating_add(1);
            self.passed = self.passed.saturating_add(u32::from(class.fits(value)));
        }
    }

    /// The chance that the field holds the class, 0 to 99.
    pub fn confidence_percent(&self, class: &CustomClass, field: &[u8]) -> u8 {
        if self.passed == 0 {
            return 0;
        }
        let name = if class.is_named(field) { WORD_BITS + 3 } else { 0 };
        let of = |count: u32| i16::try_from(count.min(100)).unwrap_or(0);
        let gained = of(self.passed).saturating_mul(class.bits()).min(VALUE_BITS_MAX);
        let missed = of(self.values - self.passed).saturating_mul(4);
        confidence_percent(PRIOR_BITS + name + gained - missed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class() -> CustomClass {
        CustomClass {
            name: "loyalty_number".to_owned(),
            sensitivity: Sensitivity::Personal,
            words: vec!["loyalty".to_owned()],
            prefix: "LC-".to_owned(),
            length_min: 8,
            length_max: 16,
            alphabet: Alphabet::Digits,
            check: Check::Luhn,
        }
    }

    #[test]
    fn a_class_is_known_by_its_form_and_its_words() {
        let class = class().checked().unwrap();
        assert!(class.fits(b"LC-79927398713") && !class.fits(b"LC-79927398714"));
        assert!(!class.fits(b"79927398713") && !class.fits(&b"LC-7".repeat(1 << 18)));
        assert!(class.is_named(b"$.customer.loyaltyNumber") && !class.is_named(b"order"));
        let mut field = CustomEvidence::default();
        field.observe(&class, b"LC-79927398713");
        assert!(field.confidence_percent(&class, b"loyalty") > 90);
        field.observe(&class, b"none of it");
        field.observe(&class, b"nor this");
        field.observe(&class, b"nor that");
        assert!(field.confidence_percent(&class, b"field") < 50);
        assert_eq!(CustomEvidence::default().confidence_percent(&class, b"loyalty"), 0);
    }

    #[test]
    fn a_class_that_matches_nothing_or_everything_is_refused() {
        let with = |change: fn(&mut CustomClass)| {
            let mut it = class();
            change(&mut it);
            it.checked().map(|_| ()).unwrap_err()
        };
        assert_eq!(with(|it| it.name = "No".to_owned()), Unusable::Name);
        assert_eq!(with(|it| it.words.push(String::new())), Unusable::Words);
        assert_eq!(with(|it| it.prefix = "x".repeat(65)), Unusable::Prefix);
        assert_eq!(with(|it| it.length_min = 17), Unusable::Length);
        assert_eq!(with(|it| it.alphabet = Alphabet::Hex), Unusable::CheckWithoutDigits);
        let common = with(|it| {
            it.words.clear();
            it.prefix.clear();
            it.check = Check::None;
        });
        assert_eq!(common, Unusable::TooCommon);
    }
}
