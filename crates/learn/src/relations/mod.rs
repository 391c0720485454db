//! Relations: which answers hand out the values that later requests carry, and who calls.
//!
//! Reads    successful exchanges, as they end. Values are known by their keyed hashes only.
//! Writes   edges, such as `GET /orders $.items[*].id` to `orderId` of `GET /orders/{orderId}`, each with how many
//!          uses it explains; for each parameter how much of its uses is explained; who calls what.
//! Memory   some 6 MiB at the beginning and 20 MiB at most: [`VALUES_MAX`] values (4.5 MiB), [`SHOWN_MAX`] pairs of
//!          subject and endpoint (1 MiB), [`ENDS_MAX`] endpoints, [`SPOTS_MAX`] places and [`EDGES_MAX`] edges with
//!          their names. What finds no room is counted, see [`Totals`]. Only values are forgotten.
//! Misses   exchanges whose facts are not kept: 15 of 16 behind the first 200 of an endpoint. Of a list, the values
//!          behind the first [`bartizan_model::fact::LISTED_EACH`]; of a list in a request, all but the first; values in heads (`Location`), within other values (URLs, tokens) or written otherwise
//!          (`ABC` for `abc`); identifiers that clients choose; what was handed out under another identity, before the
//!          key was changed or before bartizan was there; operations within envelopes that are not read, which share one endpoint.
//!          Each of these makes shares too low, never too high. Coincidence makes them too high: of numbers
//!          drawn from 2,000 it explained 4 % of the fair uses of 20 callers and 0.4 % of 200, and most of two callers who were
//!          handed nearly all of them, so see [`Edge::subjects`]. Values that were handed to more than
//!          [`HOLDERS_MAX`] callers tell nothing and count in no share.
//!
//! A value that the request itself had said is not handed out by its answer: whoever guesses an identifier and
//! gets it back has it from nobody. Of one caller few uses count for what is fair (`turns.rs`). A caller is its subject: a session is the credential that the subject was
//! read from, so that nothing of one session is of two subjects.

mod callers;
mod door;
mod edge;
mod handed;
mod merged;
mod names;
mod shown;
mod telling;
#[cfg(test)]
mod tests;
mod turns;
mod uses;

use crate::inventory::owners::{OwnerFields, Reading};
use crate::inventory::{SERVICES_MAX, is_success};
use bartizan_model::fact::{Fact, Facts};
use bartizan_model::id::SubjectId;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
pub use callers::{ByKind, Caller, Callers};
use edge::Edges;
pub use edge::{EDGES_MAX, SOURCES_MAX};
pub use handed::{HOLDERS_MAX, VALUES_MAX};
use handed::{Handed, Known, Origins, Tag};
pub use merged::{Edge, Explained, Point};
use names::{Column, EndId, Names, Role, Side, SpotId};
pub use names::{ENDS_MAX, SPOTS_MAX};
pub use shown::SHOWN_MAX;
use shown::{Shown, Sight};
use std::collections::BTreeMap;
use std::sync::Arc;
pub use uses::{Fair, Uses};

const MINUTE_US: u64 = 60_000_000;

/// Everything that is known of them.
#[derive(Clone, Debug, Default)]
pub struct Relations {
    names: Names,
    handed: Handed,
    shown: Shown,
    edges: Edges,
    services: BTreeMap<Arc<str>, ByKind>,
    /// What tokens say of who callers are, by service.
    claims: BTreeMap<Arc<str>, OwnerFields>,
    services_more: u64,
}

/// Sizes, and what found no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Values that are remembered.
    pub values: usize,
    /// Values that found no room, because each in their place was used lately.
    pub values_more: u64,
    /// Values that made room for others.
    pub values_forgotten: u64,
    /// Endpoints, by their templates of single paths.
    pub ends: usize,
    /// Exchanges of endpoints that found no room.
    pub ends_more: u64,
    /// Places.
    pub spots: usize,
    /// Values in places that found no room.
    pub spots_more: u64,
    /// Edges, before they are merged.
    pub edges: usize,
    /// Uses whose edge found no room.
    pub edges_more: u64,
    /// Exchanges of services that found no room.
    pub services_more: u64,
}

