//! Talkative responses: what they give away does not reach a client where that is enforced, and reaches
//! it untouched where it is observed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::time::{Duration, Instant};
use support::bartizan::{Bartizan, configuration};
use support::client::{Answer, Client};
use support::h2_peers::{H2Upstream, call, grpc_call};
use support::upstream::{Connection, Upstream};

const TRACE: &str = "Traceback (most recent call last):\n  File \"/srv/shop/orders.py\", line 41, in get\n    \
    return rows[0]\nIndexError: list index out of range\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A response with this status, these fields and this body.
fn response(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{fields}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// Answers as the target says.
fn talkative() -> Upstream {
    Upstream::scripted(|connection| {
        while let Some(request) = connection.request() {
            let (is_head, target) = (request.method() == "HEAD", request.target().to_owned());
            let mut bytes = answer(&target);
            if is_head {
                let end = support::position(&bytes, b"\r\n\r\n").unwrap() + 4;
                bytes.truncate(end);
            }
            if !connection.send(bytes) || target == "/endless" {
                return;
            }
        }
    })
}

fn answer(target: &str) -> Vec<u8> {
    let text = "Content-Type: text/plain\r\n";
    let wrong = "500 Internal Server Error";
    match target {
        "/plain" => response(wrong, text, TRACE.as_bytes()),
        "/untyped" => response(wrong, "", TRACE.as_bytes()),
        "/chunked" => {
            let (a, b) = TRACE.split_at(40);
            format!(
                "HTTP/1.1 {wrong}\r\n{text}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{a}\r\n{:x}\r\n{b}\r\n0\r\n\r\n",
                a.len(),
                b.len()
            )
            .into_bytes()
        }
        "/gzip" => response(wrong, &format!("{text}Content-Encoding: gzip\r\n"), &gzip(TRACE)),
        "/endless" => format!("HTTP/1.1 {wrong}\r\n{text}\r\n{TRACE}").into_bytes(),
        "/late" => {
            let body = format!("{}{TRACE}{}", "a\n".repeat(20_000), "b\n".repeat(100_000));
            response(wrong, text, body.as_bytes())
        }
        "/page" => response(wrong, "Content-Type: text/html\r\nETag: \"7\"\r\n", TRACE.as_bytes()),
        "/graphql" => {
            let body = "{\"data\":null,\"errors\":[{\"message\":\"no\",\"extensions\":{\"stacktrace\":[\"Error: no\",\
                \"    at Orders.get (/srv/shop/orders.js:41:7)\",\"    at process.processTicksAndRejections \
                (node:internal/process/task_queues:95:5)\"]}}]}";
            response("200 OK", "Content-Type: application/json\r\n", body.as_bytes())
        }
        "/fine" => response("200 OK", text, TRACE.as_bytes()),
        "/harmless" => response("404 Not Found", &format!("{text}X-Note: 1\r\n"), b"there is no such order"),
        "/harmless-large" => response("500 Oh", text, "no luck today\n".repeat(30_000).as_bytes()),
        "/harmless-gzip" => response(
            "500 Oh",
            &format!("{text}Content-Encoding: gzip\r\n"),
            &gzip(&"no luck today\n".repeat(30_000)),
        ),
        "/trailers" => format!(
            "HTTP/1.1 404 Not Found\r\n{text}Transfer-Encoding: chunked\r\n\r\n4\r\nnone\r\n0\r\nX-Sum: 7\r\n\r\n"
        )
        .into_bytes(),
        "/banner" => response(
            "200 OK",
            "Server: nginx/1.25.3\r\nX-Powered-By: Express\r\nX-AspNet-Version: 4\r\nVia: 1.1 shop\r\nX-Request-Id: 7\r\n",
            b"hello",
        ),
        _ => response("200 OK", "", b"hello"),
    }
}

fn ask(client: &mut Client, method: &str, target: &str) -> Answer {
    client.send(format!("{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n"));
    client.answer_to(method == "HEAD")
}

const TALKATIVE: [&str; 7] =
    ["/plain", "/untyped", "/chunked", "/gzip", "/endless", "/late", "/page"];

#[test]
fn a_stack_trace_is_replaced() {
    let upstream = talkative();
    let bartizan = Bartizan::enforcing(upstream.address);
    for target in TALKATIVE {
        let mut client = bartizan.client();
        let answer = ask(&mut client, "GET", target);
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (500, "disclosure.stack_trace"),
            "{target}"
        );
        assert!(!answer.text().contains("orders.py"), "{target}");
        assert_eq!(answer.field("content-type"), Some("application/problem+json"), "{target}");
        assert_eq!(answer.field("content-encoding"), None, "{target}");
        assert_eq!(answer.field("etag"), None, "{target}");
        if answer.field("connection") != Some("close") {
            assert_eq!(ask(&mut client, "GET", "/hello").text(), "hello", "{target}");
        }
        let seen = support::until("its observation", || {
            let endpoint = format!("GET {target}");
            bartizan.journal().into_iter().find(|it| it["endpoint"] == endpoint)
        });
        assert_eq!(seen["hits"][0]["effect"], "scrubbed", "{target}");
        let why = bartizan.why(&answer.decision_id());
        assert_eq!(why["observation"]["status"], 500, "{target}: {why}");
    }
}

