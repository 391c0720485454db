//! `bartizan inspect`: what bartizan makes of requests, with its reasons.

use super::judged::{Judge, Judged};
use super::reasons;
use super::requests::{Request, bytes, requests};
use crate::cli::{Exit, Inspect, Output};
use crate::commands::{fail, say};
use bartizan_model::content_level::ContentLevel;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Name and version of the JSON form.
const SCHEMA: &str = "bartizan.inspect/v1";

/// Judges the requests of files, and prints what was seen. Ends with 1 if one would have been refused.
pub(crate) fn run(it: &Inspect) -> Exit {
    let judge = match Judge::new(it.content) {
        Ok(judge) => judge,
        Err(error) => return fail(&format!("no randomness: {error}"), Exit::Failed),
    };
    let files = match it.files.is_empty() {
        true => vec![PathBuf::from("-")],
        false => it.files.clone(),
    };
    let (mut shown, mut documents, mut is_refused) = (String::new(), Vec::new(), false);
    for file in files {
        let text = match bytes(&file) {
            Ok(text) => text,
            Err(error) => return fail(&format!("{}: {error}", file.display()), Exit::Failed),
        };
        for request in requests(&text) {
            let request = match request {
                Ok(request) => request,
                Err(why) => return fail(&format!("{}: {why}", file.display()), Exit::Failed),
            };
            let Some(judged) = judge.judge(&request) else {
                return fail("it could not be judged", Exit::Failed);
            };
            let is_one = is_refused_by(&judged, it.content);
            is_refused |= is_one;
            match it.output {
                Output::Human => shown.push_str(&text_of(&request, &judged, it.content)),
                Output::Json => documents.push(as_json(&request, &judged, is_one)),
                Output::Ndjson => {
                    let mut one = as_json(&request, &judged, is_one);
                    if let Some(members) = one.as_object_mut() {
                        members.insert("schema".to_owned(), json!(SCHEMA));
                    }
                    shown.push_str(&format!("{one}\n"));
                }
            }
        }
    }
    if it.output == Output::Json {
        shown = format!("{}\n", json!({ "schema": SCHEMA, "requests": documents }));
    }
    let exit = say(&shown);
    if is_refused && exit == Exit::Clean { Exit::Findings } else { exit }
}

fn is_refused_by(it: &Judged, level: ContentLevel) -> bool {
    it.score().0 >= level.score_min() || it.others().next().is_some()
}

fn text_of(request: &Request, it: &Judged, level: ContentLevel) -> String {
    let line = request.head.split(|it| *it == b'\r').next().unwrap_or_default();
    let line: String = String::from_utf8_lossy(line)
        .chars()
        .take(100)
        .map(|it| if it.is_control() { '?' } else { it })
        .collect();
    let verdict = if is_refused_by(it, level) { "would be refused" } else { "passes" };
    let mut out = format!("{line}\n  {verdict}\n");
    for code in it.others() {
        out.push_str(&format!("  {code}: {}\n", code.entry().title));
    }
    for finding in &it.observation.findings {
        let sighting = finding.sighting;
        let counts = if sighting.score >= level.score_min() { "" } else { ", below the level" };
        out.push_str(&format!(
            "  {} at {}: score 0.{:03}{counts}; {}\n",
            sighting.code,
            finding.place,
            sighting.score.min(999),
            reasons(finding).join(", ")
        ));
    }
    out
}

fn as_json(request: &Request, it: &Judged, is_refused: bool) -> Value {
    json!({
        "id": request.label.id,
        "would_be_refused": is_refused,
        "others": it.others().map(|it| it.name()).collect::<Vec<_>>(),
        "findings": it.observation.findings.iter().map(|finding| json!({
            "code": finding.sighting.code.name(),
            "place": finding.place.to_string(),
            "score": finding.sighting.score,
            "bytes": finding.bytes,
            "reasons": reasons(finding),
        })).collect::<Vec<_>>(),
    })
}
