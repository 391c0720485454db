//! Bodies: one bounded walk over a held body, resumable, so that long ones do not hold a worker.
//!
//! Reads    JSON, forms, XML, parts and plain text, as the `Content-Type` says; JSON, leniently, where it
//!          says something else and the body looks like it, for many servers never ask. JSON
//!          inside a string or form value is read one level deep. UTF-7, UTF-16 and UTF-32 are rewritten first.
//! Writes   values to a sink, and oddities.
//! Memory   see `json`; for the rest the path of the current value and one scratch buffer.
//! Errors   none: what is not of the declared format is an oddity, and its bytes are handed over
//!          as text, so that nothing hides behind a fault that an upstream may forgive.
//! Misses   every binary format, and of binary files in parts all but their first bytes; character sets of eight bits and of East Asia;
//!          an attack longer than [`PIECE_OVERLAP_BYTES`] on the edge of two pieces of text.

use crate::charset::Charset;
use crate::decoding::strange;
use crate::form;
use crate::handing::Handing;
use crate::json::{Json, looks_like_container};
use crate::multipart;
use crate::value::{PlaceRef, Sink};
use crate::xml::Xml;
use bartizan_model::oddity::{Oddities, Oddity};
use bartizan_model::place::escaped_step;

/// Longest text that is handed over as one value, in bytes.
pub const PIECE_BYTES_MAX: usize = 64 * 1024;

/// By how much two pieces of one text overlap, in bytes: no recogniser reads more of one attack.
pub const PIECE_OVERLAP_BYTES: usize = 4 * 1024;

/// Bytes in which a body that begins as parts do shows it.
const PART_HEAD_BYTES: usize = 512;

/// Bytes of a `Content-Type` that are kept.
const CONTENT_TYPE_BYTES_MAX: usize = 1024;

/// Bodies within bodies: parts of parts, and texts in another character set.
pub(crate) const NESTING_MAX: u8 = 4;

/// How many times its length the parts of a body may have together: they may lie in each other, and be split by several
/// boundaries at each level.
const PARTS_RATIO_MAX: usize = 8;

/// Bytes that they may have however short the body is.
const PARTS_BYTES_MIN: usize = 16 * 1024;

/// Parts of one body.
pub(crate) const PARTS_MAX: usize = 2_000;

/// Bytes of a binary file that are handed over: they say what it is.
pub(crate) const MAGIC_BYTES: usize = 256;

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON (`application/json`, `+json`).
    Json,
    /// Something like JSON: read as JSON as far as it goes, and no fault in it is odd.
    Lenient,
    /// A form.
    Form,
    /// One text value (`text/*`, GraphQL).
    Text,
    /// XML: the whole as a text, and then each value in it.
    Xml,
    /// Parts, each in a format of its own.
    Multipart,
    /// One message of protocol buffers. It is examined for content as it passes, and no fields of it are known.
    Protobuf,
    /// Messages of protocol buffers in the frames of gRPC; the same.
    Grpc,
    /// Not read: binary, encoded.
    Opaque,
}

impl Format {
    /// The format that a `Content-Type` means. Parameters, case and white space do not matter;
    /// of a list the first counts.
    pub fn of(content_type: Option<&[u8]>) -> Self {
        let Some(text) = content_type else { return Self::Text };
        let media = text.split(|&b| b == b';' || b == b',').next().unwrap_or_default();
        let media = media.trim_ascii().to_ascii_lowercase();
        let ends = |with: &[u8]| media.ends_with(with);
        let has = |part: &[u8]| media.windows(part.len()).any(|it| it == part);
        if ends(b"/json") || ends(b"+json") {
            Self::Json
        } else if has(b"json") || ends(b"/csp-report") {
            Self::Lenient
        } else if media == b"application/x-www-form-urlencoded" {
            Self::Form
        } else if media.starts_with(b"multipart/") {
            Self::Multipart
        } else if has(b"xml") {
            Self::Xml
        } else if media.starts_with(b"text/")
            || has(b"yaml")
            || [&b"/graphql"[..], b"/javascript", b"/sql", b"/toml"].into_iter().any(ends)
            || !media.contains(&b'/')
        {
            Self::Text
        } else if is_grpc(&media) {
            Self::Grpc
        } else if has(b"protobuf") || ends(b"/proto") {
            Self::Protobuf
        } else {
            Self::Opaque
        }
    }

