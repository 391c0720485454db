//! A small SQL engine over tables in memory: tokens, grammar, evaluation, and nothing that looks at
//! who asks. It runs whatever parses, which is what makes concatenated statements dangerous.
//!
//! Reads    statement texts, with `?` parameters or without: `SELECT` with `WHERE`, `UNION [ALL]`,
//!          `ORDER BY`, `LIMIT`; `INSERT`, `UPDATE`, `DELETE`, `DROP TABLE`; several with `;`.
//! Writes   [`Rows`], and changed tables.
//! Memory   what [`Limits`] allows: bytes of text, nodes, nesting, rows.
//! Errors   [`SqlError`]; nothing runs before the whole text has been parsed.
//! Misses   joins, subqueries, aggregates, functions; column names are checked when a row is
//!          evaluated, so a wrong name in a query over no rows is not noticed.

mod error;
mod evaluate;
mod grammar;
mod like;
mod parse;
mod table;
mod token;
mod value;

pub use error::SqlError;
pub use table::{Database, Rows, Table};
pub use value::Value;

/// How large a statement and its result may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a statement text.
    pub text_bytes_max: usize,
    /// Parentheses, `NOT`s and signs inside each other.
    pub nesting_max: usize,
    /// Operators, operands and statements of one text.
    pub nodes_max: usize,
    /// Rows of one table or one result.
    pub rows_max: usize,
}

impl Limits {
    /// Enough for a small shop.
    pub const SHOP: Self =
        Self { text_bytes_max: 16_384, nesting_max: 24, nodes_max: 400, rows_max: 20_000 };
}
