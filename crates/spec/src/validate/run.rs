//! One value held against one schema. Recursion is counted, and so is work.

use std::borrow::Cow;

use bartizan_model::api::Types;
use bartizan_model::tape::{Kind, NodeId, Tape};

use super::bits::Bits;
use super::compiled::{Applied, Compiled, Conditional, LimitKind, Pattern, SchemaId, TextRules};
use super::fault::{Fault, Keyword, UnknownReason};
use super::outcome::{Outcome, Tally};
use super::{ValidateLimits, Validator, Verdict};

/// Bytes of text that count as one step.
pub(super) const BYTES_A_STEP: usize = 64;
/// References that are followed to see which types a branch takes.
const FOLLOWED_MAX: usize = 8;

/// What holding a schema against a value knows.
pub(super) struct Run<'v, 't> {
    pub(super) validator: &'v Validator,
    pub(super) tape: &'v Tape<'t>,
    pub(super) limits: &'v ValidateLimits,
    steps_left: usize,
    depth: usize,
    path: Vec<Step>,
    /// Resources that were entered, for dynamic references.
    scope: Vec<usize>,
    faults: Vec<Fault>,
    faults_more: bool,
}

/// A step from a value to one in it.
#[derive(Clone, Copy)]
pub(super) enum Step {
    /// To the member of this name.
    Member(NodeId),
    /// To the item of this number.
    Item(usize),
}

/// Members or items, by number, that were looked at: for `unevaluatedProperties` and `unevaluatedItems`.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) bits: Bits,
    /// There may be more.
    pub(super) uncertain: Option<UnknownReason>,
}

impl Seen {
    pub(super) fn insert_all(&mut self, other: &Self) {
        self.bits.insert_all(&other.bits);
        self.uncertain = self.uncertain.or(other.uncertain);
    }
}

pub(super) fn validate(validator: &Validator, tape: &Tape<'_>, limits: &ValidateLimits) -> Verdict {
    let mut run = Run {
        validator,
        tape,
        limits,
        steps_left: limits.steps_max,
        depth: 0,
        path: Vec::new(),
        scope: Vec::new(),
        faults: Vec::new(),
        faults_more: false,
    };
    match run.schema(SchemaId(0), tape.root(), true, None) {
        Outcome::Holds => Verdict::Valid,
        Outcome::Fails => Verdict::Invalid { faults: run.faults, has_more: run.faults_more },
        Outcome::Unknown(reason) => Verdict::Unknown(reason),
    }
}

impl Run<'_, '_> {
    /// Uses up work; whether there was enough left.
    pub(super) fn takes(&mut self, steps: usize) -> bool {
        match self.steps_left.checked_sub(steps) {
            Some(left) => {
                self.steps_left = left;
                true
            }
            None => {
                self.steps_left = 0;
                false
            }
        }
    }

    /// Holds a schema against a node. With `tells`, what is wrong becomes a fault; else the first wrong
    /// thing ends the look. What the schema looks at is added to `seen`, if it holds.
    pub(super) fn schema(
        &mut self,
        id: SchemaId,
        node: NodeId,
        tells: bool,
        seen: Option<&mut Seen>,
    ) -> Outcome {
        let validator = self.validator;
        let Some(schema) = validator.schemas.get(id.0 as usize) else {
            return Outcome::Unknown(UnknownReason::Reference);
        };
        if !self.takes(1) {
            return Outcome::Unknown(UnknownReason::Steps);
        }
        if self.depth >= self.limits.depth_max {
            return Outcome::Unknown(UnknownReason::Depth);
        }
        self.depth += 1;
        let tells = tells && !self.faults_more;
        let enters = !validator.anchors.is_empty() && self.scope.last() != Some(&schema.resource);
        if enters {
            self.scope.push(schema.resource);
        }
        let outcome = self.whole(schema, node, tells, seen);
        if enters {
            self.scope.pop();
        }
        self.depth -= 1;
        outcome
    }

