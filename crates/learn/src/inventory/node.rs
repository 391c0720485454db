//! The tree of paths of one service: what followed what.
//!
//! Reads    templates of single paths (see [`crate::template`]) with the hashes of their segments.
//! Memory   at most [`NODES_MAX`] nodes; where there is no room, nothing new is learnt and it is counted.
//! Misses   segments behind the sixteenth.

use super::distinct::Distinct;
use super::echoes::Echoes;
use super::leaf::Leaf;
use super::looks::Looks;
use super::said::{By, SaidStep, VALUE_BITS_MIN};
use bartizan_model::fact::Kind;
use bartizan_model::head::Method;
use std::collections::BTreeMap;

/// Nodes of one service.
pub const NODES_MAX: usize = 20_000;
/// Words of a variable that are values beyond doubt: fewer may be names after all, and the same names stand
/// elsewhere.
pub(super) const WORDS_SURE: u64 = 30;
/// Calls of a variable within which the names beside it are called.
const CALLS_OF_NAMES: u64 = 2_000;
/// The variable among the children of a node. No segment of a path is written so.
pub(super) const VARIABLE: &str = "{}";

/// One segment of a path, with everything behind it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Node {
    /// By segment; at most one is [`VARIABLE`].
    pub(super) children: BTreeMap<Box<str>, Self>,
    /// The endpoints whose path ends here.
    pub(super) leaves: BTreeMap<Method, Leaf>,
    /// Successful exchanges that went through here.
    pub(super) calls: u64,
    /// The hash of this segment, where facts told it.
    pub(super) hash: Option<u64>,
    /// What is known of it if it is a variable.
    pub(super) variable: Option<Box<Variable>>,
    /// The segment, to be compared.
    pub(super) word: u64,
    /// What it looks like, see [`super::words::likeness`].
    pub(super) likeness: f32,
    /// There is an endpoint, a field or something behind it that was not there when was looked last.
    pub(super) is_new: bool,
    /// Calls of the segment before it when it came.
    pub(super) calls_born: u64,
    /// Calls when everything behind it was gone through last.
    pub(super) calls_settled: u64,
    /// Calls when was looked for variables right behind it last.
    pub(super) calls_looked: u64,
    /// Answers of its own endpoints that were looked at, and those of them that held the segment.
    pub(super) answered: u32,
    pub(super) held: u32,
}

/// A segment that takes many values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Variable {
    /// Exchanges by what the value looked like in the template: `int`, `uuid`, `text`, …, `word`.
    pub kinds: BTreeMap<Box<str>, u64>,
    /// Why these segments are one variable.
    pub reason: Reason,
    /// Words that are values of it.
    pub words: Distinct,
    /// Fields of answers that held its values, each with how often.
    pub(super) handed_out: BTreeMap<Box<str>, u64>,
    /// Words that its values stood behind nearer to the root, each with how often.
    pub(super) homes: BTreeMap<Box<str>, u64>,
    /// Values that were looked up for that.
    pub(super) met: u64,
    /// What fields of the same exchange that held the value call it.
    pub(super) echoes: Echoes,
    /// What its values are by their look.
    pub(super) looks: Looks,
}

/// Why a segment is a variable.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Reason {
    /// Its values have the form of identifiers.
    #[default]
    Form,
    /// So many different words stood there, and what is behind them and what they answer is alike.
    Alike {
        /// The words.
        words: u64,
        /// How alike, in hundredths of a bit for each word.
        bits: u16,
    },
    /// There were too many to be names.
    TooMany {
        /// The words.
        words: u64,
    },
    /// Somebody said so.
    Said(By),
}

impl Reason {
    /// What counts of two: what somebody said, and then what took more than a look.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Said(mine), Self::Said(theirs)) => Self::Said(mine.max(theirs)),
            (Self::Form, it) | (_, it @ Self::Said(_)) => it,
            (it @ (Self::Alike { .. } | Self::TooMany { .. } | Self::Said(_)), _) => it,
        }
    }
}

impl Node {
    /// A segment that was not seen before.
    pub(super) fn of(key: &str) -> Self {
        let variable = (key == VARIABLE).then(Box::default);
        let (word, likeness) = (hash(key), super::words::likeness(key));
        Self { variable, word, likeness, is_new: true, ..Self::default() }
    }

    /// Whether this is where all paths begin: the only node that is no segment.
    pub(super) fn is_root(&self) -> bool {
        self.word == 0
    }

