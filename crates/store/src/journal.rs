//! The writer of a journal.
//!
//! Reads    the end of what an earlier instance wrote (see [`crate::recovery`]).
//! Writes   records, in the order in which they are appended, into segments; deletes the oldest
//!          segments so that all keep within `journal_bytes_max`.
//! Memory   `buffer_bytes_max` and one frame for records not yet written; the rules written last;
//!          16 bytes for each segment.
//! Errors   [`JournalError`]. After each of them the journal goes on: the next call tries again.
//! Misses   what was appended and not yet synced when the machine stops.
//!
//! # What is promised
//!
//! * `append` → `Ok`: the record is taken, and stands behind all taken before. `Err`: it is not
//!   taken and will not appear.
//! * `flush` → `Ok`: everything taken is with the operating system. It survives the end of this
//!   process, not that of the machine. `Err`: what could not be written is still taken, except
//!   for what `sync` will call unconfirmed.
//! * `sync` → `Ok`: everything taken is on the disk, except for what an earlier
//!   [`JournalError::Unconfirmed`] spoke of. `Unconfirmed`: some of what was taken before may or
//!   may not be found later, nothing of it twice. Other errors: nothing is lost, nothing newly
//!   confirmed.
//!
//! # How
//!
//! A frame that was written in part is cut off, and its record written again. If even that fails,
//! the segment is given up for a new one; records that might be in it are not written a second
//! time. After a failed sync the kernel may have forgotten the pages that it could not write, so
//! nothing is ever written or synced behind them: a new segment is begun. Each segment begins
//! with a repetition of the rules in force, so that deleting old ones never orphans new ones.

use crate::disk::{Directory, Disk, SegmentFile};
use crate::frame::{Frame, HEAD_BYTES, REPEATED};
use crate::header::{self, Header};
use crate::read::ReadError;
use crate::record::{RECORD_VERSION, Record};
use crate::recovery::{Recovery, recover};
use crate::segment::Segment;
use bartizan_model::id::KeyEpoch;
use bartizan_model::moment::Moment;
use std::collections::VecDeque;
use std::path::Path;
use std::{fmt, io};

/// Bounds of a journal. Every value comes from configuration.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Bytes of all segments together; beyond it the oldest are deleted.
    pub journal_bytes_max: u64,
    /// Bytes of one segment; no more than a quarter of `journal_bytes_max` is used of it, so that
    /// beginning a segment never deletes everything. A segment that holds a single record exceeds
    /// it if record and rules are longer.
    pub segment_bytes_max: u64,
    /// Bytes of records that wait in memory; beyond it `append` writes.
    pub buffer_bytes_max: usize,
    /// The key in use.
    pub epoch: KeyEpoch,
}

impl Options {
    fn segment_bytes(&self) -> u64 {
        self.segment_bytes_max.min(self.journal_bytes_max / 4)
    }
}

/// What happened to a journal since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Records taken.
    pub taken: u64,
    /// Records refused because they could not be written and there was no room to keep them.
    pub refused: u64,
    /// Records taken of which it is not known whether they will be found.
    pub unconfirmed: u64,
    /// Segments deleted to keep within `journal_bytes_max`.
    pub segments_dropped: u64,
    /// Their bytes.
    pub bytes_dropped: u64,
    /// Segments that should be deleted and could not; tried again with the next segment.
    pub drops_failed: u64,
    /// Segments given up because they could not be cut or synced.
    pub segments_abandoned: u64,
}

/// A journal that is open for writing. Nobody else can write it as long as this lives.
#[derive(Debug)]
pub struct Journal<D: Disk = Directory> {
    disk: D,
    _lock: D::Lock,
    options: Options,
    /// Segments that are not written any more, oldest first, with their lengths.
    closed: VecDeque<(Segment, u64)>,
    open: Option<Open<D::File>>,
    /// The last number that was given to a segment.
    newest: Option<Segment>,
    /// A segment that could be neither begun nor deleted.
    stillborn: Option<Segment>,
    waiting: Waiting,
    /// The rules written last, as a frame that repeats them.
    rules: Vec<u8>,
    scratch: Vec<u8>,
    /// When the newest record happened.
    now_us: u64,
    doubt: Doubt,
    counters: Counters,
}

