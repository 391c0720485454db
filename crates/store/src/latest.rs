//! The newest observations of a journal.
//!
//! Reads    segments from the newest to the oldest, each from its beginning, until enough is
//!          found: a stopped or running instance, changing nothing.
//! Memory   as many observations as are asked for.
//! Errors   only if the directory cannot be read; unreadable parts are counted in `damage`.
//! Misses   what is unreadable.

use crate::disk::{Directory, Disk};
use crate::read::{Damage, ReadError, record};
use crate::record::{OBSERVATION, Record};
use crate::scan::Scan;
use crate::segment::Segment;
use bartizan_model::observation::Observation;
use std::collections::VecDeque;
use std::path::Path;

/// The newest observations that a filter let pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Latest {
    /// Newest first, by the order in which they were written.
    pub observations: Vec<Observation>,
    /// What could not be read while searching.
    pub damage: Damage,
}

/// The newest `max` observations in the journal in `dir` for which `wanted` says yes.
///
/// # Errors
///
/// [`ReadError::Directory`] if the directory cannot be read.
pub fn latest(
    dir: &Path,
    max: usize,
    wanted: impl FnMut(&Observation) -> bool,
) -> Result<Latest, ReadError> {
    latest_on(&Directory::at(dir), max, wanted)
}

/// As [`latest`] on `disk`.
pub(crate) fn latest_on<D: Disk>(
    disk: &D,
    max: usize,
    mut wanted: impl FnMut(&Observation) -> bool,
) -> Result<Latest, ReadError> {
    let all = disk.list().map_err(ReadError::Directory)?;
    let mut found = Latest { observations: Vec::new(), damage: Damage::default() };
    for (n, &(segment, _)) in all.iter().rev().enumerate() {
        let left = max.saturating_sub(found.observations.len());
        if left == 0 {
            break;
        }
        match Scan::open(disk, segment, n == 0) {
            Ok(Some(mut scan)) => {
                let newest = newest(&mut scan, segment, left, &mut wanted, &mut found.damage);
                found.observations.extend(newest.into_iter().rev());
            }
            Ok(None) => {}
            Err(error) => found.damage.count(&error),
        }
    }
    Ok(found)
}

/// The newest `max` wanted observations of one segment, oldest first.
fn newest(
    scan: &mut Scan<impl std::io::Read>,
    segment: Segment,
    max: usize,
    wanted: &mut impl FnMut(&Observation) -> bool,
    damage: &mut Damage,
) -> VecDeque<Observation> {
    let mut newest = VecDeque::new();
    while let Some(item) = scan.frame() {
        let read = item.and_then(|(at, frame)| {
            if frame.kind == OBSERVATION { record(segment, at, frame).map(Some) } else { Ok(None) }
        });
        match read {
            Ok(Some(Record::Observation(it))) if wanted(&it) => {
                if newest.len() >= max {
                    newest.pop_front();
                }
                newest.push_back(it);
            }
            Ok(_) => {}
            Err(error) => damage.count(&error),
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::double::Double;
    use crate::journal::Journal;
    use crate::sample;

    /// Of nine observations, whether in one segment or in many, expects these.
    #[track_caller]
    fn check(max: usize, wanted: impl Fn(&Observation) -> bool + Copy, expected: &[u64]) {
        for segment_bytes_max in [1 << 20, 1_200, 1] {
            let disk = Double::default();
            let options = sample::options(1 << 20, segment_bytes_max);
            let (mut journal, _) = Journal::open_on(disk.clone(), options, sample::at(0)).unwrap();
            for n in 1..=9 {
                journal.append(&Record::Observation(sample::observation(n))).unwrap();
                journal.append(&sample::gap(n)).unwrap();
            }
            journal.flush().unwrap();
            let found = latest_on(&disk, max, wanted).unwrap();
            let ids: Vec<_> = found.observations.iter().map(|it| it.id).collect();
            assert_eq!(ids, expected.iter().map(|&n| sample::id(n)).collect::<Vec<_>>());
            assert_eq!(found.damage, Damage::default());
        }
    }

    #[test]
    fn the_newest_come_first_and_no_more_than_asked_for() {
        check(0, |_| true, &[]);
        check(3, |_| true, &[9, 8, 7]);
        check(9, |_| true, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
        check(usize::MAX, |_| true, &[9, 8, 7, 6, 5, 4, 3, 2, 1]);
    }

    #[test]
    fn only_what_the_filter_wants_is_counted() {
        check(2, |it| it.id.bits() % 2 == 0, &[8, 6]);
        check(2, |it| it.id == sample::id(1), &[1]);
        check(2, |_| false, &[]);
    }
}
