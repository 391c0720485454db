//! Contracts: learnt from traffic, put in force by people, held by a running instance.

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
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use support::bartizan::{Bartizan, command, configuration, said};
use support::client::Answer;
use support::until;
use support::upstream::{Request, Upstream};

/// A shop that believes everything: whoever sends `status` sets it, whoever names an order gets it.
fn shop() -> Upstream {
    let orders = AtomicU64::new(1_000_000);
    Upstream::answering(move |it: &Request| {
        let sent: Value = serde_json::from_slice(&it.body).unwrap_or_default();
        let key = it.fields("x-api-key").first().unwrap_or(&"").to_string();
        let id: u64 = match it.method() {
            "POST" => orders.fetch_add(7, Relaxed),
            _ => it.target().rsplit('/').next().and_then(|it| it.parse().ok()).unwrap_or(0),
        };
        let status = sent.get("status").cloned().unwrap_or_else(|| json!("new"));
        let item = sent.get("item").cloned().unwrap_or_else(|| json!("tea"));
        let body = json!({"id": id, "item": item, "status": status, "by": key}).to_string();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    })
}

fn post(bartizan: &Bartizan, key: &str, body: &str) -> Answer {
    bartizan.ask(&format!(
        "POST /orders HTTP/1.1\r\nHost: shop.example\r\nX-Api-Key: {key}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn get(bartizan: &Bartizan, key: &str, id: u64) -> Answer {
    bartizan.ask(&format!(
        "GET /orders/{id} HTTP/1.1\r\nHost: shop.example\r\nX-Api-Key: {key}\r\n\r\n"
    ))
}

/// Forty orders of ten people, each read by whom it is of.
fn traffic(bartizan: &Bartizan) {
    for n in 0..40 {
        let key = format!("secret-of-{}", n % 10);
        let made = post(bartizan, &key, r#"{"item":"tea"}"#);
        let id = serde_json::from_slice::<Value>(&made.body).unwrap()["id"].as_u64().unwrap();
        get(bartizan, &key, id);
    }
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    command().arg("contract").args(arguments).arg("--data").arg(data).output().unwrap()
}

#[track_caller]
fn asked(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// The clause of an endpoint, once it is observed.
fn observed(data: &Path, endpoint: &str, clause: &str) -> Value {
    until(clause, || {
        let output = run(data, &["show", endpoint, "-o", "json"]);
        let shown: Value = serde_json::from_slice(&output.stdout).ok()?;
        let found = shown["clauses"].as_array()?.iter().find(|it| it["clause"] == clause)?.clone();
        (found["stage"] == "observe").then_some(found)
    })
}

/// Waits until an order with a status is refused, or served.
fn until_set_is(bartizan: &Bartizan, refused: bool) {
    let body = r#"{"item":"tea","status":"paid"}"#;
    until("the instance follows", || {
        let answer = post(bartizan, "secret-of-1", body);
        let is_refused = answer.status == 400 && answer.code() == "shape.read_only_field";
        (is_refused == refused).then_some(())
    });
}

#[test]
fn what_people_put_in_force_holds_and_survives_a_kill() {
    let upstream = shop();
    let mut bartizan = Bartizan::observing(upstream.address);
    let data = bartizan.data();
    traffic(&bartizan);
    let clause = observed(&data, "POST /orders", "shape.read_only");
    assert_eq!(clause["fields"], json!(["by", "id", "status"]));
    assert_eq!(clause["force"], "observe");
    let says = "No call sets by, id, status: answers show them, and nobody sets them.";
    assert_eq!(clause["says"], says);
    until_set_is(&bartizan, false);

    let id = clause["id"].as_str().unwrap();
    let done = asked(&data, &["apply", id, "--as", "enforce", "--reason", "nobody sets status"]);
    assert!(done.contains("shape.read_only: enforce\nrevision 1;"), "{done}");
    until_set_is(&bartizan, true);
    assert_eq!(post(&bartizan, "secret-of-1", r#"{"item":"tea"}"#).status, 200);

    bartizan.kill();
    let mut bartizan = Bartizan::run_in(bartizan.home());
    let first = post(&bartizan, "secret-of-1", r#"{"item":"tea","status":"paid"}"#);
    assert_eq!(first.code(), "shape.read_only_field", "the first call after a kill");
    let why = until("the decision is kept", || {
        let id = first.decision_id();
        let asked = command().args(["why", &id, "--data"]).arg(&data).output().unwrap();
        asked.status.success().then(|| String::from_utf8(asked.stdout).unwrap())
    });
    assert!(why.contains("bartizan contract history"), "{why}");

    asked(&data, &["withdraw", id, "--reason", "the new app sends it"]);
    until_set_is(&bartizan, false);
    asked(&data, &["rollback", "1", "--reason", "it does not"]);
    until_set_is(&bartizan, true);
    let history = asked(&data, &["history"]);
    let lines: Vec<&str> = history.lines().collect();
    assert_eq!(lines.len(), 3, "{history}");
    let last = "shape.read_only: nothing -> enforce by the command: it does not";
    assert!(lines[0].ends_with(last), "{history}");
    assert!(bartizan.stop().success());
    let entries =
        command().args(["ledger", "export", "-o", "ndjson", "--data"]).arg(&data).output().unwrap();
    let entries = String::from_utf8(entries.stdout).unwrap();
    let changes: Vec<Value> = entries
        .lines()
        .map(|it| serde_json::from_str(it).unwrap())
        .filter(|it: &Value| it["kind"] == "contract_changed")
        .collect();
    let forces: Vec<_> = changes.iter().map(|it| it["force"].as_str().unwrap()).collect();
    assert_eq!(forces, ["enforce", "withdrawn", "enforce"], "{changes:?}");
    assert_eq!(changes[0]["reason"], "nobody sets status");
    assert!(changes[0]["by"].as_str().unwrap().starts_with("user "));
}

#[test]
fn a_simulation_says_what_would_have_been_refused() {
    let upstream = shop();
    let bartizan = Bartizan::observing(upstream.address);
    let data = bartizan.data();
    traffic(&bartizan);
    let sent = post(&bartizan, "mallory", r#"{"item":"tea","status":"paid"}"#);
    assert_eq!(sent.status, 200);
    let clause = observed(&data, "POST /orders", "shape.read_only");
    let id = clause["id"].as_str().unwrap();
    let found = until("the call is kept", || {
        let found: Value =
            serde_json::from_str(&asked(&data, &["simulate", id, "-o", "json"])).unwrap();
        (found["calls"] == 41).then_some(found)
    });
    let counts = (&found["would_refuse"], &found["callers"], &found["cannot_tell"]);
    assert_eq!(counts, (&json!(1), &json!(1), &json!(0)));
    assert_eq!(found["examples"][0]["place"], "body $.status");
    let text = asked(&data, &["simulate", id]);
    assert!(text.contains("1 calls by 1 callers would have been refused"), "{text}");
}

#[test]
fn identifiers_are_followed_and_a_lab_says_what_it_is() {
    let upstream = shop();
    let yaml = configuration(upstream.address, "observe", "lab: true\n");
    let bartizan = Bartizan::configured(&yaml);
    let data = bartizan.data();
    traffic(&bartizan);
    // What is foreign takes half a minute even here: the tests of the engine have their own clock.
    let clause = observed(&data, "GET /orders/{orderId}", "provenance.reference");
    assert!(clause["says"].as_str().unwrap().contains("handed it by POST /orders"), "{clause}");
    assert!(bartizan.stdout().contains("LAB") || bartizan.stderr().contains("LAB"));
}

#[test]
fn what_cannot_be_done_is_said() {
    let bartizan = Bartizan::observing(Upstream::nobody());
    let data = bartizan.data();
    let check = |arguments: &[&str], code: i32, says: &str| {
        let output = run(&data, arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(says), "{arguments:?}: {}", said(&output));
    };
    check(&["show", "GET /nothing"], 3, "no such endpoint has clauses");
    check(&["simulate", "nonsense"], 3, "there is no clause `nonsense`");
    check(&["apply", "nonsense", "--reason", "x"], 3, "there is no clause `nonsense`");
    check(&["apply", "nonsense", "--reason", " "], 2, "the reason has 1 to 300 characters");
    check(&["apply", "nonsense", "--reason", "a\nb"], 2, "one line");
    check(&["withdraw", "nonsense", "--reason", "x"], 3, "nothing was decided of `nonsense`");
    check(&["rollback", "3", "--reason", "x"], 3, "revision 3 is not one of");
    check(&["history"], 0, "");
    fs::write(data.join("contract.json"), "{\"version\":1").unwrap();
    check(&["show"], 3, "contract.json, line 1");
}

#[test]
fn a_contract_that_cannot_be_read_stops_the_start() {
    let mut bartizan = Bartizan::observing(Upstream::nobody());
    let data = bartizan.data();
    bartizan.stop();
    fs::write(data.join("contract.json"), "{}").unwrap();
    let output = command()
        .args(["guard", "http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
        .arg("--data")
        .arg(&data)
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        said(&output).contains("cannot hold calls to what was decided of endpoints"),
        "{}",
        said(&output)
    );
}
