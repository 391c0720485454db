//! Which observations `bartizan tail` shows.

use crate::cli::{StatusFilter, Tail};
use crate::show;
use bartizan_model::clause::Effect;
use bartizan_model::observation::{Observation, Outcome};

/// What must hold for an observation to be shown.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    refused: bool,
    would_refuse: bool,
    status: Option<StatusFilter>,
    endpoint: Option<String>,
    code: Option<String>,
}

impl Filter {
    /// As the command line says.
    pub fn of(tail: &Tail) -> Self {
        Self {
            refused: tail.refused,
            would_refuse: tail.would_refuse,
            status: tail.status,
            endpoint: tail.endpoint.as_ref().map(ToString::to_string),
            code: tail.code.clone(),
        }
    }

    /// Whether `it` is shown. `--refused` and `--would-refuse` together show both.
    pub fn admits(&self, it: &Observation) -> bool {
        let refused = it.outcome == Outcome::Refused;
        let would = it.hits.iter().any(|it| it.effect == Effect::WouldRefuse);
        let effect = match (self.refused, self.would_refuse) {
            (false, false) => true,
            (true, true) => refused || would,
            (true, false) => refused,
            (false, true) => would,
        };
        effect
            && self.status.is_none_or(|filter| filter.admits(it.status))
            && self.endpoint.as_ref().is_none_or(|wanted| *wanted == show::endpoint(it))
            && self.code.as_ref().is_none_or(|wanted| {
                it.hits.iter().any(|hit| {
                    hit.code.name() == wanted || hit.code.entry().clause.name() == wanted
                })
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::Hit;
    use bartizan_model::code::Code;
    use bartizan_model::id::{ExchangeId, KeyEpoch};
    use bartizan_model::moment::Moment;

    /// Whether a served, a would-be refused and a refused exchange are shown.
    #[track_caller]
    fn check(refused: bool, would_refuse: bool, expected: [bool; 3]) {
        let filter = Filter { refused, would_refuse, ..Filter::default() };
        let opened =
            || Observation::opened(ExchangeId::new(1, 1), Moment::default(), 1, KeyEpoch(1));
        let hit = |effect| vec![Hit { code: Code::ContentSqlInjection, effect, margin: 0 }];
        let would = Observation { hits: hit(Effect::WouldRefuse), ..opened() };
        let outcome = Outcome::Refused;
        let refused = Observation { outcome, hits: hit(Effect::Refused), ..opened() };
        assert_eq!([opened(), would, refused].map(|it| filter.admits(&it)), expected);
    }

    #[test]
    fn both_effects_together_show_both() {
        check(false, false, [true, true, true]);
        check(true, false, [false, false, true]);
        check(false, true, [false, true, false]);
        check(true, true, [false, true, true]);
    }
}
