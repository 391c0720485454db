//! Edges between a place of answers and a place of requests, as they are counted.
//!
//! Memory   [`EDGES_MAX`] edges of 192 bytes, at most [`SOURCES_MAX`] into one place. Nothing is forgotten; what finds no room is
//!          counted.
//! Misses   that the use which made an edge known says nothing of how often it holds: it is left out of what is fair.

use super::Call;
use super::door::Door;
use super::handed::Origins;
use super::names::{Names, SpotId};
use super::shown::{Shown, Sight};
use super::uses::Fair;
use crate::inventory::distinct::Distinct;

/// Edges that are told apart, by templates of single paths.
pub const EDGES_MAX: usize = 4_096;
/// Edges into one place of requests.
pub const SOURCES_MAX: usize = 16;

/// An edge.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) from: SpotId,
    pub(super) to: SpotId,
    /// Uses of values that were handed to the caller.
    pub(super) uses: u64,
    /// Uses of values that are common.
    pub(super) common: u64,
    pub(super) fair: Fair,
    pub(super) subjects: Distinct,
    pub(super) values: Distinct,
    pub(super) first_us: u64,
    pub(super) last_us: u64,
}

/// All edges.
#[derive(Clone, Debug, Default)]
pub(super) struct Edges {
    pub(super) rows: Vec<Row>,
    pub(super) door: Door,
}

/// A value that a request carried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    pub(super) call: Call,
    pub(super) value: u64,
    pub(super) is_common: bool,
    /// It may count for what is fair.
    pub(super) is_fair: bool,
}

/// What the edges into a place say of a use.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// It could have been explained, as far as was seen, and counts.
    pub(super) is_fair: bool,
    /// Nothing that hands out such values hid any from us.
    pub(super) is_sure: bool,
}

impl Edges {
    /// Counts a use of a value that came to the caller from these places.
    pub(super) fn take(
        &mut self,
        names: &mut Names,
        shown: &Shown,
        to: SpotId,
        it: Use,
        from: Origins,
    ) -> View {
        let mut view = View { is_fair: false, is_sure: false };
        let Some(spot) = names.spots.get(to.at()) else { return view };
        let (mut is_whole, mut is_known) = (true, true);
        let mut fair: Vec<(u16, bool)> = Vec::new();
        for at in &spot.edges {
            let Some(row) = self.rows.get_mut(usize::from(*at)) else { continue };
            let Some(source) = names.spots.get(row.from.at()) else { continue };
            let is_it = from.iter().any(|it| it == row.from);
            match shown.look(it.call.subject, source.end, row.from) {
                Sight::Nothing => {}
                Sight::Whole { since_ever } => {
                    is_known &= since_ever;
                    fair.push((*at, is_it));
                }
                Sight::Hidden => (is_whole, is_known) = (false, false),
                Sight::Forgotten => is_known = false,
            }
            if is_it {
                row.count(&it);
            }
        }
        view.is_sure = is_known && !spot.edges.is_empty();
        if it.is_fair && !fair.is_empty() && names.takes_turn(to, it.call.subject) {
            view.is_fair = is_whole;
            for (at, is_it) in fair {
                if let Some(row) = self.rows.get_mut(usize::from(at)) {
                    row.fair.add(is_it);
                }
            }
        }
        for from in from.iter() {
            self.make(names, from, to, &it);
        }
        view
    }

    /// Makes an edge, unless it is known.
    fn make(&mut self, names: &mut Names, from: SpotId, to: SpotId, it: &Use) {
        let Some(spot) = names.spots.get_mut(to.at()) else { return };
        let is_from = |at: &u16| self.rows.get(usize::from(*at)).is_some_and(|it| it.from == from);
        if spot.edges.iter().any(is_from) {
            return;
        }
        let thing = super::mixed((from.at() as u64) << 32 | to.at() as u64);
        if spot.edges.len() >= SOURCES_MAX {
            self.door.more += 1;
            return;
        }
        let Ok(at) = u16::try_from(self.rows.len()) else { return };
        if !self.door.opens(thing, it.call.tag, self.rows.len(), EDGES_MAX) {
            return;
        }
        let mut row = Row {
            from,
            to,
            uses: 0,
            common: 0,
            fair: Fair::default(),
            subjects: Distinct::default(),
            values: Distinct::default(),
            first_us: it.call.at_us,
            last_us: it.call.at_us,
        };
        row.count(it);
        self.rows.push(row);
        spot.edges.push(at);
    }
}

impl Row {
    fn count(&mut self, it: &Use) {
        if it.is_common {
            self.common += 1;
            return;
        }
        self.uses += 1;
        self.subjects.add(it.call.subject);
        self.values.add(it.value);
        self.first_us = self.first_us.min(it.call.at_us);
        self.last_us = self.last_us.max(it.call.at_us);
    }
}
