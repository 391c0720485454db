//! Large and endless bodies: passed on as they come, byte for byte, in little memory.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::sync::mpsc;
use support::PATIENCE;
use support::bartizan::Bartizan;
use support::http2::{END_STREAM, Http2, request};
use support::upstream::{Upstream, ok};

const LARGE: usize = 64 << 20;
/// What an exchange of any size may add to the peak of the memory that is resident.
const MORE_KIB_MAX: u64 = 32 * 1024;
/// Length of the pattern below; a prime, so that no buffer of ours hides a shift by its size.
const PERIOD: usize = 65_521;

/// The bytes from `at` on of a body that never repeats at a power of two.
fn pattern(at: usize, count: usize) -> Vec<u8> {
    (at..at + count).map(|it| u8::try_from(it % PERIOD % 251).unwrap()).collect()
}

/// Checks that bytes come as the pattern says.
#[derive(Default)]
struct Checked(usize);

impl Checked {
    #[track_caller]
    fn take(&mut self, bytes: &[u8]) {
        for (n, &byte) in bytes.iter().enumerate() {
            let expected = (self.0 + n) % PERIOD % 251;
            assert_eq!(usize::from(byte), expected, "at {}", self.0 + n);
        }
        self.0 += bytes.len();
    }
}

/// An upstream that tells how many bytes of the pattern it got, and sends as many.
fn upstream() -> Upstream {
    Upstream::scripted(|connection| {
        while let Some(head) = connection.head() {
            let mut checked = Checked::default();
            let chunked = !head.fields("transfer-encoding").is_empty();
            let length: usize =
                head.fields("content-length").first().map_or(0, |it| it.parse().unwrap());
            while chunked || checked.0 < length {
                let size = if chunked {
                    let line = connection.read_to(b"\r\n").unwrap();
                    usize::from_str_radix(str::from_utf8(&line).unwrap().trim_end(), 16).unwrap()
                } else {
                    (length - checked.0).min(1 << 16)
                };
                checked.take(&connection.read(size).unwrap());
                if chunked {
                    assert_eq!(connection.read(2).unwrap(), b"\r\n");
                    if size == 0 {
                        break;
                    }
                }
                connection.forget();
            }
            match head.target() {
                "/chunked" => {
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for at in (0..LARGE).step_by(100_000) {
                        let piece = pattern(at, 100_000.min(LARGE - at));
                        let framed =
                            [format!("{:x}\r\n", piece.len()).as_bytes(), &piece, b"\r\n"].concat();
                        if !connection.send(framed) {
                            return;
                        }
                    }
                    connection.send("0\r\n\r\n");
                }
                "/length" => {
                    connection.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n"));
                    for at in (0..LARGE).step_by(100_000) {
                        if !connection.send(pattern(at, 100_000.min(LARGE - at))) {
                            return;
                        }
                    }
                }
                _ => {
                    connection.send(ok(&checked.0.to_string()));
                }
            }
        }
    })
}

/// Runs `exchange` against a warm instance; its peak may hardly rise.
#[track_caller]
fn check_memory(exchange: impl FnOnce(&Bartizan)) {
    let upstream = upstream();
    let bartizan = Bartizan::enforcing(upstream.address);
    assert_eq!(bartizan.get("/warm").status, 200);
    let idle = bartizan.peak_kib();
    exchange(&bartizan);
    let more = bartizan.peak_kib().saturating_sub(idle);
    eprintln!("peak of memory: {idle} KiB idle, {more} KiB more");
    assert!(more <= MORE_KIB_MAX, "{more} KiB more than idle");
    assert_eq!(bartizan.exactly(2)[1]["outcome"], "served");
}

