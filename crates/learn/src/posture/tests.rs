//! Each flaw, and its nearest harmless neighbour.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use super::*;
use crate::inventory::Inventory;
use crate::inventory::leaf::Field;
use bartizan_model::class::Class;
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Shape, ShapeId};
use bartizan_model::head::Method;
use bartizan_model::host::{Pointed, Side};
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::place::Place;
use bartizan_model::traits::Trait;
use std::sync::Arc;

/// A field and how many values it has in one message.
type Held = (Place, u16);

/// Calls of one endpoint that are alike.
#[derive(Clone)]
struct Calls {
    method: Method,
    template: &'static str,
    count: u64,
    subjects: u64,
    anonymous: u64,
    status: u16,
    traits: Vec<Trait>,
    request: Vec<Held>,
    response: Vec<Held>,
}

impl Calls {
    fn get(template: &'static str) -> Self {
        Self {
            method: Method::Get,
            template,
            count: 30,
            subjects: 7,
            anonymous: 0,
            status: 200,
            traits: vec![Trait::RequestSeen, Trait::ResponseSeen, Trait::Hsts, Trait::NoSniff],
            request: Vec::new(),
            response: Vec::new(),
        }
    }

    fn with(mut self, it: Trait) -> Self {
        self.traits.push(it);
        self
    }

    fn answers(mut self, field: &str, times: u16) -> Self {
        self.response.push((Place::body(field), times));
        self
    }

    fn observation(&self, n: u64) -> Observation {
        let at = Moment { mono_ns: 0, wall_us: 1_000_000 + n };
        let id = ExchangeId::new(n, u128::from(n));
        let mut it = Observation::opened(id, at, 1, KeyEpoch(1));
        it.method = self.method;
        it.template = self.template.into();
        it.status = self.status;
        it.subject = SubjectId(u128::from(n % self.subjects));
        let is_anonymous = n < self.anonymous;
        it.subject_kind =
            if is_anonymous { SubjectKind::AddressAgent } else { SubjectKind::ApiKey };
        self.traits.iter().for_each(|one| it.traits.insert(*one));
        it.request = facts(&self.request, n);
        it.response = facts(&self.response, n);
        it
    }

    /// What is weak, by the classes that fields have by their names.
    fn posture(&self) -> Posture {
        self.posture_against(&Against::default())
    }

    fn posture_against(&self, against: &Against<'_>) -> Posture {
        let mut inventory = Inventory::default();
        (0..self.count).for_each(|n| inventory.observe(&self.observation(n)));
        posture(&inventory.endpoints()[0], &class, against)
    }

    /// What becomes of one thing that is owed.
    #[track_caller]
    fn owes(&self, duty: Duty, against: Against<'_>, expected: Verdict) {
        let found = self.posture_against(&Against { duties: &[duty], ..against });
        assert_eq!(found.duties, [(duty, expected)], "{found:?}");
        let is_weak = found.weaknesses.iter().any(|it| it.flaw == Flaw::of(duty));
        assert_eq!(is_weak, matches!(expected, Verdict::Missing(..)), "{found:?}");
    }

    #[track_caller]
    fn check(&self, flaw: Flaw, expected: bool) {
        let found = self.posture();
        let has_it = found.weaknesses.iter().any(|it| it.flaw == flaw);
        assert_eq!(has_it, expected, "{flaw:?}: {found:?}");
    }
}

fn facts(held: &[Held], n: u64) -> Option<Facts> {
    let fact = |(field, (_, times)): (usize, &Held)| Fact {
        field: u16::try_from(field).unwrap(),
        kind: Kind::Text,
        forms: Forms::STRING,
        sign: None,
        times: *times,
        bucket: 0,
        score: 0,
        bytes: 8,
        value: KeyedHash(n),
    };
    let facts: Vec<_> = held.iter().enumerate().map(fact).collect();
    let places = held.iter().map(|it| it.0.clone()).collect();
    let shape = Arc::new(Shape { id: ShapeId(1), places });
    (!facts.is_empty()).then_some(Facts {
        shape,
        facts,
        more: 0,
        own: Vec::new(),
        listed: Vec::new(),
    })
}

fn class(place: &Place, _: &Field) -> Option<Class> {
    let name = place.to_string();
    let name = name.rsplit(['.', ' ']).next()?;
    name.parse().ok().map(Class::BuiltIn)
}

#[test]
fn a_well_kept_endpoint_has_no_weakness() {
    let calls = Calls::get("/orders").answers("$.total", 1);
    assert_eq!(calls.posture(), Posture::default());
}

