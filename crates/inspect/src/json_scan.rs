//! Where the tokens of a JSON text end, as far as they stand whole in one piece.
//!
//! Reads    one piece of a text from a place between two tokens on.
//! Misses   what is escaped, too long to be looked at whole, or cut: that is read byte by byte.

use crate::json_edit::TOKEN_BYTES_MAX;

/// Words of eight bytes that are looked through before memchr is called, which is quicker once it has begun.
const WORDS: usize = 4;

/// Each byte of a word.
const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Marks the bytes that are `byte`: exactly up to the first of them.
fn marked(word: u64, byte: u8) -> u64 {
    let differs = word ^ all(byte);
    differs.wrapping_sub(all(1)) & !differs & all(0x80)
}

/// The first quote or backslash.
#[inline]
pub(crate) fn quote_or_backslash(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut rest = text;
    for _ in 0..WORDS {
        let Some((word, behind)) = rest.split_first_chunk() else {
            let found = rest.iter().position(|b| matches!(b, b'"' | b'\\'));
            return found.map(|it| it + at);
        };
        let word = u64::from_le_bytes(*word);
        let found = marked(word, b'"') | marked(word, b'\\');
        if found != 0 {
            return usize::try_from(found.trailing_zeros() / 8).ok().map(|it| it + at);
        }
        at += 8;
        rest = behind;
    }
    memchr::memchr2(b'"', b'\\', rest).map(|it| it + at)
}

/// The string at the front, without its quotes, and what is behind it; if all of it is there and nothing in it is escaped.
#[inline]
pub(crate) fn whole_string(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = rest.strip_prefix(b"\"")?;
    let (token, behind) = text.split_at_checked(quote_or_backslash(text)?)?;
    let (quote, behind) = behind.split_first()?;
    (*quote == b'"' && token.len() <= TOKEN_BYTES_MAX).then_some((token, behind))
}

/// The number or word at the front, if its end is there.
#[inline]
pub(crate) fn whole_scalar(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = rest.iter().position(|b| ends_scalar(*b))?;
    (end < TOKEN_BYTES_MAX).then(|| rest.split_at_checked(end)).flatten()
}

/// Whether a number or a word ends before this byte.
pub(crate) fn ends_scalar(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b'"' | b':' | b' ' | b'\t' | b'\n' | b'\r')
}

/// What is left behind the whole strings, numbers and words at the front, and what separates them: up to a bracket, or up to a
/// comma if these matter.
pub(crate) fn behind_values(mut rest: &[u8], commas_matter: bool) -> &[u8] {
    while let Some((byte, behind)) = rest.split_first() {
        rest = match byte {
            b'{' | b'}' | b'[' | b']' => return rest,
            b',' if commas_matter => return rest,
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => behind,
            b'"' => match whole_string(rest) {
                Some((_, behind)) => behind,
                None => return rest,
            },
            _ => match whole_scalar(rest) {
                Some((_, behind)) => behind,
                None => return rest,
            },
        };
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_quote_or_backslash_is_found_wherever_it_stands() {
        for len in 0..80 {
            // Neighbours of both in the code, and bytes that are no ASCII.
            for other in [b'a', b'!', b'#', b'[', b']', 0, 0x80, 0xA2, 0xDC, 0xFF] {
                let mut text = vec![other; len];
                assert_eq!(quote_or_backslash(&text), None);
                for at in 0..len {
                    text[at] = if at % 2 == 0 { b'"' } else { b'\\' };
                    text[len - 1] = text[at];
                    assert_eq!(quote_or_backslash(&text), Some(at), "of {len}");
                    text[len - 1] = other;
                    text[at] = other;
                }
            }
        }
    }

    #[test]
    fn a_string_is_whole_up_to_the_bound() {
        let of = |len: usize| format!("\"{}\",", "x".repeat(len));
        let whole = |text: &str| whole_string(text.as_bytes()).map(|it| it.0.len());
        assert_eq!(whole(&of(0)), Some(0));
        assert_eq!(whole(&of(TOKEN_BYTES_MAX)), Some(TOKEN_BYTES_MAX));
        assert_eq!(whole(&of(TOKEN_BYTES_MAX + 1)), None);
        assert_eq!((whole("\"cut"), whole("\"\\n\""), whole("\"")), (None, None, None));
    }

    #[test]
    fn values_are_passed_up_to_what_matters() {
        let left = |text: &'static str, commas_matter| {
            std::str::from_utf8(behind_values(text.as_bytes(), commas_matter)).unwrap()
        };
        assert_eq!(left(r#": "a,}" , "b":1}"#, true), r#", "b":1}"#);
        assert_eq!(left(r#""a",1, true ,"]"]"#, false), "]");
        assert_eq!(left(":[1]", true), "[1]");
        // A word takes what is no end of it with it.
        assert_eq!(left("12{[ 3}", false), "}");
        assert_eq!((left("12", true), left("\"cut", true)), ("12", "\"cut"));
    }
}
