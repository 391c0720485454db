//! The views: what can be asked, column by column. The reference in `docs/hunting.md` is made of this.

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use std::sync::Arc;

/// Where a column comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// A column of the segment.
    Row(&'static str),
    /// 16 bytes of the segment, as the text of a UUID.
    Uuid(&'static str),
    /// 16 bytes of the segment, as hexadecimal digits.
    Hex(&'static str),
    /// One part of each item of a list of the segment, as a list.
    Each(&'static str, &'static str),
    /// A part of the item that the row of the view is.
    Item(&'static str),
    /// The same, a number shown as 16 hexadecimal digits.
    ItemHex(&'static str),
    /// Which list the item stood in.
    Side,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A list of texts.
    Texts,
    /// A moment, in UTC.
    Time,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
}

impl Kind {
    /// Name in output and in the reference.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Texts => "list of text",
            Self::Time => "timestamp",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
        }
    }
}

/// A column of a view.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub optional: bool,
    /// What it says.
    pub says: &'static str,
    pub(crate) of: Of,
    pub(crate) data: Data,
}

/// The type of a column, as it is computed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    Text,
    Texts,
    Time,
    Boolean,
    U16,
    U32,
    U64,
    I16,
}

impl Data {
    pub(crate) fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Texts => DataType::List(Arc::new(Field::new("item", DataType::Utf8View, false))),
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            Self::Boolean => DataType::Boolean,
            Self::U16 => DataType::UInt16,
            Self::U32 => DataType::UInt32,
            Self::U64 => DataType::UInt64,
            Self::I16 => DataType::Int16,
        }
    }

    const fn kind(self) -> Kind {
        match self {
            Self::Text => Kind::Text,
            Self::Texts => Kind::Texts,
            Self::Time => Kind::Time,
            Self::Boolean => Kind::Boolean,
            Self::U16 | Self::U32 | Self::U64 | Self::I16 => Kind::Integer,
        }
    }
}

/// One table of SQL.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What a row is.
    pub says: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// The lists whose items are its rows, each with its side; the exchanges themselves if there is none.
    pub(crate) lists: &'static [(&'static str, &'static str)],
}

impl View {
    /// Its schema.
    pub fn schema(&self) -> SchemaRef {
        let field = |it: &Column| Field::new(it.name, it.data.arrow(), it.optional);
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }
}

const fn column(name: &'static str, data: Data, of: Of, says: &'static str) -> Column {
    Column { name, kind: data.kind(), optional: false, says, of, data }
}

const fn row(name: &'static str, data: Data, says: &'static str) -> Column {
    column(name, data, Of::Row(name), says)
}

const fn item(name: &'static str, data: Data, says: &'static str) -> Column {
    column(name, data, Of::Item(name), says)
}

const fn optional(it: Column) -> Column {
    Column { optional: true, ..it }
}

const ID: Column = column(
    "id",
    Data::Text,
    Of::Uuid("id"),
    "The exchange, which is also the decision id that `bartizan why` takes.",
);
const TIME: Column = row("time", Data::Time, "When the request head was complete.");
const ENDPOINT: Column =
    row("endpoint", Data::Text, "Method and template, as `GET /orders/{int}`.");
const SUBJECT: Column =
    row("subject", Data::Text, "Who called: a keyed hash, 32 hexadecimal digits.");
const STATUS: Column = row("status", Data::U16, "Status sent to the client; 0 if none was.");
const REVISION: Column = row("revision", Data::U64, "Revision of the rules that judged it.");

/// All views.
pub const VIEWS: &[View] = &[EXCHANGES, FIELDS, FINDINGS, DECISIONS];

const EXCHANGES: View = View {
    name: "exchanges",
    says: "One row for each exchange that ended, whatever became of it.",
    lists: &[],
    columns: &[
        ID,
        TIME,
        column(
            "finished",
            Data::U32,
            Of::Row("finished_us"),
            "Microseconds after `time` until nothing more happened. The same as `total_us`.",
        ),
        column("total_us", Data::U32, Of::Row("finished_us"), "Microseconds that it took in all."),
        row(
            "judged_us",
            Data::U32,
            "Microseconds after `time` at which it was decided; 0 if it never was. So for the next two.",
        ),
        row("forwarded_us", Data::U32, "… at which the request head went to the API."),
        row("answered_us", Data::U32, "… at which the response head went to the client."),
        row("method", Data::Text, "`GET`, …; `OTHER` for what clients invent."),
        row("version", Data::Text, "`HTTP/1.0`, `HTTP/1.1` or `HTTP/2`, towards the client."),
        ENDPOINT,
        row(
            "endpoint_id",
            Data::Text,
            "Identifies the endpoint on every machine: 16 hexadecimal digits.",
        ),
        row("route", Data::Text, "The route that it took; empty if none."),
        STATUS,
        row(
            "outcome",
            Data::Text,
            "`served`, `tunnelled`, `refused`, `upstream_failed`, `client_aborted`, `stopped` or `copied`.",
        ),
        optional(row(
            "effect",
            Data::Text,
            "The gravest effect of a violated clause: `refused`, `failed`, `scrubbed`, `would_refuse`, `would_scrub`, `failed_open`, `excepted`, `overtaken`; null if none was violated.",
        )),
        column(
            "codes",
            Data::Texts,
            Of::Each("hits", "code"),
            "Codes of all violated clauses; `array_has(codes, 'content.sql_injection')`.",
        ),
        row(
            "oddities",
            Data::Texts,
            "Codes of what the readers met in head, path and body, violated or not.",
        ),
        SUBJECT,
        row(
            "subject_kind",
            Data::Text,
            "What the subject is known by: `address_agent`, `token_claim`, `api_key`, `cookie`, `certificate` or `token`.",
        ),
        row("verified", Data::Boolean, "Whether bartizan checked that itself."),
        optional(row(
            "session",
            Data::Text,
            "The session, by its cookie or token: a keyed hash; null if there was none.",
        )),
        optional(row(
            "client",
            Data::Text,
            "The client's address: a keyed hash; null if it is not known.",
        )),
        optional(column(
            "trace",
            Data::Text,
            Of::Hex("trace"),
            "The trace of W3C Trace Context: 32 hexadecimal digits; null if there was none.",
        )),
        row("request_head_bytes", Data::U32, "Bytes of the request head."),
        row("request_bytes", Data::U64, "Bytes of the request body that were read."),
        row("response_bytes", Data::U64, "Bytes of the response body that were passed on."),
        REVISION,
        row(
            "sql_score",
            Data::U16,
            "The highest score of SQL in any value, in thousandths, finding or not.",
        ),
        row("script_score", Data::U16, "The same for script."),
        optional(row(
            "operation",
            Data::Text,
            "The operation within an envelope, as `graphql mutation createOrder` or `mcp tools/call search`; null if path and method say it all.",
        )),
        row(
            "traits",
            Data::Texts,
            "What the heads say of its protection, as `plain_text` or `cors_any`; empty where no facts are kept.",
        ),
        column(
            "hosts",
            Data::Texts,
            Of::Each("hosts", "host"),
            "Hosts of the URLs in both messages, at most four of a side; `array_has(hosts, 'cdn.example')`. Empty where no facts are kept, and in segments of before they were.",
        ),
    ],
};

