//! Expressions of templates on the server: what stands between the delimiters of an engine and
//! calculates, reaches objects or runs programs.
//!
//! Placeholders of mails and texts of front ends (`{{name}}`, `{{ user.name | upper }}`, `${HOME}`)
//! name a value. An attack multiplies two constants to see whether they are multiplied, or goes from
//! any value to its class, from there to the loader, and on to a program.
//!
//! Reads    the first `READ_BYTES_MAX` bytes of a value, at most `EXPRESSIONS_MAX` expressions.
//! Memory   none.
//! Misses   names put together from pieces (`'__cla'+'ss__'`), unless they are called; expressions
//!          of engines with other delimiters; what an engine's own filters do.
//! Source   CWE-1336, CWE-917; the manuals of Jinja, Twig, Freemarker, Velocity, ERB, Handlebars,
//!          Razor, Smarty, Mako, Pug, Thymeleaf, Liquid, and of EL, OGNL and SpEL.

use super::caseless::{self, Words};
use super::marks::Marks;
use super::sign::{Input, Signs, signs};

/// Bytes that are read.
const READ_BYTES_MAX: usize = 2 * 1024;

/// Longest value that is an attack and nothing else.
const WHOLE_BYTES_MAX: usize = 1024;

/// Longest text before the first expression.
const LEAD_BYTES_MAX: usize = 48;

/// Expressions that are looked at.
const EXPRESSIONS_MAX: usize = 16;

signs! {
    CALCULATES = 0, "constants are calculated", Certain;
    CLASS = 1, "classes are reached", Certain;
    PLATFORM = 2, "objects of the platform are reached", Certain;
    RUNS = 3, "a program is run", Certain;
    FILTER = 4, "a filter runs a function", Certain;
    CONSTRUCTS = 5, "a constructor is reached", Certain;
    DIRECTIVE = 6, "a directive imports or runs", Certain;
    POLYGLOT = 7, "delimiters of several engines", Certain;
    CALCULATES_IN_TEXT = 8, "constants are calculated in text", Likely;
    CLASS_IN_TEXT = 9, "classes are reached in text", Likely;
    PLATFORM_IN_TEXT = 10, "objects of the platform in text", Likely;
    RUNS_IN_TEXT = 11, "a program is run in text", Likely;
    BARE_CLASS = 12, "classes are reached without delimiters", Likely;
    BARE_PLATFORM = 13, "objects of the platform without delimiters", Likely;
    BARE_RUNS = 14, "a program is run without delimiters", Likely;
    CALLS_LITERAL = 15, "a method of a literal", Likely;
    GLOBALS = 16, "globals of an engine", Likely;
    CALLS = 17, "a call in an expression", Hint;
    EXPRESSION = 18, "an expression and nothing else", Hint;
    STATEMENT = 19, "a statement of a template", Hint;
    ERRS = 20, "an error is provoked", Likely;
    OPEN = 21, "an expression that is not closed", Hint;
    BLOCK_TRICK = 22, "a block with a value of its own", Likely;
    SCRIPTLET = 23, "a scriptlet", Hint;
    ASSIGNS = 24, "an assignment in a directive", Likely;
    BREAKS_OUT = 25, "an expression is closed before one opens", Likely;
}

/// What encloses expressions, or chains them.
pub(super) const NEEDED: Marks = Marks::BRACE
    .and(Marks::LESS)
    .and(Marks::HASH)
    .and(Marks::BRACKET)
    .and(Marks::AT)
    .and(Marks::DOT);

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let marks = input.marks;
    let delimited = marks.has(Marks::BRACE)
        || marks.has(Marks::LESS) && marks.has_any(Marks::PERCENT.and(Marks::HASH))
        || marks.has(Marks::HASH.and(Marks::PARENTHESIS))
        || marks.has(Marks::BRACKET)
            && marks.has_any(Marks::DOLLAR.and(Marks::STAR).and(Marks::EQUALS).and(Marks::HASH))
        || marks.has(Marks::AT.and(Marks::PARENTHESIS));
    let is_code = marks.has(Marks::DOT)
        && marks.has_any(Marks::PARENTHESIS.and(Marks::BRACKET).and(Marks::UNDERSCORE));
    if !delimited && !is_code {
        return signs;
    }
    let text = input.text.get(..READ_BYTES_MAX).unwrap_or(input.text);
    let is_short = input.text.len() <= WHOLE_BYTES_MAX;
    if delimited {
        expressions(&mut signs, text, is_short);
    }
    if is_code && is_short {
        bare(&mut signs, text);
    }
    signs
}

