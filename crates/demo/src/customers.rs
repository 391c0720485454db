//! Customers: they log in, look around, search, write reviews and order, and notice when something
//! is wrong.
//!
//! Reads    answers, and the world, to know what they should say.
//! Writes   a [`Tally`]: what went well, and who was hurt how.
//! Memory   one connection per visit; at most `TOGETHER` visits at once.
//! Errors   none: whatever goes wrong is a [`Hurt`].

use crate::client::{Answer, Ask, Client, ClientError, Limits};
use crate::percent::encoded;
use crate::seeded::Seeded;
use crate::texts::{REVIEWS, SEARCHES};
use crate::world::{Person, Role, World};
use hyper::Method;
use serde_json::{Value, json};
use std::fmt::{self, Display, Formatter};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Visits at once.
const TOGETHER: usize = 8;

/// One person's visit, planned.
#[derive(Clone, Debug)]
pub struct Visit {
    person: Person,
    source: Ipv4Addr,
    mistypes: bool,
    searches: Vec<&'static str>,
    review: &'static str,
    quantity: i64,
    floor: i64,
    has_new_app: bool,
    errands: Vec<Step>,
    seeded: Seeded,
}

/// What a customer does, in one or several requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Types the password wrongly, once.
    Mistype,
    /// Logs in.
    LogIn,
    /// Looks at their own data.
    Profile,
    /// Corrects their own address; the new version of the app asks for a nickname, too.
    Correct,
    /// Looks at everything there is.
    Browse,
    /// Searches for something.
    Search,
    /// Looks at one product.
    Look,
    /// Writes a review and finds it among the others.
    Review,
    /// Orders something and looks at the order.
    Order,
    /// Looks at their own orders.
    OwnOrders,
    /// Looks at all accounts: the administrator's work.
    Administrate,
}

/// What customers experienced.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Requests answered as they should be.
    pub done: usize,
    /// What was not.
    pub hurts: Vec<Hurt>,
    /// How long each answer took, in microseconds.
    pub times_us: Vec<u128>,
}

/// One thing that went wrong for a customer.
#[derive(Clone, Debug)]
pub struct Hurt {
    /// Whose day it was.
    pub who: String,
    /// What they were doing.
    pub step: Step,
    /// What they had typed, if anything.
    pub typed: String,
    /// What happened.
    pub why: Why,
}

/// What happened to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The guard took them for an attacker.
    Refused {
        /// The guard's decision.
        decision_id: String,
    },
    /// Another status than there should be.
    Status {
        /// What it was.
        got: u16,
        /// What it should have been.
        wanted: u16,
    },
    /// The right status with the wrong content.
    Content,
    /// No answer; the client's message.
    NoAnswer(String),
}

impl Display for Hurt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}", self.who, self.step)?;
        if !self.typed.is_empty() {
            write!(f, " {:?}", self.typed)?;
        }
        match &self.why {
            Why::Refused { decision_id } => write!(f, "): refused, decision {decision_id}"),
            Why::Status { got, wanted } => write!(f, "): status {got} instead of {wanted}"),
            Why::Content => f.write_str("): wrong content"),
            Why::NoAnswer(error) => write!(f, "): {error}"),
        }
    }
}

impl Tally {
    /// Adds what others experienced.
    pub fn add(&mut self, other: Self) {
        self.done += other.done;
        self.hurts.extend(other.hurts);
        self.times_us.extend(other.times_us);
    }

    /// The answer time that half of the requests did not exceed, in microseconds.
    pub fn median_us(&self) -> u128 {
        let mut times = self.times_us.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or(0)
    }
}

impl Visit {
    /// Plans the visit of `person` from `source`. The `turn` deals out the awkward texts, so that
    /// enough visitors together type all of them.
    pub fn planned(seeded: &mut Seeded, person: &Person, source: Ipv4Addr, turn: usize) -> Self {
        let dealt = |texts: &[&'static str], at: usize| {
            texts.get(at % texts.len().max(1)).copied().unwrap_or_default()
        };
        let mut errands = vec![
            Step::Profile,
            Step::Correct,
            Step::Browse,
            Step::Search,
            Step::Look,
            Step::Review,
            Step::Order,
            Step::OwnOrders,
        ];
        if person.role == Role::Admin {
            errands.push(Step::Administrate);
        }
        seeded.shuffle(&mut errands);
        // The app opens with the list.
        errands.sort_by_key(|it| *it != Step::Browse);
        Self {
            person: person.clone(),
            source,
            mistypes: seeded.chance(30),
            searches: vec![dealt(&SEARCHES, 2 * turn), dealt(&SEARCHES, 2 * turn + 1)],
            review: dealt(&REVIEWS, turn),
            quantity: seeded.between(1, 5),
            floor: seeded.between(1, 30),
            has_new_app: false,
            errands,
            seeded: Seeded::new(seeded.draw()),
        }
    }

    /// The same visit with the new version of the app, which asks for a nickname.
    #[must_use]
    pub fn with_new_app(mut self) -> Self {
        self.has_new_app = true;
        self
    }

