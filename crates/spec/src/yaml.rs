//! YAML to a tree.
//!
//! Reads    YAML 1.2 through `granit_parser`, which reports events with positions; plain scalars by the
//!          core schema, and merge keys (`<<`), which descriptions use though only YAML 1.1 has them.
//! Memory   the tree, and a copy of what has an anchor. Copies count as values, and their bytes have a
//!          limit of their own, so that aliases of aliases end early.
//! Errors   [`ReadError`] at the first broken place, and for aliases of nothing.
//! Misses   `.inf` and `.nan` are texts, for JSON has no such numbers; dates are texts.
//! Source   YAML 1.2.2, section 10.3.2 (core schema).

use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use crate::diagnostic::{DiagnosticCode, Diagnostics, Shown};
use crate::document::{Budget, Entry, Fault, Format, Map, Node, NodeValue, Position, ReadError};
use crate::json;

/// Reads the one document that `text` holds.
pub(crate) fn parse(
    text: &str,
    file: u16,
    budget: &mut Budget,
    diagnostics: &mut Diagnostics,
) -> Result<Node, ReadError> {
    let events = Parser::new_from_str_with_options(text, options(budget.limits.depth_max));
    let anchors = BTreeMap::new();
    Builder { events, file, budget, diagnostics, anchors }.document()
}

fn options(depth_max: usize) -> granit_parser::Options {
    let mut options = granit_parser::options! {
        flow_nesting_limit: depth_max.saturating_add(1),
        block_nesting_limit: depth_max.saturating_add(1),
        // Generated files carry paths and host names as keys without quotes.
        simple_key_max_lookahead: 8_192,
    };
    options.set_emit_comments(false);
    options
}

/// An event, reduced to what a tree needs.
enum Token {
    Scalar { text: String, plain: bool, tag: Tagged, anchor: usize },
    List { tag: Tagged, anchor: usize },
    Map { tag: Tagged, anchor: usize },
    Alias(usize),
    End,
    Document,
    Finished,
}

/// What a tag says of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tagged {
    /// Nothing.
    No,
    /// It is a text, whatever it looks like.
    Text,
    /// What it looks like.
    Core,
    /// Something that JSON does not have.
    Foreign,
}

struct Builder<'b, E> {
    events: E,
    file: u16,
    budget: &'b mut Budget,
    diagnostics: &'b mut Diagnostics,
    anchors: BTreeMap<usize, Node>,
}

