//! An alert: something that somebody who does not look at the console is to be told.
//!
//! Reads and writes   one JSON form, which the spool keeps and receivers get as data.
//! Memory             a summary of at most [`SUMMARY_BYTES_MAX`] bytes, an endpoint of at most
//!                    [`ENDPOINT_BYTES_MAX`].
//! Misses             what a client sent: an alert holds codes, templates and keyed hashes. The decision
//!                    id leads to the rest, on the machine that has it.

use crate::time::rfc3339;
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::id::{ExchangeId, KeyedHash};
use serde_json::{Value, json};
use std::fmt;

/// Bytes of a summary at most.
pub const SUMMARY_BYTES_MAX: usize = 400;
/// Bytes of an endpoint at most.
pub const ENDPOINT_BYTES_MAX: usize = 256;
/// Objects that one alert names.
pub const OBJECTS_MAX: usize = 8;
/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.alert/v1";

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// To be looked at some day.
    Low,
    /// To be looked at.
    Medium,
    /// To be looked at today.
    High,
    /// To be looked at now.
    Critical,
}

impl Severity {
    /// All, the least first.
    pub const ALL: &'static [Self] =
        &[Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Name in configuration and output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }
}

/// A condition of an instance that somebody is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// A bypass began.
    BypassBegun,
    /// It ended.
    BypassEnded,
    /// The journal cannot be written.
    JournalFailing,
    /// It can again.
    JournalWorking,
    /// The ledger cannot be written.
    LedgerFailing,
    /// It can again.
    LedgerWorking,
    /// Closed segments of the journal cannot be sealed.
    SealingFailing,
    /// They can again.
    SealingWorking,
    /// A verification of the ledger found a fault.
    LedgerUnverified,
    /// Observations were lost.
    Gap,
    /// The circuit of an upstream's address opened, or it fails its health checks.
    UpstreamFailing,
    /// It is well again.
    UpstreamWell,
    /// A configuration was not taken over.
    ReloadRefused,
    /// Requests are shed.
    OverloadBegun,
    /// Requests are served again.
    OverloadEnded,
    /// An API does something that it did not, or stopped doing it.
    ApiChanged,
    /// What changed in the APIs on a day.
    ApiDigest,
    /// A clause that describes habit refuses nobody any more: habit changed.
    ClauseSuspended,
    /// Somebody logged in.
    LoggedIn,
    /// Somebody pressed the button.
    Test,
}

impl Condition {
    /// All.
    pub const ALL: &'static [Self] = &[
        Self::BypassBegun,
        Self::BypassEnded,
        Self::JournalFailing,
        Self::JournalWorking,
        Self::LedgerFailing,
        Self::LedgerWorking,
        Self::SealingFailing,
        Self::SealingWorking,
        Self::LedgerUnverified,
        Self::Gap,
        Self::UpstreamFailing,
        Self::UpstreamWell,
        Self::ReloadRefused,
        Self::OverloadBegun,
        Self::OverloadEnded,
        Self::ApiChanged,
        Self::ApiDigest,
        Self::ClauseSuspended,
        Self::LoggedIn,
        Self::Test,
    ];

    /// Its code, in the areas `instance` and `alerts`, which no code of an exchange has.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BypassBegun => "instance.bypass_begun",
            Self::BypassEnded => "instance.bypass_ended",
            Self::JournalFailing => "instance.journal_failing",
            Self::JournalWorking => "instance.journal_working",
            Self::LedgerFailing => "instance.ledger_failing",
            Self::LedgerWorking => "instance.ledger_working",
            Self::SealingFailing => "instance.sealing_failing",
            Self::SealingWorking => "instance.sealing_working",
            Self::LedgerUnverified => "instance.ledger_unverified",
            Self::Gap => "instance.gap",
            Self::UpstreamFailing => "instance.upstream_failing",
            Self::UpstreamWell => "instance.upstream_well",
            Self::ReloadRefused => "instance.reload_refused",
            Self::OverloadBegun => "instance.overload_begun",
            Self::OverloadEnded => "instance.overload_ended",
            Self::ApiChanged => "instance.api_changed",
            Self::ApiDigest => "instance.api_digest",
            Self::ClauseSuspended => "instance.clause_suspended",
            Self::LoggedIn => "instance.logged_in",
            Self::Test => "alerts.test",
        }
    }

    /// How much it matters.
    pub const fn severity(self) -> Severity {
        match self {
            Self::JournalFailing | Self::LedgerFailing | Self::LedgerUnverified => {
                Severity::Critical
            }
            Self::BypassBegun
            | Self::SealingFailing
            | Self::Gap
            | Self::UpstreamFailing
            | Self::ClauseSuspended
            | Self::OverloadBegun => Severity::High,
            Self::ReloadRefused => Severity::Medium,
            Self::ApiChanged | Self::ApiDigest => Severity::Low,
            Self::BypassEnded
            | Self::JournalWorking
            | Self::LedgerWorking
            | Self::SealingWorking
            | Self::UpstreamWell
            | Self::OverloadEnded
            | Self::LoggedIn
            | Self::Test => Severity::Info,
        }
    }
}

