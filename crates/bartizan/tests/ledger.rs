//! The ledger of a real instance: what gets into it, what it proves, and what becomes of it when it is
//! tampered with, killed, rolled back and given another key. And the second verifier, in Python, which
//! must agree in every case.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use bartizan_ledger::entry::{Entry, What};
use bartizan_ledger::note::{SigningKey, VerifyingKey};
use bartizan_ledger::verify::{Retained, Verdict};
use bartizan_store::files::Folder;
use bartizan_store::ledger::{Log, Options, Reader};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::bartizan::{Bartizan, command, configuration, output, said};
use support::client::Client;
use support::directory::Directory;
use support::until;
use support::upstream::Upstream;

fn ledger(data: &Path, arguments: &[&str]) -> Output {
    let data = data.display().to_string();
    output(&[&["ledger", arguments[0], "--data", &data], &arguments[1..]].concat())
}

fn verify(data: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let it = ledger(data, &[&["verify", "-o", "json"], more].concat());
    let said = said(&it);
    (it.status.code(), serde_json::from_slice(&it.stdout).unwrap_or(Value::String(said)))
}

#[track_caller]
fn verified(data: &Path, more: &[&str]) -> Value {
    let (code, said) = verify(data, more);
    assert_eq!((code, &said["verified"]), (Some(0), &true.into()), "{said}");
    said
}

fn entries(data: &Path) -> Vec<Value> {
    let it = ledger(data, &["export"]);
    assert!(it.status.success(), "{}", said(&it));
    let text = String::from_utf8(it.stdout).unwrap();
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

fn kinds(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|it| it["kind"].as_str().unwrap()).collect()
}

fn key(data: &Path) -> String {
    String::from_utf8(ledger(data, &["key"]).stdout).unwrap().trim().to_owned()
}

/// Waits until so many entries are under a checkpoint.
fn sealed(data: &Path, count: u64) {
    until(&format!("{count} sealed entries"), || {
        let (_, said) = verify(data, &[]);
        said["size"].as_u64().filter(|it| *it >= count)
    });
}

#[test]
fn what_was_refused_and_done_is_in_the_ledger_and_can_be_proved() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let data = bartizan.data();
    assert_eq!(bartizan.get("/fine").text(), "/fine");
    let refused: Vec<String> =
        (0..3).map(|it| bartizan.get(&format!("//secret-{it}/x")).decision_id()).collect();
    let dir = data.display().to_string();
    let bypass = |more: &[&str]| output(&[&["bypass", "--data", &dir], more].concat());
    assert!(bypass(&["--for", "5m", "--reason", "orders fail"]).status.success());
    assert_eq!(bartizan.get("//passes").text(), "//passes");
    assert!(bypass(&["--end"]).status.success());
    let exception =
        "exceptions:\n  - {clause: baseline.path, reason: a registry, expires: 2099-01-31}\n";
    bartizan.reload(&configuration(upstream.address, "enforce", exception));
    bartizan.reload(&configuration(upstream.address, "enforce", ""));
    bartizan.at_least(5);
    assert_eq!(bartizan.stop().code(), Some(0));

    let said = verified(&data, &[]);
    assert_eq!(said["anchored"], said["size"], "the last checkpoint left at the stop: {said}");
    assert_eq!((&said["not_sealed"], &said["unanchored_since"]), (&0.into(), &Value::Null));
    let all = entries(&data);
    assert_eq!(all.len() as u64, said["size"].as_u64().unwrap());
    let mut sorted = kinds(&all);
    sorted.sort_unstable();
    let expected = [
        "bypass_begun",
        "bypass_ended",
        "configuration",
        "configuration",
        "configuration",
        "decision",
        "decision",
        "decision",
        "exception_added",
        "exception_removed",
        "started",
        "stopped",
    ];
    assert_eq!(sorted, expected);
    assert_eq!((kinds(&all)[0], *kinds(&all).last().unwrap()), ("started", "stopped"));
    let decided: Vec<&Value> = all.iter().filter(|it| it["kind"] == "decision").collect();
    for (entry, id) in decided.iter().zip(&refused) {
        assert_eq!(entry["decision_id"], **id);
        assert_eq!(
            (&entry["effect"], &entry["clause"]),
            (&"refused".into(), &"baseline.path".into())
        );
    }
    let begun = all.iter().find(|it| it["kind"] == "bypass_begun").unwrap();
    assert_eq!(begun["reason"], "orders fail");
    assert!(begun["by"].as_str().unwrap().starts_with("user "), "{begun}");
    let why: Vec<_> =
        all.iter().filter(|it| it["kind"] == "configuration").map(|it| &it["why"]).collect();
    assert_eq!(why, ["start", "signal", "signal"]);

    // A proof stands by itself: the file and the key are enough, on any machine.
    let home = Directory::new();
    let file = home.path().join("a.tlog-proof").display().to_string();
    let it = ledger(&data, &["prove", &refused[1], "--out", &file]);
    assert!(it.status.success(), "{}", self::said(&it));
    let check = |key: &str| output(&["ledger", "check-proof", &file, "-o", "json", "--key", key]);
    let proven: Value = serde_json::from_slice(&check(&key(&data)).stdout).unwrap();
    assert_eq!(proven["entry"]["decision_id"], refused[1]);
    let other = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    assert_eq!(check(other).status.code(), Some(5));
    let text = fs::read_to_string(&file).unwrap().replacen("index ", "index 1", 1);
    fs::write(&file, text).unwrap();
    assert_eq!(check(&key(&data)).status.code(), Some(5));

    // Nothing that a client sent is in it.
    for (path, bytes) in bartizan.home().files() {
        if path.display().to_string().contains("ledger") {
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("secret-") && !text.contains("127.0.0.1"), "{}", path.display());
        }
    }
    // The directory is nobody else's, the key neither.
    let mode = |name: &str| fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("ledger"), mode("ledger.key"), mode("ledger.vkey")), (0o700, 0o600, 0o644));
}