/// An expression as it stands in a value.
#[derive(Clone, Copy, Debug)]
struct Expression<'a> {
    kind: Kind,
    body: &'a [u8],
    is_closed: bool,
}

/// What encloses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `{{ }}`.
    Braces,
    /// `${ }`, `#{ }`, `*{ }`, `@{ }`, `~{ }`, `%{ }`.
    Sigil,
    /// `<% %>`, `<%= %>`.
    Scriptlet,
    /// `{% %}`.
    Statement,
    /// `<#assign >`, `#set( )`.
    Directive,
    /// `@( )`.
    Razor,
    /// `{ }`, of Smarty.
    Brace,
    /// `[[ ]]`, `[( )]`, of Thymeleaf.
    Inline,
}

/// The opener at which `text` begins: its kind, its bytes and what closes it.
fn opener(text: &[u8]) -> Option<(Kind, usize, &'static [u8])> {
    Some(match text {
        [b'{', b'{', ..] => (Kind::Braces, 2, b"}}"),
        [b'{', b'%', ..] => (Kind::Statement, 2, b"%}"),
        [b'$' | b'#' | b'*' | b'@' | b'~' | b'%', b'{', ..] => (Kind::Sigil, 2, b"}"),
        [b'<', b'%', ..] => (Kind::Scriptlet, 2, b"%>"),
        [b'<', b'#', b'a'..=b'z', ..] => (Kind::Directive, 2, b">"),
        [b'#', b's', b'e', b't', b'(', ..] => (Kind::Directive, 1, b")\n"),
        [b'#', b'f', b'o', b'r', b'e', b'a', b'c', b'h', ..] => (Kind::Directive, 1, b")"),
        [b'@', b'(', ..] => (Kind::Razor, 2, b")"),
        [b'[', b'[', ..] => (Kind::Inline, 2, b"]]"),
        [b'[', b'(', ..] => (Kind::Inline, 2, b")]"),
        [b'[', b'=', ..] => (Kind::Razor, 2, b"]"),
        [b'[', b'#', b'a'..=b'z', ..] => (Kind::Directive, 2, b"]"),
        [b'{', b'$' | b'=' | b'#' | b'a'..=b'z' | b'A'..=b'Z', ..] => (Kind::Brace, 1, b"}"),
        _ => return None,
    })
}

/// Longest expression.
const BODY_BYTES_MAX: usize = 768;

/// Expressions whose names are looked up. The others are looked at for calculations only.
const CLOSE_LOOKS_MAX: usize = 4;

fn expressions(signs: &mut Signs, text: &[u8], is_short: bool) {
    let trimmed = text.trim_ascii();
    signs.note(
        POLYGLOT,
        ["${{<%", "{{<%", "<%[%", "}}${", "%}{{"].iter().any(|it| {
            memchr::memmem::find(trimmed, it.as_bytes()).is_some()
                && trimmed.contains(&b'\'')
                && is_short
                || trimmed.starts_with(b"${{<%")
        }),
    );
    let mut rest = trimmed;
    let mut lead = 0;
    let mut begins = None;
    for n in 0..EXPRESSIONS_MAX {
        let Some(at) = next_opener(rest) else { return };
        lead += at;
        let Some((kind, skip, close)) = rest.get(at..).and_then(opener) else { return };
        let inside = rest.get(at + skip..).unwrap_or_default();
        let read = inside.get(..BODY_BYTES_MAX).unwrap_or(inside);
        let end = memchr::memmem::find(read, close);
        let end = if kind == Kind::Sigil { closing_brace(read) } else { end };
        let body = inside.get(..end.unwrap_or(read.len())).unwrap_or_default();
        let expression = Expression { kind, body, is_closed: end.is_some() };
        let before = trimmed.get(..lead).unwrap_or_default();
        let is_whole = *begins.get_or_insert_with(|| is_short && is_lead(before));
        judge(
            signs,
            &expression,
            is_short,
            is_whole,
            n < CLOSE_LOOKS_MAX,
            lead == 0 && trimmed.len() <= skip + body.len() + close.len() + TAIL_BYTES_MAX,
        );
        // The body is looked at again: expressions nest.
        rest = inside;
        lead += skip;
    }
}

