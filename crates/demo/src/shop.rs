//! The shop: a JSON API as one finds them, with the holes one finds in them.
//!
//! Reads    HTTP/1.1 requests on loopback, and a [`World`] to start from.
//! Writes   its own tables, in memory.
//! Memory   the tables, bounded by [`sql::Limits`](crate::sql::Limits).
//! Errors   [`ShopError`] when opening; afterwards each failure is an answer, far too talkative.
//!
//! The holes, all real:
//!
//! | endpoint | hole |
//! |---|---|
//! | `POST /login` | e-mail and password concatenated into SQL |
//! | `GET /products?q=` | search text concatenated into SQL |
//! | `GET /orders/{id}` | no ownership check |
//! | `PATCH /me` | every column may be set, `role` too |
//! | `POST /pin` | four digits, any number of guesses |
//! | everywhere | passwords in the clear; errors that show the statement |

mod accounts;
mod catalogue;
mod complaint;
mod counter;
mod ordering;
mod tables;

use crate::world::World;
use axum::Router;
use axum::routing::{get, post};
use counter::Counter;
use std::error::Error;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Why the shop stays closed.
#[derive(Debug)]
pub enum ShopError {
    /// The listener has no address.
    NoAddress(io::Error),
    /// The listener is reachable from outside: something this vulnerable stays on loopback.
    NotLoopback(SocketAddr),
}

impl Display for ShopError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress(error) => write!(f, "the shop's listener has no address: {error}"),
            Self::NotLoopback(address) => {
                write!(f, "the vulnerable shop opens on loopback only, not on {address}")
            }
        }
    }
}

impl Error for ShopError {}

/// A shop that is open; it closes when this is dropped.
#[derive(Debug)]
pub struct OpenShop {
    address: SocketAddr,
    counter: Arc<Counter>,
    serving: JoinHandle<()>,
}

impl OpenShop {
    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Opens the second version of the shop, in which people have a nickname. Nobody is logged out.
    pub fn renew(&self) {
        self.counter.renew();
    }

    /// Puts everything back as it was when the shop opened.
    pub fn reset(&self) {
        self.counter.reset();
    }
}

impl Drop for OpenShop {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Opens the shop of `world` on `listener`, within the current runtime.
///
/// # Errors
///
/// `ShopError` if `listener` is not on loopback.
pub fn open(listener: TcpListener, world: &World) -> Result<OpenShop, ShopError> {
    let address = listener.local_addr().map_err(ShopError::NoAddress)?;
    if !address.ip().is_loopback() {
        return Err(ShopError::NotLoopback(address));
    }
    let counter = Arc::new(Counter::new(world));
    let router = router(Arc::clone(&counter));
    let serving = tokio::spawn(async move {
        // It serves until the task is aborted; axum itself retries failed accepts.
        drop(axum::serve(listener, router).await);
    });
    Ok(OpenShop { address, counter, serving })
}

fn router(counter: Arc<Counter>) -> Router {
    Router::new()
        .route("/login", post(accounts::log_in))
        .route("/me", get(accounts::me).patch(accounts::change_me))
        .route("/pin", post(accounts::reset_by_pin))
        .route("/admin/users", get(accounts::everybody))
        .route("/products", get(catalogue::search))
        .route("/products/{id}", get(catalogue::product))
        .route("/products/{id}/reviews", get(catalogue::reviews).post(catalogue::add_review))
        .route("/cart", post(ordering::fill_cart))
        .route("/orders", get(ordering::own_orders).post(ordering::place_order))
        .route("/orders/{id}", get(ordering::any_order))
        .with_state(counter)
}
