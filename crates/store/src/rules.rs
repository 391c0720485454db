//! The rules in force, as far as they are needed to explain a decision afterwards.
//!
//! Payload: revision 8, wall clock 8, mode 1, left out 4, clauses 2, exceptions 2, configuration
//! file (1 if there is one, then a text). For each clause: name as text, mode 1, origin 9. For
//! each exception: clause as text, endpoint (1, then number 8 and text), place (1, then text),
//! reason as text, expiry 8, origin 9. An origin is its kind 1, line 4, column 4. Then, only if
//! there is a bypass, or a later field: 1, its reason as text, its end 8; or 0. Then, only if there
//! are virtual patches: how many 2, and of each its mark 8, mode 1, end (1 if there is one, then 8),
//! name and reason as texts.
//!
//! Misses   clauses, exceptions and patches beyond the size of a frame are only counted in `left_out`.

use crate::field::{put_text, take_text};
use crate::frame::PAYLOAD_BYTES_MAX;
use crate::number;
use crate::record::RecordError;
use bartizan_model::clause::{Clause, ClauseName, Mode, SetBy};
use bartizan_model::evidence::Fingerprint;
use bartizan_model::id::EndpointId;
use bytes::{Buf, BufMut};

const FILE_BYTES_MAX: u16 = 4_096;
const TEXT_BYTES_MAX: u16 = 1_024;

/// The rules that a snapshot put in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesRecord {
    /// Revision of the snapshot; observations name it.
    pub revision: u64,
    /// When it was put in force, in microseconds since 1970.
    pub wall_us: u64,
    /// The configuration file that the lines and columns refer to.
    pub file: Option<String>,
    /// Mode of the instance.
    pub mode: Mode,
    /// The clauses.
    pub clauses: Vec<Clause>,
    /// The exceptions.
    pub exceptions: Vec<RecordedException>,
    /// The virtual patches.
    pub patches: Vec<RecordedPatch>,
    /// Clauses, exceptions and patches that are not listed: they found no room in a frame, or they are of
    /// a later program. A writer gives 0.
    pub left_out: u32,
    /// The bypass that turned everything but the law off, if there was one.
    pub bypass: Option<RecordedBypass>,
}

/// A bypass, as it was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedBypass {
    /// Why, in the operator's words.
    pub reason: String,
    /// When it was to end by itself, in microseconds since 1970.
    pub until_us: u64,
}

/// A virtual patch, as findings refer to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedPatch {
    /// What stands for it in findings.
    pub mark: Fingerprint,
    /// What it does.
    pub mode: Mode,
    /// When it ends, in microseconds since 1970.
    pub until_us: Option<u64>,
    /// Its name.
    pub id: String,
    /// Why it is there, in the operator's words.
    pub reason: String,
}

/// An exception, with texts in place of what only a running instance could name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedException {
    /// The clause that is lifted.
    pub clause: ClauseName,
    /// The endpoint it is lifted for, with its method and template; every one if `None`.
    pub endpoint: Option<(EndpointId, String)>,
    /// The one place it is lifted for; the whole message if `None`.
    pub place: Option<String>,
    /// Why, in the operator's words.
    pub reason: String,
    /// When it ends, in microseconds since 1970.
    pub expires_us: u64,
    /// Where it stands.
    pub set_by: SetBy,
}