    fn whole(
        &mut self,
        schema: &Compiled,
        node: NodeId,
        tells: bool,
        seen: Option<&mut Seen>,
    ) -> Outcome {
        let leaves = match self.tape.kind(node) {
            Kind::Array => schema.unevaluated_items,
            Kind::Object => schema.unevaluated_properties,
            Kind::Null
            | Kind::False
            | Kind::True
            | Kind::Integer
            | Kind::Decimal
            | Kind::Text
            | Kind::Name => None,
        };
        let Some(rest) = leaves else { return self.rules(schema, node, tells, seen) };
        let mut own = Seen::default();
        let outcome = self.rules(schema, node, tells, Some(&mut own));
        if outcome.fails() && !tells {
            return outcome;
        }
        let outcome = outcome.and(self.unevaluated(schema, rest, node, tells, &mut own));
        if let Some(seen) = seen {
            seen.insert_all(&own);
        }
        outcome
    }

    fn rules(
        &mut self,
        schema: &Compiled,
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        if schema.is_never {
            return self.fails(schema, Keyword::False, tells);
        }
        let kind = self.tape.kind(node);
        if schema.types != Types::ANY && !self.has_type(schema.types, kind, node) {
            // Whatever else is asked, is asked of another type.
            return self.fails(schema, Keyword::Type, tells);
        }
        let mut outcome = Outcome::Holds;
        if !schema.values.is_empty() {
            outcome = self.values(schema, node, tells);
            if outcome.fails() && !tells {
                return outcome;
            }
        }
        let by_kind = match kind {
            Kind::Null | Kind::False | Kind::True => Outcome::Holds,
            Kind::Integer | Kind::Decimal => self.number(schema, node, tells),
            Kind::Text | Kind::Name => match &schema.text {
                Some(rules) => self.text(schema, rules, node, tells),
                None => Outcome::Holds,
            },
            Kind::Array => match &schema.array {
                Some(rules) => self.array(schema, rules, node, tells, seen.as_deref_mut()),
                None => Outcome::Holds,
            },
            Kind::Object => match &schema.object {
                Some(rules) => self.object(schema, rules, node, tells, seen.as_deref_mut()),
                None => Outcome::Holds,
            },
        };
        outcome = outcome.and(by_kind);
        for applied in &schema.applied {
            if outcome.fails() && !tells {
                return outcome;
            }
            outcome = outcome.and(self.applied(schema, applied, node, tells, seen.as_deref_mut()));
        }
        outcome
    }

    fn has_type(&self, types: Types, kind: Kind, node: NodeId) -> bool {
        let wanted = match kind {
            Kind::Null => Types::NULL,
            Kind::False | Kind::True => Types::BOOLEAN,
            Kind::Integer => Types::INTEGER,
            Kind::Decimal if types.contains(Types::NUMBER) => return true,
            Kind::Decimal => {
                return types.contains(Types::INTEGER) && self.tape.number(node).is_integer();
            }
            Kind::Text | Kind::Name => Types::STRING,
            Kind::Array => Types::ARRAY,
            Kind::Object => Types::OBJECT,
        };
        types.contains(wanted)
    }

    fn values(&mut self, schema: &Compiled, node: NodeId, tells: bool) -> Outcome {
        let mut outcome = Outcome::Holds;
        for values in &schema.values {
            let mut tally = Tally::default();
            for literal in &values.list {
                tally.add(self.is_literal(node, literal));
                if tally.holding > 0 {
                    break;
                }
            }
            let one = tally.is_within(1, usize::MAX);
            if one.fails() {
                self.fault(schema, values.keyword, tells);
            }
            outcome = outcome.and(one);
        }
        outcome
    }

