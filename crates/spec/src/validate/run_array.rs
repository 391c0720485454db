//! Arrays held against schemas.

use bartizan_model::tape::{Kind, NodeId};

use super::compiled::{ArrayRules, Compiled, SchemaId};
use super::fault::{Keyword, UnknownReason};
use super::outcome::{Outcome, Tally};
use super::run::{Run, Seen, Step};

impl Run<'_, '_> {
    pub(super) fn array(
        &mut self,
        schema: &Compiled,
        rules: &ArrayRules,
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        let count = self.tape.count(node);
        let mut outcome = Outcome::Holds;
        if count < rules.count.min {
            outcome = self.fails(schema, Keyword::MinItems, tells);
        } else if count > rules.count.max {
            outcome = self.fails(schema, Keyword::MaxItems, tells);
        }
        if rules.is_unique && (tells || !outcome.fails()) {
            let unique = self.unique(node);
            if unique.fails() {
                self.fault(schema, Keyword::UniqueItems, tells);
            }
            outcome = outcome.and(unique);
        }
        if outcome.fails() && !tells {
            return outcome;
        }
        if !rules.first.is_empty() || rules.rest.is_some() {
            outcome = outcome.and(self.items(schema, rules, node, tells, seen.as_deref_mut()));
        }
        if rules.contains.is_some() && (tells || !outcome.fails()) {
            outcome = outcome.and(self.contains(schema, rules, node, tells, seen));
        }
        outcome
    }

    fn items(
        &mut self,
        schema: &Compiled,
        rules: &ArrayRules,
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        let tape = self.tape;
        let mut outcome = Outcome::Holds;
        for (number, item) in tape.items(node).enumerate() {
            let step = Step::Item(number);
            let one = match (rules.first.get(number), rules.rest) {
                (Some(id), _) => self.within(step, *id, item, tells),
                (None, Some((id, keyword))) if self.is_never(id) => {
                    self.fails_within(step, schema, keyword, tells)
                }
                (None, Some((id, _))) => self.within(step, id, item, tells),
                (None, None) => break,
            };
            if let Some(seen) = seen.as_deref_mut() {
                seen.bits.insert(number);
            }
            outcome = outcome.and(one);
            if self.is_decided(outcome, tells) {
                break;
            }
        }
        outcome
    }

    fn contains(
        &mut self,
        schema: &Compiled,
        rules: &ArrayRules,
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        let Some(contains) = &rules.contains else { return Outcome::Holds };
        let (min, max) = (contains.count.min, contains.count.max);
        let tape = self.tape;
        let mut tally = Tally::default();
        for (number, item) in tape.items(node).enumerate() {
            let one = self.schema(contains.schema, item, false, None);
            tally.add(one);
            if let Some(seen) = seen.as_deref_mut() {
                match one {
                    Outcome::Holds => seen.bits.insert(number),
                    Outcome::Fails => {}
                    Outcome::Unknown(reason) => seen.uncertain = seen.uncertain.or(Some(reason)),
                }
            } else if tally.holding > max || (tally.holding >= min && max == usize::MAX) {
                break;
            }
        }
        let outcome = tally.is_within(min, max);
        if outcome.fails() {
            let keyword = match (tally.holding > max, min) {
                (true, _) => Keyword::MaxContains,
                (false, 1) => Keyword::Contains,
                (false, _) => Keyword::MinContains,
            };
            self.fault(schema, keyword, tells);
        }
        outcome
    }

    /// Holds the schema for what no other one looked at against that.
    pub(super) fn unevaluated(
        &mut self,
        schema: &Compiled,
        rest: SchemaId,
        node: NodeId,
        tells: bool,
        seen: &mut Seen,
    ) -> Outcome {
        let tape = self.tape;
        let is_array = tape.kind(node) == Kind::Array;
        let (keyword, nodes): (_, Box<dyn Iterator<Item = (Step, NodeId, bool)>>) = if is_array {
            let items = tape.items(node).enumerate();
            (Keyword::UnevaluatedItems, Box::new(items.map(|it| (Step::Item(it.0), it.1, false))))
        } else {
            let members = tape
                .members(node)
                .map(move |it| (Step::Member(it.name), it.value, tape.is_repeated(it.name)));
            (Keyword::UnevaluatedProperties, Box::new(members))
        };
        if !self.takes(tape.count(node)) {
            return Outcome::Unknown(UnknownReason::Steps);
        }
        let is_never = self.is_never(rest);
        let mut outcome = Outcome::Holds;
        for (number, (step, value, is_repeated)) in nodes.enumerate() {
            if seen.bits.contains(number) {
                continue;
            }
            // It may have been looked at by what is not known.
            let tells = tells && seen.uncertain.is_none();
            let one = if is_never {
                self.fails_within(step, schema, keyword, tells)
            } else {
                self.within(step, rest, value, tells && !is_repeated)
            };
            let one = match (one.fails(), seen.uncertain, is_repeated && !is_never) {
                (true, Some(reason), _) => Outcome::Unknown(reason),
                (true, None, true) => Outcome::Unknown(UnknownReason::RepeatedName),
                (true, None, false) | (false, _, _) => one,
            };
            seen.bits.insert(number);
            outcome = outcome.and(one);
            if self.is_decided(outcome, tells) {
                break;
            }
        }
        outcome
    }
}
