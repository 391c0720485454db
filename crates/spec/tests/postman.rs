//! Collections of Postman: one shop as somebody would have saved it, and texts that mean harm.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use bartizan_model::api::{
    Additional, Api, FlowKind, Operation, ParameterPlace, Requirement, SchemeKind, SecurityScheme,
    Status, Types,
};
use bartizan_spec::{
    Collection, DiagnosticCode, Fault, Format, Limits, Options, Version, complete, no_files, read,
    read_postman, write,
};

fn shop() -> Collection {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/shop.postman.json");
    let text = std::fs::read_to_string(path).unwrap();
    read_postman(&text, &Limits::default()).unwrap()
}

/// Does with a collection everything that can be done: what is written reads back as the same.
#[track_caller]
fn use_it(text: &str) -> Option<Collection> {
    let limits = Limits { schemas_max: 20_000, operations_max: 2_000, ..Limits::default() };
    let found = read_postman(text, &limits).ok()?;
    assert_eq!(found.operations.len(), found.api.operations.len());
    check_written(&found.api);
    let written = write(&complete(&found.api), Options::default());
    assert!(read(&written.text, "again", &no_files, &Limits::default()).is_ok());
    Some(found)
}

#[track_caller]
fn check_written(api: &Api) {
    for version in [Version::V31, Version::V32] {
        let written = write(api, Options { version, format: Format::Json });
        assert_eq!(written.omitted, []);
        let again = read(&written.text, "again", &no_files, &Limits::default()).unwrap();
        let again = sorted(again.api);
        let mut expected = sorted(api.clone());
        expected.security_schemes.values_mut().for_each(with_urls);
        for (a, b) in again.operations.iter().zip(&expected.operations) {
            assert_eq!(a, b);
        }
        assert_eq!(again, expected);
    }
}

/// A description has the URLs of a flow, if only empty ones.
fn with_urls(scheme: &mut SecurityScheme) {
    let SchemeKind::OAuth2 { flows, .. } = &mut scheme.kind else { return };
    for (kind, flow) in flows {
        let has_page = matches!(kind, FlowKind::Implicit | FlowKind::AuthorizationCode);
        flow.authorization_url = has_page.then(String::new);
        flow.token_url = (*kind != FlowKind::Implicit).then(String::new);
    }
}

fn sorted(mut api: Api) -> Api {
    api.operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    api
}

fn of<'a>(found: &'a Collection, method: &str, path: &str) -> &'a Operation {
    found.api.operation(method, path).unwrap_or_else(|| panic!("{method} {path}"))
}

fn query(operation: &Operation) -> Vec<&str> {
    let parameters = operation.parameters.iter().filter(|it| it.place == ParameterPlace::Query);
    parameters.inspect(|it| assert!(!it.required)).map(|it| it.name.as_str()).collect()
}

#[test]
fn requests_are_operations_and_folders_are_tags() {
    let found = shop();
    let all = found.api.operations.iter();
    let all: Vec<_> = all.map(|it| format!("{} {}", it.method, it.path)).collect();
    let expected = [
        "GET /orders",
        "GET /orders/{orderId}",
        "POST /orders",
        "PUT /orders/{id}/refund",
        "POST /pictures",
        "POST /graphql",
        "GET /health",
    ];
    assert_eq!(all, expected);
    assert_eq!(found.requests, 8);
    assert_eq!(found.operations[0].line, 24);
    assert_eq!((found.api.title.as_str(), found.api.version.as_str()), ("Shop", "2.3.0"));
    let tags: Vec<_> =
        found.api.tags.iter().map(|it| (it.name.as_str(), it.parent.as_deref())).collect();
    assert_eq!(tags, [("Orders", None), ("Refunds", Some("Orders")), ("Pictures", None)]);
    assert_eq!(of(&found, "PUT", "/orders/{id}/refund").tags, ["Refunds"]);
    assert_eq!(of(&found, "GET", "/orders").summary.as_deref(), Some("List orders"));
    assert_eq!(of(&found, "GET", "/health").tags, [""; 0]);
}

