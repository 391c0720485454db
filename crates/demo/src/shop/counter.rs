//! The counter behind which all handlers stand: the tables, and how statements reach them.

use super::complaint::Complaint;
use super::tables::tables;
use crate::seeded::Seeded;
use crate::sql::{Database, Rows, Value};
use crate::world::{World, token};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::{Map, Value as Json};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by all handlers.
#[derive(Debug)]
pub(super) struct Counter {
    opening: Database,
    now: Mutex<Now>,
    is_renewed: AtomicBool,
}

#[derive(Debug)]
struct Now {
    database: Database,
    tokens: Seeded,
}

/// Who is asking, according to their token.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) id: i64,
    pub(super) role: String,
}

/// A piece of a concatenated statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// Written by the shop's developer.
    Sql(&'a str),
    /// Typed by whoever is out there.
    Typed(&'a str),
}

impl Counter {
    pub(super) fn new(world: &World) -> Self {
        let opening = tables(world);
        let tokens = Seeded::new(!world.seed);
        let now = Mutex::new(Now { database: opening.clone(), tokens });
        Self { opening, now, is_renewed: AtomicBool::new(false) }
    }

    pub(super) fn reset(&self) {
        self.now().database = self.opening.clone();
        self.is_renewed.store(false, Relaxed);
    }

    /// From now on this is the second version of the shop.
    pub(super) fn renew(&self) {
        self.is_renewed.store(true, Relaxed);
    }

    /// Whether this is the second version of the shop.
    pub(super) fn is_renewed(&self) -> bool {
        self.is_renewed.load(Relaxed)
    }

    /// Runs a statement of our own, with `?` for what was typed: the safe way.
    pub(super) fn run(&self, statement: &str, typed: &[Value]) -> Result<Rows, Complaint> {
        let result = self.now().database.run(statement, typed);
        result.map_err(|error| Complaint::Sql { error, statement: statement.to_owned() })
    }

    /// Runs a statement with what was typed pasted into it: the hole.
    ///
    /// Somebody once complained that the search for "O'Neil" fails, and the fix was this: if it does
    /// not parse, double the apostrophes and try again. It works for every O'Neil, and for whoever
    /// types SQL the first attempt parses.
    pub(super) fn run_concatenated(&self, pieces: &[Piece<'_>]) -> Result<Rows, Complaint> {
        let statement = concatenated(pieces, str::to_owned);
        match self.run(&statement, &[]) {
            Err(Complaint::Sql { error, .. }) if error.is_syntax() => {
                self.run(&concatenated(pieces, |typed| typed.replace('\'', "''")), &[])
            }
            outcome => outcome,
        }
    }

    /// The number after the largest `id` of `table`.
    pub(super) fn next_id(&self, table: &str) -> Result<i64, Complaint> {
        let statement = format!("SELECT id FROM {table} ORDER BY id DESC LIMIT 1");
        let largest = one(&self.run(&statement, &[])?)?.number("id");
        Ok(largest.unwrap_or(0).saturating_add(1))
    }

    pub(super) fn new_token(&self) -> String {
        token(&mut self.now().tokens)
    }

    /// Who bears the token in `headers`.
    pub(super) fn caller(&self, headers: &HeaderMap) -> Result<Caller, Complaint> {
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer "));
        let token = token.ok_or(Complaint::NotLoggedIn)?;
        let statement = "SELECT user_id, role FROM sessions WHERE token = ?";
        let rows = self.run(statement, &[Value::from(token)])?;
        let session = one(&rows).map_err(|_| Complaint::NotLoggedIn)?;
        let id = session.number("user_id").ok_or(Complaint::NotLoggedIn)?;
        Ok(Caller { id, role: session.text("role").unwrap_or_default() })
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One row, by column names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    rows: &'a Rows,
    row: &'a [Value],
}

impl Row<'_> {
    pub(super) fn number(self, column: &str) -> Option<i64> {
        match self.rows.field(self.row, column) {
            Some(Value::Integer(number)) => Some(*number),
            Some(Value::Null | Value::Text(_)) | None => None,
        }
    }

    pub(super) fn text(self, column: &str) -> Option<String> {
        match self.rows.field(self.row, column) {
            Some(Value::Text(text)) => Some(text.clone()),
            Some(Value::Null | Value::Integer(_)) | None => None,
        }
    }

    /// The row as a JSON object.
    pub(super) fn json(self) -> Json {
        let fields = self.rows.columns.iter().zip(self.row);
        Json::Object(
            fields.map(|(name, value)| (name.clone(), field(value))).collect::<Map<_, _>>(),
        )
    }
}

/// The first row of `rows`.
pub(super) fn one(rows: &Rows) -> Result<Row<'_>, Complaint> {
    let row = rows.rows.first().ok_or(Complaint::NoSuchThing)?;
    Ok(Row { rows, row })
}

/// All rows as JSON objects.
pub(super) fn all(rows: &Rows) -> Vec<Json> {
    rows.rows.iter().map(|row| Row { rows, row }.json()).collect()
}

fn field(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
    }
}

fn concatenated(pieces: &[Piece<'_>], typed_as: fn(&str) -> String) -> String {
    let text = |piece: &Piece<'_>| match piece {
        Piece::Sql(text) => (*text).to_owned(),
        Piece::Typed(text) => typed_as(text),
    };
    pieces.iter().map(text).collect()
}
