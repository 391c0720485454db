//! A request's arrival: which route it takes, who sent it, and whether it may come in at all.
//!
//! Reads    the head, the routes, the address rules, the shared tables.
//! Writes   the head's canonical target, where its route says so; charges the client's rate.
//! Misses   address rules are not applied while most traffic comes from few private addresses
//!          (`tables/crowd.rs`), but for `clients.allow`, which names who may call.

use crate::judge::is_against_the_law;
use crate::origin::{Authority, Origin};
use crate::routes::RouteRules;
use crate::snapshot::Rules;
use crate::tables::Tables;
use bartizan_inspect::client_address::client_address;
use bartizan_inspect::path_spelling::canonical;
use bartizan_model::code::Code;
use bartizan_model::head::RequestHead;
use bartizan_model::moment::Moment;
use bartizan_model::network::{self, Network};
use bartizan_model::route::Spelling;
use bytes::Bytes;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

/// What arrived.
pub(crate) struct Arrival<'a> {
    pub(crate) head: &'a mut RequestHead,
    pub(crate) origin: &'a Origin,
    pub(crate) at: Moment,
}

/// Where its sender stands.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) client: IpAddr,
    pub(crate) violations: Vec<Code>,
    /// Seconds after which it may come again.
    pub(crate) retry_after_s: Option<u64>,
}

/// Finds the route of a request and where its sender stands.
pub(crate) fn arrive(
    it: Arrival<'_>,
    rules: &Rules,
    tables: &Tables,
) -> (Arc<RouteRules>, Standing) {
    let Arrival { head, origin, at } = it;
    let client = client_address(origin.peer, &head.fields, &rules.trusted, rules.clients.source);
    let mut standing = Standing { client, violations: Vec::new(), retry_after_s: None };
    // Shed first: nothing else that is known of it matters then, and nothing is spent on it.
    if tables.is_overloaded() {
        standing.violations.push(Code::LimitOverload);
        return (Arc::clone(&rules.base), standing);
    }
    if is_against_the_law(head.oddities) {
        return (Arc::clone(&rules.base), standing);
    }
    // Who may not come in is told so first, and who looks for routes is charged for each try.
    if is_client_known(origin, client) {
        address_rules(&mut standing, at, rules, tables);
    }
    let Some(on) = route(head, origin.authority, rules) else {
        standing.violations.push(Code::RouteUnknown);
        return (Arc::clone(&rules.base), standing);
    };
    if on.route.upstream.is_none() && origin.authority == Authority::Inline {
        standing.violations.push(Code::RouteRefused);
    }
    (on, standing)
}

/// The route that the canonical path takes, whatever spelling was sent. Where a route wants it, or
/// replaces a prefix that it must then find, the canonical spelling becomes the only one.
fn route(head: &mut RequestHead, authority: Authority, rules: &Rules) -> Option<Arc<RouteRules>> {
    let mut scratch = Vec::new();
    let target = canonical(head.target(), &mut scratch);
    let path = target.split(|&b| b == b'?').next().unwrap_or_default();
    let host = match authority {
        Authority::Inline => Cow::Borrowed(head.authority()),
        Authority::Copy => original_host(head.authority()),
    };
    let on = Arc::clone(rules.routes.find(&host, path)?);
    let is_wanted = on.route.spelling == Spelling::Canonicalise || on.route.rewrite.is_some();
    if is_wanted && target != head.target() && head.target() != b"*" {
        let target = Bytes::copy_from_slice(target);
        head.canonicalise(target);
    }
    Some(on)
}

/// Whether the address is that of a client. A copy comes from a proxy: only what that names is a client.
pub(crate) fn is_client_known(origin: &Origin, client: IpAddr) -> bool {
    origin.authority == Authority::Inline || client != network::canonical(origin.peer)
}

/// The host that the original was for: Envoy appends `-shadow` to that of a copy, before the port.
fn original_host(authority: &[u8]) -> Cow<'_, [u8]> {
    const SHADOW: &[u8] = b"-shadow";
    let at = authority.iter().rposition(|&b| b == b':').unwrap_or(authority.len());
    let (host, port) = authority.split_at_checked(at).unwrap_or((authority, b""));
    match host.strip_suffix(SHADOW) {
        Some(host) => Cow::Owned([host, port].concat()),
        None => Cow::Borrowed(authority),
    }
}

fn address_rules(standing: &mut Standing, at: Moment, rules: &Rules, tables: &Tables) {
    let (clients, client) = (&rules.clients, standing.client);
    let is_in = |networks: &[Network]| networks.iter().any(|it| it.contains(client));
    if !clients.allow.is_empty() && !is_in(&clients.allow) {
        standing.violations.push(Code::ClientDenied);
        return;
    }
    let applies = clients.are_direct || !tables.crowd().is_shared();
    if applies && is_in(&clients.deny) {
        standing.violations.push(Code::ClientDenied);
        return;
    }
    if let Some(rate) = clients.rate.filter(|_| applies) {
        let key = match client {
            IpAddr::V4(it) => rules.key.value(&it.octets()),
            // One subscriber has a whole /64 and may use a new address for every call.
            IpAddr::V6(it) => rules.key.value(it.octets().get(..8).unwrap_or_default()),
        };
        if let Err(wait_ns) = tables.rate().charge(key.0, rate, at.mono_ns) {
            standing.violations.push(Code::ClientTooFast);
            standing.retry_after_s = Some(wait_ns.div_ceil(1_000_000_000));
            return;
        }
    }
    tables.crowd().note(client, at.mono_ns);
}
