//! The catalogue: which sealed segments there are, and through which segment of the journal they reach.
//!
//! Reads and writes   `catalogue.redb`, over the storage port, and `catalogue.list`, a copy for readers in
//!          other processes, replaced by a rename after each change.
//! Memory   72 bytes a segment; a cache of 1 MiB.
//! Errors   [`CatalogueError`]. After one, whether the change was made is unknown until the catalogue
//!          was opened again.
//!
//! The database counts. The list may be one change behind it, after a crash or for a moment; what it names
//! is there all the same, because files go only after the list that names them is gone.

use super::backend::Backend;
use super::key::KeyId;
use crate::files::{Files, StoredFile};
use bytes::{Buf, BufMut};
use redb::{Builder, Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::collections::BTreeMap;
use std::{fmt, io};

const DATABASE: &str = "catalogue.redb";
const DATABASE_NEW: &str = "catalogue.redb.new";
const LIST: &str = "catalogue.list";
const LIST_NEW: &str = "catalogue.list.new";
const CACHE_BYTES: usize = 1024 * 1024;

const SEGMENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("segments");
const STATE: TableDefinition<'_, &str, u64> = TableDefinition::new("state");
const SEALED: &str = "sealed_through";
const NEXT: &str = "next";
const LOST: &str = "journal_segments_lost";

const LIST_MAGIC: &[u8; 8] = b"BTZNLIST";
const VERSION: u16 = 1;
const ENTRY_BYTES: usize = 64;
/// Segments of one catalogue: at 262,144 rows each, 26 billion exchanges.
const ENTRIES_MAX: usize = 100_000;

/// One sealed segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; a higher one was written later.
    pub number: u64,
    /// Its rows.
    pub rows: u64,
    /// Bytes of its file.
    pub bytes: u64,
    /// When its earliest exchange began, in microseconds since 1970.
    pub min_us: u64,
    /// When its latest exchange began.
    pub max_us: u64,
    /// The master key that its data key is wrapped by.
    pub key: KeyId,
    /// The first segment of the journal that it holds.
    pub journal_first: u64,
    /// The last one.
    pub journal_last: u64,
}

impl Entry {
    /// The name of its file.
    pub fn name(&self) -> String {
        name(self.number)
    }

    fn write(&self, mut out: impl BufMut) {
        for number in [
            self.number,
            self.rows,
            self.bytes,
            self.min_us,
            self.max_us,
            self.key.0,
            self.journal_first,
            self.journal_last,
        ] {
            out.put_u64_le(number);
        }
    }

    fn read(mut from: &[u8]) -> Option<Self> {
        let mut next = || from.try_get_u64_le().ok();
        Some(Self {
            number: next()?,
            rows: next()?,
            bytes: next()?,
            min_us: next()?,
            max_us: next()?,
            key: KeyId(next()?),
            journal_first: next()?,
            journal_last: next()?,
        })
    }
}

/// The name of the file of a segment.
pub(crate) fn name(number: u64) -> String {
    format!("{number:08}.segment")
}

/// Whether a file of this name could be a segment, or something half done.
pub(crate) fn is_ours(name: &str) -> bool {
    name.ends_with(".segment") || name == DATABASE_NEW || name == LIST_NEW
}

/// What the catalogue says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The segments by number.
    pub entries: BTreeMap<u64, Entry>,
    /// The last segment of the journal that sealed segments hold; `None` before the first.
    pub sealed_through: Option<u64>,
    /// Segments of the journal that were dropped before they could be sealed.
    pub lost: u64,
    /// The number of the next segment.
    pub next: u64,
}

impl Contents {
    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        self.entries.values().map(|it| it.bytes).sum()
    }

    fn apply(&mut self, change: &Change) {
        for number in &change.remove {
            self.entries.remove(number);
        }
        for entry in &change.add {
            self.entries.insert(entry.number, *entry);
            self.next = self.next.max(entry.number + 1);
        }
        self.sealed_through = change.sealed_through.or(self.sealed_through);
        self.lost = self.lost.saturating_add(change.lost);
    }
}

/// What is changed as one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) add: Vec<Entry>,
    pub(crate) remove: Vec<u64>,
    pub(crate) sealed_through: Option<u64>,
    pub(crate) lost: u64,
}

/// Why the catalogue cannot be read or changed.
#[derive(Debug)]
pub enum CatalogueError {
    /// The storage.
    Io(io::Error),
    /// The database.
    Database(Box<redb::Error>),
    /// It holds what no catalogue holds.
    Damaged,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Database(error) => write!(f, "{error}"),
            Self::Damaged => f.write_str("it is damaged, or a later program wrote it"),
        }
    }
}

