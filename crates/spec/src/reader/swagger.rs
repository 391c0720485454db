//! What only Swagger 2.0 has: one host with schemes, media types for all bodies, forms as parameters.
//!
//! Source   OpenAPI Specification 2.0 (Swagger).

use std::collections::BTreeMap;

use bartizan_model::api::{
    Content, Header, MediaType, Parameter, RequestBody, Response, Schema, Server, Status, Style,
    Types,
};

use super::Reader;
use super::parameter::List;
use crate::document::{Map, Node};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

impl<'d> Reader<'d> {
    pub(super) fn swagger_servers(&mut self, root: &'d Node) -> Vec<Server> {
        let Some(map) = root.map() else { return Vec::new() };
        let host = self.text(map, "host").unwrap_or_default();
        let base = self.text(map, "basePath").unwrap_or_default();
        if host.is_empty() && base.is_empty() {
            return Vec::new();
        }
        let slash = if base.is_empty() || base.starts_with('/') { "" } else { "/" };
        if host.is_empty() {
            return vec![Server::new(format!("{slash}{base}"))];
        }
        let schemes = self.texts(map, "schemes");
        if schemes.is_empty() {
            return vec![Server::new(format!("//{host}{slash}{base}"))];
        }
        schemes.iter().map(|it| Server::new(format!("{it}://{host}{slash}{base}"))).collect()
    }

    /// Parameters that are not in the body.
    pub(super) fn swagger_parameters(&mut self, owner: &'d Node) -> Vec<Parameter> {
        let mut list = List::default();
        for node in self.swagger_list(owner) {
            let Some(map) = self.map(node, "a parameter") else { continue };
            if is_in_body(node) {
                continue;
            }
            let Some((place, name)) = self.place_and_name(node, map) else { continue };
            let (style, explode) = self.collection(map);
            let mut parameter = Parameter {
                place,
                name,
                description: self.text(map, "description"),
                required: self.flag(map, "required"),
                schema: Some(self.value(node)),
                style,
                explode,
                ..Parameter::default()
            };
            self.require_in_path(&mut parameter, node);
            self.add_parameter(parameter, node, &mut list);
        }
        list.parameters
    }

