//! How an observation lies in the journal.
//!
//! The fixed part has 256 bytes:
//!
//! |  at | bytes | field                                                             |
//! |----:|------:|-------------------------------------------------------------------|
//! |   0 |    16 | exchange id                                                       |
//! |  16 |    16 | started                                                           |
//! |  32 |    16 | judged, forwarded, answered, finished: microseconds after started |
//! |  48 |     8 | revision                                                          |
//! |  56 |     8 | endpoint                                                          |
//! |  64 |    16 | subject                                                           |
//! |  80 |    16 | request body bytes, response body bytes                           |
//! |  96 |     8 | oddities, one bit each                                            |
//! | 104 |     4 | request head bytes                                                |
//! | 108 |     2 | status                                                            |
//! | 110 |     2 | key epoch                                                         |
//! | 112 |     4 | further hits, further findings                                    |
//! | 116 |     3 | method, version, outcome                                          |
//! | 119 |     2 | number of hits, number of findings                                |
//! | 121 |     1 | kind of subject                                                   |
//! | 122 |     2 | number of facts of the request, of the response                   |
//! | 124 |     4 | 1 if something follows the facts, hosts, listed values of both   |
//! | 128 |    64 | eight hits: code 2, effect 1, reserved 1, margin 2, reserved 2    |
//! | 192 |    16 | session, client                                                   |
//! | 208 |    16 | trace                                                             |
//! | 224 |    16 | shape of the request, of the response; 0 if there is none         |
//! | 240 |     4 | values without a fact in the request, in the response             |
//! | 244 |     4 | scores: SQL, script                                               |
//! | 248 |     8 | traits, one bit each                                              |
//!
//! Then the tail of at most 26 KiB: the template as text; for each finding code 2, score 2, fingerprint 8,
//! bytes 4, keyed hash 8, place; the route as text; for each fact of the request and then of the response
//! kind 1, times 2, bucket 2, score 2, bytes 4, keyed hash 8, place. A place is its kind 1 and its name as
//! text. Facts stand in the order of the places of their shape. Behind them, unless an earlier program wrote
//! it: the operation as text, and for each of these facts its forms 1, and of its sign the bits 1
//! and the class as text, empty if there is none; a class of one's own as `own.personal.loyalty_number`. Behind
//! them, for each host: side 1 (1 request, 2 response), own 1, place, and the host as text. Behind them, for each listed
//! value of the request and then of the response: the position of its fact 1, keyed hash 8.
//!
//! Misses   templates beyond [`TEMPLATE_BYTES_MAX`] and names beyond [`NAME_BYTES_MAX`] bytes are
//!          cut; hits and findings beyond the eighth, and facts that find no room, are only counted. Of
//!          a shape without facts only its id is kept.

use crate::field::{put_moment, put_text, skip, take_moment, take_text};
use crate::number;
use crate::record::RecordError;
use bartizan_model::clause::Hit;
use bartizan_model::code::Code;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::fact::{
    FACTS_MAX, Fact, Facts, Forms, LISTED_MAX, Listed, Shape, ShapeId, Sign,
};
use bartizan_model::head::Method;
use bartizan_model::host::{self, POINTED_MAX, Pointed};
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::observation::{
    ClassScores, FINDINGS_MAX, HITS_MAX, Observation, Phases, TraceId,
};
use bartizan_model::own_class::{OwnClass, OwnSign};
use bartizan_model::place::Place;
use bartizan_model::traits::Traits;
use bytes::{Buf, BufMut};
use std::borrow::Cow;
use std::sync::Arc;

/// Bytes of a template that are kept.
const TEMPLATE_BYTES_MAX: u16 = 1_536;

/// Bytes of the name of a place that are kept: more than any [`Place`] has that was built by its
/// constructors.
const NAME_BYTES_MAX: u16 = 255;

/// Bytes of a host that are kept: all of it, and `*.` before it.
const HOST_BYTES_KEPT: u16 = 255;

