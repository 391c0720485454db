//! Percent decoding (RFC 3986 section 2.1), one round.

/// Decodes `text` into `out`, which is emptied first. With `plus`, `+` becomes a space, as in
/// forms and queries. A `%` without two hexadecimal digits stays as it is.
pub fn decode<'a>(text: &'a [u8], plus: bool, out: &'a mut Vec<u8>) -> &'a [u8] {
    let special = |b: &u8| *b == b'%' || (plus && *b == b'+');
    if !text.iter().any(special) {
        return text;
    }
    out.clear();
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'+', _) if plus => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    rest = after;
                }
                _ => out.push(byte),
            },
            _ => out.push(byte),
        }
    }
    out
}

/// The value of one hexadecimal digit.
pub const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, plus: bool, expected: &str) {
        assert_eq!(decode(text.as_bytes(), plus, &mut vec![1, 2]), expected.as_bytes());
    }

    #[test]
    fn one_round_is_decoded() {
        check("a%20b%2F", false, "a b/");
        check("%2527", false, "%27");
        check("a+b", false, "a+b");
        check("a+b", true, "a b");
        check("", true, "");
    }

    #[test]
    fn a_broken_escape_stays() {
        check("100%", false, "100%");
        check("%4", false, "%4");
        check("%zz%41", false, "%zzA");
    }
}
