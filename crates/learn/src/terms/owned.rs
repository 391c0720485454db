//! Whose the objects are that answers show, and to whom answers show their own.
//!
//! Reads    which fields of answers show each caller one value (`inventory::owners`).
//! Misses   APIs that never show callers their own without being asked for it by identifier; owners that only a word,
//!          a name or an address identifies.
//!
//! An answer to `GET /me` or `GET /orders`, where the call names nothing, shows what the API itself takes to be the
//! caller's. What stands there *teaches* who the caller is, and nobody can choose it. A field elsewhere that shows the same callers the
//! same values tells whose the object is.

use super::{INDEPENDENT_MIN, Pace};
use crate::inventory::Endpoint;
use crate::inventory::owners::{Shown, is_tenant, speaks_of_somebody};
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::place::Place;
use bartizan_model::terms::{Owned, PLACES_MAX, Resource, Says, folded};
use std::collections::{BTreeMap, BTreeSet};

/// Fields of one service that are compared with each other.
const SPOTS_MAX: usize = 512;
/// Of a hundred callers that two fields tell of, so many are told the same by both.
const AGREE_PERCENT: usize = 95;
/// Different values of a hundred callers from which on each owner is one caller.
const EXCLUSIVE_PERCENT: usize = 95;
/// Groups of callers that there must be.
const TENANTS_MIN: usize = 3;
/// Callers who are shown their own for each who sees to others'.
const CONSTANT_PER_CROSSING: usize = 3;

/// The owners of one service.
#[derive(Default)]
pub(super) struct Owners {
    judged: BTreeMap<(Method, String), Vec<Owned>>,
    teaching: BTreeMap<(Method, String), Vec<(Place, Resource)>>,
}

struct Spot<'a> {
    method: Method,
    template: String,
    place: &'a Place,
    shown: &'a Shown,
    /// The call names nothing: what it is shown is the caller's own.
    teaches: bool,
    is_exclusive: bool,
}

impl Owners {
    pub(super) fn of(endpoints: &[Endpoint<'_>], service: &str, pace: &Pace) -> Self {
        let of_service =
            endpoints.iter().filter(|it| it.service == service && it.operation.is_empty());
        let spots: Vec<Spot<'_>> =
            of_service.flat_map(|it| spots(it, pace)).take(SPOTS_MAX).collect();
        let mut it = Self::default();
        for spot in &spots {
            let agrees = |of: &&Spot<'_>| of.teaches && of.agrees(spot, pace);
            let teachers: Vec<&Spot<'_>> = spots.iter().filter(agrees).collect();
            let Some(first) = teachers.first() else { continue };
            let owners = resource(service, spot.place);
            let is_exclusive = first.is_exclusive;
            let judged = Owned { place: spot.place.clone(), owners, is_exclusive };
            it.judged.entry((spot.method, spot.template.clone())).or_default().push(judged);
            for teacher in teachers {
                let key = (teacher.method, teacher.template.clone());
                let taught = it.teaching.entry(key).or_default();
                let one = (teacher.place.clone(), owners);
                if !taught.contains(&one) && taught.len() < PLACES_MAX {
                    taught.push(one);
                }
            }
        }
        it
    }

    /// Whose the objects are that an endpoint shows.
    pub(super) fn owned(&self, method: Method, template: &str) -> Option<Says> {
        Some(Says::Owned(self.judged.get(&(method, template.to_owned()))?.clone()))
    }

    /// Which fields of an endpoint's answers show who the caller is.
    pub(super) fn teaching(&self, method: Method, template: &str) -> Vec<(Place, Resource)> {
        self.teaching.get(&(method, template.to_owned())).cloned().unwrap_or_default()
    }

    /// The field that tells whose the object around a field is, if any does: one of those that an endpoint shows, or one
    /// of the same name as a field elsewhere that does.
    pub(super) fn around(
        &self,
        service: &str,
        place: &Place,
        beside: &BTreeSet<&Place>,
    ) -> Option<Owned> {
        let known: BTreeSet<Resource> = self
            .judged
            .values()
            .flatten()
            .filter(|it| it.is_exclusive)
            .map(|it| it.owners)
            .collect();
        let Place::Body(path) = place else { return None };
        let around = beside.iter().filter(|it| {
            let Place::Body(owner) = it else { return false };
            let object = owner.rsplit_once('.').map_or("", |it| it.0);
            path.starts_with(object)
                && path.get(object.len()..).is_some_and(|it| it.starts_with('.'))
        });
        let told = around.filter(|it| speaks_of_somebody(it));
        let owned = told.filter(|it| known.contains(&resource(service, it)));
        // The nearest one.
        let nearest = owned.max_by_key(|it| it.to_string().matches('.').count())?;
        let owners = resource(service, nearest);
        Some(Owned { place: (*nearest).clone(), owners, is_exclusive: true })
    }
}

/// What identifies owners in fields of one name.
fn resource(service: &str, place: &Place) -> Resource {
    let name = match place {
        Place::Body(path) => folded(path).last().unwrap_or_default(),
        Place::Path
        | Place::Segment(_)
        | Place::Query(_)
        | Place::Header(_)
        | Place::Cookie(_)
        | Place::Name => String::new(),
    };
    Resource(EndpointId::of("owner", &format!("{service} {name}")).bits())
}

fn spots<'a>(it: &Endpoint<'a>, pace: &Pace) -> Vec<Spot<'a>> {
    let template = it.template();
    let teaches = it.method == Method::Get && !template.contains('{');
    let fields = it.leaf.owners().into_iter().flat_map(|it| it.fields());
    let told = fields.filter_map(|(place, shown)| {
        let now = shown.standings();
        let are_few = |it: usize| it < INDEPENDENT_MIN as usize && it * 20 <= now.constant.max(20);
        let is_told = now.constant as u64 >= pace.subjects_min
            && are_few(now.mixed)
            && now.crossing * CONSTANT_PER_CROSSING <= now.constant;
        let is_exclusive = now.values * 100 >= now.constant * EXCLUSIVE_PERCENT;
        let Place::Body(path) = place else { return None };
        let name = folded(path).last().unwrap_or_default();
        let is_grouped = now.values >= TENANTS_MIN && is_tenant(&name);
        let (method, template) = (it.method, template.clone());
        (is_told && (is_exclusive || is_grouped)).then_some(Spot {
            method,
            template,
            place,
            shown,
            teaches,
            is_exclusive,
        })
    });
    told.collect()
}

impl Spot<'_> {
    fn agrees(&self, other: &Self, pace: &Pace) -> bool {
        let (both, same) = self.shown.agree(other.shown);
        self.is_exclusive == other.is_exclusive
            && both as u64 >= pace.subjects_min
            && same * 100 >= both * AGREE_PERCENT
    }
}
