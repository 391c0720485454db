//! The cart, and orders.

use super::complaint::Complaint;
use super::counter::{Counter, Row, all, one};
use crate::sql::{Rows, Value};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value as JsonValue, json};
use std::sync::Arc;

const QUANTITY_MAX: i64 = 99;

/// What `POST /cart` takes.
#[derive(Debug, Deserialize)]
pub(super) struct CartLine {
    product_id: i64,
    quantity: i64,
}

/// `POST /cart`. One article at a time; a new one replaces it.
pub(super) async fn fill_cart(
    State(counter): State<Arc<Counter>>,
    headers: HeaderMap,
    Json(line): Json<CartLine>,
) -> Result<Json<JsonValue>, Complaint> {
    let caller = counter.caller(&headers)?;
    if !(1..=QUANTITY_MAX).contains(&line.quantity) {
        return Err(Complaint::BadInput("quantity is 1 to 99"));
    }
    let product = [Value::from(line.product_id)];
    one(&counter.run("SELECT id FROM products WHERE id = ?", &product)?)?;
    counter.run("DELETE FROM cart WHERE user_id = ?", &[caller.id.into()])?;
    let values = [caller.id, line.product_id, line.quantity].map(Value::from);
    counter.run("INSERT INTO cart (user_id, product_id, quantity) VALUES (?, ?, ?)", &values)?;
    Ok(Json(json!({ "product_id": line.product_id, "quantity": line.quantity })))
}

/// `POST /orders`. Orders what is in the cart, and empties it.
pub(super) async fn place_order(
    State(counter): State<Arc<Counter>>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<JsonValue>), Complaint> {
    let caller = counter.caller(&headers)?;
    let statement = "SELECT product_id, quantity FROM cart WHERE user_id = ?";
    let cart = counter.run(statement, &[caller.id.into()])?;
    let line = one(&cart).map_err(|_| Complaint::EmptyCart)?;
    let number = |column| Value::from(line.number(column).unwrap_or(0));
    let id = counter.next_id("orders")?;
    counter.run(
        "INSERT INTO orders (id, customer_id, product_id, quantity, status) \
         VALUES (?, ?, ?, ?, 'placed')",
        &[id.into(), caller.id.into(), number("product_id"), number("quantity")],
    )?;
    counter.run("DELETE FROM cart WHERE user_id = ?", &[caller.id.into()])?;
    Ok((StatusCode::CREATED, Json(described(&counter, &order(&counter, id)?)?)))
}

/// `GET /orders`: the caller's own.
pub(super) async fn own_orders(
    State(counter): State<Arc<Counter>>,
    headers: HeaderMap,
) -> Result<Json<JsonValue>, Complaint> {
    let caller = counter.caller(&headers)?;
    let statement = "SELECT * FROM orders WHERE customer_id = ? ORDER BY id";
    let rows = counter.run(statement, &[caller.id.into()])?;
    Ok(Json(json!({ "orders": all(&rows) })))
}

/// `GET /orders/{id}`. The hole: anybody who is logged in may read any order.
pub(super) async fn any_order(
    State(counter): State<Arc<Counter>>,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Json<JsonValue>, Complaint> {
    counter.caller(&headers)?;
    Ok(Json(described(&counter, &order(&counter, id)?)?))
}

fn order(counter: &Counter, id: i64) -> Result<Rows, Complaint> {
    counter.run("SELECT * FROM orders WHERE id = ?", &[id.into()])
}

/// The order with its total and where it goes.
fn described(counter: &Counter, order: &Rows) -> Result<JsonValue, Complaint> {
    let order: Row<'_> = one(order)?;
    let id = |column| [Value::from(order.number(column).unwrap_or(0))];
    let statement = "SELECT price_cents FROM products WHERE id = ?";
    let product = counter.run(statement, &id("product_id"))?;
    let price = one(&product)?.number("price_cents").unwrap_or(0);
    let total = price.saturating_mul(order.number("quantity").unwrap_or(0));
    let customer =
        counter.run("SELECT name, address FROM users WHERE id = ?", &id("customer_id"))?;
    let mut body = order.json();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("total_cents".to_owned(), total.into());
        fields.insert("ship_to".to_owned(), one(&customer)?.json());
    }
    Ok(body)
}
