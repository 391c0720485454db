//! Our own replies: problem documents that tell a client a code and a decision id, and no more.
//!
//! Source   RFC 9457 (problem+json).

use bartizan_model::code::Code;
use bartizan_model::id::ExchangeId;
use bytes::Bytes;

/// A complete reply of our own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnReply {
    /// Status.
    pub status: u16,
    /// Why; also the value of no field that the client sent.
    pub code: Code,
    /// The problem document.
    pub body: Bytes,
    /// Seconds for `Retry-After`, where trying again makes sense.
    pub retry_after_s: Option<u32>,
    /// Whether the connection must not be used again, because it cannot be known where the next
    /// request on it begins.
    pub close: bool,
}

/// Media type of [`OwnReply::body`].
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The reply for a refusal or failure with this code.
pub fn own_reply(code: Code, id: ExchangeId) -> OwnReply {
    let entry = code.entry();
    // Every part is ours: no escaping is needed.
    let body = format!(
        concat!(
            "{{\"type\":\"urn:bartizan:code:{name}\",\"title\":\"{title}\",",
            "\"status\":{status},\"code\":\"{name}\",\"decision_id\":\"{id}\"}}"
        ),
        name = entry.name,
        title = entry.title,
        status = entry.status,
        id = id
    );
    OwnReply {
        status: entry.status,
        code,
        body: Bytes::from(body),
        retry_after_s: (entry.status == 503).then_some(1),
        close: is_fatal(code),
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

    #[test]
    fn a_refusal_tells_code_and_decision_only() {
        let reply = own_reply(Code::ContentSqlInjection, ExchangeId::new(0, 0));
        assert_eq!(
            str::from_utf8(&reply.body).unwrap(),
            "{\"type\":\"urn:bartizan:code:content.sql_injection\",\"title\":\"request refused\",\
             \"status\":403,\"code\":\"content.sql_injection\",\
             \"decision_id\":\"00000000-0000-7000-8000-000000000000\"}"
        );
        assert_eq!((reply.status, reply.close, reply.retry_after_s), (403, false, None));
    }

    #[test]
    fn a_framing_refusal_closes_and_overload_may_be_tried_again() {
        assert!(own_reply(Code::FramingBareLf, ExchangeId::new(0, 0)).close);
        let shed = own_reply(Code::LimitHeld, ExchangeId::new(0, 0));
        assert_eq!((shed.status, shed.retry_after_s), (503, Some(1)));
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
