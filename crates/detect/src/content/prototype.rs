//! Names that reach the prototype of all objects of a JavaScript program.
//!
//! Reads    names and values of at most `TEXT_BYTES_MAX` bytes from the front.
//! Memory   none.
//! Misses   `constructor` and `prototype` in names of their own, one inside the other.
//! Source   CWE-1321.

use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    NAME = 0, "name", Certain;
    KEY = 1, "key", Certain;
    WHOLE = 2, "whole", Certain;
    ASSIGNS = 3, "assigns", Likely;
    MEMBER = 4, "member", Hint;
    ALONE = 5, "alone", Likely;
}

/// What stands in each of these names or between two of them.
pub(super) const NEEDED: Marks = Marks::UNDERSCORE
    .and(Marks::BRACKET)
    .and(Marks::DOT)
    .and(Marks::DOUBLE_QUOTE)
    .and(Marks::SLASH);

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// Places that are looked at.
const PLACES_MAX: usize = 1024;

/// Longest value that is taken for nothing but an assignment.
const SHORT_BYTES_MAX: usize = 256;

/// The shortest of the names.
pub(super) const BYTES_MIN: usize = 9;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !input.marks.has(Marks::LETTER)
        || !input.marks.has_any(NEEDED)
        || input.text.len() < BYTES_MIN
    {
        return signs;
    }
    let text = head(input.text, TEXT_BYTES_MAX).trim_ascii();
    let Some((at, length)) = prototype(text, input.marks) else { return signs };
    let before = head(text, at);
    let after = from(text, at + length).trim_ascii_start();
    if input.is_name {
        signs.note(NAME, true);
        return signs;
    }
    let is_whole = at == 0 && after.is_empty();
    let is_bracketed = matches!(before.last(), Some(b'[')) && after.starts_with(b"][")
        || (at == 0 || before == b"?") && after.starts_with(b"[");
    let is_key_in_json =
        is_key(before, after) || before.last() == Some(&b'"') && after.starts_with(b"\":");
    let is_key = is_key_in_json && begins_as_object(text)
        || is_bracketed && text.len() <= SHORT_BYTES_MAX && !text.contains(&b'\n');
    let is_assigned = after.iter().take(64).any(|it| *it == b'=') && text.len() <= SHORT_BYTES_MAX;
    // `Object.prototype.hasOwnProperty.call(a, b)` is what careful people write.
    let is_of_all = text.starts_with(b"Object.");
    if is_of_all && !is_assigned {
        return signs;
    }
    // A path into a document: `/__proto__/x`.
    let is_path = text.starts_with(b"/") && !text.contains(&b' ') && !text.contains(&b'.');
    signs.note(WHOLE, is_path && at == 1);
    signs.note(WHOLE, !is_of_all && (is_whole || at == 0 && is_assigned && !text.contains(&b'\n')));
    signs.note(KEY, is_key);
    signs.note(ASSIGNS, is_assigned || is_key_in_json && text.len() <= SHORT_BYTES_MAX);
    signs.note(MEMBER, true);
    // One expression or assignment, and no word beside it.
    let words = text.split(u8::is_ascii_whitespace).filter(|it| it.len() > 1).count();
    let is_chain = matches!(before.last(), None | Some(b'.' | b'[' | b'"' | b'\''));
    signs.note(
        ALONE,
        is_chain && !before.contains(&b' ') && words <= 2 && text.len() <= SHORT_BYTES_MAX,
    );
    signs
}

