//! What the journal keeps of the rules in force, so that a decision can be explained long after.

use crate::config::Settings;
use bartizan_engine::snapshot::Snapshot;
use bartizan_model::clause::Mode;
use bartizan_store::{RecordedException, RulesRecord};

/// The record of `view`, which these settings gave.
pub fn of(settings: &Settings, view: &Snapshot, wall_us: u64) -> RulesRecord {
    let rules = &view.rules.clauses;
    // Exceptions of the law were never accepted, so both lists have the same order.
    let texts = settings.exceptions.iter().map(|it| it.endpoint.as_ref().map(ToString::to_string));
    let exceptions = rules
        .exceptions()
        .iter()
        .zip(texts)
        .map(|(it, text)| RecordedException {
            clause: it.clause,
            endpoint: it.endpoint.zip(text),
            place: it.place.as_ref().map(ToString::to_string),
            reason: it.reason.clone(),
            expires_us: it.expires_us,
            set_by: it.set_by,
        })
        .collect();
    RulesRecord {
        revision: view.revision,
        wall_us,
        file: settings.file.clone(),
        mode: match settings.mode.value {
            crate::config::Mode::Observe => Mode::Observe,
            crate::config::Mode::Enforce => Mode::Enforce,
        },
        clauses: rules.clauses().to_vec(),
        exceptions,
        left_out: 0,
    }
}
