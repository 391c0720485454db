//! What bartizan is started with: plain data, every value checked.

use bartizan_model::clause::{Clause, Exception, Mode};
use bartizan_model::id::EndpointId;
use bartizan_model::network::Network;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::endpoint::Endpoint;
use super::origin::{Given, Origin};
use super::upstream_url::UpstreamUrl;

/// Everything a start needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file they were read from, as the operator named it; `None` for `bartizan guard`.
    pub file: Option<String>,
    /// The mode of each clause that is not configured and has no default of its own.
    pub mode: Given<Mode>,
    /// Where clients connect.
    pub listen: Listen,
    /// Where admitted requests go.
    pub upstream: Upstream,
    /// Where operators connect.
    pub admin: Admin,
    /// What is kept on disk.
    pub data: Data,
    /// What must be recorded.
    pub record: Record,
    /// Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Bounds on what a client can make us hold or wait for.
    pub limits: Limits,
    /// The clauses that the file names.
    pub clauses: Vec<Clause>,
    /// What is let through although a clause says otherwise.
    pub exceptions: Vec<Exception>,
    /// The endpoints of the exceptions, as the operator named them.
    pub endpoints: BTreeMap<EndpointId, Endpoint>,
}

impl Settings {
    /// An origin in words: `bartizan.yaml:3:1`, `flag --enforce`, `default`.
    pub fn describe(&self, origin: Origin) -> String {
        match (origin, &self.file) {
            (Origin::File { line, column }, Some(file)) => format!("{file}:{line}:{column}"),
            (origin, _) => origin.to_string(),
        }
    }
}

/// Where clients connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address. Port 0 takes a free one.
    pub address: Given<SocketAddr>,
    /// Whether clear-text HTTP/2 with prior knowledge is accepted.
    pub http2: bool,
    /// Worker threads; `None` means one per core.
    pub workers: Option<usize>,
}

/// Where admitted requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The API.
    pub url: Given<UpstreamUrl>,
    /// Until a connection is established.
    pub connect_timeout_ms: u64,
    /// From the end of the request to the response head.
    pub response_timeout_ms: u64,
    /// For how long an unused connection is kept.
    pub idle_timeout_ms: u64,
}

/// Where operators connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// The address. Port 0 takes a free one.
    pub address: Given<SocketAddr>,
}

/// What is kept on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// The directory, relative to the working directory.
    pub dir: Given<PathBuf>,
    /// All journal files together.
    pub journal_bytes_max: u64,
}

/// What must be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whether an exchange is forwarded only after its intent is on disk.
    pub required: bool,
}

/// Bounds on what a client can make us hold or wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A request or response head.
    pub head_bytes_max: usize,
    /// The request target.
    pub target_bytes_max: usize,
    /// Header fields of one head.
    pub fields_max: usize,
    /// A request body; `None` is without bound. Judged by `baseline.body_size`.
    pub body_bytes_max: Option<u64>,
    /// A body that is held back and judged whole.
    pub inspect_bytes_max: usize,
    /// All held bodies of the process together.
    pub held_bytes_max: usize,
    /// Client connections at once.
    pub connections_max: usize,
    /// For a whole head to arrive.
    pub head_timeout_ms: u64,
    /// Without a byte of a body.
    pub body_timeout_ms: u64,
    /// Between two requests of a connection.
    pub idle_timeout_ms: u64,
}
