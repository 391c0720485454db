#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "tests fail by panicking"
)]

use super::*;
use crate::inventory::leaf::FIELDS_MAX;
use crate::inventory::seen::{called, told};
use crate::inventory::subjects::Some64;
use bartizan_model::class::Class;
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::code::Code;
use bartizan_model::data_class::DataClass;
use bartizan_model::fact::{Facts, Forms, bucket};
use bartizan_model::id::SubjectId;
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::terms::{Beyond, Bounds, Mask, Masking, Owned, Resource, Types};
use bartizan_model::traits::{Trait, Traits};

const DAY_US: u64 = 24 * 3_600 * 1_000_000;

/// A shop after `subjects` people made an order each, over `days` days.
struct Shop {
    inventory: Inventory,
    relations: Relations,
    at_us: u64,
    said: Said,
}

fn json(values: &[(&str, &str)]) -> Facts {
    let places: Vec<_> = values.iter().map(|it| (Place::body(it.0), it.1)).collect();
    let mut facts = told(&places);
    for (fact, (_, value)) in facts.facts.iter_mut().zip(values) {
        let is_number = value.parse::<f64>().is_ok();
        fact.forms = if is_number { Forms::NUMBER } else { Forms::STRING };
    }
    facts
}

impl Shop {
    fn new() -> Self {
        let (inventory, relations) = (Inventory::default(), Relations::default());
        Self { inventory, relations, at_us: DAY_US, said: Said::default() }
    }

    fn after(subjects: u128, days: u64) -> Self {
        let mut it = Self::new();
        for n in 0..subjects {
            it.at_us += days * DAY_US / u64::try_from(subjects).unwrap();
            it.visit(n);
        }
        it.inventory.settle();
        it
    }

    fn see(&mut self, subject: u128, it: Observation) {
        self.see_by(subject, SubjectKind::ApiKey, it);
    }

    fn see_by(&mut self, subject: u128, by: SubjectKind, mut it: Observation) {
        it.subject =
            SubjectId((subject + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835));
        it.subject_kind = by;
        it.started.wall_us = self.at_us;
        self.at_us += 1;
        self.inventory.observe(&it);
        self.relations.observe(&it);
    }

    fn order(&mut self, subject: u128, sent: &[(&str, &str)], hits: &[Hit]) {
        let id = (subject * 7_919 + 100_000).to_string();
        let answer =
            json(&[("$.id", &id), ("$.item", "tea"), ("$.total", "5"), ("$.status", "new")]);
        let mut it = called(Method::Post, "/orders", 200, &[], Some(answer));
        it.request = Some(json(sent));
        it.hits = hits.to_vec();
        self.see(subject, it);
    }

    /// Makes an order, lists the orders, and reads one.
    fn visit(&mut self, subject: u128) {
        self.order(subject, &[("$.item", "tea"), ("$.n", "2")], &[]);
        let id = (subject * 7_919 + 100_000).to_string();
        let listed = json(&[("$.orders[*].id", &id), ("$.orders[*].total", "5")]);
        self.see(subject, called(Method::Get, "/orders", 200, &[], Some(listed)));
        let answer = json(&[("$.id", &id), ("$.total", "5")]);
        let path = format!("/orders/{id}");
        self.see(subject, called(Method::Get, &path, 200, &[], Some(answer)));
    }

    fn proposed(&self, method: Method, template: &str) -> Proposed {
        let said = |_: &str| self.said;
        let (inventory, relations) = (&self.inventory, &self.relations);
        let all = propose(inventory, relations, &|_, _| None, &Pace::USUAL, &said);
        let names: Vec<_> = all.iter().map(|it| it.template.clone()).collect();
        all.into_iter()
            .find(|it| it.method == method && it.template == template)
            .unwrap_or_else(|| panic!("{template} is none of {names:?}"))
    }

    fn stage(&self, clause: ClauseName) -> Option<Stage> {
        let all = self.proposed(Method::Post, "/orders").proposals;
        all.iter().find(|it| it.says.clause() == clause).map(|it| it.stage)
    }
}

#[test]
fn what_an_endpoint_takes_and_what_nobody_sets_is_told() {
    let it = Shop::after(70, 8).proposed(Method::Post, "/orders");
    assert_eq!(it.known, [Place::body("$.item"), Place::body("$.n")]);
    let says: Vec<_> = it.proposals.iter().map(|it| it.says.clone()).collect();
    let says = says.into_iter().filter(|it| !matches!(it, Says::Secret(_) | Says::Masked(_)));
    let says: Vec<_> = says.collect();
    let number = Types { forms: Forms::NUMBER.and(Forms::NULL), kinds: 0 };
    let text = Types { forms: Forms::STRING.and(Forms::NULL), kinds: 0 };
    assert_eq!(
        says,
        [
            Says::ReadOnly(vec!["id".into(), "status".into(), "total".into()]),
            Says::OnlyKnown,
            Says::Types(vec![(Place::body("$.item"), text), (Place::body("$.n"), number)]),
            Says::Required(vec![Place::body("$.item"), Place::body("$.n")]),
            Says::Bounds(vec![
                (Place::body("$.item"), Bounds { buckets: None, bytes_max: 64 }),
                (Place::body("$.n"), Bounds { buckets: Some((0, bucket(100.0))), bytes_max: 64 }),
            ]),
        ]
    );
    assert!(it.proposals.iter().all(|it| it.stage == Stage::Proposed), "{it:?}");
    assert_eq!(it.proposals[0].support.calls, 70);
}

