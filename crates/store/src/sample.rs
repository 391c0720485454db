//! Records for tests.

use crate::journal::Options;
use crate::record::Record;
use crate::rules::{RecordedException, RulesRecord};
use bartizan_model::clause::{Clause, ClauseName, Effect, Hit, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::data_class::DataClass;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::fact::{Fact, Facts, Forms, Kind, Shape, ShapeId, Sign};
use bartizan_model::head::{Method, Version};
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::{
    ClassScores, Observation, Outcome, Phases, SubjectKind, TraceId,
};
use bartizan_model::oddity::Oddity;
use bartizan_model::place::Place;
use bartizan_model::traits::Traits;
use std::sync::Arc;

/// Any two endpoints: how their ids come about is no matter of the format.
const ORDERS: EndpointId = EndpointId::from_bits(0xc2474a0f6911f34d);
const NOTES: EndpointId = EndpointId::from_bits(0x027e1f56bb1d956b);

pub(crate) fn options(journal_bytes_max: u64, segment_bytes_max: u64) -> Options {
    Options { journal_bytes_max, segment_bytes_max, buffer_bytes_max: 900, epoch: KeyEpoch(3) }
}

pub(crate) fn at(n: u64) -> Moment {
    Moment { mono_ns: n * 1_000, wall_us: 1_700_000_000_000_000 + n }
}

pub(crate) fn id(n: u64) -> ExchangeId {
    ExchangeId::new(1_700_000_000_000, n.into())
}

pub(crate) fn started(n: u64) -> Record {
    Record::Started { at: at(n), version: "0.1.0".to_owned() }
}

pub(crate) fn gap(n: u64) -> Record {
    Record::Gap { at: at(n), lost: 17 }
}

pub(crate) fn intent(n: u64) -> Record {
    Record::Intent { id: id(n), at: at(n), endpoint: ORDERS }
}

/// One of each kind.
pub(crate) fn records() -> Vec<Record> {
    vec![
        started(1),
        Record::Rules(rules(2)),
        intent(3),
        Record::Observation(observation(3)),
        Record::Answered { id: id(3), at: at(4), status: 204 },
        gap(4),
        Record::Stopped { at: at(5) },
    ]
}

pub(crate) fn observation(n: u64) -> Observation {
    Observation {
        phases: Phases { judged_us: 11, forwarded_us: 12, answered_us: 13, finished_us: 14 },
        endpoint: ORDERS,
        template: "/orders/{int}".into(),
        subject: SubjectId(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10),
        method: Method::Get,
        version: Version::Http2,
        outcome: Outcome::Refused,
        status: 403,
        request_head_bytes: 321,
        request_body_bytes: 1 << 33,
        response_body_bytes: 77,
        oddities: [Oddity::EncodedSlash, Oddity::RequestLine].into_iter().collect(),
        hits: vec![
            hit(Code::ContentSqlInjection, Effect::Refused, 120),
            hit(Code::PathEncodedSlash, Effect::WouldRefuse, 0),
        ],
        hits_more: 2,
        findings: vec![
            finding(b"s&1c", Place::query(b"q")),
            finding(b"n", Place::Path),
            finding(b"", Place::body("$.items[*].note")),
        ],
        findings_more: 1,
        route: "orders".into(),
        subject_kind: SubjectKind::Cookie,
        session: KeyedHash(0x1111),
        client: KeyedHash(0x2222),
        trace: TraceId(0x3333),
        scores: ClassScores { sql: 990, script: 12 },
        traits: Traits::from_bits(0b1010_0001),
        operation: "query orders".into(),
        request: Some(facts(5)),
        response: Some(Facts { more: 3, ..facts(0) }),
        ..Observation::opened(id(n), at(n), 2, KeyEpoch(3))
    }
}

fn facts(count: u16) -> Facts {
    let places = [
        Place::Segment(1),
        Place::Segment(2),
        Place::query(b"q"),
        Place::cookie(b"sid"),
        Place::body("$.items[*].note"),
    ];
    let fact = |field| Fact {
        field,
        kind: Kind::ALL[usize::from(field)],
        forms: Forms::from_bits(1 << field),
        sign: (field > 1)
            .then_some(Sign { class: DataClass::Email, bits: 9 + field.to_le_bytes()[0] }),
        times: field + 1,
        bucket: -17,
        score: 990,
        bytes: 23,
        value: KeyedHash(0xabcd + u64::from(field)),
    };
    let places = places.into_iter().take(usize::from(count)).collect();
    let shape = Arc::new(Shape { id: ShapeId(0x5555 + u64::from(count)), places });
    Facts {
        shape,
        facts: (0..count).map(fact).collect(),
        more: 0,
        own: Vec::new(),
        listed: Vec::new(),
    }
}

fn hit(code: Code, effect: Effect, margin: u16) -> Hit {
    Hit { code, effect, margin }
}

fn finding(fingerprint: &[u8], place: Place) -> Finding {
    let fingerprint = Fingerprint::new(fingerprint);
    let sighting = Sighting { code: Code::ContentSqlInjection, score: 990, fingerprint };
    Finding { sighting, place, bytes: 23, value: KeyedHash(0xfeed_face_cafe_beef) }
}

pub(crate) fn rules(revision: u64) -> RulesRecord {
    RulesRecord {
        revision,
        wall_us: at(2).wall_us,
        file: Some("bartizan.yaml".to_owned()),
        mode: Mode::Enforce,
        clauses: vec![
            clause(ClauseName::LawFraming, Mode::Enforce, SetBy::Law),
            clause(ClauseName::ContentSqli, Mode::Observe, SetBy::File { line: 12, column: 5 }),
            clause(ClauseName::ContentXss, Mode::Off, SetBy::Flag),
        ],
        exceptions: vec![RecordedException {
            clause: ClauseName::ContentSqli,
            endpoint: Some((NOTES, "POST /notes".to_owned())),
            place: Some("body $.text".to_owned()),
            reason: "customers paste SQL\nhere".to_owned(),
            expires_us: 1_800_000_000_000_000,
            set_by: SetBy::File { line: 30, column: 3 },
        }],
        patches: Vec::new(),
        left_out: 0,
        bypass: None,
    }
}

fn clause(name: ClauseName, mode: Mode, set_by: SetBy) -> Clause {
    Clause { name, mode, set_by }
}
