//! Contracts of endpoints: which of the clauses that traffic speaks for people put in force, and how.
//!
//! Reads    `contract.json`, what people decided; what is proposed.
//! Writes   `contract.json`: people. What they put in force is frozen there as it was then: no traffic changes it.
//! Memory   at most `DECIDED_MAX` clauses and `HISTORY_MAX` changes of them.
//! Errors   a message. What cannot be read is not in force, and whoever starts the instance is told.
//! Misses   who decides with the command is whoever may write the data directory.

mod cohorts;
pub mod command;
pub(crate) mod diff;
pub(crate) mod document;
mod fault;
pub(crate) mod file;
pub(crate) mod import;
pub(crate) mod recorded;
mod release;
pub(crate) mod shown;
mod suspension;

pub(crate) use cohorts::NewVersion;
pub(crate) use fault::Fault;
pub(crate) use release::{Release, Released};
pub(crate) use suspension::{Around, Suspended, Watch};

use crate::tempo::Tempo;
use bartizan_learn::terms::{Proposal, Proposed, Stage, observed};
use bartizan_model::clause::ClauseName;
use bartizan_model::head::Method;
use bartizan_model::id::EndpointId;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{
    EndpointTerms, Force, Others, Resource, Says, Shows, Term, TermsByRoute,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Clauses that people decided on.
pub(crate) const DECIDED_MAX: usize = 2_000;
/// Changes that are remembered, to be rolled back.
pub(crate) const HISTORY_MAX: usize = 500;
/// Characters of a reason.
const REASON_CHARS_MAX: usize = 300;

/// Everything that people decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contracts {
    /// Rises with each change.
    pub(crate) revision: u64,
    /// What was decided and not taken back.
    pub(crate) decided: Vec<Decided>,
    /// All changes, the oldest first.
    pub(crate) history: Vec<Changed>,
    /// The oldest first.
    pub(crate) releases: Vec<Release>,
}

/// The endpoints of one route, by method and path.
type Endpoints = BTreeMap<(Method, String), EndpointTerms>;

/// Which clause of which endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Which {
    pub(crate) service: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) clause: ClauseName,
}

/// As their ids are, and cheaper.
impl PartialEq for Which {
    fn eq(&self, other: &Self) -> bool {
        let is_variable = |it: &str| it.starts_with('{') && it.ends_with('}');
        let nameless = |it| if is_variable(it) { "{}" } else { it };
        let (ours, theirs) = (self.path.split('/'), other.path.split('/'));
        (self.method, self.clause) == (other.method, other.clause)
            && self.service == other.service
            && ours.map(nameless).eq(theirs.map(nameless))
    }
}

impl Eq for Which {}

impl Which {
    /// Names it on command lines and in the API. What variables are called does not matter.
    pub(crate) fn id(&self) -> String {
        let name = format!("{} {} {}", self.service, shape(&self.path), self.clause);
        format!("{:016x}", EndpointId::of(self.method.name(), &name).bits())
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        format!("{}: {} {}: {}", self.service, self.method.name(), self.path, self.clause)
    }

    fn of(it: &Proposed, says: &Says) -> Self {
        let (service, path) = (it.service.to_string(), it.template.clone());
        Self { service, method: it.method, path, clause: says.clause() }
    }
}

/// How a clause is held since somebody decided on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// Not at all.
    Off,
    /// As people said.
    As(Force),
    /// What it would refuse is recorded: it was in force, and the application or its clients changed.
    Suspended,
}

impl Held {
    /// All.
    pub(crate) const ALL: &'static [Self] = &[
        Self::Off,
        Self::Suspended,
        Self::As(Force::Observed),
        Self::As(Force::Canary),
        Self::As(Force::Enforced),
    ];

    /// Name in files and output.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Suspended => "suspended",
            Self::As(force) => force.name(),
        }
    }

    /// The one of this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.name() == name)
    }

    /// How strictly; `None` if it is off.
    const fn force(self) -> Option<Force> {
        match self {
            Self::Off => None,
            Self::Suspended => Some(Force::Observed),
            Self::As(force) => Some(force),
        }
    }

    /// Whether it refuses, at least some.
    pub(crate) fn refuses(self) -> bool {
        self.force().is_some_and(|it| it > Force::Observed)
    }
}

/// A clause as somebody decided on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decided {
    pub(crate) which: Which,
    pub(crate) held: Held,
    /// What it says, as it was then.
    pub(crate) says: Says,
    /// The fields that the endpoint took then.
    pub(crate) known: Vec<Place>,
    /// Where the identifiers that it speaks of were handed out then.
    pub(crate) handing: Vec<Handing>,
    /// Where it was shown who callers are, to whom it holds calls.
    pub(crate) showing: Vec<Handing>,
    /// Which claims of tokens said so.
    pub(crate) claims: Vec<(Box<str>, Resource)>,
    /// Who saw to others then.
    pub(crate) others: Others,
    /// Calls that had been refused for it by then.
    pub(crate) refused: u64,
    /// It is as a file said that was imported, and nobody decided on it since.
    pub(crate) is_imported: bool,
    pub(crate) by: Option<String>,
    pub(crate) at_us: u64,
    pub(crate) reason: String,
}

