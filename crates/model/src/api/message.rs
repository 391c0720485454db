//! What requests and responses carry.

use std::collections::BTreeMap;
use std::fmt;

use super::{Extensions, Schema};

/// Bodies by media type or range of them: `application/json`, `image/*`.
pub type Content = BTreeMap<String, MediaType>;

/// The body of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestBody {
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// Whether a request without a body is wrong.
    pub required: bool,
    /// What it may hold.
    pub content: Content,
}

/// A body of one media type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaType {
    /// The whole body; `None` says nothing about it.
    pub schema: Option<Schema>,
    /// One item of a stream of items, such as JSON lines or server-sent events.
    pub item_schema: Option<Schema>,
}

/// The response of one status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// Any length, in CommonMark. Notations before 3.2 want one.
    pub description: String,
    /// Its header fields, by name as written.
    pub headers: BTreeMap<String, Header>,
    /// What its body may hold; empty says nothing about it.
    pub content: Content,
    /// What bartizan knows of it.
    pub extensions: Extensions,
}

/// A header field of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Any length, in CommonMark.
    pub description: Option<String>,
    /// Whether it is always there.
    pub required: bool,
    /// Whether it should no longer be relied upon.
    pub deprecated: bool,
    /// Its value.
    pub schema: Option<Schema>,
}

/// Which statuses a response is for. Narrow before wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// One status, 100 to 599.
    Code(u16),
    /// A hundred of them: 2 for `2XX`; 1 to 5.
    Class(u8),
    /// All that are not named.
    Default,
}

impl RequestBody {
    /// A required body of one media type.
    pub fn of(media_type: impl Into<String>, schema: Schema) -> Self {
        let content = Content::from([(media_type.into(), MediaType::of(schema))]);
        Self { description: None, required: true, content }
    }
}

impl MediaType {
    /// A body of this schema.
    pub fn of(schema: Schema) -> Self {
        Self { schema: Some(schema), item_schema: None }
    }
}

impl Response {
    /// A response that is described and has no body.
    pub fn new(description: impl Into<String>) -> Self {
        Self { description: description.into(), ..Self::default() }
    }

    /// The same with a body of this media type.
    #[must_use]
    pub fn with(mut self, media_type: impl Into<String>, schema: Schema) -> Self {
        self.content.insert(media_type.into(), MediaType::of(schema));
        self
    }
}

impl Status {
    /// Reads `200`, `2XX` (in either case) or `default`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        let (&[class, _, _], false) = (text.as_bytes().first_chunk()?, text.len() > 3) else {
            return None;
        };
        if !(b'1'..=b'5').contains(&class) {
            return None;
        }
        match text.get(1..)? {
            "XX" | "xx" => Some(Self::Class(class - b'0')),
            digits if digits.bytes().all(|it| it.is_ascii_digit()) => {
                text.parse().ok().map(Self::Code)
            }
            _ => None,
        }
    }

    /// Whether a response of this status may mean success: 2xx and 3xx.
    pub fn is_success(self) -> bool {
        match self {
            Self::Code(code) => (200..400).contains(&code),
            Self::Class(class) => class == 2 || class == 3,
            Self::Default => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_a_code_a_class_or_the_rest() {
        for (text, status) in [
            ("200", Some(Status::Code(200))),
            ("599", Some(Status::Code(599))),
            ("5XX", Some(Status::Class(5))),
            ("5xx", Some(Status::Class(5))),
            ("default", Some(Status::Default)),
            ("600", None),
            ("099", None),
            ("2X", None),
            ("2000", None),
            ("+20", None),
            ("2é", None),
            ("", None),
        ] {
            assert_eq!(Status::parse(text), status, "{text}");
        }
        assert_eq!(Status::Class(4).to_string(), "4XX");
        assert!(Status::Code(399).is_success() && !Status::Code(400).is_success());
        assert!(Status::Code(200) < Status::Class(2) && Status::Class(5) < Status::Default);
    }
}
