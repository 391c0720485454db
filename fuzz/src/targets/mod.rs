//! Everything that reads bytes of strangers, a target each: a function that takes any bytes and panics where something
//! that must hold does not.
//!
//! Each is a function of its bytes alone. What all share is in `input.rs`, `walked.rs` and `reference/`.

mod input;
mod reference;
mod walked;

mod body;
mod charset;
mod classify;
mod codings;
mod content;
mod content_placed;
mod credentials;
mod decoders;
mod decodings;
mod disclosure;
mod document;
mod entry;
mod envelope;
mod form;
mod http1_body;
mod http1_request;
mod http1_response;
mod json;
mod json_edit;
mod json_patch;
mod multipart;
mod openapi;
mod path;
mod proof;
mod proxy_protocol;
mod recognisers;
mod records;
mod redact;
mod schema;
mod token_claims;
mod xml;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// All, by name; the most important first.
pub const ALL: &[(&str, Target)] = &[
    ("content", content::run),
    ("recognisers", recognisers::run),
    ("decodings", decodings::run),
    ("json", json::run),
    ("multipart", multipart::run),
    ("http1_request", http1_request::run),
    ("codings", codings::run),
    ("body", body::run),
    ("content_placed", content_placed::run),
    ("decoders", decoders::run),
    ("http1_body", http1_body::run),
    ("http1_response", http1_response::run),
    ("proxy_protocol", proxy_protocol::run),
    ("path", path::run),
    ("form", form::run),
    ("xml", xml::run),
    ("charset", charset::run),
    ("envelope", envelope::run),
    ("json_patch", json_patch::run),
    ("json_edit", json_edit::run),
    ("records", records::run),
    ("redact", redact::run),
    ("token_claims", token_claims::run),
    ("credentials", credentials::run),
    ("classify", classify::run),
    ("disclosure", disclosure::run),
    ("document", document::run),
    ("openapi", openapi::run),
    ("schema", schema::run),
    ("entry", entry::run),
    ("proof", proof::run),
];
