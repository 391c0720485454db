//! `bartizan hunt`: a question over what is kept, and its answer.
//!
//! Reads    what is kept in a data directory, beside a running instance or without one; saved hunts.
//! Writes   the answer to standard output; how it went to standard error.
//! Memory   the rows of the answer for people and for one JSON document; a piece of it otherwise.
//! Errors   a message and an exit code.

use crate::cli::{Exit, Hunt, Table};
use crate::commands::{fail, note, say};
use crate::held;
use crate::show;
use bartizan_hunt::answer::{AnswerColumn, Cell, Done, Piece};
use bartizan_hunt::hunter::{HuntError, Hunter, Limits};
use bartizan_hunt::progress::Scanned;
use bartizan_hunt::saved::{FILE_BYTES_MAX, Saved, shipped};
use bartizan_hunt::source::{Archive, Batches, Bytes, Readable, SegmentInfo};
use bartizan_store::segments::columns;
use bartizan_store::segments::held::Held;
use bartizan_store::segments::open::ReadAt;
use serde_json::{Map, Value, json};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.hunt/v1";
/// Saved hunts of a directory that are looked at.
const SAVED_MAX: usize = 1_000;
/// Characters of one cell that people see.
const CELL_CHARS_MAX: usize = 80;

/// What is kept, as hunts want it.
#[derive(Debug)]
pub struct Kept(pub Held);

struct Open(Arc<dyn ReadAt>);

impl Readable for Open {
    fn length(&self) -> u64 {
        self.0.length()
    }

    fn bytes(&self, start: u64, length: usize) -> io::Result<Bytes> {
        self.0.bytes(start, length)
    }
}

impl Archive for Kept {
    fn schema(&self) -> arrow::datatypes::SchemaRef {
        columns::schema()
    }

    fn held(&self) -> io::Result<bartizan_hunt::source::Held> {
        let now = self.0.now().map_err(io::Error::other)?;
        let info = |it: &bartizan_store::segments::catalogue::Entry| SegmentInfo {
            number: it.number,
            rows: it.rows,
            min_us: it.min_us,
            max_us: it.max_us,
        };
        let segments = now.contents.entries.values().map(info).collect();
        let journal = now.journal.iter().map(|it| it.number()).collect();
        Ok(bartizan_hunt::source::Held { segments, journal })
    }

    fn segment(&self, number: u64) -> io::Result<Option<Arc<dyn Readable>>> {
        let segment = self.0.segment(number).map_err(io::Error::other)?;
        Ok(segment.map(|it| Arc::new(Open(it.plain())) as Arc<dyn Readable>))
    }

    fn journal(&self, number: u64) -> io::Result<Batches> {
        let Some(segment) = self.0.journal_numbered(number) else {
            return Ok(Box::new(std::iter::empty()));
        };
        Ok(Box::new(self.0.journal(segment).map(|it| it.map_err(io::Error::other))))
    }
}

