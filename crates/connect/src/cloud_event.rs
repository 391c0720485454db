//! An alert as a CloudEvent, in the structured JSON form.
//!
//! Writes   one JSON object; `data` is the form of [`crate::alert`].
//! Source   CloudEvents 1.0.2.

use crate::alert::Alert;
use crate::time::rfc3339;
use serde_json::{Value, json};

/// The media type of a message.
pub const MEDIA_TYPE: &str = "application/cloudevents+json; charset=UTF-8";
/// The `type` of every alert.
pub const TYPE: &str = "bartizan.alert.v1";

/// The event. `source` names the instance: a URI reference.
pub fn of(alert: &Alert, source: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": alert.id(),
        "source": source,
        "type": TYPE,
        "subject": alert.what.code.name(),
        "time": rfc3339(alert.what.at_us),
        "datacontenttype": "application/json",
        "dataschema": "urn:bartizan:alert:v1",
        "data": alert.as_json(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Line, sample};

    #[test]
    fn an_event_has_what_the_standard_requires() {
        let event = of(&sample(), "/bartizan/0123");
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"], "0000000000000000000000000000a1e7");
        assert_eq!(event["source"], "/bartizan/0123");
        assert_eq!(event["type"], TYPE);
        assert_eq!(event["time"], "2026-01-01T00:00:00.123456Z");
        assert_eq!(event["data"]["code"], "content.sql_injection");
        assert_eq!(event["data"]["suppressed"], 7);
    }

    #[test]
    fn nothing_hostile_leaves_its_text() {
        let mut alert = sample();
        let hostile = "GET /\",\"id\":\"x\u{7}\n\\";
        alert.what.endpoint = Some(Line::of(hostile, 400));
        let text = of(&alert, "/b").to_string();
        assert!(!text.contains('\n'));
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["id"], alert.id());
        assert_eq!(back["data"]["endpoint"], "GET /\",\"id\":\"x\u{fffd}\u{fffd}\\");
    }
}
