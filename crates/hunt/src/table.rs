//! The views and other tables, as DataFusion wants them.

use crate::progress::Progress;
use crate::scan::{Reader, Scan, Unit};
use crate::source::{Archive, Held, OtherTable};
use crate::views::View;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue, Statistics};
use datafusion::config::ConfigOptions;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType, col, lit};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_plan::coop::cooperative;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType, SchedulingType};
use datafusion::physical_plan::filter_pushdown::{
    ChildPushdownResult, FilterPushdownPhase, FilterPushdownPropagation,
};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties,
};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

/// Row groups of a segment are read by so many threads.
const PARTS: usize = 2;

/// A view in one hunt.
pub(crate) struct ViewTable {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) held: Arc<Held>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) view: &'static View,
    /// Exchanges that began before this are not there, in microseconds since 1970.
    pub(crate) since_us: Option<u64>,
}

impl fmt::Debug for ViewTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ViewTable({})", self.view.name)
    }
}

impl ViewTable {
    fn since(&self) -> Option<Expr> {
        let since = i64::try_from(self.since_us?).unwrap_or(i64::MAX);
        Some(
            col("time")
                .gt_eq(lit(ScalarValue::TimestampMicrosecond(Some(since), Some("UTC".into())))),
        )
    }

    /// Units for each thread, and how many there are and were ruled out by time.
    fn units(&self, filters: &[Expr], threads: usize) -> Vec<VecDeque<Unit>> {
        let (earliest, latest) = bounds(filters);
        let possible =
            |it: &&crate::source::SegmentInfo| it.max_us >= earliest && it.min_us <= latest;
        let mut segments: Vec<_> = self.held.segments.iter().filter(possible).collect();
        let pruned = (self.held.segments.len() - segments.len()) * PARTS;
        // The newest first: what is asked for is more often there.
        segments.sort_by_key(|it| std::cmp::Reverse((it.max_us, it.number)));
        let segments: Vec<u64> = segments.into_iter().map(|it| it.number).collect();
        let count = (self.held.journal.len() + segments.len() * PARTS) as u64;
        self.progress.expect(count, pruned as u64);
        shared_out(&self.held.journal, &segments, threads)
    }
}

/// What each thread reads: the journal from its end, then segments.
fn shared_out(journal: &[u64], segments: &[u64], threads: usize) -> Vec<VecDeque<Unit>> {
    let places = threads.max(1);
    let mut units = vec![VecDeque::new(); places];
    let mut give = |place: usize, unit| {
        if let Some(of_thread) = units.get_mut(place % places) {
            of_thread.push_back(unit);
        }
    };
    for (n, it) in journal.iter().rev().enumerate() {
        give(n, Unit::Journal(*it));
    }
    for (n, number) in segments.iter().enumerate() {
        // A small segment has one row group, which is in its first part: another thread's each time.
        for nth in 0..PARTS {
            give(n + nth, Unit::Segment { number: *number, nth, of: PARTS });
        }
    }
    units
}

/// Times that `time` is compared with, as far as they are plain.
fn bounds(filters: &[Expr]) -> (u64, u64) {
    use datafusion::logical_expr::{BinaryExpr, Operator};
    let (mut earliest, mut latest) = (0, u64::MAX);
    for filter in filters {
        let Expr::BinaryExpr(BinaryExpr { left, op, right }) = filter else { continue };
        let (Expr::Column(column), Expr::Literal(value, _)) = (left.as_ref(), right.as_ref())
        else {
            continue;
        };
        let ScalarValue::TimestampMicrosecond(Some(at), _) = value else { continue };
        if column.name != "time" {
            continue;
        }
        let at = u64::try_from(*at).unwrap_or(0);
        if matches!(op, Operator::Gt | Operator::GtEq | Operator::Eq) {
            earliest = earliest.max(at);
        }
        if matches!(op, Operator::Lt | Operator::LtEq | Operator::Eq) {
            latest = latest.min(at);
        }
    }
    (earliest, latest)
}

#[async_trait::async_trait]
impl TableProvider for ViewTable {
    fn schema(&self) -> SchemaRef {
        self.view.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = self.view.schema();
        let named = DFSchema::try_from(schema.as_ref().clone())?;
        let mut all: Vec<Expr> = filters.iter().filter(|it| !it.is_volatile()).cloned().collect();
        all.extend(self.since());
        let units = self.units(&all, state.config().target_partitions());
        let physical: Result<Vec<Arc<dyn PhysicalExpr>>> =
            all.into_iter().map(|it| state.create_physical_expr(it, &named)).collect();
        let columns = schema.fields().len();
        let scan = Scan {
            archive: Arc::clone(&self.archive),
            progress: Arc::clone(&self.progress),
            view: self.view,
            wanted: projection.cloned().unwrap_or_else(|| (0..columns).collect()),
            filters: physical?,
        };
        // Of the journal's segments nobody knows; they are few.
        let rows: u64 = self.held.segments.iter().map(|it| it.rows).sum();
        // A message has a dozen places; hits and findings are rare.
        let of_each = if self.view.name == "fields" { 12 } else { 1 };
        let rows = usize::try_from(rows.saturating_mul(of_each)).unwrap_or(usize::MAX);
        Ok(Arc::new(Scanning::of(Arc::new(scan), units, rows)))
    }
}

/// The leaf of a plan: reads a view.
#[derive(Debug)]
pub(crate) struct Scanning {
    scan: Arc<Scan>,
    units: Vec<VecDeque<Unit>>,
    /// How many rows there may be: joins keep the smaller side in memory.
    rows: usize,
    properties: Arc<PlanProperties>,
}

