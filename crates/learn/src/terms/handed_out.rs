//! Which identifiers are handed out where, and where requests name them.
//!
//! Reads    relations: which answers explain the values that requests carry.
//! Misses   identifiers that are named before any answer of the same caller was seen to hand them out.
//!
//! Places that hand out to one another are of one resource. Only strong relations count: a chance one would make two
//! resources the same, and whoever has an identifier of one would have that of the other.

use super::INDEPENDENT_MIN;
use crate::inventory::leaf::Leaf;
use crate::inventory::owners::speaks_of_somebody;
use crate::inventory::{Endpoint, Inventory};
use crate::relations::{Explained, Point, Relations, Uses};
use bartizan_model::fact::Kind;
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::place::Place;
use bartizan_model::terms::{Resource, Types};
use std::collections::{BTreeMap, BTreeSet};

/// Of a thousand uses, so many must be explained by a relation.
const STRENGTH_MIN: u16 = 600;
/// Of a thousand uses, so many must be explained by what hands out besides.
const HANDS_MIN: u16 = 20;
/// Of a thousand uses that could have been explained, so many must have been, by all relations together.
const EXPLAINED_MIN: u16 = 950;
/// Uses that could have been explained.
const FAIR_MIN: u64 = 10;
/// Of so many uses, one must be of something that is known to have been handed to its caller.
const KNOWN_OF: u64 = 3;

/// Of one service.
#[derive(Default)]
pub(super) struct HandedOut {
    named: BTreeMap<(Method, String), Vec<(Place, Resource)>>,
    handing: BTreeMap<(Method, String), Vec<(Place, Resource)>>,
    /// Those that answers call an identifier: so they are wherever they are named.
    told: BTreeSet<Resource>,
}

impl HandedOut {
    pub(super) fn of(relations: &Relations, inventory: &Inventory, service: &str) -> Self {
        let all: Vec<Explained> = relations.explained(inventory, service);
        let told: Vec<&Explained> = all.iter().filter(|it| is_handed_out(it)).collect();
        let mut kin = Kin::default();
        for it in &told {
            for edge in strong(it) {
                kin.join(&edge.from, &it.at);
            }
        }
        let mut out = Self::default();
        for it in &told {
            let Some(resource) = kin.resource(&it.at) else { continue };
            put(&mut out.named, &it.at, resource);
            if strong(it).any(|edge| speaks_of_somebody(&edge.from.place)) {
                out.told.insert(resource);
            }
            // Whoever has it from where few have it has it all the same.
            let hands = it.by.iter().filter(|it| it.strength() >= HANDS_MIN);
            hands.for_each(|edge| put(&mut out.handing, &edge.from, resource));
        }
        for it in all.iter().filter(|it| !is_handed_out(it) && is_own_where_known(it)) {
            if let Some(resource) = kin.most_used(it) {
                put(&mut out.named, &it.at, resource);
            }
        }
        out.spread(inventory, service);
        out
    }

    /// What stands at the same place of a path is the same: `DELETE /orders/{orderId}` and `/orders/{orderId}/items` name what
    /// `GET /orders/{orderId}` names, and `DELETE /order?ref=` what `GET /order?ref=` does.
    fn spread(&mut self, inventory: &Inventory, service: &str) {
        let mut by_prefix: BTreeMap<String, Resource> = BTreeMap::new();
        let mut by_query: BTreeMap<(String, Place), Resource> = BTreeMap::new();
        for ((_, template), named) in &self.named {
            for (place, resource) in named {
                match place {
                    Place::Segment(n) => {
                        by_prefix.entry(prefix(template, *n)).or_insert(*resource);
                    }
                    Place::Query(_) => {
                        let at = (prefix(template, u8::MAX), place.clone());
                        by_query.entry(at).or_insert(*resource);
                    }
                    Place::Path
                    | Place::Header(_)
                    | Place::Cookie(_)
                    | Place::Body(_)
                    | Place::Name => {}
                }
            }
        }
        for it in inventory.endpoints().iter().filter(|it| it.service == service) {
            let template = it.template();
            let variables = (1_u8..).zip(template.split('/').filter(|it| !it.is_empty()));
            for (n, _) in variables.filter(|it| it.1.starts_with('{')) {
                let Some(resource) = by_prefix.get(&prefix(&template, n)) else { continue };
                let named = self.named.entry((it.method, template.clone())).or_default();
                if !named.iter().any(|it| it.0 == Place::Segment(n)) {
                    named.push((Place::Segment(n), *resource));
                }
            }
            for place in it.leaf.request.by_place.iter().map(|it| it.0) {
                let at = (prefix(&template, u8::MAX), place.clone());
                let Some(resource) = by_query.get(&at) else { continue };
                let named = self.named.entry((it.method, template.clone())).or_default();
                if !named.iter().any(|it| it.0 == *place) {
                    named.push((place.clone(), *resource));
                }
            }
        }
    }

