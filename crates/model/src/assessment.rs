//! An assessment: what the engine gathered about one exchange, handed to the contract.

use crate::clause::ClauseName;
use crate::code::Code;
use crate::evidence::{Breach, Finding};
use crate::id::EndpointId;
use crate::moment::Moment;
use crate::oddity::Oddities;

/// Everything that a decision rests on. What is neither violated nor unknown holds.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// When it is decided.
    pub at: Moment,
    /// The endpoint called.
    pub endpoint: EndpointId,
    /// What the readers met.
    pub oddities: Oddities,
    /// What the method, the sizes and other plain checks violate.
    pub violations: Vec<Code>,
    /// What the detectors saw.
    pub findings: Vec<Finding>,
    /// Terms of the endpoint that values violate.
    pub breaches: Vec<Breach>,
    /// What could not be assessed, and why.
    pub unknown: Vec<(ClauseName, Why)>,
    /// Whether the route lets pass what could not be assessed for want of room.
    pub fails_open: bool,
}

impl Assessment {
    /// Nothing violated, nothing unknown.
    pub fn clean(at: Moment, endpoint: EndpointId) -> Self {
        Self {
            at,
            endpoint,
            oddities: Oddities::NONE,
            violations: Vec::new(),
            findings: Vec::new(),
            breaches: Vec::new(),
            unknown: Vec::new(),
            fails_open: false,
        }
    }
}

/// Why a clause could not be assessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The body exceeds what is held and judged whole.
    BodyTooLarge,
    /// The message has more suspicious bytes than are looked at closely.
    TooSuspicious,
    /// The body has a content coding that cannot be decoded here.
    CodingUnknown,
    /// A message is binary, of a form that nobody told.
    Binary,
    /// The adapter does not see what the clause speaks of (replay of an access log, for example).
    NotSeen,
}
