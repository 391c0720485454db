//! The inventory of what is kept: endpoints, callers, fields.
//!
//! Reads    sealed segments and the journal behind them, beside a running instance or without one.
//! Memory   the inventory, and one batch of rows.
//! Errors   [`FoldError`].
//! Misses   segments that are dropped while it runs; exchanges that were recorded without facts count as calls
//!          and tell nothing of fields.

pub mod command;
pub(crate) mod live;
pub(crate) mod shown;

use bartizan_learn::inventory::Inventory;
use bartizan_store::segments::archive::ArchiveError;
use bartizan_store::segments::held::Held;
use bartizan_store::segments::plain::since;
use bartizan_store::segments::rows::{Shared, observations};
use bartizan_store::segments::write::SegmentError;
use std::fmt;

/// Why what is kept cannot be read.
#[derive(Debug)]
pub enum FoldError {
    /// The archive.
    Archive(ArchiveError),
    /// A segment.
    Segment(SegmentError),
}

impl fmt::Display for FoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(error) => write!(f, "{error}"),
            Self::Segment(error) => write!(f, "{error}"),
        }
    }
}

impl From<ArchiveError> for FoldError {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<SegmentError> for FoldError {
    fn from(error: SegmentError) -> Self {
        Self::Segment(error)
    }
}

/// Adds what is kept and began at `since_us` or later, oldest first, as long as `goes_on` says so; how many
/// exchanges there were.
///
/// # Errors
///
/// [`FoldError`].
pub fn fold(
    held: &Held,
    since_us: u64,
    mut each: impl FnMut(&bartizan_model::observation::Observation) -> bool,
) -> Result<u64, FoldError> {
    let now = held.now()?;
    let (mut rows, mut shared, mut goes_on) = (0, Shared::default(), true);
    let mut give = |batch: Result<_, SegmentError>| -> Result<bool, FoldError> {
        let batch = since(&batch?, since_us)?;
        for it in observations(&batch, &mut shared).map_err(SegmentError::Row)? {
            rows += 1;
            goes_on = goes_on && each(&it);
        }
        Ok(goes_on)
    };
    let mut entries: Vec<_> = now.contents.entries.values().collect();
    entries.sort_by_key(|it| (it.min_us, it.number));
    for entry in entries.into_iter().filter(|it| it.max_us >= since_us) {
        let Some(segment) = held.rows(entry)? else { continue };
        for batch in segment {
            if !give(batch)? {
                return Ok(rows);
            }
        }
    }
    for segment in now.journal {
        for batch in held.journal(segment) {
            if !give(batch)? {
                return Ok(rows);
            }
        }
    }
    Ok(rows)
}

/// The inventory of what is kept.
///
/// # Errors
///
/// [`FoldError`].
pub fn of(held: &Held, since_us: u64) -> Result<Inventory, FoldError> {
    let mut inventory = Inventory::default();
    fold(held, since_us, |it| {
        inventory.observe(it);
        true
    })?;
    inventory.settle();
    Ok(inventory)
}
