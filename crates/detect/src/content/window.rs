//! The windows of a long value: what stands in one of them cannot be outweighed by what else the value is made of.
//!
//! Reads    a value, line by line.
//! Writes   pieces of its lines that overlap, each from the beginning of a word on where there is one.
//! Misses   what shows in no window: attacks over several lines, those longer than the overlap whose halves say nothing,
//!          and those that what stands beside them in a window outweighs: digits on the same line do.

/// Bytes of a value that is looked at as a whole alone.
const SHORT_BYTES_MAX: usize = 600;

/// Bytes of a window.
const WINDOW_BYTES: usize = 192;

/// Bytes that two windows of a line share.
const OVERLAP_BYTES: usize = 64;

/// Bytes in which the beginning of a word is looked for.
const WORD_BYTES_MAX: usize = 24;

/// The windows of a value; none of a short one.
pub(super) fn windows(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let text = if text.len() > SHORT_BYTES_MAX { text } else { &[] };
    text.split(|it| *it == b'\n').flat_map(of_line)
}

fn of_line(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let window = rest.get(..WINDOW_BYTES).unwrap_or(rest);
        rest = if window.len() < rest.len() { behind(rest) } else { &[] };
        Some(window)
    })
}

/// Where the next window begins.
fn behind(text: &[u8]) -> &[u8] {
    let latest = WINDOW_BYTES - OVERLAP_BYTES;
    let earliest = latest - WORD_BYTES_MAX;
    let near = text.get(earliest..latest).unwrap_or_default();
    let blank = near.iter().rposition(|it| matches!(it, b' ' | b'\t'));
    let at = blank.map_or(latest, |at| earliest + at + 1);
    text.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_short_piece_of_a_line_stands_whole_in_a_window() {
        let line: String = (0..400).map(|it| format!("{it} word ")).collect();
        let all: Vec<&[u8]> = windows(line.as_bytes()).collect();
        for from in 0..line.len() - OVERLAP_BYTES {
            let piece = &line.as_bytes()[from..from + OVERLAP_BYTES];
            let holds = |it: &&[u8]| it.windows(OVERLAP_BYTES).any(|it| it == piece);
            assert!(all.iter().any(holds), "{from}");
        }
        assert!(all.iter().all(|it| it.len() <= WINDOW_BYTES && !it.starts_with(b" ")));
    }

    #[test]
    fn lines_are_windows_and_short_values_have_none() {
        let text = format!("first\n\n{}\nlast", "x".repeat(700));
        let lengths: Vec<usize> = windows(text.as_bytes()).map(<[u8]>::len).collect();
        assert_eq!(lengths, [5, 192, 192, 192, 192, 188, 4]);
        assert_eq!(windows(&[b'x'; SHORT_BYTES_MAX]).count(), 0);
        assert_eq!(windows(&[b'x'; SHORT_BYTES_MAX + 1]).count(), 5);
        assert_eq!(windows(b"").count(), 0);
    }
}
