//! Drift: what a description says of an API, against what traffic shows of it.
//!
//! Reads    a description, and the endpoints of one service.
//! Writes   [`Drift`]: every difference, in the order of paths, methods and places.
//! Memory   the declared paths as a tree, and the schemas that are compared.
//! Misses   what an intake does not see is no difference: it is counted in [`NotSeen`]. Of fields and types
//!          what less than [`PERCENT_MIN`] % of messages have is left out, but for fields that are not
//!          declared. Statuses that bartizan itself answered are not told from the application's. Read-only
//!          members that requests carry are no difference: clients send back what they got. See the modules
//!          for more.

mod body;
mod comparison;
mod parameters;
mod paths;
mod schema;
mod seen;
#[cfg(test)]
mod tests;
mod version;

use crate::inventory::Endpoint;
use bartizan_model::api::{Api, Types};
use bartizan_model::fact::Kind;
use bartizan_model::id::EndpointId;
use bartizan_model::place::Place;
use comparison::{Bases, Comparison};
pub use schema::Room;

/// What fewer messages in a hundred show is left out.
pub const PERCENT_MIN: u64 = 1;

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// By path, method and place.
    pub differences: Vec<Difference>,
    /// What nobody can tell.
    pub not_seen: NotSeen,
    /// No call came to the base paths of the servers: operations are compared without them.
    pub is_without_base: bool,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// As declared, or else as seen.
    pub method: String,
    /// The template, with the base path of the server: as declared, or else as seen.
    pub path: String,
    /// Where it was seen.
    pub endpoints: Vec<EndpointId>,
    /// What differs there.
    pub what: What,
}

/// What differs in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is called, and its path is not declared.
    UndeclaredPath {
        /// The calls.
        seen: Calls,
    },
    /// It is called, and its path is declared for other methods only.
    UndeclaredMethod {
        /// These.
        declared: Vec<String>,
        /// The calls.
        seen: Calls,
    },
    /// It is declared as deprecated, and still called.
    Deprecated {
        /// When it ends, as written.
        sunset: Option<String>,
        /// The calls.
        seen: Calls,
    },
    /// It is called, and so is a newer version of it.
    Superseded {
        /// The newest, as seen.
        by: String,
        /// The calls.
        seen: Calls,
    },
    /// It is declared, and no call of it was answered with success.
    NeverCalled,
    /// A status that the description does not have.
    UndeclaredStatus {
        /// The status.
        status: u16,
        /// Of all answers.
        seen: Share,
    },
    /// A parameter or field that the description does not name.
    Undeclared {
        /// Of requests or of answers.
        side: Side,
        /// Where; the first part of it that is not named.
        place: Place,
        /// What the description says instead.
        room: Room,
        /// Of the messages whose fields were kept.
        seen: Share,
    },
    /// Values that are not of the declared types.
    Changed {
        /// Of requests or of answers.
        side: Side,
        /// Where.
        place: Place,
        /// What was declared.
        declared: Types,
        /// What they look like.
        seen: Looks,
        /// Of the messages that had it.
        share: Share,
    },
    /// It is declared as required, and messages came without it.
    Missing {
        /// Of requests or of answers.
        side: Side,
        /// Where.
        place: Place,
        /// Of the messages that should have had it.
        share: Share,
    },
}

/// A side of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What clients send.
    Request,
    /// What they are answered, with success.
    Response,
}

/// What values look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Looks {
    /// A scalar; `null` looks like text.
    Like(Kind),
    /// An object.
    Object,
    /// A list.
    List,
}

/// How often something was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Calls that were answered with success.
    pub calls: u64,
    /// When the last call began, in microseconds since 1970.
    pub last_us: u64,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// These.
    pub of: u64,
    /// All.
    pub all: u64,
}

/// What cannot be told, and so is no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NotSeen {
    /// Calls of paths that no endpoint has: operations that are never called may be among them.
    pub candidates: u64,
    /// Endpoints that stand for several operations, because names were taken for values.
    pub merged: u64,
    /// Endpoints and operations whose paths are longer than paths are told apart.
    pub long: u64,
    /// Called operations of whose requests nothing was kept.
    pub requests: u64,
    /// Called operations that take a body, of which none was seen.
    pub request_bodies: u64,
    /// Called operations of whose answers nothing was kept.
    pub responses: u64,
    /// Sides of operations with a body of which the description says nothing, or with fields that it allows without
    /// naming them.
    pub undescribed: u64,
    /// Fields whose names are cut, or of which the description says more than is held.
    pub fields: u64,
    /// Sides of operations where fields found no room or may have been cut off, so that none counts as missing.
    pub required: u64,
    /// Declared header fields, which are never kept.
    pub headers: u64,
}

/// Compares a description with what was seen of one service: its endpoints, and how many calls no endpoint has.
pub fn drift(declared: &Api, observed: &[Endpoint<'_>], candidates: u64) -> Drift {
    let mut compared = Comparison::of(declared, observed, Bases::Declared);
    let mut is_without_base = false;
    if !compared.has_calls() {
        let other = Comparison::of(declared, observed, Bases::None);
        is_without_base = other.has_calls();
        compared = if is_without_base { other } else { compared };
    }
    let (differences, not_seen) = compared.differences();
    Drift { differences, not_seen: NotSeen { candidates, ..not_seen }, is_without_base }
}

impl What {
    /// How many messages show it, if it is counted in messages.
    pub fn share(&self) -> Option<Share> {
        match self {
            Self::UndeclaredStatus { seen, .. } | Self::Undeclared { seen, .. } => Some(*seen),
            Self::Changed { share, .. } | Self::Missing { share, .. } => Some(*share),
            Self::UndeclaredPath { .. }
            | Self::UndeclaredMethod { .. }
            | Self::Deprecated { .. }
            | Self::Superseded { .. }
            | Self::NeverCalled => None,
        }
    }

    fn is_frequent(&self) -> bool {
        self.share().is_none_or(|it| it.is_over(PERCENT_MIN))
    }
}

impl Share {
    /// Whether it is at least so many in a hundred, and not none.
    fn is_over(self, percent: u64) -> bool {
        self.of > 0 && self.of.saturating_mul(100) >= self.all.saturating_mul(percent)
    }
}

impl Calls {
    fn of(endpoints: &[&Endpoint<'_>]) -> Self {
        endpoints.iter().fold(Self::default(), |sum, it| Self {
            calls: sum.calls + it.leaf.calls,
            last_us: sum.last_us.max(it.leaf.last_us),
        })
    }
}
