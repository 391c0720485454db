//! A running instance: everything started, reloaded and stopped in order.
//!
//! Reads    settings; SIGHUP or a change of the file re-reads it, SIGTERM and SIGINT stop.
//! Writes   the data directory: keys, journal, ledger, control socket; checkpoints beside it.
//! Errors   [`StartError`]: nothing is left running after one. A bad file at a reload changes
//!          nothing; `status` says so.

use crate::added::{self, AddedExceptions};
use crate::alerts;
use crate::config::{Overrides, Settings, Source};
use crate::contract::{self, Contracts, shown};
use crate::control;
use crate::held;
use crate::import;
use crate::in_force::{self, Beginning, State, lock};
use crate::inventory::apis::Profiles;
use crate::inventory::live::Origins;
use crate::keeper::{self, Keeper, KeeperError};
use crate::key;
use crate::ledger::{self, Keeping, LedgerHandle};
use crate::log::{Cause, Event};
use crate::notice::Noticed;
use crate::pipeline::{self, Hub};
use crate::wall::now_us;
use crate::wire::{self, Judging, WireFault, Wired};
use bartizan_console::admin;
use bartizan_console::api::Api;
use bartizan_console::backend::Backend;
use bartizan_edge::proxy::Shared;
use bartizan_edge::proxy::ids::Ids;
use bartizan_edge::proxy::listener::{self, Proxy};
use bartizan_edge::proxy::record::Recorder;
use bartizan_edge::proxy::views::Views;
use bartizan_engine::keys::HashKey;
use bartizan_engine::snapshot::Snapshot;
use bartizan_engine::tables::Tables;
use bartizan_engine::terms::Terms;
use bartizan_store::document;
use bartizan_store::evidence::{Bounds, Vault};
use bartizan_store::files::{Files, Folder};
use bartizan_store::{Journal, JournalError, Options};
use std::fmt;
use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Observations that may wait for the pipeline, per worker.
const WAITING_MAX: usize = 65_536;
/// Name of the journal in the data directory.
pub const JOURNAL: &str = "journal";
/// Name of the directory of samples in the data directory.
pub const EVIDENCE: &str = "evidence";
/// Bytes of one segment of the journal.
pub(crate) const SEGMENT_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of records that wait in memory, also while the disk refuses them.
pub(crate) const BUFFER_BYTES_MAX: usize = 1024 * 1024;
/// How long open exchanges may take to end after a stop.
pub const DRAIN: Duration = Duration::from_secs(10);
/// Time between two looks at what ends by itself.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Why an instance could not start.
#[derive(Debug)]
pub enum StartError {
    /// The data directory cannot be used.
    Data(PathBuf, io::Error),
    /// The journal cannot be opened.
    Journal(JournalError),
    /// The sealed segments cannot be opened, or their key.
    Keeper(KeeperError),
    /// An address cannot be listened on.
    Listen(&'static str, SocketAddr, io::Error),
    /// A socket that was passed cannot be served on.
    Inherited(io::Error),
    /// A certificate, key or CA cannot be used.
    Wire(WireFault),
    /// The ledger cannot be opened or continued.
    Ledger(ledger::StartFault),
    /// What was decided of contracts cannot be read, and why.
    Contract(String),
    /// The system gives no threads, sockets or randomness.
    System(io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(dir, error) => {
                write!(f, "cannot use the data directory `{}`: {error}", dir.display())
            }
            Self::Journal(error) => write!(f, "cannot open the journal: {error}"),
            Self::Keeper(error) => write!(f, "cannot open the sealed segments: {error}"),
            Self::Listen(key, address, error) => {
                write!(f, "cannot listen on {address} ({key}): {error}")?;
                if error.kind() == io::ErrorKind::AddrInUse {
                    f.write_str("; another program listens there, port 0 picks a free one")?;
                }
                Ok(())
            }
            Self::Inherited(error) => {
                write!(f, "cannot serve on the socket that was passed: {error}")
            }
            Self::Ledger(fault) => write!(f, "cannot start: {fault}"),
            Self::Wire(fault) => write!(f, "cannot start: {fault}"),
            Self::Contract(why) => {
                write!(
                    f,
                    "cannot hold calls to what was decided of endpoints: {why}; mend the file, or take it away"
                )
            }
            Self::System(error) => write!(f, "cannot start: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// What can be re-read while running.
#[derive(Clone, Debug)]
pub struct Reloadable {
    /// The file.
    pub path: PathBuf,
    /// What wins over it.
    pub overrides: Overrides,
}

/// A running instance.
#[derive(Debug)]
pub struct Instance {
    /// Where clients connect.
    pub address: SocketAddr,
    /// Where operators connect.
    pub admin: SocketAddr,
    /// The data directory of this start. A reload may name another, for the next one.
    dir: PathBuf,
    state: Arc<State>,
    proxy: Proxy,
    pipeline: JoinHandle<()>,
    keeping: Keeping,
    sending: alerts::Sending,
    keeper: Keeper,
    stop_admin: oneshot::Sender<()>,
    control: JoinHandle<()>,
}

/// Starts an instance with these settings. It listens on the sockets that it inherited, if there are
/// any, rather than on `listen.address`.
///
/// # Errors
///
/// [`StartError`].
pub fn start(settings: Settings, inherited: &[TcpListener]) -> Result<Instance, StartError> {
    let dir = settings.data.dir.value.clone();
    let data = |error| StartError::Data(dir.clone(), error);
    Folder::at(&dir).prepare().map_err(data)?;
    if fs::metadata(&dir).map_err(data)?.permissions().mode() & 0o022 != 0 {
        let why = "others can write to it: chmod go-w it, or choose another with --data";
        return Err(data(io::Error::new(io::ErrorKind::PermissionDenied, why)));
    }
    let journal_bytes_max = settings.data.journal_bytes_max;
    let hash_key = key::read_or_make(&dir).map_err(data)?;
    // Before they are read: what changes from here on is news.
    let stamps = in_force::stamps([&settings]);
    let added = added(&dir)?;
    let declared = settings.contract.as_deref();
    let declared = declared.map(|it| contract::import::at_start(&dir, it, now_us())).transpose();
    let conflicts = declared.map_err(StartError::Contract)?.unwrap_or(0);
    // What people put in force holds from the first call on. What cannot be read stops the start: it would hold nobody.
    let contracts = contract::file::read(&dir).map_err(StartError::Contract)?;
    // What cannot be read is told where profiles are shown.
    let confirmed = Profiles::read(&dir).unwrap_or_default();
    let over = confirmed.under(added.over(&settings));
    let (shared, wired) = shared(&over, &hash_key, &contracts)?;
    let described = import::describe_all(&dir, &settings);
    described.map_err(|why| StartError::Wire(WireFault::Description(why)))?;
    let targets = alerts::targets::of(&settings.alerts.targets).map_err(StartError::Wire)?;
    let options = Options {
        journal_bytes_max,
        segment_bytes_max: SEGMENT_BYTES_MAX,
        buffer_bytes_max: BUFFER_BYTES_MAX,
        epoch: hash_key.epoch(),
    };
    let (journal, recovery) = Journal::open(&dir.join(JOURNAL), options, shared.clock.now())
        .map_err(StartError::Journal)?;
    let keeping = ledger::start(&dir, &settings, Arc::clone(&shared.clock));
    let keeping = keeping.map_err(StartError::Ledger)?;
    let source = keeping.handle().keys().first().map(|it| it.name().to_owned());
    let sending = alerts::start(
        &dir,
        &settings.alerts,
        targets,
        source.unwrap_or_default(),
        Arc::clone(&shared.clock),
    );
    let sending = sending.map_err(StartError::System)?;
    let hub = Hub::new(keeping.handle(), sending.handle());
    let store = settings.store.clone();
    let keeper = keeper::start(&dir, &store, Arc::clone(&hub.kept));
    let keeper = keeper.map_err(StartError::Keeper)?;
    // A disk that fails stops samples, not the start.
    let keys = keeper::keys(&dir, Some(&settings.store), true).map_err(StartError::Keeper)?;
    let bounds = Bounds {
        bytes_max: settings.evidence.bytes_max,
        age_us_max: settings.evidence.age_max_ms.saturating_mul(1_000),
    };
    let now_us = shared.clock.now().wall_us;
    let vault = Vault::open(Folder::at(&dir.join(EVIDENCE)), keys, bounds, now_us);
    let workers = workers(&settings).max(inherited.len());
    let recorders: Vec<_> = (0..workers).map(|_| Recorder::new(WAITING_MAX)).collect();
    let admin_address = settings.admin.address.value;
    let admin_listener = TcpListener::bind(admin_address)
        .and_then(|it| it.set_nonblocking(true).map(|()| it))
        .map_err(|error| StartError::Listen("admin.address", admin_address, error))?;
    let admin_address = admin_listener.local_addr().map_err(StartError::System)?;
    let socket = control::bind(&dir).map_err(data)?;
    let listen = settings.listen.address.value;
    let proxy = match inherited {
        [] => listener::start(listen, workers, &shared, &recorders)
            .map_err(|error| StartError::Listen("listen.address", listen, error))?,
        sockets => listener::start_on(sockets, workers, &shared, &recorders)
            .map_err(StartError::Inherited)?,
    };
    let only = match settings.routes.as_slice() {
        [one] => Some(one.route.name.to_string()),
        _ => None,
    };
    let state = State::new(Beginning {
        hub: Arc::clone(&hub),
        dir: dir.clone(),
        added,
        confirmed,
        samples: vault.shelf(),
        settings,
        wired,
        stamps,
        key: hash_key,
        recovery,
        address: proxy.address,
        admin: admin_address,
        shared,
    });
    state.contest((conflicts > 0).then(|| contract::Fault::Conflicts(conflicts).to_string()));
    // Without a key nothing sealed can be read; then the inventory begins anew.
    let held = held::of(&dir, Some(&store)).ok();
    let source = Origins { held, dir: dir.clone(), only };
    let inventory = state.hub.inventory.start(source, now_us);
    inventory.map_err(StartError::System)?;
    let clock = Arc::clone(&state.shared.clock);
    let tables = state.shared.tables.clone();
    let pipeline = pipeline::start(hub, recorders, journal, clock, tables, vault);
    let pipeline = pipeline.map_err(StartError::System)?;
    let (stop_admin, stopped) = oneshot::channel::<()>();
    let facts = Arc::clone(&state);
    let api = Api::new(Arc::clone(&state) as Arc<dyn Backend>);
    // The console's end is the control thread's.
    state.api.set(Arc::downgrade(&api)).ok();
    let control = std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || serve_operators(admin_listener, socket, (facts, api), stopped))
        .map_err(StartError::System)?;
    let address = proxy.address;
    let admin = admin_address;
    Ok(Instance {
        address,
        admin,
        dir,
        state,
        proxy,
        pipeline,
        keeping,
        sending,
        keeper,
        stop_admin,
        control,
    })
}

/// The control thread: what operators ask, apart from the workers.
fn serve_operators(
    admin_listener: TcpListener,
    socket: std::os::unix::net::UnixListener,
    (facts, api): (Arc<State>, Arc<Api>),
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async move {
        let answers = Arc::clone(&facts) as Arc<dyn control::Answers>;
        if let Ok(socket) = tokio::net::UnixListener::from_std(socket) {
            tokio::spawn(control::serve(socket, answers));
        }
        tokio::spawn(look_around(Arc::clone(&facts)));
        let serving = async {
            // A failing admin listener must not take the proxy down with it.
            if let Ok(listener) = tokio::net::TcpListener::from_std(admin_listener) {
                admin::serve(listener, facts, &api).await.ok();
            }
            std::future::pending().await
        };
        tokio::select! {
            () = serving => {}
            _ = stopped => {}
        }
    });
}

async fn look_around(state: Arc<State>) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        state.end_what_is_over();
        state.follow_contracts();
        state.follow_profiles();
        state.follow_tables();
    }
}

