//! The documents that schemas stand in: which resources and anchors they have, and where references lead.
//!
//! Source   JSON Schema 2020-12 core, sections 8.2 and 9; draft 4 core, section 7; RFC 6901.

use std::collections::BTreeMap;

use super::SchemaDialect;
use super::error::{CompileError, CompileFault};
use super::fault::SchemaPlace;
use super::uri::resolved;
use crate::document::{Map, Node, NodeValue};
use crate::reader::{escaped, step, unescaped_percent};

/// A document that references may lead into.
#[derive(Clone, Copy, Debug)]
pub struct Source<'d> {
    /// Where it was found; its own `$id` counts as well. The first one may have none.
    pub uri: &'d str,
    /// The document.
    pub root: &'d Node,
    /// Whether it is a schema. In any other document, as a description of an API, schemas are looked for
    /// everywhere but in examples.
    pub is_schema: bool,
}

/// A schema in one of the documents.
#[derive(Clone, Debug)]
pub(super) struct Located<'d> {
    pub(super) document: usize,
    pub(super) pointer: String,
    pub(super) node: &'d Node,
    pub(super) resource: usize,
}

/// A schema with a URI of its own, and what lies in it.
#[derive(Debug)]
pub(super) struct Resource<'d> {
    uri: String,
    root: Located<'d>,
    pub(super) dialect: SchemaDialect,
    /// `$schema`, if it is none that is known.
    meta: Option<&'d str>,
    anchors: BTreeMap<String, Anchor<'d>>,
}

#[derive(Debug)]
struct Anchor<'d> {
    at: Located<'d>,
    is_dynamic: bool,
}

/// Every document, with its resources.
#[derive(Debug)]
pub(super) struct Sources<'d> {
    pub(super) resources: Vec<Resource<'d>>,
    by_uri: BTreeMap<String, usize>,
    by_place: BTreeMap<(usize, String), usize>,
    depth_max: usize,
    resources_max: usize,
}

