//! One JSON text (RFC 8259), walked byte by byte without recursion.
//!
//! Reads    a text that is held whole; keeps a position in it, never a borrow.
//! Writes   every string and every object key, decoded, every number and literal, what is empty, and oddities.
//! Memory   one frame a level of nesting, a hash a key of the open objects (keys are values, so
//!          at most `values_max`), one decoded string; for JSON inside a string a copy of it.
//! Errors   none: behind the first byte that is not JSON, strings are still looked for, so that
//!          an upstream that forgives comments or `NaN` reads nothing that was not seen here.
//! Misses   JSON inside JSON inside JSON (one level is read); in malformed text, strings that our
//!          guess at the quotes splits differently than the upstream's.
//! Source   RFC 8259; RFC 8785 section 3.2.2.2 for the escapes.

use crate::body::Progress;
use crate::handing::Handing;
use crate::percent::hex;
use crate::value::{PlaceRef, Sink};
use bartizan_model::oddity::{Oddities, Oddity};
use bartizan_model::place::{NAME_BYTES_MAX, escaped_step};
use std::collections::BTreeSet;

/// Keys of one object that are compared one by one before a tree takes over.
const KEYS_FEW: usize = 16;

/// Bytes of a string that are looked at in eights.
const SHORT_BYTES: usize = 64;

/// A walk over one JSON text.
#[derive(Debug)]
pub(crate) struct Json {
    at: usize,
    expects: Expects,
    frames: Vec<Frame>,
    keys: Vec<u64>,
    path: String,
    scratch: Vec<u8>,
    depth_max: usize,
    inner: Option<Box<Inner>>,
    nests: bool,
    oddities: Oddities,
    /// Where strict reading ended, if it ended early.
    broken_at: Option<usize>,
    /// More of the text may come.
    is_passing: bool,
    /// It broke behind a text that was whole.
    is_behind_whole: bool,
}

/// What may come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    Nothing,
    /// Anything: the text is not JSON, and strings are picked out of it.
    Anything,
    /// Nothing more is read.
    Stopped,
}

/// An open object or array.
#[derive(Debug)]
struct Frame {
    is_object: bool,
    path_bytes: usize,
    keys_from: usize,
    many_keys: BTreeSet<u64>,
}

/// JSON found inside a string.
#[derive(Debug)]
struct Inner {
    text: Vec<u8>,
    walk: Json,
}

/// The text is not JSON.
struct Malformed;

/// A string in the text: its raw bytes without quotes, and where it ends.
struct Raw<'a> {
    bytes: &'a [u8],
    is_escaped: bool,
    end: usize,
}

impl Json {
    /// Starts at the first byte. Places begin with `path`; with `nests`, JSON inside strings is
    /// walked too.
    pub(crate) fn new(depth_max: usize, path: &str, nests: bool) -> Self {
        Self {
            at: 0,
            expects: Expects::Value,
            frames: Vec::new(),
            keys: Vec::new(),
            path: path.to_owned(),
            scratch: Vec::new(),
            depth_max,
            inner: None,
            nests,
            oddities: Oddities::NONE,
            broken_at: None,
            is_passing: false,
            is_behind_whole: false,
        }
    }

    /// Starts at the first byte of a text that comes piece by piece (see [`Self::pass`]).
    pub(crate) fn passing(depth_max: usize, path: &str) -> Self {
        Self { is_passing: true, ..Self::new(depth_max, path, true) }
    }

    /// Reads as far as `text` goes, which ends with a whole token: the text itself ends there only with `is_last`. Nothing is
    /// read behind a fault.
    pub(crate) fn pass(&mut self, text: &[u8], is_last: bool, out: &mut Handing<'_, impl Sink>) {
        self.is_passing = !is_last;
        while self.broken_at.is_none() && self.inner_and_token(text, out) == Progress::More {}
    }

    /// JSON inside a string is walked to its end, then one token.
    fn inner_and_token(&mut self, text: &[u8], out: &mut Handing<'_, impl Sink>) -> Progress {
        if let Some(mut inner) = self.inner.take() {
            while inner.walk.step(&inner.text, usize::MAX, out) == Progress::More {}
        }
        if out.is_full() { Progress::Done } else { self.token(text, out) }
    }

