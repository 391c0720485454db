//! What the heads of an exchange say of its protection.
//!
//! Reads    the fields of a request or response; the payload of a bearer token.
//! Writes   [`Traits`].
//! Misses   fields in trailers; what a policy says beyond that it is there; credentials that are no JWT.
//! Source   Fetch (CORS), RFC 9111 (caching), RFC 6797 (HSTS), RFC 6265bis (cookies), RFC 7519 (JWT), RFC 9745,
//!          RFC 8594; OWASP API Security Top 10 2023, API2 and API8.

use crate::token_claims::{bearer, told};
use bartizan_model::head::{Fields, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::network::is_private;
use bartizan_model::traits::{Trait, Traits};
use std::net::IpAddr;

/// Seconds from which a token lives long.
const LONG_S: u64 = 24 * 60 * 60;

/// Of a request; `tls` is whether its client spoke TLS. An address of zeros is not known.
pub fn of_request(fields: &Fields, tls: bool, client: IpAddr) -> Traits {
    let mut it = Traits::NONE;
    it.insert(Trait::RequestSeen);
    it.insert_if(Trait::PlainText, !tls);
    it.insert_if(Trait::FromPage, fields.has(Known::Origin));
    let is_ours = is_private(client);
    it.insert_if(Trait::PrivateAddress, is_ours);
    it.insert_if(Trait::PublicAddress, !is_ours && !client.is_unspecified());
    let Some(credential) = fields.get(Known::Authorization) else { return it };
    let is_basic = credential.get(..6).is_some_and(|it| it.eq_ignore_ascii_case(b"basic "));
    it.insert_if(Trait::BasicCredentials, is_basic);
    if let Some(token) = bearer(credential).and_then(told) {
        it.insert(Trait::TokenRead);
        it.insert_if(Trait::TokenScoped, token.has_scopes);
        it.insert_if(Trait::TokenOfClient, token.is_of_client);
        it.insert_if(Trait::TokenUnsigned, token.is_unsigned);
        it.insert_if(Trait::TokenEndless, token.seconds.is_none());
        it.insert_if(Trait::TokenLong, token.seconds.is_some_and(|it| it > LONG_S));
    }
    it
}

/// Of a response; `origin` is what the request said of the page that sent it.
pub fn of_response(head: &ResponseHead, origin: Option<&[u8]>) -> Traits {
    let mut it = Traits::NONE;
    it.insert(Trait::ResponseSeen);
    for (known, name, value) in head.fields.iter() {
        if known == Known::Other {
            it.extend(of_field(name, value.trim_ascii(), origin));
        }
    }
    it
}

fn of_field(name: &[u8], value: &[u8], origin: Option<&[u8]>) -> Traits {
    let mut it = Traits::NONE;
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
    let says = |wanted: &str| value.eq_ignore_ascii_case(wanted.as_bytes());
    match name.len() {
        6 if is("server") => it.insert_if(Trait::Banner, value.iter().any(u8::is_ascii_digit)),
        6 if is("sunset") => it.insert(Trait::Sunset),
        9 if is("ratelimit") => it.insert(Trait::LimitAnnounced),
        10 if is("set-cookie") => it.extend(of_cookie(value)),
        11 if is("retry-after") => it.insert(Trait::LimitAnnounced),
        11 if is("deprecation") => it.insert_if(Trait::Deprecated, !says("?0") && !says("false")),
        12 if is("x-powered-by") => it.insert(Trait::Banner),
        13 if is("cache-control") => it.extend(of_cache_control(value)),
        15..18 if is("ratelimit-limit") || is("x-ratelimit-limit") => {
            it.insert(Trait::LimitAnnounced);
        }
        16 if is("ratelimit-policy") => it.insert(Trait::LimitAnnounced),
        22 if is("x-content-type-options") => it.insert_if(Trait::NoSniff, says("nosniff")),
        25 if is("strict-transport-security") => it.insert(Trait::Hsts),
        27 if is("access-control-allow-origin") => {
            it.insert_if(Trait::CorsAny, value == b"*");
            it.insert_if(Trait::CorsNull, says("null"));
            it.insert_if(Trait::CorsReflected, origin == Some(value) && !says("null"));
        }
        32 if is("access-control-allow-credentials") => {
            it.insert_if(Trait::CorsCredentials, says("true"));
        }
        _ => {}
    }
    it
}

fn of_cache_control(value: &[u8]) -> Traits {
    let mut it = Traits::NONE;
    for part in value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
        let name = part.split(|&b| b == b'=').next().unwrap_or_default().trim_ascii();
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        it.insert_if(Trait::NoStore, is("no-store"));
        it.insert_if(Trait::CachePrivate, is("private"));
        it.insert_if(Trait::CachePublic, is("public") || is("s-maxage"));
    }
    it
}

