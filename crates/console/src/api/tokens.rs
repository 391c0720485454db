//! Tokens of programs.

use super::{Api, body, lock};
use crate::access::Role;
use crate::access::tokens::{DAYS_MAX, Token, TokenFault, Tokens};
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use bartizan_model::calendar::timestamp;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewToken {
    name: String,
    role: Role,
    days: u64,
}

/// All tokens, without their secrets.
pub(super) async fn list(State(api): State<Arc<Api>>) -> Json<Value> {
    let tokens: Vec<Value> = lock(&api.tokens).all().iter().map(shown).collect();
    Json(json!({ "tokens": tokens }))
}

/// Makes a token. Its secret is in this answer and nowhere else.
pub(super) async fn add(
    State(api): State<Arc<Api>>,
    fields: HeaderMap,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted: NewToken = body(&fields, &bytes)?;
    let now_s = api.backend.now_s();
    let (token, secret) = change(&api, |tokens| {
        tokens.add(&wanted.name, wanted.role, wanted.days, now_s).map_err(fault)
    })?;
    let added = json!({
        "id": token.id,
        "token": secret,
        "expires": time(token.expires_s),
    });
    Ok((StatusCode::CREATED, Json(added)))
}

/// Removes a token: it lets nobody in from here on.
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    change(&api, |tokens| if tokens.remove(&id) { Ok(()) } else { Err(Problem::NotFound) })?;
    Ok(StatusCode::NO_CONTENT)
}

/// A change counts once it is kept.
fn change<T>(
    api: &Api,
    change: impl FnOnce(&mut Tokens) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let mut tokens = lock(&api.tokens);
    let mut changed = tokens.clone();
    let result = change(&mut changed)?;
    api.backend.keep_tokens(&changed.document()).map_err(Problem::Unavailable)?;
    *tokens = changed;
    Ok(result)
}

fn fault(it: TokenFault) -> Problem {
    match it {
        TokenFault::Name => Problem::Invalid("name: 1 to 64 printable characters".to_owned()),
        TokenFault::Days => Problem::Invalid(format!("days: 1 to {DAYS_MAX}")),
        TokenFault::TooMany => Problem::Conflict("there are too many tokens".to_owned()),
        TokenFault::NoRandomness => Problem::Unavailable("no randomness".to_owned()),
    }
}

fn shown(it: &Token) -> Value {
    json!({
        "id": it.id,
        "name": it.name,
        "role": it.role.name(),
        "created": time(it.created_s),
        "expires": time(it.expires_s),
        "last_used": it.used_s.map(time),
        "prefix": it.prefix,
    })
}

fn time(unix_s: u64) -> String {
    timestamp(unix_s.saturating_mul(1_000_000))
}