#[test]
fn a_stack_trace_passes_untouched_where_it_is_observed() {
    let upstream = talkative();
    let bartizan = Bartizan::observing(upstream.address);
    for (number, target) in TALKATIVE.into_iter().enumerate() {
        let got = bartizan.get(target);
        let sent = answer(target);
        let at = support::position(&sent, b"\r\n\r\n").unwrap() + 4;
        let sent = if target == "/chunked" { TRACE.as_bytes() } else { &sent[at..] };
        assert!(got.body == sent, "{target}: {} of {} bytes", got.body.len(), sent.len());
        assert_eq!(got.status, 500);
        let seen = &bartizan.at_least(number + 1)[number];
        assert_eq!(seen["hits"][0]["effect"], "would_scrub", "{target}: {seen}");
        assert_eq!(seen["hits"][0]["code"], "disclosure.stack_trace");
        assert_eq!(seen["outcome"], "served");
    }
}

#[test]
fn what_gives_nothing_away_passes_untouched() {
    let upstream = talkative();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    for target in ["/fine", "/harmless", "/harmless-large", "/harmless-gzip", "/hello"] {
        let got = ask(&mut client, "GET", target);
        let sent = answer(target);
        let at = support::position(&sent, b"\r\n\r\n").unwrap() + 4;
        assert!(got.body == sent[at..], "{target}: {} bytes", got.body.len());
    }
    let head = ask(&mut client, "HEAD", "/plain");
    assert_eq!(
        (head.status, head.field("content-length").unwrap()),
        (500, &*TRACE.len().to_string())
    );
    assert_eq!(ask(&mut client, "GET", "/harmless").field("x-note"), Some("1"));
}

#[test]
fn an_answer_to_graphql_is_looked_at_although_it_says_200() {
    let upstream = talkative();
    let request = "POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n\
                   {\"query\":\"a\"}";
    let answer = Bartizan::enforcing(upstream.address).ask(request);
    assert_eq!(answer.status, 200);
    let document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(document["errors"][0]["extensions"]["code"], "disclosure.stack_trace");
    assert!(!answer.text().contains("orders.js"));
    let answer = Bartizan::observing(upstream.address).ask(request);
    assert!(answer.text().contains("orders.js"));
}

#[test]
fn fields_that_name_software_are_left_out() {
    let upstream = talkative();
    let named = ["server", "x-powered-by", "x-aspnet-version"];
    let answer = Bartizan::enforcing(upstream.address).get("/banner");
    for name in named {
        assert_eq!(answer.field(name), None);
    }
    assert_eq!((answer.field("x-request-id"), answer.field("via")), (Some("7"), Some("1.1 shop")));
    assert_eq!(answer.text(), "hello");
    let bartizan = Bartizan::observing(upstream.address);
    let answer = bartizan.get("/banner");
    assert!(named.iter().all(|it| answer.field(it).is_some()), "{}", answer.head);
    assert_eq!(bartizan.at_least(1)[0]["hits"][0]["effect"], "would_scrub");
    let off = configuration(upstream.address, "enforce", "clauses: {disclosure.banner: off}\n");
    assert!(Bartizan::configured(&off).get("/banner").field("server").is_some());
}

