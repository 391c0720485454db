//! The values of a JSON text that passes piece by piece.
//!
//! Reads    pieces as they come, cut anywhere; what is not JSON as far as it resembles it.
//! Writes   each string, number and literal with its place, spelt as [`crate::body::Walk`] spells it.
//! Memory   one path, one token of at most [`TOKEN_BYTES_MAX`], a frame for each of [`DEPTH_MAX`] levels.
//! Misses   tokens that are longer; what is nested deeper; JSON within strings. It does not check: who reads the text is
//!          whoever asked for it, and reads it strictly or not.

use crate::json::{append, unescaped};
use bartizan_model::place::escaped_step;

/// Bytes of a value that is handed over.
pub const TOKEN_BYTES_MAX: usize = 1_024;
/// Levels that are told apart; values in deeper ones are passed over.
pub const DEPTH_MAX: usize = 64;

/// A JSON text, as far as it has come.
#[derive(Debug)]
pub struct JsonStream {
    path: String,
    frames: Vec<Frame>,
    /// Open containers beyond [`DEPTH_MAX`].
    deeper: u32,
    state: State,
    token: Vec<u8>,
    is_long: bool,
    scratch: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    is_object: bool,
    path_bytes: usize,
    /// A string that begins now is a key.
    awaits_key: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    InString { is_key: bool, is_escaped: bool },
    InScalar,
}

/// A value of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passing<'a> {
    /// Where it stands, as `$.items[*].id`.
    pub path: &'a str,
    /// Decoded.
    pub text: &'a [u8],
    /// Whether it is a string.
    pub is_string: bool,
}

impl Default for JsonStream {
    fn default() -> Self {
        Self {
            path: "$".to_owned(),
            frames: Vec::new(),
            deeper: 0,
            state: State::Between,
            token: Vec::new(),
            is_long: false,
            scratch: Vec::new(),
        }
    }
}

impl JsonStream {
    /// Takes the next piece.
    pub fn push(&mut self, piece: &[u8], each: &mut impl FnMut(Passing<'_>)) {
        let mut rest = piece;
        while let Some(&byte) = rest.first() {
            rest = match self.state {
                State::Between => self.between(byte, rest),
                State::InScalar => self.scalar(rest, each),
                State::InString { is_key, is_escaped } => {
                    self.string(rest, is_key, is_escaped, each)
                }
            };
        }
    }

    /// Nothing more comes: a number may end here.
    pub fn end(&mut self, each: &mut impl FnMut(Passing<'_>)) {
        if self.state == State::InScalar {
            self.give(false, each);
        }
    }

    fn between<'a>(&mut self, byte: u8, rest: &'a [u8]) -> &'a [u8] {
        match byte {
            b'"' => {
                let is_key = self.deeper == 0 && self.frames.last().is_some_and(|it| it.awaits_key);
                self.begin(State::InString { is_key, is_escaped: false });
            }
            b'{' | b'[' => self.open(byte == b'{'),
            b'}' | b']' => self.close(),
            b',' => self.next_member(),
            b':' | b' ' | b'\t' | b'\n' | b'\r' => {}
            _ => {
                self.begin(State::InScalar);
                return rest;
            }
        }
        rest.get(1..).unwrap_or_default()
    }

    fn begin(&mut self, state: State) {
        self.token.clear();
        self.is_long = false;
        self.state = state;
    }

    fn open(&mut self, is_object: bool) {
        if self.deeper > 0 || self.frames.len() >= DEPTH_MAX {
            self.deeper = self.deeper.saturating_add(1);
            return;
        }
        self.frames.push(Frame { is_object, path_bytes: self.path.len(), awaits_key: is_object });
        if !is_object {
            append(&mut self.path, "[*]");
        }
    }

    fn close(&mut self) {
        if self.deeper > 0 {
            self.deeper -= 1;
        } else if let Some(frame) = self.frames.pop() {
            self.path.truncate(frame.path_bytes);
        }
    }

