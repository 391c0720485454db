//! What endpoints are held to, and what people decide of it.

use super::{Api, Query, body, query};
use crate::access::Who;
use crate::backend::{DiffQuery, NewDecision, NewRelease, NewRollback};
use crate::problem::Problem;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    service: Option<String>,
}

/// Every clause of a service, or of all.
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    which: Query<Which>,
) -> Result<Json<Value>, Problem> {
    let Which { service } = query(which)?;
    api.blocking(move |it| Ok(it.contract(service.as_deref()))).await.map(Json)
}

/// What was decided, the latest first.
pub(super) async fn history(State(api): State<Arc<Api>>) -> Result<Json<Value>, Problem> {
    api.blocking(|it| Ok(it.contract_history())).await.map(Json)
}

/// How two states of the contracts differ.
pub(super) async fn diff(
    State(api): State<Arc<Api>>,
    wanted: Query<DiffQuery>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    api.blocking(move |it| it.contract_diff(&wanted)).await.map(Json)
}

/// Decides on one clause.
pub(super) async fn decide(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    Path(clause): Path<String>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted: NewDecision = body(&fields, &bytes)?;
    api.blocking(move |it| it.decide_clause(&clause, &wanted, &who)).await.map(Json)
}

/// Takes back what was decided behind a revision.
pub(super) async fn roll_back(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted: NewRollback = body(&fields, &bytes)?;
    api.blocking(move |it| it.roll_back_contract(&wanted, &who)).await.map(Json)
}

/// A release begins.
pub(super) async fn release(
    State(api): State<Arc<Api>>,
    Extension(who): Extension<Who>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let wanted: NewRelease = body(&fields, &bytes)?;
    api.blocking(move |it| it.release(&wanted, &who)).await.map(Json)
}
