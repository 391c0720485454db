//! `bartizan status`: what an instance says of itself, or what a stopped one left behind.

use crate::cli::{Exit, Output};
use crate::commands::{fail, say};
use crate::control::{self, Question};
use crate::instance::JOURNAL;
use crate::show;
use bartizan_store::{Record, read};
use serde_json::{Value, json};
use std::path::Path;

/// Shows the status of the instance in `dir`.
pub fn run(dir: &Path, output: Output) -> Exit {
    let status = match control::ask(dir, &Question::Status) {
        Ok(status) => status,
        Err(_) => match left_behind(dir) {
            Some(status) => status,
            None => {
                let text = format!("nothing runs in `{}`, and nothing ever did", dir.display());
                return fail(&text, Exit::Failed);
            }
        },
    };
    match output {
        Output::Json | Output::Ndjson => say(&format!("{status}\n")),
        Output::Human => say(&text(&status)),
    }
}

/// The status of a stopped instance, from its journal.
fn left_behind(dir: &Path) -> Option<Value> {
    let mut records = read(&dir.join(JOURNAL));
    let (mut observations, mut lost, mut started, mut stopped) = (0_u64, 0_u64, None, None);
    for record in records.by_ref().flatten() {
        match record {
            Record::Observation(_) => observations += 1,
            Record::Gap { lost: more, .. } => lost += more,
            Record::Started { at, .. } => (started, stopped) = (Some(at.wall_us), None),
            Record::Stopped { at } => stopped = Some(at.wall_us),
            Record::Rules(_) | Record::Intent { .. } | Record::Answered { .. } => {}
        }
    }
    let time = |it: Option<u64>| it.map(show::timestamp);
    started?;
    Some(json!({
        "schema": "bartizan.status/v1",
        "running": false,
        "started": time(started),
        "stopped": time(stopped),
        "observations": observations,
        "observations_lost": lost,
        "unreadable_segments": records.damage().segments,
    }))
}

/// The same for people: one line per member, nested ones indented.
fn text(status: &Value) -> String {
    let mut out = String::new();
    if let Some(members) = status.as_object() {
        members.iter().filter(|(name, _)| *name != "schema").for_each(|(name, value)| {
            put(&mut out, name, value, 0);
        });
    }
    out
}

/// A value within a line.
fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let words = members.iter().map(|(name, value)| format!("{name} {}", flat(value)));
            words.collect::<Vec<_>>().join(" ")
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join("; "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn put(out: &mut String, name: &str, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    // Names of clauses stay as they are written in a configuration.
    let name = if name.contains('.') { name.to_owned() } else { name.replace('_', " ") };
    match value {
        Value::Null => {}
        Value::Object(members) => {
            out.push_str(&format!("{indent}{name}\n"));
            members.iter().for_each(|(name, value)| put(out, name, value, depth + 1));
        }
        Value::String(text) => out.push_str(&format!("{indent}{name:<20} {text}\n")),
        Value::Array(items) if items.iter().any(Value::is_object) => {
            out.push_str(&format!("{indent}{name}\n"));
            items.iter().filter_map(Value::as_object).for_each(|it| {
                let words = it.iter().map(|(name, value)| format!("{name} {}", flat(value)));
                out.push_str(&format!("{indent}  {}\n", words.collect::<Vec<_>>().join(", ")));
            });
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            out.push_str(&format!("{indent}{name:<20} {value}\n"));
        }
    }
}
