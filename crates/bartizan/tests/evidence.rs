//! Samples: what is kept of an attack, who may see it, and what never leaves the process.

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
use std::sync::Arc;
use support::asker::{Asker, json_of};
use support::bartizan::{Bartizan, configuration};
use support::client::Answer;
use support::directory::Directory;
use support::upstream::{Upstream, ok};
use support::{position, until};

const SECRET: &str = "c0rrect-h0rse-battery";
const SHAPE: &str = "UNION SELECT a, b FROM users";

/// What these tests ask for.
trait Samples {
    fn samples(&self) -> Vec<Value>;
    fn entries(&self) -> Vec<Value>;
    fn reveal(&self, id: &str) -> Answer;
    fn revealed(&self, id: &str) -> Value;
}

impl Samples for Asker {
    fn samples(&self) -> Vec<Value> {
        self.get("/api/v1/samples?limit=1000")["samples"].as_array().unwrap().clone()
    }

    /// Of the ledger; none before its first checkpoint.
    fn entries(&self) -> Vec<Value> {
        let answer = self.send("GET", "/api/v1/ledger/entries?limit=100", &Value::Null);
        let all = if answer.status == 200 { json_of(&answer) } else { Value::Null };
        all["entries"].as_array().cloned().unwrap_or_default()
    }

    fn reveal(&self, id: &str) -> Answer {
        let path = format!("/api/v1/samples/{id}/reveal");
        self.send("POST", &path, &json!({"reason": "incident 7"}))
    }

    /// What the sample of an exchange says, once it is there.
    #[track_caller]
    fn revealed(&self, id: &str) -> Value {
        json_of(&until("the sample", || Some(self.reveal(id)).filter(|it| it.status == 200)))
    }
}

/// An attack with everything that must not be kept.
fn attack(bartizan: &Bartizan, more: &str) -> String {
    let body = json!({
        "q": format!("x' {SHAPE} --"),
        "password": SECRET,
        "mail": format!("{SECRET}@example.com"),
        "more": more,
    })
    .to_string();
    let answer = bartizan.ask(&format!(
        "POST /search?token={SECRET}&page=2 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\n\
         Cookie: sid={SECRET}\r\nX-Api-Key: {SECRET}\r\nX-Plain: visible\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    answer.decision_id()
}

/// Whether these bytes stand anywhere in the data directory.
fn is_kept(home: &Directory, bytes: &str) -> bool {
    home.files().iter().any(|(_, it)| position(it, bytes.as_bytes()).is_some())
}

#[test]
fn a_refused_attack_is_seen_and_its_secrets_are_nowhere() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let admin = Asker::browser(&bartizan);
    let id = attack(&bartizan, "");
    let it = admin.revealed(&id);
    let (head, body) = (it["request_head"].as_str().unwrap(), it["request_body"].as_str().unwrap());
    assert!(body.contains(SHAPE) && body.contains("[secret, 21 bytes]"), "{body}");
    assert!(head.contains("X-Plain: visible") && head.contains("page=2"), "{head}");
    assert!(head.contains("Authorization: Bearer [credential, 21 bytes]"), "{head}");
    assert!(!it.to_string().contains(SECRET), "{it}");
    for place in [
        "header authorization",
        "header cookie",
        "header x-api-key",
        "query token",
        "body $.password",
        "body $.mail",
    ] {
        assert!(it["redacted"].as_array().unwrap().contains(&place.into()), "{place}: {it}");
    }
    // The list and the exchange name it; the ledger says who saw it, and why.
    let listed = admin.samples();
    assert_eq!(
        (&listed[0]["exchange"], &listed[0]["why"]),
        (&id.as_str().into(), &"finding".into())
    );
    let exchange = until("the exchange", || {
        let answer = admin.send("GET", &format!("/api/v1/exchanges/{id}"), &Value::Null);
        (answer.status == 200).then(|| json_of(&answer))
    });
    assert_eq!(exchange["sample"]["id"], *id);
    let entry =
        until("the entry", || admin.entries().iter().find(|it| it["kind"] == "reveal").cloned());
    assert_eq!(
        (&entry["detail"]["decision_id"], &entry["detail"]["reason"]),
        (&id.as_str().into(), &"incident 7".into())
    );
    // Nothing of it lies on disk in clear, redacted or not.
    bartizan.stop();
    let home = bartizan.home();
    assert!(!is_kept(&home, SECRET) && !is_kept(&home, SHAPE));
    assert!(bartizan.data().join("evidence").is_dir());
    assert!(!bartizan.stdout().contains(SECRET) && !bartizan.stderr().contains(SECRET));
}

#[test]
fn only_analysts_reveal_and_only_with_a_reason_that_is_recorded() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let admin = Asker::browser(&bartizan);
    let (viewer, analyst) = (admin.of_role("viewer"), admin.of_role("analyst"));
    let id = attack(&bartizan, "");
    analyst.revealed(&id);
    assert_eq!(viewer.reveal(&id).status, 403);
    assert_eq!(viewer.send("GET", "/api/v1/samples", &Value::Null).status, 403);
    assert_eq!(viewer.send("GET", "/api/v1/watches", &Value::Null).status, 403);
    let path = format!("/api/v1/samples/{id}/reveal");
    for (body, status) in [
        (json!({}), 422),
        (json!({"reason": " "}), 422),
        (json!({"reason": "a\nb"}), 422),
        (json!({"reason": "a".repeat(501)}), 422),
        (json!({"reason": "a", "of": "b"}), 422),
    ] {
        assert_eq!(analyst.send("POST", &path, &body).status, status, "{body}");
    }
    for other in ["x", "01234567-89ab-7fff-bfff-ffffffffffff"] {
        assert_eq!(analyst.reveal(other).status, 404);
    }
}

