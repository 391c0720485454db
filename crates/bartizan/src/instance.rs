//! A running instance: everything started, reloaded and stopped in order.
//!
//! Reads    settings; SIGHUP or a change of the file re-reads it, SIGTERM and SIGINT stop.
//! Writes   the data directory: key, journal, control socket.
//! Errors   [`StartError`]: nothing is left running after one. A bad file at a reload changes
//!          nothing; `status` says so.

use crate::config::{Overrides, Settings, Source};
use crate::control;
use crate::key;
use crate::metrics::Gauges;
use crate::pipeline::{self, Hub};
use crate::rules_record;
use crate::wire::{self, Judging, WireFault, Wired};
use bartizan_console::admin::{self, Facts};
use bartizan_edge::proxy::Shared;
use bartizan_edge::proxy::ids::Ids;
use bartizan_edge::proxy::listener::{self, Proxy};
use bartizan_edge::proxy::record::Recorder;
use bartizan_edge::proxy::upstream::Upstream;
use bartizan_edge::proxy::views::Views;
use bartizan_engine::keys::HashKey;
use bartizan_engine::tables::Tables;
use bartizan_model::clause::Mode;
use bartizan_model::code::Code;
use bartizan_model::observation::Outcome;
use bartizan_store::{Journal, JournalError, Options, Recovery};
use serde_json::{Value, json};
use std::fmt;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// Observations that may wait for the pipeline, per worker.
const WAITING_MAX: usize = 65_536;
/// Name of the journal in the data directory.
pub const JOURNAL: &str = "journal";
/// Bytes of one segment of the journal.
const SEGMENT_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Bytes of records that wait in memory, also while the disk refuses them.
const BUFFER_BYTES_MAX: usize = 1024 * 1024;
/// How long open exchanges may take to end after a stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Why an instance could not start.
#[derive(Debug)]
pub enum StartError {
    /// The data directory cannot be used.
    Data(PathBuf, io::Error),
    /// The journal cannot be opened.
    Journal(JournalError),
    /// An address cannot be listened on.
    Listen(&'static str, SocketAddr, io::Error),
    /// A certificate, key or CA cannot be used.
    Wire(WireFault),
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
            Self::Listen(key, address, error) => {
                write!(f, "cannot listen on {address} ({key}): {error}")?;
                if error.kind() == io::ErrorKind::AddrInUse {
                    f.write_str("; another program listens there, port 0 picks a free one")?;
                }
                Ok(())
            }
            Self::Wire(fault) => write!(f, "cannot start: {fault}"),
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
    stop_admin: oneshot::Sender<()>,
    control: JoinHandle<()>,
}

/// What the parts of an instance share.
struct State {
    shared: Arc<Shared>,
    hub: Arc<Hub>,
    settings: Mutex<Settings>,
    wired: Mutex<Vec<Wired>>,
    key: HashKey,
    revision: AtomicU64,
    reload_fault: Mutex<Option<String>>,
    loaded_us: AtomicU64,
    recovery: Recovery,
    address: SocketAddr,
    admin: SocketAddr,
    started_us: u64,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Starts an instance with these settings.
///
/// # Errors
///
/// [`StartError`].
pub fn start(settings: Settings) -> Result<Instance, StartError> {
    let dir = settings.data.dir.value.clone();
    let data = |error| StartError::Data(dir.clone(), error);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir).map_err(data)?;
    if fs::metadata(&dir).map_err(data)?.permissions().mode() & 0o022 != 0 {
        let why = "others can write to it: chmod go-w it, or choose another with --data";
        return Err(data(io::Error::new(io::ErrorKind::PermissionDenied, why)));
    }
    let journal_bytes_max = settings.data.journal_bytes_max;
    let hash_key = key::read_or_make(&dir).map_err(data)?;
    let (shared, wired) = shared(&settings, &hash_key)?;
    let options = Options {
        journal_bytes_max,
        segment_bytes_max: SEGMENT_BYTES_MAX,
        buffer_bytes_max: BUFFER_BYTES_MAX,
        epoch: hash_key.epoch(),
    };
    let (journal, recovery) = Journal::open(&dir.join(JOURNAL), options, shared.clock.now())
        .map_err(StartError::Journal)?;
    let workers = workers(&settings);
    let recorders: Vec<_> = (0..workers).map(|_| Recorder::new(WAITING_MAX)).collect();
    let admin_address = settings.admin.address.value;
    let admin_listener = std::net::TcpListener::bind(admin_address)
        .and_then(|it| it.set_nonblocking(true).map(|()| it))
        .map_err(|error| StartError::Listen("admin.address", admin_address, error))?;
    let admin_address = admin_listener.local_addr().map_err(StartError::System)?;
    let socket = control::bind(&dir).map_err(data)?;
    let listen = settings.listen.address.value;
    let proxy = listener::start(listen, workers, &shared, &recorders)
        .map_err(|error| StartError::Listen("listen.address", listen, error))?;
    let hub = Hub::new();
    let started_us = shared.clock.now().wall_us;
    let state = Arc::new(State {
        hub: Arc::clone(&hub),
        settings: Mutex::new(settings),
        wired: Mutex::new(wired),
        key: hash_key,
        revision: AtomicU64::new(1),
        reload_fault: Mutex::new(None),
        loaded_us: AtomicU64::new(started_us),
        recovery,
        address: proxy.address,
        admin: admin_address,
        started_us,
        shared,
    });
    state.announce();
    let clock = Arc::clone(&state.shared.clock);
    let pipeline = pipeline::start(hub, recorders, journal, clock).map_err(StartError::System)?;
    let (stop_admin, stopped) = oneshot::channel::<()>();
    let facts = Arc::clone(&state);
    let control = std::thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || serve_operators(admin_listener, socket, facts, stopped))
        .map_err(StartError::System)?;
    let address = proxy.address;
    Ok(Instance { address, admin: admin_address, dir, state, proxy, pipeline, stop_admin, control })
}