/// The segment that is being written.
#[derive(Debug)]
struct Open<F> {
    segment: Segment,
    file: F,
    /// Behind the last frame that was written whole.
    end: u64,
    /// Whether it holds anything but its header and repeated rules.
    used: bool,
    /// Records in it that are not on the disk yet.
    unsynced: u64,
}

/// Records that are taken and not yet written.
#[derive(Debug, Default)]
struct Waiting {
    bytes: Vec<u8>,
    frames: VecDeque<WaitingFrame>,
    /// Bytes of all `frames`; behind them lies at most one that is not taken yet.
    taken: usize,
}

#[derive(Debug)]
struct WaitingFrame {
    bytes: usize,
    /// If these are rules: the frame that repeats them.
    repeat: Option<Vec<u8>>,
}

/// Records whose fate is unknown, and why, until `sync` has said so.
#[derive(Debug, Default)]
struct Doubt {
    records: u64,
    error: Option<io::Error>,
}

impl Journal {
    /// Opens the journal in `dir` for writing and begins a new segment in it. Makes the directory
    /// if it is missing.
    ///
    /// # Errors
    ///
    /// [`JournalError::InUse`] if another instance writes it, [`JournalError::LaterVersion`] if a
    /// later program wrote its newest segment, otherwise as the file system has it.
    pub fn open(
        dir: &Path,
        options: Options,
        now: Moment,
    ) -> Result<(Self, Recovery), JournalError> {
        Self::open_on(Directory::at(dir), options, now)
    }
}

impl<D: Disk> Journal<D> {
    /// As [`Journal::open`], on `disk`.
    ///
    /// # Errors
    ///
    /// As [`Journal::open`].
    pub fn open_on(
        disk: D,
        options: Options,
        now: Moment,
    ) -> Result<(Self, Recovery), JournalError> {
        disk.prepare().map_err(JournalError::Directory)?;
        let lock = disk.lock().map_err(JournalError::Directory)?.ok_or(JournalError::InUse)?;
        let mut all = disk.list().map_err(JournalError::Directory)?;
        let newest = all.last().map(|it| it.0);
        let recovery = recover(&disk, &mut all);
        // Who writes behind a later program mixes two journals, and deletes what it cannot read.
        if let Some(ReadError::LaterVersion { segment, version }) = recovery.left {
            return Err(JournalError::LaterVersion { segment, version });
        }
        let mut journal = Self {
            disk,
            _lock: lock,
            options,
            closed: all.into(),
            open: None,
            newest,
            stillborn: None,
            waiting: Waiting::default(),
            rules: Vec::new(),
            scratch: Vec::new(),
            now_us: now.wall_us,
            doubt: Doubt::default(),
            counters: Counters::default(),
        };
        journal.begin()?;
        Ok((journal, recovery))
    }

