//! A tree as JSON, indented by two spaces.

use super::tree::Tree;

/// Writes `tree` with a line feed at its end.
pub(super) fn write(tree: &Tree) -> String {
    let mut out = String::new();
    value(tree, 0, &mut out);
    out.push('\n');
    out
}

fn value(tree: &Tree, level: usize, out: &mut String) {
    match tree {
        Tree::Null => out.push_str("null"),
        Tree::Bool(true) => out.push_str("true"),
        Tree::Bool(false) => out.push_str("false"),
        Tree::Number(number) => out.push_str(&number.to_string()),
        Tree::Text(text) => string(text, out),
        Tree::List(items) if items.is_empty() => out.push_str("[]"),
        Tree::Map(members) if members.0.is_empty() => out.push_str("{}"),
        Tree::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                line(at, level + 1, out);
                value(item, level + 1, out);
            }
            line(0, level, out);
            out.push(']');
        }
        Tree::Map(members) => {
            out.push('{');
            for (at, (key, member)) in members.0.iter().enumerate() {
                line(at, level + 1, out);
                string(key, out);
                out.push_str(": ");
                value(member, level + 1, out);
            }
            line(0, level, out);
            out.push('}');
        }
    }
}

fn line(at: usize, level: usize, out: &mut String) {
    out.push_str(if at == 0 { "\n" } else { ",\n" });
    out.extend(std::iter::repeat_n("  ", level));
}

/// Writes a string in quotes. Control characters and what YAML wants escaped are escaped, so that the
/// result is a string of either notation.
pub(super) fn string(text: &str, out: &mut String) {
    out.push('"');
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            it if must_escape(it) => {
                let mut units = [0; 2];
                for unit in it.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            it => out.push(it),
        }
    }
    out.push('"');
}

/// What YAML calls not printable (YAML 1.2.2, section 5.1), and its line breaks of former times.
pub(super) fn must_escape(it: char) -> bool {
    let is_break = matches!(it, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    it.is_control() || is_break || matches!(it, '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::super::tree::Members;
    use super::*;

    #[test]
    fn json_is_indented_and_escaped() {
        let mut members = Members::default();
        members.put("a\n", vec![1_u64, 2]);
        members.put("b", Members::default());
        members.put("c", "ä\u{7f}\"\\\u{1}😀\u{feff}");
        let expected = "{\n  \"a\\n\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": \
                        \"ä\\u007f\\\"\\\\\\u0001😀\\ufeff\"\n}\n";
        assert_eq!(write(&members.into()), expected);
    }
}
