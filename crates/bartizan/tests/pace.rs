//! Clients that take too long or too much: slow bodies, floods of frames, too many connections and requests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::time::{Duration, Instant};
use support::bartizan::{Bartizan, configuration};
use support::h2_peers::call;
use support::http2::{Http2, PING};
use support::upstream::Upstream;

fn limited(upstream: &Upstream, limits: &str) -> Bartizan {
    let more = format!("limits: {{{limits}}}\n");
    Bartizan::configured(&configuration(upstream.address, "observe", &more))
}

#[test]
fn a_dribbled_body_is_refused_after_its_grace() {
    let upstream = Upstream::echoing_targets();
    let bartizan = limited(&upstream, "body_rate_min: 100");
    let mut client = bartizan.client();
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n[");
    client.stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let since = Instant::now();
    let mut byte = [0];
    // The pause between two bytes is that of the look for an answer.
    while !matches!(client.stream.peek(&mut byte), Ok(1..)) {
        assert!(since.elapsed() < Duration::from_secs(20), "nothing was said");
        client.send(" ");
    }
    assert!(since.elapsed() > Duration::from_secs(9), "{:?}", since.elapsed());
    let answer = client.answer();
    assert_eq!((answer.status, answer.code().as_str()), (408, "limit.body_rate"));
    assert_eq!(upstream.text(), "");
}

#[test]
fn a_flood_of_control_frames_is_cut() {
    let upstream = Upstream::echoing_targets();
    let bartizan = limited(&upstream, "control_frames_max: 20");
    let mut client = Http2::connect(bartizan.address);
    client.get(1, "/a");
    assert_eq!(client.finish(1).body, b"/a");
    for _ in 0..100 {
        client.frame(PING, 0, 0, &[0; 8]);
    }
    while client.next() {}
    let request = http::Request::get("http://x/b").body(()).unwrap();
    assert_eq!(call(bartizan.address, None, request, None).text(), "/b");
}

#[test]
fn a_connection_serves_so_many_requests_and_no_more() {
    let upstream = Upstream::echoing_targets();
    let bartizan = limited(&upstream, "requests_per_connection_max: 2");
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().field("connection"), None);
    client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    let last = client.answer();
    assert_eq!((last.text().as_str(), last.field("connection")), ("/b", Some("close")));
    assert_eq!(client.rest(), b"");
    // In HTTP/2 what is under way when the end is announced is still served.
    let mut client = Http2::connect(bartizan.address);
    for stream in [1, 3] {
        client.get(stream, "/c");
        assert_eq!(client.finish(stream).body, b"/c");
    }
    while client.next() {}
    assert!(client.gone, "it said that it ends");
}

#[test]
fn one_address_has_so_many_connections_and_no_more() {
    let upstream = Upstream::echoing_targets();
    let bartizan = limited(&upstream, "connections_per_address_max: 2");
    let mut open: Vec<_> = (0..2).map(|_| bartizan.client()).collect();
    for client in &mut open {
        client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.answer().text(), "/a");
    }
    assert_eq!(bartizan.client().rest(), b"");
    drop(open.pop());
    support::until("room for another", || {
        let mut client = bartizan.client();
        client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
        client.rest_within(Duration::from_millis(200)).ends_with(b"/b").then_some(())
    });
}

#[test]
fn too_little_memory_sheds_requests_and_not_operators() {
    let upstream = Upstream::echoing_targets();
    // Less than the process has at rest cannot be configured, so it is filled.
    let bartizan = limited(
        &upstream,
        "memory_bytes_max: 96MiB, inspect_bytes_max: 64MiB, held_bytes_max: 256MiB",
    );
    let mut client = bartizan.client();
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 67000000\r\n\r\n");
    let piece = vec![b'a'; 1024 * 1024];
    for _ in 0..63 {
        client.send(&piece);
    }
    let answer = support::until("shedding", || {
        let answer = bartizan.get("/b");
        (answer.status == 503).then_some(answer)
    });
    assert_eq!(answer.code(), "limit.overload");
    assert!(answer.field("retry-after").is_some());
    assert!(bartizan.status()["connections"].as_u64().is_some());
    drop(client);
    support::until("the end of it", || (bartizan.get("/b").text() == "/b").then_some(()));
}
