//! Alerts: what happens here, told to those who do not look.
//!
//! Reads    what the pipeline and the log see, the targets of the configuration, the silences of operators.
//! Writes   the spool in the directory `alerts` of the data directory, and `silences.json` beside it; files
//!          that targets name; entries of the ledger for silences and tests.
//! Memory   at most `INCOMING_MAX` occurrences that nobody looked at, `KEYS_MAX` windows, and the spool. An
//!          occurrence without room is counted: nobody who serves clients waits for any of this.
//! Errors   a target that fails is tried again, at most every five minutes, for as long as the spool has room;
//!          [`TestFault`] and [`Problem`] for operators.
//! Misses   what happened in the last moments before a kill and is not in the spool yet. While no target is
//!          configured nothing is kept.

pub mod command;
mod keeper;
mod occurrences;
mod sheet;
mod shelf;
pub(crate) mod targets;

use crate::config;
use crate::log::Event;
use crate::show;
use bartizan_connect::alert::{Alert, Condition, Occurrence};
use bartizan_connect::dedup::{Dedup, Limits};
use bartizan_connect::deliver::{Fault, Receipt, Source};
use bartizan_connect::silence::{Silence, SilenceFault, Silences};
use bartizan_connect::spool::Spool;
use bartizan_connect::syslog::Sender;
use bartizan_console::problem::Problem;
use bartizan_edge::proxy::clock::Clock;
use bartizan_model::observation::Observation;
use bartizan_store::document;
use bartizan_store::files::Folder;
use occurrences::Seen;
use serde_json::{Value, json};
use shelf::SpoolFile;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use targets::Target;
use tokio::sync::{Notify, watch};

/// Name and version of the JSON form of `bartizan alerts test`.
pub const SCHEMA: &str = "bartizan.alerts/v1";
/// Name of the directory in the data directory.
pub const ALERTS: &str = "alerts";
/// Name of the document of silences in the data directory.
const SILENCES: &str = "silences.json";
/// Occurrences that nobody looked at yet.
const INCOMING_MAX: usize = 4_096;
/// Windows that are remembered.
const KEYS_MAX: usize = 4_096;
/// Alerts of one code in a window.
const TOLD_MAX: u32 = 100;
/// Events that wait to be logged.
const EVENTS_MAX: usize = 64;
/// Tests at once.
const TESTS_MAX: usize = 4;
/// What a test may take longer than its target.
const TEST_PATIENCE: Duration = Duration::from_secs(2);

/// Why a test has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestFault {
    /// There is no target of this name.
    NoTarget,
    /// Others are being tested.
    Busy,
    /// The system gives no randomness, or the instance is stopping.
    Gone,
}

impl fmt::Display for TestFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTarget => "there is no target of this name",
            Self::Busy => "other tests are running: try again",
            Self::Gone => "no alert can be sent now",
        })
    }
}

impl std::error::Error for TestFault {}

/// What a test came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// Whether the target has it, as far as it says.
    pub delivered: bool,
    /// What it said, and in what time.
    pub detail: String,
}

/// How a target stands.
#[derive(Clone, Debug, Default)]
struct Standing {
    sent: u64,
    fault: Option<String>,
    /// A fault was logged, and its end was not.
    is_told: bool,
    told_us: u64,
}

struct Test {
    target: Arc<Target>,
    alert: Alert,
    answer: SyncSender<Result<(Receipt, Duration), Fault>>,
}

/// What is under one lock: nobody holds it while anything is sent.
struct State {
    spool: Spool<SpoolFile<Folder>>,
    dedup: Dedup,
    silences: Silences,
    standings: BTreeMap<Arc<str>, Standing>,
    targets: Vec<Arc<Target>>,
    /// Which targets these are: one more with each change.
    generation: u64,
    is_unkept_told: bool,
}

#[derive(Debug, Default)]
struct Counts {
    lost: AtomicU64,
    sent: AtomicU64,
    failures: AtomicU64,
    rejected: AtomicU64,
    suppressed: AtomicU64,
    silenced: AtomicU64,
}

