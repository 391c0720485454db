//! Bodies of requests and saved responses.

use bartizan_model::api::{Content, MediaType, RequestBody, Response, Schema, Status, Types};

use super::Collector;
use super::infer::merge;
use super::values::{is_value, media_type};
use crate::diagnostic::DiagnosticCode;
use crate::document::{Node, NodeValue};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

impl<'d> Collector<'d> {
    /// The body of a request, if it has one.
    pub(super) fn body(&mut self, request: &'d Node) -> Option<RequestBody> {
        let body = request.get("body").filter(|it| !it.is_null() && !is_disabled(it))?;
        if body.map().is_none() {
            self.wrong(body, "`body`", "a mapping");
            return None;
        }
        let mode = body.get("mode").and_then(Node::text)?;
        let (media_type, schema) = match mode {
            "raw" => self.raw(request, body)?,
            "urlencoded" => (FORM.to_owned(), Some(self.form(body.get("urlencoded")?))),
            "formdata" => (MULTIPART.to_owned(), Some(self.form(body.get("formdata")?))),
            "graphql" => (JSON.to_owned(), Some(graphql())),
            "file" => ("application/octet-stream".to_owned(), None),
            _ => {
                let message = "the mode of a body is none that is known";
                self.diagnostics.add(DiagnosticCode::UnknownValue, body.position, message);
                return None;
            }
        };
        let media = MediaType { schema, item_schema: None };
        let content = Content::from([(media_type, media)]);
        Some(RequestBody { content, ..RequestBody::default() })
    }

    fn raw(&mut self, request: &'d Node, body: &'d Node) -> Option<(String, Option<Schema>)> {
        let text = body.get("raw")?.text().filter(|it| !it.trim().is_empty())?;
        let options = body.get("options").and_then(|it| it.get("raw"));
        let language = options.and_then(|it| it.get("language")).and_then(Node::text);
        let declared = content_type(request);
        let schema = self.example(text, body.position);
        let media_type = match (declared, language) {
            (Some(declared), _) => declared,
            (None, _) if schema.is_some() => JSON.to_owned(),
            (None, language) => media_of(language).to_owned(),
        };
        Some((media_type, schema))
    }

    /// An object of the fields of a form.
    fn form(&mut self, fields: &'d Node) -> Schema {
        let mut form = Schema::of(Types::OBJECT);
        let Some(list) = fields.list() else {
            self.wrong(fields, "a form", "a list");
            return form;
        };
        for field in list {
            let Some(name) = self.field_name(field, "a field of a form") else { continue };
            if !self.has_room(field.position) {
                break;
            }
            let is_file = field.get("type").and_then(Node::text) == Some("file");
            let value = Schema::string();
            let value = if is_file { value.with_format("binary") } else { value };
            form.properties.insert(name, value);
        }
        form
    }

    /// The `key` of a parameter or field. One that looks like a value is left out.
    pub(super) fn field_name(&mut self, field: &Node, what: &str) -> Option<String> {
        let name = field.get("key").and_then(Node::text).unwrap_or_default();
        if name.is_empty() {
            // An empty row of a table is no fault.
            return None;
        }
        if is_value(name) {
            let message = format_args!("the name of {what} looks like a value and is left out");
            self.diagnostics.add(DiagnosticCode::Parameter, field.position, message);
            return None;
        }
        Some(name.to_owned())
    }

    /// The saved responses of an item: status, media type and schema of each.
    pub(super) fn responses(&mut self, item: &'d Node) -> Vec<(Status, Response)> {
        let Some(saved) = item.get("response").filter(|it| !it.is_null()) else {
            return Vec::new();
        };
        let Some(list) = saved.list() else {
            self.wrong(saved, "`response`", "a list");
            return Vec::new();
        };
        list.iter().filter_map(|it| self.response(it)).collect()
    }

    fn response(&mut self, node: &'d Node) -> Option<(Status, Response)> {
        let code = match &node.get("code")?.value {
            NodeValue::Number(number) => number.as_u64().and_then(|it| u16::try_from(it).ok()),
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Text(_)
            | NodeValue::List(_)
            | NodeValue::Map(_) => None,
        };
        let Some(code) = code.filter(|it| (100..600).contains(it)) else {
            let message = "the status of a saved response is none";
            self.diagnostics.add(DiagnosticCode::Status, node.position, message);
            return None;
        };
        let mut response = Response::new("A saved response.");
        if let Some((media_type, media)) = self.response_body(node) {
            response.content.insert(media_type, media);
        }
        Some((Status::Code(code), response))
    }

    fn response_body(&mut self, node: &'d Node) -> Option<(String, MediaType)> {
        let text = node.get("body")?.text().filter(|it| !it.trim().is_empty())?;
        let language = node.get("_postman_previewlanguage").and_then(Node::text);
        let schema = self.example(text, node.position);
        let fallback = if schema.is_some() { JSON } else { media_of(language) };
        let media_type = content_type(node).unwrap_or_else(|| fallback.to_owned());
        Some((media_type, MediaType { schema, item_schema: None }))
    }
}

/// Whether a row is switched off.
pub(super) fn is_disabled(node: &Node) -> bool {
    matches!(node.get("disabled").map(|it| &it.value), Some(NodeValue::Bool(true)))
}

/// Adds the content of another example.
pub(super) fn merge_content(content: &mut Content, other: Content) {
    for (media_type, media) in other {
        let known = content.entry(media_type).or_default();
        match (&mut known.schema, media.schema) {
            (Some(schema), Some(other)) => merge(schema, other),
            (schema @ None, other) => *schema = other,
            (Some(_), None) => {}
        }
    }
}

/// The media type that the header fields say.
fn content_type(owner: &Node) -> Option<String> {
    let fields = owner.get("header")?.list()?;
    let is_it = |it: &&Node| {
        let name = it.get("key").and_then(Node::text).unwrap_or_default();
        name.eq_ignore_ascii_case("content-type") && !is_disabled(it)
    };
    media_type(fields.iter().find(is_it)?.get("value")?.text()?)
}

fn media_of(language: Option<&str>) -> &'static str {
    match language {
        Some("json") => JSON,
        Some("xml") => "application/xml",
        Some("html") => "text/html",
        Some("javascript") => "application/javascript",
        _ => "text/plain",
    }
}

/// What GraphQL over HTTP sends.
fn graphql() -> Schema {
    let members =
        [("query", Schema::string()), ("variables", Schema::of(Types::OBJECT.or(Types::NULL)))];
    Schema::object(members)
}
