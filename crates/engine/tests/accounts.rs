//! Callers who log in again: one account, whatever credential the API issues.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::id::SubjectId;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Force, Resource, Says, Shows, Term};
use support::{Api, Ask, HOUR_NS};

const ORDER: Resource = Resource(7);

fn endpoint(method: Method, path: &str, says: Vec<Says>, hands: &[&str]) -> EndpointTerms {
    EndpointTerms {
        method,
        path: Template::new(path),
        known: Vec::new(),
        terms: says.into_iter().map(|says| Term { says, force: Force::Enforced }).collect(),
        hands_out: hands.iter().map(|it| (Place::body(it), ORDER)).collect(),
        shows: Shows::default(),
    }
}

fn shop() -> Api {
    let used = Says::HandedOut(vec![(Place::Segment(2), ORDER)]);
    let mut api = Api::held_to(vec![
        endpoint(Method::Get, "/orders", Vec::new(), &["$[*].id"]),
        endpoint(Method::Get, "/orders/{id}", vec![used], &[]),
    ]);
    // What was handed out is remembered for as long as it is used.
    api.now_ns = 30 * HOUR_NS;
    api
}

fn log_in<'a>(by: &'a str, body: &'a str, status: u16, sets: &'a str) -> Ask<'a> {
    let answer = if status == 200 { &b"{\"name\":\"Ann\"}"[..] } else { b"{}" };
    Ask { by, method: "POST", target: "/login", body, status, sets, answer, ..Ask::default() }
}

const ANN: &str = r#"{"user":"ann","password":"a"}"#;
const BOB: &str = r#"{"user":"bob","password":"b"}"#;

fn subject(api: &mut Api, by: &str) -> SubjectId {
    api.get(by, "/orders", "[]").seen.subject
}

