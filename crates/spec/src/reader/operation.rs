//! Paths and their operations, of every dialect.

use std::collections::{BTreeMap, BTreeSet};

use bartizan_model::api::{Api, Operation, Parameter, ParameterPlace, PathTemplate, Server};

use super::fields::is_extension;
use super::{Dialect, Reader};
use crate::diagnostic::{DiagnosticCode, Shown};
use crate::document::{Map, Node, Position};

/// Methods with a key of their own.
const METHODS: [&str; 9] =
    ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// What the operations of one path share.
struct PathItem<'d> {
    path: PathTemplate,
    node: &'d Node,
    parameters: Vec<Parameter>,
    servers: Vec<Server>,
    /// Schemas in the parameters, which each operation gets a copy of.
    schemas: usize,
    /// Those that were met.
    methods: BTreeSet<String>,
}

impl<'d> Reader<'d> {
    pub(super) fn operations_of(&mut self, root: &'d Node, api: &mut Api) {
        let paths = root.get("paths").and_then(|it| self.map(it, "paths"));
        let mut shapes = BTreeMap::new();
        for entry in paths.into_iter().flat_map(Map::entries).filter(|it| !is_extension(&it.key)) {
            let path = match PathTemplate::parse(&entry.key) {
                Ok(path) => path,
                Err(error) => {
                    let message = format_args!("`{}`: {error}", Shown(&entry.key));
                    self.diagnostics.add(DiagnosticCode::Path, entry.position, message);
                    continue;
                }
            };
            if entry.key.contains(['?', '#']) {
                let message = format_args!("`{}` is more than a path", Shown(&entry.key));
                self.diagnostics.add(DiagnosticCode::PathWithQuery, entry.position, message);
            }
            if let Some(other) = shapes.insert(path.shape(), path.clone()) {
                let (one, other) = (Shown(path.as_str()), Shown(other.as_str()));
                let message = format_args!("`{one}` and `{other}` match the same requests");
                self.diagnostics.add(DiagnosticCode::SamePath, entry.position, message);
            }
            if let Some(node) = self.followed(&entry.node) {
                self.path_item(path, node, api);
            }
        }
    }

    fn path_item(&mut self, path: PathTemplate, node: &'d Node, api: &mut Api) {
        let Some(map) = self.map(node, "a path") else { return };
        let before = self.schemas_made;
        let parameters = self.shared_parameters(node);
        let schemas = self.schemas_made.saturating_sub(before);
        let servers = self.servers(node);
        let methods = BTreeSet::new();
        let mut item = PathItem { path, node, parameters, servers, schemas, methods };
        for method in METHODS {
            if let Some(node) = map.get(method) {
                if method == "query" {
                    self.since(Dialect::OpenApi32, node, "`query`");
                }
                self.operation(&mut item, &method.to_ascii_uppercase(), node, api);
            }
        }
        let others = self.carried(map, "additionalOperations");
        let others = others.and_then(|it| self.map(it, "additionalOperations"));
        for entry in others.into_iter().flat_map(Map::entries) {
            self.operation(&mut item, &entry.key, &entry.node, api);
        }
    }

    fn shared_parameters(&mut self, node: &'d Node) -> Vec<Parameter> {
        match self.dialect {
            Dialect::Swagger2 => self.swagger_parameters(node),
            Dialect::OpenApi30 | Dialect::OpenApi31 | Dialect::OpenApi32 => self.parameters(node),
        }
    }

    fn operation(&mut self, item: &mut PathItem<'d>, method: &str, node: &'d Node, api: &mut Api) {
        let Some(map) = self.map(node, "an operation") else { return };
        let max = self.limits.operations_max;
        if api.operations.len() >= max {
            if !self.has_all_operations {
                return;
            }
            self.has_all_operations = false;
            let message = format_args!("more than {max} operations; the rest is not read");
            return self.diagnostics.add(DiagnosticCode::TooMany, node.position, message);
        }
        // What is copied to every operation counts for each, be it a schema or not.
        let copied = item.schemas + item.servers.len() + self.security.as_ref().map_or(0, Vec::len);
        if !self.has_room_for(copied, node.position) {
            return;
        }
        let mut operation = Operation {
            method: method.to_owned(),
            path: item.path.clone(),
            id: self.operation_id(node, map),
            summary: self.text(map, "summary"),
            description: self.text(map, "description"),
            tags: self.texts(map, "tags"),
            deprecated: self.flag(map, "deprecated"),
            sunset: self.text(map, "x-sunset"),
            security: self.requirements(node, &api.security_schemes),
            servers: self.servers(node),
            extensions: self.extensions(map),
            ..Operation::default()
        };
        operation.security = operation.security.or_else(|| self.security.clone());
        if operation.servers.is_empty() {
            operation.servers = item.servers.clone();
        }
        self.messages(item, node, &mut operation);
        self.check_variables(&operation, node.position);
        if !item.methods.insert(method.to_owned()) {
            let message = format_args!("`{}` is given twice", Shown(method));
            return self.diagnostics.add(
                DiagnosticCode::DuplicateOperation,
                node.position,
                message,
            );
        }
        self.operations.push(node.position);
        api.operations.push(operation);
    }

    fn messages(&mut self, item: &PathItem<'d>, node: &'d Node, operation: &mut Operation) {
        let own = match self.dialect {
            Dialect::Swagger2 => {
                operation.body = self.swagger_body(item.node, node);
                operation.responses = self.swagger_responses(node);
                self.swagger_parameters(node)
            }
            Dialect::OpenApi30 | Dialect::OpenApi31 | Dialect::OpenApi32 => {
                operation.body = node.get("requestBody").and_then(|it| self.request_body(it));
                operation.responses = self.responses(node, Self::response);
                self.parameters(node)
            }
        };
        let own_key: BTreeSet<_> = own.iter().map(|it| (it.place, it.name.clone())).collect();
        let is_replaced = |it: &&Parameter| own_key.contains(&(it.place, it.name.clone()));
        operation.parameters =
            item.parameters.iter().filter(|it| !is_replaced(it)).cloned().collect();
        operation.parameters.extend(own);
    }