/// Bytes behind an expression that is nothing else.
const TAIL_BYTES_MAX: usize = 4;

fn next_opener(text: &[u8]) -> Option<usize> {
    let is_anchor =
        |it: &u8| matches!(it, b'{' | b'<' | b'#' | b'@' | b'[' | b'$' | b'*' | b'~' | b'%');
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = from + rest.iter().position(is_anchor)?;
        if opener(text.get(at..)?).is_some() {
            return Some(at);
        }
        from = at + 1;
    }
}

/// Where the brace is closed that stands before `text`.
fn closing_brace(text: &[u8]) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            },
            _ => {}
        }
    }
    None
}

/// Whether what stands before the first expression is no sentence: a word, marks, a URL.
fn is_lead(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    text.len() <= LEAD_BYTES_MAX
        && (!text.iter().any(u8::is_ascii_whitespace) || !text.iter().any(u8::is_ascii_alphabetic))
}

/// What an expression says. `is_whole`: the value is nothing but expressions; `is_close`: its names
/// are looked up; `is_only`: it is one expression.
fn judge(
    signs: &mut Signs,
    it: &Expression<'_>,
    is_short: bool,
    is_whole: bool,
    is_close: bool,
    is_only: bool,
) {
    let body = it.body.trim_ascii();
    let is_code = matches!(it.kind, Kind::Scriptlet | Kind::Statement | Kind::Directive);
    let is_sure = is_whole && it.kind != Kind::Inline;
    let both = |signs: &mut Signs, certain: usize, likely: usize, is_seen: bool| {
        signs.note(certain, is_seen && is_sure);
        signs.note(likely, is_seen && is_short);
    };
    signs.note(DIRECTIVE, is_sure && directive(it.kind, body));
    signs.note(GLOBALS, it.kind == Kind::Brace && body.starts_with(b"$smarty"));
    // A brace alone opens blocks of code.
    if it.kind == Kind::Brace {
        return;
    }
    let calculates = it.is_closed && calculates(body) && it.kind != Kind::Inline;
    both(signs, CALCULATES, CALCULATES_IN_TEXT, calculates);
    signs.note(ERRS, is_whole && (body.starts_with(b"1/0") || caseless::contains(body, b"(1/0).")));
    if !is_close {
        return;
    }
    let reached = Reached::of(body);
    both(signs, CLASS, CLASS_IN_TEXT, reached.class);
    both(signs, PLATFORM, PLATFORM_IN_TEXT, reached.platform);
    let is_scriptlet = it.kind == Kind::Scriptlet;
    let quotes_command = is_scriptlet
        && matches!(body, [b'=', b'`', ..] | [b'=', b' ' | b'(', b'`', ..] | [b'`', ..]);
    let percent = memchr::memmem::find(body, b"%x|").or_else(|| memchr::memmem::find(body, b"%x{"));
    both(signs, RUNS, RUNS_IN_TEXT, reached.runs || quotes_command || percent == Some(0));
    let is_braced = matches!(it.kind, Kind::Braces | Kind::Statement);
    signs.note(FILTER, is_sure && is_braced && has_filter(body));
    signs.note(CONSTRUCTS, is_sure && constructs(body));
    signs.note(CALLS_LITERAL, is_sure && calls_literal(body));
    signs.note(
        GLOBALS,
        is_sure && has_global(body) || it.kind == Kind::Brace && body.starts_with(b"$smarty"),
    );
    signs.note(CALLS, is_whole && has_call(body));
    signs.note(EXPRESSION, is_only && !is_code && it.is_closed);
    signs.note(STATEMENT, is_whole && it.kind == Kind::Statement);
    signs.note(SCRIPTLET, is_whole && it.kind == Kind::Scriptlet);
    signs.note(OPEN, is_whole && !it.is_closed && matches!(it.kind, Kind::Braces | Kind::Sigil));
    let sets = it.kind == Kind::Statement
        && caseless::starts_any(body, &["set ", "block ", "with "])
        && body.contains(&b'(')
        || it.kind == Kind::Braces && body.starts_with(b"#with ") && body.contains(&b'"');
    signs.note(BLOCK_TRICK, is_whole && sets);
    signs.note(
        ASSIGNS,
        is_whole && it.kind == Kind::Directive && caseless::starts_any(body, &["assign", "set("]),
    );
}

