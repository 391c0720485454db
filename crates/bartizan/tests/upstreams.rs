//! Upstreams: HTTP/2 with trailers, several addresses, circuits, health checks, retries.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use http::Request;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use support::bartizan::{Bartizan, configuration};
use support::h2_peers::{H2Upstream, call, grpc_call};
use support::upstream::{Upstream, ok};

fn enforcing(upstream: &H2Upstream) -> Bartizan {
    Bartizan::configured(&configuration(upstream.address, "enforce", "  http2: true\n"))
}

#[test]
fn a_unary_call_passes_with_its_trailers() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    for _ in 0..3 {
        let called = call(
            bartizan.address,
            None,
            grpc_call("/shop.Orders/Get"),
            Some(b"\0\0\0\0\x02\x08\x07"),
        );
        assert_eq!((called.status, called.body().as_slice()), (200, &b"\0\0\0\0\x02\x08\x07"[..]));
        assert_eq!(called.trailers["grpc-status"], "0");
        assert_eq!(called.trailers["grpc-message"], "fine");
        assert_eq!(called.fields["content-type"], "application/grpc");
    }
    assert_eq!(upstream.connections(), 1, "one connection carries them");
    let (_, fields, _) = &upstream.requests()[0];
    assert_eq!(fields["te"], "trailers");
    assert_eq!(fields["content-type"], "application/grpc");
    assert_eq!(bartizan.at_least(3)[0]["outcome"], "served");
}

#[test]
fn a_stream_of_messages_passes_as_it_comes() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    let called = call(bartizan.address, None, grpc_call("/shop.Orders/List"), Some(b"\0\0\0\0\0"));
    assert_eq!(called.body().len(), 5_000);
    assert_eq!(called.trailers["grpc-status"], "0");
    let (first, took) = (called.first.unwrap(), called.took);
    assert!(first * 2 < took, "the first after {first:?} of {took:?}");
}

#[test]
fn an_answer_without_messages_keeps_its_trailers() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    let called =
        call(bartizan.address, None, grpc_call("/shop.Orders/Missing"), Some(b"\0\0\0\0\0"));
    assert_eq!(called.field("grpc-status"), Some("5"));
    assert_eq!(called.field("grpc-message"), Some("no such order"));
}

/// In calls that stream both ways a server may speak first.
#[test]
fn a_server_may_speak_before_it_is_spoken_to() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    let mut client = support::http2::Http2::connect(bartizan.address);
    let fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":authority", "x"),
        (":path", "/shop.Orders/Greet"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ];
    client.head(1, &fields, false);
    let since = Instant::now();
    while client.streams.get(&1).is_none_or(|it| it.body.is_empty()) {
        assert!(client.next(), "it ended instead");
        assert!(since.elapsed() < Duration::from_secs(5), "nothing was said");
    }
    assert_eq!(client.streams[&1].body, b"hello");
}

#[test]
fn a_client_of_http1_gets_the_answers_of_an_upstream_of_http2() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    assert_eq!(bartizan.get("/a?b=c").text(), "/a");
    let mut client = bartizan.client();
    for target in ["/b", "/c"] {
        client.send(format!("POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"));
        assert_eq!(client.answer().text(), target);
    }
    let seen = upstream.requests();
    assert_eq!(seen[1].2, b"abc");
    assert_eq!(seen[1].1["x-forwarded-for"], "127.0.0.1");
    // Trailers become those of a chunked body.
    client.send(
        "POST /shop.Orders/Get HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\
         Content-Type: application/grpc\r\nContent-Length: 3\r\n\r\nabc",
    );
    let head = client.head();
    assert_eq!(head.field("transfer-encoding"), Some("chunked"), "{}", head.head);
    assert_eq!(client.chunk_before_trailers(), b"abc");
    let trailers = String::from_utf8(client.read_to(b"\r\n\r\n")).unwrap();
    assert!(trailers.contains("grpc-status: 0\r\n"), "{trailers}");
}

/// Where each of several calls ended up.
fn several(addresses: &[std::net::SocketAddr], more: &str) -> Bartizan {
    let list: Vec<_> = addresses.iter().map(|it| format!("'{it}'")).collect();
    let more = format!("  addresses: [{}]\n{more}", list.join(", "));
    Bartizan::configured(&configuration(addresses[0], "enforce", &more))
}

