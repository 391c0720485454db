//! Base64: values that are nothing else, and runs within them (`data:…;base64,…`, the parts of a token, what stands between
//! separators) that are text when decoded.
//!
//! Misses   runs of less than [`DIGITS_MIN`] digits, of which words have many; runs that begin in the middle of other digits;
//!          digits with blanks between them, except line ends, and few blanks, in a value that is nothing else.
//! Source   RFC 4648 sections 4 and 5.

/// Digits below which nothing is decoded: eight bytes.
pub(super) const DIGITS_MIN: usize = 11;

/// Digits of which one at most is a `+`, and was made a blank.
const BLANKED_DIGITS: usize = 12;

/// Digits of a run that are looked at before it is decoded.
const TRIED_DIGITS: usize = 16;

/// The value of one digit of either alphabet.
pub(super) const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// Whether this is a digit of either alphabet.
pub(super) const fn is_in_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Whether some run begins as text does when decoded.
pub(super) fn may_have_run(text: &[u8]) -> bool {
    let mut from = 0;
    while let Some(run) = next_run(text, from) {
        if pieces(run.text).any(may_be_text) {
            return true;
        }
        from = run.end;
    }
    false
}

/// Whether a text of nothing but digits, blanks and line ends begins as text does when decoded.
pub(super) fn may_be_whole(text: &[u8]) -> bool {
    let (mut blanks, mut ends) = (0, 0);
    for byte in text {
        blanks += usize::from(*byte == b' ');
        ends += usize::from(matches!(byte, b'\r' | b'\n'));
    }
    // Text has no `+` when encoded, but for some `>` and `~`: words are words.
    if blanks + ends == 0 || blanks * BLANKED_DIGITS > text.len() {
        return false;
    }
    let mut first = [0; TRIED_DIGITS];
    let mut count = 0;
    for (to, it) in first.iter_mut().zip(whole(text)) {
        *to = it;
        count += 1;
    }
    first.get(..count).is_some_and(may_be_text)
}

/// Hands over what the value, or each run, decodes to, as far as that is worth it.
pub(super) fn each(text: &[u8], out: &mut Vec<u8>, give: &mut impl FnMut(&[u8])) {
    if may_be_whole(text) {
        out.clear();
        decode(whole(text), out);
        if super::is_worth_it(out) {
            give(out);
        }
    }
    let mut from = 0;
    while let Some(run) = next_run(text, from) {
        from = run.end;
        for piece in pieces(run.text).filter(|it| may_be_text(it)) {
            out.clear();
            decode(piece.iter().copied(), out);
            if super::is_worth_it(out) {
                give(out);
            }
        }
    }
}

/// A run of digits.
struct Run<'a> {
    text: &'a [u8],
    end: usize,
}

/// The next run of at least [`DIGITS_MIN`] digits. Most of the text is never looked at: in such a run, one of so many bytes is
/// a digit, wherever one begins.
fn next_run(text: &[u8], from: usize) -> Option<Run<'_>> {
    let mut begin = from;
    loop {
        let window = text.get(begin..begin + DIGITS_MIN)?;
        match window.iter().rposition(|it| !is_in_alphabet(*it)) {
            Some(at) => begin += at + 1,
            None => break,
        }
    }
    let rest = text.get(begin..)?;
    let length = rest.iter().take_while(|it| is_in_alphabet(**it)).count();
    Some(Run { text: rest.get(..length)?, end: begin + length })
}

/// A run, and what stands between slashes in it: they are digits, and separate.
fn pieces(run: &[u8]) -> impl Iterator<Item = &[u8]> {
    let split = run.split(|it| *it == b'/').filter(|it| it.len() >= DIGITS_MIN);
    let has_slash = memchr::memchr(b'/', run).is_some();
    std::iter::once(run).chain(split.filter(move |_| has_slash))
}

/// Whether the first digits are text when decoded.
fn may_be_text(digits: &[u8]) -> bool {
    let mut bytes = [0; 12];
    let mut count = 0;
    for (to, four) in bytes.chunks_exact_mut(3).zip(digits.chunks(4)) {
        let value = |at: usize| four.get(at).and_then(|it| digit(*it)).map_or(0, u32::from);
        let three = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
        let [_, a, b, c] = three.to_be_bytes();
        to.copy_from_slice(&[a, b, c]);
        count += four.len().saturating_sub(1);
    }
    let first = bytes.get(..count).unwrap_or_default();
    let allowed = if digits.len() < 22 { 0 } else { 2 };
    super::strange(first) <= allowed || super::has_magic(first)
}

/// The digits of a value that is nothing else. A blank was a `+` before a form was decoded.
fn whole(text: &[u8]) -> impl Iterator<Item = u8> {
    let digits = text.iter().filter(|it| !matches!(it, b'\r' | b'\n' | b'\t' | b'='));
    digits.map(|it| if *it == b' ' { b'+' } else { *it })
}

/// The bytes of a text that is Base64, whatever they are; what is no digit is passed over.
pub(crate) fn bytes(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    decode(text.iter().copied(), &mut out);
    out
}

fn decode(digits: impl Iterator<Item = u8>, out: &mut Vec<u8>) {
    let (mut bits, mut count) = (0_u32, 0);
    for value in digits.filter_map(digit) {
        bits = (bits << 6 | u32::from(value)) & 0x3FFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            out.push(byte);
        }
    }
}
