//! The budget of records: how many of them one caller is shown.
//!
//! Reads    successful JSON answers while they pass.
//! Writes   what the caller owes to `tables::records`, with each piece.
//! Memory   a few words, and what a decoder needs.
//! Misses   what [`bartizan_inspect::records`] misses; answers in unknown codings. The answer that goes beyond the budget is given: only further
//!          calls are refused.

use crate::tables::Tables;
use crate::tables::rate::Rate;
use bartizan_inspect::body::Format;
use bartizan_inspect::content_coding::{DecodeLimits, Decoder};
use bartizan_inspect::records::Records;
use bartizan_model::head::ResponseHead;
use bartizan_model::known::Known;
use bartizan_model::moment::Moment;

/// What a compressed answer is decoded to, to be counted.
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How many times as long as its body an answer may be decoded to.
const RATIO_MAX: u64 = 1_000;

/// An answer that is counted.
#[derive(Debug)]
pub(crate) struct Budget {
    rate: Rate,
    /// Who is shown it.
    caller: u64,
    records: Records,
    decoder: Option<Decoder>,
    text: Vec<u8>,
    is_lost: bool,
}

impl Budget {
    /// Of an answer that may hold records.
    pub(crate) fn of(head: &ResponseHead, rate: Rate, caller: u64) -> Option<Self> {
        let is_json = head
            .fields
            .get(Known::ContentType)
            .is_some_and(|it| matches!(Format::of(Some(it)), Format::Json | Format::Lenient));
        let limits = DecodeLimits { bytes_max: DECODED_BYTES_MAX, ratio_max: RATIO_MAX };
        let coding = head.fields.get(Known::ContentEncoding);
        let decoder = coding.map(|it| Decoder::of(it, limits)).transpose().ok()?.flatten();
        let is_counted = is_json && (200..300).contains(&head.status);
        let (records, text) = (Records::default(), Vec::new());
        is_counted.then_some(Self { rate, caller, records, decoder, text, is_lost: false })
    }

    /// Takes a piece.
    pub(crate) fn push(&mut self, bytes: &[u8], end: bool, at: Moment, tables: &Tables) {
        let piece = match &mut self.decoder {
            None => bytes,
            Some(decoder) if !self.is_lost => {
                self.text.clear();
                self.is_lost = decoder.push(bytes, end, &mut self.text).is_err();
                &self.text
            }
            Some(_) => &[],
        };
        let mut count = self.records.push(piece);
        if end {
            count += self.records.end();
        }
        if count > 0 {
            tables.records().owe(self.caller, self.rate, count, at.mono_ns);
        }
    }
}
