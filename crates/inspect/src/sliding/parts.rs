//! Parts that pass: the head of each when it is whole, its body by a reader of its own.
//!
//! What parsers may disagree on is odd, and from there on everything is read as text besides.

use super::Sliding;
use super::text::Text;
use crate::body::{
    Format, MAGIC_BYTES, PART_FIRST_BYTES, PARTS_MAX, begins_as_text, hand_over_head,
};
use crate::handing::Handing;
use crate::multipart::{self, Boundaries, HEAD_BYTES_MAX, PartHead};
use crate::value::Sink;
use bartizan_model::oddity::{Oddities, Oddity};
use memchr::memmem;

/// Longest rest of the line of a delimiter.
const LINE_BYTES_MAX: usize = 256;

/// Bytes before a delimiter, and the last dashes behind it, that belong to it.
const LINE_END_BYTES: usize = 2;

/// Where in a body of parts a reader is.
#[derive(Debug)]
pub(super) struct Parts {
    /// What readers of parts are made from.
    model: Box<Sliding>,
    /// With the dashes before it.
    delimiter: Vec<u8>,
    window: Vec<u8>,
    /// What lies before was looked through for a delimiter.
    scanned: usize,
    /// The window begins where a line does.
    is_at_start: bool,
    at: At,
    count: usize,
    is_closed: bool,
    /// Everything from here on as text.
    raw: Option<Text>,
    oddities: Oddities,
}

#[derive(Debug)]
enum At {
    /// What is for nobody.
    Beside,
    Head,
    /// The beginning of a body.
    First(PartHead, String),
    Body(Box<Sliding>),
    /// The rest of a binary file.
    Skipped,
}

/// A delimiter in the window.
struct Found {
    /// Where what stands before it ends.
    to: usize,
    next: usize,
    is_last: bool,
    is_odd: bool,
}

impl Parts {
    /// The reader of what begins so; nothing if no boundary can be told.
    pub(super) fn of(outer: &Sliding, first: &[u8]) -> Option<Self> {
        let Boundaries { all, is_odd } = multipart::boundaries(&outer.content_type, first);
        let boundary = all.first().filter(|_| outer.nesting_left > 0)?;
        let mut it = Self {
            model: outer.within(Format::Text, b""),
            delimiter: [b"--", boundary.as_slice()].concat(),
            window: Vec::new(),
            scanned: 0,
            is_at_start: true,
            at: At::Beside,
            count: 0,
            is_closed: false,
            raw: None,
            oddities: Oddities::NONE,
        };
        if is_odd {
            it.is_odd();
        }
        Some(it)
    }

    pub(super) fn oddities(&self) -> Oddities {
        self.oddities
    }

    pub(super) fn kept_bytes(&self) -> usize {
        let inner = match &self.at {
            At::Body(inner) => inner.kept_bytes(),
            At::Beside | At::Head | At::First(..) | At::Skipped => 0,
        };
        let raw = self.raw.as_ref().map_or(0, Text::kept_bytes);
        self.window.len() + inner + raw
    }

    pub(super) fn push(&mut self, bytes: &[u8], end: bool, out: &mut Handing<'_, impl Sink>) {
        if let Some(raw) = &mut self.raw {
            raw.push(bytes, end, &self.model.path, out);
        }
        self.window.extend_from_slice(bytes);
        let before = self.raw.is_none().then(|| self.window.clone());
        while self.go_on(end, out) {}
        if end && !self.is_closed {
            // Without a last delimiter, some take the rest as a part, and some do not.
            self.is_odd();
        }
        if let Some(before) = before
            && let Some(raw) = &mut self.raw
        {
            raw.push(&before, end, &self.model.path, out);
        }
    }

    fn is_odd(&mut self) {
        self.oddities.insert(Oddity::MultipartMalformed);
        self.raw.get_or_insert_default();
    }

    /// Takes the next section of the window, as far as it has come. Whether there may be more in it.
    fn go_on(&mut self, end: bool, out: &mut Handing<'_, impl Sink>) -> bool {
        if matches!(self.at, At::Head) {
            return self.head(end, out);
        }
        let found = self.find(end);
        let whole = match &found {
            Some(found) => found.to,
            None if end => self.window.len(),
            // A delimiter may have begun.
            None => {
                let kept = self.delimiter.len() + 2 * LINE_END_BYTES + LINE_BYTES_MAX;
                self.window.len().saturating_sub(kept)
            }
        };
        let is_whole = found.is_some() || end;
        self.section(whole, is_whole, out);
        let Some(found) = found else { return false };
        if found.is_odd {
            self.is_odd();
        }
        self.is_closed |= found.is_last;
        self.forget(found.next.saturating_sub(whole));
        self.is_at_start = true;
        self.at = if found.is_last || self.is_closed { At::Beside } else { At::Head };
        if matches!(self.at, At::Head) {
            self.count += 1;
            if self.count > PARTS_MAX {
                self.oddities.insert(Oddity::TooManyValues);
                self.is_odd();
                self.at = At::Beside;
            }
        }
        !self.window.is_empty()
    }

