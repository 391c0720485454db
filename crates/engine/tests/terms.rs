//! Identifiers that are handed out and named, over several exchanges of several callers.

#![allow(clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::tables::rate::Rate;
use bartizan_engine::tables::throttled::Throttle;
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::oddity::Oddity;
use bartizan_model::place::Place;
use bartizan_model::profile::{Profile, Subjects};
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Force, Resource, Says, Shows, Term};
use support::{Api, Ask, HOUR_NS, gzip};

const ORDER: Resource = Resource(1);

fn endpoint(method: Method, path: &str, named: &[Place], hands_out: &[&str]) -> EndpointTerms {
    let named = named.iter().map(|it| (it.clone(), ORDER)).collect();
    let term = Term { says: Says::HandedOut(named), force: Force::Enforced };
    let hands_out = hands_out.iter().map(|it| (Place::body(it), ORDER)).collect();
    let (path, known) = (Template::new(path), Vec::new());
    EndpointTerms { method, path, known, terms: vec![term], hands_out, shows: Shows::default() }
}

impl Api {
    /// A shop whose orders are listed, made, read, changed and named in bodies.
    fn fresh() -> Self {
        let by_path = [Place::Segment(2)];
        let terms = vec![
            endpoint(Method::Get, "/orders", &[Place::query(b"after")], &["$.orders[*].id"]),
            endpoint(Method::Post, "/orders", &[], &["$.id"]),
            endpoint(Method::Get, "/orders/{id}", &by_path, &["$.id", "$.parent"]),
            endpoint(Method::Delete, "/orders/{id}", &by_path, &[]),
            endpoint(Method::Post, "/login", &[], &["$.order"]),
            endpoint(Method::Post, "/refunds", &[Place::body("$.lines[*].order")], &[]),
            endpoint(
                Method::Post,
                "/graphql",
                &[Place::body("$.order.id")],
                &["$.data.made.id", "$.make.id"],
            ),
        ];
        Self::held_to(terms)
    }

    /// A shop that has been watched for long, in which Alice was handed order 17 and Mallory 99.
    fn watched() -> Self {
        let mut it = Self::fresh();
        it.list("alice", "17");
        it.list("mallory", "99");
        it.now_ns += 25 * HOUR_NS;
        it
    }

    fn list(&mut self, by: &str, id: &str) {
        let answer = format!("{{\"orders\":[{{\"id\":{id},\"n\":1}}]}}");
        let ask = Ask { by, target: "/orders", answer: answer.as_bytes(), ..Ask::default() };
        assert_eq!(self.refusal(ask), None);
    }

    /// Why a call by `GET` is refused, if it is.
    fn got(&mut self, by: &str, target: &str) -> Option<Code> {
        self.refusal(Ask { by, target, ..Ask::default() })
    }
}

const FOREIGN: Option<Code> = Some(Code::ReferenceForeign);

#[test]
fn an_order_of_another_is_refused_at_the_first_try() {
    let mut shop = Api::watched();
    assert_eq!(shop.got("mallory", "/orders/17"), FOREIGN);
    assert_eq!(shop.got("alice", "/orders/17"), None, "its owner, at the same address");
    assert_eq!(shop.got("mallory", "/orders/99"), None, "his own");
    assert_eq!(shop.got("mallory", "/orders/500"), None, "nobody's, as far as is known");
    let delete = Ask { by: "mallory", method: "DELETE", target: "/orders/17", ..Ask::default() };
    assert_eq!(shop.refusal(delete), FOREIGN);
}

#[test]
fn who_tries_again_and_again_is_slowed_down_and_nobody_else() {
    let rate = Rate { interval_ns: 10_000_000_000, burst: 1 };
    let throttle = Throttle { after: 3, rate, duration_ns: HOUR_NS / 6 };
    let mut shop = Api::watched().under(|it| it.throttle = Some(throttle));
    let slow = Some(Code::ClientThrottled);
    assert_eq!([0; 3].map(|_| shop.got("mallory", "/orders/17")), [FOREIGN; 3]);
    assert_eq!(shop.got("mallory", "/orders/99"), None, "one in ten seconds");
    assert_eq!([0; 2].map(|_| shop.got("mallory", "/orders/99")), [slow; 2]);
    assert_eq!([0; 2].map(|_| shop.got("alice", "/orders/17")), [None; 2]);
    shop.now_ns += HOUR_NS / 6;
    assert_eq!([0; 2].map(|_| shop.got("mallory", "/orders/99")), [None; 2], "it ends by itself");
}

