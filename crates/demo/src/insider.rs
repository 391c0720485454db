//! What a log-in of her own lets Mallory try: calls that look like everybody's.
//!
//! Reads    answers; what a trick brought is told from them alone.
//! Writes   [`Try`]: each trick, whether it was refused, and whether it worked.
//! Errors   none: a trick that breaks off did not work, and was not refused.

use crate::client::{Answer, Ask, Client};
use crate::loot::shows_everybody;
use crate::world::{Person, World};
use hyper::Method;
use serde_json::{Value, json};

/// One thing that a customer can try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trick {
    /// A role beside her new address: mass assignment.
    RoleAdmin,
    /// Somebody else's order, by its number.
    ForeignOrder,
}

impl Trick {
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::RoleAdmin => "role=admin beside her address",
            Self::ForeignOrder => "the number of another's order",
        }
    }
}

/// One trick, and what came of it.
#[derive(Clone, Debug)]
pub struct Try {
    /// Which trick.
    pub trick: Trick,
    /// The guard's decision, if it refused the call.
    pub refusal: Option<String>,
    /// What it calls the reason.
    pub code: Option<String>,
    /// Whether she got what she wanted.
    pub worked: bool,
}

impl Try {
    fn of(trick: Trick, answer: Option<&Answer>, worked: bool) -> Self {
        let refusal = answer.and_then(Answer::refusal);
        let code = answer.filter(|_| refusal.is_some()).and_then(Answer::code);
        Self { trick, refusal, code, worked }
    }

    /// Whether the guard refused it, and nothing came of it.
    pub fn is_refused(&self) -> bool {
        self.refusal.is_some() && !self.worked
    }
}

/// A try for an order, and what its owner saw of that.
#[derive(Clone, Debug)]
pub struct Reach {
    /// What came of it.
    pub tried: Try,
    /// The number of the order.
    pub order: i64,
    /// Whether its owner read it afterwards, as it is.
    pub owner_reads: bool,
}

/// Sets Mallory's own role together with her address, and looks what a new log-in opens.
pub async fn set_role(client: Client, world: &World) -> Try {
    let (mut visitor, mallory) = (Visitor::new(client), &world.mallory);
    visitor.log_in(mallory).await;
    let changes = json!({ "address": mallory.address, "role": "admin" });
    let answer = visitor.send(Method::PATCH, "/me", &changes).await;
    // The shop asks for the role when it makes a token.
    visitor.log_in(mallory).await;
    let page = visitor.get("/admin/users").await;
    let worked = page.is_some_and(|it| shows_everybody(&it, world));
    Try::of(Trick::RoleAdmin, answer.as_ref(), worked)
}

/// Somebody orders, then Mallory does, and asks for the order whose number comes before hers; then its owner does.
pub async fn reach_for_order(
    mallory: Client,
    owner: Client,
    person: &Person,
    world: &World,
) -> Reach {
    let (mut owner, mut visitor) = (Visitor::new(owner), Visitor::new(mallory));
    owner.log_in(person).await;
    owner.buy().await;
    visitor.log_in(&world.mallory).await;
    let order = visitor.buy().await.map_or(0, |hers| hers - 1);
    let target = format!("/orders/{order}");
    let answer = visitor.get(&target).await;
    let is_theirs =
        |it: &Answer| it.status == 200 && it.json().get("customer_id") == Some(&json!(person.id));
    let worked = answer.as_ref().is_some_and(is_theirs);
    let tried = Try::of(Trick::ForeignOrder, answer.as_ref(), worked);
    let owner_reads = owner.get(&target).await.is_some_and(|it| is_theirs(&it));
    Reach { tried, order, owner_reads }
}

/// Somebody who is logged in, or tries to be.
struct Visitor {
    client: Client,
    token: String,
}

impl Visitor {
    fn new(client: Client) -> Self {
        Self { client, token: String::new() }
    }

    async fn log_in(&mut self, person: &Person) {
        let body = json!({ "email": person.email, "password": person.password });
        let answer = self.send(Method::POST, "/login", &body).await;
        let json = answer.map_or(Value::Null, |it| it.json());
        self.token = json.get("token").and_then(Value::as_str).unwrap_or_default().to_owned();
    }

    /// Orders the first thing on the list; the number of the order.
    async fn buy(&mut self) -> Option<i64> {
        let list = self.get("/products").await?.json();
        let line = json!({ "product_id": list.pointer("/products/0/id")?, "quantity": 1 });
        self.send(Method::POST, "/cart", &line).await?;
        let placed = self.send(Method::POST, "/orders", &json!({})).await?;
        placed.json().get("id")?.as_i64()
    }

    async fn get(&mut self, target: &str) -> Option<Answer> {
        self.client.send(&Ask::get(target).bearing(&self.token)).await.ok()
    }

    async fn send(&mut self, method: Method, target: &str, body: &Value) -> Option<Answer> {
        let ask = Ask::with_json(method, target, body);
        // Whoever is not logged in yet bears nothing.
        let ask = if self.token.is_empty() { ask } else { ask.bearing(&self.token) };
        self.client.send(&ask).await.ok()
    }
}
