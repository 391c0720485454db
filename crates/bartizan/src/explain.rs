//! Why an exchange was decided as it was: which clause, on what evidence, who configured it, and
//! what would allow exactly this.

use crate::content::reasons;
use crate::impact::Impact;
use crate::show;
use bartizan_model::clause::{Clause, ClauseName, DefaultMode, Effect, Hit, Mode, SetBy};
use bartizan_model::evidence::Finding;
use bartizan_model::id::ExchangeId;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Outcome, SubjectKind, TraceId};
use bartizan_store::{RecordedPatch, RulesRecord, Unfinished};
use serde_json::{Value, json};

/// Days that a suggested exception lasts.
const EXCEPTION_DAYS: u64 = 30;

/// For people. With the impact of each suggested exception, if that was asked for, in the order of the hits.
pub(crate) fn as_text(it: &Observation, rules: Option<&RulesRecord>, impacts: &[Impact]) -> String {
    let mut out = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| {
        out.push_str(&text.to_string());
        out.push('\n');
    };
    line(format_args!("{}", headline(it)));
    line(format_args!("  decision   {}", it.id));
    line(format_args!("  when       {}", show::timestamp(it.started.wall_us)));
    line(format_args!(
        "  took       {} µs to decide, {} µs in all",
        it.phases.judged_us, it.phases.finished_us
    ));
    line(format_args!("  caller     {:032x} ({})", it.subject.0, known_by(it.subject_kind)));
    if it.trace != TraceId(0) {
        line(format_args!("  trace      {:032x}", it.trace.0));
    }
    line(format_args!("  rules      revision {}{}", it.revision, rules_source(rules)));
    if let Some(bypass) = rules.and_then(|it| it.bypass.as_ref()) {
        let until = show::timestamp(bypass.until_us);
        line(format_args!(
            "  bypass     until {until}, only the law was judged: {}",
            bypass.reason
        ));
    }
    if it.hits.is_empty() {
        line(format_args!("\nNo clause was violated."));
    }
    for (at, hit) in it.hits.iter().enumerate() {
        line(format_args!("\n{}", hit_text(it, hit, rules)));
        if let Some(impact) = impacts.get(at).filter(|_| would_allow(it, hit).is_some()) {
            line(format_args!("  {}", impact.text()));
        }
    }
    if it.hits_more > 0 {
        line(format_args!("\nand {} more violated clauses", it.hits_more));
    }
    out
}

/// The same for programs.
pub(crate) fn as_json(it: &Observation, rules: Option<&RulesRecord>, impacts: &[Impact]) -> Value {
    let why: Vec<Value> = it
        .hits
        .iter()
        .enumerate()
        .map(|(at, hit)| {
            json!({
                "code": hit.code.name(),
                "clause": hit.code.entry().clause.name(),
                "effect": hit.effect.name(),
                "means": hit.code.entry().text,
                "configured": configured(hit, rules),
                "patches": patches(it, hit, rules),
                "would_allow": would_allow(it, hit),
                "impact": impacts.get(at).map(Impact::json),
            })
        })
        .collect();
    json!({
        "schema": "bartizan.why/v1",
        "observation": show::as_json(it),
        "bypass": rules.and_then(|it| it.bypass.as_ref()).map(|it| json!({
            "until": show::timestamp(it.until_us),
            "reason": it.reason,
        })),
        "why": why,
    })
}

fn known_by(kind: SubjectKind) -> &'static str {
    match kind {
        SubjectKind::AddressAgent => "keyed hash of address and user agent",
        SubjectKind::TokenClaim => "keyed hash of the subject that its token claims, unverified",
        SubjectKind::ApiKey => "keyed hash of its credential, unverified",
        SubjectKind::Cookie => "keyed hash of its session cookie, unverified",
        SubjectKind::Certificate => "keyed hash of its certificate, verified",
        SubjectKind::Token => "keyed hash of the subject of its token, verified",
    }
}

/// What is known of an exchange that never came to an end, for people.
pub fn unfinished_as_text(id: ExchangeId, it: &Unfinished) -> String {
    let mut out =
        format!("{id} is unfinished: bartizan or its machine stopped in the middle of it\n");
    let mut line = |what: &str, at: Moment, more: String| {
        out.push_str(&format!("  {what:<10} {}{more}\n", show::timestamp(at.wall_us)));
    };
    if let Some((at, endpoint)) = it.intent {
        line("intent", at, format!(", endpoint {:016x}", endpoint.bits()));
    }
    if let Some((at, status)) = it.answered {
        line("answered", at, format!(", status {status}"));
    }
    out
}

