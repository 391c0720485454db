//! Objects held against schemas, in one pass over their members.
//!
//! Of a name that is given twice readers take the one or the other member. What fits with all of them holds,
//! what fails with one of them is not known; an undeclared name is one in any case.

use bartizan_model::tape::{Member, NodeId};

use super::bits::Bits;
use super::compiled::{Compiled, ObjectRules};
use super::fault::{Keyword, UnknownReason};
use super::names::is_named;
use super::outcome::Outcome;
use super::run::{Run, Seen, Step};

/// What came of one member.
struct Looked {
    outcome: Outcome,
    /// Whether a schema of the object is for it.
    is_declared: bool,
    /// Why there may be another one.
    lost: Option<UnknownReason>,
}

impl Run<'_, '_> {
    pub(super) fn object(
        &mut self,
        schema: &Compiled,
        rules: &ObjectRules,
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        let tape = self.tape;
        let count = tape.count(node);
        let mut outcome = Outcome::Holds;
        if count < rules.count.min {
            outcome = self.fails(schema, Keyword::MinProperties, tells);
        } else if count > rules.count.max {
            outcome = self.fails(schema, Keyword::MaxProperties, tells);
        }
        if rules.looks_at_members() {
            let mut met = Bits::default();
            let mut is_cut = false;
            for (number, member) in tape.members(node).enumerate() {
                if !self.takes(1) {
                    return outcome.and(Outcome::Unknown(UnknownReason::Steps));
                }
                let looked = self.member(schema, rules, member, tells, &mut met);
                if let Some(seen) = seen.as_deref_mut() {
                    seen.uncertain = seen.uncertain.or(looked.lost);
                    if looked.is_declared {
                        seen.bits.insert(number);
                    }
                }
                outcome = outcome.and(looked.outcome);
                if self.is_decided(outcome, tells) {
                    is_cut = true;
                    break;
                }
            }
            if rules.required > 0 && !is_cut && met.count() < rules.required {
                outcome = outcome.and(self.missing(schema, rules, &met, tells));
            }
        }
        if rules.dependent_required.is_empty() && rules.dependent_schemas.is_empty() {
            return outcome;
        }
        if outcome.fails() && !tells {
            return outcome;
        }
        outcome.and(self.dependent(schema, rules, node, tells, seen))
    }

    /// Holds what is said of members against one.
    fn member(
        &mut self,
        schema: &Compiled,
        rules: &ObjectRules,
        member: Member,
        tells: bool,
        met: &mut Bits,
    ) -> Looked {
        let tape = self.tape;
        let Member { name, value } = member;
        let is_repeated = tape.is_repeated(name);
        let tells_of_value = tells && !is_repeated;
        let step = Step::Member(name);
        let (mut outcome, mut is_declared) = (Outcome::Holds, false);
        if let Some(named) = rules.names.find(tape, name) {
            if let Some(number) = named.required {
                met.insert(number);
            }
            if let Some(id) = named.schema {
                is_declared = true;
                if self.is_never(id) {
                    let failed = self.fails_within(step, schema, Keyword::Properties, tells);
                    return Looked { outcome: failed, is_declared, lost: None };
                }
                outcome = self.within(step, id, value, tells_of_value);
            }
        }
        let mut lost = None;
        for (pattern, id) in &rules.patterns {
            match self.matches(pattern, &tape.text(name)) {
                Outcome::Holds => {
                    is_declared = true;
                    outcome = outcome.and(self.within(step, *id, value, tells_of_value));
                }
                Outcome::Fails => {}
                Outcome::Unknown(reason) => {
                    lost = Some(reason);
                    // What fits in either case is no matter.
                    if self.within(step, *id, value, false) != Outcome::Holds {
                        outcome = outcome.and(Outcome::Unknown(reason));
                    }
                }
            }
        }
        if let (false, Some(id)) = (is_declared, rules.additional) {
            // For `unevaluatedProperties`, too, it was looked at.
            is_declared = true;
            let one = match (self.is_never(id), lost) {
                (true, None) => {
                    let keyword = Keyword::AdditionalProperties;
                    let outcome = self.fails_within(step, schema, keyword, tells);
                    return Looked { outcome, is_declared, lost };
                }
                (true, Some(reason)) => Outcome::Unknown(reason),
                (false, None) => self.within(step, id, value, tells_of_value),
                (false, Some(reason)) => match self.within(step, id, value, false) {
                    Outcome::Holds => Outcome::Holds,
                    Outcome::Fails | Outcome::Unknown(_) => Outcome::Unknown(reason),
                },
            };
            outcome = outcome.and(one);
        }
        if is_repeated && outcome.fails() {
            outcome = Outcome::Unknown(UnknownReason::RepeatedName);
        }
        if let Some(id) = rules.property_names {
            let one = self.schema(id, name, false, None);
            if one.fails() {
                self.fails_within(step, schema, Keyword::PropertyNames, tells);
            }
            outcome = outcome.and(one);
        }
        Looked { outcome, is_declared, lost }
    }

    fn missing(
        &mut self,
        schema: &Compiled,
        rules: &ObjectRules,
        met: &Bits,
        tells: bool,
    ) -> Outcome {
        let lacks = |it: &usize| !met.contains(*it);
        for named in rules.names.all().filter(|it| it.required.as_ref().is_some_and(lacks)) {
            self.fault_of(schema, Keyword::Required, Some(&named.name), tells);
            if self.is_decided(Outcome::Fails, tells) {
                break;
            }
        }
        Outcome::Fails
    }

    fn dependent(
        &mut self,
        schema: &Compiled,
        rules: &ObjectRules,
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        let mut outcome = Outcome::Holds;
        for (name, required) in &rules.dependent_required {
            let Some(is_there) = self.has(node, name) else {
                return outcome.and(Outcome::Unknown(UnknownReason::Steps));
            };
            for other in required.iter().filter(|_| is_there) {
                match self.has(node, other) {
                    Some(true) => {}
                    Some(false) => {
                        let keyword = Keyword::DependentRequired;
                        self.fault_of(schema, keyword, Some(other), tells);
                        outcome = Outcome::Fails;
                    }
                    None => return outcome.and(Outcome::Unknown(UnknownReason::Steps)),
                }
            }
        }
        for (name, id) in &rules.dependent_schemas {
            match self.has(node, name) {
                Some(true) => {
                    outcome = outcome.and(self.schema(*id, node, tells, seen.as_deref_mut()));
                }
                Some(false) => {}
                None => return outcome.and(Outcome::Unknown(UnknownReason::Steps)),
            }
        }
        outcome
    }

    /// Whether an object has a member; nothing if there is no work left to look.
    fn has(&mut self, node: NodeId, name: &str) -> Option<bool> {
        let tape = self.tape;
        self.takes(1 + tape.count(node))
            .then(|| tape.members(node).any(|it| is_named(tape, it.name, name)))
    }
}
