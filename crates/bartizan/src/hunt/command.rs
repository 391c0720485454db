//! `bartizan hunt`: a question over what is kept, and its answer.
//!
//! Reads    what is kept in a data directory, beside a running instance or without one; saved hunts.
//! Writes   the answer to standard output; how it went to standard error.
//! Memory   the rows of the answer for people and for one JSON document; a piece of it otherwise.
//! Errors   a message and an exit code.

use super::archive::Kept;
use super::ledger::LedgerTable;
use super::saved::{self, FOLDER};
use super::shown::{
    cell_as_json, columns_as_json, csv_head, csv_row, csv_text, done_as_json, row_as_json, summary,
    table,
};
use crate::cli::{Exit, Hunt, Table};
use crate::commands::{fail, note, say};
use crate::held;
use bartizan_hunt::answer::{AnswerColumn, Cell, Piece};
use bartizan_hunt::hunter::{HuntError, Hunter, Limits};
use bartizan_hunt::saved::Saved;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Name and version of the JSON form.
const SCHEMA: &str = "bartizan.hunt/v1";

/// Asks, or lists what can be asked.
pub fn run(dir: &Path, it: &Hunt) -> Exit {
    let saved = match saved::all(it.hunts.as_deref().unwrap_or(&dir.join(FOLDER))) {
        Ok(saved) => saved,
        Err(why) => return fail(&why, Exit::Usage),
    };
    if it.list {
        return listed(&saved, it.output);
    }
    let Some(question) = &it.question else {
        return fail(
            "ask a question, or name a saved hunt: see `bartizan hunt --list`",
            Exit::Usage,
        );
    };
    let sql = match question.strip_prefix('@') {
        None => question.clone(),
        Some(name) => match saved.iter().find(|it| it.name == name) {
            Some(saved) => saved.sql.clone(),
            None => {
                let text = format!("there is no saved hunt `{name}`: see `bartizan hunt --list`");
                return fail(&text, Exit::Usage);
            }
        },
    };
    let held = match held::open(dir, it.key.clone().map(|it| it.0)) {
        Ok(held) => held,
        Err(error) => return fail(&error.to_string(), Exit::Failed),
    };
    let limits = Limits {
        rows_max: it.rows,
        time_max: Duration::from_millis(it.timeout.ms()),
        since_us: it.since.map(held::Ago::us),
        ..Limits::default()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let hunted =
        Hunter::new(Arc::new(Kept(held)), vec![Arc::new(LedgerTable::in_data(dir))], threads)
            .and_then(|hunter| Ok((hunter.hunt(&sql, limits)?, hunter)));
    match hunted {
        Err(error) => fail(&error.to_string(), exit(&error)),
        Ok((hunting, _hunter)) => match it.output {
            Table::Human => human(hunting),
            Table::Json => document(hunting),
            Table::Csv => lines(hunting, csv_head, csv_row),
            Table::Ndjson => lines(hunting, |_| String::new(), object),
        },
    }
}

const fn exit(error: &HuntError) -> Exit {
    match error {
        HuntError::Refused(_) | HuntError::Question(_) => Exit::Usage,
        HuntError::Archive(_)
        | HuntError::System(_)
        | HuntError::TooLong(_)
        | HuntError::TooMuch(_)
        | HuntError::Cancelled
        | HuntError::Failed(_) => Exit::Failed,
    }
}

fn listed(saved: &[Saved], output: Table) -> Exit {
    let named =
        |it: &Saved| json!({"name": it.name, "title": it.title, "says": it.says, "sql": it.sql});
    match output {
        Table::Human => {
            let line =
                |it: &Saved| format!("@{:<20} {}\n{:22}{}\n", it.name, it.title, "", it.says);
            say(&saved.iter().map(line).collect::<String>())
        }
        Table::Json => {
            let all: Vec<Value> = saved.iter().map(named).collect();
            say(&format!("{}\n", json!({ "schema": SCHEMA, "hunts": all })))
        }
        Table::Ndjson => {
            say(&saved.iter().map(|it| format!("{}\n", named(it))).collect::<String>())
        }
        Table::Csv => {
            let line = |it: &Saved| {
                let cells = [&it.name, &it.title, &it.says].map(|it| csv_text(it));
                format!("{}\r\n", cells.join(","))
            };
            say(&format!("name,title,says\r\n{}", saved.iter().map(line).collect::<String>()))
        }
    }
}

type Pieces = bartizan_hunt::hunter::Hunting;

fn human(pieces: Pieces) -> Exit {
    let (mut names, mut rows, mut end) = (Vec::new(), Vec::new(), None);
    for piece in pieces {
        match piece {
            Ok(Piece::Columns(columns)) => names = columns,
            Ok(Piece::Rows(more)) => rows.extend(more),
            Ok(Piece::Progress(_)) => {}
            Ok(Piece::Done(done)) => end = Some(done),
            Err(error) => return fail(&error.to_string(), exit(&error)),
        }
    }
    let said = say(&table(&names, &rows));
    if let Some(done) = end {
        note(&summary(&done));
    }
    said
}

fn document(pieces: Pieces) -> Exit {
    let (mut names, mut rows, mut end) = (Value::Null, Vec::new(), Value::Null);
    for piece in pieces {
        match piece {
            Ok(Piece::Columns(columns)) => names = columns_as_json(&columns),
            Ok(Piece::Rows(more)) => rows.extend(more.iter().map(|it| row_as_json(it))),
            Ok(Piece::Progress(_)) => {}
            Ok(Piece::Done(done)) => end = done_as_json(&done),
            Err(error) => return fail(&error.to_string(), exit(&error)),
        }
    }
    say(&format!("{}\n", json!({ "schema": SCHEMA, "columns": names, "rows": rows, "done": end })))
}

fn lines(
    pieces: Pieces,
    head: impl Fn(&[AnswerColumn]) -> String,
    row: impl Fn(&[AnswerColumn], &[Cell]) -> String,
) -> Exit {
    let mut names = Vec::new();
    for piece in pieces {
        let said = match piece {
            Ok(Piece::Columns(columns)) => {
                names = columns;
                say(&head(&names))
            }
            Ok(Piece::Rows(rows)) => {
                say(&rows.iter().map(|it| row(&names, it)).collect::<String>())
            }
            Ok(Piece::Progress(_)) => Exit::Clean,
            Ok(Piece::Done(done)) => {
                note(&summary(&done));
                Exit::Clean
            }
            Err(error) => return fail(&error.to_string(), exit(&error)),
        };
        if said != Exit::Clean {
            // A reader that has enough (`| head`) is no failure; dropping the hunt ends it.
            return Exit::Clean;
        }
    }
    Exit::Clean
}

fn object(names: &[AnswerColumn], row: &[Cell]) -> String {
    let members: Map<String, Value> =
        names.iter().zip(row).map(|(it, cell)| (it.name.clone(), cell_as_json(cell))).collect();
    format!("{}\n", Value::Object(members))
}
