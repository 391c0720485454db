//! What gives access: keys of vendors, JWTs, private keys, hashed passwords, addresses with a password in them.
//!
//! Misses   secrets without a form of their own: the field's name must tell.
//! Source   RFC 7515 and 7519 (JWT), RFC 7468 (PEM), RFC 3986 3.2.1 (user in an address), crypt(5), Argon2 RFC 9106,
//!          the signed addresses of AWS, Google Cloud and Azure; `vendors.rs` for keys.

use super::device::is_uuid;
use super::shape::{Shape, has};
use super::signs::Signs;
use super::vendors::vendor;
use bartizan_model::data_class::DataClass;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// How a block in PEM begins.
pub(crate) const PEM_BEGIN: &[u8] = b"-----BEGIN";
/// How the header of a JWT begins: `{"` in base 64.
pub(crate) const JWT_BEGIN: &[u8] = b"eyJ";
/// Characters of the shortest header of a JWT.
pub(crate) const JWT_HEADER_MIN: usize = 13;

pub(super) fn recognise(shape: &Shape<'_>, signs: &mut Signs) {
    if shape.len() < 12 {
        return;
    }
    if shape.starts_with(PEM_BEGIN) || shape.starts_with(b"PuTTY-User-Key-File-") {
        if is_private_key(shape.bytes) {
            signs.note(DataClass::PrivateKey, 30);
        }
        return;
    }
    if let Some(vendor) = vendor(shape) {
        let is_user = vendor.vendor == "Google" && shape.starts_with(b"ya29.");
        let class = if is_user { DataClass::AccessToken } else { DataClass::ApiKey };
        signs.note(class, vendor.bits());
    } else if let Some(bits) = infixed(shape) {
        signs.note(DataClass::ApiKey, bits);
    }
    if shape.starts_with(JWT_BEGIN) && is_jwt(shape.bytes) {
        signs.note(DataClass::Jwt, 30);
    }
    if is_hash(shape) {
        signs.note(DataClass::PasswordHash, 24);
    }
    let scheme = memchr::memchr(b':', shape.bytes).filter(|_| shape.any(has::SLASH));
    if let Some(at) = scheme.filter(|at| shape.bytes.get(*at..*at + 3) == Some(b"://")) {
        address(shape, at, signs);
    }
}

/// A key in PEM that is no certificate and no public key.
fn is_private_key(text: &[u8]) -> bool {
    let head = text.get(..80).unwrap_or(text);
    memchr::memmem::find(head, b"PRIVATE").is_some() || head.starts_with(b"PuTTY")
}

/// Whether a text is a JWT: three parts, of which the first is an object with an algorithm.
pub(crate) fn is_jwt(text: &[u8]) -> bool {
    let mut parts = text.split(|it| *it == b'.');
    let (Some(head), Some(body)) = (parts.next(), parts.next()) else { return false };
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    let is_whole = head.len() >= JWT_HEADER_MIN && head.len() <= 2_048 && body.iter().all(is_part);
    is_whole
        && URL_SAFE_NO_PAD
            .decode(head)
            .is_ok_and(|it| memchr::memmem::find(&it, b"\"alg\"").is_some())
}

/// Keys with a mark in the middle: Telegram, Terraform Cloud, Mailchimp, Discord.
fn infixed(shape: &Shape<'_>) -> Option<u8> {
    let is_url = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    let is_small = |it: &u8| it.is_ascii_lowercase() || it.is_ascii_digit();
    let text = shape.bytes;
    let (len, first) = (text.len(), shape.first());
    if (44..=46).contains(&len) && first.is_ascii_digit() && shape.any(has::COLON) {
        let (bot, key) = text.split_at_checked(len - 36)?;
        let key = key.strip_prefix(b":AA")?;
        let is_one = bot.iter().all(u8::is_ascii_digit) && key.iter().all(is_url);
        return is_one.then_some(24);
    }
    if (80..=100).contains(&len) && text.get(14..23) == Some(b".atlasv1.") {
        return Some(30);
    }
    if (36..=37).contains(&len) && text.get(32..35) == Some(b"-us") {
        return text.iter().take(32).all(is_small).then_some(20);
    }
    if (59..=72).contains(&len) && matches!(first, b'M' | b'N' | b'O') && shape.any(has::DOT) {
        let mut parts = text.split(|it| *it == b'.');
        let lengths = [24..=28, 6..=6, 27..=38];
        let is_one = lengths.iter().all(|length| {
            parts.next().is_some_and(|it| length.contains(&it.len()) && it.iter().all(is_url))
        });
        return (is_one && parts.next().is_none()).then_some(16);
    }
    None
}

/// Hashes of passwords in their usual frames.
fn is_hash(shape: &Shape<'_>) -> bool {
    const FRAMES: &[(&[u8], usize)] = &[
        (b"$2a$", 60),
        (b"$2b$", 60),
        (b"$2y$", 60),
        (b"$argon2", 60),
        (b"$scrypt$", 40),
        (b"$pbkdf2", 40),
        (b"pbkdf2_sha", 40),
        (b"pbkdf2:sha", 40),
        (b"scrypt:", 40),
        (b"bcrypt_sha256$", 60),
        (b"argon2$argon2", 60),
        (b"$1$", 26),
        (b"$apr1$", 30),
        (b"$5$", 40),
        (b"$6$", 80),
        (b"$y$", 50),
        (b"{SSHA}", 30),
        (b"{SSHA512}", 60),
        (b"{SHA}", 30),
    ];
    if !matches!(shape.first(), b'$' | b'{' | b'p' | b's' | b'b' | b'a') {
        return false;
    }
    FRAMES.iter().any(|(frame, least)| shape.len() >= *least && shape.starts_with(frame))
        && !shape.any(has::SPACE)
}

