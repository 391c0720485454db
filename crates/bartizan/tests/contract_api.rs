//! The contract over the control API: listed, decided, contested, rolled back.

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
use support::asker::{Asker, json_of};
use support::bartizan::{Bartizan, command, configuration, said};
use support::until;
use support::upstream::{Upstream, ok};

/// An order of somebody with a key of their own.
fn order(bartizan: &Bartizan, caller: usize, body: &str) -> u16 {
    let answer = bartizan.ask(&format!(
        "POST /orders HTTP/1.1\r\nHost: x\r\nX-API-Key: key-of-{caller}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    answer.status
}

/// The clause of this name.
fn clause(all: &Value, name: &str) -> Option<Value> {
    let rows = all["clauses"].as_array().unwrap();
    rows.iter().find(|it| it["clause"] == name).cloned()
}

#[test]
fn two_who_decide_at_once_get_a_conflict_and_not_a_loss() {
    let upstream = Upstream::answering(|_| ok("{\"state\": \"taken\"}"));
    // A lab looks every few seconds what traffic speaks for.
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", "lab: true\n"));
    (0..40).for_each(|n| {
        assert_eq!(order(&bartizan, n % 8, "{\"quantity\": 2, \"note\": \"soon\"}"), 200);
    });
    let admin = Asker::browser(&bartizan);
    let (ann, bob) = (admin.of_role("operator"), admin.of_role("analyst"));
    let shown = until("the clause", || {
        let all = admin.get("/api/v1/contract?service=default");
        let found = clause(&all, "shape.undeclared")?;
        (found["stage"] == "observe").then_some(all)
    });
    assert_eq!(shown["revision"], 0);
    let found = clause(&shown, "shape.undeclared").unwrap();
    assert_eq!((&found["force"], &found["decided"]), (&json!("observe"), &Value::Null));
    assert_eq!(found["support"]["calls"], 40);
    assert_eq!(admin.get("/api/v1/contract?service=elsewhere")["clauses"], json!([]));
    let id = found["id"].as_str().unwrap().to_owned();
    let put = |who: &Asker, id: &str, force: &str, reason: &str, revision: u64| {
        let wanted = json!({"force": force, "reason": reason, "revision": revision});
        who.send("PUT", &format!("/api/v1/contract/{id}"), &wanted)
    };
    // Who may not, what cannot be, and what is nowhere.
    assert_eq!(put(&bob, &id, "enforce", "I like it", 0).status, 403);
    assert_eq!(put(&ann, &id, "harder", "I like it", 0).status, 422);
    assert_eq!(put(&ann, &id, "enforce", " ", 0).status, 422);
    assert_eq!(put(&ann, &id, "enforce", "two\nlines", 0).status, 422);
    assert_eq!(put(&ann, &id, "enforce", &"x".repeat(301), 0).status, 422);
    assert_eq!(put(&ann, &id, "withdrawn", "nothing was decided", 0).status, 409);
    for force in ["enforce", "withdrawn"] {
        assert_eq!(put(&ann, "0000000000000000", force, "it is nowhere", 0).status, 404);
    }
    assert_eq!(
        admin.get("/api/v1/contract/history"),
        json!({"revision": 0, "changes": [], "releases": []})
    );
    // Ann decides; what the administrator saw is of before.
    let done = put(&ann, &id, "enforce", "nobody sends more", 0);
    assert_eq!(done.status, 200, "{}", done.text());
    let done = json_of(&done);
    assert_eq!((&done["revision"], done["clauses"].as_array().unwrap().len()), (&json!(1), 1));
    let decided = &done["clauses"][0]["decided"];
    assert_eq!((&decided["force"], &decided["by"]), (&json!("enforce"), &json!("operator")));
    let late = put(&admin, &id, "off", "it is in the way", 0);
    assert_eq!(late.status, 409);
    let why = json_of(&late)["detail"].as_str().unwrap().to_owned();
    assert!(why.contains("you saw revision 0, it is 1 by now"), "{why}");
    let now = admin.get("/api/v1/contract");
    assert_eq!(clause(&now, "shape.undeclared").unwrap()["force"], "enforce");
    // It holds, and the ledger knows who decided.
    until("a refusal", || {
        (order(&bartizan, 3, "{\"quantity\": 2, \"admin\": true}") == 400).then_some(())
    });
    assert_eq!(order(&bartizan, 3, "{\"quantity\": 2}"), 200);
    let entries = || admin.get("/api/v1/ledger/entries").to_string();
    until("the entry", || entries().contains("nobody sends more").then_some(()));
    // The command decides too: whoever looks at the console saw something older then.
    let output = command()
        .args(["contract", "apply", &id, "--as", "observe", "--reason", "look first", "--data"])
        .arg(bartizan.data())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(put(&ann, &id, "off", "it is in the way", 1).status, 409);
    let history = until("the command", || {
        let history = admin.get("/api/v1/contract/history");
        (history["revision"] == 2).then_some(history)
    });
    let told: Vec<_> = history["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["revision"].as_u64().unwrap(), &it["force"], &it["by"]))
        .collect();
    let (observe, enforce) = (json!("observe"), json!("enforce"));
    assert_eq!(told, [(2, &observe, &Value::Null), (1, &enforce, &json!("operator"))]);
    let diff = admin.get("/api/v1/contract/diff?from=1&to=2");
    assert_eq!((&diff["from"], &diff["to"]), (&json!("1"), &json!("2")));
    let change = &diff["changes"][0];
    assert_eq!((&change["from"], &change["to"]), (&json!("enforce"), &json!("observe")));
    assert_eq!(admin.get("/api/v1/contract/diff")["changes"], json!([]), "traffic says the same");
    for state in ["3", "everything"] {
        assert_eq!(
            admin.send("GET", &format!("/api/v1/contract/diff?to={state}"), &json!({})).status,
            422
        );
    }
    // Back to before all of it.
    let back = |who: &Asker, to: u64, revision: u64| {
        let wanted = json!({"to": to, "reason": "too early", "revision": revision});
        who.send("POST", "/api/v1/contract/rollback", &wanted)
    };
    assert_eq!(back(&bob, 0, 2).status, 403);
    assert_eq!(back(&ann, 0, 1).status, 409);
    assert_eq!(back(&ann, 2, 2).status, 422);
    let done = back(&ann, 0, 2);
    assert_eq!(done.status, 200, "{}", done.text());
    let done = json_of(&done);
    assert_eq!((&done["revision"], &done["changes"][0]["force"]), (&json!(3), &json!("withdrawn")));
    let now = admin.get("/api/v1/contract");
    assert_eq!(clause(&now, "shape.undeclared").unwrap()["decided"], Value::Null);
    until("the entry", || entries().contains("too early").then_some(()));
}

#[test]
fn a_pipeline_without_a_shell_says_that_it_releases() {
    let upstream = Upstream::answering(|_| ok("{}"));
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", ""));
    let admin = Asker::browser(&bartizan);
    let (ann, bob) = (admin.of_role("operator"), admin.of_role("analyst"));
    let release = |who: &Asker, service: &str, version: &str| {
        who.send("POST", "/api/v1/releases", &json!({"service": service, "version": version}))
    };
    assert_eq!(release(&bob, "default", "2.1").status, 403);
    assert_eq!(release(&ann, "default", " ").status, 422);
    assert_eq!(release(&ann, "a\nb", "2.1").status, 422);
    let unknown = json!({"service": "default", "version": "2", "for": "ever"});
    assert_eq!(ann.send("POST", "/api/v1/releases", &unknown).status, 422);
    assert_eq!(admin.get("/api/v1/contract")["releases"], json!([]));
    let done = release(&ann, "default", "2.1");
    assert_eq!(done.status, 200, "{}", done.text());
    let done = json_of(&done);
    assert_eq!(
        (&done["version"], &done["by"], &done["revision"]),
        (&json!("2.1"), &json!("operator"), &json!(1))
    );
    let runs_us = done["until"].as_u64().unwrap() - done["at"].as_u64().unwrap();
    assert_eq!(runs_us, 2 * 3_600 * 1_000_000);
    assert_eq!(admin.get("/api/v1/contract")["releases"], json!([done]));
    assert_eq!(admin.get("/api/v1/contract/history")["releases"], json!([done]));
    let entries = || admin.get("/api/v1/ledger/entries").to_string();
    until("the entry", || entries().contains("release_marked").then_some(()));
}
