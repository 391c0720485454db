//! Character sets other than UTF-8 in which a body may be written.
//!
//! Reads    the first bytes of a body, and what its `Content-Type` says.
//! Writes   the body as UTF-8.
//! Misses   sets of eight bits, which are taken as bytes; EBCDIC and the multi-byte sets of East Asia.
//! Source   RFC 2781, RFC 2152; RFC 4627 section 3 for texts without a byte order mark.

use crate::decoding::utf7;
use crate::decoding::utf16::{self, Order};
use crate::multipart::parameters;

/// A set that is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-7.
    Utf7,
    /// Two bytes a unit.
    Utf16(Order),
    /// Four bytes a character.
    Utf32(Order),
}

impl Charset {
    /// What the first bytes show.
    pub(crate) fn shown(text: &[u8]) -> Option<Self> {
        Some(match text {
            [0xFF, 0xFE, 0, 0, ..] => Self::Utf32(Order::Little),
            [0, 0, 0xFE, 0xFF, ..] => Self::Utf32(Order::Big),
            [0xFF, 0xFE, ..] => Self::Utf16(Order::Little),
            [0xFE, 0xFF, ..] => Self::Utf16(Order::Big),
            [0, 0, 0, one, ..] if *one != 0 => Self::Utf32(Order::Big),
            [one, 0, 0, 0, ..] if *one != 0 => Self::Utf32(Order::Little),
            [0, one, 0, two, ..] if *one != 0 && *two != 0 => Self::Utf16(Order::Big),
            [one, 0, two, 0, ..] if *one != 0 && *two != 0 => Self::Utf16(Order::Little),
            _ => return None,
        })
    }

    /// What a `Content-Type` says; of several the first that is rewritten.
    pub(crate) fn declared(content_type: &[u8]) -> Option<Self> {
        parameters(content_type).filter(|it| it.is(b"charset")).find_map(|it| {
            let name = it.value.to_ascii_lowercase();
            Some(match name.as_slice() {
                b"utf-7" | b"utf7" | b"unicode-1-1-utf-7" => Self::Utf7,
                b"utf-16le" | b"ucs-2" | b"utf16le" => Self::Utf16(Order::Little),
                b"utf-16" | b"utf-16be" | b"utf16" | b"utf16be" => Self::Utf16(Order::Big),
                b"utf-32le" | b"utf32le" => Self::Utf32(Order::Little),
                b"utf-32" | b"utf-32be" | b"utf32" | b"ucs-4" => Self::Utf32(Order::Big),
                _ => return None,
            })
        })
    }

    /// The text as UTF-8, at most three times as long.
    pub(crate) fn rewritten(self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Utf7 => {
                utf7::decode(text, &mut out);
            }
            Self::Utf16(order) => utf16::units(text, order, &mut out),
            Self::Utf32(order) => {
                for four in text.chunks_exact(4).filter_map(|it| it.first_chunk::<4>()) {
                    let code = match order {
                        Order::Big => u32::from_be_bytes(*four),
                        Order::Little => u32::from_le_bytes(*four),
                    };
                    let it = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                    if it != '\u{feff}' {
                        out.extend_from_slice(it.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
            }
        }
        out
    }
}
