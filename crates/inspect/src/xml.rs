//! One XML document, walked without recursion; nothing is expanded but the five built-in entities and numbers.
//!
//! Reads    a document that is held whole; keeps a position in it, never a borrow.
//! Writes   texts and sections of CDATA at the path of their element (`$.a.b`), attributes (`$.a.@id`), comments and
//!          instructions (`$.a.!`), the document type (`$.!DOCTYPE`) whole, and each name.
//! Memory   the path, a length for each level, one decoded text.
//! Errors   none: it ends where the text is no XML; the document as a text was handed over before.
//! Misses   entities that the document type declares; elements nested deeper than allowed stand at the deepest path.
//! Source   XML 1.0, fifth edition.

use crate::body::Progress;
use crate::decoding::entities;
use crate::handing::Handing;
use crate::value::{PlaceRef, Sink};
use bartizan_model::place::{NAME_BYTES_MAX, escaped_step};
use memchr::memmem::find;

/// A walk over one document.
#[derive(Debug)]
pub(crate) struct Xml {
    at: usize,
    path: String,
    levels: Vec<usize>,
    /// Open elements that found no room in `levels`.
    deeper: usize,
    depth_max: usize,
    scratch: Vec<u8>,
}

impl Xml {
    /// Starts at the first byte. Places begin with `path`.
    pub(crate) fn new(depth_max: usize, path: &str) -> Self {
        let (path, levels, scratch) = (path.to_owned(), Vec::new(), Vec::new());
        Self { at: 0, path, levels, deeper: 0, depth_max, scratch }
    }

    /// Walks on over about `budget` bytes.
    pub(crate) fn step(
        &mut self,
        text: &[u8],
        budget: usize,
        out: &mut Handing<'_, impl Sink>,
    ) -> Progress {
        let end = self.at.saturating_add(budget);
        while self.at < end {
            let rest = text.get(self.at..).unwrap_or_default();
            if rest.is_empty() || out.is_full() {
                return Progress::Done;
            }
            match self.piece(rest, out) {
                Some(bytes) => self.at += bytes.max(1),
                None => return Progress::Done,
            }
        }
        Progress::More
    }

    /// Takes what stands in front; its length.
    fn piece(&mut self, rest: &[u8], out: &mut Handing<'_, impl Sink>) -> Option<usize> {
        let enclosed = |open: &[u8], close: &[u8]| {
            let from = open.len();
            let length = find(rest.get(from..)?, close)?;
            Some((rest.get(from..from + length)?, from + length + close.len()))
        };
        if !rest.starts_with(b"<") {
            let length = memchr::memchr(b'<', rest).unwrap_or(rest.len());
            let text = rest.get(..length)?.trim_ascii();
            if !text.is_empty() {
                self.text(text, out);
            }
            return Some(length);
        }
        if rest.starts_with(b"<![CDATA[") {
            let (text, bytes) = enclosed(b"<![CDATA[", b"]]>")?;
            out.give(PlaceRef::Body(&self.path), text);
            return Some(bytes);
        }
        if rest.starts_with(b"<!--") {
            let (text, bytes) = enclosed(b"<!--", b"-->")?;
            self.beside("!", text, out);
            return Some(bytes);
        }
        if rest.starts_with(b"<?") {
            let (text, bytes) = enclosed(b"<?", b"?>")?;
            if !text.starts_with(b"xml ") {
                self.beside("!", text, out);
            }
            return Some(bytes);
        }
        if rest.starts_with(b"<!") {
            let length = declaration(rest)?;
            self.beside("!DOCTYPE", rest.get(..length)?, out);
            return Some(length);
        }
        if rest.starts_with(b"</") {
            let length = memchr::memchr(b'>', rest)?;
            self.close();
            return Some(length + 1);
        }
        self.element(rest, out)
    }

    fn text(&mut self, raw: &[u8], out: &mut Handing<'_, impl Sink>) {
        let place = PlaceRef::Body(&self.path);
        out.give(place, decoded(raw, &mut self.scratch));
    }