    fn number(&mut self, schema: &Compiled, node: NodeId, tells: bool) -> Outcome {
        if schema.numbers.is_empty() {
            return Outcome::Holds;
        }
        let number = self.tape.number(node);
        let mut outcome = Outcome::Holds;
        if !self.takes(self.tape.span(node).len() / BYTES_A_STEP) {
            return Outcome::Unknown(UnknownReason::Steps);
        }
        for limit in &schema.numbers {
            let other = bartizan_model::tape::Decimal::of(&limit.number);
            let (keyword, one) = match limit.kind {
                LimitKind::Minimum => (Keyword::Minimum, Outcome::of(number >= other)),
                LimitKind::ExclusiveMinimum => {
                    (Keyword::ExclusiveMinimum, Outcome::of(number > other))
                }
                LimitKind::Maximum => (Keyword::Maximum, Outcome::of(number <= other)),
                LimitKind::ExclusiveMaximum => {
                    (Keyword::ExclusiveMaximum, Outcome::of(number < other))
                }
                LimitKind::MultipleOf => {
                    let is_multiple = number.is_multiple_of(&other).map(Outcome::of);
                    let lost = Outcome::Unknown(UnknownReason::Number);
                    (Keyword::MultipleOf, is_multiple.unwrap_or(lost))
                }
            };
            if one.fails() {
                self.fault(schema, keyword, tells);
            }
            outcome = outcome.and(one);
        }
        outcome
    }

    fn text(&mut self, schema: &Compiled, rules: &TextRules, node: NodeId, tells: bool) -> Outcome {
        let bytes = self.tape.span(node).len();
        if !self.takes(bytes / BYTES_A_STEP) {
            return Outcome::Unknown(UnknownReason::Steps);
        }
        let text = self.tape.text(node);
        let mut outcome = Outcome::Holds;
        // A character has one to four bytes: mostly they need not be counted.
        let is_surely_within = text.len() <= rules.length.max && text.len() / 4 >= rules.length.min;
        if !is_surely_within {
            let characters = text.chars().count();
            if characters < rules.length.min {
                outcome = self.fails(schema, Keyword::MinLength, tells);
            } else if characters > rules.length.max {
                outcome = self.fails(schema, Keyword::MaxLength, tells);
            }
        }
        if let Some(pattern) = &rules.pattern {
            let matches = self.matches(pattern, &text);
            if matches.fails() {
                self.fault(schema, Keyword::Pattern, tells);
            }
            outcome = outcome.and(matches);
        }
        if let Some(format) = rules.format
            && !format.fits(&text)
        {
            outcome = outcome.and(self.fails(schema, Keyword::Format, tells));
        }
        outcome
    }

    pub(super) fn matches(&mut self, pattern: &Pattern, text: &str) -> Outcome {
        let Pattern::Regex(regex) = pattern else {
            return Outcome::Unknown(UnknownReason::Pattern);
        };
        if text.len() > self.limits.pattern_text_bytes_max {
            return Outcome::Unknown(UnknownReason::LongText);
        }
        // A byte that a search cannot remember its way for costs as much as the expression is long.
        if !self.takes(1 + text.len() / 16) {
            return Outcome::Unknown(UnknownReason::Steps);
        }
        Outcome::of(regex.is_match(text))
    }

    fn applied(
        &mut self,
        schema: &Compiled,
        applied: &Applied,
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        let outcome = match applied {
            Applied::Reference(id) => self.schema(*id, node, tells, seen.as_deref_mut()),
            Applied::Dynamic { otherwise, anchor } => {
                let id = self.in_scope(*anchor).unwrap_or(*otherwise);
                self.schema(id, node, tells, seen.as_deref_mut())
            }
            Applied::AllOf(list) => self.all_of(list, node, tells, seen.as_deref_mut()),
            Applied::AnyOf(list) => {
                let tally = self.tally(list, node, usize::MAX, seen.as_deref_mut());
                let outcome = tally.is_within(1, usize::MAX);
                if outcome.fails() {
                    self.fault_of_branches(schema, Keyword::AnyOf, list, node, tells);
                }
                outcome
            }
            Applied::OneOf(list) => {
                let tally = self.tally(list, node, 1, seen.as_deref_mut());
                let outcome = tally.is_within(1, 1);
                if outcome.fails() {
                    let branches = if tally.holding == 0 { list.as_slice() } else { &[] };
                    self.fault_of_branches(schema, Keyword::OneOf, branches, node, tells);
                }
                outcome
            }
            Applied::Not(id) => {
                let outcome = self.schema(*id, node, false, None).not();
                if outcome.fails() {
                    self.fault(schema, Keyword::Not, tells);
                }
                outcome
            }
            Applied::If(it) => self.conditional(schema, it, node, tells, seen.as_deref_mut()),
            Applied::Undecidable(reason) => Outcome::Unknown(*reason),
        };
        if let (Some(seen), Outcome::Unknown(reason)) = (seen, outcome) {
            seen.uncertain = seen.uncertain.or(Some(reason));
        }
        outcome
    }

