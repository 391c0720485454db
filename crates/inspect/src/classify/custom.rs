//! Classes of one's own: a form of values and words in the names of fields, from plain data.
//!
//! Reads    `CustomClass`, which configuration gives.
//! Memory   a class as it was given.
//! Errors   [`Unusable`] for a class that could match nothing or nearly everything.
//! Misses   forms that are not a beginning, a length, an alphabet and a check.

use super::check_digits::{digits, luhn, mod_11_10, mod_97_fed, verhoeff};
use super::shape::{Shape, VALUE_BYTES_MAX};
use super::{PRIOR_BITS, confidence_percent};
use bartizan_model::fact::Sign;
use bartizan_model::own_class::OwnClass;

/// Classes of one's own.
pub const CLASSES_MAX: usize = 32;
/// Words of one class.
const WORDS_MAX: usize = 16;
/// Bytes of a name, a word or a prefix.
const TEXT_BYTES_MAX: usize = 64;
/// What a word in the field's name weighs: values that fit are told by it alone.
const WORD_BITS: i16 = 13;
/// What values weigh at most.
const VALUE_BITS_MAX: i16 = 30;
/// What a value costs that does not fit.
const MISS_BITS: i16 = 4;
/// From here on the form of a value says more than what is built in.
const STRICT_BITS: i16 = 12;

/// A class of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomClass {
    /// How it is called, and what harm its loss does.
    pub class: OwnClass,
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
        let is_plain = |it: &str| {
            (1..=TEXT_BYTES_MAX).contains(&it.len())
                && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        };
        let is_checked_in_vain = match self.check {
            Check::None => false,
            Check::Luhn | Check::Mod11And10 | Check::Verhoeff => self.alphabet != Alphabet::Digits,
            Check::Mod97 => !matches!(self.alphabet, Alphabet::Digits | Alphabet::Capitals),
        };
        if self.words.len() > WORDS_MAX || !self.words.iter().all(|it| is_plain(it)) {
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

/// The class that a value in a field of this name shows, if one fits, with what that weighs. Where a class that is
/// built in fits as well, one's own must be meant by the name, or have a strict form.
pub fn own_sign(
    classes: &[CustomClass],
    name: &[u8],
    value: &[u8],
    built_in: Option<Sign>,
) -> Option<(OwnClass, u8)> {
    let fitting = classes.iter().filter(|it| it.fits(value)).map(|it| {
        let word = if it.is_named(name) { WORD_BITS } else { 0 };
        (it.class, it.bits() + word)
    });
    let best = fitting.max_by_key(|it| it.1)?;
    let is_meant = built_in.is_none() || best.1 >= STRICT_BITS;
    is_meant.then_some((best.0, u8::try_from(best.1).unwrap_or(u8::MAX)))
}

/// The chance that a field holds a class of one's own, 0 to 99, of whose values `passed` fit and weigh so many bits.
pub fn own_confidence(passed: u16, looked_at: u16, bits: u16) -> u8 {
    let gained = i16::try_from(bits).unwrap_or(VALUE_BITS_MAX).min(VALUE_BITS_MAX);
    let missed = i16::try_from(looked_at.saturating_sub(passed).min(100)).unwrap_or(100);
    confidence_percent(PRIOR_BITS + gained - missed * MISS_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::data_class::{DataClass, Sensitivity};

    fn class() -> CustomClass {
        CustomClass {
            class: OwnClass::new("loyalty_number", Sensitivity::Personal).unwrap(),
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
        let sign = |name: &str, value: &str, built_in| {
            own_sign(std::slice::from_ref(&class), name.as_bytes(), value.as_bytes(), built_in)
                .map(|it| it.1)
        };
        let card = Some(Sign { class: DataClass::PaymentCard, bits: 3 });
        assert_eq!(sign("loyalty", "LC-79927398713", card), Some(29));
        assert_eq!(sign("field", "LC-79927398713", card), Some(16));
        assert_eq!(sign("loyalty", "LC-79927398714", None), None);
        let loose = CustomClass { prefix: String::new(), ..class.clone() };
        let of = |name: &str, built_in| {
            own_sign(std::slice::from_ref(&loose), name.as_bytes(), b"79927398713", built_in)
                .map(|it| it.1)
        };
        assert_eq!(
            (of("field", card), of("field", None), of("loyalty", card)),
            (None, Some(4), Some(17))
        );
        assert!(own_confidence(1, 1, 17) > 90 && own_confidence(1, 1, 4) < 10);
        assert!(own_confidence(1, 4, 16) < 50 && own_confidence(9, 9, 36) > 90);
    }

    #[test]
    fn a_class_that_matches_nothing_or_everything_is_refused() {
        let with = |change: fn(&mut CustomClass)| {
            let mut it = class();
            change(&mut it);
            it.checked().map(|_| ()).unwrap_err()
        };
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