/// Why there is an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertCode {
    /// Of an exchange.
    Exchange(Code),
    /// Of the instance.
    Instance(Condition),
}

impl AlertCode {
    /// Its stable name, `area.name`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exchange(code) => code.name(),
            Self::Instance(condition) => condition.name(),
        }
    }

    /// All there are.
    pub fn all() -> impl Iterator<Item = Self> {
        let of_exchange = Code::ALL.iter().copied().map(Self::Exchange);
        of_exchange.chain(Condition::ALL.iter().copied().map(Self::Instance))
    }

    /// The code of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|it| it.name() == name)
    }
}

impl fmt::Display for AlertCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much a clause hit matters; `None` where nobody is told. Findings alert: what a detector saw in a
/// value or in a response. A message that merely breaks the law of HTTP does not, or every scanner would.
pub const fn severity_of(code: Code, effect: Effect) -> Option<Severity> {
    let is_attack = code.entry().clause.is_content();
    let is_disclosure = matches!(
        code,
        Code::DisclosureStackTrace
            | Code::DisclosureSqlError
            | Code::DisclosureDebugPage
            | Code::DisclosureFilePath
            | Code::DisclosureVersion
            | Code::DisclosureListing
            | Code::DisclosureSource
    );
    let is_key = matches!(code, Code::DisclosurePrivateKey | Code::DisclosureSettings);
    let is_reflected = matches!(code, Code::DisclosureReflected);
    let is_unexamined = matches!(code, Code::ContentUnexamined);
    // Put in force by people; observed, they are evidence to be looked at before.
    let is_harm = code.entry().clause.is_harm();
    match effect {
        Effect::Refused | Effect::Scrubbed if is_key => Some(Severity::High),
        Effect::WouldRefuse | Effect::WouldScrub if is_key => Some(Severity::Critical),
        Effect::Scrubbed | Effect::WouldScrub if is_reflected => Some(Severity::High),
        Effect::Refused if is_attack || is_harm => Some(Severity::High),
        Effect::Refused if matches!(code, Code::ClientThrottled | Code::DisclosureBudget) => {
            Some(Severity::Medium)
        }
        Effect::Scrubbed if is_harm => Some(Severity::Medium),
        Effect::WouldRefuse if is_attack => Some(Severity::Medium),
        Effect::Refused | Effect::Scrubbed if is_disclosure => Some(Severity::Medium),
        Effect::WouldRefuse | Effect::WouldScrub if is_disclosure => Some(Severity::Low),
        Effect::Refused | Effect::WouldRefuse if is_unexamined => Some(Severity::Low),
        Effect::FailedOpen => Some(Severity::Medium),
        Effect::Refused
        | Effect::WouldRefuse
        | Effect::Scrubbed
        | Effect::WouldScrub
        | Effect::Excepted
        | Effect::Overtaken
        | Effect::Failed => None,
    }
}

