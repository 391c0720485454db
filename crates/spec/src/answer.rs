//! Answers held to what a description says of them.
//!
//! Reads    an [`Api`], once; then statuses, media types and bodies of answers.
//! Writes   faults, as those of requests: a status or media type that is not declared, and what of the body does not fit.
//! Memory   the validators of all answers, as [`crate::request`] those of requests.
//! Errors   none; what cannot be held to is counted ([`Answers::gaps`]).
//! Misses   statuses that are not declared, but for those of success: hardly a description has all errors; header fields; links;
//!          streams of items; other types of bodies than JSON and flat forms; members that are not declared, unless the schema
//!          says that there are no others.
//! Source   OpenAPI Specification 3.2.0, sections 4.16 and 4.17; a property that is write-only is in no answer.

use crate::lookup::Match;
use crate::request::body::Bodies;
use crate::request::{BodyIs, Compiler, FaultOfRequest, Faults};
use crate::validate::Side;
use bartizan_model::api::{Api, Operation, Response, Status};
use bartizan_model::place::Place;
use std::collections::BTreeMap;

/// What a description says of answers.
#[derive(Debug)]
pub struct Answers {
    /// By the number of the operation.
    operations: Vec<BTreeMap<Status, Said>>,
    gaps: usize,
}

/// What is said of the answers of one status.
#[derive(Debug)]
struct Said {
    bodies: Bodies,
    /// Nothing is said of bodies: there is none, or any.
    is_open: bool,
}

/// What the body of an answer is still to be held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    of: Match,
    status: Status,
    number: usize,
}

impl Answers {
    /// Compiles what `api` says.
    pub fn of(api: &Api) -> Self {
        let mut compiler = Compiler { api, side: Side::Response, schemas: 0, gaps: 0 };
        let mut of = |it: &Operation| {
            let all = it.responses.iter();
            all.map(|(status, it)| (*status, Said::of(it, &mut compiler))).collect()
        };
        let operations = api.operations.iter().map(&mut of).collect();
        Self { operations, gaps: compiler.gaps }
    }

    /// Schemas of answers that cannot be held to, or only in part.
    pub fn gaps(&self) -> usize {
        self.gaps
    }

    /// Whether nothing is said of answers of an operation.
    pub fn is_silent(&self, of: Match) -> bool {
        self.operations.get(of.operation).is_none_or(BTreeMap::is_empty)
    }

    /// Holds the head of an answer to its operation; what the body is still to be held to.
    pub fn head(
        &self,
        of: Match,
        status: u16,
        media: Option<&[u8]>,
        faults: &mut Faults,
    ) -> Option<Held> {
        let all = self.operations.get(of.operation).filter(|it| !it.is_empty())?;
        let class = u8::try_from(status / 100).unwrap_or(0);
        let fitting = [Status::Code(status), Status::Class(class), Status::Default];
        let Some((status, said)) = fitting.iter().find_map(|it| all.get_key_value(it)) else {
            if class == 2 {
                faults.add(FaultOfRequest::Undeclared, Place::Name);
            }
            return None;
        };
        if said.is_open {
            return None;
        }
        match said.bodies.of_media(media, faults) {
            BodyIs::Free => None,
            BodyIs::Held(number) => Some(Held { of, status: *status, number }),
        }
    }

    /// Holds the whole body of an answer, without content codings, to what [`Answers::head`] said of it.
    pub fn body(&self, held: Held, text: &[u8], faults: &mut Faults) {
        let all = self.operations.get(held.of.operation);
        if let Some(said) = all.and_then(|it| it.get(&held.status)) {
            said.bodies.hold(held.number, text, faults);
        }
    }
}

impl Said {
    fn of(it: &Response, compiler: &mut Compiler<'_>) -> Self {
        let bodies = Bodies::of(&it.content, true, compiler);
        Self { bodies, is_open: it.content.is_empty() }
    }
}