    /// Whether it is written in characters, of whatever set.
    pub const fn is_text(self) -> bool {
        match self {
            Self::Json | Self::Lenient | Self::Form | Self::Text | Self::Xml => true,
            Self::Multipart | Self::Protobuf | Self::Grpc | Self::Opaque => false,
        }
    }

    /// The format of a part that says this of itself: what is not read is looked at as text.
    pub(crate) fn of_part(content_type: Option<&[u8]>) -> Self {
        let declared = Self::of(content_type);
        match declared {
            Self::Opaque | Self::Protobuf | Self::Grpc => Self::Text,
            Self::Json | Self::Lenient | Self::Form | Self::Text | Self::Xml | Self::Multipart => {
                declared
            }
        }
    }

    /// The format of a body that begins with `first`: JSON, leniently, for a text or an opaque
    /// body that begins as JSON does.
    pub fn sniffed(self, first: &[u8]) -> Self {
        let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
        match (self, first.trim_ascii_start()) {
            (Self::Text | Self::Xml | Self::Opaque, [b'{' | b'[' | b'"', ..]) => Self::Lenient,
            // Neither begins a message.
            (Self::Protobuf, [b'{' | b'[', ..]) => Self::Lenient,
            (Self::Text | Self::Opaque, it) if it.starts_with(b"<?xml ") => Self::Xml,
            (Self::Text | Self::Form | Self::Opaque, it) if begins_as_parts(it) => Self::Multipart,
            (
                Self::Json
                | Self::Lenient
                | Self::Form
                | Self::Text
                | Self::Xml
                | Self::Multipart
                | Self::Protobuf
                | Self::Grpc
                | Self::Opaque,
                _,
            ) => self,
        }
    }
}

/// Bytes of a part that tell whether it is text.
pub(crate) const PART_FIRST_BYTES: usize = 1024;

/// Whether a part is text, as far as its beginning tells.
pub(crate) fn begins_as_text(text: &[u8]) -> bool {
    let begin = text.get(..text.len().min(PART_FIRST_BYTES)).unwrap_or_default();
    Charset::shown(begin).is_some() || strange(begin) * 8 <= begin.len()
}

/// Hands over what the head of a part says. Returns where its values stand.
pub(crate) fn hand_over_head(
    head: &multipart::PartHead,
    path: &str,
    out: &mut Handing<'_, impl Sink>,
) -> String {
    let path = match head.name.is_empty() {
        true => path.to_owned(),
        false => format!("{path}.{}", escaped_step(&head.name)),
    };
    for name in std::iter::once(&head.name).chain(&head.names).filter(|it| !it.is_empty()) {
        out.give(PlaceRef::Name, name);
    }
    let beside = |step: &str| format!("{path}.{step}");
    for it in &head.files {
        out.give(PlaceRef::Body(&beside("filename")), it);
    }
    if let Some(it) = &head.content_type {
        out.give(PlaceRef::Body(&beside("type")), it);
    }
    for it in &head.others {
        out.give(PlaceRef::Body(&beside("head")), it);
    }
    path
}

/// Whether a text begins with a delimiter and the head of a part.
fn begins_as_parts(text: &[u8]) -> bool {
    text.starts_with(b"--")
        && text
            .get(..text.len().min(PART_HEAD_BYTES))
            .is_some_and(|it| it.to_ascii_lowercase().windows(9).any(|it| it == b"\ncontent-"))
}

/// Whether a walk has come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more: call again.
    More,
    /// The whole body was walked, or it proved unreadable (see the oddities).
    Done,
}

/// What one walk may cost.
#[derive(Clone, Copy, Debug)]
pub struct WalkLimits {
    /// Nesting.
    pub depth_max: usize,
    /// Values handed over.
    pub values_max: usize,
}

/// A walk over one body.
#[derive(Debug)]
pub struct Walk {
    format: Format,
    limits: WalkLimits,
    values_left: usize,
    part_bytes_left: usize,
    oddities: Oddities,
    stage: Stage,
    /// Where its values stand.
    path: String,
    content_type: Vec<u8>,
    /// The type says that it is written so, and the body does not show it: it is read both ways.
    charset: Option<Charset>,
    nesting_left: u8,
}

/// Where a walk is.
#[derive(Debug)]
enum Stage {
    Start,
    Json(Box<Json>),
    /// Pairs, from here on; the JSON inside the one before, with its text.
    Form(usize, Option<Box<(Vec<u8>, Json)>>),
    /// Pieces of text, from here on.
    Text(usize),
    Xml(Box<Xml>),
    Multipart(Box<Parts>),
    /// The same in another character set.
    Rewritten(Box<Inner>),
    Ended,
}

