//! Writing HTTP/1 anew: every head that leaves is composed from what was judged, with one framing
//! of our own. Nothing of the client's wire format survives.

use super::head::is_token;
use bartizan_contract::permit::Permit;
use bartizan_engine::refusal::OwnReply;
use bartizan_engine::step::{BodyPlan, Rest};
use bartizan_model::head::{Framing, Method, ResponseHead, Version};
use bartizan_model::judged::JudgedHead;
use bartizan_model::known::Known;
use bytes::{BufMut, BytesMut};
use std::io::Write;

/// Framing of a message that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framed {
    /// No body at all.
    None,
    /// `Content-Length`.
    Length(u64),
    /// Chunks.
    Chunked,
    /// Until the connection closes (to HTTP/1.0 clients).
    Close,
}

impl Framed {
    /// How a forwarded request is framed.
    pub fn of_request(permit: &Permit, plan: &BodyPlan) -> Self {
        match (plan.rest, permit.head().head().framing) {
            (Rest::NoBody, _) => Self::None,
            (Rest::End, _) => Self::Length(plan.held.len() as u64),
            (Rest::Stream, Framing::Length(length)) => Self::Length(length),
            (Rest::Stream, Framing::None | Framing::Delimited | Framing::Close) => Self::Chunked,
        }
    }

    /// How a response that is passed on is framed towards a client of this version.
    pub fn of_response(head: &ResponseHead, client: Version) -> Self {
        match (head.framing, client) {
            (Framing::None, _) => Self::None,
            (Framing::Length(length), _) => Self::Length(length),
            (Framing::Delimited | Framing::Close, Version::Http10) => Self::Close,
            (Framing::Delimited | Framing::Close, Version::Http11 | Version::Http2) => {
                Self::Chunked
            }
        }
    }
}

/// Writes the head of a forwarded request. `default_host` is used where the client named none.
pub fn request_head(out: &mut BytesMut, permit: &Permit, framed: Framed, default_host: &str) {
    let judged = permit.head();
    let head = judged.head();
    let host = judged.host().unwrap_or(default_host.as_bytes());
    out.reserve(head.bytes as usize + 256);
    out.put_slice(head.method_text());
    out.put_slice(b" ");
    out.put_slice(judged.target());
    out.put_slice(b" HTTP/1.1\r\nhost: ");
    out.put_slice(host);
    out.put_slice(b"\r\n");
    for (name, value) in judged.fields() {
        field(out, name, value);
    }
    if let Some(protocol) = head.upgrade() {
        out.put_slice(b"connection: upgrade\r\n");
        field(out, b"upgrade", protocol);
    }
    framing(out, framed);
    if !matches!(framed, Framed::None | Framed::Length(0)) && !head.method.expects_body() {
        // A server that does not read this body must not find it in front of a next request.
        out.put_slice(b"connection: close\r\n");
    }
    let asked = if head.authority().is_empty() { host } else { head.authority() };
    origin_fields(judged, asked, |name, value| put_field(out, name, value));
    out.put_slice(b"\r\n");
}

/// What the upstream is told of where a request came from; nothing that a client said of it is
/// left. `host` is the one that the client asked for.
pub fn origin_fields(judged: &JudgedHead, host: &[u8], mut put: impl FnMut(&[u8], &[u8])) {
    let client = judged.client();
    let mut address = AddressText { bytes: [0; 48], length: 0 };
    // The text of an address always fits.
    write!(address, "{}", client.address).ok();
    put(b"x-forwarded-for", address.text());
    put(b"x-real-ip", address.text());
    put(b"x-forwarded-host", host);
    put(b"x-forwarded-proto", if client.tls { b"https" } else { b"http" });
}

/// Room for an address as text.
struct AddressText {
    bytes: [u8; 48],
    length: usize,
}

