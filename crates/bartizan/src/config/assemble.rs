//! The settings, put together key by key.

use super::alerts;
use super::apis;
use super::clause::{configurable, has_fields};
use super::conflicts::{self, Trust};
use super::data_classes;
use super::effective::Effective;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::issuers;
use super::keys::{self, tls};
use super::node::Node;
use super::overrides::Overrides;
use super::problem::{Place, Problems};
use super::reader::{Reader, Scope};
use super::routes;
use super::settings::{
    Admin, Certificate, Clients, Data, Evidence, Ledger, Limits, Listen, Record, Settings, Store,
    Throttle, Tls,
};
use super::upstreams::Upstreams;
use crate::tempo::Tempo;
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
    let content = reader.word(&top, &keys::CONTENT, over.content.as_ref());
    let lab = reader.flag_or(&top, &keys::LAB, over.lab);
    let tempo = match (over.is_demo, lab) {
        (true, _) => Tempo::Demo,
        (false, true) => Tempo::Lab,
        (false, false) => Tempo::Usual,
    };
    let contract = reader.word(&top, &keys::CONTRACT, None).map(|it| it.value);
    let description = reader.word(&top, &keys::DESCRIPTION, over.description.as_ref());
    let patches = reader.items(&top, &keys::PATCHES, &[]);
    let trusted_proxies = reader.items(&top, &keys::TRUSTED_PROXIES, &over.trusted_proxies);

    let section = reader.section(&top, "listen");
    let listen = reader.word(&section, &keys::LISTEN_ADDRESS, over.listen.as_ref());
    let http2 = reader.flag(&section, &keys::LISTEN_HTTP2);
    let mirror = reader.flag_or(&section, &keys::LISTEN_MIRROR, over.mirror);
    if mirror {
        conflicts::copies_are_observed(&mut reader, mode.as_ref());
    }
    let workers = some(reader.number(&section, &keys::LISTEN_WORKERS)).map(size);
    let proxy_protocol = reader.flag(&section, &keys::LISTEN_PROXY_PROTOCOL);
    if proxy_protocol {
        let has_trusted =
            !over.trusted_proxies.is_empty() || top.has(keys::TRUSTED_PROXIES.name.key);
        conflicts::proxy_protocol(&mut reader, &section, has_trusted);
    }

    let certificates = certificates(&mut reader, &top);
    let (tls, trust) = tls(&mut reader, &top);
    let clients = clients(&mut reader, &top);
    let mut upstreams = Upstreams::read(&mut reader, &top, over.upstream.as_ref(), !mirror);
    let issuers = issuers::read(&mut reader, &top);
    let routes = routes::read(&mut reader, &top, &mut upstreams, trust);

    let section = reader.section(&top, "admin");
    let admin = reader.word(&section, &keys::ADMIN_ADDRESS, over.admin.as_ref());

    let section = reader.section(&top, "data");
    let dir = reader.word(&section, &keys::DATA_DIR, over.data.as_ref());
    let journal_bytes_max = reader.number(&section, &keys::DATA_JOURNAL_BYTES_MAX);

    let section = reader.section(&top, "ledger");
    let ledger = Ledger {
        key: reader.word(&section, &keys::LEDGER_KEY, None).map(|it| it.value),
        checkpoints: reader.word(&section, &keys::LEDGER_CHECKPOINTS, None).map(|it| it.value),
    };
    let section = reader.section(&top, "store");
    let store = Store {
        key: reader.word(&section, &keys::STORE_KEY, None).map(|it| it.value),
        earlier_keys: reader.items(&section, &keys::STORE_EARLIER_KEYS, &[]),
        bytes_max: reader.number(&section, &keys::STORE_BYTES_MAX),
        age_max_ms: reader.number(&section, &keys::STORE_AGE_MAX),
        seal_every_ms: reader.number(&section, &keys::STORE_SEAL_EVERY),
    };

    let section = reader.section(&top, keys::EVIDENCE);
    let evidence = Evidence {
        enabled: reader.flag(&section, &keys::EVIDENCE_ENABLED),
        body_bytes_max: size(reader.number(&section, &keys::EVIDENCE_BODY_BYTES_MAX)),
        bytes_max: reader.number(&section, &keys::EVIDENCE_BYTES_MAX),
        age_max_ms: reader.number(&section, &keys::EVIDENCE_AGE_MAX),
    };

    let section = reader.section(&top, keys::THROTTLE);
    let after = some(reader.number(&section, &keys::THROTTLE_AFTER)).map(small);
    let rate = reader.word(&section, &keys::THROTTLE_RATE, None);
    let duration_ms = reader.number(&section, &keys::THROTTLE_DURATION);

    let section = reader.section(&top, "record");
    let record = Record { required: reader.flag(&section, &keys::RECORD_REQUIRED) };

    let limits = limits(&mut reader, &top);
    let clauses = clauses(&mut reader, &top);
    let mut endpoints = BTreeMap::new();
    let exceptions = exceptions(&mut reader, &top, now_unix_s, &mut endpoints);
    let (apis, retirements) = apis::read(&mut reader, &top, &routes);
    let alerts = alerts::read(&mut reader, &top);
    let classes = data_classes::read(&mut reader, &top);
    conflicts::admin_is_open(&mut reader, admin.as_ref());
    conflicts::addresses(&mut reader, listen.as_ref(), admin.as_ref(), upstreams.doors());

    let settings = Settings {
        file: None,
        mode: mode?.given(),
        content: content?.value,
        tempo,
        contract,
        description: description.map(|it| it.value),
        patches,
        listen: Listen { address: listen?.given(), http2, mirror, workers, proxy_protocol },
        certificates,
        tls: tls?,
        clients: clients?,
        issuers,
        upstreams: upstreams.into_all(),
        routes,
        admin: Admin { address: admin?.given() },
        data: Data { dir: dir?.given(), journal_bytes_max },
        ledger,
        store,
        evidence,
        throttle: Throttle { after, rate: rate?.value, duration_ms },
        record,
        trusted_proxies,
        limits,
        clauses,
        exceptions,
        endpoints,
        alerts,
        apis,
        retirements,
        classes,
        digest: [0; 32],
    };
    Some((settings, reader.into_effective()))
}

