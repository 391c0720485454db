//! The table of keys: what the reader accepts and the reference describes.
//!
//! One constant per key holds its name, default, bounds and sentence. There is no second copy:
//! the checks, the list of known keys and `docs/configuration.md` all come from here.

pub(super) mod alerts;
pub(super) mod api;
pub(super) mod data_class;
pub(super) mod issuer;
pub(super) mod patch;
pub(super) mod route;
pub(super) mod tls;
pub(super) mod upstream;

use bartizan_inspect::classify::CLASSES_MAX;
use bartizan_model::clause::{ClauseName, DefaultMode, Mode};
use bartizan_model::content_level::ContentLevel;
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
use super::rate::Rate;
use super::reason;
use super::schema;
use super::secret::Reference;
use super::unit::Unit;

/// The name of the section whose keys are the clauses.
pub(super) const CLAUSES: &str = "clauses";

pub(super) const CERTIFICATES: &str = "certificates";
pub(super) const TLS: &str = "tls";
pub(super) const CLIENTS: &str = "clients";
pub(super) const UPSTREAM: &str = "upstream";
pub(super) const UPSTREAMS: &str = "upstreams";
pub(super) const ISSUERS: &str = "issuers";
pub(super) const ROUTES: &str = "routes";
pub(super) const EXCEPTIONS: &str = "exceptions";
pub(super) const EVIDENCE: &str = "evidence";
pub(super) const THROTTLE: &str = "throttle";
pub(super) const APIS: &str = "apis";
pub(super) const RETIRE: &str = "retire";
pub(super) const ALERTS: &str = "alerts";
pub(super) const ALERT_TARGETS: &str = "alert_targets";
pub(super) const DATA_CLASSES: &str = "data_classes";

pub(super) const DATA_DIR_DEFAULT: &str = "./bartizan-data";

const ADDRESS: Shape = Shape::Like("^.+:[0-9]{1,5}$");

const NETWORK_SHAPE: Shape = Shape::Like("^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$");

const REFERENCE: &str = "`file:PATH`, `env:NAME` or path";
const REFERENCE_SHAPE: Shape = Shape::Like("^[^\\n]+$");

/// What a name of an upstream or a route looks like.
struct NameForm {
    form: &'static str,
    shape: Shape,
}

const NAME: NameForm = NameForm {
    form: "1 to 63 of `a-z`, `0-9`, `.`, `_` and `-`",
    shape: Shape::Like("^[a-z0-9._-]{1,63}$"),
};

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
    pub(super) zero: Zero,
}

