//! Overlay documents: what we know, beside a description that stays its author's.
//!
//! Reads    Overlay 1.0 as JSON or YAML.
//! Writes   the same, and a description with the actions applied.
//! Errors   [`OverlayError`]: an overlay is applied as a whole or not at all. A target that is not there is no
//!          error; it is counted.
//! Misses   of JSONPath (RFC 9535) only names and positions are spoken: no wildcard, filter or descent.
//! Source   Overlay Specification 1.0.0.

use std::fmt;

use bartizan_model::api::{Api, Extensions, Operation, Schema, Value};

use crate::diagnostic::Diagnostics;
use crate::document::{Entry, Format, Node, NodeValue, Position, ReadError, parse};
use crate::limits::Limits;
use crate::writer::text;
use crate::writer::tree::{Members, Tree};

/// Changes to a description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlay {
    /// What it is for.
    pub title: String,
    /// Its own version.
    pub version: String,
    /// The description that it is for, a URI.
    pub extends: Option<String>,
    /// The changes, in order. The specification wants at least one.
    pub actions: Vec<Action>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// What is changed.
    pub target: Target,
    /// Why.
    pub description: Option<String>,
    /// How.
    pub change: Change,
}

/// How something is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// An object's members are joined with the target's, one by one and all the way down; lists are appended to.
    /// If the target is a list, the value is appended to it.
    Update(Value),
    /// The target goes.
    Remove,
}

/// A place in a description, from its root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target(pub Vec<Step>);

/// One step down.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// To a member.
    Name(String),
    /// To an item, from 0.
    Index(usize),
}

/// What came of an overlay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Actions that changed something or found it done.
    pub applied: usize,
    /// Targets that are not there, or cannot hold the change.
    pub missed: Vec<Target>,
}

/// Why a text is no overlay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverlayError {
    /// It cannot be read at all.
    Document(ReadError),
    /// No `overlay`, or a version that is not 1.
    Version(Position),
    /// Something that must be there is not, or of another type.
    Shape(Position, &'static str),
    /// A target that is no path of names and positions.
    Target(Position),
}

impl Overlay {
    /// An overlay without actions.
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self { title: title.into(), version: version.into(), ..Self::default() }
    }

    /// Everything that bartizan knows of an API: the extensions of the API, its operations, its named schemas
    /// and their properties. It is for a description that has those names.
    pub fn of(api: &Api) -> Self {
        let mut overlay = Self::new(format!("What bartizan knows of {}", api.title), "1");
        overlay.add_some(Target::default(), &api.extensions);
        for operation in &api.operations {
            overlay.add_some(Target::operation(operation), &operation.extensions);
        }
        for (name, schema) in &api.schemas {
            overlay.add_schema(Target::schema(name, &[]), schema);
        }
        overlay
    }

    fn add_schema(&mut self, target: Target, schema: &Schema) {
        for (name, property) in &schema.properties {
            let mut inner = target.clone();
            inner.0.extend(["properties", name].map(|it| Step::Name(it.to_owned())));
            self.add_schema(inner, property);
        }
        self.add_some(target, &schema.extensions);
    }

    fn add_some(&mut self, target: Target, extensions: &Extensions) {
        if !extensions.is_empty() {
            self.add(target, Value::Map(extensions.clone()));
        }
    }

    /// Adds extensions to a target: a mapping of `x-bartizan-` names.
    pub fn add(&mut self, target: Target, extensions: impl Into<Value>) {
        let change = Change::Update(extensions.into());
        self.actions.push(Action { target, description: None, change });
    }

    /// Reads an overlay.
    ///
    /// # Errors
    ///
    /// [`OverlayError`] for the first fault.
    pub fn read(text: &str, limits: &Limits) -> Result<Self, OverlayError> {
        let mut diagnostics = Diagnostics::up_to(0);
        let root = parse(text, 0, limits, &mut diagnostics).map_err(OverlayError::Document)?;
        let version = root.get("overlay").and_then(Node::text).unwrap_or_default();
        if version != "1" && !version.starts_with("1.") {
            return Err(OverlayError::Version(root.position));
        }
        let info = root.get("info").unwrap_or(&root);
        let actions = root.get("actions").and_then(Node::list);
        let actions = actions.ok_or(OverlayError::Shape(root.position, "`actions` is missing"))?;
        Ok(Self {
            title: wanted(info, "title", "`info.title` is missing")?,
            version: wanted(info, "version", "`info.version` is missing")?,
            extends: root.get("extends").and_then(Node::text).map(str::to_owned),
            actions: actions.iter().map(action).collect::<Result<_, _>>()?,
        })
    }

    /// Writes the overlay.
    pub fn write(&self, format: Format) -> String {
        let mut info = Members::default();
        info.put("title", &self.title);
        info.put("version", &self.version);
        let mut root = Members::default();
        root.put("overlay", "1.0.0");
        root.put("info", info);
        root.put_some("extends", self.extends.as_ref());
        root.put("actions", self.actions.iter().map(written).collect::<Vec<_>>());
        text(&root.into(), format)
    }

    /// Changes `document`, action after action.
    pub fn apply(&self, document: &mut Node) -> Applied {
        let mut applied = Applied::default();
        for action in &self.actions {
            let is_done = match &action.change {
                Change::Update(value) => {
                    found(document, &action.target.0).is_some_and(|it| updated(it, value))
                }
                Change::Remove => removed(document, &action.target.0),
            };
            if is_done {
                applied.applied += 1;
            } else {
                applied.missed.push(action.target.clone());
            }
        }
        applied
    }
}

