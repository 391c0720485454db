//! The settings, put together key by key.

use super::clause::{configurable, has_fields};
use super::conflicts;
use super::effective::Effective;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::keys;
use super::node::Node;
use super::overrides::Overrides;
use super::problem::{Place, Problems};
use super::reader::{Reader, Scope};
use super::settings::{Admin, Data, Limits, Listen, Record, Settings, Upstream};
use bartizan_model::clause::{Clause, ClauseName, Exception};
use bartizan_model::id::EndpointId;
use std::collections::BTreeMap;

/// The tree of a file, or none for `bartizan guard`.
pub(super) enum Root<'t> {
    NoFile,
    File(&'t Node),
}

/// Reads everything; `None` if something without a default is missing or unreadable.
pub(super) fn settings(
    root: &Root<'_>,
    over: &Overrides,
    now_unix_s: u64,
    problems: &mut Problems,
) -> Option<(Settings, Vec<Effective>)> {
    let mut reader = Reader::new(problems);
    let top = match root {
        Root::NoFile => Scope::ABSENT,
        Root::File(node) => file(&mut reader, node),
    };
    let mode = reader.word(&top, &keys::MODE, over.mode.as_ref());
    let trusted_proxies = reader.items(&top, &keys::TRUSTED_PROXIES, &over.trusted_proxies);

    let section = reader.section(&top, "listen");
    let listen = reader.word(&section, &keys::LISTEN_ADDRESS, over.listen.as_ref());
    let http2 = reader.flag(&section, &keys::LISTEN_HTTP2);
    let workers = some_size(reader.number(&section, &keys::LISTEN_WORKERS));

    let section = reader.section(&top, "upstream");
    let url = reader.word(&section, &keys::UPSTREAM_URL, over.upstream.as_ref());
    let connect_timeout_ms = reader.number(&section, &keys::UPSTREAM_CONNECT_TIMEOUT);
    let response_timeout_ms = reader.number(&section, &keys::UPSTREAM_RESPONSE_TIMEOUT);
    let idle_timeout_ms = reader.number(&section, &keys::UPSTREAM_IDLE_TIMEOUT);

    let section = reader.section(&top, "admin");
    let admin = reader.word(&section, &keys::ADMIN_ADDRESS, over.admin.as_ref());

    let section = reader.section(&top, "data");
    let dir = reader.word(&section, &keys::DATA_DIR, over.data.as_ref());
    let journal_bytes_max = reader.number(&section, &keys::DATA_JOURNAL_BYTES_MAX);

    let section = reader.section(&top, "record");
    let record = Record { required: reader.flag(&section, &keys::RECORD_REQUIRED) };

    let limits = limits(&mut reader, &top);
    let clauses = clauses(&mut reader, &top);
    let mut endpoints = BTreeMap::new();
    let exceptions = exceptions(&mut reader, &top, now_unix_s, &mut endpoints);
    conflicts::admin_is_open(&mut reader, admin.as_ref());
    conflicts::addresses(&mut reader, listen.as_ref(), admin.as_ref(), url.as_ref());

    let settings = Settings {
        file: None,
        mode: mode?.given(),
        listen: Listen { address: listen?.given(), http2, workers },
        upstream: Upstream {
            url: url?.given(),
            connect_timeout_ms,
            response_timeout_ms,
            idle_timeout_ms,
        },
        admin: Admin { address: admin?.given() },
        data: Data { dir: dir?.given(), journal_bytes_max },
        record,
        trusted_proxies,
        limits,
        clauses,
        exceptions,
        endpoints,
    };
    Some((settings, reader.into_effective()))
}

fn file<'t>(reader: &mut Reader<'_>, node: &'t Node) -> Scope<'t> {
    let top = reader.mapping("", node, Place::File);
    reader.word(&top, &keys::VERSION, None);
    top
}

fn limits(reader: &mut Reader<'_>, top: &Scope<'_>) -> Limits {
    let section = reader.section(top, "limits");
    let mut number = |key| reader.number(&section, key);
    let limits = Limits {
        head_bytes_max: size(number(&keys::HEAD_BYTES_MAX)),
        target_bytes_max: size(number(&keys::TARGET_BYTES_MAX)),
        fields_max: size(number(&keys::FIELDS_MAX)),
        body_bytes_max: Some(number(&keys::BODY_BYTES_MAX)).filter(|it| *it > 0),
        inspect_bytes_max: size(number(&keys::INSPECT_BYTES_MAX)),
        held_bytes_max: size(number(&keys::HELD_BYTES_MAX)),
        connections_max: size(number(&keys::CONNECTIONS_MAX)),
        head_timeout_ms: number(&keys::HEAD_TIMEOUT),
        body_timeout_ms: number(&keys::BODY_TIMEOUT),
        idle_timeout_ms: number(&keys::IDLE_TIMEOUT),
    };
    conflicts::limits(reader, &section, &limits);
    limits
}

