//! The inventory: every endpoint that traffic showed, who calls it and what passes there.
//!
//! Reads    observations, in their order.
//! Writes   endpoints with real variables, such as `GET /orders/{orderId}`, and what is known of them.
//! Memory   [`SERVICES_MAX`] services of at most [`NODES_MAX`] nodes. What finds no room is counted.
//! Misses   only exchanges that were answered with success make endpoints; others are counted where the
//!          endpoint is known, and as candidates elsewhere; of copies of requests, whose answers are not seen,
//!          `unanswered.rs` decides. Words that are values stay apart until there are
//!          enough of them to tell.

mod alike;
pub mod by_place;
mod collapse;
#[cfg(test)]
mod collapse_tests;
pub mod description;
pub mod distinct;
mod echoes;
pub mod habits;
mod handed;
mod homes;
pub mod hosts;
pub mod leaf;
mod looks;
mod naming;
mod node;
pub mod owners;
mod places;
pub mod roles;
mod said;
#[cfg(test)]
pub(crate) mod seen;
mod sorted;
pub mod subjects;
pub(crate) mod told;
mod unanswered;
mod usage;
pub mod values;
mod words;
pub(crate) use words::singular;

use bartizan_model::class::Class;
use bartizan_model::fact::{Fact, Kind};
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_model::place::Place;
use collapse::Look;
use handed::Handed;
use hosts::HostRoom;
use leaf::{Field, Leaf};
pub use node::{NODES_MAX, Reason, Variable};
use node::{Node, VARIABLE, WORDS_SURE};
use roles::Roles;
use said::Sayings;
pub use said::{By, SAID_MAX, Said, SaidError};
use std::collections::BTreeMap;
use std::sync::Arc;
pub use unanswered::{CALLERS_MIN, MADE_MAX};
use unanswered::{Unanswered, Verdict};

/// Services that are told apart; exchanges of further ones are counted.
pub const SERVICES_MAX: usize = 64;
/// Nodes that are visited to find one endpoint.
const STEPS_MAX: u32 = 64;
/// New nodes after which is looked, however few calls made them.
const GROWN_MAX: usize = 2_000;
/// How often is looked for further ones.
const PASSES_MAX: usize = 5;
/// Exchanges between two looks for variables, at first.
const SETTLE_EVERY: u64 = 200;
/// Segments of a template that are told apart; one has less.
const SEGMENTS_MAX: usize = 20;

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    services: BTreeMap<Arc<str>, Service>,
    /// Exchanges of services that found no room.
    pub services_more: u64,
    unanswered: Unanswered,
    host_room: HostRoom,
}

/// One service: what stands behind one route.
#[derive(Clone, Debug, Default)]
struct Service {
    root: Node,
    said: Sayings,
    nodes: usize,
    /// As many as there were when variables were looked for last.
    nodes_settled: usize,
    handed: Handed,
    roles: Roles,
    calls: u64,
    unsettled: u64,
    candidates: u64,
    full: u64,
}

/// The class of a field, if it is told.
pub type ClassOf<'a> = &'a dyn Fn(&Place, &Field) -> Option<Class>;

/// An endpoint of the inventory.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// The service.
    pub service: &'a str,
    /// The method.
    pub method: Method,
    /// Its segments.
    pub path: Vec<Segment<'a>>,
    /// The operation within an envelope, as `graphql query orders`; empty if method and path say it all.
    pub operation: &'a str,
    /// What was seen there.
    pub leaf: &'a Leaf,
}

/// A segment of an endpoint's path.
#[derive(Clone, Debug)]
pub enum Segment<'a> {
    /// Always the same.
    Literal(&'a str),
    /// Another one each time.
    Variable {
        /// Its name.
        name: String,
        /// What is known of it.
        of: &'a Variable,
    },
}

impl Endpoint<'_> {
    /// Identifies it as long as its template stays: a hash of service, method, template and operation.
    pub fn id(&self) -> EndpointId {
        let mut name = format!("{} {}", self.service, self.template());
        if !self.operation.is_empty() {
            name.push(' ');
            name.push_str(self.operation);
        }
        EndpointId::of(self.method.name(), &name)
    }

    /// The path with its variables, as `/orders/{orderId}`.
    pub fn template(&self) -> String {
        written(&self.path)
    }
}