/// A place of answers that hands out identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handing {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) place: Place,
    pub(crate) resource: Resource,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Of the contracts, with it.
    pub(crate) revision: u64,
    pub(crate) which: Which,
    /// What was decided of the clause before.
    pub(crate) before: Option<Decided>,
    /// How it is held since.
    pub(crate) force: &'static str,
    pub(crate) by: Option<String>,
    pub(crate) at_us: u64,
    pub(crate) reason: String,
}

/// A path without the names of its variables.
fn shape(path: &str) -> String {
    let segments = Template::new(path);
    segments.segments().fold(String::new(), |out, it| out + "/" + it.unwrap_or("{}"))
}

/// What somebody decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It is held so.
    Hold(Held),
    /// Nothing was ever decided.
    Withdraw,
}

/// Who decides, when and why.
#[derive(Clone, Debug)]
pub(crate) struct Because {
    pub(crate) by: Option<String>,
    pub(crate) at_us: u64,
    pub(crate) reason: String,
}

impl Because {
    /// A reason that is one line, and not a book.
    ///
    /// # Errors
    ///
    /// A message.
    pub(crate) fn new(by: Option<String>, at_us: u64, reason: &str) -> Result<Self, String> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_CHARS_MAX {
            return Err(format!("the reason has 1 to {REASON_CHARS_MAX} characters"));
        }
        if reason.chars().any(char::is_control) {
            return Err("the reason is one line".to_owned());
        }
        Ok(Self { by, at_us, reason: reason.to_owned() })
    }
}

/// Who decides where nobody does.
pub(crate) const ITSELF: &str = "bartizan";

/// The name of how a clause is held of which nothing was ever decided.
pub(crate) const WITHDRAWN: &str = "withdrawn";

/// The name of how a clause is held.
pub(crate) fn name(it: Option<&Decided>) -> &'static str {
    it.map_or(WITHDRAWN, |it| it.held.name())
}

impl Contracts {
    /// What was decided of a clause.
    pub(crate) fn of(&self, which: &Which) -> Option<&Decided> {
        self.decided.iter().find(|it| it.which == *which)
    }

    /// Decides on the clause of this id.
    ///
    /// # Errors
    ///
    /// [`Fault`]; nothing has changed then.
    pub(crate) fn decide(
        &mut self,
        id: &str,
        what: Decision,
        proposed: &[Proposed],
        why: &Because,
    ) -> Result<Which, Fault> {
        let before = self.decided.iter().find(|it| it.which.id() == id).cloned();
        let after = match what {
            Decision::Withdraw => None,
            Decision::Hold(held) => {
                // What is in force already is held otherwise; what it says stays.
                let fresh = || frozen(id, proposed);
                let it = before.clone().map_or_else(fresh, Ok)?;
                let Because { by, at_us, reason } = why.clone();
                // A canary that begins now passes if nobody is refused from now on.
                let refused = refused(&it.which, proposed).unwrap_or(it.refused);
                Some(Decided { held, refused, is_imported: false, by, at_us, reason, ..it })
            }
        };
        let which = match (&before, &after) {
            (_, Some(it)) | (Some(it), None) => it.which.clone(),
            (None, None) => return Err(Fault::Undecided(id.to_owned())),
        };
        let force = name(after.as_ref());
        self.put(&which, after)?;
        self.note(Changed { which: which.clone(), before, force, ..self.change(why) });
        Ok(which)
    }

    /// Takes back all changes behind a revision.
    ///
    /// # Errors
    ///
    /// [`Fault`]; nothing has changed then.
    pub(crate) fn roll_back(&mut self, to: u64, why: &Because) -> Result<Vec<Which>, Fault> {
        let oldest = self.history.first().map_or(self.revision, |it| it.revision - 1);
        if to >= self.revision || to < oldest {
            return Err(Fault::NoRevision { to, oldest, now: self.revision });
        }
        let undone: Vec<Changed> =
            self.history.iter().filter(|it| it.revision > to).cloned().collect();
        // Of each clause the oldest of these says what was before.
        let mut was: BTreeMap<String, (Which, Option<Decided>)> = BTreeMap::new();
        for it in undone {
            was.entry(it.which.id()).or_insert((it.which, it.before));
        }
        for (which, before) in was.values() {
            let now = self.of(which).cloned();
            let force = name(before.as_ref());
            self.put(which, before.clone())?;
            self.note(Changed { which: which.clone(), before: now, force, ..self.change(why) });
        }
        Ok(was.into_values().map(|it| it.0).collect())
    }

