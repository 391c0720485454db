//! The ledger on disk: a directory that is at any time a static log after C2SP `tlog-tiles`, and a file
//! of entries that are not in it yet.
//!
//! Reads and writes   through [`Folders`], which is [`crate::files`] with directories in directories.
//! Memory             the entries behind the last checkpoint, at most as many as [`Options`] say.
//! Errors             [`LedgerError`]. What was appended stays in memory and is written again.
//! Misses             locking: whoever writes holds the lock of the journal beside it. Entries that
//!                    are waiting carry checksums, not signatures: who can write the directory can
//!                    change them until the next checkpoint, which comes within a second.
//!
//! # The directory
//!
//! | name | what |
//! |---|---|
//! | `checkpoint` | the newest signed checkpoint; replaced whole |
//! | `tile/<L>/<N>`, `tile/<L>/<N>.p/<W>` | hashes, never changed once a checkpoint covers them |
//! | `tile/entries/<N>`, `tile/entries/<N>.p/<W>` | entries, likewise |
//! | `pending` | entries since a checkpoint; replaced whole, and appended to |
//! | `pending.new`, `checkpoint.new` | what a crash left of replacing them; written over |
//!
//! `pending` begins with `BTZNLEDG`, the version of its form (2, now 1), reserved (2), the number of
//! its first entry (8) and the CRC-32 of all that (4). For each entry follow its length (2), the
//! CRC-32 of its number (8) and its bytes (4), its bytes. All integers are big-endian. A frame that is
//! cut or does not fit its checksum ends the file.
//!
//! # What is durable when
//!
//! [`Log::commit`] returns once the entries are in `pending` and that is synced: they are acknowledged.
//! [`Log::seal`] then writes and syncs tiles, their directories, and at last the checkpoint. A file
//! whose write or sync failed is never written again: `pending` is begun anew under another name and
//! moved there whole, tiles are removed and made anew. So a start finds every acknowledged entry, and
//! each of them once: those below the size of the checkpoint in tiles, the others in `pending`.

mod anchors;
#[cfg(test)]
mod attack;
#[cfg(test)]
mod double;
mod folders;
mod log;
mod pending;
mod reader;

pub use anchors::Anchors;
pub use folders::Folders;
pub use log::{Log, Options, Recovery};
pub use reader::{Reader, pending};

use bartizan_ledger::checkpoint::CheckpointFault;
use std::fmt;
use std::io;

/// Why the ledger cannot be opened, read or written.
#[derive(Debug)]
pub enum LedgerError {
    /// A file or directory of it cannot be read or written.
    File(String, io::Error),
    /// Its checkpoint is not to be believed.
    Checkpoint(CheckpointFault),
    /// Its tiles are not those that its checkpoint was signed for.
    Tiles,
    /// The entries that wait do not follow those of the checkpoint.
    Pending,
    /// There are more entries waiting than memory has room for.
    Full,
    /// An entry is too long.
    TooLong,
    /// There is no entry of this number.
    NoEntry(u64),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name, error) => write!(f, "`{name}` of the ledger: {error}"),
            Self::Checkpoint(fault) => write!(f, "the checkpoint of the ledger: {fault}"),
            Self::Tiles => {
                f.write_str("the ledger is not the one that its checkpoint was signed for")
            }
            Self::Pending => f.write_str("entries of the ledger are missing behind its checkpoint"),
            Self::Full => f.write_str("too many entries of the ledger wait for the disk"),
            Self::TooLong => f.write_str("an entry is too long for the ledger"),
            Self::NoEntry(index) => write!(f, "the ledger has no entry {index}"),
        }
    }
}

impl std::error::Error for LedgerError {}
