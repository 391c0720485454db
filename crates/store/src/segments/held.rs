//! What is kept, as a reader in any process sees it: the list of sealed segments, and the journal behind.
//!
//! Reads    `catalogue.list`, segments, the journal; of a running instance too. It changes nothing.
//! Memory   the list; one batch for each reading.
//! Errors   [`ArchiveError`].
//! Misses   what a running instance has not yet handed to the operating system (5 ms). A segment that is
//!          dropped while it is read stays readable for who has opened it.

use super::archive::ArchiveError;
use super::catalogue::{Contents, Entry, published};
use super::columns::{BATCH_ROWS, Rows};
use super::key::KeyRing;
use super::open::OpenSegment;
use super::tail::Tail;
use super::write::SegmentError;
use crate::disk::{Directory, Disk};
use crate::files::{Files, Folder};
use crate::read::ReadError;
use crate::segment::Segment;
use arrow::array::RecordBatch;
use std::io;
use std::path::Path;

/// Reads what is kept in one data directory.
#[derive(Debug)]
pub struct Held {
    segments: Folder,
    journal: Directory,
    keys: Option<KeyRing>,
}

/// What there is at one moment. No exchange is in two of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// The sealed segments.
    pub contents: Contents,
    /// Segments of the journal behind them, oldest first.
    pub journal: Vec<Segment>,
}

impl Held {
    /// What lies in these directories. Without keys, sealed segments cannot be opened.
    pub fn at(segments: &Path, journal: &Path, keys: Option<KeyRing>) -> Self {
        Self { segments: Folder::at(segments), journal: Directory::at(journal), keys }
    }

    /// What there is now.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn now(&self) -> Result<Moment, ArchiveError> {
        // The list first: a segment of the journal that is sealed in between is then in the journal alone.
        let contents = published(&self.segments)?;
        let directory = |it| ArchiveError::Journal(ReadError::Directory(it));
        let sealed = contents.sealed_through.unwrap_or(0);
        let all = self.journal.list().map_err(directory)?;
        // A journal that was begun anew is not sealed as far as the old one was.
        let anew = all.last().is_some_and(|it| it.0.number() <= sealed);
        let behind = |it: &Segment| anew || it.number() > sealed;
        let journal = all.into_iter().map(|it| it.0).filter(behind).collect();
        Ok(Moment { contents, journal })
    }

    /// Opens a sealed segment; `None` if it was dropped meanwhile.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Segment`].
    pub fn segment(&self, number: u64) -> Result<Option<OpenSegment>, ArchiveError> {
        let name = super::catalogue::name(number);
        let Some(keys) = &self.keys else {
            let missing = io::Error::new(io::ErrorKind::NotFound, "the key of the segments");
            return Err(ArchiveError::Io(missing));
        };
        match self.segments.read(&name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(_) | Err(_) => {}
        }
        let opened = OpenSegment::open(&self.segments, &name, keys);
        opened.map(Some).map_err(|error| ArchiveError::Segment { number, error })
    }

    /// The rows of a sealed segment.
    ///
    /// # Errors
    ///
    /// [`ArchiveError::Segment`].
    pub fn rows(&self, entry: &Entry) -> Result<Option<super::open::Batches>, ArchiveError> {
        let number = entry.number;
        let Some(segment) = self.segment(number)? else { return Ok(None) };
        segment.batches().map(Some).map_err(|error| ArchiveError::Segment { number, error })
    }

    /// The rows of a segment of the journal, in batches. What cannot be read is passed over.
    pub fn journal(
        &self,
        segment: Segment,
    ) -> impl Iterator<Item = Result<RecordBatch, SegmentError>> + use<> {
        let newest = self.journal.list().ok().and_then(|it| it.last().map(|it| it.0));
        let disk = self.journal.clone();
        // Of the one that is being written, what is there.
        let tail = if newest == Some(segment) {
            Tail::live(disk, segment)
        } else {
            Tail::of(disk, &[segment])
        };
        let mut tail = tail.flatten();
        std::iter::from_fn(move || {
            let mut rows = Rows::default();
            for it in tail.by_ref().take(BATCH_ROWS) {
                rows.push(&it);
            }
            (!rows.is_empty()).then(|| Ok(rows.finish()?))
        })
    }

    /// The segment of the journal with this number.
    pub fn journal_numbered(&self, number: u64) -> Option<Segment> {
        Segment::of_file(&format!("{number:08}.journal"))
    }
}
