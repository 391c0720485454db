//! What terms would have made of exchanges that were recorded.
//!
//! Reads    terms, and an observation: which places its request had, of sampled ones their types, and what was recorded
//!          of terms then.
//! Writes   a verdict; what cannot be told is said to be so.
//! Misses   of a place that repeats, the look of every value but the first.

use crate::news::{News, of_sign};
use crate::role::recorded;
use crate::terms::{Held, Terms};
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::fact::{Fact, Facts};
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::place::Place;
use bartizan_model::traits::Trait;

/// What would have become of a recorded exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It keeps the terms.
    Keeps,
    /// It breaks one, here if that is known.
    Breaks(Code, Option<Place>),
    /// What was recorded does not tell.
    CannotTell,
}

/// What these terms would have made of an exchange; `None` if it is of no endpoint that has any.
pub fn simulate(terms: &Terms, it: &Observation) -> Option<Verdict> {
    let held = terms.find(&it.route, it.method, &it.template).filter(|it| it.can_be_simulated())?;
    let looks = [of_caller, of_transport, of_kind, of_recorded_hits, of_request, of_answer];
    let mut verdict = Verdict::Keeps;
    for look in looks {
        match look(held, it) {
            found @ Verdict::Breaks(..) => return Some(found),
            Verdict::CannotTell => verdict = Verdict::CannotTell,
            Verdict::Keeps => {}
        }
    }
    Some(verdict)
}

fn of_caller(held: &Held, it: &Observation) -> Verdict {
    let is_anonymous = it.subject_kind == SubjectKind::AddressAgent;
    match held.credential() {
        Some(_) if is_anonymous => Verdict::Breaks(Code::CredentialMissing, None),
        Some(_) | None => Verdict::Keeps,
    }
}

/// What it came over, if that was recorded.
fn of_transport(held: &Held, it: &Observation) -> Verdict {
    let Some((certificate, _)) = held.tls() else { return Verdict::Keeps };
    let breaks = |code| Verdict::Breaks(code, None);
    match certificate && it.subject_kind != SubjectKind::Certificate {
        _ if !it.traits.has(Trait::RequestSeen) => Verdict::CannotTell,
        _ if it.traits.has(Trait::PlainText) => breaks(Code::TransportPlain),
        // Whoever is known by a token may have shown one besides.
        true if it.subject_kind != SubjectKind::AddressAgent => Verdict::CannotTell,
        true => breaks(Code::TransportNoCertificate),
        false => Verdict::Keeps,
    }
}

/// What the caller was, claims of its token tell, where they were recorded.
fn of_kind(held: &Held, it: &Observation) -> Verdict {
    let Some((kinds, _)) = held.kinds() else { return Verdict::Keeps };
    match it.subject_kind {
        SubjectKind::TokenClaim | SubjectKind::Token => {}
        // They show no token that says anything.
        SubjectKind::ApiKey
        | SubjectKind::Cookie
        | SubjectKind::Certificate
        | SubjectKind::AddressAgent => return Verdict::Keeps,
    }
    match it.request.as_ref().and_then(|facts| recorded(facts, kinds)) {
        Some(Some(place)) => Verdict::Breaks(Code::RoleForeign, Some(place)),
        Some(None) => Verdict::Keeps,
        None => Verdict::CannotTell,
    }
}

/// Whose an object was, only what was recorded then tells.
fn of_recorded_hits(held: &Held, it: &Observation) -> Verdict {
    let shown = held.shown();
    let conditional = shown.masked().any(|(_, _, it)| it.0.unless_own.is_some());
    let codes = [
        held.speaks_of_references().then_some(Code::ReferenceForeign),
        held.speaks_of_owners().then_some(Code::OwnerForeignRequest),
        shown.owned.map(|_| Code::OwnerForeign),
        conditional.then_some(Code::DisclosureData),
    ];
    let mut verdict = Verdict::Keeps;
    for code in codes.into_iter().flatten() {
        let met = [
            Effect::Refused,
            Effect::WouldRefuse,
            Effect::Overtaken,
            Effect::Scrubbed,
            Effect::WouldScrub,
        ];
        if it.hits.iter().any(|it| it.code == code && met.contains(&it.effect)) {
            let place = it.findings.iter().find(|it| it.sighting.code == code);
            return Verdict::Breaks(code, place.map(|it| it.place.clone()));
        }
        verdict = Verdict::CannotTell;
    }
    verdict
}

