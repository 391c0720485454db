//! The keys of one upstream, in the section `upstream` and in each item of `upstreams`.

use super::super::host_port::HostPort;
use super::super::naming;
use super::super::path;
use super::super::secret::Reference;
use super::super::unit::Unit;
use super::super::upstream_url::UpstreamUrl;
use super::{
    Absent, Flag, HOUR, Items, Key, MINUTE, NAME, Name, Number, REFERENCE, REFERENCE_SHAPE, SECOND,
    Shape, UPSTREAM, UPSTREAMS, Word, Zero,
};
use std::sync::Arc;

/// The keys under one name.
pub(in super::super) struct Keys {
    pub(in super::super) url: Word<UpstreamUrl>,
    pub(in super::super) addresses: Items<HostPort>,
    pub(in super::super) http2: Flag,
    pub(in super::super) ca: Word<Reference>,
    pub(in super::super) client_certificate: Word<Reference>,
    pub(in super::super) client_key: Word<Reference>,
    pub(in super::super) verify: Flag,
    pub(in super::super) health_path: Word<String>,
    pub(in super::super) health_interval: Number,
    pub(in super::super) exchanges_max: Number,
    pub(in super::super) connect_timeout: Number,
    pub(in super::super) response_timeout: Number,
    pub(in super::super) idle_timeout: Number,
}

/// Those of the section `upstream`.
pub(in super::super) static ONE: Keys = keys(UPSTREAM);

/// Those of an item of `upstreams`, beside its name.
pub(in super::super) static LISTED: Keys = keys(UPSTREAMS);

pub(in super::super) const LISTED_NAME: Word<Arc<str>> = Word {
    name: Name {
        section: UPSTREAMS,
        key: "name",
        says: "The name that routes call it by. The section `upstream` is named `default`.",
    },
    form: NAME.form,
    shape: NAME.shape,
    absent: Absent::Error("name: orders"),
    parse: naming::parse,
};

impl Keys {
    pub(super) fn all(&'static self) -> [&'static dyn Key; 13] {
        [
            &self.url,
            &self.addresses,
            &self.http2,
            &self.ca,
            &self.client_certificate,
            &self.client_key,
            &self.verify,
            &self.health_path,
            &self.health_interval,
            &self.exchanges_max,
            &self.connect_timeout,
            &self.response_timeout,
            &self.idle_timeout,
        ]
    }
}

const fn keys(section: &'static str) -> Keys {
    Keys {
        url: Word {
            name: Name {
                section,
                key: "url",
                says: "The API: a host and a port (80 if missing, 443 for `https`), and no path.",
            },
            form: "`http://HOST:PORT` or `https://HOST:PORT`",
            shape: Shape::Like("^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\\\]+/?$"),
            absent: Absent::Error("url: http://127.0.0.1:3000"),
            parse: UpstreamUrl::parse,
        },
        addresses: Items {
            name: Name {
                section,
                key: "addresses",
                says: "Where the same API answers, each in turn, in place of the host and port of \
                       `url`. Its certificate is for the host of `url` all the same.",
            },
            form: "`HOST:PORT`",
            shape: Shape::Like("^.+:[0-9]{1,5}$"),
            items_max: 64,
            parse: HostPort::parse,
        },
        http2: Flag {
            name: Name {
                section,
                key: "http2",
                says: "Whether HTTP/2 is spoken: over TLS if the upstream agrees (ALPN), in clear \
                       text with prior knowledge.",
            },
            default: false,
        },
        ca: Word {
            name: Name {
                section,
                key: "ca",
                says: "The certificates (PEM) that its own must come from. `https` only.",
            },
            form: REFERENCE,
            shape: REFERENCE_SHAPE,
            absent: Absent::Nothing("the system's roots"),
            parse: Reference::parse,
        },
        client_certificate: Word {
            name: Name {
                section,
                key: "client_certificate",
                says: "The certificate (PEM, with its chain) to show it. `https` only, and with \
                       `client_key`.",
            },
            form: REFERENCE,
            shape: REFERENCE_SHAPE,
            absent: Absent::Nothing("none"),
            parse: Reference::parse,
        },
        client_key: Word {
            name: Name {
                section,
                key: "client_key",
                says: "The key (PEM) of `client_certificate`.",
            },
            form: REFERENCE,
            shape: REFERENCE_SHAPE,
            absent: Absent::Nothing("none"),
            parse: Reference::parse,
        },
        verify: Flag {
            name: Name {
                section,
                key: "verify",
                says: "Whether its certificate is verified. `false` is not for production: whoever \
                       is on the way can read and change everything.",
            },
            default: true,
        },
        health_path: Word {
            name: Name {
                section,
                key: "health_path",
                says: "What is asked for at each of its addresses to know whether it is well.",
            },
            form: "path",
            shape: Shape::Like("^/[!-~]*$"),
            absent: Absent::Nothing("not asked"),
            parse: path::of_health,
        },
        health_interval: Number {
            name: Name { section, key: "health_interval", says: "How often that is asked." },
            unit: Unit::Milliseconds,
            default: 5 * SECOND,
            min: 100,
            max: HOUR,
            zero: Zero::Plain,
        },
        exchanges_max: Number {
            name: Name {
                section,
                key: "exchanges_max",
                says: "Exchanges with it at the same time; more are answered 503.",
            },
            unit: Unit::Count,
            default: 4_096,
            min: 1,
            max: 1_000_000,
            zero: Zero::Plain,
        },
        connect_timeout: Number {
            name: Name {
                section,
                key: "connect_timeout",
                says: "How long a connection may take to be established.",
            },
            unit: Unit::Milliseconds,
            default: 5 * SECOND,
            min: 10,
            max: 5 * MINUTE,
            zero: Zero::Plain,
        },
        response_timeout: Number {
            name: Name {
                section,
                key: "response_timeout",
                says: "How long the upstream may take until its response head is complete.",
            },
            unit: Unit::Milliseconds,
            default: 60 * SECOND,
            min: 10,
            max: HOUR,
            zero: Zero::Plain,
        },
        idle_timeout: Number {
            name: Name {
                section,
                key: "idle_timeout",
                says: "How long an unused connection is kept. Must be shorter than the upstream's \
                       own.",
            },
            unit: Unit::Milliseconds,
            default: 4 * SECOND,
            min: 10,
            max: HOUR,
            zero: Zero::Plain,
        },
    }
}

/// What a `url` without a scheme of TLS makes pointless.
pub(in super::super) const NEEDS_TLS: &str = "a `url` with `https`";
