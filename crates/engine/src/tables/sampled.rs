//! Of which exchanges all facts are kept: the first of each endpoint, and then all of one caller in so many, others every ten
//! minutes. Of whom some answers were missed, it cannot be told where the identifiers come from that they name.
//!
//! Memory   `COUNTERS` counters of two bytes. Endpoints that share one get fewer first exchanges, which
//!          costs samples and nothing else.

use bartizan_model::id::{EndpointId, SubjectId};
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

const COUNTERS: usize = 4_096;
/// Exchanges of an endpoint that count as its first.
const FIRST: u16 = 200;
/// Of later ones, those of one caller in so many are kept.
const ONE_IN: u64 = 16;
/// For so long, in microseconds.
const WINDOW_US: u64 = 10 * 60 * 1_000_000;

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
    pub fn keeps(&self, endpoint: EndpointId, subject: SubjectId, wall_us: u64) -> bool {
        let [low, high, ..] = endpoint.bits().to_le_bytes();
        let at = usize::from(u16::from_le_bytes([low, high])) % COUNTERS;
        let is_early = self.seen.get(at).is_some_and(|seen| {
            seen.fetch_update(Relaxed, Relaxed, |it| (it < FIRST).then_some(it + 1)).is_ok()
        });
        is_early || chance(subject, wall_us / WINDOW_US).is_multiple_of(ONE_IN)
    }
}

/// As good as random, and the same for a caller as long as the window is.
fn chance(subject: SubjectId, window: u64) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = subject.0.to_le_bytes();
    let it =
        u64::from_le_bytes([a, b, c, d, e, f, g, h]) ^ window.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let it = (it ^ it >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (it ^ it >> 27).wrapping_mul(0x94D0_49BB_1331_11EB) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_kept_and_then_all_of_some_callers() {
        let sampled = Sampled::default();
        let endpoint = EndpointId::of("GET", "/a");
        let keeps = |n: u128, at_us| sampled.keeps(endpoint, SubjectId(n), at_us);
        assert!((0..200).all(|_| keeps(1, 0)));
        let kept = |at_us| (0..16_000).filter(|n| keeps(*n, at_us)).collect::<Vec<_>>();
        let first = kept(WINDOW_US);
        assert!((900..1_100).contains(&first.len()), "{}", first.len());
        assert_eq!(kept(2 * WINDOW_US - 1), first);
        assert_ne!(kept(2 * WINDOW_US), first);
    }
}
