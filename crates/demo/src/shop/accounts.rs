//! Logging in, one's own data, the forgotten password, and the administrator's page.

use super::complaint::Complaint;
use super::counter::{Counter, Piece, all, one};
use super::tables::{NICKNAME, USER_COLUMNS};
use crate::sql::Value;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value as JsonValue, json};
use std::sync::Arc;

const PROFILE: &str = "id, name, email, address, phone, role";

/// What `POST /login` takes.
#[derive(Debug, Deserialize)]
pub(super) struct Credentials {
    email: String,
    password: String,
}

/// What `POST /pin` takes.
#[derive(Debug, Deserialize)]
pub(super) struct PinReset {
    email: String,
    pin: String,
    new_password: String,
}

/// `POST /login`. The hole: both fields go into the statement as they come.
pub(super) async fn log_in(
    State(counter): State<Arc<Counter>>,
    Json(credentials): Json<Credentials>,
) -> Result<Json<JsonValue>, Complaint> {
    let rows = counter.run_concatenated(&[
        Piece::Sql("SELECT id, name, role FROM users WHERE email = '"),
        Piece::Typed(&credentials.email),
        Piece::Sql("' AND password = '"),
        Piece::Typed(&credentials.password),
        Piece::Sql("'"),
    ])?;
    let user = one(&rows).map_err(|_| Complaint::WrongCredentials)?;
    let id = user.number("id").ok_or(Complaint::WrongCredentials)?;
    let role = user.text("role").unwrap_or_default();
    let token = counter.new_token();
    let session = [token.as_str().into(), id.into(), role.as_str().into()];
    counter.run("INSERT INTO sessions (token, user_id, role) VALUES (?, ?, ?)", &session)?;
    Ok(Json(json!({ "token": token, "user": user.json() })))
}

/// `GET /me`.
pub(super) async fn me(
    State(counter): State<Arc<Counter>>,
    headers: HeaderMap,
) -> Result<Json<JsonValue>, Complaint> {
    let caller = counter.caller(&headers)?;
    profile(&counter, caller.id)
}

/// `PATCH /me`. The hole: every column but the key may be set, the role too.
pub(super) async fn change_me(
    State(counter): State<Arc<Counter>>,
    headers: HeaderMap,
    Json(changes): Json<Map<String, JsonValue>>,
) -> Result<Json<JsonValue>, Complaint> {
    let caller = counter.caller(&headers)?;
    let renewed = counter.is_renewed().then_some(NICKNAME);
    let columns = USER_COLUMNS.into_iter().chain(renewed);
    for column in columns.filter(|&column| column != "id") {
        if let Some(text) = changes.get(column).and_then(JsonValue::as_str) {
            let statement = format!("UPDATE users SET {column} = ? WHERE id = ?");
            counter.run(&statement, &[text.into(), caller.id.into()])?;
        }
    }
    profile(&counter, caller.id)
}

/// `POST /pin`. The hole: four digits, and nobody counts the guesses.
pub(super) async fn reset_by_pin(
    State(counter): State<Arc<Counter>>,
    Json(reset): Json<PinReset>,
) -> Result<Json<JsonValue>, Complaint> {
    let (email, pin) = (Value::from(reset.email.as_str()), Value::from(reset.pin.as_str()));
    let rows = counter.run("SELECT id FROM users WHERE email = ? AND pin = ?", &[email, pin])?;
    let id = one(&rows).map_err(|_| Complaint::WrongPin)?.number("id").unwrap_or(0);
    let change = [reset.new_password.as_str().into(), id.into()];
    counter.run("UPDATE users SET password = ? WHERE id = ?", &change)?;
    Ok(Json(json!({ "reset": true })))
}

/// `GET /admin/users`. Looks only at the role that the token got when it was made.
pub(super) async fn everybody(
    State(counter): State<Arc<Counter>>,
    headers: HeaderMap,
) -> Result<Json<JsonValue>, Complaint> {
    if counter.caller(&headers)?.role != "admin" {
        return Err(Complaint::AdminsOnly);
    }
    let rows = counter.run(&format!("SELECT {PROFILE} FROM users ORDER BY id"), &[])?;
    Ok(Json(json!({ "users": all(&rows) })))
}

fn profile(counter: &Counter, id: i64) -> Result<Json<JsonValue>, Complaint> {
    let renewed = if counter.is_renewed() { format!(", {NICKNAME}") } else { String::new() };
    let statement = format!("SELECT {PROFILE}{renewed} FROM users WHERE id = ?");
    let rows = counter.run(&statement, &[id.into()])?;
    Ok(Json(one(&rows)?.json()))
}
