//! Writes one sealed segment.
//!
//! Reads    observations, or batches of other segments.
//! Writes   a Parquet file inside an envelope: zstd, dictionaries, statistics, bloom filters for what is
//!          looked up by one value.
//! Memory   [`SORTED_ROWS`] observations, one batch, and the encoded pages of one row group.
//! Errors   [`SegmentError`]; the file is worth nothing then.
//! Misses   rows are sorted by time, except for those that began more than [`SORTED_ROWS`] rows before
//!          they ended: tunnels and long streams.

use super::columns::{BATCH_ROWS, Rows, schema};
use super::envelope::{EnvelopeError, Sealer};
use super::key::KeyRing;
use super::rows::NotARow;
use crate::files::StoredFile;
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::{max, min};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::error::ArrowError;
use bartizan_model::observation::Observation;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::{fmt, mem};

/// Observations that are held back until later ones have come, so that rows are sorted by time.
pub const SORTED_ROWS: usize = 8_192;
/// Rows of a row group: what is read or passed over as one.
pub const GROUP_ROWS: usize = 131_072;
/// Rows of a segment at most.
pub const SEGMENT_ROWS_MAX: u64 = 262_144;

const ZSTD_LEVEL: i32 = 3;
const DICTIONARY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Wrong answers of a bloom filter: they cost a look in vain.
const BLOOM_FALSE: f64 = 0.02;

/// Why a segment cannot be written or read.
#[derive(Debug)]
pub enum SegmentError {
    /// The envelope.
    Envelope(EnvelopeError),
    /// The Parquet file inside.
    Parquet(ParquetError),
    /// A batch.
    Arrow(ArrowError),
    /// A row.
    Row(NotARow),
}

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Envelope(error) => write!(f, "{error}"),
            Self::Parquet(error) => write!(f, "{error}"),
            Self::Arrow(error) => write!(f, "{error}"),
            Self::Row(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for SegmentError {}

impl From<EnvelopeError> for SegmentError {
    fn from(error: EnvelopeError) -> Self {
        Self::Envelope(error)
    }
}

impl From<ParquetError> for SegmentError {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(error)
    }
}

impl From<ArrowError> for SegmentError {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}

impl From<NotARow> for SegmentError {
    fn from(error: NotARow) -> Self {
        Self::Row(error)
    }
}

/// How the columns are written.
///
/// # Errors
///
/// None with the constants above.
pub fn properties() -> Result<WriterProperties, ParquetError> {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_dictionary_page_size_limit(DICTIONARY_BYTES_MAX)
        .set_created_by(concat!("bartizan ", env!("CARGO_PKG_VERSION")).to_owned());
    let unrepeated = [
        ("id", Encoding::BYTE_STREAM_SPLIT),
        ("trace", Encoding::BYTE_STREAM_SPLIT),
        ("time", Encoding::DELTA_BINARY_PACKED),
        ("clock_ns", Encoding::DELTA_BINARY_PACKED),
        ("judged_us", Encoding::BYTE_STREAM_SPLIT),
        ("forwarded_us", Encoding::BYTE_STREAM_SPLIT),
        ("answered_us", Encoding::BYTE_STREAM_SPLIT),
        ("finished_us", Encoding::BYTE_STREAM_SPLIT),
    ];
    for (name, encoding) in unrepeated {
        let column = ColumnPath::from(name);
        builder = builder
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, encoding);
    }
    let value =
        |list: &str| ColumnPath::new([list, "list", "item", "value"].map(str::to_owned).into());
    let looked_up = [
        (ColumnPath::from("subject"), GROUP_ROWS),
        (ColumnPath::from("session"), GROUP_ROWS),
        (ColumnPath::from("client"), GROUP_ROWS),
        (ColumnPath::from("trace"), GROUP_ROWS),
        (value("findings"), GROUP_ROWS),
        (value("request_facts"), 4 * GROUP_ROWS),
        (value("response_facts"), 4 * GROUP_ROWS),
    ];
    for (column, distinct) in looked_up {
        builder = builder
            .set_column_bloom_filter_enabled(column.clone(), true)
            .set_column_bloom_filter_fpp(column.clone(), BLOOM_FALSE)
            .set_column_bloom_filter_max_ndv(column, distinct as u64);
    }
    Ok(builder.build())
}

