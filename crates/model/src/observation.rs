//! The observation: what is kept of one finished exchange, whatever became of it.
//!
//! Memory   a fixed part of 256 bytes in the journal, and a tail of at most 4 KiB (names, findings and
//!          facts). Never a raw value.

use crate::clause::Hit;
use crate::evidence::Finding;
use crate::fact::Facts;
use crate::head::{Method, Version};
use crate::host::Pointed;
use crate::id::{EndpointId, ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use crate::moment::Moment;
use crate::oddity::Oddities;
use crate::traits::Traits;
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
    /// The route it took; empty if none.
    pub route: Arc<str>,
    /// Who called.
    pub subject: SubjectId,
    /// What the subject is known by.
    pub subject_kind: SubjectKind,
    /// The session that it belongs to, by its cookie or token; 0 if there was none.
    pub session: KeyedHash,
    /// The client's address, hashed; 0 if it is not known.
    pub client: KeyedHash,
    /// The client's name and version, as it says, hashed; 0 where nothing is held of the endpoint, and in what is kept.
    pub cohort: KeyedHash,
    /// The trace that it belongs to (W3C Trace Context); 0 if there was none.
    pub trace: TraceId,
    /// The key that `subject` and the findings' values were hashed with.
    pub epoch: KeyEpoch,
    /// Method.
    pub method: Method,
    /// Version towards the client.
    pub version: Version,
    /// What became of it.
    pub outcome: Outcome,
    /// Status sent to the client; 0 if none was, or if it was not seen.
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
    /// The highest score of each class of content, whether it was a finding or not.
    pub scores: ClassScores,
    /// What the heads say of its protection; only where facts are kept.
    pub traits: Traits,
    /// The envelope and the operation within it, as `graphql mutation createOrder`; empty if path and method
    /// say it all.
    pub operation: Arc<str>,
    /// Hosts of the URLs in both, at most [`crate::host::POINTED_MAX`] of a side; only where facts are kept.
    pub pointed: Vec<Pointed>,
    /// What the request held; `None` if it was not looked at.
    pub request: Option<Facts>,
    /// What the response held; `None` if it was not looked at.
    pub response: Option<Facts>,
}

/// What a subject is known by. Whether that was verified: [`SubjectKind::is_verified`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// Address and user agent.
    AddressAgent,
    /// The subject that an unverified token names (`sub`, with `iss`).
    TokenClaim,
    /// An API key or an opaque token.
    ApiKey,
    /// A session cookie.
    Cookie,
    /// A verified client certificate.
    Certificate,
    /// The subject that a verified token names, or without one its application.
    Token,
}

impl SubjectKind {
    /// All, in the order of their numbers in files.
    pub const ALL: &'static [Self] = &[
        Self::AddressAgent,
        Self::TokenClaim,
        Self::ApiKey,
        Self::Cookie,
        Self::Certificate,
        Self::Token,
    ];

    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AddressAgent => "address_agent",
            Self::TokenClaim => "token_claim",
            Self::ApiKey => "api_key",
            Self::Cookie => "cookie",
            Self::Certificate => "certificate",
            Self::Token => "token",
        }
    }

    /// Whether bartizan checked it itself.
    pub const fn is_verified(self) -> bool {
        matches!(self, Self::Certificate | Self::Token)
    }
}

/// A trace id of W3C Trace Context; 0 stands for none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(pub u128);

/// The highest score of each class of content in one exchange, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassScores {
    /// SQL.
    pub sql: u16,
    /// Script.
    pub script: u16,
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
            route: Arc::default(),
            subject: SubjectId(0),
            subject_kind: SubjectKind::AddressAgent,
            session: KeyedHash(0),
            client: KeyedHash(0),
            cohort: KeyedHash(0),
            trace: TraceId(0),
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
            scores: ClassScores::default(),
            traits: Traits::NONE,
            operation: Arc::default(),
            pointed: Vec::new(),
            request: None,
            response: None,
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
    /// It was a copy of a request: what became of the original is not known.
    Copied,
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
        Self::Copied,
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
            Self::Copied => "copied",
        }
    }
}
