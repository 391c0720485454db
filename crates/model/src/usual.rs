//! What a field usually holds that would otherwise speak for an attack.
//!
//! Plain data. `learn` finds it in traffic, `engine` counts such signs for nothing there.

use crate::code::Code;
use crate::head::Method;
use crate::place::Place;
use std::sync::Arc;

/// Fields of all routes of which something is usual.
pub const USUAL_MAX: usize = 1_024;

/// Signs of one kind of attack that many independent callers send in one field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usual {
    /// The route.
    pub route: Arc<str>,
    /// The endpoint's method.
    pub method: Method,
    /// Its path, as `/tickets/{ticketId}`.
    pub path: String,
    /// Which of them, where.
    pub indicator: Indicator,
    /// Callers who sent it that have nothing to do with each other.
    pub callers: u32,
}

/// Signs in one field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Indicator {
    /// The field.
    pub place: Place,
    /// Of which kind of attack.
    pub code: Code,
    /// A bit for each sign of its recogniser.
    pub signs: u32,
}