/// What zero stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zero {
    /// A number as any other.
    Plain,
    /// This; it is the default and cannot be written.
    Unwritten(&'static str),
    /// This; it can be written although it is out of bounds.
    Written(&'static str),
}

impl Number {
    /// Whether the file may say so.
    pub(super) fn admits(&self, number: u64) -> bool {
        let is_zero = number == 0 && matches!(self.zero, Zero::Written(_));
        is_zero || (self.min..=self.max).contains(&number)
    }
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
    fn name(&self) -> Name;
    fn row(&self) -> Row;
    /// Its JSON Schema, without the sentence.
    fn schema(&self) -> Json;
    /// Whether a file without it is refused. What a variable can set, a file need not.
    fn is_required(&self) -> bool {
        false
    }
}

impl Key for Number {
    fn name(&self) -> Name {
        self.name
    }

    fn row(&self) -> Row {
        let default = match self.zero {
            Zero::Written(meaning) if self.default == 0 => format!("0 ({meaning})"),
            Zero::Unwritten(meaning) if self.default == 0 => meaning.to_owned(),
            Zero::Plain | Zero::Unwritten(_) | Zero::Written(_) => self.unit.show(self.default),
        };
        let mut bounds = format!("{} to {}", self.unit.show(self.min), self.unit.show(self.max));
        if let Zero::Written(meaning) = self.zero {
            bounds.push_str(&format!(", or 0 ({meaning})"));
        }
        Row { name: self.name, form: self.unit.noun().to_owned(), default, bounds }
    }

    fn schema(&self) -> Json {
        schema::number(self)
    }
}

impl Key for Flag {
    fn name(&self) -> Name {
        self.name
    }

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
    fn name(&self) -> Name {
        self.name
    }

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
    fn name(&self) -> Name {
        self.name
    }

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

/// A section of the file.
pub(super) struct Section {
    /// Its key at the top level; empty for the top level itself.
    pub(super) name: &'static str,
    /// A sentence or two for the reference.
    pub(super) says: &'static str,
    /// Items at most, if it is a list of mappings.
    pub(super) items_max: Option<usize>,
    /// How it may look, in the reference; empty where the table is enough.
    pub(super) example: &'static str,
}

impl Section {
    const fn mapping(name: &'static str, says: &'static str) -> Self {
        Self { name, says, items_max: None, example: "" }
    }
}

/// Sections, in the order of the reference.
pub(super) const SECTIONS: [Section; 24] = [
    Section::mapping("", "Top level."),
    Section::mapping("listen", "Where clients connect."),
    Section {
        name: CERTIFICATES,
        says: "A list. With at least one item, `listen.address` speaks TLS. Each client is shown \
               the one that is for the name it asks for, or the first.",
        items_max: Some(256),
        example: "\
certificates:
  - certificate: /etc/bartizan/tls/api.crt
    key: env:API_KEY_PEM
",
    },
    Section::mapping(TLS, "How TLS is spoken with clients."),
    Section::mapping(CLIENTS, "Who may send requests, and how many."),
    Section::mapping(
        UPSTREAM,
        "Where admitted requests go: the upstream that `routes` call `default`. The section may be \
         missing where `upstreams` has items.",
    ),
    Section {
        name: UPSTREAMS,
        says: "A list of further upstreams, each with a name. `routes` say what goes to which.",
        items_max: Some(256),
        example: "\
upstreams:
  - name: orders
    url: https://orders.internal
    addresses: [10.0.0.1:8443, 10.0.0.2:8443]
    ca: /etc/bartizan/tls/internal-ca.crt
",
    },
    Section {
        name: ISSUERS,
        says: "A list: whose tokens are believed, where a route says `tokens: optional` or `required`. See [tokens](tokens.md).",
        items_max: Some(32),
        example: "\
upstream:
  url: http://127.0.0.1:3000
issuers:
  - name: main
    issuer: https://id.example.com
    keys: /etc/bartizan/jwks.json
    audience: [shop-api]
routes:
  - name: shop
    tokens: required
    scopes: [\"orders:read\"]
",
    },
    Section {
        name: ROUTES,
        says: "A list. A request takes the route whose host fits best, an exact one before \
               `*.example.com` before every host, and then the one with the longest path, \
               wherever it stands in the list. Without routes, everything goes to the only \
               upstream.",
        items_max: Some(bartizan_model::route::ROUTES_MAX),
        example: "\
upstreams:
  - name: orders
    url: http://127.0.0.1:3000
  - name: pages
    url: http://127.0.0.1:3001
routes:
  - name: orders
    host: api.example.com
    path: /v1/orders
    upstream: orders
  - name: internal
    path: /internal
    refuse: true
  - name: everything-else
    upstream: pages
    mode: observe
",
    },
    Section::mapping("admin", "Where operators connect: health and metrics."),
    Section::mapping("data", "What is kept on disk."),
    Section::mapping(
        "ledger",
        "What others can verify: signed checkpoints of all that was decided.",
    ),
    Section::mapping("store", "How sealed segments are kept."),
    Section {
        name: EVIDENCE,
        says: "Samples: what exchanges said in which something was found, or whose subject is watched, \
               redacted and encrypted under the key of `store`.",
        items_max: None,
        example: "\
evidence:
  body_bytes_max: 16KiB
  bytes_max: 1GiB
  age_max: 72h
",
    },
    Section {
        name: THROTTLE,
        says: "Slows callers down for a while whom clauses against harm of contracts, which people put in force, refused again and \
               again: those with a credential. Where the API's `subject_kind` is `aggregate` only those are whom `on_behalf_of` names. Without `after` nobody is.",
        items_max: None,
        example: "\
throttle:
  after: 3
  rate: 6/m
  duration: 15m
",
    },
    Section::mapping("record", "What must be recorded."),
    Section::mapping("limits", "Bounds on what a client can make bartizan hold or wait for."),
    Section::mapping(
        CLAUSES,
        "The mode of each clause: `off`, `observe` or `enforce`. Overrides `mode`.",
    ),
    Section {
        name: EXCEPTIONS,
        says: "A list. Each item lifts one clause, narrowly, for a reason and until a day. No \
               exception lifts the law.",
        items_max: Some(1_000),
        example: "\
exceptions:
  - clause: content.sqli
    endpoint: POST /reviews
    field: body $.comment
    reason: reviewers quote SQL
    expires: 2027-01-31
",
    },
    Section {
        name: APIS,
        says: "A list: who answers for an API, whom it is for, and what each of its endpoints owes. What an \
               endpoint lacks of it is a weakness; see [posture.md](posture.md).",
        items_max: Some(256),
        example: "\
apis:
  - name: orders
    owner: Mara Lind
    team: checkout
    tags: [payments, pci]
    audience: internal
    subject_kind: workload
    baseline: [mtls, scopes, rate_limit]
",
    },
    Section {
        name: RETIRE,
        says: "A list of endpoints that go. Their answers say so with `Deprecation` (RFC 9745), `Sunset` (RFC 8594) \
               and `Link`; those of the API itself are replaced, but for `Link`. The first item that fits \
               counts. `bartizan inventory retirement` tells who still calls.",
        items_max: Some(bartizan_model::retirement::RETIREMENTS_MAX),
        example: "\
apis:
  - name: orders
retire:
  - api: orders
    path: /v1/orders/{id}
    method: GET
    deprecated: 2026-11-01
    sunset: 2027-03-31
    link: https://developer.example.com/v2
",
    },
    Section {
        name: ALERTS,
        says: "How alerts are sent; `alert_targets` says where. See [alerts.md](alerts.md).",
        items_max: None,
        example: "\
alerts:
  dedup_window: 10m
  spool_bytes_max: 8MiB
",
    },
    Section {
        name: ALERT_TARGETS,
        says: "A list of where alerts go. Without items, none are made.",
        items_max: Some(16),
        example: "\
alert_targets:
  - name: soc
    kind: webhook
    to: https://soc.example.com/alerts
    secret: file:/etc/bartizan/alerts.secret
    min_severity: high
  - name: siem
    kind: syslog
    to: tls://siem.example.com:6514
",
    },
    Section {
        name: DATA_CLASSES,
        says: "A list of data classes of your own, beside those of [classification.md](classification.md). \
               A class without `words` must be told by its values alone: it needs a `prefix` of three \
               characters, or a `check`.",
        items_max: Some(CLASSES_MAX),
        example: "\
data_classes:
  - name: loyalty_number
    sensitivity: personal
    words: [loyalty, membercard]
    prefix: LC-
    length_max: 16
    characters: digits
    check: luhn
",
    },
];

/// Items of a section at most; `None` for one that is no list.
pub(super) fn items_max(section: &str) -> Option<usize> {
    SECTIONS.iter().find(|it| it.name == section)?.items_max
}

/// Every key but the clauses, in the order of the reference.
pub(super) fn all() -> impl Iterator<Item = &'static dyn Key> {
    const BEFORE: [&dyn Key; 13] = [
        &VERSION,
        &MODE,
        &CONTENT,
        &LAB,
        &CONTRACT,
        &DESCRIPTION,
        &PATCHES,
        &TRUSTED_PROXIES,
        &LISTEN_ADDRESS,
        &LISTEN_HTTP2,
        &LISTEN_MIRROR,
        &LISTEN_WORKERS,
        &LISTEN_PROXY_PROTOCOL,
    ];
    const LISTED_NAME: [&dyn Key; 1] = [&upstream::LISTED_NAME];
    BEFORE
        .into_iter()
        .chain(tls::OF_CERTIFICATES)
        .chain(tls::OF_TLS)
        .chain(tls::OF_CLIENTS)
        .chain(upstream::ONE.all())
        .chain(LISTED_NAME)
        .chain(upstream::LISTED.all())
        .chain(issuer::ALL)
        .chain(route::ALL)
        .chain(AFTER)
        .chain(api::ALL)
        .chain(alerts::ALL)
        .chain(data_class::ALL)
}

/// What comes after the routes.
const AFTER: [&dyn Key; 41] = [
    &ADMIN_ADDRESS,
    &DATA_DIR,
    &DATA_JOURNAL_BYTES_MAX,
    &LEDGER_KEY,
    &LEDGER_CHECKPOINTS,
    &STORE_KEY,
    &STORE_EARLIER_KEYS,
    &STORE_BYTES_MAX,
    &STORE_AGE_MAX,
    &STORE_SEAL_EVERY,
    &EVIDENCE_ENABLED,
    &EVIDENCE_BODY_BYTES_MAX,
    &EVIDENCE_BYTES_MAX,
    &EVIDENCE_AGE_MAX,
    &THROTTLE_AFTER,
    &THROTTLE_RATE,
    &THROTTLE_DURATION,
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
    &REQUESTS_PER_CONNECTION_MAX,
    &CONNECTIONS_PER_ADDRESS_MAX,
    &BODY_RATE_MIN,
    &MEMORY_BYTES_MAX,
    &STREAMS_MAX,
    &CONTROL_FRAMES_MAX,
    &DECODED_BYTES_MAX,
    &DECODED_RATIO_MAX,
    &EXCEPTION_CLAUSE,
    &EXCEPTION_ENDPOINT,
    &EXCEPTION_FIELD,
    &EXCEPTION_REASON,
    &EXCEPTION_EXPIRES,
];

/// The keys that a section but `clauses` may hold; `""` is the top level.
pub(super) fn known(section: &str) -> Vec<&'static str> {
    let keys = all().map(Key::name).filter(|it| it.section == section).map(|it| it.key);
    let sections = SECTIONS.iter().map(|it| it.name);
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

pub(super) const CONTENT: Word<ContentLevel> = Word {
    name: Name {
        section: "",
        key: "content",
        says: "From which score on a value counts as an attack (clauses `content.*`): `cautious`, which no harmless value that was \
               measured reaches (0.950), `balanced` (0.800), `strict` (0.500), or a number. What stays below is recorded only.",
    },
    form: "`cautious`, `balanced`, `strict` or a number from 0.3 to 0.999",
    shape: Shape::Like("^(cautious|balanced|strict|0\\.[0-9]{1,3})$"),
    absent: Absent::Default(ContentLevel::default, "cautious"),
    parse: mode::of_content,
};

pub(super) const LAB: Flag = Flag {
    name: Name {
        section: "",
        key: "lab",
        says: "For tests, drills and demonstrations, not for production: what is learnt of endpoints counts \
               after minutes instead of days, and clauses against harm are put in force by themselves.",
    },
    default: false,
};

pub(super) const CONTRACT: Word<PathBuf> = Word {
    name: Name {
        section: "",
        key: "contract",
        says: "A document of contracts, as `bartizan contract export` writes it: decided on at the start and whenever it changes, as by \
               `bartizan contract import`. What somebody decided otherwise stays, and is told.",
    },
    form: "path",
    shape: Shape::Text { chars_max: None },
    absent: Absent::Nothing("people decide"),
    parse: DATA_DIR.parse,
};

pub(super) const DESCRIPTION: Word<PathBuf> = Word {
    name: Name {
        section: "",
        key: "description",
        says: "An OpenAPI document (3.0 to 3.2, or Swagger 2.0) of the API: the clauses `declared.` hold requests to it, and what is seen is \
               compared with it (`bartizan inventory drift`). Read at the start and whenever it changes.",
    },
    form: "path",
    shape: Shape::Text { chars_max: None },
    absent: Absent::Nothing("nothing is declared"),
    parse: DATA_DIR.parse,
};

pub(super) const PATCHES: Items<PathBuf> = Items {
    name: Name {
        section: "",
        key: "patches",
        says: "Files with virtual patches, one in each, and folders of such files (`*.yaml`, `*.yml`): see [virtual patches](patches.md). \
               Read at the start and whenever one changes; one whose cases do not end as it says is refused with the configuration.",
    },
    form: "paths",
    shape: Shape::Text { chars_max: None },
    items_max: 200,
    parse: DATA_DIR.parse,
};

pub(super) const TRUSTED_PROXIES: Items<Network> = Items {
    name: Name {
        section: "",
        key: "trusted_proxies",
        says: "Peers whose `X-Forwarded-For` and `X-Forwarded-Proto` fields are believed, or what \
               `clients.source` and `listen.proxy_protocol` say.",
    },
    form: "networks or addresses",
    shape: NETWORK_SHAPE,
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
        says: "Whether clear-text HTTP/2 with prior knowledge is accepted. With TLS, HTTP/2 is \
               always offered.",
    },
    default: false,
};

pub(super) const LISTEN_MIRROR: Flag = Flag {
    name: Name {
        section: "listen",
        key: "mirror",
        says: "Whether what comes here are copies of requests, as proxies that mirror send them. Each \
               is answered with 204, judged without being refused (but by the law), learnt from, and \
               goes nowhere: upstreams are not connected to, and none is needed.",
    },
    default: false,
};

pub(super) const LISTEN_WORKERS: Number = Number {
    name: Name { section: "listen", key: "workers", says: "Threads that serve connections." },
    unit: Unit::Count,
    default: 0,
    min: 1,
    max: 64,
    zero: Zero::Unwritten("one per core"),
};

pub(super) const LISTEN_PROXY_PROTOCOL: Flag = Flag {
    name: Name {
        section: "listen",
        key: "proxy_protocol",
        says: "Every connection begins with a PROXY protocol header, version 1 or 2, and only \
               peers in `trusted_proxies` may send one.",
    },
    default: false,
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
    zero: Zero::Plain,
};

// ledger

pub(super) const LEDGER_KEY: Word<Reference> = Word {
    name: Name {
        section: "ledger",
        key: "key",
        says: "The key that signs checkpoints, as `bartizan ledger key --new` makes it. Keep it apart \
               from the data directory.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Nothing("`ledger.key` in the data directory, made at the first start"),
    parse: Reference::parse,
};

pub(super) const LEDGER_CHECKPOINTS: Word<PathBuf> = Word {
    name: Name {
        section: "ledger",
        key: "checkpoints",
        says: "The file outside the data directory that checkpoints are added to.",
    },
    form: "path",
    shape: Shape::Text { chars_max: None },
    absent: Absent::Nothing("beside the data directory, with its name and `.checkpoints`"),
    parse: DATA_DIR.parse,
};

// store

pub(super) const STORE_KEY: Word<Reference> = Word {
    name: Name {
        section: "store",
        key: "key",
        says: "The key that sealed segments are encrypted under: 64 hexadecimal digits, or 32 \
               bytes. What it was lost for cannot be read again.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Nothing("`segment.key` in `data.dir`, made at the first start"),
    parse: Reference::parse,
};

pub(super) const STORE_EARLIER_KEYS: Items<Reference> = Items {
    name: Name {
        section: "store",
        key: "earlier_keys",
        says: "Keys before it, which segments may still be encrypted under. At the start those \
               segments are brought under `key`; then the earlier keys can go.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    items_max: 7,
    parse: Reference::parse,
};

pub(super) const STORE_BYTES_MAX: Number = Number {
    name: Name {
        section: "store",
        key: "bytes_max",
        says: "All sealed segments together; beyond it the oldest go.",
    },
    unit: Unit::Bytes,
    default: 16 * GIB,
    min: MIB,
    max: 1_024 * 1_024 * GIB,
    zero: Zero::Plain,
};

pub(super) const STORE_AGE_MAX: Number = Number {
    name: Name {
        section: "store",
        key: "age_max",
        says: "How long exchanges are kept in sealed segments.",
    },
    unit: Unit::Milliseconds,
    default: 0,
    min: 3_600_000,
    max: 87_600 * 3_600_000,
    zero: Zero::Written("as long as `store.bytes_max` allows"),
};

pub(super) const STORE_SEAL_EVERY: Number = Number {
    name: Name {
        section: "store",
        key: "seal_every",
        says: "Time between two looks for closed segments of the journal, which are sealed then.",
    },
    unit: Unit::Milliseconds,
    default: 10_000,
    min: 100,
    max: 3_600_000,
    zero: Zero::Plain,
};

// evidence

pub(super) const EVIDENCE_ENABLED: Flag = Flag {
    name: Name {
        section: EVIDENCE,
        key: "enabled",
        says: "Whether samples are taken. A route can say that none are taken of its exchanges.",
    },
    default: true,
};

pub(super) const EVIDENCE_BODY_BYTES_MAX: Number = Number {
    name: Name {
        section: EVIDENCE,
        key: "body_bytes_max",
        says: "What a sample keeps of each body, from its beginning.",
    },
    unit: Unit::Bytes,
    default: 64 * KIB,
    min: 256,
    max: MIB,
    zero: Zero::Plain,
};

pub(super) const EVIDENCE_BYTES_MAX: Number = Number {
    name: Name {
        section: EVIDENCE,
        key: "bytes_max",
        says: "All samples together; beyond it the oldest go.",
    },
    unit: Unit::Bytes,
    default: 256 * MIB,
    min: MIB,
    max: 1_024 * GIB,
    zero: Zero::Plain,
};

pub(super) const EVIDENCE_AGE_MAX: Number = Number {
    name: Name {
        section: EVIDENCE,
        key: "age_max",
        says: "How long a sample is kept; up to a sixteenth of it less.",
    },
    unit: Unit::Milliseconds,
    default: 168 * HOUR,
    min: MINUTE,
    max: 87_600 * HOUR,
    zero: Zero::Plain,
};

// throttle

pub(super) const THROTTLE_AFTER: Number = Number {
    name: Name {
        section: THROTTLE,
        key: "after",
        says: "How many such refusals within ten minutes.",
    },
    unit: Unit::Count,
    default: 0,
    min: 1,
    max: 1_000,
    zero: Zero::Written("never"),
};

pub(super) const THROTTLE_RATE: Word<Rate> = Word {
    name: Name {
        section: THROTTLE,
        key: "rate",
        says: "How many requests such a caller may send, evenly: the others are refused with `client.throttled`.",
    },
    form: "`N/s`, `N/m` or `N/h`",
    shape: Shape::Like("^[0-9]{1,7}/[smh]$"),
    absent: Absent::Default(|| Rate { requests: 6, per_ms: 60_000 }, "6/m"),
    parse: Rate::parse,
};

pub(super) const THROTTLE_DURATION: Number = Number {
    name: Name {
        section: THROTTLE,
        key: "duration",
        says: "For how long. Further refusals do not prolong it.",
    },
    unit: Unit::Milliseconds,
    default: 15 * MINUTE,
    min: MINUTE,
    max: 15 * MINUTE,
    zero: Zero::Plain,
};

// record

pub(super) const RECORD_REQUIRED: Flag = Flag {
    name: Name {
        section: "record",
        key: "required",
        says: "Whether an exchange is forwarded only after its intent is on disk, and answered only after its result is; else 503.",
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
    zero: Zero::Plain,
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
    zero: Zero::Plain,
};

pub(super) const FIELDS_MAX: Number = Number {
    name: Name { section: "limits", key: "fields_max", says: "Header fields of one message." },
    unit: Unit::Count,
    default: 128,
    min: 8,
    max: 1_024,
    zero: Zero::Plain,
};

pub(super) const BODY_BYTES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "body_bytes_max",
        says: "A request body, judged by the clause `baseline.body_size`.",
    },
    unit: Unit::Bytes,
    default: 0,
    min: 1,
    max: 1_024 * GIB,
    zero: Zero::Written("unlimited"),
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
    zero: Zero::Plain,
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
    zero: Zero::Plain,
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
    zero: Zero::Plain,
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
    zero: Zero::Plain,
};

pub(super) const BODY_TIMEOUT: Number = Number {
    name: Name {
        section: "limits",
        key: "body_timeout",
        says: "How long no byte of a body may arrive.",
    },
    unit: Unit::Milliseconds,
    default: 20 * SECOND,
    min: 10,
    max: HOUR,
    zero: Zero::Plain,
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
    zero: Zero::Plain,
};

pub(super) const REQUESTS_PER_CONNECTION_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "requests_per_connection_max",
        says: "Requests on one client connection, which is closed after them.",
    },
    unit: Unit::Count,
    default: 10_000,
    min: 1,
    max: 1_000_000_000,
    zero: Zero::Written("unlimited"),
};

pub(super) const CONNECTIONS_PER_ADDRESS_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "connections_per_address_max",
        says: "Connections from one address at the same time; trusted proxies are exempt.",
    },
    unit: Unit::Count,
    default: 8_192,
    min: 1,
    max: 1_000_000,
    zero: Zero::Written("unlimited"),
};

