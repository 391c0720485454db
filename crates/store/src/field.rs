//! Fields of a payload that are more than one integer: texts and moments.

use crate::record::RecordError;
use bartizan_model::moment::Moment;
use bytes::{Buf, BufMut};

const ELLIPSIS: &str = "…";

/// Writes a text: its length in two bytes, then its bytes. A longer one than `bytes_max` is cut
/// and ends with `…`.
pub(crate) fn put_text(out: &mut Vec<u8>, text: &str, bytes_max: u16) {
    let bytes_max = usize::from(bytes_max);
    let (kept, mark) = if text.len() <= bytes_max {
        (text, "")
    } else {
        let end = text.floor_char_boundary(bytes_max.saturating_sub(ELLIPSIS.len()));
        (text.get(..end).unwrap_or_default(), ELLIPSIS)
    };
    out.put_u16_le(u16::try_from(kept.len() + mark.len()).unwrap_or(u16::MAX));
    out.put_slice(kept.as_bytes());
    out.put_slice(mark.as_bytes());
}

/// Reads a text.
pub(crate) fn take_text<'a>(from: &mut &'a [u8]) -> Result<&'a str, RecordError> {
    let length = usize::from(from.try_get_u16_le()?);
    let (text, rest) = from.split_at_checked(length).ok_or(RecordError::Short)?;
    *from = rest;
    str::from_utf8(text).map_err(|_| RecordError::NotText)
}

/// Writes a moment.
pub(crate) fn put_moment(out: &mut Vec<u8>, at: Moment) {
    out.put_u64_le(at.mono_ns);
    out.put_u64_le(at.wall_us);
}

/// Reads a moment.
pub(crate) fn take_moment(from: &mut &[u8]) -> Result<Moment, RecordError> {
    Ok(Moment { mono_ns: from.try_get_u64_le()?, wall_us: from.try_get_u64_le()? })
}

/// Passes over reserved bytes.
pub(crate) fn skip(from: &mut &[u8], bytes: usize) -> Result<(), RecordError> {
    *from = from.get(bytes..).ok_or(RecordError::Short)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, bytes_max: u16) -> String {
        let mut out = Vec::new();
        put_text(&mut out, text, bytes_max);
        take_text(&mut out.as_slice()).unwrap().to_owned()
    }

    #[test]
    fn a_text_is_cut_between_characters_and_says_so() {
        assert_eq!(written("abcdef", 6), "abcdef");
        assert_eq!(written("abcdefg", 6), "abc…");
        assert_eq!(written("abéééé", 6), "ab…");
        assert_eq!(written("", 6), "");
    }

    #[test]
    fn a_text_that_ends_early_or_is_not_utf8_is_an_error() {
        assert_eq!(take_text(&mut &[2, 0, b'a'][..]), Err(RecordError::Short));
        assert_eq!(take_text(&mut &[2][..]), Err(RecordError::Short));
        assert_eq!(take_text(&mut &[1, 0, 0xFF][..]), Err(RecordError::NotText));
    }
}
