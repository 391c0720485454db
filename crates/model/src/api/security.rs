//! How callers show who they are, as far as a description says.
//!
//! Source   OpenAPI Specification 3.2.0, sections 4.27 to 4.30.

use std::collections::BTreeMap;

use super::{Extensions, ParameterPlace};

/// Schemes that must all be satisfied, with the scopes or roles wanted of each. An empty one lets
/// anybody in.
pub type Requirement = BTreeMap<String, Vec<String>>;

/// A way to show who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    /// Which way.
    pub kind: SchemeKind,
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// What bartizan knows of it.
    pub extensions: Extensions,
}

/// The ways to show who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A secret in a header field, query parameter or cookie.
    ApiKey {
        /// In which part of the request.
        place: ParameterPlace,
        /// Of the field, parameter or cookie.
        name: String,
    },
    /// The `Authorization` field.
    Http {
        /// In lower case: `basic`, `bearer`.
        scheme: String,
        /// What a bearer token is: `JWT`.
        bearer_format: Option<String>,
    },
    /// A client certificate.
    MutualTls,
    /// OAuth 2.
    OAuth2 {
        /// The ways to a token.
        flows: BTreeMap<FlowKind, Flow>,
        /// Where the authorisation server describes itself (RFC 8414).
        metadata_url: Option<String>,
    },
    /// OpenID Connect.
    OpenIdConnect {
        /// The discovery document.
        url: String,
    },
}

/// The ways to an OAuth 2 token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlowKind {
    /// Implicit.
    Implicit,
    /// Resource owner password.
    Password,
    /// Client credentials.
    ClientCredentials,
    /// Authorisation code.
    AuthorizationCode,
    /// Device authorisation (RFC 8628).
    DeviceAuthorization,
}

/// One way to an OAuth 2 token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Where the person agrees.
    pub authorization_url: Option<String>,
    /// Where a device begins.
    pub device_authorization_url: Option<String>,
    /// Where tokens are handed out.
    pub token_url: Option<String>,
    /// Where they are renewed.
    pub refresh_url: Option<String>,
    /// Scopes and what they allow.
    pub scopes: BTreeMap<String, String>,
}

impl SecurityScheme {
    /// A scheme of this kind, without more.
    pub fn new(kind: SchemeKind) -> Self {
        Self { kind, description: None, deprecated: false, extensions: Extensions::new() }
    }

    /// A bearer token in the `Authorization` field.
    pub fn bearer() -> Self {
        Self::new(SchemeKind::Http { scheme: "bearer".to_owned(), bearer_format: None })
    }
}

impl FlowKind {
    /// Every kind, in the order of writing.
    pub const ALL: [Self; 5] = [
        Self::Implicit,
        Self::Password,
        Self::ClientCredentials,
        Self::AuthorizationCode,
        Self::DeviceAuthorization,
    ];

    /// The name in a description.
    pub fn name(self) -> &'static str {
        match self {
            Self::Implicit => "implicit",
            Self::Password => "password",
            Self::ClientCredentials => "clientCredentials",
            Self::AuthorizationCode => "authorizationCode",
            Self::DeviceAuthorization => "deviceAuthorization",
        }
    }
}
