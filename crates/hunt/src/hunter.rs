//! Asks a question and gives the answer piece by piece.
//!
//! Reads    an [`Archive`], beside whoever writes it.
//! Memory   `memory_bytes_max` for the operators; beside it 320 MiB for the pages that are read and for what
//!          operators do not tell, watched by the resident memory of the process; four pieces of the answer.
//! Errors   [`HuntError`]. None of them harms the archive or another hunt.
//! Misses   a thread that is within one batch notices the end of its time only behind it.

use crate::answer::{AnswerColumn, Done, Piece, kind, rows};
use crate::guard::{self, Refusal};
use crate::memory::Pool;
use crate::progress::Progress;
use crate::source::{Archive, OtherTable};
use crate::table::{Other, ViewTable};
use crate::views::VIEWS;
use datafusion::common::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::object_store::ObjectStore;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// Pieces of an answer that wait for whoever reads it.
const PIECES_MAX: usize = 4;
/// What reading may take beside the operators: pages, dictionaries, batches on their way.
const READING_BYTES_MAX: usize = 320 * 1024 * 1024;
/// Rows of one piece.
const PIECE_ROWS: usize = 1_024;
/// Time between two pieces that say how far it is.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);
/// How long behind its time an answer is still waited for.
const GRACE: Duration = Duration::from_millis(500);
/// Deep questions need deep stacks: the length of a question bounds how deep.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Bounds of one hunt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rows that are given; further ones are not even computed where that can be helped.
    pub rows_max: u64,
    /// How long it may take.
    pub time_max: Duration,
    /// Bytes that its operators may hold.
    pub memory_bytes_max: usize,
    /// Exchanges that began before this do not exist for it, in microseconds since 1970.
    pub since_us: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows_max: 10_000,
            time_max: Duration::from_secs(60),
            memory_bytes_max: 384 * 1024 * 1024,
            since_us: None,
        }
    }
}

/// Why a hunt gives no answer, or no whole one.
#[derive(Debug)]
pub enum HuntError {
    /// What is kept cannot be read.
    Archive(io::Error),
    /// The system gives no threads.
    System(io::Error),
    /// It is not asked.
    Refused(Refusal),
    /// The question is malformed, or names what does not exist.
    Question(String),
    /// It took longer than it may.
    TooLong(Duration),
    /// It needed more memory than it may.
    TooMuch(usize),
    /// Whoever asked has had enough.
    Cancelled,
    /// It failed while it ran.
    Failed(String),
}

impl fmt::Display for HuntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive(error) => write!(f, "what is kept cannot be read: {error}"),
            Self::System(error) => write!(f, "the hunt cannot start: {error}"),
            Self::Refused(refusal) => write!(f, "{refusal}"),
            Self::Question(why) => write!(f, "the question is not understood: {why}"),
            Self::TooLong(time) => write!(
                f,
                "the hunt took longer than {} s: ask for less time (--since) or give it more (--timeout)",
                time.as_secs()
            ),
            Self::TooMuch(bytes) => write!(
                f,
                "the hunt needs more than {} MiB: group by less, or ask for less time (--since)",
                bytes >> 20
            ),
            Self::Cancelled => f.write_str("the hunt was cancelled"),
            Self::Failed(why) => write!(f, "the hunt failed: {why}"),
        }
    }
}

impl std::error::Error for HuntError {}

/// Knows no store: nothing outside of the views can be read.
#[derive(Debug)]
struct NoStores;

impl ObjectStoreRegistry for NoStores {
    fn register_store(
        &self,
        _: &url::Url,
        _: Arc<dyn ObjectStore>,
    ) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, _: &url::Url) -> datafusion::common::Result<Arc<dyn ObjectStore>> {
        Err(DataFusionError::Plan("only the views can be read".to_owned()))
    }
}

/// Asks questions of one archive.
pub struct Hunter {
    archive: Arc<dyn Archive>,
    others: Vec<Arc<dyn OtherTable>>,
    runtime: Option<Runtime>,
    threads: usize,
}

impl fmt::Debug for Hunter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hunter({} threads)", self.threads)
    }
}

impl Drop for Hunter {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Nobody waits for what a cancelled hunt still does.
            runtime.shutdown_background();
        }
    }
}