fn upload(bartizan: &Bartizan, chunked: bool) {
    let mut client = bartizan.client();
    let framing = if chunked {
        "Transfer-Encoding: chunked".to_owned()
    } else {
        format!("Content-Length: {LARGE}")
    };
    client.send(format!(
        "PUT /up HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n{framing}\r\n\r\n"
    ));
    for at in (0..LARGE).step_by(1 << 20) {
        let piece = pattern(at, 1 << 20);
        if chunked {
            client.send([b"100000\r\n", &piece[..], b"\r\n"].concat());
        } else {
            client.send(piece);
        }
    }
    if chunked {
        client.send("0\r\n\r\n");
    }
    assert_eq!(client.answer().text(), LARGE.to_string());
}

/// A text of `LARGE` bytes, examined as it passes.
#[test]
fn a_large_text_is_examined_in_little_memory() {
    let line = b"2026-01-31 it's a line of some log, 12 ms\n";
    let upstream = Upstream::scripted(|connection| {
        while let Some(head) = connection.head() {
            let length = head.fields("content-length").first().map_or(0, |it| it.parse().unwrap());
            let mut left: usize = length;
            while left > 0 {
                left -= connection.read(left.min(1 << 16)).unwrap().len();
                connection.forget();
            }
            connection.send(ok(&length.to_string()));
        }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    assert_eq!(bartizan.get("/warm").status, 200);
    let idle = bartizan.peak_kib();
    let mut client = bartizan.client();
    client.send(format!(
        "PUT /log HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: {LARGE}\r\n\r\n"
    ));
    let piece: Vec<u8> = line.iter().copied().cycle().take(1 << 20).collect();
    for _ in 0..LARGE >> 20 {
        client.send(&piece[..]);
    }
    assert_eq!(client.answer().text(), LARGE.to_string());
    let more = bartizan.peak_kib().saturating_sub(idle);
    assert!(more <= MORE_KIB_MAX, "{more} KiB more than idle");
    let seen = &bartizan.exactly(2)[1];
    assert_eq!((&seen["outcome"], &seen["hits"]), (&"served".into(), &serde_json::json!([])));
}

/// What arrived of a request that was cut on its way.
fn attacked(chunked: bool) {
    let (told, arrived) = mpsc::channel();
    let upstream = Upstream::scripted(move |connection| {
        while let Some(head) = connection.head() {
            if head.target() != "/log" {
                connection.send(ok(""));
                continue;
            }
            let mut count = 0;
            while let Some(bytes) = connection.read(1024) {
                count += bytes.len();
                connection.forget();
            }
            told.send(count).ok();
        }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    let before = "a line of some log\n".repeat(200_000);
    let body = format!("{before} <svg/onload=alert(1)> {}", before.get(..100_000).unwrap());
    let framing = match chunked {
        true => "Transfer-Encoding: chunked".to_owned(),
        false => format!("Content-Length: {}", body.len()),
    };
    client.send(format!(
        "PUT /log HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n{framing}\r\n\r\n"
    ));
    match chunked {
        true => client.send(format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())),
        false => client.send(&body),
    };
    let answer = client.answer();
    assert_eq!(answer.status, 403, "{}", answer.text());
    let count = arrived.recv_timeout(PATIENCE).unwrap();
    assert!(count < body.len(), "{count} of {} arrived", body.len());
    let seen = &bartizan.exactly(1)[0];
    assert_eq!(seen["outcome"], "refused");
    assert_eq!(seen["findings"][0]["code"], "content.script_injection");
}

#[test]
fn an_attack_far_into_a_text_of_known_length_ends_it() {
    attacked(false);
}

#[test]
fn an_attack_far_into_a_text_in_chunks_ends_it() {
    attacked(true);
}

#[test]
fn a_large_upload_of_known_length_arrives_in_little_memory() {
    check_memory(|bartizan| upload(bartizan, false));
}

#[test]
fn a_large_upload_in_chunks_arrives_in_little_memory() {
    check_memory(|bartizan| upload(bartizan, true));
}

#[test]
fn a_large_upload_over_http2_arrives_in_little_memory() {
    check_memory(|bartizan| {
        let mut client = Http2::connect(bartizan.address);
        let mut fields = request("PUT", "/up").to_vec();
        fields.push(("content-type", "application/octet-stream"));
        client.head(1, &fields, false);
        for at in (0..LARGE).step_by(1 << 20) {
            client.part(1, &pattern(at, 1 << 20), false);
        }
        client.frame(support::http2::DATA, END_STREAM, 1, &[]);
        let answer = client.finish(1);
        assert_eq!(answer.body, LARGE.to_string().as_bytes());
    });
}

#[test]
fn a_large_download_of_known_length_arrives_in_little_memory() {
    check_memory(|bartizan| {
        let mut client = bartizan.client();
        client.send("GET /length HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.head().field("content-length"), Some(LARGE.to_string().as_str()));
        let mut checked = Checked::default();
        while checked.0 < LARGE {
            let piece = client.read((LARGE - checked.0).min(1 << 16));
            checked.take(&piece);
        }
    });
}

#[test]
fn a_large_download_in_chunks_arrives_in_little_memory() {
    check_memory(|bartizan| {
        let mut client = bartizan.client();
        client.send("GET /chunked HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.head().field("transfer-encoding"), Some("chunked"));
        let mut checked = Checked::default();
        loop {
            let chunk = client.chunk();
            if chunk.is_empty() {
                break;
            }
            checked.take(&chunk);
        }
        assert_eq!(checked.0, LARGE);
    });
}

/// A client that takes nothing for a while: what it does not take stays at the upstream.
#[test]
fn a_slow_reader_is_waited_for_in_little_memory() {
    check_memory(|bartizan| {
        let mut client = Http2::with_window(bartizan.address, 65_535);
        client.get(1, "/length");
        let mut checked = Checked::default();
        while checked.0 < LARGE {
            assert!(client.next(), "the connection ended at {}", checked.0);
            let Some(stream) = client.streams.get_mut(&1) else { continue };
            let body = std::mem::take(&mut stream.body);
            if !body.is_empty() {
                checked.take(&body);
                let count = u32::try_from(body.len()).unwrap();
                client.allow(0, count);
                client.allow(1, count);
            }
        }
    });
}

/// Each event is on its way before the next one is made.
#[test]
fn events_are_not_held_back() {
    let (seen, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(wait);
    let upstream = Upstream::scripted(move |connection| {
        let Some(_) = connection.request() else { return };
        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        for number in 0..20 {
            connection.send(format!("data: {number}\n\n"));
            if wait.lock().unwrap().recv_timeout(PATIENCE).is_err() {
                return;
            }
        }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
    assert_eq!(client.head().field("content-type"), Some("text/event-stream"));
    for number in 0..20 {
        assert_eq!(client.chunk(), format!("data: {number}\n\n").as_bytes());
        seen.send(()).unwrap();
    }
    assert_eq!(client.chunk(), b"", "the end of the connection is the end of the body");
}

/// Both directions at once: the upstream answers each piece before the next one is sent.
#[test]
fn an_upstream_may_answer_while_it_reads() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.head() else { return };
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        loop {
            let line = connection.read_to(b"\r\n").unwrap();
            let size =
                usize::from_str_radix(str::from_utf8(&line).unwrap().trim_end(), 16).unwrap();
            let mut piece = connection.read(size + 2).unwrap();
            piece.make_ascii_uppercase();
            connection.send([&line[..], &piece[..]].concat());
            if size == 0 {
                return;
            }
        }
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send(
        "POST /talk HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
    );
    // The first piece of a body is looked at before its request is forwarded.
    client.send("3\r\none\r\n");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"ONE");
    for word in ["two", "six"] {
        client.send(format!("3\r\n{word}\r\n"));
        assert_eq!(client.chunk(), word.to_uppercase().as_bytes());
    }
    client.send("0\r\n\r\n");
    assert_eq!(client.chunk(), b"");
    assert_eq!(bartizan.at_least(1)[0]["outcome"], "served");
}
