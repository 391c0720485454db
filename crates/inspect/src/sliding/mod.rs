//! Bodies that pass piece by piece: the values of a stream of any length, within bounded memory.
//!
//! Reads    what [`body::Walk`](crate::body::Walk) reads, in pieces of any size: where a piece ends changes nothing.
//! Writes   the same values as a walk over the whole, and the same oddities, as soon as they are complete. Texts come in
//!          the same pieces, which overlap; a string, a pair or a part longer than a piece comes in pieces, too.
//! Memory   one piece of text for each body within another, up to a depth, and the keys of the open objects of JSON.
//! Errors   none, as for a walk.
//! Misses   of XML, its values apart from its text; of parts in Base64, what the readings of a value do not decode; of a
//!          boundary that parsers may disagree on, parts by its other readings. What follows a fault is read as text.

mod frames;
mod json;
mod pairs;
mod parts;
mod text;

use crate::body::{Format, NESTING_MAX, PIECE_BYTES_MAX, WalkLimits};
use crate::charset::Charset;
use crate::handing::Handing;
use crate::json::looks_like_container;
use crate::protobuf;
use crate::value::Sink;
use bartizan_model::oddity::{Oddities, Oddity};
use frames::Frames;
use json::JsonText;
use pairs::Pairs;
use parts::Parts;
use text::Text;

/// Bytes in which a body shows what it is.
const FIRST_BYTES: usize = 1024;

/// Bytes that are taken at once.
const PUSH_BYTES_MAX: usize = 16 * 1024;

/// The reader of one stream.
#[derive(Debug)]
pub struct Sliding {
    format: Format,
    limits: WalkLimits,
    path: String,
    content_type: Vec<u8>,
    nesting_left: u8,
    oddities: Oddities,
    stage: Stage,
    /// A second reading, where upstreams may disagree which one counts.
    also: Option<Box<Self>>,
}

#[derive(Debug)]
enum Stage {
    /// Too little has come to tell what it is.
    Start(Vec<u8>),
    Json(Box<JsonText>),
    Pairs(Pairs),
    Text(Text),
    Parts(Box<Parts>),
    Message(Vec<u8>),
    Frames(Frames),
    /// In another character set: what is no whole character yet, and the reader of the rest.
    Rewritten(Charset, Vec<u8>, Box<Sliding>),
    /// Nothing that is read.
    Opaque,
}

impl Sliding {
    /// Starts at the first byte of a body that is declared to be of this format and type.
    pub fn new(format: Format, limits: WalkLimits, content_type: Option<&[u8]>) -> Self {
        Self {
            format,
            limits,
            path: String::from("$"),
            content_type: content_type.unwrap_or_default().to_vec(),
            nesting_left: NESTING_MAX,
            oddities: Oddities::NONE,
            stage: Stage::Start(Vec::new()),
            also: None,
        }
    }

    /// The reader of a body within this one.
    fn within(&self, format: Format, content_type: &[u8]) -> Box<Self> {
        let mut inner = Self::new(format, self.limits, Some(content_type));
        inner.path.clone_from(&self.path);
        inner.nesting_left = self.nesting_left.saturating_sub(1);
        Box::new(inner)
    }

    /// Takes a piece, and hands over every value that it completes; `end` with the last piece.
    pub fn push(&mut self, bytes: &[u8], end: bool, sink: &mut impl Sink) {
        let mut rest = bytes;
        loop {
            let (piece, behind) = rest.split_at(rest.len().min(PUSH_BYTES_MAX));
            rest = behind;
            // The length of a piece bounds its values; the stream as a whole has no bound.
            let mut values_left = self.limits.values_max;
            let mut out = Handing::new(sink, &mut values_left);
            self.go_on(piece, end && rest.is_empty(), &mut out);
            if out.is_full() {
                self.oddities.insert(Oddity::TooManyValues);
            }
            if rest.is_empty() {
                return;
            }
        }
    }

    /// What was met so far.
    pub fn oddities(&self) -> Oddities {
        self.oddities
    }

    /// Bytes that are kept at the moment.
    pub fn kept_bytes(&self) -> usize {
        let own = match &self.stage {
            Stage::Start(first) => first.len(),
            Stage::Json(json) => json.kept_bytes(),
            Stage::Pairs(pairs) => pairs.kept_bytes(),
            Stage::Text(text) => text.kept_bytes(),
            Stage::Parts(parts) => parts.kept_bytes(),
            Stage::Message(message) => message.len(),
            Stage::Frames(frames) => frames.kept_bytes(),
            Stage::Rewritten(_, rest, inner) => rest.len() + inner.kept_bytes(),
            Stage::Opaque => 0,
        };
        own + self.also.as_ref().map_or(0, |it| it.kept_bytes())
    }

