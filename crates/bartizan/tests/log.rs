//! The log for programs: JSON and nothing else on standard output.

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
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use support::bartizan::{command, configuration, output, said};
use support::directory::Directory;
use support::until;
use support::upstream::Upstream;

struct Logging {
    child: Child,
    home: Directory,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Logging {
    fn start(yaml: &str, prepare: impl Fn(&mut Command)) -> Self {
        let home = Directory::new();
        fs::write(home.path().join("bartizan.yaml"), yaml).unwrap();
        let mut command = command();
        command.args(["run", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "-c"]);
        command.arg(home.path().join("bartizan.yaml"));
        command.arg("--data").arg(home.path().join("data"));
        prepare(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let lines: Arc<Mutex<Vec<Value>>> = Arc::default();
        let into = Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in out.lines() {
                let event = serde_json::from_str(&line.unwrap()).expect("every line is JSON");
                into.lock().unwrap().push(event);
            }
        });
        Self { child, home, lines }
    }

    fn until(&self, event: &str) -> Value {
        until(event, || {
            self.lines.lock().unwrap().iter().rev().find(|it| it["event"] == event).cloned()
        })
    }

    fn data(&self) -> String {
        self.home.path().join("data").display().to_string()
    }

    fn put(&self, yaml: &str) {
        fs::write(self.home.path().join("bartizan.yaml"), yaml).unwrap();
    }
}

impl Drop for Logging {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn every_line_is_an_event_from_the_start_to_the_end() {
    let upstream = Upstream::echoing_targets();
    let good = configuration(upstream.address, "observe", "");
    let mut it = Logging::start(&good, |command| {
        command.args(["--log", "json"]);
    });
    let started = it.until("started");
    assert_eq!(
        (&started["schema"], &started["level"]),
        (&"bartizan.log/v1".into(), &"info".into())
    );
    assert!(started["listen"].as_str().unwrap().parse::<SocketAddr>().is_ok(), "{started}");
    assert!(started["time"].as_str().unwrap().ends_with('Z'));

    it.put("version: 1\n");
    let refused = it.until("reload_refused");
    assert_eq!((&refused["level"], &refused["cause"]), (&"error".into(), &"file".into()));
    it.put(&good.replace("observe", "enforce"));
    assert_eq!(it.until("reloaded")["revision"], 2);

    let data = it.data();
    let asked = output(&["bypass", "--for", "1m", "--reason", "a \"test\"", "--data", &data]);
    assert!(asked.status.success(), "{}", said(&asked));
    assert_eq!(it.until("bypass_begun")["reason"], "a \"test\"");
    assert!(output(&["bypass", "--end", "--data", &data]).status.success());
    assert_eq!(it.until("bypass_ended")["by"], "operator");

    let kill = format!("kill -TERM {}", it.child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert!(it.child.wait().unwrap().success());
    it.until("stopped");
    let names: Vec<_> = it
        .lines
        .lock()
        .unwrap()
        .iter()
        .map(|it| it["event"].as_str().unwrap().to_owned())
        .collect();
    let expected = [
        "started",
        "reload_refused",
        "reloaded",
        "bypass_begun",
        "bypass_ended",
        "stopping",
        "stopped",
    ];
    // Checkpoints come when they are due, and one at the end.
    let is_checkpoint = |it: &&String| it.as_str() == "ledger_checkpoint";
    assert_eq!(names.iter().rev().nth(1).filter(is_checkpoint).map(String::len), Some(17));
    let others: Vec<_> = names.iter().filter(|it| !is_checkpoint(it)).collect();
    assert_eq!(others, expected.iter().collect::<Vec<_>>());
}

#[test]
fn the_environment_says_how_to_log_and_a_failing_upstream_is_told() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let it = Logging::start(&configuration(gone, "observe", ""), |command| {
        command.env("BARTIZAN_LOG", "json");
    });
    let listen: SocketAddr = it.until("started")["listen"].as_str().unwrap().parse().unwrap();
    let told = until("the condition", || {
        let mut client = support::client::Client::connect(listen);
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        client.answer();
        let lines = it.lines.lock().unwrap();
        lines.iter().find(|it| it["event"] == "upstream_condition").cloned()
    });
    assert_eq!((&told["upstream"], &told["is"]), (&"default".into(), &"failing".into()));
    assert_eq!(told["address"], gone.to_string());
}

#[test]
fn a_start_that_fails_is_told_too() {
    let home = Directory::new();
    let data = home.path().join("data").display().to_string();
    let it = command()
        .args(["run", "-c", "/nowhere/bartizan.yaml", "--log", "json", "--data", &data])
        .output()
        .unwrap();
    assert_eq!(it.status.code(), Some(2));
    let event: Value = serde_json::from_slice(&it.stdout).unwrap();
    assert_eq!((&event["event"], &event["level"]), (&"not_started".into(), &"error".into()));
    assert!(String::from_utf8_lossy(&it.stderr).starts_with("error: cannot read"));
    let it = command().args(["run"]).env("BARTIZAN_LOG", "xml").output().unwrap();
    assert_eq!(it.status.code(), Some(2));
    assert!(said(&it).contains("BARTIZAN_LOG"), "{}", said(&it));
}

#[test]
fn a_reader_that_stalls_keeps_no_signal_from_stopping_it() {
    let upstream = Upstream::echoing_targets();
    let home = Directory::new();
    let yaml = configuration(upstream.address, "observe", "");
    fs::write(home.path().join("bartizan.yaml"), &yaml).unwrap();
    let data = home.path().join("data").display().to_string();
    let mut command = command();
    command.args([
        "run",
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        "--log",
        "json",
        "-c",
    ]);
    command.arg(home.path().join("bartizan.yaml")).args(["--data", &data]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let status = || output(&["status", "-o", "json", "--data", &data]);
    until("the start", || status().status.success().then_some(()));
    // Nobody reads the pipe: it is full after some hundred events.
    let script = format!(
        "for i in $(seq 400); do kill -HUP {0}; sleep 0.005; done; kill -TERM {0}",
        child.id()
    );
    assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    assert!(until("the end", || child.try_wait().unwrap()).success());
}