fn file<'t>(reader: &mut Reader<'_>, node: &'t Node) -> Scope<'t> {
    let top = reader.mapping("", node, Place::File);
    reader.word(&top, &keys::VERSION, None);
    top
}

fn certificates(reader: &mut Reader<'_>, top: &Scope<'_>) -> Vec<Certificate> {
    let read = reader.mappings(top, keys::CERTIFICATES, |reader, scope, _| {
        let certificate = reader.word(scope, &tls::CERTIFICATE, None);
        let key = reader.word(scope, &tls::KEY, None);
        Some(Certificate { certificate: certificate?.value, key: key?.value })
    });
    read.into_iter().flatten().collect()
}

fn tls(reader: &mut Reader<'_>, top: &Scope<'_>) -> (Option<Tls>, Trust) {
    let section = reader.section(top, keys::TLS);
    let trust = Trust::of(top, &section);
    let minimum = reader.word(&section, &tls::MINIMUM, None);
    let client_ca = reader.word(&section, &tls::CLIENT_CA, None).map(|it| it.value);
    let demand = reader.word(&section, &tls::CLIENT_CERTIFICATE, None);
    if let Some(demand) = &demand {
        trust.demand(reader, &section, tls::CLIENT_CERTIFICATE.name, demand.value);
    }
    let tls = minimum.zip(demand).map(|(minimum, demand)| Tls {
        minimum: minimum.value,
        client_ca,
        client_certificate: demand.value,
    });
    (tls, trust)
}

