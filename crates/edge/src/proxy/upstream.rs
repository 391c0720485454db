//! Connections to the upstream: opened, kept, reused.
//!
//! Memory   at most [`IDLE_MAX`] idle connections a worker; the oldest are closed first.
//! Misses   a connection that the upstream closes in the same instant in which it is reused: such a
//!          request is sent again if its method allows, else the client gets 502.

use super::clock::Clock;
use super::deadline::{Elapsed, Watch};
use bartizan_engine::step::UpstreamFault;
use bytes::BytesMut;
use socket2::SockRef;
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpStream, lookup_host};

/// Idle connections that a worker keeps.
pub const IDLE_MAX: usize = 256;

/// Where admitted requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// `host[:port]` for requests that name no host.
    pub authority: String,
    /// Milliseconds for a connection to be made.
    pub connect_timeout_ms: u64,
    /// Milliseconds until the response head must be complete.
    pub response_timeout_ms: u64,
    /// Milliseconds for which an unused connection is kept.
    pub idle_timeout_ms: u64,
}

/// The connections of one worker.
#[derive(Debug)]
pub struct Pool {
    clock: Arc<Clock>,
    idle: Mutex<Vec<Idle>>,
}

#[derive(Debug)]
struct Idle {
    target: Arc<Target>,
    stream: TcpStream,
    since_ms: u64,
}

/// A connection to the upstream, in use by one exchange.
#[derive(Debug)]
pub struct Link {
    /// Where it leads.
    pub target: Arc<Target>,
    /// The connection.
    pub stream: TcpStream,
    /// What was read and not yet used.
    pub buffer: BytesMut,
    /// Whether it has served an exchange before.
    pub reused: bool,
}

impl Pool {
    /// Without connections.
    pub fn new(clock: Arc<Clock>) -> Arc<Self> {
        Arc::new(Self { clock, idle: Mutex::new(Vec::new()) })
    }

    /// A connection: a kept one if it is still good, else a new one.
    ///
    /// # Errors
    ///
    /// [`UpstreamFault`] if none could be made in time.
    pub async fn connect(
        &self,
        target: &Arc<Target>,
        watch: &Watch,
        fresh: bool,
    ) -> Result<Link, UpstreamFault> {
        if !fresh && let Some(stream) = self.take(target) {
            return Ok(Link::new(target, stream, true));
        }
        match watch.within(target.connect_timeout_ms, dial(target)).await {
            Ok(Some(stream)) => Ok(Link::new(target, stream, false)),
            Ok(None) | Err(Elapsed) => Err(UpstreamFault::Unreachable),
        }
    }

    /// Keeps a connection on which nothing is outstanding.
    pub fn keep(&self, link: Link) {
        if !link.buffer.is_empty() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= IDLE_MAX {
            drop(idle.remove(0));
        }
        let Link { target, stream, .. } = link;
        idle.push(Idle { target, stream, since_ms: self.clock.coarse_ms() });
    }

    /// Closes what nobody used for too long. Called by the worker now and then.
    pub fn close_old(&self, idle_timeout_ms: u64) {
        let now_ms = self.clock.coarse_ms();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|it| now_ms.saturating_sub(it.since_ms) < idle_timeout_ms);
    }

    fn take(&self, target: &Arc<Target>) -> Option<TcpStream> {
        let now_ms = self.clock.coarse_ms();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(it) = idle.pop() {
            let fresh = now_ms.saturating_sub(it.since_ms) < target.idle_timeout_ms;
            // After a reload a connection may lead to where nothing is sent any more.
            let leads_there = Arc::ptr_eq(&it.target, target) || it.target == *target;
            if fresh && leads_there && is_quiet(&it.stream) {
                return Some(it.stream);
            }
        }
        None
    }
}

impl Link {
    fn new(target: &Arc<Target>, stream: TcpStream, reused: bool) -> Self {
        Self { target: Arc::clone(target), stream, buffer: BytesMut::new(), reused }
    }
}

/// Whether nothing has happened on an idle connection. Bytes that nobody asked for are as bad as
/// an end: they would be read as the next response. The kernel is asked and not the runtime, which
/// learns of what came only when it looks the next time.
fn is_quiet(stream: &TcpStream) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    let peeked = SockRef::from(stream).peek(&mut byte);
    matches!(peeked, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

async fn dial(target: &Target) -> Option<TcpStream> {
    let addresses: Vec<SocketAddr> =
        lookup_host((target.host.as_str(), target.port)).await.ok()?.collect();
    for address in addresses {
        if let Ok(stream) = TcpStream::connect(address).await
            && stream.set_nodelay(true).is_ok()
        {
            return Some(stream);
        }
    }
    None
}
