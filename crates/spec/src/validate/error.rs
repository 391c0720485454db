//! Why a schema cannot be compiled.

use std::fmt;

use super::fault::SchemaPlace;
use crate::diagnostic::Shown;

/// Why a schema cannot be compiled, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Where.
    pub place: SchemaPlace,
    /// Why.
    pub fault: CompileFault,
}

/// Why a schema cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileFault {
    /// The reference to the schema itself leads nowhere.
    Start,
    /// It is neither a mapping nor a truth value.
    Schema,
    /// A keyword has a value that it cannot have.
    Keyword {
        /// The keyword.
        keyword: &'static str,
    },
    /// It requires a vocabulary that is not known.
    Vocabulary {
        /// Its URI.
        uri: String,
    },
    /// Schemas in each other beyond the limit.
    TooDeep {
        /// The limit.
        levels_max: usize,
    },
    /// More schemas than the limit.
    TooMany {
        /// The limit.
        schemas_max: usize,
    },
    /// More text than the limit, in names, values and places.
    TooLong {
        /// The limit.
        bytes_max: usize,
    },
}

impl fmt::Display for CompileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("the reference to the schema leads nowhere"),
            Self::Schema => f.write_str("a schema is a mapping or a truth value"),
            Self::Keyword { keyword } => write!(f, "`{keyword}` cannot have this value"),
            Self::Vocabulary { uri } => write!(f, "vocabulary `{}` is not known", Shown(uri)),
            Self::TooDeep { levels_max } => write!(f, "nested deeper than {levels_max} levels"),
            Self::TooMany { schemas_max } => write!(f, "more than {schemas_max} schemas"),
            Self::TooLong { bytes_max } => write!(f, "more than {bytes_max} bytes of text"),
        }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place.position, self.fault)
    }
}

impl std::error::Error for CompileError {}
