//! From settings to what the engine and the edge run on. The only place that knows both sides.

use crate::config::{self, ClauseMode, Field, Given, Origin, Settings};
use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::proxy::Manners;
use bartizan_edge::proxy::upstream::Target;
use bartizan_engine::keys::HashKey;
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_model::clause::{Clause, ClauseName, Exception, Mode, SetBy};
use bartizan_model::id::EndpointId;
use bartizan_model::limits::Limits;
use bartizan_model::place::{Place, escaped};
use std::sync::Arc;

/// The snapshot that these settings mean.
pub fn snapshot(settings: &Settings, key: HashKey, revision: u64) -> Snapshot {
    let exceptions: Vec<Exception> = settings.exceptions.iter().map(exception).collect();
    let mode = mode(ClauseMode::from(settings.mode.value));
    let clauses =
        ClauseSet::new(mode, set_by(settings.mode.origin), &clauses(settings), &exceptions);
    let trusted = settings.trusted_proxies.iter().filter_map(|it| it.to_string().parse().ok());
    let rules = Rules {
        clauses,
        limits: limits(settings),
        trusted: trusted.collect(),
        key,
        record_required: false,
    };
    Snapshot { revision, rules: Arc::new(rules) }
}

/// The time-outs and the target that these settings mean.
pub fn manners(settings: &Settings) -> Manners {
    let (upstream, limits) = (&settings.upstream, &settings.limits);
    Manners {
        target: Target {
            host: upstream.url.value.host().trim_matches(['[', ']']).to_owned(),
            port: upstream.url.value.port(),
            authority: upstream.url.value.authority(),
            connect_timeout_ms: upstream.connect_timeout_ms,
            response_timeout_ms: upstream.response_timeout_ms,
            idle_timeout_ms: upstream.idle_timeout_ms,
        },
        http2: settings.listen.http2,
        connections_max: limits.connections_max,
        head_timeout_ms: limits.head_timeout_ms,
        body_timeout_ms: limits.body_timeout_ms,
        idle_timeout_ms: limits.idle_timeout_ms,
    }
}

fn limits(settings: &Settings) -> Limits {
    let limits = &settings.limits;
    Limits {
        head_bytes_max: limits.head_bytes_max,
        target_bytes_max: limits.target_bytes_max,
        fields_max: limits.fields_max,
        body_bytes_max: limits.body_bytes_max.unwrap_or(0),
        inspect_bytes_max: limits.inspect_bytes_max,
        held_bytes_max: limits.held_bytes_max,
        ..Limits::default()
    }
}

fn clauses(settings: &Settings) -> Vec<Clause> {
    let all = &settings.clauses;
    config::Clause::ALL
        .into_iter()
        .filter_map(|it| {
            let Given { value, origin } = all.of(it);
            let name: ClauseName = it.name().parse().ok()?;
            Some(Clause { name, mode: mode(value), set_by: set_by(origin) })
        })
        .collect()
}

fn exception(it: &config::Exception) -> Exception {
    Exception {
        clause: it.clause.name().parse().unwrap_or(ClauseName::LawFraming),
        endpoint: it.endpoint.as_ref().map(|it| EndpointId::of(&it.method, &it.template)),
        place: it.field.as_ref().map(place),
        reason: it.reason.clone(),
        expires_us: it.expires.end_unix_s().saturating_mul(1_000_000),
        set_by: set_by(it.origin),
    }
}

fn place(field: &Field) -> Place {
    match field {
        Field::Path => Place::Path,
        Field::Query(name) => Place::query(name.as_bytes()),
        Field::Cookie(name) => Place::cookie(name.as_bytes()),
        Field::Body(path) => Place::body(&escaped(path.as_bytes())),
    }
}

fn mode(mode: ClauseMode) -> Mode {
    match mode {
        ClauseMode::Off => Mode::Off,
        ClauseMode::Observe => Mode::Observe,
        ClauseMode::Enforce => Mode::Enforce,
    }
}

fn set_by(origin: Origin) -> SetBy {
    match origin {
        Origin::Default => SetBy::Default,
        Origin::Environment(_) | Origin::Flag(_) => SetBy::Flag,
        Origin::File { line, column } => {
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            SetBy::File { line: number(line), column: number(column) }
        }
    }
}
