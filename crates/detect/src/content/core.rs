//! What stands within much harmless text: who writes an attack between many words hides it there.
//!
//! Reads    a value, from both its ends.
//! Memory   none.
//! Misses   a bare word that is the attack (`; id` before and behind sentences); attacks between which words stand.

/// Words around a core.
const WORDS_BYTES_MIN: usize = 128;

/// Longest core.
const CORE_BYTES_MAX: usize = 768;

/// Whether a value is long enough to have one.
pub(super) const fn is_long(text: &[u8]) -> bool {
    text.len() >= WORDS_BYTES_MIN
}

/// What stands between many words before it and behind it: who writes an attack into a long text hides it there. Nothing
/// if it is not short, or if the value has few words around it.
pub fn core(text: &[u8]) -> Option<&[u8]> {
    let length = text.len();
    if !is_long(text) {
        return None;
    }
    // Words in a comment of markup are words too.
    let text = match memchr::memmem::rfind(text, b"<!--") {
        Some(at) if at > 0 && text.trim_ascii_end().ends_with(b"-->") => text.get(..at)?,
        Some(_) | None => text,
    };
    let is_word = |it: &u8| {
        it.is_ascii_alphabetic()
            || matches!(it, b' ' | b'\n' | b'\r' | b',' | b'.' | b'-' | b'!' | 0x80..)
    };
    let from = text.iter().position(|it| !is_word(it))?;
    let to = text.iter().rposition(|it| !is_word(it))? + 1;
    // What begins or ends within a word is all of that word.
    let is_blank = |it: &u8| matches!(it, b' ' | b'\n');
    let head = text.get(..from)?;
    let from = head.iter().rposition(is_blank).map_or(0, |at| at + 1);
    let tail = text.get(to..)?;
    let to = to + tail.iter().position(is_blank).unwrap_or(tail.len());
    let core = text.get(from..to)?;
    let around = length.saturating_sub(core.len());
    // A name in the midst of a sentence is written between backticks.
    let is_told = core.contains(&b'`')
        && !core
            .iter()
            .any(|it| matches!(it, b'<' | b'$' | b'{' | b'|' | b'&' | b'%' | b'/' | b'\\' | b'='));
    if !is_told && core.len() <= CORE_BYTES_MAX && around >= WORDS_BYTES_MIN {
        Some(core)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_many_words_is_told() {
        let words = "some words of a letter, and more. ".repeat(8);
        let text = format!("{words}' or 1=1-- {words}");
        assert_eq!(core(text.as_bytes()), Some(&b"' or 1=1--"[..]));
        for text in ["' or 1=1--".to_owned(), words.clone(), format!("{words} the `id` of it")] {
            assert_eq!(core(text.as_bytes()), None, "{text}");
        }
    }
}
