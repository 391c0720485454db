//! The tokens of SQL, as much of it as the dialects share: MySQL, PostgreSQL, Transact-SQL,
//! Oracle, SQLite.
//!
//! Reads    a fragment of SQL, from its first byte.
//! Writes   at most [`TOKENS_MAX`] tokens; comments with something behind them count as white space.
//! Memory   the tokens, which borrow the text.
//! Misses   dollar quoting; the difference between `--` with and without a space behind it.

/// Tokens that are read of one fragment.
pub(super) const TOKENS_MAX: usize = 192;

/// Bytes that are read of one fragment.
pub(super) const TOKEN_BYTES_MAX: usize = 4 * 1024;

/// Letters behind a comment's mark that say nothing.
const TAG_BYTES_MAX: usize = 4;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// A keyword or name, `[quoted]` and `` `quoted` `` names too, without the quotes.
    Word(&'a [u8]),
    /// A number.
    Number,
    /// A string; not closed where the text ends inside it.
    Text {
        /// Whether it is closed.
        is_closed: bool,
    },
    /// `@name` or `@@name`.
    Variable,
    /// `= < > <= >= <> != <=>`.
    Compare,
    /// `|| &&`.
    Logic,
    /// `+ - * / % ^ | & ~ ! ::`.
    Operator(u8),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `.`.
    Dot,
    /// `;`.
    Semicolon,
    /// A comment that makes the rest of the text invisible.
    Ends {
        /// Whether it says nothing (`--`, `-- -`, `#`).
        is_bare: bool,
    },
    /// What SQL does not have.
    Foreign,
}

/// The tokens of `text`.
pub(super) fn tokens(text: &[u8]) -> Vec<Token<'_>> {
    let mut rest = text.get(..TOKEN_BYTES_MAX).unwrap_or(text);
    let mut found = Vec::new();
    while found.len() < TOKENS_MAX {
        let (token, after) = next(rest);
        let Some(token) = token else { break };
        found.push(token);
        rest = after;
        if let Token::Ends { .. } = token {
            break;
        }
    }
    found
}

/// The first token and what follows it.
fn next(text: &[u8]) -> (Option<Token<'_>>, &[u8]) {
    let text = skip_blank(text);
    let skip = |n: usize| text.get(n..).unwrap_or_default();
    let one = |token| (Some(token), skip(1));
    match *text {
        [] => (None, text),
        [b'-', b'-', ..] | [b'/', b'*', ..] => (Some(comment(skip(2))), &[]),
        [b'#', ..] => (Some(comment(skip(1))), &[]),
        [b'\'', ..] => string(text, b'\''),
        [b'"', ..] => string(text, b'"'),
        [b'`', ..] => name(text, b'`'),
        [b'[', ..] => name(text, b']'),
        [b'N' | b'n' | b'X' | b'x' | b'B' | b'b' | b'E' | b'e', b'\'', ..] => {
            string(skip(1), b'\'')
        }
        [b'.', b'0'..=b'9', ..] | [b'0'..=b'9', ..] => (Some(Token::Number), number(text)),
        [b'@', ..] => {
            let name = text.iter().take_while(|&&b| b == b'@').count();
            (Some(Token::Variable), skip(name + word_bytes(skip(name))))
        }
        [b'<', b'=', b'>', ..] => (Some(Token::Compare), skip(3)),
        [b'<', b'=' | b'>', ..] | [b'>' | b'!' | b'=', b'=', ..] | [b'=', b'<' | b'>', ..] => {
            (Some(Token::Compare), skip(2))
        }
        [b'<' | b'>' | b'=', ..] => one(Token::Compare),
        [b'|', b'|', ..] | [b'&', b'&', ..] => (Some(Token::Logic), skip(2)),
        [b':', b':' | b'=', ..] => (Some(Token::Operator(b':')), skip(2)),
        [byte @ (b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'|' | b'&' | b'~' | b'!'), ..] => {
            one(Token::Operator(byte))
        }
        [b'(', ..] => one(Token::Open),
        [b')', ..] => one(Token::Close),
        [b',', ..] => one(Token::Comma),
        [b'.', ..] => one(Token::Dot),
        [b';', ..] => one(Token::Semicolon),
        _ => match word_bytes(text) {
            0 => one(Token::Foreign),
            length => (Some(Token::Word(text.get(..length).unwrap_or_default())), skip(length)),
        },
    }
}

fn comment(said: &[u8]) -> Token<'_> {
    // Tools put a few letters of no meaning behind it.
    let said = said.trim_ascii();
    let is_tag = said.len() <= TAG_BYTES_MAX && said.iter().all(u8::is_ascii_alphanumeric);
    let is_blank = |it: &u8| it.is_ascii_whitespace() || matches!(it, b'-' | b'+' | b';' | 0);
    let is_bare = is_tag || said.iter().all(is_blank);
    Token::Ends { is_bare }
}

