//! The archive on a disk that loses power and fails: nothing is lost, nothing is there twice.

use super::archive::{Archive, Bounds};
use super::catalogue::{Contents, published};
use super::key::{KEY_BYTES, KeyRing, MasterKey};
use super::open::OpenSegment;
use super::tail::Tail;
use crate::double::Double;
use crate::files::simulated::{Deaf, Fault, Simulated};
use crate::journal::Journal;
use crate::record::Record;
use crate::sample;
use bartizan_model::observation::Observation;
use std::panic::{AssertUnwindSafe, catch_unwind};

const BOUNDS: Bounds = Bounds { bytes_max: u64::MAX, age_us_max: None };
const ROWS: u64 = 60;

fn keys() -> KeyRing {
    let key = |it| MasterKey::new(&[it; KEY_BYTES]).unwrap();
    KeyRing::new(key(2), vec![key(1)])
}

fn old_keys() -> KeyRing {
    KeyRing::new(MasterKey::new(&[1; KEY_BYTES]).unwrap(), Vec::new())
}

/// A journal of many closed segments.
fn journal() -> Double {
    let disk = Double::default();
    let options = sample::options(1 << 20, 3_000);
    let (mut journal, _) = Journal::open_on(disk.clone(), options, sample::at(0)).unwrap();
    for n in 1..=ROWS {
        journal.append(&Record::Observation(sample::observation(n))).unwrap();
    }
    journal.sync().unwrap();
    disk
}

/// Seals, merges and wraps anew, and stops at the first error.
fn work(files: &Simulated, journal: &Double) -> Result<(), super::archive::ArchiveError> {
    let mut archive = Archive::open(files.clone(), old_keys(), BOUNDS)?;
    archive.meet(journal)?;
    // Only some segments of the journal at a time, as they come.
    for closed in [2, 4, 6, 8, 100] {
        archive.seal(&journal.first(closed), || true)?;
    }
    archive.compact(1, || true)?;
    archive.retain(u64::MAX)?;
    drop(archive);
    let mut archive = Archive::open(files.clone(), keys(), BOUNDS)?;
    archive.rotate()?;
    Ok(())
}

/// What a reader finds: sealed rows and those of the journal behind.
fn readable(files: &Simulated, journal: &Double, contents: &Contents) -> Result<Vec<u64>, String> {
    let mut found = Vec::new();
    let number = |it: &Observation| it.started.mono_ns / 1_000;
    for entry in contents.entries.values() {
        let segment = OpenSegment::open(files, &entry.name(), &keys());
        let segment = segment.map_err(|error| format!("{}: {error}", entry.name()))?;
        for it in segment.observations().map_err(|it| it.to_string())? {
            let it = it.map_err(|error| format!("{}: {error}", entry.name()))?;
            if it != sample::observation(number(&it)) {
                return Err(format!("row {} is another", number(&it)));
            }
            found.push(number(&it));
        }
    }
    let tail = Tail::behind(journal.clone(), contents.sealed_through.unwrap_or(0)).unwrap();
    found.extend(tail.map(|it| number(&it.unwrap())));
    found.sort_unstable();
    Ok(found)
}

/// What is wrong with a disk after a loss of power, if anything: for a reader beside, for the next
/// instance, and after that one has gone on.
fn wrong_with(after: &Simulated, journal: &Double) -> Option<String> {
    let expected: Vec<u64> = (1..=ROWS).collect();
    let check = |what: &str, contents: &Contents| match readable(after, journal, contents) {
        Ok(found) if found == expected => None,
        Ok(found) => Some(format!("{what}: {} rows", found.len())),
        Err(error) => Some(format!("{what}: {error}")),
    };
    let list = match published(after) {
        Ok(list) => list,
        Err(error) => return Some(format!("list: {error}")),
    };
    if let Some(wrong) = check("a reader", &list) {
        return Some(wrong);
    }
    let mut archive = match Archive::open(after.clone(), keys(), BOUNDS) {
        Ok(archive) => archive,
        Err(error) => return Some(format!("open: {error}")),
    };
    if let Some(wrong) = check("the next instance", archive.contents()) {
        return Some(wrong);
    }
    let went_on = archive.meet(journal).and_then(|()| archive.seal(journal, || true));
    if let Err(error) = went_on {
        return Some(format!("going on: {error}"));
    }
    check("after going on", archive.contents())
}

