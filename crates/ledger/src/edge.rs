//! The right edge of a log: what has to be known of it to add entries, and what has to be written then.
//!
//! Reads    the partial tiles of the tree that is continued.
//! Writes   tiles and bundles that are new or have grown.
//! Memory   one tile a level and one bundle, and what was completed and not yet taken.

use crate::hash::Digest;
use crate::tiles::{self, BUNDLE_BYTES_MAX, Holds, Tile};
use crate::tree::{self, Head, Range};
use crate::verify::Resources;

/// The right edge of a log.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    range: Range,
    /// Entries of the partial bundle.
    bundle: Vec<u8>,
    /// Hashes of the partial tile of each level.
    levels: Vec<Vec<Digest>>,
    /// What was completed since the last time.
    full: Vec<(Tile, Vec<u8>)>,
    /// The size when it was last taken.
    taken: u64,
}

impl Edge {
    /// That of a log with this head; `None` if its tiles are not those of the head.
    ///
    /// # Errors
    ///
    /// That of `resources`.
    pub fn open<R: Resources>(resources: &mut R, head: Head) -> Result<Option<Self>, R::Error> {
        let mut edge = Self { taken: head.size, ..Self::default() };
        for level in tiles::levels(head.size) {
            let mut hashes = Vec::new();
            if let Some(tile) = partial(Holds::Hashes(level), head.size) {
                let bytes = fetch(resources, tile)?;
                let read = bytes.as_deref().and_then(tiles::hashes).unwrap_or_default();
                hashes = read.into_iter().take(tile.width.into()).collect();
            }
            edge.levels.push(hashes);
        }
        if let Some(tile) = partial(Holds::Entries, head.size) {
            let bytes = fetch(resources, tile)?.unwrap_or_default();
            for entry in tiles::entries(&bytes).take(tile.width.into()).flatten() {
                tiles::add(&mut edge.bundle, entry);
            }
        }
        let mut peaks = Vec::new();
        for (level, index) in tree::peaks(head.size) {
            let (tile, start, count) = tiles::place(level, index, head.size);
            let Holds::Hashes(level) = tile.holds else { return Ok(None) };
            let hashes = edge.levels.get(usize::from(level));
            peaks.extend(hashes.and_then(|it| tiles::subtree(it, start, count)));
        }
        let Some(range) = Range::of(head.size, peaks).filter(|it| it.root() == head.root) else {
            return Ok(None);
        };
        edge.range = range;
        let leaves = tiles::entries(&edge.bundle).flatten().map(Digest::leaf);
        let is_whole = leaves.eq(edge.levels.first().into_iter().flatten().copied());
        Ok(is_whole.then_some(edge))
    }

    /// Entries, and their root.
    pub fn head(&self) -> Head {
        Head { size: self.range.size(), root: self.range.root() }
    }

    /// Adds an entry; `false` if it is too long for one.
    pub fn push(&mut self, entry: &[u8]) -> bool {
        if !tiles::add(&mut self.bundle, entry) {
            return false;
        }
        let leaf = Digest::leaf(entry);
        self.range.push(leaf);
        self.raise(0, leaf);
        if self.range.size().is_multiple_of(tiles::WIDTH) {
            let index = (self.range.size() / tiles::WIDTH).saturating_sub(1);
            let bundle = Tile { holds: Holds::Entries, index, width: 256 };
            self.full.push((bundle, std::mem::take(&mut self.bundle)));
        }
        true
    }

    fn raise(&mut self, level: u8, hash: Digest) {
        let at = usize::from(level);
        if self.levels.len() <= at {
            self.levels.push(Vec::new());
        }
        let Some(hashes) = self.levels.get_mut(at) else { return };
        hashes.push(hash);
        if hashes.len() as u64 == tiles::WIDTH {
            let hashes = std::mem::take(hashes);
            let index = (tiles::count(self.range.size(), level) / tiles::WIDTH).saturating_sub(1);
            let tile = Tile { holds: Holds::Hashes(level), index, width: 256 };
            self.full.push((tile, tiles::tile_of(&hashes)));
            self.raise(level + 1, tree::root_of(&hashes));
        }
    }

    /// The files that the tree of the present size has, and that of the size when
    /// [`Edge::settle`] was last called had not.
    pub fn changed(&self) -> Vec<(Tile, Vec<u8>)> {
        let (size, before) = (self.range.size(), self.taken);
        let mut all = self.full.clone();
        if let Some(tile) = partial(Holds::Entries, size).filter(|_| size != before) {
            all.push((tile, self.bundle.clone()));
        }
        for (level, hashes) in (0..).zip(&self.levels) {
            let has_grown = tiles::count(size, level) != tiles::count(before, level);
            if let Some(tile) = partial(Holds::Hashes(level), size).filter(|_| has_grown) {
                all.push((tile, tiles::tile_of(hashes)));
            }
        }
        all
    }

    /// Those files are there now.
    pub fn settle(&mut self) {
        self.full.clear();
        self.taken = self.range.size();
    }
}

/// The partial tile of a tree of this size, if it has one of that kind.
fn partial(holds: Holds, size: u64) -> Option<Tile> {
    let count = match holds {
        Holds::Hashes(level) => tiles::count(size, level),
        Holds::Entries => size,
    };
    tiles::tiles(holds, size, count / tiles::WIDTH).next()
}

fn fetch<R: Resources>(resources: &mut R, tile: Tile) -> Result<Option<Vec<u8>>, R::Error> {
    match resources.read(&tile.path(), BUNDLE_BYTES_MAX)? {
        Some(bytes) => Ok(Some(bytes)),
        None => resources.read(&tile.full().path(), BUNDLE_BYTES_MAX),
    }
}
