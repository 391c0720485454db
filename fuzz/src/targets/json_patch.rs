//! JSON Patch: of a sound patch every change is a sound text with the value in it.

use bartizan_inspect::envelope::calls::BYTES_MAX;
use bartizan_inspect::envelope::json_patch::changes;
use serde_json::Value;

pub(super) fn run(data: &[u8]) {
    let (texts, is_more) = changes(Some(b"application/json-patch+json"), data);
    assert!(texts.iter().map(Vec::len).sum::<usize>() <= BYTES_MAX);
    let Ok(patch) = serde_json::from_slice::<Value>(data) else { return };
    if is_more || data.iter().filter(|it| matches!(it, b'{' | b'[' | b'/')).count() > 90 {
        return;
    }
    let all: Vec<Value> = texts
        .iter()
        .map(|it| {
            serde_json::from_slice(it).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(it)))
        })
        .collect();
    for change in patch.as_array().into_iter().flatten().filter_map(Value::as_object) {
        let Some(path) = change.get("path").and_then(Value::as_str) else { continue };
        // Without a value under this very name, one of another case counts.
        let is_plain = !change.keys().any(|it| it.eq_ignore_ascii_case("value"));
        let nothing = is_plain.then_some(&Value::Null);
        let Some(value) = change.get("value").or(nothing) else { continue };
        assert!(all.iter().any(|it| is_at(it, path, value)), "{path} is not set");
    }
}

/// Whether `document` has nothing but this value at the end of a path of so many steps.
fn is_at(document: &Value, path: &str, value: &Value) -> bool {
    let mut at = document;
    for _ in path.split('/').skip(1).take(32) {
        let next = match at {
            Value::Array(list) => list.first(),
            Value::Object(map) => map.values().next(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        let Some(next) = next else { return false };
        at = next;
    }
    at == value
}
