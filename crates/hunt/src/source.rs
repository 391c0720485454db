//! The port: where hunts get what is kept.
//!
//! The binary gives an implementation over the store; hunts know neither files nor keys.

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use parquet::data_type::AsBytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

pub use bytes::Bytes;

/// A plain Parquet file that can be read from any place.
pub trait Readable: Send + Sync {
    /// Bytes of it.
    fn length(&self) -> u64;

    /// The `length` bytes from `start` on.
    ///
    /// # Errors
    ///
    /// The storage's, and what does not authenticate.
    fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes>;

    /// Says that these bytes are read soon, so that they can be fetched meanwhile.
    fn will_need(&self, start: u64, length: u64);
}

/// A sealed segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentInfo {
    /// Its number.
    pub number: u64,
    /// Its rows.
    pub rows: u64,
    /// When its earliest exchange began, in microseconds since 1970.
    pub min_us: u64,
    /// When its latest exchange began.
    pub max_us: u64,
}

/// What there is at one moment. Nothing is in two of its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Sealed segments.
    pub segments: Vec<SegmentInfo>,
    /// Segments of the journal behind them, oldest first.
    pub journal: Vec<u64>,
}

/// Batches of rows, all of [`Archive::schema`].
pub type Batches = Box<dyn Iterator<Item = io::Result<RecordBatch>> + Send>;

/// Adds to a batch, of some columns of a file, the columns that the file lacks.
pub type Filler = Arc<dyn Fn(&RecordBatch) -> Result<RecordBatch, ArrowError> + Send + Sync>;

/// What is kept of exchanges.
pub trait Archive: Send + Sync + 'static {
    /// The columns of segments and of batches of the journal.
    fn schema(&self) -> SchemaRef;

    /// What there is now.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn held(&self) -> io::Result<Held>;

    /// Opens a sealed segment; `None` if it has been dropped since.
    ///
    /// # Errors
    ///
    /// The storage's, and a missing key.
    fn segment(&self, number: u64) -> io::Result<Option<Arc<dyn Readable>>>;

    /// What fills in the columns that a file with this schema lacks; `None` if it lacks none.
    fn filler(&self, file: &Schema) -> Option<Filler>;

    /// The rows of a segment of the journal.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn journal(&self, number: u64) -> io::Result<Batches>;
}

/// A table that is not made of exchanges: the ledger. It is read whole.
pub trait OtherTable: Send + Sync + 'static {
    /// Its name in SQL.
    fn name(&self) -> &'static str;

    /// Its columns.
    fn schema(&self) -> SchemaRef;

    /// Its rows, newest or oldest first, in batches.
    ///
    /// # Errors
    ///
    /// The storage's.
    fn rows(&self) -> io::Result<Batches>;
}

/// A readable segment, as the reader of Parquet wants it.
#[derive(Clone)]
pub(crate) struct Chunks(pub(crate) Arc<dyn Readable>);

impl fmt::Debug for Chunks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chunks({} bytes)", self.0.length())
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.length()
    }
}

/// Bytes that are read ahead: a chunk of the envelope.
const AHEAD: u64 = 65_536;

impl ChunkReader for Chunks {
    type T = Onward;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Onward> {
        Ok(Onward { chunks: self.clone(), at: start, left: Bytes::new() })
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        self.0.bytes(start, length).map_err(|error| ParquetError::External(Box::new(error)))
    }
}

/// Reads on from one place.
pub(crate) struct Onward {
    chunks: Chunks,
    at: u64,
    left: Bytes,
}

impl Read for Onward {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left.is_empty() {
            let rest = self.chunks.0.length().saturating_sub(self.at);
            let length = (AHEAD - self.at % AHEAD).min(rest);
            self.left = self.chunks.0.bytes(self.at, usize::try_from(length).unwrap_or(0))?;
            self.at += length;
        }
        let count = self.left.len().min(into.len());
        let taken = self.left.split_to(count);
        if let Some(into) = into.get_mut(..count) {
            into.copy_from_slice(taken.as_bytes());
        }
        Ok(count)
    }
}
