//! Reading a ledger, of a running instance too: its files are only ever added to.

use super::folders::{self, Folders, split};
use super::{LedgerError, pending as waiting};
use bartizan_ledger::Digest;
use bartizan_ledger::checkpoint::{Checkpoint, CheckpointFault};
use bartizan_ledger::note::{NOTE_BYTES_MAX, NoteFault, VerifyingKey};
use bartizan_ledger::proof::Proof;
use bartizan_ledger::tiles::{self, BUNDLE_BYTES_MAX, CHECKPOINT, Holds, Tile};
use bartizan_ledger::tree::{self, Nodes};
use bartizan_ledger::verify::{self, Resources, Retained, Verdict};
use std::ops::Range;

/// Bytes of the entries that wait at most.
const PENDING_BYTES_MAX: usize = 256 * 1024 * 1024;

/// A ledger, for reading.
#[derive(Clone, Debug)]
pub struct Reader<D> {
    dir: D,
    /// The size of the tree that is read, for the width of its tiles.
    size: u64,
    /// The tile that was read last.
    last: Option<(Tile, Vec<Digest>)>,
}

impl<D: Folders> Reader<D> {
    /// The ledger in this directory.
    pub fn at(dir: D) -> Self {
        Self { dir, size: 0, last: None }
    }

    /// The signed note of the newest checkpoint, and what it says.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if none of these keys signed it.
    pub fn checkpoint(
        &mut self,
        keys: &[VerifyingKey],
    ) -> Result<(String, Checkpoint), LedgerError> {
        let note = self.read(CHECKPOINT, NOTE_BYTES_MAX)?.unwrap_or_default();
        let checkpoint = Checkpoint::verified(&note, keys).map_err(LedgerError::Checkpoint)?;
        self.size = checkpoint.head.size;
        let note = String::from_utf8(note);
        let fault = LedgerError::Checkpoint(CheckpointFault::Note(NoteFault::NoText));
        Ok((note.map_err(|_| fault)?, checkpoint))
    }

    /// Hands over the entries of these numbers, in order, bundle by bundle.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if one is not there.
    pub fn entries(
        &mut self,
        wanted: Range<u64>,
        mut each: impl FnMut(u64, &[u8]),
    ) -> Result<(), LedgerError> {
        let mut next = wanted.start;
        while next < wanted.end {
            let bytes = self.bundle(next / tiles::WIDTH)?;
            let first = next / tiles::WIDTH * tiles::WIDTH;
            for (index, entry) in (first..).zip(tiles::entries(&bytes).flatten()) {
                if index == next && index < wanted.end {
                    each(index, entry);
                    next += 1;
                }
            }
            let is_cut = next < wanted.end && !next.is_multiple_of(tiles::WIDTH);
            if is_cut || next == first {
                return Err(LedgerError::NoEntry(next));
            }
        }
        Ok(())
    }

    /// The proof that entry `index` is under the newest checkpoint.
    ///
    /// # Errors
    ///
    /// [`LedgerError`].
    pub fn prove(&mut self, index: u64, keys: &[VerifyingKey]) -> Result<Proof, LedgerError> {
        let (note, checkpoint) = self.checkpoint(keys)?;
        let size = checkpoint.head.size;
        if index >= size {
            return Err(LedgerError::NoEntry(index));
        }
        let mut entry = Vec::new();
        self.entries(index..index + 1, |_, bytes| entry = bytes.to_vec())?;
        let path = tree::inclusion(self, index, size)?;
        let proof = Proof { entry, index, path, checkpoint: note };
        // What is damaged proves nothing: better to say so here.
        match proof.verify(keys) {
            Ok(_) => Ok(proof),
            Err(_) => Err(LedgerError::Tiles),
        }
    }

    /// Verifies everything, see [`verify::verify`].
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if a file cannot be read.
    pub fn verify(
        &mut self,
        keys: &[VerifyingKey],
        retained: &[Retained],
    ) -> Result<Verdict, LedgerError> {
        verify::verify(self, keys, retained, |_, _| {})
    }

    fn bundle(&mut self, index: u64) -> Result<Vec<u8>, LedgerError> {
        let size = self.size;
        let tile = tiles::tiles(Holds::Entries, size, index).next();
        let tile = tile.ok_or(LedgerError::NoEntry(index * tiles::WIDTH))?;
        match self.read(&tile.path(), BUNDLE_BYTES_MAX)? {
            Some(bytes) => Ok(bytes),
            None => Ok(self.read(&tile.full().path(), BUNDLE_BYTES_MAX)?.unwrap_or_default()),
        }
    }
}

impl<D: Folders> Resources for Reader<D> {
    type Error = LedgerError;

    fn read(&mut self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, LedgerError> {
        let (folder, name) = split(path);
        let read = folders::read(&self.dir.folder(folder), name, bytes_max);
        read.map_err(|error| LedgerError::File(path.to_owned(), error))
    }
}

impl<D: Folders> Nodes for Reader<D> {
    type Error = LedgerError;

    fn node(&mut self, level: u8, index: u64) -> Result<Digest, LedgerError> {
        let (tile, start, count) = tiles::place(level, index, self.size);
        if self.last.as_ref().is_none_or(|(it, _)| *it != tile) {
            let bytes = match self.read(&tile.path(), BUNDLE_BYTES_MAX)? {
                Some(bytes) => Some(bytes),
                None => self.read(&tile.full().path(), BUNDLE_BYTES_MAX)?,
            };
            let hashes = bytes.as_deref().and_then(tiles::hashes).unwrap_or_default();
            self.last = Some((tile, hashes));
        }
        let hashes = self.last.as_ref().map(|it| it.1.as_slice()).unwrap_or_default();
        tiles::subtree(hashes, start, count).ok_or(LedgerError::Tiles)
    }
}

/// How many sound entries wait behind the first `size`, and how many bytes behind them are not sound.
///
/// # Errors
///
/// [`LedgerError`] if the file cannot be read, or is none.
pub fn pending<D: Folders>(dir: &D, size: u64) -> Result<(u64, usize), LedgerError> {
    let found = read_pending(dir)?;
    let end = found.first.saturating_add(found.entries.len() as u64);
    Ok((end.saturating_sub(size), found.torn))
}

/// What waits for a checkpoint.
pub(super) fn read_pending<D: Folders>(dir: &D) -> Result<waiting::Pending, LedgerError> {
    let read = folders::read(&dir.folder(""), waiting::NAME, PENDING_BYTES_MAX);
    match read.map_err(|error| LedgerError::File(waiting::NAME.to_owned(), error))? {
        Some(bytes) => waiting::read(&bytes).ok_or(LedgerError::Pending),
        None => Ok(waiting::Pending::default()),
    }
}
