//! Schemas of every dialect: the drafts behind Swagger 2.0 and OpenAPI 3.0, and JSON Schema 2020-12.
//!
//! References to schemas stay references; nothing is put in their place, so that circles end by themselves.

use bartizan_model::api::{Additional, Bound, Discriminator, Number, Range, Schema, Types};

use super::fields::{OURS, is_extension};
use super::{Dialect, Reader};
use crate::diagnostic::{DiagnosticCode, Shown};
use crate::document::{Map, Node, NodeValue};

/// Keywords that narrow a schema and are not held.
const UNMODELLED: &[&str] = &[
    "$dynamicRef",
    "$recursiveRef",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords that may stand beside a reference in any dialect, because they ask nothing of values.
const HARMLESS_SIBLINGS: &[&str] =
    &["$ref", "description", "summary", "title", "example", "default"];

impl<'d> Reader<'d> {
    /// Reads one schema with its parts. What is none is reported, and fits everything.
    pub(super) fn schema(&mut self, node: &'d Node) -> Schema {
        if !self.has_room_for(1, node.position) {
            return Schema { is_partial: true, ..Schema::default() };
        }
        match &node.value {
            NodeValue::Map(map) => self.schema_of(node, map),
            NodeValue::Bool(fits) => {
                self.since(Dialect::OpenApi31, node, "a truth value in place of a schema");
                if *fits { Schema::default() } else { Schema::nothing() }
            }
            NodeValue::Null | NodeValue::Number(_) | NodeValue::Text(_) | NodeValue::List(_) => {
                self.wrong_type(node, "a schema", "a mapping");
                Schema { is_partial: true, ..Schema::default() }
            }
        }
    }

    /// Reads a schema that is a parameter or header field as well, as Swagger 2.0 has them. They are no
    /// objects, and `required` and `deprecated` are not the schema's.
    pub(super) fn value_schema(&mut self, node: &'d Node) -> Schema {
        let mut schema = Schema::default();
        let Some(map) = node.map().filter(|_| self.has_room_for(1, node.position)) else {
            return schema;
        };
        schema.default = map.get("default").map(Node::to_value);
        self.types(map, &mut schema);
        self.numbers(map, &mut schema);
        self.strings(map, &mut schema);
        self.arrays(map, &mut schema);
        schema
    }

    fn boxed(&mut self, node: &'d Node) -> Option<Box<Schema>> {
        Some(Box::new(self.schema(node)))
    }

    fn schemas(&mut self, map: &'d Map, key: &str) -> Vec<Schema> {
        let Some(node) = map.get(key) else { return Vec::new() };
        self.list(node, key).iter().map(|it| self.schema(it)).collect()
    }

    fn schema_of(&mut self, node: &'d Node, map: &'d Map) -> Schema {
        let mut schema = Schema::default();
        if let Some(reference) = map.get("$ref").and_then(Node::text) {
            schema.reference = self.reference(node, reference);
            schema.is_partial = schema.reference.is_none();
            if self.is_before(Dialect::OpenApi31) {
                self.siblings(map);
                return schema;
            }
        }
        self.annotations(map, &mut schema);
        self.types(map, &mut schema);
        self.numbers(map, &mut schema);
        self.strings(map, &mut schema);
        self.arrays(map, &mut schema);
        self.objects(map, &mut schema);
        self.compositions(map, &mut schema);
        self.unmodelled(map, &mut schema);
        schema
    }

    /// The name of the schema that a reference leads to.
    fn reference(&mut self, node: &Node, reference: &str) -> Option<String> {
        let target = self.found(node, reference)?;
        let stem = reference.split_once('#').map_or(reference, |it| it.0);
        let stem = stem.rsplit_once('/').map_or(stem, |it| it.1);
        let stem = stem.split_once('.').map_or(stem, |it| it.0);
        Some(self.names.of(target.file, &target.pointer, stem, target.node))
    }

    fn siblings(&mut self, map: &Map) {
        let lost = map
            .entries()
            .iter()
            .find(|it| !HARMLESS_SIBLINGS.contains(&it.key.as_str()) && !is_extension(&it.key));
        if let Some(entry) = lost {
            let message = format_args!("`{}` beside a reference is ignored", Shown(&entry.key));
            self.diagnostics.add(DiagnosticCode::ReferenceSiblings, entry.position, message);
        }
    }

    fn annotations(&mut self, map: &Map, schema: &mut Schema) {
        schema.title = self.text(map, "title");
        schema.description = self.text(map, "description");
        schema.default = map.get("default").map(Node::to_value);
        schema.read_only = self.flag(map, "readOnly");
        schema.write_only = self.flag(map, "writeOnly");
        schema.deprecated = self.flag(map, "deprecated");
        schema.extensions = self.extensions(map);
    }

    fn types(&mut self, map: &'d Map, schema: &mut Schema) {
        if let Some(node) = map.get("type").filter(|it| !it.is_null()) {
            schema.types = self.type_names(node, schema);
        }
        self.nullable(map, schema);
        schema.constant = map.get("const").map(Node::to_value);
        if let Some(node) = map.get("enum").filter(|it| !it.is_null()) {
            let items = self.list(node, "enum");
            // Nothing can be meant by a list of no values.
            schema.values = (!items.is_empty()).then(|| items.iter().map(Node::to_value).collect());
        }
    }

    fn type_names(&mut self, node: &'d Node, schema: &mut Schema) -> Types {
        let one = std::slice::from_ref(node);
        let items = node.list().unwrap_or(one);
        if node.list().is_some() {
            self.since(Dialect::OpenApi31, node, "a list of types");
        }
        let mut types = Types::NONE;
        for item in items {
            let Some(name) = item.text() else {
                // `type: [string, null]` without quotes is what many mean by it.
                types = if item.is_null() { types.or(Types::NULL) } else { types };
                self.wrong_type(item, "type", "a text");
                continue;
            };
            match Types::named(name) {
                Some(it) => types = types.or(it),
                None if name == "file" => {
                    types = types.or(Types::STRING);
                    schema.format = Some("binary".to_owned());
                }
                None => self.unknown_value(item, "type", name),
            }
        }
        if types == Types::NONE { Types::ANY } else { types }
    }

    fn nullable(&mut self, map: &Map, schema: &mut Schema) {
        let key = if self.dialect == Dialect::Swagger2 { "x-nullable" } else { "nullable" };
        let Some(node) = map.get(key).filter(|_| self.flag(map, key)) else { return };
        if !self.is_before(Dialect::OpenApi31) {
            let message = "`nullable` is a word of 3.0";
            self.diagnostics.add(DiagnosticCode::OtherDialect, node.position, message);
        }
        if schema.types == Types::ANY {
            let message = "`nullable` without a type has no effect";
            return self.diagnostics.add(DiagnosticCode::Nullable, node.position, message);
        }
        schema.types = schema.types.or(Types::NULL);
    }

    fn numbers(&mut self, map: &Map, schema: &mut Schema) {
        schema.minimum = self.bound(map, "minimum", "exclusiveMinimum", |one, other| one < other);
        schema.maximum = self.bound(map, "maximum", "exclusiveMaximum", |one, other| one > other);
        schema.multiple_of = self.number(map, "multipleOf");
        if let (Some(low), Some(high)) = (&schema.minimum, &schema.maximum)
            && low.value > high.value
        {
            self.empty_range(map, "minimum");
        }
    }

    /// A limit that older drafts write as a number and a flag, newer ones as one of two numbers. Of two
    /// the narrower one counts.
    fn bound(
        &mut self,
        map: &Map,
        key: &str,
        exclusive: &str,
        is_wider: fn(&Number, &Number) -> bool,
    ) -> Option<Bound> {
        let limit = self.number(map, key).map(|value| Bound { value, is_exclusive: false });
        let Some(node) = map.get(exclusive) else { return limit };
        if let NodeValue::Bool(is_exclusive) = node.value {
            if !self.is_before(Dialect::OpenApi31) {
                let message = format_args!("`{exclusive}` is a number since 3.1");
                self.diagnostics.add(DiagnosticCode::OtherDialect, node.position, message);
            }
            return limit.map(|it| Bound { is_exclusive, ..it });
        }
        self.since(Dialect::OpenApi31, node, exclusive);
        let strict = self.number(map, exclusive).map(|value| Bound { value, is_exclusive: true });
        match (limit, strict) {
            (Some(limit), Some(strict)) => {
                Some(if is_wider(&strict.value, &limit.value) { limit } else { strict })
            }
            (limit, strict) => strict.or(limit),
        }
    }

    fn empty_range(&mut self, map: &Map, key: &str) {
        if let Some(node) = map.get(key) {
            let message = format_args!("`{key}` leaves no value");
            self.diagnostics.add(DiagnosticCode::Range, node.position, message);
        }
    }

    fn range(&mut self, map: &Map, least: &str, greatest: &str) -> Range {
        let range = Range { min: self.count(map, least), max: self.count(map, greatest) };
        if let (Some(min), Some(max)) = (range.min, range.max)
            && min > max
        {
            self.empty_range(map, least);
        }
        range
    }

    fn strings(&mut self, map: &Map, schema: &mut Schema) {
        if let Some(format) = self.text(map, "format") {
            schema.format = Some(format);
        }
        schema.length = self.range(map, "minLength", "maxLength");
        schema.pattern = self.text(map, "pattern");
        schema.content_encoding = self.text(map, "contentEncoding");
        schema.content_media_type = self.text(map, "contentMediaType");
    }

    fn arrays(&mut self, map: &'d Map, schema: &mut Schema) {
        schema.items_count = self.range(map, "minItems", "maxItems");
        schema.unique_items = self.flag(map, "uniqueItems");
        schema.first_items = self.schemas(map, "prefixItems");
        let Some(node) = map.get("items") else { return };
        if node.list().is_none() {
            schema.items = self.boxed(node);
            return;
        }
        // Drafts before 2020-12 list the first items there.
        let message = "`items` is one schema";
        self.diagnostics.add(DiagnosticCode::OtherDialect, node.position, message);
        schema.first_items = self.schemas(map, "items");
        schema.items = map.get("additionalItems").and_then(|it| self.boxed(it));
    }

    fn objects(&mut self, map: &'d Map, schema: &mut Schema) {
        schema.properties_count = self.range(map, "minProperties", "maxProperties");
        let properties = map.get("properties").and_then(|it| self.map(it, "properties"));
        for entry in properties.into_iter().flat_map(Map::entries) {
            let property = self.schema(&entry.node);
            schema.properties.insert(entry.key.clone(), property);
        }
        schema.required = self.texts(map, "required").into_iter().collect();
        let Some(node) = map.get("additionalProperties").filter(|it| !it.is_null()) else { return };
        schema.additional = match node.value {
            NodeValue::Bool(true) => Additional::Any,
            NodeValue::Bool(false) => Additional::Forbidden,
            NodeValue::Null
            | NodeValue::Number(_)
            | NodeValue::Text(_)
            | NodeValue::List(_)
            | NodeValue::Map(_) => Additional::Schema(Box::new(self.schema(node))),
        };
    }

    fn compositions(&mut self, map: &'d Map, schema: &mut Schema) {
        schema.all_of = self.schemas(map, "allOf");
        schema.any_of = self.schemas(map, "anyOf");
        schema.one_of = self.schemas(map, "oneOf");
        schema.not = map.get("not").and_then(|it| self.boxed(it));
        schema.discriminator = map.get("discriminator").and_then(|it| self.discriminator(it));
    }

    fn discriminator(&mut self, node: &'d Node) -> Option<Discriminator> {
        if let Some(property) = node.text() {
            if self.dialect != Dialect::Swagger2 {
                self.wrong_type(node, "discriminator", "a mapping");
            }
            return Some(Discriminator {
                property: property.to_owned(),
                ..Discriminator::default()
            });
        }
        let map = self.map(node, "discriminator")?;
        let property = self.text(map, "propertyName")?;
        let mut discriminator = Discriminator { property, ..Discriminator::default() };
        let mapping = map.get("mapping").and_then(|it| self.map(it, "mapping"));
        for entry in mapping.into_iter().flat_map(Map::entries) {
            let Some(value) = entry.node.text() else {
                self.wrong_type(&entry.node, "mapping", "a text");
                continue;
            };
            let is_reference =
                value.contains(['#', '/']) || self.library.find(entry.position.file, value).is_ok();
            let name = if is_reference {
                self.reference(&entry.node, value)
            } else {
                Some(value.to_owned())
            };
            discriminator.mapping.extend(name.map(|it| (entry.key.clone(), it)));
        }
        Some(discriminator)
    }

    fn unmodelled(&mut self, map: &Map, schema: &mut Schema) {
        for key in UNMODELLED {
            if let Some(entry) = map.entry(key) {
                let message = format_args!("`{key}` is not looked at");
                self.diagnostics.add(DiagnosticCode::Unmodelled, entry.position, message);
                schema.is_partial = true;
            }
        }
        if map.entry("patternProperties").is_some() {
            // Names that a pattern allows are additional to us.
            schema.additional = Additional::Unsaid;
        }
        schema.is_partial |= map.get(&format!("{OURS}partial")).is_some();
    }
}

#[cfg(test)]
mod tests {
    use bartizan_model::api::Value;

    use super::super::tests::{codes, reading};
    use super::*;

    fn schema(dialect: &str, text: &str) -> (Schema, Vec<DiagnosticCode>) {
        let place = if dialect.starts_with('2') {
            format!(
                "swagger: '{dialect}'\ninfo: {{title: t, version: v}}\ndefinitions: {{A: {text}}}\n"
            )
        } else {
            let head = format!("openapi: {dialect}\ninfo: {{title: t, version: v}}");
            format!("{head}\ncomponents: {{schemas: {{A: {text}, B: {{type: string}}}}}}\n")
        };
        let reading = reading(&place);
        (reading.api.schemas["A"].clone(), codes(&reading))
    }

    #[track_caller]
    fn check(dialect: &str, text: &str, expected: &Schema, codes: &[DiagnosticCode]) {
        let (found, met) = schema(dialect, text);
        assert_eq!(&found, expected, "{text}");
        assert_eq!(met, codes, "{text}");
    }

    #[test]
    fn null_is_a_type_in_every_dialect() {
        let expected = Schema::of(Types::STRING.or(Types::NULL));
        check("2.0", "{type: string, x-nullable: true}", &expected, &[]);
        check("3.0.3", "{type: string, nullable: true}", &expected, &[]);
        check("3.1.0", "{type: [string, 'null']}", &expected, &[]);
        check("3.1.0", "{type: [string, null]}", &expected, &[DiagnosticCode::WrongType]);
        let code = [DiagnosticCode::OtherDialect];
        check("3.1.0", "{type: string, nullable: true}", &expected, &code);
        check("3.0.3", "{type: [string, 'null']}", &expected, &code);
        check("3.0.3", "{nullable: true}", &Schema::default(), &[DiagnosticCode::Nullable]);
        check("3.0.3", "{type: string, nullable: false}", &Schema::string(), &[]);
    }

    #[test]
    fn an_exclusive_bound_is_one_in_every_draft() {
        let bound = |value: u64, is_exclusive| Some(Bound { value: value.into(), is_exclusive });
        let expected = Schema { minimum: bound(5, true), ..Schema::integer() };
        check("3.0.3", "{type: integer, minimum: 5, exclusiveMinimum: true}", &expected, &[]);
        check("3.1.0", "{type: integer, exclusiveMinimum: 5}", &expected, &[]);
        check("3.1.0", "{type: integer, minimum: 5, exclusiveMinimum: 5}", &expected, &[]);
        check("3.1.0", "{type: integer, minimum: 4, exclusiveMinimum: 5}", &expected, &[]);
        let inclusive = Schema { minimum: bound(6, false), ..Schema::integer() };
        check("3.1.0", "{type: integer, minimum: 6, exclusiveMinimum: 5}", &inclusive, &[]);
        let expected = Schema { maximum: bound(5, true), ..Schema::integer() };
        check("3.1.0", "{type: integer, maximum: 6, exclusiveMaximum: 5}", &expected, &[]);
        check("3.0.3", "{type: integer, maximum: 5, exclusiveMaximum: true}", &expected, &[]);
    }

    #[test]
    fn siblings_of_a_reference_count_since_3_1() {
        let text = "{$ref: '#/components/schemas/B', description: d, minLength: 2}";
        check("3.0.3", text, &Schema::named("B"), &[DiagnosticCode::ReferenceSiblings]);
        let mut expected = Schema { description: Some("d".to_owned()), ..Schema::named("B") };
        expected.length.min = Some(2);
        check("3.1.0", text, &expected, &[]);
        let lost = Schema { is_partial: true, ..Schema::default() };
        check("3.0.3", "{$ref: '#/no'}", &lost, &[DiagnosticCode::MissingReference]);
        let remote = "{$ref: 'https://a.test/x.json'}";
        check("3.0.3", remote, &lost, &[DiagnosticCode::RemoteReference]);
    }

    #[test]
    fn every_keyword_is_held() {
        let text = "{type: object, required: [a], properties: {a: {type: array, items: {type: number, multipleOf: 0.5, \
                    default: 1}, minItems: 1, maxItems: 2, uniqueItems: true}, b: {readOnly: true, enum: [x, 1, null]}}, \
                    additionalProperties: {type: boolean}, minProperties: 1, maxProperties: 3, title: t, deprecated: \
                    true, x-bartizan-class: email, x-other: 1}";
        let mut item = Schema::of(Types::NUMBER);
        item.multiple_of = Number::parse("0.5");
        item.default = Some(1_u64.into());
        let mut list = Schema::list(item);
        list.items_count = Range { min: Some(1), max: Some(2) };
        list.unique_items = true;
        let values = Some(vec!["x".into(), 1_u64.into(), Value::Null]);
        let second = Schema { read_only: true, values, ..Schema::default() };
        let mut expected = Schema::object([("a", list), ("b", second)]).requiring(["a"]);
        expected.additional = Additional::Schema(Box::new(Schema::of(Types::BOOLEAN)));
        expected.properties_count = Range { min: Some(1), max: Some(3) };
        expected.title = Some("t".to_owned());
        expected.deprecated = true;
        expected.extensions.insert("x-bartizan-class".to_owned(), "email".into());
        check("3.0.3", text, &expected, &[]);
    }

    #[test]
    fn compositions_and_discriminators_are_held() {
        let text = "{allOf: [{$ref: '#/components/schemas/B'}], anyOf: [{}], oneOf: [{type: integer}, {}], not: {type: \
                    string}, discriminator: {propertyName: kind, mapping: {b: '#/components/schemas/B', c: B}}}";
        let (found, codes) = schema("3.0.3", text);
        assert_eq!(codes, []);
        assert_eq!(found.all_of, [Schema::named("B")]);
        assert_eq!((found.any_of.len(), found.one_of.len()), (1, 2));
        assert_eq!(found.not.as_deref(), Some(&Schema::string()));
        let discriminator = found.discriminator.unwrap();
        assert_eq!(discriminator.property, "kind");
        assert!(discriminator.mapping.values().all(|it| it == "B"));
        let (old, _) = schema("2.0", "{discriminator: kind}");
        assert_eq!(old.discriminator.unwrap().property, "kind");
    }

    #[test]
    fn what_is_not_held_makes_a_schema_wider_and_says_so() {
        let text = "{patternProperties: {'^x': {}}, additionalProperties: false}";
        let expected = Schema { is_partial: true, ..Schema::default() };
        check("3.1.0", text, &expected, &[DiagnosticCode::Unmodelled]);
        let code = [DiagnosticCode::OtherDialect];
        check("3.1.0", "true", &Schema::default(), &[]);
        check("3.1.0", "false", &Schema::nothing(), &[]);
        check("3.0.0", "false", &Schema::nothing(), &code);
        let mut tuple = Schema::of(Types::ARRAY);
        tuple.first_items = vec![Schema::string()];
        check("3.0.0", "{type: array, items: [{type: string}]}", &tuple, &code);
        check("3.1.0", "{type: array, prefixItems: [{type: string}]}", &tuple, &[]);
        check("2.0", "{type: file}", &Schema::string().with_format("binary"), &[]);
    }

    #[test]
    fn wrong_types_are_reported_and_what_can_be_is_converted() {
        let text = "{type: text, minimum: '3', maxLength: -1, minLength: [], required: true, properties: [], enum: 5, \
                    readOnly: 'true', pattern: 7, allOf: {}, items: 3, minItems: 1.5}";
        let (found, codes) = schema("3.0.3", text);
        assert_eq!(codes, [DiagnosticCode::WrongType, DiagnosticCode::UnknownValue]);
        assert_eq!(found.minimum.unwrap().value, 3_u64.into());
        assert!(found.read_only);
        assert_eq!(found.pattern.as_deref(), Some("7"));
        assert_eq!((found.length, found.items_count), (Range::default(), Range::default()));
        let (_, codes) = schema("3.1.0", "{minimum: 2, maximum: 1, minLength: 4, maxLength: 3}");
        assert_eq!(codes, [DiagnosticCode::Range]);
    }
}