fn written(path: &[Segment<'_>]) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    path.iter().fold(String::new(), |mut out, segment| {
        out.push('/');
        match segment {
            Segment::Literal(it) => out.push_str(it),
            Segment::Variable { name, .. } => {
                out.push('{');
                out.push_str(name);
                out.push('}');
            }
        }
        out
    })
}

/// What a service holds, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Successful exchanges, and copies that count.
    pub calls: u64,
    /// Exchanges of paths that no endpoint has.
    pub candidates: u64,
    /// Exchanges of which nothing could be learnt because there was no room.
    pub full: u64,
    /// Nodes of its tree.
    pub nodes: usize,
    /// Templates that somebody said.
    pub said: usize,
    /// Templates that somebody said and that found no room.
    pub said_more: u64,
}

impl Inventory {
    /// Follows a template from now on, as a person or a description says it. It makes no endpoint; calls do.
    /// What was seen before is put in its place with the next exchange or [`Self::settle`], as far as that is
    /// known: better is to say everything first.
    ///
    /// # Errors
    ///
    /// [`SaidError`] if it is not followed.
    pub fn say(&mut self, service: &str, said: &Said) -> Result<(), SaidError> {
        if !self.services.contains_key(service) && self.services.len() >= SERVICES_MAX {
            return Err(SaidError::NoRoom);
        }
        self.services.entry(service.into()).or_default().said.add(said)
    }

    /// Adds an exchange.
    pub fn observe(&mut self, it: &Observation) {
        if !self.services.contains_key(&it.route) {
            // Copies are of routes that somebody configured: they make no more services than there are of those.
            let makes_one = is_success(it) || is_unanswered(it);
            if self.services.len() >= SERVICES_MAX || !makes_one {
                self.services_more += u64::from(makes_one);
                return;
            }
            self.services.insert(Arc::clone(&it.route), Service::default());
        }
        let Some(service) = self.services.get_mut(&it.route) else { return };
        if !is_unanswered(it) {
            return service.observe(it, &mut self.host_room);
        }
        let (known, variables) = service.known(it);
        let template = match known {
            Some(template) if !template.contains("{word}") => {
                self.unanswered.known(it);
                template
            }
            // A word in the place of a variable may prove to be a name.
            known => match (self.unanswered.take(it, &variables), known) {
                (Verdict::Counts(template), _) | (_, Some(template)) => template,
                (Verdict::Waits, None) => {
                    service.candidates += 1;
                    return;
                }
                (Verdict::Full, None) => {
                    service.full += 1;
                    return;
                }
            },
        };
        let room = &mut self.host_room;
        match *it.template == *template {
            true => service.observe(it, room),
            false => {
                service.observe(&Observation { template: template.into(), ..it.clone() }, room);
            }
        }
    }

    /// Looks for variables now, until there is no further one. It is done by itself from time to time.
    pub fn settle(&mut self) {
        for service in self.services.values_mut() {
            // What became one has more to be compared.
            for _ in 0..PASSES_MAX {
                if service.settle(Look::everywhere) == 0 {
                    break;
                }
            }
        }
    }

    /// All endpoints, by service, path and method.
    pub fn endpoints(&self) -> Vec<Endpoint<'_>> {
        let mut out = Vec::new();
        for (service, it) in &self.services {
            let mut steps = Vec::new();
            collect(service, it, &it.root, &mut steps, &mut out);
        }
        out
    }

    /// The endpoint that a path belongs to.
    pub fn find(&self, service: &str, method: Method, template: &str) -> Option<Endpoint<'_>> {
        let (service, it) = self.services.get_key_value(service)?;
        let mut keys = Vec::new();
        let leaf = it.find(&Segments::of(template), method, &mut |key| keys.push(key))?;
        keys.reverse();
        let path = named(it, &keys);
        Some(Endpoint { service, method, path, operation: "", leaf })
    }

    /// What was seen at the endpoint that a path belongs to: as [`Self::find`], without asking for names.
    pub fn leaf(&self, service: &str, method: Method, template: &str) -> Option<&Leaf> {
        let it = self.services.get(service)?;
        it.find(&Segments::of(template), method, &mut |_| ())
    }

    /// What callers of a service are, as their tokens say.
    pub fn roles(&self, service: &str) -> Option<&Roles> {
        self.services.get(service).map(|it| &it.roles)
    }

    /// Hosts in URLs that found no room.
    pub fn hosts_more(&self) -> u64 {
        self.host_room.more
    }

    /// Numbers of each service.
    pub fn totals(&self) -> impl Iterator<Item = (&str, Totals)> {
        self.services.iter().map(|(name, it)| {
            let Service { calls, candidates, full, nodes, .. } = *it;
            let (said, said_more) = (it.said.templates, it.said.more);
            (&**name, Totals { calls, candidates, full, nodes, said, said_more })
        })
    }
}

