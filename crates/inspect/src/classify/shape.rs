//! The shape of a value: which kinds of characters it is made of, how many of each. Looked at once, so that
//! most recognisers need not look at all.
//!
//! Reads    the first [`VALUE_BYTES_MAX`] bytes.
//! Misses   letters outside ASCII are not told from other characters outside ASCII.

/// Bytes of a value that are looked at.
pub const VALUE_BYTES_MAX: usize = 4096;

/// Kinds of characters, as bits.
pub(super) mod has {
    pub(in super::super) const DIGIT: u16 = 1;
    pub(in super::super) const UPPER: u16 = 1 << 1;
    pub(in super::super) const LOWER: u16 = 1 << 2;
    pub(in super::super) const SPACE: u16 = 1 << 3;
    pub(in super::super) const DASH: u16 = 1 << 4;
    pub(in super::super) const DOT: u16 = 1 << 5;
    pub(in super::super) const AT: u16 = 1 << 6;
    pub(in super::super) const COLON: u16 = 1 << 7;
    pub(in super::super) const SLASH: u16 = 1 << 8;
    pub(in super::super) const PLUS: u16 = 1 << 9;
    pub(in super::super) const UNDERSCORE: u16 = 1 << 10;
    pub(in super::super) const COMMA: u16 = 1 << 11;
    pub(in super::super) const BRACKET: u16 = 1 << 12;
    pub(in super::super) const QUOTE: u16 = 1 << 13;
    pub(in super::super) const HIGH: u16 = 1 << 14;
    pub(in super::super) const OTHER: u16 = 1 << 15;
    pub(in super::super) const LETTER: u16 = UPPER | LOWER;
    pub(in super::super) const ALPHANUMERIC: u16 = LETTER | DIGIT;
}

const KINDS: [u16; 256] = {
    let mut all = [has::OTHER; 256];
    let mut at = 0_usize;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let byte = at as u8;
        #[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
        {
            all[at] = match byte {
                b'0'..=b'9' => has::DIGIT,
                b'A'..=b'Z' => has::UPPER,
                b'a'..=b'z' => has::LOWER,
                b' ' | b'\n' | b'\r' | b'\t' => has::SPACE,
                b'-' => has::DASH,
                b'.' => has::DOT,
                b'@' => has::AT,
                b':' => has::COLON,
                b'/' => has::SLASH,
                b'+' => has::PLUS,
                b'_' => has::UNDERSCORE,
                b',' => has::COMMA,
                b'(' | b')' => has::BRACKET,
                b'\'' => has::QUOTE,
                0x80..=0xff => has::HIGH,
                _ => has::OTHER,
            };
        }
        at += 1;
    }
    all
};

/// A value, and what it is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape<'a> {
    /// At most [`VALUE_BYTES_MAX`] bytes, without white space around them.
    pub(super) bytes: &'a [u8],
    /// Kinds of characters that it holds.
    pub(super) has: u16,
    /// Digits in it.
    pub(super) digits: usize,
    /// Letters of ASCII in it.
    pub(super) letters: usize,
}

impl<'a> Shape<'a> {
    pub(super) fn of(value: &'a [u8]) -> Self {
        let bytes = value.get(..VALUE_BYTES_MAX).unwrap_or(value).trim_ascii();
        let (mut all, mut digits, mut letters) = (0, 0, 0);
        for byte in bytes {
            let kind = KINDS.get(usize::from(*byte)).copied().unwrap_or(has::OTHER);
            all |= kind;
            digits += usize::from(kind == has::DIGIT);
            letters += usize::from(kind & has::LETTER != 0);
        }
        Self { bytes, has: all, digits, letters }
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds nothing but these kinds.
    pub(super) fn only(&self, kinds: u16) -> bool {
        self.has & !kinds == 0
    }

    /// Whether it holds one of these kinds.
    pub(super) fn any(&self, kinds: u16) -> bool {
        self.has & kinds != 0
    }

    pub(super) fn first(&self) -> u8 {
        self.bytes.first().copied().unwrap_or(0)
    }

    pub(super) fn last(&self) -> u8 {
        self.bytes.last().copied().unwrap_or(0)
    }

    pub(super) fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes.starts_with(prefix)
    }

    /// Words, as spaces, commas and line ends part them.
    pub(super) fn words(&self) -> impl Iterator<Item = &'a [u8]> {
        self.bytes.split(|it| it.is_ascii_whitespace() || *it == b',').filter(|it| !it.is_empty())
    }

    /// Whether it is written like `picture`, where `9` stands for a digit, `A` for a letter, `X` for either, and
    /// anything else for itself.
    pub(super) fn is_like(&self, picture: &[u8]) -> bool {
        self.len() == picture.len()
            && self.bytes.iter().zip(picture).all(|(byte, like)| match like {
                b'9' => byte.is_ascii_digit(),
                b'A' => byte.is_ascii_alphabetic(),
                b'X' => byte.is_ascii_alphanumeric(),
                _ => byte == like,
            })
    }

    /// Whether it says that there is no value.
    pub(super) fn is_nothing(&self) -> bool {
        const NOTHING: &[&[u8]] =
            &[b"null", b"none", b"n/a", b"na", b"nil", b"undefined", b"true", b"false", b"unknown"];
        self.letters + self.digits == 0 && !self.any(has::HIGH)
            || self.len() <= 9 && NOTHING.iter().any(|it| self.bytes.eq_ignore_ascii_case(it))
            || self.has & has::ALPHANUMERIC == has::DIGIT && self.bytes.iter().all(|it| *it == b'0')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_bytes_are_looked_at() {
        let long = vec![b'1'; 1 << 20];
        assert_eq!(Shape::of(&long).digits, VALUE_BYTES_MAX);
    }

    #[test]
    fn a_picture_fits_whole_values_only() {
        let fits =
            |text: &str, picture: &str| Shape::of(text.as_bytes()).is_like(picture.as_bytes());
        assert!(fits("123-45-6789", "999-99-9999") && fits("ab1", "AAX"));
        assert!(!fits("123-45-67890", "999-99-9999") && !fits("12a-45-6789", "999-99-9999"));
    }

    #[test]
    fn what_says_that_there_is_nothing_is_no_value() {
        for text in ["", "  ", "-", "NULL", "n/a", "0", "000", "false", "***"] {
            assert!(Shape::of(text.as_bytes()).is_nothing(), "{text}");
        }
        for text in ["x", "7", "Åsa", "山田"] {
            assert!(!Shape::of(text.as_bytes()).is_nothing(), "{text}");
        }
    }
}
