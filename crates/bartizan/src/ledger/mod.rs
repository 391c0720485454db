//! The ledger of an instance: what it was told to remember in a form that others can verify.
//!
//! Reads    entries that the other parts hand over ([`LedgerHandle`]); at the start the signing key and
//!          the checkpoints that are kept outside.
//! Writes   the directory `ledger` in the data directory, `ledger.vkey` beside it, and the file of
//!          checkpoints outside.
//! Memory   at most `QUEUE_MAX` entries on their way, and `WAITING_MAX` that the disk did not take yet;
//!          further ones are counted, and the count becomes an entry.
//! Errors   [`StartFault`]: the instance does not start. Later faults are shown by `status`, metrics,
//!          readiness and the log, and what waits is tried again.
//! Misses   an entry that is handed over is durable a moment later, unless its writer waits
//!          ([`LedgerHandle::commit`]); a kill in between loses it.

pub mod command;
pub mod entries;
mod keeper;
pub mod key;
pub mod retained;
pub mod show;

use crate::config::Settings;
use crate::log::Event;
use bartizan_edge::proxy::clock::Clock;
use bartizan_ledger::checkpoint::Checkpoint;
use bartizan_ledger::entry::{Entry, What};
use bartizan_ledger::note::VerifyingKey;
use bartizan_ledger::tree;
use bartizan_store::files::Folder;
use bartizan_store::ledger::{Anchors, LedgerError, Log, Options, Reader};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Name of the ledger's directory in the data directory.
pub const LEDGER: &str = "ledger";
/// Entries that wait for the thread.
const QUEUE_MAX: usize = 65_536;
/// Entries that wait for a checkpoint.
const WAITING_MAX: usize = 65_536;
/// Bytes of the file of entries that wait, from which on it is begun anew.
const PENDING_BYTES_MAX: u64 = 1024 * 1024;
/// Events that wait to be logged.
const EVENTS_MAX: usize = 64;
/// How long somebody waits for an entry to be durable.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why an instance does not start because of its ledger.
#[derive(Debug)]
pub enum StartFault {
    /// The signing key cannot be had.
    Key(key::KeyProblem),
    /// The ledger cannot be opened.
    Log(LedgerError),
    /// The checkpoints outside cannot be read.
    Checkpoints(PathBuf, io::Error),
    /// The ledger has fewer entries than a checkpoint that was kept outside.
    Shorter {
        /// Entries.
        size: u64,
        /// Entries of that checkpoint.
        retained: u64,
    },
    /// The ledger is not the one that a checkpoint outside was signed for.
    Other {
        /// Entries of that checkpoint.
        retained: u64,
    },
    /// The system gives no thread.
    Thread(io::Error),
}

impl fmt::Display for StartFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MEND: &str = "see `bartizan ledger verify`; restore it, or move `ledger` and `ledger.key` \
             away to begin another one";
        match self {
            Self::Key(problem) => write!(f, "the signing key of the ledger: {problem}"),
            Self::Log(error) => write!(f, "{error}; {MEND}"),
            Self::Checkpoints(path, error) => {
                write!(f, "the checkpoints in `{}` cannot be read: {error}", path.display())
            }
            Self::Shorter { size, retained } => write!(
                f,
                "the ledger has {size} entries, and a checkpoint of {retained} was kept outside; {MEND}"
            ),
            Self::Other { retained } => write!(
                f,
                "the ledger is not the one that the checkpoint of {retained} entries was signed for; \
                 {MEND}"
            ),
            Self::Thread(error) => write!(f, "the ledger has no thread: {error}"),
        }
    }
}

impl std::error::Error for StartFault {}

/// Why an entry is not in the ledger, as far as its writer knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRecorded {
    /// Too many wait.
    Full,
    /// The disk does not take it yet; it will be tried again.
    Fault(String),
    /// The instance is stopping.
    Stopping,
}

impl fmt::Display for NotRecorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("too many entries wait for the ledger"),
            Self::Fault(why) => f.write_str(why),
            Self::Stopping => f.write_str("the ledger is closed"),
        }
    }
}

impl std::error::Error for NotRecorded {}

