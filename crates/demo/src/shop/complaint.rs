//! What the shop answers when something is not right. It says too much, as such shops do.

use crate::sql::SqlError;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why there is no better answer.
#[derive(Debug)]
pub(super) enum Complaint {
    NotLoggedIn,
    WrongCredentials,
    WrongPin,
    AdminsOnly,
    NoSuchThing,
    EmptyCart,
    BadInput(&'static str),
    Sql { error: SqlError, statement: String },
}

impl IntoResponse for Complaint {
    fn into_response(self) -> Response {
        let plain = |status: StatusCode, error: &str| (status, Json(json!({ "error": error })));
        match self {
            Self::NotLoggedIn => plain(StatusCode::UNAUTHORIZED, "please log in"),
            Self::WrongCredentials => plain(StatusCode::UNAUTHORIZED, "wrong e-mail or password"),
            Self::WrongPin => plain(StatusCode::UNAUTHORIZED, "wrong PIN"),
            Self::AdminsOnly => plain(StatusCode::FORBIDDEN, "admins only"),
            Self::NoSuchThing => plain(StatusCode::NOT_FOUND, "no such thing"),
            Self::EmptyCart => plain(StatusCode::CONFLICT, "your cart is empty"),
            Self::BadInput(field) => plain(StatusCode::BAD_REQUEST, field),
            // The verbose error that shows an attacker how the statement looks.
            Self::Sql { error, statement } => {
                let body = json!({ "error": error.to_string(), "statement": statement });
                (StatusCode::INTERNAL_SERVER_ERROR, Json(body))
            }
        }
        .into_response()
    }
}
