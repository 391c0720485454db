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
use bartizan_model::code::Code;
use bartizan_model::id::ExchangeId;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_store::latest;
use serde_json::{Value, json};
use std::path::Path;

/// Exchanges of one page.
const LIMIT_MAX: usize = 1_000;

/// What must hold of an exchange. Everything in it means something.
struct Wanted {
    limit: usize,
    before: Option<ExchangeId>,
    since_us: u64,
    outcome: Option<Outcome>,
    code: Option<Code>,
    effect: Option<Effect>,
    endpoint: Option<String>,
    subject: Option<u128>,
}

/// A page of the journal in `dir`.
pub(super) fn page(dir: &Path, query: &ExchangeQuery, now_us: u64) -> Result<Value, Problem> {
    let wanted = Wanted::of(query, now_us)?;
    let found = latest(dir, wanted.limit, |it| wanted.admits(it))
        .map_err(|error| Problem::Unavailable(error.to_string()))?;
    let is_full = found.observations.len() >= wanted.limit;
    let next = found.observations.last().filter(|_| is_full).map(|it| it.id.to_string());
    let all: Vec<Value> = found.observations.iter().map(|it| rows::row(it).into()).collect();
    Ok(json!({ "exchanges": all, "next": next }))
}

impl Wanted {
    fn of(query: &ExchangeQuery, now_us: u64) -> Result<Self, Problem> {
        let ExchangeQuery { limit, before, outcome, code, endpoint, subject, effect, since } =
            query;
        let invalid = |what: &str| Problem::Invalid(what.to_owned());
        let limit = limit.unwrap_or(100);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::Invalid(format!("limit: 1 to {LIMIT_MAX}")));
        }
        let before = before.as_deref().map(str::parse).transpose();
        let named = |text: &Option<String>| text.clone().filter(|it| !it.is_empty());
        let outcome = named(outcome)
            .map(|it| Outcome::ALL.iter().copied().find(|known| known.name() == it).ok_or(it));
        let code = named(code)
            .map(|it| Code::ALL.iter().copied().find(|known| known.name() == it).ok_or(it));
        let effect = named(effect)
            .map(|it| Effect::ALL.iter().copied().find(|known| known.name() == it).ok_or(it));
        let subject = named(subject).map(|it| u128::from_str_radix(&it, 16));
        let since_ms = named(since).map(|it| span_ms(&it).ok_or(it)).transpose();
        let since_ms = since_ms.map_err(|_| invalid("since: a duration such as `24h`"))?;
        Ok(Self {
            limit,
            before: before.map_err(|_| invalid("before: an exchange id"))?,
            since_us: since_ms.map_or(0, |it| now_us.saturating_sub(it.saturating_mul(1_000))),
            outcome: outcome.transpose().map_err(|_| invalid("outcome: no such outcome"))?,
            code: code.transpose().map_err(|_| invalid("code: no such code"))?,
            effect: effect.transpose().map_err(|_| invalid("effect: no such effect"))?,
            endpoint: named(endpoint),
            subject: subject.transpose().map_err(|_| invalid("subject: hexadecimal digits"))?,
        })
    }

    fn admits(&self, it: &Observation) -> bool {
        it.started.wall_us >= self.since_us
            && self.before.is_none_or(|before| it.id < before)
            && self.outcome.is_none_or(|outcome| it.outcome == outcome)
            && self.subject.is_none_or(|subject| it.subject.0 == subject)
            && self.code.is_none_or(|code| it.hits.iter().any(|hit| hit.code == code))
            && self.effect.is_none_or(|effect| it.hits.iter().any(|hit| hit.effect == effect))
            && self.endpoint.as_ref().is_none_or(|endpoint| *endpoint == show::endpoint(it))
    }
}

/// A duration; days, too.
fn span_ms(text: &str) -> Option<u64> {
    match text.strip_suffix('d') {
        Some(days) => days.parse::<u64>().ok()?.checked_mul(86_400_000),
        None => duration_ms(text),
    }
}
