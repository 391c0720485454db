//! The archive: sealed segments and their catalogue, as the one process sees them that writes them.
//!
//! Reads    closed segments of the journal.
//! Writes   sealed segments, the catalogue.
//! Memory   what [`SegmentWriter`] and the catalogue need.
//! Errors   [`ArchiveError`]. After one, nothing that was recorded is lost or doubled: a segment counts from
//!          the one transaction on that names it and moves `sealed_through`. The next call tries again.
//! Misses   segments of the journal that were deleted before they could be sealed; they are counted. Records
//!          that are no observations stay in the journal alone.

use super::catalogue::{self, Catalogue, CatalogueError, Change, Contents, Entry};
use super::envelope::wrap_anew;
use super::key::KeyRing;
use super::open::OpenSegment;
use super::tail::Tail;
use super::write::{SEGMENT_ROWS_MAX, SegmentError, SegmentWriter};
use crate::disk::Disk;
use crate::files::Files;
use crate::read::{Damage, ReadError};
use crate::segment::Segment;
use std::{fmt, io};

/// Rows from which on no further segment of the journal joins a sealed one.
const SEGMENT_ROWS_ENOUGH: u64 = SEGMENT_ROWS_MAX / 4 * 3;
/// Neighbours that are merged at once, at least.
const MERGED_MIN: usize = 4;
/// How long a merged segment stays for those that began to read before.
const MERGED_KEPT_US: u64 = 600 * 1_000_000;
/// Tries after which a segment of the journal that cannot be read counts as damaged.
const TRIES_MAX: u32 = 5;
/// Rows between two questions whether to go on.
const PAUSE_ROWS: u64 = 4_096;
const DAY_US: u64 = 86_400 * 1_000_000;

/// Bounds of an archive. Every value comes from configuration.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of all segments; beyond it the oldest go.
    pub bytes_max: u64,
    /// Age of the newest exchange of a segment, beyond which it goes.
    pub age_us_max: Option<u64>,
}

/// Why something of the archive failed.
#[derive(Debug)]
pub enum ArchiveError {
    /// The storage.
    Io(io::Error),
    /// The catalogue.
    Catalogue(CatalogueError),
    /// A segment.
    Segment {
        /// Which.
        number: u64,
        /// Why.
        error: SegmentError,
    },
    /// The journal cannot be read.
    Journal(ReadError),
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "the archive cannot be used: {error}"),
            Self::Catalogue(error) => write!(f, "the catalogue cannot be used: {error}"),
            Self::Segment { number, error } => {
                write!(f, "{} cannot be used: {error}", catalogue::name(*number))
            }
            Self::Journal(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for ArchiveError {}

impl From<io::Error> for ArchiveError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<CatalogueError> for ArchiveError {
    fn from(error: CatalogueError) -> Self {
        Self::Catalogue(error)
    }
}

/// What one sealing came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SealedNow {
    /// Rows of the new segment.
    pub rows: u64,
    /// Its bytes; 0 if the journal held no observation.
    pub bytes: u64,
    /// Segments of the journal that it holds.
    pub journal_segments: u64,
    /// What of them could not be read.
    pub damage: Damage,
}

/// How much is kept, and how long it will last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Segments.
    pub segments: u64,
    /// Their rows.
    pub rows: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Segments of the journal that were dropped unsealed.
    pub lost: u64,
    /// When the earliest exchange began, in microseconds since 1970.
    pub oldest_us: Option<u64>,
    /// Bytes a day, by the last seven days; `None` while less than an hour is known.
    pub bytes_per_day: Option<u64>,
    /// Days until `bytes_max` is reached; `None` if that is not foreseen.
    pub days_left: Option<u64>,
    /// Days that `bytes_max` has room for at this rate.
    pub days_kept: Option<u64>,
}

/// The archive of one data directory.
#[derive(Debug)]
pub struct Archive<F: Files> {
    files: F,
    keys: KeyRing,
    bounds: Bounds,
    /// Closed after each error of it: only opening tells what became of the change.
    catalogue: Option<Catalogue>,
    contents: Contents,
    /// Merged segments that readers may still be at, and until when.
    merged: Vec<(u64, String)>,
    tried: (u64, u32),
}