/// Constants and operators, nothing else: `7*7`, `7*'7'`, `"a"+"b"`, `364|add:733`.
fn calculates(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"=").unwrap_or(body);
    let body = body.strip_prefix(b"{").unwrap_or(body);
    let body = body.strip_suffix(b"}").unwrap_or(body);
    let is_operator = |it: &u8| matches!(it, b'*' | b'+' | b'/' | b'%' | b'-');
    let is_part = |it: &u8| {
        it.is_ascii_digit()
            || is_operator(it)
            || matches!(it, b' ' | b'(' | b')' | b'\'' | b'"' | b'.')
    };
    let digits = body.iter().filter(|it| it.is_ascii_digit()).count();
    let inner =
        body.iter().enumerate().any(|(at, it)| is_operator(it) && at > 0 && at + 1 < body.len());
    let numbers = body.split(|it| !it.is_ascii_digit()).filter(|it| !it.is_empty()).count();
    let is_filter =
        matches!(body, [b'0'..=b'9', ..]) && memchr::memmem::find(body, b"|add:").is_some();
    // `2024-01-31` is a date.
    let is_date = numbers >= 3 && !body.iter().any(|it| matches!(it, b'*' | b'+' | b'%'));
    is_filter
        || body.iter().all(is_part)
            && digits >= 2
            && numbers >= 2
            && inner
            && !is_date
            && body.len() <= 64
        || body.len() <= 32
            && (body.starts_with(b"'") || body.starts_with(b"\""))
            && memchr::memmem::find(body, b"'*")
                .or_else(|| memchr::memmem::find(body, b"\"*"))
                .is_some()
}

/// What the names in a text reach.
#[derive(Clone, Copy, Debug, Default)]
struct Reached {
    class: bool,
    platform: bool,
    runs: bool,
}

impl Reached {
    /// Of all names in `text`, each looked up once.
    fn of(text: &[u8]) -> Self {
        let mut found = Self::default();
        let mut before: &[u8] = &[];
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
            let count = rest.iter().take_while(|it| is_in_name(it)).count();
            if count == 0 {
                at += 1;
                continue;
            }
            let name = rest.get(..count).unwrap_or_default();
            let mark = at.checked_sub(1).and_then(|at| text.get(at)).copied().unwrap_or(0);
            found.note(before, mark, name, rest.get(count..).unwrap_or_default());
            before = name;
            at += count;
        }
        found
    }

    fn note(&mut self, before: &[u8], mark: u8, name: &[u8], after: &[u8]) {
        if name.len() > NAME_BYTES_MAX {
            return;
        }
        let is_called = after.first() == Some(&b'(');
        let is_after = |names: &[&str]| {
            mark == b'.' && names.iter().any(|it| before.eq_ignore_ascii_case(it.as_bytes()))
        };
        let is = |names: &[&str]| names.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
        self.class |= name.starts_with(b"_") && CLASS_NAMES.has(name)
            || is(&["mro"]) && mark == b'.' && (is_called || is_after(&["class"]))
            || is(&["attr"]) && mark == b'|' && is_called
            || is(&["func_globals", "gi_frame", "cr_frame"])
            || is(&["subclasses"]) && is_called;
        self.platform |= PLATFORM_NAMES.has(name)
            || is(&["lang", "util", "io", "net"]) && is_after(&["java"])
            || is(&["system", "popen"]) && is_after(&["os"])
            || is(&["os"]) && is_after(&["util", "inspect", "linecache", "compat"])
            || is(&["diagnostics"]) && is_after(&["system"])
            || is(&["start"]) && is_after(&["process"])
            || is(&["template"]) && is_after(&["freemarker"])
            || is(&["inspect"]) && is_after(&["class"])
            || is(&["process"]) && is_after(&["global", "root"])
            || is(&["file", "url"]) && is_called && before == b"new"
            || is(&["newinstance", "getmethod", "getdeclaredmethod"]) && is_called && mark == b'.'
            || is(&["evaluate", "eval"]) && is_called && is_after(&["this"])
            || is(&["env"]) && is_after(&["_self"])
            || is(&["new", "api"]) && mark == b'?'
            || name == b"T" && is_called && mark != b'.';
        let opens =
            is_called && matches!(after, [b'(', b'\'' | b'"', b'/' | b'.' | b'C' | b'c', ..]);
        self.runs |= is_called && (RUNNER_NAMES.has(name) || caseless::starts(name, b"popen"))
            || is(&["open", "include", "source", "read", "file_excerpt"]) && opens
            || is(&["execute"]) && is_called && mark == b'.'
            || is(&["child_process", "check_output", "subprocess"])
            || is(&["entries", "glob", "binread", "popen", "readlines"])
                && is_after(&["dir", "io"])
            || is(&["x"]) && mark == b'%' && is_called
            || is(&["open", "read"]) && is_after(&["file"])
            || is(&["cmd", "shell"]) && is_after(&["system"]);
    }
}

