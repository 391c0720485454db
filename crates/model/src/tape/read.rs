//! The one pass over a text that makes its tape. It does not recurse.

use std::cmp::Ordering;

use super::name::name_hash;
use super::{AGAIN, ESCAPED, Kind, Node, NodeId, REPEATED, Tape, TapeError, TapeFault, TapeLimits};

/// Names of one object that are compared one by one; more are sorted.
const NAMES_FEW: usize = 16;
/// Nodes that there is room for at once, if the text is long enough.
const NODES_AT_ONCE: usize = 4_096;

pub(super) fn read<'t>(bytes: &'t [u8], limits: &TapeLimits) -> Result<Tape<'t>, TapeError> {
    let bytes_max = limits.bytes_max.min(u32::MAX as usize);
    if bytes.len() > bytes_max {
        return Err(TapeError { at: bytes_max, fault: TapeFault::TooLong });
    }
    let text = str::from_utf8(bytes)
        .map_err(|it| TapeError { at: it.valid_up_to(), fault: TapeFault::Encoding })?;
    let room = (bytes.len() / 6 + 4).min(NODES_AT_ONCE).min(limits.nodes_max);
    let tape = Tape { text, nodes: Vec::with_capacity(room) };
    let mut reader = Reader { bytes, at: 0, limits, tape, open: Vec::new(), names: Vec::new() };
    match reader.run() {
        Ok(()) => Ok(reader.tape),
        Err(fault) => Err(TapeError { at: reader.at, fault }),
    }
}

struct Reader<'t, 'l> {
    bytes: &'t [u8],
    at: usize,
    limits: &'l TapeLimits,
    tape: Tape<'t>,
    open: Vec<Open>,
    /// Names of the open objects.
    names: Vec<Name>,
}

/// An object or array whose end was not met yet.
struct Open {
    node: u32,
    count: u32,
    names_from: usize,
    /// A bit for each hash of a name: most names are seen to be new by it.
    seen: u64,
    is_object: bool,
    is_repeating: bool,
}

#[derive(Clone, Copy)]
struct Name {
    hash: u32,
    node: u32,
}

/// Where a string stands, without its quotes.
struct Span {
    start: usize,
    end: usize,
    is_escaped: bool,
}

impl Reader<'_, '_> {
    fn run(&mut self) -> Result<(), TapeFault> {
        loop {
            self.space();
            let is_opened = self.value()?;
            if !is_opened {
                self.behind_value()?;
                if self.open.is_empty() {
                    return self.end();
                }
            }
            if self.open.last().is_some_and(|it| it.is_object) {
                self.name()?;
            }
            if let Some(open) = self.open.last_mut() {
                open.count += 1;
            }
        }
    }

    /// Closes what ends here, up to the comma before the next value.
    fn behind_value(&mut self) -> Result<(), TapeFault> {
        while let Some(is_object) = self.open.last().map(|it| it.is_object) {
            self.space();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'}') if is_object => self.close(),
                Some(b']') if !is_object => self.close(),
                _ => return Err(TapeFault::Malformed),
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), TapeFault> {
        self.space();
        if self.at < self.bytes.len() { Err(TapeFault::Malformed) } else { Ok(()) }
    }

    /// Takes a scalar or an empty container whole, of another one the bracket; whether it was that.
    fn value(&mut self) -> Result<bool, TapeFault> {
        match self.peek() {
            Some(b'"') => {
                let span = self.string()?;
                self.push_text(Kind::Text, 0, &span)?;
            }
            Some(b'{') => return self.open(true),
            Some(b'[') => return self.open(false),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word(b"true", Kind::True)?,
            Some(b'f') => self.word(b"false", Kind::False)?,
            Some(b'n') => self.word(b"null", Kind::Null)?,
            _ => return Err(TapeFault::Malformed),
        }
        Ok(false)
    }

    fn open(&mut self, is_object: bool) -> Result<bool, TapeFault> {
        if self.open.len() >= self.limits.depth_max {
            return Err(TapeFault::TooDeep);
        }
        let (kind, end) = if is_object { (Kind::Object, b'}') } else { (Kind::Array, b']') };
        let start = self.at;
        self.at += 1;
        self.space();
        let is_empty = self.peek() == Some(end);
        self.at += usize::from(is_empty);
        let node = self.push(kind, start, self.at, 0, 0)?;
        if !is_empty {
            let names_from = self.names.len();
            let open = Open { node, count: 0, names_from, seen: 0, is_object, is_repeating: false };
            self.open.push(open);
            // The first value of an array is counted by whoever takes it.
        }
        Ok(!is_empty)
    }

