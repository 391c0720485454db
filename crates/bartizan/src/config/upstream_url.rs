//! The address of the API behind us: `http://HOST:PORT` and nothing more.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use super::fault::{Fault, UrlFault};

const PORT_DEFAULT: u16 = 80;
const HOST_CHARS_MAX: usize = 253;

/// A checked upstream address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamUrl {
    host: Host,
    port: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Address(IpAddr),
    Name(String),
}

impl UpstreamUrl {
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

    /// `HOST:PORT`, with brackets where the host needs them.
    pub fn authority(&self) -> String {
        match &self.host {
            Host::Address(IpAddr::V6(it)) => format!("[{it}]:{}", self.port),
            Host::Address(IpAddr::V4(it)) => format!("{it}:{}", self.port),
            Host::Name(name) => format!("{name}:{}", self.port),
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text).map_err(|why| match why {
            // May hold a password, which goes nowhere.
            UrlFault::UserInfo => Fault::NotAnUpstream { given: String::new(), why },
            UrlFault::Scheme | UrlFault::Path | UrlFault::Host | UrlFault::Port => {
                Fault::NotAnUpstream { given: text.to_owned(), why }
            }
        })
    }

    fn read(text: &str) -> Result<Self, UrlFault> {
        if text.contains('@') {
            return Err(UrlFault::UserInfo);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlFault::Scheme)?;
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(UrlFault::Scheme);
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '\\']) {
            return Err(UrlFault::Path);
        }
        let (host, port) = split_port(authority)?;
        Ok(Self { host: read_host(host)?, port })
    }
}

fn split_port(authority: &str) -> Result<(&str, u16), UrlFault> {
    // A colon inside brackets belongs to the address.
    match authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        None => Ok((authority, PORT_DEFAULT)),
        Some((host, port)) => {
            let is_number = port.bytes().all(|it| it.is_ascii_digit());
            let port = port.parse().ok().filter(|it| is_number && *it != 0);
            Ok((host, port.ok_or(UrlFault::Port)?))
        }
    }
}

fn read_host(text: &str) -> Result<Host, UrlFault> {
    if let Some(inner) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        let address: Ipv6Addr = inner.parse().map_err(|_| UrlFault::Host)?;
        return Ok(Host::Address(address.into()));
    }
    if let Ok(address) = text.parse::<std::net::Ipv4Addr>() {
        return Ok(Host::Address(address.into()));
    }
    let name = text.to_ascii_lowercase();
    if is_name(&name) { Ok(Host::Name(name)) } else { Err(UrlFault::Host) }
}

/// Names of DNS and of container networks (underscores). A last label of digits only would be
/// taken for an IPv4 address by some resolvers.
fn is_name(name: &str) -> bool {
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

impl fmt::Display for UpstreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, UrlFault>) {
        assert_eq!(
            UpstreamUrl::read(text).map(|it| it.to_string()),
            expected.map(ToOwned::to_owned)
        );
    }

    #[test]
    fn host_and_port_are_read() {
        check("http://127.0.0.1:3000", Ok("http://127.0.0.1:3000"));
        check("HTTP://API.example", Ok("http://api.example:80"));
        check("http://my_api:8080/", Ok("http://my_api:8080"));
        check("http://[::1]:3000", Ok("http://[::1]:3000"));
        check("http://[::1]", Ok("http://[::1]:80"));
        check("http://a:65535", Ok("http://a:65535"));
    }

    #[test]
    fn anything_more_is_refused() {
        check("https://a", Err(UrlFault::Scheme));
        check("127.0.0.1:3000", Err(UrlFault::Scheme));
        check("unix:///run/api", Err(UrlFault::Scheme));
        check("http://a/b", Err(UrlFault::Path));
        check("http://a?b", Err(UrlFault::Path));
        check("http://a#b", Err(UrlFault::Path));
        check("http://u:p@a", Err(UrlFault::UserInfo));
        check("https://u:p@a/b", Err(UrlFault::UserInfo));
        check("u:p@a", Err(UrlFault::UserInfo));
    }

    #[test]
    fn hosts_and_ports_that_cannot_be_are_refused() {
        for text in ["http://", "http://:80", "http://a b", "http://-a", "http://a..b"] {
            check(text, Err(UrlFault::Host));
        }
        for text in ["http://[::1", "http://1.2.3", "http://1.2.3.256", "http://::1:80"] {
            check(text, Err(UrlFault::Host));
        }
        for text in ["http://a:0", "http://a:65536", "http://a:", "http://a:+80", "http://a:x"] {
            check(text, Err(UrlFault::Port));
        }
    }
}
