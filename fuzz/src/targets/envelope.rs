//! Envelopes of GraphQL, JSON-RPC, MCP, gRPC and SOAP: names that can be shown, calls within their bounds, and of a
//! sound message sound calls.

use super::input::Input;
use bartizan_inspect::envelope::calls::{BYTES_MAX, calls};
use bartizan_inspect::envelope::{Head, NAME_BYTES_MAX, operation};

const TYPES: &[&[u8]] = &[
    b"application/json",
    b"application/graphql",
    b"application/x-www-form-urlencoded",
    b"application/soap+xml; action=\"urn:a#B\"",
    b"text/xml",
    b"application/grpc+proto",
    b"text/plain",
];

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let content_type = input.one(TYPES);
    let flags = input.byte();
    let is_get = flags & 1 == 1;
    let query = input.until(b'\n');
    let body = input.0;
    let head = Head {
        method: if is_get { b"GET" } else { b"POST" },
        path: if content_type.ends_with(b"proto") { query } else { b"/api" },
        query,
        content_type: Some(content_type),
        soap_action: (flags & 2 == 2).then_some(b"\"urn:a#C\""),
        is_mcp: flags & 4 == 4,
    };
    for is_cut in [false, true] {
        if let Some(found) = operation(&head, body, is_cut) {
            assert!(
                !found.name.is_empty() && found.name.len() <= NAME_BYTES_MAX && found.count > 0
            );
            assert!(found.name.bytes().all(|it| (b' '..=b'~').contains(&it)), "{:?}", found.name);
            assert_eq!(operation(&head, body, is_cut), Some(found));
        }
    }
    let Some(found) = calls(&head, body) else { return };
    assert!(found.texts.iter().map(Vec::len).sum::<usize>() <= BYTES_MAX);
    if is_sound(body) && is_sound(query) {
        for it in &found.texts {
            assert!(is_sound(it), "{}", String::from_utf8_lossy(it));
        }
    }
}

/// JSON, and not so deep that what is made of it is too deep for who reads it here.
fn is_sound(text: &[u8]) -> bool {
    let depth = text.iter().filter(|it| matches!(it, b'{' | b'[')).count();
    text.is_empty() || (depth < 100 && serde_json::from_slice::<serde_json::Value>(text).is_ok())
}