#[test]
fn many_behind_one_credential_are_not_slowed_down_for_one_of_them() {
    let rate = Rate { interval_ns: HOUR_NS, burst: 1 };
    let throttle = Throttle { after: 1, rate, duration_ns: HOUR_NS / 6 };
    let mut shop = Api::watched().under(|it| {
        it.throttle = Some(throttle);
        let of_many = Profile { subjects: Some(Subjects::Aggregate), ..Profile::default() };
        let on = RouteRules { profile: of_many.into(), ..RouteRules::clone(&it.base) };
        it.routes = Routes::new(vec![on]);
    });
    assert_eq!([0; 3].map(|_| shop.got("mallory", "/orders/17")), [FOREIGN; 3]);
    assert_eq!([0; 2].map(|_| shop.got("mallory", "/orders/99")), [None; 2]);
}

#[test]
fn somebody_new_is_refused_too() {
    let mut shop = Api::watched();
    assert_eq!(shop.got("somebody", "/orders/17"), FOREIGN);
}

#[test]
fn other_spellings_are_the_same_order() {
    let mut shop = Api::watched();
    for target in ["/orders/017", "/orders/+17", "/orders/17.0", "/orders/%317", "/orders/17?x=1"] {
        assert_eq!(shop.got("mallory", target), FOREIGN, "{target}");
    }
}

