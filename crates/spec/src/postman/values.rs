//! What in a collection is a name and what is a value. Values are never kept: they may be secret.
//!
//! Misses   a value that looks like a word: `/users/alice`, a password of letters in the name of a request.

/// Bytes of a name.
const NAME_BYTES_MAX: usize = 64;
/// Bytes of a line for people.
const LINE_BYTES_MAX: usize = 120;
/// Digits in a row that no name has.
const DIGITS_MAX: usize = 3;
/// Letters and digits in a row that may be a token.
const TOKEN_BYTES_MIN: usize = 16;
/// Letters and digits in a row that are one.
const TOKEN_BYTES_SURE: usize = 32;
/// Hexadecimal digits in a row that may be a token.
const HEX_BYTES_MIN: usize = 8;

/// Whether a key or a segment of a path looks like an id, an address or a secret.
pub(super) fn is_value(text: &str) -> bool {
    text.len() > NAME_BYTES_MAX
        || text.contains(['@', '%', '{', '}'])
        || (!text.is_empty() && text.bytes().all(|it| it.is_ascii_digit()))
        || text.split(|it: char| !it.is_ascii_alphanumeric()).any(is_token)
}

/// The same for a segment of a path, where names have fewer characters.
pub(super) fn is_value_in_path(text: &str) -> bool {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b"._~-:$!*".contains(&it);
    is_value(text) || !text.bytes().all(is_part)
}

/// A line for people out of a name, if no word of it looks like a value. Requests that nobody named have
/// their URL as name.
pub(super) fn line(text: &str) -> Option<String> {
    let text = text.trim();
    let is_line = !text.is_empty() && text.len() <= LINE_BYTES_MAX;
    let has_url = ["://", "?", "="].iter().any(|it| text.contains(it));
    let mut words = text.split(|it: char| it.is_whitespace() || it == '/');
    let is_named = is_line && !has_url && !text.chars().any(char::is_control);
    (is_named && !words.any(is_value)).then(|| text.to_owned())
}

/// A media type out of a `Content-Type`, in small letters and without parameters.
pub(super) fn media_type(text: &str) -> Option<String> {
    let media = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_word = |it: &str| {
        let is_part = |it: u8| it.is_ascii_alphanumeric() || b".+-_".contains(&it);
        !it.is_empty() && it.bytes().all(is_part)
    };
    let (kind, rest) = media.split_once('/')?;
    (media.len() <= LINE_BYTES_MAX && is_word(kind) && is_word(rest)).then_some(media)
}

/// Whether letters and digits in a row are too mixed or too long for a name.
fn is_token(run: &str) -> bool {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let rows = run.split(|it: char| !it.is_ascii_digit()).map(str::len);
    let pairs = run.bytes().zip(run.bytes().skip(1));
    let changes = pairs.filter(|(a, b)| a.is_ascii_digit() != b.is_ascii_digit()).count();
    let is_hex = run.bytes().all(|it| it.is_ascii_hexdigit());
    run.len() >= TOKEN_BYTES_SURE
        || rows.max().unwrap_or(0) > DIGITS_MAX
        || (run.len() >= TOKEN_BYTES_MIN && changes >= 3)
        || (run.len() >= HEX_BYTES_MIN && is_hex && digits >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_addresses_and_secrets_are_values_and_names_are_not() {
        for text in [
            "17",
            "ORD-12345",
            "550e8400-e29b-41d4-a716-446655440000",
            "a@b.test",
            "a%20b",
            "{{x}}",
            "eyJhbGciOiJIUzI1NiJ9",
            "deadbeef42",
            "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
            "2024-01-15",
            "abcdefghijklmnopqrstuvwxyzabcdef",
        ] {
            assert!(is_value(text) && is_value_in_path(text), "{text}");
        }
        for text in [
            "orders",
            "v1",
            "sha256",
            "x509CertificateChain",
            "oauth2",
            "items:cancel",
            "1.0",
            "",
            "customer_id",
            "getCustomerOrdersByRegion",
            "address1",
            "$metadata",
        ] {
            assert!(!is_value(text) && !is_value_in_path(text), "{text}");
        }
        for text in ["a,b", "a b", "größe", "(1)"] {
            assert!(!is_value(text) && is_value_in_path(text), "{text}");
        }
    }

    #[test]
    fn a_line_has_no_value_in_it() {
        assert_eq!(line(" Get an order (v2) "), Some("Get an order (v2)".to_owned()));
        for text in
            ["", "https://a.test/x", "Login a@b.test", "x?y", "token=x", "Order 12345", "a\nb"]
        {
            assert_eq!(line(text), None, "{text}");
        }
    }

    #[test]
    fn a_media_type_is_two_words() {
        let json = media_type("Application/JSON; charset=utf-8");
        assert_eq!(json.as_deref(), Some("application/json"));
        for text in ["", "json", "a/b/c", "{{type}}/x", "a/"] {
            assert_eq!(media_type(text), None, "{text}");
        }
    }
}
