//! What stands in place of a value that must not leave.
//!
//! Writes   JSON. A partial mask keeps the format: length, punctuation, and the few characters by which people tell theirs apart.

use bartizan_model::terms::Mask;

/// In place of a whole text.
pub(crate) const WHOLE: &[u8] = b"\"***\"";
/// In place of a whole number.
pub(crate) const NOTHING: &[u8] = b"null";
/// From how many letters and digits on how many of the last ones stay: card and account numbers, telephone numbers.
const LAST_OF: [(usize, usize); 2] = [(13, 4), (7, 2)];

/// Adds what stands in place of a value.
pub(crate) fn mask_into(
    mask: Mask,
    text: &[u8],
    (is_string, is_whole): (bool, bool),
    out: &mut Vec<u8>,
) {
    match (mask, is_string) {
        (Mask::Drop, _) | (_, false) => out.extend_from_slice(NOTHING),
        (Mask::Partial, true) if is_whole => partial(text, out),
        (Mask::Partial | Mask::Full, true) => out.extend_from_slice(WHOLE),
    }
}

fn partial(text: &[u8], out: &mut Vec<u8>) {
    // All bytes are looked at, many at once: nearly always none ends it.
    let is_plain = |b: &u8| matches!(b, b' '..=b'~') & !matches!(b, b'"' | b'\\');
    match text.iter().fold(true, |are_plain, b| are_plain & is_plain(b)) {
        true => plain(text, out),
        false => any(&String::from_utf8_lossy(text), out),
    }
}

/// How many letters and digits at the end stay, of so many.
fn kept_of(count: usize) -> usize {
    LAST_OF.iter().find(|it| count >= it.0).map_or(0, |it| it.1)
}

/// Nearly all texts: printable, and nothing of it needs to be escaped.
fn plain(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let begin = out.len();
    out.extend_from_slice(text);
    let masked = out.get_mut(begin..).unwrap_or_default();
    if let Some(at) = memchr::memchr(b'@', text).filter(|at| *at > 0) {
        let domain = memchr::memrchr(b'.', text).filter(|it| *it > at).unwrap_or(text.len());
        hide(masked.get_mut(1..domain).unwrap_or_default());
    } else {
        let count = text.iter().filter(|b| b.is_ascii_alphanumeric()).count();
        let kept = kept_of(count);
        let mut left = kept;
        // From behind, to where the last of those stands that stay.
        let end = text.iter().rposition(|b| {
            let is_last = left == 0;
            left = left.saturating_sub(usize::from(b.is_ascii_alphanumeric()));
            is_last
        });
        hide(masked.get_mut(..end.map_or(0, |it| it + 1)).unwrap_or_default());
    }
    out.push(b'"');
}

fn hide(text: &mut [u8]) {
    for b in text {
        *b = if b.is_ascii_alphanumeric() { b'*' } else { *b };
    }
}

fn any(text: &str, out: &mut Vec<u8>) {
    let count = text.chars().filter(|it| it.is_alphanumeric()).count();
    let kept = kept_of(count);
    let at = text.find('@').filter(|at| *at > 0);
    let domain = text.rfind('.').filter(|it| at.is_some_and(|at| *it > at)).unwrap_or(text.len());
    let mut left = count;
    let masked: String = text
        .char_indices()
        .map(|(position, it)| {
            let is_told = match at {
                // Of an address its first letter and the end of its domain.
                Some(_) => position == 0 || position > domain,
                None => left <= kept,
            };
            left = left.saturating_sub(usize::from(it.is_alphanumeric()));
            if is_told || !it.is_alphanumeric() { it } else { '*' }
        })
        .collect();
    written(&masked, out);
}

/// A text as JSON writes it (RFC 8259, section 7).
fn written(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for it in text.chars() {
        match it {
            '"' | '\\' => out.extend_from_slice(&[b'\\', it as u8]),
            it if u32::from(it) < 0x20 => {
                out.extend_from_slice(format!("\\u{:04x}", u32::from(it)).as_bytes());
            }
            it => out.extend_from_slice(it.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mask: Mask, text: &str, is_string: bool, expected: &str) {
        let mut out = Vec::new();
        mask_into(mask, text.as_bytes(), (is_string, true), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{text}");
    }

    #[test]
    fn a_partial_mask_keeps_the_format() {
        check(Mask::Partial, "4111 1111 1111 1111", true, "\"**** **** **** 1111\"");
        check(Mask::Partial, "+49 151 2345678", true, "\"+** *** *****78\"");
        check(Mask::Partial, "ann.lee@mail.example.com", true, "\"a**.***@****.*******.com\"");
        check(
            Mask::Partial,
            "DE89 3704 0044 0532 0130 00",
            true,
            "\"**** **** **** **** **30 00\"",
        );
        check(Mask::Partial, "ann.lee@localhost", true, "\"a**.***@*********\"");
        check(Mask::Partial, "änn.lee@localhost", true, "\"ä**.***@*********\"");
        check(Mask::Partial, "Ann", true, "\"***\"");
        check(Mask::Partial, "", true, "\"\"");
        check(Mask::Partial, "Zoë \"x\"\n", true, r#""*** \"*\"\u000a""#);
        check(Mask::Partial, "@handle", true, "\"@******\"");
    }

    #[test]
    fn a_full_mask_tells_nothing() {
        check(Mask::Full, "4111", true, "\"***\"");
        check(Mask::Full, "4111", false, "null");
        check(Mask::Partial, "4111", false, "null");
        check(Mask::Drop, "x", true, "null");
        let mut long = Vec::new();
        mask_into(Mask::Partial, b"abcdefghijkl", (true, false), &mut long);
        assert_eq!(long, WHOLE);
    }
}
