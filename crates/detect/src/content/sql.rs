//! SQL in a value: what breaks out of the place that the API put it into.
//!
//! Reads    one value; see [`super::sql_break_out`] for how far.
//! Memory   the tokens of one fragment.
//! Misses   see [`super::sql_break_out`].
//! Source   CWE-89; libinjection (Nick Galbreath, 2012), in its Rust port.

use super::marks::Marks;
use super::sign::{Input, Sign, Signs, Strength};
use super::sql_break_out::{Evidence, break_out, is, is_sql};
use super::sql_tokens::{Token, closing, tokens};
use super::sql_traits::Traits;
use Strength::{Against, Certain, Hint, Likely};
use libinjectionrs::{SqliFlags, SqliState};

/// Bytes that libinjection reads: from the front, since it judges by five tokens.
const SHAPE_BYTES_MAX: usize = 2 * 1024;

/// The place of the sign `shape`.
const SHAPE: usize = 5;

pub(super) const SIGNS: &[Sign] = &[
    Sign::new("tautology", Certain),
    Sign::new("break_union", Certain),
    Sign::new("break_stacked", Certain),
    Sign::new("break_probe", Certain),
    Sign::new("break_clause", Certain),
    Sign::new("shape", Hint),
    Sign::new("union", Likely),
    Sign::new("sub_select", Hint),
    Sign::new("waits", Likely),
    Sign::new("catalogue", Likely),
    Sign::new("probe", Hint),
    Sign::new("nested_probe", Hint),
    Sign::new("characters", Likely),
    Sign::new("nulls", Likely),
    Sign::new("ends_in_comment", Hint),
    Sign::new("ends_in_string", Hint),
    Sign::new("closes", Hint),
    Sign::new("sql", Hint),
    Sign::new("continues", Hint),
    Sign::new("constants", Likely),
    Sign::new("statement", Against),
    Sign::new("deed", Likely),
    Sign::new("order", Likely),
    Sign::new("case", Hint),
    Sign::new("prose", Against),
    Sign::new("clause_alone", Likely),
    Sign::new("asks", Likely),
    Sign::new("stacked", Likely),
    Sign::new("quote_and_comment", Likely),
    Sign::new("comment_for_blank", Likely),
    Sign::new("quote_and_operator", Likely),
    Sign::new("hexadecimal", Hint),
];

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !input.may_be_sql {
        return signs;
    }
    let text = input.text;
    let evidence = break_out(text);
    let all = [
        Evidence::Tautology,
        Evidence::Union,
        Evidence::Stacked,
        Evidence::Probe,
        Evidence::Clause,
    ];
    all.into_iter().enumerate().for_each(|(n, it)| signs.note(n, evidence == Some(it)));
    let read = text.get(..SHAPE_BYTES_MAX).unwrap_or(text);
    let behind =
        |quote: u8| text.get(closing(text, quote)? + 1..).map(|it| Traits::of(&tokens(it)));
    let (single, double) = (behind(b'\''), behind(b'"'));
    let all_tokens = tokens(text);
    let whole = Traits::of(&all_tokens);
    let it = [single, double].into_iter().flatten().fold(whole, Traits::or);
    let has = |part: &[u8]| memchr::memmem::find(read, part).is_some();
    [
        it.union,
        it.sub_select,
        it.waits,
        it.catalogue || (it.is_sql && has(b"@@")),
        it.probe,
        it.nested_probe,
        it.characters,
        it.nulls,
        it.ends_in_comment,
        it.ends_in_string,
        it.closes,
        it.is_sql,
        it.continues,
        // A whole statement compares constants as examples do.
        it.constants && !whole.statement,
        it.statement,
        it.deed,
        it.order,
        it.case,
        it.prose,
        (whole.order || whole.constants) && is_clause(&all_tokens),
        it.asks,
        it.stacked && !whole.statement,
        [b'\'', b'"'].into_iter().any(|it| is_quote_and_comment(text, it)),
        has(b"/**/") || has(b"/*!"),
        [b'\'', b'"'].into_iter().any(|it| is_quote_and_operator(text, it)),
        it.is_sql && has(b"0x"),
    ]
    .into_iter()
    .enumerate()
    .for_each(|(n, is_seen)| signs.note(6 + n, is_seen));
    // It takes longest, and says little alone.
    if !signs.is_empty() || input.marks.has_any(Marks::QUOTE.and(Marks::DOUBLE_QUOTE)) {
        signs.note(SHAPE, SqliState::new(read, SqliFlags::FLAG_NONE).detect());
    }
    signs
}

/// Longest word before a quote that ends it.
const WORD_BYTES_MAX: usize = 40;

