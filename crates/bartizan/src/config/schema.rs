//! The JSON Schema of the configuration, written from the table that the reader uses.
//!
//! Misses   what needs more than one value: limits that contain one another, addresses that
//!          collide, names of upstreams, expired exceptions. Bounds of sizes and durations written with a unit stand in
//!          their descriptions only. `bartizan check` sees all of that.

use serde_json::{Map, Value as Json, json};

use super::clause;
use super::keys::{self, CLAUSES, Key, Number, SECTIONS, Section, Shape, Zero};
use super::unit::Unit;

/// The text of `docs/configuration.schema.json`.
pub fn schema() -> String {
    let mut top = mapping("");
    if let Some(members) = top.as_object_mut() {
        members.insert("type".to_owned(), json!("object"));
        if let Some(properties) = members.get_mut("properties").and_then(Json::as_object_mut) {
            for it in SECTIONS.iter().filter(|it| !it.name.is_empty()) {
                properties.insert(it.name.to_owned(), described(of_section(it), it.says));
            }
        }
    }
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "bartizan.yaml",
        "$comment": "Written by `config::schema` from the table of keys: change that, not this file.",
    });
    if let (Some(whole), Json::Object(top)) = (whole.as_object_mut(), top) {
        whole.extend(top);
    }
    format!("{whole:#}\n")
}

fn of_section(section: &Section) -> Json {
    let mut item = mapping(section.name);
    let Some(items_max) = section.items_max else { return item };
    if let Some(members) = item.as_object_mut() {
        members.insert("type".to_owned(), json!("object"));
    }
    json!({ "type": ["array", "null"], "maxItems": items_max, "items": item })
}

/// A section may be empty: all its keys commented out.
fn mapping(section: &str) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut add = |key: &dyn Key| {
        let row = key.row();
        let bounds =
            if row.bounds.is_empty() { String::new() } else { format!(" {}.", row.bounds) };
        let says = format!("{}{bounds} Default: {}.", row.name.says, row.default);
        properties.insert(row.name.key.to_owned(), described(key.schema(), &says));
        if key.is_required() {
            required.push(row.name.key);
        }
    };
    if section == CLAUSES {
        clause::configurable().for_each(|it| add(&keys::clause(it)));
    } else {
        keys::all().filter(|it| it.name().section == section).for_each(add);
    }
    let mut mapping = json!({ "type": ["object", "null"], "additionalProperties": false });
    if let Some(members) = mapping.as_object_mut() {
        if !required.is_empty() {
            members.insert("required".to_owned(), json!(required));
        }
        members.insert("properties".to_owned(), properties.into());
    }
    mapping
}

fn described(mut schema: Json, says: &str) -> Json {
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), json!(says.replace(" Default: required.", "")));
    }
    schema
}

pub(super) fn number(key: &Number) -> Json {
    // A gap between zero and the bounds is more than one range can say.
    let min = if matches!(key.zero, Zero::Written(_)) { 0 } else { key.min };
    let mut schema = match key.unit {
        Unit::Count => json!({ "type": "integer", "minimum": min, "maximum": key.max }),
        Unit::Bytes => json!({
            "type": ["integer", "string"],
            "minimum": min,
            "maximum": key.max,
            "pattern": "^[0-9]+(KiB|MiB|GiB)?$",
        }),
        Unit::Milliseconds => json!({ "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" }),
    };
    let default = key.admits(key.default).then(|| match key.unit {
        Unit::Count => json!(key.default),
        Unit::Bytes | Unit::Milliseconds => json!(key.unit.show(key.default)),
    });
    if let (Some(default), Some(members)) = (default, schema.as_object_mut()) {
        members.insert("default".to_owned(), default);
    }
    schema
}

pub(super) fn of_shape(shape: Shape) -> Json {
    match shape {
        Shape::One => json!({ "const": 1 }),
        Shape::Among(words) => json!({ "enum": words() }),
        Shape::Like(pattern) => json!({ "type": "string", "pattern": pattern }),
        Shape::Text { chars_max: None } => json!({ "type": "string", "minLength": 1 }),
        Shape::Text { chars_max: Some(chars_max) } => {
            json!({ "type": "string", "minLength": 1, "maxLength": chars_max })
        }
    }
}
