//! A shop, its customers, and those who want more.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use super::*;
use crate::inventory::{Inventory, segments};
use bartizan_model::fact::{Forms, Kind, Shape, ShapeId, bucket, number};
use bartizan_model::head::Method;
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash};
use bartizan_model::moment::Moment;
use bartizan_model::observation::SubjectKind;

/// The fact of a value that stands in the place at this position, the first of so many.
pub(super) fn fact(field: usize, value: &str, times: u16) -> Fact {
    let kind = Kind::of(value.as_bytes());
    let is_number = matches!(kind, Kind::Integer | Kind::Decimal);
    let hash = value.bytes().fold(7_u64, |hash, it| mixed(hash ^ u64::from(it)));
    Fact {
        field: u16::try_from(field).unwrap(),
        kind,
        forms: Forms::NONE,
        sign: None,
        times,
        bucket: if is_number { number(value.as_bytes()).map_or(0, bucket) } else { 0 },
        score: 0,
        bytes: u32::try_from(value.len()).unwrap(),
        value: KeyedHash(hash),
    }
}

/// A field of an answer: its path, its first value, and how many there are.
type Field<'a> = (&'a str, &'a str, u16);

fn facts(values: &[(Place, &str, u16)]) -> Facts {
    let places: Vec<Place> = values.iter().map(|it| it.0.clone()).collect();
    let names = places.iter().flat_map(|it| format!("{it}\n").into_bytes());
    let id = ShapeId(names.fold(1, |hash, it| mixed(hash ^ u64::from(it))));
    let told = values.iter().enumerate().map(|(n, (_, value, times))| fact(n, value, *times));
    Facts {
        facts: told.collect(),
        shape: Arc::new(Shape { id, places }),
        more: 0,
        own: Vec::new(),
        listed: Vec::new(),
    }
}

