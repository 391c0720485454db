//! Wares, and what people say about them.

use super::complaint::Complaint;
use super::counter::{Counter, Piece, all, one};
use crate::sql::Value;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};
use std::sync::Arc;

/// What `GET /products` takes.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    q: String,
}

/// What `POST /products/{id}/reviews` takes.
#[derive(Debug, Deserialize)]
pub(super) struct NewReview {
    text: String,
}

/// `GET /products?q=`. The hole: the search text goes into the statement as it comes.
pub(super) async fn search(
    State(counter): State<Arc<Counter>>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<JsonValue>, Complaint> {
    let rows = counter.run_concatenated(&[
        Piece::Sql("SELECT id, name, price_cents, description FROM products WHERE name LIKE '%"),
        Piece::Typed(&wanted.q),
        Piece::Sql("%' ORDER BY name"),
    ])?;
    Ok(Json(json!({ "products": all(&rows) })))
}

/// `GET /products/{id}`.
pub(super) async fn product(
    State(counter): State<Arc<Counter>>,
    Path(id): Path<i64>,
) -> Result<Json<JsonValue>, Complaint> {
    let rows = counter.run("SELECT * FROM products WHERE id = ?", &[id.into()])?;
    Ok(Json(one(&rows)?.json()))
}

/// `GET /products/{id}/reviews`.
pub(super) async fn reviews(
    State(counter): State<Arc<Counter>>,
    Path(id): Path<i64>,
) -> Result<Json<JsonValue>, Complaint> {
    let statement = "SELECT id, author, text FROM reviews WHERE product_id = ? ORDER BY id";
    let rows = counter.run(statement, &[id.into()])?;
    Ok(Json(json!({ "reviews": all(&rows) })))
}

/// `POST /products/{id}/reviews`. Safe: what is typed is a parameter.
pub(super) async fn add_review(
    State(counter): State<Arc<Counter>>,
    Path(product_id): Path<i64>,
    headers: HeaderMap,
    Json(review): Json<NewReview>,
) -> Result<(StatusCode, Json<JsonValue>), Complaint> {
    let caller = counter.caller(&headers)?;
    one(&counter.run("SELECT id FROM products WHERE id = ?", &[product_id.into()])?)?;
    let names = counter.run("SELECT name FROM users WHERE id = ?", &[caller.id.into()])?;
    let author = one(&names)?.text("name").unwrap_or_default();
    let id = counter.next_id("reviews")?;
    let (by, text) = (Value::from(author.as_str()), Value::from(review.text.as_str()));
    counter.run(
        "INSERT INTO reviews (id, product_id, author, text) VALUES (?, ?, ?, ?)",
        &[id.into(), product_id.into(), by, text],
    )?;
    let body = json!({ "id": id, "author": author, "text": review.text });
    Ok((StatusCode::CREATED, Json(body)))
}
