//! HTTP/2 by the library, on either side: an upstream that behaves like a gRPC server, and a client
//! that reads trailers.

use super::PATIENCE;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use rustls::{ClientConfig, ServerConfig};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What a gRPC server says when it says too much, percent-encoded as the protocol wants it.
pub const TALKATIVE: &str = "java.lang.IllegalStateException: no order%0A%09at \
    example.shop.Orders.get(Orders.java:41)%0A%09at example.shop.Main.main(Main.java:7)";

/// An upstream that speaks HTTP/2 and nothing else.
#[derive(Debug)]
pub struct H2Upstream {
    pub address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    connections: AtomicUsize,
    has_refused: AtomicBool,
    requests: Mutex<Vec<(String, HeaderMap, Vec<u8>)>>,
}

impl H2Upstream {
    /// In clear, or through TLS.
    pub fn start(tls: Option<Arc<ServerConfig>>) -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        let seen = Arc::<Seen>::default();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            runtime().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    shared.connections.fetch_add(1, Relaxed);
                    let (tls, shared) = (tls.clone(), Arc::clone(&shared));
                    tokio::spawn(async move {
                        match tls {
                            None => serve(stream, shared).await,
                            Some(config) => {
                                let Ok(it) = TlsAcceptor::from(config).accept(stream).await else {
                                    return;
                                };
                                serve(it, shared).await;
                            }
                        }
                    });
                }
            });
        });
        Self { address: told.recv().unwrap(), seen }
    }

    pub fn connections(&self) -> usize {
        self.seen.connections.load(Relaxed)
    }

    /// Path, fields and body of every request that came.
    pub fn requests(&self) -> Vec<(String, HeaderMap, Vec<u8>)> {
        self.seen.requests.lock().unwrap().clone()
    }
}

async fn serve(io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, seen: Arc<Seen>) {
    let Ok(mut connection) = h2::server::handshake(io).await else { return };
    while let Some(Ok((request, respond))) = connection.accept().await {
        if request.uri().path() == "/leave" {
            connection.graceful_shutdown();
        }
        tokio::spawn(answer(request, respond, Arc::clone(&seen)));
    }
}

fn grpc() -> http::response::Builder {
    Response::builder().status(200).header("content-type", "application/grpc")
}

fn trailers(status: &str, message: &str) -> HeaderMap {
    let mut it = HeaderMap::new();
    it.insert("grpc-status", status.parse().unwrap());
    it.insert("grpc-message", message.parse().unwrap());
    it
}

