//! Questions in SQL, answered line by line.

use super::{Api, body};
use crate::access::Who;
use crate::backend::NewHunt;
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;
use std::convert::Infallible;
use std::sync::Arc;

/// Rows that an answer may have.
const ROWS_MAX: usize = 10_000;

/// The views that can be asked.
pub(super) async fn schema(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(api.backend.hunt_schema())
}

/// Questions that were kept.
pub(super) async fn saved(State(api): State<Arc<Api>>) -> Json<Value> {
    Json(api.backend.saved_hunts())
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
    let lines = api.backend.hunt(wanted, &who)?;
    let lines = stream::unfold(lines, |mut lines| async {
        let line = lines.recv().await?;
        Some((Ok::<_, Infallible>(Bytes::from(line + "\n")), lines))
    });
    let media = [(header::CONTENT_TYPE, "application/x-ndjson")];
    Ok((media, Body::from_stream(lines)).into_response())
}
