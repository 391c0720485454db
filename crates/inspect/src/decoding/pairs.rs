//! A query or a form within a value: `a=1&b=2`, `https://shop.example/?q=x`.
//!
//! Misses   what follows `#`; pairs joined by `;`.
//! Source   WHATWG URL, `application/x-www-form-urlencoded`.

use crate::percent;

/// Bytes of a name.
const NAME_BYTES_MAX: usize = 128;

/// Hands over the value of each pair, decoded once.
pub(super) fn each(text: &[u8], out: &mut Vec<u8>, give: &mut impl FnMut(&[u8])) {
    let Some(pairs) = pairs(text) else { return };
    for pair in pairs.split(|it| *it == b'&') {
        if let Some((_, value)) = halves(pair) {
            give(percent::decode(value, true, out));
        }
    }
}

/// The part of `text` that reads as pairs.
fn pairs(text: &[u8]) -> Option<&[u8]> {
    let text = match memchr::memchr(b'#', text) {
        Some(at) if !text.starts_with(b"#") => text.get(..at)?,
        Some(_) | None => text,
    };
    let query = match memchr::memchr2(b'?', b'=', text) {
        Some(at) if text.get(at) == Some(&b'?') => {
            let before = text.get(..at)?;
            let is_address = !before.iter().any(|it| it.is_ascii_whitespace());
            return text.get(at + 1..).filter(|it| is_address && first_is_named(it));
        }
        Some(_) | None => text,
    };
    let is_several = memchr::memchr(b'&', query).is_some();
    (is_several && first_is_named(query)).then_some(query)
}

fn first_is_named(text: &[u8]) -> bool {
    text.split(|it| *it == b'&').next().and_then(halves).is_some_and(|it| is_name(it.0))
}

fn halves(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'=', pair)?;
    Some((pair.get(..at)?, pair.get(at + 1..)?))
}

fn is_name(name: &[u8]) -> bool {
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || b"_-.[]%$:+~!*".contains(it);
    !name.is_empty() && name.len() <= NAME_BYTES_MAX && name.iter().all(is_part)
}
