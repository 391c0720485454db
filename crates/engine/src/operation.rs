//! The operation within a message: many APIs have one path and say in the body what they are asked for.
//!
//! Reads    the head, and as much of the body as was held.
//! Writes   the envelope and the name of the operation, as `graphql mutation createOrder`; the calls that it makes.
//! Misses   operations of bodies that are passed on without being held; see [`envelope`] for the rest.

use bartizan_inspect::envelope;
use bartizan_inspect::envelope::calls::{Calls, calls};
use bartizan_model::head::RequestHead;
use bartizan_model::known::Known;
use std::sync::Arc;

/// The operation that a request asks for; empty if its path and method say it all. `is_cut` says that there is
/// more of the body.
pub(crate) fn operation(head: &RequestHead, body: &[u8], is_cut: bool) -> Arc<str> {
    let mut asks = asks(head);
    if body.is_empty() && asks.query.is_empty() && asks.content_type.is_none() {
        return Arc::default();
    }
    for (known, name, value) in head.fields.iter() {
        let is =
            |wanted: &str| known == Known::Other && name.eq_ignore_ascii_case(wanted.as_bytes());
        match name.len() {
            10 if is("soapaction") => asks.soap_action = Some(value),
            14 if is("mcp-session-id") => asks.is_mcp = true,
            20 if is("mcp-protocol-version") => asks.is_mcp = true,
            _ => {}
        }
    }
    match envelope::operation(&asks, body, is_cut) {
        Some(it) => format!("{} {}", it.envelope.name(), it.name).into(),
        None => Arc::default(),
    }
}

/// The calls that a request makes within an envelope, of GraphQL or JSON-RPC; `body` is all of it.
pub(crate) fn called(head: &RequestHead, body: &[u8]) -> Option<Calls> {
    if body.is_empty() && head.query().is_empty() {
        return None;
    }
    calls(&asks(head), body)
}

fn asks(head: &RequestHead) -> envelope::Head<'_> {
    envelope::Head {
        method: head.method.name().as_bytes(),
        path: head.path(),
        query: head.query(),
        content_type: head.fields.get(Known::ContentType),
        soap_action: None,
        is_mcp: false,
    }
}