    /// The key of a segment, as was said or learnt.
    pub(super) fn key<'a>(&self, segment: &'a str, said: Option<&'a SaidStep>) -> &'a str {
        if let Some(key) = said.and_then(|it| it.key(segment)) {
            return key;
        }
        if kind(segment).is_some() {
            return VARIABLE;
        }
        let is_name = self.children.contains_key(segment) || !self.takes(segment);
        if is_name { segment } else { VARIABLE }
    }

    /// The node behind `segment`, which has this key; made if it is new and there is room.
    pub(super) fn child(
        &mut self,
        segment: &str,
        key: &str,
        nodes: &mut usize,
    ) -> Option<&mut Self> {
        let child = self.made(key, nodes)?;
        if let Some(variable) = &mut child.variable {
            let kind = kind(segment);
            if kind.is_none() {
                variable.words.add(hash(segment));
                variable.looks.add_word(segment, 1);
            }
            variable.count(kind.unwrap_or("word"), 1);
        }
        Some(child)
    }

    /// The node with this key, made if it is new and there is room.
    pub(super) fn made(&mut self, key: &str, nodes: &mut usize) -> Option<&mut Self> {
        if !self.children.contains_key(key) {
            if *nodes >= NODES_MAX {
                return None;
            }
            *nodes += 1;
            self.is_new = true;
            let child = Self { calls_born: self.calls, ..Self::of(key) };
            self.children.insert(key.into(), child);
        }
        self.children.get_mut(key)
    }

    /// Whether a word that was not met here before is a value of the variable.
    fn takes(&self, segment: &str) -> bool {
        let variable = self.children.get(VARIABLE).and_then(|it| it.variable.as_deref());
        variable.is_some_and(|it| {
            !matches!(it.reason, Reason::Form)
                && !segment.is_empty()
                && super::words::likeness(segment) > VALUE_BITS_MIN
                && !self.has_strange(segment)
        })
    }

    /// Whether a word is written as no value of the variable here is, as far as it is known: it may be a name. What
    /// has not been called by then is hardly one.
    pub(super) fn has_strange(&self, word: &str) -> bool {
        let Some(child) = self.children.get(VARIABLE).filter(|it| it.calls < CALLS_OF_NAMES) else {
            return false;
        };
        let is_strange = |it: &Variable| it.looks.is_strange(word, it.kinds.values().sum());
        child.variable.as_deref().is_some_and(is_strange)
    }

    /// The endpoint with these keys.
    pub(super) fn leaf(&self, keys: &[&str], method: Method) -> Option<&Leaf> {
        let node = keys.iter().try_fold(self, |it, key| it.children.get(*key))?;
        node.leaves.get(&method)
    }

    /// The endpoint of a path that fits no template that was said; the keys on the way to it are `found` from
    /// its end. A name goes before the variable beside it, unless nothing of this method is behind it.
    pub(super) fn find<'a>(
        &'a self,
        segments: &[&str],
        method: Method,
        said: Option<&SaidStep>,
        steps: &mut u32,
        found: &mut dyn FnMut(&'a str),
    ) -> Option<&'a Leaf> {
        let Some((segment, rest)) = segments.split_first() else { return self.leaves.get(&method) };
        let keys = match said.and_then(|it| it.key(segment)) {
            Some(key) => [Some(key), None],
            None => [Some(*segment), Some(VARIABLE)],
        };
        for key in keys.into_iter().flatten() {
            let Some((key, child)) = self.children.get_key_value(key) else { continue };
            *steps = steps.checked_sub(1)?;
            let said = said.and_then(|it| it.behind(key));
            if let Some(leaf) = child.find(rest, method, said, steps, found) {
                found(key);
                return Some(leaf);
            }
        }
        None
    }

    /// As [`Self::find`], to change it, whatever the method.
    pub(super) fn find_mut(
        &mut self,
        segments: &[&str],
        said: Option<&SaidStep>,
    ) -> Option<&mut Self> {
        let Some((segment, rest)) = segments.split_first() else { return Some(self) };
        let key = match said.and_then(|it| it.key(segment)) {
            Some(key) => key,
            None if self.children.contains_key(*segment) => segment,
            None => VARIABLE,
        };
        let behind = said.and_then(|it| it.behind(key));
        self.children.get_mut(key)?.find_mut(rest, behind)
    }

    /// Takes everything from another node that is the same segment.
    pub(super) fn merge(&mut self, other: Self) -> usize {
        self.calls += other.calls;
        self.answered = self.answered.saturating_add(other.answered);
        self.held = self.held.saturating_add(other.held);
        self.is_new = true;
        let mut gone = 0;
        for (method, leaf) in other.leaves {
            self.leaves.entry(method).or_default().merge(leaf);
        }
        for (segment, child) in other.children {
            match self.children.get_mut(&segment) {
                Some(known) => gone += 1 + known.merge(child),
                None => {
                    self.children.insert(segment, child);
                }
            }
        }
        if let Some(theirs) = other.variable {
            self.variable.get_or_insert_default().merge(*theirs);
        }
        gone
    }
}

