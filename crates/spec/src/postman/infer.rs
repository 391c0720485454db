//! Schemas from examples: types and names of members, and nothing of the values.
//!
//! Reads    JSON with `{{variables}}` and comments, as Postman sends it.
//! Writes   a schema that all examples fit: no member is required, `null` alone says nothing, members that
//!          have ids for names are one.
//! Memory   bounded by `schemas_max` for all examples together.
//! Misses   formats, lengths and enumerations: too few examples would be too narrow.

use std::borrow::Cow;

use bartizan_model::api::{Additional, Schema, Types};

use super::Collector;
use super::values::is_value;
use crate::diagnostic::Diagnostics;
use crate::document::{Fault, Map, Node, NodeValue, Position};
use crate::json;

/// Levels of an example. A level of a schema takes two of a description, which is read within limits.
const LEVELS_MAX: usize = 48;

impl Collector<'_> {
    /// The schema of a text that is JSON; `None` if it is none.
    pub(super) fn example(&mut self, text: &str, position: Position) -> Option<Schema> {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if !start.starts_with(['{', '[', '/']) {
            return None;
        }
        // What is odd within an example would be said with its values.
        let mut unsaid = Diagnostics::default();
        match json::parse(&plain(start), 0, &mut self.budget, &mut unsaid) {
            Ok(node) => Some(self.schema(&node, 0, position)),
            Err(error) => {
                if matches!(error.fault, Fault::TooManyValues { .. } | Fault::TooDeep { .. }) {
                    self.too_many(position, "values in examples");
                }
                None
            }
        }
    }

    fn schema(&mut self, node: &Node, level: usize, position: Position) -> Schema {
        if level >= LEVELS_MAX {
            return Schema { is_partial: true, ..Schema::default() };
        }
        if !self.has_room(position) {
            return Schema::default();
        }
        match &node.value {
            NodeValue::Null => Schema::of(Types::NULL),
            NodeValue::Bool(_) => Schema::of(Types::BOOLEAN),
            NodeValue::Number(number) if number.is_integer() => Schema::integer(),
            NodeValue::Number(_) => Schema::of(Types::NUMBER),
            NodeValue::Text(text) if is_variable(text) => Schema::default(),
            NodeValue::Text(_) => Schema::string(),
            NodeValue::List(items) => {
                let mut list = Schema::of(Types::ARRAY);
                for item in items {
                    let item = self.schema(item, level + 1, position);
                    merge_box(&mut list.items, Some(Box::new(item)));
                }
                list
            }
            NodeValue::Map(map) => self.object(map, level + 1, position),
        }
    }

    fn object(&mut self, map: &Map, level: usize, position: Position) -> Schema {
        let mut object = Schema::of(Types::OBJECT);
        for entry in map.entries() {
            let member = self.schema(&entry.node, level, position);
            if is_value(&entry.key) {
                let members = Additional::Schema(Box::new(member));
                merge_additional(&mut object.additional, members);
            } else {
                object.properties.insert(entry.key.clone(), member);
            }
        }
        object
    }
}

/// Makes `schema` wide enough for what `other` fits too.
pub(super) fn merge(schema: &mut Schema, other: Schema) {
    schema.types = schema.types.or(other.types);
    merge_box(&mut schema.items, other.items);
    merge_additional(&mut schema.additional, other.additional);
    for (name, member) in other.properties {
        match schema.properties.get_mut(&name) {
            Some(known) => merge(known, member),
            None => {
                schema.properties.insert(name, member);
            }
        }
    }
}

/// Takes the type from what was `null` in every example.
pub(super) fn settle(schema: &mut Schema) {
    if schema.types == Types::NULL {
        schema.types = Types::ANY;
    }
    schema.properties.values_mut().for_each(settle);
    schema.items.iter_mut().for_each(|it| settle(it));
    if let Additional::Schema(it) = &mut schema.additional {
        settle(it);
    }
}

fn merge_box(schema: &mut Option<Box<Schema>>, other: Option<Box<Schema>>) {
    match (schema, other) {
        (Some(schema), Some(other)) => merge(schema, *other),
        (schema @ None, other) => *schema = other,
        (Some(_), None) => {}
    }
}

fn merge_additional(members: &mut Additional, other: Additional) {
    match (members, other) {
        (Additional::Schema(schema), Additional::Schema(other)) => merge(schema, *other),
        (members @ Additional::Unsaid, other) => *members = other,
        // What comes from examples is of these two kinds.
        (Additional::Schema(_) | Additional::Any | Additional::Forbidden, _) => {}
    }
}

/// Whether a text is nothing but a variable, so that its type is not known.
fn is_variable(text: &str) -> bool {
    text.starts_with("{{") && text.ends_with("}}")
}

/// The text as JSON has it: variables outside of strings in quotes, no comments.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("{{") && !text.contains("//") && !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '{', '/']) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let bytes = match found.as_bytes() {
            [b'"', ..] => {
                let bytes = string_bytes(found);
                out.push_str(found.get(..bytes).unwrap_or_default());
                bytes
            }
            [b'{', b'{', ..] => match variable_bytes(found) {
                Some(bytes) => {
                    out.push_str("\"{{}}\"");
                    bytes
                }
                None => 2,
            },
            [b'/', b'/', ..] => found.find('\n').unwrap_or(found.len()),
            [b'/', b'*', ..] => found.find("*/").map_or(found.len(), |it| it + 2),
            _ => {
                out.push_str(found.get(..1).unwrap_or_default());
                1
            }
        };
        rest = found.get(bytes..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Bytes of the string that a text begins with, quotes included.
fn string_bytes(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return at + 1,
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
    text.len()
}

/// Bytes of the variable that a text begins with, braces included.
fn variable_bytes(text: &str) -> Option<usize> {
    let inner = text.get(2..)?;
    let end = inner.find(['}', '{', '"', '\n'])?;
    inner.get(end..)?.starts_with("}}").then_some(end + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_comments_are_made_json() {
        for (text, expected) in [
            ("{\"a\": {{b}}}", "{\"a\": \"{{}}\"}"),
            ("{\"a\": \"{{b}} // \\\" /* \"} // c\n", "{\"a\": \"{{b}} // \\\" /* \"} \n"),
            ("[/* {{ */1, {{a b}}]", "[1, \"{{}}\"]"),
            ("{{", ""),
            ("{\"a{{", "{\"a{{"),
            ("[1/*", "[1"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn merging_widens() {
        let mut schema = Schema::object([("a", Schema::integer()), ("b", Schema::of(Types::NULL))]);
        merge(&mut schema, Schema::object([("a", Schema::string()), ("c", Schema::string())]));
        settle(&mut schema);
        assert_eq!(schema.properties["a"].types, Types::INTEGER.or(Types::STRING));
        assert_eq!(schema.properties["b"].types, Types::ANY);
        assert_eq!(schema.properties["c"], Schema::string());
        let mut list = Schema::of(Types::ARRAY);
        merge(&mut list, Schema::list(Schema::integer()));
        assert_eq!(list, Schema::list(Schema::integer()));
    }
}
