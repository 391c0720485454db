//! The listeners: one socket and one single-threaded runtime per worker, joined by `SO_REUSEPORT`.
//!
//! Memory   `connections_max` connections over all workers; further ones are closed unread and
//!          counted.

use super::deadline::{SWEEP_MS, Sweeper};
use super::record::Recorder;
use super::upstream::Pool;
use super::{Shared, Worker, http1_server, http2_server};
use bytes::BytesMut;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

/// What HTTP/2 with prior knowledge begins with (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

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
    let mut proxy = Proxy { address, sweepers: Vec::new(), stops: Vec::new(), threads: Vec::new() };
    let mut sockets = vec![first];
    for _ in 1..workers {
        sockets.push(bind(address)?);
    }
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
    tokio::spawn(Arc::clone(&worker.sweeper).run());
    tokio::spawn(close_old_links(Arc::clone(&worker)));
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

async fn close_old_links(worker: Arc<Worker>) {
    let mut ticks = tokio::time::interval(Duration::from_millis(SWEEP_MS * 10));
    loop {
        ticks.tick().await;
        worker.pool.close_old(worker.manners().target.idle_timeout_ms);
    }
}

/// Counts a connection for as long as it is open.
struct Counted(Arc<Shared>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Relaxed);
    }
}

fn accept(worker: &Arc<Worker>, stream: TcpStream, peer: IpAddr) {
    let shared = &worker.shared;
    let open = shared.connections.fetch_add(1, Relaxed);
    let counted = Counted(Arc::clone(shared));
    if open >= worker.manners().connections_max || stream.set_nodelay(true).is_err() {
        shared.turned_away.fetch_add(1, Relaxed);
        return;
    }
    let worker = Arc::clone(worker);
    tokio::spawn(async move {
        let _counted = counted;
        serve(worker, stream, peer).await;
    });
}

/// Tells HTTP/2 from HTTP/1 by the first bytes.
async fn serve(worker: Arc<Worker>, mut stream: TcpStream, peer: IpAddr) {
    let manners = worker.manners();
    let mut buffer = BytesMut::new();
    if manners.http2 {
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
        match watch.idle(manners.head_timeout_ms, telling).await {
            Ok(Some(true)) => {
                return http2_server::serve_connection(worker, stream, peer, buffer).await;
            }
            // Whatever began before it broke off was the beginning of an HTTP/1 head.
            Ok(Some(false)) => {}
            Ok(None) | Err(_) if !buffer.is_empty() => {}
            Ok(None) | Err(_) => return,
        }
    }
    http1_server::serve_connection(&worker, stream, peer, buffer).await;
}
