//! Reads a view: which parts of which segments, in what order, and how rows become those of the view.
//!
//! Reads    segments whose time and statistics do not rule them out; the journal behind them.
//! Memory   for each thread: the pages and dictionaries of the columns that are asked for, and a batch.
//! Errors   the archive's, as DataFusion's. A segment that was dropped since is passed over and counted.
//! Misses   filters on what is computed (ids as text) rule out segments, but rows only afterwards.

use crate::progress::Progress;
use crate::prune::{Parts, parts};
use crate::source::{Archive, Chunks, Filler};
use crate::views::{Column, Of, View};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, ListArray, RecordBatch,
    RecordBatchOptions, StringViewBuilder, UInt32Array,
};
use datafusion::arrow::compute::{and, filter, filter_record_batch, take};
use datafusion::arrow::datatypes::{Field, Schema, SchemaRef, UInt64Type};
use datafusion::arrow::error::ArrowError;
use datafusion::common::{DataFusionError, Result};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::utils::{collect_columns, reassign_expr_columns};
use datafusion::physical_expr_common::physical_expr::snapshot_physical_expr;
use futures::Stream;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowPredicate, ArrowPredicateFn, ArrowReaderMetadata, ArrowReaderOptions,
    ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowFilter,
};
use parquet::errors::ParquetError;
use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Rows that are read at once.
const BATCH_ROWS: usize = 32_768;

/// One part of what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Every `of`-th row group of a sealed segment, from `nth` on.
    Segment { number: u64, nth: usize, of: usize },
    /// A segment of the journal.
    Journal(u64),
}

/// What a scan of a view is to give.
#[derive(Clone)]
pub(crate) struct Scan {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) view: &'static View,
    /// Positions of the columns that are asked for.
    pub(crate) wanted: Vec<usize>,
    /// What must hold; over the view's schema. Whoever asked checks again. Some change while the hunt runs:
    /// joins and sorts learn what they can still use.
    pub(crate) filters: Vec<Arc<dyn PhysicalExpr>>,
}

impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scan({})", self.view.name)
    }
}

/// Where a filter can be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// On columns of the segment as they are.
    Rows,
    /// On parts of the items as they are.
    Items,
    /// Not before the view's columns are computed.
    After,
}

impl Scan {
    /// The schema of what it gives.
    pub(crate) fn schema(&self) -> SchemaRef {
        let schema = self.view.schema();
        let fields: Vec<_> =
            self.wanted.iter().filter_map(|it| schema.fields().get(*it).cloned()).collect();
        Arc::new(Schema::new(fields))
    }

    /// The same with another filter, if that is one over columns of the view.
    pub(crate) fn narrowed(&self, filter: &Arc<dyn PhysicalExpr>) -> Option<Self> {
        let filter = reassign_expr_columns(Arc::clone(filter), &self.view.schema()).ok()?;
        let mut scan = self.clone();
        scan.filters.push(filter);
        Some(scan)
    }

    /// The same with its filters as they are at this moment.
    fn at_this_moment(&self) -> Result<Self> {
        let mut scan = self.clone();
        for filter in &mut scan.filters {
            *filter = snapshot_physical_expr(Arc::clone(filter))?;
        }
        Ok(scan)
    }

