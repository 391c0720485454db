//! Connections to upstreams: opened, kept, reused, shared where they are HTTP/2.
//!
//! Memory   at most [`IDLE_MAX`] idle HTTP/1 connections a worker, the oldest of which are closed
//!          first; HTTP/2 connections as many as exchanges in flight need, [`STREAMS_MAX`] on each.
//! Misses   a connection that the upstream closes in the same instant in which it is reused: such a
//!          request is sent again if its method allows, else the client gets 502.

use super::Upstream;
use super::balance::Lease;
use super::call::{Link, Way};
pub(in crate::proxy) use super::dial::Protocol;
use super::dial::dial;
use crate::proxy::clock::Clock;
use crate::proxy::deadline::{Elapsed, Watch};
use crate::proxy::wire::Wire;
use bartizan_engine::step::UpstreamFault;
use bytes::{Bytes, BytesMut};
use h2::client::SendRequest;
use socket2::SockRef;
use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpStream;

/// Idle connections that a worker keeps.
const IDLE_MAX: usize = 256;
/// Addresses of one upstream that are tried for one exchange.
const TRIES_MAX: usize = 3;
/// Exchanges on one HTTP/2 connection at once. A dead connection takes no more than these with it.
const STREAMS_MAX: usize = 100;
/// What an upstream may send ahead on one stream, and on a connection, in bytes.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 4 * 1024 * 1024;
/// Largest head that an upstream may send, in bytes.
pub(super) const RESPONSE_HEAD_BYTES_MAX: usize = 64 * 1024;

/// The connections of one worker.
#[derive(Debug)]
pub(in crate::proxy) struct Pool {
    clock: Arc<Clock>,
    idle: Mutex<Vec<Idle>>,
    shared: Mutex<Vec<SharedLink>>,
}

#[derive(Debug)]
struct Idle {
    upstream: Arc<Upstream>,
    address: usize,
    wire: Wire,
    since_ms: u64,
}

/// An HTTP/2 connection.
#[derive(Debug)]
struct SharedLink {
    upstream: Arc<Upstream>,
    address: usize,
    requests: SendRequest<Bytes>,
    load: Arc<AtomicUsize>,
    used_ms: u64,
}

impl Pool {
    /// Without connections.
    pub(in crate::proxy) fn new(clock: Arc<Clock>) -> Arc<Self> {
        Arc::new(Self { clock, idle: Mutex::default(), shared: Mutex::default() })
    }

    /// A connection to the address that is best now: a kept one if it is still good, else a new one.
    /// An address that cannot be reached is passed over for the next one: nothing was sent yet.
    pub(in crate::proxy) async fn connect(
        &self,
        upstream: &Arc<Upstream>,
        protocol: Protocol,
        watch: &Watch,
        fresh: bool,
    ) -> Result<Link, UpstreamFault> {
        let mut tried = Vec::new();
        let mut last = None;
        while tried.len() < TRIES_MAX {
            let lease = match Lease::take(upstream, &tried, self.clock.coarse_ms()) {
                Ok(lease) => lease,
                Err(fault) => return Err(last.unwrap_or(fault)),
            };
            let address = lease.address;
            match self.link(lease, protocol, watch, fresh).await {
                Ok(link) => return Ok(link),
                Err(fault) => last = Some(fault),
            }
            tried.push(address);
            if tried.len() >= upstream.target.addresses.len() {
                break;
            }
        }
        Err(last.unwrap_or(UpstreamFault::Unreachable))
    }

    async fn link(
        &self,
        lease: Lease,
        protocol: Protocol,
        watch: &Watch,
        fresh: bool,
    ) -> Result<Link, UpstreamFault> {
        let upstream = Arc::clone(&lease.upstream);
        let within_ms = upstream.target.connect_timeout_ms;
        if protocol == Protocol::Http1
            && !fresh
            && let Some(wire) = self.take(&upstream, lease.address)
        {
            let way = Way::Http1 { wire, buffer: BytesMut::new() };
            return Ok(Link { lease, way, reused: true });
        }
        let opening = async {
            match protocol {
                Protocol::Http1 => {
                    let wire = dial(&upstream.target, lease.address, protocol).await?;
                    Ok((Way::Http1 { wire, buffer: BytesMut::new() }, false))
                }
                Protocol::Http2 => self.stream(&upstream, lease.address, fresh).await,
            }
        };
        match watch
            .within(within_ms, opening)
            .await
            .unwrap_or_else(|Elapsed| Err(UpstreamFault::Unreachable))
        {
            Ok((way, reused)) => Ok(Link { lease, way, reused }),
            Err(fault) => {
                lease.failed(self.clock.coarse_ms());
                Err(fault)
            }
        }
    }

