//! Questions in SQL, answered line by line.

use super::{Api, body};
use crate::access::Who;
use crate::backend::{NewHunt, NewSavedHunt};
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;

/// Rows that an answer may have.
const ROWS_MAX: u64 = 10_000;

/// The views that can be asked.
pub(super) async fn schema(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(api.backend.hunt_schema())
}

/// Questions that were kept.
pub(super) async fn saved(State(api): State<Arc<Api>>) -> Result<Json<Value>, Problem> {
    api.blocking(|it| it.saved_hunts()).await.map(Json)
}

/// Keeps a question.
pub(super) async fn save(
    State(api): State<Arc<Api>>,
    Path(name): Path<String>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted: NewSavedHunt = body(&fields, &bytes)?;
    api.blocking(move |it| it.save_hunt(&name, &wanted)).await.map(Json)
}

/// Removes a question that was kept.
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    api.blocking(move |it| it.remove_hunt(&name)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Answers a question. Who goes away ends the search.
pub(super) async fn hunt(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let mut wanted: NewHunt = body(&fields, &bytes)?;
    let limit = wanted.limit.unwrap_or(1_000);
    if !(1..=ROWS_MAX).contains(&limit) {
        return Err(Problem::Invalid(format!("limit: 1 to {ROWS_MAX}")));
    }
    wanted.limit = Some(limit);
    let lines = api.blocking(move |it| it.hunt(wanted, &who)).await?;
    let lines = stream::unfold(lines, |mut lines| async {
        let line = lines.recv().await?;
        Some((Ok::<_, Infallible>(Bytes::from(line + "\n")), lines))
    });
    let media = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((media, Body::from_stream(lines)).into_response())
}
