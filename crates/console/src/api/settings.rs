//! The configuration in force.

use super::Api;
use axum::Json;
use axum::extract::State;
use serde_json::Value;
use std::sync::Arc;

/// Every setting, with its origin.
pub(super) async fn settings(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(api.backend.settings())
}
