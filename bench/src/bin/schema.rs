//! A body held against its schema: `schema CASE TIMES`, to be counted under callgrind or timed.
//!
//! `tape` makes the tape of an order of 1 KiB, `validate` holds a tape that is there against the schema of a
//! description (OpenAPI 3.1), `both` does one after the other, `hostile` holds a body made to cost much, `head` holds the head of a
//! request with path, four parameters and a credential to its operation, among a hundred, and `request` that of the order with its body.
//! `time CASE TIMES` prints nanoseconds instead.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use bartizan_model::head::{Framing, HeadWriter, RequestHead, Version};
use bartizan_model::tape::{Tape, TapeLimits};
use bartizan_spec::request::{Faults, Requests};
use bartizan_spec::validate::{CompileOptions, Source, ValidateLimits, Validator, Verdict};
use bartizan_spec::{Diagnostics, Limits, no_files, parse};

const DESCRIPTION: &str = r##"{"openapi": "3.1.0", "components": {"schemas": {
    "Order": {"type": "object", "additionalProperties": false,
        "required": ["id", "customerId", "currency", "items", "createdAt"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "maxLength": 36},
            "number": {"type": "integer", "minimum": 1},
            "customerId": {"type": "string", "pattern": "^c-[0-9]{1,12}$"},
            "status": {"enum": ["new", "paid", "shipped", "cancelled"]},
            "currency": {"type": "string", "minLength": 3, "maxLength": 3},
            "total": {"type": "number", "minimum": 0, "multipleOf": 0.01},
            "createdAt": {"type": "string", "format": "date-time"},
            "gift": {"type": "boolean"},
            "note": {"type": ["string", "null"], "maxLength": 500},
            "coupon": {"type": ["string", "null"], "maxLength": 20},
            "tags": {"type": "array", "maxItems": 10, "items": {"type": "string", "maxLength": 30}},
            "shipping": {"$ref": "#/components/schemas/Address"},
            "billing": {"$ref": "#/components/schemas/Address"},
            "items": {"type": "array", "minItems": 1, "maxItems": 100,
                "items": {"$ref": "#/components/schemas/Item"}}}},
    "Address": {"type": "object", "additionalProperties": false, "required": ["street", "city", "country"],
        "properties": {
            "street": {"type": "string", "maxLength": 100}, "city": {"type": "string", "maxLength": 100},
            "postcode": {"type": "string", "maxLength": 12},
            "country": {"type": "string", "minLength": 2, "maxLength": 2}}},
    "Item": {"type": "object", "additionalProperties": false, "required": ["sku", "quantity", "price"],
        "properties": {
            "sku": {"type": "string", "minLength": 1, "maxLength": 40},
            "name": {"type": "string", "maxLength": 200},
            "quantity": {"type": "integer", "minimum": 1, "maximum": 99},
            "price": {"type": "number", "minimum": 0}}}}}}"##;

const ORDER: &str = r#"{"id": "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "number": 48211, "customerId": "c-1022451",
  "status": "paid", "currency": "EUR", "total": 184.85, "createdAt": "2026-11-22T10:31:07Z", "gift": false,
  "note": "Please leave it with the neighbours on the second floor, the bell does not work.", "coupon": null,
  "tags": ["web", "returning", "autumn-2026"],
  "shipping": {"street": "12 Harbour Lane", "city": "Whitby", "postcode": "YO21 3PU", "country": "GB"},
  "billing": {"street": "4 Castle Street, Flat 7", "city": "Edinburgh", "postcode": "EH2 3AH", "country": "GB"},
  "items": [
    {"sku": "SH-BLU-42", "name": "Linen shirt, blue, size 42", "quantity": 2, "price": 39.95},
    {"sku": "TR-GRY-33", "name": "Wool trousers, grey, 33", "quantity": 1, "price": 89.00},
    {"sku": "SO-BLK-03", "name": "Socks, black, three pairs", "quantity": 1, "price": 12.95},
    {"sku": "GC-0000-X", "name": "Greeting card \"Thank you\"", "quantity": 1, "price": 3.00}]}"#;

/// Operations of the description.
const OPERATIONS: usize = 100;

