//! Observations as events of the Open Cybersecurity Schema Framework, 1.8.0.
//!
//! Reads    one observation.
//! Writes   one API Activity (6003) and one HTTP Activity (4002) for each, and one Detection Finding (2004)
//!          for each finding.
//! Misses   what is never recorded: addresses, URLs with their values, header values. `src_endpoint.uid` and
//!          `actor.user.uid` are keyed hashes; `http_request.url.path` is a template.
//! Source   OCSF 1.8.0, classes `api_activity`, `http_activity`, `detection_finding`, profile
//!          `security_control`.

use bartizan_model::clause::Effect;
use bartizan_model::evidence::Finding;
use bartizan_model::head::Method;
use bartizan_model::observation::{Observation, Outcome};
use serde_json::{Value, json};

/// The version of the schema.
pub const VERSION: &str = "1.8.0";

/// The events of one exchange.
pub fn events(it: &Observation) -> Vec<Value> {
    let mut all = vec![api_activity(it), http_activity(it)];
    all.extend(it.findings.iter().enumerate().map(|(n, finding)| detection(it, finding, n)));
    all
}

/// What all classes have.
fn event(it: &Observation, class: u64, activity: u64, severity: u64) -> Value {
    json!({
        "category_uid": class / 1_000,
        "class_uid": class,
        "activity_id": activity,
        "type_uid": class * 100 + activity,
        "time": it.started.wall_us / 1_000,
        "severity_id": severity,
        "metadata": {
            "version": VERSION,
            "product": { "name": "bartizan", "version": env!("CARGO_PKG_VERSION") },
            "uid": it.id.to_string(),
            "profiles": ["security_control"],
            "correlation_uid": (it.trace.0 != 0).then(|| format!("{:032x}", it.trace.0)),
        },
    })
}

fn with(mut event: Value, more: Value) -> Value {
    if let (Some(event), Value::Object(more)) = (event.as_object_mut(), more) {
        event.extend(more);
    }
    event
}

fn api_activity(it: &Observation) -> Value {
    let activity = match it.method {
        Method::Post => 1,
        Method::Get | Method::Head | Method::Options => 2,
        Method::Put | Method::Patch => 3,
        Method::Delete => 4,
        Method::Trace | Method::Connect | Method::Other => 99,
    };
    with(event(it, 6_003, activity, severity(it)), common(it))
}

fn http_activity(it: &Observation) -> Value {
    let activity = match it.method {
        Method::Connect => 1,
        Method::Delete => 2,
        Method::Get => 3,
        Method::Head => 4,
        Method::Options => 5,
        Method::Post => 6,
        Method::Put => 7,
        Method::Trace => 8,
        Method::Patch => 9,
        Method::Other => 99,
    };
    with(event(it, 4_002, activity, severity(it)), common(it))
}

fn common(it: &Observation) -> Value {
    let (action, disposition) = verdict(it);
    let subject = format!("{:032x}", it.subject.0);
    let worst = it.hits.first();
    json!({
        "actor": { "user": { "uid": subject, "type": it.subject_kind.name() } },
        "api": {
            "operation": crate::show::endpoint(it),
            "service": { "name": &*it.route },
            "request": { "uid": it.id.to_string() },
            "response": { "code": it.status },
        },
        "src_endpoint": { "uid": (it.client.0 != 0).then(|| format!("{:016x}", it.client.0)) },
        "http_request": {
            "uid": it.id.to_string(),
            "http_method": it.method.name(),
            "url": { "path": &*it.template },
            "length": u64::from(it.request_head_bytes).saturating_add(it.request_body_bytes),
            "body_length": it.request_body_bytes,
        },
        "http_response": {
            "code": it.status,
            "latency": it.phases.answered_us / 1_000,
            "body_length": it.response_body_bytes,
        },
        "duration": it.phases.finished_us / 1_000,
        "status_id": if it.status != 0 && it.status < 400 { 1 } else { 2 },
        "status_code": it.status.to_string(),
        "action_id": action,
        "disposition_id": disposition,
        "is_alert": it.hits.iter().any(|it| it.effect == Effect::Refused),
        "policy": worst.map(|it| json!({ "name": it.code.entry().clause.name(), "uid": it.code.name() })),
        "unmapped": {
            "outcome": it.outcome.name(),
            "hits": it.hits.iter().map(|hit| json!({
                "code": hit.code.name(),
                "clause": hit.code.entry().clause.name(),
                "effect": hit.effect.name(),
            })).collect::<Vec<_>>(),
            "revision": it.revision,
            "key_epoch": it.epoch.0,
        },
    })
}

