//! The budget of records: whoever was shown as many as the route allows waits.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::tables::rate::Rate;
use bartizan_model::code::Code;
use support::{Api, Ask, HOUR_NS, ask, gzip};

/// An API that shows each caller ten records an hour.
fn shop() -> Api {
    let records = Some(Rate { interval_ns: HOUR_NS / 10, burst: 10 });
    Api::held_to(Vec::new()).under(|it| {
        it.routes = Routes::new(vec![RouteRules { records, ..RouteRules::clone(&it.base) }]);
    })
}

const FOUR: &str = r#"{"items":[{"id":1},{"id":2,"lines":[{"n":1}]},{"id":3},{"id":4}]}"#;
const SPENT: Option<Code> = Some(Code::DisclosureBudget);

#[test]
fn whoever_was_shown_enough_waits_and_nobody_else() {
    let mut shop = shop();
    for _ in 0..3 {
        assert_eq!(shop.refusal(ask("alice", "/orders", FOUR)), None, "the last one goes beyond");
    }
    assert_eq!(shop.refusal(ask("alice", "/orders", FOUR)), SPENT);
    assert_eq!(shop.refusal(ask("alice", "/anything", "")), SPENT);
    assert_eq!(shop.refusal(ask("bob", "/orders", FOUR)), None);
    // Twelve were shown: three tenths of an hour later there is room for one again.
    shop.now_ns += 3 * HOUR_NS / 10;
    assert_eq!(shop.refusal(ask("alice", "/orders/1", r#"{"id":1}"#)), None);
    assert_eq!(shop.refusal(ask("alice", "/orders/2", r#"{"id":2}"#)), SPENT);
}

#[test]
fn one_by_one_and_compressed_counts_too() {
    let mut shop = shop();
    for n in 0..10 {
        let target = format!("/orders/{n}");
        assert_eq!(shop.refusal(ask("alice", &target, r#"{"id":1}"#)), None);
    }
    assert_eq!(shop.refusal(ask("alice", "/orders/11", r#"{"id":1}"#)), SPENT);
    let (coded, ask) = (gzip(FOUR), ask("bob", "/orders", ""));
    let coded = Ask { answer: &coded, coding: "gzip", ..ask };
    assert_eq!([0; 4].map(|_| shop.refusal(coded)), [None, None, None, SPENT]);
}

#[test]
fn who_shows_no_credential_is_its_address_and_what_is_refused_costs_nothing() {
    let mut shop = shop();
    let other = [("user-agent", "another")];
    assert_eq!([0; 3].map(|_| shop.refusal(ask("", "/orders", FOUR))), [None; 3]);
    assert_eq!(shop.refusal(Ask { fields: &other, ..ask("", "/orders", FOUR) }), SPENT);
    let failed = Ask { status: 404, ..ask("bob", "/orders", FOUR) };
    assert_eq!([0; 9].map(|_| shop.refusal(failed)), [None; 9]);
    let text = Ask { media: "text/plain", ..ask("bob", "/orders", FOUR) };
    assert_eq!([0; 9].map(|_| shop.refusal(text)), [None; 9]);
}