#[test]
fn identifiers_are_of_one_resource_where_they_are_handed_out_and_named() {
    let shop = Shop::after(70, 8);
    let (one, list) =
        (shop.proposed(Method::Get, "/orders/{orderId}"), shop.proposed(Method::Get, "/orders"));
    let told = one.proposals.iter().find_map(|it| match &it.says {
        Says::HandedOut(named) => Some((named, &it.stage)),
        _ => None,
    });
    let Some((named, stage)) = told else { panic!("{one:?}") };
    let [(place, resource)] = named.as_slice() else { panic!("{named:?}") };
    assert_eq!((place, *stage), (&Place::Segment(2), Stage::Proposed));
    assert_eq!(list.hands_out, [(Place::body("$.orders[*].id"), *resource)]);
    let made = shop.proposed(Method::Post, "/orders").hands_out;
    assert_eq!(made, [(Place::body("$.id"), *resource)]);
}

#[test]
fn a_term_comes_as_far_as_calls_people_and_time_say() {
    let far = |subjects, days| {
        let shop = Shop::after(subjects, days);
        (shop.stage(ClauseName::ShapeReadOnly), shop.stage(ClauseName::ShapeUndeclared))
    };
    assert_eq!(far(20, 8), (Some(Stage::Candidate), Some(Stage::Candidate)));
    assert_eq!(far(35, 3), (Some(Stage::Observed), Some(Stage::Observed)));
    assert_eq!(far(35, 9), (Some(Stage::Proposed), Some(Stage::Observed)));
    assert_eq!(far(90, 9), (Some(Stage::Proposed), Some(Stage::Proposed)));
}

#[test]
fn one_caller_cannot_widen_a_term() {
    let mut shop = Shop::after(70, 8);
    for _ in 0..10_000 {
        let further = [("$.status", "paid"), ("$.total", "0"), ("$.x", "1"), ("$.y", "2")];
        shop.order(666, &[&[("$.item", "tea")][..], &further].concat(), &[]);
    }
    assert_eq!(shop.stage(ClauseName::ShapeUndeclared), Some(Stage::Proposed));
    let it = shop.proposed(Method::Post, "/orders");
    assert_eq!(it.known, [Place::body("$.item"), Place::body("$.n")]);
    let [Proposal { says: Says::ReadOnly(names), .. }, ..] = it.proposals.as_slice() else {
        panic!("{it:?}")
    };
    assert_eq!(names.len(), 3);
}

#[test]
fn what_many_begin_to_send_is_taken() {
    let mut shop = Shop::after(70, 8);
    for n in 0..3 {
        shop.order(n, &[("$.item", "tea"), ("$.n", "1"), ("$.status", "gift")], &[]);
    }
    let it = shop.proposed(Method::Post, "/orders");
    assert!(it.known.contains(&Place::body("$.status")));
    let [Proposal { says: Says::ReadOnly(names), .. }, ..] = it.proposals.as_slice() else {
        panic!("{it:?}")
    };
    assert_eq!(**names, ["id".into(), "total".into()]);
}

#[test]
fn what_one_caller_makes_up_is_not_what_nobody_sets() {
    let mut shop = Shop::after(70, 8);
    for _ in 0..1_000 {
        let answer = json(&[("$.id", "1"), ("$.item", "tea"), ("$.nickname", "x")]);
        let mut it = called(Method::Post, "/orders", 200, &[], Some(answer));
        it.request = Some(json(&[("$.item", "tea"), ("$.nickname", "x")]));
        shop.see(666, it);
    }
    let it = shop.proposed(Method::Post, "/orders");
    let Says::ReadOnly(names) = &it.proposals[0].says else { panic!("{it:?}") };
    assert_eq!(**names, ["id".into(), "status".into(), "total".into()]);
}

#[test]
fn one_caller_cannot_change_a_type() {
    let mut shop = Shop::after(70, 8);
    let says = |shop: &Shop| shop.proposed(Method::Post, "/orders").proposals[2].says.clone();
    let before = says(&shop);
    for _ in 0..1_000 {
        shop.order(666, &[("$.item", "tea"), ("$.n", "many")], &[]);
    }
    assert_eq!(says(&shop), before);
}

#[test]
fn a_term_that_many_break_is_not_proposed() {
    let hit = |effect| Hit { code: Code::ShapeReadOnlyField, effect, margin: 0 };
    let sent = [("$.item", "tea"), ("$.n", "2")];
    let mut shop = Shop::after(70, 8);
    for _ in 0..9 {
        shop.order(666, &sent, &[hit(Effect::WouldRefuse)]);
    }
    assert_eq!(shop.stage(ClauseName::ShapeReadOnly), Some(Stage::Proposed), "one attacker");
    for n in 1..3 {
        shop.order(n, &sent, &[hit(Effect::WouldRefuse)]);
    }
    assert_eq!(shop.stage(ClauseName::ShapeReadOnly), Some(Stage::Observed));
    let support = shop.proposed(Method::Post, "/orders").proposals[0].support;
    assert_eq!((support.breaches.passed, support.breaches.refused), (11, 0));
}

#[test]
fn after_a_release_a_broken_habit_is_proposed_when_it_held_anew() {
    let hit = Hit { code: Code::ShapeUndeclaredField, effect: Effect::WouldRefuse, margin: 0 };
    let sent = [("$.item", "tea"), ("$.coupon", "x")];
    let mut shop = Shop::after(70, 8);
    assert_eq!(shop.stage(ClauseName::ShapeUndeclared), Some(Stage::Proposed));
    let released_us = shop.at_us;
    (0..3).for_each(|n| shop.order(n, &sent, std::slice::from_ref(&hit)));
    shop.at_us += 8 * DAY_US;
    shop.visit(1);
    assert_eq!(shop.stage(ClauseName::ShapeUndeclared), Some(Stage::Observed), "nobody released");
    shop.said.released_us = Some(released_us);
    assert_eq!(shop.stage(ClauseName::ShapeUndeclared), Some(Stage::Proposed));
    // Broken again: seven days begin again.
    shop.order(4, &sent, &[hit]);
    assert_eq!(shop.stage(ClauseName::ShapeUndeclared), Some(Stage::Observed));
    // What was broken before a release is not explained by it.
    shop.at_us += 8 * DAY_US;
    shop.said.released_us = Some(shop.at_us);
    shop.visit(1);
    assert_eq!(shop.stage(ClauseName::ShapeUndeclared), Some(Stage::Observed));
}

