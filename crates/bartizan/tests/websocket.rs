//! Messages of a WebSocket on a route that has them examined.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use support::bartizan::{Bartizan, configuration};
use support::client::Client;
use support::upstream::{Upstream, ok};

const ASK: &str = "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

const MASK: [u8; 4] = [9, 8, 7, 6];

/// A short frame of a client.
fn frame(first: u8, payload: &str) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    let masked = payload.bytes().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b);
    [first, 0x80 | length].into_iter().chain(MASK).chain(masked).collect()
}

/// A server that says what it is told, unmasked.
fn echo() -> Upstream {
    Upstream::scripted(|connection| {
        let Some(head) = connection.head() else { return };
        if head.target() != "/ws" {
            connection.send(ok(""));
            return connection.until_closed();
        }
        connection.send(SWITCH);
        while let Some(head) = connection.read(2) {
            let length = usize::from(head[1] & 0x7F);
            let Some(rest) = connection.read(4 + length) else { return };
            let text = rest[4..].iter().zip(rest[..4].iter().cycle()).map(|(a, b)| a ^ b);
            let answer: Vec<u8> = [head[0], head[1] & 0x7F].into_iter().chain(text).collect();
            connection.send(answer);
        }
    })
}

fn examined(upstream: &Upstream, mode: &str) -> Bartizan {
    let more =
        "routes:\n  - {name: sockets, path: /ws, inspect_websocket: true}\n  - {name: all}\n";
    Bartizan::configured(&configuration(upstream.address, mode, more))
}

fn connect(bartizan: &Bartizan) -> Client {
    let mut client = bartizan.client();
    client.send(ASK);
    assert_eq!(client.head().status, 101);
    client
}

#[test]
fn an_attack_in_a_message_closes_both_sides() {
    let upstream = echo();
    let bartizan = examined(&upstream, "enforce");
    let mut client = connect(&bartizan);
    client.send(frame(0x81, "{\"find\":\"O'Neil\"}"));
    assert_eq!(client.read(2 + 17)[2..], *b"{\"find\":\"O'Neil\"}");
    client.send(frame(0x01, "{\"find\":\"x' UNION SELECT "));
    client.send(frame(0x80, "email, password FROM users --\"}"));
    // Closed for a policy.
    assert_eq!(client.read(4), [0x88, 2, 0x03, 0xF0]);
    let seen = &bartizan.exactly(1)[0];
    assert_eq!(seen["outcome"], "refused");
    assert_eq!(seen["hits"][0]["code"], "content.sql_injection");
    assert_eq!(seen["findings"][0]["place"], "body $message[2].find");
    assert!(!upstream.text().contains("Sec-WebSocket-Extensions"));
    let masked = frame(0x01, "{\"find\":\"x' UNION SELECT ");
    let has_left = upstream.received().concat().windows(masked.len()).any(|it| it == masked);
    assert!(!has_left, "nothing of the message has left");
}

#[test]
fn what_an_error_gives_away_does_not_reach_the_client() {
    let upstream = Upstream::scripted(|connection| {
        let Some(head) = connection.head() else { return };
        if head.target() != "/ws" {
            connection.send(ok(""));
            return connection.until_closed();
        }
        connection.send(SWITCH);
        let text = b"SQLSTATE[42000]: Syntax error or access violation: 1064 near 'x'";
        connection.send([&[0x81, u8::try_from(text.len()).unwrap()][..], text].concat());
        connection.until_closed();
    });
    let bartizan = examined(&upstream, "enforce");
    let mut client = connect(&bartizan);
    assert_eq!(client.read(4), [0x88, 2, 0x03, 0xF0]);
    let seen = &bartizan.exactly(1)[0];
    assert_eq!(
        (&seen["outcome"], &seen["hits"][0]["code"]),
        (&"refused".into(), &"disclosure.sql_error".into())
    );
}

#[test]
fn what_is_observed_passes() {
    let upstream = echo();
    let bartizan = examined(&upstream, "observe");
    let mut client = connect(&bartizan);
    let text = "x' UNION SELECT email, password FROM users --";
    client.send(frame(0x81, text));
    assert_eq!(client.read(2 + text.len())[2..], *text.as_bytes());
    drop(client);
    let seen = &bartizan.exactly(1)[0];
    assert_eq!(
        (&seen["outcome"], &seen["hits"][0]["effect"]),
        (&"tunnelled".into(), &"would_refuse".into())
    );
}

#[test]
fn a_binary_message_closes_both_sides_unless_what_cannot_be_judged_passes() {
    let upstream = echo();
    let bartizan = examined(&upstream, "enforce");
    let mut client = connect(&bartizan);
    client.send(frame(0x82, "x' UNION SELECT email FROM users --"));
    assert_eq!(client.read(4), [0x88, 2, 0x03, 0xF0]);
    let seen = &bartizan.exactly(1)[0];
    assert_eq!(
        (&seen["outcome"], &seen["hits"][0]["code"]),
        (&"refused".into(), &"content.unexamined".into())
    );
    let more = "routes:\n  - {name: sockets, inspect_websocket: true, fail_open: true}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    let mut client = connect(&bartizan);
    client.send(frame(0x82, "hello"));
    assert_eq!(client.read(2 + 5)[2..], *b"hello");
}
