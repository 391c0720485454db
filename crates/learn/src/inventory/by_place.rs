//! The fields of one side of an endpoint, in the order of their places.
//!
//! Memory   360 bytes a field beside what it holds itself; the names of answers are shared by all endpoints.
//! Misses   nothing: who has room for a field is asked by [`super::leaf::Fields`].

use super::leaf::Field;
use super::places::{Numbered, PlaceId};
use bartizan_model::place::Place;
use std::sync::Arc;

/// Fields that room is made for at once.
const ROOM: usize = 4;
/// Fields of other messages that are passed over to find the one that follows.
const PASSED_MAX: usize = 8;

/// Fields by their places.
#[derive(Clone, Default)]
pub struct ByPlace {
    entries: Vec<Entry>,
    /// The field that messages begin with.
    first: u16,
}

/// One of them.
#[derive(Clone)]
pub(super) struct Entry {
    place: Arc<Place>,
    pub(super) id: PlaceId,
    /// The field that follows in messages that have it: most often the next one, or one of those behind it.
    next: u16,
    pub(super) is_kind: bool,
    pub(super) field: Field,
}

/// Goes through the fields of one message.
#[derive(Default)]
pub(super) struct Cursor {
    last: Option<usize>,
}

impl std::fmt::Debug for ByPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl PartialEq for ByPlace {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other)
    }
}

impl ByPlace {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The field in this place.
    pub fn get(&self, place: &Place) -> Option<&Field> {
        let at = self.at(place).ok()?;
        self.entries.get(at).map(|it| &it.field)
    }

    /// All, in the order of their places.
    pub fn iter(&self) -> Iter<'_> {
        Iter(self.entries.iter())
    }

    /// All, with what they are compared by.
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn at(&self, place: &Place) -> Result<usize, usize> {
        self.entries.binary_search_by(|it| (*it.place).cmp(place))
    }

    /// The field in a place that follows the one that was asked for before.
    pub(super) fn next(&mut self, cursor: &mut Cursor, place: &Place) -> Option<&mut Entry> {
        let at = match self.ahead(cursor, place) {
            Some(at) => at,
            None => {
                let at = self.at(place).ok()?;
                self.lead(cursor, at);
                at
            }
        };
        cursor.last = Some(at);
        self.entries.get_mut(at)
    }

    /// Most messages have their fields in the same order, with some of them left out. What is not the right one
    /// mostly has another length.
    fn ahead(&self, cursor: &Cursor, place: &Place) -> Option<usize> {
        let before = cursor.last.and_then(|it| self.entries.get(it));
        let mut at = usize::from(before.map_or(self.first, |it| it.next));
        for _ in 0..PASSED_MAX {
            let it = self.entries.get(at)?;
            if *it.place == *place {
                return Some(at);
            }
            at = usize::from(it.next);
        }
        None
    }

    /// From now on the field at `at` follows; what followed before.
    fn lead(&mut self, cursor: &Cursor, at: usize) -> u16 {
        let next = match cursor.last.and_then(|it| self.entries.get_mut(it)) {
            Some(before) => &mut before.next,
            None => &mut self.first,
        };
        std::mem::replace(next, u16::try_from(at).unwrap_or(0))
    }

    /// Adds a field in a place that has none, which follows the one that was asked for before.
    pub(super) fn insert(&mut self, cursor: &mut Cursor, of: Numbered, field: Field) {
        let Err(at) = self.at(&of.place) else { return };
        if self.entries.len() == self.entries.capacity() {
            // Most endpoints have few fields, and their number does not change for long.
            self.entries.reserve_exact(ROOM.max(self.entries.len() / 4));
        }
        let Numbered { place, id, is_kind } = of;
        for it in &mut self.entries {
            it.next += u16::from(usize::from(it.next) >= at);
        }
        self.first += u16::from(usize::from(self.first) >= at);
        cursor.last = cursor.last.map(|it| it + usize::from(it >= at));
        self.entries.insert(at, Entry { place, id, next: 0, is_kind, field });
        let next = self.lead(cursor, at);
        if let Some(it) = self.entries.get_mut(at) {
            it.next = next;
        }
        cursor.last = Some(at);
    }

    /// Takes the fields of another one: into those that are known, into new ones up to `max`, and what is left
    /// into `more`.
    pub(super) fn merge(&mut self, other: Self, max: usize, more: &mut u64) {
        let mut cursor = Cursor::default();
        for it in other.entries {
            if let Ok(at) = self.at(&it.place) {
                if let Some(known) = self.entries.get_mut(at) {
                    known.field.merge(it.field);
                }
            } else if self.entries.len() < max {
                let Entry { place, id, is_kind, field, .. } = it;
                self.insert(&mut cursor, Numbered { place, id, is_kind }, field);
            } else {
                *more += it.field.messages;
            }
        }
    }
}

/// All fields, in the order of their places.
#[derive(Clone, Debug)]
pub struct Iter<'a>(std::slice::Iter<'a, Entry>);

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Place, &'a Field);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(|it| (&*it.place, &it.field))
    }
}

impl<'a> IntoIterator for &'a ByPlace {
    type Item = (&'a Place, &'a Field);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<(Place, Field)> for ByPlace {
    fn from_iter<T: IntoIterator<Item = (Place, Field)>>(fields: T) -> Self {
        let (mut it, mut cursor) = (Self::default(), Cursor::default());
        for (place, field) in fields {
            it.insert(&mut cursor, Numbered::none(&place), field);
        }
        it
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:?}", self.place, self.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts these fields, in this order, and meets messages of them.
    #[track_caller]
    fn check(new: &[&str], messages: &[&[&str]]) {
        let fields = new.iter().map(|it| (Place::body(it), Field::default()));
        let mut it: ByPlace = fields.collect();
        for message in messages {
            let mut cursor = Cursor::default();
            for name in *message {
                let found = it.next(&mut cursor, &Place::body(name)).map(|it| it.place.to_string());
                let wanted = new.contains(name).then(|| format!("body {name}"));
                assert_eq!(found, wanted);
            }
        }
        assert_eq!(it.len(), new.len());
        assert!(it.iter().map(|it| it.0).is_sorted());
    }

    #[test]
    fn fields_are_found_in_any_order() {
        let all = ["$.c", "$.a", "$.d", "$.b"];
        check(&all, &[&all, &all, &["$.a", "$.b"], &["$.d", "$.x", "$.c"], &all, &[]]);
        check(&[], &[&all]);
    }

    #[test]
    fn a_field_that_is_known_is_found_whatever_came_before() {
        check(&["$.z", "$.y", "$.x"], &[&["$.x", "$.y"], &["$.q", "$.y", "$.z"], &["$.z", "$.z"]]);
    }

    #[test]
    fn a_field_has_the_size_that_the_head_of_this_file_tells() {
        assert_eq!(size_of::<Entry>(), 360);
    }
}