#[test]
fn a_release_renews_no_habit_that_held() {
    let mut shop = Shop::after(70, 8);
    shop.said.released_us = Some(shop.at_us - 1);
    assert_eq!(shop.stage(ClauseName::ShapeUndeclared), Some(Stage::Proposed));
}

#[test]
fn what_is_proposed_is_observed_by_itself() {
    let shop = Shop::after(70, 8);
    let (inventory, relations) = (&shop.inventory, &shop.relations);
    let all =
        observed(&propose(inventory, relations, &|_, _| None, &Pace::USUAL, &|_| Said::default()));
    let (route, endpoints) = all.first().unwrap();
    assert_eq!(&**route, "shop");
    assert!(endpoints.iter().flat_map(|it| &it.terms).all(|it| it.force == Force::Observed));
    assert!(
        endpoints.iter().any(|it| it.path.as_str() == "/orders/{orderId}" && !it.terms.is_empty())
    );
}

#[test]
fn one_caller_cannot_do_without_a_field_nor_send_greater_values_for_all() {
    let mut shop = Shop::after(70, 8);
    let says = |shop: &Shop| {
        let all = shop.proposed(Method::Post, "/orders").proposals;
        all.iter().map(|it| it.says.clone()).collect::<Vec<_>>()
    };
    let before = says(&shop);
    for n in 0..1_000 {
        let name = format!("$.x{n}");
        shop.order(666, &[("$.n", "1000000000"), (&name, "1")], &[]);
    }
    assert_eq!(says(&shop), before);
    for n in 0..3 {
        shop.order(n, &[("$.item", "tea")], &[]);
    }
    let now = says(&shop);
    assert!(now.contains(&Says::Required(vec![Place::body("$.item")])), "{now:?}");
}

#[test]
fn where_programs_call_nothing_must_have_been_handed_out() {
    let mut shop = Shop::after(70, 8);
    let says_so = |shop: &Shop| {
        let all = shop.proposed(Method::Get, "/orders/{orderId}").proposals;
        all.iter().any(|it| it.says.clause() == ClauseName::ProvenanceReference)
    };
    for (subjects, expected) in [
        (None, true),
        (Some(Subjects::Person), true),
        (Some(Subjects::Workload), false),
        (Some(Subjects::Aggregate), false),
    ] {
        shop.said.subjects = subjects;
        assert_eq!(says_so(&shop), expected, "{subjects:?}");
    }
}

#[test]
fn a_link_that_every_call_signs_is_for_whoever_holds_it() {
    let says_so = |always: bool| {
        let mut shop = Shop::new();
        for n in 0..70_u128 {
            shop.at_us += DAY_US / 7;
            let id = (n * 7_919 + 100_000).to_string();
            let listed = json(&[("$.orders[*].id", &id), ("$.orders[*].total", "5")]);
            shop.see(n, called(Method::Get, "/orders", 200, &[], Some(listed)));
            let signature = [(Place::query(b"X-Amz-Signature"), "5f1d0a8c")];
            let query = if always || n > 3 { &signature[..] } else { &[] };
            let path = format!("/orders/{id}");
            shop.see(n, called(Method::Get, &path, 200, query, Some(json(&[("$.total", "5")]))));
        }
        shop.inventory.settle();
        let all = shop.proposed(Method::Get, "/orders/{orderId}").proposals;
        all.iter().any(|it| it.says.clause() == ClauseName::ProvenanceReference)
    };
    assert_eq!((says_so(false), says_so(true)), (true, false));
}

#[test]
fn what_one_of_two_live_versions_leaves_out_is_taken_and_not_required() {
    let mut shop = Shop::new();
    for n in 0..70_u128 {
        shop.at_us += DAY_US / 7;
        let sent = [("$.item", "tea"), ("$.coupon", "x")];
        shop.order(n, sent.get(..1 + usize::from(n % 2 == 0)).unwrap(), &[]);
    }
    shop.inventory.settle();
    let it = shop.proposed(Method::Post, "/orders");
    let (item, coupon) = (Place::body("$.item"), Place::body("$.coupon"));
    assert_eq!(it.known, [coupon, item.clone()]);
    let proposed =
        |of: &Says| it.proposals.iter().any(|it| it.says == *of && it.stage == Stage::Proposed);
    assert!(proposed(&Says::Required(vec![item])) && proposed(&Says::OnlyKnown), "{it:?}");
}

#[test]
fn what_one_service_shows_speaks_for_no_other() {
    let mut shop = Shop::after(70, 8);
    let mut other = called(Method::Post, "/orders", 200, &[], Some(json(&[("$.id", "1")])));
    other.route = "production".into();
    other.request = Some(json(&[("$.item", "tea")]));
    shop.see(1, other);
    let (inventory, relations) = (&shop.inventory, &shop.relations);
    let all = propose(inventory, relations, &|_, _| None, &Pace::USUAL, &|_| Said::default());
    let of = |service: &str| {
        let mut of = all.iter().filter(|it| &*it.service == service && it.method == Method::Post);
        of.find(|it| it.template == "/orders").unwrap_or_else(|| panic!("{service}: {all:?}"))
    };
    let far = |service| of(service).proposals.iter().map(|it| it.stage).max();
    assert_eq!((far("shop"), of("shop").known.len()), (Some(Stage::Proposed), 2));
    assert_eq!((far("production"), of("production").known.len()), (Some(Stage::Candidate), 0));
}

