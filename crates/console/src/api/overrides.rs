//! What operators put over the configuration for a while: exceptions, a bypass.

use super::{Api, body};
use crate::access::Who;
use crate::backend::NewException;
use crate::problem::Problem;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewBypass {
    minutes: u64,
    reason: String,
}

/// The exceptions in force.
pub(super) async fn exceptions(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(api.backend.exceptions())
}

/// Adds an exception.
pub(super) async fn add_exception(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted: NewException = body(&fields, &bytes)?;
    let added = api.blocking(move |it| it.add_exception(&wanted, &who)).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Removes one that was added here.
pub(super) async fn remove_exception(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.blocking(move |it| it.remove_exception(&id, &who)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a bypass.
pub(super) async fn begin_bypass(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted: NewBypass = body(&fields, &bytes)?;
    api.backend.begin_bypass(wanted.minutes, &wanted.reason, &who).map(Json)
}

/// Ends it.
pub(super) async fn end_bypass(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
) -> Result<StatusCode, Problem> {
    api.backend.end_bypass(&who).map(|()| StatusCode::NO_CONTENT)
}
