//! Requests held to a description: the six kinds of faults, and what is never one.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use bartizan_model::head::{Framing, HeadWriter, RequestHead, Version};
use bartizan_model::place::Place;
use bartizan_spec::request::{BodyIs, FaultOfRequest, Faults, NoOperation, Requests};
use bartizan_spec::{Limits, no_files, read};

const SHOP: &str = r##"
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: "https://shop.test/v1"}]
security: [{token: []}, {key: []}]
paths:
  /orders:
    get:
      parameters:
        - {name: page, in: query, schema: {type: integer, minimum: 1}}
        - {name: status, in: query, schema: {type: array, items: {enum: [new, paid]}}}
        - {name: since, in: query, schema: {type: string, format: date}}
        - {name: filter, in: query, style: deepObject, schema: {type: object, properties: {a: {type: string}}}}
        - {name: X-Tenant, in: header, required: true, schema: {type: string, format: uuid}}
        - {name: lang, in: cookie, schema: {enum: [de, en]}}
      responses: {"200": {description: all}}
    post:
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Order"}}
          application/x-www-form-urlencoded:
            schema:
              type: object
              additionalProperties: false
              required: [sku]
              properties: {sku: {type: string}, quantity: {type: integer}}
          multipart/form-data: {}
      responses: {"201": {description: made}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, maximum: 999999}}]
    get: {responses: {"200": {description: one}}}
    delete: {responses: {"204": {description: gone}}}
  /health:
    get: {security: [], responses: {"200": {description: well}}}
  /search:
    get:
      parameters: [{name: q, in: query, schema: {type: object, additionalProperties: true}}]
      responses: {"200": {description: all}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    key: {type: apiKey, in: query, name: api_key}
  schemas:
    Order:
      type: object
      additionalProperties: false
      required: [items]
      properties:
        id: {type: integer, readOnly: true}
        note: {type: [string, "null"], maxLength: 20}
        items:
          type: array
          minItems: 1
          items: {type: object, required: [sku], properties: {sku: {type: string}, count: {type: integer, minimum: 1}}}
"##;

fn shop() -> Requests {
    let api = read(SHOP, "shop.yaml", &no_files, &Limits::default()).unwrap().api;
    Requests::of(&api)
}

fn head(line: &str, fields: &[(&str, &str)], body: &[u8]) -> RequestHead {
    let (method, target) = line.split_once(' ').unwrap();
    let mut writer = HeadWriter::new();
    writer.method(method.as_bytes());
    writer.target(target.as_bytes());
    for (name, value) in fields {
        writer.field(name.as_bytes(), value.as_bytes());
    }
    let framing = if body.is_empty() { Framing::None } else { Framing::Length(body.len() as u64) };
    writer.request(Version::Http11, framing)
}

/// What is wrong with a request, as `kind place`.
fn faults(line: &str, fields: &[(&str, &str)], body: &[u8]) -> Vec<String> {
    let shop = shop();
    let head = head(line, fields, body);
    let path = str::from_utf8(head.path()).unwrap();
    let found = shop.find(line.split(' ').next().unwrap(), path).unwrap();
    let mut faults = Faults::default();
    let is = shop.head(found, &head, path, &mut faults);
    shop.body(found, is, body, &mut faults);
    let all = faults.into_all();
    all.iter().map(|it| format!("{:?} {}", it.kind, it.place)).collect()
}

const TOKEN: (&str, &str) = ("authorization", "Bearer t");
const TENANT: (&str, &str) = ("x-tenant", "2eb8aa08-aa98-11ea-b4aa-73b441d16380");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[track_caller]
fn asked(query: &str, expected: &[&str]) {
    let found = faults(&format!("GET /v1/orders{query}"), &[TOKEN, TENANT], b"");
    assert_eq!(found, expected, "{query}");
}

#[track_caller]
fn sent(media: (&str, &str), body: &str, expected: &[&str]) {
    let found = faults("POST /v1/orders", &[TOKEN, media], body.as_bytes());
    assert_eq!(found, expected, "{body}");
}

#[test]
fn a_path_and_a_method_are_declared_or_not() {
    let shop = shop();
    assert_eq!(shop.len(), 6);
    for (method, path, expected) in [
        ("GET", "/v1/orders", Ok(())),
        ("HEAD", "/v1/orders/17", Ok(())),
        ("PATCH", "/v1/orders/17", Err(NoOperation::Method)),
        ("GET", "/orders", Err(NoOperation::Path)),
        ("GET", "/v1/orders/17/internal", Err(NoOperation::Path)),
        ("GET", "/v1/orders/", Err(NoOperation::Path)),
    ] {
        assert_eq!(shop.find(method, path).map(|_| ()), expected, "{method} {path}");
    }
}

#[test]
fn parameters_are_held_to_their_schemas() {
    asked("", &[]);
    asked("?page=2&status=new&status=paid&since=2026-11-23", &[]);
    asked("?status=new,paid", &[]);
    asked("?page=two", &["Unfit query page"]);
    asked("?page=0", &["Unfit query page"]);
    asked("?page=", &["Unfit query page"]);
    // Which of them is meant differs from server to server.
    asked("?page=1&page=2", &["Unfit query page"]);
    asked("?status=new&status=gone", &["Unfit query status"]);
    asked("?since=yesterday", &["Unfit query since"]);
    asked("?debug=1&p%61ge=2", &["Undeclared query debug"]);
    asked("?filter[a]=1&filter[b]=2", &[]);
    asked("?other[a]=1", &["Undeclared query other[a]"]);
    asked("?%ff=1", &["Undeclared query %ff"]);
    // Anything may be a member of an object that is spread over the query.
    assert_eq!(faults("GET /v1/search?a=1&b=2", &[TOKEN], b""), [""; 0]);
}

#[test]
fn path_fields_and_cookies_are_held_too() {
    assert_eq!(faults("GET /v1/orders/17", &[TOKEN], b""), [""; 0]);
    assert_eq!(faults("GET /v1/orders/1%37", &[TOKEN], b""), [""; 0]);
    assert_eq!(faults("DELETE /v1/orders/a", &[TOKEN], b""), ["Unfit path"]);
    assert_eq!(faults("DELETE /v1/orders/1000000", &[TOKEN], b""), ["Unfit path"]);
    assert_eq!(faults("GET /v1/orders", &[TOKEN], b""), ["Missing header x-tenant"]);
    let fields = [TOKEN, ("X-TENANT", "12"), ("cookie", "a=b; lang=fr")];
    let expected = ["Unfit header x-tenant", "Unfit cookie lang"];
    assert_eq!(faults("GET /v1/orders", &fields, b""), expected);
}

#[test]
fn a_credential_of_a_kind_that_is_asked_for_is_shown() {
    let missing = ["Credential header authorization"];
    for (line, field, expected) in [
        ("GET /v1/orders/1", ("accept", "*/*"), &missing[..]),
        ("GET /v1/orders/1", ("authorization", "Basic YTpi"), &missing),
        ("GET /v1/orders/1", ("authorization", "Bearer"), &missing),
        ("GET /v1/orders/1", ("authorization", "bearer t"), &[]),
        ("GET /v1/orders/1", ("authorization", "DPoP t"), &[]),
        ("GET /v1/orders/1?api_key=k", ("accept", "*/*"), &[]),
        ("GET /v1/orders/1?api_key=", ("accept", "*/*"), &missing),
        ("GET /v1/health", ("accept", "*/*"), &[]),
    ] {
        assert_eq!(faults(line, &[field], b""), expected, "{line} {field:?}");
    }
}

#[test]
fn a_body_is_held_to_the_schema_of_its_media_type() {
    sent(JSON, r#"{"items": [{"sku": "a", "count": 2}], "note": null}"#, &[]);
    sent(JSON, r#"{"items": []}"#, &["Unfit body $.items"]);
    sent(JSON, r#"{"note": "n"}"#, &["Missing body $.items"]);
    sent(JSON, r#"{"items": [{"sku": "a"}], "role": "admin"}"#, &["Undeclared body $.role"]);
    let two = r#"{"items": [{"sku": 1}, {"count": 0}]}"#;
    let expected =
        ["Unfit body $.items[*].sku", "Unfit body $.items[*].count", "Missing body $.items[*].sku"];
    sent(JSON, two, &expected);
    sent(JSON, "no json", &["Unfit body $"]);
    sent(JSON, &format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000)), &["Unfit body $"]);
    // Which of two of one name counts differs from server to server: it is no way around.
    sent(JSON, r#"{"items": [{"sku": "a"}], "note": "a", "note": 1}"#, &["Unfit body $"]);
    sent(FORM, "sku=a+b&quantity=2", &[]);
    sent(
        FORM,
        "quantity=two&admin=1",
        &["Undeclared body $.admin", "Unfit body $.quantity", "Missing body $.sku"],
    );
    sent(("content-type", "multipart/form-data; boundary=b"), "--b--", &[]);
    let media = ["MediaType header content-type"];
    sent(("content-type", "text/xml"), "<a/>", &media);
    sent(("accept", "*/*"), "{}", &media);
}

#[test]
fn two_media_types_are_none() {
    let fields = [TOKEN, JSON, FORM];
    let found = faults("POST /v1/orders", &fields, b"{}");
    assert_eq!(found, ["MediaType header content-type"]);
}

#[test]
fn a_body_is_there_where_it_must_be_and_nowhere_else() {
    assert_eq!(faults("POST /v1/orders", &[TOKEN, JSON], b""), ["Missing body $"]);
    let found = faults("DELETE /v1/orders/1", &[TOKEN, JSON], b"{}");
    assert_eq!(found, ["Undeclared body $"]);
}

#[test]
fn what_is_told_is_bounded() {
    let query: Vec<String> = (0..2_000).map(|it| format!("x{it}=1")).collect();
    let line = format!("GET /v1/orders?{}", query.join("&"));
    assert_eq!(faults(&line, &[TOKEN, TENANT], b"").len(), 16);
}

#[test]
fn what_cannot_be_held_to_is_counted_and_holds_nobody() {
    let text = SHOP.replace(
        "schema: {type: string, format: date}",
        "schema: {type: string, pattern: '(?=a)b'}",
    );
    let api = |text: &str| read(text, "shop.yaml", &no_files, &Limits::default()).unwrap().api;
    // The objects among the parameters.
    assert_eq!(Requests::of(&api(SHOP)).gaps(), 2);
    let shop = Requests::of(&api(&text));
    assert_eq!(shop.gaps(), 3);
    let head = head("GET /v1/orders?since=x", &[TOKEN, TENANT], b"");
    let mut faults = Faults::default();
    let found = shop.find("GET", "/v1/orders").unwrap();
    assert_eq!(shop.head(found, &head, "/v1/orders", &mut faults), BodyIs::Free);
    assert_eq!(faults.into_all(), []);
}

#[test]
fn kinds_and_places_are_told_as_they_are() {
    let shop = shop();
    let head = head("GET /v1/orders?page=x", &[TOKEN, TENANT], b"");
    let mut faults = Faults::default();
    let found = shop.find("GET", "/v1/orders").unwrap();
    shop.head(found, &head, "/v1/orders", &mut faults);
    let [fault] = &faults.into_all()[..] else { panic!("one fault") };
    assert_eq!(fault.kind, FaultOfRequest::Unfit);
    assert_eq!(fault.place, Place::query(b"page"));
}
