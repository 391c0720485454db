//! The keys of what clients meet at `listen.address`: certificates, TLS, and who they are.

use super::super::choice::{self, ClientSource, TlsVersion};
use super::super::network;
use super::super::rate::Rate;
use super::super::secret::Reference;
use super::super::unit::Unit;
use super::{
    Absent, CERTIFICATES, CLIENTS, Flag, Items, Key, NETWORK_SHAPE, Name, Number, REFERENCE,
    REFERENCE_SHAPE, Shape, TLS, Word, Zero,
};
use bartizan_model::network::Network;
use bartizan_model::route::Demand;

pub(super) const OF_CERTIFICATES: [&dyn Key; 2] = [&CERTIFICATE, &KEY];
pub(super) const OF_TLS: [&dyn Key; 3] = [&MINIMUM, &CLIENT_CA, &CLIENT_CERTIFICATE];
pub(super) const OF_CLIENTS: [&dyn Key; 6] =
    [&SOURCE, &ALLOW, &DENY, &RATE, &RATE_BURST, &ADDRESSES_ARE_CLIENTS];

// certificates

pub(in super::super) const CERTIFICATE: Word<Reference> = Word {
    name: Name {
        section: CERTIFICATES,
        key: "certificate",
        says: "The certificate (PEM), followed by its chain.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Error("certificate: /etc/bartizan/tls/api.crt"),
    parse: Reference::parse,
};

pub(in super::super) const KEY: Word<Reference> = Word {
    name: Name { section: CERTIFICATES, key: "key", says: "Its key (PEM)." },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Error("key: /etc/bartizan/tls/api.key"),
    parse: Reference::parse,
};

// tls

pub(in super::super) const MINIMUM: Word<TlsVersion> = Word {
    name: Name {
        section: TLS,
        key: "minimum",
        says: "The oldest version of TLS that clients may speak.",
    },
    form: "`\"1.2\"` or `\"1.3\"`",
    shape: Shape::Among(choice::words::<TlsVersion>),
    absent: Absent::Default(|| TlsVersion::V1_2, "1.2"),
    parse: choice::parse,
};

pub(in super::super) const CLIENT_CA: Word<Reference> = Word {
    name: Name {
        section: TLS,
        key: "client_ca",
        says: "The certificates (PEM) that those of clients must come from.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Nothing("none"),
    parse: Reference::parse,
};

pub(in super::super) const CLIENT_CERTIFICATE: Word<Demand> = Word {
    name: Name {
        section: TLS,
        key: "client_certificate",
        says: "Whether every client shows a certificate: it is not asked, it may, or it must. \
               Needs `client_ca` and `certificates`.",
    },
    form: "`none`, `optional` or `required`",
    shape: Shape::Among(choice::words::<Demand>),
    absent: Absent::Default(|| Demand::None, "none"),
    parse: choice::parse,
};

// clients

pub(in super::super) const SOURCE: Word<ClientSource> = Word {
    name: Name {
        section: CLIENTS,
        key: "source",
        says: "What says which address a client has: the connection, or a field that a peer in \
               `trusted_proxies` sent. Nobody else's field is believed.",
    },
    form: "`peer`, `x-forwarded-for` or `forwarded`",
    shape: Shape::Among(choice::words::<ClientSource>),
    absent: Absent::Default(|| ClientSource::XForwardedFor, "x-forwarded-for"),
    parse: choice::parse,
};

pub(in super::super) const ALLOW: Items<Network> = Items {
    name: Name {
        section: CLIENTS,
        key: "allow",
        says: "The only clients that are served; everybody, if the list is empty.",
    },
    form: "networks or addresses",
    shape: NETWORK_SHAPE,
    items_max: 10_000,
    parse: network::parse,
};

pub(in super::super) const DENY: Items<Network> = Items {
    name: Name {
        section: CLIENTS,
        key: "deny",
        says: "Clients that are not served, even where `allow` names them.",
    },
    form: "networks or addresses",
    shape: NETWORK_SHAPE,
    items_max: 10_000,
    parse: network::parse,
};

pub(in super::super) const RATE: Word<Rate> = Word {
    name: Name {
        section: CLIENTS,
        key: "rate",
        says: "How many requests one client may send: 1 to 1000000 in a second, minute or hour.",
    },
    form: "`N/s`, `N/m` or `N/h`",
    shape: Shape::Like("^[0-9]{1,7}/[smh]$"),
    absent: Absent::Nothing("unlimited"),
    parse: Rate::parse,
};

pub(in super::super) const RATE_BURST: Number = Number {
    name: Name {
        section: CLIENTS,
        key: "rate_burst",
        says: "How many of them may come at once. Needs `rate`.",
    },
    unit: Unit::Count,
    default: 0,
    min: 1,
    max: 1_000_000,
    zero: Zero::Written("as many as in `rate`"),
};

pub(in super::super) const ADDRESSES_ARE_CLIENTS: Flag = Flag {
    name: Name {
        section: CLIENTS,
        key: "addresses_are_clients",
        says: "Address rules apply also when most traffic comes from few private addresses.",
    },
    default: false,
};
