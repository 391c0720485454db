//! Percent signs: `%27`, and `%u0027` as some servers write it.
//!
//! Misses   `+` for a blank where no percent sign stands beside it: queries and forms decode it before.
//! Source   RFC 3986 section 2.1; ECMA-262 annex B.2.1 (`unescape`).

use crate::percent::hex;

/// With every `+` as it is.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    decoded(text, false, out)
}

/// With every `+` as a blank.
pub(super) fn decode_blank(text: &[u8], out: &mut Vec<u8>) -> bool {
    decoded(text, true, out)
}

fn decoded(text: &[u8], plus: bool, out: &mut Vec<u8>) -> bool {
    let (mut rest, mut is_any) = (text, false);
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'+', _) if plus => out.push(b' '),
            (b'%', [b'u' | b'U', digits @ ..]) => match code_unit(digits) {
                Some((unit, after)) => {
                    rest = after;
                    rest = push_unit(unit, rest, out);
                    is_any = true;
                }
                None => out.push(byte),
            },
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                    is_any = true;
                }
                (None | Some(_), _) => out.push(byte),
            },
            (_, _) => out.push(byte),
        }
    }
    is_any
}

/// Writes a code unit, with the one behind it where both are a pair; what is left.
fn push_unit<'a>(unit: u32, rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    if let (0xD800..0xDC00, [b'%', b'u' | b'U', digits @ ..]) = (unit, rest)
        && let Some((low @ 0xDC00..0xE000, after)) = code_unit(digits)
    {
        super::escapes::push_character(0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
        return after;
    }
    super::escapes::push_character(unit, out);
    rest
}

fn code_unit(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let digit = |sum: u32, &it: &u8| Some(sum << 4 | u32::from(hex(it)?));
    Some((digits.iter().try_fold(0, digit)?, rest))
}
