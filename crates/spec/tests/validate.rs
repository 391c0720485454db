//! Bodies held against schemas: what faults say, what is not known, and what hostile ones cost.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use bartizan_model::api::{Additional, Bound, Schema, Schemas, Types};
use bartizan_model::tape::{Tape, TapeFault, TapeLimits};
use bartizan_spec::validate::*;
use bartizan_spec::{Diagnostics, Limits, Node, parse};

fn document(text: &str) -> Node {
    parse(text, 0, &Limits::default(), &mut Diagnostics::up_to(9)).unwrap()
}

fn options(dialect: SchemaDialect) -> CompileOptions {
    CompileOptions { dialect, ..CompileOptions::default() }
}

fn compiled(schema: &str, options: &CompileOptions) -> Result<Validator, CompileError> {
    let root = document(schema);
    Validator::compile(&[Source { uri: "", root: &root, is_schema: true }], "", options)
}

fn verdict_within(
    schema: &str,
    body: &str,
    options: &CompileOptions,
    limits: &ValidateLimits,
) -> Verdict {
    let tape = Tape::read(body.as_bytes(), &TapeLimits::default()).unwrap();
    compiled(schema, options).unwrap().validate(&tape, limits)
}

fn verdict(schema: &str, body: &str) -> Verdict {
    let dialect = options(SchemaDialect::Draft2020);
    verdict_within(schema, body, &dialect, &ValidateLimits::default())
}

/// The faults of a body, as `pointer keyword kind`.
#[track_caller]
fn check(schema: &str, body: &str, expected: &[&str]) {
    let faults = match verdict(schema, body) {
        Verdict::Valid => Vec::new(),
        Verdict::Invalid { faults, .. } => faults,
        Verdict::Unknown(reason) => panic!("{body}: {reason:?}"),
    };
    let shown = |it: &Fault| format!("{} {} {:?}", it.instance, it.keyword.name(), it.kind);
    assert_eq!(faults.iter().map(shown).collect::<Vec<_>>(), expected, "{body}");
}

#[track_caller]
fn unknown(schema: &str, body: &str, reason: UnknownReason) {
    assert_eq!(verdict(schema, body), Verdict::Unknown(reason), "{schema} {body}");
}

#[test]
fn a_fault_tells_where_what_and_of_which_kind() {
    let schema = r#"{"type": "object", "required": ["id", "items"], "additionalProperties": false, "properties": {
        "id": {"type": "string", "pattern": "^a"}, "items": {"type": "array", "maxItems": 2, "items": {"properties": {
        "price": {"type": "number", "minimum": 0}}}}, "a/b~": {"enum": [1, "x"]}, "not": {"not": {"const": 1}}}}"#;
    check(schema, r#"{"id": "a1", "items": [{"price": 1e-5}]}"#, &[]);
    check(
        schema,
        r#"{"items": [], "role": "admin"}"#,
        &["/role additionalProperties Undeclared", "/id required Missing"],
    );
    check(
        schema,
        r#"{"id": "b", "items": [{"price": 1}, {"price": -1}, {"price": "1"}], "a/b~": 2, "not": 1.0}"#,
        &[
            "/id pattern TypeOrFormat",
            "/items maxItems OutOfRange",
            "/items/1/price minimum OutOfRange",
            "/items/2/price type TypeOrFormat",
            "/a~1b~0 enum OutOfRange",
            "/not not Other",
        ],
    );
    let Verdict::Invalid { faults, .. } = verdict(schema, r#"{"id": 1, "items": []}"#) else {
        panic!("it is valid")
    };
    assert_eq!(&*faults[0].schema.pointer, "/properties/id");
    assert_eq!((faults[0].schema.document, faults[0].schema.position.line), (0, 2));
}

