//! Characters that are made plain ASCII on the way: by compatibility normalisation, by upper and lower case, or
//! by the nearest character of a smaller set.
//!
//! Misses   typographic quotes and the ellipsis (U+2018 to U+201F, U+2026): prose is full of them, and with them decoded
//!          every second text had another reading; letters in squares and the like.
//! Source   UAX #15 (NFKC); Unicode best-fit tables of code pages 874 and 1250 ff. for primes and slashes.

/// Whether there was one.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut rest, mut is_any) = (text, false);
    while let Some((&first, tail)) = rest.split_first() {
        let length = match first {
            0xC5 | 0xCA | 0xCB | 0xCD => 2,
            0xE1 | 0xE2 | 0xE3 | 0xEF => 3,
            0xF0 => 4,
            _ => {
                out.push(first);
                rest = tail;
                continue;
            }
        };
        let character = rest.get(..length).and_then(|it| str::from_utf8(it).ok());
        match character.and_then(|it| it.chars().next()).and_then(|it| plain(u32::from(it))) {
            Some(plain) => {
                out.push(plain);
                is_any = true;
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = tail;
            }
        }
    }
    is_any
}

/// The ASCII that this character becomes.
fn plain(code: u32) -> Option<u8> {
    let from = |first: u32, to: u8| u8::try_from(code - first).ok().map(|it| it + to);
    match code {
        0xFF01..=0xFF5E => from(0xFF01, b'!'),
        0x3000 | 0x2000..=0x200A | 0x202F | 0x205F | 0x1680 => Some(b' '),
        0x017F => Some(b's'),
        0x212A => Some(b'K'),
        0x02B9 | 0x02BC | 0x02C8 | 0x2032 | 0x2035 => Some(b'\''),
        0x02BA | 0x2033 => Some(b'"'),
        0x02CB | 0x1FEF => Some(b'`'),
        0x037E => Some(b';'),
        0x2024 => Some(b'.'),
        0x2044 | 0x2215 | 0x29F8 => Some(b'/'),
        0x2216 | 0x29F5 | 0x29F9 | 0xFE68 => Some(b'\\'),
        0x2236 | 0xFE55 | 0xFE13 => Some(b':'),
        0x2212 | 0xFE63 | 0x207B | 0x208B => Some(b'-'),
        0x2217 | 0xFE61 => Some(b'*'),
        0x2223 => Some(b'|'),
        0x2039 | 0x2329 | 0x3008 | 0xFE64 => Some(b'<'),
        0x203A | 0x232A | 0x3009 | 0xFE65 => Some(b'>'),
        0xFE50 | 0xFE10 => Some(b','),
        0xFE52 => Some(b'.'),
        0xFE54 | 0xFE14 => Some(b';'),
        0xFE56 | 0xFE16 => Some(b'?'),
        0xFE57 | 0xFE15 => Some(b'!'),
        0xFE59 | 0xFE35 | 0x207D | 0x208D => Some(b'('),
        0xFE5A | 0xFE36 | 0x207E | 0x208E => Some(b')'),
        0xFE5B | 0xFE37 => Some(b'{'),
        0xFE5C | 0xFE38 => Some(b'}'),
        0xFE47 => Some(b'['),
        0xFE48 => Some(b']'),
        0xFE33 | 0xFE34 | 0xFE4D..=0xFE4F => Some(b'_'),
        0xFE5F => Some(b'#'),
        0xFE60 => Some(b'&'),
        0xFE62 | 0x207A | 0x208A => Some(b'+'),
        0xFE66 | 0x207C | 0x208C => Some(b'='),
        0xFE69 => Some(b'$'),
        0xFE6A => Some(b'%'),
        0xFE6B => Some(b'@'),
        0x2070 | 0x2074..=0x2079 => from(0x2070, b'0'),
        0x2080..=0x2089 => from(0x2080, b'0'),
        0x2460..=0x2468 => from(0x2460, b'1'),
        0x24B6..=0x24CF => from(0x24B6, b'A'),
        0x24D0..=0x24E9 => from(0x24D0, b'a'),
        // Thirteen alphabets in bold, italic and so on.
        0x1_D400..=0x1_D6A3 => {
            let at = u8::try_from((code - 0x1_D400) % 52).ok()?;
            Some(if at < 26 { b'A' + at } else { b'a' + (at - 26) })
        }
        0x1_D7CE..=0x1_D7FF => u8::try_from((code - 0x1_D7CE) % 10).ok().map(|it| it + b'0'),
        _ => None,
    }
}
