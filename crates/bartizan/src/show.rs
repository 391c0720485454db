//! How observations are shown: one line for people, one JSON object for programs. Every name that
//! came from a client was escaped when it was recorded.

use crate::content::reasons;
use bartizan_model::calendar::clock_time;
use bartizan_model::clause::Effect;
use bartizan_model::evidence::Finding;
use bartizan_model::fact::Facts;
use bartizan_model::id::KeyedHash;
use bartizan_model::observation::{Observation, Outcome};
use serde_json::{Value, json};

pub use bartizan_model::calendar::{date, timestamp};

/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.observation/v1";

/// One observation as a JSON object.
pub fn as_json(it: &Observation) -> Value {
    json!({
        "schema": SCHEMA,
        "decision_id": it.id.to_string(),
        "at": timestamp(it.started.wall_us),
        "method": it.method.name(),
        "endpoint": endpoint(it),
        "status": it.status,
        "outcome": it.outcome.name(),
        "route": &*it.route,
        "subject": format!("{:032x}", it.subject.0),
        "subject_kind": it.subject_kind.name(),
        "subject_verified": it.subject_kind.is_verified(),
        "session": hash(it.session),
        "client": hash(it.client),
        "trace_id": Some(it.trace.0).filter(|it| *it != 0).map(|it| format!("{it:032x}")),
        "key_epoch": it.epoch.0,
        "revision": it.revision,
        "judged_us": it.phases.judged_us,
        "forwarded_us": it.phases.forwarded_us,
        "answered_us": it.phases.answered_us,
        "finished_us": it.phases.finished_us,
        "request_head_bytes": it.request_head_bytes,
        "request_body_bytes": it.request_body_bytes,
        "response_body_bytes": it.response_body_bytes,
        "oddities": it.oddities.iter().map(|it| it.code().name()).collect::<Vec<_>>(),
        "hits": it.hits.iter().map(|hit| json!({
            "code": hit.code.name(),
            "clause": hit.code.entry().clause.name(),
            "effect": hit.effect.name(),
            "margin": hit.margin,
        })).collect::<Vec<_>>(),
        "hits_more": it.hits_more,
        "findings": it.findings.iter().map(finding).collect::<Vec<_>>(),
        "findings_more": it.findings_more,
        "scores": {"sql": it.scores.sql, "script": it.scores.script},
        "request": it.request.as_ref().map(facts),
        "response": it.response.as_ref().map(facts),
    })
}

/// `null` where there is none.
fn hash(it: KeyedHash) -> Option<String> {
    Some(it.0).filter(|it| *it != 0).map(|it| format!("{it:016x}"))
}

fn facts(it: &Facts) -> Value {
    let places = it.facts.iter().zip(&it.shape.places);
    json!({
        "shape": format!("{:016x}", it.shape.id.0),
        "facts": places.map(|(fact, place)| json!({
            "place": place.to_string(),
            "kind": fact.kind.name(),
            "times": fact.times,
            "bytes": fact.bytes,
            "bucket": fact.bucket,
            "score": fact.score,
            "value_hash": format!("{:016x}", fact.value.0),
        })).collect::<Vec<_>>(),
        "more": it.more,
    })
}

fn finding(it: &Finding) -> Value {
    json!({
        "code": it.sighting.code.name(),
        "score": it.sighting.score,
        "fingerprint": it.sighting.fingerprint.to_string(),
        "signs": reasons(it),
        "place": it.place.to_string(),
        "bytes": it.bytes,
        "value_hash": format!("{:016x}", it.value.0),
    })
}

/// One observation as a line.
pub fn as_line(it: &Observation) -> String {
    let mut line = format!(
        "{}  {:<12} {:>3}  {:>8}  {}",
        clock_time(it.started.wall_us),
        word(it),
        it.status,
        duration(it.phases.finished_us),
        endpoint(it),
    );
    let codes: Vec<&str> = it.hits.iter().map(|it| it.code.name()).collect();
    if !codes.is_empty() {
        line.push_str("  ");
        line.push_str(&codes.join(" "));
        line.push_str("  ");
        line.push_str(&it.id.to_string());
    }
    line
}

/// `GET /orders/{int}`
pub fn endpoint(it: &Observation) -> String {
    format!("{} {}", it.method.name(), it.template)
}

/// What became of it, in a word; would-be refusals show as such.
fn word(it: &Observation) -> &'static str {
    let would = it.hits.iter().any(|it| it.effect == Effect::WouldRefuse);
    match it.outcome {
        Outcome::Served | Outcome::Copied if would => "would-refuse",
        Outcome::Served => "served",
        Outcome::Tunnelled => "tunnelled",
        Outcome::Refused => "REFUSED",
        Outcome::UpstreamFailed => "upstream!",
        Outcome::ClientAborted => "aborted",
        Outcome::Stopped => "stopped",
        Outcome::Copied => "copied",
    }
}

fn duration(us: u32) -> String {
    match us {
        ..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{}.{} ms", us / 1_000, us % 1_000 / 100),
        1_000_000.. => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
    }
}
