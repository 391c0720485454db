//! The inventory, as the console asks for it.

use crate::inventory::apis::Words;
use crate::inventory::changed::changed;
use crate::inventory::command::written;
use crate::inventory::live::Live;
use crate::inventory::posture::ranked;
use crate::inventory::{profiles, relations, retirement, shown, third_parties};
use bartizan_console::backend::{ChangesQuery, InventoryQuery, NewProfile};
use bartizan_learn::inventory::Endpoint;
use bartizan_model::profile::Profile;
use bartizan_spec::{Format, Options, Version};
use serde_json::{Value, json};
use std::cmp::Reverse;

/// Endpoints of a page, unless more or fewer are wanted.
const ENDPOINTS_USUAL: usize = 500;

/// Endpoints, the most called first.
pub(super) fn list(live: &Live, wanted: &InventoryQuery) -> Value {
    let search = wanted.search.as_deref().unwrap_or_default().to_ascii_lowercase();
    live.look_at(|learnt, known| {
        let inventory = &learnt.inventory;
        let is_wanted = |it: &Endpoint<'_>| {
            wanted.service.as_ref().is_none_or(|service| it.service == *service)
                && shown::named(it).to_ascii_lowercase().contains(&search)
        };
        let mut found: Vec<_> = inventory.endpoints().into_iter().filter(is_wanted).collect();
        found.sort_by_key(|it| Reverse(it.leaf.all()));
        let limit = wanted.limit.unwrap_or(ENDPOINTS_USUAL);
        let rows: Vec<_> = found.iter().take(limit).map(|it| shown::row(it, known)).collect();
        json!({
            "state": if live.is_catching_up() { "learning" } else { "ready" },
            "behind": live.missed(),
            "services": shown::services(inventory),
            "more": found.len().saturating_sub(limit),
            "endpoints": rows,
        })
    })
}

/// What is known of the endpoint of this id.
pub(super) fn one(live: &Live, id: &str) -> Option<Value> {
    live.look_at(|learnt, known| {
        let endpoints = learnt.inventory.endpoints();
        let it = endpoints.iter().find(|it| shown::id(it) == id)?;
        let mut whole = shown::whole(it, known);
        if let Some(members) = whole.as_object_mut() {
            members.insert("relations".to_owned(), relations::of_one(learnt, it));
            let pointed = third_parties::of_one(&learnt.inventory, it);
            members.insert("third_parties".to_owned(), pointed);
        }
        Some(whole)
    })
}

/// What is weak.
pub(super) fn posture(live: &Live, service: Option<&str>) -> Value {
    live.look_at(|learnt, known| {
        let mut endpoints = learnt.inventory.endpoints();
        endpoints.retain(|it| service.is_none_or(|service| it.service == service));
        ranked(&endpoints, known)
    })
}

/// Changes of a page, unless more or fewer are wanted.
const CHANGES_USUAL: usize = 200;

/// What changed.
pub(super) fn changes(live: &Live, wanted: &ChangesQuery) -> Value {
    let limit = wanted.limit.unwrap_or(CHANGES_USUAL);
    live.look(|inventory| changed(inventory, wanted.since.unwrap_or(0), limit))
}

/// What differs from descriptions.
pub(super) fn drift(live: &Live, service: Option<&str>) -> Value {
    let said = live.said();
    live.look(|inventory| crate::inventory::drift::all(inventory, &said, service))
}

/// Relations of a page, unless more or fewer are wanted.
const RELATIONS_USUAL: usize = 200;

/// Which answers hand out what requests carry.
pub(super) fn related(live: &Live, service: Option<&str>) -> Value {
    live.look_at(|learnt, _| relations::all(learnt, service, RELATIONS_USUAL))
}

/// Hosts of a page.
const HOSTS_USUAL: usize = 500;

/// Whom messages point to.
pub(super) fn third_parties(live: &Live, service: Option<&str>) -> Value {
    live.look(|inventory| third_parties::all(inventory, service, HOSTS_USUAL))
}

/// What goes, and who still calls it.
pub(super) fn retirement(live: &Live, service: Option<&str>, now_us: u64) -> Value {
    live.look_at(|learnt, known| retirement::all(learnt, known, service, now_us))
}

/// What is said and proposed of a service, or of each.
pub(super) fn apis(live: &Live, service: Option<&str>) -> Value {
    live.look_at(|learnt, known| profiles::all(learnt, known, service))
}

/// The same of one, if there is one.
pub(super) fn one_api(live: &Live, service: &str) -> Option<Value> {
    let mut found = apis(live, Some(service));
    Some(found.get_mut("apis")?.as_array_mut()?.first_mut()?.take())
}

/// The profile that somebody wants to confirm.
pub(super) fn profile(it: &NewProfile) -> Result<Profile, String> {
    let NewProfile { audience, subject_kind, tenant, environment } = it.clone();
    Words { audience, subject_kind, tenant, environment }.read()
}

/// The description of a service, or of the one that is called most.
pub(super) fn described(live: &Live, service: Option<&str>) -> Option<Value> {
    live.look_at(|learnt, known| {
        let inventory = &learnt.inventory;
        let busiest = || inventory.totals().max_by_key(|it| it.1.calls).map(|it| it.0);
        let service = service.or_else(busiest)?;
        let mut endpoints = inventory.endpoints();
        endpoints.retain(|it| it.service == service);
        if endpoints.is_empty() {
            return None;
        }
        let options = Options { version: Version::V31, format: Format::Json };
        serde_json::from_str(&written(service, &endpoints, known, options)).ok()
    })
}