    fn column(&self, name: &str) -> Option<&'static Column> {
        self.view.columns.iter().find(|it| it.name == name)
    }

    fn stage(&self, filter: &Arc<dyn PhysicalExpr>) -> Stage {
        let mut stages = collect_columns(filter).into_iter().map(|it| {
            match self.column(it.name()).map(|it| it.of) {
                Some(Of::Row(_)) => Stage::Rows,
                Some(Of::Item(_)) => Stage::Items,
                Some(Of::Uuid(_) | Of::Hex(_) | Of::Each(..) | Of::ItemHex(_) | Of::Side)
                | None => Stage::After,
            }
        });
        let first = stages.next().unwrap_or(Stage::After);
        if stages.all(|it| it == first) { first } else { Stage::After }
    }

    fn filters_at(&self, stage: Stage) -> Vec<Arc<dyn PhysicalExpr>> {
        self.filters.iter().filter(|it| self.stage(it) == stage).cloned().collect()
    }

    /// What the filters of a stage read, by the names of the view.
    fn read_by(&self, stage: Stage) -> BTreeSet<&'static str> {
        let columns = |it: &Arc<dyn PhysicalExpr>| {
            collect_columns(it).into_iter().filter_map(|it| Some(self.column(it.name())?.name))
        };
        self.filters_at(stage).iter().flat_map(|it| columns(it).collect::<Vec<_>>()).collect()
    }

    fn wanted_columns(&self) -> impl Iterator<Item = &'static Column> + '_ {
        self.wanted.iter().filter_map(|it| self.view.columns.get(*it))
    }

    /// Paths in the Parquet schema that are to be read for the view, with the items of `list`.
    fn paths(&self, list: Option<&str>) -> Vec<String> {
        let items = self.read_by(Stage::Items);
        let filtered = items.iter().filter_map(|it| self.column(it));
        let mut paths = BTreeSet::new();
        for column in self.wanted_columns().chain(filtered) {
            match (column.of, list) {
                (Of::Row(name) | Of::Uuid(name) | Of::Hex(name), _) => {
                    paths.insert(name.to_owned());
                }
                (Of::Each(list, part), _) => {
                    paths.insert(format!("{list}.list.item.{part}"));
                }
                (Of::Item(part) | Of::ItemHex(part), Some(list)) => {
                    paths.insert(format!("{list}.list.item.{part}"));
                }
                (Of::Item(_) | Of::ItemHex(_), None) | (Of::Side, _) => {}
            }
        }
        if let Some(list) = list
            && !paths.iter().any(|it| it.starts_with(&format!("{list}.")))
        {
            // How many items there are can be seen from any of their parts.
            paths.insert(format!("{list}.list.item.{}", counted_by(list)));
        }
        paths.into_iter().collect()
    }

    /// Lists that are read, each with its side; one `None` if the view is of exchanges. A side that the
    /// filters rule out is not read.
    fn lists(&self) -> Vec<Option<(&'static str, &'static str)>> {
        if self.view.lists.is_empty() {
            return vec![None];
        }
        self.view.lists.iter().copied().filter(|it| self.admits_side(it.1)).map(Some).collect()
    }

    fn admits_side(&self, side: &str) -> bool {
        let Some(column) = self.view.columns.iter().find(|it| it.of == Of::Side) else {
            return true;
        };
        let mut value = StringViewBuilder::new();
        value.append_value(side);
        let fields = vec![Field::new(column.name, column.data.arrow(), false)];
        let schema = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(value.finish())]);
        let Ok(batch) = batch else { return true };
        self.filters.iter().all(|it| {
            let columns = collect_columns(it);
            let of_side = !columns.is_empty() && columns.iter().all(|it| it.name() == column.name);
            !of_side || matches(it, &schema, &batch).map_or(true, |it| it.true_count() > 0)
        })
    }

    /// What rows must pass, the cheapest first.
    fn predicates(
        &self,
        builder: &Builder,
        list: Option<&'static str>,
        filler: Option<&Filler>,
    ) -> Vec<Box<dyn ArrowPredicate>> {
        let filters = self.filters_at(Stage::Rows);
        let mut predicates: Vec<Box<dyn ArrowPredicate>> = Vec::new();
        // Few exchanges have hits or findings: the columns of the others need not be read.
        if let Some(list) = list.filter(|it| !it.ends_with("_facts")) {
            let path = format!("{list}.list.item.{}", counted_by(list));
            let mask = ProjectionMask::columns(builder.parquet_schema(), [path.as_str()]);
            predicates.push(Box::new(ArrowPredicateFn::new(mask, move |batch: RecordBatch| {
                let lists = batch.column_by_name(list).and_then(|it| it.as_list_opt::<i32>());
                let lists = lists.ok_or_else(|| to_arrow(missing(list)))?;
                let ends = lists.value_offsets().windows(2);
                Ok(ends.map(|it| Some(it.first() != it.last())).collect())
            })));
        }
        let predicate = |filter: Arc<dyn PhysicalExpr>| -> Box<dyn ArrowPredicate> {
            let names: Vec<&'static str> = collect_columns(&filter)
                .into_iter()
                .filter_map(|it| stored(self.column(it.name())?))
                .collect();
            let mask = ProjectionMask::columns(builder.parquet_schema(), names);
            let scan = self.view;
            let filler = filler.cloned();
            let held = move |batch: RecordBatch| {
                let batch = filled(batch, filler.as_ref())?;
                let named = renamed(scan, &batch).map_err(to_arrow)?;
                matches(&filter, &named.schema(), &named).map_err(to_arrow)
            };
            Box::new(ArrowPredicateFn::new(mask, held))
        };
        predicates.extend(filters.into_iter().map(predicate));
        predicates
    }

    /// Opens part of a segment; `None` if it was dropped, or nothing of it can match.
    fn open(&self, number: u64, nth: usize, of: usize) -> Result<Option<Vec<Reading>>> {
        let readable = match self.archive.segment(number) {
            Ok(Some(readable)) => Chunks(readable),
            Ok(None) => {
                self.progress.gone();
                return Ok(None);
            }
            Err(error) => return Err(DataFusionError::IoError(error)),
        };
        let options = ArrowReaderOptions::new();
        let metadata = ArrowReaderMetadata::load(&readable, options).map_err(of_parquet)?;
        let mut readings = Vec::new();
        for list in self.lists() {
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
                readable.clone(),
                metadata.clone(),
            );
            let Parts { groups, pruned } =
                parts(&builder, self.view, list.map(|it| it.0), &self.filters, nth, of)?;
            self.progress.pruned_groups(pruned);
            if groups.is_empty() {
                continue;
            }
            let paths = self.paths(list.map(|it| it.0));
            let mask =
                ProjectionMask::columns(builder.parquet_schema(), paths.iter().map(String::as_str));
            let filler = self.filler(&builder, &paths);
            let predicates = self.predicates(&builder, list.map(|it| it.0), filler.as_ref());
            // What does not pass the first filter may never be read of the other columns.
            let first = predicates.first().map_or(&mask, |it| it.projection());
            will_need(&readable, &builder, &groups, first);
            let builder = builder
                .with_row_groups(groups)
                .with_projection(mask)
                .with_batch_size(BATCH_ROWS)
                .with_row_filter(RowFilter::new(predicates));
            let rows = builder.build().map_err(of_parquet)?;
            readings.push(Reading { rows: Rows::Sealed(rows, filler), list });
        }
        if readings.is_empty() {
            self.progress.pruned_part();
            return Ok(None);
        }
        Ok(Some(readings))
    }

    /// What fills in these paths and what the filters read, if the file lacks any of them.
    fn filler(&self, file: &Builder, paths: &[String]) -> Option<Filler> {
        let has = |path: &str| {
            let mut columns = file.parquet_schema().columns().iter().map(|it| it.path().string());
            columns.any(|it| {
                it.strip_prefix(path).is_some_and(|it| it.is_empty() || it.starts_with('.'))
            })
        };
        let filtered = self.read_by(Stage::Rows).into_iter();
        let mut filtered = filtered.filter_map(|it| stored(self.column(it)?));
        let has_all = paths.iter().all(|it| has(it)) && filtered.all(has);
        (!has_all).then(|| self.archive.filler(file.schema()))?
    }

    fn journal(&self, number: u64) -> Result<Vec<Reading>> {
        let rows = self.archive.journal(number).map_err(DataFusionError::IoError)?;
        Ok(vec![Reading { rows: Rows::Journal(rows), list: None }])
    }

    /// The rows of the view that a batch of the segment, or of the journal, holds.
    fn view_of(&self, batch: &RecordBatch, list: Option<(&str, &str)>) -> Result<RecordBatch> {
        match list {
            None => self.shown(batch, None, batch.num_rows()),
            Some((list, side)) => {
                let (rows, items) = self.items(batch, list)?;
                let Some(items) = items else { return self.shown(batch, None, 0) };
                let row_columns = self.taken(batch, &rows)?;
                self.shown(&row_columns, Some((&items, side)), rows.len())
            }
        }
    }

    /// Which row each item is of, and the items that pass the filters.
    fn items(&self, batch: &RecordBatch, list: &str) -> Result<(UInt32Array, Option<RecordBatch>)> {
        let lists = batch.column_by_name(list).and_then(|it| it.as_list_opt::<i32>());
        let lists: &ListArray = lists.ok_or_else(|| missing(list))?;
        let items = lists.values().as_struct_opt().ok_or_else(|| missing(list))?;
        let offsets = lists.value_offsets();
        let start = offsets.first().and_then(|it| usize::try_from(*it).ok()).unwrap_or(0);
        let end = offsets.last().and_then(|it| usize::try_from(*it).ok()).unwrap_or(0);
        let mut rows = Vec::with_capacity(end - start);
        for (row, ends) in (0_u32..).zip(offsets.windows(2)) {
            if let [from, to] = ends {
                rows.extend(std::iter::repeat_n(row, usize::try_from(to - from).unwrap_or(0)));
            }
        }
        let rows = UInt32Array::from(rows);
        if rows.is_empty() {
            return Ok((rows, None));
        }
        let items = RecordBatch::from(items.slice(start, end - start));
        let mut kept: Option<BooleanArray> = None;
        for it in self.filters_at(Stage::Items) {
            let held = matches(&it, &items.schema(), &items)?;
            kept = Some(match kept {
                Some(before) => and(&before, &held)?,
                None => held,
            });
        }
        match kept {
            None => Ok((rows, Some(items))),
            Some(kept) if kept.true_count() == 0 => {
                Ok((UInt32Array::from(Vec::<u32>::new()), None))
            }
            Some(kept) => {
                let rows = filter(&rows, &kept)?;
                let rows = rows.as_primitive().clone();
                Ok((rows, Some(filter_record_batch(&items, &kept)?)))
            }
        }
    }

    /// The columns of the exchanges that the view wants, once for each item.
    fn taken(&self, batch: &RecordBatch, rows: &UInt32Array) -> Result<RecordBatch> {
        let names: BTreeSet<&str> = self.wanted_columns().filter_map(stored).collect();
        let mut fields = Vec::new();
        let mut columns: Vec<ArrayRef> = Vec::new();
        for name in names {
            let column = batch.column_by_name(name).ok_or_else(|| missing(name))?;
            fields.push(Field::new(name, column.data_type().clone(), true));
            columns.push(take(column, rows, None)?);
        }
        with_rows(fields, columns, rows.len())
    }

    /// The columns that are wanted, computed.
    fn shown(
        &self,
        rows: &RecordBatch,
        items: Option<(&RecordBatch, &str)>,
        count: usize,
    ) -> Result<RecordBatch> {
        let schema = self.schema();
        let mut columns = Vec::with_capacity(self.wanted.len());
        if count == 0 {
            return Ok(RecordBatch::new_empty(schema));
        }
        for column in self.wanted_columns() {
            let row = |name: &str| rows.column_by_name(name).ok_or_else(|| missing(name));
            let item = |name: &str| {
                items.and_then(|it| it.0.column_by_name(name)).ok_or_else(|| missing(name))
            };
            columns.push(match column.of {
                Of::Row(name) => Arc::clone(row(name)?),
                Of::Uuid(name) => ids(row(name)?, &[8, 4, 4, 4, 12])?,
                Of::Hex(name) => ids(row(name)?, &[32])?,
                Of::Each(list, part) => each(row(list)?, part)?,
                Of::Item(name) => Arc::clone(item(name)?),
                Of::ItemHex(name) => hashes(item(name)?)?,
                Of::Side => side(items.map_or("", |it| it.1), count),
            });
        }
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)
    }

    /// A batch of the journal has all columns and has met no filter yet.
    fn of_journal(&self, batch: RecordBatch) -> Result<Vec<RecordBatch>> {
        let mut batch = batch;
        let named = renamed(self.view, &batch)?;
        let mut kept: Option<BooleanArray> = None;
        for it in self.filters_at(Stage::Rows) {
            let held = matches(&it, &named.schema(), &named)?;
            kept = Some(match kept {
                Some(before) => and(&before, &held)?,
                None => held,
            });
        }
        if let Some(kept) = kept {
            batch = filter_record_batch(&batch, &kept)?;
        }
        self.lists().into_iter().map(|list| self.view_of(&batch, list)).collect()
    }
}

