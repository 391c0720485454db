//! gRPC and gRPC-Web: the path is the operation.
//!
//! Reads    the media type and the last two segments of the path; a prefix in front of them is a mount.
//! Misses   which messages a stream carries, and how many.
//! Source   gRPC over HTTP/2 (PROTOCOL-HTTP2.md), gRPC-Web (PROTOCOL-WEB.md).

use super::{Envelope, Head, Operation, media_type};

/// The method that a request calls, if its media type is one of gRPC.
pub(super) fn operation(head: &Head<'_>) -> Option<Operation> {
    let media = media_type(head.content_type?);
    let rest = media.strip_prefix(b"application/grpc")?;
    // `application/grpc`, `…+proto`, `…-web`, `…-web-text+proto`.
    let is_grpc = matches!(rest, [] | [b'+', ..]) || rest.starts_with(b"-web");
    is_grpc.then(|| Operation::new(Envelope::Grpc, name(head.path)))
}

fn name(path: &[u8]) -> Option<String> {
    let mut segments = path.rsplit(|&b| b == b'/');
    let (method, service) = (segments.next()?, segments.next()?);
    segments.next()?;
    let is_service = service.split(|&b| b == b'.').all(is_word);
    let is_name = is_word(method) && is_service;
    is_name.then(|| String::from_utf8([service, b"/", method].concat()).ok()).flatten()
}

/// Whether this is an identifier of protocol buffers.
fn is_word(text: &[u8]) -> bool {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    !text.first().is_none_or(u8::is_ascii_digit) && text.iter().all(is_part)
}
