//! Words in an entry: an operator's reason, a name, a version. Short, and on one line.

use std::fmt;

/// Bytes of a text at most.
pub const TEXT_BYTES_MAX: usize = 400;

/// A text of at most [`TEXT_BYTES_MAX`] bytes without control characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(String);

impl Text {
    /// As much of `text` as fits; control characters become U+FFFD.
    pub fn of(text: &str) -> Self {
        let mut kept = String::new();
        for it in text.chars() {
            let it = if it.is_control() { char::REPLACEMENT_CHARACTER } else { it };
            if kept.len() + it.len_utf8() > TEXT_BYTES_MAX {
                break;
            }
            kept.push(it);
        }
        Self(kept)
    }

    /// Exactly this text, if it is one.
    pub fn exactly(text: &str) -> Option<Self> {
        let is_text = text.len() <= TEXT_BYTES_MAX && !text.chars().any(char::is_control);
        is_text.then(|| Self(text.to_owned()))
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_short_and_on_one_line() {
        assert_eq!(Text::of("a\nb\u{1b}").as_str(), "a\u{fffd}b\u{fffd}");
        assert_eq!(Text::of(&"ä".repeat(300)).as_str(), "ä".repeat(200));
        assert!(Text::exactly(&"x".repeat(TEXT_BYTES_MAX)).is_some());
        assert!(Text::exactly(&"x".repeat(TEXT_BYTES_MAX + 1)).is_none());
        assert!(Text::exactly("a\tb").is_none());
    }
}