    fn all_of(
        &mut self,
        list: &[SchemaId],
        node: NodeId,
        tells: bool,
        mut seen: Option<&mut Seen>,
    ) -> Outcome {
        let mut outcome = Outcome::Holds;
        for id in list {
            outcome = outcome.and(self.schema(*id, node, tells, seen.as_deref_mut()));
            if outcome.fails() && !tells {
                break;
            }
        }
        outcome
    }

    /// How many hold. With nothing to be seen, it ends with what is more than `enough`, or with one where
    /// any number is enough.
    fn tally(
        &mut self,
        list: &[SchemaId],
        node: NodeId,
        enough: usize,
        mut seen: Option<&mut Seen>,
    ) -> Tally {
        let mut tally = Tally::default();
        for id in list {
            let Some(seen) = seen.as_deref_mut() else {
                tally.add(self.schema(*id, node, false, None));
                if tally.holding > enough || (enough == usize::MAX && tally.holding > 0) {
                    break;
                }
                continue;
            };
            let mut own = Seen::default();
            let outcome = self.schema(*id, node, false, Some(&mut own));
            tally.add(outcome);
            match outcome {
                Outcome::Holds => seen.insert_all(&own),
                Outcome::Fails => {}
                Outcome::Unknown(reason) => seen.uncertain = seen.uncertain.or(Some(reason)),
            }
        }
        tally
    }

    fn conditional(
        &mut self,
        schema: &Compiled,
        conditional: &Conditional,
        node: NodeId,
        tells: bool,
        seen: Option<&mut Seen>,
    ) -> Outcome {
        let mut own = seen.is_some().then(Seen::default);
        let outcome = self.schema(conditional.condition, node, false, own.as_mut());
        let reason = match outcome {
            Outcome::Holds => {
                let outcome = self.branch(conditional.then, node, tells, own.as_mut());
                if let (Some(seen), Some(own)) = (seen, own) {
                    seen.insert_all(&own);
                }
                return outcome;
            }
            Outcome::Fails => return self.branch(conditional.otherwise, node, tells, seen),
            Outcome::Unknown(reason) => reason,
        };
        if let Some(seen) = seen {
            seen.uncertain = seen.uncertain.or(Some(reason));
        }
        // What follows whichever it is, follows.
        let then = self.branch(conditional.then, node, false, None);
        let otherwise = self.branch(conditional.otherwise, node, false, None);
        if then != otherwise {
            return Outcome::Unknown(reason);
        }
        if then.fails() {
            self.fault(schema, Keyword::If, tells);
        }
        then
    }

    fn branch(
        &mut self,
        id: Option<SchemaId>,
        node: NodeId,
        tells: bool,
        seen: Option<&mut Seen>,
    ) -> Outcome {
        id.map_or(Outcome::Holds, |it| self.schema(it, node, tells, seen))
    }

    /// The outermost schema of the dynamic scope that has the anchor.
    fn in_scope(&self, anchor: usize) -> Option<SchemaId> {
        let schemas = self.validator.anchors.get(anchor)?;
        self.scope.iter().find_map(|it| schemas.get(it)).copied()
    }

