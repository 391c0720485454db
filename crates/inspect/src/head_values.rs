//! The values that a request head carries: path segments, query parameters, cookies, and the header fields that
//! applications read.
//!
//! Reads    a request head, within `values_max`.
//! Writes   decoded values to a sink, in order: path, query, cookies, fields.
//! Memory   one scratch buffer, at most as long as the head.
//! Misses   fields that speak to servers and not to applications (see `is_read`); encodings inside a value beyond one
//!          round of percent, which are [`crate::decoding`]'s; names of fields.

use crate::form;
use crate::percent::decode;
use crate::value::{PlaceRef, Sink, Value};
use bartizan_model::head::RequestHead;
use bartizan_model::known::Known;
use bartizan_model::oddity::{Oddities, Oddity};

/// Hands every value of `head` to `sink`. At most `values_max`; whether more were there is the
/// oddity `TooManyValues`.
pub fn read(
    head: &RequestHead,
    values_max: usize,
    scratch: &mut Vec<u8>,
    sink: &mut impl Sink,
) -> Oddities {
    let mut left = values_max;
    let mut oddities = Oddities::NONE;
    let mut take = |place: PlaceRef<'_>, text: &[u8]| match left.checked_sub(1) {
        None => oddities.insert(Oddity::TooManyValues),
        Some(rest) => {
            left = rest;
            sink.take(Value { place, text });
        }
    };
    for segment in head.path().split(|&b| b == b'/').filter(|it| !it.is_empty()) {
        take(PlaceRef::Path, decode(segment, false, scratch));
    }
    let query = head.query();
    if !query.is_empty() {
        form::pairs(query, scratch, &mut |name, value| {
            take(PlaceRef::Query(name), value);
            take(PlaceRef::Name, name);
        });
    }
    for (_, _, cookies) in head.fields.iter().filter(|it| it.0 == Known::Cookie) {
        for cookie in cookies.split(|&b| b == b';').map(<[u8]>::trim_ascii) {
            let mut halves = cookie.splitn(2, |&b| b == b'=');
            let name = halves.next().unwrap_or_default();
            if let Some(value) = halves.next() {
                take(PlaceRef::Cookie(name), decode(value, false, scratch));
            }
        }
    }
    for (known, name, value) in head.fields.iter().filter(|it| !it.2.is_empty()) {
        if is_read(known, name) {
            take(PlaceRef::Header(name), value);
        }
    }
    oddities
}

/// Fields that hold credentials, conditions or what user agents alone write: in small letters.
const UNREAD: &[&[u8]] = &[
    b"accept",
    b"accept-charset",
    b"accept-datetime",
    b"access-control-request-headers",
    b"access-control-request-method",
    b"cache-control",
    b"dnt",
    b"if-match",
    b"if-modified-since",
    b"if-none-match",
    b"if-range",
    b"if-unmodified-since",
    b"max-forwards",
    b"pragma",
    b"priority",
    b"range",
    b"tracestate",
    b"upgrade-insecure-requests",
];

/// Whether applications read a field: log it, look it up, or show it.
fn is_read(known: Known, name: &[u8]) -> bool {
    match known {
        Known::UserAgent
        | Known::Origin
        | Known::Forwarded
        | Known::XForwardedFor
        | Known::XForwarded
        | Known::XOriginal
        | Known::ClientAddress
        | Known::Via
        | Known::ContentType
        | Known::ProxyConnection => true,
        Known::Other => {
            let begins = |with: &[u8]| {
                name.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with))
            };
            let is_unread = || UNREAD.iter().any(|it| name.eq_ignore_ascii_case(it));
            !begins(b"sec-") && !is_unread()
        }
        Known::AcceptEncoding
        | Known::ApiKey
        | Known::Authorization
        | Known::Connection
        | Known::ContentEncoding
        | Known::ContentLength
        | Known::Cookie
        | Known::Date
        | Known::Expect
        | Known::Host
        | Known::KeepAlive
        | Known::ProxyAuthenticate
        | Known::ProxyAuthorization
        | Known::Te
        | Known::Traceparent
        | Known::Trailer
        | Known::TransferEncoding
        | Known::Upgrade
        | Known::Http2Settings => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::head::{Framing, HeadWriter, Version};

    #[track_caller]
    fn check(target: &str, cookie: &str, values_max: usize, expected: &[(&str, &str)], odd: bool) {
        let mut writer = HeadWriter::new();
        writer.target(target.as_bytes());
        writer.field(b"cookie", cookie.as_bytes());
        let head = writer.request(Version::Http11, Framing::None);
        let mut found = Vec::new();
        let mut sink = |value: Value<'_>| {
            let text = String::from_utf8_lossy(value.text).into_owned();
            found.push((value.place.to_place().to_string(), text));
        };
        let oddities = read(&head, values_max, &mut Vec::new(), &mut sink);
        let found: Vec<_> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, expected);
        assert_eq!(oddities.contains(Oddity::TooManyValues), odd);
    }

    #[test]
    fn segments_parameters_and_cookies_are_values() {
        check(
            "/a%20b/c?q=x+y&r",
            "sid=1; theme=%27",
            100,
            &[
                ("path", "a b"),
                ("path", "c"),
                ("query q", "x y"),
                ("name", "q"),
                ("query r", ""),
                ("name", "r"),
                ("cookie sid", "1"),
                ("cookie theme", "'"),
            ],
            false,
        );
    }

    #[test]
    fn fields_that_applications_read_are_values() {
        let mut writer = HeadWriter::new();
        writer.target(b"/");
        for (name, value) in [
            ("Host", "shop.example"),
            ("User-Agent", "' or 1=1"),
            ("Authorization", "Bearer x"),
            ("If-None-Match", "'"),
            ("Sec-CH-UA", "'"),
            ("Referer", "https://shop.example/?q=%27"),
            ("X-Tenant", "a"),
            ("X-Empty", ""),
            ("Accept-Language", "de"),
        ] {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        let head = writer.request(Version::Http11, Framing::None);
        let mut found = Vec::new();
        let mut sink = |value: Value<'_>| found.push(value.place.to_place().to_string());
        read(&head, 100, &mut Vec::new(), &mut sink);
        let expected =
            ["header user-agent", "header referer", "header x-tenant", "header accept-language"];
        assert_eq!(found, expected);
    }

    #[test]
    fn more_values_than_examined_are_an_oddity() {
        check("/a/b", "", 2, &[("path", "a"), ("path", "b")], false);
        check("/a/b", "", 1, &[("path", "a")], true);
    }
}
