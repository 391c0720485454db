//! What is read of the list `issuers`: whose tokens are believed.

use super::assemble::some;
use super::fault::Fault;
use super::keys::ISSUERS;
use super::keys::issuer as key;
use super::naming::named_twice;
use super::reader::{Read, Reader, Scope};
use super::settings::Issuer;
use bartizan_auth::algorithm::{Algorithm, Algorithms};
use std::sync::Arc;

/// Characters of a claim at most: so much is read of a token.
pub(super) const CLAIM_CHARS_MAX: usize = 1_024;

const MS_PER_S: u64 = 1_000;

pub(super) fn read(reader: &mut Reader<'_>, top: &Scope<'_>) -> Vec<Issuer> {
    let mut names: Vec<Read<Arc<str>>> = Vec::new();
    let mut issuers: Vec<Read<Arc<str>>> = Vec::new();
    let all = reader.mappings(top, ISSUERS, |reader, scope, _| {
        let name = reader.word(scope, &key::ISSUER_NAME, None);
        let issuer = reader.word(scope, &key::ISSUER, None);
        for (it, before) in [(&name, &mut names), (&issuer, &mut issuers)] {
            if let Some(it) = it {
                named_twice(reader, it, before);
                before.push(it.clone());
            }
        }
        one(reader, scope, name, issuer)
    });
    all.into_iter().flatten().collect()
}

fn one(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    name: Option<Read<Arc<str>>>,
    issuer: Option<Read<Arc<str>>>,
) -> Option<Issuer> {
    let keys = reader.word(scope, &key::KEYS, None);
    let audience = reader.items(scope, &key::AUDIENCE, &[]);
    let algorithms = reader.items(scope, &key::ALGORITHMS, &[]);
    let skew_ms = reader.number(scope, &key::SKEW);
    let lifetime_max_ms = some(reader.number(scope, &key::LIFETIME_MAX));
    let revoked = reader.word(scope, &key::REVOKED, None);
    let has_none = scope.get(key::AUDIENCE.name.key).is_none_or(|it| it.node.is_empty());
    if let Some(place) = scope.missing().filter(|_| audience.is_empty() && has_none) {
        let fault =
            Fault::MissingKey { key: key::AUDIENCE.name.path(), example: "audience: [shop-api]" };
        reader.report(place, fault);
    }
    let seconds = |it: u64| u32::try_from(it / MS_PER_S).unwrap_or(u32::MAX);
    let is_any = algorithms.is_empty();
    Some(Issuer {
        name: name?.value,
        issuer: issuer?.value,
        keys: keys?.given(),
        audience,
        algorithms: if is_any {
            Algorithms::asymmetric()
        } else {
            algorithms.into_iter().collect()
        },
        skew_s: seconds(skew_ms),
        lifetime_max_s: lifetime_max_ms.map(seconds),
        revoked: revoked.map(Read::given),
    })
}

/// A text that can be that of a claim.
pub(super) fn claim(text: &str) -> Result<Arc<str>, Fault> {
    let is_one = (1..=CLAIM_CHARS_MAX).contains(&text.len()) && !text.chars().any(char::is_control);
    is_one.then(|| text.into()).ok_or(Fault::NotOneLine { chars_max: CLAIM_CHARS_MAX })
}

/// A scope (RFC 6749 section 3.3): visible ASCII, but for `"` and `\`.
pub(super) fn scope(text: &str) -> Result<Box<str>, Fault> {
    let is_part = |it: u8| it.is_ascii_graphic() && !matches!(it, b'"' | b'\\');
    let is_one = (1..=SCOPE_CHARS_MAX).contains(&text.len()) && text.bytes().all(is_part);
    is_one.then(|| text.into()).ok_or_else(|| Fault::NotAScope { given: text.to_owned() })
}

/// Characters of a scope at most.
pub(super) const SCOPE_CHARS_MAX: usize = 128;

/// How tokens can be signed.
pub(super) fn algorithms() -> Vec<&'static str> {
    Algorithms::asymmetric().iter().map(Algorithm::name).collect()
}

pub(super) fn algorithm(text: &str) -> Result<Algorithm, Fault> {
    let found = Algorithms::asymmetric().iter().find(|it| it.name() == text);
    found.ok_or_else(|| Fault::unknown_word(text, algorithms()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_needs_no_escaping() {
        for text in ["orders:read", "a", "https://api.example/x", "!#[]~", &"x".repeat(128)] {
            assert_eq!(scope(text).as_deref(), Ok(text));
        }
        for text in ["", "a b", "a\"", "a\\", "\u{e4}", "a\n", &"x".repeat(129)] {
            assert!(scope(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_algorithm_needs_a_secret_or_nothing() {
        assert_eq!(algorithm("RS256"), Ok(Algorithm::Rs256));
        for text in ["none", "HS256", "rs256", "ES256K", ""] {
            assert!(algorithm(text).is_err(), "{text}");
        }
    }
}
