//! Terms that traffic speaks for: clauses of single endpoints, with their evidence.
//!
//! Reads    the inventory, and relations between answers and requests.
//! Writes   proposals, each with whom and what it rests on, and how far it has come.
//! Memory   a copy of what is told.
//! Misses   endpoints of which only copies of requests were seen; fields behind the first 64 of a message, and those of an
//!          envelope's operations behind 256.
//!
//! The operations of an envelope (GraphQL, JSON-RPC) share the terms of its path: the places of their arguments begin with the
//! operation's name, and so does what answers show.
//!
//! What one caller alone does teaches nothing: a field counts as taken when [`INDEPENDENT_MIN`] subjects sent it with
//! success. So nobody can widen a term by many calls, and nobody's calls narrow it.

mod beyond;
mod envelopes;
mod fields;
mod handed_out;
mod masked;
mod owned;
mod read_only;
mod role;
#[cfg(test)]
mod role_tests;
#[cfg(test)]
mod tests;

use crate::inventory::leaf::{Breaches, Leaf};
use crate::inventory::roles::Roles;
use crate::inventory::{ClassOf, Endpoint, Inventory};
use crate::relations::Relations;
use bartizan_model::clause::ClauseName;
use bartizan_model::head::Method;
use bartizan_model::place::Place;
use bartizan_model::profile::Subjects;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Force, Resource, Says, Shows, Term, TermsByRoute};
use bartizan_model::traits::Trait;
use handed_out::HandedOut;
pub use masked::mask_of_new;
use owned::Ownership;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Subjects that have nothing to do with each other, for which a field counts as taken.
pub const INDEPENDENT_MIN: u32 = 3;

/// When a term has come how far. Times are of observed traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Calls from which on a term is observed.
    pub calls_min: u64,
    /// Subjects from which on it is.
    pub subjects_min: u64,
    /// Microseconds that it must have held before it is proposed.
    pub span_us: u64,
    /// Subjects from which on a term that describes habit is proposed.
    pub habit_subjects_min: u64,
}

impl Pace {
    /// In production: DESIGN, the life cycle of a clause.
    pub const USUAL: Self = Self {
        calls_min: 30,
        subjects_min: 5,
        span_us: 7 * 24 * 3_600 * 1_000_000,
        habit_subjects_min: 60,
    };
    /// For tests and drills: minutes in place of days.
    pub const LAB: Self =
        Self { calls_min: 30, subjects_min: 5, span_us: 60 * 1_000_000, habit_subjects_min: 20 };
}

/// How far a term has come by itself. Further it goes by people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// There is too little to say so.
    Candidate,
    /// What it would refuse is recorded.
    Observed,
    /// It has held for long enough, for enough people: it may be put in force.
    Proposed,
}

impl Stage {
    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Observed => "observe",
            Self::Proposed => "proposed",
        }
    }
}

/// What a term rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Support {
    /// Successful calls of the endpoint.
    pub calls: u64,
    /// By about so many subjects: of its calls, and of what callers are, those who never made one besides.
    pub subjects: u64,
    /// From when to when, in microseconds since 1970.
    pub first_us: u64,
    /// See `first_us`.
    pub last_us: u64,
    /// Calls that did not keep it.
    pub breaches: Breaches,
    /// Fields that too few subjects sent to count as taken.
    pub left_out: usize,
}

impl Support {
    /// Of all subjects at most so many thousandths would be hurt, with 95 % confidence, if none was so far: the rule of
    /// three (Hanley and Lippman-Hand 1983).
    pub fn risk(&self) -> u16 {
        let risk = 3_000_u64.checked_div(self.subjects).unwrap_or(1_000);
        u16::try_from(risk.min(1_000)).unwrap_or(1_000)
    }
}

/// A term that traffic speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What it says.
    pub says: Says,
    /// How far it has come.
    pub stage: Stage,
    /// What it rests on.
    pub support: Support,
}

/// Everything that traffic says of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The service.
    pub service: Arc<str>,
    /// Its method.
    pub method: Method,
    /// Its path, as `/orders/{orderId}`.
    pub template: String,
    /// The fields of query and body that it takes.
    pub known: Vec<Place>,
    /// What speaks for itself.
    pub proposals: Vec<Proposal>,
    /// Which fields of its answers hand out identifiers.
    pub hands_out: Vec<(Place, Resource)>,
    /// What its calls show of who is who.
    pub shows: Shows,
}

/// What people say of a service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// When it was released last, in microseconds since 1970, if it ever was.
    pub released_us: Option<u64>,
    /// What stands behind its subjects.
    pub subjects: Option<Subjects>,
}

