//! What several callers have in common in what they send: which fields are always there, how great and long values are.
//!
//! Reads    the facts of successful requests.
//! Memory   of an endpoint at most [`SHAPES_MAX`] shapes and [`FIELDS_MAX`] fields of some 150 bytes with their names.
//! Misses   endpoints whose calls come in more shapes than that; of a list, the magnitude of all values but the first.
//!
//! What fewer than three callers do counts for nothing, however often they do it: so nobody widens anything alone.

use super::subjects::Some64;
use bartizan_model::fact::{Facts, Kind, Shape};
use bartizan_model::place::Place;
use std::sync::Arc;

/// Shapes of one endpoint's calls.
pub const SHAPES_MAX: usize = 16;
/// Fields of one endpoint's calls.
pub const FIELDS_MAX: usize = 64;
/// Callers for which something counts.
const SEVERAL: usize = 3;

/// Of one endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Habits {
    shapes: Vec<(Arc<Shape>, Some64)>,
    /// By place.
    fields: Vec<(Place, Extremes)>,
}

/// The extremes of one field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extremes {
    great: Tops<i16>,
    /// Of the numbers with their signs turned: the least ones.
    small: Tops<i16>,
    long: Tops<u32>,
}

/// The greatest values of three callers, each known by the one bit of [`Some64`] that it sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tops<V>([Option<(V, u8)>; SEVERAL]);

impl<V: Ord + Copy> Tops<V> {
    fn add(&mut self, value: V, who: u8) {
        let Self(all) = self;
        if let Some((mine, _)) = all.iter_mut().flatten().find(|it| it.1 == who) {
            *mine = (*mine).max(value);
            return;
        }
        if let Some(free) = all.iter_mut().find(|it| it.is_none()) {
            *free = Some((value, who));
        } else if let Some(least) = all.iter_mut().flatten().min_by_key(|it| it.0)
            && least.0 < value
        {
            *least = (value, who);
        }
    }

    fn merge(&mut self, other: Self) {
        other.0.into_iter().flatten().for_each(|(value, who)| self.add(value, who));
    }

    /// What three callers reached.
    fn reached(self) -> Option<V> {
        let all = self.0.iter().flatten();
        (all.clone().count() == SEVERAL).then(|| all.map(|it| it.0).min()).flatten()
    }
}

impl Extremes {
    /// The least and the greatest magnitude that three callers sent, see [`bartizan_model::fact::bucket`].
    pub fn buckets(&self) -> Option<(i16, i16)> {
        let (least, most) = (self.small.reached()?, self.great.reached()?);
        Some((least.saturating_neg(), most))
    }

    /// How long the values were that three callers sent, in bytes.
    pub fn bytes(&self) -> Option<u32> {
        self.long.reached()
    }
}

impl Habits {
    /// Adds a request.
    pub(super) fn add(&mut self, who: Some64, facts: &Facts) {
        self.note_shape(&facts.shape, who);
        for fact in &facts.facts {
            let Some(place) = facts.shape.places.get(usize::from(fact.field)) else { continue };
            if !matches!(place, Place::Query(_) | Place::Body(_)) {
                continue;
            }
            let Some(known) = self.field(place) else { continue };
            known.long.add(fact.bytes, who.bit());
            if matches!(fact.kind, Kind::Integer | Kind::Decimal) {
                known.great.add(fact.bucket, who.bit());
                known.small.add(fact.bucket.saturating_neg(), who.bit());
            }
        }
    }

    fn note_shape(&mut self, shape: &Arc<Shape>, who: Some64) {
        if let Some((_, by)) = self.shapes.iter_mut().find(|it| it.0.id == shape.id) {
            *by = by.and(who);
        } else if self.shapes.len() < SHAPES_MAX {
            self.shapes.push((Arc::clone(shape), who));
        } else if let Some(rare) = self.shapes.iter_mut().find(|it| it.1.at_least() == 1) {
            *rare = (Arc::clone(shape), who);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        other.shapes.iter().for_each(|(shape, by)| self.note_shape(shape, *by));
        for (place, theirs) in other.fields {
            let Some(mine) = self.field(&place) else { continue };
            mine.great.merge(theirs.great);
            mine.small.merge(theirs.small);
            mine.long.merge(theirs.long);
        }
    }

    /// The fields of query and body that are in every shape which several callers sent.
    pub fn always(&self) -> Vec<Place> {
        let mut usual = self.shapes.iter().filter(|it| it.1.at_least() as usize >= SEVERAL);
        let Some((first, _)) = usual.next() else { return Vec::new() };
        let others: Vec<&Arc<Shape>> = usual.map(|it| &it.0).collect();
        let is_field = |it: &&Place| matches!(it, Place::Query(_) | Place::Body(_));
        let is_in_all = |it: &&Place| others.iter().all(|shape| shape.places.contains(it));
        first.places.iter().filter(is_field).filter(is_in_all).cloned().collect()
    }

    /// The extremes of a field.
    pub fn extremes(&self, place: &Place) -> Option<&Extremes> {
        let at = self.fields.binary_search_by(|it| it.0.cmp(place)).ok()?;
        self.fields.get(at).map(|it| &it.1)
    }

    /// What is known of a field, for which room is made if there is any.
    fn field(&mut self, place: &Place) -> Option<&mut Extremes> {
        let at = match self.fields.binary_search_by(|it| it.0.cmp(place)) {
            Ok(at) => at,
            Err(_) if self.fields.len() >= FIELDS_MAX => return None,
            Err(at) => {
                // New ones are rare, and there are many endpoints.
                self.fields.reserve_exact(1);
                self.fields.insert(at, (place.clone(), Extremes::default()));
                at
            }
        };
        self.fields.get_mut(at).map(|it| &mut it.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::id::SubjectId;

    #[test]
    fn one_caller_reaches_nothing_for_all() {
        let of = |subject| Some64::of(SubjectId(subject)).bit();
        let mut it = Tops::default();
        (0..100).for_each(|n| it.add(1_000 + n, of(1)));
        assert_eq!(it.reached(), None);
        it.add(7, of(2));
        it.add(5, of(3));
        it.add(6, of(4));
        assert_eq!(it.reached(), Some(6));
        (0..100).for_each(|_| it.add(1_000_000, of(1)));
        assert_eq!(it.reached(), Some(6));
    }
}