impl Scanning {
    fn of(scan: Arc<Scan>, units: Vec<VecDeque<Unit>>, rows: usize) -> Self {
        let properties = PlanProperties::new(
            EquivalenceProperties::new(scan.schema()),
            Partitioning::UnknownPartitioning(units.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        )
        .with_scheduling_type(SchedulingType::Cooperative);
        Self { scan, units, rows, properties: Arc::new(properties) }
    }
}

impl DisplayAs for Scanning {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let filters: Vec<String> = self.scan.filters.iter().map(ToString::to_string).collect();
        write!(f, "Scanning: view={}, filters=[{}]", self.scan.view.name, filters.join(", "))
    }
}

impl ExecutionPlan for Scanning {
    fn name(&self) -> &'static str {
        "Scanning"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        f: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        for filter in &self.scan.filters {
            if f(filter)? == TreeNodeRecursion::Stop {
                return Ok(TreeNodeRecursion::Stop);
            }
        }
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    /// Takes the filters of joins and sorts, which change while the hunt runs: rows that the other side of
    /// a join lacks, or that are not among the first so many any more, need not be read.
    fn handle_child_pushdown_result(
        &self,
        phase: FilterPushdownPhase,
        asked: ChildPushdownResult,
        _: &ConfigOptions,
    ) -> Result<FilterPushdownPropagation<Arc<dyn ExecutionPlan>>> {
        // Whoever asked checks again.
        let answer = FilterPushdownPropagation::all_unsupported(asked.clone());
        if phase != FilterPushdownPhase::Post {
            return Ok(answer);
        }
        let mut scan = self.scan.as_ref().clone();
        for it in &asked.parent_filters {
            scan = scan.narrowed(&it.filter).unwrap_or(scan);
        }
        let node = Self::of(Arc::new(scan), self.units.clone(), self.rows);
        Ok(answer.with_updated_node(Arc::new(node)))
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        _: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let mut statistics = Statistics::new_unknown(&self.scan.schema());
        statistics.num_rows = Precision::Inexact(self.rows);
        statistics.total_byte_size = Precision::Inexact(self.rows.saturating_mul(64));
        Ok(Arc::new(statistics))
    }

    fn execute(&self, partition: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let units = self.units.get(partition).cloned().unwrap_or_default();
        let reader = Reader::of(Arc::clone(&self.scan), units);
        let stream = RecordBatchStreamAdapter::new(self.scan.schema(), reader);
        Ok(Box::pin(cooperative(stream)))
    }
}

/// A table that is read whole, in one thread.
pub(crate) struct Other {
    pub(crate) table: Arc<dyn OtherTable>,
    pub(crate) progress: Arc<Progress>,
}

impl fmt::Debug for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Other({})", self.table.name())
    }
}

#[async_trait::async_trait]
impl TableProvider for Other {
    fn schema(&self) -> SchemaRef {
        self.table.schema()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    async fn scan(
        &self,
        _: &dyn Session,
        projection: Option<&Vec<usize>>,
        _: &[Expr],
        _: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = match projection {
            Some(columns) => Arc::new(self.table.schema().project(columns)?),
            None => self.table.schema(),
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(1),
            EmissionType::Incremental,
            Boundedness::Bounded,
        )
        .with_scheduling_type(SchedulingType::Cooperative);
        let (table, progress) = (Arc::clone(&self.table), Arc::clone(&self.progress));
        let projection = projection.cloned();
        Ok(Arc::new(Whole { table, progress, projection, properties: Arc::new(properties) }))
    }
}

/// The leaf of a plan: reads a table whole.
struct Whole {
    table: Arc<dyn OtherTable>,
    progress: Arc<Progress>,
    projection: Option<Vec<usize>>,
    properties: Arc<PlanProperties>,
}

impl fmt::Debug for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole({})", self.table.name())
    }
}

impl DisplayAs for Whole {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole: table={}", self.table.name())
    }
}

impl ExecutionPlan for Whole {
    fn name(&self) -> &'static str {
        "Whole"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let rows = self.table.rows().map_err(DataFusionError::IoError)?;
        let (projection, progress) = (self.projection.clone(), Arc::clone(&self.progress));
        let batches = rows.map(move |batch| {
            progress.checked()?;
            let batch = batch.map_err(DataFusionError::IoError)?;
            progress.scanned(batch.num_rows());
            Ok(match &projection {
                Some(columns) => batch.project(columns)?,
                None => batch,
            })
        });
        let stream = futures::stream::iter(batches);
        let stream = RecordBatchStreamAdapter::new(Arc::clone(self.properties.schema()), stream);
        Ok(Box::pin(cooperative(stream)))
    }
}

trait SchemaOf {
    fn schema(&self) -> &SchemaRef;
}

impl SchemaOf for PlanProperties {
    fn schema(&self) -> &SchemaRef {
        self.eq_properties.schema()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn small_segments_keep_all_threads_busy() {
        let segments: Vec<u64> = (0..10).collect();
        for threads in [1, 2, 3] {
            let units = shared_out(&[7, 8], &segments, threads);
            assert_eq!(units.len(), threads);
            let first_parts = |it: &VecDeque<Unit>| {
                it.iter().filter(|it| matches!(it, Unit::Segment { nth: 0, .. })).count()
            };
            let least = units.iter().map(first_parts).min().unwrap();
            assert!(least >= segments.len() / threads, "{units:?}");
            assert_eq!(units.iter().map(VecDeque::len).sum::<usize>(), 2 + 10 * PARTS);
        }
    }
}
