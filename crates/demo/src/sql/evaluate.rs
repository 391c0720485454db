//! The value of an expression for one row.

use super::grammar::{Expression, Operator};
use super::like::like;
use super::{SqlError, Value};
use std::cmp::Ordering;

/// What names and `?` stand for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    pub(super) columns: &'a [String],
    pub(super) row: &'a [Value],
    pub(super) parameters: &'a [Value],
}

impl Scope<'_> {
    /// The value of `expression`.
    pub(super) fn value(self, expression: &Expression) -> Result<Value, SqlError> {
        match expression {
            Expression::Literal(value) => Ok(value.clone()),
            Expression::Column(name) => self.column(name),
            Expression::Parameter(number) => {
                self.parameters.get(*number).cloned().ok_or(SqlError::MissingParameter)
            }
            Expression::Not(inner) => {
                Ok(Value::truth(self.value(inner)?.is_true().map(|known| !known)))
            }
            Expression::Negative(inner) => {
                Ok(integer(self.value(inner)?.number().and_then(i64::checked_neg)))
            }
            Expression::IsNull(inner) => Ok(Value::truth(Some(self.value(inner)? == Value::Null))),
            Expression::In(needle, list) => self.is_in(needle, list),
            Expression::Binary(left, operator, right) => {
                Ok(apply(&self.value(left)?, *operator, &self.value(right)?))
            }
        }
    }

    /// Whether a row is wanted: a condition that is unknown is not met.
    pub(super) fn meets(self, condition: Option<&Expression>) -> Result<bool, SqlError> {
        match condition {
            None => Ok(true),
            Some(condition) => Ok(self.value(condition)?.is_true() == Some(true)),
        }
    }

    fn column(self, name: &str) -> Result<Value, SqlError> {
        let position = self.columns.iter().position(|column| column == name);
        let value = position.and_then(|at| self.row.get(at)).cloned();
        value.ok_or_else(|| SqlError::NoSuchColumn(name.to_owned()))
    }

    fn is_in(self, needle: &Expression, list: &[Expression]) -> Result<Value, SqlError> {
        let needle = self.value(needle)?;
        let mut found = Some(false);
        for candidate in list {
            let equal = equality(&needle, &self.value(candidate)?);
            found = either(found, equal);
        }
        Ok(Value::truth(found))
    }
}

fn apply(left: &Value, operator: Operator, right: &Value) -> Value {
    let compared = |wanted: fn(Ordering) -> bool| Value::truth(left.compare(right).map(wanted));
    let computed = |of: fn(i64, i64) -> Option<i64>| {
        integer(left.number().zip(right.number()).and_then(|(one, other)| of(one, other)))
    };
    match operator {
        Operator::Or => Value::truth(either(left.is_true(), right.is_true())),
        Operator::And => Value::truth(both(left.is_true(), right.is_true())),
        Operator::Equal => compared(Ordering::is_eq),
        Operator::Differs => compared(Ordering::is_ne),
        Operator::Less => compared(Ordering::is_lt),
        Operator::LessOrEqual => compared(Ordering::is_le),
        Operator::Greater => compared(Ordering::is_gt),
        Operator::GreaterOrEqual => compared(Ordering::is_ge),
        Operator::Like => {
            texts(left, right, |text, pattern| Value::truth(Some(like(&text, &pattern))))
        }
        Operator::Add => computed(i64::checked_add),
        Operator::Subtract => computed(i64::checked_sub),
        Operator::Multiply => computed(i64::checked_mul),
        Operator::Divide => computed(i64::checked_div),
        Operator::Remainder => computed(i64::checked_rem),
        Operator::Concatenate => texts(left, right, |one, other| Value::Text(one + &other)),
    }
}

fn texts(left: &Value, right: &Value, of: fn(String, String) -> Value) -> Value {
    match (left.text(), right.text()) {
        (Some(one), Some(other)) => of(one, other),
        (None, _) | (_, None) => Value::Null,
    }
}

fn equality(one: &Value, other: &Value) -> Option<bool> {
    one.compare(other).map(Ordering::is_eq)
}

/// Three-valued `OR`.
fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

/// Three-valued `AND`.
fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    either(one.map(|it| !it), other.map(|it| !it)).map(|it| !it)
}

fn integer(number: Option<i64>) -> Value {
    number.map_or(Value::Null, Value::Integer)
}
