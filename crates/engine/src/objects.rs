//! What a recorded exchange had to do with objects: which were named that are another's, who was shown which.
//!
//! Reads    an observation, and the terms of its endpoint.
//! Writes   places with the keyed hashes of their values; never a value.
//! Memory   at most the facts of one exchange.
//! Misses   values of which no fact is kept; another spelling of the same identifier, whose hash is another one; what
//!          answers within an envelope call otherwise than the contract does.

use crate::terms::Terms;
use bartizan_learn::inventory::owners::CLAIM;
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::evidence::Finding;
use bartizan_model::fact::Facts;
use bartizan_model::host::Side;
use bartizan_model::id::KeyedHash;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use bartizan_model::terms::Resource;

/// The codes that say that an object is another's.
pub const FOREIGN: [Code; 3] =
    [Code::ReferenceForeign, Code::OwnerForeignRequest, Code::OwnerForeign];

/// An object that an exchange used, and that is another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrossUse<'a> {
    /// What was found, and where.
    pub finding: &'a Finding,
    /// What came of it.
    pub effect: Effect,
    /// The answer was cut after a part of it had left.
    pub is_cut: bool,
    /// The side that the object, or its owner, stands on.
    pub side: Side,
}

/// The objects of others that an exchange used.
pub fn cross_uses(it: &Observation) -> impl Iterator<Item = CrossUse<'_>> {
    it.findings.iter().filter_map(|finding| cross_use(it, finding))
}

fn cross_use<'a>(it: &Observation, finding: &'a Finding) -> Option<CrossUse<'a>> {
    let code = finding.sighting.code;
    if finding.value.0 == 0 || !FOREIGN.contains(&code) {
        return None;
    }
    let effect = effect(it, code)?;
    let side = if code == Code::OwnerForeign { Side::Response } else { Side::Request };
    let is_held_back = side == Side::Response && effect == Effect::Refused;
    // A refusal has a status of its own; what was cut has that of the API.
    let is_cut = is_held_back && (200..300).contains(&it.status);
    Some(CrossUse { finding, effect, is_cut, side })
}

/// What came of a code; of several places, that of the one that was refused.
fn effect(it: &Observation, code: Code) -> Option<Effect> {
    let mut all = it.hits.iter().filter(|hit| hit.code == code).map(|hit| hit.effect);
    let first = all.next()?;
    Some(if all.any(|it| it == Effect::Refused) { Effect::Refused } else { first })
}

/// A value that an exchange held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch<'a> {
    /// The side that it stood on.
    pub side: Side,
    /// Where.
    pub place: &'a Place,
    /// The value, under the instance's key.
    pub value: KeyedHash,
    /// What the contract says is identified there; empty if it says nothing of the place.
    pub of: Vec<Resource>,
    /// The contract says that the place shows who the caller is.
    pub shows_caller: bool,
}

impl Touch<'_> {
    /// Whether the caller's token says it: that names nothing that is asked for.
    pub fn is_claim(&self) -> bool {
        claim(self.place).is_some()
    }
}

/// The claim of a token that a place is.
fn claim(place: &Place) -> Option<&str> {
    let Place::Header(name) = place else { return None };
    name.strip_prefix(CLAIM)
}

/// Where the values that are wanted stood in an exchange, each place once.
pub fn touches<'a>(
    terms: &Terms,
    it: &'a Observation,
    wanted: impl Fn(KeyedHash) -> bool,
) -> Vec<Touch<'a>> {
    let mut all: Vec<Touch<'a>> = Vec::new();
    let mut put = |side, place, value| {
        let is_same = |it: &Touch<'_>| (it.side, it.place, it.value) == (side, place, value);
        if wanted(value) && !all.iter().any(is_same) {
            all.push(Touch { side, place, value, of: Vec::new(), shows_caller: false });
        }
    };
    for (side, facts) in [(Side::Request, &it.request), (Side::Response, &it.response)] {
        let values = facts.iter().flat_map(values);
        values.for_each(|(place, value)| put(side, place, value));
    }
    // What was found is known whether facts are kept or not.
    cross_uses(it).for_each(|it| put(it.side, &it.finding.place, it.finding.value));
    if all.is_empty() {
        return all;
    }
    let held = match it.operation.is_empty() {
        true => terms.find(&it.route, it.method, &it.template),
        false => terms.find_envelope(&it.route, it.method, &it.template),
    };
    if let Some(held) = held {
        for touch in &mut all {
            if let Some(name) = claim(touch.place) {
                touch.of = held.shown().claimed(name).collect();
                touch.shows_caller = !touch.of.is_empty();
                continue;
            }
            touch.of = held.identified(touch.side, touch.place);
            touch.shows_caller =
                touch.side == Side::Response && held.shown().shows_caller(touch.place);
        }
    }
    all
}

