//! What is in force, swapped whole: exchanges go on under the view that they began with, so that none
//! is judged by one revision and forwarded by another.

use super::Manners;
use super::upstream::Upstream;
use bartizan_engine::snapshot::Snapshot;
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that a revision says.
#[derive(Clone, Debug)]
pub struct View {
    /// What judging reads.
    pub snapshot: Arc<Snapshot>,
    /// How clients are treated.
    pub manners: Manners,
    /// Where the routes of the snapshot lead, by their position.
    pub upstreams: Vec<Arc<Upstream>>,
    /// What clients are offered, if the listener speaks TLS.
    pub tls: Option<Arc<rustls::ServerConfig>>,
}

/// Where the view in force is found.
#[derive(Debug)]
pub struct Views {
    current: Mutex<Arc<View>>,
}

impl Views {
    /// With this view in force.
    pub fn new(view: View) -> Arc<Self> {
        Arc::new(Self { current: Mutex::new(Arc::new(view)) })
    }

    /// Puts another view in force.
    pub fn swap(&self, view: View) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(view);
    }

    /// The view in force.
    pub fn current(&self) -> Arc<View> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
