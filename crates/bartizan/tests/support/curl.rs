//! `curl`, as a client that many people use.

use std::path::Path;
use std::process::{Command, Stdio};

/// What `curl` got.
#[derive(Debug)]
pub struct Curled {
    pub code: i32,
    pub out: Vec<u8>,
    pub err: String,
}

impl Curled {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.out).into_owned()
    }
}

/// Whether `name` can be run; says so if not.
pub fn is_there(name: &str) -> bool {
    let it =
        Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let is_there = it.is_ok_and(|it| it.success());
    if !is_there {
        eprintln!("skipped: no {name}");
    }
    is_there
}

/// Runs `curl`, with a file as its standard input.
pub fn curl(arguments: &[&str], input: Option<&Path>) -> Curled {
    let stdin = match input {
        Some(path) => Stdio::from(std::fs::File::open(path).unwrap()),
        None => Stdio::null(),
    };
    let it = Command::new("curl")
        .args(["--silent", "--show-error", "--max-time", "30", "--noproxy", "*"])
        .args(arguments)
        .stdin(stdin)
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&it.stderr).into_owned();
    Curled { code: it.status.code().unwrap_or(-1), out: it.stdout, err }
}
