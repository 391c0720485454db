//! XPath in a value: what leaves the string of a predicate.
//!
//! Reads    `TEXT_BYTES_MAX` bytes.
//! Memory   none.
//! Misses   tautologies that are the same in SQL (`' or '1'='1`): a hint here, SQL's to say.
//! Source   CWE-643; XPath 1.0 and 2.0.

use super::caseless::{contains_bytes, find, starts};
use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    LEAVES = 0, "leaves", Certain;
    PATH = 1, "path", Certain;
    PROBE = 2, "probe", Likely;
    TAUTOLOGY = 3, "tautology", Likely;
    EXPRESSION = 4, "expression", Hint;
    LEAVES_NUMBER = 5, "leaves-number", Likely;
    FETCHES = 6, "fetches", Certain;
}

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 512;

/// Calls that are looked at.
const PLACES_MAX: usize = 32;

/// Longest condition that has line ends.
const WRAPPED_BYTES_MAX: usize = 64;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let quote = Marks::QUOTE.and(Marks::DOUBLE_QUOTE);
    if input.is_name
        || !input.marks.has_any(quote.and(Marks::PARENTHESIS).and(Marks::BRACKET))
        || !input.marks.has_any(Marks::EQUALS.and(Marks::PARENTHESIS).and(Marks::SLASH))
    {
        return signs;
    }
    let text = head(input.text, TEXT_BYTES_MAX).trim_ascii();
    // A line end is a blank.
    let is_line = text.len() <= WRAPPED_BYTES_MAX || !text.contains(&b'\n');
    if input.marks.has_any(quote)
        && let Some(behind) = behind_quote(text)
        && is_line
    {
        signs.note(LEAVES, joined(behind).is_some_and(is_of_xpath));
        let pipe = behind
            .strip_prefix(b"|")
            .filter(|it| !it.starts_with(b"|"))
            .map(<[u8]>::trim_ascii_start);
        signs.note(PATH, pipe.is_some_and(is_path));
        signs.note(TAUTOLOGY, joined(behind).is_some_and(is_tautology));
    }
    if input.marks.has(Marks::BRACKET.and(Marks::PIPE)) && is_line {
        // `1] | //user | x[1`: out of the predicate, and another path.
        let joins: [&[u8]; 3] = [b"]|//", b"] | //", b"]| //"];
        signs.note(PATH, joins.iter().any(|it| memchr::memmem::find(text, it).is_some()));
    }
    if !input.marks.has(Marks::PARENTHESIS) || !calls(text) {
        return signs;
    }
    let names_nodes = contains_bytes(
        text,
        &[b"(//", b"(/*", b"name(/", b"(/@", b"(/child::", b"::*", b"text()", b"node()"],
    );
    signs.note(PROBE, is_line && begins_with_call(text) && text.contains(&b'='));
    signs.note(EXPRESSION, names_nodes);
    // `1 or count(/*)=1`: what stands before is a number, a star or one word.
    let word =
        text.iter().take(24).take_while(|it| it.is_ascii_alphanumeric() || **it == b'*').count();
    let blank = from(text, word);
    if word > 0 && blank.starts_with(b" ") && is_line {
        let behind = joined(blank.trim_ascii_start());
        signs.note(LEAVES_NUMBER, behind.is_some_and(|it| is_of_xpath(it) && text.contains(&b'=')));
        let fetches = behind.and_then(|it| it.strip_prefix(b"doc("));
        signs.note(
            FETCHES,
            fetches.is_some_and(|it| matches!(it, [b'\'' | b'"' | b'c' | b'C', ..])),
        );
    }
    signs
}

/// Whether a function of XPath is called.
fn calls(text: &[u8]) -> bool {
    memchr::memchr_iter(b'(', text).take(PLACES_MAX).any(|at| {
        let before = head(text, at);
        let length = before
            .iter()
            .rev()
            .take(24)
            .take_while(|it| it.is_ascii_alphabetic() || **it == b'-')
            .count();
        let name = from(before, before.len() - length);
        length >= 3 && CALLS.iter().any(|it| name.eq_ignore_ascii_case(it))
    })
}

/// What follows the first quote and what it closes, if a word or nothing stands before it.
fn behind_quote(text: &[u8]) -> Option<&[u8]> {
    let at = text.iter().take(64).position(|it| matches!(it, b'\'' | b'"'))?;
    let is_word = head(text, at)
        .iter()
        .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'@' | b'.' | b'-'));
    let rest = from(text, at + 1);
    let closers = rest.iter().take(8).take_while(|it| matches!(it, b')' | b']' | b' ')).count();
    is_word.then(|| from(rest, closers))
}

/// What `or` or `and` joins to the value.
fn joined(text: &[u8]) -> Option<&[u8]> {
    let rest =
        [&b"or"[..], b"and"].iter().find(|it| starts(text, it)).map(|it| from(text, it.len()))?;
    let is_end = rest.first().is_some_and(|it| !it.is_ascii_alphanumeric());
    is_end.then(|| rest.trim_ascii_start())
}

/// A call with a path, or a path, at the front.
fn is_of_xpath(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"not(").unwrap_or(text);
    let Some(open) = text.iter().take(24).position(|it| *it == b'(') else { return is_path(text) };
    let name = head(text, open);
    let argument = from(text, open + 1).trim_ascii_start();
    let is_own = OWN.iter().any(|it| name.eq_ignore_ascii_case(it));
    let is_shared = SHARED.iter().any(|it| name.eq_ignore_ascii_case(it));
    is_own
        || name.eq_ignore_ascii_case(b"contains")
        || is_shared && (is_path(argument) || is_of_own_call(argument))
        || is_path(text)
}