    /// How far was read.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// What was read is gone from the front of the text.
    pub(crate) fn rebase(&mut self) {
        self.at = 0;
    }

    /// Keys that are remembered.
    pub(crate) fn keys(&self) -> usize {
        let many = self.frames.iter().map(|it| it.many_keys.len());
        self.keys.len() + many.sum::<usize>()
    }

    /// Where the value stands that comes next.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Whether what broke it stands behind a whole text.
    pub(crate) fn is_behind_whole_text(&self) -> bool {
        self.is_behind_whole
    }

    /// What was met so far.
    pub(crate) fn oddities(&self) -> Oddities {
        self.oddities
    }

    /// Where strict reading ended, if it ended before the end of the text.
    pub(crate) fn broken_at(&self) -> Option<usize> {
        self.broken_at
    }

    /// Walks on over about `budget` bytes; a single string is never cut.
    pub(crate) fn step(
        &mut self,
        text: &[u8],
        budget: usize,
        out: &mut Handing<'_, impl Sink>,
    ) -> Progress {
        let mut left = budget;
        loop {
            if out.is_full() {
                return Progress::Done;
            }
            if let Some(mut inner) = self.inner.take() {
                let from = inner.walk.at;
                if inner.walk.step(&inner.text, left, out) == Progress::More {
                    self.inner = Some(inner);
                    return Progress::More;
                }
                left = left.saturating_sub(inner.walk.at.saturating_sub(from));
            }
            let from = self.at;
            if self.token(text, out) == Progress::Done {
                return Progress::Done;
            }
            left = left.saturating_sub(self.at.saturating_sub(from));
            if left == 0 {
                return Progress::More;
            }
        }
    }

    /// Takes one token with the white space before it.
    fn token(&mut self, text: &[u8], out: &mut Handing<'_, impl Sink>) -> Progress {
        if self.expects == Expects::Stopped {
            return Progress::Done;
        }
        if self.expects == Expects::Anything {
            return self.loose_string(text, out);
        }
        let rest = text.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        let Some(&byte) = text.get(self.at) else {
            if self.expects != Expects::Nothing && !self.is_passing {
                self.is_broken(Oddity::JsonMalformed);
            }
            return Progress::Done;
        };
        match self.strict(byte, text, out) {
            Ok(()) => {}
            Err(Malformed) => self.is_broken(Oddity::JsonMalformed),
        }
        Progress::More
    }

    fn is_broken(&mut self, oddity: Oddity) {
        self.oddities.insert(oddity);
        self.broken_at = Some(self.at);
        self.is_behind_whole = self.expects == Expects::Nothing;
        self.path.truncate(self.frames.first().map_or(self.path.len(), |it| it.path_bytes));
        self.expects = if self.nests { Expects::Anything } else { Expects::Stopped };
        (self.frames, self.keys) = (Vec::new(), Vec::new());
    }

    fn strict(
        &mut self,
        byte: u8,
        text: &[u8],
        out: &mut Handing<'_, impl Sink>,
    ) -> Result<(), Malformed> {
        match (self.expects, byte) {
            (Expects::Value | Expects::ValueOrEnd, b'"') => {
                let raw = strict_string(text, self.at)?;
                self.hand_over(&raw, out);
                self.is_behind_value(text, raw.end);
            }
            (Expects::Value | Expects::ValueOrEnd, b'{' | b'[') => self.open(byte == b'{'),
            (Expects::Value | Expects::ValueOrEnd, b't') => self.literal(text, b"true", out)?,
            (Expects::Value | Expects::ValueOrEnd, b'f') => self.literal(text, b"false", out)?,
            (Expects::Value | Expects::ValueOrEnd, b'n') => self.literal(text, b"null", out)?,
            (Expects::Value | Expects::ValueOrEnd, b'-' | b'0'..=b'9') => {
                let end = number(text, self.at)?;
                let digits = text.get(self.at..end).unwrap_or_default();
                out.give_scalar(PlaceRef::Body(&self.path), digits);
                self.is_behind_value(text, end);
            }
            (Expects::Key | Expects::KeyOrEnd, b'"') => {
                let raw = strict_string(text, self.at)?;
                self.key(&raw, out);
                // Nearly always it follows at once.
                let is_there = text.get(raw.end) == Some(&b':');
                self.at = raw.end + usize::from(is_there);
                self.expects = if is_there { Expects::Value } else { Expects::Colon };
            }
            (Expects::Colon, b':') => self.go_on(Expects::Value),
            (Expects::CommaOrEnd, b',') => {
                let expects = self.behind_comma();
                self.go_on(expects);
            }
            (Expects::CommaOrEnd | Expects::KeyOrEnd, b'}') => self.close(true, out)?,
            (Expects::CommaOrEnd | Expects::ValueOrEnd, b']') => self.close(false, out)?,
            (
                Expects::Value
                | Expects::ValueOrEnd
                | Expects::Key
                | Expects::KeyOrEnd
                | Expects::Colon
                | Expects::CommaOrEnd
                | Expects::Nothing
                | Expects::Anything
                | Expects::Stopped,
                _,
            ) => return Err(Malformed),
        }
        Ok(())
    }

