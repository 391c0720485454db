//! What is kept of one exchange for a sample, once there is a reason to keep it.
//!
//! Reads    heads and bodies as they pass; the watches.
//! Writes   a [`Sample`], redacted.
//! Memory   nothing without a reason. With one, both heads, and of each body as much as the
//!          configuration says, within the room of the process.
//! Misses   what passed before there was a reason: a body that is streamed, and the head of a request
//!          in which nothing was found when something is found in its response; then the endpoint stands
//!          in its place. Bodies in a coding that nobody can decode.

use crate::tables::{Room, Tables};
use bartizan_inspect::content_coding::{DecodeLimits, Decoder};
use bartizan_inspect::redact::{Of, Redactor};
use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{Effect, Hit};
use bartizan_model::code::Code;
use bartizan_model::head::{Fields, Framing, RequestHead, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use bartizan_model::sample::{Sample, SampleReason};

/// Decoded bytes for one byte that arrived.
const RATIO_MAX: u64 = 1_000;

/// What is kept so far.
#[derive(Debug)]
pub(crate) struct Evidence {
    reason: SampleReason,
    bytes_max: usize,
    room: Room,
    request_head: Option<RequestHead>,
    request_body: Body,
    response_head: Option<ResponseHead>,
    response_body: Body,
    is_short: bool,
}

/// The beginning of a body.
#[derive(Debug, Default)]
struct Body {
    kept: Vec<u8>,
    coding: Coding,
    /// What the configuration leaves no room for.
    more: u64,
}

#[derive(Debug, Default)]
enum Coding {
    #[default]
    None,
    Decoded(Decoder),
    Unknown,
}

/// Whether this may turn out to be a reason for a sample. Nearly every request has nothing of it.
pub(crate) fn may_have_a_reason(it: &Assessment) -> bool {
    !it.findings.is_empty()
        || !it.violations.is_empty()
        || !it.breaches.is_empty()
        || !it.unknown.is_empty()
        || !it.oddities.is_empty()
}

/// Whether a hit is a reason for a sample: what is only a matter of numbers, or of the API's being
/// there, says nothing in its bytes, and nearly every response names its software.
pub(crate) fn is_reason(hit: &Hit) -> bool {
    hit.effect != Effect::Failed
        && !matches!(
            hit.code,
            Code::DisclosureBanner
                | Code::LimitOverload
                | Code::LimitHeld
                | Code::ClientTooFast
                | Code::ClientThrottled
                | Code::DisclosureBudget
                | Code::ClientDenied
                | Code::RecordUnavailable
        )
}

impl Evidence {
    /// Begins, if there may be one more sample now.
    pub(crate) fn begin(
        reason: SampleReason,
        bytes_max: usize,
        at: Moment,
        tables: &Tables,
    ) -> Option<Box<Self>> {
        tables.evidence().may_take(at).then(|| {
            Box::new(Self {
                reason,
                bytes_max,
                room: tables.room(),
                request_head: None,
                request_body: Body::default(),
                response_head: None,
                response_body: Body::default(),
                is_short: false,
            })
        })
    }

    /// Keeps the head of the request.
    pub(crate) fn request_head(&mut self, head: &RequestHead) {
        if self.request_head.is_none() && self.room.grows(head.bytes as usize) {
            self.request_head = Some(head.clone());
        }
    }

    /// Keeps a piece of its body, without its content coding.
    pub(crate) fn request_body(&mut self, bytes: &[u8]) {
        let Self { request_body, room, bytes_max, is_short, .. } = self;
        *is_short |= !request_body.keep(bytes, *bytes_max, room);
    }

    /// Says that its body is in a coding that it is kept in.
    pub(crate) fn request_is_coded(&mut self) {
        self.request_body.coding = Coding::Unknown;
    }

    /// Keeps the head of the response.
    pub(crate) fn response_head(&mut self, head: &ResponseHead) {
        if head.framing != Framing::None {
            self.response_body.coding = coding(&head.fields, self.bytes_max);
        }
        if self.room.grows(head.bytes as usize) {
            self.response_head = Some(head.clone());
        }
    }

    /// Keeps a piece of its body as it came.
    pub(crate) fn response_body(&mut self, bytes: &[u8], end: bool) {
        let Self { response_body, room, bytes_max, is_short, .. } = self;
        *is_short |= !response_body.push(bytes, end, *bytes_max, room);
    }

    /// Redacts what was kept.
    pub(crate) fn finish(self, seen: &Observation, at: Moment, tables: &Tables) -> Sample {
        if self.is_short {
            tables.evidence().found_no_room();
        }
        let mut redactor = Redactor::default();
        let outline = || {
            format!("{} {}\r\n(endpoint; the head was not kept)", seen.method.name(), seen.template)
        };
        let request_media = self.request_head.as_ref().map(|it| &it.fields).and_then(media);
        let response_media = self.response_head.as_ref().map(|it| &it.fields).and_then(media);
        let request_head = match &self.request_head {
            Some(head) => redactor.request_head(head),
            None => outline(),
        };
        let request_body = self.request_body.redacted(Of::Request, request_media, &mut redactor);
        let response_head = self.response_head.as_ref().map(|it| redactor.response_head(it));
        let response_body =
            self.response_body.redacted(Of::Response, response_media, &mut redactor);
        Sample {
            exchange: seen.id,
            captured_us: at.wall_us,
            reason: self.reason,
            request_head: Some(request_head),
            request_body,
            response_head,
            response_body,
            redacted: redactor.finish(),
        }
    }
}

impl Body {
    /// Whether there was room.
    fn keep(&mut self, bytes: &[u8], bytes_max: usize, room: &mut Room) -> bool {
        let left = bytes_max.saturating_sub(self.kept.len()).min(bytes.len());
        let (kept, more) = bytes.split_at_checked(left).unwrap_or((b"", bytes));
        let has_room = kept.is_empty() || room.grows(kept.len());
        let kept = if has_room { kept } else { b"" };
        self.kept.extend_from_slice(kept);
        self.more += more.len() as u64;
        has_room
    }

    fn push(&mut self, bytes: &[u8], end: bool, bytes_max: usize, room: &mut Room) -> bool {
        let Coding::Decoded(decoder) = &mut self.coding else {
            return self.keep(bytes, bytes_max, room);
        };
        if self.kept.len() >= bytes_max {
            self.more += bytes.len() as u64;
            return true;
        }
        let mut decoded = Vec::new();
        let is_broken = decoder.push(bytes, end, &mut decoded).is_err();
        let has_room = self.keep(&decoded, bytes_max, room);
        if is_broken {
            // What was decoded so far is shown.
            self.more = self.more.max(1);
        }
        has_room
    }

    fn redacted(&self, of: Of, media: Option<&[u8]>, redactor: &mut Redactor) -> Option<String> {
        if self.kept.is_empty() {
            return None;
        }
        if matches!(self.coding, Coding::Unknown) {
            return Some(format!("[not shown, {} bytes]", self.kept.len()));
        }
        // The end of what was cut may be the beginning of a secret.
        let is_cut = self.more > 0;
        let whole = if is_cut { before_last_word(&self.kept) } else { &self.kept };
        let mut text = redactor.body(of, media, whole);
        if is_cut {
            text.push_str(" [cut]");
        }
        Some(text)
    }
}

/// Bytes up to the last word, if that is not very long.
fn before_last_word(bytes: &[u8]) -> &[u8] {
    const WORD_BYTES_MAX: usize = 1_024;
    let is_part = |it: &&u8| {
        it.is_ascii_alphanumeric()
            || matches!(it, b'.' | b'-' | b'_' | b'@' | b'+' | b'%' | b' ' | 0x80..)
    };
    let word = bytes.iter().rev().take(WORD_BYTES_MAX).take_while(is_part).count();
    bytes.get(..bytes.len() - word).unwrap_or_default()
}

fn media(fields: &Fields) -> Option<&[u8]> {
    fields.get(Known::ContentType)
}

fn coding(fields: &Fields, bytes_max: usize) -> Coding {
    let value = fields.get(Known::ContentEncoding).unwrap_or_default();
    match Decoder::of(value, DecodeLimits { bytes_max: bytes_max as u64, ratio_max: RATIO_MAX }) {
        Ok(None) => Coding::None,
        Ok(Some(decoder)) => Coding::Decoded(decoder),
        Err(_) => Coding::Unknown,
    }
}
