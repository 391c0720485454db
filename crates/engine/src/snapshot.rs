//! The snapshot: everything that judging reads, in three shared parts, swapped as one.
//!
//! *Rules* change when an operator applies them. *Norms* (what is normal here) and *truth* (keys,
//! revocations, blocks) will join them with the capabilities that fill them; their places are kept
//! so that every exchange already pins one consistent view.

use crate::keys::HashKey;
use bartizan_contract::clause_set::ClauseSet;
use bartizan_model::limits::Limits;
use bartizan_model::network::Network;
use std::sync::Arc;

/// One consistent view. An exchange pins the one it began with.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Rises by one with every swap.
    pub revision: u64,
    /// What operators set.
    pub rules: Arc<Rules>,
}

/// What operators set.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The clauses in force.
    pub clauses: ClauseSet,
    /// What a message may cost.
    pub limits: Limits,
    /// Proxies that are believed when they name a client's address.
    pub trusted: Vec<Network>,
    /// The key for values and subjects.
    pub key: HashKey,
    /// Whether an exchange is forwarded only after its intent is durable.
    pub record_required: bool,
}
