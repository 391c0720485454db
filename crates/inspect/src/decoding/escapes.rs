//! Escapes of strings in program text: `\x27`, `\u0027`, `\u{27}`, `\47`, and beside those `\n`, `\"` and their kin.
//!
//! Misses   escapes of style sheets (`\27 `); a text with nothing but short escapes (`\"`), which is what most quoted
//!          program text has.
//! Source   ECMA-262 section 12.9.4; RFC 8259 section 7.

use crate::percent::hex;

/// Whether there was a numeric escape.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut rest, mut is_any) = (text, false);
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at_checked(at).unwrap_or_default();
        out.extend_from_slice(plain);
        match numeric(escape, out) {
            Some(behind) => {
                is_any = true;
                rest = behind;
            }
            None => rest = short(escape, out),
        }
    }
    out.extend_from_slice(rest);
    is_any
}

/// Decodes the numeric escape that `text` begins with; what is left.
fn numeric<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    match text {
        [_, b'x' | b'X', high, low, rest @ ..] => {
            out.push(hex(*high)? << 4 | hex(*low)?);
            Some(rest)
        }
        [_, b'u' | b'U', b'{', rest @ ..] => {
            let digits = rest.iter().take(8).take_while(|it| hex(**it).is_some()).count();
            let behind = rest.get(digits..)?.strip_prefix(b"}")?;
            let code = rest.iter().take(digits).fold(0_u32, |sum, it| sum << 4 | digit(*it));
            (digits > 0).then(|| push_character(code, out))?;
            Some(behind)
        }
        [_, b'U', rest @ ..] if rest.starts_with(b"0000") => {
            let (code, rest) = unit(rest.get(4..)?)?;
            push_character(code, out);
            Some(rest)
        }
        [_, b'u', rest @ ..] => {
            // Java takes any number of `u`.
            let (code, rest) = unit(behind_u(rest))?;
            if let (0xD800..0xDC00, [b'\\', b'u', low @ ..]) = (code, rest)
                && let Some((low @ 0xDC00..0xE000, after)) = unit(low)
            {
                push_character(0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
                return Some(after);
            }
            push_character(code, out);
            Some(rest)
        }
        [_, b'0'..=b'7', ..] => {
            let digits = text.iter().skip(1).take(3).take_while(|it| matches!(it, b'0'..=b'7'));
            let digits = digits.count();
            let value = text.iter().skip(1).take(digits).fold(0, |sum, it| sum << 3 | digit(*it));
            let value = u8::try_from(value).ok().filter(|_| digits > 1)?;
            out.push(value);
            text.get(1 + digits..)
        }
        _ => None,
    }
}

/// Decodes a short escape, or keeps the backslash; what is left.
fn short<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let plain = match text.get(1) {
        Some(b'n') => b'\n',
        Some(b't') => b'\t',
        Some(b'r') => b'\r',
        Some(b'b') => 8,
        Some(b'f') => 12,
        Some(b'v') => 11,
        Some(b'0') => 0,
        Some(it @ (b'"' | b'\'' | b'\\' | b'/' | b'`')) => *it,
        Some(_) | None => {
            out.push(b'\\');
            return text.get(1..).unwrap_or_default();
        }
    };
    out.push(plain);
    text.get(2..).unwrap_or_default()
}

fn digit(byte: u8) -> u32 {
    hex(byte).map_or(0, u32::from)
}

fn unit(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let next = |sum: u32, &it: &u8| Some(sum << 4 | u32::from(hex(it)?));
    Some((digits.iter().try_fold(0, next)?, rest))
}

/// Writes a character as UTF-8; half a pair as U+FFFD.
pub(super) fn push_character(code: u32, out: &mut Vec<u8>) {
    let it = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(it.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Without the `u` that `text` begins with.
fn behind_u(text: &[u8]) -> &[u8] {
    let count = text.iter().take(8).take_while(|it| **it == b'u').count();
    text.get(count..).unwrap_or_default()
}
