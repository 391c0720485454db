//! What is ambiguous about a request target. One pass; an ordinary target costs one table look-up
//! a byte.
//!
//! Reads    the target as received.
//! Writes   oddities; the path itself is not changed.
//! Misses   case differences and Unicode look-alikes, which some servers fold.
//! Source   RFC 3986 sections 2.1 and 5.2.4, RFC 3629 section 3 (overlong UTF-8),
//!          CVE-2019-9901, CVE-2021-29492.

use crate::percent::{decode, hex};
use bartizan_model::oddity::{Oddities, Oddity};

/// The oddities of `target` (`/path?query`).
pub fn oddities(target: &[u8]) -> Oddities {
    let mut found = Oddities::NONE;
    if !target.is_ascii() {
        found.insert(Oddity::RawByte);
    }
    let (path, query) = match memchr::memchr(b'?', target) {
        Some(at) => target.split_at(at),
        None => (target, &b""[..]),
    };
    if needs_a_look(path) {
        look_at_path(path, &mut found);
    }
    if query.iter().any(|&b| b == b'%' || b >= 0x80 || b == b'#') {
        look_at_query(query, &mut found);
    }
    found
}

fn needs_a_look(path: &[u8]) -> bool {
    let mut before = 0;
    path.iter().any(|&b| {
        let odd = matches!(b, b'%' | b'\\' | b';' | b'#' | 0x80..)
            || (before == b'/' && (b == b'/' || b == b'.'));
        before = b;
        odd
    })
}

fn look_at_path(path: &[u8], found: &mut Oddities) {
    for (at, &byte) in path.iter().enumerate() {
        match byte {
            b'\\' => found.insert(Oddity::Backslash),
            b';' => found.insert(Oddity::PathParameter),
            b'#' => found.insert(Oddity::Fragment),
            b'/' if path.get(at + 1) == Some(&b'/') => found.insert(Oddity::EmptySegment),
            b'%' => match escape(path, at) {
                None => found.insert(Oddity::MalformedPercent),
                Some(0) => found.insert(Oddity::EncodedNul),
                Some(b'/') => found.insert(Oddity::EncodedSlash),
                Some(b'\\') => found.insert(Oddity::Backslash),
                Some(b'%') if is_escape(path, at + 3) => found.insert(Oddity::DoubleEncoding),
                Some(1..=0x1F | 0x7F) => found.insert(Oddity::EncodedControl),
                Some(_) => {}
            },
            _ => {}
        }
    }
    let mut scratch = Vec::new();
    let decoded = decode(path, false, &mut scratch);
    if decoded.split(|b| matches!(b, b'/' | b'\\')).any(is_dot_segment) {
        found.insert(Oddity::DotSegment);
    }
    if is_overlong(decoded) {
        found.insert(Oddity::OverlongUtf8);
    }
}

fn look_at_query(query: &[u8], found: &mut Oddities) {
    if query.contains(&b'#') {
        found.insert(Oddity::Fragment);
    }
    let mut scratch = Vec::new();
    let decoded = decode(query, false, &mut scratch);
    if decoded.contains(&0) {
        found.insert(Oddity::EncodedNul);
    }
    if is_overlong(decoded) {
        found.insert(Oddity::OverlongUtf8);
    }
}

fn escape(text: &[u8], at: usize) -> Option<u8> {
    Some(hex(*text.get(at + 1)?)? << 4 | hex(*text.get(at + 2)?)?)
}

/// Whether two hexadecimal digits stand here: what `%25` would uncover.
fn is_escape(text: &[u8], at: usize) -> bool {
    let digit = |at| text.get(at).copied().and_then(hex).is_some();
    digit(at) && digit(at + 1)
}

fn is_dot_segment(segment: &[u8]) -> bool {
    let name = segment.split(|&b| b == b';').next().unwrap_or_default();
    name == b"." || name == b".."
}

