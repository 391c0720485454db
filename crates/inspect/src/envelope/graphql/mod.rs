//! GraphQL over HTTP: what a document executes.
//!
//! Reads    `query` and `operationName` in JSON, in lists of them, in forms and in the query of the URL,
//!          which some servers read before the body; `application/graphql`; the hash of a query that the
//!          server knows.
//! Writes   `query customer,orders`: the kind of the operation and the real names of its root fields in
//!          order, each once. Neither the name of the operation nor the aliases are in it, so that a client
//!          makes no new operation by renaming. `__typename` is named only where it stands alone. A query
//!          that is known by its hash is `persisted`.
//! Memory   see `document`; one entry for each root field of what is executed.
//! Misses   what `@skip` and `@include` leave out is listed and counted; the text behind a hash. A `query` in
//!          JSON of somebody else's that is nothing but a document (`{"query": "{id}"}`) is taken for one;
//!          with another member beside it, words in braces and nothing more are not.
//!
//! Decided: several operations without a name that chooses one, a name that two have, and fragments of one
//! name are [`super::OTHER`], as servers refuse them. Several operations that all have no name, fragments
//! alone and a text with a fault in it are no GraphQL, unless the media type says that it is. A text that is
//! nested deeper than is read, and right so far, is [`super::OTHER`].
//! Source   GraphQL (October 2021); GraphQL over HTTP (draft of 2025); Apollo's automatic persisted queries.

mod call;
mod document;
mod tokens;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use super::json::{Batch, Element, Said};
use super::{Envelope, Head, NAME_BYTES_MAX, Operation, distinct, listed};
use crate::form::pairs;
pub(super) use call::call;
use document::{Definition, Kind, Selection};

/// Hexadecimal digits of a hash.
const HASH_DIGITS: usize = 64;

/// The name of what a server knows by its hash, which a client may invent.
const PERSISTED: &str = "persisted";

/// Why a text is not read as a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It is none.
    Syntax,
    /// It is nested beyond what is read.
    TooDeep,
}

/// What one request of a message asks for.
enum Asked<'a> {
    /// These fields, sorted; so many answers.
    Fields { kind: Kind, names: Vec<&'a str>, count: usize },
    /// What the server knows by a hash.
    Persisted,
    /// Something that is not known.
    Unknown,
}

/// The operation of a request without a body that counts.
pub(super) fn of_query(head: &Head<'_>) -> Option<Operation> {
    // A percent sign may hide the letter.
    memchr::memchr3(b'q', b'Q', b'%', head.query)?;
    let element = of_pairs(head.query);
    asked(&element).map(|it| combined([it], false))
}

/// The operation of a form.
pub(super) fn of_form(head: &Head<'_>, body: &[u8], is_cut: bool) -> Option<Operation> {
    let mut element = of_pairs(body);
    let in_url = of_pairs(head.query);
    element.add(&in_url);
    element.has_others |= in_url.has_others;
    asked(&element).map(|it| combined([it], is_cut))
}

/// The operation of a body that is a document.
pub(super) fn of_text(head: &Head<'_>, body: &[u8], is_cut: bool) -> Operation {
    let mut element = of_pairs(head.query);
    element.query.add(body);
    element.has_others = false;
    let asked = asked(&element).unwrap_or(Asked::Unknown);
    combined([asked], is_cut)
}

/// The operation of a JSON message.
pub(super) fn of_batch(head: &Head<'_>, mut batch: Batch) -> Option<Operation> {
    let in_url = of_pairs(head.query);
    batch.elements.iter_mut().for_each(|it| it.add(&in_url));
    let found: Vec<_> = batch.elements.iter().filter_map(asked).collect();
    (!found.is_empty()).then(|| combined(found, batch.is_broken))
}

/// What pairs say.
fn of_pairs(text: &[u8]) -> Element {
    let mut element = Element::default();
    pairs(text, &mut Vec::new(), &mut |name, value| {
        let is = |it: &str| name.eq_ignore_ascii_case(it.as_bytes());
        if is("query") {
            element.query.add(value);
        } else if is("operationName") {
            element.operation_name.add(value);
        } else if is("extensions") {
            let (inner, _) = Element::of(value, "$.extensions");
            element.hash.add_all(&inner.hash);
        } else if !is("variables") {
            element.has_others = true;
        }
    });
    element
}

fn asked(element: &Element) -> Option<Asked<'_>> {
    let text = match &element.query {
        Said::Nothing => return is_hash(element).then_some(Asked::Persisted),
        // One of them may be a document, and it may be the one that counts.
        Said::Several => return Some(Asked::Unknown),
        Said::One(text) => str::from_utf8(text).ok()?,
    };
    match document::read(text) {
        Ok(_) if element.has_others && is_bare(text) => None,
        Ok(definitions) => executed(&definitions, element),
        Err(Fault::TooDeep) => Some(Asked::Unknown),
        Err(Fault::Syntax) => None,
    }
}

