//! A proof in one file: an entry, its place, the hashes up to the root, and the checkpoint that was
//! signed for that root. It needs no log, no network and no bartizan to be checked.
//!
//! # The form
//!
//! That of C2SP `tlog-proof`, with the entry itself as its extra data:
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra BASE64 OF THE ENTRY
//! index 73894
//! BASE64 OF A HASH          one line for each, from the sibling of the leaf up
//!
//! THE CHECKPOINT, A SIGNED NOTE
//! ```
//!
//! Errors   [`ProofFault`].

use crate::base64;
use crate::checkpoint::{Checkpoint, CheckpointFault, decimal};
use crate::entry::ENTRY_BYTES_MAX;
use crate::hash::Digest;
use crate::note::{NOTE_BYTES_MAX, VerifyingKey};
use crate::tree;
use std::fmt;

const FIRST: &str = "c2sp.org/tlog-proof@v1";
/// Hashes of a proof at most: one for each level of the tree.
const HASHES_MAX: usize = 64;
/// Bytes of a proof at most.
pub const PROOF_BYTES_MAX: usize = 2 * ENTRY_BYTES_MAX + NOTE_BYTES_MAX + 4_096;

/// A proof that was read or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The entry.
    pub entry: Vec<u8>,
    /// Its number.
    pub index: u64,
    /// The hashes from its sibling up.
    pub path: Vec<Digest>,
    /// The signed note.
    pub checkpoint: String,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// It is no proof.
    Malformed,
    /// Its checkpoint is not to be believed.
    Checkpoint(CheckpointFault),
    /// The entry is not there in the tree of the checkpoint.
    NotIncluded,
}

impl fmt::Display for ProofFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("it is no proof"),
            Self::Checkpoint(fault) => write!(f, "the checkpoint in it: {fault}"),
            Self::NotIncluded => f.write_str("the entry is not in the tree of its checkpoint"),
        }
    }
}

impl std::error::Error for ProofFault {}

impl Proof {
    /// Reads a proof.
    ///
    /// # Errors
    ///
    /// [`ProofFault::Malformed`].
    pub fn read(bytes: &[u8]) -> Result<Self, ProofFault> {
        let text = str::from_utf8(bytes).ok().filter(|it| it.len() <= PROOF_BYTES_MAX);
        text.and_then(parsed).ok_or(ProofFault::Malformed)
    }

    /// What it proves, if one of these keys signed its checkpoint.
    ///
    /// # Errors
    ///
    /// [`ProofFault`].
    pub fn verify(&self, keys: &[VerifyingKey]) -> Result<Checkpoint, ProofFault> {
        let checkpoint = Checkpoint::verified(self.checkpoint.as_bytes(), keys);
        let checkpoint = checkpoint.map_err(ProofFault::Checkpoint)?;
        let (leaf, head) = (Digest::leaf(&self.entry), checkpoint.head);
        if tree::is_included(leaf, self.index, head.size, &self.path, head.root) {
            Ok(checkpoint)
        } else {
            Err(ProofFault::NotIncluded)
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST}\nextra {}\nindex {}", base64::encode(&self.entry), self.index)?;
        self.path.iter().try_for_each(|it| writeln!(f, "{}", it.base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

fn parsed(text: &str) -> Option<Proof> {
    let (front, checkpoint) = text.split_once("\n\n")?;
    let mut lines = front.split('\n');
    if lines.next()? != FIRST {
        return None;
    }
    let entry = base64::decode(lines.next()?.strip_prefix("extra ")?)?;
    let index = decimal(lines.next()?.strip_prefix("index ")?)?;
    let path: Option<Vec<Digest>> = lines.take(HASHES_MAX + 1).map(Digest::of_base64).collect();
    let path = path.filter(|it| it.len() <= HASHES_MAX)?;
    Some(Proof { entry, index, path, checkpoint: checkpoint.to_owned() })
}
