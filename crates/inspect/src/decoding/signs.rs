//! Signs of an encoding: one look that clears most values.
//!
//! Misses   nothing that a decoder would decode: a sign may be wrong, but is never missing.

use super::{base64, compressed, hexadecimal};

const PERCENT: u16 = 1;
const AMPERSAND: u16 = 2;
const BACKSLASH: u16 = 4;
const PLUS: u16 = 8;
const HIGH: u16 = 16;
const NUL: u16 = 32;
const EQUALS: u16 = 64;
const QUESTION: u16 = 128;
/// No hexadecimal digit, and no `x` of `0x`.
const NO_HEX: u16 = 256;
/// Neither of an alphabet of Base64 nor a blank, tab, line end or `=`.
const NO_BASE64: u16 = 512;
const CONTROL: u16 = 1024;

/// What each byte is a sign of.
const KINDS: [u16; 256] = kinds();

const fn kinds() -> [u16; 256] {
    let mut all = [0; 256];
    let mut rest: &mut [u16] = &mut all;
    let mut byte = 0_u8;
    while let [first, behind @ ..] = rest {
        *first = kind(byte);
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    all
}

const fn kind(byte: u8) -> u16 {
    let own = match byte {
        b'%' => PERCENT,
        b'&' => AMPERSAND,
        b'\\' => BACKSLASH,
        b'+' => PLUS,
        b'=' => EQUALS,
        b'?' => QUESTION,
        0 => NUL | CONTROL,
        b'\t' | b'\n' | b'\r' => 0,
        1..0x20 => CONTROL,
        // The first bytes of overlong forms, and of characters with a plain form; of a byte order mark.
        0xC0 | 0xC1 | 0xC5 | 0xCA | 0xCB | 0xCD | 0xE0 | 0xE1 | 0xE2 | 0xE3 | 0xEF | 0xF0
        | 0xFE | 0xFF => HIGH,
        _ => 0,
    };
    let hex = if byte.is_ascii_hexdigit() || byte == b'x' { 0 } else { NO_HEX };
    let is_blank = matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'=');
    let base64 = if base64::is_in_alphabet(byte) || is_blank { 0 } else { NO_BASE64 };
    own | hex | base64
}

/// Which decoders may find work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signs {
    pub(super) percent: bool,
    pub(super) ampersand: bool,
    pub(super) backslash: bool,
    pub(super) plus: bool,
    pub(super) high: bool,
    pub(super) nul: bool,
    pub(super) base64: bool,
    pub(super) hexadecimal: bool,
    pub(super) compressed: bool,
    pub(super) pairs: bool,
}

impl Signs {
    pub(super) fn of(text: &[u8]) -> Self {
        let met = text.iter().fold(0, |met, it| met | kind_of(*it));
        let has = |kind: u16| met & kind != 0;
        let is_base64 = text.len() >= base64::DIGITS_MIN
            && (base64::may_have_run(text) || (!has(NO_BASE64) && base64::may_be_whole(text)));
        Self {
            percent: has(PERCENT),
            ampersand: has(AMPERSAND),
            backslash: has(BACKSLASH),
            plus: has(PLUS),
            high: has(HIGH),
            nul: has(NUL),
            base64: is_base64,
            hexadecimal: !has(NO_HEX) && hexadecimal::may_be(text),
            compressed: (has(CONTROL) || text.first() == Some(&b'x')) && compressed::is_it(text),
            pairs: has(EQUALS) && (has(AMPERSAND) || has(QUESTION)),
        }
    }

    pub(super) fn are_none(self) -> bool {
        let Self { percent, ampersand, backslash, plus, high, nul, base64, .. } = self;
        let Self { hexadecimal, compressed, pairs, .. } = self;
        !(percent || ampersand || backslash || plus || high || nul || base64)
            && !(hexadecimal || compressed || pairs)
    }
}

fn kind_of(byte: u8) -> u16 {
    KINDS.get(usize::from(byte)).copied().unwrap_or(0)
}
