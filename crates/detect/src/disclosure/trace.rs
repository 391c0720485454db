//! Stack traces, by their frames: a frame has a place in the code, a mention of one has not.
//!
//! Reads    the window around a sign.
//! Misses   a single frame without file and line; frames that a logger reworded.

use super::window::{
    digits, digits_back, has, is_dotted, is_name, line, quote, quoted, split_back, split_front,
};

/// What a sign of a trace must turn out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// `at a.b.C.m(C.java:12)`, the sign being `.java:`.
    JavaFrame,
    /// `at a.b.C.m(Native Method)`.
    JavaPlace,
    /// `Caused by: a.b.CException: ...`, with a frame behind it.
    JavaCause,
    /// `Exception in thread "main" a.b.CException`.
    JavaThread,
    /// `Traceback (most recent call last)`, with a frame.
    Python,
    /// `File "x.py", line 3`, the sign being `, line `.
    PythonFrame,
    /// A line that begins with `at`: JavaScript or .NET.
    At,
    /// `goroutine 1 [running]:`.
    Go,
    /// `Stack trace:` and `#0`.
    Php,
    /// `in x.php on line 3`.
    PhpLine,
    /// `at x.pm line 3.`.
    Perl,
    /// `x.cs:line 3`.
    NetLine,
    /// The sign is enough.
    Certain,
    /// `x.rb:3:in`.
    Ruby,
    /// `panicked at src/x.rs:3:5`.
    Rust,
    /// `stack backtrace:` and its first frame.
    RustBacktrace,
}

pub(super) fn is(trace: Trace, before: &[u8], after: &[u8]) -> bool {
    match trace {
        Trace::JavaFrame => is_java_frame(before, after),
        Trace::JavaPlace => is_java_place(before),
        Trace::JavaCause => is_java_cause(after),
        Trace::JavaThread => {
            quote(after).is_some_and(|(_, rest)| is_exception(rest.trim_ascii_start()).is_some())
        }
        Trace::Python => memchr::memmem::find(after, b"File ").is_some_and(|at| {
            let file = after.get(at + 5..).unwrap_or_default();
            quote(file).is_some_and(|(_, rest)| rest.starts_with(b", line "))
        }),
        Trace::PythonFrame => is_python_frame(before, after),
        Trace::At => is_javascript_frame(after) || is_net_frame(after),
        Trace::Go => is_goroutine(after),
        Trace::Php => after.trim_ascii_start().starts_with(b"#0 "),
        Trace::PhpLine => is_php_line(before, after),
        Trace::Perl => {
            digits(after).is_some_and(|it| matches!(it, [b'.' | b',' | b'\n', ..] | []))
                && has(before, b" at ")
        }
        Trace::NetLine => digits(after).is_some(),
        Trace::Certain => true,
        Trace::Ruby => quoted(after) && is_ruby_place(before),
        Trace::Rust => has_rust_place(line(after)),
        Trace::RustBacktrace => after.trim_ascii_start().starts_with(b"0: "),
    }
}

fn is_java_frame(before: &[u8], after: &[u8]) -> bool {
    let rest = before.strip_suffix(b".java:").unwrap_or(before);
    let (rest, file) = split_back(rest, is_name);
    let closes = digits(after).is_some_and(|it| it.first() == Some(&b')'));
    let opened = rest.strip_suffix(b"(");
    closes && !file.is_empty() && opened.is_some_and(is_java_method)
}

fn is_java_place(before: &[u8]) -> bool {
    let start = memchr::memrchr(b'(', before).unwrap_or(0);
    before.get(..start).is_some_and(is_java_method)
}

/// Ends with `at a.b.C.m`.
fn is_java_method(before: &[u8]) -> bool {
    let more = |it: u8| is_dotted(it) || matches!(it, b'/' | b'<' | b'>' | b'@' | b'-' | b'~');
    let (rest, name) = split_back(before, more);
    has(name, b".") && rest.ends_with(b"at ")
}

fn is_java_cause(after: &[u8]) -> bool {
    is_exception(after).is_some()
        && [&b"\n\tat "[..], b"\n    at ", b"\n at ", b"\n\t... "].iter().any(|it| has(after, it))
}

/// Begins with a dotted name of an exception; what follows it.
fn is_exception(text: &[u8]) -> Option<&[u8]> {
    let (name, rest) = split_front(text, is_dotted);
    let is_it = has(name, b".") && (name.ends_with(b"Exception") || name.ends_with(b"Error"));
    (is_it && matches!(rest, [] | [b':' | b'\n' | b'\r', ..])).then_some(rest)
}

