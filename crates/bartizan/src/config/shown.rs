//! Operator-supplied text made fit to print: one line, no control characters, bounded.
//!
//! A configuration may come from a pull request; its messages must not move a terminal's cursor
//! or reverse the reading direction of a log. A key that was pasted in the wrong place is hidden.

use super::secret::is_secret_line;
use std::fmt;

const CHARS_MAX: usize = 60;

/// Shows a piece of text in backticks, clipped.
pub(super) struct Shown<'a>(pub(super) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_secret_line(self.0) {
            return f.write_str("`***`");
        }
        let text: String = self.0.chars().take(CHARS_MAX).map(printable).collect();
        let more = if self.0.chars().nth(CHARS_MAX).is_some() { "…" } else { "" };
        write!(f, "`{text}{more}`")
    }
}

/// One character for one character, so that columns keep their places.
pub(super) fn printable(it: char) -> char {
    match it {
        '\t' => ' ',
        it if it.is_control() || is_invisible(it) => char::REPLACEMENT_CHARACTER,
        it => it,
    }
}

/// Formats that change how the rest of a line reads.
fn is_invisible(it: char) -> bool {
    matches!(it,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shown: &str) {
        assert_eq!(Shown(text).to_string(), shown);
    }

    #[test]
    fn escapes_and_direction_marks_are_replaced() {
        check("a\u{1b}[31mb", "`a\u{fffd}[31mb`");
        check("a\u{202e}b\u{9b}", "`a\u{fffd}b\u{fffd}`");
        check("a\nb\tc", "`a\u{fffd}b c`");
        check("Käse", "`Käse`");
    }

    #[test]
    fn a_key_in_the_wrong_place_is_hidden() {
        check("-----BEGIN PRIVATE KEY-----", "`***`");
        check(&"aB1+".repeat(16), "`***`");
    }

    #[test]
    fn long_text_is_clipped_after_sixty_characters() {
        check(&"ä".repeat(60), &format!("`{}`", "ä".repeat(60)));
        check(&"ä".repeat(61), &format!("`{}…`", "ä".repeat(60)));
    }
}
