//! The files that a description consists of, and references into them.
//!
//! Errors   a file that cannot be had or read is a diagnostic; references into it lead nowhere.
//! Misses   anchors, and schemas that are known by their `$id`.
//! Source   RFC 6901 (JSON Pointer); RFC 3986, section 5.2.4 (dots in paths).

use std::collections::{BTreeMap, BTreeSet};

use super::Files;
use crate::diagnostic::{DiagnosticCode, Diagnostics, Shown};
use crate::document::{Budget, Node, NodeValue, Position, ReadError, parse_within};

/// Every file that was read.
pub(super) struct Library {
    files: Vec<File>,
    numbers: BTreeMap<String, u16>,
    /// `$self` of the first file: references to it are local.
    own_uri: Option<String>,
}

struct File {
    name: String,
    root: Node,
}

/// What a reference leads to.
pub(super) struct Target<'d> {
    pub(super) node: &'d Node,
    pub(super) file: u16,
    /// The way to it, one form for all spellings.
    pub(super) pointer: String,
}

/// Why a reference leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// Into the network.
    Remote,
    /// To a file that is not there.
    File,
    /// To a place that is not there.
    Place,
}

impl Library {
    /// Reads the first file and all that files refer to, in the order of meeting.
    pub(super) fn load(
        text: &str,
        name: &str,
        files: &Files<'_>,
        mut budget: Budget,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, ReadError> {
        let root = parse_within(text, 0, &mut budget, diagnostics)?;
        let own_uri = root.get("$self").and_then(Node::text).map(str::to_owned);
        let first = File { name: name.to_owned(), root };
        let numbers = BTreeMap::from([(name.to_owned(), 0)]);
        let mut library = Self { files: vec![first], numbers, own_uri };
        let mut asked = BTreeSet::new();
        let mut next = 0;
        while let Some(file) = library.files.get(next) {
            let mut wanted = Vec::new();
            references(&file.root, &mut |reference, position| {
                let name = library.file_name(&file.name, reference);
                let name = name.filter(|it| !library.numbers.contains_key(it));
                wanted.extend(name.filter(|it| asked.insert(it.clone())).map(|it| (it, position)));
            });
            for (name, position) in wanted {
                library.add(&name, position, files, &mut budget, diagnostics);
            }
            next += 1;
        }
        Ok(library)
    }

    fn add(
        &mut self,
        name: &str,
        from: Position,
        files: &Files<'_>,
        budget: &mut Budget,
        diagnostics: &mut Diagnostics,
    ) {
        let shown = Shown(name);
        let number = u16::try_from(self.files.len()).unwrap_or(u16::MAX);
        if usize::from(number) >= budget.limits.files_max.min(usize::from(u16::MAX)) {
            let message = format_args!("`{shown}` is one file too many");
            return diagnostics.add(DiagnosticCode::TooMany, from, message);
        }
        let Some(text) = files(name) else {
            let message = format_args!("there is no file `{shown}`");
            return diagnostics.add(DiagnosticCode::File, from, message);
        };
        match parse_within(&text, number, budget, diagnostics) {
            Ok(root) => {
                self.numbers.insert(name.to_owned(), number);
                self.files.push(File { name: name.to_owned(), root });
            }
            Err(error) => {
                let message = format_args!("`{shown}` cannot be read: {error}");
                diagnostics.add(DiagnosticCode::File, from, message);
            }
        }
    }

    /// The first file.
    pub(super) fn root(&self) -> &Node {
        static NOTHING: Node =
            Node { position: Position { file: 0, line: 1, column: 1 }, value: NodeValue::Null };
        self.files.first().map_or(&NOTHING, |it| &it.root)
    }

    /// The names of all files, by number.
    pub(super) fn names(&self) -> Vec<String> {
        self.files.iter().map(|it| it.name.clone()).collect()
    }

    /// What `reference`, written in file number `from`, leads to.
    pub(super) fn find(&self, from: u16, reference: &str) -> Result<Target<'_>, Lost> {
        let (place, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = if place.is_empty() || self.own_uri.as_deref() == Some(place) {
            if place.is_empty() { from } else { 0 }
        } else if is_remote(place) {
            return Err(Lost::Remote);
        } else {
            let base = self.files.get(usize::from(from)).map_or("", |it| it.name.as_str());
            *self.numbers.get(&joined(base, place)).ok_or(Lost::File)?
        };
        let root = self.files.get(usize::from(file)).ok_or(Lost::File)?;
        let mut node = &root.root;
        let mut pointer = String::new();
        if fragment.is_empty() {
            return Ok(Target { node, file, pointer });
        }
        let fragment = unescaped_percent(fragment);
        for token in fragment.strip_prefix('/').ok_or(Lost::Place)?.split('/') {
            let token = token.replace("~1", "/").replace("~0", "~");
            node = step(node, &token).ok_or(Lost::Place)?;
            pointer.push('/');
            pointer.push_str(&escaped(&token));
        }
        Ok(Target { node, file, pointer })
    }

    /// The file that a reference names, unless it is in the same file or in the network.
    fn file_name(&self, base: &str, reference: &str) -> Option<String> {
        let place = reference.split_once('#').map_or(reference, |it| it.0);
        let is_own = place.is_empty() || self.own_uri.as_deref() == Some(place);
        (!is_own && !is_remote(place)).then(|| joined(base, place))
    }
}

pub(crate) fn step<'d>(node: &'d Node, token: &str) -> Option<&'d Node> {
    match &node.value {
        NodeValue::Map(map) => map.get(token),
        NodeValue::List(items) => items.get(token.parse::<usize>().ok()?),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) | NodeValue::Text(_) => None,
    }
}

