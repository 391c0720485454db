//! A part of a request that an exception can be narrowed to.

use std::fmt;

use super::fault::Fault;

/// Bytes of a field's name or pointer at most; findings keep no more of theirs.
const NAME_BYTES_MAX: usize = 128;

/// A part of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The path.
    Path,
    /// The query parameter of this name.
    Query(String),
    /// The cookie of this name.
    Cookie(String),
    /// The value in the body at this pointer, from `$`.
    Body(String),
}

impl Field {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let not_one = || Fault::NotAField { given: text.to_owned() };
        if text == "path" {
            return Ok(Self::Path);
        }
        let (part, name) = text.split_once(' ').ok_or_else(not_one)?;
        match part {
            "query" if is_name(name) => Ok(Self::Query(name.to_owned())),
            "cookie" if is_name(name) => Ok(Self::Cookie(name.to_owned())),
            "body" if is_name(name) && is_pointer(name) => Ok(Self::Body(name.to_owned())),
            _ => Err(not_one()),
        }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.len() <= NAME_BYTES_MAX
        && !text.chars().any(char::is_control)
}

/// Array items have no numbers in findings, so that a pointer to one would never match.
fn is_pointer(text: &str) -> bool {
    match text.strip_prefix('$') {
        Some(rest) => {
            let has_index = rest.split('[').skip(1).any(|it| !it.starts_with("*]"));
            (rest.is_empty() || rest.starts_with(['.', '['])) && !has_index
        }
        None => false,
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path => f.write_str("path"),
            Self::Query(name) => write!(f, "query {name}"),
            Self::Cookie(name) => write!(f, "cookie {name}"),
            Self::Body(pointer) => write!(f, "body {pointer}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_parts_can_be_named() {
        for text in ["path", "query q", "query a b", "cookie sid", "body $", "body $.a[*].b"] {
            assert_eq!(Field::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_not_a_field() {
        for text in [
            "",
            "path x",
            "query",
            "query ",
            "query  q",
            "body comment",
            "body $x",
            "q x",
            "body $.a[0]",
            "body $[a",
        ] {
            assert!(Field::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_has_at_most_so_many_bytes() {
        assert!(Field::parse(&format!("query {}", "x".repeat(NAME_BYTES_MAX))).is_ok());
        assert!(Field::parse(&format!("query {}", "x".repeat(NAME_BYTES_MAX + 1))).is_err());
    }
}
