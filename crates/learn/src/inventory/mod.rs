//! The inventory: every endpoint that traffic showed, who calls it and what passes there.
//!
//! Reads    observations, in their order.
//! Writes   endpoints with real variables, such as `GET /orders/{orderId}`, and what is known of them.
//! Memory   [`SERVICES_MAX`] services of at most [`NODES_MAX`] nodes. What finds no room is counted.
//! Misses   only exchanges that were answered with success make endpoints; others are counted where the
//!          endpoint is known, and as candidates elsewhere. Words that are values stay apart until there are
//!          enough of them to tell.

mod collapse;
pub mod description;
pub mod distinct;
mod handed;
pub mod leaf;
mod naming;
mod node;
mod words;

use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::observation::{Observation, Outcome};
use bartizan_model::place::Place;
use collapse::Common;
use handed::Handed;
use leaf::Leaf;
pub use node::{NODES_MAX, Reason, Variable};
use node::{Node, VARIABLE};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Services that are told apart; exchanges of further ones are counted.
pub const SERVICES_MAX: usize = 64;
/// Nodes that are visited to find one endpoint.
const STEPS_MAX: u32 = 64;
/// Exchanges between two looks for variables, at first.
const SETTLE_EVERY: u64 = 200;

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    services: BTreeMap<Arc<str>, Service>,
    /// Exchanges of services that found no room.
    pub services_more: u64,
}

/// One service: what stands behind one route.
#[derive(Clone, Debug, Default)]
struct Service {
    root: Node,
    nodes: usize,
    handed: Handed,
    calls: u64,
    unsettled: u64,
    candidates: u64,
    full: u64,
}

/// An endpoint of the inventory.
#[derive(Clone, Debug)]
pub struct Endpoint<'a> {
    /// The service.
    pub service: &'a str,
    /// The method.
    pub method: Method,
    /// Its segments.
    pub path: Vec<Segment<'a>>,
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
    /// Identifies it as long as its template stays: a hash of service, method and template.
    pub fn id(&self) -> EndpointId {
        EndpointId::of(self.method.name(), &format!("{} {}", self.service, self.template()))
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
    /// Successful exchanges.
    pub calls: u64,
    /// Exchanges of paths that no endpoint has.
    pub candidates: u64,
    /// Exchanges of which nothing could be learnt because there was no room.
    pub full: u64,
    /// Nodes of its tree.
    pub nodes: usize,
}

impl Inventory {
    /// Adds an exchange.
    pub fn observe(&mut self, it: &Observation) {
        if !self.services.contains_key(&it.route) {
            if self.services.len() >= SERVICES_MAX || !is_success(it) {
                self.services_more += u64::from(is_success(it));
                return;
            }
            self.services.insert(Arc::clone(&it.route), Service::default());
        }
        if let Some(service) = self.services.get_mut(&it.route) {
            service.observe(it);
        }
    }

    /// Looks for variables now. It is done by itself from time to time.
    pub fn settle(&mut self) {
        self.services.values_mut().for_each(Service::settle);
    }

    /// All endpoints, by service, path and method.
    pub fn endpoints(&self) -> Vec<Endpoint<'_>> {
        let mut out = Vec::new();
        for (service, it) in &self.services {
            collect(service, &it.root, &mut Vec::new(), &mut out);
        }
        out
    }

    /// The endpoint that a path belongs to.
    pub fn find(&self, service: &str, method: Method, template: &str) -> Option<Endpoint<'_>> {
        let (service, it) = self.services.get_key_value(service)?;
        let mut keys = Vec::new();
        let segments: Vec<&str> = segments(template).collect();
        let leaf = it.root.find(&segments, method, &mut STEPS_MAX.clone(), &mut keys)?;
        let path = named(&it.root, &keys);
        Some(Endpoint { service, method, path, leaf })
    }

    /// Numbers of each service.
    pub fn totals(&self) -> impl Iterator<Item = (&str, Totals)> {
        self.services.iter().map(|(name, it)| {
            let Service { calls, candidates, full, nodes, .. } = *it;
            (&**name, Totals { calls, candidates, full, nodes })
        })
    }
}

