//! Refusals in the protocol of the client: gRPC, GraphQL, and pages of browsers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use http::Request;
use support::bartizan::{Bartizan, configuration};
use support::client::Answer;
use support::h2_peers::{call, grpc_call};
use support::upstream::Upstream;

/// An instance that refuses what is below `/admin`, attacks, and bodies beyond ten bytes.
fn refusing(upstream: &Upstream) -> Bartizan {
    let more = "limits: {body_bytes_max: 64}\nroutes:\n  - {name: admin, path: /admin, refuse: true}\n  \
                - {name: grpc, path: /shop.Admin, refuse: true}\n  - {name: all}\n";
    Bartizan::configured(&configuration(upstream.address, "enforce", more))
}

#[test]
fn a_grpc_client_is_refused_with_a_status() {
    let upstream = Upstream::echoing_targets();
    let bartizan = refusing(&upstream);
    for (path, body, status, code) in [
        ("/shop.Admin/Get", &b"\0\0\0\0\0"[..], "7", "route.refused"),
        ("/a/../b/Get", b"\0\0\0\0\0", "3", "path.dot_segment"),
        ("/shop.Orders/Put", &[0; 200], "8", "body.size"),
    ] {
        let called = call(bartizan.address, None, grpc_call(path), Some(body));
        assert_eq!(called.status, 200, "{path}");
        assert!(called.is_head_only, "a head that is all: {path}");
        assert_eq!(called.fields["content-type"], "application/grpc");
        assert_eq!(called.fields["grpc-status"], status, "{path}");
        let message = called.fields["grpc-message"].to_str().unwrap();
        assert!(message.contains(code) && message.contains("decision "), "{message}");
    }
    // Calls begin before their first message is there, so a length is seen late: nothing of it leaves.
    let seen = upstream.text();
    assert!(!seen.contains("Admin") && !seen.contains("/b/Get"), "{seen}");
    assert!(!seen.ends_with("0\r\n\r\n"), "{seen}");
}

#[test]
fn a_grpc_client_is_told_that_the_api_is_away() {
    let address = Upstream::nobody();
    let bartizan = Bartizan::configured(&configuration(address, "enforce", ""));
    let called = call(bartizan.address, None, grpc_call("/shop.Orders/Get"), Some(b"\0\0\0\0\0"));
    assert_eq!((called.status, called.field("grpc-status")), (200, Some("14")));
}

#[test]
fn a_grpc_web_client_is_refused_with_a_status() {
    let upstream = Upstream::echoing_targets();
    let bartizan = refusing(&upstream);
    for (version, expected) in [
        ("application/grpc-web+proto", "application/grpc-web"),
        ("application/grpc-web-text", "application/grpc-web"),
    ] {
        let answer = bartizan.ask(&format!(
            "POST /admin/Get HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nContent-Type: {version}\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0"
        ));
        assert_eq!((answer.status, answer.field("grpc-status")), (200, Some("7")));
        assert!(answer.field("content-type").unwrap().starts_with(expected));
        let exposed = answer.field("access-control-expose-headers").unwrap();
        assert!(exposed.contains("grpc-status") && exposed.contains("grpc-message"), "{exposed}");
    }
}

#[test]
fn a_graphql_client_is_refused_with_errors() {
    let upstream = Upstream::echoing_targets();
    let bartizan = refusing(&upstream);
    for (target, media_type) in [
        ("/graphql", "application/json"),
        ("/api/graphql?a", "application/json"),
        ("/q", "application/graphql+json"),
    ] {
        let body = "{\"query\":\"a\",\"variables\":{\"id\":\"1' OR '1'='1\"}}";
        let answer = bartizan.ask(&format!(
            "POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ));
        assert_eq!(answer.status, 403, "{target}");
        assert_eq!(answer.field("content-type"), Some("application/json"));
        let document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        let error = &document["errors"][0];
        assert_eq!(error["message"], "request refused");
        assert_eq!(error["extensions"]["code"], "content.sql_injection");
        assert!(error["extensions"]["decision_id"].as_str().unwrap().len() == 36);
    }
    assert_eq!(upstream.text(), "");
}

fn from_page(bartizan: &Bartizan, method: &str, origin: &str, more: &str) -> Answer {
    bartizan.ask(&format!("{method} /admin HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\n{more}\r\n"))
}

#[test]
fn a_page_may_read_why_it_was_refused() {
    let upstream = Upstream::echoing_targets();
    let bartizan = refusing(&upstream);
    let answer = from_page(&bartizan, "GET", "https://shop.example", "");
    assert_eq!((answer.status, answer.code().as_str()), (403, "route.refused"));
    assert_eq!(answer.field("access-control-allow-origin"), Some("https://shop.example"));
    assert_eq!(answer.field("access-control-allow-credentials"), Some("true"));
    assert_eq!(answer.field("vary").map(str::to_ascii_lowercase).as_deref(), Some("origin"));
    assert_eq!(answer.field("cache-control"), Some("no-store"));
    let ordinary = bartizan.get("/admin");
    assert!(!ordinary.head.contains("access-control"), "{}", ordinary.head);
    for hostile in ["https://a\" b", "a,b", "https://\u{e4}.example"] {
        let answer = from_page(&bartizan, "GET", hostile, "");
        assert_eq!(answer.field("access-control-allow-origin"), None, "{hostile}");
    }
    let asks = "Access-Control-Request-Method: PUT\r\n";
    let preflight = from_page(&bartizan, "OPTIONS", "https://shop.example", asks);
    assert_eq!(preflight.status, 403);
    assert_eq!(
        bartizan
            .ask(&format!(
                "OPTIONS /a HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n{asks}\r\n"
            ))
            .text(),
        "/a"
    );
}

#[test]
fn a_page_may_read_how_long_to_wait() {
    let upstream = Upstream::echoing_targets();
    let more = "clients: {rate: 1/m}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    from_page(&bartizan, "GET", "https://shop.example", "");
    let answer = from_page(&bartizan, "GET", "https://shop.example", "");
    assert_eq!((answer.status, answer.code().as_str()), (429, "client.too_fast"));
    assert!(answer.field("access-control-expose-headers").unwrap().contains("retry-after"));
    assert!(answer.field("retry-after").is_some());
}

#[test]
fn over_http2_a_refusal_is_the_same_document() {
    let upstream = Upstream::echoing_targets();
    let bartizan = refusing(&upstream);
    let request =
        Request::get("http://x/admin").header("origin", "https://a.example").body(()).unwrap();
    let called = call(bartizan.address, None, request, None);
    assert_eq!(called.status, 403);
    assert_eq!(called.fields["content-type"], "application/problem+json");
    assert_eq!(called.fields["access-control-allow-origin"], "https://a.example");
    let document: serde_json::Value = serde_json::from_slice(&called.body()).unwrap();
    assert_eq!(document["code"], "route.refused");
}
