//! The model as a document.
//!
//! Writes   OpenAPI 3.1.1 or 3.2.0 as JSON or YAML; the same API gives the same bytes. Paths are sorted,
//!          methods have the order of the specification.
//! Memory   the document.
//! Errors   none. What a document cannot hold is left out and said ([`Omission`]). What 3.1 has no word
//!          for is written behind `x-bartizan-`, where our reader finds it again.
//! Misses   operations are not checked for sense: a description without responses is written without.
//! Source   OpenAPI Specification 3.1.1 and 3.2.0, and their JSON schemas.

mod components;
mod json;
mod message;
mod operation;
mod schema;
mod security;
pub(crate) mod tree;
mod yaml;

use std::collections::BTreeSet;

use bartizan_model::api::{Api, Extensions, Server, Tag};

use crate::document::{Format, Node};
use crate::reader::{CARRIED, OURS};
use components::Names;
use tree::{Members, Tree};

/// A version that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// OpenAPI 3.1.1
    #[default]
    V31,
    /// OpenAPI 3.2.0
    V32,
}

/// How to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The version.
    pub version: Version,
    /// The notation.
    pub format: Format,
}

impl Default for Options {
    /// OpenAPI 3.1.1 as YAML.
    fn default() -> Self {
        Self { version: Version::V31, format: Format::Yaml }
    }
}

/// A document, and what is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The document.
    pub text: String,
    /// What it cannot hold.
    pub omitted: Vec<Omission>,
}

/// Something that a document cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Omission {
    /// A second operation of the same method and path.
    Operation {
        /// Its method.
        method: String,
        /// Its path.
        path: String,
    },
    /// An `operationId` that an earlier operation has.
    OperationId {
        /// The id.
        id: String,
    },
    /// A path parameter that the path does not have, or a second one of the same place and name.
    Parameter {
        /// The path of the operation.
        path: String,
        /// The parameter.
        name: String,
    },
    /// A reference to a schema that the API does not have; in its place stands what fits everything.
    Schema {
        /// The name.
        name: String,
    },
}

/// Writes a description of `api`.
pub fn write(api: &Api, options: Options) -> Written {
    let names = Names::of(api);
    let mut writer = Writer { version: options.version, names, omitted: Vec::new() };
    let tree = writer.api(api);
    Written { text: text(&tree, options.format), omitted: writer.omitted }
}

/// Writes a tree that was read, without places and comments.
pub fn write_document(document: &Node, format: Format) -> String {
    text(&document.into(), format)
}

pub(crate) fn text(tree: &Tree, format: Format) -> String {
    match format {
        Format::Json => json::write(tree),
        Format::Yaml => yaml::write(tree),
    }
}

struct Writer {
    version: Version,
    names: Names,
    omitted: Vec<Omission>,
}

impl Writer {
    fn api(&mut self, api: &Api) -> Tree {
        let mut root = Members::default();
        root.put(
            "openapi",
            match self.version {
                Version::V31 => "3.1.1",
                Version::V32 => "3.2.0",
            },
        );
        root.put("info", info(api));
        root.put_full("servers", api.servers.iter().map(server).collect::<Vec<_>>());
        root.put_full("tags", self.tags(&api.tags));
        root.put("paths", self.paths(api));
        root.put_full("components", self.components(api));
        put_extensions(&api.extensions, &mut root);
        root.into()
    }

    /// A word of 3.2, as the version writes it.
    fn since_32(&self, key: &str) -> String {
        match self.version {
            Version::V31 => format!("{OURS}{key}"),
            Version::V32 => key.to_owned(),
        }
    }

    fn tags(&self, tags: &[Tag]) -> Vec<Tree> {
        let mut known = BTreeSet::new();
        let tags = tags.iter().filter(|it| known.insert(it.name.as_str()));
        tags.map(|it| self.tag(it)).collect()
    }

    fn tag(&self, tag: &Tag) -> Tree {
        let mut members = Members::default();
        members.put("name", &tag.name);
        members.put_some("description", tag.description.as_ref());
        for (key, value) in
            [("summary", &tag.summary), ("parent", &tag.parent), ("kind", &tag.kind)]
        {
            members.put_some(&self.since_32(key), value.as_ref());
        }
        members.into()
    }
}

fn info(api: &Api) -> Members {
    let mut members = Members::default();
    members.put("title", &api.title);
    members.put("version", &api.version);
    members.put_some("summary", api.summary.as_ref());
    members.put_some("description", api.description.as_ref());
    members.put_some("termsOfService", api.terms_of_service.as_ref());
    if let Some(contact) = &api.contact {
        let mut inner = Members::default();
        inner.put_some("name", contact.name.as_ref());
        inner.put_some("url", contact.url.as_ref());
        inner.put_some("email", contact.email.as_ref());
        members.put("contact", inner);
    }
    if let Some(license) = &api.license {
        let mut inner = Members::default();
        inner.put("name", &license.name);
        // Only one of them may be there.
        match &license.identifier {
            Some(identifier) => inner.put("identifier", identifier),
            None => inner.put_some("url", license.url.as_ref()),
        }
        members.put("license", inner);
    }
    members
}

fn server(server: &Server) -> Tree {
    let mut members = Members::default();
    members.put("url", &server.url);
    members.put_some("description", server.description.as_ref());
    let mut variables = Members::default();
    for (name, variable) in &server.variables {
        let mut inner = Members::default();
        inner.put_full("enum", variable.values.clone());
        inner.put("default", &variable.default);
        inner.put_some("description", variable.description.as_ref());
        variables.put(name, inner);
    }
    members.put_full("variables", variables);
    members.into()
}

/// Puts what bartizan knows, under names that are extensions and not words of our own notation.
fn put_extensions(extensions: &Extensions, members: &mut Members) {
    for (name, value) in extensions {
        let rest = name.strip_prefix(OURS).unwrap_or_default();
        if name.starts_with("x-") && !CARRIED.contains(&rest) {
            members.put(name, value);
        }
    }
}
