//! Whether the API answers: a connection, then one `HEAD /`, each within its limit.
//!
//! Memory   one answer of at most `ANSWER_BYTES_MAX`.

use super::Finding;
use crate::config::{HostPort, Upstream, UpstreamUrl};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

const KEY: &str = "upstream.url";
/// A status line, and no more than is looked at.
const ANSWER_BYTES_MAX: usize = 4 * 1024;

/// Each of its addresses: one that is dead shows only when the others are gone.
pub(super) fn examine(upstream: &Upstream) -> Vec<Finding> {
    upstream.places().iter().map(|at| place(upstream, at)).collect()
}

fn place(upstream: &Upstream, at: &HostPort) -> Finding {
    let url = &upstream.url.value;
    let shown = if upstream.addresses.is_empty() {
        url.to_string()
    } else {
        format!("{url} at {}:{}", at.host(), at.port())
    };
    let connect = Duration::from_millis(upstream.connect_timeout_ms);
    let stream = match connected(at, connect) {
        Ok(stream) => stream,
        Err(error) => {
            let mend = "start the API, or name where it listens";
            return Finding::problem(KEY, format!("{shown} cannot be reached: {error}"), mend);
        }
    };
    if url.is_tls() {
        return Finding::good(KEY, format!("{shown} takes connections; TLS was not tried"));
    }
    if upstream.http2 {
        return Finding::good(KEY, format!("{shown} takes connections; HTTP/2 was not tried"));
    }
    match status(stream, url, Duration::from_millis(upstream.response_timeout_ms)) {
        Ok(status) => answered(&shown, status),
        Err(error) => Finding::problem(
            KEY,
            format!("{shown} takes connections and does not answer `HEAD /`: {error}"),
            "make sure that clear-text HTTP/1.1 is spoken there; the limit is \
             upstream.response_timeout",
        ),
    }
}

fn answered(shown: &str, status: u16) -> Finding {
    let says = format!("{shown} answers `HEAD /` with {status}");
    match status {
        500.. => Finding::warning(KEY, says, "look into the API: it fails by itself"),
        ..500 => Finding::good(KEY, says),
    }
}

fn connected(at: &HostPort, limit: Duration) -> io::Result<TcpStream> {
    let host = at.host();
    let name = host.trim_matches(['[', ']']);
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in (name, at.port()).to_socket_addrs()?.collect::<Vec<SocketAddr>>() {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn status(mut stream: TcpStream, url: &UpstreamUrl, limit: Duration) -> io::Result<u16> {
    let deadline = Instant::now() + limit;
    stream.set_write_timeout(Some(limit))?;
    let agent = concat!("bartizan-doctor/", env!("CARGO_PKG_VERSION"));
    let head = format!(
        "HEAD / HTTP/1.1\r\nHost: {}\r\nUser-Agent: {agent}\r\nConnection: close\r\n\r\n",
        url.authority()
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    let mut piece = [0; 512];
    while !answer.contains(&b'\n') && answer.len() < ANSWER_BYTES_MAX {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(piece.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(io::ErrorKind::TimedOut.into());
            }
            Err(error) => return Err(error),
        }
    }
    of_line(&answer).ok_or_else(|| io::Error::other("what came back is not HTTP/1"))
}

/// The status of `HTTP/1.x NNN`.
fn of_line(answer: &[u8]) -> Option<u16> {
    let rest = answer.strip_prefix(b"HTTP/1.")?;
    let (_, rest) = rest.split_first()?;
    let digits = rest.strip_prefix(b" ")?.get(..3)?;
    let status = str::from_utf8(digits).ok()?.parse().ok()?;
    (100..=599).contains(&status).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use crate::config::{Overrides, Settings, Source};
    use std::net::TcpListener;

    /// An API that reads a head and answers so, once; `None` only takes the connection.
    #[track_caller]
    fn check(answer: Option<&'static str>, level: Level, says: &str) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let api = answer.map(|answer| {
            let listener = listener.try_clone().unwrap();
            std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    head.extend(byte);
                }
                stream.write_all(answer.as_bytes()).unwrap();
                String::from_utf8(head).unwrap()
            })
        });
        let limit = if answer.is_some() { "20s" } else { "20ms" };
        let finding = examine(&upstream(address, limit)).pop().unwrap();
        assert_eq!(finding.level, level, "{finding}");
        assert!(finding.to_string().contains(says), "{finding}");
        if let Some(api) = api {
            let head = api.join().unwrap();
            assert!(head.starts_with(&format!("HEAD / HTTP/1.1\r\nHost: {address}\r\n")), "{head}");
        }
    }

    fn upstream(address: SocketAddr, limit: &str) -> Upstream {
        let text = format!(
            "version: 1\nupstream: {{url: 'http://{address}', response_timeout: {limit}}}\n"
        );
        let source = Source { name: String::new(), bytes: text.into_bytes() };
        let accepted = Settings::read(&source, &Overrides::default(), 0).unwrap();
        accepted.settings.upstreams.into_iter().next().unwrap()
    }

    #[test]
    fn an_api_that_answers_is_fine_whatever_it_answers_but_a_failure() {
        check(Some("HTTP/1.1 200 OK\r\n\r\n"), Level::Good, "with 200");
        check(Some("HTTP/1.0 404\r\n\r\n"), Level::Good, "with 404");
        check(Some("HTTP/1.1 499 x\r\n\r\n"), Level::Good, "with 499");
        check(Some("HTTP/1.1 500 x\r\n\r\n"), Level::Warning, "with 500");
    }

    #[test]
    fn what_does_not_speak_http_is_a_problem() {
        for answer in ["", "SSH-2.0-x\r\n", "HTTP/1.1 2\n", "HTTP/1.1 999 x\r\n", "HTTP/2 200\r\n"]
        {
            check(Some(answer), Level::Problem, "is not HTTP/1");
        }
    }

    #[test]
    fn an_api_that_takes_connections_and_is_silent_is_a_problem() {
        check(None, Level::Problem, "does not answer `HEAD /`");
    }

    #[test]
    fn an_api_that_is_not_there_is_a_problem() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let finding = examine(&upstream(address, "20s")).pop().unwrap();
        assert_eq!(finding.level, Level::Problem);
        assert!(finding.says.contains("cannot be reached"), "{finding}");
    }

    #[test]
    fn each_address_is_tried() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let alive = listener.local_addr().unwrap();
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let other = upstream(gone, "20s");
        let mut upstream = upstream(alive, "20s");
        upstream.addresses = [&other, &upstream].map(|it| it.url.value.at().clone()).into();
        upstream.http2 = true;
        let findings = examine(&upstream);
        let levels: Vec<_> = findings.iter().map(|it| it.level).collect();
        assert_eq!(levels, [Level::Problem, Level::Good], "{findings:?}");
        assert!(findings[0].says.contains(&format!(" at {gone} ")), "{findings:?}");
    }
}