const LISTING: &str = "<html>\r\n<head><title>Index of /files/</title></head>\r\n<body>\r\n<h1>Index of /files/</h1><hr><pre>\
    <a href=\"../\">../</a>\r\n<a href=\"dump.sql\">dump.sql</a>   01-Mar-2024 09:12   120034\r\n</pre><hr></body>\r\n</html>";
const PROGRAM: &str = "<?php\nrequire 'config.php';\n$db = new PDO($dsn, $user, $password);\n";

/// A server that shows its folders, and has lost what runs its programs.
fn careless() -> Upstream {
    Upstream::scripted(|connection| {
        while let Some(request) = connection.request() {
            let bytes = match request.target() {
                "/files/" => response("200 OK", "Content-Type: text/html\r\n", LISTING.as_bytes()),
                "/index.php" => response("200 OK", "", PROGRAM.as_bytes()),
                "/code/index.php" => {
                    response("200 OK", "Content-Type: text/plain\r\n", PROGRAM.as_bytes())
                }
                "/save/index.php" => response(
                    "200 OK",
                    "Content-Disposition: attachment; filename=\"index.php\"\r\n",
                    PROGRAM.as_bytes(),
                ),
                "/.env" => response(
                    "200 OK",
                    "Content-Type: application/octet-stream\r\n",
                    b"APP_NAME=Shop\nDB_HOST=127.0.0.1\nDB_PASSWORD=hunter22\n",
                ),
                _ => response(
                    "200 OK",
                    "Content-Type: text/html\r\n",
                    b"<title>Shop</title><p>Hello",
                ),
            };
            if !connection.send(bytes) {
                return;
            }
        }
    })
}

#[test]
fn folders_and_programs_of_the_server_do_not_leave_where_that_is_enforced() {
    let upstream = careless();
    let more = "clauses: {disclosure.listing: enforce, disclosure.source: enforce}\nexceptions:\n  - {clause: disclosure.source, endpoint: \
                GET /code/index.php, reason: it hands out programs, expires: 2999-01-01}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut client = bartizan.client();
    for (target, code) in [
        ("/files/", "disclosure.directory_listing"),
        ("/index.php", "disclosure.source_code"),
        ("/.env", "disclosure.settings"),
    ] {
        let answer = ask(&mut client, "GET", target);
        assert_eq!((answer.status, answer.code().as_str()), (403, code), "{target}");
        let is_told = ["dump.sql", "PDO", "hunter22"].iter().any(|it| answer.text().contains(it));
        assert!(!is_told, "{target}: {}", answer.text());
        let seen = support::until("its observation", || {
            let endpoint = format!("GET {target}");
            bartizan.journal().into_iter().find(|it| it["endpoint"] == endpoint)
        });
        // The path of the last one is a matter for itself.
        let hit = seen["hits"].as_array().unwrap().last().unwrap();
        assert_eq!((&seen["status"], &hit["effect"]), (&403.into(), &"scrubbed".into()));
    }
    for (target, text) in [
        ("/code/index.php", PROGRAM),
        ("/save/index.php", PROGRAM),
        ("/", "<title>Shop</title><p>Hello"),
    ] {
        assert_eq!(ask(&mut client, "GET", target).text(), text, "{target}");
    }
}

#[test]
fn folders_and_programs_of_the_server_are_observed_also_where_clauses_are_enforced() {
    let upstream = careless();
    let bartizan = Bartizan::enforcing(upstream.address);
    assert_eq!(bartizan.get("/files/").text(), LISTING);
    let seen = &bartizan.at_least(1)[0];
    assert_eq!(
        (&seen["hits"][0]["code"], &seen["hits"][0]["effect"]),
        (&"disclosure.directory_listing".into(), &"would_scrub".into())
    );
}

/// A page whose server writes it little by little is not held until its end.
#[test]
fn a_page_that_is_still_being_written_passes_as_it_comes() {
    let upstream = Upstream::scripted(|connection| {
        let Some(_) = connection.request() else { return };
        connection.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n\
             1b\r\n<title>Shop</title><p>Hello\r\n",
        );
        connection.until_closed();
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    let since = Instant::now();
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"<title>Shop</title><p>Hello");
    assert!(since.elapsed() < Duration::from_millis(400), "{:?}", since.elapsed());
}