impl Said {
    /// Whether who names an identifier must have been handed it: not where callers have them from queues, databases and caches,
    /// as programs do, and those who stand for many.
    const fn is_handed_out(self) -> bool {
        !matches!(self.subjects, Some(Subjects::Workload | Subjects::Aggregate))
    }
}

/// What people say of each service.
pub type SaidOf<'a> = &'a dyn Fn(&str) -> Said;

/// Everything that speaks for itself, by endpoint. `class_of` tells of what class a field is, if it may be masked by it.
pub fn propose(
    inventory: &Inventory,
    relations: &Relations,
    class_of: ClassOf<'_>,
    pace: &Pace,
    said: SaidOf<'_>,
) -> Vec<Proposed> {
    let listed = inventory.endpoints();
    let envelopes = envelopes::all(&listed);
    let endpoints = envelopes::whole(&listed, &envelopes);
    let mut of_services = BTreeMap::new();
    for it in &endpoints {
        of_services.entry(it.service).or_insert_with(|| {
            let handed = HandedOut::of(relations, inventory, it.service);
            let told = (relations.claims(it.service), &handed);
            let owners = Ownership::of(&endpoints, it.service, told, pace);
            (handed, owners)
        });
    }
    let settable = read_only::Groups::of(&endpoints);
    let known = |it: &Endpoint<'_>| {
        let (handed, owners) = of_services.get(it.service)?;
        let (said, roles) = (said(it.service), inventory.roles(it.service));
        one(it, &Known { settable: &settable, handed, owners, roles, class_of, said }, pace)
    };
    endpoints.iter().filter_map(known).collect()
}

/// What is known beside an endpoint.
struct Known<'a> {
    settable: &'a read_only::Groups<'a>,
    handed: &'a HandedOut,
    owners: &'a Ownership,
    roles: Option<&'a Roles>,
    class_of: ClassOf<'a>,
    said: Said,
}

fn one(it: &Endpoint<'_>, known: &Known<'_>, pace: &Pace) -> Option<Proposed> {
    let Known { settable: groups, handed, owners, roles, class_of, said } = *known;
    let (leaf, template) = (it.leaf, it.template());
    let sent = fields::sent(&leaf.request);
    let (known, left_out) = (&sent.known, sent.left_out);
    let mut says = Vec::new();
    says.extend(groups.read_only(it, known));
    says.extend(fields::only_known(&leaf.request, &sent));
    says.extend(fields::types(&leaf.request, pace));
    says.extend(fields::required(leaf, &sent));
    says.extend(fields::bounds(leaf, pace));
    says.extend(owners.owned(it.method, &template));
    says.extend(owners.belongs(it.method, &template));
    says.extend(masked::masked(it, class_of, owners, pace));
    let is_signed = says.iter().any(is_signed);
    // A link that its signature makes good is for whoever holds it.
    says.retain(|it| !(is_signed && matches!(it, Says::Belongs(_))));
    let named = (said.is_handed_out() && !is_signed).then(|| handed.named(it));
    says.extend(named.filter(|it| !it.is_empty()).map(Says::HandedOut));
    let is_of_somebody = says.iter().any(|it| matches!(it, Says::Owned(_) | Says::Belongs(_)));
    says.extend(credential(leaf, is_of_somebody));
    says.extend(transport(leaf));
    let (kinds, witnesses) = roles.map(|it| role::kinds(leaf, it, pace)).unwrap_or_default();
    says.extend(Some(kinds).filter(|it| !it.is_empty()).map(Says::Role));
    let hands_out = handed.handed_out(it.method, &template);
    let shows = owners.shows(it.method, &template, &says);
    if says.is_empty() && hands_out.is_empty() && shows == Shows::default() {
        return None;
    }
    // Those who see to others are told, and excepted.
    let are_told = !shows.others.is_nobody();
    let proposals = says.into_iter().map(|says| {
        let mut support = support(leaf, &says, left_out);
        // Who calls elsewhere and never here speaks for it as well.
        if says.clause() == ClauseName::IdentityRole {
            support.subjects = witnesses;
        }
        let stage = stage(&says, are_told, &support, pace, said.released_us);
        Proposal { says, stage, support }
    });
    let proposals = proposals.collect();
    let (service, method) = (it.service.into(), it.method);
    let known = sent.known;
    Some(Proposed { service, method, template, known, proposals, hands_out, shows })
}

