//! Connections to the upstream: kept only while they are good for another request, and never a
//! reason to wait for ever.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::io::{Read, Write};
use std::time::Duration;
use support::bartizan::{Bartizan, configuration};
use support::upstream::{Upstream, ok};

/// RFC 9112 section 9.6: no further request after `Connection: close`.
#[test]
fn a_connection_that_the_upstream_will_close_is_not_kept() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        // It closes a moment later; whoever still sends loses.
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    assert_eq!(bartizan.get("/first").status, 200);
    let mut client = bartizan.client();
    client.stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    client.send("POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    upstream.until_received("/second");
    assert_eq!(upstream.received().len(), 2, "the second request came on a connection of its own");
}

/// The same for HTTP/1.0, which closes unless it says otherwise.
#[test]
fn a_connection_to_an_old_upstream_is_not_kept() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.send("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    assert_eq!(bartizan.get("/first").status, 200);
    let mut client = bartizan.client();
    client.send("POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    upstream.until_received("/second");
    assert_eq!(upstream.received().len(), 2, "the second request came on a connection of its own");
}

#[test]
fn after_a_reload_no_request_goes_to_the_upstream_before() {
    let before = Upstream::answering(|_| ok("before"));
    let after = Upstream::answering(|_| ok("after"));
    let bartizan = Bartizan::observing(before.address);
    assert_eq!(bartizan.get("/").text(), "before");
    bartizan.reload(&configuration(after.address, "observe", ""));
    assert_eq!(bartizan.get("/").text(), "after");
}

#[test]
fn an_upstream_may_answer_before_it_has_read_the_body() {
    let upstream = Upstream::scripted(|connection| {
        let Some(head) = connection.head() else { return };
        if head.method() == "GET" {
            connection.send(ok(""));
            return;
        }
        connection.send(
            "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nmuch",
        );
        let mut byte = [0; 1];
        // Neither reads nor closes until the other side does.
        while connection.stream.peek(&mut byte).is_ok_and(|it| it > 0) {
            std::thread::sleep(Duration::from_millis(50));
            if connection.stream.take_error().is_ok_and(|it| it.is_some()) {
                return;
            }
        }
    });
    let more = "  response_timeout: 3s\nlimits:\n  inspect_bytes_max: 32MiB\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut client = bartizan.client();
    let body = "a".repeat(16 << 20);
    client.send(format!(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    client.send(body);
    assert_eq!(client.answer().status, 413);
}

/// `upstream.response_timeout` must bound this; the request is held first and streamed then.
#[test]
fn an_upstream_that_never_reads_does_not_hold_an_exchange_for_ever() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.head() else { return };
        std::thread::sleep(Duration::from_secs(60));
    });
    let more =
        "  response_timeout: 300ms\nlimits:\n  inspect_bytes_max: 16MiB\n  body_timeout: 1s\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut client = bartizan.client();
    client.stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
    let chunk = format!("100000\r\n{}\r\n", "a".repeat(1 << 20));
    let mut writer = client.stream.try_clone().unwrap();
    let writing = std::thread::spawn(move || {
        for _ in 0..24 {
            if writer.write_all(chunk.as_bytes()).is_err() {
                return;
            }
        }
    });
    let mut first = [0; 12];
    let read = client.stream.read_exact(&mut first);
    assert!(read.is_ok(), "no answer within 8 s: {read:?}");
    assert_eq!(&first, b"HTTP/1.1 504");
    drop(client);
    writing.join().unwrap();
}
