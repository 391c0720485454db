//! Follows a journal while an instance writes it.
//!
//! Reads    the newest segment from where it stopped before, then later ones: a stopped or running
//!          instance, changing nothing.
//! Memory   at most [`LOOK_MAX`] observations a look.
//! Errors   none: what is unreadable is passed over, as by [`crate::read()`].
//! Misses   segments that were deleted before they were looked at.

use crate::disk::{Directory, Disk};
use crate::header::HEADER_BYTES;
use crate::read::record;
use crate::record::Record;
use crate::scan::Scan;
use crate::segment::Segment;
use bartizan_model::observation::Observation;
use std::path::Path;

/// Observations that one look gives at most.
pub const LOOK_MAX: usize = 4_096;

/// Where following stands.
#[derive(Debug)]
pub struct Follower {
    disk: Directory,
    /// The segment that is read, and up to where; nothing was there yet if `None`.
    place: Option<(Segment, u64)>,
}

impl Follower {
    /// At the end of the journal in `dir`, which need not exist yet.
    pub fn at_end(dir: &Path) -> Self {
        let disk = Directory::at(dir);
        let newest = segments(&disk).last().copied();
        let mut follower = Self { disk, place: newest.map(|it| (it, HEADER_BYTES as u64)) };
        while follower.look().len() == LOOK_MAX {}
        follower
    }

    /// What was written since the last look, oldest first.
    pub fn look(&mut self) -> Vec<Observation> {
        let mut found = Vec::new();
        let segments = segments(&self.disk);
        if self.place.is_none() {
            self.place = segments.first().map(|it| (*it, HEADER_BYTES as u64));
        }
        while let Some((segment, at)) = self.place {
            let end = self.read_on(segment, at, &mut found);
            self.place = Some((segment, end));
            let later = segments.iter().find(|it| **it > segment);
            match later {
                Some(later) if found.len() < LOOK_MAX => {
                    self.place = Some((*later, HEADER_BYTES as u64));
                }
                Some(_) | None => break,
            }
        }
        found
    }

    /// Reads what is there of one segment; returns up to where.
    fn read_on(&self, segment: Segment, at: u64, found: &mut Vec<Observation>) -> u64 {
        let Ok(Some(mut scan)) = Scan::resume(&self.disk, segment, at) else { return at };
        while found.len() < LOOK_MAX {
            let Some(Ok((at, frame))) = scan.frame() else { break };
            if let Ok(Record::Observation(it)) = record(segment, at, frame) {
                found.push(it);
            }
        }
        scan.end()
    }
}

fn segments(disk: &Directory) -> Vec<Segment> {
    disk.list().unwrap_or_default().into_iter().map(|it| it.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use crate::sample;

    #[test]
    fn what_is_written_is_seen_once_and_in_order() {
        let dir = std::env::temp_dir().join(format!("bartizan-follow-{}", std::process::id()));
        let mut follower = Follower::at_end(&dir);
        assert_eq!(follower.look(), []);
        // Small segments: following crosses many of them.
        let options = sample::options(1 << 20, 2_000);
        let (mut journal, _) = Journal::open(&dir, options, sample::at(0)).unwrap();
        let mut seen = Vec::new();
        for n in 1..=40 {
            journal.append(&Record::Observation(sample::observation(n))).unwrap();
            if n % 3 == 0 {
                journal.flush().unwrap();
                seen.extend(follower.look().into_iter().map(|it| it.id));
            }
        }
        journal.flush().unwrap();
        seen.extend(follower.look().into_iter().map(|it| it.id));
        assert_eq!(seen, (1..=40).map(sample::id).collect::<Vec<_>>());
        assert_eq!(Follower::at_end(&dir).look(), []);
        std::fs::remove_dir_all(&dir).unwrap();
    }
}
