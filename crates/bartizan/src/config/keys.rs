//! The table of keys: what the reader accepts and the reference describes.
//!
//! One constant per key holds its name, default, bounds and sentence. There is no second copy:
//! the checks, the list of known keys and `docs/configuration.md` all come from here.

use bartizan_model::clause::{ClauseName, DefaultMode, Mode};
use bartizan_model::network::Network;
use bartizan_model::place::Place;
use serde_json::{Value as Json, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use super::address;
use super::clause;
use super::day::Day;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::field;
use super::mode;
use super::network;
use super::overrides::VARIABLES;
use super::reason;
use super::schema;
use super::unit::Unit;
use super::upstream_url::UpstreamUrl;

/// The name of the section whose keys are the clauses.
pub(super) const CLAUSES: &str = "clauses";

/// The name of the section that is a list of mappings.
pub(super) const EXCEPTIONS: &str = "exceptions";

/// Exceptions in a file at most.
pub(super) const EXCEPTIONS_MAX: usize = 1_000;

pub(super) const DATA_DIR_DEFAULT: &str = "./bartizan-data";

const ADDRESS: Shape = Shape::Like("^.+:[0-9]{1,5}$");

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// Where a key stands. The section of top-level keys is empty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name {
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    /// One sentence for the reference.
    pub(super) says: &'static str,
}

impl Name {
    pub(super) fn path(&self) -> String {
        match self.section {
            "" => self.key.to_owned(),
            section => format!("{section}.{}", self.key),
        }
    }
}

/// A number with bounds, both inclusive.
pub(super) struct Number {
    pub(super) name: Name,
    pub(super) unit: Unit,
    pub(super) default: u64,
    pub(super) min: u64,
    pub(super) max: u64,
    /// What zero stands for. Outside the bounds it can be a default and not be written.
    pub(super) zero: Option<&'static str>,
}

/// `true` or `false`.
pub(super) struct Flag {
    pub(super) name: Name,
    pub(super) default: bool,
}

/// A text of a certain form.
pub(super) struct Word<T> {
    pub(super) name: Name,
    /// What the reference calls the form.
    pub(super) form: &'static str,
    /// The same for programs.
    pub(super) shape: Shape,
    pub(super) absent: Absent<T>,
    pub(super) parse: fn(&str) -> Result<T, Fault>,
}

