//! Samples of exchanges, and whose exchanges are watched.

use super::{Api, Query, body, query};
use crate::access::Who;
use crate::backend::NewWatch;
use crate::problem::Problem;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// Samples of one page.
const SAMPLES_MAX: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

/// The newest samples, without what they say.
pub(super) async fn newest(
    State(api): State<Arc<Api>>,
    page: Query<Page>,
) -> Result<Json<Value>, Problem> {
    let limit = query(page)?.limit.unwrap_or(100);
    if !(1..=SAMPLES_MAX).contains(&limit) {
        return Err(Problem::Invalid(format!("limit: 1 to {SAMPLES_MAX}")));
    }
    api.blocking(move |it| Ok(it.samples(limit))).await.map(Json)
}

/// What a sample says. No browser keeps a copy.
pub(super) async fn reveal(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<impl IntoResponse, Problem> {
    let Reason { reason } = body(&fields, &bytes)?;
    let sample = api.blocking(move |it| it.reveal(&id, &reason, &who)).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(sample)))
}

/// All watches.
pub(super) async fn watches(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(api.backend.watches())
}

/// Begins a watch.
pub(super) async fn watch(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted: NewWatch = body(&fields, &bytes)?;
    Ok((StatusCode::CREATED, Json(api.backend.watch(&wanted, &who)?)))
}

/// Takes one back.
pub(super) async fn unwatch(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.backend.unwatch(&id, &who).map(|()| StatusCode::NO_CONTENT)
}
