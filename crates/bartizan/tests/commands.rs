//! The commands that look at the configuration and at this machine, by what they print and how
//! they end.

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
use std::net::SocketAddr;
use std::process::Output;
use support::bartizan::{Bartizan, configuration, output, said};
use support::directory::Directory;
use support::upstream::Upstream;

/// Nobody listens there: it was free a moment ago.
fn nobody() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[track_caller]
fn check_exit(it: &Output, code: i32) {
    assert_eq!(it.status.code(), Some(code), "{}", said(it));
}

/// The findings of the doctor: level, what about, and what is said.
fn findings(it: &Output) -> Vec<Value> {
    let text = String::from_utf8(it.stdout.clone()).unwrap();
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

fn about<'f>(findings: &'f [Value], key: &str) -> &'f Value {
    findings.iter().find(|it| it["about"] == key).unwrap()
}

#[test]
fn what_config_show_prints_is_a_file_that_check_accepts() {
    let home = Directory::new();
    let file = home.path().join("a.yaml");
    fs::write(&file, configuration(nobody(), "observe", "")).unwrap();
    let file = file.display().to_string();
    let shown = output(&["config", "show", "-c", &file, "--enforce", "--origin"]);
    check_exit(&shown, 0);
    let text = String::from_utf8(shown.stdout).unwrap();
    assert!(text.contains("mode: enforce  # flag --enforce\n"), "{text}");
    assert!(text.contains(&format!("  workers: 1  # {file}:4:13\n")), "{text}");
    fs::write(home.path().join("b.yaml"), &text).unwrap();
    check_exit(&output(&["check", "-c", &home.path().join("b.yaml").display().to_string()]), 0);
    let shown = output(&["config", "show", "-c", &file, "-o", "json"]);
    let json: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(json["configuration"]["mode"], "observe");
    check_exit(&output(&["config", "show", "-c", "/nowhere/a.yaml"]), 2);
}

#[test]
fn the_schema_the_completions_and_the_manual_go_to_standard_output() {
    for (command, expected) in [
        (&["config", "schema"][..], "https://json-schema.org/draft/2020-12/schema"),
        (&["completions", "bash"], "complete -F _bartizan"),
        (&["completions", "zsh"], "#compdef bartizan"),
        (&["completions", "fish"], "complete -c bartizan"),
        (&["man"], ".TH bartizan 1"),
    ] {
        let it = output(command);
        check_exit(&it, 0);
        assert!(said(&it).contains(expected), "{command:?}");
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let home = Directory::new();
    let dir = home.path().join("man/man1");
    check_exit(&output(&["man", "--dir", &dir.display().to_string()]), 0);
    for page in ["", "-guard", "-config", "-config-show", "-man"] {
        let text = fs::read_to_string(dir.join(format!("bartizan{page}.1"))).unwrap();
        assert!(text.contains(".SH NAME"), "{page}");
    }
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    check_exit(&output(&["man", "--dir", &file.display().to_string()]), 3);
}

#[test]
fn the_doctor_finds_nothing_wrong_where_bartizan_can_serve() {
    let upstream = Upstream::echoing_targets();
    let home = Directory::new();
    let file = home.path().join("bartizan.yaml");
    let more = "admin:\n  address: 127.0.0.1:0\nlimits:\n  connections_max: 10\n";
    let yaml = configuration(upstream.address, "observe", more);
    fs::write(&file, yaml.replace("workers: 1", "address: 127.0.0.1:0")).unwrap();
    let data = home.path().join("data");
    let (file, dir) = (file.display().to_string(), data.display().to_string());
    let it = output(&["doctor", "-c", &file, "--data", &dir]);
    check_exit(&it, 0);
    assert!(!said(&it).contains("problem"), "{}", said(&it));
    assert!(!data.exists(), "nothing was made");
}

#[test]
fn the_doctor_names_what_is_wrong_and_how_to_mend_it() {
    let home = Directory::new();
    fs::write(home.path().join("data"), "").unwrap();
    let url = format!("http://{}", nobody());
    let data = home.path().join("data").display().to_string();
    let it = output(&["doctor", &url, "--data", &data, "-o", "ndjson"]);
    check_exit(&it, 1);
    let findings = findings(&it);
    for (key, says) in [("upstream.url", "cannot be reached"), ("data.dir", "not a directory")] {
        let finding = about(&findings, key);
        assert_eq!(finding["level"], "problem");
        assert!(finding["says"].as_str().unwrap().contains(says), "{finding}");
        assert!(finding["mend"].is_string());
    }
}

#[test]
fn the_doctor_knows_the_ports_of_the_instance_that_runs() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let more = format!("admin:\n  address: {}\n", bartizan.admin);
    let yaml = configuration(upstream.address, "observe", &more);
    let yaml = yaml.replace("workers: 1", &format!("address: {}", bartizan.address));
    let file = bartizan.home().path().join("doctor.yaml");
    fs::write(&file, yaml).unwrap();
    let (file, data) = (file.display().to_string(), bartizan.data().display().to_string());
    let ours = output(&["doctor", "-c", &file, "--data", &data, "-o", "ndjson"]);
    check_exit(&ours, 0);
    let other = bartizan.home().path().join("other").display().to_string();
    let others = output(&["doctor", "-c", &file, "--data", &other, "-o", "ndjson"]);
    check_exit(&others, 1);
    for key in ["listen.address", "admin.address"] {
        assert_eq!(about(&findings(&ours), key)["level"], "ok");
        assert_eq!(about(&findings(&others), key)["level"], "problem");
    }
}