#[test]
fn who_writes_without_a_credential_is_seen_and_who_logs_in_is_not() {
    let mut calls = Calls::get("/orders");
    calls.anonymous = 3;
    calls.check(Flaw::AnonymousWrite, false);
    calls.method = Method::Post;
    calls.check(Flaw::AnonymousWrite, true);
    calls.request.push((Place::body("$.password"), 1));
    calls.check(Flaw::AnonymousWrite, false);
    calls.request.clear();
    calls.template = "/api/login";
    calls.check(Flaw::AnonymousWrite, false);
}

#[test]
fn what_no_intake_told_is_unknown_and_no_weakness() {
    let mut calls = Calls::get("/orders/{int}");
    calls.anonymous = 30;
    calls.traits.clear();
    let found = calls.posture();
    assert_eq!(found.weaknesses, []);
    assert_eq!(
        found.unknown,
        [Unknown::Credentials, Unknown::ResponseHeads, Unknown::ResponseBodies]
    );
}

#[test]
fn data_of_people_is_told_from_data_of_things() {
    let mut calls = Calls::get("/people").answers("$.email", 1);
    calls.check(Flaw::AnonymousData, false);
    calls.anonymous = 1;
    calls.check(Flaw::AnonymousData, true);
    calls.check(Flaw::MixedAuthentication, true);
    let mut calls = Calls::get("/things").answers("$.colour", 1);
    calls.anonymous = 30;
    calls.check(Flaw::AnonymousData, false);
    calls.check(Flaw::MixedAuthentication, false);
    calls.check(Flaw::Unauthenticated, true);
}

#[test]
fn secrets_in_answers_are_told_but_tokens_of_a_log_in_are_not() {
    Calls::get("/users").answers("$.password", 1).check(Flaw::SecretLeaves, true);
    Calls::get("/login").answers("$.password", 1).check(Flaw::SecretLeaves, true);
    Calls::get("/login").answers("$.jwt", 1).check(Flaw::SecretLeaves, false);
    Calls::get("/users").answers("$.jwt", 1).check(Flaw::SecretLeaves, true);
}

#[test]
fn many_people_in_one_answer_are_told_and_one_is_not() {
    Calls::get("/people").answers("$.email", 1).check(Flaw::Exposure, false);
    Calls::get("/people").answers("$.email", 50).check(Flaw::Exposure, true);
    Calls::get("/people").answers("$.religion", 1).check(Flaw::Exposure, true);
    Calls::get("/people").answers("$.colour", 50).check(Flaw::Exposure, false);
}

#[test]
fn credentials_in_the_url_are_told_by_name_or_class() {
    for (name, expected) in [("token", true), ("jwt", true), ("Api_Key", true), ("q", false)] {
        let mut calls = Calls::get("/orders");
        calls.request.push((Place::query(name.as_bytes()), 1));
        calls.check(Flaw::CredentialInUrl, expected);
    }
}

#[test]
fn what_everybody_may_read_is_weak_where_people_are_in_it() {
    Calls::get("/fonts").with(Trait::CorsAny).check(Flaw::OpenCors, false);
    let people = Calls::get("/people").answers("$.email", 1);
    people.check(Flaw::OpenCors, false);
    people.clone().with(Trait::CorsAny).check(Flaw::OpenCors, true);
    people.with(Trait::CachePublic).check(Flaw::CacheableData, true);
    Calls::get("/fonts").with(Trait::CachePublic).check(Flaw::CacheableData, false);
    let reflected = Calls::get("/fonts").with(Trait::CorsReflected);
    reflected.check(Flaw::OpenCors, false);
    reflected.with(Trait::CorsCredentials).check(Flaw::OpenCors, true);
}

#[test]
fn numbers_that_lead_to_people_can_be_walked() {
    let mut calls = Calls::get("/people/{int}").answers("$.email", 1);
    calls.request.push((Place::Segment(2), 1));
    calls.check(Flaw::PredictableIds, true);
    calls.template = "/people/{uuid}";
    calls.check(Flaw::PredictableIds, false);
    let mut calls = Calls::get("/things/{int}").answers("$.colour", 1);
    calls.request.push((Place::Segment(2), 1));
    calls.check(Flaw::PredictableIds, false);
}

#[test]
fn heads_tell_the_rest() {
    for (it, flaw) in [
        (Trait::PlainText, Flaw::PlainText),
        (Trait::TokenUnsigned, Flaw::UnsignedToken),
        (Trait::TokenEndless, Flaw::LongToken),
        (Trait::TokenLong, Flaw::LongToken),
        (Trait::BasicCredentials, Flaw::BasicCredentials),
        (Trait::CookieScriptable, Flaw::WeakCookie),
        (Trait::Banner, Flaw::Banner),
    ] {
        Calls::get("/orders").check(flaw, false);
        Calls::get("/orders").with(it).check(flaw, true);
    }
    let mut calls = Calls::get("/orders");
    calls.traits.retain(|it| *it != Trait::NoSniff);
    calls.check(Flaw::MissingHeaders, true);
    calls.count = 5;
    calls.check(Flaw::MissingHeaders, false);
}