/// The control thread: what operators ask, apart from the workers.
fn serve_operators(
    admin_listener: std::net::TcpListener,
    socket: std::os::unix::net::UnixListener,
    facts: Arc<State>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return };
    runtime.block_on(async move {
        let status = Arc::clone(&facts) as Arc<dyn control::Status>;
        if let Ok(socket) = tokio::net::UnixListener::from_std(socket) {
            tokio::spawn(control::serve(socket, status));
        }
        let serving = async {
            // A failing admin listener must not take the proxy down with it.
            if let Ok(listener) = tokio::net::TcpListener::from_std(admin_listener) {
                admin::serve(listener, facts).await.ok();
            }
            std::future::pending().await
        };
        tokio::select! {
            () = serving => {}
            _ = stopped => {}
        }
    });
}

fn workers(settings: &Settings) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from).min(64);
    settings.listen.workers.unwrap_or_else(cores)
}

fn shared(settings: &Settings, key: &HashKey) -> Result<(Arc<Shared>, Vec<Wired>), StartError> {
    let ids = Ids::new().map_err(|error| StartError::System(io::Error::other(error)))?;
    let wired = wire::view(settings, key, 1, Judging::Everything, &[]);
    let (view, wired) = wired.map_err(StartError::Wire)?;
    let tables = Tables::new(settings.limits.held_bytes_max);
    Ok((Shared::new(Views::new(view), tables, ids), wired))
}

impl Instance {
    /// Takes over a configuration. What cannot change while running is named in the result.
    ///
    /// # Errors
    ///
    /// The report of what is wrong with the file; nothing has changed then.
    pub fn reload(
        &self,
        source: io::Result<Source>,
        from: &Reloadable,
        now_unix_s: u64,
    ) -> Result<Vec<String>, String> {
        let read = source
            .map_err(|error| format!("cannot read `{}`: {error}", from.path.display()))
            .and_then(|source| {
                Settings::read(&source, &from.overrides, now_unix_s)
                    .map_err(|report| report.to_string())
            });
        match read {
            Ok(accepted) => {
                let applied = self.state.apply(accepted.settings).map_err(|it| it.to_string());
                *lock(&self.state.reload_fault) = applied.as_ref().err().cloned();
                applied
            }
            Err(report) => {
                *lock(&self.state.reload_fault) = Some(report.clone());
                Err(report)
            }
        }
    }

    /// Stops: no new connections, open exchanges end, everything recorded is on disk.
    pub fn stop(self) {
        self.proxy.stop(DRAIN);
        self.state.hub.stop();
        drop(self.pipeline.join());
        // The control thread waits for this, or has ended by itself.
        drop(self.stop_admin);
        drop(self.control.join());
        drop(fs::remove_file(self.dir.join(control::SOCKET)));
    }
}

impl State {
    fn apply(&self, settings: Settings) -> Result<Vec<String>, WireFault> {
        let mut before = lock(&self.settings);
        let mut wired = lock(&self.wired);
        // The same rules again are no new revision: a signal may follow a change that was seen. What
        // they refer to may have changed all the same.
        if *before == settings && settings.references().next().is_none() {
            self.loaded_us.store(self.shared.clock.now().wall_us, Relaxed);
            return Ok(Vec::new());
        }
        let revision = self.revision.load(Relaxed) + 1;
        let (view, now_wired) =
            wire::view(&settings, &self.key, revision, Judging::Everything, &wired)?;
        self.loaded_us.store(self.shared.clock.now().wall_us, Relaxed);
        let mut fixed = Vec::new();
        let mut note = |name: &str, changed: bool| {
            if changed {
                fixed.push(format!("{name} changes with the next start"));
            }
        };
        note("listen.address", before.listen.address.value != settings.listen.address.value);
        note("listen.workers", before.listen.workers != settings.listen.workers);
        note("admin.address", before.admin.address.value != settings.admin.address.value);
        note("data", before.data != settings.data);
        self.revision.store(revision, Relaxed);
        self.shared.tables.set_held_bytes_max(settings.limits.held_bytes_max);
        self.shared.views.swap(view);
        *wired = now_wired;
        *before = settings;
        drop(wired);
        drop(before);
        self.announce();
        Ok(fixed)
    }