    /// Takes a record. It is written when the buffer is full, or by [`Journal::flush`].
    ///
    /// # Errors
    ///
    /// Any [`JournalError`]; the record is then not taken.
    pub fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        let taken = self.encode(record).and_then(|repeat| {
            let full = self.waiting.bytes.len() > self.options.buffer_bytes_max;
            if full && self.waiting.taken > 0 {
                self.flush()?;
            }
            Ok(repeat)
        });
        match taken {
            Ok(repeat) => {
                self.waiting.take(repeat);
                self.counters.taken += 1;
                self.now_us = self.now_us.max(record.wall_us());
                Ok(())
            }
            Err(error) => {
                self.waiting.bytes.truncate(self.waiting.taken);
                self.counters.refused += 1;
                Err(error)
            }
        }
    }

    /// Hands everything taken to the operating system.
    ///
    /// # Errors
    ///
    /// Any [`JournalError`] but `Unconfirmed`; what could not be written is tried again by the
    /// next call.
    pub fn flush(&mut self) -> Result<(), JournalError> {
        while self.waiting.taken > 0 {
            let Some(open) = &self.open else {
                self.begin()?;
                continue;
            };
            let room = self.options.segment_bytes().saturating_sub(open.end);
            match self.waiting.fitting(room, !open.used) {
                0 => self.close(),
                frames => self.write(frames)?,
            }
        }
        Ok(())
    }

    /// Makes everything taken durable.
    ///
    /// # Errors
    ///
    /// [`JournalError::Unconfirmed`] if some of it may be lost; otherwise as [`Journal::flush`].
    pub fn sync(&mut self) -> Result<(), JournalError> {
        self.flush()?;
        self.sync_open();
        let Doubt { records, error } = std::mem::take(&mut self.doubt);
        match error {
            Some(error) => Err(JournalError::Unconfirmed { records, error }),
            None => Ok(()),
        }
    }

    /// What happened so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Bytes of all segments.
    pub fn bytes(&self) -> u64 {
        let closed: u64 = self.closed.iter().map(|it| it.1).sum();
        closed + self.open.as_ref().map_or(0, |it| it.end)
    }

    /// Bytes that wait in memory.
    pub fn waiting_bytes(&self) -> usize {
        self.waiting.taken
    }

    /// Puts the frame of `record` behind those that wait. Of rules, returns the repetition.
    fn encode(&mut self, record: &Record) -> Result<Option<Vec<u8>>, JournalError> {
        self.scratch.clear();
        record.write(&mut self.scratch);
        let (kind, payload) = (record.kind(), self.scratch.as_slice());
        let frame = Frame { kind, version: RECORD_VERSION, flags: 0, payload };
        if !frame.write(&mut self.waiting.bytes) {
            return Err(JournalError::TooLong { bytes: payload.len() });
        }
        Ok(matches!(record, Record::Rules(_)).then(|| {
            let mut repeat = Vec::with_capacity(HEAD_BYTES + payload.len());
            Frame { flags: REPEATED, ..frame }.write(&mut repeat);
            repeat
        }))
    }

    /// Writes the first `frames` frames that wait into the open segment.
    fn write(&mut self, frames: usize) -> Result<(), JournalError> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let bytes = self.waiting.bytes_of(frames);
        let chunk = self.waiting.bytes.get(..bytes).unwrap_or_default();
        let segment = open.segment;
        match write_all(&mut open.file, chunk, open.end) {
            Ok(()) => {
                open.end += bytes as u64;
                open.used = true;
                open.unsynced += frames as u64;
                self.drop_first(frames);
                Ok(())
            }
            Err(error) => {
                if let Err(error) = open.file.set_len(open.end) {
                    // Part of it may be in the segment for good: writing it again could double it.
                    self.drop_first(frames);
                    self.doubt(frames as u64, error);
                    self.abandon();
                }
                Err(JournalError::Write { segment, error })
            }
        }
    }

    /// Forgets the first `frames` frames that wait. Rules among them are repeated from here on,
    /// whether they reached the segment or not.
    fn drop_first(&mut self, frames: usize) {
        if let Some(rules) = self.waiting.drop_first(frames) {
            self.rules = rules;
        }
    }

    /// Closes the open segment, because the next frame does not fit.
    fn close(&mut self) {
        self.sync_open();
        if let Some(open) = self.open.take() {
            self.closed.push_back((open.segment, open.end));
        }
    }

    /// Syncs the open segment; gives it up if that fails.
    fn sync_open(&mut self) {
        let Some(open) = self.open.as_mut().filter(|it| it.unsynced > 0) else { return };
        match open.file.sync() {
            Ok(()) => open.unsynced = 0,
            Err(error) => {
                self.doubt(0, error);
                self.abandon();
            }
        }
    }

    /// Gives up the open segment: what is in it and not synced is in doubt.
    fn abandon(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.counters.segments_abandoned += 1;
        self.counters.unconfirmed += open.unsynced;
        self.doubt.records += open.unsynced;
        self.closed.push_back((open.segment, open.end));
    }

    fn doubt(&mut self, records: u64, error: io::Error) {
        self.counters.unconfirmed += records;
        self.doubt.records += records;
        self.doubt.error = Some(error);
    }

    /// Begins a new segment.
    fn begin(&mut self) -> Result<(), JournalError> {
        self.bury()?;
        self.make_room();
        let segment = match self.newest {
            Some(newest) => newest.next().ok_or(JournalError::NumbersUsedUp)?,
            None => Segment::FIRST,
        };
        self.newest = Some(segment);
        let mut start = Vec::new();
        header::write(&mut start, Header { created_us: self.now_us, epoch: self.options.epoch });
        start.extend_from_slice(&self.rules);
        match create(&self.disk, segment, &start) {
            Ok(file) => {
                let end = start.len() as u64;
                self.open = Some(Open { segment, file, end, used: false, unsynced: 0 });
                Ok(())
            }
            Err(error) => {
                self.stillborn = Some(segment);
                Err(JournalError::Create { segment, error })
            }
        }
    }

    /// Deletes the segment that could not be begun, so that failing to begin again and again does
    /// not fill the directory.
    fn bury(&mut self) -> Result<(), JournalError> {
        let Some(segment) = self.stillborn else { return Ok(()) };
        match self.disk.remove(segment) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(JournalError::Create { segment, error })
            }
            Ok(()) | Err(_) => {
                self.stillborn = None;
                Ok(())
            }
        }
    }

    /// Deletes the oldest segments until a whole new one fits.
    fn make_room(&mut self) {
        let max = self.options.journal_bytes_max.saturating_sub(self.options.segment_bytes());
        let mut occupied: u64 = self.closed.iter().map(|it| on_disk(it.1)).sum();
        while occupied > max {
            let Some(&(segment, bytes)) = self.closed.front() else { break };
            match self.disk.remove(segment) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    self.counters.drops_failed += 1;
                    break;
                }
                Ok(()) | Err(_) => {
                    self.closed.pop_front();
                    occupied = occupied.saturating_sub(on_disk(bytes));
                    self.counters.segments_dropped += 1;
                    self.counters.bytes_dropped += bytes;
                }
            }
        }
    }
}

