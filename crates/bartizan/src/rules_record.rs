//! What the journal keeps of the rules in force, so that a decision can be explained long after.

use crate::config::Settings;
use bartizan_engine::snapshot::Snapshot;
use bartizan_model::clause::Exception;
use bartizan_store::{RecordedException, RulesRecord};

/// The record of `view`, which these settings gave.
pub fn of(settings: &Settings, view: &Snapshot, wall_us: u64) -> RulesRecord {
    let rules = &view.rules.clauses;
    RulesRecord {
        revision: view.revision,
        wall_us,
        file: settings.file.clone(),
        mode: settings.mode.value,
        clauses: rules.clauses().to_vec(),
        exceptions: rules.exceptions().iter().map(|it| exception(settings, it)).collect(),
        left_out: 0,
    }
}

fn exception(settings: &Settings, it: &Exception) -> RecordedException {
    let text = |id| settings.endpoints.get(&id).map(ToString::to_string).unwrap_or_default();
    RecordedException {
        clause: it.clause,
        endpoint: it.endpoint.map(|id| (id, text(id))),
        place: it.place.as_ref().map(ToString::to_string),
        reason: it.reason.clone(),
        expires_us: it.expires_us,
        set_by: it.set_by,
    }
}
