//! Relations between the endpoints of the inventory: edges that became the same are one.
//!
//! Reads    what was counted under templates of single paths, and the inventory.
//! Writes   edges and parameters under the templates and names of the inventory; the strongest first.
//! Memory   a copy of what is told.
//! Misses   segments that the inventory takes for names are left out. A parameter some of whose values look
//!          like words has no fair uses: those that nobody handed out were not told from names when they came.

use super::names::{End, Side, Spot};
use super::uses::thousandths;
use super::{Fair, Relations, Uses};
use crate::inventory::distinct::Distinct;
use crate::inventory::{Inventory, Segment, segments};
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Fair uses from which on their share is told as the strength of an edge.
const FAIR_MIN: u64 = 10;
/// Uses from which on an edge is told.
const USES_MIN: u64 = 3;
/// In thousandths: edges that explain less are taken for coincidence.
const STRENGTH_MIN: u16 = 20;
/// As `STRENGTH_MIN`, of fair uses.
const FAIR_STRENGTH_MIN: u16 = 100;
/// So many different values are no enumeration.
const VALUES_MIN: u64 = 8;
/// Uses of each of fewer values.
const VALUE_USES_MAX: u64 = 2;

/// A place of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The service.
    pub service: Arc<str>,
    /// The method.
    pub method: Method,
    /// The path, as `/orders/{orderId}`.
    pub template: String,
    /// Where in its requests or answers.
    pub place: Place,
    /// What the place is called: `orderId`, `$.items[*].id`.
    pub name: String,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.method.name(), self.template, self.name)
    }
}

/// An answer's place whose values later requests of the same callers carried.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The place in answers.
    pub from: Point,
    /// The place in requests.
    pub to: Point,
    /// Uses of values that were handed to the caller there.
    pub uses: u64,
    /// Uses of values that were handed to so many, there among others, that anybody may have them. They count for nothing.
    pub common: u64,
    /// All uses in that place of requests whose values are not common, whatever explains them.
    pub of: u64,
    /// Uses by callers who were handed values there, all of which are known.
    pub fair: Fair,
    /// Callers that used it, about.
    pub subjects: u64,
    /// Different values, about. Few values of many uses are an enumeration.
    pub values: u64,
    /// When it was used first, in microseconds since 1970.
    pub first_us: u64,
    /// When it was used last.
    pub last_us: u64,
}

impl Edge {
    /// Of a thousand uses it explains at least so many: of all, or of those that are fair if there are enough of them.
    pub fn strength(&self) -> u16 {
        let of_all = thousandths(self.uses, self.of).unwrap_or(0);
        let of_fair = self.fair.explained().filter(|_| self.fair.uses >= FAIR_MIN);
        of_all.max(of_fair.unwrap_or(0))
    }

    /// Whether it is neither rare nor a coincidence nor an enumeration.
    fn is_told(&self) -> bool {
        let is_chance = self.fair.uses >= FAIR_MIN
            && self.fair.explained().is_some_and(|it| it < FAIR_STRENGTH_MIN);
        self.uses >= USES_MIN
            && self.strength() >= STRENGTH_MIN
            && !is_chance
            && (self.values >= VALUES_MIN || self.uses <= self.values * VALUE_USES_MAX)
    }
}

/// What is known of the values of one parameter or field of requests.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Which one.
    pub at: Point,
    /// Its uses.
    pub uses: Uses,
    /// What handed its values out, the strongest first.
    pub by: Vec<Edge>,
}

/// An edge before its points are written.
#[derive(Default)]
struct Sum {
    uses: u64,
    common: u64,
    fair: Fair,
    subjects: Distinct,
    values: Distinct,
    times: Option<(u64, u64)>,
}

/// The endpoints of relations under their names in the inventory.
struct Named<'a> {
    relations: &'a Relations,
    ends: Vec<NamedEnd>,
    /// Requests whose values were kept, by endpoint.
    requests: BTreeMap<Key<'a>, u64>,
    /// Segments that took values which look like words, counted from 0.
    words: BTreeSet<(Key<'a>, usize)>,
}

struct NamedEnd {
    template: String,
    /// The names of variables, by segment.
    names: Vec<Option<String>>,
}

type Key<'a> = (&'a str, Method, String);

impl Relations {
    /// The edges into requests of a service, the strongest first, between endpoints of the inventory. Endpoints that it
    /// does not know keep their templates of single paths.
    pub fn of(&self, inventory: &Inventory, service: &str) -> Vec<Edge> {
        let parameters = self.explained(inventory, service);
        let mut out: Vec<Edge> = parameters.into_iter().flat_map(|it| it.by).collect();
        sort(&mut out);
        out
    }

    /// The parameters and fields of a service's requests with what explains their values, by endpoint.
    pub fn explained(&self, inventory: &Inventory, service: &str) -> Vec<Explained> {
        let named = Named::of(self, inventory);
        let mut parameters: BTreeMap<Point, Uses> = BTreeMap::new();
        for spot in self.names.spots.iter().filter(|it| it.side == Side::Request) {
            if let Some(point) = named.point(spot).filter(|it| *it.service == *service) {
                parameters.entry(point).or_default().merge(&spot.uses);
            }
        }
        for (point, uses) in &mut parameters {
            uses.seen = uses.seen.max(named.uses_of(point));
            if named.takes_words(point) {
                uses.fair = Fair::default();
            }
        }
        let mut edges = self.merged(&named, service);
        let told = parameters.into_iter().filter(|it| it.1.seen > 0);
        told.map(|(at, uses)| {
            let sums = edges.remove(&at).unwrap_or_default();
            let all =
                sums.into_iter().map(|(from, sum)| sum.edge(from, at.clone(), uses.telling()));
            let mut by: Vec<Edge> = all.filter(Edge::is_told).collect();
            sort(&mut by);
            Explained { at, uses, by }
        })
        .collect()
    }

