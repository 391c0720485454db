//! A tree as YAML in block style.
//!
//! A text is written without quotes only if no reader of YAML 1.1 or 1.2 can take it for anything else:
//! it begins with a letter, `/`, `_` or `$` and is no word of either schema. Texts of several lines
//! are literal blocks where that keeps them exact; everything else is a JSON string, which is a
//! string in YAML as well.
//!
//! Source   YAML 1.2.2, sections 6.1, 7.3, 8.1; YAML 1.1 types `bool`, `int`, `float`, `timestamp`, `merge`, `value`.

use super::json;
use super::tree::{Members, Tree};

/// Longer keys are written with `?`, because readers look only so far for the colon (section 7.4.2).
const KEY_BYTES_MAX: usize = 512;

/// Writes `tree`, which is at most a few hundred levels deep.
pub(super) fn write(tree: &Tree) -> String {
    let mut out = String::new();
    match tree {
        Tree::Map(members) if !members.0.is_empty() => map(members, 0, false, &mut out),
        Tree::List(items) if !items.is_empty() => list(items, 0, false, &mut out),
        Tree::Null
        | Tree::Bool(_)
        | Tree::Number(_)
        | Tree::Text(_)
        | Tree::List(_)
        | Tree::Map(_) => {
            scalar(tree, 0, &mut out);
        }
    }
    out
}

/// `is_inline`: the first line has its indentation already, as behind `- `.
fn map(members: &Members, level: usize, is_inline: bool, out: &mut String) {
    for (at, (key, value)) in members.0.iter().enumerate() {
        if at > 0 || !is_inline {
            indent(level, out);
        }
        let mut written = String::new();
        text(key, &mut written);
        if written.len() > KEY_BYTES_MAX {
            out.push_str("? ");
            json::string(key, out);
            out.push('\n');
            indent(level, out);
        } else {
            out.push_str(&written);
        }
        out.push(':');
        match value {
            Tree::Map(members) if !members.0.is_empty() => {
                out.push('\n');
                map(members, level + 1, false, out);
            }
            Tree::List(items) if !items.is_empty() => {
                out.push('\n');
                list(items, level + 1, false, out);
            }
            Tree::Null
            | Tree::Bool(_)
            | Tree::Number(_)
            | Tree::Text(_)
            | Tree::List(_)
            | Tree::Map(_) => {
                out.push(' ');
                scalar(value, level + 1, out);
            }
        }
    }
}

fn list(items: &[Tree], level: usize, is_inline: bool, out: &mut String) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 || !is_inline {
            indent(level, out);
        }
        out.push_str("- ");
        match item {
            Tree::Map(members) if !members.0.is_empty() => map(members, level + 1, true, out),
            Tree::List(items) if !items.is_empty() => list(items, level + 1, true, out),
            Tree::Null
            | Tree::Bool(_)
            | Tree::Number(_)
            | Tree::Text(_)
            | Tree::List(_)
            | Tree::Map(_) => scalar(item, level + 1, out),
        }
    }
}

/// Writes what fits behind a key, and the end of the line. A block of lines is indented to `level`.
fn scalar(tree: &Tree, level: usize, out: &mut String) {
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Bool(true) => out.push_str("true"),
        Tree::Bool(false) => out.push_str("false"),
        Tree::Number(number) => out.push_str(&number.to_string()),
        Tree::List(_) => out.push_str("[]"),
        Tree::Map(_) => out.push_str("{}"),
        Tree::Text(it) if is_block(it) => return block(it, level.max(1), out),
        Tree::Text(it) => text(it, out),
    }
    out.push('\n');
}

