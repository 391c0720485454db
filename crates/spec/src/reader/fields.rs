//! Typed reading of mappings: each call reads one key, and reports and converts what is of another type.

use bartizan_model::api::{Extensions, Number};

use super::library::{Lost, Target};
use super::{Dialect, Reader};
use crate::diagnostic::{DiagnosticCode, Shown};
use crate::document::{Map, Node, NodeValue, Position};

/// References that lead to references.
const HOPS_MAX: usize = 32;

/// What our own names begin with.
pub(crate) const OURS: &str = "x-bartizan-";

/// Names of 3.2 that the writer puts behind [`OURS`] where the version has no place for them.
pub(crate) const CARRIED: &[&str] = &[
    "additionalOperations",
    "deprecated",
    "deviceAuthorization",
    "itemSchema",
    "kind",
    "oauth2MetadataUrl",
    "parent",
    "partial",
    "querystring",
    "style",
    "summary",
];

impl<'d> Reader<'d> {
    pub(super) fn wrong_type(&mut self, node: &Node, what: &str, wanted: &str) {
        let message = format_args!("{} is {} and not {wanted}", Shown(what), node.noun());
        self.diagnostics.add(DiagnosticCode::WrongType, node.position, message);
    }

    pub(super) fn missing(&mut self, position: Position, what: &str) {
        let message = format_args!("{what} is missing");
        self.diagnostics.add(DiagnosticCode::Missing, position, message);
    }

    pub(super) fn unknown_value(&mut self, node: &Node, what: &str, value: &str) {
        let message = format_args!("{what} cannot be `{}`", Shown(value));
        self.diagnostics.add(DiagnosticCode::UnknownValue, node.position, message);
    }

    /// Says that a word belongs to another dialect, if it does not begin with `since`.
    pub(super) fn since(&mut self, since: Dialect, node: &Node, what: &str) {
        if self.is_before(since) {
            let message = format_args!("{what} belongs to a later version");
            self.diagnostics.add(DiagnosticCode::OtherDialect, node.position, message);
        }
    }

    /// A mapping, or a report. Nothing written is neither.
    pub(super) fn map(&mut self, node: &'d Node, what: &str) -> Option<&'d Map> {
        if node.map().is_none() && !node.is_null() {
            self.wrong_type(node, what, "a mapping");
        }
        node.map()
    }

    pub(super) fn list(&mut self, node: &'d Node, what: &str) -> &'d [Node] {
        if node.list().is_none() && !node.is_null() {
            self.wrong_type(node, what, "a list");
        }
        node.list().unwrap_or_default()
    }

    /// The text of a key. Numbers and truth values are taken as they are written.
    pub(super) fn text(&mut self, map: &Map, key: &str) -> Option<String> {
        let node = map.get(key)?;
        let text = match &node.value {
            NodeValue::Text(text) => return Some(text.clone()),
            NodeValue::Null => return None,
            NodeValue::Number(number) => Some(number.to_string()),
            NodeValue::Bool(it) => Some(it.to_string()),
            NodeValue::List(_) | NodeValue::Map(_) => None,
        };
        self.wrong_type(node, key, "a text");
        text
    }

    /// The truth value of a key; `false` if there is none.
    pub(super) fn flag(&mut self, map: &Map, key: &str) -> bool {
        let Some(node) = map.get(key) else { return false };
        match &node.value {
            NodeValue::Bool(it) => return *it,
            NodeValue::Null => return false,
            NodeValue::Number(_) | NodeValue::Text(_) | NodeValue::List(_) | NodeValue::Map(_) => {}
        }
        self.wrong_type(node, key, "a truth value");
        node.text() == Some("true")
    }

    /// The number of a key. A text that is one is taken.
    pub(super) fn number(&mut self, map: &Map, key: &str) -> Option<Number> {
        let node = map.get(key)?;
        if let NodeValue::Number(number) = &node.value {
            return Some(number.clone());
        }
        if !node.is_null() {
            self.wrong_type(node, key, "a number");
        }
        node.text().and_then(Number::parse)
    }

    /// The count of a key: a whole number from zero.
    pub(super) fn count(&mut self, map: &Map, key: &str) -> Option<u64> {
        let number = self.number(map, key)?;
        let count = number.as_u64();
        if let (None, Some(node)) = (&count, map.get(key)) {
            self.unknown_value(node, key, &number.to_string());
        }
        count
    }

    /// The texts of a list.
    pub(super) fn texts(&mut self, map: &'d Map, key: &str) -> Vec<String> {
        let Some(node) = map.get(key) else { return Vec::new() };
        let mut texts = Vec::new();
        for item in self.list(node, key) {
            match item.text() {
                Some(text) => texts.push(text.to_owned()),
                None => self.wrong_type(item, key, "a text"),
            }
        }
        texts
    }

    /// The value of a key, or what an older version carries it as.
    pub(super) fn carried(&self, map: &'d Map, key: &str) -> Option<&'d Node> {
        map.get(key).or_else(|| map.get(&format!("{OURS}{key}")))
    }

    pub(super) fn carried_text(&mut self, map: &'d Map, key: &str) -> Option<String> {
        self.carried(map, key).and_then(Node::text).map(str::to_owned)
    }

    /// Everything that bartizan wrote there itself.
    pub(super) fn extensions(&self, map: &Map) -> Extensions {
        let ours = map
            .entries()
            .iter()
            .filter(|it| it.key.strip_prefix(OURS).is_some_and(|it| !CARRIED.contains(&it)));
        ours.map(|it| (it.key.clone(), it.node.to_value())).collect()
    }

    /// What a node is or refers to; `None` if that is nowhere, which is reported.
    pub(super) fn followed(&mut self, node: &'d Node) -> Option<&'d Node> {
        let mut at = node;
        for _ in 0..HOPS_MAX {
            let Some(reference) = at.get("$ref").and_then(Node::text) else { return Some(at) };
            at = self.found(at, reference)?.node;
        }
        let message = "references lead in a circle";
        self.diagnostics.add(DiagnosticCode::ReferenceCycle, node.position, message);
        None
    }

    /// What a reference leads to, or a report.
    pub(super) fn found(&mut self, node: &Node, reference: &str) -> Option<Target<'d>> {
        let shown = Shown(reference);
        let position = node.position;
        match self.library.find(position.file, reference) {
            Ok(target) => return Some(target),
            Err(Lost::Remote) => {
                let message = format_args!("`{shown}` is not fetched");
                self.diagnostics.add(DiagnosticCode::RemoteReference, position, message);
            }
            Err(Lost::File | Lost::Place) => {
                let message = format_args!("`{shown}` leads nowhere");
                self.diagnostics.add(DiagnosticCode::MissingReference, position, message);
            }
        }
        None
    }
}

/// Whether a key is an extension, ours or somebody else's.
pub(super) fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}