    fn merged(&self, named: &Named<'_>, service: &str) -> BTreeMap<Point, BTreeMap<Point, Sum>> {
        let mut out: BTreeMap<Point, BTreeMap<Point, Sum>> = BTreeMap::new();
        let spot = |at: usize| self.names.spots.get(at);
        for row in &self.edges.rows {
            let (Some(from), Some(to)) = (spot(row.from.at()), spot(row.to.at())) else { continue };
            let (Some(from), Some(to)) = (named.point(from), named.point(to)) else { continue };
            if *to.service != *service {
                continue;
            }
            let fair = if named.takes_words(&to) { Fair::default() } else { row.fair };
            let sum = out.entry(to).or_default().entry(from).or_default();
            sum.uses += row.uses;
            sum.common += row.common;
            sum.fair.merge(fair);
            sum.subjects.merge(&row.subjects);
            sum.values.merge(&row.values);
            let (first, last) = sum.times.unwrap_or((row.first_us, row.last_us));
            sum.times = Some((first.min(row.first_us), last.max(row.last_us)));
        }
        out
    }
}

impl Sum {
    fn edge(self, from: Point, to: Point, of: u64) -> Edge {
        let (first_us, last_us) = self.times.unwrap_or_default();
        Edge {
            from,
            to,
            uses: self.uses,
            common: self.common,
            of,
            fair: self.fair,
            subjects: self.subjects.count(),
            values: self.values.count(),
            first_us,
            last_us,
        }
    }
}

fn sort(edges: &mut [Edge]) {
    edges.sort_by(|a, b| {
        let strength = |it: &Edge| (it.strength(), it.uses);
        strength(b).cmp(&strength(a)).then_with(|| (&a.to, &a.from).cmp(&(&b.to, &b.from)))
    });
}

impl<'a> Named<'a> {
    fn of(relations: &'a Relations, inventory: &Inventory) -> Self {
        let mut requests: BTreeMap<Key<'a>, u64> = BTreeMap::new();
        let mut words = BTreeSet::new();
        let ends = relations.names.ends.iter().map(|end| {
            let it = named(inventory, end);
            let key = (&*end.service, end.method, it.template.clone());
            for (n, (name, seen)) in it.names.iter().zip(segments(&end.template)).enumerate() {
                if name.is_some() && !seen.starts_with('{') {
                    words.insert((key.clone(), n));
                }
            }
            *requests.entry(key).or_default() += end.requests;
            it
        });
        let ends = ends.collect();
        Self { relations, ends, requests, words }
    }

    /// `None` of a segment that is a name.
    fn point(&self, spot: &Spot) -> Option<Point> {
        let end = self.relations.names.ends.get(spot.end.at())?;
        let it = self.ends.get(spot.end.at())?;
        let name = match &spot.place {
            Place::Segment(n) => it.names.get(usize::from(*n).checked_sub(1)?)?.clone()?,
            Place::Query(name) | Place::Body(name) => name.clone(),
            Place::Path | Place::Header(_) | Place::Cookie(_) | Place::Name => return None,
        };
        let (service, template) = (Arc::clone(&end.service), it.template.clone());
        Some(Point { service, method: end.method, template, place: spot.place.clone(), name })
    }

    /// All uses of a segment: each request has it. Of other places only what was counted is known.
    fn uses_of(&self, point: &Point) -> u64 {
        if !matches!(point.place, Place::Segment(_)) {
            return 0;
        }
        self.requests.get(&key(point)).copied().unwrap_or(0)
    }

    /// Whether words are among its values: which of them nobody handed out is not known use by use.
    fn takes_words(&self, point: &Point) -> bool {
        let Place::Segment(n) = point.place else { return false };
        self.words.contains(&(key(point), usize::from(n).saturating_sub(1)))
    }
}

fn key(point: &Point) -> Key<'_> {
    (&point.service, point.method, point.template.clone())
}

fn named(inventory: &Inventory, end: &End) -> NamedEnd {
    let Some(found) = inventory.find(&end.service, end.method, &end.template) else {
        let name =
            |it: &str| it.strip_prefix('{').and_then(|it| it.strip_suffix('}')).map(str::to_owned);
        let names = segments(&end.template).map(name).collect();
        return NamedEnd { template: end.template.to_string(), names };
    };
    let name = |it: &Segment<'_>| match it {
        Segment::Literal(_) => None,
        Segment::Variable { name, .. } => Some(name.clone()),
    };
    NamedEnd { template: found.template(), names: found.path.iter().map(name).collect() }
}

/// The path of an endpoint as the inventory has it.
pub(super) fn template(inventory: &Inventory, end: &End) -> String {
    named(inventory, end).template
}
