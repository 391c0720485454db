//! Who calls, once a credential was verified.
//!
//! Writes   names as their issuer gave them: they are data about people.
//! Misses   what is merely claimed: nothing unverified becomes an [`Identity`].
//! Source   RFC 7519 section 4.1, RFC 8693 section 4, RFC 9068 section 2.2, OpenID Connect Core 1.0 section 2.

use std::fmt;

/// Which kind of credential was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// A signed token (RFC 7519) that whoever has it may use.
    Token,
    /// A signed token with proof that its bearer has a key (RFC 9449 or RFC 8705).
    BoundToken,
    /// An API key.
    ApiKey,
    /// A name and a password (RFC 7617).
    Basic,
    /// A client certificate.
    Certificate,
}

impl Scheme {
    /// What it is called in records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::BoundToken => "bound_token",
            Self::ApiKey => "api_key",
            Self::Basic => "basic",
            Self::Certificate => "certificate",
        }
    }
}

/// Who calls, and what the issuer of the credential says of them. Each text has at most 1 024 bytes and no control characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// What was verified.
    pub scheme: Scheme,
    /// Who says so (`iss`); nothing if that is our own configuration.
    pub issuer: Option<Box<str>>,
    /// Whom the credential is about (`sub`), unique for its issuer only.
    pub subject: Option<Box<str>>,
    /// Who acts for the subject now (`act.sub`).
    pub actor: Option<Box<str>>,
    /// The application that calls (`client_id`, or else `azp`).
    pub client: Option<Box<str>>,
    /// What the credential may be used for.
    pub scopes: Vec<Box<str>>,
    /// What the subject is, from the claims that the policy names.
    pub roles: Vec<Box<str>>,
    /// How surely the subject was authenticated (`acr`).
    pub acr: Option<Box<str>>,
    /// By which means (`amr`).
    pub amr: Vec<Box<str>>,
    /// When, in microseconds since 1970.
    pub auth_time_us: Option<u64>,
    /// When the credential ends, in microseconds since 1970.
    pub expires_us: Option<u64>,
    /// The name of this one credential (`jti`, or the prefix and position of an API key).
    pub token_id: Option<Box<str>>,
}

impl Identity {
    /// Somebody of whom nothing else is known.
    pub fn of(scheme: Scheme) -> Self {
        Self {
            scheme,
            issuer: None,
            subject: None,
            actor: None,
            client: None,
            scopes: Vec::new(),
            roles: Vec::new(),
            acr: None,
            amr: Vec::new(),
            auth_time_us: None,
            expires_us: None,
            token_id: None,
        }
    }

    /// Whether the credential may be used for this.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|it| **it == *scope)
    }

    /// Whether the subject is this.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|it| **it == *role)
    }
}

/// Says how much is known; not of whom.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("scheme", &self.scheme)
            .field("has_subject", &self.subject.is_some())
            .field("has_client", &self.client.is_some())
            .field("scopes", &self.scopes.len())
            .field("roles", &self.roles.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_shown_without_anybodys_name() {
        let mut somebody = Identity::of(Scheme::Token);
        somebody.subject = Some("alice".into());
        somebody.client = Some("shop-app".into());
        somebody.scopes = vec!["orders:read".into()];
        let shown = format!("{somebody:?}");
        for secret in ["alice", "shop-app", "orders"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(somebody.has_scope("orders:read") && !somebody.has_scope("orders"));
        assert!(!somebody.has_role("orders:read"));
    }
}