/// Appends the payload.
pub(crate) fn write(out: &mut Vec<u8>, it: &RulesRecord) {
    let mut entries = Vec::new();
    let clauses = put_fitting(&mut entries, &it.clauses, put_clause);
    let exceptions = put_fitting(&mut entries, &it.exceptions, put_exception);
    let rules_end = entries.len();
    let patches = put_fitting(&mut entries, &it.patches, put_patch);
    let patched = entries.split_off(rules_end);
    let listed = usize::from(clauses) + usize::from(exceptions) + usize::from(patches);
    let all = it.clauses.len() + it.exceptions.len() + it.patches.len();
    let unlisted = all.saturating_sub(listed);

    out.put_u64_le(it.revision);
    out.put_u64_le(it.wall_us);
    out.put_u8(number::of_mode(it.mode));
    out.put_u32_le(it.left_out.saturating_add(u32::try_from(unlisted).unwrap_or(u32::MAX)));
    out.put_u16_le(clauses);
    out.put_u16_le(exceptions);
    put_option(out, it.file.as_ref(), |out, file| put_text(out, file, FILE_BYTES_MAX));
    out.put_slice(&entries);
    if let Some(bypass) = &it.bypass {
        out.put_u8(1);
        put_text(out, &bypass.reason, TEXT_BYTES_MAX);
        out.put_u64_le(bypass.until_us);
    } else if patches > 0 {
        out.put_u8(0);
    }
    if patches > 0 {
        out.put_u16_le(patches);
        out.put_slice(&patched);
    }
}

/// What may lie before the entries.
const START_BYTES_MAX: usize = 8 + 8 + 1 + 4 + 2 + 2 + 1 + 2 + FILE_BYTES_MAX as usize;
/// What may lie behind them.
const END_BYTES_MAX: usize = 1 + 2 + TEXT_BYTES_MAX as usize + 8 + 2;

/// Appends as many of `all` as there is room for in a frame, and returns how many.
fn put_fitting<T>(out: &mut Vec<u8>, all: &[T], put: impl Fn(&mut Vec<u8>, &T)) -> u16 {
    let mut listed = 0;
    for it in all.iter().take(usize::from(u16::MAX)) {
        let before = out.len();
        put(out, it);
        if START_BYTES_MAX + out.len() + END_BYTES_MAX > PAYLOAD_BYTES_MAX {
            out.truncate(before);
            break;
        }
        listed += 1;
    }
    listed
}

fn put_clause(out: &mut Vec<u8>, it: &Clause) {
    put_text(out, it.name.name(), TEXT_BYTES_MAX);
    out.put_u8(number::of_mode(it.mode));
    put_set_by(out, it.set_by);
}

fn put_exception(out: &mut Vec<u8>, it: &RecordedException) {
    put_text(out, it.clause.name(), TEXT_BYTES_MAX);
    put_option(out, it.endpoint.as_ref(), |out, (id, text)| {
        out.put_u64_le(id.bits());
        put_text(out, text, TEXT_BYTES_MAX);
    });
    put_option(out, it.place.as_ref(), |out, place| put_text(out, place, TEXT_BYTES_MAX));
    put_text(out, &it.reason, TEXT_BYTES_MAX);
    out.put_u64_le(it.expires_us);
    put_set_by(out, it.set_by);
}

fn put_patch(out: &mut Vec<u8>, it: &RecordedPatch) {
    out.put_slice(&it.mark.bytes());
    out.put_u8(number::of_mode(it.mode));
    put_option(out, it.until_us.as_ref(), |out, it| out.put_u64_le(*it));
    put_text(out, &it.id, TEXT_BYTES_MAX);
    put_text(out, &it.reason, TEXT_BYTES_MAX);
}

fn put_set_by(out: &mut Vec<u8>, it: SetBy) {
    let (kind, line, column) = match it {
        SetBy::Law => (1, 0, 0),
        SetBy::Default => (2, 0, 0),
        SetBy::Flag => (3, 0, 0),
        SetBy::File { line, column } => (4, line, column),
        SetBy::Operator => (5, 0, 0),
    };
    out.put_u8(kind);
    out.put_u32_le(line);
    out.put_u32_le(column);
}

fn put_option<T>(out: &mut Vec<u8>, it: Option<&T>, put: impl FnOnce(&mut Vec<u8>, &T)) {
    out.put_u8(u8::from(it.is_some()));
    if let Some(it) = it {
        put(out, it);
    }
}

