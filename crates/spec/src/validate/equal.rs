//! Whether values are equal, as JSON Schema means it: numbers by value, objects without an order.
//!
//! Source   JSON Schema 2020-12 core, section 4.2.2.

use bartizan_model::tape::{Decimal, Kind, Member, NodeId, Tape, name_hash};

use super::fault::UnknownReason;
use super::literal::Literal;
use super::outcome::Outcome;
use super::run::{BYTES_A_STEP, Run};

/// The work is used up.
struct Exhausted;

impl Run<'_, '_> {
    /// Whether a value is this one.
    pub(super) fn is_literal(&mut self, node: NodeId, literal: &Literal) -> Outcome {
        let tape = self.tape;
        let kind = tape.kind(node);
        match literal {
            Literal::Null => Outcome::of(kind == Kind::Null),
            Literal::Bool(true) => Outcome::of(kind == Kind::True),
            Literal::Bool(false) => Outcome::of(kind == Kind::False),
            Literal::Number(number) => {
                let is_number = matches!(kind, Kind::Integer | Kind::Decimal);
                if is_number && !self.takes(tape.span(node).len() / BYTES_A_STEP) {
                    return Outcome::Unknown(UnknownReason::Steps);
                }
                Outcome::of(is_number && tape.number(node) == Decimal::of(number))
            }
            Literal::Text(text) => {
                let is_text = matches!(kind, Kind::Text | Kind::Name);
                if is_text && !self.takes(text.len() / BYTES_A_STEP) {
                    return Outcome::Unknown(UnknownReason::Steps);
                }
                Outcome::of(is_text && has_text(tape, node, text))
            }
            Literal::List(items) => {
                if kind != Kind::Array || tape.count(node) != items.len() {
                    return Outcome::Fails;
                }
                self.all(tape.items(node).zip(items))
            }
            Literal::Map(members) => self.is_map(node, members),
        }
    }

