//! The address of the API behind us: `http://HOST:PORT` or `https://HOST:PORT`, nothing more.

use std::fmt;
use std::net::IpAddr;

use super::fault::{Fault, UrlFault};
use super::host_port::HostPort;

const SCHEMES: [(&str, u16); 2] = [("http", 80), (HTTPS, 443)];
const HTTPS: &str = "https";

/// A checked upstream address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamUrl {
    scheme: &'static str,
    at: HostPort,
}

impl UpstreamUrl {
    /// Whether TLS is spoken there.
    pub fn is_tls(&self) -> bool {
        self.scheme == HTTPS
    }

    /// The host and the port.
    pub fn at(&self) -> &HostPort {
        &self.at
    }

    /// The host, in lower case and without brackets: what to resolve.
    pub fn host(&self) -> String {
        self.at.host()
    }

    /// The host, where it is an address already.
    pub fn host_address(&self) -> Option<IpAddr> {
        self.at.host_address()
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.at.port()
    }

    /// `HOST:PORT`, with brackets where the host needs them.
    pub fn authority(&self) -> String {
        self.at.to_string()
    }

    /// The same as a client of it writes it into `Host`: without the port that its scheme implies.
    pub fn host_field(&self) -> String {
        let implied = if self.is_tls() { ":443" } else { ":80" };
        let authority = self.authority();
        authority.strip_suffix(implied).map_or(authority.clone(), ToOwned::to_owned)
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
        let scheme = SCHEMES.into_iter().find(|(name, _)| scheme.eq_ignore_ascii_case(name));
        let (scheme, port) = scheme.ok_or(UrlFault::Scheme)?;
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#', '\\']) {
            return Err(UrlFault::Path);
        }
        Ok(Self { scheme, at: HostPort::read(authority, Some(port))? })
    }
}

impl fmt::Display for UpstreamUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.at)
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
        check("https://api.example", Ok("https://api.example:443"));
        check("HTTPS://[::1]:8443/", Ok("https://[::1]:8443"));
    }

    #[test]
    fn anything_more_is_refused() {
        check("ftp://a", Err(UrlFault::Scheme));
        check("httpss://a", Err(UrlFault::Scheme));
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