/// A shop whose search shows what was sought, as it is or escaped.
fn search() -> Upstream {
    Upstream::answering(|request| {
        let query = request.target().split_once("?q=").map_or("", |it| it.1).to_owned();
        let sought = query.replace("%3C", "<").replace("%3E", ">").replace("%20", " ");
        let is_safe = request.target().starts_with("/safe");
        let sought = if is_safe { sought.replace('<', "&lt;") } else { sought };
        let before = if request.target().starts_with("/long") {
            "<p>All is well.</p>\n".repeat(9_000)
        } else {
            String::new()
        };
        let page = format!("<title>Shop</title>{before}<p>Nothing for {sought}</p>");
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}",
            page.len()
        )
    })
}

#[test]
fn script_that_the_request_brought_is_not_shown_to_whoever_followed_the_link() {
    let upstream = search();
    // Below the level at which the request itself would be refused.
    let sought = "%3Cp%20onclick=play(this)%3EMore%3C/p%3E";
    let script = "<p onclick=play(this)>";
    let bartizan = Bartizan::enforcing(upstream.address);
    let answer = bartizan.get(&format!("/search?q={sought}"));
    assert_eq!((answer.status, answer.code().as_str()), (403, "disclosure.reflected_script"));
    assert!(!answer.text().contains("onclick"));
    let seen = &bartizan.at_least(1)[0];
    let is_told = |it: &serde_json::Value| {
        it["place"] == "query q" && it["code"] == "disclosure.reflected_script"
    };
    assert!(seen["findings"].as_array().unwrap().iter().any(is_told), "{seen}");
    assert_eq!(bartizan.get(&format!("/safe?q={sought}")).status, 200);
    assert_eq!(
        bartizan.get("/search?q=shoes").text(),
        "<title>Shop</title><p>Nothing for shoes</p>"
    );
    // Behind what is held of an answer it ends there.
    let mut client = bartizan.client();
    client.send(format!("GET /long?q={sought} HTTP/1.1\r\nHost: x\r\n\r\n"));
    let got = client.rest();
    assert!(got.len() > 64 * 1024 && support::position(&got, script.as_bytes()).is_none());
    let observing = Bartizan::observing(upstream.address);
    assert!(observing.get(&format!("/search?q={sought}")).text().contains(script));
    let seen = &observing.at_least(1)[0];
    let hits = seen["hits"].as_array().unwrap();
    assert!(hits.iter().any(|it| it["effect"] == "would_scrub"), "{seen}");
}

#[test]
fn an_exception_lets_an_endpoint_talk() {
    let upstream = talkative();
    let more = "exceptions:\n  - {clause: disclosure.errors, endpoint: GET /plain, reason: our own tool, expires: 2999-01-01}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    assert_eq!(bartizan.get("/plain").text(), TRACE);
    assert_eq!(bartizan.get("/page").code(), "disclosure.stack_trace");
}

#[test]
fn trailers_of_a_harmless_error_pass() {
    let upstream = talkative();
    let bartizan = Bartizan::enforcing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /trailers HTTP/1.1\r\nHost: x\r\nTE: trailers\r\n\r\n");
    assert_eq!(client.head().status, 404);
    assert_eq!(client.chunk_before_trailers(), b"none");
    let end = String::from_utf8(client.read_to(b"\r\n")).unwrap();
    assert_eq!(end.to_ascii_lowercase(), "x-sum: 7\r\n");
}

/// Sends an event, and then nothing for as long as the test lasts.
fn events(status: &'static str) -> Upstream {
    Upstream::scripted(move |connection: &mut Connection| {
        let Some(_) = connection.request() else { return };
        connection.send(format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
             d\r\ndata: hello\n\n\r\n"
        ));
        connection.until_closed();
    })
}

/// Subscriptions of GraphQL over server-sent events.
#[test]
fn events_of_graphql_pass_as_they_come() {
    let upstream = events("200 OK");
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    client.send("GET /graphql?query=a HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
    let since = Instant::now();
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"data: hello\n\n");
    assert!(since.elapsed() < Duration::from_secs(1));
}