impl<'t, E> Builder<'_, E>
where
    E: Iterator<Item = Result<(Event<'t>, granit_parser::Span), ScanError>>,
{
    fn document(&mut self) -> Result<Node, ReadError> {
        let (first, position) = self.next()?;
        if !matches!(first, Token::Document) {
            return Err(ReadError { position, fault: Fault::Empty });
        }
        let root = self.node(0)?;
        loop {
            match self.next()? {
                (Token::Finished, _) => return Ok(root),
                (Token::Document, position) => {
                    return Err(ReadError { position, fault: Fault::SecondDocument });
                }
                (_, _) => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Token, Position), ReadError> {
        loop {
            match self.events.next() {
                None => {
                    return Ok((Token::Finished, Position { file: self.file, line: 1, column: 1 }));
                }
                Some(Err(error)) => {
                    let position = self.position(*error.marker());
                    let fault = fault(error.kind(), self.budget.limits.depth_max);
                    return Err(ReadError { position, fault });
                }
                Some(Ok((event, span))) => {
                    if let Some(token) = token(event) {
                        return Ok((token, self.position(span.start)));
                    }
                }
            }
        }
    }

    fn position(&self, at: Marker) -> Position {
        let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        Position { file: self.file, line: number(at.line()), column: number(at.col() + 1) }
    }

    fn node(&mut self, level: usize) -> Result<Node, ReadError> {
        let (token, position) = self.next()?;
        self.node_of(token, position, level)
    }

    fn node_of(&mut self, token: Token, at: Position, level: usize) -> Result<Node, ReadError> {
        if let Token::Alias(id) = token {
            let alias = ReadError { position: at, fault: Fault::Alias };
            let copied = self.anchors.get(&id).ok_or(alias)?;
            return self.budget.copy(copied, level, at);
        }
        self.budget.take(level, at)?;
        let (value, anchor) = match token {
            Token::Scalar { text, plain, tag, anchor } => {
                (self.scalar(text, plain, tag, at), anchor)
            }
            Token::List { tag, anchor } => {
                self.report(tag, at);
                (self.list(level)?, anchor)
            }
            Token::Map { tag, anchor } => {
                self.report(tag, at);
                (self.map(level)?, anchor)
            }
            Token::Alias(_) | Token::End | Token::Document | Token::Finished => {
                (NodeValue::Null, 0)
            }
        };
        let node = Node { position: at, value };
        if anchor != 0 {
            let kept = self.budget.copy(&node, level, at)?;
            self.anchors.insert(anchor, kept);
        }
        Ok(node)
    }

    fn report(&mut self, tag: Tagged, position: Position) {
        if tag == Tagged::Foreign {
            self.diagnostics.add(DiagnosticCode::Tag, position, "this tag is ignored");
        }
    }

    fn scalar(&mut self, text: String, plain: bool, tag: Tagged, at: Position) -> NodeValue {
        self.report(tag, at);
        let is_text = match tag {
            Tagged::Text => true,
            Tagged::Core => false,
            Tagged::No | Tagged::Foreign => !plain,
        };
        if is_text { NodeValue::Text(text) } else { resolved(text, at, self.diagnostics) }
    }

    fn list(&mut self, level: usize) -> Result<NodeValue, ReadError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Token::End | Token::Finished, _) => return Ok(NodeValue::List(items)),
                (token, position) => items.push(self.node_of(token, position, level + 1)?),
            }
        }
    }

    fn map(&mut self, level: usize) -> Result<NodeValue, ReadError> {
        let mut entries = Vec::new();
        let mut merged = Vec::new();
        loop {
            let (token, position) = self.next()?;
            if matches!(token, Token::End | Token::Finished) {
                break;
            }
            let is_merge =
                matches!(&token, Token::Scalar { text, plain: true, .. } if text == "<<");
            let key = self.key(token, position, level)?;
            let node = self.node(level + 1)?;
            match key {
                Some(_) if is_merge => merged.push(node),
                Some(key) => entries.push(Entry { key, position, node }),
                None => {
                    let message = "a key is no text; its entry is skipped";
                    self.diagnostics.add(DiagnosticCode::KeyNotText, position, message);
                }
            }
        }
        let map = Map::new(entries, self.diagnostics);
        Ok(NodeValue::Map(self.merge(map, merged)))
    }

    /// The text of a key, however it is written: `200`, `true` and `~` are keys like others.
    fn key(&mut self, key: Token, at: Position, level: usize) -> Result<Option<String>, ReadError> {
        if let Token::Scalar { text, anchor: 0, .. } = key {
            return Ok(Some(text));
        }
        let (written, anchored) = match &key {
            Token::Scalar { text, .. } => (Some(text.clone()), true),
            Token::List { .. } | Token::Map { .. } | Token::Alias(_) => (None, false),
            Token::End | Token::Document | Token::Finished => (None, false),
        };
        let node = self.node_of(key, at, level + 1)?;
        Ok(if anchored { written } else { node.text().map(str::to_owned) })
    }

    /// Adds what merge keys bring and the mapping does not have itself; the first one wins.
    fn merge(&mut self, map: Map, merged: Vec<Node>) -> Map {
        if merged.is_empty() {
            return map;
        }
        let mut entries = map.into_entries();
        let mut known: BTreeSet<String> = entries.iter().map(|it| it.key.clone()).collect();
        let mut add = |it: Node| match it.value {
            NodeValue::Map(from) => {
                let new = from.into_entries().into_iter();
                entries.extend(new.filter(|it| known.insert(it.key.clone())));
            }
            NodeValue::Null
            | NodeValue::Bool(_)
            | NodeValue::Number(_)
            | NodeValue::Text(_)
            | NodeValue::List(_) => {
                let message = "`<<` wants a mapping";
                self.diagnostics.add(DiagnosticCode::WrongType, it.position, message);
            }
        };
        for node in merged {
            if let NodeValue::List(items) = node.value {
                items.into_iter().for_each(&mut add);
            } else {
                add(node);
            }
        }
        Map::new(entries, self.diagnostics)
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "foreign and non-exhaustive")]
fn token(event: Event<'_>) -> Option<Token> {
    Some(match event {
        Event::Scalar(text, style, anchor, tag) => Token::Scalar {
            text: text.into_owned(),
            plain: style == ScalarStyle::Plain,
            tag: tagged(tag.as_deref()),
            anchor,
        },
        Event::SequenceStart(_, anchor, tag) => Token::List { tag: tagged(tag.as_deref()), anchor },
        Event::MappingStart(_, anchor, tag) => Token::Map { tag: tagged(tag.as_deref()), anchor },
        Event::Alias(id) => Token::Alias(id),
        Event::SequenceEnd | Event::MappingEnd => Token::End,
        Event::DocumentStart(..) => Token::Document,
        Event::StreamEnd => Token::Finished,
        // Stream start, document end, comments: nothing that a tree holds.
        _ => return None,
    })
}

