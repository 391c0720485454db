//! Answers: what a hunt gives, piece by piece.

use crate::progress::Scanned;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{
    DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimeUnit,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use std::time::Duration;

/// Items of a list that are shown.
const LIST_MAX: usize = 1_000;
/// Bytes of a text that are shown.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// One piece of an answer, in this order: columns; rows and progress; done.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// The columns of all rows.
    Columns(Vec<AnswerColumn>),
    /// Some rows.
    Rows(Vec<Vec<Cell>>),
    /// How far it is.
    Progress(Scanned),
    /// It ended.
    Done(Done),
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerColumn {
    /// Its name.
    pub name: String,
    /// What it holds: `text`, `integer`, `decimal`, `boolean`, `timestamp`, `list` or `other`.
    pub kind: &'static str,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// None.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number that may be larger.
    Unsigned(u64),
    /// A number.
    Decimal(f64),
    /// A moment, in microseconds since 1970.
    Time(i64),
    /// Text, and everything that is shown as such.
    Text(String),
    /// Some values.
    List(Vec<Self>),
}

/// How a hunt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Rows that were given.
    pub rows: u64,
    /// Whether there were more.
    pub truncated: bool,
    /// How long it took.
    pub elapsed: Duration,
    /// The most memory that the operators held, in bytes.
    pub memory_peak: u64,
    /// What was read.
    pub scanned: Scanned,
}

/// The name of a type in answers.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enumeration is not ours and grows")]
pub(crate) fn kind(of: &DataType) -> &'static str {
    match of {
        DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8 => "text",
        DataType::Boolean => "boolean",
        DataType::Timestamp(..) => "timestamp",
        DataType::Float32 | DataType::Float64 => "decimal",
        DataType::List(_) | DataType::LargeList(_) => "list",
        it if it.is_integer() => "integer",
        _ => "other",
    }
}

/// The rows of a batch, at most `max`.
pub(crate) fn rows(batch: &RecordBatch, max: usize) -> Vec<Vec<Cell>> {
    let count = batch.num_rows().min(max);
    (0..count).map(|row| batch.columns().iter().map(|it| cell(it, row)).collect()).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enumeration is not ours and grows")]
fn cell(values: &ArrayRef, row: usize) -> Cell {
    if values.is_null(row) {
        return Cell::Null;
    }
    macro_rules! number {
        ($type:ty) => {
            values.as_primitive_opt::<$type>().map(|it| it.value(row))
        };
    }
    let known = match values.data_type() {
        DataType::Boolean => values.as_boolean_opt().map(|it| Cell::Boolean(it.value(row))),
        DataType::Int8 => number!(Int8Type).map(|it| Cell::Integer(it.into())),
        DataType::Int16 => number!(Int16Type).map(|it| Cell::Integer(it.into())),
        DataType::Int32 => number!(Int32Type).map(|it| Cell::Integer(it.into())),
        DataType::Int64 => number!(Int64Type).map(Cell::Integer),
        DataType::UInt8 => number!(UInt8Type).map(|it| Cell::Unsigned(it.into())),
        DataType::UInt16 => number!(UInt16Type).map(|it| Cell::Unsigned(it.into())),
        DataType::UInt32 => number!(UInt32Type).map(|it| Cell::Unsigned(it.into())),
        DataType::UInt64 => number!(UInt64Type).map(Cell::Unsigned),
        DataType::Float32 => number!(Float32Type).map(|it| Cell::Decimal(it.into())),
        DataType::Float64 => number!(Float64Type).map(Cell::Decimal),
        DataType::Timestamp(unit, _) => match unit {
            TimeUnit::Second => number!(TimestampSecondType).map(|it| it.saturating_mul(1_000_000)),
            TimeUnit::Millisecond => {
                number!(TimestampMillisecondType).map(|it| it.saturating_mul(1_000))
            }
            TimeUnit::Microsecond => number!(TimestampMicrosecondType),
            TimeUnit::Nanosecond => number!(TimestampNanosecondType).map(|it| it / 1_000),
        }
        .map(Cell::Time),
        DataType::Utf8View => values.as_string_view_opt().map(|it| text(it.value(row))),
        DataType::Utf8 => values.as_string_opt::<i32>().map(|it| text(it.value(row))),
        DataType::LargeUtf8 => values.as_string_opt::<i64>().map(|it| text(it.value(row))),
        DataType::List(_) => values.as_list_opt::<i32>().map(|it| {
            let items = it.value(row);
            Cell::List((0..items.len().min(LIST_MAX)).map(|n| cell(&items, n)).collect())
        }),
        _ => None,
    };
    known.unwrap_or_else(|| {
        let options = FormatOptions::default();
        let shown = ArrayFormatter::try_new(values.as_ref(), &options)
            .and_then(|it| it.value(row).try_to_string());
        text(&shown.unwrap_or_default())
    })
}

fn text(it: &str) -> Cell {
    let end = it.floor_char_boundary(TEXT_BYTES_MAX);
    Cell::Text(it.get(..end).unwrap_or_default().to_owned())
}
