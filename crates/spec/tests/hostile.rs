//! Documents that mean harm, or nothing: they end in an error or in diagnostics, soon, and never in a panic.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bartizan_spec::{
    DiagnosticCode, Diagnostics, Fault, Format, Limits, Lookup, Options, Overlay, Reading,
    complete, flatten, no_files, parse, read, read_schema, write,
};

const HEAD: &str = "openapi: 3.1.0\ninfo: {title: t, version: v}\n";

/// Does with a description everything that can be done.
fn use_it(text: &str) -> Option<Reading> {
    let limits = Limits { schemas_max: 20_000, ..Limits::default() };
    let files = |_: &str| Some(text.to_owned());
    let _ignored = Overlay::read(text, &limits);
    let _ignored = read_schema(text, "a", &no_files, &limits);
    let reading = read(text, "a", &files, &limits).ok()?;
    for schema in reading.api.schemas.values() {
        let _ignored = flatten(schema, &reading.api.schemas);
    }
    let _ignored = Lookup::of(&reading.api).find("GET", "/orders/17/x");
    let written = write(&complete(&reading.api), Options::default());
    let again = read(&written.text, "again", &no_files, &limits);
    assert!(again.is_ok(), "{:?}\n{}", again.err(), written.text);
    Some(reading)
}

#[track_caller]
fn check(body: &str, codes: &[DiagnosticCode]) {
    let reading = use_it(&format!("{HEAD}{body}")).unwrap();
    for code in codes {
        assert!(reading.diagnostics.has(*code), "{code:?} of {:?}", reading.diagnostics);
    }
}

#[test]
fn references_in_circles_and_into_nothing_are_reported() {
    let schemas = "components: {schemas: {A: {$ref: '#/components/schemas/A'}, B: {allOf: [{$ref: \
                   '#/components/schemas/B'}]}, C: {$ref: '#/components/schemas/No'}, D: {$ref: 'https://a.test/x'}, E: {$ref: \
                   '#/components/schemas/E/properties/x'}, F: {$ref: 5}, G: {$ref: '#'}}}\n";
    check(
        schemas,
        &[
            DiagnosticCode::ReferenceCycle,
            DiagnosticCode::MissingReference,
            DiagnosticCode::RemoteReference,
        ],
    );
    let others = "paths: {/a: {get: {parameters: [{$ref: '#/p'}], responses: {200: {$ref: '#/q'}}}}}\np: {$ref: '#/q'}\nq: \
                  {$ref: '#/p'}\n";
    check(others, &[DiagnosticCode::ReferenceCycle]);
}

#[test]
fn wrong_types_everywhere_are_reported() {
    for value in ["5", "[]", "{}", "x", "true", "null", "[[[]]]", "{a: {b: {c: d}}}", "1e999999"] {
        let text = format!(
            "openapi: 3.1.0\ninfo: {value}\nservers: {value}\ntags: {value}\nsecurity: {value}\npaths: {{/a: {value}, /b: {{get: {value}, \
             parameters: {value}, servers: {value}}}, /c: {{get: {{parameters: [{value}], requestBody: {value}, responses: {value}, \
             security: [{value}], tags: {value}, operationId: {value}, deprecated: {value}}}}}, /d: {{put: {{requestBody: {{content: \
             {value}}}, responses: {{200: {value}, 201: {{content: {value}, headers: {value}}}, 202: {{content: {{a/b: {value}}}}}}}}}}}}}\n\
             components: {{schemas: {{A: {value}, B: {{type: {value}, enum: {value}, properties: {value}, required: {value}, items: {value}, \
             allOf: {value}, minimum: {value}, exclusiveMinimum: {value}, minLength: {value}, additionalProperties: {value}, \
             discriminator: {value}, pattern: {value}, default: {value}}}}}, securitySchemes: {{s: {value}, t: {{type: oauth2, flows: \
             {value}}}}}}}\n"
        );
        assert!(use_it(&text).is_some(), "{text}");
        assert!(use_it(&text.replace("openapi: 3.1.0", "openapi: 3.0.0")).is_some());
        let old = text
            .replace("openapi: 3.1.0", "swagger: 2.0")
            .replace("components: {schemas:", "definitions: {A:");
        let _ignored = use_it(&old);
    }
}

#[test]
fn nesting_to_the_limit_is_read_on_a_small_stack() {
    for (open, close, levels) in [
        ("{items: ", "}", 124),
        ("{allOf: [", "]}", 61),
        ("{properties: {a: ", "}}", 61),
        ("{not: ", "}", 124),
        ("{additionalProperties: ", "}", 124),
    ] {
        let nested = format!("{}{{}}{}", open.repeat(levels), close.repeat(levels));
        let text = format!("{HEAD}components: {{schemas: {{A: {nested}}}}}\n");
        let reading = use_it(&text).unwrap_or_else(|| panic!("{open} is not read"));
        assert!(reading.api.schemas.contains_key("A"));
        let deeper = format!("{}{{}}{}", open.repeat(130), close.repeat(130));
        let text = format!("{HEAD}components: {{schemas: {{A: {deeper}}}}}\n");
        let error = read(&text, "a", &no_files, &Limits::default()).unwrap_err();
        assert_eq!(error.fault, Fault::TooDeep { levels_max: 128 });
    }
}

