//! Filters of directories in a value: what leaves the comparison that it was put into.
//!
//! A value stands between `=` and `)`. One that closes a parenthesis that it never opened, and goes
//! on with another filter, leaves its place. A whole filter leaves nothing.
//!
//! Reads    `TEXT_BYTES_MAX` bytes.
//! Memory   none.
//! Misses   a lone `*`, which people search for; values that close and add nothing.
//! Source   CWE-90; RFC 4515 section 3.

use super::caseless::find;
use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    LEAVES = 0, "leaves", Certain;
    JOINS = 1, "joins", Certain;
    MATCHES_ALL = 2, "matches-all", Certain;
    RULE = 3, "rule", Certain;
    CUT = 4, "cut", Certain;
    CLOSES = 5, "closes", Likely;
    CREDENTIAL = 6, "credential", Likely;
    ESCAPED = 7, "escaped", Hint;
    FILTER = 8, "filter", Hint;
    SECOND = 9, "second", Likely;
}

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 512;

/// What filters are made of.
pub(super) const NEEDED: Marks = Marks::PARENTHESIS.and(Marks::BACKSLASH).and(Marks::COLON);

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if input.is_name || !input.marks.has_any(NEEDED) {
        return signs;
    }
    let text = head(input.text, TEXT_BYTES_MAX).trim_ascii();
    let compares =
        Marks::EQUALS.and(Marks::STAR).and(Marks::AMPERSAND).and(Marks::PIPE).and(Marks::PERCENT);
    if input.marks.has(Marks::PARENTHESIS) && input.marks.has_any(compares.and(Marks::BANG)) {
        let is_line = !text.contains(&b'\n');
        if let Some(at) = unopened(text) {
            let before = head(text, at);
            let after = from(text, at + 1).trim_ascii_start();
            let after =
                after.iter().position(|it| *it != b')').map_or(&[][..], |at| from(after, at));
            let after = after.trim_ascii_start();
            let next = after.strip_prefix(b"(");
            let has_star = before.ends_with(b"*") || from(text, at).contains(&b'*');
            let joins = next.is_some_and(|it| {
                matches!(it, [b'|' | b'&' | b'!', b'(' | b')', ..] | [b'|' | b'&' | b'!'])
            });
            let joins =
                joins || next.is_some_and(|it| matches!(it, [b'(', b'|' | b'&' | b'!', ..]));
            let compares = next.is_some_and(is_comparison);
            signs.note(LEAVES, is_line && compares && has_star);
            signs.note(
                JOINS,
                is_line
                    && (joins
                        || before.ends_with(b"*")
                            && next.is_some_and(|it| matches!(it, [b'|' | b'&' | b'!', ..]))),
            );
            signs.note(CLOSES, is_line && (compares || before.ends_with(b"*") && text.len() <= 32));
            let ends: [&[u8]; 3] = [b"\0", b"%00", b"\\x00"];
            let is_cut = ends.iter().any(|it| text.ends_with(it));
            signs.note(
                CUT,
                is_cut
                    && text.len() <= 128
                    && (compares || before.starts_with(b"*") || before.contains(&b'=')),
            );
        }
        let filter = text.strip_prefix(b"*").unwrap_or(text);
        let joins = matches!(filter, [b'(', b'|' | b'&' | b'!', b'(', ..]);
        let has_comparison = find_comparison(filter);
        // One filter, and another behind it: a directory reads the first.
        let second = [&b"))(|("[..], b"))(&(", b"))(!(", b"*))(|", b"*))(&"];
        let is_second = second.iter().any(|it| memchr::memmem::find(text, it).is_some());
        signs.note(SECOND, is_second && has_comparison && is_line);
        signs.note(MATCHES_ALL, text.starts_with(b"*") && joins && has_comparison);
        signs.note(FILTER, joins && has_comparison);
        let names_secret = [&b"password="[..], b"userpassword=", b"pwd="].iter().any(|it| {
            find(text, it)
                .is_some_and(|at| from(text, at + it.len()).iter().take(64).any(|it| *it == b'*'))
        });
        signs.note(CREDENTIAL, (joins || unopened(text).is_some()) && names_secret && is_line);
    }
    if input.marks.has(Marks::COLON.and(Marks::EQUALS).and(Marks::DOT)) {
        let names = names_rule(text);
        // A filter of its own asks by rule too: flags of accounts are searched for so.
        signs.note(RULE, names && !text.starts_with(b"("));
        signs.note(FILTER, names);
    }
    if input.marks.has(Marks::BACKSLASH) {
        let escapes = memchr::memchr_iter(b'\\', text)
            .filter(|at| {
                matches!(
                    from(text, at + 1),
                    [b'2', b'8' | b'9' | b'a' | b'A', ..] | [b'0', b'0', ..] | [b'5', b'c', ..]
                )
            })
            .take(4)
            .count();
        signs.note(ESCAPED, escapes >= 2);
    }
    signs
}

