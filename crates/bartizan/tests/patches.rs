//! Virtual patches: what is wrong with a file, and what a running instance makes of good ones.
//!
//! `patch_errors/NAME.yaml` must be reported exactly as `patch_errors/NAME.txt` says. With `BARTIZAN_BLESS=1` the messages
//! are written instead; read them before they are committed.

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
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::bartizan::{Bartizan, command, configuration, output, said};
use support::directory::Directory;
use support::until;
use support::upstream::Upstream;

const REVIEWS: &str = r#"
id: reviews-coupon
reason: CVE-2026-1234, until the shop is updated
endpoint: POST /reviews/{id}
field: body $.text
matches: '(?i)coupon'
mode: enforce
cases:
  refused:
    - request: POST /reviews/7
      body: '{"text": "a Coupon"}'
    - |
      POST /reviews/7
      Content-Type: application/x-www-form-urlencoded

      text=c%256fupon
  passes:
    - request: POST /reviews/7
      body: '{"text": "shoes"}'
    - POST /reviews
"#;

const CASES_MIN: usize = 14;

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/patch_errors")
}

#[test]
fn every_mistake_has_its_message() {
    let bless = std::env::var_os("BARTIZAN_BLESS").is_some();
    let files = fs::read_dir(home()).unwrap().map(|it| it.unwrap().path());
    let mut cases: Vec<_> = files.filter(|it| it.extension().unwrap() == "yaml").collect();
    cases.sort();
    assert!(cases.len() >= CASES_MIN);
    for case in &cases {
        let mut check = command();
        check.current_dir(home()).args(["patch", "check"]).arg(case.file_name().unwrap());
        let found = check.output().unwrap();
        let seen = String::from_utf8(found.stderr).unwrap();
        let expected = case.with_extension("txt");
        if bless {
            fs::write(&expected, &seen).unwrap();
        }
        let expected = fs::read_to_string(&expected).expect("every case has its message");
        assert_eq!(seen, expected, "{}", case.display());
        assert!(!seen.is_empty(), "{} is no mistake", case.display());
        let is_error = seen.starts_with("error");
        assert_eq!(found.status.code(), Some(if is_error { 2 } else { 0 }), "{}", case.display());
    }
    for file in fs::read_dir(home()).unwrap() {
        assert!(cases.contains(&file.unwrap().path().with_extension("yaml")));
    }
}

/// A home with a folder of patches, and the configuration that names it.
fn patched(upstream: &Upstream, patches: &[(&str, &str)], mode: &str) -> (Arc<Directory>, String) {
    let home = Arc::new(Directory::new());
    let folder = home.path().join("patches");
    fs::create_dir(&folder).unwrap();
    for (name, text) in patches {
        fs::write(folder.join(name), text).unwrap();
    }
    let more = format!("patches: ['{}']", folder.display());
    let yaml = configuration(upstream.address, mode, &more);
    fs::write(home.path().join("bartizan.yaml"), &yaml).unwrap();
    (home, yaml)
}

