//! A pattern of a patch: a regular expression that takes linear time, of bounded size.
//!
//! Reads    bytes: a dot is any byte, line ends too, and classes such as `\w` are ASCII, so that neither a line end nor
//!          bytes that are no UTF-8 get around a pattern.
//! Memory   a program of at most [`PROGRAM_BYTES_MAX`], and as much again for what is learnt of texts.
//! Errors   [`Unusable`].

use regex::bytes::{Regex, RegexBuilder};
use std::fmt;

/// Bytes that a compiled pattern may have.
pub const PROGRAM_BYTES_MAX: usize = 64 * 1024;

/// Characters of a pattern.
pub const PATTERN_CHARS_MAX: usize = 4_096;

/// Brackets within brackets.
const NESTING_MAX: u32 = 32;

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It has too many characters.
    Long,
    /// Its program would be too large.
    Large,
    /// It is no regular expression, and why.
    Syntax(String),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Long => write!(f, "it has more than {PATTERN_CHARS_MAX} characters"),
            Self::Large => {
                write!(
                    f,
                    "it needs more than {} KiB, as large repetitions do",
                    PROGRAM_BYTES_MAX / 1024
                )
            }
            Self::Syntax(why) => f.write_str(why),
        }
    }
}

/// A pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    program: Regex,
    /// What a byte that is looked at costs: each KiB of the program may be stepped through for it.
    weight: usize,
}

impl Pattern {
    /// Makes one ready.
    ///
    /// # Errors
    ///
    /// [`Unusable`].
    pub fn new(text: &str) -> Result<Self, Unusable> {
        if text.chars().count() > PATTERN_CHARS_MAX {
            return Err(Unusable::Long);
        }
        let mut bytes_max = 1024;
        loop {
            match compiled(text, bytes_max) {
                Ok(program) => return Ok(Self { program, weight: bytes_max / 1024 }),
                Err(Unusable::Large) if bytes_max < PROGRAM_BYTES_MAX => bytes_max *= 2,
                Err(why) => return Err(why),
            }
        }
    }

    pub(super) fn fits(&self, text: &[u8]) -> bool {
        self.program.is_match(text)
    }

    /// What it costs to look at so many bytes.
    pub(super) fn cost(&self, bytes: usize) -> usize {
        bytes.max(16).saturating_mul(self.weight)
    }
}

fn compiled(text: &str, bytes_max: usize) -> Result<Regex, Unusable> {
    let built = RegexBuilder::new(text)
        .unicode(false)
        .dot_matches_new_line(true)
        .nest_limit(NESTING_MAX)
        .size_limit(bytes_max)
        .dfa_size_limit(4 * PROGRAM_BYTES_MAX)
        .build();
    built.map_err(|error| {
        if let regex::Error::CompiledTooBig(_) = error {
            return Unusable::Large;
        }
        // The reason stands last, behind the pattern and a mark under it.
        let text = error.to_string();
        let last = text.lines().last().unwrap_or_default();
        Unusable::Syntax(last.strip_prefix("error: ").unwrap_or(last).to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_end_and_bytes_that_are_no_text_are_bytes() {
        let it = Pattern::new("(?i)<script.+onload").unwrap();
        for text in [&b"<SCRIPT x onload"[..], b"<script\nonload", b"<script\xffonload"] {
            assert!(it.fits(text));
        }
        assert!(!it.fits(b"<script onloa"));
        assert!(!Pattern::new("^a$").unwrap().fits(b"a\n"));
    }

    #[test]
    fn what_would_be_large_or_is_none_is_refused() {
        let of = |text: &str| Pattern::new(text).unwrap_err();
        for text in ["(a{1000}){1000}", "((a{100}){100}){100}", "[ab]{40000}"] {
            assert_eq!(of(text), Unusable::Large, "{text}");
        }
        assert_eq!(of(&"a".repeat(PATTERN_CHARS_MAX + 1)), Unusable::Long);
        assert_eq!(of("a("), Unusable::Syntax("unclosed group".to_owned()));
        assert!(matches!(of(&"(".repeat(40)), Unusable::Syntax(_)));
        assert!(matches!(of("(?=a)"), Unusable::Syntax(_)));
    }

    #[test]
    fn a_larger_program_costs_more() {
        let of = |text: &str| Pattern::new(text).unwrap().cost(1_000);
        assert!(of("^[a-z]{1,8}$") < of("[ab]*a[ab]{400}c"));
    }
}