fn is_python_frame(before: &[u8], after: &[u8]) -> bool {
    let Some(rest) = before.strip_suffix(b", line ") else { return false };
    let file = rest.strip_suffix(b"\"").or_else(|| rest.strip_suffix(b"'"));
    let named = file.is_some_and(|it| {
        (it.ends_with(b".py") || it.ends_with(b".pyx"))
            && (has(it, b"File \"") || has(it, b"File '"))
    });
    named && digits(after).is_some_and(|it| matches!(it, [b',' | b'\n' | b'\r', ..]))
}

const SCRIPTS: &[&[u8]] = &[b".js", b".mjs", b".cjs", b".ts", b".tsx", b".jsx", b".mts"];

/// The rest of a frame of V8: it ends with file, line and column.
fn is_javascript_frame(after: &[u8]) -> bool {
    let line = line(after);
    let end = memchr::memmem::find(line, b"</").or_else(|| memchr::memchr(b'"', line));
    let line = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
    let line = line.trim_ascii_end();
    let place = line.strip_suffix(b")").unwrap_or(line);
    let file = digits_back(place)
        .and_then(|it| it.strip_suffix(b":"))
        .and_then(digits_back)
        .and_then(|it| it.strip_suffix(b":"));
    // A frame of a browser names what everyone can fetch.
    let is_local = |it: &[u8]| !has(it, b"://") || has(it, b"file://");
    file.is_some_and(|it| {
        is_local(it)
            && (SCRIPTS.iter().any(|end| it.ends_with(end))
                || has(it, b"node:")
                || has(it, b"(internal/")
                || it.ends_with(b"<anonymous>"))
    })
}

/// The rest of a frame of .NET: a method with its arguments, and file and line or another frame.
fn is_net_frame(after: &[u8]) -> bool {
    let more = |it: u8| {
        is_dotted(it) || matches!(it, b'<' | b'>' | b'`' | b'+' | b'|' | b'[' | b']' | b',')
    };
    let (name, rest) = split_front(after, more);
    if name.iter().filter(|it| **it == b'.').count() < 2 || rest.first() != Some(&b'(') {
        return false;
    }
    let Some(end) = memchr::memchr(b')', rest) else { return false };
    let rest = rest.get(end + 1..).unwrap_or_default();
    if rest.starts_with(b" in ") {
        return memchr::memmem::find(line(rest), b":line ")
            .and_then(|at| digits(rest.get(at + 6..)?))
            .is_some();
    }
    matches!(rest, [b'\n' | b'\r', ..]) && rest.trim_ascii_start().starts_with(b"at ")
}

fn is_goroutine(after: &[u8]) -> bool {
    let state = digits(after).and_then(|it| it.strip_prefix(b" ["));
    state.is_some_and(|it| {
        let (words, rest) = split_front(it, |it| {
            it.is_ascii_alphanumeric() || matches!(it, b' ' | b',' | b'(' | b')' | b'-')
        });
        !words.is_empty() && rest.starts_with(b"]:")
    })
}

fn is_php_line(before: &[u8], after: &[u8]) -> bool {
    let number = after.strip_prefix(b"<b>").unwrap_or(after);
    let file = before.strip_suffix(b" on line ").unwrap_or(before);
    let file = file.strip_suffix(b"</b>").unwrap_or(file);
    let file = file.strip_suffix(b"\"").unwrap_or(file);
    let is_php =
        [&b".php"[..], b".phtml", b".inc", b"eval()'d code"].iter().any(|it| file.ends_with(it));
    digits(number).is_some() && is_php && has(file, b" in ")
}

/// Ends with `x.rb:3:in `.
fn is_ruby_place(before: &[u8]) -> bool {
    let file =
        before.strip_suffix(b":in ").and_then(digits_back).and_then(|it| it.strip_suffix(b":"));
    file.is_some_and(|it| {
        [
            &b".rb"[..],
            b".erb",
            b".rake",
            b".ru",
            b".haml",
            b".slim",
            b".jbuilder",
            b"(eval)",
            b"(irb)",
        ]
        .iter()
        .any(|end| it.ends_with(end))
    })
}

fn has_rust_place(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b".rs:").any(|at| {
        let place = text.get(at + 4..).and_then(digits).and_then(|it| it.strip_prefix(b":"));
        place.and_then(digits).is_some()
    })
}