const FIXED_BYTES: usize = 256;
const SESSION_AT: usize = 192;
const TAIL_BYTES_MAX: usize = 26 * 1_024;
/// Bytes of the facts of one side that are kept.
const SIDE_BYTES_MAX: usize = 6 * 1_024;
/// Bytes of a route's name that are kept.
const ROUTE_BYTES_MAX: u16 = 128;
const FACT_BYTES: usize = 1 + 2 + 2 + 2 + 4 + 8;
/// Bytes of an operation that are kept.
const OPERATION_BYTES_MAX: u16 = 140;
/// Bytes of the name of a class, of which the longest has fewer.
const CLASS_BYTES_MAX: u16 = 32;
const FACT_MORE_BYTES: usize = 1 + 1 + 2 + CLASS_BYTES_MAX as usize;
const HOSTS_MAX: usize = 2 * POINTED_MAX;
const HOST_MORE_BYTES: usize =
    1 + 1 + 1 + 2 + NAME_BYTES_MAX as usize + 2 + HOST_BYTES_KEPT as usize;
const HIT_BYTES: usize = 8;
const FINDING_BYTES: usize = 2 + 2 + 8 + 4 + 8 + 1;
const TAIL_NEEDED: usize = 2
    + TEMPLATE_BYTES_MAX as usize
    + FINDINGS_MAX * (FINDING_BYTES + 2 + NAME_BYTES_MAX as usize)
    + 2
    + ROUTE_BYTES_MAX as usize
    + 2 * SIDE_BYTES_MAX
    + 2
    + OPERATION_BYTES_MAX as usize
    + 2 * FACTS_MAX * FACT_MORE_BYTES
    + HOSTS_MAX * HOST_MORE_BYTES;
const _: () = assert!(TAIL_NEEDED <= TAIL_BYTES_MAX);

/// Appends the payload.
pub(crate) fn write(out: &mut Vec<u8>, it: &Observation) {
    out.reserve(FIXED_BYTES + it.template.len());
    let start = out.len();
    out.put_u128_le(it.id.bits());
    put_moment(out, it.started);
    put_phases(out, it.phases);
    out.put_u64_le(it.revision);
    out.put_u64_le(it.endpoint.bits());
    out.put_u128_le(it.subject.0);
    out.put_u64_le(it.request_body_bytes);
    out.put_u64_le(it.response_body_bytes);
    out.put_u64_le(number::of_oddities(it.oddities));
    out.put_u32_le(it.request_head_bytes);
    out.put_u16_le(it.status);
    out.put_u16_le(it.epoch.0);
    out.put_u16_le(more(it.hits_more, it.hits.len(), HITS_MAX));
    out.put_u16_le(more(it.findings_more, it.findings.len(), FINDINGS_MAX));
    out.put_u8(number::of_method(it.method));
    out.put_u8(number::of_version(it.version));
    out.put_u8(number::of_outcome(it.outcome));
    out.put_u8(count(it.hits.len(), HITS_MAX));
    out.put_u8(count(it.findings.len(), FINDINGS_MAX));
    out.put_u8(number::of_subject_kind(it.subject_kind));
    let (request, response) = (Side::of(it.request.as_ref()), Side::of(it.response.as_ref()));
    out.put_u8(request.count);
    out.put_u8(response.count);
    out.put_u8(1);
    out.put_u8(count(it.pointed.len(), HOSTS_MAX));
    for facts in [&it.request, &it.response] {
        out.put_u8(count(listed(facts.as_ref()).count(), LISTED_MAX));
    }
    it.hits.iter().take(HITS_MAX).for_each(|hit| put_hit(out, *hit));
    out.resize(start + SESSION_AT, 0);
    out.put_u64_le(it.session.0);
    out.put_u64_le(it.client.0);
    out.put_u128_le(it.trace.0);
    out.put_u64_le(request.shape);
    out.put_u64_le(response.shape);
    out.put_u16_le(request.more);
    out.put_u16_le(response.more);
    out.put_u16_le(it.scores.sql);
    out.put_u16_le(it.scores.script);
    out.put_u64_le(it.traits.bits());

    put_text(out, &it.template, TEMPLATE_BYTES_MAX);
    it.findings.iter().take(FINDINGS_MAX).for_each(|finding| put_finding(out, finding));
    put_text(out, &it.route, ROUTE_BYTES_MAX);
    for (facts, side) in [(&it.request, request), (&it.response, response)] {
        let facts = facts.iter().flat_map(|it| it.facts.iter().zip(&it.shape.places));
        facts.take(usize::from(side.count)).for_each(|(fact, place)| put_fact(out, fact, place));
    }
    put_text(out, &it.operation, OPERATION_BYTES_MAX);
    for (facts, side) in [(&it.request, request), (&it.response, response)] {
        let facts = facts.iter().flat_map(|it| it.facts.iter().map(|fact| (fact, it.own_of(fact))));
        facts
            .take(usize::from(side.count))
            .for_each(|(fact, own)| put_more_of_fact(out, fact, own));
    }
    it.pointed.iter().take(HOSTS_MAX).for_each(|it| put_pointed(out, it));
    for facts in [&it.request, &it.response] {
        for it in listed(facts.as_ref()).take(LISTED_MAX) {
            out.put_u8(u8::try_from(it.field).unwrap_or(u8::MAX));
            out.put_u64_le(it.value.0);
        }
    }
}