/// How the ledger stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Entries that are on disk.
    pub size: u64,
    /// Entries under the newest checkpoint.
    pub signed: u64,
    /// The newest checkpoint, a signed note; empty if there is none yet.
    pub checkpoint: String,
    /// Entries under the newest checkpoint that left the directory.
    pub anchored: u64,
    /// Entries that found no room.
    pub lost: u64,
    /// Writes that failed.
    pub errors: u64,
    /// Why the ledger cannot be written, until it can.
    pub fault: Option<String>,
    /// Why checkpoints cannot be kept outside, until they can.
    pub unkept: Option<String>,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Waiting>,
    lost: u64,
    stopping: bool,
}

#[derive(Debug)]
struct Waiting {
    entry: Vec<u8>,
    answer: Option<SyncSender<Result<u64, NotRecorded>>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    standing: Mutex<Standing>,
    events: Mutex<VecDeque<Event>>,
    dir: PathBuf,
    keys: Vec<VerifyingKey>,
}

/// The way to the ledger of a running instance; its clones lead to the same one.
#[derive(Clone, Debug)]
pub struct LedgerHandle(Arc<Shared>);

impl LedgerHandle {
    /// Has an entry recorded. `false` if there is no room: that is counted, and recorded later.
    pub fn record(&self, entry: &Entry) -> bool {
        self.record_all(std::iter::once(entry.encode())) == 0
    }

    /// Has encoded entries recorded; returns how many found no room.
    pub fn record_all(&self, entries: impl Iterator<Item = Vec<u8>>) -> u64 {
        let mut lost = 0;
        let mut queue = lock(&self.0.queue);
        let was_empty = queue.entries.is_empty();
        for entry in entries {
            if queue.entries.len() < QUEUE_MAX {
                queue.entries.push_back(Waiting { entry, answer: None });
            } else {
                lost += 1;
            }
        }
        queue.lost = queue.lost.saturating_add(lost);
        let wakes = was_empty && !queue.entries.is_empty();
        drop(queue);
        if wakes {
            self.0.arrived.notify_one();
        }
        lost
    }

    /// Has an entry recorded, and waits until it is on disk. Returns its number.
    ///
    /// # Errors
    ///
    /// [`NotRecorded`]. After [`NotRecorded::Fault`] it may be recorded all the same.
    pub fn commit(&self, entry: &Entry) -> Result<u64, NotRecorded> {
        let (answer, answered) = sync_channel(1);
        {
            let mut queue = lock(&self.0.queue);
            if queue.stopping {
                return Err(NotRecorded::Stopping);
            }
            if queue.entries.len() >= QUEUE_MAX {
                return Err(NotRecorded::Full);
            }
            let (entry, answer) = (entry.encode(), Some(answer));
            queue.entries.push_back(Waiting { entry, answer });
        }
        self.0.arrived.notify_one();
        let late = || NotRecorded::Fault("the disk takes too long".to_owned());
        answered.recv_timeout(PATIENCE).unwrap_or_else(|_| Err(late()))
    }

    /// Counts what other parts lost before it became an entry.
    pub fn lose(&self, count: u64) {
        let mut queue = lock(&self.0.queue);
        queue.lost = queue.lost.saturating_add(count);
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        lock(&self.0.standing).clone()
    }

    /// For reading entries, proofs and checkpoints, and for verifying, from what is on disk.
    pub fn reader(&self) -> Reader<Folder> {
        Reader::at(Folder::at(&self.0.dir))
    }

    /// The keys that its checkpoints are signed with: the first one now, the others before.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.0.keys
    }

    /// What is to be logged since the last time.
    pub fn take_events(&self) -> Vec<Event> {
        lock(&self.0.events).drain(..).collect()
    }
}

/// The thread that keeps the ledger.
#[derive(Debug)]
pub struct Keeping {
    handle: LedgerHandle,
    thread: JoinHandle<()>,
}

impl Keeping {
    /// The way to it.
    pub fn handle(&self) -> LedgerHandle {
        self.handle.clone()
    }

    /// Everything handed over so far is put under a checkpoint, which leaves the directory.
    pub fn stop(self) {
        lock(&self.handle.0.queue).stopping = true;
        self.handle.0.arrived.notify_one();
        drop(self.thread.join());
    }
}

