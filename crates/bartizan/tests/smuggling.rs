//! Requests that two servers would read differently: refused with their code, the connection
//! closed, and not one byte at the upstream.
//!
//! Source   RFC 9112; the case families of public desynchronisation research.

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
use support::upstream::Upstream;

/// What every request below tries to sneak in behind itself.
const SECOND: &str = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

/// Expects that each of `(code, request)` is refused so, whatever follows it, and that its
/// connection is closed; and nothing at the upstream.
#[track_caller]
fn check_all(rows: &[(&str, &str)]) {
    let upstream = Upstream::echoing_targets();
    let bartizan = Bartizan::observing(upstream.address);
    let mut wrong = Vec::new();
    for (code, request) in rows {
        let mut client = bartizan.client();
        client.send(format!("{request}{SECOND}"));
        let answer = client.answer();
        let rest = String::from_utf8_lossy(&client.rest()).into_owned();
        if answer.code() != *code || !rest.is_empty() || answer.field("connection") != Some("close")
        {
            wrong.push(format!("{request:?}: not {code} but {} then {rest:?}", answer.text()));
        }
    }
    assert_eq!(upstream.text(), "", "at the upstream");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let seen = bartizan.exactly(rows.len());
    for (observation, (code, request)) in seen.iter().zip(rows) {
        assert_eq!(observation["outcome"], "refused", "{request}");
        assert_eq!(observation["hits"][0]["code"], *code, "{request}");
    }
}