/// The listed values of a side; a place is one of at most [`FACTS_MAX`].
fn listed(facts: Option<&Facts>) -> impl Iterator<Item = &Listed> {
    facts.into_iter().flat_map(|it| it.listed.iter().filter(|it| usize::from(it.field) < FACTS_MAX))
}

fn take_listed(from: &mut &[u8], into: Option<&mut Facts>, count: u8) -> Result<(), RecordError> {
    let mut all = Vec::with_capacity(usize::from(count).min(LISTED_MAX));
    for _ in 0..count {
        let field = u16::from(from.try_get_u8()?);
        all.push(Listed { field, value: KeyedHash(from.try_get_u64_le()?) });
    }
    if let Some(facts) = into {
        facts.listed = all;
    }
    Ok(())
}

fn put_more_of_fact(out: &mut Vec<u8>, fact: &Fact, own: Option<OwnSign>) {
    out.put_u8(fact.forms.bits());
    if let Some(own) = own {
        out.put_u8(own.bits);
        return put_text(out, &own.class.kept(), CLASS_BYTES_MAX);
    }
    out.put_u8(fact.sign.map_or(0, |it| it.bits));
    put_text(out, fact.sign.map_or("", |it| it.class.name()), CLASS_BYTES_MAX);
}

/// What is written of one side's facts.
#[derive(Clone, Copy)]
struct Side {
    shape: u64,
    count: u8,
    more: u16,
}

impl Side {
    fn of(facts: Option<&Facts>) -> Self {
        // Where 0 says that there is no shape, no facts may follow either.
        let Some(it) = facts.filter(|it| it.shape.id.0 != 0) else {
            return Self { shape: 0, count: 0, more: 0 };
        };
        let mut room = SIDE_BYTES_MAX;
        let fits =
            it.facts.iter().zip(&it.shape.places).take(FACTS_MAX).take_while(|(_, place)| {
                let needed =
                    FACT_BYTES + 1 + 2 + name(place).len().min(usize::from(NAME_BYTES_MAX));
                let fits = needed <= room;
                room = room.saturating_sub(needed);
                fits
            });
        let count = fits.count();
        let left = u16::try_from(it.facts.len() - count).unwrap_or(u16::MAX);
        let count = u8::try_from(count).unwrap_or(u8::MAX);
        Self { shape: it.shape.id.0, count, more: it.more.saturating_add(left) }
    }
}

fn put_fact(out: &mut Vec<u8>, fact: &Fact, place: &Place) {
    out.put_u8(number::of_kind(fact.kind));
    out.put_u16_le(fact.times);
    out.put_i16_le(fact.bucket);
    out.put_u16_le(fact.score);
    out.put_u32_le(fact.bytes);
    out.put_u64_le(fact.value.0);
    put_place(out, place);
}

fn more(already: u16, length: usize, max: usize) -> u16 {
    already.saturating_add(u16::try_from(length.saturating_sub(max)).unwrap_or(u16::MAX))
}

fn count(length: usize, max: usize) -> u8 {
    u8::try_from(length.min(max)).unwrap_or(u8::MAX)
}

fn put_phases(out: &mut Vec<u8>, it: Phases) {
    out.put_u32_le(it.judged_us);
    out.put_u32_le(it.forwarded_us);
    out.put_u32_le(it.answered_us);
    out.put_u32_le(it.finished_us);
}

fn put_hit(out: &mut Vec<u8>, hit: Hit) {
    out.put_u16_le(hit.code.entry().number);
    out.put_u8(number::of_effect(hit.effect));
    out.put_u8(0);
    out.put_u16_le(hit.margin);
    out.put_u16_le(0);
}