/// A bank after `customers` people looked at themselves, their accounts and one account, `staff` at all of them.
fn bank(customers: u128, staff: u128) -> Shop {
    let mut it = Shop::new();
    let number = |n: u128| (n * 31 + 500).to_string();
    for round in 0..3 {
        for n in 0..customers {
            it.at_us += 4 * DAY_US / u64::try_from(customers).unwrap();
            let (id, account) = (number(n), (n * 17 + 90_000).to_string());
            let me = json(&[("$.id", &id), ("$.password", "x")]);
            it.see(n, called(Method::Get, "/me", 200, &[], Some(me)));
            let all = json(&[("$[*].ownerId", &id), ("$[*].iban", "x")]);
            it.see(n, called(Method::Get, "/accounts", 200, &[], Some(all)));
            let one = json(&[("$.ownerId", &id), ("$.rank", &round.to_string())]);
            let path = format!("/accounts/{account}");
            it.see(n, called(Method::Get, &path, 200, &[], Some(one)));
        }
    }
    for n in 0..staff * 10 {
        let one = json(&[("$.ownerId", &number(n)), ("$.rank", "1")]);
        let path = format!("/accounts/{}", n * 17 + 90_000);
        it.see(1_000 + n % staff.max(1), called(Method::Get, &path, 200, &[], Some(one)));
    }
    it.inventory.settle();
    it
}

fn owned(it: &Proposed) -> Option<&[Owned]> {
    it.proposals.iter().find_map(|it| match &it.says {
        Says::Owned(all) => Some(all.as_slice()),
        _ => None,
    })
}

#[test]
fn whose_an_object_is_is_told_by_what_callers_are_shown_unasked() {
    let bank = bank(40, 4);
    let one = bank.proposed(Method::Get, "/accounts/{accountId}");
    let [it] = owned(&one).unwrap() else { panic!("{one:?}") };
    assert_eq!((&it.place, it.is_exclusive), (&Place::body("$.ownerId"), true));
    // Who a caller is, both endpoints show that name nobody.
    let me = bank.proposed(Method::Get, "/me");
    assert!(me.shows.caller.contains(&(Place::body("$.id"), it.owners)), "{me:?}");
    let list = bank.proposed(Method::Get, "/accounts");
    assert!(list.shows.caller.contains(&(Place::body("$[*].ownerId"), it.owners)));
    assert!(one.shows.caller.is_empty(), "whoever names an account chooses what is shown");
}

#[test]
fn what_tokens_say_tells_whom_requests_name() {
    let mut shop = Shop::new();
    for round in 0..4_u64 {
        for n in 0..40_u128 {
            shop.at_us += DAY_US / 10;
            let team = &(7_000 + n % 12).to_string();
            let path = format!("/teams/{team}/tasks/{}", 10_000 + n * 10 + u128::from(round));
            let claims = [("sub", format!("user{n}")), ("team", team.clone())];
            let claims: Vec<_> = claims
                .iter()
                .map(|it| (Place::header(format!("authorization.{}", it.0).as_bytes()), &*it.1))
                .collect();
            let answer = json(&[("$.assignee.id", &format!("user{n}")), ("$.title", "x")]);
            shop.see(n, called(Method::Get, &path, 200, &claims, Some(answer)));
        }
    }
    shop.inventory.settle();
    let all =
        propose(&shop.inventory, &shop.relations, &|_, _| None, &Pace::USUAL, &|_| Said::default());
    let [it] = all.as_slice() else { panic!("{all:?}") };
    let belongs = it.proposals.iter().find_map(|it| match &it.says {
        Says::Belongs(all) => Some(all.as_slice()),
        _ => None,
    });
    assert!(belongs.is_some(), "{it:?}");
    let [named] = belongs.unwrap() else { panic!("{belongs:?}") };
    assert_eq!((&named.place, named.objects), (&Place::Segment(2), None));
    assert!(it.shows.claims.contains(&("team".into(), named.owners)), "{:?}", it.shows);
    let [owned] = owned(it).unwrap() else { panic!("{it:?}") };
    assert_eq!(owned.place, Place::body("$.assignee.id"));
    assert!(it.shows.claims.contains(&("sub".into(), owned.owners)));
}

#[test]
fn what_everybody_is_shown_of_everybody_is_nobodys() {
    let mut bank = bank(40, 0);
    for n in 0..400_u128 {
        let one = json(&[("$.ownerId", &(n % 7).to_string()), ("$.rank", "1")]);
        let path = format!("/accounts/{}", n * 17 + 90_000);
        bank.see(n % 40, called(Method::Get, &path, 200, &[], Some(one)));
    }
    assert_eq!(owned(&bank.proposed(Method::Get, "/accounts/{accountId}")), None);
}

#[test]
fn secrets_are_masked_for_all_and_data_of_people_for_others_than_their_owner() {
    let bank = bank(40, 0);
    let class_of = |place: &Place, _: &crate::inventory::leaf::Field| match place {
        Place::Body(path) if path == "$.password" => Some(Class::BuiltIn(DataClass::Password)),
        Place::Body(path) if path == "$[*].iban" => Some(Class::BuiltIn(DataClass::Iban)),
        _ => None,
    };
    let all =
        propose(&bank.inventory, &bank.relations, &class_of, &Pace::USUAL, &|_| Said::default());
    let says = |template: &str| {
        let it = all.iter().find(|it| it.template == template).unwrap();
        it.proposals.iter().map(|it| it.says.clone()).collect::<Vec<_>>()
    };
    let found = says("/me").into_iter().find_map(|it| match it {
        Says::Secret(it) => Some(it.fields),
        _ => None,
    });
    let [secret] = found.as_deref().unwrap() else { panic!("{found:?}") };
    assert_eq!((&secret.place, secret.mask), (&Place::body("$.password"), Mask::Full));
    let found = says("/accounts").into_iter().find_map(|it| match it {
        Says::Masked(it) => Some(it.fields),
        _ => None,
    });
    let [data] = found.as_deref().unwrap() else { panic!("{found:?}") };
    let owner = data.unless_own.as_ref().map(|it| it.place.clone());
    assert_eq!(
        (&data.place, owner),
        (&Place::body("$[*].iban"), Some(Place::body("$[*].ownerId")))
    );
}

