//! What the end-to-end tests share: the real binary on a free port with a data directory of its
//! own, an upstream that records what it gets, and clients that speak in raw bytes.
//!
//! Nothing sleeps to be in time: every wait polls or reads, and every wait ends. Whatever was
//! started is gone when its owner is dropped.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]

pub mod asker;
pub mod authority;
pub mod bartizan;
pub mod client;
pub mod curl;
pub mod directory;
pub mod h2_peers;
pub mod http2;
pub mod real_upstream;
pub mod upstream;

use std::time::{Duration, Instant};

/// How long anything may take before a test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Looks until there is something; fails after [`PATIENCE`].
#[track_caller]
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Where `part` begins in `whole`.
pub fn position(whole: &[u8], part: &[u8]) -> Option<usize> {
    whole.windows(part.len().max(1)).position(|it| it == part)
}
