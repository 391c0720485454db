//! The key under which values and subjects are hashed. It lies outside the store and is handed in.

use bartizan_model::id::{KeyEpoch, KeyedHash, SubjectId};
use siphasher::sip128::{Hasher128, SipHasher13};
use std::fmt;
use std::hash::Hasher;

/// A 128-bit SipHash key with its epoch. It has no readable form.
#[derive(Clone)]
pub struct HashKey {
    epoch: KeyEpoch,
    hasher: SipHasher13,
}

impl HashKey {
    /// Takes the key's bytes.
    pub fn new(epoch: KeyEpoch, key: [u8; 16]) -> Self {
        Self { epoch, hasher: SipHasher13::new_with_key(&key) }
    }

    /// Which key this is.
    pub fn epoch(&self) -> KeyEpoch {
        self.epoch
    }

    /// A value as it may be kept.
    pub fn value(&self, text: &[u8]) -> KeyedHash {
        let mut hasher = self.hasher;
        hasher.write(text);
        KeyedHash(hasher.finish128().h1)
    }

    /// A subject, from the parts that identify it.
    pub fn subject(&self, parts: &[&[u8]]) -> SubjectId {
        let mut hasher = self.hasher;
        for part in parts {
            hasher.write_usize(part.len());
            hasher.write(part);
        }
        SubjectId(hasher.finish128().as_u128())
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashKey(epoch {})", self.epoch.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_depends_on_its_key_and_on_where_parts_end() {
        let (a, b) = (HashKey::new(KeyEpoch(1), [1; 16]), HashKey::new(KeyEpoch(1), [2; 16]));
        assert_ne!(a.value(b"x"), b.value(b"x"));
        assert_eq!(a.value(b"x"), a.value(b"x"));
        assert_ne!(a.subject(&[b"ab", b"c"]), a.subject(&[b"a", b"bc"]));
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", HashKey::new(KeyEpoch(3), [0xAB; 16])), "HashKey(epoch 3)");
    }
}
