//! What an exception would have done to the calls that are kept: how many it lifts, whose they are, and how many stay refused.
//!
//! Reads    hits and findings of what is kept, as `why` suggests the exception: a clause, an endpoint, a field.
//! Memory   [`CALLERS_MAX`] callers for each hit of the decision.
//! Misses   exchanges whose findings found no room in their record; what never came because it was refused before.

use crate::explain::evidence;
use crate::held::{self, Ago, KeyAt};
use crate::inventory::fold;
use crate::show;
use bartizan_model::clause::{ClauseName, Effect, Hit};
use bartizan_model::id::SubjectId;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Callers that are told apart.
const CALLERS_MAX: usize = 10_000;

/// The impact of the exception for each hit of a decision, in their order, on what is kept in `dir` since then.
///
/// # Errors
///
/// Why nothing can be read.
pub(crate) fn all(
    it: &Observation,
    dir: &Path,
    (key, since): (Option<KeyAt>, Ago),
) -> Result<Vec<Impact>, String> {
    let held = held::open(dir, key.map(|it| it.0)).map_err(|it| it.to_string())?;
    let mut all: Vec<_> = it.hits.iter().map(|hit| Impact::of(it, hit)).collect();
    let each = fold(&held, since.us(), |seen| {
        all.iter_mut().for_each(|of| of.observe(seen));
        true
    });
    each.map(|()| all).map_err(|it| it.to_string())
}

/// The impact of one suggested exception.
#[derive(Debug)]
pub(crate) struct Impact {
    clause: ClauseName,
    endpoint: String,
    place: Option<Place>,
    lifted: u64,
    still_refused: u64,
    callers: BTreeSet<SubjectId>,
    elsewhere: u64,
}

impl Impact {
    /// Of the exception for one hit of a decision.
    pub(crate) fn of(it: &Observation, hit: &Hit) -> Self {
        Self {
            clause: hit.code.entry().clause,
            endpoint: show::endpoint(it),
            place: evidence(it, hit).next().map(|it| it.place.clone()),
            lifted: 0,
            still_refused: 0,
            callers: BTreeSet::new(),
            elsewhere: 0,
        }
    }

    /// Adds an exchange that is kept.
    pub(crate) fn observe(&mut self, it: &Observation) {
        let is_of = |hit: &&Hit| {
            hit.code.entry().clause == self.clause
                && matches!(hit.effect, Effect::Refused | Effect::Overtaken | Effect::WouldRefuse)
        };
        if !it.hits.iter().any(|hit| is_of(&hit)) {
            return;
        }
        let is_lifted = |hit: &Hit| {
            let Some(place) = &self.place else { return is_of(&hit) };
            let mut places = evidence(it, hit).peekable();
            is_of(&hit) && places.peek().is_some() && places.all(|of| of.place == *place)
        };
        if show::endpoint(it) != self.endpoint || !it.hits.iter().any(is_lifted) {
            self.elsewhere += 1;
            return;
        }
        let refuses = |hit: &&Hit| matches!(hit.effect, Effect::Refused | Effect::Overtaken);
        let stays = it.hits.iter().filter(refuses).any(|hit| !is_lifted(hit));
        match stays {
            true => self.still_refused += 1,
            false => self.lifted += 1,
        }
        if self.callers.len() < CALLERS_MAX {
            self.callers.insert(it.subject);
        }
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let Self { lifted, still_refused, elsewhere, .. } = self;
        format!(
            "of the calls that are kept it lets through {lifted}, leaves {still_refused} refused for something else (callers: {}), \
             and {elsewhere} elsewhere as they were",
            self.callers.len()
        )
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        json!({
            "clause": self.clause.name(),
            "lifted": self.lifted,
            "still_refused": self.still_refused,
            "callers": self.callers.len(),
            "elsewhere": self.elsewhere,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use bartizan_model::code::Code;
    use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
    use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash};
    use bartizan_model::moment::Moment;

    /// A call of somebody, with these findings, each with its hit.
    fn call(by: u128, template: &str, found: &[(Code, &str)]) -> Observation {
        let (id, at) = (ExchangeId::new(1, 1), Moment::default());
        let mut it = Observation::opened(id, at, 1, KeyEpoch(1));
        it.subject = SubjectId(by);
        it.template = template.into();
        for (code, place) in found {
            let (code, place) = (*code, Place::body(place));
            let sighting = Sighting { code, score: 990, fingerprint: Fingerprint::default() };
            it.findings.push(Finding { sighting, place, bytes: 9, value: KeyedHash(1) });
            it.hits.push(Hit { code, effect: Effect::Refused, margin: 1 });
        }
        it
    }

    #[test]
    fn what_it_lifts_and_what_stays_refused_is_told() {
        const SQL: Code = Code::ContentSqlInjection;
        let decision = call(1, "/notes", &[(SQL, "$.text")]);
        let mut impact = Impact::of(&decision, decision.hits.first().unwrap());
        for it in [
            decision,
            call(1, "/notes", &[(SQL, "$.text")]),
            call(2, "/notes", &[(SQL, "$.text"), (Code::ContentScriptInjection, "$.text")]),
            call(3, "/notes", &[(SQL, "$.title")]),
            call(3, "/notes", &[(SQL, "$.text"), (SQL, "$.title")]),
            call(4, "/orders", &[(SQL, "$.text")]),
            call(5, "/notes", &[(Code::ContentScriptInjection, "$.text")]),
        ] {
            impact.observe(&it);
        }
        let found = impact.json();
        let expected = json!({"clause": "content.sqli", "lifted": 2, "still_refused": 1, "callers": 2, "elsewhere": 3});
        assert_eq!(found, expected);
    }
}
