//! Exchange ids: the wall clock, and a counter under a random seed of the process.

use bartizan_model::id::ExchangeId;
use bartizan_model::moment::Moment;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Makes ids that no other process makes.
#[derive(Debug)]
pub struct Ids {
    seed: u64,
    next: AtomicU64,
}

impl Ids {
    /// Seeds from the operating system.
    ///
    /// # Errors
    ///
    /// If the operating system gives no randomness.
    pub fn new() -> Result<Self, getrandom::Error> {
        Ok(Self { seed: getrandom::u64()?, next: AtomicU64::new(getrandom::u64()?) })
    }

    /// The next id.
    pub fn next(&self, at: Moment) -> ExchangeId {
        let count = self.next.fetch_add(1, Relaxed);
        let random = u128::from(mix(count ^ self.seed)) << 64 | u128::from(mix(count));
        ExchangeId::new(at.wall_us / 1_000, random)
    }
}

/// The finaliser of SplitMix64: one bit of input changes half of the output. Ids are not secrets;
/// they only have to differ.
fn mix(mut n: u64) -> u64 {
    n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}
