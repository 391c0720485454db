//! Parameters, bodies and responses.

use bartizan_model::api::{
    Content, Header, MediaType, Parameter, ParameterPlace, RequestBody, Response, Schema, Style,
};

use super::tree::{Members, Tree};
use super::{Writer, put_extensions};

impl Writer {
    pub(super) fn parameter(&mut self, parameter: &Parameter) -> Tree {
        let mut members = Members::default();
        members.put("name", &parameter.name);
        members.put("in", parameter.place.name());
        members.put_some("description", parameter.description.as_ref());
        members.put_if("required", parameter.required || parameter.place == ParameterPlace::Path);
        members.put_if("deprecated", parameter.deprecated);
        let is_whole = parameter.place == ParameterPlace::QueryString;
        // One of the two must be there, and no more than one media type.
        let content = parameter.content.iter().take(1);
        let content: Content = content.map(|it| (it.0.clone(), it.1.clone())).collect();
        if content.is_empty() && !is_whole {
            self.put_style(parameter, &mut members);
            members.put_some("explode", parameter.explode);
            let schema = parameter.schema.as_ref().map(|it| self.schema(it));
            members.put("schema", schema.unwrap_or_else(|| Members::default().into()));
        } else if content.is_empty() {
            let schema = parameter.schema.clone().unwrap_or_default();
            let form = "application/x-www-form-urlencoded".to_owned();
            members.put("content", self.content(&Content::from([(form, MediaType::of(schema))])));
        } else {
            members.put("content", self.content(&content));
        }
        members.into()
    }

    /// Puts the style, if it is one of this place (OpenAPI Specification 3.2.0, section 4.12.3).
    fn put_style(&self, parameter: &Parameter, members: &mut Members) {
        let allowed: &[Style] = match parameter.place {
            ParameterPlace::Path => &[Style::Matrix, Style::Label, Style::Simple],
            ParameterPlace::Query => {
                &[Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject]
            }
            ParameterPlace::QueryString => &[],
            ParameterPlace::Header => &[Style::Simple],
            ParameterPlace::Cookie => &[Style::Form, Style::Cookie],
        };
        let style = parameter.style.filter(|it| allowed.contains(it));
        let is_new = style == Some(Style::Cookie);
        let key = if is_new { self.since_32("style") } else { "style".to_owned() };
        members.put_some(&key, style.map(Style::name));
    }

    pub(super) fn request_body(&mut self, body: &RequestBody) -> Tree {
        let mut members = Members::default();
        members.put_some("description", body.description.as_ref());
        members.put("content", self.content(&body.content));
        members.put_if("required", body.required);
        members.into()
    }

    fn content(&mut self, content: &Content) -> Members {
        let mut members = Members::default();
        for (name, media_type) in content {
            let mut inner = Members::default();
            inner.put_some("schema", media_type.schema.as_ref().map(|it| self.schema(it)));
            let item = media_type.item_schema.as_ref().map(|it| self.schema(it));
            inner.put_some(&self.since_32("itemSchema"), item);
            members.put(name, inner);
        }
        members
    }

    pub(super) fn response(&mut self, response: &Response) -> Tree {
        let mut members = Members::default();
        members.put("description", &response.description);
        let mut headers = Members::default();
        for (name, header) in &response.headers {
            headers.put(name, self.header(header));
        }
        members.put_full("headers", headers);
        members.put_full("content", self.content(&response.content));
        put_extensions(&response.extensions, &mut members);
        members.into()
    }

    fn header(&mut self, header: &Header) -> Tree {
        let mut members = Members::default();
        members.put_some("description", header.description.as_ref());
        members.put_if("required", header.required);
        members.put_if("deprecated", header.deprecated);
        members.put("schema", self.schema(header.schema.as_ref().unwrap_or(&Schema::default())));
        members.into()
    }
}
