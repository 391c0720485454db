//! Ways to show who calls. Only the kind is kept, and the name of the field that carries a key.

use std::collections::BTreeMap;

use bartizan_model::api::{
    Flow, FlowKind, ParameterPlace, Requirement, SchemeKind, SecurityScheme,
};

use super::Collector;
use super::values::is_value;
use crate::diagnostic::DiagnosticCode;
use crate::document::{Node, Position};

/// Ways to show who calls.
const SCHEMES_MAX: usize = 64;

impl<'d> Collector<'d> {
    /// What `auth` asks; what is above it asks if nothing is said here.
    pub(super) fn asked(
        &mut self,
        owner: &'d Node,
        above: Option<&Requirement>,
    ) -> Option<Requirement> {
        let said = owner.get("auth").filter(|it| !it.is_null());
        let Some(auth) = said else { return above.cloned() };
        let Some(kind) = auth.get("type").and_then(Node::text) else {
            self.wrong(auth, "`auth`", "a mapping with a type");
            return above.cloned();
        };
        if kind == "noauth" {
            return Some(Requirement::new());
        }
        let Some((name, kind)) = self.scheme(auth, kind) else { return above.cloned() };
        let name = self.scheme_name(name, kind, auth.position)?;
        Some(Requirement::from([(name, Vec::new())]))
    }

    fn scheme(&mut self, auth: &'d Node, kind: &str) -> Option<(&'static str, SchemeKind)> {
        let http = |name: &'static str, scheme: &str| {
            (name, SchemeKind::Http { scheme: scheme.to_owned(), bearer_format: None })
        };
        Some(match kind {
            "basic" => http("basic", "basic"),
            "bearer" => http("bearer", "bearer"),
            "digest" => http("digest", "digest"),
            "hawk" => http("hawk", "hawk"),
            "ntlm" => http("ntlm", "ntlm"),
            "awsv4" => http("aws", "aws4-hmac-sha256"),
            "oauth1" => http("oauth1", "oauth"),
            "edgegrid" => http("edgegrid", "eg1-hmac-sha256"),
            "jwt" => {
                let bearer_format = Some("JWT".to_owned());
                ("jwt", SchemeKind::Http { scheme: "bearer".to_owned(), bearer_format })
            }
            "apikey" => ("apiKey", self.api_key(auth)?),
            "oauth2" => ("oauth2", oauth2(auth)),
            _ => {
                let message = "the type of `auth` is none that is known";
                self.diagnostics.add(DiagnosticCode::UnknownValue, auth.position, message);
                return None;
            }
        })
    }

    fn api_key(&mut self, auth: &Node) -> Option<SchemeKind> {
        let place = match attribute(auth, "apikey", "in") {
            Some("query") => ParameterPlace::Query,
            _ => ParameterPlace::Header,
        };
        let name = attribute(auth, "apikey", "key").unwrap_or("X-API-Key");
        let is_part = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
        if name.is_empty() || is_value(name) || !name.bytes().all(is_part) {
            let message = "the field of an API key has no plain name";
            self.diagnostics.add(DiagnosticCode::Missing, auth.position, message);
            return None;
        }
        Some(SchemeKind::ApiKey { place, name: name.to_owned() })
    }

    /// The name of a scheme; a new one with a number if others of the kind are there.
    fn scheme_name(&mut self, stem: &str, kind: SchemeKind, position: Position) -> Option<String> {
        let scheme = SecurityScheme::new(kind);
        let known = self.schemes.iter().find(|it| *it.1 == scheme);
        if let Some((name, _)) = known {
            return Some(name.clone());
        }
        if self.schemes.len() >= SCHEMES_MAX {
            self.too_many(position, "ways to show who calls");
            return None;
        }
        let mut name = stem.to_owned();
        let mut number = 2;
        while self.schemes.contains_key(&name) {
            name = format!("{stem}{number}");
            number += 1;
        }
        self.schemes.insert(name.clone(), scheme);
        Some(name)
    }
}

fn oauth2(auth: &Node) -> SchemeKind {
    let kind = match attribute(auth, "oauth2", "grant_type") {
        Some("client_credentials") => FlowKind::ClientCredentials,
        Some("password_credentials" | "password") => FlowKind::Password,
        Some("implicit") => FlowKind::Implicit,
        _ => FlowKind::AuthorizationCode,
    };
    SchemeKind::OAuth2 { flows: BTreeMap::from([(kind, Flow::default())]), metadata_url: None }
}

/// An attribute of a kind: a list of pairs in 2.1, a mapping in 2.0.
fn attribute<'d>(auth: &'d Node, kind: &str, name: &str) -> Option<&'d str> {
    let attributes = auth.get(kind)?;
    let Some(list) = attributes.list() else { return attributes.get(name)?.text() };
    let is_it = |it: &&Node| it.get("key").and_then(Node::text) == Some(name);
    list.iter().find(is_it)?.get("value")?.text()
}