fn clauses(reader: &mut Reader<'_>, top: &Scope<'_>) -> Vec<Clause> {
    let section = reader.section(top, keys::CLAUSES);
    let read = |name| {
        let mode = reader.word(&section, &keys::clause(name), None)?;
        Some(Clause { name, mode: mode.value, set_by: mode.place.origin().into() })
    };
    configurable().filter_map(read).collect()
}

type Endpoints = BTreeMap<EndpointId, Endpoint>;

fn exceptions(
    reader: &mut Reader<'_>,
    top: &Scope<'_>,
    now_unix_s: u64,
    endpoints: &mut Endpoints,
) -> Vec<Exception> {
    let nodes = reader.list(top, keys::EXCEPTIONS, keys::EXCEPTIONS_MAX);
    let read = nodes.iter().enumerate().filter_map(|(item, it)| {
        reader.begin_item(item);
        exception(reader, it, now_unix_s, endpoints)
    });
    read.collect()
}

fn exception(
    reader: &mut Reader<'_>,
    node: &Node,
    now_unix_s: u64,
    endpoints: &mut Endpoints,
) -> Option<Exception> {
    let place = Place::At(node.span);
    let scope = reader.mapping(keys::EXCEPTIONS, node, place);
    let clause = reader.word(&scope, &keys::EXCEPTION_CLAUSE, None);
    let endpoint = reader.word(&scope, &keys::EXCEPTION_ENDPOINT, None);
    let field = reader.word(&scope, &keys::EXCEPTION_FIELD, None);
    let reason = reader.word(&scope, &keys::EXCEPTION_REASON, None);
    let expires = reader.word(&scope, &keys::EXCEPTION_EXPIRES, None);

    if let (Some(clause), Some(field)) = (&clause, &field) {
        check_field(reader, clause.value, field.place);
    }
    if let Some(expires) = expires.as_ref().filter(|it| it.value.end_unix_s() <= now_unix_s) {
        reader.report(expires.place, Fault::Expired { day: expires.value });
    }
    let endpoint = endpoint.map(|it| {
        let id = it.value.id();
        endpoints.insert(id, it.value);
        id
    });
    Some(Exception {
        clause: clause?.value,
        endpoint,
        place: field.map(|it| it.value),
        reason: reason?.value,
        expires_us: expires?.value.end_unix_us(),
        set_by: place.origin().into(),
    })
}

/// An exception that can never match is a trap: it looks as if it protected somebody's request.
fn check_field(reader: &mut Reader<'_>, clause: ClauseName, field: Place) {
    if !has_fields(clause) {
        reader.report(field, Fault::NoFields { clause: clause.name() });
    }
}

fn some_size(number: u64) -> Option<usize> {
    (number > 0).then(|| size(number))
}

/// Bounds keep every size far below this machine's word.
fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;
    use crate::config::keys::{ALL, CLAUSES, EXCEPTIONS, Key, Name};
    use crate::config::node::parse;

    /// A mapping where a value belongs must be noticed, so the key must be read.
    #[track_caller]
    fn check(name: Name) {
        let value = format!("{{{}: {{x: y}}}}", name.key);
        let text = match name.section {
            "" => value,
            EXCEPTIONS => format!("{EXCEPTIONS}: [{value}]"),
            section => format!("{section}: {value}"),
        };
        let mut problems = Problems::default();
        let root = parse(&text, &mut problems).unwrap();
        settings(&Root::File(&root), &Overrides::default(), 0, &mut problems);
        let report = problems.into_report(&Source::default());
        let mut faults = report.problems().iter().map(|it| &it.fault);
        assert!(faults.any(|it| matches!(it, Fault::WrongType { .. })), "{}", name.path());
    }

    #[test]
    fn every_key_of_the_table_is_read() {
        for key in ALL {
            check(key.row().name);
        }
        for clause in configurable() {
            let row = keys::clause(clause).row();
            assert_eq!(row.name.section, CLAUSES);
            check(row.name);
        }
    }
}
