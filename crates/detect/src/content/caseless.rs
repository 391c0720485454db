//! Bytes compared without regard to ASCII case.
//!
//! Words to compare with are written in lower case throughout.

use std::cmp::Ordering;

/// Whether `text` begins with `lower`.
pub(super) fn starts(text: &[u8], lower: &[u8]) -> bool {
    text.get(..lower.len()).is_some_and(|it| it.eq_ignore_ascii_case(lower))
}

/// Whether `text` ends with `lower`.
pub(super) fn ends(text: &[u8], lower: &[u8]) -> bool {
    let from = text.len().checked_sub(lower.len());
    from.and_then(|from| text.get(from..)).is_some_and(|it| it.eq_ignore_ascii_case(lower))
}

/// Where `lower` stands first.
pub(super) fn find(text: &[u8], lower: &[u8]) -> Option<usize> {
    let &first = lower.first()?;
    let mut hits = memchr::memchr2_iter(first, first.to_ascii_uppercase(), text);
    hits.find(|&at| text.get(at..).is_some_and(|it| starts(it, lower)))
}

/// Whether `lower` stands somewhere.
pub(super) fn contains(text: &[u8], lower: &[u8]) -> bool {
    find(text, lower).is_some()
}

/// Whether one of the `words` stands somewhere. Each costs a pass.
pub(super) fn contains_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|it| contains(text, it.as_bytes()))
}

/// Whether `text` begins with one of the `words`.
pub(super) fn starts_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|it| starts(text, it.as_bytes()))
}

/// Whether `word` is one of `words`, which are sorted.
pub(super) fn is_among(word: &[u8], words: &[&str]) -> bool {
    let order = |it: &&str| -> Ordering { it.bytes().cmp(word.iter().map(u8::to_ascii_lowercase)) };
    words.binary_search_by(order).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_count() {
        assert!(starts(b"JNDI:x", b"jndi:") && !starts(b"jnd", b"jndi"));
        assert!(ends(b"x.EXE", b".exe") && !ends(b"exe", b".exe"));
        assert_eq!(find(b"aJjNdI", b"jndi"), Some(2));
        assert_eq!(find(b"jnd", b"jndi"), None);
        assert!(is_among(b"LS", &["cat", "ls", "who"]) && !is_among(b"l", &["cat", "ls", "who"]));
    }
}
