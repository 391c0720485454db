//! Exchanges as the control API tells them.

use crate::content::reasons;
use crate::{explain, show};
use bartizan_model::clause::Effect;
use bartizan_model::evidence::Finding;
use bartizan_model::fact::Facts;
use bartizan_model::head::Version;
use bartizan_model::observation::{Observation, TraceId};
use bartizan_store::RulesRecord;
use serde_json::{Map, Value, json};

/// Effects, the gravest first.
const GRAVITY: [Effect; 8] = [
    Effect::Refused,
    Effect::FailedOpen,
    Effect::Scrubbed,
    Effect::Failed,
    Effect::WouldRefuse,
    Effect::WouldScrub,
    Effect::Excepted,
    Effect::Overtaken,
];

/// One exchange in a list.
pub(crate) fn row(it: &Observation) -> Map<String, Value> {
    let row = json!({
        "id": it.id.to_string(),
        "time": show::timestamp(it.started.wall_us),
        "method": it.method.name(),
        "endpoint": show::endpoint(it),
        "route": &*it.route,
        "outcome": it.outcome.name(),
        "status": it.status,
        "judged_us": it.phases.judged_us,
        "total_us": it.phases.finished_us,
        "request_bytes": it.request_body_bytes,
        "response_bytes": it.response_body_bytes,
        "subject": format!("{:032x}", it.subject.0),
        "subject_kind": it.subject_kind.name(),
        "verified": it.subject_kind.is_verified(),
        "trace": Some(it.trace).filter(|it| *it != TraceId(0)).map(|it| format!("{:032x}", it.0)),
        "codes": it.hits.iter().map(|it| it.code.name()).collect::<Vec<_>>(),
        "effect": effect(it).map(Effect::name),
        "revision": it.revision,
    });
    match row {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// The gravest effect of an exchange.
pub(crate) fn effect(it: &Observation) -> Option<Effect> {
    GRAVITY.into_iter().find(|effect| it.hits.iter().any(|hit| hit.effect == *effect))
}

/// One exchange with everything that is known of it.
pub(crate) fn whole(it: &Observation, rules: Option<&RulesRecord>, sample: Value) -> Value {
    let mut row = row(it);
    let mut put = |name: &str, value: Value| row.insert(name.to_owned(), value);
    put("headline", explain::headline(it).into());
    put("rules", json!({"revision": it.revision, "source": rules.map(source)}));
    put(
        "phases",
        json!({
            "judged_us": it.phases.judged_us,
            "forwarded_us": it.phases.forwarded_us,
            "answered_us": it.phases.answered_us,
            "finished_us": it.phases.finished_us,
        }),
    );
    put("version", version(it.version).into());
    put("request_head_bytes", it.request_head_bytes.into());
    let oddities: Vec<&str> = it.oddities.iter().map(|it| it.code().name()).collect();
    put("oddities", oddities.into());
    let why = it.hits.iter().map(|hit| {
        let entry = hit.code.entry();
        json!({
            "code": entry.name,
            "clause": entry.clause.name(),
            "effect": hit.effect.name(),
            "means": entry.text,
            "clause_says": entry.clause.says(),
            "configured": explain::configured(hit, rules),
            "evidence": explain::evidence(it, hit).map(evidence).collect::<Vec<_>>(),
            "would_allow": explain::would_allow(it, hit).map(|yaml| json!({
                "yaml": yaml,
                "exception": explain::exception_for(it, hit),
            })),
        })
    });
    put("why", why.collect::<Vec<_>>().into());
    let facts = facts("request", it.request.as_ref())
        .into_iter()
        .chain(facts("response", it.response.as_ref()));
    put("facts", facts.collect::<Vec<_>>().into());
    put("sample", sample);
    put("lines", lines(it).into());
    row.into()
}

fn source(rules: &RulesRecord) -> String {
    rules.file.clone().unwrap_or_else(|| "command line".to_owned())
}

fn version(it: Version) -> &'static str {
    match it {
        Version::Http10 => "HTTP/1.0",
        Version::Http11 => "HTTP/1.1",
        Version::Http2 => "HTTP/2",
    }
}

fn evidence(it: &Finding) -> Value {
    json!({
        "place": it.place.to_string(),
        "bytes": it.bytes,
        "signs": reasons(it),
        "score": f64::from(it.sighting.score) / 1_000.0,
        "value": format!("{:016x}", it.value.0),
    })
}

fn facts(side: &str, facts: Option<&Facts>) -> Vec<Value> {
    let all = facts.into_iter().flat_map(|it| it.facts.iter().zip(&it.shape.places));
    all.map(|(fact, place)| {
        json!({
            "side": side,
            "place": place.to_string(),
            "kind": fact.kind.name(),
            "bytes": fact.bytes,
            "times": fact.times,
            "score": f64::from(fact.score) / 1_000.0,
            "value": format!("{:016x}", fact.value.0),
        })
    })
    .collect()
}

/// What happened, in the order in which it did.
fn lines(it: &Observation) -> Vec<Value> {
    let phases = [
        (it.phases.judged_us, "the decision was made"),
        (it.phases.forwarded_us, "the request head went to the API"),
        (it.phases.answered_us, "the response head went to the client"),
        (it.phases.finished_us, "it was over"),
    ];
    let begin = [(0, "the request head was complete")];
    let phases = phases.into_iter().filter(|(us, _)| *us > 0);
    let mut all: Vec<_> = begin.into_iter().chain(phases).collect();
    all.sort_by_key(|it| it.0);
    all.into_iter().map(|(us, text)| json!({"at_us": us, "text": text})).collect()
}