fn put_finding(out: &mut Vec<u8>, finding: &Finding) {
    out.put_u16_le(finding.sighting.code.entry().number);
    out.put_u16_le(finding.sighting.score);
    out.put_slice(&finding.sighting.fingerprint.bytes());
    out.put_u32_le(finding.bytes);
    out.put_u64_le(finding.value.0);
    put_place(out, &finding.place);
}

fn put_place(out: &mut Vec<u8>, place: &Place) {
    out.put_u8(match place {
        Place::Path => 1,
        Place::Query(_) => 2,
        Place::Header(_) => 3,
        Place::Cookie(_) => 4,
        Place::Body(_) => 5,
        Place::Name => 6,
        Place::Segment(_) => 7,
    });
    put_text(out, &name(place), NAME_BYTES_MAX);
}

fn name(place: &Place) -> Cow<'_, str> {
    match place {
        Place::Path | Place::Name => Cow::Borrowed(""),
        Place::Query(name) | Place::Header(name) | Place::Cookie(name) | Place::Body(name) => {
            Cow::Borrowed(name)
        }
        Place::Segment(at) => Cow::Owned(at.to_string()),
    }
}

fn place(kind: u8, name: &str) -> Option<Place> {
    match kind {
        1 => Some(Place::Path),
        2 => Some(Place::Query(name.to_owned())),
        3 => Some(Place::Header(name.to_owned())),
        4 => Some(Place::Cookie(name.to_owned())),
        5 => Some(Place::Body(name.to_owned())),
        6 => Some(Place::Name),
        7 => name.parse().map(Place::Segment).ok(),
        _ => None,
    }
}

/// The exchange that the observation with this payload is of, without reading the rest.
pub(crate) fn id(mut payload: &[u8]) -> Option<ExchangeId> {
    payload.try_get_u128_le().ok().map(ExchangeId::from_bits)
}

/// Reads a payload.
pub(crate) fn read(payload: &[u8]) -> Result<Observation, RecordError> {
    let (mut from, mut tail) = payload.split_at_checked(FIXED_BYTES).ok_or(RecordError::Short)?;
    let from = &mut from;
    let mut it = opened(from)?;
    it.endpoint = EndpointId::from_bits(from.try_get_u64_le()?);
    it.subject = SubjectId(from.try_get_u128_le()?);
    it.request_body_bytes = from.try_get_u64_le()?;
    it.response_body_bytes = from.try_get_u64_le()?;
    it.oddities = number::oddities(from.try_get_u64_le()?);
    it.request_head_bytes = from.try_get_u32_le()?;
    it.status = from.try_get_u16_le()?;
    it.epoch = KeyEpoch(from.try_get_u16_le()?);
    it.hits_more = from.try_get_u16_le()?;
    it.findings_more = from.try_get_u16_le()?;
    take_kinds(from, &mut it)?;
    let (hits, findings) = (from.try_get_u8()?, from.try_get_u8()?);
    let kind = from.try_get_u8()?;
    let unknown = RecordError::UnknownNumber { field: "kind of subject", number: kind };
    it.subject_kind = number::subject_kind(kind).ok_or(unknown)?;
    let facts = (from.try_get_u8()?, from.try_get_u8()?);
    let has_more = from.try_get_u8()? != 0;
    let hosts = from.try_get_u8()?;
    let listed = (from.try_get_u8()?, from.try_get_u8()?);
    take_hits(from, hits, &mut it)?;
    it.session = KeyedHash(from.try_get_u64_le()?);
    it.client = KeyedHash(from.try_get_u64_le()?);
    it.trace = TraceId(from.try_get_u128_le()?);
    let shapes = (from.try_get_u64_le()?, from.try_get_u64_le()?);
    let more = (from.try_get_u16_le()?, from.try_get_u16_le()?);
    it.scores = ClassScores { sql: from.try_get_u16_le()?, script: from.try_get_u16_le()? };
    it.traits = Traits::from_bits(from.try_get_u64_le()?);
    it.template = take_text(&mut tail)?.into();
    take_findings(&mut tail, findings, &mut it)?;
    // Earlier programs wrote no more.
    if !tail.is_empty() || it.client != KeyedHash(0) {
        it.route = take_text(&mut tail)?.into();
        it.request = take_facts(&mut tail, Side { shape: shapes.0, count: facts.0, more: more.0 })?;
        it.response =
            take_facts(&mut tail, Side { shape: shapes.1, count: facts.1, more: more.1 })?;
    }
    if has_more {
        it.operation = take_text(&mut tail)?.into();
        let sides = [(&mut it.request, facts.0), (&mut it.response, facts.1)];
        for (side, count) in sides {
            take_more_of_facts(&mut tail, side.as_mut(), count)?;
        }
    }
    for _ in 0..usize::from(hosts).min(HOSTS_MAX) {
        it.pointed.extend(take_pointed(&mut tail)?);
    }
    take_listed(&mut tail, it.request.as_mut(), listed.0)?;
    take_listed(&mut tail, it.response.as_mut(), listed.1)?;
    Ok(it)
}