#[test]
fn a_copy_verifies_with_the_key_and_the_log_of_the_instance_anchors_it() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::guard(upstream.address, &["--enforce", "--log", "human"]);
    bartizan.get("//a");
    bartizan.at_least(1);
    bartizan.stop();
    let data = bartizan.data();
    let checkpoints = data.with_file_name("data.checkpoints");
    let copy = Directory::new();
    let run = Command::new("cp").arg("-r").arg(data.join("ledger")).arg(copy.path()).status();
    assert!(run.unwrap().success());
    let from = copy.path().join("ledger").display().to_string();
    let (key, against) = (key(&data), checkpoints.display().to_string());
    let it = output(&["ledger", "verify", "--from", &from, "--key", &key, "--against", &against]);
    assert_eq!(it.status.code(), Some(0), "{}", said(&it));
    assert!(said(&it).contains("anchored up to"), "{}", said(&it));
    // Without a key, nothing can be said of a copy.
    let it = output(&["ledger", "verify", "--from", &from]);
    assert_eq!(it.status.code(), Some(2));
    let it = output(&["ledger", "verify", "--from", "/nowhere", "--key", &key]);
    assert_eq!(it.status.code(), Some(3));
    assert!(bartizan.stderr().contains("ledger: "), "{}", bartizan.stderr());
}

#[test]
fn a_tampered_ledger_is_not_verified_and_no_instance_continues_it() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    (0..5).for_each(|it| drop(bartizan.get(&format!("//{it}"))));
    bartizan.at_least(5);
    bartizan.stop();
    let data = bartizan.data();
    verified(&data, &[]);
    let all = bartizan.home().files();
    let files = all.iter().filter(|(path, _)| path.starts_with(data.join("ledger")));
    let (mut cases, mut refused) = (0, 0);
    for (path, bytes) in files {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            fs::write(path, &changed).unwrap();
            let (code, said) = verify(&data, &[]);
            let is_pending = path.ends_with("pending");
            // What waits is in tiles by now: its file is no part of what is proved.
            assert!(code == Some(5) || is_pending, "{} byte {at}: {said}", path.display());
            if !is_pending && at == bytes.len() / 2 {
                let mut start = command();
                start.args(["guard", &format!("http://{}", upstream.address), "--listen"]);
                start.args(["127.0.0.1:0", "--admin", "127.0.0.1:0", "--data"]).arg(&data);
                let is_earlier = path.display().to_string().contains(".p/")
                    && !said["faults"].to_string().contains("recorded")
                    && said["faults"].to_string().contains("beginning");
                if !is_earlier {
                    let started = start.output().unwrap();
                    assert_eq!(started.status.code(), Some(3), "{}", path.display());
                    refused += 1;
                }
            }
            cases += 1;
        }
        fs::write(path, bytes).unwrap();
    }
    assert!(cases >= 9 && refused >= 3, "{cases} {refused}");
    verified(&data, &[]);
}

