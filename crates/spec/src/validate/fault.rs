//! What is wrong with a value, and why it is sometimes not known.

use crate::document::Position;

/// Where a schema stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SchemaPlace {
    /// Which of the given documents.
    pub document: usize,
    /// The way to it in the document (RFC 6901).
    pub pointer: Box<str>,
    /// Where it begins.
    pub position: Position,
}

/// One fault of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The way to the value (RFC 6901). Of a missing member, the one to where it should be.
    /// Control characters are U+FFFD. It is cut at a step where it is too long.
    pub instance: String,
    /// Whether `instance` was cut.
    pub is_cut: bool,
    /// What it violates.
    pub keyword: Keyword,
    /// The schema that has the keyword.
    pub schema: SchemaPlace,
    /// Of which kind it is.
    pub kind: FaultKind,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultKind {
    /// A member that the schema does not have.
    Undeclared,
    /// A member that is not there.
    Missing,
    /// Another type, another format or pattern.
    TypeOrFormat,
    /// Too small, too large, too short, too many, or none of the named values.
    OutOfRange,
    /// Any other.
    Other,
}

/// Why it is not known whether a value fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnknownReason {
    /// A pattern that is none of a regular language (look-around, back references), is broken or too large.
    Pattern,
    /// A text is too long for its pattern.
    LongText,
    /// A reference leads nowhere.
    Reference,
    /// The description says more than was kept.
    Partial,
    /// A dialect of JSON Schema that is not read.
    Dialect,
    /// A name is given twice, and which of the members counts matters.
    RepeatedName,
    /// Schemas in each other beyond the limit: also what refers to itself without end.
    Depth,
    /// More work than the limit.
    Steps,
    /// A number that is too long to be divided.
    Number,
}

macro_rules! keywords {
    ($($variant:ident = $name:literal, $kind:ident;)*) => {
        /// What a value violates.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Keyword {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Keyword {
            /// As it is written in schemas.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// Which kind of fault its violation is.
            pub const fn kind(self) -> FaultKind {
                match self {
                    $(Self::$variant => FaultKind::$kind,)*
                }
            }
        }
    };
}

keywords! {
    Type = "type", TypeOrFormat;
    Enum = "enum", OutOfRange;
    Const = "const", OutOfRange;
    Minimum = "minimum", OutOfRange;
    ExclusiveMinimum = "exclusiveMinimum", OutOfRange;
    Maximum = "maximum", OutOfRange;
    ExclusiveMaximum = "exclusiveMaximum", OutOfRange;
    MultipleOf = "multipleOf", OutOfRange;
    MinLength = "minLength", OutOfRange;
    MaxLength = "maxLength", OutOfRange;
    Pattern = "pattern", TypeOrFormat;
    Format = "format", TypeOrFormat;
    MinItems = "minItems", OutOfRange;
    MaxItems = "maxItems", OutOfRange;
    UniqueItems = "uniqueItems", Other;
    PrefixItems = "prefixItems", Other;
    Items = "items", OutOfRange;
    AdditionalItems = "additionalItems", OutOfRange;
    UnevaluatedItems = "unevaluatedItems", OutOfRange;
    Contains = "contains", Other;
    MinContains = "minContains", Other;
    MaxContains = "maxContains", Other;
    MinProperties = "minProperties", OutOfRange;
    MaxProperties = "maxProperties", OutOfRange;
    Required = "required", Missing;
    Properties = "properties", Undeclared;
    PatternProperties = "patternProperties", Undeclared;
    AdditionalProperties = "additionalProperties", Undeclared;
    UnevaluatedProperties = "unevaluatedProperties", Undeclared;
    PropertyNames = "propertyNames", Undeclared;
    Dependencies = "dependencies", Missing;
    DependentRequired = "dependentRequired", Missing;
    DependentSchemas = "dependentSchemas", Other;
    AllOf = "allOf", Other;
    AnyOf = "anyOf", Other;
    OneOf = "oneOf", Other;
    Not = "not", Other;
    If = "if", Other;
    Then = "then", Other;
    Else = "else", Other;
    Reference = "$ref", Other;
    DynamicReference = "$dynamicRef", Other;
    False = "false", Other;
}
