//! Records: what is kept in a journal.

use crate::field::{put_moment, put_text, take_moment, take_text};
use crate::frame::Frame;
use crate::rules::RulesRecord;
use crate::{observation, rules};
use bartizan_model::id::{EndpointId, ExchangeId};
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use bytes::{Buf, BufMut, TryGetError};
use std::fmt;

/// Bytes of the program's version that are kept.
const VERSION_BYTES_MAX: u16 = 256;

/// The version of every kind of record that this program writes.
pub(crate) const RECORD_VERSION: u8 = 1;

/// Number of observations among the kinds.
pub(crate) const OBSERVATION: u8 = 1;
const RULES: u8 = 2;
pub(crate) const INTENT: u8 = 3;
const GAP: u8 = 4;
const STARTED: u8 = 5;
const STOPPED: u8 = 6;
pub(crate) const ANSWERED: u8 = 7;

/// One record of a journal.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every record is an observation")]
pub enum Record {
    /// A finished exchange.
    Observation(Observation),
    /// The rules that are in force from here on.
    Rules(RulesRecord),
    /// An exchange is about to be forwarded. Written where recording is required.
    Intent {
        /// Which exchange.
        id: ExchangeId,
        /// When.
        at: Moment,
        /// The endpoint called.
        endpoint: EndpointId,
    },
    /// The response to an exchange is about to be passed on. Written where recording is required.
    Answered {
        /// Which exchange.
        id: ExchangeId,
        /// When.
        at: Moment,
        /// The upstream's status.
        status: u16,
    },
    /// Observations are missing here.
    Gap {
        /// When this was noted.
        at: Moment,
        /// How many found no room.
        lost: u64,
    },
    /// An instance began to write this journal. Revisions of rules may begin anew here.
    Started {
        /// When.
        at: Moment,
        /// Version of the program.
        version: String,
    },
    /// An instance stopped in good order.
    Stopped {
        /// When.
        at: Moment,
    },
}

impl Record {
    /// When it happened, by the wall clock, in microseconds since 1970.
    pub fn wall_us(&self) -> u64 {
        match self {
            Self::Observation(it) => it.started.wall_us,
            Self::Rules(it) => it.wall_us,
            Self::Intent { at, .. }
            | Self::Answered { at, .. }
            | Self::Gap { at, .. }
            | Self::Started { at, .. }
            | Self::Stopped { at } => at.wall_us,
        }
    }

    /// Number of its kind.
    pub(crate) fn kind(&self) -> u8 {
        match self {
            Self::Observation(_) => OBSERVATION,
            Self::Rules(_) => RULES,
            Self::Intent { .. } => INTENT,
            Self::Answered { .. } => ANSWERED,
            Self::Gap { .. } => GAP,
            Self::Started { .. } => STARTED,
            Self::Stopped { .. } => STOPPED,
        }
    }

    /// Appends the payload to `out`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Observation(it) => observation::write(out, it),
            Self::Rules(it) => rules::write(out, it),
            Self::Intent { id, at, endpoint } => {
                out.put_u128_le(id.bits());
                put_moment(out, *at);
                out.put_u64_le(endpoint.bits());
            }
            Self::Answered { id, at, status } => {
                out.put_u128_le(id.bits());
                put_moment(out, *at);
                out.put_u16_le(*status);
            }
            Self::Gap { at, lost } => {
                put_moment(out, *at);
                out.put_u64_le(*lost);
            }
            Self::Started { at, version } => {
                put_moment(out, *at);
                put_text(out, version, VERSION_BYTES_MAX);
            }
            Self::Stopped { at } => put_moment(out, *at),
        }
    }

    /// Reads the record in `frame`.
    pub(crate) fn read(frame: Frame<'_>) -> Result<Self, RecordError> {
        let Frame { kind, version, payload, .. } = frame;
        if !(OBSERVATION..=ANSWERED).contains(&kind) {
            return Err(RecordError::UnknownKind(kind));
        }
        if version != RECORD_VERSION {
            return Err(RecordError::UnknownVersion { kind, version });
        }
        let mut from = payload;
        match kind {
            OBSERVATION => observation::read(from).map(Self::Observation),
            RULES => rules::read(from).map(Self::Rules),
            INTENT => intent(from),
            ANSWERED => Ok(Self::Answered {
                id: ExchangeId::from_bits(from.try_get_u128_le()?),
                at: take_moment(&mut from)?,
                status: from.try_get_u16_le()?,
            }),
            GAP => Ok(Self::Gap { at: take_moment(&mut from)?, lost: from.try_get_u64_le()? }),
            STARTED => Ok(Self::Started {
                at: take_moment(&mut from)?,
                version: take_text(&mut from)?.to_owned(),
            }),
            STOPPED => Ok(Self::Stopped { at: take_moment(&mut from)? }),
            unknown => Err(RecordError::UnknownKind(unknown)),
        }
    }
}

