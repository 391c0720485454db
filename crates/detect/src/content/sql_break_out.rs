//! SQL that breaks out of the place it was meant for: the evidence that lifts a suspicion to a
//! certainty.
//!
//! A value breaks out if, at the place where the string or number that the API put it into ends,
//! it goes on with what only SQL would say there, and says nothing but SQL to its end. Prose fails
//! this in three ways: what follows the *first* quote is a word of the sentence (`O'Neil; DROP
//! TABLE`); two words that are no keywords stand side by side (`'; DROP TABLE was a great name`);
//! nothing is compared, selected or called (`5' or 6'`). A whole statement (`SELECT ...`) breaks out
//! of nothing.
//!
//! Reads    one decoded value of any length; at most `TOKEN_BYTES_MAX` bytes behind the break.
//! Writes   the kind of evidence, or none.
//! Memory   at most `TOKENS_MAX` tokens.
//! Misses   values that are themselves a statement or sub-select (`(SELECT SLEEP(5))`); a bare word
//!          before `;`; `' --`, `'='` and `' OR 'x` alone, which people write; probes that only
//!          compare columns (`1 AND a=b`); fragments to be put behind another value (`AND x(..)=1`);
//!          a break-out behind a second quote that only databases without backslash escapes see;
//!          SQL that is wrong and runs all the same; attacks that go on in prose behind the SQL;
//!          dialects of search servers and NoSQL; stored fragments that are joined later.
//! Source   CWE-89. The shapes are the grammar's; no list of payloads was used.

use super::sql_tokens::{Token, closing, tokens};

/// What was seen behind the break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// `OR 1=1`: two constants are compared.
    Tautology,
    /// `UNION SELECT` with a list.
    Union,
    /// `;` and another statement.
    Stacked,
    /// A sub-select, or a function that waits, fails on purpose or reads what is not data.
    Probe,
    /// `ORDER BY 3--`, `HAVING 1=1`, `INTO OUTFILE`.
    Clause,
}

/// What the value is taken to end before it breaks out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    /// A string, by a quote.
    Quote,
    /// A number or closed string.
    Literal,
    /// Nothing: the value may as well be torn out of code.
    Nothing,
    /// A bare word.
    Word,
}

/// The evidence that `text` breaks out, if there is any.
pub(super) fn break_out(text: &[u8]) -> Option<Evidence> {
    after_quote(text, b'\'').or_else(|| after_quote(text, b'"')).or_else(|| after_literal(text))
}

/// As if the value stood in a string: what follows the quote that ends it. A backslash hides a
/// quote from some databases and not from others, so both readings are tried.
fn after_quote(text: &[u8], quote: u8) -> Option<Evidence> {
    let behind =
        |at: usize| text.get(at + 1..).and_then(|tail| judge(Before::Quote, &tokens(tail)));
    let first = memchr::memchr(quote, text)?;
    let escaped = first.checked_sub(1).and_then(|at| text.get(at)) == Some(&b'\\');
    if escaped && let Some(found) = behind(first) {
        return Some(found);
    }
    behind(closing(text, quote)?)
}

/// As if the value stood bare in the statement.
fn after_literal(text: &[u8]) -> Option<Evidence> {
    let all = tokens(text);
    let (before, tail) = match &*all {
        [Token::Operator(b'-' | b'+'), Token::Number, tail @ ..] | [Token::Number, tail @ ..] => {
            (Before::Literal, tail)
        }
        [Token::Text { is_closed: true }, tail @ ..] => (Before::Literal, tail),
        [Token::Word(word), tail @ ..] if is_constant(word) => (Before::Literal, tail),
        [Token::Word(word), tail @ ..] if !is_keyword(word) => (Before::Word, tail),
        tail => (Before::Nothing, tail),
    };
    judge(before, tail)
}

