//! Certificates and keys that the configuration refers to are followed as the file itself is.

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
use std::process::{Command, Stdio};
use std::sync::Arc;
use support::bartizan::{Bartizan, configuration, output, said};
use support::directory::Directory;
use support::until;
use support::upstream::Upstream;

fn has_openssl() -> bool {
    let it = Command::new("openssl").arg("version").stdout(Stdio::null()).status();
    let is_there = it.is_ok_and(|it| it.success());
    if !is_there {
        eprintln!("skipped: no openssl");
    }
    is_there
}

/// A certificate of this common name, and its key.
fn make(dir: &Path, name: &str) -> (Vec<u8>, Vec<u8>) {
    let (certificate, key) = (dir.join(format!("{name}.pem")), dir.join(format!("{name}.key")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "30", "-subj", &format!("/CN={name}")])
        .args(["-addext", "subjectAltName=DNS:localhost", "-out"])
        .arg(&certificate)
        .arg("-keyout")
        .arg(&key)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    (fs::read(certificate).unwrap(), fs::read(key).unwrap())
}

/// The subject of the certificate that a new handshake shows.
fn shown(of: &Bartizan) -> String {
    let it = Command::new("sh")
        .arg("-c")
        .arg(format!(
            "openssl s_client -connect {} -servername localhost </dev/null 2>/dev/null | \
             openssl x509 -noout -subject",
            of.address
        ))
        .output()
        .unwrap();
    String::from_utf8_lossy(&it.stdout).into_owned()
}

fn until_shown(of: &Bartizan, name: &str) {
    until(name, || shown(of).contains(name).then_some(()));
}

fn fault(of: &Bartizan) -> Option<String> {
    of.status()["reload_fault"].as_str().map(str::to_owned)
}

#[test]
fn a_renewed_certificate_is_shown_and_a_broken_one_is_not() {
    if !has_openssl() {
        return;
    }
    let upstream = Upstream::echoing_targets();
    let home = Arc::new(Directory::new());
    let made = Directory::new();
    let [first, second, third] = ["first", "second", "third"].map(|it| make(made.path(), it));
    let (certificate, key) = (home.path().join("c.pem"), home.path().join("k.pem"));
    let put = |(a, b): &(Vec<u8>, Vec<u8>)| {
        fs::write(&certificate, a).unwrap();
        fs::write(&key, b).unwrap();
    };
    put(&first);
    let more = format!(
        "certificates:\n  - {{certificate: '{}', key: '{}'}}\n",
        certificate.display(),
        key.display()
    );
    let file = home.path().join("bartizan.yaml");
    fs::write(file, configuration(upstream.address, "observe", &more)).unwrap();
    let bartizan = Bartizan::run_in(home);
    assert!(shown(&bartizan).contains("first"));

    put(&second);
    until_shown(&bartizan, "second");
    assert_eq!(bartizan.status()["revision"], 2);
    until("the log", || {
        bartizan.stderr().contains("refers to changed and was taken over").then_some(())
    });

    fs::write(&certificate, "not a certificate, and secret-looking: hunter2\n").unwrap();
    let why = until("the fault", || fault(&bartizan));
    assert!(why.contains("certificates[0]"), "{why}");
    assert!(shown(&bartizan).contains("second"));
    // Half of a change: the key belongs to another certificate.
    fs::write(&certificate, &third.0).unwrap();
    until("the other fault", || fault(&bartizan).filter(|it| it.contains("another certificate")));
    fs::remove_file(&key).unwrap();
    until("the third fault", || fault(&bartizan).filter(|it| it.contains("cannot be read")));
    assert!(shown(&bartizan).contains("second"));
    assert_eq!(bartizan.status()["revision"], 2);

    put(&third);
    until_shown(&bartizan, "third");
    assert_eq!(bartizan.status()["reload_fault"], Value::Null);
    let said = bartizan.stderr();
    assert!(!said.contains("hunter2") && !said.contains("PRIVATE KEY"), "{said}");
}

#[test]
fn a_configuration_that_waits_for_its_certificate_is_taken_over_with_it() {
    if !has_openssl() {
        return;
    }
    let upstream = Upstream::echoing_targets();
    let home = Arc::new(Directory::new());
    let made = Directory::new();
    let (old, new) = (make(made.path(), "old"), make(made.path(), "new"));
    let path = |name: &str| home.path().join(name);
    fs::write(path("old.pem"), &old.0).unwrap();
    fs::write(path("old.key"), &old.1).unwrap();
    let yaml = |name: &str| {
        let (certificate, key) = (path(&format!("{name}.pem")), path(&format!("{name}.key")));
        let (certificate, key) = (certificate.display(), key.display());
        let more = format!("certificates:\n  - {{certificate: '{certificate}', key: '{key}'}}\n");
        configuration(upstream.address, "observe", &more)
    };
    fs::write(path("bartizan.yaml"), yaml("old")).unwrap();
    let bartizan = Bartizan::run_in(Arc::clone(&home));
    bartizan.reload(&yaml("new"));
    assert!(fault(&bartizan).is_some_and(|it| it.contains("new.pem")));
    assert!(shown(&bartizan).contains("old"));
    fs::write(path("new.pem"), &new.0).unwrap();
    fs::write(path("new.key"), &new.1).unwrap();
    until_shown(&bartizan, "new");
    until("no fault", || fault(&bartizan).is_none().then_some(()));
}

#[test]
fn the_doctor_knows_how_long_a_certificate_lasts_and_whose_key_it_is() {
    if !has_openssl() {
        return;
    }
    let upstream = Upstream::echoing_targets();
    let home = Directory::new();
    make(home.path(), "mine");
    make(home.path(), "other");
    let path = |name: &str| home.path().join(name).display().to_string();
    let examine = |key: &str| {
        let more = format!(
            "certificates:\n  - {{certificate: '{}', key: '{}'}}\n",
            path("mine.pem"),
            path(key)
        );
        fs::write(path("a.yaml"), configuration(upstream.address, "observe", &more)).unwrap();
        said(&output(&["doctor", "-c", &path("a.yaml"), "--data", &path("data")]))
    };
    let good = examine("mine.key");
    // It was made for 30 days, a moment ago.
    let lasts = |days: u8| good.contains(&format!("mine.pem is valid for {days} more days"));
    assert!(lasts(29) || lasts(30), "{good}");
    assert!(!good.contains("another certificate") && !good.contains("PRIVATE KEY"), "{good}");
    let bad = examine("other.key");
    assert!(bad.contains("certificates[0] is the key of another certificate"), "{bad}");
}
