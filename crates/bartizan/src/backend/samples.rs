//! Samples of exchanges, and whose are watched.
//!
//! Reads    files of samples, for a reveal only.
//! Writes   the ledger: who revealed what, before it is shown; who watches whom.
//! Misses   watches are not kept on disk: a restart ends them, and the ledger says only that they began.

use super::account;
use crate::bypass::is_printable;
use crate::in_force::State;
use crate::show;
use bartizan_console::access::Who;
use bartizan_console::backend::NewWatch;
use bartizan_console::problem::Problem;
use bartizan_engine::tables::evidence::{TooMany, WATCHES_MAX, Watch};
use bartizan_ledger::entry::{self, Entry, What};
use bartizan_ledger::text::Text;
use bartizan_model::id::{ExchangeId, SubjectId};
use bartizan_store::evidence::Kept;
use serde_json::{Value, json};
use std::sync::atomic::Ordering::Relaxed;

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 500;
/// The longest watch.
const MINUTES_MAX: u64 = 7 * 24 * 60;

/// The newest samples, without what they say.
pub(super) fn newest(of: &State, limit: usize) -> Value {
    let all = of.samples.newest(limit, now_us(of));
    let all = all.iter().map(|it| {
        json!({
            "id": it.exchange.to_string(),
            "exchange": it.exchange.to_string(),
            "captured": show::timestamp(it.captured_us),
            "why": it.reason.name(),
            "bytes": it.bytes,
        })
    });
    json!({ "samples": all.collect::<Vec<_>>() })
}

/// Whether there is one of this exchange.
pub(super) fn of_exchange(of: &State, exchange: ExchangeId) -> Value {
    of.samples.find(exchange, now_us(of)).map_or(
        Value::Null,
        |it| json!({"id": exchange.to_string(), "captured": show::timestamp(it.captured_us)}),
    )
}

/// What a sample says, once the ledger says who wanted to know.
pub(super) fn reveal(of: &State, id: &str, why: &str, by: &Who) -> Result<Value, Problem> {
    let exchange: ExchangeId = id.parse().map_err(|_| Problem::NotFound)?;
    let reason = Text::of(&reason(why)?);
    let unavailable = |why: String| Problem::Unavailable(why);
    let read = of.samples.read(exchange, now_us(of));
    let read = read.map_err(|error| unavailable(format!("the sample cannot be read: {error}")))?;
    let sample = read.ok_or(Problem::NotFound)?;
    let what = What::Reveal { exchange, by: account(by), reason };
    let recorded = of.hub.ledger.commit(&Entry { at_us: now_us(of), what });
    recorded.map_err(|error| unavailable(format!("it cannot be recorded: {error}")))?;
    Ok(json!({
        "request_head": sample.request_head,
        "request_body": sample.request_body,
        "response_head": sample.response_head,
        "response_body": sample.response_body,
        "redacted": sample.redacted,
    }))
}

/// All watches.
pub(super) fn watches(of: &State) -> Value {
    let now_us = now_us(of);
    let all = of.shared.tables.evidence().watches();
    let all = all.iter().filter(|it| it.until_us > now_us).map(shown);
    json!({ "watches": all.collect::<Vec<_>>() })
}

/// Begins a watch.
pub(super) fn watch(of: &State, it: &NewWatch, by: &Who) -> Result<Value, Problem> {
    let subject = (it.subject.len() == 32 && it.subject.bytes().all(|it| it.is_ascii_hexdigit()))
        .then(|| u128::from_str_radix(&it.subject, 16).ok())
        .flatten()
        .ok_or_else(|| Problem::Invalid("subject: 32 hexadecimal digits".to_owned()))?;
    if !(1..=MINUTES_MAX).contains(&it.minutes) {
        return Err(Problem::Invalid(format!("minutes: 1 to {MINUTES_MAX}")));
    }
    let (reason, since_us) = (reason(&it.reason)?, now_us(of));
    let watch = Watch {
        id: of.next_watch.fetch_add(1, Relaxed),
        subject: SubjectId(subject),
        since_us,
        until_us: since_us.saturating_add(it.minutes.saturating_mul(60_000_000)),
        by: by.name.as_str().into(),
        reason: reason.as_str().into(),
    };
    let answer = shown(&watch);
    let Watch { subject, until_us, .. } = watch;
    of.shared.tables.evidence().watch(watch).map_err(|TooMany| {
        Problem::Conflict(format!("there are {WATCHES_MAX} watches: take one back"))
    })?;
    let reason = Text::of(&reason);
    of.record(What::WatchBegun { subject, until_us, by: account(by), reason });
    Ok(answer)
}

/// Takes a watch back.
pub(super) fn unwatch(of: &State, id: &str, by: &Who) -> Result<(), Problem> {
    let number = id.strip_prefix('w').and_then(|it| it.parse().ok()).ok_or(Problem::NotFound)?;
    let watch = of.shared.tables.evidence().unwatch(number).ok_or(Problem::NotFound)?;
    of.record(What::WatchEnded { subject: watch.subject, by: account(by) });
    Ok(())
}

/// How samples are kept, for `status`.
pub(crate) fn status(of: &State) -> Value {
    let Kept { samples, bytes, oldest_us, written, lost, dropped, torn, fault } = of.samples.kept();
    let evidence = of.shared.tables.evidence();
    json!({
        "samples": samples,
        "bytes": bytes,
        "oldest": oldest_us.map(show::timestamp),
        "written": written,
        "not_taken": evidence.shed(),
        "lost": lost.saturating_add(of.hub.samples_unplaced.load(Relaxed)),
        "dropped": dropped,
        "files_torn_at_start": torn,
        "watches": evidence.watches().len(),
        "fault": fault,
    })
}

impl State {
    /// Ends the watches whose time is over.
    pub(crate) fn end_watches(&self, now_us: u64) {
        for it in self.shared.tables.evidence().expire(now_us) {
            self.record(What::WatchEnded { subject: it.subject, by: entry::Who::Itself });
        }
    }
}

fn shown(it: &Watch) -> Value {
    json!({
        "id": format!("w{}", it.id),
        "subject": format!("{:032x}", it.subject.0),
        "since": show::timestamp(it.since_us),
        "until": show::timestamp(it.until_us),
        "by": &*it.by,
        "reason": &*it.reason,
    })
}

fn reason(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let is_reason = (1..=REASON_CHARS_MAX).contains(&text.chars().count());
    if is_reason && text.chars().all(is_printable) {
        Ok(text.to_owned())
    } else {
        let bound = format!("reason: 1 to {REASON_CHARS_MAX} printable characters on one line");
        Err(Problem::Invalid(bound))
    }
}

fn now_us(of: &State) -> u64 {
    of.shared.clock.now().wall_us
}
