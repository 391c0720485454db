//! Where a word of ASCII stands in a value, whatever its case.

/// Places of the first letter that are looked at.
const PLACES_MAX: usize = 4 * 1024;

/// Where `word`, in small letters, stands first. A byte of it that is no letter is searched for if
/// there is one: it is seldom met.
pub(super) fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let anchor = word.iter().position(|it| !it.is_ascii_lowercase()).unwrap_or(0);
    let first = *word.get(anchor)?;
    let is_here = |at: usize| {
        let at = at.checked_sub(anchor)?;
        let is_here = text.get(at..at + word.len())?.eq_ignore_ascii_case(word);
        is_here.then_some(at)
    };
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), text).take(PLACES_MAX).find_map(is_here)
}

/// Whether `word`, in small letters, stands there.
pub(super) fn has(text: &[u8], word: &[u8]) -> bool {
    find(text, word).is_some()
}

/// Whether one of `words`, in small letters, stands there.
pub(super) fn has_any(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|it| has(text, it))
}

/// Whether `text` begins with `word`, in small letters.
pub(super) fn starts(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
}

/// The first `bytes_max` bytes.
pub(super) fn head(text: &[u8], bytes_max: usize) -> &[u8] {
    text.get(..bytes_max).unwrap_or(text)
}

/// What stands from `at` on.
pub(super) fn from(text: &[u8], at: usize) -> &[u8] {
    text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_case() {
        assert_eq!(find(b"a <!EnTiTy x", b"<!entity"), Some(2));
        assert_eq!(find(b"<!entit", b"<!entity"), None);
        assert!(has_any(b"xSystem", &[b"public", b"system"]));
        assert!(starts(b"JavaScript", b"java"));
        assert_eq!((head(b"abc", 2), from(b"abc", 9)), (&b"ab"[..], &b""[..]));
    }
}