fn intent(mut from: &[u8]) -> Result<Record, RecordError> {
    let id = ExchangeId::from_bits(from.try_get_u128_le()?);
    let at = take_moment(&mut from)?;
    Ok(Record::Intent { id, at, endpoint: EndpointId::from_bits(from.try_get_u64_le()?) })
}

/// Why one record could not be read although its frame is sound. The following ones can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordError {
    /// A kind of record that this program does not know.
    UnknownKind(u8),
    /// A version of a kind of record that this program does not know.
    UnknownVersion {
        /// The kind.
        kind: u8,
        /// Its version.
        version: u8,
    },
    /// A field without which the record says nothing has a number that this program does not know.
    UnknownNumber {
        /// The field.
        field: &'static str,
        /// What it holds.
        number: u8,
    },
    /// It ends before its last field.
    Short,
    /// A text in it is not UTF-8.
    NotText,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKind(kind) => write!(f, "unknown kind of record {kind}"),
            Self::UnknownVersion { kind, version } => {
                write!(f, "unknown version {version} of record kind {kind}")
            }
            Self::UnknownNumber { field, number } => write!(f, "unknown {field} {number}"),
            Self::Short => f.write_str("the record ends too early"),
            Self::NotText => f.write_str("a text is not UTF-8"),
        }
    }
}

impl std::error::Error for RecordError {}

impl From<TryGetError> for RecordError {
    fn from(_: TryGetError) -> Self {
        Self::Short
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn payload(record: &Record) -> Vec<u8> {
        let mut out = Vec::new();
        record.write(&mut out);
        out
    }

    fn read(kind: u8, version: u8, payload: &[u8]) -> Result<Record, RecordError> {
        Record::read(Frame { kind, version, flags: 0, payload })
    }

    #[test]
    fn every_record_reads_what_it_writes() {
        for record in sample::records() {
            assert_eq!(read(record.kind(), RECORD_VERSION, &payload(&record)), Ok(record));
        }
    }

    #[test]
    fn every_record_that_ends_early_is_an_error_and_one_with_more_fields_is_read() {
        for record in sample::records() {
            let mut bytes = payload(&record);
            for end in 0..bytes.len() {
                let cut = read(record.kind(), RECORD_VERSION, &bytes[..end]);
                assert_eq!(cut, Err(RecordError::Short), "{record:?} {end}");
            }
            // Behind rules, the first says that there is no bypass, the next two that there are no patches.
            bytes.extend([0, 0, 0, 2, 3]);
            assert_eq!(read(record.kind(), RECORD_VERSION, &bytes), Ok(record));
        }
    }

    #[test]
    fn kinds_and_versions_of_later_programs_are_named() {
        assert_eq!(read(0, 1, &[]), Err(RecordError::UnknownKind(0)));
        assert_eq!(read(99, 9, &[]), Err(RecordError::UnknownKind(99)));
        let later = RecordError::UnknownVersion { kind: 6, version: 2 };
        assert_eq!(read(STOPPED, 2, &[0; 16]), Err(later));
    }
}
