//! A body held against its schema: `schema CASE TIMES`, to be counted under callgrind or timed.
//!
//! `tape` makes the tape of an order of 1 KiB, `validate` holds a tape that is there against the schema of a
//! description (OpenAPI 3.1), `both` does one after the other, `hostile` holds a body made to cost much. `time CASE
//! TIMES` prints nanoseconds instead.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use bartizan_model::tape::{Tape, TapeLimits};
use bartizan_spec::validate::{CompileOptions, Source, ValidateLimits, Validator, Verdict};
use bartizan_spec::{Diagnostics, Limits, parse};

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

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let is_timed = arguments.next_if(|it| it == "time").is_some();
    let case = arguments.next().ok_or("a case: tape, validate, both, hostile")?;
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