/// Counts for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Occurrences that found no room.
    pub lost: u64,
    /// Deliveries that succeeded.
    pub sent: u64,
    /// Deliveries that failed.
    pub failures: u64,
    /// Alerts that a target did not want.
    pub rejected: u64,
    /// Occurrences that an alert of the same stood for.
    pub suppressed: u64,
    /// Occurrences that were silent.
    pub silenced: u64,
    /// Alerts that the spool had no room for.
    pub dropped: u64,
    /// Alerts in the spool.
    pub spooled: u64,
    /// Targets whose last delivery failed.
    pub failing: u64,
}

struct Shared {
    is_on: AtomicBool,
    incoming: Mutex<VecDeque<Seen>>,
    state: Mutex<State>,
    tests: Mutex<Vec<Test>>,
    events: Mutex<VecDeque<Event>>,
    counts: Counts,
    /// Something came in, or is to be done.
    woken: Notify,
    /// There is something new in the spool.
    spooled: watch::Sender<u64>,
    stopping: AtomicBool,
    dir: Folder,
    from: Source,
    clock: Arc<Clock>,
}

/// The way to the alerts of a running instance; its clones lead to the same ones.
#[derive(Clone)]
pub struct AlertsHandle(Arc<Shared>);

impl fmt::Debug for AlertsHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlertsHandle").finish_non_exhaustive()
    }
}

/// The thread that sends them.
#[derive(Debug)]
pub(crate) struct Sending {
    handle: AlertsHandle,
    thread: JoinHandle<()>,
}

impl Sending {
    pub(crate) fn handle(&self) -> AlertsHandle {
        self.handle.clone()
    }

    /// What came in so far is in the spool; what is there is sent after the next start.
    pub(crate) fn stop(self) {
        self.handle.0.stopping.store(true, Relaxed);
        self.handle.0.woken.notify_one();
        drop(self.thread.join());
    }
}

