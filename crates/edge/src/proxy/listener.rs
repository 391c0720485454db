//! The listeners: one socket and one single-threaded runtime per worker, joined by `SO_REUSEPORT`.
//!
//! Memory   `connections_max` connections over all workers; further ones are closed unread and
//!          counted.

use super::deadline::{SWEEP_MS, Sweeper};
use super::record::Recorder;
use super::upstream::health;
use super::upstream::pool::Pool;
use super::wire::Wire;
use super::{Caller, Shared, Worker, http1_server, http2_server, proxy_protocol};
use crate::proxy::tapped::Tapped;
use crate::tls;
use bartizan_auth::Digest;
use bartizan_model::network::{Network, canonical};
use bytes::BytesMut;
use socket2::{Domain, Protocol, Socket, Type};
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What HTTP/2 with prior knowledge begins with (RFC 9113 section 3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The running proxy.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens; a free port if 0 was asked for.
    pub address: SocketAddr,
    sweepers: Vec<Arc<Sweeper>>,
    stops: Vec<tokio::sync::watch::Sender<bool>>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts `workers` workers on `address`.
///
/// # Errors
///
/// If the address cannot be bound, or a thread cannot be started.
pub fn start(
    address: SocketAddr,
    workers: usize,
    shared: &Arc<Shared>,
    recorders: &[Arc<Recorder>],
) -> io::Result<Proxy> {
    // SO_REUSEPORT would silently share the port with a second instance: a plain bind tells.
    drop(std::net::TcpListener::bind(address)?);
    let first = bind(address)?;
    let address = first.local_addr()?;
    let mut sockets = vec![first];
    for _ in 1..workers {
        sockets.push(bind(address)?);
    }
    serve_on(sockets, address, shared, recorders)
}

/// Starts `workers` workers on sockets that somebody else bound and listens on; each worker has one of
/// them, and each socket at least one worker.
///
/// # Errors
///
/// If there is no socket, one cannot be used, or a thread cannot be started.
pub fn start_on(
    sockets: &[std::net::TcpListener],
    workers: usize,
    shared: &Arc<Shared>,
    recorders: &[Arc<Recorder>],
) -> io::Result<Proxy> {
    let first = sockets.first().ok_or(io::ErrorKind::NotFound)?;
    let address = first.local_addr()?;
    sockets.iter().try_for_each(|it| it.set_nonblocking(true))?;
    let count = workers.max(sockets.len());
    let shares: io::Result<Vec<_>> =
        sockets.iter().cycle().take(count).map(std::net::TcpListener::try_clone).collect();
    serve_on(shares?, address, shared, recorders)
}

/// One worker for each socket.
fn serve_on(
    sockets: Vec<std::net::TcpListener>,
    address: SocketAddr,
    shared: &Arc<Shared>,
    recorders: &[Arc<Recorder>],
) -> io::Result<Proxy> {
    let mut proxy = Proxy { address, sweepers: Vec::new(), stops: Vec::new(), threads: Vec::new() };
    for (number, (socket, recorder)) in sockets.into_iter().zip(recorders).enumerate() {
        let sweeper = Sweeper::new(Arc::clone(&shared.clock));
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let worker = Arc::new(Worker {
            shared: Arc::clone(shared),
            recorder: Arc::clone(recorder),
            sweeper: Arc::clone(&sweeper),
            pool: Pool::new(Arc::clone(&shared.clock)),
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let thread = std::thread::Builder::new()
            .name(format!("worker-{number}"))
            .spawn(move || runtime.block_on(run(worker, socket, stopped)))?;
        proxy.sweepers.push(sweeper);
        proxy.stops.push(stop);
        proxy.threads.push(thread);
    }
    Ok(proxy)
}

impl Proxy {
    /// Accepts no more connections, lets open exchanges end for at most `within`, then cuts them.
    pub fn stop(self, within: Duration) {
        self.sweepers.iter().for_each(|it| it.stop());
        for stop in &self.stops {
            stop.send_replace(true);
        }
        let until = std::time::Instant::now() + within;
        for thread in &self.threads {
            while !thread.is_finished() && std::time::Instant::now() < until {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        drop(self.stops);
        for thread in self.threads {
            drop(thread.join());
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    Ok(socket.into())
}

/// One worker until it is told to stop and its connections have ended.
async fn run(
    worker: Arc<Worker>,
    socket: std::net::TcpListener,
    mut stopped: tokio::sync::watch::Receiver<bool>,
) {
    let Ok(listener) = TcpListener::from_std(socket) else { return };
    let looking = Arc::clone(&worker.shared);
    tokio::spawn(Arc::clone(&worker.sweeper).run(move |late_ms| {
        let memory_bytes_max = looking.views.current().manners.memory_bytes_max;
        looking.pressure.look(&looking, memory_bytes_max, late_ms);
    }));
    tokio::spawn(close_old_links(Arc::clone(&worker)));
    tokio::spawn(health::run(Arc::clone(&worker.shared)));
    loop {
        tokio::select! {
            biased;
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => accept(&worker, stream, peer.ip()),
                // Out of descriptors, most likely: give connections time to end.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            _ = stopped.changed() => break,
        }
    }
    // Who has connected already, as far as the kernel is concerned, is served too.
    while let Some(Ok((stream, peer))) = at_once(listener.accept()).await {
        accept(&worker, stream, peer.ip());
    }
    drop(listener);
    // The sender is dropped when the time for an orderly end is over.
    let over = async { while stopped.changed().await.is_ok() {} };
    let ended = async {
        while worker.shared.connections.load(Relaxed) > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = over => {}
        () = ended => {}
    }
}

/// The output of `future`, if it is ready at once.
async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(it) => Poll::Ready(Some(it)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

async fn close_old_links(worker: Arc<Worker>) {
    let mut ticks = tokio::time::interval(Duration::from_millis(SWEEP_MS * 10));
    loop {
        ticks.tick().await;
        worker.pool.close_old(&worker.view().upstreams);
    }
}

/// Counts a connection for as long as it is open.
struct Counted {
    shared: Arc<Shared>,
    address: Option<IpAddr>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.shared.connections.fetch_sub(1, Relaxed);
        let Some(address) = self.address else { return };
        let mut by_address = self.shared.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&address);
            }
        }
    }
}

impl Counted {
    /// Counts the connection under its address; false if that has as many as it may have.
    fn count_address(&mut self, address: IpAddr, max: usize) -> bool {
        let mut by_address = self.shared.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_address.entry(address).or_default();
        if *count >= max {
            return false;
        }
        *count += 1;
        self.address = Some(address);
        true
    }
}

fn accept(worker: &Arc<Worker>, stream: TcpStream, peer: IpAddr) {
    let shared = &worker.shared;
    let view = worker.view();
    let (manners, peer) = (&view.manners, canonical(peer));
    let open = shared.connections.fetch_add(1, Relaxed);
    let mut counted = Counted { shared: Arc::clone(shared), address: None };
    let per_address = manners.connections_per_address_max;
    let has_room = open < manners.connections_max
        && (per_address == 0
            || is_in(&view.snapshot.rules.trusted, peer)
            || counted.count_address(peer, per_address));
    if !has_room || stream.set_nodelay(true).is_err() {
        shared.turned_away.fetch_add(1, Relaxed);
        return;
    }
    let worker = Arc::clone(worker);
    tokio::spawn(async move {
        let _counted = counted;
        serve(worker, stream, peer).await;
    });
}

fn is_in(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|it| it.contains(address))
}

/// Serves a connection: what comes before HTTP, then HTTP.
async fn serve(worker: Arc<Worker>, mut stream: TcpStream, peer: IpAddr) {
    let view = worker.view();
    let watch = worker.sweeper.watch();
    let within_ms = view.manners.head_timeout_ms;
    let caller =
        Caller { peer, tls: false, certificate: None, certificate_digest: None, ja4: None };
    let failed = || worker.shared.handshakes_failed.fetch_add(1, Relaxed);
    let caller = if view.manners.proxy_protocol {
        // Who is not trusted could name anybody.
        let reading = async {
            match is_in(&view.snapshot.rules.trusted, peer) {
                true => proxy_protocol::read(&mut stream).await,
                false => Err(proxy_protocol::Malformed),
            }
        };
        match watch.within(within_ms, reading).await {
            Ok(Ok(named)) => Caller { peer: named.map_or(peer, canonical), ..caller },
            Ok(Err(_)) | Err(_) => {
                failed();
                return;
            }
        }
    } else {
        caller
    };
    let Some(config) = &view.tls else {
        return in_clear(worker, stream, caller).await;
    };
    let handshake = TlsAcceptor::from(Arc::clone(config)).accept(Tapped::of(stream));
    let Ok(Ok(mut session)) = watch.within(within_ms, handshake).await else {
        failed();
        return;
    };
    let ja4 = session.get_mut().0.ja4();
    let ja4 = ja4.map(|it| view.snapshot.rules.key.value(it.as_bytes()));
    let known = session.get_ref().1;
    let shown = known.peer_certificates().and_then(<[_]>::first);
    let certificate = shown.map(|it| view.snapshot.rules.key.value(it));
    let certificate_digest = shown.map(|it| Digest::of(it));
    let is_http2 = known.alpn_protocol() == Some(tls::H2);
    let caller = Caller { tls: true, certificate, certificate_digest, ja4, ..caller };
    let wire = Wire::of_tls(session.into());
    drop(view);
    if is_http2 {
        http2_server::serve_connection(worker, wire, caller, BytesMut::new()).await;
    } else {
        http1_server::serve_connection(&worker, wire, caller, BytesMut::new()).await;
    }
}

/// Tells HTTP/2 from HTTP/1 by the first bytes, where clear-text HTTP/2 is spoken at all.
async fn in_clear(worker: Arc<Worker>, mut stream: TcpStream, caller: Caller) {
    let view = worker.view();
    let mut buffer = BytesMut::new();
    if view.manners.http2 {
        let watch = worker.sweeper.watch();
        let telling = async {
            loop {
                buffer.reserve(4 * 1024);
                match stream.read_buf(&mut buffer).await {
                    Ok(0) | Err(_) => return None,
                    Ok(_) if buffer.starts_with(PREFACE) => return Some(true),
                    Ok(_) if PREFACE.starts_with(&buffer) => {}
                    Ok(_) => return Some(false),
                }
            }
        };
        match watch.idle(view.manners.head_timeout_ms, telling).await {
            Ok(Some(true)) => {
                let wire = Wire::Plain(stream);
                return http2_server::serve_connection(worker, wire, caller, buffer).await;
            }
            // Whatever began before it broke off was the beginning of an HTTP/1 head.
            Ok(Some(false)) => {}
            Ok(None) | Err(_) if !buffer.is_empty() => {}
            Ok(None) | Err(_) => return,
        }
    }
    drop(view);
    http1_server::serve_connection(&worker, Wire::Plain(stream), caller, buffer).await;
}