/// The exceptions that operators added before.
fn added(dir: &std::path::Path) -> Result<AddedExceptions, StartError> {
    let data = |error| StartError::Data(dir.join(added::FILE), error);
    let document = document::read(&Folder::at(dir), added::FILE).map_err(data)?;
    let read = document.map(|it| AddedExceptions::of_document(&it)).transpose();
    Ok(read.map_err(|error| data(io::Error::from(error)))?.unwrap_or_default())
}

fn workers(settings: &Settings) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(64);
    settings.listen.workers.unwrap_or_else(cores)
}

fn shared(
    settings: &Settings,
    key: &HashKey,
    contracts: &Contracts,
) -> Result<(Arc<Shared>, Vec<Wired>), StartError> {
    let ids = Ids::new().map_err(|error| StartError::System(io::Error::other(error)))?;
    let wired = wire::view(settings, key, 1, Judging::Everything, &[]);
    let (mut view, wired) = wired.map_err(StartError::Wire)?;
    let terms = Arc::new(Terms::new(contracts.in_force(&[], now_us(), settings.tempo)));
    view.snapshot = Arc::new(Snapshot { terms, ..Snapshot::clone(&view.snapshot) });
    let tables = Tables::new(settings.limits.held_bytes_max);
    Ok((Shared::new(Views::new(view), tables, ids), wired))
}

