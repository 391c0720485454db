//! An executable document of GraphQL: the whole grammar is checked, and the root fields are kept.
//!
//! Reads    operations and fragments. A document with definitions of types is none that is executed.
//! Writes   the selections at the root of each operation and fragment.
//! Memory   one entry for each of those; one level of recursion for each level of the text, at most
//!          [`DEPTH_MAX`].
//! Errors   [`Fault`].
//! Misses   whether the fields exist and the values fit: only the server knows its schema.
//! Source   GraphQL (October 2021), sections 2 and 6.3; descriptions as in September 2025.

use super::Fault;
use super::tokens::{Token, Tokens};

/// Levels of selections and values in each other.
const DEPTH_MAX: u32 = 128;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Query,
    Subscription,
    Mutation,
}

/// An operation or fragment.
#[derive(Debug)]
pub(super) struct Definition<'a> {
    /// `None` for a fragment.
    pub(super) kind: Option<Kind>,
    pub(super) name: Option<&'a str>,
    pub(super) root: Vec<Selection<'a>>,
}

/// What a root selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection<'a> {
    /// A field, and the name that its answer has.
    Field { key: &'a str, name: &'a str },
    /// What a fragment selects.
    Fragment(&'a str),
}

/// Reads a document; it has at least one definition.
pub(super) fn read(text: &str) -> Result<Vec<Definition<'_>>, Fault> {
    let mut reader = Reader { tokens: Tokens::of(text), now: Token::End, depth: 0 };
    reader.on()?;
    let mut definitions = Vec::new();
    loop {
        definitions.push(reader.definition()?);
        if reader.now == Token::End {
            return Ok(definitions);
        }
    }
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    now: Token<'a>,
    depth: u32,
}

impl<'a> Reader<'a> {
    /// Goes on to the next word.
    fn on(&mut self) -> Result<(), Fault> {
        self.now = self.tokens.next()?;
        Ok(())
    }

    fn takes(&mut self, mark: u8) -> Result<bool, Fault> {
        let is_it = self.now == Token::Mark(mark);
        if is_it {
            self.on()?;
        }
        Ok(is_it)
    }

    fn expect(&mut self, mark: u8) -> Result<(), Fault> {
        if self.takes(mark)? { Ok(()) } else { Err(Fault::Syntax) }
    }

    fn name(&mut self) -> Result<&'a str, Fault> {
        let Token::Name(name) = self.now else { return Err(Fault::Syntax) };
        self.on()?;
        Ok(name)
    }

    fn definition(&mut self) -> Result<Definition<'a>, Fault> {
        if self.now == Token::Mark(b'{') {
            return self.rest(Some(Kind::Query), None);
        }
        if self.now == Token::Text {
            self.on()?;
        }
        let kind = match self.name()? {
            "query" => Kind::Query,
            "mutation" => Kind::Mutation,
            "subscription" => Kind::Subscription,
            "fragment" => return self.fragment(),
            _ => return Err(Fault::Syntax),
        };
        let name = if let Token::Name(_) = self.now { Some(self.name()?) } else { None };
        if self.takes(b'(')? {
            self.variables()?;
        }
        self.rest(Some(kind), name)
    }

    fn fragment(&mut self) -> Result<Definition<'a>, Fault> {
        let name = self.name()?;
        if name == "on" || self.name()? != "on" {
            return Err(Fault::Syntax);
        }
        self.name()?;
        self.rest(None, Some(name))
    }

    /// Directives and selections.
    fn rest(&mut self, kind: Option<Kind>, name: Option<&'a str>) -> Result<Definition<'a>, Fault> {
        self.directives()?;
        let mut root = Vec::new();
        self.selections(Some(&mut root))?;
        Ok(Definition { kind, name, root })
    }

    /// Variables up to the closing bracket; at least one.
    fn variables(&mut self) -> Result<(), Fault> {
        loop {
            if self.now == Token::Text {
                self.on()?;
            }
            self.expect(b'$')?;
            self.name()?;
            self.expect(b':')?;
            self.variable_type()?;
            if self.takes(b'=')? {
                self.value()?;
            }
            self.directives()?;
            if self.takes(b')')? {
                return Ok(());
            }
        }
    }

    /// `[[Int!]!]!`
    fn variable_type(&mut self) -> Result<(), Fault> {
        let mut lists = 0_usize;
        while self.takes(b'[')? {
            lists += 1;
        }
        self.name()?;
        self.takes(b'!')?;
        for _ in 0..lists {
            self.expect(b']')?;
            self.takes(b'!')?;
        }
        Ok(())
    }

    fn directives(&mut self) -> Result<(), Fault> {
        while self.takes(b'@')? {
            self.name()?;
            self.arguments()?;
        }
        Ok(())
    }

    fn arguments(&mut self) -> Result<(), Fault> {
        if !self.takes(b'(')? {
            return Ok(());
        }
        loop {
            self.member()?;
            if self.takes(b')')? {
                return Ok(());
            }
        }
    }

    /// `name: value`
    fn member(&mut self) -> Result<(), Fault> {
        self.name()?;
        self.expect(b':')?;
        self.value()
    }

    fn value(&mut self) -> Result<(), Fault> {
        match self.now {
            Token::Number | Token::Text | Token::Name(_) => self.on(),
            Token::Mark(b'$') => {
                self.on()?;
                self.name().map(|_| ())
            }
            Token::Mark(b'[') => self.nested(|it| it.until(b']', Self::value)),
            Token::Mark(b'{') => self.nested(|it| it.until(b'}', Self::member)),
            Token::Mark(_) | Token::Spread | Token::End => Err(Fault::Syntax),
        }
    }

    fn until(&mut self, close: u8, item: fn(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        while !self.takes(close)? {
            item(self)?;
        }
        Ok(())
    }

    /// Does something behind the bracket that opens here, one level deeper.
    fn nested(&mut self, inner: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Fault::TooDeep);
        }
        self.on()?;
        inner(self)?;
        self.depth -= 1;
        Ok(())
    }

    /// Selections in braces, at least one. What is selected at the root goes into `root`.
    fn selections(&mut self, mut root: Option<&mut Vec<Selection<'a>>>) -> Result<(), Fault> {
        if self.now != Token::Mark(b'{') {
            return Err(Fault::Syntax);
        }
        self.nested(|it| {
            loop {
                it.selection(root.as_deref_mut())?;
                if it.takes(b'}')? {
                    return Ok(());
                }
            }
        })
    }

    fn selection(&mut self, root: Option<&mut Vec<Selection<'a>>>) -> Result<(), Fault> {
        if self.now == Token::Spread {
            self.on()?;
            return self.spread(root);
        }
        let key = self.name()?;
        let name = if self.takes(b':')? { self.name()? } else { key };
        if let Some(root) = root {
            root.push(Selection::Field { key, name });
        }
        self.arguments()?;
        self.directives()?;
        if self.now == Token::Mark(b'{') { self.selections(None) } else { Ok(()) }
    }

    /// What follows `...`. A fragment in place selects at the level that it stands at.
    fn spread(&mut self, root: Option<&mut Vec<Selection<'a>>>) -> Result<(), Fault> {
        match self.now {
            Token::Name("on") => {
                self.on()?;
                self.name()?;
            }
            Token::Name(name) => {
                self.on()?;
                if let Some(root) = root {
                    root.push(Selection::Fragment(name));
                }
                return self.directives();
            }
            Token::Mark(_) | Token::Spread | Token::Number | Token::Text | Token::End => {}
        }
        self.directives()?;
        self.selections(root)
    }
}
