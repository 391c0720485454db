//! A place that an exception can be narrowed to.

use super::fault::Fault;
use bartizan_model::place::Place;

/// Reads a place of which there can be findings. Any other is refused, as it would never match.
pub(super) fn parse(text: &str) -> Result<Place, Fault> {
    let not_one = || Fault::NotAField { given: text.to_owned() };
    let place = Place::written(text).map_err(|_| not_one())?;
    let is_one = match &place {
        Place::Path | Place::Name => true,
        Place::Query(_) | Place::Cookie(_) | Place::Header(_) => is_trimmed(text),
        Place::Body(path) => is_trimmed(text) && is_pointer(path),
        // Where an identifier stands; content is found in `path`, whichever segment it is in.
        Place::Segment(at) => *at > 0,
    };
    match place {
        _ if !is_one => Err(not_one()),
        // Fields of heads have no case.
        Place::Header(name) => Ok(Place::Header(name.to_ascii_lowercase())),
        it @ (Place::Path
        | Place::Name
        | Place::Query(_)
        | Place::Cookie(_)
        | Place::Body(_)
        | Place::Segment(_)) => Ok(it),
    }
}

/// A space at either end is a slip far more often than a part of a name.
fn is_trimmed(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(_, name)| name.trim() == name)
}

/// Brackets may be part of a form field's name, such as `items[0]`.
fn is_pointer(path: &str) -> bool {
    let rest = path.strip_prefix('$').unwrap_or(path);
    rest.is_empty() || rest.starts_with(['.', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_findings_can_be_named() {
        for text in [
            "path",
            "segment 2",
            "name",
            "query q",
            "cookie sid",
            "header x-search",
            "body $",
            "body $.a[*].b",
            "body $.a[0]",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_name_is_escaped_as_that_of_a_finding() {
        assert_eq!(parse("query a b"), Ok(Place::query(b"a b")));
        assert_eq!(parse("header X-Search"), parse("header x-search"));
        assert_eq!(parse(r"query a\x20b"), Ok(Place::query(b"a b")));
        assert_eq!(parse("body $.a b").unwrap().to_string(), r"body $.a\x20b");
    }

    #[test]
    fn anything_else_is_not_a_field() {
        for text in [
            "",
            "path x",
            "name x",
            "query",
            "query ",
            "query  q",
            "header",
            "header  x",
            "body comment",
            "body $x",
            "q x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
