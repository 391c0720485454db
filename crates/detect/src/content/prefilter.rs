//! The prefilter: a look-up a byte, and for what has several words a look at them, tells most
//! values to be neither SQL nor HTML.
//!
//! Reads    every byte of the value, once or twice.
//! Writes   which recognisers must look.
//! Misses   what needs neither a mark of `MARK` nor `--` nor a word of `is_word`. Nothing that
//!          the recognisers flag in the corpora is cleared; the evaluation tool counts it.

/// What the bytes of a value allow it to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// It could be SQL.
    pub sql: bool,
    /// It could be HTML or script.
    pub html: bool,
}

/// Quotes, comments, comparisons, calls: an injection without words has one of them.
const MARK: u8 = 1;
const ANGLE_OR_EQUALS: u8 = 2;
const DASH: u8 = 4;
const LETTER: u8 = 8;
/// What is no letter: without one, or without letters, there is one word at most.
const OTHER: u8 = 16;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [OTHER; 256];
    let mut byte = 0_u8;
    loop {
        let class = match byte {
            b'\'' | b'"' | b'`' | b'#' | b';' | b'(' | b')' | b'*' | b'|' | b'\\' => MARK,
            b'<' | b'>' | b'=' => MARK | ANGLE_OR_EQUALS,
            b'-' => DASH | OTHER,
            b'a'..=b'z' | b'A'..=b'Z' => LETTER,
            _ => OTHER,
        };
        #[expect(clippy::indexing_slicing, reason = "a byte is within 256 entries")]
        {
            table[byte as usize] = class;
        }
        match byte.checked_add(1) {
            Some(next) => byte = next,
            None => return table,
        }
    }
}

/// Looks at the bytes of `text`.
pub fn look(text: &[u8]) -> Suspicion {
    let met = text.iter().fold(0, |met, &byte| met | class(byte));
    let sql = met & MARK != 0
        || (met & DASH != 0 && memchr::memmem::find(text, b"--").is_some())
        || (met & (LETTER | OTHER) == LETTER | OTHER && has_word(text));
    Suspicion { sql, html: met & ANGLE_OR_EQUALS != 0 }
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(OTHER)
}

fn has_word(text: &[u8]) -> bool {
    text.split(|&byte| class(byte) & LETTER == 0).any(is_word)
}

/// Whether `word` is one of those of which an injection without marks has one. The length clears
/// most without comparing.
fn is_word(word: &[u8]) -> bool {
    let words: &[&[u8]] = match word.len() {
        2 => &[b"or", b"in", b"is"],
        3 => &[b"and", b"not", b"xor"],
        4 => &[b"like", b"case", b"drop", b"exec", b"into"],
        5 => &[b"union", b"order", b"group", b"where", b"limit"],
        6 => &[b"select", b"having", b"insert", b"update", b"delete", b"create"],
        7 => &[b"between", b"declare", b"execute", b"waitfor"],
        9 => &[b"procedure"],
        _ => return false,
    };
    words.iter().any(|it| word.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use libinjectionrs::{detect_sqli, detect_xss};

    #[track_caller]
    fn check(text: &str, sql: bool, html: bool) {
        assert_eq!(look(text.as_bytes()), Suspicion { sql, html }, "{text:?}");
    }

    #[test]
    fn ordinary_values_are_cleared() {
        for text in [
            "",
            "42",
            "-17.5e3",
            "alice",
            "alice@example.com",
            "2026-01-31T12:00:00Z",
            "0b7a4c1e-4b7e-4a39-9c6e-0c1f3b5d7f90",
            "https://example.com/a/b.html?page",
            "Mozilla/5.0",
            "Rue de Rivoli 12, 75001 Paris",
            "ünïcödé",
            "[1]{2}",
        ] {
            check(text, false, false);
        }
    }

    #[test]
    fn marks_comments_and_words_of_sql_are_looked_at() {
        for text in ["'", "a\"b", "1--", "#", "1;2", "(x)", "1 or 2", "1 UnIoN x", "1union", "a|b"]
        {
            check(text, true, false);
        }
        for text in ["a=b", "<3", "x>y"] {
            check(text, true, true);
        }
    }

    #[test]
    fn one_word_is_no_sql() {
        check("select", false, false);
        check("select ", true, false);
        check("selection 1", false, false);
    }

    /// Every sequence of up to five of these pieces that libinjection flags must pass.
    #[test]
    fn nothing_that_is_recognised_is_cleared() {
        const PIECES: [&str; 22] = [
            "1", " ", "x", "'", "\"", " or ", " and ", "=", " union ", "select ", "--", "/*", "#",
            "(", ")", ";", ",", "@@v", "null", "<a", " onload=", "sleep",
        ];
        let mut flagged = 0;
        let mut state = 88_172_645_463_325_252_u64;
        for _ in 0..60_000 {
            let mut text = String::new();
            for _ in 0..6 {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                text.push_str(PIECES[(state % 22) as usize]);
            }
            let looked = look(text.as_bytes());
            for (is_flagged, passes) in [
                (detect_sqli(text.as_bytes()).is_injection(), looked.sql),
                (detect_xss(text.as_bytes()).is_injection(), looked.html),
            ] {
                flagged += usize::from(is_flagged);
                assert!(passes || !is_flagged, "{text:?}");
            }
        }
        assert!(flagged > 3_000, "{flagged}");
    }
}
