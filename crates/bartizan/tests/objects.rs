//! Objects: a use across owners is found again, with whose it is, and nothing of it in clear.

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
use support::client::Answer;
use support::until;
use support::upstream::{Request, Upstream};

/// What stands before the number of each caller's key.
const KEY: &str = "secret-of-";
/// Customers have numbers from here on, and the order of the same caller a thousand times as much.
const CUSTOMER: u64 = 5_100;

/// A shop that shows everybody's orders to everybody.
fn shop() -> Upstream {
    Upstream::answering(|it: &Request| {
        let key = it.fields("x-api-key").first().unwrap_or(&"").to_string();
        let caller = key.strip_prefix(KEY).and_then(|it| it.parse().ok()).unwrap_or(0_u64);
        let order = |customer: u64| json!({"orderId": customer * 1_000, "customerId": customer});
        let body = match it.target() {
            "/me" => json!({"customerId": CUSTOMER + caller}),
            "/orders" => json!([order(CUSTOMER + caller)]),
            other => {
                let id: u64 = other.rsplit('/').next().and_then(|it| it.parse().ok()).unwrap_or(0);
                order(id / 1_000)
            }
        };
        let body = body.to_string();
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    })
}

fn get(bartizan: &Bartizan, caller: u64, target: &str) -> Answer {
    bartizan.ask(&format!(
        "GET {target} HTTP/1.1\r\nHost: shop.example\r\nX-Api-Key: {KEY}{caller}\r\n\r\n"
    ))
}

fn order_of(caller: u64) -> String {
    format!("/orders/{}", (CUSTOMER + caller) * 1_000)
}

/// The clause of answers to `GET /orders/{orderId}`, once it is observed.
fn clause(admin: &Asker) -> (String, u64) {
    until("the clause", || {
        let all = admin.get("/api/v1/contract");
        let found = all["clauses"].as_array().unwrap().iter().find(|it| {
            it["clause"] == "ownership.answer"
                && it["path"].as_str().unwrap().starts_with("/orders/")
                && it["stage"] != "candidate"
        })?;
        Some((found["id"].as_str().unwrap().to_owned(), all["revision"].as_u64().unwrap()))
    })
}

/// A shop of ten callers, of whom the second one is refused the order of the third.
fn attacked(bartizan: &Bartizan, admin: &Asker) -> String {
    for caller in (0..50).map(|n| n % 10) {
        let own = order_of(caller);
        for target in ["/me", "/orders", &own] {
            assert_eq!(get(bartizan, caller, target).status, 200);
        }
    }
    let (id, revision) = clause(admin);
    let wanted = json!({"force": "enforce", "reason": "a test", "revision": revision});
    let done = admin.send("PUT", &format!("/api/v1/contract/{id}"), &wanted);
    assert_eq!(done.status, 200, "{}", done.text());
    until("the attack is refused", || {
        (0..10).for_each(|caller| drop(get(bartizan, caller, "/me")));
        let answer = get(bartizan, 1, &order_of(2));
        (answer.status == 403).then(|| answer.decision_id())
    })
}

