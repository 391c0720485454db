//! Of which exchanges all facts are kept: the first of each endpoint, and then one in so many.
//!
//! Memory   [`COUNTERS`] counters of two bytes. Endpoints that share one get fewer first exchanges, which
//!          costs samples and nothing else.

use bartizan_model::id::{EndpointId, ExchangeId};
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

const COUNTERS: usize = 4_096;
/// Exchanges of an endpoint that count as its first.
const FIRST: u16 = 200;
/// Of later ones, one in so many is kept, by its id.
const ONE_IN: u128 = 16;

/// Counts exchanges by endpoint.
#[derive(Debug)]
pub struct Sampled {
    seen: Box<[AtomicU16]>,
}

impl Default for Sampled {
    fn default() -> Self {
        Self { seen: (0..COUNTERS).map(|_| AtomicU16::new(0)).collect() }
    }
}

impl Sampled {
    /// Counts an exchange, and says whether its facts are kept.
    pub fn keeps(&self, endpoint: EndpointId, exchange: ExchangeId) -> bool {
        let [low, high, ..] = endpoint.bits().to_le_bytes();
        let at = usize::from(u16::from_le_bytes([low, high])) % COUNTERS;
        let is_early = self.seen.get(at).is_some_and(|seen| {
            seen.fetch_update(Relaxed, Relaxed, |it| (it < FIRST).then_some(it + 1)).is_ok()
        });
        is_early || exchange.bits().is_multiple_of(ONE_IN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_and_some_of_the_rest() {
        let sampled = Sampled::default();
        let endpoint = EndpointId::of("GET", "/a");
        let keeps = |n: u128| sampled.keeps(endpoint, ExchangeId::new(0, n));
        assert!((0..200).all(|_| keeps(1)));
        assert_eq!((keeps(1), keeps(16)), (false, true));
    }
}
