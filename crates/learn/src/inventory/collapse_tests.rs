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
