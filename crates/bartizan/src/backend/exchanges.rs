//! The newest exchanges that somebody wants to see.
//!
//! Reads    the journal from its newest record on.
//! Memory   at most [`LIMIT_MAX`] exchanges.
//! Misses   what the journal does not hold any more: hunts reach further back.

use super::rows;
use crate::config::duration_ms;
use crate::show;
use bartizan_console::backend::ExchangeQuery;
use bartizan_console::problem::Problem;
use bartizan_model::clause::Effect;
use bartizan_model::id::ExchangeId;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_store::{find, latest};
use serde_json::{Value, json};
use std::path::Path;

/// Exchanges of one page.
const LIMIT_MAX: usize = 1_000;
/// Workers leave what they saw in batches: so many more are looked at, to have the newest ones.
const OVERLAP: usize = 256;

/// What must hold of an exchange. Everything in it means something.
struct Wanted {
    limit: usize,
    before: Option<(u64, ExchangeId)>,
    since_us: u64,
    outcome: Option<Outcome>,
    code: Option<String>,
    effect: Option<Effect>,
    endpoint: Option<String>,
    subject: Option<u128>,
    text: Option<String>,
}

/// A page of the journal in `dir`.
pub(super) fn page(dir: &Path, query: &ExchangeQuery, now_us: u64) -> Result<Value, Problem> {
    let wanted = Wanted::of(dir, query, now_us)?;
    let found = latest(dir, wanted.limit + OVERLAP, |it| wanted.admits(it))
        .map_err(|error| Problem::Unavailable(error.to_string()))?;
    let mut page = found.observations;
    page.sort_by_key(|it| std::cmp::Reverse(ended(it)));
    let is_full = page.len() >= wanted.limit;
    page.truncate(wanted.limit);
    let next = page.last().filter(|_| is_full).map(|it| it.id.to_string());
    let all: Vec<Value> = page.iter().map(|it| rows::row(it).into()).collect();
    Ok(json!({ "exchanges": all, "next": next }))
}

impl Wanted {
    fn of(dir: &Path, query: &ExchangeQuery, now_us: u64) -> Result<Self, Problem> {
        let ExchangeQuery { limit, before, outcome, code, endpoint, subject, effect, since, q } =
            query;
        let invalid = |what: &str| Problem::Invalid(what.to_owned());
        let limit = limit.unwrap_or(100);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::Invalid(format!("limit: 1 to {LIMIT_MAX}")));
        }
        let before = before.as_deref().map(|it| cursor(dir, it)).transpose()?;
        let named = |text: &Option<String>| text.clone().filter(|it| !it.is_empty());
        let outcome = named(outcome)
            .map(|it| Outcome::ALL.iter().copied().find(|known| known.name() == it).ok_or(it));
        let effect = named(effect)
            .map(|it| Effect::ALL.iter().copied().find(|known| known.name() == it).ok_or(it));
        let subject = named(subject).map(|it| {
            let is_shown =
                it.len() == 32 && it.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
            u128::from_str_radix(if is_shown { &it } else { "" }, 16)
        });
        let since_ms = named(since).map(|it| span_ms(&it).ok_or(it)).transpose();
        let since_ms = since_ms.map_err(|_| invalid("since: a duration such as `24h`"))?;
        Ok(Self {
            limit,
            before,
            since_us: since_ms.map_or(0, |it| now_us.saturating_sub(it.saturating_mul(1_000))),
            outcome: outcome.transpose().map_err(|_| invalid("outcome: no such outcome"))?,
            code: named(code),
            effect: effect.transpose().map_err(|_| invalid("effect: no such effect"))?,
            endpoint: named(endpoint),
            text: named(q).map(|it| it.to_lowercase()),
            subject: subject.transpose().map_err(|_| invalid("subject: hexadecimal digits"))?,
        })
    }

    fn admits(&self, it: &Observation) -> bool {
        it.started.wall_us >= self.since_us
            && self.before.is_none_or(|before| ended(it) < before)
            && self.outcome.is_none_or(|outcome| it.outcome == outcome)
            && self.subject.is_none_or(|subject| it.subject.0 == subject)
            && self
                .code
                .as_ref()
                .is_none_or(|code| it.hits.iter().any(|hit| hit.code.name() == code))
            && self.effect.is_none_or(|effect| it.hits.iter().any(|hit| hit.effect == effect))
            && self.text.as_ref().is_none_or(|text| holds(it, text))
            && self.endpoint.as_ref().is_none_or(|endpoint| *endpoint == show::endpoint(it))
    }
}

/// When it ended, which is the order of pages: exchanges of one instant have an order, too.
fn ended(it: &Observation) -> (u64, ExchangeId) {
    (it.started.wall_us.saturating_add(u64::from(it.phases.finished_us)), it.id)
}

/// Where the page before ended. What is not kept any more was the oldest: nothing lies before it.
fn cursor(dir: &Path, id: &str) -> Result<(u64, ExchangeId), Problem> {
    let id: ExchangeId =
        id.parse().map_err(|_| Problem::Invalid("before: an exchange id".to_owned()))?;
    let found = find(dir, id).map_err(|error| Problem::Unavailable(error.to_string()))?;
    Ok(found.observation.as_ref().map_or((id.unix_ms().saturating_mul(1_000), id), ended))
}

/// Whether any name of it holds `text`, which is in small letters.
fn holds(it: &Observation, text: &str) -> bool {
    show::endpoint(it).to_lowercase().contains(text)
        || it.route.to_lowercase().contains(text)
        || it.id.to_string().contains(text)
        || it.hits.iter().any(|hit| hit.code.name().contains(text))
}

/// A duration; days, too.
fn span_ms(text: &str) -> Option<u64> {
    match text.strip_suffix('d') {
        Some(days) => days.parse::<u64>().ok()?.checked_mul(86_400_000),
        None => duration_ms(text),
    }
}
