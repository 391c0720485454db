//! Which words stay names of the API and which become values.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::Inventory;
use super::node::hash;
use super::seen::{ORDER, PERSON, get, templates};
use bartizan_model::head::Method;
use bartizan_model::observation::Observation;

fn name(n: u8) -> String {
    format!("{}{}ra", char::from(b'a' + n % 26), char::from(b'a' + n / 26))
}

fn user(it: &mut Inventory, name: &str) {
    it.observe(&get(&format!("/users/{name}"), 200, PERSON));
    it.observe(&get(&format!("/users/{name}/orders"), 200, ORDER));
}

fn learnt(it: &mut Inventory) -> Vec<String> {
    it.settle();
    let mut found = templates(it);
    found.sort();
    found
}

#[test]
fn a_word_beside_tokens_is_a_name_though_somebody_calls_his_so() {
    let mut it = Inventory::default();
    let chosen: &[(&str, u64)] = &[("$.title", hash("search")), ("$.total", 4)];
    for n in 0..400_u32 {
        it.observe(&get(&format!("/products/prod_{n:08}"), 200, ORDER));
        it.observe(&get("/carts", 200, chosen));
        if n % 8 == 0 {
            it.observe(&get("/products/search", 200, ORDER));
        }
    }
    assert_eq!(learnt(&mut it), ["/carts", "/products/search", "/products/{productId}"]);
}

#[test]
fn what_answers_otherwise_beside_words_is_a_name_once_it_answered_often() {
    let mut it = Inventory::default();
    for n in 0..60_u8 {
        it.observe(&get("/users/finder", 200, &[("$.hits[*].rank", 9), ("$.next", 8)]));
        user(&mut it, &name(n));
    }
    assert_eq!(learnt(&mut it), ["/users/finder", "/users/{username}", "/users/{username}/orders"]);
}

#[test]
fn few_words_that_are_called_often_are_names() {
    let mut it = Inventory::default();
    for _ in 0..60 {
        it.observe(&get("/gauges/alpha", 200, PERSON));
        it.observe(&get("/gauges/omega", 200, PERSON));
        it.observe(&get("/gauges/sigma", 200, PERSON));
        it.observe(&get("/orders/17", 200, ORDER));
    }
    let wanted = ["/gauges/alpha", "/gauges/omega", "/gauges/sigma", "/orders/{orderId}"];
    assert_eq!(learnt(&mut it), wanted);
}

#[test]
fn words_that_are_values_elsewhere_are_values_here() {
    let learn = |is_elsewhere: bool| {
        let mut it = Inventory::default();
        for n in 0..60_u8 {
            if is_elsewhere {
                user(&mut it, &name(n));
            }
            it.observe(&get("/orders/17", 200, ORDER));
        }
        for n in 0..60 {
            it.observe(&get(&format!("/blocks/{}", name(n % 12)), 204, &[]));
        }
        learnt(&mut it)
    };
    let wanted =
        ["/blocks/{blockId}", "/orders/{orderId}", "/users/{username}", "/users/{username}/orders"];
    assert_eq!(learn(true), wanted);
    assert_eq!(learn(false).len(), 13);
}

#[test]
fn the_first_of_two_values_is_called_as_where_it_is_at_home() {
    let mut it = Inventory::default();
    for n in 0..200_u32 {
        it.observe(&get(&format!("/workspaces/ws-{:06}", n % 20), 200, PERSON));
        it.observe(&get(&format!("/repositories/ws-{:06}/site-{n:06}", n % 20), 200, ORDER));
    }
    let wanted = ["/repositories/{workspaceId}/{repositoryId}", "/workspaces/{workspaceId}"];
    assert_eq!(learnt(&mut it), wanted);
}

#[test]
fn words_that_are_only_sent_to_are_actions() {
    let learn = |method| {
        let mut it = Inventory::default();
        for n in 0..240_u32 {
            let action = format!("{}2", name(u8::try_from(n % 40).unwrap()));
            let path = format!("/calls/{}/actions/{action}", 1_000 + n);
            it.observe(&Observation { method, ..get(&path, 200, PERSON) });
            it.observe(&get(&format!("/orders/{n}"), 200, ORDER));
            it.observe(&get("/carts", 200, ORDER));
        }
        learnt(&mut it).len()
    };
    assert_eq!((learn(Method::Post), learn(Method::Put)), (42, 3));
}

#[test]
fn words_that_are_called_in_different_ways_are_names() {
    let learn = |is_alike: bool| {
        let mut it = Inventory::default();
        for n in 0..480_u16 {
            let word = name(u8::try_from(n % 12).unwrap());
            let part = if is_alike { n / 12 % 4 } else { n % 12 % 4 };
            it.observe(&get(&format!("/tunnels/{word}2/part{part}"), 200, PERSON));
            it.observe(&get("/carts", 200, ORDER));
        }
        learnt(&mut it).len()
    };
    assert_eq!((learn(true), learn(false)), (5, 13));
}

#[test]
fn a_plain_word_among_keys_is_a_name() {
    let mut it = Inventory::default();
    for n in 0..400_u16 {
        let issue: &[(&str, u64)] = &[("$.summary", 1), ("$.reporter", 2), ("$.votes", 3)];
        it.observe(&get(&format!("/issue/KLM-{}", n % 60), 200, issue));
        it.observe(&get("/carts", 200, ORDER));
        if n >= 200 && n % 20 == 0 {
            it.observe(&get("/issue/picker", 200, &[("$.sections[*].hint", 9), ("$.shown", 8)]));
        }
    }
    assert_eq!(learnt(&mut it), ["/carts", "/issue/picker", "/issue/{issueId}"]);
}

#[test]
fn few_words_among_many_names_are_names() {
    let learn = |names: u8| {
        let mut it = Inventory::default();
        for n in 0..24_u8 {
            it.observe(&get(&format!("/api/{}9", name(n % 4)), 200, PERSON));
            let other = format!("$.of{}", n % names);
            let noun = ["users", "orders", "teams", "groups", "files", "jobs", "tags", "roles"];
            let noun = noun[usize::from(n % names)];
            it.observe(&get(&format!("/api/{noun}"), 200, &[(other.as_str(), 9)]));
        }
        learnt(&mut it).len()
    };
    assert_eq!((learn(1), learn(8)), (2, 12));
}

#[test]
fn words_at_the_beginning_are_rather_names() {
    let learn = |before: &str| {
        let mut it = Inventory::default();
        for n in 0..60_u8 {
            it.observe(&get(&format!("{before}/{}", name(n % 10)), 200, PERSON));
            it.observe(&get("/me", 200, ORDER));
        }
        learnt(&mut it).len()
    };
    assert_eq!((learn("/people"), learn("")), (2, 11));
}
