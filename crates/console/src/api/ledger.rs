//! The ledger: what is in it, and what proves it.

use super::{Api, Query, body, query};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// Entries of one page.
const ENTRIES_MAX: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    limit: Option<usize>,
    before: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Against {
    #[serde(default)]
    against: Option<String>,
}

/// Size, root and checkpoints.
pub(super) async fn state(State(api): State<Arc<Api>>) -> Result<Json<Value>, Problem> {
    api.blocking(|it| it.ledger()).await.map(Json)
}

/// Entries, newest first.
pub(super) async fn entries(
    State(api): State<Arc<Api>>,
    page: Query<Page>,
) -> Result<Json<Value>, Problem> {
    let page = query(page)?;
    let limit = page.limit.unwrap_or(100);
    if !(1..=ENTRIES_MAX).contains(&limit) {
        return Err(Problem::Invalid(format!("limit: 1 to {ENTRIES_MAX}")));
    }
    api.blocking(move |it| it.ledger_entries(limit, page.before)).await.map(Json)
}

/// What proves one entry offline.
pub(super) async fn proof(
    State(api): State<Arc<Api>>,
    Path(index): Path<String>,
) -> Result<Json<Value>, Problem> {
    let index = index.parse().map_err(|_| Problem::NotFound)?;
    api.blocking(move |it| it.ledger_proof(index)).await.map(Json)
}

/// Verifies everything.
pub(super) async fn verify(
    State(api): State<Arc<Api>>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    let Against { against } = body(&fields, &bytes)?;
    api.blocking(move |it| it.ledger_verify(against.as_deref())).await.map(Json)
}
