//! Security schemes and requirements.

use bartizan_model::api::{Flow, FlowKind, Requirement, SchemeKind, SecurityScheme};

use super::tree::{Members, Tree};
use super::{Version, Writer, put_extensions};

impl Writer {
    pub(super) fn requirements(&self, requirements: &[Requirement]) -> Tree {
        let written = requirements.iter().map(|requirement| {
            let mut members = Members::default();
            for (name, scopes) in requirement {
                members.put(self.names.scheme(name), scopes.clone());
            }
            members
        });
        Tree::List(written.map(Tree::Map).collect())
    }

    pub(super) fn security_scheme(&self, scheme: &SecurityScheme) -> Tree {
        let mut members = Members::default();
        match &scheme.kind {
            SchemeKind::ApiKey { place, name } => {
                members.put("type", "apiKey");
                members.put("in", place.name());
                members.put("name", name);
            }
            SchemeKind::Http { scheme, bearer_format } => {
                members.put("type", "http");
                members.put("scheme", scheme);
                members.put_some("bearerFormat", bearer_format.as_ref());
            }
            SchemeKind::MutualTls => members.put("type", "mutualTLS"),
            SchemeKind::OAuth2 { flows, metadata_url } => {
                members.put("type", "oauth2");
                let mut inner = Members::default();
                for (kind, flow) in flows {
                    inner.put(self.flow_name(*kind), self.flow(*kind, flow));
                }
                members.put("flows", inner);
                members.put_some(&self.since_32("oauth2MetadataUrl"), metadata_url.as_ref());
            }
            SchemeKind::OpenIdConnect { url } => {
                members.put("type", "openIdConnect");
                members.put("openIdConnectUrl", url);
            }
        }
        members.put_some("description", scheme.description.as_ref());
        members.put_if(self.since_32("deprecated"), scheme.deprecated);
        put_extensions(&scheme.extensions, &mut members);
        members.into()
    }

    fn flow_name(&self, kind: FlowKind) -> String {
        match kind {
            FlowKind::DeviceAuthorization => self.since_32(kind.name()),
            FlowKind::Implicit
            | FlowKind::Password
            | FlowKind::ClientCredentials
            | FlowKind::AuthorizationCode => kind.name().to_owned(),
        }
    }

    /// A flow with the addresses that its kind must have, empty where they are not known.
    fn flow(&self, kind: FlowKind, flow: &Flow) -> Members {
        let mut members = Members::default();
        let mut address = |key: &str, value: &Option<String>, kinds: &[FlowKind]| {
            if value.is_some() || kinds.contains(&kind) {
                members.put(key, value.as_deref().unwrap_or_default());
            }
        };
        use FlowKind::{
            AuthorizationCode, ClientCredentials, DeviceAuthorization, Implicit, Password,
        };
        address("authorizationUrl", &flow.authorization_url, &[Implicit, AuthorizationCode]);
        let device = [DeviceAuthorization];
        if self.version == Version::V32 || kind == DeviceAuthorization {
            address("deviceAuthorizationUrl", &flow.device_authorization_url, &device);
        }
        let tokens = [Password, ClientCredentials, AuthorizationCode, DeviceAuthorization];
        address("tokenUrl", &flow.token_url, &tokens);
        address("refreshUrl", &flow.refresh_url, &[]);
        let mut scopes = Members::default();
        for (name, text) in &flow.scopes {
            scopes.put(name, text);
        }
        members.put("scopes", scopes);
        members
    }
}