    fn go_on(&mut self, expects: Expects) {
        self.at += 1;
        self.expects = expects;
    }

    fn behind_value(&self) -> Expects {
        if self.frames.is_empty() { Expects::Nothing } else { Expects::CommaOrEnd }
    }

    fn behind_comma(&self) -> Expects {
        let is_object = self.frames.last().is_some_and(|it| it.is_object);
        if is_object { Expects::Key } else { Expects::Value }
    }

    /// A string, number or literal ended there. The comma that mostly follows at once is taken with it.
    fn is_behind_value(&mut self, text: &[u8], end: usize) {
        self.at = end;
        self.expects = self.behind_value();
        if self.expects == Expects::CommaOrEnd && text.get(end) == Some(&b',') {
            let expects = self.behind_comma();
            self.go_on(expects);
        }
    }

    fn open(&mut self, is_object: bool) {
        if self.frames.len() >= self.depth_max {
            return self.is_broken(Oddity::JsonDepth);
        }
        self.frames.push(Frame {
            is_object,
            path_bytes: self.path.len(),
            keys_from: self.keys.len(),
            many_keys: BTreeSet::new(),
        });
        if !is_object {
            append(&mut self.path, "[*]");
        }
        self.go_on(if is_object { Expects::KeyOrEnd } else { Expects::ValueOrEnd });
    }

    fn close(
        &mut self,
        is_object: bool,
        out: &mut Handing<'_, impl Sink>,
    ) -> Result<(), Malformed> {
        if self.frames.last().is_none_or(|it| it.is_object != is_object) {
            return Err(Malformed);
        }
        if let Some(frame) = self.frames.pop() {
            self.path.truncate(frame.path_bytes);
            self.keys.truncate(frame.keys_from);
            // Within a string nothing is empty but the string's own text.
            if self.nests && self.expects != Expects::CommaOrEnd {
                out.give_empty(PlaceRef::Body(&self.path), is_object);
            }
        }
        let expects = self.behind_value();
        self.go_on(expects);
        Ok(())
    }

    fn literal(
        &mut self,
        text: &[u8],
        literal: &[u8],
        out: &mut Handing<'_, impl Sink>,
    ) -> Result<(), Malformed> {
        if text.get(self.at..).is_none_or(|it| !it.starts_with(literal)) {
            return Err(Malformed);
        }
        out.give_scalar(PlaceRef::Body(&self.path), literal);
        self.is_behind_value(text, self.at + literal.len());
        Ok(())
    }

    fn key(&mut self, raw: &Raw<'_>, out: &mut Handing<'_, impl Sink>) {
        let Self { frames, keys, path, scratch, oddities, .. } = self;
        let name = decoded(raw, scratch);
        out.give(PlaceRef::Name, name);
        let Some(frame) = frames.last_mut() else { return };
        if !frame.is_new(hash(name), keys) {
            oddities.insert(Oddity::JsonDuplicateKey);
        }
        path.truncate(frame.path_bytes);
        append(path, ".");
        append(path, &escaped_step(name));
    }

    fn hand_over(&mut self, raw: &Raw<'_>, out: &mut Handing<'_, impl Sink>) {
        let Self { path, scratch, .. } = self;
        let value = decoded(raw, scratch);
        out.give(PlaceRef::Body(path), value);
        if self.nests && looks_like_container(value) {
            let text = value.to_vec();
            let walk = Self::new(self.depth_max, path, false);
            self.inner = Some(Box::new(Inner { text, walk }));
        }
    }

