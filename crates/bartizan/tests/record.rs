//! What is recorded of an exchange: who called, what was in it, which trace it belongs to, and what is
//! left of one that never ended.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use support::bartizan::{Bartizan, command, configuration, said};
use support::client::Client;
use support::until;
use support::upstream::{Upstream, ok};

const ALICE: &str = "Bearer e30.eyJzdWIiOiJhbGljZSJ9.c2ln";

fn places(side: &Value) -> Vec<(&str, &str)> {
    let facts = side["facts"].as_array().unwrap();
    facts.iter().map(|it| (it["place"].as_str().unwrap(), it["kind"].as_str().unwrap())).collect()
}

#[test]
fn facts_stand_for_values_and_never_hold_them() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let body =
        r#"{"qty":3,"note":"Hello World 4711","items":[{"sku":"a-1"},{"sku":"b-2"}],"vip":true}"#;
    bartizan.ask(&format!(
        "POST /orders/17?page=2 HTTP/1.1\r\nHost: x\r\nAuthorization: {ALICE}\r\nCookie: theme=dark\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let it = &bartizan.exactly(1)[0];
    assert_eq!(
        places(&it["request"]),
        [
            ("header authorization.sub", "text"),
            ("segment 1", "text"),
            ("segment 2", "integer"),
            ("query page", "integer"),
            ("cookie theme", "text"),
            ("body $.qty", "integer"),
            ("body $.note", "text"),
            ("body $.items[*].sku", "text"),
            ("body $.vip", "boolean"),
        ]
    );
    assert_eq!(it["request"]["facts"][7]["times"], 2);
    assert_eq!(
        (&it["subject_kind"], &it["subject_verified"]),
        (&"token_claim".into(), &false.into())
    );
    assert_eq!(it["route"], "default");
    for (path, bytes) in bartizan.home().files() {
        let text = String::from_utf8_lossy(&bytes);
        for secret in ["Hello World", "4711", "alice", "eyJzdWI", "a-1", "dark"] {
            let is_ours = path.ends_with("bartizan.yaml");
            assert!(is_ours || !text.contains(secret), "{secret} in {}", path.display());
        }
    }
}

#[test]
fn an_answer_leaves_facts_that_meet_those_of_requests() {
    let upstream = Upstream::answering(|request| {
        let (media, body) = match request.target() {
            "/customers" => {
                ("application/json", r#"{"data":[{"id":4711},{"id":4712}],"next":null}"#)
            }
            "/broken" => ("application/json", r#"{"id":4711,"na"#),
            _ => ("text/plain", r#"{"id":4711}"#),
        };
        let length = body.len();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    for path in ["/customers", "/broken", "/text", "/customers/4711"] {
        assert_eq!(bartizan.get(path).status, 200);
    }
    let all = bartizan.exactly(4);
    let listed = &all[0]["response"];
    let expected = [("body $.data[*].id", "integer"), ("body $.next", "text")];
    assert_eq!(places(listed)[0], expected[0]);
    assert_eq!((places(listed).len(), &listed["facts"][0]["times"]), (2, &2.into()));
    // What can be read of a document that ends too early counts; what is no document does not.
    assert_eq!(places(&all[1]["response"])[0], ("body $.id", "integer"));
    assert_eq!(all[2]["response"], Value::Null);
    // The id that was handed out is the one that is asked for.
    assert_eq!(listed["facts"][0]["value"], all[3]["request"]["facts"][1]["value"]);
}

#[test]
fn a_subject_is_known_by_its_token_wherever_it_is() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    for (field, agent) in [
        (format!("Authorization: {ALICE}"), "a"),
        (format!("Authorization: {}", ALICE.replace("c2ln", "b3RoZXI")), "b"),
        ("X-API-Key: k".to_owned(), "a"),
        ("Cookie: JSESSIONID=5".to_owned(), "a"),
        ("Accept: */*".to_owned(), "a"),
    ] {
        bartizan
            .ask(&format!("GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\n{field}\r\n\r\n"));
    }
    let all = bartizan.exactly(5);
    let kinds: Vec<_> = all.iter().map(|it| it["subject_kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["token_claim", "token_claim", "api_key", "cookie", "address_agent"]);
    assert_eq!(all[0]["subject"], all[1]["subject"]);
    assert_ne!(all[0]["session"], all[1]["session"]);
    assert_ne!(all[1]["subject"], all[2]["subject"]);
    assert_eq!(all[4]["session"], Value::Null);
}

#[test]
fn a_trace_goes_on_through_us() {
    let upstream = Upstream::answering(|it| ok(&it.fields("traceparent").join(",")));
    let bartizan = Bartizan::observing(upstream.address);
    let ask =
        |trace: &str| bartizan.ask(&format!("GET / HTTP/1.1\r\nHost: x\r\n{trace}\r\n\r\n")).text();
    let id = "0af7651916cd43dd8448eb211c80319c";
    let sent = format!("00-{id}-b7ad6b7169203331-01");
    let went_on = ask(&format!("Traceparent: {sent}"));
    assert!(went_on.starts_with(&format!("00-{id}-")) && went_on.ends_with("-01"), "{went_on}");
    assert_ne!(went_on, sent);
    // What is no trace is not ours to mend.
    assert_eq!(ask("Traceparent: 00-0-0-0"), "00-0-0-0");
    let all = bartizan.exactly(2);
    assert_eq!((&all[0]["trace_id"], &all[1]["trace_id"]), (&id.into(), &Value::Null));
}

#[test]
fn what_never_ended_is_unfinished() {
    let may_answer = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&may_answer);
    let upstream = Upstream::scripted(move |it| {
        it.request();
        until("it may answer", || told.load(Relaxed).then_some(()));
        it.send("HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\n");
        it.until_closed();
    });
    let yaml = configuration(upstream.address, "enforce", "record:\n  required: true\n");
    let mut bartizan = Bartizan::configured(&yaml);
    let mut client = Client::connect(bartizan.address);
    client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    upstream.until_received("/slow");
    may_answer.store(true, Relaxed);
    assert_eq!(client.head().status, 202);
    bartizan.kill();
    // Nobody was told an id: it is in the journal, as the first sixteen bytes behind a frame's head.
    let segment = std::fs::read(bartizan.data().join("journal/00000001.journal")).unwrap();
    let ids = (0..segment.len().saturating_sub(28)).filter_map(|at| {
        let is_intent = segment[at + 4] == 3 && segment[at..at + 4] == 40_u32.to_le_bytes();
        is_intent.then(|| u128::from_le_bytes(segment[at + 12..at + 28].try_into().unwrap()))
    });
    let id = ids.max().unwrap();
    let id = format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        id >> 96,
        id >> 80 & 0xFFFF,
        id >> 64 & 0xFFFF,
        id >> 48 & 0xFFFF,
        id & 0xFFFF_FFFF_FFFF
    );
    let output = command().args(["why", &id, "--data"]).arg(bartizan.data()).output().unwrap();
    let text = said(&output);
    assert!(text.contains("is unfinished") && text.contains("status 202"), "{text}");
}
