//! The writer: takes entries, makes them durable, and puts them under checkpoints.

use super::folders::{self, Folders, split};
use super::reader::{Reader, read_pending};
use super::{LedgerError, pending};
use crate::files::{Files, StoredFile};
use bartizan_ledger::checkpoint::{Checkpoint, CheckpointFault};
use bartizan_ledger::edge::Edge;
use bartizan_ledger::entry::{ENTRY_BYTES_MAX, Entry, What};
use bartizan_ledger::note::{NOTE_BYTES_MAX, NoteFault, SigningKey, VerifyingKey};
use bartizan_ledger::tiles::{self, CHECKPOINT, Holds, Tile};
use bartizan_ledger::tree::Head;
use bartizan_ledger::verify::Resources;
use std::collections::{BTreeSet, VecDeque};
use std::fmt;
use std::io;

const CHECKPOINT_ASIDE: &str = "checkpoint.new";

/// Bounds.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Entries that wait for a checkpoint in memory, also while the disk refuses them.
    pub waiting_max: usize,
    /// Bytes of the file of entries that wait, from which on it is begun anew.
    pub pending_bytes_max: u64,
}

/// What was found at the start.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Entries under the checkpoint.
    pub size: u64,
    /// Entries that were acknowledged, or nearly so, and under no checkpoint.
    pub recovered: u64,
    /// Bytes behind them that were no whole entry.
    pub torn: usize,
    /// Whether another key signs from now on.
    pub is_rotated: bool,
}

/// The ledger of an instance, for writing.
pub struct Log<D: Folders> {
    dir: D,
    key: SigningKey,
    options: Options,
    /// All entries that were appended.
    edge: Edge,
    /// The head of the newest checkpoint that is surely on disk.
    signed: Head,
    note: String,
    /// The entries behind it.
    waiting: VecDeque<Vec<u8>>,
    /// Entries that are surely on disk.
    durable: u64,
    /// `None` if it has to be begun anew.
    pending: Option<Open<D>>,
    /// Tiles that are surely on disk, and no checkpoint covers yet.
    written: BTreeSet<Tile>,
    /// Tiles that were not written to their end.
    strays: BTreeSet<Tile>,
    /// Directories in which names may not be durable yet, and those that surely exist.
    unsynced: BTreeSet<String>,
    made: BTreeSet<String>,
}

struct Open<D: Folders> {
    file: <D::Files as Files>::File,
    end: u64,
    /// The number of the next entry for it.
    next: u64,
}

impl<D: Folders> fmt::Debug for Log<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.edge.head().size;
        f.debug_struct("Log")
            .field("size", &size)
            .field("signed", &self.signed)
            .finish_non_exhaustive()
    }
}

impl<D: Folders> Log<D> {
    /// Opens the ledger in a directory, which is made if it is missing; the parent must exist.
    /// `before` are the keys that this one replaces: where one of them signed the newest checkpoint,
    /// the ledger says from here on that the key is another. `at_us` is now.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]: nothing was changed then.
    pub fn open(
        dir: D,
        key: SigningKey,
        before: &[VerifyingKey],
        options: Options,
        at_us: u64,
    ) -> Result<(Self, Recovery), LedgerError> {
        let root = dir.folder("");
        let at_root = |error| LedgerError::File(".".to_owned(), error);
        root.prepare().map_err(at_root)?;
        // Whatever names are seen here are surely there after a loss of power.
        root.sync_names().map_err(at_root)?;
        let mut reader = Reader::at(dir.clone());
        let note = reader.read(CHECKPOINT, NOTE_BYTES_MAX)?;
        let own = std::slice::from_ref(key.verifying());
        let (signed, signer) = match &note {
            None => (Edge::default().head(), None),
            Some(note) => {
                let all = [own, before].concat();
                let checkpoint = Checkpoint::verified(note, &all);
                let checkpoint = checkpoint.map_err(LedgerError::Checkpoint)?;
                if checkpoint.origin != key.verifying().name() {
                    return Err(LedgerError::Checkpoint(CheckpointFault::Origin));
                }
                let signs = |it: &&VerifyingKey| {
                    Checkpoint::verified(note, std::slice::from_ref(*it)).is_ok()
                };
                (checkpoint.head, all.iter().find(signs).cloned())
            }
        };
        let edge = Edge::open(&mut reader, signed)?.ok_or(LedgerError::Tiles)?;
        let found = read_pending(&dir)?;
        if found.first > signed.size {
            return Err(LedgerError::Pending);
        }
        let note = String::from_utf8(note.unwrap_or_default());
        let no_text = LedgerError::Checkpoint(CheckpointFault::Note(NoteFault::NoText));
        let mut log = Self {
            dir,
            key,
            options,
            edge,
            signed,
            note: note.map_err(|_| no_text)?,
            waiting: VecDeque::new(),
            durable: signed.size,
            pending: None,
            written: BTreeSet::new(),
            strays: BTreeSet::new(),
            unsynced: BTreeSet::new(),
            made: BTreeSet::new(),
        };
        let known = usize::try_from(signed.size.saturating_sub(found.first)).unwrap_or(usize::MAX);
        let torn = found.torn;
        for entry in found.entries.into_iter().skip(known) {
            log.take(entry);
        }
        log.sweep()?;
        // What a crash kept from being removed.
        for holds in [Holds::Entries, Holds::Hashes(0)] {
            if let Some(index) = (signed.size / tiles::WIDTH).checked_sub(1) {
                log.prune(Tile { holds, index, width: 256 });
            }
        }
        let mut recovery = Recovery {
            size: signed.size,
            recovered: log.waiting.len() as u64,
            torn,
            is_rotated: false,
        };
        if let Some(signer) = signer.filter(|it| it != log.key.verifying()) {
            let (before, now) = (signer.public(), log.key.verifying().public());
            log.take(Entry { at_us, what: What::Key { before, now } }.encode());
            recovery.is_rotated = true;
        }
        Ok((log, recovery))
    }

