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

/// What stands in place of a value.
pub fn masked(mask: Mask, text: &[u8], is_string: bool, is_whole: bool) -> Vec<u8> {
    match (mask, is_string) {
        (Mask::Drop, _) | (_, false) => NOTHING.to_vec(),
        (Mask::Partial, true) if is_whole => partial(&String::from_utf8_lossy(text)),
        (Mask::Partial | Mask::Full, true) => WHOLE.to_vec(),
    }
}

fn partial(text: &str) -> Vec<u8> {
    let count = text.chars().filter(|it| it.is_alphanumeric()).count();
    let kept = LAST_OF.iter().find(|it| count >= it.0).map_or(0, |it| it.1);
    let at = text.find('@').filter(|at| *at > 0);
    let domain = at.and_then(|_| text.rfind('.')).unwrap_or(text.len());
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
    written(&masked)
}

/// A text as JSON writes it (RFC 8259, section 7).
fn written(text: &str) -> Vec<u8> {
    let mut out = vec![b'"'];
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
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mask: Mask, text: &str, is_string: bool, expected: &str) {
        let out = masked(mask, text.as_bytes(), is_string, true);
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
        let long = masked(Mask::Partial, b"abcdefghijkl", true, false);
        assert_eq!(long, WHOLE);
    }
}
