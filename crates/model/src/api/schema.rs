//! What values look like: the part of JSON Schema that descriptions of APIs use, in one form.
//!
//! Memory   720 bytes for each schema; the map of properties has room for eleven at once.
//! Misses   conditions (`if`), `contains`, dependent keywords, `patternProperties`, `propertyNames`,
//!          `unevaluated…` and dynamic references: a schema that says such a thing is marked
//!          [`Schema::is_partial`] and is wider than what was written.
//! Source   JSON Schema 2020-12, core and validation; OpenAPI Specification 3.0.4, section 4.7.24.

use std::collections::{BTreeMap, BTreeSet};

use super::{Extensions, Number, Value};

/// What values look like. The default fits every value; every field narrows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// A key of [`super::Schemas`] that a value must fit too.
    pub reference: Option<String>,
    /// The types that it may have.
    pub types: Types,
    /// A short name.
    pub title: Option<String>,
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// `uuid`, `date-time`, `int32` ...
    pub format: Option<String>,
    /// The only values, if named.
    pub values: Option<Vec<Value>>,
    /// The only value, if named (`const`).
    pub constant: Option<Value>,
    /// What is taken if nothing is given.
    pub default: Option<Value>,
    /// The least number.
    pub minimum: Option<Bound>,
    /// The greatest number.
    pub maximum: Option<Bound>,
    /// Numbers are a multiple of it; greater than zero.
    pub multiple_of: Option<Number>,
    /// Characters of a string.
    pub length: Range,
    /// A regular expression (ECMA-262) that a string must contain a match of.
    pub pattern: Option<String>,
    /// How a string holds bytes: `base64`.
    pub content_encoding: Option<String>,
    /// What those bytes or the string are.
    pub content_media_type: Option<String>,
    /// The first items of an array, one by one.
    pub first_items: Vec<Self>,
    /// The other items of an array.
    pub items: Option<Box<Self>>,
    /// Items of an array.
    pub items_count: Range,
    /// Whether no two items may be equal.
    pub unique_items: bool,
    /// Members of an object, by name.
    pub properties: BTreeMap<String, Self>,
    /// Members that must be there.
    pub required: BTreeSet<String>,
    /// All other members.
    pub additional: Additional,
    /// Members of an object.
    pub properties_count: Range,
    /// Every one must fit.
    pub all_of: Vec<Self>,
    /// One or more must fit.
    pub any_of: Vec<Self>,
    /// Exactly one must fit.
    pub one_of: Vec<Self>,
    /// Must not fit.
    pub not: Option<Box<Self>>,
    /// Which member says which of several schemas is meant.
    pub discriminator: Option<Discriminator>,
    /// Whether it is in responses only: a request that carries it is wrong.
    pub read_only: bool,
    /// Whether it is in requests only.
    pub write_only: bool,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Whether the description says more than is held here, so that this is wider.
    pub is_partial: bool,
    /// What bartizan knows of it.
    pub extensions: Extensions,
}

/// A limit of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The limit.
    pub value: Number,
    /// Whether the limit itself is outside.
    pub is_exclusive: bool,
}

/// A least and a greatest count, both inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// `None` means zero.
    pub min: Option<u64>,
    /// `None` means any.
    pub max: Option<u64>,
}

/// Members of an object that are not named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Additional {
    /// Anything, and nobody said so.
    #[default]
    Unsaid,
    /// Anything, and the description says so.
    Any,
    /// None.
    Forbidden,
    /// Values that fit.
    Schema(Box<Schema>),
}

/// Which member says which of several schemas is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discriminator {
    /// The member.
    pub property: String,
    /// Its values and the schemas that they mean, as keys of [`super::Schemas`]. Other values are names of
    /// schemas themselves.
    pub mapping: BTreeMap<String, String>,
}

/// A set of JSON types. `number` includes `integer`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Types(u8);

impl Types {
    /// `null`
    pub const NULL: Self = Self(1);
    /// `true` and `false`
    pub const BOOLEAN: Self = Self(2);
    /// Numbers without a fraction.
    pub const INTEGER: Self = Self(4);
    /// Numbers, integers among them.
    pub const NUMBER: Self = Self(4 | 8);
    /// Strings.
    pub const STRING: Self = Self(16);
    /// Arrays.
    pub const ARRAY: Self = Self(32);
    /// Objects.
    pub const OBJECT: Self = Self(64);
    /// Every type.
    pub const ANY: Self = Self(127);
    /// No type: nothing fits.
    pub const NONE: Self = Self(0);

