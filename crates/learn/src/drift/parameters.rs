//! Parameters in queries and paths: declared against seen.
//!
//! Reads    the parameters of an operation, and the values of requests.
//! Writes   parameters that are not declared, values of other types, required ones that are missing.
//! Misses   header fields, which are not kept (counted); cookies, of which a browser sends all to every
//!          operation; values in lists that stand in one text (`1,2,3`).

use super::body::fits;
use super::schema::{Next, Reader, Room, Spot};
use super::seen::{Seen, Tally};
use super::{Looks, NotSeen, Share, Side, What};
use crate::inventory::{Endpoint, Segment};
use bartizan_model::api::{
    Operation, Parameter, ParameterPlace, Schema, SchemeKind, SecurityScheme, Style, Types,
};
use bartizan_model::fact::Kind;
use bartizan_model::place::{NAME_BYTES_MAX, Place, escaped_step};
use std::collections::BTreeMap;

/// Percent of other values in a path that are left out: a name of the API that was not told from its values
/// is more likely.
const PATH_PERCENT_MIN: u64 = 5;

/// Compares the requests of one operation.
#[derive(Debug)]
pub(super) struct Parameters<'r, 'a, 's> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) operation: &'a Operation,
    pub(super) schemes: &'a BTreeMap<String, SecurityScheme>,
    /// Segments before those of the operation.
    pub(super) base_segments: usize,
    pub(super) endpoints: &'r [&'r Endpoint<'s>],
    pub(super) seen: &'r Seen<'s>,
    pub(super) not_seen: &'r mut NotSeen,
}

impl<'a, 's> Parameters<'_, 'a, 's> {
    /// What differs.
    pub(super) fn differences(mut self) -> Vec<What> {
        self.not_seen.headers += self.of(ParameterPlace::Header).count() as u64;
        let mut out = self.undeclared();
        out.extend(self.changed());
        out.extend(self.changed_in_path());
        out.extend(self.missing());
        out
    }

    fn of(&self, place: ParameterPlace) -> impl Iterator<Item = &'a Parameter> + use<'a> {
        self.operation.parameters.iter().filter(move |it| it.place == place)
    }

    fn query(&self) -> impl Iterator<Item = (&'s str, &'s Place, Tally)> {
        self.seen.by_place.iter().filter_map(|(place, tally)| match place {
            Place::Query(name) => Some((name.as_str(), *place, *tally)),
            Place::Path
            | Place::Segment(_)
            | Place::Header(_)
            | Place::Cookie(_)
            | Place::Body(_)
            | Place::Name => None,
        })
    }

    fn undeclared(&mut self) -> Vec<What> {
        let mut out = Vec::new();
        let is_whole = self.of(ParameterPlace::QueryString).next().is_some();
        let query: Vec<_> = self.query().collect();
        for (name, place, tally) in query {
            if is_whole || is_cut(name) {
                self.not_seen.fields += 1;
            } else if !self.is_declared(name) {
                let (side, place) = (Side::Request, place.clone());
                let seen = self.seen.share(tally.messages);
                out.push(What::Undeclared { side, place, room: Room::Unsaid, seen });
            }
        }
        out
    }

    fn is_declared(&mut self, name: &str) -> bool {
        let is_key = self.schemes.values().any(|it| is_key(it, name));
        let declared: Vec<_> = self.of(ParameterPlace::Query).collect();
        is_key || declared.into_iter().any(|it| names(it, name) || self.has_member(it, name))
    }

    /// Whether a name is of a member of this object, whose members are parameters.
    fn has_member(&mut self, parameter: &'a Parameter, name: &str) -> bool {
        let is_form = matches!(parameter.style, None | Some(Style::Form));
        let Some(schema) = &parameter.schema else { return false };
        if !is_form || parameter.explode == Some(false) || schema.types == Types::ANY {
            return false;
        }
        let spot = self.reader.spot(&[schema]);
        let step = escaped_step(name.as_bytes());
        match self.reader.member(&spot, &step) {
            Next::To(_) | Next::Unknown | Next::Unnamed(Room::Open | Room::Free) => true,
            Next::Unnamed(Room::Forbidden | Room::Unsaid | Room::NoBody) | Next::Impossible => {
                false
            }
        }
    }

    fn changed(&mut self) -> Vec<What> {
        let mut out = Vec::new();
        for parameter in self.of(ParameterPlace::Query) {
            let place = Place::query(parameter.name.as_bytes());
            let (Some(schema), Some(tally)) =
                (&parameter.schema, self.seen.by_place.get(&place).copied())
            else {
                continue;
            };
            let spot = self.reader.spot(&[schema]);
            out.extend(changes(&spot, &place, &tally, true));
        }
        out.retain(What::is_frequent);
        out
    }

    /// Values in the path, by their positions there.
    fn changed_in_path(&mut self) -> Vec<What> {
        use bartizan_model::api::Segment as Declared;
        let mut out = Vec::new();
        for (at, segment) in self.operation.path.segments().iter().enumerate() {
            let Declared::Variable(name) = segment else { continue };
            let position = self.base_segments + at;
            let Some(schema) = self.schema_of(name) else { continue };
            let Ok(place) = u8::try_from(position + 1).map(Place::Segment) else { continue };
            let Some(tally) = self.seen.by_place.get(&place).copied() else { continue };
            if self.is_of_numbers(position) {
                continue;
            }
            let spot = self.reader.spot(&[schema]);
            let percent = |it: &What| it.share().is_some_and(|it| it.is_over(PATH_PERCENT_MIN));
            out.extend(changes(&spot, &place, &tally, true).into_iter().filter(percent));
        }
        out
    }

    fn schema_of(&self, name: &str) -> Option<&'a Schema> {
        self.of(ParameterPlace::Path).find(|it| it.name == name)?.schema.as_ref()
    }

    /// Whether nearly all values that ever stood there were numbers, whatever those looked like whose values
    /// were kept.
    fn is_of_numbers(&self, position: usize) -> bool {
        self.endpoints.iter().all(|it| match it.path.get(position) {
            Some(Segment::Variable { of, .. }) => of.kind() == Some(Kind::Integer),
            Some(Segment::Literal(_)) | None => false,
        })
    }

    fn missing(&mut self) -> Vec<What> {
        let mut out = Vec::new();
        if self.seen.more > 0 {
            self.not_seen.required += 1;
            return out;
        }
        for parameter in self.of(ParameterPlace::Query).filter(|it| it.required) {
            let place = Place::query(parameter.name.as_bytes());
            let is_parted = self.query().any(|it| it.0 != parameter.name && names(parameter, it.0));
            if is_parted || self.may_be_object(parameter) || is_cut(&parameter.name) {
                continue;
            }
            let have = self.seen.by_place.get(&place).map_or(0, |it| it.messages);
            let of = self.seen.messages.saturating_sub(have);
            let share = Share { of, all: self.seen.messages };
            out.push(What::Missing { side: Side::Request, place, share });
        }
        out.retain(What::is_frequent);
        out
    }

    fn may_be_object(&mut self, parameter: &'a Parameter) -> bool {
        let Some(schema) = &parameter.schema else { return false };
        let types = self.reader.spot(&[schema]).types();
        types.contains(Types::OBJECT) && types != Types::ANY
    }
}

