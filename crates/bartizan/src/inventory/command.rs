//! `bartizan inventory`: what is kept, as endpoints.

use super::{FoldError, classes, of, posture, shown};
use crate::cli::{
    Exit, Inventory as What, InventoryChanges, InventoryExport, InventoryOf, Notation, OpenApi,
    Output,
};
use crate::commands::{fail, say};
use crate::held::{self, Ago};
use bartizan_learn::inventory::description::describe;
use bartizan_learn::inventory::{By, Endpoint, Inventory, Reason, Segment};
use bartizan_model::calendar::timestamp;
use bartizan_model::fact::Kind;
use bartizan_spec::{Format, Options, Version, complete, write};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::PathBuf;

/// Does what the command line says.
pub fn run(what: &What, dir: impl Fn(&InventoryOf) -> PathBuf) -> Exit {
    let which = match what {
        What::Ls(it) => &it.of,
        What::Show(it) => &it.of,
        What::Export(it) => &it.of,
        What::Posture(it) => &it.of,
        What::Changes(it) => &it.of,
    };
    let inventory = match read(&dir(which), which) {
        Ok(inventory) => inventory,
        Err(why) => return fail(&why, Exit::Failed),
    };
    let mut endpoints = inventory.endpoints();
    if let Some(service) = &which.service {
        endpoints.retain(|it| it.service == *service);
    }
    match what {
        What::Ls(it) => {
            let wanted = it.search.as_deref().unwrap_or_default().to_ascii_lowercase();
            endpoints.retain(|it| shown::named(it).to_ascii_lowercase().contains(&wanted));
            endpoints.sort_by_key(|it| std::cmp::Reverse(shown::all(it.leaf)));
            list(&inventory, &endpoints, it.output)
        }
        What::Show(it) => {
            let is_it = |found: &&Endpoint<'_>| {
                shown::named(found) == it.endpoint || shown::id(found) == it.endpoint
            };
            match endpoints.iter().find(is_it) {
                Some(found) => show(found, it.output),
                None => {
                    fail("there is no such endpoint; see `bartizan inventory ls`", Exit::Failed)
                }
            }
        }
        What::Export(it) => export(&endpoints, it),
        What::Posture(it) => weak(&endpoints, it.output),
        What::Changes(it) => changed(&inventory, it),
    }
}

fn read(dir: &std::path::Path, which: &InventoryOf) -> Result<Inventory, String> {
    let held = held::open(dir, which.key.clone().map(|it| it.0)).map_err(|it| it.to_string())?;
    let since_us = which.since.map_or(0, Ago::us);
    of(&held, since_us).map_err(|error: FoldError| error.to_string())
}

