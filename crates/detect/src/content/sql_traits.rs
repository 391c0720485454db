//! What a run of SQL tokens has, wherever it stands: the weaker evidence beside a break-out.
//!
//! Reads    the tokens of one fragment.
//! Writes   which traits it has.
//! Memory   none.
//! Source   CWE-89; the manuals of MySQL, PostgreSQL, SQLite, Oracle and Transact-SQL for names of functions and
//!          catalogues.

use super::sql_break_out::{
    PROBES, WAITS, calls, has_sub_select, is, is_comparison, is_keyword, is_list, is_sql, is_word,
    skip_prefixes,
};
use super::sql_tokens::Token;

/// Traits of one fragment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Traits {
    /// `UNION SELECT` with a list.
    pub(super) union: bool,
    /// `(SELECT list`.
    pub(super) sub_select: bool,
    /// A call that waits, fails with a message or reads files; `WAITFOR DELAY '…'`.
    pub(super) waits: bool,
    /// Tables and variables by which databases describe themselves.
    pub(super) catalogue: bool,
    /// A call by which blind attacks ask.
    pub(super) probe: bool,
    /// Such a call within another.
    pub(super) nested_probe: bool,
    /// Characters by number, joined.
    pub(super) characters: bool,
    /// Two columns of nothing side by side.
    pub(super) nulls: bool,
    /// It ends in a comment that says nothing.
    pub(super) ends_in_comment: bool,
    /// It ends within a string.
    pub(super) ends_in_string: bool,
    /// It closes what it did not open.
    pub(super) closes: bool,
    /// It could be SQL to its end, has a keyword, and is more than a word.
    pub(super) is_sql: bool,
    /// It begins, behind a number or what closes, with what continues a condition or statement.
    pub(super) continues: bool,
    /// Two constants are compared behind a word or mark of logic.
    pub(super) constants: bool,
    /// It begins with a verb and has its list.
    pub(super) statement: bool,
    /// `EXEC xp_…`, `INTO OUTFILE`, `PROCEDURE ANALYSE(`, `DROP TABLE name` and nothing else.
    pub(super) deed: bool,
    /// `ORDER BY 3` and no more than a comment.
    pub(super) order: bool,
    /// `CASE WHEN … THEN`.
    pub(super) case: bool,
    /// Words side by side that no SQL has: prose.
    pub(super) prose: bool,
    /// Logic with a call or variable at one side, and nothing foreign.
    pub(super) asks: bool,
    /// A semicolon with a statement behind it.
    pub(super) stacked: bool,
}

impl Traits {
    /// Of these tokens.
    pub(super) fn of(tokens: &[Token<'_>]) -> Self {
        let behind = |at: usize| tokens.get(at..).unwrap_or_default();
        let mut it = Self {
            sub_select: has_sub_select(tokens),
            waits: calls(tokens, WAITS),
            ends_in_comment: matches!(tokens.last(), Some(Token::Ends { is_bare: true })),
            ends_in_string: matches!(tokens.last(), Some(Token::Text { is_closed: false })),
            order: is_order(tokens),
            continues: continues(tokens),
            statement: is_statement(tokens),
            ..Self::default()
        };
        let (mut depth, mut keywords, mut probes, mut characters, mut nulls) = (0_i32, 0, 0, 0, 0);
        let (mut strange, mut when) = (0, false);
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Open => depth += 1,
                Token::Close => {
                    depth -= 1;
                    it.closes |= depth < 0;
                }
                Token::Semicolon => {
                    it.stacked |= is_statement(behind(at + 1)) || is_deed(behind(at + 1));
                }
                Token::Logic => it.constants |= is_constant_test(skip_prefixes(behind(at + 1))),
                Token::Word(word) => {
                    let is_call = tokens.get(at + 1) == Some(&Token::Open);
                    let keyword = is_keyword(word);
                    keywords += usize::from(keyword);
                    it.catalogue |= is_catalogue(word);
                    if is_call && is(word, PROBES) {
                        probes += 1;
                        let inner = skip_prefixes(behind(at + 2));
                        it.nested_probe |= matches!(inner, [Token::Word(word), Token::Open, ..]
                            if is(word, PROBES) || is(word, WAITS));
                        characters += usize::from(is(word, &["char", "chr", "nchar"]));
                    }
                    nulls += usize::from(
                        is(word, &["null"]) && matches!(behind(at + 1), [Token::Comma, ..]),
                    );
                    if is(word, CONDITIONS) {
                        it.constants |= is_constant_test(skip_prefixes(behind(at + 1)));
                    }
                    it.union |=
                        is(word, &["union", "except", "intersect"]) && is_union(behind(at + 1));
                    when |= is(word, &["when"]);
                    it.case |= when && is(word, &["then"]);
                    it.deed |= is_deed(behind(at));
                    it.waits |= is(word, &["waitfor"])
                        && matches!(behind(at + 1), [Token::Word(_), Token::Text { .. }, ..]);
                    let next = behind(at + 1).first();
                    strange += usize::from(
                        !keyword && matches!(next, Some(Token::Word(next)) if !is_keyword(next)),
                    );
                }
                Token::Text { .. }
                | Token::Number
                | Token::Compare
                | Token::Operator(_)
                | Token::Comma
                | Token::Dot
                | Token::Ends { .. }
                | Token::Variable
                | Token::Foreign => {}
            }
        }
        it.probe = probes > 0;
        it.nested_probe |= probes > 2;
        it.characters = characters > 1;
        it.nulls = nulls > 1;
        it.prose = strange > 1;
        it.is_sql = keywords + probes > 0 && tokens.len() > 2 && strange == 0 && is_sql(tokens);
        it.ends_in_string &= it.is_sql;
        it.ends_in_comment &= it.is_sql;
        it.asks = it.is_sql && it.continues && (it.probe || it.catalogue || it.waits);
        it
    }

    /// What either has.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            union: self.union | other.union,
            sub_select: self.sub_select | other.sub_select,
            waits: self.waits | other.waits,
            catalogue: self.catalogue | other.catalogue,
            probe: self.probe | other.probe,
            nested_probe: self.nested_probe | other.nested_probe,
            characters: self.characters | other.characters,
            nulls: self.nulls | other.nulls,
            ends_in_comment: self.ends_in_comment | other.ends_in_comment,
            ends_in_string: self.ends_in_string | other.ends_in_string,
            closes: self.closes | other.closes,
            is_sql: self.is_sql | other.is_sql,
            continues: self.continues | other.continues,
            constants: self.constants | other.constants,
            statement: self.statement | other.statement,
            deed: self.deed | other.deed,
            order: self.order | other.order,
            case: self.case | other.case,
            prose: self.prose & other.prose,
            asks: self.asks | other.asks,
            stacked: self.stacked | other.stacked,
        }
    }
}

