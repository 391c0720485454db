//! Values that answers handed out: a segment of a path that was one of them names an object.
//!
//! Reads    the facts of answers.
//! Memory   [`SLOTS`] hashes and at most [`PLACES_MAX`] names of fields. A new value drives out the one in its
//!          slot: looking up and forgetting cost the same, however many are invented.
//! Misses   what was forgotten; values of fields that say what something is and not which one.

use bartizan_model::fact::{Fact, Facts, Kind};
use bartizan_model::place::Place;

const SLOTS: usize = 1 << 15;
const PLACES_MAX: usize = 2_048;
/// Numbers up to about a thousand are everywhere.
const BUCKET_MIN: i16 = 80;
/// Fields that say what something is.
const KINDS: &[&str] = &[
    "type", "kind", "object", "status", "state", "event", "action", "method", "rel", "role",
    "mode", "level", "category", "scope",
];

/// Remembers them.
#[derive(Clone, PartialEq)]
pub(super) struct Handed {
    slots: Box<[(u64, u16)]>,
    places: Vec<Box<str>>,
}

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handed({} places)", self.places.len())
    }
}

impl Default for Handed {
    fn default() -> Self {
        Self { slots: vec![(0, 0); SLOTS].into(), places: Vec::new() }
    }
}

impl Handed {
    pub(super) fn add(&mut self, facts: &Facts) {
        for fact in &facts.facts {
            let Some(place) = facts.shape.places.get(usize::from(fact.field)) else { continue };
            let Place::Body(path) = place else { continue };
            if tells_which(fact, path) {
                self.put(fact.value.0, path);
            }
        }
    }

    fn put(&mut self, hash: u64, path: &str) {
        let known = self.places.iter().position(|it| **it == *path);
        let place = match known {
            Some(it) => it,
            None if self.places.len() < PLACES_MAX => {
                self.places.push(path.into());
                self.places.len() - 1
            }
            None => return,
        };
        if let (Some(slot), Ok(place)) = (self.slots.get_mut(slot(hash)), u16::try_from(place)) {
            *slot = (hash, place);
        }
    }

    /// The field that held this value last.
    pub(super) fn place(&self, hash: u64) -> Option<&str> {
        let (held, place) = self.slots.get(slot(hash))?;
        if *held != hash || hash == 0 {
            return None;
        }
        self.places.get(usize::from(*place)).map(|it| &**it)
    }
}

fn slot(hash: u64) -> usize {
    usize::try_from(hash >> 16).unwrap_or(0) & (SLOTS - 1)
}

fn tells_which(fact: &Fact, path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path).trim_end_matches("[*]");
    let is_kind = KINDS.contains(&last)
        || KINDS.iter().any(|it| last.strip_suffix(it).is_some_and(|it| it.ends_with('_')));
    match fact.kind {
        Kind::Empty | Kind::Boolean | Kind::Decimal => false,
        Kind::Integer => fact.bucket >= BUCKET_MIN,
        Kind::Uuid | Kind::Hex | Kind::Email => true,
        Kind::Date => false,
        Kind::Text => (2..=64).contains(&fact.bytes) && !is_kind,
    }
}
