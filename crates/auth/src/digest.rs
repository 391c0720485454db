//! SHA-256, as tokens, keys and certificates are known by.

use aws_lc_rs::digest::{SHA256, digest};
use std::fmt;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = [0; 32];
        let made = digest(&SHA256, bytes);
        hash.iter_mut().zip(made.as_ref()).for_each(|(to, from)| *to = *from);
        Self(hash)
    }

    /// Of several parts, so that no two lists of parts have the same one but by a collision: each is led by its length.
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut bytes = Vec::with_capacity(parts.iter().map(|it| it.len() + 8).sum());
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            bytes.extend(length.to_be_bytes());
            bytes.extend(*part);
        }
        Self::of(&bytes)
    }

    /// From its text in base64url, as `jkt`, `x5t#S256` and `ath` have it.
    pub fn of_base64url(text: &str) -> Option<Self> {
        crate::base64url::decode(text.as_bytes())?.try_into().ok().map(Self)
    }

    /// That text.
    pub fn base64url(self) -> String {
        crate::base64url::encode(&self.0)
    }
}

/// In hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|it| write!(f, "{it:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nothing_is_the_one_of_fips_180() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").to_string(), empty);
        let hash = Digest::of(b"a");
        assert_eq!(Digest::of_base64url(&hash.base64url()), Some(hash));
        assert_eq!(Digest::of_base64url("Zm9v"), None);
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let one = Digest::of_parts(&[b"ab", b"c"]);
        assert_ne!(one, Digest::of_parts(&[b"a", b"bc"]));
        assert_ne!(one, Digest::of_parts(&[b"abc"]));
        assert_ne!(one, Digest::of_parts(&[b"ab", b"c", b""]));
    }
}
