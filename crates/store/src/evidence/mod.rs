//! Samples on disk: encrypted, for days rather than months.
//!
//! `vault.rs` writes them and drops the oldest, `shelf.rs` finds and reads them, `frame.rs` says how one
//! lies in a file, `index.rs` knows which there are.
//!
//! # The format
//!
//! All integers are little-endian. A file, `00000001.evidence` and so on, begins with the two slots of a
//! sealed segment (`segments/envelope.rs`), but for the magic `BTZNEVID`: the key of the file, wrapped by
//! the master key. Then come frames:
//!
//! | at | bytes | frame                                                                |
//! |---:|------:|----------------------------------------------------------------------|
//! |  0 |     4 | bytes of the content, with its tag                                   |
//! |  4 |     8 | number of the frame in the file; a number is never used twice        |
//! | 12 |    16 | exchange                                                             |
//! | 28 |     8 | captured: microseconds since 1970                                    |
//! | 36 |     1 | reason: 1 a finding, 2 its subject is watched                        |
//! | 37 |     3 | zeros                                                                |
//! | 40 |     4 | CRC-32 (IEEE) of bytes 0 to 39                                       |
//! | 44 |       | content under AES-256-GCM, and the tag of 16 bytes                   |
//!
//! The nonce is the number of the frame (8 bytes) and zeros; the id of the file and the 44 bytes in front
//! are authenticated. The content is a version (1), then request head, request body, response head and
//! response body, each a byte that says whether it is there, its length (4) and so many bytes of text; and
//! the redacted places: how many (2), and each its length (2) and text.
//!
//! No process goes on with a file of another one, nor with one that it failed to write: so no number is
//! used twice under one key, and nothing follows a torn frame.
//!
//! Misses   which exchanges have a sample, when it was taken, why and how long it is: that is visible.

mod frame;
mod index;
#[cfg(test)]
mod power;
mod shelf;
mod vault;

pub use index::Held;
pub use shelf::{Kept, Shelf};
pub use vault::{Bounds, SAMPLES_MAX, Vault};
