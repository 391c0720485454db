//! A request, judged by the transaction that judges live ones.

use super::requests::Request;
use bartizan_contract::clause_set::ClauseSet;
use bartizan_edge::http1::head::read_request;
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::replay::{Recording, replay};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::tables::Tables;
use bartizan_model::clause::{ClauseName, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::content_level::ContentLevel;
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::{Observation, Phases};
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes that bodies may take at once: there is one exchange at a time.
const BODIES_BYTES_MAX: usize = 64 << 20;

/// Judges requests, and lets all of them pass.
pub(super) struct Judge {
    view: Arc<Snapshot>,
    tables: Tables,
}

/// What came of one.
pub(super) struct Judged {
    pub(super) observation: Observation,
    pub(super) took: Duration,
}

impl Judge {
    pub(super) fn new(level: ContentLevel) -> Result<Self, getrandom::Error> {
        let mut key = [0; 16];
        getrandom::fill(&mut key)?;
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[]).with_content(level);
        let mut rules = Rules::plain(clauses, Limits::default(), HashKey::new(KeyEpoch(0), key));
        rules.sample_bytes_max = None;
        Ok(Self {
            view: Arc::new(Snapshot {
                revision: 0,
                rules: Arc::new(rules),
                terms: Arc::default(),
                truth: Arc::default(),
            }),
            tables: Tables::new(BODIES_BYTES_MAX),
        })
    }

    /// `None` if the transaction broke its own protocol.
    pub(super) fn judge(&self, it: &Request) -> Option<Judged> {
        let started = Instant::now();
        let observation = replayed(it, &self.view, &self.tables)?;
        Some(Judged { observation, took: started.elapsed() })
    }
}

/// What the transaction makes of a request under a view; `None` if it broke its own protocol.
pub(crate) fn replayed(it: &Request, view: &Arc<Snapshot>, tables: &Tables) -> Option<Observation> {
    let (head, body) = (Bytes::from(it.head.clone()), Bytes::from(it.body.clone()));
    let recording = Recording {
        origin: Origin {
            id: ExchangeId::new(0, 0),
            authority: Authority::Inline,
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            tls: true,
            certificate: None,
            certificate_digest: None,
            ja4: None,
            sees_bodies: true,
        },
        started: Moment { mono_ns: 0, wall_us: 0 },
        phases: Phases::default(),
        request: read_request(head, &view.rules.limits),
        request_body: body,
        response: None,
    };
    Some(replay(&recording, view, tables)?.observation)
}

impl Judged {
    /// The highest score of an attack in a value, in thousandths, and of which kind.
    pub(super) fn score(&self) -> (u16, Option<Code>) {
        let all = self.observation.findings.iter().map(|it| it.sighting);
        let all = all.filter(|it| it.code.entry().clause.is_content());
        all.max_by_key(|it| it.score).map_or((0, None), |it| (it.score, Some(it.code)))
    }

    /// What else than attacks in values would have been refused, or was.
    pub(super) fn others(&self) -> impl Iterator<Item = Code> {
        let codes = self.observation.hits.iter().map(|it| it.code);
        codes.filter(|it| {
            let clause = it.entry().clause;
            !clause.is_content() && !matches!(clause, ClauseName::Upstream)
        })
    }
}