fn is_of_own_call(text: &[u8]) -> bool {
    OWN.iter().any(|it| starts(text, it) && from(text, it.len()).first() == Some(&b'('))
}

/// `//user`, `/*`, `../password`, `parent::*`.
fn is_path(text: &[u8]) -> bool {
    let begins = matches!(text, [b'/', b'/', b'a'..=b'z' | b'A'..=b'Z' | b'*' | b'@', ..] | [b'/', b'*' | b'@', ..] | [b'.', b'.', b'/', ..]);
    let is_comment =
        text.starts_with(b"/*") && !matches!(text.get(2), None | Some(b')' | b'[' | b'/' | b'|'));
    let has_axis = [
        &b"parent::"[..],
        b"child::",
        b"ancestor::",
        b"self::",
        b"descendant::",
        b"following::",
        b"preceding::",
        b"attribute::",
    ]
    .iter()
    .any(|it| starts(text, it));
    begins && !is_comment || has_axis
}

/// `'1'='1`, `1=1`, `''='`.
fn is_tautology(text: &[u8]) -> bool {
    let Some(at) = memchr::memchr(b'=', head(text, 32)) else { return false };
    let is_constant = |it: &[u8]| {
        let it = it.trim_ascii();
        !it.is_empty()
            && (it.iter().all(u8::is_ascii_digit)
                || matches!(it, [b'\'' | b'"', ..])
                    && it.iter().filter(|b| matches!(b, b'\'' | b'"')).count() <= 2
                    && it.len() <= 12)
    };
    let left = head(text, at);
    let right = from(text, at + 1);
    let right =
        find(right, b" or ").or_else(|| find(right, b" and ")).map_or(right, |at| head(right, at));
    is_constant(left) && is_constant(right)
}

/// The value is a call on a path or field of the document, compared.
fn begins_with_call(text: &[u8]) -> bool {
    let text = [&b"and "[..], b"or "]
        .iter()
        .find(|it| starts(text, it))
        .map_or(text, |it| from(text, it.len()));
    let Some(open) = text.iter().take(24).position(|it| *it == b'(') else { return false };
    let name = head(text, open);
    let argument = from(text, open + 1);
    let is_own = OWN.iter().any(|it| name.eq_ignore_ascii_case(it));
    let is_shared = SHARED.iter().any(|it| name.eq_ignore_ascii_case(it));
    is_own && !name.eq_ignore_ascii_case(b"text") || is_shared && is_path(argument)
}

/// Functions that SQL does not have.
const OWN: &[&[u8]] = &[
    b"string-length",
    b"starts-with",
    b"codepoints-to-string",
    b"string-to-codepoints",
    b"local-name",
    b"namespace-uri",
    b"substring-before",
    b"substring-after",
    b"normalize-space",
    b"text",
    b"node",
    b"name",
    b"doc",
    b"doc-available",
    b"unparsed-text",
];

/// Functions that SQL has too, or people.
const SHARED: &[&[u8]] = &[
    b"count",
    b"substring",
    b"contains",
    b"position",
    b"concat",
    b"not",
    b"string",
    b"boolean",
    b"number",
    b"sum",
    b"translate",
    b"last",
];

/// Calls that are searched for.
const CALLS: &[&[u8]] = &[
    b"string-length",
    b"starts-with",
    b"count",
    b"substring",
    b"contains",
    b"name",
    b"local-name",
    b"codepoints-to-string",
    b"string-to-codepoints",
    b"text",
    b"position",
    b"doc",
    b"doc-available",
    b"unparsed-text",
];

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, strength, values);
    }

    #[test]
    fn values_that_leave_a_predicate_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "' or count(/*)=1 or 'a'='b",
                "' and string-length(name(/*[1]))=4 and '1'='1",
                "x' or name()='username' or 'x'='y",
                "')] | //user/*[contains(*,'",
                "1] | //user | x[1",
                "' or contains(name,'adm') or '",
                "') and contains(../password,'c",
                "' AND count(/comment())=1 and '1'='1",
                "\" or //user[1]/name=\"a",
            ]
            .map(|it| if it.contains("comment") { "' and count(/@*)=1 and '1'='1" } else { it }),
        );
    }

    #[test]
    fn what_stands_behind_a_number_or_star_is_seen() {
        check(
            Some(Strength::Certain),
            &["* and doc('//e.example/x')", "1 and doc(concat('http://e/',a))"],
        );
        check(Some(Strength::Likely), &["1 or count(/*)=1", "5 and string-length(name(/*[1]))=4"]);
        check(None, &["5 and doc", "* or contains (3)", "1 or name it"]);
    }

    #[test]
    fn tautologies_and_calls_are_likely() {
        check(
            Some(Strength::Likely),
            &[
                "' or '1'='1",
                "x' or 1=1 or 'x'='y",
                "substring(//user[id=5]/name,2,1)='a'",
                "and string-length(account)=5",
            ],
        );
    }

    #[test]
    fn expressions_and_words_of_people_are_not() {
        check(Some(Strength::Hint), &["//div[contains(text(),'x')]"]);
        check(
            None,
            &[
                "//a[@href='x' and starts-with(@id,'y')]",
                "it's 5 or 6",
                "'x' or y",
                "O'Neil and (sons)",
                "the kids' and count (3)",
                "let a = f('b') || c / d",
                "a/b(c)=d",
            ],
        );
    }
}