/// What a program can know of a text before it is read. The reader decides, and knows more.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// The number 1.
    One,
    /// One of these words.
    Among(fn() -> Vec<&'static str>),
    /// A regular expression that matches it.
    Like(&'static str),
    /// Any text that is not empty, of so many characters at most.
    Text {
        /// The bound, if there is one.
        chars_max: Option<usize>,
    },
}

/// What becomes of a key that is not there.
pub(super) enum Absent<T> {
    /// This value, and how it is written.
    Default(fn() -> T, &'static str),
    /// An error, which shows this example.
    Error(&'static str),
    /// Nothing; the reference says what that means.
    Nothing(&'static str),
}

/// A list of texts of a certain form.
pub(super) struct Items<T> {
    pub(super) name: Name,
    pub(super) form: &'static str,
    pub(super) shape: Shape,
    pub(super) items_max: usize,
    pub(super) parse: fn(&str) -> Result<T, Fault>,
}

/// One line of the reference.
pub(super) struct Row {
    pub(super) name: Name,
    pub(super) form: String,
    pub(super) default: String,
    pub(super) bounds: String,
}

/// A key, whatever its type.
pub(super) trait Key {
    fn row(&self) -> Row;
    /// Its JSON Schema, without the sentence.
    fn schema(&self) -> Json;
    /// Whether a file without it is refused. What a variable can set, a file need not.
    fn is_required(&self) -> bool {
        false
    }
}

impl Key for Number {
    fn row(&self) -> Row {
        let show = |it| match self.zero {
            Some(meaning) if it == 0 && self.min == 0 => format!("0 ({meaning})"),
            Some(meaning) if it == 0 => meaning.to_owned(),
            Some(_) | None => self.unit.show(it),
        };
        Row {
            name: self.name,
            form: self.unit.noun().to_owned(),
            default: show(self.default),
            bounds: format!("{} to {}", self.unit.show(self.min), self.unit.show(self.max)),
        }
    }

    fn schema(&self) -> Json {
        schema::number(self)
    }
}

impl Key for Flag {
    fn row(&self) -> Row {
        Row {
            name: self.name,
            form: "`true` or `false`".to_owned(),
            default: self.default.to_string(),
            bounds: String::new(),
        }
    }

    fn schema(&self) -> Json {
        json!({ "type": "boolean", "default": self.default })
    }
}

impl<T> Key for Word<T> {
    fn row(&self) -> Row {
        let default = match self.absent {
            Absent::Default(_, text) => text,
            Absent::Error(_) => "required",
            Absent::Nothing(meaning) => meaning,
        };
        let (form, default) = (self.form.to_owned(), default.to_owned());
        Row { name: self.name, form, default, bounds: String::new() }
    }

    fn schema(&self) -> Json {
        let mut schema = schema::of_shape(self.shape);
        if let (Absent::Default(_, text), Some(members)) = (&self.absent, schema.as_object_mut()) {
            members.insert("default".to_owned(), json!(text));
        }
        schema
    }

    fn is_required(&self) -> bool {
        let path = self.name.path();
        matches!(self.absent, Absent::Error(_)) && !VARIABLES.iter().any(|(_, key)| *key == path)
    }
}

impl<T> Key for Items<T> {
    fn row(&self) -> Row {
        Row {
            name: self.name,
            form: format!("list of {}", self.form),
            default: "none".to_owned(),
            bounds: format!("at most {} items", self.items_max),
        }
    }

    fn schema(&self) -> Json {
        let items = schema::of_shape(self.shape);
        json!({ "type": ["array", "null"], "items": items, "maxItems": self.items_max })
    }
}

/// Sections, in the order of the reference.
pub(super) const SECTIONS: [(&str, &str); 9] = [
    ("", "Top level."),
    ("listen", "Where clients connect."),
    ("upstream", "Where admitted requests go."),
    ("admin", "Where operators connect: health and metrics."),
    ("data", "What is kept on disk."),
    ("record", "What must be recorded."),
    ("limits", "Bounds on what a client can make bartizan hold or wait for."),
    (CLAUSES, "The mode of each clause: `off`, `observe` or `enforce`. Overrides `mode`."),
    (
        EXCEPTIONS,
        "A list. Each item lifts one clause, narrowly, for a reason and until a day. No exception \
         lifts the law.",
    ),
];

/// Every key but the clauses, in the order of the reference.
pub(super) const ALL: [&dyn Key; 29] = [
    &VERSION,
    &MODE,
    &TRUSTED_PROXIES,
    &LISTEN_ADDRESS,
    &LISTEN_HTTP2,
    &LISTEN_WORKERS,
    &UPSTREAM_URL,
    &UPSTREAM_CONNECT_TIMEOUT,
    &UPSTREAM_RESPONSE_TIMEOUT,
    &UPSTREAM_IDLE_TIMEOUT,
    &ADMIN_ADDRESS,
    &DATA_DIR,
    &DATA_JOURNAL_BYTES_MAX,
    &RECORD_REQUIRED,
    &HEAD_BYTES_MAX,
    &TARGET_BYTES_MAX,
    &FIELDS_MAX,
    &BODY_BYTES_MAX,
    &INSPECT_BYTES_MAX,
    &HELD_BYTES_MAX,
    &CONNECTIONS_MAX,
    &HEAD_TIMEOUT,
    &BODY_TIMEOUT,
    &IDLE_TIMEOUT,
    &EXCEPTION_CLAUSE,
    &EXCEPTION_ENDPOINT,
    &EXCEPTION_FIELD,
    &EXCEPTION_REASON,
    &EXCEPTION_EXPIRES,
];

/// The keys that a section but `clauses` may hold; `""` is the top level.
pub(super) fn known(section: &str) -> Vec<&'static str> {
    let keys = ALL.iter().map(|it| it.row().name).filter(|it| it.section == section);
    let keys = keys.map(|it| it.key);
    let sections = SECTIONS.iter().map(|(name, _)| *name);
    let sections = sections.filter(|it| section.is_empty() && !it.is_empty());
    keys.chain(sections).collect()
}

// Top level

pub(super) const VERSION: Word<()> = Word {
    name: Name { section: "", key: "version", says: "The version of this format." },
    form: "`1`",
    shape: Shape::One,
    absent: Absent::Error("version: 1"),
    parse: |text| {
        if text == "1" { Ok(()) } else { Err(Fault::Version { given: text.to_owned() }) }
    },
};

pub(super) const MODE: Word<Mode> = Word {
    name: Name {
        section: "",
        key: "mode",
        says: "The mode of each clause that `clauses` does not name, unless its default is another.",
    },
    form: "`observe` or `enforce`",
    shape: Shape::Among(|| mode::names(mode::OF_INSTANCE)),
    absent: Absent::Default(|| Mode::Observe, "observe"),
    parse: mode::of_instance,
};

pub(super) const TRUSTED_PROXIES: Items<Network> = Items {
    name: Name {
        section: "",
        key: "trusted_proxies",
        says: "Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` fields are believed.",
    },
    form: "networks or addresses",
    shape: Shape::Like("^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$"),
    items_max: 256,
    parse: network::parse,
};

// listen

pub(super) const LISTEN_ADDRESS: Word<SocketAddr> = Word {
    name: Name {
        section: "listen",
        key: "address",
        says: "The address that clients connect to. Port 0 takes a free one.",
    },
    form: "socket address",
    shape: ADDRESS,
    absent: Absent::Default(|| (Ipv4Addr::LOCALHOST, 8080).into(), "127.0.0.1:8080"),
    parse: address::parse,
};

pub(super) const LISTEN_HTTP2: Flag = Flag {
    name: Name {
        section: "listen",
        key: "http2",
        says: "Whether clear-text HTTP/2 with prior knowledge is accepted.",
    },
    default: true,
};

pub(super) const LISTEN_WORKERS: Number = Number {
    name: Name { section: "listen", key: "workers", says: "Threads that serve connections." },
    unit: Unit::Count,
    default: 0,
    min: 1,
    max: 64,
    zero: Some("one per core"),
};

// upstream

pub(super) const UPSTREAM_URL: Word<UpstreamUrl> = Word {
    name: Name {
        section: "upstream",
        key: "url",
        says: "The API: a host and a port (80 if missing), and no path.",
    },
    form: "`http://HOST:PORT`",
    shape: Shape::Like("^[Hh][Tt][Tt][Pp]://[^/?#@\\\\]+/?$"),
    absent: Absent::Error("url: http://127.0.0.1:3000"),
    parse: UpstreamUrl::parse,
};

pub(super) const UPSTREAM_CONNECT_TIMEOUT: Number = Number {
    name: Name {
        section: "upstream",
        key: "connect_timeout",
        says: "How long a connection may take to be established.",
    },
    unit: Unit::Milliseconds,
    default: 5 * SECOND,
    min: 10,
    max: 5 * MINUTE,
    zero: None,
};

pub(super) const UPSTREAM_RESPONSE_TIMEOUT: Number = Number {
    name: Name {
        section: "upstream",
        key: "response_timeout",
        says: "How long the upstream may take until its response head is complete.",
    },
    unit: Unit::Milliseconds,
    default: 60 * SECOND,
    min: 10,
    max: HOUR,
    zero: None,
};

pub(super) const UPSTREAM_IDLE_TIMEOUT: Number = Number {
    name: Name {
        section: "upstream",
        key: "idle_timeout",
        says: "How long an unused connection is kept. Must be shorter than the upstream's own.",
    },
    unit: Unit::Milliseconds,
    default: 4 * SECOND,
    min: 10,
    max: HOUR,
    zero: None,
};

// admin

pub(super) const ADMIN_ADDRESS: Word<SocketAddr> = Word {
    name: Name {
        section: "admin",
        key: "address",
        says: "The address that operators connect to. Port 0 takes a free one.",
    },
    form: "socket address",
    shape: ADDRESS,
    absent: Absent::Default(|| (Ipv4Addr::LOCALHOST, 9440).into(), "127.0.0.1:9440"),
    parse: address::parse,
};

// data

pub(super) const DATA_DIR: Word<PathBuf> = Word {
    name: Name {
        section: "data",
        key: "dir",
        says: "The directory of everything kept, relative to the working directory.",
    },
    form: "path",
    shape: Shape::Text { chars_max: None },
    absent: Absent::Default(|| PathBuf::from(DATA_DIR_DEFAULT), DATA_DIR_DEFAULT),
    parse: |text| {
        let is_path = !text.is_empty() && !text.contains('\0');
        if is_path { Ok(PathBuf::from(text)) } else { Err(Fault::NotADirectory) }
    },
};

pub(super) const DATA_JOURNAL_BYTES_MAX: Number = Number {
    name: Name {
        section: "data",
        key: "journal_bytes_max",
        says: "All journal files together; beyond it the oldest goes.",
    },
    unit: Unit::Bytes,
    default: 256 * MIB,
    min: MIB,
    max: 1_024 * GIB,
    zero: None,
};

// record

pub(super) const RECORD_REQUIRED: Flag = Flag {
    name: Name {
        section: "record",
        key: "required",
        says: "Whether an exchange is forwarded only after its intent is on disk; else 503.",
    },
    default: false,
};

// limits

pub(super) const HEAD_BYTES_MAX: Number = Number {
    name: Name { section: "limits", key: "head_bytes_max", says: "The head of one message." },
    unit: Unit::Bytes,
    default: 32 * KIB,
    min: KIB,
    max: MIB,
    zero: None,
};

pub(super) const TARGET_BYTES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "target_bytes_max",
        says: "The request target: path and query. At most `head_bytes_max`.",
    },
    unit: Unit::Bytes,
    default: 8 * KIB,
    min: 256,
    max: MIB,
    zero: None,
};

pub(super) const FIELDS_MAX: Number = Number {
    name: Name { section: "limits", key: "fields_max", says: "Header fields of one message." },
    unit: Unit::Count,
    default: 128,
    min: 8,
    max: 1_024,
    zero: None,
};

pub(super) const BODY_BYTES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "body_bytes_max",
        says: "A request body, judged by the clause `baseline.body_size`.",
    },
    unit: Unit::Bytes,
    default: 0,
    min: 0,
    max: 1_024 * GIB,
    zero: Some("unlimited"),
};

