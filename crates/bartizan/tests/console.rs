//! The console's API in front of a running instance.

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
use std::net::SocketAddr;
use support::bartizan::{Bartizan, command, configuration, said};
use support::client::{Answer, Client};
use support::upstream::Upstream;

const ATTACK: &str = "/products?q=%27%20UNION%20SELECT%20a,b%20FROM%20users--";

/// A browser that is logged in.
struct Browser {
    admin: SocketAddr,
    cookie: String,
    csrf: String,
}

impl Browser {
    fn login(bartizan: &Bartizan) -> Self {
        let status = bartizan.status();
        let admin: SocketAddr = status["admin"].as_str().unwrap().parse().unwrap();
        let data = bartizan.data();
        let output = command().args(["console", "--data"]).arg(&data).output().unwrap();
        let link = said(&output);
        let code = link.trim().rsplit_once("/#/login?code=").unwrap().1.to_owned();
        assert!(!bartizan.stdout().contains(&code) && !bartizan.stderr().contains(&code));
        let it = Self { admin, cookie: String::new(), csrf: String::new() };
        let answer = it.send("POST", "/api/v1/login", &json!({ "code": code }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let csrf = json_of(&answer)["csrf"].as_str().unwrap().to_owned();
        Self { cookie, csrf, ..it }
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut client = Client::connect(self.admin);
        client.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nX-Bartizan-CSRF: {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.admin,
            self.cookie,
            self.csrf,
            body.len()
        ));
        client.answer()
    }

    fn get(&self, path: &str) -> Value {
        let answer = self.send("GET", path, &Value::Null);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        json_of(&answer)
    }
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn what_happened_is_seen_and_an_exception_allows_exactly_that() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let browser = Browser::login(&bartizan);
    let refused = bartizan.get(ATTACK);
    assert_eq!(refused.status, 403);
    let id = refused.decision_id();
    bartizan.get("/orders/17");
    bartizan.at_least(2);

    let all = browser.get("/api/v1/exchanges");
    let endpoints: Vec<_> =
        all["exchanges"].as_array().unwrap().iter().map(|it| &it["endpoint"]).collect();
    assert_eq!(endpoints, ["GET /orders/{int}", "GET /products"]);
    let only = browser.get("/api/v1/exchanges?effect=refused&code=content.sql_injection&limit=1");
    assert_eq!(only["exchanges"][0]["id"], *id);
    assert_eq!(only["next"], *id);
    let rest = browser.get(&format!("/api/v1/exchanges?limit=1&before={id}"));
    assert_eq!(rest["exchanges"], json!([]));

    let one = browser.get(&format!("/api/v1/exchanges/{id}"));
    assert_eq!(one["why"][0]["clause"], "content.sqli");
    let mut wanted = one["why"][0]["would_allow"]["exception"].clone();
    assert_eq!(wanted["field"], "query q");
    wanted["reason"] = "people search for databases".into();
    let added = browser.send("POST", "/api/v1/exceptions", &wanted);
    assert_eq!(added.status, 201, "{}", added.text());
    assert_eq!(bartizan.get(ATTACK).status, 200);
    let elsewhere = bartizan.get(&ATTACK.replace("products", "orders"));
    assert_eq!(elsewhere.status, 403);
    // It outlives a reload and a restart, and `why` names it.
    bartizan.stop();
    let bartizan = Bartizan::run_in(bartizan.home());
    let browser = Browser::login(&bartizan);
    assert_eq!(bartizan.get(ATTACK).status, 200);
    let listed = browser.get("/api/v1/exceptions");
    let id = listed["exceptions"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/exceptions/{id}");
    assert_eq!(browser.send("DELETE", &path, &Value::Null).status, 204);
    assert_eq!(browser.send("DELETE", &path, &Value::Null).status, 404);
    assert_eq!(bartizan.get(ATTACK).status, 403);
}

#[test]
fn the_overview_counts_and_tells_what_is_in_force() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let browser = Browser::login(&bartizan);
    (0..5).for_each(|n| drop(bartizan.get(&format!("/orders/{n}"))));
    bartizan.get(ATTACK);
    bartizan.at_least(6);
    let it = browser.get("/api/v1/overview?minutes=10");
    assert_eq!(it["totals"]["exchanges"], 6, "{it}");
    assert_eq!(it["totals"]["would_refuse"], 1);
    assert_eq!(it["mode"], "observe");
    assert_eq!(it["health"]["ready"], true);
    let top = &it["top"]["endpoints"][0];
    assert_eq!((&top["endpoint"], &top["count"]), (&"GET /orders/{int}".into(), &5.into()));
    assert_eq!(it["top"]["codes"][0]["code"], "content.sql_injection");
    let settings = browser.get("/api/v1/settings");
    let mode = settings["settings"].as_array().unwrap().iter().find(|it| it["key"] == "mode");
    assert_eq!(mode.unwrap()["value"], "observe");
}

#[test]
fn a_bypass_begins_and_ends() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let browser = Browser::login(&bartizan);
    let wanted = json!({"minutes": 5, "reason": "orders fail"});
    assert_eq!(browser.send("POST", "/api/v1/bypass", &wanted).status, 200);
    assert_eq!(bartizan.get(ATTACK).status, 200);
    assert_eq!(browser.get("/api/v1/overview")["bypass"]["reason"], "orders fail");
    assert_eq!(browser.send("DELETE", "/api/v1/bypass", &Value::Null).status, 204);
    assert_eq!(browser.send("DELETE", "/api/v1/bypass", &Value::Null).status, 409);
    assert_eq!(bartizan.get(ATTACK).status, 403);
}

