//! Descriptions of every dialect to one model.
//!
//! Reads    OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0, with the files that they refer to; JSON Schema.
//! Writes   an [`Api`], where its parts stand, and what was odd.
//! Memory   bounded by [`Limits`]; what many operations refer to counts for each of them.
//! Errors   [`ReadError`] if the first file cannot be read at all. Everything else is a diagnostic: the
//!          part that is wrong is skipped and the rest is read.
//! Misses   what the model does not hold (see [`bartizan_model::api`]); schemas with an `$id` of their own;
//!          anchors (`#name`); a file of another dialect than the first.
//! Source   OpenAPI Specification 3.0.4, 3.1.1, 3.2.0 and 2.0.

mod fields;
mod info;
mod library;
mod message;
mod names;
mod operation;
mod parameter;
mod schema;
mod security;
mod swagger;

use std::collections::{BTreeMap, BTreeSet};

use bartizan_model::api::{Api, Requirement, Schema};

use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::document::{Budget, Fault, Node, NodeValue, Position, ReadError};
use crate::limits::Limits;
pub(crate) use fields::{CARRIED, OURS};
use library::Library;
pub(crate) use library::{escaped, step, unescaped_percent};
use names::Names;

/// Gives the text of a file by its name relative to where the first one stands (`schemas/pet.yaml`,
/// `../common.yaml`), or nothing. What may be given out is the caller's decision.
pub type Files<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// For descriptions that are one file.
pub fn no_files(_: &str) -> Option<String> {
    None
}

/// A notation for descriptions of APIs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// Swagger 2.0
    Swagger2,
    /// OpenAPI 3.0
    OpenApi30,
    /// OpenAPI 3.1
    OpenApi31,
    /// OpenAPI 3.2
    OpenApi32,
}

/// What a description says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The API.
    pub api: Api,
    /// The notation of the first file.
    pub dialect: Dialect,
    /// What was odd, in the order of meeting.
    pub diagnostics: Diagnostics,
    /// Names of the files, by the number in a [`Position`].
    pub files: Vec<String>,
    /// Where each operation stands, in the order of the API's list.
    pub operations: Vec<Position>,
    /// Where each named schema stands.
    pub schemas: BTreeMap<String, Position>,
}

/// Reads a description. `name` is that of the first file, for messages and relative references.
///
/// # Errors
///
/// [`ReadError`] if the text is broken, exceeds a limit, or is no description.
pub fn read(
    text: &str,
    name: &str,
    files: &Files<'_>,
    limits: &Limits,
) -> Result<Reading, ReadError> {
    let mut diagnostics = Diagnostics::up_to(limits.diagnostics_max);
    let library = Library::load(text, name, files, Budget::of(limits), &mut diagnostics)?;
    let dialect = dialect(library.root(), &mut diagnostics)?;
    let mut reader = Reader::new(&library, dialect, limits, diagnostics);
    let api = reader.api(library.root());
    Ok(reader.finish(api, &library))
}

/// Reads a JSON Schema on its own. It becomes the named schema `Root`; what it refers to stands beside it.
///
/// # Errors
///
/// [`ReadError`] if the text is broken or exceeds a limit.
pub fn read_schema(
    text: &str,
    name: &str,
    files: &Files<'_>,
    limits: &Limits,
) -> Result<Reading, ReadError> {
    let mut diagnostics = Diagnostics::up_to(limits.diagnostics_max);
    let library = Library::load(text, name, files, Budget::of(limits), &mut diagnostics)?;
    let mut reader = Reader::new(&library, Dialect::OpenApi31, limits, diagnostics);
    let mut api = Api::default();
    reader.names.give(0, "", "Root", library.root());
    reader.named_schemas(&mut api);
    Ok(reader.finish(api, &library))
}

/// What is being read, and what was met.
pub(crate) struct Reader<'d> {
    library: &'d Library,
    dialect: Dialect,
    limits: Limits,
    diagnostics: Diagnostics,
    names: Names<'d>,
    schemas_made: usize,
    has_all_operations: bool,
    operations: Vec<Position>,
    schemas: BTreeMap<String, Position>,
    operation_ids: BTreeSet<String>,
    security: Option<Vec<Requirement>>,
}

impl<'d> Reader<'d> {
    fn new(
        library: &'d Library,
        dialect: Dialect,
        limits: &Limits,
        diagnostics: Diagnostics,
    ) -> Self {
        Self {
            library,
            dialect,
            limits: limits.clone(),
            diagnostics,
            names: Names::default(),
            schemas_made: 0,
            has_all_operations: true,
            operations: Vec::new(),
            schemas: BTreeMap::new(),
            operation_ids: BTreeSet::new(),
            security: None,
        }
    }

