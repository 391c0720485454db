//! A value that is nothing but hexadecimal digits, with or without `0x`, and text when decoded.
//!
//! Misses   digits between other text.

use crate::percent::hex;

/// Digits below which nothing is decoded.
const DIGITS_MIN: usize = 16;

fn digits(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"0x").unwrap_or(text)
}

/// Whether the first bytes are text.
pub(super) fn may_be(text: &[u8]) -> bool {
    let digits = digits(text);
    if digits.len() < DIGITS_MIN || !digits.len().is_multiple_of(2) {
        return false;
    }
    let mut first = [0; 8];
    for (to, pair) in first.iter_mut().zip(digits.chunks_exact(2)) {
        *to = byte(pair).unwrap_or(0);
    }
    super::strange(&first) <= 2 || super::has_magic(&first)
}

/// Whether all of it is.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    for pair in digits(text).chunks_exact(2) {
        match byte(pair) {
            Some(byte) => out.push(byte),
            None => return false,
        }
    }
    super::is_worth_it(out)
}

fn byte(pair: &[u8]) -> Option<u8> {
    let [high, low] = pair else { return None };
    Some(hex(*high)? << 4 | hex(*low)?)
}
