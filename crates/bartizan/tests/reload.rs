//! Reloading: SIGHUP or a change of the file swaps the rules whole, a broken file swaps nothing,
//! and no request notices.

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
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use support::bartizan::{Bartizan, configuration};
use support::upstream::Upstream;

#[test]
fn a_broken_file_changes_nothing_and_is_told() {
    let upstream = Upstream::echoing_targets();
    let good = configuration(upstream.address, "enforce", "");
    let bartizan = Bartizan::configured(&good);
    assert_eq!(bartizan.status()["reload_fault"], Value::Null);
    for broken in ["version: 1\n", "{", "", &good.replace("mode: enforce", "mode: enforced")] {
        bartizan.reload(broken);
        let status = bartizan.status();
        assert!(
            status["reload_fault"].as_str().is_some_and(|it| !it.is_empty()),
            "{broken:?}: {status}"
        );
        assert_eq!((&status["revision"], &status["mode"]), (&1.into(), &"enforce".into()));
        assert_eq!(bartizan.get("//a/b").code(), "path.empty_segment");
        assert!(bartizan.stderr().contains("the configuration before stays in force"));
    }
    bartizan.reload(&good.replace("enforce", "observe"));
    let status = bartizan.status();
    assert_eq!((&status["reload_fault"], &status["revision"]), (&Value::Null, &2.into()));
    assert_eq!(bartizan.get("//a/b").text(), "//a/b");
}

#[test]
fn a_file_that_is_gone_changes_nothing() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    std::fs::remove_file(bartizan.configuration_file()).unwrap();
    bartizan.signal("HUP");
    support::until("the fault", || bartizan.status()["reload_fault"].as_str().map(|_| ()));
    assert_eq!(bartizan.get("//a/b").code(), "path.empty_segment");
}

#[test]
fn what_cannot_change_while_running_is_named() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let yaml = configuration(upstream.address, "observe", "").replace("workers: 1", "workers: 2");
    bartizan.reload(&yaml);
    support::until("the note", || {
        bartizan.stderr().contains("listen.workers changes with the next start").then_some(())
    });
}

#[test]
fn a_changed_file_is_taken_over_without_a_signal() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let before = bartizan.status();
    assert_eq!(bartizan.get("//a/b").code(), "path.empty_segment");
    // Renamed into place, as deployments do.
    let file = bartizan.configuration_file();
    let aside = file.with_extension("new");
    std::fs::write(&aside, configuration(upstream.address, "observe", "")).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    let status = in_mode(&bartizan, "observe");
    assert_eq!((&status["revision"], &status["reload_fault"]), (&2.into(), &Value::Null));
    let loaded = |it: &Value| it["configuration_loaded"].as_str().unwrap().to_owned();
    assert_eq!(loaded(&before), before["started"].as_str().unwrap());
    assert!(loaded(&status) > loaded(&before));
    assert_eq!(bartizan.get("//a/b").text(), "//a/b");
    support::until("the note", || {
        bartizan.stderr().contains("bartizan.yaml` changed and was taken over").then_some(())
    });
}

#[test]
fn a_broken_change_is_told_once_and_the_next_change_is_read() {
    let upstream = Upstream::echoing_targets();
    let good = configuration(upstream.address, "enforce", "");
    let bartizan = Bartizan::configured(&good);
    let file = bartizan.configuration_file();
    let (half, _) = good.split_once("upstream").unwrap();
    std::fs::write(&file, half).unwrap();
    support::until("the fault", || bartizan.status()["reload_fault"].as_str().map(|_| ()));
    assert_eq!(bartizan.get("//a/b").code(), "path.empty_segment");
    std::fs::write(&file, good.replace("enforce", "observe")).unwrap();
    assert_eq!(in_mode(&bartizan, "observe")["reload_fault"], Value::Null);
    let said = bartizan.stderr();
    assert_eq!(said.matches("changed and was not taken over").count(), 1, "{said}");
}

#[test]
fn what_a_signal_has_read_is_no_change_any_more() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let yaml = |mode: &str| configuration(upstream.address, mode, "");
    bartizan.reload(&yaml("enforced"));
    bartizan.reload(&yaml("observe"));
    // The same once more is read, and no new revision.
    bartizan.reload(&yaml("observe"));
    assert_eq!(bartizan.status()["revision"], 2);
    std::fs::write(bartizan.configuration_file(), yaml("enforce")).unwrap();
    // Looks that would have seen the contents before have passed by then.
    assert_eq!(in_mode(&bartizan, "enforce")["revision"], 3);
    support::until("the note", || {
        (bartizan.stderr().matches("changed and was taken over").count() == 1).then_some(())
    });
    assert_eq!(bartizan.stderr().matches("was not taken over").count(), 0);
}

/// Waits until this mode is in force.
#[track_caller]
fn in_mode(bartizan: &Bartizan, mode: &str) -> Value {
    support::until(mode, || Some(bartizan.status()).filter(|it| it["mode"] == mode))
}

#[test]
fn without_a_file_a_reload_is_no_harm() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::guard(upstream.address, &[]);
    bartizan.signal("HUP");
    support::until("the note", || bartizan.stderr().contains("nothing to reload").then_some(()));
    assert_eq!(bartizan.get("/a").text(), "/a");
}

#[test]
fn fifty_reloads_under_load_fail_no_request() {
    let upstream = Upstream::echoing_targets();
    let yaml = |mode: &str| {
        let yaml = configuration(upstream.address, mode, "");
        yaml.replace("workers: 1", "workers: 2")
    };
    let bartizan = Bartizan::configured(&yaml("observe"));
    let stop = Arc::new(AtomicBool::new(false));
    let served = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..4)
        .map(|_| {
            let (mut client, stop, served) =
                (bartizan.client(), Arc::clone(&stop), Arc::clone(&served));
            std::thread::spawn(move || {
                while !stop.load(Relaxed) {
                    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
                    assert_eq!(client.answer().text(), "/a");
                    client.send(
                        "POST /b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                         Content-Length: 7\r\n\r\n{\"a\":1}",
                    );
                    assert_eq!(client.answer().text(), "/b");
                    served.fetch_add(2, Relaxed);
                }
            })
        })
        .collect();
    for number in 0..50 {
        let before = served.load(Relaxed);
        let mode = if number % 2 == 0 { "enforce" } else { "observe" };
        bartizan.reload(&yaml(mode));
        support::until("requests between two reloads", || {
            (served.load(Relaxed) > before || clients.iter().any(|it| it.is_finished()))
                .then_some(())
        });
    }
    stop.store(true, Relaxed);
    for client in clients {
        client.join().unwrap();
    }
    let served = served.load(Relaxed);
    let seen = bartizan.at_least(served);
    assert_eq!(seen.len(), served);
    assert!(seen.iter().all(|it| it["outcome"] == "served"));
    assert_eq!(bartizan.status()["revision"], 51);
}

/// A connection that was idle over a reload reads its next head under the rules that then judge it.
#[test]
fn a_kept_connection_takes_over_the_limits_of_heads() {
    let upstream = Upstream::echoing_targets();
    let yaml = |limit: u32| {
        let more = format!("limits:\n  target_bytes_max: {limit}\n");
        configuration(upstream.address, "observe", &more)
    };
    let bartizan = Bartizan::configured(&yaml(8192));
    let mut client = bartizan.client();
    let long = format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(600));
    client.send(&long);
    assert_eq!(client.answer().status, 200);
    bartizan.reload(&yaml(512));
    client.send(&long);
    assert_eq!(client.answer().code(), "limit.target");
}
