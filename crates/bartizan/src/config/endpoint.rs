//! An endpoint as an operator names it: `POST /reviews/{id}`.

use std::fmt;
use std::str::FromStr;

use super::fault::{Fault, TextFault};
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;

/// Characters of a template at most.
const TEMPLATE_CHARS_MAX: usize = 1_024;

/// A method and a path template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The method, in capitals.
    pub method: String,
    /// The template, from its first slash.
    pub template: String,
}

impl Endpoint {
    /// The id that its requests have. Methods that bartizan does not know are recorded, and
    /// excepted, as one.
    pub fn id(&self) -> EndpointId {
        EndpointId::of(Method::of(self.method.as_bytes()).name(), &self.template)
    }

    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let not_one = || Fault::NotAnEndpoint { given: text.to_owned() };
        let (method, template) = text.split_once(' ').ok_or_else(not_one)?;
        let is_method =
            (1..=32).contains(&method.len()) && method.bytes().all(|it| it.is_ascii_uppercase());
        if is_method && is_template(template) {
            Ok(Self { method: method.to_owned(), template: template.to_owned() })
        } else {
            Err(not_one())
        }
    }
}

fn is_template(text: &str) -> bool {
    text.starts_with('/')
        && text.chars().count() <= TEMPLATE_CHARS_MAX
        && !text.chars().any(|it| it.is_whitespace() || it.is_control() || "?#\\".contains(it))
}

impl FromStr for Endpoint {
    type Err = TextFault;

    fn from_str(text: &str) -> Result<Self, TextFault> {
        Self::parse(text).map_err(|fault| TextFault(fault.label().unwrap_or_default()))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.template)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_and_a_template_make_an_endpoint() {
        for text in ["GET /", "POST /reviews/{id}", "PROPFIND /a%2Fb"] {
            assert_eq!(Endpoint::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_does_not() {
        for text in ["", "GET", "/a", "get /a", "GET a", "GET  /a", "GET /a b", "GET /a?b", "G-T /"]
        {
            assert!(Endpoint::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_template_has_at_most_so_many_characters() {
        let template = |chars| format!("GET /{}", "ä".repeat(chars - 1));
        assert!(Endpoint::parse(&template(TEMPLATE_CHARS_MAX)).is_ok());
        assert!(Endpoint::parse(&template(TEMPLATE_CHARS_MAX + 1)).is_err());
    }
}