/// `action_id` and `disposition_id`.
fn verdict(it: &Observation) -> (u64, u64) {
    let has = |effect| it.hits.iter().any(|it| it.effect == effect);
    match it.outcome {
        // Denied, Blocked.
        Outcome::Refused => (2, 2),
        Outcome::Served
        | Outcome::Tunnelled
        | Outcome::UpstreamFailed
        | Outcome::ClientAborted
        | Outcome::Stopped
        | Outcome::Copied => {
            if has(Effect::Scrubbed) {
                // Modified, Corrected.
                (4, 11)
            } else if has(Effect::WouldRefuse) || has(Effect::WouldScrub) {
                // Observed, Detected.
                (3, 15)
            } else {
                // Allowed, Allowed.
                (1, 1)
            }
        }
    }
}

fn severity(it: &Observation) -> u64 {
    match (it.outcome, it.hits.is_empty()) {
        (Outcome::Refused, _) => 3,
        (_, false) => 2,
        (_, true) => 1,
    }
}

fn detection(it: &Observation, finding: &Finding, n: usize) -> Value {
    let (action, disposition) = verdict(it);
    let code = finding.sighting.code;
    // Medium from where a finding can refuse.
    let severity = if finding.sighting.score >= 980 { 3 } else { 2 };
    let more = json!({
        "finding_info": {
            "uid": format!("{}/{n}", it.id),
            "title": code.entry().text,
            "types": [code.name()],
            "analytic": { "name": code.name(), "type_id": 1 },
            "created_time": it.started.wall_us / 1_000,
        },
        "status_id": 1,
        "confidence_score": finding.sighting.score / 10,
        "action_id": action,
        "disposition_id": disposition,
        "is_alert": true,
        "evidences": [{
            "api": { "operation": crate::show::endpoint(it), "request": { "uid": it.id.to_string() } },
            "actor": { "user": { "uid": format!("{:032x}", it.subject.0) } },
            "data": {
                "place": finding.place.to_string(),
                "bytes": finding.bytes,
                "shape": finding.sighting.fingerprint.to_string(),
                "value_hash": format!("{:016x}", finding.value.0),
            },
        }],
    });
    with(event(it, 2_004, 1, severity), more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::Hit;
    use bartizan_model::code::Code;
    use bartizan_model::evidence::{Fingerprint, Sighting};
    use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash};
    use bartizan_model::moment::Moment;
    use bartizan_model::place::Place;

    fn observation() -> Observation {
        let code = Code::ContentSqlInjection;
        let sighting = Sighting { code, score: 995, fingerprint: Fingerprint::new(b"s&1c") };
        let place = Place::query(b"q");
        Observation {
            method: Method::Post,
            outcome: Outcome::Refused,
            status: 403,
            template: "/orders".into(),
            hits: vec![Hit { code, effect: Effect::Refused, margin: 15 }],
            findings: vec![Finding { sighting, place, bytes: 31, value: KeyedHash(7) }],
            ..Observation::opened(ExchangeId::new(1, 1), Moment::default(), 1, KeyEpoch(1))
        }
    }

    #[test]
    fn every_event_has_what_every_class_requires() {
        let all = events(&observation());
        let classes: Vec<_> = all.iter().map(|it| it["class_uid"].as_u64().unwrap()).collect();
        assert_eq!(classes, [6_003, 4_002, 2_004]);
        for event in &all {
            for required in ["activity_id", "category_uid", "metadata", "severity_id", "time"] {
                assert!(!event[required].is_null(), "{required}");
            }
            let (class, activity) = (&event["class_uid"], &event["activity_id"]);
            let expected = class.as_u64().unwrap() * 100 + activity.as_u64().unwrap();
            assert_eq!(event["type_uid"].as_u64(), Some(expected));
            assert_eq!(event["metadata"]["version"], VERSION);
        }
        assert_eq!(all[0]["activity_id"], 1);
        assert_eq!((&all[0]["action_id"], &all[0]["disposition_id"]), (&2.into(), &2.into()));
        assert!(all[0]["api"]["operation"] == "POST /orders" && !all[0]["actor"].is_null());
        assert_eq!(all[2]["finding_info"]["uid"], format!("{}/0", observation().id));
    }
}
