//! What a field usually holds speaks for no attack there, and elsewhere it does.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::snapshot::Rules;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::content_level::ContentLevel;
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use bartizan_model::usual::{Indicator, Usual};
use std::sync::Arc;
use support::{Api, Ask, Got};

/// A line of a ticket about a database.
const QUERY: &str = "if (a == '1' or b == '2') -- no";
const ATTACK: &str = "x' UNION SELECT email, password, 1 FROM users --";

fn strict(rules: &mut Rules) {
    let clauses = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[], &[]);
    let clauses = clauses.with_content(ContentLevel::STRICT);
    rules.routes = Routes::new(vec![RouteRules { clauses, ..RouteRules::clone(&rules.base) }]);
}

fn send(api: &mut Api, target: &str, field: &str, text: &str) -> Got {
    let body = format!("{{\"{field}\":\"{text}\"}}");
    api.ask(Ask { by: "alice", method: "POST", target, body: &body, ..Ask::default() })
}

/// The signs of a finding.
fn signs(got: &Got) -> u32 {
    let finding = got.seen.findings.first().unwrap();
    u32::from_str_radix(&finding.sighting.fingerprint.to_string(), 16).unwrap()
}

#[test]
fn what_is_usual_in_a_field_refuses_nobody_there_and_everybody_elsewhere() {
    let mut api = Api::held_to(Vec::new()).under(strict);
    let before = send(&mut api, "/tickets/17", "text", QUERY);
    assert_eq!(before.body, Err(Code::ContentSqlInjection));
    let (place, code) = (Place::body("$.text"), Code::ContentSqlInjection);
    let usual = Usual {
        route: Arc::clone(&before.seen.route),
        method: Method::Post,
        path: "/tickets/{ticketId}".to_owned(),
        indicator: Indicator { place, code, signs: signs(&before) },
        callers: 20,
    };
    let mut api = api.with_usual(vec![usual]);
    let now = send(&mut api, "/tickets/18", "text", QUERY);
    assert!(now.body.is_ok());
    assert_eq!(signs(&now), signs(&before), "it is told, so that it stays usual");
    for (target, field, text) in [
        ("/tickets/18", "title", QUERY),
        ("/notes/18", "text", QUERY),
        ("/tickets/18", "text", ATTACK),
    ] {
        let got = send(&mut api, target, field, text);
        assert_eq!(got.body, Err(Code::ContentSqlInjection), "{target} {field} {text}");
    }
    // An attack beside what is usual, in one value.
    let both = format!("{ATTACK} {QUERY}");
    for target in ["/notes/18", "/tickets/18"] {
        let got = send(&mut api, target, "text", &both);
        assert_eq!(got.body, Err(Code::ContentSqlInjection), "{target}");
    }
}