/// Longest name that is looked up.
const NAME_BYTES_MAX: usize = 40;

fn is_in_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

/// Attributes that lead from a value of Python to its class and on, sorted.
const CLASS_NAMES: Words = Words::new(&[
    "__base__",
    "__bases__",
    "__builtins__",
    "__class__",
    "__code__",
    "__getattribute__",
    "__getitem__",
    "__globals__",
    "__import__",
    "__include__",
    "__init__",
    "__mro__",
    "__proto__",
    "__subclasses__",
    "_mmarker",
    "_nsattr__parent",
    "_templatereference__context",
]);

/// Names of Java, .NET and engines from which programs are reached, sorted.
const PLATFORM_NAMES: Words = Words::new(&[
    "_memberaccess",
    "_tpl_vars",
    "asttest",
    "beanfactory",
    "classloader",
    "createnewfile",
    "facescontext",
    "forname",
    "freemarker",
    "getclass",
    "getdeclaredmethod",
    "getdeclaredmethods",
    "getmethod",
    "getmethods",
    "getruntime",
    "getservletcontext",
    "groovyclassloader",
    "javax",
    "jythonruntime",
    "linecache",
    "mainmodule",
    "methodclosure",
    "objectconstructor",
    "ognl",
    "processbuilder",
    "protectiondomain",
    "registerundefinedfiltercallback",
    "requestcontextholder",
    "scriptenginemanager",
    "smarty_internal_write_file",
    "springmacrorequestcontext",
    "systemproperties",
    "writefile",
]);

/// Functions that run programs or read files, sorted.
const RUNNER_NAMES: Words = Words::new(&[
    "check_output",
    "eval",
    "exec",
    "execsync",
    "fetch_object",
    "file_get_contents",
    "file_put_contents",
    "from_pyfile",
    "get_user_file",
    "instance_eval",
    "passthru",
    "phpinfo",
    "popen",
    "proc_open",
    "shell_exec",
    "sleep",
    "spawn",
    "spawnsync",
    "system",
]);

/// `['id']|filter('system')`, `|map('passthru')`.
fn has_filter(body: &[u8]) -> bool {
    const FUNCTIONS: &[&str] = &[
        "system",
        "passthru",
        "shell_exec",
        "exec",
        "phpinfo",
        "popen",
        "assert",
        "call_user_func",
        "file_get_contents",
    ];
    body.contains(&b'|')
        && caseless::contains_any(body, FUNCTIONS)
        && caseless::contains_any(
            body,
            &["filter(", "map(", "sort(", "reduce(", "|filter", "|map", "~"],
        )
        || caseless::contains(body, b".filter(") && caseless::contains_any(body, FUNCTIONS)
        || caseless::contains(body, b"_context|")
}

fn constructs(body: &[u8]) -> bool {
    caseless::contains_any(
        body,
        &[
            "constructor.constructor",
            ".constructor(",
            "constructor'",
            "constructor\"",
            ".sub.constructor",
            "string.sub.apply",
            "string.split as",
        ],
    ) || body.starts_with(b"#with \"")
        || caseless::contains(body, b"this.push \"return")
}

fn directive(kind: Kind, body: &[u8]) -> bool {
    match kind {
        Kind::Statement => {
            caseless::starts_any(
                body,
                &["import os", "import subprocess", "import sys", "raw open", "debug"],
            ) || caseless::starts(body, b"include")
                && body.contains(&b'/')
                && caseless::contains(body, b"etc/")
        }
        Kind::Scriptlet => caseless::starts_any(body, &["import os", "@ page import"]),
        Kind::Brace => {
            let is_php = body.eq_ignore_ascii_case(b"php");
            is_php
                || caseless::starts_any(
                    body,
                    &[
                        "if system(",
                        "if phpinfo(",
                        "system(",
                        "exec(",
                        "passthru(",
                        "$smarty.version",
                        "$smarty.template_object",
                        "self::",
                        "fetch file=",
                    ],
                )
        }
        Kind::Directive => {
            caseless::contains_any(body, &["execute", "objectconstructor", "classloader"])
        }
        Kind::Braces | Kind::Sigil | Kind::Razor | Kind::Inline => false,
    }
}

