//! Which ambiguities of a path `baseline.path` judges.
//!
//! Reads    the target, its route's treatment of spellings, all routes, the exceptions.
//! Writes   oddities.
//! Memory   the readings of an ambiguous path, while it is looked at.
//! Misses   a consequence within the API: where the API's own rules tell `/a;x` from `/a`, its route
//!          should say `paths: reject`, or `canonicalise`.

use crate::routes::{RouteRules, Routes};
use crate::snapshot::Rules;
use bartizan_inspect::path;
use bartizan_inspect::path_readings::readings;
use bartizan_inspect::path_spelling::canonical;
use bartizan_model::head::RequestHead;
use bartizan_model::id::EndpointId;
use bartizan_model::oddity::{Oddities, Oddity};
use bartizan_model::route::Spelling;

/// What some servers read as structure and others as part of a name.
const OPAQUE: [Oddity; 4] =
    [Oddity::EncodedSlash, Oddity::DoubleEncoding, Oddity::PathParameter, Oddity::EmptySegment];

/// The ambiguities of `head`'s target that count on this route.
pub(crate) fn judged(
    head: &RequestHead,
    endpoint: EndpointId,
    rules: &Rules,
    on: &RouteRules,
) -> Oddities {
    let mut odd = path::oddities(head.target());
    // One decoding may uncover what the next one would read: `%25%32f` is `%252f`.
    let mut scratch = Vec::new();
    let spelt = canonical(head.target(), &mut scratch);
    if spelt != head.target() {
        odd.extend(path::oddities(spelt));
    }
    if odd.is_empty() {
        return odd;
    }
    match on.route.spelling {
        Spelling::Reject => odd,
        Spelling::Preserve => {
            let mut odd = without_opaque(odd);
            if !head.path().contains(&b'\\') {
                odd.remove(Oddity::Backslash);
            }
            odd
        }
        Spelling::Judge | Spelling::Canonicalise => {
            let asked = Asked { authority: head.authority(), path: head.path(), endpoint };
            if has_consequence(&asked, &rules.routes, on) { odd } else { without_opaque(odd) }
        }
    }
}

fn without_opaque(mut odd: Oddities) -> Oddities {
    OPAQUE.into_iter().for_each(|it| odd.remove(it));
    odd
}

struct Asked<'a> {
    authority: &'a [u8],
    path: &'a [u8],
    endpoint: EndpointId,
}

/// Whether anything that is decided here could come out otherwise in a server's reading.
fn has_consequence(asked: &Asked<'_>, routes: &Routes, on: &RouteRules) -> bool {
    // An exception for this endpoint must not reach the one that the server makes of it.
    if on.clauses.exceptions().iter().any(|it| it.endpoint == Some(asked.endpoint)) {
        return true;
    }
    let takes_it = |path: &Vec<u8>| {
        routes.find(asked.authority, path).is_some_and(|it| std::ptr::eq(&**it, on))
    };
    !readings(asked.path).is_some_and(|all| all.iter().all(takes_it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_contract::clause_set::ClauseSet;
    use bartizan_model::clause::{ClauseName, Exception, Mode, SetBy};
    use bartizan_model::route::Route;
    use std::sync::Arc;

    fn routes(exceptions: &[Exception]) -> Routes {
        let route = |prefix: &str, upstream| {
            let base = Route::to_everything(0);
            let route = Route { prefix: Arc::from(prefix), upstream, ..base };
            let clauses = ClauseSet::new(Mode::Enforce, SetBy::Default, &[], exceptions);
            RouteRules {
                route: Arc::new(route),
                clauses,
                retired: Arc::default(),
                described: None,
                profile: Arc::default(),
                on_behalf_of: None,
                see_to_others: Arc::default(),
                records: None,
            }
        };
        Routes::new(vec![
            route("/", Some(0)),
            route("/orders", Some(0)),
            route("/orders/admin", None),
            route("/orders/v%32", Some(0)),
        ])
    }

    #[track_caller]
    fn check(path: &str, exceptions: &[Exception], expected: bool) {
        let routes = routes(exceptions);
        let mut scratch = Vec::new();
        let on = routes.find(b"a", canonical(path.as_bytes(), &mut scratch)).unwrap();
        let endpoint = EndpointId::of("GET", path);
        let asked = Asked { authority: b"a", path: path.as_bytes(), endpoint };
        assert_eq!(has_consequence(&asked, &routes, on), expected, "{path}");
    }

    #[test]
    fn what_every_server_takes_to_the_same_route_has_none() {
        for path in [
            "/a%2fb",
            "/a//b",
            "/a;x/b",
            "/a%25252fb",
            "/orders/a%2fb",
            "/orders//7",
            "/orders/a;b",
            "/orders/x/admin%2fy",
            "/orders//v3",
            "/orders;a=%2fx",
        ] {
            // The last one is no path under `/orders` for a server that keeps parameters.
            check(path, &[], path == "/orders;a=%2fx");
        }
    }

    #[test]
    fn whatever_may_take_another_one_has() {
        for path in [
            "/orders%2f7",
            "/orders;x",
            "/orders//admin",
            "/orders/%2fadmin",
            "/orders/adm%2569n",
            "/orders%252f7",
            "/orders/a;/../admin",
            "/orders;%2fx/admin%2fy",
            "/orders//v2",
            "//orders",
            "/;/orders",
        ] {
            check(path, &[], true);
        }
    }

    #[test]
    fn an_endpoint_with_an_exception_has_one_spelling() {
        let exception = |endpoint: &str| Exception {
            clause: ClauseName::ContentSqli,
            endpoint: Some(EndpointId::of("GET", endpoint)),
            place: None,
            reason: "a test".to_owned(),
            expires_us: u64::MAX,
            set_by: SetBy::Default,
        };
        check("/a%2fb", &[exception("/a%2fb")], true);
        check("/a%2fb", &[exception("/a/b")], false);
    }
}