    /// Picks the next string out of a text that is not JSON, or not any more.
    fn loose_string(&mut self, text: &[u8], out: &mut Handing<'_, impl Sink>) -> Progress {
        let rest = text.get(self.at..).unwrap_or_default();
        let Some(opens) = memchr::memchr2(b'"', b'\'', rest) else { return Progress::Done };
        let quote = rest.get(opens).copied().unwrap_or(b'"');
        let from = self.at + opens + 1;
        let raw = loose_string(text, from, quote);
        self.hand_over(&raw, out);
        self.at = raw.end;
        Progress::More
    }
}

impl Frame {
    /// Remembers the key of this hash; whether it was new to this object. Two keys of one hash
    /// count as one: that only harms the client who made them up.
    fn is_new(&mut self, key: u64, keys: &mut Vec<u64>) -> bool {
        if !self.many_keys.is_empty() {
            return self.many_keys.insert(key);
        }
        let few = keys.get(self.keys_from..).unwrap_or_default();
        if few.contains(&key) {
            return false;
        }
        if few.len() < KEYS_FEW {
            keys.push(key);
        } else {
            self.many_keys = few.iter().copied().chain([key]).collect();
            keys.truncate(self.keys_from);
        }
        true
    }
}

/// Whether `text` begins like an object or array.
pub(crate) fn looks_like_container(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    matches!(text.trim_ascii_start(), [b'{' | b'[', _, ..])
}

/// Walks JSON inside a value to its end.
pub(crate) fn nested(value: &[u8], path: &str, depth_max: usize, out: &mut Handing<'_, impl Sink>) {
    if looks_like_container(value) {
        let mut walk = Json::new(depth_max, path, false);
        while walk.step(value, usize::MAX, out) == Progress::More {}
    }
}

/// Appends to a path, as far as it has room.
pub(crate) fn append(path: &mut String, name: &str) {
    let mut end = name.len().min(NAME_BYTES_MAX.saturating_sub(path.len()));
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    path.push_str(name.get(..end).unwrap_or_default());
}

/// FNV-1a. It has no key, and needs none: a tree holds the hashes, and equal keys are found
/// whatever the hash is.
fn hash(name: &[u8]) -> u64 {
    let mix = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    name.iter().fold(0xcbf2_9ce4_8422_2325, mix)
}

/// How many bytes of a text come before the first that ends a string, is an escape or a control, or is beyond ASCII; eight at a
/// time, for few strings are long. Nothing if there is none among so many as are looked at.
fn plain_bytes(text: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The lowest mark is right; those above it may be carried over.
    let is_zero = |it: u64| it.wrapping_sub(ONES) & !it;
    let (chunks, _) = text.as_chunks::<8>();
    for (n, chunk) in chunks.iter().take(SHORT_BYTES / 8).enumerate() {
        let it = u64::from_le_bytes(*chunk);
        let quote = is_zero(it ^ (ONES * b'"' as u64));
        let escape = is_zero(it ^ (ONES * b'\\' as u64));
        let control = it.wrapping_sub(ONES * 0x20);
        let marks = (quote | escape | control | it) & HIGH;
        if marks != 0 {
            return usize::try_from(marks.trailing_zeros() / 8).ok().map(|at| n * 8 + at);
        }
    }
    None
}

/// The string that opens at `at`.
fn strict_string(text: &[u8], at: usize) -> Result<Raw<'_>, Malformed> {
    let from = at + 1;
    let rest = text.get(from..).ok_or(Malformed)?;
    // Nearly every string is short and plain.
    if let Some(at) = plain_bytes(rest)
        && rest.get(at) == Some(&b'"')
    {
        let bytes = rest.get(..at).unwrap_or_default();
        return Ok(Raw { bytes, is_escaped: false, end: from + at + 1 });
    }
    let end = end_of_string(rest)?;
    let raw = rest.get(..end.at).ok_or(Malformed)?;
    // One look over all bytes of those that are not tells.
    let (least, all) = raw.iter().fold((u8::MAX, 0), |(least, all), it| (least.min(*it), all | it));
    if least < 0x20 || (all >= 0x80 && str::from_utf8(raw).is_err()) {
        return Err(Malformed);
    }
    Ok(Raw { bytes: raw, is_escaped: end.is_escaped, end: from + end.at + 1 })
}

