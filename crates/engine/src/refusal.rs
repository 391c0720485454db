//! Our own replies: they tell a client a code and a decision id, and no more, in the protocol that
//! the client speaks.
//!
//! Reads    the request head: what the client asked in, and whether a browser's page did.
//! Source   RFC 9457 (problem+json); the gRPC protocol's HTTP/2 mapping (trailers-only); the GraphQL
//!          over HTTP draft, section 6; the Fetch standard, section 3.2 (CORS).

use bartizan_model::code::Code;
use bartizan_model::head::{Method, RequestHead};
use bartizan_model::id::ExchangeId;
use bartizan_model::known::Known;
use bytes::Bytes;

/// Longest `Origin` that is given back, in bytes.
const ORIGIN_BYTES_MAX: usize = 256;

/// A complete reply of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnReply {
    /// Status.
    pub status: u16,
    /// Why.
    pub code: Code,
    /// Media type of `body`.
    pub media_type: &'static str,
    /// The document; empty towards gRPC clients.
    pub body: Bytes,
    /// Further fields, in lower case, each with a checked value.
    pub fields: Vec<(&'static str, Bytes)>,
    /// Whether the connection must not be used again, because it cannot be known where the next
    /// request on it begins.
    pub close: bool,
}

/// How a client wants to be spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Problem documents.
    #[default]
    Http,
    /// A status in trailers.
    Grpc,
    /// The same, in a body that browsers can read.
    GrpcWeb,
    /// A list of errors.
    GraphQl,
}

/// To whom a reply goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Its protocol.
    pub dialect: Dialect,
    /// The page that a browser asks for; without leave, the browser would hide our reply from it.
    pub origin: Option<Bytes>,
    /// Whether this is a browser's question whether it may ask (Fetch standard, section 4.8). It
    /// carries no credentials, so it is never refused for want of them.
    pub is_preflight: bool,
}

impl Addressee {
    /// Who sent this head.
    pub fn of(head: &RequestHead) -> Self {
        let origin = head.fields.get(Known::Origin).filter(|it| is_origin(it));
        let is_preflight = head.method == Method::Options
            && origin.is_some()
            && head
                .fields
                .iter()
                .any(|(_, name, _)| name.eq_ignore_ascii_case(b"access-control-request-method"));
        let origin = origin.map(Bytes::copy_from_slice);
        Self { dialect: dialect(head), origin, is_preflight }
    }
}

fn dialect(head: &RequestHead) -> Dialect {
    let media_type = head.fields.get(Known::ContentType).unwrap_or_default();
    let begins =
        |with: &[u8]| media_type.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with));
    if begins(b"application/grpc-web") {
        return Dialect::GrpcWeb;
    }
    if begins(b"application/grpc") {
        return Dialect::Grpc;
    }
    let is_graphql_path =
        head.path().rsplit(|&b| b == b'/').find(|it| !it.is_empty()) == Some(b"graphql");
    if begins(b"application/graphql") || is_graphql_path { Dialect::GraphQl } else { Dialect::Http }
}

/// A serialised origin as browsers send it: nothing that could end a field or a document.
fn is_origin(text: &[u8]) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"-.:/[]_".contains(&b);
    text.len() <= ORIGIN_BYTES_MAX && text.iter().all(|&b| is_part(b)) && !text.is_empty()
}

/// The reply for a refusal or failure with this code.
pub fn own_reply(code: Code, id: ExchangeId, to: &Addressee) -> OwnReply {
    reply(code.entry().status, code, id, to)
}

/// The reply in place of a response with this status that gave too much away.
pub fn scrubbed_reply(status: u16, code: Code, id: ExchangeId, to: &Addressee) -> OwnReply {
    OwnReply { close: false, ..reply(status, code, id, to) }
}

/// A reply that asks to come back after so many seconds.
#[must_use]
pub fn later(mut reply: OwnReply, seconds: u64) -> OwnReply {
    reply.fields.retain(|(name, _)| *name != "retry-after");
    reply.fields.push(("retry-after", Bytes::from(seconds.max(1).to_string())));
    reply
}

