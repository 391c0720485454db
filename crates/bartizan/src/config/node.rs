//! The file as a tree of mappings, lists and scalars that know their place.
//!
//! Reads    YAML 1.2 through `granit_parser`, which reports events with positions.
//! Memory   at most [`NESTING_MAX`] levels; aliases are refused, so the tree is no larger than
//!          the text.
//! Errors   broken notation ends the reading at its first error; anything else is reported and
//!          skipped, so that the rest can be read too.
//! Misses   anchors without an alias are ignored; a merge key (`<<`) is an unknown key.

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::fault::Fault;
use super::problem::{Place, Problems, Span};

/// Levels of mappings and lists in a file. The reader knows four.
pub(super) const NESTING_MAX: usize = 16;

/// One value of the file.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Scalar {
        text: String,
        /// Written without quotes, so that `8` is a number and `~` is nothing.
        plain: bool,
    },
    List(Vec<Node>),
    Map(Map),
    /// Reported already; not to be looked at again.
    Unusable,
}

/// A mapping, in the order of the file, each key once.
#[derive(Debug, Default)]
pub(super) struct Map {
    pub(super) entries: Vec<Entry>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

impl Map {
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|it| it.key == key)
    }
}

impl Node {
    /// No value at all: `key:`, `~` or `null`.
    pub(super) fn is_nothing(&self) -> bool {
        match &self.value {
            Value::Scalar { text, plain } => {
                *plain && matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
            }
            Value::List(_) | Value::Map(_) | Value::Unusable => false,
        }
    }

    /// Nothing, or a list or mapping with nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        match &self.value {
            Value::Scalar { .. } => self.is_nothing(),
            Value::List(items) => items.is_empty(),
            Value::Map(map) => map.entries.is_empty(),
            Value::Unusable => false,
        }
    }

    /// The text of a single value.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            Value::List(_) | Value::Map(_) | Value::Unusable => None,
        }
    }

    /// What it is, for messages.
    pub(super) fn noun(&self) -> &'static str {
        match &self.value {
            Value::Scalar { .. } if self.is_nothing() => "nothing",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
            Value::Unusable => "something else",
        }
    }
}

/// The tree of a text, or `None` if its notation is broken.
pub(super) fn parse(text: &str, problems: &mut Problems) -> Option<Node> {
    let mut builder =
        Builder { events: Parser::new_from_str_with_options(text, options()), problems };
    let root = builder.document()?;
    if root.is_nothing() {
        problems.add(Place::File, Fault::FileEmpty);
        return None;
    }
    Some(root)
}

fn options() -> granit_parser::Options {
    let mut options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: NESTING_MAX,
        block_nesting_limit: NESTING_MAX,
    };
    options.set_emit_comments(false);
    options
}

/// An event, reduced to what a tree needs.
enum Token {
    Scalar { text: String, plain: bool, tagged: bool },
    List { tagged: bool },
    Map { tagged: bool },
    Alias,
    End,
    Document,
    Finished,
}

struct Builder<'a, E> {
    events: E,
    problems: &'a mut Problems,
}

impl<'t, E> Builder<'_, E>
where
    E: Iterator<Item = Result<(Event<'t>, granit_parser::Span), ScanError>>,
{
    fn document(&mut self) -> Option<Node> {
        let (first, span) = self.next()?;
        let root = if matches!(first, Token::Document) {
            self.node()?
        } else {
            // Comments only: no document at all.
            Node { span, value: Value::Scalar { text: String::new(), plain: true } }
        };
        loop {
            match self.next()? {
                (Token::Finished, _) => return Some(root),
                (Token::Document, span) => {
                    self.problems.add(Place::At(span), Fault::SecondDocument);
                    return None;
                }
                (_, _) => {}
            }
        }
    }

    fn next(&mut self) -> Option<(Token, Span)> {
        loop {
            match self.events.next() {
                None => {
                    return Some((Token::Finished, Span { line: 1, column: 1, start: 0, end: 0 }));
                }
                Some(Err(error)) => {
                    self.problems.add(Place::At(at(*error.marker(), None)), syntax(error.kind()));
                    return None;
                }
                Some(Ok((event, span))) => {
                    if let Some(token) = token(event) {
                        let span = span.tag_span().unwrap_or(span);
                        return Some((token, at(span.start, Some(span.end))));
                    }
                }
            }
        }
    }

    fn node(&mut self) -> Option<Node> {
        let (token, span) = self.next()?;
        self.node_of(token, span)
    }

    fn node_of(&mut self, token: Token, span: Span) -> Option<Node> {
        let (value, tagged) = match token {
            Token::Scalar { text, plain, tagged } => (Value::Scalar { text, plain }, tagged),
            Token::List { tagged } => (self.list()?, tagged),
            Token::Map { tagged } => (self.map()?, tagged),
            Token::Alias => {
                self.problems.add(Place::At(span), Fault::Alias);
                (Value::Unusable, false)
            }
            Token::End | Token::Document | Token::Finished => (Value::Unusable, false),
        };
        if tagged {
            self.problems.add(Place::At(span), Fault::Tag);
            return Some(Node { span, value: Value::Unusable });
        }
        Some(Node { span, value })
    }

    fn list(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Token::End | Token::Finished, _) => return Some(Value::List(items)),
                (token, span) => items.push(self.node_of(token, span)?),
            }
        }
    }

    fn map(&mut self) -> Option<Value> {
        let mut map = Map::default();
        loop {
            let (token, span) = self.next()?;
            if matches!(token, Token::End | Token::Finished) {
                return Some(Value::Map(map));
            }
            let key = self.node_of(token, span)?;
            let node = self.node()?;
            self.insert(&mut map, key, node);
        }
    }

    fn insert(&mut self, map: &mut Map, key: Node, node: Node) {
        let key_span = key.span;
        let key = match key.value {
            Value::Scalar { text, .. } => text,
            Value::List(_) | Value::Map(_) => {
                return self.problems.add(Place::At(key_span), Fault::KeyNotText);
            }
            Value::Unusable => return,
        };
        match map.get(&key) {
            None => map.entries.push(Entry { key, key_span, node }),
            Some(first) => {
                let first_line = first.key_span.line;
                self.problems.add(Place::At(key_span), Fault::DuplicateKey { key, first_line });
            }
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "foreign and non-exhaustive")]
fn token(event: Event<'_>) -> Option<Token> {
    let token = match event {
        Event::Scalar(text, style, _, tag) => Token::Scalar {
            text: text.into_owned(),
            plain: style == ScalarStyle::Plain,
            tagged: is_tagged(tag.as_deref()),
        },
        Event::SequenceStart(_, _, tag) => Token::List { tagged: is_tagged(tag.as_deref()) },
        Event::MappingStart(_, _, tag) => Token::Map { tagged: is_tagged(tag.as_deref()) },
        Event::Alias(_) | Event::UnresolvedAlias(_) => Token::Alias,
        Event::SequenceEnd | Event::MappingEnd => Token::End,
        Event::DocumentStart(..) => Token::Document,
        Event::StreamEnd => Token::Finished,
        // Stream start, document end, comments: nothing that a tree holds.
        _ => return None,
    };
    Some(token)
}

