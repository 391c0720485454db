//! Whose the objects are that answers show and requests name, and who callers are.
//!
//! Reads    which fields show each caller one value (`inventory::owners`), which identifiers are handed out and named.
//! Misses   APIs that never show callers their own without being asked for it by identifier and whose tokens say nothing;
//!          owners that only a word, a name or an address identifies.
//!
//! An answer to `GET /me` or `GET /orders`, where the call names nothing, shows what the API itself takes to be the
//! caller's; a token that it accepts says who the caller is. What stands there *teaches* who the caller is, and nobody can choose
//! it. A field elsewhere that shows the same callers the same values tells whose the object is.

use super::handed_out::HandedOut;
use super::{INDEPENDENT_MIN, Pace, envelopes};
use crate::inventory::Endpoint;
use crate::inventory::owners::{
    CLAIM, OwnerFields, Shown, is_of_somebody, is_tenant, speaks_of_somebody,
};
use bartizan_model::clause::ClauseName;
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::place::Place;
use bartizan_model::terms::{
    Belonging, Others, Owned, PLACES_MAX, Pair, Resource, Says, Shows, folded,
};
use std::collections::{BTreeMap, BTreeSet};

/// Fields of one service that are compared with each other.
const SPOTS_MAX: usize = 512;
/// Of a hundred callers that two fields tell of, so many are told the same by both.
const AGREE_PERCENT: usize = 95;
/// Different values of a hundred callers from which on each owner is one caller.
const EXCLUSIVE_PERCENT: usize = 95;
/// Groups of callers that there must be.
const GROUPS_MIN: usize = 2;
/// Callers who are shown their own for each who sees to others'.
const CONSTANT_PER_CROSSING: usize = 3;

/// Callers who were shown their own, for a field to tell whose things are that people share.
const OWN_MIN: usize = 4;
/// So many times as many as chance would show their own.
const OWN_TIMES_CHANCE: usize = 4;
/// Callers who see to others, for whom something that their tokens say counts.
const CROSSING_MIN: usize = 2;
/// Claims that say what somebody is, not who.
const WHAT: &[&str] = &[
    "role",
    "roles",
    "plan",
    "tier",
    "type",
    "status",
    "locale",
    "lang",
    "country",
    "currency",
    "gender",
    "level",
    "kind",
    "azp",
    "client_id",
];

type Key = (Method, String);

/// The owners of one service.
#[derive(Default)]
pub(super) struct Ownership {
    answered: BTreeMap<Key, Vec<Owned>>,
    asked: BTreeMap<Key, Vec<Belonging>>,
    teaching: BTreeMap<Key, Vec<(Place, Resource)>>,
    claims: BTreeMap<Resource, Vec<Box<str>>>,
    pairs: BTreeMap<Key, Vec<Pair>>,
    /// Who sees to others, by what identifies them.
    others: BTreeMap<Resource, Others>,
}

/// Where a field stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// In an answer to a call that names nothing.
    Unasked,
    Answer,
    Request,
    Claim,
}

struct Spot<'a> {
    at: At,
    key: Key,
    place: &'a Place,
    shown: &'a Shown,
    name: String,
    is_exclusive: bool,
    /// Callers are shown others' as well: what they were handed, it may be.
    unless_given: bool,
}