/// What a segment came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its rows.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// When its earliest exchange began, in microseconds since 1970.
    pub min_us: u64,
    /// When its latest exchange began.
    pub max_us: u64,
}

/// A row that waits for earlier ones: time, order of coming, position among the waiting.
type Waiting = Reverse<(u64, u64, usize)>;

/// One segment that is being written.
pub struct SegmentWriter<F: StoredFile> {
    writer: ArrowWriter<Sealer<F>>,
    rows: Rows,
    order: BinaryHeap<Waiting>,
    waiting: Vec<Option<Observation>>,
    free: Vec<usize>,
    count: u64,
    min_us: u64,
    max_us: u64,
}

impl<F: StoredFile> fmt::Debug for SegmentWriter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SegmentWriter({} rows)", self.count)
    }
}

impl<F: StoredFile> SegmentWriter<F> {
    /// Begins to write into an empty file.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn begin(file: F, keys: &KeyRing) -> Result<Self, SegmentError> {
        let sealer = Sealer::begin(file, keys)?;
        let writer = ArrowWriter::try_new(sealer, schema(), Some(properties()?))?;
        Ok(Self {
            writer,
            rows: Rows::default(),
            order: BinaryHeap::new(),
            waiting: Vec::new(),
            free: Vec::new(),
            count: 0,
            min_us: u64::MAX,
            max_us: 0,
        })
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.count
    }

    /// Adds an exchange.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn push(&mut self, it: Observation) -> Result<(), SegmentError> {
        let at = it.started.wall_us;
        self.min_us = self.min_us.min(at);
        self.max_us = self.max_us.max(at);
        let place = self.free.pop().unwrap_or(self.waiting.len());
        match self.waiting.get_mut(place) {
            Some(free) => *free = Some(it),
            None => self.waiting.push(Some(it)),
        }
        self.order.push(Reverse((at, self.count, place)));
        self.count += 1;
        if self.order.len() > SORTED_ROWS { self.release() } else { Ok(()) }
    }

    /// Adds the rows of another segment.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn copy(&mut self, batch: &RecordBatch) -> Result<(), SegmentError> {
        let time = batch.column_by_name("time").and_then(|it| {
            let time = it.as_primitive_opt::<TimestampMicrosecondType>()?;
            Some((min(time)?.cast_unsigned(), max(time)?.cast_unsigned()))
        });
        let (first, last) = time.ok_or(NotARow { column: "time" })?;
        self.min_us = self.min_us.min(first);
        self.max_us = self.max_us.max(last);
        self.count += batch.num_rows() as u64;
        Ok(self.writer.write(batch)?)
    }

    /// Writes what waits and makes all of it durable, but not its name.
    ///
    /// # Errors
    ///
    /// [`SegmentError`].
    pub fn finish(mut self) -> Result<Written, SegmentError> {
        while !self.order.is_empty() {
            self.release()?;
        }
        self.write()?;
        let bytes = self.writer.into_inner()?.finish()?;
        let Self { count: rows, min_us, max_us, .. } = self;
        Ok(Written { rows, bytes, min_us: min_us.min(max_us), max_us })
    }

    /// Writes the earliest row that waits.
    fn release(&mut self) -> Result<(), SegmentError> {
        let Some(Reverse((_, _, place))) = self.order.pop() else { return Ok(()) };
        if let Some(it) = self.waiting.get_mut(place).and_then(Option::take) {
            self.rows.push(&it);
            self.free.push(place);
        }
        if self.rows.len() >= BATCH_ROWS { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), SegmentError> {
        let rows = mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        Ok(self.writer.write(&rows.finish()?)?)
    }
}
