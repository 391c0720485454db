//! `bartizan inventory`: what is kept, as endpoints.

use super::{FoldError, of, shown};
use crate::cli::{
    Exit, Inventory as What, InventoryExport, InventoryOf, Notation, OpenApi, Output,
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
                "    {:>3} %  {:<8} {:>6} values  {place}\n",
                shown::share(field, fields),
                field.kind().map_or("", Kind::name),
                field.values.count(),
            );
        }
    }
    say(&out)
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
    write(&complete(&describe(title, endpoints)), options).text
}
