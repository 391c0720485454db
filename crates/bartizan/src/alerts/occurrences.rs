//! What of an instance somebody is to be told.
//!
//! Reads    observations, and what is logged.
//! Writes   occurrences: codes, templates and keyed hashes, and operators' own words. Nothing that a client
//!          sent is in any of them.

use crate::log::Event;
use crate::show;
use bartizan_connect::alert::{
    AlertCode, Condition, ENDPOINT_BYTES_MAX, Line, OBJECTS_MAX, Occurrence, SUMMARY_BYTES_MAX,
    Severity, severity_of,
};
use bartizan_model::clause::Effect;
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::id::{ExchangeId, KeyedHash};
use bartizan_model::observation::Observation;
use std::sync::Arc;

/// What happened, as cheaply as the pipeline can leave it.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    /// In an exchange.
    Exchange {
        at_us: u64,
        code: Code,
        effect: Effect,
        severity: Severity,
        method: Method,
        template: Arc<str>,
        subject: u128,
        decision: ExchangeId,
        objects: Vec<KeyedHash>,
    },
    /// To the instance.
    Instance(Occurrence),
}

/// What of an exchange is to be told.
pub(crate) fn of_exchange(it: &Observation) -> impl Iterator<Item = Seen> {
    it.hits.iter().filter_map(move |hit| {
        Some(Seen::Exchange {
            at_us: it.started.wall_us,
            code: hit.code,
            effect: hit.effect,
            severity: severity_of(hit.code, hit.effect)?,
            method: it.method,
            template: Arc::clone(&it.template),
            subject: it.subject.0,
            decision: it.id,
            objects: touched(it, hit.code),
        })
    })
}

/// What a clause against harm found, as keyed hashes.
fn touched(it: &Observation, code: Code) -> Vec<KeyedHash> {
    let of = it.findings.iter().filter(|it| it.sighting.code == code && it.value.0 != 0);
    let is_harm = code.entry().clause.is_harm();
    of.filter(|_| is_harm).map(|it| it.value).take(OBJECTS_MAX).collect()
}

impl Seen {
    /// The code.
    pub(crate) fn code(&self) -> AlertCode {
        match self {
            Self::Exchange { code, .. } => AlertCode::Exchange(*code),
            Self::Instance(it) => it.code,
        }
    }

    /// The whole of it.
    pub(crate) fn whole(self) -> Occurrence {
        match self {
            Self::Instance(it) => it,
            Self::Exchange {
                at_us,
                code,
                effect,
                severity,
                method,
                template,
                subject,
                decision,
                objects,
            } => {
                let endpoint = format!("{} {template}", method.name());
                let endpoint = Line::of(&endpoint, ENDPOINT_BYTES_MAX);
                let summary = format!("{endpoint} {}: {}", said(code, effect), code.name());
                Occurrence {
                    at_us,
                    code: AlertCode::Exchange(code),
                    severity,
                    effect: Some(effect),
                    summary: Line::of(&summary, SUMMARY_BYTES_MAX),
                    endpoint: Some(endpoint),
                    subject: Some(subject),
                    decision: Some(decision),
                    objects,
                }
            }
        }
    }
}

fn said(code: Code, effect: Effect) -> &'static str {
    match effect {
        Effect::Refused if code == Code::OwnerForeign => "was answered, and the answer held back",
        Effect::Scrubbed if code.entry().clause.is_of_terms() => "had fields of its answer masked",
        Effect::Refused => "was refused",
        Effect::WouldRefuse => "would be refused, were the clause enforced",
        Effect::Scrubbed => "had its response replaced",
        Effect::WouldScrub => "would have its response replaced, were the clause enforced",
        Effect::FailedOpen => "was let through unjudged",
        Effect::Excepted => "was let through by an exception",
        Effect::Overtaken => "was refused for another reason",
        Effect::Failed => "was not answered by the API",
    }
}