/// A text on one line and of bounded length.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// As much of `text` as fits into so many bytes; what ends or hides a line becomes U+FFFD.
    pub fn of(text: &str, bytes_max: usize) -> Self {
        let mut kept = String::new();
        for it in text.chars() {
            let it = if is_shown(it) { it } else { char::REPLACEMENT_CHARACTER };
            if kept.len() + it.len_utf8() > bytes_max {
                break;
            }
            kept.push(it);
        }
        Self(kept)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Controls end lines, separators too in some readers, and marks of direction turn them around.
fn is_shown(it: char) -> bool {
    let hides = matches!(it,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !it.is_control() && !hides
}

/// What happened, before anybody decided whether to tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// When, in microseconds since 1970.
    pub at_us: u64,
    /// Why.
    pub code: AlertCode,
    /// How much it matters.
    pub severity: Severity,
    /// What came of it, for an exchange.
    pub effect: Option<Effect>,
    /// A sentence.
    pub summary: Line,
    /// The endpoint called, as `GET /orders/{int}`.
    pub endpoint: Option<Line>,
    /// Who called, as a keyed hash.
    pub subject: Option<u128>,
    /// The exchange.
    pub decision: Option<ExchangeId>,
    /// The objects, owners or fields that it is about, as keyed hashes; at most [`OBJECTS_MAX`].
    pub objects: Vec<KeyedHash>,
}

impl Occurrence {
    /// A condition of the instance.
    pub fn of_condition(at_us: u64, condition: Condition, summary: &str) -> Self {
        Self {
            at_us,
            code: AlertCode::Instance(condition),
            severity: condition.severity(),
            effect: None,
            summary: Line::of(summary, SUMMARY_BYTES_MAX),
            endpoint: None,
            subject: None,
            decision: None,
            objects: Vec::new(),
        }
    }
}

/// One alert: what happened, and how often it did since the last alert of the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Names it everywhere: a receiver that knows it has it already.
    pub id: u128,
    /// What happened.
    pub what: Occurrence,
    /// How many of the same were not told since the last alert.
    pub suppressed: u64,
}

impl Alert {
    /// Its id as it is written.
    pub fn id(&self) -> String {
        hex(self.id)
    }

    /// The JSON form.
    pub fn as_json(&self) -> Value {
        let what = &self.what;
        json!({
            "schema": SCHEMA,
            "id": self.id(),
            "time": rfc3339(what.at_us),
            "time_us": what.at_us,
            "code": what.code.name(),
            "severity": what.severity.name(),
            "effect": what.effect.map(Effect::name),
            "summary": what.summary.as_str(),
            "endpoint": what.endpoint.as_ref().map(Line::as_str),
            "subject": what.subject.map(hex),
            "decision_id": what.decision.map(|it| it.to_string()),
            "objects": what.objects.iter().map(|it| format!("{:016x}", it.0)).collect::<Vec<_>>(),
            "suppressed": self.suppressed,
        })
    }

    /// The alert of a JSON form; `None` if it is none that this program knows.
    pub fn of_json(it: &Value) -> Option<Self> {
        let text = |name: &str| it.get(name).and_then(Value::as_str);
        let id = |name: &str| u128::from_str_radix(text(name)?, 16).ok();
        let effect = match text("effect") {
            Some(name) => Some(Effect::ALL.iter().copied().find(|it| it.name() == name)?),
            None => None,
        };
        if text("schema") != Some(SCHEMA) {
            return None;
        }
        let what = Occurrence {
            at_us: it.get("time_us")?.as_u64()?,
            code: AlertCode::of_name(text("code")?)?,
            severity: Severity::of_name(text("severity")?)?,
            effect,
            summary: Line::of(text("summary")?, SUMMARY_BYTES_MAX),
            endpoint: text("endpoint").map(|it| Line::of(it, ENDPOINT_BYTES_MAX)),
            subject: id("subject"),
            decision: text("decision_id").and_then(|it| it.parse().ok()),
            objects: objects(it),
        };
        let suppressed = it.get("suppressed")?.as_u64()?;
        Some(Self { id: id("id")?, what, suppressed })
    }
}

