//! A host and a port: where to connect to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::fault::{Fault, UrlFault};

const HOST_CHARS_MAX: usize = 253;

/// A checked host and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    Name(String),
}

impl HostPort {
    /// The host, in lower case and without brackets: what to resolve.
    pub fn host(&self) -> String {
        match &self.host {
            Host::Address(address) => address.to_string(),
            Host::Name(name) => name.clone(),
        }
    }

    /// The host, where it is an address already.
    pub fn host_address(&self) -> Option<IpAddr> {
        match &self.host {
            Host::Address(address) => Some(*address),
            Host::Name(_) => None,
        }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `HOST:PORT`; a place among others has no port of its own to fall back on.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text, None).map_err(|why| Fault::NotAPlace { given: text.to_owned(), why })
    }

    /// `HOST` or `HOST:PORT`.
    pub(super) fn read(text: &str, port_default: Option<u16>) -> Result<Self, UrlFault> {
        let (host, port) = split_port(text)?;
        let host = read_host(host)?;
        Ok(Self { host, port: port.or(port_default).ok_or(UrlFault::Port)? })
    }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), UrlFault> {
    // A colon inside brackets belongs to the address.
    match authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        None => Ok((authority, None)),
        Some((host, port)) => {
            let is_number = port.bytes().all(|it| it.is_ascii_digit());
            let port = port.parse().ok().filter(|it| is_number && *it != 0);
            Ok((host, Some(port.ok_or(UrlFault::Port)?)))
        }
    }
}

fn read_host(text: &str) -> Result<Host, UrlFault> {
    if let Some(inner) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        let address: Ipv6Addr = inner.parse().map_err(|_| UrlFault::Host)?;
        return Ok(Host::Address(address.into()));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(Host::Address(address.into()));
    }
    let name = text.to_ascii_lowercase();
    if is_name(&name) { Ok(Host::Name(name)) } else { Err(UrlFault::Host) }
}

/// Names of DNS and of container networks (underscores). A last label of digits only would be
/// taken for an IPv4 address by some resolvers.
pub(super) fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
    };
    let last = name.rsplit('.').next().unwrap_or_default();
    name.len() <= HOST_CHARS_MAX
        && name.split('.').all(is_label)
        && !last.bytes().all(|it| it.is_ascii_digit())
}

/// `HOST:PORT`, with brackets where the host needs them.
impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Address(IpAddr::V6(it)) => write!(f, "[{it}]:{}", self.port),
            Host::Address(IpAddr::V4(it)) => write!(f, "{it}:{}", self.port),
            Host::Name(name) => write!(f, "{name}:{}", self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, UrlFault>) {
        let expected = expected.map(ToOwned::to_owned);
        assert_eq!(HostPort::read(text, None).map(|it| it.to_string()), expected, "{text}");
    }

    #[test]
    fn a_place_has_a_host_and_a_port() {
        check("10.0.0.1:3000", Ok("10.0.0.1:3000"));
        check("API-2.internal:80", Ok("api-2.internal:80"));
        check("[2001:DB8::1]:3000", Ok("[2001:db8::1]:3000"));
    }

    #[test]
    fn anything_else_is_no_place() {
        for text in ["api", "10.0.0.1", "[::1]", "api:", "api:0", "api:65536", "api:+80"] {
            check(text, Err(UrlFault::Port));
        }
        for text in [":80", "a b:80", "::1:80", "1.2.3:80", "http://a:80", "a/b:80", "u@a:80"] {
            check(text, Err(UrlFault::Host));
        }
    }
}
