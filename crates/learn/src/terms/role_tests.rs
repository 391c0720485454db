#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "tests fail by panicking"
)]

use super::*;
use crate::inventory::seen::called;
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::code::Code;
use bartizan_model::fact::{Kind, Listed};
use bartizan_model::id::{KeyedHash, SubjectId};
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::terms::{Kinds, low};

const DAY_US: u64 = 24 * 3_600 * 1_000_000;

/// A clinic: patients see their letters, doctors list patients.
#[derive(Default)]
struct Clinic {
    inventory: Inventory,
    at_us: u64,
}

fn hash(value: &str) -> u64 {
    bartizan_model::id::EndpointId::of("value", value).bits()
}

impl Clinic {
    /// After some patients and doctors came ten times each, over eight days.
    fn after(patients: u128, doctors: u128) -> Self {
        let mut it = Self { inventory: Inventory::default(), at_us: DAY_US };
        for _ in 0..10 {
            it.at_us += DAY_US * 8 / 10;
            (0..patients).for_each(|n| it.call(n, "/letters", "role", &["patient"]));
            (0..doctors).for_each(|n| it.call(1_000 + n, "/patients", "role", &["doctor"]));
        }
        it
    }

    fn seen(&mut self, by: u128, path: &str, claim: &str, values: &[&str]) -> Observation {
        let place = Place::header(format!("authorization.{claim}").as_bytes());
        let mut it = called(Method::Get, path, 200, &[(place, "x")], None);
        let facts = it.request.as_mut().unwrap();
        let field = u16::try_from(facts.shape.places.len() - 1).unwrap();
        let fact = facts.facts.last_mut().unwrap();
        (fact.kind, fact.value) = (Kind::Text, KeyedHash(hash(values[0])));
        let value = |it: &&str| Listed { field, value: KeyedHash(hash(it)) };
        facts.listed = values[1..].iter().map(value).collect();
        it.subject = SubjectId((by + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835));
        it.subject_kind = SubjectKind::TokenClaim;
        self.at_us += 1;
        it.started.wall_us = self.at_us;
        it
    }

    fn call(&mut self, by: u128, path: &str, claim: &str, values: &[&str]) {
        let it = self.seen(by, path, claim, values);
        self.inventory.observe(&it);
    }

    fn proposal(&self, path: &str) -> Option<Proposal> {
        let relations = Relations::default();
        let said = |_: &str| Said::default();
        let all = propose(&self.inventory, &relations, &|_, _| None, &Pace::USUAL, &said);
        let it = all.into_iter().find(|it| it.template == path)?;
        it.proposals.into_iter().find(|it| matches!(it.says, Says::Role(_)))
    }

    /// Who never calls an endpoint, and which others there are.
    fn strangers(&self, path: &str) -> Option<(Vec<u32>, Vec<u32>)> {
        match self.proposal(path)?.says {
            Says::Role(all) => {
                let [Kinds { strangers, others, .. }] = all.as_slice() else { panic!("{all:?}") };
                Some((strangers.clone(), others.clone()))
            }
            _ => None,
        }
    }
}

fn values(all: &[&str]) -> Vec<u32> {
    all.iter().map(|it| low(hash(it))).collect()
}

#[test]
fn patients_never_list_patients() {
    let it = Clinic::after(60, 8);
    assert_eq!(it.strangers("/patients"), Some((values(&["patient"]), values(&["doctor"]))));
    let it = it.proposal("/patients").unwrap();
    // Eight who call and sixty who do not; of those who call bits are counted.
    assert_eq!(it.stage, Stage::Proposed);
    assert!((65..=68).contains(&it.support.subjects), "{:?}", it.support);
}

#[test]
fn habit_needs_as_many_callers_of_here_and_elsewhere_as_any() {
    assert_eq!(Clinic::after(40, 8).proposal("/patients").unwrap().stage, Stage::Observed);
}

#[test]
fn that_few_doctors_never_read_letters_may_be_chance() {
    assert_eq!(Clinic::after(60, 3).strangers("/letters"), None);
    assert_eq!(Clinic::after(100, 6).strangers("/letters"), None);
    assert!(Clinic::after(60, 12).strangers("/letters").is_some());
}