fn tagged(tag: Option<&Tag>) -> Tagged {
    let Some(tag) = tag else { return Tagged::No };
    match (tag.handle(), tag.suffix()) {
        ("tag:yaml.org,2002:", "str" | "timestamp" | "binary") | ("" | "!", "" | "!") => {
            Tagged::Text
        }
        ("tag:yaml.org,2002:", "null" | "bool" | "int" | "float" | "map" | "seq") => Tagged::Core,
        (_, _) => Tagged::Foreign,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "foreign and non-exhaustive")]
fn fault(kind: &ErrorKind, levels_max: usize) -> Fault {
    match kind {
        ErrorKind::RecursionLimitExceeded => Fault::TooDeep { levels_max },
        ErrorKind::UnknownAnchor => Fault::Alias,
        other => Fault::Syntax { format: Format::Yaml, what: other.to_string() },
    }
}

/// What a plain scalar is, by the core schema.
fn resolved(text: String, position: Position, diagnostics: &mut Diagnostics) -> NodeValue {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return NodeValue::Null,
        "true" | "True" | "TRUE" => return NodeValue::Bool(true),
        "false" | "False" | "FALSE" => return NodeValue::Bool(false),
        _ => {}
    }
    if let Some(number) = based(&text) {
        return NodeValue::Number(number.into());
    }
    if let Some(decimal) = decimal(&text) {
        return json::number(&decimal, position, diagnostics);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(&text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(&*text, ".nan" | ".NaN" | ".NAN") {
        let message = format_args!("`{}` is read as text", Shown(&text));
        diagnostics.add(DiagnosticCode::Number, position, message);
    }
    NodeValue::Text(text)
}

/// `0x1F` and `0o17`.
fn based(text: &str) -> Option<u64> {
    let (digits, base) = match text.get(..2)? {
        "0x" => (text.get(2..)?, 16),
        "0o" => (text.get(2..)?, 8),
        _ => return None,
    };
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, base).ok()
}

/// A decimal number of the core schema in JSON's notation: `+01.` becomes `1.0`.
fn decimal(text: &str) -> Option<String> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, power) = match rest.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, Some(power)),
        None => (rest, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let power = match power {
        None => String::new(),
        Some(power) => {
            let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
            if digits.is_empty() || !is_digits(digits) {
                return None;
            }
            format!("e{power}")
        }
    };
    let sign = if negative { "-" } else { "" };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    Some(format!("{sign}{whole}.{fraction}{power}"))
}

#[cfg(test)]
mod tests {
    use bartizan_model::api::{Number, Value};

    use super::*;
    use crate::limits::Limits;

    fn read(text: &str) -> (Result<Node, ReadError>, Diagnostics) {
        let mut diagnostics = Diagnostics::up_to(100);
        let limits = Limits::default();
        (parse(text, 0, &mut Budget::of(&limits), &mut diagnostics), diagnostics)
    }

    #[track_caller]
    fn check(text: &str, value: impl Into<Value>) {
        let (node, diagnostics) = read(text);
        assert_eq!(node.map(|it| it.to_value()), Ok(value.into()), "{text}");
        assert_eq!(diagnostics.list(), [], "{text}");
    }

    #[track_caller]
    fn fails(text: &str, fault: &Fault) {
        assert_eq!(read(text).0.map_err(|it| it.fault), Err(fault.clone()), "{text}");
    }

