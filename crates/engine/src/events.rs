//! Server-sent events of an answer whose route has them examined: each goes on once it was looked at.
//!
//! Reads    an answer that is a stream of events, decoded, while it passes.
//! Writes   for each event what it gives away, with its number as the place; what may go on.
//! Memory   one event of at most [`EVENT_BYTES_MAX`] bytes, twice, within the process's budget; what a decoder needs.
//! Errors   none: what is too long is told, what cannot be decoded ends the stream.
//! Misses   what stands in remarks between events; longer events; contracts: fields of events are neither masked nor learnt, and an
//!          endpoint whose contract masks fields sends no events at all (`outgoing.rs`).

use crate::conversation::told;
use crate::keys::HashKey;
use crate::tables::Room;
use crate::talk::gives_away;
use bartizan_inspect::content_coding::{CodingUnknown, DecodeLimits, Decoder};
use bartizan_inspect::events::{Event, Events};
use bartizan_model::assessment::{Assessment, Why};
use bartizan_model::clause::ClauseName;
use bartizan_model::code::Code;
use bartizan_model::head::ResponseHead;
use bartizan_model::known::Known;
use bartizan_model::place::Place;

/// Longest event that is examined.
const EVENT_BYTES_MAX: usize = 256 * 1024;
/// What a compressed stream may decode to: it may last for days.
const DECODED_BYTES_MAX: u64 = u64::MAX;
/// How many times as long as its body it may decode to.
const RATIO_MAX: u64 = 1_000;

/// A stream of events, as far as it has come.
#[derive(Debug)]
pub(crate) struct Told {
    events: Events,
    decoder: Option<Decoder>,
    text: Vec<u8>,
    /// Events so far.
    count: u64,
    room: Room,
    /// Bytes of `room` that are taken.
    taken: usize,
    is_broken: bool,
    /// Bytes of what goes on that come before the first thing that was seen in the last piece, if any was.
    clean: Option<usize>,
}

impl Told {
    /// Of an answer whose events are examined, if it is a stream of them.
    pub(crate) fn of(head: &ResponseHead, room: Room) -> Result<Option<Self>, CodingUnknown> {
        if !is_stream_of_events(head.fields.get(Known::ContentType)) {
            return Ok(None);
        }
        let limits = DecodeLimits { bytes_max: DECODED_BYTES_MAX, ratio_max: RATIO_MAX };
        let coding = head.fields.get(Known::ContentEncoding).unwrap_or_default();
        let decoder = Decoder::of(coding, limits)?;
        let (events, text) = (Events::new(EVENT_BYTES_MAX), Vec::new());
        Ok(Some(Self {
            events,
            decoder,
            text,
            count: 0,
            room,
            taken: 0,
            is_broken: false,
            clean: None,
        }))
    }

    /// Whether what goes on is another text than what came.
    pub(crate) fn is_coded(&self) -> bool {
        self.decoder.is_some()
    }

    /// Whether the rest of it cannot be read: then nobody can be told what it says.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken
    }

    /// Bytes of what the last piece has go on that go on also if what was seen in it does not.
    pub(crate) fn clean_bytes(&self) -> usize {
        self.clean.unwrap_or_default()
    }

    /// Takes a piece; what is seen in it goes into `assessment`. What goes on if that is let pass.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        key: &HashKey,
        assessment: &mut Assessment,
    ) -> Vec<u8> {
        let unread = |why| (ClauseName::ContentUnexamined, why);
        let piece = match &mut self.decoder {
            None => bytes,
            Some(decoder) => {
                self.text.clear();
                self.is_broken |= decoder.push(bytes, end, &mut self.text).is_err();
                &self.text
            }
        };
        let mut passes = Vec::with_capacity(piece.len());
        self.clean = None;
        for event in self.events.push(piece, end) {
            match event {
                Event::Passes(it) => passes.extend(it),
                Event::TooLong(it) => {
                    self.count += 1;
                    assessment.unknown.push(unread(Why::BodyTooLarge));
                    self.clean.get_or_insert(passes.len());
                    passes.extend(it);
                }
                Event::Whole { bytes, text } => {
                    self.count += 1;
                    if let Some(code) = gives_away(&text) {
                        let place = Place::body(&format!("$event[{}]", self.count));
                        assessment.findings.push(told(code, place, &text, key));
                        self.clean.get_or_insert(passes.len());
                    }
                    passes.extend(bytes);
                }
            }
        }
        if !self.has_room() {
            assessment.violations.push(Code::LimitHeld);
            self.clean.get_or_insert(passes.len());
        }
        passes
    }

    /// Whether the process has room for what is held now.
    fn has_room(&mut self) -> bool {
        let kept = self.events.kept_bytes();
        let before = std::mem::replace(&mut self.taken, kept);
        self.room.shrink(before.saturating_sub(kept));
        kept <= before || self.room.grow(kept - before)
    }
}

fn is_stream_of_events(media: Option<&[u8]>) -> bool {
    let media = media.unwrap_or_default();
    let end = memchr::memchr(b';', media).unwrap_or(media.len());
    media.get(..end).is_some_and(|it| it.trim_ascii().eq_ignore_ascii_case(b"text/event-stream"))
}
