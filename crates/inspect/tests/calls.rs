//! The calls within an envelope are the same whatever way a client writes them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use bartizan_inspect::envelope::Head;
use bartizan_inspect::envelope::calls::{BYTES_MAX, Calls, calls};
use serde_json::json;

fn post(body: &str) -> Option<Calls> {
    let head = Head {
        method: b"POST",
        path: b"/graphql",
        content_type: Some(b"application/json"),
        ..Head::default()
    };
    calls(&head, body.as_bytes())
}

#[track_caller]
fn check(body: impl std::fmt::Display, expected: &[serde_json::Value]) -> Calls {
    let found = post(&body.to_string()).expect("calls");
    let read = |it: &Vec<u8>| serde_json::from_slice::<serde_json::Value>(it).unwrap();
    assert_eq!(found.texts.iter().map(read).collect::<Vec<_>>(), expected);
    found
}

#[test]
fn a_variable_is_the_argument_that_it_stands_for_whatever_it_is_called() {
    let issue = json!({"issue": {"id": "17"}});
    for (document, variables) in [
        (r#"query I($id: ID!) { issue(id: $id) { id } }"#, json!({"id": "17"})),
        (r#"query I($x: ID!) { issue(id: $x) { id } }"#, json!({"x": "17"})),
        (r#"query I($x: ID = "17") { issue(id: $x) { id } }"#, json!(null)),
        (r#"{ issue(id: "17") { id } }"#, json!({"id": "18"})),
        (r#"{ issue(id: """17""") { id } }"#, json!({})),
        (r#"{ ...All } fragment All on Query { a: issue(id: "17") { id } }"#, json!({})),
        (r#"{ ... on Query { issue(id: "17") { id } } }"#, json!({})),
    ] {
        check(json!({"query": document, "variables": variables}), std::slice::from_ref(&issue));
    }
}

#[test]
fn input_objects_lists_and_literals_are_written_as_json() {
    let document = r#"mutation C($label: L) { create(input: {title: "a\"b", labels: [$label, {name: RED}], n: -1.5, is: true, none: null, gone: $gone}) { id } }"#;
    let sent = json!({"query": document, "variables": {"label": {"name": "x", "system": true}}});
    let input = json!({"title": "a\"b", "labels": [{"name": "x", "system": true}, {"name": "RED"}],
        "n": -1.5, "is": true, "none": null});
    check(sent, &[json!({"create": {"input": input}})]);
}

#[test]
fn each_alias_and_each_request_of_a_batch_is_a_call() {
    let document = r#"{ mine: issue(id: 1) { id } other: issue(id: 2) { id } viewer { name } }"#;
    let (one, two) = (json!({"issue": {"id": 1}}), json!({"issue": {"id": 2}}));
    let viewer = json!({"viewer": {}});
    let found = check(json!({"query": document}), &[one.clone(), two.clone(), viewer.clone()]);
    assert_eq!(found.names.of("$.data.other.id"), "$.data.issue.id");
    assert!(found.has_arguments);
    let batch = json!([{"query": "{ viewer { id } }"}, {"query": "{ issue(id: 1) { id } }"}]);
    let found = check(batch, &[viewer, one]);
    assert_eq!(found.names.of("$[*].data.issue.id"), "$.data.issue.id");
    let found = check(json!({"query": "{ viewer { x: name } }"}), &[json!({"viewer": {}})]);
    assert!(!found.has_arguments);
    assert_eq!(found.names.of("$.data.viewer.x"), "$.data.viewer.name");
}

#[test]
fn arguments_of_fields_below_the_root_stand_within_the_fields_around() {
    let document = "{ viewer { issues(first: 2) { comments(of: \"x\") { id } } } }";
    let expected = [
        json!({"viewer": {}}),
        json!({"viewer": {"issues": {"first": 2}}}),
        json!({"viewer": {"issues": {"comments": {"of": "x"}}}}),
    ];
    check(json!({"query": document}), &expected);
}

#[test]
fn the_operation_that_is_named_is_the_one_that_counts() {
    let document = "query A { a(x: 1) { id } } query B { b(x: 2) { id } }";
    check(json!({"query": document, "operationName": "B"}), &[json!({"b": {"x": 2}})]);
    let both = [json!({"a": {"x": 1}}), json!({"b": {"x": 2}})];
    check(json!({"query": document, "operationName": "C"}), &both);
}

#[test]
fn methods_of_json_rpc_are_calls() {
    let add = json!({"jsonrpc": "2.0", "id": 1, "method": "time.add", "params": {"issue": "x"}});
    let found = check(add.clone(), &[json!({"time.add": {"issue": "x"}})]);
    assert_eq!(found.names.of("$.result.entry"), "$.time\\x2eadd.entry");
    let other = json!({"jsonrpc": "2.0", "id": 2, "method": "time.remove", "params": ["y"]});
    let found = check(
        json!([add, other]),
        &[json!({"time.add": {"issue": "x"}}), json!({"time.remove": ["y"]})],
    );
    assert_eq!(found.names.of("$[*].result.entry"), "$.result.entry");
    let tool = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call",
        "params": {"name": "read", "arguments": {"path": "/a"}}});
    check(tool, &[json!({"tools/call read": {"path": "/a"}})]);
}

#[test]
fn a_query_in_the_url_is_a_call() {
    let head = Head {
        method: b"GET",
        path: b"/graphql",
        query: b"query=%7Bissue(id:%2217%22)%7Bid%7D%7D",
        ..Head::default()
    };
    let found = calls(&head, b"").unwrap();
    assert_eq!(found.texts, [br#"{"issue":{"id":"17"}}"#]);
}

#[test]
fn ordinary_json_is_no_envelope() {
    for body in
        [r#"{"query": "shoes"}"#, r#"{"a": 1}"#, r#"{"query": "{name}", "page": 1}"#, "[]", "{"]
    {
        assert!(post(body).is_none(), "{body}");
    }
}

#[test]
fn what_refers_to_itself_ends() {
    let document =
        "query A($a: [X] = [$a]) { ...F a(x: $a) { id } } fragment F on Q { ...F b { id } }";
    let found = post(&json!({"query": document}).to_string()).unwrap();
    assert!(found.is_more);
    assert!(found.texts.contains(&br#"{"a":{"x":[null]}}"#.to_vec()));
}

#[test]
fn what_is_written_is_bounded() {
    let long = "x".repeat(20_000);
    let document = format!("query A($a: X) {{ {} }}", "a(x: $a, y: $a) { id } ".repeat(1_000));
    let found = post(&json!({"query": document, "variables": {"a": long}}).to_string()).unwrap();
    assert!(found.is_more);
    assert!(found.texts.iter().map(Vec::len).sum::<usize>() <= BYTES_MAX);
}
