//! Regular expressions of ECMA-262 in the spelling of the crate `regex`, which needs time linear in the text.
//!
//! Misses   look-around and back references, which are none of a regular language; flags within an expression;
//!          halves of surrogate pairs; properties of Unicode that the crate is built without.
//! Source   ECMA-262 (2025), section 22.2.1 with Annex B.1.2, read with the flag `u` where they differ.

use std::iter::Peekable;
use std::str::Chars;

use regex::{Regex, RegexBuilder};

/// Bytes of an expression.
const PATTERN_BYTES_MAX: usize = 4_096;
/// Bytes of the compiled expression: bounds the time that one byte of a text takes.
const COMPILED_BYTES_MAX: usize = 256 << 10;
/// Bytes that a search may remember.
const REMEMBERED_BYTES_MAX: usize = 256 << 10;

const DIGITS: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = r"\t\n\x0B\x0C\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}";

/// The expression, or nothing if it cannot be told what it matches.
pub(super) fn compiled(pattern: &str) -> Option<Regex> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return None;
    }
    let translated = translated(pattern)?;
    let mut builder = RegexBuilder::new(&translated);
    builder.size_limit(COMPILED_BYTES_MAX).dfa_size_limit(REMEMBERED_BYTES_MAX);
    builder.build().ok()
}

fn translated(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '.' => out.push_str(r"[^\n\r\x{2028}\x{2029}]"),
            '\\' => escape(&mut rest, &mut out)?,
            '[' => class(&mut rest, &mut out)?,
            '(' => group(&mut rest, &mut out)?,
            '{' => quantifier(&mut rest, &mut out),
            ']' | '}' => literal(it, &mut out),
            '^' | '$' | '|' | ')' | '*' | '+' | '?' => out.push(it),
            it => literal(it, &mut out),
        }
    }
    Some(out)
}

/// `(` was taken.
fn group(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    if rest.next_if_eq(&'?').is_none() {
        out.push_str("(?:");
        return Some(());
    }
    match rest.next()? {
        ':' => {}
        '<' if !matches!(rest.peek(), Some('=' | '!')) => {
            rest.by_ref().find(|it| *it == '>')?;
        }
        _ => return None,
    }
    out.push_str("(?:");
    Some(())
}

/// `{` was taken. What counts nothing is a brace.
fn quantifier(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let inside: String = rest.clone().take_while(|it| *it != '}').collect();
    let (least, most) = inside.split_once(',').unwrap_or((&inside, ""));
    let is_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let is_closed = rest.clone().any(|it| it == '}');
    if !is_closed || least.is_empty() || !is_digits(least) || !is_digits(most) {
        return literal('{', out);
    }
    out.push('{');
    out.push_str(&inside);
    out.push('}');
    rest.by_ref().take(inside.len() + 1).for_each(drop);
}

/// A backslash was taken, outside of a class.
fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    match rest.peek()? {
        'b' => out.push_str(r"(?-u:\b)"),
        'B' => out.push_str(r"(?-u:\B)"),
        '1'..='9' | 'k' => return None,
        _ => return atom(rest, out),
    }
    rest.next();
    Some(())
}

/// An escape that stands for characters, in a class or outside.
fn atom(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let (class, is_inverted) = match rest.peek()? {
        'd' => (DIGITS, false),
        'D' => (DIGITS, true),
        'w' => (WORD, false),
        'W' => (WORD, true),
        's' => (SPACE, false),
        'S' => (SPACE, true),
        'p' | 'P' => return property(rest, out),
        _ => {
            literal(character(rest)?, out);
            return Some(());
        }
    };
    rest.next();
    out.push_str(if is_inverted { "[^" } else { "[" });
    out.push_str(class);
    out.push(']');
    Some(())
}

fn property(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let kind = rest.next()?;
    rest.next_if_eq(&'{')?;
    let name: String = rest.by_ref().take_while(|it| *it != '}').collect();
    let is_name = |it: char| it.is_ascii_alphanumeric() || matches!(it, '_' | '=');
    if name.is_empty() || !name.chars().all(is_name) {
        return None;
    }
    out.push('\\');
    out.push(kind);
    out.push_str(&format!("{{{name}}}"));
    Some(())
}

/// The one character that an escape stands for. The backslash was taken.
fn character(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    Some(match rest.next()? {
        't' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        '0' if !rest.peek().is_some_and(char::is_ascii_digit) => '\0',
        'c' => {
            let letter = rest.next().filter(char::is_ascii_alphabetic)?;
            char::from_u32(u32::from(letter) & 31)?
        }
        'x' => char::from_u32(hexadecimal(rest, 2)?)?,
        'u' => return code_point(rest),
        // Letters and digits that mean nothing are kept for later meanings.
        it if it.is_ascii_alphanumeric() => return None,
        it => it,
    })
}

/// Behind `\u`.
fn code_point(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    if rest.next_if_eq(&'{').is_some() {
        let digits: String = rest.by_ref().take_while(|it| *it != '}').collect();
        let is_hex = !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_hexdigit());
        return is_hex.then(|| u32::from_str_radix(&digits, 16).ok())?.and_then(char::from_u32);
    }
    let first = hexadecimal(rest, 4)?;
    if let Some(it) = char::from_u32(first) {
        return Some(it);
    }
    (rest.next()? == '\\' && rest.next()? == 'u').then_some(())?;
    let second = hexadecimal(rest, 4)?;
    let is_pair = (0xD800..0xDC00).contains(&first) && (0xDC00..0xE000).contains(&second);
    is_pair.then(|| char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)))?
}

