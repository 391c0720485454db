//! Bodies, responses and header fields of OpenAPI 3.

use std::collections::BTreeMap;

use bartizan_model::api::{Content, Header, MediaType, RequestBody, Response, Status};

use super::fields::is_extension;
use super::{Dialect, Reader};
use crate::diagnostic::{DiagnosticCode, Shown};
use crate::document::{Map, Node};

impl<'d> Reader<'d> {
    pub(super) fn content(&mut self, owner: &'d Node, key: &str) -> Content {
        let map = owner.get(key).and_then(|it| self.map(it, key));
        let mut content = Content::new();
        for entry in map.into_iter().flat_map(Map::entries).filter(|it| !is_extension(&it.key)) {
            let media_type = self.followed(&entry.node).and_then(|it| self.media_type(it));
            content.insert(entry.key.clone(), media_type.unwrap_or_default());
        }
        content
    }

    fn media_type(&mut self, node: &'d Node) -> Option<MediaType> {
        let map = self.map(node, "a media type")?;
        if let Some(node) = map.get("itemSchema") {
            self.since(Dialect::OpenApi32, node, "itemSchema");
        }
        let schema = map.get("schema").map(|it| self.schema(it));
        let item_schema = self.carried(map, "itemSchema").map(|it| self.schema(it));
        Some(MediaType { schema, item_schema })
    }

    pub(super) fn request_body(&mut self, node: &'d Node) -> Option<RequestBody> {
        let node = self.followed(node)?;
        let map = self.map(node, "a request body")?;
        Some(RequestBody {
            description: self.text(map, "description"),
            required: self.flag(map, "required"),
            content: self.content(node, "content"),
        })
    }

    /// The responses of an operation, each read by `read`.
    pub(super) fn responses(
        &mut self,
        owner: &'d Node,
        read: impl Fn(&mut Self, &'d Node) -> Option<Response>,
    ) -> BTreeMap<Status, Response> {
        let map = owner.get("responses").and_then(|it| self.map(it, "responses"));
        let mut responses = BTreeMap::new();
        for entry in map.into_iter().flat_map(Map::entries).filter(|it| !is_extension(&it.key)) {
            let Some(status) = Status::parse(&entry.key) else {
                let message = format_args!("`{}` is no status", Shown(&entry.key));
                self.diagnostics.add(DiagnosticCode::Status, entry.position, message);
                continue;
            };
            if let Some(response) = self.followed(&entry.node).and_then(|it| read(self, it)) {
                responses.insert(status, response);
            }
        }
        responses
    }

    /// A response of OpenAPI 3.
    pub(super) fn response(&mut self, node: &'d Node) -> Option<Response> {
        let map = self.map(node, "a response")?;
        let mut response = Response::new(self.text(map, "description").unwrap_or_default());
        response.content = self.content(node, "content");
        response.extensions = self.extensions(map);
        let headers = map.get("headers").and_then(|it| self.map(it, "headers"));
        for entry in headers.into_iter().flat_map(Map::entries) {
            if let Some(header) = self.followed(&entry.node).and_then(|it| self.header(it)) {
                response.headers.insert(entry.key.clone(), header);
            }
        }
        Some(response)
    }

    fn header(&mut self, node: &'d Node) -> Option<Header> {
        let map = self.map(node, "a header field")?;
        let content = self.content(node, "content");
        let by_content = content.into_values().find_map(|it| it.schema);
        Some(Header {
            description: self.text(map, "description"),
            required: self.flag(map, "required"),
            deprecated: self.flag(map, "deprecated"),
            schema: map.get("schema").map(|it| self.schema(it)).or(by_content),
        })
    }
}

#[cfg(test)]
mod tests {
    use bartizan_model::api::Schema;

    use super::super::tests::{codes, reading};
    use super::*;

    #[test]
    fn bodies_and_responses_are_kept_by_media_type_and_status() {
        let text = "openapi: 3.2.0\ninfo: {title: t, version: v}\npaths:\n  /a:\n    post:\n      requestBody: {$ref: \
                    '#/components/requestBodies/B'}\n      responses:\n        200: {$ref: '#/components/responses/R'}\n        \
                    4xx: {description: wrong}\n        default: {description: d, content: {application/jsonl: {itemSchema: \
                    {type: integer}}}}\n        600: {description: x}\n        x-other: 1\ncomponents:\n  requestBodies: {B: \
                    {required: true, content: {application/json: {schema: {type: string}}, text/plain: {}, bad: 5}}}\n  \
                    responses: {R: {description: ok, headers: {X-A: {required: true, schema: {type: integer}}, X-B: {$ref: \
                    '#/components/headers/H'}}}}\n  headers: {H: {content: {text/plain: {schema: {type: string}}}}}\n";
        let reading = reading(text);
        let operation = &reading.api.operations[0];
        let body = operation.body.as_ref().unwrap();
        assert!(body.required);
        assert_eq!(body.content.len(), 3);
        assert_eq!(body.content["application/json"], MediaType::of(Schema::string()));
        let statuses: Vec<_> = operation.responses.keys().map(ToString::to_string).collect();
        assert_eq!(statuses, ["200", "4XX", "default"]);
        let ok = &operation.responses[&Status::Code(200)];
        assert!(ok.headers["X-A"].required);
        assert_eq!(ok.headers["X-B"].schema, Some(Schema::string()));
        let stream = &operation.responses[&Status::Default].content["application/jsonl"];
        assert_eq!(stream.item_schema, Some(Schema::integer()));
        assert_eq!(codes(&reading), [DiagnosticCode::WrongType, DiagnosticCode::Status]);
    }
}