    fn change(&self, why: &Because) -> Changed {
        let Because { by, at_us, reason } = why.clone();
        let which = Which {
            service: String::new(),
            method: Method::Get,
            path: String::new(),
            clause: ClauseName::ShapeReadOnly,
        };
        Changed { revision: self.revision + 1, which, before: None, force: "", by, at_us, reason }
    }

    fn put(&mut self, which: &Which, after: Option<Decided>) -> Result<(), Fault> {
        let is_new = self.of(which).is_none() && after.is_some();
        if is_new && self.decided.len() >= DECIDED_MAX {
            return Err(Fault::TooMany);
        }
        self.decided.retain(|it| it.which != *which);
        self.decided.extend(after);
        self.decided.sort_by_key(|it| it.which.text());
        Ok(())
    }

    fn note(&mut self, it: Changed) {
        self.revision = it.revision;
        self.history.push(it);
        let more = self.history.len().saturating_sub(HISTORY_MAX);
        self.history.drain(..more);
    }

    /// What calls are held to: what was decided, and in shadow whatever else is proposed.
    pub(crate) fn in_force(
        &self,
        proposed: &[Proposed],
        now_us: u64,
        tempo: Tempo,
    ) -> TermsByRoute {
        let mut all: BTreeMap<Arc<str>, Endpoints> = BTreeMap::new();
        for (route, endpoints) in observed(proposed) {
            let keyed = endpoints.into_iter().map(|it| ((it.method, shape(it.path.as_str())), it));
            all.insert(route, keyed.collect());
        }
        for it in &self.decided {
            let refused = refused(&it.which, proposed);
            let endpoints = all.entry(it.which.service.as_str().into()).or_default();
            it.follow(proposed, endpoints);
            it.put(endpoints, it.held_now(refused, now_us, tempo).force());
        }
        all.into_iter().map(|(route, of)| (route, of.into_values().collect())).collect()
    }

    /// Those of the proposed that would be put in force by a lab: harm clauses, as soon as they are proposed.
    pub(crate) fn promoted_by_lab(&self, proposed: &[Proposed]) -> Vec<String> {
        let ready = proposed.iter().flat_map(|it| {
            let of = it.proposals.iter().filter(|of| of.stage == Stage::Proposed);
            of.filter(|of| of.says.clause().is_harm()).map(move |of| Which::of(it, &of.says))
        });
        ready.filter(|it| self.of(it).is_none()).map(|it| it.id()).collect()
    }
}

/// Calls that were refused for a clause so far, if traffic speaks for it.
fn refused(which: &Which, proposed: &[Proposed]) -> Option<u64> {
    // Ids are dear: only those of the endpoint are compared.
    let of_endpoint = |it: &&Proposed| *it.service == *which.service && it.method == which.method;
    proposed.iter().filter(of_endpoint).find_map(|seen| {
        let is_it = |of: &&Proposal| {
            of.says.clause() == which.clause && Which::of(seen, &of.says) == *which
        };
        Some(seen.proposals.iter().find(is_it)?.support.breaches.refused)
    })
}

/// The clause of this id, as traffic speaks for it now.
fn frozen(id: &str, proposed: &[Proposed]) -> Result<Decided, Fault> {
    let found = proposed.iter().find_map(|it| {
        let of = it.proposals.iter().find(|of| Which::of(it, &of.says).id() == id)?;
        Some((it, of))
    });
    let Some((it, proposal)) = found else {
        return Err(Fault::NoClause(id.to_owned()));
    };
    if proposal.stage == Stage::Candidate {
        return Err(Fault::TooEarly);
    }
    let (handing, showing) = named(proposed, &it.service, &proposal.says);
    Ok(Decided {
        which: Which::of(it, &proposal.says),
        held: Held::Off,
        says: proposal.says.clone(),
        known: it.known.clone(),
        handing,
        showing,
        others: it.shows.others.clone(),
        claims: claims(it, &proposal.says),
        refused: proposal.support.breaches.refused,
        is_imported: false,
        by: None,
        at_us: 0,
        reason: String::new(),
    })
}

/// Which answers of a service hand out the identifiers that a clause speaks of, and which show callers by them.
fn named(proposed: &[Proposed], service: &str, says: &Says) -> (Vec<Handing>, Vec<Handing>) {
    let spoken = says.identifiers();
    let here = || proposed.iter().filter(|it| *it.service == *service);
    let handing = here().flat_map(|it| places(it, &it.hands_out, &spoken));
    let showing = here().flat_map(|it| places(it, &it.shows.caller, &spoken));
    (handing.collect(), showing.collect())
}

