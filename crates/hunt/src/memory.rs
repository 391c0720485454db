//! The memory of a hunt: a bound, and the most that was used.

use datafusion::common::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryLimit, MemoryPool, MemoryReservation};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Whoever asks first, gets.
#[derive(Debug)]
pub(crate) struct Pool {
    max: usize,
    used: AtomicUsize,
    peak: AtomicUsize,
}

impl Pool {
    pub(crate) fn new(max: usize) -> Self {
        Self { max, used: AtomicUsize::new(0), peak: AtomicUsize::new(0) }
    }

    /// The most that was reserved at once.
    pub(crate) fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hunt({} of {} bytes)", self.used.load(Relaxed), self.max)
    }
}

impl MemoryPool for Pool {
    fn name(&self) -> &'static str {
        "hunt"
    }

    fn grow(&self, _: &MemoryReservation, additional: usize) {
        let used = self.used.fetch_add(additional, Relaxed) + additional;
        self.peak.fetch_max(used, Relaxed);
    }

    fn shrink(&self, _: &MemoryReservation, shrink: usize) {
        self.used.fetch_sub(shrink, Relaxed);
    }

    fn try_grow(&self, _: &MemoryReservation, additional: usize) -> Result<()> {
        let room = |used: usize| used.checked_add(additional).filter(|it| *it <= self.max);
        match self.used.fetch_update(Relaxed, Relaxed, room) {
            Ok(before) => {
                self.peak.fetch_max(before + additional, Relaxed);
                Ok(())
            }
            Err(used) => Err(DataFusionError::ResourcesExhausted(format!(
                "{additional} bytes beside {used} of {}",
                self.max
            ))),
        }
    }

    fn reserved(&self) -> usize {
        self.used.load(Relaxed)
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.max)
    }
}
