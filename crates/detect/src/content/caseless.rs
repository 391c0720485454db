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

/// Where `lower` stands first. A byte of it that is no letter is searched for if there is one: it is seldom met.
pub(super) fn find(text: &[u8], lower: &[u8]) -> Option<usize> {
    let anchor = lower.iter().position(|it| !it.is_ascii_lowercase()).unwrap_or(0);
    let &sought = lower.get(anchor)?;
    let is_here = |at: usize| {
        let at = at.checked_sub(anchor)?;
        starts(text.get(at..)?, lower).then_some(at)
    };
    memchr::memchr2_iter(sought, sought.to_ascii_uppercase(), text).find_map(is_here)
}

/// Whether `lower` stands somewhere.
pub(super) fn contains(text: &[u8], lower: &[u8]) -> bool {
    find(text, lower).is_some()
}

/// Whether one of the `words` stands somewhere. Each costs a pass.
pub(super) fn contains_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|it| contains(text, it.as_bytes()))
}

/// The same of words that need not be text.
pub(super) fn contains_bytes(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|it| contains(text, it))
}

/// Whether `text` begins with one of the `words`.
pub(super) fn starts_any(text: &[u8], words: &[&str]) -> bool {
    words.iter().any(|it| starts(text, it.as_bytes()))
}

/// Words that others are compared with, sorted.
#[derive(Debug)]
pub(super) struct Words {
    all: &'static [&'static str],
    /// For the last five bits of a first byte, which letters have but for their case: a bit for each length.
    lengths: [u64; 32],
}

impl Words {
    /// Of words in order, of less than 64 bytes each.
    pub(super) const fn new(all: &'static [&'static str]) -> Self {
        let mut lengths = [0; 32];
        let mut rest = all;
        while let [first, behind @ ..] = rest {
            if let [byte, ..] = first.as_bytes() {
                #[expect(clippy::indexing_slicing, reason = "five bits are within 32 entries")]
                {
                    lengths[(*byte & 31) as usize] |= 1 << first.len();
                }
            }
            rest = behind;
        }
        Self { all, lengths }
    }

    #[cfg(test)]
    pub(super) fn is_sorted(&self) -> bool {
        self.all.is_sorted()
    }

    /// Whether `word` is one of them.
    pub(super) fn has(&self, word: &[u8]) -> bool {
        let Some(&first) = word.first() else { return false };
        let lengths = self.lengths.get(usize::from(first & 31)).copied().unwrap_or(0);
        // Most words begin as none of so many bytes does.
        if word.len() >= 64 || lengths >> word.len() & 1 == 0 {
            return false;
        }
        let order =
            |it: &&str| -> Ordering { it.bytes().cmp(word.iter().map(u8::to_ascii_lowercase)) };
        self.all.binary_search_by(order).is_ok()
    }
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
        assert_eq!(find(b"a <!EnTiTy x", b"<!entity"), Some(2));
        assert_eq!(find(b"<!entit", b"<!entity"), None);
        assert!(contains_any(b"xSystem", &["public", "system"]));
        const WORDS: Words = Words::new(&["cat", "ls", "who"]);
        assert!(WORDS.has(b"LS") && WORDS.has(b"who"));
        assert!(!WORDS.has(b"l") && !WORDS.has(b"la") && !WORDS.has(b""));
    }
}