impl<F: Files> Archive<F> {
    /// Opens the archive and removes what the catalogue does not name.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn open(files: F, keys: KeyRing, bounds: Bounds) -> Result<Self, ArchiveError> {
        files.prepare()?;
        let mut archive = Self {
            files,
            keys,
            bounds,
            catalogue: None,
            contents: Contents::default(),
            merged: Vec::new(),
            tried: (0, 0),
        };
        archive.reopen()?;
        Ok(archive)
    }

    /// What the catalogue says.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Other bounds, from now on.
    pub fn bound(&mut self, bounds: Bounds) {
        self.bounds = bounds;
    }

    /// Tells the newest segment of the journal, at the start of an instance. If it lies not behind what is
    /// sealed, the journal is another one: it is sealed from its beginning.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn meet<D: Disk>(&mut self, disk: &D) -> Result<(), ArchiveError> {
        let (first, last) = ends(disk)?;
        let Some((first, last)) = first.zip(last) else { return Ok(()) };
        if self.contents.sealed_through.is_some_and(|it| last <= it) {
            let sealed_through = Some(first.saturating_sub(1));
            self.change(&Change { sealed_through, ..Change::default() })?;
        }
        Ok(())
    }

    /// Seals some of the closed segments of the journal into one; `None` if there is none to seal, or `go_on`
    /// said no.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn seal<D: Disk + Clone>(
        &mut self,
        disk: &D,
        mut go_on: impl FnMut() -> bool,
    ) -> Result<Option<SealedNow>, ArchiveError> {
        self.reopen()?;
        let all = disk.list().map_err(|it| ArchiveError::Journal(ReadError::Directory(it)))?;
        let closed = all.split_last().map_or(&[] as &[_], |it| it.1);
        let first = all.first().map_or(1, |it| it.0.number());
        // The first time, what the journal holds is where sealing begins.
        let sealed = self.contents.sealed_through.unwrap_or(first.saturating_sub(1));
        let waiting: Vec<Segment> =
            closed.iter().map(|it| it.0).filter(|it| it.number() > sealed).collect();
        let Some(oldest) = waiting.first() else { return Ok(None) };
        // The journal drops its oldest first: while it holds what is sealed, nothing behind that was dropped.
        // Numbers that are missing there were of segments without a record, as a killed start leaves them.
        let dropped = first > sealed;
        let lost = oldest.number().saturating_sub(sealed).saturating_sub(1);
        let lost = if dropped { lost } else { 0 };

        let number = self.contents.next;
        let name = catalogue::name(number);
        match self.sealed(disk, &waiting, number, &mut go_on) {
            Ok(Some((entry, now, missing))) => {
                let sealed_through = Some(entry.journal_last);
                let add: Vec<_> = (entry.rows > 0).then_some(entry).into_iter().collect();
                if add.is_empty() {
                    self.files.remove(&name)?;
                }
                let lost = lost + missing;
                self.change(&Change { add, sealed_through, lost, ..Change::default() })?;
                Ok(Some(now))
            }
            Ok(None) => {
                self.files.remove(&name)?;
                Ok(None)
            }
            Err(error) => {
                // Not named by anything; what stays is removed at the next start.
                self.files.remove(&name).ok();
                Err(error)
            }
        }
    }

    /// Writes segment `number`, unnamed as yet, and says how many of `waiting` were gone.
    fn sealed<D: Disk + Clone>(
        &mut self,
        disk: &D,
        waiting: &[Segment],
        number: u64,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<(Entry, SealedNow, u64)>, ArchiveError> {
        let failed = |error| ArchiveError::Segment { number, error };
        let file = self.made(number)?;
        let mut writer = SegmentWriter::begin(file, &self.keys).map_err(failed)?;
        let mut now = SealedNow::default();
        let (mut last, mut missing, mut asked) = (0, 0, 0);
        for segment in waiting {
            if writer.rows() >= SEGMENT_ROWS_ENOUGH {
                break;
            }
            let mut rows = Tail::of(disk.clone(), &[*segment]);
            for item in rows.by_ref() {
                match item {
                    Ok(it) => writer.push(it).map_err(failed)?,
                    Err(error @ (ReadError::Io { .. } | ReadError::Directory(_))) => {
                        self.try_again(segment.number(), error)?;
                    }
                    // Counted in the damage.
                    Err(
                        ReadError::NotAJournal { .. }
                        | ReadError::LaterVersion { .. }
                        | ReadError::Header { .. }
                        | ReadError::Torn { .. }
                        | ReadError::Corrupt { .. }
                        | ReadError::Record { .. },
                    ) => {}
                }
                if writer.rows() >= asked + PAUSE_ROWS {
                    asked = writer.rows();
                    if !go_on() {
                        return Ok(None);
                    }
                }
            }
            missing += rows.missing();
            now.damage.segments += rows.damage().segments;
            now.damage.records += rows.damage().records;
            now.journal_segments += 1;
            last = segment.number();
        }
        let written = writer.finish().map_err(failed)?;
        self.files.sync_names()?;
        now.rows = written.rows;
        now.bytes = if written.rows > 0 { written.bytes } else { 0 };
        let entry = Entry {
            number,
            rows: written.rows,
            bytes: written.bytes,
            min_us: written.min_us,
            max_us: written.max_us,
            key: self.keys.current().id(),
            journal_first: waiting.first().map_or(last, |it| it.number()),
            journal_last: last,
        };
        Ok(Some((entry, now, missing)))
    }

    /// An error of the storage may pass; after some tries what cannot be read counts as damaged.
    fn try_again(&mut self, segment: u64, error: ReadError) -> Result<(), ArchiveError> {
        let (tried, tries) = self.tried;
        self.tried = if tried == segment { (segment, tries + 1) } else { (segment, 1) };
        if self.tried.1 < TRIES_MAX { Err(ArchiveError::Journal(error)) } else { Ok(()) }
    }

    /// Drops segments that are too old, and the oldest ones of too many bytes; returns how many.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn retain(&mut self, now_us: u64) -> Result<u64, ArchiveError> {
        self.reopen()?;
        self.bury(now_us);
        let oldest_us = self.bounds.age_us_max.map_or(0, |it| now_us.saturating_sub(it));
        let mut bytes = self.contents.bytes();
        let mut by_age: Vec<Entry> = self.contents.entries.values().copied().collect();
        by_age.sort_by_key(|it| it.max_us);
        let mut remove = Vec::new();
        for entry in by_age {
            if entry.max_us >= oldest_us && bytes <= self.bounds.bytes_max {
                break;
            }
            bytes -= entry.bytes;
            remove.push(entry.number);
        }
        if remove.is_empty() {
            return Ok(0);
        }
        let names: Vec<String> = remove.iter().map(|it| catalogue::name(*it)).collect();
        self.change(&Change { remove, ..Change::default() })?;
        for name in &names {
            match self.files.remove(name) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
                Ok(()) | Err(_) => {}
            }
        }
        self.files.sync_names()?;
        Ok(names.len() as u64)
    }

    /// Merges a run of small neighbours into one segment; returns how many, or `None` if there is no such
    /// run, or `go_on` said no.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`].
    pub fn compact(
        &mut self,
        now_us: u64,
        mut go_on: impl FnMut() -> bool,
    ) -> Result<Option<u64>, ArchiveError> {
        self.reopen()?;
        let Some(run) = self.small_run() else { return Ok(None) };
        let number = self.contents.next;
        let merged = self.merged(&run, number, &mut go_on);
        if !matches!(merged, Ok(Some(_))) {
            // Not named by anything; what stays is removed at the next start.
            self.files.remove(&catalogue::name(number)).ok();
        }
        let Some(entry) = merged? else { return Ok(None) };
        let remove = run.iter().map(|it| it.number).collect();
        self.change(&Change { add: vec![entry], remove, ..Change::default() })?;
        let until = now_us.saturating_add(MERGED_KEPT_US);
        self.merged.extend(run.iter().map(|it| (until, it.name())));
        Ok(Some(run.len() as u64))
    }

    fn small_run(&self) -> Option<Vec<Entry>> {
        let mut all: Vec<Entry> = self.contents.entries.values().copied().collect();
        all.sort_by_key(|it| (it.min_us, it.number));
        let (mut run, mut rows) = (Vec::new(), 0);
        for entry in all {
            let fits = entry.rows < SEGMENT_ROWS_MAX / 2 && rows + entry.rows <= SEGMENT_ROWS_MAX;
            if !fits && run.len() >= MERGED_MIN {
                break;
            }
            if !fits {
                (run, rows) = (Vec::new(), 0);
            }
            if entry.rows < SEGMENT_ROWS_MAX / 2 {
                rows += entry.rows;
                run.push(entry);
            }
        }
        (run.len() >= MERGED_MIN).then_some(run)
    }

    fn merged(
        &self,
        run: &[Entry],
        number: u64,
        go_on: &mut dyn FnMut() -> bool,
    ) -> Result<Option<Entry>, ArchiveError> {
        const fn failed(number: u64) -> impl Fn(SegmentError) -> ArchiveError {
            move |error| ArchiveError::Segment { number, error }
        }
        let file = self.made(number)?;
        let mut writer = SegmentWriter::begin(file, &self.keys).map_err(failed(number))?;
        for entry in run {
            let batches = OpenSegment::open(&self.files, &entry.name(), &self.keys)
                .and_then(|it| it.batches())
                .map_err(failed(entry.number))?;
            for batch in batches {
                let batch = batch.map_err(failed(entry.number))?;
                writer.copy(&batch).map_err(failed(number))?;
                if !go_on() {
                    return Ok(None);
                }
            }
        }
        let written = writer.finish().map_err(failed(number))?;
        self.files.sync_names()?;
        Ok(Some(Entry {
            number,
            rows: written.rows,
            bytes: written.bytes,
            min_us: written.min_us,
            max_us: written.max_us,
            key: self.keys.current().id(),
            journal_first: run.iter().map(|it| it.journal_first).min().unwrap_or(0),
            journal_last: run.iter().map(|it| it.journal_last).max().unwrap_or(0),
        }))
    }

    /// Wraps anew what an earlier key wrapped; returns how many segments.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`]; those before it are done.
    pub fn rotate(&mut self) -> Result<u64, ArchiveError> {
        self.reopen()?;
        let key = self.keys.current().id();
        let old: Vec<Entry> =
            self.contents.entries.values().copied().filter(|it| it.key != key).collect();
        for entry in &old {
            let file = self.files.open(&entry.name())?;
            let failed = |error| {
                let number = entry.number;
                ArchiveError::Segment { number, error: SegmentError::Envelope(error) }
            };
            wrap_anew(&file, &self.keys).map_err(failed)?;
        }
        if !old.is_empty() {
            let add = old.iter().map(|it| Entry { key, ..*it }).collect();
            self.change(&Change { add, ..Change::default() })?;
        }
        Ok(old.len() as u64)
    }

    /// How much is kept, and how long it will last.
    pub fn forecast(&self) -> Forecast {
        forecast(&self.contents, self.bounds.bytes_max)
    }

    /// Makes the file of a segment; one of this name that nothing names is in the way.
    fn made(&self, number: u64) -> Result<F::File, ArchiveError> {
        let name = catalogue::name(number);
        match self.files.remove(&name) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        Ok(self.files.create(&name)?)
    }

    fn change(&mut self, change: &Change) -> Result<(), ArchiveError> {
        let Some(catalogue) = &mut self.catalogue else { return self.reopen() };
        let changed = catalogue.change(change).and_then(|()| {
            self.contents = catalogue.contents.clone();
            catalogue.publish(&self.files)
        });
        changed.map_err(|error| {
            self.catalogue = None;
            error.into()
        })
    }

    /// Opens the catalogue if it is not open, and removes what it does not name.
    fn reopen(&mut self) -> Result<(), ArchiveError> {
        if self.catalogue.is_some() {
            return Ok(());
        }
        let catalogue = Catalogue::open(&self.files)?;
        catalogue.publish(&self.files)?;
        self.contents = catalogue.contents.clone();
        let kept = |name: &str| self.contents.entries.values().any(|it| it.name() == name);
        let mut removed = false;
        for name in self.files.list()? {
            let waits = self.merged.iter().any(|it| it.1 == name);
            if catalogue::is_ours(&name) && !kept(&name) && !waits {
                self.files.remove(&name)?;
                removed = true;
            }
        }
        if removed {
            self.files.sync_names()?;
        }
        self.catalogue = Some(catalogue);
        Ok(())
    }

    /// Removes merged segments that nobody can be reading any more.
    fn bury(&mut self, now_us: u64) {
        let files = &self.files;
        // What cannot be removed now is removed at the next start.
        self.merged.retain(|(until, name)| *until > now_us || files.remove(name).is_err());
    }
}