pub(super) const BODY_RATE_MIN: Number = Number {
    name: Name {
        section: "limits",
        key: "body_rate_min",
        says: "The slowest average pace, in bytes a second, at which a body may arrive or a reply \
               be taken after 10 s.",
    },
    unit: Unit::Bytes,
    default: 500,
    min: 1,
    max: GIB,
    zero: Zero::Written("no bound"),
};

pub(super) const MEMORY_BYTES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "memory_bytes_max",
        says: "Resident memory beyond which new requests are answered 503.",
    },
    unit: Unit::Bytes,
    default: 512 * MIB,
    min: 64 * MIB,
    max: 1_024 * GIB,
    zero: Zero::Written("unlimited"),
};

pub(super) const STREAMS_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "streams_max",
        says: "HTTP/2 streams of one connection at the same time.",
    },
    unit: Unit::Count,
    default: 128,
    min: 1,
    max: 10_000,
    zero: Zero::Plain,
};

pub(super) const CONTROL_FRAMES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "control_frames_max",
        says: "HTTP/2 control frames of one connection in a second.",
    },
    unit: Unit::Count,
    default: 200,
    min: 10,
    max: 1_000_000,
    zero: Zero::Plain,
};

pub(super) const DECODED_BYTES_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "decoded_bytes_max",
        says: "A compressed request body, once it is decompressed.",
    },
    unit: Unit::Bytes,
    default: 8 * MIB,
    min: KIB,
    max: GIB,
    zero: Zero::Plain,
};

