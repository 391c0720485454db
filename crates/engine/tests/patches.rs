//! Calls that are held to virtual patches.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::patches::{Patches, Ready};
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_model::clause::{Clause, ClauseName, Effect, Exception, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::limits::Limits;
use bartizan_model::patch::{Field, PATCHES_MAX, Patch, When, mark};
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use std::sync::Arc;
use support::{Api, Ask, Got};

/// What the clock says in these tests, in microseconds since 1970.
const NOW_US: u64 = 1_700_000_000_000_000;

fn patch(id: &str, path: &str, place: &str, pattern: &str) -> Patch {
    Patch {
        id: id.into(),
        reason: "a test".into(),
        endpoint: Some((Method::Post, Template::new(path))),
        field: Field::At(Place::body(place)),
        when: When { matches: Some(pattern.into()), ..When::default() },
        mode: Mode::Enforce,
        until_us: None,
    }
}

fn coupons() -> Patch {
    patch("coupons", "/reviews", "$.text", "coupon")
}

fn api(patches: Vec<Patch>) -> Api {
    under(patches, &[], &[])
}

fn under(patches: Vec<Patch>, clauses: &[Clause], exceptions: &[Exception]) -> Api {
    let ready = |it| Arc::new(Ready::new(it).unwrap());
    let patches = Patches::new(patches.into_iter().map(ready).collect());
    Api::held_to(Vec::new()).under(|rules| {
        rules.patches = Arc::new(patches);
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, clauses, exceptions);
        rules.routes = Routes::new(vec![RouteRules { clauses, ..RouteRules::clone(&rules.base) }]);
    })
}

fn post(api: &mut Api, body: &str) -> Got {
    let (method, target, answer) = ("POST", "/reviews", b"{}".as_slice());
    api.ask(Ask { by: "alice", method, target, body, answer, ..Ask::default() })
}

#[track_caller]
fn check(api: &mut Api, body: &str, expected: &[(Code, Effect)]) {
    let got = post(api, body);
    let patched = |it: &(Code, Effect)| it.0.entry().clause == ClauseName::PatchMatched;
    assert_eq!(
        got.effects().into_iter().filter(patched).collect::<Vec<_>>(),
        expected,
        "{body:.80}"
    );
}

const REFUSED: [(Code, Effect); 1] = [(Code::PatchMatched, Effect::Refused)];
const WOULD: [(Code, Effect); 1] = [(Code::PatchMatched, Effect::WouldRefuse)];
const UNEXAMINED: [(Code, Effect); 1] = [(Code::PatchUnexamined, Effect::Refused)];

