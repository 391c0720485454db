//! The keys of one route.

use super::super::choice;
use super::super::host;
use super::super::issuers;
use super::super::mode;
use super::super::naming;
use super::super::path;
use super::super::rate::Rate;
use super::super::unit::Unit;
use super::{
    Absent, DATA_DIR, Flag, HOUR, Items, Key, NAME, Name, Number, ROUTES, Shape, Word, Zero,
};
use bartizan_model::clause::Mode;
use bartizan_model::route::{Demand, HostField, HostPattern, JsonSpelling, Spelling, Underscores};
use std::path::PathBuf;
use std::sync::Arc;

const PATH_SHAPE: Shape = Shape::Like("^/[^?#%\\\\\\s]*$");

pub(super) const ALL: [&dyn Key; 23] = [
    &ROUTE_NAME,
    &HOST,
    &PATH,
    &UPSTREAM,
    &REFUSE,
    &REWRITE,
    &HOST_FIELD,
    &PATHS,
    &JSON,
    &UNDERSCORES,
    &CLIENT_CERTIFICATE,
    &TOKENS,
    &SCOPES,
    &FAIL_OPEN,
    &RECORD_REQUIRED,
    &SAMPLES,
    &SECURITY_HEADERS,
    &INSPECT_WEBSOCKET,
    &INSPECT_EVENTS,
    &RESPONSE_TIMEOUT,
    &DESCRIPTION,
    &RECORDS,
    &MODE,
];

pub(in super::super) const ROUTE_NAME: Word<Arc<str>> = Word {
    name: Name { section: ROUTES, key: "name", says: "Its name in output and metrics." },
    form: NAME.form,
    shape: NAME.shape,
    absent: Absent::Error("name: orders"),
    parse: naming::parse,
};

pub(in super::super) const HOST: Word<HostPattern> = Word {
    name: Name {
        section: ROUTES,
        key: "host",
        says: "The host it is for, whatever the port, or all hosts under a name.",
    },
    form: "`api.example.com` or `*.example.com`",
    shape: Shape::Like("^(\\*\\.)?[A-Za-z0-9._-]+$"),
    absent: Absent::Nothing("every host"),
    parse: host::parse,
};

pub(in super::super) const PATH: Word<Arc<str>> = Word {
    name: Name {
        section: ROUTES,
        key: "path",
        says: "The path it is for, and everything below it: `/v1` is for `/v1` and `/v1/a`, not \
               for `/v10`.",
    },
    form: "path",
    shape: PATH_SHAPE,
    absent: Absent::Default(|| Arc::from("/"), "/"),
    parse: path::of_route,
};

pub(in super::super) const UPSTREAM: Word<Arc<str>> = Word {
    name: Name {
        section: ROUTES,
        key: "upstream",
        says: "The name of the upstream it leads to. Required if there are several.",
    },
    form: NAME.form,
    shape: NAME.shape,
    absent: Absent::Nothing("the only one"),
    parse: naming::parse,
};

pub(in super::super) const REFUSE: Flag = Flag {
    name: Name {
        section: ROUTES,
        key: "refuse",
        says: "Whether its requests are refused, and lead to no upstream.",
    },
    default: false,
};

pub(in super::super) const REWRITE: Word<Arc<str>> = Word {
    name: Name {
        section: ROUTES,
        key: "rewrite",
        says: "What replaces `path` at the beginning of the forwarded path.",
    },
    form: "path",
    shape: PATH_SHAPE,
    absent: Absent::Nothing("nothing"),
    parse: path::of_route,
};

pub(in super::super) const HOST_FIELD: Word<HostField> = Word {
    name: Name {
        section: ROUTES,
        key: "host_field",
        says: "The host that the upstream is told: the client's, or that of its `url`.",
    },
    form: "`keep` or `upstream`",
    shape: Shape::Among(choice::words::<HostField>),
    absent: Absent::Default(|| HostField::Keep, "keep"),
    parse: choice::parse,
};

pub(in super::super) const PATHS: Word<Spelling> = Word {
    name: Name {
        section: ROUTES,
        key: "paths",
        says: "What becomes of a path that servers read differently. `judge`: the clause `baseline.path` \
               judges it where a reading has a consequence, that is, takes another route, leaves the \
               path (dot segments, `\\`, control bytes, two slashes in front), or the endpoint has \
               exceptions. `reject`: it judges all of them. `canonicalise`: the one canonical spelling \
               is forwarded. `preserve`: it stays as it is.",
    },
    form: "`judge`, `reject`, `canonicalise` or `preserve`",
    shape: Shape::Among(choice::words::<Spelling>),
    absent: Absent::Default(|| Spelling::Judge, "judge"),
    parse: choice::parse,
};

pub(in super::super) const JSON: Word<JsonSpelling> = Word {
    name: Name {
        section: ROUTES,
        key: "json",
        says: "What becomes of a JSON body that servers read differently. `judge`: the clause `baseline.body_parse` judges names that an \
               object has twice, and the body passes as it is. `canonicalise`: its one canonical spelling is forwarded, without \
               blanks and needless escapes, of members of one name the last; a compressed or signed body, one in another \
               character set and one that is not held whole is judged.",
    },
    form: "`judge` or `canonicalise`",
    shape: Shape::Among(choice::words::<JsonSpelling>),
    absent: Absent::Default(|| JsonSpelling::Judge, "judge"),
    parse: choice::parse,
};

