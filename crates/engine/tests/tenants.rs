//! Who calls for which tenant, where the profile of an API says what names the tenant of a call.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::snapshot::Rules;
use bartizan_model::clause::{Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use bartizan_model::profile::{Profile, Subjects, Tenant};
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Force, Resource, Says, Shows, Term};
use std::sync::Arc;
use support::{Api, Ask, ask};

const FOREIGN: Option<Code> = Some(Code::TenantForeign);

/// An API whose tenants are named by `tenant`.
fn api(tenant: &str, mode: Mode) -> Api {
    let tenant: Tenant = tenant.parse().unwrap();
    Api::held_to(Vec::new()).under(|rules| hold(rules, tenant, mode))
}

fn hold(rules: &mut Rules, tenant: Tenant, mode: Mode) {
    let profile = Profile { tenant: Some(tenant), ..Profile::default() };
    let only = RouteRules {
        profile: Arc::new(profile),
        clauses: ClauseSet::new(mode, SetBy::Flag, &[], &[]),
        ..RouteRules::clone(&rules.base)
    };
    rules.routes = Routes::new(vec![only]);
}

fn by_path(rules: &mut Rules) {
    hold(rules, Tenant::Path(2), Mode::Enforce);
}

/// Twenty people of each of two practices were here.
fn practices(by: impl Fn(usize, &str) -> String) -> Api {
    let mut api = api("path:2", Mode::Enforce);
    for practice in ["north", "south"] {
        for n in 0..20 {
            let target = format!("/practices/{practice}/letters/{n}");
            assert_eq!(refusal(&mut api, &by(n, practice), &target), None);
        }
    }
    api
}

fn refusal(api: &mut Api, by: &str, target: &str) -> Option<Code> {
    api.refusal(ask(by, target, "{}"))
}

#[test]
fn who_has_a_token_of_one_tenant_is_refused_at_another_at_once() {
    let mut api = practices(|n, practice| format!("doctor{n}@{practice}"));
    assert_eq!(refusal(&mut api, "doctor3@north", "/practices/south/letters/3"), FOREIGN);
    assert_eq!(refusal(&mut api, "doctor3@north", "/practices/north/letters/3"), None);
    // Of somebody who was never here before.
    assert_eq!(refusal(&mut api, "newcomer@north", "/practices/south/letters/3"), FOREIGN);
    assert_eq!(refusal(&mut api, "newcomer@north", "/practices/north/letters/3"), None);
    for target in
        ["/practices/SOUTH/letters/3", "/practices/s%6futh/letters", "/practices/south;a=b/letters"]
    {
        assert_eq!(refusal(&mut api, "doctor3@north", target), FOREIGN, "{target}");
    }
}

#[test]
fn a_new_tenant_is_nobody_elses() {
    let mut api = practices(|n, practice| format!("doctor{n}@{practice}"));
    for n in 0..5 {
        let by = format!("first{n}@west");
        assert_eq!(refusal(&mut api, &by, "/practices/west/letters"), None);
    }
    assert_eq!(refusal(&mut api, "doctor3@north", "/practices/west/letters"), FOREIGN);
    // What is no tenant stands elsewhere.
    assert_eq!(refusal(&mut api, "doctor3@north", "/articles/south"), None);
    assert_eq!(refusal(&mut api, "doctor3@north", "/practices"), None);
}

#[test]
fn who_has_an_opaque_key_stays_where_it_was_first_answered() {
    let mut api = practices(|n, practice| format!("key{n}-{practice}"));
    assert_eq!(refusal(&mut api, "key3-north", "/practices/south/letters/3"), FOREIGN);
    assert_eq!(refusal(&mut api, "key3-north", "/practices/north/letters/3"), None);
    assert_eq!(refusal(&mut api, "new-key", "/practices/south/letters/3"), None);
    // Nobody in particular is refused nothing.
    assert_eq!(refusal(&mut api, "", "/practices/south/letters/3"), None);
}

fn at<'a>(host: &'a str, by: &'a str) -> Ask<'a> {
    Ask { host, ..ask(by, "/bookings", "{}") }
}

#[test]
fn a_log_in_says_where_a_session_belongs() {
    let mut api = api("host", Mode::Enforce);
    for host in ["old-mill.example", "seaside.example"] {
        for n in 0..20 {
            let by = format!("sid={n}-{host}");
            assert_eq!(api.refusal(at(host, &by)), None);
        }
    }
    let log_in = Ask {
        method: "POST",
        target: "/login",
        body: r#"{"name":"eve","password":"x"}"#,
        sets: "sid=fresh",
        ..at("old-mill.example", "")
    };
    assert_eq!(api.refusal(log_in), None);
    // The very first call that the session is used for.
    assert_eq!(api.refusal(at("seaside.example", "sid=fresh")), FOREIGN);
    assert_eq!(api.refusal(at("SEASIDE.example.:443", "sid=fresh")), FOREIGN);
    assert_eq!(api.refusal(at("old-mill.example", "sid=fresh")), None);
    assert_eq!(api.refusal(at("third.example", "sid=fresh")), None, "nobody is known there");
}

