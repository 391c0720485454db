//! Answers held to a description: what is a fault, and what is never one.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use bartizan_model::place::Place;
use bartizan_spec::answer::Answers;
use bartizan_spec::request::{FaultOfRequest, Faults, Requests};
use bartizan_spec::{Limits, no_files, read};

const SHOP: &str = r##"
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders/{id}:
    get:
      responses:
        "200":
          description: one
          content:
            application/json: {schema: {$ref: "#/components/schemas/Order"}}
            text/csv: {}
        4XX:
          description: none
          content: {application/problem+json: {schema: {type: object, required: [code]}}}
        "404": {description: not there}
    delete: {responses: {"204": {description: gone}, default: {description: else, content: {text/plain: {}}}}}
  /health:
    get: {responses: {}}
components:
  schemas:
    Secret: {type: string, writeOnly: true}
    Order:
      type: object
      required: [total, pin, lines]
      additionalProperties: false
      properties:
        id: {type: integer, readOnly: true}
        total: {type: number, minimum: 0}
        pin: {type: string, writeOnly: true}
        token: {$ref: "#/components/schemas/Secret"}
        lines: {type: array, items: {type: object, properties: {sku: {type: string}}}}
"##;

type Fault = (FaultOfRequest, Place);

/// The faults of an answer.
fn faults(method: &str, path: &str, status: u16, media: &str, body: &str) -> Vec<Fault> {
    let api = read(SHOP, "shop.yaml", &no_files, &Limits::default()).unwrap().api;
    let (requests, answers) = (Requests::of(&api), Answers::of(&api));
    assert_eq!(answers.gaps(), 0);
    let operation = requests.find(method, path).unwrap();
    let mut faults = Faults::default();
    let media = Some(media.as_bytes()).filter(|it| !it.is_empty());
    if let Some(held) = answers.head(operation, status, media, &mut faults) {
        answers.body(held, body.as_bytes(), &mut faults);
    }
    faults.into_all().into_iter().map(|it| (it.kind, it.place)).collect()
}

#[track_caller]
fn order(body: &str, expected: &[(FaultOfRequest, &str)]) {
    let expected: Vec<Fault> = expected.iter().map(|it| (it.0, Place::body(it.1))).collect();
    assert_eq!(faults("GET", "/orders/1", 200, "application/json", body), expected, "{body}");
}

#[test]
fn a_body_is_as_it_is_declared() {
    use FaultOfRequest::{Missing, Undeclared, Unfit};
    order(r#"{"id":1,"total":3,"lines":[{"sku":"a"}]}"#, &[]);
    order(r#"{"total":3}"#, &[(Missing, "$.lines")]);
    order(r#"{"total":-1,"lines":[{"sku":5}]}"#, &[(Unfit, "$.total"), (Unfit, "$.lines[*].sku")]);
    order(r#"{"total":3,"lines":[],"cost":1}"#, &[(Undeclared, "$.cost")]);
    order("", &[(Missing, "$")]);
    order("{", &[(Unfit, "$")]);
    order(r#"{"total":3,"total":-3,"lines":[]}"#, &[(Unfit, "$")]);
}

#[test]
fn what_is_write_only_is_in_no_answer() {
    use FaultOfRequest::{Undeclared, Unfit};
    order(r#"{"total":3,"lines":[],"pin":"1"}"#, &[(Undeclared, "$.pin")]);
    order(r#"{"total":3,"lines":[],"token":"t"}"#, &[(Unfit, "$.token")]);
}

#[test]
fn statuses_and_media_types_are_declared() {
    use FaultOfRequest::{MediaType, Undeclared};
    let of = |status, media| faults("GET", "/orders/1", status, media, "{}");
    let media = vec![(MediaType, Place::header(b"content-type"))];
    assert_eq!(of(200, "text/html"), media);
    assert_eq!(of(200, ""), media);
    assert_eq!(of(200, "Text/CSV; charset=utf-8"), []);
    assert_eq!(of(202, "application/json"), [(Undeclared, Place::Name)]);
    // The narrower one counts, and says nothing of bodies.
    assert_eq!(of(404, "text/html"), []);
    assert_eq!(of(409, "application/problem+json").len(), 1);
    // Hardly a description has all errors.
    assert_eq!(of(500, "text/html"), []);
}

#[test]
fn what_is_left_open_is_never_a_fault() {
    assert_eq!(faults("DELETE", "/orders/1", 204, "", ""), []);
    assert_eq!(faults("DELETE", "/orders/1", 200, "text/plain", "x"), []);
    assert_eq!(faults("GET", "/health", 200, "text/html", "x"), []);
}