/// What is said of fields that answers of the list did not have.
fn beyond(it: &Shop) -> Option<Beyond> {
    let all = it.proposed(Method::Get, "/orders").proposals;
    let of = |clause| {
        let found = all.iter().find(|it| it.says.clause() == clause)?;
        match &found.says {
            Says::Secret(of) | Says::Masked(of) => of.beyond.clone(),
            _ => None,
        }
    };
    let (secret, data) = (of(ClauseName::DisclosureSecret), of(ClauseName::DisclosureData));
    assert_eq!(secret.is_some(), data.is_some());
    data
}

fn known(it: &Beyond) -> Vec<String> {
    it.known.iter().map(|it| it.to_string()).collect()
}

#[test]
fn fields_that_answers_never_had_are_spoken_of_where_all_are_known() {
    let mut it = Shop::after(70, 8);
    let stage = |it: &Shop, clause| {
        let all = it.proposed(Method::Get, "/orders").proposals;
        all.iter().find(|it| it.says.clause() == clause).map(|it| it.stage)
    };
    for clause in [ClauseName::DisclosureSecret, ClauseName::DisclosureData] {
        assert_eq!(stage(&it, clause), Some(Stage::Proposed), "{clause:?}");
    }
    assert_eq!(known(&beyond(&it).unwrap()), ["body $.orders[*].id", "body $.orders[*].total"]);
    // Twenty people show no habit, and a password is none of them.
    let mut few = Shop::after(20, 8);
    (0..20).for_each(|n| few.visit(n));
    assert_eq!(stage(&few, ClauseName::DisclosureSecret), Some(Stage::Proposed));
    assert_eq!(stage(&few, ClauseName::DisclosureData), Some(Stage::Observed));
    assert_eq!(beyond(&Shop::after(29, 8)), None, "29 answers are too few");
    // What two were shown is none that answers have; what three were, is.
    for subject in [1, 2, 3] {
        let answer = json(&[("$.orders[*].id", "1"), ("$.mail", "ann@mail.example")]);
        it.see(subject, called(Method::Get, "/orders", 200, &[], Some(answer)));
        let has = known(&beyond(&it).unwrap()).contains(&"body $.mail".to_owned());
        assert_eq!(has, subject == 3);
    }
    // Answers that are longer than what is read of them take nothing back, and say nothing by themselves.
    let mut long = Shop::after(29, 8);
    for n in 0..40 {
        let mut answer = json(&[("$.orders[*].id", "1")]);
        answer.more = 1;
        for shop in [&mut it, &mut long] {
            let seen = called(Method::Get, "/orders", 200, &[], Some(answer.clone()));
            shop.see(n, seen);
        }
    }
    assert!(beyond(&it).is_some());
    assert_eq!(beyond(&long), None);
    // Where there is no room for all fields, none is known to be new.
    for n in 0..u32::try_from(FIELDS_MAX).unwrap() {
        let answer = json(&[(&format!("$.f{n}"), "1")]);
        it.see(1, called(Method::Get, "/orders", 200, &[], Some(answer)));
    }
    assert_eq!(beyond(&it), None);
}

#[test]
fn what_is_called_by_values_or_was_never_filled_is_open() {
    let mut it = Shop::after(70, 8);
    for n in 0..6_u128 {
        let path = format!("$.by.k{n}.total");
        let mut answer =
            json(&[("$.orders[*].id", "1"), (&path, "5"), ("$.meta.a", "1"), ("$.none", "")]);
        answer.facts[3].forms = Forms::LIST;
        it.see(n, called(Method::Get, "/orders", 200, &[], Some(answer)));
    }
    let found = beyond(&it).unwrap();
    assert_eq!(found.open, [Place::body("$.by"), Place::body("$.none")]);
    assert!(known(&found).contains(&"body $.meta.a".to_owned()));
}

#[test]
fn fields_that_tell_whose_something_is_are_told_of_data_and_not_of_secrets() {
    let it = bank(70, 8);
    let said = |_: &str| Said::default();
    let all = propose(&it.inventory, &it.relations, &|_, _| None, &Pace::USUAL, &said);
    let accounts = all.iter().find(|it| it.template == "/accounts").unwrap();
    let mut owners = Vec::new();
    for it in &accounts.proposals {
        match &it.says {
            Says::Secret(of) => assert!(of.beyond.as_ref().unwrap().owners.is_empty()),
            Says::Masked(of) => {
                let all = &of.beyond.as_ref().unwrap().owners;
                owners.extend(all.iter().map(|it| it.place.to_string()));
            }
            _ => {}
        }
    }
    assert_eq!(owners, ["body $[*].ownerId"]);
}

#[test]
fn a_field_that_was_new_when_it_came_breaks_nothing_for_good() {
    let callers = (0..3).map(|n| Some64::of(SubjectId(n)));
    let subjects = callers.fold(Some64::default(), Some64::and);
    let breaches = Breaches { passed: 3, subjects, last_us: 9 * DAY_US, ..Breaches::default() };
    let far = |says: &Says, last_us| {
        let (calls, subjects, first_us, left_out) = (90, 90, DAY_US, 0);
        let support = Support { calls, subjects, first_us, last_us, breaches, left_out };
        stage(says, false, &support, &Pace::USUAL, None)
    };
    let new = Says::Masked(Masking { fields: Vec::new(), beyond: Some(Beyond::default()) });
    assert_eq!(far(&new, 10 * DAY_US), Stage::Observed);
    assert_eq!(far(&new, 16 * DAY_US), Stage::Proposed);
    assert_eq!(far(&Says::OnlyKnown, 16 * DAY_US), Stage::Observed, "habit that is broken");
}