/// Hands on every `$ref` with the place of the mapping that it stands in.
fn references(node: &Node, found: &mut impl FnMut(&str, Position)) {
    match &node.value {
        NodeValue::Map(map) => {
            if let Some(reference) = map.get("$ref").and_then(Node::text) {
                found(reference, node.position);
            }
            map.entries().iter().for_each(|it| references(&it.node, found));
        }
        NodeValue::List(items) => items.iter().for_each(|it| references(it, found)),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::Number(_) | NodeValue::Text(_) => {}
    }
}

/// Whether a reference has a scheme or a host.
fn is_remote(place: &str) -> bool {
    let scheme = place.split_once(':').map_or("", |it| it.0);
    let has_scheme = scheme.len() > 1
        && scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'));
    has_scheme || place.starts_with("//")
}

/// The name of a file that is written relative to another. Leading `..` stay.
fn joined(base: &str, relative: &str) -> String {
    let relative = unescaped_percent(relative);
    let directory = base.rsplit_once('/').map_or("", |it| it.0);
    let mut parts: Vec<&str> = Vec::new();
    let from = if relative.starts_with('/') { "" } else { directory };
    for part in from.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|it| *it != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if relative.starts_with('/') || base.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// Undoes `%20`; what is no escape, or no UTF-8 afterwards, stays.
pub(crate) fn unescaped_percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|it| str::from_utf8(it).ok());
        let digits = digits.filter(|it| byte == b'%' && !it.starts_with('+'));
        if let Some(code) = digits.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            out.push(code);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            out.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// A key as a token of a JSON Pointer.
pub(crate) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn load(text: &str, files: &[(&str, &str)]) -> (Library, Diagnostics) {
        let mut diagnostics = Diagnostics::up_to(100);
        let limits = Limits { files_max: 3, ..Limits::default() };
        let given = |name: &str| files.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        let budget = Budget::of(&limits);
        let library = Library::load(text, "dir/api.yaml", &given, budget, &mut diagnostics);
        (library.unwrap(), diagnostics)
    }

    #[test]
    fn references_lead_through_pointers() {
        let (library, _) = load("a: {'b/c~d': [{x: 1}]}\n", &[]);
        let found = library.find(0, "#/a/b~1c~0d/0/x").ok().unwrap();
        assert_eq!(found.pointer, "/a/b~1c~0d/0/x");
        assert_eq!(library.find(0, "#/a/b%7E1c~0d/0").ok().unwrap().pointer, "/a/b~1c~0d/0");
        assert_eq!(library.find(0, "#").ok().unwrap().pointer, "");
        for lost in ["#/b", "#/a/b~1c~0d/1", "#/a/b~1c~0d/x", "#anchor"] {
            assert_eq!(library.find(0, lost).err(), Some(Lost::Place), "{lost}");
        }
        for remote in ["https://a.test/x.yaml#/a", "//a.test/x", "urn:x"] {
            assert_eq!(library.find(0, remote).err(), Some(Lost::Remote), "{remote}");
        }
    }

    #[test]
    fn files_are_found_from_where_they_are_named() {
        let files = [
            ("dir/s/pet.yaml", "p: {$ref: '../../common.yaml#/c'}\n"),
            ("common.yaml", "c: {$ref: 'dir/api.yaml#/a'}\n"),
        ];
        let (library, diagnostics) = load("a: {$ref: './s/pet.yaml#/p'}\n", &files);
        assert_eq!(diagnostics.list(), []);
        assert_eq!(library.names(), ["dir/api.yaml", "dir/s/pet.yaml", "common.yaml"]);
        assert_eq!(library.find(1, "../../common.yaml#/c").ok().unwrap().file, 2);
        assert_eq!(library.find(2, "dir/api.yaml#/a").ok().unwrap().file, 0);
        assert_eq!(library.find(2, "other.yaml").err(), Some(Lost::File));
    }

    #[test]
    fn files_that_are_missing_broken_or_too_many_are_reported() {
        let text = "- {$ref: no.yaml}\n- {$ref: broken.yaml}\n- {$ref: a.yaml}\n- {$ref: b.yaml}\n- \
                    {$ref: c.yaml}\n- {$ref: no.yaml}\n";
        let files = [
            ("dir/broken.yaml", "'"),
            ("dir/a.yaml", "1"),
            ("dir/b.yaml", "1"),
            ("dir/c.yaml", "1"),
        ];
        let (library, diagnostics) = load(text, &files);
        let codes: Vec<_> = diagnostics.list().iter().map(|it| it.code).collect();
        assert_eq!(codes, [DiagnosticCode::File, DiagnosticCode::File, DiagnosticCode::TooMany]);
        assert_eq!(library.names().len(), 3);
    }

    #[test]
    fn the_own_address_of_a_description_is_local() {
        let text =
            "$self: https://a.test/api.yaml\na: {$ref: 'https://a.test/api.yaml#/b'}\nb: 1\n";
        let (library, diagnostics) = load(text, &[]);
        assert_eq!(diagnostics.list(), []);
        assert_eq!(library.find(0, "https://a.test/api.yaml#/b").ok().unwrap().pointer, "/b");
    }

    #[test]
    fn names_of_files_are_joined_without_dots() {
        for (base, relative, name) in [
            ("api.yaml", "a.yaml", "a.yaml"),
            ("x/api.yaml", "./a%20b.yaml", "x/a b.yaml"),
            ("x/api.yaml", "../../a.yaml", "../a.yaml"),
            ("/x/api.yaml", "a.yaml", "/x/a.yaml"),
            ("x/api.yaml", "/a.yaml", "/a.yaml"),
        ] {
            assert_eq!(joined(base, relative), name);
        }
    }
}
