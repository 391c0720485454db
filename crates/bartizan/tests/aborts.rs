//! Either side goes away at any moment: exactly one observation says so, and the next request on
//! a fresh connection works.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::net::SocketAddr;
use support::bartizan::{Bartizan, configuration};
use support::client::Client;
use support::upstream::{Connection, Upstream, ok};

/// Answers `/marker`, and everything else with `script`.
fn upstream(script: impl Fn(&mut Connection) + Send + Sync + 'static) -> Upstream {
    Upstream::scripted(move |connection| {
        while let Some(head) = connection.head() {
            if head.target() == "/marker" {
                connection.send(ok(""));
            } else {
                return script(connection);
            }
        }
    })
}

fn start(upstream: SocketAddr) -> Bartizan {
    let more = "  response_timeout: 1s\nlimits:\n  head_timeout: 1s\n  body_timeout: 1s\n";
    Bartizan::configured(&configuration(upstream, "enforce", more))
}

/// Closes with everything unread, which resets the connection.
fn reset(client: Client) {
    drop(client);
}

// The client goes away.

/// Sends `request`, waits for `mark` at the upstream, goes away; expects this outcome.
#[track_caller]
fn check_client(request: &str, mark: &str, outcome: &str) {
    for half in [false, true] {
        let upstream = upstream(Connection::until_closed);
        let bartizan = start(upstream.address);
        let mut client = bartizan.client();
        client.send(request);
        if !mark.is_empty() {
            upstream.until_received(mark);
        }
        if half {
            client.half_close();
            client.rest();
        } else {
            drop(client);
        }
        let seen = bartizan.exactly(1);
        assert_eq!(seen[0]["outcome"], outcome, "half-closed: {half}: {request:?}");
        assert_eq!(seen[0]["status"], 0);
    }
}

#[test]
fn a_client_goes_away_in_a_head() {
    check_client("GE", "", "client_aborted");
    check_client("GET /a HTTP/1.1\r\nHost: x\r\n", "", "client_aborted");
}

