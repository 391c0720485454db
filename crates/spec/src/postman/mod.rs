//! Collections of Postman to the model.
//!
//! Reads    Collection v2.0 and v2.1 as JSON: folders, requests, saved responses, `auth`.
//! Writes   an [`Api`] in which requests of one method and one template are one operation, where each stands,
//!          and what was odd. Everything in it is as wide as the examples: parameters of queries and members
//!          of bodies are optional. The extension `x-bartizan-source` says where it comes from.
//! Memory   bounded by [`Limits`]: operations, schemas and values, those within examples included.
//! Errors   [`ReadError`] if the text is no collection at all. Everything else is a diagnostic.
//! Misses   header fields, cookies, scripts, descriptions, environments; types of parameters, which are text
//!          in a collection whatever they mean. No value of a collection is kept, for it may be a secret:
//!          neither examples nor defaults nor credentials of URLs; a host is kept as it is. See `values` for what
//!          cannot be told.
//! Source   Postman Collection Format v2.0.0 and v2.1.0 (JSON schemas).

mod auth;
mod infer;
mod message;
mod url;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use bartizan_model::api::{
    Api, Operation, Parameter, ParameterPlace, PathTemplate, RequestBody, Requirement, Response,
    Schema, SecurityScheme, Server, Status, Tag, TemplateError,
};

use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::document::{Budget, Fault, Node, NodeValue, Position, ReadError};
use crate::json;
use crate::limits::Limits;
use message::{is_disabled, merge_content};
use url::{Url, Variables};

/// Servers of one API.
const SERVERS_MAX: usize = 64;
/// Tags of one API.
const API_TAGS_MAX: usize = 2_000;
/// Tags of one operation.
const TAGS_MAX: usize = 16;
/// Bytes of a method.
const METHOD_BYTES_MAX: usize = 32;
/// The extension that says where an API comes from.
const SOURCE: &str = "x-bartizan-source";

/// What a collection says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collection {
    /// The API.
    pub api: Api,
    /// What was odd, in the order of meeting.
    pub diagnostics: Diagnostics,
    /// Where the first request of each operation stands, in the order of the API's list.
    pub operations: Vec<Position>,
    /// Requests that were read.
    pub requests: usize,
}

/// Reads a collection of Postman, v2.0 or v2.1.
///
/// # Errors
///
/// [`ReadError`] if the text is not JSON, exceeds a limit, or is no collection.
pub fn read_postman(text: &str, limits: &Limits) -> Result<Collection, ReadError> {
    let start = Position { file: 0, line: 1, column: 1 };
    if text.len() > limits.file_bytes_max {
        let fault = Fault::FileTooLong { bytes_max: limits.file_bytes_max };
        return Err(ReadError { position: start, fault });
    }
    let mut diagnostics = Diagnostics::up_to(limits.diagnostics_max);
    let mut budget = Budget::of(limits);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = json::parse(text, 0, &mut budget, &mut diagnostics)?;
    // The interface of Postman puts it into another mapping.
    let root = document.get("collection").unwrap_or(&document);
    if root.get("item").and_then(Node::list).is_none() {
        return Err(ReadError { position: root.position, fault: Fault::NotACollection });
    }
    let mut collector = Collector::new(root, limits, budget, diagnostics);
    let asked = collector.asked(root, None);
    collector.folder(root, &Above { tag: None, asked });
    Ok(collector.finish(root))
}

/// What a folder lends to what is in it.
struct Above {
    tag: Option<String>,
    asked: Option<Requirement>,
}

/// One operation, of one or more requests.
struct Found {
    operation: Operation,
    position: Position,
    servers: BTreeSet<usize>,
    /// Names of its query parameters.
    query: BTreeSet<String>,
}

/// What was found so far.
struct Collector<'d> {
    limits: Limits,
    budget: Budget,
    diagnostics: Diagnostics,
    variables: Variables<'d>,
    found: Vec<Found>,
    /// By method and shape.
    known: BTreeMap<(String, String), usize>,
    /// By shape.
    templates: BTreeMap<String, PathTemplate>,
    tags: Vec<Tag>,
    tag_names: BTreeSet<String>,
    schemes: BTreeMap<String, SecurityScheme>,
    servers: Vec<Server>,
    unknown_servers: BTreeSet<String>,
    schemas_made: usize,
    requests: usize,
    /// What there was too much of.
    exceeded: BTreeSet<&'static str>,
}

