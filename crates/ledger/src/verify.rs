//! Verifying a whole log from its files alone: every entry, every hash of every tile, the root, and the
//! checkpoints that somebody kept elsewhere.
//!
//! Reads    what [`Resources`] gives, in the order of the entries; nothing that it gives is believed.
//! Writes   [`Verdict`]: what is wrong and where. Without a fault, the log is the one that was signed.
//! Memory   one bundle, one tile a level, [`FAULTS_MAX`] faults; the retained checkpoints.
//! Errors   only those of [`Resources`]: what it cannot read. What it reads is never an error.
//! Misses   entries that are not yet under a checkpoint. A log that was rolled back or written anew
//!          with its key, unless a checkpoint was retained from before.

use crate::checkpoint::{Checkpoint, CheckpointFault};
use crate::entry::{Entry, What};
use crate::hash::{Digest, HASH_BYTES};
use crate::note::{NOTE_BYTES_MAX, Note, VerifyingKey};
use crate::tiles::{self, BUNDLE_BYTES_MAX, CHECKPOINT, Holds, Tile};
use crate::tree::{self, Range};
use std::fmt;

/// Faults that are named; further ones are counted.
pub const FAULTS_MAX: usize = 32;

/// Where the files of a log are.
pub trait Resources {
    /// Why one cannot be read.
    type Error;

    /// The bytes of a file, at most `bytes_max` and one more; `None` if there is none.
    ///
    /// # Errors
    ///
    /// Its own.
    fn read(&mut self, path: &str, bytes_max: usize) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// Something that is not as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no checkpoint.
    NoCheckpoint,
    /// The checkpoint is not to be believed.
    Checkpoint(CheckpointFault),
    /// A tile or bundle is not there.
    Missing(Tile),
    /// A tile has another length than it should.
    Length(Tile),
    /// A bundle ends before, or goes on behind, the entry of this number.
    Entries {
        /// Which bundle.
        bundle: Tile,
        /// The entry that is cut, or the first that should not be there.
        index: u64,
    },
    /// An entry is not the one that was hashed.
    Entry {
        /// Its number.
        index: u64,
    },
    /// A hash in a tile is not that of what lies below it.
    Hash {
        /// Which tile.
        tile: Tile,
        /// Its number among those of the level.
        index: u64,
    },
    /// A tile that was kept for an earlier checkpoint is not the beginning of the one that is used.
    Earlier(Tile),
    /// The entries have another root than the checkpoint says.
    Root,
    /// A retained checkpoint is not to be believed.
    Retained {
        /// The size that it says.
        size: u64,
        /// Why.
        fault: CheckpointFault,
    },
    /// The log has fewer entries than it had.
    RolledBack {
        /// Entries now.
        size: u64,
        /// Entries when the checkpoint was retained.
        retained: u64,
    },
    /// The entries before this number are others than they were.
    Rewritten {
        /// Entries when the checkpoint was retained.
        retained: u64,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCheckpoint => f.write_str("there is no checkpoint"),
            Self::Checkpoint(fault) => write!(f, "checkpoint: {fault}"),
            Self::Missing(tile) => write!(f, "{}: missing", tile.path()),
            Self::Length(tile) => write!(f, "{}: has the wrong length", tile.path()),
            Self::Entries { bundle, index } => {
                write!(
                    f,
                    "{}: does not hold the entries that it should, from {index} on",
                    bundle.path()
                )
            }
            Self::Entry { index } => write!(f, "entry {index}: is not the one that was recorded"),
            Self::Hash { tile, index } => {
                write!(f, "{}: hash {index} is not that of what lies below it", tile.path())
            }
            Self::Earlier(tile) => {
                write!(f, "{}: is not the beginning of what followed it", tile.path())
            }
            Self::Root => {
                f.write_str("the entries are not those that the checkpoint was signed for")
            }
            Self::Retained { size, fault } => write!(f, "retained checkpoint of {size}: {fault}"),
            Self::RolledBack { size, retained } => {
                write!(f, "the log has {size} entries, and had {retained}: it was rolled back")
            }
            Self::Rewritten { retained } => {
                write!(f, "the first {retained} entries are not those of the retained checkpoint")
            }
        }
    }
}