    /// Tells why no branch fits: what is wrong in the only one that takes the type, if there is one.
    fn fault_of_branches(
        &mut self,
        schema: &Compiled,
        keyword: Keyword,
        branches: &[SchemaId],
        node: NodeId,
        tells: bool,
    ) {
        if !tells {
            return;
        }
        let mut fitting = branches.iter().filter(|it| self.takes_type(**it, node));
        if let (Some(only), None) = (fitting.next(), fitting.next()) {
            let before = self.faults.len();
            if self.schema(*only, node, true, None).fails() && self.faults.len() > before {
                return;
            }
        }
        self.fault(schema, keyword, tells);
    }

    fn takes_type(&self, id: SchemaId, node: NodeId) -> bool {
        let mut id = id;
        for _ in 0..FOLLOWED_MAX {
            let Some(schema) = self.validator.schemas.get(id.0 as usize) else { return true };
            if schema.is_never || !self.has_type(schema.types, self.tape.kind(node), node) {
                return false;
            }
            match schema.applied.as_slice() {
                [Applied::Reference(target)] => id = *target,
                _ => return true,
            }
        }
        true
    }

    /// Goes to a value in this one.
    pub(super) fn within(
        &mut self,
        step: Step,
        id: SchemaId,
        node: NodeId,
        tells: bool,
    ) -> Outcome {
        self.path.push(step);
        let outcome = self.schema(id, node, tells, None);
        self.path.pop();
        outcome
    }

    /// Whether nothing that follows can change the outcome, or be told.
    pub(super) fn is_decided(&self, outcome: Outcome, tells: bool) -> bool {
        outcome.fails() && (!tells || self.faults_more)
    }

    /// Whether nothing fits a schema.
    pub(super) fn is_never(&self, id: SchemaId) -> bool {
        self.validator.schemas.get(id.0 as usize).is_some_and(|it| it.is_never)
    }

    pub(super) fn fails(&mut self, schema: &Compiled, keyword: Keyword, tells: bool) -> Outcome {
        self.fault(schema, keyword, tells);
        Outcome::Fails
    }

    /// Fails at a value in this one.
    pub(super) fn fails_within(
        &mut self,
        step: Step,
        schema: &Compiled,
        keyword: Keyword,
        tells: bool,
    ) -> Outcome {
        self.path.push(step);
        self.fault(schema, keyword, tells);
        self.path.pop();
        Outcome::Fails
    }

    pub(super) fn fault(&mut self, schema: &Compiled, keyword: Keyword, tells: bool) {
        self.fault_of(schema, keyword, None, tells);
    }

    /// A fault of a member that is not there, if it is named.
    pub(super) fn fault_of(
        &mut self,
        schema: &Compiled,
        keyword: Keyword,
        missing: Option<&str>,
        tells: bool,
    ) {
        if !tells {
            return;
        }
        if self.faults.len() >= self.limits.faults_max.max(1) {
            self.faults_more = true;
            return;
        }
        let (instance, is_cut) = self.pointer(missing);
        let place = schema.place.clone();
        let kind = keyword.kind();
        self.faults.push(Fault { instance, is_cut, keyword, schema: place, kind });
    }

    /// The way to the value, and whether it was cut.
    fn pointer(&self, missing: Option<&str>) -> (String, bool) {
        let mut pointer = String::new();
        let met = self.path.iter().map(|step| match step {
            Step::Item(number) => Cow::Owned(number.to_string()),
            Step::Member(name) => self.tape.text(*name),
        });
        for token in met.chain(missing.map(Cow::Borrowed)) {
            let before = pointer.len();
            pointer.push('/');
            for it in token.chars().take(self.limits.pointer_bytes_max) {
                match it {
                    '~' => pointer.push_str("~0"),
                    '/' => pointer.push_str("~1"),
                    it if it.is_control() => pointer.push(char::REPLACEMENT_CHARACTER),
                    it => pointer.push(it),
                }
            }
            if pointer.len() > self.limits.pointer_bytes_max {
                pointer.truncate(before);
                return (pointer, true);
            }
        }
        (pointer, false)
    }
}
