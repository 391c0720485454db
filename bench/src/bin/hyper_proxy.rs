//! The alternative that was weighed: a reverse proxy on hyper for both sides, judging nothing. Kept
//! so that the comparison can be repeated (`docs/decisions/0002-own-http1-reader.md`).
//!
//! `hyper_proxy LISTEN_PORT UPSTREAM_HOST:PORT`

use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONNECTION, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};

type Fault = Box<dyn Error + Send + Sync>;
type Idle = Arc<Mutex<Vec<SendRequest<Incoming>>>>;

fn main() -> Result<(), Fault> {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().ok_or("a port to listen on")?.parse()?;
    let upstream = arguments.next().ok_or("an upstream HOST:PORT")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(port, upstream))
}

async fn serve(port: u16, upstream: String) -> Result<(), Fault> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let idle: Idle = Arc::default();
    let upstream: Arc<str> = upstream.into();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (idle, upstream) = (Arc::clone(&idle), Arc::clone(&upstream));
        tokio::spawn(async move {
            let service = service_fn(|request| forward(request, &idle, &upstream));
            let server = hyper::server::conn::http1::Builder::new();
            server.serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

async fn forward(
    mut request: Request<Incoming>,
    idle: &Idle,
    upstream: &str,
) -> Result<Response<Incoming>, Fault> {
    let kept = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut link = match kept {
        Some(link) if !link.is_closed() => link,
        Some(_) | None => connect(upstream).await?,
    };
    let headers = request.headers_mut();
    headers.remove(CONNECTION);
    headers.insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1"));
    link.ready().await?;
    let response = link.send_request(request).await?;
    idle.lock().unwrap_or_else(PoisonError::into_inner).push(link);
    Ok(response)
}

async fn connect(upstream: &str) -> Result<SendRequest<Incoming>, Fault> {
    let stream = TcpStream::connect(upstream).await?;
    stream.set_nodelay(true)?;
    let (link, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        connection.await.ok();
    });
    Ok(link)
}