/// What verifying found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The checkpoint, if it is to be believed.
    pub checkpoint: Option<Checkpoint>,
    /// What is wrong, at most [`FAULTS_MAX`].
    pub faults: Vec<Fault>,
    /// Further faults.
    pub faults_more: u64,
    /// Entries of kinds that this program does not know.
    pub unknown: u64,
    /// Entries that verify and cannot be read.
    pub unreadable: u64,
    /// The number of entries that the largest matching retained checkpoint covers.
    pub anchored: Option<u64>,
    /// Retained checkpoints that match.
    pub matching: u64,
    /// When the first entry happened that no retained checkpoint covers, in microseconds since 1970.
    pub unanchored_since_us: Option<u64>,
}

impl Verdict {
    /// Whether everything is as it was signed.
    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    fn fault(&mut self, fault: Fault) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(fault);
        } else {
            self.faults_more += 1;
        }
    }
}

/// A checkpoint that was kept outside the log, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retained {
    note: Note,
    /// What it says, whoever signed it.
    pub checkpoint: Checkpoint,
}

impl Retained {
    /// Reads a signed note. Its signature is looked at when the log is verified, whose own entries
    /// say which keys it had.
    ///
    /// # Errors
    ///
    /// [`CheckpointFault`] if it is no checkpoint.
    pub fn read(bytes: &[u8]) -> Result<Self, CheckpointFault> {
        let note = Note::read(bytes).map_err(CheckpointFault::Note)?;
        let checkpoint = Checkpoint::unverified(&note)?;
        Ok(Self { note, checkpoint })
    }
}

/// Verifies a log against these keys and retained checkpoints. Each entry is handed over as it was
/// read, before it is known whether the log is the one that was signed.
///
/// # Errors
///
/// That of `resources`.
pub fn verify<R: Resources>(
    resources: &mut R,
    keys: &[VerifyingKey],
    retained: &[Retained],
    mut seen: impl FnMut(u64, &[u8]),
) -> Result<Verdict, R::Error> {
    let mut verdict = Verdict::default();
    let Some(note) = resources.read(CHECKPOINT, NOTE_BYTES_MAX)? else {
        verdict.fault(Fault::NoCheckpoint);
        return Ok(verdict);
    };
    let checkpoint = match Checkpoint::verified(&note, keys) {
        Ok(checkpoint) => checkpoint,
        Err(fault) => {
            verdict.fault(Fault::Checkpoint(fault));
            return Ok(verdict);
        }
    };
    let (origin, size) = (checkpoint.origin.clone(), checkpoint.head.size);
    verdict.checkpoint = Some(checkpoint.clone());
    let mut sizes: Vec<u64> = retained.iter().map(|it| it.checkpoint.head.size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut walk = Walk::new(resources, verdict, size, sizes);
    walk.run(&mut seen)?;
    let Walk { mut verdict, range, roots, keys_seen, times, .. } = walk;
    if range.root() == checkpoint.head.root {
        // The entries are those that were signed, so it is the tiles that are not.
        let tile = |index| tile_of(Holds::Hashes(0), index, size);
        for fault in &mut verdict.faults {
            if let Fault::Entry { index } = *fault {
                *fault = Fault::Hash { tile: tile(index), index };
            }
        }
    } else {
        // It comes first, and is not crowded out by what follows from it.
        verdict.faults.insert(0, Fault::Root);
        if verdict.faults.len() > FAULTS_MAX {
            verdict.faults_more += u64::from(verdict.faults.pop().is_some());
        }
    }
    let names = |public: &[u8; 32]| VerifyingKey::new(&origin, *public).ok();
    let mut trusted = keys.to_vec();
    if verdict.is_clean() {
        trusted.extend(keys_seen.iter().filter_map(names));
    }
    for it in retained {
        compare(&mut verdict, it, &trusted, size, &roots);
    }
    let first = verdict.anchored.unwrap_or(0);
    verdict.unanchored_since_us = times.iter().find(|(from, _)| *from == first).map(|it| it.1);
    Ok(verdict)
}

/// Holds one retained checkpoint against the log.
fn compare(
    verdict: &mut Verdict,
    it: &Retained,
    trusted: &[VerifyingKey],
    size: u64,
    roots: &[(u64, Digest)],
) {
    let retained = it.checkpoint.head.size;
    let is_ours = verdict.checkpoint.as_ref().is_some_and(|own| own.origin == it.checkpoint.origin);
    let believed = match it.note.verify(trusted) {
        Ok(()) if is_ours => Ok(()),
        Ok(()) => Err(CheckpointFault::Origin),
        Err(fault) => Err(CheckpointFault::Note(fault)),
    };
    if let Err(fault) = believed {
        return verdict.fault(Fault::Retained { size: retained, fault });
    }
    let at = roots.binary_search_by_key(&retained, |it| it.0).ok().and_then(|it| roots.get(it));
    match at {
        Some((_, root)) if *root == it.checkpoint.head.root => {
            verdict.matching += 1;
            verdict.anchored = verdict.anchored.max(Some(retained));
        }
        Some(_) => verdict.fault(Fault::Rewritten { retained }),
        None => verdict.fault(Fault::RolledBack { size, retained }),
    }
}

fn tile_of(holds: Holds, index: u64, size: u64) -> Tile {
    let first = index / tiles::WIDTH;
    let rest = tiles::tiles(holds, size, first).next();
    rest.unwrap_or(Tile { holds, index: first, width: 256 })
}

struct Walk<'r, R> {
    resources: &'r mut R,
    verdict: Verdict,
    size: u64,
    /// Of the entries.
    range: Range,
    /// For each level of tiles, the hashes that the one being filled should hold: those of the tiles
    /// below it, as they are stored; and how many were filled.
    expected: Vec<(Vec<Digest>, u64)>,
    /// The sizes at which the root is wanted, in order, and which of them comes next.
    sizes: Vec<u64>,
    next: usize,
    roots: Vec<(u64, Digest)>,
    /// When the first entry behind each of those sizes happened.
    times: Vec<(u64, u64)>,
    keys_seen: Vec<[u8; 32]>,
}

