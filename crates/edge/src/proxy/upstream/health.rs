//! Asking upstreams whether they are well: a plain GET to each address, now and then.
//!
//! This is a question of our own and carries nothing of any client's, so no permit is spent on it.
//!
//! Misses   an upstream that answers its health check and nothing else.

use super::dial::{Protocol, dial};
use super::{Target, Upstream};
use crate::http1::head::EndFinder;
use crate::proxy::Shared;
use crate::proxy::wire::Wire;
use bytes::{Bytes, BytesMut};
use http::Request;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Milliseconds between two looks at what is due.
const LOOK_MS: u64 = 250;
/// Bytes of a response that are read.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// Checks whatever upstreams are in force, until the end of time. Run by every worker: whoever
/// looks first makes the check.
pub(in crate::proxy) async fn run(shared: Arc<Shared>) {
    let mut looks = tokio::time::interval(Duration::from_millis(LOOK_MS));
    loop {
        looks.tick().await;
        let now_ms = shared.clock.coarse_ms();
        for upstream in &shared.views.current().upstreams {
            let Some(health) = &upstream.target.health else { continue };
            for address in 0..upstream.target.addresses.len() {
                if upstream.balance.is_due(address, now_ms, health.interval_ms) {
                    tokio::spawn(check(Arc::clone(upstream), address));
                }
            }
        }
    }
}

async fn check(upstream: Arc<Upstream>, address: usize) {
    let target = &upstream.target;
    let within = Duration::from_millis(target.connect_timeout_ms);
    let asked = tokio::time::timeout(within, ask(target, address)).await;
    let is_well = matches!(asked, Ok(Some(200..=399)));
    upstream.balance.checked(address, is_well);
}

/// The status of the answer.
async fn ask(target: &Target, address: usize) -> Option<u16> {
    let path = &target.health.as_ref()?.path;
    let protocol = if target.http2 { Protocol::Http2 } else { Protocol::Http1 };
    let wire = dial(target, address, protocol).await.ok()?;
    match protocol {
        Protocol::Http1 => http1(wire, target, path).await,
        Protocol::Http2 => http2(wire, target, path).await,
    }
}

async fn http1(mut wire: Wire, target: &Target, path: &str) -> Option<u16> {
    let text = format!(
        "GET {path} HTTP/1.1\r\nhost: {}\r\nuser-agent: bartizan-health\r\nconnection: close\r\n\r\n",
        target.authority
    );
    wire.write_all(text.as_bytes()).await.ok()?;
    wire.flush().await.ok()?;
    let mut answer = BytesMut::new();
    let mut finder = EndFinder::default();
    while finder.find(&answer).is_none() {
        if answer.len() > ANSWER_BYTES_MAX || wire.read_buf(&mut answer).await.ok()? == 0 {
            return None;
        }
    }
    let status = answer.strip_prefix(b"HTTP/1.")?.get(2..5)?;
    str::from_utf8(status).ok()?.parse().ok()
}

async fn http2(wire: Wire, target: &Target, path: &str) -> Option<u16> {
    let (mut requests, connection) = h2::client::handshake(wire).await.ok()?;
    let task = tokio::spawn(async move { connection.await.ok() });
    let scheme = if target.tls.is_some() { "https" } else { "http" };
    let uri = format!("{scheme}://{}{path}", target.authority);
    let request = Request::get(uri).body(()).ok()?;
    let (response, _): (_, h2::SendStream<Bytes>) = requests.send_request(request, true).ok()?;
    let status = response.await.ok()?.status().as_u16();
    task.abort();
    Some(status)
}
