//! Attacks on a log: every byte of it changed, entries taken out, put in and swapped, files cut, the log
//! rolled back and written anew; and hostile bytes for everything that reads.

use crate::checkpoint::{Checkpoint, CheckpointFault};
use crate::entry::{Entry, What};
use crate::hash::{Digest, HASH_BYTES};
use crate::note::{Note, NoteFault};
use crate::proof::{PROOF_BYTES_MAX, Proof, ProofFault};
use crate::sample::{Log, entry, key};
use crate::text::Text;
use crate::tiles::{self, CHECKPOINT, Holds, Tile};
use crate::tree::{self, Head};
use crate::verify::{Fault, examine};
use std::collections::BTreeSet;

/// Entries of the log that the attacks are on: more than 1 MiB of bundles, partial tiles on all levels.
const ENTRIES: u64 = 15_700;

#[test]
fn a_log_that_nobody_touched_verifies_at_every_size() {
    let mut log = Log::default();
    let mut retained = Vec::new();
    for size in 0..=600_u64 {
        if size > 0 {
            log.push(&entry(size));
        }
        log.sign(&key(1));
        retained.push(log.retained());
        if size % 7 == 0 || size % 256 < 2 || size % 256 > 254 {
            let verdict = log.verified(&retained);
            assert!(verdict.is_clean(), "{size}: {verdict:?}");
            assert_eq!((verdict.matching, verdict.anchored), (size + 1, Some(size)));
        }
    }
}

#[test]
fn a_log_of_three_levels_verifies() {
    let mut log = Log::of(0..66_000);
    let verdict = log.verified(&[]);
    assert!(verdict.is_clean(), "{verdict:?}");
    assert!(log.files.contains_key("tile/2/000.p/1"));
    let at = log.files.get_mut("tile/1/000").unwrap();
    at[HASH_BYTES * 7] ^= 1;
    let tile = Tile { holds: Holds::Hashes(1), index: 0, width: 256 };
    let top = Tile { holds: Holds::Hashes(2), index: 0, width: 1 };
    let faults = [Fault::Hash { tile, index: 7 }, Fault::Hash { tile: top, index: 0 }];
    assert_eq!(log.verified(&[]).faults, faults);
}

/// Every byte of every file, with three other values each. A byte of a bundle or of a tile with its
/// hashes is examined by the code that `verify` runs, from the entry on in which it lies: the entries
/// before it are as they were. Upper tiles and the checkpoint are small, so the whole log is verified
/// for each of their bytes; and for one in 9,973 of all others.
#[test]
fn every_changed_byte_of_a_mebibyte_is_noticed() {
    let mut log = Log::of(0..ENTRIES);
    assert!(log.verified(&[]).is_clean());
    let (mut bytes, mut changes, mut whole) = (0_u64, 0_u64, 0_u64);
    for bundle in tiles::tiles(Holds::Entries, ENTRIES, 0) {
        let tile = Tile { holds: Holds::Hashes(0), ..bundle };
        let (mut entries, mut hashes) =
            (log.files[&bundle.path()].clone(), log.files[&tile.path()].clone());
        bytes += entries.len() as u64;
        let lengths: Vec<usize> =
            tiles::entries(&entries).map(|it| it.unwrap().len() + 2).collect();
        let mut start = 0;
        for (length, number) in lengths.into_iter().zip(0_u16..) {
            for at in start..start + length {
                for flip in [0x01, 0x80, 0xff] {
                    entries[at] ^= flip;
                    let noticed = is_noticed(bundle, &entries[start..], &hashes, number);
                    entries[at] ^= flip;
                    assert!(noticed, "{} byte {at}", bundle.path());
                    changes += 1;
                }
            }
            let first = usize::from(number) * HASH_BYTES;
            for at in first..first + HASH_BYTES {
                for flip in [0x01, 0x80, 0xff] {
                    hashes[at] ^= flip;
                    let noticed = is_noticed(bundle, &entries[start..], &hashes, number);
                    hashes[at] ^= flip;
                    assert!(noticed, "{} byte {at}", tile.path());
                    changes += 1;
                }
            }
            start += length;
        }
    }
    assert!(bytes > 1 << 20, "{bytes}");
    let paths: Vec<String> = log.files.keys().cloned().collect();
    for path in paths {
        let is_large = path.starts_with("tile/entries") || path.starts_with("tile/0");
        let (length, step) = (log.files[&path].len(), if is_large { 9_973 } else { 61 });
        let step = if path == CHECKPOINT { 7 } else { step };
        for at in (0..length).step_by(step) {
            log.files.get_mut(&path).unwrap()[at] ^= 0x10;
            let verdict = log.verified(&[]);
            log.files.get_mut(&path).unwrap()[at] ^= 0x10;
            assert!(!verdict.is_clean(), "{path} byte {at}");
            whole += 1;
        }
    }
    assert!(log.verified(&[]).is_clean());
    assert!(changes > 4 << 20 && whole > 150, "{changes} changes, {whole} whole logs");
}

