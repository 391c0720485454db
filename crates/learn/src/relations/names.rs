//! The endpoints and places that relations are about, each under a number.
//!
//! Reads    services, methods, templates of single paths, and places.
//! Memory   [`ENDS_MAX`] endpoints, [`SPOTS_MAX`] places of theirs with names of at most 128 bytes, and the numbers of
//!          [`COLUMNS_MAX`] shapes, by which the places of a message are found at once. Nothing is forgotten; what finds
//!          no room is counted.
//! Misses   the 64-bit hashes that names are found by are not secret: of two with the same hash the second finds
//!          no room.

use super::callers::ByKind;
use super::door::Door;
use super::handed::Tag;
use super::telling::Naming;
use super::turns::Turns;
use super::uses::Uses;
use crate::hashed::hash;
use crate::inventory::segments;
use bartizan_model::fact::Shape;
use bartizan_model::head::Method;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::sync::Arc;

/// Endpoints that are told apart, by their templates of single paths.
pub const ENDS_MAX: usize = 4_096;
/// Places of theirs that are told apart.
pub const SPOTS_MAX: usize = 16_384;
const COLUMNS_MAX: usize = 2_048;

/// The number of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EndId(u16);

/// The number of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SpotId(NonZeroU16);

impl EndId {
    #[cfg(test)]
    pub(super) const FIRST: Self = Self(0);

    pub(super) fn at(self) -> usize {
        usize::from(self.0)
    }
}

impl SpotId {
    #[cfg(test)]
    pub(super) const FIRST: Self = Self(NonZeroU16::MIN);

    pub(super) fn at(self) -> usize {
        usize::from(self.0.get()) - 1
    }
}

/// An endpoint under its template of a single path.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) service: Arc<str>,
    pub(super) method: Method,
    pub(super) template: Arc<str>,
    /// Successful requests whose values were kept.
    pub(super) requests: u64,
    pub(super) callers: ByKind,
}

/// A place in the requests or answers of an endpoint.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) end: EndId,
    pub(super) place: Place,
    pub(super) side: Side,
    /// What requests carried there.
    pub(super) uses: Uses,
    /// Whose uses counted for what is fair, once there are any.
    pub(super) turns: Option<Box<Turns>>,
    /// Positions of the edges that end here.
    pub(super) edges: Vec<u16>,
}

/// A side of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Request,
    Answer,
}

/// A place of a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) role: Role,
    pub(super) naming: Naming,
    pub(super) spot: Option<SpotId>,
}

/// What the values of a place can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A value that is handed out or used.
    Value,
    /// A segment that looks like a name: a value only if an answer had handed it out.
    Word,
    /// Nothing that relates messages.
    Neither,
}

/// The places of one shape at one endpoint.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    end: EndId,
    side: Side,
    shape: Arc<Shape>,
    pub(super) columns: Vec<Column>,
}

/// All of them.
#[derive(Clone, Debug)]
pub(super) struct Names {
    pub(super) ends: Vec<End>,
    ends_by_hash: BTreeMap<u64, EndId>,
    pub(super) ends_door: Door,
    pub(super) spots: Vec<Spot>,
    spots_by_hash: BTreeMap<u64, SpotId>,
    pub(super) spots_door: Door,
    columns: Vec<Option<Columns>>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            ends_by_hash: BTreeMap::new(),
            ends_door: Door::default(),
            spots: Vec::new(),
            spots_by_hash: BTreeMap::new(),
            spots_door: Door::default(),
            columns: vec![None; COLUMNS_MAX],
        }
    }
}

impl Names {
    /// Whether a use of this caller counts in a place.
    pub(super) fn takes_turn(&mut self, at: SpotId, subject: u64) -> bool {
        let spot = self.spots.get_mut(at.at());
        spot.is_some_and(|it| it.turns.get_or_insert_default().take(subject))
    }

    /// The number of the endpoint of an exchange; `None` if there is no room.
    pub(super) fn end(&mut self, it: &Observation, by: Tag) -> Option<EndId> {
        let hash = hash(&(&it.route, it.method, &it.template));
        if let Some(id) = self.ends_by_hash.get(&hash) {
            let end = self.ends.get(id.at())?;
            let is_it =
                end.template == it.template && end.method == it.method && end.service == it.route;
            return is_it.then_some(*id);
        }
        if !self.ends_door.opens(hash, by, self.ends.len(), ENDS_MAX) {
            return None;
        }
        let id = EndId(u16::try_from(self.ends.len()).ok()?);
        self.ends.push(End {
            service: Arc::clone(&it.route),
            method: it.method,
            template: Arc::clone(&it.template),
            requests: 0,
            callers: ByKind::default(),
        });
        self.ends_by_hash.insert(hash, id);
        Some(id)
    }