    /// Whether each is the one beside it. The first that is not ends the look.
    fn all<'l>(&mut self, pairs: impl Iterator<Item = (NodeId, &'l Literal)>) -> Outcome {
        let mut outcome = Outcome::Holds;
        for (node, literal) in pairs {
            if !self.takes(1) {
                return Outcome::Unknown(UnknownReason::Steps);
            }
            outcome = outcome.and(self.is_literal(node, literal));
            if outcome.fails() {
                break;
            }
        }
        outcome
    }

    fn is_map(&mut self, node: NodeId, expected: &[(Box<str>, Literal)]) -> Outcome {
        let tape = self.tape;
        if tape.kind(node) != Kind::Object || tape.count(node) != expected.len() {
            return Outcome::Fails;
        }
        if tape.is_repeated(node) {
            return Outcome::Unknown(UnknownReason::RepeatedName);
        }
        let mut outcome = Outcome::Holds;
        for Member { name, value } in tape.members(node) {
            if !self.takes(1) {
                return Outcome::Unknown(UnknownReason::Steps);
            }
            let name = tape.text(name);
            let found = expected.binary_search_by(|it| it.0.as_ref().cmp(&name)).ok();
            outcome = match found.and_then(|it| expected.get(it)) {
                Some((_, literal)) => outcome.and(self.is_literal(value, literal)),
                None => Outcome::Fails,
            };
            if outcome.fails() {
                break;
            }
        }
        outcome
    }

    /// Whether no two items are equal. Items are sorted by a hash; only those of the same hash are compared.
    pub(super) fn unique(&mut self, node: NodeId) -> Outcome {
        let tape = self.tape;
        if tape.count(node) < 2 {
            return Outcome::Holds;
        }
        let mut hashes = Vec::with_capacity(tape.count(node));
        let mut is_ambiguous = false;
        for item in tape.items(node) {
            match self.hash(item, &mut is_ambiguous) {
                Ok(hash) => hashes.push((hash, item)),
                Err(Exhausted) => return Outcome::Unknown(UnknownReason::Steps),
            }
        }
        if is_ambiguous {
            return Outcome::Unknown(UnknownReason::RepeatedName);
        }
        hashes.sort_unstable();
        for same in hashes.chunk_by(|one, other| one.0 == other.0) {
            // Long only for equal items, where the first pair ends it, or for hashes made to be the same,
            // where the work is soon used up.
            for (at, one) in same.iter().enumerate() {
                for other in same.iter().skip(at + 1) {
                    match self.are_equal(one.1, other.1) {
                        Ok(true) => return Outcome::Fails,
                        Ok(false) => {}
                        Err(Exhausted) => return Outcome::Unknown(UnknownReason::Steps),
                    }
                }
            }
        }
        Outcome::Holds
    }

    /// The same for equal values. As deep as the tape, which is bounded.
    fn hash(&mut self, node: NodeId, is_ambiguous: &mut bool) -> Result<u64, Exhausted> {
        let tape = self.tape;
        let kind = tape.kind(node);
        let bytes =
            if matches!(kind, Kind::Array | Kind::Object) { 0 } else { tape.span(node).len() };
        if !self.takes(1 + bytes / BYTES_A_STEP) {
            return Err(Exhausted);
        }
        Ok(match kind {
            Kind::Null => 1,
            Kind::False => 2,
            Kind::True => 3,
            Kind::Integer | Kind::Decimal => {
                let (negative, digits, power) = tape.number(node).canonical();
                let start = mixed(4 + u64::from(negative), power.unsigned_abs());
                digits.fold(start, |hash, it| mixed(hash, it.into()))
            }
            Kind::Text | Kind::Name => mixed(6, name_hash(tape.text(node).as_bytes()).into()),
            Kind::Array => {
                let mut hash = 7;
                for item in tape.items(node) {
                    hash = mixed(hash, self.hash(item, is_ambiguous)?);
                }
                hash
            }
            Kind::Object => {
                *is_ambiguous |= tape.is_repeated(node);
                let mut sum = 8_u64;
                for Member { name, value } in tape.members(node) {
                    let name = tape.hash_of_name(name).into();
                    sum = sum.wrapping_add(mixed(name, self.hash(value, is_ambiguous)?));
                }
                sum
            }
        })
    }

    fn are_equal(&mut self, one: NodeId, other: NodeId) -> Result<bool, Exhausted> {
        let tape = self.tape;
        let bytes = tape.span(one).len().min(tape.span(other).len());
        if !self.takes(1 + bytes / BYTES_A_STEP) {
            return Err(Exhausted);
        }
        Ok(match (tape.kind(one), tape.kind(other)) {
            (Kind::Integer | Kind::Decimal, Kind::Integer | Kind::Decimal) => {
                tape.number(one) == tape.number(other)
            }
            (Kind::Text, Kind::Text) => tape.text(one) == tape.text(other),
            (Kind::Array, Kind::Array) => {
                if tape.count(one) != tape.count(other) {
                    return Ok(false);
                }
                for (one, other) in tape.items(one).zip(tape.items(other)) {
                    if !self.are_equal(one, other)? {
                        return Ok(false);
                    }
                }
                true
            }
            (Kind::Object, Kind::Object) => {
                if tape.count(one) != tape.count(other) {
                    return Ok(false);
                }
                let others = sorted(tape, other);
                for (one, other) in sorted(tape, one).into_iter().zip(others) {
                    let is_same = tape.text(one.name) == tape.text(other.name);
                    if !is_same || !self.are_equal(one.value, other.value)? {
                        return Ok(false);
                    }
                }
                true
            }
            (one, other) => one == other,
        })
    }
}

/// Members by name.
fn sorted(tape: &Tape<'_>, node: NodeId) -> Vec<Member> {
    let mut members: Vec<_> = tape.members(node).collect();
    members.sort_unstable_by(|one, other| {
        let by_hash = tape.hash_of_name(one.name).cmp(&tape.hash_of_name(other.name));
        by_hash.then_with(|| tape.text(one.name).cmp(&tape.text(other.name)))
    });
    members
}

fn has_text(tape: &Tape<'_>, node: NodeId, text: &str) -> bool {
    match tape.plain_text(node) {
        Some(it) => it == text,
        None => tape.text(node) == text,
    }
}

fn mixed(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
