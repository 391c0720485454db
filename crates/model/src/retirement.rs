//! Retirement: an endpoint that is deprecated, and the day on which it goes.
//!
//! Plain data. `contract::retirement` decides what answers say of it, `learn::retirement` counts who still calls.

use crate::head::Method;
use std::sync::Arc;

/// Endpoints that may be marked for retirement.
pub const RETIREMENTS_MAX: usize = 1_000;

/// An endpoint that is marked for retirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// The API that it is of: the name of a service.
    pub api: Arc<str>,
    /// The only method that goes; `None` for all.
    pub method: Option<Method>,
    /// Which path goes.
    pub path: Template,
    /// Since when it is deprecated, in seconds since 1970.
    pub deprecated_s: u64,
    /// The last second in which it answers, in seconds since 1970.
    pub sunset_s: Option<u64>,
    /// Where people read about it: a URL that is fit for a field of HTTP.
    pub link: Option<Box<str>>,
}

impl Retirement {
    /// Whether a call of this method and path template is one of it. `HEAD` asks for what `GET` does.
    pub fn fits(&self, method: Method, template: &str) -> bool {
        let is_method = self
            .method
            .is_none_or(|it| it == method || (it == Method::Get && method == Method::Head));
        is_method && self.path.fits(template)
    }
}

/// A path of literal segments and variables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Template {
    text: Box<str>,
    /// What stands before the first variable, with its slash.
    before: Box<str>,
}

impl Template {
    /// From a text such as `/orders/{id}`, which begins with a slash.
    pub fn new(text: &str) -> Self {
        let segments = text.split_inclusive('/');
        let before = segments.take_while(|it| !is_variable(it.trim_end_matches('/')));
        Self { text: text.into(), before: before.collect() }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its segments; `None` for a variable.
    pub fn segments(&self) -> impl Iterator<Item = Option<&str>> {
        self.text.split('/').skip(1).map(|it| (!is_variable(it)).then_some(it))
    }

    /// Whether a path template has as many segments, and the same where this one has literals. What is written of
    /// variables in either does not matter.
    pub fn fits(&self, template: &str) -> bool {
        // Most paths begin otherwise.
        if !template.starts_with(&*self.before) {
            return false;
        }
        let mut seen = template.split('/').skip(1);
        let all = self.segments().all(|wanted| {
            seen.next().is_some_and(|it| wanted.map_or(!it.is_empty(), |wanted| wanted == it))
        });
        all && seen.next().is_none()
    }
}

fn is_variable(segment: &str) -> bool {
    segment.starts_with('{') && segment.ends_with('}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(marked: &str, template: &str, expected: bool) {
        assert_eq!(Template::new(marked).fits(template), expected, "{marked} {template}");
    }

    #[test]
    fn literals_are_the_same_and_variables_stand_for_one_segment() {
        check("/", "/", true);
        check("/", "/orders", false);
        check("/v1/orders/{id}", "/v1/orders/{int}", true);
        check("/v1/orders/{id}", "/v1/orders/latest", true);
        check("/v1/orders/{id}", "/v1/orders", false);
        check("/v1/orders/{id}", "/v1/orders/", false);
        check("/v1/orders/{id}", "/v1/orders/{int}/items", false);
        check("/v1/orders", "/v1/Orders", false);
        check("/{a}/{b}", "/x/{uuid}", true);
    }

    #[test]
    fn a_head_asks_for_what_a_get_does() {
        let marked = |method| Retirement {
            api: "shop".into(),
            method,
            path: Template::new("/a"),
            deprecated_s: 0,
            sunset_s: None,
            link: None,
        };
        assert!(marked(Some(Method::Get)).fits(Method::Head, "/a"));
        assert!(!marked(Some(Method::Head)).fits(Method::Get, "/a"));
        assert!(!marked(Some(Method::Get)).fits(Method::Post, "/a"));
        assert!(marked(None).fits(Method::Delete, "/a"));
    }
}