/// Reads a payload.
pub(crate) fn read(mut from: &[u8]) -> Result<RulesRecord, RecordError> {
    let from = &mut from;
    let (revision, wall_us) = (from.try_get_u64_le()?, from.try_get_u64_le()?);
    let number = from.try_get_u8()?;
    let unknown = RecordError::UnknownNumber { field: "mode", number };
    let mode = number::mode(number).ok_or(unknown)?;
    let mut left_out = from.try_get_u32_le()?;
    let (clauses, exceptions) = (from.try_get_u16_le()?, from.try_get_u16_le()?);
    let file = take_option(from, |from| take_text(from).map(str::to_owned))?;
    let clauses = take_known(from, clauses, &mut left_out, take_clause)?;
    let exceptions = take_known(from, exceptions, &mut left_out, take_exception)?;
    let bypass = take_bypass(from)?;
    // Records of earlier programs end here, and those without patches.
    let count = if from.is_empty() { 0 } else { from.try_get_u16_le()? };
    let patches = take_known(from, count, &mut left_out, take_patch)?;
    Ok(RulesRecord {
        revision,
        wall_us,
        file,
        mode,
        clauses,
        exceptions,
        patches,
        left_out,
        bypass,
    })
}

/// Records of earlier programs end here.
fn take_bypass(from: &mut &[u8]) -> Result<Option<RecordedBypass>, RecordError> {
    if from.is_empty() {
        return Ok(None);
    }
    take_option(from, |from| {
        let reason = take_text(from)?.to_owned();
        Ok(RecordedBypass { reason, until_us: from.try_get_u64_le()? })
    })
}

/// Reads `count` entries, of which those of later programs (`None`) are only counted. The memory
/// follows the bytes that are there, not the count.
fn take_known<T>(
    from: &mut &[u8],
    count: u16,
    left_out: &mut u32,
    take: impl Fn(&mut &[u8]) -> Result<Option<T>, RecordError>,
) -> Result<Vec<T>, RecordError> {
    let mut known = Vec::new();
    for _ in 0..count {
        match take(from)? {
            Some(it) => known.push(it),
            None => *left_out = left_out.saturating_add(1),
        }
    }
    Ok(known)
}

fn take_clause(from: &mut &[u8]) -> Result<Option<Clause>, RecordError> {
    let name = take_text(from)?.parse().ok();
    let mode = number::mode(from.try_get_u8()?);
    let set_by = take_set_by(from)?;
    let known = name.zip(mode).zip(set_by);
    Ok(known.map(|((name, mode), set_by)| Clause { name, mode, set_by }))
}

fn take_exception(from: &mut &[u8]) -> Result<Option<RecordedException>, RecordError> {
    let clause = take_text(from)?.parse().ok();
    let endpoint = take_option(from, |from| {
        let id = EndpointId::from_bits(from.try_get_u64_le()?);
        Ok((id, take_text(from)?.to_owned()))
    })?;
    let place = take_option(from, |from| take_text(from).map(str::to_owned))?;
    let reason = take_text(from)?.to_owned();
    let expires_us = from.try_get_u64_le()?;
    let set_by = take_set_by(from)?;
    Ok(clause.zip(set_by).map(|(clause, set_by)| RecordedException {
        clause,
        endpoint,
        place,
        reason,
        expires_us,
        set_by,
    }))
}

fn take_patch(from: &mut &[u8]) -> Result<Option<RecordedPatch>, RecordError> {
    let mark = Fingerprint::new(&from.try_get_u64_le()?.to_le_bytes());
    let mode = number::mode(from.try_get_u8()?);
    let until_us = take_option(from, |from| Ok(from.try_get_u64_le()?))?;
    let (id, reason) = (take_text(from)?.to_owned(), take_text(from)?.to_owned());
    Ok(mode.map(|mode| RecordedPatch { mark, mode, until_us, id, reason }))
}

