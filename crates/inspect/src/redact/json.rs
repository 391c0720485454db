//! JSON with marks in place of what is secret: structure, names and harmless values stay as they are.
//!
//! Reads    JSON as far as it is any; the rest as plain text.
//! Memory   one entry for each open object or list, at most [`DEPTH_MAX`]; beyond it is text.
//! Misses   the value of a pair such as `{"value": "x", "name": "password"}`, where the name comes last.

use super::names::is_secret;
use super::scan::{copied, encoded, mark};
use super::{Class, Places};
use crate::json::{looks_like_container, unescaped};
use bartizan_model::place::escaped_step;

/// Objects and lists within each other.
const DEPTH_MAX: usize = 64;
/// Texts within texts that are JSON themselves.
const NESTED_MAX: usize = 2;
/// Bytes of a path.
const PATH_BYTES_MAX: usize = 256;

struct Frame {
    is_object: bool,
    path_bytes: usize,
    /// The values under the current name, or all of them, are secret.
    is_secret: bool,
    /// `{"name": "password", "value": …`
    is_named_secret: bool,
    inherits: bool,
    expects_key: bool,
    name: Vec<u8>,
}

/// Copies JSON; says whether there is any mark.
pub(super) fn json(
    text: &[u8],
    out: &mut Vec<u8>,
    places: &mut Places,
    path: &str,
    nested: usize,
) -> bool {
    let path = path.to_owned();
    let mut it = Redacting { text, out, places, path, frames: Vec::new(), nested, found: false };
    let mut at = 0;
    while let Some(next) = it.token(at) {
        at = next;
    }
    it.rest(at);
    it.found
}

struct Redacting<'a> {
    text: &'a [u8],
    out: &'a mut Vec<u8>,
    places: &'a mut Places,
    path: String,
    frames: Vec<Frame>,
    nested: usize,
    found: bool,
}

