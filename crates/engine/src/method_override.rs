//! Other methods than its own that a `POST` names: many frameworks run one of them in its place.
//!
//! Reads    the fields `X-HTTP-Method-Override`, `X-HTTP-Method` and `X-Method-Override`; `_method` in the query, and at the top of a
//!          form or of JSON.
//! Writes   each known method once.
//! Misses   `_method` in parts of `multipart`; methods that nobody registered.
//!
//! Whether the API obeys is not known. So a call is held to what is said of its own method and of all that it names, and what
//! is learnt from its answer is what is said of its own.

use bartizan_inspect::form;
use bartizan_inspect::value::PlaceRef;
use bartizan_model::head::{Method, RequestHead};

/// Fields that name another method.
const FIELDS: &[&[u8]] = &[b"x-http-method-override", b"x-http-method", b"x-method-override"];
/// The parameter that does.
const PARAMETER: &[u8] = b"_method";

/// The method other than `POST` that a value names.
pub(crate) fn another(value: &[u8]) -> Option<Method> {
    let method = Method::of(&value.trim_ascii().to_ascii_uppercase());
    (method != Method::Other && method != Method::Post).then_some(method)
}

/// Whether a value of a message names a method.
pub(crate) fn names_method(place: PlaceRef<'_>) -> bool {
    match place {
        PlaceRef::Query(name) => name.eq_ignore_ascii_case(PARAMETER),
        PlaceRef::Body(path) => {
            path.strip_prefix("$.").is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(PARAMETER))
        }
        PlaceRef::Path | PlaceRef::Header(_) | PlaceRef::Cookie(_) | PlaceRef::Name => false,
    }
}

/// The methods that a request names besides its own.
pub(crate) fn overrides(head: &RequestHead) -> Vec<Method> {
    let mut all = Vec::new();
    if head.method != Method::Post {
        return all;
    }
    let mut take = |value: &[u8]| {
        all.extend(another(value).filter(|it| !all.contains(it)));
    };
    let is_one = |name: &[u8]| FIELDS.iter().any(|it| name.eq_ignore_ascii_case(it));
    let fields = head.fields.iter().filter(|it| is_one(it.1));
    fields.for_each(|(_, _, value)| take(value));
    form::pairs(head.query(), &mut Vec::new(), &mut |name, value| {
        if name.eq_ignore_ascii_case(PARAMETER) {
            take(value);
        }
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::head::{Framing, HeadWriter, Version};

    #[track_caller]
    fn check(method: &str, target: &str, fields: &[(&str, &str)], expected: &[Method]) {
        let mut head = HeadWriter::new();
        head.method(method.as_bytes());
        head.target(target.as_bytes());
        fields.iter().for_each(|(name, value)| head.field(name.as_bytes(), value.as_bytes()));
        let head = head.request(Version::Http11, Framing::None);
        assert_eq!(overrides(&head), expected, "{method} {target} {fields:?}");
    }

    #[test]
    fn a_post_may_name_others_and_each_counts_once() {
        let fields = [("X-HTTP-Method", "put "), ("x-method-override", "PUT")];
        check(
            "POST",
            "/a?_method=PATCH&_method=get",
            &fields,
            &[Method::Put, Method::Patch, Method::Get],
        );
        check("POST", "/a?%5Fmethod=d%65lete", &[], &[Method::Delete]);
    }

    #[test]
    fn its_own_and_what_is_none_is_not_another() {
        let fields = [("x-http-method-override", "POST"), ("x-http-method", "PURGE")];
        check("POST", "/a?_method=&method=PUT", &fields, &[]);
        check("GET", "/a?_method=PUT", &[("x-http-method-override", "PUT")], &[]);
    }
}
