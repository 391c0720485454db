//! Logging in and out.

use super::gate::{COOKIE, cookie};
use super::{Api, body, lock};
use crate::access::Who;
use crate::access::sessions::SESSION_S;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use bartizan_model::calendar::timestamp;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    code: String,
}

/// Begins a session with a code.
pub(super) async fn login(
    State(api): State<Arc<Api>>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<impl IntoResponse, Problem> {
    let now_s = api.backend.now_s();
    lock(&api.throttle).may_try(now_s).map_err(Problem::Throttled)?;
    let login: Login = body(&fields, &bytes)?;
    let begun = lock(&api.sessions).begin(&login.code, now_s);
    let begun = begun.map_err(|_| Problem::Unavailable("no randomness".to_owned()))?;
    let Some(begun) = begun else {
        lock(&api.throttle).failed();
        return Err(Problem::Unauthenticated);
    };
    api.backend.logged_in(&begun.who);
    let set = format!(
        "{COOKIE}={}; Path=/api; HttpOnly; SameSite=Strict; Max-Age={SESSION_S}",
        begun.cookie
    );
    Ok(([(header::SET_COOKIE, set)], Json(shown(&begun.who))))
}

/// Ends the session.
pub(super) async fn logout(State(api): State<Arc<Api>>, fields: HeaderMap) -> impl IntoResponse {
    if let Some(cookie) = cookie(&fields) {
        lock(&api.sessions).end(cookie);
    }
    let unset = format!("{COOKIE}=; Path=/api; HttpOnly; SameSite=Strict; Max-Age=0");
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, unset)])
}

/// Who asks.
pub(super) async fn me(Extension(who): Extension<Who>) -> Json<Value> {
    Json(shown(&who))
}

fn shown(who: &Who) -> Value {
    json!({
        "name": who.name,
        "role": who.role.name(),
        "csrf": who.csrf,
        "expires": timestamp(who.expires_s.saturating_mul(1_000_000)),
    })
}
