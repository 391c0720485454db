//! What is kept of the values of a response: facts, of those exchanges whose facts are kept at all.
//!
//! Reads    the beginning of a JSON response, decoded, while it passes.
//! Writes   [`Facts`].
//! Memory   [`BYTES_MAX`] of the body and as much decoded, within the process's budget for bodies, until
//!          the exchange ends.
//! Misses   what follows the first [`BYTES_MAX`]; other formats; compressed responses beyond the ratio that
//!          requests may have; whatever is not sampled.

use crate::facts::Collector;
use crate::keys::HashKey;
use crate::snapshot::Rules;
use crate::tables::{Room, Tables};
use bartizan_inspect::body::{Format, Walk, WalkLimits};
use bartizan_inspect::content_coding::{DecodeLimits, Decoder};
use bartizan_inspect::envelope::answer_names::AnswerNames;
use bartizan_inspect::value::{PlaceRef, Sink, Value};
use bartizan_model::fact::Facts;
use bartizan_model::head::ResponseHead;
use bartizan_model::host::{Host, Pointed, Side};
use bartizan_model::known::Known;
use std::sync::Arc;

/// Bytes of a response that are read: they are walked in one turn.
pub(crate) const BYTES_MAX: usize = 16 * 1024;
/// How many times as long as its body a response may decode to.
const RATIO_MAX: u64 = 100;

/// The beginning of a response, as far as it has come.
#[derive(Debug)]
pub(crate) struct Answer {
    format: Format,
    decoder: Option<Decoder>,
    text: Vec<u8>,
    room: Room,
    /// Nothing further is read.
    is_done: bool,
    /// What its fields are called.
    names: Option<Arc<AnswerNames>>,
}

impl Answer {
    /// Of a response that can be read.
    pub(crate) fn of(
        head: &ResponseHead,
        names: Option<Arc<AnswerNames>>,
        tables: &Tables,
    ) -> Option<Self> {
        let format = Format::of(Some(head.fields.get(Known::ContentType)?));
        if !matches!(format, Format::Json | Format::Lenient) {
            return None;
        }
        let decoder = match head.fields.get(Known::ContentEncoding) {
            None => None,
            Some(coding) => {
                let limits = DecodeLimits { bytes_max: BYTES_MAX as u64, ratio_max: RATIO_MAX };
                Decoder::of(coding, limits).ok()?
            }
        };
        Some(Self { format, decoder, text: Vec::new(), room: tables.room(), is_done: false, names })
    }

    /// Takes a piece of the body as it passes.
    pub(crate) fn push(&mut self, bytes: &[u8], end: bool) {
        let left = BYTES_MAX.saturating_sub(self.text.len());
        if self.is_done || !self.room.grow(bytes.len().min(left)) {
            self.is_done = true;
            return;
        }
        match &mut self.decoder {
            // What was decoded before a fault, or before it became too long, is its beginning.
            Some(decoder) => self.is_done = decoder.push(bytes, end, &mut self.text).is_err(),
            None => self.text.extend_from_slice(bytes.get(..left).unwrap_or(bytes)),
        }
        self.is_done |= self.text.len() >= BYTES_MAX;
    }

    /// What is to be recorded of it; hosts of its URLs go to `pointed`.
    pub(crate) fn facts(
        self,
        rules: &Rules,
        tables: &Tables,
        own: Option<&Host>,
        pointed: &mut Vec<Pointed>,
    ) -> Option<Facts> {
        let (depth_max, values_max) = (rules.limits.depth_max, rules.limits.values_max);
        let mut walk = Walk::new(self.format, WalkLimits { depth_max, values_max });
        let (collector, is_cut) = (Collector::default(), self.is_done);
        let names = self.names.as_deref();
        let mut noting = Noting { collector, key: &rules.key, is_cut, names };
        noting.collector.body(self.format);
        noting.collector.keep_lists();
        walk.step(&self.text, usize::MAX, &mut noting);
        noting.collector.pointed(Side::Response, own, pointed);
        let mut facts = noting.collector.finish(tables, true, &rules.key, &rules.classes)?;
        // Of what follows nothing is known, not even whether there is any.
        facts.more = facts.more.saturating_add(u16::from(is_cut));
        Some(facts)
    }
}

struct Noting<'a> {
    collector: Collector,
    key: &'a HashKey,
    /// Only the beginning is there. What does not end is read as text, which it is not.
    is_cut: bool,
    names: Option<&'a AnswerNames>,
}

impl Noting<'_> {
    /// A value where the API would have it.
    fn named(&mut self, value: &Value<'_>, note: fn(&mut Collector, &Value<'_>, &HashKey)) {
        match (self.names, value.place) {
            (Some(names), PlaceRef::Body(path)) => {
                let path = names.of(path);
                let value = Value { place: PlaceRef::Body(&path), text: value.text };
                note(&mut self.collector, &value, self.key);
            }
            _ => note(&mut self.collector, value, self.key),
        }
    }
}

impl Sink for Noting<'_> {
    fn take(&mut self, value: Value<'_>) {
        if self.is_cut && value.place == PlaceRef::Body("$") {
            return;
        }
        self.named(&value, |it, value, key| it.note(value, &[], key));
    }

    fn scalar(&mut self, value: Value<'_>) {
        self.named(&value, Collector::note_scalar);
    }

    fn empty(&mut self, value: Value<'_>) {
        self.named(&value, Collector::note_scalar);
    }
}
