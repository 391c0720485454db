//! The master key: what the data keys of sealed segments are wrapped with.
//!
//! Memory   32 bytes a key, at most [`KEYS_MAX`] keys. None has a readable form.
//! Misses   keys are not erased from memory; a process that can read ours can read them.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use std::fmt;

/// Bytes of a key.
pub const KEY_BYTES: usize = 32;
/// Keys that one instance reads segments with: the one in use and earlier ones.
pub const KEYS_MAX: usize = 8;
/// What a wrapped data key adds: the tag.
pub(crate) const TAG_BYTES: usize = 16;
pub(crate) const NONCE_BYTES: usize = 12;

/// Names a key without telling anything of it: the beginning of a hash of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u64);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// One master key.
pub struct MasterKey {
    id: KeyId,
    key: LessSafeKey,
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.id)
    }
}

/// The text or file does not hold a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAKey;

impl fmt::Display for NotAKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key of segments is 64 hexadecimal digits, or 32 bytes")
    }
}

impl std::error::Error for NotAKey {}

impl MasterKey {
    /// The key with these bytes.
    ///
    /// # Errors
    ///
    /// None with so many bytes; the library has one all the same.
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Result<Self, NotAKey> {
        let named = [b"bartizan segment key id\0".as_slice(), bytes].concat();
        let hash = digest(&SHA256, &named);
        let mut id = [0; 8];
        id.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| NotAKey)?;
        Ok(Self { id: KeyId(u64::from_be_bytes(id)), key: LessSafeKey::new(key) })
    }

    /// The key in a file or variable: 32 bytes, or 64 hexadecimal digits with white space around.
    ///
    /// # Errors
    ///
    /// [`NotAKey`].
    pub fn read(content: &[u8]) -> Result<Self, NotAKey> {
        if let Ok(bytes) = <&[u8; KEY_BYTES]>::try_from(content) {
            return Self::new(bytes);
        }
        let text = std::str::from_utf8(content).map_err(|_| NotAKey)?.trim();
        if text.len() != 2 * KEY_BYTES || !text.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Err(NotAKey);
        }
        let mut bytes = [0; KEY_BYTES];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| NotAKey)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NotAKey)?;
        }
        Self::new(&bytes)
    }

    /// Its name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Wraps a data key; `None` if the library refuses, which it has no reason for.
    pub(crate) fn wrap(
        &self,
        nonce: [u8; NONCE_BYTES],
        context: &[u8],
        data_key: &[u8; KEY_BYTES],
    ) -> Option<[u8; KEY_BYTES + TAG_BYTES]> {
        let mut wrapped = data_key.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(nonce, Aad::from(context), &mut wrapped).ok()?;
        wrapped.try_into().ok()
    }

    /// Unwraps a data key; `None` if it was not wrapped by this key for this context.
    pub(crate) fn unwrap(
        &self,
        nonce: [u8; NONCE_BYTES],
        context: &[u8],
        wrapped: [u8; KEY_BYTES + TAG_BYTES],
    ) -> Option<[u8; KEY_BYTES]> {
        let mut wrapped = wrapped;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.key.open_in_place(nonce, Aad::from(context), &mut wrapped).ok()?;
        <[u8; KEY_BYTES]>::try_from(&*opened).ok()
    }
}

/// The key in use and those before it.
#[derive(Debug)]
pub struct KeyRing {
    current: MasterKey,
    earlier: Vec<MasterKey>,
}

impl KeyRing {
    /// New segments are wrapped by `current`; those of `earlier` can be read. Keys beyond
    /// [`KEYS_MAX`] are left out.
    pub fn new(current: MasterKey, mut earlier: Vec<MasterKey>) -> Self {
        earlier.truncate(KEYS_MAX - 1);
        Self { current, earlier }
    }

    /// The key that new segments are wrapped by.
    pub fn current(&self) -> &MasterKey {
        &self.current
    }

    /// The key of this name.
    pub fn get(&self, id: KeyId) -> Option<&MasterKey> {
        std::iter::once(&self.current).chain(&self.earlier).find(|it| it.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_bytes_and_from_digits() {
        let bytes = [0xA7; KEY_BYTES];
        let text = format!("{}\n", "a7".repeat(KEY_BYTES));
        let id = MasterKey::new(&bytes).unwrap().id();
        assert_eq!(MasterKey::read(&bytes).unwrap().id(), id);
        assert_eq!(MasterKey::read(text.as_bytes()).unwrap().id(), id);
        for wrong in ["", "a7", &"g7".repeat(KEY_BYTES), &"+7".repeat(KEY_BYTES)] {
            assert_eq!(MasterKey::read(wrong.as_bytes()).unwrap_err(), NotAKey, "{wrong}");
        }
    }

    #[test]
    fn a_key_is_not_shown() {
        let shown = format!("{:?}", MasterKey::new(&[0xA7; KEY_BYTES]).unwrap());
        assert!(!shown.contains("a7a7") && !shown.contains("167"), "{shown}");
    }

    #[test]
    fn a_wrapped_key_is_unwrapped_by_its_key_for_its_context_only() {
        let (one, two) =
            (MasterKey::new(&[1; KEY_BYTES]).unwrap(), MasterKey::new(&[2; KEY_BYTES]).unwrap());
        let wrapped = one.wrap([7; NONCE_BYTES], b"file", &[9; KEY_BYTES]).unwrap();
        assert_eq!(one.unwrap([7; NONCE_BYTES], b"file", wrapped), Some([9; KEY_BYTES]));
        assert_eq!(two.unwrap([7; NONCE_BYTES], b"file", wrapped), None);
        assert_eq!(one.unwrap([7; NONCE_BYTES], b"other", wrapped), None);
        assert_eq!(one.unwrap([8; NONCE_BYTES], b"file", wrapped), None);
    }
}