/// `'a'.toUpperCase()`, `"x".execute()`, `[1,2].join()`.
fn calls_literal(body: &[u8]) -> bool {
    let [quote @ (b'\'' | b'"'), inside @ ..] = body else { return false };
    let Some(end) = memchr::memchr(*quote, inside) else { return false };
    matches!(
        inside.get(end + 1..),
        Some([b'.' | b'[' | b'|', b'a'..=b'z' | b'_' | b'\'' | b'"', ..])
    ) && inside.contains(&b'(')
}

/// Names that an engine itself defines and no application fills in.
fn has_global(body: &[u8]) -> bool {
    let count = body.iter().take_while(|it| it.is_ascii_alphanumeric() || **it == b'_').count();
    let name = body.get(..count).unwrap_or_default();
    let goes_on = body.get(count).is_some_and(|it| matches!(it, b'.' | b'(' | b'[' | b'|'));
    const GLOBALS: Words = Words::new(&[
        "_self",
        "app",
        "applicationscope",
        "config",
        "cycler",
        "debug",
        "dump",
        "g",
        "get_flashed_messages",
        "joiner",
        "lipsum",
        "namespace",
        "pagecontext",
        "param",
        "phpversion",
        "request",
        "requestscope",
        "self",
        "session",
        "sessionscope",
        "settings",
        "url_for",
    ]);
    let is_scope = goes_on && GLOBALS.has(name);
    is_scope
        && (body.contains(&b'(')
            || body.contains(&b'[')
            || caseless::contains_any(body, &["secret", "environ", ".env", "version", "password"]))
        || matches!(body, b"_self" | b"self")
        || caseless::starts_any(body, &["settings.secret", "= _.version", "=_.version"])
}

fn has_call(body: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'(', body) else { return false };
    at.checked_sub(1)
        .and_then(|at| body.get(at))
        .is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_')
}

/// What stands without delimiters: the value is put inside an expression.
fn bare(signs: &mut Signs, text: &[u8]) {
    let text = text.trim_ascii();
    let words = text
        .split(|it| it.is_ascii_whitespace())
        .filter(|it| it.len() > 1 && it.iter().all(u8::is_ascii_alphabetic))
        .take(BARE_WORDS_MAX + 1)
        .count();
    if words > BARE_WORDS_MAX {
        return;
    }
    let reached = Reached::of(text);
    // Ordinary code asks a value for its class, too.
    let is_chain = [
        "__subclasses__",
        "__globals__",
        "__builtins__",
        "__import__(",
        "__include__(",
        "[\"__class__\"]",
    ];
    signs.note(
        BARE_CLASS,
        reached.class
            && is_chain.iter().any(|it| memchr::memmem::find(text, it.as_bytes()).is_some()),
    );
    signs.note(BARE_PLATFORM, reached.platform && reached.runs);
    let is_run = caseless::starts_any(
        text,
        &[
            "elem(system.",
            "system.shell(",
            "system.cmd(",
            "%x(",
            "file.read(",
            "io.popen",
            "io.binread",
            "global.process",
            "1/(",
            "require('child_process",
            "require(\"child_process",
        ],
    ) && text.contains(&b'(')
        && (caseless::contains_any(
            text,
            &["system", "popen", "shell", "child_process", "exec", "%x", "file.read"],
        ));
    signs.note(BARE_RUNS, is_run);
    signs.note(ERRS, text.starts_with(b"(1/0).") || text.starts_with(b"1/0."));
    signs.note(
        BREAKS_OUT,
        caseless::starts_any(text, &["}}{{", "}}${", "%}{%", "%>{{", "%><%", "}${", "}#{"]),
    );
}

