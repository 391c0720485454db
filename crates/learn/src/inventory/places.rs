//! Fields of answers by number: whether two endpoints answer the same is compared with numbers.
//!
//! Memory   at most [`PLACES_MAX`] names of a service.
//! Misses   fields beyond that: they are kept with their endpoints, and tell nothing of what is alike.

use super::handed::is_kind;
use crate::hashed::hash;
use bartizan_model::place::Place;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Fields of the answers of one service that are compared.
const PLACES_MAX: u32 = 1 << 16;

/// A field of an answer by its number. None is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PlaceId(pub(super) u32);

/// What is known of a field before its values are.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    pub(super) place: Arc<Place>,
    pub(super) id: PlaceId,
    /// It says what something is, and not which one.
    pub(super) is_kind: bool,
}

impl Numbered {
    /// A field that is not compared.
    pub(super) fn none(place: &Place) -> Self {
        Self { place: Arc::new(place.clone()), id: PlaceId::default(), is_kind: false }
    }
}

/// All that are compared.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// By the hash of the name: names are long, and begin alike. One whose hash is taken has the next that is free.
    by_hash: BTreeMap<u64, PlaceId>,
    by_id: Vec<Arc<Place>>,
}

impl Places {
    /// The number of a field, given now if it is new.
    pub(super) fn numbered(&mut self, place: &Place) -> Numbered {
        let is_kind = matches!(place, Place::Body(path) if is_kind(path));
        let mut hash = hash(place);
        while let Some(id) = self.by_hash.get(&hash).copied() {
            match self.shared(id) {
                Some(known) if **known == *place => {
                    return Numbered { place: Arc::clone(known), id, is_kind };
                }
                _ => hash = hash.wrapping_add(1),
            }
        }
        let place = Arc::new(place.clone());
        let next = u32::try_from(self.by_id.len()).unwrap_or(PLACES_MAX) + 1;
        if next >= PLACES_MAX {
            return Numbered { place, id: PlaceId::default(), is_kind };
        }
        self.by_id.push(Arc::clone(&place));
        self.by_hash.insert(hash, PlaceId(next));
        Numbered { place, id: PlaceId(next), is_kind }
    }

    pub(super) fn get(&self, id: PlaceId) -> Option<&Place> {
        self.shared(id).map(|it| &**it)
    }

    fn shared(&self, id: PlaceId) -> Option<&Arc<Place>> {
        let at = usize::try_from(id.0).ok()?.checked_sub(1)?;
        self.by_id.get(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_one_number_and_too_many_have_none() {
        let mut it = Places::default();
        let place = |n: u32| Place::body(&format!("$.f{n}"));
        let first = it.numbered(&place(0));
        assert_eq!(it.get(first.id), Some(&place(0)));
        assert_eq!(it.get(PlaceId::default()), None);
        (1..PLACES_MAX + 5).for_each(|n| drop(it.numbered(&place(n))));
        assert_eq!(it.numbered(&place(0)).id, first.id);
        assert_eq!(it.numbered(&place(PLACES_MAX + 4)).id, PlaceId::default());
    }
}
