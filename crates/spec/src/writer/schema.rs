//! Schemas as JSON Schema 2020-12.

use bartizan_model::api::{Additional, Bound, Discriminator, Range, Schema, Types};

use super::tree::{Members, Tree};
use super::{Omission, Writer, put_extensions};
use crate::reader::OURS;

impl Writer {
    pub(super) fn schema(&mut self, schema: &Schema) -> Tree {
        let mut members = Members::default();
        if let Some(name) = &schema.reference {
            match self.reference(name) {
                Some(reference) => members.put("$ref", reference),
                None => self.omitted.push(Omission::Schema { name: name.clone() }),
            }
        }
        annotations(schema, &mut members);
        values(schema, &mut members);
        self.arrays(schema, &mut members);
        self.objects(schema, &mut members);
        self.compositions(schema, &mut members);
        members.put_if(format!("{OURS}partial"), schema.is_partial);
        put_extensions(&schema.extensions, &mut members);
        members.into()
    }

    fn reference(&self, name: &str) -> Option<String> {
        self.names.schema(name).map(|it| format!("#/components/schemas/{it}"))
    }

    fn schemas(&mut self, schemas: &[Schema]) -> Vec<Tree> {
        schemas.iter().map(|it| self.schema(it)).collect()
    }

    fn arrays(&mut self, schema: &Schema, members: &mut Members) {
        members.put_full("prefixItems", self.schemas(&schema.first_items));
        members.put_some("items", schema.items.as_deref().map(|it| self.schema(it)));
        range("minItems", "maxItems", schema.items_count, members);
        members.put_if("uniqueItems", schema.unique_items);
    }

    fn objects(&mut self, schema: &Schema, members: &mut Members) {
        members.put_full("required", schema.required.iter().collect::<Vec<_>>());
        let mut properties = Members::default();
        for (name, property) in &schema.properties {
            properties.put(name, self.schema(property));
        }
        members.put_full("properties", properties);
        match &schema.additional {
            Additional::Unsaid => {}
            Additional::Any => members.put("additionalProperties", true),
            Additional::Forbidden => members.put("additionalProperties", false),
            Additional::Schema(it) => members.put("additionalProperties", self.schema(it)),
        }
        range("minProperties", "maxProperties", schema.properties_count, members);
    }

    fn compositions(&mut self, schema: &Schema, members: &mut Members) {
        members.put_full("allOf", self.schemas(&schema.all_of));
        members.put_full("anyOf", self.schemas(&schema.any_of));
        members.put_full("oneOf", self.schemas(&schema.one_of));
        let nothing = Members::default().into();
        let not = schema.not.as_deref().map(|it| self.schema(it));
        // There is no list of no types.
        members.put_some("not", not.or((schema.types == Types::NONE).then_some(nothing)));
        members.put_some(
            "discriminator",
            schema.discriminator.as_ref().map(|it| self.discriminator(it)),
        );
    }

    fn discriminator(&self, discriminator: &Discriminator) -> Members {
        let mut members = Members::default();
        members.put("propertyName", &discriminator.property);
        let mut mapping = Members::default();
        for (value, name) in &discriminator.mapping {
            mapping.put(value, self.reference(name).unwrap_or_else(|| name.clone()));
        }
        members.put_full("mapping", mapping);
        members
    }
}

fn annotations(schema: &Schema, members: &mut Members) {
    members.put_some("title", schema.title.as_ref());
    members.put_some("description", schema.description.as_ref());
    members.put_some("default", schema.default.as_ref());
    members.put_if("readOnly", schema.read_only);
    members.put_if("writeOnly", schema.write_only);
    members.put_if("deprecated", schema.deprecated);
}

fn values(schema: &Schema, members: &mut Members) {
    let types: Vec<_> = schema.types.names().collect();
    match types.as_slice() {
        [] => {}
        _ if schema.types == Types::ANY => {}
        [one] => members.put("type", *one),
        several => members.put("type", several.to_vec()),
    }
    members.put_some("format", schema.format.as_ref());
    if let Some(values) = &schema.values {
        members.put("enum", values.iter().map(Tree::from).collect::<Vec<_>>());
    }
    members.put_some("const", schema.constant.as_ref());
    bound("minimum", "exclusiveMinimum", schema.minimum.as_ref(), members);
    bound("maximum", "exclusiveMaximum", schema.maximum.as_ref(), members);
    members.put_some("multipleOf", schema.multiple_of.as_ref());
    range("minLength", "maxLength", schema.length, members);
    members.put_some("pattern", schema.pattern.as_ref());
    members.put_some("contentEncoding", schema.content_encoding.as_ref());
    members.put_some("contentMediaType", schema.content_media_type.as_ref());
}

fn bound(inclusive: &str, exclusive: &str, bound: Option<&Bound>, members: &mut Members) {
    if let Some(it) = bound {
        members.put(if it.is_exclusive { exclusive } else { inclusive }, &it.value);
    }
}

fn range(least: &str, greatest: &str, range: Range, members: &mut Members) {
    members.put_some(least, range.min);
    members.put_some(greatest, range.max);
}
