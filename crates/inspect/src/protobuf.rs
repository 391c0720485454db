//! Messages of protocol buffers without their description: the texts in them, by the numbers of their fields.
//!
//! The wire says how long a field is and not what it is: what is delimited may be a text, bytes, a message or packed
//! numbers. So a text is handed over as one, and what parses as a message is read as one, too; where both fit, both are.
//!
//! Reads    one message.
//! Writes   delimited fields as values at `$.1.3`; numbers are no values, since nothing hides in one.
//! Memory   none beside the path.
//! Errors   none: what is broken is handed over as it is.
//! Misses   which of several readings the application has; which fields are in a group.
//! Source   protobuf.dev, "Encoding".

use crate::body::{PIECE_BYTES_MAX, PIECE_OVERLAP_BYTES};
use crate::handing::Handing;
use crate::value::{PlaceRef, Sink};

/// Messages within messages that are read.
const DEPTH_MAX: usize = 16;

/// Reads that all levels of one message may take together: a text that is a message all the way down is read once a level.
const FIELDS_MAX: usize = 10_000;

/// One field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field<'a> {
    number: u64,
    /// What is delimited; nothing of a number.
    text: Option<&'a [u8]>,
}

/// The next field, and what follows it; nothing if this is none.
fn field(bytes: &[u8]) -> Option<(Field<'_>, &[u8])> {
    let (key, rest) = varint(bytes)?;
    let number = key >> 3;
    // Numbers go from 1 to 2^29 - 1.
    if number == 0 || number >= 1 << 29 {
        return None;
    }
    let (text, rest) = match key & 7 {
        0 => (None, varint(rest)?.1),
        1 => (None, rest.get(8..)?),
        2 => {
            let (length, rest) = varint(rest)?;
            let (text, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            (Some(text), rest)
        }
        5 => (None, rest.get(4..)?),
        // A group begins or ends: its fields are read as those of the message around it.
        3 | 4 => (None, rest),
        _ => return None,
    };
    Some((Field { number, text }, rest))
}

/// A number of seven bits a byte, the low ones first, and what follows it.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7F).checked_shl(u32::try_from(at * 7).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..).unwrap_or_default()));
        }
    }
    None
}

/// Whether all of it is a message of at least one field, as far as `left` fields tell.
fn is_message(bytes: &[u8], left: &mut usize) -> bool {
    let mut rest = bytes;
    while !rest.is_empty() {
        let Some((_, behind)) = field(rest).filter(|_| *left > 0) else { return false };
        *left -= 1;
        rest = behind;
    }
    !bytes.is_empty()
}

/// Hands over what stands in a message. What is none is handed over as one value.
pub(crate) fn walk(bytes: &[u8], path: &str, out: &mut Handing<'_, impl Sink>) {
    let mut left = FIELDS_MAX;
    match is_message(bytes, &mut { usize::MAX }) {
        true => fields(bytes, &mut path.to_owned(), DEPTH_MAX, &mut left, out),
        false if bytes.is_empty() => {}
        false => give(bytes, path, out),
    }
    // Whether what came last is a message was not asked any more.
    if left == 0 {
        out.is_cut();
    }
}

fn fields(
    bytes: &[u8],
    path: &mut String,
    depth_left: usize,
    left: &mut usize,
    out: &mut Handing<'_, impl Sink>,
) {
    let mut rest = bytes;
    while let Some((field, behind)) = field(rest) {
        rest = behind;
        let Some(text) = field.text.filter(|it| !it.is_empty()) else { continue };
        let length = path.len();
        path.push('.');
        path.push_str(&field.number.to_string());
        let is_within = depth_left > 0 && is_message(text, left);
        // Whatever is a message is text as well where it reads as one: `\n` and a length begin many.
        if !is_within || std::str::from_utf8(text).is_ok() {
            give(text, path, out);
        }
        if is_within {
            fields(text, path, depth_left - 1, left, out);
        }
        path.truncate(length);
    }
}