fn review(bartizan: &Bartizan, text: &str) -> support::client::Answer {
    let body = format!("{{\"text\":\"{text}\"}}");
    bartizan.ask(&format!(
        "POST /reviews/7 HTTP/1.1\r\nHost: shop.example\r\nX-Api-Key: alice\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ))
}

#[test]
fn a_patch_refuses_and_why_names_it_also_of_a_stopped_instance() {
    let upstream = Upstream::echoing_targets();
    let (home, _) = patched(&upstream, &[("reviews.yaml", REVIEWS)], "observe");
    let mut bartizan = Bartizan::run_in(Arc::clone(&home));
    assert_eq!(review(&bartizan, "shoes").status, 200);
    let refused = review(&bartizan, "a coupon");
    assert_eq!((refused.status, refused.code().as_str()), (403, "patch.matched"));
    // A client learns nothing of the patch.
    assert!(!refused.text().contains("coupon") && !refused.text().contains("CVE"));
    let id = refused.decision_id();
    bartizan.at_least(2);
    let why = bartizan.why(&id);
    let patch = &why["why"][0]["patches"][0];
    assert_eq!(patch["id"], "reviews-coupon");
    assert_eq!(patch["field"], "body $.text");
    assert_eq!(patch["reason"], "CVE-2026-1234, until the shop is updated");
    let status = bartizan.status();
    let shown = &status["patches"][0];
    assert_eq!((&shown["id"], &shown["mode"]), (&"reviews-coupon".into(), &"enforce".into()));
    assert_eq!((&shown["hits"], &shown["ended"]), (&1.into(), &false.into()));
    assert_eq!(bartizan.stop().code(), Some(0));
    let data = bartizan.data().display().to_string();
    let text = said(&output(&["why", &id, "--data", &data]));
    let line = "reviews-coupon (enforced) at body $.text, 8 bytes: CVE-2026-1234";
    assert!(text.contains(line), "{text}");
    assert!(text.contains("as strictly as the patch says"), "{text}");
    let tail = said(&output(&["tail", "--last", "5", "--data", &data]));
    assert!(tail.contains("patch.matched"), "{tail}");
}

#[test]
fn an_exception_that_why_suggests_lifts_a_patch() {
    let upstream = Upstream::echoing_targets();
    let (home, yaml) = patched(&upstream, &[("reviews.yaml", REVIEWS)], "observe");
    let bartizan = Bartizan::run_in(home);
    let id = review(&bartizan, "a coupon").decision_id();
    bartizan.at_least(1);
    let why = bartizan.why(&id);
    let exception = why["why"][0]["would_allow"].as_str().unwrap();
    bartizan.reload(&format!("{yaml}{exception}"));
    until("the exception", || (review(&bartizan, "a coupon").status == 200).then_some(()));
}

#[test]
fn a_changed_patch_is_followed_and_a_broken_one_changes_nothing() {
    let upstream = Upstream::echoing_targets();
    let (home, _) = patched(&upstream, &[("reviews.yaml", REVIEWS)], "observe");
    let folder = home.path().join("patches");
    let bartizan = Bartizan::run_in(Arc::clone(&home));
    assert_eq!(review(&bartizan, "a voucher").status, 200);
    let vouchers = REVIEWS.replace("coupon", "voucher").replace("Coupon", "Voucher");
    let vouchers = vouchers.replace("c%256fupon", "v%256fucher");
    // One more file in the folder.
    fs::write(folder.join("vouchers.yaml"), vouchers.replace("c%256f", "v%256f")).unwrap();
    until("one more patch", || (review(&bartizan, "a voucher").status == 403).then_some(()));
    // One of its cases does not end as it says.
    fs::write(folder.join("vouchers.yaml"), vouchers.replace("shoes", "voucher")).unwrap();
    let fault =
        until("the fault", || bartizan.status()["reload_fault"].as_str().map(str::to_owned));
    assert!(fault.contains("this request must pass, and is refused"), "{fault}");
    assert!(fault.contains("vouchers.yaml:"), "{fault}");
    assert_eq!(review(&bartizan, "a voucher").status, 403);
    // It is gone.
    fs::remove_file(folder.join("vouchers.yaml")).unwrap();
    until("one patch less", || (review(&bartizan, "a voucher").status == 200).then_some(()));
    assert_eq!(bartizan.status()["reload_fault"], Value::Null);
    assert_eq!(review(&bartizan, "a coupon").status, 403);
}

#[test]
fn a_patch_whose_last_day_is_over_does_nothing_and_that_is_said() {
    let upstream = Upstream::echoing_targets();
    let ended = format!("{REVIEWS}until: 2020-01-31\n");
    let (home, _) = patched(&upstream, &[("reviews.yaml", &ended)], "enforce");
    let bartizan = Bartizan::run_in(Arc::clone(&home));
    assert_eq!(review(&bartizan, "a coupon").status, 200);
    assert_eq!(bartizan.status()["patches"][0]["ended"], true);
    until("the log", || {
        let line = "the virtual patch reviews-coupon ended on 2020-02-01";
        bartizan.stderr().contains(line).then_some(())
    });
    let file = bartizan.configuration_file();
    let doctor = command().args(["doctor", "-c"]).arg(file).output().unwrap();
    let text = said(&doctor);
    assert!(text.contains("has ended on 2020-02-01"), "{text}");
}

#[test]
fn a_patch_that_does_not_keep_its_cases_stops_the_start_and_the_check() {
    let upstream = Upstream::echoing_targets();
    let broken = REVIEWS.replace("shoes", "coupons");
    let (home, _) = patched(&upstream, &[("reviews.yaml", &broken)], "enforce");
    let file = home.path().join("bartizan.yaml");
    for arguments in [["check", "-c"], ["run", "-c"]] {
        let found = command().args(arguments).arg(&file).output().unwrap();
        let text = said(&found);
        assert!(!found.status.success(), "{text}");
        assert!(text.contains("reviews.yaml:18:7"), "{text}");
    }
    let (home, _) = patched(&upstream, &[("a.yaml", REVIEWS), ("b.yml", REVIEWS)], "enforce");
    let file = home.path().join("bartizan.yaml");
    let found = command().args(["check", "-c"]).arg(&file).output().unwrap();
    assert!(said(&found).contains("is named `reviews-coupon` too"), "{}", said(&found));
    fs::remove_file(home.path().join("patches/b.yml")).unwrap();
    let found = command().args(["check", "-c"]).arg(&file).output().unwrap();
    assert!(said(&found).contains("1 patches, 1 of them enforced, keep their 4 cases"));
}

#[test]
fn a_patch_is_tried_on_samples_and_on_requests_in_files() {
    let upstream = Upstream::echoing_targets();
    let observed = REVIEWS.replace("mode: enforce", "mode: observe");
    let (home, _) = patched(&upstream, &[("reviews.yaml", &observed)], "observe");
    let bartizan = Bartizan::run_in(Arc::clone(&home));
    let ids: Vec<_> = ["a coupon", "the Coupon", "shoes", "coupon@shop.example"]
        .into_iter()
        .map(|text| review(&bartizan, text).status)
        .collect();
    assert_eq!(ids, [200; 4]);
    let seen = bartizan.at_least(4);
    let would = |it: &&Value| it["hits"].as_array().is_some_and(|it| !it.is_empty());
    assert_eq!(seen.iter().filter(would).count(), 3);
    let patch = home.path().join("patches/reviews.yaml").display().to_string();
    let data = bartizan.data().display().to_string();
    let tried = until("the samples", || {
        let found = output(&["patch", "try", &patch, "--data", &data, "-o", "json"]);
        let it: Value = serde_json::from_slice(&found.stdout).ok()?;
        (it["requests"] == 3).then_some(it)
    });
    // An address was redacted: what it said is not known.
    assert_eq!((&tried["refused"], &tried["cannot_tell"]), (&2.into(), &1.into()), "{tried}");
    assert_eq!((&tried["pass"], &tried["recorded"]), (&0.into(), &4.into()));
    assert_eq!(tried["endpoints"][0]["name"], "POST /reviews/{int}");
    assert_eq!(tried["subjects"][0]["requests"], 2);
    let newest =
        seen.iter().rev().find(|it| it["decision_id"] == tried["newest"][0]["decision_id"]);
    assert!(newest.is_some(), "{tried}");
    let text = said(&output(&["patch", "try", &patch, "--data", &data]));
    assert!(text.contains("would refuse  2") && text.contains("cannot tell   1"), "{text}");

    let requests = home.path().join("requests.jsonl");
    let line = |text: &str| {
        format!(
            "{{\"method\":\"POST\",\"path_and_query\":\"/reviews/7\",\"headers\":[[\"Content-Type\",\"application/json\"]],\"body\":\"{{\\\"text\\\":\\\"{text}\\\"}}\"}}\n"
        )
    };
    fs::write(&requests, [line("a coupon"), line("shoes")].concat()).unwrap();
    let found = output(&["patch", "try", &patch, requests.to_str().unwrap(), "-o", "json"]);
    assert_eq!(found.status.code(), Some(1));
    let it: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!((&it["requests"], &it["refused"], &it["pass"]), (&2.into(), &1.into(), &1.into()));
}