#[test]
fn exchanges_are_told_as_they_end() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let browser = Browser::login(&bartizan);
    let mut client = Client::connect(browser.admin);
    client.send(format!(
        "GET /api/v1/live?code=content.sql_injection HTTP/1.1\r\nHost: a\r\nCookie: {}\r\n\r\n",
        browser.cookie
    ));
    assert_eq!(client.head().status, 200);
    client.read_to(b"event: state");
    bartizan.get("/orders/1");
    let id = bartizan.get(ATTACK).decision_id();
    let seen =
        String::from_utf8_lossy(&client.read_to(format!("id: {id}").as_bytes())).into_owned();
    assert!(seen.contains("event: exchange") && !seen.contains("/orders/"), "{seen}");
}

#[test]
fn files_of_operators_that_are_damaged_stop_the_start() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", ""));
    bartizan.stop();
    std::fs::write(bartizan.data().join("exceptions.json"), "{\"exceptions\": 1}").unwrap();
    let output = command()
        .args(["run", "-c"])
        .arg(bartizan.configuration_file())
        .args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--data"])
        .arg(bartizan.data())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("exceptions.json"));
}

#[cfg(feature = "hunt")]
mod hunts {
    use super::*;

    impl Browser {
        fn ask(&self, sql: &str) -> (Vec<Value>, Value) {
            let answer = self.send("POST", "/api/v1/hunt", &json!({ "sql": sql, "since": "1h" }));
            assert_eq!(answer.status, 200, "{}", answer.text());
            let text = answer.text();
            let lines: Vec<Value> =
                text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
            let rows = lines.iter().filter_map(|it| it["rows"].as_array()).flatten().cloned();
            (rows.collect(), lines.last().unwrap().clone())
        }
    }

    #[test]
    fn a_hunt_is_answered_line_by_line_and_may_be_saved() {
        let upstream = Upstream::echoing_targets();
        let bartizan = Bartizan::enforcing(upstream.address);
        let browser = Browser::login(&bartizan);
        (0..5).for_each(|n| drop(bartizan.get(&format!("/orders/{n}"))));
        bartizan.get(ATTACK);
        bartizan.at_least(6);

        let sql = "SELECT endpoint, count(*) AS calls FROM exchanges GROUP BY endpoint ORDER BY calls DESC";
        let (rows, last) = browser.ask(sql);
        assert_eq!(rows, [json!(["GET /orders/{int}", 5]), json!(["GET /products", 1])]);
        assert_eq!(last["done"]["rows"], 2);
        support::until("the checkpoint over the login is signed", || {
            let (rows, _) = browser.ask("SELECT kind FROM ledger WHERE kind = 'login'");
            (rows == [json!(["login"])]).then_some(())
        });
        let (rows, last) = browser.ask("SELECT nothing FROM exchanges");
        assert_eq!((rows.len(), &last["error"]["code"]), (0, &json!("hunt.sql")));

        let views = browser.get("/api/v1/hunt/schema");
        let names: Vec<_> =
            views["views"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
        assert_eq!(names, ["exchanges", "fields", "findings", "decisions", "ledger"]);
        let shipped = browser.get("/api/v1/hunt/saved")["hunts"].as_array().unwrap().len();
        assert_eq!(shipped, 20);
        let mine = json!({"title": "Mine\n-- says: forged", "says": "All.", "sql": sql});
        let path = "/api/v1/hunt/saved/mine";
        assert_eq!(browser.send("PUT", path, &mine).status, 200);
        let saved = browser.get("/api/v1/hunt/saved");
        let saved = saved["hunts"].as_array().unwrap();
        let found = saved.iter().find(|it| it["name"] == "mine").unwrap();
        assert_eq!((&found["says"], &found["shipped"]), (&json!("All."), &json!(false)));
        for name in ["Mine", "..%2fhash", "a.b"] {
            let path = format!("/api/v1/hunt/saved/{name}");
            assert_eq!(browser.send("PUT", &path, &mine).status, 422, "{name}");
            assert_eq!(browser.send("DELETE", &path, &Value::Null).status, 404, "{name}");
        }
        assert_eq!(browser.send("DELETE", path, &Value::Null).status, 204);
        assert_eq!(browser.send("DELETE", path, &Value::Null).status, 404);
        assert_eq!(browser.send("DELETE", "/api/v1/hunt/saved/errors", &Value::Null).status, 409);
    }
}

#[test]
fn an_exchange_that_the_journal_dropped_is_found_sealed() {
    let upstream = Upstream::echoing_targets();
    let more = "data: {journal_bytes_max: 1MiB}\nstore: {seal_every: 100ms}";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let browser = Browser::login(&bartizan);
    bartizan.get("/orders/1");
    bartizan.at_least(1);
    let ids = || -> Vec<String> {
        let listed = browser.get("/api/v1/exchanges?limit=1000");
        let listed = listed["exchanges"].as_array().unwrap();
        listed.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let first = ids().pop().unwrap();
    // Names that were never met are kept with all their facts: 300 such exchanges are more than a MiB.
    for n in 0..600 {
        let names = (0..60).map(|it| format!("a-rather-long-name-{n}-{it}=1"));
        bartizan.get(&format!("/search?{}", names.collect::<Vec<_>>().join("&")));
    }
    support::until("the journal dropped its beginning", || {
        let all = ids();
        (!all.is_empty() && !all.contains(&first)).then_some(())
    });
    let one = browser.get(&format!("/api/v1/exchanges/{first}"));
    assert_eq!(one["endpoint"], "GET /orders/{int}");
    let output = command().args(["why", &first, "--data"]).arg(bartizan.data()).output().unwrap();
    assert!(said(&output).contains("GET /orders/{int}"), "{}", said(&output));
}