#[test]
fn nothing_is_sampled_without_a_finding_or_where_it_is_switched_off() {
    let upstream = Upstream::echoing_targets();
    let more = "routes:\n  - {name: quiet, path: /search, samples: false}\n  - {name: rest}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    let admin = Asker::browser(&bartizan);
    attack(&bartizan, "");
    bartizan.get("/orders/17");
    bartizan.at_least(2);
    let id = bartizan.get("/items?q=%27%20UNION%20SELECT%20a,b%20FROM%20users--").decision_id();
    admin.revealed(&id);
    assert_eq!(admin.samples().len(), 1);
    // Off for all, from the next exchange on.
    bartizan.reload(&configuration(upstream.address, "enforce", "evidence: {enabled: false}\n"));
    attack(&bartizan, "");
    bartizan.at_least(4);
    assert_eq!(admin.samples().len(), 1);
    assert_eq!(bartizan.status()["evidence"]["written"], 1);
}

#[test]
fn samples_outlive_a_kill_and_need_their_key() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let first = attack(&bartizan, "");
    Asker::browser(&bartizan).revealed(&first);
    bartizan.kill();
    // A torn tail, as a loss of power leaves it.
    let file = bartizan.data().join("evidence/00000001.evidence");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes.extend_from_slice(&[7; 100]);
    std::fs::write(&file, bytes).unwrap();
    let mut bartizan = Bartizan::run_in(bartizan.home());
    let admin = Asker::browser(&bartizan);
    admin.revealed(&first);
    assert_eq!(bartizan.status()["evidence"]["files_torn_at_start"], 1);
    let second = attack(&bartizan, "");
    admin.revealed(&second);
    bartizan.stop();
    // Another key does not open them, and new samples go on.
    std::fs::write(bartizan.data().join("segment.key"), [9; 32]).unwrap();
    let bartizan = Bartizan::run_in(bartizan.home());
    let admin = Asker::browser(&bartizan);
    assert_eq!(admin.reveal(&first).status, 503);
    admin.revealed(&attack(&bartizan, ""));
}

#[test]
fn the_oldest_samples_go_when_there_are_too_many() {
    let upstream = Upstream::echoing_targets();
    let more = "evidence: {bytes_max: 1MiB}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    let admin = Asker::browser(&bartizan);
    let ids: Vec<String> =
        (0..25).map(|n| attack(&bartizan, &format!("{n} ").repeat(20_000))).collect();
    admin.revealed(&ids[24]);
    until("the oldest to go", || (admin.reveal(&ids[0]).status == 404).then_some(()));
    let it = &bartizan.status()["evidence"];
    assert!(
        it["bytes"].as_u64().unwrap() <= 1 << 20 && it["dropped"].as_u64().unwrap() > 0,
        "{it}"
    );
}

