//! Sealed segments: what the journal held, for months, in columns, encrypted.
//!
//! `archive.rs` writes them and keeps the catalogue; `open.rs` reads them. `columns.rs` says what a row is,
//! `rows.rs` reads it back, `write.rs` writes a Parquet file of rows, `envelope.rs` the encrypted file
//! around it, `key.rs` has the master key. `catalogue.rs` names the segments, in a redb database over
//! `backend.rs`. `tail.rs` reads the journal behind what is sealed,
//! `held.rs` both, from any process; `plain.rs` writes a plain Parquet file.

pub mod archive;
mod backend;
pub mod catalogue;
pub mod columns;
pub mod earlier;
pub mod envelope;
mod find;
pub mod held;
pub mod key;
pub mod open;
pub mod plain;
#[cfg(test)]
mod power;
pub mod rows;
pub mod tail;
pub mod write;
