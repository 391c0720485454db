//! Where a value came from, for everything that can be explained later.

use bartizan_model::clause::SetBy;
use std::fmt;

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

/// Where a value came from. The file itself is named once, in `Settings::file`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The configuration file; both numbers start at 1.
    File {
        /// The line.
        line: usize,
        /// The column, in characters.
        column: usize,
    },
    /// An environment variable.
    Environment(&'static str),
    /// A flag or argument of the command line.
    Flag(&'static str),
}

impl From<Origin> for SetBy {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Default => Self::Default,
            Origin::Environment(_) | Origin::Flag(_) => Self::Flag,
            Origin::File { line, column } => {
                let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
                Self::File { line: number(line), column: number(column) }
            }
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { line, column } => write!(f, "line {line}, column {column}"),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}