#[test]
fn an_order_is_foreign_wherever_it_is_named() {
    let mut shop = Api::watched();
    assert_eq!(shop.got("mallory", "/orders?after=17"), FOREIGN);
    for (target, body) in [
        ("/refunds", r#"{"lines":[{"order":99},{"order":"17"}]}"#),
        ("/graphql", r#"{"query":"query($x:ID){order(id:$x){n}}","variables":{"x":17}}"#),
        ("/graphql", r#"{"query":"{order(id:\"17\"){n}}"}"#),
        ("/graphql", r#"{"query":"{a:order(id:99){n} ...F} fragment F on Q{b:order(id:17){n}}"}"#),
        ("/graphql", r#"[{"query":"{order(id:99){n}}"},{"query":"{order(id:17){n}}"}]"#),
        ("/graphql?query=%7Border(id:17)%7Bn%7D%7D", ""),
    ] {
        let ask = Ask { by: "mallory", method: "POST", target, body, ..Ask::default() };
        assert_eq!(shop.refusal(ask), FOREIGN, "{target}");
        assert_eq!(shop.refusal(Ask { by: "alice", body: &body.replace("99", "1"), ..ask }), None);
    }
}

#[test]
fn a_query_by_get_is_held_to_what_is_said_of_those_by_post() {
    let mut shop = Api::watched();
    let target = "/graphql?query=query($x:ID)%7Border(id:$x)%7Bn%7D%7D&variables=%7B%22x%22:17%7D";
    assert_eq!(shop.got("mallory", target), FOREIGN);
    assert_eq!(shop.got("alice", target), None);
}

#[test]
fn what_an_alias_shows_is_handed_out_like_the_field() {
    for (body, answer) in [
        (r#"{"query":"{made{id}}"}"#, r#"{"data":{"made":{"id":17}}}"#),
        (r#"{"query":"{x:made{y:id}}"}"#, r#"{"data":{"x":{"y":17}}}"#),
        (r#"[{"query":"{x:made{id}}"}]"#, r#"[{"data":{"x":{"id":17}}}]"#),
        (r#"{"jsonrpc":"2.0","id":1,"method":"make"}"#, r#"{"jsonrpc":"2.0","result":{"id":17}}"#),
    ] {
        let mut shop = Api::watched();
        let by = Ask { by: "mallory", method: "POST", target: "/graphql", ..Ask::default() };
        assert_eq!(shop.refusal(Ask { body, answer: answer.as_bytes(), ..by }), None, "{body}");
        assert_eq!(shop.got("mallory", "/orders/17"), None, "{body}");
    }
    let mut shop = Api::watched();
    let (body, answer) = (r#"{"query":"{made:other{id}}"}"#, br#"{"data":{"made":{"id":17}}}"#);
    let by = Ask { by: "mallory", method: "POST", target: "/graphql", ..Ask::default() };
    assert_eq!(shop.refusal(Ask { body, answer, ..by }), None);
    assert_eq!(shop.got("mallory", "/orders/17"), FOREIGN, "another field by that name");
}

#[test]
fn what_an_answer_hands_out_may_be_used_however_it_comes() {
    let text = format!("{{\"id\":\"x\",\"pad\":\"{}\",\"parent\":17}}", "y".repeat(200_000));
    let packed = gzip(&text);
    for (answer, coding, pieces) in
        [(text.as_bytes(), "", 1), (text.as_bytes(), "", 16_384), (&packed, "gzip", 7)]
    {
        let mut shop = Api::watched();
        let ask =
            Ask { by: "mallory", target: "/orders/99", answer, coding, pieces, ..Ask::default() };
        assert_eq!(shop.refusal(ask), None);
        assert_eq!(shop.got("mallory", "/orders/17"), None);
    }
}

#[test]
fn a_guess_that_comes_back_was_not_handed_out() {
    let mut shop = Api::watched();
    // 500 is Bob's, who was not seen yet.
    let answer = br#"{"id":500}"#;
    let ask = Ask { by: "mallory", target: "/orders/500", answer, ..Ask::default() };
    assert_eq!(shop.refusal(ask), None);
    shop.list("bob", "500");
    shop.now_ns += 25 * HOUR_NS;
    assert_eq!(shop.got("bob", "/orders/500"), None);
    assert_eq!(shop.got("mallory", "/orders/500"), FOREIGN);
}

#[test]
fn what_cannot_be_told_refuses_nobody() {
    let mut fresh = Api::fresh();
    fresh.list("alice", "17");
    assert_eq!(fresh.got("mallory", "/orders/17"), None, "just after the start");
    let mut shop = Api::watched();
    assert_eq!(shop.got("", "/orders/17"), None, "nobody in particular");
    let (answer, coding) = (&b"?"[..], "compress");
    let ask = Ask { by: "mallory", target: "/orders", answer, coding, ..Ask::default() };
    assert_eq!(shop.refusal(ask), None);
    assert_eq!(shop.got("mallory", "/orders/17"), None, "something was not read");
}

#[test]
fn an_order_that_is_shared_is_nobodys_own() {
    let mut shop = Api::watched();
    shop.list("bob", "17");
    assert_eq!(shop.got("bob", "/orders/17"), None, "the two of them share it");
    assert_eq!(shop.got("mallory", "/orders/17"), FOREIGN);
    for n in 0..20 {
        shop.list(&format!("reader-{n}"), "17");
    }
    assert_eq!(shop.got("mallory", "/orders/17"), None, "it is published");
}

/// The ways in which frameworks take another method from a `POST`.
const OVERRIDES: [(&str, &[(&str, &str)]); 6] = [
    ("/orders/17", &[("X-HTTP-Method-Override", "DELETE")]),
    ("/orders/17", &[("x-http-method", " delete")]),
    ("/orders/17", &[("X-Method-Override", "GET")]),
    ("/orders/17", &[("x-method-override", "PURGE"), ("x-http-method-override", "DELETE")]),
    ("/orders/17?_method=delete", &[]),
    ("/orders/17?a=1&%5fmethod=%44ELETE", &[]),
];

#[test]
fn a_method_that_the_request_names_is_judged_as_that_one() {
    for (target, fields) in OVERRIDES {
        let mut shop = Api::watched();
        let ask = Ask { by: "mallory", method: "POST", target, fields, ..Ask::default() };
        assert_eq!(shop.refusal(ask), FOREIGN, "{target} {fields:?}");
        assert_eq!(shop.refusal(Ask { by: "alice", ..ask }), None, "{target} {fields:?}");
        // Servers take it from a `POST` alone.
        assert_eq!(shop.refusal(Ask { method: "PUT", ..ask }), None, "{target} {fields:?}");
    }
}

#[test]
fn a_method_that_the_body_names_is_judged_as_that_one() {
    const FORM: &str = "application/x-www-form-urlencoded";
    for (sends, body) in [
        (FORM, "a=1&_method=delete"),
        (FORM, "%5Fmethod=%20DELETE&a=1"),
        ("application/json", r#"{"_method":"DELETE","a":1}"#),
        ("application/json", r#"{"a":1,"_m\u0065thod":"GET"}"#),
    ] {
        let mut shop = Api::watched();
        let method = "POST";
        let ask =
            Ask { by: "mallory", method, target: "/orders/17", sends, body, ..Ask::default() };
        assert_eq!(shop.refusal(ask), FOREIGN, "{body}");
        assert_eq!(shop.refusal(Ask { by: "alice", ..ask }), None, "{body}");
        assert_eq!(shop.refusal(Ask { method: "PUT", ..ask }), None, "{body}");
    }
    // Deeper it is a field like any other.
    let body = r#"{"a":{"_method":"DELETE"}}"#;
    let ask = Ask { by: "mallory", method: "POST", target: "/orders/17", body, ..Ask::default() };
    assert_eq!(Api::watched().refusal(ask), None);
}

#[test]
fn a_method_that_the_request_names_does_not_replace_its_own() {
    let mut shop = Api::watched();
    let body = r#"{"lines":[{"order":17}]}"#;
    for name in ["GET", "PATCH", "PURGE"] {
        let fields = &[("x-http-method-override", name)];
        let ask = Ask { by: "mallory", method: "POST", target: "/refunds", body, ..Ask::default() };
        assert_eq!(shop.refusal(Ask { fields, ..ask }), FOREIGN, "{name}");
        assert_eq!(shop.refusal(Ask { fields, by: "alice", ..ask }), None, "{name}");
    }
}

#[test]
fn a_method_that_the_request_names_hands_out_nothing() {
    let mut shop = Api::watched();
    // The API does not obey, and shows what the call itself said.
    let fields = &[("x-http-method-override", "GET")];
    let (body, answer) = (r#"{"parent":17}"#, br#"{"parent":17}"#);
    let ask = Ask { by: "mallory", method: "POST", target: "/orders/99", ..Ask::default() };
    assert_eq!(shop.refusal(Ask { fields, body, answer, ..ask }), None);
    assert_eq!(shop.got("mallory", "/orders/17"), FOREIGN);
}

#[test]
fn whoever_is_logged_in_has_what_the_answer_handed_out() {
    // {"sub":"bob"}
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJib2IifQ.c2ln";
    let bearer = format!("Bearer {TOKEN}");
    for (place, by, sets) in [
        ("access_token", &*bearer, ""),
        ("token", &*bearer, ""),
        ("note", "sid=5f2a", "sid=5f2a; HttpOnly"),
    ] {
        let mut shop = Api::watched();
        let answer = format!("{{\"order\":17,\"{place}\":\"{TOKEN}\"}}");
        let ask = Ask { method: "POST", target: "/login", body: "{}", ..Ask::default() };
        let ask = Ask { answer: answer.as_bytes(), sets, ..ask };
        assert_eq!(shop.refusal(ask), None);
        assert_eq!(shop.got(by, "/orders/17"), None, "{place}");
        // Neither who was not logged in by it, nor nobody in particular.
        assert_eq!(shop.got("mallory", "/orders/17"), FOREIGN, "{place}");
    }
}

#[test]
fn who_is_not_logged_in_by_the_answer_has_nothing_of_it() {
    let mut shop = Api::watched();
    let token = "0123456789abcdef";
    let bearer = format!("Bearer {token}");
    let answer = format!("{{\"order\":17,\"token\":\"{token}\"}}");
    let ask = Ask { method: "POST", target: "/login", body: "{}", ..Ask::default() };
    let ask = Ask { answer: answer.as_bytes(), ..ask };
    for other in [
        Ask { status: 401, ..ask },
        Ask { by: "mallory", ..ask },
        Ask { answer: &answer.as_bytes()[..answer.len() - 4], ..ask },
    ] {
        shop.refusal(other);
        assert_eq!(shop.got(&bearer, "/orders/17"), FOREIGN, "{} {}", other.by, other.status);
    }
    assert_eq!(shop.refusal(ask), None);
    assert_eq!(shop.got(&bearer, "/orders/17"), None);
}

#[test]
fn a_call_that_logs_somebody_in_is_theirs() {
    let mut shop = Api::fresh();
    let token = "0123456789abcdef";
    let answer = format!("{{\"token\":\"{token}\"}}");
    let ask = Ask { method: "POST", target: "/login", body: "{}", ..Ask::default() };
    let ask = Ask { answer: answer.as_bytes(), ..ask };
    let subject = |shop: &mut Api, ask| shop.ask(ask).seen.subject;
    let get = |by| Ask { by, ..Ask::default() };
    let bearer = format!("Bearer {token}");
    let theirs = subject(&mut shop, get(&bearer));
    assert_eq!(subject(&mut shop, ask), theirs);
    // A log-in that failed is nobody's, and what somebody asks who is known already is their own.
    let (nobody, mallory) = (subject(&mut shop, get("")), subject(&mut shop, get("mallory")));
    for status in [302, 401] {
        assert_eq!(subject(&mut shop, Ask { status, ..ask }), nobody, "{status}");
    }
    assert_eq!(subject(&mut shop, Ask { by: "mallory", ..ask }), mallory);
    assert_eq!(subject(&mut shop, Ask { method: "GET", ..ask }), nobody);
}

#[test]
fn each_of_several_in_one_value_is_named() {
    let mut shop = Api::watched();
    for list in ["99,17", "99%2C17", "99;17", "99|17", "99+17", "99,,017"] {
        let target = format!("/orders?after={list}");
        assert_eq!(shop.got("mallory", &target), FOREIGN, "{list}");
        assert_eq!(shop.got("alice", &target.replace("99", "17")), None, "{list}");
    }
    let body = r#"{"lines":[{"order":"99, 17"}]}"#;
    let ask = Ask { by: "mallory", method: "POST", target: "/refunds", body, ..Ask::default() };
    assert_eq!(shop.refusal(ask), FOREIGN);
}

#[test]
fn a_name_in_other_letters_names_the_same() {
    let mut shop = Api::watched();
    for target in
        ["/orders?After=17", "/orders?AFTER=17", "/orders?%61fter=17", "/orders?_after=17"]
    {
        assert_eq!(shop.got("mallory", target), FOREIGN, "{target}");
        assert_eq!(shop.got("alice", target), None, "{target}");
    }
    for body in [r#"{"Lines":[{"Order":17}]}"#, r#"{"lines":[{"\u006frder":17}]}"#] {
        let ask = Ask { by: "mallory", method: "POST", target: "/refunds", body, ..Ask::default() };
        assert_eq!(shop.refusal(ask), FOREIGN, "{body}");
        assert_eq!(shop.refusal(Ask { by: "alice", ..ask }), None, "{body}");
    }
    assert_eq!(shop.got("mallory", "/orders?afterwards=17"), None, "another name");
}

#[test]
fn no_length_of_a_list_hides_what_it_names() {
    let mut shop = Api::watched();
    let list = |count| format!("/orders?after={}17", "99,".repeat(count));
    for count in [15, 16, 300, 1_000] {
        assert_eq!(shop.got("mallory", &list(count)), FOREIGN, "{count}");
    }
    // Beyond what is looked up it is told that there was more.
    let got = shop.get("mallory", &list(1_100), "{}");
    assert!(got.body.is_ok() && got.seen.oddities.contains(Oddity::TooManyValues));
    let got = shop.get("mallory", "/orders?after=99,99", "{}");
    assert!(!got.seen.oddities.contains(Oddity::TooManyValues));
}

#[test]
fn a_patch_is_held_as_the_fields_that_it_sets() {
    let terms = [Says::ReadOnly(vec!["owner".into()]), Says::OnlyKnown];
    let known = ["$[*].op", "$[*].path", "$[*].value", "$.amount", "$.order"];
    let one = EndpointTerms {
        known: known.map(Place::body).into(),
        terms: terms.into_iter().map(|says| Term { says, force: Force::Enforced }).collect(),
        ..endpoint(Method::Patch, "/standing/{id}", &[], &[])
    };
    let handed = Says::HandedOut(vec![(Place::body("$.order"), ORDER)]);
    let mut one = one;
    one.terms.push(Term { says: handed, force: Force::Enforced });
    let mut shop =
        Api::held_to(vec![one, endpoint(Method::Get, "/orders", &[], &["$.orders[*].id"])]);
    shop.list("alice", "17");
    shop.list("mallory", "99");
    shop.now_ns += 25 * HOUR_NS;
    let mut refusal = |path: &str, value: &str| {
        let body = format!(r#"[{{"op":"replace","path":"{path}","value":{value}}}]"#);
        let sends = "application/json-patch+json";
        let call = Ask { by: "mallory", method: "PATCH", target: "/standing/5", ..Ask::default() };
        shop.refusal(Ask { sends, body: &body, ..call })
    };
    assert_eq!(refusal("/amount", "5"), None);
    assert_eq!(refusal("/owner", "5"), Some(Code::ShapeReadOnlyField));
    assert_eq!(refusal("", r#"{"owner":5}"#), Some(Code::ShapeReadOnlyField));
    assert_eq!(refusal("/note", "5"), Some(Code::ShapeUndeclaredField));
    assert_eq!(refusal("/order", "99"), None);
    assert_eq!(refusal("/order", "17"), FOREIGN);
}