/// Who calls, and when.
#[derive(Clone, Copy, Debug)]
struct Call {
    subject: u64,
    tag: Tag,
    at_us: u64,
    minute: u32,
    end: EndId,
}

impl Relations {
    /// Adds an exchange.
    pub fn observe(&mut self, it: &Observation) {
        if !is_success(it) {
            return;
        }
        let subject = folded(it.subject);
        if !self.services.contains_key(&it.route) {
            if self.services.len() >= SERVICES_MAX {
                self.services_more += 1;
                return;
            }
            self.services.insert(Arc::clone(&it.route), ByKind::new());
        }
        if let Some(known) = self.services.get_mut(&it.route) {
            callers::add(known, it, subject);
        }
        if let Some(facts) = it.request.as_ref().filter(|it| !it.facts.is_empty()) {
            // As many services as are known by now.
            let claims = self.claims.entry(Arc::clone(&it.route)).or_default();
            claims.add(Reading::Claims, it.subject, facts, true);
        }
        let (tag, at_us) = (tag(mixed(subject)), it.started.wall_us);
        let Some(end) = self.names.end(it, tag) else { return };
        if let Some(known) = self.names.ends.get_mut(end.at()) {
            known.called(it, subject);
        }
        let minute = u32::try_from(at_us / MINUTE_US).unwrap_or(u32::MAX);
        let call = Call { subject, tag, at_us, minute, end };
        if let Some(facts) = it.request.as_ref().filter(|it| !it.facts.is_empty()) {
            self.use_all(call, facts);
        }
        if let Some(facts) = &it.response {
            self.hand_out_all(call, facts, it.request.as_ref());
        }
    }

    /// Sizes, and what found no room.
    pub fn totals(&self) -> Totals {
        Totals {
            values: self.handed.len(),
            values_more: self.handed.more,
            values_forgotten: self.handed.forgotten,
            ends: self.names.ends.len(),
            ends_more: self.names.ends_door.more,
            spots: self.names.spots.len(),
            spots_more: self.names.spots_door.more,
            edges: self.edges.rows.len(),
            edges_more: self.edges.door.more,
            services_more: self.services_more,
        }
    }

    /// Takes the values that a request carried.
    fn use_all(&mut self, call: Call, facts: &Facts) {
        if let Some(end) = self.names.ends.get_mut(call.end.at()) {
            end.requests += 1;
        }
        let mut known = self.names.take_columns(call.end, Side::Request, &facts.shape);
        for fact in &facts.facts {
            let at = usize::from(fact.field);
            let Some(column) = known.columns.get_mut(at) else { continue };
            let Some(place) = facts.shape.places.get(at) else { continue };
            if column.role != Role::Neither && column.naming.tells(fact, Side::Request) {
                self.use_one(call, column, place, fact);
            }
        }
        self.names.keep_columns(known);
    }

    fn use_one(&mut self, call: Call, column: &mut Column, place: &Place, fact: &Fact) {
        let value = fact.value.0;
        let known = self.handed.look(value, call.tag, call.minute);
        let is_word = column.role == Role::Word;
        if is_word && known == Known::Nowhere {
            return;
        }
        let Some(to) = self.numbered(call, column, place, Side::Request) else { return };
        let (mine, others) = match known {
            Known::Nowhere => (Origins::default(), Origins::default()),
            Known::Own(it) | Known::Common(it) => (it, Origins::default()),
            Known::Others(it) => (Origins::default(), it),
        };
        let is_common = matches!(known, Known::Common(_));
        let taken = edge::Use { call, value, is_common, is_fair: !is_word && !is_common };
        let view = self.edges.take(&mut self.names, &self.shown, to, taken, mine);
        let is_sure = view.is_sure && others.iter().all(|it| self.showed_nothing_else(call, it));
        let Some(spot) = self.names.spots.get_mut(to.at()) else { return };
        let uses = &mut spot.uses;
        uses.seen += 1;
        match known {
            Known::Nowhere => {}
            Known::Own(_) => uses.handed += 1,
            Known::Common(_) => uses.common += 1,
            Known::Others(_) => {
                uses.foreign += 1;
                uses.foreign_for_sure += u64::from(is_sure);
            }
        }
        if view.is_fair {
            uses.fair.add(matches!(known, Known::Own(_)));
        }
    }

