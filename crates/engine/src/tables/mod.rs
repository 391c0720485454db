//! State that exchanges share while they are judged. The only locks and counters of the core.
//!
//! Memory   a few words, and the bounded tables of `accounts`, `cleared`, `rate`, `crowd`, `shapes`, `sampled`, `evidence`, `handed`, `owners`, `proofs`, `tenants`, `throttled` and `verified`. Everything here is bounded by configuration, and what does not fit is
//!          refused and counted, never waited for.

pub mod accounts;
pub mod cleared;
pub mod crowd;
pub mod detail;
pub mod evidence;
pub mod handed;
mod hashed;
pub mod owners;
pub mod proofs;
pub mod rate;
pub mod sampled;
pub mod shapes;
mod shard;
pub mod tenants;
pub mod throttled;
pub mod verified;

use accounts::Accounts;
use cleared::Cleared;
use crowd::Crowd;
use detail::Detail;
use evidence::Evidence;
use handed::HandedOut;
use owners::Owners;
use proofs::Proofs;
use rate::RateTable;
use sampled::Sampled;
use shapes::Shapes;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use tenants::Tenants;
use throttled::Throttled;
use verified::Verified;

/// The shared tables of one process.
#[derive(Clone, Debug)]
pub struct Tables {
    held: Arc<Held>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    rate: RateTable,
    records: RateTable,
    crowd: Crowd,
    shapes: Shapes,
    sampled: Sampled,
    detail: Detail,
    evidence: Evidence,
    accounts: Accounts,
    cleared: Arc<Cleared>,
    handed: HandedOut,
    owners: Owners,
    tenants: Tenants,
    throttled: Throttled,
    verified: Verified,
    proofs: Proofs,
    is_overloaded: AtomicBool,
}

#[derive(Debug)]
struct Held {
    bytes: AtomicUsize,
    bytes_max: AtomicUsize,
    shed: AtomicU64,
}

impl Tables {
    /// Empty tables; held bodies may have `held_bytes_max` bytes together.
    pub fn new(held_bytes_max: usize) -> Self {
        let held = Held {
            bytes: AtomicUsize::new(0),
            bytes_max: AtomicUsize::new(held_bytes_max),
            shed: AtomicU64::new(0),
        };
        Self { held: Arc::new(held), shared: Arc::default() }
    }

    /// Calls per client.
    pub fn rate(&self) -> &RateTable {
        &self.shared.rate
    }

    /// Records that callers were shown.
    pub fn records(&self) -> &RateTable {
        &self.shared.records
    }

    /// Whose addresses we see.
    pub fn crowd(&self) -> &Crowd {
        &self.shared.crowd
    }

    /// Shapes of messages.
    pub fn shapes(&self) -> &Shapes {
        &self.shared.shapes
    }

    /// Of which exchanges facts are kept.
    pub fn sampled(&self) -> &Sampled {
        &self.shared.sampled
    }

    /// How much is recorded.
    pub fn detail(&self) -> &Detail {
        &self.shared.detail
    }

    /// Whose exchanges are watched.
    pub fn evidence(&self) -> &Evidence {
        &self.shared.evidence
    }

    /// Which account a credential is one of.
    pub fn accounts(&self) -> &Accounts {
        &self.shared.accounts
    }

    /// Values in which nothing was seen.
    pub(crate) fn cleared(&self) -> Arc<Cleared> {
        Arc::clone(&self.shared.cleared)
    }

    /// Which identifiers were handed to whom.
    pub fn handed(&self) -> &HandedOut {
        &self.shared.handed
    }

    /// Who callers are to the API.
    pub fn owners(&self) -> &Owners {
        &self.shared.owners
    }

    /// Which tenants callers belong to.
    pub fn tenants(&self) -> &Tenants {
        &self.shared.tenants
    }

    /// Who is slowed down.
    pub fn throttled(&self) -> &Throttled {
        &self.shared.throttled
    }

    /// Tokens that were verified.
    pub fn verified(&self) -> &Verified {
        &self.shared.verified
    }

    /// Proofs of possession that were used.
    pub fn proofs(&self) -> &Proofs {
        &self.shared.proofs
    }

    /// Whether requests are to be shed. Set by the edge, which sees memory and queues.
    pub fn is_overloaded(&self) -> bool {
        self.shared.is_overloaded.load(Relaxed)
    }

    /// Says whether requests are to be shed.
    pub fn set_overloaded(&self, is_overloaded: bool) {
        self.shared.is_overloaded.store(is_overloaded, Relaxed);
    }

    /// Changes the bound; room already taken stays taken.
    pub fn set_held_bytes_max(&self, bytes_max: usize) {
        self.held.bytes_max.store(bytes_max, Relaxed);
    }

    /// Room for no bytes yet, to be grown.
    pub fn room(&self) -> Room {
        Room { held: Arc::clone(&self.held), bytes: 0 }
    }

    /// Bytes that are held now.
    pub fn held_bytes(&self) -> usize {
        self.held.bytes.load(Relaxed)
    }

    /// Bodies that found no room since the start.
    pub fn shed(&self) -> u64 {
        self.held.shed.load(Relaxed)
    }
}

/// Room for a held body, given back when it is dropped.
#[derive(Debug)]
pub struct Room {
    held: Arc<Held>,
    bytes: usize,
}

impl Room {
    /// Grows by `more` bytes; false, and nothing taken, if the process has no room left.
    pub fn grow(&mut self, more: usize) -> bool {
        let has_room = self.grows(more);
        if !has_room {
            self.held.shed.fetch_add(1, Relaxed);
        }
        has_room
    }

    /// Gives back what is not held any more.
    pub(crate) fn shrink(&mut self, less: usize) {
        let less = less.min(self.bytes);
        self.bytes -= less;
        self.held.bytes.fetch_sub(less, Relaxed);
    }

    /// The same for what nobody needs, so that it is not counted as a body that was shed.
    pub(crate) fn grows(&mut self, more: usize) -> bool {
        let bytes_max = self.held.bytes_max.load(Relaxed);
        let before = self.held.bytes.fetch_add(more, Relaxed);
        if before.saturating_add(more) > bytes_max {
            self.held.bytes.fetch_sub(more, Relaxed);
            return false;
        }
        self.bytes += more;
        true
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.held.bytes.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_ends_at_the_bound_and_comes_back() {
        let tables = Tables::new(10);
        let (mut a, mut b) = (tables.room(), tables.room());
        assert!(a.grow(6) && b.grow(4));
        assert!(!b.grow(1));
        assert_eq!((tables.held_bytes(), tables.shed()), (10, 1));
        b.shrink(3);
        assert!(a.grow(3) && !b.grow(1));
        a.shrink(100);
        assert_eq!(tables.held_bytes(), 1);
        drop(a);
        assert!(b.grow(6));
        drop(b);
        assert_eq!(tables.held_bytes(), 0);
    }
}