#[test]
fn the_risk_is_that_of_the_rule_of_three() {
    let support = |subjects| Support {
        calls: 1,
        subjects,
        first_us: 0,
        last_us: 0,
        breaches: Breaches::default(),
        left_out: 0,
    };
    assert_eq!((support(0).risk(), support(60).risk(), support(3_000).risk()), (1_000, 50, 1));
}

#[test]
fn the_operations_of_an_envelope_are_held_together() {
    let mut it = Shop::new();
    for n in 0..70_u128 {
        it.at_us += DAY_US / 7;
        let id = format!("ord_{}x", n * 7_919 + 100_000);
        for (operation, sent, shown) in [
            ("graphql mutation make", ("$.make.item", "tea"), "$.data.make.id"),
            ("graphql query order", ("$.order.id", id.as_str()), "$.data.order.id"),
            ("graphql mutation pay", ("$.pay.for", id.as_str()), "$.data.pay.done"),
        ] {
            let answer = json(&[(shown, &id), ("$.data.make.total", "5")]);
            let mut call = called(Method::Post, "/graphql", 200, &[], Some(answer));
            call.request = Some(json(&[sent]));
            call.operation = operation.into();
            it.see(n, call);
        }
    }
    it.inventory.settle();
    let all = it.proposed(Method::Post, "/graphql");
    assert_eq!(all.known, ["$.make.item", "$.order.id", "$.pay.for"].map(Place::body));
    let named = all.proposals.iter().find_map(|it| match &it.says {
        Says::HandedOut(all) => Some(all.iter().map(|it| it.0.clone()).collect::<Vec<_>>()),
        _ => None,
    });
    assert_eq!(named, Some(vec![Place::body("$.order.id"), Place::body("$.pay.for")]));
    let says = |of: ClauseName| all.proposals.iter().any(|it| it.says.clause() == of);
    assert!(says(ClauseName::ShapeUndeclared) && says(ClauseName::ShapeReadOnly));
    assert!(!says(ClauseName::ShapeRequired), "no operation takes what another does");
    assert_eq!(all.proposals[0].support.calls, 210);
}

/// What requests of an endpoint name that was handed out.
fn handed_out(it: &Proposed) -> &[(Place, Resource)] {
    let told = it.proposals.iter().find_map(|it| match &it.says {
        Says::HandedOut(named) => Some(named.as_slice()),
        _ => None,
    });
    told.unwrap_or_default()
}

#[test]
fn what_stands_at_the_same_place_of_a_path_is_the_same_resource() {
    let mut shop = Shop::after(70, 8);
    // Too few calls to be told of by themselves.
    for n in 0..5_u128 {
        let id = n * 7_919 + 100_000;
        for (method, path) in [
            (Method::Delete, format!("/orders/{id}")),
            (Method::Get, format!("/orders/{id}/lines/{}", n + 1)),
            (Method::Get, format!("/parcels/{id}")),
        ] {
            shop.see(n, called(method, &path, 200, &[], Some(json(&[("$.done", "1")]))));
        }
    }
    shop.inventory.settle();
    let named = |method, template: &str| handed_out(&shop.proposed(method, template)).to_vec();
    let read = named(Method::Get, "/orders/{orderId}");
    let [(Place::Segment(2), _)] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!(named(Method::Delete, "/orders/{orderId}"), read);
    let lines = shop.inventory.endpoints();
    let lines = lines.iter().map(|it| it.template()).find(|it| it.contains("/lines/")).unwrap();
    assert_eq!(named(Method::Get, &lines), read, "what is behind it is another's");
    let all = shop.inventory.endpoints();
    let parcels = all.iter().map(|it| it.template()).find(|it| it.starts_with("/parcels")).unwrap();
    assert_eq!(named(Method::Get, &parcels), [], "{parcels}");
}

#[test]
fn a_parameter_of_the_same_path_is_the_same_resource() {
    let mut shop = Shop::new();
    let reference = |n: u128| (n * 7_919 + 100_000).to_string();
    let asked = |method, path: &str, n: u128| {
        let sent = [(Place::query(b"ref"), reference(n))];
        let sent: Vec<_> = sent.iter().map(|it| (it.0.clone(), &*it.1)).collect();
        called(method, path, 200, &sent, Some(json(&[("$.total", "5")])))
    };
    for n in 0..70_u128 {
        shop.at_us += DAY_US / 7;
        let listed = json(&[("$.orders[*].ref", &reference(n))]);
        shop.see(n, called(Method::Get, "/orders", 200, &[], Some(listed)));
        shop.see(n, asked(Method::Get, "/order", n));
    }
    for n in 0..5_u128 {
        shop.see(n, asked(Method::Delete, "/order", n));
        shop.see(n, asked(Method::Get, "/parcel", n));
    }
    shop.inventory.settle();
    let named = |method, template: &str| handed_out(&shop.proposed(method, template)).to_vec();
    let read = named(Method::Get, "/order");
    let [(place, _)] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!(*place, Place::query(b"ref"));
    assert_eq!(named(Method::Delete, "/order"), read);
    assert_eq!(named(Method::Get, "/parcel"), []);
}

