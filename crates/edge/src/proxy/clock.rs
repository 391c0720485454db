//! The clock of the edge: one monotonic reading per moment, and a coarse one for deadlines.

use bartizan_model::moment::Moment;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Turns one monotonic reading into a [`Moment`]. The wall part is the monotonic one plus an
/// offset that [`Clock::tick`] refreshes, which spares a second system reading per step.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    wall_offset_us: AtomicI64,
    coarse_ms: AtomicU64,
}

impl Clock {
    /// Starts at 0 ns.
    pub fn start() -> Self {
        let clock = Self {
            start: Instant::now(),
            wall_offset_us: AtomicI64::new(0),
            coarse_ms: AtomicU64::new(0),
        };
        clock.tick();
        clock
    }

    /// Now.
    pub fn now(&self) -> Moment {
        let mono_ns = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let wall_us = (mono_ns / 1_000).saturating_add_signed(self.wall_offset_us.load(Relaxed));
        Moment { mono_ns, wall_us }
    }

    /// Milliseconds since the start, as of the last tick.
    pub fn coarse_ms(&self) -> u64 {
        self.coarse_ms.load(Relaxed)
    }

    /// Reads the system clock and refreshes the coarse one. Called a few times a second.
    pub fn tick(&self) {
        let elapsed = self.start.elapsed();
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let signed = |us: u128| i64::try_from(us).unwrap_or(i64::MAX);
        self.wall_offset_us.store(signed(wall.as_micros()) - signed(elapsed.as_micros()), Relaxed);
        self.coarse_ms.store(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX), Relaxed);
    }
}