fn block(it: &str, level: usize, out: &mut String) {
    out.push_str(if it.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in it.strip_suffix('\n').unwrap_or(it).split('\n') {
        if !line.is_empty() {
            indent(level, out);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Whether a literal block gives exactly this text back: several lines, the first of which says how
/// far all are indented, and at most one line feed at the end.
fn is_block(it: &str) -> bool {
    let inner = it.strip_suffix('\n').unwrap_or(it);
    let is_plain = |it: char| !json::must_escape(it) || it == '\n';
    inner.contains('\n')
        && !inner.starts_with([' ', '\n', '\t'])
        && !inner.ends_with('\n')
        && inner.chars().all(is_plain)
        // A line of spaces alone loses them in some readers.
        && inner.split('\n').all(|line| line.is_empty() || !line.trim_matches(' ').is_empty())
}

fn text(it: &str, out: &mut String) {
    if is_plain(it) { out.push_str(it) } else { json::string(it, out) }
}

fn is_plain(it: &str) -> bool {
    let begins = it.starts_with(|first: char| first.is_ascii_alphabetic() || "/_$".contains(first));
    let is_allowed = |it: char| it.is_ascii_graphic() || it == ' ';
    begins
        && it.chars().all(is_allowed)
        && !it.ends_with([' ', ':'])
        && !it.contains(": ")
        && !it.contains(" #")
        && !is_word(it)
}

/// Words that mean something else than themselves to a reader of either version.
fn is_word(it: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(it))
}

fn indent(level: usize, out: &mut String) {
    out.extend(std::iter::repeat_n("  ", level));
}

#[cfg(test)]
mod tests {
    use bartizan_model::api::Number;

    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::document::parse;
    use crate::limits::Limits;

    #[track_caller]
    fn check(tree: &Tree) {
        let text = write(tree);
        let mut diagnostics = Diagnostics::up_to(10);
        let read = parse(&text, 0, &Limits::default(), &mut diagnostics);
        let read = read.unwrap_or_else(|it| panic!("{it}\n{text}"));
        assert_eq!(&Tree::from(&read), tree, "{text}");
        assert_eq!(diagnostics.list(), [], "{text}");
    }

    fn members(entries: &[(&str, Tree)]) -> Tree {
        Tree::Map(Members(entries.iter().map(|it| (it.0.to_owned(), it.1.clone())).collect()))
    }

    /// Texts that some reader takes for something else, or that YAML has a use for.
    pub(crate) const AMBIGUOUS: &[&str] = &[
        "",
        " ",
        "~",
        "null",
        "Null",
        "true",
        "no",
        "No",
        "yes",
        "y",
        "N",
        "on",
        "OFF",
        "0",
        "-1",
        "+1",
        "1e3",
        "0x1f",
        "0o7",
        "017",
        "1_000",
        "12:30",
        "12:30:45",
        ".5",
        "5.",
        ".inf",
        "-.INF",
        ".nan",
        "NaN",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "<<",
        "=",
        "- a",
        "-",
        "--",
        "---",
        "...",
        "? a",
        ":",
        ": a",
        "a: b",
        "a:",
        "a:b",
        "a #b",
        "a#b",
        "#a",
        "&a",
        "*a",
        "!a",
        "|",
        ">",
        "%a",
        "@a",
        "`a",
        "'a'",
        "\"a\"",
        "[a]",
        "{a}",
        "a,b",
        ", ",
        "a ",
        " a",
        "a\n",
        "a\nb",
        "a\nb\n",
        "a\n\nb",
        "\na",
        "a\n\n",
        " a\nb",
        "a\n b",
        "a \nb",
        "a\n  \nb",
        "\ta\nb",
        "a\tb",
        "a\rb",
        "a\r\nb",
        "a\n\tb",
        "ä",
        "a\u{a0}b",
        "\u{feff}a",
        "a\u{2028}b",
        "a\u{85}b",
        "😀",
        "\u{0}",
        "\u{7f}",
        "\\",
        "/a/{b}",
        "$ref",
        "_a",
        "https://a.test/x?y=z#f",
        "x: |",
        "a\n---\nb",
        "a\n...\n",
        "a\n# b",
        "a\n%b",
        "key: \"v\"\nb",
        "a'b",
    ];

    #[test]
    fn texts_come_back_as_they_were_wherever_they_stand() {
        for it in AMBIGUOUS {
            let text = Tree::Text((*it).to_owned());
            check(&text);
            check(&members(&[(it, text.clone()), ("z", Tree::List(vec![text.clone()]))]));
            check(&Tree::List(vec![members(&[("k", text.clone()), (it, text.clone())]), text]));
        }
    }

    #[test]
    fn lists_and_mappings_nest_in_each_other() {
        let number = |it: &str| Tree::Number(Number::parse(it).unwrap());
        let inner = members(&[
            ("a", Tree::List(vec![Tree::Null, number("-1.5e300")])),
            ("b", Tree::Bool(false)),
        ]);
        let lists =
            Tree::List(vec![Tree::List(vec![inner.clone(), Tree::List(vec![])]), inner.clone()]);
        check(&lists);
        check(&members(&[("x", lists), ("y", members(&[])), ("z", inner)]));
        check(&members(&[
            ("k".repeat(600).as_str(), Tree::List(vec![Tree::Bool(true)])),
            ("l", Tree::Null),
        ]));
        check(&members(&[(&"ä".repeat(300), members(&[("l", Tree::Null)]))]));
    }

    #[test]
    fn ordinary_texts_have_no_quotes() {
        let tree = members(&[
            ("/orders/{id}", "An order, by id (or name).".into()),
            ("200", "a\nb\n".into()),
        ]);
        let expected = "/orders/{id}: An order, by id (or name).\n\"200\": |\n  a\n  b\n";
        assert_eq!(write(&tree), expected);
    }
}
