//! The shop's endpoints: that they work, and that the holes are really there.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use bartizan_demo::client::{Answer, Ask, Client, Limits};
use bartizan_demo::shop::{self, OpenShop, ShopError};
use bartizan_demo::world::{Person, World};
use hyper::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;

/// Somebody in a fresh shop.
struct Visitor {
    world: World,
    shop: OpenShop,
    client: Client,
    token: String,
}

impl Visitor {
    async fn new() -> Self {
        Self::of_seed(7).await
    }

    async fn of_seed(seed: u64) -> Self {
        let world = World::from_seed(seed);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let shop = shop::open(listener, &world).unwrap();
        let client = Client::new(shop.address(), Ipv4Addr::LOCALHOST, Limits::DEMO);
        Self { world, shop, client, token: String::new() }
    }

    /// Mallory, logged in.
    async fn mallory() -> Self {
        let mut visitor = Self::new().await;
        let mallory = visitor.world.mallory.clone();
        assert_eq!(visitor.log_in(&mallory.email, &mallory.password).await, 200);
        visitor
    }

    async fn log_in(&mut self, email: &str, password: &str) -> u16 {
        let body = json!({ "email": email, "password": password });
        let answer = self.send(Method::POST, "/login", &body).await;
        let token = answer.json().get("token").map(|it| it.as_str().unwrap().to_owned());
        self.token = token.unwrap_or_default();
        answer.status
    }

    async fn send(&mut self, method: Method, target: &str, body: &Value) -> Answer {
        let ask = Ask::with_json(method, target, body).bearing(&self.token);
        self.client.send(&ask).await.unwrap()
    }

    async fn get(&mut self, target: &str) -> Answer {
        self.client.send(&Ask::get(target).bearing(&self.token)).await.unwrap()
    }

    fn victim(&self) -> Person {
        self.world.customers[3].clone()
    }
}

#[tokio::test]
async fn a_stranger_sees_products_and_nothing_else() {
    let mut visitor = Visitor::new().await;
    assert_eq!(visitor.get("/products").await.status, 200);
    for target in ["/me", "/orders", "/orders/1", "/admin/users"] {
        assert_eq!(visitor.get(target).await.status, 401, "{target}");
    }
    assert_eq!(visitor.get("/products/0").await.status, 404);
    assert_eq!(visitor.get("/products/first").await.status, 400);
}

#[tokio::test]
async fn a_log_in_needs_the_right_password_even_with_an_apostrophe_in_the_address() {
    let mut visitor = Visitor::new().await;
    let people: Vec<_> = visitor.world.people().cloned().collect();
    assert!(people.iter().any(|person| person.email.contains('\'')));
    for person in people {
        assert_eq!(visitor.log_in(&person.email, "wrong").await, 401);
        assert_eq!(visitor.log_in(&person.email, &person.password).await, 200);
        assert_eq!(visitor.get("/me").await.json()["email"], json!(person.email));
    }
}

#[tokio::test]
async fn a_search_can_be_made_to_answer_with_passwords() {
    let mut visitor = Visitor::new().await;
    let target = "/products?q=x'%20UNION%20SELECT%20email,password,pin,1%20FROM%20users--";
    let answer = visitor.get(target).await.json();
    let rows = answer["products"].as_array().unwrap();
    assert_eq!(rows.len(), visitor.world.people().count());
    let victim = visitor.victim();
    let row = rows.iter().find(|row| row["id"] == json!(victim.email)).unwrap();
    assert_eq!(row["name"], json!(victim.password));
}

#[tokio::test]
async fn a_log_in_can_be_made_true_without_a_password() {
    let mut visitor = Visitor::new().await;
    let victim = visitor.victim();
    let email = format!("' OR id = {} --", victim.id);
    assert_eq!(visitor.log_in(&email, "").await, 200);
    assert_eq!(visitor.get("/me").await.json()["phone"], json!(victim.phone));
}

#[tokio::test]
async fn an_error_shows_the_statement() {
    let mut visitor = Visitor::new().await;
    let answer = visitor.get("/products?q='%20UNION%20SELECT%201--").await;
    assert_eq!(answer.status, 500);
    assert!(answer.json()["statement"].as_str().unwrap().starts_with("SELECT id, name"));
}

#[tokio::test]
async fn stacked_statements_destroy_the_shop_until_it_is_reset() {
    let mut visitor = Visitor::new().await;
    visitor.get("/products?q=';%20DROP%20TABLE%20products--").await;
    assert_eq!(visitor.get("/products").await.status, 500);
    visitor.shop.reset();
    assert_eq!(visitor.get("/products").await.status, 200);
}

