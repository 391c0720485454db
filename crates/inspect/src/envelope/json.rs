//! The members of a JSON message that may name an operation, of each element of a batch.
//!
//! Reads    one object, or a list of objects.
//! Writes   for each element what stands in the members that decide. Their case does not matter, since there
//!          are servers that it does not matter to.
//! Memory   the values of those members.
//! Misses   an element behind the place where the text stops being JSON.

use crate::body::Progress;
use crate::handing::Handing;
use crate::json::Json;
use crate::value::{PlaceRef, Sink, Value};

use super::BODY_BYTES_MAX;

/// Lists and objects in each other.
const DEPTH_MAX: usize = 512;

/// Members of a request of GraphQL.
const GRAPHQL_MEMBERS: [&str; 4] = ["query", "operationName", "variables", "extensions"];

/// What is said in one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// This, once or the same again.
    One(Vec<u8>),
    /// One thing and another.
    Several,
}

/// One object of a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    pub(super) jsonrpc: Said,
    pub(super) method: Said,
    /// Of the tool or prompt, in MCP.
    pub(super) params_name: Said,
    /// Of the protocol, in MCP.
    pub(super) params_version: Said,
    pub(super) query: Said,
    pub(super) operation_name: Said,
    /// Of a query that the server knows.
    pub(super) hash: Said,
    /// Whether it has a member that GraphQL has no use for.
    pub(super) has_others: bool,
}

/// All objects of a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) elements: Vec<Element>,
    /// Whether the text ends, or ceases to be JSON, before the message does.
    pub(super) is_broken: bool,
}

impl Said {
    /// Says one thing more.
    pub(super) fn add(&mut self, text: &[u8]) {
        match self {
            Self::Nothing => *self = Self::One(text.to_vec()),
            Self::One(before) if before == text => {}
            Self::One(_) | Self::Several => *self = Self::Several,
        }
    }

    /// Says all that another said.
    pub(super) fn add_all(&mut self, other: &Self) {
        match other {
            Self::Nothing => {}
            Self::One(text) => self.add(text),
            Self::Several => *self = Self::Several,
        }
    }

    /// What is said, if it is one thing.
    pub(super) fn one(&self) -> Option<&[u8]> {
        match self {
            Self::One(text) => Some(text),
            Self::Nothing | Self::Several => None,
        }
    }

    /// Whether anything is said.
    pub(super) fn is_any(&self) -> bool {
        *self != Self::Nothing
    }
}

/// Whether a body may be of GraphQL or JSON-RPC at all: whether it has the word `query` or `jsonrpc` in any
/// case, or an escape that such a word may hide behind. Most bodies need no more than this look.
pub(super) fn mentions(body: &[u8]) -> bool {
    let begins = |at: usize, word: &[u8]| {
        body.get(at..at + word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
    };
    memchr::memchr2_iter(b'q', b'Q', body).any(|at| begins(at, b"query"))
        || memchr::memchr2_iter(b'j', b'J', body).any(|at| begins(at, b"jsonrpc"))
        || memchr::memmem::find(body, b"\\u").is_some()
}

impl Batch {
    /// Reads a body that begins as an object or a list.
    pub(super) fn of(body: &[u8]) -> Self {
        let Some(rest) = body.trim_ascii_start().strip_prefix(b"[") else {
            let (element, is_broken) = Element::of(body, "$");
            return Self { elements: vec![element], is_broken };
        };
        let mut batch = Self::default();
        let mut split = Split { rest, is_ended: false };
        while let Some(text) = split.next() {
            let (element, is_broken) = Element::of(text, "$");
            if element.says_any() {
                batch.elements.push(element);
            }
            batch.is_broken |= is_broken;
        }
        batch.is_broken |= !split.is_ended || !split.rest.trim_ascii_start().is_empty();
        batch
    }
}

impl Element {
    /// Reads one value that stands at `path`, and says whether it is broken.
    pub(super) fn of(text: &[u8], path: &str) -> (Self, bool) {
        let mut element = Self::default();
        // No value takes less than a byte, so that there is room for all.
        let mut left = BODY_BYTES_MAX;
        let mut out = Handing::new(&mut element, &mut left);
        let mut walk = Json::new(DEPTH_MAX, path, false);
        while walk.step(text, BODY_BYTES_MAX, &mut out) == Progress::More {}
        (element, walk.broken_at().is_some())
    }

    fn says_any(&self) -> bool {
        self.query.is_any() || self.method.is_any() || self.hash.is_any()
    }

    /// Adds what decides in GraphQL from somewhere else in the same request.
    pub(super) fn add(&mut self, other: &Self) {
        self.query.add_all(&other.query);
        self.operation_name.add_all(&other.operation_name);
        self.hash.add_all(&other.hash);
    }

    fn slot(&mut self, path: &str) -> Option<&mut Said> {
        let member = path.strip_prefix("$.")?;
        let is = |name: &str| member.eq_ignore_ascii_case(name);
        Some(match member.len() {
            5 if is("query") => &mut self.query,
            6 if is("method") => &mut self.method,
            7 if is("jsonrpc") => &mut self.jsonrpc,
            11 if is("params.name") => &mut self.params_name,
            13 if is("operationName") => &mut self.operation_name,
            22 if is("params.protocolVersion") => &mut self.params_version,
            36 if is("extensions.persistedQuery.sha256Hash") => &mut self.hash,
            _ => return None,
        })
    }
}

impl Sink for Element {
    fn take(&mut self, value: Value<'_>) {
        let PlaceRef::Body(path) = value.place else { return };
        match self.slot(path) {
            Some(slot) => slot.add(value.text),
            None => self.scalar(value),
        }
        self.has_others |= is_other(path);
    }

    fn scalar(&mut self, value: Value<'_>) {
        if let PlaceRef::Body(path) = value.place {
            self.has_others |= is_other(path);
        }
    }
}

/// Whether the outermost member of this path is none of GraphQL's.
fn is_other(path: &str) -> bool {
    let member = path.strip_prefix("$.").unwrap_or(path);
    let member = member.split(['.', '[']).next().unwrap_or_default();
    !GRAPHQL_MEMBERS.iter().any(|it| it.eq_ignore_ascii_case(member))
}

/// The elements of a list, found by counting brackets outside of strings.
struct Split<'a> {
    rest: &'a [u8],
    is_ended: bool,
}

impl<'a> Split<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        if self.is_ended || self.rest.is_empty() {
            return None;
        }
        let all = self.rest;
        let (mut depth, mut in_string, mut at) = (0_usize, false, 0);
        while let Some(&byte) = all.get(at) {
            match (in_string, byte) {
                (true, b'\\') => at += 1,
                (_, b'"') => in_string = !in_string,
                (false, b'[' | b'{') => depth += 1,
                (false, b']') if depth == 0 => {
                    self.is_ended = true;
                    break;
                }
                (false, b']' | b'}') => depth = depth.saturating_sub(1),
                (false, b',') if depth == 0 => break,
                _ => {}
            }
            at += 1;
        }
        let at = at.min(all.len());
        self.rest = all.get(at + 1..).unwrap_or_default();
        let element = all.get(..at)?;
        // Behind an opening bracket and nothing else there is no element.
        (!(self.is_ended && element.trim_ascii().is_empty())).then_some(element)
    }
}
