//! What is in force over time, while traffic says otherwise.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;
use bartizan_learn::inventory::leaf::Breaches;
use bartizan_learn::terms::Support;
use bartizan_model::code::Code;
use bartizan_model::usual::{Indicator, Usual};

const CANARY_US: u64 = Tempo::Usual.canary_us();

const ORDER: Resource = Resource(7);

/// What traffic speaks for at one endpoint of the shop, which refused so many calls.
fn seen(method: Method, template: &str, says: Option<Says>, refused: u64) -> Proposed {
    let breaches = Breaches { refused, ..Breaches::default() };
    let support = Support { calls: 1, subjects: 1, first_us: 0, last_us: 0, breaches, left_out: 0 };
    let proposal = |says| Proposal { says, stage: Stage::Proposed, support };
    Proposed {
        service: "shop".into(),
        method,
        template: template.to_owned(),
        known: Vec::new(),
        proposals: says.into_iter().map(proposal).collect(),
        hands_out: Vec::new(),
        shows: Shows::default(),
    }
}

/// Decides that the only clause of what was seen is held so.
fn hold(all: &mut Contracts, force: Force, seen: &[Proposed], at_us: u64) {
    let mut ids = seen.iter().flat_map(|it| it.proposals.iter().map(|of| Which::of(it, &of.says)));
    let id = ids.next().unwrap().id();
    let why = Because { by: None, at_us, reason: "x".to_owned() };
    all.decide(&id, Decision::Hold(Held::As(force)), seen, &why).unwrap();
}

fn endpoints(all: &Contracts, seen: &[Proposed], now_us: u64) -> Vec<EndpointTerms> {
    all.in_force(seen, now_us, Tempo::Usual).into_iter().flat_map(|it| it.1).collect()
}

#[track_caller]
fn check(all: &Contracts, seen: &[Proposed], now_us: u64, expected: Force) {
    let endpoints = endpoints(all, seen, now_us);
    let forces: Vec<_> = endpoints.iter().flat_map(|it| &it.terms).map(|it| it.force).collect();
    assert_eq!(forces, [expected], "after {now_us} us");
}

fn canary(refused: u64) -> [Proposed; 1] {
    [seen(Method::Post, "/orders", Some(Says::OnlyKnown), refused)]
}

#[test]
fn a_canary_that_refused_nobody_in_its_time_has_passed() {
    let mut all = Contracts::default();
    hold(&mut all, Force::Canary, &canary(3), 1);
    check(&all, &canary(3), CANARY_US, Force::Canary);
    check(&all, &canary(3), CANARY_US + 1, Force::Enforced);
    check(&all, &canary(4), CANARY_US + 1, Force::Canary);
}

#[test]
fn whom_a_canary_refused_before_it_was_decided_again_does_not_count() {
    let mut all = Contracts::default();
    hold(&mut all, Force::Canary, &canary(0), 0);
    check(&all, &canary(5), CANARY_US, Force::Canary);
    hold(&mut all, Force::Canary, &canary(5), CANARY_US);
    check(&all, &canary(5), 2 * CANARY_US - 1, Force::Canary);
    check(&all, &canary(5), 2 * CANARY_US, Force::Enforced);
    check(&all, &canary(6), 2 * CANARY_US, Force::Canary);
}

#[test]
fn a_canary_of_which_nothing_is_known_has_not_passed() {
    let mut all = Contracts::default();
    hold(&mut all, Force::Canary, &canary(0), 0);
    // Traffic does not speak for the clause any more, so nobody counted whom it refused.
    check(&all, &[seen(Method::Post, "/orders", None, 0)], CANARY_US, Force::Canary);
}

#[test]
fn what_hands_out_since_hands_out_what_was_decided_of() {
    let named = |of| Says::HandedOut(vec![(Place::Segment(2), of)]);
    let id = || Place::body("$.id");
    let one = |of| seen(Method::Get, "/orders/{orderId}", Some(named(of)), 0);
    let handing = |method, of: Resource| Proposed {
        hands_out: vec![(id(), of)],
        ..seen(method, "/orders", None, 0)
    };
    let mut all = Contracts::default();
    hold(&mut all, Force::Enforced, &[one(ORDER), handing(Method::Get, ORDER)], 0);
    // A further source made the identifiers another resource; a third one hands out something else.
    let (now, other) = (Resource(9), Resource(11));
    let parcels = Proposed { template: "/parcels".to_owned(), ..handing(Method::Get, other) };
    let seen = [one(now), handing(Method::Get, now), handing(Method::Post, now), parcels];
    let endpoints = endpoints(&all, &seen, 1);
    let hands_out = |method, path: &str| {
        let it = endpoints.iter().find(|it| it.method == method && it.path.as_str() == path);
        it.unwrap().hands_out.clone()
    };
    assert_eq!(hands_out(Method::Get, "/orders"), [(id(), now), (id(), ORDER)]);
    assert_eq!(hands_out(Method::Post, "/orders"), [(id(), now), (id(), ORDER)]);
    assert_eq!(hands_out(Method::Get, "/parcels"), [(id(), other)]);
    let held = endpoints.iter().flat_map(|it| &it.terms).map(|it| (&it.says, it.force));
    assert!(held.eq([(&named(ORDER), Force::Enforced)]), "what was decided stays");
}

#[test]
fn what_is_usual_in_a_field_is_told() {
    let place = Place::body("$.text");
    let indicator = Indicator { place, code: Code::ContentSqlInjection, signs: 1 << 14 };
    let usual = Usual {
        route: "shop".into(),
        method: Method::Post,
        path: "/tickets".to_owned(),
        indicator,
        callers: 20,
    };
    let told = |service| {
        let contracts = Contracts::default();
        shown::text(&shown::all(
            &contracts,
            (&[], std::slice::from_ref(&usual)),
            service,
            0,
            Tempo::Usual,
        ))
    };
    let line = "usual in body $.text of POST /tickets (shop), and no content.sql_injection there: ";
    assert!(told(None).starts_with(line), "{}", told(None));
    assert!(told(Some("shop")).contains("; 20 callers who have nothing to do with each other\n"));
    assert!(!told(Some("bank")).contains("usual"));
}
