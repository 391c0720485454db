//! The calls within an envelope, each as `{"name": arguments}`, whatever way the request writes it: arguments of GraphQL in
//! variables or in the document, aliases, fragments; params of JSON-RPC; several calls in a batch.
//!
//! Reads    the head and the whole body of a request.
//! Writes   a JSON text for each call: `{"issue": {"id": "17"}}`. A field below the root that has arguments is one within
//!          the fields around it: `{"viewer": {"issue": {"id": "17"}}}`. And what the fields of the answer are called.
//! Memory   at most [`BYTES_MAX`] bytes of texts; what is read of a document.
//! Errors   `None`: there is no call that can be told.
//! Misses   persisted queries, multipart forms, SOAP; of a member that is there twice, all but the last; names of params that
//!          are given by position.
//! Source   GraphQL (October 2021), section 2 and 6; GraphQL over HTTP (draft of 2025); JSON-RPC 2.0.

use super::answer_names::{AnswerNames, FIELDS_MAX};
use super::members::{Member, items, last, members, string};
use super::{Head, graphql, json, media_type};
use crate::body::Format;
use crate::form::pairs;
use crate::json::looks_like_container;
use std::borrow::Cow;

/// Bytes that all calls of one request are written with; further ones are left out.
pub const BYTES_MAX: usize = 256 * 1024;

/// All calls of a request.
#[derive(Debug, Default)]
pub struct Calls {
    /// Each as a JSON text.
    pub texts: Vec<Vec<u8>>,
    /// What the fields of the answer are called.
    pub names: AnswerNames,
    /// The name of the first call.
    pub first: String,
    /// Whether any call has arguments.
    pub has_arguments: bool,
    /// Whether there are more than found room.
    pub is_more: bool,
    pub(super) bytes: usize,
}

/// What a request of GraphQL says, wherever it says so.
#[derive(Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) query: Option<Cow<'a, [u8]>>,
    pub(super) operation: Option<Cow<'a, [u8]>>,
    pub(super) variables: Option<Cow<'a, [u8]>>,
    pub(super) has_others: bool,
}

impl Calls {
    /// Adds a call with its arguments, a JSON text.
    pub(super) fn add(&mut self, name: &str, text: Vec<u8>, has_arguments: bool) {
        if self.bytes + text.len() > BYTES_MAX {
            self.is_more = true;
            return;
        }
        if self.first.is_empty() {
            self.first = name.to_owned();
        }
        self.bytes += text.len();
        self.has_arguments |= has_arguments;
        self.texts.push(text);
    }

    /// The room that is left for the fields of the answer.
    pub(super) fn room(&self) -> usize {
        FIELDS_MAX.saturating_sub(self.names.fields)
    }
}

/// The calls that a request makes, if it is an envelope of GraphQL or JSON-RPC.
pub fn calls(head: &Head<'_>, body: &[u8]) -> Option<Calls> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let in_url = || of_pairs(head.query);
    let media = head.content_type.map(media_type).unwrap_or_default();
    let is_text = media == b"application/graphql" && !body.is_empty();
    let mut calls = Calls::default();
    if !is_text && looks_like_container(body) {
        if !json::mentions(body) && !mentions_query(head.query) {
            return None;
        }
        return of_json(&mut calls, body, &in_url()).then_some(calls);
    }
    let said = if is_text {
        Said { query: Some(Cow::Borrowed(body)), has_others: false, ..in_url() }
    } else if !body.is_empty() && Format::of(head.content_type) == Format::Form {
        of_pairs(body).or(in_url())
    } else if mentions_query(head.query) {
        in_url()
    } else {
        return None;
    };
    graphql::call(&said, &mut calls).then_some(calls)
}

/// Whether a document may stand in it: each has a brace, which may be written `%7B`.
fn mentions_query(query: &[u8]) -> bool {
    memchr::memchr(b'{', query).is_some() || memchr::memmem::find(query, b"%7").is_some()
}

