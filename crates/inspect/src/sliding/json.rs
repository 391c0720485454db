//! JSON that passes: tokens are read as soon as they are whole.
//!
//! A look over the bytes tells how far no token is torn, and the strict reader goes as far as that. A string longer than a piece
//! of text is handed over in pieces. Of records that stand line by line, each is a text of its own. Behind a fault, strings are
//! picked out, and the rest is read as text besides.

use super::text::Text;
use crate::body::{Format, PIECE_BYTES_MAX, PIECE_OVERLAP_BYTES, WalkLimits};
use crate::handing::Handing;
use crate::json::{Json, nested, unescaped};
use crate::value::{PlaceRef, Sink};
use bartizan_model::oddity::{Oddities, Oddity};

/// Longest escape of a string: `\uXXXX`.
const ESCAPE_BYTES: usize = 6;

/// The text that is not read yet, and how it is read.
#[derive(Debug)]
pub(super) struct JsonText {
    json: Json,
    limits: WalkLimits,
    path: String,
    is_lenient: bool,
    window: Vec<u8>,
    lexer: Lexer,
    /// Behind a fault.
    behind: Option<(Loose, Text)>,
    oddities: Oddities,
}

/// How far the window was looked over.
#[derive(Debug, Default)]
struct Lexer {
    scanned: usize,
    /// Up to here no token is torn.
    safe: usize,
    /// Where the string opens that has not ended.
    string_from: Option<usize>,
    is_escape: bool,
}

impl Lexer {
    fn scan(&mut self, window: &[u8]) {
        while let Some(&byte) = window.get(self.scanned) {
            if self.string_from.is_some() {
                self.in_string(byte, window);
                continue;
            }
            match byte {
                b'"' => {
                    self.safe = self.scanned;
                    self.string_from = Some(self.scanned);
                }
                b'{' | b'}' | b'[' | b']' | b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' => {
                    self.safe = self.scanned + 1;
                }
                _ => {}
            }
            self.scanned += 1;
        }
    }

    fn in_string(&mut self, byte: u8, window: &[u8]) {
        if std::mem::take(&mut self.is_escape) {
            self.scanned += 1;
            return;
        }
        match byte {
            b'\\' => self.is_escape = true,
            b'"' => {
                self.string_from = None;
                self.safe = self.scanned + 1;
            }
            _ => {
                let rest = window.get(self.scanned..).unwrap_or_default();
                self.scanned += memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                return;
            }
        }
        self.scanned += 1;
    }

    /// So many bytes at the front are gone.
    fn forget(&mut self, count: usize) {
        self.scanned = self.scanned.saturating_sub(count);
        self.safe = self.safe.saturating_sub(count);
        self.string_from = self.string_from.map(|it| it.saturating_sub(count));
    }
}

impl JsonText {
    pub(super) fn new(limits: WalkLimits, path: &str, format: Format) -> Self {
        Self {
            json: Json::passing(limits.depth_max, path),
            limits,
            path: path.to_owned(),
            is_lenient: format == Format::Lenient,
            window: Vec::new(),
            lexer: Lexer::default(),
            behind: None,
            oddities: Oddities::NONE,
        }
    }

    pub(super) fn oddities(&self) -> Oddities {
        self.oddities
    }

    pub(super) fn kept_bytes(&self) -> usize {
        let behind = self.behind.as_ref().map_or(0, |(loose, text)| {
            let loose = loose.raw.len();
            loose + text.kept_bytes()
        });
        self.window.len() + behind + self.json.keys() * size_of::<u64>()
    }

    pub(super) fn push(&mut self, bytes: &[u8], end: bool, out: &mut Handing<'_, impl Sink>) {
        if let Some(behind) = &mut self.behind {
            return behind.push(bytes, end, (&self.path, self.limits.depth_max), out);
        }
        self.window.extend_from_slice(bytes);
        self.lexer.scan(&self.window);
        loop {
            let is_stuck = self.window.len() > PIECE_BYTES_MAX && self.lexer.string_from.is_none();
            let whole = if end || is_stuck { self.window.len() } else { self.lexer.safe };
            let text = self.window.get(..whole).unwrap_or_default();
            self.json.pass(text, end, out);
            self.oddities.extend(self.json.oddities());
            if self.json.keys() > self.limits.values_max {
                self.oddities.insert(Oddity::TooManyValues);
                return self.break_off(self.json.position(), end, out);
            }
            match self.json.broken_at() {
                None => break,
                Some(at) if self.is_next_record(at) => {
                    self.forget(at);
                    self.json = Json::passing(self.limits.depth_max, &self.path);
                }
                // Strict readers end at a fault of a single text; lenient ones forgive its end.
                Some(at) => return self.break_off(at, end, out),
            }
        }
        self.forget(self.json.position());
        self.json.rebase();
        if let Some(from) = self.lexer.string_from
            && self.window.len().saturating_sub(from) > PIECE_BYTES_MAX
        {
            self.cut(from, out);
        }
    }

