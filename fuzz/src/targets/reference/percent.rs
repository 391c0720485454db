//! Percent decoding (RFC 3986 section 2.1), and `%uXXXX` of ECMA-262 annex B.2.1, a byte at a time.

/// One round; a `+` is a blank if `plus`, and code units are read if `units`.
pub(in super::super) fn decoded(text: &[u8], plus: bool, units: bool) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let hex = |from: usize, digits: usize| {
            let digits = text.get(from..from + digits)?;
            let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
            u32::from_str_radix(str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
        };
        let is_unit = |at: usize| {
            units && text.get(at) == Some(&b'%') && matches!(text.get(at + 1), Some(b'u' | b'U'))
        };
        let unit = |at: usize| if is_unit(at) { hex(at + 2, 4) } else { None };
        match (text[at], unit(at), hex(at + 1, 2)) {
            (b'+', _, _) if plus => {
                out.push(b' ');
                at += 1;
            }
            (b'%', Some(high), _) => {
                at += 6;
                let mut code = high;
                if let (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) = (high, unit(at)) {
                    code = 0x1_0000 + (high - 0xD800) * 0x400 + (low - 0xDC00);
                    at += 6;
                }
                let it = char::from_u32(code).unwrap_or('\u{fffd}');
                out.extend_from_slice(it.to_string().as_bytes());
            }
            (b'%', None, Some(byte)) => {
                out.push(byte as u8);
                at += 3;
            }
            (byte, _, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}