#[test]
fn a_killed_instance_loses_nothing_that_was_on_disk_and_goes_on() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let data = bartizan.data();
    let mut known: Vec<String> = Vec::new();
    for round in 0..4 {
        let ids: Vec<String> =
            (0..20).map(|it| bartizan.get(&format!("//{round}/{it}")).decision_id()).collect();
        // Acknowledged means: on disk.
        until("the entries on disk", || {
            let on_disk = bartizan.status()["ledger"]["entries"].as_u64().unwrap();
            (on_disk >= known.len() as u64 + 20 + 2 * (round + 1)).then_some(())
        });
        known.extend(ids);
        bartizan.kill();
        let (code, said) = verify(&data, &[]);
        assert_eq!(code, Some(0), "{said}");
        bartizan = Bartizan::run_in(bartizan.home());
    }
    bartizan.stop();
    verified(&data, &[]);
    let all = entries(&data);
    let decided: Vec<&str> = all.iter().filter_map(|it| it["decision_id"].as_str()).collect();
    assert_eq!(decided, known, "each of them once, in order");
    assert_eq!(kinds(&all).iter().filter(|it| **it == "started").count(), 5);
    assert_eq!(kinds(&all).iter().filter(|it| **it == "stopped").count(), 1);
}

#[test]
fn a_ledger_that_was_rolled_back_or_begun_anew_does_not_fit_what_was_kept_outside() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    bartizan.get("//a");
    bartizan.at_least(1);
    bartizan.stop();
    let (home, data) = (bartizan.home(), bartizan.data());
    let before = home.path().join("before");
    let copy = |from: &Path, to: &Path| {
        drop(fs::remove_dir_all(to));
        assert!(Command::new("cp").arg("-r").arg(from).arg(to).status().unwrap().success());
    };
    copy(&data.join("ledger"), &before);
    let mut bartizan = Bartizan::run_in(bartizan.home());
    bartizan.get("//b");
    bartizan.at_least(2);
    bartizan.stop();
    verified(&data, &[]);
    copy(&before, &data.join("ledger"));
    let (code, said) = verify(&data, &[]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said["faults"].to_string().contains("rolled back"), "{said}");
    let started = output(&[
        "run",
        "-c",
        &home.path().join("bartizan.yaml").display().to_string(),
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        "--data",
        &data.display().to_string(),
    ]);
    assert_eq!(started.status.code(), Some(3));
    assert!(self::said(&started).contains("was kept outside"), "{}", self::said(&started));

    // Written anew with the key, which the attacker has: sound by itself, and not the one of before.
    fs::remove_dir_all(data.join("ledger")).unwrap();
    let text = fs::read_to_string(data.join("ledger.key")).unwrap();
    let signing = SigningKey::read(text.lines().next().unwrap()).unwrap();
    let options = Options { waiting_max: 1_000, pending_bytes_max: 1_000 };
    let folder = Folder::at(&data.join("ledger"));
    let (mut log, _) = Log::open(folder, signing, &[], options, 0).unwrap();
    for number in 0..50 {
        log.append(Entry { at_us: number, what: What::Gap { lost: number } }.encode()).unwrap();
    }
    log.seal().unwrap();
    let alone = data.join("ledger").display().to_string();
    let it = output(&["ledger", "verify", "--from", &alone, "--key", &key(&data)]);
    assert_eq!(it.status.code(), Some(0), "{}", self::said(&it));
    let (code, said) = verify(&data, &[]);
    assert_eq!(code, Some(5), "{said}");
    assert!(said["faults"].to_string().contains("retained checkpoint"), "{said}");
}

#[test]
fn another_key_takes_over_and_what_the_first_one_signed_still_counts() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    bartizan.get("//a");
    bartizan.at_least(1);
    bartizan.stop();
    let (home, data) = (bartizan.home(), bartizan.data());
    let first = key(&data);
    let next = home.path().join("next.key").display().to_string();
    assert!(ledger(&data, &["key", "--new", &next]).status.success());
    let more = format!("ledger:\n  key: file:{next}\n");
    fs::write(bartizan.configuration_file(), configuration(upstream.address, "enforce", &more))
        .unwrap();
    let mut bartizan = Bartizan::run_in(home);
    bartizan.get("//b");
    bartizan.at_least(2);
    bartizan.stop();
    let second = key(&data);
    assert_ne!(first, second);
    let said = verified(&data, &["--key", &second]);
    assert!(said["retained"].as_u64().unwrap() >= 2, "{said}");
    assert_eq!(kinds(&entries(&data)).iter().filter(|it| **it == "key").count(), 1);
    let (code, said) = verify(&data, &["--key", &first]);
    assert_eq!(code, Some(5), "{said}");
}

