//! The snapshot: everything that judging reads, in three shared parts, swapped as one.
//!
//! *Rules* change when an operator applies them, *norms* (the terms of endpoints) as traffic teaches them, *truth* (issuers,
//! their keys, what is revoked) as the world does.

use crate::keys::HashKey;
use crate::patches::Patches;
use crate::routes::{RouteRules, Routes};
use crate::tables::rate::Rate;
use crate::tables::throttled::Throttle;
use crate::terms::Terms;
use crate::truth::Truth;
use bartizan_contract::clause_set::ClauseSet;
use bartizan_inspect::classify::CustomClass;
use bartizan_inspect::client_address::Source;
use bartizan_model::limits::Limits;
use bartizan_model::network::Network;
use bartizan_model::route::Route;
use bartizan_model::sample::SAMPLE_BYTES_DEFAULT;
use std::sync::Arc;

/// One consistent view. An exchange pins the one it began with.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Rises by one with every swap.
    pub revision: u64,
    /// What operators set.
    pub rules: Arc<Rules>,
    /// What is learnt and put in force of endpoints.
    pub terms: Arc<Terms>,
    /// What credentials are verified with.
    pub truth: Arc<Truth>,
}

/// What operators set.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The routes, with the clauses in force on each.
    pub routes: Routes,
    /// What holds for requests that no route is found for, malformed ones above all.
    pub base: Arc<RouteRules>,
    /// What a message may cost.
    pub limits: Limits,
    /// Proxies that are believed when they name a client's address.
    pub trusted: Vec<Network>,
    /// Who may call, and how often.
    pub clients: Clients,
    /// The key for values and subjects.
    pub key: HashKey,
    /// Whether an exchange is forwarded only after its intent is durable.
    pub record_required: bool,
    /// Bytes of a body that a sample keeps; `None` where no samples are taken.
    pub sample_bytes_max: Option<usize>,
    /// When callers are slowed down that clauses against harm refuse.
    pub throttle: Option<Throttle>,
    /// Data classes of somebody's own.
    pub classes: Vec<CustomClass>,
    /// Virtual patches of operators.
    pub patches: Arc<Patches>,
}

impl Rules {
    /// One API and one set of clauses for everything, without rules for addresses.
    pub fn plain(clauses: ClauseSet, limits: Limits, key: HashKey) -> Self {
        let route = Arc::new(Route::to_everything(0));
        let base = RouteRules {
            route,
            clauses,
            retired: Arc::default(),
            described: None,
            profile: Arc::default(),
            on_behalf_of: None,
            see_to_others: Arc::default(),
            records: None,
        };
        Self {
            routes: Routes::new(vec![base.clone()]),
            base: Arc::new(base),
            limits,
            trusted: Vec::new(),
            clients: Clients::default(),
            key,
            record_required: false,
            sample_bytes_max: Some(SAMPLE_BYTES_DEFAULT),
            throttle: None,
            classes: Vec::new(),
            patches: Arc::default(),
        }
    }
}

/// Who may call, and how often.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    /// What names a client's address.
    pub source: Source,
    /// The only ones that may call; empty is everybody.
    pub allow: Vec<Network>,
    /// Those who may not.
    pub deny: Vec<Network>,
    /// How often each may.
    pub rate: Option<Rate>,
    /// Whether the addresses are those of clients even when there are only few.
    pub are_direct: bool,
}
