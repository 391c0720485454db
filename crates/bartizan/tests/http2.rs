//! HTTP/2 with prior knowledge: what RFC 9113 calls malformed is not forwarded, and streams do not
//! get in each other's way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use support::bartizan::Bartizan;
use support::http2::{DATA, END_STREAM, Http2, RST_STREAM, request};
use support::upstream::{Upstream, ok};

/// Pseudo-fields, but for those named in `but`, and `more` behind them.
fn fields<'a>(but: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = Vec::new();
    for it in request("GET", "/a") {
        match but.iter().find(|(name, _)| *name == it.0) {
            Some((_, "-")) => {}
            Some(other) => all.push(*other),
            None => all.push(it),
        }
    }
    all.extend_from_slice(more);
    all
}

#[test]
fn an_ordinary_request_becomes_an_ordinary_request() {
    let upstream = Upstream::answering(|_| ok("hello"));
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    client.head(
        1,
        &fields(&[], &[("b", "1"), ("a", "2"), ("te", "trailers"), ("host", "x")]),
        true,
    );
    let answer = client.finish(1);
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"hello"[..]));
    assert_eq!(
        upstream.text(),
        "GET /a HTTP/1.1\r\nhost: x\r\nb: 1\r\na: 2\r\nx-forwarded-for: 127.0.0.1\r\nx-real-ip: 127.0.0.1\r\n\
         x-forwarded-host: x\r\nx-forwarded-proto: http\r\n\r\n"
    );
}

