//! What bartizan is started with: plain data, every value checked.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::clause::Clause;
use super::exception::Exception;
use super::mode::{ClauseMode, Mode};
use super::network::Network;
use super::origin::{Given, Origin};
use super::upstream_url::UpstreamUrl;

/// Everything a start needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The file they were read from, as the operator named it; `None` for `bartizan guard`.
    pub file: Option<String>,
    /// The mode of each clause that has none of its own.
    pub mode: Given<Mode>,
    /// Where clients connect.
    pub listen: Listen,
    /// Where admitted requests go.
    pub upstream: Upstream,
    /// Where operators connect.
    pub admin: Admin,
    /// What is kept on disk.
    pub data: Data,
    /// Peers whose `Forwarded` and `X-Forwarded-For` are believed.
    pub trusted_proxies: Vec<Network>,
    /// Bounds on what a client can make us hold or wait for.
    pub limits: Limits,
    /// The mode of each clause.
    pub clauses: Clauses,
    /// What is let through although a clause says otherwise.
    pub exceptions: Vec<Exception>,
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

/// The mode of each clause, and who set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clauses {
    /// `baseline.path`.
    pub baseline_path: Given<ClauseMode>,
    /// `baseline.method`.
    pub baseline_method: Given<ClauseMode>,
    /// `baseline.body_size`.
    pub baseline_body_size: Given<ClauseMode>,
    /// `baseline.body_parse`.
    pub baseline_body_parse: Given<ClauseMode>,
    /// `content.sqli`.
    pub content_sqli: Given<ClauseMode>,
    /// `content.xss`.
    pub content_xss: Given<ClauseMode>,
}

impl Clauses {
    /// The mode of one clause.
    pub fn of(&self, clause: Clause) -> Given<ClauseMode> {
        match clause {
            Clause::BaselinePath => self.baseline_path.clone(),
            Clause::BaselineMethod => self.baseline_method.clone(),
            Clause::BaselineBodySize => self.baseline_body_size.clone(),
            Clause::BaselineBodyParse => self.baseline_body_parse.clone(),
            Clause::ContentSqli => self.content_sqli.clone(),
            Clause::ContentXss => self.content_xss.clone(),
        }
    }

    pub(super) fn each(mut mode: impl FnMut(Clause) -> Given<ClauseMode>) -> Self {
        Self {
            baseline_path: mode(Clause::BaselinePath),
            baseline_method: mode(Clause::BaselineMethod),
            baseline_body_size: mode(Clause::BaselineBodySize),
            baseline_body_parse: mode(Clause::BaselineBodyParse),
            content_sqli: mode(Clause::ContentSqli),
            content_xss: mode(Clause::ContentXss),
        }
    }
}
