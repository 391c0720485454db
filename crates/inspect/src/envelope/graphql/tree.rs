//! A document of GraphQL with all that it selects, and the arguments of each field.
//!
//! Reads    a text that `document` found to be right.
//! Memory   one entry for each field and each value.
//! Errors   `None` for what is not right after all.

use super::tokens::{Token, Tokens};

/// Levels of selections and values in each other, as in `document`.
const DEPTH_MAX: u32 = 128;

/// An operation or fragment.
#[derive(Debug, Default)]
pub(super) struct Tree<'a> {
    pub(super) is_fragment: bool,
    pub(super) name: Option<&'a str>,
    /// What variables are where the request does not say.
    pub(super) defaults: Vec<(&'a str, Given<'a>)>,
    pub(super) selected: Vec<Selected<'a>>,
}

/// What is selected.
#[derive(Debug)]
pub(super) enum Selected<'a> {
    /// A field, and the name that its answer has.
    Field { key: &'a str, name: &'a str, arguments: Vec<(&'a str, Given<'a>)>, within: Vec<Self> },
    /// What a fragment selects.
    Fragment(&'a str),
}

/// A value as the document gives it.
#[derive(Debug)]
pub(super) enum Given<'a> {
    /// A number, `true`, `false` or `null`.
    Scalar(&'a str),
    /// A text in its quotes.
    Text(&'a str),
    /// A value of an enumeration.
    Word(&'a str),
    Variable(&'a str),
    List(Vec<Self>),
    Object(Vec<(&'a str, Self)>),
}

/// Reads a document.
pub(super) fn read(text: &str) -> Option<Vec<Tree<'_>>> {
    let mut reader = Reader { tokens: Tokens::of(text), now: Token::End, word: "", depth: 0 };
    reader.on()?;
    let mut all = Vec::new();
    while reader.now != Token::End {
        all.push(reader.definition()?);
    }
    Some(all)
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    now: Token<'a>,
    word: &'a str,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn on(&mut self) -> Option<()> {
        self.now = self.tokens.next().ok()?;
        self.word = self.tokens.last();
        Some(())
    }

    fn takes(&mut self, mark: u8) -> Option<bool> {
        let is_it = self.now == Token::Mark(mark);
        if is_it {
            self.on()?;
        }
        Some(is_it)
    }

    fn name(&mut self) -> Option<&'a str> {
        let Token::Name(name) = self.now else { return None };
        self.on()?;
        Some(name)
    }

    fn definition(&mut self) -> Option<Tree<'a>> {
        let mut tree = Tree::default();
        if self.now == Token::Text {
            self.on()?;
        }
        if self.now != Token::Mark(b'{') {
            tree.is_fragment = self.name()? == "fragment";
            if let Token::Name(name) = self.now {
                self.on()?;
                tree.name = Some(name);
            }
            if tree.is_fragment {
                self.name()?;
                self.name()?;
            } else if self.takes(b'(')? {
                tree.defaults = self.variables()?;
            }
        }
        self.directives()?;
        self.selections(&mut tree.selected)?;
        Some(tree)
    }

    fn variables(&mut self) -> Option<Vec<(&'a str, Given<'a>)>> {
        let mut defaults = Vec::new();
        while !self.takes(b')')? {
            if self.now == Token::Text {
                self.on()?;
            }
            if !self.takes(b'$')? {
                return None;
            }
            let name = self.name()?;
            if !self.takes(b':')? {
                return None;
            }
            while self.takes(b'[')? {}
            self.name()?;
            while self.takes(b'!')? || self.takes(b']')? {}
            if self.takes(b'=')? {
                defaults.push((name, self.value()?));
            }
            self.directives()?;
        }
        Some(defaults)
    }

    fn directives(&mut self) -> Option<()> {
        while self.takes(b'@')? {
            self.name()?;
            if self.takes(b'(')? {
                self.given(b')')?;
            }
        }
        Some(())
    }

    /// Names with their values, up to the bracket that closes.
    fn given(&mut self, close: u8) -> Option<Vec<(&'a str, Given<'a>)>> {
        let mut all = Vec::new();
        while !self.takes(close)? {
            let name = self.name()?;
            if !self.takes(b':')? {
                return None;
            }
            all.push((name, self.value()?));
        }
        Some(all)
    }

    fn value(&mut self) -> Option<Given<'a>> {
        let word = self.word;
        let value = match self.now {
            Token::Number => Given::Scalar(word),
            Token::Text => Given::Text(word),
            Token::Name("true" | "false" | "null") => Given::Scalar(word),
            Token::Name(name) => Given::Word(name),
            Token::Mark(b'$') => {
                self.on()?;
                return self.name().map(Given::Variable);
            }
            Token::Mark(b'[') => {
                return self.nested(|it| {
                    let mut all = Vec::new();
                    while !it.takes(b']')? {
                        all.push(it.value()?);
                    }
                    Some(Given::List(all))
                });
            }
            Token::Mark(b'{') => return self.nested(|it| it.given(b'}').map(Given::Object)),
            Token::Mark(_) | Token::Spread | Token::End => return None,
        };
        self.on()?;
        Some(value)
    }

    /// Reads what is behind the bracket that opens here.
    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        self.on()?;
        let found = inner(self);
        self.depth -= 1;
        found
    }

    fn selections(&mut self, into: &mut Vec<Selected<'a>>) -> Option<()> {
        if self.now != Token::Mark(b'{') {
            return None;
        }
        self.nested(|it| {
            while !it.takes(b'}')? {
                it.selection(into)?;
            }
            Some(())
        })
    }

    fn selection(&mut self, into: &mut Vec<Selected<'a>>) -> Option<()> {
        if self.now == Token::Spread {
            self.on()?;
            return self.spread(into);
        }
        let key = self.name()?;
        let name = if self.takes(b':')? { self.name()? } else { key };
        let arguments = if self.takes(b'(')? { self.given(b')')? } else { Vec::new() };
        self.directives()?;
        let mut within = Vec::new();
        if self.now == Token::Mark(b'{') {
            self.selections(&mut within)?;
        }
        into.push(Selected::Field { key, name, arguments, within });
        Some(())
    }

    fn spread(&mut self, into: &mut Vec<Selected<'a>>) -> Option<()> {
        match self.now {
            Token::Name("on") => {
                self.on()?;
                self.name()?;
            }
            Token::Name(name) => {
                self.on()?;
                into.push(Selected::Fragment(name));
                return self.directives();
            }
            Token::Mark(_) | Token::Spread | Token::Number | Token::Text | Token::End => {}
        }
        self.directives()?;
        self.selections(into)
    }
}