    fn close(&mut self) {
        self.at += 1;
        let Some(open) = self.open.pop() else { return };
        let mut again = 0;
        if open.is_repeating {
            again = self.mark_repeated(open.names_from);
        }
        self.names.truncate(open.names_from);
        let (end, next) = (narrow(self.at), narrow(self.tape.nodes.len()));
        if let Some(node) = self.node(open.node) {
            node.end = end;
            node.next = next;
            node.extra = open.count.saturating_sub(again);
            node.marks |= if again > 0 { AGAIN } else { 0 };
        }
    }

    fn name(&mut self) -> Result<(), TapeFault> {
        self.space();
        if self.peek() != Some(b'"') {
            return Err(TapeFault::Malformed);
        }
        let span = self.string()?;
        let raw = self.tape.text.get(span.start..span.end).unwrap_or_default();
        let hash = if span.is_escaped {
            name_hash(super::unescaped(raw).as_bytes())
        } else {
            name_hash(raw.as_bytes())
        };
        let node = self.push_text(Kind::Name, hash, &span)?;
        self.names.push(Name { hash, node });
        if let Some(open) = self.open.last_mut() {
            let bit = 1_u64 << (hash & 63);
            if open.seen & bit != 0 && !open.is_repeating {
                let before = self.names.get(open.names_from..).unwrap_or_default();
                let same = before.iter().filter(|it| it.hash == hash).count();
                open.is_repeating = same > 1 || before.len() > NAMES_FEW;
            }
            open.seen |= bit;
        }
        self.space();
        if self.peek() != Some(b':') {
            return Err(TapeFault::Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Marks the names that the object has more than once; how many are superfluous.
    fn mark_repeated(&mut self, names_from: usize) -> u32 {
        let Self { tape, names, .. } = self;
        let names = names.get_mut(names_from..).unwrap_or_default();
        names.sort_unstable_by(|a, b| by_name(tape, *a, *b).then(a.node.cmp(&b.node)));
        let mut again = 0;
        let mut before: Option<Name> = None;
        for &name in names.iter() {
            if let Some(first) = before.filter(|it| by_name(tape, *it, name).is_eq()) {
                again += 1;
                for (node, marks) in [(first.node, REPEATED), (name.node, REPEATED | AGAIN)] {
                    if let Some(node) = tape.nodes.get_mut(node as usize) {
                        node.marks |= marks;
                    }
                }
            }
            before = Some(name);
        }
        again
    }

    fn string(&mut self) -> Result<Span, TapeFault> {
        self.at += 1;
        let start = self.at;
        let mut is_escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            self.at += plain_bytes(rest);
            match self.bytes.get(self.at..).unwrap_or_default() {
                [b'"', ..] => {
                    let end = self.at;
                    self.at += 1;
                    return Ok(Span { start, end, is_escaped });
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
                [b'\\', b'u', digits @ ..] if is_unit(digits) => self.at += 6,
                _ => return Err(TapeFault::Malformed),
            }
            is_escaped = true;
        }
    }

    fn number(&mut self) -> Result<(), TapeFault> {
        let start = self.at;
        let mut kind = Kind::Integer;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            kind = Kind::Decimal;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            kind = Kind::Decimal;
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.push(kind, start, self.at, 0, 0)?;
        Ok(())
    }

    fn digits(&mut self) -> Result<(), TapeFault> {
        let from = self.at;
        while self.peek().is_some_and(|it| it.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == from { Err(TapeFault::Malformed) } else { Ok(()) }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<(), TapeFault> {
        if !self.bytes.get(self.at..).is_some_and(|it| it.starts_with(word)) {
            return Err(TapeFault::Malformed);
        }
        let start = self.at;
        self.at += word.len();
        self.push(kind, start, self.at, 0, 0)?;
        Ok(())
    }

    fn push_text(&mut self, kind: Kind, extra: u32, span: &Span) -> Result<u32, TapeFault> {
        let marks = if span.is_escaped { ESCAPED } else { 0 };
        self.push(kind, span.start, span.end, extra, marks)
    }

    fn push(
        &mut self,
        kind: Kind,
        start: usize,
        end: usize,
        extra: u32,
        marks: u8,
    ) -> Result<u32, TapeFault> {
        let at = self.tape.nodes.len();
        if at >= self.limits.nodes_max {
            return Err(TapeFault::TooMany);
        }
        let (start, end, next) = (narrow(start), narrow(end), narrow(at + 1));
        self.tape.nodes.push(Node { start, end, next, extra, kind, marks });
        Ok(narrow(at))
    }

    fn node(&mut self, at: u32) -> Option<&mut Node> {
        self.tape.nodes.get_mut(at as usize)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }
}

fn by_name(tape: &Tape<'_>, one: Name, other: Name) -> Ordering {
    let by_hash = one.hash.cmp(&other.hash);
    by_hash.then_with(|| tape.text(NodeId(one.node)).cmp(&tape.text(NodeId(other.node))))
}

/// Texts have at most 4 GiB, and fewer nodes than bytes.
fn narrow(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

fn is_unit(digits: &[u8]) -> bool {
    digits.get(..4).is_some_and(|it| it.iter().all(u8::is_ascii_hexdigit))
}

/// Bytes before the first quote, backslash or control character, eight at a time.
fn plain_bytes(rest: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // Of each byte the high bit is set where it is below `limit`. What is set wrongly, by a borrow, is
    // above a byte for which it is right.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGH;
    let mut words = rest.chunks_exact(8);
    let mut at = 0;
    for word in &mut words {
        let word = word.try_into().map_or(0, u64::from_le_bytes);
        let quote = below(word ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quote | backslash | below(word, 0x20);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let tail = words.remainder();
    let is_special = |it: &u8| matches!(it, b'"' | b'\\' | 0..0x20);
    at + tail.iter().position(is_special).unwrap_or(tail.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: TapeLimits = TapeLimits { bytes_max: 10_000, nodes_max: 100, depth_max: 4 };

    #[track_caller]
    fn breaks(text: &[u8], at: usize, fault: TapeFault) {
        let error = Tape::read(text, &LIMITS).err();
        assert_eq!(error, Some(TapeError { at, fault }), "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn what_is_not_exactly_one_value_is_malformed_where_it_breaks() {
        for (text, at) in [
            ("", 0),
            ("  ", 2),
            ("[1,]", 3),
            ("[1 2]", 3),
            ("[1", 2),
            ("[1}", 2),
            ("{\"a\"}", 4),
            ("{\"a\":}", 5),
            ("{\"a\":1,}", 7),
            ("{1:1}", 1),
            ("1 1", 2),
            ("01", 1),
            ("1.", 2),
            ("1e", 2),
            ("-", 1),
            (".5", 0),
            ("+1", 0),
            ("tru", 0),
            ("\"abc", 4),
            ("\"\t\"", 1),
            ("\"\\x\"", 1),
            ("\"\\u12g4\"", 1),
            ("]", 0),
            ("\u{feff}1", 0),
        ] {
            breaks(text.as_bytes(), at, TapeFault::Malformed);
        }
        breaks(b"\"a\xff\"", 2, TapeFault::Encoding);
    }

    #[test]
    fn both_sides_of_every_limit() {
        assert!(Tape::read(b"[[[[0]]]]", &LIMITS).is_ok());
        breaks(b"[[[[[0]]]]]", 4, TapeFault::TooDeep);
        let items = |many: usize| format!("[{}0]", "0,".repeat(many - 1));
        assert!(Tape::read(items(99).as_bytes(), &LIMITS).is_ok());
        breaks(items(100).as_bytes(), 200, TapeFault::TooMany);
        let text = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
        assert!(Tape::read(text(10_000).as_bytes(), &LIMITS).is_ok());
        breaks(text(10_001).as_bytes(), 10_000, TapeFault::TooLong);
    }

    #[test]
    fn the_end_of_a_string_is_found_wherever_it_is() {
        for special in ["\"", "\\", "\u{1f}", "\0", "\n"] {
            for before in 0..20 {
                for plain in ["x", " ", "~", "\u{7f}"] {
                    let text = format!("{}{special}\"tail and more", plain.repeat(before));
                    assert_eq!(plain_bytes(text.as_bytes()), before, "{text:?}");
                }
                let text = format!("{}{special}", "ä".repeat(before));
                assert_eq!(plain_bytes(text.as_bytes()), 2 * before, "{text:?}");
            }
        }
        assert_eq!(plain_bytes("\u{80}\u{a0}ÿ😀!#[]".as_bytes()), 14);
    }

    #[test]
    fn counts_are_those_of_the_text() {
        let tape = Tape::read(b"[[],[1],[1,[2,3]],{},{\"a\":{\"b\":1}}]", &LIMITS).unwrap();
        let counts: Vec<_> = tape.items(tape.root()).map(|it| tape.count(it)).collect();
        assert_eq!((tape.count(tape.root()), counts), (5, vec![0, 1, 2, 0, 1]));
    }
}