#[test]
fn a_finding_says_which_patch_it_is_of_and_where() {
    let mut api = api(vec![coupons()]);
    let got = post(&mut api, r#"{"text":"a coupon"}"#);
    assert_eq!(got.body, Err(Code::PatchMatched));
    let [finding] = got.seen.findings.as_slice() else { panic!("{:?}", got.seen.findings) };
    assert_eq!(finding.sighting.fingerprint, mark("coupons"));
    assert_eq!((&finding.place, finding.bytes), (&Place::body("$.text"), 8));
    assert_eq!(post(&mut api, r#"{"text":"shoes"}"#).effects(), []);
}

#[test]
fn a_patch_acts_until_its_end_and_no_longer() {
    let until = |until_us| api(vec![Patch { until_us: Some(until_us), ..coupons() }]);
    check(&mut until(NOW_US + 1), r#"{"text":"coupon"}"#, &REFUSED);
    check(&mut until(NOW_US), r#"{"text":"coupon"}"#, &[]);
}

#[test]
fn a_patch_is_held_as_strictly_as_it_and_its_clause_say() {
    let body = r#"{"text":"coupon"}"#;
    check(&mut api(vec![Patch { mode: Mode::Observe, ..coupons() }]), body, &WOULD);
    let of = |mode| Clause { name: ClauseName::PatchMatched, mode, set_by: SetBy::Flag };
    check(&mut under(vec![coupons()], &[of(Mode::Observe)], &[]), body, &WOULD);
    check(&mut under(vec![coupons()], &[of(Mode::Off)], &[]), body, &[]);
    // The strictest of several speaks.
    let both = vec![
        Patch { mode: Mode::Observe, ..coupons() },
        patch("shoes", "/reviews", "$.title", "shoe"),
    ];
    let found = [(Code::PatchMatched, Effect::WouldRefuse), (Code::PatchMatched, Effect::Refused)];
    check(&mut api(both), r#"{"text":"coupon","title":"shoe"}"#, &found);
}

#[test]
fn an_exception_lifts_a_patch_at_its_place_and_nowhere_else() {
    let exception = |place| Exception {
        clause: ClauseName::PatchMatched,
        endpoint: Some(EndpointId::of("POST", "/reviews")),
        place,
        reason: "a partner sends them".to_owned(),
        expires_us: NOW_US + 1,
        set_by: SetBy::File { line: 1, column: 1 },
    };
    let excepted = [(Code::PatchMatched, Effect::Excepted)];
    let whole = &[exception(None)];
    check(&mut under(vec![coupons()], &[], whole), r#"{"text":"coupon"}"#, &excepted);
    let narrow = &[exception(Some(Place::body("$.text")))];
    check(&mut under(vec![coupons()], &[], narrow), r#"{"text":"coupon"}"#, &excepted);
    let found = [(Code::PatchMatched, Effect::Excepted), (Code::PatchMatched, Effect::Refused)];
    let body = r#"{"text":"coupon","text":["coupon"]}"#;
    check(&mut under(vec![coupons()], &[], narrow), body, &found);
}

#[test]
fn a_match_cannot_hide_behind_many_that_are_observed() {
    let all = Patch {
        id: "all".into(),
        mode: Mode::Observe,
        field: Field::Any,
        when: When { matches: Some("o".into()), ..When::default() },
        ..coupons()
    };
    let mut api = api(vec![all, coupons()]);
    let fields: String = (0..200).map(|n| format!("\"f{n}\":\"o\",")).collect();
    let got = post(&mut api, &format!("{{{fields}\"text\":\"coupon\"}}"));
    assert_eq!(got.body, Err(Code::PatchMatched));
}

#[test]
fn conditions_hold_together_of_one_value() {
    let when = When {
        matches: Some("coupon".into()),
        does_not_match: Some("^no ".into()),
        longer_than: Some(8),
        ..When::default()
    };
    let mut api = api(vec![Patch { when, ..coupons() }]);
    check(&mut api, r#"{"text":"a coupon now"}"#, &REFUSED);
    check(&mut api, r#"{"text":"no coupon now"}"#, &[]);
    check(&mut api, r#"{"text":"coupon"}"#, &[]);
    check(&mut api, r#"{"text":["coupon","a long text"]}"#, &[]);
    check(&mut api, r#"{"text":["x","a coupon now"]}"#, &REFUSED);
}

#[test]
fn no_encoding_gets_around_a_pattern() {
    let mut api = api(vec![patch("tag", "/reviews", "$.text", "(?i)<blink")]);
    for text in [
        "<BLINK>",
        "\\u003cblink>",
        "%3cblink>",
        "%253Cblink%253e",
        "&lt;blink&gt;",
        "&#x3c;blink>",
        "\\\\x3cblink>",
        "\\uff1cblink>",
        "x=1&y=%3Cblink",
        "PGJsaW5rPmhlbGxvIHRoZXJlPC9ibGluaz4=",
        "a\\n<blink\\n",
        "\\u0000<\\u0000b\\u0000l\\u0000i\\u0000n\\u0000k\\u0000>",
    ] {
        check(&mut api, &format!("{{\"text\":\"{text}\"}}"), &REFUSED);
    }
    for text in ["blink", "&lt;b&gt;", "%3c b link", "< blink >"] {
        check(&mut api, &format!("{{\"text\":\"{text}\"}}"), &[]);
    }
}

#[test]
fn what_bounds_or_allows_values_means_them_as_they_are() {
    let allow = When { does_not_match: Some("^[A-Za-z0-9=%]+$".into()), ..When::default() };
    let mut only = api(vec![Patch { when: allow, ..coupons() }]);
    // They have further readings, which are no such values.
    check(&mut only, r#"{"text":"aGVsbG8gdGhlcmUsIHdvcmxk"}"#, &[]);
    check(&mut only, r#"{"text":"100%20"}"#, &[]);
    check(&mut only, r#"{"text":"a b"}"#, &REFUSED);
    let short = When { shorter_than: Some(6), ..When::default() };
    let mut short = api(vec![Patch { when: short, ..coupons() }]);
    check(&mut short, r#"{"text":"a%20b%20c"}"#, &[]);
}

#[test]
fn hostile_values_exhaust_no_more_than_is_allotted_and_do_not_pass() {
    // The largest programs, at values on which they cannot be quick.
    let slow =
        |n: usize| patch(&format!("p{n}"), "/reviews", "$.text", &format!("[ab]*a[ab]{{400}}c{n}"));
    let mut api = api((0..4).map(slow).collect());
    let text: String = (0..300_000_u32)
        .map(|n| if n.wrapping_mul(2_654_435_761) >> 31 == 0 { 'a' } else { 'b' })
        .collect();
    let effects = post(&mut api, &format!("{{\"text\":\"{text}\"}}")).effects();
    let unexamined = effects.iter().filter(|it| it.0 == Code::PatchUnexamined).count();
    assert!((1..=4).contains(&unexamined), "{effects:?}");
    // What is as usual is looked at by all of them.
    let usual: String = text.chars().take(1_000).collect();
    check(&mut api, &format!("{{\"text\":\"{usual}\"}}"), &[]);
}

#[test]
fn more_readings_than_there_is_room_for_do_not_hide_a_value() {
    let few = |rules: &mut bartizan_engine::snapshot::Rules| {
        rules.limits = Limits { views_bytes_max: 300, ..Limits::default() };
    };
    let mut api = api(vec![coupons()]).under(few);
    let encoded = "%2563oupon ".repeat(60);
    check(&mut api, &format!("{{\"text\":\"{encoded}\"}}"), &UNEXAMINED);
    check(&mut api, r#"{"text":"as it is"}"#, &[]);
}

#[test]
fn fifty_patches_and_more_stand_beside_each_other() {
    let one = |n: usize| patch(&format!("p{n}"), &format!("/e{n}"), "$.text", "coupon");
    let mut patches: Vec<_> = (0..49).map(one).collect();
    patches.push(coupons());
    check(&mut api(patches), r#"{"text":"coupon"}"#, &REFUSED);
    let on_one = |n: usize| patch(&format!("p{n}"), "/reviews", "$.text", &format!("coupon{n}$"));
    let mut all = api((0..PATCHES_MAX).map(on_one).collect());
    let got = post(&mut all, r#"{"text":"coupon199"}"#);
    assert_eq!(got.seen.findings.first().unwrap().sighting.fingerprint, mark("p199"));
    check(&mut all, r#"{"text":"coupon200"}"#, &[]);
}

#[test]
fn a_patch_of_every_endpoint_is_looked_at_once() {
    let everywhere = Patch { endpoint: None, ..coupons() };
    let mut api = api(vec![everywhere]);
    check(&mut api, r#"{"_method":"PUT","text":"coupon"}"#, &REFUSED);
}

#[test]
fn what_a_copy_or_a_log_does_not_show_refuses_nobody() {
    let mut api = api(vec![coupons()]);
    let (method, target) = ("POST", "/reviews");
    let opaque = Ask {
        method,
        target,
        body: "\u{1}\u{2}coupon",
        sends: "image/png",
        answer: b"{}",
        ..Ask::default()
    };
    assert_eq!(api.ask(opaque).effects(), []);
}