/// Words of a sentence that may stand in a bare expression.
const BARE_WORDS_MAX: usize = 6;

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(expected: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, expected, values);
    }

    #[test]
    fn tables_are_sorted() {
        assert!(CLASS_NAMES.is_sorted() && PLATFORM_NAMES.is_sorted() && RUNNER_NAMES.is_sorted());
    }

    #[test]
    fn constants_that_are_calculated_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "{{7*7}}",
                "${7*7}",
                "#{ 3 * 3 }",
                "<%= 7*7 %>",
                "{{7*'7'}}",
                "${{7*7}}",
                "*{7*7}",
                "@(1+2)",
                "a{{364|add:733}}b",
                "x?y={{4+4}}",
                "{{=7*7}}",
            ],
        );
    }

    #[test]
    fn the_way_to_a_program_is_certain() {
        check(
            Some(Strength::Certain),
            &[
                "{{ ''.__class__.__mro__[1].__subclasses__() }}",
                "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
                "{{request|attr('__class__')}}",
                "{% import os %}{{ os.system('id') }}",
                "{{['id']|filter('system')}}",
                "{{_self.env.registerUndefinedFilterCallback('exec')}}",
                "<#assign x='freemarker.template.utility.Execute'?new()>${x('id')}",
                "${\"x\".getClass().forName('java.lang.Runtime')}",
                "${T(java.lang.Runtime).getRuntime().exec('id')}",
                "%{(#a=@java.lang.Runtime@getRuntime().exec('id'))}",
                "#set($x=$y.getClass().forName('java.lang.Runtime'))",
                "<%= system('id') %>",
                "<%= `ls` %>",
                "#{root.process.mainModule.require('child_process').spawnSync('id')}",
                "{{#with \"s\" as |string|}}{{/with}}",
                "{{constructor.constructor('alert(1)')()}}",
                "{php}echo 1;{/php}",
                "{system('id')}",
                "@{System.Diagnostics.Process.Start('cmd.exe');}",
                "${self.module.cache.util.os.system('id')}",
                "[=\"freemarker.template.utility.Execute\"?new()(\"id\")]",
                "${{<%[%'\"}}%\\",
            ],
        );
    }

    #[test]
    fn globals_and_bare_expressions_are_likely() {
        check(
            Some(Strength::Likely),
            &[
                "{{config.items()}}",
                "{{settings.SECRET_KEY}}",
                "{{'a'.toUpperCase()}}",
                "T(java.lang.Runtime).getRuntime().exec('id')",
                "x.__init__.__globals__['os']",
                "global.process.mainModule.require('child_process').execSync('id')",
                "{$smarty.now}",
            ],
        );
    }

    #[test]
    fn placeholders_are_no_more_than_hints() {
        let values = [
            "{{name}}",
            "Dear {{ user.first_name }},",
            "Hello {{name | upper}}",
            "${HOME}/bin",
            "cd ${DIR}; eval(x)",
            "#{ }",
            "{ user(id: 1) { name } }",
            ".a { color: red }",
            "function f() { exec(x); }",
            "@(x)",
            "{{ i + 1 }}",
            "{{ 'key' | translate }}",
            "{{#if a}}b{{/if}}",
            "{% for a in b %}{{ a }}{% endfor %}",
            "<% if (x) { %>",
            "${{ secrets.TOKEN }}",
            "${{ github.ref }}",
            "def f(self):\n    return self.__class__.__name__",
            "{\"a\": 1}",
            "{{ count(x) }}",
            "${items.map(x => x.id)}",
            "#{3}",
            "{{2026-01-31}}",
            "@media (max-width: 3px) { a { top: 1px } }",
            "\\frac{7}{8}",
            "class A { B() : x(1) {} }",
            "[[link]]",
            "[text](url)",
            "{{< shortcode >}}",
            "$(date)",
            "{0} of {1}",
            "{%}",
            "User.system(1)",
        ];
        for value in values {
            let found = look(&Input::of(value.as_bytes(), false)).strength(SIGNS);
            assert!(found.is_none_or(|it| it == Strength::Hint), "{value}: {found:?}");
        }
        check(
            None,
            &[
                "",
                "alice",
                "a.b(c)",
                "Dear {name},",
                "{ user(id: 1) { name } }",
                ".a { color: red }",
                "f(x).g[0]",
            ],
        );
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in
            ["{{", "${", "<%", "#set(", "__class__.", "{", "[[", "(a.", "system(", "{{7*", "%{"]
        {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            look(&Input::of(&text, false));
            assert!(start.elapsed().as_millis() < 500, "{unit}: {:?}", start.elapsed());
        }
    }
}