impl<'d> Collector<'d> {
    fn new(root: &'d Node, limits: &Limits, budget: Budget, diagnostics: Diagnostics) -> Self {
        Self {
            limits: limits.clone(),
            budget,
            diagnostics,
            variables: variables(root),
            found: Vec::new(),
            known: BTreeMap::new(),
            templates: BTreeMap::new(),
            tags: Vec::new(),
            tag_names: BTreeSet::new(),
            schemes: BTreeMap::new(),
            servers: Vec::new(),
            unknown_servers: BTreeSet::new(),
            schemas_made: 0,
            requests: 0,
            exceeded: BTreeSet::new(),
        }
    }

    fn finish(mut self, root: &Node) -> Collection {
        let info = root.get("info");
        let title = info.and_then(|it| it.get("name")).and_then(Node::text).and_then(values::line);
        let mut api = Api::new(title.unwrap_or_else(|| "Collection".to_owned()), version(info));
        api.extensions.insert(SOURCE.to_owned(), "postman".to_owned().into());
        let all: BTreeSet<_> = (0..self.servers.len()).collect();
        let mut operations = Vec::new();
        for mut it in std::mem::take(&mut self.found) {
            if it.servers != all {
                let servers = it.servers.iter().filter_map(|it| self.servers.get(*it));
                it.operation.servers = servers.cloned().collect();
            }
            settle(&mut it.operation);
            operations.push(it.position);
            api.operations.push(it.operation);
        }
        (api.servers, api.tags, api.security_schemes) = (self.servers, self.tags, self.schemes);
        Collection { api, diagnostics: self.diagnostics, operations, requests: self.requests }
    }

    fn folder(&mut self, node: &'d Node, above: &Above) {
        for item in node.get("item").and_then(Node::list).unwrap_or_default() {
            if item.map().is_none() {
                self.wrong(item, "an item", "a mapping");
            } else if item.get("item").is_some_and(|it| it.list().is_some()) {
                let tag = self.tag(item, above.tag.as_deref()).or_else(|| above.tag.clone());
                let asked = self.asked(item, above.asked.as_ref());
                self.folder(item, &Above { tag, asked });
            } else if let Some(request) = item.get("request") {
                self.request(item, request, above);
            } else {
                let message = "an item has neither items nor a request";
                self.diagnostics.add(DiagnosticCode::Missing, item.position, message);
            }
        }
    }

    /// The tag of a folder. Folders of one name are one tag, which lies where it was met first.
    fn tag(&mut self, folder: &Node, parent: Option<&str>) -> Option<String> {
        let name = values::line(folder.get("name")?.text()?)?;
        if self.tags.len() >= API_TAGS_MAX && !self.tag_names.contains(&name) {
            self.too_many(folder.position, "folders");
            return None;
        }
        if self.tag_names.insert(name.clone()) {
            let parent = parent.map(str::to_owned);
            self.tags.push(Tag { name: name.clone(), parent, ..Tag::default() });
        }
        Some(name)
    }

    fn request(&mut self, item: &'d Node, request: &'d Node, above: &Above) {
        // A request may be nothing but its URL.
        let (address, method) = match request.text() {
            Some(_) => (Some(request), None),
            None => (request.get("url"), request.get("method")),
        };
        let url = match address.and_then(|it| self.url(it)) {
            Some(Ok(url)) => url,
            Some(Err(error)) => {
                return self.diagnostics.add(DiagnosticCode::Path, item.position, error);
            }
            None => {
                let message = "a request has no URL";
                return self.diagnostics.add(DiagnosticCode::Missing, item.position, message);
            }
        };
        let Some(method) = self.method(method) else { return };
        self.requests += 1;
        let Some(at) = self.place(method, url.template.clone(), item) else { return };
        let asked = self.asked(request, above.asked.as_ref());
        let parameters = self.parameters(address, &url);
        let body = self.body(request);
        let responses = self.responses(item);
        let server = url.server.and_then(|it| self.server(it, url.unknown, item.position));
        let Some(found) = self.found.get_mut(at) else { return };
        found.servers.extend(server);
        found.add_tag(above.tag.as_ref());
        found.add_requirement(asked);
        found.add_parameters(parameters);
        found.add_messages(body, responses);
    }

