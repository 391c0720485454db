//! Which bytes stand in a value: what lets most values pass without being looked at.
//!
//! Reads    every byte of the value once: a look-up and an `or`.
//! Writes   one bit for each byte, or family of bytes, that an attack of some kind needs.

/// Which bytes stand in a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(u32);

macro_rules! marks {
    ($($name:ident = $bit:literal, $bytes:pat, $says:literal;)*) => {
        impl Marks {
            $(#[doc = $says] pub const $name: Self = Self(1 << $bit);)*
        }

        const fn mark(byte: u8) -> u32 {
            match byte { $($bytes => 1 << $bit,)* }
        }
    };
}

marks! {
    LETTER = 0, b'a'..=b'z' | b'A'..=b'Z', "A letter of ASCII.";
    DIGIT = 1, b'0'..=b'9', "A digit.";
    QUOTE = 2, b'\'', "`'`";
    DOUBLE_QUOTE = 3, b'"', "`\"`";
    BACKTICK = 4, b'`', "A backtick.";
    SEMICOLON = 5, b';', "`;`";
    PIPE = 6, b'|', "`|`";
    AMPERSAND = 7, b'&', "`&`";
    DOLLAR = 8, b'$', "`$`";
    BRACE = 9, b'{' | b'}', "`{` or `}`";
    PARENTHESIS = 10, b'(' | b')', "`(` or `)`";
    BRACKET = 11, b'[' | b']', "`[` or `]`";
    LESS = 12, b'<', "`<`";
    GREATER = 13, b'>', "`>`";
    EQUALS = 14, b'=', "`=`";
    SLASH = 15, b'/', "`/`";
    BACKSLASH = 16, b'\\', "A backslash.";
    DOT = 17, b'.', "`.`";
    PERCENT = 18, b'%', "`%`";
    HASH = 19, b'#', "`#`";
    STAR = 20, b'*', "`*`";
    DASH = 21, b'-', "`-`";
    COLON = 22, b':', "`:`";
    AT = 23, b'@', "`@`";
    LINE = 24, b'\r' | b'\n', "A line end.";
    CONTROL = 25, 0..=8 | 11 | 12 | 14..=31 | 127, "A control byte that is neither tab nor line end; NUL among them.";
    HIGH = 26, 128..=255, "A byte beyond ASCII.";
    SPACE = 27, b' ' | b'\t', "A space or tab.";
    BANG = 28, b'!' | b'^' | b'~', "`!`, `^` or `~`";
    UNDERSCORE = 29, b'_', "`_`";
    COMMA = 30, b',', "`,`";
    PLUS = 31, b'+' | b'?', "`+` or `?`";
}

const MARKS: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0_u8;
    loop {
        #[expect(clippy::indexing_slicing, reason = "a byte is within 256 entries")]
        {
            table[byte as usize] = mark(byte);
        }
        match byte.checked_add(1) {
            Some(next) => byte = next,
            None => return table,
        }
    }
}

impl Marks {
    /// Of a value.
    pub fn of(text: &[u8]) -> Self {
        let of = |byte: u8| MARKS.get(usize::from(byte)).copied().unwrap_or(0);
        Self(text.iter().fold(0, |met, &byte| met | of(byte)))
    }

    /// Both.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// All but these.
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether all of these stand there.
    pub const fn has(self, all: Self) -> bool {
        self.0 & all.0 == all.0
    }

    /// Whether others than these stand there.
    pub const fn is_more_than(self, these: Self) -> bool {
        self.0 & !these.0 != 0
    }

    /// Whether one of these stands there.
    pub const fn has_any(self, some: Self) -> bool {
        self.0 & some.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_the_marks_of_its_bytes() {
        let marks = Marks::of(b"it's 5");
        assert!(marks.has(Marks::QUOTE.and(Marks::LETTER).and(Marks::DIGIT).and(Marks::SPACE)));
        assert!(!marks.has_any(Marks::DOUBLE_QUOTE.and(Marks::SEMICOLON)));
        assert!(!marks.has(Marks::QUOTE.and(Marks::SEMICOLON)));
        assert_eq!(Marks::of(b""), Marks::default());
    }

    #[test]
    fn every_byte_has_one_mark() {
        for byte in 0..=255_u8 {
            assert_eq!(Marks::of(&[byte]).0.count_ones(), 1, "{byte}");
        }
    }
}
