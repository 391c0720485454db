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

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use support::bartizan::{Bartizan, command, configuration, said};
use support::client::Answer;
use support::directory::Directory;
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
        let mut body = json!({"id": id, "item": item, "status": status, "by": key});
        if item == "leak" {
            body["password"] = json!("Winter-a1b2c3!");
            body["customer"] = json!({"mail": "ann@mail.example"});
        }
        let body = body.to_string();
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

/// Somebody of the clinic asks for something, with a token that says what they are.
fn by_token(bartizan: &Bartizan, name: &str, role: &str, path: &str) -> Answer {
    let claims = json!({"sub": name, "role": role}).to_string();
    let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
    bartizan.ask(&format!(
        "GET {path} HTTP/1.1\r\nHost: shop.example\r\nAuthorization: Bearer {token}\r\n\r\n"
    ))
}

#[test]
fn who_is_of_a_kind_that_never_calls_is_refused_once_people_said_so() {
    let upstream = shop();
    let bartizan = Bartizan::observing(upstream.address);
    let data = bartizan.data();
    for n in 0..40 {
        by_token(&bartizan, &format!("patient-{n}"), "patient", "/letters");
        by_token(&bartizan, &format!("doctor-{}", n % 12), "doctor", "/patients");
    }
    let clause = observed(&data, "GET /patients", "identity.role");
    assert_eq!(
        (&clause["fields"], &clause["is_harm"]),
        (&json!([{"claim": "role"}]), &json!(false))
    );
    let says = "No caller's token says what those of others do who call other endpoints and never \
                this one: 1 of 2 values of `role`.";
    assert_eq!(clause["says"], says);
    let mallory = |role| by_token(&bartizan, "mallory", role, "/patients");
    assert_eq!(mallory("patient").status, 200, "what is observed refuses nobody");

    let id = clause["id"].as_str().unwrap();
    let simulated = until("the call is kept", || {
        let text = asked(&data, &["simulate", id, "-o", "json"]);
        let found: Value = serde_json::from_str(&text).unwrap();
        (found["calls"] == 41).then_some(found)
    });
    let counts = (&simulated["would_refuse"], &simulated["cannot_tell"]);
    assert_eq!(counts, (&json!(1), &json!(0)), "{simulated}");
    assert_eq!(simulated["examples"][0]["place"], "header authorization.role");
    asked(&data, &["apply", id, "--as", "enforce", "--reason", "doctors list patients"]);
    let refused = until("the instance follows", || {
        let answer = mallory("patient");
        (answer.status == 403).then_some(answer)
    });
    assert_eq!(refused.code(), "identity.foreign_role");
    for known_or_not in ["doctor", "nurse"] {
        assert_eq!(mallory(known_or_not).status, 200, "{known_or_not}");
    }
    assert_eq!(by_token(&bartizan, "mallory", "patient", "/letters").status, 200);

    let written = asked(&data, &["export"]);
    assert!(written.contains("\"role\": [") && !written.contains("patient\""), "{written}");
    let told = Directory::new();
    let file = told.path().join("contract.json");
    fs::write(&file, &written).unwrap();
    let same = asked(&data, &["import", file.to_str().unwrap(), "--check"]);
    assert!(same.contains("no difference"), "{same}");
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
fn what_answers_never_told_is_masked_and_all_else_leaves_as_it_came() {
    let upstream = shop();
    let mut bartizan = Bartizan::observing(upstream.address);
    let data = bartizan.data();
    traffic(&bartizan);
    let clause = observed(&data, "POST /orders", "disclosure.secret");
    let says =
        "No answer shows a secret: a secret in a field that answers did not have (they have 4).";
    assert_eq!(clause["says"], says);
    let leak = r#"{"item":"leak"}"#;
    let shown = post(&bartizan, "secret-of-1", leak);
    assert!(String::from_utf8_lossy(&shown.body).contains("Winter-a1b2c3!"), "observed only");
    for name in ["disclosure.secret", "disclosure.data"] {
        let clause = observed(&data, "POST /orders", name);
        let id = clause["id"].as_str().unwrap().to_owned();
        asked(&data, &["apply", &id, "--as", "enforce", "--reason", "nobody is shown it"]);
    }
    let until_masked = |bartizan: &Bartizan| {
        until("it is masked", || {
            let shown = post(bartizan, "secret-of-1", leak);
            assert_eq!(shown.status, 200);
            let body: Value = serde_json::from_slice(&shown.body).unwrap();
            let is_masked = body["password"] == "***";
            (is_masked && body["customer"]["mail"] == "a**@****.example").then_some(())
        });
    };
    until_masked(&bartizan);
    let plain = post(&bartizan, "secret-of-1", r#"{"item":"tea"}"#);
    assert_eq!(plain.field("content-length"), Some(plain.body.len().to_string().as_str()));
    bartizan.kill();
    let bartizan = Bartizan::run_in(bartizan.home());
    until_masked(&bartizan);
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

/// Puts the clause of orders in force that takes no unknown field; its id.
fn undeclared_in_force(bartizan: &Bartizan, data: &Path) -> String {
    let clause = observed(data, "POST /orders", "shape.undeclared");
    let id = clause["id"].as_str().unwrap().to_owned();
    asked(data, &["apply", &id, "--as", "enforce", "--reason", "nobody sends more"]);
    until("the instance follows", || {
        let answer = post(bartizan, "stranger", WITH_COUPON);
        (answer.status == 400 && answer.code() == "shape.undeclared_field").then_some(())
    });
    id
}

const WITH_COUPON: &str = r#"{"item":"tea","coupon":"x"}"#;

fn force_of(data: &Path, id: &str) -> String {
    let shown: Value = serde_json::from_str(&asked(data, &["show", id, "-o", "json"])).unwrap();
    shown["clauses"][0]["force"].as_str().unwrap().to_owned()
}

#[test]
fn habit_that_three_known_callers_break_is_suspended_and_can_be_applied_again() {
    let upstream = shop();
    let told = Directory::new();
    let alerts = told.path().join("alerts.ndjson");
    let target = format!("[{{name: lake, kind: ocsf, to: 'file:{}'}}]", alerts.display());
    let yaml = configuration(upstream.address, "observe", &format!("alert_targets: {target}"));
    let mut bartizan = Bartizan::configured(&yaml);
    let data = bartizan.data();
    traffic(&bartizan);
    let id = undeclared_in_force(&bartizan, &data);
    // Those whom nobody knew before, and one whom everybody knows.
    for n in 0..30 {
        let stranger = format!("invented-{}", n % 5);
        post(&bartizan, &stranger, r#"{"item":"tea"}"#);
        assert_eq!(post(&bartizan, &stranger, WITH_COUPON).status, 400);
        assert_eq!(post(&bartizan, "secret-of-1", WITH_COUPON).status, 400);
    }
    assert_eq!(post(&bartizan, "secret-of-2", WITH_COUPON).status, 400);
    assert_eq!(force_of(&data, &id), "enforce");
    assert_eq!(post(&bartizan, "secret-of-3", WITH_COUPON).status, 400);
    until("it is suspended", || {
        (post(&bartizan, "stranger", WITH_COUPON).status == 200).then_some(())
    });
    assert_eq!(force_of(&data, &id), "suspended");
    let history = asked(&data, &["history"]);
    let last = "shape.undeclared: enforce -> suspended by bartizan: 3 callers in good standing were \
                refused for the first time within ten minutes";
    assert!(history.lines().next().unwrap().ends_with(last), "{history}");
    until("it is told", || {
        bartizan.stderr().contains("shape.undeclared is suspended: 3 callers").then_some(())
    });
    until("somebody is alerted", || {
        let alerts = fs::read_to_string(&alerts).ok()?;
        alerts.contains("instance.clause_suspended").then_some(())
    });
    asked(&data, &["apply", &id, "--as", "enforce", "--reason", "it was an experiment"]);
    until("it is in force again", || {
        (post(&bartizan, "stranger", WITH_COUPON).status == 400).then_some(())
    });
    assert!(bartizan.stop().success());
    let entries =
        command().args(["ledger", "export", "-o", "ndjson", "--data"]).arg(&data).output().unwrap();
    let entries = String::from_utf8(entries.stdout).unwrap();
    let suspended = entries.lines().find(|it| it.contains("\"suspended\"")).expect("an entry");
    let suspended: Value = serde_json::from_str(suspended).unwrap();
    assert_eq!(
        (&suspended["kind"], &suspended["by"]),
        (&json!("contract_changed"), &json!("bartizan"))
    );
}

#[test]
fn a_release_is_followed_kept_and_shown() {
    let upstream = shop();
    let mut bartizan = Bartizan::observing(upstream.address);
    let data = bartizan.data();
    traffic(&bartizan);
    let id = undeclared_in_force(&bartizan, &data);
    let release = |arguments: &[&str]| {
        command().arg("release").args(arguments).arg("--data").arg(&data).output().unwrap()
    };
    // What cannot be meant, or read, marks nothing.
    assert_eq!(release(&["default", " "]).status.code(), Some(2));
    let nonsense = bartizan.home().path().join("nonsense.yaml");
    fs::write(&nonsense, "- 1").unwrap();
    let spec = nonsense.to_str().unwrap();
    assert_eq!(release(&["default", "2.1", "--spec", spec]).status.code(), Some(3));
    assert_eq!(asked(&data, &["history"]).lines().count(), 1);
    let elsewhere = release(&["elsewhere", "7"]);
    assert!(said(&elsewhere).contains("no clause of `elsewhere` was decided on"));

    let described = bartizan.home().path().join("shop.yaml");
    let text = "openapi: 3.1.0\ninfo: {title: Shop, version: '2.1'}\npaths:\n  /orders:\n    post:\n      \
                responses: {'200': {description: ok}}\n";
    fs::write(&described, text).unwrap();
    let done = release(&["default", "2.1", "--spec", described.to_str().unwrap()]);
    assert!(done.status.success(), "{}", said(&done));
    assert!(said(&done).contains("release 2.1 of default runs until 2"), "{}", said(&done));
    let shown = asked(&data, &["show"]);
    assert!(shown.contains("release of default 2.1 until 2"), "{shown}");
    let history = asked(&data, &["history"]);
    assert!(
        history.lines().next().unwrap().contains("default: release 2.1 by the command"),
        "{history}"
    );
    let drift = command().args(["inventory", "drift", "--data"]).arg(&data).output().unwrap();
    assert!(said(&drift).contains("GET /orders/{orderId}"), "{}", said(&drift));
    // The instance follows within three seconds; whoever is refused from then on is so since the release.
    until("the release is in the ledger", || {
        let output =
            command().args(["ledger", "export", "-o", "ndjson", "--data"]).arg(&data).output();
        let entries = String::from_utf8(output.unwrap().stdout).unwrap();
        let is_marked = |it: &&str| it.contains("\"release_marked\"") && it.contains("\"2.1\"");
        entries
            .lines()
            .find(is_marked)
            .map(|it| assert!(it.contains("\"service\":\"default\""), "{it}"))
    });
    for n in 1..4 {
        assert_eq!(post(&bartizan, &format!("secret-of-{n}"), WITH_COUPON).status, 400);
    }
    until("it is suspended", || (force_of(&data, &id) == "suspended").then_some(()));
    let history = asked(&data, &["history"]);
    assert!(
        history.lines().next().unwrap().ends_with("for the first time since the release"),
        "{history}"
    );
    assert!(bartizan.stop().success());
}

#[test]
fn a_document_in_git_is_exported_edited_checked_and_imported() {
    let upstream = shop();
    let bartizan = Bartizan::observing(upstream.address);
    let data = bartizan.data();
    traffic(&bartizan);
    let id = undeclared_in_force(&bartizan, &data);
    let file = bartizan.home().path().join("orders.json");
    let name = file.to_str().unwrap();
    fs::write(&file, asked(&data, &["export"])).unwrap();
    let import = |arguments: &[&str], code: i32| {
        let output = run(&data, &[&["import", name], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
        said(&output)
    };
    assert!(import(&["--check"], 0).contains("no difference"));
    let history = asked(&data, &["history"]);
    import(&["--reason", "nothing to do"], 0);
    assert_eq!(asked(&data, &["history"]), history, "what is decided already is not decided again");
    assert!(import(&[], 2).contains("--reason"));
    // Somebody merges a change: the running instance follows it.
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"body $.item\"", "\"body $.coupon\",\n\"body $.item\""))
        .unwrap();
    let shown = import(&["--check"], 1);
    assert!(shown.contains("~ ") && shown.contains("      + body $.coupon is taken"), "{shown}");
    assert_eq!(post(&bartizan, "stranger", WITH_COUPON).status, 400, "nothing has changed yet");
    import(&["--reason", "merged"], 0);
    until("the instance follows", || {
        (post(&bartizan, "stranger", WITH_COUPON).status == 200).then_some(())
    });
    let diff = run(&data, &["diff", "1", "2"]);
    assert_eq!(diff.status.code(), Some(1), "{}", said(&diff));
    assert!(said(&diff).contains("      + body $.coupon is taken"), "{}", said(&diff));
    assert_eq!(run(&data, &["diff", name, "now"]).status.code(), Some(0));
    assert_eq!(run(&data, &["diff", name, "7"]).status.code(), Some(3));
    let diff = run(&data, &["diff", "-o", "json"]);
    assert_eq!(diff.status.code(), Some(1), "traffic does not know of coupons: {}", said(&diff));
    let diff: Value = serde_json::from_slice(&diff.stdout).unwrap();
    assert_eq!((&diff["from"], &diff["to"]), (&json!("now"), &json!("traffic")));
    assert_eq!(diff["changes"][0]["removed"], json!(["body $.coupon is taken"]));
    // Somebody decides otherwise meanwhile.
    asked(&data, &["apply", &id, "--as", "off", "--reason", "an incident"]);
    assert!(import(&["--check"], 1).contains("off -> enforce  CONFLICT"));
    assert!(import(&["--reason", "again"], 3).contains("nothing has changed"));
    assert_eq!(force_of(&data, &id), "off");
    import(&["--reason", "it is over", "--overwrite"], 0);
    assert_eq!(force_of(&data, &id), "enforce");
    // Beside a description and within one, and into a directory that nobody used before.
    let fresh = bartizan.home().path().join("fresh");
    for form in ["openapi", "overlay", "json"] {
        let written = asked(&data, &["export", "--as", form, "--service", "default"]);
        fs::write(&file, written).unwrap();
        assert!(import(&["--check"], 0).contains("no difference"), "{form}");
        let output = run(&fresh, &["import", name, "--reason", "a new machine"]);
        assert!(output.status.success(), "{}", said(&output));
    }
    assert_eq!(asked(&fresh, &["export"]), asked(&data, &["export"]));
    assert_eq!(asked(&fresh, &["history"]).lines().count(), 1);
}

#[test]
fn a_document_that_the_configuration_names_is_followed_and_overrules_nobody() {
    let upstream = shop();
    let mut bartizan = Bartizan::observing(upstream.address);
    let data = bartizan.data();
    traffic(&bartizan);
    let id = undeclared_in_force(&bartizan, &data);
    let file = bartizan.home().path().join("orders.json");
    let exported = asked(&data, &["export"]);
    let wider =
        exported.replace("\"body $.item\"", "\"body $.coupon\",\n            \"body $.item\"");
    fs::write(&file, &wider).unwrap();
    let yaml = fs::read_to_string(bartizan.configuration_file()).unwrap();
    let named = format!("{yaml}contract: {}\n", file.display());
    let check = |code: i32, arguments: &[&str]| {
        let mut check = command();
        check.arg("check").args(arguments).arg("-c").arg(bartizan.configuration_file());
        let output = check.env("BARTIZAN_DATA", &data).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        said(&output)
    };
    fs::write(bartizan.configuration_file(), &named).unwrap();
    let shown = check(0, &[]);
    assert!(shown.contains("orders.json would decide:"), "{shown}");
    assert!(shown.contains("      + body $.coupon is taken"), "{shown}");
    let shown: Value = serde_json::from_str(&check(0, &["-o", "json"])).unwrap();
    assert_eq!(shown["contract"]["changes"][0]["added"], json!(["body $.coupon is taken"]));
    until("the configuration is followed", || {
        (post(&bartizan, "stranger", WITH_COUPON).status == 200).then_some(())
    });
    assert!(!check(0, &[]).contains("would decide"));
    let history = asked(&data, &["history"]);
    assert!(history.lines().next().unwrap().contains("by configuration"), "{history}");
    // The document changes, and nobody touches the configuration.
    fs::write(&file, &exported).unwrap();
    until("the document is followed", || {
        (post(&bartizan, "stranger", WITH_COUPON).status == 400).then_some(())
    });
    // Somebody decides otherwise: that stays, and is told, now and after the next start.
    asked(&data, &["apply", &id, "--as", "off", "--reason", "an incident"]);
    until("the instance follows", || {
        (post(&bartizan, "stranger", WITH_COUPON).status == 200).then_some(())
    });
    fs::write(&file, &wider).unwrap();
    let fault = "1 clauses were decided otherwise since the document was made";
    until("it is told", || bartizan.stderr().contains(fault).then_some(()));
    assert!(check(0, &[]).contains("off -> enforce  CONFLICT"));
    assert!(bartizan.stop().success());
    let mut bartizan = Bartizan::run_in(bartizan.home());
    assert!(bartizan.status()["contract_fault"].as_str().unwrap().starts_with(fault));
    assert_eq!(force_of(&data, &id), "off");
    // Solved by a person.
    let name = file.to_str().unwrap();
    asked(&data, &["import", name, "--overwrite", "--reason", "it is over"]);
    fs::write(&file, wider + "\n").unwrap();
    until("it is followed again", || bartizan.status()["contract_fault"].is_null().then_some(()));
    // What cannot be read changes nothing while it runs, and stops a start.
    fs::write(&file, "{}").unwrap();
    until("it is refused", || {
        let fault = bartizan.status()["reload_fault"].clone();
        fault.as_str().is_some_and(|it| it.contains("is no document")).then_some(())
    });
    assert_eq!(force_of(&data, &id), "enforce");
    assert!(bartizan.stop().success());
    let output = command()
        .args(["run", "-c"])
        .arg(bartizan.configuration_file())
        .args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("orders.json: is no document"), "{}", said(&output));
}
