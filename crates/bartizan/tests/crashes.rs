//! Kills, full disks and system calls, by the trials that look at the real binary from outside: a few
//! rounds of each. `trials/run` has many.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

use std::path::Path;
use std::process::Command;

/// Exit code of a trial that could not look at everything.
const INCOMPLETE: i32 = 4;

#[track_caller]
fn passes(trial: &str, arguments: &[&str]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../trials").join(trial);
    let mut command = Command::new("python3");
    command.arg(script).args(arguments).env("TRIALS_BINARY", env!("CARGO_BIN_EXE_bartizan"));
    let Ok(output) = command.output() else {
        eprintln!("skipped: python3 is not installed");
        return;
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let code = output.status.code();
    if code == Some(INCOMPLETE) {
        eprintln!("skipped: {}", said.lines().last().unwrap_or_default());
        return;
    }
    assert_eq!(code, Some(0), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_was_acknowledged_survives_kills_at_any_moment_and_is_there_once() {
    passes("kill9.py", &["--count", "12"]);
}

#[test]
fn a_full_disk_forwards_nothing_is_visible_and_passes_by_itself() {
    passes("diskfull.py", &["--quick"]);
}

#[test]
fn whatever_is_written_lies_in_the_data_directory_and_is_made_durable() {
    passes("strace.py", &["--quick"]);
}