pub(super) const INSPECT_BYTES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "inspect_bytes_max",
        says: "A body that is held back and judged whole. At most `held_bytes_max`.",
    },
    unit: Unit::Bytes,
    default: MIB,
    min: KIB,
    max: 64 * MIB,
    zero: None,
};

pub(super) const HELD_BYTES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "held_bytes_max",
        says: "All held bodies of the process together.",
    },
    unit: Unit::Bytes,
    default: 256 * MIB,
    min: MIB,
    max: 64 * GIB,
    zero: None,
};

pub(super) const CONNECTIONS_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "connections_max",
        says: "Client connections at the same time.",
    },
    unit: Unit::Count,
    default: 10_000,
    min: 1,
    max: 1_000_000,
    zero: None,
};

pub(super) const HEAD_TIMEOUT: Number = Number {
    name: Name {
        section: "limits",
        key: "head_timeout",
        says: "How long a request head may take to arrive.",
    },
    unit: Unit::Milliseconds,
    default: 10 * SECOND,
    min: 10,
    max: 5 * MINUTE,
    zero: None,
};

pub(super) const BODY_TIMEOUT: Number = Number {
    name: Name {
        section: "limits",
        key: "body_timeout",
        says: "How long no byte of a body may arrive.",
    },
    unit: Unit::Milliseconds,
    default: 30 * SECOND,
    min: 10,
    max: HOUR,
    zero: None,
};