fn of_json(calls: &mut Calls, body: &[u8], in_url: &Said<'_>) -> bool {
    calls.names.is_batch = body.trim_ascii_start().starts_with(b"[");
    let (mut found, mut others) = (false, Vec::new());
    let mut methods = Vec::new();
    for text in items(body) {
        let members = members(text);
        if let Some(method) = rpc(&members, calls) {
            methods.push(method);
            found = true;
        } else if graphql::call(&of_members(&members).or(in_url.borrowed()), calls) {
            found = true;
        } else {
            others.push(text);
        }
    }
    if !found {
        return false;
    }
    // What is no call that can be told is looked at as it is.
    others.into_iter().for_each(|it| calls.add("", it.to_vec(), true));
    methods.sort_unstable();
    methods.dedup();
    if let [only] = methods.as_slice() {
        let mut room = calls.room();
        calls.names.root.note("result", only, &mut room);
    }
    true
}

/// Adds a call of JSON-RPC, and gives its method. A tool of the Model Context Protocol is a method of its own.
fn rpc(members: &[Member<'_>], calls: &mut Calls) -> Option<String> {
    let version = last(members, "jsonrpc").and_then(string)?;
    if *version != *b"2.0" {
        return None;
    }
    let method = last(members, "method").and_then(string)?;
    let mut method = String::from_utf8_lossy(&method).into_owned();
    let mut params = last(members, "params");
    if matches!(method.as_str(), "tools/call" | "prompts/get") {
        let inner = params.map(self::members).unwrap_or_default();
        if let Some(tool) = last(&inner, "name").and_then(string) {
            method = format!("{method} {}", String::from_utf8_lossy(&tool));
            params = last(&inner, "arguments");
        }
    }
    let mut text = b"{".to_vec();
    quote(method.as_bytes(), &mut text);
    text.push(b':');
    text.extend_from_slice(params.unwrap_or(b"{}"));
    text.push(b'}');
    let has_arguments = params.is_some_and(|it| !matches!(it, b"{}" | b"[]" | b"null"));
    calls.add(&method, text, has_arguments);
    Some(method)
}

/// Writes a text as JSON does.
pub(super) fn quote(text: &[u8], into: &mut Vec<u8>) {
    into.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => into.extend_from_slice(&[b'\\', byte]),
            0..0x20 => into.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => into.push(byte),
        }
    }
    into.push(b'"');
}

fn of_members<'a>(members: &[Member<'a>]) -> Said<'a> {
    let is = |it: &Member<'_>, name: &str| it.name.eq_ignore_ascii_case(name.as_bytes());
    let known = ["query", "operationName", "variables", "extensions"];
    Said {
        query: last(members, "query").and_then(string),
        operation: last(members, "operationName").and_then(string),
        // Some clients send them as a text.
        variables: last(members, "variables").map(|it| string(it).unwrap_or(Cow::Borrowed(it))),
        has_others: members.iter().any(|it| !known.iter().any(|name| is(it, name))),
    }
}

fn of_pairs(text: &[u8]) -> Said<'static> {
    let mut said = Said::default();
    pairs(text, &mut Vec::new(), &mut |name, value| {
        let is = |it: &str| name.eq_ignore_ascii_case(it.as_bytes());
        let value = Some(Cow::Owned(value.to_vec()));
        if is("query") {
            said.query = value;
        } else if is("operationName") {
            said.operation = value;
        } else if is("variables") {
            said.variables = value;
        } else if !is("extensions") {
            said.has_others = true;
        }
    });
    said
}

impl<'a> Said<'a> {
    /// What is not said here is said there.
    fn or(self, other: Self) -> Self {
        Said {
            query: self.query.or(other.query),
            operation: self.operation.or(other.operation),
            variables: self.variables.or(other.variables),
            has_others: self.has_others | other.has_others,
        }
    }

    fn borrowed<'b>(&'b self) -> Said<'b>
    where
        'a: 'b,
    {
        let of = |it: &'b Option<Cow<'a, [u8]>>| it.as_deref().map(Cow::Borrowed);
        Said {
            query: of(&self.query),
            operation: of(&self.operation),
            variables: of(&self.variables),
            has_others: self.has_others,
        }
    }
}