#[test]
fn requests_of_one_template_are_one_operation() {
    let found = shop();
    let order = of(&found, "GET", "/orders/{orderId}");
    assert_eq!(query(order), ["expand"]);
    assert_eq!(
        order.responses.keys().copied().collect::<Vec<_>>(),
        [Status::Code(200), Status::Code(404)]
    );
    let ways: Vec<_> = order.security.iter().flatten().map(Requirement::len).collect();
    assert_eq!(ways, [1, 0], "a token, or nothing");
    assert_eq!(query(of(&found, "GET", "/orders")), ["status", "limit", "cursor"]);
}

#[test]
fn a_variable_has_one_name_for_all_methods() {
    let text = r#"{"item": [{"request": {"url": "/a/:id", "method": "GET"}}, {"request": {"url":
        "/a/{{orderId}}", "method": "PUT"}}, {"request": {"url": "/a/17", "method": "PUT"}}]}"#;
    let found = use_it(text).unwrap();
    assert_eq!(found.api.operations.len(), 2);
    assert_eq!(of(&found, "PUT", "/a/{id}").parameters.len(), 1);
}

#[test]
fn examples_become_types() {
    let found = shop();
    let place = of(&found, "POST", "/orders").body.as_ref().unwrap();
    let schema = place.content["application/json"].schema.as_ref().unwrap();
    assert!(!place.required && schema.required.is_empty());
    assert_eq!(schema.properties["productId"].types, Types::ANY);
    assert_eq!(schema.properties["quantity"].types, Types::INTEGER);
    assert_eq!(schema.properties["address"].properties["street"].types, Types::STRING);
    assert_eq!(schema.properties["tags"].items.as_ref().unwrap().types, Types::STRING);
    let list = &of(&found, "GET", "/orders").responses[&Status::Code(200)];
    let schema = list.content["application/json"].schema.as_ref().unwrap();
    let order = schema.properties["orders"].items.as_ref().unwrap();
    assert_eq!(order.properties["total"].types, Types::NUMBER);
    assert_eq!(order.properties["note"].types, Types::STRING.or(Types::NULL));
    assert!(order.properties.contains_key("coupon"));
    let by_id = &schema.properties["byId"];
    assert!(by_id.properties.is_empty());
    let Additional::Schema(each) = &by_id.additional else { panic!("{by_id:?}") };
    assert_eq!(each.properties["n"].types, Types::INTEGER);
    let missing = &of(&found, "GET", "/orders/{orderId}").responses[&Status::Code(404)];
    assert_eq!(missing.content["text/html"].schema, None);
}

#[test]
fn forms_files_and_graphql_are_bodies() {
    let found = shop();
    let body = |method, path| of(&found, method, path).body.clone().unwrap().content;
    let refund = body("PUT", "/orders/{id}/refund");
    let form = refund["application/x-www-form-urlencoded"].schema.clone().unwrap();
    assert_eq!(form.properties.keys().collect::<Vec<_>>(), ["amount", "reason"]);
    let upload = body("POST", "/pictures")["multipart/form-data"].schema.clone().unwrap();
    assert_eq!(upload.properties["picture"].format.as_deref(), Some("binary"));
    assert_eq!(upload.properties["title"].format, None);
    let graphql = body("POST", "/graphql")["application/json"].schema.clone().unwrap();
    assert_eq!(graphql.properties.keys().collect::<Vec<_>>(), ["query", "variables"]);
}

