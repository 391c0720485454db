//! Disclosure: what a talkative error tells about the inside of an API, in the text of a
//! response, and in the fields beside it.
//!
//! Three steps. The `signs` find words that only errors use, several bytes at a step. Around
//! each, a window is read with its escapes undone, so that text, JSON and HTML look alike. A
//! recogniser then asks for the form around the word: a frame with file and line, a message with
//! its quoted part. A word alone is what people write about errors, and is not found.
//!
//! Whether an answer is a file or a folder of the server itself is told by its form as a whole ([`page`], [`text`]).
//!
//! Reads    one body, or a part of one, of any bytes and length.
//! Writes   the first [`Disclosure`].
//! Memory   one window of half a kilobyte.
//! Errors   none.
//! Misses   frames of other languages than Java and its relatives, Python, JavaScript, Go, PHP,
//!          Perl, C#, Visual Basic, Ruby and Rust; traces as structured data, without the usual
//!          lines; messages that are translated or reworded; escapes inside a sign, text escaped
//!          twice, UTF-16; a form that lies across the end of the part that is read; what is
//!          behind a form that was found. A form quoted whole, as in an issue tracker or a manual,
//!          is found: it cannot be told from a leak.
//! Source   CWE-209, CWE-497, OWASP API Security Top 10 (2023) API8; forms from the
//!          documentation of the products, samples written for the tests.

mod banner_field;
mod file;
mod html;
mod listing;
mod page;
pub mod reflection;
mod settings;
mod signs;
mod source;
mod sql;
mod trace;
mod window;

pub use banner_field::{FieldVerdict, banner_field};

use signs::Form;
use window::Window;

/// What kind of thing is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DisclosureKind {
    /// The way through the code to an error.
    StackTrace,
    /// A message of a database or its driver.
    SqlError,
    /// An error page that a framework shows to its developers.
    DebugPage,
    /// Where a source file lies on the server.
    FilePath,
    /// Which software in which version answers.
    Version,
    /// A private key.
    PrivateKey,
    /// What a folder of the server holds.
    Listing,
    /// A program that should have been run.
    SourceCode,
    /// What a program is configured with.
    Settings,
}

/// One thing that is given away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// What it is.
    pub kind: DisclosureKind,
    /// Where its sign begins, in bytes.
    pub at: usize,
    /// Length of the sign, in bytes: enough to find it again, not all of what should go.
    pub bytes: usize,
}

/// The first thing that `text`, from a response, gives away.
pub fn examine(text: &[u8]) -> Option<Disclosure> {
    signs::find(text, |at, sign| recognise(text, at, sign))
}

/// What an answer that is a page is, if it is a file or a folder of the server.
pub fn page(text: &[u8]) -> Option<DisclosureKind> {
    let is_source = || source::in_page(text).then_some(DisclosureKind::SourceCode);
    listing::is(text).then_some(DisclosureKind::Listing).or_else(is_source)
}

/// What an answer that is a text of no declared kind is, if it is a file or a folder of the server.
pub fn text(text: &[u8]) -> Option<DisclosureKind> {
    let is_settings = || settings::is(text).then_some(DisclosureKind::Settings);
    source::is(text).then_some(DisclosureKind::SourceCode).or_else(is_settings)
}

/// Whether a page of which this has come, and which goes on, may turn out to be the listing of a folder.
pub fn may_become_listing(page: &[u8]) -> bool {
    listing::may_become(page)
}

/// Whether a text of which this has come, and which goes on, may turn out to be a program or its settings.
pub fn may_become_source(text: &[u8]) -> bool {
    source::may_become(text) || settings::may_become(text)
}