/// Where a parenthesis closes that was not opened.
fn unopened(text: &[u8]) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return Some(at),
            b')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `uid=*`, `cn~=x`: an attribute and how it is compared.
fn is_comparison(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let text = text
        .strip_prefix(b"|(")
        .or_else(|| text.strip_prefix(b"&("))
        .or_else(|| text.strip_prefix(b"!("))
        .unwrap_or(text);
    let is_in_name =
        |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b';' | b'.' | b':');
    let length = text.iter().take(64).take_while(|it| is_in_name(it)).count();
    // An attribute may be named by its number.
    let number = head(text, length);
    let is_number = number.iter().filter(|it| **it == b'.').count() >= 2
        && number.iter().all(|it| it.is_ascii_digit() || *it == b'.');
    let begins = text.first().is_some_and(u8::is_ascii_alphabetic) || is_number;
    let after = from(text, length);
    let compares = matches!(after, [b'=', next, ..] if !matches!(next, b'=' | b'>' | b' '))
        || after == b"="
        || matches!(after, [b'~' | b'>' | b'<', b'=', ..]);
    begins && compares
}

fn find_comparison(text: &[u8]) -> bool {
    memchr::memchr_iter(b'(', text).take(32).any(|at| is_comparison(from(text, at + 1)))
}

/// `userPassword:2.5.13.18:=`: a matching rule by its number.
fn names_rule(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b":=").take(16).any(|at| {
        let before = head(text, at);
        let rule = before
            .iter()
            .rev()
            .take(48)
            .take_while(|it| it.is_ascii_digit() || **it == b'.')
            .count();
        let start = before.len() - rule;
        let dots = from(before, start).iter().filter(|it| **it == b'.').count();
        dots >= 3 && start.checked_sub(1).and_then(|it| before.get(it)) == Some(&b':')
    })
}

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, strength, values);
    }

    #[test]
    fn values_that_leave_their_place_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "*)(uid=*))(|(uid=*",
                "admin)(&)",
                "admin)(!(&(1=0",
                "*)(objectClass=*",
                "*(|(mail=*))",
                "x)(|(cn=*",
                "*)(&",
                "userPassword:2.5.13.18:=\\xx",
                "x)(cn=))\\x00",
                "*))%00",
                "admin)(password=*",
            ],
        );
    }

    #[test]
    fn closings_are_likely_and_filters_are_hints() {
        check(Some(Strength::Likely), &["x)(uid=admin", "(&(sn=a)(password=M*))"]);
        check(
            Some(Strength::Hint),
            &[
                "(&(objectClass=person)(uid=a))",
                "\\2a\\29\\28",
                "(userAccountControl:1.2.840.113556.1.4.803:=8192)",
            ],
        );
    }

    #[test]
    fn a_second_filter_is_seen() {
        let has = |text: &str| look(&Input::of(text.as_bytes(), false)).has(SECOND);
        assert!(has("(&(uid=*)(uid=*))(|(uid=*)(userPassword=x))"));
        assert!(!has("(&(uid=a)(|(cn=b)(cn=c)))"));
    }

    #[test]
    fn parentheses_of_people_say_nothing() {
        check(
            None,
            &[
                "f(x)(y=2)",
                "a) first, b) second (or third)",
                ":) (see above)",
                "*",
                "(a*b)+(c*d)",
                "foo) (bar",
                "rgb(1,2,3)",
                "a := b.c",
                "1) x = 2",
                "C:\\29\\x",
            ],
        );
    }
}