#[test]
fn two_framings_are_refused() {
    check_all(&[
        (
            "framing.length_and_chunked",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "framing.length_and_chunked",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        ),
        (
            "framing.length_and_chunked",
            "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
        ),
        (
            "framing.lengths_differ",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello",
        ),
        (
            "framing.lengths_differ",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        ),
        (
            "framing.lengths_differ",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 0\r\n\r\nhello",
        ),
        (
            "framing.lengths_differ",
            "POST / HTTP/1.1\r\nHost: h\r\ncontent-length: 0\r\nCONTENT-LENGTH: 5\r\n\r\n",
        ),
        (
            "framing.old_version_chunked",
            "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "framing.old_version_chunked",
            "POST / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "framing.upgrade_with_body",
            "POST / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n\r\nhello",
        ),
        ("framing.folded_name", "POST / HTTP/1.1\r\nHost: h\r\nContent_Length: 5\r\n\r\nhello"),
        (
            "framing.folded_name",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer_Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
    ]);
}

#[test]
fn a_length_is_one_plain_number() {
    let rows = [
        "",
        "+5",
        "-0",
        "0x5",
        "5_0",
        "5 5",
        "5;",
        "\"5\"",
        "5.0",
        "1e3",
        "18446744073709551621",
        "٥",
    ];
    let requests: Vec<String> = rows
        .iter()
        .map(|it| format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {it}\r\n\r\nhello"))
        .collect();
    let rows: Vec<_> =
        requests.iter().map(|it| ("framing.length_malformed", it.as_str())).collect();
    check_all(&rows);
}

#[test]
fn a_transfer_coding_is_exactly_chunked() {
    let rows = [
        "",
        "identity",
        "gzip",
        "gzip, chunked",
        "chunked, gzip",
        "chunked, chunked",
        "chunked, identity",
        "xchunked",
        "chunked;a=b",
        "chunked,",
        ",chunked",
        "\"chunked\"",
        "'chunked'",
        "chun ked",
        "cow",
        "chunked\r\nTransfer-Encoding: chunked",
        "chunked\r\nTransfer-Encoding: cow",
        "identity\r\nTransfer-Encoding: chunked",
    ];
    let requests: Vec<String> = rows
        .iter()
        .map(|it| format!("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: {it}\r\n\r\n0\r\n\r\n"))
        .collect();
    let rows: Vec<_> = requests.iter().map(|it| ("framing.coding_unknown", it.as_str())).collect();
    check_all(&rows);
}

#[test]
fn lines_and_fields_have_one_reading() {
    check_all(&[
        ("framing.bare_lf", "GET / HTTP/1.1\nHost: h\n\n"),
        ("framing.bare_lf", "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n"),
        ("framing.bare_lf", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\n"),
        (
            "framing.bare_cr",
            "GET / HTTP/1.1\r\nHost: h\r\nA: b\rTransfer-Encoding: chunked\r\n\r\n",
        ),
        ("framing.bare_cr", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n"),
        ("framing.nul", "GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n"),
        ("framing.nul", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"),
        (
            "framing.control_byte",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "framing.control_byte",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\x0c\r\n\r\n0\r\n\r\n",
        ),
        ("framing.control_byte", "GET /\x7f HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.folded", "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n"),
        (
            "framing.coding_unknown",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        ),
        ("framing.folded", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"),
        (
            "framing.space_before_colon",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "framing.space_before_colon",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length\t: 5\r\n\r\nhello",
        ),
        ("framing.field_name", "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n"),
        ("framing.field_name", "GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n"),
        ("framing.field_name", "POST / HTTP/1.1\r\nHost: h\r\nTransfer Encoding: chunked\r\n\r\n"),
        ("framing.field_name", "GET / HTTP/1.1\r\nHost: h\r\nX(: b\r\n\r\n"),
        ("framing.field_name", "GET / HTTP/1.1\r\nHost: h\r\nß: b\r\n\r\n"),
    ]);
}

#[test]
fn a_request_line_has_one_reading() {
    check_all(&[
        ("framing.request_line", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n"),
        ("framing.request_line", " GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET /\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET / HTTP/1.1 HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET / HTTP/1.2\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET / HTTP/01.1\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GET / http/1.1\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "GE(T / HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.request_line", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"),
    ]);
}

#[test]
fn a_request_names_one_host_and_one_path() {
    check_all(&[
        ("framing.host_missing", "GET / HTTP/1.1\r\n\r\n"),
        ("framing.host_repeated", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
        ("framing.host_repeated", "GET / HTTP/1.1\r\nHost: h\r\nhost: evil\r\n\r\n"),
        ("framing.host_repeated", "GET http://evil/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.host_repeated", "GET http://h:81/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.host_missing", "GET http://h/ HTTP/1.1\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost: h/../evil\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost: user@h\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost: h, evil\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost: h:80:80\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost: h:x\r\n\r\n"),
        ("framing.host_malformed", "GET / HTTP/1.1\r\nHost: h#\r\n\r\n"),
        ("framing.target_form", "GET h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.target_form", "GET * HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.target_form", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.target_form", "GET https://h/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.target_form", "GET http://h?x HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.target_form", "GET @evil/ HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.host_malformed", "GET http://u@h/ HTTP/1.1\r\nHost: u@h\r\n\r\n"),
        ("framing.connect", "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"),
        ("framing.connect", "CONNECT / HTTP/1.1\r\nHost: h\r\n\r\n"),
        ("framing.overlong_utf8", "GET /%c0%ae%c0%ae/ HTTP/1.1\r\nHost: h\r\n\r\n"),
    ]);
}

#[test]
fn chunks_have_one_reading() {
    let rows = [
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5_\r\nhello\r\n0\r\n\r\n",
        " 5\r\nhello\r\n0\r\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n",
        "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\n0\r\n\r\n",
        "5\r\nhelloX\r\n0\r\n\r\n",
        "5\r\nhello0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
        "5;a\nb\r\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5 ;a\r\nhello\r\n0\r\n\r\n",
        ";a\r\nhello\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "0\r\n\n",
        "0\r\nX : 1\r\n\r\n",
        "0\r\nX: 1\n\r\n",
        "0\r\n X: 1\r\n\r\n",
        "g\r\n",
    ];
    let requests: Vec<String> = rows
        .iter()
        .map(|it| format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n{it}"))
        .collect();
    let rows: Vec<_> = requests.iter().map(|it| ("framing.chunk_malformed", it.as_str())).collect();
    check_all(&rows);
}

#[test]
fn a_head_has_limits() {
    let long = "a".repeat(9 * 1024);
    let many = "A: b\r\n".repeat(128);
    let large = format!("A: {}\r\n", "b".repeat(8 * 1024)).repeat(5);
    check_all(&[
        ("limit.target", &format!("GET /{long} HTTP/1.1\r\nHost: h\r\n\r\n")),
        ("limit.fields", &format!("GET / HTTP/1.1\r\nHost: h\r\n{many}\r\n")),
        ("limit.head", &format!("GET / HTTP/1.1\r\nHost: h\r\n{large}\r\n")),
    ]);
}

/// A path that two servers would read differently; a clause, not the law.
#[test]
fn an_ambiguous_path_is_refused_where_that_is_enforced() {
    let rows = [
        ("path.encoded_slash", "/a%2fb"),
        ("path.encoded_slash", "/a%2Fb"),
        ("path.backslash", "/a\\b"),
        ("path.backslash", "/a%5cb"),
        ("path.dot_segment", "/a/../b"),
        ("path.dot_segment", "/a/./b"),
        ("path.dot_segment", "/a/.."),
        ("path.dot_segment", "/%2e%2e/b"),
        ("path.dot_segment", "/.%2E/b"),
        ("path.dot_segment", "/..;/b"),
        ("path.empty_segment", "//b"),
        ("path.empty_segment", "/a//b"),
        ("path.parameter", "/a;b=c"),
        ("path.double_encoding", "/a%252fb"),
        ("path.encoded_control", "/a%0d%0aSet-Cookie:x"),
        ("path.encoded_nul", "/a%00"),
        ("path.encoded_nul", "/a?b=%00"),
        ("path.malformed_percent", "/a%zz"),
        ("path.malformed_percent", "/a%"),
        ("path.fragment", "/a#b"),
        ("path.fragment", "/a?b#c"),
    ];
    let upstream = Upstream::echoing_targets();
    let yaml = configuration(
        upstream.address,
        "enforce",
        "clauses:\n  content.sqli: off\n  content.xss: off\n\
         routes:\n  - {name: strict, paths: reject, upstream: default}\n",
    );
    let bartizan = Bartizan::configured(&yaml);
    for (code, target) in rows {
        assert_eq!(bartizan.get(target).code(), code, "{target}");
    }
    assert_eq!(bartizan.ask("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n").code(), "method.trace");
    assert_eq!(upstream.text(), "");
}
