//! JSON to a tree.
//!
//! Reads    RFC 8259, strictly: no comments, no trailing comma.
//! Memory   the tree; one level of recursion for each level of the text, within the limit.
//! Errors   [`ReadError`] at the first broken place. Halves of characters (`\ud800`) and numbers beyond
//!          bounds are diagnostics.

use bartizan_model::api::Number;

use crate::diagnostic::{DiagnosticCode, Diagnostics};
use crate::document::{Budget, Entry, Fault, Format, Map, Node, NodeValue, Position, ReadError};

/// Reads the one value that `text` is.
pub(crate) fn parse(
    text: &str,
    file: u16,
    budget: &mut Budget,
    diagnostics: &mut Diagnostics,
) -> Result<Node, ReadError> {
    let place = Place { offset: 0, position: Position { file, line: 1, column: 1 } };
    let mut reader = Reader { text, at: 0, place, budget, diagnostics };
    reader.space();
    let node = reader.value(0)?;
    reader.space();
    if reader.peek().is_some() {
        return Err(reader.broken("more text after the value"));
    }
    Ok(node)
}

/// A byte offset with its position. It only moves forward, so that counting lines costs one pass.
struct Place {
    offset: usize,
    position: Position,
}

struct Reader<'t, 'b> {
    text: &'t str,
    at: usize,
    place: Place,
    budget: &'b mut Budget,
    diagnostics: &'b mut Diagnostics,
}

