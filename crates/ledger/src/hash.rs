//! Hashes of the tree: SHA-256 with a byte in front that tells leaves from nodes.
//!
//! Source   RFC 6962 section 2.1.

use crate::base64;
use aws_lc_rs::digest::{Context, SHA256, digest};
use std::fmt;

/// Bytes of a hash.
pub const HASH_BYTES: usize = 32;

/// A SHA-256 hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; HASH_BYTES]);

impl Digest {
    /// Of these bytes as they are.
    pub fn of(bytes: &[u8]) -> Self {
        taken(digest(&SHA256, bytes).as_ref())
    }

    /// Of a tree without entries.
    pub fn empty() -> Self {
        Self::of(&[])
    }

    /// Of an entry.
    pub fn leaf(entry: &[u8]) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(&[0]);
        context.update(entry);
        taken(context.finish().as_ref())
    }

    /// Of a node with these two below it.
    pub fn node(left: Self, right: Self) -> Self {
        let mut bytes = [1; 1 + 2 * HASH_BYTES];
        let (_, both) = bytes.split_at_mut(1);
        let (first, second) = both.split_at_mut(HASH_BYTES);
        first.copy_from_slice(&left.0);
        second.copy_from_slice(&right.0);
        Self::of(&bytes)
    }

    /// The text that checkpoints and proofs have it in.
    pub fn base64(self) -> String {
        base64::encode(&self.0)
    }

    /// From that text.
    pub fn of_base64(text: &str) -> Option<Self> {
        base64::decode(text)?.try_into().ok().map(Self)
    }

    /// From 32 bytes.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

fn taken(bytes: &[u8]) -> Digest {
    let mut hash = [0; HASH_BYTES];
    hash.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    Digest(hash)
}

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
    fn the_hashes_that_rfc_6962_gives_for_nothing() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::empty().to_string(), empty);
        let leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(Digest::leaf(&[]).to_string(), leaf);
    }

    #[test]
    fn a_hash_reads_what_it_writes() {
        let hash = Digest::leaf(b"a");
        assert_eq!(Digest::of_base64(&hash.base64()), Some(hash));
        assert_eq!(Digest::of_base64("Zm9v"), None);
        assert_eq!(Digest::of_bytes(&[0; 31]), None);
    }
}