/// The values of one side, each with its place.
fn values(it: &Facts) -> impl Iterator<Item = (&Place, KeyedHash)> {
    let first = it.facts.iter().map(|it| (it.field, it.value));
    let further = it.listed.iter().map(|it| (it.field, it.value));
    first
        .chain(further)
        .filter_map(|(field, value)| Some((it.shape.places.get(usize::from(field))?, value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::Hit;
    use bartizan_model::evidence::{Fingerprint, Sighting};
    use bartizan_model::fact::{Fact, Forms, Kind, Listed, Shape, ShapeId};
    use bartizan_model::head::Method;
    use bartizan_model::id::{ExchangeId, KeyEpoch};
    use bartizan_model::moment::Moment;
    use bartizan_model::retirement::Template;
    use bartizan_model::terms::{Belonging, EndpointTerms, Force, Owned, Pair, Says, Shows, Term};
    use std::sync::Arc;

    const ORDER: Resource = Resource(1);
    const CUSTOMER: Resource = Resource(2);
    const SEVENTEEN: KeyedHash = KeyedHash(17);

    /// `GET /orders/{id}` names an order in its path, or a customer in its query, and shows both.
    fn terms() -> Terms {
        let place = Place::Segment(2);
        let belongs = vec![
            Belonging { place: place.clone(), objects: Some(ORDER), owners: CUSTOMER },
            Belonging { place: Place::query(b"customer"), objects: None, owners: CUSTOMER },
        ];
        let owner = Place::body("$.customerId");
        let owned = Owned {
            place: owner.clone(),
            owners: CUSTOMER,
            is_exclusive: true,
            unless_given: false,
        };
        let says = [
            Says::HandedOut(vec![(place, ORDER)]),
            Says::Belongs(belongs),
            Says::Owned(vec![owned]),
        ];
        let id = Place::body("$.items[*].id");
        let pair =
            Pair { object: id.clone(), objects: ORDER, owner: owner.clone(), owners: CUSTOMER };
        let caller = vec![(owner, CUSTOMER)];
        let claims = vec![("sub".into(), CUSTOMER)];
        Terms::new(vec![(
            "shop".into(),
            vec![EndpointTerms {
                method: Method::Get,
                path: Template::new("/orders/{id}"),
                known: Vec::new(),
                terms: says.map(|says| Term { says, force: Force::Enforced }).into(),
                hands_out: vec![(id, ORDER)],
                shows: Shows { caller, claims, owners: vec![pair], ..Shows::default() },
            }],
        )])
    }

    fn side(places: &[(Place, u64)], listed: Vec<Listed>) -> Option<Facts> {
        let fact = |(field, value)| Fact {
            field,
            kind: Kind::Integer,
            forms: Forms::NUMBER,
            sign: None,
            times: 1,
            bucket: 0,
            score: 0,
            bytes: 2,
            value: KeyedHash(value),
        };
        let facts = (0..).zip(places).map(|(field, it)| fact((field, it.1))).collect();
        let places = places.iter().map(|it| it.0.clone()).collect();
        let shape = Arc::new(Shape { id: ShapeId(1), places });
        Some(Facts { shape, facts, more: 0, own: Vec::new(), listed })
    }

    fn seen() -> Observation {
        Observation {
            method: Method::Get,
            template: "/orders/{int}".into(),
            route: "shop".into(),
            request: side(&[(Place::Segment(1), 5), (Place::Segment(2), 17)], Vec::new()),
            response: side(
                &[(Place::body("$.items[*].id"), 4), (Place::body("$.quantity"), 17)],
                vec![Listed { field: 0, value: SEVENTEEN }],
            ),
            ..Observation::opened(ExchangeId::new(1, 1), Moment::default(), 1, KeyEpoch(1))
        }
    }

    fn foreign(mut it: Observation, code: Code, place: Place, effects: &[Effect]) -> Observation {
        let sighting = Sighting { code, score: 1_000, fingerprint: Fingerprint::default() };
        it.findings.push(Finding { sighting, place, bytes: 2, value: SEVENTEEN });
        it.hits.extend(effects.iter().map(|&effect| Hit { code, effect, margin: 0 }));
        it
    }

    #[test]
    fn a_value_is_told_where_it_stood_with_what_the_contract_says_of_the_place() {
        let it = seen();
        let all = touches(&terms(), &it, |value| value == SEVENTEEN);
        let told: Vec<_> = all.iter().map(|it| (it.side, it.place.to_string(), &*it.of)).collect();
        let expected = [
            (Side::Request, "segment 2".to_owned(), &[ORDER][..]),
            (Side::Response, "body $.quantity".to_owned(), &[]),
            (Side::Response, "body $.items[*].id".to_owned(), &[ORDER]),
        ];
        assert_eq!(told, expected);
        assert!(touches(&terms(), &it, |value| value == KeyedHash(18)).is_empty());
    }

    #[test]
    fn places_of_owners_are_told_as_such() {
        let it = Observation {
            request: side(&[(Place::query(b"Customer"), 17)], Vec::new()),
            response: side(&[(Place::body("$.customerId"), 17)], Vec::new()),
            ..seen()
        };
        let all = touches(&terms(), &it, |_| true);
        assert!(all.iter().all(|it| it.of == [CUSTOMER]), "{all:?}");
        assert_eq!(all.iter().map(|it| it.shows_caller).collect::<Vec<_>>(), [false, true]);
        let elsewhere = Observation { route: "other".into(), ..it };
        assert!(touches(&terms(), &elsewhere, |_| true).iter().all(|it| it.of.is_empty()));
    }

    #[test]
    fn what_a_token_says_of_its_bearer_is_told_apart() {
        let claims = [("authorization.sub", 17), ("authorization.plan", 17)];
        let claims = claims.map(|(name, value)| (Place::header(name.as_bytes()), value));
        let it = Observation { request: side(&claims, Vec::new()), response: None, ..seen() };
        let all = touches(&terms(), &it, |_| true);
        assert!(all.iter().all(Touch::is_claim));
        let told: Vec<_> = all.iter().map(|it| (&*it.of, it.shows_caller)).collect();
        assert_eq!(told, [(&[CUSTOMER][..], true), (&[], false)]);
    }

    #[test]
    fn what_is_anothers_is_told_with_what_came_of_it() {
        let of = |code, effects: &[Effect]| foreign(seen(), code, Place::Segment(2), effects);
        let it = of(Code::ReferenceForeign, &[Effect::Excepted, Effect::Refused]);
        let all: Vec<_> = cross_uses(&it).map(|it| (it.effect, it.is_cut, it.side)).collect();
        assert_eq!(all, [(Effect::Refused, false, Side::Request)]);
        let without_hit = of(Code::ReferenceForeign, &[]);
        assert_eq!(cross_uses(&without_hit).count(), 0);
        let other = of(Code::ShapeReadOnlyField, &[Effect::Refused]);
        assert_eq!(cross_uses(&other).count(), 0);
    }

    #[test]
    fn an_answer_that_began_to_leave_was_cut() {
        let whole =
            foreign(seen(), Code::OwnerForeign, Place::body("$.customerId"), &[Effect::Refused]);
        let cut = Observation { status: 200, ..whole.clone() };
        let told = |it: &Observation| cross_uses(it).map(|it| (it.is_cut, it.side)).next();
        assert_eq!(told(&whole), Some((false, Side::Response)));
        assert_eq!(told(&cut), Some((true, Side::Response)));
    }

    #[test]
    fn what_was_found_is_told_without_facts() {
        let bare = Observation { request: None, response: None, ..seen() };
        let code = Code::OwnerForeignRequest;
        let it = foreign(bare, code, Place::Segment(2), &[Effect::WouldRefuse]);
        let all = touches(&terms(), &it, |value| value == SEVENTEEN);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].side, &*all[0].of), (Side::Request, &[ORDER][..]));
    }
}