    fn finish(self, api: Api, library: &Library) -> Reading {
        Reading {
            api,
            dialect: self.dialect,
            diagnostics: self.diagnostics,
            files: library.names(),
            operations: self.operations,
            schemas: self.schemas,
        }
    }

    fn api(&mut self, root: &'d Node) -> Api {
        let mut api = Api::default();
        self.give_names(root);
        self.info(root, &mut api);
        api.tags = self.tags(root);
        api.security_schemes = self.security_schemes(root);
        self.security = self.requirements(root, &api.security_schemes);
        self.servers_of(root, &mut api);
        self.operations_of(root, &mut api);
        self.named_schemas(&mut api);
        api
    }

    fn servers_of(&mut self, root: &'d Node, api: &mut Api) {
        api.servers = match self.dialect {
            Dialect::Swagger2 => self.swagger_servers(root),
            Dialect::OpenApi30 | Dialect::OpenApi31 | Dialect::OpenApi32 => self.servers(root),
        };
    }

    /// The schemas of the first file have the names that they are written under.
    fn give_names(&mut self, root: &'d Node) {
        let (place, prefix) = match self.dialect {
            Dialect::Swagger2 => (root.get("definitions"), "/definitions/"),
            Dialect::OpenApi30 | Dialect::OpenApi31 | Dialect::OpenApi32 => {
                let components = root.get("components");
                (components.and_then(|it| it.get("schemas")), "/components/schemas/")
            }
        };
        let Some(map) = place.and_then(|it| self.map(it, "the schemas")) else { return };
        for entry in map.entries() {
            let pointer = format!("{prefix}{}", escaped(&entry.key));
            self.names.give(0, &pointer, &entry.key, &entry.node);
        }
    }

    /// Reads every schema that has a name or got one on the way.
    fn named_schemas(&mut self, api: &mut Api) {
        while let Some((name, node)) = self.names.next() {
            let schema = self.schema(node);
            self.schemas.insert(name.clone(), node.position);
            api.schemas.insert(name, schema);
        }
        self.break_circles(api);
    }

    /// Takes the reference from schemas that are nothing but each other.
    fn break_circles(&mut self, api: &mut Api) {
        let mut circular = Vec::new();
        // A name is settled once the chain that begins there is known to end, or to be reported.
        let mut settled = BTreeSet::new();
        for name in api.schemas.keys() {
            let mut seen = BTreeSet::new();
            let mut at = name.as_str();
            while !settled.contains(at) {
                if !seen.insert(at) {
                    circular.push(at.to_owned());
                    break;
                }
                let next = api.schemas.get(at).and_then(|it: &Schema| it.reference.as_deref());
                let Some(next) = next else { break };
                at = next;
            }
            settled.extend(seen);
        }
        for name in circular {
            let position = self.schemas.get(&name).copied().unwrap_or_default();
            let message = "this schema refers to itself and says nothing";
            self.diagnostics.add(DiagnosticCode::ReferenceCycle, position, message);
            if let Some(schema) = api.schemas.get_mut(&name) {
                schema.reference = None;
                schema.is_partial = true;
            }
        }
    }

    /// Counts one more schema; `false` if there is no room.
    fn has_room_for(&mut self, schemas: usize, position: Position) -> bool {
        let before = self.schemas_made;
        self.schemas_made = before.saturating_add(schemas);
        let max = self.limits.schemas_max;
        if before <= max && self.schemas_made > max {
            let message = format_args!("more than {max} schemas; the rest is not read");
            self.diagnostics.add(DiagnosticCode::TooMany, position, message);
        }
        self.schemas_made <= max
    }

    fn is_before(&self, dialect: Dialect) -> bool {
        self.dialect < dialect
    }
}

