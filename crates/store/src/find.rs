//! Finds one exchange in a journal, with the rules that judged it.
//!
//! Reads    segments from the newest to the oldest, as [`crate::read()`] does: a stopped or running
//!          instance, changing nothing.
//! Memory   one frame and the rules of one revision.
//! Errors   only if the directory cannot be read; unreadable parts are counted in `damage`.
//! Misses   rules of an older revision than the one in force when a segment was begun, if the
//!          segment that held them has been deleted.

use crate::disk::{Directory, Disk};
use crate::observation;
use crate::read::{Damage, ReadError, record};
use crate::record::{ANSWERED, INTENT, OBSERVATION, Record};
use crate::rules::RulesRecord;
use crate::scan::Scan;
use crate::segment::Segment;
use bartizan_model::id::{EndpointId, ExchangeId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use std::path::Path;

/// What a journal holds of one exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The exchange, if it is there.
    pub observation: Option<Observation>,
    /// What was made durable of it, if it never came to an observation.
    pub unfinished: Option<Unfinished>,
    /// The rules of the revision that judged it, if they are still there.
    pub rules: Option<RulesRecord>,
    /// What could not be read while searching: what was not found may lie there.
    pub damage: Damage,
}

/// An exchange that was forwarded or answered, and of which the end is missing: bartizan or its
/// machine stopped in the middle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// When it was about to be forwarded, and to which endpoint.
    pub intent: Option<(Moment, EndpointId)>,
    /// When it was about to be answered, and with which status.
    pub answered: Option<(Moment, u16)>,
}

/// Finds the exchange `id` in the journal in `dir`.
///
/// # Errors
///
/// [`ReadError::Directory`] if the directory cannot be read.
pub fn find(dir: &Path, id: ExchangeId) -> Result<Found, ReadError> {
    find_on(&Directory::at(dir), id)
}

/// Finds the exchange `id` on `disk`.
pub(crate) fn find_on<D: Disk>(disk: &D, id: ExchangeId) -> Result<Found, ReadError> {
    let all = disk.list().map_err(ReadError::Directory)?;
    let (last, damage) = (all.last().map(|it| it.0), Damage::default());
    let mut search = Search { disk, last, damage, unfinished: Unfinished::default() };
    let newest_first: Vec<Segment> = all.iter().rev().map(|it| it.0).collect();
    let mut left = newest_first.as_slice();
    let (observation, unfinished, rules) = (None, None, None);
    let mut found = Found { observation, unfinished, rules, damage: Damage::default() };
    while let Some((&segment, older)) = left.split_first() {
        if let Some((at, observation)) = search.observation(segment, id) {
            found.rules = search.rules(left, at, observation.revision);
            found.observation = Some(observation);
            break;
        }
        left = older;
    }
    if found.observation.is_none() {
        found.unfinished = Some(search.unfinished).filter(|it| *it != Unfinished::default());
    }
    Ok(Found { damage: search.damage, ..found })
}

struct Search<'a, D> {
    disk: &'a D,
    last: Option<Segment>,
    damage: Damage,
    unfinished: Unfinished,
}

