//! The signs: words that errors have and other text hardly ever, all looked for at once.
//!
//! Every third place of the text is looked at. Three bytes there say which signs can begin at
//! it, or one or two places before; most often none. The tables are made at compile time.
//!
//! Reads    every byte once, three at a time.
//! Writes   the places of signs, in order, until one is taken.
//! Misses   signs in another case than here.

use super::file::Root;
use super::page::{Banner, Page};
use super::sql::Sql;
use super::trace::Trace;

/// What a sign may be part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Trace(Trace),
    Sql(Sql),
    Page(Page),
    Banner(Banner),
    Path(Root),
    Key,
}

/// One word to look for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) text: &'static [u8],
    pub(super) form: Form,
    /// Bytes of it that the recogniser finds before its place; the others are behind it.
    pub(super) pivot: usize,
}

const fn sign(text: &'static [u8], form: Form) -> Sign {
    Sign { text, form, pivot: text.len() }
}

const fn trace(text: &'static [u8], it: Trace) -> Sign {
    sign(text, Form::Trace(it))
}

const fn sql(text: &'static [u8], it: Sql) -> Sign {
    sign(text, Form::Sql(it))
}

const fn page(text: &'static [u8], it: Page) -> Sign {
    sign(text, Form::Page(it))
}

const fn banner(text: &'static [u8], it: Banner) -> Sign {
    sign(text, Form::Banner(it))
}

const fn path(text: &'static [u8], it: Root) -> Sign {
    sign(text, Form::Path(it))
}

