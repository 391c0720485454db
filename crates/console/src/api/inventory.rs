//! Endpoints that traffic showed.

use super::{Api, Query, body, query};
use crate::access::Who;
use crate::backend::{ChangesQuery, InventoryQuery, NewProfile};
use crate::problem::Problem;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// Endpoints of one page.
const ENDPOINTS_MAX: usize = 5_000;
/// Changes of one page.
const CHANGES_MAX: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    service: Option<String>,
}

/// Endpoints, the most called first.
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    wanted: Query<InventoryQuery>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    if !wanted.limit.is_none_or(|it| (1..=ENDPOINTS_MAX).contains(&it)) {
        return Err(Problem::Invalid(format!("limit: 1 to {ENDPOINTS_MAX}")));
    }
    api.blocking(move |it| Ok(it.inventory(&wanted))).await.map(Json)
}

/// What is known of one.
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    api.blocking(move |it| it.endpoint(&id).ok_or(Problem::NotFound)).await.map(Json)
}

/// What is weak.
pub(super) async fn posture(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    api.blocking(move |it| Ok(it.posture(service.as_deref()))).await.map(Json)
}

/// How posture went.
pub(super) async fn posture_trend(State(api): State<Arc<Api>>) -> Result<Json<Value>, Problem> {
    api.blocking(|it| it.posture_trend()).await.map(Json)
}

/// Which answers hand out what requests carry.
pub(super) async fn relations(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    api.blocking(move |it| Ok(it.relations(service.as_deref()))).await.map(Json)
}

/// Whom messages point to.
pub(super) async fn third_parties(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    api.blocking(move |it| Ok(it.third_parties(service.as_deref()))).await.map(Json)
}

/// What differs from descriptions.
pub(super) async fn drift(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    api.blocking(move |it| Ok(it.drift(service.as_deref()))).await.map(Json)
}

/// What goes, and who still calls it.
pub(super) async fn retirement(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    api.blocking(move |it| Ok(it.retirement(service.as_deref()))).await.map(Json)
}

/// What is said and proposed of each API.
pub(super) async fn apis(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    api.blocking(move |it| Ok(it.apis(service.as_deref()))).await.map(Json)
}

/// Confirms the profile of one.
pub(super) async fn confirm(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    Path(service): Path<String>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted: NewProfile = body(&fields, &bytes)?;
    api.blocking(move |it| it.confirm_profile(&service, &wanted, &who)).await.map(Json)
}

/// What changed, the latest first.
pub(super) async fn changes(
    State(api): State<Arc<Api>>,
    wanted: Query<ChangesQuery>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    if !wanted.limit.is_none_or(|it| (1..=CHANGES_MAX).contains(&it)) {
        return Err(Problem::Invalid(format!("limit: 1 to {CHANGES_MAX}")));
    }
    api.blocking(move |it| Ok(it.changes(&wanted))).await.map(Json)
}

/// All of a service as an OpenAPI description.
pub(super) async fn openapi(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    let described =
        api.blocking(move |it| it.described(service.as_deref()).ok_or(Problem::NotFound));
    described.await.map(Json)
}