/// A reply that says which credential is asked for. Clients of gRPC know it by the status.
#[must_use]
pub fn challenging(mut reply: OwnReply, challenge: Bytes) -> OwnReply {
    if matches!(reply.status, 401 | 403) {
        reply.fields.push(("www-authenticate", challenge));
    }
    reply
}

fn reply(status: u16, code: Code, id: ExchangeId, to: &Addressee) -> OwnReply {
    let entry = code.entry();
    let (name, title) = (entry.name, entry.title);
    let text = Bytes::from_static;
    let mut fields = vec![("cache-control", text(b"no-store"))];
    if status == 503 {
        fields.push(("retry-after", text(b"1")));
    }
    if status == 405 {
        // RFC 9110 section 15.5.6 asks for the field; which methods an endpoint has is not known.
        fields.push(("allow", Bytes::new()));
    }
    if let Some(origin) = &to.origin {
        fields.push(("access-control-allow-origin", origin.clone()));
        fields.push(("access-control-allow-credentials", text(b"true")));
        fields.push((
            "access-control-expose-headers",
            text(b"retry-after, www-authenticate, grpc-status, grpc-message"),
        ));
        fields.push(("vary", text(b"origin")));
    }
    // Every part of a document is ours: no escaping is needed.
    let (status, media_type, body) = match to.dialect {
        Dialect::Http => {
            let body = format!(
                concat!(
                    "{{\"type\":\"urn:bartizan:code:{name}\",\"title\":\"{title}\",",
                    "\"status\":{status},\"code\":\"{name}\",\"decision_id\":\"{id}\"}}"
                ),
                name = name,
                title = title,
                status = status,
                id = id
            );
            (status, "application/problem+json", Bytes::from(body))
        }
        Dialect::GraphQl => {
            let body = format!(
                "{{\"errors\":[{{\"message\":\"{title}\",\"extensions\":{{\"code\":\"{name}\",\
                 \"decision_id\":\"{id}\"}}}}]}}"
            );
            (status, "application/json", Bytes::from(body))
        }
        Dialect::Grpc | Dialect::GrpcWeb => {
            fields.push(("grpc-status", text(grpc_status(status).as_bytes())));
            let message = format!("{title}; {name}; decision {id}");
            fields.push(("grpc-message", Bytes::from(message)));
            let is_web = to.dialect == Dialect::GrpcWeb;
            let media_type = if is_web { "application/grpc-web" } else { "application/grpc" };
            (200, media_type, Bytes::new())
        }
    };
    OwnReply { status, code, media_type, body, fields, close: is_fatal(code) }
}

/// The status of gRPC that says the same (its status-code list).
const fn grpc_status(http: u16) -> &'static str {
    match http {
        401 => "16",                  // UNAUTHENTICATED
        403 => "7",                   // PERMISSION_DENIED
        404 | 405 => "12",            // UNIMPLEMENTED
        408 | 504 => "4",             // DEADLINE_EXCEEDED
        413 | 414 | 429 | 431 => "8", // RESOURCE_EXHAUSTED
        400..=499 => "3",             // INVALID_ARGUMENT
        502 | 503 => "14",            // UNAVAILABLE
        _ => "13",                    // INTERNAL
    }
}

