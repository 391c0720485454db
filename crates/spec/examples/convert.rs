//! Reads descriptions of APIs and writes them as OpenAPI 3.1 or 3.2, with one line of JSON on each.
//!
//! ```console
//! cargo run --release -p bartizan-spec --example convert -- [--openapi 3.2] [--json] [--complete] [--overlay] [--mib-max N] [--out DIR] FILE...
//! ```
//!
//! With `--overlay` an overlay with the extensions is written, and no description.
//!
//! The line says what was read and met, whether reading the written form gives the same again, and how long a
//! look-up takes. A file that cannot be read has an `error`; the exit code is then 1.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use bartizan_model::api::{Api, Number, Value};
use bartizan_spec::{
    Format, Limits, Lookup, Node, Options, Overlay, Position, Reading, Version, complete, no_files,
    read, write, write_document,
};

/// Look-ups of each path.
const ROUNDS: u32 = 200;

#[derive(Default)]
struct Wishes {
    options: Options,
    complete: bool,
    overlay: bool,
    limits: Limits,
    out: Option<PathBuf>,
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let Some(wishes) = wishes() else {
        eprintln!(
            "convert [--openapi 3.1|3.2] [--json] [--complete] [--overlay] [--mib-max N] [--out DIR] FILE..."
        );
        return ExitCode::from(2);
    };
    let mut code = ExitCode::SUCCESS;
    for file in &wishes.files {
        let mut line = vec![("file".to_owned(), Value::from(file.display().to_string()))];
        if let Err(error) = convert(file, &wishes, &mut line) {
            line.push(("error".to_owned(), error.into()));
            code = ExitCode::FAILURE;
        }
        println!("{}", one_line(line));
    }
    code
}

fn wishes() -> Option<Wishes> {
    let mut wishes = Wishes::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--openapi" => {
                wishes.options.version = match arguments.next()?.as_str() {
                    "3.1" => Version::V31,
                    "3.2" => Version::V32,
                    _ => return None,
                }
            }
            "--json" => wishes.options.format = Format::Json,
            "--complete" => wishes.complete = true,
            "--overlay" => wishes.overlay = true,
            "--mib-max" => {
                let times = arguments.next()?.parse::<usize>().ok()?.checked_mul(1 << 20)?;
                wishes.limits.file_bytes_max = times;
                wishes.limits.nodes_max = times / 16;
            }
            "--out" => wishes.out = Some(arguments.next()?.into()),
            _ if argument.starts_with('-') => return None,
            _ => wishes.files.push(argument.into()),
        }
    }
    (!wishes.files.is_empty()).then_some(wishes)
}

fn convert(file: &Path, wishes: &Wishes, line: &mut Vec<(String, Value)>) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let directory = file.parent().unwrap_or(Path::new(""));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let files = |name: &str| std::fs::read_to_string(directory.join(name)).ok();
    let limits = &wishes.limits;

    let started = Instant::now();
    let reading = read(&text, &name, &files, limits).map_err(|error| error.to_string())?;
    let mut say = |key: &str, value: Value| line.push((key.to_owned(), value));
    say("read_ms", millis(started));
    say("bytes", count(text.len()));
    describe(&reading, &mut say);

    let api = if wishes.complete { complete(&reading.api) } else { reading.api };
    let started = Instant::now();
    let written = write(&api, wishes.options);
    say("write_ms", millis(started));
    say("omitted", count(written.omitted.len()));

    let again = read(&written.text, "again", &no_files, limits)
        .map_err(|error| format!("again: {error}"))?;
    say("again", (sorted(again.api) == sorted(api.clone())).into());
    look_up(&api, &mut say);
    if let Some(out) = &wishes.out {
        let extension = match wishes.options.format {
            Format::Json => "json",
            Format::Yaml => "yaml",
        };
        let flat = file.display().to_string().replace(['/', '\\'], "_");
        let target = out.join(format!("{}.{extension}", flat.trim_start_matches(['_', '.'])));
        let text = if wishes.overlay {
            Overlay::of(&api).write(wishes.options.format)
        } else {
            written.text
        };
        std::fs::write(&target, text).map_err(|error| error.to_string())?;
        say("written", target.display().to_string().into());
    }
    Ok(())
}

fn describe(reading: &Reading, say: &mut impl FnMut(&str, Value)) {
    say("dialect", format!("{:?}", reading.dialect).into());
    say("files", count(reading.files.len()));
    say("operations", count(reading.api.operations.len()));
    say("schemas", count(reading.api.schemas.len()));
    let mut codes: BTreeMap<String, u64> = BTreeMap::new();
    for it in reading.diagnostics.list() {
        *codes.entry(it.code.name().to_owned()).or_default() += 1;
    }
    let dropped = reading.diagnostics.dropped();
    if dropped > 0 {
        codes.insert("dropped".to_owned(), dropped);
    }
    let codes = codes.into_iter().map(|(code, it)| (code, it.into())).collect();
    say("diagnostics", Value::Map(codes));
}

/// Looks up each operation by a path that fits it.
fn look_up(api: &Api, say: &mut impl FnMut(&str, Value)) {
    let lookup = Lookup::of(api);
    let base = api.base_paths().first().copied().unwrap_or_default().to_owned();
    let base = if base.contains('{') { String::new() } else { base };
    let path = |text: &str| {
        let mut out = base.clone();
        let mut is_inside = false;
        for it in text.chars() {
            is_inside = if it == '{' { true } else { is_inside && it != '}' };
            if it == '}' {
                out.push_str("17");
            } else if !is_inside {
                out.push(it);
            }
        }
        out
    };
    let calls: Vec<_> =
        api.operations.iter().map(|it| (it.method.as_str(), path(it.path.as_str()))).collect();
    let mut found = 0;
    let started = Instant::now();
    for _ in 0..ROUNDS {
        found = calls.iter().filter(|it| lookup.find(it.0, &it.1).is_some()).count();
    }
    let calls_made = calls.len() as f64 * f64::from(ROUNDS);
    let each = started.elapsed().as_secs_f64() * 1e9 / calls_made.max(1.0);
    say("found", count(found));
    say("find_ns", number(each));
}

/// The document has its paths and methods in an order of its own.
fn sorted(mut api: Api) -> Api {
    api.operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    api
}

fn count(it: usize) -> Value {
    u64::try_from(it).unwrap_or(u64::MAX).into()
}

fn millis(since: Instant) -> Value {
    number(since.elapsed().as_secs_f64() * 1e3)
}

fn number(it: f64) -> Value {
    Number::parse(&format!("{it:.1}")).map_or(Value::Null, Value::Number)
}

fn one_line(line: Vec<(String, Value)>) -> String {
    let value = Value::Map(line.into_iter().collect());
    let node = Node::from_value(&value, Position::default());
    write_document(&node, Format::Json).lines().map(str::trim).collect::<Vec<_>>().join(" ")
}
