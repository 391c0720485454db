//! One object: who was given it, who named it, and where the same value stood besides.
//!
//! Memory   [`GROUPS_MAX`] callers and places, [`USES_MAX`] uses across owners; further ones are counted.

use super::EndpointIds;
use super::holders::{given, is_kin, named};
use super::row::{is_held_back, row};
use super::scan::{Look, Window, newest_first};
use crate::inventory::FoldError;
use crate::show;
use bartizan_engine::objects::{CrossUse, Touch, cross_uses, touches};
use bartizan_engine::terms::Terms;
use bartizan_model::head::Method;
use bartizan_model::host::Side;
use bartizan_model::id::{ExchangeId, KeyedHash, SubjectId};
use bartizan_model::observation::{Observation, SubjectKind};
use bartizan_model::place::Place;
use bartizan_model::terms::Resource;
use bartizan_store::segments::held::Held;
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Callers, each at one place of one endpoint, that are told apart.
const GROUPS_MAX: usize = 1_000;
/// Uses across owners that are told; the newest are.
const USES_MAX: usize = 100;

/// How a caller had to do with the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// It was given to it.
    Given,
    /// It named it.
    Named,
}

/// What one caller had to do with the object at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct At {
    part: Part,
    side: Side,
    subject: SubjectId,
    kind: SubjectKind,
    method: Method,
    template: Arc<str>,
    operation: Arc<str>,
    route: Arc<str>,
    place: Place,
}

#[derive(Debug)]
struct Seen {
    of: Vec<Resource>,
    times: u64,
    first: (u64, ExchangeId),
    last: (u64, ExchangeId),
    /// Times that it was another's.
    foreign: u64,
    /// Of those, times that it did not leave.
    held_back: u64,
}

struct History<'a> {
    terms: &'a Terms,
    object: KeyedHash,
    groups: BTreeMap<At, Seen>,
    groups_more: u64,
    uses: Vec<Observation>,
    uses_more: u64,
    /// What the contract says it is, where it was used across owners.
    of: Vec<Resource>,
}

impl<'a> History<'a> {
    fn of(terms: &'a Terms, object: KeyedHash) -> Self {
        Self {
            terms,
            object,
            groups: BTreeMap::new(),
            groups_more: 0,
            uses: Vec::new(),
            uses_more: 0,
            of: Vec::new(),
        }
    }

    fn note(&mut self, it: &Observation, touch: &Touch<'_>, part: Part) {
        let at = At {
            part,
            side: touch.side,
            subject: it.subject,
            kind: it.subject_kind,
            method: it.method,
            template: Arc::clone(&it.template),
            operation: Arc::clone(&it.operation),
            route: Arc::clone(&it.route),
            place: touch.place.clone(),
        };
        if self.groups.len() >= GROUPS_MAX && !self.groups.contains_key(&at) {
            self.groups_more += 1;
            return;
        }
        let when = (it.started.wall_us, it.id);
        let seen = self.groups.entry(at).or_insert_with(|| Seen {
            of: touch.of.clone(),
            times: 0,
            first: when,
            last: when,
            foreign: 0,
            held_back: 0,
        });
        seen.times += 1;
        seen.first = seen.first.min(when);
        seen.last = seen.last.max(when);
        let here = |of: &CrossUse<'_>| {
            of.finding.value == touch.value
                && of.side == touch.side
                && of.finding.place == *touch.place
        };
        if let Some(of) = cross_uses(it).find(here) {
            seen.foreign += 1;
            seen.held_back += u64::from(is_held_back(&of));
        }
    }

    fn shorten(&mut self) {
        self.uses.sort_by_key(|it| Reverse(it.id));
        let more = self.uses.len().saturating_sub(USES_MAX);
        self.uses_more += u64::try_from(more).unwrap_or(u64::MAX);
        self.uses.truncate(USES_MAX);
    }
}