#[test]
fn calls_go_to_each_address_in_turn_and_around_a_dead_one() {
    let (one, two) = (Upstream::answering(|_| ok("one")), Upstream::answering(|_| ok("two")));
    let bartizan = several(&[one.address, Upstream::nobody(), two.address], "");
    let mut counts = [0, 0];
    for _ in 0..30 {
        let answer = bartizan.ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(answer.status, 200);
        counts[usize::from(answer.text() == "two")] += 1;
    }
    assert!(counts.iter().all(|it| *it >= 8), "{counts:?}");
}

#[test]
fn a_dead_upstream_is_given_up_soon_and_comes_back() {
    let address = Upstream::nobody();
    let bartizan = Bartizan::configured(&configuration(address, "enforce", ""));
    for _ in 0..5 {
        assert_eq!(bartizan.get("/a").code(), "upstream.unreachable");
    }
    let since = Instant::now();
    let answer = bartizan.get("/a");
    let took = since.elapsed();
    assert_eq!((answer.status, answer.code().as_str()), (503, "upstream.circuit_open"));
    let wait: u64 = answer.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    assert!(took < Duration::from_millis(50), "{took:?}");
    assert_eq!(answer.field("connection"), None, "the connection may be used again");

    let listener = std::net::TcpListener::bind(address).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                use std::io::{Read, Write};
                let mut buffer = [0; 4096];
                while let Ok(1..) = stream.read(&mut buffer) {
                    stream.write_all(ok("back").as_bytes()).ok();
                }
            });
        }
    });
    support::until("the upstream back", || (bartizan.get("/a").text() == "back").then_some(()));
    for _ in 0..10 {
        assert_eq!(bartizan.get("/a").text(), "back");
    }
}

#[test]
fn an_upstream_that_hangs_slows_no_other_route() {
    let hanging = Upstream::scripted(|connection| {
        while connection.request().is_some() {}
        connection.until_closed();
    });
    let quick = Upstream::echoing_targets();
    let more = format!(
        "  response_timeout: 15s\nupstreams:\n  - {{name: quick, url: 'http://{}'}}\nroutes:\n  \
         - {{name: slow, path: /slow, upstream: default}}\n  - {{name: all, upstream: quick}}\n",
        quick.address
    );
    let bartizan = Bartizan::configured(&configuration(hanging.address, "enforce", &more));
    let waiting: Vec<_> = (0..50)
        .map(|_| {
            let mut client = bartizan.client();
            client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            client
        })
        .collect();
    support::until("all of them", || (hanging.received().len() >= 50).then_some(()));
    let mut client = bartizan.client();
    let mut took: Vec<_> = (0..200)
        .map(|_| {
            let since = Instant::now();
            client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
            assert_eq!(client.answer().text(), "/a");
            since.elapsed()
        })
        .collect();
    took.sort();
    assert!(took[100] < Duration::from_millis(20), "the median: {:?}", took[100]);
    drop(waiting);
}

#[test]
fn a_health_check_takes_an_address_out_and_back() {
    let well = Arc::new(AtomicBool::new(true));
    let asked = Arc::new(AtomicUsize::new(0));
    let (is_well, count) = (Arc::clone(&well), Arc::clone(&asked));
    let sick = Upstream::answering(move |it| match it.target() {
        "/health" => {
            count.fetch_add(1, Relaxed);
            let status = if is_well.load(Relaxed) { "204 No Content" } else { "503 Sick" };
            format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")
        }
        _ => ok("sick"),
    });
    let other = Upstream::answering(|_| ok("other"));
    let more = "  health_path: /health\n  health_interval: 100ms\n";
    let bartizan = several(&[sick.address, other.address], more);
    let answers = || -> Vec<String> { (0..6).map(|_| bartizan.get("/a").text()).collect() };
    support::until("a check", || (asked.load(Relaxed) > 1).then_some(()));
    assert!(answers().iter().any(|it| it == "sick"));
    well.store(false, Relaxed);
    support::until("it taken out", || answers().iter().all(|it| it == "other").then_some(()));
    for _ in 0..20 {
        assert_eq!(bartizan.get("/a").text(), "other");
    }
    well.store(true, Relaxed);
    support::until("it back", || answers().iter().any(|it| it == "sick").then_some(()));
    assert!(sick.text().contains("user-agent: bartizan-health"));
}