/// Skips white space and closed comments. MySQL runs what stands in `/*! */`, so only its marks
/// are skipped.
fn skip_blank(mut text: &[u8]) -> &[u8] {
    loop {
        let skip = |n: usize| text.get(n..).unwrap_or_default();
        text = match *text {
            [0..=0x20 | 0x7F | 0xA0, ..] => skip(1),
            [0xC2, 0xA0, ..] => skip(2),
            [b'/', b'*', b'!', ..] => {
                let digits = skip(3).iter().take_while(|it| it.is_ascii_digit()).count();
                skip(3 + digits.min(6))
            }
            [b'/', b'*', ..] => match memchr::memmem::find(skip(2), b"*/") {
                Some(at) => skip(2 + at + 2),
                None => return text,
            },
            [b'*', b'/', ..] => skip(2),
            [b'-', b'-', ..] | [b'#', ..] => match memchr::memchr(b'\n', text) {
                Some(at) if !skip(at).trim_ascii().is_empty() => skip(at + 1),
                _ => return text,
            },
            _ => return text,
        }
    }
}

fn word_bytes(text: &[u8]) -> usize {
    let is_in_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | 0x80..);
    text.iter().take_while(|it| is_in_word(it)).count()
}

/// A string whose quote is doubled or escaped by a backslash inside it.
fn string(text: &[u8], quote: u8) -> (Option<Token<'_>>, &[u8]) {
    let inside = text.get(1..).unwrap_or_default();
    match closing(inside, quote) {
        Some(at) => {
            (Some(Token::Text { is_closed: true }), inside.get(at + 1..).unwrap_or_default())
        }
        // The API closes what the value leaves open; that is a word, not the rest of a sentence.
        None if inside.contains(&b' ') => (Some(Token::Foreign), &[]),
        None => (Some(Token::Text { is_closed: false }), &[]),
    }
}

/// Where the first `quote` stands that closes a string, if the text begins inside one.
pub(super) fn closing(inside: &[u8], quote: u8) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(quote, b'\\', inside.get(at..)?)?;
        let doubled = inside.get(at) == Some(&quote) && inside.get(at + 1) == Some(&quote);
        match inside.get(at) {
            Some(b'\\') => at += 2,
            _ if doubled => at += 2,
            _ => return Some(at),
        }
    }
}

fn name(text: &[u8], close: u8) -> (Option<Token<'_>>, &[u8]) {
    let inside = text.get(1..).unwrap_or_default();
    match memchr::memchr(close, inside).and_then(|at| inside.split_at_checked(at)) {
        Some((name, after)) if name.len() <= 64 => {
            (Some(Token::Word(name)), after.get(1..).unwrap_or_default())
        }
        _ => (Some(Token::Foreign), inside),
    }
}

/// What follows the number at the front. `1or` and `1e0union` are a number and a word.
fn number(text: &[u8]) -> &[u8] {
    let skip = |n: usize| text.get(n..).unwrap_or_default();
    let digits = |n: usize| n + skip(n).iter().take_while(|it| it.is_ascii_digit()).count();
    if let [b'0', b'x' | b'X', after @ ..] = text {
        let count = after.iter().take_while(|it| it.is_ascii_hexdigit()).count();
        return skip(2 + count);
    }
    let mut end = digits(0);
    if text.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if let [b'e' | b'E', more @ ..] = skip(end) {
        let sign = usize::from(matches!(more, [b'+' | b'-', ..]));
        if more.get(sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    skip(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown: String = tokens(text.as_bytes())
            .into_iter()
            .map(|it| match it {
                Token::Word(_) => 'w',
                Token::Number => '1',
                Token::Text { is_closed: true } => 's',
                Token::Text { is_closed: false } => 'S',
                Token::Variable => 'v',
                Token::Compare => '=',
                Token::Logic => '&',
                Token::Operator(_) => 'o',
                Token::Open => '(',
                Token::Close => ')',
                Token::Comma => ',',
                Token::Dot => '.',
                Token::Semicolon => ';',
                Token::Ends { .. } => '#',
                Token::Foreign => '?',
            })
            .collect();
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn fragments_are_split_as_databases_split_them() {
        check("1 UNION/**/SELECT a,b FROM t -- x", "1www,www#");
    }

    #[test]
    fn words_numbers_and_strings_end_where_they_do() {
        check("1or 2", "1w1");
        check("1e0union", "1w");
        check("1.5e-3 .5 0xFF", "111");
        check("'a''b\\'c' 'd", "sS");
        check("'d e", "?");
        check("[a b].`c`", "w.w");
        check("@@version,@x", "v,v");
        check("a<>b<=c||d&&e::f", "w=w=w&w&wow");
    }

    #[test]
    fn comments_are_blank_in_the_middle_and_the_end_at_the_end() {
        check("a/* x */b", "ww");
        check("/*!50000union*/ select", "ww");
        check("a -- b", "w#");
        check("a # b", "w#");
        check("a /* b", "w#");
    }

    #[test]
    fn what_sql_does_not_have_is_foreign() {
        check("a ? {", "w??");
    }

    #[test]
    fn long_fragments_are_cut() {
        assert_eq!(tokens("a ".repeat(10_000).as_bytes()).len(), TOKENS_MAX);
        assert_eq!(tokens("(".repeat(10_000).as_bytes()).len(), TOKENS_MAX);
    }
}
