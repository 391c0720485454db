//! The keys of each item of `issuers`.

use super::super::issuers::{self, CLAIM_CHARS_MAX};
use super::super::naming;
use super::super::secret::Reference;
use super::super::unit::Unit;
use super::{
    Absent, HOUR, ISSUERS, Items, Key, MINUTE, NAME, Name, Number, REFERENCE, REFERENCE_SHAPE,
    SECOND, Shape, Word, Zero,
};
use bartizan_auth::algorithm::Algorithm;
use bartizan_auth::policy::SKEW_MAX_S;
use std::sync::Arc;

pub(super) const ALL: [&dyn Key; 8] =
    [&ISSUER_NAME, &ISSUER, &KEYS, &AUDIENCE, &ALGORITHMS, &SKEW, &LIFETIME_MAX, &REVOKED];

const CLAIM_SHAPE: Shape = Shape::Text { chars_max: Some(CLAIM_CHARS_MAX) };

pub(in super::super) const ISSUER_NAME: Word<Arc<str>> = Word {
    name: Name { section: ISSUERS, key: "name", says: "Its name in output." },
    form: NAME.form,
    shape: NAME.shape,
    absent: Absent::Error("name: main"),
    parse: naming::parse,
};

pub(in super::super) const ISSUER: Word<Arc<str>> = Word {
    name: Name {
        section: ISSUERS,
        key: "issuer",
        says: "The `iss` of its tokens, to the letter: a slash more is another issuer.",
    },
    form: "text",
    shape: CLAIM_SHAPE,
    absent: Absent::Error("issuer: https://id.example.com"),
    parse: issuers::claim,
};

pub(in super::super) const KEYS: Word<Reference> = Word {
    name: Name {
        section: ISSUERS,
        key: "keys",
        says: "A JWK Set (RFC 7517) with its public keys, at most 64 KiB. Read at the start and whenever it changes; one without any key \
               that can be used is refused with the configuration.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Error("keys: /etc/bartizan/jwks.json"),
    parse: Reference::parse,
};

pub(in super::super) const AUDIENCE: Items<Arc<str>> = Items {
    name: Name {
        section: ISSUERS,
        key: "audience",
        says: "One of these has to be in `aud`: a token for another service of the same issuer is none here. Required.",
    },
    form: "texts",
    shape: CLAIM_SHAPE,
    items_max: 64,
    parse: issuers::claim,
};

pub(in super::super) const ALGORITHMS: Items<Algorithm> = Items {
    name: Name {
        section: ISSUERS,
        key: "algorithms",
        says: "How its tokens may be signed. Without it in each of these ways; never with a shared secret, and never not at all.",
    },
    form: "`RS256` to `RS512`, `PS256` to `PS512`, `ES256` to `ES512` and `EdDSA`",
    shape: Shape::Among(issuers::algorithms),
    items_max: 10,
    parse: issuers::algorithm,
};

pub(in super::super) const SKEW: Number = Number {
    name: Name {
        section: ISSUERS,
        key: "skew",
        says: "How far its clock and ours may differ. For so long a token is good after its end.",
    },
    unit: Unit::Milliseconds,
    default: MINUTE,
    min: 0,
    max: SKEW_MAX_S as u64 * SECOND,
    zero: Zero::Plain,
};

pub(in super::super) const LIFETIME_MAX: Number = Number {
    name: Name {
        section: ISSUERS,
        key: "lifetime_max",
        says: "How long its tokens may live, from `iat` (without it: from now on) to `exp`.",
    },
    unit: Unit::Milliseconds,
    default: 0,
    min: MINUTE,
    max: 366 * 24 * HOUR,
    zero: Zero::Unwritten("any time"),
};

pub(in super::super) const REVOKED: Word<Reference> = Word {
    name: Name {
        section: ISSUERS,
        key: "revoked",
        says: "What of it is no longer good: a text with a line for each, as `jti 1f0c` or `sub alice`; see [tokens](tokens.md#revoked). \
               Read at the start and whenever it changes.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Nothing("nothing is revoked"),
    parse: Reference::parse,
};