fn wanted(map: &Node, key: &str, why: &'static str) -> Result<String, OverlayError> {
    let text = map.get(key).and_then(Node::text).map(str::to_owned);
    text.ok_or(OverlayError::Shape(map.position, why))
}

fn action(node: &Node) -> Result<Action, OverlayError> {
    let target = wanted(node, "target", "`target` is missing")?;
    let target = Target::parse(&target).ok_or(OverlayError::Target(node.position))?;
    let change = match (node.get("remove"), node.get("update")) {
        (Some(Node { value: NodeValue::Bool(true), .. }), _) => Change::Remove,
        (_, Some(update)) => Change::Update(update.to_value()),
        (_, None) => return Err(OverlayError::Shape(node.position, "`update` is missing")),
    };
    let description = node.get("description").and_then(Node::text).map(str::to_owned);
    Ok(Action { target, description, change })
}

fn written(action: &Action) -> Tree {
    let mut members = Members::default();
    members.put("target", action.target.to_string());
    members.put_some("description", action.description.as_ref());
    match &action.change {
        Change::Update(value) => members.put("update", value),
        Change::Remove => members.put("remove", true),
    }
    members.into()
}

fn found<'n>(node: &'n mut Node, steps: &[Step]) -> Option<&'n mut Node> {
    let Some((first, rest)) = steps.split_first() else { return Some(node) };
    let next = match (first, &mut node.value) {
        (Step::Name(name), NodeValue::Map(map)) => map.get_mut(name),
        (Step::Index(at), NodeValue::List(items)) => items.get_mut(*at),
        (Step::Name(_) | Step::Index(_), _) => None,
    };
    found(next?, rest)
}

fn updated(node: &mut Node, value: &Value) -> bool {
    let position = node.position;
    match (&mut node.value, value) {
        (NodeValue::Map(_), Value::Map(_)) => joined(node, value),
        (NodeValue::List(items), value) => items.push(Node::from_value(value, position)),
        (_, _) => return false,
    }
    true
}

/// Joins `value` into `node`: objects member by member, lists end to end, anything else in its place.
fn joined(node: &mut Node, value: &Value) {
    let position = node.position;
    match (&mut node.value, value) {
        (NodeValue::Map(map), Value::Map(members)) => {
            for (key, value) in members {
                if let Some(node) = map.get_mut(key) {
                    joined(node, value);
                } else {
                    let node = Node::from_value(value, position);
                    map.push(Entry { key: key.clone(), position, node });
                }
            }
        }
        (NodeValue::List(items), Value::List(more)) => {
            items.extend(more.iter().map(|it| Node::from_value(it, position)));
        }
        (_, value) => *node = Node::from_value(value, position),
    }
}

fn removed(document: &mut Node, steps: &[Step]) -> bool {
    let Some((last, parents)) = steps.split_last() else { return false };
    let Some(parent) = found(document, parents) else { return false };
    match (last, &mut parent.value) {
        (Step::Name(name), NodeValue::Map(map)) => map.remove(name),
        (Step::Index(at), NodeValue::List(items)) if *at < items.len() => {
            items.remove(*at);
            true
        }
        (Step::Name(_) | Step::Index(_), _) => false,
    }
}

