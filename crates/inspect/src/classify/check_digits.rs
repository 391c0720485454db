//! Check digits: what tells an identifier from any other number of its length.
//!
//! Reads    digits, as numbers 0 to 9.
//! Misses   nothing: each is the whole rule. How many random numbers pass is said with each.
//! Source   ISO/IEC 7812-1 annex B (Luhn), ISO/IEC 7064 (mod 97-10, mod 11-10, mod 11-2), Verhoeff 1969.

/// The digits of a text that holds nothing but digits and the separators `-`, `.`, `/` and space; `None` for
/// any other text, and for more digits than there is room for.
pub(crate) fn digits<const MAX: usize>(text: &[u8]) -> Option<Few<MAX>> {
    let mut it = Few { all: [0; MAX], count: 0 };
    for byte in text {
        match byte {
            b'0'..=b'9' => *it.all.get_mut(it.count)? = byte - b'0',
            b'-' | b'.' | b'/' | b' ' => continue,
            _ => return None,
        }
        it.count += 1;
    }
    Some(it)
}

/// The letters, as capitals, and digits of a text that holds nothing else but the separators `-`, `.`, `/`, space
/// and brackets; `None` for any other text, and for more than there is room for.
pub(crate) fn alphanumerics<const MAX: usize>(text: &[u8]) -> Option<Few<MAX>> {
    let mut it = Few { all: [0; MAX], count: 0 };
    for byte in text {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                *it.all.get_mut(it.count)? = byte.to_ascii_uppercase();
            }
            b'-' | b'.' | b'/' | b' ' | b'(' | b')' => continue,
            _ => return None,
        }
        it.count += 1;
    }
    Some(it)
}

/// A few bytes, without allocation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Few<const MAX: usize> {
    all: [u8; MAX],
    count: usize,
}

impl<const MAX: usize> Few<MAX> {
    pub(crate) fn as_slice(&self) -> &[u8] {
        self.all.get(..self.count).unwrap_or_default()
    }
}

/// The number that these digits write; at most eighteen of them.
pub(crate) fn number(digits: &[u8]) -> u64 {
    digits.iter().take(18).fold(0, |sum, digit| sum * 10 + u64::from(*digit))
}

/// Luhn: one of ten passes.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, *digit) {
            (0, digit) => u32::from(digit),
            (_, digit) if digit > 4 => u32::from(digit) * 2 - 9,
            (_, digit) => u32::from(digit) * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The sum of digits times weights; digits beyond the weights are not counted.
pub(crate) fn weighted(digits: &[u8], weights: &[u8]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * u32::from(*weight)).sum()
}

/// The remainder by 97 of a number with one more character behind it, where letters count as 10 to 35
/// (ISO 7064 mod 97-10): one of 97 passes. What is neither digit nor letter counts as nothing.
pub(crate) fn mod_97_fed(sum: u32, byte: u8) -> u32 {
    match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        b'a'..=b'z' => (sum * 100 + u32::from(byte - b'a') + 10) % 97,
        b'A'..=b'Z' => (sum * 100 + u32::from(byte - b'A') + 10) % 97,
        _ => sum,
    }
}

/// ISO 7064 mod 11-2 over digits, `check` being 0 to 10: one of eleven passes.
pub(crate) fn mod_11_2(body: &[u8], check: u32) -> bool {
    let sum = body.iter().fold(0, |sum, digit| (sum + u32::from(*digit)) * 2 % 11);
    (12 - sum) % 11 == check
}

/// ISO 7064 mod 11-10 over all digits, the last one being the check digit: one of ten passes.
pub(crate) fn mod_11_10(digits: &[u8]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = match (u32::from(*digit) + product) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10 == u32::from(*check)
}

/// Verhoeff: one of ten passes.
pub(crate) fn verhoeff(digits: &[u8]) -> bool {
    // The dihedral group of order ten: rotations 0 to 4, reflections 5 to 9.
    let times = |a: u8, b: u8| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    const SWAP: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let swapped = |digit: u8, times: usize| {
        (0..times).fold(digit, |it, _| SWAP.get(usize::from(it)).copied().unwrap_or(it))
    };
    let all = digits.iter().rev().enumerate();
    all.fold(0, |sum, (at, digit)| times(sum, swapped(*digit, at % 8))) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<u8> {
        digits::<40>(text.as_bytes()).unwrap().as_slice().to_vec()
    }

    #[test]
    fn known_numbers_pass_and_every_changed_digit_is_noticed() {
        type Rule = fn(&[u8]) -> bool;
        let rules: [(Rule, &str); 3] =
            [(luhn, "79927398713"), (mod_11_10, "86095742719"), (verhoeff, "2363")];
        for (passes, text) in rules {
            let known = of(text);
            assert!(passes(&known), "{text}");
            for at in 0..known.len() {
                for change in 1..10 {
                    let mut other = known.clone();
                    other[at] = (other[at] + change) % 10;
                    assert!(!passes(&other), "{text} {other:?}");
                }
            }
        }
        assert_eq!(b"3214282912345698765432161182".iter().copied().fold(0, mod_97_fed), 1);
        assert_eq!(b"WEST12345698765432GB82".iter().copied().fold(0, mod_97_fed), 1);
        assert!(mod_11_2(&of("000000021825009"), 7) && !mod_11_2(&of("000000021825009"), 8));
    }

    #[test]
    fn separators_are_passed_over_and_anything_else_is_no_number() {
        assert_eq!(of("12-3.4/5 6"), [1, 2, 3, 4, 5, 6]);
        assert!(digits::<3>(b"1234").is_none() && digits::<9>(b"12a").is_none());
        assert_eq!(alphanumerics::<9>(b"a-1(b)").unwrap().as_slice(), b"A1B");
        assert_eq!(number(&of("0042")), 42);
    }
}
