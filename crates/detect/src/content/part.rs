//! Parts of a value, where there may be less of it, and bytes that stand in it.

/// The first `bytes_max` bytes.
pub(super) fn head(text: &[u8], bytes_max: usize) -> &[u8] {
    text.get(..bytes_max).unwrap_or(text)
}

/// What stands from `at` on.
pub(super) fn from(text: &[u8], at: usize) -> &[u8] {
    text.get(at..).unwrap_or_default()
}

/// Some bytes of ASCII, to be looked for all at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByteSet(u128);

impl ByteSet {
    /// Of these. What is no ASCII is not among them.
    pub(super) const fn of(bytes: &[u8]) -> Self {
        let mut all = 0;
        let mut rest = bytes;
        while let [first, behind @ ..] = rest {
            if *first < 128 {
                all |= 1 << *first;
            }
            rest = behind;
        }
        Self(all)
    }

    /// Whether `byte` is one of them.
    pub(super) const fn has(self, byte: u8) -> bool {
        byte < 128 && self.0 >> byte & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_a_set_are_in_it() {
        let set = ByteSet::of(b"\0;\x7f");
        let has: Vec<u8> = (0..=255).filter(|it| set.has(*it)).collect();
        assert_eq!(has, b"\0;\x7f");
    }

    #[test]
    fn what_is_not_there_is_empty() {
        assert_eq!((head(b"abc", 2), head(b"abc", 9)), (&b"ab"[..], &b"abc"[..]));
        assert_eq!((from(b"abc", 2), from(b"abc", 9)), (&b"c"[..], &b""[..]));
    }
}
