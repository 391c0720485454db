//! Which declared path an observed endpoint is of.
//!
//! Reads    the paths of operations behind the base paths of their servers, and the paths of endpoints.
//! Memory   a node for each segment of the declared paths.
//! Misses   declared paths of more segments than observed ones are told apart by; where one endpoint may be
//!          of several paths, because their names were taken for values, all of them.

use crate::inventory::{self, Endpoint, Variable};
use crate::template::of_segments;
use bartizan_model::api::{Operation, Part, PathTemplate, Segment};
use bartizan_model::head::Method;
use std::collections::{BTreeMap, BTreeSet};

/// Nodes that are visited to find the path of one endpoint.
const STEPS_MAX: u32 = 4_096;

/// The declared paths.
#[derive(Debug, Default)]
pub(super) struct Paths {
    root: Node,
    /// Those of one shape are one.
    pub(super) known: Vec<Path>,
}

/// A declared path.
#[derive(Debug)]
pub(super) struct Path {
    /// With the base path of the server.
    pub(super) written: String,
    /// Segments of the base path.
    pub(super) base_segments: usize,
    /// Positions of its operations, each with its method.
    pub(super) operations: Vec<(Method, usize)>,
}

/// What an endpoint is of.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// Of this declared path, by its position.
    One(usize),
    /// Its variable took what are names of these.
    Several(Vec<usize>),
    /// Of none.
    None,
    /// It stands for paths that are too long to be told apart.
    Unknown,
}

#[derive(Debug, Default)]
struct Node {
    literals: BTreeMap<Box<str>, Literal>,
    variable: Option<Box<Self>>,
    /// By what is fixed in them.
    mixed: BTreeMap<String, (Vec<Part>, Self)>,
    ends: Option<usize>,
}

#[derive(Debug, Default)]
struct Literal {
    node: Node,
    /// What the template of a single path has there, if it is no word: `{int}`.
    seen: Option<Box<str>>,
}

impl Paths {
    /// Adds an operation behind a base path; the position of its path, or `None` if it cannot be told.
    pub(super) fn add(&mut self, base: &str, operation: &Operation, at: usize) -> Option<usize> {
        let slash = if base.is_empty() || base.starts_with('/') { "" } else { "/" };
        let written = format!("{slash}{base}{}", operation.path);
        let mut segments = base_segments(&format!("{slash}{base}"));
        let base_segments = segments.len();
        segments.extend_from_slice(operation.path.segments());
        if written == "/" {
            segments.clear();
        }
        let seen = of_segments(&segments)?;
        let node = segments.iter().zip(&seen).fold(&mut self.root, |it, of| it.made(of.0, of.1));
        let path = *node.ends.get_or_insert(self.known.len());
        if path == self.known.len() {
            self.known.push(Path { written, base_segments, operations: Vec::new() });
        }
        let method = Method::of(operation.method.as_bytes());
        self.known.get_mut(path)?.operations.push((method, at));
        Some(path)
    }

    /// What an endpoint is of. A literal goes before the variable beside it.
    pub(super) fn of(&self, endpoint: &Endpoint<'_>) -> Match {
        if endpoint.path.iter().any(is_rest) {
            return Match::Unknown;
        }
        // A slash at the end matters only where both were declared.
        let mut other = endpoint.path.clone();
        match other.last() {
            Some(inventory::Segment::Literal("")) => drop(other.pop()),
            Some(_) | None => other.push(inventory::Segment::Literal("")),
        }
        for path in [&endpoint.path, &other] {
            let mut search = Search { left: STEPS_MAX, ..Search::default() };
            search.one(&self.root, path, 0);
            if let Some((_, path)) = search.best {
                return Match::One(path);
            }
        }
        let mut search = Search { left: STEPS_MAX, ..Search::default() };
        search.several(&self.root, &endpoint.path);
        match search.found.is_empty() {
            true if search.left == 0 => Match::Unknown,
            true => Match::None,
            false => Match::Several(search.found.into_iter().collect()),
        }
    }
}

impl Node {
    fn made(&mut self, segment: &Segment, seen: &str) -> &mut Self {
        match segment {
            Segment::Variable(_) => self.variable.get_or_insert_default(),
            Segment::Mixed(parts) => {
                let made = || (parts.clone(), Self::default());
                &mut self.mixed.entry(shape(parts)).or_insert_with(made).1
            }
            Segment::Literal(text) => {
                let is_typed = seen.starts_with('{');
                let key = if is_typed { text.as_str() } else { seen };
                let literal = self.literals.entry(key.into()).or_default();
                literal.seen = is_typed.then(|| seen.into());
                &mut literal.node
            }
        }
    }
}