pub(super) const IDLE_TIMEOUT: Number = Number {
    name: Name {
        section: "limits",
        key: "idle_timeout",
        says: "How long a connection may be silent between requests.",
    },
    unit: Unit::Milliseconds,
    default: 75 * SECOND,
    min: 10,
    max: HOUR,
    zero: None,
};

// clauses: one key each, read alike

pub(super) fn clause(clause: ClauseName) -> Word<Mode> {
    Word {
        name: Name { section: CLAUSES, key: clause.name(), says: clause.says() },
        form: "`off`, `observe` or `enforce`",
        shape: Shape::Among(|| mode::names(Mode::ALL)),
        absent: Absent::Nothing(match clause.default_mode() {
            DefaultMode::Law => Mode::Enforce.name(),
            DefaultMode::Follows => "as `mode`",
            DefaultMode::Observed => Mode::Observe.name(),
        }),
        parse: mode::of_clause,
    }
}

// exceptions

pub(super) const EXCEPTION_CLAUSE: Word<ClauseName> = Word {
    name: Name { section: EXCEPTIONS, key: "clause", says: "The clause that is lifted." },
    form: "name of a clause",
    shape: Shape::Among(clause::names),
    absent: Absent::Error("clause: content.sqli"),
    parse: clause::parse,
};

