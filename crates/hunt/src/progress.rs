//! How far a hunt is, and whether it is to go on: shared by its threads.

use datafusion::common::{DataFusionError, Result};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// What a hunt has read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Parts of segments, and segments of the journal, that were read.
    pub segments_done: u64,
    /// Those that there are.
    pub segments: u64,
    /// Those that were ruled out unread, by time or statistics.
    pub segments_pruned: u64,
    /// Row groups that were ruled out unread.
    pub groups_pruned: u64,
    /// Rows of exchanges that were read.
    pub rows_scanned: u64,
    /// Segments that were dropped while the hunt ran.
    pub gone: u64,
}

/// Counts, and the wish to stop.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    segments_done: AtomicU64,
    segments: AtomicU64,
    segments_pruned: AtomicU64,
    groups_pruned: AtomicU64,
    rows_scanned: AtomicU64,
    gone: AtomicU64,
    stopped: AtomicBool,
    looks: AtomicU64,
    /// Resident memory at the start and how much more there may be, in bytes; 0 if it is not watched.
    resident: (u64, u64),
}

/// Batches between two looks at the memory of the process.
const LOOK_EVERY: u64 = 16;

/// Resident memory of the process, in bytes; 0 if it is not known.
fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok());
    pages.unwrap_or(0).saturating_mul(4_096)
}

impl Progress {
    /// Watches the memory of the process: not all that operators hold is told to their pool. It may grow
    /// by `more_max` bytes.
    pub(crate) fn watching(more_max: u64) -> Self {
        Self { resident: (resident_bytes(), more_max), ..Self::default() }
    }

    pub(crate) fn now(&self) -> Scanned {
        Scanned {
            segments_done: self.segments_done.load(Relaxed),
            segments: self.segments.load(Relaxed),
            segments_pruned: self.segments_pruned.load(Relaxed),
            groups_pruned: self.groups_pruned.load(Relaxed),
            rows_scanned: self.rows_scanned.load(Relaxed),
            gone: self.gone.load(Relaxed),
        }
    }

    pub(crate) fn expect(&self, read: u64, pruned: u64) {
        self.segments.fetch_add(read + pruned, Relaxed);
        self.segments_pruned.fetch_add(pruned, Relaxed);
    }

    pub(crate) fn done(&self) {
        self.segments_done.fetch_add(1, Relaxed);
    }

    pub(crate) fn pruned_part(&self) {
        self.segments_pruned.fetch_add(1, Relaxed);
    }

    pub(crate) fn pruned_groups(&self, count: u64) {
        self.groups_pruned.fetch_add(count, Relaxed);
    }

    pub(crate) fn scanned(&self, rows: usize) {
        self.rows_scanned.fetch_add(rows as u64, Relaxed);
    }

    pub(crate) fn gone(&self) {
        self.gone.fetch_add(1, Relaxed);
    }

    pub(crate) fn stop(&self) {
        self.stopped.store(true, Relaxed);
    }

    /// An error if nobody wants the answer any more.
    pub(crate) fn wanted(&self) -> std::result::Result<(), ()> {
        if self.stopped.load(Relaxed) { Err(()) } else { Ok(()) }
    }

    /// An error if the hunt is to stop, for whatever reason.
    pub(crate) fn checked(&self) -> Result<()> {
        if self.stopped.load(Relaxed) {
            return Err(DataFusionError::Execution("the hunt was stopped".to_owned()));
        }
        let (before, more_max) = self.resident;
        if before > 0 && self.looks.fetch_add(1, Relaxed).is_multiple_of(LOOK_EVERY) {
            let now = resident_bytes();
            if now > before.saturating_add(more_max) {
                let why = format!("{now} bytes are resident, and {before} were");
                return Err(DataFusionError::ResourcesExhausted(why));
            }
        }
        Ok(())
    }
}