#[test]
fn no_more_exchanges_than_allowed_are_in_flight() {
    let (go, released) = (Arc::new(AtomicBool::new(false)), Duration::from_millis(2));
    let gate = Arc::clone(&go);
    let upstream = Upstream::answering(move |_| {
        while !gate.load(Relaxed) {
            std::thread::sleep(released);
        }
        ok("done")
    });
    let more = "  exchanges_max: 2\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    let mut waiting: Vec<_> = (0..2)
        .map(|_| {
            let mut client = bartizan.client();
            client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
            client
        })
        .collect();
    support::until("both", || {
        (upstream.received().iter().filter(|it| !it.is_empty()).count() == 2).then_some(())
    });
    let answer = bartizan.get("/b");
    assert_eq!((answer.status, answer.code().as_str()), (503, "upstream.busy"));
    assert!(answer.field("retry-after").is_some());
    go.store(true, Relaxed);
    for client in &mut waiting {
        assert_eq!(client.answer().text(), "done");
    }
    assert_eq!(bartizan.get("/b").text(), "done");
    // A client that goes away gives its place back.
    go.store(false, Relaxed);
    for _ in 0..5 {
        let mut client = bartizan.client();
        let before = upstream.text().matches("/gone").count();
        client.send("GET /gone HTTP/1.1\r\nHost: x\r\n\r\n");
        support::until("it", || (upstream.text().matches("/gone").count() > before).then_some(()));
        drop(client);
        support::until("its end", || {
            let journal = bartizan.journal();
            let ended = journal.iter().filter(|it| it["endpoint"] == "GET /gone").count();
            (ended > before).then_some(())
        });
    }
    go.store(true, Relaxed);
}

/// An upstream whose kept connections die with the second request, before any answer.
fn dying() -> Upstream {
    Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.send(ok("first"));
        connection.request();
    })
}