pub(super) const EXCEPTION_ENDPOINT: Word<Endpoint> = Word {
    name: Name { section: EXCEPTIONS, key: "endpoint", says: "The only endpoint it holds for." },
    form: "`METHOD /template`",
    shape: Shape::Like("^[A-Z]{1,32} /\\S*$"),
    absent: Absent::Nothing("all endpoints"),
    parse: Endpoint::parse,
};

pub(super) const EXCEPTION_FIELD: Word<Place> = Word {
    name: Name {
        section: EXCEPTIONS,
        key: "field",
        says: "The only field it holds for, as sent or as `bartizan why` shows it. Clauses \
               `content.sqli` and `content.xss` only.",
    },
    form: "`path`, `name`, `query NAME`, `cookie NAME` or `body $.POINTER`",
    shape: Shape::Like("^(path|name|(query|cookie|body) .+)$"),
    absent: Absent::Nothing("all fields"),
    parse: field::parse,
};

pub(super) const EXCEPTION_REASON: Word<String> = Word {
    name: Name { section: EXCEPTIONS, key: "reason", says: "Why, in one to 500 characters." },
    form: "text",
    shape: Shape::Text { chars_max: Some(reason::REASON_CHARS_MAX) },
    absent: Absent::Error("reason: reviewers quote SQL"),
    parse: reason::parse,
};

pub(super) const EXCEPTION_EXPIRES: Word<Day> = Word {
    name: Name { section: EXCEPTIONS, key: "expires", says: "The last day it holds, in UTC." },
    form: "`YYYY-MM-DD`",
    shape: Shape::Like("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    absent: Absent::Error("expires: 2027-01-31"),
    parse: Day::parse,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_default_reads_as_the_default() {
        #[track_caller]
        fn check<T: PartialEq + std::fmt::Debug>(word: &Word<T>) {
            let Absent::Default(default, text) = word.absent else { panic!("has no default") };
            assert_eq!((word.parse)(text), Ok(default()));
        }
        check(&MODE);
        check(&LISTEN_ADDRESS);
        check(&ADMIN_ADDRESS);
        check(&DATA_DIR);
    }

    #[test]
    fn the_sentence_about_reasons_names_the_bound() {
        assert!(EXCEPTION_REASON.name.says.contains(&reason::REASON_CHARS_MAX.to_string()));
    }

    #[test]
    fn the_sentence_about_fields_names_the_clauses_that_have_them() {
        for it in clause::configurable() {
            let is_named = EXCEPTION_FIELD.name.says.contains(it.name());
            assert_eq!(is_named, clause::has_fields(it), "{it}");
        }
    }

    #[test]
    fn every_key_stands_in_a_section_of_the_reference_once() {
        let mut paths: Vec<_> = ALL.iter().map(|it| it.row().name.path()).collect();
        for row in ALL.iter().map(|it| it.row()) {
            assert!(SECTIONS.iter().any(|(name, _)| *name == row.name.section));
        }
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), ALL.len());
    }
}
