//! Posture: what is weak about an endpoint, why, how bartizan can hold it now, and how to mend it for good.
//!
//! Reads    what the inventory knows of an endpoint, the classes of its fields, and what its API owes.
//! Writes   weaknesses, the gravest first, each with the counts that it rests on.
//! Misses   what an intake did not see: without heads of requests nothing is said of credentials, without heads
//!          of responses nothing of what they lack. Whether a caller had a right to what it got; fields that no
//!          client needs, but for those that say so or say nothing. Of copies of requests it is said what was asked, never that it was accepted. Exchanges that were recorded before traits were.
//! Source   OWASP API Security Top 10 2023; docs/posture.md.

mod advice;
mod internal;
mod look;
#[cfg(test)]
mod tests;

pub use advice::{Advice, Flaw, reference};

use crate::inventory::{ClassOf, Endpoint};
use bartizan_model::profile::Duty;
use look::Look;

/// A flaw of one endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// Which one.
    pub flaw: Flaw,
    /// How grave it is here, 1 to 100.
    pub risk: u8,
    /// Exchanges or messages that showed it, of how many.
    pub seen: (u64, u64),
    /// Where it stands, or what was met: places of fields, names of classes.
    pub places: Vec<String>,
}

/// What was found at one endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posture {
    /// The gravest first.
    pub weaknesses: Vec<Weakness>,
    /// How grave all together, 0 to 100: the chance that at least one harms, were each independent.
    pub risk: u8,
    /// What could not be told.
    pub unknown: Vec<Unknown>,
    /// What is owed, and whether it is met.
    pub duties: Vec<(Duty, Verdict)>,
}

/// What an endpoint is judged by besides what was seen: what people say of its API, and how it is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Against<'a> {
    /// What it owes.
    pub duties: &'a [Duty],
    /// Whether its calls pass through here, so that it is known which certificates are shown.
    pub passes_here: bool,
    /// Whether its clients are let in with a certificate only.
    pub demands_certificate: bool,
    /// Whether its calls are limited here.
    pub limits_calls: bool,
    /// Whether a description of its API was imported.
    pub is_described: bool,
    /// It should be gone: calls since then, of those since it was deprecated.
    pub overdue: Option<(u64, u64)>,
}

/// Whether something that is owed is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Met,
    /// It is not: how often, of how many.
    Missing(u64, u64),
    /// Nothing tells.
    Unknown,
}

impl Verdict {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missing(..) => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// What no intake told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// What callers show.
    Credentials,
    /// Whether calls were accepted.
    Outcomes,
    /// What the heads of answers say.
    ResponseHeads,
    /// What answers hold.
    ResponseBodies,
}

impl Unknown {
    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Outcomes => "outcomes",
            Self::ResponseHeads => "response_heads",
            Self::ResponseBodies => "response_bodies",
        }
    }
}

/// What is weak about an endpoint.
pub fn posture(endpoint: &Endpoint<'_>, class_of: ClassOf<'_>, against: &Against<'_>) -> Posture {
    let look = Look::at(endpoint, class_of, against);
    let mut weaknesses: Vec<Weakness> =
        Flaw::ALL.iter().filter_map(|flaw| look.weakness(*flaw)).collect();
    weaknesses.sort_by_key(|it| std::cmp::Reverse(it.risk));
    Posture {
        risk: together(&weaknesses),
        weaknesses,
        unknown: look.unknown(),
        duties: look.duties,
    }
}

/// The risk of several weaknesses: 1 − ∏ (1 − risk).
fn together(weaknesses: &[Weakness]) -> u8 {
    // The gravest first: what says the same again counts once.
    let counted = weaknesses
        .iter()
        .enumerate()
        .filter(|(at, it)| !weaknesses.iter().take(*at).any(|before| before.flaw.is_same(it.flaw)));
    let none = counted
        .map(|it| it.1)
        .fold(1_000_000_u64, |none, it| none * (100 - u64::from(it.risk)) / 100);
    u8::try_from((1_000_000 - none).div_ceil(10_000)).unwrap_or(100)
}