/// Where a string ends.
struct StringEnd {
    at: usize,
    is_escaped: bool,
}

/// The quote that ends the string `rest` begins with; escapes before it are ones of JSON.
fn end_of_string(rest: &[u8]) -> Result<StringEnd, Malformed> {
    let (mut at, mut is_escaped) = (0, false);
    loop {
        let unseen = rest.get(at..).unwrap_or_default();
        at += memchr::memchr2(b'"', b'\\', unseen).ok_or(Malformed)?;
        match rest.get(at..).unwrap_or_default() {
            [b'"', ..] => return Ok(StringEnd { at, is_escaped }),
            [_, b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => at += 2,
            [_, b'u', a, b, c, d, ..] if [a, b, c, d].iter().all(|it| hex(**it).is_some()) => {
                at += 6
            }
            _ => return Err(Malformed),
        }
        is_escaped = true;
    }
}

/// The string from `from` to the next `quote` without a backslash, or to the end.
fn loose_string(text: &[u8], from: usize, quote: u8) -> Raw<'_> {
    let rest = text.get(from..).unwrap_or_default();
    let mut bytes = rest.iter().enumerate();
    let mut is_escaped = false;
    while let Some((n, &byte)) = bytes.next() {
        if byte == quote {
            return Raw { bytes: rest.get(..n).unwrap_or_default(), is_escaped, end: from + n + 1 };
        }
        if byte == b'\\' {
            is_escaped = true;
            bytes.next();
        }
    }
    Raw { bytes: rest, is_escaped, end: text.len() }
}

/// Where the number that begins at `at` ends.
fn number(text: &[u8], at: usize) -> Result<usize, Malformed> {
    let byte = |at: usize| text.get(at).copied();
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        let count = rest.iter().take_while(|it| it.is_ascii_digit()).count();
        if count == 0 { Err(Malformed) } else { Ok(from + count) }
    };
    let mut at = if byte(at) == Some(b'-') { at + 1 } else { at };
    at = if byte(at) == Some(b'0') { at + 1 } else { digits(at)? };
    if byte(at) == Some(b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = byte(at) {
        at += 1;
        at = digits(if let Some(b'+' | b'-') = byte(at) { at + 1 } else { at })?;
    }
    Ok(at)
}

/// The text of a string; into `scratch` only where it has escapes.
fn decoded<'a>(raw: &Raw<'a>, scratch: &'a mut Vec<u8>) -> &'a [u8] {
    if !raw.is_escaped {
        return raw.bytes;
    }
    scratch.clear();
    let mut rest = raw.bytes;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(at);
        scratch.extend_from_slice(plain);
        rest = unescape(escape, scratch);
    }
    scratch.extend_from_slice(rest);
    scratch
}

/// The text between the quotes of a string.
pub(crate) fn unescaped<'a>(bytes: &'a [u8], scratch: &'a mut Vec<u8>) -> &'a [u8] {
    let is_escaped = memchr::memchr(b'\\', bytes).is_some();
    decoded(&Raw { bytes, is_escaped, end: 0 }, scratch)
}

/// Decodes the escape at the front; what is none keeps its character.
fn unescape<'a>(escape: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let [_, kind, rest @ ..] = escape else { return &[] };
    let plain = match kind {
        b'b' => 0x08,
        b'f' => 0x0C,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'u' => return unescape_unicode(rest, out),
        _ => *kind,
    };
    out.push(plain);
    rest
}

/// Decodes `XXXX`, or `XXXX\uXXXX` where that is a surrogate pair. Half a pair is U+FFFD.
fn unescape_unicode<'a>(rest: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some((unit, after)) = code_unit(rest) else { return rest };
    let (code, rest) = match (unit, after) {
        (0xD800..0xDC00, [b'\\', b'u', low @ ..]) => match code_unit(low) {
            Some((low @ 0xDC00..0xE000, after)) => {
                (0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00), after)
            }
            _ => (unit, after),
        },
        _ => (unit, after),
    };
    let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    rest
}

fn code_unit(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<4>()?;
    let digit = |sum: u32, &it: &u8| Some(sum << 4 | u32::from(hex(it)?));
    Some((digits.iter().try_fold(0, digit)?, rest))
}
