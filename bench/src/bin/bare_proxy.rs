//! The proxy alone, without journal and console: what the data path itself costs.
//!
//! `bare_proxy LISTEN_PORT UPSTREAM_HOST:PORT [off]`; `off` switches content clauses off.

use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::proxy::clock::Clock;
use bartizan_edge::proxy::ids::Ids;
use bartizan_edge::proxy::record::{Recorder, Waiting};
use bartizan_edge::proxy::upstream::Target;
use bartizan_edge::proxy::views::Views;
use bartizan_edge::proxy::{Manners, Shared, listener};
use bartizan_engine::keys::HashKey;
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::id::KeyEpoch;
use bartizan_model::limits::Limits;
use std::error::Error;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, RwLock};
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("a port to listen on")?.parse()?;
    let upstream = arguments.next().ok_or("an upstream HOST:PORT")?;
    let (host, upstream_port) = upstream.split_once(':').ok_or("an upstream HOST:PORT")?;
    let mode = if arguments.next().as_deref() == Some("off") { Mode::Off } else { Mode::Observe };
    let rules = Rules {
        clauses: ClauseSet::new(mode, SetBy::Default, &[], &[]),
        limits: Limits::default(),
        trusted: Vec::new(),
        key: HashKey::new(KeyEpoch(1), [7; 16]),
        record_required: false,
    };
    let target = Target {
        host: host.to_owned(),
        port: upstream_port.parse()?,
        authority: upstream.clone(),
        connect_timeout_ms: 5_000,
        response_timeout_ms: 60_000,
        idle_timeout_ms: 4_000,
    };
    let manners = Manners {
        target: Arc::new(target),
        http2: true,
        connections_max: 10_000,
        head_timeout_ms: 10_000,
        body_timeout_ms: 30_000,
        idle_timeout_ms: 75_000,
    };
    let shared = Arc::new(Shared {
        views: Views::new(Snapshot { revision: 1, rules: Arc::new(rules) }),
        tables: Tables::new(1 << 28),
        ids: Ids::new()?,
        clock: Arc::new(Clock::start()),
        manners: RwLock::new(Arc::new(manners)),
        connections: AtomicUsize::new(0),
        turned_away: AtomicU64::new(0),
    });
    let workers = std::thread::available_parallelism()?.get();
    let recorders: Vec<_> = (0..workers).map(|_| Recorder::new(65_536)).collect();
    let proxy = listener::start(([127, 0, 0, 1], port).into(), workers, &shared, &recorders)?;
    let mut waiting = Waiting::default();
    loop {
        std::thread::sleep(Duration::from_millis(5));
        recorders.iter().for_each(|it| {
            it.take(&mut waiting);
            waiting.observations.clear();
        });
        if proxy.address.port() == 0 {
            return Ok(());
        }
    }
}
