//! Where alerts go: a URL, a receiver of syslog, or a file.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use super::fault::{AlertPlaceFault, Fault};
use super::host_port::HostPort;

/// Bytes of all of it.
const BYTES_MAX: usize = 2_048;

/// How a receiver is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HTTP over TLS.
    Https,
    /// HTTP in clear text.
    Http,
    /// Syslog over TLS.
    Tls,
    /// Syslog over TCP.
    Tcp,
    /// Syslog in datagrams.
    Udp,
}

impl Scheme {
    const ALL: [Self; 5] = [Self::Https, Self::Http, Self::Tls, Self::Tcp, Self::Udp];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
            Self::Tls => "tls",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }

    /// RFC 5425 and RFC 5426 name 6514 and 514; for plain TCP, 601 is registered.
    const fn port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
            Self::Tls => 6_514,
            Self::Tcp => 601,
            Self::Udp => 514,
        }
    }

    /// Whether it is HTTP.
    pub const fn is_http(self) -> bool {
        matches!(self, Self::Https | Self::Http)
    }

    /// Whether it is TLS.
    pub const fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Tls)
    }
}

/// A checked place for alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertPlace {
    /// Over the network.
    Remote {
        /// How.
        scheme: Scheme,
        /// Where.
        at: HostPort,
        /// Path and query of a URL; `/` elsewhere.
        target: String,
    },
    /// A file.
    File(PathBuf),
}

impl AlertPlace {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        Self::read(text).map_err(|why| Fault::NotAnAlertPlace { why })
    }

    fn read(text: &str) -> Result<Self, AlertPlaceFault> {
        if text.len() > BYTES_MAX || text.chars().any(char::is_control) {
            return Err(AlertPlaceFault::Form);
        }
        if let Some(path) = text.strip_prefix("file:") {
            // The form with an authority that is none, as in `file:///var/log/x`.
            let path = path.strip_prefix("//").filter(|it| it.starts_with('/')).unwrap_or(path);
            let path = Path::new(path);
            let is_file = path.file_name().and_then(|it| it.to_str()).is_some();
            return is_file.then(|| Self::File(path.to_owned())).ok_or(AlertPlaceFault::Form);
        }
        // Whatever it is, what may be a password is not repeated.
        let form =
            if text.contains('@') { AlertPlaceFault::UserInfo } else { AlertPlaceFault::Form };
        let (scheme, rest) = text.split_once("://").ok_or(form)?;
        let scheme = Scheme::ALL.into_iter().find(|it| it.name().eq_ignore_ascii_case(scheme));
        let scheme = scheme.ok_or(form)?;
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at_checked(end).ok_or(AlertPlaceFault::Form)?;
        if authority.contains('@') {
            return Err(AlertPlaceFault::UserInfo);
        }
        let target = match target {
            "" | "/" => "/",
            other if scheme.is_http() && is_target(other) => other,
            _ => return Err(AlertPlaceFault::Path),
        };
        let at =
            HostPort::read(authority, Some(scheme.port())).map_err(|_| AlertPlaceFault::Host)?;
        Ok(Self::Remote { scheme, at, target: target.to_owned() })
    }

    /// Whether an alert for it never leaves the machine.
    pub fn is_local(&self) -> bool {
        match self {
            Self::File(_) => true,
            Self::Remote { at, .. } => {
                at.host() == "localhost" || at.host_address().is_some_and(|it| it.is_loopback())
            }
        }
    }

    /// `HOST` or `HOST:PORT` for the `Host` field; empty for a file.
    pub fn authority(&self) -> String {
        match self {
            Self::File(_) => String::new(),
            Self::Remote { scheme, at, .. } if at.port() == scheme.port() => {
                match at.host_address() {
                    Some(IpAddr::V6(address)) => format!("[{address}]"),
                    Some(IpAddr::V4(_)) | None => at.host(),
                }
            }
            Self::Remote { at, .. } => at.to_string(),
        }
    }
}

/// What operators are shown. A path or a query is where secrets are put all the same, and is left out.
impl fmt::Display for AlertPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Remote { scheme, at, target } => {
                let rest = if target == "/" { "" } else { "/…" };
                write!(f, "{}://{at}{rest}", scheme.name())
            }
        }
    }
}

fn is_target(text: &str) -> bool {
    text.starts_with('/')
        && text.bytes().all(|it| it.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, AlertPlaceFault>) {
        let read = AlertPlace::read(text).map(|it| it.to_string());
        assert_eq!(read, expected.map(ToOwned::to_owned));
    }

    #[test]
    fn places_are_read_and_shown_without_their_path() {
        check("https://soc.example/a?token=b", Ok("https://soc.example:443/…"));
        check("HTTP://127.0.0.1:9/", Ok("http://127.0.0.1:9"));
        check("udp://log", Ok("udp://log:514"));
        check("tcp://[::1]", Ok("tcp://[::1]:601"));
        check("tls://log.example:1", Ok("tls://log.example:1"));
        check("file:/var/log/a.ndjson", Ok("file:/var/log/a.ndjson"));
        check("file:///var/log/a.ndjson", Ok("file:/var/log/a.ndjson"));
        check("file:a.ndjson", Ok("file:a.ndjson"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "soc.example", "ftp://a", "file:", "file:/", "file:..", "udp://a\n"] {
            check(text, Err(AlertPlaceFault::Form));
        }
        for text in ["https://u:p@a/b", "u:p@a", "ftp://u:p@a"] {
            check(text, Err(AlertPlaceFault::UserInfo));
        }
        for text in ["udp://a/b", "https://a/#b", "https://a?b", "https://a/ b", "http://a\\b"] {
            check(text, Err(AlertPlaceFault::Path));
        }
        for text in ["https://", "udp://a:0", "tcp://a b"] {
            check(text, Err(AlertPlaceFault::Host));
        }
    }

    #[test]
    fn what_stays_here_is_known() {
        let is_local = |text| AlertPlace::read(text).unwrap().is_local();
        assert!(is_local("http://127.0.0.1:1") && is_local("http://[::1]") && is_local("file:a"));
        assert!(is_local("http://localhost/a"));
        assert!(!is_local("http://10.0.0.1") && !is_local("http://localhost.example"));
        let authority = |text| AlertPlace::read(text).unwrap().authority();
        assert_eq!(authority("https://a/b"), "a");
        assert_eq!(authority("https://a:8443/b"), "a:8443");
        assert_eq!(authority("https://[::1]/b"), "[::1]");
    }
}