impl Look for History<'_> {
    fn see(&mut self, it: &Observation) {
        let object = self.object;
        let all = touches(self.terms, it, |value| value == object);
        if all.is_empty() {
            return;
        }
        named(&all).for_each(|touch| self.note(it, touch, Part::Named));
        given(it, &all).for_each(|touch| self.note(it, touch, Part::Given));
        let crosses = cross_uses(it).filter(|of| of.finding.value == object);
        let places: Vec<_> = crosses.map(|of| (of.side, &of.finding.place)).collect();
        for touch in all.iter().filter(|it| places.contains(&(it.side, it.place))) {
            let new = touch.of.iter().filter(|of| !self.of.contains(of));
            let new: Vec<_> = new.copied().collect();
            self.of.extend(new);
        }
        if !places.is_empty() {
            self.uses.push(Observation { request: None, response: None, ..it.clone() });
            if self.uses.len() >= 2 * USES_MAX {
                self.shorten();
            }
        }
    }

    fn is_enough(&self, _: u64) -> bool {
        false
    }
}

/// What is kept of an object.
///
/// # Errors
///
/// [`FoldError`].
pub(crate) fn of(
    held: &Held,
    terms: &Terms,
    object: KeyedHash,
    window: Window,
    ids: EndpointIds<'_>,
) -> Result<Value, FoldError> {
    let mut it = History::of(terms, object);
    let looked = newest_first(held, window, &mut it)?;
    it.shorten();
    // Where nobody used it across owners, it is whatever the contract says anywhere.
    if it.of.is_empty() {
        it.of = it.groups.values().flat_map(|seen| seen.of.iter().copied()).collect();
    }
    let mut groups: Vec<_> = it.groups.iter().collect();
    groups.sort_by_key(|(_, seen)| seen.first);
    let is_it = |seen: &Seen| is_kin(&it.of, &seen.of);
    let shown = |part: Option<Part>| -> Vec<Value> {
        let wanted = |(at, seen): &&(&At, &Seen)| match part {
            Some(part) => at.part == part && is_it(seen),
            None => !is_it(seen),
        };
        groups.iter().filter(wanted).map(|(at, seen)| group(at, seen, ids)).collect()
    };
    let uses = it.uses.iter().flat_map(|seen| {
        let of = cross_uses(seen).filter(|of| of.finding.value == object);
        of.map(|of| Value::Object(row(seen, &of, ids))).collect::<Vec<_>>()
    });
    Ok(json!({
        "object": format!("{:016x}", object.0),
        "uses": uses.collect::<Vec<_>>(),
        "more_uses": it.uses_more,
        "given": shown(Some(Part::Given)),
        "named": shown(Some(Part::Named)),
        "elsewhere": shown(None),
        "more": it.groups_more,
        "scan": looked.shown(),
    }))
}

