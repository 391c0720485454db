//! Tiles and bundles: how a tree lies in files, so that whoever has the files needs no server.
//!
//! Source   C2SP `tlog-tiles`: `tile/<L>/<N>[.p/<W>]` holds up to 256 hashes of level `8 * L`,
//!          `tile/entries/<N>[.p/<W>]` up to 256 entries, each behind its length (2, big-endian).
//! Errors   [`BundleFault`]: what stands before it was read.

use crate::hash::{Digest, HASH_BYTES};
use crate::tree;
use std::fmt;

/// Hashes or entries of a full tile.
pub const WIDTH: u64 = 256;
/// The name of the file with the newest checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// Bytes of a full bundle at most.
pub const BUNDLE_BYTES_MAX: usize = 256 * (2 + u16::MAX as usize);

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// Hashes of this level, counted in eights of the tree's.
    Hashes(u8),
    /// Entries.
    Entries,
}

/// A tile, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What it holds.
    pub holds: Holds,
    /// Its number among those of its kind, from 0.
    pub index: u64,
    /// How many it holds: 256, or fewer if it is partial.
    pub width: u16,
}

impl Tile {
    /// The directory that it lies in.
    pub fn folder(&self) -> String {
        let path = self.path();
        path.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())
    }

    /// Where it lies.
    pub fn path(&self) -> String {
        if self.is_full() {
            self.full_path()
        } else {
            format!("{}/{}", self.partial_folder(), self.width)
        }
    }

    /// Where the partial tiles of this number lie.
    pub fn partial_folder(&self) -> String {
        format!("{}.p", self.full_path())
    }

    fn full_path(&self) -> String {
        let number = number(self.index);
        match self.holds {
            Holds::Hashes(level) => format!("tile/{level}/{number}"),
            Holds::Entries => format!("tile/entries/{number}"),
        }
    }

    /// Whether nothing will be added to it.
    pub fn is_full(&self) -> bool {
        u64::from(self.width) >= WIDTH
    }

    /// The same, with nothing missing.
    #[must_use]
    pub fn full(self) -> Self {
        Self { width: 256, ..self }
    }

    /// The same, with only so many.
    #[must_use]
    pub fn with_width(self, width: u16) -> Self {
        Self { width, ..self }
    }
}

/// The number of a tile in groups of three digits.
fn number(index: u64) -> String {
    let mut text = format!("{:03}", index % 1_000);
    let mut rest = index / 1_000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1_000);
        rest /= 1_000;
    }
    text
}

/// The levels of tiles that a tree of this size has.
pub fn levels(size: u64) -> impl Iterator<Item = u8> {
    (0..8_u8).filter(move |level| count(size, *level) > 0)
}

/// The hashes of a level that a tree of this size has.
pub fn count(size: u64, level: u8) -> u64 {
    size.checked_shr(8 * u32::from(level)).unwrap_or(0)
}

/// The tiles of a kind that a tree of this size has, from number `first` on.
pub fn tiles(holds: Holds, size: u64, first: u64) -> impl Iterator<Item = Tile> {
    let count = match holds {
        Holds::Hashes(level) => count(size, level),
        Holds::Entries => size,
    };
    (first..count.div_ceil(WIDTH)).map(move |index| {
        let width = count.saturating_sub(index * WIDTH).min(WIDTH);
        Tile { holds, index, width: u16::try_from(width).unwrap_or(256) }
    })
}

/// The tile with the hash of a subtree, where the leaves of that subtree begin in it, and how many
/// of its hashes are below it.
pub fn place(level: u8, index: u64, size: u64) -> (Tile, usize, usize) {
    let (tiles, within) = (level / 8, level % 8);
    let first = index << within;
    let tile = first / WIDTH;
    let width = count(size, tiles).saturating_sub(tile * WIDTH).min(WIDTH);
    let width = u16::try_from(width).unwrap_or(256);
    let start = usize::try_from(first % WIDTH).unwrap_or(0);
    (Tile { holds: Holds::Hashes(tiles), index: tile, width }, start, 1 << within)
}