    /// The number of a place; `None` if there is no room.
    pub(super) fn spot(
        &mut self,
        end: EndId,
        side: Side,
        place: &Place,
        by: Tag,
    ) -> Option<SpotId> {
        let hash = hash(&(end.0, side, place));
        if let Some(id) = self.spots_by_hash.get(&hash) {
            let spot = self.spots.get(id.at())?;
            let is_it = spot.end == end && spot.side == side && spot.place == *place;
            return is_it.then_some(*id);
        }
        if !self.spots_door.opens(hash, by, self.spots.len(), SPOTS_MAX) {
            return None;
        }
        let id = SpotId(NonZeroU16::new(u16::try_from(self.spots.len() + 1).ok()?)?);
        let (uses, edges) = (Uses::default(), Vec::new());
        let turns = None;
        self.spots.push(Spot { end, place: place.clone(), side, uses, turns, edges });
        self.spots_by_hash.insert(hash, id);
        Some(id)
    }

    /// What is known of the places of a shape. It has to be given back.
    pub(super) fn take_columns(&mut self, end: EndId, side: Side, shape: &Arc<Shape>) -> Columns {
        let slot = self.columns.get_mut(columns_at(end, side, shape));
        let known = slot.and_then(Option::take).filter(|it| it.are(end, side, shape));
        known.unwrap_or_else(|| {
            let template = self.ends.get(end.at()).map_or("", |it| &it.template);
            let columns = shape.places.iter().map(|it| column(it, side, template)).collect();
            Columns { end, side, shape: Arc::clone(shape), columns }
        })
    }

    /// Keeps what is known of the places of a shape.
    pub(super) fn keep_columns(&mut self, it: Columns) {
        if let Some(slot) = self.columns.get_mut(columns_at(it.end, it.side, &it.shape)) {
            *slot = Some(it);
        }
    }
}

impl Columns {
    fn are(&self, end: EndId, side: Side, shape: &Arc<Shape>) -> bool {
        let is_shape = || Arc::ptr_eq(&self.shape, shape) || self.shape == *shape;
        self.end == end && self.side == side && is_shape()
    }
}

fn columns_at(end: EndId, side: Side, shape: &Shape) -> usize {
    let mixed = super::mixed(shape.id.0 ^ (end.at() as u64) << 1 ^ u64::from(side == Side::Answer));
    usize::try_from(mixed).unwrap_or(0) & (COLUMNS_MAX - 1)
}

fn column(place: &Place, side: Side, template: &str) -> Column {
    let role = match (side, place) {
        (Side::Answer, Place::Body(_)) => Role::Value,
        (Side::Request, Place::Query(_) | Place::Body(_)) => Role::Value,
        (Side::Request, Place::Segment(n)) => {
            match segments(template).nth(usize::from(*n).saturating_sub(1)) {
                Some(it) if it.starts_with('{') => Role::Value,
                Some(_) => Role::Word,
                None => Role::Neither,
            }
        }
        (
            Side::Request | Side::Answer,
            Place::Path | Place::Header(_) | Place::Cookie(_) | Place::Name,
        )
        | (Side::Answer, Place::Segment(_) | Place::Query(_)) => Role::Neither,
    };
    Column { role, naming: Naming::of(place, template), spot: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_one_number_on_each_side() {
        let mut it = Names::default();
        let place = Place::body("$.id");
        let end = EndId::FIRST;
        let answer = it.spot(end, Side::Answer, &place, 1);
        assert_eq!(answer, Some(SpotId::FIRST));
        assert_ne!(it.spot(end, Side::Request, &place, 1), answer);
        assert_eq!(it.spot(end, Side::Answer, &place, 1), answer);
    }

    #[test]
    fn one_subject_takes_half_the_places() {
        let mut it = Names::default();
        for n in 0..SPOTS_MAX {
            it.spot(EndId::FIRST, Side::Request, &Place::query(n.to_string().as_bytes()), 1);
        }
        assert_eq!(it.spots.len(), SPOTS_MAX / 2);
        assert_eq!(it.spots_door.more, SPOTS_MAX as u64 / 2);
        let place = Place::body("$.orderId");
        assert_eq!(it.spot(EndId::FIRST, Side::Answer, &place, 2), None);
        assert!(it.spot(EndId::FIRST, Side::Answer, &place, 3).is_some());
    }
}