/// Opens the ledger of the data directory `dir` and starts its thread. The lock of the journal in the
/// same directory must be held.
///
/// # Errors
///
/// [`StartFault`].
pub fn start(dir: &Path, settings: &Settings, clock: Arc<Clock>) -> Result<Keeping, StartFault> {
    let (signing, before) =
        key::read_or_make(dir, settings.ledger.key.as_ref()).map_err(StartFault::Key)?;
    let keys = [std::slice::from_ref(signing.verifying()), &before].concat();
    let options = Options { waiting_max: WAITING_MAX, pending_bytes_max: PENDING_BYTES_MAX };
    let (folder, now) = (Folder::at(&dir.join(LEDGER)), clock.now().wall_us);
    let path = checkpoints(dir, settings);
    let outside = retained::Place::of(&path);
    let newest = newest(&outside, &keys).map_err(|it| StartFault::Checkpoints(path.clone(), it))?;
    let (mut log, recovery) =
        Log::open(folder.clone(), signing, &before, options, now).map_err(StartFault::Log)?;
    if let Some(checkpoint) = &newest {
        fits(&folder, &keys, recovery.size, checkpoint)?;
    }
    if log.checkpoint().1.is_empty() {
        // Whoever verifies a log that has no checkpoint cannot tell it from one that was robbed of it. A
        // disk that refuses is told by the thread, which tries again.
        drop(log.seal());
    }
    let standing = Standing {
        size: recovery.size,
        signed: log.checkpoint().0.size,
        checkpoint: log.checkpoint().1.to_owned(),
        anchored: newest.map_or(0, |it| it.head.size),
        ..Standing::default()
    };
    let shared = Arc::new(Shared {
        queue: Mutex::default(),
        arrived: Condvar::new(),
        standing: Mutex::new(standing),
        events: Mutex::default(),
        dir: dir.join(LEDGER),
        keys,
    });
    let anchors = Anchors::of(outside.folder, &outside.name);
    let handle = LedgerHandle(Arc::clone(&shared));
    handle.record(&Entry { at_us: now, what: What::Started { version: entries::version() } });
    let keeper = keeper::Keeper::new(shared, log, anchors, path, clock);
    let builder = std::thread::Builder::new().name("ledger".to_owned());
    let thread = builder.spawn(move || keeper.run()).map_err(StartFault::Thread)?;
    Ok(Keeping { handle, thread })
}

/// Where checkpoints are kept outside the data directory.
pub fn checkpoints(dir: &Path, settings: &Settings) -> PathBuf {
    settings.ledger.checkpoints.clone().unwrap_or_else(|| beside(dir))
}

/// The file beside a data directory.
pub fn beside(dir: &Path) -> PathBuf {
    let named = dir.file_name().map(|_| dir.to_owned());
    let whole = named.or_else(|| dir.canonicalize().ok()).unwrap_or_else(|| dir.to_owned());
    let mut name = whole.file_name().unwrap_or(LEDGER.as_ref()).to_owned();
    name.push(".checkpoints");
    whole.with_file_name(name)
}

/// The checkpoint outside with most entries that one of these keys signed.
fn newest(place: &retained::Place, keys: &[VerifyingKey]) -> io::Result<Option<Checkpoint>> {
    let notes = place.read(retained::BYTES_AT_START)?.notes;
    let signed = notes.iter().rev().filter_map(|it| Checkpoint::verified(it.as_bytes(), keys).ok());
    // The file is only appended to: among the last ones is the largest, whatever stands before.
    Ok(signed.take(1_000).max_by_key(|it| it.head.size))
}

/// Whether the log continues the one that a checkpoint was signed for.
fn fits(
    folder: &Folder,
    keys: &[VerifyingKey],
    size: u64,
    checkpoint: &Checkpoint,
) -> Result<(), StartFault> {
    let retained = checkpoint.head.size;
    if retained > size {
        return Err(StartFault::Shorter { size, retained });
    }
    if retained == 0 {
        return Ok(());
    }
    let mut reader = Reader::at(folder.clone());
    reader.checkpoint(keys).map_err(StartFault::Log)?;
    let root = tree::root_between(&mut reader, 0, retained).map_err(StartFault::Log)?;
    if root == checkpoint.head.root { Ok(()) } else { Err(StartFault::Other { retained }) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