/// Whether the entries from number `from` of a bundle on are seen not to be those of the hashes.
fn is_noticed(bundle: Tile, entries: &[u8], hashes: &[u8], from: u16) -> bool {
    let mut differs = false;
    let hashes = &hashes[usize::from(from) * HASH_BYTES..];
    let fault = examine(bundle, true, entries, hashes, from, |_, _, _, matches| {
        differs = !matches;
        matches
    });
    differs || fault.is_some()
}

/// Every byte of the upper tiles and of the checkpoint, and every value of it.
#[test]
fn every_value_of_every_byte_above_the_entries_is_noticed() {
    let mut log = Log::of(0..257);
    let paths: Vec<String> = log.files.keys().cloned().collect();
    let above = paths.into_iter().filter(|it| it == CHECKPOINT || it.starts_with("tile/1"));
    let mut cases = 0;
    for path in above {
        for at in 0..log.files[&path].len() {
            let before = log.files[&path][at];
            for value in (0..=255).filter(|it| *it != before) {
                log.files.get_mut(&path).unwrap()[at] = value;
                assert!(!log.verified(&[]).is_clean(), "{path} byte {at} as {value}");
                cases += 1;
            }
            log.files.get_mut(&path).unwrap()[at] = before;
        }
    }
    assert!(log.verified(&[]).is_clean() && cases > 40_000, "{cases}");
}

/// The entries of a bundle, for changing them.
fn entries_of(log: &Log, path: &str) -> Vec<Vec<u8>> {
    tiles::entries(&log.files[path]).map(|it| it.unwrap().to_vec()).collect()
}

fn put(log: &mut Log, path: &str, entries: &[Vec<u8>]) {
    let mut bundle = Vec::new();
    entries.iter().for_each(|it| assert!(tiles::add(&mut bundle, it)));
    log.files.insert(path.to_owned(), bundle);
}

