//! The head of a description: names, servers, tags.

use bartizan_model::api::{Api, Contact, License, Server, ServerVariable, Tag};

use super::{Dialect, Reader};
use crate::document::{Map, Node};

impl<'d> Reader<'d> {
    pub(super) fn info(&mut self, root: &'d Node, api: &mut Api) {
        if let Some(map) = root.map() {
            api.extensions = self.extensions(map);
        }
        let Some(map) = root.get("info").and_then(|it| self.map(it, "info")) else {
            return self.missing(root.position, "info");
        };
        for key in ["title", "version"] {
            if map.get(key).is_none() {
                self.missing(root.position, key);
            }
        }
        api.title = self.text(map, "title").unwrap_or_default();
        api.version = self.text(map, "version").unwrap_or_default();
        api.summary = self.text(map, "summary");
        api.description = self.text(map, "description");
        api.terms_of_service = self.text(map, "termsOfService");
        api.contact =
            map.get("contact").and_then(|it| self.map(it, "contact")).map(|map| Contact {
                name: self.text(map, "name"),
                url: self.text(map, "url"),
                email: self.text(map, "email"),
            });
        api.license =
            map.get("license").and_then(|it| self.map(it, "license")).map(|map| License {
                name: self.text(map, "name").unwrap_or_default(),
                identifier: self.text(map, "identifier"),
                url: self.text(map, "url"),
            });
    }

    /// The servers of a description, a path or an operation.
    pub(super) fn servers(&mut self, owner: &'d Node) -> Vec<Server> {
        let Some(node) = owner.get("servers") else { return Vec::new() };
        let items = self.list(node, "servers");
        items.iter().filter_map(|it| self.server(it)).collect()
    }

    fn server(&mut self, node: &'d Node) -> Option<Server> {
        let map = self.map(node, "a server")?;
        let Some(url) = self.text(map, "url") else {
            self.missing(node.position, "the server's url");
            return None;
        };
        let description = self.text(map, "description");
        let mut server = Server { url, description, ..Server::default() };
        let variables = map.get("variables").and_then(|it| self.map(it, "variables"));
        for entry in variables.into_iter().flat_map(Map::entries) {
            let Some(map) = self.map(&entry.node, "a variable") else { continue };
            let variable = ServerVariable {
                default: self.text(map, "default").unwrap_or_default(),
                values: self.texts(map, "enum"),
                description: self.text(map, "description"),
            };
            server.variables.insert(entry.key.clone(), variable);
        }
        Some(server)
    }

    pub(super) fn tags(&mut self, root: &'d Node) -> Vec<Tag> {
        let Some(node) = root.get("tags") else { return Vec::new() };
        let items = self.list(node, "tags");
        items.iter().filter_map(|it| self.tag(it)).collect()
    }

    fn tag(&mut self, node: &'d Node) -> Option<Tag> {
        let map = self.map(node, "a tag")?;
        let Some(name) = self.text(map, "name") else {
            self.missing(node.position, "the tag's name");
            return None;
        };
        for key in ["summary", "parent", "kind"] {
            if let Some(node) = map.get(key) {
                self.since(Dialect::OpenApi32, node, key);
            }
        }
        Some(Tag {
            name,
            description: self.text(map, "description"),
            summary: self.carried_text(map, "summary"),
            parent: self.carried_text(map, "parent"),
            kind: self.carried_text(map, "kind"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, reading};
    use crate::diagnostic::DiagnosticCode;

    #[test]
    fn the_head_is_read_whatever_its_types() {
        let text = "openapi: 3.1.0\ninfo: {title: Shop, version: 1.5, contact: {email: a@b.test}, license: \
                    {name: MIT, identifier: MIT}, x-other: 1}\nx-bartizan-owner: shop\nservers:\n- url: \
                    https://{r}.b.test/v1\n  variables: {r: {default: eu, enum: [eu, us]}}\n- {description: \
                    no url}\ntags: [{name: orders, kind: nav}, {description: x}, 5]\n";
        let reading = reading(text);
        let api = &reading.api;
        assert_eq!((api.title.as_str(), api.version.as_str()), ("Shop", "1.5"));
        assert_eq!(api.servers.len(), 1);
        assert_eq!(api.servers[0].variables["r"].values, ["eu", "us"]);
        assert_eq!(api.tags.len(), 1);
        assert_eq!(api.tags[0].kind.as_deref(), Some("nav"));
        assert_eq!(api.extensions.keys().collect::<Vec<_>>(), ["x-bartizan-owner"]);
        let expected =
            [DiagnosticCode::WrongType, DiagnosticCode::Missing, DiagnosticCode::OtherDialect];
        assert_eq!(codes(&reading), expected);
    }
}