    fn number(text: &str) -> Value {
        Value::Number(Number::parse(text).unwrap())
    }

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for (text, value) in [
            ("12", number("12")),
            ("007", number("7")),
            ("+1.", number("1")),
            ("-.5e1", number("-5")),
            ("0x1F", number("31")),
            ("0o17", number("15")),
            ("True", Value::Bool(true)),
            ("~", Value::Null),
            ("yes", "yes".into()),
            ("on", "on".into()),
            ("2020-01-01", "2020-01-01".into()),
            ("1_000", "1_000".into()),
            ("12:30", "12:30".into()),
            ("0x", "0x".into()),
            ("1e", "1e".into()),
            (".", ".".into()),
            ("-", Value::from(vec![Value::Null])),
            ("'12'", "12".into()),
            ("!!str 12", "12".into()),
            ("! 12", "12".into()),
            ("!!int '12'", number("12")),
        ] {
            check(text, value);
        }
    }

    #[test]
    fn keys_are_texts_whatever_they_look_like() {
        check("200: a\ntrue: b\n~: c\n", [("200", "a"), ("true", "b"), ("~", "c")]);
        let (node, diagnostics) = read("? [a]\n: 1\nb: 2\n");
        assert_eq!(node.unwrap().to_value(), Value::from([("b", 2_u64)]));
        assert!(diagnostics.has(DiagnosticCode::KeyNotText));
    }

    #[test]
    fn aliases_copy_and_merge_keys_add() {
        check("a: &x [1]\nb: *x\n", [("a", vec![1_u64]), ("b", vec![1])]);
        let text = "a: &x {p: 1, q: 2}\nb: &y {r: 3}\nc: {<<: [*x, *y], q: 5}\n";
        let expected = Value::from([("p", 1_u64), ("q", 5), ("r", 3)]);
        assert_eq!(read(text).0.unwrap().get("c").unwrap().to_value(), expected);
        check("&k a: 1\nb: *k\n", [("a", Value::from(1_u64)), ("b", "a".into())]);
    }

    #[test]
    fn an_alias_bomb_ends_early() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..30 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        let fault = read(&text).0.unwrap_err().fault;
        assert!(matches!(fault, Fault::TooMuchCopied { .. } | Fault::TooManyValues { .. }));

        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 100].join(", "));
        fails(&long, &Fault::TooMuchCopied { bytes_max: 64 << 20 });
        fails("a: &a [*a]\n", &Fault::Alias);
        fails("a: *b\n", &Fault::Alias);
    }

    #[test]
    fn nesting_is_limited_in_either_style() {
        let flow = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&flow(129)).0.is_ok());
        fails(&flow(130), &Fault::TooDeep { levels_max: 128 });
        let block = |levels: usize| {
            (0..levels).map(|it| format!("{}a:\n", " ".repeat(it))).collect::<String>()
        };
        assert!(read(&block(128)).0.is_ok());
        fails(&block(129), &Fault::TooDeep { levels_max: 128 });
    }

    #[test]
    fn odd_things_are_reported_and_broken_ones_end_the_reading() {
        let (node, diagnostics) = read("a: !secret x\nb: .inf\na: 2\n");
        let expected = Value::from([("a", Value::from(2_u64)), ("b", ".inf".into())]);
        assert_eq!(node.unwrap().to_value(), expected);
        for code in [DiagnosticCode::Tag, DiagnosticCode::Number, DiagnosticCode::DuplicateKey] {
            assert!(diagnostics.has(code), "{code:?}");
        }
        fails("# nothing\n", &Fault::Empty);
        fails("---\na: 1\n---\nb: 1\n", &Fault::SecondDocument);
        let error = read("a: 1\nb: 'x\n").0.unwrap_err();
        assert!(matches!(error.fault, Fault::Syntax { format: Format::Yaml, .. }), "{error}");
        assert_eq!(error.position.line, 3, "where the quote is missed");
    }

    #[test]
    fn values_know_their_places() {
        let node = read("a: 1\nb:\n  - 'x'\n  - {c: null}\n").0.unwrap();
        let items = node.get("b").unwrap().list().unwrap();
        let places: Vec<_> =
            items.iter().map(|it| (it.position.line, it.position.column)).collect();
        assert_eq!(places, [(3, 5), (4, 5)]);
    }
}