#[tokio::test]
async fn another_seed_serves_other_people_products_and_orders() {
    let mut served = BTreeSet::new();
    for seed in [1, 2, 3] {
        let mut visitor = Visitor::of_seed(seed).await;
        visitor.log_in("' OR role = 'admin' --", "").await;
        let order = visitor.world.orders[0].id;
        for target in ["/products", "/admin/users", "/me", &format!("/orders/{order}")] {
            served.insert(visitor.get(target).await.body);
        }
    }
    assert_eq!(served.len(), 12);
}

#[tokio::test]
async fn anybodys_order_can_be_read() {
    let mut visitor = Visitor::mallory().await;
    let order = visitor.world.orders[0].clone();
    let answer = visitor.get(&format!("/orders/{}", order.id)).await.json();
    assert_eq!(answer["customer_id"], json!(order.customer_id));
    assert!(answer["ship_to"]["address"].is_string());
    assert_eq!(visitor.get("/orders").await.json(), json!({ "orders": [] }));
}

#[tokio::test]
async fn an_order_needs_a_cart() {
    let mut visitor = Visitor::mallory().await;
    let product = visitor.world.products[0].clone();
    assert_eq!(visitor.send(Method::POST, "/orders", &json!({})).await.status, 409);
    for (quantity, status) in [(0, 400), (1, 200), (99, 200), (100, 400)] {
        let line = json!({ "product_id": product.id, "quantity": quantity });
        let answer = visitor.send(Method::POST, "/cart", &line).await;
        assert_eq!(answer.status, status, "{quantity}");
    }
    let order = visitor.send(Method::POST, "/orders", &json!({})).await;
    assert_eq!(order.status, 201);
    assert_eq!(order.json()["total_cents"], json!(99 * product.price_cents));
    assert_eq!(visitor.send(Method::POST, "/orders", &json!({})).await.status, 409);
}

#[tokio::test]
async fn a_customer_can_become_administrator() {
    let mut visitor = Visitor::mallory().await;
    assert_eq!(visitor.get("/admin/users").await.status, 403);
    let answer = visitor.send(Method::PATCH, "/me", &json!({ "role": "admin" })).await;
    assert_eq!(answer.json()["role"], json!("admin"));
    assert_eq!(visitor.get("/admin/users").await.status, 403);
    let mallory = visitor.world.mallory.clone();
    visitor.log_in(&mallory.email, &mallory.password).await;
    let users = visitor.get("/admin/users").await.json();
    assert_eq!(users["users"].as_array().unwrap().len(), visitor.world.people().count());
}

#[tokio::test]
async fn a_pin_can_be_guessed_for_as_long_as_it_takes() {
    let mut visitor = Visitor::new().await;
    let victim = visitor.victim();
    let pin: i64 = victim.pin.parse().unwrap();
    for guess in (0..=pin).rev().take(50).collect::<Vec<_>>().into_iter().rev() {
        let pin = format!("{guess:04}");
        let body = json!({ "email": victim.email, "pin": pin, "new_password": "mine" });
        let expected = if pin == victim.pin { 200 } else { 401 };
        assert_eq!(visitor.send(Method::POST, "/pin", &body).await.status, expected);
    }
    assert_eq!(visitor.log_in(&victim.email, "mine").await, 200);
}

#[tokio::test]
async fn a_review_is_kept_as_it_was_written() {
    let mut visitor = Visitor::mallory().await;
    let target = format!("/products/{}/reviews", visitor.world.products[0].id);
    let text = "O'Neil; DROP TABLE was a great band name' UNION SELECT 1 --";
    let answer = visitor.send(Method::POST, &target, &json!({ "text": text })).await;
    assert_eq!(answer.status, 201);
    let reviews = visitor.get(&target).await.json();
    assert_eq!(reviews["reviews"].as_array().unwrap().last().unwrap()["text"], json!(text));
}

#[tokio::test]
async fn the_shop_opens_on_loopback_only() {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
    let refused = shop::open(listener, &World::from_seed(7));
    assert!(matches!(refused, Err(ShopError::NotLoopback(_))));
}

#[tokio::test]
async fn the_second_version_of_the_shop_knows_nicknames() {
    let mut visitor = Visitor::mallory().await;
    let changes = json!({ "nickname": "Mal", "address": "Mill Lane 1" });
    let before = visitor.send(Method::PATCH, "/me", &changes).await.json();
    assert_eq!((before.get("nickname"), &before["address"]), (None, &json!("Mill Lane 1")));
    visitor.shop.renew();
    assert_eq!(visitor.get("/me").await.json()["nickname"], json!(null));
    let after = visitor.send(Method::PATCH, "/me", &changes).await.json();
    assert_eq!(after["nickname"], json!("Mal"));
    visitor.shop.reset();
    let mallory = visitor.world.mallory.clone();
    assert_eq!(visitor.log_in(&mallory.email, &mallory.password).await, 200);
    assert_eq!(visitor.get("/me").await.json().get("nickname"), None);
}