/// Earlier programs told none.
fn objects(it: &Value) -> Vec<KeyedHash> {
    let all = it.get("objects").and_then(Value::as_array).into_iter().flatten();
    let hash = |it: &Value| u64::from_str_radix(it.as_str()?, 16).ok().map(KeyedHash);
    all.filter_map(hash).take(OBJECTS_MAX).collect()
}

fn hex(id: u128) -> String {
    format!("{id:032x}")
}

/// One that every form is tried with.
#[cfg(test)]
pub(crate) fn sample() -> Alert {
    Alert {
        id: 0xa1e7,
        what: Occurrence {
            at_us: 1_767_225_600_123_456,
            code: AlertCode::Exchange(Code::ContentSqlInjection),
            severity: Severity::High,
            effect: Some(Effect::Refused),
            summary: Line::of("GET /products was refused: content.sql_injection", 400),
            endpoint: Some(Line::of("GET /products", ENDPOINT_BYTES_MAX)),
            subject: Some(0x5b),
            decision: Some(ExchangeId::from_bits(0xd1)),
            objects: vec![KeyedHash(0x0b)],
        },
        suppressed: 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_reads_as_it_is_written() {
        let alert = sample();
        assert_eq!(Alert::of_json(&alert.as_json()), Some(alert.clone()));
        let what = Occurrence::of_condition(1, Condition::Test, "a test");
        let other = Alert { what, ..alert };
        assert_eq!(Alert::of_json(&other.as_json()), Some(other));
        for broken in [json!({}), json!([]), json!({"schema": SCHEMA, "id": "x"})] {
            assert_eq!(Alert::of_json(&broken), None);
        }
    }

    #[test]
    fn every_code_has_a_name_of_its_own_that_fits_syslog() {
        let names = Code::ALL.iter().map(|it| it.name());
        let mut names: Vec<_> = names.chain(Condition::ALL.iter().map(|it| it.name())).collect();
        for name in &names {
            assert_eq!(AlertCode::of_name(name).unwrap().name(), *name);
            assert!(name.len() <= 32, "{name}");
        }
        let written = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), written);
        assert_eq!(AlertCode::of_name("*"), None);
    }

    #[test]
    fn findings_alert_and_what_everybody_meets_does_not() {
        use Effect::{Excepted, FailedOpen, Overtaken, Refused, Scrubbed, WouldRefuse, WouldScrub};
        for (code, effect, severity) in [
            (Code::ContentSqlInjection, Refused, Some(Severity::High)),
            (Code::ContentSqlInjection, WouldRefuse, Some(Severity::Medium)),
            (Code::ContentSqlInjection, Excepted, None),
            (Code::ContentSqlInjection, Overtaken, None),
            (Code::DisclosureSqlError, Scrubbed, Some(Severity::Medium)),
            (Code::DisclosureSqlError, WouldScrub, Some(Severity::Low)),
            (Code::DisclosurePrivateKey, WouldScrub, Some(Severity::Critical)),
            (Code::DisclosureBanner, Scrubbed, None),
            (Code::DisclosureListing, WouldScrub, Some(Severity::Low)),
            (Code::DisclosureSettings, WouldScrub, Some(Severity::Critical)),
            (Code::DisclosureReflected, WouldScrub, Some(Severity::High)),
            (Code::ReferenceForeign, Refused, Some(Severity::High)),
            (Code::OwnerForeign, Refused, Some(Severity::High)),
            (Code::DisclosureSecret, Scrubbed, Some(Severity::Medium)),
            (Code::OwnerForeign, WouldRefuse, None),
            (Code::ShapeWrongType, Refused, None),
            (Code::FramingBareLf, Refused, None),
            (Code::PathEmptySegment, WouldRefuse, None),
            (Code::ContentUnexamined, FailedOpen, Some(Severity::Medium)),
        ] {
            assert_eq!(severity_of(code, effect), severity, "{code:?} {effect:?}");
        }
    }

    #[test]
    fn a_line_is_one_and_short() {
        assert_eq!(Line::of("a\nb\u{202e}c\u{2028}", 400).as_str(), "a\u{fffd}b\u{fffd}c\u{fffd}");
        assert_eq!(Line::of(&"ä".repeat(9), 5).as_str(), "ää");
    }
}