#[test]
fn what_may_be_repeated_is_and_what_may_not_is_not() {
    let upstream = dying();
    let bartizan = Bartizan::enforcing(upstream.address);
    assert_eq!(bartizan.get("/warm").text(), "first");
    // Its connection is kept, and dies under the next request.
    assert_eq!(bartizan.get("/again").text(), "first");
    assert_eq!(upstream.text().matches("/again").count(), 2);
    let answer = bartizan.ask("POST /once HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
    assert_eq!((answer.status, answer.code().as_str()), (502, "upstream.closed"));
    assert_eq!(upstream.text().matches("/once").count(), 1);
}

#[test]
fn a_fresh_connection_that_dies_is_not_tried_again() {
    let upstream = Upstream::scripted(|connection| {
        connection.request();
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    assert_eq!(bartizan.get("/a").code(), "upstream.closed");
    assert_eq!(upstream.text().matches("/a").count(), 1);
}

#[test]
fn an_unsent_post_goes_to_another_address() {
    let upstream = Upstream::echoing_targets();
    let bartizan = several(&[Upstream::nobody(), upstream.address], "");
    for _ in 0..4 {
        let answer = bartizan.ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
        assert_eq!(answer.text(), "/a");
    }
}

/// Time-outs of one endpoint shut nobody out; what a silent upstream does stands with the circuit.
#[test]
fn a_route_has_its_own_time_limit() {
    let hanging = H2Upstream::start(None);
    let more = "  http2: true\n  response_timeout: 15s\nroutes:\n  - {name: all, response_timeout: 100ms}\n";
    let bartizan = Bartizan::configured(&configuration(hanging.address, "enforce", more));
    let ask = |path: &str| {
        let request = Request::get(format!("http://x{path}")).body(()).unwrap();
        call(bartizan.address, None, request, None)
    };
    for _ in 0..8 {
        assert_eq!(ask("/hang").status, 504);
    }
    assert_eq!(ask("/a").status, 200);
}

/// Interim responses, and trailers of HTTP/1.1 upstreams, reach the client.
#[test]
fn early_hints_and_trailers_pass() {
    let upstream = Upstream::answering(|_| {
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\n\
         Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"
            .to_owned()
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\r\n");
    let hints = client.head();
    assert_eq!((hints.status, hints.field("link")), (103, Some("</a.css>")));
    let head = client.head();
    assert_eq!(head.status, 200);
    assert_eq!(client.chunk_before_trailers(), b"ok");
    let trailers = String::from_utf8(client.read_to(b"\r\n\r\n")).unwrap();
    assert!(trailers.to_ascii_lowercase().contains("x-sum: 7\r\n"), "{trailers}");
}

#[test]
fn large_bodies_pass_both_ways_over_http2() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    let body = vec![b'a'; 3_000_000];
    let mut client = bartizan.client();
    client.send("POST /shop.Orders/Get HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\nContent-Type: image/png\r\n\r\n");
    for piece in body.chunks(100_000) {
        client.send(format!("{:x}\r\n", piece.len()));
        client.send(piece);
        client.send("\r\n");
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.head().status, 200);
    assert!(client.chunk_before_trailers() == body);
    client.read_to(b"\r\n\r\n");
    let called = call(bartizan.address, None, grpc_call("/shop.Orders/Get"), Some(&body));
    assert!(called.body() == body);
    assert_eq!(called.trailers["grpc-status"], "0");
    // Its length was announced and kept.
    client.send(format!(
        "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n",
        body.len()
    ));
    client.send(&body);
    assert_eq!(client.answer().text(), "/a");
    let (_, fields, got) = upstream.requests().pop().unwrap();
    assert_eq!((fields["content-length"].to_str().unwrap(), got.len()), ("3000000", body.len()));
}

#[test]
fn responses_without_a_body_pass_over_http2() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    let mut client = bartizan.client();
    client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer_to(true).status, 200);
    client.send("DELETE /204 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().status, 204);
    client.send("GET /304 HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().status, 304);
    client.send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.answer().text(), "/b");
}

#[test]
fn a_connection_of_http2_that_ended_is_replaced_for_every_method() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    assert_eq!(bartizan.get("/a").text(), "/a");
    // The answer comes with the word that no further stream is taken.
    assert_eq!(bartizan.get("/leave").text(), "/leave");
    for _ in 0..3 {
        let answer = bartizan.ask("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
        assert_eq!(answer.text(), "/b");
    }
    assert_eq!(upstream.connections(), 2);
}

#[test]
fn a_client_that_goes_away_frees_its_place_over_http2() {
    let upstream = H2Upstream::start(None);
    let more = "  http2: true\n  exchanges_max: 1\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    for count in 1..4 {
        let mut client = bartizan.client();
        client.send("GET /hang HTTP/1.1\r\nHost: x\r\n\r\n");
        support::until("it", || (upstream.requests().len() == count).then_some(()));
        assert_eq!(bartizan.get("/b").code(), "upstream.busy");
        drop(client);
        bartizan.at_least(count * 2);
    }
    assert_eq!(upstream.connections(), 1);
}

/// RFC 9113 section 8.7: what the server says it has not processed may be sent again.
#[test]
fn a_refused_stream_is_sent_again() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    assert_eq!(bartizan.get("/a").text(), "/a");
    let answer =
        bartizan.ask("POST /refused-once HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");
    assert_eq!(answer.text(), "/refused-once");
}

/// What an upstream resets is answered with 502 and costs nobody else anything.
#[test]
fn a_stream_that_is_reset_is_a_failed_call_and_no_more() {
    let upstream = H2Upstream::start(None);
    let bartizan = enforcing(&upstream);
    for _ in 0..8 {
        assert_eq!(bartizan.get("/reset").code(), "upstream.closed");
    }
    assert_eq!(bartizan.get("/a").text(), "/a");
    assert_eq!(upstream.connections(), 1);
}

/// An upstream whose handler crashes on one request is not shut off for all.
#[test]
fn answers_that_break_off_open_no_circuit() {
    let upstream = Upstream::scripted(|connection| {
        while let Some(request) = connection.request() {
            if request.target() == "/crash" {
                return;
            }
            connection.send(ok("well"));
        }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    for _ in 0..12 {
        let answer = bartizan.ask("POST /crash HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(answer.status, 502);
    }
    assert_eq!(bartizan.get("/a").text(), "well");
}

/// One slow endpoint does not take the others with it.
#[test]
fn a_slow_endpoint_shuts_off_no_other() {
    let upstream = Upstream::scripted(|connection| {
        while let Some(request) = connection.request() {
            if request.target() == "/slow" {
                return connection.until_closed();
            }
            connection.send(ok("well"));
        }
    });
    let more = "  response_timeout: 100ms\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    for _ in 0..8 {
        bartizan.get("/slow");
    }
    assert_eq!(bartizan.get("/a").text(), "well");
}

#[test]
fn a_protocol_change_goes_to_an_upstream_of_http2_in_http1() {
    let upstream = Upstream::scripted(|connection| {
        let Some(request) = connection.head() else { return };
        assert_eq!(request.fields("upgrade"), ["websocket"]);
        connection.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nhello",
        );
        connection.until_closed();
    });
    let bartizan =
        Bartizan::configured(&configuration(upstream.address, "enforce", "  http2: true\n"));
    let mut client = bartizan.client();
    client.send(
        "GET /a HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    assert_eq!(client.head().status, 101);
    assert_eq!(client.read(5), b"hello");
}
