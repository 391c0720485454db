//! The one spelling of a JSON text: what every reader takes for the same.
//!
//! Writes   no blanks; strings with the escapes that they need and no others (RFC 8785 section 3.2.2.2); of members of one name the
//!          last, as most readers have it; halves of surrogate pairs as U+FFFD. Never longer than what was read.
//! Memory   the text, one frame a level, and of objects that have a name twice their names.
//! Misses   numbers, which keep the digits that were sent: to round them would change amounts. Members keep their order.

use super::{AGAIN, Kind, NodeId, Tape};
use std::collections::BTreeMap;

/// An object or array whose end was not written yet.
struct Open {
    end: u32,
    is_object: bool,
    is_first: bool,
    /// Where a name stands for the last time, if some name stands there twice.
    last: BTreeMap<String, u32>,
}

pub(super) fn canonical(tape: &Tape<'_>) -> String {
    let mut out = String::with_capacity(tape.text.len());
    let mut open: Vec<Open> = Vec::new();
    let mut at = tape.root();
    while at.0 as usize <= tape.nodes.len() {
        while open.last().is_some_and(|it| at.0 >= it.end) {
            let closed = open.pop();
            out.push(if closed.is_some_and(|it| it.is_object) { '}' } else { ']' });
        }
        if at.0 as usize >= tape.nodes.len() {
            break;
        }
        at = next(tape, at, &mut open, &mut out);
    }
    out
}

/// Writes a node, or skips a member that comes again; returns the one that is next.
fn next(tape: &Tape<'_>, at: NodeId, open: &mut Vec<Open>, out: &mut String) -> NodeId {
    let node = tape.node(at);
    let behind = NodeId(at.0 + 1);
    if node.kind == Kind::Name {
        let comes_again = open.last().is_some_and(|it| {
            !it.last.is_empty() && it.last.get(&*tape.text(at)).is_some_and(|last| *last != at.0)
        });
        if comes_again {
            return NodeId(tape.node(behind).next.max(at.0 + 2));
        }
    }
    let is_value_of_name = open.last().is_some_and(|it| it.is_object) && node.kind != Kind::Name;
    if let Some(around) = open.last_mut().filter(|_| !is_value_of_name)
        && !std::mem::take(&mut around.is_first)
    {
        out.push(',');
    }
    match node.kind {
        Kind::Object | Kind::Array => {
            let is_object = node.kind == Kind::Object;
            out.push(if is_object { '{' } else { '[' });
            let last = match node.marks & AGAIN {
                0 => BTreeMap::new(),
                _ => tape
                    .members(at)
                    .map(|it| (tape.text(it.name).into_owned(), it.name.0))
                    .collect(),
            };
            open.push(Open { end: node.next, is_object, is_first: true, last });
        }
        Kind::Text => string(&tape.text(at), out),
        Kind::Name => {
            string(&tape.text(at), out);
            out.push(':');
        }
        Kind::Null | Kind::False | Kind::True | Kind::Integer | Kind::Decimal => {
            out.push_str(tape.raw(at));
        }
    }
    behind
}

/// A string with the escapes that it needs.
fn string(text: &str, out: &mut String) {
    out.push('"');
    for it in text.chars() {
        match it {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..'\u{20}' => out.push_str(&format!("\\u{:04x}", u32::from(it))),
            _ => out.push(it),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use crate::tape::{Tape, TapeLimits};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let tape = Tape::read(text.as_bytes(), &TapeLimits::default()).unwrap();
        let once = tape.canonical();
        assert_eq!(once, expected);
        assert!(once.len() <= text.len());
        let again = Tape::read(once.as_bytes(), &TapeLimits::default()).unwrap().canonical();
        assert_eq!(again, expected, "it stays");
    }

    #[test]
    fn blanks_go_and_values_stay() {
        check(" [ ] ", "[]");
        check("\"x\"", "\"x\"");
        check("-0.10e+5", "-0.10e+5");
        check(
            r#" { "a" : [ 1 , { } , [ ] , null ] , "b" : true , "c" : { "d" : "e" } } "#,
            r#"{"a":[1,{},[],null],"b":true,"c":{"d":"e"}}"#,
        );
        check("[12345678901234567890, 1e400]", "[12345678901234567890,1e400]");
    }

    #[test]
    fn of_members_of_one_name_the_last_stays() {
        check(r#"{"a":1,"a":2}"#, r#"{"a":2}"#);
        check(r#"{"a":{"b":1,"b":[{}]},"c":3,"\u0061":{"x":[1,2]}}"#, r#"{"c":3,"a":{"x":[1,2]}}"#);
        check(r#"[{"a":1,"a":{"a":1,"a":[7]}},{"a":1}]"#, r#"[{"a":{"a":[7]}},{"a":1}]"#);
    }

    #[test]
    fn strings_have_the_escapes_that_they_need() {
        check(r#""\u0041\/\u00e4\ud83d\ude00""#, "\"A/ä😀\"");
        check(r#""\u0000\u001f\u000a\"\\\u0008""#, r#""\u0000\u001f\n\"\\\b""#);
        check(r#""\ud800x""#, "\"\u{fffd}x\"");
        check("\"\u{7f}\"", "\"\u{7f}\"");
    }

    /// Random texts of few names: what serde_json reads of the text, it reads of its one spelling.
    #[test]
    fn readers_that_take_the_last_read_the_same() {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        for _ in 0..2_000 {
            let mut text = String::new();
            value(&mut next, 0, &mut text);
            let tape = Tape::read(text.as_bytes(), &TapeLimits::default()).unwrap();
            let once = tape.canonical();
            let read = |it: &str| serde_json::from_str::<serde_json::Value>(it).unwrap();
            assert_eq!(read(&text), read(&once), "{text}");
        }
    }

    const NAMES: [&str; 4] = ["\"a\"", "\"b\"", "\"\\u0061\"", "\"\""];

    fn value(next: &mut impl FnMut(u64) -> u64, depth: u32, out: &mut String) {
        match next(if depth > 4 { 3 } else { 6 }) {
            0 => out.push_str("17"),
            1 => out.push_str(" \"a\\u0062\\n\" "),
            2 => out.push_str("null"),
            3 => {
                out.push('[');
                for n in 0..next(4) {
                    out.push_str(if n > 0 { " , " } else { "" });
                    value(next, depth + 1, out);
                }
                out.push(']');
            }
            _ => {
                out.push('{');
                for n in 0..next(5) {
                    out.push_str(if n > 0 { "," } else { " " });
                    let name = NAMES[usize::try_from(next(4)).unwrap()];
                    out.push_str(name);
                    out.push(':');
                    value(next, depth + 1, out);
                }
                out.push('}');
            }
        }
    }
}