    /// Room for one stream on an HTTP/2 connection.
    async fn stream(
        &self,
        upstream: &Arc<Upstream>,
        address: usize,
        fresh: bool,
    ) -> Result<(Way, bool), UpstreamFault> {
        while let Some((requests, load)) =
            (!fresh).then(|| self.shared(upstream, address)).flatten()
        {
            let load = Load::charge(load);
            if let Ok(requests) = requests.ready().await {
                return Ok((Way::Http2 { requests, _load: load }, true));
            }
            // It has ended: neither this exchange nor a later one finds it again.
            let load = &load.0;
            lock(&self.shared).retain(|it| !Arc::ptr_eq(&it.load, load));
        }
        let wire = dial(&upstream.target, address, Protocol::Http2).await?;
        let mut builder = h2::client::Builder::new();
        builder
            .enable_push(false)
            .initial_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .max_header_list_size(u32::try_from(RESPONSE_HEAD_BYTES_MAX).unwrap_or(u32::MAX))
            .max_send_buffer_size(64 * 1024);
        let opened = builder.handshake::<_, Bytes>(wire).await;
        let (requests, connection) = opened.map_err(|_| UpstreamFault::Malformed)?;
        // Ends when the last handle to it is dropped, or the upstream closes it.
        tokio::spawn(async move { connection.await.ok() });
        let load = Arc::new(AtomicUsize::new(0));
        let kept = SharedLink {
            upstream: Arc::clone(upstream),
            address,
            requests: requests.clone(),
            load: Arc::clone(&load),
            used_ms: self.clock.coarse_ms(),
        };
        lock(&self.shared).push(kept);
        let load = Load::charge(load);
        let requests = requests.ready().await.map_err(|_| UpstreamFault::Closed)?;
        Ok((Way::Http2 { requests, _load: load }, false))
    }

    fn shared(
        &self,
        upstream: &Arc<Upstream>,
        address: usize,
    ) -> Option<(SendRequest<Bytes>, Arc<AtomicUsize>)> {
        let mut shared = lock(&self.shared);
        let found = shared.iter_mut().find(|it| {
            Arc::ptr_eq(&it.upstream, upstream)
                && it.address == address
                && it.load.load(Relaxed) < STREAMS_MAX.min(it.requests.current_max_send_streams())
        })?;
        found.used_ms = self.clock.coarse_ms();
        Some((found.requests.clone(), Arc::clone(&found.load)))
    }

    /// Keeps a connection on which nothing is outstanding.
    pub(in crate::proxy) fn keep(&self, link: Link) {
        let Link { lease, way, .. } = link;
        // An HTTP/2 connection is kept as long as it lasts, and shared meanwhile.
        let Way::Http1 { wire, buffer } = way else { return };
        if !buffer.is_empty() {
            return;
        }
        let mut idle = lock(&self.idle);
        if idle.len() >= IDLE_MAX {
            drop(idle.remove(0));
        }
        let (upstream, address) = (Arc::clone(&lease.upstream), lease.address);
        idle.push(Idle { upstream, address, wire, since_ms: self.clock.coarse_ms() });
    }

    /// Closes what nobody used for too long, and what leads where nothing is sent any more. Called
    /// by the worker now and then, with the upstreams in force.
    pub(in crate::proxy) fn close_old(&self, in_force: &[Arc<Upstream>]) {
        let now_ms = self.clock.coarse_ms();
        let is_used = |it: &Arc<Upstream>, since_ms: u64| {
            now_ms.saturating_sub(since_ms) < it.target.idle_timeout_ms
                && in_force.iter().any(|other| Arc::ptr_eq(it, other))
        };
        lock(&self.idle).retain(|it| is_used(&it.upstream, it.since_ms));
        lock(&self.shared)
            .retain(|it| it.load.load(Relaxed) > 0 || is_used(&it.upstream, it.used_ms));
    }

    fn take(&self, upstream: &Arc<Upstream>, address: usize) -> Option<Wire> {
        let now_ms = self.clock.coarse_ms();
        let mut idle = lock(&self.idle);
        // The one used last is the one most likely to be good still.
        while let Some(at) =
            idle.iter().rposition(|it| it.address == address && Arc::ptr_eq(&it.upstream, upstream))
        {
            let mut it = idle.remove(at);
            let fresh = now_ms.saturating_sub(it.since_ms) < upstream.target.idle_timeout_ms;
            if fresh && it.wire.with_socket(is_quiet) {
                return Some(it.wire);
            }
        }
        None
    }
}

/// One stream of an HTTP/2 connection, counted until it is dropped.
#[derive(Debug)]
pub(super) struct Load(Arc<AtomicUsize>);

impl Load {
    fn charge(load: Arc<AtomicUsize>) -> Self {
        load.fetch_add(1, Relaxed);
        Self(load)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
