//! The members of a JSON object, and the items of a list, as they are written: found by counting brackets outside of strings.
//!
//! Reads    one object or list. What is no JSON gives members of some kind; who walks their values finds out.
//! Memory   one entry for each member.

use crate::json::unescaped;
use std::borrow::Cow;

/// A member: its name, and the text of its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, [u8]>,
    pub(super) value: &'a [u8],
}

/// The members of an object; none of what is no object.
pub(super) fn members(text: &[u8]) -> Vec<Member<'_>> {
    let Some(rest) = text.trim_ascii().strip_prefix(b"{") else { return Vec::new() };
    split(rest).filter_map(member).collect()
}

/// The items of a list, or what is no list as the only one.
pub(super) fn items(text: &[u8]) -> Vec<&[u8]> {
    match text.trim_ascii().strip_prefix(b"[") {
        Some(rest) => split(rest).collect(),
        None => vec![text],
    }
}

/// The last member of this name, in whatever case.
pub(super) fn last<'a>(members: &[Member<'a>], name: &str) -> Option<&'a [u8]> {
    let is_it = |it: &&Member<'_>| it.name.eq_ignore_ascii_case(name.as_bytes());
    members.iter().rev().find(is_it).map(|it| it.value)
}

/// The text of a string, if it is one.
pub(super) fn string(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    let raw = value.trim_ascii().strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    if !raw.contains(&b'\\') {
        return Some(Cow::Borrowed(raw));
    }
    let mut scratch = Vec::new();
    Some(Cow::Owned(unescaped(raw, &mut scratch).to_vec()))
}

fn member(text: &[u8]) -> Option<Member<'_>> {
    let text = text.trim_ascii();
    let end = end_of_string(text)?;
    let (name, rest) = text.split_at_checked(end)?;
    let value = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii();
    Some(Member { name: string(name)?, value })
}

/// Behind the string that a text begins with.
fn end_of_string(text: &[u8]) -> Option<usize> {
    let mut rest = text.strip_prefix(b"\"")?;
    loop {
        let at = memchr::memchr2(b'"', b'\\', rest)?;
        let is_end = rest.get(at) == Some(&b'"');
        rest = rest.get(at + if is_end { 1 } else { 2 }..)?;
        if is_end {
            return Some(text.len() - rest.len());
        }
    }
}

/// What commas part, up to the bracket that closes.
fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let all = rest?;
        let end = end_of_item(all);
        let is_last = all.get(end) != Some(&b',');
        rest = if is_last { None } else { all.get(end + 1..) };
        all.get(..end).filter(|it| !is_last || !it.trim_ascii().is_empty())
    })
}

fn end_of_item(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => match text.get(at..).and_then(end_of_string) {
                Some(bytes) => {
                    at += bytes;
                    continue;
                }
                None => return text.len(),
            },
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 0 => return at,
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_as_they_are_written() {
        let all = members(br#" {"a": [1, {"x": "}"}], "b\u0063" : "q\",", "c":{}} "#);
        let all: Vec<_> = all.iter().map(|it| (it.name.to_vec(), it.value)).collect();
        let expected: [(&[u8], &[u8]); 3] =
            [(b"a", br#"[1, {"x": "}"}]"#), (b"bc", br#""q\",""#), (b"c", b"{}")];
        assert_eq!(all, expected.map(|it| (it.0.to_vec(), it.1)));
        assert!(members(b"[1]").is_empty() && members(b"{}").is_empty());
    }

    #[test]
    fn items_are_those_of_a_list_or_what_is_none() {
        let expected: Vec<&[u8]> = vec![b"1", br#" {"a": ","}"#];
        assert_eq!(items(br#"[1, {"a": ","}]"#), expected);
        let only: Vec<&[u8]> = vec![b"{}"];
        assert_eq!(items(b"{}"), only);
    }
}