#[test]
fn a_watched_subject_is_sampled_with_its_responses_until_the_watch_ends() {
    let answer = r#"{"email":"ann@example.com","city":"Ulm"}"#;
    let upstream = Upstream::answering(move |_| {
        ok(answer).replace(
            "OK\r\n",
            "OK\r\nContent-Type: application/json\r\nSet-Cookie: sid=s3ss10n\r\n",
        )
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let admin = Asker::browser(&bartizan);
    let call = "GET /me HTTP/1.1\r\nHost: x\r\nUser-Agent: odd/1\r\n\r\n";
    bartizan.ask(call);
    bartizan.at_least(1);
    let row = admin.get("/api/v1/exchanges")["exchanges"][0].clone();
    assert_eq!(admin.samples().len(), 0);
    let wanted = json!({"subject": row["subject"], "minutes": 5, "reason": "incident 7"});
    let begun = admin.send("POST", "/api/v1/watches", &wanted);
    assert_eq!(begun.status, 201, "{}", begun.text());
    let watch = json_of(&begun)["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.get("/api/v1/watches")["watches"][0]["subject"], row["subject"]);

    bartizan.ask(call);
    bartizan.get("/somebody/else");
    let sample = until("the sample", || admin.samples().first().cloned());
    assert_eq!(sample["why"], "watched");
    let it = admin.revealed(sample["exchange"].as_str().unwrap());
    assert_eq!(it["response_body"], r#"{"email":"[e-mail, 15 bytes]","city":"Ulm"}"#);
    assert!(!it.to_string().contains("s3ss10n"), "{it}");

    let path = format!("/api/v1/watches/{watch}");
    assert_eq!(admin.send("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(admin.send("DELETE", &path, &Value::Null).status, 404);
    bartizan.ask(call);
    bartizan.at_least(4);
    assert_eq!(admin.samples().len(), 1);
    until("the ledger", || {
        let all = json!(admin.entries()).to_string();
        (all.contains("watch_begun") && all.contains("watch_ended")).then_some(())
    });
    for wrong in [
        json!({"subject": "x", "minutes": 5, "reason": "a"}),
        json!({"subject": row["subject"], "minutes": 0, "reason": "a"}),
        json!({"subject": row["subject"], "minutes": 5, "reason": ""}),
    ] {
        assert_eq!(admin.send("POST", "/api/v1/watches", &wrong).status, 422, "{wrong}");
    }
}

#[test]
fn a_talkative_response_is_kept_as_the_api_sent_it() {
    let trace = "Traceback (most recent call last):\\n  File \\\"/srv/app.py\\\", line 3, in f\\nValueError: x";
    let body = format!("{{\"error\":\"{trace}\",\"password\":\"{SECRET}\"}}");
    let upstream = Upstream::answering(move |_| {
        ok(&body).replace("200 OK\r\n", "500 Oops\r\nContent-Type: application/json\r\n")
    });
    let bartizan = Bartizan::enforcing(upstream.address);
    let admin = Asker::browser(&bartizan);
    let id = bartizan.get("/orders/17").decision_id();
    let it = admin.revealed(&id);
    let body = it["response_body"].as_str().unwrap();
    assert!(body.contains("Traceback") && !body.contains(SECRET), "{body}");
    assert!(it["request_head"].as_str().unwrap().starts_with("GET /orders/{int}"));
}

#[test]
fn a_disk_that_takes_no_samples_stops_no_traffic() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    bartizan.stop();
    // A file stands where the directory belongs.
    let place = bartizan.data().join("evidence");
    std::fs::remove_dir_all(&place).ok();
    std::fs::write(&place, "").unwrap();
    let bartizan = Bartizan::run_in(Arc::clone(&bartizan.home()));
    attack(&bartizan, "");
    assert_eq!(bartizan.get("/orders/17").status, 200);
    let it = until("the fault", || {
        let it = bartizan.status()["evidence"].clone();
        (it["lost"] != 0).then_some(it)
    });
    assert!(it["fault"].is_string(), "{it}");
}