    const NAMED: [(&'static str, Self); 7] = [
        ("array", Self::ARRAY),
        ("boolean", Self::BOOLEAN),
        ("number", Self::NUMBER),
        ("integer", Self::INTEGER),
        ("object", Self::OBJECT),
        ("string", Self::STRING),
        ("null", Self::NULL),
    ];

    /// The type of this name, as JSON Schema has them.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|it| it.0 == name).map(|it| it.1)
    }

    /// The type of a value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.is_integer() => Self::INTEGER,
            Value::Number(_) => Self::NUMBER,
            Value::Text(_) => Self::STRING,
            Value::List(_) => Self::ARRAY,
            Value::Map(_) => Self::OBJECT,
        }
    }

    /// Whether all of `other` are in it.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The types in either.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The types in both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Names as JSON Schema writes them: `integer` only where not every number is meant.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let is_number = self.contains(Self::NUMBER);
        let held =
            move |it: &&(&str, Self)| self.contains(it.1) && !(is_number && it.1 == Self::INTEGER);
        Self::NAMED.iter().filter(held).map(|it| it.0)
    }
}

impl Default for Types {
    /// Every type.
    fn default() -> Self {
        Self::ANY
    }
}

impl std::fmt::Debug for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if *self == Self::ANY {
            return f.write_str("any");
        }
        f.debug_set().entries(self.names()).finish()
    }
}

impl Schema {
    /// Values of these types.
    pub fn of(types: Types) -> Self {
        Self { types, ..Self::default() }
    }

    /// Whatever the named schema says.
    pub fn named(name: impl Into<String>) -> Self {
        Self { reference: Some(name.into()), ..Self::default() }
    }

    /// A string.
    pub fn string() -> Self {
        Self::of(Types::STRING)
    }

    /// A whole number.
    pub fn integer() -> Self {
        Self::of(Types::INTEGER)
    }

    /// An array of these.
    pub fn list(items: Self) -> Self {
        Self { types: Types::ARRAY, items: Some(Box::new(items)), ..Self::default() }
    }

    /// An object with these members, none of them required.
    pub fn object<N: Into<String>>(properties: impl IntoIterator<Item = (N, Self)>) -> Self {
        let properties = properties.into_iter().map(|(name, it)| (name.into(), it)).collect();
        Self { types: Types::OBJECT, properties, ..Self::default() }
    }

    /// What nothing fits.
    pub fn nothing() -> Self {
        Self { not: Some(Box::default()), ..Self::default() }
    }

    /// The same with a format.
    #[must_use]
    pub fn with_format(mut self, format: impl Into<String>) -> Self {
        self.format = Some(format.into());
        self
    }

    /// The same, and these members must be there.
    #[must_use]
    pub fn requiring<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.required.extend(names.into_iter().map(Into::into));
        self
    }

    /// The schemas that it is directly made of.
    pub fn parts(&self) -> impl Iterator<Item = &Self> {
        let additional = match &self.additional {
            Additional::Schema(it) => Some(it.as_ref()),
            Additional::Unsaid | Additional::Any | Additional::Forbidden => None,
        };
        let lists = [&self.first_items, &self.all_of, &self.any_of, &self.one_of];
        let boxed = [self.items.as_deref(), self.not.as_deref(), additional];
        let lists = lists.into_iter().flatten();
        lists.chain(boxed.into_iter().flatten()).chain(self.properties.values())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_includes_integer_and_is_written_alone() {
        assert!(Types::NUMBER.contains(Types::INTEGER));
        assert_eq!(Types::NUMBER.and(Types::INTEGER), Types::INTEGER);
        let names: Vec<_> = Types::NUMBER.or(Types::NULL).names().collect();
        assert_eq!(names, ["number", "null"]);
        assert_eq!(Types::ANY.names().count(), 6);
        assert_eq!(Types::STRING.and(Types::ARRAY), Types::NONE);
        assert_eq!(format!("{:?} {:?}", Types::ANY, Types::INTEGER), "any {\"integer\"}");
    }

    #[test]
    fn a_value_has_a_type() {
        assert_eq!(Types::of(&Number::parse("1.0").map(Value::Number).unwrap()), Types::INTEGER);
        assert_eq!(Types::of(&Number::parse("1.5").map(Value::Number).unwrap()), Types::NUMBER);
        assert_eq!(Types::of(&Value::Null), Types::NULL);
        assert_eq!(Types::named("object"), Some(Types::OBJECT));
        assert_eq!(Types::named("file"), None);
    }

    #[test]
    fn parts_are_all_schemas_within() {
        let mut schema = Schema::object([("a", Schema::string())]);
        schema.items = Some(Box::new(Schema::integer()));
        schema.additional = Additional::Schema(Box::default());
        schema.one_of = vec![Schema::default(), Schema::named("x")];
        assert_eq!(schema.parts().count(), 5);
    }
}
