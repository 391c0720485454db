//! What a bearer token says of its bearer, unverified: good enough to tell subjects apart, never to
//! let anybody in.
//!
//! Reads    the payload of a JWT (RFC 7519) in compact form, at most [`TOKEN_BYTES_MAX`] long.
//! Writes   its `iss` and `sub`.
//! Memory   the decoded payload.
//! Misses   signatures, times, encrypted tokens; a subject under another claim than `sub`.

use crate::body::{Format, Progress, Walk, WalkLimits};
use crate::value::{PlaceRef, Sink, Value};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Longer tokens are opaque.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Members of a payload that are looked at.
const LIMITS: WalkLimits = WalkLimits { depth_max: 8, values_max: 256 };

/// Who a token says that its bearer is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The issuer; empty if none is named.
    pub iss: Vec<u8>,
    /// The subject.
    pub sub: Vec<u8>,
}

/// The claims of `token`, if it is a JWT that names a subject.
pub fn claims(token: &[u8]) -> Option<Claims> {
    if token.len() > TOKEN_BYTES_MAX {
        return None;
    }
    let mut parts = token.split(|&b| b == b'.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let mut claims = Claims::default();
    let mut walk = Walk::new(Format::Json, LIMITS);
    while walk.step(&payload, TOKEN_BYTES_MAX, &mut claims) == Progress::More {}
    let is_sound = walk.oddities().is_empty();
    Some(claims).filter(|it| is_sound && !it.sub.is_empty())
}

impl Sink for Claims {
    fn take(&mut self, value: Value<'_>) {
        match value.place {
            PlaceRef::Body("$.iss") => self.iss = value.text.to_vec(),
            PlaceRef::Body("$.sub") => self.sub = value.text.to_vec(),
            PlaceRef::Body(_)
            | PlaceRef::Path
            | PlaceRef::Query(_)
            | PlaceRef::Cookie(_)
            | PlaceRef::Name => {}
        }
    }

    fn scalar(&mut self, value: Value<'_>) {
        if value.text != b"null" {
            self.take(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[track_caller]
    fn check(token: &str, expected: Option<(&str, &str)>) {
        let found = claims(token.as_bytes());
        let expected = expected.map(|(iss, sub)| Claims { iss: iss.into(), sub: sub.into() });
        assert_eq!(found, expected, "{token}");
    }

    #[test]
    fn subject_and_issuer_are_read() {
        check(&token(r#"{"sub":"alice"}"#), Some(("", "alice")));
        check(&token(r#"{"iss":"https://a","aud":["x"],"sub":42}"#), Some(("https://a", "42")));
        check(&token(r#"{"sub":"\u0061lice","x":{"sub":"b"}}"#), Some(("", "alice")));
    }

    #[test]
    fn what_is_no_token_or_names_nobody_has_no_claims() {
        check(&token("{}"), None);
        check(&token(r#"{"sub":""}"#), None);
        check(&token(r#"{"sub":"a","sub":"b"}"#), None);
        check(&token("[1"), None);
        check("a.b", None);
        check("a.b.c.d.e", None);
        check("opaque", None);
        check("..", None);
        check(&token(&format!(r#"{{"sub":"{}"}}"#, "a".repeat(TOKEN_BYTES_MAX))), None);
    }
}