/// A body within the body.
#[derive(Debug)]
struct Inner {
    text: Vec<u8>,
    walk: Walk,
}

/// Where in a multipart body a walk is.
#[derive(Debug)]
struct Parts {
    boundaries: Vec<Vec<u8>>,
    /// Which of them it is split by.
    by: usize,
    at: Option<usize>,
    is_first: bool,
    is_behind: bool,
    count: usize,
    is_odd: bool,
    inner: Vec<Inner>,
}

impl Walk {
    /// Starts at the first byte. A text or opaque body is sniffed at the first step.
    pub fn new(format: Format, limits: WalkLimits) -> Self {
        Self {
            format,
            limits,
            values_left: limits.values_max,
            part_bytes_left: 0,
            oddities: Oddities::NONE,
            stage: Stage::Start,
            path: String::from("$"),
            content_type: Vec::new(),
            charset: None,
            nesting_left: NESTING_MAX,
        }
    }

    /// What the `Content-Type` says beside the format: boundary and character set.
    #[must_use]
    pub fn declared(mut self, content_type: Option<&[u8]>) -> Self {
        let text = content_type.unwrap_or_default();
        let text = text.get(..CONTENT_TYPE_BYTES_MAX).unwrap_or(text);
        self.content_type = text.to_vec();
        self
    }

    /// Puts its values elsewhere than below `$`.
    #[must_use]
    pub fn at(mut self, path: String) -> Self {
        self.path = path;
        self
    }

    /// A walk over a body within this one.
    fn within(&self, format: Format, path: &str, content_type: &[u8]) -> Self {
        let mut walk = Self::new(format, self.limits).declared(Some(content_type));
        walk.path = path.to_owned();
        walk.nesting_left = self.nesting_left.saturating_sub(1);
        walk
    }

    /// Walks on over about `budget` bytes of `body`, which must be the same at each call. A
    /// single value is never cut, except text into its pieces.
    pub fn step(&mut self, body: &[u8], budget: usize, sink: &mut impl Sink) -> Progress {
        if matches!(self.stage, Stage::Start) {
            self.part_bytes_left = body.len().saturating_mul(PARTS_RATIO_MAX).max(PARTS_BYTES_MIN);
        }
        let mut values_left = self.values_left;
        let mut out = Handing::new(sink, &mut values_left).with_parts(self.part_bytes_left);
        let progress = self.go_on(body, budget.max(1), &mut out);
        self.part_bytes_left = out.part_bytes_left();
        self.values_left = values_left;
        progress
    }

    fn go_on(&mut self, body: &[u8], budget: usize, out: &mut Handing<'_, impl Sink>) -> Progress {
        let stage = std::mem::replace(&mut self.stage, Stage::Ended);
        let stage = if let Stage::Start = stage { self.started(body) } else { stage };
        self.stage = match stage {
            Stage::Json(json) => self.json(json, body, budget, out),
            Stage::Form(at, inner) => self.form(at, inner, (body, budget), out),
            Stage::Text(at) => self.text(at, body, budget, out),
            Stage::Xml(mut xml) => match xml.step(body, budget, out) {
                Progress::More => Stage::Xml(xml),
                Progress::Done => Stage::Ended,
            },
            Stage::Multipart(parts) => self.multipart(parts, body, budget, out),
            Stage::Rewritten(mut inner) => match self.inner(&mut inner, budget, out) {
                Progress::More => Stage::Rewritten(inner),
                Progress::Done => Stage::Ended,
            },
            Stage::Start | Stage::Ended => Stage::Ended,
        };
        if out.is_full() {
            self.oddities.insert(Oddity::TooManyValues);
            self.stage = Stage::Ended;
        }
        match self.stage {
            Stage::Ended => match self.charset.take() {
                Some(charset) if !out.is_full() => {
                    self.stage = self.rewritten(charset, body);
                    Progress::More
                }
                Some(_) | None => Progress::Done,
            },
            Stage::Start
            | Stage::Json(_)
            | Stage::Form(..)
            | Stage::Text(_)
            | Stage::Xml(_)
            | Stage::Multipart(_)
            | Stage::Rewritten(_) => Progress::More,
        }
    }