fn of_request(held: &Held, it: &Observation) -> Verdict {
    if !held.judges_requests() {
        return Verdict::Keeps;
    }
    let required = held.required().map(|it| it.0).unwrap_or_default();
    let Some(request) = &it.request else {
        // Nothing was in query and body, or nothing was recorded of it.
        return match (it.request_body_bytes, required.first()) {
            (0, None) => Verdict::Keeps,
            (0, Some(first)) => Verdict::Breaks(Code::ShapeMissingField, Some(first.clone())),
            _ => Verdict::CannotTell,
        };
    };
    if is_only_counted(request) {
        return Verdict::CannotTell;
    }
    let mut cannot_tell = request.more > 0;
    for (at, place) in request.shape.places.iter().enumerate() {
        let fact = request.facts.iter().find(|it| usize::from(it.field) == at);
        match held.recorded(place, fact) {
            Verdict::Keeps => {}
            Verdict::CannotTell => cannot_tell = true,
            found @ Verdict::Breaks(..) => return found,
        }
    }
    let missing = required.iter().find(|it| !request.shape.places.contains(it));
    match missing {
        Some(place) if !cannot_tell => {
            Verdict::Breaks(Code::ShapeMissingField, Some(place.clone()))
        }
        _ if cannot_tell => Verdict::CannotTell,
        _ => Verdict::Keeps,
    }
}

/// Whether a message had something in it of which nothing was recorded: the journal keeps places with facts alone.
fn is_only_counted(it: &Facts) -> bool {
    it.shape.places.is_empty()
}

/// What is masked for everybody, the places of an answer tell.
fn of_answer(held: &Held, it: &Observation) -> Verdict {
    let masked = held.shown().masked().filter(|(_, _, it)| it.0.unless_own.is_none());
    let masked: Vec<_> = masked.map(|(_, _, it)| (it.1, &it.0.place)).collect();
    let news = &held.shown().news;
    if (masked.is_empty() && news.is_empty()) || !(200..300).contains(&it.status) {
        return Verdict::Keeps;
    }
    let Some(answer) = it.response.as_ref().filter(|it| !is_only_counted(it)) else {
        return Verdict::CannotTell;
    };
    let shown = masked.into_iter().find(|it| answer.shape.places.contains(it.1));
    match shown {
        Some((code, place)) => Verdict::Breaks(code, Some(place.clone())),
        None if answer.more > 0 => Verdict::CannotTell,
        None => of_news(news, answer),
    }
}

/// What a field holds that answers did not have, its first value tells.
fn of_news(news: &News, answer: &Facts) -> Verdict {
    let codes = [Code::DisclosureSecret, Code::DisclosureData];
    let mut verdict = Verdict::Keeps;
    for (at, place) in answer.shape.places.iter().enumerate() {
        let new = codes.into_iter().filter(|it| news.knows(place, *it) == Some(false));
        for code in new {
            let Some(fact) = answer.facts.iter().find(|it| usize::from(it.field) == at) else {
                verdict = Verdict::CannotTell;
                continue;
            };
            let masks = fact.sign.and_then(|it| of_sign(it, place));
            match masks.is_some_and(|it| it.0 == code) {
                // Whose it was, nothing tells.
                true if news.is_of_owners(code) => verdict = Verdict::CannotTell,
                true => return Verdict::Breaks(code, Some(place.clone())),
                false => {}
            }
        }
    }
    verdict
}