    fn next_member(&mut self) {
        if self.deeper > 0 {
            return;
        }
        if let Some(frame) = self.frames.last_mut().filter(|it| it.is_object) {
            frame.awaits_key = true;
            self.path.truncate(frame.path_bytes);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = TOKEN_BYTES_MAX.saturating_sub(self.token.len());
        self.is_long |= bytes.len() > room;
        self.token.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    fn scalar<'a>(&mut self, rest: &'a [u8], each: &mut impl FnMut(Passing<'_>)) -> &'a [u8] {
        let ends =
            |b: &u8| matches!(b, b',' | b'}' | b']' | b'"' | b':' | b' ' | b'\t' | b'\n' | b'\r');
        let end = rest.iter().position(ends);
        let (token, behind) = rest.split_at(end.unwrap_or(rest.len()));
        self.keep(token);
        if end.is_some() {
            self.give(false, each);
        }
        behind
    }

    fn string<'a>(
        &mut self,
        rest: &'a [u8],
        is_key: bool,
        is_escaped: bool,
        each: &mut impl FnMut(Passing<'_>),
    ) -> &'a [u8] {
        if is_escaped {
            let (escaped, behind) = rest.split_at(rest.len().min(1));
            self.keep(escaped);
            self.state = State::InString { is_key, is_escaped: false };
            return behind;
        }
        let Some(end) = memchr::memchr2(b'"', b'\\', rest) else {
            self.keep(rest);
            return &[];
        };
        let (plain, behind) = rest.split_at(end);
        self.keep(plain);
        if behind.first() == Some(&b'\\') {
            self.keep(b"\\");
            self.state = State::InString { is_key, is_escaped: true };
        } else if is_key {
            self.key();
        } else {
            self.give(true, each);
        }
        behind.get(1..).unwrap_or_default()
    }

    fn key(&mut self) {
        self.state = State::Between;
        let Some(frame) = self.frames.last_mut() else { return };
        frame.awaits_key = false;
        self.path.truncate(frame.path_bytes);
        append(&mut self.path, ".");
        append(&mut self.path, &escaped_step(unescaped(&self.token, &mut self.scratch)));
    }

    fn give(&mut self, is_string: bool, each: &mut impl FnMut(Passing<'_>)) {
        self.state = State::Between;
        if self.is_long || self.deeper > 0 {
            return;
        }
        let text = match is_string {
            true => unescaped(&self.token, &mut self.scratch),
            false => &self.token,
        };
        each(Passing { path: &self.path, text, is_string });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Format, Walk, WalkLimits};
    use crate::value::{PlaceRef, Sink, Value};

    type Seen = Vec<(String, String, bool)>;

    /// What a text holds that comes in pieces of this length.
    fn passing(text: &str, piece: usize) -> Seen {
        let (mut it, mut seen) = (JsonStream::default(), Vec::new());
        let mut each = |value: Passing<'_>| {
            let text = String::from_utf8_lossy(value.text).into_owned();
            seen.push((value.path.to_owned(), text, value.is_string));
        };
        text.as_bytes().chunks(piece).for_each(|piece| it.push(piece, &mut each));
        it.end(&mut each);
        seen
    }

    struct Held(Seen);

    impl Held {
        fn put(&mut self, value: Value<'_>, is_string: bool) {
            if let PlaceRef::Body(path) = value.place {
                let text = String::from_utf8_lossy(value.text).into_owned();
                self.0.push((path.to_owned(), text, is_string));
            }
        }
    }

    impl Sink for Held {
        fn take(&mut self, value: Value<'_>) {
            self.put(value, true);
        }

        fn scalar(&mut self, value: Value<'_>) {
            self.put(value, false);
        }
    }

    /// However it is cut, a text reads as it does when it is held whole.
    #[track_caller]
    fn check(text: &str) {
        let mut held = Held(Vec::new());
        let limits = WalkLimits { depth_max: DEPTH_MAX, values_max: 1_000 };
        Walk::new(Format::Json, limits).step(text.as_bytes(), usize::MAX, &mut held);
        for piece in 1..=text.len().max(1) {
            assert_eq!(passing(text, piece), held.0, "{text} in pieces of {piece}");
        }
    }

    #[test]
    fn a_text_reads_the_same_however_it_is_cut() {
        check(r#"{"id":17,"items":[{"id":"a","n":-1.5e3},{"id":"b"}],"ok":true,"no":null}"#);
        check(r#" [ 1 , [ 2 , [ ] ] , { } , "x" ] "#);
        check(r#"{"a.b":{"c[0]":"d"},"\u0065":"\"q\" \\ \u00e9 \ud83d\ude00","e":"f"}"#);
        check(r#"{"a":{"b":1},"c":[{"d":2}],"e":3}"#);
        check("42");
        check(r#""alone""#);
        check(r#"{"ü":"ß","":"empty"}"#);
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_passed_over() {
        let long = "x".repeat(TOKEN_BYTES_MAX + 1);
        let seen = passing(&format!(r#"{{"long":"{long}","id":7}}"#), 100);
        assert_eq!(seen, [("$.id".to_owned(), "7".to_owned(), false)]);
        let deep = format!("{{\"deep\":{}1{},\"id\":7}}", "[".repeat(500), "]".repeat(500));
        assert_eq!(passing(&deep, 7), [("$.id".to_owned(), "7".to_owned(), false)]);
    }

    #[test]
    fn what_is_no_json_ends_and_is_bounded() {
        for text in
            ["]]]]}}}}", "\"", "{{{{", ":::,,,", "{\"a\" \"b\" \"c\"", "\\\\\"\\", "\u{0}\u{1}"]
        {
            for piece in 1..4 {
                assert!(passing(&text.repeat(200), piece).len() <= 2_000, "{text}");
            }
        }
    }
}
