//! What happened: the overview, the list of exchanges, one of them.

use super::{Api, Query, query};
use crate::backend::ExchangeQuery;
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// Minutes that an overview covers at most: a day.
const MINUTES_MAX: u32 = 24 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Span {
    minutes: Option<u32>,
}

/// The state of everything.
pub(super) async fn overview(
    State(api): State<Arc<Api>>,
    span: Query<Span>,
) -> Result<Json<Value>, Problem> {
    let minutes = query(span)?.minutes.unwrap_or(60);
    if !(1..=MINUTES_MAX).contains(&minutes) {
        return Err(Problem::Invalid(format!("minutes: 1 to {MINUTES_MAX}")));
    }
    api.blocking(move |it| Ok(it.overview(minutes))).await.map(Json)
}

/// The newest exchanges that are wanted.
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    wanted: Query<ExchangeQuery>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    api.blocking(move |it| it.exchanges(&wanted)).await.map(Json)
}

/// One exchange, explained.
pub(super) async fn one(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    api.blocking(move |it| it.exchange(&id)).await.map(Json)
}