fn give(text: &[u8], path: &str, out: &mut Handing<'_, impl Sink>) {
    let mut rest = text;
    while !rest.is_empty() {
        let piece = rest.get(..PIECE_BYTES_MAX).unwrap_or(rest);
        out.give(PlaceRef::Body(path), piece);
        let is_last = piece.len() == rest.len();
        let from = if is_last { rest.len() } else { PIECE_BYTES_MAX - PIECE_OVERLAP_BYTES };
        rest = rest.get(from..).unwrap_or_default();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::value::Value;

    fn values(
        read: impl FnOnce(&mut Handing<'_, &mut dyn FnMut(Value<'_>)>),
    ) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        let mut take = |it: Value<'_>| {
            if let PlaceRef::Body(path) = it.place {
                found.push((path.to_owned(), it.text.to_vec()));
            }
        };
        let mut sink: &mut dyn FnMut(Value<'_>) = &mut take;
        let mut left = 1_000;
        read(&mut Handing::new(&mut sink, &mut left));
        found
    }

    fn delimited(number: u8, text: &[u8]) -> Vec<u8> {
        let mut out = vec![number << 3 | 2];
        let mut length = text.len();
        while length >= 0x80 {
            out.push(u8::try_from(length & 0x7F).unwrap() | 0x80);
            length >>= 7;
        }
        out.push(u8::try_from(length).unwrap());
        out.extend_from_slice(text);
        out
    }

    fn told(found: &[(String, Vec<u8>)]) -> Vec<(&str, &str)> {
        found
            .iter()
            .map(|(path, text)| (path.as_str(), std::str::from_utf8(text).unwrap()))
            .collect()
    }

    #[test]
    fn texts_of_messages_within_messages_are_handed_over() {
        // { 1: 150, 2: "testing", 3: { 1: "x' OR 1=1--", 4: fixed32 } }
        let inner = [delimited(1, b"x' OR 1=1--"), vec![4 << 3 | 5, 1, 2, 3, 0xFF]].concat();
        let message = [vec![8, 0x96, 1], delimited(2, b"testing"), delimited(3, &inner)].concat();
        let found = values(|out| walk(&message, "$", out));
        assert_eq!(told(&found), [("$.2", "testing"), ("$.3.1", "x' OR 1=1--")]);
    }

    #[test]
    fn a_text_that_is_a_message_as_well_is_read_as_both() {
        let ambiguous = delimited(1, b"' OR 1=1--");
        let found = values(|out| walk(&delimited(7, &ambiguous), "$", out));
        assert_eq!(told(&found), [("$.7", "\n\n' OR 1=1--"), ("$.7.1", "' OR 1=1--")]);
    }

    #[test]
    fn what_is_no_message_is_one_value() {
        for bytes in [&b"plain text"[..], b"\x0A\xFF", b"\x07", b"\x0A\x05ab"] {
            assert_eq!(values(|out| walk(bytes, "$", out)), [("$".to_owned(), bytes.to_vec())]);
        }
        assert_eq!(values(|out| walk(b"", "$", out)), []);
        assert_eq!(values(|out| walk(&[8, 1], "$", out)), []);
    }

    #[test]
    fn neither_groups_nor_numbers_in_front_hide_a_field() {
        let attack = delimited(5, b"x' OR 1=1--");
        let group = [&[0x0B, 0x0C][..], &attack].concat();
        let within = [&[0x0B][..], &attack, &[0x0C]].concat();
        let behind = [[8, 1].repeat(20_000), attack.clone()].concat();
        for message in [group, within, behind] {
            let found = values(|out| walk(&message, "$", out));
            assert_eq!(told(&found), [("$.5", "x' OR 1=1--")]);
        }
    }

    #[test]
    fn hostile_messages_take_bounded_time() {
        // A message in a message, as deep as it goes; and one whose every text is a message.
        let mut deep = delimited(1, b"x");
        while deep.len() < 60_000 {
            deep = delimited(1, &deep);
        }
        let wide: Vec<u8> = (0..10_000).flat_map(|_| delimited(1, &delimited(1, b"a"))).collect();
        for bytes in [deep, wide] {
            let found = values(|out| walk(&bytes, "$", out));
            assert!(found.len() <= FIELDS_MAX, "{}", found.len());
        }
    }
}