    /// Entries that were appended, and their root.
    pub fn head(&self) -> Head {
        self.edge.head()
    }

    /// The head and the signed note of the newest checkpoint.
    pub fn checkpoint(&self) -> (Head, &str) {
        (self.signed, &self.note)
    }

    /// Entries that are surely on disk.
    pub fn durable(&self) -> u64 {
        self.durable
    }

    /// Takes an entry into memory and says its number.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Full`] if there is no room, [`LedgerError::TooLong`].
    pub fn append(&mut self, entry: Vec<u8>) -> Result<u64, LedgerError> {
        if entry.len() > ENTRY_BYTES_MAX {
            return Err(LedgerError::TooLong);
        }
        if self.waiting.len() >= self.options.waiting_max {
            return Err(LedgerError::Full);
        }
        let index = self.edge.head().size;
        self.take(entry);
        Ok(index)
    }

    fn take(&mut self, entry: Vec<u8>) {
        if self.edge.push(&entry) {
            self.waiting.push_back(entry);
        }
    }

    /// Makes durable what was appended: it is acknowledged then.
    ///
    /// # Errors
    ///
    /// [`LedgerError::File`]. What was appended stays in memory, and the next call tries again.
    pub fn commit(&mut self) -> Result<(), LedgerError> {
        let size = self.edge.head().size;
        if self.durable == size {
            return Ok(());
        }
        let written = match self.pending.take() {
            Some(open) => self.extend(open),
            None => self.begin(),
        };
        let at = |error| LedgerError::File(pending::NAME.to_owned(), error);
        self.pending = Some(written.map_err(at)?);
        self.durable = size;
        Ok(())
    }

    fn extend(&self, mut open: Open<D>) -> io::Result<Open<D>> {
        let bytes = self.frames(open.next);
        open.file.write_all_at(&bytes, open.end)?;
        open.file.sync()?;
        open.end = open.end.saturating_add(bytes.len() as u64);
        open.next = self.edge.head().size;
        Ok(open)
    }

    /// A new file with all that waits takes the place of the one before.
    fn begin(&self) -> io::Result<Open<D>> {
        let root = self.dir.folder("");
        let mut bytes = pending::header(self.signed.size);
        bytes.extend(self.frames(self.signed.size));
        let file = folders::write(&root, pending::ASIDE, &bytes)?;
        root.rename(pending::ASIDE, pending::NAME)?;
        root.sync_names()?;
        Ok(Open { file, end: bytes.len() as u64, next: self.edge.head().size })
    }

    /// The frames of what waits, from number `first` on.
    fn frames(&self, first: u64) -> Vec<u8> {
        let skipped = first.saturating_sub(self.signed.size);
        let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
        let mut bytes = Vec::new();
        for (index, entry) in (first..).zip(self.waiting.iter().skip(skipped)) {
            pending::frame(&mut bytes, index, entry);
        }
        bytes
    }

