//! Messages of databases and their drivers, by the parts that only a message has: a code in its
//! brackets, a name in its quotes, the exception before the colon.
//!
//! Reads    the window around a sign.
//! Misses   databases other than MySQL, MariaDB, PostgreSQL, SQLite, Oracle and SQL Server;
//!          messages in other languages than English.

use super::window::{
    digits, has, is_dotted, is_name, quote, quote_back, quoted, split_back, split_front,
};

/// What a sign of a message must turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sql {
    /// `check the manual that corresponds to your` MySQL or MariaDB.
    Manual,
    /// `SQLSTATE[42S02]: `.
    State,
    /// `Unknown column 'a' in 'field list'`.
    UnknownColumn,
    /// `Duplicate entry 'a' for key 'b'`.
    DuplicateEntry,
    /// `Access denied for user 'a'@'b'`.
    AccessDenied,
    /// A code that a colon follows.
    Code,
    /// `"sqlMessage": "..."`.
    Field,
    /// `Error 1146 (42S02): `.
    Numbered,
    /// A module of a Python driver, with an exception of it.
    Python,
    /// `syntax error at or near "a"`.
    Near,
    /// `relation "a" does not exist`.
    Missing,
    /// `duplicate key value violates unique constraint "a"`.
    Violates,
    /// `PG::UndefinedTable: ERROR: `.
    Postgres,
    /// `near "a": syntax error`.
    SqliteNear,
    /// `SQLITE_ERROR: `.
    SqliteCode,
    /// `UNIQUE constraint failed: a.b`.
    ConstraintFailed,
    /// `no such table: a`.
    NoSuch,
    /// `SQL logic error`, as a message.
    Logic,
    /// `ORA-00942: `.
    Oracle,
    /// `Unclosed quotation mark after the character string 'a'`.
    Unclosed,
    /// `Incorrect syntax near 'a'`.
    IncorrectSyntax,
    /// `Invalid object name 'a'.`.
    InvalidName,
    /// `Conversion failed when converting the varchar value 'a' to data type int`.
    Conversion,
    /// `Violation of PRIMARY KEY constraint 'a'`.
    Violation,
    /// An exception before its message.
    Exception,
    /// `[Microsoft][ODBC Driver 17 for SQL Server]`.
    Odbc,
    /// A package of a Java driver, with an exception of it.
    Java,
    /// `[SQL: SELECT ...`.
    Statement,
    /// `sqlalche.me`, where errors of SQLAlchemy are explained.
    Background,
    /// `ActiveRecord::StatementInvalid: `.
    ActiveRecord,
    /// ``Invalid `prisma.user.create()` invocation``.
    Prisma,
    /// `could not extract ResultSet; SQL [n/a]`.
    Hibernate,
    /// `PreparedStatementCallback; bad SQL grammar [`.
    Spring,
}