fn ends<D: Disk>(disk: &D) -> Result<(Option<u64>, Option<u64>), ArchiveError> {
    let all = disk.list().map_err(|it| ArchiveError::Journal(ReadError::Directory(it)))?;
    Ok((all.first().map(|it| it.0.number()), all.last().map(|it| it.0.number())))
}

/// How much is kept of `bytes_max`, and how long it will last.
pub fn forecast(contents: &Contents, bytes_max: u64) -> Forecast {
    let entries = || contents.entries.values();
    let newest = entries().map(|it| it.max_us).max().unwrap_or(0);
    let since = newest.saturating_sub(7 * DAY_US);
    let recent = || entries().filter(|it| it.min_us >= since);
    let span = newest.saturating_sub(recent().map(|it| it.min_us).min().unwrap_or(newest));
    let bytes: u64 = contents.bytes();
    let known = span >= DAY_US / 24;
    let recent_bytes: u128 = recent().map(|it| u128::from(it.bytes)).sum();
    let rate = recent_bytes * u128::from(DAY_US) / u128::from(span.max(1));
    let bytes_per_day = known.then(|| u64::try_from(rate).unwrap_or(u64::MAX));
    let days = |bytes: u64| bytes_per_day.and_then(|it| bytes.checked_div(it));
    Forecast {
        segments: contents.entries.len() as u64,
        rows: entries().map(|it| it.rows).sum(),
        bytes,
        lost: contents.lost,
        oldest_us: entries().map(|it| it.min_us).min(),
        bytes_per_day,
        days_left: days(bytes_max.saturating_sub(bytes)),
        days_kept: days(bytes_max),
    }
}