/// The hashes in a tile; `None` if its bytes are not a whole number of them.
pub fn hashes(tile: &[u8]) -> Option<Vec<Digest>> {
    if !tile.len().is_multiple_of(HASH_BYTES) {
        return None;
    }
    tile.chunks_exact(HASH_BYTES).map(Digest::of_bytes).collect()
}

/// The bytes of a tile with these hashes.
pub fn tile_of(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|it| it.0).collect()
}

/// The hash of the subtree whose leaves are `count` hashes of a tile from `start` on.
pub fn subtree(hashes: &[Digest], start: usize, count: usize) -> Option<Digest> {
    hashes.get(start..start.checked_add(count)?).filter(|it| !it.is_empty()).map(tree::root_of)
}

/// Adds an entry to a bundle; `false` if it is too long for one.
pub fn add(bundle: &mut Vec<u8>, entry: &[u8]) -> bool {
    let Ok(length) = u16::try_from(entry.len()) else { return false };
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    true
}

/// A bundle that is not a sequence of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BundleFault;

impl fmt::Display for BundleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entry is cut")
    }
}

impl std::error::Error for BundleFault {}

/// The entries of a bundle, in order; ends after the first fault.
pub fn entries(bundle: &[u8]) -> impl Iterator<Item = Result<&[u8], BundleFault>> {
    let mut rest = Some(bundle);
    std::iter::from_fn(move || {
        let bytes = rest.take().filter(|it| !it.is_empty())?;
        let next = bytes.split_first_chunk().and_then(|(length, behind)| {
            behind.split_at_checked(u16::from_be_bytes(*length).into())
        });
        Some(match next {
            Some((entry, behind)) => {
                rest = Some(behind);
                Ok(entry)
            }
            None => Err(BundleFault),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(holds: Holds, index: u64, width: u16, path: &str, folder: &str) {
        let tile = Tile { holds, index, width };
        assert_eq!((tile.path().as_str(), tile.folder().as_str()), (path, folder));
    }

    #[test]
    fn a_tile_lies_where_the_specification_says() {
        check(Holds::Hashes(0), 0, 256, "tile/0/000", "tile/0");
        check(Holds::Hashes(7), 999, 255, "tile/7/999.p/255", "tile/7/999.p");
        check(Holds::Entries, 1_000, 256, "tile/entries/x001/000", "tile/entries/x001");
        check(
            Holds::Entries,
            1_234_067,
            8,
            "tile/entries/x001/x234/067.p/8",
            "tile/entries/x001/x234/067.p",
        );
    }

    /// The example of the specification.
    #[test]
    fn a_tree_of_70000_has_these_tiles() {
        let all = |holds| tiles(holds, 70_000, 0).collect::<Vec<_>>();
        let (entries, zero) = (all(Holds::Entries), all(Holds::Hashes(0)));
        assert_eq!((entries.len(), zero.len(), zero[273].width), (274, 274, 112));
        assert!(zero[..273].iter().all(Tile::is_full));
        let widths =
            |level| all(Holds::Hashes(level)).iter().map(|it| it.width).collect::<Vec<_>>();
        assert_eq!((widths(1), widths(2), widths(3)), (vec![256, 17], vec![1], Vec::new()));
        assert_eq!(levels(70_000).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(levels(256).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(levels(0).count(), 0);
        assert_eq!(levels(u64::MAX).count(), 8);
    }

    #[test]
    fn a_bundle_gives_its_entries_up_to_a_fault() {
        let mut bundle = Vec::new();
        assert!(add(&mut bundle, b"a") && add(&mut bundle, b"") && add(&mut bundle, b"bc"));
        assert!(!add(&mut bundle, &vec![0; 65_536]));
        let all: Vec<_> = entries(&bundle).collect();
        assert_eq!(all, [Ok(&b"a"[..]), Ok(b""), Ok(b"bc")]);
        for end in 0..bundle.len() {
            let whole = entries(&bundle[..end]).filter(Result::is_ok).count();
            let is_cut = entries(&bundle[..end]).any(|it| it.is_err());
            assert_eq!(
                (whole, is_cut),
                match end {
                    0 => (0, false),
                    1 | 2 => (0, true),
                    3 => (1, false),
                    4 => (1, true),
                    5 => (2, false),
                    _ => (2, true),
                }
            );
        }
    }
}
