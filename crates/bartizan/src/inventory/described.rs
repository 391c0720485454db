//! The inventory as a description, with what people say of the API: who owns it, and what of it goes.

use super::apis::Known;
use super::classes;
use super::retirement::day;
use bartizan_learn::inventory::Endpoint;
use bartizan_learn::inventory::description::describe;
use bartizan_model::api::{Api, Extensions, Value};
use bartizan_model::head::Method;

/// Describes the endpoints of a service.
pub(crate) fn described(service: &str, endpoints: &[Endpoint<'_>], known: &Known<'_>) -> Api {
    let title = if service.is_empty() { "API" } else { service };
    let mut api = describe(title, endpoints, &classes::class);
    for operation in &mut api.operations {
        let method = Method::of(operation.method.as_bytes());
        let Some(it) = known.marked_as(service, method, operation.path.as_str()) else { continue };
        operation.deprecated = true;
        if let Some(sunset_s) = it.retirement.sunset_s {
            operation.extensions.insert("x-sunset".to_owned(), day(sunset_s).into());
        }
    }
    say(&mut api.extensions, service, known);
    api
}

fn say(into: &mut Extensions, service: &str, known: &Known<'_>) {
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            into.insert(format!("x-bartizan-{name}"), value);
        }
    };
    if let Some(it) = known.apis.of(service) {
        put("owner", it.owner.clone().map(Value::from));
        put("team", it.team.clone().map(Value::from));
        let tags: Vec<&str> = it.tags.iter().map(String::as_str).collect();
        put("tags", (!tags.is_empty()).then(|| tags.into()));
    }
    put("audience", known.apis.profile(service).audience.map(|it| it.name().into()));
}
