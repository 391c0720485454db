//! The observation: what is kept of one finished exchange, whatever became of it.
//!
//! Memory   a fixed part of 256 bytes in the journal, and a tail of at most 4 KiB (endpoint name
//!          and findings). Never a raw value.

use crate::clause::Hit;
use crate::evidence::Finding;
use crate::head::{Method, Version};
use crate::id::{EndpointId, ExchangeId, KeyEpoch, SubjectId};
use crate::moment::Moment;
use crate::oddity::Oddities;
use std::sync::Arc;

/// Clause hits that are kept of one exchange; further ones are counted in `hits_more`.
pub const HITS_MAX: usize = 8;

/// Findings that are kept of one exchange; further ones are counted in `findings_more`.
pub const FINDINGS_MAX: usize = 8;

/// One finished exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct Observation {
    /// Which one; also the decision id.
    pub id: ExchangeId,
    /// When its request head was complete.
    pub started: Moment,
    /// Microseconds from `started` to each later phase; 0 if the phase was not reached.
    pub phases: Phases,
    /// Revision of the rules that judged it.
    pub revision: u64,
    /// The endpoint called.
    pub endpoint: EndpointId,
    /// Its template, for example `/orders/{int}`.
    pub template: Arc<str>,
    /// Who called.
    pub subject: SubjectId,
    /// The key that `subject` and the findings' values were hashed with.
    pub epoch: KeyEpoch,
    /// Method.
    pub method: Method,
    /// Version towards the client.
    pub version: Version,
    /// What became of it.
    pub outcome: Outcome,
    /// Status sent to the client; 0 if none was.
    pub status: u16,
    /// Bytes of the request head.
    pub request_head_bytes: u32,
    /// Bytes of the request body that were read.
    pub request_body_bytes: u64,
    /// Bytes of the response body that were passed on.
    pub response_body_bytes: u64,
    /// What the readers met.
    pub oddities: Oddities,
    /// Clauses that were violated, at most [`HITS_MAX`].
    pub hits: Vec<Hit>,
    /// Violated clauses beyond that.
    pub hits_more: u16,
    /// What the detectors saw, at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// Findings beyond that.
    pub findings_more: u16,
}

impl Observation {
    /// The observation of an exchange of which nothing is known yet.
    pub fn opened(id: ExchangeId, started: Moment, revision: u64, epoch: KeyEpoch) -> Self {
        Self {
            id,
            started,
            phases: Phases::default(),
            revision,
            endpoint: EndpointId::from_bits(0),
            template: Arc::default(),
            subject: SubjectId(0),
            epoch,
            method: Method::Other,
            version: Version::Http11,
            outcome: Outcome::Served,
            status: 0,
            request_head_bytes: 0,
            request_body_bytes: 0,
            response_body_bytes: 0,
            oddities: Oddities::NONE,
            hits: Vec::new(),
            hits_more: 0,
            findings: Vec::new(),
            findings_more: 0,
        }
    }
}

/// Microseconds after the start of an exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Phases {
    /// The decision was made.
    pub judged_us: u32,
    /// The request head went to the upstream.
    pub forwarded_us: u32,
    /// The response head went to the client.
    pub answered_us: u32,
    /// Nothing more will happen.
    pub finished_us: u32,
}

/// What became of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The upstream's response reached the client whole.
    Served,
    /// It became a tunnel, which has ended.
    Tunnelled,
    /// The contract refused it.
    Refused,
    /// The upstream failed; the client got our answer or a cut connection.
    UpstreamFailed,
    /// The client went away or was too slow.
    ClientAborted,
    /// bartizan was stopped in the middle of it.
    Stopped,
}

impl Outcome {
    /// All, in the order of their journal numbers.
    pub const ALL: &'static [Self] = &[
        Self::Served,
        Self::Tunnelled,
        Self::Refused,
        Self::UpstreamFailed,
        Self::ClientAborted,
        Self::Stopped,
    ];

    /// Name in output and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Tunnelled => "tunnelled",
            Self::Refused => "refused",
            Self::UpstreamFailed => "upstream_failed",
            Self::ClientAborted => "client_aborted",
            Self::Stopped => "stopped",
        }
    }
}