    /// What was met so far.
    pub fn oddities(&self) -> Oddities {
        self.oddities
    }

    fn started(&mut self, body: &[u8]) -> Stage {
        let is_text = self.format.is_text();
        if is_text && self.nesting_left > 0 {
            match Charset::shown(body) {
                Some(charset) => return self.rewritten(charset, body),
                None => self.charset = Charset::declared(&self.content_type),
            }
        }
        self.format = self.format.sniffed(body);
        match self.format {
            Format::Json | Format::Lenient => Stage::Json(self.new_json(&self.path, true)),
            // `curl -d '{...}'`: the upstream may read either, so both are read.
            Format::Form if looks_like_container(body) => {
                self.oddities.insert(Oddity::FormMalformed);
                Stage::Json(self.new_json(&self.path, true))
            }
            Format::Form => Stage::Form(0, None),
            Format::Text | Format::Xml => Stage::Text(0),
            Format::Multipart => self.parts(body),
            Format::Protobuf | Format::Grpc | Format::Opaque => Stage::Ended,
        }
    }

    fn rewritten(&self, charset: Charset, body: &[u8]) -> Stage {
        let mut walk = self.within(self.format, &self.path, b"");
        walk.nesting_left = 0;
        Stage::Rewritten(Box::new(Inner { text: charset.rewritten(body), walk }))
    }

    fn inner(
        &mut self,
        inner: &mut Inner,
        budget: usize,
        out: &mut Handing<'_, impl Sink>,
    ) -> Progress {
        let progress = inner.walk.go_on(&inner.text, budget, out);
        self.oddities.extend(inner.walk.oddities);
        progress
    }

    fn parts(&mut self, body: &[u8]) -> Stage {
        let multipart::Boundaries { all, is_odd } = multipart::boundaries(&self.content_type, body);
        if all.is_empty() || self.nesting_left == 0 {
            if !body.is_empty() {
                self.oddities.insert(Oddity::MultipartMalformed);
            }
            // Whoever does not look for parts reads it as something else.
            self.format = Format::Text.sniffed(body.trim_ascii_start());
            return match self.format == Format::Lenient {
                true => Stage::Json(self.new_json(&self.path, true)),
                false => Stage::Text(0),
            };
        }
        Stage::Multipart(Box::new(Parts {
            boundaries: all,
            by: 0,
            at: Some(0),
            is_first: true,
            is_behind: false,
            count: 0,
            is_odd,
            inner: Vec::new(),
        }))
    }

    fn multipart(
        &mut self,
        mut parts: Box<Parts>,
        body: &[u8],
        budget: usize,
        out: &mut Handing<'_, impl Sink>,
    ) -> Stage {
        let mut left = budget;
        loop {
            while let Some(mut inner) = parts.inner.pop() {
                let progress = self.inner(&mut inner, left, out);
                if progress == Progress::More {
                    parts.inner.push(inner);
                    return Stage::Multipart(parts);
                }
                if out.is_full() {
                    return Stage::Ended;
                }
            }
            let Some(boundary) = parts.boundaries.get(parts.by) else {
                if !parts.is_odd {
                    return Stage::Ended;
                }
                self.oddities.insert(Oddity::MultipartMalformed);
                return Stage::Text(0);
            };
            let Some(from) = parts.at else {
                // Without a last delimiter, some take the rest as a part, and some do not.
                parts.is_odd |= !parts.is_behind;
                (parts.at, parts.is_first, parts.is_behind) = (Some(0), true, false);
                parts.by += 1;
                continue;
            };
            if left == 0 || out.is_full() {
                return Stage::Multipart(parts);
            }
            let found = multipart::section(body, boundary, from);
            let text = body.get(found.from..found.to).unwrap_or_default();
            let is_beside = parts.is_first || parts.is_behind;
            parts.is_odd |= found.is_odd;
            parts.at = found.next;
            if is_beside {
                // What is for nobody, some read all the same.
                parts.is_odd |= !text.trim_ascii().is_empty();
                if !text.is_empty() {
                    out.give_piece(&self.path, text.get(..PIECE_BYTES_MAX).unwrap_or(text));
                }
            }
            let is_unread = parts.is_first || (parts.is_behind && text.trim_ascii().is_empty());
            if !is_unread && (parts.count >= PARTS_MAX || !out.take_part(text.len())) {
                self.oddities.insert(Oddity::TooManyValues);
                return Stage::Text(found.from);
            }
            if !is_unread {
                parts.count += 1;
                self.part(text, &mut parts, out);
            }
            parts.is_first = false;
            parts.is_behind |= found.is_last;
            left = left.saturating_sub(text.len().max(1));
        }
    }