/// Which claims of tokens say who callers are that a clause of this endpoint speaks of.
fn claims(it: &Proposed, says: &Says) -> Vec<(Box<str>, Resource)> {
    let spoken = says.identifiers();
    it.shows.claims.iter().filter(|of| spoken.contains(&of.1)).cloned().collect()
}

/// Of the places of an endpoint's answers those of these kinds.
fn places(it: &Proposed, all: &[(Place, Resource)], of: &[Resource]) -> Vec<Handing> {
    let wanted = all.iter().filter(|one| of.contains(&one.1));
    let place = |(place, resource): &(Place, Resource)| Handing {
        method: it.method,
        path: it.template.clone(),
        place: place.clone(),
        resource: *resource,
    };
    wanted.map(place).collect()
}

/// Whether a clause is about which fields there are.
const fn is_of_known(clause: ClauseName) -> bool {
    matches!(
        clause,
        ClauseName::ShapeReadOnly | ClauseName::ShapeUndeclared | ClauseName::ShapeType
    )
}

impl Decided {
    /// How it is held now: a canary that refused nobody in its time has passed, if that is known.
    pub(crate) fn held_now(&self, refused: Option<u64>, now_us: u64, tempo: Tempo) -> Held {
        let is_over = now_us.saturating_sub(self.at_us) >= tempo.canary_us();
        let refused_nobody = refused.is_some_and(|it| it <= self.refused);
        let has_passed = self.held == Held::As(Force::Canary) && is_over && refused_nobody;
        if has_passed { Held::As(Force::Enforced) } else { self.held }
    }

    /// Has what hands out by now hand out what it speaks of too: the more sources are known, the fewer callers are wronged.
    fn follow(&self, proposed: &[Proposed], endpoints: &mut Endpoints) {
        let Says::HandedOut(frozen) = &self.says else { return };
        let now = proposed.iter().filter(|it| *it.service == *self.which.service);
        let now = now.flat_map(|seen| seen.proposals.iter().map(move |of| (seen, of)));
        let found = now.into_iter().find(|(seen, of)| Which::of(seen, &of.says) == self.which);
        let Some((_, Proposal { says: Says::HandedOut(live), .. })) = found else { return };
        let place_of = |place: &Place| frozen.iter().find(|it| it.0 == *place).map(|it| it.1);
        let other: Vec<(Resource, Resource)> = live
            .iter()
            .filter_map(|(place, now)| Some((*now, place_of(place)?)))
            .filter(|(now, frozen)| now != frozen)
            .collect();
        for of in endpoints.values_mut() {
            let more = of.hands_out.iter().flat_map(|(place, now)| {
                other.iter().filter(move |it| it.0 == *now).map(move |it| (place.clone(), it.1))
            });
            let more: Vec<_> = more.filter(|it| !of.hands_out.contains(it)).collect();
            of.hands_out.extend(more);
        }
    }

    /// Puts it over what is only proposed.
    fn put(&self, endpoints: &mut Endpoints, force: Option<Force>) {
        let is_own = |it: &Says| it.clause() == self.which.clause;
        let of = endpoint(endpoints, self.which.method, &self.which.path);
        of.terms.retain(|it| !is_own(&it.says));
        if let Some(force) = force {
            of.terms.push(Term { says: self.says.clone(), force });
            // What others send meanwhile is proposed, and does not widen what was decided.
            if force > Force::Observed && is_of_known(self.which.clause) {
                of.known.clone_from(&self.known);
            }
        }
        for it in &self.handing {
            let of = endpoint(endpoints, it.method, &it.path);
            let one = (it.place.clone(), it.resource);
            if !of.hands_out.contains(&one) {
                of.hands_out.push(one);
            }
        }
        for it in &self.showing {
            let of = endpoint(endpoints, it.method, &it.path);
            let one = (it.place.clone(), it.resource);
            if !of.shows.caller.contains(&one) {
                of.shows.caller.push(one);
            }
        }
        let of = endpoint(endpoints, self.which.method, &self.which.path);
        let others = &mut of.shows.others;
        for it in &self.others.subjects {
            if !others.subjects.contains(it) {
                others.subjects.push(*it);
            }
        }
        for it in &self.others.claims {
            if !others.claims.contains(it) {
                others.claims.push(it.clone());
            }
        }
        for it in &self.claims {
            if !of.shows.claims.contains(it) {
                of.shows.claims.push(it.clone());
            }
        }
    }
}

fn endpoint<'a>(endpoints: &'a mut Endpoints, method: Method, path: &str) -> &'a mut EndpointTerms {
    endpoints.entry((method, shape(path))).or_insert_with(|| {
        let (known, terms) = (Vec::new(), Vec::new());
        let (hands_out, shows) = (Vec::new(), Shows::default());
        EndpointTerms { method, path: Template::new(path), known, terms, hands_out, shows }
    })
}

#[cfg(test)]
mod tests;
