//! The proxy alone, without journal and console: what the data path itself costs.
//!
//! `bare_proxy LISTEN_PORT UPSTREAM_HOST:PORT [off]`; `off` switches content clauses off.

use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::proxy::ids::Ids;
use bartizan_edge::proxy::record::{Recorder, Waiting};
use bartizan_edge::proxy::upstream::{Target, Upstream};
use bartizan_edge::proxy::views::{View, Views};
use bartizan_edge::proxy::{Manners, Shared, listener};
use bartizan_engine::keys::HashKey;
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::id::KeyEpoch;
use bartizan_model::limits::Limits;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("a port to listen on")?.parse()?;
    let upstream = arguments.next().ok_or("an upstream HOST:PORT")?;
    let (host, upstream_port) = upstream.split_once(':').ok_or("an upstream HOST:PORT")?;
    let mode = if arguments.next().as_deref() == Some("off") { Mode::Off } else { Mode::Observe };
    let clauses = ClauseSet::new(mode, SetBy::Default, &[], &[]);
    let key = HashKey::new(KeyEpoch(1), [7; 16]);
    let rules = Rules::plain(clauses, Limits::default(), key);
    let target = Target::plain(host, upstream_port.parse()?);
    let view = View {
        snapshot: Arc::new(Snapshot {
            revision: 1,
            rules: Arc::new(rules),
            terms: Arc::default(),
            truth: Arc::default(),
        }),
        manners: Manners::default(),
        upstreams: vec![Upstream::new(target)],
        tls: None,
    };
    let shared = Shared::new(Views::new(view), Tables::new(1 << 28), Ids::new()?);
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