impl<D: Disk> Search<'_, D> {
    /// The observation of `id` in `segment`, and where its frame begins.
    fn observation(&mut self, segment: Segment, id: ExchangeId) -> Option<(u64, Observation)> {
        let mut scan = self.open(segment)?;
        while let Some(item) = scan.frame() {
            let read = item.and_then(|(at, frame)| {
                // All three begin with the id.
                let speaks_of_one = [OBSERVATION, INTENT, ANSWERED].contains(&frame.kind);
                let other = !speaks_of_one || observation::id(frame.payload) != Some(id);
                if other { Ok(None) } else { record(segment, at, frame).map(|it| Some((at, it))) }
            });
            match self.counted(read).flatten() {
                Some((at, Record::Observation(it))) => return Some((at, it)),
                Some((_, Record::Intent { at, endpoint, .. })) => {
                    self.unfinished.intent = Some((at, endpoint));
                }
                Some((_, Record::Answered { at, status, .. })) => {
                    self.unfinished.answered = Some((at, status));
                }
                Some((
                    _,
                    Record::Rules(_)
                    | Record::Gap { .. }
                    | Record::Started { .. }
                    | Record::Stopped { .. },
                ))
                | None => {}
            }
        }
        None
    }

    /// The rules of `revision` that were put in force last before byte `until` of the first of
    /// `newest_first`, by the same instance.
    fn rules(
        &mut self,
        newest_first: &[Segment],
        mut until: u64,
        revision: u64,
    ) -> Option<RulesRecord> {
        for &segment in newest_first {
            let (rules, begun) = self.rules_in(segment, until, revision);
            if rules.is_some() || begun {
                return rules;
            }
            until = u64::MAX;
        }
        None
    }

    /// As [`Search::rules`] within one segment, and whether an instance began there: revisions
    /// before that are not its own.
    fn rules_in(
        &mut self,
        segment: Segment,
        until: u64,
        revision: u64,
    ) -> (Option<RulesRecord>, bool) {
        let (mut rules, mut begun) = (None, false);
        let Some(mut scan) = self.open(segment) else { return (rules, begun) };
        while scan.end() < until {
            let Some(item) = scan.frame() else { break };
            // What is unreadable here is counted where whole segments are searched.
            let Ok((at, frame)) = item else { break };
            match record(segment, at, frame) {
                Ok(Record::Rules(it)) if it.revision == revision => rules = Some(it),
                Ok(Record::Started { .. }) => (rules, begun) = (None, true),
                Ok(
                    Record::Rules(_)
                    | Record::Observation(_)
                    | Record::Intent { .. }
                    | Record::Answered { .. }
                    | Record::Gap { .. }
                    | Record::Stopped { .. },
                )
                | Err(_) => {}
            }
        }
        (rules, begun)
    }

    fn open(&mut self, segment: Segment) -> Option<Scan<D::Reader>> {
        let opened = Scan::open(self.disk, segment, self.last == Some(segment));
        self.counted(opened).flatten()
    }

    fn counted<T>(&mut self, read: Result<T, ReadError>) -> Option<T> {
        read.inspect_err(|error| self.damage.count(error)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::double::Double;
    use crate::journal::Journal;
    use crate::sample;

    /// Writes these records, each in a segment of its own where `cut` says so.
    fn disk(records: &[Record], segment_bytes_max: u64) -> Double {
        let disk = Double::default();
        let options = sample::options(1 << 20, segment_bytes_max);
        let (mut journal, _) = Journal::open_on(disk.clone(), options, sample::at(0)).unwrap();
        records.iter().for_each(|it| journal.append(it).unwrap());
        journal.sync().unwrap();
        disk
    }

    fn rules(revision: u64, wall_us: u64) -> Record {
        Record::Rules(RulesRecord { wall_us, ..sample::rules(revision) })
    }

    fn observation(n: u64, revision: u64) -> Record {
        Record::Observation(Observation { revision, ..sample::observation(n) })
    }

    /// Finds exchange `n`; expects the rules that were put in force at this time.
    #[track_caller]
    fn check(records: &[Record], n: u64, expected: Option<Option<u64>>) {
        // All in one segment, and a segment for every record.
        for segment_bytes_max in [1 << 20, 1] {
            let found = find_on(&disk(records, segment_bytes_max), sample::id(n)).unwrap();
            assert_eq!(found.observation.is_some(), expected.is_some());
            assert!(found.observation.is_none_or(|it| it.id == sample::id(n)));
            assert_eq!(found.rules.map(|it| it.wall_us), expected.flatten());
            assert_eq!(found.damage, Damage::default());
        }
    }

    #[test]
    fn an_exchange_is_found_with_the_rules_of_its_revision() {
        let all = [
            sample::started(1),
            rules(1, 10),
            observation(1, 1),
            rules(2, 20),
            observation(2, 2),
            // It began under the rules before.
            observation(3, 1),
            observation(4, 7),
        ];
        check(&all, 1, Some(Some(10)));
        check(&all, 2, Some(Some(20)));
        check(&all, 3, Some(Some(10)));
        check(&all, 4, Some(None));
        check(&all, 5, None);
    }

    #[test]
    fn rules_of_an_earlier_instance_are_not_taken_for_those_of_a_later_one() {
        let all = [
            sample::started(1),
            rules(1, 10),
            observation(1, 1),
            sample::started(2),
            observation(2, 1),
            rules(1, 20),
            observation(3, 1),
        ];
        check(&all, 1, Some(Some(10)));
        // A segment of its own begins with the rules of the instance that writes it, which here
        // plays both.
        let found = find_on(&disk(&all, 1 << 20), sample::id(2)).unwrap();
        assert_eq!(found.rules, None);
        check(&all, 3, Some(Some(20)));
    }

    #[test]
    fn rules_far_behind_in_an_earlier_segment_are_found() {
        let mut all = vec![sample::started(1)];
        all.extend((0..20).map(sample::gap));
        all.extend([rules(1, 10), rules(2, 20), observation(1, 1)]);
        let disk = disk(&all, 1_300);
        assert_eq!(disk.list().unwrap().len(), 2);
        let found = find_on(&disk, sample::id(1)).unwrap();
        assert_eq!(found.rules.map(|it| it.wall_us), Some(10));
    }

    #[test]
    fn the_segments_of_an_earlier_instance_are_not_searched_for_rules() {
        let disk = disk(&[sample::started(1), rules(1, 10), observation(1, 1)], 1 << 20);
        let options = sample::options(1 << 20, 1 << 20);
        let (mut journal, _) = Journal::open_on(disk.clone(), options, sample::at(0)).unwrap();
        journal.append(&sample::started(2)).unwrap();
        journal.append(&observation(2, 1)).unwrap();
        journal.sync().unwrap();
        let rules_of = |n| find_on(&disk, sample::id(n)).unwrap().rules.map(|it| it.wall_us);
        assert_eq!((rules_of(1), rules_of(2)), (Some(10), None));
    }

    #[test]
    fn what_was_unreadable_is_counted_beside_what_was_found() {
        let disk = disk(&[sample::started(1), rules(1, 10), observation(1, 1)], 1);
        let newest = disk.list().unwrap().last().unwrap().0;
        let broken = newest.next().unwrap();
        disk.put(broken, b"this is not a journal, but it is long enough");
        let found = find_on(&disk, sample::id(1)).unwrap();
        assert!(found.observation.is_some());
        assert_eq!(found.damage, Damage { segments: 1, records: 0 });
    }
}