impl<'r, R: Resources> Walk<'r, R> {
    fn new(resources: &'r mut R, verdict: Verdict, size: u64, sizes: Vec<u64>) -> Self {
        let (range, expected) = (Range::default(), vec![(Vec::new(), 0); 9]);
        let (roots, times, keys_seen) = (Vec::new(), Vec::new(), Vec::new());
        Self { resources, verdict, size, range, expected, sizes, next: 0, roots, times, keys_seen }
    }

    fn run(&mut self, seen: &mut impl FnMut(u64, &[u8])) -> Result<(), R::Error> {
        self.note_root();
        for bundle in tiles::tiles(Holds::Entries, self.size, 0) {
            self.bundle(bundle, seen)?;
        }
        for level in 1..9_u8 {
            self.close(level)?;
        }
        self.earlier()
    }

    /// A bundle, and the tile with its hashes.
    fn bundle(&mut self, bundle: Tile, seen: &mut impl FnMut(u64, &[u8])) -> Result<(), R::Error> {
        let tile = Tile { holds: Holds::Hashes(0), ..bundle };
        let stored = self.hashes(tile)?;
        let entries = self.fetch(bundle, BUNDLE_BYTES_MAX)?;
        let first = bundle.index * tiles::WIDTH;
        let mut leaves = Vec::with_capacity(bundle.width.into());
        let fault = match &entries {
            None => Some(Fault::Missing(bundle)),
            Some((bytes, is_whole)) => {
                let hashes = stored.as_deref().unwrap_or_default();
                examine(bundle, *is_whole, bytes, hashes, 0, |index, entry, leaf, matches| {
                    seen(index, entry);
                    self.entry(index, entry);
                    if !matches && stored.is_some() {
                        self.verdict.fault(Fault::Entry { index });
                    }
                    leaves.push(leaf);
                    true
                })
            }
        };
        let read = first + leaves.len() as u64;
        if let Some(fault) = fault {
            self.verdict.fault(fault);
            // What is missing counts as what it was said to be, so that what follows is examined.
            let rest = stored.as_deref().unwrap_or_default().chunks_exact(HASH_BYTES);
            leaves.extend(rest.skip(leaves.len()).filter_map(Digest::of_bytes));
        }
        for (leaf, index) in leaves.iter().zip(first..) {
            self.range.push(*leaf);
            // A root over what could not be read is nobody's.
            if index < read {
                self.note_root();
            }
        }
        let above = match &stored {
            Some(bytes) => tiles::hashes(bytes).unwrap_or_default(),
            None => leaves,
        };
        if bundle.is_full() && !above.is_empty() {
            self.expect(1, tree::root_of(&above))?;
        }
        Ok(())
    }