pub(super) const DECODED_RATIO_MAX: Number = Number {
    name: Name {
        section: "limits",
        key: "decoded_ratio_max",
        says: "How many times larger than sent a compressed request body may become.",
    },
    unit: Unit::Count,
    default: 100,
    min: 1,
    max: 10_000,
    zero: Zero::Plain,
};

// clauses: one key each, read alike

pub(super) fn clause(clause: ClauseName) -> Word<Mode> {
    Word {
        name: Name { section: CLAUSES, key: clause.name(), says: clause.says() },
        form: "`off`, `observe` or `enforce`",
        shape: Shape::Among(|| mode::names(Mode::ALL)),
        absent: Absent::Nothing(match clause.default_mode() {
            DefaultMode::Law | DefaultMode::Declared => Mode::Enforce.name(),
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
               `content.sqli`, `content.xss`, `content.command`, `content.template`, `content.traversal`, `content.lookup`, `content.ssrf`, `content.line`, \
               `content.nosql`, `content.ldap`, `content.xpath`, `content.xxe`, `content.object`, `content.prototype`, `content.graphql`, `content.scanner`, `declared.request`, `declared.answer`, `patch.matched`, `provenance.reference`, \
               `shape.read_only`, `shape.undeclared`, `shape.type`, `shape.required`, `shape.bounds`, \
               `ownership.request`, `ownership.answer`, `disclosure.secret` and `disclosure.data` only.",
    },
    form: "`path`, `segment N`, `name`, `query NAME`, `cookie NAME`, `header NAME` or `body $.POINTER`",
    shape: Shape::Like("^(path|name|segment [0-9]{1,3}|(query|cookie|header|body) .+)$"),
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
        check(&tls::MINIMUM);
        check(&tls::CLIENT_CERTIFICATE);
        check(&tls::SOURCE);
        check(&route::PATH);
        check(&route::HOST_FIELD);
        check(&route::PATHS);
        check(&route::UNDERSCORES);
        check(&route::CLIENT_CERTIFICATE);
        check(&route::TOKENS);
        check(&alerts::MIN_SEVERITY);
    }

    #[test]
    fn the_sentences_about_names_and_rates_name_the_bounds() {
        assert!(NAME.form.contains(&super::super::naming::NAME_CHARS_MAX.to_string()));
        let says = tls::RATE.name.says;
        assert!(says.contains(&super::super::rate::REQUESTS_MAX.to_string()));
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
        let mut paths: Vec<_> = all().map(|it| it.name().path()).collect();
        for name in all().map(Key::name) {
            assert!(SECTIONS.iter().any(|it| it.name == name.section));
        }
        let written = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), written);
    }
}
