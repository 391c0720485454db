//! What a successful answer hands to its caller, entered before the caller has all of it.
//!
//! Reads    a JSON answer while it passes, decoded; what its endpoint is known to hand out.
//! Writes   identifiers to `tables::handed`, with each piece before that piece is released.
//! Memory   one value and its path; what a decoder needs.
//! Misses   other formats; codings that are not known, of which it is noted that something was missed.

use crate::reference::reference;
use crate::snapshot::Rules;
use crate::tables::handed::HandedOut;
use crate::terms::Held;
use bartizan_inspect::body::Format;
use bartizan_inspect::content_coding::{CodingUnknown, DecodeLimits, Decoder};
use bartizan_inspect::json_stream::{JsonStream, Passing};
use bartizan_model::head::ResponseHead;
use bartizan_model::id::SubjectId;
use bartizan_model::known::Known;
use std::sync::Arc;

/// What a compressed answer may decode to: more than any client would read at once.
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How many times as long as its body an answer may decode to.
const RATIO_MAX: u64 = 1_000;

/// An answer, as far as it has passed.
#[derive(Debug)]
pub(crate) struct Handing {
    held: Arc<Held>,
    subject: SubjectId,
    /// What the request named itself is not handed out by its answer: whoever guesses an identifier and gets it back
    /// has it from nobody.
    named: Vec<u64>,
    stream: JsonStream,
    decoder: Option<Decoder>,
    text: Vec<u8>,
    /// Nothing further can be read.
    is_lost: bool,
}

impl Handing {
    /// Of an answer that hands something out.
    pub(crate) fn of(
        head: &ResponseHead,
        held: &Arc<Held>,
        subject: SubjectId,
        named: Vec<u64>,
    ) -> Option<Self> {
        let is_json = |it| matches!(Format::of(Some(it)), Format::Json | Format::Lenient);
        if !held.hands_out()
            || !(200..300).contains(&head.status)
            || !head.fields.get(Known::ContentType).is_some_and(is_json)
        {
            return None;
        }
        let limits = DecodeLimits { bytes_max: DECODED_BYTES_MAX, ratio_max: RATIO_MAX };
        let coding = head.fields.get(Known::ContentEncoding);
        let (decoder, is_lost) = match coding.map(|it| Decoder::of(it, limits)) {
            None => (None, false),
            Some(Ok(decoder)) => (decoder, false),
            Some(Err(CodingUnknown)) => (None, true),
        };
        let (held, stream) = (Arc::clone(held), JsonStream::default());
        Some(Self { held, subject, named, stream, decoder, text: Vec::new(), is_lost })
    }

    /// Enters what a piece hands out; the piece may be released then.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        rules: &Rules,
        handed: &HandedOut,
        now_ns: u64,
    ) {
        let mut found = Vec::new();
        let Self { held, stream, named, decoder, text, is_lost, .. } = self;
        let mut each = |value: Passing<'_>| {
            let resource = held.handed_at(value.path);
            let it = resource.and_then(|of| reference(&rules.key, of, value.text));
            found.extend(it.filter(|it| !named.contains(it)));
        };
        let piece = match decoder {
            None => bytes,
            Some(decoder) => {
                text.clear();
                *is_lost |= decoder.push(bytes, end, text).is_err();
                text
            }
        };
        stream.push(piece, &mut each);
        if end {
            stream.end(&mut each);
        }
        if !found.is_empty() || *is_lost {
            handed.give(self.subject, &found, !*is_lost, now_ns);
        }
    }
}