#[test]
fn who_logs_in_again_goes_on_with_what_was_handed_out_before() {
    let mut api = shop();
    api.ask(log_in("", r#"{"user":"ann","password":"wrong"}"#, 401, ""));
    api.ask(log_in("", ANN, 200, "sid=one; Path=/; HttpOnly"));
    api.ask(log_in("", BOB, 200, "sid=two"));
    api.get("sid=one", "/orders", r#"[{"id":"1042"}]"#);
    api.get("sid=two", "/orders", r#"[{"id":"2099"}]"#);
    api.now_ns += 25 * HOUR_NS;
    // The day after, everybody was handed something, and nothing of before is unknown.
    api.get("sid=one", "/orders", r#"[{"id":"1042"}]"#);
    api.get("sid=two", "/orders", r#"[{"id":"2099"}]"#);
    api.ask(log_in("sid=one", ANN, 200, "sid=three"));
    assert_eq!(subject(&mut api, "sid=one"), subject(&mut api, "sid=three"));
    assert!(api.get("sid=three", "/orders/1042", "{}").body.is_ok());
    let foreign = api.get("sid=three", "/orders/2099", "{}").body;
    assert_eq!(foreign, Err(Code::ReferenceForeign));
    assert_ne!(subject(&mut api, "sid=two"), subject(&mut api, "sid=three"));
}

#[test]
fn what_a_session_of_before_was_handed_goes_over_to_the_account_that_logs_in_with_it() {
    let mut api = shop();
    api.get("sid=old", "/orders", r#"[{"id":"1042"}]"#);
    api.get("sid=other", "/orders", r#"[{"id":"1042"},{"id":"2099"}]"#);
    api.now_ns += 25 * HOUR_NS;
    api.ask(log_in("", ANN, 401, ""));
    api.ask(log_in("", BOB, 200, "sid=bob"));
    api.ask(log_in("sid=old", ANN, 200, "sid=one"));
    assert!(api.get("sid=one", "/orders/1042", "{}").body.is_ok());
    assert_eq!(api.get("sid=one", "/orders/2099", "{}").body, Err(Code::ReferenceForeign));
    assert_eq!(subject(&mut api, "sid=old"), subject(&mut api, "sid=one"));
    // Whoever logs in to another account takes nothing along of the first.
    api.ask(log_in("sid=one", BOB, 200, "sid=two"));
    assert_eq!(api.get("sid=two", "/orders/1042", "{}").body, Err(Code::ReferenceForeign));
}

#[test]
fn an_api_that_never_refuses_a_log_in_makes_nobody_anybody() {
    let mut api = shop();
    // It sets a cookie whatever the password is.
    api.ask(log_in("", ANN, 200, "sid=one"));
    api.ask(log_in("", r#"{"user":"ann","password":"guessed"}"#, 200, "sid=two"));
    assert_ne!(subject(&mut api, "sid=one"), subject(&mut api, "sid=two"));
}

#[test]
fn a_refused_log_in_issues_nothing() {
    let mut api = shop();
    api.ask(log_in("", ANN, 200, "sid=one"));
    api.ask(log_in("", r#"{"user":"ann","password":"guessed"}"#, 401, "sid=two"));
    assert_ne!(subject(&mut api, "sid=one"), subject(&mut api, "sid=two"));
}

#[test]
fn a_token_in_an_answer_and_a_page_that_sends_on_log_in_too() {
    let mut api = shop();
    api.ask(log_in("", ANN, 401, ""));
    let token = br#"{"access_token":"0123456789abcdef0123456789abcdef"}"#;
    let got = api.ask(Ask { answer: token, ..log_in("", ANN, 200, "") });
    let by_token = subject(&mut api, "Bearer 0123456789abcdef0123456789abcdef");
    assert_eq!(got.seen.subject, by_token, "who was nobody is who is logged in");
    api.ask(Ask { answer: b"", media: "text/html", ..log_in("", ANN, 302, "sid=four") });
    assert_eq!(subject(&mut api, "sid=four"), by_token);
}

#[test]
fn what_a_log_in_hands_out_is_whose_the_token_says() {
    let used = Says::HandedOut(vec![(Place::Segment(2), ORDER)]);
    let mut api = Api::held_to(vec![
        endpoint(Method::Get, "/orders", Vec::new(), &["$[*].id"]),
        endpoint(Method::Post, "/login", Vec::new(), &["$.order"]),
        endpoint(Method::Get, "/orders/{id}", vec![used], &[]),
    ]);
    api.now_ns = 30 * HOUR_NS;
    api.ask(log_in("", ANN, 401, ""));
    // {"sub":"ann"} and {"sub":"bob"}
    let (ann, bob) = ("e30.eyJzdWIiOiJhbm4ifQ.c2ln", "e30.eyJzdWIiOiJib2IifQ.c2ln");
    let logged_in = |api: &mut Api, body: &str, token: &str, order: &str| {
        let answer = format!(r#"{{"token":"{token}","order":"{order}"}}"#);
        api.ask(Ask { answer: answer.as_bytes(), ..log_in("", body, 200, "") }).seen.subject
    };
    logged_in(&mut api, BOB, bob, "2099");
    // Staff lists them all.
    api.get("staff", "/orders", r#"[{"id":"1042"},{"id":"2099"}]"#);
    api.now_ns += 25 * HOUR_NS;
    let was = logged_in(&mut api, ANN, ann, "1042");
    assert_eq!(was, subject(&mut api, &format!("Bearer {ann}")));
    assert!(api.get(&format!("Bearer {ann}"), "/orders/1042", "{}").body.is_ok());
    let foreign = api.get(&format!("Bearer {ann}"), "/orders/2099", "{}").body;
    assert_eq!(foreign, Err(Code::ReferenceForeign));
}

fn pay<'a>(by: &'a str, body: &'a str, status: u16, sets: &'a str) -> Ask<'a> {
    Ask { target: "/pay", ..log_in(by, body, status, sets) }
}

#[test]
fn a_pin_that_confirms_a_transfer_logs_nobody_in() {
    let mut api = shop();
    api.get("sid=one", "/orders", r#"[{"id":"1042"}]"#);
    api.get("sid=two", "/orders", r#"[{"id":"1042"}]"#);
    api.now_ns += 25 * HOUR_NS;
    let before = subject(&mut api, "sid=one");
    // A wrong PIN, and nobody at all, are answered with 401.
    api.ask(pay("sid=one", r#"{"account":"17","pin":"0"}"#, 401, ""));
    api.ask(pay("", r#"{"account":"17","pin":"0"}"#, 401, ""));
    // The session goes on: some APIs set its cookie with each answer, some a new one.
    for account in ["17", "18"] {
        let body = format!(r#"{{"account":"{account}","pin":"1"}}"#);
        api.ask(pay("sid=one", &body, 200, "sid=one"));
        assert_eq!(subject(&mut api, "sid=one"), before);
        api.ask(pay("sid=one", &body, 200, &format!("sid=next{account}")));
    }
    assert_eq!(subject(&mut api, "sid=one"), before);
    assert!(api.get("sid=one", "/orders/1042", "{}").body.is_ok());
    assert_ne!(subject(&mut api, "sid=next17"), subject(&mut api, "sid=next18"));
}

#[test]
fn a_cookie_that_is_set_again_is_no_log_in() {
    let mut api = shop();
    api.ask(log_in("", ANN, 401, ""));
    api.ask(log_in("", ANN, 200, "sid=one"));
    let ann = subject(&mut api, "sid=one");
    // Whoever is logged in names somebody else to the same endpoint, and stays who they are.
    api.ask(log_in("sid=one", BOB, 200, "sid=one"));
    assert_eq!(subject(&mut api, "sid=one"), ann);
}

#[test]
fn a_cookie_that_another_call_sets_is_nobodys_account() {
    let mut api = shop();
    api.ask(log_in("", ANN, 401, ""));
    api.ask(log_in("", ANN, 200, "sid=one"));
    let other = r#"{"user":"ann","note":"no password"}"#;
    api.ask(Ask { target: "/notes", ..log_in("", other, 200, "sid=five") });
    assert_ne!(subject(&mut api, "sid=one"), subject(&mut api, "sid=five"));
}