fn of_cookie(value: &[u8]) -> Traits {
    let mut it = Traits::NONE;
    let (mut secure, mut http_only, mut same_site) = (false, false, false);
    for part in value.split(|&b| b == b';').skip(1).map(<[u8]>::trim_ascii) {
        let mut parts = part.splitn(2, |&b| b == b'=').map(<[u8]>::trim_ascii);
        let name = parts.next().unwrap_or_default();
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        let bound = parts.next().unwrap_or_default();
        secure |= is("secure");
        http_only |= is("httponly");
        same_site |= is("samesite") && !bound.eq_ignore_ascii_case(b"none") && !bound.is_empty();
    }
    it.insert(Trait::CookieSet);
    it.insert_if(Trait::CookiePlainText, !secure);
    it.insert_if(Trait::CookieScriptable, !http_only);
    it.insert_if(Trait::CookieCrossSite, !same_site);
    it
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, expected: &[Trait]) {
        let found = of_field(name.as_bytes(), value.as_bytes(), Some(b"https://shop.example"));
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{name}: {value}");
    }

    #[test]
    fn who_may_read_the_response_is_seen() {
        let name = "Access-Control-Allow-Origin";
        check(name, "*", &[Trait::CorsAny]);
        check(name, "https://shop.example", &[Trait::CorsReflected]);
        check(name, "https://other.example", &[]);
        check(name, "null", &[Trait::CorsNull]);
        check("access-control-allow-credentials", "true", &[Trait::CorsCredentials]);
        check("access-control-allow-credentials", "false", &[]);
    }

    #[test]
    fn who_may_keep_it_is_seen() {
        let name = "Cache-Control";
        check(name, "no-store, Private", &[Trait::NoStore, Trait::CachePrivate]);
        check(name, "public , max-age=60", &[Trait::CachePublic]);
        check(name, "s-maxage = 60", &[Trait::CachePublic]);
        check(name, "max-age=60, publicly", &[]);
    }

    #[test]
    fn cookies_tell_what_they_lack() {
        let bare = [
            Trait::CookieSet,
            Trait::CookiePlainText,
            Trait::CookieScriptable,
            Trait::CookieCrossSite,
        ];
        check("Set-Cookie", "sid=1; Path=/", &bare);
        check("Set-Cookie", "Secure=HttpOnly", &bare);
        check("set-cookie", "sid=1; secure; HTTPONLY; SameSite=Lax", &[Trait::CookieSet]);
        let crossing = [Trait::CookieSet, Trait::CookieCrossSite];
        check("set-cookie", "sid=1; Secure; HttpOnly; SameSite=None", &crossing);
    }

    #[test]
    fn other_fields_tell_one_thing_each() {
        check("Server", "nginx/1.27", &[Trait::Banner]);
        check("Server", "nginx", &[]);
        check("Deprecation", "@1688169599", &[Trait::Deprecated]);
        check("Deprecation", "?0", &[]);
        check("Sunset", "Sat, 31 Dec 2026 23:59:59 GMT", &[Trait::Sunset]);
        check("RateLimit", "\"default\";r=50;t=30", &[Trait::LimitAnnounced]);
        check("X-RateLimit-Limit", "50", &[Trait::LimitAnnounced]);
        check("X-Content-Type-Options", "nosniff", &[Trait::NoSniff]);
        check("Strict-Transport-Security", "max-age=1", &[Trait::Hsts]);
        check("X-Something", "nosniff", &[]);
    }
}