/// Codes after which the place where the next request begins is not certain.
fn is_fatal(code: Code) -> bool {
    use bartizan_model::clause::ClauseName::{LawFraming, LawLimits};
    matches!(code.entry().clause, LawFraming | LawLimits) && code.name() != "path.encoded_nul"
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::head::{Framing, HeadWriter, Version};

    fn id() -> ExchangeId {
        ExchangeId::new(0, 0)
    }

    fn head(method: &str, target: &str, fields: &[(&str, &str)]) -> RequestHead {
        let mut writer = HeadWriter::new();
        writer.method(method.as_bytes());
        writer.target(target.as_bytes());
        fields.iter().for_each(|(name, value)| writer.field(name.as_bytes(), value.as_bytes()));
        writer.request(Version::Http11, Framing::None)
    }

    fn field(reply: &OwnReply, name: &str) -> Option<String> {
        let found = reply.fields.iter().find(|it| it.0 == name)?;
        Some(String::from_utf8_lossy(&found.1).into_owned())
    }

    #[test]
    fn a_refusal_tells_code_and_decision_only() {
        let reply = own_reply(Code::ContentSqlInjection, id(), &Addressee::default());
        assert_eq!(
            str::from_utf8(&reply.body).unwrap(),
            "{\"type\":\"urn:bartizan:code:content.sql_injection\",\"title\":\"request refused\",\
             \"status\":403,\"code\":\"content.sql_injection\",\
             \"decision_id\":\"00000000-0000-7000-8000-000000000000\"}"
        );
        assert_eq!((reply.status, reply.close), (403, false));
        assert_eq!(field(&reply, "retry-after"), None);
    }

    #[test]
    fn a_framing_refusal_closes_and_overload_may_be_tried_again() {
        let to = Addressee::default();
        assert!(own_reply(Code::FramingBareLf, id(), &to).close);
        let shed = own_reply(Code::LimitHeld, id(), &to);
        assert_eq!((shed.status, field(&shed, "retry-after")), (503, Some("1".to_owned())));
        let slow = later(own_reply(Code::ClientTooFast, id(), &to), 7);
        assert_eq!((slow.status, field(&slow, "retry-after")), (429, Some("7".to_owned())));
    }

    #[test]
    fn a_grpc_client_gets_a_grpc_status() {
        let fields = [("Content-Type", "application/grpc+proto")];
        let to = Addressee::of(&head("POST", "/shop.Orders/Get", &fields));
        let reply = own_reply(Code::ContentSqlInjection, id(), &to);
        assert_eq!((reply.status, reply.media_type), (200, "application/grpc"));
        assert_eq!(field(&reply, "grpc-status").as_deref(), Some("7"));
        assert!(reply.body.is_empty());
    }

    #[test]
    fn a_graphql_client_gets_errors() {
        let to = Addressee::of(&head("POST", "/api/graphql?x=1", &[]));
        let reply = own_reply(Code::ContentSqlInjection, id(), &to);
        assert_eq!(
            str::from_utf8(&reply.body).unwrap(),
            "{\"errors\":[{\"message\":\"request refused\",\"extensions\":{\"code\":\
             \"content.sql_injection\",\"decision_id\":\"00000000-0000-7000-8000-000000000000\"}}]}"
        );
        assert_eq!(reply.status, 403);
    }

    #[test]
    fn a_page_may_read_its_refusal_and_no_origin_can_forge_a_field() {
        let of = |origin| Addressee::of(&head("GET", "/", &[("Origin", origin)]));
        let reply = own_reply(Code::ClientTooFast, id(), &of("https://shop.example"));
        let allowed = field(&reply, "access-control-allow-origin");
        assert_eq!(allowed.as_deref(), Some("https://shop.example"));
        assert_eq!(field(&reply, "vary").as_deref(), Some("origin"));
        assert_eq!(of("https://a\" x").origin, None);
        assert_eq!(of(&"a".repeat(ORIGIN_BYTES_MAX + 1)).origin, None);
    }

    #[test]
    fn a_preflight_is_an_options_request_of_a_page_that_names_a_method() {
        let origin = ("Origin", "https://shop.example");
        let asks = ("Access-Control-Request-Method", "PUT");
        let is = |method, fields: &[_]| Addressee::of(&head(method, "/", fields)).is_preflight;
        assert!(is("OPTIONS", &[origin, asks]));
        assert!(
            !is("OPTIONS", &[asks]) && !is("OPTIONS", &[origin]) && !is("GET", &[origin, asks])
        );
    }

    #[test]
    fn no_title_needs_escaping() {
        for code in Code::ALL {
            let text = code.entry().title;
            assert!(
                text.bytes().all(|b| b.is_ascii_lowercase() || b" -APIHT/".contains(&b)),
                "{text}"
            );
        }
    }
}
