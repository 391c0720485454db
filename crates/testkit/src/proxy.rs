//! The real proxy in the test's own process, on a free port.

use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::proxy::ids::Ids;
use bartizan_edge::proxy::listener::{self, Proxy};
use bartizan_edge::proxy::record::{Recorder, Waiting};
use bartizan_edge::proxy::upstream::{Target, Upstream};
use bartizan_edge::proxy::views::{View, Views};
use bartizan_edge::proxy::{Manners, Shared};
use bartizan_engine::keys::HashKey;
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::id::KeyEpoch;
use bartizan_model::limits::Limits;
use bartizan_model::observation::Observation;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The snapshot that tests judge under.
pub fn snapshot(mode: Mode, limits: Limits) -> Snapshot {
    let clauses = ClauseSet::new(mode, SetBy::Flag, &[], &[]);
    let rules = Rules::plain(clauses, limits, HashKey::new(KeyEpoch(1), [7; 16]));
    Snapshot { revision: 1, rules: Arc::new(rules), terms: Arc::default(), truth: Arc::default() }
}

/// A proxy with one worker.
#[derive(Debug)]
pub struct TestProxy {
    /// Where it listens.
    pub address: SocketAddr,
    recorder: Arc<Recorder>,
    shared: Arc<Shared>,
    proxy: Option<Proxy>,
}

impl TestProxy {
    /// Starts it in front of `upstream`.
    pub fn start(upstream: SocketAddr, snapshot: Snapshot) -> Self {
        Self::with_memory(upstream, snapshot, Manners::default().memory_bytes_max)
    }

    /// Starts it where every request is too much.
    pub fn overloaded(upstream: SocketAddr, snapshot: Snapshot) -> Self {
        let it = Self::with_memory(upstream, snapshot, 1);
        let until = Instant::now() + Duration::from_secs(10);
        while !it.shared.tables.is_overloaded() {
            assert!(Instant::now() < until, "it never looked at its memory");
            std::thread::yield_now();
        }
        it
    }

    fn with_memory(upstream: SocketAddr, snapshot: Snapshot, memory_bytes_max: u64) -> Self {
        let mut target = Target::plain(&upstream.ip().to_string(), upstream.port());
        (target.connect_timeout_ms, target.response_timeout_ms) = (2_000, 5_000);
        let manners = Manners {
            connections_max: 1_000,
            head_timeout_ms: 5_000,
            body_timeout_ms: 5_000,
            idle_timeout_ms: 30_000,
            memory_bytes_max,
            ..Manners::default()
        };
        let tables = Tables::new(snapshot.rules.limits.held_bytes_max);
        let view = View {
            snapshot: Arc::new(snapshot),
            manners,
            upstreams: vec![Upstream::new(target)],
            tls: None,
        };
        let shared = Shared::new(Views::new(view), tables, Ids::new().unwrap());
        let recorder = Recorder::new(100_000);
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let proxy = listener::start(any, 1, &shared, &[Arc::clone(&recorder)]).unwrap();
        Self { address: proxy.address, recorder, shared, proxy: Some(proxy) }
    }

    /// Waits until `count` observations were left, and takes them.
    #[track_caller]
    pub fn observations(&self, count: usize) -> Vec<Observation> {
        let until = Instant::now() + Duration::from_secs(10);
        let mut found = Vec::new();
        while found.len() < count {
            assert!(Instant::now() < until, "{} of {count} observations", found.len());
            let mut waiting = Waiting::default();
            self.recorder.take(&mut waiting);
            found.extend(waiting.observations.into_iter().map(|it| *it));
            std::thread::yield_now();
        }
        found
    }
}

impl Drop for TestProxy {
    fn drop(&mut self) {
        if let Some(proxy) = self.proxy.take() {
            proxy.stop(Duration::from_millis(200));
        }
    }
}