fn list(inventory: &Inventory, endpoints: &[Endpoint<'_>], output: Output) -> Exit {
    let rows = || endpoints.iter().map(shown::row);
    match output {
        Output::Json => {
            let rows: Vec<Value> = rows().collect();
            say(&format!(
                "{:#}\n",
                json!({"services": shown::services(inventory), "endpoints": rows})
            ))
        }
        Output::Ndjson => say(&rows().fold(String::new(), |out, it| out + &format!("{it}\n"))),
        Output::Human => say(&table(inventory, endpoints)),
    }
}

fn table(inventory: &Inventory, endpoints: &[Endpoint<'_>]) -> String {
    if endpoints.is_empty() {
        return "no endpoint: only calls that were answered with success make one\n".to_owned();
    }
    let mut out = format!(
        "{:>9} {:>8} {:>6} {:>7}  {:<16} endpoint\n",
        "calls", "callers", "errors", "no key", "service"
    );
    for it in endpoints {
        let all = shown::all(it.leaf);
        let errors: u64 = it.leaf.statuses.range(400..).map(|it| it.1).sum();
        let _written = writeln!(
            out,
            "{all:>9} {:>8} {errors:>6} {:>6}%  {:<16} {}",
            it.leaf.subjects.count(),
            shown::unauthenticated(it.leaf),
            it.service,
            shown::named(it),
        );
    }
    for (service, it) in inventory.totals() {
        if it.candidates > 0 {
            let _written =
                writeln!(out, "{service}: {} calls of paths that no endpoint has", it.candidates);
        }
        if it.full > 0 {
            let _written =
                writeln!(out, "{service}: {} calls found no room and taught nothing", it.full);
        }
    }
    out
}

fn show(it: &Endpoint<'_>, output: Output) -> Exit {
    if output != Output::Human {
        let whole = shown::whole(it);
        return say(&if output == Output::Json {
            format!("{whole:#}\n")
        } else {
            format!("{whole}\n")
        });
    }
    let leaf = it.leaf;
    let mut out = format!("{}  ({})\n", shown::named(it), it.service);
    let statuses: Vec<String> =
        leaf.statuses.iter().map(|it| format!("{} x {}", it.0, it.1)).collect();
    out += &format!("  answers   {}\n", statuses.join(", "));
    out += &format!(
        "  callers   about {} from about {} addresses; {} % without a credential\n",
        leaf.subjects.count(),
        leaf.clients.count(),
        shown::unauthenticated(leaf)
    );
    out += &format!("  seen      {} to {}\n", timestamp(leaf.first_us), timestamp(leaf.last_us));
    for segment in &it.path {
        if let Segment::Variable { name, of } = segment {
            out += &format!("  {{{name}}}  {}\n", reason(of.reason));
        }
    }
    for (side, fields) in [("requests", &leaf.request), ("answers", &leaf.response)] {
        if fields.by_place.is_empty() {
            continue;
        }
        out += &format!("  fields of {} {side}\n", fields.messages);
        for (place, field) in &fields.by_place {
            out += &format!(
                "    {:>3} %  {:<8} {:>6} values  {place}{}\n",
                shown::share(field, fields),
                field.kind().map_or("", Kind::name),
                field.values.count(),
                classes::told(place, field).map_or(String::new(), |it| format!(
                    "  ({}, {} %)",
                    it.class, it.confidence_percent
                )),
            );
        }
    }
    say(&out)
}

fn weak(endpoints: &[Endpoint<'_>], output: Output) -> Exit {
    let ranked = posture::ranked(endpoints);
    match output {
        Output::Json => say(&format!("{ranked:#}\n")),
        Output::Ndjson => {
            say(&list_of(&ranked, "flaws").fold(String::new(), |out, it| out + &format!("{it}\n")))
        }
        Output::Human => say(&weak_text(&ranked)),
    }
}

/// Endpoints of one flaw that are named.
const NAMED_MAX: usize = 5;

fn weak_text(ranked: &Value) -> String {
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_u64).unwrap_or(0);
    let text = |of: &Value, name: &str| {
        of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut out = format!(
        "{} of {} endpoints have a weakness\n",
        number(ranked, "weak"),
        number(ranked, "endpoints")
    );
    for flaw in list_of(ranked, "flaws") {
        let (title, owasp) = (text(flaw, "title"), text(flaw, "owasp"));
        let _written = writeln!(out, "\n{:>3}  {title}  ({owasp})", number(flaw, "risk"));
        for it in list_of(flaw, "endpoints").take(NAMED_MAX) {
            let places: Vec<&str> = list_of(it, "places").filter_map(Value::as_str).collect();
            let _written = writeln!(
                out,
                "       {}  {} of {}  {}",
                [text(it, "method"), text(it, "template"), text(it, "operation")]
                    .join(" ")
                    .trim_end(),
                number(it, "seen"),
                number(it, "of"),
                places.join(", ")
            );
        }
        let more = list_of(flaw, "endpoints").count().saturating_sub(NAMED_MAX);
        if more > 0 {
            let _written = writeln!(out, "       and {more} more");
        }
        let hold = text(flaw, "hold");
        if !hold.is_empty() {
            let _written = writeln!(out, "     now   {hold}");
        }
        let _written = writeln!(out, "     mend  {}", text(flaw, "mend"));
    }
    for (name, what) in [
        ("credentials", "what callers show"),
        ("response_heads", "the heads of answers"),
        ("response_bodies", "what answers hold"),
    ] {
        let count = ranked.get("unknown").map_or(0, |it| number(it, name));
        if count > 0 {
            let _written = writeln!(out, "\nunknown of {count} endpoints: {what}");
        }
    }
    out
}

fn list_of<'a>(of: &'a Value, name: &str) -> std::slice::Iter<'a, Value> {
    of.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

fn changed(inventory: &Inventory, it: &InventoryChanges) -> Exit {
    let mut found = posture::changed(inventory, 0, usize::MAX);
    if let (Some(service), Some(rows)) =
        (&it.of.service, found.get_mut("changes").and_then(Value::as_array_mut))
    {
        rows.retain(|row| row.get("service").and_then(Value::as_str) == Some(service));
    }
    match it.output {
        Output::Json => say(&format!("{found:#}\n")),
        Output::Ndjson => {
            say(&list_of(&found, "changes").fold(String::new(), |out, it| out + &format!("{it}\n")))
        }
        Output::Human => {
            let rows: Vec<String> = list_of(&found, "changes").map(change_text).collect();
            let none = "nothing changed after the first hour\n".to_owned();
            say(&if rows.is_empty() { none } else { rows.concat() })
        }
    }
}

fn change_text(it: &Value) -> String {
    let text = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
    let at = it.get("at").and_then(Value::as_u64).unwrap_or(0);
    let status = it.get("status").and_then(Value::as_u64);
    let what = match text("what") {
        "endpoint" => "new endpoint".to_owned(),
        "request_field" => format!("new in requests: {} {}", text("place"), text("class")),
        "response_field" => format!("new in answers: {} {}", text("place"), text("class")),
        "status" => format!("new status {}", status.unwrap_or(0)),
        _ => "silent since".to_owned(),
    };
    let endpoint = [text("method"), text("template"), text("operation")].join(" ");
    format!("{}  {}  {}\n", timestamp(at), endpoint.trim_end(), what.trim_end())
}

fn reason(of: Reason) -> String {
    match of {
        Reason::Form => "its values have the form of identifiers".to_owned(),
        Reason::Alike { words, .. } => {
            format!("{words} different words stood there, and what they answered was alike")
        }
        Reason::TooMany { words } => {
            format!("{words} different words stood there: too many for names")
        }
        Reason::Said(By::Person) => "a person said so".to_owned(),
        Reason::Said(By::Description) => "a description says so".to_owned(),
    }
}

fn export(endpoints: &[Endpoint<'_>], it: &InventoryExport) -> Exit {
    let service = endpoints.first().map(|it| it.service.to_owned());
    let Some(service) = service else {
        return fail("there is no endpoint to describe", Exit::Failed);
    };
    if endpoints.iter().any(|it| it.service != service) {
        return fail("there are several services: name one with --service", Exit::Usage);
    }
    let format = match it.notation {
        Notation::Yaml => Format::Yaml,
        Notation::Json => Format::Json,
    };
    let version = match it.openapi {
        OpenApi::V31 => Version::V31,
        OpenApi::V32 => Version::V32,
    };
    say(&written(&service, endpoints, Options { version, format }))
}

/// The description of a service.
pub(crate) fn written(service: &str, endpoints: &[Endpoint<'_>], options: Options) -> String {
    let title = if service.is_empty() { "API" } else { service };
    write(&complete(&describe(title, endpoints, &classes::class)), options).text
}