/// An exchange as the gateway would record it.
fn exchange(
    by: u64,
    (method, path): (Method, &str),
    said: &[(Place, &str)],
    answer: &[Field<'_>],
) -> Observation {
    let mut template = String::new();
    crate::template::template(path.as_bytes(), &mut template);
    let words = segments(path).enumerate();
    let words = words.map(|(n, it)| (Place::Segment(u8::try_from(n + 1).unwrap()), it, 1));
    let request: Vec<_> = words.chain(said.iter().map(|it| (it.0.clone(), it.1, 1))).collect();
    let answer: Vec<_> = answer.iter().map(|it| (Place::body(it.0), it.1, it.2)).collect();
    Observation {
        method,
        template: template.into(),
        route: "shop".into(),
        status: 200,
        subject: SubjectId(u128::from(by)),
        client: KeyedHash(by / 2),
        request: Some(facts(&request)),
        response: (!answer.is_empty()).then(|| facts(&answer)),
        ..Observation::opened(ExchangeId::new(1, 1), Moment::default(), 1, KeyEpoch(1))
    }
}

/// What was learnt of a shop; it opened at some time.
struct Shop {
    relations: Relations,
    inventory: Inventory,
    at_us: u64,
}

impl Default for Shop {
    fn default() -> Self {
        let (relations, inventory) = (Relations::default(), Inventory::default());
        Self { relations, inventory, at_us: 1_790_000_000_000_000 }
    }
}

impl Shop {
    fn observe(&mut self, mut it: Observation) {
        self.at_us += 1_000_000;
        it.started = Moment { mono_ns: 0, wall_us: self.at_us };
        self.relations.observe(&it);
        self.inventory.observe(&it);
    }

    fn get(&mut self, by: u64, path: &str, answer: &[Field<'_>]) {
        self.observe(exchange(by, (Method::Get, path), &[], answer));
    }

    fn post(&mut self, by: u64, path: &str, said: &[(&str, &str)], answer: &[Field<'_>]) {
        let said: Vec<_> = said.iter().map(|it| (Place::body(it.0), it.1)).collect();
        self.observe(exchange(by, (Method::Post, path), &said, answer));
    }

    /// A customer looks around, orders, looks at the order and pays; the number of the order.
    fn buy(&mut self, by: u64, nth: u64) -> String {
        let (first, wanted) = (product(by + nth), product(by * 7 + nth));
        self.get(by, "/products", &[("$.items[*].id", &first, 20), ("$.page", "1", 1)]);
        self.get(by, &format!("/products/{wanted}"), &[("$.id", &wanted, 1), ("$.stars", "4", 1)]);
        let order = order(by, nth);
        let said = [("$.productId", &*wanted), ("$.quantity", "2")];
        self.post(by, "/orders", &said, &[("$.id", &order, 1), ("$.status", "open", 1)]);
        let payment = format!("pay-{}", mixed(by << 32 | nth));
        let answer = [("$.id", &*order, 1), ("$.payment.id", &*payment, 1), ("$.total", "350", 1)];
        self.get(by, &format!("/orders/{order}"), &answer);
        let path = format!("/orders/{order}/pay");
        self.post(by, &path, &[("$.paymentId", &payment)], &[("$.status", "paid", 1)]);
        order
    }

    /// A week of some customers.
    fn week(customers: u64) -> Self {
        let mut it = Self::default();
        (0..3).for_each(|nth| {
            for by in 1..=customers {
                it.buy(by, nth);
            }
        });
        it.inventory.settle();
        it
    }

    fn told(&self) -> Vec<String> {
        let edges = self.relations.of(&self.inventory, "shop");
        edges.iter().map(|it| format!("{} -> {}", it.from, it.to)).collect()
    }

    #[track_caller]
    fn edge(&self, told: &str) -> Edge {
        let edges = self.relations.of(&self.inventory, "shop");
        let found = edges.iter().find(|it| format!("{} -> {}", it.from, it.to) == told);
        found.unwrap_or_else(|| panic!("{told} is not in {:#?}", self.told())).clone()
    }

    #[track_caller]
    fn uses(&self, at: &str) -> Uses {
        let all = self.relations.explained(&self.inventory, "shop");
        let found = all.iter().find(|it| it.at.to_string() == at);
        found.unwrap_or_else(|| panic!("{at} is not in {all:#?}")).uses
    }
}

fn product(n: u64) -> String {
    format!("{:016x}a1", mixed(n % 40))
}

fn order(by: u64, nth: u64) -> String {
    (1_000 + by * 10 + nth).to_string()
}

const TO_ORDER: &str = "POST /orders $.id -> GET /orders/{orderId} orderId";

#[test]
fn a_shop_is_a_chain_of_values() {
    let shop = Shop::week(60);
    let wanted = [
        "GET /orders/{orderId} $.payment.id -> POST /orders/{orderId}/pay $.paymentId",
        TO_ORDER,
        "POST /orders $.id -> POST /orders/{orderId}/pay orderId",
        "GET /products $.items[*].id -> GET /products/{productId} productId",
        "GET /products $.items[*].id -> POST /orders $.productId",
    ];
    let mut told = shop.told();
    told.sort();
    let mut sorted = wanted;
    sorted.sort_unstable();
    assert_eq!(told, sorted);
    let edge = shop.edge(TO_ORDER);
    assert_eq!((edge.uses, edge.common, edge.of, edge.strength()), (180, 0, 180, 1_000));
    // The use that made it known says nothing of how often it holds.
    assert!(edge.fair.uses < 180 && edge.fair.uses > 130, "{edge:?}");
    assert_eq!(edge.fair.handed, edge.fair.uses);
    assert!((50..=70).contains(&edge.subjects), "{edge:?}");
    assert!(edge.first_us < edge.last_us);
    assert_eq!(shop.uses("GET /orders/{orderId} orderId").explained(), Some(1_000));
    // What everybody is shown tells nothing of who may have it.
    let products = shop.edge(wanted[3]);
    assert!(products.common > products.uses && products.fair.uses == 0, "{products:?}");
    assert_eq!(shop.uses("GET /products/{productId} productId").foreign_for_sure, 0);
}

#[test]
fn one_caller_who_uses_what_is_others_ten_thousand_times_changes_no_share() {
    let mut shop = Shop::week(40);
    let share = |shop: &Shop| shop.uses("GET /orders/{orderId} orderId").fair.explained().unwrap();
    assert_eq!(share(&shop), 1_000);
    for n in 0..10_000 {
        // It lists its own, as everybody does, so that its uses could have been explained.
        if n % 100 == 0 {
            shop.get(666, "/orders", &[("$.orders[*].id", &order(666, 0), 1)]);
        }
        shop.get(666, &format!("/orders/{}", order(1 + n % 40, 0)), &[("$.total", "350", 1)]);
    }
    assert!(share(&shop) >= 950, "{}", share(&shop));
    assert!(shop.told().contains(&TO_ORDER.to_owned()));
}

#[test]
fn who_guesses_an_identifier_has_it_from_nobody() {
    let mut shop = Shop::week(30);
    assert_eq!(shop.uses("GET /orders/{orderId} orderId").foreign, 0);
    for by in 1..=20 {
        let (path, order) = (format!("/orders/{}", order(by, 0)), order(by, 0));
        // The answer says the identifier again, and that makes it nobody's own.
        for _ in 0..2 {
            shop.get(666, &path, &[("$.id", &order, 1), ("$.total", "350", 1)]);
        }
    }
    let uses = shop.uses("GET /orders/{orderId} orderId");
    assert_eq!((uses.foreign, uses.foreign_for_sure, uses.handed), (40, 40, 90));
    assert_eq!(uses.explained(), Some(692));
    // Those who were shown such values have used their own; the stranger was shown none.
    assert_eq!(uses.fair.explained(), Some(1_000));
}

#[test]
fn a_walk_over_identifiers_that_nobody_has_is_unknown() {
    let mut shop = Shop::week(30);
    (500_000..500_100).for_each(|n| shop.get(666, &format!("/orders/{n}"), &[]));
    let uses = shop.uses("GET /orders/{orderId} orderId");
    assert_eq!((uses.unknown(), uses.foreign), (100, 0));
}

#[test]
fn two_subjects_do_not_share_what_was_handed_to_one() {
    let mut shop = Shop::default();
    for n in 0..40 {
        let (owner, other, id) = (1, 2, (7_000 + n).to_string());
        shop.get(owner, "/invoices/latest", &[("$.id", &id, 1)]);
        shop.get(owner, &format!("/invoices/{id}"), &[]);
        shop.get(other, &format!("/invoices/{id}/print"), &[]);
    }
    shop.inventory.settle();
    let told = shop.told();
    assert_eq!(told, ["GET /invoices/latest $.id -> GET /invoices/{invoiceId} invoiceId"]);
    let uses = shop.uses("GET /invoices/{invoiceId}/print invoiceId");
    // Nothing is known to hand out such values: nobody can be sure.
    assert_eq!((uses.handed, uses.foreign, uses.foreign_for_sure), (0, 40, 0));
}

#[test]
fn a_value_is_handed_out_before_it_is_used() {
    let mut shop = Shop::default();
    for n in 0..20 {
        let id = (7_000 + n).to_string();
        shop.get(1, &format!("/invoices/{id}"), &[]);
        shop.get(1, "/invoices/latest", &[("$.id", &id, 1)]);
    }
    assert!(shop.told().is_empty());
    assert_eq!(shop.relations.totals().edges, 0);
}

#[test]
fn a_failure_hands_out_nothing_and_uses_nothing() {
    let mut shop = Shop::default();
    let mut failed = |method: Method, path: &str, answer: &[Field<'_>]| {
        let it = exchange(1, (method, path), &[], answer);
        shop.observe(Observation { status: 404, ..it });
    };
    failed(Method::Get, "/invoices/latest", &[("$.id", "7000", 1)]);
    failed(Method::Get, "/invoices/7000", &[]);
    assert_eq!(shop.relations.totals(), Totals::default());
}

#[test]
fn values_that_are_the_same_by_chance_make_no_edge() {
    let mut shop = Shop::default();
    for n in 0..3_000_u64 {
        let by = 1 + n % 15;
        // As many of other things as of orders, all with numbers from the same range.
        let any = |of: u64| (100 + mixed(n * 8 + of) % 2_000).to_string();
        let (total, stock, order) = (any(1), any(2), any(3));
        shop.get(by, "/cart", &[("$.number", &total, 1), ("$.stockKey", &stock, 1)]);
        shop.get(by, &format!("/orders/{order}"), &[("$.number", &any(4), 1)]);
        shop.get(by, "/search", &[("$.page", "3", 1), ("$.size", "20", 1)]);
        shop.observe(exchange(
            by,
            (Method::Get, "/search"),
            &[(Place::query(b"page"), "3"), (Place::query(b"size"), "20")],
            &[("$.page", "3", 1), ("$.size", "20", 1)],
        ));
    }
    shop.inventory.settle();
    assert!(shop.relations.totals().edges > 0, "some are the same");
    assert!(shop.told().is_empty(), "{:?}", shop.told());
}

#[test]
fn an_enumeration_is_no_relation() {
    let mut shop = Shop::default();
    for n in 0..400 {
        let word = ["north", "south", "west-end"][n % 3];
        let by = 1 + n as u64 % 40;
        shop.get(by, "/home", &[("$.region", word, 1)]);
        shop.post(by, "/visits", &[("$.region", word)], &[]);
    }
    assert!(shop.told().is_empty(), "{:?}", shop.told());
}

#[test]
fn what_a_list_hides_is_not_held_against_its_relation() {
    let mut shop = Shop::default();
    for n in 0..200_u64 {
        let by = 1 + n % 20;
        let first = (9_000 + n * 10).to_string();
        // Every second one has a list of one item; the others take any of ten.
        let (items, taken) = if by % 2 == 0 { (1, 0) } else { (10, mixed(n) % 10) };
        shop.get(by, "/tickets", &[("$.items[*].id", &first, items)]);
        shop.get(by, &format!("/tickets/{}", 9_000 + n * 10 + taken), &[]);
    }
    shop.inventory.settle();
    let edge = shop.edge("GET /tickets $.items[*].id -> GET /tickets/{ticketId} ticketId");
    assert!((100..130).contains(&edge.uses), "{edge:?}");
    assert_eq!((edge.of, edge.fair.explained(), edge.strength()), (200, Some(1_000), 1_000));
    let uses = shop.uses("GET /tickets/{ticketId} ticketId");
    assert!(uses.explained().unwrap() < 700 && uses.foreign == 0, "{uses:?}");
    assert_eq!(uses.fair.explained(), Some(1_000));
}

#[test]
fn exchanges_without_facts_make_nobody_guilty() {
    let mut shop = Shop::week(30);
    for by in 1..=20 {
        // A colleague is shown the order in an answer of which only the shape is kept.
        let mut shared = exchange(666, (Method::Post, "/orders"), &[], &[("$.id", "1", 1)]);
        shared.response.as_mut().unwrap().facts.clear();
        shop.observe(shared);
        shop.get(666, &format!("/orders/{}", order(by, 0)), &[]);
    }
    let uses = shop.uses("GET /orders/{orderId} orderId");
    assert_eq!((uses.foreign, uses.foreign_for_sure), (20, 0));
    assert!((70..90).contains(&uses.fair.uses) && uses.fair.handed == uses.fair.uses, "{uses:?}");
}

#[test]
fn words_and_identifiers_of_one_variable_are_one() {
    let mut shop = Shop::default();
    for n in 0..60_u8 {
        let by = 1 + u64::from(n % 9);
        let word = format!("{}ra{}qy", char::from(b'a' + n % 26), char::from(b'a' + n / 26));
        let number = (400_000 + u32::from(n)).to_string();
        for login in [&*word, &*number] {
            shop.get(by, "/team", &[("$.members[*].login", login, 1)]);
            let person = [("$.bio", "a person", 1), ("$.avatar", "a picture", 1)];
            shop.get(by, &format!("/users/{login}"), &person);
        }
        // Half as many that nobody handed out.
        let guessed = format!("{}ri{}qy", char::from(b'a' + n % 26), char::from(b'a' + n / 26));
        shop.get(by, &format!("/users/{guessed}"), &[("$.bio", "a person", 1)]);
    }
    shop.inventory.settle();
    let edge = shop.edge("GET /team $.members[*].login -> GET /users/{username} username");
    assert_eq!((edge.uses, edge.of, edge.strength()), (120, 180, 666));
    assert_eq!(shop.told().len(), 1, "{:?}", shop.told());
}

#[test]
fn words_that_nobody_handed_out_take_no_room() {
    let mut shop = Shop::default();
    for word in ["orders", "payment", "returns", "delivery"] {
        shop.get(1, &format!("/help/{word}"), &[]);
    }
    let totals = shop.relations.totals();
    assert_eq!((totals.ends, totals.spots), (4, 0));
}

#[test]
fn what_one_answer_hides_another_one_does_not_tell() {
    let mut shop = Shop::default();
    for n in 0..100_u64 {
        let (by, mine) = (1 + n % 10, (9_000 + n * 10).to_string());
        shop.post(by, "/tickets", &[], &[("$.id", &mine, 1)]);
        shop.get(by, &format!("/tickets/{mine}"), &[]);
        let times = if by % 2 == 0 { 1 } else { 10 };
        shop.get(by, "/tickets", &[("$.items[*].id", &mine, times)]);
        // Of those who see many, some take another one.
        shop.get(by, &format!("/tickets/{}", 9_000 + n * 10 + (by % 2) * 3), &[]);
    }
    shop.inventory.settle();
    let uses = shop.uses("GET /tickets/{ticketId} ticketId");
    assert_eq!((uses.seen, uses.handed), (200, 150));
    // Four of each who sees one; only the first uses of those who see many came before anything was hidden from us.
    assert!((20..30).contains(&uses.fair.uses), "{uses:?}");
    assert!(uses.fair.uses - uses.fair.handed <= 1, "{uses:?}");
}

#[test]
fn a_hundred_thousand_invented_values_change_nothing() {
    let mut shop = Shop::week(60);
    let (told, before) = (shop.told(), shop.relations.totals());
    // Mallory creates what gets a number each, uses it, and calls parameters whatever comes to mind.
    for n in 0..100_000_u64 {
        let (key, name) = (format!("k{}", mixed(n)), format!("p{n}"));
        let path = (Method::Post, "/orders");
        let it = exchange(666, path, &[], &[("$.id", &key, 1), ("$.payment", &name, 1)]);
        shop.relations.observe(&it);
        let said = [(Place::query(name.as_bytes()), &*key), (Place::query(b"q"), &*name)];
        shop.relations.observe(&exchange(666, (Method::Get, "/products"), &said, &[]));
    }
    let after = shop.relations.totals();
    assert!(after.values <= VALUES_MAX && after.values > VALUES_MAX / 2, "{after:?}");
    assert!(after.spots <= SPOTS_MAX / 2 && after.spots_more > 90_000, "{after:?}");
    assert!(after.edges <= EDGES_MAX / 2 && after.edges_more > 0, "{after:?}");
    assert_eq!((after.ends, after.ends_more), (before.ends, 0));
    // All that was known before is told, whatever is told besides.
    let now = shop.told();
    assert!(told.iter().all(|it| now.contains(it)), "{now:?}");
    // Who had something before has it still, and what is new is learnt.
    (1..=60).for_each(|by| shop.get(by, &format!("/orders/{}", order(by, 2)), &[]));
    (1..=60).for_each(|by| drop(shop.buy(by, 7)));
    let uses = shop.uses("GET /orders/{orderId} orderId");
    assert_eq!((uses.seen, uses.handed), (300, 300));
}

#[test]
fn callers_are_told_by_what_they_are_known_by() {
    let mut shop = Shop::default();
    for n in 0..300_u64 {
        let (kind, path) = match n % 3 {
            0 => (SubjectKind::TokenClaim, format!("/v1/orders/{n}")),
            1 => (SubjectKind::TokenClaim, "/v1/orders".to_owned()),
            _ => (SubjectKind::ApiKey, "/v1/stock".to_owned()),
        };
        let it = exchange(n % 10, (Method::Get, &path), &[], &[]);
        shop.observe(Observation { subject_kind: kind, ..it });
    }
    let callers = shop.relations.callers(&shop.inventory, "shop");
    let calls = |it: &ByKind, kind| it.get(&kind).map_or(0, |it| it.calls);
    assert_eq!(calls(&callers.all, SubjectKind::TokenClaim), 200);
    assert_eq!(calls(&callers.groups["orders"], SubjectKind::TokenClaim), 200);
    assert_eq!(calls(&callers.groups["stock"], SubjectKind::ApiKey), 100);
    let one = &callers.endpoints["GET /v1/orders/{orderId}"];
    assert_eq!(one.keys().collect::<Vec<_>>(), [&SubjectKind::TokenClaim]);
    let known = &one[&SubjectKind::TokenClaim];
    assert!((9..=11).contains(&known.subjects.count()), "{known:?}");
    assert!((4..=6).contains(&known.clients.count()), "{known:?}");
    assert!(shop.relations.callers(&shop.inventory, "other").all.is_empty());
}

#[test]
fn further_services_and_endpoints_are_counted() {
    let mut it = Relations::default();
    let call = |n: usize| exchange(1, (Method::Get, &format!("/a{n}/{n}")), &[], &[]);
    for n in 0..SERVICES_MAX + 5 {
        it.observe(&Observation { route: format!("s{n}").into(), ..call(1) });
    }
    assert_eq!(it.totals().services_more, 5);
    let word = |n: usize| {
        let letter = |at: usize| char::from(b'a' + u8::try_from(n >> (at * 4) & 15).unwrap());
        (0..4).map(letter).collect::<String>()
    };
    for n in 0..ENDS_MAX {
        let it_is = exchange(1, (Method::Get, &format!("/{}", word(n))), &[], &[]);
        it.observe(&Observation { route: "s0".into(), ..it_is });
    }
    assert_eq!(it.totals().ends, ENDS_MAX / 2);
    assert_eq!(it.totals().ends_more, (ENDS_MAX / 2 + SERVICES_MAX) as u64);
}

#[test]
fn a_call_of_an_envelope_whose_answer_is_an_error_has_named_nothing() {
    let named = |operation: &str, answer: &[Field<'_>]| {
        let said = [(Place::body("$.issue.id"), "iss_gone1")];
        let it = exchange(1, (Method::Post, "/graphql"), &said, answer);
        is_success(&Observation { operation: operation.into(), ..it })
    };
    let query = "graphql query Issue";
    assert!(named(query, &[("$.data.issue.id", "iss_17", 1)]));
    assert!(!named(query, &[("$.errors[*].message", "no such issue", 1)]));
    assert!(!named("jsonrpc issue.get", &[("$.error.code", "-32602", 1)]));
    assert!(!named(query, &[("$[*].errors[*].message", "no such issue", 1)]));
    // `null` where there is none, other members, and what is no envelope.
    assert!(named(query, &[("$.errors", "null", 1), ("$.data.issue.id", "iss_17", 1)]));
    assert!(named(query, &[("$.data.errors[*].id", "1", 1)]));
    assert!(named("", &[("$.errors[*].message", "of the log", 1)]));
}
