//! `bartizan patch`: patches checked against their cases, and tried before they act.

use super::history::{SAMPLES_TRIED_MAX, Tried, tried};
use super::judge::{Judge, Judges};
use super::of_file;
use crate::cli::{Exit, Output, PatchCheck, PatchTry};
use crate::commands::{fail, note, say};
use crate::config::{Verdict, endpoint_text, field_text};
use crate::content::requests::{bytes, requests};
use crate::show;
use bartizan_model::patch::Patch;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Name and version of the JSON form.
const SCHEMA: &str = "bartizan.patch/v1";
/// Requests that are named.
const NAMED_MAX: usize = 20;
/// Endpoints and subjects that are named.
const GROUPS_MAX: usize = 10;

/// Judges the cases of patches.
pub(crate) fn check(it: &PatchCheck, now_unix_s: u64) -> Exit {
    let judges = Judges::default();
    let (mut said, mut exit) = (String::new(), Exit::Clean);
    for path in &it.files {
        match of_file(path, now_unix_s, &judges) {
            Ok(read) => {
                let patch = read.ready.patch();
                if !read.warnings.is_empty() {
                    note(read.warnings.to_string().trim_end());
                }
                said.push_str(&format!(
                    "{}: {} ({}) keeps its {} cases\n",
                    path.display(),
                    patch.id,
                    patch.mode.name(),
                    read.cases
                ));
            }
            Err(fault) => exit = fail(&fault.to_string(), Exit::Usage),
        }
    }
    let end = say(&said);
    if exit == Exit::Clean { end } else { exit }
}

/// Says what a patch would have refused.
pub(crate) fn try_out(it: &PatchTry, dir: &Path) -> Exit {
    let judges = Judges::default();
    let ready = match of_file(&it.patch, 0, &judges) {
        Ok(read) => read.ready,
        Err(fault) => return fail(&fault.to_string(), Exit::Usage),
    };
    let judge = judges.of(&ready);
    let found = match it.requests.is_empty() {
        true => tried(dir, it.key.clone().map(|it| it.0), &ready, &judge).map(|it| of_kept(&it)),
        false => of_files(&it.requests, &judge),
    };
    let mut found = match found {
        Ok(found) => found,
        Err(why) => return fail(&why, Exit::Failed),
    };
    if let Some(members) = found.as_object_mut() {
        members.insert("schema".to_owned(), json!(SCHEMA));
        members.insert("patch".to_owned(), json!(&*ready.patch().id));
    }
    let is_refused = number(&found, "refused") > 0;
    let end = match it.output {
        Output::Json | Output::Ndjson => say(&format!("{found}\n")),
        Output::Human => say(&text(ready.patch(), &found)),
    };
    if is_refused && end == Exit::Clean { Exit::Findings } else { end }
}

fn of_kept(it: &Tried) -> Value {
    let mut endpoints: BTreeMap<String, u64> = BTreeMap::new();
    it.refused
        .iter()
        .for_each(|(_, _, endpoint)| *endpoints.entry(endpoint.clone()).or_default() += 1);
    let subjects = it.subjects.iter().map(|(subject, n)| (format!("{subject:032x}"), *n));
    let named = it.refused.iter().take(NAMED_MAX).map(|(id, place, endpoint)| {
        json!({ "decision_id": id.to_string(), "field": place, "endpoint": endpoint })
    });
    json!({
        "of": "samples",
        "samples_max": SAMPLES_TRIED_MAX,
        "requests": it.samples,
        "refused": it.refused.len(),
        "pass": it.pass,
        "cannot_tell": it.cannot_tell,
        "recorded": it.recorded,
        "recorded_since": it.since_us.map(show::timestamp),
        "endpoints": most(endpoints),
        "subjects": most(subjects.collect()),
        "newest": named.collect::<Vec<_>>(),
    })
}

/// The groups with the most requests.
fn most(groups: BTreeMap<String, u64>) -> Value {
    let mut all: Vec<(String, u64)> = groups.into_iter().collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.1));
    let all = all.into_iter().take(GROUPS_MAX);
    all.map(|(name, requests)| json!({ "name": name, "requests": requests })).collect()
}