    /// What requests of an endpoint name.
    pub(super) fn named(&self, it: &Endpoint<'_>) -> Vec<(Place, Resource)> {
        let named = self.named.get(&(it.method, it.template())).into_iter().flatten();
        let is_told = |of: &Resource| self.told.contains(of);
        named.filter(|(place, of)| identifies(it.leaf, place, is_told(of))).cloned().collect()
    }

    /// What answers of an endpoint hand out.
    pub(super) fn handed_out(&self, method: Method, template: &str) -> Vec<(Place, Resource)> {
        self.handing.get(&(method, template.to_owned())).cloned().unwrap_or_default()
    }
}

/// The path up to a segment, from 1, without the names of its variables.
fn prefix(template: &str, segment: u8) -> String {
    let all = template.split('/').filter(|it| !it.is_empty()).take(usize::from(segment));
    all.fold(String::new(), |out, it| out + "/" + if it.starts_with('{') { "{}" } else { it })
}

/// Whether the values of a place identify something, rather than being words that people share: names, towns, addresses.
fn identifies(leaf: &Leaf, place: &Place, is_told: bool) -> bool {
    let Some(field) = leaf.request.by_place.get(place) else { return true };
    let words = Types::bit(Kind::Text) | Types::bit(Kind::Email) | Types::bit(Kind::Date);
    matches!(place, Place::Segment(_))
        || field.told.kinds() & words == 0
        || (field.told.kinds() & words == Types::bit(Kind::Text)
            && (is_told || speaks_of_somebody(place)))
}

fn is_handed_out(it: &Explained) -> bool {
    let fair = it.uses.fair;
    fair.uses >= FAIR_MIN && fair.explained().is_some_and(|it| it >= EXPLAINED_MIN)
}

/// Whether callers name what was handed to them wherever it is known who was handed what, though that is not known of all: answers
/// of seldom endpoints are looked at in part.
fn is_own_where_known(it: &Explained) -> bool {
    let Uses { handed, foreign, .. } = it.uses;
    handed >= FAIR_MIN
        && handed * 1_000 >= (handed + foreign) * u64::from(EXPLAINED_MIN)
        && handed * KNOWN_OF >= it.uses.telling()
}

fn strong(it: &Explained) -> impl Iterator<Item = &crate::relations::Edge> {
    it.by.iter().filter(|it| it.strength() >= STRENGTH_MIN)
}

fn put(
    into: &mut BTreeMap<(Method, String), Vec<(Place, Resource)>>,
    at: &Point,
    resource: Resource,
) {
    let all = into.entry((at.method, at.template.clone())).or_default();
    let one = (at.place.clone(), resource);
    if !all.contains(&one) {
        all.push(one);
    }
}

/// Places of one resource.
#[derive(Default)]
struct Kin {
    /// Each place with another one of its kin, the least with itself.
    of: BTreeMap<String, String>,
}

impl Kin {
    fn join(&mut self, a: &Point, b: &Point) {
        let (a, b) = (self.least(&a.to_string()), self.least(&b.to_string()));
        let (less, more) = if a <= b { (a, b) } else { (b, a) };
        self.of.insert(more, less.clone());
        self.of.insert(less.clone(), less);
    }

    fn least(&self, of: &str) -> String {
        let mut it = of;
        while let Some(next) = self.of.get(it).filter(|next| *next != it) {
            it = next;
        }
        it.to_owned()
    }

    /// What most of the values of a place are that several callers were handed.
    fn most_used(&self, it: &Explained) -> Option<Resource> {
        let by_several = it.by.iter().filter(|it| it.subjects >= u64::from(INDEPENDENT_MIN));
        self.resource(&by_several.max_by_key(|it| it.uses)?.from)
    }

    /// Named by the least of its places.
    fn resource(&self, of: &Point) -> Option<Resource> {
        let of = of.to_string();
        self.of
            .contains_key(&of)
            .then(|| Resource(EndpointId::of("resource", &self.least(&of)).bits()))
    }
}
