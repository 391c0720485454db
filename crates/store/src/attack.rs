//! Attacks on the journal: every write fails once in every way, power is lost at every point, and
//! the bytes of a segment are replaced by hostile ones.

use crate::disk::Disk;
use crate::double::{Deaf, Double, Fault};
use crate::find::find_on;
use crate::frame::{Frame, Head, PAYLOAD_BYTES_MAX};
use crate::header::HEADER_BYTES;
use crate::journal::{Journal, JournalError};
use crate::latest::latest_on;
use crate::read::{Damage, ReadError, Records};
use crate::record::Record;
use crate::sample::{self, gap, intent, observation, options, rules, started};
use crate::scan::Scan;
use crate::segment::Segment;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[expect(clippy::large_enum_variant, reason = "few of them live at once")]
enum Step {
    Append(Record),
    Flush,
    Sync,
}

/// A day in the life of a journal, over several segments; every record is different.
fn script() -> Vec<Step> {
    let append = |it| Step::Append(it);
    let observe = |n| Step::Append(Record::Observation(observation(n)));
    let mut all = vec![append(started(1)), append(Record::Rules(rules(1))), Step::Sync];
    all.extend((2..6).map(observe));
    all.extend([Step::Flush, observe(6), Step::Sync, append(intent(7)), Step::Sync, observe(7)]);
    all.extend([append(Record::Rules(rules(2))), observe(8), Step::Flush, append(gap(9))]);
    all.extend((10..16).map(observe));
    all.extend([Step::Sync, append(intent(16)), Step::Sync, Step::Sync, observe(17), Step::Flush]);
    all.extend([observe(18), append(Record::Stopped { at: sample::at(19) }), Step::Sync]);
    all
}

/// What a writer was told.
#[derive(Default)]
struct Told {
    /// All records that were taken, and whether `sync` vouched for them.
    taken: Vec<(Record, bool)>,
    /// Those behind this one wait for the word of `sync`.
    settled: usize,
}

impl Told {
    fn settle(&mut self, durable: bool) {
        self.taken[self.settled..].iter_mut().for_each(|it| it.1 = durable);
        self.settled = self.taken.len();
    }
}

fn play(disk: &Double) -> Told {
    let mut told = Told::default();
    let opened = Journal::open_on(disk.clone(), options(1 << 20, 2_000), sample::at(0));
    let Ok((mut journal, _)) = opened else { return told };
    for step in script() {
        match step {
            Step::Append(record) => {
                if journal.append(&record).is_ok() {
                    told.taken.push((record, false));
                }
            }
            Step::Flush => drop(journal.flush()),
            Step::Sync => match journal.sync() {
                Ok(()) => told.settle(true),
                Err(JournalError::Unconfirmed { .. }) => told.settle(false),
                Err(_) => {}
            },
        }
    }
    told
}

/// Opens the journal again, writes one more record, and expects: it is there and the last; what
/// `sync` vouched for is there; everything is in order and there once.
#[track_caller]
fn check(disk: &Double, told: &Told, what: &str) {
    disk.heal();
    let (mut journal, _) =
        Journal::open_on(disk.clone(), options(1 << 20, 2_000), sample::at(100)).unwrap();
    journal.append(&started(100)).unwrap();
    journal.sync().unwrap();
    drop(journal);
    compare(disk, told, what);
    disk.lose_power(false);
    compare(disk, told, what);
}

#[track_caller]
fn compare(disk: &Double, told: &Told, what: &str) {
    let mut expected = told.taken.iter().cloned().chain([(started(100), true)]);
    for found in Records::of(disk.clone()).filter_map(Result::ok) {
        let passed = expected.by_ref().find(|(it, durable)| {
            assert!(*it == found || !durable, "{what}: lost {it:?} before {found:?}");
            *it == found
        });
        assert!(passed.is_some(), "{what}: doubled or out of order: {found:?}");
    }
    let lost: Vec<_> = expected.filter(|it| it.1).collect();
    assert!(lost.is_empty(), "{what}: lost {lost:?}");
}

