//! The terms of endpoints, made for looking them up while calls are judged.
//!
//! Reads    terms, as people put them in force and as they are proposed.
//! Memory   a tree of paths for each route, and a table of places for each endpoint.
//! Misses   fields of bodies that are not examined; fields of operations within envelopes; empty lists and objects.

use crate::issuing;
use crate::shown::Shown;
use bartizan_inspect::json_edit::Places;
use bartizan_inspect::value::PlaceRef;
use bartizan_model::code::Code;
use bartizan_model::fact::{Forms, Kind};
use bartizan_model::head::Method;
use bartizan_model::host::Side;
use bartizan_model::id::KeyedHash;
use bartizan_model::place::{NAME_BYTES_MAX, Place, escaped};
use bartizan_model::retirement::Template;
use bartizan_model::terms::{
    Bounds, ENDPOINTS_MAX, EndpointTerms, Force, Kinds, Resource, Says, TermsByRoute, Types, folded,
};
use bartizan_model::usual::{Indicator, USUAL_MAX, Usual};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Nodes that are visited to find one endpoint.
const STEPS_MAX: u32 = 64;

/// A GraphQL query by its hash: clients begin to send such whenever they like, and servers that know none say so.
const PERSISTED: [&str; 2] =
    ["$.extensions.persistedQuery.version", "$.extensions.persistedQuery.sha256Hash"];

/// The terms of all routes.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    by_route: BTreeMap<Arc<str>, Paths>,
    /// Versions of clients that are too new to be held to habit, by route.
    graced: Vec<Graced>,
    /// Where answers that log somebody in hold tokens.
    pub(crate) tokens: Arc<Places>,
}

/// A version of a client that is too new on a route to be held to habit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graced {
    /// The route.
    pub route: Arc<str>,
    /// The version: see [`bartizan_model::observation::Observation::cohort`].
    pub cohort: KeyedHash,
}

/// The endpoints of one route.
#[derive(Clone, Debug, Default)]
struct Paths {
    by_method: BTreeMap<Method, Node>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    literals: BTreeMap<Box<str>, Self>,
    variable: Option<Box<Self>>,
    here: Option<Arc<Held>>,
    /// What its fields usually hold that would speak for attacks.
    usual: Option<Arc<[Indicator]>>,
}

/// What calls of one endpoint are held to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// Each place of requests of which something is said.
    places: BTreeMap<Spot<'static>, PlaceTerms>,
    read_only: Option<(BTreeSet<Box<str>>, Force)>,
    known: Option<Force>,
    types: Option<Force>,
    handed_out: Option<Force>,
    bounds: Option<Force>,
    required: Option<(Vec<Place>, Force)>,
    credential: Option<Force>,
    tls: Option<(bool, Force)>,
    kinds: Option<(Vec<Kinds>, Force)>,
    belongs: Option<Force>,
    /// The places that name something, as frameworks bind names: `From` is `from` to many.
    naming: BTreeMap<String, Spot<'static>>,
    /// What is said of answers.
    shown: Arc<Shown>,
}