/// Opens the spool of the data directory `dir` and starts the thread. `name` is the instance's.
pub(crate) fn start(
    dir: &Path,
    settings: &config::Alerts,
    targets: Vec<Arc<Target>>,
    name: String,
    clock: Arc<Clock>,
) -> io::Result<Sending> {
    let folder = Folder::at(&dir.join(ALERTS));
    let silences = document::read(&Folder::at(dir), SILENCES).ok().flatten();
    let silences = silences.and_then(|it| Silences::of_document(&it).ok()).unwrap_or_default();
    let state = State {
        spool: Spool::open(SpoolFile::in_folder(folder), settings.spool_bytes_max),
        dedup: Dedup::new(limits(settings)),
        silences,
        standings: BTreeMap::new(),
        targets: Vec::new(),
        generation: 0,
        is_unkept_told: false,
    };
    let from = Source { name, sender: Sender { host: host(), process: std::process::id() } };
    let handle = AlertsHandle(Arc::new(Shared {
        is_on: AtomicBool::new(false),
        incoming: Mutex::default(),
        state: Mutex::new(state),
        tests: Mutex::default(),
        events: Mutex::default(),
        counts: Counts::default(),
        woken: Notify::new(),
        spooled: watch::Sender::new(0),
        stopping: AtomicBool::new(false),
        dir: Folder::at(dir),
        from,
        clock,
    }));
    handle.configure(settings, targets);
    let shared = Arc::clone(&handle.0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let thread = std::thread::Builder::new().name("alerts".to_owned()).spawn(move || {
        runtime.block_on(keeper::run(shared));
        // A name that is still being resolved holds up no stop.
        runtime.shutdown_background();
    })?;
    Ok(Sending { handle, thread })
}

/// The name of the machine; empty if nobody says it. A service that sees only processes in `/proc` still
/// sees the file.
fn host() -> String {
    let read = |path: &&str| std::fs::read_to_string(path).ok();
    ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(read).unwrap_or_default()
}

fn limits(settings: &config::Alerts) -> Limits {
    let window_us = settings.dedup_window_ms.saturating_mul(1_000);
    Limits { window_us, keys_max: KEYS_MAX, told_max: TOLD_MAX }
}

impl AlertsHandle {
    /// Other targets and bounds from now on.
    pub(crate) fn configure(&self, settings: &config::Alerts, targets: Vec<Arc<Target>>) {
        let mut state = self.0.state();
        let wanted: Vec<_> = targets.iter().map(|it| (it.name.to_string(), it.least)).collect();
        // An instance that alerts nobody leaves no file behind.
        if !wanted.is_empty() || !state.targets.is_empty() || !state.spool.is_empty() {
            state.spool.serve(&wanted);
        }
        state.spool.limit(settings.spool_bytes_max);
        state.dedup.limit(limits(settings));
        state.standings.retain(|name, _| targets.iter().any(|it| it.name == *name));
        self.0.is_on.store(!targets.is_empty(), Relaxed);
        state.targets = targets;
        state.generation += 1;
        drop(state);
        self.0.woken.notify_one();
    }

    /// Takes what is to be told of exchanges. Waits for nothing but a short lock.
    pub(crate) fn observe<'a>(&self, all: impl Iterator<Item = &'a Observation>) {
        if self.0.is_on.load(Relaxed) {
            self.leave(all.flat_map(occurrences::of_exchange));
        }
    }

    /// Takes what is to be told of an event.
    pub(crate) fn event(&self, event: &Event) {
        self.leave(occurrences::of_event(self.now_us(), event).into_iter());
    }

    /// Observations were lost.
    pub(crate) fn gap(&self) {
        self.leave(std::iter::once(occurrences::gap(self.now_us())));
    }

    /// A verification of the ledger found faults.
    pub(crate) fn unverified(&self) {
        self.leave(std::iter::once(occurrences::unverified(self.now_us())));
    }

    fn leave(&self, all: impl Iterator<Item = Seen>) {
        if !self.0.is_on.load(Relaxed) {
            return;
        }
        let mut incoming = None;
        for it in all {
            // Most batches hold nothing to tell and take no lock.
            let incoming = incoming.get_or_insert_with(|| lock(&self.0.incoming));
            if incoming.len() < INCOMING_MAX {
                incoming.push_back(it);
            } else {
                self.0.counts.lost.fetch_add(1, Relaxed);
            }
        }
        if incoming.is_some() {
            drop(incoming);
            self.0.woken.notify_one();
        }
    }

    fn now_us(&self) -> u64 {
        self.0.clock.now().wall_us
    }

    /// What is to be logged since the last time.
    pub(crate) fn take_events(&self) -> Vec<Event> {
        lock(&self.0.events).drain(..).collect()
    }

    /// The names of all targets.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.state().targets.iter().map(|it| it.name.to_string()).collect()
    }

    /// Sends a test alert to one target, past silences and spool, and waits for what comes of it.
    pub(crate) fn test(&self, name: &str) -> Result<Tested, TestFault> {
        let found = self.0.state().targets.iter().find(|it| *it.name == *name).cloned();
        let target = found.ok_or(TestFault::NoTarget)?;
        let what =
            Occurrence::of_condition(self.now_us(), Condition::Test, "somebody tests alerts");
        let alert = Alert { id: random().ok_or(TestFault::Gone)?, what, suppressed: 0 };
        let (answer, answered) = sync_channel(1);
        let patience = target.timeout + TEST_PATIENCE;
        {
            let mut tests = lock(&self.0.tests);
            if self.0.stopping.load(Relaxed) {
                return Err(TestFault::Gone);
            }
            if tests.len() >= TESTS_MAX {
                return Err(TestFault::Busy);
            }
            tests.push(Test { target, alert, answer });
        }
        self.0.woken.notify_one();
        match answered.recv_timeout(patience) {
            Ok(Ok((receipt, took))) => {
                let detail = format!("{receipt} in {} ms", took.as_millis());
                Ok(Tested { delivered: true, detail })
            }
            Ok(Err(fault)) => Ok(Tested { delivered: false, detail: fault.to_string() }),
            Err(_) => Err(TestFault::Gone),
        }
    }

    /// Begins a silence.
    pub(crate) fn silence(&self, wanted: (&str, u64, &str), by: &str) -> Result<Silence, Problem> {
        let now_us = self.now_us();
        self.change_silences(|all| {
            all.add(wanted, by, now_us).map_err(|it| match it {
                SilenceFault::Code | SilenceFault::Minutes | SilenceFault::Reason => {
                    Problem::Invalid(it.to_string())
                }
                SilenceFault::TooMany => Problem::Conflict(it.to_string()),
            })
        })
    }

    /// Lifts one.
    pub(crate) fn lift(&self, id: &str) -> Result<Silence, Problem> {
        self.change_silences(|all| all.remove(id).ok_or(Problem::NotFound))
    }

    /// Kept first, then in force.
    fn change_silences<T>(
        &self,
        change: impl FnOnce(&mut Silences) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut state = self.0.state();
        let mut changed = state.silences.clone();
        let result = change(&mut changed)?;
        document::replace(&self.0.dir, SILENCES, &changed.document())
            .map_err(|error| Problem::Unavailable(format!("it cannot be kept: {error}")))?;
        state.silences = changed;
        Ok(result)
    }

    /// For the overview; null where there are no targets.
    pub(crate) fn counts(&self) -> Value {
        let state = self.0.state();
        if state.targets.is_empty() {
            return Value::Null;
        }
        json!({
            "targets": state.targets.len(),
            "failing": state.failing(),
            "spooled": state.spool.len(),
        })
    }

    /// For `status`.
    pub(crate) fn status(&self) -> Value {
        let mut all = self.counts();
        let fault = self.0.state().spool.fault().map(str::to_owned);
        if let Some(members) = all.as_object_mut() {
            let figures = self.figures();
            members.insert("lost".to_owned(), figures.lost.into());
            members.insert("dropped".to_owned(), figures.dropped.into());
            members.insert("fault".to_owned(), fault.into());
        }
        all
    }

    /// Targets and silences, for the console.
    pub(crate) fn shown(&self) -> Value {
        let now_us = self.now_us();
        let state = self.0.state();
        let targets = state.targets.iter().map(|it| {
            let standing = state.standings.get(&it.name).cloned().unwrap_or_default();
            json!({
                "name": &*it.name,
                "kind": it.kind.name(),
                "to": it.to,
                "state": standing.name(),
                "last_error": standing.fault,
                "sent": standing.sent,
                "spooled": state.spool.count(&it.name),
            })
        });
        let targets: Vec<Value> = targets.collect();
        let silences: Vec<Value> = state.silences.running(now_us).map(shown).collect();
        json!({ "targets": targets, "silences": silences })
    }

    /// Counts since the start.
    pub(crate) fn figures(&self) -> Figures {
        let Counts { lost, sent, failures, rejected, suppressed, silenced } = &self.0.counts;
        let state = self.0.state();
        let read = |it: &AtomicU64| it.load(Relaxed);
        Figures {
            lost: read(lost).saturating_add(state.dedup.forgotten()),
            sent: read(sent),
            failures: read(failures),
            rejected: read(rejected),
            suppressed: read(suppressed),
            silenced: read(silenced),
            dropped: state.spool.dropped(),
            spooled: state.spool.len() as u64,
            failing: state.failing() as u64,
        }
    }
}

/// A silence as the API tells it.
pub(crate) fn shown(it: &Silence) -> Value {
    json!({
        "id": it.id,
        "code": it.code,
        "until": show::timestamp(it.until_us),
        "reason": it.reason,
        "by": it.by,
    })
}

impl Standing {
    fn name(&self) -> &'static str {
        match (&self.fault, self.sent) {
            (Some(_), _) => "failing",
            (None, 0) => "idle",
            (None, _) => "well",
        }
    }
}

impl State {
    fn failing(&self) -> usize {
        self.standings.values().filter(|it| it.fault.is_some()).count()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn tell(&self, event: Event) {
        let mut events = lock(&self.events);
        if events.len() >= EVENTS_MAX {
            events.pop_front();
        }
        events.push_back(event);
    }
}

/// An id for an alert.
fn random() -> Option<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(u128::from_be_bytes(bytes))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
