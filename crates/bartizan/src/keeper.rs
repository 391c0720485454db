//! The keeper: one thread that seals what the journal has closed, merges small segments, and drops what
//! is too old or too much.
//!
//! Reads    the journal's directory; the key of the segments.
//! Writes   the directory of the segments.
//! Memory   what one segment takes to be written: some tens of MiB, whatever the traffic.
//! Errors   are shown in status, metrics, log and readiness, and tried again; the journal goes on all the
//!          same.
//! Misses   threads have no priority of their own here: the keeper rests as long as it works, unless the
//!          journal is about to drop what is not sealed.

use crate::config::Store;
use crate::config::secret::{Reference, SecretFault};
use crate::instance::JOURNAL;
use crate::wall::now_us;
use bartizan_store::disk::{Directory, Disk};
use bartizan_store::document;
use bartizan_store::files::Folder;
use bartizan_store::segments::archive::{Archive, ArchiveError, Bounds, Forecast};
use bartizan_store::segments::key::{KEY_BYTES, KeyRing, MasterKey, NotAKey};
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Name of the directory of segments in the data directory.
pub const SEGMENTS: &str = "segments";
/// Name of the key in the data directory, where none is configured.
pub const KEY_FILE: &str = "segment.key";
/// Closed segments of the journal from which on the keeper does not rest.
const BEHIND: usize = 8;
/// The longest rest between two pieces of work.
const REST_MAX: Duration = Duration::from_millis(200);

/// What the keeper tells of itself.
#[derive(Debug, Default)]
pub struct Kept {
    /// What failed last, until it works again.
    pub fault: Mutex<Option<String>>,
    forecast: Mutex<Forecast>,
    /// Failures since the start.
    pub errors: AtomicU64,
    /// Rows that were sealed since the start.
    pub rows: AtomicU64,
    /// Segments that were dropped since the start, by age or size.
    pub dropped: AtomicU64,
    /// Segments and records of the journal that could not be read when they were sealed.
    pub damaged: AtomicU64,
    /// Closed segments of the journal that are not sealed yet.
    pub waiting: AtomicU64,
}