/// A place, as it is looked up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spot<'a> {
    Segment(u8),
    Query(Cow<'a, str>),
    Body(Cow<'a, str>),
}

impl<'a> Spot<'a> {
    /// As it was recorded.
    fn of(place: &'a Place) -> Option<Self> {
        match place {
            Place::Segment(at) => Some(Self::Segment(*at)),
            Place::Query(name) => Some(Self::Query(Cow::Borrowed(name))),
            Place::Body(path) => Some(Self::Body(Cow::Borrowed(path))),
            Place::Path | Place::Header(_) | Place::Cookie(_) | Place::Name => None,
        }
    }

    fn into_owned(self) -> Spot<'static> {
        match self {
            Self::Segment(at) => Spot::Segment(at),
            Self::Query(name) => Spot::Query(Cow::Owned(name.into_owned())),
            Self::Body(path) => Spot::Body(Cow::Owned(path.into_owned())),
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct PlaceTerms {
    is_known: bool,
    types: Option<Types>,
    bounds: Option<Bounds>,
    resource: Option<Resource>,
    /// What objects or owners are identified there.
    belongs: Option<(Option<Resource>, Resource)>,
    /// Which of those that must be there it is.
    required: Option<u16>,
}

/// What is to be said of one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Looked {
    /// What it does not keep.
    pub(crate) fault: Option<Fault>,
    /// Which kind of identifier it is.
    pub(crate) resource: Option<(Resource, Force)>,
    /// It names an owner, or an object of one: what identifies objects, and owners.
    pub(crate) belongs: Option<(Option<Resource>, Resource, Force)>,
    /// Which of the fields that must be there it is.
    pub(crate) required: Option<u16>,
}

/// What a value is held to and does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It sets what nobody sets.
    ReadOnly(Force),
    /// Its field is not known.
    Undeclared(Force),
    /// It has another type.
    WrongType(Force),
    /// It is larger or longer than values there are.
    OutOfBounds(Force),
}

/// What answers to a call are held to: those of its own method, and those of methods that it names besides.
pub(crate) fn shown(own: Option<&Arc<Held>>, named: &[Arc<Held>]) -> Option<Arc<Shown>> {
    let own = own.map(|it| it.shown());
    let mut judging = named.iter().map(|it| it.shown()).filter(|it| it.judges()).peekable();
    if judging.peek().is_none() {
        return own.cloned();
    }
    let mut all = own.map(|it| Shown::clone(it)).unwrap_or_default();
    judging.for_each(|it| all.hold_to(it));
    Some(Arc::new(all))
}

impl Terms {
    /// Of all routes.
    pub fn new(all: TermsByRoute) -> Self {
        let mut by_route: BTreeMap<Arc<str>, Paths> = BTreeMap::new();
        for (route, endpoints) in all {
            let paths = by_route.entry(route).or_default();
            endpoints.into_iter().take(ENDPOINTS_MAX).for_each(|it| paths.put(it));
        }
        Self { by_route, graced: Vec::new(), tokens: Arc::new(issuing::places()) }
    }

    /// The same, with what fields usually hold that would speak for attacks.
    #[must_use]
    pub fn with_usual(mut self, all: Vec<Usual>) -> Self {
        let mut by_endpoint: BTreeMap<_, Vec<Indicator>> = BTreeMap::new();
        for it in all.into_iter().take(USUAL_MAX) {
            let of = by_endpoint.entry((it.route, it.method, it.path)).or_default();
            of.push(it.indicator);
        }
        for ((route, method, path), usual) in by_endpoint {
            let paths = self.by_route.entry(route).or_default();
            paths.node(method, &Template::new(&path)).usual = Some(usual.into());
        }
        self
    }

    /// What fields of an endpoint usually hold.
    pub(crate) fn usual(
        &self,
        route: &str,
        method: Method,
        template: &str,
    ) -> Option<Arc<[Indicator]>> {
        self.at(route, method, template, |it| it.usual.as_ref()).cloned()
    }

    /// The same, with versions of clients that are held to no habit.
    #[must_use]
    pub fn with_graced(self, graced: Vec<Graced>) -> Self {
        Self { graced, ..self }
    }

    /// Whether a version of a client is held to no habit on a route.
    pub(crate) fn is_graced(&self, route: &str, cohort: KeyedHash) -> bool {
        self.graced.iter().any(|it| it.cohort == cohort && *it.route == *route)
    }

    /// Whether something is said of calls of this method and path template on a route.
    pub fn has(&self, route: &str, method: Method, template: &str) -> bool {
        self.find(route, method, template).is_some()
    }

    /// What calls of this method and path template are held to on a route. `HEAD` asks for what `GET` does.
    pub(crate) fn find(&self, route: &str, method: Method, template: &str) -> Option<&Arc<Held>> {
        self.at(route, method, template, |it| it.here.as_ref())
    }

    /// The same of a request that is an envelope: servers take those of GraphQL by `GET` as well as by `POST`.
    pub(crate) fn find_envelope(
        &self,
        route: &str,
        method: Method,
        template: &str,
    ) -> Option<&Arc<Held>> {
        let post = || self.find(route, Method::Post, template);
        self.find(route, method, template).or_else(post)
    }

    fn at<T>(
        &self,
        route: &str,
        method: Method,
        template: &str,
        of: fn(&Node) -> Option<&T>,
    ) -> Option<&T> {
        let paths = self.by_route.get(route)?;
        let method = if method == Method::Head { Method::Get } else { method };
        let root = paths.by_method.get(&method)?;
        root.find(template.strip_prefix('/').unwrap_or(template), of, &mut { STEPS_MAX })
    }
}

impl Paths {
    fn put(&mut self, it: EndpointTerms) {
        let (method, path) = (it.method, it.path.clone());
        self.node(method, &path).here = Some(Arc::new(Held::of(it)));
    }

    fn node(&mut self, method: Method, path: &Template) -> &mut Node {
        path.segments().fold(self.by_method.entry(method).or_default(), |node, segment| {
            match segment {
                Some(literal) => node.literals.entry(literal.into()).or_default(),
                None => node.variable.get_or_insert_default(),
            }
        })
    }
}

impl Node {
    /// A literal segment goes before a variable. What reads as a value is no literal.
    fn find<T>(&self, rest: &str, of: fn(&Self) -> Option<&T>, steps: &mut u32) -> Option<&T> {
        *steps = steps.checked_sub(1)?;
        let (segment, behind) = match rest.split_once('/') {
            Some((segment, behind)) => (segment, Some(behind)),
            None => (rest, None),
        };
        let variable = self.variable.as_deref().filter(|_| !segment.is_empty());
        for next in [self.literals.get(segment), variable].into_iter().flatten() {
            let found = match behind {
                Some(behind) => next.find(behind, of, steps),
                None => of(next),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

impl Held {
    fn of(it: EndpointTerms) -> Self {
        let mut held = Self { shown: Arc::new(Shown::of(&it)), ..Self::default() };
        for place in &it.known {
            held.at(place, |it| it.is_known = true);
        }
        for term in it.terms {
            let force = term.force;
            match term.says {
                Says::ReadOnly(names) => {
                    held.read_only = Some((names.into_iter().collect(), force));
                }
                Says::OnlyKnown => held.known = Some(force),
                Says::Types(all) => {
                    held.types = Some(force);
                    all.iter()
                        .for_each(|(place, types)| held.at(place, |it| it.types = Some(*types)));
                }
                Says::HandedOut(all) => {
                    held.handed_out = Some(force);
                    let mut put = |place, of| held.at(place, |it| it.resource = Some(of));
                    all.iter().for_each(|(place, of)| put(place, *of));
                }
                Says::Bounds(all) => {
                    held.bounds = Some(force);
                    let mut put = |place, of| held.at(place, |it| it.bounds = Some(of));
                    all.iter().for_each(|(place, of)| put(place, *of));
                }
                Says::Required(all) => {
                    for (at, place) in (0_u16..).zip(&all) {
                        held.at(place, |it| it.required = Some(at));
                    }
                    held.required = Some((all, force));
                }
                Says::Belongs(all) => {
                    held.belongs = Some(force);
                    for of in &all {
                        held.at(&of.place, |it| it.belongs = Some((of.objects, of.owners)));
                    }
                }
                Says::Credential => held.credential = Some(force),
                Says::Tls { certificate } => held.tls = Some((certificate, force)),
                Says::Role(all) => held.kinds = Some((all, force)),
                // They speak of answers.
                Says::Owned(_) | Says::Secret(_) | Says::Masked(_) => {}
            }
        }
        let naming = held.places.iter().filter_map(|(spot, it)| {
            let names = it.resource.is_some() || it.belongs.is_some();
            Some((bound(spot).filter(|_| names)?, spot.clone()))
        });
        held.naming = naming.collect();
        held
    }

    fn at(&mut self, place: &Place, set: impl FnOnce(&mut PlaceTerms)) {
        if let Some(spot) = Spot::of(place) {
            set(self.places.entry(spot.into_owned()).or_default());
        }
    }

    /// Whether anything is said of requests.
    pub(crate) fn judges_requests(&self) -> bool {
        self.read_only.is_some()
            || self.known.is_some()
            || self.types.is_some()
            || self.handed_out.is_some()
            || self.bounds.is_some()
            || self.required.is_some()
            || self.credential.is_some()
            || self.tls.is_some()
            || self.kinds.is_some()
            || self.belongs.is_some()
    }

    /// Whether requests name owners, or objects of theirs.
    pub(crate) fn speaks_of_owners(&self) -> bool {
        self.belongs.is_some()
    }

    /// Whether anything is said that an observation can be held to.
    pub(crate) fn can_be_simulated(&self) -> bool {
        self.judges_requests() || self.shown.judges()
    }

    /// How large and long values in a place may be.
    pub(crate) fn bounds_of(&self, place: &Place) -> Option<Bounds> {
        self.bounds?;
        self.places.get(&Spot::of(place)?)?.bounds
    }

    /// How strictly callers are held to showing a credential.
    pub(crate) fn credential(&self) -> Option<Force> {
        self.credential
    }

    /// Whether calls come with a certificate, too, where they come over TLS; and how strictly they are held to it.
    pub(crate) fn tls(&self) -> Option<(bool, Force)> {
        self.tls
    }

    /// Which kinds of callers never call, and how strictly they are held to it.
    pub(crate) fn kinds(&self) -> Option<(&[Kinds], Force)> {
        self.kinds.as_ref().map(|(all, force)| (all.as_slice(), *force))
    }

    /// The fields that must be there, and how strictly.
    pub(crate) fn required(&self) -> Option<(&[Place], Force)> {
        self.required.as_ref().map(|(all, force)| (all.as_slice(), *force))
    }

    /// Whether requests name identifiers that must have been handed out.
    pub(crate) fn speaks_of_references(&self) -> bool {
        self.handed_out.is_some()
    }

    /// What a place alone does not keep, whatever stands in it.
    pub(crate) fn fault_of_place(&self, place: &Place) -> Option<Fault> {
        let spot = Spot::of(place)?;
        let is_known = self.places.get(&spot).is_some_and(|it| it.is_known);
        if is_known { None } else { self.unknown(&spot) }
    }

    /// The type that values in a place must have.
    pub(crate) fn type_of(&self, place: &Place) -> Option<Types> {
        self.types?;
        self.places.get(&Spot::of(place)?)?.types
    }

    /// The kinds of objects and owners that a place identifies.
    pub(crate) fn identified(&self, side: Side, place: &Place) -> Vec<Resource> {
        let mut all: Vec<Resource> = match side {
            Side::Request => {
                let named = Spot::of(place).and_then(|it| self.named_at(&it));
                let belongs =
                    named.and_then(|it| it.belongs).map(|(of, owners)| of.unwrap_or(owners));
                named.and_then(|it| it.resource).into_iter().chain(belongs).collect()
            }
            Side::Response => self.shown.identified(place).collect(),
        };
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What is said of a place of requests, or of the one whose name is bound to the same.
    fn named_at(&self, spot: &Spot<'_>) -> Option<PlaceTerms> {
        let here = self.places.get(spot);
        let terms = here.or_else(|| {
            let bound = bound(spot).filter(|_| !self.naming.is_empty())?;
            self.places.get(self.naming.get(&bound)?)
        });
        terms.copied()
    }

    /// What is said of answers.
    pub(crate) fn shown(&self) -> &Arc<Shown> {
        &self.shown
    }

    /// What is to be said of a value. `segment` is the position of a segment of the path, from 1.
    pub(crate) fn look(
        &self,
        place: PlaceRef<'_>,
        segment: u8,
        forms: Forms,
        text: &[u8],
    ) -> Looked {
        let (spot, is_field) = match place {
            PlaceRef::Path => (Spot::Segment(segment), false),
            PlaceRef::Query(name) => (Spot::Query(escaped(name)), true),
            PlaceRef::Body(path) if path.len() <= NAME_BYTES_MAX => {
                (Spot::Body(Cow::Borrowed(path)), true)
            }
            PlaceRef::Body(path) => {
                let Place::Body(path) = Place::body(path) else { return Looked::default() };
                (Spot::Body(Cow::Owned(path)), true)
            }
            PlaceRef::Header(_) | PlaceRef::Cookie(_) | PlaceRef::Name => {
                return Looked::default();
            }
        };
        let named = self.named_at(&spot).unwrap_or_default();
        let terms = self.places.get(&spot).copied().unwrap_or_default();
        let terms = PlaceTerms { resource: named.resource, belongs: named.belongs, ..terms };
        let resource = terms.resource.zip(self.handed_out);
        let fault = match terms.is_known {
            false if is_field => self.unknown(&spot),
            _ => None,
        };
        let fault = fault.or_else(|| self.unfit(terms, forms, text));
        let belongs = terms.belongs.zip(self.belongs);
        let belongs = belongs.map(|((objects, owners), force)| (objects, owners, force));
        Looked { fault, resource, belongs, required: terms.required }
    }

    /// A value of another type or size than values have there.
    fn unfit(&self, terms: PlaceTerms, forms: Forms, text: &[u8]) -> Option<Fault> {
        if let Some((types, force)) = terms.types.zip(self.types)
            && !types.fit(forms, Kind::of(text))
        {
            return Some(Fault::WrongType(force));
        }
        let (bounds, force) = terms.bounds.zip(self.bounds)?;
        (!bounds.fit(text)).then_some(Fault::OutOfBounds(force))
    }

    /// A field that is not known to be taken.
    fn unknown(&self, spot: &Spot<'_>) -> Option<Fault> {
        let name = match spot {
            Spot::Segment(_) => return None,
            Spot::Query(name) | Spot::Body(name) => name,
        };
        if let Some((names, force)) = &self.read_only
            && folded(name).any(|step| names.contains(step.as_str()))
        {
            return Some(Fault::ReadOnly(*force));
        }
        if matches!(spot, Spot::Body(name) if PERSISTED.contains(&&**name)) {
            return None;
        }
        self.known.map(Fault::Undeclared)
    }
}

/// A name as frameworks bind it; segments have none.
fn bound(spot: &Spot<'_>) -> Option<String> {
    let (kind, name) = match spot {
        Spot::Segment(_) => return None,
        Spot::Query(name) => ("?", name),
        Spot::Body(name) => ("$", name),
    };
    Some(folded(name).fold(kind.to_owned(), |out, step| out + "." + &step))
}

impl Fault {
    /// Its code, and how strictly it is held.
    pub(crate) const fn code(self) -> (Code, Force) {
        match self {
            Self::ReadOnly(force) => (Code::ShapeReadOnlyField, force),
            Self::Undeclared(force) => (Code::ShapeUndeclaredField, force),
            Self::WrongType(force) => (Code::ShapeWrongType, force),
            Self::OutOfBounds(force) => (Code::ShapeOutOfBounds, force),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::fact::bucket;
    use bartizan_model::retirement::Template;
    use bartizan_model::terms::{Shows, Term};

    const ORDER: Resource = Resource(7);

    fn endpoint(method: Method, path: &str, terms: Vec<Says>) -> EndpointTerms {
        let force = Force::Enforced;
        EndpointTerms {
            method,
            path: Template::new(path),
            known: vec![Place::body("$.name"), Place::body("$.items[*].n"), Place::query(b"page")],
            terms: terms.into_iter().map(|says| Term { says, force }).collect(),
            hands_out: vec![(Place::body("$.id"), ORDER)],
            shows: Shows::default(),
        }
    }

    fn terms(all: Vec<EndpointTerms>) -> Terms {
        Terms::new(vec![("shop".into(), all)])
    }

    /// Looks at a value of `POST /orders` that is held to this.
    #[track_caller]
    fn check(says: Says, place: PlaceRef<'_>, forms: Forms, text: &[u8], fault: Option<Fault>) {
        let all = terms(vec![endpoint(Method::Post, "/orders", vec![says])]);
        let held = all.find("shop", Method::Post, "/orders").unwrap();
        assert_eq!(held.look(place, 0, forms, text).fault, fault);
    }

    #[test]
    fn an_endpoint_is_found_by_route_method_and_path() {
        let all = terms(vec![
            endpoint(Method::Get, "/orders/{orderId}", vec![Says::OnlyKnown]),
            endpoint(Method::Get, "/orders/latest", vec![]),
            endpoint(Method::Get, "/orders/{orderId}/items", vec![]),
        ]);
        let judges = |method, template: &str| {
            all.find("shop", method, template).map(|it| it.judges_requests())
        };
        assert_eq!(judges(Method::Get, "/orders/{int}"), Some(true));
        assert_eq!(judges(Method::Head, "/orders/{int}"), Some(true));
        assert_eq!(judges(Method::Get, "/orders/abc"), Some(true));
        assert_eq!(judges(Method::Get, "/orders/latest"), Some(false));
        assert_eq!(judges(Method::Get, "/orders/latest/items"), Some(false));
        assert_eq!(judges(Method::Delete, "/orders/{int}"), None);
        assert_eq!(judges(Method::Get, "/orders"), None);
        assert_eq!(judges(Method::Get, "/orders/"), None);
        assert!(all.find("other", Method::Get, "/orders/{int}").is_none());
    }

    #[test]
    fn a_field_that_nobody_sets_is_told_however_it_is_written() {
        let says = || Says::ReadOnly(vec!["role".into(), "isadmin".into()]);
        let fault = Some(Fault::ReadOnly(Force::Enforced));
        for path in
            ["$.role", "$.Role", "$.user.is_admin", "$.isAdmin[*]", "$.role.name", "$.user[role]"]
        {
            check(says(), PlaceRef::Body(path), Forms::STRING, b"x", fault);
        }
        check(says(), PlaceRef::Query(b"ROLE"), Forms::PLAIN, b"x", fault);
        check(says(), PlaceRef::Body("$.name"), Forms::STRING, b"role", None);
        check(says(), PlaceRef::Body("$.roles"), Forms::STRING, b"x", None);
        check(says(), PlaceRef::Cookie(b"role"), Forms::PLAIN, b"x", None);
    }

    #[test]
    fn a_field_that_is_not_known_is_told() {
        let fault = Some(Fault::Undeclared(Force::Enforced));
        check(Says::OnlyKnown, PlaceRef::Body("$.coupon"), Forms::STRING, b"x", fault);
        check(Says::OnlyKnown, PlaceRef::Query(b"debug"), Forms::PLAIN, b"1", fault);
        check(Says::OnlyKnown, PlaceRef::Body("$.items[*].n"), Forms::NUMBER, b"1", None);
        check(Says::OnlyKnown, PlaceRef::Query(b"page"), Forms::PLAIN, b"1", None);
        check(Says::OnlyKnown, PlaceRef::Path, Forms::PLAIN, b"x", None);
    }

    #[test]
    fn a_value_of_another_type_is_told() {
        let types = Types { forms: Forms::NUMBER, kinds: 0 };
        let says = || Says::Types(vec![(Place::body("$.items[*].n"), types)]);
        let fault = Some(Fault::WrongType(Force::Enforced));
        check(says(), PlaceRef::Body("$.items[*].n"), Forms::NUMBER, b"1", None);
        check(says(), PlaceRef::Body("$.items[*].n"), Forms::STRING, b"1", fault);
        check(says(), PlaceRef::Body("$.name"), Forms::STRING, b"1", None);
    }

    #[test]
    fn a_value_that_is_far_too_large_or_long_is_told() {
        let bounds = Bounds { buckets: Some((0, bucket(99.0))), bytes_max: 4 };
        let says = || Says::Bounds(vec![(Place::body("$.n"), bounds)]);
        let fault = Some(Fault::OutOfBounds(Force::Enforced));
        check(says(), PlaceRef::Body("$.n"), Forms::NUMBER, b"99", None);
        check(says(), PlaceRef::Body("$.n"), Forms::NUMBER, b"999", fault);
        check(says(), PlaceRef::Body("$.n"), Forms::NUMBER, b"-9", fault);
        check(says(), PlaceRef::Body("$.n"), Forms::STRING, b"abcd", None);
        check(says(), PlaceRef::Body("$.n"), Forms::STRING, b"abcde", fault);
        check(says(), PlaceRef::Body("$.m"), Forms::STRING, b"abcde", None);
    }

    #[test]
    fn what_identifies_an_object_is_told_in_requests_and_answers() {
        let says = Says::HandedOut(vec![(Place::Segment(2), ORDER)]);
        let all = terms(vec![endpoint(Method::Get, "/orders/{id}", vec![says])]);
        let held = all.find("shop", Method::Get, "/orders/{int}").unwrap();
        let it = held.look(PlaceRef::Path, 2, Forms::PLAIN, b"17");
        assert_eq!((it.fault, it.resource), (None, Some((ORDER, Force::Enforced))));
        assert_eq!(held.look(PlaceRef::Path, 1, Forms::PLAIN, b"orders").resource, None);
        let says = Says::HandedOut(vec![(Place::body("$.account_id"), ORDER)]);
        let all = terms(vec![endpoint(Method::Post, "/pay", vec![says])]);
        let held = all.find("shop", Method::Post, "/pay").unwrap();
        for path in ["$.account_id", "$.accountId", "$.ACCOUNT-ID"] {
            let it = held.look(PlaceRef::Body(path), 0, Forms::NUMBER, b"17");
            assert_eq!(it.resource, Some((ORDER, Force::Enforced)), "{path}");
        }
        let all = terms(vec![endpoint(
            Method::Get,
            "/orders/{id}",
            vec![Says::HandedOut(vec![(Place::Segment(2), ORDER)])],
        )]);
        let held = all.find("shop", Method::Get, "/orders/{int}").unwrap();
        assert_eq!(held.shown().field(0).unwrap().hands_out, [ORDER]);
    }
}
