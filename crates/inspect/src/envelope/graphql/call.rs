//! The calls of a document of GraphQL: each root field with its arguments, and each field below that has some.
//!
//! Reads    the document, the name of the operation that is chosen, and variables.
//! Writes   to [`Calls`], see there.
//! Memory   at most [`STEPS_MAX`] fields are looked at, those of fragments each time that they are spread.
//! Misses   an operation that cannot be chosen: all of the document are taken; what `@skip` and `@include` leave out is taken.

use super::tree::{Given, Selected, Tree, read};
use super::{document, is_bare};
use crate::envelope::answer_names::Level;
use crate::envelope::calls::{BYTES_MAX, Calls, Said, quote};
use crate::envelope::members::members;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Fields of one document that are looked at.
const STEPS_MAX: usize = 4_096;
/// Fields and fragments in each other.
const DEPTH_MAX: usize = 32;

/// Adds the calls of one request; whether it is one of GraphQL.
pub(in crate::envelope) fn call(said: &Said<'_>, calls: &mut Calls) -> bool {
    let text = said.query.as_deref().and_then(|it| str::from_utf8(it).ok());
    let Some(text) = text.filter(|it| document::read(it).is_ok()) else { return false };
    if said.has_others && is_bare(text) {
        return false;
    }
    let Some(all) = read(text) else { return false };
    let name = said.operation.as_deref();
    let is_chosen = |it: &&Tree<'_>| !it.is_fragment && it.name.map(str::as_bytes) == name;
    let is_there = name.is_some() && all.iter().any(|it| is_chosen(&it));
    let chosen = all.iter().filter(|it| !it.is_fragment && (!is_there || is_chosen(it)));
    let sent = said.variables.as_deref().map(members).unwrap_or_default();
    let variables: Variables<'_> = sent.into_iter().map(|it| (it.name, it.value)).collect();
    let fragments = all.iter().filter(|it| it.is_fragment);
    let fragments: BTreeMap<&str, &Tree<'_>> =
        fragments.filter_map(|it| Some((it.name?, it))).collect();
    let (mut steps, mut room) = (STEPS_MAX, calls.room());
    let mut names = std::mem::take(&mut calls.names.root);
    for tree in chosen {
        let mut writer = Writer {
            fragments: &fragments,
            defaults: tree.defaults.iter().map(|(name, given)| (*name, given)).collect(),
            variables: &variables,
            calls,
            steps: &mut steps,
            path: Vec::new(),
        };
        let mut none = Level::default();
        let data = names.note("data", "data", &mut room).unwrap_or(&mut none);
        writer.fields(&tree.selected, data, &mut room, 0);
    }
    calls.names.root = names;
    calls.names.fields = crate::envelope::answer_names::FIELDS_MAX.saturating_sub(room);
    true
}

/// What the request says of each variable, as JSON.
type Variables<'v> = BTreeMap<Cow<'v, [u8]>, &'v [u8]>;

struct Writer<'w, 'a> {
    fragments: &'w BTreeMap<&'w str, &'w Tree<'a>>,
    /// What variables are that the request says nothing of.
    defaults: BTreeMap<&'w str, &'w Given<'a>>,
    variables: &'w Variables<'w>,
    calls: &'w mut Calls,
    steps: &'w mut usize,
    /// The fields around.
    path: Vec<&'a str>,
}

impl<'w, 'a> Writer<'w, 'a> {
    fn fields(
        &mut self,
        selected: &[Selected<'a>],
        level: &mut Level,
        room: &mut usize,
        depth: usize,
    ) {
        for it in selected {
            let Some(left) = self.steps.checked_sub(1).filter(|_| depth < DEPTH_MAX) else {
                self.calls.is_more = true;
                return;
            };
            *self.steps = left;
            match it {
                Selected::Fragment(name) => {
                    let fragments = self.fragments;
                    if let Some(fragment) = fragments.get(name) {
                        self.fields(&fragment.selected, level, room, depth + 1);
                    }
                }
                Selected::Field { key, name, arguments, within } => {
                    self.path.push(name);
                    let is_root = self.path.len() == 1 && *name != "__typename";
                    if is_root || !arguments.is_empty() {
                        self.write(arguments);
                    }
                    let mut none = Level::default();
                    let inner = level.note(key, name, room).unwrap_or(&mut none);
                    self.fields(within, inner, room, depth + 1);
                    self.path.pop();
                }
            }
        }
    }

    fn write(&mut self, arguments: &[(&str, Given<'_>)]) {
        let mut text = Vec::new();
        for name in &self.path {
            text.push(b'{');
            quote(name.as_bytes(), &mut text);
            text.push(b':');
        }
        self.object(arguments, &mut text);
        text.resize(text.len() + self.path.len(), b'}');
        let root = self.path.first().copied().unwrap_or_default();
        self.calls.add(root, text, !arguments.is_empty());
    }

    fn object(&mut self, members: &[(&str, Given<'_>)], text: &mut Vec<u8>) {
        text.push(b'{');
        let mut is_first = true;
        for (name, given) in members {
            // What is not given is not there.
            if matches!(given, Given::Variable(name) if !self.is_given(name)) {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                text.push(b',');
            }
            quote(name.as_bytes(), text);
            text.push(b':');
            self.value(given, text);
        }
        text.push(b'}');
    }

    fn is_given(&self, name: &str) -> bool {
        self.variables.contains_key(name.as_bytes()) || self.defaults.contains_key(name)
    }

    fn value(&mut self, given: &Given<'_>, text: &mut Vec<u8>) {
        // A variable may be long, and stand in many places.
        if text.len() > BYTES_MAX {
            self.calls.is_more = true;
            return text.extend_from_slice(b"null");
        }
        match given {
            Given::Scalar(word) => text.extend_from_slice(word.as_bytes()),
            Given::Word(word) => quote(word.as_bytes(), text),
            Given::Text(quoted) => match block(quoted) {
                Some(inner) => quote(inner.as_bytes(), text),
                // Its escapes are those of JSON.
                None => text.extend_from_slice(quoted.as_bytes()),
            },
            Given::Variable(name) => match self.variables.get(name.as_bytes()) {
                Some(value) => text.extend_from_slice(value),
                None => self.default(name, text),
            },
            Given::List(all) => {
                text.push(b'[');
                for (at, it) in all.iter().enumerate() {
                    if at > 0 {
                        text.push(b',');
                    }
                    self.value(it, text);
                }
                text.push(b']');
            }
            Given::Object(members) => self.object(members, text),
        }
    }

    /// Writes the default of a variable. It holds no variables: while it is written there are none.
    fn default(&mut self, name: &str, text: &mut Vec<u8>) {
        let Some(given) = self.defaults.get(name).copied() else {
            return text.extend_from_slice(b"null");
        };
        let defaults = std::mem::take(&mut self.defaults);
        self.value(given, text);
        self.defaults = defaults;
    }
}

/// What stands in triple quotes.
fn block(quoted: &str) -> Option<String> {
    let inner = quoted.strip_prefix("\"\"\"")?.strip_suffix("\"\"\"")?;
    Some(inner.trim().replace("\\\"\"\"", "\"\"\""))
}