impl<'t> Reader<'t, '_> {
    fn value(&mut self, level: usize) -> Result<Node, ReadError> {
        let position = self.position();
        self.budget.take(level, position)?;
        let value = match self.peek() {
            Some(b'{') => self.map(level)?,
            Some(b'[') => self.list(level)?,
            Some(b'"') => NodeValue::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(_) => self.word()?,
            None => return Err(self.broken("the text ends where a value should be")),
        };
        Ok(Node { position, value })
    }

    fn list(&mut self, level: usize) -> Result<NodeValue, ReadError> {
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.takes(b']') {
            return Ok(NodeValue::List(items));
        }
        loop {
            self.space();
            items.push(self.value(level + 1)?);
            self.space();
            if self.takes(b']') {
                return Ok(NodeValue::List(items));
            }
            if !self.takes(b',') {
                return Err(self.broken("a comma or `]` is missing"));
            }
        }
    }

    fn map(&mut self, level: usize) -> Result<NodeValue, ReadError> {
        self.at += 1;
        let mut entries = Vec::new();
        self.space();
        if self.takes(b'}') {
            return Ok(NodeValue::Map(Map::default()));
        }
        loop {
            self.space();
            entries.push(self.entry(level)?);
            self.space();
            if self.takes(b'}') {
                return Ok(NodeValue::Map(Map::new(entries, self.diagnostics)));
            }
            if !self.takes(b',') {
                return Err(self.broken("a comma or `}` is missing"));
            }
        }
    }

    fn entry(&mut self, level: usize) -> Result<Entry, ReadError> {
        let position = self.position();
        if self.peek() != Some(b'"') {
            return Err(self.broken("a key in quotes is missing"));
        }
        let key = self.string()?;
        self.space();
        if !self.takes(b':') {
            return Err(self.broken("a colon is missing"));
        }
        self.space();
        Ok(Entry { key, position, node: self.value(level + 1)? })
    }

    fn word(&mut self) -> Result<NodeValue, ReadError> {
        let rest = self.rest();
        let words = [
            ("true", NodeValue::Bool(true)),
            ("false", NodeValue::Bool(false)),
            ("null", NodeValue::Null),
        ];
        let found = words.into_iter().find(|it| rest.starts_with(it.0));
        let (word, value) = found.ok_or_else(|| self.broken("this is no value"))?;
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<NodeValue, ReadError> {
        let rest = self.rest();
        let is_part =
            |it: u8| it.is_ascii_digit() || matches!(it, b'-' | b'+' | b'.' | b'e' | b'E');
        let end = rest.bytes().position(|it| !is_part(it)).unwrap_or(rest.len());
        let text = rest.get(..end).unwrap_or_default();
        if !is_number(text.as_bytes()) {
            return Err(self.broken("this is no number"));
        }
        let position = self.position();
        self.at += end;
        Ok(number(text, position, self.diagnostics))
    }

    fn string(&mut self) -> Result<String, ReadError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let is_end = |it: u8| it == b'"' || it == b'\\' || it < 0x20;
            let Some(end) = rest.bytes().position(is_end) else {
                return Err(self.broken("a text has no end"));
            };
            out.push_str(rest.get(..end).unwrap_or_default());
            self.at += end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.broken("a control character in a text")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ReadError> {
        let kind = self.rest().as_bytes().get(1).copied();
        let plain = match kind {
            Some(b'u') => return self.escaped_unit(),
            Some(it @ (b'"' | b'\\' | b'/')) => char::from(it),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            _ => return Err(self.broken("no such escape")),
        };
        self.at += 2;
        Ok(plain)
    }

    fn escaped_unit(&mut self) -> Result<char, ReadError> {
        let first = self.unit().ok_or_else(|| self.broken("an escape wants four digits"))?;
        let position = self.position();
        self.at += 6;
        if let Some(it) = char::from_u32(first) {
            return Ok(it);
        }
        if (0xD800..0xDC00).contains(&first)
            && let Some(second) = self.unit().filter(|it| (0xDC00..0xE000).contains(it))
        {
            self.at += 6;
            let code = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
            return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let message = "an escape is half of a character";
        self.diagnostics.add(DiagnosticCode::Surrogate, position, message);
        Ok(char::REPLACEMENT_CHARACTER)
    }

    /// The sixteen bits of `\u0000` here.
    fn unit(&self) -> Option<u32> {
        let digits = self.rest().strip_prefix("\\u")?.get(..4)?;
        let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
        is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn takes(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn position(&mut self) -> Position {
        let passed = self.text.get(self.place.offset..self.at).unwrap_or_default();
        for it in passed.chars() {
            let position = &mut self.place.position;
            if it == '\n' {
                position.line = position.line.saturating_add(1);
                position.column = 1;
            } else {
                position.column = position.column.saturating_add(1);
            }
        }
        self.place.offset = self.at;
        self.place.position
    }

    fn broken(&mut self, what: &str) -> ReadError {
        let fault = Fault::Syntax { format: Format::Json, what: what.to_owned() };
        ReadError { position: self.position(), fault }
    }
}

/// A number in JSON's notation; as text if it is beyond bounds.
pub(crate) fn number(text: &str, position: Position, diagnostics: &mut Diagnostics) -> NodeValue {
    Number::parse(text).map(NodeValue::Number).unwrap_or_else(|| {
        diagnostics.add(DiagnosticCode::Number, position, "this number is not held, but its text");
        NodeValue::Text(text.to_owned())
    })
}

/// Whether it is a number of any size.
fn is_number(text: &[u8]) -> bool {
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let whole = digits(rest);
    let mut rest = rest.get(whole..).unwrap_or_default();
    if whole == 0 || (whole > 1 && text.strip_prefix(b"-").unwrap_or(text).starts_with(b"0")) {
        return false;
    }
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = fraction.get(length..).unwrap_or_default();
    }
    if let Some(power) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
        let power = power.strip_prefix(b"-").or_else(|| power.strip_prefix(b"+")).unwrap_or(power);
        let length = digits(power);
        if length == 0 {
            return false;
        }
        rest = power.get(length..).unwrap_or_default();
    }
    rest.is_empty()
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|it| it.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use bartizan_model::api::Value;

    use super::*;
    use crate::limits::Limits;

    fn read(text: &str) -> (Result<Node, ReadError>, Diagnostics) {
        let mut diagnostics = Diagnostics::up_to(100);
        let limits = Limits { depth_max: 4, nodes_max: 100, ..Limits::default() };
        (parse(text, 0, &mut Budget::of(&limits), &mut diagnostics), diagnostics)
    }

    #[track_caller]
    fn check(text: &str, value: impl Into<Value>) {
        let (node, diagnostics) = read(text);
        assert_eq!(node.map(|it| it.to_value()), Ok(value.into()), "{text}");
        assert_eq!(diagnostics.list(), [], "{text}");
    }

    #[track_caller]
    fn breaks(text: &str, line: u32, column: u32) {
        let error = read(text).0.unwrap_err();
        assert_eq!((error.position.line, error.position.column), (line, column), "{text}: {error}");
        assert!(matches!(error.fault, Fault::Syntax { format: Format::Json, .. }), "{text}");
    }

    #[test]
    fn every_kind_of_value_is_read() {
        check(" [ ] ", Vec::<u64>::new());
        check("\"\\u00e4\\ud83d\\ude00\\n\\/\"", "ä😀\n/");
        check("-12.5e1", Value::Number(Number::parse("-125").unwrap()));
        check("{\"a\":{\"b\":[true,false]}}", [("a", Value::from([("b", vec![true, false])]))]);
        check("null", Value::Null);
    }

    #[test]
    fn broken_text_is_an_error_where_it_breaks() {
        breaks("", 1, 1);
        breaks("[1,]", 1, 4);
        breaks("{\n \"ä\": x}", 2, 7);
        breaks("[1 2]", 1, 4);
        breaks("{a:1}", 1, 2);
        breaks("{\"a\" 1}", 1, 6);
        breaks("01", 1, 1);
        breaks("1.e5", 1, 1);
        breaks("\"\t\"", 1, 2);
        breaks("\"abc", 1, 2);
        breaks("\"\\x\"", 1, 2);
        breaks("\"\\u12g4\"", 1, 2);
        breaks("1 1", 1, 3);
        breaks("nul", 1, 1);
    }

    #[test]
    fn halves_of_characters_and_huge_numbers_are_reported() {
        let (node, diagnostics) = read("[\"\\ud800x\", \"\\udc00\\ud800\", 1e999999999]");
        let expected = vec!["\u{fffd}x", "\u{fffd}\u{fffd}", "1e999999999"];
        assert_eq!(node.unwrap().to_value(), Value::from(expected));
        assert_eq!(diagnostics.list().len(), 4);
        assert!(diagnostics.has(DiagnosticCode::Number));
    }

    #[test]
    fn nesting_and_number_of_values_are_limited() {
        check("[[[[]]]]", vec![vec![vec![Vec::<u64>::new()]]]);
        assert!(read("[[[[[]]]]]").0.is_ok());
        let error = read("[[[[[0]]]]]").0.unwrap_err();
        assert_eq!(error.fault, Fault::TooDeep { levels_max: 4 });
        assert!(read(&format!("[{}0]", "0,".repeat(98))).0.is_ok());
        let error = read(&format!("[{}0]", "0,".repeat(99))).0.unwrap_err();
        assert_eq!(error.fault, Fault::TooManyValues { nodes_max: 100 });
    }
}