impl Instance {
    /// The clauses of its contracts, as `bartizan contract show -o json` tells them.
    pub(crate) fn contracts(&self) -> serde_json::Value {
        let live = &self.state.hub.inventory;
        let traffic = (&live.proposed()[..], &live.usual()[..]);
        shown::all(&live.contracts(), traffic, None, now_us(), live.tempo())
    }

    /// Takes over a configuration. What cannot change while running is named in the result.
    ///
    /// # Errors
    ///
    /// The report of what is wrong with the file; nothing has changed then.
    pub fn reload(
        &self,
        source: io::Result<Source>,
        from: &Reloadable,
        cause: Cause,
        now_unix_s: u64,
    ) -> Result<Vec<String>, String> {
        let read = source
            .map_err(|error| format!("cannot read `{}`: {error}", from.path.display()))
            .and_then(|source| {
                Settings::read(&source, &from.overrides, now_unix_s)
                    .map_err(|report| report.to_string())
            });
        let (settings, rows) = match read {
            Ok(it) => (Ok(it.settings.clone()), Some(it.rows())),
            Err(why) => (Err(why), None),
        };
        let result = self.state.reload(settings, cause);
        if let (Ok(_), Some(rows)) = (&result, rows) {
            self.shows(rows);
        }
        result
    }

