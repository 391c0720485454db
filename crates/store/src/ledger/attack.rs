//! Attacks on the ledger: every write fails once in every way, power is lost at thousands of points, and
//! each sync is taken out once to see that it is needed.

use super::double::{Chance, Double, Fault};
use super::{Log, Options, Reader, Recovery};
use bartizan_ledger::entry::{Entry, What};
use bartizan_ledger::note::SigningKey;
use bartizan_ledger::tree::Head;
use bartizan_ledger::verify::{Retained, verify};

const OPTIONS: Options = Options { waiting_max: 10_000, pending_bytes_max: 2_000 };

fn key() -> SigningKey {
    SigningKey::of_seed("a.example/log", &[3; 32]).unwrap()
}

fn entry(number: u64) -> Vec<u8> {
    Entry { at_us: number, what: What::Gap { lost: number } }.encode()
}

fn open(disk: &Double) -> Result<(Log<Double>, Recovery), super::LedgerError> {
    Log::open(disk.clone(), key(), &[], OPTIONS, 0)
}

/// What a writer was told.
#[derive(Default)]
struct Told {
    /// Entries that it appended: those of these numbers.
    appended: Vec<Vec<u8>>,
    /// How many of them were acknowledged.
    acknowledged: u64,
    /// Checkpoints that it may have shown to somebody.
    signed: Vec<String>,
    next: u64,
}

/// Appends, commits and seals as chance has it; whatever fails is tried again with the next step.
fn play(disk: &Double, told: &mut Told, chance: &mut Chance, steps: usize) {
    let Ok((mut log, _)) = open(disk) else { return };
    told.appended.truncate(usize::try_from(log.head().size).unwrap());
    for _ in 0..steps {
        for _ in 0..chance.below(5) * chance.below(20) {
            let entry = entry(told.next);
            told.next += 1;
            if log.append(entry.clone()).is_ok() {
                told.appended.push(entry);
            }
        }
        let worked = match chance.below(3) {
            0 => log.seal().is_ok(),
            _ => log.commit().is_ok(),
        };
        assert!(!worked || log.durable() == log.head().size);
        told.acknowledged = told.acknowledged.max(log.durable());
        let (_, note) = log.checkpoint();
        if !note.is_empty() && told.signed.last().is_none_or(|it| it != note) {
            told.signed.push(note.to_owned());
        }
    }
}

/// Opens the ledger again and says what is wrong with it: an acknowledged entry that is not there, one
/// that is there twice or out of order, a checkpoint that no longer fits, a fault.
fn wrong(disk: &Double, told: &mut Told) -> Option<String> {
    disk.heal();
    let (mut log, _) = match open(disk) {
        Ok(it) => it,
        Err(error) => return Some(format!("not opened: {error}")),
    };
    let size = log.head().size;
    if size < told.acknowledged || size > told.appended.len() as u64 {
        let (least, most) = (told.acknowledged, told.appended.len());
        return Some(format!("{size} entries, expected {least} to {most}"));
    }
    told.appended.truncate(usize::try_from(size).unwrap());
    let more = entry(told.next);
    told.next += 1;
    if let Err(error) = log.append(more.clone()).and_then(|_| log.seal()) {
        return Some(format!("not appended: {error}"));
    }
    told.appended.push(more);
    told.acknowledged = size + 1;
    let retained: Vec<Retained> =
        told.signed.iter().map(|it| Retained::read(it.as_bytes()).unwrap()).collect();
    told.signed.push(log.checkpoint().1.to_owned());
    drop(log);
    let mut reader = Reader::at(disk.clone());
    let mut found = Vec::new();
    let keys = [key().verifying().clone()];
    match verify(&mut reader, &keys, &retained, |_, entry| found.push(entry.to_vec())) {
        Ok(verdict) if !verdict.is_clean() => Some(format!("{:?}", verdict.faults)),
        Ok(_) if found != told.appended => Some("other entries".to_owned()),
        Ok(_) => None,
        Err(error) => Some(format!("not read: {error}")),
    }
}

