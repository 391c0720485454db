//! The pipeline: one thread that takes what the workers leave, counts it and keeps it.
//!
//! Reads    the recorders of all workers, in batches.
//! Writes   the journal, samples, what the ledger is to keep, and metrics.
//! Memory   one batch a worker, and what ended in the last milliseconds.
//! Misses   what a worker could not leave is counted and written as a gap. Observations reach the
//!          kernel with each batch and the disk within [`SYNC_EVERY`]: `kill -9` loses nothing that
//!          was flushed, a power cut at most the last second. Commitments are on disk before they are
//!          answered. Falling behind costs facts first ([`Level`]), and observations last.

use crate::alerts::AlertsHandle;
use crate::backend::rows;
use crate::in_force::lock;
use crate::inventory::live::Live;
use crate::keeper::Kept;
use crate::ledger::{LedgerHandle, entries};
use crate::metrics::Metrics;
use crate::patches::counts::{self, Counts};
use crate::recent::Recent;
use bartizan_console::backend::Row;
use bartizan_edge::proxy::clock::Clock;
use bartizan_edge::proxy::record::{Recorder, Waiting};
use bartizan_engine::merge::Merge;
use bartizan_engine::step::{Commitment, NotCommitted};
use bartizan_engine::tables::Tables;
#[cfg(doc)]
use bartizan_engine::tables::detail::Level;
use bartizan_model::observation::Observation;
use bartizan_store::evidence::Vault;
use bartizan_store::files::Folder;
use bartizan_store::{Journal, JournalError, Record, RulesRecord};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::broadcast;

/// Time between two looks while there is traffic.
const BATCH_EVERY: Duration = Duration::from_millis(5);
/// How long after its end an exchange may be left by its worker and still find its place in the order.
const LEFT_WITHIN_NS: u64 = 5_000_000;
/// Time after which observations are on disk.
pub const SYNC_EVERY: Duration = Duration::from_secs(1);
/// Exchanges that wait for whoever looks on; beyond it the oldest are skipped.
const LIVE_MAX: usize = 512;
/// Time between two looks at samples that are too old.
const RETAIN_EVERY: Duration = Duration::from_secs(10);
/// Looks without anything new before the thread sleeps until it is woken.
const QUIET_LOOKS: u32 = 40;

/// What the pipeline shares with the rest of the process.
#[derive(Debug)]
pub struct Hub {
    /// Counters.
    pub metrics: Metrics,
    /// What others can verify.
    pub ledger: LedgerHandle,
    /// Who is told.
    pub alerts: AlertsHandle,
    /// The last failure of the journal, until it works again.
    pub journal_fault: Mutex<Option<String>>,
    /// What the keeper of sealed segments tells.
    pub kept: Arc<Kept>,
    /// Endpoints, callers and fields, as far as learnt.
    pub inventory: Arc<Live>,
    /// How often each virtual patch was broken.
    pub(crate) patched: Mutex<Counts>,
    /// What happened lately.
    pub recent: Mutex<Recent>,
    /// Samples that found no room at a worker since the start.
    pub samples_unplaced: AtomicU64,
    /// Who wants to see exchanges as they end.
    pub live: broadcast::Sender<Arc<Row>>,
    stopping: AtomicBool,
    rules: Mutex<Vec<RulesRecord>>,
}

impl Hub {
    /// Without anything counted.
    pub fn new(ledger: LedgerHandle, alerts: AlertsHandle) -> Arc<Self> {
        Arc::new(Self {
            metrics: Metrics::default(),
            ledger,
            alerts,
            journal_fault: Mutex::new(None),
            kept: Arc::default(),
            inventory: Arc::default(),
            patched: Mutex::default(),
            recent: Mutex::default(),
            samples_unplaced: AtomicU64::new(0),
            live: broadcast::channel(LIVE_MAX).0,
            stopping: AtomicBool::new(false),
            rules: Mutex::default(),
        })
    }

    /// Has the rules of a new snapshot written, so that `why` can name them later.
    pub fn announce(&self, rules: RulesRecord) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rules);
    }

    /// The pipeline writes what waits and ends.
    pub fn stop(&self) {
        self.stopping.store(true, Relaxed);
    }
}

