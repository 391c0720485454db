//! How answers are shown: as tables, JSON and CSV.

use crate::show;
use bartizan_hunt::answer::{AnswerColumn, Cell, Done, Piece};
use bartizan_hunt::progress::Scanned;
use serde_json::{Value, json};

/// Characters of one cell that people see.
const CELL_CHARS_MAX: usize = 80;

/// A piece of an answer as one JSON object: what a control API streams, line by line.
pub(super) fn piece_as_json(piece: &Piece) -> Value {
    match piece {
        Piece::Columns(columns) => json!({ "columns": columns_as_json(columns) }),
        Piece::Rows(rows) => {
            json!({ "rows": rows.iter().map(|it| row_as_json(it)).collect::<Vec<_>>() })
        }
        Piece::Progress(it) => json!({ "progress": scanned_as_json(it) }),
        Piece::Done(done) => json!({ "done": done_as_json(done) }),
    }
}

pub(super) fn columns_as_json(columns: &[AnswerColumn]) -> Value {
    columns.iter().map(|it| json!({ "name": it.name, "type": it.kind })).collect()
}

fn scanned_as_json(it: &Scanned) -> Value {
    json!({
        "segments_done": it.segments_done,
        "segments": it.segments,
        "rows_scanned": it.rows_scanned,
    })
}

pub(super) fn done_as_json(it: &Done) -> Value {
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

pub(super) fn row_as_json(row: &[Cell]) -> Value {
    row.iter().map(cell_as_json).collect()
}

/// Numbers that JavaScript would round are text.
const EXACT_MAX: u64 = 1 << 53;

pub(super) fn cell_as_json(cell: &Cell) -> Value {
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

pub(super) fn summary(done: &Done) -> String {
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

pub(super) fn table(names: &[AnswerColumn], rows: &[Vec<Cell>]) -> String {
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

pub(super) fn csv_head(names: &[AnswerColumn]) -> String {
    let names: Vec<String> = names.iter().map(|it| csv_text(&it.name)).collect();
    format!("{}\r\n", names.join(","))
}

pub(super) fn csv_row(_: &[AnswerColumn], row: &[Cell]) -> String {
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
pub(super) fn csv_text(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
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
