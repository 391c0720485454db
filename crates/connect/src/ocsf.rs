//! An alert as a Detection Finding of the Open Cybersecurity Schema Framework, one JSON object a line.
//!
//! Writes   class 2004 with the profile `security_control`.
//! Misses   source addresses: an alert holds none. The actor is the keyed hash of the subject.
//! Source   OCSF 1.8.0.

use crate::alert::{Alert, AlertCode, Line, Severity};
use bartizan_model::clause::Effect;
use serde_json::{Map, Value, json};

/// The version of the schema.
pub const VERSION: &str = "1.8.0";
/// The media type of lines of JSON.
pub const MEDIA_TYPE: &str = "application/x-ndjson";

/// The finding. `source` names the instance.
pub fn of(alert: &Alert, source: &str) -> Value {
    let what = &alert.what;
    let at_ms = what.at_us / 1_000;
    let (severity_id, severity) = severity(what.severity);
    let mut all = json!({
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2004,
        "class_name": "Detection Finding",
        "activity_id": 1,
        "activity_name": "Create",
        "type_uid": 200_401,
        "type_name": "Detection Finding: Create",
        "time": at_ms,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "is_alert": true,
        "message": what.summary.as_str(),
        "count": alert.suppressed.saturating_add(1),
        "metadata": {
            "version": VERSION,
            "uid": alert.id(),
            "product": {
                "name": "bartizan",
                "vendor_name": "bartizan",
                "version": env!("CARGO_PKG_VERSION"),
                "uid": source,
            },
            "profiles": ["security_control"],
            "event_code": what.code.name(),
        },
        "finding_info": {
            "uid": alert.id(),
            "title": title(what.code),
            "desc": what.summary.as_str(),
            "created_time": at_ms,
            "types": [what.code.name()],
            "analytic": {
                "name": what.code.name(),
                "uid": what.code.name(),
                "type_id": 1,
                "type": "Rule",
            },
        },
    });
    if let Some(members) = all.as_object_mut() {
        if let Some((action_id, action, disposition_id, disposition)) = what.effect.and_then(action)
        {
            members.insert("action_id".to_owned(), action_id.into());
            members.insert("action".to_owned(), action.into());
            members.insert("disposition_id".to_owned(), disposition_id.into());
            members.insert("disposition".to_owned(), disposition.into());
        }
        if let Some(evidence) = evidence(alert) {
            members.insert("evidences".to_owned(), json!([evidence]));
        }
    }
    all
}

/// The finding as a line.
pub fn line(alert: &Alert, source: &str) -> Vec<u8> {
    format!("{}\n", of(alert, source)).into_bytes()
}

fn title(code: AlertCode) -> String {
    match code {
        AlertCode::Exchange(code) => format!("{}: {}", code.name(), code.entry().clause.says()),
        AlertCode::Instance(condition) => condition.name().to_owned(),
    }
}

fn evidence(alert: &Alert) -> Option<Value> {
    let what = &alert.what;
    let mut evidence = Map::new();
    if let Some(endpoint) = what.endpoint.as_ref().map(Line::as_str) {
        let mut api = json!({ "operation": endpoint });
        if let (Some(decision), Some(api)) = (what.decision, api.as_object_mut()) {
            api.insert("request".to_owned(), json!({ "uid": decision.to_string() }));
        }
        evidence.insert("api".to_owned(), api);
    }
    if let Some(subject) = what.subject {
        let user = json!({ "uid": format!("{subject:032x}") });
        evidence.insert("actor".to_owned(), json!({ "user": user }));
    }
    (!evidence.is_empty()).then(|| evidence.into())
}

const fn severity(it: Severity) -> (u8, &'static str) {
    match it {
        Severity::Info => (1, "Informational"),
        Severity::Low => (2, "Low"),
        Severity::Medium => (3, "Medium"),
        Severity::High => (4, "High"),
        Severity::Critical => (5, "Critical"),
    }
}

/// Action and disposition of the profile `security_control`.
const fn action(effect: Effect) -> Option<(u8, &'static str, u8, &'static str)> {
    match effect {
        Effect::Refused => Some((2, "Denied", 2, "Blocked")),
        Effect::WouldRefuse | Effect::WouldScrub => Some((3, "Observed", 15, "Detected")),
        Effect::Scrubbed => Some((4, "Modified", 11, "Corrected")),
        Effect::FailedOpen => Some((1, "Allowed", 1, "Allowed")),
        Effect::Excepted | Effect::Overtaken | Effect::Failed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Condition, Occurrence, sample};

    #[test]
    fn a_finding_has_what_the_class_requires() {
        let finding = of(&sample(), "bartizan/0123");
        for name in [
            "activity_id",
            "category_uid",
            "class_uid",
            "metadata",
            "severity_id",
            "time",
            "type_uid",
            "finding_info",
        ] {
            assert!(!finding[name].is_null(), "{name}");
        }
        let uid = |name: &str| finding[name].as_u64().unwrap();
        assert_eq!(uid("class_uid"), 2004);
        assert_eq!(uid("type_uid"), uid("class_uid") * 100 + uid("activity_id"));
        assert_eq!(finding["time"], 1_767_225_600_123_u64);
        assert_eq!(finding["finding_info"]["uid"], finding["metadata"]["uid"]);
        assert_eq!((&finding["action_id"], &finding["disposition_id"]), (&2.into(), &2.into()));
        assert_eq!(finding["evidences"][0]["api"]["operation"], "GET /products");
        assert_eq!(finding["count"], 8);
    }

    #[test]
    fn a_finding_is_one_line() {
        let mut alert = sample();
        alert.what = Occurrence::of_condition(1, Condition::Gap, "a\nb\"");
        let line = String::from_utf8(line(&alert, "b")).unwrap();
        assert_eq!(line.find('\n'), Some(line.len() - 1));
        let back: Value = serde_json::from_str(&line).unwrap();
        assert!(back["evidences"].is_null() && back["action_id"].is_null());
    }
}
