//! A document as a tree of values that know their place, whether it was written as JSON or as YAML.
//!
//! Reads    a text of either notation; a text that begins with `{` or `[` is JSON unless it cannot be.
//! Memory   at most `nodes_max` values and as much text as the file has, plus what aliases copy.
//! Errors   [`ReadError`] for broken notation and for exceeded limits; the rest are diagnostics.
//! Misses   comments and the style of scalars are not kept.

use std::fmt;

use bartizan_model::api::{Number, Value};

use crate::diagnostic::{DiagnosticCode, Diagnostics, Shown};
use crate::limits::Limits;
use crate::{json, yaml};

/// A place in one of the files of a description.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Which file, in the order of reading; 0 is the first.
    pub file: u16,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it begins. A value copied by an alias keeps its place.
    pub position: Position,
    /// What it is.
    pub value: NodeValue,
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeValue {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping.
    Map(Map),
}

/// A mapping in the order of the file, each key once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    entries: Vec<Entry>,
    /// Positions in `entries`, sorted by key; empty for a mapping that is small.
    sorted: Vec<u32>,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where it begins.
    pub position: Position,
    /// The value.
    pub node: Node,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (RFC 8259).
    Json,
    /// YAML 1.2.
    Yaml,
}

/// Why a document cannot be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// Where.
    pub position: Position,
    /// Why.
    pub fault: Fault,
}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than a file may have.
    FileTooLong {
        /// The limit.
        bytes_max: usize,
    },
    /// Lists and mappings in each other beyond the limit.
    TooDeep {
        /// The limit.
        levels_max: usize,
    },
    /// More values than all files may have.
    TooManyValues {
        /// The limit.
        nodes_max: usize,
    },
    /// Aliases copy more than they may.
    TooMuchCopied {
        /// The limit.
        bytes_max: usize,
    },
    /// An alias within what it stands for, or of nothing.
    Alias,
    /// Nothing is written.
    Empty,
    /// A second document in the file.
    SecondDocument,
    /// The notation is broken.
    Syntax {
        /// Which notation was read.
        format: Format,
        /// What was found, in one line.
        what: String,
    },
    /// No `openapi` and no `swagger`.
    NoVersion,
    /// A version that is not read.
    Version {
        /// As written.
        version: String,
    },
    /// The document is not a mapping.
    NotAMapping,
    /// No list of items, as collections of Postman have since version 2.
    NotACollection,
}

