//! Kinds of APIs: each is called as it is called in practice, and held to its contract.
//!
//! The table of docs/contracts.md, "Kinds of APIs", names these tests.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::snapshot::Rules;
use bartizan_engine::tables::rate::Rate;
use bartizan_engine::tables::throttled::Throttle;
use bartizan_engine::terms::Graced;
use bartizan_model::class::Class;
use bartizan_model::clause::{Clause, ClauseName, Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::data_class::DataClass;
use bartizan_model::fact::Forms;
use bartizan_model::head::Method;
use bartizan_model::id::SubjectId;
use bartizan_model::observation::SubjectKind;
use bartizan_model::place::Place;
use bartizan_model::profile::{Profile, Subjects};
use bartizan_model::retirement::Template;
use bartizan_model::route::{Demand, HostPattern, Route, Spelling};
use bartizan_model::terms::{
    Belonging, EndpointTerms, Force, Mask, Masked, Masking, Owned, Resource, Says, Shows, Term,
    Types, short,
};
use std::sync::Arc;
use support::{Api, Ask, HOUR_NS, ask};

const ORDER: Resource = Resource(1);
const TENANT: Resource = Resource(2);
const CUSTOMER: Resource = Resource(3);

const FOREIGN: Option<Code> = Some(Code::ReferenceForeign);
const ANOTHERS: Option<Code> = Some(Code::OwnerForeignRequest);

fn endpoint(method: Method, path: &str, says: Vec<Says>) -> EndpointTerms {
    EndpointTerms {
        method,
        path: Template::new(path),
        known: Vec::new(),
        terms: says.into_iter().map(|says| Term { says, force: Force::Enforced }).collect(),
        hands_out: Vec::new(),
        shows: Shows::default(),
    }
}

/// Orders that are listed, and read by an identifier that must have been handed out; answers tell whose they are.
fn orders(shows: &Shows) -> Vec<EndpointTerms> {
    let named = Says::HandedOut(vec![(Place::Segment(2), ORDER)]);
    let list = EndpointTerms {
        hands_out: vec![(Place::body("$[*].id"), ORDER)],
        ..endpoint(Method::Get, "/orders", Vec::new())
    };
    let owner = Place::body("$.customerId");
    let owned = Owned { place: owner, owners: CUSTOMER, is_exclusive: true, unless_given: false };
    let one = endpoint(Method::Get, "/orders/{id}", vec![named, Says::Owned(vec![owned])]);
    vec![list, EndpointTerms { shows: shows.clone(), ..one }]
}

/// An API that was watched for long enough to know what was handed to whom: to Alice order 17, to the renderer order 99.
fn watched(shows: &Shows) -> Api {
    let mut api = Api::held_to(orders(shows));
    api.get("alice", "/orders", r#"[{"id":17}]"#);
    api.get("renderer", "/orders", r#"[{"id":99}]"#);
    api.now_ns += 25 * HOUR_NS;
    api
}

/// The only route, changed.
fn on(rules: &mut Rules, change: impl FnOnce(&mut RouteRules)) {
    let mut only = RouteRules::clone(&rules.base);
    change(&mut only);
    rules.routes = Routes::new(vec![only]);
}

fn enforced(configured: &[Clause]) -> ClauseSet {
    ClauseSet::new(Mode::Enforce, SetBy::Flag, configured, &[])
}

fn refusal(api: &mut Api, by: &str, target: &str) -> Option<Code> {
    api.refusal(ask(by, target, "{}"))
}

// Multi-tenant.

/// Tenants stand in the path, in a query and in answers; the token says which one a caller is of.
fn tenants(support: Option<SubjectId>) -> Api {
    let named = |place| Belonging { place, objects: None, owners: TENANT };
    let belongs = |place| Says::Belongs(vec![named(place)]);
    let owned = Owned {
        place: Place::body("$.tenant"),
        owners: TENANT,
        is_exclusive: false,
        unless_given: false,
    };
    let mut shows = Shows { claims: vec![("tenant".into(), TENANT)], ..Shows::default() };
    shows.others.subjects.extend(support.map(short));
    let all = [
        endpoint(Method::Get, "/tenants/{tenant}/orders", vec![belongs(Place::Segment(2))]),
        endpoint(Method::Get, "/orders", vec![belongs(Place::query(b"tenant"))]),
        endpoint(Method::Get, "/orders/{id}", vec![Says::Owned(vec![owned])]),
    ];
    let mut api = Api::held_to(all.map(|it| EndpointTerms { shows: shows.clone(), ..it }).into());
    for (by, target) in
        [("ann@north", "/tenants/north/orders"), ("sue@south", "/tenants/south/orders")]
    {
        assert_eq!(refusal(&mut api, by, target), None);
    }
    api
}

const OF_NORTH: &str = r#"{"id":1,"tenant":"north"}"#;

#[test]
fn a_tenant_is_one_owner_of_several_people_and_no_other_tenants() {
    let mut api = tenants(None);
    for target in ["/tenants/north/orders", "/orders?tenant=north"] {
        assert_eq!(refusal(&mut api, "sue@south", target), ANOTHERS, "{target}");
        // A colleague who was never here before.
        assert_eq!(refusal(&mut api, "bob@north", target), None, "{target}");
    }
    let answered = |api: &mut Api, by| api.get(by, "/orders/1", OF_NORTH).body.err();
    assert_eq!(answered(&mut api, "sue@south"), Some(Code::OwnerForeign));
    assert_eq!(answered(&mut api, "bob@north"), None);
}

#[test]
fn who_is_told_to_see_to_other_tenants_does() {
    let eve = tenants(None).get("eve@south", "/", "").seen.subject;
    let mut api = tenants(Some(eve));
    assert_eq!(refusal(&mut api, "eve@south", "/tenants/north/orders"), None);
    assert!(api.get("eve@south", "/orders/1", OF_NORTH).body.is_ok());
    // A colleague is held to it.
    assert_eq!(refusal(&mut api, "sue@south", "/tenants/north/orders"), ANOTHERS);
}

#[test]
fn whose_token_says_what_is_declared_sees_to_other_tenants() {
    // {"sub":"eve","tenant":"south","roles":["support"]}
    let support =
        "Bearer e30.eyJzdWIiOiJldmUiLCJ0ZW5hbnQiOiJzb3V0aCIsInJvbGVzIjpbInN1cHBvcnQiXX0.c2ln";
    for (declared, expected) in [(true, None), (false, ANOTHERS)] {
        let mut api = tenants(None).under(|rules| {
            let all: Arc<[_]> = [("roles".into(), "support".into())].into();
            on(rules, |it| it.see_to_others = if declared { all } else { Arc::default() });
        });
        assert_eq!(refusal(&mut api, support, "/tenants/north/orders"), expected);
        assert_eq!(api.get(support, "/orders/1", OF_NORTH).body.is_ok(), declared);
        assert_eq!(refusal(&mut api, "sue@south", "/tenants/north/orders"), ANOTHERS);
    }
}

#[test]
fn staff_is_staff_where_answers_say_nothing_too() {
    let clerk = watched(&Shows::default()).get("clerk", "/", "").seen.subject;
    for is_told in [false, true] {
        let mut shows = Shows::default();
        shows.others.subjects.extend(is_told.then_some(short(clerk)));
        let named = Says::HandedOut(vec![(Place::Segment(2), ORDER)]);
        let delete = endpoint(Method::Delete, "/orders/{id}", vec![named]);
        let mut all = orders(&Shows::default());
        all.push(EndpointTerms { shows, ..delete });
        let mut api = Api::held_to(all);
        api.get("alice", "/orders", r#"[{"id":17}]"#);
        api.now_ns += 25 * HOUR_NS;
        let ask = Ask { method: "DELETE", ..ask("clerk", "/orders/17", "") };
        assert_eq!(api.refusal(ask), (!is_told).then_some(Code::ReferenceForeign));
    }
}

// Staging and production.

#[test]
fn what_is_in_force_on_one_route_holds_nobody_on_another() {
    let read_only = || Says::ReadOnly(vec!["role".into()]);
    let host = |name: &str| HostPattern::Exact(Arc::from(name));
    // All calls are for shop.example; the terms are those of the route that is called default.
    for (staging, production, expected) in [
        ("staging.example", "shop.example", None),
        ("shop.example", "production.example", Some(Code::ShapeReadOnlyField)),
    ] {
        let terms = vec![endpoint(Method::Post, "/users", vec![read_only()])];
        let mut api = Api::held_to(terms).under(|rules| {
            let named = |route| RouteRules { route: Arc::new(route), ..(*rules.base).clone() };
            let base = Route::clone(&rules.base.route);
            let other = Route { name: "production".into(), host: host(production), ..base.clone() };
            rules.routes =
                Routes::new(vec![named(other), named(Route { host: host(staging), ..base })]);
        });
        let body = r#"{"role":"admin"}"#;
        let call = Ask { by: "mallory", method: "POST", target: "/users", body, ..Ask::default() };
        assert_eq!(api.refusal(call), expected, "{staging}");
    }
}

// Mobile versions.

#[test]
fn two_versions_of_a_client_live_side_by_side() {
    let item = || Place::body("$.item");
    let count = || Place::body("$.n");
    let forms = Forms::NUMBER.and(Forms::STRING);
    let says = vec![
        Says::OnlyKnown,
        Says::Required(vec![item()]),
        Says::Types(vec![(count(), Types { forms, kinds: 0 })]),
    ];
    let known = vec![item(), count(), Place::body("$.coupon")];
    let mut api =
        Api::held_to(vec![EndpointTerms { known, ..endpoint(Method::Post, "/orders", says) }]);
    let mut made = |body| {
        api.refusal(Ask { by: "alice", method: "POST", target: "/orders", body, ..Ask::default() })
    };
    assert_eq!(made(r#"{"item":"tea","n":"2"}"#), None, "the old one writes numbers as text");
    assert_eq!(made(r#"{"item":"tea","n":2,"coupon":"x"}"#), None, "the new one has coupons");
    // What neither of them does.
    assert_eq!(made(r#"{"item":"tea","gift":1}"#), Some(Code::ShapeUndeclaredField));
    assert_eq!(made(r#"{"n":2}"#), Some(Code::ShapeMissingField));
    assert_eq!(made(r#"{"item":"tea","n":[2]}"#), Some(Code::ShapeUndeclaredField));
    assert_eq!(made(r#"{"item":"tea","n":true}"#), Some(Code::ShapeWrongType));
}

// Internal services.

#[test]
fn where_all_came_over_tls_with_a_certificate_others_do_not() {
    let only = |certificate| {
        let says = vec![Says::Tls { certificate }];
        Api::held_to(vec![endpoint(Method::Get, "/stock", says)])
    };
    let by = |tls, certificate| Ask { tls, certificate, ..ask("key", "/stock", "{}") };
    let mut api = only(false);
    assert_eq!(api.refusal(by(false, None)), Some(Code::TransportPlain));
    assert_eq!(api.refusal(by(true, None)), None);
    let mut api = only(true);
    assert_eq!(api.refusal(by(false, None)), Some(Code::TransportPlain));
    assert_eq!(api.refusal(by(true, None)), Some(Code::TransportNoCertificate));
    assert_eq!(api.refusal(by(true, Some(1))), None);
}

#[test]
fn a_service_is_its_certificate() {
    let mut api = Api::held_to(vec![endpoint(Method::Get, "/stock", vec![Says::Credential])]);
    let by = |certificate| Ask { certificate, ..ask("", "/stock", "{}") };
    assert_eq!(api.refusal(by(None)), Some(Code::CredentialMissing));
    let mut seen = |certificate| {
        let got = api.ask(by(Some(certificate)));
        assert!(got.body.is_ok());
        (got.seen.subject_kind, got.seen.subject)
    };
    assert_eq!(seen(1).0, SubjectKind::Certificate);
    assert_eq!(seen(1), seen(1));
    assert_ne!(seen(1), seen(2));
}

#[test]
fn a_route_that_demands_a_certificate_takes_no_token_in_its_place() {
    let mut api = Api::held_to(Vec::new()).under(|rules| {
        on(rules, |it| {
            let certificate = Demand::Required;
            it.route = Arc::new(Route { certificate, ..Route::clone(&it.route) });
        });
    });
    let token = ask("orders@north", "/stock", "{}");
    assert_eq!(api.refusal(token), Some(Code::ClientCertificate));
    assert_eq!(api.refusal(Ask { certificate: Some(1), ..token }), None);
}

#[test]
fn identifiers_from_queues_and_databases_pass_where_provenance_is_off() {
    let off = |mode| {
        let name = ClauseName::ProvenanceReference;
        move |rules: &mut Rules| {
            on(rules, |it| it.clauses = enforced(&[Clause { name, mode, set_by: SetBy::Flag }]));
        }
    };
    for (mode, expected) in [(Mode::Off, None), (Mode::Enforce, FOREIGN)] {
        let mut api = watched(&Shows::default()).under(off(mode));
        let service = Ask { certificate: Some(1), ..ask("", "/orders/17", "{}") };
        assert_eq!(api.refusal(service), expected, "{mode:?}");
    }
}

// Server-side rendering.

#[test]
fn what_a_renderer_was_handed_once_it_may_use_for_everybody() {
    let mut api = watched(&Shows::default());
    api.now_ns += 20 * 24 * HOUR_NS;
    assert_eq!(refusal(&mut api, "renderer", "/orders/99"), None, "handed out weeks ago");
    // What only somebody else was handed is foreign to it, as to anybody.
    assert_eq!(refusal(&mut api, "renderer", "/orders/17"), FOREIGN);
}

#[test]
fn a_renderer_that_is_told_to_see_to_others_uses_what_they_were_handed() {
    let renderer = watched(&Shows::default()).get("renderer", "/", "").seen.subject;
    let mut shows = Shows::default();
    shows.others.subjects = vec![short(renderer)];
    let mut api = watched(&shows);
    assert_eq!(refusal(&mut api, "renderer", "/orders/17"), None);
    assert_eq!(refusal(&mut api, "mallory", "/orders/17"), FOREIGN);
}

// Internal services.

#[test]
fn a_program_that_acts_for_somebody_is_that_program() {
    // {"sub":"alice","act":{"sub":"orders"}} and {"sub":"orders"}
    let acting = "Bearer e30.eyJzdWIiOiJhbGljZSIsImFjdCI6eyJzdWIiOiJvcmRlcnMifX0.c2ln";
    let itself = "Bearer e30.eyJzdWIiOiJvcmRlcnMifQ.c2ln";
    for (subjects, is_same) in [(Some(Subjects::Workload), true), (None, false)] {
        let mut api = Api::held_to(Vec::new()).under(|rules| {
            let profile = Profile { subjects, ..Profile::default() };
            on(rules, |it| it.profile = Arc::new(profile));
        });
        let [acting, itself] = [acting, itself].map(|by| api.get(by, "/", "{}").seen.subject);
        assert_eq!(acting == itself, is_same, "{subjects:?}");
    }
}

// Versions of an app.

#[test]
fn a_new_version_is_held_to_no_habit_and_to_all_else() {
    let v2 = [("user-agent", "shop/2.0 (iPhone)")];
    let says = vec![Says::OnlyKnown, Says::ReadOnly(vec!["role".into()])];
    let orders = || vec![endpoint(Method::Post, "/orders", says.clone())];
    let with = |body| Ask { method: "POST", body, fields: &v2, ..ask("alice", "/orders", "{}") };
    let mut api = Api::held_to(orders());
    let got = api.ask(with(r#"{"gift":true}"#));
    assert_eq!(got.body.err(), Some(Code::ShapeUndeclaredField));
    let graced = Graced { route: Arc::clone(&got.seen.route), cohort: got.seen.cohort };
    let mut api = Api::held_to(orders()).with_graced(graced);
    let got = api.ask(with(r#"{"gift":true}"#));
    assert_eq!(got.effects(), [(Code::ShapeUndeclaredField, Effect::WouldRefuse)]);
    assert!(got.body.is_ok());
    assert_eq!(api.refusal(with(r#"{"role":"admin"}"#)), Some(Code::ShapeReadOnlyField));
    let v1 = Ask { fields: &[], ..with(r#"{"gift":true}"#) };
    assert_eq!(api.refusal(v1), Some(Code::ShapeUndeclaredField));
}

// File APIs.

/// A body that would be refused if it were text.
const LOOKS_BAD: &str = "\u{7f}ELF q=' OR 1=1-- <script>alert(1)</script>";

#[test]
fn the_bytes_of_a_file_are_nobodys_business() {
    let mut api =
        Api::held_to(Vec::new()).under(|rules| on(rules, |it| it.clauses = enforced(&[])));
    let upload = |sends| {
        let call = Ask { by: "alice", method: "PUT", target: "/files/7", ..Ask::default() };
        Ask { sends, body: LOOKS_BAD, ..call }
    };
    assert_eq!(api.refusal(upload("application/octet-stream")), None);
    assert_eq!(api.refusal(upload("image/png")), None);
    let form = Ask { body: "q=' OR 1=1--", ..upload("application/x-www-form-urlencoded") };
    assert_eq!(api.refusal(form), Some(Code::ContentSqlInjection));
}

#[test]
fn a_part_of_a_file_passes_unless_its_answers_are_held() {
    let pin = Masked {
        place: Place::body("$.pin"),
        class: Class::BuiltIn(DataClass::OneTimeCode),
        mask: Mask::Drop,
        unless_own: None,
    };
    let mut api = Api::held_to(vec![endpoint(
        Method::Get,
        "/notes/{id}",
        vec![Says::Secret(Masking::of(vec![pin]))],
    )]);
    let part = |target| Ask { status: 206, ..ask("alice", target, r#"{"n":1}"#) };
    let file = api.ask(part("/files/7"));
    assert!(file.asked.iter().any(|it| it == "range"), "{:?}", file.asked);
    assert_eq!(file.body.unwrap(), r#"{"n":1}"#);
    let held = api.ask(part("/notes/7"));
    assert!(!held.asked.iter().any(|it| it == "range"), "{:?}", held.asked);
    assert_eq!(held.body, Err(Code::DisclosureSecret));
}

#[test]
fn a_path_within_a_segment_stays_as_it_is_where_the_route_says_so() {
    for (spelling, passes) in [(Spelling::Preserve, true), (Spelling::Reject, false)] {
        let mut api = Api::held_to(Vec::new()).under(|rules| {
            on(rules, |it| {
                it.route = Arc::new(Route { spelling, ..Route::clone(&it.route) });
                it.clauses = enforced(&[]);
            });
        });
        let got = api.get("alice", "/files/2026%2fmay%2freport.pdf", "{}");
        assert_eq!(got.body.is_ok(), passes, "{spelling:?}");
    }
}

#[test]
fn a_link_without_a_credential_is_held_to_no_owner() {
    let mut api = watched(&Shows::default());
    let link = "/orders/17?X-Amz-Expires=300&X-Amz-Signature=5f1d0a8c3b7e9246";
    assert_eq!(refusal(&mut api, "", link), None);
    // With a credential of somebody else's it is a call like others.
    assert_eq!(refusal(&mut api, "mallory", link), FOREIGN);
}

// GraphQL.

/// An API of one path that knows orders by their identifiers.
fn graphql() -> Api {
    let named = Says::HandedOut(vec![(Place::body("$.order.id"), ORDER)]);
    let one = EndpointTerms {
        known: vec![Place::body("$.order.id")],
        hands_out: vec![(Place::body("$.data.orders[*].id"), ORDER)],
        ..endpoint(Method::Post, "/graphql", vec![named, Says::OnlyKnown])
    };
    let mut api = Api::held_to(vec![one]);
    for (by, answer) in [
        ("alice", r#"{"data":{"orders":[{"id":17}]}}"#),
        ("mallory", r#"{"data":{"orders":[{"id":99}]}}"#),
    ] {
        let answer = answer.as_bytes();
        assert_eq!(api.refusal(Ask { answer, ..query(by, r#"{"query":"{orders{id}}"}"#) }), None);
    }
    api.now_ns += 25 * HOUR_NS;
    api
}

fn query<'a>(by: &'a str, body: &'a str) -> Ask<'a> {
    Ask { by, method: "POST", target: "/graphql", body, ..Ask::default() }
}

#[test]
fn an_operation_is_its_root_fields_and_a_new_selection_is_none() {
    let mut api = graphql();
    for body in [
        r#"{"query":"{order(id:17){total}}"}"#,
        r#"{"query":"query Mine{first:order(id:17){total lines{name price} customer{email}}}"}"#,
        r#"{"query":"query($x:ID){order(id:$x){total}}","variables":{"x":17}}"#,
    ] {
        let got = api.ask(query("alice", body));
        assert_eq!(&*got.seen.operation, "graphql query order", "{body}");
        assert!(got.body.is_ok(), "{body}");
        assert_eq!(api.refusal(query("mallory", body)), FOREIGN, "{body}");
    }
    let further = r#"{"query":"{order(id:17,as:\"admin\"){total}}"}"#;
    assert_eq!(api.refusal(query("alice", further)), Some(Code::ShapeUndeclaredField));
}

#[test]
fn each_alias_is_a_call() {
    let mut api = graphql();
    let body = r#"{"query":"{a:order(id:99){total} b:order(id:17){total}}"}"#;
    assert_eq!(api.refusal(query("mallory", body)), FOREIGN);
    let own = r#"{"query":"{a:order(id:99){total} b:order(id:99){n}}"}"#;
    assert_eq!(api.refusal(query("mallory", own)), None);
}

#[test]
fn a_query_by_its_hash_passes_whatever_the_hash_and_though_nobody_sent_one() {
    let mut api = Api::held_to(vec![endpoint(Method::Post, "/graphql", vec![Says::OnlyKnown])]);
    let by_hash = |hash: &str, more: &str| {
        format!(
            r#"{{"extensions":{{"persistedQuery":{{"version":1,"sha256Hash":"{hash}"}}{more}}}}}"#
        )
    };
    for hash in ["5f1d0a8c3b7e9246", "9a33c1e07d5b6f28"] {
        let body = by_hash(&hash.repeat(4), "");
        let got = api.ask(query("alice", &body));
        assert_eq!(&*got.seen.operation, "graphql persisted");
        assert_eq!(got.body.err(), None);
    }
    let body = by_hash("5f1d0a8c3b7e9246", r#","debug":1"#);
    assert_eq!(api.refusal(query("alice", &body)), Some(Code::ShapeUndeclaredField));
}

// Public and anonymous.

#[test]
fn what_twenty_callers_were_handed_is_public() {
    let mut api = watched(&Shows::default());
    // Alice is the first of twenty.
    for n in 2..20 {
        api.get(&format!("reader-{n}"), "/orders", r#"[{"id":17}]"#);
    }
    assert_eq!(refusal(&mut api, "somebody", "/orders/17"), FOREIGN);
    api.get("reader-20", "/orders", r#"[{"id":17}]"#);
    assert_eq!(refusal(&mut api, "somebody", "/orders/17"), None);
}

#[test]
fn who_shows_no_credential_is_held_to_no_ownership() {
    let mut api = watched(&Shows::default());
    assert_eq!(refusal(&mut api, "", "/orders/17"), None);
    assert_eq!(refusal(&mut api, "somebody", "/orders/17"), FOREIGN);
    let mut api = tenants(None);
    assert_eq!(refusal(&mut api, "", "/tenants/north/orders"), None);
    assert!(api.get("", "/orders/1", OF_NORTH).body.is_ok());
}

// The key of a partner.

/// Whoever is refused twice waits, and each is shown ten records an hour.
fn partners(is_aggregate: bool) -> Api {
    watched(&Shows::default()).under(|rules| {
        let rate = Rate { interval_ns: HOUR_NS, burst: 1 };
        rules.throttle = Some(Throttle { after: 2, rate, duration_ns: HOUR_NS / 6 });
        let records = Some(Rate { interval_ns: HOUR_NS / 10, burst: 10 });
        let subjects = is_aggregate.then_some(Subjects::Aggregate);
        let profile = Arc::new(Profile { subjects, ..Profile::default() });
        on(rules, |it| (it.profile, it.records) = (profile, records));
    })
}

#[test]
fn the_key_of_many_is_never_slowed_down_for_one_of_them() {
    for (is_aggregate, then) in [(true, None), (false, Some(Code::ClientThrottled))] {
        let mut api = partners(is_aggregate);
        assert_eq!([0; 2].map(|_| refusal(&mut api, "partner", "/orders/17")), [FOREIGN; 2]);
        assert_eq!(refusal(&mut api, "partner", "/stock"), None, "one call an hour is left");
        assert_eq!(refusal(&mut api, "partner", "/stock"), then);
    }
}

#[test]
fn the_key_of_many_keeps_to_what_was_agreed() {
    let mut api = partners(true);
    let five = r#"[{"n":1},{"n":2},{"n":3},{"n":4},{"n":5}]"#;
    let mut shown = |by| api.refusal(ask(by, "/stock", five));
    assert_eq!([0; 3].map(|_| shown("partner")), [None, None, Some(Code::DisclosureBudget)]);
    assert_eq!(shown("another"), None);
}

/// What the people of a partner ask for under its key.
fn behind<'a>(person: &'a [(&'a str, &'a str)], target: &'a str, answer: &'a str) -> Ask<'a> {
    Ask { fields: person, ..ask("partner", target, answer) }
}

#[test]
fn people_behind_one_key_are_told_apart_by_the_field_that_names_them() {
    let mut api = partners(true).under(|rules| {
        let mut only = RouteRules::clone(rules.routes.find(b"shop.example", b"/").unwrap());
        only.on_behalf_of = Some("X-Customer".into());
        rules.routes = Routes::new(vec![only]);
    });
    let (ann, bob) = ([("x-customer", "ann")], [("x-customer", "bob")]);
    assert_eq!(api.refusal(behind(&ann, "/orders", r#"[{"id":5}]"#)), None);
    assert_eq!(api.refusal(behind(&bob, "/orders", r#"[{"id":6}]"#)), None);
    assert_eq!(api.refusal(behind(&ann, "/orders/5", "{}")), None);
    assert_eq!([0; 2].map(|_| api.refusal(behind(&bob, "/orders/5", "{}"))), [FOREIGN; 2]);
    // One of them is slowed down; the key, and the others behind it, are not.
    assert_eq!(
        [0; 2].map(|_| api.refusal(behind(&bob, "/stock", ""))),
        [None, Some(Code::ClientThrottled)]
    );
    assert_eq!([0; 2].map(|_| api.refusal(behind(&ann, "/stock", ""))), [None; 2]);
    // Another key that names the same customer is nobody's.
    let other = Ask { fields: &ann, ..ask("mallory", "/orders/5", "{}") };
    assert_eq!(api.refusal(other), FOREIGN);
}

#[test]
fn whoever_is_named_behind_a_key_counts_for_what_was_agreed_with_it() {
    let mut api = partners(true).under(|rules| {
        let mut only = RouteRules::clone(rules.routes.find(b"shop.example", b"/").unwrap());
        only.on_behalf_of = Some("X-Customer".into());
        rules.routes = Routes::new(vec![only]);
    });
    let five = r#"[{"n":1},{"n":2},{"n":3},{"n":4},{"n":5}]"#;
    let mut shown = |person| api.refusal(behind(&[("x-customer", person)], "/stock", five));
    assert_eq!(["ann", "bob", "eve"].map(&mut shown), [None, None, Some(Code::DisclosureBudget)]);
}
