//! Security schemes and what operations ask of them.

use std::collections::BTreeMap;

use bartizan_model::api::{
    Flow, FlowKind, ParameterPlace, Requirement, SchemeKind, SecurityScheme,
};

use super::{Dialect, Reader};
use crate::diagnostic::{DiagnosticCode, Shown};
use crate::document::{Map, Node};

impl<'d> Reader<'d> {
    pub(super) fn security_schemes(&mut self, root: &'d Node) -> BTreeMap<String, SecurityScheme> {
        let place = match self.dialect {
            Dialect::Swagger2 => root.get("securityDefinitions"),
            Dialect::OpenApi30 | Dialect::OpenApi31 | Dialect::OpenApi32 => {
                root.get("components").and_then(|it| it.get("securitySchemes"))
            }
        };
        let map = place.and_then(|it| self.map(it, "the security schemes"));
        let mut schemes = BTreeMap::new();
        for entry in map.into_iter().flat_map(Map::entries) {
            if let Some(scheme) = self.security_scheme(&entry.node) {
                schemes.insert(entry.key.clone(), scheme);
            }
        }
        schemes
    }

    fn security_scheme(&mut self, node: &'d Node) -> Option<SecurityScheme> {
        let node = self.followed(node)?;
        let map = self.map(node, "a security scheme")?;
        let kind = self.text(map, "type").unwrap_or_default();
        let kind = match kind.as_str() {
            "basic" => SchemeKind::Http { scheme: "basic".to_owned(), bearer_format: None },
            "apiKey" => self.api_key(node, map)?,
            "http" => SchemeKind::Http {
                scheme: self.text(map, "scheme").unwrap_or_default().to_ascii_lowercase(),
                bearer_format: self.text(map, "bearerFormat"),
            },
            "mutualTLS" => {
                self.since(Dialect::OpenApi31, node, "`mutualTLS`");
                SchemeKind::MutualTls
            }
            "oauth2" => self.oauth2(map),
            "openIdConnect" => SchemeKind::OpenIdConnect {
                url: self.text(map, "openIdConnectUrl").unwrap_or_default(),
            },
            other => {
                self.unknown_value(node, "the type of a security scheme", other);
                return None;
            }
        };
        let description = self.text(map, "description");
        let deprecated = self.flag(map, "deprecated")
            || self.carried(map, "deprecated").is_some_and(|it| it.to_value() == true.into());
        Some(SecurityScheme { kind, description, deprecated, extensions: self.extensions(map) })
    }

    fn api_key(&mut self, node: &Node, map: &'d Map) -> Option<SchemeKind> {
        let place = self.text(map, "in").unwrap_or_default();
        let places = [ParameterPlace::Query, ParameterPlace::Header, ParameterPlace::Cookie];
        let Some(found) = places.into_iter().find(|it| it.name() == place) else {
            self.unknown_value(node, "the place of an API key", &place);
            return None;
        };
        let Some(name) = self.text(map, "name") else {
            self.missing(node.position, "the name of an API key");
            return None;
        };
        Some(SchemeKind::ApiKey { place: found, name })
    }

    fn oauth2(&mut self, map: &'d Map) -> SchemeKind {
        let mut flows = BTreeMap::new();
        if self.dialect == Dialect::Swagger2 {
            // There, a scheme is one flow.
            let kind = match self.text(map, "flow").as_deref() {
                Some("implicit") => FlowKind::Implicit,
                Some("password") => FlowKind::Password,
                Some("application") => FlowKind::ClientCredentials,
                _ => FlowKind::AuthorizationCode,
            };
            flows.insert(kind, self.flow(map));
        }
        let place = map.get("flows").and_then(|it| self.map(it, "flows"));
        for kind in FlowKind::ALL {
            let node = place.and_then(|it| self.carried(it, kind.name()));
            if let Some(map) = node.and_then(|it| self.map(it, kind.name())) {
                flows.insert(kind, self.flow(map));
            }
        }
        let metadata_url = self.carried_text(map, "oauth2MetadataUrl");
        SchemeKind::OAuth2 { flows, metadata_url }
    }