    /// The way to its ledger, for whoever has something to record.
    pub fn ledger(&self) -> LedgerHandle {
        self.state.hub.ledger.clone()
    }

    /// Takes over the files that the configuration refers to, if they are others by now; `None` if
    /// they are not. What is wrong with them leaves those before in force.
    pub fn follow_references(&self) -> Option<Result<Vec<String>, String>> {
        self.state.follow_references()
    }

    /// A link that logs a browser in, once; `None` while the console does not serve.
    pub fn login_link(&self) -> Option<String> {
        self.state.login_link().get("link")?.as_str().map(str::to_owned)
    }

    /// Takes what a page shows of the configuration.
    pub fn shows(&self, rows: Vec<serde_json::Value>) {
        *lock(&self.state.shown) = rows;
    }

    /// The revision in force.
    pub fn revision(&self) -> u64 {
        self.state.revision()
    }

    /// Has those told who do not read the log.
    pub fn alert(&self, event: &Event) {
        self.state.hub.alerts.event(event);
    }

    /// What is to be logged since the last look.
    pub fn events(&self, noticed: &mut Noticed) -> Vec<Event> {
        let mut events = self.state.take_events();
        events.extend(self.state.hub.ledger.take_events());
        events.extend(noticed.look(&self.state));
        events.iter().for_each(|it| self.alert(it));
        events.extend(self.state.hub.alerts.take_events());
        events
    }