impl Ownership {
    pub(super) fn of(
        endpoints: &[Endpoint<'_>],
        service: &str,
        (claims, handed): (Option<&OwnerFields>, &HandedOut),
        pace: &Pace,
    ) -> Self {
        let of_service: Vec<&Endpoint<'_>> =
            endpoints.iter().filter(|it| it.service == service).collect();
        let said: Vec<(&Place, &Shown)> =
            claims.into_iter().flat_map(OwnerFields::fields).collect();
        let claimed: Vec<Spot<'_>> = said.iter().filter_map(|it| claim(*it, pace)).collect();
        let names: BTreeSet<String> = claimed.iter().flat_map(|it| folded(&it.name)).collect();
        let fields = of_service.iter().flat_map(|it| spots(it, (&names, handed), pace));
        let spots: Vec<Spot<'_>> = claimed.into_iter().chain(fields).take(SPOTS_MAX).collect();
        let mut it = Self::default();
        for spot in spots.iter().filter(|it| it.at != At::Claim) {
            let teaches =
                |of: &&Spot<'_>| matches!(of.at, At::Unasked | At::Claim) && !of.unless_given;
            let agrees = |of: &&Spot<'_>| of.agrees(spot, pace);
            let teachers: Vec<&Spot<'_>> = spots.iter().filter(teaches).filter(agrees).collect();
            if teachers.is_empty() {
                continue;
            }
            let owners = resource(service, &spot.name);
            it.judge(spot, owners);
            // Whoever is shown what they were handed sees to nobody.
            if !spot.unless_given {
                it.except(spot, owners, &said);
            }
            teachers.iter().for_each(|teacher| it.teach(teacher, owners));
        }
        it.pair(&of_service, service, handed);
        it
    }

    fn judge(&mut self, spot: &Spot<'_>, owners: Resource) {
        let (key, place) = (spot.key.clone(), spot.place.clone());
        match spot.at {
            At::Request => {
                let it = Belonging { place, objects: None, owners };
                self.asked.entry(key).or_default().push(it);
            }
            At::Unasked | At::Answer => {
                let (is_exclusive, unless_given) = (spot.is_exclusive, spot.unless_given);
                let all = self.answered.entry(key).or_default();
                if !all.iter().any(|it| it.place == place) {
                    all.push(Owned { place, owners, is_exclusive, unless_given });
                }
            }
            At::Claim => {}
        }
    }

    /// Notes who sees to others.
    fn except(&mut self, spot: &Spot<'_>, owners: Resource, said: &[(&Place, &Shown)]) {
        let crossing: Vec<u32> = spot.shown.crossing().collect();
        if crossing.is_empty() {
            return;
        }
        let others = self.others.entry(owners).or_default();
        for subject in &crossing {
            if others.subjects.len() < PLACES_MAX && !others.subjects.contains(subject) {
                others.subjects.push(*subject);
            }
        }
        for (place, shown) in said {
            let Place::Header(header) = place else { continue };
            let Some(name) = header.strip_prefix(CLAIM) else { continue };
            let of: Vec<u32> = crossing.iter().filter_map(|it| shown.value_of(*it)).collect();
            let is_of_owners =
                |value: u32| spot.shown.constant().any(|it| shown.value_of(it) == Some(value));
            let is_common =
                |value: &u32| of.iter().filter(|it| *it == value).count() * 2 > crossing.len();
            let Some(value) = of.iter().find(|it| is_common(it) && !is_of_owners(**it)) else {
                continue;
            };
            if crossing.len() >= CROSSING_MIN && !others.claims.iter().any(|it| it.1 == *value) {
                others.claims.push((name.into(), *value));
            }
        }
    }

    fn teach(&mut self, teacher: &Spot<'_>, owners: Resource) {
        if teacher.at == At::Claim {
            let claims = self.claims.entry(owners).or_default();
            if !claims.iter().any(|it| **it == *teacher.name) {
                claims.push(teacher.name.as_str().into());
            }
            return;
        }
        let taught = self.teaching.entry(teacher.key.clone()).or_default();
        let one = (teacher.place.clone(), owners);
        if !taught.contains(&one) && taught.len() < PLACES_MAX {
            taught.push(one);
        }
    }

    /// Finds the objects whose owner stands beside them, and where requests name those.
    fn pair(&mut self, of_service: &[&Endpoint<'_>], service: &str, handed: &HandedOut) {
        let known = self.exclusive();
        let mut owners_of: BTreeMap<Resource, Resource> = BTreeMap::new();
        for it in of_service {
            let template = it.template();
            let beside: BTreeSet<&Place> =
                it.leaf.response.by_place.iter().map(|it| it.0).collect();
            for (object, objects) in handed.handed_out(it.method, &template) {
                let Some(owner) = beside_of((service, &template), &object, &beside, &known) else {
                    continue;
                };
                owners_of.insert(objects, owner.owners);
                let pair = Pair { object, objects, owner: owner.place, owners: owner.owners };
                self.pairs.entry((it.method, template.clone())).or_default().push(pair);
            }
        }
        let shared: BTreeSet<Resource> =
            of_service.iter().flat_map(|it| self.shared(it, service, handed, &owners_of)).collect();
        owners_of.retain(|objects, _| !shared.contains(objects));
        for it in of_service {
            let template = it.template();
            let all = handed.named(it).into_iter().filter_map(|(place, objects)| {
                let owners = *owners_of.get(&objects)?;
                Some(Belonging { place, objects: Some(objects), owners })
            });
            let all: Vec<Belonging> = all.collect();
            if !all.is_empty() {
                self.asked.entry((it.method, template)).or_default().extend(all);
            }
        }
    }

    /// The objects that an endpoint shows to others than their owners, as people share them.
    fn shared(
        &self,
        it: &Endpoint<'_>,
        service: &str,
        handed: &HandedOut,
        owners_of: &BTreeMap<Resource, Resource>,
    ) -> Vec<Resource> {
        let template = it.template();
        let judged = self.answered.get(&(it.method, template.clone()));
        let shows_owner = |owners: Resource| {
            let mut fields = it.leaf.response.by_place.iter();
            fields.any(|(place, _)| resource(service, &named(place, &template)) == owners)
        };
        let is_one = |it: &Owned, owners| it.owners == owners && !it.unless_given;
        let is_judged =
            |owners: Resource| judged.is_some_and(|all| all.iter().any(|it| is_one(it, owners)));
        let all = handed.named(it).into_iter().map(|it| it.1);
        let is_shared = |objects: &Resource| {
            owners_of.get(objects).is_some_and(|of| shows_owner(*of) && !is_judged(*of))
        };
        all.filter(is_shared).collect()
    }

    /// The owners of which each is one caller.
    fn exclusive(&self) -> BTreeSet<Resource> {
        let all = self.answered.values().flatten().filter(|it| !it.unless_given);
        all.filter(|it| it.is_exclusive).map(|it| it.owners).collect()
    }

    /// Whose the objects are that an endpoint shows.
    pub(super) fn owned(&self, method: Method, template: &str) -> Option<Says> {
        Some(Says::Owned(self.answered.get(&(method, template.to_owned()))?.clone()))
    }

    /// Whom, or whose objects, requests of an endpoint name.
    pub(super) fn belongs(&self, method: Method, template: &str) -> Option<Says> {
        Some(Says::Belongs(self.asked.get(&(method, template.to_owned()))?.clone()))
    }

    /// What calls of an endpoint show of who is who; the claims are those that what it `says` speaks of.
    pub(super) fn shows(&self, method: Method, template: &str, says: &[Says]) -> Shows {
        let key = (method, template.to_owned());
        let spoken: BTreeSet<Resource> = says.iter().flat_map(Says::owners).collect();
        let claims = self.claims.iter().filter(|it| spoken.contains(it.0));
        let claims = claims.flat_map(|(of, names)| names.iter().map(|it| (it.clone(), *of)));
        let mut others = Others::default();
        for it in spoken.iter().filter_map(|of| self.others.get(of)) {
            others.subjects.extend(&it.subjects);
            others.claims.extend(it.claims.iter().cloned());
        }
        others.subjects.sort_unstable();
        others.subjects.dedup();
        others.subjects.truncate(PLACES_MAX);
        others.claims.sort();
        others.claims.dedup();
        Shows {
            caller: self.teaching.get(&key).cloned().unwrap_or_default(),
            claims: claims.collect(),
            owners: self.pairs.get(&key).cloned().unwrap_or_default(),
            others,
        }
    }

    /// The field that tells whose the object around a field is, if any does.
    pub(super) fn around(
        &self,
        of: (&str, &str),
        place: &Place,
        beside: &BTreeSet<&Place>,
    ) -> Option<Owned> {
        around(of, place, beside, &self.exclusive())
    }
}

impl Ownership {
    /// All fields of an answer that tell whose the object around them is.
    pub(super) fn told(
        &self,
        service: &str,
        template: &str,
        beside: &BTreeSet<&Place>,
    ) -> Vec<Owned> {
        let known = self.exclusive();
        let one = |place: &&Place| {
            let owners = resource(service, &named(place, template));
            let tells = matches!(place, Place::Body(_)) && speaks_of_somebody(place);
            let place = (*place).clone();
            let owned = Owned { place, owners, is_exclusive: true, unless_given: false };
            (tells && known.contains(&owners)).then_some(owned)
        };
        beside.iter().filter_map(one).take(PLACES_MAX).collect()
    }
}

/// The field that tells whose the object around a field is: one of the name of a field that does elsewhere.
fn around(
    (service, template): (&str, &str),
    place: &Place,
    beside: &BTreeSet<&Place>,
    known: &BTreeSet<Resource>,
) -> Option<Owned> {
    let Place::Body(path) = place else { return None };
    let encloses = |it: &&&Place| {
        let Place::Body(owner) = it else { return false };
        let object = owner.rsplit_once('.').map_or("", |it| it.0);
        path.strip_prefix(object).is_some_and(|rest| rest.starts_with('.'))
    };
    let told = beside.iter().filter(encloses).filter(|it| speaks_of_somebody(it));
    let owned = told.filter(|it| known.contains(&resource(service, &named(it, template))));
    // The nearest one.
    let nearest = owned.max_by_key(|it| it.to_string().matches('.').count())?;
    let owners = resource(service, &named(nearest, template));
    Some(Owned { place: (*nearest).clone(), owners, is_exclusive: true, unless_given: false })
}

/// The field that tells whose the object is that a field identifies: one beside it, or one of an object beside it, as
/// `$.owner.id` of `$.id`.
fn beside_of(
    (service, template): (&str, &str),
    object: &Place,
    beside: &BTreeSet<&Place>,
    known: &BTreeSet<Resource>,
) -> Option<Owned> {
    let Place::Body(path) = object else { return None };
    let (parent, _) = path.rsplit_once('.')?;
    let is_near = |it: &&&Place| {
        let Place::Body(owner) = it else { return false };
        let rest = owner.strip_prefix(parent).and_then(|it| it.strip_prefix('.'));
        let is_object = |rest: &str| !rest.contains("[*]") && rest.matches('.').count() <= 1;
        **it != object && rest.is_some_and(is_object)
    };
    let told = beside.iter().filter(is_near).filter(|it| speaks_of_somebody(it));
    let owner = told.min_by_key(|it| {
        let is_known = known.contains(&resource(service, &named(it, template)));
        (!is_known, it.to_string().matches('.').count())
    })?;
    let owners = resource(service, &named(owner, template));
    known.contains(&owners).then(|| Owned {
        place: (*owner).clone(),
        owners,
        is_exclusive: true,
        unless_given: false,
    })
}

/// The name of a field, as names are compared: `customerid`, and `usersid` for `id` of what `/users` answers.
fn named(place: &Place, template: &str) -> String {
    const WHICH: &[&str] = &["id", "uuid", "guid", "key", "ref", "number"];
    let (Place::Body(path) | Place::Query(path)) = place else { return String::new() };
    let mut steps: Vec<String> = folded(path).collect();
    let name = steps.pop().unwrap_or_default();
    if !WHICH.contains(&name.as_str()) {
        return name;
    }
    let is_word = |it: &&str| !it.is_empty() && !it.starts_with('{');
    let resource = || template.split('/').rfind(is_word).map(str::to_lowercase);
    steps.pop().or_else(resource).unwrap_or_default() + &name
}

/// What identifies owners in fields of one name.
fn resource(service: &str, name: &str) -> Resource {
    Resource(EndpointId::of("owner", &format!("{service} {name}")).bits())
}

fn claim<'a>((place, shown): (&'a Place, &'a Shown), pace: &Pace) -> Option<Spot<'a>> {
    let Place::Header(header) = place else { return None };
    let name = header.strip_prefix(CLAIM)?;
    let is_exclusive = told(shown, !WHAT.contains(&name), pace)?;
    let (key, name) = ((Method::Other, String::new()), name.to_owned());
    Some(Spot { at: At::Claim, key, place, shown, name, is_exclusive, unless_given: false })
}

fn spots<'a>(
    it: &Endpoint<'a>,
    (claims, handed): (&BTreeSet<String>, &HandedOut),
    pace: &Pace,
) -> Vec<Spot<'a>> {
    let template = it.template();
    let is_unasked = it.method == Method::Get && !template.contains('{');
    let at = |place: &Place| match is_unasked || envelopes::is_unasked(it, place) {
        true => At::Unasked,
        false => At::Answer,
    };
    let answers =
        it.leaf.owners().into_iter().flat_map(OwnerFields::fields).map(|of| (at(of.0), of));
    let asked = it.leaf.asked_for().into_iter().flat_map(OwnerFields::fields);
    let all = answers.chain(asked.map(|of| (At::Request, of)));
    // The items of a list that are handed out are objects, and nobody's names.
    let objects = handed.handed_out(it.method, &template);
    let is_object = |place: &Place| {
        matches!(place, Place::Body(path) if path.contains("[*]") && !is_of_somebody(place))
            && objects.iter().any(|it| it.0 == *place)
    };
    let all = all.filter(|it| !is_object(it.1.0));
    let asks_for_something = asks_for_something(it, handed);
    // Several were shown others' where that would be refused.
    let breaches = it.leaf.breaches.get(&ClauseName::OwnershipAnswer);
    let is_broken =
        breaches.is_some_and(|it| it.passed > 0 && it.subjects.at_least() >= INDEPENDENT_MIN);
    let spot = |(at, (place, shown)): (At, (&'a Place, &'a Shown))| {
        let name = match place {
            Place::Segment(n) => variable(&template, *n)?,
            Place::Query(_) | Place::Body(_) => named(place, &template),
            Place::Path | Place::Header(_) | Place::Cookie(_) | Place::Name => return None,
        };
        let is_of_group = claims.contains(&name) || is_tenant(&name);
        let told = told(shown, is_of_group, pace);
        let is_answer = matches!(at, At::Answer | At::Unasked);
        let is_shared = is_answer && asks_for_something && (is_broken || is_shared(shown, pace));
        let of = |is_exclusive: bool, unless_given: bool| {
            let (key, name) = ((it.method, template.clone()), name.clone());
            Spot { at, key, place, shown, name, is_exclusive, unless_given }
        };
        // Of what both can be said of, that people share it is the milder one.
        let shared = (is_shared && !is_of_group).then(|| of(true, true));
        Some(shared.into_iter().chain(told.map(|it| of(it, false))))
    };
    all.filter_map(spot).flatten().collect()
}

