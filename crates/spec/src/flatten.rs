//! One schema of a reference and an `allOf`: what a reader of properties wants.
//!
//! Reads    a schema and the named ones.
//! Writes   a schema that fits the same values. A reference or `allOf` stays only where putting it in place
//!          would go in a circle or take too long, or for keywords that cannot be joined (two patterns).
//! Memory   at most a thousand schemas are put in place.
//! Misses   the parts of the result (its properties, items, alternatives) are as they were.

use std::collections::BTreeSet;

use bartizan_model::api::{Additional, Bound, Range, Schema, Schemas, Types};

/// References and parts of an `allOf` that one call puts in place.
const STEPS_MAX: usize = 1_000;
/// References and parts within each other; further ones stay where they are.
const DEPTH_MAX: usize = 48;

/// Puts what `schema` refers to and what all of it must fit in its place.
pub fn flatten(schema: &Schema, schemas: &Schemas) -> Schema {
    Flattening { schemas, open: Vec::new(), steps: 0, depth: 0 }.flat(schema.clone())
}

struct Flattening<'a> {
    schemas: &'a Schemas,
    /// Names on the way here.
    open: Vec<String>,
    steps: usize,
    depth: usize,
}

impl Flattening<'_> {
    fn flat(&mut self, schema: Schema) -> Schema {
        if self.depth >= DEPTH_MAX {
            return schema;
        }
        self.depth += 1;
        let schema = self.opened(schema);
        self.depth -= 1;
        schema
    }

    fn opened(&mut self, mut schema: Schema) -> Schema {
        let parts = std::mem::take(&mut schema.all_of);
        if let Some(name) = schema.reference.take() {
            schema = self.with_target(schema, name);
        }
        for part in parts {
            schema = if self.has_step() {
                let part = self.flat(part);
                both(schema, part)
            } else {
                schema.all_of.push(part);
                schema
            };
        }
        schema
    }

    fn with_target(&mut self, mut schema: Schema, name: String) -> Schema {
        let Some(target) = self.schemas.get(&name) else {
            schema.is_partial = true;
            return schema;
        };
        if self.open.contains(&name) || !self.has_step() {
            schema.reference = Some(name);
            return schema;
        }
        self.open.push(name);
        let target = self.flat(target.clone());
        self.open.pop();
        both(schema, target)
    }

    fn has_step(&mut self) -> bool {
        self.steps += 1;
        self.steps <= STEPS_MAX
    }
}

/// What fits both. What cannot be joined is left to an `allOf`.
fn both(mut one: Schema, mut other: Schema) -> Schema {
    let mut rest = Schema::default();
    one.types = one.types.and(other.types);
    annotations(&mut one, &mut other);
    values(&mut one, &mut other);
    numbers(&mut one, &mut other);
    one.length = narrower(one.length, other.length);
    one.items_count = narrower(one.items_count, other.items_count);
    one.properties_count = narrower(one.properties_count, other.properties_count);
    keep(&mut one.reference, other.reference.take(), &mut rest.reference);
    keep(&mut one.format, other.format.take(), &mut rest.format);
    keep(&mut one.pattern, other.pattern.take(), &mut rest.pattern);
    keep(&mut one.multiple_of, other.multiple_of.take(), &mut rest.multiple_of);
    keep(&mut one.content_encoding, other.content_encoding.take(), &mut rest.content_encoding);
    let media_type = other.content_media_type.take();
    keep(&mut one.content_media_type, media_type, &mut rest.content_media_type);
    keep(&mut one.not, other.not.take(), &mut rest.not);
    keep_list(&mut one.any_of, std::mem::take(&mut other.any_of), &mut rest.any_of);
    keep_list(&mut one.one_of, std::mem::take(&mut other.one_of), &mut rest.one_of);
    items(&mut one, &mut other, &mut rest);
    members(&mut one, &mut other);
    one.all_of.append(&mut other.all_of);
    if rest != Schema::default() {
        one.all_of.push(rest);
    }
    one
}

fn annotations(one: &mut Schema, other: &mut Schema) {
    one.title = one.title.take().or(other.title.take());
    one.description = one.description.take().or(other.description.take());
    one.default = one.default.take().or(other.default.take());
    one.discriminator = one.discriminator.take().or(other.discriminator.take());
    one.read_only |= other.read_only;
    one.write_only |= other.write_only;
    one.deprecated |= other.deprecated;
    one.is_partial |= other.is_partial;
    for (name, value) in std::mem::take(&mut other.extensions) {
        one.extensions.entry(name).or_insert(value);
    }
}

