//! Which row groups of a segment can hold what is asked for.
//!
//! Reads    the statistics of the segment and, where a filter names single values, its bloom filters.
//! Memory   one bloom filter at a time.
//! Misses   statistics of lists as wholes; a filter on those rules nothing out.

use crate::source::Chunks;
use crate::views::{Column, Of, View};
use datafusion::arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column as Named, Result, ScalarValue};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::conjunction;
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::bloom_filter::Sbbf;
use parquet::file::statistics::Statistics;
use std::collections::HashSet;
use std::sync::Arc;

/// What is to be read of a segment.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// Row groups that may match.
    pub(crate) groups: Vec<usize>,
    /// Row groups that cannot.
    pub(crate) pruned: u64,
}

/// Every `of`-th row group from `nth` on that the filters do not rule out.
pub(crate) fn parts(
    file: &ParquetRecordBatchReaderBuilder<Chunks>,
    view: &'static View,
    list: Option<&str>,
    filters: &[Arc<dyn PhysicalExpr>],
    nth: usize,
    of: usize,
) -> Result<Parts> {
    let all: Vec<usize> = (0..file.metadata().num_row_groups()).skip(nth).step_by(of).collect();
    if filters.is_empty() || all.is_empty() {
        return Ok(Parts { groups: all, pruned: 0 });
    }
    let predicate = PruningPredicateBuilder::new()
        .with_file_schema(view.schema())
        .try_build(conjunction(filters.to_vec()))?;
    if predicate.always_true() {
        return Ok(Parts { groups: all, pruned: 0 });
    }
    let known = Known { file, view, list, groups: &all };
    let kept = predicate.prune(&known)?;
    let groups: Vec<usize> =
        all.iter().zip(kept).filter_map(|(group, kept)| kept.then_some(*group)).collect();
    let pruned = (all.len() - groups.len()) as u64;
    Ok(Parts { groups, pruned })
}

struct Known<'a> {
    file: &'a ParquetRecordBatchReaderBuilder<Chunks>,
    view: &'static View,
    list: Option<&'a str>,
    groups: &'a [usize],
}

impl Known<'_> {
    /// The column of the view and the leaf of the file that it is made of.
    fn leaf(&self, named: &Named) -> Option<(&'static Column, usize)> {
        let column = self.view.columns.iter().find(|it| it.name == named.name())?;
        let path = match (column.of, self.list) {
            (Of::Row(name) | Of::Uuid(name) | Of::Hex(name), _) => name.to_owned(),
            (Of::Item(part) | Of::ItemHex(part), Some(list)) => format!("{list}.list.item.{part}"),
            (Of::Item(_) | Of::ItemHex(_), None) | (Of::Each(..) | Of::Side, _) => return None,
        };
        let leaves = self.file.parquet_schema().columns();
        let leaf = leaves.iter().position(|it| it.path().string() == path)?;
        Some((column, leaf))
    }

    fn ends(&self, named: &Named, least: bool) -> Option<ArrayRef> {
        let (column, leaf) = self.leaf(named)?;
        let null = ScalarValue::try_from(&column.data.arrow()).ok()?;
        let end = |group: &usize| {
            let statistics = self.file.metadata().row_group(*group).column(leaf).statistics()?;
            end(column, statistics, least)
        };
        let values = self.groups.iter().map(|it| end(it).unwrap_or_else(|| null.clone()));
        ScalarValue::iter_to_array(values).ok()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the enumeration is not ours and grows")]
    fn holds(&self, bloom: &Sbbf, column: &Column, value: &ScalarValue) -> Option<bool> {
        let text = match value {
            ScalarValue::Utf8(it) | ScalarValue::Utf8View(it) | ScalarValue::LargeUtf8(it) => {
                it.as_deref()?
            }
            _ => return None,
        };
        // What cannot be the text of such a value is in no segment.
        Some(match column.of {
            Of::Row(_) | Of::Item(_) => bloom.check(text),
            Of::ItemHex(_) => of_hex(text, 16)
                .is_some_and(|it| u64::try_from(it).is_ok_and(|it| bloom.check(&it.cast_signed()))),
            Of::Hex(_) => of_hex(text, 32).is_some_and(|it| bloom.check(&it.to_be_bytes()[..])),
            Of::Uuid(_) | Of::Each(..) | Of::Side => return None,
        })
    }
}