pub(super) fn is(sql: Sql, before: &[u8], after: &[u8]) -> bool {
    let starts = |all: &[&[u8]]| all.iter().any(|it| after.starts_with(it));
    match sql {
        Sql::Manual => starts(&[b"MySQL server version", b"MariaDB server version"]),
        Sql::State => is_state(after),
        Sql::UnknownColumn => quote(after).is_some_and(|(_, rest)| {
            rest.strip_prefix(b" in ").and_then(quote).is_some_and(|(place, _)| {
                [&b" list"[..], b" clause", b" statement"].iter().any(|it| place.ends_with(it))
            })
        }),
        Sql::DuplicateEntry => quote(after).is_some_and(|(_, rest)| rest.starts_with(b" for key ")),
        Sql::AccessDenied => quote(after).is_some_and(|(_, rest)| rest.starts_with(b"@'")),
        Sql::Code => after.starts_with(b": "),
        Sql::Field => after
            .strip_prefix(b"\"")
            .and_then(|it| it.trim_ascii_start().strip_prefix(b":"))
            .is_some_and(|it| it.trim_ascii_start().starts_with(b"\"")),
        Sql::Numbered => digits(after)
            .and_then(|it| it.strip_prefix(b" ("))
            .is_some_and(|it| it.get(5..).is_some_and(|it| it.starts_with(b"): "))),
        Sql::Python => is_python(before, after),
        Sql::Near => {
            let head = before.strip_suffix(b" at or near ").unwrap_or_default();
            let known: &[&[u8]] =
                &[b"syntax error", b"quoted string", b"quoted identifier", b"comment", b"number"];
            quoted(after) && known.iter().any(|it| head.ends_with(it))
        }
        Sql::Missing => is_missing(before, after),
        Sql::Violates => is_violated(before, after),
        Sql::Postgres => before.strip_suffix(b": ERROR: ").is_some_and(|it| {
            let (rest, name) = split_back(it, is_dotted);
            name.ends_with(b"PSQLException") || (!name.is_empty() && rest.ends_with(b"PG::"))
        }),
        Sql::SqliteNear => before
            .strip_suffix(b": syntax error")
            .and_then(quote_back)
            .is_some_and(|(rest, _)| rest.ends_with(b"near ")),
        Sql::SqliteCode => {
            let (name, rest) = split_front(after, |it| it.is_ascii_uppercase() || it == b'_');
            name.len() >= 4 && rest.starts_with(b": ")
        }
        Sql::ConstraintFailed => {
            let kinds: &[&[u8]] =
                &[b"UNIQUE", b"NOT NULL", b"CHECK", b"FOREIGN KEY", b"PRIMARY KEY"];
            let head = before.strip_suffix(b" constraint failed: ").unwrap_or_default();
            kinds.iter().any(|it| head.ends_with(it))
                && after.first().is_some_and(|it| is_name(*it))
        }
        Sql::NoSuch => is_no_such(before, after),
        Sql::Logic => starts(&[b" or missing database", b"\n", b": "]),
        Sql::Oracle => {
            let (number, rest) = split_front(after, |it| it.is_ascii_digit());
            number.len() == 4 && rest.starts_with(b": ")
        }
        Sql::Unclosed => after.strip_prefix(b"after the character string ").is_some_and(quoted),
        Sql::IncorrectSyntax => quoted(after.strip_prefix(b"the keyword ").unwrap_or(after)),
        Sql::InvalidName => quote(after).is_some_and(|(_, rest)| rest.first() == Some(&b'.')),
        Sql::Conversion => {
            has(after, b" to data type ") || after.starts_with(b"date and/or time from character")
        }
        Sql::Violation => [&b"PRIMARY KEY constraint "[..], b"UNIQUE KEY constraint "]
            .iter()
            .any(|it| after.strip_prefix(*it).is_some_and(quoted)),
        Sql::Exception => starts(&[b": ", b" (0x"]),
        Sql::Odbc => memchr::memchr(b']', after).is_some_and(|end| {
            let product = after.get(..end).unwrap_or_default();
            [&b"ODBC"[..], b"Driver", b"Native Client"].iter().any(|it| has(product, it))
        }),
        Sql::Java => {
            let (name, rest) = split_front(after, is_dotted);
            (name.ends_with(b"Exception") || name.ends_with(b"Error")) && rest.starts_with(b": ")
        }
        Sql::Statement => starts(&[
            b"SELECT ", b"INSERT ", b"UPDATE ", b"DELETE ", b"WITH ", b"CREATE ", b"ALTER ",
        ]),
        Sql::Background => has(before, b"Background on this error"),
        Sql::ActiveRecord => {
            let (name, rest) = split_front(after, is_name);
            let names: &[&[u8]] = &[
                b"StatementInvalid",
                b"RecordNotUnique",
                b"NotNullViolation",
                b"InvalidForeignKey",
                b"ConnectionNotEstablished",
                b"NoDatabaseError",
                b"ValueTooLong",
            ];
            names.contains(&name) && (rest.starts_with(b": ") || rest.starts_with(b" ("))
        }
        Sql::Prisma => has(after, b"` invocation"),
        Sql::Hibernate => has(before, b"could not "),
        Sql::Spring => starts(&[b"bad SQL grammar", b"SQL [", b"uncategorized SQLException"]),
    }
}

fn is_state(after: &[u8]) -> bool {
    let Some((code, rest)) = after.split_at_checked(5) else { return false };
    let is_code = code.iter().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
    is_code && (rest.starts_with(b"]: ") || rest.starts_with(b"] ["))
}

/// `sqlite3.OperationalError: ...`, or in brackets, as another exception quotes it.
fn is_python(before: &[u8], after: &[u8]) -> bool {
    let (name, rest) = split_front(after, is_dotted);
    let is_class = name.first().is_some_and(u8::is_ascii_uppercase) || has(name, b".");
    let (head, _) = split_back(before, is_dotted);
    is_class && (rest.starts_with(b": ") || (head.ends_with(b"(") && rest.starts_with(b") ")))
}

fn is_missing(before: &[u8], after: &[u8]) -> bool {
    let Some((head, _)) = before.strip_suffix(b" does not exist").and_then(quote_back) else {
        return false;
    };
    if head.ends_with(b"relation ") {
        return true;
    }
    let what: &[&[u8]] = &[b"column ", b"function ", b"type ", b"schema ", b"database ", b"role "];
    let says: &[&[u8]] = &[b"ERROR:", b"FATAL:", b"error: ", b"pq: ", b"PG::", b"psycopg", b"pgx"];
    what.iter().any(|it| head.ends_with(it))
        && (says.iter().any(|it| has(head, it)) || has(after, b"\nLINE 1: "))
}

fn is_violated(before: &[u8], after: &[u8]) -> bool {
    let head = before.strip_suffix(b" violates ").unwrap_or_default();
    let after_name = |kind: &[u8]| after.strip_prefix(kind).is_some_and(quoted);
    (head.ends_with(b"duplicate key value") && after_name(b"unique constraint "))
        || (has(head, b"on table ") && after_name(b"foreign key constraint "))
        || (has(head, b"new row for relation ") && after_name(b"check constraint "))
        || (has(head, b"null value in column ") && after.starts_with(b"not-null constraint"))
}

/// A message of its own, or behind another: nothing but a mark before it, nothing but a name
/// behind it.
fn is_no_such(before: &[u8], after: &[u8]) -> bool {
    let table = before.strip_suffix(b"no such table: ");
    let Some(head) = table.or_else(|| before.strip_suffix(b"no such column: ")) else {
        return false;
    };
    let head = head.trim_ascii_end();
    let begins =
        head.last().is_none_or(|it| matches!(it, b'"' | b'\'' | b':' | b')' | b']' | b'>'));
    let (name, rest) = split_front(after, is_dotted);
    let ends = matches!(rest, [] | [b'"' | b'\'' | b'\n' | b'\r' | b')' | b'<' | b']', ..]);
    begins && !name.is_empty() && ends
}
