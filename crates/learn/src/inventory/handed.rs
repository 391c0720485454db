//! Values that answers handed out: a segment of a path that was one of them names an object.
//!
//! Reads    the facts of answers.
//! Memory   [`SLOTS`] hashes, and the names of fields (see [`Places`]). A new value drives out the one in its
//!          slot: looking up and forgetting cost the same, however many are invented.
//! Misses   what was forgotten; values of fields that say what something is and not which one.

use super::homes::Homes;
use super::places::{PlaceId, Places};
use bartizan_model::fact::{Fact, Kind};
use bartizan_model::place::Place;

const SLOTS: usize = 1 << 15;
/// Numbers up to about a thousand are everywhere.
const BUCKET_MIN: i16 = 80;
/// Fields that say what something is.
const KINDS: &[&str] = &[
    "type", "kind", "object", "status", "state", "event", "action", "method", "rel", "role",
    "mode", "level", "category", "scope",
];

/// Remembers them.
#[derive(Clone)]
pub(super) struct Handed {
    slots: Box<[(u64, PlaceId)]>,
    /// Values of variables.
    pub(super) homes: Homes,
    /// The fields of answers.
    pub(super) places: Places,
}

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handed")
    }
}

impl Default for Handed {
    fn default() -> Self {
        let slots = vec![(0, PlaceId::default()); SLOTS].into();
        Self { slots, homes: Homes::default(), places: Places::default() }
    }
}

impl Handed {
    /// Notes the value of a field, unless it says what something is and not which one.
    pub(super) fn add(&mut self, fact: &Fact, id: PlaceId, is_kind: bool) {
        let hash = fact.value.0;
        if tells_which(fact, is_kind)
            && let Some(slot) = self.slots.get_mut(slot(hash))
        {
            *slot = (hash, id);
        }
    }

    /// The field that held this value last.
    pub(super) fn place(&self, hash: u64) -> Option<&str> {
        let (held, id) = self.slots.get(slot(hash))?;
        if *held != hash || hash == 0 {
            return None;
        }
        let Some(Place::Body(path)) = self.places.get(*id) else { return None };
        Some(path)
    }
}

fn slot(hash: u64) -> usize {
    usize::try_from(hash >> 16).unwrap_or(0) & (SLOTS - 1)
}

/// Whether a field says what something is, by its path.
pub(super) fn is_kind(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path).trim_end_matches("[*]");
    KINDS.contains(&last)
        || KINDS.iter().any(|it| last.strip_suffix(it).is_some_and(|it| it.ends_with('_')))
}

fn tells_which(fact: &Fact, is_kind: bool) -> bool {
    match fact.kind {
        Kind::Empty | Kind::Boolean | Kind::Decimal | Kind::Date => false,
        Kind::Integer => fact.bucket >= BUCKET_MIN,
        Kind::Uuid | Kind::Hex | Kind::Email => true,
        Kind::Text => (2..=64).contains(&fact.bytes) && !is_kind,
    }
}
