//! An API as its description says it is: operations, schemas, servers, security.
//!
//! One shape for what OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0 say, and for what is learnt from traffic.
//! Everything is plain data with public fields and a [`Default`], in no dialect: nullable is a type,
//! a body is content by media type, an exclusive bound is a bound.
//!
//! Memory   as much as the description; readers bound it.
//! Misses   examples, links, callbacks, webhooks, encodings of form fields, XML names and external
//!          documentation are not kept.
//! Source   OpenAPI Specification 3.2.0; JSON Schema 2020-12.

mod message;
mod number;
mod operation;
mod path_template;
mod schema;
mod security;
mod server;
mod value;

use std::collections::{BTreeMap, BTreeSet};

pub use message::{Content, Header, MediaType, RequestBody, Response, Status};
pub use number::{EXPONENT_MAX, NUMBER_BYTES_MAX, Number};
pub use operation::{Operation, Parameter, ParameterPlace, Style};
pub use path_template::{Part, PathTemplate, Segment, TemplateError};
pub use schema::{Additional, Bound, Discriminator, Range, Schema, Types};
pub use security::{Flow, FlowKind, Requirement, SchemeKind, SecurityScheme};
pub use server::{Server, ServerVariable};
pub use value::Value;

/// What bartizan itself knows, by name: `x-bartizan-owner`. Other `x-` names are not kept.
pub type Extensions = BTreeMap<String, Value>;

/// Named schemas. A [`Schema::reference`] is a key of this map.
pub type Schemas = BTreeMap<String, Schema>;

/// One API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Api {
    /// Its name, for people.
    pub title: String,
    /// The version of the API, not of the notation.
    pub version: String,
    /// One sentence.
    pub summary: Option<String>,
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// Where its rules of use are, a URL.
    pub terms_of_service: Option<String>,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// Under which licence it is offered.
    pub license: Option<License>,
    /// Where it is reached; none means at `/` of wherever the description was found.
    pub servers: Vec<Server>,
    /// Groups of operations, in the order of showing.
    pub tags: Vec<Tag>,
    /// Every operation; no method and path twice.
    pub operations: Vec<Operation>,
    /// Schemas that others refer to.
    pub schemas: Schemas,
    /// Ways to show who calls, by the name that [`Requirement`]s use.
    pub security_schemes: BTreeMap<String, SecurityScheme>,
    /// What bartizan knows of the whole API.
    pub extensions: Extensions,
}

/// Whom to ask about an API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// A person or group.
    pub name: Option<String>,
    /// A page.
    pub url: Option<String>,
    /// An address for mail.
    pub email: Option<String>,
}

/// A licence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct License {
    /// Its name.
    pub name: String,
    /// Its SPDX expression; excludes `url`.
    pub identifier: Option<String>,
    /// A page with its text.
    pub url: Option<String>,
}

/// A group of operations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// The name that operations use.
    pub name: String,
    /// A short title.
    pub summary: Option<String>,
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// The tag that this one lies in.
    pub parent: Option<String>,
    /// What kind of group it is: `nav`, `badge`, `audience`.
    pub kind: Option<String>,
}

impl Api {
    /// An API with nothing but a name and a version.
    pub fn new(title: impl Into<String>, version: impl Into<String>) -> Self {
        Self { title: title.into(), version: version.into(), ..Self::default() }
    }

    /// The operation with this method, in upper case, and this template as written.
    pub fn operation(&self, method: &str, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|it| it.method == method && it.path.as_str() == path)
    }

    /// The paths that servers put before the templates, without a trailing slash, each once: `""`, `/v1`.
    /// Variables stay as they are written.
    pub fn base_paths(&self) -> Vec<&str> {
        let mut known = BTreeSet::new();
        let paths = self.servers.iter().map(Server::base_path);
        let mut paths: Vec<_> = paths.filter(|it| known.insert(*it)).collect();
        if paths.is_empty() {
            paths.push("");
        }
        paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths_are_listed_once_and_default_to_the_root() {
        let mut api = Api::new("Shop", "1");
        assert_eq!(api.base_paths(), [""]);
        for url in ["https://a.test/v1/", "https://b.test/v1", "https://a.test"] {
            api.servers.push(Server::new(url));
        }
        assert_eq!(api.base_paths(), ["/v1", ""]);
    }

    #[test]
    fn an_operation_is_found_by_method_and_template() {
        let mut api = Api::new("Shop", "1");
        api.operations.push(Operation::new("get", "/orders/{id}").unwrap());
        assert!(api.operation("GET", "/orders/{id}").is_some());
        assert!(api.operation("PUT", "/orders/{id}").is_none());
        assert!(api.operation("GET", "/orders/{x}").is_none());
    }
}
