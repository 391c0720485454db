//! Message heads: one buffer, and spans into it. Nothing is copied per field.
//!
//! A head is only ever built by [`HeadBuilder`], so that its spans always lie inside its buffer.

use crate::known::Known;
use crate::oddity::{Oddities, Oddity};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

/// A request method. Names are case-sensitive (RFC 9110 section 9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
    /// `TRACE`
    Trace,
    /// `CONNECT`
    Connect,
    /// Any other token; its text is [`RequestHead::method_text`].
    Other,
}

impl Method {
    /// Recognises a method by its exact spelling.
    pub const fn of(text: &[u8]) -> Self {
        match text {
            b"GET" => Self::Get,
            b"HEAD" => Self::Head,
            b"POST" => Self::Post,
            b"PUT" => Self::Put,
            b"PATCH" => Self::Patch,
            b"DELETE" => Self::Delete,
            b"OPTIONS" => Self::Options,
            b"TRACE" => Self::Trace,
            b"CONNECT" => Self::Connect,
            _ => Self::Other,
        }
    }

    /// Whether `text` has lower-case letters. No method that anybody registered has any, and some
    /// servers read capitals in their place.
    pub fn is_miswritten(text: &[u8]) -> bool {
        text.iter().any(u8::is_ascii_lowercase)
    }

    /// The name as recorded; other methods are recorded as `OTHER`, because clients invent them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
            Self::Connect => "CONNECT",
            Self::Other => "OTHER",
        }
    }

    /// Whether a body means something to servers of this method. Many never read the body of the
    /// others, and take it for the next request (RFC 9110 section 9.3.1).
    pub const fn expects_body(self) -> bool {
        match self {
            Self::Post | Self::Put | Self::Patch => true,
            Self::Get
            | Self::Head
            | Self::Delete
            | Self::Options
            | Self::Trace
            | Self::Connect
            | Self::Other => false,
        }
    }

    /// Whether sending it twice does what sending it once does (RFC 9110 section 9.2.2).
    pub const fn is_idempotent(self) -> bool {
        match self {
            Self::Get | Self::Head | Self::Put | Self::Delete | Self::Options | Self::Trace => true,
            Self::Post | Self::Patch | Self::Connect | Self::Other => false,
        }
    }
}

/// The protocol version that a message came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// HTTP/1.0
    Http10,
    /// HTTP/1.1
    Http11,
    /// HTTP/2
    Http2,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    /// So many bytes.
    Length(u64),
    /// It says itself where it ends: chunks, or HTTP/2 frames.
    Delimited,
    /// It ends with the connection (responses only).
    Close,
}

/// A stretch of a head's buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

/// One field line.
#[derive(Clone, Copy, Debug)]
struct Field {
    known: Known,
    name: Span,
    value: Span,
}

/// Field lines in the order in which they came.
#[derive(Clone, Debug)]
pub struct Fields {
    buffer: Bytes,
    fields: Vec<Field>,
    /// What is among them, one bit for each [`Known`]: most questions are answered by it.
    present: u64,
}

impl Fields {
    fn new(buffer: Bytes, fields: Vec<Field>) -> Self {
        let present = fields.iter().fold(0, |bits, it| bits | it.known.bit());
        Self { buffer, fields, present }
    }

    /// Whether a field of this kind is there.
    pub fn has(&self, known: Known) -> bool {
        self.present & known.bit() != 0
    }

    /// Whether a field claims where the message came from.
    pub fn has_forwarding(&self) -> bool {
        self.present & Known::FORWARDING_BITS != 0
    }

    /// All field lines: what the name means, name, value without surrounding white space.
    pub fn iter(&self) -> impl Iterator<Item = (Known, &[u8], &[u8])> {
        self.fields.iter().map(|it| (it.known, self.text(it.name), self.text(it.value)))
    }

    /// The value of the first field of this kind.
    pub fn get(&self, known: Known) -> Option<&[u8]> {
        if !self.has(known) {
            return None;
        }
        self.fields.iter().find(|it| it.known == known).map(|it| self.text(it.value))
    }

    /// Whether a field name holds an underscore.
    pub fn has_underscores(&self) -> bool {
        self.fields.iter().any(|it| self.text(it.name).contains(&b'_'))
    }

