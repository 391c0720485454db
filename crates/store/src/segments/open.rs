//! Opens a sealed segment for reading.
//!
//! Reads    the file, as Parquet asks for it.
//! Memory   one chunk of the envelope; what Parquet holds of its pages.
//! Errors   [`SegmentError`].

use super::columns::BATCH_ROWS;
use super::earlier::Earlier;
use super::envelope::Sealed;
use super::key::KeyRing;
use super::rows::{Shared, observations};
use super::write::SegmentError;
use crate::files::{Files, StoredFile};
use arrow::array::RecordBatch;
use bartizan_model::observation::Observation;
use bytes::{Buf, Bytes};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

/// Something that can be read from any place: a sealed segment that is open. This is all that a reader
/// of Parquet needs to know of it.
pub trait ReadAt: Send + Sync + 'static {
    /// Bytes of it.
    fn length(&self) -> u64;

    /// The `length` bytes from `start` on.
    ///
    /// # Errors
    ///
    /// The storage's, and what does not authenticate.
    fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes>;

    /// Says that these bytes are read soon.
    fn will_need(&self, start: u64, length: u64);
}

impl<F: StoredFile> ReadAt for Sealed<F> {
    fn length(&self) -> u64 {
        Self::length(self)
    }

    fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes> {
        Ok(Self::bytes(self, start, length)?)
    }

    fn will_need(&self, start: u64, length: u64) {
        Self::will_need(self, start, length);
    }
}

/// A segment that is open.
#[derive(Clone)]
pub struct OpenSegment(Arc<dyn ReadAt>);

impl fmt::Debug for OpenSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenSegment({} bytes)", self.0.length())
    }
}

impl OpenSegment {
    /// Opens the segment of this name.
    ///
    /// # Errors
    ///
    /// [`SegmentError::Envelope`].
    pub fn open<F: Files>(files: &F, name: &str, keys: &KeyRing) -> Result<Self, SegmentError> {
        let file = files.read(name).map_err(super::envelope::EnvelopeError::Io)?;
        Ok(Self(Arc::new(Sealed::open(file, keys)?)))
    }

    /// The plain Parquet file inside.
    pub fn plain(&self) -> Arc<dyn ReadAt> {
        Arc::clone(&self.0)
    }

    /// Its rows, as batches in the order in which they lie there.
    ///
    /// # Errors
    ///
    /// [`SegmentError::Parquet`].
    pub fn batches(&self) -> Result<Batches, SegmentError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(self.clone())?;
        let earlier = Earlier::of(builder.schema());
        Ok(Batches { rows: builder.with_batch_size(BATCH_ROWS).build()?, earlier })
    }

    /// Its rows, as observations.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn observations(
        &self,
    ) -> Result<impl Iterator<Item = Result<Observation, SegmentError>>, SegmentError> {
        let mut shared = Shared::default();
        let rows = move |batch: Result<RecordBatch, SegmentError>| {
            let read = batch.and_then(|it| Ok(observations(&it, &mut shared)?));
            match read {
                Ok(rows) => rows.into_iter().map(Ok).collect::<Vec<_>>(),
                Err(error) => vec![Err(error)],
            }
        };
        Ok(self.batches()?.flat_map(rows))
    }
}

/// The batches of a segment.
pub struct Batches {
    rows: ParquetRecordBatchReader,
    earlier: Option<Earlier>,
}

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Batches")
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, SegmentError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.rows.next()?;
        let batch = match &self.earlier {
            Some(earlier) => batch.and_then(|it| earlier.fill(&it)),
            None => batch,
        };
        Some(batch.map_err(SegmentError::Arrow))
    }
}

impl Length for OpenSegment {
    fn len(&self) -> u64 {
        self.0.length()
    }
}

impl ChunkReader for OpenSegment {
    type T = From;

    fn get_read(&self, start: u64) -> parquet::errors::Result<From> {
        Ok(From { segment: self.clone(), at: start, left: Bytes::new() })
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        self.0.bytes(start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads on from one place.
#[derive(Debug)]
pub struct From {
    segment: OpenSegment,
    at: u64,
    left: Bytes,
}

/// Bytes that are read ahead.
const AHEAD: u64 = 65_536;

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() {
            let rest = self.segment.0.length().saturating_sub(self.at);
            // Up to the end of the chunk of the envelope.
            let length = (AHEAD - self.at % AHEAD).min(rest);
            self.left = self.segment.0.bytes(self.at, usize::try_from(length).unwrap_or(0))?;
            self.at += length;
        }
        let count = self.left.len().min(into.len());
        if let Some(into) = into.get_mut(..count) {
            self.left.copy_to_slice(into);
        }
        Ok(count)
    }
}