#[test]
fn nothing_is_said_of_limits_before_there_were_many_calls() {
    let mut calls = Calls::get("/orders");
    calls.check(Flaw::NoLimit, false);
    calls.count = 300;
    calls.check(Flaw::NoLimit, true);
    calls.with(Trait::LimitAnnounced).check(Flaw::NoLimit, false);
}

#[test]
fn endpoints_for_operators_are_weak_where_anybody_gets_them() {
    let mut calls = Calls::get("/actuator/env");
    calls.check(Flaw::OperatorEndpoint, false);
    calls.anonymous = 2;
    calls.check(Flaw::OperatorEndpoint, true);
    calls.template = "/orders";
    calls.check(Flaw::OperatorEndpoint, false);
}

#[test]
fn more_weaknesses_are_more_risk_and_the_gravest_comes_first() {
    let one = Calls::get("/users").with(Trait::Banner).posture();
    let two = Calls::get("/users").with(Trait::Banner).with(Trait::PlainText).posture();
    assert!(one.risk < two.risk && two.risk < 100, "{} {}", one.risk, two.risk);
    assert_eq!(two.weaknesses[0].flaw, Flaw::PlainText);
    assert_eq!(two.weaknesses[0].seen, (30, 30));
}

const HERE: Against<'_> = Against {
    duties: &[],
    passes_here: true,
    demands_certificate: false,
    limits_calls: false,
    is_described: false,
    overdue: None,
};

#[test]
fn what_is_owed_and_missing_is_a_weakness() {
    use Verdict::{Met, Missing};
    let get = || Calls::get("/orders");
    get().owes(Duty::Tls, HERE, Met);
    get().with(Trait::PlainText).owes(Duty::Tls, HERE, Missing(30, 30));
    get().owes(Duty::Mtls, HERE, Missing(30, 30));
    get().owes(Duty::Mtls, Against { demands_certificate: true, ..HERE }, Met);
    get().owes(Duty::Credential, HERE, Met);
    Calls { anonymous: 4, ..get() }.owes(Duty::Credential, HERE, Missing(4, 30));
    get().with(Trait::TokenRead).owes(Duty::Scopes, HERE, Missing(30, 30));
    get().with(Trait::TokenRead).with(Trait::TokenScoped).owes(Duty::Scopes, HERE, Met);
    Calls { count: 200, ..get() }.owes(Duty::RateLimit, HERE, Missing(200, 200));
    get().with(Trait::LimitAnnounced).owes(Duty::RateLimit, HERE, Met);
    get().owes(Duty::RateLimit, Against { limits_calls: true, ..HERE }, Met);
    get().owes(Duty::Described, HERE, Missing(30, 30));
    get().owes(Duty::Described, Against { is_described: true, ..HERE }, Met);
    let token = Calls { request: vec![(Place::Query("token".into()), 1)], ..get() };
    token.owes(Duty::NoQueryCredentials, HERE, Missing(30, 30));
    let page = Calls { request: vec![(Place::Query("page".into()), 1)], ..get() };
    page.owes(Duty::NoQueryCredentials, HERE, Met);
}

#[test]
fn what_nothing_tells_is_unknown_and_never_met() {
    let silent = Calls { traits: Vec::new(), ..Calls::get("/orders") };
    for duty in
        [Duty::Tls, Duty::Credential, Duty::Scopes, Duty::RateLimit, Duty::NoQueryCredentials]
    {
        silent.owes(duty, HERE, Verdict::Unknown);
    }
    // What was imported does not tell certificates; of a key nobody knows what it is good for.
    let imported = Against { passes_here: false, ..HERE };
    Calls::get("/orders").owes(Duty::Mtls, imported, Verdict::Unknown);
    Calls::get("/orders").owes(Duty::Scopes, HERE, Verdict::Unknown);
    Calls { count: 199, ..Calls::get("/orders") }.owes(Duty::RateLimit, HERE, Verdict::Unknown);
}

#[test]
fn who_comes_for_a_credential_owes_none() {
    let it = Calls { anonymous: 30, method: Method::Post, ..Calls::get("/login") };
    let found = it.posture_against(&Against { duties: &[Duty::Credential], ..HERE });
    assert_eq!(found.duties, []);
}

