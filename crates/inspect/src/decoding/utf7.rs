//! UTF-7: `+ADw-script+AD4-`.
//!
//! Misses   runs without a single ASCII character, for too much else looks like them.
//! Source   RFC 2152.

use super::base64::digit;

/// Whether there was a run that holds ASCII.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut rest, mut is_any) = (text, false);
    while let Some(at) = memchr::memchr(b'+', rest) {
        let (plain, run) = rest.split_at_checked(at).unwrap_or_default();
        out.extend_from_slice(plain);
        let run = run.get(1..).unwrap_or_default();
        let from = out.len();
        let length = run.iter().take_while(|it| standard(it).is_some()).count();
        let (digits, behind) = run.split_at_checked(length).unwrap_or_default();
        if one(digits, out) {
            is_any = true;
            rest = behind.strip_prefix(b"-").unwrap_or(behind);
        } else {
            // A reader of UTF-7 sees no other run in these digits.
            out.truncate(from);
            out.push(b'+');
            out.extend_from_slice(digits);
            rest = behind;
        }
    }
    out.extend_from_slice(rest);
    is_any
}

fn standard(byte: &u8) -> Option<u8> {
    if matches!(byte, b'-' | b'_') { None } else { digit(*byte) }
}

/// Decodes the digits behind a `+`, if they are sound and hold ASCII.
fn one(digits: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut bits, mut count, mut is_ascii) = (0_u32, 0, false);
    let mut high: Option<u32> = None;
    for it in digits.iter().filter_map(standard) {
        bits = (bits << 6 | u32::from(it)) & 0x3F_FFFF;
        count += 6;
        if count < 16 {
            continue;
        }
        count -= 16;
        let unit = (bits >> count) & 0xFFFF;
        is_ascii |= (1..0x80).contains(&unit);
        let code = match (high.take(), unit) {
            (Some(high), 0xDC00..0xE000) => 0x1_0000 + ((high - 0xD800) << 10) + (unit - 0xDC00),
            (Some(_), _) => return false,
            (None, 0xD800..0xDC00) => {
                high = Some(unit);
                continue;
            }
            (None, _) => unit,
        };
        let Some(it) = char::from_u32(code) else { return false };
        out.extend_from_slice(it.encode_utf8(&mut [0; 4]).as_bytes());
    }
    // What is left over of the last digit is nothing.
    is_ascii && count < 6 && bits & ((1 << count) - 1) == 0 && high.is_none()
}
