//! Hosts in URLs that pass: whom an API or its clients point to.
//!
//! Reads    a value, or a field of a head, that is one absolute URL.
//! Writes   its host alone: neither user, port, path nor query are kept.
//! Memory   at most [`HOST_BYTES_MAX`] bytes each, at most [`POINTED_MAX`] of one side of an exchange.
//! Misses   URLs within a longer text; hosts written with percent signs or letters beyond ASCII; addresses in
//!          other notations than dotted decimals and RFC 4291.
//! Source   RFC 3986, 3.2.2; RFC 1035, 2.3.4 for the lengths.

use crate::place::Place;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

/// Places with URLs that are kept of one side of an exchange; further ones are not.
pub const POINTED_MAX: usize = 4;
/// Bytes of the longest name (RFC 1035).
pub const HOST_BYTES_MAX: usize = 253;
/// Bytes of the longest label of a name.
const LABEL_BYTES_MAX: usize = 63;
/// Bytes of an URL that are looked at for its host.
const URL_BYTES_MAX: usize = 512;

/// The host of a URL: a name in lower case, or an address. Labels that look as if they named one person or
/// object are not part of it: of `5f0c1b9e8a7d4c3b.hooks.example` it is `*.hooks.example`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Host(Arc<str>);

/// A side of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// What the client sent.
    Request,
    /// What it was answered.
    Response,
}

impl Side {
    /// Name in output and files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }
}

/// A place of a message that holds a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointed {
    /// Whose.
    pub side: Side,
    /// Where.
    pub place: Place,
    /// To whom it points.
    pub host: Host,
    /// Whether that is the host that was called.
    pub is_own: bool,
}

/// The text is no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAHost;

impl Host {
    /// The host of an absolute URL of HTTP or WebSocket.
    pub fn of_url(url: &[u8]) -> Option<Self> {
        let rest = behind_scheme(url)?;
        let end = rest
            .iter()
            .take(URL_BYTES_MAX)
            .position(|it| matches!(it, b'/' | b'?' | b'#' | b'\\'))
            .unwrap_or(rest.len());
        let authority = rest.get(..end)?;
        let host = authority.rsplit(|it| *it == b'@').next()?;
        Self::of_authority(host)
    }