/// What a segment of this length takes of `journal_bytes_max`: whole blocks, as on most disks. So
/// the number of files is bounded too, even if every start leaves a tiny one.
fn on_disk(bytes: u64) -> u64 {
    const BLOCK: u64 = 4_096;
    bytes.div_ceil(BLOCK).max(1).saturating_mul(BLOCK)
}

/// Makes a segment that begins with `start`, and makes its name durable.
fn create<D: Disk>(disk: &D, segment: Segment, start: &[u8]) -> io::Result<D::File> {
    let mut file = disk.create(segment)?;
    write_all(&mut file, start, 0)?;
    disk.sync_names()?;
    Ok(file)
}

fn write_all(file: &mut impl SegmentFile, bytes: &[u8], at: u64) -> io::Result<()> {
    let mut done = 0;
    while let Some(rest) = bytes.get(done..).filter(|it| !it.is_empty()) {
        match file.write_at(rest, at + done as u64) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => done += written,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl Waiting {
    /// Counts the frame behind those taken as taken.
    fn take(&mut self, repeat: Option<Vec<u8>>) {
        let bytes = self.bytes.len().saturating_sub(self.taken);
        self.frames.push_back(WaitingFrame { bytes, repeat });
        self.taken += bytes;
    }

    /// How many of the first frames have room together in `room` bytes; at least one if
    /// `at_least_one`.
    fn fitting(&self, room: u64, at_least_one: bool) -> usize {
        let mut bytes = 0;
        let fit = self.frames.iter().take_while(|it| {
            bytes += it.bytes as u64;
            bytes <= room
        });
        fit.count().max(usize::from(at_least_one))
    }

    /// Bytes of the first `frames` frames.
    fn bytes_of(&self, frames: usize) -> usize {
        self.frames.iter().take(frames).map(|it| it.bytes).sum()
    }

    /// Forgets the first `frames` frames. Returns the repetition of the last rules among them.
    fn drop_first(&mut self, frames: usize) -> Option<Vec<u8>> {
        let bytes = self.bytes_of(frames);
        self.bytes.drain(..bytes.min(self.bytes.len()));
        self.taken = self.taken.saturating_sub(bytes);
        self.frames.drain(..frames.min(self.frames.len())).filter_map(|it| it.repeat).next_back()
    }
}

/// Why the journal could not be opened or written.
#[derive(Debug)]
pub enum JournalError {
    /// The directory cannot be made, locked or listed.
    Directory(io::Error),
    /// Another instance writes this journal.
    InUse,
    /// A later program wrote it.
    LaterVersion {
        /// Its newest segment.
        segment: Segment,
        /// The format version of that.
        version: u16,
    },
    /// No number is left for a new segment.
    NumbersUsedUp,
    /// A new segment cannot be begun.
    Create {
        /// Which.
        segment: Segment,
        /// Why.
        error: io::Error,
    },
    /// A segment cannot be written.
    Write {
        /// Which.
        segment: Segment,
        /// Why.
        error: io::Error,
    },
    /// Records that were taken may or may not be found later.
    Unconfirmed {
        /// How many.
        records: u64,
        /// Why.
        error: io::Error,
    },
    /// A record does not fit in a frame.
    TooLong {
        /// Bytes of its payload.
        bytes: usize,
    },
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(error) => write!(f, "the journal cannot be opened: {error}"),
            Self::InUse => f.write_str("the journal is in use by another instance"),
            Self::LaterVersion { segment, version } => write!(
                f,
                "a later version of bartizan wrote it: {segment} has format version {version}, \
                 this program reads version {}",
                header::VERSION
            ),
            Self::NumbersUsedUp => f.write_str("no number is left for a new journal segment"),
            Self::Create { segment, error } => write!(f, "{segment} cannot be begun: {error}"),
            Self::Write { segment, error } => write!(f, "{segment} cannot be written: {error}"),
            Self::Unconfirmed { records, error } => {
                write!(f, "{records} records may not have reached the disk: {error}")
            }
            Self::TooLong { bytes } => {
                write!(f, "a record of {bytes} bytes does not fit in a frame")
            }
        }
    }
}

