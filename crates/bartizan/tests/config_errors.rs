//! Every kind of mistake in a configuration, with its complete message.
//!
//! `config_errors/NAME.yaml` must be reported exactly as `config_errors/NAME.txt` says. With
//! `BARTIZAN_BLESS=1` the messages are written instead; read them before they are committed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their helpers too"
)]

use std::fs;
use std::path::{Path, PathBuf};

use bartizan::config::{FILE_BYTES_MAX, Overrides, PROBLEMS_MAX, Settings, Source};

/// 2026-06-01, at noon.
const NOW_UNIX_S: u64 = 1_780_315_200;

const CASES_MIN: usize = 22;

fn cases() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config_errors");
    let files = fs::read_dir(dir).unwrap().map(|it| it.unwrap().path());
    let mut cases: Vec<_> = files.filter(|it| it.extension().unwrap() == "yaml").collect();
    cases.sort();
    cases
}

/// What an operator sees: the report, or the warnings of what is accepted.
fn seen(bytes: Vec<u8>, overrides: &Overrides) -> String {
    let source = Source { name: "bartizan.yaml".to_owned(), bytes };
    match Settings::read(&source, overrides, NOW_UNIX_S) {
        Ok(accepted) => accepted.warnings.to_string(),
        Err(report) => report.to_string(),
    }
}

#[test]
fn every_mistake_has_its_message() {
    let bless = std::env::var_os("BARTIZAN_BLESS").is_some();
    for case in cases() {
        let seen = seen(fs::read(&case).unwrap(), &Overrides::default());
        let expected = case.with_extension("txt");
        if bless {
            fs::write(&expected, &seen).unwrap();
        }
        let expected = fs::read_to_string(&expected).expect("every case has its message");
        assert_eq!(seen, expected, "{}", case.display());
        assert!(!seen.is_empty(), "{} is no mistake", case.display());
    }
}

#[test]
fn no_message_is_left_without_its_case() {
    let cases = cases();
    assert!(cases.len() >= CASES_MIN);
    for file in fs::read_dir(cases[0].parent().unwrap()).unwrap() {
        assert!(cases.contains(&file.unwrap().path().with_extension("yaml")));
    }
}

#[test]
fn no_message_holds_a_control_character() {
    for case in cases() {
        let seen = seen(fs::read(&case).unwrap(), &Overrides::default());
        assert!(!seen.chars().any(|it| it.is_control() && it != '\n'), "{}", case.display());
    }
}

#[test]
fn a_file_may_have_one_mebibyte_and_no_more() {
    let mut bytes = b"version: 1\nupstream: {url: 'http://a'}\n#".to_vec();
    bytes.resize(FILE_BYTES_MAX, b'x');
    assert_eq!(seen(bytes.clone(), &Overrides::default()), "");
    bytes.push(b'x');
    let expected = "error: the file is larger than 1MiB\n  --> bartizan.yaml\n";
    assert_eq!(seen(bytes, &Overrides::default()), expected);
}

#[test]
fn a_hundred_problems_are_listed_and_the_rest_counted() {
    let mut text = "version: 1\nupstream: {url: 'http://a'}\n".to_owned();
    for i in 0..PROBLEMS_MAX + 3 {
        text.push_str(&format!("wrong{i}: 1\n"));
    }
    let seen = seen(text.into_bytes(), &Overrides::default());
    assert_eq!(seen.matches("error: unknown key").count(), PROBLEMS_MAX);
    assert!(seen.ends_with("\nerror: 3 more not shown\n"));
}

#[test]
fn a_mistake_in_the_environment_is_reported_beside_those_of_the_file() {
    let environment = Overrides::from_environment(|name| match name {
        "BARTIZAN_MODE" => Some("enforced".into()),
        _ => None,
    });
    let expected = "\
error: unknown key `lisen`
  --> bartizan.yaml:3:1
  |
3 | lisen: {}
  | ^^^^^ expected one of: version, mode, content, lab, contract, description, patches, trusted_proxies, listen, certificates, tls, clients, \
upstream, upstreams, issuers, routes, admin, data, ledger, store, evidence, throttle, record, limits, clauses, exceptions, apis, \
retire, alerts, alert_targets, data_classes
  = help: did you mean `listen`?

error: unknown value `enforced`
  --> environment BARTIZAN_MODE
  = note: expected one of: observe, enforce
  = help: did you mean `enforce`?
";
    let file = "version: 1\nupstream: {url: 'http://a'}\nlisen: {}\n";
    assert_eq!(seen(file.into(), &environment), expected);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_text_is_a_mistake() {
    use std::os::unix::ffi::OsStringExt;
    let environment = Overrides::from_environment(|name| {
        (name == "BARTIZAN_DATA").then(|| std::ffi::OsString::from_vec(vec![b'a', 0xff]))
    });
    let file = "version: 1\nupstream: {url: 'http://a'}\n";
    let expected = "error: the value is not UTF-8\n  --> environment BARTIZAN_DATA\n";
    assert_eq!(seen(file.into(), &environment), expected);
}

#[test]
fn a_password_in_the_upstream_is_shown_nowhere() {
    for url in ["http://u:hunter2@a", "https://u:hunter2@a/b", "u:hunter2@a"] {
        let file = format!("version: 1\nupstream: {{url: '{url}', idle_timeout: 4s}}\n");
        let source = Source { name: String::new(), bytes: file.into_bytes() };
        let report = Settings::read(&source, &Overrides::default(), NOW_UNIX_S).unwrap_err();
        assert!(!report.to_string().contains("hunter2"), "{report}");
        assert!(!format!("{:?}", report.problems()).contains("hunter2"));
    }
}