    /// Whether everything that a place showed to this caller is known.
    fn showed_nothing_else(&self, call: Call, spot: SpotId) -> bool {
        let end = self.names.spots.get(spot.at()).map(|it| it.end);
        end.is_some_and(|end| match self.shown.look(call.subject, end, spot) {
            Sight::Nothing => true,
            Sight::Whole { since_ever } => since_ever,
            Sight::Hidden | Sight::Forgotten => false,
        })
    }

    /// Takes the values that an answer handed out.
    fn hand_out_all(&mut self, call: Call, facts: &Facts, request: Option<&Facts>) {
        let said = request.map_or(&[][..], |it| &it.facts);
        let is_request_known = request.is_none_or(|it| !it.facts.is_empty());
        if facts.facts.is_empty() || !is_request_known {
            self.shown.add(call.subject, call.end, 0, u32::MAX);
            return;
        }
        let (mut shown, mut hidden) = (0, if facts.more > 0 { u32::MAX } else { 0 });
        let mut known = self.names.take_columns(call.end, Side::Answer, &facts.shape);
        for fact in &facts.facts {
            let at = usize::from(fact.field);
            let Some(column) = known.columns.get_mut(at) else { continue };
            let Some(place) = facts.shape.places.get(at) else { continue };
            if column.role != Role::Value {
                continue;
            }
            let tells = column.naming.tells(fact, Side::Answer)
                && !said.iter().any(|it| it.value == fact.value);
            let spot = match tells {
                true => self.numbered(call, column, place, Side::Answer),
                false => column.spot,
            };
            let Some(spot) = spot else { continue };
            let listed = facts.listed.iter().filter(|it| it.field == fact.field);
            let mut kept = 1_usize;
            if tells {
                self.handed.hand(fact.value.0, call.tag, spot, call.minute);
                for it in listed {
                    kept += 1;
                    if !said.iter().any(|said| said.value == it.value) {
                        self.handed.hand(it.value.0, call.tag, spot, call.minute);
                    }
                }
                shown |= shown::mark(spot);
            }
            if usize::from(fact.times) > kept {
                hidden |= shown::mark(spot);
            }
        }
        self.names.keep_columns(known);
        if shown | hidden != 0 {
            self.shown.add(call.subject, call.end, shown, hidden);
        }
    }

    fn numbered(
        &mut self,
        call: Call,
        column: &mut Column,
        place: &Place,
        side: Side,
    ) -> Option<SpotId> {
        if column.spot.is_none() {
            column.spot = self.names.spot(call.end, side, place, call.tag);
        }
        column.spot
    }
}

impl Relations {
    /// What the tokens of callers of a service say of who they are.
    pub fn claims(&self, service: &str) -> Option<&OwnerFields> {
        self.claims.get(service)
    }
}

fn folded(subject: SubjectId) -> u64 {
    let (high, low) = (subject.0 >> 64, subject.0 & u128::from(u64::MAX));
    u64::try_from(high ^ low).unwrap_or(0)
}

/// Spreads what may be near each other.
fn mixed(it: u64) -> u64 {
    let it = (it ^ it >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let it = (it ^ it >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    it ^ it >> 31
}

/// 32 bits of a mixed number, never 0.
fn tag(mixed: u64) -> Tag {
    u32::try_from(mixed >> 32).unwrap_or(0).max(1)
}
