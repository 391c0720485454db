//! Server-sent events: a stream of text, taken apart into its events as it passes.
//!
//! An event is held until the blank line that ends it. What is none passes at once: remarks, blank lines, the second half of a
//! line end.
//!
//! Reads    pieces of a stream of any bytes and length.
//! Writes   [`Event`]s; the bytes of all of them together are those of the stream, in order.
//! Memory   one event of at most `bytes_max` bytes.
//! Errors   none: every text is a stream of events.
//! Misses   what stands in remarks between events; what is said across events; events that are longer, of which nothing is read.
//! Source   HTML Living Standard section 9.2.5 and 9.2.6.

/// What came of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// These bytes are no event.
    Passes(Vec<u8>),
    /// An event.
    Whole {
        /// As it came, with the blank line that ends it.
        bytes: Vec<u8>,
        /// The values of its fields, a line each.
        text: Vec<u8>,
    },
    /// The beginning of an event that is longer than what is held; the rest of it passes.
    TooLong(Vec<u8>),
}

/// A stream, as far as it has come.
#[derive(Debug)]
pub struct Events {
    bytes_max: usize,
    /// The event that has begun.
    held: Vec<u8>,
    /// Where its last line begins.
    line: usize,
    /// The last line ended with a CR, which an LF may complete.
    after_cr: bool,
    within: Within,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// An event, or nothing.
    Event,
    /// A line that is a remark.
    Remark,
    /// An event that is too long; so many bytes of its line have come.
    TooLong(usize),
}

impl Events {
    /// A stream of which nothing has come.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes_max, held: Vec::new(), line: 0, after_cr: false, within: Within::Event }
    }

    /// Bytes that are held.
    pub fn kept_bytes(&self) -> usize {
        self.held.len()
    }

    /// Takes a piece; with the `end` an event that no blank line ends is one nevertheless.
    pub fn push(&mut self, mut piece: &[u8], end: bool) -> Vec<Event> {
        let mut all = Vec::new();
        while let Some(first) = piece.first() {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                let (lf, rest) = piece.split_at_checked(1).unwrap_or_default();
                match self.held.is_empty() {
                    true => passes(&mut all, lf),
                    false => {
                        self.held.extend_from_slice(lf);
                        self.line = self.held.len();
                        self.bound(&mut all);
                    }
                }
                piece = rest;
                continue;
            }
            let at = memchr::memchr2(b'\n', b'\r', piece);
            let (part, rest) =
                piece.split_at_checked(at.map_or(piece.len(), |it| it + 1)).unwrap_or_default();
            self.after_cr = part.last() == Some(&b'\r');
            self.take(part, at.is_some(), &mut all);
            piece = rest;
        }
        if end && !self.held.is_empty() {
            all.push(self.whole());
        }
        all
    }

    /// Takes a part of a line, or the rest of it with its end.
    fn take(&mut self, part: &[u8], ends: bool, all: &mut Vec<Event>) {
        match self.within {
            Within::Remark => {
                passes(all, part);
                if ends {
                    self.within = Within::Event;
                }
            }
            Within::TooLong(bytes) => {
                passes(all, part);
                let is_blank = ends && bytes == 0 && part.len() == 1;
                let bytes = if ends { 0 } else { bytes.saturating_add(part.len()) };
                self.within = if is_blank { Within::Event } else { Within::TooLong(bytes) };
            }
            Within::Event if self.held.is_empty() && part.first() == Some(&b':') => {
                passes(all, part);
                if !ends {
                    self.within = Within::Remark;
                }
            }
            Within::Event if self.held.is_empty() && ends && part.len() == 1 => passes(all, part),
            Within::Event => self.hold(part, ends, all),
        }
    }

    fn hold(&mut self, part: &[u8], ends: bool, all: &mut Vec<Event>) {
        self.held.extend_from_slice(part);
        let is_blank = ends && self.held.len() == self.line + 1;
        if is_blank {
            return all.push(self.whole());
        }
        if ends {
            self.line = self.held.len();
        }
        self.bound(all);
    }

    /// Holds no more than that.
    fn bound(&mut self, all: &mut Vec<Event>) {
        if self.held.len() > self.bytes_max {
            let bytes = self.held.len() - self.line;
            self.within = Within::TooLong(bytes);
            self.line = 0;
            all.push(Event::TooLong(std::mem::take(&mut self.held)));
        }
    }

    fn whole(&mut self) -> Event {
        self.line = 0;
        let bytes = std::mem::take(&mut self.held);
        let text = text(&bytes);
        Event::Whole { bytes, text }
    }
}