impl std::error::Error for JournalError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::double::{Double, Fault};
    use crate::read::Records;
    use crate::sample::{self, at, gap, options};

    fn opened(disk: &Double, options: Options) -> (Journal<Double>, Recovery) {
        Journal::open_on(disk.clone(), options, at(0)).unwrap()
    }

    #[track_caller]
    fn read(disk: &Double) -> Vec<Record> {
        Records::of(disk.clone()).map(|it| it.unwrap()).collect()
    }

    #[test]
    fn records_are_read_in_the_order_in_which_they_were_appended() {
        for segment_bytes_max in [1 << 20, 1_200, 1] {
            let disk = Double::default();
            let (mut journal, _) = opened(&disk, options(1 << 20, segment_bytes_max));
            let all: Vec<_> = (0..4).flat_map(|_| sample::records()).collect();
            all.iter().for_each(|it| journal.append(it).unwrap());
            journal.flush().unwrap();
            assert_eq!(read(&disk), all);
            assert_eq!(journal.counters().taken, all.len() as u64);
            assert_eq!(journal.waiting_bytes(), 0);
        }
    }

    #[test]
    fn a_segment_says_when_it_was_begun_by_the_time_of_its_records() {
        let disk = Double::default();
        let (mut journal, _) = opened(&disk, options(1 << 20, 1));
        for n in [5, 3, 9] {
            journal.append(&gap(n)).unwrap();
            journal.flush().unwrap();
        }
        let created = |(segment, _)| {
            let bytes = disk.bytes(segment);
            header::read(segment, bytes.first_chunk().unwrap()).unwrap().created_us
        };
        let times: Vec<_> = disk.list().unwrap().into_iter().map(created).collect();
        // The clock of the second record is behind; a segment is never older than the one before.
        assert_eq!(times, [at(0), at(5), at(9)].map(|it| it.wall_us));
    }

    #[test]
    fn a_second_writer_is_turned_away_until_the_first_is_gone() {
        let disk = Double::default();
        let (journal, _) = opened(&disk, options(1 << 20, 1 << 20));
        let second = Journal::open_on(disk.clone(), options(1 << 20, 1 << 20), at(0));
        assert!(matches!(second, Err(JournalError::InUse)));
        drop(journal);
        opened(&disk, options(1 << 20, 1 << 20));
    }

    #[test]
    fn all_segments_keep_within_their_bound_and_the_oldest_go_first() {
        let disk = Double::default();
        let max = 10 * 4_096;
        let (mut journal, _) = opened(&disk, options(max, 4_096));
        journal.append(&Record::Rules(sample::rules(2))).unwrap();
        for n in 1..=200 {
            journal.append(&Record::Observation(sample::observation(n))).unwrap();
            journal.flush().unwrap();
            let occupied: u64 = disk.list().unwrap().iter().map(|it| on_disk(it.1)).sum();
            assert!(occupied <= max, "{occupied}");
        }
        let dropped = journal.counters().segments_dropped;
        assert_eq!(disk.list().unwrap()[0].0.number(), dropped + 1);
        // The rules were written long ago, and are still told to whoever reads.
        let left = read(&disk);
        assert_eq!(left[0], Record::Rules(sample::rules(2)));
        assert_eq!(left[left.len() - 1], Record::Observation(sample::observation(200)));
        assert!(left.len() < 201);
    }

    #[test]
    fn a_segment_as_large_as_the_journal_does_not_delete_everything() {
        let disk = Double::default();
        let (mut journal, _) = opened(&disk, options(65_536, u64::MAX));
        for n in 1..=200 {
            journal.append(&Record::Observation(sample::observation(n))).unwrap();
        }
        journal.sync().unwrap();
        assert!(read(&disk).len() > 50);
    }

    #[test]
    fn many_starts_do_not_grow_the_number_of_segments_without_bound() {
        let disk = Double::default();
        for n in 1..=100 {
            let (mut journal, _) = opened(&disk, options(20 * 4_096, 4_096));
            journal.append(&sample::started(n)).unwrap();
            journal.sync().unwrap();
        }
        assert_eq!(disk.list().unwrap().len(), 20);
        // A start that wrote nothing leaves nothing once the next one comes.
        (0..100).for_each(|_| drop(opened(&disk, options(20 * 4_096, 4_096))));
        assert!(disk.list().unwrap().len() <= 20);
        assert_eq!(read(&disk).len(), 19);
    }

    #[test]
    fn what_does_not_fit_in_the_buffer_of_a_full_disk_is_refused_and_the_rest_is_kept() {
        let disk = Double::default();
        let (mut journal, _) = opened(&disk, options(1 << 20, 1 << 20));
        disk.fault(0..u64::MAX, Fault::Error);
        let mut taken = Vec::new();
        for n in 1..=50 {
            let record = gap(n);
            match journal.append(&record) {
                Ok(()) => taken.push(record),
                Err(error) => assert!(matches!(error, JournalError::Write { .. }), "{error}"),
            }
            assert!(journal.waiting_bytes() <= 900);
        }
        // Cutting failed too, so the first bufferful is in doubt; later ones found no segment.
        disk.heal();
        assert!(matches!(journal.sync(), Err(JournalError::Unconfirmed { .. })));
        journal.sync().unwrap();
        let counters = journal.counters();
        assert_eq!(counters.taken + counters.refused, 50);
        assert_eq!(read(&disk).len() as u64 + counters.unconfirmed, counters.taken);
    }

    #[test]
    fn failing_to_begin_a_segment_leaves_at_most_one_behind() {
        let disk = Double::default();
        let (mut journal, _) = opened(&disk, options(1 << 20, 1));
        journal.append(&gap(1)).unwrap();
        journal.append(&gap(2)).unwrap();
        // The segment is made, its header is not written, and it cannot be removed.
        journal.flush().unwrap();
        journal.append(&gap(3)).unwrap();
        disk.fault(2..u64::MAX, Fault::Error);
        for _ in 0..20 {
            let failed = journal.flush();
            assert!(matches!(failed, Err(JournalError::Create { .. })), "{failed:?}");
        }
        assert_eq!(disk.list().unwrap().len(), 3);
        disk.heal();
        journal.sync().unwrap();
        assert_eq!(read(&disk), [gap(1), gap(2), gap(3)]);
    }

    #[test]
    fn nothing_is_written_behind_a_failed_sync() {
        let disk = Double::default();
        let (mut journal, _) = opened(&disk, options(1 << 20, 1 << 20));
        journal.append(&gap(1)).unwrap();
        journal.sync().unwrap();
        journal.append(&gap(2)).unwrap();
        journal.flush().unwrap();
        disk.fault(0..1, Fault::Error);
        let failed = journal.sync();
        assert!(matches!(failed, Err(JournalError::Unconfirmed { records: 1, .. })), "{failed:?}");
        journal.append(&gap(3)).unwrap();
        journal.sync().unwrap();
        assert_eq!(disk.list().unwrap().len(), 2);
        drop(journal);
        disk.lose_power(false);
        assert_eq!(read(&disk), [gap(1), gap(3)]);
    }

    #[test]
    fn a_failed_sync_of_a_full_segment_is_told_by_the_next_sync() {
        let disk = Double::default();
        let (mut journal, _) = opened(&disk, options(1 << 20, 1));
        journal.append(&gap(1)).unwrap();
        journal.flush().unwrap();
        journal.append(&gap(2)).unwrap();
        disk.fault(0..1, Fault::Error);
        journal.flush().unwrap();
        let failed = journal.sync();
        assert!(matches!(failed, Err(JournalError::Unconfirmed { records: 1, .. })), "{failed:?}");
        journal.sync().unwrap();
    }
}
