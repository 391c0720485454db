//! The prefilter: one table look-up a byte tells most values to be neither SQL nor HTML.
//!
//! Reads    every byte of the value, once.
//! Writes   which recognisers must look.
//! Misses   nothing that the recognisers flag, which is tested and is measured on the corpora.

/// What the bytes of a value allow it to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// It could be SQL.
    pub sql: bool,
    /// It could be HTML or script.
    pub html: bool,
}

const BLANK: u8 = 1;
/// Quotes, comment marks, operators: what an injection cannot do without, unless it has blanks.
const SQL: u8 = 2;
const ANGLE: u8 = 4;
const EQUALS: u8 = 8;
const LETTER: u8 = 16;
const NUMBER: u8 = 32;
/// A byte that takes the place of white space between words.
const GLUE: u8 = 64;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::indexing_slicing, reason = "a constant table within its bounds")]
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        {
            table[at] = match at as u8 {
                0..=0x20 | 0x7F | 0xA0 => BLANK,
                b'\'' | b'"' | b'`' | b'#' | b';' | b'(' | b')' | b'*' | b'|' | b'&' | b'\\'
                | b'{' | b'}' | b'@' | b'!' | b'%' | b'^' | b'~' | b'[' | b']' | b'$' | b'?' => SQL,
                b'<' | b'>' => SQL | ANGLE,
                b'=' => SQL | EQUALS,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
                b'0'..=b'9' => NUMBER,
                b'-' | b'+' | b'/' | b',' | b'.' | b':' => GLUE,
                _ => 0,
            };
        }
        at += 1;
    }
    table
}

/// Looks at the bytes of `text`.
pub fn look(text: &[u8]) -> Suspicion {
    let mut met = 0;
    for &byte in text {
        met |= CLASSES.get(usize::from(byte)).copied().unwrap_or(0);
    }
    let sql = met & SQL != 0 || (met & (BLANK | GLUE) != 0 && met & LETTER != 0);
    Suspicion { sql, html: met & (ANGLE | EQUALS) != 0 }
}
