//! Modes as they are written: of the instance, and of one clause.

use super::fault::Fault;
use bartizan_model::clause::Mode;
use bartizan_model::content_level::ContentLevel;

/// The modes of an instance. `off` is none: who wants no clause judged needs no proxy.
pub(super) const OF_INSTANCE: &[Mode] = &[Mode::Observe, Mode::Enforce];

/// The mode of the instance.
pub(super) fn of_instance(text: &str) -> Result<Mode, Fault> {
    among(text, OF_INSTANCE)
}

/// The mode of one clause.
pub(super) fn of_clause(text: &str) -> Result<Mode, Fault> {
    among(text, Mode::ALL)
}

/// From which score on a value counts as an attack.
pub(super) fn of_content(text: &str) -> Result<ContentLevel, Fault> {
    let names = || ContentLevel::NAMED.iter().map(|it| it.0).collect();
    text.parse().map_err(|_| Fault::unknown_word(text, names()))
}

fn among(text: &str, modes: &[Mode]) -> Result<Mode, Fault> {
    let found = modes.iter().copied().find(|it| it.name() == text);
    found.ok_or_else(|| Fault::unknown_word(text, names(modes)))
}

/// The modes as they are written.
pub(super) fn names(modes: &[Mode]) -> Vec<&'static str> {
    modes.iter().map(|it| it.name()).collect()
}
