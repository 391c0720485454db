//! The keys of alerts: the section `alerts`, and each item of `alert_targets`.

use super::super::alert_place::AlertPlace;
use super::super::choice::{self, AlertKind};
use super::super::fault::Fault;
use super::super::naming;
use super::super::secret::Reference;
use super::super::unit::Unit;
use super::{
    ALERT_TARGETS, ALERTS, Absent, Flag, HOUR, KIB, Key, MIB, MINUTE, NAME, Name, Number,
    REFERENCE, REFERENCE_SHAPE, SECOND, Shape, Word, Zero,
};
use bartizan_connect::alert::Severity;
use bartizan_connect::signing::PREFIX;
use std::sync::Arc;

pub(super) const ALL: [&dyn Key; 11] = [
    &DEDUP_WINDOW,
    &SPOOL_BYTES_MAX,
    &TARGET_NAME,
    &KIND,
    &TO,
    &SECRET,
    &CA,
    &ALLOW_HTTP,
    &MIN_SEVERITY,
    &TIMEOUT,
    &FILE_BYTES_MAX,
];

// alerts

pub(in super::super) const DEDUP_WINDOW: Number = Number {
    name: Name {
        section: ALERTS,
        key: "dedup_window",
        says: "One alert is sent for each code, endpoint and subject in such a time; the next one \
               says how many were not.",
    },
    unit: Unit::Milliseconds,
    default: 5 * MINUTE,
    min: SECOND,
    max: 24 * HOUR,
    zero: Zero::Plain,
};

pub(in super::super) const SPOOL_BYTES_MAX: Number = Number {
    name: Name {
        section: ALERTS,
        key: "spool_bytes_max",
        says: "All alerts that wait for a target together, in memory and again on disk; beyond it \
               the oldest goes and is counted.",
    },
    unit: Unit::Bytes,
    default: 4 * MIB,
    min: 64 * KIB,
    max: 64 * MIB,
    zero: Zero::Plain,
};

// alert_targets

pub(in super::super) const TARGET_NAME: Word<Arc<str>> = Word {
    name: Name {
        section: ALERT_TARGETS,
        key: "name",
        says: "Its name in status, log and console. A target that is renamed begins anew.",
    },
    form: NAME.form,
    shape: NAME.shape,
    absent: Absent::Error("name: soc"),
    parse: naming::parse,
};

pub(in super::super) const KIND: Word<AlertKind> = Word {
    name: Name {
        section: ALERT_TARGETS,
        key: "kind",
        says: "What is sent: a signed CloudEvent, a message of RFC 5424, or lines of OCSF.",
    },
    form: "`webhook`, `syslog` or `ocsf`",
    shape: Shape::Among(choice::words::<AlertKind>),
    absent: Absent::Error("kind: webhook"),
    parse: choice::parse,
};

pub(in super::super) const TO: Word<AlertPlace> = Word {
    name: Name {
        section: ALERT_TARGETS,
        key: "to",
        says: "Where to: a URL for `webhook`, `udp`, `tcp` or `tls` for `syslog`, a URL or a file \
               for `ocsf`. It is shown to operators: no secret belongs into it.",
    },
    form: "`https://HOST/PATH`, `http://…`, `tls://HOST:PORT`, `tcp://…`, `udp://…` or `file:PATH`",
    shape: Shape::Like("^(https?|tls|tcp|udp|file):.+$"),
    absent: Absent::Error("to: https://soc.example.com/alerts"),
    parse: AlertPlace::parse,
};

pub(in super::super) const SECRET: Word<Reference> = Word {
    name: Name {
        section: ALERT_TARGETS,
        key: "secret",
        says: "What signs each request, after the Standard Webhooks convention: `whsec_` and 24 to \
               64 bytes in base64. A `webhook` needs one.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Nothing("none"),
    parse: secret,
};

pub(in super::super) const CA: Word<Reference> = Word {
    name: Name {
        section: ALERT_TARGETS,
        key: "ca",
        says: "The certificates (PEM) that its own must come from.",
    },
    form: REFERENCE,
    shape: REFERENCE_SHAPE,
    absent: Absent::Nothing("those that the system trusts"),
    parse: Reference::parse,
};

pub(in super::super) const ALLOW_HTTP: Flag = Flag {
    name: Name {
        section: ALERT_TARGETS,
        key: "allow_http",
        says: "Whether `http://` may lead to another machine: whoever is on the way can read every \
               alert.",
    },
    default: false,
};

pub(in super::super) const MIN_SEVERITY: Word<Severity> = Word {
    name: Name {
        section: ALERT_TARGETS,
        key: "min_severity",
        says: "The least severity that it is sent.",
    },
    form: "`info`, `low`, `medium`, `high` or `critical`",
    shape: Shape::Among(choice::words::<Severity>),
    absent: Absent::Default(|| Severity::Medium, "medium"),
    parse: choice::parse,
};

pub(in super::super) const TIMEOUT: Number = Number {
    name: Name {
        section: ALERT_TARGETS,
        key: "timeout",
        says: "How long one delivery may take, from the connection to the answer.",
    },
    unit: Unit::Milliseconds,
    default: 10 * SECOND,
    min: 100,
    max: MINUTE,
    zero: Zero::Plain,
};

pub(in super::super) const FILE_BYTES_MAX: Number = Number {
    name: Name {
        section: ALERT_TARGETS,
        key: "file_bytes_max",
        says: "With `file:`, the size at which another file is begun; four older ones are kept, as \
               `PATH.1` to `PATH.4`.",
    },
    unit: Unit::Bytes,
    default: 16 * MIB,
    min: 64 * KIB,
    max: 1_024 * MIB,
    zero: Zero::Plain,
};

/// A reference, and not the secret itself, which looks like a path.
fn secret(text: &str) -> Result<Reference, Fault> {
    if text.trim_start().starts_with(PREFIX) {
        Err(Fault::LiteralSecret)
    } else {
        Reference::parse(text)
    }
}
