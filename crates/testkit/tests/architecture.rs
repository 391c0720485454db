//! The architecture's own test: crates import downward only, the core is pure, and the documents
//! name what exists.
//!
//! Reads    every `Cargo.toml` and source file of the workspace.
//! Misses   what a dependency does inside: a pure crate may only use libraries listed here.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which row a crate stands in.
const ROWS: &[(&str, u8)] = &[
    ("model", 0),
    ("auth", 1),
    ("inspect", 1),
    ("detect", 1),
    ("learn", 1),
    ("contract", 1),
    ("ledger", 1),
    ("spec", 1),
    ("engine", 2),
    ("edge", 3),
    ("store", 3),
    ("connect", 3),
    ("hunt", 3),
    ("console", 3),
    ("demo", 3),
    ("bartizan", 4),
    ("testkit", 9),
];

/// Libraries that rows 0 to 2 may link: none of them touches the outside.
const PURE_LIBRARIES: &[&str] = &[
    "aws-lc-rs",
    "base64",
    "brotli-decompressor",
    "bytes",
    "flate2",
    "granit-parser",
    "libinjectionrs",
    "memchr",
    "regex",
    "ruzstd",
    "siphasher",
];

/// What rows 0 to 2 may not name.
const IMPURE: &[(&str, &str)] = &[
    ("Instant", "a clock"),
    ("SystemTime", "a clock"),
    ("std::env", "the environment"),
    ("std::fs", "files"),
    ("std::process", "processes"),
    ("std::thread", "threads"),
    ("std::io", "input and output"),
    ("TcpStream", "the network"),
    ("TcpListener", "the network"),
    ("UdpSocket", "the network"),
    ("ToSocketAddrs", "the network"),
    ("HashMap", "a randomly seeded map"),
    ("HashSet", "a randomly seeded map"),
    ("RandomState", "randomness"),
    ("getrandom", "randomness"),
    ("thread_local", "hidden state"),
    ("static mut", "hidden state"),
    ("LazyLock", "hidden state"),
    ("OnceLock", "hidden state"),
    ("tokio", "a runtime"),
    ("println!", "output"),
    ("eprintln!", "output"),
];

/// Locks are for `engine::tables` only.
const LOCKS: &[&str] = &["Mutex", "RwLock", "Atomic"];

/// Ways to change files.
const WRITES: &[&str] = &[
    "fs::write(",
    "fs::rename(",
    "fs::copy(",
    "fs::hard_link(",
    "fs::remove_",
    "fs::create_dir",
    "fs::set_permissions(",
    "File::create",
    "File::options",
    "OpenOptions",
    "DirBuilder",
    "symlink(",
];

/// Files of the product that may: the storage port, and those that write what is no state of an instance.
const MAY_WRITE: &[(&str, &str)] = &[
    ("store/src/disk.rs", "the port of the journal"),
    ("store/src/files.rs", "the port of everything else"),
    ("store/src/ledger/folders.rs", "the port's directories in directories"),
    (
        "bartizan/src/backup.rs",
        "a file for another place, and a directory before any instance has it",
    ),
    ("bartizan/src/control.rs", "a socket, which is made anew at each start"),
    ("bartizan/src/demo.rs", "removes the directory of a demonstration"),
    ("bartizan/src/doctor/data.rs", "tries whether a directory can be written"),
    ("bartizan/src/export.rs", "a file for other programs"),
    ("bartizan/src/instance.rs", "removes the socket at the end"),
    ("bartizan/src/ledger/command.rs", "a proof for somebody else"),
    ("bartizan/src/ledger/key.rs", "lets others read the public key"),
    ("bartizan/src/manual.rs", "manual pages"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
}

/// The lines of a source file that are compiled into the product: no comments, no tests.
fn product_lines(path: &Path) -> Vec<(usize, String)> {
    let is_test = path.file_name().is_some_and(|it| it == "tests.rs");
    let text = if is_test { String::new() } else { read(path) };
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]"))
        .map(|(number, line)| (number + 1, line.split("//").next().unwrap().to_owned()))
        .collect()
}

/// Names in `[dependencies]`, without those of tests and builds.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_crate_has_a_row_and_imports_downward_only() {
    let rows: BTreeMap<&str, u8> = ROWS.iter().copied().collect();
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let dir = entry.unwrap().path();
        let name = dir.file_name().unwrap().to_str().unwrap();
        let row = rows.get(name).unwrap_or_else(|| panic!("crate `{name}` has no row"));
        for dependency in dependencies(&read(&dir.join("Cargo.toml"))) {
            let Some(other) = dependency.strip_prefix("bartizan-") else {
                let pure = PURE_LIBRARIES.contains(&dependency.as_str());
                assert!(*row > 2 || pure, "`{name}` (row {row}) links `{dependency}`");
                continue;
            };
            let below = rows.get(other).unwrap_or_else(|| panic!("`{other}` has no row"));
            assert!(below < row, "`{name}` (row {row}) imports `{other}` (row {below})");
        }
    }
}