/// A description of many operations: the order, and searches with parameters.
fn described() -> String {
    let search = r#"{"security": [{"token": []}], "responses": {}, "parameters": [
        {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}},
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
        {"name": "sort", "in": "query", "schema": {"enum": ["asc", "desc"]}},
        {"name": "since", "in": "query", "schema": {"type": "string", "format": "date"}}]}"#;
    let order = r##"{"requestBody": {"content": {"application/json": {"schema":
        {"$ref": "#/components/schemas/Order"}}}}, "responses": {}}"##;
    let searches =
        (0..OPERATIONS).map(|it| format!(r#""/shops/{{id}}/section-{it}": {{"get": {search}}}"#));
    let paths = searches.collect::<Vec<_>>().join(", ");
    let paths = format!(
        r#""paths": {{"/orders": {{"post": {order}}}, {paths}}}, "components": {{
        "securitySchemes": {{"token": {{"type": "http", "scheme": "bearer"}}}}, "schemas""#
    );
    DESCRIPTION.replacen(r#""components": {"schemas""#, &paths, 1).replacen(
        '{',
        r#"{"info": {"title": "Shop", "version": "1"}, "#,
        1,
    )
}

fn head(method: &[u8], target: &[u8], framing: Framing) -> RequestHead {
    let mut writer = HeadWriter::new();
    writer.method(method);
    writer.target(target);
    writer.field(b"host", b"shop.example");
    writer.field(b"authorization", b"Bearer eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl");
    writer.field(b"content-type", b"application/json");
    writer.field(b"accept", b"application/json");
    writer.request(Version::Http11, framing)
}

/// How many faults a request has.
fn held(requests: &Requests, head: &RequestHead, body: &[u8]) -> Result<usize, Box<dyn Error>> {
    let (method, path) = (str::from_utf8(head.method_text())?, str::from_utf8(head.path())?);
    let found = requests.find(method, path).map_err(|it| format!("{it:?}"))?;
    let mut faults = Faults::default();
    let is = requests.head(found, head, path, &mut faults);
    requests.body(found, is, body, &mut faults);
    Ok(faults.into_all().len())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let is_timed = arguments.next_if(|it| it == "time").is_some();
    let case = arguments.next().ok_or("a case: tape, validate, both, hostile, head, request")?;
    let times: u32 = arguments.next().ok_or("how often")?.parse()?;
    let limits = Limits::default();
    let document = parse(DESCRIPTION, 0, &limits, &mut Diagnostics::up_to(9))?;
    let sources = [Source { uri: "", root: &document, is_schema: false }];
    let options = CompileOptions::default();
    let validator = Validator::compile(&sources, "#/components/schemas/Order", &options)?;
    let hostile = hostile();
    let text = if case == "hostile" { hostile.as_bytes() } else { ORDER.as_bytes() };
    let tape = read(text)?;
    let limits = ValidateLimits::default();
    let verdict = validator.validate(&tape, &limits);
    if (verdict == Verdict::Valid) == (case == "hostile") {
        return Err(format!("{verdict:?}").into());
    }
    let api = bartizan_spec::read(&described(), "shop.json", &no_files, &Limits::default())?.api;
    let requests = Requests::of(&api);
    let target =
        b"/shops/2eb8aa08-aa98-11ea-b4aa-73b441d16380/section-77?page=3&sort=desc&since=2026-11-01";
    let search = head(b"GET", target, Framing::None);
    let order = head(b"POST", b"/orders", Framing::Length(ORDER.len() as u64));
    if requests.gaps() != 0
        || held(&requests, &search, b"")? != 0
        || held(&requests, &order, ORDER.as_bytes())? != 0
    {
        return Err("the requests do not fit".into());
    }
    let started = Instant::now();
    for _ in 0..times {
        match case.as_str() {
            "tape" => drop(black_box(read(black_box(text))?)),
            "validate" | "hostile" => {
                drop(black_box(validator.validate(black_box(&tape), &limits)));
            }
            "both" => {
                let tape = read(black_box(text))?;
                drop(black_box(validator.validate(&tape, &limits)));
            }
            "head" => drop(black_box(held(&requests, black_box(&search), b"")?)),
            "request" => drop(black_box(held(&requests, black_box(&order), ORDER.as_bytes())?)),
            _ => return Err("no such case".into()),
        }
    }
    if is_timed {
        let each = started.elapsed().as_nanos() / u128::from(times.max(1));
        println!("{case}: {} bytes, {} nodes, {each} ns", text.len(), tape.len());
    }
    Ok(())
}

fn read(text: &[u8]) -> Result<Tape<'_>, Box<dyn Error>> {
    Tape::read(text, &TapeLimits::default()).map_err(|it| format!("{it:?}").into())
}

/// A body of 1 MiB that has one fault at its beginning, so that all of it is looked at.
fn hostile() -> String {
    format!("{{\"tags\":[{}]}}", vec!["\"\""; 349_000].join(","))
}