impl Target {
    /// The place that these names lead to.
    pub fn of<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        Self(names.into_iter().map(|it| Step::Name(it.into())).collect())
    }

    /// An operation of OpenAPI 3.2 or, with one of the eight old methods, of any version.
    pub fn operation(operation: &Operation) -> Self {
        const METHODS: [&str; 9] =
            ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"];
        let mut target = Self::of(["paths", operation.path.as_str()]);
        let method = operation.method.as_str();
        if METHODS.contains(&method) {
            target.0.push(Step::Name(method.to_ascii_lowercase()));
        } else {
            target.0.push(Step::Name("additionalOperations".to_owned()));
            target.0.push(Step::Name(method.to_owned()));
        }
        target
    }

    /// A named schema of OpenAPI 3, or a property in it.
    pub fn schema(name: &str, properties: &[&str]) -> Self {
        let mut target = Self::of(["components", "schemas", name]);
        for property in properties {
            target.0.push(Step::Name("properties".to_owned()));
            target.0.push(Step::Name((*property).to_owned()));
        }
        target
    }

    /// Reads `$.paths['/orders/{id}'].get`; `None` for anything that is not names and positions.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, tail) = match rest.strip_prefix('.') {
                Some(tail) => dotted(tail)?,
                None => bracketed(rest.strip_prefix('[')?)?,
            };
            steps.push(step);
            rest = tail;
        }
        Some(Self(steps))
    }
}

fn dotted(text: &str) -> Option<(Step, &str)> {
    let is_name = |it: char| it.is_ascii_alphanumeric() || it == '_' || !it.is_ascii();
    // Not in RFC 9535, but often written: `$.paths.x-y`.
    let is_part = |it: char| is_name(it) || it == '-';
    let end = text.find(|it| !is_part(it)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    (!name.is_empty()).then(|| (Step::Name(name.to_owned()), rest))
}

fn bracketed(text: &str) -> Option<(Step, &str)> {
    let quote = text.chars().next().filter(|it| matches!(it, '\'' | '"'));
    let Some(quote) = quote else {
        let (digits, rest) = text.split_once(']')?;
        let is_number = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit());
        let step = is_number.then(|| digits.parse().ok().map(Step::Index)).flatten()?;
        return Some((step, rest));
    };
    let mut name = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, it)) = chars.next() {
        match it {
            '\\' => name.push(unescaped(&mut chars)?),
            it if it == quote => {
                let rest = text.get(at + 1..)?.strip_prefix(']')?;
                return Some((Step::Name(name), rest));
            }
            it => name.push(it),
        }
    }
    None
}

fn unescaped(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    Some(match chars.next()?.1 {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        it @ ('\'' | '"' | '\\' | '/') => it,
        'u' => {
            let digits: String = chars.take(4).map(|it| it.1).collect();
            let is_hex = digits.len() == 4 && digits.bytes().all(|it| it.is_ascii_hexdigit());
            let code = is_hex.then(|| u32::from_str_radix(&digits, 16).ok()).flatten()?;
            char::from_u32(code)?
        }
        _ => return None,
    })
}

impl fmt::Display for Target {
    /// With points where a name is a word, and in brackets as RFC 9535, section 2.7, writes it where not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in &self.0 {
            match step {
                Step::Index(at) => write!(f, "[{at}]")?,
                Step::Name(name) if is_word(name) => write!(f, ".{name}")?,
                Step::Name(name) => bracket(name, f)?,
            }
        }
        Ok(())
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

fn bracket(name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("['")?;
    for it in name.chars() {
        match it {
            '\'' | '\\' => write!(f, "\\{it}")?,
            it if it.is_control() => write!(f, "\\u{:04x}", u32::from(it))?,
            it => write!(f, "{it}")?,
        }
    }
    f.write_str("']")
}

impl fmt::Display for OverlayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(error) => write!(f, "{error}"),
            Self::Version(at) => write!(f, "{at}: this is no overlay of version 1"),
            Self::Shape(at, why) => write!(f, "{at}: {why}"),
            Self::Target(at) => write!(f, "{at}: the target is no path of names and positions"),
        }
    }
}

