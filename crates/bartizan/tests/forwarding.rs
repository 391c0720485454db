//! What reaches the upstream: exactly one well-formed request, of which every byte is ours.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::time::Duration;
use support::bartizan::{Bartizan, configuration};
use support::upstream::{Upstream, ok};

/// What the proxy adds at the end of a head.
const ORIGIN: &str = "x-forwarded-for: 127.0.0.1\r\nx-real-ip: 127.0.0.1\r\nx-forwarded-host: h\r\nx-forwarded-proto: http\r\n\r\n";

/// Sends `request` and expects exactly `forwarded` at the upstream.
#[track_caller]
fn check(request: &str, forwarded: &str) {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let answer = bartizan.ask(request);
    assert_eq!(answer.status, 200, "{answer:?}");
    let expected = forwarded.replace("{ORIGIN}", ORIGIN);
    assert_eq!(upstream.text(), expected);
}

#[test]
fn a_request_is_written_anew_with_its_fields_in_order() {
    check(
        "GET /a?b=c%20d HTTP/1.1\r\nhOsT: h\r\nB: 1\r\nA:2  \r\nb:\t3\r\nEmpty:\r\nCookie: a=b; c=d\r\n\
         Authorization: Bearer x\r\nAccept: */*\r\n\r\n",
        "GET /a?b=c%20d HTTP/1.1\r\nhost: h\r\nB: 1\r\nA: 2\r\nb: 3\r\nEmpty: \r\nCookie: a=b; c=d\r\n\
         Authorization: Bearer x\r\nAccept: */*\r\n{ORIGIN}",
    );
}

#[test]
fn what_speaks_of_a_connection_stays_on_it() {
    check(
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n\
         Proxy-Connection: close\r\nProxy-Authorization: Basic eA==\r\nTE: trailers\r\nTrailer: X\r\n\
         Expect: 100-continue\r\nX-End: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: h\r\nX-End: 1\r\n{ORIGIN}",
    );
}

#[test]
fn an_upgrade_that_nobody_nominates_is_dropped() {
    check(
        "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nA: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: h\r\nA: 1\r\n{ORIGIN}",
    );
}

#[test]
fn a_client_cannot_say_where_it_comes_from() {
    check(
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.2.3.4\r\nx_forwarded_for: 1.2.3.4\r\n\
         X-Forwarded-Host: evil\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: 1\r\n\
         Forwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\nX_Real_IP: 1.2.3.4\r\nTrue-Client-IP: 1.2.3.4\r\n\
         CF-Connecting-IP: 1.2.3.4\r\nVia: 1.1 evil\r\nA: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: h\r\nA: 1\r\n{ORIGIN}",
    );
}

#[test]
fn a_client_cannot_strip_its_credentials() {
    check(
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: Authorization, Cookie, Host\r\nAuthorization: a\r\n\
         Cookie: b=c\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: h\r\nAuthorization: a\r\nCookie: b=c\r\n{ORIGIN}",
    );
}

#[test]
fn chunks_that_are_held_become_one_length() {
    check(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nTransfer-Encoding: ChunkeD\r\n\r\n\
         5;ext=\"v\"\r\nhello\r\n006\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\nContent-Type: text/plain\r\ncontent-length: 11\r\n{ORIGIN}hello world",
    );
}

/// One piece a read: here everything comes in one.
#[test]
fn chunks_that_are_streamed_are_chunked_anew() {
    check(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n\
         05;a=b\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\nContent-Type: image/png\r\ntransfer-encoding: chunked\r\n\
         {ORIGIN}5\r\nhello\r\n0\r\n\r\n",
    );
}

#[test]
fn a_length_stays_a_length() {
    for kind in ["text/plain", "image/png"] {
        check(
            &format!(
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: {kind}\r\nContent-Length: 05\r\n\r\nhello"
            ),
            &format!(
                "POST / HTTP/1.1\r\nhost: h\r\nContent-Type: {kind}\r\ncontent-length: 5\r\n{{ORIGIN}}hello"
            ),
        );
    }
    check(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n{ORIGIN}",
    );
}

#[test]
fn an_absolute_target_becomes_a_path() {
    check(
        "GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /a?b HTTP/1.1\r\nhost: h\r\n{ORIGIN}",
    );
    check("GET HTTP://h HTTP/1.1\r\nHost: H\r\n\r\n", "GET / HTTP/1.1\r\nhost: h\r\n{ORIGIN}");
}

#[test]
fn an_old_request_becomes_a_new_one() {
    check("GET /a HTTP/1.0\r\nHost: h\r\n\r\n", "GET /a HTTP/1.1\r\nhost: h\r\n{ORIGIN}");
}