/// Whether every call names something that was handed out; those of an envelope do where they have arguments.
fn asks_for_something(it: &Endpoint<'_>, handed: &HandedOut) -> bool {
    let always = it.leaf.habits.as_ref().map(|it| it.always()).unwrap_or_default();
    let is_always = |place: &Place| {
        matches!(place, Place::Segment(_))
            || it.operation == envelopes::ALL
            || always.contains(place)
    };
    handed.named(it).iter().any(|it| is_always(&it.0))
}

/// Whether callers are shown others' beside their own.
fn is_shared(shown: &Shown, pace: &Pace) -> bool {
    let now = shown.standings();
    let all = now.constant + now.mixed + now.crossing;
    now.mixed > 0 && all as u64 >= pace.subjects_min
        || now.crossing * CONSTANT_PER_CROSSING > now.constant
}

/// The name of the variable that a segment is, from 1.
fn variable(template: &str, segment: u8) -> Option<String> {
    let at = usize::from(segment).checked_sub(1)?;
    let text = template.split('/').filter(|it| !it.is_empty()).nth(at)?;
    folded(text.strip_prefix('{')?.strip_suffix('}')?).last()
}

/// Whether a field tells owners apart, and if so whether each is one caller.
fn told(shown: &Shown, may_be_group: bool, pace: &Pace) -> Option<bool> {
    let now = shown.standings();
    let are_few = now.mixed < INDEPENDENT_MIN as usize && now.mixed * 20 <= now.constant.max(20);
    let is_told = now.constant as u64 >= pace.subjects_min
        && are_few
        && now.crossing * CONSTANT_PER_CROSSING <= now.constant;
    let is_exclusive = now.values * 100 >= now.constant * EXCLUSIVE_PERCENT;
    let is_grouped = now.values >= GROUPS_MIN && may_be_group;
    (is_told && (is_exclusive || is_grouped)).then_some(is_exclusive)
}

impl Spot<'_> {
    /// Whether it teaches who callers are, of whom `other` tells.
    fn agrees(&self, other: &Self, pace: &Pace) -> bool {
        if other.unless_given {
            let (both, same) = other.shown.shows_own(self.shown);
            let values = self.shown.standings().values;
            return self.is_exclusive
                && both as u64 >= pace.subjects_min
                && same >= OWN_MIN
                && same * values >= both * OWN_TIMES_CHANCE;
        }
        let (both, same) = self.shown.agree(other.shown);
        self.is_exclusive == other.is_exclusive
            && both as u64 >= pace.subjects_min
            && same * 100 >= both * AGREE_PERCENT
    }
}