#[test]
fn ways_to_show_who_calls_are_inherited() {
    let found = shop();
    let asked = |method, path| {
        let security = of(&found, method, path).security.clone().unwrap();
        security.iter().flat_map(|it| it.keys().cloned()).collect::<Vec<_>>()
    };
    assert_eq!(asked("POST", "/orders"), ["bearer"]);
    assert_eq!(asked("GET", "/health"), ["bearer"]);
    assert_eq!(asked("PUT", "/orders/{id}/refund"), ["apiKey"]);
    assert_eq!(asked("POST", "/pictures"), ["oauth2"]);
    let SchemeKind::ApiKey { place, name } = &found.api.security_schemes["apiKey"].kind else {
        panic!("no key")
    };
    assert_eq!((*place, name.as_str()), (ParameterPlace::Header, "X-Staff-Key"));
    let SchemeKind::OAuth2 { flows, .. } = &found.api.security_schemes["oauth2"].kind else {
        panic!("no flows")
    };
    assert!(flows.contains_key(&FlowKind::ClientCredentials));
}

#[test]
fn servers_are_those_of_the_requests() {
    let found = shop();
    let urls: Vec<_> = found.api.servers.iter().map(|it| it.url.as_str()).collect();
    assert_eq!(
        urls,
        ["https://api.shop.test/v1", "https://staff.shop.test", "https://{statusUrl}"]
    );
    let own = &of(&found, "PUT", "/orders/{id}/refund").servers;
    assert_eq!(own[0].url, "https://staff.shop.test");
    let codes: Vec<_> = found.diagnostics.list().iter().map(|it| it.code).collect();
    assert_eq!(codes, [DiagnosticCode::Missing], "the server of which no value is known");
}