impl std::error::Error for OverlayError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::{no_files, read};
    use crate::writer::write_document;

    const API: &str = "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths:\n  /a/{b}:\n    get: {tags: [x], responses: {}}\n\
                       components: {schemas: {A: {properties: {p: {type: string}}}}}\n";

    fn document() -> Node {
        parse(API, 0, &Limits::default(), &mut Diagnostics::up_to(9)).unwrap()
    }

    #[track_caller]
    fn check(text: &str, names: Option<&[&str]>) {
        let target = Target::parse(text);
        assert_eq!(target, names.map(|it| Target::of(it.iter().copied())), "{text}");
        if let Some(target) = target {
            assert_eq!(Target::parse(&target.to_string()), Some(target));
        }
    }

    #[test]
    fn targets_are_paths_of_names_and_positions() {
        check("$", Some(&[]));
        check("$.paths['/a/{b}'].get", Some(&["paths", "/a/{b}", "get"]));
        check("$[\"a'b\"]['c\\'\\\\\\u0009']", Some(&["a'b", "c'\\\t"]));
        check("$.x-y", Some(&["x-y"]));
        for text in [
            "", "a", "$.", "$..a", "$.*", "$[*]", "$[?@.a]", "$['a'", "$['a", "$[-1]", "$['\\x']",
            "$.a b",
        ] {
            check(text, None);
        }
        assert_eq!(Target::parse("$.a[3]").unwrap().0[1], Step::Index(3));
        let written = Target::of(["paths", "/a'b\n", "get"]).to_string();
        assert_eq!(written, "$.paths['/a\\'b\\u000a'].get");
        let operation =
            |method| Target::operation(&Operation::new(method, "/a").unwrap()).to_string();
        assert_eq!(operation("QUERY"), "$.paths['/a'].query");
        assert_eq!(operation("PURGE"), "$.paths['/a'].additionalOperations.PURGE");
    }

    #[test]
    fn what_we_know_goes_out_and_comes_back() {
        let mut overlay = Overlay::new("What bartizan knows", "1");
        overlay.extends = Some("api.yaml".to_owned());
        let operation = Operation::new("GET", "/a/{b}").unwrap();
        overlay.add(Target::operation(&operation), [("x-bartizan-owner", Value::from("path.b"))]);
        overlay
            .add(Target::schema("A", &["p"]), [("x-bartizan-class", Value::from(vec!["email"]))]);
        for format in [Format::Json, Format::Yaml] {
            let text = overlay.write(format);
            assert_eq!(Overlay::read(&text, &Limits::default()), Ok(overlay.clone()), "{text}");
        }
        let mut document = document();
        let applied = overlay.apply(&mut document);
        assert_eq!((applied.applied, applied.missed.len()), (2, 0));
        let text = write_document(&document, Format::Yaml);
        let api = read(&text, "a", &no_files, &Limits::default()).unwrap().api;
        assert_eq!(Overlay::of(&api).actions, overlay.actions);
        assert_eq!(api.operations[0].extensions["x-bartizan-owner"], "path.b".into());
        assert!(api.schemas["A"].properties["p"].extensions.contains_key("x-bartizan-class"));
    }

    #[test]
    fn updates_join_and_removals_remove() {
        let mut document = document();
        let mut overlay = Overlay::new("t", "1");
        let operation = Target::parse("$.paths['/a/{b}'].get").unwrap();
        overlay.add(operation.clone(), [("tags", vec!["y"])]);
        overlay.add(Target::parse("$.paths['/a/{b}'].get.tags").unwrap(), "z");
        overlay.add(Target::of(["info"]), [("title", "new")]);
        let change = Change::Remove;
        let target = Target::parse("$.paths['/a/{b}'].get.responses").unwrap();
        overlay.actions.push(Action { target, description: None, change: change.clone() });
        overlay.actions.push(Action {
            target: Target::of(["no"]),
            description: None,
            change: change.clone(),
        });
        overlay.actions.push(Action { target: Target::default(), description: None, change });
        overlay.add(Target::of(["openapi"]), [("a", "b")]);
        let applied = overlay.apply(&mut document);
        assert_eq!((applied.applied, applied.missed.len()), (4, 3));
        let get = found(&mut document, &operation.0).unwrap().to_value();
        assert_eq!(get, Value::from([("tags", vec!["x", "y", "z"])]));
        assert_eq!(document.get("info").unwrap().get("title").unwrap().text(), Some("new"));
    }

    #[test]
    fn what_is_no_overlay_is_refused() {
        let read = |text: &str| Overlay::read(text, &Limits::default()).unwrap_err();
        assert!(matches!(read("'"), OverlayError::Document(_)));
        assert!(matches!(read("openapi: 3.1.0"), OverlayError::Version(_)));
        assert!(matches!(read("overlay: 2.0.0"), OverlayError::Version(_)));
        let head = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\n";
        assert!(matches!(read(head), OverlayError::Shape(..)));
        assert!(matches!(read(&format!("{head}actions: [{{}}]")), OverlayError::Shape(..)));
        let wild = format!("{head}actions: [{{target: '$.*', update: {{}}}}]");
        assert!(matches!(read(&wild), OverlayError::Target(_)));
        let idle = format!("{head}actions: [{{target: '$.a'}}]");
        assert!(matches!(read(&idle), OverlayError::Shape(..)));
    }
}
