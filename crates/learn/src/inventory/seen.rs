//! Exchanges for tests, as the gateway would record them.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::{Endpoint, Inventory, node, segments};
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Shape, ShapeId};
use bartizan_model::head::Method;
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use std::sync::Arc;

pub(crate) const PERSON: &[(&str, u64)] = &[("$.login", 1), ("$.bio", 2), ("$.avatar", 3)];
pub(crate) const ORDER: &[(&str, u64)] = &[("$.total", 4), ("$.items[*].sku", 5)];

/// A `GET` of this path with these fields in the answer.
pub(crate) fn get(path: &str, status: u16, answer: &[(&str, u64)]) -> Observation {
    let places = answer.iter().map(|it| Place::body(it.0)).collect();
    let response = facts(places, answer.iter().map(|it| (Kind::Text, it.1)).collect());
    called(Method::Get, path, status, &[], Some(response))
}

/// A call of this path with these further values in the request.
pub(crate) fn called(
    method: Method,
    path: &str,
    status: u16,
    request: &[(Place, &str)],
    response: Option<Facts>,
) -> Observation {
    let mut template = String::new();
    crate::template::template(path.as_bytes(), &mut template);
    let words: Vec<&str> = segments(path).collect();
    let position = |n: usize| Place::Segment(u8::try_from(n + 1).unwrap());
    let of_words = words.iter().enumerate().map(|(n, it)| (position(n), *it));
    let values: Vec<_> = of_words.chain(request.iter().cloned()).collect();
    Observation {
        method,
        template: template.into(),
        route: "shop".into(),
        status,
        subject: SubjectId(7),
        request: Some(told(&values)),
        response,
        ..Observation::opened(ExchangeId::new(1, 1), Moment::default(), 1, KeyEpoch(1))
    }
}

/// The facts of these values.
pub(crate) fn told(values: &[(Place, &str)]) -> Facts {
    let kinds = values.iter().map(|it| (Kind::of(it.1.as_bytes()), node::hash(it.1).max(1)));
    facts(values.iter().map(|it| it.0.clone()).collect(), kinds.collect())
}

fn facts(places: Vec<Place>, values: Vec<(Kind, u64)>) -> Facts {
    let facts = values.into_iter().enumerate().map(|(n, (kind, value))| Fact {
        field: u16::try_from(n).unwrap(),
        kind,
        forms: Forms::NONE,
        sign: None,
        times: 1,
        bucket: 0,
        score: 0,
        bytes: 8,
        value: KeyedHash(value),
    });
    let facts = facts.collect();
    let id = ShapeId(node::hash(&format!("{places:?}")));
    Facts {
        shape: Arc::new(Shape { id, places }),
        facts,
        more: 0,
        own: Vec::new(),
        listed: Vec::new(),
    }
}

pub(crate) fn templates(it: &Inventory) -> Vec<String> {
    it.endpoints().iter().map(Endpoint::template).collect()
}
