//! The ledger: what can be proved to somebody who does not trust us. A Merkle tree of entries after
//! RFC 6962, laid out in tiles, with signed checkpoints, and all that is needed to verify it.
//!
//! Pure: bytes come in and go out. The directory on disk is `store`'s, keys and time are the
//! binary's.
//!
//! Reads    entries, tiles, bundles, signed notes, proofs: all of them may be hostile.
//! Writes   the same, byte for byte as the documents below say.
//! Memory   a compact range of at most 64 hashes; while verifying, one bundle and one tile a level.
//! Errors   closed enumerations; nothing of what was read is repeated in their words.
//! Misses   an entry that was never written: what is not handed over is in no tree. Two histories
//!          shown to two people, unless they compare checkpoints.
//! Source   RFC 6962 section 2.1 and RFC 9162 section 2.1 (tree and proofs); C2SP `tlog-tiles`,
//!          `tlog-checkpoint`, `signed-note` and `tlog-proof` (forms).

#[cfg(test)]
mod attack;
mod base64;
pub mod checkpoint;
pub mod edge;
pub mod entry;
pub mod hash;
pub mod note;
pub mod proof;
#[cfg(test)]
mod sample;
pub mod text;
pub mod tiles;
pub mod tree;
pub mod verify;

pub use hash::Digest;
