//! What bartizan keeps: the journal, an append-only file format for observations and for what is
//! needed to explain them, with its writer and its readers.
//!
//! An adapter of row 3: it reads and writes files, all through the one port [`disk::Disk`]. It
//! reads no clock; time comes with the records.
//!
//! # The format
//!
//! A journal is a directory of *segments*, `00000001.journal` and so on; a higher number is later.
//! Numbers are never used twice in one directory unless the highest segment held nothing. All
//! integers are little-endian. Reserved bytes are written as zeros and not looked at when reading.
//!
//! A segment is a header of 32 bytes and then frames:
//!
//! | at | bytes | header                                                                   |
//! |---:|------:|--------------------------------------------------------------------------|
//! |  0 |     8 | magic `BTZNJRNL`                                                         |
//! |  8 |     2 | format version, 1                                                        |
//! | 10 |     2 | flags, none defined                                                      |
//! | 12 |     8 | created: microseconds since 1970, by the time of the records             |
//! | 20 |     2 | key epoch when it was created (each observation carries its own)         |
//! | 22 |     6 | reserved                                                                 |
//! | 28 |     4 | CRC-32 (IEEE) of bytes 0 to 27                                           |
//!
//! | at | bytes | frame                                                                    |
//! |---:|------:|--------------------------------------------------------------------------|
//! |  0 |     4 | length of the payload, at most 65,524, so that a frame is at most 64 KiB |
//! |  4 |     1 | kind of record                                                           |
//! |  5 |     1 | version of this kind of record, 1                                        |
//! |  6 |     2 | flags: bit 0 = a repetition of rules that stand in an earlier segment    |
//! |  8 |     4 | CRC-32 (IEEE) of bytes 4 to 7 and of the payload                         |
//! | 12 |       | payload                                                                  |
//!
//! | kind | record      | payload                                                             |
//! |-----:|-------------|---------------------------------------------------------------------|
//! |    1 | observation | see `observation.rs`                                                |
//! |    2 | rules       | see [`rules`]                                                       |
//! |    3 | intent      | id 16, moment 16, endpoint 8                                        |
//! |    4 | gap         | moment 16, observations lost 8                                      |
//! |    5 | started     | moment 16, version of the program as text                           |
//! |    6 | stopped     | moment 16                                                           |
//! |    7 | answered    | id 16, moment 16, status 2                                          |
//!
//! A moment is the monotonic nanoseconds (8) and the wall-clock microseconds (8). A text is its
//! length (2) and so many bytes of UTF-8. Enumerations have numbers of their own (`number.rs`), so
//! that the order of a Rust enumeration means nothing here; refusals and findings have the numbers
//! of `bartizan_model::code`.
//!
//! # Versions
//!
//! The *format version* covers header and frames. This program writes and reads version 1.
//! By rule it also reads the version before the one that it writes; none exists before version 1.
//! A later version is refused, segment by segment, with its number; a journal whose newest segment
//! has one is not written.
//!
//! The *version of a record* covers its payload. Fields may be added at the end of a payload or in
//! its reserved bytes without a new version: what stands behind the known fields is not looked at.
//! Numbers and names that a later program added read as follows; nothing else of the journal is
//! lost by them.
//!
//! | unknown                                  | reads as                                         |
//! |------------------------------------------|--------------------------------------------------|
//! | kind, or later version of a kind         | an error for that one record                     |
//! | method                                   | `Method::Other`                                  |
//! | version of HTTP, outcome, mode of rules  | an error for that one record                     |
//! | code or effect of a hit                  | the hit is left out and counted in `hits_more`   |
//! | code or kind of place of a finding       | left out and counted in `findings_more`          |
//! | bits of oddities                         | left out                                         |
//! | clause, mode or origin within rules      | left out and counted in `left_out`               |
//!
//! # Damage
//!
//! The length of a frame is not to be trusted once its checksum is wrong, so the rest of that
//! segment is unreadable; reading goes on with the next segment, and what was passed over is
//! counted. Checksums detect accidents, not forgery: who can write the directory can write a
//! journal. Texts come back as they were written; who shows them escapes them.

#[cfg(test)]
mod attack;
pub mod disk;
pub mod document;
#[cfg(test)]
mod double;
pub mod evidence;
mod field;
pub mod files;
mod find;
pub mod follow;
mod frame;
#[cfg(test)]
mod golden;
mod header;
pub mod journal;
mod latest;
pub mod ledger;
mod number;
mod observation;
pub mod read;
pub mod record;
pub mod recovery;
pub mod rules;
#[cfg(test)]
mod sample;
mod scan;
mod segment;
pub mod segments;

pub use find::{Found, Unfinished, find};
pub use frame::FRAME_BYTES_MAX;
pub use journal::{Counters, Journal, JournalError, Options};
pub use latest::{Latest, latest};
pub use read::{Damage, FrameFault, ReadError, Records, read};
pub use record::{Record, RecordError};
pub use recovery::{Recovery, sound_bytes};
pub use rules::{RecordedBypass, RecordedException, RecordedPatch, RulesRecord};
pub use segment::Segment;