impl Service {
    fn observe(&mut self, it: &Observation) {
        if !is_success(it) {
            match self
                .root
                .find_mut(&mut segments(&it.template))
                .and_then(|node| node.leaves.get_mut(&it.method))
            {
                Some(leaf) => leaf.note(it),
                None => self.candidates += 1,
            }
            return;
        }
        if let Some(facts) = &it.response {
            self.handed.add(facts);
        }
        self.calls += 1;
        let mut node = &mut self.root;
        for (n, segment) in segments(&it.template).enumerate() {
            let Some(child) = node.child(segment, &mut self.nodes) else {
                self.full += 1;
                return;
            };
            child.calls += 1;
            let hash = segment_hash(it, n);
            match (&mut child.variable, hash) {
                (Some(variable), Some(hash)) => {
                    if let Some(place) = self.handed.place(hash) {
                        variable.hand(place);
                    }
                }
                (None, Some(hash)) => child.hash = Some(hash),
                (_, None) => {}
            }
            node = child;
        }
        node.leaves.entry(it.method).or_default().add(it);
        self.unsettled += 1;
        if self.unsettled >= SETTLE_EVERY.max(self.calls / 8) {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.unsettled = 0;
        let common = Common::of(&self.root);
        let gone = collapse::settle(&mut self.root, &self.handed, &common);
        self.nodes = self.nodes.saturating_sub(gone);
    }
}

/// Whether the application knew what it was asked for.
fn is_success(it: &Observation) -> bool {
    matches!(it.outcome, Outcome::Served | Outcome::Tunnelled) && (100..400).contains(&it.status)
}

fn segments(template: &str) -> impl Iterator<Item = &str> {
    let rest = template.strip_prefix('/').unwrap_or(template);
    rest.split('/').filter(move |_| !rest.is_empty())
}

fn segment_hash(it: &Observation, n: usize) -> Option<u64> {
    let facts = it.request.as_ref()?;
    let wanted = Place::Segment(u8::try_from(n + 1).ok()?);
    let at = facts.shape.places.iter().position(|it| *it == wanted)?;
    let fact = facts.facts.iter().find(|it| usize::from(it.field) == at)?;
    Some(fact.value.0)
}

fn collect<'a>(
    service: &'a str,
    node: &'a Node,
    keys: &mut Vec<(&'a str, &'a Node)>,
    out: &mut Vec<Endpoint<'a>>,
) {
    for (method, leaf) in &node.leaves {
        out.push(Endpoint { service, method: *method, path: path_of(keys), leaf });
    }
    for (segment, child) in &node.children {
        keys.push((segment, child));
        collect(service, child, keys, out);
        keys.pop();
    }
}

fn named<'a>(root: &'a Node, keys: &[&'a str]) -> Vec<Segment<'a>> {
    let mut node = root;
    let mut steps = Vec::new();
    for key in keys {
        let Some(child) = node.children.get(*key) else { break };
        steps.push((*key, child));
        node = child;
    }
    path_of(&steps)
}

/// The path with names for its variables, each of them another one.
fn path_of<'a>(steps: &[(&'a str, &'a Node)]) -> Vec<Segment<'a>> {
    let mut out: Vec<Segment<'a>> = Vec::with_capacity(steps.len());
    let is_variable = |at: usize| steps.get(at).is_some_and(|it| it.0 == VARIABLE);
    for (at, (key, node)) in steps.iter().enumerate() {
        let Some(variable) = node.variable.as_deref().filter(|_| *key == VARIABLE) else {
            out.push(Segment::Literal(key));
            continue;
        };
        let nth = (0..at).rev().take_while(|it| is_variable(*it)).count();
        let run = nth + (at..steps.len()).take_while(|it| is_variable(*it)).count();
        let before = at.checked_sub(nth + 1).and_then(|it| steps.get(it)).map(|it| it.0);
        let wanted = naming::name(variable, before, nth, run);
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