    fn entry(&mut self, index: u64, bytes: &[u8]) {
        let is_wanted = index == 0 || self.sizes.binary_search(&index).is_ok();
        match Entry::decode(bytes) {
            Ok(Entry { at_us, what }) => {
                if is_wanted {
                    self.times.push((index, at_us));
                }
                match what {
                    What::Unknown { .. } => self.verdict.unknown += 1,
                    What::Key { before, now } => self.keys_seen.extend([before, now]),
                    What::Started { .. }
                    | What::Stopped
                    | What::Gap { .. }
                    | What::Decision(_)
                    | What::Configuration { .. }
                    | What::BypassBegun { .. }
                    | What::BypassEnded { .. }
                    | What::ExceptionAdded { .. }
                    | What::ExceptionRemoved { .. }
                    | What::Login { .. }
                    | What::WatchBegun { .. }
                    | What::WatchEnded { .. }
                    | What::ProfileConfirmed { .. }
                    | What::ContractChanged { .. }
                    | What::ReleaseMarked { .. }
                    | What::Reveal { .. }
                    | What::SilenceBegun { .. }
                    | What::SilenceLifted { .. }
                    | What::AlertTested { .. } => {}
                }
            }
            Err(_) => self.verdict.unreadable += 1,
        }
    }

    /// Notes the root if it is wanted at this size.
    fn note_root(&mut self) {
        let size = self.range.size();
        while self.sizes.get(self.next).is_some_and(|it| *it < size) {
            self.next += 1;
        }
        if self.sizes.get(self.next) == Some(&size) {
            self.roots.push((size, self.range.root()));
            self.next += 1;
        }
    }

    /// The tile that is being filled at this level should have this hash next.
    fn expect(&mut self, level: u8, hash: Digest) -> Result<(), R::Error> {
        let Some((expected, _)) = self.expected.get_mut(usize::from(level)) else {
            return Ok(());
        };
        expected.push(hash);
        if expected.len() as u64 == tiles::WIDTH { self.close(level) } else { Ok(()) }
    }

    /// The tile that was filled at this level is held against the stored one, which counts from here
    /// on.
    fn close(&mut self, level: u8) -> Result<(), R::Error> {
        let Some((expected, filled)) = self.expected.get_mut(usize::from(level)) else {
            return Ok(());
        };
        let (expected, first) = (std::mem::take(expected), *filled * tiles::WIDTH);
        if expected.is_empty() {
            return Ok(());
        }
        *filled += 1;
        let tile = tile_of(Holds::Hashes(level), first, self.size);
        let Some(stored) = self.hashes(tile)? else { return self.above(level, tile, &expected) };
        let stored = tiles::hashes(&stored).unwrap_or_default();
        for ((should, is), index) in expected.iter().zip(&stored).zip(first..) {
            if should != is {
                self.verdict.fault(Fault::Hash { tile, index });
            }
        }
        self.above(level, tile, &stored)
    }

    fn above(&mut self, level: u8, tile: Tile, hashes: &[Digest]) -> Result<(), R::Error> {
        if tile.is_full() { self.expect(level + 1, tree::root_of(hashes)) } else { Ok(()) }
    }

