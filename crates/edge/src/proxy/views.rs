//! The snapshot in force, swapped whole while exchanges go on under the one they began with.

use bartizan_engine::snapshot::Snapshot;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the snapshot in force is found.
#[derive(Debug)]
pub struct Views {
    revision: AtomicU64,
    current: Mutex<Arc<Snapshot>>,
}

impl Views {
    /// With this snapshot in force.
    pub fn new(snapshot: Snapshot) -> Arc<Self> {
        let revision = AtomicU64::new(snapshot.revision);
        Arc::new(Self { revision, current: Mutex::new(Arc::new(snapshot)) })
    }

    /// Puts another snapshot in force.
    pub fn swap(&self, snapshot: Snapshot) {
        let revision = snapshot.revision;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        self.revision.store(revision, Ordering::Release);
    }

    /// The snapshot in force.
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Brings `cached` up to date; one load where nothing changed.
    pub fn refresh(&self, cached: &mut Arc<Snapshot>) {
        if self.revision.load(Ordering::Acquire) != cached.revision {
            *cached = self.current();
        }
    }
}