#[test]
fn a_ledger_that_cannot_be_written_is_visible_and_goes_on_when_it_can() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let data = bartizan.data();
    sealed(&data, 2);
    bartizan.kill();
    // In the way of what is written next: a directory that is not empty.
    let way = data.join("ledger/pending.new/x");
    fs::create_dir_all(&way).unwrap();
    let mut bartizan = Bartizan::run_in(bartizan.home());
    let fault =
        until("the fault", || bartizan.status()["ledger"]["fault"].as_str().map(str::to_owned));
    assert!(fault.contains("pending"), "{fault}");
    let ready = |of: &Bartizan| {
        let mut client = Client::connect(of.admin);
        client.send("GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        client.answer()
    };
    assert_eq!(ready(&bartizan).status, 503);
    assert!(ready(&bartizan).text().contains("the ledger cannot be written"));
    let id = bartizan.get("//a").decision_id();
    assert_eq!(bartizan.get("/fine").text(), "/fine", "traffic goes on");
    until("the log line", || {
        bartizan.stderr().contains("the ledger cannot be written").then_some(())
    });
    fs::remove_dir_all(data.join("ledger/pending.new")).unwrap();
    until("the ledger to work", || (ready(&bartizan).status == 200).then_some(()));
    until("the log to say so", || bartizan.stderr().contains("is written again").then_some(()));
    bartizan.stop();
    verified(&data, &[]);
    assert!(entries(&data).iter().any(|it| it["decision_id"] == id.as_str()));
}

#[test]
fn a_backup_of_a_running_instance_has_its_ledger_with_it() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::enforcing(upstream.address);
    (0..30).for_each(|it| drop(bartizan.get(&format!("//{it}"))));
    sealed(&bartizan.data(), 32);
    let home = Directory::new();
    let file = home.path().join("backup").display().to_string();
    let (data, copy) = (bartizan.data().display().to_string(), home.path().join("copy"));
    assert!(output(&["backup", &file, "--data", &data]).status.success());
    let it = output(&["restore", &file, "--data", &copy.display().to_string()]);
    assert!(it.status.success(), "{}", said(&it));
    let said = verified(&copy, &["--key", &key(&bartizan.data())]);
    assert!(said["size"].as_u64().unwrap() >= 32, "{said}");
    assert_eq!(kinds(&entries(&copy)).iter().filter(|it| **it == "decision").count(), 30);
}

// The second verifier.

struct Case {
    name: String,
    files: Vec<(PathBuf, Option<Vec<u8>>)>,
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/verify_ledger.py")
}

fn made(at: &Path, seed: u8, numbers: impl Iterator<Item = u64>) -> VerifyingKey {
    let signing = SigningKey::of_seed("bartizan.example/log", &[seed; 32]).unwrap();
    let key = signing.verifying().clone();
    let options = Options { waiting_max: 10_000, pending_bytes_max: 1_000 };
    let (mut log, _) = Log::open(Folder::at(at), signing, &[], options, 0).unwrap();
    for number in numbers {
        log.append(Entry { at_us: number, what: What::Gap { lost: number } }.encode()).unwrap();
        if number == 270 {
            log.seal().unwrap();
        }
    }
    log.seal().unwrap();
    key
}