    /// Hands over what the head of a part says, and begins with its body.
    fn part(&self, text: &[u8], parts: &mut Parts, out: &mut Handing<'_, impl Sink>) {
        let (head, at) = multipart::head(text);
        let bytes = text.get(at..).unwrap_or_default();
        parts.is_odd |= head.is_odd;
        let path = hand_over_head(&head, &self.path, out);
        let content_type = head.content_type.as_deref();
        let is_file = !head.files.is_empty();
        if let Some(transfer) = head.transfer {
            let text = multipart::transferred(transfer, bytes);
            parts.inner.push(self.content(&path, content_type, is_file, text));
        }
        parts.inner.push(self.content(&path, content_type, is_file, bytes.to_vec()));
    }

    /// The walk over the body of a part.
    fn content(
        &self,
        path: &str,
        content_type: Option<&[u8]>,
        is_file: bool,
        mut text: Vec<u8>,
    ) -> Inner {
        let format = Format::of_part(content_type);
        if is_file && format == Format::Text && !begins_as_text(&text) {
            text.truncate(MAGIC_BYTES);
        }
        let mut walk = self.within(format, path, content_type.unwrap_or_default());
        if format == Format::Multipart && walk.nesting_left == 0 {
            walk.format = Format::Text;
        }
        Inner { text, walk }
    }

    fn new_json(&self, path: &str, nests: bool) -> Box<Json> {
        Box::new(Json::new(self.limits.depth_max, path, nests))
    }

    fn json(
        &mut self,
        mut json: Box<Json>,
        body: &[u8],
        budget: usize,
        out: &mut Handing<'_, impl Sink>,
    ) -> Stage {
        let progress = json.step(body, budget, out);
        if self.format == Format::Json {
            self.oddities.extend(json.oddities());
        }
        match (progress, self.format) {
            (Progress::More, _) => Stage::Json(json),
            (Progress::Done, Format::Form) => Stage::Form(0, None),
            (Progress::Done, Format::Lenient) => {
                json.broken_at().map_or(Stage::Ended, |_| Stage::Text(0))
            }
            (Progress::Done, _) => json.broken_at().map_or(Stage::Ended, Stage::Text),
        }
    }

    fn form(
        &mut self,
        mut at: usize,
        mut inner: Option<Box<(Vec<u8>, Json)>>,
        (body, budget): (&[u8], usize),
        out: &mut Handing<'_, impl Sink>,
    ) -> Stage {
        let end = at.saturating_add(budget);
        let (mut name_scratch, mut value_scratch) = (Vec::new(), Vec::new());
        loop {
            if let Some(mut found) = inner.take() {
                let (text, walk) = found.as_mut();
                if walk.step(text, budget, out) == Progress::More {
                    return Stage::Form(at, Some(found));
                }
            }
            let Some(rest) = body.get(at..).filter(|it| !it.is_empty()) else {
                return Stage::Ended;
            };
            if at >= end || out.is_full() {
                return Stage::Form(at, None);
            }
            let length = memchr::memchr(b'&', rest).unwrap_or(rest.len());
            let pair = rest.get(..length).unwrap_or_default();
            at += length + 1;
            if pair.is_empty() {
                continue;
            }
            if form::is_broken(pair) {
                self.oddities.insert(Oddity::FormMalformed);
            }
            let (name, value) = form::pair(pair, &mut name_scratch, &mut value_scratch);
            let mut path = format!("{}.", self.path);
            path.push_str(&escaped_step(name));
            out.give(PlaceRef::Body(&path), value);
            out.give(PlaceRef::Name, name);
            if looks_like_container(value) {
                inner = Some(Box::new((value.to_vec(), *self.new_json(&path, false))));
            }
        }
    }