#[test]
fn a_malformed_request_is_not_forwarded() {
    let rows = [
        // Pseudo-fields.
        fields(&[(":method", "-")], &[]),
        fields(&[(":path", "-")], &[]),
        fields(&[(":scheme", "-")], &[]),
        fields(&[(":authority", "-")], &[]),
        fields(&[(":path", "")], &[]),
        fields(&[(":path", "a")], &[]),
        fields(&[(":path", "*")], &[]),
        fields(&[(":path", "/a b")], &[]),
        fields(&[(":path", "/a HTTP/1.1\r\nEvil: 1")], &[]),
        fields(&[(":path", "/a\tb")], &[]),
        fields(&[(":path", "/a\0b")], &[]),
        fields(&[(":path", "/a\x7fb")], &[]),
        fields(&[(":path", "http://x/a")], &[]),
        fields(&[(":method", "GE T")], &[]),
        fields(&[(":method", "GET /evil HTTP/1.1\r\n")], &[]),
        fields(&[(":method", "")], &[]),
        fields(&[(":method", "CONNECT")], &[]),
        fields(&[(":method", "CONNECT"), (":path", "-"), (":scheme", "-")], &[]),
        fields(&[(":method", "CONNECT")], &[(":protocol", "websocket")]),
        fields(&[(":scheme", "")], &[]),
        fields(&[(":scheme", "ftp")], &[]),
        fields(&[(":scheme", "http://evil/")], &[]),
        fields(&[(":authority", "")], &[]),
        fields(&[(":authority", "u@x")], &[]),
        fields(&[(":authority", "x/../y")], &[]),
        fields(&[(":authority", "x\r\nEvil: 1")], &[]),
        fields(&[(":authority", "x y")], &[]),
        fields(&[], &[(":path", "/b")]),
        fields(&[], &[(":method", "POST")]),
        fields(&[], &[("a", "1"), (":path", "/b")]),
        fields(&[], &[(":status", "200")]),
        fields(&[], &[(":evil", "1")]),
        // Fields that speak of a connection, or of framing.
        fields(&[], &[("connection", "close")]),
        fields(&[], &[("connection", "x-hop")]),
        fields(&[], &[("keep-alive", "5")]),
        fields(&[], &[("proxy-connection", "close")]),
        fields(&[], &[("transfer-encoding", "chunked")]),
        fields(&[], &[("transfer_encoding", "chunked")]),
        fields(&[], &[("content_length", "5")]),
        fields(&[], &[("upgrade", "h2c")]),
        fields(&[], &[("http2-settings", "AAMAAABk")]),
        fields(&[], &[("te", "gzip")]),
        fields(&[], &[("te", "trailers, chunked")]),
        fields(&[], &[("content-length", "5")]),
        // Names and values.
        fields(&[], &[("host", "evil")]),
        fields(&[], &[("host", "x"), ("host", "x")]),
        fields(&[], &[("A", "1")]),
        fields(&[], &[("a b", "1")]),
        fields(&[], &[("a:b", "1")]),
        fields(&[], &[("a\r\nb", "1")]),
        fields(&[], &[("", "1")]),
        fields(&[], &[("a", "1\r\nEvil: 1")]),
        fields(&[], &[("a", "1\nEvil: 1")]),
        fields(&[], &[("a", "1\0")]),
    ];
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let mut wrong = Vec::new();
    for fields in &rows {
        let mut client = Http2::connect(bartizan.address);
        client.head(1, fields, true);
        let it = client.finish(1);
        let refused = it.code().starts_with("framing.");
        if !(it.reset || refused || (it.status == 0 && client.gone)) {
            wrong.push(format!("{fields:?}: {it:?}"));
        }
        if upstream.text() != "" {
            panic!("forwarded: {fields:?}: {:?}", upstream.text());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(bartizan.get("/fresh").status, 200);
}

#[test]
fn a_refusal_names_its_code_and_leaves_the_other_streams() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    let rows = [
        ("framing.connection_field", fields(&[], &[("http2-settings", "AAMAAABk")])),
        ("framing.host_repeated", fields(&[], &[("host", "evil")])),
        ("framing.folded_name", fields(&[], &[("content_length", "5")])),
        ("path.empty_segment", fields(&[(":path", "//a/b")], &[])),
        ("method.trace", fields(&[(":method", "TRACE")], &[])),
    ];
    let mut stream = 1;
    for (code, fields) in &rows {
        client.head(stream, fields, true);
        assert_eq!(client.finish(stream).code(), *code, "{fields:?}");
        stream += 2;
    }
    client.get(stream, "/last");
    assert_eq!(client.finish(stream).body, b"/last");
    assert_eq!(bartizan.at_least(rows.len() + 1).len(), rows.len() + 1);
}

#[test]
fn a_hundred_streams_at_once_are_all_answered() {
    let upstream =
        Upstream::answering(|request| ok(&format!("{}{}", request.target(), request.body.len())));
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    let streams: Vec<u32> = (0..100).map(|it| it * 2 + 1).collect();
    let paths: Vec<String> = streams.iter().map(|it| format!("/{it}/")).collect();
    for (&stream, path) in streams.iter().zip(&paths) {
        client.head(stream, &request("POST", path), false);
    }
    for &stream in &streams {
        client.body(stream, b"hello");
    }
    for (&stream, path) in streams.iter().zip(&paths) {
        let it = client.finish(stream);
        assert_eq!(
            (it.status, it.body.as_slice()),
            (200, format!("{path}5").as_bytes()),
            "{stream}"
        );
    }
    assert_eq!(bartizan.exactly(100).len(), 100);
}

#[test]
fn a_stream_that_is_not_read_holds_no_other() {
    let large = "a".repeat(4 << 20);
    let upstream = Upstream::answering(move |request| {
        ok(if request.target() == "/large" { &large } else { "small" })
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::with_window(bartizan.address, 1_000);
    client.get(1, "/large");
    for stream in [3, 5, 7] {
        client.get(stream, "/small");
        assert_eq!(client.finish(stream).body, b"small");
    }
    while client.streams.get(&1).is_none_or(|it| it.body.len() < 1_000) && client.next() {}
    assert_eq!(client.streams[&1].body.len(), 1_000);
    client.allow(0, 1 << 30);
    client.allow(1, 1 << 30);
    assert_eq!(client.finish(1).body.len(), 4 << 20);
}

#[test]
fn a_body_that_is_not_as_long_as_it_says_is_not_forwarded_whole() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    for body in ["hell", "hello!"] {
        let mut client = Http2::connect(bartizan.address);
        let mut fields = request("POST", "/a").to_vec();
        fields.push(("content-length", "5"));
        client.head(1, &fields, false);
        client.frame(DATA, END_STREAM, 1, body.as_bytes());
        let it = client.finish(1);
        assert!(it.reset || it.status != 200, "{it:?}");
    }
    assert_eq!(upstream.text(), "");
}

/// Trailers of either side end a body and go no further.
#[test]
fn trailers_end_a_body() {
    let upstream = Upstream::answering(|request| {
        let length = request.body.len();
        format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n1\r\n{length}\r\n0\r\nX-T: 1\r\n\r\n"
        )
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    client.head(1, &request("POST", "/a"), false);
    client.frame(DATA, 0, 1, b"hello");
    client.head(1, &[("x-trailer", "1")], true);
    let it = client.finish(1);
    assert_eq!((it.status, it.body.as_slice(), it.ended), (200, &b"5"[..], true));
    assert!(!upstream.text().contains("x-trailer"));
}

#[test]
fn a_stream_that_is_reset_leaves_one_observation() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    client.head(1, &request("POST", "/a"), false);
    client.frame(DATA, 0, 1, b"hel");
    client.frame(RST_STREAM, 0, 1, &8_u32.to_be_bytes());
    client.get(3, "/b");
    assert_eq!(client.finish(3).body, b"/b");
    let seen = bartizan.exactly(2);
    let mut outcomes: Vec<_> = seen.iter().map(|it| it["outcome"].as_str().unwrap()).collect();
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["client_aborted", "served"]);
}

#[test]
fn a_connection_that_is_cut_leaves_one_observation_a_stream() {
    let upstream = Upstream::scripted(|connection| {
        while let Some(request) = connection.request() {
            if request.target() == "/marker" {
                connection.send(ok(""));
            }
        }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    for stream in [1, 3, 5] {
        client.get(stream, &format!("/{stream}"));
        upstream.until_received(&format!("/{stream} "));
    }
    client.head(7, &request("POST", "/7"), false);
    client.frame(DATA, 0, 7, b"hel");
    // Once this one is there, the one before it has begun.
    client.get(9, "/9");
    upstream.until_received("/9 ");
    client.close();
    eprintln!("{:#?}", bartizan.journal());
    eprintln!("{:#?}", bartizan.status());
    let seen = bartizan.exactly(5);
    assert!(seen.iter().all(|it| it["outcome"] == "client_aborted"), "{seen:#?}");
}

/// CVE-2023-44487: whoever opens streams only to reset them is shown out.
#[test]
fn a_flood_of_resets_ends_the_connection_and_nothing_else() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    let mut frames = Vec::new();
    for number in 0..2_000_u32 {
        frames.extend(Http2::bytes_of_get(number * 2 + 1, "/a"));
        frames.extend(Http2::bytes(RST_STREAM, 0, number * 2 + 1, &8_u32.to_be_bytes()));
    }
    client.raw(&frames);
    while client.next() {}
    assert_eq!(bartizan.get("/fresh").text(), "/fresh");
}

/// RFC 9113 section 8.2.3: crumbs of a cookie must be joined for HTTP/1.
#[test]
fn the_crumbs_of_a_cookie_are_joined() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    let mut fields = request("GET", "/a").to_vec();
    fields.extend([("cookie", "a=1"), ("cookie", "b=2")]);
    client.head(1, &fields, true);
    assert_eq!(client.finish(1).status, 200);
    assert!(upstream.text().contains("cookie: a=1; b=2\r\n"), "{}", upstream.text());
}
