//! The client's address: the peer's, unless the peer is a proxy that is trusted to name another.
//!
//! Reads    the peer address, and `X-Forwarded-For` or `Forwarded` from right to left.
//! Misses   `X-Real-IP` and fields of single vendors are not read. What the PROXY protocol says, the
//!          edge has put in the peer's place already.
//! Source   RFC 7239 section 8.1: only what a trusted proxy wrote may be believed.

use bartizan_model::head::{Fields, list};
use bartizan_model::known::Known;
use bartizan_model::network::{Network, canonical};
use std::net::{IpAddr, SocketAddr};

/// What names a client's address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The connection alone.
    Peer,
    /// `X-Forwarded-For`, where a trusted proxy wrote it.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239), likewise.
    Forwarded,
}

/// The rightmost address that no trusted proxy has; the peer if it is itself not trusted, or if
/// what it wrote cannot be read.
pub fn client_address(
    peer: IpAddr,
    fields: &Fields,
    trusted: &[Network],
    source: Source,
) -> IpAddr {
    let is_trusted = |it: IpAddr| trusted.iter().any(|network| network.contains(it));
    let mut client = canonical(peer);
    let wanted = match source {
        Source::Peer => return client,
        Source::XForwardedFor => Known::XForwardedFor,
        Source::Forwarded => Known::Forwarded,
    };
    if trusted.is_empty() || !is_trusted(client) {
        return client;
    }
    let lines: Vec<&[u8]> = fields
        .iter()
        .filter(|&(known, name, _)| known == wanted && !name.contains(&b'_'))
        .map(|(_, _, value)| value)
        .collect();
    for line in lines.iter().rev() {
        let hops: Vec<&[u8]> = list(line).collect();
        for hop in hops.iter().rev() {
            let named = match source {
                Source::Forwarded => forwarded_for(hop).and_then(parse),
                Source::Peer | Source::XForwardedFor => parse(hop),
            };
            let Some(address) = named else { return client };
            client = address;
            if !is_trusted(client) {
                return client;
            }
        }
    }
    client
}

/// Whether the client spoke TLS: to us, or to a trusted proxy that says so.
pub fn client_spoke_tls(tls: bool, peer: IpAddr, fields: &Fields, trusted: &[Network]) -> bool {
    let is_trusted = trusted.iter().any(|network| network.contains(canonical(peer)));
    let says_https = || {
        fields.iter().any(|(known, name, value)| {
            known == Known::XForwarded
                && name.eq_ignore_ascii_case(b"x-forwarded-proto")
                && value.eq_ignore_ascii_case(b"https")
        })
    };
    tls || (is_trusted && says_https())
}

/// The `for` of one element of `Forwarded`, without its quotes. A quoted comma or semicolon would
/// be part of no address, so that splitting at every one of them reads no other hop than meant.
fn forwarded_for(element: &[u8]) -> Option<&[u8]> {
    element.split(|&b| b == b';').map(<[u8]>::trim_ascii).find_map(|pair| {
        let (name, value) = pair.split_at_checked(4)?;
        let value = if name.eq_ignore_ascii_case(b"for=") { value } else { return None };
        Some(value.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\"")).unwrap_or(value))
    })
}

/// An address as proxies write it: bare, with a port, or IPv6 in brackets.
fn parse(hop: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(hop).ok()?;
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|it| it.ip())).map(canonical).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::head::{Framing, HeadWriter, Version};

    #[track_caller]
    fn check(peer: &str, lines: &[&str], expected: &str) {
        let mut writer = HeadWriter::new();
        for line in lines {
            writer.field(b"X-Forwarded-For", line.as_bytes());
        }
        writer.field(b"X_Forwarded_For", b"192.0.2.66");
        let head = writer.request(Version::Http11, Framing::None);
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        let source = Source::XForwardedFor;
        let found = client_address(peer.parse().unwrap(), &head.fields, &trusted, source);
        assert_eq!(found.to_string(), expected);
    }

    #[track_caller]
    fn check_forwarded(peer: &str, lines: &[&str], expected: &str) {
        let mut writer = HeadWriter::new();
        lines.iter().for_each(|it| writer.field(b"Forwarded", it.as_bytes()));
        writer.field(b"X-Forwarded-For", b"192.0.2.66");
        let head = writer.request(Version::Http11, Framing::None);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let source = Source::Forwarded;
        let found = client_address(peer.parse().unwrap(), &head.fields, &trusted, source);
        assert_eq!(found.to_string(), expected);
    }

    #[test]
    fn forwarded_is_read_from_the_right_through_trusted_proxies() {
        check_forwarded("203.0.113.1", &["for=198.51.100.7"], "203.0.113.1");
        check_forwarded("10.0.0.1", &["for=198.51.100.7"], "198.51.100.7");
        check_forwarded(
            "10.0.0.1",
            &["for=1.2.3.4, For=\"198.51.100.7:80\";proto=http"],
            "198.51.100.7",
        );
        check_forwarded("10.0.0.1", &["for=\"[2001:db8::7]:1234\"", "for=10.1.1.1"], "2001:db8::7");
        check_forwarded("10.0.0.1", &["for=198.51.100.7", "for=_hidden"], "10.0.0.1");
        check_forwarded("10.0.0.1", &["for=\"1.2.3.4, for=198.51.100.7"], "198.51.100.7");
        check_forwarded("10.0.0.1", &["proto=https"], "10.0.0.1");
    }

    #[test]
    fn a_connection_without_fields_is_the_client() {
        let head = HeadWriter::new().request(Version::Http11, Framing::None);
        let peer = "::ffff:10.0.0.1".parse().unwrap();
        let found = client_address(peer, &head.fields, &[], Source::Peer);
        assert_eq!(found.to_string(), "10.0.0.1");
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_it_claims() {
        check("203.0.113.1", &["198.51.100.7"], "203.0.113.1");
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_client() {
        check("10.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &["198.51.100.7, 203.0.113.9, 10.0.0.2"], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.7", "203.0.113.9"], "203.0.113.9");
        check("::1", &["[2001:db8::5]:443"], "2001:db8::5");
        check("::ffff:10.0.0.1", &["::ffff:198.51.100.7"], "198.51.100.7");
        check("10.0.0.1", &["198.51.100.7:4711"], "198.51.100.7");
    }

    #[test]
    fn only_a_trusted_proxy_can_say_that_the_client_spoke_tls() {
        let mut writer = HeadWriter::new();
        writer.field(b"X-Forwarded-Proto", b"https");
        let head = writer.request(Version::Http11, Framing::None);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let said =
            |tls, peer: &str| client_spoke_tls(tls, peer.parse().unwrap(), &head.fields, &trusted);
        assert!(said(false, "10.0.0.1"));
        assert!(!said(false, "192.0.2.1"));
        assert!(said(true, "192.0.2.1"));
    }

    #[test]
    fn what_cannot_be_read_is_not_believed() {
        check("10.0.0.1", &["198.51.100.7, unknown"], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.7, 0x7f.1, 10.0.0.2"], "10.0.0.2");
        check("10.0.0.1", &[], "10.0.0.1");
    }
}