/// What an address gives away, whose scheme ends at `at`.
fn address(shape: &Shape<'_>, at: usize, signs: &mut Signs) {
    let is_scheme = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.');
    let (scheme, rest) = shape.bytes.split_at_checked(at).unwrap_or_default();
    let rest = rest.get(3..).unwrap_or_default();
    if scheme.is_empty() || !scheme.iter().all(is_scheme) || shape.any(has::SPACE) {
        return;
    }
    let authority = rest.split(|it| matches!(it, b'/' | b'?' | b'#')).next().unwrap_or_default();
    let user = authority.iter().rposition(|it| *it == b'@').and_then(|end| authority.get(..end));
    let password = user.and_then(|it| it.splitn(2, |it| *it == b':').nth(1)).unwrap_or_default();
    // `{password}` and `${PASSWORD}` are templates.
    if !password.is_empty() && !password.iter().any(|it| matches!(it, b'{' | b'<' | b'$' | b'*')) {
        signs.note(DataClass::ConnectionString, 24);
    }
    let query = rest.split(|it| *it == b'?').nth(1).unwrap_or_default();
    const SIGNATURES: &[&[u8]] =
        &[b"X-Amz-Signature=", b"X-Goog-Signature=", b"sig=", b"Signature=", b"X-Amz-Credential="];
    let has = |name: &[u8]| {
        query
            .split(|it| *it == b'&')
            .any(|it| it.strip_prefix(name).is_some_and(|it| it.len() >= 16))
    };
    if SIGNATURES.iter().any(|it| has(it)) {
        signs.note(DataClass::SignedUrl, 20);
    }
}

/// What it weighs that a value in a field named after a secret is one. Numbers, words and dates are none.
pub(super) fn opaque(shape: &Shape<'_>, length_min: usize) -> Option<u8> {
    let is_one_word = !shape.any(has::SPACE | has::HIGH) && shape.len() <= 2_048;
    if !is_one_word
        || shape.len() < length_min
        || memchr::memmem::find(shape.bytes, b"://").is_some()
    {
        return None;
    }
    let is_mixed = shape.any(has::DIGIT) && shape.any(has::LETTER);
    match (is_mixed, shape.len()) {
        (_, _) if is_uuid(shape) => Some(1),
        (true, 20..) => Some(3),
        (true, _) => Some(1),
        (false, 20..)
            if shape.any(has::LETTER) && !shape.any(has::DASH | has::UNDERSCORE | has::DOT) =>
        {
            Some(1)
        }
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(class: DataClass, yes: &[&str], no: &[&str]) {
        for (text, expected) in
            yes.iter().map(|it| (it, true)).chain(no.iter().map(|it| (it, false)))
        {
            let mut signs = Signs::default();
            recognise(&Shape::of(text.as_bytes()), &mut signs);
            assert_eq!(signs.has(class), expected, "{text}");
        }
    }

    #[test]
    fn tokens_and_keys() {
        check(
            DataClass::Jwt,
            &["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"],
            &["eyJmb28iOiJiYXIxMjMifQ.eyJzdWIiOiJhbGljZSJ9.c2ln", "eyJhbGciOiJIUzI1NiJ9"],
        );
        check(
            DataClass::PrivateKey,
            &["-----BEGIN RSA PRIVATE KEY-----\nMIIB", "-----BEGIN OPENSSH PRIVATE KEY-----"],
            &["-----BEGIN CERTIFICATE-----\nMIIB", "-----BEGIN PUBLIC KEY-----"],
        );
        let bot = format!("{}:AA{}", "1".repeat(9), "x".repeat(33));
        let cloud = format!("{}.atlasv1.{}", "x".repeat(14), "y".repeat(67));
        let mail = format!("{}-us12", "0f".repeat(16));
        check(DataClass::ApiKey, &[&bot, &cloud, &mail], &["12:30:45 and so on", "deadbeef-us12"]);
    }

    #[test]
    fn hashes_and_addresses() {
        let hash = format!("$2b$12${}", "a".repeat(53));
        check(
            DataClass::PasswordHash,
            &[&hash],
            &["$2b$12$short", "$100 and more than that, at least 60 characters of it in all"],
        );
        check(
            DataClass::ConnectionString,
            &["postgres://app:hunter2@db.example.com/shop", "redis://:pw123@cache:6379/0"],
            &[
                "https://example.com/a:b@c",
                "postgres://app:${PASSWORD}@db/shop",
                "https://user@example.com/",
            ],
        );
        check(
            DataClass::SignedUrl,
            &["https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Signature=0123456789abcdef0123"],
            &["https://example.com/?signature_algorithm=rsa", "https://example.com/?sig=1"],
        );
    }

    #[test]
    fn numbers_words_and_addresses_are_no_opaque_secrets() {
        let of = |text: &str| opaque(&Shape::of(text.as_bytes()), 8);
        assert_eq!(of("a8f5f167f44f4964e6c998dee827110c"), Some(3));
        for text in
            ["bearer", "12345678", "push_to_main_branch", "https://a.b/c1234567", "two words 1"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
