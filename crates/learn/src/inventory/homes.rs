//! Where values of paths are at home: `/workspaces/acme` says what the `acme` of `/repositories/acme/site` is.
//!
//! Reads    the values of variables, and the words before them.
//! Memory   [`SLOTS`] hashes of 16 bytes and [`WORDS_MAX`] words. A new value drives out the one in its slot.
//! Misses   what was forgotten; small numbers, which are everywhere.

use std::collections::BTreeMap;
use std::sync::Arc;

const SLOTS: usize = 1 << 13;
/// Words before variables that are told apart.
const WORDS_MAX: usize = 2_000;

/// A value and where it was met nearest to the root.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    hash: u64,
    /// The word before it, counted from 1; 0 if none is told.
    word: u16,
    depth: u8,
    /// Beyond doubt a value.
    is_sure: bool,
    /// What can be done with it there.
    weight: u16,
}

/// Remembers them.
#[derive(Clone, Debug)]
pub(super) struct Homes {
    slots: Box<[Met]>,
    words: Vec<Arc<str>>,
    by_word: BTreeMap<Arc<str>, u16>,
}

impl Default for Homes {
    fn default() -> Self {
        let slots = vec![Met::default(); SLOTS].into();
        Self { slots, words: Vec::new(), by_word: BTreeMap::new() }
    }
}

impl Homes {
    /// Notes the value of a variable that stands so deep, behind this word if it tells what the value is, and what
    /// can be done with it there.
    pub(super) fn add(&mut self, hash: u64, word: Option<&str>, depth: u8, weight: u16) {
        let met = self.met(hash);
        let known = if met.hash == hash { met } else { Met { hash, ..Met::default() } };
        let Some(word) = word.map(|it| self.numbered(it)) else {
            if met.hash != hash {
                self.put(Met { depth, ..known });
            }
            return;
        };
        let is_nearer = depth < known.depth || depth == known.depth && weight > known.weight;
        if known.word == 0 || is_nearer || known.word == word && known.depth == depth {
            self.put(Met { word, depth, weight, ..known });
        }
    }

    /// Notes that this is a value beyond doubt.
    pub(super) fn assure(&mut self, hash: u64) {
        let met = self.met(hash);
        let known = if met.hash == hash { met } else { Met { hash, ..Met::default() } };
        self.put(Met { is_sure: true, ..known });
    }

    /// Whether this was the value of a variable somewhere, beyond doubt.
    pub(super) fn has(&self, hash: u64) -> bool {
        let met = self.met(hash);
        met.hash == hash && met.is_sure && hash != 0
    }

    fn met(&self, hash: u64) -> Met {
        self.slots.get(slot(hash)).copied().unwrap_or_default()
    }

    fn put(&mut self, met: Met) {
        if let Some(it) = self.slots.get_mut(slot(met.hash)) {
            *it = met;
        }
    }

    /// The word that this value stood behind nearest to the root, if that was less deep than here, or more can be
    /// done with it there.
    pub(super) fn above(&self, hash: u64, depth: u8, weight: u16) -> Option<&str> {
        let is_above = |it: &&Met| {
            it.hash == hash
                && (it.depth < depth || it.depth == depth && it.weight > weight.saturating_mul(2))
        };
        let met = self.slots.get(slot(hash)).filter(is_above)?;
        self.words.get(usize::from(met.word).checked_sub(1)?).map(|it| &**it)
    }

    fn numbered(&mut self, word: &str) -> u16 {
        if let Some(number) = self.by_word.get(word) {
            return *number;
        }
        if self.words.len() >= WORDS_MAX {
            return 0;
        }
        let word: Arc<str> = word.into();
        self.words.push(Arc::clone(&word));
        let number = u16::try_from(self.words.len()).unwrap_or(0);
        self.by_word.insert(word, number);
        number
    }
}

fn slot(hash: u64) -> usize {
    usize::try_from(hash >> 16).unwrap_or(0) & (SLOTS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_at_home_nearest_to_the_root() {
        let mut it = Homes::default();
        it.add(77 << 16, Some("repositories"), 3, 1);
        it.add(77 << 16, Some("workspaces"), 1, 1);
        it.add(77 << 16, Some("teams"), 2, 1);
        it.add(77 << 16, None, 0, 1);
        assert_eq!(it.above(77 << 16, 3, 1), Some("workspaces"));
        assert_eq!(it.above(77 << 16, 1, 1), None);
        assert_eq!(it.above(78 << 16, 3, 1), None);
        assert!(!it.has(77 << 16));
        it.assure(77 << 16);
        it.add(77 << 16, Some("accounts"), 0, 1);
        assert!(it.has(77 << 16) && !it.has(78 << 16) && !it.has(0));
        assert_eq!(it.above(77 << 16, 1, 1), Some("accounts"));
    }

    #[test]
    fn as_deep_it_is_at_home_where_more_can_be_done_with_it() {
        let mut it = Homes::default();
        it.add(77 << 16, Some("images"), 1, 1);
        it.add(77 << 16, Some("files"), 1, 9);
        assert_eq!(it.above(77 << 16, 1, 1), Some("files"));
        assert_eq!(it.above(77 << 16, 1, 5), None);
    }

    #[test]
    fn words_and_values_are_bounded() {
        let mut it = Homes::default();
        (1..40_000_u64).for_each(|n| it.add(n << 16, Some(&format!("w{n}")), 1, 1));
        assert_eq!((it.words.len(), it.slots.len()), (WORDS_MAX, SLOTS));
    }
}