#[test]
fn entries_taken_out_put_in_swapped_and_repeated_are_noticed_and_named() {
    let whole = Log::of(0..600);
    let mut cases = 0;
    for (path, first) in
        [("tile/entries/000", 0), ("tile/entries/001", 256), ("tile/entries/002.p/88", 512)]
    {
        let entries = entries_of(&whole, path);
        for at in 0..entries.len() {
            let mut variants = Vec::new();
            let mut without = entries.clone();
            without.remove(at);
            variants.push(without);
            for extra in [entry(9_999), entries[at].clone(), Vec::new()] {
                let mut with = entries.clone();
                with.insert(at, extra);
                variants.push(with);
            }
            let mut swapped = entries.clone();
            swapped.swap(at, (at + 1) % entries.len());
            variants.push(swapped);
            let mut replaced = entries.clone();
            replaced[at] = entry(9_999);
            variants.push(replaced);
            for variant in variants {
                let mut log = whole.clone();
                put(&mut log, path, &variant);
                let verdict = log.verified(&[]);
                assert!(!verdict.is_clean(), "{path} {at}");
                let last = at + 1 == entries.len();
                let named = Fault::Entry { index: first + at as u64 };
                // A repetition is first another entry where the next one should be.
                let next = Fault::Entry { index: first + at as u64 + 1 };
                let is_named = verdict.faults.contains(&named)
                    || verdict.faults.contains(&next)
                    || verdict.faults.iter().any(|it| matches!(it, Fault::Entries { .. }))
                    || last;
                assert!(is_named, "{path} {at}: {verdict:?}");
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 600 * 6);
}

#[test]
fn files_cut_anywhere_emptied_gone_and_exchanged_are_noticed() {
    let whole = Log::of(0..600);
    let paths: Vec<String> = whole.files.keys().cloned().collect();
    let mut cases = 0;
    for path in &paths {
        let bytes = &whole.files[path];
        // At the end of each record, and one byte to either side of it.
        let mut cuts: BTreeSet<usize> = BTreeSet::from([0, 1, bytes.len() - 1]);
        if path.contains("entries") {
            let mut end = 0;
            for entry in entries_of(&whole, path) {
                end += entry.len() + 2;
                cuts.extend([end - 1, end, end + 1]);
            }
        } else {
            cuts.extend((0..bytes.len()).step_by(HASH_BYTES));
        }
        for cut in cuts.into_iter().filter(|it| *it < bytes.len()) {
            let mut log = whole.clone();
            log.files.get_mut(path).unwrap().truncate(cut);
            assert!(!log.verified(&[]).is_clean(), "{path} cut at {cut}");
            cases += 1;
        }
        let mut log = whole.clone();
        log.files.remove(path);
        assert!(!log.verified(&[]).is_clean(), "{path} gone");
        for other in paths.iter().filter(|it| *it != path) {
            let mut log = whole.clone();
            log.files.insert(path.clone(), whole.files[other].clone());
            assert!(!log.verified(&[]).is_clean(), "{other} in place of {path}");
            cases += 1;
        }
        let mut log = whole.clone();
        log.files.get_mut(path).unwrap().push(b'\n');
        assert!(!log.verified(&[]).is_clean(), "{path} goes on");
    }
    assert!(cases > 1_800, "{cases}");
}

#[test]
fn what_is_wrong_is_named() {
    let check = |path: &str, fault: Fault| {
        let mut log = Log::of(0..600);
        assert!(log.files.remove(path).is_some());
        assert_eq!(log.verified(&[]).faults.first(), Some(&fault), "{path}");
    };
    let tile = |holds, index, width| Tile { holds, index, width };
    check("tile/entries/001", Fault::Missing(tile(Holds::Entries, 1, 256)));
    check("tile/0/002.p/88", Fault::Missing(tile(Holds::Hashes(0), 2, 88)));
    check("tile/1/000.p/2", Fault::Missing(tile(Holds::Hashes(1), 0, 2)));
    check(CHECKPOINT, Fault::NoCheckpoint);
    // A hash alone is wrong: the entries have the root that was signed.
    let mut log = Log::of(0..600);
    log.files.get_mut("tile/0/001").unwrap()[HASH_BYTES * 3] ^= 1;
    let faults = log.verified(&[]).faults;
    assert!(faults.contains(&Fault::Hash { tile: tile(Holds::Hashes(0), 1, 256), index: 259 }));
    assert!(!faults.iter().any(|it| matches!(it, Fault::Entry { .. } | Fault::Root)), "{faults:?}");
    // An entry alone is wrong: it is named, and nothing else is but the root.
    let mut log = Log::of(0..600);
    let mut entries = entries_of(&log, "tile/entries/001");
    entries[4][20] ^= 1;
    put(&mut log, "tile/entries/001", &entries);
    assert_eq!(log.verified(&[]).faults, [Fault::Root, Fault::Entry { index: 260 }]);
}

#[test]
fn a_log_rolled_back_or_written_anew_with_its_key_does_not_fit_a_retained_checkpoint() {
    let mut log = Log::of(0..300);
    let yesterday = log.retained();
    (300..700).for_each(|it| log.push(&entry(it)));
    log.sign(&key(1));
    let today = log.retained();
    assert_eq!(log.verified(&[yesterday.clone(), today.clone()]).anchored, Some(700));

    for size in 0..700 {
        let verdict = Log::of(0..size).verified(std::slice::from_ref(&today));
        assert_eq!(verdict.faults, [Fault::RolledBack { size, retained: 700 }]);
    }
    // Written anew from an entry of before yesterday on, by somebody who has the key.
    for changed in [0, 1, 150, 255, 256, 299] {
        let entries = (0..700).map(|it| if it == changed { 10_000 } else { it });
        let mut anew = Log::of(entries);
        assert!(anew.verified(&[]).is_clean(), "it is sound by itself");
        let verdict = anew.verified(&[yesterday.clone(), today.clone()]);
        let faults = [300, 700].map(|retained| Fault::Rewritten { retained });
        assert_eq!(verdict.faults, faults);
    }
    // From an entry of today: yesterday's fits, today's does not.
    let mut anew = Log::of((0..700).map(|it| if it == 300 { 10_000 } else { it }));
    let verdict = anew.verified(&[yesterday, today]);
    assert_eq!(verdict.faults, [Fault::Rewritten { retained: 700 }]);
    assert_eq!(verdict.anchored, Some(300));
}

#[test]
fn another_key_is_not_believed_unless_the_log_says_that_it_was_its_own() {
    let forged = |size| {
        let mut log = Log::of(0..size);
        log.sign(&key(2));
        log
    };
    let unsigned = CheckpointFault::Note(NoteFault::Unsigned);
    assert_eq!(forged(300).verified(&[]).faults, [Fault::Checkpoint(unsigned)]);
    let mut log = Log::of(0..300);
    let verdict = log.verified(&[forged(300).retained()]);
    assert_eq!(verdict.faults, [Fault::Retained { size: 300, fault: unsigned }]);
    // After a rotation the log itself vouches for the key before.
    let mut log = Log::default();
    (0..300).for_each(|it| log.push(&entry(it)));
    log.sign(&key(2));
    let before = log.retained();
    let now = key(1).verifying().public();
    let what = What::Key { before: key(2).verifying().public(), now };
    log.push(&Entry { at_us: 0, what }.encode());
    log.sign(&key(1));
    let verdict = log.verified(&[before]);
    assert!(verdict.is_clean() && verdict.anchored == Some(300), "{verdict:?}");
}

#[test]
fn a_tile_kept_for_an_earlier_checkpoint_is_verified_too() {
    let mut log = Log::of(0..300);
    (300..310).for_each(|it| log.push(&entry(it)));
    log.sign(&key(1));
    for path in ["tile/0/001.p/44", "tile/entries/001.p/44"] {
        for at in (0..log.files[path].len()).step_by(97) {
            log.files.get_mut(path).unwrap()[at] ^= 1;
            let verdict = log.verified(&[]);
            log.files.get_mut(path).unwrap()[at] ^= 1;
            assert!(
                matches!(verdict.faults.as_slice(), [Fault::Earlier(_)]),
                "{path}: {verdict:?}"
            );
        }
    }
    // A reader that comes while it is replaced by the full one finds that.
    let mut log = Log::of(0..300);
    let early = log.files[CHECKPOINT].clone();
    (300..512).for_each(|it| log.push(&entry(it)));
    log.sign(&key(1));
    assert!(!log.files.contains_key("tile/0/001.p/44"));
    log.files.insert(CHECKPOINT.to_owned(), early);
    let verdict = log.verified(&[]);
    assert!(verdict.is_clean(), "{verdict:?}");
}

#[test]
fn entries_of_a_later_program_verify_and_are_counted() {
    let mut log = Log::default();
    let rest = b"anything".to_vec();
    log.push(&Entry { at_us: 1, what: What::Unknown { version: 1, kind: 99, rest } }.encode());
    log.push(&Entry { at_us: 2, what: What::Started { version: Text::of("9") } }.encode());
    log.push(b"\x01");
    log.push(b"");
    log.sign(&key(1));
    let verdict = log.verified(&[]);
    assert!(verdict.is_clean());
    assert_eq!((verdict.unknown, verdict.unreadable), (1, 2));
}

/// Proofs of every entry at every size up to 130, and none of them proves anything else.
#[test]
fn proofs_of_entries_prove_them_and_nothing_else() {
    let keys = [key(1).verifying().clone()];
    for size in [1, 2, 3, 7, 8, 9, 64, 130] {
        let mut log = Log::of(0..size);
        let head = log.head();
        for index in 0..size {
            let path = tree::inclusion(&mut log, index, size).unwrap();
            let checkpoint = log.checkpoint(&key(1));
            let proof = Proof { entry: entry(index), index, path, checkpoint };
            assert_eq!(proof.verify(&keys).map(|it| it.head), Ok(head));
            let text = proof.to_string();
            assert_eq!(Proof::read(text.as_bytes()), Ok(proof.clone()));
            for other in (0..size + 2).filter(|it| *it != index) {
                let moved = Proof { index: other, ..proof.clone() };
                assert_eq!(moved.verify(&keys), Err(ProofFault::NotIncluded), "{index} as {other}");
            }
            let changed = Proof { entry: entry(index + 1), ..proof.clone() };
            assert_eq!(changed.verify(&keys), Err(ProofFault::NotIncluded));
            if index != size / 2 {
                continue;
            }
            for at in 0..text.len() {
                for flip in [1, 0x80, 0x20] {
                    let mut bytes = text.clone().into_bytes();
                    bytes[at] ^= flip;
                    let proven = Proof::read(&bytes).and_then(|it| it.verify(&keys));
                    assert!(proven.is_err(), "byte {at} of a proof");
                }
            }
        }
    }
}

impl tree::Nodes for Log {
    type Error = std::convert::Infallible;

    fn node(&mut self, level: u8, index: u64) -> Result<Digest, Self::Error> {
        let (tile, start, count) = tiles::place(level, index, self.head().size);
        let hashes = tiles::hashes(&self.files[&tile.path()]).unwrap();
        Ok(tiles::subtree(&hashes, start, count).unwrap())
    }
}

/// Hostile bytes for everything that reads: cut, changed and made up. None panics, none is believed.
#[test]
fn hostile_notes_proofs_entries_and_bundles_are_refused() {
    let mut log = Log::of(0..300);
    let keys = [key(1).verifying().clone()];
    let path = tree::inclusion(&mut log, 77, 300).unwrap();
    let checkpoint = log.checkpoint(&key(1));
    let proof = Proof { entry: entry(77), index: 77, path, checkpoint: checkpoint.clone() };
    let signed = Checkpoint::verified(checkpoint.as_bytes(), &keys).unwrap();
    let mut seeds: Vec<Vec<u8>> = vec![proof.to_string().into_bytes(), checkpoint.into_bytes()];
    seeds.push(entry(5));
    seeds.push(b"c2sp.org/tlog-proof@v1\nextra \nindex 18446744073709551615\n\n\n\n".to_vec());
    seeds.push(vec![0xff; 200]);
    seeds.push("— \n\n— \n".into());
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % below
    };
    for round in 0..60_000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=next(4) {
            let at = next(bytes.len() + 1);
            match next(5) {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, u8::try_from(next(256)).unwrap()),
                2 => bytes.extend_from_within(at..),
                3 => bytes.splice(at..at, seeds[next(seeds.len())].clone()).for_each(drop),
                _ if bytes.is_empty() => {}
                _ => {
                    let at = at % bytes.len();
                    bytes[at] = b"\n \x00+=-0\xff"[next(8)];
                }
            }
        }
        let note = Note::read(&bytes).map(|it| it.verify(&keys));
        assert!(note != Ok(Ok(())) || Checkpoint::verified(&bytes, &keys) == Ok(signed.clone()));
        drop(Entry::decode(&bytes));
        assert!(tiles::entries(&bytes).count() <= bytes.len());
        drop(tiles::hashes(&bytes));
        drop(crate::note::VerifyingKey::read(&String::from_utf8_lossy(&bytes)));
        // A signature more, of whomever, is no harm: what is believed is what was signed.
        if let Ok(read) = Proof::read(&bytes)
            && read.verify(&keys).is_ok()
        {
            assert_eq!((read.entry, read.index, read.path), (entry(77), 77, proof.path.clone()));
        }
        if round % 50 == 0 {
            for path in ["tile/entries/000", "tile/0/001.p/44", CHECKPOINT] {
                let mut log = log.clone();
                let before = log.files.insert(path.to_owned(), bytes.clone()).unwrap();
                assert!(before == bytes || !log.verified(&[]).is_clean());
            }
        }
    }
    assert_eq!(Proof::read(&vec![b'a'; PROOF_BYTES_MAX + 1]), Err(ProofFault::Malformed));
    let huge = Head { size: u64::MAX, root: Digest::empty() };
    assert!(!tree::is_consistent(Head { size: 1, ..huge }, huge, &[huge.root; 200]));
    assert!(!tree::is_included(huge.root, u64::MAX - 1, u64::MAX, &[huge.root; 200], huge.root));
}