#[test]
fn references_that_multiply_end_at_the_limit() {
    let big: String = (0..2_000).map(|it| format!("p{it}: {{type: string}}, ")).collect();
    let operations: String =
        (0..1_000).map(|it| format!("  /p{it}: {{$ref: '#/shared'}}\n")).collect();
    let response =
        format!("{{description: d, content: {{a/b: {{schema: {{properties: {{{big}}}}}}}}}}}");
    let text =
        format!("{HEAD}paths:\n{operations}shared: {{get: {{responses: {{200: {response}}}}}}}\n");
    let started = Instant::now();
    let limits = Limits { schemas_max: 100_000, ..Limits::default() };
    let reading = read(&text, "a", &no_files, &limits).unwrap();
    assert!(reading.diagnostics.has(DiagnosticCode::TooMany));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn media_types_multiply_within_the_limit() {
    let types: String = (0..2_000).map(|it| format!("a/t{it}, ")).collect();
    let big: String = (0..1_000).map(|it| format!("p{it}: {{type: string}}, ")).collect();
    let schema = format!("{{properties: {{{big}}}}}");
    let text = format!(
        "swagger: '2.0'\ninfo: {{title: t, version: v}}\nconsumes: [{types}]\nproduces: [{types}]\npaths: {{/a: {{post: \
         {{parameters: [{{in: body, name: b, schema: {schema}}}], responses: {{200: {{description: d, schema: {schema}}}}}}}}}}}\n"
    );
    let limits = Limits { schemas_max: 10_000, ..Limits::default() };
    let reading = read(&text, "a", &no_files, &limits).unwrap();
    assert!(reading.diagnostics.has(DiagnosticCode::TooMany));
    let body = reading.api.operations[0].body.as_ref().unwrap();
    assert!(body.content.len() <= 10, "{}", body.content.len());
}

#[test]
fn many_references_to_places_with_one_name_do_not_take_long() {
    let parts: String =
        (0..5_000).map(|it| format!("  /p{it}: {{get: {{responses: {{200: {{description: d, content: {{a/b: {{schema: {{$ref: \
                                       '#/x/k{it}/same'}}}}}}}}}}}}}}\n")).collect();
    let targets: String = (0..5_000).map(|it| format!("  k{it}: {{same: {{}}}}\n")).collect();
    let started = Instant::now();
    let text = format!("{HEAD}paths:\n{parts}x:\n{targets}");
    let reading = read(&text, "a", &no_files, &Limits::default()).unwrap();
    assert_eq!(reading.api.schemas.len(), 5_000);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn no_cut_and_no_changed_byte_of_a_description_panics() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let names = ["shop-2.0.yaml", "shop-3.0.yaml", "shop-3.1.yaml", "shop-3.2.yaml"];
    let texts: Vec<_> =
        names.iter().map(|it| std::fs::read_to_string(testdata.join(it)).unwrap()).collect();
    let mut random = Random(0x5eed);
    let mut readable = 0;
    for text in &texts {
        let reading = use_it(text).unwrap();
        let json = write(&reading.api, Options { format: Format::Json, ..Options::default() }).text;
        for text in [text, &json] {
            for _ in 0..60 {
                let at = random.below(text.len());
                let cut = (0..=at).rev().find(|it| text.is_char_boundary(*it)).unwrap_or_default();
                let _ignored = use_it(&text[..cut]);
                readable += usize::from(use_it(&mutated(text, &mut random)).is_some());
            }
        }
    }
    assert!(readable > 40, "{readable} of 480 changed descriptions are still read");
}

/// Changes a few places of a text: bytes, lines and words that mean something.
fn mutated(text: &str, random: &mut Random) -> String {
    const WORDS: [&str; 24] = [
        "null",
        "[]",
        "{}",
        "5",
        "-1",
        "1e999",
        "''",
        "$ref",
        "#/",
        "*a",
        "&a ",
        "<<",
        "type",
        "true",
        "{",
        "}",
        "[",
        "]",
        ":",
        "\"",
        "\n",
        "#/components/schemas/Order",
        "../../x.yaml#/y",
        "\u{feff}",
    ];
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=random.below(4) {
        let at = random.below(lines.len());
        let other = lines[random.below(lines.len())].clone();
        let word = WORDS[random.below(WORDS.len())];
        let line = &mut lines[at];
        let place = random.below(line.len() + 1);
        let place = (0..=place).rev().find(|it| line.is_char_boundary(*it)).unwrap_or_default();
        match random.below(5) {
            0 => line.insert_str(place, word),
            1 => *line = other,
            2 => line.truncate(place),
            3 => {
                let value = line.split_once(": ").map(|it| format!("{}: {word}", it.0));
                *line = value.unwrap_or_default();
            }
            _ => {
                lines.remove(at);
                lines.push(other);
            }
        }
    }
    lines.join("\n")
}

/// Numbers that look like chance and are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

#[test]
fn json_is_accepted_and_refused_as_its_test_suite_says() {
    let shared = std::env::var_os("BARTIZAN_SHARED").map_or_else(
        || concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").into(),
        PathBuf::from,
    );
    let Ok(files) = std::fs::read_dir(shared.join("vectors/json-parsing/test_parsing")) else {
        println!("skipped: vectors absent");
        return;
    };
    let limits = Limits { depth_max: 200, ..Limits::default() };
    let mut counts = [0, 0];
    for path in files.map(|it| it.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // Bytes that are no UTF-8 never reach the reader.
        let Ok(text) = String::from_utf8(std::fs::read(&path).unwrap()) else { continue };
        let result = parse(&text, 0, &limits, &mut Diagnostics::up_to(9));
        match name.get(..2) {
            Some("y_") => {
                assert!(result.is_ok(), "{name}: {result:?}");
                counts[0] += 1;
            }
            // Broken JSON may be YAML.
            Some("n_") => counts[1] += usize::from(result.is_err()),
            _ => {}
        }
    }
    assert!(counts[0] > 90 && counts[1] > 80, "{counts:?}");
}