/// What a link is made for, where of each other call of those who make orders it was not seen what it was answered with; `foreign`
/// of them name what others were handed.
fn links(foreign: u128) -> Vec<(Place, Resource)> {
    let mut shop = Shop::new();
    let reference = |n: u128| format!("BK-{}", n * 7_919 + 100_000);
    for n in 0..70_u128 {
        shop.at_us += DAY_US / 7;
        let listed = json(&[("$.orders[*].ref", &reference(n))]);
        shop.see(n, called(Method::Get, "/orders", 200, &[], Some(listed)));
        let read = format!("/orders/{}", reference(n));
        shop.see(n, called(Method::Get, &read, 200, &[], Some(json(&[("$.total", "5")]))));
        let of = if (1..=foreign).contains(&n) { n - 1 } else { n };
        for of in [of, n + 1_000] {
            let sent = (Place::query(b"ref"), reference(of));
            let sent = [(sent.0, &*sent.1)];
            let answer = Some(json(&[("$.url", "x")]));
            shop.see(n, called(Method::Get, "/links", 200, &sent, answer));
        }
    }
    shop.inventory.settle();
    handed_out(&shop.proposed(Method::Get, "/links")).to_vec()
}

#[test]
fn who_names_their_own_wherever_that_is_known_names_what_they_were_handed() {
    let named = links(0);
    let [(place, _)] = named.as_slice() else { panic!("{named:?}") };
    assert_eq!(*place, Place::query(b"ref"));
    assert_eq!(links(10), []);
}

/// A bank of forty customers who are shown whose the accounts are, and read those; each of them shares one if `is_shared`.
fn accounts(is_shared: bool) -> Shop {
    let mut it = Shop::new();
    let number = |n: u128| (n * 31 + 500).to_string();
    let account = |n: u128| (n * 17 + 90_000).to_string();
    for round in 0..3_u32 {
        for n in 0..40_u128 {
            it.at_us += DAY_US / 10;
            let shared = (n + 1) % 40;
            let me = json(&[("$.id", &number(n))]);
            it.see(n, called(Method::Get, "/me", 200, &[], Some(me)));
            let seen = if is_shared { vec![n, shared] } else { vec![n] };
            let listed: Vec<_> = seen.iter().map(|it| (account(*it), number(*it))).collect();
            let fields = listed.iter().flat_map(|it| {
                [("$.all[*].number", it.0.as_str()), ("$.all[*].ownerId", it.1.as_str())]
            });
            let listed = json(&fields.collect::<Vec<_>>());
            it.see(n, called(Method::Get, "/accounts", 200, &[], Some(listed)));
            for of in seen {
                let one = json(&[("$.ownerId", &number(of)), ("$.rank", &round.to_string())]);
                let path = format!("/accounts/{}", account(of));
                it.see(n, called(Method::Get, &path, 200, &[], Some(one)));
            }
            let path = format!("/accounts/{}/statement", account(n));
            let statement = json(&[("$.ownerId", &number(n)), ("$.total", "5")]);
            it.see(n, called(Method::Get, &path, 200, &[], Some(statement)));
        }
    }
    it.inventory.settle();
    it
}

#[test]
fn an_object_that_is_shared_belongs_to_nobody_alone() {
    let belongs = |it: &Shop, template: &str| {
        let it = it.proposed(Method::Get, template);
        it.proposals.into_iter().find_map(|it| match it.says {
            Says::Belongs(all) => Some(all),
            _ => None,
        })
    };
    let templates = ["/accounts/{accountId}", "/accounts/{accountId}/statement"];
    let own = accounts(false);
    for template in templates {
        let all = belongs(&own, template).unwrap_or_else(|| panic!("{template}"));
        assert!(all.iter().all(|it| it.place == Place::Segment(2) && it.objects.is_some()));
    }
    let shared = accounts(true);
    for template in templates {
        assert_eq!(belongs(&shared, template), None, "{template}");
        assert_ne!(handed_out(&shared.proposed(Method::Get, template)), [], "{template}");
    }
}

#[test]
fn where_people_share_things_they_are_shown_their_own_or_what_they_were_handed() {
    let one = |it: &Shop| {
        let it = it.proposed(Method::Get, "/accounts/{accountId}");
        let [owned] = owned(&it).unwrap_or_else(|| panic!("{it:?}")) else { panic!("{it:?}") };
        (owned.place.clone(), owned.unless_given, it.shows.others.is_nobody())
    };
    let owner = Place::body("$.ownerId");
    assert_eq!(one(&accounts(false)), (owner.clone(), false, true));
    // Nobody is excepted for reading what was shared with them.
    assert_eq!(one(&accounts(true)), (owner, true, true));
}

#[test]
fn where_several_are_shown_others_at_times_these_are_shared() {
    let mut bank = bank(40, 0);
    let one = |it: &Shop| {
        let it = it.proposed(Method::Get, "/accounts/{accountId}");
        owned(&it).unwrap_or_else(|| panic!("{it:?}"))[0].unless_given
    };
    let read = |n: u128, hits: Vec<Hit>| {
        let answer = json(&[("$.ownerId", &(n * 31 + 500).to_string()), ("$.rank", "1")]);
        let path = format!("/accounts/{}", n * 17 + 90_000);
        Observation { hits, ..called(Method::Get, &path, 200, &[], Some(answer)) }
    };
    for n in 0..40 {
        let listed = json(&[("$.all[*].number", &(n * 17 + 90_000).to_string())]);
        bank.see(n, called(Method::Get, "/mine", 200, &[], Some(listed)));
        bank.see(n, read(n, Vec::new()));
    }
    assert!(!one(&bank));
    let hit = Hit { code: Code::OwnerForeign, effect: Effect::WouldRefuse, margin: 0 };
    for n in 0..4 {
        bank.see(n, read(n, vec![hit]));
    }
    assert!(one(&bank));
}

