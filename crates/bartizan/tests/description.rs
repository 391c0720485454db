//! Requests held to a description, by a running instance: named by a flag or in a file, followed when it changes.

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
use std::fs;
use std::path::Path;
use std::process::Output;
use support::bartizan::{Bartizan, command, configuration, said};
use support::directory::Directory;
use support::until;
use support::upstream::Upstream;

const SHOP: &str = r#"
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    post:
      requestBody:
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              properties: {item: {type: string, maxLength: 8, nullable: true}}
      responses: {"200": {description: made}}
  /orders/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: one}}
"#;

fn post(bartizan: &Bartizan, body: &str) -> (u16, String) {
    let answer = bartizan.ask(&format!(
        "POST /orders HTTP/1.1\r\nHost: shop.example\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let code = if answer.status < 400 { String::new() } else { answer.code() };
    (answer.status, code)
}

/// A shop that is held to its description, which lies in the directory.
fn guarding(upstream: &Upstream) -> (Directory, Bartizan) {
    let files = Directory::new();
    let file = files.path().join("shop.yaml");
    fs::write(&file, SHOP).unwrap();
    let flags = ["--description", file.to_str().unwrap(), "--enforce"];
    let bartizan = Bartizan::guard(upstream.address, &flags);
    (files, bartizan)
}

fn check(file: &Path) -> Output {
    command().arg("check").arg("-c").arg(file).output().unwrap()
}

#[test]
fn a_description_named_by_a_flag_is_enforced() {
    let upstream = Upstream::echoing_targets();
    let (_files, bartizan) = guarding(&upstream);
    assert_eq!(bartizan.get("/orders/17").status, 200);
    assert_eq!(post(&bartizan, r#"{"item": null}"#).0, 200);
    for (answer, status, code) in [
        (bartizan.get("/orders/a"), 400, "declared.unfit"),
        (bartizan.get("/orders/17?debug=1"), 400, "declared.unknown"),
        (bartizan.get("/debug"), 404, "declared.path"),
        (bartizan.get("/orders"), 405, "declared.method"),
    ] {
        assert_eq!((answer.status, &*answer.code()), (status, code));
    }
    let mass = post(&bartizan, r#"{"item": "tea", "role": "admin"}"#);
    assert_eq!(mass, (400, "declared.unknown".to_owned()));
    assert!(!upstream.text().contains("role"), "what is refused is not forwarded");
    let seen = bartizan.at_least(7);
    let unfit = seen.iter().find(|it| it["hits"][0]["code"] == "declared.unfit").unwrap();
    assert_eq!(unfit["findings"][0]["place"], "path", "{unfit}");
}

#[test]
fn a_description_of_a_file_is_observed_first_and_followed_when_it_changes() {
    let upstream = Upstream::echoing_targets();
    let home = std::sync::Arc::new(Directory::new());
    let file = home.path().join("shop.yaml");
    fs::write(&file, SHOP).unwrap();
    let yaml =
        configuration(upstream.address, "observe", &format!("description: {}", file.display()));
    fs::write(home.path().join("bartizan.yaml"), &yaml).unwrap();
    let told = check(&home.path().join("bartizan.yaml"));
    assert!(said(&told).contains("route default is held to 2 operations of "), "{}", said(&told));
    let mut bartizan = Bartizan::run_in(home);
    assert_eq!(bartizan.get("/debug").status, 200);
    let seen = bartizan.exactly(1);
    assert_eq!(seen[0]["hits"][0]["code"], "declared.path", "{seen:?}");
    assert_eq!(seen[0]["hits"][0]["effect"], "would_refuse", "{seen:?}");
    let drift = command().args(["inventory", "drift", "--data"]).arg(bartizan.data()).output();
    assert!(said(&drift.unwrap()).contains("shop.yaml"), "what is seen is compared with it");
    // One kind of clause is enforced by name.
    let enforced = format!("{yaml}clauses: {{declared.request: enforce}}\n");
    bartizan.reload(&enforced);
    assert_eq!(bartizan.get("/debug").status, 200);
    assert_eq!(post(&bartizan, r#"{"item": "a long item"}"#), (400, "declared.unfit".to_owned()));
    // The description changes, and nobody touches the configuration.
    fs::write(&file, SHOP.replace("maxLength: 8", "maxLength: 80")).unwrap();
    until("the description is followed", || {
        (post(&bartizan, r#"{"item": "a long item"}"#).0 == 200).then_some(())
    });
    // What cannot be read changes nothing while it runs.
    fs::write(&file, "openapi: 3.0.3\ninfo: {title: Shop, version: '1'}\npaths: {}\n").unwrap();
    until("it is told", || {
        let fault = bartizan.status()["reload_fault"].clone();
        fault.as_str().is_some_and(|it| it.contains("describes no operation")).then_some(())
    });
    assert_eq!(post(&bartizan, r#"{"role": "admin"}"#).0, 400);
    assert!(bartizan.stop().success());
    // And it stops a start.
    let file = bartizan.configuration_file();
    let start = command().arg("run").arg("-c").arg(&file).output().unwrap();
    assert!(said(&start).contains("describes no operation"), "{}", said(&start));
    assert_eq!(check(&file).status.code(), Some(2));
}

#[test]
fn a_bypass_lifts_a_description_and_its_end_brings_it_back() {
    let upstream = Upstream::echoing_targets();
    let (_files, bartizan) = guarding(&upstream);
    let bypass = |arguments: &[&str]| {
        let mut it = command();
        it.arg("bypass").args(arguments).arg("--data").arg(bartizan.data());
        let output = it.output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    };
    assert_eq!(bartizan.get("/debug").status, 404);
    bypass(&["--for", "5m", "--reason", "an incident"]);
    assert_eq!(bartizan.get("/debug").status, 200);
    bypass(&["--end"]);
    assert_eq!(bartizan.get("/debug").status, 404);
}

#[test]
fn a_route_may_have_a_description_of_its_own() {
    let upstream = Upstream::echoing_targets();
    let files = Directory::new();
    let file = files.path().join("shop.json");
    let text: Value = serde_json::from_str(
        r#"{"openapi": "3.1.0", "info": {"title": "Pages", "version": "1"},
            "paths": {"/pages/{name}": {"get": {"responses": {"200": {"description": "one"}}}}}}"#,
    )
    .unwrap();
    fs::write(&file, text.to_string()).unwrap();
    let more = format!(
        "routes:\n  - {{name: pages, path: /pages, description: {}}}\n  - {{name: rest}}",
        file.display()
    );
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", &more));
    for (target, status) in [("/pages/a", 200), ("/pages/a/b", 404), ("/orders", 200)] {
        assert_eq!(bartizan.get(target).status, status, "{target}");
    }
}
