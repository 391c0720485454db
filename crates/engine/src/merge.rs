//! Observations of several workers in the order in which their exchanges ended, behind a watermark.
//!
//! Memory   what ended after the watermark: some milliseconds of traffic.
//! Misses   an observation that a worker leaves later than the watermark allows for comes behind those that
//!          ended after it; it is counted. Its order among those of its own worker is kept.

use bartizan_model::id::ExchangeId;
use bartizan_model::observation::Observation;

/// Merges.
#[derive(Debug, Default)]
pub struct Merge {
    #[expect(clippy::vec_box, reason = "what is sorted are words, not observations")]
    held: Vec<Box<Observation>>,
    released_ns: u64,
    late: u64,
}

impl Merge {
    /// Takes what a worker left, in its order.
    pub fn take(&mut self, left: impl Iterator<Item = Box<Observation>>) {
        self.held.extend(left);
    }

    /// Gives everything that ended at `watermark_ns` at the latest (monotonic), in order.
    pub fn release(&mut self, watermark_ns: u64) -> impl Iterator<Item = Box<Observation>> {
        // Workers leave what they saw in order: a stable sort merges their runs.
        self.held.sort_by_key(|it| ended(it));
        let count = self.held.partition_point(|it| ended(it).0 <= watermark_ns);
        let before = self.released_ns;
        self.released_ns = before.max(watermark_ns);
        // Before the first release nothing can be late.
        if before > 0 {
            self.late += self.held.partition_point(|it| ended(it).0 <= before) as u64;
        }
        self.held.drain(..count)
    }

    /// Whether nothing is held back.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Observations that came too late for their place.
    pub fn late(&self) -> u64 {
        self.late
    }
}

/// When it ended; exchanges of one instant have an order, too.
fn ended(it: &Observation) -> (u64, ExchangeId) {
    let lasted_ns = u64::from(it.phases.finished_us) * 1_000;
    (it.started.mono_ns.saturating_add(lasted_ns), it.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::KeyEpoch;
    use bartizan_model::moment::Moment;

    fn at(started_us: u64, lasted_us: u32, n: u64) -> Box<Observation> {
        let started = Moment { mono_ns: started_us * 1_000, wall_us: 0 };
        let mut it = Observation::opened(ExchangeId::new(0, n.into()), started, 1, KeyEpoch(1));
        it.phases.finished_us = lasted_us;
        Box::new(it)
    }

    fn ends(released: impl Iterator<Item = Box<Observation>>) -> Vec<(u64, u64)> {
        released.map(|it| (ended(&it).0 / 1_000, (it.id.bits() & 0xff) as u64)).collect()
    }

    #[test]
    fn two_workers_become_one_order() {
        let mut merge = Merge::default();
        merge.take([at(1, 9, 1), at(12, 1, 2), at(10, 30, 3)].into_iter());
        merge.take([at(11, 0, 4), at(3, 10, 6), at(3, 10, 5)].into_iter());
        assert_eq!(ends(merge.release(20_000)), [(10, 1), (11, 4), (13, 2), (13, 5), (13, 6)]);
        assert!(!merge.is_empty());
        assert_eq!(ends(merge.release(u64::MAX)), [(40, 3)]);
        assert_eq!((merge.is_empty(), merge.late()), (true, 0));
    }

    #[test]
    fn what_comes_behind_the_watermark_is_given_and_counted() {
        let mut merge = Merge::default();
        merge.take([at(10, 0, 1)].into_iter());
        assert_eq!(ends(merge.release(20_000)).len(), 1);
        merge.take([at(15, 0, 2), at(25, 0, 3)].into_iter());
        assert_eq!(ends(merge.release(30_000)), [(15, 2), (25, 3)]);
        assert_eq!(merge.late(), 1);
    }
}