    fn go_on(&mut self, bytes: &[u8], end: bool, out: &mut Handing<'_, impl Sink>) {
        if let Stage::Start(first) = &mut self.stage {
            first.extend_from_slice(bytes);
            let least = match (self.format, first.iter().all(u8::is_ascii_whitespace)) {
                // A message may be answered before the next one comes.
                (Format::Grpc | Format::Protobuf, _) => 1,
                (_, true) => PIECE_BYTES_MAX,
                (_, false) => FIRST_BYTES,
            };
            if !end && first.len() < least {
                return;
            }
            let first = std::mem::take(first);
            self.stage = self.started(&first);
            return self.feed(&first, end, out);
        }
        self.feed(bytes, end, out);
    }

    fn feed(&mut self, bytes: &[u8], end: bool, out: &mut Handing<'_, impl Sink>) {
        match &mut self.stage {
            Stage::Start(_) | Stage::Opaque => {}
            Stage::Text(text) => text.push(bytes, end, &self.path, out),
            Stage::Pairs(pairs) => {
                pairs.push(bytes, end, out);
                self.oddities.extend(pairs.oddities());
            }
            Stage::Json(json) => {
                json.push(bytes, end, out);
                if self.format == Format::Json {
                    self.oddities.extend(json.oddities());
                }
            }
            Stage::Parts(parts) => {
                parts.push(bytes, end, out);
                self.oddities.extend(parts.oddities());
            }
            Stage::Message(message) => {
                message.extend_from_slice(bytes);
                if end {
                    protobuf::walk(&std::mem::take(message), &self.path, out);
                } else if message.len() > PIECE_BYTES_MAX {
                    let mut text = Text::default();
                    text.push(&std::mem::take(message), false, &self.path, out);
                    self.stage = Stage::Text(text);
                }
            }
            Stage::Frames(frames) => frames.push(bytes, end, &self.path, out),
            Stage::Rewritten(charset, rest, inner) => {
                rest.extend_from_slice(bytes);
                let whole = if end { rest.len() } else { rest.len() & !3 };
                let text: Vec<u8> = rest.drain(..whole).collect();
                inner.go_on(&charset.rewritten(&text), end, out);
                self.oddities.extend(inner.oddities);
            }
        }
        if let Some(also) = &mut self.also {
            also.go_on(bytes, end, out);
            self.oddities.extend(also.oddities);
        }
    }

    fn started(&mut self, first: &[u8]) -> Stage {
        let is_text = self.format.is_text();
        // UTF-7 is one of the further readings of each value.
        let is_wide = |it: &Charset| *it != Charset::Utf7;
        if is_text && self.nesting_left > 0 {
            let rewritten = |charset| Stage::Rewritten(charset, Vec::new(), self.plain());
            if let Some(charset) = Charset::shown(first) {
                return rewritten(charset);
            }
            if let Some(charset) = Charset::declared(&self.content_type).filter(is_wide) {
                let mut also = self.plain();
                also.stage = rewritten(charset);
                self.also = Some(also);
            }
        }
        self.format = self.format.sniffed(first);
        match self.format {
            Format::Json | Format::Lenient => self.json(),
            // The upstream may read either, so both are read.
            Format::Form if looks_like_container(first) => {
                self.oddities.insert(Oddity::FormMalformed);
                let mut also = self.within(Format::Form, b"");
                also.stage = also.pairs();
                self.also = Some(also);
                self.json()
            }
            Format::Form => self.pairs(),
            Format::Text | Format::Xml => Stage::Text(Text::default()),
            Format::Multipart => match Parts::of(self, first) {
                Some(parts) => Stage::Parts(Box::new(parts)),
                None => {
                    if !first.is_empty() {
                        self.oddities.insert(Oddity::MultipartMalformed);
                    }
                    // Whoever does not look for parts reads it as something else.
                    match Format::Text.sniffed(first) == Format::Lenient {
                        true => self.json(),
                        false => Stage::Text(Text::default()),
                    }
                }
            },
            Format::Protobuf => Stage::Message(Vec::new()),
            Format::Grpc => Stage::Frames(Frames::default()),
            Format::Opaque => Stage::Opaque,
        }
    }

    /// A reader of the same, of which the character set is known.
    fn plain(&self) -> Box<Self> {
        let mut inner = self.within(self.format, b"");
        inner.nesting_left = 0;
        inner
    }

    fn json(&self) -> Stage {
        Stage::Json(Box::new(JsonText::new(self.limits, &self.path, self.format)))
    }

    fn pairs(&self) -> Stage {
        Stage::Pairs(Pairs::new(&self.path, self.limits.depth_max))
    }
}