/// Judges what follows the break.
fn judge(before: Before, tail: &[Token<'_>]) -> Option<Evidence> {
    let tail = skip_arithmetic(tail);
    let tail = match tail {
        [Token::Word(a), Token::Word(b), Token::Word(c), rest @ ..]
            if is(a, &["in"]) && is(b, &["boolean"]) && is(c, &["mode"]) =>
        {
            rest
        }
        _ => tail,
    };
    let closed = tail.iter().take_while(|&&it| it == Token::Close).count();
    let tail = match tail.get(closed..)? {
        // The sub-select that the value stood in gets a name, and the statement goes on.
        [Token::Word(word), Token::Word(_), rest @ ..] if closed > 0 && is(word, &["as"]) => rest,
        rest => rest,
    };
    let found = match tail {
        [Token::Logic, rest @ ..] => condition(before, rest),
        [Token::Word(word), rest @ ..] if is(word, LOGIC) => condition(before, rest),
        [Token::Word(word), rest @ ..] if is(word, SETS) => union(rest),
        [Token::Semicolon, rest @ ..] => stacked(before, rest),
        [Token::Word(word), rest @ ..] if is(word, &["waitfor"]) => waits(rest),
        [Token::Compare | Token::Operator(_), rest @ ..] => expression(before, rest),
        [Token::Word(word), rest @ ..] if is(word, COMPARES) => expression(before, rest),
        [Token::Word(word), ..] if is(word, CLAUSES) => clause(before, tail),
        _ => None,
    }?;
    let needs_closing = match found {
        Evidence::Tautology => false,
        // It waits whether the string is closed or not.
        Evidence::Probe if tail.first().is_some_and(|it| is_word(it, &["waitfor"])) => false,
        Evidence::Union | Evidence::Stacked | Evidence::Probe | Evidence::Clause => true,
    };
    let is_open = before == Before::Quote && needs_closing && !closes_string(tail);
    (!is_open && is_sql(tail)).then_some(found)
}

/// Whether the tail deals with the quote that the API puts behind the value: by a comment, or by
/// a string that it leaves open.
fn closes_string(tail: &[Token<'_>]) -> bool {
    matches!(tail.last(), Some(Token::Ends { .. } | Token::Text { is_closed: false }))
}

/// Skips `-999.9` in `1-999.9 UNION` and `+'b'` in `a'+'b' OR`, if a word or logic follows.
fn skip_arithmetic<'a, 'b>(tail: &'a [Token<'b>]) -> &'a [Token<'b>] {
    let mut rest = tail;
    while let [Token::Operator(_), Token::Number | Token::Text { is_closed: true }, after @ ..] =
        rest
    {
        rest = after;
    }
    match rest {
        [Token::Word(_) | Token::Logic, ..] => rest,
        _ => tail,
    }
}

/// Behind `AND` or `OR`.
fn condition(before: Before, rest: &[Token<'_>]) -> Option<Evidence> {
    let operand = skip_prefixes(rest);
    let is_true = matches!(
        operand,
        [Token::Word(word), Token::Ends { is_bare: true }] if is(word, &["true"])
    );
    let of_column = before == Before::Quote && closes_string(rest) && is_column_test(operand);
    if is_tautology(operand) || is_true || of_column {
        return Some(Evidence::Tautology);
    }
    let later = rest.iter().enumerate().any(|(at, it)| {
        let is_logic = matches!(it, Token::Logic) || is_word(it, LOGIC);
        is_logic && rest.get(at + 1..).is_some_and(|it| is_tautology(skip_prefixes(it)))
    });
    if later && before != Before::Word {
        return Some(Evidence::Tautology);
    }
    let asks = match before {
        Before::Quote => calls(rest, WAITS) || asks(rest),
        Before::Literal => calls(rest, WAITS) || asks_twice(rest),
        Before::Nothing => calls(rest, WAITS),
        Before::Word => false,
    };
    (asks || has_sub_select(rest)).then_some(Evidence::Probe)
}

/// A function by which a blind attack asks is called with the result of another. Without a quote
/// one call is not enough: code is full of them.
fn asks_twice(rest: &[Token<'_>]) -> bool {
    asks(rest)
        && rest.windows(4).any(|it| match it {
            [outer, Token::Open, inner, Token::Open] => {
                is_word(outer, PROBES) && is_word(inner, PROBES)
            }
            _ => false,
        })
}

/// A function by which a blind attack asks is called with something to compare or to list:
/// `1 or user(s)` is neither.
fn asks(rest: &[Token<'_>]) -> bool {
    calls(rest, PROBES) && rest.iter().any(|it| matches!(it, Token::Compare | Token::Comma))
}

/// Skips `NOT`, `(` and signs.
pub(super) fn skip_prefixes<'a, 'b>(rest: &'a [Token<'b>]) -> &'a [Token<'b>] {
    let is_prefix = |it: &&Token<'_>| {
        matches!(it, Token::Open | Token::Operator(b'!' | b'-' | b'+' | b'~'))
            || is_word(it, &["not", "binary"])
    };
    let count = rest.iter().take_while(is_prefix).count();
    rest.get(count..).unwrap_or_default()
}