#[test]
fn without_faults_every_entry_is_there_once_and_old_partial_tiles_go() {
    let (disk, mut told) = (Double::new(), Told::default());
    play(&disk, &mut told, &mut Chance(1), 200);
    assert!(told.appended.len() > 2_000, "{}", told.appended.len());
    assert_eq!(wrong(&disk, &mut told), None);
    disk.lose_power(&mut Chance(2));
    assert_eq!(wrong(&disk, &mut told), None);
    let full = told.appended.len() / 256;
    assert!(disk.files() < 2 * full + 3 * 256, "{} files", disk.files());
    // Again and again the same log.
    for round in 3..8 {
        play(&disk, &mut told, &mut Chance(round), 20);
        assert_eq!(wrong(&disk, &mut told), None);
    }
}

/// Power is lost at chance points, and again while the log is mended and goes on.
#[test]
fn power_lost_at_three_thousand_points_loses_and_doubles_nothing() {
    let mut points = 0;
    for seed in 0..1_000_u64 {
        let (disk, mut told) = (Double::new(), Told::default());
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        for round in 0..3 {
            // The calls from some point on do not happen: that is where the power went.
            let at = chance.below(60) as u64;
            disk.fault(at..u64::MAX - 10_000, Fault::Error);
            let steps = 1 + chance.below(12);
            play(&disk, &mut told, &mut chance, steps);
            disk.heal();
            if chance.below(4) > 0 {
                disk.lose_power(&mut chance);
            }
            points += 1;
            let what = wrong(&disk, &mut told);
            assert_eq!(what, None, "seed {seed}, round {round}");
        }
    }
    eprintln!("ledger: {points} losses of power");
    assert_eq!(points, 3_000);
}

#[test]
fn whatever_call_fails_nothing_acknowledged_is_lost_and_writing_goes_on() {
    let calls = {
        let disk = Double::new();
        play(&disk, &mut Told::default(), &mut Chance(5), 14);
        disk.calls()
    };
    assert!(calls > 100, "{calls}");
    let mut cases = 0;
    for fault in [Fault::Error, Fault::Half, Fault::Short] {
        for first in 0..calls {
            for count in [1, 3, u64::MAX / 2] {
                for power in [false, true] {
                    let (disk, mut told) = (Double::new(), Told::default());
                    disk.fault(first..first.saturating_add(count), fault);
                    play(&disk, &mut told, &mut Chance(5), 14);
                    if power {
                        disk.heal();
                        disk.lose_power(&mut Chance(first * 7 + count));
                    }
                    let what = wrong(&disk, &mut told);
                    assert_eq!(what, None, "{fault:?} {first}+{count}, power lost: {power}");
                    cases += 1;
                }
            }
        }
    }
    assert!(cases > 1_800, "{cases}");
}

/// The control: with any one kind of sync taken out, the same attack finds the loss.
#[test]
fn every_sync_is_needed() {
    let disk = Double::new();
    play(&disk, &mut Told::default(), &mut Chance(1), 100);
    let labels = disk.labels();
    for label in ["file /pending", "file tile/0", "file tile/entries", "file /checkpoint.new"] {
        assert!(labels.iter().any(|it| it.contains(label)), "{label}: {labels:?}");
    }
    for label in [
        "file /pending.new",
        "file tile/0",
        "file tile/1",
        "file tile/entries",
        "file /checkpoint.new",
        "names tile/0",
        "names tile/entries",
        "names ",
    ] {
        let is_found = (0..3_000_u64).any(|seed| {
            let (disk, mut told) = (Double::new(), Told::default());
            disk.take_out(label);
            let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let steps = 1 + chance.below(25);
            play(&disk, &mut told, &mut chance, steps);
            disk.lose_power(&mut chance);
            wrong(&disk, &mut told).is_some()
        });
        assert!(is_found, "nobody misses `{label}`");
    }
}