#[test]
fn an_attack_is_shown_with_whose_the_object_is_and_nothing_in_clear() {
    let upstream = shop();
    let yaml = configuration(upstream.address, "observe", "lab: true\n");
    let bartizan = Bartizan::configured(&yaml);
    let admin = Asker::browser(&bartizan);
    let refused = attacked(&bartizan, &admin);
    get(&bartizan, 2, "/me");
    let viewer = admin.of_role("viewer");
    let found = until("it is kept", || {
        let found = viewer.get("/api/v1/objects?held_back=true");
        let newest = viewer.get("/api/v1/exchanges?limit=1");
        let is_whole = newest["exchanges"][0]["endpoint"] == "GET /me";
        (is_whole && found["uses"][0]["exchange"] == *refused).then_some(found)
    });
    let it = &found["uses"][0];
    assert_eq!(it["clause"], "ownership.answer", "{found}");
    assert_eq!((&it["effect"], &it["cut"]), (&json!("refused"), &json!(false)));
    assert_eq!((&it["side"], &it["place"]), (&json!("response"), &json!("body $.customerId")));
    let owner = viewer.get("/api/v1/exchanges?limit=1&endpoint=GET%20/me");
    let owner = &owner["exchanges"][0]["subject"];
    assert_eq!(it["witness"]["subject"], *owner, "{it}");
    // Both show callers who they are.
    let shown_by = it["witness"]["endpoint"].as_str().unwrap();
    assert!(["GET /me", "GET /orders"].contains(&shown_by), "{it}");
    assert_ne!(it["subject"], *owner);
    let endpoint =
        viewer.get(&format!("/api/v1/inventory/{}", it["endpoint_id"].as_str().unwrap()));
    assert_eq!(endpoint["template"], "/orders/{orderId}");

    // What is asked for, and no other.
    let asker = it["subject"].as_str().unwrap();
    let only = |query: &str| viewer.get(&format!("/api/v1/objects?{query}"))["uses"].clone();
    assert_eq!(only(&format!("held_back=true&subject={asker}"))[0], *it);
    assert_eq!(only(&format!("subject={}", owner.as_str().unwrap())), json!([]));
    assert_eq!(only("endpoint=GET%20/me"), json!([]));
    assert_eq!(only("clause=provenance.reference&held_back=true"), json!([]));
    assert_eq!(only(&format!("held_back=true&before={refused}")), json!([]));

    let object = it["object"].as_str().unwrap();
    let one = viewer.get(&format!("/api/v1/objects/{object}"));
    assert_eq!(one["uses"][0]["exchange"], *refused);
    let given = one["given"].as_array().unwrap();
    let shown = given.iter().find(|it| it["subject"] == *owner && it["endpoint"] == "GET /me");
    assert!(shown.unwrap()["times"].as_u64().unwrap() >= 2, "{one}");
    assert!(one["scan"]["exchanges"].as_u64().unwrap() > 70, "{one}");
    assert_eq!(one["scan"]["cut"], false);

    let asked = |arguments: &[&str]| {
        let data = bartizan.data();
        let output = command().arg("objects").args(arguments).arg("--data").arg(data).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let listed: Value = serde_json::from_str(&asked(&["--held-back", "-o", "json"])).unwrap();
    let told = ["exchange", "object", "subject"].map(|name| listed["uses"][0][name].clone());
    assert_eq!(told, ["exchange", "object", "subject"].map(|name| it[name].clone()));
    let text = asked(&["--held-back"]);
    assert!(text.contains("refused  GET /orders/{int}  ownership.answer"), "{text}");
    let history = asked(&[object]);
    assert!(history.contains(&format!("{}  GET /me", owner.as_str().unwrap())), "{history}");

    // Neither identifiers nor credentials.
    let all = format!("{found}{one}{listed}{text}{history}");
    for clear in [format!("{}", CUSTOMER + 2), KEY.to_owned(), order_of(2)] {
        assert!(!all.contains(&clear), "{clear}: {all}");
    }
}

#[test]
fn what_cannot_be_asked_is_said() {
    let bartizan = Bartizan::observing(Upstream::nobody());
    let admin = Asker::browser(&bartizan);
    let status = |path: &str| admin.send("GET", path, &Value::Null).status;
    for wrong in
        ["limit=0", "limit=501", "before=1", "subject=x", "clause=content.sqli", "since=1y"]
    {
        assert_eq!(status(&format!("/api/v1/objects?{wrong}")), 422, "{wrong}");
    }
    for wrong in ["nothing", "0123456789ABCDEF", "0123456789abcde"] {
        assert_eq!(status(&format!("/api/v1/objects/{wrong}")), 404, "{wrong}");
    }
    let none = admin.get("/api/v1/objects/0123456789abcdef");
    assert_eq!(
        (&none["given"], &none["named"], &none["uses"]),
        (&json!([]), &json!([]), &json!([]))
    );
    let none = admin.send("GET", "/api/v1/objects", &Value::Null);
    assert_eq!(json_of(&none)["uses"], json!([]));
    let output = command().args(["objects", "nothing", "--data"]).arg(bartizan.data()).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("16 hexadecimal digits"), "{}", said(&output));
}
