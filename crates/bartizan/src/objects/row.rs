//! One use of an object that is another's, as the control API tells it.

use super::EndpointIds;
use super::holders::Holder;
use crate::show;
use bartizan_engine::objects::CrossUse;
use bartizan_model::clause::Effect;
use bartizan_model::observation::Observation;
use serde_json::{Map, Value, json};

/// Whether nothing of what was asked for left.
pub(crate) fn is_held_back(it: &CrossUse<'_>) -> bool {
    match it.effect {
        Effect::Refused | Effect::Overtaken | Effect::Scrubbed => true,
        Effect::WouldRefuse
        | Effect::WouldScrub
        | Effect::Excepted
        | Effect::Failed
        | Effect::FailedOpen => false,
    }
}

/// One use, in the exchange in which it was.
pub(crate) fn row(it: &Observation, of: &CrossUse<'_>, ids: EndpointIds<'_>) -> Map<String, Value> {
    let finding = of.finding;
    let code = finding.sighting.code;
    let row = json!({
        "exchange": it.id.to_string(),
        "time": show::timestamp(it.started.wall_us),
        "endpoint": show::endpoint(it),
        "endpoint_id": ids(&it.route, it.method, &it.template),
        "route": &*it.route,
        "side": of.side.name(),
        "place": finding.place.to_string(),
        "object": format!("{:016x}", finding.value.0),
        "clause": code.entry().clause.name(),
        "code": code.name(),
        "effect": of.effect.name(),
        "cut": of.is_cut,
        "outcome": it.outcome.name(),
        "status": it.status,
        "subject": format!("{:032x}", it.subject.0),
        "subject_kind": it.subject_kind.name(),
        "verified": it.subject_kind.is_verified(),
    });
    match row {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    }
}

/// Whom the object was given to, with one exchange that shows it; `others` more hold it.
pub(crate) fn witness(it: &Holder, others: usize, is_more: bool, ids: EndpointIds<'_>) -> Value {
    json!({
        "subject": format!("{:032x}", it.subject.0),
        "subject_kind": it.kind.name(),
        "verified": it.kind.is_verified(),
        "exchange": it.exchange.to_string(),
        "time": show::timestamp(it.at_us),
        "endpoint": format!("{} {}", it.method.name(), it.template),
        "endpoint_id": ids(&it.route, it.method, &it.template),
        "place": it.place.to_string(),
        "others": others,
        "more_others": is_more,
    })
}