#[test]
fn a_full_memory_refuses_and_takes_again_once_the_disk_does() {
    let disk = Double::new();
    let options = Options { waiting_max: 10, ..OPTIONS };
    let (mut log, _) = Log::open(disk.clone(), key(), &[], options, 0).unwrap();
    disk.fault(0..u64::MAX / 2, Fault::Error);
    let taken = (0..50).filter(|it| log.append(entry(*it)).is_ok()).count();
    assert_eq!((taken, log.seal().is_ok(), log.durable()), (10, false, 0));
    disk.heal();
    assert!(log.seal().unwrap());
    assert_eq!(log.append(entry(50)).unwrap(), 10);
    assert!(log.append(vec![0; 65_536]).is_err());
}

#[test]
fn a_ledger_of_another_key_is_opened_only_if_that_key_is_replaced() {
    let disk = Double::new();
    let (mut log, _) = open(&disk).unwrap();
    log.append(entry(0)).unwrap();
    log.seal().unwrap();
    let before = key().verifying().clone();
    let next = || SigningKey::of_seed("a.example/log", &[4; 32]).unwrap();
    assert!(Log::open(disk.clone(), next(), &[], OPTIONS, 0).is_err());
    let other = SigningKey::of_seed("b.example/log", &[3; 32]).unwrap();
    assert!(Log::open(disk.clone(), other, std::slice::from_ref(&before), OPTIONS, 0).is_err());
    let keys = [before];
    let (mut log, recovery) = Log::open(disk.clone(), next(), &keys, OPTIONS, 9).unwrap();
    assert!(recovery.is_rotated && log.seal().unwrap());
    let mut last = Vec::new();
    let mut reader = Reader::at(disk.clone());
    let (_, checkpoint) = reader.checkpoint(&[next().verifying().clone()]).unwrap();
    assert_eq!(checkpoint.head, Head { size: 2, ..log.head() });
    reader.entries(1..2, |_, it| last = it.to_vec()).unwrap();
    assert!(matches!(Entry::decode(&last).unwrap().what, What::Key { .. }));
    let (_, recovery) = Log::open(disk, next(), &keys, OPTIONS, 9).unwrap();
    assert!(!recovery.is_rotated);
}

#[test]
fn a_ledger_that_was_tampered_with_is_not_continued() {
    let disk = Double::new();
    let (mut log, _) = open(&disk).unwrap();
    (0..300).for_each(|it| assert!(log.append(entry(it)).is_ok()));
    log.seal().unwrap();
    drop(log);
    use super::Folders;
    use crate::files::{Files, StoredFile};
    for (folder, name, at) in
        [("", "checkpoint", 20), ("tile/0/001.p", "44", 5), ("tile/entries/001.p", "44", 12)]
    {
        let file = disk.folder(folder).open(name).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 1], at).unwrap();
        assert!(open(&disk).is_err(), "{folder}/{name}");
        file.write_all_at(&byte, at).unwrap();
    }
    assert!(open(&disk).is_ok());
}

#[test]
fn entries_and_their_proofs_are_read_while_it_grows() {
    let disk = Double::new();
    let (mut log, _) = open(&disk).unwrap();
    let keys = [key().verifying().clone()];
    let mut reader = Reader::at(disk);
    for end in [1, 2, 255, 256, 257, 600, 700] {
        (log.head().size..end).for_each(|it| assert!(log.append(entry(it)).is_ok()));
        log.seal().unwrap();
        assert_eq!(reader.checkpoint(&keys).unwrap().1.head, log.head());
        for (from, to) in [(0, end), (end - 1, end), (end / 2, end), (end / 3, end / 2)] {
            let mut seen = Vec::new();
            reader.entries(from..to, |index, bytes| seen.push((index, bytes.to_vec()))).unwrap();
            assert_eq!(seen, (from..to).map(|it| (it, entry(it))).collect::<Vec<_>>());
        }
        assert!(reader.entries(end..end + 1, |_, _| {}).is_err());
        for index in [0, end / 2, end - 1] {
            let proof = reader.prove(index, &keys).unwrap();
            assert_eq!((proof.entry.clone(), proof.index), (entry(index), index));
            assert!(proof.verify(&keys).is_ok());
        }
        assert!(reader.prove(end, &keys).is_err());
    }
}
