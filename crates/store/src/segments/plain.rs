//! Writes rows as a plain Parquet file, for other programs: the same columns, without the envelope.

use super::columns::schema;
use super::write::{SegmentError, properties};
use arrow::array::{AsArray, RecordBatch};
use arrow::array::{Scalar, TimestampMicrosecondArray};
use arrow::compute::filter_record_batch;
use arrow::compute::kernels::cmp::gt_eq;
use arrow::datatypes::TimestampMicrosecondType;
use parquet::arrow::ArrowWriter;
use std::fmt;
use std::io::Write;

/// A Parquet file that is being written.
pub struct Plain<W: Write + Send> {
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> fmt::Debug for Plain<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain")
    }
}

impl<W: Write + Send> Plain<W> {
    /// Begins to write.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn begin(to: W) -> Result<Self, SegmentError> {
        Ok(Self { writer: ArrowWriter::try_new(to, schema(), Some(properties()?))? })
    }

    /// Adds rows.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), SegmentError> {
        Ok(self.writer.write(batch)?)
    }

    /// Writes the end, and gives back what was written to.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn finish(self) -> Result<W, SegmentError> {
        Ok(self.writer.into_inner()?)
    }
}

/// The rows of exchanges that began at `since_us` or later.
///
/// # Errors
///
/// [`SegmentError`].
pub fn since(batch: &RecordBatch, since_us: u64) -> Result<RecordBatch, SegmentError> {
    let missing = super::rows::NotARow { column: "time" };
    let time = batch.column_by_name("time").ok_or(missing)?;
    let time = time.as_primitive_opt::<TimestampMicrosecondType>().ok_or(missing)?;
    let since_us = i64::try_from(since_us).unwrap_or(i64::MAX);
    let limit = TimestampMicrosecondArray::from(vec![since_us]).with_timezone("UTC");
    Ok(filter_record_batch(batch, &gt_eq(time, &Scalar::new(limit))?)?)
}
