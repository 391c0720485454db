//! Reads the observations of certain segments of a journal, oldest first.
//!
//! Reads    whole segments; of the one that is being written, what is there.
//! Memory   one frame and its observation.
//! Errors   are items, as in [`crate::read()`]; reading goes on behind them.
//! Misses   records that are no observations.

use crate::disk::Disk;
use crate::read::{Damage, ReadError, record};
use crate::record::{OBSERVATION, Record};
use crate::scan::Scan;
use crate::segment::Segment;
use bartizan_model::observation::Observation;
use std::collections::VecDeque;

/// The observations of certain segments.
#[derive(Debug)]
pub struct Tail<D: Disk> {
    disk: D,
    segments: VecDeque<Segment>,
    /// The segment that a writer may be in the middle of.
    live: Option<Segment>,
    scan: Option<(Segment, Scan<D::Reader>)>,
    damage: Damage,
    missing: u64,
}

impl<D: Disk> Tail<D> {
    /// Those of all segments behind number `sealed`, the one that is being written among them.
    ///
    /// # Errors
    ///
    /// [`ReadError::Directory`].
    pub fn behind(disk: D, sealed: u64) -> Result<Self, ReadError> {
        let all = disk.list().map_err(ReadError::Directory)?;
        let segments: VecDeque<_> =
            all.into_iter().map(|it| it.0).filter(|it| it.number() > sealed).collect();
        let live = segments.back().copied();
        Ok(Self { disk, segments, live, scan: None, damage: Damage::default(), missing: 0 })
    }

    /// Those of these segments, none of which is being written.
    pub fn of(disk: D, segments: &[Segment]) -> Self {
        let segments = segments.iter().copied().collect();
        Self { disk, segments, live: None, scan: None, damage: Damage::default(), missing: 0 }
    }

    /// Those of a segment that is being written, as far as it is.
    pub fn live(disk: D, segment: Segment) -> Self {
        Self { live: Some(segment), ..Self::of(disk, &[segment]) }
    }

    /// What was unreadable so far.
    pub fn damage(&self) -> Damage {
        self.damage
    }

    /// Segments that were deleted before they could be read.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    fn advance(&mut self) -> Option<Result<Observation, ReadError>> {
        loop {
            while let Some((segment, scan)) = &mut self.scan {
                match scan.frame() {
                    None => self.scan = None,
                    Some(Err(error)) => return Some(Err(error)),
                    Some(Ok((_, frame))) if frame.kind != OBSERVATION => {}
                    Some(Ok((at, frame))) => match record(*segment, at, frame) {
                        Ok(Record::Observation(it)) => return Some(Ok(it)),
                        Ok(_) => {}
                        Err(error) => return Some(Err(error)),
                    },
                }
            }
            let segment = self.segments.pop_front()?;
            match Scan::open(&self.disk, segment, self.live == Some(segment)) {
                Ok(scan) => {
                    self.missing += u64::from(scan.is_none() && self.live != Some(segment));
                    self.scan = scan.map(|it| (segment, it));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<D: Disk> Iterator for Tail<D> {
    type Item = Result<Observation, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.advance()?;
        if let Err(error) = &item {
            self.damage.count(error);
        }
        Some(item)
    }
}