    /// Hands over what stands at the path as a step of its own.
    fn beside(&mut self, step: &str, text: &[u8], out: &mut Handing<'_, impl Sink>) {
        let length = self.path.len();
        self.enter(step);
        out.give(PlaceRef::Body(&self.path), text);
        self.path.truncate(length);
    }

    fn enter(&mut self, step: &str) {
        if self.path.len() + 1 + step.len() <= NAME_BYTES_MAX {
            self.path.push('.');
            self.path.push_str(step);
        }
    }

    fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(length) = self.levels.pop() {
            self.path.truncate(length);
        }
    }

    /// Takes a start tag with its attributes.
    fn element(&mut self, rest: &[u8], out: &mut Handing<'_, impl Sink>) -> Option<usize> {
        let length = name_length(rest.get(1..)?);
        let name = rest.get(1..1 + length).filter(|it| !it.is_empty())?;
        out.give(PlaceRef::Name, name);
        if self.levels.len() < self.depth_max {
            self.levels.push(self.path.len());
            self.enter(&escaped_step(name));
        } else {
            self.deeper += 1;
        }
        let mut at = 1 + length;
        loop {
            let behind = rest.get(at..)?;
            at += behind.iter().take_while(|it| it.is_ascii_whitespace()).count();
            match rest.get(at..)? {
                [b'>', ..] => return Some(at + 1),
                [b'/', b'>', ..] => {
                    self.close();
                    return Some(at + 2);
                }
                [b'/', ..] => at += 1,
                [] => return None,
                tail => at += self.attribute(tail, out)?,
            }
            if out.is_full() {
                return None;
            }
        }
    }

    /// Takes one attribute; its length.
    fn attribute(&mut self, text: &[u8], out: &mut Handing<'_, impl Sink>) -> Option<usize> {
        let length = name_length(text);
        let name = text.get(..length).filter(|it| !it.is_empty())?;
        out.give(PlaceRef::Name, name);
        let blanks = |at: usize| {
            let behind = text.get(at..).unwrap_or_default();
            at + behind.iter().take_while(|it| it.is_ascii_whitespace()).count()
        };
        let at = blanks(length);
        if text.get(at) != Some(&b'=') {
            return Some(length);
        }
        let at = blanks(at + 1);
        let value = text.get(at..)?;
        let (value, bytes) = match value {
            [quote @ (b'"' | b'\''), inner @ ..] => {
                let length = memchr::memchr(*quote, inner)?;
                (inner.get(..length)?, length + 2)
            }
            bare => {
                let is_end = |it: &u8| it.is_ascii_whitespace() || *it == b'>';
                let length = bare.iter().position(is_end)?;
                (bare.get(..length)?, length)
            }
        };
        let length = self.path.len();
        self.enter(&format!("@{}", escaped_step(name)));
        self.text(value, out);
        self.path.truncate(length);
        Some(at + bytes)
    }
}

fn decoded<'a>(raw: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if memchr::memchr(b'&', raw).is_none() {
        return raw;
    }
    scratch.clear();
    entities::decode(raw, scratch);
    scratch
}

fn name_length(text: &[u8]) -> usize {
    let is_end = |it: &u8| it.is_ascii_whitespace() || matches!(it, b'>' | b'/' | b'=' | b'<');
    text.iter().position(is_end).unwrap_or(text.len())
}

/// The length of a document type with its inner declarations.
fn declaration(text: &[u8]) -> Option<usize> {
    let (mut at, mut is_inner) = (0, false);
    while let Some(found) = text.get(at..)?.iter().position(|it| b"\"'[]>".contains(it)) {
        at += found;
        match text.get(at)? {
            b'[' => is_inner = true,
            b']' => is_inner = false,
            b'>' if !is_inner => return Some(at + 1),
            b'>' => {}
            quote => at += 1 + memchr::memchr(*quote, text.get(at + 1..)?)?,
        }
        at += 1;
    }
    None
}
