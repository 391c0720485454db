//! The clauses in force, with their exceptions.

use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{Clause, ClauseName, DefaultMode, Exception, Mode, SetBy};
use bartizan_model::content_level::ContentLevel;
use bartizan_model::place::Place;

/// All clauses of one API.
#[derive(Clone, Debug)]
pub struct ClauseSet {
    clauses: Vec<Clause>,
    exceptions: Vec<Exception>,
    content: ContentLevel,
}

impl ClauseSet {
    /// The built-in clauses under the mode of the instance, then as configured. What would change
    /// a clause of the law, or lift it, is left out: no configuration reaches the law.
    pub fn new(mode: Mode, set_by: SetBy, configured: &[Clause], exceptions: &[Exception]) -> Self {
        let given = |name| configured.iter().rev().find(|it| it.name == name).copied();
        let clauses = ClauseName::ALL
            .iter()
            .map(|&name| match name.default_mode() {
                DefaultMode::Law => Clause { name, mode: Mode::Enforce, set_by: SetBy::Law },
                DefaultMode::Follows => given(name).unwrap_or(Clause { name, mode, set_by }),
                DefaultMode::Observed => given(name).unwrap_or(Clause {
                    name,
                    mode: mode.min(Mode::Observe),
                    set_by: SetBy::Default,
                }),
                DefaultMode::Declared => given(name).unwrap_or(Clause {
                    name,
                    mode: Mode::Enforce,
                    set_by: SetBy::Default,
                }),
            })
            .collect();
        let exceptions = exceptions
            .iter()
            .filter(|it| it.clause.default_mode() != DefaultMode::Law)
            .cloned()
            .collect();
        Self { clauses, exceptions, content: ContentLevel::default() }
    }

    /// The same, with values counting as attacks from this score on.
    #[must_use]
    pub fn with_content(self, content: ContentLevel) -> Self {
        Self { content, ..self }
    }

    /// From which score on a value counts as an attack.
    pub fn content(&self) -> ContentLevel {
        self.content
    }

    /// The law and nothing else: what stays in force during a bypass.
    pub fn of_the_law() -> Self {
        let all = ClauseName::ALL.iter();
        let off: Vec<_> =
            all.map(|&name| Clause { name, mode: Mode::Off, set_by: SetBy::Flag }).collect();
        Self::new(Mode::Off, SetBy::Flag, &off, &[])
    }

    /// All clauses, in order of precedence.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// All exceptions, expired ones too.
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// The mode of one clause.
    pub fn mode(&self, name: ClauseName) -> Mode {
        self.clauses.get(name as usize).map_or(Mode::Enforce, |it| it.mode)
    }

    /// The exception that lifts `name` here and now, if there is one.
    pub fn exception(
        &self,
        name: ClauseName,
        assessment: &Assessment,
        place: Option<&Place>,
    ) -> Option<&Exception> {
        self.exceptions.iter().find(|it| {
            it.clause == name
                && it.expires_us > assessment.at.wall_us
                && it.endpoint.is_none_or(|endpoint| endpoint == assessment.endpoint)
                && it.place.as_ref().is_none_or(|wanted| Some(wanted) == place)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(name: ClauseName, mode: Mode) -> Clause {
        Clause { name, mode, set_by: SetBy::File { line: 1, column: 1 } }
    }

    #[test]
    fn every_clause_stands_at_its_own_index() {
        let set = ClauseSet::new(Mode::Observe, SetBy::Default, &[], &[]);
        for (clause, &name) in set.clauses().iter().zip(ClauseName::ALL) {
            assert_eq!(clause.name, name);
            assert_eq!(set.mode(name), clause.mode);
        }
    }

    #[test]
    fn the_law_follows_no_mode_and_no_configuration() {
        let off = clause(ClauseName::LawFraming, Mode::Off);
        let set = ClauseSet::new(Mode::Observe, SetBy::Default, &[off], &[]);
        assert_eq!(set.mode(ClauseName::LawFraming), Mode::Enforce);
    }

    #[test]
    fn a_bypass_leaves_the_law_in_force() {
        for clause in ClauseSet::of_the_law().clauses() {
            let is_law = clause.name.default_mode() == DefaultMode::Law;
            assert_eq!(clause.mode == Mode::Enforce, is_law, "{}", clause.name);
        }
    }

    #[test]
    fn what_is_declared_is_in_force_in_every_mode() {
        let set = ClauseSet::new(Mode::Observe, SetBy::Default, &[], &[]);
        assert_eq!(set.mode(ClauseName::ClientAddress), Mode::Enforce);
    }

    #[test]
    fn a_configured_mode_beats_the_mode_of_the_instance() {
        let observe = clause(ClauseName::BaselinePath, Mode::Observe);
        let set = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[observe], &[]);
        assert_eq!(set.mode(ClauseName::BaselinePath), Mode::Observe);
        assert_eq!(set.mode(ClauseName::ContentSqli), Mode::Enforce);
        assert_eq!(set.mode(ClauseName::BaselineFieldNames), Mode::Observe);
    }
}