impl<'d> Sources<'d> {
    pub(super) fn of(
        sources: &[Source<'d>],
        dialect: SchemaDialect,
        depth_max: usize,
        resources_max: usize,
    ) -> Result<Self, CompileError> {
        let mut all = Self {
            resources: Vec::new(),
            by_uri: BTreeMap::new(),
            by_place: BTreeMap::new(),
            depth_max,
            resources_max,
        };
        for (document, source) in sources.iter().enumerate() {
            let at = Located { document, pointer: String::new(), node: source.root, resource: 0 };
            let uri = source.uri.split_once('#').map_or(source.uri, |it| it.0);
            let resource = all.add(uri.to_owned(), at.clone(), dialect)?;
            all.walk(Located { resource, ..at }, source.is_schema, 0)?;
        }
        Ok(all)
    }

    fn add(
        &mut self,
        uri: String,
        at: Located<'d>,
        dialect: SchemaDialect,
    ) -> Result<usize, CompileError> {
        let number = self.resources.len();
        if number >= self.resources_max {
            let fault = CompileFault::TooMany { schemas_max: self.resources_max };
            return Err(CompileError { place: at.place(), fault });
        }
        let (dialect, meta) = stated_dialect(at.node, dialect);
        self.by_uri.entry(uri.clone()).or_insert(number);
        self.by_place.insert((at.document, at.pointer.clone()), number);
        let root = Located { resource: number, ..at };
        self.resources.push(Resource { uri, root, dialect, meta, anchors: BTreeMap::new() });
        Ok(number)
    }

    /// Finds the resources and anchors of a schema and of the schemas in it.
    fn walk(
        &mut self,
        mut at: Located<'d>,
        is_schema: bool,
        level: usize,
    ) -> Result<(), CompileError> {
        if level > self.depth_max {
            let fault = CompileFault::TooDeep { levels_max: self.depth_max };
            return Err(CompileError { place: at.place(), fault });
        }
        if let NodeValue::Map(map) = &at.node.value {
            self.identify(map, &mut at)?;
        }
        let dialect = self.dialect(at.resource);
        match &at.node.value {
            NodeValue::Map(map) if is_schema => {
                for (keyword, shape) in applicators(dialect) {
                    let Some(node) = map.get(keyword) else { continue };
                    let held = at.child(keyword, node);
                    match (&node.value, shape) {
                        (NodeValue::List(items), Shape::List | Shape::Either) => {
                            for (number, item) in items.iter().enumerate() {
                                self.walk(held.child(&number.to_string(), item), true, level + 1)?;
                            }
                        }
                        (NodeValue::Map(map), Shape::Map) => {
                            for entry in map.entries() {
                                self.walk(held.child(&entry.key, &entry.node), true, level + 1)?;
                            }
                        }
                        (_, Shape::One | Shape::Either) => self.walk(held, true, level + 1)?,
                        (_, Shape::List | Shape::Map) => {}
                    }
                }
            }
            NodeValue::Map(map) => {
                let is_value = |it: &str| {
                    matches!(it, "example" | "examples" | "default" | "enum" | "const" | "value")
                };
                for entry in map.entries().iter().filter(|it| !is_value(&it.key)) {
                    self.walk(at.child(&entry.key, &entry.node), false, level + 1)?;
                }
            }
            NodeValue::List(items) if !is_schema => {
                for (number, item) in items.iter().enumerate() {
                    self.walk(at.child(&number.to_string(), item), false, level + 1)?;
                }
            }
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Number(_)
            | NodeValue::Text(_)
            | NodeValue::List(_) => {}
        }
        Ok(())
    }

    /// Takes note of the names of a schema; `at` then lies in its own resource, if it is one.
    fn identify(&mut self, map: &'d Map, at: &mut Located<'d>) -> Result<(), CompileError> {
        let (dialect, _) = stated_dialect(at.node, self.dialect(at.resource));
        if dialect == SchemaDialect::OpenApi30 {
            return Ok(());
        }
        let is_old = dialect == SchemaDialect::Draft4;
        let id = map.get(if is_old { "id" } else { "$id" }).and_then(Node::text);
        // In draft 4, nothing beside a reference counts.
        if let Some(id) = id.filter(|_| !is_old || map.get("$ref").is_none()) {
            let base = self.resources.get(at.resource).map_or("", |it| it.uri.as_str());
            let (uri, fragment) = resolved(base, id);
            if !id.starts_with('#') {
                // The root of a document has two names, and is one resource.
                let is_root = at.pointer.is_empty()
                    && self.by_place.get(&(at.document, String::new())) == Some(&at.resource);
                if is_root {
                    self.by_uri.entry(uri.clone()).or_insert(at.resource);
                    if let Some(it) = self.resources.get_mut(at.resource) {
                        it.uri = uri;
                    }
                } else {
                    at.resource = self.add(uri, at.clone(), dialect)?;
                }
            }
            if is_old && !fragment.is_empty() {
                self.anchor(fragment, at, false);
            }
        }
        if !is_old {
            for (keyword, is_dynamic) in [("$anchor", false), ("$dynamicAnchor", true)] {
                if let Some(name) = map.get(keyword).and_then(Node::text) {
                    self.anchor(name, at, is_dynamic);
                }
            }
        }
        Ok(())
    }

    fn anchor(&mut self, name: &str, at: &Located<'d>, is_dynamic: bool) {
        if let Some(it) = self.resources.get_mut(at.resource) {
            it.anchors.insert(name.to_owned(), Anchor { at: at.clone(), is_dynamic });
        }
    }

    pub(super) fn dialect(&self, resource: usize) -> SchemaDialect {
        self.resources.get(resource).map_or(SchemaDialect::Unread, |it| it.dialect)
    }

    /// What a reference leads to that stands in this resource, and the name of the dynamic anchor that
    /// it went by, if there is one.
    pub(super) fn find<'r>(
        &self,
        resource: usize,
        reference: &'r str,
    ) -> Option<(Located<'d>, Option<&'r str>)> {
        let base = self.resources.get(resource).map_or("", |it| it.uri.as_str());
        let (uri, fragment) = resolved(base, reference);
        let found = self.resources.get(*self.by_uri.get(&uri)?)?;
        let decoded = unescaped_percent(fragment);
        if decoded.is_empty() {
            return Some((found.root.clone(), None));
        }
        let Some(pointer) = decoded.strip_prefix('/') else {
            let anchor = found.anchors.get(&decoded)?;
            return Some((anchor.at.clone(), anchor.is_dynamic.then_some(fragment)));
        };
        let mut at = found.root.clone();
        for token in pointer.split('/') {
            let token = token.replace("~1", "/").replace("~0", "~");
            let next = at.child(&token, step(at.node, &token)?);
            at = self.settled(next);
        }
        Some((at, None))
    }

