//! The readings of an ambiguous path: everything that servers in use make of it.
//!
//! Reads    a path as received, without its query.
//! Writes   the path itself and what follows from it by any order of the steps that servers take:
//!          decoding once more, taking encoded delimiters for delimiters, cutting off parameters,
//!          merging empty segments.
//! Memory   at most `READINGS_MAX` readings, none longer than the path.
//! Errors   `None` where there would be more, or where one of them is read as more than a path:
//!          dot segments, backslashes, encoded control bytes, overlong UTF-8, and two slashes in
//!          front, which URL libraries take for a host.
//! Misses   servers that fold case or Unicode forms.
//! Source   RFC 3986 sections 3.3 and 4.2; CVE-2019-9901, CVE-2021-29492.

use crate::path::oddities;
use crate::percent::hex;
use bartizan_model::oddity::{Oddities, Oddity};

/// Readings of one path. Ordinary ambiguities have two to eight.
pub const READINGS_MAX: usize = 32;

/// All readings of `path`, itself first.
pub fn readings(path: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut all = vec![path.to_vec()];
    let mut at = 0;
    while let Some(reading) = all.get(at) {
        if reading.starts_with(b"//") || is_more_than_a_path(oddities(reading)) {
            return None;
        }
        for step in [decoded, delimited, cut, merged] {
            let next = step(all.get(at)?);
            if !all.contains(&next) {
                all.push(next);
            }
        }
        if all.len() > READINGS_MAX {
            return None;
        }
        at += 1;
    }
    Some(all)
}

fn is_more_than_a_path(odd: Oddities) -> bool {
    [
        Oddity::DotSegment,
        Oddity::Backslash,
        Oddity::EncodedControl,
        Oddity::EncodedNul,
        Oddity::OverlongUtf8,
        Oddity::Fragment,
    ]
    .into_iter()
    .any(|it| odd.contains(it))
}

/// Percent signs and unreserved characters decoded: what a server has before it decodes again.
fn decoded(path: &[u8]) -> Vec<u8> {
    unescaped(path, |it| it.is_ascii_alphanumeric() || b"%-._~".contains(&it))
}

/// Encoded slashes and semicolons decoded.
fn delimited(path: &[u8]) -> Vec<u8> {
    unescaped(path, |it| matches!(it, b'/' | b';'))
}

fn unescaped(path: &[u8], wanted: fn(u8) -> bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, after)) = rest.split_first() {
        let escape = match after {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match escape.map(|(high, low)| high << 4 | low).filter(|&it| wanted(it)) {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    out
}

/// Each segment up to its parameters.
fn cut(path: &[u8]) -> Vec<u8> {
    let mut is_cut = false;
    let keeps = |&byte: &u8| {
        is_cut = (is_cut || byte == b';') && byte != b'/';
        !is_cut
    };
    path.iter().copied().filter(keeps).collect()
}

fn merged(path: &[u8]) -> Vec<u8> {
    let mut out = path.to_vec();
    out.dedup_by(|now, before| *now == b'/' && *before == b'/');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &[&str]) {
        let mut found: Vec<String> = readings(path.as_bytes())
            .unwrap_or_default()
            .into_iter()
            .map(|it| String::from_utf8(it).unwrap())
            .collect();
        assert_eq!(
            found.first().map(String::as_str),
            (!expected.is_empty()).then_some(path),
            "{path}"
        );
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{path}");
    }

    #[test]
    fn an_ordinary_path_has_one_reading() {
        check("/orders/17", &["/orders/17"]);
        check("/a%20b", &["/a%20b"]);
        check("/", &["/"]);
    }

    #[test]
    fn each_step_gives_a_reading() {
        check("/a%2Fb", &["/a%2Fb", "/a/b"]);
        check("/a//b", &["/a//b", "/a/b"]);
        check("/a;x=1/b", &["/a;x=1/b", "/a/b"]);
        check("/a%252fb", &["/a%252fb", "/a%2fb", "/a/b"]);
        check("/%61", &["/%61", "/a"]);
    }

    #[test]
    fn servers_take_the_steps_in_different_orders() {
        // Parameters are cut off before the slash in them is decoded, or behind it.
        check(
            "/a;x%2fb/c%2fd",
            &["/a;x%2fb/c%2fd", "/a;x/b/c/d", "/a/c%2fd", "/a/b/c/d", "/a/c/d"],
        );
        // The segment is empty once its parameters are gone.
        check("/a/;x/b", &["/a/;x/b", "/a//b", "/a/b"]);
        check("/a%3bx/b", &["/a%3bx/b", "/a;x/b", "/a/b"]);
        // What one decoding uncovers, the next one decodes.
        check("/a%25%32fb", &["/a%25%32fb", "/a%2fb", "/a/b"]);
    }

    #[test]
    fn what_may_leave_the_path_has_no_readings() {
        for path in [
            "/a/../b",
            "/a%2f..%2fb",
            "/a/..;/b",
            "/a\\b",
            "/a%255cb",
            "/a%250ab",
            "//host/a",
            "/%2fhost/a",
            "/;x/host",
            "/a/%252e%252e%252fb",
            "/a%00",
            "/%c0%af",
            "/%25c0%25af",
            "/a#b",
        ] {
            check(path, &[]);
        }
    }

    #[test]
    fn hostile_paths_end_soon() {
        let nested = format!("/{}", "%25".repeat(2_000));
        let many: String = (0..200).map(|it| format!("/a;{it}%{}2f", "25".repeat(it))).collect();
        for path in [nested, many, "/a//;%2f%3b".repeat(500)] {
            let found = readings(path.as_bytes()).unwrap_or_default();
            assert!(found.len() <= READINGS_MAX);
        }
    }
}
