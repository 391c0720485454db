//! Faults that were found once and are mended. Each test shows what went wrong.

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
use support::bartizan::{Bartizan, command, output};
use support::directory::Directory;
use support::http2::{Http2, request};
use support::until;
use support::upstream::Upstream;

/// The client is told 502, rightly; but the connection speaks another protocol from here on.
#[test]
fn a_connection_that_switched_unasked_is_not_kept() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        );
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    assert_eq!(bartizan.get("/first").code(), "upstream.malformed");
    assert_eq!(bartizan.get("/second").code(), "upstream.malformed");
    assert_eq!(upstream.received().len(), 2, "the second request came on a connection of its own");
}

/// Nothing was sent yet: the client can still be told, and `status` must not say 200.
#[test]
fn a_response_that_is_malformed_at_once_is_not_recorded_as_sent() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    let got = String::from_utf8_lossy(&client.rest()).into_owned();
    let seen = bartizan.at_least(1);
    let status = seen[0]["status"].as_u64().unwrap();
    let told = got.get(9..12).map_or(0, |it| it.parse().unwrap());
    assert_eq!(status, told, "the client got {got:?}");
}

/// Ten seconds of every restart, for a connection on which nothing happens.
#[test]
fn an_idle_http2_client_that_does_not_answer_does_not_hold_a_stop() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::observing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    client.get(1, "/a");
    assert_eq!(client.finish(1).status, 200);
    let begun = std::time::Instant::now();
    assert_eq!(bartizan.stop().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// A scraper that hangs must not keep the process alive.
#[test]
fn an_unfinished_question_of_an_operator_does_not_hold_a_stop() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::observing(upstream.address);
    let mut operator = support::client::Client::connect(bartizan.admin);
    operator.send("GET /metrics HTTP/1.1\r\nHo");
    let mut asking = support::client::Client::connect(bartizan.admin);
    asking.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(asking.answer().status, 200);
    assert_eq!(bartizan.stop().code(), Some(0));
}

#[test]
fn a_data_directory_may_have_a_long_name() {
    let home = Directory::new();
    let data = home.path().join("d".repeat(120)).display().to_string();
    let mut child = command()
        .args([
            "guard",
            "http://127.0.0.1:9",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
            "--data",
            &data,
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let is_running = until("a running instance, or its end", || {
        if child.try_wait().unwrap().is_some() {
            return Some(false);
        }
        let it = output(&["status", "-o", "json", "--data", &data]);
        String::from_utf8_lossy(&it.stdout).contains("\"running\":true").then_some(true)
    });
    drop(child.kill());
    drop(child.wait());
    assert!(is_running);
}

/// The library holds a body to one length only; the other would frame it for the upstream.
#[test]
fn an_http2_request_with_two_lengths_is_refused() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    for (first, second) in [("5", "30"), ("30", "5"), ("5", "5")] {
        let mut client = Http2::connect(bartizan.address);
        let mut fields = request("POST", "/a").to_vec();
        fields.extend([("content-type", "image/png"), ("content-length", first)]);
        fields.push(("content-length", second));
        client.head(1, &fields, false);
        client.part(1, b"helloGET /evil HTTP/1.1\r\n\r\n..", true);
        let it = client.finish(1);
        assert!(it.reset || it.status == 400, "{it:?}");
    }
    assert_eq!(upstream.text(), "");
}

/// Its body is the first thing that the next response would be read from.
#[test]
fn a_connection_is_not_kept_after_a_response_to_head() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("HEAD /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\n\r\n");
    upstream.until_received("/second");
    assert_eq!(upstream.received().len(), 2, "the second request came on a connection of its own");
}

/// An HTTP/1.0 client knows the end of a body without a length only by the end of the connection.
#[test]
fn a_body_without_a_length_closes_the_connection_of_an_old_client() {
    let upstream = Upstream::scripted(|connection| {
        while connection.request().is_some() {
            connection
                .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        }
    });
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let got = String::from_utf8(client.rest()).unwrap();
    assert!(got.contains("connection: close\r\n") && got.ends_with("\r\n\r\nok"), "{got:?}");
}

/// Many servers never read the body of a GET and take it for the next request.
#[test]
fn a_body_that_its_method_does_not_expect_ends_the_connection_upstream() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.head() else { return };
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    let evil = "GET /evil HTTP/1.1\r\n\r\n";
    let request = format!(
        "GET /a HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: {}\r\n\r\n{evil}",
        evil.len()
    );
    assert_eq!(bartizan.ask(&request).status, 200);
    bartizan.client().send("GET /second HTTP/1.1\r\nHost: x\r\n\r\n");
    upstream.until_received("/second");
    let received = upstream.received();
    assert_eq!(received.len(), 2, "the second request came on a connection of its own");
    assert!(String::from_utf8_lossy(&received[0]).contains("connection: close\r\n"));
}

/// The body that it should not have would be read as the next response.
#[test]
fn a_connection_is_not_kept_after_a_bare_response_that_names_a_body() {
    for head in ["304 Not Modified\r\nContent-Length: 2", "204 No Content\r\nContent-Length: 2"] {
        let upstream = Upstream::scripted(move |connection| {
            let Some(_) = connection.request() else { return };
            connection.send(format!("HTTP/1.1 {head}\r\n\r\n"));
            connection.until_closed();
        });
        let bartizan = Bartizan::observing(upstream.address);
        bartizan.get("/first");
        bartizan.client().send("GET /second HTTP/1.1\r\nHost: x\r\n\r\n");
        upstream.until_received("/second");
        assert_eq!(upstream.received().len(), 2, "{head}");
    }
}

/// A reset is no end of a body that ends with its connection.
#[test]
fn a_reset_upstream_is_not_passed_on_as_a_whole_response() {
    let upstream = Upstream::scripted(|connection| {
        // Closing with bytes unread resets the connection.
        let mut start = [0; 8];
        while connection.stream.peek(&mut start).is_ok_and(|it| it > 0 && it < start.len()) {}
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\npart");
    });
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    let got = String::from_utf8_lossy(&client.rest()).into_owned();
    assert!(!got.contains("0\r\n\r\n"), "{got:?}");
    assert_eq!(bartizan.at_least(1)[0]["outcome"], "upstream_failed");
}

/// What is in memory counts, until it is given back.
#[test]
fn a_held_body_counts_until_its_exchange_has_ended() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.until_closed();
    });
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    let body = format!("\"{}\"", "a".repeat(200_000));
    client.send(format!(
        "POST /held HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    upstream.until_received("/held");
    let mut operator = support::client::Client::connect(bartizan.admin);
    operator.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let text = String::from_utf8_lossy(&operator.rest()).into_owned();
    assert!(text.contains("bartizan_held_bytes 200002"), "{text}");
}

/// What a client takes back must not hold a connection to the API until that answers.
#[test]
fn a_stream_that_is_reset_lets_its_upstream_connection_go() {
    let (gone, went) = std::sync::mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let upstream = Upstream::scripted(move |connection| {
        let Some(_) = connection.request() else { return };
        connection.until_closed();
        gone.lock().unwrap().send(()).ok();
    });
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = Http2::connect(bartizan.address);
    const RST_STREAM: u8 = 3;
    for stream in (1..40).step_by(2) {
        client.get(stream, &format!("/slow/{stream}"));
        upstream.until_received(&format!("/slow/{stream} "));
        client.frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
        went.recv_timeout(Duration::from_secs(10)).expect("the connection to the API ends");
    }
    let aborted =
        bartizan.at_least(20).iter().filter(|it| it["outcome"] == "client_aborted").count();
    assert_eq!(aborted, 20);
}