fn clients(reader: &mut Reader<'_>, top: &Scope<'_>) -> Option<Clients> {
    let section = reader.section(top, keys::CLIENTS);
    let source = reader.word(&section, &tls::SOURCE, None);
    let clients = Clients {
        allow: reader.items(&section, &tls::ALLOW, &[]),
        deny: reader.items(&section, &tls::DENY, &[]),
        rate: reader.word(&section, &tls::RATE, None).map(|it| it.value),
        rate_burst: some(reader.number(&section, &tls::RATE_BURST)).map(small),
        addresses_are_clients: reader.flag(&section, &tls::ADDRESSES_ARE_CLIENTS),
        source: source?.value,
    };
    conflicts::burst(reader, &section, &clients);
    Some(clients)
}

fn limits(reader: &mut Reader<'_>, top: &Scope<'_>) -> Limits {
    let section = reader.section(top, "limits");
    let mut number = |key| reader.number(&section, key);
    let limits = Limits {
        head_bytes_max: size(number(&keys::HEAD_BYTES_MAX)),
        target_bytes_max: size(number(&keys::TARGET_BYTES_MAX)),
        fields_max: size(number(&keys::FIELDS_MAX)),
        body_bytes_max: some(number(&keys::BODY_BYTES_MAX)),
        inspect_bytes_max: size(number(&keys::INSPECT_BYTES_MAX)),
        held_bytes_max: size(number(&keys::HELD_BYTES_MAX)),
        connections_max: size(number(&keys::CONNECTIONS_MAX)),
        head_timeout_ms: number(&keys::HEAD_TIMEOUT),
        body_timeout_ms: number(&keys::BODY_TIMEOUT),
        idle_timeout_ms: number(&keys::IDLE_TIMEOUT),
        requests_per_connection_max: some(number(&keys::REQUESTS_PER_CONNECTION_MAX)),
        connections_per_address_max: some(number(&keys::CONNECTIONS_PER_ADDRESS_MAX)).map(size),
        body_rate_min: some(number(&keys::BODY_RATE_MIN)),
        memory_bytes_max: some(number(&keys::MEMORY_BYTES_MAX)),
        streams_max: small(number(&keys::STREAMS_MAX)),
        control_frames_max: small(number(&keys::CONTROL_FRAMES_MAX)),
        decoded_bytes_max: size(number(&keys::DECODED_BYTES_MAX)),
        decoded_ratio_max: small(number(&keys::DECODED_RATIO_MAX)),
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
    let read = reader.mappings(top, keys::EXCEPTIONS, |reader, scope, place| {
        exception(reader, scope, place, now_unix_s, endpoints)
    });
    read.into_iter().flatten().collect()
}

fn exception(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    place: Place,
    now_unix_s: u64,
    endpoints: &mut Endpoints,
) -> Option<Exception> {
    let clause = reader.word(scope, &keys::EXCEPTION_CLAUSE, None);
    let endpoint = reader.word(scope, &keys::EXCEPTION_ENDPOINT, None);
    let field = reader.word(scope, &keys::EXCEPTION_FIELD, None);
    let reason = reader.word(scope, &keys::EXCEPTION_REASON, None);
    let expires = reader.word(scope, &keys::EXCEPTION_EXPIRES, None);

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

/// Zero stands for what has no number.
pub(super) fn some(number: u64) -> Option<u64> {
    (number > 0).then_some(number)
}

/// Bounds keep every size far below this machine's word.
pub(super) fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Bounds keep these small.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;
    use crate::config::keys::{CLAUSES, Key, Name, all, items_max};
    use crate::config::node::parse;

    /// A mapping where a value belongs must be noticed, so the key must be read.
    #[track_caller]
    fn check(name: Name) {
        let value = format!("{{{}: {{x: y}}}}", name.key);
        let text = match name.section {
            "" => value,
            section if items_max(section).is_some() => format!("{section}: [{value}]"),
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
        all().for_each(|it| check(it.name()));
        for clause in configurable() {
            let row = keys::clause(clause).row();
            assert_eq!(row.name.section, CLAUSES);
            check(row.name);
        }
    }
}
