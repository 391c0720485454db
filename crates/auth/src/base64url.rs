//! Base64url without padding (RFC 4648 section 5, RFC 7515 section 2): one text for each value.
//!
//! Misses   nothing: padding, white space, letters of the other alphabet and bits that count for nothing are refused,
//!          so that what decodes encodes to itself.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The bytes of a text, if it is the one text that they have.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The text of these bytes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_up_to_three_letters_decodes_to_what_encodes_to_it_or_not_at_all() {
        let mut read = 0;
        for a in 0..=255_u8 {
            for b in 0..=255_u8 {
                for text in [vec![a], vec![a, b], vec![b'A', a, b], vec![a, b'A', b'=', b]] {
                    if let Some(bytes) = decode(&text) {
                        assert_eq!(encode(&bytes).as_bytes(), text);
                        read += 1;
                    }
                }
            }
        }
        // 64 · 4 of two letters and 64 · 16 of three that begin with `A`; nothing else.
        assert_eq!(read, 64 * 4 + 64 * 16);
    }

    #[test]
    fn a_value_has_one_text() {
        assert_eq!(decode(b"").as_deref(), Some(&[][..]));
        for text in
            ["Zg==", "Zh", "Zm9=", "Zm 9v", "Zm9v\n", "+/+/", "Zm9v.", "Z", "Zm9v=", "\u{e9}"]
        {
            assert_eq!(decode(text.as_bytes()), None, "{text}");
        }
    }
}