#[test]
fn rows_zero_to_two_touch_nothing_outside() {
    for (name, _) in ROWS.iter().filter(|(_, row)| *row <= 2) {
        let mut files = Vec::new();
        sources(&root().join("crates").join(name).join("src"), &mut files);
        assert!(!files.is_empty(), "{name}");
        for file in files {
            let is_tables = file.to_string_lossy().contains("engine/src/tables/");
            for (number, line) in product_lines(&file) {
                for (word, what) in IMPURE {
                    assert!(!line.contains(word), "{}:{number} names {what}", file.display());
                }
                for lock in LOCKS.iter().filter(|_| !is_tables) {
                    assert!(!line.contains(lock), "{}:{number} names a lock", file.display());
                }
            }
        }
    }
}

#[test]
fn state_is_written_through_the_storage_port_only() {
    let crates = root().join("crates");
    let mut files = Vec::new();
    for (name, _) in ROWS.iter().filter(|(name, _)| *name != "testkit") {
        sources(&crates.join(name).join("src"), &mut files);
    }
    let mut writers = BTreeSet::new();
    for file in &files {
        let name = file.strip_prefix(&crates).unwrap().to_str().unwrap().to_owned();
        let may = MAY_WRITE.iter().any(|it| it.0 == name);
        for (number, line) in product_lines(file) {
            if let Some(word) = WRITES.iter().find(|it| line.contains(**it)) {
                assert!(may, "{name}:{number} writes past the storage port: `{word}`");
                writers.insert(name.clone());
            }
        }
    }
    // Whoever does so no longer is taken off the list.
    assert_eq!(writers.len(), MAY_WRITE.len(), "{writers:?}");
}

#[test]
fn only_the_contract_makes_permits() {
    let mut makers = Vec::new();
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    for file in files.iter().filter(|it| !it.ends_with("testkit/tests/architecture.rs")) {
        for (_, line) in product_lines(file) {
            if line.contains("Permit::new(") {
                makers.push(file.file_name().unwrap().to_owned());
            }
        }
    }
    assert_eq!(makers, ["decide.rs"]);
}

#[test]
fn the_code_map_names_every_crate() {
    let map = read(&root().join("ARCHITECTURE.md"));
    for (name, _) in ROWS {
        assert!(map.contains(&format!("`{name}`")), "ARCHITECTURE.md does not name `{name}`");
    }
}

#[test]
fn every_oddity_of_the_attack_list_exists() {
    let attacks = read(&root().join("docs/attacks.md"));
    let codes = read(&root().join("crates/model/src/code.rs"));
    let mut named = 0;
    for word in attacks.split('`').skip(1).step_by(2) {
        let of_requests = ["framing.", "limit.", "path.", "body.", "content.", "method."];
        let of_contracts = ["provenance.", "ownership.", "shape.", "disclosure."];
        let is_area = |it: &&str| word.starts_with(it) && !word.ends_with(".*");
        if of_requests.iter().chain(&of_contracts).any(is_area) {
            named += 1;
            assert!(codes.contains(&format!("\"{word}\"")), "attacks.md names `{word}`");
        }
    }
    assert!(named > 20, "{named}");
}

#[test]
fn every_test_that_the_attack_list_names_exists() {
    let mut tests = String::new();
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    files.iter().for_each(|it| tests.push_str(&read(it)));
    let attacks = read(&root().join("docs/attacks.md"));
    let mut named = 0;
    for line in attacks.lines().filter(|it| it.starts_with('|')) {
        let Some(cell) = line.trim_end_matches(" |").rsplit(" | ").next() else { continue };
        for name in cell.split('`').skip(1).step_by(2) {
            named += 1;
            assert!(tests.contains(&format!("fn {name}(")), "attacks.md names the test `{name}`");
        }
    }
    assert!(named > 40, "{named}");
}

#[test]
fn no_forbidden_library_is_linked() {
    // The lock file also names optional parts of libraries that nobody switches on.
    let arguments = ["tree", "--workspace", "--locked", "--offline", "--prefix", "none"];
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let run = Command::new(cargo).args(arguments).current_dir(root()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let tree = String::from_utf8(run.stdout).unwrap();
    assert!(tree.lines().any(|it| it.starts_with("rustls v")), "{tree}");
    for name in ["ring", "openssl-sys", "serde_yaml", "serde_yml", "native-tls"] {
        assert!(!tree.lines().any(|it| it.starts_with(&format!("{name} v"))), "{name}");
    }
}

#[test]
fn no_file_of_the_product_says_unsafe_or_leaves_work_behind() {
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    sources(&root().join("bench"), &mut files);
    for file in files {
        if file.ends_with("testkit/tests/architecture.rs") {
            continue;
        }
        for (number, line) in read(&file).lines().enumerate() {
            for word in ["unsafe {", "unsafe fn", "TODO", "FIXME", "#[ignore"] {
                assert!(!line.contains(word), "{}:{} {word}", file.display(), number + 1);
            }
        }
    }
}