    /// The fields of a trailer section that may be passed on: nothing that frames, routes,
    /// authenticates or describes the content (RFC 9110 section 6.5.1).
    pub fn of_trailers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        const NEVER: [&[u8]; 8] = [
            b"set-cookie",
            b"cache-control",
            b"content-range",
            b"location",
            b"www-authenticate",
            b"age",
            b"vary",
            b"retry-after",
        ];
        self.iter()
            .filter(|&(known, name, _)| {
                known == Known::Other && !NEVER.iter().any(|it| name.eq_ignore_ascii_case(it))
            })
            .map(|(_, name, value)| (name, value))
    }

    /// How many field lines there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn text(&self, span: Span) -> &[u8] {
        self.buffer.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

/// A request head as it was read.
#[derive(Clone, Debug)]
pub struct RequestHead {
    /// Method.
    pub method: Method,
    /// Version.
    pub version: Version,
    /// How the body ends.
    pub framing: Framing,
    /// What the reader met. Some oddities leave the rest of the head unread.
    pub oddities: Oddities,
    /// Bytes of the head on the wire, as far as read.
    pub bytes: u32,
    /// Field lines.
    pub fields: Fields,
    method_text: Span,
    target: Span,
    canonical: Option<Bytes>,
    authority: Span,
}

impl RequestHead {
    /// The method as spelt by the client.
    pub fn method_text(&self) -> &[u8] {
        self.fields.text(self.method_text)
    }

    /// The target in origin form (`/path?query`), or `*`.
    pub fn target(&self) -> &[u8] {
        self.canonical.as_deref().unwrap_or_else(|| self.fields.text(self.target))
    }

    /// Whether the target ends where the authority begins, as in `http:/` + `/host`.
    pub fn target_touches_authority(&self) -> bool {
        self.target.end == self.authority.start && self.authority.start < self.authority.end
    }

    /// Replaces the target by its canonical spelling: from here on it is the only one.
    pub fn canonicalise(&mut self, target: Bytes) {
        self.canonical = Some(target);
    }

    /// The target up to `?`.
    pub fn path(&self) -> &[u8] {
        self.target().split(|&b| b == b'?').next().unwrap_or_default()
    }

    /// The target behind `?`; empty if there is none.
    pub fn query(&self) -> &[u8] {
        let target = self.target();
        target.iter().position(|&b| b == b'?').and_then(|at| target.get(at + 1..)).unwrap_or(b"")
    }

    /// Host and port from `Host` or `:authority`; empty if there was none.
    pub fn authority(&self) -> &[u8] {
        self.fields.text(self.authority)
    }

    /// Whether the client asks to speak WebSocket (RFC 9110 section 7.8, RFC 6455). A wish for any
    /// other protocol is not passed on, as RFC 9110 allows.
    pub fn upgrade(&self) -> Option<&[u8]> {
        if self.version != Version::Http11 || !self.fields.has(Known::Upgrade) {
            return None;
        }
        let nominated = self.fields.iter().any(|(known, _, value)| {
            known == Known::Connection && list(value).any(|it| it.eq_ignore_ascii_case(b"upgrade"))
        });
        let protocol = self.fields.get(Known::Upgrade).filter(|_| nominated)?;
        // Any other protocol, `h2c` above all, would carry requests that nobody judges.
        protocol.eq_ignore_ascii_case(b"websocket").then_some(protocol)
    }
}

/// A response head as it was read.
#[derive(Clone, Debug)]
pub struct ResponseHead {
    /// Status code.
    pub status: u16,
    /// How the body ends.
    pub framing: Framing,
    /// Bytes of the head on the wire.
    pub bytes: u32,
    /// Whether the upstream will take another request on the same connection.
    pub keeps_alive: bool,
    /// Field lines.
    pub fields: Fields,
    /// Positions of fields that are left out when it is passed on, one bit each.
    left_out: u128,
    /// Fields that are added when it is passed on.
    added: Option<Arc<Added>>,
    /// Those of [`PROTECTIONS`] that are added, one bit each.
    protections: u8,
}

/// What answers tell browsers that do not say so themselves (OWASP REST Security Cheat Sheet; Fetch standard, section 3.6, RFC 6797).
/// The last one over TLS only.
pub const PROTECTIONS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("strict-transport-security", "max-age=31536000"),
];

