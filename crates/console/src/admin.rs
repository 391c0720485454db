//! The admin listener: health, metrics, the control API, and the pages of the console.
//!
//! Reads    what [`Facts`] tells at the moment of asking.
//! Misses   time limits for a client that reads slowly; TLS: it listens on loopback unless configured
//!          otherwise. Health and metrics ask for no password.

use crate::api::Api;
use crate::assets;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
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
pub async fn serve(listener: TcpListener, facts: Arc<dyn Facts>, api: &Arc<Api>) -> io::Result<()> {
    axum::serve(listener, router(facts, api)).await
}

/// Everything that is served.
pub fn router(facts: Arc<dyn Facts>, api: &Arc<Api>) -> Router {
    Router::new()
        .route("/health/live", get(|| async { "live\n" }))
        .route("/health/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(facts)
        .merge(api.router())
        .fallback(assets::serve)
        .layer(from_fn(guarded))
}

/// Fields that keep a page from being framed, sniffed, or fed with foreign scripts.
const FIELDS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
    ),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let fields = response.headers_mut();
    for (name, value) in FIELDS {
        fields.insert(name, HeaderValue::from_static(value));
    }
    fields.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
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
