//! The configuration: `bartizan.yaml`, environment and flags, read into [`Settings`].
//!
//! Reads    the bytes of one file, five environment variables, the flags of the command line.
//! Writes   [`Settings`] and what is in force key by key, or a [`Report`] with every problem found
//!          and where.
//! Memory   a tree of at most [`FILE_BYTES_MAX`] bytes of text; at most [`PROBLEMS_MAX`] problems.
//! Errors   [`Report`]: the YAML itself does not parse (one problem), or anything in it cannot be
//!          meant (all problems in one go).
//! Misses   what only the running system knows: whether an address is free, a directory writable,
//!          an upstream reachable, a key there and right; an upstream *name* that resolves to our
//!          own listener.
//!
//! One way through: bytes → `source` (text) → `node` (tree with positions) → `reader` and
//! `assemble` (typed values, guided by the table in `keys`; `upstreams` and `routes` for theirs) →
//! `conflicts` (values that exclude each other). What outlives the reading has the types of `bartizan_model`. `effective` keeps what
//! each key came to and where from, to be shown as a file again. The reference in
//! `docs/configuration.md` and the schema beside it are written from the same table.

mod address;
mod alert_place;
mod alerts;
mod apis;
mod assemble;
mod choice;
mod clause;
mod conflicts;
mod data_classes;
mod day;
mod effective;
mod endpoint;
mod excepted;
mod fault;
mod field;
mod host;
mod host_port;
mod issuers;
mod keys;
mod mode;
mod naming;
mod network;
mod node;
mod origin;
mod overrides;
mod patch;
mod path;
mod problem;
mod rate;
mod reader;
mod reason;
mod reference;
mod render;
mod routes;
mod schema;
pub mod secret;
mod settings;
mod shown;
mod source;
mod unit;
mod upstream_url;
mod upstreams;

pub use alert_place::{AlertPlace, Scheme};
pub use choice::{AlertKind, ClientSource, TlsVersion};
pub use day::Day;
pub use endpoint::Endpoint;
pub use excepted::exception;
pub use fault::{AlertPlaceFault, DateFault, Fault, NetworkFault, PathFault, TextFault, UrlFault};
pub use host_port::HostPort;
pub use origin::{Given, Origin};
pub use overrides::{Overrides, data_dir};
pub use patch::{PatchFile, Verdict, endpoint_text, enforced, field_text, patch};
pub use problem::{PROBLEMS_MAX, Place, Problem, Report, Severity, Span};
pub use rate::Rate;
pub use reference::reference;
pub use schema::schema;
pub use settings::{
    Admin, AlertTarget, Alerts, Api, Certificate, Clients, Data, Issuer, Ledger, Limits, Listen,
    Record, Routing, Settings, Store, Tls, Upstream,
};
pub use source::{FILE_BYTES_MAX, Source};
pub use upstream_url::UpstreamUrl;

/// A name of an upstream, a route or a target, if it is one.
pub fn name(text: &str) -> Option<std::sync::Arc<str>> {
    naming::parse(text).ok()
}

/// A duration as it is written in the configuration, such as `30m`, in milliseconds.
pub fn duration_ms(text: &str) -> Option<u64> {
    unit::Unit::Milliseconds.parse(text)
}

use bartizan_ledger::Digest;
use effective::Effective;
use problem::Problems;

/// Settings that can be started with, and what is doubtful about them.
#[derive(Debug)]
pub struct Accepted {
    /// What to start with.
    pub settings: Settings,
    /// Warnings only; usually empty.
    pub warnings: Report,
    effective: Vec<Effective>,
}

impl Settings {
    /// Reads a configuration file. `overrides` (flags before environment) win over the file.
    ///
    /// `now_unix_s` only decides which exceptions are reported as expired.
    ///
    /// # Errors
    ///
    /// A [`Report`] that names every problem, if there is one that is not a mere warning.
    pub fn read(
        source: &Source,
        overrides: &Overrides,
        now_unix_s: u64,
    ) -> Result<Accepted, Report> {
        let mut problems = Problems::default();
        let settings = source.text(&mut problems).and_then(|text| {
            let root = node::parse(text, &mut problems)?;
            let root = assemble::Root::File(&root);
            assemble::settings(&root, overrides, now_unix_s, &mut problems)
        });
        concluded(
            settings
                .map(|(it, effective)| (Self { file: Some(source.name.clone()), ..it }, effective)),
            source,
            problems,
        )
    }

    /// The settings of `bartizan guard`: the same defaults and checks, and no file.
    ///
    /// # Errors
    ///
    /// As for [`Settings::read`].
    pub fn for_guard(overrides: &Overrides) -> Result<Accepted, Report> {
        let mut problems = Problems::default();
        let settings = assemble::settings(&assemble::Root::NoFile, overrides, 0, &mut problems);
        concluded(settings, &Source::default(), problems)
    }
}

fn concluded(
    settings: Option<(Settings, Vec<Effective>)>,
    source: &Source,
    problems: Problems,
) -> Result<Accepted, Report> {
    let report = problems.into_report(source);
    match settings {
        Some((settings, effective)) if !report.has_errors() => {
            let mut accepted = Accepted { settings, warnings: report, effective };
            let digest = Digest::of(accepted.as_yaml(false).as_bytes());
            accepted.settings.digest = digest.0;
            Ok(accepted)
        }
        Some(_) | None => Err(report),
    }
}