fn is_tagged(tag: Option<&Tag>) -> bool {
    tag.is_some()
}

fn at(start: Marker, end: Option<Marker>) -> Span {
    let first = start.byte_offset().unwrap_or_default();
    let end = end.and_then(|it| it.byte_offset()).unwrap_or(first);
    Span { line: start.line(), column: start.col() + 1, start: first, end }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "foreign and non-exhaustive")]
fn syntax(kind: &ErrorKind) -> Fault {
    match kind {
        ErrorKind::RecursionLimitExceeded => Fault::NestedTooDeep,
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => Fault::Tab,
        // The second is what a forgotten quote mostly looks like: the next key is its text.
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => {
            Fault::UnclosedQuote
        }
        ErrorKind::UnclosedFlowCollection { open } => Fault::UnclosedBracket { open: *open },
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation => Fault::Indentation,
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => Fault::NoColon,
        other => Fault::Syntax { message: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    #[track_caller]
    fn check(text: &str, expected: &[Fault]) {
        let mut problems = Problems::default();
        let _ignored = parse(text, &mut problems);
        let report = problems.into_report(&Source::default());
        let found: Vec<_> = report.problems().iter().map(|it| it.fault.clone()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_tree_knows_its_places() {
        let text = "a: 1\nb:\n  - 'x'\n  - {c: null}\n";
        let root = parse(text, &mut Problems::default()).unwrap();
        let Value::Map(map) = &root.value else { panic!("{root:?}") };
        let entry = map.get("b").unwrap();
        assert_eq!((entry.key_span.line, entry.key_span.column), (2, 1));
        let Value::List(items) = &entry.node.value else { panic!("{entry:?}") };
        assert_eq!((items[0].span.line, items[0].span.column), (3, 5));
        let Value::Map(inner) = &items[1].value else { panic!("{items:?}") };
        assert!(inner.get("c").unwrap().node.is_nothing());
    }

    #[test]
    fn sixteen_levels_are_read_and_seventeen_are_not() {
        let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        check(&nested(NESTING_MAX), &[]);
        check(&nested(NESTING_MAX + 1), &[Fault::NestedTooDeep]);
    }

    #[test]
    fn an_alias_bomb_is_a_list_of_aliases() {
        check("a: &a [1]\nb: [*a, *a]\n", &[Fault::Alias, Fault::Alias]);
        check("a: &a [*a]\n", &[Fault::Alias]);
    }

    #[test]
    fn broken_notation_is_one_problem() {
        check("a: 'x\n", &[Fault::UnclosedQuote]);
        check("---\na: 1\n---\nb: 2\n", &[Fault::SecondDocument]);
        check("# nothing\n", &[Fault::FileEmpty]);
        check("---\n", &[Fault::FileEmpty]);
    }

    #[test]
    fn no_cut_of_a_file_upsets_the_parser() {
        let text = "a: &x !t 'q'\nb: [1, {c: *x}]\n? [d]\n: |\n  e\n--- \"\\u00e4\"\n...\n%Y\n";
        for cut in 0..=text.len() {
            let (head, tail) = text.split_at(cut);
            let _ignored = parse(head, &mut Problems::default());
            let _ignored = parse(tail, &mut Problems::default());
        }
    }
}
