//! For tests only: the architecture's own test, scenarios, and a proxy and an origin in-process.
//! Linked by tests alone; it may panic, because that is how a test fails.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

pub mod origin;
pub mod proxy;
pub mod recorded;
pub mod scenario;
