//! UTF-16 (RFC 2781) and UTF-32, and UTF-8 in more bytes than it needs (RFC 3629 section 10).

/// UTF-16 as UTF-8, without a byte order mark at the front; half a pair is U+FFFD.
pub(in super::super) fn utf16(text: &[u8], is_big: bool) -> Vec<u8> {
    let unit = |it: &[u8]| match is_big {
        true => u16::from_be_bytes([it[0], it[1]]),
        false => u16::from_le_bytes([it[0], it[1]]),
    };
    let units: Vec<u16> = text.chunks_exact(2).map(unit).collect();
    let units = units.strip_prefix(&[0xFEFF]).unwrap_or(&units);
    String::from_utf16_lossy(units).into_bytes()
}

/// Every ASCII character in two to four bytes made one byte.
pub(in super::super) fn overlong(text: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < text.len() {
        let bytes = match text[at] {
            0xC0 | 0xC1 => 2,
            0xE0 => 3,
            0xF0 => 4,
            _ => 1,
        };
        let code = text.get(at..at + bytes).filter(|_| bytes > 1).and_then(|it| {
            let mut code = u32::from(it[0] & (0x7F >> bytes));
            for byte in &it[1..] {
                code = code << 6 | u32::from(byte & 0x3F);
                (byte & 0xC0 == 0x80).then_some(())?;
            }
            u8::try_from(code).ok().filter(u8::is_ascii)
        });
        out.push(code.unwrap_or(text[at]));
        at += if code.is_some() { bytes } else { 1 };
    }
    out
}
