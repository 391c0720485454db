//! The demonstration without a guard: something is found.
//!
//! That the story with the guard comes true is in `bugs_found` for now.

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