/// The same for programs.
pub fn unfinished_as_json(id: ExchangeId, it: &Unfinished) -> Value {
    let (intent, answered) = (it.intent, it.answered);
    json!({
        "schema": "bartizan.unfinished/v1",
        "decision_id": id.to_string(),
        "intent": intent.map(|(at, endpoint)| json!({
            "at": show::timestamp(at.wall_us),
            "endpoint_id": format!("{:016x}", endpoint.bits()),
        })),
        "answered": answered.map(|(at, status)| json!({
            "at": show::timestamp(at.wall_us),
            "status": status,
        })),
    })
}

pub(crate) fn headline(it: &Observation) -> String {
    let endpoint = show::endpoint(it);
    match it.outcome {
        Outcome::Served => format!("{endpoint} was served with status {}", it.status),
        Outcome::Tunnelled => format!("{endpoint} became a tunnel"),
        Outcome::Refused => format!("{endpoint} was refused with status {}", it.status),
        Outcome::UpstreamFailed => format!("{endpoint} failed at the API: status {}", it.status),
        Outcome::ClientAborted => format!("{endpoint} was given up by the client"),
        Outcome::Copied => {
            format!("{endpoint} was a copy; what became of the original is not known")
        }
        Outcome::Stopped => format!("{endpoint} was cut because bartizan stopped"),
    }
}

fn rules_source(rules: Option<&RulesRecord>) -> String {
    match rules {
        Some(RulesRecord { file: Some(file), .. }) => format!(" of {file}"),
        Some(_) => " of the command line".to_owned(),
        None => ", of which the journal holds nothing any more".to_owned(),
    }
}

fn hit_text(it: &Observation, hit: &Hit, rules: Option<&RulesRecord>) -> String {
    let entry = hit.code.entry();
    let mut out = format!(
        "{} by {}: {}\n  clause     {}: {}\n  configured {}",
        match hit.effect {
            Effect::Refused => "refused",
            Effect::WouldRefuse => "would be refused",
            Effect::Excepted => "let through by an exception, else refused",
            Effect::Overtaken => "refused by another clause, else refused",
            Effect::Failed => "failed",
            Effect::Scrubbed => "scrubbed from the response",
            Effect::WouldScrub => "would be scrubbed from the response",
            Effect::FailedOpen => "let through unjudged, because the route fails open",
        },
        entry.name,
        entry.text,
        entry.clause.name(),
        entry.clause.says(),
        configured(hit, rules),
    );
    for finding in evidence(it, hit) {
        let text = match is_of_patch(hit) {
            true => format!("patch      {}", patch_text(finding, rules)),
            false => format!("evidence   {}", evidence_text(finding)),
        };
        out.push_str(&format!("\n  {text}"));
    }
    match would_allow(it, hit) {
        Some(exception) => {
            out.push_str("\n  to allow exactly this, add to the configuration:\n\n");
            for line in exception.lines() {
                out.push_str(&format!("      {line}\n"));
            }
        }
        None if entry.clause.default_mode() == DefaultMode::Law => {
            out.push_str("\n  no exception lifts the law: the client has to change");
        }
        None => {}
    }
    out
}

pub(crate) fn evidence<'a>(it: &'a Observation, hit: &Hit) -> impl Iterator<Item = &'a Finding> {
    let code = hit.code;
    it.findings.iter().filter(move |it| it.sighting.code == code)
}

fn evidence_text(it: &Finding) -> String {
    let signs = reasons(it);
    let signs = if signs.is_empty() { String::new() } else { format!(" ({})", signs.join(", ")) };
    format!(
        "{}: {} bytes{signs}, score {}.{:03}, value hash {:016x}",
        it.place,
        it.bytes,
        it.sighting.score / 1_000,
        it.sighting.score % 1_000,
        it.value.0
    )
}

fn is_of_patch(hit: &Hit) -> bool {
    hit.code.entry().clause == ClauseName::PatchMatched
}

/// The virtual patch that a finding is of, where the rules are still known.
fn patch_of<'a>(it: &Finding, rules: Option<&'a RulesRecord>) -> Option<&'a RecordedPatch> {
    rules?.patches.iter().find(|of| of.mark == it.sighting.fingerprint)
}

