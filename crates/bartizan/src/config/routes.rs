//! The routes of a file, their upstreams found by name.

use std::sync::Arc;

use super::assemble::some;
use super::conflicts::Trust;
use super::fault::Fault;
use super::keys::{self, ROUTES, UPSTREAMS};
use super::problem::Place;
use super::reader::{Read, Reader, Scope};
use super::settings::Routing;
use super::upstreams::Upstreams;
use bartizan_model::route::{HostPattern, Route};

use keys::route as key;

/// Reads all of them. Without any, everything goes to the only upstream.
pub(super) fn read(
    reader: &mut Reader<'_>,
    top: &Scope<'_>,
    upstreams: &mut Upstreams,
    trust: Trust,
) -> Vec<Routing> {
    if !top.has(ROUTES) {
        return implicit(reader, top, upstreams);
    }
    let mut seen = Vec::new();
    let read = reader.mappings(top, ROUTES, |reader, scope, place| {
        let routing = one(reader, scope, upstreams, trust);
        if let Some((routing, name)) = &routing {
            repeated(reader, place, &routing.route, *name, &seen);
            seen.push((routing.route.clone(), *name));
        }
        routing.map(|(it, _)| it)
    });
    // What is wrong with a route may be why none leads there.
    if !reader.has_errors() {
        upstreams.report_unused(reader);
    }
    read.into_iter().flatten().collect()
}

fn implicit(reader: &mut Reader<'_>, top: &Scope<'_>, upstreams: &mut Upstreams) -> Vec<Routing> {
    if let Some(upstream) = upstreams.only() {
        return vec![Routing {
            route: Route::to_everything(upstream),
            mode: None,
            description: None,
            records: None,
        }];
    }
    if upstreams.count() == 0 {
        // Copies go nowhere.
        let route = Route { upstream: None, ..Route::to_everything(0) };
        return vec![Routing { route, mode: None, description: None, records: None }];
    }
    if let (Some(entry), 2..) = (top.get(UPSTREAMS), upstreams.count()) {
        let fault = Fault::NeedsRoutes { upstreams: upstreams.count() };
        reader.report(Place::At(entry.key_span), fault);
    }
    Vec::new()
}

fn one(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    upstreams: &mut Upstreams,
    trust: Trust,
) -> Option<(Routing, Place)> {
    let name = reader.word(scope, &key::ROUTE_NAME, None);
    let host = reader.word(scope, &key::HOST, None);
    let path = reader.word(scope, &key::PATH, None);
    let upstream = reader.word(scope, &key::UPSTREAM, None);
    let refuse = reader.flag(scope, &key::REFUSE);
    let rewrite = reader.word(scope, &key::REWRITE, None);
    let host_field = reader.word(scope, &key::HOST_FIELD, None);
    let spelling = reader.word(scope, &key::PATHS, None);
    let json = reader.word(scope, &key::JSON, None);
    let underscores = reader.word(scope, &key::UNDERSCORES, None);
    let certificate = reader.word(scope, &key::CLIENT_CERTIFICATE, None);
    let tokens = reader.word(scope, &key::TOKENS, None);
    let scopes = reader.items(scope, &key::SCOPES, &[]);
    let fail_open = reader.flag(scope, &key::FAIL_OPEN);
    let record_required = reader.flag(scope, &key::RECORD_REQUIRED);
    let samples = reader.flag(scope, &key::SAMPLES);
    let security_headers = reader.flag(scope, &key::SECURITY_HEADERS);
    let inspect_websocket = reader.flag(scope, &key::INSPECT_WEBSOCKET);
    let inspect_events = reader.flag(scope, &key::INSPECT_EVENTS);
    let response_timeout_ms = some(reader.number(scope, &key::RESPONSE_TIMEOUT));
    let description = reader.word(scope, &key::DESCRIPTION, None).map(|it| it.value);
    let records = reader.word(scope, &key::RECORDS, None).map(|it| it.value);
    let mode = reader.word(scope, &key::MODE, None).map(Read::given);

    if let Some(certificate) = &certificate {
        trust.demand(reader, scope, key::CLIENT_CERTIFICATE.name, certificate.value);
    }
    if let Some(tokens) = &tokens {
        trust.tokens(reader, scope, tokens.value, !scopes.is_empty());
    }
    let leads_to = if refuse {
        refused(reader, scope);
        None
    } else {
        destination(reader, scope, upstreams, upstream.as_ref())
    };
    let has_host = scope.get(key::HOST.name.key).is_none() || host.is_some();
    let name = name?;
    let place = name.place;
    let route = Route {
        name: name.value,
        host: host.map_or(HostPattern::Any, |it| it.value),
        prefix: path.filter(|_| has_host)?.value,
        upstream: leads_to,
        rewrite: rewrite.map(|it| it.value),
        host_field: host_field?.value,
        spelling: spelling?.value,
        json: json?.value,
        underscores: underscores?.value,
        certificate: certificate?.value,
        tokens: tokens?.value,
        scopes: scopes.into(),
        fail_open,
        record_required,
        samples,
        security_headers,
        inspect_websocket,
        inspect_events,
        response_timeout_ms,
    };
    Some((Routing { route, mode, description, records }, place))
}

/// What a route that refuses cannot have besides.
fn refused(reader: &mut Reader<'_>, scope: &Scope<'_>) {
    for name in [key::UPSTREAM.name, key::REWRITE.name] {
        if scope.has(name.key) {
            let (key, other) = (name.path(), key::REFUSE.name.path());
            reader.report(scope.place_of(name), Fault::Excludes { key, other });
        }
    }
}

/// The upstream that is named, or the only one.
fn destination(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    upstreams: &mut Upstreams,
    named: Option<&Read<Arc<str>>>,
) -> Option<usize> {
    let key = key::UPSTREAM.name;
    match named {
        Some(name) => upstreams.find(reader, name),
        // Reported when it was read.
        None if scope.get(key.key).is_some() => None,
        None if upstreams.count() > 1 => {
            let fault = Fault::MissingKey { key: key.path(), example: "upstream: orders" };
            reader.report(scope.missing()?, fault);
            None
        }
        None => upstreams.only(),
    }
}

/// A name that another route has, or a host and path.
fn repeated(
    reader: &mut Reader<'_>,
    place: Place,
    route: &Route,
    name: Place,
    before: &[(Route, Place)],
) {
    if let Some((_, first)) = before.iter().find(|(it, _)| it.name == route.name) {
        let first_line = match first {
            Place::At(span) => Some(span.line),
            Place::File | Place::Environment(_) | Place::Flag(_) | Place::Default => None,
        };
        reader.report(name, Fault::NameTwice { name: route.name.to_string(), first_line });
    }
    let same = |it: &&(Route, Place)| it.0.host == route.host && it.0.prefix == route.prefix;
    if let Some((other, _)) = before.iter().find(same) {
        reader.report(place, Fault::RouteTwice { other: other.name.to_string() });
    }
}