#[test]
fn who_is_answered_for_a_foreign_tenant_while_that_is_observed_does_not_belong_there() {
    let mut api = api("path:2", Mode::Observe);
    for practice in ["north", "south"] {
        for n in 0..20 {
            refusal(
                &mut api,
                &format!("doctor{n}@{practice}"),
                &format!("/practices/{practice}/x"),
            );
        }
    }
    for _ in 0..3 {
        let got = api.get("doctor3@north", "/practices/south/x", "{}");
        assert_eq!(got.effects(), [(Code::TenantForeign, Effect::WouldRefuse)]);
    }
}

#[test]
fn a_key_of_many_belongs_where_they_do_whoever_it_names() {
    let mut api = api("path:2", Mode::Enforce).under(|rules| {
        let on = rules.routes.find(b"shop.example", b"/").unwrap();
        let profile = Profile { subjects: Some(Subjects::Aggregate), ..(*on.profile).clone() };
        let on_behalf_of = Some("X-Customer".into());
        let only = RouteRules { profile: Arc::new(profile), on_behalf_of, ..RouteRules::clone(on) };
        rules.routes = Routes::new(vec![only]);
    });
    let mut refusal = |key: &str, customer: &str, practice: &str| {
        let target = format!("/practices/{practice}/letters");
        api.refusal(Ask { fields: &[("x-customer", customer)], ..ask(key, &target, "{}") })
    };
    for practice in ["north", "south"] {
        for n in 0..20 {
            assert_eq!(refusal(practice, &format!("{practice}-{n}"), practice), None);
        }
    }
    assert_eq!(refusal("north", "north-3", "south"), FOREIGN);
    assert_eq!(refusal("north", "somebody new", "south"), FOREIGN);
    assert_eq!(refusal("north", "somebody new", "north"), None);
}

#[test]
fn what_the_api_refuses_itself_teaches_nothing() {
    let mut api = practices(|n, practice| format!("key{n}-{practice}"));
    let refused = Ask { status: 403, ..ask("eve", "/practices/south/letters", "{}") };
    assert_eq!(api.refusal(refused), None);
    assert_eq!(refusal(&mut api, "eve", "/practices/north/letters"), None);
    assert_eq!(refusal(&mut api, "eve", "/practices/south/letters"), FOREIGN);
}

#[test]
fn letters_that_practices_share_do_not_open_the_rest() {
    const LETTER: Resource = Resource(1);
    let terms = |path, terms: Vec<Says>, hands_out| EndpointTerms {
        method: Method::Get,
        path: Template::new(path),
        known: Vec::new(),
        terms: terms.into_iter().map(|says| Term { says, force: Force::Observed }).collect(),
        hands_out,
        shows: Shows::default(),
    };
    let named = Says::HandedOut(vec![(Place::Segment(4), LETTER)]);
    let one = terms("/practices/{practice}/letters/{letter}", vec![named], Vec::new());
    let shared = terms("/shared", Vec::new(), vec![(Place::body("$[*].letter"), LETTER)]);
    let mut api = Api::held_to(vec![one, shared]).under(by_path);
    let mut get = |by: &str, target: &str, answer: &str| api.refusal(ask(by, target, answer));
    for n in 0..40 {
        let (own, other) = if n < 20 { ("north", "south") } else { ("south", "north") };
        let by = format!("doctor{n}@{own}");
        assert_eq!(get(&by, &format!("/practices/{own}/patients"), "[]"), None);
        assert_eq!(get(&by, "/shared", &format!(r#"[{{"letter":{n}}}]"#)), None);
        assert_eq!(get(&by, &format!("/practices/{other}/letters/{n}"), "{}"), None, "{n}");
    }
    assert_eq!(get("doctor3@north", "/practices/south/patients", "[]"), FOREIGN);
    // Not before it is known what everybody was handed.
    assert_eq!(get("doctor3@north", "/practices/south/letters/99", "{}"), None);
    api.now_ns += 25 * support::HOUR_NS;
    let mut get = |target: &str| api.refusal(ask("doctor3@north", target, "{}"));
    assert_eq!(get("/practices/south/letters/99"), FOREIGN);
    assert_eq!(get("/practices/south/letters/3"), None);
    assert_eq!(get("/practices/north/letters/99"), None);
}
