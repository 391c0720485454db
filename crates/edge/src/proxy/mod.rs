//! The reverse proxy: listeners, connections, and the exchanges on them.
//!
//! A request on its way: `listener` accepts, `http1_server` or `http2_server` read the head,
//! `exchange` drives the transaction and spends its permit, `upstream` holds the connections.

pub mod clock;
pub mod deadline;
mod exchange;
mod http1_server;
mod http2_server;
pub mod ids;
pub mod listener;
pub mod record;
mod relay;
mod rewind;
mod streamed;
pub mod upstream;
pub mod views;

use bartizan_engine::tables::Tables;
use clock::Clock;
use deadline::Sweeper;
use ids::Ids;
use record::Recorder;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, RwLock};
use upstream::{Pool, Target};
use views::Views;

/// How long a client may take, and what it may speak. Changes with a reload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Where admitted requests go.
    pub target: Arc<Target>,
    /// Whether clear-text HTTP/2 with prior knowledge is accepted.
    pub http2: bool,
    /// Client connections at once, over all workers.
    pub connections_max: usize,
    /// Milliseconds for a head to be complete.
    pub head_timeout_ms: u64,
    /// Milliseconds without a byte of a body, or without the client taking one.
    pub body_timeout_ms: u64,
    /// Milliseconds between two requests on a connection.
    pub idle_timeout_ms: u64,
}

/// What all workers share.
#[derive(Debug)]
pub struct Shared {
    /// The snapshot in force.
    pub views: Arc<Views>,
    /// The tables of the engine.
    pub tables: Tables,
    /// Exchange ids.
    pub ids: Ids,
    /// The clock.
    pub clock: Arc<Clock>,
    /// Time-outs and target in force.
    pub manners: RwLock<Arc<Manners>>,
    /// Client connections open now.
    pub connections: AtomicUsize,
    /// Client connections that were closed unread because there were too many.
    pub turned_away: AtomicU64,
}

/// What one worker has to itself.
#[derive(Debug)]
struct Worker {
    shared: Arc<Shared>,
    recorder: Arc<Recorder>,
    sweeper: Arc<Sweeper>,
    pool: Arc<Pool>,
}

impl Worker {
    fn manners(&self) -> Arc<Manners> {
        let guard = self.shared.manners.read();
        Arc::clone(&guard.unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
