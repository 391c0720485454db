//! The admin listener: `GET /health/live`, `/health/ready` and `/metrics`.
//!
//! Reads    what [`Facts`] tells at the moment of asking.
//! Misses   time limits for a reader that asks slowly; authentication: it listens on loopback unless configured otherwise, and serves nothing
//!          but health and counters.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::io;
use std::sync::Arc;
use tokio::net::TcpListener;

/// What the admin listener tells.
pub trait Facts: Send + Sync + 'static {
    /// `Ok` while requests are served as configured, else why not.
    ///
    /// # Errors
    ///
    /// The reason in a few words.
    fn ready(&self) -> Result<(), String>;
    /// All metrics in the OpenMetrics text format.
    fn metrics(&self) -> String;
}

/// Serves until the runtime ends. No orderly end is needed: what is read here can be read again.
///
/// # Errors
///
/// If the listener fails.
pub async fn serve(listener: TcpListener, facts: Arc<dyn Facts>) -> io::Result<()> {
    axum::serve(listener, router(facts)).await
}

fn router(facts: Arc<dyn Facts>) -> Router {
    Router::new()
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(facts)
}

async fn ready(State(facts): State<Arc<dyn Facts>>) -> Response {
    match facts.ready() {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
        }
    }
}

async fn metrics(State(facts): State<Arc<dyn Facts>>) -> Response {
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, media_type)], facts.metrics()).into_response()
}
