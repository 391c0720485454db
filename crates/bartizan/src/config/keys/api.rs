//! The keys of APIs: each item of `apis`, and of `retire`.

use super::super::apis::{self, LINE_CHARS_MAX};
use super::super::choice;
use super::super::day::Day;
use super::super::fault::Fault;
use super::super::naming;
use super::{APIS, Absent, Items, Key, NAME, Name, RETIRE, Shape, Word};
use bartizan_model::head::Method;
use bartizan_model::profile::{Audience, Duty, Subjects, Tenant};
use bartizan_model::retirement::Template;
use std::sync::Arc;

pub(super) const ALL: [&dyn Key; 17] = [
    &NAME_OF_API,
    &OWNER,
    &TEAM,
    &TAGS,
    &AUDIENCE,
    &SUBJECT_KIND,
    &TENANT,
    &ENVIRONMENT,
    &ON_BEHALF_OF,
    &SEE_TO_OTHERS,
    &BASELINE,
    &API,
    &PATH,
    &METHOD,
    &DEPRECATED,
    &SUNSET,
    &LINK,
];

const API_SHAPE: Shape = Shape::Like("^[!-~]{1,253}$");
const DAY_SHAPE: Shape = Shape::Like("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
const LINE: Shape = Shape::Text { chars_max: Some(LINE_CHARS_MAX) };

// apis

pub(in super::super) const NAME_OF_API: Word<Arc<str>> = Word {
    name: Name {
        section: APIS,
        key: "name",
        says: "The API: the name of a route (`default` without routes), or the host of imported traffic.",
    },
    form: "name of a route, or host",
    shape: API_SHAPE,
    absent: Absent::Error("name: orders"),
    parse: apis::name,
};

pub(in super::super) const OWNER: Word<String> = Word {
    name: Name { section: APIS, key: "owner", says: "Who answers for it, in one line." },
    form: "text",
    shape: LINE,
    absent: Absent::Nothing("nobody"),
    parse: apis::line,
};

pub(in super::super) const TEAM: Word<String> = Word {
    name: Name { section: APIS, key: "team", says: "Who works on it, in one line." },
    form: "text",
    shape: LINE,
    absent: Absent::Nothing("nobody"),
    parse: apis::line,
};

pub(in super::super) const TAGS: Items<Arc<str>> = Items {
    name: Name { section: APIS, key: "tags", says: "Words to group by." },
    form: NAME.form,
    shape: NAME.shape,
    items_max: 16,
    parse: naming::parse,
};

pub(in super::super) const AUDIENCE: Word<Audience> = Word {
    name: Name {
        section: APIS,
        key: "audience",
        says: "Whom it is for. Says what endpoints owe where `baseline` is not there: TLS if it is public, a \
               credential and a limit for partners, client certificates and scopes within.",
    },
    form: "`public`, `partner` or `internal`",
    shape: Shape::Among(choice::words::<Audience>),
    absent: Absent::Nothing("as confirmed, or not known"),
    parse: choice::parse,
};

pub(in super::super) const SUBJECT_KIND: Word<Subjects> = Word {
    name: Name {
        section: APIS,
        key: "subject_kind",
        says: "What stands behind those who call: a person, a program, many of either under one credential, or \
               nobody who says so.",
    },
    form: "`person`, `workload`, `aggregate` or `none`",
    shape: Shape::Among(choice::words::<Subjects>),
    absent: Absent::Nothing("as confirmed, or not known"),
    parse: choice::parse,
};

pub(in super::super) const TENANT: Word<Tenant> = Word {
    name: Name {
        section: APIS,
        key: "tenant",
        says: "What says which tenant a call is for: the host, a segment of the path counted from 1, or a claim \
               of the token. Where it is the host or a segment, `ownership.tenant` holds callers to theirs.",
    },
    form: "`host`, `path:N` or `claim:NAME`",
    shape: Shape::Like("^(host|path:[0-9]{1,2}|claim:[!-~]{1,63})$"),
    absent: Absent::Nothing("as confirmed, or not known"),
    parse: apis::tenant,
};

pub(in super::super) const ENVIRONMENT: Word<Arc<str>> = Word {
    name: Name { section: APIS, key: "environment", says: "Where it runs, such as `production`." },
    form: NAME.form,
    shape: NAME.shape,
    absent: Absent::Nothing("as confirmed, or not known"),
    parse: naming::parse,
};

pub(in super::super) const ON_BEHALF_OF: Word<Box<str>> = Word {
    name: Name {
        section: APIS,
        key: "on_behalf_of",
        says: "Where `subject_kind` is `aggregate`: the field of requests that names for whom a call is. Each of those \
               behind a credential is a caller of its own then; what was agreed, as `records`, is for all of them \
               together.",
    },
    form: "name of a request field",
    shape: Shape::Like("^[A-Za-z0-9_-]{1,64}$"),
    absent: Absent::Nothing("a credential is one caller"),
    parse: apis::field,
};

pub(in super::super) const SEE_TO_OTHERS: Items<(Box<str>, Box<str>)> = Items {
    name: Name {
        section: APIS,
        key: "see_to_others",
        says: "Claims of tokens, such as `role=support`, whose bearers see to what is others': they are held to no \
               ownership, provenance and tenant. The value may also stand in a list. The API verifies the token.",
    },
    form: "list of `NAME=VALUE`",
    shape: Shape::Like("^[^=]{1,128}=.{1,128}$"),
    items_max: 16,
    parse: apis::claim,
};

pub(in super::super) const BASELINE: Items<Duty> = Items {
    name: Name {
        section: APIS,
        key: "baseline",
        says: "What each endpoint owes, in place of what `audience` says; an empty list is nothing.",
    },
    form: "`tls`, `mtls`, `credential`, `scopes`, `rate_limit`, `described` or `no_query_credentials`",
    shape: Shape::Among(choice::words::<Duty>),
    items_max: Duty::ALL.len(),
    parse: choice::parse,
};

// retire

pub(in super::super) const API: Word<Arc<str>> = Word {
    name: Name { section: RETIRE, key: "api", says: "The item of `apis` that it is of." },
    form: "name of an API",
    shape: API_SHAPE,
    absent: Absent::Error("api: orders"),
    parse: apis::name,
};

pub(in super::super) const PATH: Word<Template> = Word {
    name: Name {
        section: RETIRE,
        key: "path",
        says: "The path that goes, of literal segments and variables. What looks like a value, such as a number, \
               is written as a variable, which fits every value.",
    },
    form: "path template",
    shape: Shape::Like("^/[^?#%\\\\\\s]*$"),
    absent: Absent::Error("path: /v1/orders/{id}"),
    parse: apis::template,
};

pub(in super::super) const METHOD: Word<Method> = Word {
    name: Name {
        section: RETIRE,
        key: "method",
        says: "The only method that goes. `HEAD` goes with `GET`.",
    },
    form: "method",
    shape: Shape::Among(|| apis::METHODS.to_vec()),
    absent: Absent::Nothing("all"),
    parse: |text| {
        let is_one = apis::METHODS.contains(&text);
        let fault = || Fault::unknown_word(text, apis::METHODS.to_vec());
        is_one.then(|| Method::of(text.as_bytes())).ok_or_else(fault)
    },
};

pub(in super::super) const DEPRECATED: Word<Day> = Word {
    name: Name {
        section: RETIRE,
        key: "deprecated",
        says: "Since which day it should not be used, in UTC.",
    },
    form: "`YYYY-MM-DD`",
    shape: DAY_SHAPE,
    absent: Absent::Error("deprecated: 2026-11-01"),
    parse: Day::parse,
};

pub(in super::super) const SUNSET: Word<Day> = Word {
    name: Name { section: RETIRE, key: "sunset", says: "The last day it answers, in UTC." },
    form: "`YYYY-MM-DD`",
    shape: DAY_SHAPE,
    absent: Absent::Nothing("not decided"),
    parse: Day::parse,
};

pub(in super::super) const LINK: Word<String> = Word {
    name: Name { section: RETIRE, key: "link", says: "Where people read about it." },
    form: "URL",
    shape: Shape::Like("^https?://[!-~]+$"),
    absent: Absent::Nothing("nowhere"),
    parse: apis::link,
};
