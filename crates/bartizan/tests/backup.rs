//! A backup of a running or a stopped instance, and what it becomes elsewhere.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use support::bartizan::{Bartizan, configuration, journal, output, said};
use support::directory::Directory;
use support::upstream::Upstream;

fn backup(data: &Path, file: &Path) -> Output {
    output(&["backup", &file.display().to_string(), "--data", &data.display().to_string()])
}

fn restore(file: &Path, data: &Path) -> Output {
    output(&["restore", &file.display().to_string(), "--data", &data.display().to_string()])
}

#[track_caller]
fn check_exit(it: &Output, code: i32) {
    assert_eq!(it.status.code(), Some(code), "{}", said(it));
}

#[test]
fn what_a_running_instance_has_recorded_is_restored_and_goes_on() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let id = bartizan.get("//a/b").decision_id();
    bartizan.at_least(1);
    let copy = bartizan.home().path().join("copy");
    let it = backup(&bartizan.data(), &copy);
    check_exit(&it, 0);
    assert!(said(&it).contains("KEEP IT SECRET"), "{}", said(&it));
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    check_exit(&backup(&bartizan.data(), &copy), 3);

    let elsewhere = Arc::new(Directory::new());
    let data = elsewhere.path().join("data");
    check_exit(&restore(&copy, &data), 0);
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let key = fs::metadata(data.join("hash.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    assert_eq!(support::bartizan::why(&data, &id)["observation"]["decision_id"], id.as_str());
    check_exit(&restore(&copy, &data), 3);

    // Values of both are comparable: it is the same key.
    let subject = |it: &Path| journal(it)[0]["subject"].clone();
    assert_eq!(subject(&data), subject(&bartizan.data()));
    let yaml = configuration(upstream.address, "enforce", "");
    fs::write(elsewhere.path().join("bartizan.yaml"), yaml).unwrap();
    let second = Bartizan::run_in(elsewhere);
    assert_eq!(second.status()["journal_bytes_cut_at_start"], 0);
    second.get("/next");
    second.at_least(2);

    bartizan.stop();
    let stopped = bartizan.home().path().join("stopped");
    check_exit(&backup(&bartizan.data(), &stopped), 0);
}

#[test]
fn a_backup_under_load_is_whole() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    let home = Directory::new();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                bartizan.get("/load");
            }
        });
        let mut before = 0;
        for number in 0..10 {
            let (copy, data) =
                (home.path().join(format!("c{number}")), home.path().join(format!("d{number}")));
            check_exit(&backup(&bartizan.data(), &copy), 0);
            check_exit(&restore(&copy, &data), 0);
            let it = output(&["status", "--data", &data.display().to_string(), "-o", "json"]);
            let status: serde_json::Value = serde_json::from_slice(&it.stdout).unwrap();
            assert_eq!(status["unreadable_segments"], 0);
            let observations = status["observations"].as_u64().unwrap();
            assert!(observations >= before);
            before = observations;
        }
        done.store(true, Relaxed);
    });
}

#[test]
fn a_damaged_backup_leaves_nothing_behind() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    bartizan.get("/x");
    bartizan.stop();
    let home = Directory::new();
    let (copy, data) = (home.path().join("copy"), home.path().join("data"));
    check_exit(&backup(&bartizan.data(), &copy), 0);
    let whole = fs::read(&copy).unwrap();
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(&copy, &damaged).unwrap();
    check_exit(&restore(&copy, &data), 5);
    fs::write(&copy, &whole[..whole.len() - 1]).unwrap();
    check_exit(&restore(&copy, &data), 5);
    let mut later = whole.clone();
    later[8] = 200;
    fs::write(&copy, &later).unwrap();
    let it = restore(&copy, &data);
    check_exit(&it, 3);
    assert!(said(&it).contains("a later version of bartizan wrote this backup"), "{}", said(&it));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    fs::write(&copy, &whole).unwrap();
    check_exit(&restore(&copy, &data), 0);
}

#[test]
fn a_data_directory_of_a_later_version_is_left_alone() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    bartizan.get("/x");
    bartizan.stop();
    let dir = bartizan.data().join("journal");
    let mut segments: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_some_and(|it| it == "journal"))
        .collect();
    segments.sort();
    let newest = segments.last().unwrap();
    let mut bytes = fs::read(newest).unwrap();
    bytes[8] = 2;
    fs::write(newest, &bytes).unwrap();
    let data = bartizan.data().display().to_string();
    let url = format!("http://{}", upstream.address);
    let it = output(&[
        "guard",
        &url,
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        "--data",
        &data,
    ]);
    check_exit(&it, 3);
    assert!(said(&it).contains("a later version of bartizan wrote it"), "{}", said(&it));
    assert_eq!(fs::read(newest).unwrap(), bytes);
    assert_eq!(
        fs::read_dir(&dir)
            .unwrap()
            .filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "journal"))
            .count(),
        segments.len()
    );
    let it = output(&["tail", "--last", "5", "--data", &data]);
    check_exit(&it, 4);
}
