//! The generated documents are as the code says. `BARTIZAN_BLESS=1` writes them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their helpers too"
)]

use std::fs;
use std::path::Path;

#[track_caller]
fn check(name: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("BARTIZAN_BLESS").is_some() {
        fs::write(&path, expected).unwrap();
    }
    let found = fs::read_to_string(&path).expect("the document exists");
    assert_eq!(found, expected, "{name} is out of date: BARTIZAN_BLESS=1 cargo test -p bartizan");
}

#[test]
fn the_reference_of_the_configuration_is_up_to_date() {
    check("configuration.md", &bartizan::config::reference());
}

#[test]
fn the_schema_of_the_configuration_is_up_to_date() {
    check("configuration.schema.json", &bartizan::config::schema());
}

#[test]
fn the_reference_of_the_command_line_is_up_to_date() {
    check("cli.md", &bartizan::cli::reference());
}

#[test]
fn the_reference_of_the_codes_is_up_to_date() {
    check("codes.md", &bartizan::codes::reference());
}

#[test]
fn the_reference_of_the_metrics_is_up_to_date() {
    check("metrics.md", &bartizan::metrics::reference());
}

#[test]
fn the_reference_of_the_log_is_up_to_date() {
    check("log.md", &bartizan::log::reference());
}

#[test]
fn the_reference_of_posture_is_up_to_date() {
    check("posture.md", &bartizan::inventory::reference());
}

#[cfg(feature = "hunt")]
#[test]
fn the_reference_of_hunting_is_up_to_date() {
    check("hunting.md", &bartizan::hunt::reference());
}

/// What may be silenced is written twice: in the code, and in the description of the API.
#[test]
fn the_description_of_the_api_names_every_code_of_an_alert() {
    let text = include_str!("../../console/src/api/openapi.json");
    let all: serde_json::Value = serde_json::from_str(text).unwrap();
    let silence = &all["paths"]["/api/v1/alerts/silences"]["post"]["requestBody"]["content"];
    let listed = &silence["application/json"]["schema"]["properties"]["code"]["enum"];
    let mut listed: Vec<_> = listed.as_array().unwrap().iter().flat_map(|it| it.as_str()).collect();
    let codes = bartizan_connect::alert::AlertCode::all().map(|it| it.name());
    let mut codes: Vec<_> = codes.chain(["*"]).collect();
    listed.sort_unstable();
    codes.sort_unstable();
    assert_eq!(listed, codes);
}

#[test]
fn every_decision_says_why_and_what() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/decisions");
    let mut count = 0;
    for file in fs::read_dir(dir).unwrap().map(|it| it.unwrap().path()) {
        let text = fs::read_to_string(&file).unwrap();
        let name = file.display();
        assert!(text.starts_with("# ") && text.len() > 600, "{name} says little");
        assert!(!text.contains("{{#include"), "{name} is but a reference");
        count += 1;
    }
    assert!(count > 20);
}