#[derive(Debug, Default)]
struct Search {
    left: u32,
    /// How little it is like the endpoint, and its position.
    best: Option<(u32, usize)>,
    found: BTreeSet<usize>,
}

impl Search {
    fn is_out_of_steps(&mut self) -> bool {
        let is_out = self.left == 0;
        self.left = self.left.saturating_sub(1);
        is_out
    }

    /// Looks for the path that fits best.
    fn one(&mut self, node: &Node, path: &[inventory::Segment<'_>], cost: u32) {
        if self.is_out_of_steps() || self.best.is_some_and(|best| best.0 <= cost) {
            return;
        }
        let Some((segment, rest)) = path.split_first() else {
            self.best = node.ends.map(|it| (cost, it)).or(self.best);
            return;
        };
        let text = match segment {
            inventory::Segment::Literal(text) => Some(*text),
            inventory::Segment::Variable { .. } => None,
        };
        if let Some(it) = text.and_then(|it| node.literals.get(it)) {
            self.one(&it.node, rest, cost);
        }
        if let Some(it) = &node.variable
            && text != Some("")
        {
            self.one(it, rest, cost + u32::from(text.is_some()));
        }
        for (parts, it) in node.mixed.values() {
            if text.is_none_or(|text| fits(parts, text)) {
                self.one(it, rest, cost + 1);
            }
        }
    }

    /// Looks for all paths whose names may be values of the endpoint's variables.
    fn several(&mut self, node: &Node, path: &[inventory::Segment<'_>]) {
        if self.is_out_of_steps() {
            return;
        }
        let Some((segment, rest)) = path.split_first() else {
            self.found.extend(node.ends);
            return;
        };
        match segment {
            inventory::Segment::Literal(text) => {
                if let Some(it) = node.literals.get(*text) {
                    self.several(&it.node, rest);
                }
            }
            inventory::Segment::Variable { of, .. } => {
                for it in taken(node, of) {
                    self.several(it, rest);
                }
            }
        }
        let is_empty = matches!(segment, inventory::Segment::Literal(""));
        if let Some(it) = node.variable.as_deref().filter(|_| !is_empty) {
            self.several(it, rest);
        }
    }
}

/// The literals that this variable may have taken for values. A variable of many more words than there are
/// names is something else.
fn taken<'a>(node: &'a Node, of: &Variable) -> Vec<&'a Node> {
    let is_word = |it: &&Literal| it.seen.is_none();
    let words = node.literals.values().filter(is_word).count() as u64;
    let may_be_words = of.words.count() <= words.saturating_mul(2);
    let may_be = |it: &&Literal| match it.seen.as_deref() {
        None => of.kinds.contains_key("word") && may_be_words,
        Some(seen) => of.kinds.contains_key(seen.trim_matches(['{', '}'])),
    };
    node.literals.values().filter(may_be).map(|it| &it.node).collect()
}

fn is_rest(segment: &inventory::Segment<'_>) -> bool {
    match segment {
        inventory::Segment::Literal(_) => false,
        inventory::Segment::Variable { of, .. } => of.kinds.contains_key("rest"),
    }
}

fn base_segments(base: &str) -> Vec<Segment> {
    match PathTemplate::parse(base) {
        Ok(it) if !base.is_empty() => it.segments().to_vec(),
        Ok(_) | Err(_) => {
            let words = base.split('/').filter(|it| !it.is_empty());
            words.map(|it| Segment::Literal(it.to_owned())).collect()
        }
    }
}

fn shape(parts: &[Part]) -> String {
    let shown = parts.iter().map(|it| match it {
        Part::Literal(text) => text.as_str(),
        Part::Variable(_) => "{}",
    });
    shown.collect()
}

/// Whether the fixed texts stand in this one, in their order and at its ends.
fn fits(parts: &[Part], text: &str) -> bool {
    let mut rest = text;
    let mut is_open = false;
    for (at, part) in parts.iter().enumerate() {
        let Part::Literal(fixed) = part else {
            is_open = true;
            continue;
        };
        let is_last = at + 1 == parts.len();
        let found = match is_last {
            true => rest.strip_suffix(fixed.as_str()).map(|it| (it, "")),
            false => rest.split_once(fixed.as_str()),
        };
        let Some((_, behind)) = found.filter(|it| it.0.is_empty() != is_open) else {
            return false;
        };
        (rest, is_open) = (behind, false);
    }
    rest.is_empty() != is_open
}
