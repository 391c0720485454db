//! The fields of one side of an endpoint.
//!
//! Memory   338 bytes a field beside what it holds itself, and two for each of the shape that came last; the names of answers are
//!          shared by all endpoints.
//! Misses   nothing: who has room for a field is asked by [`super::leaf::Fields`].

use super::leaf::Field;
use super::places::{Numbered, PlaceId};
use bartizan_model::fact::{FACTS_MAX, Shape};
use bartizan_model::place::Place;
use std::cmp::Ordering;
use std::sync::{Arc, Weak};

/// Fields that room is made for at once.
const ROOM: usize = 4;
/// Fields of other messages that are passed over to find the one that follows.
const PASSED_MAX: usize = 8;

/// A field that was not looked for yet, or is none.
const NOWHERE: u16 = u16::MAX;

/// Fields by their places.
#[derive(Clone, Default)]
pub struct ByPlace {
    /// In the order in which they came, which is mostly the one of messages.
    entries: Vec<Entry>,
    /// The same in the order of their places.
    order: Vec<u16>,
    /// The field that messages begin with.
    first: u16,
    met: Met,
}

/// The shape that came last, and where its fields were found: messages of one endpoint are mostly alike.
#[derive(Clone, Default)]
struct Met {
    shape: Weak<Shape>,
    at: Vec<u16>,
}

/// One of them.
#[derive(Clone)]
pub(super) struct Entry {
    place: Arc<Place>,
    pub(super) id: PlaceId,
    /// The field that follows in messages that have it: most often the next one, or one of those behind it.
    next: u16,
    pub(super) is_kind: bool,
    /// It stands in bodies.
    pub(super) is_body: bool,
    pub(super) field: Field,
}

/// Goes through the fields of one message.
#[derive(Debug, Default)]
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
        let at = self.at(place)?;
        self.entries.get(at).map(|it| &it.field)
    }

    /// All, in the order of their places.
    pub fn iter(&self) -> Iter<'_> {
        Iter { entries: &self.entries, order: self.order.iter() }
    }

    /// All, with names that endpoints share.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (&Arc<Place>, &Field)> {
        self.entries().map(|it| (&it.place, &it.field))
    }

    /// All, with what they are compared by, in the order of their places.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.order.iter().filter_map(|it| self.entries.get(usize::from(*it)))
    }

    fn at(&self, place: &Place) -> Option<usize> {
        let at = self.in_order(place).ok()?;
        self.order.get(at).map(|it| usize::from(*it))
    }

    /// Where a place stands in the order of all, or would.
    fn in_order(&self, place: &Place) -> Result<usize, usize> {
        self.order.binary_search_by(|it| match self.entries.get(usize::from(*it)) {
            Some(it) => (*it.place).cmp(place),
            None => Ordering::Greater,
        })
    }

    /// Begins with a message of this shape, which has so many fields.
    pub(super) fn begin(&mut self, shape: &Arc<Shape>, count: usize) -> Cursor {
        if !self.is_met(shape) {
            self.met.shape = Arc::downgrade(shape);
            self.met.at.clear();
            self.met.at.resize(shape.places.len().min(FACTS_MAX), NOWHERE);
        }
        if self.entries.is_empty() {
            // Most messages have the fields of the first one.
            self.entries.reserve_exact(count);
        }
        Cursor::default()
    }

    /// A little of each field of a shape, if that came last.
    pub(super) fn some(&self, shape: &Arc<Shape>) -> u64 {
        if !self.is_met(shape) {
            return 0;
        }
        let fields = || self.met.at.iter().filter_map(|at| self.entries.get(usize::from(*at)));
        // What lies elsewhere is known once the fields are there.
        let some = fields().fold(0, |some, it| some ^ it.field.some());
        fields().fold(some, |some, it| some ^ it.field.values.some())
    }

    fn is_met(&self, shape: &Arc<Shape>) -> bool {
        std::ptr::eq(self.met.shape.as_ptr(), Arc::as_ptr(shape))
    }

    /// A field of the shape that was begun with, if it was found in a message before.
    pub(super) fn met(&mut self, cursor: &mut Cursor, field: u16) -> Option<&mut Entry> {
        let at = usize::from(*self.met.at.get(usize::from(field))?);
        let entry = self.entries.get_mut(at)?;
        cursor.last = Some(at);
        Some(entry)
    }

    /// The field in a place, which follows the one that was asked for before.
    pub(super) fn next(
        &mut self,
        cursor: &mut Cursor,
        field: u16,
        place: &Place,
    ) -> Option<&mut Entry> {
        let at = match self.ahead(cursor, place) {
            Some(at) => at,
            None => {
                let at = self.at(place)?;
                self.lead(cursor, at);
                at
            }
        };
        self.meet(field, at);
        cursor.last = Some(at);
        self.entries.get_mut(at)
    }

    fn meet(&mut self, field: u16, at: usize) {
        if let Some(it) = self.met.at.get_mut(usize::from(field)) {
            *it = u16::try_from(at).unwrap_or(NOWHERE);
        }
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
    pub(super) fn insert(&mut self, cursor: &mut Cursor, field: u16, of: Numbered, what: Field) {
        let Err(in_order) = self.in_order(&of.place) else { return };
        let at = self.entries.len();
        let Ok(number) = u16::try_from(at) else { return };
        if at == self.entries.capacity() {
            // Most endpoints have few fields, and their number does not change for long.
            self.entries.reserve_exact(ROOM.max(at / 4));
        }
        let Numbered { place, id, is_kind } = of;
        let next = self.lead(cursor, at);
        let is_body = matches!(*place, Place::Body(_));
        self.entries.push(Entry { place, id, next, is_kind, is_body, field: what });
        self.order.insert(in_order, number);
        self.meet(field, at);
        cursor.last = Some(at);
    }

    /// Takes the fields of another one: into those that are known, into new ones up to `max`, and what is left
    /// into `more`.
    pub(super) fn merge(&mut self, other: Self, max: usize, more: &mut u64) {
        let mut cursor = Cursor::default();
        let Self { entries, order, .. } = other;
        let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
        for at in order {
            let Some(it) = entries.get_mut(usize::from(at)).and_then(Option::take) else {
                continue;
            };
            if let Some(at) = self.at(&it.place) {
                if let Some(known) = self.entries.get_mut(at) {
                    known.field.merge(it.field);
                }
            } else if self.entries.len() < max {
                let Entry { place, id, is_kind, field, .. } = it;
                self.insert(&mut cursor, NOWHERE, Numbered { place, id, is_kind }, field);
            } else {
                *more += it.field.messages;
            }
        }
    }
}

