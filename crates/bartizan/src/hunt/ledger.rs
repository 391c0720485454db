//! The ledger as a table: one row for each entry under the newest checkpoint.
//!
//! Reads    the directory of the ledger, beside whoever writes it, and the public key in the data directory.
//! Memory   one bundle of entries.
//! Misses   entries that are not signed yet, which is at most some seconds of them. Whether the ledger was
//!          tampered with is the matter of `bartizan ledger verify`.

use crate::ledger::{LEDGER, key, show};
use arrow::array::{
    ArrayRef, RecordBatch, StringBuilder, TimestampMicrosecondBuilder, UInt64Builder,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use bartizan_hunt::source::{Batches, OtherTable};
use bartizan_ledger::entry::Entry;
use bartizan_ledger::note::VerifyingKey;
use bartizan_store::files::Folder;
use bartizan_store::ledger::Reader;
use serde_json::Value;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Entries of one batch.
const BATCH_ROWS: u64 = 1_024;
/// Its name in SQL.
const NAME: &str = "ledger";
/// What the view is.
const SAYS: &str =
    "One row for each entry of the ledger, oldest first. Times of entries do not follow `--since`.";
/// Name, whether it may be null, and what it says.
const COLUMNS: &[(&str, bool, &str)] = &[
    ("index", false, "Number of the entry, from 0."),
    ("time", true, "When it was recorded."),
    ("kind", false, "What it records, as `decision` or `login`."),
    ("by", true, "Who did it, where somebody did."),
    ("decision_id", true, "The exchange: `id` of the other views."),
    ("code", true, "The code, where it has one."),
    ("summary", false, "The entry in words."),
    ("detail", false, "All of it, as JSON."),
    ("leaf", false, "Its leaf hash in the tree (RFC 6962)."),
];

/// The ledger of a data directory.
pub(super) struct LedgerTable {
    data: PathBuf,
}

impl LedgerTable {
    /// That of this data directory; without a ledger it has no rows.
    pub(super) fn in_data(data: &Path) -> Self {
        Self { data: data.to_owned() }
    }
}

impl OtherTable for LedgerTable {
    fn name(&self) -> &'static str {
        NAME
    }

    fn schema(&self) -> SchemaRef {
        let field = |(name, optional, _): &(&str, bool, &str)| {
            let data = match *name {
                "index" => DataType::UInt64,
                "time" => DataType::Timestamp(TimeUnit::Microsecond, None),
                _ => DataType::Utf8,
            };
            Field::new(*name, data, *optional)
        };
        Arc::new(Schema::new(COLUMNS.iter().map(field).collect::<Vec<_>>()))
    }

    fn rows(&self) -> io::Result<Batches> {
        let dir = self.data.join(LEDGER);
        if !dir.is_dir() {
            return Ok(Box::new(std::iter::empty()));
        }
        let text = std::fs::read_to_string(self.data.join(key::PUBLIC_FILE))?;
        let key = VerifyingKey::read(text.trim()).map_err(io::Error::other)?;
        let mut reader = Reader::at(Folder::at(&dir));
        let (_, checkpoint) = reader.checkpoint(&[key]).map_err(io::Error::other)?;
        let (schema, end) = (self.schema(), checkpoint.head.size);
        let mut next = 0;
        Ok(Box::new(std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let stop = end.min(next + BATCH_ROWS);
            let batch = batch(&mut reader, next..stop, &schema);
            // An error ends the table.
            next = if batch.is_ok() { stop } else { end };
            Some(batch)
        })))
    }
}

fn batch(
    reader: &mut Reader<Folder>,
    wanted: std::ops::Range<u64>,
    schema: &SchemaRef,
) -> io::Result<RecordBatch> {
    let (mut index, mut time) = (UInt64Builder::new(), TimestampMicrosecondBuilder::new());
    let mut texts: [StringBuilder; 7] = std::array::from_fn(|_| StringBuilder::new());
    let read = reader.entries(wanted, |number, bytes| {
        let at_us = Entry::decode(bytes).ok().and_then(|it| i64::try_from(it.at_us).ok());
        index.append_value(number);
        time.append_option(at_us);
        let all = show::as_json(number, bytes);
        let text = |name: &str| all.get(name).and_then(Value::as_str).map(str::to_owned);
        let row = [
            text("kind"),
            text("by").or_else(|| text("who")),
            text("decision_id"),
            text("code"),
            Some(show::words(bytes)),
            Some(all.to_string()),
            text("leaf"),
        ];
        for (into, text) in texts.iter_mut().zip(row) {
            into.append_option(text);
        }
    });
    read.map_err(io::Error::other)?;
    let mut columns: Vec<ArrayRef> = vec![Arc::new(index.finish()), Arc::new(time.finish())];
    columns.extend(texts.iter_mut().map(|it| Arc::new(it.finish()) as ArrayRef));
    RecordBatch::try_new(Arc::clone(schema), columns).map_err(io::Error::other)
}

/// The view, as the reference of hunting shows it.
pub(super) fn reference() -> String {
    let mut out = format!("### `{NAME}`\n\n{SAYS}\n\n| column | type | says |\n|---|---|---|\n");
    for (name, optional, says) in COLUMNS {
        let kind = kind(name);
        let null = if *optional { ", or null" } else { "" };
        out.push_str(&format!("| `{name}` | {kind}{null} | {says} |\n"));
    }
    out.push('\n');
    out
}

/// The view, as the console lists it.
pub(super) fn described() -> Value {
    let column = |(name, _, says): &(&str, bool, &str)| serde_json::json!({"name": name, "type": kind(name), "says": says});
    serde_json::json!({
        "name": NAME,
        "says": SAYS,
        "columns": COLUMNS.iter().map(column).collect::<Vec<_>>(),
    })
}

fn kind(name: &str) -> &'static str {
    match name {
        "index" => "integer",
        "time" => "timestamp",
        _ => "text",
    }
}