/// Which patch, where, and why it is there.
fn patch_text(it: &Finding, rules: Option<&RulesRecord>) -> String {
    let (place, bytes) = (&it.place, it.bytes);
    match patch_of(it, rules) {
        Some(RecordedPatch { mode, until_us, id, reason, .. }) => {
            let mode = mode_text(*mode);
            let until = until_us.map(|it| format!(" until {}", show::timestamp(it)));
            let until = until.unwrap_or_default();
            format!("{id} ({mode}{until}) at {place}, {bytes} bytes: {reason}")
        }
        None => {
            let mark = it.sighting.fingerprint;
            format!(
                "{mark}, of which the journal holds nothing any more, at {place}, {bytes} bytes"
            )
        }
    }
}

/// The patches that a hit is of, for programs; `null` of every other clause.
fn patches(it: &Observation, hit: &Hit, rules: Option<&RulesRecord>) -> Option<Vec<Value>> {
    let of = |finding: &Finding| {
        let patch = patch_of(finding, rules);
        json!({
            "mark": finding.sighting.fingerprint.to_string(),
            "field": finding.place.to_string(),
            "id": patch.map(|it| it.id.as_str()),
            "reason": patch.map(|it| it.reason.as_str()),
            "mode": patch.map(|it| it.mode.name()),
            "until": patch.and_then(|it| it.until_us).map(show::timestamp),
        })
    };
    is_of_patch(hit).then(|| evidence(it, hit).map(of).collect())
}

const fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "off",
        Mode::Observe => "observed",
        Mode::Enforce => "enforced",
    }
}

pub(crate) fn configured(hit: &Hit, rules: Option<&RulesRecord>) -> String {
    let name = hit.code.entry().clause;
    let Some(rules) = rules else { return "not known any more".to_owned() };
    let Some(Clause { mode, set_by, .. }) = rules.clauses.iter().find(|it| it.name == name) else {
        return "not known any more".to_owned();
    };
    if name.is_of_terms() && hit.effect == Effect::WouldRefuse {
        return "observed: nobody put this clause of the endpoint in force for this caller; see `bartizan contract show`"
            .to_owned();
    }
    if name.is_of_terms() && *set_by == SetBy::Default {
        return "put in force for this endpoint; see `bartizan contract history`".to_owned();
    }
    if is_of_patch(hit) && *set_by == SetBy::Default {
        return "as strictly as the patch says; see `patches` in the configuration".to_owned();
    }
    let file = rules.file.as_deref().unwrap_or("the configuration");
    let whence = match set_by {
        SetBy::Law => "the law; nothing lifts it".to_owned(),
        SetBy::Default => "the default".to_owned(),
        SetBy::Flag => "a flag or environment variable".to_owned(),
        SetBy::File { line, column } => format!("{file}:{line}:{column}"),
        SetBy::Operator => "an operator, while it was running".to_owned(),
    };
    format!("{} by {whence}", mode_text(*mode))
}

/// The exception that allows this hit and as little else as can be said; `None` where none can.
pub fn would_allow(it: &Observation, hit: &Hit) -> Option<String> {
    let clause = hit.code.entry().clause;
    if clause.default_mode() == DefaultMode::Law || hit.effect == Effect::Excepted {
        return None;
    }
    let endpoint = quoted(&show::endpoint(it));
    let mut out = format!("exceptions:\n  - clause: {}\n    endpoint: {endpoint}\n", clause.name());
    if let Some(finding) = evidence(it, hit).next() {
        out.push_str(&format!("    field: {}\n", quoted(&finding.place.to_string())));
    }
    out.push_str("    reason: why this is legitimate\n");
    out.push_str(&format!("    expires: {}\n", last_day(it)));
    Some(out)
}

/// The same for programs, without a reason.
pub(crate) fn exception_for(it: &Observation, hit: &Hit) -> Value {
    json!({
        "clause": hit.code.entry().clause.name(),
        "endpoint": show::endpoint(it),
        "field": evidence(it, hit).next().map(|it| it.place.to_string()),
        "expires": last_day(it),
    })
}

fn last_day(it: &Observation) -> String {
    let (year, month, day) = show::date(it.started.wall_us / 86_400_000_000 + EXCEPTION_DAYS);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A YAML string in which nothing that a client named can become structure.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
