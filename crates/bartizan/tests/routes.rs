//! Routes: which upstream a request reaches, and under what name; and that no other spelling of it
//! reaches another.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use support::bartizan::{Bartizan, configuration};
use support::client::Answer;
use support::upstream::{Upstream, ok};

/// An upstream that answers with its name, the target and the host that it is told.
fn named(name: &'static str) -> Upstream {
    Upstream::answering(move |it| ok(&format!("{name} {} {}", it.target(), it.fields("host")[0])))
}

struct Two {
    bartizan: Bartizan,
    one: Upstream,
    _two: Upstream,
}

/// Two upstreams, `one` being the default, and these routes.
fn two(mode: &str, routes: &str) -> Two {
    let (one, second) = (named("one"), named("two"));
    let more = format!(
        "upstreams:\n  - {{name: two, url: 'http://{}'}}\nroutes:\n{routes}",
        second.address
    );
    let bartizan = Bartizan::configured(&configuration(one.address, mode, &more));
    Two { bartizan, one, _two: second }
}

fn ask(bartizan: &Bartizan, host: &str, target: &str) -> Answer {
    bartizan.ask(&format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
}

/// Expects for each `(host, target)` that its answer begins so, or is refused with this code.
#[track_caller]
fn check(bartizan: &Bartizan, rows: &[(&str, &str, &str)]) {
    let mut wrong = Vec::new();
    for (host, target, expected) in rows {
        let answer = ask(bartizan, host, target);
        let code = answer.code();
        let found = if code.is_empty() { answer.text() } else { code };
        if !found.starts_with(expected) {
            wrong.push(format!("{host} {target}: {found}, expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_most_specific_route_takes_a_request() {
    let it = two(
        "enforce",
        "  - {name: any, upstream: default}\n\
         \x20 - {name: exact, host: api.example, upstream: two}\n\
         \x20 - {name: under, host: '*.example', upstream: two}\n\
         \x20 - {name: exports, host: api.example, path: /orders/exports, upstream: default}\n\
         \x20 - {name: secret, path: /secret, refuse: true}\n\
         \x20 - {name: orders, host: api.example, path: /orders, upstream: two}\n",
    );
    check(
        &it.bartizan,
        &[
            ("api.example", "/a", "two /a"),
            ("API.example:81", "/a", "two /a"),
            ("api.example", "/orders/7", "two /orders/7"),
            ("api.example", "/orders/exports/7", "one /orders/exports/7"),
            ("api.example", "/orders/exportsx", "two "),
            ("api.example", "/orders/exports?a=b", "one "),
            ("eu.example", "/a", "two "),
            ("a.eu.example", "/a", "two "),
            ("example", "/a", "one "),
            ("other", "/orders/7", "one "),
            ("other", "/secret", "route.refused"),
            ("other", "/secret/a", "route.refused"),
            ("other", "/secrets", "one "),
            ("127.0.0.1", "/", "one "),
            ("[::1]:80", "/", "one "),
        ],
    );
}

#[test]
fn what_no_route_is_for_is_not_found() {
    let it = two("observe", "  - {name: v1, path: /v1, upstream: two}\n");
    check(
        &it.bartizan,
        &[("x", "/v1/a", "two "), ("x", "/v2", "route.unknown"), ("x", "/", "route.unknown")],
    );
    let answer = ask(&it.bartizan, "x", "/v2");
    assert_eq!(answer.status, 404);
    assert_eq!(it.one.text(), "");
    assert_eq!(it.bartizan.at_least(4)[1]["hits"][0]["code"], "route.unknown");
}

#[test]
fn no_spelling_leads_around_a_route_that_refuses() {
    let routes =
        "  - {name: admin, path: /admin, refuse: true}\n  - {name: all, upstream: default}\n";
    for mode in ["observe", "enforce"] {
        for paths in ["reject", "preserve", "canonicalise"] {
            let routes =
                routes.replace("upstream: default", &format!("upstream: default, paths: {paths}"));
            let it = two(mode, &routes);
            for target in [
                "/admin",
                "/admin/",
                "/admin?a",
                "/%61dmin",
                "/admin%2fusers",
                "/admin%2f..%2fadmin",
                "/x/../admin",
                "/x/%2e%2e/admin",
                "/x/..%2fadmin",
                "/x/..;/admin",
                "/./admin",
                "//admin",
                "/x/..\\admin",
                "\\admin",
                "/%5cadmin",
                "/admin/x/..",
                "/admin%2Fusers",
            ] {
                let answer = ask(&it.bartizan, "x", target);
                assert!(
                    (400..500).contains(&answer.status),
                    "{mode} {paths} {target}: {}",
                    answer.text()
                );
            }
            assert_eq!(it.one.text(), "", "{mode} {paths}");
            assert!(ask(&it.bartizan, "x", "/administrator").text().starts_with("one "));
        }
    }
}

#[test]
fn paths_are_judged_preserved_or_made_canonical() {
    let it = two(
        "enforce",
        "  - {name: npm, path: /npm, paths: preserve, upstream: default}\n\
         \x20 - {name: old, path: /old, paths: canonicalise, upstream: default}\n\
         \x20 - {name: strict, path: /strict, paths: reject, upstream: default}\n\
         \x20 - {name: all, upstream: default}\n",
    );
    check(
        &it.bartizan,
        &[
            ("x", "/npm/@scope%2fname", "one /npm/@scope%2fname "),
            ("x", "/npm/a//b", "one /npm/a//b "),
            ("x", "/npm/a/../b", "path.dot_segment"),
            ("x", "/npm/a/%2e%2e/b", "path.dot_segment"),
            ("x", "/old/a/../b", "one /old/b "),
            ("x", "/old//a\\b", "one /old/a/b "),
            ("x", "/old/%61%3fb?c=%61", "one /old/a%3Fb?c=%61 "),
            ("x", "/old/a%252fb", "one /old/a%252fb "),
            ("x", "/old/%252e%252e/b", "path.double_encoding"),
            ("x", "/strict/a%252fb", "path.double_encoding"),
            ("x", "/strict/a%2fb", "path.encoded_slash"),
            // Where it leads out of its route, the other route says what holds.
            ("x", "/old/../a", "path.dot_segment"),
            ("x", "/%61", "one /%61 "),
            ("x", "/a%2fb;c//d", "one /a%2fb;c//d "),
            ("x", "/old;a", "path.parameter"),
            ("x", "/a/..%2fb", "path.encoded_slash"),
            ("x", "/a/%2e%2e/old/b", "one /old/b "),
        ],
    );
}

#[test]
fn a_prefix_is_replaced_and_nothing_escapes_the_replacement() {
    let it = two(
        "observe",
        "  - {name: shop, path: /shop, rewrite: /v1/shop, upstream: default}\n\
         \x20 - {name: bare, path: /bare, rewrite: /, upstream: default}\n\
         \x20 - {name: told, path: /told, host_field: upstream, upstream: default}\n\
         \x20 - {name: all, upstream: two}\n",
    );
    check(
        &it.bartizan,
        &[
            ("x", "/shop", "one /v1/shop x"),
            ("x", "/shop?a=/shop", "one /v1/shop?a=/shop x"),
            ("x", "/shop/7?a", "one /v1/shop/7?a x"),
            ("x", "/shopping", "two /shopping x"),
            ("x", "/bare", "one / x"),
            ("x", "/bare/7", "one /7 x"),
            ("x", "/bare?a", "one /?a x"),
            // Every other spelling of the prefix is replaced as well.
            ("x", "/%73hop/7", "one /v1/shop/7 x"),
            ("x", "//shop/7", "one /v1/shop/7 x"),
            ("x", "/a/../shop/7", "one /v1/shop/7 x"),
            ("x", "/a%2f..%2fshop%2f7", "one /v1/shop/7 x"),
            ("x", "\\shop\\7", "framing."),
            ("x", "/shop/a/../7", "one /v1/shop/7 x"),
            // What leads out of the prefix is not in it.
            ("x", "/shop/../7", "two /shop/../7 x"),
            ("x", "/shop/..%2f7", "two "),
            ("x", "/shop/%2e%2e/%2e%2e/7", "two "),
            ("x", "http://x/shop/7", "one /v1/shop/7 x"),
        ],
    );
    assert!(ask(&it.bartizan, "x", "/told").text().contains(&it.one.address.to_string()));
    assert!(!it.one.text().contains(".."));
}

#[test]
fn a_route_has_a_mode_of_its_own() {
    let it = two(
        "observe",
        "  - {name: strict, path: /strict, mode: enforce, upstream: default}\n\
         \x20 - {name: all, upstream: default}\n",
    );
    let attack = "?id=1%27%20OR%20%271%27=%271";
    check(
        &it.bartizan,
        &[
            ("x", &format!("/strict{attack}"), "content.sql_injection"),
            ("x", &format!("/lax{attack}"), "one "),
            ("x", &format!("/x/../strict{attack}"), "path.dot_segment"),
        ],
    );
}

#[test]
fn fields_with_underscores_pass_are_dropped_or_refused() {
    let upstream = Upstream::echoing_targets();
    let more = "routes:\n  - {name: a, path: /drop, underscores: drop}\n  \
                - {name: b, path: /reject, underscores: reject}\n  - {name: c}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", more));
    let ask = |target| {
        bartizan.ask(&format!("GET {target} HTTP/1.1\r\nHost: x\r\nX_User: 1\r\nX-User: 2\r\n\r\n"))
    };
    assert_eq!(ask("/drop").text(), "/drop");
    let head = upstream.text();
    assert!(head.contains("X-User: 2") && !head.contains("X_User"), "{head}");
    assert_eq!(ask("/reject").code(), "field.underscore");
    assert_eq!(ask("/pass").text(), "/pass");
    assert!(upstream.text().contains("X_User: 1"));
}

#[test]
fn a_route_may_fail_open() {
    let upstream = Upstream::answering(|it| ok(&it.body.len().to_string()));
    let more = "limits:\n  held_bytes_max: 1MiB\n  inspect_bytes_max: 2KiB\n\
                routes:\n  - {name: open, path: /open, fail_open: true}\n  - {name: all}\n";
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", more));
    let ask = |target: &str| {
        let body = format!("[\"{}\"]", "a".repeat(4_096));
        let length = body.len();
        bartizan.ask(&format!(
            "POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    };
    assert_eq!(ask("/closed").code(), "content.unexamined");
    assert_eq!(ask("/open").text(), "4100");
    let seen = bartizan.at_least(2);
    assert_eq!(seen[1]["hits"][0]["effect"], "failed_open");
    assert_eq!(seen[1]["hits"][0]["code"], "content.unexamined");
}

/// A reload changes routes, and keeps connections to upstreams that it does not change.
#[test]
fn routes_change_with_a_reload() {
    let upstream = Upstream::echoing_targets();
    let with = |routes: &str| configuration(upstream.address, "enforce", routes);
    let bartizan = Bartizan::configured(&with(""));
    assert_eq!(bartizan.get("/admin").text(), "/admin");
    bartizan
        .reload(&with("routes:\n  - {name: admin, path: /admin, refuse: true}\n  - {name: all}\n"));
    assert_eq!(bartizan.get("/admin").code(), "route.refused");
    assert_eq!(bartizan.get("/a").text(), "/a");
    assert_eq!(upstream.received().len(), 1, "one connection");
}

/// `OPTIONS *` is for the server as a whole.
#[test]
fn the_server_itself_can_be_asked() {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::configured(&configuration(
        upstream.address,
        "enforce",
        "routes:\n  - {name: shop, path: /shop, rewrite: /v1}\n  - {name: all}\n",
    ));
    assert_eq!(bartizan.ask("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").text(), "*");
}

/// The host of a target in absolute form counts, and no other.
#[test]
fn the_host_cannot_be_said_twice() {
    let it = two(
        "observe",
        "  - {name: secret, host: secret.example, refuse: true}\n  - {name: all, upstream: default}\n",
    );
    let ask = |request: &str| it.bartizan.ask(request);
    assert_eq!(ask("GET http://secret.example/ HTTP/1.1\r\nHost: x\r\n\r\n").status, 400);
    assert_eq!(ask("GET http://x/ HTTP/1.1\r\nHost: secret.example\r\n\r\n").status, 400);
    for host in ["SECRET.example", "secret.example.", "secret.example:8080", "secret.example.:8080"]
    {
        let answer = ask(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert_eq!(answer.code(), "route.refused", "{host}");
    }
    for host in ["secret%2eexample", "secret.example,x", "secret.example x", "x@secret.example"] {
        let answer = ask(&format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        assert!(answer.status == 400 || answer.status == 403, "{host}: {}", answer.text());
    }
}
