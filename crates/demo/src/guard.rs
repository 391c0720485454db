//! What the story knows of whoever stands in front of the shop.

use std::io;
use std::net::SocketAddr;

/// Somebody who can stand in front of the shop.
pub trait Guard {
    /// Stands in front of `shop`; where everybody goes from then on.
    fn stand_before(&mut self, shop: SocketAddr) -> impl Future<Output = io::Result<SocketAddr>>;

    /// What it learnt and holds calls to by now; `None` if it is not one that learns.
    fn holds(&self) -> Option<Vec<Held>>;
}

/// Something that was learnt of calls, and that they are held to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Of which calls: method and path.
    pub endpoint: String,
    /// The name of what it is.
    pub clause: String,
    /// As a sentence.
    pub says: String,
}

/// Nobody: everybody goes to the shop itself.
#[derive(Clone, Copy, Debug)]
pub struct Nobody;

impl Guard for Nobody {
    async fn stand_before(&mut self, shop: SocketAddr) -> io::Result<SocketAddr> {
        Ok(shop)
    }

    fn holds(&self) -> Option<Vec<Held>> {
        None
    }
}