impl Hunter {
    /// Asks `archive`, with so many threads; `others` are tables beside the views.
    ///
    /// # Errors
    ///
    /// [`HuntError::System`].
    pub fn new(
        archive: Arc<dyn Archive>,
        others: Vec<Arc<dyn OtherTable>>,
        threads: usize,
    ) -> Result<Self, HuntError> {
        let threads = threads.clamp(1, 16);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .max_blocking_threads(1)
            .thread_name("hunt")
            .thread_stack_size(STACK_BYTES)
            .enable_time()
            .build()
            .map_err(HuntError::System)?;
        Ok(Self { archive, others, runtime: Some(runtime), threads })
    }

    /// Asks a question.
    ///
    /// # Errors
    ///
    /// [`HuntError::Archive`] and [`HuntError::System`]; all others come with the answer.
    pub fn hunt(&self, sql: &str, limits: Limits) -> Result<Hunting, HuntError> {
        let begun = Instant::now();
        let held = Arc::new(self.archive.held().map_err(HuntError::Archive)?);
        let more_max = limits.memory_bytes_max.saturating_add(READING_BYTES_MAX) as u64;
        let progress = Arc::new(Progress::watching(more_max));
        let pool = Arc::new(Pool::new(limits.memory_bytes_max));
        let context =
            context(Arc::clone(&pool), self.threads).map_err(|error| failed(&error, &limits))?;
        for view in VIEWS {
            let table = ViewTable {
                archive: Arc::clone(&self.archive),
                held: Arc::clone(&held),
                progress: Arc::clone(&progress),
                view,
                since_us: limits.since_us,
            };
            let added = context.register_table(view.name, Arc::new(table));
            added.map_err(|error| failed(&error, &limits))?;
        }
        for table in &self.others {
            let (table, progress) = (Arc::clone(table), Arc::clone(&progress));
            let added = context.register_table(table.name(), Arc::new(Other { table, progress }));
            added.map_err(|error| failed(&error, &limits))?;
        }
        let (sender, pieces) = sync_channel(PIECES_MAX);
        let Some(runtime) = &self.runtime else { return Err(HuntError::Cancelled) };
        let handle = runtime.handle().clone();
        let course =
            Course { context, sender, progress: Arc::clone(&progress), pool, limits, begun };
        let sql = sql.to_owned();
        let thread = std::thread::Builder::new().name("hunt".to_owned()).stack_size(STACK_BYTES);
        let run = move || {
            let sender = course.sender.clone();
            if let Err(error) = handle.block_on(course.run(&sql)) {
                // Whoever asked may be gone.
                sender.send(Err(error)).ok();
            }
        };
        drop(thread.spawn(run).map_err(HuntError::System)?);
        let until = begun + limits.time_max + GRACE;
        Ok(Hunting { pieces, progress, until, limits, ended: false })
    }
}

fn context(pool: Arc<Pool>, threads: usize) -> datafusion::common::Result<SessionContext> {
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(pool)
        .with_disk_manager_builder(
            DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled),
        )
        .with_object_store_registry(Arc::new(NoStores))
        .build_arc()?;
    let config = SessionConfig::new()
        .with_target_partitions(threads)
        .with_information_schema(false)
        .with_create_default_catalog_and_schema(true);
    let context = SessionContext::new_with_config_rt(config, runtime);
    guard::disarm(&context);
    Ok(context)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the enumeration is not ours and grows")]
fn failed(error: &DataFusionError, limits: &Limits) -> HuntError {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => HuntError::TooMuch(limits.memory_bytes_max),
        DataFusionError::IoError(error) => {
            HuntError::Archive(io::Error::new(error.kind(), error.to_string()))
        }
        other => HuntError::Failed(first_line(&other.to_string())),
    }
}

/// The first line of a message: the rest is advice for programmers.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(600).collect()
}

/// What is wrong with a question, in words of the views.
fn plain(error: &DataFusionError) -> String {
    let text = first_line(&error.to_string());
    let text = text.strip_prefix("Error during planning: ").unwrap_or(&text);
    text.replace("datafusion.public.", "")
}

/// One hunt, on its thread.
struct Course {
    context: SessionContext,
    sender: SyncSender<Result<Piece, HuntError>>,
    progress: Arc<Progress>,
    pool: Arc<Pool>,
    limits: Limits,
    begun: Instant,
}

