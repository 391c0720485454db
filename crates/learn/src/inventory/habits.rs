//! What several callers have in common in what they send: which fields are always there, how great and long values are; and
//! what they are.
//!
//! Reads    the facts of successful requests.
//! Memory   of an endpoint at most [`SHAPES_MAX`] shapes and [`FIELDS_MAX`] fields of 48 bytes, and two bytes for each
//!          place of the shape that came last.
//! Misses   endpoints whose calls come in more shapes than that; of a list, the magnitude of all values but the first.
//!          Two fields whose names have one hash of 64 bits count as one, and are held to what either of them reached.
//!
//! What fewer than three callers do counts for nothing, however often they do it: so nobody widens anything alone.

use super::roles::Callers;
use super::subjects::Some64;
use crate::hashed::hash;
use bartizan_model::fact::{Facts, Kind, Shape};
use bartizan_model::place::Place;
use std::sync::{Arc, Weak};

/// Shapes of one endpoint's calls.
pub const SHAPES_MAX: usize = 16;
/// Fields of one endpoint's calls.
pub const FIELDS_MAX: usize = 64;
/// Callers for which something counts.
const SEVERAL: usize = 3;

/// Of one endpoint.
#[derive(Clone, Debug, Default)]
pub struct Habits {
    shapes: Vec<(Arc<Shape>, Some64)>,
    /// By the hash of their places, which are many and long.
    fields: Vec<(u64, Extremes)>,
    met: Met,
    /// What they are, as their tokens say. It has its place here because a leaf has none to spare.
    pub callers: Callers,
}

impl PartialEq for Habits {
    fn eq(&self, other: &Self) -> bool {
        self.shapes == other.shapes && self.fields == other.fields && self.callers == other.callers
    }
}

/// The shape that came last, and where its fields were found: calls of one endpoint are mostly alike.
#[derive(Clone, Debug, Default)]
struct Met {
    shape: Weak<Shape>,
    at: Vec<u16>,
}

/// A field that was not looked for yet, or found no room.
const NOWHERE: u16 = u16::MAX;
/// What is no field of query or body.
const NO_FIELD: u16 = u16::MAX - 1;

/// The extremes of one field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extremes {
    great: Tops<i16>,
    /// Of the numbers with their signs turned: the least ones.
    small: Tops<i16>,
    long: Tops<u32>,
}

/// The greatest values of three callers, each known by the one bit of [`Some64`] that it sets, or [`NOBODY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tops<V> {
    values: [V; SEVERAL],
    by: [u8; SEVERAL],
}

/// A place among the greatest that nobody has taken yet.
const NOBODY: u8 = u8::MAX;

impl<V: Default> Default for Tops<V> {
    fn default() -> Self {
        Self { values: Default::default(), by: [NOBODY; SEVERAL] }
    }
}

impl<V: Ord + Copy> Tops<V> {
    fn add(&mut self, value: V, who: u8) {
        // Nearly always nothing changes.
        if self.values.iter().all(|it| *it >= value) && !self.by.contains(&NOBODY) {
            return;
        }
        let mut all = self.values.iter_mut().zip(&mut self.by);
        if let Some((mine, _)) = all.find(|it| *it.1 == who) {
            *mine = (*mine).max(value);
            return;
        }
        let least = |(mine, by): &(&mut V, &mut u8)| (**by != NOBODY).then_some(**mine);
        let place = self.values.iter_mut().zip(&mut self.by).min_by_key(least);
        if let Some((mine, by)) = place
            && (*by == NOBODY || *mine < value)
        {
            (*mine, *by) = (value, who);
        }
    }

    fn merge(&mut self, other: Self) {
        let all = other.values.into_iter().zip(other.by).filter(|it| it.1 != NOBODY);
        all.for_each(|(value, who)| self.add(value, who));
    }

    /// What three callers reached.
    fn reached(self) -> Option<V> {
        if self.by.contains(&NOBODY) {
            return None;
        }
        self.values.into_iter().min()
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
        let who = who.bit();
        let mut met = std::mem::take(&mut self.met);
        if !std::ptr::eq(met.shape.as_ptr(), Arc::as_ptr(&facts.shape)) {
            met.shape = Arc::downgrade(&facts.shape);
            met.at.clear();
            met.at.resize(facts.shape.places.len(), NOWHERE);
        }
        for fact in &facts.facts {
            let field = usize::from(fact.field);
            if met.at.get(field) == Some(&NOWHERE) {
                let count = self.fields.len();
                let at = facts.shape.places.get(field).and_then(|it| self.looked_for(it));
                if self.fields.len() != count {
                    // Others moved.
                    met.at.iter_mut().filter(|it| **it != NO_FIELD).for_each(|it| *it = NOWHERE);
                }
                if let (Some(to), Some(at)) = (met.at.get_mut(field), at) {
                    *to = at;
                }
            }
            let at = met.at.get(field).and_then(|at| self.fields.get_mut(usize::from(*at)));
            let Some((_, known)) = at else { continue };
            known.long.add(fact.bytes, who);
            if matches!(fact.kind, Kind::Integer | Kind::Decimal) {
                known.great.add(fact.bucket, who);
                known.small.add(fact.bucket.saturating_neg(), who);
            }
        }
        self.met = met;
    }

    /// A little of each field.
    pub(super) fn some(&self) -> u64 {
        self.fields.iter().fold(0, |some, it| some ^ it.0)
    }

    fn looked_for(&mut self, place: &Place) -> Option<u16> {
        if !matches!(place, Place::Query(_) | Place::Body(_)) {
            return Some(NO_FIELD);
        }
        u16::try_from(self.field(hash(place))?).ok()
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
        self.met = Met::default();
        self.callers.merge(other.callers);
        other.shapes.iter().for_each(|(shape, by)| self.note_shape(shape, *by));
        for (hash, theirs) in other.fields {
            let at = self.field(hash);
            let Some((_, mine)) = at.and_then(|at| self.fields.get_mut(at)) else { continue };
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
        let at = self.fields.binary_search_by_key(&hash(place), |it| it.0).ok()?;
        self.fields.get(at).map(|it| &it.1)
    }

    /// Where a field is, for which room is made if there is any.
    fn field(&mut self, hash: u64) -> Option<usize> {
        match self.fields.binary_search_by_key(&hash, |it| it.0) {
            Ok(at) => Some(at),
            Err(_) if self.fields.len() >= FIELDS_MAX => None,
            Err(at) => {
                // New ones are rare, and there are many endpoints.
                self.fields.reserve_exact(1);
                self.fields.insert(at, (hash, Extremes::default()));
                Some(at)
            }
        }
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