const SIGNS: &[Sign] = &[
    trace(b".java:", Trace::JavaFrame),
    trace(b"(Native Method)", Trace::JavaPlace),
    trace(b"(Unknown Source)", Trace::JavaPlace),
    trace(b"Caused by: ", Trace::JavaCause),
    trace(b"Exception in thread ", Trace::JavaThread),
    trace(b"Traceback (most recent call last)", Trace::Python),
    trace(b", line ", Trace::PythonFrame),
    trace(b"   at ", Trace::At),
    trace(b"nbsp;at ", Trace::At),
    trace(b"nbsp; at ", Trace::At),
    trace(b"goroutine ", Trace::Go),
    trace(b"Stack trace:", Trace::Php),
    trace(b" on line ", Trace::PhpLine),
    trace(b".pm line ", Trace::Perl),
    trace(b".pl line ", Trace::Perl),
    trace(b".cs:line ", Trace::NetLine),
    trace(b".vb:line ", Trace::NetLine),
    trace(b"--- End of inner exception stack trace ---", Trace::Certain),
    trace(b"--- End of stack trace from previous location", Trace::Certain),
    trace(b":in `", Trace::Ruby).before(4),
    trace(b":in '", Trace::Ruby).before(4),
    trace(b":in &", Trace::Ruby).before(4),
    trace(b":in \\u0", Trace::Ruby).before(4),
    trace(b" panicked at ", Trace::Rust),
    trace(b"stack backtrace:", Trace::RustBacktrace),
    sql(b"check the manual that corresponds to your ", Sql::Manual),
    sql(b"SQLSTATE[", Sql::State),
    sql(b"Unknown column ", Sql::UnknownColumn),
    sql(b"Duplicate entry ", Sql::DuplicateEntry),
    sql(b"Access denied for user ", Sql::AccessDenied),
    sql(b"ER_PARSE_ERROR", Sql::Code),
    sql(b"ER_NO_SUCH_TABLE", Sql::Code),
    sql(b"ER_BAD_FIELD_ERROR", Sql::Code),
    sql(b"ER_DUP_ENTRY", Sql::Code),
    sql(b"ER_ACCESS_DENIED_ERROR", Sql::Code),
    sql(b"SequelizeDatabaseError", Sql::Code),
    sql(b"SequelizeUniqueConstraintError", Sql::Code),
    sql(b"SequelizeForeignKeyConstraintError", Sql::Code),
    sql(b"QueryFailedError", Sql::Code),
    sql(b"sqlMessage", Sql::Field),
    sql(b"Error 1", Sql::Numbered),
    sql(b"pymysql.err.", Sql::Python),
    sql(b"MySQLdb.", Sql::Python),
    sql(b"mysql.connector.errors.", Sql::Python),
    sql(b"psycopg2.", Sql::Python),
    sql(b"psycopg.errors.", Sql::Python),
    sql(b"asyncpg.exceptions.", Sql::Python),
    sql(b"sqlite3.", Sql::Python),
    sql(b"sqlalchemy.exc.", Sql::Python),
    sql(b"cx_Oracle.", Sql::Python),
    sql(b"pyodbc.", Sql::Python),
    sql(b"django.db.utils.", Sql::Python),
    sql(b" at or near ", Sql::Near),
    sql(b" does not exist", Sql::Missing),
    sql(b" violates ", Sql::Violates),
    sql(b": ERROR: ", Sql::Postgres),
    sql(b": syntax error", Sql::SqliteNear),
    sql(b"SQLITE_", Sql::SqliteCode),
    sql(b" constraint failed: ", Sql::ConstraintFailed),
    sql(b"no such table: ", Sql::NoSuch),
    sql(b"no such column: ", Sql::NoSuch),
    sql(b"SQL logic error", Sql::Logic),
    sql(b"ORA-0", Sql::Oracle),
    sql(b"ORA-1", Sql::Oracle),
    sql(b"ORA-2", Sql::Oracle),
    sql(b"ORA-3", Sql::Oracle),
    sql(b"PLS-0", Sql::Oracle),
    sql(b"Unclosed quotation mark ", Sql::Unclosed),
    sql(b"Incorrect syntax near ", Sql::IncorrectSyntax),
    sql(b"Invalid object name ", Sql::InvalidName),
    sql(b"Invalid column name ", Sql::InvalidName),
    sql(b"Conversion failed when converting ", Sql::Conversion),
    sql(b"Violation of ", Sql::Violation),
    sql(b"SqlException", Sql::Exception),
    sql(b"[Microsoft][", Sql::Odbc),
    sql(b"[unixODBC][", Sql::Odbc),
    sql(b"[MySQL][", Sql::Odbc),
    sql(b"[Oracle][", Sql::Odbc),
    sql(b"java.sql.", Sql::Java),
    sql(b"com.mysql.", Sql::Java),
    sql(b"org.postgresql.util.", Sql::Java),
    sql(b"org.hibernate.exception.", Sql::Java),
    sql(b"oracle.jdbc.", Sql::Java),
    sql(b"com.microsoft.sqlserver.jdbc.", Sql::Java),
    sql(b"org.h2.jdbc.", Sql::Java),
    sql(b"[SQL: ", Sql::Statement),
    sql(b"sqlalche.me", Sql::Background),
    sql(b"ActiveRecord::", Sql::ActiveRecord),
    sql(b"Invalid `prisma.", Sql::Prisma),
    sql(b"; SQL [", Sql::Hibernate),
    sql(b"StatementCallback; ", Sql::Spring),
    page(b"<code>DEBUG = True<", Page::Certain),
    page(b"Using the URLconf defined in <code>", Page::Certain),
    page(b"The debugger caught an exception in your WSGI application", Page::Certain),
    page(b"__debugger__=yes", Page::Certain),
    page(b"window.ignite(", Page::Certain),
    page(b"laravel-exceptions-renderer", Page::Certain),
    page(b"Whoops container", Page::Attribute),
    page(b"exception-message-wrapper", Page::Attribute),
    page(b"sf-toolbar", Page::Attribute),
    page(b"traceback-container", Page::Attribute),
    page(b"Action Controller: Exception caught", Page::Heading),
    page(b"Rack::ShowExceptions", Page::Heading),
    page(b"Whitelabel Error Page", Page::Heading),
    page(b"An unhandled exception occurred while processing the request", Page::Heading),
    page(b"Rails.root: ", Page::RailsRoot),
    page(b"Server Error in ", Page::AspNet),
    page(b"<title>Error</title>", Page::Express),
    page(b"phpinfo()</title>", Page::Certain),
    page(b"phpdebugbar", Page::DebugBar),
    banner(b"Apache/", Banner::Apache),
    banner(b"Apache Tomcat/", Banner::Footer),
    banner(b"nginx/", Banner::Footer),
    banner(b"openresty/", Banner::Footer),
    banner(b"lighttpd/", Banner::Footer),
    banner(b"Microsoft-IIS/", Banner::Footer),
    banner(b"Werkzeug/", Banner::Werkzeug),
    banner(b"PHP/5.", Banner::Php),
    banner(b"PHP/7.", Banner::Php),
    banner(b"PHP/8.", Banner::Php),
    banner(b"Jetty://", Banner::Jetty),
    sign(b"PRIVATE KEY-----", Form::Key),
    sign(b"PRIVATE KEY BLOCK-----", Form::Key),
    path(b"/var/www/", Root::Server),
    path(b"\\/var\\/www\\/", Root::Server),
    path(b"/var/task/", Root::Server),
    path(b"/usr/lib/", Root::Server),
    path(b"\\/usr\\/lib\\/", Root::Server),
    path(b"/usr/local/", Root::Server),
    path(b"\\/usr\\/local\\/", Root::Server),
    path(b"/usr/share/", Root::Server),
    path(b"\\/usr\\/share\\/", Root::Server),
    path(b"/usr/src/app/", Root::Server),
    path(b"/home/", Root::Shared),
    path(b"\\/home\\/", Root::Shared),
    path(b"/opt/", Root::Shared),
    path(b"\\/opt\\/", Root::Shared),
    path(b"/srv/", Root::Shared),
    path(b"\\/srv\\/", Root::Shared),
    path(b"/app/", Root::Shared),
    path(b"\\/app\\/", Root::Shared),
    path(b"/root/", Root::Shared),
    path(b"/Users/", Root::Shared),
    path(b"/data/", Root::Shared),
    path(b"/workspace/", Root::Shared),
    path(b":\\inetpub\\", Root::Windows),
    path(b":\\\\inetpub\\\\", Root::Windows),
    path(b":\\Inetpub\\", Root::Windows),
    path(b":\\xampp\\", Root::Windows),
    path(b":\\\\xampp\\\\", Root::Windows),
    path(b":/xampp/", Root::Windows),
    path(b":\\/xampp\\/", Root::Windows),
    path(b":\\wamp", Root::Windows),
    path(b":\\\\wamp", Root::Windows),
    path(b":\\Users\\", Root::Windows),
    path(b":\\\\Users\\\\", Root::Windows),
    path(b":\\Program Files", Root::Windows),
    path(b":\\\\Program Files", Root::Windows),
    path(b":\\www\\", Root::Windows),
    path(b":\\\\www\\\\", Root::Windows),
];

