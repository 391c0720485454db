//! What the journal keeps of the rules in force, so that a decision can be explained long after.

use crate::bypass::Bypass;
use crate::config::Settings;
use bartizan_engine::snapshot::Snapshot;
use bartizan_model::clause::Exception;
use bartizan_model::patch::Patch;
use bartizan_store::{RecordedBypass, RecordedException, RecordedPatch, RulesRecord};

/// The record of `view`, which these settings gave, less what is bypassed.
pub fn of(
    settings: &Settings,
    view: &Snapshot,
    bypass: Option<&Bypass>,
    wall_us: u64,
) -> RulesRecord {
    let rules = &view.rules.base.clauses;
    RulesRecord {
        revision: view.revision,
        wall_us,
        file: settings.file.clone(),
        mode: settings.mode.value,
        clauses: rules.clauses().to_vec(),
        exceptions: rules.exceptions().iter().map(|it| exception(settings, it)).collect(),
        patches: view.rules.patches.all().iter().map(|it| patch(it.patch())).collect(),
        left_out: 0,
        bypass: bypass.map(|it| RecordedBypass {
            reason: it.reason.as_str().to_owned(),
            until_us: it.until_us,
        }),
    }
}

fn patch(it: &Patch) -> RecordedPatch {
    RecordedPatch {
        mark: it.mark(),
        mode: it.mode,
        until_us: it.until_us,
        id: it.id.to_string(),
        reason: it.reason.to_string(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, Source};
    use crate::described::ByRoute;
    use crate::wire::{self, Judging};
    use bartizan_engine::keys::HashKey;
    use bartizan_model::clause::{ClauseName, Mode, SetBy};
    use bartizan_model::id::{EndpointId, KeyEpoch};
    use std::sync::Arc;

    const FILE: &str = "\
version: 1
mode: enforce
upstream: {url: 'http://127.0.0.1:3000'}
record: {required: true}
clauses: {content.xss: off}
exceptions:
  - {clause: content.sqli, reason: a, expires: 2027-01-31}
  - {clause: content.sqli, endpoint: POST /b, reason: b, expires: 2027-01-31}
  - {clause: content.sqli, endpoint: POST /a, field: query a b, reason: c, expires: 2027-01-31}
";

    fn recorded() -> (Snapshot, RulesRecord) {
        let source = Source { name: "bartizan.yaml".to_owned(), bytes: FILE.into() };
        let settings = Settings::read(&source, &Overrides::default(), 0).unwrap().settings;
        let view = wire::snapshot(
            &settings,
            HashKey::new(KeyEpoch(1), [0; 16]),
            7,
            Judging::Everything,
            (&ByRoute::new(), Arc::default(), Arc::default()),
        );
        let record = of(&settings, &view, None, 8);
        (view, record)
    }

    #[test]
    fn a_record_names_every_clause_and_who_set_it() {
        let (view, record) = recorded();
        assert_eq!((record.revision, record.wall_us, record.mode), (7, 8, Mode::Enforce));
        assert!(view.rules.record_required);
        let of =
            |name| record.clauses.iter().find(|it| it.name == name).map(|it| (it.mode, it.set_by));
        let file = |line, column| SetBy::File { line, column };
        assert_eq!(record.clauses.len(), ClauseName::ALL.len());
        assert_eq!(of(ClauseName::ContentXss), Some((Mode::Off, file(5, 24))));
        assert_eq!(of(ClauseName::ContentSqli), Some((Mode::Enforce, file(2, 7))));
        assert_eq!(of(ClauseName::BaselineFieldNames), Some((Mode::Observe, SetBy::Default)));
        assert_eq!(of(ClauseName::LawFraming), Some((Mode::Enforce, SetBy::Law)));
    }

    #[test]
    fn an_exception_is_recorded_with_the_texts_of_its_endpoint_and_place() {
        let (_, record) = recorded();
        let texts = record.exceptions.iter().map(|it| (it.endpoint.clone(), it.place.clone()));
        let endpoint = |path| Some((EndpointId::of("POST", path), format!("POST {path}")));
        let expected = [
            (None, None),
            (endpoint("/b"), None),
            (endpoint("/a"), Some(r"query a\x20b".to_owned())),
        ];
        assert_eq!(texts.collect::<Vec<_>>(), expected);
    }
}
