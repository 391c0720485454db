//! Finds one exchange among the sealed segments.
//!
//! Reads    those segments whose time holds the one in the id, the newest first.
//! Memory   a batch.
//! Misses   an exchange whose clock was set by more than [`SLACK_US`] between its id and its start.

use super::archive::ArchiveError;
use super::held::Held;
use super::rows::{Shared, observations};
use super::write::SegmentError;
use arrow::array::{Array, AsArray, RecordBatch};
use bartizan_model::id::ExchangeId;
use bartizan_model::observation::Observation;

/// How far the time in an id and the start of its exchange may lie apart, in microseconds.
const SLACK_US: u64 = 60_000_000;

impl Held {
    /// The exchange `id`, if it is in a sealed segment.
    ///
    /// # Errors
    ///
    /// [`ArchiveError`] of a segment that may hold it.
    pub fn find(&self, id: ExchangeId) -> Result<Option<Observation>, ArchiveError> {
        let at_us = id.unix_ms().saturating_mul(1_000);
        let contents = self.now()?.contents;
        for entry in contents.entries.values().rev() {
            let around =
                entry.min_us.saturating_sub(SLACK_US)..=entry.max_us.saturating_add(SLACK_US);
            if !around.contains(&at_us) {
                continue;
            }
            let number = entry.number;
            let of_segment = |error| ArchiveError::Segment { number, error };
            for batch in self.rows(entry)?.into_iter().flatten() {
                let batch = batch.map_err(of_segment)?;
                if let Some(row) = row(&batch, id) {
                    let read = observations(&batch.slice(row, 1), &mut Shared::default());
                    return Ok(read.map_err(|it| of_segment(SegmentError::from(it)))?.pop());
                }
            }
        }
        Ok(None)
    }
}

/// The row of this exchange.
fn row(batch: &RecordBatch, id: ExchangeId) -> Option<usize> {
    let ids = batch.column_by_name("id")?.as_fixed_size_binary_opt()?;
    let wanted = id.bits().to_be_bytes();
    (0..ids.len()).find(|row| ids.value(*row) == wanted)
}
