//! What a value is like as a whole, whatever it says: short or long, prose, code or marks.
//!
//! Reads    the first `SHAPE_BYTES_MAX` bytes of a value, and its length.
//! Writes   one bit for each feature.

/// Bytes that are looked at.
const SHAPE_BYTES_MAX: usize = 2 * 1024;

/// What a value is like. Bit n is the n-th of [`Shape::FEATURES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape(u16);

impl Shape {
    /// Names of the features, for weights and reasons.
    pub const FEATURES: [&'static str; 13] = [
        "over_32_bytes",
        "over_128_bytes",
        "over_512_bytes",
        "over_2048_bytes",
        "several_lines",
        "many_lines",
        "words_in_a_row",
        "sentence",
        "mostly_letters",
        "mostly_marks",
        "is_name",
        "no_blank",
        "document",
    ];

    /// Of one value.
    pub fn of(text: &[u8], is_name: bool) -> Self {
        // The line end of a file is no line more.
        let text = text.trim_ascii();
        let read = text.get(..SHAPE_BYTES_MAX).unwrap_or(text);
        let (mut letters, mut marks, mut blanks, mut lines) = (0_usize, 0_usize, 0_usize, 0_usize);
        let (mut row, mut longest, mut word) = (0_u32, 0_u32, 0_u32);
        for &byte in read {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                    letters += 1;
                    word += 1;
                    continue;
                }
                b' ' | b'\n' | b'\r' | b'\t' => {
                    blanks += 1;
                    lines += usize::from(byte == b'\n');
                    if word > 0 {
                        row += 1;
                        longest = longest.max(row);
                    }
                }
                // What a sentence has within.
                b',' | b'.' | b'\'' | b'-' if word > 0 => continue,
                b'0'..=b'9' => row = 0,
                _ => {
                    marks += 1;
                    row = 0;
                }
            }
            word = 0;
        }
        let longest = longest.max(row + u32::from(word > 0));
        let all = read.len();
        let is_sentence = longest >= 6 && read.iter().any(|it| matches!(it, b'.' | b',' | b'?'));
        [
            text.len() > 32,
            text.len() > 128,
            text.len() > 512,
            text.len() > 2_048,
            lines > 0,
            lines > 4,
            longest >= 4,
            is_sentence,
            (letters + blanks) * 100 >= all * 88,
            marks * 100 >= all * 30,
            is_name,
            blanks == 0,
            is_document(text),
        ]
        .into_iter()
        .enumerate()
        .fold(Self(0), |it, (n, has)| Self(it.0 | u16::from(has) << n))
    }

    /// Whether it has the n-th feature.
    pub const fn has(self, n: usize) -> bool {
        n < 16 && self.0 >> n & 1 == 1
    }
}

/// Whether it declares itself a whole document: what stands within is examined for itself.
fn is_document(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let begins =
        |with: &[u8]| text.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with));
    begins(b"<?xml") || begins(b"<!doctype") || begins(b"<html") || begins(b"<soap")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(text: &str) -> Vec<&'static str> {
        let it = Shape::of(text.as_bytes(), false);
        (0..13).filter(|&n| it.has(n)).map(|n| Shape::FEATURES[n]).collect()
    }

    #[test]
    fn prose_marks_and_length_are_told() {
        assert_eq!(features("alice"), ["mostly_letters", "no_blank"]);
        assert_eq!(features("')--('"), ["mostly_marks", "no_blank"]);
        assert_eq!(
            features("It was a fine day, and nobody came."),
            ["over_32_bytes", "words_in_a_row", "sentence", "mostly_letters"]
        );
        assert_eq!(features("a=1\nb=2\n"), ["several_lines"]);
    }
}