async fn answer(
    request: Request<h2::RecvStream>,
    mut respond: h2::server::SendResponse<Bytes>,
    seen: Arc<Seen>,
) {
    let (parts, mut body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    if path == "/shop.Orders/Greet" {
        // Speaks before it is spoken to.
        let mut stream = respond.send_response(grpc().body(()).unwrap(), false).unwrap();
        stream.send_data(Bytes::from_static(b"hello"), false).unwrap();
        while let Some(Ok(_)) = body.data().await {}
        stream.send_trailers(trailers("0", "")).ok();
        return;
    }
    if path == "/refused-once" && !seen.has_refused.swap(true, Relaxed) {
        return respond.send_reset(h2::Reason::REFUSED_STREAM);
    }
    if path == "/reset" {
        return respond.send_reset(h2::Reason::INTERNAL_ERROR);
    }
    let mut bytes = Vec::new();
    while let Some(Ok(piece)) = body.data().await {
        body.flow_control().release_capacity(piece.len()).unwrap();
        bytes.extend_from_slice(&piece);
    }
    seen.requests.lock().unwrap().push((path.clone(), parts.headers.clone(), bytes.clone()));
    match path.as_str() {
        "/shop.Orders/Get" => {
            let mut stream = respond.send_response(grpc().body(()).unwrap(), false).unwrap();
            stream.send_data(bytes.into(), false).unwrap();
            stream.send_trailers(trailers("0", "fine")).unwrap();
        }
        "/shop.Orders/List" => {
            let mut stream = respond.send_response(grpc().body(()).unwrap(), false).unwrap();
            for n in 0..5_u8 {
                stream.send_data(vec![b'0' + n; 1_000].into(), false).unwrap();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            stream.send_trailers(trailers("0", "")).unwrap();
        }
        "/shop.Orders/Fail" => {
            let head = grpc().header("grpc-status", "13").header("grpc-message", TALKATIVE);
            respond.send_response(head.body(()).unwrap(), true).unwrap();
        }
        "/shop.Orders/FailLate" => {
            let mut stream = respond.send_response(grpc().body(()).unwrap(), false).unwrap();
            stream.send_data(Bytes::from_static(b"part"), false).unwrap();
            stream.send_trailers(trailers("13", TALKATIVE)).unwrap();
        }
        "/shop.Orders/Missing" => {
            let mut stream = respond.send_response(grpc().body(()).unwrap(), false).unwrap();
            stream.send_trailers(trailers("5", "no such order")).unwrap();
        }
        "/204" | "/304" => {
            let head = Response::builder().status(path.trim_start_matches('/')).body(()).unwrap();
            respond.send_response(head, true).unwrap();
        }
        "/hang" => std::future::pending().await,
        path => {
            let head = Response::builder().status(200).body(()).unwrap();
            let is_head = parts.method == http::Method::HEAD;
            let mut stream = respond.send_response(head, is_head).unwrap();
            if !is_head {
                stream.send_data(Bytes::from(path.to_owned()), true).unwrap();
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// What came back of a call.
#[derive(Debug)]
pub struct Called {
    pub status: u16,
    pub fields: HeaderMap,
    pub pieces: Vec<Bytes>,
    pub trailers: HeaderMap,
    /// Whether the head was the whole answer.
    pub is_head_only: bool,
    /// Until the first piece of the body came.
    pub first: Option<Duration>,
    pub took: Duration,
}

impl Called {
    pub fn body(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body()).into_owned()
    }

    /// A field of the head, or of the trailers.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.get(name).or_else(|| self.trailers.get(name))?;
        found.to_str().ok()
    }
}

/// One call on a connection of its own; through TLS if there is a configuration for it.
pub fn call(
    address: SocketAddr,
    tls: Option<&Arc<ClientConfig>>,
    request: Request<()>,
    body: Option<&[u8]>,
) -> Called {
    runtime().block_on(async {
        let within = tokio::time::timeout(PATIENCE, async {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            match tls {
                None => speak(stream, request, body).await,
                Some(config) => {
                    let name = "api.example".try_into().unwrap();
                    let connector = TlsConnector::from(Arc::clone(config));
                    speak(connector.connect(name, stream).await.unwrap(), request, body).await
                }
            }
        });
        within.await.expect("an answer in time")
    })
}

async fn speak(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<()>,
    body: Option<&[u8]>,
) -> Called {
    let (client, connection) = h2::client::handshake(io).await.unwrap();
    tokio::spawn(async move { connection.await.ok() });
    let mut client = client.ready().await.unwrap();
    let since = Instant::now();
    let (response, mut sending) = client.send_request(request, body.is_none()).unwrap();
    if let Some(body) = body {
        sending.send_data(Bytes::copy_from_slice(body), true).unwrap();
    }
    let (parts, mut incoming) = response.await.unwrap().into_parts();
    let is_head_only = incoming.is_end_stream();
    let (mut pieces, mut first) = (Vec::new(), None);
    while let Some(piece) = incoming.data().await {
        let piece = piece.unwrap();
        first.get_or_insert(since.elapsed());
        incoming.flow_control().release_capacity(piece.len()).unwrap();
        pieces.push(piece);
    }
    let trailers = incoming.trailers().await.unwrap().unwrap_or_default();
    let (status, fields) = (parts.status.as_u16(), parts.headers);
    Called { status, fields, pieces, trailers, is_head_only, first, took: since.elapsed() }
}

/// The head of a gRPC call.
pub fn grpc_call(path: &str) -> Request<()> {
    Request::post(format!("http://api.example{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap()
}