/// Starts the thread.
///
/// # Errors
///
/// If the system gives no thread.
pub fn start(
    hub: Arc<Hub>,
    recorders: Vec<Arc<Recorder>>,
    journal: Journal,
    clock: Arc<Clock>,
    tables: Tables,
    vault: Vault<Folder>,
) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("pipeline".to_owned()).spawn(move || {
        recorders.iter().for_each(|it| it.read_by(std::thread::current()));
        let (synced, dirty) = (Instant::now(), false);
        let (unplaced, unwritten, untold) = (0, 0, 0);
        let merge = Merge::default();
        let it = Pipeline {
            hub,
            recorders,
            journal,
            clock,
            tables,
            vault,
            retained: Instant::now(),
            merge,
            unplaced,
            unwritten,
            untold,
            synced,
            dirty,
        };
        it.run();
    })
}

struct Pipeline {
    hub: Arc<Hub>,
    recorders: Vec<Arc<Recorder>>,
    journal: Journal,
    clock: Arc<Clock>,
    tables: Tables,
    vault: Vault<Folder>,
    /// When samples were looked at for ones that are too old.
    retained: Instant,
    merge: Merge,
    /// Observations that found no room at a worker, as far as counted.
    unplaced: u64,
    /// Lost observations of which the journal does not say so yet, and those of which the ledger does
    /// not.
    unwritten: u64,
    untold: u64,
    synced: Instant,
    dirty: bool,
}

impl Pipeline {
    fn run(mut self) {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.keep(&Record::Started { at: self.clock.now(), version });
        let mut waiting = Waiting::default();
        let mut quiet = 0;
        loop {
            let stopping = self.hub.stopping.load(Relaxed);
            let found = self.look(&mut waiting, stopping);
            quiet = if found { 0 } else { quiet + 1 };
            if stopping {
                break;
            }
            self.sleep(quiet);
        }
        self.keep(&Record::Stopped { at: self.clock.now() });
        self.sync();
    }

    /// Takes and handles what there is; whether there was anything.
    fn look(&mut self, waiting: &mut Waiting, is_last: bool) -> bool {
        let mut found = false;
        let announced: Vec<RulesRecord> =
            std::mem::take(&mut *self.hub.rules.lock().unwrap_or_else(PoisonError::into_inner));
        for rules in announced {
            self.keep(&Record::Rules(rules));
            found = true;
        }
        // Whatever ended before this was left before the queues are looked at.
        let mut watermark_ns = self.clock.now().mono_ns.saturating_sub(LEFT_WITHIN_NS);
        let mut longest = 0;
        for recorder in self.recorders.clone() {
            recorder.take(waiting);
            longest = longest.max(waiting.observations.len());
            found |= !waiting.commitments.is_empty();
            self.merge.take(waiting.observations.drain(..));
            self.commit(waiting);
            self.keep_samples(waiting);
        }
        if is_last {
            watermark_ns = u64::MAX;
        }
        let ended: Vec<Box<Observation>> = self.merge.release(watermark_ns).collect();
        found |= !ended.is_empty() || !self.merge.is_empty();
        self.handle(ended);
        self.settle_level(longest);
        self.note_gap();
        if found {
            let flushed = self.journal.flush();
            self.note(flushed);
            self.dirty = true;
        }
        if self.dirty && self.synced.elapsed() >= SYNC_EVERY {
            self.sync();
        }
        found
    }

    /// Writes samples. A disk that takes none stops samples and nothing else.
    fn keep_samples(&mut self, waiting: &mut Waiting) {
        for sample in waiting.samples.drain(..) {
            self.vault.keep(&sample, self.clock.now().wall_us);
            self.dirty = true;
        }
        let unplaced = self.recorders.iter().map(|it| it.samples_lost()).sum();
        self.hub.samples_unplaced.store(unplaced, Relaxed);
        if self.retained.elapsed() >= RETAIN_EVERY {
            self.retained = Instant::now();
            self.vault.retain(self.clock.now().wall_us);
        }
    }

    /// Records less of each exchange while the queues of the workers are long.
    fn settle_level(&self, waiting: usize) {
        let places = self.recorders.first().map_or(usize::MAX, |it| it.places());
        let detail = self.tables.detail();
        detail.set(detail.level().next(waiting, places));
        self.hub.metrics.late(self.merge.late());
    }