    /// Puts all that was appended under a checkpoint. Says whether there is a new one.
    ///
    /// # Errors
    ///
    /// [`LedgerError::File`]. Nothing is lost, and the next call tries again.
    pub fn seal(&mut self) -> Result<bool, LedgerError> {
        self.commit()?;
        let head = self.edge.head();
        if head == self.signed && !self.note.is_empty() {
            return Ok(false);
        }
        for tile in self.strays.clone() {
            self.remove(tile).map_err(|error| LedgerError::File(tile.path(), error))?;
        }
        for (tile, bytes) in self.edge.changed() {
            let path = tile.path();
            self.put(tile, &bytes).map_err(|error| LedgerError::File(path, error))?;
        }
        for folder in self.unsynced.clone() {
            let synced = self.dir.folder(&folder).sync_names();
            synced.map_err(|error| LedgerError::File(folder.clone(), error))?;
            self.unsynced.remove(&folder);
        }
        let origin = self.key.verifying().name().to_owned();
        let note = Checkpoint { origin, head }.sign(&self.key);
        let replaced = self.replace_checkpoint(&note);
        replaced.map_err(|error| LedgerError::File(CHECKPOINT.to_owned(), error))?;
        self.settle(head, note);
        Ok(true)
    }

    fn settle(&mut self, head: Head, note: String) {
        (self.signed, self.note) = (head, note);
        self.edge.settle();
        self.waiting.clear();
        for tile in std::mem::take(&mut self.written).into_iter().filter(Tile::is_full) {
            self.prune(tile);
        }
        let is_long = |it: &Open<D>| it.end > self.options.pending_bytes_max;
        if self.pending.as_ref().is_some_and(is_long) {
            self.pending = None;
        }
    }

    /// Writes a tile, unless this process has done so already: what a checkpoint may cover, even one
    /// of which we do not know whether it reached the disk, is not touched again.
    fn put(&mut self, tile: Tile, bytes: &[u8]) -> io::Result<()> {
        if self.written.contains(&tile) {
            return Ok(());
        }
        let path = tile.path();
        let (folder, name) = split(&path);
        self.make(folder)?;
        self.unsynced.insert(folder.to_owned());
        self.strays.insert(tile);
        drop(folders::write(&self.dir.folder(folder), name, bytes)?);
        self.strays.remove(&tile);
        self.written.insert(tile);
        Ok(())
    }

    /// Removes what was not written to its end.
    fn remove(&mut self, tile: Tile) -> io::Result<()> {
        let path = tile.path();
        let (folder, name) = split(&path);
        match self.dir.folder(folder).remove(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        self.strays.remove(&tile);
        self.unsynced.insert(folder.to_owned());
        Ok(())
    }

    /// Has the partial tiles removed that a crash left behind and that no checkpoint covers: they may
    /// be torn. Nobody seals what is not durable, so none lies behind the entries that were recovered.
    fn sweep(&mut self) -> Result<(), LedgerError> {
        let (signed, size) = (self.signed.size, self.edge.head().size);
        for level in 0..8 {
            let holds = [Some(Holds::Hashes(level)), (level == 0).then_some(Holds::Entries)];
            let covered = tiles::count(signed, level);
            let reached = tiles::count(size, level);
            let indices = covered / tiles::WIDTH..=reached / tiles::WIDTH;
            for (index, holds) in
                indices.flat_map(|index| holds.into_iter().flatten().map(move |it| (index, it)))
            {
                let tile = Tile { holds, index, width: 1 };
                let folder = tile.partial_folder();
                // One that is not there has nothing in it.
                let names = self.dir.folder(&folder).list().unwrap_or_default();
                let widths = names.iter().filter_map(|it| it.parse::<u16>().ok());
                let covered = covered.saturating_sub(index * tiles::WIDTH);
                for width in widths.filter(|it| u64::from(*it) > covered && *it < 256) {
                    let stray = tile.with_width(width);
                    let removed = self.remove(stray);
                    removed.map_err(|error| LedgerError::File(stray.path(), error))?;
                }
            }
        }
        Ok(())
    }

    /// Makes a directory and those that it lies in, and their names durable.
    fn make(&mut self, folder: &str) -> io::Result<()> {
        if folder.is_empty() || self.made.contains(folder) {
            return Ok(());
        }
        let (parent, _) = split(folder);
        self.make(parent)?;
        self.dir.folder(folder).prepare()?;
        self.dir.folder(parent).sync_names()?;
        self.made.insert(folder.to_owned());
        Ok(())
    }

    fn replace_checkpoint(&self, note: &str) -> io::Result<()> {
        let root = self.dir.folder("");
        drop(folders::write(&root, CHECKPOINT_ASIDE, note.as_bytes())?);
        root.rename(CHECKPOINT_ASIDE, CHECKPOINT)?;
        root.sync_names()
    }

    /// Removes the partial tiles that a full one replaces. What stays costs room, and nothing else.
    fn prune(&mut self, tile: Tile) {
        let folder = tile.partial_folder();
        let files = self.dir.folder(&folder);
        if let Ok(names) = files.list() {
            drop(names.iter().try_for_each(|it| files.remove(it)));
            drop(self.dir.remove_folder(&folder));
            self.made.remove(&folder);
        }
    }
}
