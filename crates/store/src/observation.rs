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
//! | 121 |     7 | reserved                                                          |
//! | 128 |    64 | eight hits: code 2, effect 1, reserved 1, margin 2, reserved 2    |
//! | 192 |    64 | reserved                                                          |
//!
//! Then the tail of at most 4 KiB: the template as text, and for each finding code 2, score 2,
//! fingerprint 8, bytes 4, keyed hash 8, kind of place 1, name of place as text.
//!
//! Misses   templates beyond [`TEMPLATE_BYTES_MAX`] and names beyond [`NAME_BYTES_MAX`] bytes are
//!          cut; hits and findings beyond the eighth are only counted.

use crate::field::{put_moment, put_text, skip, take_moment, take_text};
use crate::number;
use crate::record::RecordError;
use bartizan_model::clause::Hit;
use bartizan_model::code::Code;
use bartizan_model::evidence::{Finding, Fingerprint, Sighting};
use bartizan_model::head::Method;
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch, KeyedHash, SubjectId};
use bartizan_model::observation::{FINDINGS_MAX, HITS_MAX, Observation, Phases};
use bartizan_model::place::Place;
use bytes::{Buf, BufMut};

/// Bytes of a template that are kept.
const TEMPLATE_BYTES_MAX: u16 = 1_536;

/// Bytes of the name of a place that are kept: more than any [`Place`] has that was built by its
/// constructors.
const NAME_BYTES_MAX: u16 = 255;

const FIXED_BYTES: usize = 256;
const TAIL_BYTES_MAX: usize = 4_096;
const HIT_BYTES: usize = 8;
const FINDING_BYTES: usize = 2 + 2 + 8 + 4 + 8 + 1;
const TAIL_NEEDED: usize =
    2 + TEMPLATE_BYTES_MAX as usize + FINDINGS_MAX * (FINDING_BYTES + 2 + NAME_BYTES_MAX as usize);
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
    out.put_bytes(0, 7);
    it.hits.iter().take(HITS_MAX).for_each(|hit| put_hit(out, *hit));
    out.resize(start + FIXED_BYTES, 0);

    put_text(out, &it.template, TEMPLATE_BYTES_MAX);
    it.findings.iter().take(FINDINGS_MAX).for_each(|finding| put_finding(out, finding));
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
    let (kind, name) = match &finding.place {
        Place::Path => (1, ""),
        Place::Query(name) => (2, name.as_str()),
        Place::Header(name) => (3, name.as_str()),
        Place::Cookie(name) => (4, name.as_str()),
        Place::Body(path) => (5, path.as_str()),
        Place::Name => (6, ""),
    };
    out.put_u8(kind);
    put_text(out, name, NAME_BYTES_MAX);
}

fn place(kind: u8, name: &str) -> Option<Place> {
    match kind {
        1 => Some(Place::Path),
        2 => Some(Place::Query(name.to_owned())),
        3 => Some(Place::Header(name.to_owned())),
        4 => Some(Place::Cookie(name.to_owned())),
        5 => Some(Place::Body(name.to_owned())),
        6 => Some(Place::Name),
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
    skip(from, 7)?;
    take_hits(from, hits, &mut it)?;
    it.template = take_text(&mut tail)?.into();
    take_findings(&mut tail, findings, &mut it)?;
    Ok(it)
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
    for bytes in from.chunks_exact(HIT_BYTES).take(hits.min(HITS_MAX)) {
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
    fn the_id_is_read_without_the_rest() {
        let it = sample::observation(3);
        assert_eq!(id(&written(&it)), Some(it.id));
        assert_eq!(id(&[0; 15]), None);
    }
}
