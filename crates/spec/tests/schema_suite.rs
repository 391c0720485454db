//! The validator against the JSON-Schema-Test-Suite, which is kept beside a checkout.
//!
//! Every required case passes or stands in a table with its reason, and a case of the table that passes fails the
//! test. Of optional cases it is counted how many pass.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bartizan_model::tape::{Kind, NodeId, Tape, TapeLimits};
use bartizan_spec::validate::{
    CompileOptions, SchemaDialect, Source, ValidateLimits, Validator, Verdict,
};
use bartizan_spec::{Diagnostics, Limits, Node, parse};

/// Required cases that do not pass: file, group, test, reason.
const EXPECTED_TO_FAIL: &[(&str, &str, &str, &str)] = &[];

/// The meta-schemas that the suite refers to, as far as it asks something of them.
const META: &[(&str, &str)] = &[
    ("http://json-schema.org/draft-04/schema", include_str!("meta_schemas/draft4.json")),
    ("https://json-schema.org/draft/2020-12/schema", include_str!("meta_schemas/2020-12.json")),
    (
        "https://json-schema.org/draft/2020-12/meta/applicator",
        r##"{"$schema": "https://json-schema.org/draft/2020-12/schema"}"##,
    ),
    (
        "https://json-schema.org/draft/2020-12/meta/validation",
        r##"{"$schema": "https://json-schema.org/draft/2020-12/schema"}"##,
    ),
    (
        "https://json-schema.org/draft/2020-12/meta/core",
        r##"{"$schema": "https://json-schema.org/draft/2020-12/schema"}"##,
    ),
];

fn vectors() -> Option<PathBuf> {
    let folder = std::env::var_os("BARTIZAN_VECTORS").map(PathBuf::from).unwrap_or_else(|| {
        let shared = std::env::var_os("BARTIZAN_SHARED").map_or_else(
            || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into(),
            PathBuf::from,
        );
        shared.join("vectors")
    });
    let folder = folder.join("json-schema");
    folder.join("tests").is_dir().then_some(folder)
}

fn document(text: &str) -> Node {
    parse(text, 0, &Limits::default(), &mut Diagnostics::up_to(0)).unwrap()
}

fn tape(text: &[u8]) -> Tape<'_> {
    Tape::read(text, &TapeLimits::default()).unwrap()
}

/// A member of an object, by its name.
fn member(tape: &Tape<'_>, node: NodeId, name: &str) -> NodeId {
    tape.members(node).find(|it| tape.text(it.name) == name).unwrap().value
}

fn files(folder: &Path, prefix: &str, found: &mut Vec<(String, PathBuf)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, &format!("{prefix}{name}/"), found);
        } else {
            found.push((format!("{prefix}{name}"), path));
        }
    }
}

/// What is given for references to lead into.
fn remotes(folder: &Path, draft: &str) -> Vec<(String, Node)> {
    let mut found = Vec::new();
    files(&folder.join("remotes"), "", &mut found);
    let others = ["draft3", "draft4", "draft6", "draft7", "draft2019-09", "draft2020-12", "v1"];
    let is_ours = |it: &str| !others.iter().any(|other| *other != draft && it.starts_with(other));
    let found = found.into_iter().filter(|it| is_ours(&it.0));
    let remotes = found.map(|(name, path)| {
        let text = std::fs::read_to_string(path).unwrap();
        (format!("http://localhost:1234/{name}"), document(&text))
    });
    let meta = META.iter().map(|(uri, text)| ((*uri).to_owned(), document(text)));
    remotes.chain(meta).collect()
}

/// Cases by how they came out: name of file, group, test, what was said.
#[derive(Default)]
struct Results {
    passed: usize,
    failed: Vec<(String, String, String, String)>,
}