impl Sign {
    const fn before(self, pivot: usize) -> Self {
        Self { pivot, ..self }
    }
}

/// Bytes that are looked at together, and the distance between two looks.
const BLOCK: usize = 3;

/// Shortest sign: wherever it begins, a whole block lies inside it.
const SIGN_BYTES_MIN: usize = 2 * BLOCK - 1;

const SLOTS: usize = 8192;

/// One for each sign and each of its beginnings that a look can meet.
const ENTRIES: usize = SIGNS.len() * BLOCK;

const NONE: u16 = u16::MAX;

/// For each slot of three bytes: the entries that have them, as a chain. An entry is three times
/// the index of a sign, and how far behind its beginning the three bytes stand.
struct Tables {
    first: [u16; SLOTS],
    next: [u16; ENTRIES],
}

static TABLES: Tables = tables();

const fn slot(a: u8, b: u8, c: u8) -> usize {
    (((a as usize) << 8) ^ ((b as usize) << 4) ^ (c as usize)) & (SLOTS - 1)
}

#[expect(
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where a fault does not compile"
)]
#[expect(clippy::cast_possible_truncation, reason = "the count is asserted here")]
const fn tables() -> Tables {
    assert!(ENTRIES < NONE as usize);
    let mut it = Tables { first: [NONE; SLOTS], next: [NONE; ENTRIES] };
    // Those that begin earlier are put in last, to be met first.
    let mut offset = 0;
    while offset < BLOCK {
        let mut index = 0;
        while index < SIGNS.len() {
            let text = SIGNS[index].text;
            assert!(text.len() >= SIGN_BYTES_MIN);
            let slot = slot(text[offset], text[offset + 1], text[offset + 2]);
            let entry = index * BLOCK + offset;
            it.next[entry] = it.first[slot];
            it.first[slot] = entry as u16;
            index += 1;
        }
        offset += 1;
    }
    it
}

/// Calls `take` for the signs in `text`, in order, until it takes one.
pub(super) fn find<T>(
    text: &[u8],
    mut take: impl FnMut(usize, &'static Sign) -> Option<T>,
) -> Option<T> {
    for (number, block) in text.chunks_exact(BLOCK).enumerate() {
        let &[a, b, c] = block else { continue };
        let mut entry = TABLES.first.get(slot(a, b, c)).copied().unwrap_or(NONE);
        while entry != NONE {
            let (index, offset) = (usize::from(entry) / BLOCK, usize::from(entry) % BLOCK);
            let start = (number * BLOCK).checked_sub(offset);
            if let (Some(start), Some(sign)) = (start, SIGNS.get(index))
                && text.get(start..).is_some_and(|it| it.starts_with(sign.text))
                && let Some(taken) = take(start, sign)
            {
                return Some(taken);
            }
            entry = TABLES.next.get(usize::from(entry)).copied().unwrap_or(NONE);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_found_wherever_it_stands() {
        for sign in SIGNS {
            for before in 0..9 {
                let text = [&b"........."[..before], sign.text].concat();
                let met =
                    find(&text, |at, it| (at == before && it.text == sign.text).then_some(at));
                assert_eq!(met, Some(before), "{}", String::from_utf8_lossy(sign.text));
            }
        }
    }

    #[test]
    fn all_signs_are_met_in_order_as_a_plain_search_meets_them() {
        let mut seed = 7_u64;
        let mut roll = |sides: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % sides
        };
        for _ in 0..2_000 {
            let mut text = Vec::new();
            for _ in 0..roll(12) {
                let sign = SIGNS[roll(SIGNS.len())].text;
                let cut = if roll(2) == 0 { sign.len() } else { roll(sign.len()) };
                text.extend_from_slice(&sign[..cut]);
                text.extend_from_slice(&b"  at: /.a"[..roll(9)]);
            }
            let mut met: Vec<(usize, &[u8])> = Vec::new();
            find(&text, |at, it| -> Option<()> {
                met.push((at, it.text));
                None
            });
            let mut plain: Vec<(usize, &[u8])> = Vec::new();
            for at in 0..text.len() {
                for sign in SIGNS {
                    if text[at..].starts_with(sign.text) {
                        plain.push((at, sign.text));
                    }
                }
            }
            assert!(met.windows(2).all(|it| it[0].0 <= it[1].0));
            met.sort();
            plain.sort();
            assert_eq!(met, plain);
        }
    }
}