fn take_set_by(from: &mut &[u8]) -> Result<Option<SetBy>, RecordError> {
    let kind = from.try_get_u8()?;
    let (line, column) = (from.try_get_u32_le()?, from.try_get_u32_le()?);
    Ok(match kind {
        1 => Some(SetBy::Law),
        2 => Some(SetBy::Default),
        3 => Some(SetBy::Flag),
        4 => Some(SetBy::File { line, column }),
        5 => Some(SetBy::Operator),
        _ => None,
    })
}

fn take_option<T>(
    from: &mut &[u8],
    take: impl FnOnce(&mut &[u8]) -> Result<T, RecordError>,
) -> Result<Option<T>, RecordError> {
    if from.try_get_u8()? == 0 { Ok(None) } else { take(from).map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn back(it: &RulesRecord) -> RulesRecord {
        let mut out = Vec::new();
        write(&mut out, it);
        assert!(out.len() <= PAYLOAD_BYTES_MAX);
        read(&out).unwrap()
    }

    #[test]
    fn exceptions_beyond_the_size_of_a_frame_are_counted() {
        let mut it = sample::rules(1);
        it.file = Some("f".repeat(5_000));
        it.exceptions[0].reason = "r".repeat(5_000);
        it.exceptions = vec![it.exceptions[0].clone(); 500];
        let back = back(&it);
        assert_eq!(back.clauses, it.clauses);
        assert!(back.exceptions.len() > 10);
        assert_eq!(back.exceptions.len() + back.left_out as usize, 500);
        assert!(back.exceptions[0].reason.ends_with('…'));
    }

    #[test]
    fn a_bypass_is_kept_and_a_record_without_one_is_as_ever() {
        let mut it = sample::rules(1);
        assert_eq!(back(&it).bypass, None);
        let without = {
            let mut out = Vec::new();
            write(&mut out, &it);
            out
        };
        it.bypass = Some(RecordedBypass { reason: "why".to_owned(), until_us: 7 });
        assert_eq!(back(&it), it);
        let mut with = Vec::new();
        write(&mut with, &it);
        assert_eq!(with.get(..without.len()), Some(without.as_slice()));
    }

    #[test]
    fn patches_are_kept_with_and_without_a_bypass() {
        let mut it = sample::rules(1);
        let mut without = Vec::new();
        write(&mut without, &it);
        let patch = |id: &str, until_us| RecordedPatch {
            mark: bartizan_model::patch::mark(id),
            mode: Mode::Enforce,
            until_us,
            id: id.to_owned(),
            reason: "why".to_owned(),
        };
        it.patches = vec![patch("one", None), patch("two", Some(7))];
        assert_eq!(back(&it), it);
        let mut with = Vec::new();
        write(&mut with, &it);
        assert_eq!(with.get(..without.len()), Some(without.as_slice()));
        it.bypass = Some(RecordedBypass { reason: "why".to_owned(), until_us: 7 });
        assert_eq!(back(&it), it);
        it.patches = vec![patch(&"p".repeat(900), None); 200];
        let back = back(&it);
        assert!(back.patches.len() > 10);
        assert_eq!(back.patches.len() + back.left_out as usize, 200);
    }

    #[test]
    fn clauses_of_a_later_program_are_counted_and_the_others_are_read() {
        let it = sample::rules(1);
        let mut out = Vec::new();
        write(&mut out, &it);
        let at = out.windows(13).position(|it| it == b"law.framing\x03\x01").unwrap();
        for (at, byte) in [(at, b'X'), (at + 11, 200), (at + 12, 200)] {
            let mut bytes = out.clone();
            bytes[at] = byte;
            let back = read(&bytes).unwrap();
            assert_eq!(back.clauses[..], it.clauses[1..]);
            assert_eq!((back.exceptions, back.left_out), (it.exceptions.clone(), 1));
        }
    }

    #[test]
    fn an_unknown_mode_of_the_instance_is_an_error() {
        let mut out = Vec::new();
        write(&mut out, &sample::rules(1));
        out[16] = 9;
        let unknown = RecordError::UnknownNumber { field: "mode", number: 9 };
        assert_eq!(read(&out), Err(unknown));
    }
}