/// Reads `text` as file number `file`.
///
/// # Errors
///
/// [`ReadError`] for broken notation and for exceeded limits.
pub fn parse(
    text: &str,
    file: u16,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Result<Node, ReadError> {
    parse_within(text, file, &mut Budget::of(limits), diagnostics)
}

pub(crate) fn parse_within(
    text: &str,
    file: u16,
    budget: &mut Budget,
    diagnostics: &mut Diagnostics,
) -> Result<Node, ReadError> {
    let start = Position { file, line: 1, column: 1 };
    if text.len() > budget.limits.file_bytes_max {
        let fault = Fault::FileTooLong { bytes_max: budget.limits.file_bytes_max };
        return Err(ReadError { position: start, fault });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.trim_start().starts_with(['{', '[']) {
        return yaml::parse(text, file, budget, diagnostics);
    }
    let before = diagnostics.clone();
    let error = match json::parse(text, file, budget, diagnostics) {
        Ok(node) => return Ok(node),
        Err(error) => error,
    };
    if !matches!(error.fault, Fault::Syntax { .. }) {
        return Err(error);
    }
    // YAML has such a notation too, with fewer quotes and more commas. If it is broken there as
    // well, then what JSON says of it is the better message.
    *diagnostics = before;
    yaml::parse(text, file, budget, diagnostics).map_err(|_| error)
}

/// What reading may still use up.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    pub(crate) limits: Limits,
    nodes: usize,
    copied_bytes: usize,
}

impl Budget {
    pub(crate) fn of(limits: &Limits) -> Self {
        Self { limits: limits.clone(), nodes: 0, copied_bytes: 0 }
    }

    /// Takes one value at this level, counted from 0 for the root.
    pub(crate) fn take(&mut self, level: usize, position: Position) -> Result<(), ReadError> {
        let fault = if level > self.limits.depth_max {
            Fault::TooDeep { levels_max: self.limits.depth_max }
        } else if self.nodes >= self.limits.nodes_max {
            Fault::TooManyValues { nodes_max: self.limits.nodes_max }
        } else {
            self.nodes += 1;
            return Ok(());
        };
        Err(ReadError { position, fault })
    }

    /// A copy of `node` to stand at `level`.
    pub(crate) fn copy(
        &mut self,
        node: &Node,
        level: usize,
        position: Position,
    ) -> Result<Node, ReadError> {
        self.weigh(node, level, position)?;
        Ok(node.clone())
    }

    fn weigh(&mut self, node: &Node, level: usize, at: Position) -> Result<(), ReadError> {
        self.take(level, at)?;
        let text = match &node.value {
            NodeValue::Null | NodeValue::Bool(_) => 0,
            NodeValue::Number(_) => 16,
            NodeValue::Text(text) => text.len(),
            NodeValue::List(items) => {
                items.iter().try_for_each(|it| self.weigh(it, level + 1, at))?;
                0
            }
            NodeValue::Map(map) => {
                map.entries.iter().try_for_each(|it| self.weigh(&it.node, level + 1, at))?;
                map.entries.iter().map(|it| it.key.len() + size_of::<Entry>()).sum()
            }
        };
        self.copied_bytes = self.copied_bytes.saturating_add(text + size_of::<Node>());
        if self.copied_bytes > self.limits.copied_bytes_max {
            let fault = Fault::TooMuchCopied { bytes_max: self.limits.copied_bytes_max };
            return Err(ReadError { position: at, fault });
        }
        Ok(())
    }
}

/// Mappings with fewer entries are searched one by one.
const SORTED_FROM: usize = 12;

impl Map {
    /// A mapping of these entries. Of entries with the same key the last one stays; each key that is
    /// given again is reported.
    pub(crate) fn new(entries: Vec<Entry>, diagnostics: &mut Diagnostics) -> Self {
        let mut map = Self { sorted: Vec::new(), entries };
        let mut order: Vec<usize> = (0..map.entries.len()).collect();
        order.sort_by_key(|&at| map.key(at));
        let mut lost = Vec::new();
        for pair in order.windows(2) {
            let &[first, again] = pair else { continue };
            if map.key(first) == map.key(again) {
                let position = map.entries.get(again).map(|it| it.position).unwrap_or_default();
                let line = map.entries.get(first).map_or(0, |it| it.position.line);
                let key = Shown(map.key(again));
                let message = format_args!("`{key}` is given twice; first in line {line}");
                diagnostics.add(DiagnosticCode::DuplicateKey, position, message);
                lost.push(first);
            }
        }
        if !lost.is_empty() {
            lost.sort_unstable();
            let mut at = 0_usize;
            map.entries.retain(|_| {
                at += 1;
                lost.binary_search(&(at - 1)).is_err()
            });
        }
        map.sort();
        map
    }

    fn sort(&mut self) {
        self.sorted.clear();
        if self.entries.len() < SORTED_FROM {
            return;
        }
        let mut order: Vec<u32> = (0..).take(self.entries.len()).collect();
        order.sort_by_key(|&at| self.key(at as usize));
        self.sorted = order;
    }

    fn key(&self, at: usize) -> &str {
        self.entries.get(at).map_or("", |it| it.key.as_str())
    }

    fn position_of(&self, key: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.entries.iter().position(|it| it.key == key);
        }
        let found = self.sorted.binary_search_by(|&at| self.key(at as usize).cmp(key)).ok()?;
        self.sorted.get(found).map(|&at| at as usize)
    }

    /// The entry of this key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(self.position_of(key)?)
    }

    /// The value of this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|it| &it.node)
    }

    /// Every entry, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.position_of(key)?;
        self.entries.get_mut(at).map(|it| &mut it.node)
    }

    /// Takes an entry out; `false` if there is none.
    pub(crate) fn remove(&mut self, key: &str) -> bool {
        let before = self.entries.len();
        self.entries.retain(|it| it.key != key);
        self.sort();
        self.entries.len() < before
    }

    /// Adds an entry whose key is not there yet.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
        self.sort();
    }
}

impl Node {
    /// The mapping, if it is one.
    pub fn map(&self) -> Option<&Map> {
        if let NodeValue::Map(map) = &self.value { Some(map) } else { None }
    }

    /// The items, if it is a list.
    pub fn list(&self) -> Option<&[Self]> {
        if let NodeValue::List(items) = &self.value { Some(items) } else { None }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        if let NodeValue::Text(text) = &self.value { Some(text) } else { None }
    }