/// UTF-8 in a longer form than needed, or half a surrogate pair. Text that is not UTF-8 at all
/// (Latin-1, for example) is neither.
fn is_overlong(text: &[u8]) -> bool {
    text.windows(2).enumerate().any(|(at, pair)| {
        let continues = |n: usize| text.get(at + n).is_some_and(|b| b & 0xC0 == 0x80);
        match *pair {
            [0xC0 | 0xC1, 0x80..=0xBF] => true,
            [0xE0, 0x80..=0x9F] | [0xED, 0xA0..=0xBF] => continues(2),
            [0xF0, 0x80..=0x8F] => continues(2) && continues(3),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(target: &str, expected: &[Oddity]) {
        check_bytes(target.as_bytes(), expected);
    }

    #[track_caller]
    fn check_bytes(target: &[u8], expected: &[Oddity]) {
        assert_eq!(oddities(target), expected.iter().copied().collect());
    }

    #[test]
    fn an_ordinary_target_is_not_odd() {
        for target in [
            "/",
            "/orders/17?x=1&y=%20",
            "/a.b/..c/d..",
            "/100%25",
            "*",
            "/a%20b",
            "/.well-known",
            "/%e9t%e9",
            "/caf%c3%a9",
            "/?next=/a//b/../c;d\\e",
            "/~user/a:b@c!$&'()*+,=",
        ] {
            check(target, &[]);
        }
    }

    #[test]
    fn each_ambiguous_spelling_has_its_oddity() {
        check("/a%2Fb", &[Oddity::EncodedSlash]);
        check("/a\\b", &[Oddity::Backslash]);
        check("/a%5cb", &[Oddity::Backslash]);
        check("/a//b", &[Oddity::EmptySegment]);
        check("/a/./b", &[Oddity::DotSegment]);
        check("/a/..", &[Oddity::DotSegment]);
        check("/a/%2e%2E/b", &[Oddity::DotSegment]);
        check("/a/..;/b", &[Oddity::DotSegment, Oddity::PathParameter]);
        check("/a/..%2fb", &[Oddity::DotSegment, Oddity::EncodedSlash]);
        check("/a/..\\b", &[Oddity::DotSegment, Oddity::Backslash]);
        check("/a;b=c", &[Oddity::PathParameter]);
        check("/a%252fb", &[Oddity::DoubleEncoding]);
        check("/a%0d%0ab", &[Oddity::EncodedControl]);
        check("/a%7f", &[Oddity::EncodedControl]);
        check("/a%", &[Oddity::MalformedPercent]);
        check("/a%2", &[Oddity::MalformedPercent]);
        check("/a%zz", &[Oddity::MalformedPercent]);
        check("/a#b", &[Oddity::Fragment]);
        check("/a?b#c", &[Oddity::Fragment]);
    }

    #[test]
    fn a_nul_is_found_in_path_and_query() {
        check("/a%00", &[Oddity::EncodedNul]);
        check("/a?b=%00", &[Oddity::EncodedNul]);
    }

    #[test]
    fn overlong_forms_are_found_encoded_or_not() {
        check("/a%c0%af", &[Oddity::OverlongUtf8]);
        check("/a?b=%c0%ae", &[Oddity::OverlongUtf8]);
        check("/a%e0%80%af", &[Oddity::OverlongUtf8]);
        check("/a%f0%80%80%af", &[Oddity::OverlongUtf8]);
        check("/a%ed%a0%80", &[Oddity::OverlongUtf8]);
        check_bytes(b"/a\xc0\xaf", &[Oddity::OverlongUtf8, Oddity::RawByte]);
        check_bytes(b"/caf\xc3\xa9?a=\x85", &[Oddity::RawByte]);
        check_bytes(b"/a?b=\xc3\xa9", &[Oddity::RawByte]);
        check("/%e0%a4%b9%f0%9f%8f%b0%ed%95%9c", &[]);
    }
}