impl std::error::Error for CatalogueError {}

impl From<io::Error> for CatalogueError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn database<E: Into<redb::Error>>(error: E) -> CatalogueError {
    CatalogueError::Database(Box::new(error.into()))
}

/// An open catalogue.
pub(crate) struct Catalogue {
    database: Database,
    pub(crate) contents: Contents,
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Catalogue({} segments)", self.contents.entries.len())
    }
}

impl Catalogue {
    /// Opens the catalogue; makes one if there is none.
    pub(crate) fn open<F: Files>(files: &F) -> Result<Self, CatalogueError> {
        let there = files.list()?;
        if !there.iter().any(|it| it == DATABASE) {
            // Made aside: a power cut leaves none, or a whole one.
            if there.iter().any(|it| it == DATABASE_NEW) {
                files.remove(DATABASE_NEW)?;
            }
            let made = opened(files.create(DATABASE_NEW)?)?;
            // A restored directory has the list alone.
            let known = published(files)?;
            let all = Change {
                add: known.entries.values().copied().collect(),
                remove: Vec::new(),
                sealed_through: known.sealed_through,
                lost: known.lost,
            };
            change(&made, &all, known.next.max(1))?;
            drop(made);
            files.rename(DATABASE_NEW, DATABASE)?;
            files.sync_names()?;
        }
        let database = opened(files.open(DATABASE)?)?;
        let contents = contents(&database)?;
        Ok(Self { database, contents })
    }

    /// Makes a change durable.
    pub(crate) fn change(&mut self, it: &Change) -> Result<(), CatalogueError> {
        let mut contents = self.contents.clone();
        contents.apply(it);
        let lost = Change { lost: contents.lost, ..it.clone() };
        change(&self.database, &lost, contents.next)?;
        self.contents = contents;
        Ok(())
    }

    /// Replaces the copy for readers.
    pub(crate) fn publish<F: Files>(&self, files: &F) -> Result<(), CatalogueError> {
        let mut bytes = Vec::with_capacity(64 + ENTRY_BYTES * self.contents.entries.len());
        bytes.put_slice(LIST_MAGIC);
        bytes.put_u16_le(VERSION);
        bytes.put_u64_le(self.contents.sealed_through.unwrap_or(0));
        bytes.put_u64_le(self.contents.lost);
        bytes.put_u32_le(u32::try_from(self.contents.entries.len()).unwrap_or(u32::MAX));
        self.contents.entries.values().for_each(|it| it.write(&mut bytes));
        let sum = crc32fast::hash(&bytes);
        bytes.put_u32_le(sum);
        match files.remove(LIST_NEW) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        let file = files.create(LIST_NEW)?;
        file.write_all_at(&bytes, 0)?;
        file.sync()?;
        files.rename(LIST_NEW, LIST)?;
        Ok(files.sync_names()?)
    }
}

/// What the copy for readers says; nothing if there is none yet.
///
/// # Errors
///
/// [`CatalogueError`].
pub fn published<F: Files>(files: &F) -> Result<Contents, CatalogueError> {
    let file = match files.read(LIST) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Contents::default()),
        Err(error) => return Err(error.into()),
    };
    let length = usize::try_from(file.length()?).unwrap_or(usize::MAX);
    if length > 64 + ENTRIES_MAX * ENTRY_BYTES {
        return Err(CatalogueError::Damaged);
    }
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, 0)?;
    listed(&bytes).ok_or(CatalogueError::Damaged)
}

