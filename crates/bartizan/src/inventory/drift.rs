//! Drift, as the control API and the commands show it.

use super::said::Sayings;
use crate::declared::{self, Declared};
use bartizan_learn::drift::{
    Calls, Difference, Drift, Looks, NotSeen, Room, Share, Side, What, drift,
};
use bartizan_learn::inventory::{Endpoint, Inventory};
use bartizan_model::api::Types;
use bartizan_model::fact::Kind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What differs, of every service that is described.
pub(crate) fn all(inventory: &Inventory, said: &Sayings, service: Option<&str>) -> Value {
    let endpoints = inventory.endpoints();
    let services: BTreeSet<&str> = endpoints.iter().map(|it| it.service).collect();
    let mut out = Vec::new();
    let mut undescribed = Vec::new();
    for name in services.iter().filter(|it| service.is_none_or(|wanted| wanted == **it)) {
        match declared::of(said.declared(), name, services.len()) {
            Some(declared) => out.push(of(inventory, declared, name, &endpoints)),
            None => undescribed.push(*name),
        }
    }
    json!({"services": out, "undescribed": undescribed})
}

fn of(inventory: &Inventory, declared: &Declared, service: &str, all: &[Endpoint<'_>]) -> Value {
    let endpoints: Vec<_> = all.iter().filter(|it| it.service == service).cloned().collect();
    let candidates = inventory.totals().find(|it| it.0 == service).map_or(0, |it| it.1.candidates);
    let Drift { differences, not_seen, is_without_base } =
        drift(&declared.api, &endpoints, candidates);
    json!({
        "service": service,
        "source": declared.source,
        "at": declared.at_us,
        "operations": declared.api.operations.len(),
        "endpoints": endpoints.len(),
        "without_base": is_without_base,
        "differences": differences.iter().map(difference).collect::<Vec<_>>(),
        "not_seen": unseen(&not_seen),
    })
}

fn unseen(it: &NotSeen) -> Value {
    json!({
        "candidates": it.candidates,
        "merged": it.merged,
        "long": it.long,
        "requests": it.requests,
        "request_bodies": it.request_bodies,
        "responses": it.responses,
        "undescribed": it.undescribed,
        "fields": it.fields,
        "required": it.required,
        "headers": it.headers,
    })
}

/// Of one kind each: what it is, on which side and where, how often, and the same as a sentence.
struct Shown {
    what: &'static str,
    side: Option<Side>,
    place: Option<String>,
    share: Share,
    last_us: u64,
    says: String,
}

impl Shown {
    fn calls(what: &'static str, seen: Calls, says: String) -> Self {
        let share = Share { of: seen.calls, all: seen.calls };
        Self { what, side: None, place: None, share, last_us: seen.last_us, says }
    }

    fn field(
        what: &'static str,
        side: Side,
        place: &bartizan_model::place::Place,
        share: Share,
        says: String,
    ) -> Self {
        let place = Some(place.to_string());
        Self { what, side: Some(side), place, share, last_us: 0, says }
    }
}

fn difference(it: &Difference) -> Value {
    let shown = shown(&it.what);
    json!({
        "method": it.method,
        "path": it.path,
        "ids": it.endpoints.iter().map(|it| format!("{:016x}", it.bits())).collect::<Vec<_>>(),
        "what": shown.what,
        "side": shown.side.map(side),
        "place": shown.place,
        "seen": shown.share.of,
        "of": shown.share.all,
        "last": shown.last_us,
        "says": shown.says,
    })
}

const fn side(it: Side) -> &'static str {
    match it {
        Side::Request => "request",
        Side::Response => "response",
    }
}

fn shown(what: &What) -> Shown {
    match what {
        What::UndeclaredPath { seen } => {
            Shown::calls("undeclared_path", *seen, "the path is not declared".to_owned())
        }
        What::UndeclaredMethod { declared, seen } => {
            let says = format!("declared are {}", declared.join(", "));
            Shown::calls("undeclared_method", *seen, says)
        }
        What::Deprecated { sunset, seen } => {
            let end = sunset.as_ref().map_or(String::new(), |it| format!(", ends {it}"));
            Shown::calls("deprecated", *seen, format!("deprecated{end}, and still called"))
        }
        What::Superseded { by, seen } => {
            Shown::calls("superseded", *seen, format!("{by} is newer, and called as well"))
        }
        What::NeverCalled => {
            let says = "declared, and no call was answered with success".to_owned();
            Shown::calls("never_called", Calls::default(), says)
        }
        What::UndeclaredStatus { status, seen } => Shown {
            what: "undeclared_status",
            side: Some(Side::Response),
            place: Some(status.to_string()),
            share: *seen,
            last_us: 0,
            says: format!("status {status} is not declared"),
        },
        What::Undeclared { side, place, room, seen } => {
            Shown::field("undeclared_field", *side, place, *seen, room_says(*room).to_owned())
        }
        What::Changed { side, place, declared, seen, share } => {
            let says = format!("declared {}, seen {}", types(*declared), looks(*seen));
            Shown::field("changed_type", *side, place, *share, says)
        }
        What::Missing { side, place, share } => {
            Shown::field("missing", *side, place, *share, "required, and not there".to_owned())
        }
    }
}

const fn room_says(it: Room) -> &'static str {
    match it {
        Room::Forbidden => "the description forbids further ones",
        Room::Unsaid => "the description does not name it, nor forbid it",
        Room::Open => "the description allows further ones",
        Room::Free => "the description allows anything here",
        Room::NoBody => "the description knows no body here",
    }
}

fn types(it: Types) -> String {
    let names = [
        (Types::NULL, "null"),
        (Types::BOOLEAN, "boolean"),
        (Types::NUMBER, "number"),
        (Types::INTEGER, "integer"),
        (Types::STRING, "string"),
        (Types::ARRAY, "array"),
        (Types::OBJECT, "object"),
    ];
    let mut out: Vec<&str> = Vec::new();
    for (one, name) in names {
        let is_part = name == "integer" && out.contains(&"number");
        if it.or(one) == it && !is_part {
            out.push(name);
        }
    }
    out.join(" or ")
}

const fn looks(it: Looks) -> &'static str {
    match it {
        Looks::Like(Kind::Empty) => "null or nothing",
        Looks::Like(kind) => kind.name(),
        Looks::Object => "an object",
        Looks::List => "a list",
    }
}
