//! Events of an answer: examined where the route says so, each passed on once it was looked at.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_model::clause::{Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::observation::Outcome;
use bartizan_model::place::Place;
use bartizan_model::route::Route;
use std::sync::Arc;
use support::{Api, Ask, ask, gzip};

const FINE: &str =
    ": hello\n\ndata: {\"id\":1}\n\nevent: add\ndata: an error is\ndata: no leak\n\n";
/// Its lines are apart from each other.
const TRACE: &str = "data: Traceback (most recent call last):\ndata:   File \"/srv/shop/a.py\", line 41, in get\ndata: KeyError\n\n";

fn shop(mode: Mode, inspect_events: bool, fail_open: bool) -> Api {
    Api::held_to(Vec::new()).under(|rules| {
        let plain = Route::to_everything(0);
        let only = RouteRules {
            route: Arc::new(Route { inspect_events, fail_open, ..plain }),
            clauses: ClauseSet::new(mode, SetBy::Flag, &[], &[]),
            ..RouteRules::clone(&rules.base)
        };
        rules.routes = Routes::new(vec![only]);
    })
}

fn stream(text: &str) -> Ask<'_> {
    Ask { media: "text/event-stream; charset=utf-8", ..ask("", "/events", text) }
}

#[test]
fn an_event_that_gives_something_away_ends_the_stream_wherever_it_is_cut() {
    let text = format!("{FINE}{TRACE}data: never\n\n");
    for pieces in [1, 2, 7, 50, 1_000] {
        let mut api = shop(Mode::Enforce, true, false);
        let got = api.ask(Ask { pieces, ..stream(&text) });
        let passed = got.body.unwrap();
        assert_eq!(passed, FINE, "{pieces}");
        assert_eq!(got.seen.hits.first().map(|it| it.effect), Some(Effect::Refused), "{pieces}");
        assert_eq!(got.seen.outcome, Outcome::Refused);
        let found = got.seen.findings.first().unwrap();
        assert_eq!(found.sighting.code, Code::DisclosureStackTrace);
        assert_eq!(found.place, Place::body("$event[3]"));
    }
}

#[test]
fn harmless_events_pass_as_they_are() {
    for pieces in [1, 7, 1_000] {
        let mut api = shop(Mode::Enforce, true, false);
        let got = api.ask(Ask { pieces, ..stream(FINE) });
        assert_eq!((got.body.unwrap().as_str(), got.seen.hits.len()), (FINE, 0));
    }
}

#[test]
fn what_is_observed_passes_and_is_told_once() {
    let text = [TRACE, TRACE, FINE].concat();
    let mut api = shop(Mode::Observe, true, false);
    let got = api.ask(stream(&text));
    assert_eq!(got.effects(), [(Code::DisclosureStackTrace, Effect::WouldRefuse)]);
    assert_eq!(got.seen.findings.len(), 2);
    assert_eq!((got.body.unwrap(), got.seen.outcome), (text, Outcome::Served));
}

#[test]
fn events_of_other_routes_and_answers_of_other_types_pass() {
    let mut api = shop(Mode::Enforce, false, false);
    assert_eq!(api.ask(stream(TRACE)).body.unwrap(), TRACE);
    let mut api = shop(Mode::Enforce, true, false);
    let text = Ask { media: "text/plain", ..stream(TRACE) };
    assert_eq!(api.ask(text).body.unwrap(), TRACE);
}

#[test]
fn compressed_events_are_read_and_leave_in_plain() {
    let mut api = shop(Mode::Enforce, true, false);
    let packed = gzip(FINE);
    let got = api.ask(Ask { coding: "gzip", answer: &packed, ..stream("") });
    assert_eq!(got.body.unwrap(), FINE);
    assert!(!got.fields.iter().any(|it| it == "content-encoding"), "{:?}", got.fields);
    let packed = gzip(&format!("{FINE}{TRACE}"));
    let got = api.ask(Ask { coding: "gzip", answer: &packed, ..stream("") });
    assert!(got.body.is_ok_and(|it| !it.contains("Traceback")));
    // Cut off in the middle, and of a coding that nobody knows.
    let cut = Ask { coding: "gzip", answer: packed.get(..packed.len() / 2).unwrap(), ..stream("") };
    assert_eq!(api.ask(cut).seen.outcome, Outcome::UpstreamFailed);
    let strange = Ask { coding: "strange", ..stream(FINE) };
    assert_eq!(api.refusal(strange), Some(Code::ContentUnexamined));
    let open = shop(Mode::Enforce, true, true).ask(strange);
    assert_eq!(open.effects(), [(Code::ContentUnexamined, Effect::FailedOpen)]);
    assert_eq!(open.body.unwrap(), FINE);
}

#[test]
fn an_event_that_is_too_long_obeys_its_clause() {
    let text = format!("data: {}\n\n{FINE}", "x".repeat(300_000));
    for (mode, fail_open, effect) in [
        (Mode::Enforce, false, Effect::Refused),
        (Mode::Enforce, true, Effect::FailedOpen),
        (Mode::Observe, false, Effect::WouldRefuse),
    ] {
        let mut api = shop(mode, true, fail_open);
        let got = api.ask(Ask { pieces: 16_384, ..stream(&text) });
        assert_eq!(got.effects(), [(Code::ContentUnexamined, effect)]);
        let passed = got.body.unwrap();
        assert_eq!(passed == text, effect != Effect::Refused, "{mode:?} {fail_open}");
    }
}
