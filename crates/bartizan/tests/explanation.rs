//! `why`: the same explanation from the running and from the stopped instance, and an exception
//! that lets exactly the explained request pass.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::fs;
use support::bartizan::{Bartizan, configuration, output, said, why};
use support::upstream::{Upstream, ok};

const ATTACK: &str = "1%27%20UNION%20SELECT%20password%20FROM%20users--%20";

#[test]
fn a_decision_is_explained_by_the_running_and_by_the_stopped_instance() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let id = bartizan.get(&format!("/items?q={ATTACK}")).decision_id();
    bartizan.at_least(1);
    let running = bartizan.why(&id);
    let observation = &running["observation"];
    assert_eq!(
        (&observation["decision_id"], &observation["status"]),
        (&id.as_str().into(), &403.into())
    );
    assert_eq!(observation["endpoint"], "GET /items");
    let hit = &running["why"][0];
    assert_eq!(
        (&hit["code"], &hit["clause"]),
        (&"content.sql_injection".into(), &"content.sqli".into())
    );
    let file = bartizan.configuration_file().display().to_string();
    assert_eq!(hit["configured"], format!("enforced by {file}:2:7"));
    assert_eq!(bartizan.stop().code(), Some(0));
    assert_eq!(why(&bartizan.data(), &id), running);
    let data = bartizan.data().display().to_string();
    let text = said(&output(&["why", &id, "--data", &data]));
    for part in [&id, "content.sqli", "query q", "exceptions:", "was refused with status 403"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_decision_that_nobody_made_is_not_explained() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let data = bartizan.data().display().to_string();
    for (id, exit) in [("00000000-0000-7000-8000-000000000000", 3), ("hello", 2), ("", 2)] {
        let it = output(&["why", id, "--data", &data]);
        assert_eq!(it.status.code(), Some(exit), "{id}: {}", said(&it));
    }
}

#[test]
fn no_exception_is_offered_where_none_helps() {
    let upstream = Upstream::answering(|_| "garbage\r\n\r\n".to_owned());
    let bartizan = Bartizan::enforcing(upstream.address);
    for request in [
        "GET / HTTP/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let id = bartizan.ask(request).decision_id();
        let it = support::until("the observation", || {
            bartizan.journal().into_iter().find(|it| it["decision_id"] == *id)
        });
        assert_ne!(it["outcome"], "served");
        assert_eq!(
            bartizan.why(&id)["why"][0]["would_allow"],
            serde_json::Value::Null,
            "{request:?}"
        );
    }
}

/// Refuses `request`, puts the exception that `why` prints into the configuration, and expects
/// `request` to pass while `neighbour` is still refused.
#[track_caller]
fn check(more: &str, request: &str, neighbour: &str) {
    let upstream = Upstream::answering(|_| ok("fine"));
    let yaml = configuration(upstream.address, "enforce", more);
    let bartizan = Bartizan::configured(&yaml);
    let refused = bartizan.ask(request);
    assert_ne!(refused.code(), "", "not refused: {request:?}");
    let before = bartizan.ask(neighbour).code();
    assert_ne!(before, "", "not refused: {neighbour:?}");
    assert_eq!(upstream.text(), "");
    bartizan.at_least(2);
    let why = bartizan.why(&refused.decision_id());
    let exception = why["why"][0]["would_allow"].as_str().expect("an exception").to_owned();
    bartizan.reload(&format!("{yaml}{exception}"));
    assert_eq!(bartizan.status()["reload_fault"], serde_json::Value::Null, "{exception}");
    assert_eq!(bartizan.ask(request).text(), "fine", "with\n{exception}");
    assert_eq!(bartizan.ask(neighbour).code(), before, "with\n{exception}");
    let seen = bartizan.at_least(4);
    assert_eq!(seen[2]["hits"][0]["effect"], "excepted");
    assert_eq!((&seen[2]["revision"], &seen[0]["revision"]), (&2.into(), &1.into()));
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n")
}

