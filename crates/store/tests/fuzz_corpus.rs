//! Every file of the journal's corpus of `fuzz/`, through its target.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test fails by panicking"
)]

#[path = "../../../fuzz/src/journal.rs"]
mod journal;

use std::fs;
use std::path::Path;

#[test]
fn every_file_of_the_corpus_holds() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/journal");
    for file in fs::read_dir(dir).unwrap() {
        journal::run(&fs::read(file.unwrap().path()).unwrap());
    }
}
