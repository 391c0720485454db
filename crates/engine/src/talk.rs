//! Talkative responses: an error response is held until it is known that it gives nothing away.
//!
//! Reads    bodies of responses with a status of 400 or more, and of GraphQL responses, which report
//!          errors with 200; the `grpc-message` of trailers.
//! Memory   at most [`HELD_BYTES_MAX`] of a body, and as much again decoded, within the process's
//!          budget.
//! Misses   what lies behind the first 64 KiB, other media types than text, and successful
//!          responses; a coding that cannot be decoded.

use crate::refusal::Dialect;
use crate::tables::{Room, Tables};
use bartizan_detect::disclosure::{self, DisclosureKind, banner_field};
use bartizan_inspect::content_coding::{DecodeLimits, Decoder};
use bartizan_model::code::Code;
use bartizan_model::head::{Fields, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::limits::Limits;
use bytes::{Bytes, BytesMut};

/// Bytes of a response that are held.
const HELD_BYTES_MAX: usize = 64 * 1024;

/// An error response that is being held.
#[derive(Debug)]
pub(crate) struct Talk {
    pub(crate) head: ResponseHead,
    held: BytesMut,
    decoded: Vec<u8>,
    decoder: Option<Decoder>,
    is_plain: bool,
    room: Room,
}

/// What came of one more piece.
pub(crate) enum Heard {
    /// More is to be read before anything can be said.
    More,
    /// Enough was read.
    Enough,
    /// The process has no room to hold it.
    NoRoom,
}

impl Talk {
    /// Holds this response, if it is of a kind that may say too much.
    pub(crate) fn of(
        head: ResponseHead,
        dialect: Dialect,
        limits: &Limits,
        tables: &Tables,
    ) -> Option<Self> {
        let is_error = head.status >= 400 || dialect == Dialect::GraphQl;
        if !is_error || !is_text(head.fields.get(Known::ContentType)) {
            return None;
        }
        let coding = head.fields.get(Known::ContentEncoding).unwrap_or_default();
        let bytes_max = HELD_BYTES_MAX as u64;
        let limits = DecodeLimits { bytes_max, ratio_max: limits.decoded_ratio_max as u64 };
        let decoder = Decoder::of(coding, limits).ok()?;
        let (held, decoded) = (BytesMut::new(), Vec::new());
        let is_plain = decoder.is_none();
        Some(Self { head, held, decoded, decoder, is_plain, room: tables.room() })
    }

    /// Takes a piece of the body.
    pub(crate) fn push(&mut self, bytes: &Bytes, end: bool) -> Heard {
        let has_room = self.room.grow(bytes.len());
        self.held.extend_from_slice(bytes);
        if let Some(decoder) = &mut self.decoder {
            // What cannot be decoded further is looked at as far as it could be.
            if decoder.push(bytes, end, &mut self.decoded).is_err() {
                return Heard::Enough;
            }
        }
        match () {
            () if !has_room => Heard::NoRoom,
            () if end || self.held.len() >= HELD_BYTES_MAX => Heard::Enough,
            () => Heard::More,
        }
    }

    /// The clauses that it violates.
    pub(crate) fn says_too_much(&self) -> Vec<Code> {
        let text: &[u8] = if self.is_plain { &self.held } else { &self.decoded };
        disclosure::examine(text).map(|it| code(it.kind)).into_iter().collect()
    }

    /// What is held so far, as it came.
    pub(crate) fn held(&self) -> &[u8] {
        &self.held
    }

    /// What is to be written, if anything may be.
    pub(crate) fn into_held(self) -> Bytes {
        self.held.freeze()
    }
}

/// Positions of the fields of a response that name the software behind, one bit each.
pub(crate) fn banner(head: &ResponseHead) -> u128 {
    let mut positions = 0;
    for (at, (known, name, value)) in head.fields.iter().enumerate().take(128) {
        // Few names begin like one that does.
        let may_name = name.first().is_some_and(|it| b"sxpml".contains(&(it | 0x20)));
        if known == Known::Other && may_name && banner_field(name, value).is_some() {
            positions |= 1 << at;
        }
    }
    positions
}

/// Where the message of a gRPC status stands, as a bit.
pub(crate) fn message_position(fields: &Fields) -> Option<u128> {
    let is_message = |(known, name, _): (Known, &[u8], &[u8])| {
        known == Known::Other && name.eq_ignore_ascii_case(b"grpc-message")
    };
    fields.iter().take(128).position(is_message).map(|at| 1 << at)
}

/// What the message of a gRPC status violates.
pub(crate) fn message_says_too_much(trailers: &Fields) -> Vec<Code> {
    let message = trailers.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(b"grpc-message"));
    let found = message.and_then(|(_, _, value)| disclosure::examine(value));
    found.map(|it| code(it.kind)).into_iter().collect()
}

/// What a text of the API gives away.
pub(crate) fn gives_away(text: &[u8]) -> Option<Code> {
    disclosure::examine(text).map(|it| code(it.kind))
}

fn code(kind: DisclosureKind) -> Code {
    match kind {
        DisclosureKind::StackTrace => Code::DisclosureStackTrace,
        DisclosureKind::SqlError => Code::DisclosureSqlError,
        DisclosureKind::DebugPage => Code::DisclosureDebugPage,
        DisclosureKind::FilePath => Code::DisclosureFilePath,
        DisclosureKind::Version => Code::DisclosureVersion,
        DisclosureKind::PrivateKey => Code::DisclosurePrivateKey,
    }
}

/// Whether a media type is text of some kind; without one it may be.
fn is_text(media_type: Option<&[u8]>) -> bool {
    let Some(media_type) = media_type else { return true };
    let name = media_type.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
    let has = |part: &[u8]| name.windows(part.len()).any(|it| it.eq_ignore_ascii_case(part));
    // Events are meant to arrive one by one.
    !has(b"event-stream")
        && (has(b"text/") || has(b"json") || has(b"xml") || has(b"html") || has(b"javascript"))
}