fn passes(all: &mut Vec<Event>, part: &[u8]) {
    match all.last_mut() {
        Some(Event::Passes(bytes)) => bytes.extend_from_slice(part),
        Some(Event::Whole { .. } | Event::TooLong(_)) | None => {
            all.push(Event::Passes(part.to_vec()));
        }
    }
}

/// The values of the fields of an event.
fn text(bytes: &[u8]) -> Vec<u8> {
    let mut all = Vec::with_capacity(bytes.len());
    for line in bytes.split(|it| matches!(it, b'\n' | b'\r')) {
        let Some(at) = memchr::memchr(b':', line) else { continue };
        let value = line.get(at + 1..).unwrap_or_default();
        if !all.is_empty() {
            all.push(b'\n');
        }
        all.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: usize = 64;

    fn show(all: Vec<Event>) -> Vec<String> {
        let show = |it: Vec<u8>| String::from_utf8_lossy(&it).into_owned();
        let all = all.into_iter().map(|it| match it {
            Event::Passes(it) => format!("passes {}", show(it)),
            Event::Whole { text, .. } => format!("event {}", show(text)),
            Event::TooLong(_) => "too long".to_owned(),
        });
        all.collect()
    }

    /// Reads a stream in pieces of any size; expects these texts of events, and every byte of it, in order.
    #[track_caller]
    fn check(stream: &str, expected: &[&str]) {
        for bytes in 1..=stream.len().max(1) {
            let mut events = Events::new(MAX);
            let (mut seen, mut passed) = (Vec::new(), Vec::new());
            let pieces = stream.as_bytes().chunks(bytes).map(|it| (it, false));
            for (piece, end) in pieces.chain([(&b""[..], true)]) {
                for event in events.push(piece, end) {
                    match event {
                        Event::Passes(it) | Event::TooLong(it) => passed.extend(it),
                        Event::Whole { bytes, text } => {
                            seen.push(String::from_utf8(text).unwrap());
                            passed.extend(bytes);
                        }
                    }
                }
                assert!(events.kept_bytes() <= MAX, "in pieces of {bytes}");
            }
            assert_eq!(seen, expected, "{stream:?} in pieces of {bytes}");
            assert_eq!(passed, stream.as_bytes(), "{stream:?} in pieces of {bytes}");
        }
    }

    #[test]
    fn events_are_the_same_wherever_pieces_end_and_however_lines_do() {
        let stream =
            "data: one\n\nevent: add\ndata: two\ndata: three\nid: 7\n\n: alive\n\ndata:four\n\n";
        let expected = ["one", "add\ntwo\nthree\n7", "four"];
        check(stream, &expected);
        check(&stream.replace('\n', "\r\n"), &expected);
        check(&stream.replace('\n', "\r"), &expected);
    }

    #[test]
    fn the_second_half_of_a_line_end_has_no_room_of_its_own() {
        for length in MAX - 10..MAX + 3 {
            let long =
                format!("data: {}\r\ndata: more\r\n\r\ndata: next\r\n\r\n", "x".repeat(length));
            check(&long, &["next"]);
        }
    }

    #[test]
    fn what_no_blank_line_ends_is_an_event_at_the_end() {
        check("data: one\n\ndata: two", &["one", "two"]);
        check("", &[]);
        check("\n\n: remark", &[]);
        check("data\n\nretry: 3\n\n", &["", "3"]);
    }

    #[test]
    fn an_event_that_is_too_long_passes_and_the_next_one_is_read() {
        let long = "x".repeat(2 * MAX);
        check(&format!("data: {long}\ndata: y\n\ndata: one\n\n"), &["one"]);
        check(&format!("data: y\ndata: {long}\r\n\r\n: z\r\n\r\ndata: one\r\n\r\n"), &["one"]);
        let fits = "x".repeat(MAX - 8);
        check(&format!("data: {fits}\n\n"), &[&fits]);
    }

    /// Neither a remark nor the end of an event waits for what follows.
    #[test]
    fn what_is_complete_is_told_at_once() {
        let mut events = Events::new(MAX);
        assert_eq!(show(events.push(b":", false)), ["passes :"]);
        assert_eq!(show(events.push(b" still alive\n\n", false)), ["passes  still alive\n\n"]);
        assert_eq!(show(events.push(b"data: a\r\n\r", false)), ["event a"]);
        assert_eq!(show(events.push(b"\n:\r\n", false)), ["passes \n:\r\n"]);
        assert!(events.push(b"data: b\n", false).is_empty());
        assert_eq!(show(events.push(b": within\n\n", false)), ["event b\nwithin"]);
    }
}
