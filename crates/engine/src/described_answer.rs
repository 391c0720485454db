//! A good answer held to the description of its API, where its route has one.
//!
//! Reads    the head of an answer of success, and its whole body, decoded.
//! Writes   codes with places; `contract` decides what becomes of them.
//! Memory   [`TEXT_BYTES_MAX`] of the decoded body, within the process's budget for bodies, until the answer ends.
//! Misses   what [`bartizan_spec::answer`] misses; answers of errors, parts of answers (206), bodies that are larger or whose coding
//!          is not known: of those nothing is said.

use crate::described::{Departure, departures};
use crate::tables::{Room, Tables};
use bartizan_inspect::content_coding::{DecodeLimits, Decoder};
use bartizan_model::code::Code;
use bartizan_model::head::ResponseHead;
use bartizan_model::known::Known;
use bartizan_spec::answer::Held;
use bartizan_spec::request::Faults;
use bartizan_spec::{Description, Match};
use std::sync::Arc;

/// Bytes of an answer, decoded, that are held to a description.
pub(crate) const TEXT_BYTES_MAX: usize = 256 * 1024;
/// How many times as long as its body an answer may decode to.
const RATIO_MAX: u64 = 100;

/// The answers of an operation, as they are described.
pub(crate) type Operation = (Arc<Description>, Match);

/// An answer, as far as it has come.
#[derive(Debug)]
pub(crate) struct DescribedAnswer {
    description: Arc<Description>,
    held: Held,
    decoder: Option<Decoder>,
    text: Vec<u8>,
    room: Room,
}

impl DescribedAnswer {
    /// Holds the head of an answer to its operation; there is more to hold if its body is described.
    pub(crate) fn of_head(
        head: &ResponseHead,
        (description, operation): &Operation,
        tables: &Tables,
    ) -> (Option<Self>, Vec<Departure>) {
        if !(200..300).contains(&head.status) || head.status == 206 {
            return (None, Vec::new());
        }
        let mut faults = Faults::default();
        let media = head.fields.get(Known::ContentType);
        // What has no body has no media type.
        let has_body = !matches!(head.status, 204 | 205);
        let held = description.answers.head(*operation, head.status, media, &mut faults);
        let faults = if has_body || held.is_some() { faults } else { Faults::default() };
        let limits = DecodeLimits { bytes_max: TEXT_BYTES_MAX as u64, ratio_max: RATIO_MAX };
        let coding = head.fields.get(Known::ContentEncoding);
        let decoder = coding.map_or(Ok(None), |it| Decoder::of(it, limits));
        let more = held.filter(|_| has_body).zip(decoder.ok()).map(|(held, decoder)| Self {
            description: Arc::clone(description),
            held,
            decoder,
            text: Vec::new(),
            room: tables.room(),
        });
        (more, of_answer(faults, Code::DeclaredAnswerHead))
    }

    /// Takes a piece. `None` if there is no room for it, or it cannot be read: nothing is said then.
    pub(crate) fn push(&mut self, bytes: &[u8], end: bool) -> Option<()> {
        let before = self.text.len();
        match &mut self.decoder {
            Some(decoder) => decoder.push(bytes, end, &mut self.text).ok()?,
            None => self.text.extend_from_slice(bytes),
        }
        let has_room = self.room.grow(self.text.len() - before);
        (has_room && self.text.len() <= TEXT_BYTES_MAX).then_some(())
    }

    /// What is wrong with the whole of it.
    pub(crate) fn end(&self) -> Vec<Departure> {
        let mut faults = Faults::default();
        self.description.answers.body(self.held, &self.text, &mut faults);
        of_answer(faults, Code::DeclaredAnswerBody)
    }
}

fn of_answer(faults: Faults, code: Code) -> Vec<Departure> {
    departures(faults).into_iter().map(|(_, place)| (code, place)).collect()
}