impl Service {
    fn observe(&mut self, it: &Observation, room: &mut HostRoom) {
        if self.said.is_new {
            self.sort();
        }
        let segments = Segments::of(&it.template);
        if !is_success(it) && !is_unanswered(it) {
            match self.find_mut(&segments).and_then(|node| node.leaves.get_mut(&it.method)) {
                Some(leaf) => leaf.add_failed(it),
                None => self.candidates += 1,
            }
            return;
        }
        self.calls += 1;
        let mut keys = [""; SEGMENTS_MAX];
        let placed = place(&mut self.root, &self.said, &segments, &mut self.nodes, &mut keys);
        let Some(node) = placed else {
            self.full += 1;
            // What fills it may be values of variables. Looked for more and more rarely, if it is not.
            if self.full.is_power_of_two() {
                self.settle(Look::everywhere);
            }
            return;
        };
        let leaf = node.leaves.entry(it.method).or_default();
        node.is_new |= leaf.add(it, &mut self.handed);
        leaf.note_caller(it, &mut self.roles);
        if !it.pointed.is_empty() {
            leaf.point(it, room);
        }
        if it.request.is_some() {
            let keys = keys.get(..segments.len()).unwrap_or_default();
            hand(&mut self.root, keys, &segments, it, &mut self.handed);
        }
        self.unsettled += 1;
        let grown = self.nodes.saturating_sub(self.nodes_settled);
        if self.unsettled >= SETTLE_EVERY.max(self.calls / 8) || grown >= GROWN_MAX {
            self.settle(Look::where_new);
        }
    }

    /// The template of the endpoint that this is a call of, if it is known or somebody said that there is one:
    /// words that are values are `{word}` in it. And at which of its segments, as far as the path is known, a
    /// variable stands.
    fn known(&self, it: &Observation) -> (Option<String>, Vec<bool>) {
        let segments = Segments::of(&it.template);
        if self.said.fit(&segments).is_some() {
            return (Some(it.template.to_string()), Vec::new());
        }
        let mut keys = Vec::new();
        let leaf = self
            .find(&segments, it.method, &mut |key| keys.push(key))
            .filter(|leaf| !leaf::has_operation(it) || leaf.operations.contains_key(&it.operation));
        if leaf.is_none() {
            let mut node = &self.root;
            let mut variables = Vec::new();
            for segment in segments.iter() {
                let (literal, variable) =
                    (node.children.get(*segment), node.children.get(VARIABLE));
                let Some(child) = literal.or(variable) else { break };
                variables.push(literal.is_none());
                node = child;
            }
            return (None, variables);
        }
        keys.reverse();
        let mut out = String::new();
        for (segment, key) in segments.iter().zip(&keys) {
            let is_value = *key == VARIABLE && !segment.starts_with('{');
            out.push('/');
            out.push_str(if is_value { "{word}" } else { segment });
        }
        let variables = keys.iter().map(|it| *it == VARIABLE).collect();
        (Some(if out.is_empty() { "/".to_owned() } else { out }), variables)
    }