fn group(at: &At, seen: &Seen, ids: EndpointIds<'_>) -> Value {
    let moment = |(at_us, id): (u64, ExchangeId)| json!({"exchange": id.to_string(), "time": show::timestamp(at_us)});
    json!({
        "subject": format!("{:032x}", at.subject.0),
        "subject_kind": at.kind.name(),
        "verified": at.kind.is_verified(),
        "endpoint": format!("{} {}", at.method.name(), at.template),
        "endpoint_id": ids(&at.route, at.method, &at.template),
        "operation": &*at.operation,
        "route": &*at.route,
        "side": at.side.name(),
        "place": at.place.to_string(),
        "times": seen.times,
        "foreign": seen.foreign,
        "held_back": seen.held_back,
        "first": moment(seen.first),
        "last": moment(seen.last),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::double::{anothers, claimed, foreign, given, named, shown, terms};
    use crate::objects::scan::tests::Kept;
    use bartizan_model::clause::Effect;

    const ALICE: u128 = 1;
    const MALLORY: u128 = 2;
    const OBJECT: u64 = 17;

    fn history(name: &str, all: Vec<Observation>) -> Value {
        let kept = Kept::of(name, all);
        let ids = |_: &str, _: Method, template: &str| Some(template.to_owned());
        of(&kept.held(), &terms(), KeyedHash(OBJECT), Window::default(), &ids).unwrap()
    }

    /// Callers, templates and times of a part.
    fn told(found: &Value, part: &str) -> Vec<(String, String, u64)> {
        let word = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
        let row = |it: &Value| {
            let subject = word(it, "subject").trim_start_matches('0').to_owned();
            (subject, word(it, "endpoint_id"), it["times"].as_u64().unwrap())
        };
        found[part].as_array().unwrap().iter().map(row).collect()
    }

    fn row(subject: u128, template: &str, times: u64) -> (String, String, u64) {
        (subject.to_string(), template.to_owned(), times)
    }

    #[test]
    fn who_was_given_it_and_who_named_it_are_told_apart() {
        let all = vec![
            given(1, ALICE, OBJECT),
            given(2, ALICE, OBJECT),
            named(3, ALICE, OBJECT),
            foreign(4, MALLORY, OBJECT, Effect::Refused),
            foreign(5, MALLORY, OBJECT, Effect::WouldRefuse),
            given(6, MALLORY, 18),
        ];
        let found = history("history", all);
        assert_eq!(told(&found, "given"), [row(ALICE, "/orders", 2)]);
        let named = [row(ALICE, "/orders/{int}", 1), row(MALLORY, "/orders/{int}", 2)];
        assert_eq!(told(&found, "named"), named);
        let hers = &found["named"][1];
        assert_eq!((&hers["foreign"], &hers["held_back"]), (&json!(2), &json!(1)));
        assert!(hers["first"]["time"].as_str() < hers["last"]["time"].as_str());
        let effects = [&found["uses"][0]["effect"], &found["uses"][1]["effect"]];
        assert_eq!(effects, [&json!("would_refuse"), &json!("refused")]);
        assert_eq!(found["scan"]["exchanges"], 6);
    }

    #[test]
    fn the_same_value_of_another_kind_is_something_else() {
        let all = vec![
            given(1, ALICE, OBJECT),
            shown(2, ALICE, OBJECT),
            foreign(3, MALLORY, OBJECT, Effect::Refused),
        ];
        let found = history("kinds", all);
        assert_eq!(told(&found, "given"), [row(ALICE, "/orders", 1)]);
        assert_eq!(told(&found, "elsewhere"), [row(ALICE, "/me", 1)]);
        // Where nobody used it across owners, both may be meant.
        let found = history("both", vec![given(1, ALICE, OBJECT), shown(2, ALICE, OBJECT)]);
        assert_eq!(told(&found, "given").len(), 2);
    }

    #[test]
    fn a_token_says_whose_it_is_and_names_nothing() {
        let all = vec![
            claimed(shown(1, ALICE, OBJECT), OBJECT),
            anothers(2, MALLORY, OBJECT, Effect::Refused),
        ];
        let found = history("claims", all);
        assert_eq!(told(&found, "given"), [row(ALICE, "/me", 1), row(ALICE, "/me", 1)]);
        assert_eq!(told(&found, "named"), []);
    }

    #[test]
    fn an_answer_that_was_held_back_gave_nothing() {
        let all = vec![
            shown(1, ALICE, OBJECT),
            anothers(2, MALLORY, OBJECT, Effect::Refused),
            anothers(3, MALLORY, OBJECT, Effect::WouldRefuse),
        ];
        let found = history("held", all);
        let given = [row(ALICE, "/me", 1), row(MALLORY, "/orders/{int}", 1)];
        assert_eq!(told(&found, "given"), given);
        assert_eq!(found["given"][1]["foreign"], 1);
        assert_eq!(found["uses"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn callers_and_uses_beyond_the_bounds_are_counted() {
        let terms = terms();
        let mut it = History::of(&terms, KeyedHash(OBJECT));
        let callers = GROUPS_MAX as u64 + 5;
        for n in 1..=callers {
            it.see(&foreign(n, n.into(), OBJECT, Effect::Refused));
        }
        it.shorten();
        assert_eq!((it.groups.len(), it.groups_more), (GROUPS_MAX, 5));
        assert_eq!(it.uses.len(), USES_MAX);
        assert_eq!(it.uses_more, callers - USES_MAX as u64);
        assert_eq!(it.uses[0].subject, SubjectId(callers.into()), "the newest stay");
    }
}