#[test]
fn no_value_is_kept_anywhere() {
    let found = shop();
    let mut all = format!("{found:?}");
    for version in [Version::V31, Version::V32] {
        all.push_str(&write(&complete(&found.api), Options { version, format: Format::Yaml }).text);
    }
    for value in ["canary", "90210", "12345", "550e8400", "what to buy"] {
        assert!(!all.contains(value), "{value}");
    }
    let secret = |text: &str| {
        // Where something is odd, nothing of it is said either.
        for text in [text.to_owned(), text.replace("\"name\"", "\"Name\"")] {
            let found = format!("{:?}", read_postman(&text, &Limits::default()));
            assert!(!found.contains("s3cr3t"), "{text}\n{found}");
        }
    };
    secret(
        r#"{"item": [{"request": {"method": "s3cr3t!", "url": "/a"}}], "auth": {"type": "s3cr3t"}}"#,
    );
    secret(r#"{"item": [{"request": {"url": "/a/s3cr3t-12345?s3cr3t@x=1"}}], "auth": "s3cr3t"}"#);
    secret(
        r#"{"item": [{"request": {"url": "s3cr3t:s3cr3t@a.test/s3cr3t%20"}, "response": "s3cr3t"}]}"#,
    );
    secret(
        r#"{"item": [{"request": {"url": "/a", "body": {"mode": "s3cr3t"}}, "response": [{"code": "s3cr3t"}]}]}"#,
    );
    secret(
        r#"{"item": [{"request": {"url": "/a", "body": {"mode": "raw", "raw": "{\"a\": s3cr3t, \"a\": 1}"}}}]}"#,
    );
    secret(r#"{"item": ["s3cr3t"], "x": s3cr3t}"#);
    secret("s3cr3t: [s3cr3t");
}

#[test]
fn what_is_written_reads_back_without_a_complaint() {
    let api = shop().api;
    check_written(&api);
    let written = write(&api, Options::default());
    let again = read(&written.text, "again", &no_files, &Limits::default()).unwrap();
    assert_eq!(again.diagnostics.list(), []);
}

#[test]
fn version_2_0_is_read_too() {
    let text = r#"{"info": {"name": "Old", "schema": "https://schema.getpostman.com/json/collection/v2.0.0/collection.json"},
        "auth": {"type": "basic", "basic": {"username": "u", "password": "p"}},
        "item": [{"name": "A", "request": {"url": "http://a.test/x/:id", "method": "delete", "header": "A: b",
        "auth": {"type": "apikey", "apikey": {"key": "k", "value": "v", "in": "query"}}}}]}"#;
    let found = use_it(text).unwrap();
    assert_eq!(found.diagnostics.list(), []);
    let operation = of(&found, "DELETE", "/x/{id}");
    assert!(operation.security.as_ref().unwrap()[0].contains_key("apiKey"));
    let wrapped = format!("{{\"collection\": {text}}}");
    assert_eq!(use_it(&wrapped).unwrap().api, found.api);
}

#[test]
fn what_is_no_collection_is_an_error() {
    for text in ["{}", "[]", "5", "{\"item\": {}}", "{\"requests\": []}"] {
        let error = read_postman(text, &Limits::default()).unwrap_err();
        assert_eq!(error.fault, Fault::NotACollection, "{text}");
    }
    for text in ["", "item: []", "{\"item\": [}"] {
        let error = read_postman(text, &Limits::default()).unwrap_err();
        assert!(matches!(error.fault, Fault::Syntax { .. }), "{text}");
    }
    let limits = Limits { file_bytes_max: 11, ..Limits::default() };
    assert!(read_postman("{\"item\":[]}", &limits).is_ok());
    let error = read_postman("{\"item\":[]} ", &limits).unwrap_err();
    assert_eq!(error.fault, Fault::FileTooLong { bytes_max: 11 });
}

#[test]
fn wrong_types_everywhere_are_survived() {
    for value in [
        "5",
        "[]",
        "{}",
        "\"x\"",
        "true",
        "null",
        "[[[]]]",
        "[5]",
        "[{}]",
        "{\"a\":{\"b\":[]}}",
        "1e999999",
    ] {
        let item = |request: String| {
            format!("{{\"name\":{value},\"request\":{request},\"response\":{value}}}")
        };
        let parts = ["method", "url", "body", "auth", "header"].map(|it| {
            let url = if it == "url" { "" } else { "\"url\":\"/a\"," };
            item(format!("{{{url}\"{it}\":{value}}}"))
        });
        let bodies = ["raw", "urlencoded", "formdata", "graphql", "file", "x"].map(|it| {
            item(format!("{{\"url\":\"/b\",\"body\":{{\"mode\":\"{it}\",\"{it}\":{value},\"options\":{value}}}}}"))
        });
        let urls = ["raw", "host", "path", "query", "variable", "protocol"]
            .map(|it| item(format!("{{\"url\":{{\"host\":[\"a\"],\"{it}\":{value}}}}}")));
        let auths = ["bearer", "apikey", "oauth2", "noauth", "x"].map(|it| {
            item(format!("{{\"url\":\"/c\",\"auth\":{{\"type\":\"{it}\",\"{it}\":{value}}}}}"))
        });
        let responses = ["code", "body", "header", "_postman_previewlanguage"].map(|it| {
            format!("{{\"request\":\"/d\",\"response\":[{value},{{\"code\":200,\"body\":\"{{}}\",\"{it}\":{value}}}]}}")
        });
        let items: Vec<_> = [&parts[..], &bodies, &urls, &auths, &responses].concat();
        let text = format!(
            "{{\"info\":{value},\"variable\":{value},\"auth\":{value},\"item\":[{value},{{\"item\":{value}}},{}]}}",
            items.join(",")
        );
        assert!(use_it(&text).is_some(), "{text}");
    }
}

#[test]
fn deep_folders_and_examples_end_at_the_limits() {
    let nested = |levels: usize| {
        let (open, close) = ("{\"name\":\"f\",\"item\":[", "]}");
        format!("{}{{\"request\":\"/a\"}}{}", open.repeat(levels), close.repeat(levels))
    };
    assert!(use_it(&nested(50)).is_some());
    let error = read_postman(&nested(70), &Limits::default()).unwrap_err();
    assert_eq!(error.fault, Fault::TooDeep { levels_max: 128 });
    for (open, close) in [("[", "]"), ("{\\\"a\\\":", "}")] {
        for levels in [40, 60, 120, 1_000] {
            let inner = if open == "[" { "" } else { "1" };
            let body = format!("{}{inner}{}", open.repeat(levels), close.repeat(levels));
            let text = format!(
                "{{\"item\":[{{\"request\":{{\"url\":\"/a\",\"body\":{{\"mode\":\"raw\",\"raw\":\"{body}\"}}}}}}]}}"
            );
            let found = use_it(&text).unwrap();
            assert_eq!(found.diagnostics.has(DiagnosticCode::TooMany), levels > 128);
        }
    }
}

#[test]
fn very_many_of_anything_end_soon() {
    let many = |count: usize, each: &dyn Fn(usize) -> String| {
        let items: Vec<_> = (0..count).map(each).collect();
        format!("{{\"item\":[{}]}}", items.join(","))
    };
    let keys: String = (0..20_000).map(|it| format!("&k{}", letters(it))).collect();
    let texts = [
        many(100_000, &|it| format!("{{\"request\":\"/{}\"}}", letters(it))),
        many(100_000, &|_| "{\"request\":\"/a\"}".to_owned()),
        many(100_000, &|it| {
            format!("{{\"name\":\"{}\",\"item\":[{{\"request\":\"/a\"}}]}}", letters(it))
        }),
        many(20_000, &|it| format!("{{\"request\":\"http://{}.test/a\"}}", letters(it))),
        many(20_000, &|it| format!("{{\"request\":\"/a?{}\"}}", letters(it))),
        many(20_000, &|it| {
            format!("{{\"request\":\"/a?x{}\"}}", if it == 0 { keys.as_str() } else { "" })
        }),
        many(20_000, &|it| {
            let key = format!("{{\"key\":\"{}\"}}", letters(it));
            format!(
                "{{\"request\":{{\"url\":\"/a\",\"auth\":{{\"type\":\"apikey\",\"apikey\":{key}}}}}}}"
            )
        }),
        many(20_000, &|it| {
            let raw = format!("{{\\\"{}\\\":[1,\\\"x\\\",{{}}]}}", letters(it));
            format!(
                "{{\"request\":{{\"url\":\"/a\",\"body\":{{\"mode\":\"raw\",\"raw\":\"{raw}\"}}}}}}"
            )
        }),
        many(100_000, &|_| "5".to_owned()),
        many(1, &|_| format!("{{\"request\":\"{}\"}}", "/:a".repeat(1_000_000))),
        many(1, &|_| format!("{{\"request\":\"{}\"}}", "{{".repeat(1_000_000))),
        many(1, &|_| format!("{{\"request\":\"{}\"}}", "{{}}".repeat(500_000))),
    ];
    for text in texts {
        let started = Instant::now();
        let found = use_it(&text).unwrap();
        let took = started.elapsed();
        assert!(took < Duration::from_secs(20), "{took:?} {:.80}", text);
        assert!(found.diagnostics.list().len() <= 1_000);
    }
}

/// A word of letters for each number.
fn letters(mut number: usize) -> String {
    let mut out = String::new();
    loop {
        out.push(char::from(b'a' + u8::try_from(number % 26).unwrap()));
        number /= 26;
        if number == 0 {
            return out;
        }
    }
}

#[test]
fn cut_or_changed_anywhere_a_collection_is_read_or_refused() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/shop.postman.json");
    let text = std::fs::read_to_string(path).unwrap();
    let mut state = 7_u64;
    for _ in 0..150 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..4 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 33).unwrap() % bytes.len();
            bytes[at] = b"{}[]\":,x1 \\"[usize::try_from(state >> 20).unwrap() % 11];
        }
        if let Ok(changed) = String::from_utf8(bytes) {
            let _ignored = use_it(&changed);
        }
    }
    for end in (0..text.len()).step_by(37).filter(|it| text.is_char_boundary(*it)) {
        assert!(read_postman(text.get(..end).unwrap(), &Limits::default()).is_err());
    }
}
