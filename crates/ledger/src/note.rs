//! Signed notes: a text with the signatures of those who stand by it, and the keys for that.
//!
//! Reads    notes of at most [`NOTE_BYTES_MAX`] bytes and [`SIGNATURES_MAX`] signatures; keys as text.
//! Errors   [`NoteFault`], [`KeyFault`].
//! Misses   signatures of other kinds than Ed25519 are passed over, as the specification says of
//!          unknown keys. The text form of a signing key is that of Go's `note` package.
//! Source   C2SP `signed-note`; RFC 8032 for Ed25519.

use crate::base64;
use crate::hash::Digest;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::fmt;

/// Bytes of a note at most.
pub const NOTE_BYTES_MAX: usize = 64 * 1024;
/// Signatures of a note at most.
pub const SIGNATURES_MAX: usize = 64;
/// Bytes of the name of a key at most.
const NAME_BYTES_MAX: usize = 256;

const ED25519_KIND: u8 = 1;
const PRIVATE: &str = "PRIVATE+KEY+";

/// A note that was read. Nothing of it is to be believed before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The text that was signed, with its last line end.
    pub text: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// Why a note is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteFault {
    /// It is longer than a note may be.
    TooLong,
    /// It is no text, or holds control characters.
    NoText,
    /// There is no blank line between text and signatures, or no signature.
    NoSignatures,
    /// A line of the signatures is none.
    Malformed,
    /// None of the known keys signed it.
    Unsigned,
    /// A signature of a known key is wrong.
    Forged,
}

impl fmt::Display for NoteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong => "it is too long for a note",
            Self::NoText => "it is no text",
            Self::NoSignatures => "it has no signatures",
            Self::Malformed => "a line of its signatures is malformed",
            Self::Unsigned => "no known key signed it",
            Self::Forged => "its signature is wrong",
        })
    }
}

impl std::error::Error for NoteFault {}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    ///
    /// [`NoteFault`], if it is none.
    pub fn read(bytes: &[u8]) -> Result<Self, NoteFault> {
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteFault::TooLong);
        }
        let text = str::from_utf8(bytes).map_err(|_| NoteFault::NoText)?;
        if text.bytes().any(|it| it < b' ' && it != b'\n') {
            return Err(NoteFault::NoText);
        }
        let (body, signatures) = text.rsplit_once("\n\n").ok_or(NoteFault::NoSignatures)?;
        let lines = signatures.strip_suffix('\n').ok_or(NoteFault::Malformed)?;
        let signatures: Option<Vec<Signature>> =
            lines.split('\n').take(SIGNATURES_MAX + 1).map(signature).collect();
        let signatures = signatures.ok_or(NoteFault::Malformed)?;
        if signatures.len() > SIGNATURES_MAX {
            return Err(NoteFault::TooLong);
        }
        Ok(Self { text: format!("{body}\n"), signatures })
    }

    /// Whether one of these keys signed it, and none of their signatures is wrong.
    ///
    /// # Errors
    ///
    /// [`NoteFault::Unsigned`] or [`NoteFault::Forged`].
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<(), NoteFault> {
        let mut is_signed = false;
        for signature in &self.signatures {
            let known = |it: &&VerifyingKey| it.name == signature.name && it.id == signature.id;
            for key in keys.iter().filter(known) {
                let public = UnparsedPublicKey::new(&ED25519, &key.public);
                let verified = public.verify(self.text.as_bytes(), &signature.bytes);
                verified.map_err(|_| NoteFault::Forged)?;
                is_signed = true;
            }
        }
        if is_signed { Ok(()) } else { Err(NoteFault::Unsigned) }
    }
}

fn signature(line: &str) -> Option<Signature> {
    let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
    let bytes = base64::decode(encoded)?;
    let (id, bytes) = bytes.split_first_chunk()?;
    let is_whole = is_name(name) && !bytes.is_empty();
    is_whole.then(|| Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}

fn is_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && !name.chars().any(|it| it.is_whitespace() || it.is_control() || it == '+')
}

fn id(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend([b'\n', ED25519_KIND]);
    bytes.extend(public);
    let [a, b, c, d, ..] = Digest::of(&bytes).0;
    [a, b, c, d]
}

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFault;

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is no key of a signed note with Ed25519")
    }
}