fn put_pointed(out: &mut Vec<u8>, it: &Pointed) {
    out.put_u8(match it.side {
        host::Side::Request => 1,
        host::Side::Response => 2,
    });
    out.put_u8(u8::from(it.is_own));
    put_place(out, &it.place);
    put_text(out, it.host.as_str(), HOST_BYTES_KEPT);
}

/// A host in a place; `None` if this program does not know one of both.
fn take_pointed(from: &mut &[u8]) -> Result<Option<Pointed>, RecordError> {
    let side = match from.try_get_u8()? {
        1 => Some(host::Side::Request),
        2 => Some(host::Side::Response),
        _ => None,
    };
    let is_own = from.try_get_u8()? != 0;
    let place = place(from.try_get_u8()?, take_text(from)?);
    let host = take_text(from)?.parse().ok();
    let known = side.zip(place).zip(host);
    Ok(known.map(|((side, place), host)| Pointed { side, place, host, is_own }))
}

fn take_facts(from: &mut &[u8], side: Side) -> Result<Option<Facts>, RecordError> {
    if side.shape == 0 {
        return Ok(None);
    }
    let (mut facts, mut places, mut more) = (Vec::new(), Vec::new(), side.more);
    for _ in 0..side.count {
        let kind = number::kind(from.try_get_u8()?);
        let field = u16::try_from(facts.len()).unwrap_or(u16::MAX);
        let (times, bucket) = (from.try_get_u16_le()?, from.try_get_i16_le()?);
        let (score, bytes) = (from.try_get_u16_le()?, from.try_get_u32_le()?);
        let value = KeyedHash(from.try_get_u64_le()?);
        let place = place(from.try_get_u8()?, take_text(from)?);
        match kind.zip(place) {
            Some((kind, place)) => {
                let (forms, sign) = (Forms::NONE, None);
                let fact = Fact { field, kind, forms, sign, times, bucket, score, bytes, value };
                facts.push(fact);
                places.push(place);
            }
            None => more = more.saturating_add(1),
        }
    }
    let shape = Arc::new(Shape { id: ShapeId(side.shape), places });
    Ok(Some(Facts { shape, facts, more, own: Vec::new(), listed: Vec::new() }))
}

/// Of facts that this program does not know there is no further part to fill in.
fn take_more_of_facts(
    from: &mut &[u8],
    into: Option<&mut Facts>,
    count: u8,
) -> Result<(), RecordError> {
    let mut all = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let (forms, bits) = (Forms::from_bits(from.try_get_u8()?), from.try_get_u8()?);
        let class = take_text(from)?;
        let sign = class.parse().ok().map(|class| Sign { class, bits });
        all.push((forms, sign, class.parse::<OwnClass>().ok().map(|class| (class, bits))));
    }
    let Some(facts) = into.filter(|it| it.facts.len() == all.len()) else { return Ok(()) };
    for (fact, (forms, sign, own)) in facts.facts.iter_mut().zip(all) {
        (fact.forms, fact.sign) = (forms, sign);
        facts.own.extend(own.map(|(class, bits)| OwnSign { field: fact.field, class, bits }));
    }
    Ok(())
}