#[test]
fn whom_the_application_turns_away_itself_breaks_nothing() {
    let mut shop = Shop::after(70, 8);
    let breaches = |it: &Shop| {
        let it = it.proposed(Method::Post, "/orders");
        let found = it.proposals.iter().find(|it| it.says == Says::Credential).cloned();
        found.map(|it| (it.support.breaches.passed, it.stage))
    };
    let hit = Hit { code: Code::CredentialMissing, effect: Effect::WouldRefuse, margin: 0 };
    let logged_out = |status| Observation {
        hits: vec![hit],
        ..called(Method::Post, "/orders", status, &[], None)
    };
    (0..5).for_each(|n| shop.see(n, logged_out(401)));
    assert_eq!(breaches(&shop), Some((0, Stage::Proposed)));
    (0..5).for_each(|n| shop.see(n, logged_out(200)));
    assert_eq!(breaches(&shop), Some((5, Stage::Observed)));
}

#[test]
fn what_is_called_over_tls_alone_is_held_to_that() {
    let tls = |calls: &dyn Fn(u128) -> (Traits, SubjectKind)| {
        let mut shop = Shop::new();
        for n in 0..70 {
            shop.at_us += DAY_US / 7;
            let mut call = called(Method::Get, "/stock", 200, &[], Some(json(&[("$.n", "1")])));
            let by;
            (call.traits, by) = calls(n);
            shop.see_by(n, by, call);
        }
        shop.inventory.settle();
        let it = shop.proposed(Method::Get, "/stock");
        let mut all = it.proposals.into_iter();
        all.find_map(|it| match it.says {
            Says::Tls { certificate } => Some((certificate, it.stage)),
            _ => None,
        })
    };
    let over = |is_plain: bool| {
        let mut all = Traits::default();
        all.insert(Trait::RequestSeen);
        all.insert_if(Trait::PlainText, is_plain);
        all
    };
    let key = SubjectKind::ApiKey;
    assert_eq!(tls(&|_| (over(false), key)), Some((false, Stage::Proposed)));
    let certified = |_| (over(false), SubjectKind::Certificate);
    assert_eq!(tls(&certified), Some((true, Stage::Proposed)));
    assert_eq!(tls(&|n| (over(n == 3), key)), None, "somebody comes without");
    assert_eq!(tls(&|_| (Traits::default(), key)), None, "nothing is known");
}

#[test]
fn of_what_a_team_shares_each_is_somebodys() {
    let mut it = Shop::new();
    let member = |n: u128| format!("mem_{}x", n * 7_919 + 100_000);
    let issue = |n: u128, of: u128| format!("iss_{}x", n * 104_729 + of * 1_299_709 + 500_000);
    let call = |operation: &str, sent: &[(&str, &str)], shown: &[(&str, &str)]| {
        let mut call = called(Method::Post, "/graphql", 200, &[], Some(json(shown)));
        call.request = Some(json(sent));
        call.operation = format!("graphql query {operation}").into();
        call
    };
    for round in 0..6 {
        for n in 0..40_u128 {
            it.at_us += DAY_US / 20;
            let own = member(n);
            let mut home = vec![("$.data.viewer.id", own.as_str())];
            home.extend(["a", "b", "c", "d", "e", "f", "g", "h"].map(|_| ("$.data.x.id", "1")));
            it.see(n, call("home", &[("$.viewer", "")], &home));
            // Four make a team, and see each other's.
            let of = n / 4 * 4 + (n + round) % 4;
            let listed = issue(of, round);
            let all = [("$.data.project.issues[*].id", listed.as_str())];
            it.see(n, call("project", &[("$.project.id", "17")], &all));
            let author = member(of);
            let shown = [("$.data.issue.author.id", author.as_str())];
            it.see(n, call("issue", &[("$.issue.id", &listed)], &shown));
        }
    }
    it.inventory.settle();
    let all = it.proposed(Method::Post, "/graphql");
    let author = Place::body("$.data.issue.author.id");
    let found = owned(&all).into_iter().flatten().find(|it| it.place == author);
    let found = found.unwrap_or_else(|| panic!("{all:?}"));
    assert!(found.unless_given && found.is_exclusive);
    assert!(all.shows.caller.contains(&(Place::body("$.data.viewer.id"), found.owners)));
    assert!(all.shows.others.is_nobody());
}

#[test]
fn whoever_is_shown_something_masked_was_not_refused() {
    let mut bank = bank(40, 0);
    let hit = |effect| Hit { code: Code::DisclosureSecret, effect, margin: 0 };
    let me = |effect| {
        let me = json(&[("$.id", "500"), ("$.password", "x")]);
        Observation { hits: vec![hit(effect)], ..called(Method::Get, "/me", 200, &[], Some(me)) }
    };
    let class_of = |place: &Place, _: &crate::inventory::leaf::Field| {
        (*place == Place::body("$.password")).then_some(Class::BuiltIn(DataClass::Password))
    };
    let breaches = |bank: &Shop| {
        let (inventory, relations) = (&bank.inventory, &bank.relations);
        let all = propose(inventory, relations, &class_of, &Pace::USUAL, &|_| Said::default());
        let all = all.into_iter().find(|it| it.template == "/me").unwrap().proposals;
        let it = all.iter().find(|it| it.says.clause() == ClauseName::DisclosureSecret).unwrap();
        let it = it.support.breaches;
        (it.passed, it.refused, it.subjects.at_least())
    };
    (0..5).for_each(|n| bank.see(n, me(Effect::Scrubbed)));
    assert_eq!(breaches(&bank), (0, 0, 0));
    (0..5).for_each(|n| bank.see(n, me(Effect::WouldScrub)));
    bank.see(1, me(Effect::Refused));
    let (passed, refused, _) = breaches(&bank);
    assert_eq!((passed, refused), (5, 1));
}
