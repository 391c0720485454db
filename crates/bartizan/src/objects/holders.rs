//! Who holds an object: the callers whom answers gave it to.
//!
//! Reads    answers that left, to calls that had not named the object themselves; claims of tokens, where they say who their
//!          bearer is.
//! Memory   [`HOLDERS_MAX`] callers of each object that is asked for.

use super::scan::Look;
use bartizan_engine::objects::{Touch, cross_uses, touches};
use bartizan_engine::terms::Terms;
use bartizan_model::head::Method;
use bartizan_model::host::Side;
use bartizan_model::id::{ExchangeId, KeyedHash, SubjectId};
use bartizan_model::observation::{Observation, Outcome, SubjectKind};
use bartizan_model::place::Place;
use bartizan_model::terms::Resource;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Callers that are told apart of each object.
const HOLDERS_MAX: usize = 20;

/// A caller whom an answer gave an object.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) subject: SubjectId,
    pub(crate) kind: SubjectKind,
    pub(crate) exchange: ExchangeId,
    pub(crate) at_us: u64,
    pub(crate) method: Method,
    pub(crate) template: Arc<str>,
    pub(crate) route: Arc<str>,
    pub(crate) place: Place,
    /// The answer showed the caller who it is: it is the caller itself.
    is_self: bool,
}

/// What is looked for: an object, and what the contract says it is.
pub(crate) type Sought = (KeyedHash, Vec<Resource>);

/// Who holds what is looked for.
pub(crate) struct Holders<'a> {
    terms: &'a Terms,
    values: BTreeSet<KeyedHash>,
    found: BTreeMap<Sought, Found>,
}

#[derive(Default)]
struct Found {
    by_subject: BTreeMap<SubjectId, Holder>,
    is_more: bool,
}

impl<'a> Holders<'a> {
    pub(crate) fn of(terms: &'a Terms, sought: impl IntoIterator<Item = Sought>) -> Self {
        let found: BTreeMap<_, _> = sought.into_iter().map(|it| (it, Found::default())).collect();
        Self { terms, values: found.keys().map(|it| it.0).collect(), found }
    }

    /// Whether nothing is looked for.
    pub(crate) fn is_idle(&self) -> bool {
        self.values.is_empty()
    }

    /// Somebody else than this caller who holds it, how many others do, and whether there are more: first of all whom the
    /// API shows that it is them, then whom it was given to first.
    pub(crate) fn other_than(
        &self,
        subject: SubjectId,
        it: &Sought,
    ) -> Option<(&Holder, usize, bool)> {
        let found = self.found.get(it)?;
        let others = || found.by_subject.values().filter(|it| it.subject != subject);
        let first = others().min_by_key(|it| (!it.is_self, it.exchange))?;
        Some((first, others().count().saturating_sub(1), found.is_more))
    }
}

impl Look for Holders<'_> {
    fn see(&mut self, it: &Observation) {
        let values = &self.values;
        let all = touches(self.terms, it, |value| values.contains(&value));
        for touch in given(it, &all) {
            // Where an object is used across owners, the answer makes nobody its owner.
            if cross_uses(it).any(|of| of.finding.value == touch.value) {
                continue;
            }
            let behind = self.found.range_mut((touch.value, Vec::new())..);
            let of_value = behind.take_while(|((value, _), _)| *value == touch.value);
            for ((_, of), found) in of_value {
                if is_kin(of, &touch.of) {
                    found.add(it, touch);
                }
            }
        }
    }

    fn is_enough(&self, _: u64) -> bool {
        self.is_idle()
    }
}

/// Whether what the contract says of two places may be the same. Where it says nothing of the first, the value alone counts.
pub(crate) fn is_kin(a: &[Resource], b: &[Resource]) -> bool {
    a.is_empty() || a.iter().any(|it| b.contains(it))
}

/// What of these its caller named.
pub(crate) fn named<'t, 'a>(all: &'t [Touch<'a>]) -> impl Iterator<Item = &'t Touch<'a>> {
    all.iter().filter(|it| it.side == Side::Request && !it.is_claim())
}

/// What of these an answer gave to its caller, or a token says that the API accepted.
pub(crate) fn given<'t, 'a>(
    it: &Observation,
    all: &'t [Touch<'a>],
) -> impl Iterator<Item = &'t Touch<'a>> {
    let left = (200..300).contains(&it.status) && left(it.outcome);
    let is_named = |value| named(all).any(|it| it.value == value);
    let is_given =
        move |of: &&Touch<'_>| of.is_claim() || (of.side == Side::Response && !is_named(of.value));
    all.iter().filter(move |of| left && is_given(of))
}

/// Whether the API's own answer left.
fn left(it: Outcome) -> bool {
    match it {
        Outcome::Served | Outcome::Tunnelled | Outcome::Copied => true,
        Outcome::Refused | Outcome::UpstreamFailed | Outcome::ClientAborted | Outcome::Stopped => {
            false
        }
    }
}

impl Found {
    fn add(&mut self, it: &Observation, touch: &Touch<'_>) {
        let is_known = self.by_subject.contains_key(&it.subject);
        if !is_known && self.by_subject.len() >= HOLDERS_MAX {
            self.is_more = true;
            return;
        }
        let new = Holder {
            subject: it.subject,
            kind: it.subject_kind,
            exchange: it.id,
            at_us: it.started.wall_us,
            method: it.method,
            template: Arc::clone(&it.template),
            route: Arc::clone(&it.route),
            place: touch.place.clone(),
            is_self: touch.shows_caller,
        };
        let rank = |it: &Holder| (!it.is_self, it.exchange);
        match self.by_subject.get_mut(&it.subject) {
            Some(known) if rank(&new) < rank(known) => *known = new,
            Some(_) => {}
            None => drop(self.by_subject.insert(it.subject, new)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::double::{given, terms};

    #[test]
    fn very_many_who_hold_it_are_not_all_told_apart() {
        let terms = terms();
        let sought = (KeyedHash(17), Vec::new());
        let mut it = Holders::of(&terms, [sought.clone()]);
        (1..=HOLDERS_MAX as u64).for_each(|n| it.see(&given(n, n.into(), 17)));
        let told = |it: &Holders<'_>| {
            let (first, others, is_more) = it.other_than(SubjectId(1), &sought).unwrap();
            (first.subject, others, is_more)
        };
        assert_eq!(told(&it), (SubjectId(2), HOLDERS_MAX - 2, false));
        it.see(&given(99, 99, 17));
        it.see(&given(100, 100, 18));
        assert_eq!(told(&it), (SubjectId(2), HOLDERS_MAX - 2, true));
    }
}