    fn forget(&mut self, count: usize) {
        self.window.drain(..count.min(self.window.len()));
        self.scanned = self.scanned.saturating_sub(count);
    }

    /// The next delimiter whose line is whole.
    fn find(&mut self, end: bool) -> Option<Found> {
        let mut from = self.scanned;
        loop {
            let rest = self.window.get(from..).unwrap_or_default();
            let Some(at) = memmem::find(rest, &self.delimiter).map(|it| it + from) else {
                let torn = self.window.len().saturating_sub(self.delimiter.len());
                self.scanned = torn.max(from);
                return None;
            };
            let before = self.window.get(..at).unwrap_or_default();
            let (line_end, is_bare) = match before {
                [.., b'\r', b'\n'] => (2, false),
                [.., b'\n' | b'\r'] => (1, true),
                [] if self.is_at_start => (0, false),
                [..] => {
                    from = at + 2;
                    continue;
                }
            };
            let behind = self.window.get(at + self.delimiter.len()..).unwrap_or_default();
            let is_last = behind.starts_with(b"--");
            let dashes = if is_last { 2 } else { 0 };
            let behind = behind.get(dashes..).unwrap_or_default();
            let line = memchr::memchr(b'\n', behind);
            if line.is_none() && !end && behind.len() < LINE_BYTES_MAX {
                self.scanned = at;
                return None;
            }
            let between = behind.get(..line.unwrap_or(behind.len())).unwrap_or_default();
            let is_clean =
                matches!(between, [b'\r']) && line.is_some() || between.is_empty() && is_last;
            let next = at + self.delimiter.len() + dashes + line.map_or(behind.len(), |it| it + 1);
            return Some(Found { to: at - line_end, next, is_last, is_odd: is_bare || !is_clean });
        }
    }

    /// Takes `count` bytes of what stands between two delimiters; with `is_whole` up to the second.
    fn section(&mut self, count: usize, is_whole: bool, out: &mut Handing<'_, impl Sink>) {
        if let At::First(..) = self.at {
            if count < PART_FIRST_BYTES && !is_whole {
                return;
            }
            let begin = self.window.get(..count).unwrap_or_default();
            let at = std::mem::replace(&mut self.at, At::Skipped);
            if let At::First(head, path) = at {
                self.at = self.body(&head, path, begin, out);
            }
        }
        let text = self.window.get(..count).unwrap_or_default();
        match &mut self.at {
            At::Body(inner) => {
                inner.go_on(text, is_whole, out);
                self.oddities.extend(inner.oddities);
            }
            // What is for nobody, some read all the same.
            At::Beside if !text.trim_ascii().is_empty() => self.is_odd(),
            At::Beside | At::Head | At::First(..) | At::Skipped => {}
        }
        self.is_at_start &= count == 0;
        self.forget(count);
    }

    /// How the body of a part is read that begins so.
    fn body(
        &self,
        head: &PartHead,
        path: String,
        begin: &[u8],
        out: &mut Handing<'_, impl Sink>,
    ) -> At {
        let content_type = head.content_type.as_deref();
        let mut format = Format::of_part(content_type);
        let is_file = !head.files.is_empty();
        if is_file && format == Format::Text && !begins_as_text(begin) {
            let magic = begin.get(..begin.len().min(MAGIC_BYTES)).unwrap_or_default();
            out.give_piece(&path, magic);
            return At::Skipped;
        }
        let mut inner = self.model.within(format, content_type.unwrap_or_default());
        inner.nesting_left = self.model.nesting_left;
        if format == Format::Multipart && inner.nesting_left == 0 {
            format = Format::Text;
        }
        (inner.format, inner.path) = (format, path);
        At::Body(inner)
    }

    /// Takes the head of a part once it is whole.
    fn head(&mut self, end: bool, out: &mut Handing<'_, impl Sink>) -> bool {
        let next = self.find(end).map(|it| it.to);
        let text = self.window.get(..next.unwrap_or(self.window.len())).unwrap_or_default();
        let is_whole = text.starts_with(b"\r\n")
            || text.starts_with(b"\n")
            || memmem::find(text, b"\n\r\n").is_some()
            || memmem::find(text, b"\n\n").is_some();
        if !is_whole && next.is_none() && !end && text.len() <= HEAD_BYTES_MAX {
            return false;
        }
        let (head, at) = multipart::head(text);
        if head.is_odd {
            self.is_odd();
        }
        let path = hand_over_head(&head, &self.model.path, out);
        self.forget(at);
        self.scanned = 0;
        self.is_at_start = true;
        self.at = At::First(head, path);
        true
    }
}