impl std::error::Error for KeyFault {}

/// The key that verifies the notes of a log. Its text is `NAME+ID+BASE64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: [u8; 4],
    public: [u8; 32],
}

impl VerifyingKey {
    /// The key with this name.
    ///
    /// # Errors
    ///
    /// [`KeyFault`] if no key may have that name.
    pub fn new(name: &str, public: [u8; 32]) -> Result<Self, KeyFault> {
        if !is_name(name) {
            return Err(KeyFault);
        }
        Ok(Self { name: name.to_owned(), id: id(name, &public), public })
    }

    /// Reads the text of a key.
    ///
    /// # Errors
    ///
    /// [`KeyFault`].
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let (name, hash, public) = parts(text)?;
        let key = Self::new(name, public)?;
        if hex(key.id) == hash { Ok(key) } else { Err(KeyFault) }
    }

    /// Whose key it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its 32 bytes.
    pub fn public(&self) -> [u8; 32] {
        self.public
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, hex(self.id), tagged(&self.public))
    }
}

/// Name, id and 32 bytes of the text of a key.
fn parts(text: &str) -> Result<(&str, &str, [u8; 32]), KeyFault> {
    let (name, rest) = text.split_once('+').ok_or(KeyFault)?;
    let (hash, encoded) = rest.split_once('+').ok_or(KeyFault)?;
    match base64::decode(encoded).as_deref() {
        Some([ED25519_KIND, key @ ..]) => Ok((name, hash, key.try_into().map_err(|_| KeyFault)?)),
        Some(_) | None => Err(KeyFault),
    }
}

fn tagged(key: &[u8; 32]) -> String {
    let mut bytes = vec![ED25519_KIND];
    bytes.extend(key);
    base64::encode(&bytes)
}

fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// The key that signs the notes of a log. It has no readable form but [`SigningKey::text`].
pub struct SigningKey {
    verifying: VerifyingKey,
    pair: Ed25519KeyPair,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.verifying.name).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// The key with this name, of 32 random bytes.
    ///
    /// # Errors
    ///
    /// [`KeyFault`] if no key may have that name.
    pub fn of_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyFault> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFault)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyFault)?;
        Ok(Self { verifying: VerifyingKey::new(name, public)?, pair })
    }

    /// Reads the text of a key, `PRIVATE+KEY+NAME+ID+BASE64`.
    ///
    /// # Errors
    ///
    /// [`KeyFault`].
    pub fn read(text: &str) -> Result<Self, KeyFault> {
        let (name, hash, seed) = parts(text.strip_prefix(PRIVATE).ok_or(KeyFault)?)?;
        let key = Self::of_seed(name, &seed)?;
        if hex(key.verifying.id) == hash { Ok(key) } else { Err(KeyFault) }
    }

    /// The text of the key of this seed: a secret.
    pub fn text(&self, seed: &[u8; 32]) -> String {
        format!("{PRIVATE}{}+{}+{}", self.verifying.name, hex(self.verifying.id), tagged(seed))
    }

    /// The key that verifies what this one signs.
    pub fn verifying(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// A note with this text, which ends with a line end.
    pub fn sign(&self, text: &str) -> String {
        let mut bytes = self.verifying.id.to_vec();
        bytes.extend(self.pair.sign(text.as_bytes()).as_ref());
        format!("{text}\n— {} {}\n", self.verifying.name, base64::encode(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification. Its key is that of Go's documentation of `note`.
    const EXAMPLE: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n\
        ed è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddn\
        GITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

    fn key() -> SigningKey {
        SigningKey::of_seed("example.com/log", &[7; 32]).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_a_note() {
        let note = Note::read(EXAMPLE.as_bytes()).unwrap();
        assert!(note.text.ends_with(":\n\ned è subito sera.\n"));
        assert_eq!(note.signatures[0].name, "quasimodo.example/salvatore");
        assert_eq!(
            (note.signatures[0].id, note.signatures[0].bytes.len()),
            ([0x36, 0x7b, 0xa0, 0x4b], 64)
        );
        assert_eq!(note.verify(&[key().verifying().clone()]), Err(NoteFault::Unsigned));
    }

    /// RFC 8032 section 7.1, test 1: the key, and through it what signs.
    #[test]
    fn a_seed_gives_the_key_of_rfc_8032() {
        let seed = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec,
            0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03,
            0x1c, 0xae, 0x7f, 0x60,
        ];
        let public = SigningKey::of_seed("a", &seed).unwrap().verifying().public();
        assert_eq!(&public[..4], [0xd7, 0x5a, 0x98, 0x01]);
    }

    /// The key of Go's checksum database, as its sources publish it.
    #[test]
    fn a_published_key_has_the_id_that_it_says() {
        let text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
        let key = VerifyingKey::read(text).unwrap();
        assert_eq!((key.name(), key.to_string().as_str()), ("sum.golang.org", text));
    }

    #[test]
    fn what_was_signed_verifies_and_nothing_else() {
        let (key, other) = (key(), SigningKey::of_seed("example.com/log", &[8; 32]).unwrap());
        let signed = key.sign("a\nb\n");
        let keys = [key.verifying().clone()];
        let note = Note::read(signed.as_bytes()).unwrap();
        assert_eq!((note.text.as_str(), note.verify(&keys)), ("a\nb\n", Ok(())));
        assert_eq!(note.verify(&[other.verifying().clone()]), Err(NoteFault::Unsigned));
        // A key of the same name and id is known: its wrong signature spoils the note.
        let mixed = [VerifyingKey { public: other.verifying.public, ..keys[0].clone() }];
        assert_eq!(note.verify(&mixed), Err(NoteFault::Forged));
        for at in 0..signed.len() {
            for other in 0..=255 {
                let mut bytes = signed.clone().into_bytes();
                if std::mem::replace(&mut bytes[at], other) != other {
                    let read = Note::read(&bytes).map(|it| it.verify(&keys));
                    assert!(!matches!(read, Ok(Ok(()))), "byte {at} as {other}");
                }
            }
        }
    }

    #[test]
    fn keys_read_as_they_are_written() {
        let key = key();
        let text = key.text(&[7; 32]);
        assert_eq!(SigningKey::read(&text).unwrap().verifying(), key.verifying());
        assert_eq!(VerifyingKey::read(&key.verifying().to_string()).as_ref(), Ok(key.verifying()));
        assert!(!format!("{key:?}").contains(&tagged(&[7; 32])));
        for wrong in ["", "a", "a+b+c", &text.replace("log", "lag"), &text.replace("PRIVATE", "")] {
            assert!(SigningKey::read(wrong).is_err(), "{wrong}");
        }
        for name in ["", "a b", "a+b", "a\u{2003}b", "a\nb"] {
            assert_eq!(SigningKey::of_seed(name, &[7; 32]).err(), Some(KeyFault), "{name}");
        }
    }

    #[test]
    fn what_is_no_note_is_said_to_be_none() {
        let line = "— a AAAAAAA=\n";
        for (text, fault) in [
            ("", NoteFault::NoSignatures),
            ("a\n", NoteFault::NoSignatures),
            ("a\n\n", NoteFault::Malformed),
            ("a\n\n— a\n", NoteFault::Malformed),
            ("a\n\n— a AAAA\n", NoteFault::Malformed),
            ("a\n\n- a AAAAAAA=\n", NoteFault::Malformed),
            ("a\n\n— a AAAAAAA=", NoteFault::Malformed),
            ("a\r\n\n— a AAAAAAA=\n", NoteFault::NoText),
            (&format!("a\n\n{}", line.repeat(SIGNATURES_MAX + 1)), NoteFault::TooLong),
            (&"a".repeat(NOTE_BYTES_MAX + 1), NoteFault::TooLong),
        ] {
            assert_eq!(Note::read(text.as_bytes()), Err(fault), "{text:?}");
        }
        assert_eq!(Note::read(b"\xff\n\n"), Err(NoteFault::NoText));
        assert!(Note::read(format!("a\n\n{}", line.repeat(SIGNATURES_MAX)).as_bytes()).is_ok());
    }
}