#[test]
fn bytes_beyond_ascii_stay_as_they_are() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(b"GET / HTTP/1.1\r\nHost: h\r\nA: \xe4\xff\r\n\r\n");
    assert_eq!(client.answer().status, 200);
    assert!(upstream.received().concat().windows(6).any(|it| it == b"A: \xe4\xff\r"));
}

#[test]
fn a_trusted_proxy_is_believed() {
    let upstream = Upstream::echoing_targets();
    let more = "trusted_proxies:\n  - 127.0.0.0/8\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    for (claim, address) in [
        ("X-Forwarded-For: 192.0.2.7", "192.0.2.7"),
        ("X-Forwarded-For: 6.6.6.6, 192.0.2.7, 127.0.0.9", "192.0.2.7"),
    ] {
        bartizan.ask(&format!("GET /a HTTP/1.1\r\nHost: h\r\n{claim}\r\n\r\n"));
        let text = upstream.text();
        assert!(text.ends_with(&ORIGIN.replace("127.0.0.1", address)), "{claim}: {text}");
    }
}

#[test]
fn requests_that_are_sent_at_once_are_answered_in_order() {
    let upstream =
        Upstream::answering(|request| ok(&format!("{} {}", request.target(), request.body.len())));
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(
        "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n\
         POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello\
         POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n\
         POST /4 HTTP/1.1\r\nHost: h\r\nContent-Type: image/png\r\nContent-Length: 2\r\n\r\nhi\
         GET /5 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\nGET /6 HTTP/1.1\r\nHost: h\r\n\r\n",
    );
    for expected in ["/1 0", "/2 5", "/3 3", "/4 2", "/5 0"] {
        assert_eq!(client.answer().text(), expected);
    }
    assert_eq!(client.rest(), b"", "nothing follows `Connection: close`");
    assert!(!upstream.text().contains("/6"));
    bartizan.exactly(5);
}

/// A refusal by a clause tells where the next request begins; one by the law does not.
#[test]
fn a_refused_request_does_not_cost_the_connection() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET //a/b HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_eq!(client.answer().code(), "path.empty_segment");
    assert_eq!(client.answer().text(), "/2");
    assert!(!upstream.text().contains("//a/b"));
}

#[test]
fn a_response_is_written_anew() {
    let upstream = Upstream::answering(|request| {
        match request.target() {
        "/hop" => "HTTP/1.1 200 Fine\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nB: 1\r\nA: 2\r\n\
                   Set-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\n\r\nok"
            .to_owned(),
        "/interim" => format!(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n{}",
            ok("final")
        ),
        "/none" => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        _ => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nX-T: 1\r\n\r\n"
            .to_owned(),
    }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let hop = bartizan.get("/hop");
    assert_eq!(
        hop.head,
        "HTTP/1.1 200 OK\r\nB: 1\r\nA: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\ncontent-length: 2\r\n\r\n"
    );
    let mut client = bartizan.client();
    client.send("GET /interim HTTP/1.1\r\nHost: h\r\n\r\n");
    let hint = client.read_to(b"\r\n\r\n");
    assert_eq!(hint, b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
    assert_eq!(client.answer().text(), "final");
    // HTTP/1.0 knows no interim responses.
    assert_eq!(bartizan.ask("GET /interim HTTP/1.0\r\nHost: h\r\n\r\n").text(), "final");
    assert_eq!(bartizan.get("/none").head, "HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(bartizan.get("/chunked").text(), "ok");
    let old = bartizan.ask("GET /chunked HTTP/1.0\r\nHost: h\r\n\r\n");
    assert_eq!((old.text().as_str(), old.field("connection")), ("ok", Some("close")));
}

/// A refusal leaves the body unread, so no request can follow; RFC 9112 section 9.6 wants it said.
#[test]
fn a_refusal_that_closes_says_so() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send("POST //a/b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.code(), "path.empty_segment");
    client.send("hello");
    assert_eq!(client.rest(), b"", "the connection is closed");
    assert_eq!(answer.field("connection"), Some("close"), "{}", answer.head);
}

/// RFC 9112 section 2.2: some clients send an empty line behind a body.
#[test]
fn an_empty_line_behind_a_request_is_no_slow_head() {
    let upstream = Upstream::echoing_targets();
    let more = "limits:\n  head_timeout: 300ms\n  idle_timeout: 3s\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut client = bartizan.client();
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok\r\n");
    assert_eq!(client.answer().text(), "/a");
    assert_eq!(
        String::from_utf8_lossy(&client.rest()),
        "",
        "an idle connection is closed silently"
    );
    assert_eq!(bartizan.exactly(1)[0]["outcome"], "served");
}

#[test]
fn an_empty_line_in_two_pieces_is_still_one() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("\r");
    std::thread::sleep(Duration::from_millis(100));
    client.send("\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().text(), "/a");
}