/// Values that cannot be of the declared types.
fn changes(spot: &Spot<'_>, place: &Place, tally: &Tally, is_text: bool) -> Vec<What> {
    if spot.is_partial() {
        return Vec::new();
    }
    let (side, declared) = (Side::Request, spot.types());
    let others = tally.kinds().filter(|it| !fits(it.0, declared, is_text));
    let changes = others.map(|(kind, of)| {
        let (place, seen) = (place.clone(), Looks::Like(kind));
        What::Changed { side, place, declared, seen, share: Share { of, all: tally.messages } }
    });
    changes.collect()
}

/// Whether a parameter in a query is this one: `filter[name]` is of `filter`, and `ids[0]` of `ids`.
fn names(parameter: &Parameter, name: &str) -> bool {
    let Place::Query(declared) = Place::query(parameter.name.as_bytes()) else { return false };
    let rest = name.strip_prefix(&declared);
    rest.is_some_and(|it| it.is_empty() || it.starts_with('[') && it.ends_with(']'))
}

fn is_key(scheme: &SecurityScheme, name: &str) -> bool {
    match &scheme.kind {
        SchemeKind::ApiKey { place: ParameterPlace::Query, name: key } => key == name,
        SchemeKind::ApiKey { .. }
        | SchemeKind::Http { .. }
        | SchemeKind::MutualTls
        | SchemeKind::OAuth2 { .. }
        | SchemeKind::OpenIdConnect { .. } => false,
    }
}

/// Whether the end of a name may be missing.
fn is_cut(name: &str) -> bool {
    name.len() + 4 > NAME_BYTES_MAX
}