fn opened(from: &mut &[u8]) -> Result<Observation, RecordError> {
    let id = ExchangeId::from_bits(from.try_get_u128_le()?);
    let started = take_moment(from)?;
    let phases = Phases {
        judged_us: from.try_get_u32_le()?,
        forwarded_us: from.try_get_u32_le()?,
        answered_us: from.try_get_u32_le()?,
        finished_us: from.try_get_u32_le()?,
    };
    let revision = from.try_get_u64_le()?;
    Ok(Observation { phases, ..Observation::opened(id, started, revision, KeyEpoch(0)) })
}

fn take_kinds(from: &mut &[u8], it: &mut Observation) -> Result<(), RecordError> {
    let unknown = |field, number| RecordError::UnknownNumber { field, number };
    let (method, version, outcome) = (from.try_get_u8()?, from.try_get_u8()?, from.try_get_u8()?);
    it.method = number::method(method).unwrap_or(Method::Other);
    it.version = number::version(version).ok_or(unknown("version", version))?;
    it.outcome = number::outcome(outcome).ok_or(unknown("outcome", outcome))?;
    Ok(())
}

fn take_hits(from: &mut &[u8], hits: u8, it: &mut Observation) -> Result<(), RecordError> {
    let hits = usize::from(hits);
    let (all, rest) = from.split_at_checked(HITS_MAX * HIT_BYTES).ok_or(RecordError::Short)?;
    *from = rest;
    for bytes in all.chunks_exact(HIT_BYTES).take(hits.min(HITS_MAX)) {
        match take_hit(bytes)? {
            Some(hit) => it.hits.push(hit),
            None => it.hits_more = it.hits_more.saturating_add(1),
        }
    }
    it.hits_more = more(it.hits_more, hits, HITS_MAX);
    Ok(())
}

fn take_hit(mut from: &[u8]) -> Result<Option<Hit>, RecordError> {
    let code = Code::from_number(from.try_get_u16_le()?);
    let effect = number::effect(from.try_get_u8()?);
    skip(&mut from, 1)?;
    let margin = from.try_get_u16_le()?;
    Ok(code.zip(effect).map(|(code, effect)| Hit { code, effect, margin }))
}

fn take_findings(from: &mut &[u8], findings: u8, it: &mut Observation) -> Result<(), RecordError> {
    let findings = usize::from(findings);
    for _ in 0..findings.min(FINDINGS_MAX) {
        match take_finding(from)? {
            Some(finding) => it.findings.push(finding),
            None => it.findings_more = it.findings_more.saturating_add(1),
        }
    }
    it.findings_more = more(it.findings_more, findings, FINDINGS_MAX);
    Ok(())
}

fn take_finding(from: &mut &[u8]) -> Result<Option<Finding>, RecordError> {
    let code = Code::from_number(from.try_get_u16_le()?);
    let score = from.try_get_u16_le()?;
    let fingerprint = take_fingerprint(from)?;
    let bytes = from.try_get_u32_le()?;
    let value = KeyedHash(from.try_get_u64_le()?);
    let place = place(from.try_get_u8()?, take_text(from)?);
    Ok(code.zip(place).map(|(code, place)| {
        let sighting = Sighting { code, score, fingerprint };
        Finding { sighting, place, bytes, value }
    }))
}