fn values(one: &mut Schema, other: &mut Schema) {
    one.values = match (one.values.take(), other.values.take()) {
        (Some(mut values), Some(others)) => {
            let others: BTreeSet<_> = others.iter().collect();
            values.retain(|it| others.contains(it));
            Some(values)
        }
        (values, others) => values.or(others),
    };
    let constants = (&one.constant, &other.constant);
    let are_different = matches!(constants, (Some(a), Some(b)) if a != b);
    if are_different || one.values.as_ref().is_some_and(Vec::is_empty) {
        one.types = Types::NONE;
        one.values = None;
    }
    one.constant = one.constant.take().or(other.constant.take());
}

fn numbers(one: &mut Schema, other: &mut Schema) {
    one.minimum =
        narrower_bound(one.minimum.take(), other.minimum.take(), |a, b| a.value > b.value);
    one.maximum =
        narrower_bound(one.maximum.take(), other.maximum.take(), |a, b| a.value < b.value);
}

fn narrower_bound(
    one: Option<Bound>,
    other: Option<Bound>,
    is_narrower: fn(&Bound, &Bound) -> bool,
) -> Option<Bound> {
    match (one, other) {
        (Some(one), Some(other)) if one.value == other.value => {
            let is_exclusive = one.is_exclusive || other.is_exclusive;
            Some(Bound { is_exclusive, ..one })
        }
        (Some(one), Some(other)) => Some(if is_narrower(&one, &other) { one } else { other }),
        (one, other) => one.or(other),
    }
}

fn narrower(one: Range, other: Range) -> Range {
    let max = match (one.max, other.max) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    Range { min: one.min.max(other.min), max }
}

fn keep<T: PartialEq>(one: &mut Option<T>, other: Option<T>, rest: &mut Option<T>) {
    if one.is_none() {
        *one = other;
    } else if *one != other {
        *rest = other;
    }
}

fn keep_list<T: PartialEq>(one: &mut Vec<T>, other: Vec<T>, rest: &mut Vec<T>) {
    if one.is_empty() {
        *one = other;
    } else if *one != other {
        *rest = other;
    }
}

fn items(one: &mut Schema, other: &mut Schema, rest: &mut Schema) {
    one.unique_items |= other.unique_items;
    let (first, others) = (std::mem::take(&mut other.first_items), other.items.take());
    if one.first_items.is_empty() && one.items.is_none() {
        (one.first_items, one.items) = (first, others);
    } else if one.first_items.is_empty() && first.is_empty() {
        one.items = match (one.items.take(), others) {
            (Some(a), Some(b)) if a != b => Some(Box::new(both(*a, *b))),
            (a, b) => a.or(b),
        };
    } else if one.first_items != first || one.items != others {
        (rest.first_items, rest.items) = (first, others);
    }
}

/// A member that only one side names must fit what the other says of additional ones.
fn members(one: &mut Schema, other: &mut Schema) {
    one.required.append(&mut other.required);
    let mut theirs = std::mem::take(&mut other.properties);
    for (name, ours) in &mut one.properties {
        let found = theirs.remove(name).or_else(|| admitted(&other.additional));
        if let Some(found) = found.filter(|it| it != ours) {
            *ours = both(std::mem::take(ours), found);
        }
    }
    for (name, property) in theirs {
        let property = match admitted(&one.additional) {
            Some(limit) => both(property, limit),
            None => property,
        };
        one.properties.insert(name, property);
    }
    let (ours, theirs) =
        (std::mem::take(&mut one.additional), std::mem::take(&mut other.additional));
    one.additional = match (ours, theirs) {
        (Additional::Unsaid, it) | (it, Additional::Unsaid) => it,
        (Additional::Any, it) | (it, Additional::Any) => it,
        (Additional::Forbidden, _) | (_, Additional::Forbidden) => Additional::Forbidden,
        (Additional::Schema(a), Additional::Schema(b)) if a == b => Additional::Schema(a),
        (Additional::Schema(a), Additional::Schema(b)) => {
            Additional::Schema(Box::new(both(*a, *b)))
        }
    };
}

