//! Statement text to tokens.

use super::{Limits, SqlError};
use std::iter::Peekable;
use std::str::Chars;

/// The smallest pieces of a statement. Comments and white space are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a name.
    Word(String),
    /// A name in double quotes or backticks.
    Name(String),
    /// A string in single quotes.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Punctuation or an operator.
    Sign(Sign),
}

/// Punctuation and operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Open,
    Close,
    Comma,
    Semicolon,
    Parameter,
    Star,
    Plus,
    Minus,
    Slash,
    Percent,
    Equal,
    Differs,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concatenate,
}

/// Splits `text` into tokens.
pub(super) fn tokens(text: &str, limits: Limits) -> Result<Vec<Token>, SqlError> {
    if text.len() > limits.text_bytes_max {
        return Err(SqlError::TextTooLong(text.len()));
    }
    let mut reader = Reader { rest: text.chars().peekable() };
    let mut tokens = Vec::new();
    while let Some(token) = reader.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn token(&mut self) -> Result<Option<Token>, SqlError> {
        loop {
            let Some(first) = self.rest.next() else { return Ok(None) };
            match first {
                it if it.is_whitespace() => {}
                '-' if self.accept('-') => self.line_comment(),
                '/' if self.accept('*') => self.block_comment(),
                '\'' => return self.quoted('\'').map(|text| Some(Token::Text(text))),
                '"' | '`' => return self.quoted(first).map(|name| Some(Token::Name(name))),
                it if it.is_ascii_digit() => return self.number(it).map(Some),
                it if it.is_alphabetic() || it == '_' => return Ok(Some(self.word(it))),
                it => return self.sign(it).map(|sign| Some(Token::Sign(sign))),
            }
        }
    }

    fn accept(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    fn line_comment(&mut self) {
        while self.rest.next_if(|&it| it != '\n').is_some() {}
    }

    /// Up to `*/`, or up to the end: like most engines, an open comment hides the rest.
    fn block_comment(&mut self) {
        while let Some(it) = self.rest.next() {
            if it == '*' && self.accept('/') {
                return;
            }
        }
    }

    /// Up to the closing quote; two of them are one that belongs to the text.
    fn quoted(&mut self, quote: char) -> Result<String, SqlError> {
        let mut text = String::new();
        loop {
            match self.rest.next() {
                None => return Err(SqlError::Unterminated),
                Some(it) if it == quote && !self.accept(quote) => return Ok(text),
                Some(it) => text.push(it),
            }
        }
    }

    fn number(&mut self, first: char) -> Result<Token, SqlError> {
        let mut digits = String::from(first);
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().map(Token::Number).map_err(|_| SqlError::NumberTooLarge)
    }

    fn word(&mut self, first: char) -> Token {
        let mut word = String::from(first);
        while let Some(it) = self.rest.next_if(|&it| it.is_alphanumeric() || it == '_') {
            word.push(it);
        }
        Token::Word(word)
    }

    fn sign(&mut self, first: char) -> Result<Sign, SqlError> {
        Ok(match first {
            '(' => Sign::Open,
            ')' => Sign::Close,
            ',' => Sign::Comma,
            ';' => Sign::Semicolon,
            '?' => Sign::Parameter,
            '*' => Sign::Star,
            '+' => Sign::Plus,
            '-' => Sign::Minus,
            '/' => Sign::Slash,
            '%' => Sign::Percent,
            '=' => self.equal(),
            '!' if self.accept('=') => Sign::Differs,
            '<' if self.accept('>') => Sign::Differs,
            '<' if self.accept('=') => Sign::LessOrEqual,
            '<' => Sign::Less,
            '>' if self.accept('=') => Sign::GreaterOrEqual,
            '>' => Sign::Greater,
            '|' if self.accept('|') => Sign::Concatenate,
            it => return Err(SqlError::StrayCharacter(it)),
        })
    }

    /// `==` is `=`.
    fn equal(&mut self) -> Sign {
        self.accept('=');
        Sign::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&[Token], &SqlError>) {
        assert_eq!(tokens(text, Limits::SHOP).as_deref(), expected, "{text}");
    }

    fn text(it: &str) -> Token {
        Token::Text(it.to_owned())
    }

    #[test]
    fn comments_and_white_space_vanish() {
        check("1/* 2 */3 -- 4\n5", Ok(&[1, 3, 5].map(Token::Number)));
        check("1 /* the end", Ok(&[Token::Number(1)]));
        check(
            "1 - -2",
            Ok(&[
                Token::Number(1),
                Token::Sign(Sign::Minus),
                Token::Sign(Sign::Minus),
                Token::Number(2),
            ]),
        );
    }

    #[test]
    fn comment_marks_inside_a_string_are_text() {
        check("'50% off -- today /* only'", Ok(&[text("50% off -- today /* only")]));
    }

    #[test]
    fn a_doubled_quote_is_one() {
        check("'O''Neil'", Ok(&[text("O'Neil")]));
        check("''", Ok(&[text("")]));
        check("'O'Neil'", Err(&SqlError::Unterminated));
    }

    #[test]
    fn what_is_no_token_is_an_error() {
        check("@", Err(&SqlError::StrayCharacter('@')));
        check("|", Err(&SqlError::StrayCharacter('|')));
        check("9223372036854775807", Ok(&[Token::Number(i64::MAX)]));
        check("9223372036854775808", Err(&SqlError::NumberTooLarge));
    }

    #[test]
    fn a_text_may_be_as_long_as_the_limit_and_no_longer() {
        let limits = Limits { text_bytes_max: 3, ..Limits::SHOP };
        assert!(tokens("123", limits).is_ok());
        assert_eq!(tokens("1234", limits), Err(SqlError::TextTooLong(4)));
    }
}
