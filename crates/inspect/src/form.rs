//! Forms and queries: `name=value` pairs joined by `&`.
//!
//! Source   WHATWG URL, `application/x-www-form-urlencoded`.

use crate::percent::decode;

/// Hands every pair of `text` to `take`, name and value decoded once.
pub fn pairs(text: &[u8], scratch: &mut Vec<u8>, take: &mut dyn FnMut(&[u8], &[u8])) {
    let mut name_scratch = Vec::new();
    for pair in text.split(|&b| b == b'&').filter(|it| !it.is_empty()) {
        let mut halves = pair.splitn(2, |&b| b == b'=');
        let name = decode(halves.next().unwrap_or_default(), true, &mut name_scratch);
        let value = decode(halves.next().unwrap_or_default(), true, scratch);
        take(name, value);
    }
}
