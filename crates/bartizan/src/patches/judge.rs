//! Requests, judged by one patch as if it were enforced, and by the law.

use crate::config::{Verdict, enforced};
use crate::content::judged::replayed;
use crate::content::requests::{Request, of_wire};
use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::keys::HashKey;
use bartizan_engine::patches::{Patches, Ready};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{Clause, ClauseName, Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::id::KeyEpoch;
use bartizan_model::limits::Limits;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use std::sync::Arc;

/// Bytes that bodies may take at once: there is one exchange at a time.
const BODIES_BYTES_MAX: usize = 64 << 20;

/// Makes judges that share what judging needs.
pub(crate) struct Judges {
    tables: Tables,
}

impl Default for Judges {
    fn default() -> Self {
        Self { tables: Tables::new(BODIES_BYTES_MAX) }
    }
}

/// Judges requests by one patch.
pub(crate) struct Judge {
    view: Arc<Snapshot>,
    tables: Tables,
}

impl Judges {
    /// By this patch alone, enforced and without an end.
    pub(crate) fn of(&self, ready: &Ready) -> Judge {
        let alone = Ready::new(enforced(ready.patch())).ok();
        let mode = |name| if name == ClauseName::PatchMatched { Mode::Enforce } else { Mode::Off };
        let clause = |&name| Clause { name, mode: mode(name), set_by: SetBy::Flag };
        let clauses: Vec<_> = ClauseName::ALL.iter().map(clause).collect();
        let clauses = ClauseSet::new(Mode::Off, SetBy::Flag, &clauses, &[]);
        // Nothing is kept of what it hashes.
        let key = HashKey::new(KeyEpoch(0), [0; 16]);
        let mut rules = Rules::plain(clauses, Limits::default(), key);
        rules.sample_bytes_max = None;
        rules.patches = Arc::new(Patches::new(alone.into_iter().map(Arc::new).collect()));
        let view = Snapshot {
            revision: 0,
            rules: Arc::new(rules),
            terms: Arc::default(),
            truth: Arc::default(),
        };
        Judge { view: Arc::new(view), tables: self.tables.clone() }
    }
}

impl Judge {
    /// What becomes of a request as it goes over the wire.
    pub(crate) fn verdict_of_text(&self, text: &[u8]) -> Verdict {
        of_wire(text).map_or(Verdict::Unread, |it| self.verdict(&it).0)
    }

    /// Whether the patch is for calls of this method and path.
    pub(crate) fn concerns(&self, method: Method, path: &[u8]) -> bool {
        self.view.rules.patches.concern(method, path)
    }

    /// What becomes of a request, and what was seen of it.
    pub(crate) fn verdict(&self, it: &Request) -> (Verdict, Option<Observation>) {
        let Some(seen) = replayed(it, &self.view, &self.tables) else {
            return (Verdict::Unread, None);
        };
        let refused = seen.hits.iter().find(|it| it.effect == Effect::Refused);
        let verdict = match refused.map(|it| it.code) {
            None => Verdict::Passes,
            Some(Code::PatchMatched) => {
                let found = seen.findings.iter().find(|it| it.sighting.code == Code::PatchMatched);
                let place = found.map(|it| it.place.clone());
                Verdict::Refused(place.unwrap_or(Place::Name).to_string())
            }
            Some(Code::PatchUnexamined) => Verdict::Unexamined,
            Some(other) => Verdict::ByLaw(other.name()),
        };
        (verdict, Some(seen))
    }
}
