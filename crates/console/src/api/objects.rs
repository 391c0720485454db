//! Objects: which of others were used, who was given one and who named it.

use super::{Api, Query, query};
use crate::backend::{ObjectQuery, ObjectsQuery};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use std::sync::Arc;

/// Uses across owners, the newest first.
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    wanted: Query<ObjectsQuery>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    api.blocking(move |it| it.objects(&wanted)).await.map(Json)
}

/// One object.
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    Path(hash): Path<String>,
    wanted: Query<ObjectQuery>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    api.blocking(move |it| it.object(&hash, &wanted)).await.map(Json)
}
