//! Endpoints as the control API and the commands show them.

use super::apis::Known;
use super::classes::{self, Told};
use super::retirement;
use bartizan_learn::inventory::leaf::{Field, Fields, Leaf};
use bartizan_learn::inventory::{By, Endpoint, Inventory, Reason, Segment};
use bartizan_learn::posture::posture;
use bartizan_model::fact::{Forms, Kind};
use bartizan_model::observation::SubjectKind;
use bartizan_model::profile::Audience;
use serde_json::{Value, json};

/// 16 hexadecimal digits.
pub(crate) fn id(it: &Endpoint<'_>) -> String {
    format!("{:016x}", it.id().bits())
}

/// `GET /orders/{orderId}`
pub(crate) fn named(it: &Endpoint<'_>) -> String {
    let mut name = format!("{} {}", it.method.name(), it.template());
    if !it.operation.is_empty() {
        name.push(' ');
        name.push_str(it.operation);
    }
    name
}

/// An endpoint in a list.
pub(crate) fn row(it: &Endpoint<'_>, known: &Known<'_>) -> Value {
    let leaf = it.leaf;
    let api = known.apis.of(it.service);
    let audience = known.apis.profile(it.service).audience;
    let of_class =
        |from: u16| -> u64 { leaf.statuses.range(from..from + 100).map(|it| it.1).sum() };
    json!({
        "id": id(it),
        "service": it.service,
        "method": it.method.name(),
        "template": it.template(),
        "operation": it.operation,
        "calls": leaf.all(),
        "unanswered": leaf.unanswered,
        "answers": answers(leaf),
        "client_errors": of_class(400),
        "server_errors": of_class(500),
        "subjects": leaf.subjects.count(),
        "clients": leaf.clients.count(),
        "unauthenticated_percent": unauthenticated(leaf),
        "first": leaf.first_us,
        "last": leaf.last_us,
        "request_fields": leaf.request.by_place.len(),
        "response_fields": leaf.response.by_place.len(),
        "classes": classes::of(it).iter().map(ToString::to_string).collect::<Vec<_>>(),
        "risk": posture(it, &classes::class, &known.against(it)).risk,
        "owner": api.and_then(|it| it.owner.as_deref()),
        "team": api.and_then(|it| it.team.as_deref()),
        "tags": api.map_or(&[][..], |it| &it.tags),
        "audience": audience.map(Audience::name),
        "retires": known.marked(it).map(retirement::of_endpoint),
    })
}

/// Everything that is known of an endpoint.
pub(crate) fn whole(it: &Endpoint<'_>, known: &Known<'_>) -> Value {
    let leaf = it.leaf;
    let mut out = row(it, known);
    let statuses: Vec<_> = leaf
        .statuses
        .iter()
        .map(|(status, count)| json!({"status": status, "count": count}))
        .collect();
    let known_by: Vec<_> = SubjectKind::ALL
        .iter()
        .zip(leaf.known_by)
        .filter(|it| it.1 > 0)
        .map(|(kind, count)| json!({"kind": kind.name(), "count": count}))
        .collect();
    let average = leaf.response_bytes.checked_div(leaf.succeeded()).unwrap_or(0);
    if let Value::Object(members) = &mut out {
        members.insert("statuses".to_owned(), statuses.into());
        members.insert("known_by".to_owned(), known_by.into());
        members.insert("response_bytes_average".to_owned(), average.into());
        members.insert("variables".to_owned(), variables(it).into());
        members.insert("posture".to_owned(), super::posture::of(it, known));
        members.insert("request".to_owned(), fields(&leaf.request));
        members.insert("response".to_owned(), fields(&leaf.response));
    }
    out
}

/// Numbers of each service.
pub(crate) fn services(inventory: &Inventory) -> Vec<Value> {
    let endpoints = inventory.endpoints();
    let of = |service: &str| endpoints.iter().filter(|it| it.service == service).count();
    inventory
        .totals()
        .map(|(name, it)| {
            json!({
                "name": name,
                "endpoints": of(name),
                "calls": it.calls,
                "candidates": it.candidates,
                "full": it.full,
            })
        })
        .collect()
}

/// Whether answers were seen: what was not is unknown, never absent.
fn answers(leaf: &Leaf) -> &'static str {
    match (leaf.unanswered, leaf.statuses.is_empty()) {
        (0, _) => "seen",
        (_, false) => "partly",
        (_, true) => "unknown",
    }
}

/// The share of calls whose caller showed nothing but an address.
pub(crate) fn unauthenticated(leaf: &Leaf) -> u64 {
    let all: u64 = leaf.known_by.iter().sum();
    let kinds = SubjectKind::ALL.iter().zip(leaf.known_by);
    let bare: u64 = kinds.filter(|it| *it.0 == SubjectKind::AddressAgent).map(|it| it.1).sum();
    (bare * 100).checked_div(all).unwrap_or(0)
}

fn variables(it: &Endpoint<'_>) -> Vec<Value> {
    let variable = |segment: &Segment<'_>| {
        let Segment::Variable { name, of } = segment else { return None };
        let (reason, words) = match of.reason {
            Reason::Form => ("form", 0),
            Reason::Alike { words, .. } => ("alike", words),
            Reason::TooMany { words } => ("too_many", words),
            Reason::Said(By::Person) => ("person", 0),
            Reason::Said(By::Description) => ("description", 0),
        };
        let kind = of.kind().map(Kind::name);
        Some(json!({"name": name, "kind": kind, "reason": reason, "words": words}))
    };
    it.path.iter().filter_map(variable).collect()
}

fn fields(of: &Fields) -> Value {
    let fields: Vec<_> = of
        .by_place
        .iter()
        .map(|(place, it)| {
            let kinds: Vec<_> = Kind::ALL
                .iter()
                .zip(it.kinds)
                .filter(|it| it.1 > 0)
                .map(|(kind, count)| json!({"kind": kind.name(), "count": count}))
                .collect();
            json!({
                "place": place.to_string(),
                "share_percent": share(it, of),
                "kind": it.kind().map(Kind::name),
                "kinds": kinds,
                "bytes_min": it.bytes.0,
                "bytes_max": it.bytes.1,
                "distinct": it.values.count(),
                "few": it.values.are_few(),
                "enumeration": it.enumeration().map(|it| it.counts),
                "times_max": it.times_max,
                "types": types(it),
                "class": classes::told(place, it).map(|it| told(&it)),
            })
        })
        .collect();
    json!({"messages": of.messages, "more": of.more, "fields": fields})
}

fn told(it: &Told) -> Value {
    json!({
        "name": it.class.to_string(),
        "says": it.says(),
        "sensitivity": it.class.sensitivity().name(),
        "confidence_percent": it.confidence_percent,
        "values": it.values,
        "passed": it.passed,
        "may_mask": it.may_mask(),
    })
}

/// The types of JSON that values had; none of what has no types.
pub(crate) fn types(it: &Field) -> Vec<&'static str> {
    let all = [
        (Forms::STRING, "string"),
        (Forms::NUMBER, "number"),
        (Forms::BOOLEAN, "boolean"),
        (Forms::LIST, "array"),
        (Forms::OBJECT, "object"),
        (Forms::NULL, "null"),
    ];
    all.into_iter().filter(|(form, _)| it.forms.has(*form)).map(|(_, name)| name).collect()
}

/// How many of the messages had it, in percent.
pub(crate) fn share(field: &Field, of: &Fields) -> u64 {
    (field.messages * 100).checked_div(of.messages).unwrap_or(0)
}