fn is_hash(element: &Element) -> bool {
    let is_hex = |it: &[u8]| it.len() == HASH_DIGITS && it.iter().all(u8::is_ascii_hexdigit);
    element.hash.one().is_some_and(is_hex)
}

/// Words in one pair of braces, as templates of any kind have them.
fn is_bare(text: &str) -> bool {
    let inner = text.trim().strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b"_, \t\r\n".contains(&it);
    inner.is_some_and(|it| it.bytes().all(is_part))
}

/// What of a document is executed; `None` if no server would execute any of it.
fn executed<'a>(definitions: &[Definition<'a>], element: &Element) -> Option<Asked<'a>> {
    let operations = || definitions.iter().filter(|it| it.kind.is_some());
    let chosen = match operations().count() {
        0 => return None,
        1 => operations().next(),
        // `{first} {last}` is a text of somebody else's.
        _ if operations().all(|it| it.name.is_none()) => return None,
        _ => chosen(operations(), &element.operation_name),
    };
    let (Some(operation), Some(fragments)) = (chosen, fragments(definitions)) else {
        return Some(Asked::Unknown);
    };
    let fields = fields(operation, &fragments);
    let count = distinct(fields.iter().map(|it| it.0)).len();
    let names = distinct(fields.iter().map(|it| it.1));
    Some(Asked::Fields { kind: operation.kind.unwrap_or(Kind::Query), names, count })
}

/// The one operation of this name.
fn chosen<'d, 'a>(
    operations: impl Iterator<Item = &'d Definition<'a>>,
    name: &Said,
) -> Option<&'d Definition<'a>>
where
    'a: 'd,
{
    let name = name.one()?;
    let mut found = operations.filter(|it| it.name.is_some_and(|it| it.as_bytes() == name));
    let first = found.next();
    first.filter(|_| found.next().is_none())
}

type Fragments<'d, 'a> = BTreeMap<&'a str, &'d [Selection<'a>]>;

/// All fragments by name; `None` if two have the same.
fn fragments<'d, 'a>(definitions: &'d [Definition<'a>]) -> Option<Fragments<'d, 'a>> {
    let mut fragments = Fragments::new();
    for definition in definitions.iter().filter(|it| it.kind.is_none()) {
        if fragments.insert(definition.name?, &definition.root).is_some() {
            return None;
        }
    }
    Some(fragments)
}

/// The root fields of an operation with those of its fragments; each fragment is looked into once, however
/// often it is spread.
fn fields<'a>(
    operation: &Definition<'a>,
    fragments: &Fragments<'_, 'a>,
) -> Vec<(&'a str, &'a str)> {
    let (mut fields, mut seen) = (Vec::new(), BTreeSet::new());
    let mut waiting = vec![operation.root.as_slice()];
    while let Some(selections) = waiting.pop() {
        for selection in selections {
            match *selection {
                Selection::Field { key, name } => fields.push((key, name)),
                Selection::Fragment(name) if seen.insert(name) => {
                    waiting.extend(fragments.get(name).copied());
                }
                Selection::Fragment(_) => {}
            }
        }
    }
    fields
}

/// One operation of all that a message asks for. One of them that is not known hides the others.
fn combined<'a>(all: impl IntoIterator<Item = Asked<'a>>, is_cut: bool) -> Operation {
    let (mut total, mut is_known, mut has_persisted) = (0_usize, !is_cut, false);
    let (mut strongest, mut names) = (None, Vec::new());
    for asked in all {
        total += match asked {
            Asked::Fields { kind, names: more, count } => {
                strongest = strongest.max(Some(kind));
                names.extend(more);
                count
            }
            Asked::Persisted => {
                has_persisted = true;
                1
            }
            Asked::Unknown => {
                is_known = false;
                1
            }
        };
    }
    let name = match strongest.filter(|_| !has_persisted) {
        Some(kind) if is_known => named(kind, names),
        None if is_known && strongest.is_none() => Some(PERSISTED.to_owned()),
        Some(_) | None => None,
    };
    let is_write = strongest.map(|it| it == Kind::Mutation).filter(|_| name.is_some());
    let count = u16::try_from(total.max(1)).unwrap_or(u16::MAX);
    Operation { count, is_write, ..Operation::new(Envelope::GraphQl, name) }
}

fn named(kind: Kind, names: Vec<&str>) -> Option<String> {
    let kind = match kind {
        Kind::Query => "query",
        Kind::Mutation => "mutation",
        Kind::Subscription => "subscription",
    };
    let mut names = distinct(names.into_iter());
    if names.len() > 1 {
        names.retain(|it| *it != "__typename");
    }
    let list = listed(&names, NAME_BYTES_MAX.saturating_sub(kind.len() + 1))?;
    Some(format!("{kind} {list}"))
}
