//! Copies of requests: what a proxy that mirrors sends becomes the inventory that the gateway would have made, and
//! nothing is said of what nobody saw.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use support::bartizan::{Bartizan, command, said};
use support::client::Client;
use support::until;
use support::upstream::{Upstream, ok};

const MIRROR: &str = "version: 1\nlisten: {workers: 1, http2: true, mirror: true}\n\
                      trusted_proxies: [127.0.0.0/8]\n";

/// Runs a command on a data directory; the JSON that it printed.
#[track_caller]
fn asked(data: &Path, arguments: &[&str]) -> Value {
    let output = command().args(arguments).arg("--data").arg(data).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn listed(data: &Path) -> Vec<Value> {
    let all = asked(data, &["inventory", "ls", "-o", "json"]);
    all["endpoints"].as_array().unwrap().clone()
}

/// Service, method, template and fields of requests of each endpoint.
fn asked_for(data: &Path) -> Vec<String> {
    let one = |it: &Value| {
        let text = |name: &str| it[name].as_str().unwrap().to_owned();
        let name = format!("{} {}", text("method"), text("template"));
        let whole = asked(data, &["inventory", "show", &name, "-o", "json"]);
        let fields = whole["request"]["fields"].as_array().unwrap().iter();
        let fields: Vec<_> = fields.map(|it| format!("{} {}", it["place"], it["kind"])).collect();
        format!("{} {name} {}", text("service"), fields.join(", "))
    };
    let mut all: Vec<_> = listed(data).iter().map(one).collect();
    all.sort();
    all
}

/// What people do in a small shop: each request, as a proxy sends it.
fn calls() -> Vec<String> {
    let mut out = Vec::new();
    for round in 0..4 {
        for who in 1..=4 {
            let head = |line: &str| {
                format!(
                    "{line} HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 203.0.113.{who}\r\n\
                     Authorization: Bearer key{who}\r\n"
                )
            };
            out.push(head(&format!("GET /orders/{who}{round}?full=1")) + "\r\n");
            out.push(head("GET /orders?limit=5") + "\r\n");
            let body = json!({"sku": format!("s{round}"), "quantity": who}).to_string();
            let framing =
                format!("Content-Type: application/json\r\nContent-Length: {}", body.len());
            out.push(format!("{}{framing}\r\n\r\n{body}", head("POST /orders")));
        }
    }
    out
}

fn send(to: std::net::SocketAddr, calls: &[String], status: u16) {
    let mut client = Client::connect(to);
    for call in calls {
        client.send(call);
        assert_eq!(client.answer().status, status, "{call}");
    }
}

#[test]
fn copies_make_the_endpoints_that_the_gateway_makes() {
    let upstream = Upstream::answering(|_| ok("{\"id\": 1}"));
    let gateway = Bartizan::configured(&format!(
        "version: 1\nlisten: {{workers: 1}}\nupstream: {{url: 'http://{}'}}\n\
         trusted_proxies: [127.0.0.0/8]\n",
        upstream.address
    ));
    send(gateway.address, &calls(), 200);
    gateway.at_least(calls().len());
    let mirror = Bartizan::configured(MIRROR);
    send(mirror.address, &calls(), 204);
    let seen = mirror.exactly(calls().len());
    assert!(seen.iter().all(|it| it["outcome"] == "copied" && it["status"] == 0), "{seen:#?}");

    let (gateway, mirror) = (gateway.data(), mirror.data());
    assert_eq!(asked_for(&gateway).len(), 3);
    assert_eq!(asked_for(&mirror), asked_for(&gateway));
    for it in listed(&mirror) {
        assert_eq!((&it["answers"], &it["client_errors"]), (&json!("unknown"), &json!(0)), "{it}");
        // About four.
        assert!(it["subjects"].as_u64() > Some(1) && it["clients"].as_u64() > Some(1), "{it}");
    }
    assert!(listed(&gateway).iter().all(|it| it["answers"] == "seen" && it["unanswered"] == 0));
}

#[test]
fn what_nobody_saw_is_unknown() {
    let mirror = Bartizan::configured(MIRROR);
    // Nobody shows a credential: whether they would have had to is not known.
    let calls: Vec<_> = calls().iter().map(|it| it.replace("Authorization", "X-Other")).collect();
    for _ in 0..3 {
        send(mirror.address, &calls, 204);
    }
    mirror.exactly(3 * calls.len());
    let posture = asked(&mirror.data(), &["inventory", "posture", "-o", "json"]);
    assert_eq!(posture["flaws"], json!([]), "{posture:#}");
    for what in ["outcomes", "response_heads", "response_bodies"] {
        assert_eq!(posture["unknown"][what], 3, "{what}: {posture:#}");
    }
    assert_eq!(posture["unknown"]["credentials"], 0);
    let relations = asked(&mirror.data(), &["inventory", "relations", "-o", "json"]);
    assert_eq!(relations, json!([]));
}

#[test]
fn a_scanner_makes_no_endpoint() {
    let mirror = Bartizan::configured(MIRROR);
    send(mirror.address, &calls(), 204);
    let invented = |n: usize, who: usize| {
        format!(
            "GET /word{n}/{n}x HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 198.51.100.{who}\r\n\r\n"
        )
    };
    let one: Vec<_> = (0..500).map(|n| invented(n, 1)).collect();
    let several: Vec<_> = (0..200).flat_map(|n| (2..6).map(move |who| (n, who))).collect();
    let several: Vec<_> = several.into_iter().map(|(n, who)| invented(n, who)).collect();
    send(mirror.address, &one, 204);
    send(mirror.address, &several, 204);
    mirror.exactly(calls().len() + one.len() + several.len());
    let listed = listed(&mirror.data());
    assert_eq!(listed.len(), 3, "{listed:#?}");
}

#[test]
fn envoys_suffix_is_not_part_of_the_host() {
    let mirror = Bartizan::configured(&format!(
        "{MIRROR}upstream: {{url: 'http://127.0.0.1:9'}}\n\
         routes: [{{name: shop, host: shop.example}}, {{name: rest}}]\n"
    ));
    for host in ["shop.example-shadow", "shop.example-shadow:8080", "shop.example", "other-shadow"]
    {
        send(mirror.address, &[format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")], 204);
    }
    let seen = mirror.exactly(4);
    let routes: Vec<_> = seen.iter().map(|it| it["route"].as_str().unwrap()).collect();
    assert_eq!(routes, ["shop", "shop", "shop", "rest"]);
}

#[test]
fn only_the_law_refuses() {
    let mirror = Bartizan::configured(&format!(
        "{MIRROR}mode: enforce\nclients: {{deny: [203.0.113.0/24]}}\nlimits: {{body_bytes_max: 100KiB}}\n"
    ));
    let attack =
        "GET /?q=1%27%20OR%201=1--%20x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n";
    let large = format!(
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n{}",
        "a".repeat(300_000)
    );
    send(mirror.address, &[attack.to_owned(), large], 204);
    let smuggled = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    send(mirror.address, &[smuggled.to_owned()], 400);
    let seen = mirror.exactly(3);
    // The large one is made something of after it was answered.
    let of = |endpoint: &str| seen.iter().find(|it| it["endpoint"] == endpoint).unwrap();
    let hits = |it: &Value| {
        let hits = it["hits"].as_array().unwrap();
        hits.iter().map(|it| format!("{} {}", it["code"], it["effect"])).collect::<Vec<_>>()
    };
    let (get, large, smuggled) = (of("GET /"), of("POST /a"), of("POST /"));
    assert!(hits(get).contains(&"\"client.denied\" \"would_refuse\"".to_owned()), "{get}");
    assert!(hits(get).iter().any(|it| it.contains("content.sql")), "{get}");
    assert_eq!(hits(large), ["\"body.size\" \"would_refuse\""]);
    assert_eq!((&get["outcome"], &large["outcome"]), (&json!("copied"), &json!("copied")));
    assert_eq!(smuggled["outcome"], "refused");
}

#[test]
fn the_sender_is_answered_before_anything_is_made_of_its_copy() {
    let mirror = Bartizan::configured(MIRROR);
    // A chunked body: the answer comes with its last chunk, and the connection stays usable.
    let mut client = Client::connect(mirror.address);
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2]\r\n");
    std::thread::sleep(Duration::from_millis(50));
    client.send("0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((client.answer().status, client.answer().status), (204, 204));
    // Whoever asks first is told to go on.
    client.send("POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_eq!(client.answer().status, 100);
    client.send("{}");
    assert_eq!(client.answer().status, 204);
    mirror.exactly(3);
}

#[test]
fn a_body_that_breaks_off_or_stalls_is_no_copy() {
    let mirror = Bartizan::configured(&format!("{MIRROR}limits: {{body_timeout: 1s}}\n"));
    let half = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n[1";
    let mut gone = Client::connect(mirror.address);
    gone.send(half);
    drop(gone);
    let mut slow = Client::connect(mirror.address);
    slow.send(half);
    assert_eq!(slow.answer().status, 408);
    let seen = mirror.exactly(2);
    assert!(seen.iter().all(|it| it["outcome"] != "copied"), "{seen:#?}");
    assert_eq!(listed(&mirror.data()), Vec::<Value>::new());
}

#[test]
fn a_flood_is_counted_or_lost_and_each_copy_is_answered() {
    let mirror = Bartizan::configured(MIRROR);
    let address = mirror.address;
    let started = Instant::now();
    let senders: Vec<_> = (0..8)
        .map(|who| {
            std::thread::spawn(move || {
                let calls: Vec<_> = (0..500)
                    .map(|n| format!("GET /f{n}/{who} HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .collect();
                send(address, &calls, 204);
            })
        })
        .collect();
    senders.into_iter().for_each(|it| it.join().unwrap());
    eprintln!("4,000 copies took {:?}", started.elapsed());
    until("all are counted", || {
        let mut admin = Client::connect(mirror.admin);
        admin.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let text = String::from_utf8_lossy(&admin.rest()).into_owned();
        let of = |name: &str| -> Option<u64> {
            text.lines().find_map(|it| it.strip_prefix(name)?.trim().parse().ok())
        };
        let copied = of("bartizan_exchanges_total{outcome=\"copied\"}")?;
        let lost = of("bartizan_observations_lost_total").unwrap_or(0);
        (copied + lost >= 4_000).then_some(())
    });
}

#[test]
fn the_quick_start_needs_no_file_and_believes_who_is_on_this_machine() {
    let mirror = Bartizan::mirror();
    send(mirror.address, &calls(), 204);
    mirror.exactly(calls().len());
    let listed = listed(&mirror.data());
    assert_eq!(listed.len(), 3);
    assert!(
        listed.iter().all(|it| it["clients"] != 0 && it["service"] == "default"),
        "{listed:#?}"
    );
}

#[test]
fn addresses_that_nobody_named_are_unknown() {
    let mirror = Bartizan::configured(&MIRROR.replace("127.0.0.0/8", "192.0.2.1"));
    send(mirror.address, &calls(), 204);
    mirror.exactly(calls().len());
    let listed = listed(&mirror.data());
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|it| it["clients"] == 0 && it["subjects"] != 0), "{listed:#?}");
}