/// Words behind which a condition stands.
const CONDITIONS: &[&str] =
    &["and", "or", "xor", "where", "having", "when", "if", "not", "iif", "elt", "make_set", "case"];

/// Whether constants are compared, as SQL spells it.
fn is_constant_test(rest: &[Token<'_>]) -> bool {
    let is_sure = |it: &Token<'_>| matches!(it, Token::Number | Token::Text { .. });
    matches!(rest, [left, rest @ ..] if is_sure(left) && is_comparison(rest))
}

fn is_union(rest: &[Token<'_>]) -> bool {
    let is_between =
        |it: &&Token<'_>| **it == Token::Open || is_word(it, &["all", "distinct", "distinctrow"]);
    let count = rest.iter().take_while(is_between).count();
    match rest.get(count..) {
        Some([Token::Word(select), list @ ..]) => {
            is(select, &["select", "values"]) && is_list(list) && is_sql(list)
        }
        _ => false,
    }
}

/// Whether it begins with a verb of SQL that has what it needs.
fn is_statement(tokens: &[Token<'_>]) -> bool {
    let has = |rest: &[Token<'_>], words: &[&str]| rest.iter().any(|it| is_word(it, words));
    match tokens {
        [Token::Word(verb), rest @ ..] => match verb.to_ascii_lowercase().as_slice() {
            b"select" => is_list(rest),
            b"insert" | b"replace" => has(rest, &["into"]) && has(rest, &["values", "select"]),
            b"update" => has(rest, &["set"]) && rest.contains(&Token::Compare),
            b"delete" => {
                has(rest, &["from"])
                    && (has(rest, &["where"])
                        || matches!(rest.last(), Some(Token::Ends { .. } | Token::Semicolon)))
            }
            b"with" => has(rest, &["select"]),
            _ => false,
        },
        [Token::Open, rest @ ..] => {
            matches!(rest, [Token::Word(verb), list @ ..] if is(verb, &["select"]) && is_list(list))
        }
        _ => false,
    }
}

/// What nobody says but to do it.
fn is_deed(tokens: &[Token<'_>]) -> bool {
    match tokens {
        [Token::Word(a), Token::Word(b), rest @ ..] => {
            let is_end = |rest: &[Token<'_>]| {
                matches!(rest, [] | [Token::Ends { .. } | Token::Semicolon, ..])
            };
            let named = |rest: &[Token<'_>]| match rest {
                [Token::Word(_), rest @ ..] => is_end(rest),
                _ => false,
            };
            (is(a, &["drop", "truncate"]) && is(b, &["table", "database", "schema"]) && named(rest))
                || (is(a, &["exec", "execute"])
                    && (b.starts_with(b"xp_") || b.starts_with(b"sp_") || is(b, &["master"])))
                || (is(a, &["into"]) && is(b, &["outfile", "dumpfile"]))
                || (is(a, &["procedure"]) && is(b, &["analyse"]))
                || (is(a, &["load"]) && is(b, &["data"]))
                || (is(a, &["bulk"]) && is(b, &["insert"]))
                || (is(a, &["waitfor"]) && matches!(rest, [Token::Text { .. }, ..]))
        }
        _ => false,
    }
}

fn is_order(tokens: &[Token<'_>]) -> bool {
    let from = tokens.iter().position(|it| is_word(it, &["order", "group"]));
    let rest = from.filter(|&it| it < 4).and_then(|it| tokens.get(it + 1..));
    match rest {
        Some([Token::Word(by), Token::Number, rest @ ..]) if is(by, &["by"]) => {
            matches!(rest, [] | [Token::Ends { is_bare: true } | Token::Comma, ..])
        }
        _ => false,
    }
}

/// Whether, behind what ends a value, a condition or statement goes on.
fn continues(tokens: &[Token<'_>]) -> bool {
    let rest = match tokens {
        [Token::Operator(b'-' | b'+'), Token::Number, rest @ ..]
        | [Token::Number | Token::Text { is_closed: true }, rest @ ..] => rest,
        all => all,
    };
    let closed =
        rest.iter().take_while(|it| matches!(it, Token::Close | Token::Operator(b'%'))).count();
    match rest.get(closed..) {
        Some([Token::Logic | Token::Semicolon, ..]) => true,
        Some([Token::Comma, Token::Open, ..]) => true,
        Some([Token::Word(word), _, ..]) => is(
            word,
            &[
                "and",
                "or",
                "xor",
                "union",
                "having",
                "order",
                "group",
                "limit",
                "procedure",
                "rlike",
                "like",
                "between",
                "where",
                "as",
                "div",
                "mod",
                "into",
                "except",
                "intersect",
                "regexp",
                "is",
                "in",
                "not",
            ],
        ),
        _ => false,
    }
}

fn is_catalogue(word: &[u8]) -> bool {
    let begins = |with: &str| {
        word.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with.as_bytes()))
    };
    word.len() > 5
        && (is(word, CATALOGUES)
            || begins("sysibm")
            || begins("rdb$")
            || begins("utl_")
            || begins("dbms_"))
}

/// Tables, schemas and functions by which databases describe themselves.
const CATALOGUES: &[&str] = &[
    "information_schema",
    "sysobjects",
    "syscolumns",
    "sysdatabases",
    "sysusers",
    "syslogins",
    "pg_catalog",
    "pg_class",
    "pg_database",
    "pg_ls_dir",
    "pg_read_file",
    "pg_shadow",
    "pg_tables",
    "pg_user",
    "sqlite_master",
    "sqlite_schema",
    "sqlite_version",
    "all_tables",
    "all_users",
    "user_tables",
    "user_tab_columns",
    "dba_users",
    "v$version",
    "msysobjects",
    "msysaccessobjects",
    "current_setting",
    "db_name",
    "table_schema",
    "xp_cmdshell",
    "xp_dirtree",
    "xp_regread",
    "sp_password",
    "sp_executesql",
    "sp_oacreate",
    "openrowset",
    "opendatasource",
    "load_file",
    "group_concat",
    "concat_ws",
    "generate_series",
    "regexp_substring",
    "crypt_key",
    "xmltype",
    "randomblob",
    "char_length",
    "connection_id",
];

#[cfg(test)]
mod tests {
    use super::super::sql_tokens::tokens;
    use super::*;

    fn of(text: &str) -> Traits {
        Traits::of(&tokens(text.as_bytes()))
    }

    #[test]
    fn each_trait_is_seen_where_it_stands_and_not_in_its_neighbour() {
        type Rows<'a> = &'a [(&'a str, &'a str, fn(Traits) -> bool)];
        let rows: Rows<'_> = &[
            ("x union all select 1,2", "the union selects members", |it| it.union),
            ("1,(select 5 from t)", "(select one of these)", |it| it.sub_select),
            ("(select * from (select(sleep(5)))a)", "sleep (well) my friend", |it| {
                it.waits && it.sub_select
            }),
            ("a from information_schema.tables", "a from information about tables", |it| {
                it.catalogue
            }),
            ("ascii(substring(a,1,1))", "left (the room)", |it| it.nested_probe),
            ("char(77)||char(78)", "chr(1)", |it| it.characters),
            ("1, null, null, null", "null, or nothing", |it| it.nulls),
            ("1 or 2 -- ab", "1 or 2 -- three", |it| it.ends_in_comment),
            ("1)) and (1", "((1)) and (1)", |it| it.closes),
            ("1 and 5=5", "1 and only", |it| it.constants),
            ("1 order by 7 --", "order by seven", |it| it.order),
            ("case when (1=1) then 1 else 0 end", "in case you were then", |it| it.case),
            ("it was the best of times", "select a from b", |it| it.prose),
            ("drop table users", "drop table tennis lessons", |it| it.deed),
            ("select a, b from t", "select your size", |it| it.statement),
            ("1; select 1, 2", "1; then select two", |it| it.stacked),
        ];
        for (yes, no, has) in rows {
            assert!(has(of(yes)), "{yes}");
            assert!(!has(of(no)), "{no}");
        }
    }
}
