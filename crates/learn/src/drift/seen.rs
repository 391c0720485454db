//! What was seen at all endpoints of one operation, added up.
//!
//! Reads    leaves of endpoints.
//! Memory   a tally for each field of them.

use super::{Looks, Share};
use crate::inventory::Endpoint;
use crate::inventory::leaf::{Fields, Leaf};
use bartizan_model::fact::{Forms, Kind};
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// One side of the exchanges of an operation.
#[derive(Debug, Default)]
pub(super) struct Seen<'a> {
    /// Messages whose fields were kept.
    pub(super) messages: u64,
    /// Fields that found no room.
    pub(super) more: u64,
    /// By place.
    pub(super) by_place: BTreeMap<&'a Place, Tally>,
}

/// How often a field was there.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Messages that had it.
    pub(super) messages: u64,
    /// By what it looked like, in the order of [`Kind::ALL`].
    kinds: [u64; Kind::ALL.len()],
    /// Of those that looked like nothing, empty lists and objects.
    empties: u64,
    forms: Forms,
}

impl<'a> Seen<'a> {
    /// Of this side of these endpoints.
    pub(super) fn of(endpoints: &[&Endpoint<'a>], side: fn(&Leaf) -> &Fields) -> Self {
        let mut it = Self::default();
        for endpoint in endpoints {
            let fields = side(endpoint.leaf);
            it.messages += fields.messages;
            it.more += fields.more;
            for (place, field) in &fields.by_place {
                let known = it.by_place.entry(place).or_default();
                known.messages += field.messages;
                known
                    .kinds
                    .iter_mut()
                    .zip(field.kinds)
                    .for_each(|(it, more)| *it += u64::from(more));
                known.empties += field.empties;
                known.forms = known.forms.and(field.forms);
            }
        }
        it
    }

    /// How many of its messages these are.
    pub(super) fn share(&self, of: u64) -> Share {
        Share { of, all: self.messages }
    }

    /// The fields of bodies by their paths.
    pub(super) fn bodies(&self) -> impl Iterator<Item = (&'a str, &Tally)> {
        self.by_place.iter().filter_map(|(place, tally)| match place {
            Place::Body(path) => Some((path.as_str(), tally)),
            Place::Path
            | Place::Segment(_)
            | Place::Query(_)
            | Place::Header(_)
            | Place::Cookie(_)
            | Place::Name => None,
        })
    }
}

impl Tally {
    /// What it looked like, with how many messages. What was an empty list or object is not among it.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (Kind, u64)> {
        let empties = |kind: Kind| if kind == Kind::Empty { self.empties } else { 0 };
        let all = Kind::ALL.iter().copied().zip(self.kinds);
        all.map(move |(kind, count)| (kind, count.saturating_sub(empties(kind))))
            .filter(|it| it.1 > 0)
    }

    /// The empty containers that it was; which of two it was how often is not known.
    pub(super) fn containers(&self) -> impl Iterator<Item = (Looks, u64)> {
        [(Forms::LIST, Looks::List), (Forms::OBJECT, Looks::Object)]
            .into_iter()
            .filter(|it| self.forms.has(it.0) && self.empties > 0)
            .map(|it| (it.1, self.empties))
    }
}
