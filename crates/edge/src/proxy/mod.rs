//! The reverse proxy: listeners, connections, and the exchanges on them.
//!
//! A request on its way: `listener` accepts, `http1_server` or `http2_server` read the head,
//! `exchange` drives the transaction and spends its permit, `upstream` holds the connections.

pub mod clock;
mod copied;
pub mod deadline;
mod exchange;
mod http1_server;
mod http2_server;
mod http2_wire;
pub mod ids;
pub mod listener;
mod pace;
pub mod pressure;
pub mod proxy_protocol;
pub mod record;
mod relay;
mod streamed;
mod tapped;
pub mod upstream;
pub mod views;
mod websocket;
mod wire;

use crate::proxy::pressure::Pressure;
use bartizan_auth::Digest;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::tables::Tables;
use bartizan_model::id::KeyedHash;
use clock::Clock;
use deadline::Sweeper;
use ids::Ids;
use record::Recorder;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Arc, Mutex};
use upstream::pool::Pool;
use views::{View, Views};

/// How long a client may take, and what it may speak. Changes with a reload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Whether what comes are copies of requests, which go nowhere.
    pub takes_copies: bool,
    /// Whether clear-text HTTP/2 with prior knowledge is accepted.
    pub http2: bool,
    /// Whether connections begin with a header of the PROXY protocol, from trusted proxies.
    pub proxy_protocol: bool,
    /// Client connections at once, over all workers.
    pub connections_max: usize,
    /// Milliseconds for a head to be complete.
    pub head_timeout_ms: u64,
    /// Milliseconds without a byte of a body, or without the client taking one.
    pub body_timeout_ms: u64,
    /// Milliseconds between two requests on a connection.
    pub idle_timeout_ms: u64,
    /// Client connections of one address at once; 0 is no bound. Trusted proxies have none.
    pub connections_per_address_max: usize,
    /// Requests on one connection; 0 is no bound.
    pub requests_per_connection_max: u64,
    /// Bytes a second that a body must have on average; 0 is no bound.
    pub body_rate_min: u64,
    /// Streams of one HTTP/2 connection at once.
    pub streams_max: u32,
    /// HTTP/2 control frames a second and connection.
    pub control_frames_max: u64,
    /// Resident memory from which on requests are shed; 0 is no bound.
    pub memory_bytes_max: u64,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            takes_copies: false,
            http2: true,
            proxy_protocol: false,
            connections_max: 10_000,
            head_timeout_ms: 10_000,
            body_timeout_ms: 20_000,
            idle_timeout_ms: 75_000,
            connections_per_address_max: 8_192,
            requests_per_connection_max: 10_000,
            body_rate_min: 500,
            streams_max: 128,
            control_frames_max: 200,
            memory_bytes_max: 512 * 1024 * 1024,
        }
    }
}

/// What all workers share.
#[derive(Debug)]
pub struct Shared {
    /// What is in force.
    pub views: Arc<Views>,
    /// The tables of the engine.
    pub tables: Tables,
    /// Exchange ids.
    pub ids: Ids,
    /// The clock.
    pub clock: Arc<Clock>,
    /// Client connections open now.
    pub connections: AtomicUsize,
    /// Client connections that were closed unread because there were too many.
    pub turned_away: AtomicU64,
    /// TLS handshakes and PROXY protocol headers that failed.
    pub handshakes_failed: AtomicU64,
    /// Whether there is more to do or to hold than can be carried.
    pub pressure: Pressure,
    /// Client connections by address.
    pub by_address: Mutex<HashMap<IpAddr, usize>>,
}

impl Shared {
    /// With nothing going on yet.
    pub fn new(views: Arc<Views>, tables: Tables, ids: Ids) -> Arc<Self> {
        Arc::new(Self {
            views,
            tables,
            ids,
            clock: Arc::new(Clock::start()),
            connections: AtomicUsize::new(0),
            turned_away: AtomicU64::new(0),
            handshakes_failed: AtomicU64::new(0),
            pressure: Pressure::default(),
            by_address: Mutex::default(),
        })
    }
}

/// What one worker has to itself.
#[derive(Debug)]
struct Worker {
    shared: Arc<Shared>,
    recorder: Arc<Recorder>,
    sweeper: Arc<Sweeper>,
    pool: Arc<Pool>,
}

/// A client's connection, as far as it is known before its first request.
#[derive(Clone, Copy, Debug)]
struct Caller {
    /// The other end, or whom a trusted load balancer named in its place.
    peer: IpAddr,
    /// Whether it speaks TLS.
    tls: bool,
    /// The certificate that it showed and that was verified, hashed.
    certificate: Option<KeyedHash>,
    /// The SHA-256 hash of that certificate, which tokens are bound to.
    certificate_digest: Option<Digest>,
    /// The fingerprint of its TLS (JA4), hashed.
    ja4: Option<KeyedHash>,
}

impl Worker {
    fn view(&self) -> Arc<View> {
        self.shared.views.current()
    }

    /// What opens an exchange of this caller now.
    fn origin(&self, caller: Caller, manners: &Manners) -> Origin {
        let id = self.shared.ids.next(self.shared.clock.now());
        let Caller { peer, tls, certificate, certificate_digest, ja4 } = caller;
        match manners.takes_copies {
            false => {
                let authority = Authority::Inline;
                Origin {
                    id,
                    authority,
                    peer,
                    tls,
                    certificate,
                    certificate_digest,
                    ja4,
                    sees_bodies: true,
                }
            }
            // How the sender of copies connects says nothing of the client.
            true => {
                let (authority, tls) = (Authority::Copy, true);
                let (certificate, certificate_digest, ja4) = (None, None, None);
                Origin {
                    id,
                    authority,
                    peer,
                    tls,
                    certificate,
                    certificate_digest,
                    ja4,
                    sees_bodies: true,
                }
            }
        }
    }
}
