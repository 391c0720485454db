//! Starting, stopping, dying and starting again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use support::bartizan::{Bartizan, command, journal, output, said, status};
use support::directory::Directory;
use support::until;
use support::upstream::{Upstream, ok};

#[test]
fn a_stop_lets_what_is_under_way_end() {
    let (leave, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let upstream = Upstream::answering(move |request| {
        if request.target() == "/slow" {
            wait.lock().unwrap().recv_timeout(support::PATIENCE).unwrap();
        }
        ok(request.target())
    });
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let mut idle = bartizan.client();
    idle.send("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(idle.answer().text(), "/idle");
    let mut slow = bartizan.client();
    slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
    upstream.until_received("/slow");
    bartizan.signal("TERM");
    assert_eq!(idle.rest(), b"", "an idle connection is closed");
    leave.send(()).unwrap();
    assert_eq!(slow.answer().text(), "/slow");
    assert_eq!(slow.rest(), b"");
    assert_eq!(bartizan.ended().code(), Some(0));
    let seen = journal(&bartizan.data());
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|it| it["outcome"] == "served"));
    let status = status(&bartizan.data());
    assert_eq!((&status["running"], &status["observations"]), (&false.into(), &2.into()));
    assert!(status["stopped"].is_string());
}

#[test]
fn every_request_that_was_answered_before_a_stop_has_its_observation() {
    for signal in ["TERM", "INT"] {
        let upstream = Upstream::echoing_targets();
        let mut bartizan = Bartizan::guard(upstream.address, &["--enforce"]);
        let clients: Vec<_> = (0..4)
            .map(|number| {
                let mut client = bartizan.client();
                std::thread::spawn(move || {
                    let mut answered = 0_usize;
                    loop {
                        let request =
                            format!("GET /{number}/{answered} HTTP/1.1\r\nHost: x\r\n\r\n");
                        if Write::write_all(&mut client.stream, request.as_bytes()).is_err() {
                            return answered;
                        }
                        let Some(_) = client.read_or_end(1) else { return answered };
                        client.read_to(b"\r\n\r\n");
                        client.read(format!("/{number}/{answered}").len());
                        answered += 1;
                    }
                })
            })
            .collect();
        bartizan.at_least(200);
        bartizan.signal(signal);
        let answered: usize = clients.into_iter().map(|it| it.join().unwrap()).sum();
        assert_eq!(bartizan.ended().code(), Some(0));
        let seen = journal(&bartizan.data());
        let served = seen.iter().filter(|it| it["outcome"] == "served").count();
        assert_eq!(served, answered, "SIG{signal}");
    }
}

#[test]
fn a_killed_instance_leaves_a_readable_journal() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let refused: Vec<String> =
        (0..20).map(|it| bartizan.get(&format!("//a/{it}")).decision_id()).collect();
    bartizan.at_least(20);
    bartizan.kill();
    assert_eq!(journal(&bartizan.data()).len(), 20);
    let before = bartizan.why(&refused[7]);
    assert_eq!(status(&bartizan.data())["running"], false);
    let again = Bartizan::run_in(bartizan.home());
    assert_eq!(again.why(&refused[7]), before);
    assert_eq!(again.get("/b").text(), "/b");
    let seen = again.at_least(21);
    assert_eq!(seen.len(), 21);
    let subjects: BTreeSet<String> = seen.iter().map(|it| it["subject"].to_string()).collect();
    assert_eq!(subjects.len(), 1, "the key is the same");
}

/// Killed in the middle of writing, again and again.
#[test]
fn an_instance_that_is_killed_under_load_starts_again() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::enforcing(upstream.address);
    let answer_bytes = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n/a".len();
    let mut known = BTreeSet::new();
    for _ in 0..3 {
        let clients: Vec<_> = (0..2)
            .map(|_| {
                let mut client = bartizan.client();
                std::thread::spawn(move || {
                    while Write::write_all(
                        &mut client.stream,
                        b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
                    )
                    .is_ok()
                        && client.read_or_end(answer_bytes).is_some()
                    {}
                })
            })
            .collect();
        let seen = bartizan.at_least(known.len() + 50);
        known.extend(seen.iter().map(|it| it["decision_id"].to_string()));
        bartizan.kill();
        clients.into_iter().for_each(|it| it.join().unwrap());
        bartizan = Bartizan::run_in(bartizan.home());
        let now: BTreeSet<_> =
            bartizan.journal().iter().map(|it| it["decision_id"].to_string()).collect();
        assert!(now.is_superset(&known), "what was read once is read again");
        known = now;
    }
    assert_eq!(bartizan.status()["journal_fault"], serde_json::Value::Null);
}

