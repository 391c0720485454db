//! A request held to the description of its API, where its route has one.
//!
//! Reads    the head, and the whole body if the description says something of it.
//! Writes   codes with places; `contract` decides what becomes of them.
//! Memory   nothing beyond the request: what is described is compiled with the configuration.
//! Misses   what [`bartizan_spec::request`] misses; bodies that are too large to be examined, which `content.unexamined` judges.

use bartizan_inspect::path_spelling::canonical;
use bartizan_model::code::Code;
use bartizan_model::head::{Method, RequestHead};
use bartizan_model::place::Place;
use bartizan_spec::request::{BodyIs, FaultOfRequest, Faults, NoOperation};
use bartizan_spec::{Description, Match, request};
use std::sync::Arc;

/// The operation that a request is for.
#[derive(Debug)]
pub(crate) struct Described {
    description: Arc<Description>,
    operation: Match,
    body: BodyIs,
}

/// What does not keep to a description, and where.
pub(crate) type Departure = (Code, Place);

impl Described {
    /// Holds a head to its operation. There is none if the description knows no such path and method.
    pub(crate) fn of_head(
        head: &RequestHead,
        method: Method,
        description: &Arc<Description>,
    ) -> (Option<Self>, Vec<Departure>) {
        let requests = &description.requests;
        let mut scratch = Vec::new();
        let target = canonical(head.target(), &mut scratch);
        let path = target.split(|&byte| byte == b'?').next().unwrap_or_default();
        let Ok(path) = str::from_utf8(path) else {
            return (None, vec![(Code::DeclaredPath, Place::Path)]);
        };
        // A method that is none of the common ones is itself, as it was written.
        let name = match method {
            Method::Other if head.method == Method::Other => {
                str::from_utf8(head.method_text()).unwrap_or_default()
            }
            Method::Get
            | Method::Head
            | Method::Post
            | Method::Put
            | Method::Patch
            | Method::Delete
            | Method::Options
            | Method::Trace
            | Method::Connect
            | Method::Other => method.name(),
        };
        let operation = match requests.find(name, path) {
            Ok(operation) => operation,
            Err(NoOperation::Path) => return (None, vec![(Code::DeclaredPath, Place::Path)]),
            Err(NoOperation::Method) => return (None, vec![(Code::DeclaredMethod, Place::Path)]),
        };
        let mut faults = Faults::default();
        let body = requests.head(operation, head, path, &mut faults);
        let description = Arc::clone(description);
        (Some(Self { description, operation, body }), departures(faults))
    }

    /// What is said of its answers.
    pub(crate) fn answers(&self) -> (Arc<Description>, Match) {
        (Arc::clone(&self.description), self.operation)
    }

    /// Whether the whole body is needed.
    pub(crate) fn needs_body(&self) -> bool {
        self.body != BodyIs::Free
    }

    /// Holds the whole body to it, without content codings.
    pub(crate) fn of_body(&self, text: &[u8]) -> Vec<Departure> {
        let mut faults = Faults::default();
        self.description.requests.body(self.operation, self.body, text, &mut faults);
        departures(faults)
    }
}

pub(crate) fn departures(faults: Faults) -> Vec<Departure> {
    let code = |it: request::Fault| {
        let code = match it.kind {
            FaultOfRequest::Missing => Code::DeclaredMissing,
            FaultOfRequest::Undeclared => Code::DeclaredUnknown,
            FaultOfRequest::Unfit => Code::DeclaredUnfit,
            FaultOfRequest::MediaType => Code::DeclaredMediaType,
            FaultOfRequest::Credential => Code::DeclaredCredential,
        };
        (code, it.place)
    };
    faults.into_all().into_iter().map(code).collect()
}