    fn operation_id(&mut self, node: &Node, map: &Map) -> Option<String> {
        let id = self.text(map, "operationId")?;
        if !self.operation_ids.insert(id.clone()) {
            let message = format_args!("`{}` is the id of another operation", Shown(&id));
            self.diagnostics.add(DiagnosticCode::DuplicateOperationId, node.position, message);
        }
        Some(id)
    }

    fn check_variables(&mut self, operation: &Operation, position: Position) {
        let in_path = || operation.parameters.iter().filter(|it| it.place == ParameterPlace::Path);
        for name in operation.path.variables() {
            if !in_path().any(|it| it.name == name) {
                let message = format_args!("`{{{}}}` has no parameter", Shown(name));
                self.diagnostics.add(DiagnosticCode::UndeclaredVariable, position, message);
            }
        }
        for parameter in in_path() {
            if !operation.path.variables().any(|it| it == parameter.name) {
                let name = Shown(&parameter.name);
                let message = format_args!("the path has no variable `{name}`");
                self.diagnostics.add(DiagnosticCode::UnknownVariable, position, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, reading};
    use super::super::{no_files, read};
    use super::*;
    use crate::limits::Limits;

    #[test]
    fn every_method_is_an_operation() {
        let text = "openapi: 3.2.0\ninfo: {title: t, version: v}\npaths:\n  /a:\n    get: {operationId: a, summary: s, tags: \
                    [x], deprecated: true, x-sunset: 2030-01-01, x-bartizan-owner: o}\n    query: {}\n    \
                    additionalOperations: {PURGE: {}}\n    summary: not a method\n  x-other: {get: {}}\n";
        let reading = reading(text);
        let methods: Vec<_> = reading.api.operations.iter().map(|it| it.method.as_str()).collect();
        assert_eq!(methods, ["GET", "QUERY", "PURGE"]);
        assert_eq!(codes(&reading), []);
        let first = &reading.api.operations[0];
        assert_eq!(first.sunset.as_deref(), Some("2030-01-01"));
        assert!(first.deprecated && first.extensions.contains_key("x-bartizan-owner"));
        let lines: Vec<_> = reading.operations.iter().map(|it| it.line).collect();
        assert_eq!(lines, [5, 6, 7]);
    }

    #[test]
    fn a_path_lends_its_servers_and_references_are_followed() {
        let text = "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths:\n  /a: {servers: [{url: /v1}], get: {}, put: {servers: \
                    [{url: /v2}]}}\n  /b: {$ref: '#/components/pathItems/B'}\n  /c: {$ref: '#/paths/~1c'}\n\
                    components: {pathItems: {B: {get: {}}}}\n";
        let reading = reading(text);
        let url =
            |method, path| reading.api.operation(method, path).unwrap().servers[0].url.clone();
        assert_eq!((url("GET", "/a").as_str(), url("PUT", "/a").as_str()), ("/v1", "/v2"));
        assert!(reading.api.operation("GET", "/b").is_some());
        assert_eq!(codes(&reading), [DiagnosticCode::ReferenceCycle]);
    }

    #[test]
    fn paths_and_operations_that_cannot_be_are_reported() {
        let text = "openapi: 3.2.0\ninfo: {title: t, version: v}\npaths:\n  a: {get: {}}\n  /{x: {get: {}}\n  /b/{x}: {get: \
                    {operationId: i}}\n  /b/{y}: {get: {operationId: i, parameters: [{in: path, name: z, required: \
                    true}]}, additionalOperations: {GET: {}}, put: 5}\n  /c: []\n  /d?e=f: {}\n";
        let reading = reading(text);
        assert_eq!(reading.api.operations.len(), 2);
        assert_eq!(reading.operations.len(), 2);
        let expected = [
            DiagnosticCode::WrongType,
            DiagnosticCode::Path,
            DiagnosticCode::PathWithQuery,
            DiagnosticCode::SamePath,
            DiagnosticCode::UndeclaredVariable,
            DiagnosticCode::UnknownVariable,
            DiagnosticCode::DuplicateOperation,
            DiagnosticCode::DuplicateOperationId,
        ];
        assert_eq!(codes(&reading), expected);
    }

    #[test]
    fn operations_are_limited() {
        let text = "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths: {/a: {get: {}, put: {}, post: {}}}\n";
        for (max, found, many) in [(3, 3, 0), (1, 1, 1)] {
            let limits = Limits { operations_max: max, ..Limits::default() };
            let reading = read(text, "a", &no_files, &limits).unwrap();
            assert_eq!(reading.api.operations.len(), found);
            assert_eq!(reading.diagnostics.list().len(), many);
        }
    }

    #[test]
    fn shared_parameters_count_for_each_operation() {
        let text = "openapi: 3.1.0\ninfo: {title: t, version: v}\npaths: {/a: {parameters: [{in: query, name: q, schema: \
                    {items: {}}}], get: {}, put: {}, post: {}}}\n";
        let limits = Limits { schemas_max: 7, ..Limits::default() };
        let reading = read(text, "a", &no_files, &limits).unwrap();
        assert_eq!(reading.api.operations.len(), 2);
        assert!(reading.diagnostics.has(DiagnosticCode::TooMany));
    }
}