fn recognise(text: &[u8], at: usize, sign: &signs::Sign) -> Option<Disclosure> {
    if let Form::Path(root) = sign.form {
        let bytes = file::path(text, at, root)?;
        return Some(Disclosure { kind: DisclosureKind::FilePath, at, bytes });
    }
    let pivot = at.saturating_add(sign.pivot);
    let window = Window::around(text, pivot);
    let (before, after) = (window.before(), window.after());
    let (kind, is_it) = match sign.form {
        Form::Trace(it) => (DisclosureKind::StackTrace, trace::is(it, before, after)),
        Form::Sql(it) => (DisclosureKind::SqlError, sql::is(it, before, after)),
        Form::Page(it) => (DisclosureKind::DebugPage, page::is(it, before, after)),
        Form::Banner(it) => (DisclosureKind::Version, page::is_banner(it, before, after)),
        Form::Key => (DisclosureKind::PrivateKey, file::is_key(before, after)),
        Form::Path(_) => return None,
    };
    is_it.then_some(Disclosure { kind, at, bytes: sign.text.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use DisclosureKind::{DebugPage, FilePath, PrivateKey, SqlError, StackTrace, Version};

    /// As JSON writes it.
    fn json(text: &str) -> String {
        let inside: String = text
            .chars()
            .map(|it| match it {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\n' => "\\n".to_owned(),
                '\r' => "\\r".to_owned(),
                '\t' => "\\t".to_owned(),
                _ => it.to_string(),
            })
            .collect();
        format!("{{\"error\":\"{inside}\",\"status\":500}}")
    }

    /// As PHP writes JSON.
    fn php_json(text: &str) -> String {
        json(&text.replace('/', "\u{1}")).replace('\u{1}', "\\/")
    }

    /// As a template writes it into a page.
    fn html(text: &str) -> String {
        let safe = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#x27;");
        format!("<html><body><pre>{safe}</pre></body></html>")
    }

    /// The same with every line break as a tag.
    fn html_breaks(text: &str) -> String {
        html(text).replace('\n', "<br />\n").replace("   ", " &nbsp; &nbsp;")
    }

    fn padded(text: &str) -> String {
        let fill = "{\"id\":17,\"name\":\"A pair of shoes\",\"price\":\"19.90\"},\n".repeat(40);
        format!("{fill}{text}\n{fill}")
    }

    #[track_caller]
    fn found(kind: DisclosureKind, text: &str) {
        let met = examine(text.as_bytes());
        assert_eq!(met.map(|it| it.kind), Some(kind), "{text}");
        let met = met.unwrap();
        assert!(met.bytes > 0 && met.at + met.bytes <= text.len(), "{text}");
    }

    /// Found as it is, and in JSON.
    #[track_caller]
    fn found_in_json(kind: DisclosureKind, texts: &[&str]) {
        for text in texts {
            found(kind, text);
            found(kind, &json(text));
            found(kind, &padded(&json(text)));
        }
    }

    /// Found as it is, in JSON of any kind, and in a page.
    #[track_caller]
    fn found_anyhow(kind: DisclosureKind, texts: &[&str]) {
        found_in_json(kind, texts);
        for text in texts {
            found(kind, &php_json(text));
            found(kind, &html(text));
            found(kind, &html_breaks(text));
        }
    }

    #[track_caller]
    fn clean(texts: &[&str]) {
        for text in texts {
            for text in [(*text).to_owned(), json(text), php_json(text), html(text), padded(text)] {
                assert_eq!(examine(text.as_bytes()), None, "{text}");
            }
        }
    }

    #[test]
    fn stack_traces_are_found_however_they_are_escaped() {
        found_anyhow(
            StackTrace,
            &[
                "java.lang.NullPointerException\n\tat com.shop.OrderService.find(OrderService.java:42)\n\tat java.base/java.lang.Thread.run(Thread.java:829)",
                "\tat com.shop.Order$Line.total(Order.java:7)",
                "at jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)",
                "at com.sun.proxy.$Proxy12.save(Unknown Source)",
                "Caused by: java.io.IOException: broken pipe\n\tat a.b.C.d(Foo.kt:3)",
                "Exception in thread \"main\" java.lang.IllegalStateException: no",
                "Traceback (most recent call last):\n  File \"/srv/shop/views.py\", line 12, in get\n    return 1 / 0\nZeroDivisionError: division by zero",
                "  File \"views.py\", line 3, in get\n",
                "TypeError: x is undefined\n    at getOrder (/srv/api/orders.js:10:5)\n    at node:internal/process/task_queues:95:5",
                "    at async Promise.all (file:///srv/x/y.mjs:1:22)",
                "    at Module._compile (node:internal/modules/cjs/loader:1105:14)",
                "    at Object.<anonymous> (dist/server.ts:4:19)\n",
                "panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/x.go:4 +0x1b",
                "goroutine 34 [chan receive, 2 minutes]:",
                "PHP Fatal error:  Uncaught Exception: no\nStack trace:\n#0 {main}\n  thrown",
                "Warning: Undefined variable $x in index.php on line 3",
                "Died at lib/Shop/Order.pm line 12.",
                "System.NullReferenceException: Object reference not set\r\n   at Shop.Api.OrdersController.Get(Int32 id) in C:\\src\\OrdersController.cs:line 33",
                "   at Shop.Data.Repo`1.Find(Expression`1 e)\r\n   at Shop.Api.OrdersController.Get(Int32 id)\r\n",
                "   --- End of inner exception stack trace ---",
                "app/models/order.rb:12:in `total'",
                "app/views/orders/show.html.erb:3:in 'block in render'",
                "thread 'main' panicked at src/main.rs:4:5:\nboom",
                "thread 'x' panicked at 'boom', src/orders.rs:14:9",
                "stack backtrace:\n   0: rust_begin_unwind",
            ],
        );
        found(
            StackTrace,
            "<b>Fatal error</b>:  Uncaught in <b>orders.php</b> on line <b>3</b><br />",
        );
        found(
            StackTrace,
            "<pre>Error: boom<br> &nbsp; &nbsp;at get (/x/y.js:1:2)<br> &nbsp; &nbsp;at z</pre>",
        );
    }

    #[test]
    fn messages_of_databases_are_found_however_they_are_escaped() {
        found_anyhow(
            SqlError,
            &[
                "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for the right syntax to use near ''' at line 1",
                "check the manual that corresponds to your MariaDB server version for",
                "SQLSTATE[42S02]: Base table or view not found: 1146",
                "SQLSTATE[HY000] [1045] Access denied",
                "Unknown column 'x' in 'where clause'",
                "Duplicate entry 'a@b.c' for key 'users.email'",
                "Access denied for user 'root'@'localhost' (using password: YES)",
                "ER_NO_SUCH_TABLE: Table 'shop.x' doesn't exist",
                "{\"code\":\"ER_DUP_ENTRY\",\"errno\":1062,\"sqlMessage\":\"Duplicate\"}",
                "Error 1146 (42S02): Table 'shop.x' doesn't exist",
                "pymysql.err.ProgrammingError: (1146, \"no\")",
                "(psycopg2.errors.UndefinedTable) relation",
                "sqlite3.OperationalError: no such thing",
                "sqlalchemy.exc.IntegrityError: (sqlite3.IntegrityError) UNIQUE",
                "django.db.utils.IntegrityError: duplicate",
                "ERROR:  syntax error at or near \"FROM\"\nLINE 1: SELECT FROM",
                "unterminated quoted string at or near \"'\"",
                "relation \"users\" does not exist",
                "pq: column \"emial\" does not exist",
                "ERROR: column \"x\" does not exist",
                "duplicate key value violates unique constraint \"users_email_key\"",
                "insert or update on table \"a\" violates foreign key constraint \"a_b_fkey\"",
                "null value in column \"name\" of relation \"a\" violates not-null constraint",
                "PG::UndefinedTable: ERROR: relation",
                "org.postgresql.util.PSQLException: ERROR: x",
                "near \"FORM\": syntax error",
                "SQLITE_ERROR: near",
                "SQLITE_CONSTRAINT: UNIQUE",
                "UNIQUE constraint failed: users.email",
                "no such table: users",
                "(1) no such column: emial",
                "SQL logic error\nnear",
                "ORA-00942: table or view does not exist",
                "PLS-00306: wrong number or types of arguments",
                "Unclosed quotation mark after the character string 'x'.",
                "Incorrect syntax near the keyword 'FROM'.",
                "Incorrect syntax near '='.",
                "Invalid object name 'dbo.users'.",
                "Conversion failed when converting the varchar value 'x' to data type int.",
                "Violation of PRIMARY KEY constraint 'PK_users'.",
                "System.Data.SqlClient.SqlException (0x80131904): Login failed",
                "[Microsoft][ODBC Driver 17 for SQL Server][SQL Server]Login failed",
                "[unixODBC][Driver Manager]Data source name not found",
                "java.sql.SQLSyntaxErrorException: no",
                "org.hibernate.exception.SQLGrammarException: could not extract ResultSet",
                "could not execute statement; SQL [n/a]; constraint [x]",
                "PreparedStatementCallback; bad SQL grammar [SELECT]",
                "[SQL: SELECT * FROM users WHERE id = ?]",
                "(Background on this error at: https://sqlalche.me/e/14/gkpj)",
                "ActiveRecord::StatementInvalid: Mysql2::Error",
                "SequelizeDatabaseError: no",
                "QueryFailedError: relation",
                "Invalid `prisma.user.create()` invocation:",
            ],
        );
    }

    #[test]
    fn pages_for_developers_are_found() {
        found_in_json(
            DebugPage,
            &[
                "You're seeing this error because you have <code>DEBUG = True</code> in",
                "<p>Using the URLconf defined in <code>shop.urls</code>,",
                "<p>The debugger caught an exception in your WSGI application.",
                "<script src=\"?__debugger__=yes&cmd=resource&f=debugger.js\">",
                "<script>window.ignite({\"report\":1})",
                "<div class=\"Whoops container\">",
                "<div class=\"exception-message-wrapper\">",
                "<title>Action Controller: Exception caught</title>",
                "<p><code>Rails.root: /rails</code></p>",
                "<span><H1>Server Error in '/' Application.<hr",
                "<h1>An unhandled exception occurred while processing the request.</h1>",
                "<html><body><h1>Whitelabel Error Page</h1>",
                "<title>Error</title>\n</head>\n<body>\n<pre>TypeError: x is not a function</pre>",
                "<div class=\"traceback-container\">",
                "<title>PHP 8.1.2 - phpinfo()</title>",
            ],
        );
    }

    #[test]
    fn paths_of_source_files_are_found() {
        found_in_json(
            FilePath,
            &[
                "include(/var/www/html/shop/index.php): failed",
                "require '/usr/src/app/routes/orders.js'",
                "/usr/lib/python3/dist-packages/flask/app.py",
                "in /usr/local/lib/python3.11/site-packages/x/y.py",
                "/home/deploy/shop/app.py:12",
                "file /app/node_modules/express/lib/router.js failed",
                "\"/srv/shop/vendor/laravel/index.php\"",
                "/opt/shop/run.pl(3)",
                "C:\\inetpub\\wwwroot\\shop\\Default.aspx",
                "D:\\xampp\\htdocs\\shop\\index.php on line",
                "C:\\Users\\dev\\source\\Shop\\Orders.cs",
                "C:\\Program Files\\Shop\\Api\\Startup.cs",
            ],
        );
        found(FilePath, &php_json("/var/www/html/a/index.php"));
        found(FilePath, &html("/var/www/html/a/index.php"));
        found(FilePath, "{\"file\":\"\\/home\\/shop\\/vendor\\/x\\/y.php\",\"line\":3}");
        let text = b"see /var/www/html/index.php.";
        let expected = Disclosure { kind: FilePath, at: 4, bytes: 23 };
        assert_eq!(examine(text), Some(expected));
    }

    #[test]
    fn versions_at_the_foot_of_pages_are_found() {
        found_in_json(
            Version,
            &[
                "<address>Apache/2.4.1 (Debian) Server at shop.example Port 80</address>",
                "<hr><center>nginx/1.22.1</center>",
                "<center>openresty/1.21.4.1</center>",
                "<h3>Apache Tomcat/9.0.65</h3>",
                "Werkzeug/2.1.2 Python/3.9.2",
                "X-Powered-By: PHP/8.1.2",
                "<a href=\"http://eclipse.org/jetty\">Powered by Jetty:// 9.4.43</a>",
            ],
        );
    }

    #[test]
    fn private_keys_are_found() {
        let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
        for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "] {
            let key = format!(
                "-----BEGIN {kind}PRIVATE KEY-----\n{line}\n{line}\n-----END {kind}PRIVATE KEY-----\n"
            );
            found_anyhow(PrivateKey, &[&key]);
        }
        let old = format!(
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{line}\n"
        );
        found_anyhow(PrivateKey, &[&old]);
        let block = format!("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{line}\n");
        found_anyhow(PrivateKey, &[&block]);
    }

    #[test]
    fn what_people_write_about_errors_is_clean() {
        clean(&[
            "",
            "Please attach the stack trace to your ticket.",
            "The stack trace: see below. It says nothing useful.",
            "Stack trace: none was recorded",
            "I got a Traceback (most recent call last) in the console, what now?",
            "We look at the caused by: field of the incident.",
            "Caused by: a loose cable",
            "Caused by: java.lang.NullPointerException, says my colleague",
            "It happened at line 12, line 13 was fine",
            "Queue in, line up, and wait",
            "in \"poem.txt\", line 4, the author",
            "TypeError: x\n    at f (https://cdn.example/app.js:1:761014)\n    at https://cdn.example/b.js:2:3",
            "meet me at noon   at the corner (bring a friend)",
            "   at the museum of modern art (new york)",
            "    at 10:30:15 we start",
            "The goroutine leak was fixed in 1.2",
            "goroutine [running] is a state",
            "He panicked at the sight of it",
            "Exception in thread pools are logged",
            "Parent went on line 3 times a day",
            "Your order is on line 2 of the invoice",
            "My error was a SQL syntax thing, please help",
            "There is an error in your SQL syntax, said the teacher",
            "check the manual that corresponds to your washing machine",
            "Use SQLSTATE to tell errors apart; SQLSTATE[...] holds the class",
            "Unknown column in the spreadsheet",
            "Unknown column 'Total' was ignored",
            "Duplicate entry found in the guest list",
            "Access denied for user alice",
            "Access denied for user 'alice'",
            "The user does not exist",
            "User \"alice\" does not exist",
            "column \"price\" does not exist in your import",
            "This violates the terms of service",
            "The request violates unique naming rules",
            "syntax error in your formula",
            "formula: syntax error",
            "Unexpected token: syntax error in JSON",
            "Something at or near the station",
            "no such table: ask the waiter for another seat",
            "There is no such table, sorry",
            "SQLITE_BUSY is returned when the file is locked",
            "Flight ORA-123 leaves at 9:00",
            "ORA-12345",
            "Violation of rule 7: no pets",
            "Error 1 (of 3): bad luck",
            "Error 1234: see the manual",
            "Invalid column name",
            "Invalid object name given",
            "Incorrect syntax near line 3",
            "The [SQL: advanced] course starts on Monday",
            "ActiveRecord::Base is a class of Rails",
            "We migrated to sqlite3. It was easy.",
            "import sqlite3\ndb = sqlite3.connect(path)",
            "except sqlalchemy.exc.OperationalError, try again",
            "We use java.sql.Connection and java.sql.Statement",
            "catch (SqlException e) { retry(); }",
        ]);
    }

    #[test]
    fn what_apis_and_pages_hold_is_clean() {
        clean(&[
            "/img/logo.png",
            "/app/assets/main.js",
            "/home/index.php",
            "/home/user/photo.jpg",
            "/var/www/html/",
            "/usr/local/bin",
            "/usr/share/icons/logo.png",
            "/opt/in/newsletter",
            "/data/v1/items",
            "/Users/42/orders",
            "https://shop.example/app/index.php?id=3",
            "https://shop.example/home/a/b.js:8080",
            "http://x/var/www/html/index.php",
            "<script src=\"/app/vendor/jquery.min.js\"></script>",
            "<a href=\"/home/src/orders/list.php\">list</a>",
            "see docs/usr/lib/x.py",
            "C:\\ is the system drive",
            "Save it under C:\\Users\\you\\Documents\\letter.docx",
            "the ratio is 4:\\www",
            "nginx/1.22.1 is out, says the blog",
            "We run Apache/2.4.1 on Debian",
            "<p>We moved from nginx/1.18 to nginx/1.22</p>",
            "{\"user-agent\":\"GuzzleHttp/7 curl/7.88.1 PHP/8.1.2\"}",
            "PHP/8.1 or later is needed",
            "Werkzeug/2.1 is a library",
            "Powered by people",
            "<title>Error</title><body><p>Sorry</p></body>",
            "<title>Error</title><pre>Cannot GET /x</pre>",
            "Server Error in our kitchen",
            "There was a server error in the application",
            "Whoops! There was an error.",
            "An unhandled exception occurred while processing the request, we are sorry.",
            "What is a Whitelabel Error Page?",
            "<h1>Whitelabel Error Page, and how to turn it off</h1>",
            "Set DEBUG = True in your settings",
            "{\"description\":\"A PEM file that begins with -----BEGIN PRIVATE KEY-----\"}",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n",
            "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo\n",
            "{\"error\":{\"code\":\"not_found\",\"message\":\"No such order\"}}",
            "{\"type\":\"about:blank\",\"title\":\"Internal Server Error\",\"status\":500}",
            "{\"file\":\"OrderService.java\",\"language\":\"Java\"}",
            "{\"files\":[\"src/main.rs\",\"lib/order.rb\",\"index.js\"]}",
            "The file Order.java: a tour",
            "main.rs:3 is the first line",
            "{\"sqlMessage\":{\"type\":\"string\"}}",
            "{\"enum\":[\"ER_DUP_ENTRY\",\"ER_PARSE_ERROR\",\"SQLITE_ERROR\"]}",
            "10:in `the` box",
            "sum:in 'x'",
            "function at(x) { return x; }\n    at.call(1)",
        ]);
    }

    #[test]
    fn any_bytes_are_examined_without_a_fault() {
        let pieces: Vec<String> = [
            "   at ",
            ".java:",
            "1)",
            "at a.b(",
            "\\",
            "\\n",
            "&quot;",
            "&",
            "<br",
            "\"",
            "'",
            ", line 3",
            "SQLSTATE[",
            "42S02]: ",
            "near ",
            ": syntax error",
            "/var/www/",
            "x/y.php",
            ":\\Users\\",
            "C",
            "-----BEGIN PRIVATE KEY-----",
            "PRIVATE KEY-----",
            "Server Error in ",
            "'/",
            "nginx/",
            ">",
            "\\u00",
            "\\u0027",
            ":in &",
            " on line ",
            "goroutine 1",
            "\u{e9}",
            "\0",
            "[SQL: ",
            "ORA-0",
        ]
        .map(str::to_owned)
        .to_vec();
        let mut seed = 11_u64;
        let mut roll = |sides: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as usize % sides
        };
        for _ in 0..50_000 {
            let count = roll(9);
            let text: String = (0..count).map(|_| pieces[roll(pieces.len())].as_str()).collect();
            let cut = roll(text.len() + 1);
            let bytes = &text.as_bytes()[cut..];
            if let Some(met) = examine(bytes) {
                assert!(met.at + met.bytes <= bytes.len(), "{text}");
                // What is before a form does not hide it, if it is not a part of it.
                let shifted = [b"... \n", bytes].concat();
                if cut == 0 && met.at > 0 {
                    assert!(examine(&shifted).is_some(), "{text}");
                }
            }
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for unit in [
            "   at ",
            ", line ",
            " on line ",
            "/home/",
            "\\/home\\/",
            ":\\Users\\",
            "SQLSTATE[",
            "   at a.b.c(",
            " does not exist",
            "PRIVATE KEY-----",
            "&quot;",
            "\\",
            "<title>Error</title>",
            ".java:1",
        ] {
            let text: Vec<u8> = unit.bytes().cycle().take(256 * 1024).collect();
            let start = std::time::Instant::now();
            examine(&text);
            assert!(start.elapsed().as_millis() < 4_000, "{unit}");
        }
    }
}
