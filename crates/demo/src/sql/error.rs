//! Why a statement was not run.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

/// Why a statement was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlError {
    /// A character that starts no token.
    StrayCharacter(char),
    /// A string or quoted name that does not end.
    Unterminated,
    /// A number too large for 64 bits.
    NumberTooLarge,
    /// Something else was expected at this token, counted from 0.
    Unexpected {
        /// Position among the tokens.
        token: usize,
    },
    /// The text is longer than allowed, in bytes.
    TextTooLong(usize),
    /// More nesting than allowed.
    TooDeep,
    /// More operators and operands than allowed.
    TooManyNodes,
    /// No such table.
    NoSuchTable(String),
    /// No such column.
    NoSuchColumn(String),
    /// The sides of a `UNION`, or columns and values, differ in number.
    ColumnsDiffer {
        /// Columns on the left.
        left: usize,
        /// Columns on the right.
        right: usize,
    },
    /// An `ORDER BY` number outside the result.
    NoSuchOrder(usize),
    /// A `?` without a value.
    MissingParameter,
    /// More rows than a table or a result may have.
    TooManyRows,
}

impl SqlError {
    /// Whether the text is not SQL at all, as opposed to SQL that cannot be run.
    pub fn is_syntax(&self) -> bool {
        match self {
            Self::StrayCharacter(_)
            | Self::Unterminated
            | Self::NumberTooLarge
            | Self::Unexpected { .. } => true,
            Self::TextTooLong(_)
            | Self::TooDeep
            | Self::TooManyNodes
            | Self::NoSuchTable(_)
            | Self::NoSuchColumn(_)
            | Self::ColumnsDiffer { .. }
            | Self::NoSuchOrder(_)
            | Self::MissingParameter
            | Self::TooManyRows => false,
        }
    }
}

/// The messages quote the statement: this database belongs to the vulnerable shop, which shows them
/// to everybody.
impl Display for SqlError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::StrayCharacter(it) => write!(f, "unrecognised character {it:?}"),
            Self::Unterminated => f.write_str("unterminated string"),
            Self::NumberTooLarge => f.write_str("number out of range"),
            Self::Unexpected { token } => write!(f, "syntax error at token {token}"),
            Self::TextTooLong(bytes) => write!(f, "statement of {bytes} bytes is too long"),
            Self::TooDeep => f.write_str("expression nested too deeply"),
            Self::TooManyNodes => f.write_str("expression too large"),
            Self::NoSuchTable(name) => write!(f, "no such table: {name}"),
            Self::NoSuchColumn(name) => write!(f, "no such column: {name}"),
            Self::ColumnsDiffer { left, right } => {
                write!(f, "numbers of columns differ: {left} on the left, {right} on the right")
            }
            Self::NoSuchOrder(number) => write!(f, "order term {number} out of range"),
            Self::MissingParameter => f.write_str("parameter without a value"),
            Self::TooManyRows => f.write_str("too many rows"),
        }
    }
}

impl Error for SqlError {}