#[test]
fn the_same_said_twice_counts_once() {
    let plain = Calls::get("/orders").with(Trait::PlainText);
    let bare = plain.posture();
    let found = plain.posture_against(&Against { duties: &[Duty::Tls], ..HERE });
    let risk = |of: &Posture, flaw| of.weaknesses.iter().find(|it| it.flaw == flaw).unwrap().risk;
    assert!(risk(&found, Flaw::BaselineTls) > risk(&found, Flaw::PlainText));
    assert_eq!(bare.risk, risk(&bare, Flaw::PlainText));
    assert_eq!(found.risk, risk(&found, Flaw::BaselineTls));
}

#[test]
fn what_should_be_gone_is_a_weakness_while_it_is_called() {
    let late = |overdue| Calls::get("/v1/orders").posture_against(&Against { overdue, ..HERE });
    let is_late = |it: Posture| it.weaknesses.iter().any(|it| it.flaw == Flaw::PastSunset);
    assert!(is_late(late(Some((3, 30)))));
    assert!(!is_late(late(Some((0, 30)))) && !is_late(late(None)));
}

#[test]
fn who_was_let_in_with_a_certificate_meets_mtls_and_who_was_turned_away_owes_none() {
    let mut inventory = Inventory::default();
    let calls = Calls::get("/orders");
    let called = |n, kind, status| {
        let mut it = calls.observation(n);
        it.subject_kind = kind;
        it.status = status;
        it
    };
    (0..20).for_each(|n| inventory.observe(&called(n, SubjectKind::Certificate, 200)));
    (20..30).for_each(|n| inventory.observe(&called(n, SubjectKind::AddressAgent, 401)));
    let against = Against { duties: &[Duty::Mtls], ..HERE };
    let of = |it: &Inventory| posture(&it.endpoints()[0], &class, &against).duties;
    assert_eq!(of(&inventory), [(Duty::Mtls, Verdict::Met)]);
    inventory.observe(&called(31, SubjectKind::TokenClaim, 200));
    assert_eq!(of(&inventory), [(Duty::Mtls, Verdict::Missing(1, 21))]);
}

#[test]
fn fields_whose_names_are_internal_are_more_than_clients_need() {
    let it = Calls::get("/users");
    it.clone().answers("$.id", 1).answers("$.name", 1).check(Flaw::InternalFields, false);
    it.clone().answers("$[*].isAdmin", 1).check(Flaw::InternalFields, true);
    it.clone().answers("$._id", 1).check(Flaw::InternalFields, false);
    it.answers("$._id", 1).answers("$.id", 1).check(Flaw::InternalFields, true);
}

#[test]
fn fields_that_never_differ_are_more_than_clients_need() {
    let check = |count: u64, subjects: u64, field: &str, change: fn(&mut Fact), expected: bool| {
        let it = Calls { count, subjects, ..Calls::get("/users").answers(field, 1) };
        let mut inventory = Inventory::default();
        for n in 0..count {
            let mut seen = it.observation(n);
            seen.response.iter_mut().flat_map(|it| &mut it.facts).for_each(change);
            inventory.observe(&seen);
        }
        let found = posture(&inventory.endpoints()[0], &class, &Against::default());
        let has_it = found.weaknesses.iter().any(|it| it.flaw == Flaw::InternalFields);
        assert_eq!(has_it, expected, "{count} of {subjects}, {field}: {found:?}");
    };
    let same = |it: &mut Fact| it.value = KeyedHash(5);
    let null = |it: &mut Fact| (it.forms, it.kind) = (Forms::NULL, Kind::Empty);
    check(200, 40, "$.region", same, true);
    check(200, 40, "$.region", null, true);
    check(199, 40, "$.region", same, false);
    check(199, 40, "$.region", null, false);
    check(200, 10, "$.region", same, false);
    check(200, 10, "$.region", null, false);
    check(200, 40, "$.region", |_| (), false);
    check(200, 40, "$.objectType", same, false);
}

#[test]
fn hosts_that_clients_choose_are_a_way_to_other_machines() {
    let check = |hosts: u64, subjects: u64, side: Side, expected: bool| {
        let it = Calls { subjects, ..Calls::get("/hooks") };
        let mut inventory = Inventory::default();
        for n in 0..it.count {
            let host = format!("h{}.example", n % hosts).parse().unwrap();
            let pointed = Pointed { side, place: Place::body("$.url"), host, is_own: false };
            inventory.observe(&Observation { pointed: vec![pointed], ..it.observation(n) });
        }
        let found = posture(&inventory.endpoints()[0], &class, &Against::default());
        let has_it = found.weaknesses.iter().any(|it| it.flaw == Flaw::ChosenUrls);
        assert_eq!(has_it, expected, "{hosts} of {subjects} in {side:?}: {found:?}");
    };
    check(3, 7, Side::Request, true);
    check(2, 7, Side::Request, false);
    check(3, 1, Side::Request, false);
    check(3, 7, Side::Response, false);
}
