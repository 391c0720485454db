//! A decimal number as JSON writes it: exact, of any size within bounds, equal by value.
//!
//! Memory   the significant digits.
//! Errors   `None` for what is no JSON number, or exceeds the bounds.
//! Source   RFC 8259, section 6; JSON Schema 2020-12, section 4.2.2 (numbers are equal by value, so
//!          `1.0` is an integer).

use std::cmp::Ordering;
use std::fmt;

/// Bytes of a number's text that are read.
pub const NUMBER_BYTES_MAX: usize = 1_024;
/// Largest power of ten, either way.
pub const EXPONENT_MAX: i32 = 100_000;
/// Digits that are written out before the scientific form is taken.
const PLAIN_DIGITS_MAX: i64 = 40;

/// A decimal number: `digits` times ten to the power of `exponent`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    negative: bool,
    /// Without zeros at either end; empty means zero.
    digits: String,
    exponent: i32,
}

impl Number {
    /// Reads the notation of JSON. `None` for any other text, for more than [`NUMBER_BYTES_MAX`] bytes and
    /// beyond [`EXPONENT_MAX`].
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > NUMBER_BYTES_MAX {
            return None;
        }
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |it| (true, it));
        let (mantissa, power) = match rest.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, exponent(power)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let fraction_digits = i32::try_from(fraction.len()).ok()?;
        Self::normal(negative, &format!("{whole}{fraction}"), power.checked_sub(fraction_digits)?)
    }

    fn normal(negative: bool, digits: &str, exponent: i32) -> Option<Self> {
        let kept = digits.trim_end_matches('0');
        let zeros = i32::try_from(digits.len() - kept.len()).ok()?;
        let kept = kept.trim_start_matches('0');
        if kept.is_empty() {
            return Some(Self { negative: false, digits: String::new(), exponent: 0 });
        }
        let exponent = exponent.checked_add(zeros)?;
        let fits = (-EXPONENT_MAX..=EXPONENT_MAX).contains(&exponent);
        fits.then(|| Self { negative, digits: kept.to_owned(), exponent })
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The whole number that it is, if it is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        if !self.is_integer() || self.magnitude() > 19 {
            return None;
        }
        self.to_string().parse().ok()
    }

    /// The whole number from zero that it is, if it is one and fits.
    pub fn as_u64(&self) -> Option<u64> {
        if !self.is_integer() || self.magnitude() > 20 {
            return None;
        }
        self.to_string().parse().ok()
    }

    /// The nearest binary number; infinite if it is too large.
    pub fn as_f64(&self) -> f64 {
        // Everything that is displayed is understood.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Digits before the point; zero or less if it begins behind the point.
    fn magnitude(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX).saturating_add(self.exponent.into())
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // Without zeros at the ends, digits of the same magnitude compare as text does.
            (false, false) => {
                let by_size = self.magnitude().cmp(&other.magnitude());
                by_size.then_with(|| self.digits.cmp(&other.digits))
            }
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

fn exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    is_digits(digits).then(|| text.parse().ok()).flatten()
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Default for Number {
    fn default() -> Self {
        Self::from(0_u64)
    }
}

impl From<u64> for Number {
    fn from(it: u64) -> Self {
        // Twenty digits are within every bound.
        Self::normal(false, &it.to_string(), 0).unwrap_or(Self {
            negative: false,
            digits: String::new(),
            exponent: 0,
        })
    }
}

impl From<i64> for Number {
    fn from(it: i64) -> Self {
        Self { negative: it < 0, ..Self::from(it.unsigned_abs()) }
    }
}

impl fmt::Display for Number {
    /// The notation of JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let (first, rest) = match self.digits.split_at_checked(1) {
            None => return f.write_str("0"),
            Some(it) => it,
        };
        let magnitude = self.magnitude();
        let length = self.digits.len();
        if self.exponent >= 0 && magnitude <= PLAIN_DIGITS_MAX {
            let zeros = usize::try_from(self.exponent).unwrap_or_default();
            return write!(f, "{}{:0<zeros$}", self.digits, "");
        }
        let before = usize::try_from(magnitude).ok().filter(|it| (1..length).contains(it));
        if let Some((whole, fraction)) = before.and_then(|it| self.digits.split_at_checked(it)) {
            return write!(f, "{whole}.{fraction}");
        }
        if (-10..=0).contains(&magnitude) {
            let zeros = usize::try_from(-magnitude).unwrap_or_default();
            return write!(f, "0.{:0<zeros$}{}", "", self.digits);
        }
        let power = magnitude - 1;
        if rest.is_empty() {
            return write!(f, "{first}e{power}");
        }
        write!(f, "{first}.{rest}e{power}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str) {
        let number = Number::parse(text).unwrap_or_else(|| panic!("{text} is not read"));
        assert_eq!(number.to_string(), shown, "{text}");
        assert_eq!(Number::parse(shown), Some(number), "{shown}");
    }

    #[test]
    fn a_number_has_one_form() {
        for (text, shown) in [
            ("0", "0"),
            ("-0.000e9", "0"),
            ("10", "10"),
            ("1e1", "10"),
            ("1.50", "1.5"),
            ("-0.05", "-0.05"),
            ("123.456e1", "1234.56"),
            ("1e400", "1e400"),
            ("-1.25E-40", "-1.25e-40"),
            ("18446744073709551616", "18446744073709551616"),
        ] {
            check(text, shown);
        }
    }

    #[test]
    fn what_is_no_json_number_is_not_read() {
        for text in
            ["", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "1_0", "NaN", " 1", "1e1.5"]
        {
            assert_eq!(Number::parse(text), None, "{text}");
        }
        assert!(Number::parse("1e100000").is_some());
        assert_eq!(Number::parse("1e100001"), None);
        assert_eq!(Number::parse("1e99999999999"), None);
        assert!(Number::parse(&"9".repeat(NUMBER_BYTES_MAX)).is_some());
        assert_eq!(Number::parse(&"9".repeat(NUMBER_BYTES_MAX + 1)), None);
    }

    #[test]
    fn numbers_compare_by_value() {
        let sorted = ["-1e9", "-20", "-2.5", "0", "1e-9", "0.1", "1", "1.5", "2", "19", "1e9"];
        let sorted = sorted.map(|it| Number::parse(it).unwrap());
        assert!(sorted.is_sorted());
        assert_eq!(Number::parse("1.0"), Number::parse("1"));
    }

    #[test]
    fn whole_numbers_convert_at_both_ends() {
        assert_eq!(Number::from(u64::MAX).as_u64(), Some(u64::MAX));
        assert_eq!(Number::from(u64::MAX).as_i64(), None);
        assert_eq!(Number::from(i64::MIN).as_i64(), Some(i64::MIN));
        assert_eq!(Number::parse("1.5").unwrap().as_i64(), None);
        assert_eq!(Number::parse("-1").unwrap().as_u64(), None);
        assert!((Number::parse("-2.5").unwrap().as_f64() + 2.5).abs() < 1e-9);
        assert!(Number::parse("1e1000").unwrap().as_f64().is_infinite());
    }
}
