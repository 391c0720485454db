//! The story, told with several guards: none, one that does its work, and several that do it badly.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bartizan_demo::client::{Answer, Ask, Client, Limits};
use bartizan_demo::guard::{Guard, Held, Nobody};
use bartizan_demo::insider::Trick;
use bartizan_demo::story::{Broken, Options, Outcome, tell};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// How a double decides: given what it read of the request and how many it refused so far.
type Judge = fn(&str, usize) -> Option<StatusCode>;

struct Double {
    shop: SocketAddr,
    judge: Judge,
    refused: AtomicUsize,
    /// Who ordered what: a token, and the number of an order.
    ordered: Mutex<BTreeSet<(String, i64)>>,
    /// Those to the shop that nobody uses now.
    lines: Mutex<Vec<Client>>,
}

/// Puts a forwarding proxy in front of `shop` that refuses what `judge` says.
async fn double(shop: SocketAddr, judge: Judge) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let double = Arc::new(Double {
        shop,
        judge,
        refused: AtomicUsize::new(0),
        ordered: Mutex::default(),
        lines: Mutex::default(),
    });
    let router = Router::new().fallback(serve).with_state(double);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn serve(State(double): State<Arc<Double>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let header = |name| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let token = header(AUTHORIZATION).map(|it| it.trim_start_matches("Bearer ").to_owned());
    let target = head.uri.to_string();
    let mut read = read(&target, &body);
    if let Some(order) = target.strip_prefix("/orders/") {
        let asked = (token.clone().unwrap(), order.parse().unwrap());
        if !double.ordered.lock().unwrap().contains(&asked) {
            read.push_str(FOREIGN);
        }
    }
    if let Some(status) = (double.judge)(&read, double.refused.load(Ordering::Relaxed)) {
        let id = format!("decision-{}", double.refused.fetch_add(1, Ordering::Relaxed));
        let body = json!({ "title": "refused", "decision_id": id }).to_string();
        return (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response();
    }
    let ask = Ask {
        method: head.method,
        target,
        token: token.clone(),
        json: header(CONTENT_TYPE).map(|_| String::from_utf8(body.to_vec()).unwrap()),
    };
    let line = double.lines.lock().unwrap().pop();
    let fresh = || Client::new(double.shop, Ipv4Addr::LOCALHOST, Limits::DEMO);
    let mut client = line.unwrap_or_else(fresh);
    let answer = client.send(&ask).await.unwrap();
    double.lines.lock().unwrap().push(client);
    double.ordered.lock().unwrap().extend(token.zip(placed(&ask, &answer)));
    let kind = answer.headers[CONTENT_TYPE].clone();
    let status = StatusCode::from_u16(answer.status).unwrap();
    (status, [(CONTENT_TYPE, kind)], Body::from(answer.body)).into_response()
}

/// What is read of a call for an order that its caller did not place.
const FOREIGN: &str = " <foreign>";

/// The number of the order that a call placed.
fn placed(ask: &Ask, answer: &Answer) -> Option<i64> {
    let is_placed = (ask.method.as_str(), ask.target.as_str()) == ("POST", "/orders");
    answer.json().get("id").filter(|_| is_placed)?.as_i64()
}

/// The decoded target and the fields of the body, decoded, in lower case, comments as spaces.
fn read(target: &str, body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let fields = json.as_object().into_iter().flatten();
    let typed = fields.filter_map(|(name, value)| Some(format!("{name}={}", value.as_str()?)));
    let typed: Vec<_> = typed.collect();
    format!("{} {}", decoded(target), typed.join(" ")).to_lowercase().replace("/**/", " ")
}

fn decoded(target: &str) -> String {
    let (mut bytes, mut out) = (target.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex: String = bytes.by_ref().take(2).map(char::from).collect();
            out.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn is_mallorys(read: &str) -> bool {
    let injected = ["' union select ", "' union all select ", "' or "];
    injected.into_iter().chain([ROLE, FOREIGN]).any(|it| read.contains(it))
}

/// What is read of a call that sets somebody's role.
const ROLE: &str = "role=admin";

#[track_caller]
fn as_told(outcome: &Outcome, expected: bool) {
    assert_eq!(outcome.as_told, expected, "{}", outcome.lines.join("\n"));
}

/// A guard that learns nothing: it judges by what it was given.
struct Judging(Judge);

impl Guard for Judging {
    async fn stand_before(&mut self, shop: SocketAddr) -> io::Result<SocketAddr> {
        double(shop, self.0).await
    }

    fn holds(&self) -> Option<Vec<Held>> {
        None
    }
}

/// A guard that ought to learn, and holds calls to this.
struct Learning(Vec<Held>);

impl Guard for Learning {
    async fn stand_before(&mut self, shop: SocketAddr) -> io::Result<SocketAddr> {
        double(shop, refuses_mallory).await
    }

    fn holds(&self) -> Option<Vec<Held>> {
        Some(self.0.clone())
    }
}

fn refuses_mallory(read: &str, _: usize) -> Option<StatusCode> {
    is_mallorys(read).then_some(StatusCode::FORBIDDEN)
}

/// Tells the story of `seed` with a double that judges by `judge`, or without a guard.
async fn told(seed: u64, judge: Option<Judge>) -> Outcome {
    let (options, mut out) = (Options::of_seed(seed), Vec::new());
    let outcome = match judge {
        Some(judge) => tell(options, &mut Judging(judge), &mut out).await,
        None => tell(options, &mut Nobody, &mut out).await,
    };
    let outcome = outcome.unwrap();
    assert_eq!(String::from_utf8(out).unwrap().lines().collect::<Vec<_>>(), outcome.lines);
    outcome
}

#[tokio::test]
async fn without_a_guard_the_attack_succeeds_and_the_story_fails() {
    let outcome = told(7, None).await;
    as_told(&outcome, false);
    assert_eq!(outcome.front, outcome.shop);
    assert!(outcome.decision_ids.is_empty());
    assert_eq!(
        outcome.broken,
        [
            Broken::MalloryTook { accounts: 40, seen: 40 },
            Broken::NotAllRefused { refused: 0, attempts: 6 },
            Broken::NeighbourShutOut,
            Broken::TrickNotRefused { trick: Trick::RoleAdmin },
            Broken::TrickNotRefused { trick: Trick::ForeignOrder },
        ]
    );
}

#[tokio::test]
async fn with_a_guard_that_refuses_the_attacks_everything_is_as_told() {
    for seed in [1, 2, 3] {
        let outcome = told(seed, Some(refuses_mallory)).await;
        as_told(&outcome, true);
        assert_ne!(outcome.front, outcome.shop);
        // Six injections, and two tricks before the release and after it.
        assert_eq!(outcome.decision_ids.len(), 10);
    }
}

#[tokio::test]
async fn another_seed_tells_of_other_people() {
    let mallory = async |seed| {
        let lines = told(seed, None).await.lines;
        lines.into_iter().find(|it| it.starts_with("2. ")).unwrap()
    };
    let (one, another, third) = (mallory(1).await, mallory(2).await, mallory(3).await);
    assert!(one.starts_with("2. Mallory"), "{one}");
    assert!(one != another && another != third && third != one, "{one}");
}

#[tokio::test]
async fn a_guard_that_misses_one_trick_is_found_out() {
    let judge: Judge =
        |read, _| (is_mallorys(read) && !read.contains("or role")).then_some(StatusCode::FORBIDDEN);
    let outcome = told(7, Some(judge)).await;
    as_told(&outcome, false);
    assert!(outcome.broken.contains(&Broken::NotAllRefused { refused: 5, attempts: 6 }));
    assert!(outcome.broken.iter().any(|it| matches!(it, Broken::MalloryTook { seen: 40, .. })));
}

#[tokio::test]
async fn a_guard_that_refuses_apostrophes_hurts_customers() {
    let outcome =
        told(7, Some(|read, _| read.contains('\'').then_some(StatusCode::FORBIDDEN))).await;
    as_told(&outcome, false);
    assert!(outcome.broken.iter().any(|it| matches!(it, Broken::CustomersHurt { .. })));
    assert!(!outcome.broken.iter().any(|it| matches!(it, Broken::NotAllRefused { .. })));
    assert!(outcome.broken.contains(&Broken::TrickNotRefused { trick: Trick::ForeignOrder }));
}

#[tokio::test]
async fn a_guard_that_shuts_everybody_out_after_a_refusal_hurts_the_neighbour() {
    let judge: Judge =
        |read, refused| (is_mallorys(read) || refused > 0).then_some(StatusCode::FORBIDDEN);
    let outcome = told(7, Some(judge)).await;
    as_told(&outcome, false);
    assert!(outcome.broken.contains(&Broken::NeighbourShutOut));
}

#[tokio::test]
async fn a_refusal_with_another_status_does_not_count() {
    let judge: Judge = |read, _| is_mallorys(read).then_some(StatusCode::NOT_FOUND);
    let outcome = told(7, Some(judge)).await;
    as_told(&outcome, false);
    assert!(outcome.broken.contains(&Broken::NotAllRefused { refused: 0, attempts: 6 }));
}

#[tokio::test]
async fn a_guard_that_lets_a_role_pass_is_found_out() {
    let judge: Judge =
        |read, _| (is_mallorys(read) && !read.contains(ROLE)).then_some(StatusCode::FORBIDDEN);
    let outcome = told(7, Some(judge)).await;
    assert_eq!(outcome.broken, [Broken::TrickNotRefused { trick: Trick::RoleAdmin }]);
}

#[tokio::test]
async fn a_guard_that_lets_anybodys_order_pass_is_found_out() {
    let judge: Judge =
        |read, _| (is_mallorys(read) && !read.contains(FOREIGN)).then_some(StatusCode::FORBIDDEN);
    let outcome = told(7, Some(judge)).await;
    assert_eq!(outcome.broken, [Broken::TrickNotRefused { trick: Trick::ForeignOrder }]);
}

#[tokio::test]
async fn a_guard_that_shuts_an_owner_out_of_their_order_is_found_out() {
    // Six injections, a role and an order of another: what follows is its owner.
    let judge: Judge = |read, refused| {
        (is_mallorys(read) || refused == 8 && read.contains("/orders/"))
            .then_some(StatusCode::FORBIDDEN)
    };
    let outcome = told(7, Some(judge)).await;
    assert_eq!(outcome.broken, [Broken::OwnerShutOut]);
}

#[tokio::test]
async fn a_guard_that_refuses_what_it_never_saw_hurts_those_with_the_new_app() {
    let judge: Judge = |read, _| {
        (is_mallorys(read) || read.contains("nickname=")).then_some(StatusCode::BAD_REQUEST)
    };
    let outcome = told(7, Some(judge)).await;
    assert_eq!(outcome.broken, [Broken::ReleaseHurts { hurts: 20 }]);
}

#[tokio::test]
async fn a_guard_that_does_not_learn_in_time_is_found_out() {
    let held = |endpoint: &str, clause: &str| Held {
        endpoint: endpoint.to_owned(),
        clause: clause.to_owned(),
        says: String::from("Nobody does."),
    };
    let role = held("PATCH /me", "shape.read_only");
    let order = held("GET /orders/{orderId}", "provenance.reference");
    let broken = async |holds: Vec<Held>| {
        let options = Options { patience_ms: 0, ..Options::of_seed(7) };
        let outcome = tell(options, &mut Learning(holds), &mut Vec::new()).await.unwrap();
        outcome.broken
    };
    assert_eq!(
        broken(vec![role.clone(), held("GET /orders", "provenance.reference")]).await,
        [Broken::NotLearnt { clause: "provenance.reference" }]
    );
    assert_eq!(
        broken(vec![order.clone()]).await,
        [Broken::NotLearnt { clause: "shape.read_only" }]
    );
    assert_eq!(broken(vec![order, role]).await, []);
}

#[tokio::test]
async fn every_line_fits_a_terminal() {
    for judge in [None, Some(refuses_mallory as Judge)] {
        let lines = told(3, judge).await.lines;
        assert!(lines.iter().all(|it| it.chars().count() <= 80), "{}", lines.join("\n"));
    }
}
