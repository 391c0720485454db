//! Paths of source files on a server, and private keys.
//!
//! Reads    the raw text for paths, since a backslash in it can be a separator or an escape.
//! Misses   paths outside the usual roots; paths with spaces on Unix; roots that URLs have too
//!          (`/app`, `/home`) where neither a line nor a folder of libraries is named; keys
//!          without their head line.

use super::window::{Window, digits, split_front};

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// No URL begins so.
    Server,
    /// URLs begin so too.
    Shared,
    /// `C:\`, the sign beginning at the colon.
    Windows,
}

/// Longest path that is read.
const PATH_BYTES_MAX: usize = 256;

const SOURCES: &[&[u8]] = &[
    b"php", b"phtml", b"inc", b"py", b"pyc", b"rb", b"erb", b"js", b"mjs", b"cjs", b"ts", b"tsx",
    b"jsx", b"java", b"class", b"jar", b"war", b"kt", b"scala", b"go", b"rs", b"cs", b"vb",
    b"cshtml", b"aspx", b"ascx", b"asp", b"ashx", b"jsp", b"pl", b"pm", b"cgi", b"lua", b"ex",
    b"exs", b"erl", b"c", b"cc", b"cpp", b"sql", b"twig",
];

/// Folders that only a file system has.
const FOLDERS: &[&[u8]] = &[
    b"site-packages",
    b"dist-packages",
    b"node_modules",
    b"vendor",
    b"gems",
    b"public_html",
    b"htdocs",
    b"wwwroot",
    b"venv",
    b".venv",
    b"controllers",
    b"src",
];

/// Attributes whose value is a URL.
const LINKS: &[&[u8]] = &[b"src=", b"href=", b"action=", b"url(", b"poster=", b"data-src="];

/// The length of the path that begins at `at`, if it names a source file of the server.
pub(super) fn path(text: &[u8], at: usize, root: Root) -> Option<usize> {
    let (before, rest) = text.split_at_checked(at)?;
    let rest = rest.get(..PATH_BYTES_MAX).unwrap_or(rest);
    if !begins(before, root) {
        return None;
    }
    let windows = root == Root::Windows;
    let end = if windows { windows_end(rest) } else { unix_end(rest) };
    let path = rest.get(..end)?;
    let path = if path.last() == Some(&b'.') { path.get(..end - 1)? } else { path };
    let mut segments = path.split(|it| matches!(it, b'/' | b'\\')).filter(|it| !it.is_empty());
    let count = segments.clone().count();
    let file = segments.next_back()?;
    let dot = memchr::memrchr(b'.', file).filter(|it| *it > 0)?;
    if count < 3 || !SOURCES.contains(&file.get(dot + 1..)?) {
        return None;
    }
    let is_told = match root {
        Root::Server | Root::Windows => true,
        Root::Shared => {
            segments.clone().any(|it| FOLDERS.contains(&it)) && !is_link(before)
                || has_line(text, at + path.len())
        }
    };
    is_told.then_some(path.len())
}

fn begins(before: &[u8], root: Root) -> bool {
    if root == Root::Windows {
        let Some((drive, rest)) = before.split_last() else { return false };
        return drive.is_ascii_alphabetic()
            && rest.last().is_none_or(|it| !it.is_ascii_alphanumeric() || is_escaped(rest));
    }
    if is_link(before) {
        return false;
    }
    match before.last() {
        None => true,
        Some(b'n' | b'r' | b't') => is_escaped(before),
        Some(b'/') => before.ends_with(b"file://"),
        Some(it) => {
            it.is_ascii_whitespace()
                || matches!(
                    it,
                    b'"' | b'\'' | b'`' | b'(' | b'[' | b'<' | b'>' | b'{' | b',' | b';' | b'|'
                )
        }
    }
}

/// Ends with an escape of JSON for white space.
fn is_escaped(before: &[u8]) -> bool {
    matches!(before, [.., b'\\', b'n' | b'r' | b't'])
}

fn is_link(before: &[u8]) -> bool {
    let quotes: &[&[u8]] = &[b"\\\"", b"\"", b"'", b"&quot;", b"&#34;", b"&#39;", b"&#x27;"];
    let quoted = quotes.iter().find_map(|it| before.strip_suffix(*it)).unwrap_or(before);
    LINKS.iter().any(|it| quoted.ends_with(it))
}

/// Separators are `/`, or `\/` as JSON has it.
fn unix_end(rest: &[u8]) -> usize {
    let mut end = 0;
    let mut left = rest;
    loop {
        let step = match left {
            [b'\\', b'/', ..] => 2,
            [it, ..]
                if it.is_ascii_alphanumeric()
                    || matches!(it, b'/' | b'.' | b'_' | b'-' | b'+' | b'@' | b'~' | b'$') =>
            {
                1
            }
            _ => return end,
        };
        end += step;
        left = left.get(step..).unwrap_or_default();
    }
}

/// Up to what no name of a file has; a place in the file is not part of it.
fn windows_end(rest: &[u8]) -> usize {
    let stops = |it: &u8| {
        matches!(
            it,
            b'"' | b'\'' | b'<' | b'>' | b'|' | b'?' | b'*' | b':' | b'(' | b',' | b'&' | 0..=0x1F
        )
    };
    let body = rest.get(1..).unwrap_or_default();
    let end = body.iter().position(stops).map_or(rest.len(), |it| it + 1);
    // Prose behind a path (`x.php on line 3`) begins with a space behind the extension.
    let path = rest.get(..end).unwrap_or_default();
    let dotted = memchr::memchr_iter(b' ', path).find(|&space| {
        let head = path.get(..space).unwrap_or_default();
        memchr::memrchr(b'.', head)
            .is_some_and(|dot| head.get(dot + 1..).is_some_and(|it| SOURCES.contains(&it)))
    });
    dotted.unwrap_or(end)
}

/// Whether a line follows: `:3`, `(3)`, `, line 3`, ` on line 3`.
fn has_line(text: &[u8], end: usize) -> bool {
    let window = Window::around(text, end);
    let after = window.after();
    let (_, bare) = split_front(after, |it| matches!(it, b'"' | b'\''));
    let marks: &[&[u8]] = &[b":line ", b":", b"(", b", line ", b" on line ", b" line "];
    marks.iter().any(|it| {
        let text = if it.starts_with(b",") { bare } else { after };
        text.strip_prefix(*it).and_then(digits).is_some()
    })
}

/// Bytes of Base64 that make a key of it, not an example of one.
const KEY_BYTES_MIN: usize = 40;

/// The head line of a key is before, its content behind.
pub(super) fn is_key(before: &[u8], after: &[u8]) -> bool {
    let head = before.strip_suffix(b"-----").unwrap_or_default();
    let head = head.strip_suffix(b" BLOCK").unwrap_or(head);
    let Some(head) = head.strip_suffix(b"PRIVATE KEY") else { return false };
    let start = memchr::memrchr(b'-', head).map_or(0, |it| it + 1);
    let kind = head.get(start..).unwrap_or_default();
    let begins = head.get(..start).is_some_and(|it| it.ends_with(b"-----"));
    let kind_is = kind
        .strip_prefix(b"BEGIN ")
        .is_some_and(|it| it.iter().all(|it| it.is_ascii_uppercase() || *it == b' '));
    begins && kind_is && after.split(|it| matches!(it, b'\n' | b'\r')).any(is_key_line)
}

fn is_key_line(line: &[u8]) -> bool {
    let (content, _) = split_front(line.trim_ascii(), |it| {
        it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/')
    });
    content.len() >= KEY_BYTES_MIN
}