    fn flow(&mut self, map: &'d Map) -> Flow {
        let mut flow = Flow {
            authorization_url: self.text(map, "authorizationUrl"),
            device_authorization_url: self.text(map, "deviceAuthorizationUrl"),
            token_url: self.text(map, "tokenUrl"),
            refresh_url: self.text(map, "refreshUrl"),
            scopes: BTreeMap::new(),
        };
        let scopes = map.get("scopes").and_then(|it| self.map(it, "scopes"));
        for entry in scopes.into_iter().flat_map(Map::entries) {
            let text = entry.node.text().unwrap_or_default().to_owned();
            flow.scopes.insert(entry.key.clone(), text);
        }
        flow
    }

    /// What `security` asks; `None` if nothing is said.
    pub(super) fn requirements(
        &mut self,
        owner: &'d Node,
        schemes: &BTreeMap<String, SecurityScheme>,
    ) -> Option<Vec<Requirement>> {
        let node = owner.get("security").filter(|it| !it.is_null())?;
        let items = self.list(node, "security");
        let mut requirements = Vec::new();
        for item in items {
            let Some(map) = self.map(item, "a requirement") else { continue };
            let mut requirement = Requirement::new();
            for entry in map.entries() {
                if !schemes.contains_key(&entry.key) {
                    let message =
                        format_args!("no security scheme is called `{}`", Shown(&entry.key));
                    self.diagnostics.add(DiagnosticCode::UnknownScheme, entry.position, message);
                }
                requirement.insert(entry.key.clone(), self.texts(map, &entry.key));
            }
            requirements.push(requirement);
        }
        Some(requirements)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, reading};
    use super::*;

    #[test]
    fn schemes_of_all_dialects_are_one() {
        let old = "swagger: '2.0'\nsecurityDefinitions:\n  b: {type: basic}\n  k: {type: apiKey, in: header, name: \
                   X-Key}\n  o: {type: oauth2, flow: accessCode, authorizationUrl: /a, tokenUrl: /t, scopes: {r: R}}\n";
        let new = "openapi: 3.0.0\ncomponents:\n  securitySchemes:\n    b: {type: http, scheme: Basic}\n    k: {type: \
                   apiKey, in: header, name: X-Key}\n    o: {type: oauth2, flows: {authorizationCode: {authorizationUrl: \
                   /a, tokenUrl: /t, scopes: {r: R}}}}\n";
        let (old, new) = (reading(old), reading(new));
        assert_eq!(old.api.security_schemes, new.api.security_schemes);
        assert_eq!(old.api.security_schemes.len(), 3);
    }

    #[test]
    fn nothing_said_nothing_asked_and_anybody_are_three_things() {
        let text = "openapi: 3.1.0\nsecurity: [{k: []}]\ncomponents: {securitySchemes: {k: {type: mutualTLS}}}\npaths:\n  \
                    /a: {get: {}, put: {security: []}, post: {security: [{}, {no: [x]}]}}\n";
        let reading = reading(text);
        let of = |method| reading.api.operation(method, "/a").unwrap().security.clone().unwrap();
        assert_eq!(of("GET"), [Requirement::from([("k".to_owned(), vec![])])]);
        assert_eq!(of("PUT"), []);
        assert_eq!(of("POST").len(), 2);
        assert!(of("POST")[0].is_empty());
        assert!(codes(&reading).contains(&DiagnosticCode::UnknownScheme));
        let silent = "openapi: 3.1.0\npaths: {/a: {get: {}}}\n";
        assert_eq!(super::super::tests::reading(silent).api.operations[0].security, None);
    }

    #[test]
    fn broken_schemes_are_skipped_and_reported() {
        let text = "openapi: 3.1.0\ncomponents: {securitySchemes: {a: {type: magic}, b: {type: apiKey, in: path, name: \
                    x}, c: {type: apiKey, in: query}, d: 5}}\n";
        let reading = reading(text);
        assert!(reading.api.security_schemes.is_empty());
        for code in
            [DiagnosticCode::UnknownValue, DiagnosticCode::Missing, DiagnosticCode::WrongType]
        {
            assert!(codes(&reading).contains(&code), "{code:?}");
        }
    }
}