    /// Goes to the shop at `front` and does everything planned.
    pub async fn go(self, front: SocketAddr, world: &World) -> Tally {
        let client = Client::new(front, self.source, Limits::DEMO);
        let client = if self.has_new_app { client.with_new_app() } else { client };
        let mut shopper =
            Shopper { visit: self, world, client, token: String::new(), tally: Tally::default() };
        shopper.shop().await;
        shopper.tally
    }
}

/// All `visits`, in this order and several at once.
pub async fn go_shopping(visits: Vec<Visit>, front: SocketAddr, world: &Arc<World>) -> Tally {
    let room = Arc::new(Semaphore::new(TOGETHER));
    let mut inside = JoinSet::new();
    for visit in visits {
        let (room, world) = (Arc::clone(&room), Arc::clone(world));
        inside.spawn(async move {
            let _place = room.acquire().await;
            visit.go(front, &world).await
        });
    }
    let mut tally = Tally::default();
    while let Some(visited) = inside.join_next().await {
        // A visit that does not come back was not a good one.
        tally.add(visited.unwrap_or_else(|error| lost(&error.to_string())));
    }
    tally
}

fn lost(error: &str) -> Tally {
    let (who, typed) = (String::from("somebody"), String::new());
    let hurt = Hurt { who, step: Step::LogIn, typed, why: Why::NoAnswer(error.to_owned()) };
    Tally { hurts: vec![hurt], ..Tally::default() }
}

/// Somebody in the shop.
struct Shopper<'a> {
    visit: Visit,
    world: &'a World,
    client: Client,
    token: String,
    tally: Tally,
}

/// Errands.
impl Shopper<'_> {
    async fn shop(&mut self) {
        if self.visit.mistypes {
            self.mistype().await;
        }
        self.log_in().await;
        if self.token.is_empty() {
            return;
        }
        for step in self.visit.errands.clone() {
            self.run_errand(step).await;
        }
    }

    async fn run_errand(&mut self, step: Step) {
        match step {
            Step::Mistype => self.mistype().await,
            Step::LogIn => self.log_in().await,
            Step::Profile => self.profile().await,
            Step::Correct => self.correct().await,
            Step::Browse => self.browse().await,
            Step::Search => self.search().await,
            Step::Look => self.look().await,
            Step::Review => self.review().await,
            Step::Order => self.order().await,
            Step::OwnOrders => self.own_orders().await,
            Step::Administrate => self.administrate().await,
        }
    }

    async fn mistype(&mut self) {
        let mut wrong = self.visit.person.password.clone();
        wrong.pop();
        let ask = self.credentials(&wrong);
        self.expect(Step::Mistype, "", &ask, 401, |answer| answer.get("error").is_some()).await;
    }

    async fn log_in(&mut self) {
        let ask = self.credentials(&self.visit.person.password);
        let id = self.visit.person.id;
        let answer = self
            .expect(Step::LogIn, "", &ask, 200, |answer| {
                answer.pointer("/user/id") == Some(&json!(id))
            })
            .await;
        self.token = text(&answer, "token").to_owned();
    }

    async fn profile(&mut self) {
        let email = self.visit.person.email.clone();
        let ask = self.ask("/me");
        self.expect(Step::Profile, "", &ask, 200, |answer| text(answer, "email") == email).await;
    }

    async fn correct(&mut self) {
        let address = format!("{}, floor {}", self.visit.person.address, self.visit.floor);
        let phone = &self.visit.person.phone;
        let changes = match self.visit.has_new_app {
            false => json!({ "address": address, "phone": phone }),
            true => json!({ "address": address, "phone": phone, "nickname": self.first_name() }),
        };
        let ask = Ask::with_json(Method::PATCH, "/me", &changes).bearing(&self.token);
        let fields = || changes.as_object().into_iter().flatten();
        self.expect(Step::Correct, &address, &ask, 200, |answer| {
            fields().all(|(name, typed)| answer.get(name) == Some(typed))
        })
        .await;
    }

    async fn browse(&mut self) {
        let ask = self.ask("/products");
        let wares = self.world.products.len();
        self.expect(Step::Browse, "", &ask, 200, |answer| list(answer, "products").len() == wares)
            .await;
    }

    async fn search(&mut self) {
        let world = self.world;
        for typed in self.visit.searches.clone() {
            let ask = self.ask(&format!("/products?q={}", encoded(typed)));
            self.expect(Step::Search, typed, &ask, 200, |answer| found(world, typed, answer)).await;
        }
    }

    async fn look(&mut self) {
        let Some(product) = self.something() else { return };
        let (id, name) = (product.id, product.name.as_str());
        let ask = self.ask(&format!("/products/{id}"));
        self.expect(Step::Look, "", &ask, 200, |answer| text(answer, "name") == name).await;
    }

    async fn review(&mut self) {
        let Some(product) = self.something() else { return };
        let (typed, target) = (self.visit.review, format!("/products/{}/reviews", product.id));
        let ask = self.ask_with(&target, &json!({ "text": typed }));
        self.expect(Step::Review, typed, &ask, 201, |answer| text(answer, "text") == typed).await;
        let (ask, author) = (self.ask(&target), self.visit.person.name.clone());
        let mine = |it: &&Value| text(it, "text") == typed && text(it, "author") == author;
        self.expect(Step::Review, typed, &ask, 200, |answer| {
            list(answer, "reviews").iter().any(|it| mine(&it))
        })
        .await;
    }

    async fn order(&mut self) {
        let Some(product) = self.something() else { return };
        let quantity = self.visit.quantity;
        let line = json!({ "product_id": product.id, "quantity": quantity });
        let ask = self.ask_with("/cart", &line);
        self.expect(Step::Order, "", &ask, 200, |answer| *answer == line).await;
        let (me, total) = (self.visit.person.id, product.price_cents * quantity);
        let mine = |answer: &Value| {
            let of = |field| answer.get(field).and_then(Value::as_i64);
            of("customer_id") == Some(me) && of("total_cents") == Some(total)
        };
        let ask = self.ask_with("/orders", &json!({}));
        let placed = self.expect(Step::Order, "", &ask, 201, mine).await;
        if let Some(id) = placed.get("id").and_then(Value::as_i64) {
            let ask = self.ask(&format!("/orders/{id}"));
            self.expect(Step::Order, "", &ask, 200, mine).await;
        }
    }

    async fn own_orders(&mut self) {
        let ask = self.ask("/orders");
        let me = json!(self.visit.person.id);
        let before = |order: &&crate::world::Order| json!(order.customer_id) == me;
        let had = self.world.orders.iter().filter(before).count();
        self.expect(Step::OwnOrders, "", &ask, 200, |answer| {
            let orders = list(answer, "orders");
            orders.len() >= had && orders.iter().all(|it| it.get("customer_id") == Some(&me))
        })
        .await;
    }

    async fn administrate(&mut self) {
        let ask = self.ask("/admin/users");
        let people = self.world.people().count();
        self.expect(Step::Administrate, "", &ask, 200, |answer| {
            list(answer, "users").len() == people
        })
        .await;
    }
}