/// Cuts the power before every call, draws what survives `seeds` times; what went wrong, and how many
/// points there were.
fn cut_everywhere(deaf: &Deaf, seeds: u64, step: usize) -> (Vec<String>, u64) {
    let journal = journal();
    let whole = Simulated::default();
    work(&whole, &journal).unwrap();
    let (mut wrong, mut points) = (Vec::new(), 0);
    for cut in (0..=whole.calls()).step_by(step) {
        let disk = Simulated::default();
        disk.deaf(deaf.clone());
        disk.cut(cut);
        // With the power gone, nothing that is done afterwards matters.
        drop(catch_unwind(AssertUnwindSafe(|| work(&disk, &journal))));
        for seed in 0..seeds {
            points += 1;
            let after = disk.after_power_loss(seed);
            let found = catch_unwind(AssertUnwindSafe(|| wrong_with(&after, &journal)));
            match found {
                Ok(None) => {}
                Ok(Some(why)) => wrong.push(format!("cut {cut} seed {seed}: {why}")),
                Err(_) => wrong.push(format!("cut {cut} seed {seed}: panic")),
            }
        }
    }
    (wrong, points)
}

#[test]
fn a_loss_of_power_at_any_call_loses_nothing_and_doubles_nothing() {
    let (wrong, points) = cut_everywhere(&Deaf::Never, 10, 1);
    assert!(wrong.is_empty(), "{} of {points}: {:#?}", wrong.len(), &wrong[..wrong.len().min(5)]);
    eprintln!("segments and catalogue: {points} losses of power");
    assert!(points > 2_000, "{points}");
}

#[test]
fn a_missing_sync_is_found() {
    for deaf in
        [Deaf::Files(".segment"), Deaf::Files("catalogue.redb"), Deaf::Files("list"), Deaf::Names]
    {
        let (wrong, points) = cut_everywhere(&deaf, 6, 3);
        assert!(!wrong.is_empty(), "{deaf:?} was not found at {points} points");
    }
}

#[test]
fn whatever_call_fails_nothing_is_lost_and_the_next_try_goes_on() {
    let journal = journal();
    let whole = Simulated::default();
    work(&whole, &journal).unwrap();
    for fault in Fault::ALL {
        for call in (0..whole.calls()).step_by(2) {
            let disk = Simulated::default();
            disk.fail(call, *fault);
            drop(work(&disk, &journal));
            disk.heal();
            let wrong = wrong_with(&disk.after_power_loss(1), &journal);
            assert_eq!(wrong, None, "{fault:?} at call {call}");
            let wrong = wrong_with(&disk.after_power_loss(0), &journal);
            assert_eq!(wrong, None, "{fault:?} at call {call}, then no power");
        }
    }
}

#[test]
fn an_archive_whose_call_failed_goes_on_by_itself() {
    let journal = journal();
    let whole = Simulated::default();
    work(&whole, &journal).unwrap();
    for fault in Fault::ALL {
        for call in (0..whole.calls()).step_by(2) {
            let disk = Simulated::default();
            let Ok(mut archive) = Archive::open(disk.clone(), keys(), BOUNDS) else { panic!() };
            disk.fail(call, *fault);
            for _ in 0..3 {
                // The same archive, again and again: one of the tries meets no fault.
                drop(archive.meet(&journal));
                for closed in [3, 6, 100] {
                    drop(archive.seal(&journal.first(closed), || true));
                }
                drop(archive.compact(1, || true));
            }
            disk.heal();
            let expected: Vec<u64> = (1..=ROWS).collect();
            let found = readable(&disk, &journal, archive.contents());
            assert_eq!(found, Ok(expected), "{fault:?} at call {call}");
            assert!(archive.contents().sealed_through > Some(6), "{fault:?} at call {call}");
        }
    }
}

