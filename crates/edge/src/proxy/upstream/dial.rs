//! Opening connections to an upstream.
//!
//! Misses   host names are resolved for every connection, by the system; its answers are not kept.

use super::Target;
use crate::proxy::tapped::Tapped;
use crate::proxy::wire::Wire;
use crate::tls;
use bartizan_engine::step::UpstreamFault;
use std::net::SocketAddr;
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

/// Which protocol a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::proxy) enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

/// Opens a connection to one address of `target`.
pub(super) async fn dial(
    target: &Target,
    address: usize,
    protocol: Protocol,
) -> Result<Wire, UpstreamFault> {
    let (host, port) = target.addresses.get(address).ok_or(UpstreamFault::Unreachable)?;
    let stream = connect(host, *port).await.ok_or(UpstreamFault::Unreachable)?;
    let Some(secured) = &target.tls else { return Ok(Wire::Plain(stream)) };
    let config = match protocol {
        Protocol::Http1 => &secured.upgrade_config,
        Protocol::Http2 => &secured.config,
    };
    let connector = TlsConnector::from(config.clone());
    let session = connector.connect(secured.name.clone(), Tapped::plain(stream)).await;
    let session = session.map_err(|_| UpstreamFault::Tls)?;
    // An upstream that does not agree to HTTP/2 would read a preface as a request.
    if protocol == Protocol::Http2 && session.get_ref().1.alpn_protocol() != Some(tls::H2) {
        return Err(UpstreamFault::Tls);
    }
    Ok(Wire::of_tls(session.into()))
}

async fn connect(host: &str, port: u16) -> Option<TcpStream> {
    let addresses: Vec<SocketAddr> = lookup_host((host, port)).await.ok()?.collect();
    for address in addresses {
        if let Ok(stream) = TcpStream::connect(address).await
            && stream.set_nodelay(true).is_ok()
        {
            return Some(stream);
        }
    }
    None
}
