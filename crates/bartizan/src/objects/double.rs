//! A shop for tests: `GET /me` shows callers who they are, `GET /orders` hands out orders, which `GET /orders/{id}` names.

use bartizan_engine::terms::Terms;
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::code::Code;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Shape, ShapeId};
use bartizan_model::head::Method;
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Outcome, SubjectKind};
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Force, Owned, Resource, Says, Shows, Term};
use std::sync::Arc;

const ORDER: Resource = Resource(1);
const CUSTOMER: Resource = Resource(2);

pub(super) fn terms() -> Terms {
    let endpoint = |path, says: Option<Says>, hands_out, caller| EndpointTerms {
        method: Method::Get,
        path: Template::new(path),
        known: Vec::new(),
        terms: says.map(|says| Term { says, force: Force::Observed }).into_iter().collect(),
        hands_out,
        shows: Shows { caller, claims: vec![("sub".into(), CUSTOMER)], ..Shows::default() },
    };
    let named = Says::HandedOut(vec![(Place::Segment(2), ORDER)]);
    let owner = || Place::body("$.customerId");
    let owned = Owned { place: owner(), owners: CUSTOMER, is_exclusive: true, unless_given: false };
    let mut one = endpoint("/orders/{id}", Some(named), Vec::new(), Vec::new());
    one.terms.push(Term { says: Says::Owned(vec![owned]), force: Force::Observed });
    Terms::new(vec![(
        "shop".into(),
        vec![
            endpoint("/me", None, Vec::new(), vec![(owner(), CUSTOMER)]),
            endpoint("/orders", None, vec![(Place::body("$[*].id"), ORDER)], Vec::new()),
            one,
        ],
    )])
}

pub(super) fn id(n: u64) -> ExchangeId {
    ExchangeId::new(1_700_000_000_000 + n, 7)
}

pub(super) fn at_us(n: u64) -> u64 {
    (1_700_000_000_000 + n) * 1_000
}

fn side(place: Place, value: u64) -> Facts {
    let fact = Fact {
        field: 0,
        kind: Kind::Integer,
        forms: Forms::NUMBER,
        sign: None,
        times: 1,
        bucket: 0,
        score: 0,
        bytes: 2,
        value: KeyedHash(value),
    };
    let shape =
        Arc::new(Shape { id: ShapeId(place.to_string().len() as u64), places: vec![place] });
    Facts { shape, facts: vec![fact], more: 0, own: Vec::new(), listed: Vec::new() }
}

fn seen(n: u64, subject: u128, template: &str) -> Observation {
    let started = Moment { mono_ns: n, wall_us: at_us(n) };
    Observation {
        subject: SubjectId(subject),
        subject_kind: SubjectKind::ApiKey,
        method: Method::Get,
        template: template.into(),
        route: "shop".into(),
        outcome: Outcome::Served,
        status: 200,
        ..Observation::opened(id(n), started, 1, KeyEpoch(3))
    }
}

/// A list of orders gives one to a caller.
pub(super) fn given(n: u64, subject: u128, order: u64) -> Observation {
    Observation {
        response: Some(side(Place::body("$[*].id"), order)),
        ..seen(n, subject, "/orders")
    }
}

/// The API shows a caller who it is.
pub(super) fn shown(n: u64, subject: u128, customer: u64) -> Observation {
    Observation {
        response: Some(side(Place::body("$.customerId"), customer)),
        ..seen(n, subject, "/me")
    }
}

/// The same by a caller whose token says which customer it is.
pub(super) fn claimed(it: Observation, customer: u64) -> Observation {
    Observation { request: Some(side(Place::header(b"authorization.sub"), customer)), ..it }
}

/// A caller asks for an order.
pub(super) fn named(n: u64, subject: u128, order: u64) -> Observation {
    Observation {
        request: Some(side(Place::Segment(2), order)),
        ..seen(n, subject, "/orders/{int}")
    }
}

/// The same, and it is another's.
pub(super) fn foreign(n: u64, subject: u128, order: u64, effect: Effect) -> Observation {
    crosses(named(n, subject, order), Code::ReferenceForeign, Place::Segment(2), order, effect)
}

/// A caller asks for an order, and the answer is that of this customer.
pub(super) fn anothers(n: u64, subject: u128, customer: u64, effect: Effect) -> Observation {
    let place = Place::body("$.customerId");
    let it = Observation {
        response: Some(side(place.clone(), customer)),
        ..seen(n, subject, "/orders/{int}")
    };
    crosses(it, Code::OwnerForeign, place, customer, effect)
}

fn crosses(it: Observation, code: Code, place: Place, value: u64, effect: Effect) -> Observation {
    let sighting = Sighting { code, score: 1_000, fingerprint: Fingerprint::default() };
    let is_refused = effect == Effect::Refused;
    Observation {
        outcome: if is_refused { Outcome::Refused } else { it.outcome },
        status: if is_refused { 403 } else { it.status },
        hits: vec![Hit { code, effect, margin: 0 }],
        findings: vec![Finding { sighting, place, bytes: 2, value: KeyedHash(value) }],
        ..it
    }
}

/// The same, of which only the places are kept.
pub(super) fn without_values(mut it: Observation) -> Observation {
    let sides = [&mut it.request, &mut it.response];
    sides.into_iter().flatten().for_each(|it| it.facts.clear());
    it
}