#[test]
fn the_doctor_needs_a_configuration_that_can_be_meant() {
    check_exit(&output(&["doctor", "-c", "/nowhere/bartizan.yaml"]), 2);
    check_exit(&output(&["doctor", "ftp://api"]), 2);
}

#[test]
fn json_is_one_document_and_ndjson_one_object_a_line() {
    let home = Directory::new();
    let file = home.path().join("a.yaml");
    let bad = "version: 1\nupstream: {url: 'ftp://a'}\nmode: enforced\n";
    fs::write(&file, bad).unwrap();
    let file = file.display().to_string();
    for (command, schema, list, code) in [
        (&["codes"][..], "bartizan.codes/v1", "codes", 0),
        (&["check", "-c", &file], "bartizan.check/v1", "problems", 2),
    ] {
        let whole = output(&[command, &["-o", "json"]].concat());
        check_exit(&whole, code);
        let whole: Value = serde_json::from_slice(&whole.stdout).unwrap();
        assert_eq!(whole["schema"], schema);
        let lines = findings(&output(&[command, &["-o", "ndjson"]].concat()));
        assert_eq!(whole[list].as_array().unwrap().len(), lines.len());
        assert!(lines.len() > 1 && lines.iter().all(|it| it["schema"] == schema), "{lines:?}");
    }
    fs::write(&file, configuration(nobody(), "observe", "")).unwrap();
    let good = output(&["check", "-c", &file, "-o", "json"]);
    check_exit(&good, 0);
    let good: Value = serde_json::from_slice(&good.stdout).unwrap();
    assert_eq!(good["good"], true);
}

#[test]
fn no_output_has_escape_codes_even_where_they_are_forced() {
    let home = Directory::new();
    let data = home.path().join("data").display().to_string();
    for arguments in [
        &["help"][..],
        &["help", "run"],
        &["codes"],
        &["run", "\u{1b}[31m"],
        &["check", "-c", "/nowhere/\u{1b}[31m.yaml"],
        &["status", "--data", &data],
        &["doctor", "http://127.0.0.1:1", "--data", &data],
    ] {
        for (name, value) in
            [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"), ("TERM", "xterm-256color")]
        {
            let it =
                support::bartizan::command().args(arguments).env(name, value).output().unwrap();
            assert!(!said(&it).contains('\u{1b}'), "{arguments:?}: {}", said(&it));
        }
    }
}