    /// The number of the operation, a new one if there is none of its method and shape. Operations of one
    /// shape have one template, whatever the names of its variables are.
    fn place(&mut self, method: String, path: PathTemplate, item: &Node) -> Option<usize> {
        let shape = path.shape();
        let path = self.templates.get(&shape).cloned().unwrap_or(path);
        let key = (method, shape);
        if let Some(at) = self.known.get(&key) {
            return Some(*at);
        }
        if self.found.len() >= self.limits.operations_max {
            self.too_many(item.position, "operations");
            return None;
        }
        self.templates.insert(key.1.clone(), path.clone());
        let mut operation = Operation { method: key.0.clone(), path, ..Operation::default() };
        let name = item.get("name").and_then(Node::text);
        operation.summary = name.and_then(values::line);
        let in_path = |name: &str| Parameter::new(ParameterPlace::Path, name, Schema::string());
        operation.parameters = operation.path.variables().map(in_path).collect();
        let at = self.found.len();
        self.known.insert(key, at);
        let position = item.position;
        let (servers, query) = (BTreeSet::new(), BTreeSet::new());
        self.found.push(Found { operation, position, servers, query });
        Some(at)
    }

    fn method(&mut self, node: Option<&Node>) -> Option<String> {
        let Some(node) = node.filter(|it| !it.is_null()) else { return Some("GET".to_owned()) };
        let is_word = |it: &&str| {
            !it.is_empty()
                && it.len() <= METHOD_BYTES_MAX
                && it.bytes().all(|it| it.is_ascii_alphabetic() || it == b'-')
        };
        let method = node.text().filter(is_word);
        if method.is_none() {
            let message = "the method of a request is none";
            self.diagnostics.add(DiagnosticCode::UnknownValue, node.position, message);
        }
        method.map(str::to_ascii_uppercase)
    }

    /// A URL as a text, or in parts.
    fn url(&self, node: &Node) -> Option<Result<Url, TemplateError>> {
        let raw = node.text().or_else(|| node.get("raw").and_then(Node::text));
        if let Some(raw) = raw {
            return Some(Url::of(raw, &self.variables));
        }
        let path = joined(node.get("path"), "/");
        let host = joined(node.get("host"), ".");
        if path.is_none() && host.is_none() {
            return None;
        }
        let part = |name: &str| node.get(name).and_then(Node::text).filter(|it| !it.is_empty());
        let scheme = part("protocol").map(|it| format!("{it}://")).unwrap_or_default();
        let port = part("port").map(|it| format!(":{it}")).unwrap_or_default();
        let path = path.unwrap_or_default();
        let slash = if path.starts_with('/') { "" } else { "/" };
        let url = format!("{scheme}{}{port}{slash}{path}", host.unwrap_or_default());
        Some(Url::of(&url, &self.variables))
    }

    /// Parameters of the query: those of the list, switched off or not, and those of the text.
    fn parameters(&mut self, address: Option<&'d Node>, url: &Url) -> Vec<Parameter> {
        let list = address.and_then(|it| it.get("query")).and_then(Node::list).unwrap_or_default();
        let mut names: Vec<_> =
            list.iter().filter_map(|it| self.field_name(it, "a query parameter")).collect();
        names.extend(url.query.iter().filter(|it| !values::is_value(it)).cloned());
        let mut known = BTreeSet::new();
        names.retain(|it| known.insert(it.clone()));
        let position = address.map(|it| it.position).unwrap_or_default();
        names.retain(|_| self.has_room(position));
        let in_query = |name| Parameter::new(ParameterPlace::Query, name, Schema::string());
        names.into_iter().map(in_query).collect()
    }

    /// The number of a server.
    fn server(
        &mut self,
        server: Server,
        unknown: Option<String>,
        position: Position,
    ) -> Option<usize> {
        if let Some(name) = unknown.filter(|it| self.unknown_servers.insert(it.clone())) {
            let message = format_args!(
                "`{{{name}}}` is no server that is known; no base path is taken from it"
            );
            self.diagnostics.add(DiagnosticCode::Missing, position, message);
        }
        if let Some(at) = self.servers.iter().position(|it| *it == server) {
            return Some(at);
        }
        if self.servers.len() >= SERVERS_MAX {
            self.too_many(position, "servers");
            return None;
        }
        self.servers.push(server);
        Some(self.servers.len() - 1)
    }

    /// Counts one more schema; `false` if there is no room.
    fn has_room(&mut self, position: Position) -> bool {
        self.schemas_made = self.schemas_made.saturating_add(1);
        let has_room = self.schemas_made <= self.limits.schemas_max;
        if !has_room {
            self.too_many(position, "schemas");
        }
        has_room
    }

