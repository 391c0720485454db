//! Descriptions of APIs: OpenAPI, Swagger 2.0, JSON Schema and Overlay documents, read and written;
//! collections of Postman, read.
//!
//! Row 1. Pure: a document is a text that the caller has, other files come from a function that the
//! caller gives, and nothing is ever fetched.
//!
//! [`read`] makes one [`bartizan_model::api::Api`] of any dialect and says what it met on the way;
//! [`read_postman`] makes one of a collection;
//! [`write()`] writes one as OpenAPI 3.1.1 or 3.2.0; [`complete`] adds what readers of documents expect;
//! [`flatten`] makes one schema of a reference with its `allOf`; [`Overlay`] carries what we know beside
//! somebody else's document; [`Lookup`] finds the operations of a path; [`validate`] holds bodies against schemas, [`request`] whole requests and [`answer`] answers against
//! operations.

pub mod answer;
mod complete;
mod diagnostic;
mod document;
mod flatten;
mod json;
mod limits;
mod lookup;
mod overlay;
mod postman;
mod reader;
pub mod request;
pub mod validate;
mod writer;
mod yaml;

use bartizan_model::api::Api;
pub use complete::complete;
pub use diagnostic::{Diagnostic, DiagnosticCode, Diagnostics};
pub use document::{Entry, Fault, Format, Map, Node, NodeValue, Position, ReadError, parse};
pub use flatten::flatten;
pub use limits::Limits;
pub use lookup::{Lookup, Match, Methods};
pub use overlay::{Action, Applied, Change, Overlay, OverlayError, Step, Target};
pub use postman::{Collection, read_postman};
pub use reader::{Dialect, Files, Reading, no_files, read, read_schema};
pub use writer::{Omission, Options, Version, Written, write, write_document};

/// What a description says of messages, compiled.
#[derive(Debug)]
pub struct Description {
    /// Of requests.
    pub requests: request::Requests,
    /// Of answers.
    pub answers: answer::Answers,
}

impl Description {
    /// Compiles what `api` says.
    pub fn of(api: &Api) -> Self {
        Self { requests: request::Requests::of(api), answers: answer::Answers::of(api) }
    }

    /// Things in it that hold nobody, for they cannot be read.
    pub fn gaps(&self) -> usize {
        self.requests.gaps().saturating_add(self.answers.gaps())
    }
}