type Builder = ParquetRecordBatchReaderBuilder<Chunks>;

/// The batch with the columns that its file lacks.
fn filled(batch: RecordBatch, filler: Option<&Filler>) -> Result<RecordBatch, ArrowError> {
    match filler {
        Some(fill) => fill(&batch),
        None => Ok(batch),
    }
}

/// Has columns of row groups fetched.
fn will_need(from: &Chunks, file: &Builder, groups: &[usize], columns: &ProjectionMask) {
    for group in groups {
        let all = file.metadata().row_group(*group).columns().iter().enumerate();
        for (_, column) in all.filter(|it| columns.leaf_included(it.0)) {
            let (start, length) = column.byte_range();
            from.0.will_need(start, length);
        }
    }
}

/// A part of the items of a list that is cheap to read.
fn counted_by(list: &str) -> &'static str {
    if list == "hits" { "margin" } else { "score" }
}

/// The column of the segment that a column of the view is made of.
fn stored(column: &Column) -> Option<&'static str> {
    match column.of {
        Of::Row(name) | Of::Uuid(name) | Of::Hex(name) => Some(name),
        Of::Each(..) | Of::Item(_) | Of::ItemHex(_) | Of::Side => None,
    }
}

fn missing(column: &str) -> DataFusionError {
    DataFusionError::Execution(format!("column `{column}` is missing in a segment"))
}