    /// The value of this key, if it is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.get(key)
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.value, NodeValue::Null)
    }

    /// What it is, for messages.
    pub(crate) fn noun(&self) -> &'static str {
        match self.value {
            NodeValue::Null => "null",
            NodeValue::Bool(_) => "a truth value",
            NodeValue::Number(_) => "a number",
            NodeValue::Text(_) => "a text",
            NodeValue::List(_) => "a list",
            NodeValue::Map(_) => "a mapping",
        }
    }

    /// The same value without places.
    pub fn to_value(&self) -> Value {
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(it) => Value::Bool(*it),
            NodeValue::Number(number) => Value::Number(number.clone()),
            NodeValue::Text(text) => Value::Text(text.clone()),
            NodeValue::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            NodeValue::Map(map) => Value::Map(
                map.entries.iter().map(|it| (it.key.clone(), it.node.to_value())).collect(),
            ),
        }
    }

    /// A value, all of it at one place.
    pub fn from_value(value: &Value, position: Position) -> Self {
        let value = match value {
            Value::Null => NodeValue::Null,
            Value::Bool(it) => NodeValue::Bool(*it),
            Value::Number(number) => NodeValue::Number(number.clone()),
            Value::Text(text) => NodeValue::Text(text.clone()),
            Value::List(items) => {
                NodeValue::List(items.iter().map(|it| Self::from_value(it, position)).collect())
            }
            Value::Map(map) => {
                let entries = map.iter().map(|(key, value)| {
                    let node = Self::from_value(value, position);
                    Entry { key: key.clone(), position, node }
                });
                let mut map = Map { entries: entries.collect(), sorted: Vec::new() };
                map.sort();
                NodeValue::Map(map)
            }
        };
        Self { position, value }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileTooLong { bytes_max } => {
                write!(f, "the file has more than {bytes_max} bytes")
            }
            Self::TooDeep { levels_max } => write!(f, "nested deeper than {levels_max} levels"),
            Self::TooManyValues { nodes_max } => write!(f, "more than {nodes_max} values"),
            Self::TooMuchCopied { bytes_max } => {
                write!(f, "aliases copy more than {bytes_max} bytes")
            }
            Self::Alias => f.write_str("an alias of nothing, or of what it stands in"),
            Self::Empty => f.write_str("the document is empty"),
            Self::SecondDocument => f.write_str("a second document begins"),
            Self::Syntax { format: Format::Json, what } => write!(f, "not JSON: {what}"),
            Self::Syntax { format: Format::Yaml, what } => write!(f, "not YAML: {what}"),
            Self::NoVersion => f.write_str("neither `openapi` nor `swagger` is there"),
            Self::Version { version } => write!(f, "version `{}` is not read", Shown(version)),
            Self::NotAMapping => f.write_str("the document is not a mapping"),
            Self::NotACollection => f.write_str("the document is no collection of version 2"),
        }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.fault)
    }
}

impl std::error::Error for ReadError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Result<Node, ReadError>, Diagnostics) {
        let mut diagnostics = Diagnostics::up_to(100);
        let node = parse(text, 0, &Limits::default(), &mut diagnostics);
        (node, diagnostics)
    }

    #[test]
    fn both_notations_give_the_same_values() {
        let (json, _) = read("{\"a\": [1, true, null, \"x\"], \"b\": {}}");
        let (yaml, _) = read("a: [1, true, ~, x]\nb: {}\n");
        let (loose, _) = read("{a: [1, true, null, 'x',], b: {}}");
        let json = json.unwrap().to_value();
        assert_eq!(yaml.unwrap().to_value(), json);
        assert_eq!(loose.unwrap().to_value(), json);
    }

    #[test]
    fn the_last_of_equal_keys_counts_and_each_is_reported() {
        let many: String = (0..20).map(|it| format!("\"k{it}\": {it}, ")).collect();
        for text in [
            "{\"a\": 1, \"a\": 2, \"b\": 3, \"a\": 4}".to_owned(),
            format!("{{{many}\"a\":1,\"b\":2,\"a\":4,\"a\":4}}"),
        ] {
            let (node, diagnostics) = read(&text);
            let node = node.unwrap();
            assert_eq!(node.get("a").unwrap().to_value(), Value::from(4_u64));
            assert_eq!(node.map().unwrap().entries().iter().filter(|it| it.key == "a").count(), 1);
            assert_eq!(diagnostics.list().len(), 2, "{diagnostics:?}");
            assert!(diagnostics.has(DiagnosticCode::DuplicateKey));
        }
    }

    #[test]
    fn a_large_mapping_finds_every_key() {
        let text: String = (0..1_000).map(|it| format!("k{}: {it}\n", it * 7 % 1_000)).collect();
        let node = read(&text).0.unwrap();
        for it in 0..1_000_u64 {
            let found = node.get(&format!("k{}", it * 7 % 1_000)).unwrap();
            assert_eq!(found.to_value(), Value::from(it));
        }
        assert_eq!(node.get("k1000"), None);
    }

    #[test]
    fn values_survive_the_way_through_a_tree() {
        let value = Value::from([("a", Value::from(vec![1_u64, 2])), ("b", Value::Null)]);
        assert_eq!(Node::from_value(&value, Position::default()).to_value(), value);
    }

    #[test]
    fn a_file_may_have_its_limit_and_no_byte_more() {
        let limits = Limits { file_bytes_max: 4, ..Limits::default() };
        let mut diagnostics = Diagnostics::default();
        assert!(parse("[11]", 0, &limits, &mut diagnostics).is_ok());
        let error = parse("[111]", 3, &limits, &mut diagnostics).unwrap_err();
        assert_eq!(error.fault, Fault::FileTooLong { bytes_max: 4 });
        assert_eq!(error.position.file, 3);
    }
}