/// What a segment that is no word looked like: the `int` of `{int}`.
fn kind(segment: &str) -> Option<&str> {
    segment.strip_prefix('{').and_then(|it| it.strip_suffix('}'))
}

/// FNV-1a: only to count with.
pub(super) fn hash(segment: &str) -> u64 {
    segment.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Fields that hand out values of one variable; further ones are not told.
const FIELDS_MAX: usize = 32;
/// Words that values of one variable stood behind elsewhere; further ones are not told.
const HOMES_MAX: usize = 8;

impl Variable {
    /// Counts exchanges whose value looked so.
    pub(super) fn count(&mut self, kind: &str, exchanges: u64) {
        match self.kinds.get_mut(kind) {
            Some(count) => *count += exchanges,
            None => {
                self.kinds.insert(kind.into(), exchanges);
            }
        }
    }

    /// Takes what is known of another one that is the same.
    pub(super) fn merge(&mut self, other: Self) {
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        for (place, count) in other.handed_out {
            if let Some(known) = self.handed_out.get_mut(&place) {
                *known += count;
            } else if self.handed_out.len() < FIELDS_MAX {
                self.handed_out.insert(place, count);
            }
        }
        for (word, count) in other.homes {
            *self.homes.entry(word).or_default() += count;
        }
        self.met += other.met;
        self.echoes.merge(other.echoes);
        self.looks.merge(other.looks);
        self.words.merge(&other.words);
        self.reason = self.reason.or(other.reason);
    }

    /// Notes that a field of an answer held one of its values.
    pub(super) fn hand(&mut self, field: &str) {
        if let Some(count) = self.handed_out.get_mut(field) {
            *count += 1;
        } else if self.handed_out.len() < FIELDS_MAX {
            self.handed_out.insert(field.into(), 1);
        }
    }

    /// Notes which word one of its values stood behind nearer to the root, if it did.
    pub(super) fn meet(&mut self, word: Option<&str>) {
        self.met += 1;
        let Some(word) = word else { return };
        if let Some(count) = self.homes.get_mut(word) {
            *count += 1;
        } else if self.homes.len() < HOMES_MAX {
            self.homes.insert(word.into(), 1);
        }
    }

    /// The word that most of its values stood behind nearer to the root.
    pub(super) fn home(&self) -> Option<&str> {
        let (word, count) = self.homes.iter().max_by_key(|it| it.1)?;
        (self.met >= 5 && *count * 2 > self.met).then_some(&**word)
    }

    /// Whether hardly any value was a word, of at least ten.
    pub(super) fn is_form(&self) -> bool {
        let all: u64 = self.kinds.values().sum();
        let words = self.kinds.get("word").copied().unwrap_or(0);
        all >= 10 && words * 20 <= all
    }

    /// Whether a third of its values at least were words: names that people choose, among others with digits or dots.
    pub(super) fn holds_words(&self) -> bool {
        let words = self.kinds.get("word").copied().unwrap_or(0);
        words > 0 && words * 3 >= self.kinds.values().sum()
    }

    /// What most values looked like; `None` for words and mixtures.
    pub fn kind(&self) -> Option<Kind> {
        let all: u64 = self.kinds.values().sum();
        let (name, most) = self.kinds.iter().max_by_key(|it| it.1)?;
        if *most * 20 < all * 19 {
            return None;
        }
        Some(match &**name {
            "int" => Kind::Integer,
            "uuid" => Kind::Uuid,
            "hex" => Kind::Hex,
            "date" => Kind::Date,
            "email" => Kind::Email,
            _ => return None,
        })
    }
}