    /// Says once that there is too much of something.
    fn too_many(&mut self, position: Position, what: &'static str) {
        if self.exceeded.insert(what) {
            let message = format_args!("there are too many {what}; the rest is not read");
            self.diagnostics.add(DiagnosticCode::TooMany, position, message);
        }
    }

    fn wrong(&mut self, node: &Node, what: &str, wanted: &str) {
        let message = format_args!("{what} is {} and not {wanted}", node.noun());
        self.diagnostics.add(DiagnosticCode::WrongType, node.position, message);
    }
}

impl Found {
    /// Adds a tag, as long as there are few: each request looks through all of them.
    fn add_tag(&mut self, tag: Option<&String>) {
        let tags = &mut self.operation.tags;
        if tags.len() < TAGS_MAX {
            tags.extend(tag.filter(|it| !tags.contains(it)).cloned());
        }
    }

    /// Adds one more way in.
    fn add_requirement(&mut self, asked: Option<Requirement>) {
        let Some(asked) = asked else { return };
        let known = self.operation.security.get_or_insert_default();
        if !known.contains(&asked) {
            known.push(asked);
        }
    }

    /// Adds parameters of the query that are not there yet.
    fn add_parameters(&mut self, parameters: Vec<Parameter>) {
        let new = parameters.into_iter().filter(|it| self.query.insert(it.name.clone()));
        self.operation.parameters.extend(new);
    }

    /// Widens body and responses.
    fn add_messages(&mut self, body: Option<RequestBody>, responses: Vec<(Status, Response)>) {
        if let Some(body) = body {
            let known = self.operation.body.get_or_insert_default();
            merge_content(&mut known.content, body.content);
        }
        for (status, response) in responses {
            let known = self.operation.responses.entry(status).or_default();
            known.description = response.description;
            merge_content(&mut known.content, response.content);
        }
    }
}

/// The variables of a collection that are texts.
fn variables(root: &Node) -> Variables<'_> {
    let list = root.get("variable").and_then(Node::list).unwrap_or_default();
    let enabled = list.iter().filter(|it| !is_disabled(it));
    let pairs = enabled.filter_map(|it| {
        let name = it.get("key").or_else(|| it.get("id"))?.text()?;
        Some((name, it.get("value")?.text()?))
    });
    pairs.collect()
}

/// The version of the API: a text, or numbers.
fn version(info: Option<&Node>) -> String {
    let written = info.and_then(|it| it.get("version"));
    let is_part = |it: u8| it.is_ascii_alphanumeric() || b".-+".contains(&it);
    let is_version =
        |it: &&str| !it.is_empty() && it.len() <= METHOD_BYTES_MAX && it.bytes().all(is_part);
    if let Some(text) = written.and_then(Node::text).filter(is_version) {
        return text.to_owned();
    }
    let number = |name: &str| match &written?.get(name)?.value {
        NodeValue::Number(number) => number.as_u64(),
        NodeValue::Null
        | NodeValue::Bool(_)
        | NodeValue::Text(_)
        | NodeValue::List(_)
        | NodeValue::Map(_) => None,
    };
    let numbers = ["major", "minor", "patch"].map(|it| number(it).unwrap_or(0).to_string());
    if number("major").is_some() { numbers.join(".") } else { "1".to_owned() }
}

/// Parts of a host or a path: a text, or a list of texts and of mappings with a value.
fn joined(node: Option<&Node>, with: &str) -> Option<String> {
    let node = node?;
    if let Some(text) = node.text() {
        return Some(text.to_owned());
    }
    let part = |it: &Node| it.text().or_else(|| it.get("value")?.text()).map(str::to_owned);
    let parts: Vec<_> = node.list()?.iter().filter_map(part).collect();
    Some(parts.join(with))
}

/// Says the rest when all requests are read.
fn settle(operation: &mut Operation) {
    // Anybody and nobody else: that is the empty list.
    if operation.security.as_ref().is_some_and(|it| it.iter().all(Requirement::is_empty)) {
        operation.security = Some(Vec::new());
    }
    let bodies = operation.body.iter_mut().map(|it| &mut it.content);
    let all = bodies.chain(operation.responses.values_mut().map(|it| &mut it.content));
    for media in all.flat_map(|it| it.values_mut()) {
        media.schema.iter_mut().for_each(infer::settle);
    }
}
