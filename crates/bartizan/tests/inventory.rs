//! Endpoints: what is imported and what passes through become the same inventory.

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
use std::sync::Arc;
use support::asker::Asker;
use support::bartizan::{Bartizan, command, configuration, said};
use support::directory::Directory;
use support::until;
use support::upstream::{Upstream, ok};

/// Runs a command on a data directory; what it printed, which must be a success.
#[track_caller]
fn asked(data: &Path, arguments: &[&str]) -> String {
    let output = command().args(arguments).arg("--data").arg(data).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Method and template of each endpoint, and how often it was called.
fn endpoints(data: &Path) -> Vec<(String, u64)> {
    let listed = asked(data, &["inventory", "ls", "-o", "json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let one = |it: &Value| {
        let text = |name: &str| it[name].as_str().unwrap();
        (format!("{} {}", text("method"), text("template")), it["calls"].as_u64().unwrap())
    };
    let mut all: Vec<_> = listed["endpoints"].as_array().unwrap().iter().map(one).collect();
    all.sort();
    all
}

/// The calls of a small shop: path, status, and the answer's body.
fn calls() -> Vec<(String, u16, String)> {
    let mut out = Vec::new();
    for n in 0..60 {
        out.push((
            format!("/orders/{}", n + 100),
            200,
            json!({"id": n + 100, "total": 9.5}).to_string(),
        ));
        out.push(("/orders?limit=5".to_owned(), 200, json!([{"id": n, "total": 1}]).to_string()));
    }
    out.push(("/.env".to_owned(), 404, "{}".to_owned()));
    out
}

fn access_log() -> String {
    let line = |(path, status, body): &(String, u16, String)| {
        let length = body.len();
        format!(
            "192.0.2.7 - - [21/Nov/2026:12:00:00 +0000] \"GET {path} HTTP/1.1\" {status} {length} \"-\" \"curl/8\"\n"
        )
    };
    calls().iter().map(line).collect()
}

fn har() -> String {
    let entry = |(path, status, body): &(String, u16, String)| {
        json!({
            "startedDateTime": "2026-11-21T12:00:00.000Z", "time": 12.5,
            "request": {
                "method": "GET", "url": format!("https://shop.example{path}"),
                "headers": [{"name": ":method", "value": "GET"}, {"name": "Accept", "value": "*/*"}],
            },
            "response": {
                "status": status,
                "headers": [{"name": "Content-Type", "value": "application/json"}],
                "content": {"mimeType": "application/json", "text": body},
            },
        })
    };
    json!({"log": {"version": "1.2", "entries": calls().iter().map(entry).collect::<Vec<_>>()}})
        .to_string()
}

const LEARNT: [&str; 2] = ["GET /orders", "GET /orders/{orderId}"];

#[test]
fn a_log_and_a_recording_of_the_same_traffic_have_the_same_endpoints() {
    let home = Directory::new();
    let (of_log, of_har) = (home.path().join("log"), home.path().join("har"));
    let (log, recording) = (home.path().join("access.log"), home.path().join("a.har"));
    fs::write(&log, access_log() + "what is this\n\n# a remark\n").unwrap();
    fs::write(&recording, har()).unwrap();
    let said_log = asked(&of_log, &["import", "access-log", log.to_str().unwrap()]);
    assert!(said_log.contains("121 exchanges imported"), "{said_log}");
    asked(&of_har, &["import", "har", recording.to_str().unwrap()]);
    let found = endpoints(&of_log);
    assert_eq!(found, endpoints(&of_har));
    assert_eq!(found, LEARNT.map(|it| (it.to_owned(), 60)));
    // A log tells no bodies: nothing is known of them, and nothing says that there were none.
    let shown = |data: &Path| -> Value {
        let shown = asked(data, &["inventory", "show", LEARNT[1], "-o", "json"]);
        serde_json::from_str(&shown).unwrap()
    };
    assert_eq!(shown(&of_log)["response"]["messages"], 0);
    let fields = &shown(&of_har)["response"]["fields"];
    let places: Vec<_> = fields.as_array().unwrap().iter().map(|it| it["place"].clone()).collect();
    assert_eq!(places, ["body $.id", "body $.total"]);
}

#[test]
fn what_was_seen_is_written_as_openapi_that_is_read_again() {
    let home = Directory::new();
    let (data, recording) = (home.path().join("data"), home.path().join("a.har"));
    fs::write(&recording, har()).unwrap();
    asked(&data, &["import", "har", recording.to_str().unwrap()]);
    let yaml = asked(&data, &["inventory", "export"]);
    let read = bartizan_spec::read(
        &yaml,
        "learnt.yaml",
        &bartizan_spec::no_files,
        &bartizan_spec::Limits::default(),
    );
    let read = read.unwrap();
    assert!(read.diagnostics.list().is_empty(), "{:?}", read.diagnostics.list());
    assert_eq!(read.api.title, "shop.example");
    let order = read.api.operation("GET", "/orders/{orderId}").unwrap();
    assert_eq!(order.parameters[0].name, "orderId");
    let list = read.api.operation("GET", "/orders").unwrap();
    assert_eq!(list.parameters[0].name, "limit");
    let json = asked(&data, &["inventory", "export", "--notation", "json", "--openapi", "3.2"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["openapi"], "3.2.0");
}

#[test]
fn bad_input_is_refused_with_a_reason() {
    let home = Directory::new();
    let data = home.path().join("data");
    let refused = |arguments: &[&str], why: &str| {
        let output = command().args(arguments).arg("--data").arg(&data).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {text}");
        assert!(text.contains(why), "{arguments:?}: {text}");
    };
    refused(&["inventory", "ls"], "nothing was recorded there yet");
    refused(&["import", "har", "/does/not/exist"], "No such file");
    let file = home.path().join("file");
    let path = file.to_str().unwrap();
    fs::write(&file, "{}").unwrap();
    refused(&["import", "har", path], "it has no log.entries");
    fs::write(&file, "[1,").unwrap();
    refused(&["import", "har", path], "is no JSON");
    fs::write(&file, "\u{1b}[31m\n\0\0\n").unwrap();
    refused(&["import", "access-log", path], "nothing was imported");
}

#[test]
fn what_passes_through_is_in_the_inventory_and_stays_there() {
    let upstream = Upstream::answering(|it| match it.target() {
        target if target.starts_with("/orders") => ok("{\"id\": 5}"),
        _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
    });
    let mut bartizan = Bartizan::observing(upstream.address);
    for n in 0..20 {
        bartizan.get(&format!("/orders/{n}"));
        bartizan.get(&format!("/nothing/{n}"));
    }
    bartizan.exactly(40);
    let data = bartizan.data();
    assert_eq!(endpoints(&data), [("GET /orders/{orderId}".to_owned(), 20)]);
    let listed = |asker: &Asker| -> Option<Value> {
        let answer = asker.get("/api/v1/inventory");
        let endpoints = answer["endpoints"].as_array()?.clone();
        (answer["state"] == "ready" && !endpoints.is_empty()).then(|| endpoints[0].clone())
    };
    let asker = Asker::browser(&bartizan);
    let before = until("the inventory", || listed(&asker).filter(|it| it["calls"] == 20));
    let one = asker.get(&format!("/api/v1/inventory/{}", before["id"].as_str().unwrap()));
    assert_eq!(one["template"], "/orders/{orderId}");
    assert_eq!(one["variables"][0]["reason"], "form");
    let described = asker.get("/api/v1/inventory/openapi");
    assert!(described["paths"]["/orders/{orderId}"]["get"].is_object(), "{described}");
    // After a restart it is made anew of what is kept.
    let home = bartizan.home();
    bartizan.stop();
    drop(bartizan);
    let bartizan = Bartizan::run_in(home);
    let asker = Asker::browser(&bartizan);
    let after = until("the inventory", || listed(&asker));
    assert_eq!((&after["id"], &after["calls"]), (&before["id"], &before["calls"]));
}

#[test]
fn a_class_of_ones_own_is_told_while_running_and_of_what_is_kept() {
    const OWN: &str = "
data_classes:
  - {name: member_no, sensitivity: special, words: [member], prefix: LC-, characters: digits, check: luhn}
";
    let upstream = Upstream::answering(|_| {
        let (member, order) = ("LC-79927398713", "LC-79927398714");
        let body = json!({"memberNumber": member, "order": order, "mail": "ann@example.com"});
        let (body, kind) = (body.to_string(), "Content-Type: application/json");
        format!("HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    });
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", OWN));
    for n in 0..20 {
        bartizan.get(&format!("/members/{n}"));
    }
    bartizan.exactly(20);
    let class_of = |shown: &Value, place: &str| {
        let fields = shown["response"]["fields"].as_array().unwrap();
        let field = fields.iter().find(|it| it["place"] == place);
        field.unwrap_or_else(|| panic!("no `{place}`: {shown}"))["class"].clone()
    };
    let asker = Asker::browser(&bartizan);
    let listed = until("the inventory", || {
        let one = asker.get("/api/v1/inventory")["endpoints"][0].clone();
        (one["calls"] == 20).then_some(one)
    });
    assert_eq!(listed["classes"], json!(["member_no", "email"]));
    let shown = asker.get(&format!("/api/v1/inventory/{}", listed["id"].as_str().unwrap()));
    let class = class_of(&shown, "body $.memberNumber");
    assert_eq!((&class["name"], &class["sensitivity"]), (&json!("member_no"), &json!("special")));
    assert_eq!(class["may_mask"], false);
    assert_eq!(class_of(&shown, "body $.order"), Value::Null);
    // The commands read the journal, which knows it although they know no configuration.
    let kept =
        asked(&bartizan.data(), &["inventory", "show", "GET /members/{memberId}", "-o", "json"]);
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(class_of(&kept, "body $.memberNumber"), class);
    let exported = asked(&bartizan.data(), &["inventory", "export"]);
    assert!(exported.contains("x-bartizan-class: member_no"), "{exported}");
}

#[test]
fn what_is_known_goes_out_as_an_overlay_and_as_json() {
    let home = Directory::new();
    let (data, recording) = (home.path().join("data"), home.path().join("a.har"));
    fs::write(&recording, har()).unwrap();
    asked(&data, &["import", "har", recording.to_str().unwrap()]);
    let overlay = asked(&data, &["inventory", "export", "--as", "overlay", "--notation", "json"]);
    let overlay: Value = serde_json::from_str(&overlay).unwrap();
    assert_eq!(overlay["overlay"], "1.0.0");
    let actions = overlay["actions"].as_array().unwrap();
    let targets: Vec<_> = actions.iter().map(|it| it["target"].as_str().unwrap()).collect();
    assert!(targets.contains(&"$.paths['/orders/{orderId}'].get"), "{targets:?}");
    let one = actions.iter().find(|it| it["target"] == "$.paths['/orders'].get").unwrap();
    assert_eq!(one["update"]["x-bartizan-calls"], 60);
    let all: Value =
        serde_json::from_str(&asked(&data, &["inventory", "export", "--as", "json"])).unwrap();
    let named: Vec<_> = all.as_array().unwrap().iter().map(|it| it["template"].clone()).collect();
    assert_eq!(named, ["/orders", "/orders/{orderId}"]);
}

#[test]
fn a_collection_of_postman_is_held_against_what_was_seen() {
    let home = Directory::new();
    let (data, log) = (home.path().join("data"), home.path().join("access.log"));
    let collection = home.path().join("shop.postman.json");
    fs::write(&log, access_log()).unwrap();
    let schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
    let request = |name: &str, path: &[&str]| {
        let raw = format!("https://shop.example/{}", path.join("/"));
        let url =
            json!({"raw": raw, "protocol": "https", "host": ["shop", "example"], "path": path});
        json!({"name": name, "request": {"method": "GET", "url": url}})
    };
    let items = [request("One order", &["orders", ":number"]), request("Carts", &["carts"])];
    fs::write(
        &collection,
        json!({"info": {"name": "Shop", "schema": schema}, "item": items}).to_string(),
    )
    .unwrap();
    asked(&data, &["import", "access-log", log.to_str().unwrap()]);
    asked(&data, &["import", "postman", collection.to_str().unwrap()]);
    assert!(
        endpoints(&data).iter().any(|it| it.0 == "GET /orders/{number}"),
        "{:?}",
        endpoints(&data)
    );
    let output = command().args(["inventory", "drift", "-o", "json", "--data"]).arg(&data).output();
    let drift: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let text = drift.to_string();
    assert!(text.contains("/carts") && text.contains("never_called"), "{text}");
    assert!(text.contains("undeclared_path"), "{text}");
}

const SHOP: &str = "
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: 'https://shop.example'}]
paths:
  /orders:
    get:
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      responses: {'200': {description: All., content: {application/json: {schema: {type: array, items: {type: object,
        properties: {id: {type: integer}, total: {type: number}}}}}}}}
  /orders/{number}:
    get:
      deprecated: true
      parameters: [{name: number, in: path, required: true, schema: {type: integer}}]
      responses: {'200': {description: One., content: {application/json: {schema: {type: object,
        properties: {id: {type: integer}}}}}}}
  /carts:
    get: {responses: {'200': {description: Never called.}}}
";

#[test]
fn a_description_names_variables_and_is_held_against_what_was_seen() {
    let home = Directory::new();
    let data = home.path().join("data");
    let (recording, shop) = (home.path().join("a.har"), home.path().join("shop.yaml"));
    fs::write(&recording, har()).unwrap();
    fs::write(&shop, SHOP).unwrap();
    asked(&data, &["import", "har", recording.to_str().unwrap()]);
    let said = asked(&data, &["import", "openapi", shop.to_str().unwrap()]);
    assert!(said.contains("3 operations of `shop.example` are described"), "{said}");
    let named: Vec<_> = endpoints(&data).into_iter().map(|it| it.0).collect();
    assert_eq!(named, ["GET /orders", "GET /orders/{number}"]);
    let drift = |extra: &[&str]| -> Value {
        let arguments = [&["inventory", "drift", "-o", "json"], extra].concat();
        let output = command().args(arguments).arg("--data").arg(&data).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", said_of(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let found = drift(&[]);
    let differences = found["services"][0]["differences"].as_array().unwrap();
    let shown: Vec<_> = differences
        .iter()
        .map(|it| format!("{} {} {}", it["path"], it["what"], it["place"]).replace('"', ""))
        .collect();
    assert_eq!(
        shown,
        [
            "/carts never_called null",
            "/orders/{number} deprecated null",
            "/orders/{number} undeclared_field body $.total",
        ]
    );
    // Whatever the service is called: there is one, and one is described.
    asked(&data, &["inventory", "forget"]);
    asked(&data, &["import", "openapi", shop.to_str().unwrap(), "--service", "other"]);
    assert_eq!(drift(&[])["services"][0]["service"], "shop.example");
    assert_eq!(endpoints(&data)[1].0, "GET /orders/{number}");
}

fn said_of(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_a_person_says_of_paths_stays_and_can_be_taken_back() {
    let home = Directory::new();
    let (data, log) = (home.path().join("data"), home.path().join("access.log"));
    let words = ["cpu", "memory", "disk", "load", "swap", "net"];
    let line = |word: &&str| {
        format!(
            "192.0.2.7 - - [21/Nov/2026:12:00:00 +0000] \"GET /metrics/{word} HTTP/1.1\" 200 5\n"
        )
    };
    fs::write(&log, words.iter().map(line).collect::<String>()).unwrap();
    asked(&data, &["import", "access-log", log.to_str().unwrap()]);
    let templates = || endpoints(&data).into_iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(templates().len(), 6);
    asked(&data, &["inventory", "merge", "/metrics/{metric}"]);
    assert_eq!(templates(), ["GET /metrics/{metric}"]);
    asked(&data, &["inventory", "rename", "/metrics/{metric}", "/metrics/{name}"]);
    asked(&data, &["inventory", "split", "/metrics/cpu"]);
    assert_eq!(templates(), ["GET /metrics/cpu", "GET /metrics/{name}"]);
    asked(&data, &["inventory", "forget", "/metrics/{name}"]);
    asked(&data, &["inventory", "forget", "/metrics/cpu"]);
    assert_eq!(templates().len(), 6);
    for wrong in [
        ["merge", "/metrics/cpu"],
        ["split", "metrics"],
        ["split", "/{a}{b"],
        ["forget", "/metrics/cpu"],
    ] {
        let output =
            command().arg("inventory").args(wrong).arg("--data").arg(&data).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", said_of(&output));
    }
}

#[test]
fn a_running_instance_follows_what_is_said_without_a_restart() {
    // What answers other fields is no value of one variable, unless somebody says so.
    let upstream = Upstream::answering(|it| {
        let word = it.target().rsplit('/').next().unwrap_or_default().to_owned();
        ok(&json!({word.clone() + "_used": 5, word + "_free": 7}).to_string())
    });
    let bartizan = Bartizan::observing(upstream.address);
    for word in ["cpu", "memory", "disk", "load"] {
        (0..5).for_each(|_| drop(bartizan.get(&format!("/metrics/{word}"))));
    }
    bartizan.exactly(20);
    let asker = Asker::browser(&bartizan);
    let templates = || -> Vec<(String, u64)> {
        let answer = asker.get("/api/v1/inventory");
        let one = |it: &Value| {
            (it["template"].as_str().unwrap().to_owned(), it["calls"].as_u64().unwrap())
        };
        let all = answer["endpoints"].as_array().unwrap().iter().map(one);
        all.filter(|it| it.0.starts_with("/metrics")).collect()
    };
    until("four endpoints", || (templates().len() == 4).then_some(()));
    asked(&bartizan.data(), &["inventory", "merge", "/metrics/{metric}"]);
    let merged = vec![("/metrics/{metric}".to_owned(), 20)];
    until("one endpoint", || (templates() == merged).then_some(()));
    let posture = asker.get("/api/v1/posture");
    let flaws = posture["flaws"].as_array().unwrap();
    assert!(flaws.iter().any(|it| it["flaw"] == "plain_text"), "{posture}");
    assert_eq!(asker.get("/api/v1/changes")["changes"], json!([]));
    assert_eq!(asker.get("/api/v1/drift")["undescribed"].as_array().unwrap().len(), 1);
}

#[test]
fn classes_and_posture_are_told_of_a_recording_and_unknown_of_a_log() {
    let home = Directory::new();
    let (of_log, of_har) = (home.path().join("log"), home.path().join("har"));
    let person =
        |n: u32| json!({"email": format!("ann{n}@example.com"), "iban": "DE89370400440532013000"});
    let entry = |n: u32| {
        json!({
            "startedDateTime": "2026-11-21T12:00:00.000Z", "time": 1,
            "request": {"method": "GET", "url": format!("https://shop.example/people/{n}"), "headers": []},
            "response": {"status": 200, "headers": [
                {"name": "Content-Type", "value": "application/json"},
                {"name": "Access-Control-Allow-Origin", "value": "*"},
            ], "content": {"mimeType": "application/json", "text": person(n).to_string()}},
        })
    };
    let entries: Vec<_> = (1..40).map(entry).collect();
    let recording = home.path().join("a.har");
    fs::write(&recording, json!({"log": {"version": "1.2", "entries": entries}}).to_string())
        .unwrap();
    asked(&of_har, &["import", "har", recording.to_str().unwrap()]);
    let json_of = |data: &Path, arguments: &[&str]| -> Value {
        serde_json::from_str(&asked(data, &[arguments, &["-o", "json"]].concat())).unwrap()
    };
    let shown = json_of(&of_har, &["inventory", "show", "GET /people/{peopleId}"]);
    assert_eq!(shown["classes"], json!(["iban", "email"]));
    let email = &shown["response"]["fields"][0];
    assert_eq!((&email["class"]["name"], &email["types"]), (&json!("email"), &json!(["string"])));
    let flaws = |data: &Path| -> Vec<String> {
        let posture = json_of(data, &["inventory", "posture"]);
        let flaws = posture["flaws"].as_array().unwrap().iter();
        flaws.map(|it| it["flaw"].as_str().unwrap().to_owned()).collect()
    };
    let found = flaws(&of_har);
    for flaw in ["anonymous_data", "open_cors", "predictable_ids", "missing_headers"] {
        assert!(found.iter().any(|it| it == flaw), "{flaw}: {found:?}");
    }
    assert!(!found.iter().any(|it| it == "plain_text"), "{found:?}");
    // A log says nothing of credentials and heads: nothing is weak, and that is said to be unknown.
    let log = home.path().join("access.log");
    fs::write(&log, access_log()).unwrap();
    asked(&of_log, &["import", "access-log", log.to_str().unwrap()]);
    assert_eq!(flaws(&of_log), Vec::<String>::new());
    let unknown = &json_of(&of_log, &["inventory", "posture"])["unknown"];
    assert_eq!((&unknown["credentials"], &unknown["response_heads"]), (&json!(2), &json!(2)));
    let yaml = asked(&of_har, &["inventory", "export"]);
    assert!(yaml.contains("x-bartizan-class: email"), "{yaml}");
}

#[test]
fn relations_tell_which_answers_hand_out_what_requests_carry() {
    let home = Arc::new(Directory::new());
    let (data, recording) = (home.path().join("data"), home.path().join("a.har"));
    let entry = |caller: u32, path: String, body: Value| {
        json!({
            "startedDateTime": "2026-11-21T12:00:00.000Z", "time": 1,
            "request": {"method": "GET", "url": format!("https://shop.example{path}"),
                "headers": [{"name": "X-API-Key", "value": format!("key-of-{caller}")}]},
            "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
                "content": {"mimeType": "application/json", "text": body.to_string()}},
        })
    };
    let mut entries = Vec::new();
    for n in 0..60_u32 {
        let (caller, id) = (n % 12, format!("0191a2b3-c4d5-7e6f-8a9b-{:012x}", 7_919 * (n + 1)));
        entries.push(entry(caller, "/orders".to_owned(), json!([{"id": id, "total": n}])));
        entries.push(entry(caller, format!("/orders/{id}"), json!({"total": n})));
    }
    fs::write(&recording, json!({"log": {"version": "1.2", "entries": entries}}).to_string())
        .unwrap();
    asked(&data, &["import", "har", recording.to_str().unwrap()]);
    let said = asked(&data, &["inventory", "relations"]);
    assert!(said.contains("100 %  GET /orders $[*].id -> GET /orders/{orderId} orderId"), "{said}");
    // A running instance follows them.
    let yaml = configuration(Upstream::nobody(), "observe", "");
    fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
    let bartizan = Bartizan::run_in(Arc::clone(&home));
    let asker = Asker::browser(&bartizan);
    let found = until("relations", || {
        let found = asker.get("/api/v1/relations?service=shop.example")["relations"].clone();
        found.as_array().is_some_and(|it| !it.is_empty()).then_some(found)
    });
    let ends =
        |it: &Value| (it["from"]["name"].clone(), it["to"]["name"].clone(), it["percent"].clone());
    assert_eq!(ends(&found[0]), (json!("$[*].id"), json!("orderId"), json!(100)));
    let listed = asker.get("/api/v1/inventory")["endpoints"].clone();
    for it in listed.as_array().unwrap() {
        let one = asker.get(&format!("/api/v1/inventory/{}", it["id"].as_str().unwrap()));
        assert_eq!(one["relations"], found, "both ends tell");
    }
}

#[test]
fn hosts_few_values_and_empty_lists_are_told_of_what_is_kept_and_while_running() {
    let home = Arc::new(Directory::new());
    let (data, recording) = (home.path().join("data"), home.path().join("a.har"));
    let entry = |n: usize| {
        let state = ["open", "paid", "sent"][n % 3];
        let sent = json!({"url": format!("https://h{}.example/x?token=7", n % 4), "tags": []});
        let answer = json!({"state": state, "isAdmin": false, "id": 100_000 + n, "meta": {}});
        json!({
            "startedDateTime": "2026-11-21T12:00:00.000Z", "time": 1,
            "request": {"method": "POST", "url": "https://shop.example/hooks",
                "headers": [{"name": "X-API-Key", "value": format!("key-of-{}", n % 12)},
                    {"name": "Content-Type", "value": "application/json"}],
                "postData": {"mimeType": "application/json", "text": sent.to_string()}},
            "response": {"status": 201, "headers": [{"name": "Content-Type", "value": "application/json"},
                {"name": "Location", "value": "https://shop.example/hooks/7"}],
                "content": {"mimeType": "application/json", "text": answer.to_string()}},
        })
    };
    let entries: Vec<_> = (0..60).map(entry).collect();
    fs::write(&recording, json!({"log": {"version": "1.2", "entries": entries}}).to_string())
        .unwrap();
    asked(&data, &["import", "har", recording.to_str().unwrap()]);
    let said = asked(&data, &["inventory", "third-parties"]);
    let own = "shop.example  its own  (shop.example; 60 exchanges, ";
    assert!(
        said.contains("h0.example  (shop.example; 15 exchanges, ") && said.contains(own),
        "{said}"
    );
    assert!(
        said.contains("POST /hooks  requests, body $.url") && !said.contains("token"),
        "{said}"
    );
    let shown = asked(&data, &["inventory", "show", "POST /hooks"]);
    assert!(shown.contains("one of 3 values  body $.state"), "{shown}");
    let yaml = asked(&data, &["inventory", "export"]);
    assert!(yaml.contains("x-bartizan-values: 3"), "{yaml}");
    assert!(yaml.contains("tags:\n") && yaml.contains("meta:\n"), "{yaml}");
    let weak = asked(&data, &["inventory", "posture"]);
    assert!(weak.contains("body $.url: 4 hosts"), "{weak}");
    assert!(weak.contains("body $.isAdmin: its name is internal"), "{weak}");
    assert!(asked(&data, &["inventory", "posture", "--trend"]).starts_with("no day is kept yet"));
    // A running instance tells the same, and keeps the day.
    let yaml = configuration(Upstream::nobody(), "observe", "");
    fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
    let bartizan = Bartizan::run_in(Arc::clone(&home));
    let asker = Asker::browser(&bartizan);
    let found = until("third parties", || {
        let found =
            asker.get("/api/v1/third-parties?service=shop.example")["third_parties"].clone();
        found.as_array().filter(|it| it.len() == 5).cloned()
    });
    assert_eq!((&found[4]["host"], &found[4]["own"]), (&json!("shop.example"), &json!(true)));
    let id = asker.get("/api/v1/inventory")["endpoints"][0]["id"].as_str().unwrap().to_owned();
    let one = asker.get(&format!("/api/v1/inventory/{id}"));
    assert_eq!(one["third_parties"].as_array().unwrap().len(), 5);
    let fields = one["response"]["fields"].as_array().unwrap();
    let state = fields.iter().find(|it| it["place"] == "body $.state").unwrap();
    assert_eq!(state["enumeration"], json!([20, 20, 20]));
    let days = until("the trend", || {
        let days = asker.get("/api/v1/posture/trend")["days"].clone();
        days.as_array().filter(|it| !it.is_empty()).cloned()
    });
    assert_eq!((&days[0]["endpoints"], &days[0]["flaws"]["chosen_urls"]), (&json!(1), &json!(1)));
    let said = asked(&data, &["inventory", "posture", "--trend"]);
    assert_eq!(said.lines().count(), 2, "{said}");
}