impl Held {
    fn recorded(&self, place: &Place, fact: Option<&Fact>) -> Verdict {
        if let Some(fault) = self.fault_of_place(place) {
            return Verdict::Breaks(fault.code().0, Some(place.clone()));
        }
        let (types, bounds) = (self.type_of(place), self.bounds_of(place));
        if types.is_none() && bounds.is_none() {
            return Verdict::Keeps;
        }
        let Some(fact) = fact.filter(|it| it.forms.bits() != 0) else {
            return Verdict::CannotTell;
        };
        let breaks = |code| Verdict::Breaks(code, Some(place.clone()));
        match (types, bounds) {
            (Some(types), _) if !types.fit(fact.forms, fact.kind) => breaks(Code::ShapeWrongType),
            (_, Some(of)) if !of.fit_recorded(fact.bytes, fact.kind, fact.bucket) => {
                breaks(Code::ShapeOutOfBounds)
            }
            _ => Verdict::Keeps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::Hit;
    use bartizan_model::fact::{Forms, Kind, Shape, ShapeId};
    use bartizan_model::head::Method;
    use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash};
    use bartizan_model::moment::Moment;
    use bartizan_model::retirement::Template;
    use bartizan_model::terms::{EndpointTerms, Force, Resource, Says, Shows, Term, Types};
    use std::sync::Arc;

    fn terms(says: Says) -> Terms {
        let (method, path) = (Method::Post, Template::new("/orders/{id}"));
        let known = vec![Place::body("$.n")];
        let terms = vec![Term { says, force: Force::Enforced }];
        let of = EndpointTerms {
            method,
            path,
            known,
            terms,
            hands_out: Vec::new(),
            shows: Shows::default(),
        };
        Terms::new(vec![("shop".into(), vec![of])])
    }

    fn fact(forms: Forms) -> Fact {
        let (kind, value) = (Kind::Integer, KeyedHash(1));
        Fact { field: 0, kind, forms, sign: None, times: 1, bucket: 0, score: 0, bytes: 1, value }
    }

    fn seen(place: &str, facts: Vec<Fact>) -> Observation {
        let places = vec![Place::body(place)];
        let shape = Arc::new(Shape { id: ShapeId(1), places });
        let request = Some(Facts { shape, facts, more: 0, own: Vec::new(), listed: Vec::new() });
        let of = (Method::Post, "/orders/{int}".into(), "shop".into());
        let (method, template, route) = of;
        Observation {
            method,
            template,
            route,
            request,
            ..Observation::opened(ExchangeId::new(1, 1), Moment::default(), 1, KeyEpoch(1))
        }
    }

    #[test]
    fn a_field_is_told_without_any_facts() {
        let read_only = || terms(Says::ReadOnly(vec!["role".into()]));
        let breaks = Verdict::Breaks(Code::ShapeReadOnlyField, Some(Place::body("$.role")));
        assert_eq!(simulate(&read_only(), &seen("$.role", vec![])), Some(breaks));
        assert_eq!(simulate(&read_only(), &seen("$.n", vec![])), Some(Verdict::Keeps));
        assert_eq!(simulate(&read_only(), &seen("$.other", vec![])), Some(Verdict::Keeps));
        let found = simulate(&terms(Says::OnlyKnown), &seen("$.other", vec![]));
        assert!(matches!(found, Some(Verdict::Breaks(Code::ShapeUndeclaredField, _))));
        let elsewhere = Observation { route: "other".into(), ..seen("$.role", vec![]) };
        assert_eq!(simulate(&read_only(), &elsewhere), None);
    }

    #[test]
    fn what_was_sampled_out_cannot_be_told() {
        let mut it = seen("$.role", vec![]);
        let shape = Arc::new(Shape { id: ShapeId(1), places: Vec::new() });
        it.request = it.request.map(|request| Facts { shape, ..request });
        let required = Says::Required(vec![Place::body("$.n")]);
        for says in [required, Says::ReadOnly(vec!["role".into()]), Says::OnlyKnown] {
            assert_eq!(simulate(&terms(says), &it), Some(Verdict::CannotTell));
        }
    }

    #[test]
    fn a_type_is_told_by_facts_only() {
        let number = Types { forms: Forms::NUMBER, kinds: 0 };
        let typed = terms(Says::Types(vec![(Place::body("$.n"), number)]));
        let of = |facts| simulate(&typed, &seen("$.n", facts)).unwrap();
        assert_eq!(of(vec![]), Verdict::CannotTell);
        assert_eq!(of(vec![fact(Forms::NUMBER)]), Verdict::Keeps);
        assert!(matches!(of(vec![fact(Forms::STRING)]), Verdict::Breaks(Code::ShapeWrongType, _)));
        assert_eq!(of(vec![fact(Forms::NONE)]), Verdict::CannotTell);
    }

    #[test]
    fn whose_an_object_was_is_told_by_what_was_recorded_only() {
        let held = terms(Says::HandedOut(vec![(Place::Segment(2), Resource(1))]));
        let mut it = seen("$.n", vec![]);
        assert_eq!(simulate(&held, &it), Some(Verdict::CannotTell));
        let code = Code::ReferenceForeign;
        it.hits.push(Hit { code, effect: Effect::WouldRefuse, margin: 0 });
        assert_eq!(simulate(&held, &it), Some(Verdict::Breaks(code, None)));
    }
}
