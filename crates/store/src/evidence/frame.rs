//! One sample as it lies in a file.

use crate::segments::envelope::{DataKey, EnvelopeError, FileId};
use crate::segments::key::{NONCE_BYTES, TAG_BYTES};
use aws_lc_rs::aead::{Aad, Nonce};
use bartizan_model::id::ExchangeId;
use bartizan_model::sample::{Sample, SampleReason};
use bytes::{Buf, BufMut};

pub(super) const HEADER_BYTES: usize = 44;
const SUMMED_BYTES: usize = 40;
const VERSION: u8 = 1;
/// Bytes of the content of a frame.
pub(super) const CONTENT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What stands in front of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) length: u32,
    pub(super) number: u64,
    pub(super) exchange: ExchangeId,
    pub(super) captured_us: u64,
    pub(super) reason: SampleReason,
}

impl Header {
    pub(super) fn bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let mut out = bytes.as_mut_slice();
        out.put_u32_le(self.length);
        out.put_u64_le(self.number);
        out.put_u128_le(self.exchange.bits());
        out.put_u64_le(self.captured_us);
        out.put_u8(number_of(self.reason));
        let sum = crc32fast::hash(bytes.get(..SUMMED_BYTES).unwrap_or_default());
        let mut out = bytes.get_mut(SUMMED_BYTES..).unwrap_or_default();
        out.put_u32_le(sum);
        bytes
    }

    /// `None` if this is none, or a damaged one.
    pub(super) fn read(bytes: &[u8; HEADER_BYTES]) -> Option<Self> {
        let mut from = bytes.as_slice();
        let length = from.get_u32_le();
        let (number, exchange) = (from.get_u64_le(), ExchangeId::from_bits(from.get_u128_le()));
        let (captured_us, reason) = (from.get_u64_le(), from.get_u8());
        let reason = SampleReason::ALL.iter().copied().find(|it| number_of(*it) == reason)?;
        let it = Self { length, number, exchange, captured_us, reason };
        let is_sound = (TAG_BYTES..=CONTENT_BYTES_MAX + TAG_BYTES).contains(&(length as usize));
        (is_sound && it.bytes() == *bytes).then_some(it)
    }

    /// Bytes of the frame.
    pub(super) fn whole(&self) -> u64 {
        HEADER_BYTES as u64 + u64::from(self.length)
    }
}

const fn number_of(reason: SampleReason) -> u8 {
    match reason {
        SampleReason::Finding => 1,
        SampleReason::Watched => 2,
    }
}

/// The frame of a sample, and its header; `None` if it is too long, or the cipher refuses.
pub(super) fn sealed(
    sample: &Sample,
    number: u64,
    (file, key): (FileId, &DataKey),
) -> Option<(Header, Vec<u8>)> {
    let mut content = encode(sample)?;
    let length = u32::try_from(content.len() + TAG_BYTES).ok()?;
    let Sample { exchange, captured_us, reason, .. } = *sample;
    let header = Header { length, number, exchange, captured_us, reason };
    let bytes = header.bytes();
    let context = [file.as_slice(), &bytes].concat();
    key.0.seal_in_place_append_tag(nonce(number), Aad::from(context), &mut content).ok()?;
    Some((header, [bytes.as_slice(), &content].concat()))
}

/// The sample in a frame.
pub(super) fn opened(
    header: &Header,
    mut content: Vec<u8>,
    (file, key): (FileId, &DataKey),
) -> Result<Sample, EnvelopeError> {
    let forged = EnvelopeError::Forged { chunk: header.number };
    let context = [file.as_slice(), &header.bytes()].concat();
    let nonce = nonce(header.number);
    match key.0.open_in_place(nonce, Aad::from(context), &mut content) {
        Ok(plain) => decode(header, plain).ok_or(forged),
        Err(_) => Err(forged),
    }
}

fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; NONCE_BYTES];
    bytes.as_mut_slice().put_u64_le(number);
    Nonce::assume_unique_for_key(bytes)
}

fn encode(it: &Sample) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(it.bytes() + 256);
    out.put_u8(VERSION);
    for text in [&it.request_head, &it.request_body, &it.response_head, &it.response_body] {
        out.put_u8(text.is_some().into());
        let text = text.as_deref().unwrap_or_default();
        out.put_u32_le(u32::try_from(text.len()).ok()?);
        out.put_slice(text.as_bytes());
    }
    out.put_u16_le(u16::try_from(it.redacted.len()).ok()?);
    for place in &it.redacted {
        out.put_u16_le(u16::try_from(place.len()).ok()?);
        out.put_slice(place.as_bytes());
    }
    (out.len() <= CONTENT_BYTES_MAX).then_some(out)
}

fn decode(header: &Header, content: &[u8]) -> Option<Sample> {
    let mut from = content;
    (from.try_get_u8().ok()? == VERSION).then_some(())?;
    let text = |from: &mut &[u8]| {
        let is_there = from.try_get_u8().ok()? == 1;
        let length = from.try_get_u32_le().ok()? as usize;
        let (text, rest) = from.split_at_checked(length)?;
        *from = rest;
        let text = str::from_utf8(text).ok()?.to_owned();
        Some(is_there.then_some(text))
    };
    let request_head = text(&mut from)?;
    let request_body = text(&mut from)?;
    let response_head = text(&mut from)?;
    let response_body = text(&mut from)?;
    let count = from.try_get_u16_le().ok()?;
    let mut redacted = Vec::new();
    for _ in 0..count {
        let length = from.try_get_u16_le().ok()?.into();
        let (place, rest) = from.split_at_checked(length)?;
        from = rest;
        redacted.push(str::from_utf8(place).ok()?.to_owned());
    }
    let Header { exchange, captured_us, reason, .. } = *header;
    Some(Sample {
        exchange,
        captured_us,
        reason,
        request_head,
        request_body,
        response_head,
        response_body,
        redacted,
    })
}