fn run(folder: &Path, draft: &str, dialect: SchemaDialect, is_optional: bool) -> Results {
    let remotes = remotes(folder, draft);
    let mut found = Vec::new();
    files(&folder.join("tests").join(draft), "", &mut found);
    let mut results = Results::default();
    for (name, path) in found {
        if name.starts_with("optional/") != is_optional {
            continue;
        }
        let text = std::fs::read(path).unwrap();
        let tape = tape(&text);
        let options = CompileOptions {
            dialect,
            asserts_formats: name.starts_with("optional/format/"),
            ..CompileOptions::default()
        };
        for group in tape.items(tape.root()) {
            run_group(&tape, group, &name, &remotes, &options, &mut results);
        }
    }
    results
}

fn run_group(
    tape: &Tape<'_>,
    group: NodeId,
    file: &str,
    remotes: &[(String, Node)],
    options: &CompileOptions,
    results: &mut Results,
) {
    let description = tape.text(member(tape, group, "description")).into_owned();
    let schema = document(tape.raw_text(member(tape, group, "schema")));
    let first = Source { uri: "", root: &schema, is_schema: true };
    let others = remotes.iter().map(|(uri, root)| Source { uri, root, is_schema: true });
    let sources: Vec<_> = std::iter::once(first).chain(others).collect();
    let validator = Validator::compile(&sources, "", options);
    for test in tape.items(member(tape, group, "tests")) {
        let name = tape.text(member(tape, test, "description")).into_owned();
        let expected = tape.kind(member(tape, test, "valid")) == Kind::True;
        let data = tape.raw_text(member(tape, test, "data"));
        let said = match &validator {
            Err(error) => format!("{error}"),
            Ok(validator) => {
                let data = Tape::read(data.as_bytes(), &TapeLimits::default()).unwrap();
                let verdict = validator.validate(&data, &ValidateLimits::default());
                if let Verdict::Invalid { faults, .. } = &verdict {
                    assert!(!faults.is_empty(), "{file}: {description}: {name}");
                }
                let passes = match verdict {
                    Verdict::Valid => expected,
                    Verdict::Invalid { .. } => !expected,
                    Verdict::Unknown(_) => false,
                };
                if passes {
                    results.passed += 1;
                    continue;
                }
                format!("{verdict:?}")
            }
        };
        results.failed.push((file.to_owned(), description.clone(), name, said));
    }
}

fn check(draft: &str, dialect: SchemaDialect, passing_min: usize) {
    let Some(folder) = vectors() else {
        println!("skipped: JSON-Schema-Test-Suite, which is not beside this checkout");
        return;
    };
    let required = run(&folder, draft, dialect, false);
    let mut unlisted = Vec::new();
    let mut listed = 0;
    for (file, group, test, said) in &required.failed {
        let file = format!("{draft}/{file}");
        let is_listed = EXPECTED_TO_FAIL
            .iter()
            .any(|it| it.0 == file && it.1 == *group && (it.2 == *test || it.2 == "*"));
        listed += usize::from(is_listed);
        if !is_listed {
            unlisted.push(format!("{file}: {group}: {test}: {said}"));
        }
    }
    assert!(unlisted.is_empty(), "{} fail:\n{}", unlisted.len(), unlisted.join("\n"));
    let expected = EXPECTED_TO_FAIL.iter().filter(|it| it.0.starts_with(&format!("{draft}/")));
    assert_eq!(listed, expected.count(), "a case that is expected to fail passes");
    assert!(required.passed >= passing_min, "{}", required.passed);
    let optional = run(&folder, draft, dialect, true);
    let mut failing: BTreeMap<&str, usize> = BTreeMap::new();
    optional.failed.iter().for_each(|it| *failing.entry(&it.0).or_default() += 1);
    println!(
        "{draft}: {} required pass, {listed} listed; {} optional pass, {} do not: {failing:?}",
        required.passed,
        optional.passed,
        optional.failed.len(),
    );
    if std::env::var_os("BARTIZAN_SUITE_VERBOSE").is_some() {
        optional.failed.iter().for_each(|it| println!("{it:?}"));
    }
}

#[test]
fn draft_2020_12_is_held_as_its_suite_says() {
    check("draft2020-12", SchemaDialect::Draft2020, 1_200);
}

#[test]
fn draft_4_is_held_as_its_suite_says() {
    check("draft4", SchemaDialect::Draft4, 600);
}