    /// Whether at `at` another text begins on a line of its own.
    fn is_next_record(&self, at: usize) -> bool {
        let begins = matches!(self.window.get(at), Some(b'{' | b'['));
        self.is_lenient && begins && self.json.is_behind_whole_text()
    }

    fn forget(&mut self, count: usize) {
        self.window.drain(..count.min(self.window.len()));
        self.lexer.forget(count);
    }

    fn break_off(&mut self, at: usize, end: bool, out: &mut Handing<'_, impl Sink>) {
        self.forget(at);
        let mut behind = (Loose::default(), Text::default());
        behind.push(&self.window, end, (&self.path, self.limits.depth_max), out);
        self.window = Vec::new();
        self.behind = Some(behind);
    }

    /// Hands over what has come of a string that is too long to be kept.
    fn cut(&mut self, from: usize, out: &mut Handing<'_, impl Sink>) {
        let to = aligned(&self.window, self.window.len());
        let raw = self.window.get(from + 1..to).unwrap_or_default();
        out.give(PlaceRef::Body(self.json.path()), unescaped(raw, &mut Vec::new()));
        let again = aligned(&self.window, to.saturating_sub(PIECE_OVERLAP_BYTES));
        self.window.drain(from + 1..again.max(from + 1));
        self.lexer.scanned = self.window.len();
    }
}

/// The last position up to `at` at which no escape is torn.
fn aligned(text: &[u8], at: usize) -> usize {
    let is_open = |slash: &usize| {
        let before = text.get(..*slash).unwrap_or_default();
        let slashes = before.iter().rev().take_while(|it| **it == b'\\').count();
        let is_one = text.get(*slash) == Some(&b'\\') && slashes % 2 == 0;
        let length = if text.get(slash + 1) == Some(&b'u') { ESCAPE_BYTES } else { 2 };
        is_one && slash + length > at
    };
    (at.saturating_sub(ESCAPE_BYTES - 1)..at).find(is_open).unwrap_or(at)
}

/// Reads what is behind a fault.
trait Behind {
    fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        within: (&str, usize),
        out: &mut Handing<'_, impl Sink>,
    );
}

impl Behind for (Loose, Text) {
    fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        (path, depth_max): (&str, usize),
        out: &mut Handing<'_, impl Sink>,
    ) {
        let (loose, text) = self;
        loose.push(bytes, end, (path, depth_max), out);
        text.push(bytes, end, path, out);
    }
}

/// Strings of a text that is not JSON, or not any more.
#[derive(Debug, Default)]
struct Loose {
    quote: Option<u8>,
    raw: Vec<u8>,
    is_escape: bool,
}

impl Loose {
    fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        within: (&str, usize),
        out: &mut Handing<'_, impl Sink>,
    ) {
        for &byte in bytes {
            let Some(quote) = self.quote else {
                self.quote = matches!(byte, b'"' | b'\'').then_some(byte);
                continue;
            };
            if byte == quote && !self.is_escape {
                self.give(within, out);
                (self.quote, self.raw) = (None, Vec::new());
                continue;
            }
            self.is_escape = byte == b'\\' && !self.is_escape;
            self.raw.push(byte);
            if self.raw.len() > PIECE_BYTES_MAX && !self.is_escape {
                self.give(within, out);
                let from = aligned(&self.raw, PIECE_BYTES_MAX - PIECE_OVERLAP_BYTES);
                self.raw.drain(..from);
            }
        }
        if end && self.quote.take().is_some() {
            self.give(within, out);
        }
    }

    fn give(&self, (path, depth_max): (&str, usize), out: &mut Handing<'_, impl Sink>) {
        let mut scratch = Vec::new();
        let value = unescaped(&self.raw, &mut scratch);
        out.give(PlaceRef::Body(path), value);
        nested(value, path, depth_max, out);
    }
}