/// `1=1`, `'a'='a`, `2>1`, `'a' LIKE 'a`, `1 IN (1)`, `1 IS NOT NULL`.
fn is_tautology(operand: &[Token<'_>]) -> bool {
    let [left, rest @ ..] = operand else { return false };
    is_literal(left) && is_comparison(rest)
}

/// `name = 'x`, `t.name LIKE '%x%`: a column against a string. Only behind a quote: people write
/// this in filters.
fn is_column_test(operand: &[Token<'_>]) -> bool {
    let rest = match operand {
        [Token::Word(_), Token::Dot, Token::Word(word), rest @ ..] if is_column(word) => rest,
        [Token::Word(word), rest @ ..] if is_column(word) => rest,
        _ => return false,
    };
    is_comparison(rest)
}

/// Kinds of objects are keywords only behind a verb; `role` and `user` are ordinary columns.
fn is_column(word: &[u8]) -> bool {
    !is_keyword(word) || is(word, OBJECTS)
}

/// Whether `rest` compares with a literal as SQL spells it. `2 in 1` and `girls like 5` are prose.
pub(super) fn is_comparison(rest: &[Token<'_>]) -> bool {
    let rest = match rest {
        [Token::Close, rest @ ..] | rest => rest,
    };
    let rest = match rest {
        [Token::Word(word), rest @ ..] if is(word, &["not", "sounds"]) => rest,
        rest => rest,
    };
    let is_right =
        |rest, right: fn(&Token<'_>) -> bool| skip_prefixes(rest).first().is_some_and(right);
    match rest {
        [Token::Compare, rest @ ..] => is_right(rest, is_literal),
        [Token::Word(word), rest @ ..] if is(word, &["in"]) => {
            matches!(rest, [Token::Open, ..]) && is_right(rest, is_literal)
        }
        [Token::Word(word), rest @ ..] if is(word, &["is"]) => {
            is_right(rest, |it| is_word(it, &["null", "true", "false"]))
        }
        [Token::Word(word), from, Token::Word(and), to, ..] if is(word, &["between"]) => {
            is(and, &["and"]) && is_literal(from) && is_literal(to)
        }
        [Token::Word(word), rest @ ..] if is(word, COMPARES) => {
            is_right(rest, |it| matches!(it, Token::Text { .. }))
        }
        _ => false,
    }
}

/// Behind `UNION`.
fn union(rest: &[Token<'_>]) -> Option<Evidence> {
    let is_between =
        |it: &&Token<'_>| **it == Token::Open || is_word(it, &["all", "distinct", "distinctrow"]);
    let count = rest.iter().take_while(is_between).count();
    match rest.get(count..)? {
        [Token::Word(select), list @ ..] if is(select, &["select"]) && is_list(list) => {
            Some(Evidence::Union)
        }
        _ => None,
    }
}

/// What may follow `SELECT`: something only a list has, so not `select your size`.
pub(super) fn is_list(list: &[Token<'_>]) -> bool {
    let is_end = |it: &&Token<'_>| matches!(it, Token::Semicolon | Token::Ends { .. });
    let own = list.iter().take_while(|it| !is_end(it));
    let listed = own.clone().any(|it| {
        matches!(it, Token::Comma | Token::Number | Token::Variable | Token::Text { .. })
            || *it == Token::Operator(b'*')
            || is_word(it, &["null", "from", "case", "into", "user", "current_user"])
    });
    listed || own.clone().zip(list.iter().skip(1)).any(|(it, next)| is_call(it, next))
}

/// Behind `;`.
fn stacked(before: Before, rest: &[Token<'_>]) -> Option<Evidence> {
    let count = rest.iter().take_while(|&&it| it == Token::Semicolon).count();
    let rest = rest.get(count..)?;
    let [Token::Word(verb), object @ ..] = rest else { return None };
    let second = |words: &[&str]| matches!(object, [Token::Word(word), _, ..] if is(word, words));
    let lower = verb.to_ascii_lowercase();
    let harms = match &*lower {
        b"iif" | b"elt" | b"make_set" | b"if" if is_asked(object) => true,
        b"drop" | b"alter" | b"create" => second(OBJECTS),
        b"truncate" => second(&["table"]),
        b"delete" | b"copy" => object.iter().any(|it| is_word(it, &["from", "to"])),
        b"insert" | b"replace" => second(&["into"]),
        b"update" => {
            object.iter().any(|it| is_word(it, &["set"])) && object.contains(&Token::Compare)
        }
        b"exec" | b"execute" => is_executed(object),
        b"shutdown" => true,
        b"declare" | b"set" => matches!(object, [Token::Variable, ..]),
        b"waitfor" => waits(object).is_some(),
        b"select" => is_list(object) || calls(object, PROBES),
        b"call" => matches!(object, [Token::Word(_), Token::Open | Token::Dot, ..]),
        b"begin" | b"if" | b"with" | b"grant" | b"do" => {
            calls(object, WAITS)
                || has_sub_select(object)
                || object.iter().any(|it| is_word(it, &["waitfor"]))
        }
        _ => return calls(rest, WAITS).then_some(Evidence::Probe),
    };
    // `2; create user accounts` is an item of a list: without a quote, SQL's own marks must follow.
    let is_marked = object.iter().any(|it| {
        matches!(it, Token::Ends { .. } | Token::Semicolon | Token::Open | Token::Compare)
            || matches!(it, Token::Text { .. } | Token::Variable | Token::Operator(b'*'))
    });
    let is_plain = match before {
        Before::Quote => false,
        Before::Literal | Before::Nothing => !is_marked,
        Before::Word => !calls(rest, WAITS) && *lower != *b"waitfor",
    };
    (harms && !is_plain).then_some(Evidence::Stacked)
}

/// `(1=1, …`: a call with a comparison of constants.
fn is_asked(object: &[Token<'_>]) -> bool {
    matches!(object, [Token::Open, rest @ ..] if is_tautology(skip_prefixes(rest)))
}

/// What `EXEC` is given: a name with a namespace or an argument, a string, a variable.
fn is_executed(object: &[Token<'_>]) -> bool {
    match object {
        [Token::Open | Token::Variable | Token::Text { .. }, ..] => true,
        [Token::Word(name), rest @ ..] if !is_keyword(name) => {
            matches!(rest, [Token::Dot | Token::Open | Token::Text { .. } | Token::Variable, ..])
                || (name.contains(&b'_')
                    && matches!(rest, [] | [Token::Ends { .. } | Token::Semicolon, ..]))
        }
        _ => false,
    }
}

/// Behind `WAITFOR`.
fn waits(rest: &[Token<'_>]) -> Option<Evidence> {
    match rest {
        [Token::Word(word), Token::Text { .. } | Token::Variable, ..]
            if is(word, &["delay", "time"]) =>
        {
            Some(Evidence::Probe)
        }
        _ => None,
    }
}

/// Behind an operator: only what reads or waits, since formulas and code add and compare too.
fn expression(before: Before, rest: &[Token<'_>]) -> Option<Evidence> {
    let found = match before {
        Before::Quote | Before::Literal => has_sub_select(rest) || calls(rest, WAITS),
        Before::Word => has_sub_select(rest),
        Before::Nothing => false,
    };
    found.then_some(Evidence::Probe)
}

/// `ORDER BY 3--`, `GROUP BY x HAVING 1=1`, `LIMIT 1 INTO OUTFILE 'x'`, `LIMIT 1 UNION SELECT 1`.
fn clause(before: Before, tail: &[Token<'_>]) -> Option<Evidence> {
    match before {
        Before::Quote | Before::Literal => {}
        Before::Nothing if matches!(tail.last(), Some(Token::Ends { .. })) => {}
        Before::Nothing | Before::Word => return None,
    }
    let orders = matches!(
        tail,
        [Token::Word(_), Token::Word(by), Token::Number, .., Token::Ends { is_bare: true }]
            if is(by, &["by"])
    );
    if orders {
        return Some(Evidence::Clause);
    }
    tail.iter()
        .enumerate()
        .find_map(|(at, it)| {
            let Token::Word(word) = it else { return None };
            let rest = tail.get(at + 1..)?;
            let lower = word.to_ascii_lowercase();
            match &*lower {
                b"having" | b"where" | b"or" | b"and" => {
                    is_tautology(skip_prefixes(rest)).then_some(Evidence::Tautology)
                }
                b"union" => union(rest),
                b"outfile" | b"dumpfile" => {
                    matches!(rest, [Token::Text { .. } | Token::Number, ..])
                        .then_some(Evidence::Clause)
                }
                b"procedure" => calls(rest, &["analyse"]).then_some(Evidence::Clause),
                _ => None,
            }
        })
        .or_else(|| (has_sub_select(tail) || calls(tail, WAITS)).then_some(Evidence::Probe))
}

/// `(SELECT list`.
pub(super) fn has_sub_select(rest: &[Token<'_>]) -> bool {
    rest.iter().zip(rest.iter().skip(1)).enumerate().any(|(at, pair)| match pair {
        (Token::Open, Token::Word(word)) => {
            is(word, &["select"]) && rest.get(at + 2..).is_some_and(is_list)
        }
        _ => false,
    })
}

/// Whether a function of these is called.
pub(super) fn calls(rest: &[Token<'_>], names: &[&str]) -> bool {
    let mut pairs = rest.iter().zip(rest.iter().skip(1));
    pairs.any(|(it, &next)| next == Token::Open && is_word(it, names))
}

fn is_call(it: &Token<'_>, next: &Token<'_>) -> bool {
    let is_name = |word: &[u8]| !is_keyword(word) || is(word, PROBES);
    matches!((it, next), (Token::Word(word), Token::Open) if is_name(word))
}

/// Whether the tokens could be SQL to their end: no two operands stand side by side, and nothing
/// is foreign. Statements are not parsed; this is what tells SQL from prose.
pub(super) fn is_sql(tail: &[Token<'_>]) -> bool {
    let mut pairs = tail.iter().zip(tail.iter().skip(1)).enumerate();
    if tail.contains(&Token::Foreign) {
        return false;
    }
    !pairs.any(|(at, (it, next))| match (it, next) {
        // A name may follow `)` and, a short one, a table; a value may follow some words.
        (Token::Close, Token::Word(_)) => false,
        (Token::Word(table), Token::Word(alias))
            if !is_keyword(table) && !is_keyword(alias) && alias.len() <= ALIAS_BYTES_MAX =>
        {
            let before = at.checked_sub(1).and_then(|at| tail.get(at));
            !before.is_some_and(|it| {
                matches!(it, Token::Comma | Token::Dot) || is_word(it, &["from", "join"])
            })
        }
        (Token::Word(word), Token::Text { .. } | Token::Number | Token::Variable)
            if is(word, TAKES) =>
        {
            false
        }
        (Token::Text { .. }, Token::Text { .. }) => false,
        (Token::Number, Token::Word(_))
            if at > 0 && tail.get(at - 1).is_some_and(|it| is_word(it, &["top"])) =>
        {
            false
        }
        _ => ends_operand(it) && begins_operand(next),
    })
}

fn ends_operand(it: &Token<'_>) -> bool {
    match it {
        Token::Word(word) => !is_keyword(word) || is_constant(word),
        Token::Number | Token::Text { .. } | Token::Variable | Token::Close => true,
        Token::Compare
        | Token::Logic
        | Token::Operator(_)
        | Token::Open
        | Token::Comma
        | Token::Dot
        | Token::Semicolon
        | Token::Ends { .. }
        | Token::Foreign => false,
    }
}

fn begins_operand(it: &Token<'_>) -> bool {
    match it {
        Token::Word(word) => !is_keyword(word) || is_constant(word),
        Token::Number | Token::Text { .. } | Token::Variable => true,
        Token::Compare
        | Token::Logic
        | Token::Operator(_)
        | Token::Open
        | Token::Close
        | Token::Comma
        | Token::Dot
        | Token::Semicolon
        | Token::Ends { .. }
        | Token::Foreign => false,
    }
}

fn is_literal(it: &Token<'_>) -> bool {
    matches!(it, Token::Number | Token::Text { .. } | Token::Variable)
        || matches!(it, Token::Word(word) if is_constant(word))
}

fn is_constant(word: &[u8]) -> bool {
    is(word, &["null", "true", "false"])
}

pub(super) fn is_word(it: &Token<'_>, words: &[&str]) -> bool {
    matches!(it, Token::Word(word) if is(word, words))
}

pub(super) fn is(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|it| word.eq_ignore_ascii_case(it.as_bytes()))
}

pub(super) fn is_keyword(word: &[u8]) -> bool {
    let order = |it: &&str| {
        let lower = word.iter().map(u8::to_ascii_lowercase);
        it.bytes().cmp(lower)
    };
    word.len() <= 16 && KEYWORDS.binary_search_by(order).is_ok()
}

/// Longest name without `AS` that may follow a table's.
const ALIAS_BYTES_MAX: usize = 3;

const SETS: &[&str] = &["union", "except", "intersect", "minus"];

const LOGIC: &[&str] = &["and", "or", "xor", "div", "mod"];

const COMPARES: &[&str] =
    &["like", "ilike", "rlike", "regexp", "is", "in", "between", "glob", "sounds", "similar"];

const CLAUSES: &[&str] =
    &["order", "group", "having", "where", "limit", "procedure", "into", "rows"];

const OBJECTS: &[&str] = &[
    "table",
    "database",
    "schema",
    "view",
    "user",
    "index",
    "procedure",
    "function",
    "login",
    "role",
    "trigger",
    "or",
    "temporary",
    "temp",
    "alias",
];

/// Words that take a value without parentheses.
const TAKES: &[&str] = &[
    "delay",
    "time",
    "escape",
    "interval",
    "date",
    "timestamp",
    "xp_cmdshell",
    "sp_executesql",
    "xp_dirtree",
    "xp_fileexist",
    "xp_regread",
];

/// Functions that wait, fail on purpose with a message, read files or reach out.
pub(super) const WAITS: &[&str] = &[
    "sleep",
    "benchmark",
    "pg_sleep",
    "extractvalue",
    "updatexml",
    "load_file",
    "randomblob",
    "receive_message",
    "get_host_address",
    "get_host_name",
    "xp_cmdshell",
    "xp_dirtree",
    "gtid_subset",
    "name_const",
    "sys_eval",
    "sys_exec",
    "load_extension",
    "dblink_connect",
    "json_keys",
];

/// Functions with which a blind attack asks its questions.
pub(super) const PROBES: &[&str] = &[
    "ascii",
    "substring",
    "substr",
    "mid",
    "ord",
    "char",
    "chr",
    "concat",
    "concat_ws",
    "hex",
    "unhex",
    "if",
    "iif",
    "cast",
    "convert",
    "version",
    "user",
    "database",
    "make_set",
    "elt",
    "row",
    "length",
    "len",
    "count",
    "group_concat",
    "exists",
    "sleep",
    "pg_sleep",
    "benchmark",
    "load_file",
    "current_user",
    "system_user",
    "session_user",
    "db_name",
    "nullif",
    "coalesce",
    "rlike",
    "extractvalue",
    "updatexml",
    "like",
    "upper",
    "lower",
    "left",
    "right",
    "bin",
    "conv",
];

/// Words that stand between operands, sorted. What is here may stand beside a name; all else is a name.
const KEYWORDS: &[&str] = &[
    "all",
    "alter",
    "and",
    "any",
    "as",
    "asc",
    "begin",
    "between",
    "binary",
    "by",
    "call",
    "cascade",
    "case",
    "char",
    "collate",
    "column",
    "commit",
    "copy",
    "create",
    "cross",
    "database",
    "date",
    "declare",
    "delay",
    "delete",
    "desc",
    "distinct",
    "distinctrow",
    "div",
    "do",
    "drop",
    "dumpfile",
    "else",
    "end",
    "escape",
    "except",
    "exec",
    "execute",
    "exists",
    "false",
    "fetch",
    "for",
    "from",
    "full",
    "function",
    "glob",
    "grant",
    "group",
    "having",
    "identified",
    "if",
    "ilike",
    "in",
    "index",
    "inner",
    "insert",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "limit",
    "login",
    "minus",
    "mod",
    "natural",
    "next",
    "not",
    "notnull",
    "nowait",
    "null",
    "of",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "outfile",
    "over",
    "partition",
    "procedure",
    "program",
    "regexp",
    "replace",
    "return",
    "returning",
    "right",
    "rlike",
    "role",
    "rollback",
    "rows",
    "schema",
    "select",
    "separator",
    "set",
    "shutdown",
    "similar",
    "some",
    "sounds",
    "table",
    "temp",
    "temporary",
    "then",
    "time",
    "to",
    "top",
    "trigger",
    "true",
    "truncate",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "varchar",
    "view",
    "waitfor",
    "when",
    "where",
    "while",
    "with",
    "xor",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_and_found_in_any_case() {
        assert!(KEYWORDS.is_sorted());
        for word in ["SELECT", "Union", "between", "all", "where"] {
            assert!(is_keyword(word.as_bytes()), "{word}");
        }
        assert!(!is_keyword(b"selection"));
    }
}