#[test]
fn few_who_call_tell_nothing() {
    assert_eq!(Clinic::after(60, 4).strangers("/patients"), None);
    let mut it = Clinic::after(60, 4);
    (0..10_000).for_each(|_| it.call(1_000, "/patients", "role", &["doctor"]));
    assert_eq!(it.strangers("/patients"), None);
}

#[test]
fn one_caller_with_many_calls_neither_widens_nor_narrows() {
    let mut it = Clinic::after(60, 8);
    (0..10_000).for_each(|_| it.call(7, "/patients", "role", &["patient"]));
    assert_eq!(it.strangers("/patients").unwrap().0, values(&["patient"]));
    // A third one of the same kind, and it is one that calls.
    it.call(8, "/patients", "role", &["patient"]);
    it.call(9, "/patients", "role", &["patient"]);
    assert_eq!(it.strangers("/patients"), None);
    // Whoever says to be anything is one caller.
    let mut it = Clinic::after(60, 8);
    (0..1_000).for_each(|n| it.call(7, "/letters", "role", &[&format!("invented{n}")]));
    assert_eq!(it.strangers("/patients"), Some((values(&["patient"]), values(&["doctor"]))));
}

#[test]
fn who_is_turned_away_teaches_nothing() {
    let mut it = Clinic::after(60, 8);
    for n in 0..60 {
        let seen = it.seen(n, "/patients", "role", &["patient"]);
        let hit = Hit { code: Code::RoleForeign, effect: Effect::WouldRefuse, margin: 0 };
        it.inventory.observe(&Observation { status: 403, hits: vec![hit], ..seen });
    }
    assert_eq!(it.strangers("/patients").unwrap().0, values(&["patient"]));
    // The application says itself that it is right.
    let it = it.proposal("/patients").unwrap();
    assert_eq!((it.support.breaches.passed, it.stage), (0, Stage::Proposed));
}

#[test]
fn any_of_several_values_counts() {
    let mut it = Clinic::after(0, 0);
    for _ in 0..10 {
        it.at_us += DAY_US;
        (0..60).for_each(|n| it.call(n, "/letters", "roles[*]", &["user", "patient"]));
        // Some doctors are patients too, and all are users.
        for n in 0..8 {
            let roles = ["user", "doctor", if n < 4 { "patient" } else { "teacher" }];
            it.call(1_000 + n, "/patients", "roles[*]", &roles);
        }
    }
    assert_eq!(it.strangers("/patients"), None, "doctors who are patients call it");
    let mut it = Clinic::after(0, 0);
    for _ in 0..10 {
        it.at_us += DAY_US;
        (0..60).for_each(|n| it.call(n, "/letters", "roles[*]", &["user", "patient"]));
        (0..8).for_each(|n| it.call(1_000 + n, "/patients", "roles[*]", &["user", "doctor"]));
    }
    // Everybody is a user: nobody who is a patient only has none of what callers have.
    assert_eq!(it.strangers("/patients"), None);
    let mut it = Clinic::after(0, 0);
    for _ in 0..10 {
        it.at_us += DAY_US;
        (0..60).for_each(|n| it.call(n, "/letters", "roles[*]", &["patient", "basic"]));
        (0..8).for_each(|n| it.call(1_000 + n, "/patients", "roles[*]", &["doctor", "night"]));
    }
    let (mut strangers, others) = it.strangers("/patients").unwrap();
    strangers.sort_unstable();
    let mut wanted = values(&["patient", "basic"]);
    wanted.sort_unstable();
    assert_eq!((strangers, others.len()), (wanted, 2));
}

#[test]
fn where_anybody_calls_without_a_token_nobody_is_a_stranger() {
    let mut it = Clinic::after(60, 8);
    let mut seen = it.seen(2_000, "/patients", "role", &["doctor"]);
    (seen.request, seen.subject_kind) = (None, SubjectKind::AddressAgent);
    it.inventory.observe(&seen);
    assert_eq!(it.strangers("/patients"), None);
}
