//! Values held against JSON Schemas.
//!
//! Reads    schemas of JSON Schema 2020-12, of draft 4 and of OpenAPI 3.0 in trees of documents, with references
//!          within and between those that are given; or a [`Schema`] of an API that was read. Bodies as a [`Tape`].
//! Writes   a [`Verdict`]: valid, what is wrong and where, or why that is not known. What is not known of a part
//!          counts only where it could change the result.
//! Memory   of a validator: about 400 bytes a schema, its names, its values, and at most 256 KiB a pattern; all of it
//!          bounded by [`CompileLimits`]. Of a validation: a path, and at most `faults_max` faults.
//! Errors   [`CompileError`] for a schema that breaks the rules of its dialect or exceeds a limit. What cannot be
//!          followed or translated is no error but a [`Gap`], and makes verdicts that depend on it unknown.
//! Misses   formats unless asked for, and any but nine of them; `contentEncoding` and its kin; what other drafts
//!          mean; a number of a schema beyond what documents hold. With one
//!          branch that takes the type, `anyOf` and `oneOf` tell the faults of that one; with more, only that none fits.
//!          Faults of members whose name is given twice are not told. `nullable` does not add to an `enum`.
//! Source   JSON Schema 2020-12, core and validation; draft 4; OpenAPI Specification 3.0.4, section 4.7.24.

mod bits;
mod compile;
mod compiled;
mod equal;
mod error;
mod fault;
mod format;
mod literal;
mod model;
mod names;
mod outcome;
mod pattern;
mod run;
mod run_array;
mod run_object;
mod sources;
mod uri;

use std::collections::BTreeMap;

use bartizan_model::api::{Schema, Schemas};
use bartizan_model::tape::Tape;

use compiled::{Compiled, SchemaId};
pub use error::{CompileError, CompileFault};
pub use fault::{Fault, FaultKind, Keyword, SchemaPlace, UnknownReason};
pub use sources::Source;

/// A dialect of schemas. A `$schema` that is known goes before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SchemaDialect {
    /// That of OpenAPI 3.0, and of Swagger 2.0: draft 4 with `nullable`, without `id`.
    OpenApi30,
    /// Draft 4.
    Draft4,
    /// 2020-12, which OpenAPI has since 3.1.
    #[default]
    Draft2020,
    /// Another one: nothing that it says is decided.
    Unread,
}

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// To the API: members that are read-only need not be there.
    Request,
    /// From the API: members that are write-only are not there.
    Response,
}

/// How to compile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompileOptions {
    /// The dialect of schemas that name none.
    pub dialect: SchemaDialect,
    /// Which way the messages go, if they are messages of an API.
    pub side: Option<Side>,
    /// Whether a string of another format is wrong: `date`, `time`, `date-time`, `uuid`, `email`, `ipv4`, `ipv6`,
    /// `uri`, `hostname`. Else formats say nothing.
    pub asserts_formats: bool,
    /// Bounds.
    pub limits: CompileLimits,
}

/// Bounds of compiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Schemas of one validator, and named resources in all documents.
    pub schemas_max: usize,
    /// Schemas in each other, in all documents.
    pub depth_max: usize,
    /// Bytes of names, places and patterns.
    pub bytes_max: usize,
    /// Different patterns; further ones are unknown. Each takes up to 256 KiB, and more while it is used.
    pub patterns_max: usize,
    /// Gaps that are told; the others are counted.
    pub gaps_max: usize,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self {
            schemas_max: 50_000,
            depth_max: 256,
            bytes_max: 16 << 20,
            patterns_max: 500,
            gaps_max: 100,
        }
    }
}

/// Bounds of validating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidateLimits {
    /// Schemas in each other; a value that lies deeper is one more.
    pub depth_max: usize,
    /// Schemas held against values, members looked at, and texts by the 64 bytes.
    pub steps_max: usize,
    /// Faults that are told; at least one.
    pub faults_max: usize,
    /// Bytes of a fault's way to its value.
    pub pointer_bytes_max: usize,
    /// Bytes of a text that patterns are held against.
    pub pattern_text_bytes_max: usize,
}

impl Default for ValidateLimits {
    fn default() -> Self {
        Self {
            depth_max: 200,
            steps_max: 500_000,
            faults_max: 16,
            pointer_bytes_max: 512,
            pattern_text_bytes_max: 64 << 10,
        }
    }
}

/// What came of a validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It fits.
    Valid,
    /// It does not.
    Invalid {
        /// What is wrong, in the order of looking; one at least.
        faults: Vec<Fault>,
        /// Whether more is wrong.
        has_more: bool,
    },
    /// It is not known.
    Unknown(UnknownReason),
}

/// Something of a schema that cannot be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The schema.
    pub place: SchemaPlace,
    /// Why.
    pub reason: UnknownReason,
}

/// A schema, compiled.
#[derive(Debug)]
pub struct Validator {
    /// The first is the whole one.
    schemas: Vec<Compiled>,
    /// Of each dynamic anchor, the schema of each resource that has it.
    anchors: Vec<BTreeMap<usize, SchemaId>>,
    gaps: Vec<Gap>,
    gaps_more: usize,
}

impl Validator {
    /// Compiles the schema that `start` leads to, a reference as it would stand in the first document: `""` is
    /// the document itself, `"#/components/schemas/Order"` a part of it.
    ///
    /// # Errors
    ///
    /// [`CompileError`] if a schema has what its dialect does not allow, or a limit is exceeded.
    pub fn compile(
        sources: &[Source<'_>],
        start: &str,
        options: &CompileOptions,
    ) -> Result<Self, CompileError> {
        compile::compile(sources, start, options)
    }

    /// Compiles a schema of an API, whose references are keys of `schemas`. Places are those of a description
    /// that has them under `#/components/schemas`, and the schema itself there as the first.
    ///
    /// # Errors
    ///
    /// [`CompileError`] if a limit is exceeded.
    pub fn of_model(
        schema: &Schema,
        schemas: &Schemas,
        options: &CompileOptions,
    ) -> Result<Self, CompileError> {
        model::compile(schema, schemas, options)
    }

    /// Holds it against a value.
    pub fn validate(&self, tape: &Tape<'_>, limits: &ValidateLimits) -> Verdict {
        run::validate(self, tape, limits)
    }

    /// What of it cannot be decided, as far as [`CompileLimits::gaps_max`] goes.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Gaps beyond those.
    pub fn gaps_more(&self) -> usize {
        self.gaps_more
    }

    /// Number of schemas that it is made of.
    pub fn len(&self) -> usize {
        self.schemas.len()
    }

    /// Never: there is at least one schema.
    pub fn is_empty(&self) -> bool {
        self.schemas.is_empty()
    }
}
