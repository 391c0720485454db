//! What may be asked: one question that only reads, over the views, and that cannot make much of little.
//!
//! Reads    the text, and the plan that comes of it.
//! Errors   [`Refusal`].
//! Misses   questions that are slow: those meet the limits of time and memory.

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::sqlparser::ast::Statement as Sql;
use std::fmt;

/// Bytes of a question.
pub const SQL_BYTES_MAX: usize = 16 * 1024;

/// How often over a text may be written by all that lengthens texts in one question.
const LENGTHENED_MAX: u64 = 4_096;

/// Functions that make much of little, by a number that they are given.
const REMOVED: &[&str] = &[
    "repeat",
    "lpad",
    "rpad",
    "replace",
    "regexp_replace",
    "translate",
    "overlay",
    "array_repeat",
    "list_repeat",
    "array_resize",
    "list_resize",
    "generate_series",
    "range",
    "gen_series",
    "version",
    "arrow_metadata",
    "arrow_cast",
    "arrow_try_cast",
    "to_char",
    "date_format",
    "array_to_string",
    "list_to_string",
    "array_join",
    "list_join",
];

/// Why a question is not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is longer than [`SQL_BYTES_MAX`].
    TooLong,
    /// It is not one `SELECT`.
    NotOneSelect,
    /// It lengthens texts too much.
    Lengthens,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "a question has at most {SQL_BYTES_MAX} bytes"),
            Self::NotOneSelect => f.write_str("a hunt is one SELECT and nothing else"),
            Self::Lengthens => {
                f.write_str("the question joins texts so often that they might become too long")
            }
        }
    }
}

/// Takes away what must not be called.
pub(crate) fn disarm(context: &SessionContext) {
    for name in REMOVED {
        context.deregister_udf(name);
        context.deregister_udtf(name);
    }
    for name in ["string_agg", "listagg"] {
        context.deregister_udaf(name);
    }
}

/// Reads the text; it is one query.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enumeration is not ours and grows")]
pub(crate) fn parsed(sql: &str) -> Result<std::result::Result<Statement, Refusal>> {
    if sql.len() > SQL_BYTES_MAX {
        return Ok(Err(Refusal::TooLong));
    }
    let mut statements = DFParserBuilder::new(sql).build()?.parse_statements()?;
    let Some(statement) = statements.pop_front().filter(|_| statements.is_empty()) else {
        return Ok(Err(Refusal::NotOneSelect));
    };
    let is_query = match &statement {
        Statement::Statement(it) => matches!(it.as_ref(), Sql::Query(_)),
        _ => false,
    };
    Ok(if is_query { Ok(statement) } else { Err(Refusal::NotOneSelect) })
}

/// Whether a plan may run.
pub(crate) fn admits(plan: &LogicalPlan) -> Result<Option<Refusal>> {
    let mut reads = true;
    let mut lengthened = 1_u64;
    plan.apply_with_subqueries(|node| {
        reads &= !matches!(
            node,
            LogicalPlan::Ddl(_)
                | LogicalPlan::Dml(_)
                | LogicalPlan::Copy(_)
                | LogicalPlan::Statement(_)
                | LogicalPlan::Extension(_)
                | LogicalPlan::RecursiveQuery(_)
        );
        node.apply_expressions(|it| {
            it.apply(|it| {
                lengthened = lengthened.saturating_mul(lengthens(it));
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(match (reads, lengthened <= LENGTHENED_MAX) {
        (false, _) => Some(Refusal::NotOneSelect),
        (true, false) => Some(Refusal::Lengthens),
        (true, true) => None,
    })
}

/// How often as long as its longest argument the value of an expression may be.
#[expect(clippy::wildcard_enum_match_arm, reason = "the enumeration is not ours and grows")]
fn lengthens(it: &Expr) -> u64 {
    match it {
        Expr::BinaryExpr(it) if it.op == Operator::StringConcat => 2,
        Expr::ScalarFunction(it) => match it.name() {
            "concat" | "concat_ws" | "array_concat" | "list_concat" | "array_cat" | "list_cat"
            | "make_array" | "array_append" | "array_prepend" | "named_struct" | "struct" => {
                (it.args.len() as u64).max(1)
            }
            "space" => match it.args.first() {
                Some(Expr::Literal(ScalarValue::Int64(Some(n)), _)) => n.unsigned_abs().max(1),
                _ => u64::MAX,
            },
            _ => 1,
        },
        _ => 1,
    }
}