/// Fields of our own for a response that is passed on: names and values, both well-formed.
pub type Added = [(&'static str, Box<str>)];

impl ResponseHead {
    /// The fields to pass on to the client, in order: nothing that speaks of the upstream's
    /// connection or of framing, which the edge writes anew.
    pub fn passed_on(&self) -> impl Iterator<Item = (Known, &[u8], &[u8])> {
        let passes = |at: usize, known: Known, name: &[u8]| {
            if self.left_out != 0 && self.is_left_out(at) {
                false
            } else if known == Known::Other {
                !self.is_nominated(name)
            } else {
                !known.is_hop_by_hop()
            }
        };
        let fields = self.fields.iter().enumerate();
        fields.filter(move |&(at, (known, name, _))| passes(at, known, name)).map(|(_, it)| it)
    }

    /// Leaves out the fields at these positions, of the first 128.
    pub fn leave_out(&mut self, positions: u128) {
        self.left_out |= positions;
    }

    /// Adds these fields behind its own.
    pub fn add(&mut self, fields: &Arc<Added>) {
        self.added = Some(Arc::clone(fields));
    }

    /// Has it tell browsers what it does not tell them itself.
    pub fn protect(&mut self, is_tls: bool) {
        let all = PROTECTIONS.len() - usize::from(!is_tls);
        for (at, (name, _)) in PROTECTIONS.iter().take(all).enumerate() {
            let says = |field: &[u8]| field.eq_ignore_ascii_case(name.as_bytes());
            if !self.fields.iter().any(|it| says(it.1)) {
                self.protections |= 1 << at;
            }
        }
    }

    /// The fields of our own to pass on with it.
    pub fn added(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let added = self.added.as_deref().unwrap_or_default();
        let all = PROTECTIONS.iter().enumerate();
        let protections = all.filter(|(at, _)| self.protections & (1 << at) != 0).map(|it| *it.1);
        added.iter().map(|it| (it.0, &*it.1)).chain(protections)
    }

    fn is_left_out(&self, at: usize) -> bool {
        u32::try_from(at)
            .is_ok_and(|at| self.left_out.checked_shr(at).is_some_and(|it| it & 1 != 0))
    }

    fn is_nominated(&self, name: &[u8]) -> bool {
        self.fields.iter().any(|(known, _, value)| {
            known == Known::Connection
                && list(value).take(OPTIONS_MAX).any(|it| it.eq_ignore_ascii_case(name))
        })
    }
}

/// Options of one `Connection` field that are looked at. Further ones drop nothing, so that a long
/// list costs no more than a short one.
pub const OPTIONS_MAX: usize = 32;

/// The members of a comma-separated list, trimmed; empty members are left out
/// (RFC 9110 section 5.6.1).
pub fn list(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&b| b == b',').map(<[u8]>::trim_ascii).filter(|it| !it.is_empty())
}

/// Builds a head over a buffer. A span that lies outside the buffer reads as empty.
#[derive(Debug, Default)]
pub struct HeadBuilder {
    fields: Vec<Field>,
    method: Span,
    target: Span,
    authority: Span,
    /// What the reader met so far.
    pub oddities: Oddities,
}

impl HeadBuilder {
    /// With room for `fields` field lines.
    pub fn with_capacity(fields: usize) -> Self {
        Self { fields: Vec::with_capacity(fields), ..Self::default() }
    }

    /// Notes an oddity.
    pub fn oddity(&mut self, oddity: Oddity) {
        self.oddities.insert(oddity);
    }

    /// Where the method stands.
    pub fn method(&mut self, range: std::ops::Range<usize>) {
        self.method = span(range);
    }

    /// Where the target stands, in origin form.
    pub fn target(&mut self, range: std::ops::Range<usize>) {
        self.target = span(range);
    }

    /// Where host and port stand.
    pub fn authority(&mut self, range: std::ops::Range<usize>) {
        self.authority = span(range);
    }

    /// Adds a field line.
    pub fn field(
        &mut self,
        known: Known,
        name: std::ops::Range<usize>,
        value: std::ops::Range<usize>,
    ) {
        self.fields.push(Field { known, name: span(name), value: span(value) });
    }

    /// Field lines so far.
    pub fn field_count(&self) -> usize {
        self.fields.len()
    }

    /// The finished request head. `buffer` is what the spans refer to.
    pub fn request(self, buffer: Bytes, version: Version, framing: Framing) -> RequestHead {
        let bytes = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let fields = Fields::new(buffer, self.fields);
        let method = Method::of(fields.text(self.method));
        RequestHead {
            method,
            version,
            framing,
            oddities: self.oddities,
            bytes,
            fields,
            method_text: self.method,
            target: self.target,
            canonical: None,
            authority: self.authority,
        }
    }

    /// The finished trailer section. `buffer` is what the spans refer to.
    pub fn trailers(self, buffer: Bytes) -> Fields {
        Fields::new(buffer, self.fields)
    }

    /// The finished response head. `buffer` is what the spans refer to.
    pub fn response(self, buffer: Bytes, status: u16, framing: Framing) -> ResponseHead {
        let bytes = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let fields = Fields::new(buffer, self.fields);
        ResponseHead {
            status,
            framing,
            bytes,
            keeps_alive: true,
            fields,
            left_out: 0,
            added: None,
            protections: 0,
        }
    }
}

fn span(range: std::ops::Range<usize>) -> Span {
    let at = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span { start: at(range.start), end: at(range.end) }
}

/// Writes a head piece by piece into a fresh buffer, for readers that have no contiguous text
/// (HTTP/2, replayed recordings).
#[derive(Debug, Default)]
pub struct HeadWriter {
    buffer: BytesMut,
    builder: HeadBuilder,
}

impl HeadWriter {
    /// Starts empty.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the method.
    pub fn method(&mut self, text: &[u8]) {
        let range = self.put(text);
        self.builder.method(range);
    }

    /// Sets the target.
    pub fn target(&mut self, text: &[u8]) {
        let range = self.put(text);
        self.builder.target(range);
    }

    /// Sets host and port.
    pub fn authority(&mut self, text: &[u8]) {
        let range = self.put(text);
        self.builder.authority(range);
    }

    /// Adds a field line.
    pub fn field(&mut self, name: &[u8], value: &[u8]) {
        let (name_at, value_at) = (self.put(name), self.put(value));
        self.builder.field(Known::of(name), name_at, value_at);
    }

    /// Notes an oddity.
    pub fn oddity(&mut self, oddity: Oddity) {
        self.builder.oddity(oddity);
    }

    /// The finished request head.
    pub fn request(self, version: Version, framing: Framing) -> RequestHead {
        self.builder.request(self.buffer.freeze(), version, framing)
    }

    /// The finished trailer section.
    pub fn trailers(self) -> Fields {
        self.builder.trailers(self.buffer.freeze())
    }

    /// The finished response head.
    pub fn response(self, status: u16, framing: Framing) -> ResponseHead {
        self.builder.response(self.buffer.freeze(), status, framing)
    }

    fn put(&mut self, text: &[u8]) -> std::ops::Range<usize> {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(text);
        start..self.buffer.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(target: &str, fields: &[(&str, &str)]) -> RequestHead {
        let mut writer = HeadWriter::new();
        writer.method(b"GET");
        writer.target(target.as_bytes());
        for (name, value) in fields {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        writer.request(Version::Http11, Framing::None)
    }

    #[test]
    fn a_target_splits_at_its_first_question_mark() {
        let it = head("/a?b?c", &[]);
        assert_eq!((it.path(), it.query()), (&b"/a"[..], &b"b?c"[..]));
        let it = head("/a", &[]);
        assert_eq!((it.path(), it.query()), (&b"/a"[..], &b""[..]));
        assert_eq!(head("", &[]).path(), b"");
    }

    #[test]
    fn an_upgrade_counts_only_if_connection_names_it() {
        assert_eq!(head("/", &[("upgrade", "websocket")]).upgrade(), None);
        let it = head("/", &[("Connection", "keep-alive, Upgrade"), ("upgrade", "websocket")]);
        assert_eq!(it.upgrade(), Some(&b"websocket"[..]));
        let it = head("/", &[("Connection", "Upgrade, HTTP2-Settings"), ("upgrade", "h2c")]);
        assert_eq!(it.upgrade(), None);
    }

    #[test]
    fn a_span_outside_the_buffer_reads_as_empty() {
        let mut builder = HeadBuilder::default();
        builder.target(3..9);
        let it = builder.request(Bytes::from_static(b"GET"), Version::Http11, Framing::None);
        assert_eq!(it.target(), b"");
    }

    #[test]
    fn an_answer_tells_browsers_what_it_does_not_tell_them_itself() {
        let mut head = HeadWriter::new();
        head.field(b"X-Frame-Options", b"SAMEORIGIN");
        let head = head.response(200, Framing::None);
        let names = |is_tls| {
            let mut head = head.clone();
            head.protect(is_tls);
            head.added().map(|it| it.0).collect::<Vec<_>>()
        };
        let plain = ["x-content-type-options", "content-security-policy", "referrer-policy"];
        assert_eq!(names(false), plain);
        assert_eq!(names(true), [&plain[..], &["strict-transport-security"]].concat());
    }
}