pub(in super::super) const UNDERSCORES: Word<Underscores> = Word {
    name: Name {
        section: ROUTES,
        key: "underscores",
        says: "What becomes of header fields with an underscore in their name, which some servers \
               read as a hyphen; `reject` refuses the request.",
    },
    form: "`pass`, `drop` or `reject`",
    shape: Shape::Among(choice::words::<Underscores>),
    absent: Absent::Default(|| Underscores::Pass, "pass"),
    parse: choice::parse,
};

pub(in super::super) const CLIENT_CERTIFICATE: Word<Demand> = Word {
    name: Name {
        section: ROUTES,
        key: "client_certificate",
        says: "Whether its clients show a certificate, where `tls.client_certificate` does not \
               demand more of everybody. Needs `tls.client_ca`.",
    },
    form: "`none`, `optional` or `required`",
    shape: Shape::Among(choice::words::<Demand>),
    absent: Absent::Default(|| Demand::None, "none"),
    parse: choice::parse,
};

pub(in super::super) const TOKENS: Word<Demand> = Word {
    name: Name {
        section: ROUTES,
        key: "tokens",
        says: "Whether its calls have a token (`Authorization: Bearer` or `DPoP`), signed by one of `issuers`. `none`: tokens are not \
               verified. `optional`: one that is shown must be good. `required`: one must be shown.",
    },
    form: "`none`, `optional` or `required`",
    shape: Shape::Among(choice::words::<Demand>),
    absent: Absent::Default(|| Demand::None, "none"),
    parse: choice::parse,
};

pub(in super::super) const SCOPES: Items<Box<str>> = Items {
    name: Name {
        section: ROUTES,
        key: "scopes",
        says: "What the token of each of its calls must be good for: all of these. Needs `tokens: required`.",
    },
    form: "scopes",
    shape: Shape::Like("^[!#-\\[\\]-~]{1,128}$"),
    items_max: 32,
    parse: issuers::scope,
};

pub(in super::super) const FAIL_OPEN: Flag = Flag {
    name: Name {
        section: ROUTES,
        key: "fail_open",
        says: "Whether what cannot be judged for want of room passes unjudged, counted and \
               recorded; else 503.",
    },
    default: false,
};

pub(in super::super) const SECURITY_HEADERS: Flag = Flag {
    name: Name {
        section: ROUTES,
        key: "security_headers",
        says: "Whether answers that do not say so themselves tell browsers not to guess types (`nosniff`), not to \
               show them in frames, to tell nobody where they came from, and over TLS to stay with it.",
    },
    default: false,
};

pub(in super::super) const INSPECT_WEBSOCKET: Flag = Flag {
    name: Name {
        section: ROUTES,
        key: "inspect_websocket",
        says: "Whether text messages of WebSockets are examined, those of clients for attacks, those of the API for what errors \
               give away. Compression of messages is not offered to the API then. Binary messages cannot be examined: where \
               `content.unexamined` is enforced they close the socket, unless the route says `fail_open`.",
    },
    default: false,
};

pub(in super::super) const INSPECT_EVENTS: Flag = Flag {
    name: Name {
        section: ROUTES,
        key: "inspect_events",
        says: "Whether the events of answers of the type `text/event-stream` are examined one by one, for what errors give away: one \
               that does ends the stream where `disclosure.errors` is enforced. Fields of events are not masked: where a \
               contract in force masks fields of the endpoint's answers, no events of it pass.",
    },
    default: false,
};

pub(in super::super) const RECORD_REQUIRED: Flag = Flag {
    name: Name {
        section: ROUTES,
        key: "record_required",
        says: "Whether its exchanges are forwarded only after their intent is on disk, as \
               `record.required` says of all.",
    },
    default: false,
};

pub(in super::super) const SAMPLES: Flag = Flag {
    name: Name {
        section: ROUTES,
        key: "samples",
        says: "Whether samples of its exchanges may be taken, as `evidence.enabled` says of all.",
    },
    default: true,
};

pub(in super::super) const RESPONSE_TIMEOUT: Number = Number {
    name: Name {
        section: ROUTES,
        key: "response_timeout",
        says: "How long the upstream may take until its response head is complete.",
    },
    unit: Unit::Milliseconds,
    default: 0,
    min: 10,
    max: HOUR,
    zero: Zero::Unwritten("the upstream's"),
};

pub(in super::super) const DESCRIPTION: Word<PathBuf> = Word {
    name: Name {
        section: ROUTES,
        key: "description",
        says: "An OpenAPI document of its API: the clauses `declared.` hold requests to it.",
    },
    form: "path",
    shape: Shape::Text { chars_max: None },
    absent: Absent::Nothing("`description`"),
    parse: DATA_DIR.parse,
};

pub(in super::super) const RECORDS: Word<Rate> = Word {
    name: Name {
        section: ROUTES,
        key: "records",
        says: "How many records one caller is shown: objects of lists in JSON answers, and single objects. Whoever is shown more is refused with \
               `disclosure.budget` for the rest of the time.",
    },
    form: "`N/s`, `N/m` or `N/h`",
    shape: Shape::Like("^[0-9]{1,7}/[smh]$"),
    absent: Absent::Nothing("unlimited"),
    parse: Rate::parse,
};

pub(in super::super) const MODE: Word<Mode> = Word {
    name: Name {
        section: ROUTES,
        key: "mode",
        says: "The mode here of each clause that `clauses` does not name, in place of `mode` at \
               the top level.",
    },
    form: "`observe` or `enforce`",
    shape: Shape::Among(|| mode::names(mode::OF_INSTANCE)),
    absent: Absent::Nothing("as `mode` at the top level"),
    parse: mode::of_instance,
};