fn of_files(files: &[PathBuf], judge: &Judge) -> Result<Value, String> {
    let (mut of_endpoint, mut refused, mut pass, mut cannot_tell) = (0_u64, 0_u64, 0_u64, 0_u64);
    let (mut endpoints, mut named) = (BTreeMap::new(), Vec::new());
    for file in files {
        let of = |why: String| format!("{}: {why}", file.display());
        let text = bytes(file).map_err(|it| of(it.to_string()))?;
        for (n, request) in requests(&text).into_iter().enumerate() {
            let request = request.map_err(of)?;
            let (verdict, seen) = judge.verdict(&request);
            of_endpoint += 1;
            match verdict {
                Verdict::Refused(place) => {
                    refused += 1;
                    let endpoint = seen.as_ref().map(show::endpoint).unwrap_or_default();
                    *endpoints.entry(endpoint.clone()).or_default() += 1;
                    let request = match request.label.id.is_empty() {
                        true => format!("{}, request {}", file.display(), n + 1),
                        false => request.label.id,
                    };
                    if named.len() < NAMED_MAX {
                        named.push(json!({
                            "request": request,
                            "field": place,
                            "endpoint": endpoint,
                        }));
                    }
                }
                Verdict::Passes => pass += 1,
                Verdict::Unexamined | Verdict::ByLaw(_) | Verdict::Unread => cannot_tell += 1,
            }
        }
    }
    Ok(json!({
        "of": "files",
        "requests": of_endpoint,
        "refused": refused,
        "pass": pass,
        "cannot_tell": cannot_tell,
        "endpoints": most(endpoints),
        "newest": named,
    }))
}

fn number(of: &Value, name: &str) -> u64 {
    of.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn text(patch: &Patch, found: &Value) -> String {
    let n = |name: &str| number(found, name);
    let is_kept = found.get("of").and_then(Value::as_str) == Some("samples");
    let mut out = format!(
        "{}: {} of {}, enforced for this trial\n\n",
        patch.id,
        field_text(&patch.field),
        endpoint_text(patch)
    );
    match is_kept {
        true => out.push_str(&format!(
            "  samples       {} of this endpoint, among the newest {SAMPLES_TRIED_MAX}\n",
            n("requests")
        )),
        false => out.push_str(&format!("  requests      {}\n", n("requests"))),
    }
    out.push_str(&format!("  would refuse  {}\n  pass          {}\n", n("refused"), n("pass")));
    match is_kept {
        true => {
            out.push_str(&format!(
                "  cannot tell   {}, of which something was redacted, cut or not kept\n",
                n("cannot_tell")
            ));
            let since = found.get("recorded_since").and_then(Value::as_str);
            let since = since.map(|it| format!(" since {it}")).unwrap_or_default();
            out.push_str(&format!(
                "  recorded      {} calls of this endpoint{since}; what those without a sample said is not kept\n",
                n("recorded")
            ));
        }
        false => out.push_str(&format!(
            "  cannot tell   {}, which the law refuses or which could not be looked at as a whole\n",
            n("cannot_tell")
        )),
    }
    for (title, name) in [("by endpoint", "endpoints"), ("by subject", "subjects")] {
        let groups = found.get(name).and_then(Value::as_array).filter(|it| !it.is_empty());
        for (at, it) in groups.into_iter().flatten().enumerate() {
            let begin = if at == 0 { format!("\n  {title}\n") } else { String::new() };
            let name = it.get("name").and_then(Value::as_str).unwrap_or_default();
            out.push_str(&format!("{begin}  {:>6}  {name}\n", number(it, "requests")));
        }
    }
    let newest = found.get("newest").and_then(Value::as_array).into_iter().flatten();
    for (at, it) in newest.enumerate() {
        let member = |name: &str| it.get(name).and_then(Value::as_str);
        let title = if is_kept { "the newest" } else { "the first" };
        let begin = if at == 0 { format!("\n  {title}\n") } else { String::new() };
        let id = member("decision_id").or(member("request")).unwrap_or_default();
        let (endpoint, field) = (member("endpoint"), member("field"));
        out.push_str(&format!(
            "{begin}    {id}  {}  {}\n",
            endpoint.unwrap_or_default(),
            field.unwrap_or_default()
        ));
    }
    out
}
