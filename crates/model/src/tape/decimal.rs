//! A number of a text, exact and of any size, without a copy of its digits.
//!
//! Memory   a borrow of the text.
//! Misses   powers of ten beyond `POWER_MAX` are all the same one: two such numbers with the same digits
//!          count as equal.
//! Source   RFC 8259, section 6; JSON Schema 2020-12, section 4.2.2 (numbers are equal by value).

use std::cmp::Ordering;

/// The largest power of ten that is told from larger ones, either way.
const POWER_MAX: i64 = 1 << 50;
/// Digits that surely fit into 64 bits.
const SMALL_DIGITS_MAX: usize = 18;

/// A number as it is written in JSON. Equal and ordered by value.
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'t> {
    text: &'t str,
    small: Option<Small>,
}

/// A number of few digits without an exponent: `mantissa` divided by ten to the power of `scale`.
#[derive(Clone, Copy, Debug)]
struct Small {
    mantissa: i64,
    scale: u32,
}

/// `head` and `tail` are its digits, without zeros at either end; they count ten to the power of `power`.
#[derive(Clone, Copy, Debug)]
struct Large<'t> {
    negative: bool,
    head: &'t str,
    tail: &'t str,
    power: i64,
}

impl<'t> Decimal<'t> {
    /// A number in the notation of JSON. Of any other text it is some number.
    pub fn of(text: &'t str) -> Self {
        Self { text, small: Small::of(text.as_bytes()) }
    }

    /// Whether it has no fraction.
    pub fn is_integer(&self) -> bool {
        match self.small {
            Some(it) => it.mantissa % ten_to(it.scale) == 0,
            None => self.large().power >= 0,
        }
    }

    /// Whether it is a whole number of times `divisor`, which is greater than zero. Nothing if the divisor
    /// has more than 18 digits, or a power of ten is beyond what is told apart.
    pub fn is_multiple_of(&self, divisor: &Self) -> Option<bool> {
        if let (Some(one), Some(other)) = (self.small, divisor.small)
            && other.mantissa != 0
        {
            let scale = one.scale.max(other.scale);
            return Some(one.scaled(scale) % other.scaled(scale) == 0);
        }
        self.large().is_multiple_of(divisor.large())
    }

    /// Its sign, digits and power of ten, the same for every spelling of a number.
    pub fn canonical(&self) -> (bool, impl Iterator<Item = u8> + use<'t>, i64) {
        let large = self.large();
        (large.negative, large.digits(), large.power)
    }

    fn large(&self) -> Large<'t> {
        Large::of(self.text)
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.small, other.small) {
            (Some(one), Some(other)) if one.scale == other.scale => {
                one.mantissa.cmp(&other.mantissa)
            }
            (Some(one), Some(other)) => {
                let scale = one.scale.max(other.scale);
                one.scaled(scale).cmp(&other.scaled(scale))
            }
            (None, _) | (_, None) => self.large().cmp(other.large()),
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal<'_> {}

impl Small {
    fn of(text: &[u8]) -> Option<Self> {
        let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |it| (true, it));
        if digits.len() > SMALL_DIGITS_MAX {
            return None;
        }
        let mut mantissa = 0_i64;
        let mut scale = None;
        for byte in digits {
            match byte {
                b'0'..=b'9' => {
                    mantissa = mantissa * 10 + i64::from(byte - b'0');
                    scale = scale.map(|it: u32| it + 1);
                }
                b'.' => scale = Some(0),
                _ => return None,
            }
        }
        let mantissa = if negative { -mantissa } else { mantissa };
        Some(Self { mantissa, scale: scale.unwrap_or(0) })
    }

    /// The mantissa for a scale that is not less than its own, and at most 18.
    fn scaled(self, scale: u32) -> i128 {
        i128::from(self.mantissa) * i128::from(ten_to(scale.saturating_sub(self.scale)))
    }
}

fn ten_to(power: u32) -> i64 {
    10_i64.saturating_pow(power)
}

impl<'t> Large<'t> {
    fn of(text: &'t str) -> Self {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |it| (true, it));
        let (mantissa, power) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut power = exponent(power);
        let mut tail = fraction.trim_end_matches('0');
        power = power.saturating_sub(length(tail));
        let mut head = whole.trim_start_matches('0');
        if tail.is_empty() {
            let kept = head.trim_end_matches('0');
            power = power.saturating_add(length(head) - length(kept));
            head = kept;
        }
        if head.is_empty() {
            tail = tail.trim_start_matches('0');
        }
        if head.is_empty() && tail.is_empty() {
            return Self { negative: false, head: "", tail: "", power: 0 };
        }
        Self { negative, head, tail, power }
    }

