//! A schema as it is held against values: keywords sorted by the kind of value that they look at.

use bartizan_model::api::Types;
use regex::Regex;

use super::fault::{Keyword, SchemaPlace, UnknownReason};
use super::format::Format;
use super::literal::Literal;
use super::names::Names;

/// A schema of a validator, by its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SchemaId(pub(super) u32);

/// One schema.
#[derive(Debug, Default)]
pub(super) struct Compiled {
    pub(super) place: SchemaPlace,
    /// The schema resource that it belongs to, for dynamic references.
    pub(super) resource: usize,
    /// Nothing fits: the schema `false`.
    pub(super) is_never: bool,
    pub(super) types: Types,
    /// `enum` and `const`.
    pub(super) values: Vec<Values>,
    pub(super) numbers: Vec<Limit>,
    pub(super) text: Option<Box<TextRules>>,
    pub(super) array: Option<Box<ArrayRules>>,
    pub(super) object: Option<Box<ObjectRules>>,
    pub(super) applied: Vec<Applied>,
    pub(super) unevaluated_items: Option<SchemaId>,
    pub(super) unevaluated_properties: Option<SchemaId>,
}

/// The only values that fit.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) keyword: Keyword,
    pub(super) list: Vec<Literal>,
}

/// A limit of numbers.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) kind: LimitKind,
    /// In the notation of JSON.
    pub(super) number: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitKind {
    Minimum,
    ExclusiveMinimum,
    Maximum,
    ExclusiveMaximum,
    MultipleOf,
}

/// A least and a greatest count.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) min: usize,
    pub(super) max: usize,
}

impl Default for Count {
    fn default() -> Self {
        Self { min: 0, max: usize::MAX }
    }
}

/// What is asked of strings.
#[derive(Debug, Default)]
pub(super) struct TextRules {
    pub(super) length: Count,
    pub(super) pattern: Option<Pattern>,
    pub(super) format: Option<Format>,
}

/// A regular expression, or that it cannot be told what it matches.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Regex(Regex),
    Unknown,
}

/// What is asked of arrays.
#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub(super) count: Count,
    pub(super) is_unique: bool,
    pub(super) first: Vec<SchemaId>,
    /// Of the other items, and which keyword said so.
    pub(super) rest: Option<(SchemaId, Keyword)>,
    pub(super) contains: Option<Contains>,
}

#[derive(Debug)]
pub(super) struct Contains {
    pub(super) schema: SchemaId,
    pub(super) count: Count,
}

/// What is asked of objects.
#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    pub(super) count: Count,
    pub(super) names: Names,
    pub(super) required: usize,
    pub(super) patterns: Vec<(Pattern, SchemaId)>,
    pub(super) additional: Option<SchemaId>,
    pub(super) property_names: Option<SchemaId>,
    pub(super) dependent_required: Vec<(Box<str>, Vec<Box<str>>)>,
    pub(super) dependent_schemas: Vec<(Box<str>, SchemaId)>,
}

impl ObjectRules {
    /// Whether members have to be looked at one by one.
    pub(super) fn looks_at_members(&self) -> bool {
        !self.names.is_empty()
            || !self.patterns.is_empty()
            || self.additional.is_some()
            || self.property_names.is_some()
    }
}

/// `if` with what follows.
#[derive(Debug)]
pub(super) struct Conditional {
    pub(super) condition: SchemaId,
    pub(super) then: Option<SchemaId>,
    pub(super) otherwise: Option<SchemaId>,
}

/// A schema that is applied to the same value.
#[derive(Debug)]
pub(super) enum Applied {
    AllOf(Vec<SchemaId>),
    AnyOf(Vec<SchemaId>),
    OneOf(Vec<SchemaId>),
    Not(SchemaId),
    If(Conditional),
    Reference(SchemaId),
    /// What it leads to unless the dynamic scope has an anchor of this number.
    Dynamic {
        otherwise: SchemaId,
        anchor: usize,
    },
    /// What it asks is not known.
    Undecidable(UnknownReason),
}