    /// Has the rules in force written to the journal.
    fn announce(&self) {
        let settings = lock(&self.settings);
        let view = Arc::clone(&self.shared.views.current().snapshot);
        let wall_us = self.shared.clock.now().wall_us;
        self.hub.announce(rules_record::of(&settings, &view, wall_us));
    }
}

impl Facts for State {
    fn ready(&self) -> Result<(), String> {
        match &*lock(&self.hub.journal_fault) {
            Some(fault) => Err(format!("the journal cannot be written: {fault}")),
            None => Ok(()),
        }
    }

    fn metrics(&self) -> String {
        self.hub.metrics.text(Gauges {
            connections: self.shared.connections.load(Relaxed),
            held_bytes: self.shared.tables.held_bytes(),
            revision: self.revision.load(Relaxed),
            turned_away: self.shared.turned_away.load(Relaxed),
            handshakes_failed: self.shared.handshakes_failed.load(Relaxed),
            resident_bytes: self.shared.pressure.resident_bytes(),
            shed: self.shared.tables.shed(),
        })
    }
}

/// What `status` says while address rules would fall on everybody.
const ADDRESSES_ARE_SHARED: &str = "most traffic comes from few private addresses, as through a \
    proxy that is not in `trusted_proxies`: `clients.deny` and `clients.rate` are not applied, \
    because they would hit everybody behind it; name the proxy, or set `clients.addresses_are_clients`";

fn upstream(it: &Upstream, now_ms: u64) -> Value {
    let addresses = it.target.addresses.iter().zip(it.balance.conditions(now_ms));
    let addresses: Vec<Value> = addresses
        .map(
            |((host, port), condition)| json!({"host": host, "port": port, "is": condition.name()}),
        )
        .collect();
    json!({
        "name": &*it.target.name,
        "in_flight": it.balance.in_flight(),
        "addresses": addresses,
    })
}

impl control::Status for State {
    fn status(&self) -> Value {
        let settings = lock(&self.settings);
        let view = self.shared.views.current();
        let metrics = &self.hub.metrics;
        let exchanges: Value = Outcome::ALL
            .iter()
            .map(|it| (it.name().to_owned(), json!(metrics.exchanges(*it))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let would: u64 = Code::ALL.iter().map(|it| metrics.would_refuse(*it)).sum();
        let in_force: Value = view
            .snapshot
            .rules
            .base
            .clauses
            .clauses()
            .iter()
            .filter(|it| it.mode != Mode::Off)
            .map(|it| (it.name.name().to_owned(), json!(it.mode.name())))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let now_ms = self.shared.clock.coarse_ms();
        let upstreams: Vec<Value> = view.upstreams.iter().map(|it| upstream(it, now_ms)).collect();
        let are_shared = self.shared.tables.crowd().is_shared();
        let are_direct = view.snapshot.rules.clients.are_direct;
        let client_addresses = match (are_shared, are_direct) {
            (true, false) => ADDRESSES_ARE_SHARED,
            (true, true) => "few private addresses; address rules apply all the same",
            (false, _) => "of clients",
        };
        json!({
            "schema": "bartizan.status/v1",
            "running": true,
            "version": env!("CARGO_PKG_VERSION"),
            "mode": settings.mode.value.name(),
            "listen": self.address.to_string(),
            "admin": self.admin.to_string(),
            "upstream": settings.upstream_urls(),
            "configuration": settings.file,
            "configuration_loaded": crate::show::timestamp(self.loaded_us.load(Relaxed)),
            "revision": self.revision.load(Relaxed),
            "started": crate::show::timestamp(self.started_us),
            "uptime_s": self.shared.clock.now().wall_us.saturating_sub(self.started_us) / 1_000_000,
            "connections": self.shared.connections.load(Relaxed),
            "connections_turned_away": self.shared.turned_away.load(Relaxed),
            "handshakes_failed": self.shared.handshakes_failed.load(Relaxed),
            "tls": view.tls.is_some(),
            "upstreams": upstreams,
            "client_addresses": client_addresses,
            "overloaded": self.shared.tables.is_overloaded(),
            "resident_bytes": self.shared.pressure.resident_bytes(),
            "exchanges": exchanges,
            "would_refuse": would,
            "observations_lost": metrics.lost_count(),
            "clauses": in_force,
            "journal_bytes_cut_at_start": self.recovery.bytes_cut,
            "journal_fault": *lock(&self.hub.journal_fault),
            "reload_fault": *lock(&self.reload_fault),
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let instance = start(accepted.settings).unwrap();
        assert!(ours.join(control::SOCKET).exists());
        let fixed = instance.reload(Ok(source(&next)), &from, 0).unwrap();
        assert_eq!(fixed, ["data changes with the next start"]);
        instance.stop();
        assert!(!ours.join(control::SOCKET).exists());
        assert!(next.join(control::SOCKET).exists());
        fs::remove_dir_all(home).unwrap();
    }
}
