//! From settings to what the engine and the edge run on. The only place that knows both sides.

use crate::config::Settings;
use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::proxy::Manners;
use bartizan_edge::proxy::upstream::Target;
use bartizan_engine::keys::HashKey;
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_model::limits::Limits;
use std::sync::Arc;

/// The snapshot that these settings mean.
pub fn snapshot(settings: &Settings, key: HashKey, revision: u64) -> Snapshot {
    let Settings { mode, clauses, exceptions, .. } = settings;
    let rules = Rules {
        clauses: ClauseSet::new(mode.value, mode.origin.into(), clauses, exceptions),
        limits: limits(settings),
        trusted: settings.trusted_proxies.clone(),
        key,
        record_required: settings.record.required,
    };
    Snapshot { revision, rules: Arc::new(rules) }
}

/// The time-outs and the target that these settings mean.
pub fn manners(settings: &Settings) -> Manners {
    let limits = &settings.limits;
    // There is always one.
    let upstream = settings.upstreams.first();
    let target = Target {
        host: upstream.map(|it| it.url.value.host()).unwrap_or_default(),
        port: upstream.map_or(0, |it| it.url.value.port()),
        authority: upstream.map(|it| it.url.value.authority()).unwrap_or_default(),
        connect_timeout_ms: upstream.map_or(0, |it| it.connect_timeout_ms),
        response_timeout_ms: upstream.map_or(0, |it| it.response_timeout_ms),
        idle_timeout_ms: upstream.map_or(0, |it| it.idle_timeout_ms),
    };
    Manners {
        target: Arc::new(target),
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
