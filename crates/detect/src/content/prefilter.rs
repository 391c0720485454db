//! The prefilter of SQL: what has neither a mark that SQL needs nor one of its words among others is no SQL.
//!
//! Reads    the marks of the value; where these leave it open, its words.
//! Writes   whether the recogniser must look.
//! Misses   what needs neither a mark of [`MARKS`] nor `--` nor a word of [`WORDS`].

use super::caseless::Words;
use super::marks::Marks;

/// Quotes, comments, comparisons, calls: an injection without words has one of them.
const MARKS: Marks = Marks::QUOTE
    .and(Marks::DOUBLE_QUOTE)
    .and(Marks::BACKTICK)
    .and(Marks::HASH)
    .and(Marks::SEMICOLON)
    .and(Marks::PARENTHESIS)
    .and(Marks::STAR)
    .and(Marks::PIPE)
    .and(Marks::BACKSLASH)
    .and(Marks::LESS)
    .and(Marks::GREATER)
    .and(Marks::EQUALS);

/// Whether `text` could be SQL.
pub(super) fn may_be_sql(text: &[u8], marks: Marks) -> bool {
    marks.has_any(MARKS)
        || (marks.has(Marks::DASH) && memchr::memmem::find(text, b"--").is_some())
        // A single word is none.
        || (marks.has(Marks::LETTER) && marks.is_more_than(Marks::LETTER) && has_word(text))
}

fn has_word(text: &[u8]) -> bool {
    text.split(|&byte| !byte.is_ascii_alphabetic()).any(|it| WORDS.has(it))
}

/// An injection without marks has one of them.
const WORDS: Words = Words::new(&[
    "and",
    "between",
    "case",
    "create",
    "declare",
    "delete",
    "drop",
    "exec",
    "execute",
    "group",
    "having",
    "in",
    "insert",
    "into",
    "is",
    "like",
    "limit",
    "not",
    "or",
    "order",
    "procedure",
    "select",
    "union",
    "update",
    "waitfor",
    "where",
    "xor",
]);

#[cfg(test)]
mod tests {
    use super::*;
    use libinjectionrs::detect_sqli;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(looks(text), expected, "{text:?}");
    }

    fn looks(text: &str) -> bool {
        may_be_sql(text.as_bytes(), Marks::of(text.as_bytes()))
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
            check(text, false);
        }
    }

    #[test]
    fn marks_comments_and_words_of_sql_are_looked_at() {
        for text in ["'", "a\"b", "1--", "#", "1;2", "(x)", "1 or 2", "1 UnIoN x", "1union", "a|b"]
        {
            check(text, true);
        }
        for text in ["a=b", "<3", "x>y"] {
            check(text, true);
        }
    }

    #[test]
    fn one_word_is_no_sql() {
        assert!(WORDS.is_sorted());
        check("select", false);
        check("select ", true);
        check("selection 1", false);
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
            let is_flagged = detect_sqli(text.as_bytes()).is_injection();
            flagged += usize::from(is_flagged);
            assert!(looks(&text) || !is_flagged, "{text:?}");
        }
        assert!(flagged > 1_000, "{flagged}");
    }
}
