//! SQL in a value: what breaks out of the place that the API put it into.
//!
//! Reads    one value; see [`super::sql_break_out`] for how far.
//! Memory   the tokens of one fragment.
//! Misses   see [`super::sql_break_out`].
//! Source   CWE-89; libinjection (Nick Galbreath, 2012), in its Rust port.

use super::marks::Marks;
use super::sign::{Input, Signs, signs};
use super::sql_break_out::{Evidence, break_out, is, is_sql};
use super::sql_tokens::{Token, closing, tokens};
use super::sql_traits::Traits;
use libinjectionrs::{SqliFlags, SqliState};

/// Bytes that libinjection reads: from the front, since it judges by five tokens.
const SHAPE_BYTES_MAX: usize = 2 * 1024;

signs! {
    TAUTOLOGY = 0, "tautology", Certain;
    BREAK_UNION = 1, "break_union", Certain;
    BREAK_STACKED = 2, "break_stacked", Certain;
    BREAK_PROBE = 3, "break_probe", Certain;
    BREAK_CLAUSE = 4, "break_clause", Certain;
    SHAPE = 5, "shape", Hint;
    UNION = 6, "union", Likely;
    SUB_SELECT = 7, "sub_select", Hint;
    WAITS = 8, "waits", Likely;
    CATALOGUE = 9, "catalogue", Likely;
    PROBE = 10, "probe", Hint;
    NESTED_PROBE = 11, "nested_probe", Hint;
    CHARACTERS = 12, "characters", Likely;
    NULLS = 13, "nulls", Likely;
    ENDS_IN_COMMENT = 14, "ends_in_comment", Hint;
    ENDS_IN_STRING = 15, "ends_in_string", Hint;
    CLOSES = 16, "closes", Hint;
    SQL = 17, "sql", Hint;
    CONTINUES = 18, "continues", Hint;
    CONSTANTS = 19, "constants", Likely;
    STATEMENT = 20, "statement", Against;
    DEED = 21, "deed", Likely;
    ORDER = 22, "order", Likely;
    CASE = 23, "case", Hint;
    PROSE = 24, "prose", Against;
    CLAUSE_ALONE = 25, "clause_alone", Likely;
    ASKS = 26, "asks", Likely;
    STACKED = 27, "stacked", Likely;
    QUOTE_AND_COMMENT = 28, "quote_and_comment", Likely;
    COMMENT_FOR_BLANK = 29, "comment_for_blank", Likely;
    QUOTE_AND_OPERATOR = 30, "quote_and_operator", Likely;
    HEXADECIMAL = 31, "hexadecimal", Hint;
}

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !input.may_be_sql {
        return signs;
    }
    let text = input.text;
    let evidence = break_out(text);
    let read = text.get(..SHAPE_BYTES_MAX).unwrap_or(text);
    let behind =
        |quote: u8| text.get(closing(text, quote)? + 1..).map(|it| Traits::of(&tokens(it)));
    let (single, double) = (behind(b'\''), behind(b'"'));
    let all_tokens = tokens(text);
    let whole = Traits::of(&all_tokens);
    let it = [single, double].into_iter().flatten().fold(whole, Traits::or);
    let has = |part: &[u8]| memchr::memmem::find(read, part).is_some();
    [
        (TAUTOLOGY, evidence == Some(Evidence::Tautology)),
        (BREAK_UNION, evidence == Some(Evidence::Union)),
        (BREAK_STACKED, evidence == Some(Evidence::Stacked)),
        (BREAK_PROBE, evidence == Some(Evidence::Probe)),
        (BREAK_CLAUSE, evidence == Some(Evidence::Clause)),
        (UNION, it.union),
        (SUB_SELECT, it.sub_select),
        (WAITS, it.waits),
        (CATALOGUE, it.catalogue || (it.is_sql && has(b"@@"))),
        (PROBE, it.probe),
        (NESTED_PROBE, it.nested_probe),
        (CHARACTERS, it.characters),
        (NULLS, it.nulls),
        (ENDS_IN_COMMENT, it.ends_in_comment),
        (ENDS_IN_STRING, it.ends_in_string),
        (CLOSES, it.closes),
        (SQL, it.is_sql),
        (CONTINUES, it.continues),
        // A whole statement compares constants as examples do.
        (CONSTANTS, it.constants && !whole.statement),
        (STATEMENT, it.statement),
        (DEED, it.deed),
        (ORDER, it.order),
        (CASE, it.case),
        (PROSE, it.prose),
        (CLAUSE_ALONE, (whole.order || whole.constants) && is_clause(&all_tokens)),
        (ASKS, it.asks),
        (STACKED, it.stacked && !whole.statement),
        (QUOTE_AND_COMMENT, [b'\'', b'"'].into_iter().any(|it| is_quote_and_comment(text, it))),
        (COMMENT_FOR_BLANK, has(b"/**/") || has(b"/*!")),
        (QUOTE_AND_OPERATOR, [b'\'', b'"'].into_iter().any(|it| is_quote_and_operator(text, it))),
        (HEXADECIMAL, it.is_sql && has(b"0x")),
    ]
    .into_iter()
    .for_each(|(sign, is_seen)| signs.note(sign, is_seen));
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