impl Kept {
    /// How much is kept, and how long it will last.
    pub fn forecast(&self) -> Forecast {
        *self.forecast.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why the keeper cannot begin.
#[derive(Debug)]
pub enum KeeperError {
    /// A configured key cannot be read.
    Secret(SecretFault),
    /// It, or the file in the data directory, is no key.
    Key(NotAKey),
    /// The file of the key cannot be read or made.
    File(PathBuf, io::Error),
    /// The key file is missing, but segments are there that were encrypted under it.
    KeyLost(PathBuf),
    /// The archive cannot be opened.
    Archive(ArchiveError),
    /// The system gives no thread.
    System(io::Error),
}

impl fmt::Display for KeeperError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Secret(fault) => write!(f, "the key of the segments: {fault}"),
            Self::Key(fault) => write!(f, "{fault}"),
            Self::File(path, error) => write!(f, "cannot use `{}`: {error}", path.display()),
            Self::KeyLost(path) => write!(
                f,
                "`{}` is missing, and there are segments that only it opens: put it back, or move \
                 the directory `{SEGMENTS}` away to begin anew",
                path.display()
            ),
            Self::Archive(error) => write!(f, "{error}"),
            Self::System(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for KeeperError {}

/// The keys of the segments in this data directory; made if `make` and there is none.
///
/// # Errors
///
/// [`KeeperError`].
pub fn keys(dir: &Path, store: Option<&Store>, make: bool) -> Result<KeyRing, KeeperError> {
    let read = |it: &Reference| {
        let secret = it.read().map_err(KeeperError::Secret)?;
        MasterKey::read(secret.expose()).map_err(KeeperError::Key)
    };
    let mut earlier: Vec<MasterKey> = Vec::new();
    for it in store.iter().flat_map(|it| &it.earlier_keys) {
        earlier.push(read(it)?);
    }
    let path = dir.join(KEY_FILE);
    let of_file = match of_file(&path) {
        Ok(key) => Some(key?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(KeeperError::File(path, error)),
    };
    let current = match (store.and_then(|it| it.key.as_ref()), of_file) {
        (Some(it), of_file) => {
            // What was sealed before a key was configured can be read, and is brought under it.
            earlier.extend(of_file);
            read(it)?
        }
        (None, Some(key)) => key,
        (None, None) if make && has_segments(dir) => return Err(KeeperError::KeyLost(path)),
        (None, None) if make => made(dir).map_err(|it| KeeperError::File(path, it))??,
        (None, None) => {
            let missing = io::ErrorKind::NotFound.into();
            return Err(KeeperError::File(path, missing));
        }
    };
    Ok(KeyRing::new(current, earlier))
}

fn has_segments(dir: &Path) -> bool {
    let names = fs::read_dir(dir.join(SEGMENTS)).into_iter().flatten().flatten();
    names.map(|it| it.file_name()).any(|it| it.to_string_lossy().ends_with(".segment"))
}

type MaybeKey = Result<MasterKey, KeeperError>;

fn of_file(path: &Path) -> io::Result<MaybeKey> {
    let file = fs::File::open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        let why = "it is open to others: chmod 600 it";
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    let mut bytes = Vec::new();
    file.take(256).read_to_end(&mut bytes)?;
    Ok(MasterKey::read(&bytes).map_err(KeeperError::Key))
}

fn made(dir: &Path) -> io::Result<MaybeKey> {
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    document::replace(&Folder::at(dir), KEY_FILE, &bytes)?;
    Ok(MasterKey::new(&bytes).map_err(KeeperError::Key))
}

/// A running keeper.
#[derive(Debug)]
pub struct Keeper {
    stopping: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Keeper {
    /// Ends it; a segment that is half written is left to the next start.
    pub fn stop(self) {
        self.stopping.store(true, Relaxed);
        self.thread.thread().unpark();
        drop(self.thread.join());
    }
}

/// Opens the archive in `dir` and starts the thread.
///
/// # Errors
///
/// [`KeeperError`].
pub fn start(dir: &Path, store: &Store, kept: Arc<Kept>) -> Result<Keeper, KeeperError> {
    let keys = keys(dir, Some(store), true)?;
    let age_us_max = Some(store.age_max_ms).filter(|it| *it > 0).map(|it| it.saturating_mul(1_000));
    let bounds = Bounds { bytes_max: store.bytes_max, age_us_max };
    let folder = Folder::at(&dir.join(SEGMENTS));
    let mut archive = Archive::open(folder, keys, bounds).map_err(KeeperError::Archive)?;
    let journal = Directory::at(&dir.join(JOURNAL));
    archive.meet(&journal).map_err(KeeperError::Archive)?;
    // The first round may take a while; what is kept is known now.
    *kept.forecast.lock().unwrap_or_else(PoisonError::into_inner) = archive.forecast();
    let stopping = Arc::new(AtomicBool::new(false));
    let every = Duration::from_millis(store.seal_every_ms);
    let state = Round { archive, journal, kept, stopping: Arc::clone(&stopping) };
    let thread = std::thread::Builder::new()
        .name("keeper".to_owned())
        .spawn(move || run(state, every))
        .map_err(KeeperError::System)?;
    Ok(Keeper { stopping, thread })
}

struct Round {
    archive: Archive<Folder>,
    journal: Directory,
    kept: Arc<Kept>,
    stopping: Arc<AtomicBool>,
}

fn run(mut it: Round, every: Duration) {
    let mut rotated = false;
    while !it.stopping.load(Relaxed) {
        let done = it.round(&mut rotated);
        let mut fault = it.kept.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match done {
            Ok(()) => *fault = None,
            Err(error) => {
                it.kept.errors.fetch_add(1, Relaxed);
                *fault = Some(error.to_string());
            }
        }
        drop(fault);
        let forecast = it.archive.forecast();
        *it.kept.forecast.lock().unwrap_or_else(PoisonError::into_inner) = forecast;
        if !it.stopping.load(Relaxed) {
            std::thread::park_timeout(every);
        }
    }
}

impl Round {
    fn round(&mut self, rotated: &mut bool) -> Result<(), ArchiveError> {
        if !*rotated {
            self.archive.rotate()?;
            *rotated = true;
        }
        loop {
            let waiting = self.waiting();
            self.kept.waiting.store(waiting as u64, Relaxed);
            let pace = Pace::new(&self.stopping, waiting >= BEHIND);
            let Some(now) = self.archive.seal(&self.journal, pace.go_on())? else { break };
            self.kept.rows.fetch_add(now.rows, Relaxed);
            self.kept.damaged.fetch_add(now.damage.segments + now.damage.records, Relaxed);
        }
        let dropped = self.archive.retain(now_us())?;
        self.kept.dropped.fetch_add(dropped, Relaxed);
        let pace = Pace::new(&self.stopping, false);
        self.archive.compact(now_us(), pace.go_on())?;
        Ok(())
    }

    /// Closed segments of the journal that wait to be sealed.
    fn waiting(&self) -> usize {
        let sealed = self.archive.contents().sealed_through.unwrap_or(0);
        let all = self.journal.list().unwrap_or_default();
        all.iter().filter(|it| it.0.number() > sealed).count().saturating_sub(1)
    }
}

/// Rests as long as was worked.
struct Pace<'a> {
    stopping: &'a AtomicBool,
    hurries: bool,
}

impl<'a> Pace<'a> {
    fn new(stopping: &'a Arc<AtomicBool>, hurries: bool) -> Self {
        Self { stopping, hurries }
    }

    fn go_on(self) -> impl FnMut() -> bool + use<'a> {
        let mut since = Instant::now();
        move || {
            if !self.hurries {
                std::thread::sleep(since.elapsed().min(REST_MAX));
            }
            since = Instant::now();
            !self.stopping.load(Relaxed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(name: &str) -> PathBuf {
        let dir =
            std::env::temp_dir().join(format!("bartizan-keeper-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&dir));
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[test]
    fn a_key_is_made_once_and_for_its_owner_only() {
        let dir = home("made");
        let first = keys(&dir, None, true).unwrap().current().id();
        assert_eq!(keys(&dir, None, false).unwrap().current().id(), first);
        let path = dir.join(KEY_FILE);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(keys(&dir, None, true), Err(KeeperError::File(..))));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_lost_key_is_told_and_no_other_is_made() {
        let dir = home("lost");
        fs::create_dir(dir.join(SEGMENTS)).unwrap();
        fs::write(dir.join(SEGMENTS).join("00000001.segment"), "x").unwrap();
        assert!(matches!(keys(&dir, None, true), Err(KeeperError::KeyLost(_))));
        assert!(!dir.join(KEY_FILE).exists());
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_configured_key_counts_and_the_one_in_the_directory_still_opens() {
        let dir = home("configured");
        let of_directory = keys(&dir, None, true).unwrap().current().id();
        let path = dir.join("other");
        fs::write(&path, "ab".repeat(KEY_BYTES)).unwrap();
        let store = Store {
            key: Some(Reference::File(path)),
            earlier_keys: Vec::new(),
            bytes_max: 1,
            age_max_ms: 0,
            seal_every_ms: 1,
        };
        let ring = keys(&dir, Some(&store), true).unwrap();
        assert_ne!(ring.current().id(), of_directory);
        assert!(ring.get(of_directory).is_some());
        fs::remove_dir_all(dir).unwrap();
    }
}
