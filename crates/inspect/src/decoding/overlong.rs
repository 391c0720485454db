//! ASCII in two, three or four bytes of UTF-8, which careless decoders take.
//!
//! Misses   overlong forms of other characters.
//! Source   RFC 3629 section 10; CVE-2000-0884.

/// Whether there was one.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut rest, mut is_any) = (text, false);
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let (byte, behind) = match (first, tail) {
            (0xC0 | 0xC1, [last @ 0x80..=0xBF, behind @ ..]) => {
                ((first & 1) << 6 | (last & 0x3F), behind)
            }
            (0xE0, [next @ (0x80 | 0x81), last @ 0x80..=0xBF, behind @ ..])
            | (0xF0, [0x80, next @ (0x80 | 0x81), last @ 0x80..=0xBF, behind @ ..]) => {
                ((next & 1) << 6 | (last & 0x3F), behind)
            }
            (_, _) => {
                out.push(first);
                continue;
            }
        };
        out.push(byte);
        rest = behind;
        is_any = true;
    }
    is_any
}