    fn digits(self) -> impl Iterator<Item = u8> + use<'t> {
        self.head.bytes().chain(self.tail.bytes())
    }

    fn is_zero(self) -> bool {
        self.head.is_empty() && self.tail.is_empty()
    }

    /// Digits before the point; zero or less if it begins behind the point.
    fn magnitude(self) -> i64 {
        self.power.saturating_add(length(self.head)).saturating_add(length(self.tail))
    }

    fn cmp(self, other: Self) -> Ordering {
        let sign = |it: Self| match (it.is_zero(), it.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let by_sign = sign(self).cmp(&sign(other));
        if by_sign.is_ne() || self.is_zero() {
            return by_sign;
        }
        // Without zeros at the ends, digits of the same magnitude compare as text does.
        let by_size = self.magnitude().cmp(&other.magnitude());
        let by_size = by_size.then_with(|| self.digits().cmp(other.digits()));
        if self.negative { by_size.reverse() } else { by_size }
    }

    fn is_multiple_of(self, divisor: Self) -> Option<bool> {
        if self.is_zero() {
            return Some(true);
        }
        if divisor.is_zero() || is_beyond(self.power) || is_beyond(divisor.power) {
            return None;
        }
        // With its zeros in `power`, digits that end in another one are no multiple of ten.
        let Ok(zeros) = u64::try_from(self.power - divisor.power) else { return Some(false) };
        if length(divisor.head) + length(divisor.tail) > length("123456789012345678") {
            return None;
        }
        let value = |it: u128, digit: u8| it * 10 + u128::from(digit.wrapping_sub(b'0'));
        let modulus = divisor.digits().fold(0, value);
        let mut left = 0_u128;
        let mut digits = self.digits().peekable();
        while digits.peek().is_some() {
            let (mut part, mut shift) = (0, 1);
            for digit in digits.by_ref().take(SMALL_DIGITS_MAX) {
                (part, shift) = (value(part, digit), shift * 10);
            }
            left = (left * shift + part) % modulus;
        }
        Some((left * power_of_ten(zeros, modulus)).is_multiple_of(modulus))
    }
}

/// Ten to the power of `power`, modulo what has at most 18 digits.
fn power_of_ten(mut power: u64, modulus: u128) -> u128 {
    let (mut result, mut base) = (1 % modulus, 10 % modulus);
    while power > 0 {
        if power & 1 == 1 {
            result = result * base % modulus;
        }
        base = base * base % modulus;
        power >>= 1;
    }
    result
}

fn is_beyond(power: i64) -> bool {
    power.unsigned_abs() >= POWER_MAX.unsigned_abs()
}

/// An exponent; beyond the largest one twice the largest.
fn exponent(text: &str) -> i64 {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(it) => (true, it),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let add = |it: i64, digit: u8| it * 10 + i64::from(digit.wrapping_sub(b'0'));
    let mut power = 0;
    for digit in digits.bytes() {
        power = add(power, digit);
        if power > POWER_MAX {
            power = 2 * POWER_MAX;
            break;
        }
    }
    if negative { -power } else { power }
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ordered_by_value_whatever_their_size() {
        let sorted = [
            "-1e400000000",
            "-18446744073709551617",
            "-18446744073709551616",
            "-20",
            "-2.5",
            "-0.0001",
            "0",
            "1e-400000000",
            "0.00000000000000000001",
            "1e-9",
            "0.1",
            "1",
            "1.000000000000000000000000001",
            "1.5",
            "2",
            "19",
            "1e9",
            "999999999999999999",
            "1000000000000000000",
            "18446744073709551616",
            "18446744073709551617",
            "1e400000000",
            "1e99999999999999999999999999",
        ];
        for (at, one) in sorted.iter().enumerate() {
            for (other_at, other) in sorted.iter().enumerate() {
                let order = Decimal::of(one).cmp(&Decimal::of(other));
                assert_eq!(order, at.cmp(&other_at), "{one} {other}");
            }
        }
    }

    #[test]
    fn spellings_of_one_number_are_equal() {
        for (one, other) in [
            ("1", "1.0"),
            ("1", "0.1e1"),
            ("100", "1e2"),
            ("-0", "0.0e5"),
            ("0.05", "5E-2"),
            ("123456789012345678901234567890", "12345678901234567890123456789e1"),
            ("0.000000000000000000000500", "5e-22"),
            ("1000000000000000000000", "1e+21"),
        ] {
            assert_eq!(Decimal::of(one), Decimal::of(other), "{one} {other}");
            let canonical = |it: &'static str| {
                let (negative, digits, power) = Decimal::of(it).canonical();
                (negative, digits.collect::<Vec<_>>(), power)
            };
            assert_eq!(canonical(one), canonical(other), "{one} {other}");
        }
    }

    #[test]
    fn a_whole_number_is_one_in_every_spelling() {
        for whole in
            ["0", "-0.0", "1.0", "12e5", "1.5e1", "100e-2", "1e400000000", "1.00000000000000000000"]
        {
            assert!(Decimal::of(whole).is_integer(), "{whole}");
        }
        for broken in ["0.1", "1e-1", "1.5e0", "-3.25", "1e-400000000", "1.00000000000000000001"] {
            assert!(!Decimal::of(broken).is_integer(), "{broken}");
        }
    }

    #[test]
    fn multiples_are_exact() {
        for (number, divisor, expected) in [
            ("19.99", "0.01", Some(true)),
            ("19.995", "0.01", Some(false)),
            ("0.0075", "0.0001", Some(true)),
            ("0.00751", "0.0001", Some(false)),
            ("1e308", "0.5", Some(true)),
            ("1e400000000", "3", Some(false)),
            ("3e400000000", "3", Some(true)),
            ("1e400000000", "7e399999999", Some(false)),
            ("12391239123", "1e-8", Some(true)),
            ("123456789123456789123456789", "3", Some(true)),
            ("123456789123456789123456788", "3", Some(false)),
            ("1e-9", "1e-8", Some(false)),
            ("0", "7", Some(true)),
            ("-21", "7", Some(true)),
            ("0e99999999999999999999", "7", Some(true)),
            ("1e99999999999999999999", "7", None),
            ("7", "1234567890123456789", None),
        ] {
            let multiple = Decimal::of(number).is_multiple_of(&Decimal::of(divisor));
            assert_eq!(multiple, expected, "{number} / {divisor}");
        }
    }
}
