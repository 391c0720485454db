//! Clients and upstreams that other people wrote, through the real binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use std::fs;
use support::bartizan::Bartizan;
use support::curl::{curl, is_there};
use support::real_upstream::{self, RealUpstream};

/// Runs `test` against each upstream behind an enforcing instance, if there is `curl`.
#[track_caller]
fn with_each(test: impl Fn(&RealUpstream, &Bartizan)) {
    if !is_there("curl") {
        return;
    }
    for upstream in real_upstream::all() {
        test(&upstream, &Bartizan::enforcing(upstream.address));
    }
}

#[test]
fn curl_gets_what_the_upstream_says() {
    with_each(|upstream, bartizan| {
        let rows: &[(&[&str], &str, &str)] = &[
            (&[], "/hello", "hello 200"),
            (&["--http1.0"], "/hello", "hello 200"),
            (&["--http2-prior-knowledge"], "/hello", "hello 200"),
            (&[], "/chunked", "one two three  200"),
            (&["--http1.0"], "/chunked", "one two three  200"),
            (&["--http2-prior-knowledge"], "/chunked", "one two three  200"),
            (&["--range", "2-5"], "/range", "2345 206"),
            (&[], "/range", "0123456789 200"),
            (&[], "/moved", " 302"),
            (&["--location"], "/moved", "hello 200"),
            (&[], "/nothing", "no such thing 404"),
            (
                &["-d", "{\"a\":1}", "-H", "Content-Type: application/json"],
                "/echo",
                "POST 7 520 200",
            ),
            (
                &[
                    "--http2-prior-knowledge",
                    "-d",
                    "{\"a\":1}",
                    "-H",
                    "Content-Type: application/json",
                ],
                "/echo",
                "POST 7 520 200",
            ),
            (&["-X", "POST"], "/echo", "POST 0 0 200"),
        ];
        for (flags, target, expected) in rows {
            let url = bartizan.url(target);
            let mut arguments = vec!["--write-out", " %{http_code}", &url];
            arguments.extend_from_slice(flags);
            let it = curl(&arguments, None);
            let name = upstream.name;
            assert_eq!(
                (it.code, it.text().as_str()),
                (0, *expected),
                "{name}: {flags:?} {target}: {}",
                it.err
            );
        }
        assert_eq!(bartizan.at_least(rows.len() + 1).len(), rows.len() + 1, "one was redirected");
    });
}

#[test]
fn curl_asks_for_a_head_only() {
    with_each(|upstream, bartizan| {
        for version in ["--http1.1", "--http2-prior-knowledge"] {
            let it = curl(&["--head", version, &bartizan.url("/hello")], None);
            let text = it.text().to_lowercase();
            assert!(
                it.code == 0 && text.contains("content-length: 5"),
                "{}: {it:?}",
                upstream.name
            );
            assert!(text.ends_with("\r\n\r\n"), "{}: {text}", upstream.name);
        }
    });
}

#[test]
fn curl_sends_a_body_of_unknown_length() {
    with_each(|upstream, bartizan| {
        let file = bartizan.home().path().join("body");
        fs::write(&file, "x".repeat(300_000)).unwrap();
        let expected = format!("PUT 300000 {}", 300_000 * 120);
        for (version, kind) in [
            ("--http1.1", "application/octet-stream"),
            ("--http1.1", "text/plain"),
            ("--http2-prior-knowledge", "application/octet-stream"),
            ("--http2-prior-knowledge", "text/plain"),
        ] {
            let kind = format!("Content-Type: {kind}");
            let url = bartizan.url("/echo");
            let it = curl(&[version, "-T", "-", "-H", &kind, &url], Some(&file));
            assert_eq!(it.text(), expected, "{} {version} {kind}: {}", upstream.name, it.err);
        }
    });
}

/// `curl` waits for `100 Continue` with a body of this size.
#[test]
fn curl_is_told_to_go_on() {
    with_each(|upstream, bartizan| {
        let file = bartizan.home().path().join("body");
        fs::write(&file, vec![b'a'; 2 << 20]).unwrap();
        let data = format!("@{}", file.display());
        let expected = format!("POST {} {}", 2 << 20, (2_u64 << 20) * 97);
        for kind in ["application/octet-stream", "text/plain"] {
            let kind = format!("Content-Type: {kind}");
            let url = bartizan.url("/echo");
            let it = curl(
                &["-v", "-H", "Expect: 100-continue", "-H", &kind, "--data-binary", &data, &url],
                None,
            );
            assert_eq!(it.text(), expected, "{} {kind}: {}", upstream.name, it.err);
            assert!(it.err.contains("100 Continue"), "{} {kind}: {}", upstream.name, it.err);
        }
    });
}

#[test]
fn curl_keeps_its_connection() {
    with_each(|upstream, bartizan| {
        let urls = ["/hello", "/chunked", "/range", "/hello"].map(|it| bartizan.url(it));
        let mut arguments = vec!["--write-out", "[%{num_connects}]"];
        arguments.extend(urls.iter().map(String::as_str));
        let it = curl(&arguments, None);
        let expected = "hello[1]one two three [0]0123456789[0]hello[0]";
        assert_eq!(it.text(), expected, "{}: {}", upstream.name, it.err);
    });
}

#[test]
fn curl_is_refused_with_a_problem_document() {
    with_each(|upstream, bartizan| {
        for version in ["--http1.1", "--http2-prior-knowledge"] {
            let url = bartizan.url("/hello?q=1%27%20UNION%20SELECT%20password%20FROM%20users--%20");
            let it = curl(&[version, "--write-out", " %{http_code} %{content_type}", &url], None);
            let text = it.text();
            assert!(
                text.contains("\"code\":\"content.sql_injection\""),
                "{}: {text}",
                upstream.name
            );
            assert!(text.ends_with(" 403 application/problem+json"), "{}: {text}", upstream.name);
        }
    });
}