/// All fields, in the order of their places.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    entries: &'a [Entry],
    order: std::slice::Iter<'a, u16>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Place, &'a Field);

    fn next(&mut self) -> Option<Self::Item> {
        let it = self.entries.get(usize::from(*self.order.next()?))?;
        Some((&*it.place, &it.field))
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
            it.insert(&mut cursor, NOWHERE, Numbered::none(&place), field);
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
    use bartizan_model::fact::ShapeId;

    /// A message with these fields.
    fn shape(names: &[&str]) -> Arc<Shape> {
        let places = names.iter().map(|it| Place::body(it)).collect();
        Arc::new(Shape { id: ShapeId(7), places })
    }

    /// The fields that are found of a message.
    fn found(it: &mut ByPlace, shape: &Arc<Shape>) -> Vec<Option<String>> {
        let mut cursor = it.begin(shape, shape.places.len());
        let mut all = Vec::new();
        for (field, place) in (0..).zip(&shape.places) {
            let met = it.met(&mut cursor, field).map(|it| it.place.to_string());
            let found = it.next(&mut cursor, field, place).map(|it| it.place.to_string());
            assert!(met.is_none() || met == found);
            all.push(met.or(found));
        }
        all
    }

    /// Puts these fields, in this order, and meets messages of them, each of them twice, and all once more.
    #[track_caller]
    fn check(new: &[&str], messages: &[&[&str]]) {
        let fields = new.iter().map(|it| (Place::body(it), Field::default()));
        let mut it: ByPlace = fields.collect();
        for message in messages.iter().chain(messages) {
            let wanted: Vec<Option<String>> = message
                .iter()
                .map(|name| new.contains(name).then(|| format!("body {name}")))
                .collect();
            let shape = shape(message);
            assert_eq!(found(&mut it, &shape), wanted);
            assert_eq!(found(&mut it, &shape), wanted, "the same shape again");
        }
        assert_eq!(it.len(), new.len());
        assert!(it.iter().map(|it| it.0).is_sorted());
        assert!(it.entries().map(|it| &it.place).is_sorted());
    }

    #[test]
    fn shapes_of_one_id_are_told_apart() {
        let mut it: ByPlace =
            ["$.a", "$.b"].iter().map(|it| (Place::body(it), Field::default())).collect();
        for names in [["$.a", "$.b"], ["$.b", "$.a"], ["$.c", "$.a"]] {
            let wanted = names.map(|it| (it != "$.c").then(|| format!("body {it}")));
            assert_eq!(found(&mut it, &shape(&names)), wanted);
        }
    }

    #[test]
    fn a_field_that_comes_later_is_found_in_a_shape_that_was_met() {
        let (mut it, shape) = (ByPlace::default(), shape(&["$.b", "$.a"]));
        assert_eq!(found(&mut it, &shape), [None, None]);
        let mut cursor = it.begin(&shape, 2);
        let place = Place::body("$.a");
        it.insert(&mut cursor, 1, Numbered::none(&place), Field::default());
        assert_eq!(found(&mut it, &shape), [None, Some("body $.a".to_owned())]);
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
        assert_eq!(size_of::<Entry>(), 336);
    }
}
