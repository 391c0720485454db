//! Texts of requests: pairs, escapes, and texts as the JSON values that they may stand for.

use std::borrow::Cow;

/// Pairs of a query or a form that are looked at.
pub(super) const PAIRS_MAX: usize = 1_024;

/// The pairs of a query or a form as they are sent.
pub(super) fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let all = text.split(|&byte| byte == b'&').filter(|it| !it.is_empty());
    all.take(PAIRS_MAX).map(pair)
}

/// What stands before the first `=`, and behind it.
pub(super) fn pair(text: &[u8]) -> (&[u8], &[u8]) {
    let at = text.iter().position(|&byte| byte == b'=').unwrap_or(text.len());
    let (name, value) = text.split_at_checked(at).unwrap_or((text, b""));
    (name, value.strip_prefix(b"=").unwrap_or(value))
}

/// A text without its escapes; `None` if it is no UTF-8 then. In queries and forms a plus is a space.
pub(super) fn decoded(text: &[u8], has_plus: bool) -> Option<Cow<'_, str>> {
    let is_plain = |&byte: &u8| byte != b'%' && !(has_plus && byte == b'+');
    if text.iter().all(is_plain) {
        return str::from_utf8(text).ok().map(Cow::Borrowed);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        let escaped = (byte == b'%').then(|| tail.split_first_chunk::<2>()).flatten();
        let hex = escaped.and_then(|(digits, behind)| Some((value(*digits)?, behind)));
        let (byte, behind) = match hex {
            Some(it) => it,
            None if byte == b'+' && has_plus => (b' ', tail),
            None => (byte, tail),
        };
        out.push(byte);
        rest = behind;
    }
    String::from_utf8(out).ok().map(Cow::Owned)
}

fn value([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

/// A text as a JSON string.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    out.push('"');
    for it in text.chars() {
        match it {
            '"' | '\\' => out.extend(['\\', it]),
            it if it < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(it))),
            it => out.push(it),
        }
    }
    out.push('"');
    out
}

/// Whether a text may stand for a JSON number, `true`, `false` or `null`.
pub(super) fn may_be_literal(text: &str) -> bool {
    matches!(text, "true" | "false" | "null")
        || text.starts_with(|it: char| it == '-' || it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_where_they_are_whole() {
        for (text, expected) in [
            ("a%20b+c", Some("a b c")),
            ("%", Some("%")),
            ("%4", Some("%4")),
            ("%zz%41", Some("%zzA")),
            ("%ff", None),
        ] {
            assert_eq!(decoded(text.as_bytes(), true).as_deref(), expected, "{text}");
        }
        assert_eq!(decoded(b"a+b", false).as_deref(), Some("a+b"));
    }

    #[test]
    fn a_text_is_a_sound_json_string() {
        assert_eq!(string("a\"\\\n\u{1}é"), "\"a\\\"\\\\\\u000a\\u0001é\"");
    }
}