fn of_parquet(error: ParquetError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

fn to_arrow(error: DataFusionError) -> ArrowError {
    ArrowError::ExternalError(Box::new(error))
}

fn with_rows(fields: Vec<Field>, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)?)
}

/// The columns of a segment under the names of the view.
fn renamed(view: &View, batch: &RecordBatch) -> Result<RecordBatch> {
    let (mut fields, mut columns) = (Vec::new(), Vec::new());
    for column in view.columns {
        if let Of::Row(name) = column.of
            && let Some(values) = batch.column_by_name(name)
        {
            fields.push(Field::new(column.name, values.data_type().clone(), true));
            columns.push(Arc::clone(values));
        }
    }
    with_rows(fields, columns, batch.num_rows())
}

/// For which rows of `batch` a filter holds.
fn matches(
    filter: &Arc<dyn PhysicalExpr>,
    schema: &SchemaRef,
    batch: &RecordBatch,
) -> Result<BooleanArray> {
    let filter = reassign_expr_columns(Arc::clone(filter), schema)?;
    let values = filter.evaluate(batch)?.into_array(batch.num_rows())?;
    let held = values.as_boolean_opt().ok_or_else(|| missing("filter"))?;
    // What is unknown does not pass.
    Ok(match held.nulls() {
        None => held.clone(),
        Some(nulls) => BooleanArray::new(held.values() & nulls.inner(), None),
    })
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

fn digit(n: u8) -> u8 {
    DIGITS.get(usize::from(n & 15)).copied().unwrap_or(b'0')
}

/// 16 bytes as hexadecimal digits in groups of these lengths.
fn ids(values: &ArrayRef, groups: &[usize]) -> Result<ArrayRef> {
    let values: &FixedSizeBinaryArray =
        values.as_fixed_size_binary_opt().ok_or_else(|| missing("id"))?;
    let mut out = StringViewBuilder::with_capacity(values.len()).with_fixed_block_size(512 * 1_024);
    let mut text = [b'-'; 40];
    for row in 0..values.len() {
        if values.is_null(row) {
            out.append_null();
            continue;
        }
        let mut nibbles = values.value(row).iter().flat_map(|it| [it >> 4, it & 15]);
        let mut at = text.iter_mut();
        let mut length = 0;
        for (n, group) in groups.iter().enumerate() {
            if n > 0 {
                at.next();
                length += 1;
            }
            for (to, nibble) in at.by_ref().take(*group).zip(nibbles.by_ref()) {
                *to = digit(nibble);
            }
            length += group;
        }
        let shown = text.get(..length).and_then(|it| std::str::from_utf8(it).ok());
        out.append_value(shown.unwrap_or_default());
    }
    Ok(Arc::new(out.finish()))
}

fn hashes(values: &ArrayRef) -> Result<ArrayRef> {
    let values = values.as_primitive_opt::<UInt64Type>().ok_or_else(|| missing("value"))?;
    let mut out = StringViewBuilder::with_capacity(values.len()).with_fixed_block_size(512 * 1_024);
    for value in values.values() {
        let mut text = [b'0'; 16];
        for (to, byte) in text.chunks_mut(2).zip(value.to_be_bytes()) {
            if let [high, low] = to {
                (*high, *low) = (digit(byte >> 4), digit(byte));
            }
        }
        out.append_value(std::str::from_utf8(&text).unwrap_or_default());
    }
    Ok(Arc::new(out.finish()))
}

fn each(list: &ArrayRef, part: &str) -> Result<ArrayRef> {
    let list = list.as_list_opt::<i32>().ok_or_else(|| missing(part))?;
    let items = list.values().as_struct_opt().ok_or_else(|| missing(part))?;
    let values = items.column_by_name(part).ok_or_else(|| missing(part))?;
    let field = Arc::new(Field::new("item", values.data_type().clone(), false));
    Ok(Arc::new(ListArray::try_new(field, list.offsets().clone(), Arc::clone(values), None)?))
}

fn side(side: &str, count: usize) -> ArrayRef {
    let mut out = StringViewBuilder::with_capacity(count);
    (0..count).for_each(|_| out.append_value(side));
    Arc::new(out.finish())
}

enum Rows {
    Sealed(ParquetRecordBatchReader, Option<Filler>),
    Journal(crate::source::Batches),
}

struct Reading {
    rows: Rows,
    list: Option<(&'static str, &'static str)>,
}

/// The rows of a view, of some units.
pub(crate) struct Reader {
    scan: Arc<Scan>,
    /// As it was when the unit was opened that is being read.
    opened: Arc<Scan>,
    units: VecDeque<Unit>,
    readings: VecDeque<Reading>,
    ready: VecDeque<RecordBatch>,
    begun: Option<Unit>,
}

impl Reader {
    pub(crate) fn of(scan: Arc<Scan>, units: VecDeque<Unit>) -> Self {
        let opened = Arc::clone(&scan);
        Self { scan, opened, units, readings: VecDeque::new(), ready: VecDeque::new(), begun: None }
    }

    fn advance(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                if batch.num_rows() > 0 {
                    return Ok(Some(batch));
                }
                continue;
            }
            self.scan.progress.checked()?;
            let Some(reading) = self.readings.front_mut() else {
                if self.begun.take().is_some() {
                    self.scan.progress.done();
                }
                let Some(unit) = self.units.pop_front() else { return Ok(None) };
                self.begun = Some(unit);
                self.opened = Arc::new(self.scan.at_this_moment()?);
                match unit {
                    Unit::Segment { number, nth, of } => {
                        let readings = self.opened.open(number, nth, of)?;
                        self.readings.extend(readings.unwrap_or_default());
                    }
                    Unit::Journal(number) => self.readings.extend(self.opened.journal(number)?),
                }
                continue;
            };
            match &mut reading.rows {
                Rows::Sealed(rows, filler) => match rows.next() {
                    Some(batch) => {
                        let batch = filled(batch?, filler.as_ref())?;
                        self.scan.progress.scanned(batch.num_rows());
                        let shown = self.opened.view_of(&batch, reading.list)?;
                        self.ready.push_back(shown);
                    }
                    None => drop(self.readings.pop_front()),
                },
                Rows::Journal(rows) => match rows.next() {
                    Some(batch) => {
                        let batch = batch.map_err(DataFusionError::IoError)?;
                        self.scan.progress.scanned(batch.num_rows());
                        self.ready.extend(self.opened.of_journal(batch)?);
                    }
                    None => drop(self.readings.pop_front()),
                },
            }
        }
    }
}

impl Stream for Reader {
    type Item = Result<RecordBatch>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.get_mut().advance().transpose())
    }
}
