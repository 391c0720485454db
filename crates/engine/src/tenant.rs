//! Which tenant a call is for, as the profile of its API says.
//!
//! Reads    the host, or a segment of the path; the claims of a bearer token.
//! Writes   keyed hashes: a [`Call`].
//! Memory   nothing.
//! Misses   tenants that only a body or an answer names. Letters count in neither case, so that no other spelling of a tenant is another one.

use crate::keys::HashKey;
use crate::routes::{RouteRules, without_port};
use crate::tables::tenants::{Call, Claim};
use bartizan_inspect::percent::decode;
use bartizan_inspect::token_claims::{bearer, identifying};
use bartizan_model::head::RequestHead;
use bartizan_model::id::EndpointId;
use bartizan_model::known::Known;
use bartizan_model::profile::Tenant;

/// The tenant that a request is for, where its route says what names it.
pub(crate) fn tenant(
    head: &RequestHead,
    endpoint: EndpointId,
    on: &RouteRules,
    key: &HashKey,
) -> Option<Call> {
    let (before, tenant) = match on.profile.tenant.as_ref()? {
        Tenant::Host => {
            let host = without_port(head.authority());
            (Vec::new(), host.strip_suffix(b".").unwrap_or(host).to_ascii_lowercase())
        }
        Tenant::Path(at) => segment(head.path(), usize::from(*at))?,
        // What a token says is held to what requests and answers name (`terms`).
        Tenant::Claim(_) => return None,
    };
    if tenant.is_empty() {
        return None;
    }
    let (before, route) = (before.as_slice(), on.route.name.as_bytes());
    let of = |parts: &[&[u8]]| {
        let mut all = b"tenant ".to_vec();
        for part in parts {
            all.extend_from_slice(&part.len().to_le_bytes());
            all.extend_from_slice(part);
        }
        key.value(&all).0
    };
    let token = head.fields.get(Known::Authorization).and_then(bearer);
    let claims = token.map(identifying).unwrap_or_default();
    let claim = |(name, value): &(String, Vec<u8>)| Claim {
        name: of(&[route, before, name.as_bytes()]),
        value: of(&[route, before, name.as_bytes(), value]),
    };
    Some(Call {
        kind: of(&[route, before]),
        tenant: of(&[route, before, b"", &tenant]),
        endpoint: endpoint.bits(),
        claims: claims.iter().map(claim).collect(),
    })
}

/// What stands before a segment of a path, counted from 1, and the segment: as lenient servers read them, which skip empty ones,
/// and what follows a semicolon.
fn segment(path: &[u8], at: usize) -> Option<(Vec<u8>, Vec<u8>)> {
    let segments = path.split(|&b| b == b'/').filter(|it| !it.is_empty());
    let mut read = segments.take(at).map(|it| {
        let mut out = Vec::new();
        let bare = it.split(|&b| b == b';').next().unwrap_or_default();
        decode(bare, false, &mut out).to_ascii_lowercase()
    });
    let before: Vec<Vec<u8>> = read.by_ref().take(at - 1).collect();
    Some((before.join(&b'/'), read.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, at: usize, expected: Option<(&str, &str)>) {
        let found = segment(path.as_bytes(), at);
        let found =
            found.map(|it| (String::from_utf8(it.0).unwrap(), String::from_utf8(it.1).unwrap()));
        let expected = expected.map(|(before, it)| (before.to_owned(), it.to_owned()));
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn a_segment_is_found_with_what_stands_before_it() {
        check("/practices/seaview/letters", 2, Some(("practices", "seaview")));
        check("/acme", 1, Some(("", "acme")));
        check("/practices/", 2, None);
        check("*", 2, None);
    }

    #[test]
    fn however_it_is_written_it_is_the_same() {
        for path in
            ["/practices/Sea%76iew", "//practices//seaview/", "/Practices/seaview;a=b/letters"]
        {
            check(path, 2, Some(("practices", "seaview")));
        }
    }
}
