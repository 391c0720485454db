//! Before each operation: who asks, and whether they may.
//!
//! Reads    `Authorization: Bearer`, else the session cookie.
//! Writes   the [`Who`](crate::access::Who) for the operation.

use super::{Api, lock};
use crate::access::{Role, Who};
use crate::problem::Problem;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// Name of the session cookie.
pub(super) const COOKIE: &str = "bartizan_session";
/// The field that repeats a session's second secret.
pub(super) const CSRF: &str = "x-bartizan-csrf";

/// What one operation demands.
#[derive(Clone)]
pub(super) struct Gate {
    api: Arc<Api>,
    role: Option<Role>,
}

impl Gate {
    pub(super) fn new(api: &Arc<Api>, role: Option<Role>) -> Self {
        Self { api: Arc::clone(api), role }
    }
}

/// Lets a request pass, or says why not.
pub(super) async fn pass(
    State(gate): State<Gate>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Some(role) = gate.role else { return Ok(next.run(request).await) };
    let who = who(&gate.api, request.headers()).ok_or(Problem::Unauthenticated)?;
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(csrf) = &who.csrf
        && !is_safe
        && request.headers().get(CSRF).is_none_or(|it| it.as_bytes() != csrf.as_bytes())
    {
        return Err(Problem::Csrf);
    }
    if who.role < role {
        return Err(Problem::Forbidden(role));
    }
    request.extensions_mut().insert(who);
    Ok(next.run(request).await)
}

fn who(api: &Api, fields: &HeaderMap) -> Option<Who> {
    let now_s = api.backend.now_s();
    if let Some(credential) = fields.get(header::AUTHORIZATION) {
        let (scheme, secret) = credential.to_str().ok()?.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer");
        return lock(&api.tokens).who(secret.trim(), now_s).filter(|_| is_bearer);
    }
    lock(&api.sessions).who(cookie(fields)?, now_s)
}

/// The session cookie's value.
pub(super) fn cookie(fields: &HeaderMap) -> Option<&str> {
    let lines = fields.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let mut pairs = lines.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, value)| value)
}