    /// The bytes of a tile of hashes, if it is there and of its length; else a fault.
    fn hashes(&mut self, tile: Tile) -> Result<Option<Vec<u8>>, R::Error> {
        let wanted = usize::from(tile.width) * HASH_BYTES;
        match self.fetch(tile, 256 * HASH_BYTES)? {
            None => self.verdict.fault(Fault::Missing(tile)),
            Some((bytes, is_whole))
                if bytes.len() == wanted || (!is_whole && bytes.len() > wanted) =>
            {
                return Ok(bytes.get(..wanted).map(<[u8]>::to_vec));
            }
            Some(_) => self.verdict.fault(Fault::Length(tile)),
        }
        Ok(None)
    }

    /// A tile, and whether it is exactly the one that was asked for: where a partial one is gone, the
    /// full one that replaced it begins with it.
    fn fetch(&mut self, tile: Tile, bytes_max: usize) -> Result<Option<(Vec<u8>, bool)>, R::Error> {
        if let Some(bytes) = self.resources.read(&tile.path(), bytes_max)? {
            return Ok(Some((bytes, true)));
        }
        if tile.is_full() {
            return Ok(None);
        }
        Ok(self.resources.read(&tile.full().path(), bytes_max)?.map(|it| (it, false)))
    }

    /// The partial tiles that were kept for earlier checkpoints: each must be the beginning of the one
    /// that followed it.
    fn earlier(&mut self) -> Result<(), R::Error> {
        let levels = tiles::levels(self.size).map(Holds::Hashes);
        for holds in levels.chain([Holds::Entries]) {
            let count = match holds {
                Holds::Hashes(level) => tiles::count(self.size, level),
                Holds::Entries => self.size,
            };
            let last = tiles::tiles(holds, self.size, count / tiles::WIDTH).next();
            let Some(last) = last else { continue };
            let Some((whole, _)) = self.fetch(last, BUNDLE_BYTES_MAX)? else { continue };
            for width in 1..last.width {
                let earlier = last.with_width(width);
                if let Some(bytes) = self.resources.read(&earlier.path(), BUNDLE_BYTES_MAX)?
                    && !begins(holds, &whole, &bytes, width)
                {
                    self.verdict.fault(Fault::Earlier(earlier));
                }
            }
        }
        Ok(())
    }
}

/// Whether `bytes` are the first `width` of what is in `whole`.
fn begins(holds: Holds, whole: &[u8], bytes: &[u8], width: u16) -> bool {
    whole.starts_with(bytes)
        && match holds {
            Holds::Hashes(_) => bytes.len() == usize::from(width) * HASH_BYTES,
            Holds::Entries => {
                tiles::entries(bytes).filter(Result::is_ok).count() == usize::from(width)
                    && tiles::entries(bytes).all(|it| it.is_ok())
            }
        }
}

/// Goes through the entries of a bundle, from number `skipped` within it on: `bytes` and `hashes` begin
/// there. `each` is told the number of an entry, the entry, its hash and whether that stands in
/// `hashes`; it says whether to go on. Returns what is wrong with the bundle itself.
///
/// `is_whole` is false where a bundle may go on behind what is wanted of it.
pub fn examine(
    bundle: Tile,
    is_whole: bool,
    bytes: &[u8],
    hashes: &[u8],
    skipped: u16,
    mut each: impl FnMut(u64, &[u8], Digest, bool) -> bool,
) -> Option<Fault> {
    let mut index = bundle.index * tiles::WIDTH + u64::from(skipped);
    let end = bundle.index * tiles::WIDTH + u64::from(bundle.width);
    let mut stored = hashes.chunks_exact(HASH_BYTES);
    for entry in tiles::entries(bytes) {
        match entry {
            Ok(_) if index >= end => {
                return is_whole.then_some(Fault::Entries { bundle, index });
            }
            Ok(entry) => {
                let leaf = Digest::leaf(entry);
                let matches = stored.next().is_some_and(|it| it == leaf.0);
                if !each(index, entry, leaf, matches) {
                    return None;
                }
            }
            Err(_) if index >= end && !is_whole => return None,
            Err(_) => return Some(Fault::Entries { bundle, index }),
        }
        index += 1;
    }
    (index < end).then_some(Fault::Entries { bundle, index })
}