#[test]
fn a_client_goes_away_in_a_held_body() {
    let held = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n";
    check_client(&format!("{held}Content-Length: 5\r\n\r\nhel"), "", "client_aborted");
    check_client(&format!("{held}Content-Length: 5\r\n\r\n"), "", "client_aborted");
    check_client(
        &format!("{held}Transfer-Encoding: chunked\r\n\r\n5\r\nhel"),
        "",
        "client_aborted",
    );
    check_client(
        &format!("{held}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
        "",
        "client_aborted",
    );
}

#[test]
fn a_client_goes_away_in_a_streamed_body() {
    let streamed = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n";
    check_client(&format!("{streamed}Content-Length: 5\r\n\r\nhel"), "hel", "client_aborted");
    check_client(
        &format!("{streamed}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        "5\r\nhello\r\n",
        "client_aborted",
    );
}

#[test]
fn a_client_goes_away_while_it_waits() {
    check_client("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a", "client_aborted");
    check_client(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello",
        "hello",
        "client_aborted",
    );
}

#[test]
fn a_client_goes_away_in_a_response() {
    for head in ["Content-Length: 1000000000", "Transfer-Encoding: chunked", "Connection: close"] {
        let chunked = head.starts_with("Transfer");
        let upstream = upstream(move |connection| {
            connection.send(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n"));
            let piece = "a".repeat(0x1000);
            let piece = if chunked { format!("1000\r\n{piece}\r\n") } else { piece };
            while connection.send(&piece) {}
        });
        let bartizan = start(upstream.address);
        let mut client = bartizan.client();
        client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.head().status, 200);
        reset(client);
        let seen = bartizan.exactly(1);
        assert_eq!(
            (seen[0]["outcome"].as_str(), seen[0]["status"].as_u64()),
            (Some("client_aborted"), Some(200))
        );
    }
}

/// Nothing more comes from the upstream that could fail to be passed on.
#[test]
fn a_client_goes_away_in_a_response_that_pauses() {
    let upstream = upstream(|connection| {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        connection.until_closed();
    });
    let bartizan = start(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_to(b"hello");
    drop(client);
    assert_eq!(bartizan.exactly(1)[0]["outcome"], "client_aborted");
}

#[test]
fn a_client_is_too_slow() {
    for (request, code) in [
        ("GET /a HTTP/1.1\r\nHost:", "limit.head_time"),
        ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel", "limit.body_time"),
    ] {
        let upstream = upstream(Connection::until_closed);
        let bartizan = start(upstream.address);
        let mut client = bartizan.client();
        client.send(request);
        let answer = client.answer();
        assert_eq!((answer.status, answer.code().as_str()), (408, code));
        assert_eq!(client.rest(), b"");
        let seen = bartizan.exactly(1);
        assert_eq!(seen[0]["outcome"], "refused");
        assert!(!upstream.text().contains("/a"));
    }
}

#[test]
fn a_client_that_only_connects_leaves_nothing() {
    let upstream = upstream(Connection::until_closed);
    let bartizan = start(upstream.address);
    drop(bartizan.client());
    let mut client = bartizan.client();
    client.half_close();
    assert_eq!(client.rest(), b"");
    bartizan.exactly(0);
}

#[test]
fn a_client_that_comes_back_leaves_one_observation_a_request() {
    let upstream = upstream(Connection::until_closed);
    let bartizan = start(upstream.address);
    let mut client = bartizan.client();
    for _ in 0..3 {
        client.send("GET /marker HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.answer().status, 200);
    }
    drop(client);
    assert_eq!(bartizan.exactly(3).len(), 3);
}

// The upstream fails.

const GET: &str = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
const HELD: &str =
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
const STREAMED: &str =
    "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 5\r\n\r\nhello";

/// Expects that whatever is asked ends with this answer of ours.
#[track_caller]
fn check_refused(
    status: u16,
    code: &str,
    script: impl Fn(&mut Connection) + Send + Sync + Clone + 'static,
) {
    for request in [GET, HELD, STREAMED] {
        let upstream = upstream(script.clone());
        let bartizan = start(upstream.address);
        let mut client = bartizan.client();
        client.send(request);
        let answer = client.answer();
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{request:?}");
        let seen = bartizan.exactly(1);
        assert_eq!(seen[0]["outcome"], "upstream_failed");
        assert_eq!(
            (&seen[0]["status"], &seen[0]["hits"][0]["code"]),
            (&status.into(), &code.into())
        );
    }
}

/// Expects that the response is cut behind its head, so that nobody takes it for whole.
#[track_caller]
fn check_cut(framing: &'static str, sent: &'static str) {
    for request in [GET, HELD, STREAMED] {
        let upstream = upstream(move |connection| {
            // Of a type that is not held to be looked at.
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json";
            connection.send(format!("{head}\r\n{framing}\r\n\r\n{sent}"));
        });
        let bartizan = start(upstream.address);
        let mut client = bartizan.client();
        client.send(request);
        assert_eq!(client.head().status, 200);
        let rest = String::from_utf8(client.rest()).unwrap();
        assert!(!rest.ends_with("0\r\n\r\n"), "{rest}");
        let seen = bartizan.exactly(1);
        assert_eq!(seen[0]["outcome"], "upstream_failed");
    }
}

#[test]
fn an_upstream_that_is_not_there_is_told() {
    let nobody = Upstream::nobody();
    let bartizan = start(nobody);
    for (number, request) in [GET, HELD, STREAMED].iter().enumerate() {
        let answer = bartizan.ask(request);
        assert_eq!((answer.status, answer.code().as_str()), (502, "upstream.unreachable"));
        let seen = bartizan.at_least(number + 1);
        assert_eq!(seen.len(), number + 1);
        assert_eq!(seen[number]["outcome"], "upstream_failed");
    }
}

#[test]
fn an_upstream_closes_before_its_head() {
    check_refused(502, "upstream.closed", |connection| {
        connection.read(0);
    });
}

#[test]
fn an_upstream_closes_in_its_head() {
    check_refused(502, "upstream.closed", |connection| {
        connection.send("HTTP/1.1 200 OK\r\nContent-Le");
    });
}

#[test]
fn an_upstream_says_something_else() {
    for garbage in [
        "hello\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
        "HTTP/1.1 99 OK\r\n\r\n",
    ] {
        check_refused(502, "upstream.malformed", move |connection| {
            connection.send(garbage);
            connection.until_closed();
        });
    }
}

/// Closed by the upstream, that is: see `bugs_found` for one that stays open.
#[test]
fn an_upstream_switches_without_being_asked() {
    check_refused(502, "upstream.malformed", |connection| {
        connection.send(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nx",
        );
        connection.until_closed();
    });
}

#[test]
fn an_upstream_has_too_large_a_head() {
    check_refused(502, "upstream.malformed", |connection| {
        connection.send(format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "a".repeat(128 * 1024)));
        connection.until_closed();
    });
}

#[test]
fn an_upstream_never_answers() {
    check_refused(504, "upstream.timeout", Connection::until_closed);
}

#[test]
fn an_upstream_closes_in_its_body() {
    check_cut("Content-Length: 10", "hello");
    check_cut("Transfer-Encoding: chunked", "5\r\nhello\r\n");
    check_cut("Transfer-Encoding: chunked", "5\r\nhel");
    check_cut("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n");
}

/// Closing with bytes unread resets the connection.
#[test]
fn an_upstream_resets_the_connection() {
    let upstream = Upstream::scripted(|connection| {
        let mut byte = [0; 1];
        // Looks without taking anything, unless it is the marker.
        let mut start = [0; 12];
        while connection.stream.peek(&mut start).is_ok_and(|it| it > 0 && it < start.len()) {}
        if start.starts_with(b"GET /marker") {
            connection.request();
            connection.send(ok(""));
        } else {
            connection.stream.peek(&mut byte).ok();
        }
    });
    let bartizan = start(upstream.address);
    let answer = bartizan.ask(GET);
    assert_eq!((answer.status, answer.code().as_str()), (502, "upstream.closed"));
    assert_eq!(bartizan.exactly(1)[0]["outcome"], "upstream_failed");
}

/// A request that may be sent twice is, when a kept connection proves dead; any other is not.
#[test]
fn a_kept_connection_that_died_is_replaced_once() {
    for (method, status) in [("GET", 200), ("PUT", 200), ("POST", 502)] {
        let upstream = Upstream::scripted(|connection| {
            while let Some(request) = connection.request() {
                if request.target() == "/dies" && connection.served > 0 {
                    return;
                }
                connection.served += 1;
                connection.send(ok(""));
            }
        });
        let bartizan = start(upstream.address);
        assert_eq!(bartizan.get("/first").status, 200);
        let answer = bartizan
            .ask(&format!("{method} /dies HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
        assert_eq!(answer.status, status, "{method}");
        assert_eq!(bartizan.exactly(2).len(), 2);
    }
}

/// What comes behind a response was asked by nobody, and must not answer the next request.
#[test]
fn an_upstream_says_more_than_it_was_asked() {
    let upstream = upstream(|connection| {
        connection.send(format!("{}{}", ok("first"), ok("stray")));
        connection.until_closed();
    });
    let bartizan = start(upstream.address);
    let mut client = bartizan.client();
    client.send(GET);
    assert_eq!(client.answer().text(), "first");
    client.send("GET /marker HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().text(), "");
}

/// The first letter of `POST` is also the first of the HTTP/2 preface.
#[test]
fn a_head_that_ends_after_its_first_letter_leaves_an_observation() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("P");
    client.half_close();
    assert_eq!(client.rest(), b"");
    assert_eq!(bartizan.exactly(1)[0]["outcome"], "client_aborted");
}

/// As it is noticed while the answer to a held body is waited for.
#[test]
fn a_client_that_goes_away_behind_a_streamed_body_is_noticed() {
    let upstream = Upstream::scripted(|connection| {
        let Some(request) = connection.request() else { return };
        if request.target() == "/marker" {
            connection.send(ok(""));
        }
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: 2\r\n\r\nok",
    );
    upstream.until_received("\r\n\r\nok");
    drop(client);
    assert_eq!(bartizan.exactly(1)[0]["outcome"], "client_aborted");
}

/// The answer has not begun: the client can still be told.
#[test]
fn a_streamed_body_that_becomes_too_long_is_answered() {
    let upstream = Upstream::echoing_targets();
    let more = "limits:\n  body_bytes_max: 1000\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    let mut client = bartizan.client();
    client.send(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
    );
    client.send(format!("800\r\n{}\r\n0\r\n\r\n", "a".repeat(0x800)));
    assert_eq!(client.answer().code(), "body.size");
}

/// As a malformed chunk of a held body is.
#[test]
fn a_malformed_chunk_of_a_streamed_body_is_answered() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\
         Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    );
    assert_eq!(client.answer().code(), "framing.chunk_malformed");
}
