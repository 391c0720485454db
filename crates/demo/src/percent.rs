//! Percent-encoding of one query value.
//!
//! Source   RFC 3986, 2.1 and 2.3.

use std::fmt::Write;

/// As a browser would: unreserved characters stay.
pub(crate) fn encoded(text: &str) -> String {
    let stays = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().fold(String::new(), |out, byte| push(out, byte, stays(byte)))
}

/// As an attacker would: every byte is encoded, letters too.
pub(crate) fn fully_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| push(out, byte, false))
}

fn push(mut out: String, byte: u8, stays: bool) -> String {
    if stays {
        out.push(char::from(byte));
    } else if write!(out, "%{byte:02X}").is_err() {
        // Writing to a `String` does not fail.
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreserved_characters_stay_unless_all_are_to_go() {
        assert_eq!(encoded("a-1 'ö"), "a-1%20%27%C3%B6");
        assert_eq!(fully_encoded("a-1"), "%61%2D%31");
    }
}