    /// The host of an authority without a user: of `Host`, or of a URL.
    pub fn of_authority(authority: &[u8]) -> Option<Self> {
        let text = str::from_utf8(authority).ok()?;
        if let Some(rest) = text.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(is_digits);
            let address: Ipv6Addr = address.parse().ok().filter(|_| is_port)?;
            return Some(Self(format!("[{address}]").into()));
        }
        let name = match text.split_once(':') {
            Some((name, port)) if is_digits(port) => name,
            Some(_) => return None,
            None => text,
        };
        Self::named(name)
    }

    fn named(name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name);
        if name.len() > HOST_BYTES_MAX || !name.split('.').all(is_label) {
            return None;
        }
        if name.parse::<Ipv4Addr>().is_ok() {
            return Some(Self(name.into()));
        }
        let name = name.to_ascii_lowercase();
        // What stands behind the last label that tells one of many is everybody's.
        let mut rest = name.as_str();
        let mut shown = None;
        while !rest.is_empty() {
            let (label, behind) = rest.split_once('.').unwrap_or((rest, ""));
            if is_identifying(label) {
                shown = Some(behind);
            }
            rest = behind;
        }
        Some(Self(match shown {
            None => name.into(),
            Some("") => "*".into(),
            Some(rest) => format!("*.{rest}").into(),
        }))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is an address rather than a name.
    pub fn is_address(&self) -> bool {
        self.0.starts_with('[') || self.0.parse::<Ipv4Addr>().is_ok()
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As it was written by [`Host`].
impl FromStr for Host {
    type Err = NotAHost;

    fn from_str(text: &str) -> Result<Self, NotAHost> {
        match text.strip_prefix('*') {
            Some("") => Ok(Self(text.into())),
            Some(rest) => {
                let name = rest.strip_prefix('.').ok_or(NotAHost)?;
                Self::named(name).map(|it| Self(format!("*.{it}").into())).ok_or(NotAHost)
            }
            None => Self::of_authority(text.as_bytes()).ok_or(NotAHost),
        }
    }
}

fn behind_scheme(url: &[u8]) -> Option<&[u8]> {
    const SCHEMES: [&[u8]; 4] = [b"https://", b"http://", b"wss://", b"ws://"];
    let begins =
        |it: &&[u8]| url.get(..it.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(it));
    let scheme = SCHEMES.iter().find(|it| begins(it))?;
    url.get(scheme.len()..)
}

fn is_digits(text: &str) -> bool {
    text.len() <= 5 && text.bytes().all(|it| it.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_BYTES_MAX).contains(&label.len())
        && label.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'))
}

/// Whether a label tells one of many: a UUID, a hash, a number as long as that of a telephone, or letters mixed with
/// digits as random ones are.
fn is_identifying(label: &str) -> bool {
    let plain: usize = label.bytes().filter(|it| it.is_ascii_alphanumeric()).count();
    let digits = label.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = label.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-');
    let is_whole = plain == label.len();
    match digits {
        0..3 => is_whole && plain >= 26 && !has_vowels(label),
        _ => {
            is_hex && (digits == plain && plain >= 8 || plain >= 12)
                || is_whole && plain >= 16
                // E-mail addresses are written so where `@` cannot stand.
                || digits >= 8
        }
    }
}

/// Words have one vowel in four letters at least.
fn has_vowels(label: &str) -> bool {
    let vowels = label.bytes().filter(|it| b"aeiouy".contains(it)).count();
    vowels * 4 >= label.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, host: Option<&str>) {
        let found = Host::of_url(url.as_bytes());
        assert_eq!(found.as_ref().map(Host::as_str), host, "{url}");
        if let Some(found) = found {
            assert_eq!(found.as_str().parse(), Ok(found), "it reads what it writes");
        }
    }

    #[test]
    fn of_a_url_the_host_is_kept_and_nothing_else() {
        check("https://Hooks.Example.COM:8443/a?b#c", Some("hooks.example.com"));
        check("wss://ann:secret@events.example/", Some("events.example"));
        check("http://a.example?u=ann@b.example", Some("a.example"));
        check("HTTP://a.example\\@b.example", Some("a.example"));
        check("ws://localhost", Some("localhost"));
        check("http://example.com.:80", Some("example.com"));
    }

    #[test]
    fn addresses_are_hosts() {
        check("http://169.254.169.254/latest/meta-data", Some("169.254.169.254"));
        check("http://[FD00:ec2::254]:80/", Some("[fd00:ec2::254]"));
        let is_address = |url: &str| Host::of_url(url.as_bytes()).unwrap().is_address();
        assert!(is_address("http://127.0.0.1/") && is_address("http://[::1]/"));
        assert!(!is_address("http://a.example/"));
    }

    #[test]
    fn what_is_no_absolute_url_has_none() {
        for text in [
            "",
            "/a",
            "//a.example/b",
            "a.example",
            "mailto:ann@a.example",
            "ftp://a.example",
            "http://",
            "http:///a",
            "http://a b/",
            "http://a.example:port/",
            "http://[::1/",
            "http://a..b/",
            "http://%61.example/",
            "http://gr\u{f6}n.example/",
            "see http://a.example",
        ] {
            check(text, None);
        }
        check(&format!("http://{}/", "a".repeat(64)), None);
        check(&format!("http://{}example/", "abc.".repeat(70)), None);
        check(&format!("http://{}/", "x".repeat(4_000)), None);
    }

    #[test]
    fn labels_that_tell_one_of_many_are_left_out() {
        check("https://5f0c1b9e8a7d4c3b.hooks.example/", Some("*.hooks.example"));
        check("https://01a2007c-5611-7cc8-959e-a13d309dcfa3.cb.example/", Some("*.cb.example"));
        check("https://a.491711234567.b.example/", Some("*.b.example"));
        check("https://mzxw6ytboi4dqmrqgq3tsnbv.oast.example/", Some("*.oast.example"));
        check("https://deadbeef0123456789ab/", Some("*"));
        for url in ["https://s3.eu-west-1.amazonaws.example/", "https://api-v2-staging01.example/"]
        {
            let host = url.strip_prefix("https://").and_then(|it| it.strip_suffix('/'));
            check(url, host);
        }
    }
}