    fn find<'a>(
        &'a self,
        segments: &[&str],
        method: Method,
        found: &mut dyn FnMut(&'a str),
    ) -> Option<&'a Leaf> {
        if let Some(keys) = self.said.fit(segments) {
            keys.iter().rev().for_each(|it| found(it));
            return self.root.leaf(&keys, method);
        }
        let (mut steps, said) = (STEPS_MAX, &self.said.root);
        // Most services have no templates that somebody said: nobody is asked for them then.
        let said = (self.said.templates > 0).then_some(said);
        self.root.find(segments, method, said, &mut steps, found)
    }

    fn find_mut(&mut self, segments: &[&str]) -> Option<&mut Node> {
        match self.said.fit(segments) {
            Some(keys) => self.root.find_mut(&keys, None),
            None => self.root.find_mut(segments, Some(&self.said.root)),
        }
    }

    /// Puts what was seen before where it belongs by what was said since.
    fn sort(&mut self) {
        self.said.is_new = false;
        let root = std::mem::take(&mut self.root);
        let (root, full) = sorted::sorted(root, &self.said, &self.handed, &mut self.nodes);
        self.root = root;
        self.full += full;
        self.nodes_settled = self.nodes_settled.min(self.nodes);
    }

    /// Looks for variables once; how many nodes became part of others.
    fn settle(&mut self, look: fn(&Node) -> Look) -> usize {
        if self.said.is_new {
            self.sort();
        }
        self.unsettled = 0;
        let mut look = look(&self.root);
        let gone =
            collapse::settle(&mut self.root, Some(&self.said.root), &mut self.handed, &mut look);
        self.nodes = self.nodes.saturating_sub(gone);
        self.nodes_settled = self.nodes;
        gone
    }
}