    /// Stops: no new connections, open exchanges end, everything recorded is on disk. Returns what is
    /// still to be logged.
    pub fn stop(self) -> Vec<Event> {
        self.proxy.stop(DRAIN);
        self.state.keep_tables();
        self.state.hub.stop();
        self.state.hub.inventory.stop();
        drop(self.pipeline.join());
        self.sending.stop();
        let ledger = self.keeping.handle();
        self.keeping.stop();
        self.keeper.stop();
        // The control thread waits for this, or has ended by itself.
        drop(self.stop_admin);
        drop(self.control.join());
        drop(fs::remove_file(self.dir.join(control::SOCKET)));
        ledger.take_events()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bypass::{Reason, Span};
    use crate::control::{Answers, Question};
    use crate::log::EndedBy;
    use bartizan_model::clause::Mode;

    fn source(data: &std::path::Path) -> Source {
        let text = format!(
            "version: 1\nlisten: {{address: '127.0.0.1:0', workers: 1}}\n\
             upstream: {{url: 'http://api.invalid'}}\nadmin: {{address: '127.0.0.1:0'}}\n\
             data: {{dir: '{}'}}\n",
            data.display()
        );
        Source { name: "bartizan.yaml".to_owned(), bytes: text.into_bytes() }
    }

    #[test]
    fn a_stop_leaves_the_directory_alone_that_a_reload_named() {
        let home = std::env::temp_dir().join(format!("bartizan-instance-{}", std::process::id()));
        let (ours, next) = (home.join("ours"), home.join("next"));
        fs::create_dir_all(&next).unwrap();
        fs::write(next.join(control::SOCKET), "of another instance").unwrap();
        let from = Reloadable { path: PathBuf::new(), overrides: Overrides::default() };
        let accepted = Settings::read(&source(&ours), &from.overrides, 0).unwrap();
        let instance = start(accepted.settings, &[]).unwrap();
        assert!(ours.join(control::SOCKET).exists());
        let fixed = instance.reload(Ok(source(&next)), &from, Cause::File, 0).unwrap();
        assert_eq!(fixed, ["data changes with the next start"]);
        instance.stop();
        assert!(!ours.join(control::SOCKET).exists());
        assert!(next.join(control::SOCKET).exists());
        fs::remove_dir_all(home).unwrap();
    }

    #[test]
    fn a_bypass_ends_by_itself() {
        let home = std::env::temp_dir().join(format!("bartizan-bypass-{}", std::process::id()));
        let read = Settings::read(&source(&home.join("data")), &Overrides::default(), 0);
        let settings = read.unwrap().settings;
        let instance = start(settings, &[]).unwrap();
        let span = Span::of_s(60).unwrap();
        let reason = Reason::new("a test").unwrap();
        let modes = || {
            let view = instance.state.shared.views.current();
            let clauses = view.snapshot.rules.base.clauses.clauses();
            clauses.iter().filter(|it| it.mode != Mode::Off).count()
        };
        let before = modes();
        let begun = instance.state.answer(Question::Bypass(span, reason), Some(1));
        assert_eq!((&begun["revision"], instance.revision()), (&2.into(), 2));
        assert!(modes() < before);
        instance.state.end_what_is_over();
        assert_eq!(instance.revision(), 2, "its time is not over");
        instance.state.hasten_bypass();
        let until = std::time::Instant::now() + Duration::from_secs(20);
        while instance.revision() == 2 && std::time::Instant::now() < until {
            std::thread::sleep(Duration::from_millis(2));
        }
        assert_eq!((instance.revision(), modes()), (3, before));
        // It is told a moment after it is so. The ledger signs when it likes.
        let (mut noticed, mut events) = (Noticed::default(), Vec::new());
        while events.len() < 2 && std::time::Instant::now() < until {
            events.extend(instance.events(&mut noticed));
            events.retain(|it| !matches!(it, Event::Checkpoint { .. }));
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(
            matches!(
                events.as_slice(),
                [Event::BypassBegun { .. }, Event::BypassEnded { by: EndedBy::Time, .. }]
            ),
            "{events:?}"
        );
        instance.stop();
        fs::remove_dir_all(home).unwrap();
    }
}