fn post(kind: &str, body: &str) -> String {
    format!(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn an_exception_for_a_parameter_lifts_that_parameter_only() {
    check("", &get(&format!("/items?q={ATTACK}")), &get(&format!("/items?p={ATTACK}")));
}

#[test]
fn an_exception_for_a_parameter_lifts_it_on_that_endpoint_only() {
    check("", &get(&format!("/items/17?q={ATTACK}")), &get(&format!("/items?q={ATTACK}")));
}

#[test]
fn an_exception_for_a_parameter_lifts_that_clause_only() {
    check(
        "",
        &get(&format!("/items?q={ATTACK}")),
        &get("/items?q=%3Cscript%3Ealert(1)%3C/script%3E"),
    );
}

#[test]
fn an_exception_for_a_cookie_lifts_that_cookie_only() {
    let with =
        |name: &str| format!("GET /a HTTP/1.1\r\nHost: x\r\nCookie: a=b; {name}={ATTACK}\r\n\r\n");
    check("", &with("sid"), &with("theme"));
}

#[test]
fn an_exception_for_a_path_lifts_the_path_only() {
    check("", &get(&format!("/{ATTACK}")), &get(&format!("/{ATTACK}?q={ATTACK}")));
}

#[test]
fn an_exception_for_a_body_field_lifts_that_field_only() {
    let json = |name: &str| {
        post(
            "application/json",
            &format!("{{\"a\":[{{\"{name}\":\"1' UNION SELECT password FROM users-- \"}}]}}"),
        )
    };
    check("", &json("note"), &json("text"));
    let form =
        |name: &str| post("application/x-www-form-urlencoded", &format!("x=1&{name}={ATTACK}"));
    check("", &form("note"), &form("text"));
    let text = "1' UNION SELECT password FROM users-- ";
    check("", &post("text/plain", text), &get(&format!("/a?q={ATTACK}")));
}

#[test]
fn an_exception_for_a_clause_without_fields_lifts_that_endpoint_only() {
    check("", &get("//a/b"), &get("//a/c"));
    check("", "TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n", "TRACE /b HTTP/1.1\r\nHost: x\r\n\r\n");
    check(
        "limits:\n  body_bytes_max: 1KiB\n",
        &post("text/plain", &"a".repeat(2048)),
        &post("text/plain", &"a".repeat(2048)).replace("/a", "/b"),
    );
    check("", &post("application/json", "{"), &post("application/json", "{").replace("/a", "/b"));
}

/// What `why` prints must be a configuration that lets exactly that request pass.
#[track_caller]
fn check_exception(more: &str, request: &str) {
    let upstream = Upstream::answering(|_| ok("fine"));
    let yaml = configuration(upstream.address, "enforce", more);
    let bartizan = Bartizan::configured(&yaml);
    let refused = bartizan.ask(request);
    assert_ne!(refused.code(), "", "refused: {refused:?}");
    bartizan.at_least(1);
    let why = bartizan.why(&refused.decision_id());
    let exception = why["why"][0]["would_allow"].as_str().expect("an exception").to_owned();
    let lifted = format!("{yaml}{exception}");
    fs::write(bartizan.configuration_file(), &lifted).unwrap();
    let file = bartizan.configuration_file().display().to_string();
    let checked = output(&["check", "-c", &file]);
    assert!(checked.status.success(), "{}", said(&checked));
    bartizan.reload(&lifted);
    let answer = bartizan.ask(request);
    assert_eq!(answer.text(), "fine", "with\n{exception}");
}

#[test]
fn an_exception_for_a_parameter_whose_name_has_a_space() {
    check_exception("", "GET /a?my%20q=1%27%20OR%20%271%27=%271 HTTP/1.1\r\nHost: x\r\n\r\n");
}

#[test]
fn an_exception_for_a_parameter_whose_name_is_not_ascii() {
    check_exception(
        "",
        "GET /a?gr%C3%B6%C3%9Fe=1%27%20OR%20%271%27=%271 HTTP/1.1\r\nHost: x\r\n\r\n",
    );
}

#[test]
fn an_exception_for_a_parameter_whose_name_is_long() {
    let name = "n".repeat(200);
    check_exception(
        "",
        &format!("GET /a?{name}=1%27%20OR%20%271%27=%271 HTTP/1.1\r\nHost: x\r\n\r\n"),
    );
}

#[test]
fn an_exception_for_the_name_of_a_parameter() {
    check_exception(
        "",
        "GET /a?1%27%20UNION%20SELECT%20password%20FROM%20users--%20=1 HTTP/1.1\r\nHost: x\r\n\r\n",
    );
}

#[test]
fn an_exception_for_a_body_field_whose_name_has_a_space() {
    let body = r#"{"my note":"1' OR '1'='1"}"#;
    check_exception(
        "",
        &format!(
            "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
}

#[test]
fn an_exception_for_a_method_of_ones_own() {
    check_exception("", "X-PURGE //a/b HTTP/1.1\r\nHost: x\r\n\r\n");
}

#[test]
fn an_exception_for_an_empty_path_segment_with_a_quote() {
    check_exception("", "GET //it's/b HTTP/1.1\r\nHost: x\r\n\r\n");
}

/// The clause that every large JSON body violates.
#[test]
fn the_exception_for_an_unexamined_body_is_a_configuration() {
    let upstream = Upstream::answering(|_| ok("fine"));
    let yaml = configuration(upstream.address, "observe", "");
    let bartizan = Bartizan::configured(&yaml);
    let mut client = bartizan.client();
    let body = "a".repeat(2 << 20);
    client.send(format!(
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert_eq!(client.answer().status, 200);
    let seen = bartizan.at_least(1);
    let why = bartizan.why(seen[0]["decision_id"].as_str().unwrap());
    assert_eq!(why["why"][0]["code"], "content.unexamined");
    let exception = why["why"][0]["would_allow"].as_str().unwrap();
    fs::write(bartizan.configuration_file(), format!("{yaml}{exception}")).unwrap();
    let file = bartizan.configuration_file().display().to_string();
    let checked = output(&["check", "-c", &file]);
    assert!(checked.status.success(), "{}", said(&checked));
}
