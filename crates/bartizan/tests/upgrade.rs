//! A change of the protocol, as WebSocket asks for: a tunnel only after the upstream's 101.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use support::bartizan::Bartizan;
use support::upstream::{Connection, Upstream, ok};

const ASK: &str = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Waits for leave to answer, answers `answer`, then sends back what it gets in capitals.
fn upstream(answer: &'static str) -> (Upstream, Sender<()>) {
    let (leave, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let talk = move |connection: &mut Connection| {
        let Some(head) = connection.head() else { return };
        if head.target() != "/ws" {
            connection.send(ok(head.target()));
            return connection.until_closed();
        }
        if wait.lock().unwrap().recv_timeout(support::PATIENCE).is_err() {
            return;
        }
        connection.send(answer);
        while let Some(byte) = connection.read(1) {
            connection.send(byte.to_ascii_uppercase());
        }
    };
    (Upstream::scripted(talk), leave)
}

#[test]
fn a_tunnel_opens_after_the_upstream_agreed() {
    let (upstream, leave) = upstream(SWITCH);
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(ASK);
    leave.send(()).unwrap();
    let head = client.head();
    assert_eq!(
        (head.status, head.field("upgrade"), head.field("connection")),
        (101, Some("websocket"), Some("upgrade"))
    );
    assert_eq!(head.field("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    for word in ["hello", "world"] {
        client.send(word);
        assert_eq!(client.read(5), word.to_uppercase().as_bytes());
    }
    drop(client);
    let seen = bartizan.exactly(1);
    assert_eq!((&seen[0]["outcome"], &seen[0]["status"]), (&"tunnelled".into(), &101.into()));
    let head = upstream.text();
    assert!(head.contains("connection: upgrade\r\nupgrade: websocket\r\n"), "{head}");
    assert!(head.contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "{head}");
}

#[test]
fn bytes_behind_the_request_wait_for_the_tunnel() {
    let (upstream, leave) = upstream(SWITCH);
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(format!("{ASK}early"));
    upstream.until_received("\r\n\r\n");
    // Something else goes the same way meanwhile: had the bytes been passed on, they were there.
    assert_eq!(bartizan.get("/other").text(), "/other");
    assert!(upstream.received()[0].ends_with(b"\r\n\r\n"), "{}", upstream.text());
    leave.send(()).unwrap();
    assert_eq!(client.head().status, 101);
    assert_eq!(client.read(5), b"EARLY");
}

#[test]
fn an_upstream_that_does_not_agree_answers_as_ever() {
    let (upstream, leave) = upstream(
        "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nno",
    );
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(format!("{ASK}GET /next HTTP/1.1\r\nHost: x\r\n\r\n"));
    leave.send(()).unwrap();
    let answer = client.answer();
    assert_eq!((answer.status, answer.text().as_str()), (426, "no"));
    // What stood behind the request was the next request, and is judged as such: the upstream
    // above would send it back in capitals.
    drop(client);
    let seen = bartizan.at_least(1);
    assert_eq!(seen[0]["outcome"], "served");
}

#[test]
fn either_side_may_end_a_tunnel() {
    for by_client in [true, false] {
        let upstream = Upstream::scripted(move |connection| {
            let Some(head) = connection.head() else { return };
            if head.target() != "/ws" {
                connection.send(ok(""));
                return connection.until_closed();
            }
            connection.send(SWITCH);
            if by_client {
                connection.until_closed();
            }
        });
        let bartizan = Bartizan::enforcing(upstream.address);
        let mut client = bartizan.client();
        client.send(ASK);
        assert_eq!(client.head().status, 101);
        if !by_client {
            assert_eq!(client.rest(), b"");
        }
        drop(client);
        assert_eq!(bartizan.exactly(1)[0]["outcome"], "tunnelled", "by the client: {by_client}");
    }
}

#[test]
fn what_the_upstream_says_with_its_101_is_passed_on() {
    let upstream = Upstream::scripted(|connection| {
        if connection.head().is_some() {
            connection.send(format!("{SWITCH}welcome"));
            connection.until_closed();
        }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(ASK);
    assert_eq!(client.head().status, 101);
    assert_eq!(client.read(7), b"welcome");
}

/// What goes through the tunnel would be HTTP that nobody judged.
#[test]
fn a_change_to_h2c_is_not_passed_on() {
    let upstream = Upstream::scripted(|connection| {
        let Some(request) = connection.request() else { return };
        if request.fields("upgrade").is_empty() {
            connection.send(ok(""));
            return;
        }
        connection.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
        );
        connection.until_closed();
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\
         HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
    );
    let head = client.head();
    assert_ne!(head.status, 101, "{}", head.head);
    assert!(!upstream.text().contains("h2c"), "{}", upstream.text());
}