impl Redacting<'_> {
    /// Copies the token at `at` and says where the next one is; `None` if this is no JSON, or the end.
    fn token(&mut self, at: usize) -> Option<usize> {
        let byte = *self.text.get(at)?;
        let expects_key = self.frames.last().is_some_and(|it| it.expects_key);
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'{' | b'[' if !expects_key && self.frames.len() < DEPTH_MAX => self.open(byte == b'{'),
            b'}' | b']' => self.close(byte == b'}')?,
            b',' => {
                let frame = self.frames.last_mut()?;
                frame.expects_key = frame.is_object;
                frame.is_secret = frame.inherits;
                let bytes = frame.path_bytes;
                self.path.truncate(bytes);
                if !frame.is_object {
                    self.path.push_str("[*]");
                }
            }
            b':' if !expects_key => {}
            b'"' => return self.string(at, expects_key),
            b'-' | b'0'..=b'9' | b't' | b'f' | b'n' if !expects_key => return self.scalar(at),
            _ => return None,
        }
        self.out.push(byte);
        Some(at + 1)
    }

    fn open(&mut self, is_object: bool) {
        let inherits = self.is_secret();
        self.frames.push(Frame {
            is_object,
            path_bytes: self.path.len(),
            is_secret: inherits,
            is_named_secret: false,
            inherits,
            expects_key: is_object,
            name: Vec::new(),
        });
        if !is_object {
            self.step("[*]");
        }
    }

    fn close(&mut self, is_object: bool) -> Option<()> {
        self.frames.last().filter(|it| it.is_object == is_object)?;
        let frame = self.frames.pop()?;
        self.path.truncate(frame.path_bytes);
        Some(())
    }

    fn step(&mut self, step: &str) {
        if self.path.len() + step.len() <= PATH_BYTES_MAX {
            self.path.push_str(step);
        }
    }

    fn is_secret(&self) -> bool {
        self.frames.last().is_some_and(|it| it.is_secret || it.is_named_secret)
    }

    fn string(&mut self, at: usize, is_key: bool) -> Option<usize> {
        let rest = self.text.get(at + 1..)?;
        let (mut bytes, mut is_whole) = (0, false);
        let mut each = rest.iter();
        while let Some(byte) = each.next() {
            match byte {
                b'"' => {
                    is_whole = true;
                    break;
                }
                b'\\' if each.next().is_some() => bytes += 2,
                _ => bytes += 1,
            }
        }
        let raw = rest.get(..bytes)?;
        let mut scratch = Vec::new();
        let value = unescaped(raw, &mut scratch);
        self.out.push(b'"');
        if is_key {
            self.key(raw, value);
        } else {
            self.value(raw, value);
        }
        if is_whole {
            self.out.push(b'"');
        }
        Some(at + 1 + bytes + usize::from(is_whole))
    }

    fn key(&mut self, raw: &[u8], name: &[u8]) {
        let from = self.out.len();
        let mut shown = Vec::new();
        let step = if copied(name, &mut shown) {
            self.out.extend_from_slice(&escape(&shown));
            self.note();
            escaped_step(&shown).into_owned()
        } else {
            self.out.truncate(from);
            self.out.extend_from_slice(raw);
            escaped_step(name).into_owned()
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.expects_key = false;
            frame.is_secret = frame.inherits || is_secret(name);
            frame.name.clear();
            frame.name.extend_from_slice(name.get(..16.min(name.len())).unwrap_or_default());
            let bytes = frame.path_bytes;
            self.path.truncate(bytes);
        }
        self.step(".");
        self.step(&step);
    }

    fn value(&mut self, raw: &[u8], value: &[u8]) {
        if self.is_secret() && !value.is_empty() {
            mark(self.out, Class::Secret, value.len());
            return self.note();
        }
        if let Some(frame) = self.frames.last_mut() {
            let names = [&b"name"[..], b"key", b"field", b"param", b"id", b"type"];
            if frame.is_object
                && names.iter().any(|it| frame.name.eq_ignore_ascii_case(it))
                && is_secret(value)
            {
                frame.is_named_secret = true;
            }
        }
        let mut shown = Vec::new();
        let has_any = if looks_like_container(value) && self.nested < NESTED_MAX {
            let path = self.path.clone();
            json(value, &mut shown, self.places, &path, self.nested + 1)
        } else {
            let has_any = encoded(value, &mut shown);
            if has_any {
                self.note();
            }
            has_any
        };
        if has_any {
            self.found = true;
            self.out.extend_from_slice(&escape(&shown));
        } else {
            self.out.extend_from_slice(raw);
        }
    }

    fn scalar(&mut self, at: usize) -> Option<usize> {
        let rest = self.text.get(at..)?;
        let ends = |it: &u8| {
            it.is_ascii_whitespace() || matches!(it, b',' | b'}' | b']' | b':' | b'"' | b'{' | b'[')
        };
        let bytes = rest.iter().position(ends).unwrap_or(rest.len());
        let raw = rest.get(..bytes)?;
        let is_word = [&b"true"[..], b"false", b"null"].contains(&raw);
        let is_number = raw
            .iter()
            .all(|it| it.is_ascii_digit() || matches!(it, b'-' | b'+' | b'.' | b'e' | b'E'));
        // Two values in a row are no JSON, and may be one secret.
        let behind = rest.get(bytes..)?.trim_ascii_start();
        let is_last = behind.first().is_none_or(|it| matches!(it, b',' | b'}' | b']'));
        if !is_last || (!is_word && !is_number) {
            return None;
        }
        let mut shown = Vec::new();
        if self.is_secret() && !is_word {
            mark(&mut shown, Class::Secret, bytes);
        } else if !copied(raw, &mut shown) {
            self.out.extend_from_slice(raw);
            return Some(at + bytes);
        }
        self.out.push(b'"');
        self.out.extend_from_slice(&shown);
        self.out.push(b'"');
        self.note();
        Some(at + bytes)
    }

    /// What is no JSON, or not any more.
    fn rest(&mut self, at: usize) {
        let rest = self.text.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return;
        }
        // Where it broke within something secret, nobody knows where that ends.
        if self.is_secret() {
            mark(self.out, Class::Secret, rest.len());
            self.note();
        } else if encoded(rest, self.out) {
            self.note();
        }
    }

    fn note(&mut self) {
        self.found = true;
        self.places.note(&self.path);
    }
}

/// A text as it stands in a string.
fn escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out
}
