//! Modes as they are written: of the instance, and of one clause.

use super::fault::Fault;
use bartizan_model::clause::Mode;

/// The mode of the instance. `off` is none: who wants no clause judged needs no proxy.
pub(super) fn of_instance(text: &str) -> Result<Mode, Fault> {
    among(text, &[Mode::Observe, Mode::Enforce])
}

/// The mode of one clause.
pub(super) fn of_clause(text: &str) -> Result<Mode, Fault> {
    among(text, Mode::ALL)
}

fn among(text: &str, modes: &[Mode]) -> Result<Mode, Fault> {
    let found = modes.iter().copied().find(|it| it.name() == text);
    found.ok_or_else(|| Fault::unknown_word(text, modes.iter().map(|it| it.name()).collect()))
}
