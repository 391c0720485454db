//! JSON-RPC 2.0, and the Model Context Protocol on top of it.
//!
//! Reads    objects with `"jsonrpc": "2.0"` and a `method`; answers that a client sends have none.
//! Writes   the method as the name; of `tools/call` and `prompts/get` with the name of what is called. A
//!          batch has the methods in order, each once.
//! Misses   JSON-RPC 1.0, which nothing tells from other JSON, and servers that do not ask for the version;
//!          `ping` of MCP without the header fields that the protocol wants is JSON-RPC. Whether a method
//!          changes anything is not known, except of those that MCP defines as reading.
//! Source   JSON-RPC 2.0; Model Context Protocol 2025-06-18.

use super::json::{Batch, Element, Said};
use super::{Envelope, Head, NAME_BYTES_MAX, OTHER, Operation, distinct, identifier, listed};

/// Areas of methods that only MCP has.
const MCP_AREAS: [&str; 10] = [
    "tools/",
    "resources/",
    "prompts/",
    "notifications/",
    "logging/setLevel",
    "completion/complete",
    "sampling/createMessage",
    "elicitation/create",
    "roots/list",
    "tasks/",
];

/// Methods of MCP that only read.
const MCP_READS: [&str; 8] = [
    "initialize",
    "ping",
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "prompts/list",
    "completion/complete",
];

/// The operation of a message with calls in it.
pub(super) fn operation(head: &Head<'_>, batch: &Batch) -> Option<Operation> {
    let calls = || batch.elements.iter().filter(|it| is_call(it));
    let count = calls().count();
    if count == 0 {
        return None;
    }
    let is_mcp = head.is_mcp || calls().any(is_of_mcp);
    let names: Vec<_> = calls().map(|it| name(it, is_mcp)).collect();
    let distinct = distinct(names.iter().map(String::as_str));
    let envelope = if is_mcp { Envelope::Mcp } else { Envelope::JsonRpc };
    let name = if batch.is_broken { None } else { joined(&distinct) };
    let only_reads = is_mcp && distinct.iter().all(|it| is_read(it)) && name.is_some();
    Some(Operation {
        count: u16::try_from(count).unwrap_or(u16::MAX),
        is_write: only_reads.then_some(false),
        ..Operation::new(envelope, name)
    })
}

/// Two versions in one call may hide the one that counts.
fn is_call(element: &Element) -> bool {
    let is_version = match &element.jsonrpc {
        Said::Nothing => false,
        Said::One(version) => version == b"2.0",
        Said::Several => true,
    };
    is_version && element.method.is_any()
}

fn method(element: &Element) -> Option<&str> {
    element.jsonrpc.one().and_then(|_| element.method.one()).and_then(identifier)
}

fn is_of_mcp(element: &Element) -> bool {
    let starts = |method: &str| MCP_AREAS.iter().any(|it| method.starts_with(it));
    match method(element) {
        Some("initialize") => element.params_version.is_any(),
        Some(method) => starts(method),
        None => false,
    }
}

fn name(element: &Element, is_mcp: bool) -> String {
    let Some(method) = method(element) else { return OTHER.to_owned() };
    if !is_mcp || !matches!(method, "tools/call" | "prompts/get") {
        return method.to_owned();
    }
    let called = element.params_name.one().and_then(identifier).unwrap_or(OTHER);
    let name = format!("{method} {called}");
    if name.len() <= NAME_BYTES_MAX { name } else { format!("{method} {OTHER}") }
}

/// One name as it is, and several as a list.
fn joined(names: &[&str]) -> Option<String> {
    match names {
        [only] => Some((*only).to_owned()),
        _ => listed(names, NAME_BYTES_MAX),
    }
}

fn is_read(name: &str) -> bool {
    MCP_READS.contains(&name) || name.starts_with("prompts/get ")
}
