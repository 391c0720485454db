//! The story, told with several guards: none, one that does its work, and several that do it badly.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bartizan_demo::client::{Ask, Client, Limits};
use bartizan_demo::story::{Broken, Options, Outcome, tell};
use serde_json::{Value, json};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

/// How a double decides: given what it read of the request and how many it refused so far.
type Judge = fn(&str, usize) -> Option<StatusCode>;

struct Double {
    shop: SocketAddr,
    judge: Judge,
    refused: AtomicUsize,
}

/// Puts a forwarding proxy in front of `shop` that refuses what `judge` says.
async fn double(shop: SocketAddr, judge: Judge) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let double = Arc::new(Double { shop, judge, refused: AtomicUsize::new(0) });
    let router = Router::new().fallback(serve).with_state(double);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn serve(State(double): State<Arc<Double>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let header = |name| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let read = read(&head.uri.to_string(), &body);
    if let Some(status) = (double.judge)(&read, double.refused.load(Ordering::Relaxed)) {
        let id = format!("decision-{}", double.refused.fetch_add(1, Ordering::Relaxed));
        let body = json!({ "title": "refused", "decision_id": id }).to_string();
        return (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response();
    }
    let ask = Ask {
        method: head.method,
        target: head.uri.to_string(),
        token: header(AUTHORIZATION).map(|it| it.trim_start_matches("Bearer ").to_owned()),
        json: header(CONTENT_TYPE).map(|_| String::from_utf8(body.to_vec()).unwrap()),
    };
    let mut client = Client::new(double.shop, Ipv4Addr::LOCALHOST, Limits::DEMO);
    let answer = client.send(&ask).await.unwrap();
    let kind = answer.headers[CONTENT_TYPE].clone();
    let status = StatusCode::from_u16(answer.status).unwrap();
    (status, [(CONTENT_TYPE, kind)], Body::from(answer.body)).into_response()
}

/// The decoded target and the decoded strings of the body, in lower case, comments as spaces.
fn read(target: &str, body: &[u8]) -> String {
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let fields = json.as_object().into_iter().flatten();
    let typed: Vec<_> = fields.filter_map(|(_, value)| value.as_str()).collect();
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
    ["' union select ", "' union all select ", "' or "].iter().any(|it| read.contains(it))
}

#[track_caller]
fn as_told(outcome: &Outcome, expected: bool) {
    assert_eq!(outcome.as_told, expected, "{}", outcome.lines.join("\n"));
}

/// Tells the story of `seed` with a double that judges by `judge`, or without a guard.
async fn told(seed: u64, judge: Option<Judge>) -> Outcome {
    let guard = async |shop| match judge {
        Some(judge) => double(shop, judge).await,
        None => Ok(shop),
    };
    let mut out = Vec::new();
    let outcome = tell(Options { seed, shop_port: 0 }, guard, &mut out).await.unwrap();
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
        ]
    );
}

#[tokio::test]
async fn with_a_guard_that_refuses_the_attacks_everything_is_as_told() {
    for seed in [1, 2, 3] {
        let outcome =
            told(seed, Some(|read, _| is_mallorys(read).then_some(StatusCode::FORBIDDEN)));
        let outcome = outcome.await;
        as_told(&outcome, true);
        assert_ne!(outcome.front, outcome.shop);
        assert_eq!(outcome.decision_ids.len(), 6);
    }
}

#[tokio::test]
async fn another_seed_tells_of_other_people() {
    let mallory = async |seed| told(seed, None).await.lines[2].clone();
    let (one, another, third) = (mallory(1).await, mallory(2).await, mallory(3).await);
    assert!(one.starts_with("2. Mallory"), "{one}");
    assert!(one != another && another != third && third != one, "{one}");
}

#[tokio::test]
async fn a_guard_that_misses_one_trick_is_found_out() {
    let judge: Judge =
        |read, _| (is_mallorys(read) && !read.contains("role")).then_some(StatusCode::FORBIDDEN);
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
    assert_eq!(outcome.decision_ids.len(), 6);
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