fn of_hex(text: &str, digits: usize) -> Option<u128> {
    let plain = text.len() == digits && text.bytes().all(|it| it.is_ascii_hexdigit());
    plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

/// The least or the greatest value of a row group, as the view shows it. Hexadecimal texts of one length
/// are in the order of their numbers.
fn end(column: &Column, statistics: &Statistics, least: bool) -> Option<ScalarValue> {
    use crate::views::Data;
    let bytes = if least { statistics.min_bytes_opt()? } else { statistics.max_bytes_opt()? };
    let whole = if least { statistics.min_is_exact() } else { statistics.max_is_exact() };
    let number = || -> Option<u64> {
        Some(match bytes.len() {
            4 => u32::from_le_bytes(bytes.try_into().ok()?).into(),
            8 => u64::from_le_bytes(bytes.try_into().ok()?),
            _ => return None,
        })
    };
    let text = |it: String| Some(ScalarValue::Utf8View(Some(it)));
    match (column.of, column.data) {
        (Of::ItemHex(_), _) => text(format!("{:016x}", number()?)),
        (Of::Uuid(_), _) if whole => {
            let bits = u128::from_be_bytes(bytes.try_into().ok()?);
            let hex = format!("{bits:032x}");
            let (a, rest) = hex.split_at_checked(8)?;
            let (b, rest) = rest.split_at_checked(4)?;
            let (c, rest) = rest.split_at_checked(4)?;
            let (d, e) = rest.split_at_checked(4)?;
            text(format!("{a}-{b}-{c}-{d}-{e}"))
        }
        (Of::Hex(_), _) if whole => {
            text(format!("{:032x}", u128::from_be_bytes(bytes.try_into().ok()?)))
        }
        (Of::Row(_) | Of::Item(_), data) => match data {
            Data::Text => text(std::str::from_utf8(bytes).ok()?.to_owned()),
            Data::Time => {
                let zone = Some("UTC".into());
                Some(ScalarValue::TimestampMicrosecond(Some(number()?.cast_signed()), zone))
            }
            Data::U16 => Some(ScalarValue::UInt16(Some(u16::try_from(number()?).ok()?))),
            Data::U32 => Some(ScalarValue::UInt32(Some(u32::try_from(number()?).ok()?))),
            Data::U64 => Some(ScalarValue::UInt64(Some(number()?))),
            Data::I16 | Data::Boolean | Data::Texts => None,
        },
        (Of::Uuid(_) | Of::Hex(_) | Of::Each(..) | Of::Side, _) => None,
    }
}

impl PruningStatistics for Known<'_> {
    fn min_values(&self, column: &Named) -> Option<ArrayRef> {
        self.ends(column, true)
    }

    fn max_values(&self, column: &Named) -> Option<ArrayRef> {
        self.ends(column, false)
    }

    fn num_containers(&self) -> usize {
        self.groups.len()
    }

    fn null_counts(&self, _: &Named) -> Option<ArrayRef> {
        None
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }

    fn contained(&self, named: &Named, values: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        let (column, leaf) = self.leaf(named)?;
        let in_group = |group: &usize| {
            let bloom = self.file.get_row_group_column_bloom_filter(*group, leaf).ok()??;
            let mut none = true;
            for value in values {
                none &= !self.holds(&bloom, column, value)?;
            }
            // A bloom filter knows for certain only what is not there.
            none.then_some(false)
        };
        Some(self.groups.iter().map(in_group).collect())
    }
}