    #[expect(clippy::vec_box, reason = "they come so, and are handed on one by one")]
    fn handle(&mut self, ended: Vec<Box<Observation>>) {
        let decided = ended.iter().flat_map(|it| entries::decisions(it));
        self.hub.ledger.record_all(decided);
        self.hub.alerts.observe(ended.iter().map(|it| &**it));
        for observation in ended {
            self.hub.metrics.observe(&observation);
            counts::count(&self.hub.patched, &observation);
            self.show(&observation);
            let record = Record::Observation(*observation);
            if !self.keep(&record) {
                self.lose(1);
            }
            if let Record::Observation(observation) = record {
                self.hub.inventory.offer(observation);
            }
        }
    }

    fn commit(&mut self, waiting: &mut Waiting) {
        if waiting.commitments.is_empty() {
            return;
        }
        let mut kept = true;
        for (commitment, _) in &waiting.commitments {
            let record = match *commitment {
                Commitment::Intent { id, at, endpoint } => Record::Intent { id, at, endpoint },
                Commitment::Result { id, at, status } => Record::Answered { id, at, status },
            };
            kept &= self.keep(&record);
        }
        kept &= self.sync();
        for (_, answer) in waiting.commitments.drain(..) {
            // An exchange that was cancelled meanwhile waits for no answer.
            answer.send(if kept { Ok(()) } else { Err(NotCommitted) }).ok();
        }
    }

    /// Counts it for the overview, and shows it to whoever looks on.
    fn show(&self, it: &Observation) {
        lock(&self.hub.recent).observe(it);
        if self.hub.live.receiver_count() > 0 {
            let row = Row {
                id: it.id.to_string(),
                outcome: it.outcome.name(),
                codes: it.hits.iter().map(|it| it.code.name()).collect(),
                json: Value::from(rows::row(it)).to_string(),
            };
            // Nobody looks on any more: that is no failure.
            self.hub.live.send(Arc::new(row)).ok();
        }
    }

    /// Counts what found no room at a worker, and writes all that was lost as a gap as soon as the
    /// journal takes it.
    fn note_gap(&mut self) {
        let unplaced: u64 = self.recorders.iter().map(|it| it.lost()).sum();
        let more = unplaced.saturating_sub(self.unplaced);
        self.lose(more);
        // What the journal alone lost did reach the ledger.
        self.untold += more;
        self.unplaced = unplaced;
        if self.unwritten > 0 {
            self.hub.ledger.lose(std::mem::take(&mut self.untold));
            let gap = Record::Gap { at: self.clock.now(), lost: self.unwritten };
            if self.keep(&gap) {
                self.unwritten = 0;
            }
        }
    }

    fn lose(&mut self, count: u64) {
        if count > 0 {
            lock(&self.hub.recent).gap(self.clock.now().wall_us, count);
            self.hub.alerts.gap();
        }
        self.hub.metrics.lost(count);
        self.unwritten = self.unwritten.saturating_add(count);
    }

    fn keep(&mut self, record: &Record) -> bool {
        let kept = self.journal.append(record);
        self.note(kept)
    }

    /// After a failure it is tried again every [`SYNC_EVERY`], whether anything comes or not: whoever is
    /// not ready is sent nothing.
    fn sync(&mut self) -> bool {
        self.synced = Instant::now();
        let synced = self.journal.sync();
        self.vault.sync(self.clock.now().wall_us);
        let is_synced = self.note(synced);
        self.dirty = !is_synced;
        if is_synced {
            *lock(&self.hub.journal_fault) = None;
        }
        is_synced
    }

    /// Makes a failure of the journal visible: metric, status, readiness. Only what reaches the disk ends
    /// it: what memory took says nothing of the disk.
    fn note(&self, result: Result<(), JournalError>) -> bool {
        match result {
            Ok(()) => true,
            Err(error) => {
                self.hub.metrics.journal_error();
                *lock(&self.hub.journal_fault) = Some(error.to_string());
                false
            }
        }
    }

    fn sleep(&self, quiet: u32) {
        if quiet < QUIET_LOOKS || self.dirty {
            std::thread::park_timeout(BATCH_EVERY);
            return;
        }
        self.recorders.iter().for_each(|it| it.about_to_sleep());
        // Whoever left something before this look is seen by it; whoever leaves something after
        // it wakes the thread.
        if self.recorders.iter().all(|it| it.is_empty()) {
            std::thread::park_timeout(Duration::from_millis(500));
        }
    }
}
