//! Paths as a configuration names them: what a route is for, and what a health check asks for.
//!
//! A route's path means the same to everybody or is refused: who could write `/a/../b` or `/%61`
//! there would get a route that some requests for the same resource miss.

use super::fault::{Fault, PathFault};
use std::sync::Arc;

/// Characters of a path at most.
pub(super) const PATH_CHARS_MAX: usize = 1_024;

/// What a route is for, or what it writes instead: whole segments.
pub(super) fn of_route(text: &str) -> Result<Arc<str>, Fault> {
    let fault = |why| Fault::NotAPath { given: text.to_owned(), why };
    let segments = begun(text, is_plain).map_err(fault)?;
    if segments.is_empty() || segments.split('/').all(is_segment) {
        return Ok(Arc::from(text));
    }
    let kept: Vec<_> = segments.split('/').filter(|it| !it.is_empty()).collect();
    let has_dots = kept.iter().any(|it| !is_segment(it));
    Err(fault(if has_dots {
        PathFault::Dots
    } else {
        PathFault::Empty(format!("/{}", kept.join("/")))
    }))
}

/// What a health check asks for: a path, and a query where there is one.
pub(super) fn of_health(text: &str) -> Result<String, Fault> {
    let is_part = |it: char| it.is_ascii_graphic() && it != '#' && it != '\\';
    match begun(text, is_part) {
        Ok(_) => Ok(text.to_owned()),
        Err(why) => Err(Fault::NotAPath { given: text.to_owned(), why }),
    }
}

/// What follows the first slash.
fn begun(text: &str, is_part: fn(char) -> bool) -> Result<&str, PathFault> {
    let rest = text.strip_prefix('/').ok_or(PathFault::Slash)?;
    if text.chars().count() > PATH_CHARS_MAX {
        return Err(PathFault::Long);
    }
    match rest.chars().find(|it| !is_part(*it)) {
        Some(it) => Err(PathFault::Character(it)),
        None => Ok(rest),
    }
}

/// RFC 3986, `pchar` without escapes, and the slash.
fn is_plain(it: char) -> bool {
    it.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/".contains(it)
}

/// Neither empty nor one that a server takes for a step: `.`, `..`, and those with a parameter.
fn is_segment(text: &str) -> bool {
    let name = text.split(';').next().unwrap_or_default();
    !text.is_empty() && name != "." && name != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&PathFault>) {
        let found = match of_route(text) {
            Ok(it) => {
                assert_eq!(&*it, text);
                None
            }
            Err(Fault::NotAPath { why, .. }) => Some(why),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(found.as_ref(), expected, "{text}");
    }

    #[test]
    fn whole_segments_are_the_path_of_a_route() {
        for text in ["/", "/v1", "/v1/orders", "/a;b=c/...", "/~me/@x:1", "/.well-known"] {
            check(text, None);
        }
        check(&format!("/{}", "x".repeat(PATH_CHARS_MAX - 1)), None);
    }

    #[test]
    fn what_servers_read_differently_is_not() {
        for text in ["", "v1", "*", "http://a/"] {
            check(text, Some(&PathFault::Slash));
        }
        for (text, it) in [("/a?b", '?'), ("/a#b", '#'), ("/%61", '%'), ("/a\\b", '\\')] {
            check(text, Some(&PathFault::Character(it)));
        }
        check("/a b", Some(&PathFault::Character(' ')));
        check("/\u{e4}", Some(&PathFault::Character('\u{e4}')));
        for text in ["/.", "/a/..", "/a/../b", "/..;x/b", "/./"] {
            check(text, Some(&PathFault::Dots));
        }
        check("/a/", Some(&PathFault::Empty("/a".to_owned())));
        check("//a", Some(&PathFault::Empty("/a".to_owned())));
        check("//", Some(&PathFault::Empty("/".to_owned())));
        check(&format!("/{}", "x".repeat(PATH_CHARS_MAX)), Some(&PathFault::Long));
    }

    #[test]
    fn a_health_check_may_ask_for_more() {
        for text in ["/", "/health/", "/health?full=1", "/%61"] {
            assert_eq!(of_health(text).as_deref(), Ok(text));
        }
        for text in ["", "health", "/a b", "/a#b", "/a\\b", "/a\r\nb", "/\u{e4}"] {
            assert!(of_health(text).is_err(), "{text}");
        }
    }
}
