//! The description of the API.

use axum::http::header;
use axum::response::IntoResponse;

/// OpenAPI 3.1. A test holds it against the table of operations.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// The description itself.
pub(super) async fn get() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI)
}
