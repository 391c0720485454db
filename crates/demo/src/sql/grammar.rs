//! What a statement is, once parsed.

use super::Value;

#[derive(Debug)]
pub(super) enum Statement {
    Select(Select),
    Insert { table: String, columns: Vec<String>, values: Vec<Expression> },
    Update { table: String, changes: Vec<(String, Expression)>, condition: Option<Expression> },
    Delete { table: String, condition: Option<Expression> },
    Drop { table: String },
}

/// `first UNION … ORDER BY … LIMIT …`.
#[derive(Debug)]
pub(super) struct Select {
    pub(super) first: Core,
    pub(super) unions: Vec<Union>,
    pub(super) order: Vec<Order>,
    pub(super) limit: Option<usize>,
}

/// `SELECT … FROM … WHERE …`.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) distinct: bool,
    pub(super) items: Vec<Item>,
    pub(super) table: Option<String>,
    pub(super) condition: Option<Expression>,
}

#[derive(Debug)]
pub(super) enum Item {
    AllColumns,
    One { expression: Expression, name: String },
}

#[derive(Debug)]
pub(super) struct Union {
    pub(super) all: bool,
    pub(super) core: Core,
}

#[derive(Debug)]
pub(super) struct Order {
    pub(super) by: OrderBy,
    pub(super) descending: bool,
}

#[derive(Debug)]
pub(super) enum OrderBy {
    /// A result column, counted from 1.
    Number(usize),
    Name(String),
}

#[derive(Debug)]
pub(super) enum Expression {
    Literal(Value),
    Column(String),
    /// The parameter of this number, counted from 0.
    Parameter(usize),
    Not(Box<Self>),
    Negative(Box<Self>),
    IsNull(Box<Self>),
    In(Box<Self>, Vec<Self>),
    Binary(Box<Self>, Operator, Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    Differs,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Concatenate,
}
