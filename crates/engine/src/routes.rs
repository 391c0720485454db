//! Which route a request takes.
//!
//! Reads    host and path as they are judged: the path in its canonical spelling, so that no other
//!          spelling reaches another route.
//! Memory   the configured routes, at most `ROUTES_MAX`.
//!          Routes that refuse also fit in other letters and with `;` parameters, because some servers
//!          ignore both.
//! Misses   nothing of its own: a request that fits no route is refused with `route.unknown`.

use crate::tables::rate::Rate;
use bartizan_contract::clause_set::ClauseSet;
use bartizan_contract::retirement::Retired;
use bartizan_inspect::path_spelling::has_prefix;
use bartizan_inspect::token_claims::{bearer, has};
use bartizan_model::head::RequestHead;
use bartizan_model::known::Known;
use bartizan_model::profile::Profile;
use bartizan_model::route::{HostPattern, Route};
use bartizan_spec::Description;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A route and the clauses in force on it.
#[derive(Clone, Debug)]
pub struct RouteRules {
    /// The route.
    pub route: Arc<Route>,
    /// Its clauses.
    pub clauses: ClauseSet,
    /// Endpoints of it that are marked for retirement, in the order of the configuration.
    pub retired: Arc<[Retired]>,
    /// What the description of its API says of messages, if it has one.
    pub described: Option<Arc<Description>>,
    /// What its API is: what stands behind its callers, and what says which tenant a call is for.
    pub profile: Arc<Profile>,
    /// The field of requests that names on whose behalf a call is, where one credential is many people's.
    pub on_behalf_of: Option<Box<str>>,
    /// Claims of tokens whose bearers see to others: each a name and a value.
    pub see_to_others: Arc<[(Box<str>, Box<str>)]>,
    /// How many records one caller is shown.
    pub records: Option<Rate>,
}

impl RouteRules {
    /// Whether the token of a request says that its bearer sees to others.
    pub(crate) fn sees_to_others(&self, head: &RequestHead) -> bool {
        if self.see_to_others.is_empty() {
            return false;
        }
        let token = head.fields.get(Known::Authorization).and_then(bearer);
        let says = |token| {
            self.see_to_others.iter().any(|(name, value)| has(token, name, value.as_bytes()))
        };
        token.is_some_and(says)
    }
}

/// All routes, the most specific first: exact hosts, then the longest suffix, then any host; within
/// one host the longest prefix. A host without a fitting path does not hide less specific hosts.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    exact: BTreeMap<Arc<str>, Vec<Arc<RouteRules>>>,
    under: Vec<(Arc<str>, Vec<Arc<RouteRules>>)>,
    any: Vec<Arc<RouteRules>>,
}

impl Routes {
    /// Sorts `routes` by how specific they are.
    pub fn new(routes: Vec<RouteRules>) -> Self {
        let mut it = Self::default();
        for rules in routes {
            let rules = Arc::new(rules);
            match &rules.route.host {
                HostPattern::Any => it.any.push(rules),
                HostPattern::Exact(host) => {
                    it.exact.entry(Arc::clone(host)).or_default().push(rules);
                }
                HostPattern::Under(suffix) => {
                    let suffix = Arc::clone(suffix);
                    match it.under.iter_mut().find(|(known, _)| *known == suffix) {
                        Some((_, group)) => group.push(rules),
                        None => it.under.push((suffix, vec![rules])),
                    }
                }
            }
        }
        it.under.sort_by_key(|(suffix, _)| std::cmp::Reverse(suffix.len()));
        let groups = it.exact.values_mut().chain(it.under.iter_mut().map(|(_, group)| group));
        for group in groups.chain([&mut it.any]) {
            group.sort_by_key(|it| std::cmp::Reverse(it.route.prefix.len()));
        }
        it
    }