#[test]
fn without_faults_everything_is_durable_and_nothing_is_damaged() {
    let disk = Double::default();
    let told = play(&disk);
    assert!(told.taken.iter().all(|it| it.1));
    assert!(disk.list().unwrap().len() > 3);
    disk.lose_power(false);
    let all: Result<Vec<_>, _> = Records::of(disk.clone()).collect();
    assert_eq!(all.unwrap(), told.taken.iter().map(|it| it.0.clone()).collect::<Vec<_>>());
    check(&disk, &told, "no fault");
}

#[test]
fn whatever_call_fails_what_sync_vouched_for_is_there_and_nothing_is_there_twice() {
    let calls = {
        let disk = Double::default();
        play(&disk);
        disk.calls()
    };
    assert!(calls > 30);
    for fault in [Fault::Error, Fault::Half, Fault::Stuck, Fault::Short] {
        for first in 0..calls {
            for count in [1, 2, 3, 7, u64::MAX - 1_000] {
                for power in [None, Some(false), Some(true)] {
                    let disk = Double::default();
                    disk.fault(first..first + count, fault);
                    let told = play(&disk);
                    if let Some(some) = power {
                        disk.lose_power(some);
                    }
                    let what = format!("{fault:?} {first}+{count}, power lost: {power:?}");
                    check(&disk, &told, &what);
                }
            }
        }
    }
}

