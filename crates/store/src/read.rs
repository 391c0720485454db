//! Reads a journal from its oldest record to its newest.
//!
//! Reads    the directory of a stopped or of a running instance. It changes nothing, takes no
//!          lock and repairs nothing.
//! Memory   one frame, its record, and the rules that came last.
//! Errors   are items: what is unreadable is named, and reading goes on behind it, with the next
//!          record where the frame is sound, else with the next segment.
//! Misses   what a writer appends to segments that did not exist when reading began; segments
//!          that a writer deletes meanwhile; the rest of a segment behind a wrong checksum. An
//!          incomplete last frame of the last segment is the end, not an error: a writer may be
//!          in the middle of it.

use crate::disk::{Directory, Disk};
use crate::frame::Frame;
use crate::header::VERSION;
use crate::record::{Record, RecordError};
use crate::rules::RulesRecord;
use crate::scan::Scan;
use crate::segment::Segment;
use std::collections::VecDeque;
use std::path::Path;
use std::{fmt, io};

/// All records of the journal in `dir`, oldest first.
pub fn read(dir: &Path) -> Records<Directory> {
    Records::of(Directory::at(dir))
}

/// The records of a journal. See [`read`].
#[derive(Debug)]
pub struct Records<D: Disk> {
    disk: D,
    segments: VecDeque<Segment>,
    scan: Option<(Segment, Scan<D::Reader>)>,
    /// An error in finding the segments, not yet given out.
    failed: Option<io::Error>,
    /// The rules given out last.
    rules: Option<RulesRecord>,
    damage: Damage,
}

impl<D: Disk> Records<D> {
    /// All records on `disk`.
    pub fn of(disk: D) -> Self {
        let (segments, failed) = match disk.list() {
            Ok(all) => (all.into_iter().map(|(segment, _)| segment).collect(), None),
            Err(error) => (VecDeque::new(), Some(error)),
        };
        Self { disk, segments, scan: None, failed, rules: None, damage: Damage::default() }
    }

    /// What was unreadable so far.
    pub fn damage(&self) -> Damage {
        self.damage
    }

    /// The next record of the open segment; `None` at its end.
    fn next_in_segment(&mut self) -> Option<Result<Record, ReadError>> {
        let (segment, scan) = self.scan.as_mut()?;
        loop {
            let (at, frame) = match scan.frame()? {
                Ok(it) => it,
                Err(error) => return Some(Err(error)),
            };
            let repeated = frame.is_repeated();
            match record(*segment, at, frame) {
                Ok(Record::Rules(it)) if repeated && self.rules.as_ref() == Some(&it) => {}
                Ok(Record::Rules(it)) => {
                    self.rules = Some(it.clone());
                    return Some(Ok(Record::Rules(it)));
                }
                other => return Some(other),
            }
        }
    }

    /// Opens the next segment; `false` if there is none.
    fn open_next(&mut self) -> Result<bool, ReadError> {
        self.scan = None;
        let Some(segment) = self.segments.pop_front() else { return Ok(false) };
        let last = self.segments.is_empty();
        self.scan = Scan::open(&self.disk, segment, last)?.map(|it| (segment, it));
        Ok(true)
    }

    fn advance(&mut self) -> Option<Result<Record, ReadError>> {
        if let Some(error) = self.failed.take() {
            return Some(Err(ReadError::Directory(error)));
        }
        loop {
            if let Some(item) = self.next_in_segment() {
                return Some(item);
            }
            match self.open_next() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<D: Disk> Iterator for Records<D> {
    type Item = Result<Record, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.advance()?;
        if let Err(error) = &item {
            self.damage.count(error);
        }
        Some(item)
    }
}

/// The record in a sound frame.
pub(crate) fn record(segment: Segment, at: u64, frame: Frame<'_>) -> Result<Record, ReadError> {
    Record::read(frame).map_err(|error| ReadError::Record { segment, at, error })
}

/// How much of a journal could not be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Segments that could not be read, or not to their end.
    pub segments: u64,
    /// Records in sound frames that this program does not understand.
    pub records: u64,
}

impl Damage {
    /// Whether everything was readable.
    pub const fn is_none(self) -> bool {
        self.segments == 0 && self.records == 0
    }

    pub(crate) fn count(&mut self, error: &ReadError) {
        match error {
            ReadError::Record { .. } => self.records += 1,
            ReadError::Directory(_)
            | ReadError::Io { .. }
            | ReadError::NotAJournal { .. }
            | ReadError::LaterVersion { .. }
            | ReadError::Header { .. }
            | ReadError::Torn { .. }
            | ReadError::Corrupt { .. } => self.segments += 1,
        }
    }
}

/// Why something in a journal could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// The directory cannot be read.
    Directory(io::Error),
    /// A segment cannot be read, or not to its end.
    Io {
        /// Which.
        segment: Segment,
        /// Why.
        error: io::Error,
    },
    /// A segment does not begin with the magic of a journal.
    NotAJournal {
        /// Which.
        segment: Segment,
    },
    /// A segment was written by a later program.
    LaterVersion {
        /// Which.
        segment: Segment,
        /// Its format version.
        version: u16,
    },
    /// The header of a segment is damaged.
    Header {
        /// Which.
        segment: Segment,
    },
    /// A segment that is not the last ends within a frame or within its header.
    Torn {
        /// Which.
        segment: Segment,
        /// Where that frame begins.
        at: u64,
    },
    /// A frame is damaged; the rest of its segment is unread.
    Corrupt {
        /// Which segment.
        segment: Segment,
        /// Where the frame begins.
        at: u64,
        /// What is wrong with it.
        fault: FrameFault,
    },
    /// One record is not understood; the following ones are read.
    Record {
        /// Which segment.
        segment: Segment,
        /// Where its frame begins.
        at: u64,
        /// Why.
        error: RecordError,
    },
}

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameFault {
    /// It claims a payload of so many bytes.
    TooLong(u32),
    /// Its checksum is not that of its content.
    Checksum,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(error) => write!(f, "the journal cannot be read: {error}"),
            Self::Io { segment, error } => write!(f, "{segment} cannot be read: {error}"),
            Self::NotAJournal { segment } => write!(f, "{segment} is not a journal"),
            Self::LaterVersion { segment, version } => write!(
                f,
                "{segment} has format version {version}; this program reads version {VERSION}"
            ),
            Self::Header { segment } => write!(f, "{segment} has a damaged header"),
            Self::Torn { segment, at } => {
                write!(f, "{segment} ends within the frame at byte {at}")
            }
            Self::Corrupt { segment, at, fault } => {
                write!(f, "{segment} is damaged from byte {at} on: {fault}")
            }
            Self::Record { segment, at, error } => {
                write!(f, "the record at byte {at} of {segment} is not understood: {error}")
            }
        }
    }
}

impl fmt::Display for FrameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(bytes) => write!(f, "a frame claims {bytes} bytes"),
            Self::Checksum => f.write_str("wrong checksum"),
        }
    }
}

impl std::error::Error for ReadError {}