fn hexadecimal(rest: &mut Peekable<Chars<'_>>, digits: usize) -> Option<u32> {
    let mut value = 0;
    for _ in 0..digits {
        value = value * 16 + rest.next()?.to_digit(16)?;
    }
    Some(value)
}

/// `[` was taken.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    let is_inverted = rest.next_if_eq(&'^').is_some();
    if rest.next_if_eq(&']').is_some() {
        // No character, or any.
        out.push_str(if is_inverted { r"[\x00-\x{10FFFF}]" } else { r"[^\x00-\x{10FFFF}]" });
        return Some(());
    }
    out.push_str(if is_inverted { "[^" } else { "[" });
    loop {
        match rest.next()? {
            ']' => break,
            '\\' if rest.peek() == Some(&'b') => {
                rest.next();
                out.push_str(r"\x08");
            }
            '\\' if rest.peek() == Some(&'-') => {
                rest.next();
                literal('-', out);
            }
            '\\' => {
                let is_set = rest.peek().is_some_and(|it| "dDwWsSpP".contains(*it));
                atom(rest, out)?;
                // Behind a set, a hyphen is one.
                if is_set && rest.next_if_eq(&'-').is_some() {
                    literal('-', out);
                }
            }
            '-' => hyphen(rest, out),
            it => literal(it, out),
        }
    }
    out.push(']');
    Some(())
}

/// A hyphen makes a range only between two characters.
fn hyphen(rest: &Peekable<Chars<'_>>, out: &mut String) {
    let mut behind = rest.clone();
    let next = (behind.next(), behind.next());
    let is_last = matches!(next.0, None | Some(']'));
    let is_before_set = matches!(next, (Some('\\'), Some(it)) if "dDwWsSpP".contains(it));
    if is_last || is_before_set || out.ends_with('[') || out.ends_with("[^") {
        literal('-', out);
    } else {
        out.push('-');
    }
}

/// A character that means nothing but itself.
fn literal(it: char, out: &mut String) {
    if it.is_alphanumeric() || it == '_' {
        out.push(it);
    } else {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(it)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, matches: &[&str], others: &[&str]) {
        let regex = compiled(pattern).unwrap_or_else(|| panic!("{pattern}"));
        for text in matches {
            assert!(regex.is_match(text), "{pattern} {text:?} {regex}");
        }
        for text in others {
            assert!(!regex.is_match(text), "{pattern} {text:?} {regex}");
        }
    }

    #[test]
    fn classes_are_those_of_ecma_262() {
        check(r"^\d$", &["5"], &["\u{663}", "a"]);
        check(r"^\w$", &["a", "_"], &["é"]);
        check(r"^[\W]$", &["é", "-"], &["a"]);
        check(r"^\s$", &[" ", "\u{a0}", "\u{feff}", "\u{2029}", "\t", "\u{b}"], &["\u{85}", "x"]);
        check(r"^[^\S]$", &[" "], &["x"]);
        check("^.$", &["😀", "é"], &["\n", "\u{2028}", "ab"]);
        check(r"^\p{L}+$", &["äß"], &["1"]);
        check(r"^\p{Script=Greek}$", &["α"], &["a"]);
    }

    #[test]
    fn escapes_are_characters() {
        check(r"^\cA\/\x41\u0042\u{43}\0$", &["\u{1}/ABC\0"], &[]);
        check(r"^\ud83d\ude00$", &["😀"], &[]);
        check(r"^[\b\-\].]+$", &["\u{8}-]."], &["a"]);
        check(r"^\.\-\$ #$", &[".-$ #"], &[]);
    }

    #[test]
    fn what_means_something_only_to_the_crate_is_a_character() {
        check("^[a&&b]+$", &["a&b"], &["c"]);
        check("^[[a]+$", &["[a"], &["]"]);
        check("^{foo}$", &["{foo}"], &[]);
        check("^a{,3}$", &["a{,3}"], &["aa"]);
        check("^a{2,3}$", &["aa", "aaa"], &["a", "aaaa"]);
        check("^[]$", &[], &["", "a"]);
        check("^[^]$", &["\n", "a"], &[""]);
        check(r"^[\w-.]+$", &["a-."], &[","]);
        check("^[a-]+$", &["a-"], &["b"]);
        check("^[-a]+$", &["a-"], &["b"]);
        check("a|^$", &["", "xa"], &["b"]);
        check(r"^(?<year>\d{4})$", &["2024"], &["20245"]);
        check(r"\bfoo\b", &["a foo b", "éfooé"], &["afoo"]);
    }

    #[test]
    fn what_is_no_regular_language_is_not_known() {
        for pattern in [
            "(?=a)",
            "(?!a)",
            "(?<=a)",
            "(?<!a)",
            r"(a)\1",
            r"(?<n>a)\k<n>",
            r"\a",
            r"\ud83d",
            "(",
            "[a",
            "*",
            "(?i)a",
            r"\p{}",
            r"\p{Nonsense}",
            "a{1000}{1000}",
            r"\",
        ] {
            assert!(compiled(pattern).is_none(), "{pattern}");
        }
        assert!(compiled(&"a".repeat(PATTERN_BYTES_MAX)).is_some());
        assert!(compiled(&"a".repeat(PATTERN_BYTES_MAX + 1)).is_none());
    }

    #[test]
    fn every_short_pattern_of_special_characters_is_translated_or_not_without_a_fault() {
        let special = ["\\", "[", "]", "^", "-", "(", ")", "{", "}", "?", "*", "d", "b", ",", "1"];
        for one in special {
            for two in special {
                for three in special {
                    for four in special {
                        drop(compiled(&format!("{one}{two}{three}{four}")));
                    }
                }
            }
        }
    }
}