/// Has the power fail before each call, with `seeds` drawings each of what survives. How many points
/// there were, and whether at one of them something was lost or doubled.
fn cut_everywhere(deaf: Deaf, seeds: u64) -> (u64, bool) {
    let calls = {
        let disk = Double::default();
        play(&disk);
        disk.calls()
    };
    let mut points = 0;
    for cut in 0..=calls {
        for seed in 0..seeds {
            points += 1;
            let mut random = Random((cut * seeds + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
            let disk = Double::default();
            disk.deaf(deaf);
            disk.fault(cut..u64::MAX - 1_000, Fault::Error);
            let told = play(&disk);
            disk.heal();
            disk.lose_power_by(|it| random.below(it));
            let checked = catch_unwind(AssertUnwindSafe(|| {
                check(&disk, &told, &format!("{deaf:?}, power lost at call {cut}, seed {seed}"));
            }));
            if let Err(wrong) = checked {
                if deaf == Deaf::Never {
                    std::panic::resume_unwind(wrong);
                }
                return (points, true);
            }
        }
    }
    (points, false)
}

#[test]
fn power_lost_at_any_call_loses_and_doubles_nothing_that_sync_vouched_for() {
    let (points, is_wrong) = cut_everywhere(Deaf::Never, 60);
    eprintln!("journal: {points} losses of power");
    assert!(points > 2_000 && !is_wrong, "{points}");
}

/// The control: with any one kind of sync taken out, the same attack finds the loss.
#[test]
fn a_missing_sync_of_the_journal_is_found() {
    for deaf in [Deaf::Segments, Deaf::Names] {
        let (points, is_wrong) = cut_everywhere(deaf, 60);
        assert!(is_wrong, "{deaf:?} was not found at {points} points");
    }
}

#[test]
fn a_segment_cut_anywhere_gives_the_records_before_the_cut_and_takes_new_ones() {
    let whole = valid();
    for end in 0..whole.len() {
        let disk = Double::default();
        disk.put(Segment::FIRST, &whole[..end]);
        let before: Vec<_> = Records::of(disk.clone()).map(|it| it.unwrap()).collect();
        assert_eq!(before, sample::records()[..before.len()]);

        let (mut journal, recovery) =
            Journal::open_on(disk.clone(), options(1 << 20, 1 << 20), sample::at(0)).unwrap();
        journal.append(&gap(50)).unwrap();
        journal.sync().unwrap();
        disk.lose_power(false);
        let mut after = before;
        after.push(gap(50));
        let all: Result<Vec<_>, _> = Records::of(disk.clone()).collect();
        assert_eq!(all.unwrap(), after);
        assert!(recovery.left.is_none());
        let kept = if after.len() > 1 { disk.bytes(Segment::FIRST).len() } else { 0 };
        let header = if kept == 0 && end >= HEADER_BYTES { HEADER_BYTES } else { 0 };
        assert_eq!(kept + header + usize::try_from(recovery.bytes_cut).unwrap(), end);
    }
}

#[test]
fn a_reader_beside_a_writer_sees_whole_records_only() {
    let whole = valid();
    let next = Segment::FIRST.next().unwrap();
    for end in HEADER_BYTES..whole.len() {
        let disk = Double::default();
        disk.put(Segment::FIRST, &whole);
        disk.put(next, &whole[..end]);
        assert!(Records::of(disk).all(|it| it.is_ok()));
    }
}

#[test]
fn damage_in_one_segment_does_not_hide_the_next() {
    let whole = valid();
    let next = Segment::FIRST.next().unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        let disk = Double::default();
        disk.put(Segment::FIRST, &bytes);
        disk.put(next, &whole);
        let mut records = Records::of(disk);
        let found: Vec<_> = records.by_ref().filter_map(Result::ok).collect();
        assert!(found.ends_with(&sample::records()), "{at}");
        assert_eq!(records.damage(), Damage { segments: 1, records: 0 }, "{at}");
    }
}

#[test]
fn segments_that_are_none_are_named_and_left_alone() {
    let bytes = vec![b'x'; 100];
    let disk = Double::default();
    disk.put(Segment::FIRST, &bytes);
    let message = "00000001.journal is not a journal";
    assert_eq!(Records::of(disk.clone()).next().unwrap().unwrap_err().to_string(), message);
    let (_, recovery) =
        Journal::open_on(disk.clone(), options(1 << 20, 1 << 20), sample::at(0)).unwrap();
    assert_eq!(recovery.left.unwrap().to_string(), message);
    assert_eq!(disk.bytes(Segment::FIRST), bytes);
}

#[test]
fn a_journal_of_a_later_program_is_read_by_number_only_and_not_written() {
    let mut later = valid();
    later[8] = 2;
    let disk = Double::default();
    disk.put(Segment::FIRST, &later);
    let error = Records::of(disk.clone()).next().unwrap().unwrap_err();
    let message = "00000001.journal has format version 2; this program reads version 1";
    assert_eq!(error.to_string(), message);
    let opened = Journal::open_on(disk.clone(), options(1 << 20, 1 << 20), sample::at(0));
    assert!(matches!(opened, Err(JournalError::LaterVersion { version: 2, .. })));
    assert_eq!(disk.bytes(Segment::FIRST), later);
}

#[test]
fn a_disk_that_cannot_read_a_segment_costs_the_segment_nothing() {
    let whole = valid();
    let disk = Double::default();
    disk.put(Segment::FIRST, &whole);
    disk.rot(Segment::FIRST, 300);
    let opened = Journal::open_on(disk.clone(), options(1 << 20, 1 << 20), sample::at(0));
    assert!(matches!(opened.unwrap().1.left, Some(ReadError::Io { .. })));
    assert_eq!(disk.bytes(Segment::FIRST), whole);
    let mut records = Records::of(disk);
    assert!(matches!(records.by_ref().find_map(Result::err), Some(ReadError::Io { .. })));
    assert!(records.next().is_none());
}

#[test]
fn an_unreadable_directory_is_an_error_once_and_then_the_end() {
    let disk = Double::default();
    disk.forbid();
    let mut records = Records::of(disk.clone());
    assert!(matches!(records.next(), Some(Err(ReadError::Directory(_)))));
    assert!(records.next().is_none());
    assert!(matches!(find_on(&disk, sample::id(1)), Err(ReadError::Directory(_))));
    assert!(matches!(latest_on(&disk, 9, |_| true), Err(ReadError::Directory(_))));
    let opened = Journal::open_on(disk, options(1 << 20, 1 << 20), sample::at(0));
    assert!(matches!(opened, Err(JournalError::Directory(_))));
}

#[test]
fn hostile_bytes_neither_panic_nor_take_more_memory_than_a_frame() {
    let whole = valid();
    let mut random = Random(0x5eed);
    for _ in 0..20_000 {
        let mut bytes = whole.clone();
        random.mutate(&mut bytes);
        exercise(&bytes);
    }
}

#[test]
fn hostile_payloads_with_right_checksums_cost_no_record_but_their_own() {
    let payloads: Vec<_> = sample::records().iter().map(|it| (it.kind(), payload(it))).collect();
    let whole = valid();
    let mut random = Random(0xfeed);
    for n in 0..20_000 {
        let (kind, mut payload) = payloads[n % payloads.len()].clone();
        random.mutate(&mut payload);
        let mut bytes = whole.clone();
        Frame { kind, version: 1, flags: 0, payload: &payload }.write(&mut bytes);
        bytes.extend_from_slice(&whole[HEADER_BYTES..]);
        let read = exercise(&bytes);
        let known = 2 * sample::records().len();
        assert!((known..=known + 1).contains(&read), "{read}");
    }
}

#[test]
fn a_huge_length_is_refused_without_reading_it() {
    for length in [65_525, 65_536, u32::MAX] {
        let mut bytes = valid();
        bytes[HEADER_BYTES..HEADER_BYTES + 4].copy_from_slice(&length.to_le_bytes());
        assert_eq!(exercise(&bytes), 0);
    }
}

/// Reads `bytes` in every way. Returns how many records were understood.
fn exercise(bytes: &[u8]) -> usize {
    let disk = Double::default();
    disk.put(Segment::FIRST, bytes);
    let read = Records::of(disk.clone()).filter(Result::is_ok).count();
    drop(find_on(&disk, sample::id(3)).unwrap());
    drop(latest_on(&disk, 2, |_| true).unwrap());
    if let Ok(Some(mut scan)) = Scan::open(&disk, Segment::FIRST, false) {
        while scan.frame().is_some() {}
        assert!(scan.memory() <= PAYLOAD_BYTES_MAX);
    }
    read
}

/// A segment with one record of each kind.
fn valid() -> Vec<u8> {
    let disk = Double::default();
    let (mut journal, _) =
        Journal::open_on(disk.clone(), options(1 << 20, 1 << 20), sample::at(0)).unwrap();
    sample::records().iter().for_each(|it| journal.append(it).unwrap());
    journal.flush().unwrap();
    let bytes = disk.bytes(Segment::FIRST);
    assert!(Head::read(bytes[HEADER_BYTES..][..12].try_into().unwrap()).is_some());
    bytes
}

fn payload(record: &Record) -> Vec<u8> {
    let mut out = Vec::new();
    record.write(&mut out);
    out
}

/// Deterministic numbers (xorshift64*), so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        const NASTY: [u8; 6] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF];
        match self.below(2) {
            0 => NASTY[self.below(NASTY.len())],
            _ => u8::try_from(self.below(256)).unwrap(),
        }
    }

    /// Replaces, inserts, removes, repeats and cuts, one to four times.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let end = (at + self.below(40)).min(bytes.len());
            match self.below(6) {
                0 | 1 if at < bytes.len() => bytes[at] = self.byte(),
                2 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                3 => bytes.insert(at, self.byte()),
                4 => bytes.extend_from_within(at..end),
                5 if self.below(8) == 0 => bytes.truncate(at),
                _ => drop(bytes.drain(at..end)),
            }
        }
    }
}
