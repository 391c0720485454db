//! The words of a GraphQL document.
//!
//! Reads    one text; keeps a position in it.
//! Memory   none.
//! Errors   [`Fault::Syntax`] for what is no word.
//! Source   GraphQL (October 2021), section 2.1.

use super::Fault;

/// A word of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// One of `! $ & ( ) : = @ [ ] { | }`
    Mark(u8),
    /// `...`
    Spread,
    /// A name or keyword.
    Name(&'a str),
    /// A number.
    Number,
    /// A text, of either kind.
    Text,
    /// Nothing follows.
    End,
}

/// The words of a text, one after the other.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    /// Where the last word began.
    from: usize,
}

impl<'a> Tokens<'a> {
    /// Begins in front of the first word.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: 0, from: 0 }
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Result<Token<'a>, Fault> {
        self.ignored();
        self.from = self.at;
        let rest = self.rest();
        let (bytes, token) = match rest {
            [] => (0, Token::End),
            [b'.', b'.', b'.', ..] => (3, Token::Spread),
            [b'"', b'"', b'"', after @ ..] => (6 + block(after)?, Token::Text),
            [b'"', after @ ..] => (2 + line(after)?, Token::Text),
            [b'-' | b'0'..=b'9', ..] => (number(rest)?, Token::Number),
            [first, ..] if is_name_start(*first) => {
                let bytes = rest.iter().take_while(|it| is_name_part(**it)).count();
                let name = self.text.get(self.at..self.at + bytes).ok_or(Fault::Syntax)?;
                (bytes, Token::Name(name))
            }
            [first, ..] if b"!$&():=@[]{|}".contains(first) => (1, Token::Mark(*first)),
            _ => return Err(Fault::Syntax),
        };
        self.at += bytes;
        Ok(token)
    }

    /// The last word as it is written.
    pub(super) fn last(&self) -> &'a str {
        self.text.get(self.from..self.at).unwrap_or_default()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Passes white space, commas, comments and byte order marks.
    fn ignored(&mut self) {
        loop {
            self.at += match self.rest() {
                [b' ' | b'\t' | b'\n' | b'\r' | b',', ..] => 1,
                [b'#', rest @ ..] => 1 + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()),
                [0xEF, 0xBB, 0xBF, ..] => 3,
                _ => return,
            };
        }
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn is_name_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Bytes of a text in single quotes up to its end.
fn line(text: &[u8]) -> Result<usize, Fault> {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        at += rest
            .iter()
            .position(|it| matches!(it, b'"' | b'\\' | b'\n' | b'\r'))
            .ok_or(Fault::Syntax)?;
        match text.get(at..).unwrap_or_default() {
            [b'"', ..] => return Ok(at),
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u', ..] => at += 2,
            _ => return Err(Fault::Syntax),
        }
    }
}

/// Bytes of a text in triple quotes up to its end; `\"""` does not end it.
fn block(text: &[u8]) -> Result<usize, Fault> {
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let found = at + memchr::memmem::find(rest, b"\"\"\"").ok_or(Fault::Syntax)?;
        let before = found.checked_sub(1).filter(|it| *it >= at).and_then(|it| text.get(it));
        if before != Some(&b'\\') {
            return Ok(found);
        }
        at = found + 3;
    }
}

/// Bytes of a number, which no name and no point may touch.
fn number(text: &[u8]) -> Result<usize, Fault> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        match rest.iter().take_while(|it| it.is_ascii_digit()).count() {
            0 => Err(Fault::Syntax),
            count => Ok(from + count),
        }
    };
    let byte = |at: usize| text.get(at).copied().unwrap_or_default();
    let mut at = usize::from(byte(0) == b'-');
    at = if byte(at) == b'0' { at + 1 } else { digits(at)? };
    if byte(at) == b'.' {
        at = digits(at + 1)?;
    }
    if matches!(byte(at), b'e' | b'E') {
        at = digits(at + 1 + usize::from(matches!(byte(at + 1), b'+' | b'-')))?;
    }
    if is_name_part(byte(at)) || byte(at) == b'.' {
        return Err(Fault::Syntax);
    }
    Ok(at)
}
