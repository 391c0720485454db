//! Where alerts go, whether they arrive, and which codes are silent for a while.

use super::{Api, body};
use crate::access::Who;
use crate::backend::{NewSilence, NewTest};
use crate::problem::Problem;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use bytes::Bytes;
use serde_json::Value;
use std::sync::Arc;

/// Targets and silences.
pub(super) async fn alerts(State(api): State<Arc<Api>>) -> Result<Json<Value>, Problem> {
    api.blocking(|it| Ok(it.alerts())).await.map(Json)
}

/// Sends a test alert, and says what came of it.
pub(super) async fn test(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted: NewTest = body(&fields, &bytes)?;
    api.blocking(move |it| it.test_alert(&wanted, &who)).await.map(Json)
}

/// Begins a silence.
pub(super) async fn silence(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted: NewSilence = body(&fields, &bytes)?;
    let begun = api.blocking(move |it| it.silence(&wanted, &who)).await?;
    Ok((StatusCode::CREATED, Json(begun)))
}

/// Lifts one.
pub(super) async fn lift(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    api.blocking(move |it| it.lift_silence(&id, &who)).await?;
    Ok(StatusCode::NO_CONTENT)
}