/// What of an event is to be told.
pub(crate) fn of_event(at_us: u64, event: &Event) -> Option<Seen> {
    let of = |condition, summary: &str| {
        Some(Seen::Instance(Occurrence::of_condition(at_us, condition, summary)))
    };
    match event {
        Event::BypassBegun { until_us, reason, .. } => {
            let until = show::timestamp(*until_us);
            let summary = format!("a bypass leaves only the law in force until {until}: {reason}");
            of(Condition::BypassBegun, &summary)
        }
        Event::BypassEnded { .. } => {
            of(Condition::BypassEnded, "the bypass has ended: every clause is in force again")
        }
        Event::LoggedIn { name, role } => {
            of(Condition::LoggedIn, &format!("{name} logged in to the console as {role}"))
        }
        Event::OverloadBegun => of(Condition::OverloadBegun, "requests are answered 503: overload"),
        Event::OverloadEnded => of(Condition::OverloadEnded, "requests are served again"),
        Event::UpstreamCondition { upstream, address, is, .. } => match *is {
            "well" => of(
                Condition::UpstreamWell,
                &format!("upstream {upstream}: {address} is well again"),
            ),
            is => of(
                Condition::UpstreamFailing,
                &format!("upstream {upstream}: {address} is {is} and gets no calls"),
            ),
        },
        Event::JournalFailing { reason } => {
            of(Condition::JournalFailing, &format!("the journal cannot be written: {reason}"))
        }
        Event::JournalWorking => of(Condition::JournalWorking, "the journal is written again"),
        Event::LedgerFailing { reason } => {
            of(Condition::LedgerFailing, &format!("the ledger cannot be written: {reason}"))
        }
        // What it is stands in the log and in the console: names of fields are what clients call them.
        Event::ApiChanged { changes, .. } => of(
            Condition::ApiChanged,
            &format!("an API changed in {changes} places since it was learnt: see Changes"),
        ),
        Event::ApiDigest { day, says, .. } => {
            of(Condition::ApiDigest, &format!("changes of {day}: {says}"))
        }
        Event::ClauseSuspended { clause, .. } => of(
            Condition::ClauseSuspended,
            &format!("{clause} is suspended: callers in good standing began to break it"),
        ),
        Event::SealingFailing { reason } => of(
            Condition::SealingFailing,
            &format!("closed segments of the journal cannot be sealed: {reason}"),
        ),
        Event::SealingWorking => of(Condition::SealingWorking, "segments are sealed again"),
        Event::LedgerWorking => of(Condition::LedgerWorking, "the ledger is written again"),
        // What is wrong stands in the log: it may quote the file.
        Event::ReloadRefused { .. } => of(
            Condition::ReloadRefused,
            "a changed configuration was not taken over: the one before stays in force",
        ),
        Event::Started { .. }
        | Event::NotStarted { .. }
        | Event::Doubtful { .. }
        | Event::NewVersion { .. }
        | Event::PatchEnded { .. }
        | Event::ContractNotFollowed { .. }
        | Event::Reloaded { .. }
        | Event::NothingToReload
        | Event::ExceptionAdded { .. }
        | Event::ExceptionRemoved { .. }
        | Event::AddressesShared
        | Event::AddressesDistinct
        | Event::RecordingLess { .. }
        | Event::RecordingFull
        | Event::Checkpoint { .. }
        | Event::CheckpointNotKept { .. }
        | Event::AlertsFailing { .. }
        | Event::AlertsDelivered { .. }
        | Event::AlertsNotKept { .. }
        | Event::EventsLost { .. }
        | Event::Stopping { .. }
        | Event::Stopped => None,
    }
}

/// Observations were lost. How many stands in the journal: a count in the sentence would make every batch
/// another one.
pub(crate) fn gap(at_us: u64) -> Seen {
    let summary = "observations were lost: what happened is not all recorded";
    Seen::Instance(Occurrence::of_condition(at_us, Condition::Gap, summary))
}

/// A verification of the ledger found faults.
pub(crate) fn unverified(at_us: u64) -> Seen {
    let summary = "the ledger is not what was signed: see `bartizan ledger verify`";
    Seen::Instance(Occurrence::of_condition(at_us, Condition::LedgerUnverified, summary))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::Hit;
    use bartizan_model::id::KeyEpoch;
    use bartizan_model::moment::Moment;

    #[test]
    fn an_exchange_is_told_by_its_hits() {
        let (id, moment) = (ExchangeId::new(1, 2), Moment { mono_ns: 0, wall_us: 9 });
        let mut it = Observation::opened(id, moment, 1, KeyEpoch(1));
        it.template = "/orders/{int}".into();
        it.method = Method::Get;
        it.hits = [
            (Code::ContentSqlInjection, Effect::Refused),
            (Code::PathEmptySegment, Effect::Refused),
        ]
        .map(|(code, effect)| Hit { code, effect, margin: 0 })
        .to_vec();
        let told: Vec<_> = of_exchange(&it).map(Seen::whole).collect();
        let [told] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(told.summary.as_str(), "GET /orders/{int} was refused: content.sql_injection");
        assert_eq!((told.at_us, told.decision), (9, Some(id)));
    }
}