    /// The same place, in its own resource if it is one.
    pub(super) fn settled(&self, mut at: Located<'d>) -> Located<'d> {
        let place = (at.document, at.pointer);
        at.resource = self.by_place.get(&place).copied().unwrap_or(at.resource);
        at.pointer = place.1;
        at
    }

    /// Every schema with a dynamic anchor of this name, and the resource that it is for.
    pub(super) fn dynamic_anchors(&self, name: &str) -> Vec<(usize, Located<'d>)> {
        let of = |(number, it): (usize, &Resource<'d>)| {
            let anchor = it.anchors.get(name).filter(|it| it.is_dynamic)?;
            Some((number, anchor.at.clone()))
        };
        self.resources.iter().enumerate().filter_map(of).collect()
    }

    /// The vocabularies that the meta-schema of a resource names, if it was given and names any.
    pub(super) fn vocabularies(&self, resource: usize) -> Option<&'d Map> {
        let meta = self.resources.get(resource)?.meta?;
        let found = self.resources.get(*self.by_uri.get(meta)?)?;
        found.root.node.get("$vocabulary")?.map()
    }
}

impl<'d> Located<'d> {
    pub(super) fn child(&self, token: &str, node: &'d Node) -> Self {
        let pointer = format!("{}/{}", self.pointer, escaped(token));
        Located { document: self.document, pointer, node, resource: self.resource }
    }

    pub(super) fn place(&self) -> SchemaPlace {
        SchemaPlace {
            document: self.document,
            pointer: self.pointer.as_str().into(),
            position: self.node.position,
        }
    }
}

/// The dialect of a schema that may name one, and the name of the meta-schema if it is another.
fn stated_dialect(node: &Node, otherwise: SchemaDialect) -> (SchemaDialect, Option<&str>) {
    let Some(meta) = node.get("$schema").and_then(Node::text) else { return (otherwise, None) };
    match meta.trim_end_matches('#') {
        "http://json-schema.org/draft-04/schema" => (SchemaDialect::Draft4, None),
        "https://json-schema.org/draft/2020-12/schema"
        | "https://spec.openapis.org/oas/3.1/dialect/base" => (SchemaDialect::Draft2020, None),
        "http://json-schema.org/draft-03/schema"
        | "http://json-schema.org/draft-06/schema"
        | "http://json-schema.org/draft-07/schema"
        | "https://json-schema.org/draft/2019-09/schema" => (SchemaDialect::Unread, None),
        other => (otherwise, Some(other)),
    }
}

/// How schemas are held by a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    One,
    List,
    Map,
    /// One, or a list.
    Either,
}

/// The keywords that hold schemas.
fn applicators(dialect: SchemaDialect) -> impl Iterator<Item = (&'static str, Shape)> {
    const BOTH: &[(&str, Shape)] = &[
        ("additionalProperties", Shape::One),
        ("allOf", Shape::List),
        ("anyOf", Shape::List),
        ("definitions", Shape::Map),
        ("items", Shape::Either),
        ("not", Shape::One),
        ("oneOf", Shape::List),
        ("patternProperties", Shape::Map),
        ("properties", Shape::Map),
    ];
    const OLD: &[(&str, Shape)] = &[("additionalItems", Shape::One), ("dependencies", Shape::Map)];
    const NEW: &[(&str, Shape)] = &[
        ("$defs", Shape::Map),
        ("contains", Shape::One),
        ("contentSchema", Shape::One),
        ("dependentSchemas", Shape::Map),
        ("else", Shape::One),
        ("if", Shape::One),
        ("prefixItems", Shape::List),
        ("propertyNames", Shape::One),
        ("then", Shape::One),
        ("unevaluatedItems", Shape::One),
        ("unevaluatedProperties", Shape::One),
    ];
    let others = if dialect == SchemaDialect::Draft2020 { NEW } else { OLD };
    BOTH.iter().chain(others).copied()
}