/// Changes to each file of a log: bytes, cuts, entries taken out, doubled and swapped, files gone.
fn cases(log: &Directory, folder: &Path) -> Vec<Case> {
    let mut cases = Vec::new();
    let files: Vec<_> =
        log.files().into_iter().filter(|(path, _)| path.starts_with(folder)).collect();
    for (path, bytes) in &files {
        let relative = path.strip_prefix(folder).unwrap().to_owned();
        if relative.starts_with("pending") {
            continue;
        }
        let mut add = |what: String, content: Option<Vec<u8>>| {
            let name = format!("{}: {what}", relative.display());
            cases.push(Case { name, files: vec![(relative.clone(), content)] });
        };
        let step = (bytes.len() / 11).max(1);
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x04;
            add(format!("byte {at}"), Some(changed));
            add(format!("cut at {at}"), Some(bytes[..at].to_vec()));
        }
        add("gone".to_owned(), None);
        add("longer".to_owned(), Some([bytes.as_slice(), b"\n"].concat()));
        if relative.starts_with("tile") {
            let size = if relative.starts_with("tile/entries") { 20 } else { 32 };
            for at in (0..bytes.len() - size).step_by(size * 37) {
                let (one, two) = (&bytes[at..at + size], &bytes[at + size..]);
                add(format!("without {at}"), Some([&bytes[..at], two].concat()));
                add(format!("twice {at}"), Some([&bytes[..at], one, one, two].concat()));
                let swapped =
                    two.get(..size).map(|next| [&bytes[..at], next, one, &two[size..]].concat());
                add(format!("swapped {at}"), swapped.or_else(|| Some(bytes[..at].to_vec())));
            }
        }
    }
    for (one, other) in files.iter().zip(files.iter().skip(1)) {
        let name = |it: &(PathBuf, Vec<u8>)| it.0.strip_prefix(folder).unwrap().to_owned();
        if one.1 != other.1
            && !name(one).starts_with("pending")
            && !name(other).starts_with("pending")
        {
            let files =
                vec![(name(one), Some(other.1.clone())), (name(other), Some(one.1.clone()))];
            cases.push(Case { name: format!("{} exchanged", name(one).display()), files });
        }
    }
    cases
}

#[test]
fn the_second_verifier_agrees_in_every_case() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|it| it.status.success()) {
        eprintln!("skipped: python3 is not installed");
        return;
    }
    let home = Directory::new();
    let whole = home.path().join("whole");
    fs::create_dir_all(&whole).unwrap();
    let key = made(&whole, 1, 0..600);
    let note = fs::read(whole.join("checkpoint")).unwrap();
    let against = home.path().join("retained");
    fs::write(&against, &note).unwrap();
    let retained = [Retained::read(&note).unwrap()];

    let mut folders = vec![("whole".to_owned(), whole.clone())];
    for (number, case) in cases(&home, &whole).into_iter().enumerate() {
        let folder = home.path().join(format!("case-{number}"));
        let linked = Command::new("cp").arg("-rl").arg(&whole).arg(&folder).status().unwrap();
        assert!(linked.success());
        for (path, content) in case.files {
            fs::remove_file(folder.join(&path)).unwrap();
            if let Some(content) = content {
                fs::write(folder.join(&path), content).unwrap();
            }
        }
        folders.push((case.name, folder));
    }
    // Rolled back, written anew with the key, signed with another key, continued, empty.
    let mut anew = |name: &str, seed: u8, numbers: Vec<u64>| {
        let folder = home.path().join(format!("anew-{}", folders.len()));
        fs::create_dir_all(&folder).unwrap();
        made(&folder, seed, numbers.into_iter());
        folders.push((name.to_owned(), folder));
    };
    anew("rolled back", 1, (0..599).collect());
    anew("written anew", 1, (0..600).map(|it| if it == 3 { 9_999 } else { it }).collect());
    anew("another key", 2, (0..600).collect());
    anew("continued", 1, (0..900).collect());
    anew("one entry", 1, vec![0]);

    let mut python = Command::new("python3");
    python.arg(script()).args(["--key", &key.to_string(), "--against"]).arg(&against);
    let said = python.args(folders.iter().map(|it| &it.1)).output().unwrap();
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert_eq!(
        text.lines().count(),
        folders.len(),
        "{text}{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let (mut clean, mut faulty) = (Vec::new(), 0);
    for ((name, folder), line) in folders.iter().zip(text.lines()) {
        let mut reader = Reader::at(Folder::at(folder));
        let verdict: Verdict = reader.verify(std::slice::from_ref(&key), &retained).unwrap();
        assert_eq!(verdict.is_clean(), line.starts_with("verified"), "{name}: {line}; {verdict:?}");
        if verdict.is_clean() {
            clean.push(name.as_str());
        } else {
            faulty += 1;
        }
    }
    // A tile of an earlier checkpoint may be gone: a log may remove it once it wants to.
    assert_eq!(clean, ["whole", "tile/1/000.p/1: gone", "continued"]);
    assert!(faulty > 200, "{faulty}");
    eprintln!("{} logs verified and {faulty} not, by both verifiers", clean.len());
}