    /// The route for this host (as in `Host`, with or without port) and canonical path.
    pub fn find(&self, authority: &[u8], path: &[u8]) -> Option<&Arc<RouteRules>> {
        let by_path = |group: &'_ [Arc<RouteRules>]| {
            let fits = |it: &Arc<RouteRules>| {
                &*it.route.prefix == "/"
                    || has_prefix(path, it.route.prefix.as_bytes())
                    || (it.route.upstream.is_none() && is_kin(path, &it.route.prefix))
            };
            group.iter().position(fits)
        };
        if !self.exact.is_empty() || !self.under.is_empty() {
            let host = String::from_utf8_lossy(without_port(authority)).to_ascii_lowercase();
            let host = host.trim_end_matches('.');
            if let Some(group) = self.exact.get(host)
                && let Some(at) = by_path(group)
            {
                return group.get(at);
            }
            for (suffix, group) in self.under.iter().filter(|it| host.ends_with(&*it.0)) {
                // `*.example.com` is for one or more labels before the suffix.
                if host.len() > suffix.len()
                    && let Some(at) = by_path(group)
                {
                    return group.get(at);
                }
            }
        }
        by_path(&self.any).and_then(|at| self.any.get(at))
    }

    /// All routes.
    pub fn all(&self) -> impl Iterator<Item = &Arc<RouteRules>> {
        let groups = self.exact.values().chain(self.under.iter().map(|(_, group)| group));
        groups.flatten().chain(&self.any)
    }
}

/// Whether `path` lies under `prefix` for a server that ignores case and cuts off `;` parameters. What
/// is refused is refused for every server.
fn is_kin(path: &[u8], prefix: &str) -> bool {
    let mut folded = Vec::with_capacity(path.len());
    let mut is_cut = false;
    for &byte in path {
        is_cut = (is_cut || byte == b';') && byte != b'/';
        if !is_cut {
            folded.push(byte.to_ascii_lowercase());
        }
    }
    has_prefix(&folded, prefix.to_ascii_lowercase().as_bytes())
}

/// The host without its port; an IPv6 literal keeps its brackets.
pub(crate) fn without_port(authority: &[u8]) -> &[u8] {
    match authority.iter().rposition(|&b| b == b':') {
        Some(at) if authority.get(at..).is_some_and(|it| !it.contains(&b']')) => {
            authority.get(..at).unwrap_or_default()
        }
        Some(_) | None => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::clause::{Mode, SetBy};

    fn route(name: &str, host: HostPattern, prefix: &str) -> RouteRules {
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Default, &[], &[]);
        let base = Route::to_everything(0);
        let route = Route { name: Arc::from(name), host, prefix: Arc::from(prefix), ..base };
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
    }

    fn exact(host: &str) -> HostPattern {
        HostPattern::Exact(Arc::from(host))
    }

    fn under(suffix: &str) -> HostPattern {
        HostPattern::Under(Arc::from(suffix))
    }

    #[track_caller]
    fn check(routes: &Routes, host: &str, path: &str, expected: Option<&str>) {
        let found = routes.find(host.as_bytes(), path.as_bytes());
        assert_eq!(found.map(|it| &*it.route.name), expected, "{host} {path}");
    }

    #[test]
    fn the_most_specific_route_wins() {
        let routes = Routes::new(vec![
            route("orders", exact("api.example"), "/orders"),
            route("api", exact("api.example"), "/"),
            route("exports", exact("api.example"), "/orders/exports"),
            route("any-host", under(".example"), "/"),
            route("deep", under(".eu.example"), "/"),
            route("health", HostPattern::Any, "/health"),
        ]);
        check(&routes, "api.example", "/orders/7", Some("orders"));
        check(&routes, "API.example:8443", "/orders", Some("orders"));
        check(&routes, "api.example.", "/orders", Some("orders"));
        check(&routes, "api.example", "/ordersx", Some("api"));
        check(&routes, "api.example", "/orders/exports/1", Some("exports"));
        check(&routes, "shop.example", "/orders", Some("any-host"));
        check(&routes, "a.eu.example", "/", Some("deep"));
        check(&routes, "example", "/", None);
        check(&routes, "[2001:db8::1]:80", "/health", Some("health"));
        check(&routes, "", "/other", None);
    }

    #[test]
    fn what_is_refused_is_refused_in_every_case_and_with_parameters() {
        let mut refused = route("admin", HostPattern::Any, "/Admin");
        refused.route = Arc::new(Route { upstream: None, ..(*refused.route).clone() });
        let routes = Routes::new(vec![refused, route("all", HostPattern::Any, "/")]);
        for path in ["/Admin", "/admin/x", "/ADMIN", "/admin;a=b/x", "/%41dmin", "/aDMin;/"] {
            check(&routes, "a", path, Some("admin"));
        }
        for path in ["/administrator", "/", "/x/admin", "/adm;in"] {
            check(&routes, "a", path, Some("all"));
        }
    }

    #[test]
    fn a_host_without_a_fitting_path_hides_nothing() {
        let routes = Routes::new(vec![
            route("orders", exact("api.example"), "/orders"),
            route("all", HostPattern::Any, "/"),
        ]);
        check(&routes, "api.example", "/users", Some("all"));
    }
}