#[test]
fn a_second_instance_on_the_same_directory_does_not_start() {
    let upstream = Upstream::echoing_targets();
    let first = Bartizan::enforcing(upstream.address);
    let data = first.data().display().to_string();
    let it = output(&[
        "guard",
        "http://127.0.0.1:9",
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        "--data",
        &data,
    ]);
    assert_eq!(it.status.code(), Some(3), "{}", said(&it));
    let text = said(&it);
    assert!(text.starts_with("error: cannot open the journal"), "{text}");
    assert!(
        text.contains("another") || text.contains("in use") || text.contains("locked"),
        "{text}"
    );
    assert_eq!(first.get("/a").text(), "/a");
    assert_eq!(first.status()["running"], true, "the first one still answers its operators");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let taken = taken.local_addr().unwrap().to_string();
    let (running, admin) = (bartizan.address.to_string(), bartizan.admin.to_string());
    for (listen, admin, key) in [
        (taken.as_str(), "127.0.0.1:0", "listen.address"),
        (running.as_str(), "127.0.0.1:0", "listen.address"),
        ("127.0.0.1:0", taken.as_str(), "admin.address"),
        ("127.0.0.1:0", admin.as_str(), "admin.address"),
    ] {
        let home = Directory::new();
        let data = home.path().join("data").display().to_string();
        let it = output(&[
            "guard",
            "http://127.0.0.1:9",
            "--listen",
            listen,
            "--admin",
            admin,
            "--data",
            &data,
        ]);
        let text = said(&it);
        assert_eq!(it.status.code(), Some(3), "{text}");
        assert!(text.contains(key) && text.contains("another program listens there"), "{text}");
    }
}

#[test]
fn what_cannot_be_meant_ends_with_2() {
    let home = Directory::new();
    let file = home.path().join("broken.yaml");
    fs::write(&file, "version: 1\nupstream:\n  url: nowhere\nunknown: 1\n").unwrap();
    let (file, missing) =
        (file.display().to_string(), home.path().join("no.yaml").display().to_string());
    for arguments in [
        &["guard"][..],
        &["guard", "ftp://x"],
        &["guard", "http://127.0.0.1:9/path"],
        &["guard", "http://127.0.0.1:9", "--listen", "here"],
        &["guard", "http://127.0.0.1:9", "--unknown"],
        &["guard", "http://127.0.0.1:9", "--trusted-proxy", "300.0.0.0/8"],
        &["unknown"],
        &["run", "-c", &file],
        &["run", "-c", &missing],
        &["check", "-c", &file],
        &["check", "-c", &missing],
        &["tail", "--status", "999x"],
        &["tail", "--endpoint", "GET"],
        &["why"],
        &["why", "no-id"],
        &["demo", "--seed", "x"],
    ] {
        let it = output(arguments);
        assert_eq!(it.status.code(), Some(2), "{arguments:?}: {}", said(&it));
        assert!(it.stdout.is_empty() && !it.stderr.is_empty(), "{arguments:?}: {}", said(&it));
    }
}

#[test]
fn what_could_not_be_done_ends_with_3() {
    let home = Directory::new();
    let nothing = home.path().join("nothing").display().to_string();
    let id = "00000000-0000-7000-8000-000000000000";
    for arguments in [
        &["status", "--data", &nothing][..],
        &["tail", "--last", "1", "--data", &nothing],
        &["why", id, "--data", &nothing],
    ] {
        let it = output(arguments);
        assert_eq!(it.status.code(), Some(3), "{arguments:?}: {}", said(&it));
    }
}

#[test]
fn an_ordinary_start_and_stop_leaves_no_more_than_it_should() {
    let upstream = Upstream::echoing_targets();
    let mut bartizan = Bartizan::guard(upstream.address, &[]);
    assert_eq!(bartizan.get("/a").text(), "/a");
    assert_eq!(bartizan.stop().code(), Some(0));
    let home: Arc<Directory> = bartizan.home();
    let names: BTreeSet<String> = fs::read_dir(home.path().join("data"))
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = [
        "apis.json",
        "evidence",
        "hash.key",
        "journal",
        "ledger",
        "ledger.key",
        "ledger.vkey",
        "segment.key",
        "segments",
    ];
    assert_eq!(names, expected.map(str::to_owned).into());
}

#[test]
fn a_signal_right_after_the_banner_stops_in_order() {
    let nobody = Upstream::nobody();
    for round in 0..20 {
        let mut bartizan = Bartizan::observing(nobody);
        assert_eq!(bartizan.stop().code(), Some(0), "round {round}");
    }
}

/// The banner is written before the signals are caught: whoever reads it slowly loses its journal's
/// end, and a SIGHUP kills.
#[test]
fn a_signal_while_the_banner_is_written_stops_in_order() {
    let home = Directory::new();
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&[b' '; 64 * 1024]).unwrap();
    let mut child = command()
        .args([
            "guard",
            "http://127.0.0.1:9",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
            "--data",
        ])
        .arg(home.path().join("data"))
        .stdout(writer)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let data = home.path().join("data").display().to_string();
    until("a running instance", || {
        let it = output(&["status", "-o", "json", "--data", &data]);
        String::from_utf8_lossy(&it.stdout).contains("\"running\":true").then_some(())
    });
    let kill = format!("kill -TERM {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    let reading = std::thread::spawn(move || {
        let mut all = Vec::new();
        drop(reader.read_to_end(&mut all));
    });
    let status = until("its end", || child.try_wait().unwrap());
    reading.join().unwrap();
    assert_eq!(status.code(), Some(0), "{status}");
}

#[test]
fn a_tunnel_that_a_stop_cuts_is_recorded_as_stopped() {
    let upstream = Upstream::scripted(|connection| {
        if connection.head().is_some() {
            connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            connection.until_closed();
        }
    });
    let mut bartizan = Bartizan::observing(upstream.address);
    let mut client = bartizan.client();
    client.send("GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    assert_eq!(client.head().status, 101);
    assert_eq!(bartizan.stop().code(), Some(0));
    assert_eq!(client.read_or_end(4).unwrap(), [0x88, 2, 0x03, 0xE9], "close, going away");
    assert_eq!(bartizan.journal()[0]["outcome"], "stopped");
}
