//! Whoever is of a kind that never calls an endpoint is refused there, as far as the token says.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use bartizan_engine::keys::HashKey;
use bartizan_engine::simulate::{Verdict, simulate};
use bartizan_engine::terms::{Graced, Terms};
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::id::KeyEpoch;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Force, Kinds, Says, Shows, Term, low};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use support::{Api, Ask, Got};

const FOREIGN: Option<Code> = Some(Code::RoleForeign);

fn short(value: &str) -> u32 {
    // The key of the tests' API.
    low(HashKey::new(KeyEpoch(1), [5; 16]).value(value.as_bytes()).0)
}

fn patients(claim: &str, force: Force) -> Vec<EndpointTerms> {
    let strangers = vec![short("patient"), short("basic")];
    let kinds = Kinds { claim: claim.into(), strangers, others: vec![short("doctor")] };
    vec![EndpointTerms {
        method: Method::Get,
        path: Template::new("/patients"),
        known: Vec::new(),
        terms: vec![Term { says: Says::Role(vec![kinds]), force }],
        hands_out: Vec::new(),
        shows: Shows::default(),
    }]
}

fn api(claim: &str) -> Api {
    Api::held_to(patients(claim, Force::Enforced))
}

fn called(api: &mut Api, payload: &str) -> Got {
    let by = format!("Bearer e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
    let it = Ask { by: &by, target: "/patients", answer: b"[]", ..Ask::default() };
    api.ask(it)
}

#[track_caller]
fn check(claim: &str, payload: &str, expected: Option<Code>) {
    assert_eq!(called(&mut api(claim), payload).body.err(), expected, "{payload}");
}

#[test]
fn who_is_of_a_kind_that_never_calls_is_refused() {
    check("role", r#"{"sub":"mallory","role":"patient"}"#, FOREIGN);
    check("role", r#"{"sub":"ann","role":"doctor"}"#, None);
}

#[test]
fn a_value_that_was_never_seen_is_unknown_and_passes() {
    check("role", r#"{"sub":"ann","role":"nurse"}"#, None);
    check("role", r#"{"sub":"ann","plan":"patient"}"#, None);
    check("role", r#"{"role":"patient"}"#, None);
}

#[test]
fn of_a_list_all_values_that_are_known_tell() {
    check("roles", r#"{"sub":"mallory","roles":["patient","basic"]}"#, FOREIGN);
    check("roles", r#"{"sub":"mallory","roles":["beta","patient"]}"#, FOREIGN);
    check("roles", r#"{"sub":"ann","roles":["patient","doctor"]}"#, None);
    check("roles", r#"{"sub":"ann","roles":["beta"]}"#, None);
    let keycloak = r#"{"sub":"mallory","realm_access":{"roles":["patient"]}}"#;
    check("realm_access.roles", keycloak, FOREIGN);
    check("scope", r#"{"sub":"mallory","scope":"basic patient"}"#, FOREIGN);
    check("scope", r#"{"sub":"ann","scope":"basic doctor"}"#, None);
}

#[test]
fn who_shows_no_token_that_says_anything_is_not_judged() {
    let mut api = api("role");
    for by in ["", "key", "sid=1", "Bearer opaque"] {
        let it = Ask { by, target: "/patients", answer: b"[]", ..Ask::default() };
        assert_eq!(api.refusal(it), None, "{by}");
    }
}

#[test]
fn head_and_a_method_in_a_field_ask_for_the_same() {
    let by =
        format!("Bearer e30.{}.c2ln", URL_SAFE_NO_PAD.encode(r#"{"sub":"m","role":"patient"}"#));
    let target = "/patients";
    let head = Ask { by: &by, method: "HEAD", target, ..Ask::default() };
    assert_eq!(api("role").refusal(head), FOREIGN);
    let fields = &[("x-http-method-override", "GET")][..];
    let post = Ask { by: &by, method: "POST", target, fields, ..Ask::default() };
    assert_eq!(api("role").refusal(post), FOREIGN);
    let in_body = Ask { body: r#"{"_method":"GET"}"#, fields: &[], ..post };
    assert_eq!(api("role").refusal(in_body), FOREIGN);
}

#[test]
fn what_is_observed_refuses_nobody() {
    let mut api = Api::held_to(patients("role", Force::Observed));
    let got = called(&mut api, r#"{"sub":"mallory","role":"patient"}"#);
    assert!(got.body.is_ok());
    assert_eq!(got.effects(), [(Code::RoleForeign, Effect::WouldRefuse)]);
    assert_eq!(got.seen.findings[0].place, Place::header(b"authorization.role"));
}

#[test]
fn a_version_that_is_too_new_is_held_to_no_habit() {
    let payload = r#"{"sub":"mallory","role":"patient"}"#;
    let seen = called(&mut api("role"), payload).seen;
    let graced = Graced { route: seen.route.clone(), cohort: seen.cohort };
    let got = called(&mut api("role").with_graced(graced), payload);
    assert_eq!(got.effects(), [(Code::RoleForeign, Effect::WouldRefuse)]);
}

#[test]
fn claims_that_were_recorded_tell_and_others_cannot() {
    let mut open = Api::held_to(Vec::new());
    let terms = |claim: &str, seen: &Observation| {
        Terms::new(vec![(seen.route.clone(), patients(claim, Force::Enforced))])
    };
    let of = |claim: &str, seen: &Observation| simulate(&terms(claim, seen), seen).unwrap();
    let seen = called(&mut open, r#"{"sub":"mallory","role":"patient"}"#).seen;
    let breaks =
        |place: &str| Verdict::Breaks(Code::RoleForeign, Some(Place::header(place.as_bytes())));
    assert_eq!(of("role", &seen), breaks("authorization.role"));
    assert_eq!(of("plan", &seen), Verdict::Keeps);
    let sampled_out = Observation { request: None, ..seen };
    assert_eq!(of("role", &sampled_out), Verdict::CannotTell);
    let all = |roles: &str| format!(r#"{{"sub":"m","realm_access":{{"roles":[{roles}]}}}}"#);
    let seen = called(&mut open, &all(r#""beta","patient""#)).seen;
    assert_eq!(of("realm_access.roles", &seen), breaks("authorization.realm_access.roles[*]"));
    let seen = called(&mut open, &all(r#""patient","doctor""#)).seen;
    assert_eq!(of("realm_access.roles", &seen), Verdict::Keeps);
    let it = Ask { by: "key", target: "/patients", answer: b"[]", ..Ask::default() };
    assert_eq!(of("role", &open.ask(it).seen), Verdict::Keeps);
}
