//! Forms and queries: `name=value` pairs joined by `&`.
//!
//! Source   WHATWG URL, `application/x-www-form-urlencoded`.

use crate::percent::{decode, hex};

/// Hands every pair of `text` to `take`, name and value decoded once.
pub fn pairs(text: &[u8], scratch: &mut Vec<u8>, take: &mut dyn FnMut(&[u8], &[u8])) {
    let mut name_scratch = Vec::new();
    for it in text.split(|&b| b == b'&').filter(|it| !it.is_empty()) {
        let (name, value) = pair(it, &mut name_scratch, scratch);
        take(name, value);
    }
}

/// Name and value of one pair, decoded once.
pub fn pair<'a>(
    pair: &'a [u8],
    name_scratch: &'a mut Vec<u8>,
    value_scratch: &'a mut Vec<u8>,
) -> (&'a [u8], &'a [u8]) {
    let mut halves = pair.splitn(2, |&b| b == b'=');
    let name = decode(halves.next().unwrap_or_default(), true, name_scratch);
    let value = decode(halves.next().unwrap_or_default(), true, value_scratch);
    (name, value)
}

/// Whether `pair` has a percent sign without two hexadecimal digits.
pub fn is_broken(pair: &[u8]) -> bool {
    let digits = |at| {
        let digit = |at| pair.get(at).copied().and_then(hex).is_some();
        digit(at + 1) && digit(at + 2)
    };
    memchr::memchr_iter(b'%', pair).any(|at| !digits(at))
}