    /// Hands over the pieces of `body` from `at` on.
    fn text(
        &mut self,
        mut at: usize,
        body: &[u8],
        budget: usize,
        out: &mut Handing<'_, impl Sink>,
    ) -> Stage {
        let end = at.saturating_add(budget);
        while let Some(rest) = body.get(at..).filter(|it| !it.is_empty()) {
            if at >= end {
                return Stage::Text(at);
            }
            let piece = rest.get(..PIECE_BYTES_MAX).unwrap_or(rest);
            out.give_piece(&self.path, piece);
            if piece.len() == rest.len() {
                break;
            }
            at += PIECE_BYTES_MAX - PIECE_OVERLAP_BYTES;
        }
        match self.format {
            Format::Xml => Stage::Xml(Box::new(Xml::new(self.limits.depth_max, &self.path))),
            Format::Json
            | Format::Lenient
            | Format::Form
            | Format::Text
            | Format::Multipart
            | Format::Protobuf
            | Format::Grpc
            | Format::Opaque => Stage::Ended,
        }
    }
}

/// Whether a media type is one of gRPC, of which the messages are of protocol buffers.
fn is_grpc(media: &[u8]) -> bool {
    let rest = media.strip_prefix(b"application/grpc").or_else(|| {
        // Connect frames its streams alike.
        media.strip_prefix(b"application/connect").filter(|it| *it == b"+proto")
    });
    matches!(rest, Some(b"" | b"+proto" | b"-web" | b"-web+proto"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    const LIMITS: WalkLimits = WalkLimits { depth_max: 8, values_max: 1_000 };

    /// All that a walk of this budget hands over, as `place=text`, and its oddities.
    fn walked(
        format: Format,
        limits: WalkLimits,
        body: &[u8],
        budget: usize,
    ) -> (Vec<(String, Vec<u8>)>, Oddities) {
        let mut found = Vec::new();
        let mut sink = |it: Value<'_>| {
            let place = match it.place {
                PlaceRef::Body(path) => path.to_owned(),
                other @ (PlaceRef::Path
                | PlaceRef::Query(_)
                | PlaceRef::Cookie(_)
                | PlaceRef::Header(_)
                | PlaceRef::Name) => other.to_place().to_string(),
            };
            found.push((place, it.text.to_vec()));
        };
        let mut walk = Walk::new(format, limits);
        let mut steps = 0;
        while walk.step(body, budget, &mut sink) == Progress::More {
            steps += 1;
            assert!(steps <= 2 * body.len() + 8, "a walk that does not end");
        }
        (found, walk.oddities())
    }

    /// Expects these values, `place=text` each, and oddities, at every budget.
    #[track_caller]
    fn check(format: Format, body: &str, values: &[&str], oddities: &[Oddity]) {
        for budget in [0, 1, 2, 3, 7, 16, 1_000_000] {
            let (found, odd) = walked(format, LIMITS, body.as_bytes(), budget);
            let found: Vec<_> = found
                .iter()
                .map(|(place, text)| format!("{place}={}", String::from_utf8_lossy(text)))
                .collect();
            assert_eq!(found, values, "budget {budget}");
            assert_eq!(odd, oddities.iter().copied().collect(), "budget {budget}");
        }
    }

    #[test]
    fn a_content_type_is_read_without_its_parameters() {
        for (media, expected) in [
            ("application/json", Format::Json),
            ("Application/JSON ; charset=UTF-8", Format::Json),
            (" application/json\t;x", Format::Json),
            ("text/json", Format::Json),
            ("application/problem+json", Format::Json),
            ("application/json, text/plain", Format::Json),
            ("application/x-ndjson", Format::Lenient),
            ("application/json5", Format::Lenient),
            ("application/csp-report", Format::Lenient),
            ("APPLICATION/x-www-form-urlencoded;charset=x", Format::Form),
            ("text/html", Format::Text),
            ("application/soap+xml", Format::Xml),
            ("application/graphql", Format::Text),
            ("", Format::Text),
            ("json", Format::Lenient),
            ("image/png", Format::Opaque),
            ("application/x-protobuf", Format::Protobuf),
            ("application/proto", Format::Protobuf),
            ("application/grpc", Format::Grpc),
            ("application/grpc+proto", Format::Grpc),
            ("application/grpc-web+proto", Format::Grpc),
            ("application/grpc-web-text", Format::Opaque),
            ("application/grpc+json", Format::Json),
            ("multipart/form-data; boundary=application/json", Format::Multipart),
        ] {
            assert_eq!(Format::of(Some(media.as_bytes())), expected, "{media}");
        }
        assert_eq!(Format::of(None), Format::Text);
    }

    #[test]
    fn json_under_another_name_is_read_and_not_odd() {
        for format in [Format::Text, Format::Opaque] {
            check(format, " {\"a\":\"b\"}", &["name=a", "$.a=b"], &[]);
            assert_eq!(format.sniffed(b"[1]"), Format::Lenient);
            assert_eq!(format.sniffed(b"a[1]"), format);
        }
        assert_eq!(Format::Form.sniffed(b"[1]"), Format::Form);
        check(Format::Text, "{x} y", &["$={x} y"], &[]);
        check(Format::Opaque, "PK", &[], &[]);
        check(Format::Text, "hi", &["$=hi"], &[]);
        check(
            Format::Lenient,
            "{\"a\":\"b\"}\n{\"a\":\"c\"}",
            &["name=a", "$.a=b", "$=a", "$=c", "$={\"a\":\"b\"}\n{\"a\":\"c\"}"],
            &[],
        );
    }

    #[test]
    fn every_json_string_and_key_has_its_place() {
        check(
            Format::Json,
            r#" {"a": "x", "b": [1, "y", {"c d": ["z", true]}], "e": {}, "f": null, "g": ""} "#,
            &[
                "name=a",
                "$.a=x",
                "name=b",
                "$.b[*]=y",
                "name=c d",
                r"$.b[*].c\x20d[*]=z",
                "name=e",
                "name=f",
                "name=g",
                "$.g=",
            ],
            &[],
        );
        check(Format::Json, r#""top""#, &["$=top"], &[]);
        check(Format::Json, "-1.5e+3", &[], &[]);
    }

    #[test]
    fn escapes_are_decoded() {
        let text = r#"["\" \\ \/ \b\f\n\r\t", "\u0027 \u00e9 \ud83d\ude00", "\ud83d", "\ude00x", "\ud83d\u0041"]"#;
        check(
            Format::Json,
            text,
            &[
                "$[*]=\" \\ / \u{8}\u{c}\n\r\t",
                "$[*]=' é 😀",
                "$[*]=\u{fffd}",
                "$[*]=\u{fffd}x",
                "$[*]=\u{fffd}A",
            ],
            &[],
        );
    }

    #[test]
    fn a_key_twice_in_one_object_is_odd_however_it_is_spelt() {
        let twice = &[Oddity::JsonDuplicateKey];
        check(Format::Json, r#"{"a":1,"a":2}"#, &["name=a", "name=a"], twice);
        check(Format::Json, r#"{"a":1,"\u0061":2}"#, &["name=a", "name=a"], twice);
        let same = &["name=a", "name=a", "name=a"];
        check(
            Format::Json,
            r#"{"a":{"a":1}, "b":[{"a":1}]}"#,
            &["name=a", "name=a", "name=b", "name=a"],
            &[],
        );
        check(Format::Json, r#"[{"a":1},{"a":1},{"a":1}]"#, same, &[]);
        let keys = |last: &str| {
            let keys: Vec<_> = (0..40).map(|it| format!("\"k{it}\":0")).collect();
            format!("{{{},\"x\":{{\"k3\":0}},{last}:0}}", keys.join(","))
        };
        for (last, odd) in [("\"k3\"", true), ("\"k39\"", true), ("\"k40\"", false)] {
            let (_, oddities) = walked(Format::Json, LIMITS, keys(last).as_bytes(), 64);
            assert_eq!(oddities.contains(Oddity::JsonDuplicateKey), odd, "{last}");
        }
    }

    #[test]
    fn behind_a_fault_strings_and_text_are_still_handed_over() {
        let odd = &[Oddity::JsonMalformed];
        check(
            Format::Json,
            r#"{"a":NaN,"q":"\u0027x"}"#,
            &["name=a", "$=q", "$='x", r#"$=NaN,"q":"\u0027x"}"#],
            odd,
        );
        check(Format::Json, r#"["a"] // "b""#, &["$[*]=a", "$=b", "$=// \"b\""], odd);
        check(Format::Json, "{'a':'b'}", &["$=a", "$=b", "$='a':'b'}"], odd);
        check(Format::Json, "\u{feff}\"a\"", &["$=a", "$=\u{feff}\"a\""], odd);
        check(Format::Json, "[\"a\tb\"]", &["$=a\tb", "$=\"a\tb\"]"], odd);
        check(Format::Json, "\"a", &["$=a", "$=\"a"], odd);
        check(Format::Json, "", &[], odd);
        check(Format::Json, "[1", &[], odd);
    }

    #[test]
    fn json_in_a_string_is_read_one_level_deep() {
        check(
            Format::Json,
            r#"{"p":"{\"q\":[\"'\",\"[\\\"no\\\"]\"]}","z":"y"}"#,
            &[
                "name=p",
                r#"$.p={"q":["'","[\"no\"]"]}"#,
                "name=q",
                "$.p.q[*]='",
                r#"$.p.q[*]=["no"]"#,
                "name=z",
                "$.z=y",
            ],
            &[],
        );
        check(Format::Json, r#"["{\"a\" b"]"#, &[r#"$[*]={"a" b"#, "name=a"], &[]);
        check(
            Format::Form,
            "p=%7B%22q%22:%22'%22}&r=1",
            &["$.p={\"q\":\"'\"}", "name=p", "name=q", "$.p.q='", "$.r=1", "name=r"],
            &[],
        );
    }

    #[test]
    fn a_form_is_pairs() {
        check(
            Format::Form,
            "a=x+y&b%20c=%27&&d",
            &["$.a=x y", "name=a", r"$.b\x20c='", "name=b c", "$.d=", "name=d"],
            &[],
        );
        check(
            Format::Form,
            "a=100%&b=1",
            &["$.a=100%", "name=a", "$.b=1", "name=b"],
            &[Oddity::FormMalformed],
        );
        check(Format::Form, "", &[], &[]);
    }

    #[test]
    fn json_sent_as_a_form_is_read_as_both() {
        check(
            Format::Form,
            r#"{"a":"b"}"#,
            &["name=a", "$.a=b", r#"$.{"a":"b"}="#, r#"name={"a":"b"}"#],
            &[Oddity::FormMalformed],
        );
    }

    #[test]
    fn nesting_and_values_have_limits() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        check(Format::Json, &nested(8), &[], &[]);
        let rest = format!("$={}{}", "[", "]".repeat(9));
        check(Format::Json, &nested(9), &[&rest], &[Oddity::JsonDepth]);
        let limits = WalkLimits { values_max: 2, ..LIMITS };
        for (body, odd) in [(r#"{"a":"b"}"#, false), (r#"["a","b","c"]"#, true)] {
            let (found, oddities) = walked(Format::Json, limits, body.as_bytes(), 4);
            assert_eq!(found.len(), 2);
            assert_eq!(oddities.contains(Oddity::TooManyValues), odd);
        }
    }

    #[test]
    fn long_text_comes_in_pieces_that_overlap() {
        let body = vec![b'a'; 2 * PIECE_BYTES_MAX];
        let (found, _) = walked(Format::Text, LIMITS, &body, 16 * 1024);
        let lengths: Vec<_> = found.iter().map(|(_, text)| text.len()).collect();
        assert_eq!(lengths, [PIECE_BYTES_MAX, PIECE_BYTES_MAX, 2 * PIECE_OVERLAP_BYTES]);
        let (found, _) = walked(Format::Text, LIMITS, &body[..PIECE_BYTES_MAX], 16 * 1024);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn places_stay_short_and_come_back() {
        let deep = format!("{{\"{}\":{{\"b\":[\"x\"]}},\"c\":\"y\"}}", "é".repeat(100));
        let (found, _) = walked(Format::Json, LIMITS, deep.as_bytes(), 10);
        assert!(found.iter().all(|it| it.0.len() <= 128 + 3));
        assert_eq!(found.last().unwrap().0, "$.c");
    }

    #[test]
    fn hostile_bodies_take_linear_time() {
        let limits = WalkLimits { depth_max: 64, values_max: 1_000_000 };
        let many: String = (0..60_000).map(|it| format!("\"k{it}\":1,")).collect();
        for body in [
            "[".repeat(100_000),
            "[{\"a\":".repeat(30_000),
            format!("{{{}\"a\":1}}", "\"a\":1,".repeat(150_000)),
            format!("{{{many}\"a\":1}}"),
            "\"\\".repeat(100_000),
            "{\"a\":\"[\"".repeat(50_000),
            format!("[{}1]", "\"{\\\"a\\\":\",".repeat(60_000)),
            "'".repeat(500_000),
        ] {
            let start = std::time::Instant::now();
            let (_, oddities) = walked(Format::Json, limits, body.as_bytes(), 16 * 1024);
            let took = start.elapsed();
            assert!(took.as_secs() < 5, "{took:?} for {:?}", body.get(..20));
            assert!(!oddities.is_empty() || body.contains("k59999") || body.ends_with("1]"));
        }
    }
}