/// A stream that a client listens to: an event, a remark, the beginning of an event, and after a while what is wrong.
fn telling() -> Upstream {
    Upstream::scripted(move |connection: &mut Connection| {
        let Some(request) = connection.request() else { return };
        let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
        connection.send(format!("{head}{}", chunk("data: hello\n\n")));
        connection.send(chunk(": alive\n\n"));
        if request.target() == "/events" {
            connection.send(chunk("data: Traceback (most recent call last):\n"));
            connection.send(chunk("data:   File \"/srv/shop/orders.py\", line 41, in get\n\n"));
        }
        connection.until_closed();
    })
}

#[test]
fn an_event_that_gives_something_away_ends_its_stream_and_others_pass_at_once() {
    let upstream = telling();
    let more = "routes:\n  - {name: events, path: /, inspect_events: true}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    for target in ["/events", "/fine"] {
        let mut client = bartizan.client();
        client.stream.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        let since = Instant::now();
        client
            .send(format!("GET {target} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"));
        assert_eq!(client.head().status, 200);
        assert_eq!(client.chunk(), b"data: hello\n\n");
        assert_eq!(client.chunk(), b": alive\n\n");
        assert!(since.elapsed() < Duration::from_secs(1), "{target}");
        if target == "/events" {
            // Without the chunk that says that it is whole.
            assert_eq!(client.rest(), b"", "{target}");
        }
    }
    let seen = &bartizan.at_least(1)[0];
    assert_eq!(
        (&seen["outcome"], &seen["hits"][0]["code"], &seen["findings"][0]["place"]),
        (&"refused".into(), &"disclosure.stack_trace".into(), &"body $event[2]".into())
    );
}

/// Errors are held to be looked at; where there is no room for that, an error is still an error.
#[test]
fn an_error_that_finds_no_room_is_still_the_answer() {
    let body = "no luck today\n".repeat(4_000);
    let upstream = Upstream::answering(move |_| {
        let length = body.len();
        format!(
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    });
    let more = "limits:\n  held_bytes_max: 1MiB\n  inspect_bytes_max: 1MiB\n\
                routes:\n  - {name: all, fail_open: true}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let mut holding = bartizan.client();
    holding.send(format!(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nfa000\r\n{}\r\n",
        "a".repeat(0xFA000)
    ));
    support::until("it held", || {
        let mut admin = Client::connect(bartizan.admin);
        admin.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let metrics = String::from_utf8_lossy(&admin.rest()).into_owned();
        let held = metrics.lines().find_map(|it| it.strip_prefix("bartizan_held_bytes "));
        (held?.parse::<f64>().unwrap() >= 1_024_000.0).then_some(())
    });
    let answer = bartizan.get("/b");
    assert_eq!((answer.status, answer.body.len()), (404, 56_000), "{}", answer.text());
}

/// An error that is still being written, as of an upload that goes on, is not kept for ever.
#[test]
fn an_error_that_is_never_finished_is_passed_on_in_time() {
    let upstream = events("500 Oh");
    let bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(client.head().status, 500);
}

// gRPC.

fn grpc(mode: &str, path: &str) -> Option<String> {
    let upstream = H2Upstream::start(None);
    let bartizan = Bartizan::configured(&configuration(upstream.address, mode, "  http2: true\n"));
    let called = call(bartizan.address, None, grpc_call(path), Some(b"\0\0\0\0\0"));
    assert_eq!(called.field("grpc-status"), Some("13"));
    called.field("grpc-message").map(ToOwned::to_owned)
}

#[test]
fn the_message_of_a_grpc_status_is_replaced() {
    assert_eq!(grpc("enforce", "/shop.Orders/FailLate").as_deref(), Some("internal error"));
    assert!(grpc("observe", "/shop.Orders/FailLate").unwrap().contains("Orders.java"));
}

/// Most errors of gRPC come without messages, their status in the head.
#[test]
fn the_message_of_a_grpc_status_is_left_out_where_it_stands_in_the_head() {
    assert_eq!(grpc("enforce", "/shop.Orders/Fail"), None);
    assert!(grpc("observe", "/shop.Orders/Fail").unwrap().contains("Orders.java"));
}
