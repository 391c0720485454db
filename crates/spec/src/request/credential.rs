//! Whether a request shows a credential of a kind that its operation asks for. What it is worth is not known here.

use super::{cookies, fields, text};
use bartizan_model::api::{ParameterPlace, Requirement, SchemeKind, SecurityScheme};
use bartizan_model::head::RequestHead;
use std::collections::BTreeMap;

/// What an operation asks for: all of one of these.
#[derive(Debug)]
pub(super) struct Credentials(Vec<Vec<Shown>>);

/// How a credential is shown.
#[derive(Debug)]
enum Shown {
    /// In `Authorization`, with this scheme.
    Authorization(Box<str>),
    Header(Box<str>),
    Query(Box<str>),
    Cookie(Box<str>),
    /// By the connection, or in a way that is not known.
    Elsewhere,
}

impl Credentials {
    /// `None` if anybody may call.
    pub(super) fn of(
        asked: &[Requirement],
        schemes: &BTreeMap<String, SecurityScheme>,
    ) -> Option<Self> {
        if asked.is_empty() || asked.iter().any(BTreeMap::is_empty) {
            return None;
        }
        let shown = |name: &String| schemes.get(name).map_or(Shown::Elsewhere, Shown::of);
        Some(Self(asked.iter().map(|all| all.keys().map(shown).collect()).collect()))
    }

    pub(super) fn are_shown_by(&self, head: &RequestHead) -> bool {
        self.0.iter().any(|all| all.iter().all(|it| it.is_in(head)))
    }

    /// Whether a query parameter is a credential.
    pub(super) fn is_in_query(&self, name: &str) -> bool {
        self.0.iter().flatten().any(|it| matches!(it, Shown::Query(of) if **of == *name))
    }
}

impl Shown {
    fn of(scheme: &SecurityScheme) -> Self {
        match &scheme.kind {
            SchemeKind::ApiKey { place, name } => {
                let name = name.as_str().into();
                match place {
                    ParameterPlace::Query => Self::Query(name),
                    ParameterPlace::Header => Self::Header(name),
                    ParameterPlace::Cookie => Self::Cookie(name),
                    ParameterPlace::Path | ParameterPlace::QueryString => Self::Elsewhere,
                }
            }
            SchemeKind::Http { scheme, .. } => Self::Authorization(scheme.as_str().into()),
            // Their tokens are bearer tokens (RFC 6750), but for those that are bound to a key (RFC 9449).
            SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect { .. } => {
                Self::Authorization("bearer".into())
            }
            SchemeKind::MutualTls => Self::Elsewhere,
        }
    }

    fn is_in(&self, head: &RequestHead) -> bool {
        let is_some = |value: &[u8]| !value.trim_ascii().is_empty();
        match self {
            Self::Elsewhere => true,
            Self::Authorization(scheme) => {
                fields(head, "authorization").any(|value| is_of(value, scheme))
            }
            Self::Header(name) => fields(head, name).any(is_some),
            Self::Query(name) => text::pairs(head.query()).any(|(of, value)| {
                text::decoded(of, true).is_some_and(|it| *it == **name) && is_some(value)
            }),
            Self::Cookie(name) => cookies(head).any(|it| it.0 == name.as_bytes() && is_some(it.1)),
        }
    }
}

/// Whether the value of `Authorization` has this scheme, and something behind it.
fn is_of(value: &[u8], scheme: &str) -> bool {
    let mut words = value.split(|byte| byte.is_ascii_whitespace()).filter(|it| !it.is_empty());
    let shown = words.next().unwrap_or_default();
    let is_bound = scheme == "bearer" && shown.eq_ignore_ascii_case(b"dpop");
    (shown.eq_ignore_ascii_case(scheme.as_bytes()) || is_bound) && words.next().is_some()
}