fn dialect(root: &Node, diagnostics: &mut Diagnostics) -> Result<Dialect, ReadError> {
    let Some(map) = root.map() else {
        return Err(ReadError { position: root.position, fault: Fault::NotAMapping });
    };
    let Some(node) = map.get("openapi").or_else(|| map.get("swagger")) else {
        return Err(ReadError { position: root.position, fault: Fault::NoVersion });
    };
    let written = match &node.value {
        NodeValue::Text(text) => text.clone(),
        // `swagger: 2.0` without quotes.
        NodeValue::Number(number) => number.to_string(),
        NodeValue::Null | NodeValue::Bool(_) | NodeValue::List(_) | NodeValue::Map(_) => {
            String::new()
        }
    };
    let mut numbers = written.trim().split('.');
    let major = numbers.next().unwrap_or_default();
    let minor = numbers.next().unwrap_or("0");
    let is_number = !minor.is_empty() && minor.bytes().all(|it| it.is_ascii_digit());
    Ok(match (major, minor) {
        ("2", "0") => Dialect::Swagger2,
        ("3", "0") => Dialect::OpenApi30,
        ("3", "1") => Dialect::OpenApi31,
        ("3", "2") => Dialect::OpenApi32,
        ("3", _) if is_number => {
            let message = "this version is not known; it is read as 3.2";
            diagnostics.add(DiagnosticCode::NewVersion, node.position, message);
            Dialect::OpenApi32
        }
        (_, _) => {
            let fault = Fault::Version { version: written };
            return Err(ReadError { position: node.position, fault });
        }
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn reading(text: &str) -> Reading {
        read(text, "api.yaml", &no_files, &Limits::default()).unwrap_or_else(|it| panic!("{it}"))
    }

    /// The codes met, each once and sorted.
    pub(crate) fn codes(reading: &Reading) -> Vec<DiagnosticCode> {
        let mut codes: Vec<_> = reading.diagnostics.list().iter().map(|it| it.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    #[test]
    fn the_version_decides_the_dialect() {
        for (text, dialect) in [
            ("swagger: '2.0'", Dialect::Swagger2),
            ("swagger: 2.0", Dialect::Swagger2),
            ("openapi: 3.0.3", Dialect::OpenApi30),
            ("openapi: 3.1", Dialect::OpenApi31),
            ("{\"openapi\": \"3.2.0\"}", Dialect::OpenApi32),
            ("openapi: 3.7.0", Dialect::OpenApi32),
        ] {
            assert_eq!(reading(text).dialect, dialect, "{text}");
        }
        for (text, fault) in [
            ("a: 1", Fault::NoVersion),
            ("[1]", Fault::NotAMapping),
            ("swagger: 1.2", Fault::Version { version: "1.2".to_owned() }),
            ("openapi: 4.0.0", Fault::Version { version: "4.0.0".to_owned() }),
            ("openapi: 3.x", Fault::Version { version: "3.x".to_owned() }),
            ("openapi: [3]", Fault::Version { version: String::new() }),
        ] {
            let error = read(text, "a", &no_files, &Limits::default()).unwrap_err();
            assert_eq!(error.fault, fault, "{text}");
        }
    }

    #[test]
    fn schemas_that_are_only_each_other_are_opened() {
        let text = "openapi: 3.1.0\ncomponents:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    \
                    B: {$ref: '#/components/schemas/A'}\n    C: {$ref: '#/components/schemas/A'}\n    \
                    D: {properties: {d: {$ref: '#/components/schemas/D'}}}\n";
        let reading = reading(text);
        let references = |name: &str| reading.api.schemas[name].reference.is_some();
        assert!(!(references("A") && references("B")));
        assert!(references("C"));
        assert_eq!(reading.api.schemas["D"].properties["d"].reference.as_deref(), Some("D"));
        assert!(codes(&reading).contains(&DiagnosticCode::ReferenceCycle));
    }

    #[test]
    fn more_schemas_than_allowed_are_not_read_and_reported_once() {
        let limits = Limits { schemas_max: 3, ..Limits::default() };
        let text =
            "openapi: 3.1.0\ncomponents: {schemas: {A: {items: {items: {items: {items: {}}}}}}}\n";
        let reading = read(text, "a", &no_files, &limits).unwrap();
        let many =
            reading.diagnostics.list().iter().filter(|it| it.code == DiagnosticCode::TooMany);
        assert_eq!(many.count(), 1);
    }

    #[test]
    fn a_schema_alone_is_named_root() {
        let text = "{\"$defs\": {\"n\": {\"type\": \"integer\"}}, \"items\": {\"$ref\": \"#/$defs/n\"}, \
                    \"properties\": {\"self\": {\"$ref\": \"#\"}}}";
        let reading = read_schema(text, "a.json", &no_files, &Limits::default()).unwrap();
        let schemas = &reading.api.schemas;
        assert_eq!(schemas["Root"].items.as_ref().unwrap().reference.as_deref(), Some("n"));
        assert_eq!(schemas["Root"].properties["self"].reference.as_deref(), Some("Root"));
        assert_eq!(schemas["n"], Schema::integer());
    }
}