    fn swagger_list(&mut self, owner: &'d Node) -> Vec<&'d Node> {
        let Some(node) = owner.get("parameters") else { return Vec::new() };
        let items = self.list(node, "parameters");
        items.iter().filter_map(|it| self.followed(it)).collect()
    }

    /// The schema that a parameter, a header field or a part of a form is itself. There, `required` and
    /// `description` speak of the parameter.
    fn value(&mut self, node: &'d Node) -> Schema {
        let mut schema = self.value_schema(node);
        schema.description = None;
        schema
    }

    fn collection(&mut self, map: &Map) -> (Option<Style>, Option<bool>) {
        let Some(written) = self.text(map, "collectionFormat") else { return (None, None) };
        match written.as_str() {
            "csv" => (None, Some(false)),
            "multi" => (Some(Style::Form), Some(true)),
            "ssv" => (Some(Style::SpaceDelimited), Some(false)),
            "pipes" => (Some(Style::PipeDelimited), Some(false)),
            other => {
                if let Some(node) = map.get("collectionFormat") {
                    self.unknown_value(node, "collectionFormat", other);
                }
                (None, None)
            }
        }
    }

    /// The body of an operation, from its parameters and those of its path.
    pub(super) fn swagger_body(&mut self, path: &'d Node, owner: &'d Node) -> Option<RequestBody> {
        let mut nodes = self.swagger_list(owner);
        let has_own = nodes.iter().any(|it| is_in_body(it));
        if !has_own {
            nodes = self.swagger_list(path);
        }
        nodes.retain(|it| is_in_body(it));
        let first = *nodes.first()?;
        let types = self.media_types(owner, "consumes");
        if nodes.iter().any(|it| it.get("in").and_then(Node::text) == Some("formData")) {
            return Some(self.form(&nodes, types));
        }
        let map = self.map(first, "a parameter")?;
        let types = if types.is_empty() { vec![JSON.to_owned()] } else { types };
        Some(RequestBody {
            description: self.text(map, "description"),
            required: self.flag(map, "required"),
            content: self
                .in_each(&types, first, |it| map.get("schema").map(|node| it.schema(node))),
        })
    }

    /// One schema in each of several media types; each copy counts as a schema made.
    fn in_each(
        &mut self,
        types: &[String],
        node: &Node,
        make: impl FnOnce(&mut Self) -> Option<Schema>,
    ) -> Content {
        let before = self.schemas_made;
        let media_type = MediaType { schema: make(self), item_schema: None };
        let made = self.schemas_made.saturating_sub(before).max(1);
        let copies = types.iter().enumerate();
        let copies = copies.take_while(|it| it.0 == 0 || self.has_room_for(made, node.position));
        copies.map(|it| (it.1.clone(), media_type.clone())).collect()
    }

    fn form(&mut self, nodes: &[&'d Node], types: Vec<String>) -> RequestBody {
        let is_file = |it: &&Node| it.get("type").and_then(Node::text) == Some("file");
        let is_form = |it: &String| it.starts_with(FORM) || it.starts_with(MULTIPART);
        let mut types: Vec<_> = types.into_iter().filter(is_form).collect();
        if types.is_empty() {
            let has_file = nodes.iter().any(is_file);
            types.push(if has_file { MULTIPART } else { FORM }.to_owned());
        }
        let mut required = false;
        let content = match nodes.first() {
            None => Content::new(),
            Some(first) => self.in_each(&types, first, |it| {
                let schema = it.form_schema(nodes);
                required = !schema.required.is_empty();
                Some(schema)
            }),
        };
        RequestBody { description: None, required, content }
    }

    fn form_schema(&mut self, nodes: &[&'d Node]) -> Schema {
        let mut schema = Schema::of(Types::OBJECT);
        for node in nodes {
            let Some(map) = self.map(node, "a parameter") else { continue };
            let Some(name) = self.text(map, "name") else {
                self.missing(node.position, "the name of a parameter");
                continue;
            };
            if self.flag(map, "required") {
                schema.required.insert(name.clone());
            }
            let mut part = self.value(node);
            part.description = self.text(map, "description");
            schema.properties.insert(name, part);
        }
        schema
    }

    /// Media types of an operation, or of all of them.
    fn media_types(&mut self, owner: &'d Node, key: &str) -> Vec<String> {
        let root = self.library.root();
        let place = if owner.get(key).is_some() { owner } else { root };
        place.map().map(|it| self.texts(it, key)).unwrap_or_default()
    }

    pub(super) fn swagger_responses(&mut self, owner: &'d Node) -> BTreeMap<Status, Response> {
        let mut types = self.media_types(owner, "produces");
        if types.is_empty() {
            types.push(JSON.to_owned());
        }
        self.responses(owner, |reader, node| reader.swagger_response(node, &types))
    }

    fn swagger_response(&mut self, node: &'d Node, types: &[String]) -> Option<Response> {
        let map = self.map(node, "a response")?;
        let mut response = Response::new(self.text(map, "description").unwrap_or_default());
        response.extensions = self.extensions(map);
        if let Some(schema) = map.get("schema") {
            response.content = self.in_each(types, node, |it| Some(it.schema(schema)));
        }
        let headers = map.get("headers").and_then(|it| self.map(it, "headers"));
        for entry in headers.into_iter().flat_map(Map::entries) {
            let Some(map) = self.map(&entry.node, "a header field") else { continue };
            let header = Header {
                description: self.text(map, "description"),
                schema: Some(self.value(&entry.node)),
                ..Header::default()
            };
            response.headers.insert(entry.key.clone(), header);
        }
        Some(response)
    }
}

fn is_in_body(node: &Node) -> bool {
    matches!(node.get("in").and_then(Node::text), Some("body" | "formData"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, reading};
    use super::*;

    const HEAD: &str = "swagger: '2.0'\ninfo: {title: t, version: v}\n";

    #[test]
    fn host_base_path_and_schemes_are_servers() {
        for (text, urls) in [
            (
                "host: a.test\nbasePath: /v1\nschemes: [https, http]\n",
                vec!["https://a.test/v1", "http://a.test/v1"],
            ),
            ("host: a.test\n", vec!["//a.test"]),
            ("basePath: v1\n", vec!["/v1"]),
            ("", vec![]),
        ] {
            let reading = reading(&format!("{HEAD}{text}"));
            let found: Vec<_> = reading.api.servers.iter().map(|it| it.url.as_str()).collect();
            assert_eq!(found, urls, "{text}");
        }
    }

    #[test]
    fn a_body_parameter_is_a_body_in_every_media_type() {
        let text = "consumes: [application/json, application/xml]\nparameters: {b: {in: body, name: b, required: true, schema: \
                    {$ref: '#/definitions/A'}}}\ndefinitions: {A: {type: object}}\npaths:\n  /a:\n    parameters: [{$ref: \
                    '#/parameters/b'}]\n    post: {parameters: [{in: query, name: q, type: array, items: {type: integer}, \
                    collectionFormat: pipes, description: d}], responses: {200: {description: ok, schema: {type: string}, \
                    headers: {X-N: {type: integer}}}}}\n    put: {consumes: [text/plain]}\n";
        let reading = reading(&format!("{HEAD}{text}"));
        assert_eq!(codes(&reading), []);
        let post = reading.api.operation("POST", "/a").unwrap();
        let body = post.body.as_ref().unwrap();
        assert!(body.required);
        let expected = MediaType::of(Schema::named("A"));
        assert_eq!(body.content["application/json"], expected);
        assert_eq!(body.content["application/xml"], expected);
        let [query] = &post.parameters[..] else { panic!("{post:?}") };
        assert_eq!(query.style, Some(Style::PipeDelimited));
        assert_eq!(query.schema, Some(Schema::list(Schema::integer())));
        let ok = &post.responses[&Status::Code(200)];
        assert_eq!(ok.content["application/json"], MediaType::of(Schema::string()));
        assert_eq!(ok.headers["X-N"].schema, Some(Schema::integer()));
        let put = reading.api.operation("PUT", "/a").unwrap();
        assert_eq!(put.body.as_ref().unwrap().content.keys().collect::<Vec<_>>(), ["text/plain"]);
    }

    #[test]
    fn form_parameters_are_one_object() {
        let text = "paths:\n  /a:\n    post: {parameters: [{in: formData, name: f, type: file, required: true}, {in: formData, \
                    name: n, type: string, description: d}, {in: formData}]}\n    put: {parameters: [{in: formData, name: \
                    n, type: string}]}\n";
        let reading = reading(&format!("{HEAD}{text}"));
        let body = |method| reading.api.operation(method, "/a").unwrap().body.clone().unwrap();
        let post = body("POST");
        let schema = post.content["multipart/form-data"].schema.as_ref().unwrap();
        assert_eq!(schema.properties["f"], Schema::string().with_format("binary"));
        assert_eq!(schema.properties["n"].description.as_deref(), Some("d"));
        assert!(post.required && schema.required.contains("f"));
        assert!(!body("PUT").required);
        assert!(body("PUT").content.contains_key(FORM));
        assert_eq!(codes(&reading), [crate::diagnostic::DiagnosticCode::Missing]);
    }
}
