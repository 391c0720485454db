//! A bypass: only the law is in force for a while, everybody can see it, and it ends.

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
use std::process::Output;
use support::bartizan::{Bartizan, configuration, output, said};
use support::client::Client;
use support::until;
use support::upstream::Upstream;

const BAD: &str = "//a/b";
const SMUGGLED: &str = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";

fn bypass(of: &Bartizan, arguments: &[&str]) -> Output {
    let data = of.data().display().to_string();
    output(&[&["bypass", "--data", &data], arguments].concat())
}

#[track_caller]
fn begin(of: &Bartizan) -> Value {
    let it = bypass(of, &["--for", "30m", "--reason", "orders fail", "-o", "json"]);
    assert_eq!(it.status.code(), Some(0), "{}", said(&it));
    serde_json::from_slice(&it.stdout).unwrap()
}

fn metric(of: &Bartizan, name: &str) -> String {
    let mut client = Client::connect(of.admin);
    client.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let text = client.answer().text();
    let line = text.lines().find(|it| it.starts_with(&format!("{name} "))).unwrap().to_owned();
    line.rsplit(' ').next().unwrap().to_owned()
}

#[test]
fn only_the_law_is_in_force_and_everybody_can_see_it() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    assert_eq!(bartizan.get(BAD).code(), "path.empty_segment");
    assert_eq!(
        (bartizan.status()["bypass"].clone(), metric(&bartizan, "bartizan_bypassed")),
        (Value::Null, "0".into())
    );

    let begun = begin(&bartizan);
    assert_eq!((&begun["schema"], &begun["revision"]), (&"bartizan.bypass/v1".into(), &2.into()));
    assert_eq!(bartizan.get(BAD).text(), BAD);
    let smuggled = bartizan.ask(SMUGGLED);
    assert_eq!(smuggled.status, 400, "the law is never bypassed: {smuggled:?}");
    let status = bartizan.status();
    assert_eq!(status["bypass"]["reason"], "orders fail");
    assert_eq!(status["bypass"]["until"], begun["bypass"]["until"]);
    assert_eq!((&status["revision"], &status["mode"]), (&2.into(), &"enforce".into()));
    let clauses: Vec<_> = status["clauses"].as_object().unwrap().keys().cloned().collect();
    let is_law = |it: &String| it.starts_with("law.") || it == "upstream";
    assert!(clauses.iter().all(is_law), "{clauses:?}");
    assert_eq!(metric(&bartizan, "bartizan_bypassed"), "1");
    until("the log", || {
        bartizan.stderr().contains("bypass: only the law is in force until").then_some(())
    });

    let passed = until("the exchange in the journal", || {
        bartizan.journal().into_iter().find(|it| it["revision"] == 2 && it["outcome"] == "served")
    });
    let id = passed["decision_id"].as_str().unwrap();
    assert_eq!(bartizan.why(id)["bypass"]["reason"], "orders fail");
    let data = bartizan.data().display().to_string();
    let told = said(&output(&["why", id, "--data", &data]));
    assert!(told.contains("only the law was judged: orders fail"), "{told}");

    let ended = bypass(&bartizan, &["--end"]);
    assert_eq!(ended.status.code(), Some(0), "{}", said(&ended));
    assert_eq!(bartizan.get(BAD).code(), "path.empty_segment");
    assert_eq!(
        (bartizan.status()["bypass"].clone(), metric(&bartizan, "bartizan_bypassed")),
        (Value::Null, "0".into())
    );
    until("the log", || bartizan.stderr().contains("bypass: it was ended").then_some(()));
    let again = bypass(&bartizan, &["--end"]);
    assert_eq!(again.status.code(), Some(3), "{}", said(&again));
}

#[test]
fn a_reload_keeps_a_bypass_and_a_restart_ends_it() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    begin(&bartizan);
    bartizan.reload(&configuration(upstream.address, "enforce", "limits:\n  {fields_max: 50}\n"));
    let status = bartizan.status();
    assert_eq!(
        (&status["revision"], &status["bypass"]["reason"]),
        (&3.into(), &"orders fail".into())
    );
    assert_eq!(bartizan.get(BAD).text(), BAD);
    bartizan.stop();
    let bartizan = Bartizan::run_in(bartizan.home());
    assert_eq!(bartizan.status()["bypass"], Value::Null);
    assert_eq!(bartizan.get(BAD).code(), "path.empty_segment");
}

#[test]
fn a_second_bypass_replaces_the_first() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    begin(&bartizan);
    let it = bypass(&bartizan, &["--for", "1m", "--reason", "shorter now"]);
    assert_eq!(it.status.code(), Some(0), "{}", said(&it));
    assert!(said(&it).contains("shorter now"), "{}", said(&it));
    assert_eq!(bartizan.status()["bypass"]["reason"], "shorter now");
}

#[test]
fn what_is_no_bypass_is_refused() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let long = "x".repeat(201);
    for arguments in [
        &[][..],
        &["--for", "30m"],
        &["--reason", "x"],
        &["--for", "59s", "--reason", "x"],
        &["--for", "25h", "--reason", "x"],
        &["--for", "30m", "--reason", " "],
        &["--for", "30m", "--reason", &long],
        &["--for", "30m", "--reason", "a\nb"],
        &["--for", "30m", "--reason", "a\u{1b}[2Jb"],
        &["--end", "--for", "30m", "--reason", "x"],
    ] {
        let it = bypass(&bartizan, arguments);
        assert_eq!(it.status.code(), Some(2), "{arguments:?}: {}", said(&it));
        assert!(!said(&it).contains('\u{1b}'), "{}", said(&it));
    }
    assert_eq!(bartizan.status()["revision"], 1);
    let nobody = output(&["bypass", "--end", "--data", "/nowhere/at/all"]);
    assert_eq!(nobody.status.code(), Some(3));
}