impl AddressText {
    fn text(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Write for AddressText {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        let room = self.bytes.get_mut(self.length..).unwrap_or_default();
        let count = (&mut *room).write(text)?;
        self.length += count;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Writes the head of a response that is passed on.
pub fn response_head(
    out: &mut BytesMut,
    head: &ResponseHead,
    method: Method,
    client: Version,
    framed: Framed,
    keep_alive: bool,
) {
    out.reserve(head.bytes as usize + 64);
    status_line(out, head.status);
    for (known, name, value) in head.passed_on() {
        if known != Known::Connection {
            field(out, name, value);
        }
    }
    added(out, head);
    match framed {
        // What a HEAD or 304 response says of the length is information, not framing.
        Framed::None if method == Method::Head || head.status == 304 => {
            if let Some(length) = head.fields.get(Known::ContentLength) {
                field(out, b"content-length", length);
            }
        }
        Framed::None if has_length(head.status) => framing(out, Framed::Length(0)),
        Framed::None | Framed::Length(_) | Framed::Chunked | Framed::Close => framing(out, framed),
    }
    connection(out, client, keep_alive && framed != Framed::Close);
    out.put_slice(b"\r\n");
}

/// Writes the head of a `101` response, which ends HTTP on both connections.
pub fn switching_head(out: &mut BytesMut, head: &ResponseHead) {
    status_line(out, head.status);
    for (_, name, value) in head.passed_on() {
        field(out, name, value);
    }
    added(out, head);
    out.put_slice(b"connection: upgrade\r\n");
    if let Some(protocol) = head.fields.get(Known::Upgrade) {
        field(out, b"upgrade", protocol);
    }
    out.put_slice(b"\r\n");
}

/// Writes a whole reply of our own; a HEAD request gets its head only.
pub fn own_reply(
    out: &mut BytesMut,
    reply: &OwnReply,
    method: Method,
    version: Version,
    keep_alive: bool,
) {
    status_line(out, reply.status);
    put(
        out,
        format_args!(
            "content-type: {}\r\ncontent-length: {}\r\n",
            reply.media_type,
            reply.body.len()
        ),
    );
    for (name, value) in &reply.fields {
        field(out, name.as_bytes(), value);
    }
    connection(out, version, keep_alive);
    out.put_slice(b"\r\n");
    if method != Method::Head {
        out.put_slice(&reply.body);
    }
}

/// Writes a piece of a body under its framing, and its end if it is the last.
pub fn data(out: &mut BytesMut, bytes: &[u8], framed: Framed, end: bool) {
    match framed {
        Framed::Chunked => {
            if !bytes.is_empty() {
                put(out, format_args!("{:x}\r\n", bytes.len()));
                out.put_slice(bytes);
                out.put_slice(b"\r\n");
            }
            if end {
                out.put_slice(b"0\r\n\r\n");
            }
        }
        Framed::None | Framed::Length(_) | Framed::Close => out.put_slice(bytes),
    }
}

/// Writes the end of a chunked body, with trailer fields.
pub fn trailers<'a>(out: &mut BytesMut, fields: impl Iterator<Item = (&'a [u8], &'a [u8])>) {
    out.put_slice(b"0\r\n");
    fields.for_each(|(name, value)| field(out, name, value));
    out.put_slice(b"\r\n");
}

/// Writes the head of an interim response.
pub fn interim_head(out: &mut BytesMut, head: &ResponseHead) {
    status_line(out, head.status);
    for (_, name, value) in head.passed_on() {
        field(out, name, value);
    }
    out.put_slice(b"\r\n");
}

fn status_line(out: &mut BytesMut, status: u16) {
    if status == 200 {
        out.put_slice(b"HTTP/1.1 200 OK\r\n");
        return;
    }
    let reason = http::StatusCode::from_u16(status).ok().and_then(|it| it.canonical_reason());
    put(out, format_args!("HTTP/1.1 {status} {}\r\n", reason.unwrap_or_default()));
}

/// RFC 9110 section 8.6: no length on 1xx and 204.
fn has_length(status: u16) -> bool {
    !matches!(status, 100..=199 | 204)
}

fn added(out: &mut BytesMut, head: &ResponseHead) {
    head.added().for_each(|(name, value)| field(out, name.as_bytes(), value.as_bytes()));
}

fn field(out: &mut BytesMut, name: &[u8], value: &[u8]) {
    // The reader has checked both; a name that is no token would end up here only by our fault,
    // and must not become somebody else's framing.
    if name.iter().all(|&b| is_token(b)) && !value.iter().any(|&b| matches!(b, b'\r' | b'\n' | 0)) {
        put_field(out, name, value);
    }
}

/// Writes a field that is known to be well-formed.
fn put_field(out: &mut BytesMut, name: &[u8], value: &[u8]) {
    out.put_slice(name);
    out.put_slice(b": ");
    out.put_slice(value);
    out.put_slice(b"\r\n");
}

fn framing(out: &mut BytesMut, framed: Framed) {
    match framed {
        Framed::None | Framed::Close => {}
        Framed::Length(length) => put(out, format_args!("content-length: {length}\r\n")),
        Framed::Chunked => out.put_slice(b"transfer-encoding: chunked\r\n"),
    }
}

fn connection(out: &mut BytesMut, version: Version, keep_alive: bool) {
    match (version, keep_alive) {
        (Version::Http11 | Version::Http2, true) => {}
        (Version::Http10, true) => out.put_slice(b"connection: keep-alive\r\n"),
        (_, false) => out.put_slice(b"connection: close\r\n"),
    }
}

fn put(out: &mut BytesMut, arguments: std::fmt::Arguments<'_>) {
    // A BytesMut grows as needed: writing to it cannot fail.
    drop(out.writer().write_fmt(arguments));
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_engine::refusal;
    use bartizan_model::code::Code;
    use bartizan_model::head::HeadWriter;
    use bartizan_model::id::ExchangeId;

    #[track_caller]
    fn check_response(
        fields: &[(&str, &str)],
        status: u16,
        framing: Framing,
        client: Version,
        expected: &str,
    ) {
        let mut writer = HeadWriter::new();
        for (name, value) in fields {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        let head = writer.response(status, framing);
        let framed = Framed::of_response(&head, client);
        let mut out = BytesMut::new();
        response_head(&mut out, &head, Method::Get, client, framed, true);
        assert_eq!(str::from_utf8(&out).unwrap(), expected);
    }

    #[test]
    fn a_response_is_framed_anew() {
        check_response(
            &[("Server", "x"), ("Content-Length", "3"), ("Connection", "X-Hop"), ("X-Hop", "1")],
            200,
            Framing::Length(3),
            Version::Http11,
            "HTTP/1.1 200 OK\r\nServer: x\r\ncontent-length: 3\r\n\r\n",
        );
        check_response(
            &[("Transfer-Encoding", "chunked")],
            200,
            Framing::Delimited,
            Version::Http11,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        );
        check_response(
            &[],
            200,
            Framing::Close,
            Version::Http10,
            "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        );
        check_response(
            &[],
            404,
            Framing::None,
            Version::Http11,
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        );
        check_response(&[], 204, Framing::None, Version::Http11, "HTTP/1.1 204 No Content\r\n\r\n");
    }

    #[test]
    fn a_reply_of_our_own_is_complete() {
        let reply = refusal::own_reply(
            Code::MethodTrace,
            ExchangeId::new(0, 0),
            &refusal::Addressee::default(),
        );
        let mut out = BytesMut::new();
        own_reply(&mut out, &reply, Method::Head, Version::Http11, false);
        let text = str::from_utf8(&out).unwrap();
        assert!(text.starts_with(
            "HTTP/1.1 405 Method Not Allowed\r\ncontent-type: application/problem+json\r\n"
        ));
        assert!(text.ends_with("connection: close\r\n\r\n"), "{text}");
    }

    #[test]
    fn pieces_become_chunks() {
        let mut out = BytesMut::new();
        data(&mut out, b"hello world, hello", Framed::Chunked, false);
        data(&mut out, b"", Framed::Chunked, false);
        data(&mut out, b"", Framed::Chunked, true);
        assert_eq!(&out[..], b"12\r\nhello world, hello\r\n0\r\n\r\n");
    }
}