/// Whether every call has a signature in its query: of Amazon S3, Google Cloud Storage, Azure Storage, and those that are alike.
fn is_signed(says: &Says) -> bool {
    const SIGNATURES: [&str; 4] = ["x-amz-signature", "x-goog-signature", "signature", "sig"];
    let is_one = |it: &Place| match it {
        Place::Query(name) => SIGNATURES.iter().any(|of| name.eq_ignore_ascii_case(of)),
        Place::Path
        | Place::Segment(_)
        | Place::Header(_)
        | Place::Cookie(_)
        | Place::Body(_)
        | Place::Name => false,
    };
    matches!(says, Says::Required(all) if all.iter().any(is_one))
}

/// Who was served showed a credential, always; and who showed none was turned away, or what is shown is somebody's: clients show
/// their credentials to public endpoints too.
fn credential(leaf: &Leaf, is_of_somebody: bool) -> Option<Says> {
    let was_asked_for = leaf.statuses.contains_key(&401) || is_of_somebody;
    (leaf.succeeded() > 0 && leaf.anonymous == 0 && was_asked_for).then_some(Says::Credential)
}

/// Calls come over TLS, as far as their connections were seen; and all with a certificate.
fn transport(leaf: &Leaf) -> Option<Says> {
    let seen = leaf.traits.of(Trait::RequestSeen);
    let is_so = leaf.succeeded() > 0 && seen > 0 && leaf.traits.of(Trait::PlainText) == 0;
    is_so.then_some(Says::Tls { certificate: leaf.traits.certified == seen })
}

fn support(leaf: &Leaf, says: &Says, left_out: usize) -> Support {
    Support {
        calls: leaf.succeeded(),
        subjects: leaf.subjects.count(),
        first_us: leaf.first_us,
        last_us: leaf.last_us,
        breaches: leaf.breaches.get(&says.clause()).copied().unwrap_or_default(),
        left_out: if says.clause() == ClauseName::ShapeUndeclared { left_out } else { 0 },
    }
}

fn stage(
    says: &Says,
    are_told: bool,
    it: &Support,
    pace: &Pace,
    released_us: Option<u64>,
) -> Stage {
    let is_harm = says.clause().is_harm();
    if it.calls < pace.calls_min || it.subjects < pace.subjects_min {
        return Stage::Candidate;
    }
    let is_for_enough = is_harm || it.subjects >= pace.habit_subjects_min;
    let seldom_us = it.last_us.saturating_sub(it.breaches.last_us);
    // One caller who breaks it may be the attacker that it is for; several are a habit. What is wrong whoever does it has held
    // again once nobody broke it for as long: those who see to others are told by then, and what people share. So has what is
    // said of fields that answers did not have: they are known once three callers were shown them.
    let is_mended = is_growing(says) || (is_harm && (are_told || is_shared(says)));
    let is_broken = it.breaches.passed > 0
        && it.breaches.subjects.at_least() >= INDEPENDENT_MIN
        && (!is_mended || seldom_us < pace.span_us);
    // A release explains why habit was broken. What it became is held to begin with the last such call.
    let is_renewed =
        !is_harm && is_broken && released_us.is_some_and(|at| it.breaches.last_us >= at);
    let since_us = if is_renewed { it.breaches.last_us } else { it.first_us };
    let has_held = it.last_us.saturating_sub(since_us) >= pace.span_us;
    // What answers show is masked whoever asks: that is no breach of anybody.
    let is_of_answers = says.clause() == ClauseName::DisclosureSecret;
    match is_for_enough && has_held && (is_renewed || !is_broken || is_of_answers) {
        true => Stage::Proposed,
        false => Stage::Observed,
    }
}

/// Whether callers are shown what is others' where they were handed it.
fn is_shared(says: &Says) -> bool {
    matches!(says, Says::Owned(all) if all.iter().any(|it| it.unless_given))
}

/// Whether data of people is masked in fields that answers did not have.
fn is_growing(says: &Says) -> bool {
    matches!(says, Says::Masked(of) if of.beyond.is_some())
}

/// What is observed of proposals without anybody's doing.
pub fn observed(all: &[Proposed]) -> TermsByRoute {
    let mut by_route: BTreeMap<&Arc<str>, Vec<EndpointTerms>> = BTreeMap::new();
    for it in all {
        let seen = it.proposals.iter().filter(|it| it.stage > Stage::Candidate);
        let terms = seen.map(|it| Term { says: it.says.clone(), force: Force::Observed });
        let of = EndpointTerms {
            method: it.method,
            path: Template::new(&it.template),
            known: it.known.clone(),
            terms: terms.collect(),
            hands_out: it.hands_out.clone(),
            shows: it.shows.clone(),
        };
        by_route.entry(&it.service).or_default().push(of);
    }
    by_route.into_iter().map(|(route, all)| (Arc::clone(route), all)).collect()
}
