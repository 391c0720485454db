//! Whether the process has more to do, or to hold, than it can carry.
//!
//! Requests are then answered with 503 as soon as their head is read, which costs next to nothing,
//! until the pressure is gone. What operators ask is served by another thread and never shed.
//!
//! Reads    resident memory (`/proc/self/statm`), and how late each worker's timer comes: a worker
//!          whose tasks wait for each other for `LATE_MS` answers nobody in time.
//! Misses   memory is unknown where there is no `/proc`: then only lateness counts.

use super::Shared;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// Milliseconds by which a worker's timer may be late.
const LATE_MS: u64 = 250;
/// Late ticks in a row that count as overload; it ends with as many punctual ones.
const TICKS: u32 = 3;
/// Of the memory ceiling, in hundredths: where shedding begins, and where it ends.
const SHED_FROM: u64 = 95;
const SHED_UNTIL: u64 = 85;
/// What a page has, where the kernel says nothing else.
const PAGE_BYTES: u64 = 4_096;

/// What is known of the pressure.
#[derive(Debug, Default)]
pub struct Pressure {
    resident_bytes: AtomicU64,
    memory_is_short: AtomicU32,
    late: AtomicU32,
}

impl Pressure {
    /// Resident memory at the last look, in bytes; 0 if it is unknown.
    pub fn resident_bytes(&self) -> u64 {
        self.resident_bytes.load(Relaxed)
    }

    /// Looks at memory, and at how late the worker's timer was. Called about ten times a second.
    pub(super) fn look(&self, shared: &Shared, memory_bytes_max: u64, late_ms: u64) {
        let resident = resident_bytes().unwrap_or(0);
        self.resident_bytes.store(resident, Relaxed);
        let was_short = self.memory_is_short.load(Relaxed) != 0;
        let limit = if was_short { SHED_UNTIL } else { SHED_FROM };
        let is_short = memory_bytes_max != 0 && resident > memory_bytes_max / 100 * limit;
        self.memory_is_short.store(u32::from(is_short), Relaxed);
        let late = self.late.load(Relaxed);
        let late = match late_ms >= LATE_MS {
            true => late.saturating_add(1).min(2 * TICKS),
            false => late.saturating_sub(1),
        };
        self.late.store(late, Relaxed);
        let was_late = shared.tables.is_overloaded() && !was_short;
        let is_late = if was_late { late > 0 } else { late >= TICKS };
        shared.tables.set_overloaded(is_short || is_late);
    }
}

fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE_BYTES)
}
