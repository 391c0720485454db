//! Upstreams: where admitted requests go, and the connections there.
//!
//! `balance` chooses an address, `dial` opens connections, `pool` keeps them, `call` carries one
//! exchange over one of them in HTTP/1.1 or HTTP/2, `health` asks how an address is.

pub mod balance;
pub(super) mod call;
mod dial;
pub mod health;
pub(super) mod pool;

use balance::Balance;
use rustls::pki_types::ServerName;
use std::sync::Arc;

/// One API, as configured.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name in configuration and output.
    pub name: Arc<str>,
    /// `host[:port]` for requests that name no host, or must not.
    pub authority: String,
    /// Hosts and ports where it answers; at least one.
    pub addresses: Vec<(String, u16)>,
    /// TLS, unless it is spoken to in clear.
    pub tls: Option<Secured>,
    /// Whether it is spoken to in HTTP/2.
    pub http2: bool,
    /// Milliseconds for a connection to be made, TLS included.
    pub connect_timeout_ms: u64,
    /// Milliseconds until the response head must be complete.
    pub response_timeout_ms: u64,
    /// Milliseconds for which an unused connection is kept.
    pub idle_timeout_ms: u64,
    /// Exchanges that may be in flight at once.
    pub exchanges_max: usize,
    /// Active checks, if it is to be checked.
    pub health: Option<Health>,
}

/// TLS towards an upstream.
#[derive(Clone, Debug)]
pub struct Secured {
    /// For exchanges in the configured protocol.
    pub config: Arc<rustls::ClientConfig>,
    /// For protocol changes, which need HTTP/1.1.
    pub upgrade_config: Arc<rustls::ClientConfig>,
    /// The name that its certificate must be for.
    pub name: ServerName<'static>,
}

/// How an upstream is asked whether it is well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The path of a GET request that is answered with 2xx or 3xx.
    pub path: String,
    /// Milliseconds between two checks of one address.
    pub interval_ms: u64,
}

impl Target {
    /// One address in clear, with ordinary time-outs.
    pub fn plain(host: &str, port: u16) -> Self {
        let bracketed = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        Self {
            name: Arc::from("default"),
            authority: format!("{bracketed}:{port}"),
            addresses: vec![(host.to_owned(), port)],
            tls: None,
            http2: false,
            connect_timeout_ms: 5_000,
            response_timeout_ms: 60_000,
            idle_timeout_ms: 4_000,
            exchanges_max: 4_096,
            health: None,
        }
    }
}

/// One API with everything that is known of its state. Kept over reloads that do not change it.
#[derive(Debug)]
pub struct Upstream {
    /// As configured.
    pub target: Target,
    /// Which of its addresses are busy, failing or well.
    pub balance: Balance,
}

impl Upstream {
    /// Nothing is known of it yet.
    pub fn new(target: Target) -> Arc<Self> {
        let balance = Balance::new(target.addresses.len());
        Arc::new(Self { target, balance })
    }
}