const FIELDS: View = View {
    name: "fields",
    says: "One row for each place of a message that held values, of those exchanges of which facts are kept: those with findings, the first ones of each endpoint and each new shape, and one in sixteen of the others.",
    lists: &[("request_facts", "request"), ("response_facts", "response")],
    columns: &[
        ID,
        TIME,
        ENDPOINT,
        SUBJECT,
        column("side", Data::Text, Of::Side, "`request` or `response`."),
        item(
            "place",
            Data::Text,
            "Where: `path`, `segment 2`, `query q`, `header name`, `cookie name`, `body $.items[*].id`.",
        ),
        item(
            "kind",
            Data::Text,
            "What the value looks like: `empty`, `boolean`, `integer`, `decimal`, `uuid`, `hex`, `date`, `email` or `text`.",
        ),
        item("bytes", Data::U32, "Length of the longest value there."),
        item("times", Data::U16, "Values there."),
        item(
            "bucket",
            Data::I16,
            "Magnitude of a number in eighths of an octave, with its sign; 0 for everything else.",
        ),
        item(
            "score",
            Data::U16,
            "The highest score that a detector gave to a value there, in thousandths.",
        ),
        column(
            "value",
            Data::Text,
            Of::ItemHex("value"),
            "The first value there: a keyed hash, 16 hexadecimal digits. Equal values have equal hashes while the hash key is the same.",
        ),
        item(
            "class",
            Data::Text,
            "The class that name and value speak for most, as `email`; empty if for none. One value may be wrong: `bartizan inventory show` counts many.",
        ),
    ],
};

const FINDINGS: View = View {
    name: "findings",
    says: "One row for each finding: what a detector saw in a value, whether anything was refused for it or not.",
    lists: &[("findings", "")],
    columns: &[
        ID,
        TIME,
        ENDPOINT,
        SUBJECT,
        item("code", Data::Text, "What was seen, as `content.sql_injection`."),
        item("place", Data::Text, "Where, as in `fields`."),
        item("bytes", Data::U32, "Length of the value."),
        item("shape", Data::Text, "Its shape in tokens, free of its content, as `s&1c`."),
        item("score", Data::U16, "How sure, in thousandths."),
        column(
            "value",
            Data::Text,
            Of::ItemHex("value"),
            "The value: a keyed hash, as in `fields`.",
        ),
    ],
};

const DECISIONS: View = View {
    name: "decisions",
    says: "One row for each violated clause of an exchange, whatever came of it.",
    lists: &[("hits", "")],
    columns: &[
        ID,
        TIME,
        ENDPOINT,
        SUBJECT,
        item("code", Data::Text, "The code of the violation."),
        item("clause", Data::Text, "The clause that was violated."),
        item("effect", Data::Text, "What came of it, as `effect` of `exchanges`."),
        item(
            "margin",
            Data::U16,
            "How far the score lay above the limit, in thousandths; 0 where there is no score.",
        ),
        STATUS,
        REVISION,
    ],
};

/// The reference of all views, as Markdown.
pub fn reference() -> String {
    let mut out = String::new();
    for view in VIEWS {
        out.push_str(&format!("### `{}`\n\n{}\n\n", view.name, view.says));
        out.push_str("| column | type | says |\n|---|---|---|\n");
        for it in view.columns {
            let null = if it.optional { ", or null" } else { "" };
            out.push_str(&format!("| `{}` | {}{null} | {} |\n", it.name, it.kind.name(), it.says));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_every_column_says_something() {
        for view in VIEWS {
            let mut names: Vec<_> = view.columns.iter().map(|it| it.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), view.columns.len(), "{}", view.name);
            assert!(view.columns.iter().all(|it| it.says.ends_with('.')), "{}", view.name);
        }
    }
}
