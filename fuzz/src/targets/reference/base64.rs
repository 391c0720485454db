//! Base64 (RFC 4648 sections 4 and 5), by groups of bits in a text of zeroes and ones.

/// The bytes of a text of nothing but digits of either alphabet, and `=` at its end.
pub(in super::super) fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let digits = text.iter().rposition(|it| *it != b'=').map_or(0, |at| at + 1);
    let mut bits = String::new();
    for byte in &text[..digits] {
        let value = match byte {
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => DIGITS.iter().position(|it| it == byte)?,
        };
        bits.push_str(&format!("{value:06b}"));
    }
    let eights = bits.as_bytes().chunks_exact(8);
    Some(eights.map(|it| it.iter().fold(0, |sum, bit| sum << 1 | (bit - b'0'))).collect())
}

/// A text in the alphabet for URLs, without padding.
pub(in super::super) fn encoded(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = bytes.iter().map(|it| format!("{it:08b}")).collect();
    let six = |it: &[u8]| {
        let value = it.iter().fold(0, |sum, bit| sum << 1 | usize::from(bit - b'0'));
        DIGITS[value << (6 - it.len())]
    };
    bits.as_bytes().chunks(6).map(six).collect()
}