/// How an errand is run.
impl<'a> Shopper<'a> {
    fn something(&mut self) -> Option<&'a crate::world::Product> {
        let products = &self.world.products;
        products.get(self.visit.seeded.below(products.len()))
    }

    fn first_name(&self) -> &str {
        self.visit.person.name.split(' ').next().unwrap_or_default()
    }

    fn credentials(&self, password: &str) -> Ask {
        let body = json!({ "email": self.visit.person.email, "password": password });
        Ask::with_json(Method::POST, "/login", &body)
    }

    fn ask(&self, target: &str) -> Ask {
        Ask::get(target).bearing(&self.token)
    }

    fn ask_with(&self, target: &str, body: &Value) -> Ask {
        Ask::with_json(Method::POST, target, body).bearing(&self.token)
    }

    /// Sends `ask`; counts whether the answer has this status and is `right`; returns its JSON.
    async fn expect(
        &mut self,
        step: Step,
        typed: &str,
        ask: &Ask,
        wanted: u16,
        right: impl Fn(&Value) -> bool,
    ) -> Value {
        let started = Instant::now();
        let answer = self.client.send(ask).await;
        self.tally.times_us.push(started.elapsed().as_micros());
        let (json, why) = judged(answer, wanted, right);
        match why {
            None => self.tally.done += 1,
            Some(why) => {
                let (who, typed) = (self.visit.person.name.clone(), typed.to_owned());
                self.tally.hurts.push(Hurt { who, step, typed, why });
            }
        }
        json
    }
}

fn judged(
    answer: Result<Answer, ClientError>,
    wanted: u16,
    right: impl Fn(&Value) -> bool,
) -> (Value, Option<Why>) {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return (Value::Null, Some(Why::NoAnswer(error.to_string()))),
    };
    let (got, json) = (answer.status, answer.json());
    let why = match answer.refusal() {
        Some(decision_id) => Some(Why::Refused { decision_id }),
        None if got != wanted => Some(Why::Status { got, wanted }),
        None if !right(&json) => Some(Why::Content),
        None => None,
    };
    (json, why)
}

/// Whether the search found everything that contains what was typed, and only what is sold.
fn found(world: &World, typed: &str, answer: &Value) -> bool {
    let results: Vec<&str> = list(answer, "products").iter().map(|it| text(it, "name")).collect();
    let typed = typed.to_lowercase();
    let is_sold = |name: &&str| world.products.iter().any(|product| product.name == **name);
    let mut wanted =
        world.products.iter().filter(|product| product.name.to_lowercase().contains(&typed));
    results.iter().all(is_sold) && wanted.all(|product| results.contains(&product.name.as_str()))
}

fn text<'a>(json: &'a Value, field: &str) -> &'a str {
    json.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(json: &'a Value, field: &str) -> &'a [Value] {
    json.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
