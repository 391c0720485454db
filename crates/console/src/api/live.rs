//! Exchanges as they end, as server-sent events.
//!
//! Memory   what the backend's channel holds; who reads too slowly misses exchanges and is told how many.

use super::{Api, Query, query};
use crate::backend::Row;
use crate::problem::Problem;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Interval, interval};

/// Time between two events that tell the state.
const STATE_EVERY: Duration = Duration::from_secs(2);
/// Time after which a comment shows that the connection lives.
const ALIVE_EVERY: Duration = Duration::from_secs(15);

/// Which exchanges are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    outcome: Option<String>,
    code: Option<String>,
}

struct Feed {
    api: Arc<Api>,
    rows: Receiver<Arc<Row>>,
    states: Interval,
    wanted: Wanted,
}

/// Tells what happens until the client goes away.
pub(super) async fn live(
    State(api): State<Arc<Api>>,
    wanted: Query<Wanted>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = query(wanted)?;
    let rows = api.backend.live();
    let feed = Feed { api, rows, states: interval(STATE_EVERY), wanted };
    let events = stream::unfold(feed, |mut feed| async {
        feed.next().await.map(|event| (Ok::<_, Infallible>(event), feed))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE_EVERY)))
}

impl Feed {
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                row = self.rows.recv() => match row {
                    Ok(row) if self.wants(&row) => {
                        return Some(Event::default().event("exchange").id(&row.id).data(&row.json));
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(count)) => {
                        let data = json!({ "count": count }).to_string();
                        return Some(Event::default().event("skipped").data(data));
                    }
                    Err(RecvError::Closed) => return None,
                },
                _ = self.states.tick() => {
                    let data = self.api.backend.state().to_string();
                    return Some(Event::default().event("state").data(data));
                }
            }
        }
    }

    fn wants(&self, row: &Row) -> bool {
        let Wanted { outcome, code } = &self.wanted;
        outcome.as_ref().is_none_or(|it| it == row.outcome)
            && code.as_ref().is_none_or(|it| row.codes.contains(&it.as_str()))
    }
}