#[test]
fn a_journal_that_was_begun_anew_is_sealed_from_its_beginning() {
    let (first, disk) = (journal(), Simulated::default());
    let mut archive = Archive::open(disk.clone(), keys(), BOUNDS).unwrap();
    archive.meet(&first).unwrap();
    archive.seal(&first, || true).unwrap();
    let rows = archive.contents().entries[&1].rows;
    let second = journal().first(4);
    archive.meet(&second).unwrap();
    archive.seal(&second, || true).unwrap();
    assert_eq!(archive.contents().entries.len(), 2);
    assert!(archive.contents().entries[&2].rows > 0 && rows > 0);
    assert_eq!(archive.contents().lost, 0);
}

#[test]
fn segments_of_the_journal_that_went_unsealed_are_counted() {
    let journal = journal();
    let mut archive = Archive::open(Simulated::default(), keys(), BOUNDS).unwrap();
    archive.seal(&journal.first(3), || true).unwrap();
    let sealed = archive.contents().sealed_through.unwrap();
    let dropped: Vec<_> = crate::disk::Disk::list(&journal).unwrap();
    for (segment, _) in dropped.iter().take(6) {
        crate::disk::Disk::remove(&journal, *segment).unwrap();
    }
    archive.seal(&journal, || true).unwrap();
    assert_eq!(archive.contents().lost, 6 - sealed);
}

#[test]
fn a_start_that_was_killed_before_it_recorded_anything_is_no_loss() {
    let (disk, options) = (Double::default(), sample::options(1 << 20, 1 << 20));
    let mut archive = Archive::open(Simulated::default(), keys(), BOUNDS).unwrap();
    let start = |n: Option<u64>| {
        let (mut journal, _) = Journal::open_on(disk.clone(), options, sample::at(0)).unwrap();
        if let Some(n) = n {
            journal.append(&Record::Observation(sample::observation(n))).unwrap();
            journal.sync().unwrap();
        }
    };
    start(Some(1));
    // Its segment holds no record, and the next start removes it.
    start(None);
    archive.meet(&disk).unwrap();
    archive.seal(&disk, || true).unwrap();
    start(Some(2));
    start(Some(3));
    archive.meet(&disk).unwrap();
    archive.seal(&disk, || true).unwrap();
    assert_eq!(readable_rows(&archive), 2);
    assert_eq!(archive.contents().lost, 0);
}

fn readable_rows(archive: &Archive<Simulated>) -> u64 {
    archive.contents().entries.values().map(|it| it.rows).sum()
}

#[test]
fn segments_go_by_age_and_by_bytes_the_oldest_first() {
    let (journal, disk) = (journal(), Simulated::default());
    let mut archive = Archive::open(disk.clone(), keys(), BOUNDS).unwrap();
    for closed in [3, 5, 7] {
        archive.seal(&journal.first(closed), || true).unwrap();
    }
    let all: Vec<_> = archive.contents().entries.values().copied().collect();
    assert_eq!(all.len(), 3);
    let bytes_max = all[1].bytes + all[2].bytes;
    archive.bound(Bounds { bytes_max, age_us_max: None });
    assert_eq!(archive.retain(0).unwrap(), 1);
    assert!(disk.bytes(&all[0].name()).is_none());
    assert_eq!(archive.retain(0).unwrap(), 0);
    archive.bound(Bounds { bytes_max, age_us_max: Some(10) });
    assert_eq!(archive.retain(all[1].max_us + 10).unwrap(), 0);
    assert_eq!(archive.retain(all[1].max_us + 11).unwrap(), 1);
    assert_eq!(archive.contents().entries.keys().copied().collect::<Vec<_>>(), [3]);
}

#[test]
fn merged_segments_stay_for_those_that_read_them_and_then_go() {
    let (journal, disk) = (journal(), Simulated::default());
    let mut archive = Archive::open(disk.clone(), keys(), BOUNDS).unwrap();
    for closed in [2, 3, 4, 5] {
        archive.seal(&journal.first(closed), || true).unwrap();
    }
    let before = archive.contents().clone();
    let expected = readable(&disk, &journal, &before);
    assert_eq!(archive.compact(1, || true).unwrap(), Some(4));
    assert_eq!(readable(&disk, &journal, &before), expected);
    assert_eq!(readable(&disk, &journal, archive.contents()), expected);
    archive.retain(700 * 1_000_000).unwrap();
    assert!(before.entries.values().all(|it| disk.bytes(&it.name()).is_none()));
    assert_eq!(readable(&disk, &journal, archive.contents()), expected);
}
