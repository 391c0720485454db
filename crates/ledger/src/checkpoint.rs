//! A checkpoint: which log, how many entries, which root; signed as a note.
//!
//! Source   C2SP `tlog-checkpoint`. Lines behind the third are passed over.

use crate::hash::Digest;
use crate::note::{Note, NoteFault, SigningKey, VerifyingKey};
use crate::tree::Head;
use std::fmt;

/// What a log stands by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Its tree.
    pub head: Head,
}

/// Why there is no checkpoint that can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckpointFault {
    /// The note is none, or not to be believed.
    Note(NoteFault),
    /// Its text is no checkpoint.
    Body,
    /// It is of another log.
    Origin,
}

impl fmt::Display for CheckpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note(fault) => fault.fmt(f),
            Self::Body => f.write_str("its text is no checkpoint"),
            Self::Origin => f.write_str("it is of another log"),
        }
    }
}

impl std::error::Error for CheckpointFault {}

impl Checkpoint {
    /// The signed note.
    pub fn sign(&self, key: &SigningKey) -> String {
        let Head { size, root } = self.head;
        key.sign(&format!("{}\n{size}\n{}\n", self.origin, root.base64()))
    }

    /// Reads a note and believes it if one of these keys signed it.
    ///
    /// # Errors
    ///
    /// [`CheckpointFault`].
    pub fn verified(bytes: &[u8], keys: &[VerifyingKey]) -> Result<Self, CheckpointFault> {
        let note = Note::read(bytes).map_err(CheckpointFault::Note)?;
        note.verify(keys).map_err(CheckpointFault::Note)?;
        let checkpoint = Self::unverified(&note)?;
        if keys.iter().any(|it| it.name() == checkpoint.origin) {
            Ok(checkpoint)
        } else {
            Err(CheckpointFault::Origin)
        }
    }

    /// What a note says, whoever signed it.
    ///
    /// # Errors
    ///
    /// [`CheckpointFault::Body`].
    pub fn unverified(note: &Note) -> Result<Self, CheckpointFault> {
        body(&note.text).ok_or(CheckpointFault::Body)
    }
}

fn body(text: &str) -> Option<Checkpoint> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    let head = Head { size: decimal(size)?, root: Digest::of_base64(root)? };
    let is_whole = !origin.is_empty() && lines.all(|it| !it.is_empty());
    is_whole.then(|| Checkpoint { origin: origin.to_owned(), head })
}

/// A number without leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let is_plain =
        text.bytes().all(|it| it.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_three_lines() {
        let root = Digest::empty().base64();
        let good = body(&format!("a.example/log\n20852163\n{root}\n")).unwrap();
        assert_eq!((good.origin.as_str(), good.head.size), ("a.example/log", 20_852_163));
        assert!(body(&format!("a\n0\n{root}\nmore\n")).is_some());
        for wrong in [
            format!("a\n01\n{root}\n"),
            format!("a\n+1\n{root}\n"),
            format!("a\n\n{root}\n"),
            format!("\n1\n{root}\n"),
            format!("a\n18446744073709551616\n{root}\n"),
            format!("a\n1\n{root}\n\n"),
            format!("a\n1\n{root}"),
            "a\n1\nAAAA\n".to_owned(),
            "a\n1\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(body(&wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_checkpoint_is_believed_if_the_log_of_its_origin_signed_it() {
        let key = SigningKey::of_seed("a.example/log", &[1; 32]).unwrap();
        let head = Head { size: 0, root: Digest::empty() };
        let keys = [key.verifying().clone()];
        let own = Checkpoint { origin: "a.example/log".to_owned(), head };
        assert_eq!(Checkpoint::verified(own.sign(&key).as_bytes(), &keys), Ok(own));
        let foreign = Checkpoint { origin: "b.example/log".to_owned(), head };
        let read = Checkpoint::verified(foreign.sign(&key).as_bytes(), &keys);
        assert_eq!(read, Err(CheckpointFault::Origin));
        let read = Checkpoint::verified(key.sign("a\n").as_bytes(), &keys);
        assert_eq!(read, Err(CheckpointFault::Body));
    }
}
