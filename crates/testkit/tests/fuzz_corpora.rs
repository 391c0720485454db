//! Every file of the corpora of `fuzz/`, through its target: what fuzzing once found stays mended.
//!
//! The journal's are tested with its crate.

#![allow(
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

#[path = "../../../fuzz/src/targets/mod.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const FILES_MAX: usize = 60;
const BYTES_MAX: u64 = 64 * 1024;

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus")
}

fn files(target: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(corpora().join(target)).unwrap_or_else(|it| panic!("{target}: {it}"));
    let mut all: Vec<PathBuf> = all.map(|it| it.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn every_file_of_a_corpus_holds() {
    for (name, run) in targets::ALL {
        for file in files(name) {
            let bytes = fs::read(&file).unwrap();
            let held = std::panic::catch_unwind(|| run(&bytes));
            assert!(held.is_ok(), "{}", file.display());
        }
    }
}

#[test]
fn every_target_has_a_corpus_and_none_is_large() {
    let known: BTreeSet<&str> = targets::ALL.iter().map(|it| it.0).chain(["journal"]).collect();
    let there: BTreeSet<String> = fs::read_dir(corpora())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(known, there.iter().map(String::as_str).collect());
    for name in known {
        let files = files(name);
        let bytes: u64 = files.iter().map(|it| it.metadata().unwrap().len()).sum();
        assert!((1..=FILES_MAX).contains(&files.len()), "{name}: {} files", files.len());
        assert!(bytes <= BYTES_MAX, "{name}: {bytes} bytes");
    }
}