/// What additional members must fit; `None` if they may be anything.
fn admitted(additional: &Additional) -> Option<Schema> {
    match additional {
        Additional::Unsaid | Additional::Any => None,
        Additional::Forbidden => Some(Schema::nothing()),
        Additional::Schema(schema) => Some(schema.as_ref().clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, schema: Schema) -> Schema {
        Schema::object([(name, schema)]).requiring([name])
    }

    #[test]
    fn references_and_parts_become_one_object() {
        let base = with("id", Schema::integer());
        let schemas =
            Schemas::from([("Base".to_owned(), base), ("Link".to_owned(), Schema::named("Base"))]);
        let mut schema = Schema { description: Some("d".to_owned()), ..Schema::default() };
        schema.all_of = vec![Schema::named("Link"), with("name", Schema::string())];
        let flat = flatten(&schema, &schemas);
        let names = [("id", Schema::integer()), ("name", Schema::string())];
        let mut expected = Schema::object(names).requiring(["id", "name"]);
        expected.description = Some("d".to_owned());
        assert_eq!(flat, expected);
    }

    #[test]
    fn the_narrower_of_two_limits_counts() {
        let bound = |value: u64, is_exclusive| Some(Bound { value: value.into(), is_exclusive });
        let mut one = Schema {
            minimum: bound(3, false),
            maximum: bound(9, false),
            ..Schema::of(Types::NUMBER)
        };
        one.length = Range { min: Some(1), max: None };
        let mut other =
            Schema { minimum: bound(3, true), maximum: bound(7, false), ..Schema::integer() };
        other.length = Range { min: None, max: Some(4) };
        let found = both(one, other);
        assert_eq!(found.types, Types::INTEGER);
        assert_eq!((found.minimum, found.maximum), (bound(3, true), bound(7, false)));
        assert_eq!(found.length, Range { min: Some(1), max: Some(4) });
    }

    #[test]
    fn values_are_those_of_both() {
        let of = |values: &[u64]| Schema {
            values: Some(values.iter().map(|&it| it.into()).collect()),
            ..Schema::default()
        };
        assert_eq!(both(of(&[1, 2, 3]), of(&[3, 2])).values, of(&[2, 3]).values);
        assert_eq!(both(of(&[1]), of(&[2])).types, Types::NONE);
        assert_eq!(both(Schema::string(), Schema::integer()).types, Types::NONE);
    }

    #[test]
    fn what_one_side_forbids_the_other_cannot_allow() {
        let mut closed = with("a", Schema::string());
        closed.additional = Additional::Forbidden;
        let found = both(closed, with("b", Schema::string()));
        assert_eq!(found.properties["a"], Schema::string());
        assert!(found.properties["b"].not.is_some());
        assert_eq!(found.additional, Additional::Forbidden);
        let additional = Additional::Schema(Box::new(Schema::integer()));
        let limited = Schema { additional, ..Schema::default() };
        let found = both(limited, with("b", Schema::of(Types::NUMBER)));
        assert_eq!(found.properties["b"], Schema::integer());
    }

    #[test]
    fn what_cannot_be_joined_stays_an_all_of() {
        let pattern = |it: &str| Schema { pattern: Some(it.to_owned()), ..Schema::default() };
        let found = both(pattern("a"), pattern("b"));
        assert_eq!(
            (found.pattern.as_deref(), found.all_of.as_slice()),
            (Some("a"), &[pattern("b")][..])
        );
        let found = both(pattern("a"), pattern("a"));
        assert_eq!(found.all_of, []);
    }

    #[test]
    fn circles_and_avalanches_end() {
        let mut circle = with("a", Schema::string());
        circle.all_of = vec![Schema::named("Circle")];
        let mut schemas = Schemas::from([("Circle".to_owned(), circle)]);
        let flat = flatten(&Schema::named("Circle"), &schemas);
        assert_eq!(flat.reference.as_deref(), Some("Circle"));
        assert!(flat.properties.contains_key("a"));
        for level in 0..40 {
            let next = Schema::named(format!("N{}", level + 1));
            let schema = Schema { all_of: vec![next.clone(), next], ..Schema::default() };
            schemas.insert(format!("N{level}"), schema);
        }
        let flat = flatten(&Schema::named("N0"), &schemas);
        assert!(flat.is_partial || !flat.all_of.is_empty() || flat.reference.is_some());
        assert!(flatten(&Schema::named("no"), &schemas).is_partial);
        for level in 0..5_000 {
            let mut schema = Schema::named(format!("C{}", level + 1));
            for _ in 0..60 {
                schema = Schema { all_of: vec![schema], ..Schema::default() };
            }
            schemas.insert(format!("C{level}"), schema);
        }
        assert!(!flatten(&Schema::named("C0"), &schemas).all_of.is_empty());
    }
}
