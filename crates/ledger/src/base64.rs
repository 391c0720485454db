//! Base64 with padding (RFC 4648 section 4), one text for each value: what decodes encodes to itself.

const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text of these bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let (a, b, c) = (at(group, 0), at(group, 1), at(group, 2));
        let bits = a << 16 | b << 8 | c;
        for position in 0..4 {
            let digit = bits >> (18 - 6 * position) & 0x3F;
            let is_padding = position > group.len();
            text.push(if is_padding { '=' } else { letter(digit) });
        }
    }
    text
}

fn at(group: &[u8], position: usize) -> u32 {
    group.get(position).copied().map_or(0, u32::from)
}

fn letter(digit: u32) -> char {
    usize::try_from(digit).ok().and_then(|it| ALPHABET.get(it)).map_or('=', |it| char::from(*it))
}

/// The bytes of a text, if it is the one that [`encode`] gives for them.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    if !bytes.len().is_multiple_of(4) {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    for group in bytes.chunks(4) {
        let padding = group.iter().rev().take_while(|it| **it == b'=').count();
        let mut bits = 0_u32;
        for letter in group.iter().take(4_usize.saturating_sub(padding)) {
            bits = bits << 6 | digit(*letter)?;
        }
        let [_, a, b, c] = (bits << (6 * padding.min(4))).to_be_bytes();
        match padding {
            0 => out.extend([a, b, c]),
            1 => out.extend([a, b]),
            2 => out.push(a),
            _ => return None,
        }
    }
    // Padding in the middle and bits that count for nothing would be a second text.
    (encode(&out) == text).then_some(out)
}

fn digit(letter: u8) -> Option<u32> {
    let it = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
    }

    #[test]
    fn a_value_has_one_text() {
        for text in
            ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "====", "Zm 9v", "Zm9v\n", "é==="]
        {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