/// Where the prototype is named, and how long its name is.
fn prototype(text: &[u8], marks: Marks) -> Option<(usize, usize)> {
    if marks.has(Marks::UNDERSCORE)
        && let Some(at) = memchr::memchr_iter(b'_', text)
            .take(PLACES_MAX)
            .find(|at| from(text, *at).starts_with(b"__proto__"))
    {
        return Some((at, 9));
    }
    // The `y` is the rarest letter of the name.
    memchr::memchr_iter(b'y', text).take(PLACES_MAX).find_map(|at| {
        let (before, after) = text.split_at_checked(at)?;
        let before = before.strip_suffix(b"protot")?;
        let mut end = at + after.strip_prefix(b"ype").map(|_| 3)?;
        // Filters that take the name away once leave it where it stood twice.
        let before = before.strip_suffix(b"proto").unwrap_or(before);
        if from(text, end).starts_with(b"type") {
            end += 4;
        }
        let marks = before
            .iter()
            .rev()
            .take(8)
            .take_while(|it| {
                matches!(it, b'.' | b'[' | b']' | b'"' | b'\'' | b':' | b'{' | b',' | b'/' | b' ')
            })
            .count();
        let owner = head(before, before.len() - marks);
        let is_joined = from(before, owner.len()).iter().any(|it| *it != b' ');
        let is_object = owner.ends_with(b"Object") && before.ends_with(b".");
        let is_owner = owner.ends_with(b"constructor")
            || owner.ends_with(b"constructorructor")
            || is_object && from(text, end).starts_with(b".");
        let letters =
            owner.iter().rev().take(32).take_while(|it| it.is_ascii_alphanumeric()).count();
        let start = owner.len() - letters;
        (is_owner && is_joined && !from(before, owner.len()).starts_with(b". "))
            .then_some((start, end - start))
    })
}

/// `"__proto__":` and `"__proto__.x":`.
fn is_key(before: &[u8], after: &[u8]) -> bool {
    let is_opened = matches!(before.last(), Some(b'"' | b'\''));
    let rest = match after {
        [b'.', rest @ ..] => {
            from(rest, rest.iter().take(64).take_while(|it| it.is_ascii_alphanumeric()).count())
        }
        _ => after,
    };
    let quoted = matches!(rest, [b'"' | b'\'', ..]);
    is_opened && quoted && from(rest, 1).trim_ascii_start().starts_with(b":")
}

fn begins_as_object(text: &[u8]) -> bool {
    matches!(text.first(), Some(b'{' | b'[' | b'"'))
}

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, is_name: bool, values: &[&str]) {
        sign::check(SIGNS, look, is_name, strength, values);
    }

    #[test]
    fn names_that_reach_the_prototype_are_certain() {
        check(
            Some(Strength::Certain),
            true,
            &[
                "__proto__",
                "a[__proto__][b]",
                "__proto__.x",
                "constructor.prototype.x",
                "constructor[prototype][x]",
                "__pro__proto__to__[x]",
                "constconstructorructor.protoprototypetype.x",
            ],
        );
        check(
            Some(Strength::Certain),
            false,
            &[
                "__proto__",
                "{\"__proto__\": {\"admin\": true}}",
                "{\"a\":{\"__proto__.x\":1}}",
                "?__proto__[x]=y",
                "x[__proto__][y]=z",
                "__proto__[x]",
                "__proto__.x = y",
                "{\"constructor\": {\"prototype\": {\"x\": 1}}}",
                "/constructor/prototype/x",
                "/__proto__/x",
            ],
        );
    }

    #[test]
    fn assignments_are_likely_and_mentions_are_hints() {
        check(
            Some(Strength::Likely),
            false,
            &[
                "Object.__proto__.x = 1",
                "a.constructor.prototype.x=1",
                "Object.prototype.x = true;",
                "dog.__proto__;",
            ],
        );
        check(
            Some(Strength::Hint),
            false,
            &["what is __proto__ for", "Never use __proto__ in code"],
        );
    }

    #[test]
    fn other_names_say_nothing() {
        check(
            None,
            true,
            &["proto", "constructor", "prototype", "my_proto_name", "constructor_prototype"],
        );
        check(
            None,
            false,
            &["the constructor. prototype", "class A { constructor(a) { this.b[0] = a } }"],
        );
    }
}