/// The word before the first `quote`, if there is no more, and what follows the quote.
fn at_quote(text: &[u8], quote: u8) -> Option<(&[u8], &[u8])> {
    let text = text.trim_ascii();
    let at = memchr::memchr(quote, text.get(..=WORD_BYTES_MAX).unwrap_or(text))?;
    let (word, rest) = text.split_at_checked(at)?;
    let is_in_word = |it: &u8| {
        it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.' | b'@' | b'%' | b'\\')
    };
    word.iter().all(is_in_word).then_some((word, rest.get(1..)?))
}

/// `admin' #`, `x')--`: a word, a quote, and a comment that says nothing.
fn is_quote_and_comment(text: &[u8], quote: u8) -> bool {
    let Some((word, rest)) = at_quote(text, quote) else { return false };
    let is_close = |it: &&u8| matches!(it, b')' | b';') || it.is_ascii_whitespace();
    let closes = rest.iter().take_while(is_close).count();
    let rest = rest.get(closes..).unwrap_or_default();
    let said = ["--", "#", "/*"].iter().find_map(|it| rest.strip_prefix(it.as_bytes()));
    !word.is_empty()
        && said.is_some_and(|it| it.len() <= 3 && !it.iter().any(u8::is_ascii_alphanumeric))
}

/// `x' OR 'y`, `x'||'`: a word, a quote, and an operator whose string the API would close.
fn is_quote_and_operator(text: &[u8], quote: u8) -> bool {
    let Some((word, rest)) = at_quote(text, quote) else { return false };
    if rest.len() > WORD_BYTES_MAX || !rest.contains(&quote) {
        return false;
    }
    let found = tokens(rest);
    let is_joined = match &*found {
        // `5'-6'` are feet.
        [Token::Operator(_), Token::Number, Token::Text { .. }] => {
            !word.iter().all(u8::is_ascii_digit)
        }
        // A mark in quotes is quoted.
        [Token::Operator(_) | Token::Compare | Token::Logic, Token::Text { .. }]
            if word.is_empty() =>
        {
            false
        }
        [_, Token::Text { .. }] if word.is_empty() => rest.last() != Some(&quote),
        [Token::Operator(_) | Token::Compare | Token::Logic, ..] => true,
        [Token::Word(it), _, ..] => is(it, JOINS),
        _ => false,
    };
    is_joined && matches!(found.last(), Some(Token::Text { is_closed: false })) && is_sql(&found)
}

/// Words that stand between two operands.
const JOINS: &[&str] = &["and", "or", "xor", "like", "rlike", "regexp", "div", "mod", "is", "in"];

/// It begins with the clause of a statement that it does not have.
fn is_clause(all: &[Token<'_>]) -> bool {
    matches!(all, [Token::Word(word), ..] if is(word, &["order", "group", "having", "where"]))
        && is_sql(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        let seen = look(&Input::of(text.as_bytes(), false));
        (0..SIGNS.len()).filter(|it| seen.has(*it)).map(|it| SIGNS[it].name).collect()
    }

    #[test]
    fn a_quote_with_a_comment_is_told_from_a_sentence() {
        for text in ["admin'--", "admin' #", "a@example.com') -- -", "x\"/*", "x';--"] {
            assert!(names(text).contains(&"quote_and_comment"), "{text}: {:?}", names(text));
        }
        for text in
            ["the girls' -- all of them", "rock'n'roll", "the admins'-- see below", "'#", "' --"]
        {
            assert!(!names(text).contains(&"quote_and_comment"), "{text}");
        }
    }

    #[test]
    fn a_quote_with_an_operator_is_told_from_what_is_quoted() {
        for text in ["x' OR 'y", "aa'+'bb", "1'-1='0", "' or 1='1", "x\"||\"y"] {
            assert!(names(text).contains(&"quote_and_operator"), "{text}: {:?}", names(text));
        }
        for text in
            ["'='", "'a' + 'b'", "5'-6'", "O'Neil & 'Sons", "\"&\"g5sFS", "\"*\"", "Boys' or Girls"]
        {
            assert!(!names(text).contains(&"quote_and_operator"), "{text}");
        }
    }

    #[test]
    fn what_waits_or_asks_behind_a_quote_breaks_out() {
        for text in ["1' waitfor delay '0:0:5'", "1);IIF(12=34,1,1/0)", "x\";elt(5=5,1)--"] {
            assert!(
                names(text).iter().any(|it| it.starts_with("break_")),
                "{text}: {:?}",
                names(text)
            );
        }
        for text in ["I'll wait for the delay", "1'; if (so) then", "they'd wait; if only"] {
            assert!(!names(text).iter().any(|it| it.starts_with("break_")), "{text}");
        }
    }

    #[test]
    fn a_clause_alone_has_constants_or_a_place() {
        for text in [" ORDER BY 5 ", "having 1=1", "where 1=1 and 1=0", "GROUP BY 7 --"] {
            assert!(names(text).contains(&"clause_alone"), "{text}: {:?}", names(text));
        }
        for text in ["order by name", "where is it?", "group by date", "having fun"] {
            assert!(!names(text).contains(&"clause_alone"), "{text}");
        }
    }
}
