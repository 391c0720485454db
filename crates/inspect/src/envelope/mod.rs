//! Operations inside envelopes: where one path carries many operations, the message says which is meant.
//!
//! Reads    of a request head what names an envelope, and the body: the whole of it, or its beginning.
//! Writes   which envelope it is, a name that sorts requests of one operation together, how many operations
//!          the message holds, and whether it changes anything.
//! Memory   the texts of the members that decide, and for GraphQL the names of the root fields.
//! Errors   none. `None` means that this is no envelope, or not one that can be told from ordinary JSON.
//!          An envelope that is sure but whose operation is not has the name [`OTHER`]: the body is cut or
//!          broken, a member that decides is there twice with two values (servers differ in which one
//!          counts, so neither first nor last is taken), or the name is no identifier.
//! Misses   JSON-RPC 1.0, XML-RPC, OData batches, Connect, GraphQL in multipart forms, SOAP in MIME parts;
//!          a SOAP service that goes by the action although the body has a child.
//! Cost     A body that mentions neither `query` nor `jsonrpc` costs one look for four letters: 0.2 µs for
//!          1.4 KiB. Measured on a busy machine: GraphQL of 2 KiB 9 to 24 µs, of 62 KiB 240 to 530 µs, the
//!          worst that was found 2.4 ms (64 KiB of 21,000 lists in a list). `apollo-parser` 0.8 took 105 µs
//!          and 3,200 µs for the same texts and 6,400 µs for 10,000 aliases, which is why the grammar is our
//!          own.

pub mod answer_names;
pub mod calls;
mod graphql;
mod grpc;
mod json;
pub mod json_patch;
mod members;
mod rpc;
mod soap;

use crate::body::Format;
use crate::json::looks_like_container;

/// Bytes of a body that are looked at.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// Bytes of an operation's name.
pub const NAME_BYTES_MAX: usize = 128;

/// The name of an operation that is none of those that have one.
pub const OTHER: &str = "other";

/// Names that one name lists; the others are a number.
const LISTED_MAX: usize = 4;
/// Bytes that the number of those left out takes at most: `+65535`.
const REST_BYTES: usize = 6;

/// What of a request's head tells an envelope.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head<'a> {
    /// As it was sent: `POST`.
    pub method: &'a [u8],
    /// Without query.
    pub path: &'a [u8],
    /// Without the question mark.
    pub query: &'a [u8],
    /// The `Content-Type`.
    pub content_type: Option<&'a [u8]>,
    /// The `SOAPAction` (SOAP 1.1).
    pub soap_action: Option<&'a [u8]>,
    /// Whether it has an `MCP-Protocol-Version` or an `Mcp-Session-Id`.
    pub is_mcp: bool,
}

/// What carries operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Envelope {
    /// GraphQL over HTTP.
    GraphQl,
    /// JSON-RPC 2.0.
    JsonRpc,
    /// JSON-RPC 2.0 that is the Model Context Protocol.
    Mcp,
    /// gRPC or gRPC-Web.
    Grpc,
    /// SOAP 1.1 or 1.2.
    Soap,
}

/// The operation that a message asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What carries it.
    pub envelope: Envelope,
    /// At most [`NAME_BYTES_MAX`] bytes of printable ASCII, [`OTHER`] if it has none.
    pub name: String,
    /// How many operations the message holds: elements of a batch, root fields of GraphQL by the name of
    /// their answer. At least 1.
    pub count: u16,
    /// Whether it changes anything, where the envelope says so.
    pub is_write: Option<bool>,
}

impl Envelope {
    /// Every envelope.
    pub const ALL: [Self; 5] = [Self::GraphQl, Self::JsonRpc, Self::Mcp, Self::Grpc, Self::Soap];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::GraphQl => "graphql",
            Self::JsonRpc => "jsonrpc",
            Self::Mcp => "mcp",
            Self::Grpc => "grpc",
            Self::Soap => "soap",
        }
    }
}

impl Operation {
    fn new(envelope: Envelope, name: Option<String>) -> Self {
        let name = name.filter(|it| it.len() <= NAME_BYTES_MAX);
        let name = name.unwrap_or_else(|| OTHER.to_owned());
        Self { envelope, name, count: 1, is_write: None }
    }
}

/// The operation that a request asks for, if it is an envelope. `body` begins as the request's body does;
/// `is_cut` says that there is more of it. Beyond [`BODY_BYTES_MAX`] nothing is read.
pub fn operation(head: &Head<'_>, body: &[u8], is_cut: bool) -> Option<Operation> {
    let is_cut = is_cut || body.len() > BODY_BYTES_MAX;
    let body = body.get(..BODY_BYTES_MAX).unwrap_or(body);
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if let Some(found) = grpc::operation(head) {
        return Some(found);
    }
    if head.method.eq_ignore_ascii_case(b"get") || head.method.eq_ignore_ascii_case(b"head") {
        return graphql::of_query(head);
    }
    let media = head.content_type.map(media_type).unwrap_or_default();
    // A document begins like JSON.
    if media == b"application/graphql" {
        return Some(graphql::of_text(head, body, is_cut));
    }
    if looks_like_container(body) {
        return of_json(head, body);
    }
    if media.windows(3).any(|it| it == b"xml") {
        return soap::operation(head, &media, body);
    }
    match Format::of(head.content_type) {
        Format::Form => graphql::of_form(head, body, is_cut),
        Format::Json
        | Format::Lenient
        | Format::Text
        | Format::Xml
        | Format::Multipart
        | Format::Protobuf
        | Format::Grpc
        | Format::Opaque => graphql::of_query(head),
    }
}

fn of_json(head: &Head<'_>, body: &[u8]) -> Option<Operation> {
    if !json::mentions(body) {
        return graphql::of_query(head);
    }
    let batch = json::Batch::of(body);
    rpc::operation(head, &batch).or_else(|| graphql::of_batch(head, batch))
}

/// The media type of a `Content-Type`, in small letters.
fn media_type(content_type: &[u8]) -> Vec<u8> {
    let media = content_type.split(|&b| b == b';' || b == b',').next().unwrap_or_default();
    media.trim_ascii().to_ascii_lowercase()
}

/// A text that may stand in a name: of letters, digits and what joins words in the names of methods.
fn identifier(text: &[u8]) -> Option<&str> {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"_-./:$".contains(b);
    let is_name = !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.iter().all(is_part);
    is_name.then(|| str::from_utf8(text).ok()).flatten()
}

/// In order, each once.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A list of distinct names within `room`: the first four, and how many more there are. `None` without any,
/// or if not even the first has room.
fn listed(names: &[&str], room: usize) -> Option<String> {
    let mut list = String::new();
    let mut left_out = names.len();
    for name in names.iter().take(LISTED_MAX) {
        if list.len() + 1 + name.len() + REST_BYTES > room {
            break;
        }
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(name);
        left_out -= 1;
    }
    if list.is_empty() {
        return None;
    }
    if left_out > 0 {
        list.push_str(&format!("+{left_out}"));
    }
    Some(list)
}