fn listed(bytes: &[u8]) -> Option<Contents> {
    let (content, mut sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    if sum.try_get_u32_le().ok()? != crc32fast::hash(content) {
        return None;
    }
    let mut from = content.strip_prefix(LIST_MAGIC)?;
    if from.try_get_u16_le().ok()? != VERSION {
        return None;
    }
    let sealed_through = Some(from.try_get_u64_le().ok()?).filter(|it| *it > 0);
    let lost = from.try_get_u64_le().ok()?;
    let count = usize::try_from(from.try_get_u32_le().ok()?).ok()?;
    if from.len() != count.checked_mul(ENTRY_BYTES)? {
        return None;
    }
    let entries: Option<Vec<Entry>> = from.chunks(ENTRY_BYTES).map(Entry::read).collect();
    let entries: BTreeMap<u64, Entry> = entries?.into_iter().map(|it| (it.number, it)).collect();
    let next = entries.keys().next_back().map_or(1, |it| it + 1);
    Some(Contents { entries, sealed_through, lost, next })
}

fn opened<F: StoredFile>(file: F) -> Result<Database, CatalogueError> {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder.create_with_backend(Backend(file)).map_err(database)
}

/// `it.lost` is the total here.
fn change(to: &Database, it: &Change, next: u64) -> Result<(), CatalogueError> {
    let transaction = to.begin_write().map_err(database)?;
    {
        let mut segments = transaction.open_table(SEGMENTS).map_err(database)?;
        for number in &it.remove {
            segments.remove(number).map_err(database)?;
        }
        for entry in &it.add {
            let mut bytes = [0; ENTRY_BYTES];
            entry.write(bytes.as_mut_slice());
            segments.insert(entry.number, bytes.as_slice()).map_err(database)?;
        }
        let mut state = transaction.open_table(STATE).map_err(database)?;
        if let Some(sealed) = it.sealed_through {
            state.insert(SEALED, sealed).map_err(database)?;
        }
        state.insert(LOST, it.lost).map_err(database)?;
        state.insert(NEXT, next).map_err(database)?;
    }
    transaction.commit().map_err(database)
}

fn contents(of: &Database) -> Result<Contents, CatalogueError> {
    let transaction = of.begin_read().map_err(database)?;
    let segments = transaction.open_table(SEGMENTS).map_err(database)?;
    let state = transaction.open_table(STATE).map_err(database)?;
    let number = |name| state.get(name).map(|it| it.map(|it| it.value())).map_err(database);
    let mut entries = BTreeMap::new();
    for row in segments.iter().map_err(database)? {
        let (number, bytes) = row.map_err(database)?;
        let entry = Entry::read(bytes.value()).ok_or(CatalogueError::Damaged)?;
        entries.insert(number.value(), entry);
    }
    Ok(Contents {
        entries,
        sealed_through: number(SEALED)?,
        lost: number(LOST)?.unwrap_or(0),
        next: number(NEXT)?.unwrap_or(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::simulated::Simulated;

    fn entry(number: u64) -> Entry {
        Entry {
            number,
            rows: 10,
            bytes: 1_000,
            min_us: number * 100,
            max_us: number * 100 + 99,
            key: KeyId(7),
            journal_first: number,
            journal_last: number,
        }
    }

    fn adding(number: u64) -> Change {
        Change { add: vec![entry(number)], sealed_through: Some(number), ..Change::default() }
    }

    #[test]
    fn what_was_changed_is_found_again_by_owner_and_reader() {
        let disk = Simulated::default();
        let mut catalogue = Catalogue::open(&disk).unwrap();
        assert_eq!(catalogue.contents, Contents { next: 1, ..Contents::default() });
        (1..=3).for_each(|it| catalogue.change(&adding(it)).unwrap());
        let merged =
            Change { remove: vec![1, 2], add: vec![entry(4)], lost: 2, ..Change::default() };
        catalogue.change(&merged).unwrap();
        catalogue.publish(&disk).unwrap();
        let expected = catalogue.contents.clone();
        drop(catalogue);
        assert_eq!(expected.entries.keys().copied().collect::<Vec<_>>(), [3, 4]);
        assert_eq!((expected.sealed_through, expected.lost, expected.next), (Some(3), 2, 5));
        assert_eq!(published(&disk).unwrap(), expected);
        assert_eq!(Catalogue::open(&disk).unwrap().contents, expected);
    }

    #[test]
    fn a_catalogue_is_made_anew_of_its_list() {
        let disk = Simulated::default();
        let mut catalogue = Catalogue::open(&disk).unwrap();
        (1..=3).for_each(|it| catalogue.change(&adding(it)).unwrap());
        catalogue.publish(&disk).unwrap();
        let expected = catalogue.contents.clone();
        drop(catalogue);
        disk.remove(DATABASE).unwrap();
        assert_eq!(Catalogue::open(&disk).unwrap().contents, expected);
    }

    #[test]
    fn a_list_that_was_changed_is_damaged() {
        let disk = Simulated::default();
        let mut catalogue = Catalogue::open(&disk).unwrap();
        catalogue.change(&adding(1)).unwrap();
        catalogue.publish(&disk).unwrap();
        let whole = disk.bytes(LIST).unwrap();
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            assert_eq!(listed(&flipped), None, "{at}");
            assert_eq!(listed(&whole[..at]), None, "{at}");
        }
        assert_eq!(published(&Simulated::default()).unwrap(), Contents::default());
    }
}
