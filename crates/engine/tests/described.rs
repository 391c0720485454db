//! Answers that are held to the description of their API.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_model::clause::{Clause, ClauseName, Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::place::Place;
use bartizan_spec::{Description, Limits, no_files, read};
use std::sync::Arc;
use support::{Api, Ask, Got, ask, gzip};

const SHOP: &str = r#"
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders/{id}:
    get:
      responses:
        "200":
          description: one
          content:
            application/json:
              schema:
                type: object
                required: [total]
                properties: {total: {type: number}, note: {type: string}, pin: {writeOnly: true}}
"#;

const GOOD: &str = r#"{"total":3,"note":"x"}"#;
const BAD: &str = r#"{"total":3,"pin":"1234"}"#;

fn shop(mode: Mode) -> Api {
    Api::held_to(Vec::new()).under(|rules| {
        let api = read(SHOP, "shop.yaml", &no_files, &Limits::default()).unwrap().api;
        let set_by = SetBy::Flag;
        let clauses = [Clause { name: ClauseName::DeclaredAnswer, mode, set_by }];
        let only = RouteRules {
            described: Some(Arc::new(Description::of(&api))),
            clauses: ClauseSet::new(Mode::Observe, set_by, &clauses, &[]),
            ..RouteRules::clone(&rules.base)
        };
        rules.routes = Routes::new(vec![only]);
    })
}

fn get(api: &mut Api, answer: &str) -> Got {
    api.get("alice", "/orders/1", answer)
}

#[test]
fn an_answer_that_is_not_as_it_is_declared_does_not_leave() {
    for pieces in [1, 10, 1_000] {
        let mut api = shop(Mode::Enforce);
        let got = api.ask(Ask { pieces, ..ask("alice", "/orders/1", BAD) });
        assert_eq!(got.body, Err(Code::DeclaredAnswerBody));
        assert!(got.seen.findings.iter().any(|it| it.place == Place::body("$.pin")));
        let got = api.ask(Ask { pieces, ..ask("alice", "/orders/1", GOOD) });
        assert_eq!((got.body.unwrap().as_str(), got.seen.hits.len()), (GOOD, 0));
    }
}

#[test]
fn its_media_type_and_status_are_declared_too() {
    let mut api = shop(Mode::Enforce);
    let html = Ask { media: "text/html", ..ask("alice", "/orders/1", "<p>") };
    assert_eq!(api.refusal(html), Some(Code::DeclaredAnswerHead));
    let other = Ask { status: 202, ..ask("alice", "/orders/1", GOOD) };
    assert_eq!(api.refusal(other), Some(Code::DeclaredAnswerHead));
    // Errors are for other clauses; and nobody takes a part of an answer for the whole.
    for status in [206, 404, 500] {
        let it = Ask { status, ..ask("alice", "/orders/1", "{}") };
        assert_eq!(api.refusal(it), None, "{status}");
    }
}

#[test]
fn unless_it_is_enforced_by_name_it_is_observed() {
    let mut api = shop(Mode::Observe);
    let got = get(&mut api, BAD);
    assert_eq!(got.effects(), [(Code::DeclaredAnswerBody, Effect::WouldRefuse)]);
    assert_eq!(got.body.unwrap(), BAD);
    assert_eq!(get(&mut shop(Mode::Off), BAD).effects(), []);
}

#[test]
fn what_is_compressed_is_read_and_stays_as_it_is() {
    for mode in [Mode::Observe, Mode::Enforce] {
        let mut api = shop(mode);
        let (good, bad) = (gzip(GOOD), gzip(BAD));
        let of = |answer| Ask { answer, coding: "gzip", ..ask("alice", "/orders/1", "") };
        assert_eq!(api.ask(of(&good)).effects(), []);
        assert_eq!(api.ask(of(&bad)).effects().len(), 1, "{mode:?}");
        // Of a coding that is not known nothing is said.
        let strange = Ask { coding: "strange", ..of(&bad) };
        assert_eq!(api.ask(strange).effects(), []);
    }
}

#[test]
fn what_is_too_large_to_be_held_passes() {
    let mut api = shop(Mode::Enforce);
    let large = |bytes: usize| format!(r#"{{"pin":1,"note":"{}"}}"#, "x".repeat(bytes));
    let fits = large(40_000);
    assert_eq!(get(&mut api, &fits).body, Err(Code::DeclaredAnswerBody));
    let more = large(400_000);
    let got = api.ask(Ask { pieces: 100, ..ask("alice", "/orders/1", &more) });
    assert_eq!((got.body.unwrap() == more, got.seen.hits.len()), (true, 0));
}
