//! The profile of an API: whom it is for, who calls it, how its tenants are told apart, and what each of its
//! endpoints owes.
//!
//! Plain data. `learn::profile` proposes some of it, people configure or confirm it, and `learn::posture` judges by it.

use crate::route::words;
use std::fmt;
use std::str::FromStr;

/// Bytes of a word of a profile at most: of an environment, or of a claim's name.
pub const WORD_BYTES_MAX: usize = 63;
/// The last segment of a path that may name the tenant, counted from 1.
pub const TENANT_SEGMENT_MAX: u8 = 16;

words! {
    /// Whom an API is for.
    Audience {
        /// Everybody.
        Public = "public",
        /// Other organisations, by contract.
        Partner = "partner",
        /// Our own people and programs.
        Internal = "internal",
    }
}

words! {
    /// What stands behind the subjects that call an API.
    Subjects {
        /// Each is a person.
        Person = "person",
        /// Each is a program.
        Workload = "workload",
        /// Each stands for many people or programs, as the key of a partner does.
        Aggregate = "aggregate",
        /// Nobody says who calls.
        None = "none",
    }
}

words! {
    /// One thing that each endpoint of an API owes: a baseline is a list of them.
    Duty {
        /// Clients speak TLS.
        Tls = "tls",
        /// Clients show a certificate.
        Mtls = "mtls",
        /// Every call carries a credential.
        Credential = "credential",
        /// Tokens say what they are good for.
        Scopes = "scopes",
        /// Calls are limited.
        RateLimit = "rate_limit",
        /// A description of the API was imported.
        Described = "described",
        /// No credential stands in a URL.
        NoQueryCredentials = "no_query_credentials",
    }
}

impl Duty {
    /// What is owed to an audience where nobody says otherwise.
    pub const fn usual(audience: Audience) -> &'static [Self] {
        match audience {
            Audience::Public => &[Self::Tls],
            Audience::Partner => &[Self::Credential, Self::RateLimit],
            Audience::Internal => &[Self::Mtls, Self::Scopes],
        }
    }
}

/// What says which tenant a call is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// The host.
    Host,
    /// A segment of the path, counted from 1, at most [`TENANT_SEGMENT_MAX`].
    Path(u8),
    /// A claim of the token, of at most [`WORD_BYTES_MAX`] bytes.
    Claim(Box<str>),
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("host"),
            Self::Path(at) => write!(f, "path:{at}"),
            Self::Claim(name) => write!(f, "claim:{name}"),
        }
    }
}

/// A text that says of no part of a profile what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOne;

impl FromStr for Tenant {
    type Err = NotOne;

    /// Reads `host`, `path:2` or `claim:tid`.
    fn from_str(text: &str) -> Result<Self, NotOne> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        match kind {
            "host" if text == kind => Ok(Self::Host),
            "path" if rest.bytes().all(|it| it.is_ascii_digit()) => {
                let at = rest.parse().map_err(|_| NotOne)?;
                (1..=TENANT_SEGMENT_MAX).contains(&at).then_some(Self::Path(at)).ok_or(NotOne)
            }
            "claim" if is_claim(rest) => Ok(Self::Claim(rest.into())),
            _ => Err(NotOne),
        }
    }
}

/// Names of claims are often URLs.
fn is_claim(name: &str) -> bool {
    (1..=WORD_BYTES_MAX).contains(&name.len()) && name.bytes().all(|it| it.is_ascii_graphic())
}

/// Whether a text is a word: 1 to [`WORD_BYTES_MAX`] of `a-z`, `0-9`, `.`, `_` and `-`.
pub fn is_word(text: &str) -> bool {
    let is_part = |it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-');
    (1..=WORD_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_part)
}

/// What somebody says of an API; what nobody says is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Whom it is for.
    pub audience: Option<Audience>,
    /// What stands behind its subjects.
    pub subjects: Option<Subjects>,
    /// What says which tenant a call is for.
    pub tenant: Option<Tenant>,
    /// Where it runs, as `production`: a word.
    pub environment: Option<Box<str>>,
}

impl Profile {
    /// This, and what `below` says where this says nothing.
    pub fn over(&self, below: &Self) -> Self {
        Self {
            audience: self.audience.or(below.audience),
            subjects: self.subjects.or(below.subjects),
            tenant: self.tenant.clone().or_else(|| below.tenant.clone()),
            environment: self.environment.clone().or_else(|| below.environment.clone()),
        }
    }

    /// Whether it says nothing.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_is_read_as_it_is_written() {
        for text in ["host", "path:1", "path:16", "claim:tid", "claim:https://a.example/tenant"] {
            assert_eq!(text.parse::<Tenant>().unwrap().to_string(), text);
        }
        let long = format!("claim:{}", "x".repeat(WORD_BYTES_MAX + 1));
        for text in
            ["", "Host", "host:", "path", "path:", "path:0", "path:17", "path:+1", "claim:", &long]
        {
            assert_eq!(text.parse::<Tenant>(), Err(NotOne), "{text}");
        }
        assert_eq!("claim:a b".parse::<Tenant>(), Err(NotOne));
    }

    #[test]
    fn what_is_said_above_wins() {
        let above = Profile { audience: Some(Audience::Internal), ..Profile::default() };
        let below = Profile {
            audience: Some(Audience::Public),
            environment: Some("staging".into()),
            ..Profile::default()
        };
        let both = above.over(&below);
        assert_eq!(both.audience, Some(Audience::Internal));
        assert_eq!(both.environment.as_deref(), Some("staging"));
        assert!(!both.is_silent() && Profile::default().is_silent());
    }
}