impl Course {
    async fn run(&self, sql: &str) -> Result<(), HuntError> {
        let question = |error: DataFusionError| HuntError::Question(plain(&error));
        let statement = guard::parsed(sql).map_err(question)?.map_err(HuntError::Refused)?;
        let state = self.context.state();
        let plan = state.statement_to_plan(statement).await.map_err(question)?;
        if let Some(refusal) = guard::admits(&plan).map_err(question)? {
            return Err(HuntError::Refused(refusal));
        }
        let failed = |error: &DataFusionError| failed(error, &self.limits);
        let plan = state.create_physical_plan(&plan).await.map_err(question)?;
        let columns = plan.schema();
        let named = columns.fields().iter().map(|it| {
            let (name, kind) = (it.name().clone(), kind(it.data_type()));
            AnswerColumn { name, kind }
        });
        self.give(Piece::Columns(named.collect()))?;

        let mut stream = execute_stream(plan, self.context.task_ctx()).map_err(|it| failed(&it))?;
        let until = tokio::time::Instant::from_std(self.begun + self.limits.time_max);
        let mut looks = tokio::time::interval(PROGRESS_EVERY);
        looks.tick().await;
        let (mut given, mut truncated) = (0, false);
        loop {
            let batch = tokio::select! {
                biased;
                () = tokio::time::sleep_until(until) => {
                    self.progress.stop();
                    return Err(HuntError::TooLong(self.limits.time_max));
                }
                _ = looks.tick() => {
                    self.progress.wanted().map_err(|()| HuntError::Cancelled)?;
                    self.give(Piece::Progress(self.progress.now()))?;
                    continue;
                }
                batch = stream.next() => batch,
            };
            let Some(batch) = batch else { break };
            let batch = batch.map_err(|it| failed(&it))?;
            let mut at = 0;
            while at < batch.num_rows() && !truncated {
                let room = self.limits.rows_max.saturating_sub(given);
                let room = usize::try_from(room).unwrap_or(usize::MAX).min(PIECE_ROWS);
                let part = batch.slice(at, PIECE_ROWS.min(batch.num_rows() - at));
                let rows = rows(&part, room);
                truncated = rows.len() < part.num_rows();
                at += part.num_rows();
                given += rows.len() as u64;
                if !rows.is_empty() {
                    self.give(Piece::Rows(rows))?;
                }
            }
            if truncated {
                break;
            }
        }
        // Threads that read ahead have no one to read for any more.
        self.progress.stop();
        let done = Done {
            rows: given,
            truncated,
            elapsed: self.begun.elapsed(),
            memory_peak: self.pool.peak() as u64,
            scanned: self.progress.now(),
        };
        self.give(Piece::Done(done))
    }

    fn give(&self, piece: Piece) -> Result<(), HuntError> {
        self.sender.send(Ok(piece)).map_err(|_| {
            self.progress.stop();
            HuntError::Cancelled
        })
    }
}

/// An answer that is coming. Dropping it cancels the hunt.
#[derive(Debug)]
pub struct Hunting {
    pieces: Receiver<Result<Piece, HuntError>>,
    progress: Arc<Progress>,
    until: Instant,
    limits: Limits,
    ended: bool,
}

impl Hunting {
    /// Something that cancels the hunt from another thread.
    pub fn canceller(&self) -> Canceller {
        Canceller(Arc::clone(&self.progress))
    }
}

impl Iterator for Hunting {
    type Item = Result<Piece, HuntError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let left = self.until.saturating_duration_since(Instant::now());
        let piece = match self.pieces.recv_timeout(left) {
            Ok(piece) => piece,
            Err(RecvTimeoutError::Timeout) => Err(HuntError::TooLong(self.limits.time_max)),
            Err(RecvTimeoutError::Disconnected) => {
                Err(HuntError::Failed("its thread ended".to_owned()))
            }
        };
        self.ended = matches!(piece, Err(_) | Ok(Piece::Done(_)));
        Some(piece)
    }
}

impl Drop for Hunting {
    fn drop(&mut self) {
        self.progress.stop();
    }
}

/// Cancels a hunt.
#[derive(Clone, Debug)]
pub struct Canceller(Arc<Progress>);

impl Canceller {
    /// Cancels it.
    pub fn cancel(&self) {
        self.0.stop();
    }
}