fn take_fingerprint(from: &mut &[u8]) -> Result<Fingerprint, RecordError> {
    let (bytes, rest) = from.split_first_chunk::<8>().ok_or(RecordError::Short)?;
    *from = rest;
    Ok(Fingerprint::new(bytes.split(|&b| b == 0).next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use bartizan_model::data_class::Sensitivity;

    fn written(it: &Observation) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out, it);
        out
    }

    /// Reads the sample with one byte replaced.
    fn read_with(at: usize, byte: u8) -> Result<Observation, RecordError> {
        let mut bytes = written(&sample::observation(1));
        bytes[at] = byte;
        read(&bytes)
    }

    #[test]
    fn the_largest_observation_keeps_within_the_fixed_part_and_the_tail() {
        let mut it = sample::observation(1);
        let finding = Finding { place: Place::Body("é".repeat(4_000)), ..it.findings[0].clone() };
        it.template = "/é".repeat(4_000).into();
        it.findings = vec![finding; 50];
        it.hits = vec![it.hits[0]; 50];
        let bytes = written(&it);
        assert!(bytes.len() <= FIXED_BYTES + TAIL_BYTES_MAX, "{}", bytes.len());
        let back = read(&bytes).unwrap();
        assert_eq!((back.hits.len(), back.findings.len()), (HITS_MAX, FINDINGS_MAX));
        assert_eq!(back.hits_more, it.hits_more + 42);
        assert_eq!(back.findings_more, it.findings_more + 42);
        assert!(back.template.ends_with('…'));
    }

    #[test]
    fn what_a_later_program_added_is_counted_or_named() {
        let it = sample::observation(1);
        let (hits, findings) = (it.hits.len(), it.findings.len());
        assert_eq!(read_with(116, 200).map(|it| it.method), Ok(Method::Other));
        let unknown = |field| Err(RecordError::UnknownNumber { field, number: 200 });
        assert_eq!(read_with(117, 200), unknown("version"));
        assert_eq!(read_with(118, 200), unknown("outcome"));
        // The code and the effect of the first hit; the code of the first finding.
        for at in [129, 130] {
            let back = read_with(at, 200).unwrap();
            assert_eq!((back.hits.len(), back.hits_more), (hits - 1, it.hits_more + 1));
            assert_eq!(back.findings, it.findings);
        }
        let at = FIXED_BYTES + 2 + it.template.len() + 1;
        let back = read_with(at, 200).unwrap();
        let counted = (back.findings.len(), back.findings_more);
        assert_eq!(counted, (findings - 1, it.findings_more + 1));
        assert_eq!(back.findings[..], it.findings[1..]);
    }

    #[test]
    fn classes_of_ones_own_are_kept_with_their_facts() {
        let mut it = sample::observation(1);
        let facts = it.request.as_mut().unwrap();
        let class = OwnClass::new("exactly_fifteen", Sensitivity::Confidential).unwrap();
        facts.facts[3].sign = None;
        facts.own.push(OwnSign { field: 3, class, bits: 29 });
        assert_eq!(read(&written(&it)).unwrap().request, it.request);
    }

    #[test]
    fn hosts_are_kept_with_their_places() {
        let pointed = |side, place: Place, host: &str, is_own| Pointed {
            side,
            place,
            host: host.parse().unwrap(),
            is_own,
        };
        let mut it = sample::observation(1);
        it.pointed = vec![
            pointed(host::Side::Request, Place::body("$.url"), "*.hooks.example", false),
            pointed(host::Side::Response, Place::header(b"location"), "[::1]", true),
        ];
        assert_eq!(read(&written(&it)), Ok(it.clone()));
        it.pointed = vec![it.pointed[0].clone(); HOSTS_MAX + 1];
        assert_eq!(read(&written(&it)).unwrap().pointed.len(), HOSTS_MAX);
        // Of a side that a later program added nothing is known, and the rest is read.
        it.pointed = vec![it.pointed[0].clone()];
        let mut bytes = written(&it);
        let at = bytes.len() - 2 - "*.hooks.example".len() - 2 - "$.url".len() - 3;
        bytes[at] = 9;
        it.pointed = Vec::new();
        assert_eq!(read(&bytes), Ok(it));
    }

    #[test]
    fn values_of_lists_are_kept_with_their_places() {
        let mut it = sample::observation(1);
        let listed = |field, value| Listed { field, value: KeyedHash(value) };
        it.request.as_mut().unwrap().listed = vec![listed(1, 11)];
        it.response.as_mut().unwrap().listed = vec![listed(0, 12), listed(2, 13)];
        assert_eq!(read(&written(&it)), Ok(it.clone()));
        it.response.as_mut().unwrap().listed = vec![listed(0, 12); LISTED_MAX + 1];
        assert_eq!(read(&written(&it)).unwrap().response.unwrap().listed.len(), LISTED_MAX);
    }

    #[test]
    fn facts_of_a_shape_that_reads_as_none_are_left_out_whole() {
        let mut it = sample::observation(1);
        let facts = it.request.as_mut().unwrap();
        assert!(!facts.facts.is_empty());
        facts.shape = Arc::new(Shape { id: ShapeId(0), places: facts.shape.places.clone() });
        let back = read(&written(&it)).unwrap();
        assert_eq!((back.request, back.response), (None, it.response));
    }

    #[test]
    fn the_id_is_read_without_the_rest() {
        let it = sample::observation(3);
        assert_eq!(id(&written(&it)), Some(it.id));
        assert_eq!(id(&[0; 15]), None);
    }
}
