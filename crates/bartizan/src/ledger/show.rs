//! How entries are shown: one line for people, one JSON object for programs.

use crate::show::timestamp;
use bartizan_ledger::Digest;
use bartizan_ledger::entry::{Entry, What, Who, Why};
use serde_json::{Map, Value, json};

/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.ledger/v1";

/// Entry `index` as a JSON object.
pub fn as_json(index: u64, bytes: &[u8]) -> Value {
    let mut all = Map::new();
    all.insert("schema".to_owned(), json!(SCHEMA));
    all.insert("index".to_owned(), json!(index));
    match Entry::decode(bytes) {
        Ok(Entry { at_us, what }) => {
            all.insert("at".to_owned(), json!(timestamp(at_us)));
            all.insert("kind".to_owned(), json!(what.name()));
            if let Value::Object(fields) = fields(&what) {
                all.extend(fields);
            }
        }
        Err(fault) => {
            all.insert("kind".to_owned(), json!("unreadable"));
            all.insert("why".to_owned(), json!(fault.to_string()));
            all.insert("bytes".to_owned(), json!(hex(bytes)));
        }
    }
    all.insert("leaf".to_owned(), json!(Digest::leaf(bytes).to_string()));
    Value::Object(all)
}

/// Entry `index` in a line.
pub fn as_line(index: u64, bytes: &[u8]) -> String {
    let Ok(Entry { at_us, what }) = Entry::decode(bytes) else {
        return format!("{index:>8}  unreadable, {} bytes", bytes.len());
    };
    format!("{index:>8}  {}  {:<17}  {}", timestamp(at_us), what.name(), said(&what))
}

/// What an entry says, without when and which.
pub fn words(bytes: &[u8]) -> String {
    match Entry::decode(bytes) {
        Ok(Entry { what, .. }) => said(&what),
        Err(fault) => fault.to_string(),
    }
}

fn said(what: &What) -> String {
    if let What::Decision(it) = what {
        let (code, effect) = (it.code.name(), it.effect.name().replace('_', " "));
        let (status, clause) = (it.status, it.code.entry().clause.name());
        let (id, subject) = (it.exchange, format!("{:032x}", it.subject.0));
        return format!(
            "{code} {effect}, status {status}, clause {clause}, id {id}, subject {subject}"
        );
    }
    let fields = fields(what);
    let words = fields.as_object().into_iter().flatten().map(|(name, value)| match value {
        Value::String(text) => format!("{} {text}", name.replace('_', " ")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            format!("{} {value}", name.replace('_', " "))
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

fn fields(what: &What) -> Value {
    match what {
        What::Started { version } => json!({ "version": version.as_str() }),
        What::Stopped => json!({}),
        What::Gap { lost } => json!({ "lost": lost }),
        What::Decision(it) => json!({
            "decision_id": it.exchange.to_string(),
            "effect": it.effect.name(),
            "code": it.code.name(),
            "clause": it.code.entry().clause.name(),
            "status": it.status,
            "endpoint_id": format!("{:016x}", it.endpoint.bits()),
            "subject": format!("{:032x}", it.subject.0),
            "key_epoch": it.epoch.0,
            "revision": it.revision,
        }),
        What::Configuration { revision, settings, by, why } => json!({
            "revision": revision,
            "settings_sha256": settings.to_string(),
            "by": who(by),
            "why": why_read(why),
        }),
        What::BypassBegun { revision, until_us, by, reason } => json!({
            "revision": revision,
            "until": timestamp(*until_us),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::BypassEnded { revision, by } => json!({ "revision": revision, "by": who(by) }),
        What::ExceptionAdded { exception, expires_us, by, clause, reason } => json!({
            "clause": clause.as_str(),
            "exception_sha256": exception.to_string(),
            "expires": timestamp(*expires_us),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::ExceptionRemoved { exception, by, clause, reason } => json!({
            "clause": clause.as_str(),
            "exception_sha256": exception.to_string(),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::Login { who: by, role } => json!({ "who": who(by), "role": role.as_str() }),
        What::Reveal { exchange, by, reason } => json!({
            "decision_id": exchange.to_string(),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::Key { before, now } => json!({ "before": hex(before), "now": hex(now) }),
        What::SilenceBegun { until_us, by, code, reason } => json!({
            "code": code.as_str(),
            "until": timestamp(*until_us),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::SilenceLifted { by, code, reason } => json!({
            "code": code.as_str(),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::AlertTested { delivered, by, target } => json!({
            "target": target.as_str(),
            "delivered": delivered,
            "by": who(by),
        }),
        What::WatchBegun { subject, until_us, by, reason } => json!({
            "subject": format!("{:032x}", subject.0),
            "until": timestamp(*until_us),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::WatchEnded { subject, by } => {
            json!({ "subject": format!("{:032x}", subject.0), "by": who(by) })
        }
        What::ProfileConfirmed { by, service, profile } => json!({
            "service": service.as_str(),
            "profile": profile.as_str(),
            "by": who(by),
        }),
        What::ContractChanged { revision, by, clause, force, reason } => json!({
            "revision": revision,
            "clause": clause.as_str(),
            "force": force.as_str(),
            "by": who(by),
            "reason": reason.as_str(),
        }),
        What::ReleaseMarked { revision, until_us, by, service, version } => json!({
            "revision": revision,
            "service": service.as_str(),
            "version": version.as_str(),
            "until": timestamp(*until_us),
            "by": who(by),
        }),
        What::Unknown { version, kind, rest } => {
            json!({ "version": version, "number": kind, "bytes": hex(rest) })
        }
    }
}

fn who(it: &Who) -> String {
    match it {
        Who::Itself => "bartizan".to_owned(),
        Who::User(id) => format!("user {id}"),
        Who::Account(name) => format!("account {name}"),
    }
}

fn why_read(it: &Why) -> String {
    match it {
        Why::Start => "start".to_owned(),
        Why::File => "file changed".to_owned(),
        Why::Signal => "signal".to_owned(),
        Why::Reference => "what the file refers to changed".to_owned(),
        Why::Asked(reason) => format!("asked: {reason}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|it| format!("{it:02x}")).collect()
}
