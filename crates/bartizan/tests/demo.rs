//! The demonstration: its story comes true for every seed, and shows what happens without a guard.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use support::bartizan::{output, said};

#[test]
fn without_a_guard_something_is_found() {
    let it = output(&["demo", "--exit", "--without-guard"]);
    assert_eq!(it.status.code(), Some(1), "{}", said(&it));
}

#[test]
fn the_story_comes_true_for_several_seeds() {
    for seed in ["1", "2", "3"] {
        let it = output(&["demo", "--exit", "--seed", seed]);
        assert_eq!(it.status.code(), Some(0), "seed {seed}: {}", said(&it));
        // By what was learnt in this very run, and by nothing else.
        let told = said(&it);
        assert!(told.contains(": shape.read_only_field\n"), "{told}");
        let foreign = [": provenance.foreign_reference\n", ": ownership.foreign_request\n"];
        assert!(foreign.iter().any(|code| told.contains(code)), "{told}");
    }
}
