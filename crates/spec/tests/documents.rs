//! One shop in every dialect, and what becomes of it on the way through reader and writer.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};

use bartizan_model::api::{Api, ParameterPlace, Schema};
use bartizan_spec::{
    Dialect, Format, Limits, Lookup, Options, Reading, Version, complete, no_files, read, write,
};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

fn reading(name: &str) -> Reading {
    let path = testdata().join(name);
    let directory = path.parent().unwrap().to_owned();
    let files = |name: &str| std::fs::read_to_string(directory.join(name)).ok();
    let text = std::fs::read_to_string(&path).unwrap();
    let file = path.file_name().unwrap().to_str().unwrap();
    let reading = read(&text, file, &files, &Limits::default());
    let reading = reading.unwrap_or_else(|error| panic!("{name}:{error}"));
    assert_eq!(reading.diagnostics.list(), [], "{name}");
    reading
}

/// Writes and reads in every form; expects the same API.
#[track_caller]
fn check_every_form(api: &Api) {
    for version in [Version::V31, Version::V32] {
        for format in [Format::Json, Format::Yaml] {
            let written = write(api, Options { version, format });
            assert_eq!(written.omitted, []);
            let again = read(&written.text, "again", &no_files, &Limits::default()).unwrap();
            assert_eq!(again.diagnostics.list(), [], "{}", written.text);
            assert_eq!(sorted(again.api), sorted(api.clone()), "{}", written.text);
            assert_eq!(write(api, Options { version, format }), written, "the same bytes again");
        }
    }
}

fn sorted(mut api: Api) -> Api {
    api.operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    api
}

#[test]
fn one_shop_is_one_api_in_every_dialect() {
    let new = reading("shop-3.1.yaml");
    assert_eq!(new.dialect, Dialect::OpenApi31);
    assert_eq!(reading("shop-3.0.yaml").api, new.api);
    assert_eq!(sorted(reading("shop-2.0.yaml").api), sorted(new.api.clone()));
    assert_eq!((new.api.operations.len(), new.api.schemas.len()), (4, 2));
}

#[test]
fn what_is_written_reads_the_same() {
    for name in ["shop-3.1.yaml", "shop-3.2.yaml", "split/openapi.yaml"] {
        let api = reading(name).api;
        check_every_form(&api);
        check_every_form(&complete(&api));
    }
}

#[test]
fn files_become_one_description() {
    let reading = reading("split/openapi.yaml");
    assert_eq!(reading.files, ["openapi.yaml", "paths.yaml", "schemas/order.yaml"]);
    let schemas: Vec<_> = reading.api.schemas.keys().map(String::as_str).collect();
    assert_eq!(schemas, ["Money", "id", "order"]);
    let order = &reading.api.schemas["order"];
    assert_eq!(order.properties["total"], Schema::named("Money"));
    assert_eq!(order.properties["parent"], Schema::named("order"));
    let position = reading.operations[0];
    assert_eq!((position.file, position.line), (1, 3));
}

#[test]
fn words_of_3_2_are_kept_in_3_1_too() {
    let api = reading("shop-3.2.yaml").api;
    let query = api.operation("GET", "/feed").unwrap();
    assert_eq!(query.parameters[1].place, ParameterPlace::QueryString);
    let text = write(&api, Options::default()).text;
    assert!(text.contains("x-bartizan-additionalOperations") && !text.contains("\n    query:"));
    let options = Options { version: Version::V32, format: Format::Yaml };
    assert!(!write(&api, options).text.contains("x-bartizan-"));
}

#[test]
fn operations_are_found_below_the_server() {
    let api = reading("shop-3.2.yaml").api;
    let lookup = Lookup::of(&api);
    let found =
        |method, path| lookup.find(method, path).map(|it| api.operations[it.operation].id.clone());
    assert_eq!(found("PURGE", "/v2/orders"), Some(Some("purgeOrders".to_owned())));
    assert_eq!(found("QUERY", "/v2/orders"), Some(Some("searchOrders".to_owned())));
    assert_eq!(found("QUERY", "/orders"), None);
}