/// Where the path of an exchange ends, and the keys on the way there; `None` if there is no room for it.
fn place<'a, 'b>(
    root: &'a mut Node,
    said: &'b Sayings,
    segments: &[&'b str],
    nodes: &mut usize,
    keys: &mut [&'b str],
) -> Option<&'a mut Node> {
    let fit = said.fit(segments);
    let mut node = root;
    let mut said = (said.templates > 0).then_some(&said.root);
    node.calls += 1;
    for (n, (segment, kept)) in segments.iter().zip(keys).enumerate() {
        let told = fit.as_ref().and_then(|it| it.get(n)).copied();
        let key = told.unwrap_or_else(|| node.key(segment, said));
        *kept = key;
        said = said.and_then(|it| it.behind(key));
        let child = node.child(segment, key, nodes)?;
        child.calls += 1;
        if let (Some(variable), Some(said)) = (&mut child.variable, said) {
            variable.reason = Reason::Said(said.by());
        }
        node = child;
    }
    Some(node)
}

/// Notes which values of a path answers had handed out.
fn hand(root: &mut Node, keys: &[&str], segments: &[&str], it: &Observation, handed: &mut Handed) {
    let mut node = root;
    let facts = &segment_facts(it);
    for (at, ((key, segment), fact)) in keys.iter().zip(segments).zip(facts).enumerate() {
        let Some(child) = node.children.get_mut(*key) else { return };
        let hash = &fact.map(|it| it.value.0);
        match (&mut child.variable, hash) {
            (Some(variable), Some(hash)) => {
                if let Some(fact) = fact.filter(|it| it.kind == Kind::Integer) {
                    variable.looks.add_number(fact.bucket);
                }
                if let Some(place) = handed.place(*hash) {
                    variable.hand(place);
                }
                variable.echoes.add(it, *hash);
                let depth = u8::try_from(at).unwrap_or(u8::MAX);
                // Small numbers are everywhere.
                if *segment != "{int}" {
                    let before = at.checked_sub(1).and_then(|it| keys.get(it)).copied();
                    let is_one = !child.children.contains_key(VARIABLE);
                    // The word before two of them is of the second.
                    let below = depth.saturating_add(u8::from(!is_one));
                    let weight = child.leaves.len() + child.children.len();
                    let weight = u16::try_from(weight).unwrap_or(u16::MAX);
                    variable.meet(handed.homes.above(*hash, below, weight));
                    let word = before.filter(|it| *it != VARIABLE && is_one);
                    handed.homes.add(*hash, word, depth, weight);
                    if !segment.starts_with('{')
                        && !handed.homes.has(*hash)
                        && variable.words.count() >= WORDS_SURE
                    {
                        handed.homes.assure(*hash);
                    }
                }
            }
            (None, Some(_)) => child.hash = *hash,
            (_, None) => {}
        }
        if at + 1 == keys.len()
            && let Some(hash) = hash
            && let Some(response) = it.response.as_ref().filter(|it| !it.facts.is_empty())
        {
            child.answered = child.answered.saturating_add(1);
            child.held = child.held.saturating_add(u32::from(echoes::holds(response, *hash)));
        }
        node = child;
    }
}

/// Whether the application knew what it was asked for.
pub(crate) fn is_success(it: &Observation) -> bool {
    matches!(it.outcome, Outcome::Served | Outcome::Tunnelled | Outcome::Copied)
        && (100..400).contains(&it.status)
        && !is_refused_within(it)
}

/// Whether the answer to a call of an envelope says that it failed, whatever its status is: `errors` of GraphQL, `error` of JSON-RPC. Only
/// known of exchanges of which facts are kept.
fn is_refused_within(it: &Observation) -> bool {
    let fails = |place: &Place| {
        let Place::Body(path) = place else { return false };
        let path = path.strip_prefix("$[*]").or_else(|| path.strip_prefix('$'));
        ["errors", "error"].iter().any(|name| {
            let rest =
                path.and_then(|it| it.strip_prefix('.')).and_then(|it| it.strip_prefix(name));
            // Some say `null` where there is none.
            rest.is_some_and(|it| it.starts_with(['.', '[']))
        })
    };
    !it.operation.is_empty()
        && it.response.as_ref().is_some_and(|facts| {
            let place = |it: &Fact| facts.shape.places.get(usize::from(it.field));
            facts.facts.iter().filter_map(place).any(fails)
        })
}

/// Whether what the application made of it was not seen.
pub(crate) fn is_unanswered(it: &Observation) -> bool {
    it.outcome == Outcome::Copied && it.status == 0
}

pub(crate) fn segments(template: &str) -> impl Iterator<Item = &str> {
    let rest = template.strip_prefix('/').unwrap_or(template);
    rest.split('/').filter(move |_| !rest.is_empty())
}

/// The segments of a template.
struct Segments<'a> {
    all: [&'a str; SEGMENTS_MAX],
    count: usize,
}

impl<'a> Segments<'a> {
    fn of(template: &'a str) -> Self {
        let mut it = Self { all: [""; SEGMENTS_MAX], count: 0 };
        for (room, segment) in it.all.iter_mut().zip(segments(template)) {
            *room = segment;
            it.count += 1;
        }
        it
    }
}

impl<'a> std::ops::Deref for Segments<'a> {
    type Target = [&'a str];

    fn deref(&self) -> &Self::Target {
        self.all.get(..self.count).unwrap_or_default()
    }
}

/// The facts of the segments of a path, where they are told.
fn segment_facts(it: &Observation) -> [Option<&Fact>; SEGMENTS_MAX] {
    let mut out = [None; SEGMENTS_MAX];
    let Some(facts) = &it.request else { return out };
    for fact in &facts.facts {
        let Some(Place::Segment(at)) = facts.shape.places.get(usize::from(fact.field)) else {
            continue;
        };
        if let Some(out) = usize::from(*at).checked_sub(1).and_then(|at| out.get_mut(at)) {
            out.get_or_insert(fact);
        }
    }
    out
}

fn collect<'a>(
    name: &'a str,
    service: &'a Service,
    node: &'a Node,
    keys: &mut Vec<(&'a str, &'a Node)>,
    out: &mut Vec<Endpoint<'a>>,
) {
    for (method, leaf) in &node.leaves {
        let path = path_of(&service.said, keys);
        let endpoint = Endpoint { service: name, method: *method, path, operation: "", leaf };
        for (operation, leaf) in &leaf.operations {
            out.push(Endpoint { operation, leaf, ..endpoint.clone() });
        }
        if leaf.calls > 0 || leaf.operations.is_empty() {
            out.push(endpoint);
        }
    }
    for (segment, child) in &node.children {
        keys.push((segment, child));
        collect(name, service, child, keys, out);
        keys.pop();
    }
}

fn named<'a>(service: &'a Service, keys: &[&'a str]) -> Vec<Segment<'a>> {
    let mut node = &service.root;
    let mut steps = Vec::new();
    for key in keys {
        let Some(child) = node.children.get(*key) else { break };
        steps.push((*key, child));
        node = child;
    }
    path_of(&service.said, &steps)
}

/// The path with names for its variables, each of them another one.
fn path_of<'a>(said: &Sayings, steps: &[(&'a str, &'a Node)]) -> Vec<Segment<'a>> {
    let mut out: Vec<Segment<'a>> = Vec::with_capacity(steps.len());
    let keys: Vec<&str> = steps.iter().map(|it| it.0).collect();
    let mut names = said.names(&keys).into_iter();
    for (at, (key, node)) in steps.iter().enumerate() {
        let said = if *key == VARIABLE { names.next().flatten() } else { None };
        let Some(variable) = node.variable.as_deref().filter(|_| *key == VARIABLE) else {
            out.push(Segment::Literal(key));
            continue;
        };
        let wanted = said.map_or_else(|| learnt_name(variable, &keys, at), str::to_owned);
        let taken = |name: &str| {
            out.iter().any(|it| matches!(it, Segment::Variable { name: it, .. } if it == name))
        };
        let name = match taken(&wanted) {
            false => wanted,
            true => (2..).map(|n| format!("{wanted}{n}")).find(|it| !taken(it)).unwrap_or_default(),
        };
        out.push(Segment::Variable { name, of: variable });
    }
    out
}

fn learnt_name(variable: &Variable, keys: &[&str], at: usize) -> String {
    let is_variable = |at: usize| keys.get(at).is_some_and(|it| *it == VARIABLE);
    let nth = (0..at).rev().take_while(|it| is_variable(*it)).count();
    let run = nth + (at..keys.len()).take_while(|it| is_variable(*it)).count();
    let before = at.checked_sub(nth + 1).and_then(|it| keys.get(it)).copied();
    naming::name(variable, before, nth, run)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::seen::{ORDER, PERSON, get, templates};
    use super::*;

    #[test]
    fn words_that_answer_alike_are_one_variable() {
        let mut it = Inventory::default();
        for n in 0..40_u8 {
            let name = format!("{}ra{}", char::from(b'a' + n % 26), char::from(b'a' + n / 26));
            it.observe(&get(&format!("/users/{name}"), 200, PERSON));
            it.observe(&get(&format!("/users/{name}/orders"), 200, ORDER));
        }
        it.observe(&get("/users/me", 200, PERSON));
        it.observe(&get("/users/search", 200, &[("$[*].login", 9)]));
        it.observe(&get("/orders/17", 200, ORDER));
        it.settle();
        let wanted = [
            "/orders/{orderId}",
            "/users/me",
            "/users/search",
            "/users/{username}",
            "/users/{username}/orders",
        ];
        let mut found = templates(&it);
        found.sort();
        assert_eq!(found, wanted);
        let found = it.find("shop", Method::Get, "/users/somebody/orders").unwrap();
        assert_eq!((found.template().as_str(), found.leaf.calls), ("/users/{username}/orders", 40));
        let Segment::Variable { of, .. } = &found.path[1] else { panic!("{found:?}") };
        assert!(matches!(of.reason, Reason::Alike { .. }), "{of:?}");
    }

    #[test]
    fn words_that_answer_differently_stay_apart() {
        let mut it = Inventory::default();
        for _ in 0..20 {
            for n in 0..15_u64 {
                let name = format!("/rpc/thing{}.run", char::from(b'a' + u8::try_from(n).unwrap()));
                let fields: Vec<String> = (0..4).map(|m| format!("$.f{n}_{m}")).collect();
                let answer: Vec<(&str, u64)> = fields.iter().map(|it| (it.as_str(), 5)).collect();
                it.observe(&get(&name, 200, &answer));
            }
        }
        it.settle();
        assert_eq!(templates(&it).len(), 15, "{:?}", templates(&it));
    }

    #[test]
    fn junk_makes_no_endpoint_and_takes_no_room() {
        let mut it = Inventory::default();
        it.observe(&get("/orders", 200, ORDER));
        let junk = |n: u64| format!("/{:x}/x{:x}", n, n.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        // The template of each path is what costs here; a million are sent in `docs/discovery.md`.
        for n in 0..20_000 {
            it.observe(&get(&junk(n), 404, &[]));
        }
        assert_eq!(templates(&it), ["/orders"]);
        let totals = it.totals().next().unwrap().1;
        assert_eq!((totals.nodes, totals.candidates), (1, 20_000));
    }

    #[test]
    fn an_application_that_answers_everything_fills_no_memory() {
        let mut it = Inventory::default();
        // Long after the beginning, when is seldom looked for variables.
        (0..100_000).for_each(|_| it.observe(&get("/orders", 200, &[])));
        for n in 0..60_000_u64 {
            let word = |n: u64| -> String {
                (0..6)
                    .map(|at| char::from(b'a' + u8::try_from(n >> (at * 4) & 15).unwrap()))
                    .collect()
            };
            let path = format!("/{}/{}", word(n), word(n.wrapping_mul(7_919)));
            it.observe(&get(&path, 200, &[]));
        }
        let totals = it.totals().next().unwrap().1;
        assert!(totals.nodes <= NODES_MAX, "{totals:?}");
        assert!(totals.nodes < 5_000 && totals.full == 0, "{totals:?}");
        assert!(it.find("shop", Method::Get, "/orders").is_some());
    }

    #[test]
    fn further_services_are_counted() {
        let mut it = Inventory::default();
        for n in 0..SERVICES_MAX + 5 {
            let mut seen = get("/a", 200, &[]);
            seen.route = format!("s{n}").into();
            it.observe(&seen);
        }
        assert_eq!((it.totals().count(), it.services_more), (SERVICES_MAX, 5));
    }

    #[test]
    fn errors_of_a_known_endpoint_are_its_own() {
        let mut it = Inventory::default();
        it.observe(&get("/orders/1", 200, ORDER));
        it.observe(&get("/orders/2", 404, &[]));
        it.observe(&get("/nothing/2", 404, &[]));
        let found = it.endpoints();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].leaf.statuses, [(200, 1), (404, 1)].into_iter().collect());
        assert_eq!(it.totals().next().unwrap().1.candidates, 1);
    }

    #[test]
    fn operations_within_an_envelope_are_endpoints_of_their_own() {
        let mut it = Inventory::default();
        for n in 0..40_u64 {
            let mut call = get("/graphql", 200, ORDER);
            call.operation =
                if n % 2 == 0 { "graphql query orders" } else { "graphql mutation pay" }.into();
            it.observe(&call);
        }
        let mut call = get("/shop.Orders/Get", 200, ORDER);
        call.operation = "grpc shop.Orders/Get".into();
        it.observe(&call);
        it.settle();
        let found: Vec<_> = it
            .endpoints()
            .iter()
            .map(|it| (it.template(), it.operation.to_owned(), it.leaf.calls))
            .collect();
        let one =
            |path: &str, operation: &str, calls| (path.to_owned(), operation.to_owned(), calls);
        assert_eq!(
            found,
            [
                one("/graphql", "graphql mutation pay", 20),
                one("/graphql", "graphql query orders", 20),
                one("/shop.Orders/Get", "", 1),
            ]
        );
        let ids: std::collections::BTreeSet<_> = it.endpoints().iter().map(Endpoint::id).collect();
        assert_eq!(ids.len(), 3);
        let api = description::describe("Shop", &it.endpoints(), &|_, _| None);
        let paths: Vec<_> = api.operations.iter().map(|it| it.path.as_str().to_owned()).collect();
        assert_eq!(paths, ["/graphql", "/shop.Orders/Get"]);
        assert!(api.operations[0].extensions.contains_key("x-bartizan-operations"));
    }

    #[test]
    fn invented_operations_fill_no_memory() {
        let mut it = Inventory::default();
        for n in 0..leaf::OPERATIONS_MAX + 1_000 {
            let mut call = get("/rpc", 200, &[]);
            call.operation = format!("jsonrpc invented{n}").into();
            it.observe(&call);
        }
        let endpoints = it.endpoints();
        assert_eq!(endpoints.len(), leaf::OPERATIONS_MAX + 1);
        let other = endpoints.iter().find(|it| it.operation == leaf::OTHER).unwrap();
        assert_eq!(other.leaf.calls, 1_000);
    }
}