/// Asks, or lists what can be asked.
pub fn run(dir: &Path, it: &Hunt) -> Exit {
    let saved = match saved(it.hunts.as_deref().unwrap_or(&dir.join("hunts"))) {
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
    let hunted = Hunter::new(Arc::new(Kept(held)), Vec::new(), threads)
        .and_then(|hunter| Ok((hunter.hunt(&sql, limits)?, hunter)));
    match hunted {
        Err(error) => fail(&error.to_string(), exit(&error)),
        Ok((hunting, _hunter)) => match it.output {
            Table::Human => human(hunting),
            Table::Json => document(hunting),
            Table::Csv => lines(hunting, |columns| csv_head(columns), csv_row),
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

/// The hunts that are shipped, and those of the directory, which win.
fn saved(dir: &Path) -> Result<Vec<Saved>, String> {
    let mut all = shipped();
    let Ok(entries) = std::fs::read_dir(dir) else { return Ok(all) };
    for entry in entries.flatten().take(SAVED_MAX) {
        let path = entry.path();
        let is_sql = path.extension().is_some_and(|it| it == "sql");
        let Some(name) = path.file_stem().and_then(|it| it.to_str()).filter(|_| is_sql) else {
            continue;
        };
        let at = |why: &dyn std::fmt::Display| format!("`{}`: {why}", path.display());
        let file = std::fs::File::open(&path).map_err(|it| at(&it))?;
        let mut text = String::new();
        let limit = FILE_BYTES_MAX as u64 + 1;
        file.take(limit).read_to_string(&mut text).map_err(|it| at(&it))?;
        let own = Saved::read(name, &text).map_err(|it| at(&it))?;
        all.retain(|it| it.name != own.name);
        all.push(own);
    }
    Ok(all)
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

/// A piece of an answer as one JSON object: what a control API streams, line by line.
pub fn piece_as_json(piece: &Piece) -> Value {
    match piece {
        Piece::Columns(columns) => json!({ "columns": columns_as_json(columns) }),
        Piece::Rows(rows) => {
            json!({ "rows": rows.iter().map(|it| row_as_json(it)).collect::<Vec<_>>() })
        }
        Piece::Progress(it) => json!({ "progress": scanned_as_json(it) }),
        Piece::Done(done) => json!({ "done": done_as_json(done) }),
    }
}

fn columns_as_json(columns: &[AnswerColumn]) -> Value {
    columns.iter().map(|it| json!({ "name": it.name, "type": it.kind })).collect()
}

fn scanned_as_json(it: &Scanned) -> Value {
    json!({
        "segments_done": it.segments_done,
        "segments": it.segments,
        "rows_scanned": it.rows_scanned,
    })
}

fn done_as_json(it: &Done) -> Value {
    json!({
        "rows": it.rows,
        "truncated": it.truncated,
        "elapsed_ms": u64::try_from(it.elapsed.as_millis()).unwrap_or(u64::MAX),
        "segments_read": it.scanned.segments_done,
        "segments_pruned": it.scanned.segments_pruned,
        "rows_scanned": it.scanned.rows_scanned,
        "memory_peak": it.memory_peak,
    })
}

fn row_as_json(row: &[Cell]) -> Value {
    row.iter().map(cell_as_json).collect()
}

/// Numbers that JavaScript would round are text.
const EXACT_MAX: u64 = 1 << 53;

fn cell_as_json(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Boolean(it) => json!(it),
        Cell::Integer(it) if it.unsigned_abs() > EXACT_MAX => json!(it.to_string()),
        Cell::Integer(it) => json!(it),
        Cell::Unsigned(it) if *it > EXACT_MAX => json!(it.to_string()),
        Cell::Unsigned(it) => json!(it),
        Cell::Decimal(it) => json!(it),
        Cell::Time(it) => json!(time(*it)),
        Cell::Text(it) => json!(it),
        Cell::List(all) => all.iter().map(cell_as_json).collect(),
    }
}

fn time(us: i64) -> String {
    show::timestamp(u64::try_from(us).unwrap_or(0))
}

fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Boolean(it) => it.to_string(),
        Cell::Integer(it) => it.to_string(),
        Cell::Unsigned(it) => it.to_string(),
        Cell::Decimal(it) => it.to_string(),
        Cell::Time(it) => time(*it),
        Cell::Text(it) => it.clone(),
        Cell::List(all) => all.iter().map(text_of).collect::<Vec<_>>().join(" "),
    }
}

fn summary(done: &Done) -> String {
    let Done { rows, truncated, elapsed, memory_peak, scanned } = done;
    let more = if *truncated { " (there are more: --rows)" } else { "" };
    format!(
        "{rows} rows{more}; {} exchanges read in {} of {} parts; {}.{:03} s, {} MiB",
        scanned.rows_scanned,
        scanned.segments_done.saturating_sub(scanned.segments_pruned.min(scanned.segments_done)),
        scanned.segments,
        elapsed.as_secs(),
        elapsed.subsec_millis(),
        memory_peak >> 20,
    )
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

fn table(names: &[AnswerColumn], rows: &[Vec<Cell>]) -> String {
    let shown = |cell: &Cell| -> String {
        let text = text_of(cell).replace(['\n', '\t'], " ");
        match text.char_indices().nth(CELL_CHARS_MAX) {
            Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
            None => text,
        }
    };
    let cells: Vec<Vec<String>> = rows.iter().map(|it| it.iter().map(shown).collect()).collect();
    let is_number = |it: &AnswerColumn| matches!(it.kind, "integer" | "decimal");
    let widths: Vec<usize> = names
        .iter()
        .enumerate()
        .map(|(n, it)| {
            let of_rows = cells.iter().filter_map(|row| row.get(n)).map(|it| it.chars().count());
            of_rows.chain([it.name.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for ((cell, width), column) in cells.zip(&widths).zip(names) {
            match is_number(column) {
                true => line.push_str(&format!("{cell:>width$}  ")),
                false => line.push_str(&format!("{cell:<width$}  ")),
            }
        }
        format!("{}\n", line.trim_end())
    };
    let mut out = line(&mut names.iter().map(|it| it.name.as_str()));
    for row in &cells {
        out.push_str(&line(&mut row.iter().map(String::as_str)));
    }
    out
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

fn csv_head(names: &[AnswerColumn]) -> String {
    let names: Vec<String> = names.iter().map(|it| csv_text(&it.name)).collect();
    format!("{}\r\n", names.join(","))
}

fn csv_row(_: &[AnswerColumn], row: &[Cell]) -> String {
    let cell = |it: &Cell| match it {
        Cell::Text(_) | Cell::List(_) => csv_text(&text_of(it)),
        Cell::Null
        | Cell::Boolean(_)
        | Cell::Integer(_)
        | Cell::Unsigned(_)
        | Cell::Decimal(_)
        | Cell::Time(_) => text_of(it),
    };
    format!("{}\r\n", row.iter().map(cell).collect::<Vec<_>>().join(","))
}

/// As RFC 4180 has it. What a spreadsheet would take for a formula gets an apostrophe in front: names of
/// parameters come from clients.
fn csv_text(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// What stands in front of the reference.
const GUIDE: &str = "\
# Hunting

<!-- Written by `hunt::reference` from the definitions of views and saved hunts: change those, not this file. -->

`bartizan hunt` asks what is kept, in SQL, of a running bartizan or of a stopped one. What was recorded a moment ago is
there: sealed segments and the journal behind them are one table.

```console
bartizan hunt @refused_by_code --since 24h
bartizan hunt \"SELECT endpoint, count(*) AS calls FROM exchanges WHERE status >= 500 GROUP BY endpoint\"
bartizan hunt \"SELECT * FROM exchanges WHERE id = '01a2007c-5611-7cc8-959e-a13d309dcfa3'\" -o json
bartizan hunt @value_spread -o csv > fields.csv
```

The dialect is that of Apache DataFusion, which is close to PostgreSQL's. A hunt is one `SELECT` and only reads: there
are no files, tables or settings but the views below. It ends after `--timeout` (60 s) or `--rows` (10,000), and holds at
most 384 MiB; what is larger fails and says so. `--since 7d` leaves out what began earlier, and segments that hold
nothing else are not even opened. So do comparisons of `time` with a moment. A single value of `subject`, `session`, `client`,
`trace` or `value` is looked up by bloom filters, an `id` by its time.

`-o csv` puts an apostrophe in front of texts that a spreadsheet would take for a formula. Whole numbers beyond
2^53 are text in JSON.

Functions that make much of little are missing: `repeat`, `lpad`, `rpad`, `replace`, `regexp_replace`, `translate`,
`overlay`, `range`, `generate_series`, `array_repeat`, `array_resize`, `array_to_string`, `string_agg`, `to_char`,
`arrow_cast` and their kin; so is `WITH RECURSIVE`.

## Views

";

/// The text of `docs/hunting.md`, from the definitions of views and saved hunts.
pub fn reference() -> String {
    let mut text = GUIDE.to_owned();
    text.push_str(&bartizan_hunt::views::reference());
    text.push_str(
        "## Saved hunts\n\n`bartizan hunt --list` lists them, `bartizan hunt @NAME` asks one. Those below are built in. Your \
         own are files `NAME.sql` in `hunts/` of the data directory, or in `--hunts DIR`; one with the name of a \
         built-in hunt takes its place:\n\n```sql\n-- title: What it is called\n-- says: What it finds.\nSELECT \
         ...\n```\n\n",
    );
    for it in shipped() {
        let Saved { name, title, says, sql } = it;
        text.push_str(&format!("### `@{name}`: {title}\n\n{says}\n\n```sql\n{sql}\n```\n\n"));
    }
    format!("{}\n", text.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        assert_eq!(csv_text("=cmd()"), "'=cmd()");
        assert_eq!(csv_text("a,b \"c\""), "\"a,b \"\"c\"\"\"");
        assert_eq!(csv_text("query q"), "query q");
    }

    #[test]
    fn pieces_are_what_a_control_api_streams() {
        let columns = vec![AnswerColumn { name: "n".to_owned(), kind: "integer" }];
        let shown = piece_as_json(&Piece::Columns(columns));
        assert_eq!(shown, json!({"columns": [{"name": "n", "type": "integer"}]}));
        let rows = Piece::Rows(vec![vec![Cell::Unsigned(u64::MAX), Cell::Null, Cell::Time(0)]]);
        let expected =
            json!({"rows": [["18446744073709551615", null, "1970-01-01T00:00:00.000Z"]]});
        assert_eq!(piece_as_json(&rows), expected);
    }

    #[test]
    fn a_table_is_aligned_and_cut() {
        let column = |name: &str, kind| AnswerColumn { name: name.to_owned(), kind };
        let names = [column("endpoint", "text"), column("n", "integer")];
        let rows = [
            vec![Cell::Text("GET /a".to_owned()), Cell::Integer(7)],
            vec![Cell::Text("x".repeat(200)), Cell::Integer(12)],
        ];
        let shown = table(&names, &rows);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].ends_with("  7") && lines[2].ends_with("…  12"), "{shown}");
    }
}