#[test]
fn the_fault_of_the_only_branch_of_that_type_is_told() {
    let schema = r##"{"$defs": {"a": {"type": "object", "required": ["x"]}}, "anyOf": [{"type": "null"}, {"$ref": "#/$defs/a"}]}"##;
    check(schema, "{}", &["/x required Missing"]);
    check(schema, "null", &[]);
    check(schema, "1", &[" anyOf Other"]);
    let two = r#"{"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}"#;
    check(two, "{}", &[" oneOf Other"]);
    check(two, r#"{"a": 1, "b": 1}"#, &[" oneOf Other"]);
    check(two, r#"{"a": 1}"#, &[]);
}

#[test]
fn faults_are_limited_and_their_way_is() {
    let limits = ValidateLimits { faults_max: 2, pointer_bytes_max: 8, ..Default::default() };
    let new = options(SchemaDialect::Draft2020);
    let of = |body: &str| match verdict_within(
        r#"{"additionalProperties": {"additionalProperties": false}}"#,
        body,
        &new,
        &limits,
    ) {
        Verdict::Invalid { faults, has_more } => {
            (faults.into_iter().map(|it| (it.instance, it.is_cut)).collect::<Vec<_>>(), has_more)
        }
        other @ (Verdict::Valid | Verdict::Unknown(_)) => panic!("{other:?}"),
    };
    let said = |way: &str, is_cut| (way.to_owned(), is_cut);
    assert_eq!(
        of(r#"{"a": {"b": 1, "c": 1}}"#),
        (vec![said("/a/b", false), said("/a/c", false)], false)
    );
    assert!(of(r#"{"a": {"b": 1, "c": 1, "d": 1}}"#).1);
    assert_eq!(of(r#"{"abc": {"defg": 1}}"#).0, [said("/abc", true)]);
    assert_eq!(of(r#"{"abc": {"def\u0000": 1}}"#).0, [said("/abc", true)]);
    assert_eq!(of("{\"a\": {\"\\u0000\": 1}}").0, [said("/a/\u{fffd}", false)]);
}

#[test]
fn siblings_of_a_reference_count_by_dialect() {
    let schema = r#"{"definitions": {"a": {"type": "string"}}, "properties": {"x": {"$ref": "HERE", "maxLength": 1}}}"#
        .replace("HERE", "#/definitions/a");
    let limits = ValidateLimits::default();
    for (dialect, fits) in [
        (SchemaDialect::Draft2020, false),
        (SchemaDialect::Draft4, true),
        (SchemaDialect::OpenApi30, true),
    ] {
        let verdict = verdict_within(&schema, r#"{"x": "ab"}"#, &options(dialect), &limits);
        assert_eq!(verdict == Verdict::Valid, fits, "{dialect:?}");
    }
}

#[test]
fn openapi_3_0_has_words_of_its_own() {
    let limits = ValidateLimits::default();
    let fits = |schema: &str, body: &str, dialect| {
        verdict_within(schema, body, &options(dialect), &limits) == Verdict::Valid
    };
    let nullable = r#"{"type": "string", "nullable": true}"#;
    assert!(fits(nullable, "null", SchemaDialect::OpenApi30));
    assert!(!fits(nullable, "null", SchemaDialect::Draft4));
    assert!(!fits(r#"{"type": "string", "nullable": false}"#, "null", SchemaDialect::OpenApi30));
    // OpenAPI Specification 3.0.4, 4.7.24.1.1: without a type it has no effect, and an enumeration names `null`.
    assert!(!fits(
        r#"{"type": "string", "nullable": true, "enum": ["a"]}"#,
        "null",
        SchemaDialect::OpenApi30
    ));
    let open = r#"{"minimum": 1, "exclusiveMinimum": true}"#;
    assert!(fits(open, "1.0001", SchemaDialect::OpenApi30));
    assert!(!fits(open, "1.0", SchemaDialect::OpenApi30));
    assert!(fits(
        r#"{"properties": {"id": {"type": "string"}}}"#,
        r#"{"id": "x"}"#,
        SchemaDialect::OpenApi30
    ));
}

#[test]
fn what_the_other_side_writes_is_not_required_of_this_one() {
    let schema = r##"{"$defs": {"id": {"readOnly": true}}, "required": ["id", "secret", "name"], "properties": {
        "id": {"$ref": "#/$defs/id"}, "secret": {"writeOnly": true}, "name": {}}}"##;
    let limits = ValidateLimits::default();
    let missing = |side| {
        let options = CompileOptions { side, ..CompileOptions::default() };
        match verdict_within(schema, "{}", &options, &limits) {
            Verdict::Invalid { faults, .. } => {
                let mut ways: Vec<_> = faults.into_iter().map(|it| it.instance).collect();
                ways.sort();
                ways
            }
            other @ (Verdict::Valid | Verdict::Unknown(_)) => panic!("{other:?}"),
        }
    };
    assert_eq!(missing(None), ["/id", "/name", "/secret"]);
    assert_eq!(missing(Some(Side::Request)), ["/name", "/secret"]);
    assert_eq!(missing(Some(Side::Response)), ["/id", "/name"]);
}

#[test]
fn references_lead_into_given_documents_and_nowhere_else() {
    let root = document(
        r#"{"properties": {"a": {"$ref": "types.json#/$defs/a"}, "b": {"$ref": "https://a.test/b"}}}"#,
    );
    let types = document(r##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"type": "string"}}}"##);
    let sources = [
        Source { uri: "dir/api.json", root: &root, is_schema: true },
        Source { uri: "dir/types.json", root: &types, is_schema: true },
    ];
    let validator = Validator::compile(&sources, "", &CompileOptions::default()).unwrap();
    let of = |body: &str| {
        let tape = Tape::read(body.as_bytes(), &TapeLimits::default()).unwrap();
        validator.validate(&tape, &ValidateLimits::default())
    };
    assert_eq!(of(r#"{"a": "x"}"#), Verdict::Valid);
    assert_eq!(of(r#"{"a": "x", "b": 1}"#), Verdict::Unknown(UnknownReason::Reference));
    let Verdict::Invalid { faults, .. } = of(r#"{"a": 1, "b": 1}"#) else { panic!("not invalid") };
    assert_eq!((faults[0].schema.document, &*faults[0].schema.pointer), (1, "/$defs/b"));
    assert_eq!(validator.gaps().len(), 1);
    assert_eq!(&*validator.gaps()[0].place.pointer, "/properties/b");
}

#[test]
fn what_cannot_be_decided_is_unknown_only_where_it_matters() {
    let pattern = r#"{"type": "string", "pattern": "(?=a)a", "maxLength": 2}"#;
    unknown(pattern, r#""a""#, UnknownReason::Pattern);
    check(pattern, r#""aaa""#, &[" maxLength OutOfRange"]);
    let any = r##"{"anyOf": [{"$ref": "#/no"}, {"type": "string"}]}"##;
    check(any, r#""a""#, &[]);
    unknown(any, "1", UnknownReason::Reference);
    unknown(
        r#"{"patternProperties": {"(?!a)": {}}, "additionalProperties": false}"#,
        r#"{"a": 1}"#,
        UnknownReason::Pattern,
    );
    check(
        r#"{"patternProperties": {"(?!a)": {"type": "integer"}}, "additionalProperties": true}"#,
        r#"{"a": 1}"#,
        &[],
    );
    let old = r#"{"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}"#;
    unknown(old, "1", UnknownReason::Dialect);
    let both =
        r##"{"if": {"$ref": "#/no"}, "then": {"type": "string"}, "else": {"type": "string"}}"##;
    check(both, r#""a""#, &[]);
    check(both, "1", &[" if Other"]);
}

#[test]
fn a_name_given_twice_is_known_only_if_both_members_say_the_same() {
    let schema = r#"{"properties": {"a": {"type": "integer"}}, "additionalProperties": false, "maxProperties": 1}"#;
    check(schema, r#"{"a": 1, "\u0061": 2}"#, &[]);
    unknown(schema, r#"{"a": 1, "a": "x"}"#, UnknownReason::RepeatedName);
    check(
        schema,
        r#"{"b": 1, "b": "x"}"#,
        &["/b additionalProperties Undeclared", "/b additionalProperties Undeclared"],
    );
    unknown(r#"{"const": {"a": 1}}"#, r#"{"a": 1, "a": 2}"#, UnknownReason::RepeatedName);
    unknown(
        r#"{"uniqueItems": true}"#,
        r#"[{"a": 1, "a": 2}, {"a": 2}]"#,
        UnknownReason::RepeatedName,
    );
    unknown(
        r#"{"not": {"properties": {"a": {"const": 1}}}}"#,
        r#"{"a": 1, "a": 2}"#,
        UnknownReason::RepeatedName,
    );
}

#[test]
fn a_schema_that_refers_to_itself_without_end_ends() {
    for schema in [
        r##"{"$ref": "#"}"##,
        r##"{"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"not": {"$ref": "#/$defs/a"}}}}"##,
        r##"{"$dynamicAnchor": "x", "$dynamicRef": "#x"}"##,
        r##"{"unevaluatedProperties": false, "$ref": "#"}"##,
    ] {
        unknown(schema, r#"{"a": 1}"#, UnknownReason::Depth);
    }
    // Two ways at each level: without a limit of steps it would take for ever.
    let wide = r##"{"oneOf": [{"$ref": "#"}, {"$ref": "#"}]}"##;
    unknown(wide, "1", UnknownReason::Depth);
    check(r##"{"type": "string", "$ref": "#"}"##, "1", &[" type TypeOrFormat"]);
}

#[test]
fn a_body_that_has_many_ways_through_a_schema_ends() {
    let tree = r##"{"anyOf": [{"properties": {"n": {"$ref": "#"}}, "required": ["x"]},
        {"properties": {"n": {"$ref": "#"}}, "required": ["y"]}]}"##;
    let body = format!("{}1{}", "{\"n\":".repeat(60), "}".repeat(60));
    unknown(tree, &body, UnknownReason::Steps);
}

#[test]
fn deep_schemas_and_bodies_need_no_more_than_a_thread_has() {
    let deep = |open: &str, close: &str, many: usize| {
        format!("{}true{}", open.repeat(many), close.repeat(many))
    };
    let schema = deep("{\"items\":", "}", 120);
    check(&schema, &format!("{}{}", "[".repeat(60), "]".repeat(60)), &[]);
    check(
        r##"{"items": {"$ref": "#"}, "type": "array"}"##,
        &format!("{}{}", "[".repeat(64), "]".repeat(64)),
        &[],
    );
    let limits = ValidateLimits { depth_max: 3, ..Default::default() };
    let new = options(SchemaDialect::Draft2020);
    let recursive = r##"{"items": {"$ref": "#"}}"##;
    assert_eq!(verdict_within(recursive, "[[]]", &new, &limits), Verdict::Valid);
    let deeper = verdict_within(recursive, "[[[]]]", &new, &limits);
    assert_eq!(deeper, Verdict::Unknown(UnknownReason::Depth));
    let error = Tape::read("[".repeat(65).as_bytes(), &TapeLimits::default()).unwrap_err();
    assert_eq!((error.at, error.fault), (64, TapeFault::TooDeep));
    let all = deep("{\"allOf\":[", "]}", 60);
    let options = CompileOptions {
        limits: CompileLimits { depth_max: 60, ..CompileLimits::default() },
        ..CompileOptions::default()
    };
    assert!(compiled(&all, &options).is_ok());
    let error = compiled(&deep("{\"allOf\":[", "]}", 61), &options).unwrap_err();
    assert_eq!(error.fault, CompileFault::TooDeep { levels_max: 60 });
}

#[test]
fn long_arrays_are_compared_without_comparing_all_with_all() {
    let unique = r#"{"uniqueItems": true}"#;
    let texts = |many: usize| (0..many).map(|it| format!("\"{it}\"")).collect::<Vec<_>>();
    let mut items = texts(100_000);
    check(unique, &format!("[{}]", items.join(",")), &[]);
    items.push("\"\\u0037\"".to_owned());
    check(unique, &format!("[{}]", items.join(",")), &[" uniqueItems Other"]);
    check(unique, &format!("[{}]", vec!["[]"; 50_000].join(",")), &[" uniqueItems Other"]);
    check(unique, r#"[1, "1", true, 1.5, [1], {"a": 1}, {"b": 1}, null, false, 0]"#, &[]);
    check(unique, r#"[{"a": 1, "b": [2.0]}, {"b": [2e0], "a": 1.0}]"#, &[" uniqueItems Other"]);
    let many = ValidateLimits { steps_max: 1_000, ..Default::default() };
    let new = options(SchemaDialect::Draft2020);
    let body = format!("[{}]", texts(1_000).join(","));
    assert_eq!(verdict_within(unique, &body, &new, &many), Verdict::Unknown(UnknownReason::Steps));
}

#[test]
fn numbers_are_exact_however_large() {
    let huge = "1e400000000";
    check(r#"{"type": "integer", "maximum": 100}"#, huge, &[" maximum OutOfRange"]);
    check(
        r#"{"type": "integer", "minimum": 9007199254740993}"#,
        "9007199254740992",
        &[" minimum OutOfRange"],
    );
    check(
        r#"{"exclusiveMaximum": 0.1}"#,
        "0.1000000000000000000000",
        &[" exclusiveMaximum OutOfRange"],
    );
    check(r#"{"exclusiveMaximum": 0.1}"#, "0.0999999999999999999999", &[]);
    check(r#"{"multipleOf": 0.01}"#, "4.35", &[]);
    check(r#"{"multipleOf": 0.01}"#, "4.355", &[" multipleOf OutOfRange"]);
    check(r#"{"multipleOf": 3}"#, huge, &[" multipleOf OutOfRange"]);
    check(r#"{"const": 1}"#, "1.000e0", &[]);
    check(r#"{"type": "integer"}"#, "-0.0", &[]);
    unknown(
        r#"{"multipleOf": 12345678901234567891}"#,
        "24691357802469135782",
        UnknownReason::Number,
    );
    unknown(r#"{"multipleOf": 7}"#, "1e99999999999999999999", UnknownReason::Number);
    check(&format!("{{\"maximum\": {}}}", "9".repeat(1_000)), &"9".repeat(1_000), &[]);
    check(r#"{"multipleOf": 7}"#, &"7".repeat(200_000), &[]);
}

#[test]
fn lengths_are_those_of_characters() {
    let schema = r#"{"minLength": 2, "maxLength": 3}"#;
    check(schema, r#""\ud83d\ude00\u00e4""#, &[]);
    check(schema, "\"😀\"", &[" minLength OutOfRange"]);
    check(schema, "\"ääää\"", &[" maxLength OutOfRange"]);
    check(r#"{"pattern": "^é$"}"#, r#""\u00e9""#, &[]);
}

#[test]
fn a_long_text_is_not_searched() {
    let schema = r#"{"pattern": "(a|b)*c$"}"#;
    let text = |bytes: usize| format!("\"{}c\"", "a".repeat(bytes - 1));
    check(schema, &text(64 << 10), &[]);
    unknown(schema, &text((64 << 10) + 1), UnknownReason::LongText);
}

#[test]
fn formats_say_something_only_if_asked() {
    let schema = r#"{"format": "ipv4"}"#;
    check(schema, r#""x""#, &[]);
    let options = CompileOptions { asserts_formats: true, ..CompileOptions::default() };
    let limits = ValidateLimits::default();
    assert_eq!(verdict_within(schema, r#""127.0.0.1""#, &options, &limits), Verdict::Valid);
    let Verdict::Invalid { faults, .. } = verdict_within(schema, r#""x""#, &options, &limits)
    else {
        panic!("it is valid")
    };
    assert_eq!(faults[0].keyword, Keyword::Format);
}

#[test]
fn what_a_dialect_does_not_allow_is_an_error_with_its_place() {
    for (schema, pointer, keyword) in [
        (r#"{"properties": {"a": {"type": "text"}}}"#, "/properties/a", "type"),
        (r#"{"required": true}"#, "", "required"),
        (r#"{"maxLength": -1}"#, "", "maxLength"),
        (r#"{"maxLength": 1.5}"#, "", "maxLength"),
        (r#"{"minimum": "1"}"#, "", "minimum"),
        (r#"{"multipleOf": 0}"#, "", "multipleOf"),
        (r#"{"items": {"allOf": {}}}"#, "/items", "allOf"),
        (r#"{"properties": []}"#, "", "properties"),
        (r#"{"exclusiveMinimum": true}"#, "", "exclusiveMinimum"),
        (r#"{"$ref": 1}"#, "", "$ref"),
        (r#"{"pattern": 1}"#, "", "pattern"),
        (r#"{"enum": 1}"#, "", "enum"),
        (r#"{"uniqueItems": 1}"#, "", "uniqueItems"),
    ] {
        let error = compiled(schema, &CompileOptions::default()).unwrap_err();
        assert_eq!(error.fault, CompileFault::Keyword { keyword }, "{schema}");
        assert_eq!(&*error.place.pointer, pointer, "{schema}");
    }
    let error = compiled(r#"{"not": 1}"#, &CompileOptions::default()).unwrap_err();
    assert_eq!((error.fault, &*error.place.pointer), (CompileFault::Schema, "/not"));
    let root = document("{}");
    let sources = [Source { uri: "", root: &root, is_schema: true }];
    let error = Validator::compile(&sources, "#/no", &CompileOptions::default()).unwrap_err();
    assert_eq!(error.fault, CompileFault::Start);
}

#[test]
fn schemas_text_and_patterns_are_limited() {
    let limits =
        CompileLimits { schemas_max: 3, bytes_max: 60, patterns_max: 1, ..Default::default() };
    let options = CompileOptions { limits, ..CompileOptions::default() };
    assert!(compiled(r#"{"not": {}, "items": {}}"#, &options).is_ok());
    let error = compiled(r#"{"not": {}, "items": {}, "contains": {}}"#, &options).unwrap_err();
    assert_eq!(error.fault, CompileFault::TooMany { schemas_max: 3 });
    let long = format!("{{\"properties\": {{\"{}\": {{}}}}}}", "x".repeat(60));
    let error = compiled(&long, &options).unwrap_err();
    assert_eq!(error.fault, CompileFault::TooLong { bytes_max: 60 });
    let two = compiled(r#"{"pattern": "a", "not": {"pattern": "b"}}"#, &options).unwrap();
    assert_eq!(two.gaps().len(), 1);
    assert_eq!(
        compiled(r#"{"pattern": "a", "not": {"pattern": "a"}}"#, &options).unwrap().gaps(),
        []
    );
}

#[test]
fn a_schema_of_the_model_is_held_as_it_is_meant() {
    let mut address = Schema::object([("city", Schema::string())]).requiring(["city"]);
    address.additional = Additional::Forbidden;
    let mut quantity = Schema::integer();
    quantity.minimum = Some(Bound { value: 1_u64.into(), is_exclusive: false });
    let order = Schema::object([
        ("quantity", quantity),
        ("address", Schema::named("Address of a person")),
        ("note", Schema::of(Types::STRING.or(Types::NULL))),
        ("lost", Schema::named("Nowhere")),
    ]);
    let schemas = Schemas::from([("Address of a person".to_owned(), address)]);
    let validator = Validator::of_model(&order, &schemas, &CompileOptions::default()).unwrap();
    let of = |body: &str| {
        let tape = Tape::read(body.as_bytes(), &TapeLimits::default()).unwrap();
        match validator.validate(&tape, &ValidateLimits::default()) {
            Verdict::Valid => "valid".to_owned(),
            Verdict::Unknown(reason) => format!("{reason:?}"),
            Verdict::Invalid { faults, .. } => {
                let shown = |it: &Fault| format!("{} {}", it.instance, it.schema.pointer);
                faults.iter().map(shown).collect::<Vec<_>>().join(", ")
            }
        }
    };
    assert_eq!(of(r#"{"quantity": 1, "address": {"city": "Ulm"}, "note": null}"#), "valid");
    assert_eq!(of(r#"{"quantity": 0}"#), "/quantity /components/schemas/Body0/properties/quantity");
    assert_eq!(
        of(r#"{"address": {"city": "Ulm", "x": 1}}"#),
        "/address/x /components/schemas/Address_of_a_person"
    );
    assert_eq!(of(r#"{"lost": 1}"#), "Partial");
}
