//! `bartizan inventory`: what is kept, as endpoints.

use super::apis::{Apis, Known};
use super::described::described;
use super::said::{self, Sayings};
use super::{
    FoldError, Learnt, changed, classes, drift, of, overlay, posture, profiles, relations,
    retirement, shown, third_parties, trend,
};
use crate::cli::{
    Exit, ExportAs, Inventory as What, InventoryChanges, InventoryDrift, InventoryExport,
    InventoryForget, InventoryMerge, InventoryOf, InventoryProfile, InventoryRelations,
    InventoryRename, InventoryRetirement, InventorySplit, Notation, OpenApi, Output,
};
use crate::commands::{fail, note, say};
use crate::declared;
use crate::held::{self, Ago};
use crate::wall::now_us;
use bartizan_learn::inventory::leaf::Field;
use bartizan_learn::inventory::{By, Endpoint, Inventory, Reason, Said, Segment};
use bartizan_model::api::Api;
use bartizan_model::calendar::timestamp;
use bartizan_model::fact::Kind;
use bartizan_model::place::Place;
use bartizan_model::profile::Audience;
use bartizan_spec::{Format, Options, Version, complete, write};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Does what the command line says.
pub fn run(what: &What, dir: impl Fn(&InventoryOf) -> PathBuf) -> Exit {
    if let What::Profile(InventoryProfile { said: Some(said), .. }) = what {
        let dir = dir(&said.of());
        return profiles::said(said, &dir, |of| has_service(&dir, of));
    }
    let which = match what {
        What::Ls(it) => &it.of,
        What::Show(it) => &it.of,
        What::Export(it) => &it.of,
        What::Posture(it) => &it.of,
        What::Changes(it) => &it.of,
        What::Drift(it) => &it.of,
        What::Relations(it) => &it.of,
        What::ThirdParties(it) => &it.of,
        What::Retirement(it) => &it.of,
        What::Profile(it) => &it.of,
        What::Merge(it) => &it.of,
        What::Split(it) => &it.of,
        What::Rename(it) => &it.of,
        What::Forget(it) => &it.of,
    };
    let dir = dir(which);
    if let What::Posture(it) = what
        && it.trend
    {
        return gone(&dir, it.output);
    }
    let said = Sayings::read(&dir);
    let apis = Apis::read(&dir);
    said.faults.iter().chain(&apis.faults).for_each(|it| note(it));
    let learnt = match read(&dir, which, &said, &apis) {
        Ok(learnt) => learnt,
        Err(why) => return fail(&why, Exit::Failed),
    };
    let (inventory, known) = (&learnt.inventory, &Known::of(&apis, &said, &learnt));
    let mut endpoints = inventory.endpoints();
    if let Some(service) = &which.service {
        endpoints.retain(|it| it.service == *service);
    }
    match what {
        What::Ls(it) => {
            let wanted = it.search.as_deref().unwrap_or_default().to_ascii_lowercase();
            endpoints.retain(|it| shown::named(it).to_ascii_lowercase().contains(&wanted));
            endpoints.sort_by_key(|it| std::cmp::Reverse(it.leaf.all()));
            list(inventory, &endpoints, known, it.output)
        }
        What::Show(it) => {
            let is_it = |found: &&Endpoint<'_>| {
                shown::named(found) == it.endpoint || shown::id(found) == it.endpoint
            };
            match endpoints.iter().find(is_it) {
                Some(found) => show(found, known, it.output),
                None => {
                    fail("there is no such endpoint; see `bartizan inventory ls`", Exit::Failed)
                }
            }
        }
        What::Export(it) => export(&endpoints, &said, known, it),
        What::Posture(it) => weak(&endpoints, known, it.output),
        What::Changes(it) => changed(inventory, it),
        What::Drift(it) => drifted(inventory, &said, it),
        What::Relations(it) => related(inventory, &dir, it),
        What::ThirdParties(it) => {
            let found = third_parties::all(inventory, which.service.as_deref(), usize::MAX);
            rows(&found, "third_parties", it.output, third_parties::text)
        }
        What::Retirement(it) => retiring(&learnt, known, it),
        What::Profile(it) => profiled(&learnt, known, it),
        What::Merge(InventoryMerge { template, .. })
        | What::Split(InventorySplit { template, .. })
        | What::Rename(InventoryRename { to: template, .. })
        | What::Forget(InventoryForget { template: Some(template), .. }) => {
            let service = match service(inventory, which) {
                Ok(service) => service,
                Err(why) => return fail(&why, Exit::Usage),
            };
            match say_of(what, &dir, &service, template) {
                Ok(done) => say(&done),
                Err(why) => fail(&why, Exit::Usage),
            }
        }
        What::Forget(InventoryForget { template: None, .. }) => {
            forget(inventory, &said, &dir, which)
        }
    }
}

/// The service that is meant: the one that is named, or the only one.
fn service(inventory: &Inventory, which: &InventoryOf) -> Result<String, String> {
    if let Some(named) = &which.service {
        return Ok(named.clone());
    }
    let mut all = inventory.totals().filter(|it| it.1.calls > 0).map(|it| it.0);
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(only.to_owned()),
        (None, _) => Err("there is no traffic yet: name the service with --service".to_owned()),
        (Some(_), Some(_)) => Err("there are several services: name one with --service".to_owned()),
    }
}

/// Keeps what a person says of a template, or takes it back.
fn say_of(what: &What, dir: &Path, service: &str, template: &str) -> Result<String, String> {
    let mut lines = said::lines(dir)?;
    let is_same = |it: &said::Line| it.service == service && it.template == template;
    if let What::Forget(_) = what {
        let before = lines.len();
        lines.retain(|it| !is_same(it));
        if lines.len() == before {
            return Err(format!("nobody said `{template}` of `{service}`"));
        }
        said::keep(dir, lines)?;
        return Ok(format!("`{template}` is learnt from traffic again\n"));
    }
    let names = template.split('/').filter(|it| it.starts_with('{')).count();
    let mut single = String::new();
    bartizan_learn::template::template(template.as_bytes(), &mut single);
    if let What::Split(_) = what
        && single
            .split('/')
            .zip(template.split('/'))
            .any(|it| it.0.starts_with('{') && it.0 != it.1)
    {
        note(
            "an identifier beside others of its kind cannot be told from them: it stands for all of them",
        );
    }
    if matches!(what, What::Merge(_)) && names == 0 {
        return Err("say which segment is a variable, as `/metrics/{metric}`".to_owned());
    }
    if let What::Rename(it) = what
        && shape(&it.from) != shape(&it.to)
    {
        return Err("the names may differ, and nothing else".to_owned());
    }
    // Whether it can be followed is known by whoever follows it.
    let it = Said { template: template.to_owned(), by: By::Person };
    Inventory::default().say(service, &it).map_err(|error| error.to_string())?;
    // What was said of the same path before counts no more.
    lines.retain(|it| it.service != service || shape(&it.template) != shape(template));
    let at_us = now_us();
    lines.push(said::Line { service: service.to_owned(), template: template.to_owned(), at_us });
    said::keep(dir, lines)?;
    Ok(format!("`{template}` is one endpoint of `{service}` for each method from now on\n"))
}

/// A template without the names of its variables.
fn shape(template: &str) -> Vec<&str> {
    template.split('/').map(|it| if it.starts_with('{') { "{}" } else { it }).collect()
}

/// Forgets the description of a service.
fn forget(inventory: &Inventory, said: &Sayings, dir: &Path, which: &InventoryOf) -> Exit {
    let only = match said.declared() {
        [one] => Some(one.service.clone()),
        _ => None,
    };
    let named = which.service.clone().or(only);
    let Some(service) = named.or_else(|| service(inventory, which).ok()) else {
        return fail("name the service with --service", Exit::Usage);
    };
    match declared::forget(dir, &service) {
        Ok(true) => say(&format!("`{service}` has no description any more\n")),
        Ok(false) => fail(&format!("`{service}` is not described"), Exit::Failed),
        Err(why) => fail(&why, Exit::Failed),
    }
}

fn drifted(inventory: &Inventory, said: &Sayings, it: &InventoryDrift) -> Exit {
    let found = drift::all(inventory, said, it.of.service.as_deref());
    let differences = || list_of(&found, "services").flat_map(|it| list_of(it, "differences"));
    if list_of(&found, "services").count() == 0 {
        return fail("no service is described: see `bartizan import openapi`", Exit::Failed);
    }
    let shown = match it.output {
        Output::Json => say(&format!("{found:#}\n")),
        Output::Ndjson => {
            say(&differences().fold(String::new(), |out, it| out + &format!("{it}\n")))
        }
        Output::Human => say(&list_of(&found, "services").map(drift_text).collect::<String>()),
    };
    let has_found = shown == Exit::Clean && differences().count() > 0;
    if has_found { Exit::Findings } else { shown }
}

fn related(inventory: &Inventory, dir: &Path, it: &InventoryRelations) -> Exit {
    let since_us = it.of.since.map_or(0, Ago::us);
    let held = match held::open(dir, it.of.key.clone().map(|it| it.0)) {
        Ok(held) => held,
        Err(why) => return fail(&why.to_string(), Exit::Failed),
    };
    let edges = match relations::of(&held, since_us, inventory, it.of.service.as_deref()) {
        Ok(edges) => edges,
        Err(why) => return fail(&why.to_string(), Exit::Failed),
    };
    let rows = || edges.iter().map(relations::shown);
    match it.output {
        Output::Json => say(&format!("{:#}\n", Value::from(rows().collect::<Vec<_>>()))),
        Output::Ndjson => say(&rows().fold(String::new(), |out, it| out + &format!("{it}\n"))),
        Output::Human => say(&relations::text(&edges)),
    }
}

fn drift_text(of: &Value) -> String {
    let text = |of: &Value, name: &str| {
        of.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_u64).unwrap_or(0);
    let mut out = format!(
        "{}: {} operations in {}, {} endpoints seen, {} differences\n",
        text(of, "service"),
        number(of, "operations"),
        text(of, "source"),
        number(of, "endpoints"),
        list_of(of, "differences").count()
    );
    if of.get("without_base").and_then(Value::as_bool) == Some(true) {
        out += "no call came to the paths of its servers: they are left out\n";
    }
    let mut before = String::new();
    for it in list_of(of, "differences") {
        let endpoint = format!("{} {}", text(it, "method"), text(it, "path"));
        if endpoint != before {
            let _written = writeln!(out, "{endpoint}");
            before = endpoint;
        }
        let share = match number(it, "of") {
            0 => String::new(),
            all => format!("{} of {all}", number(it, "seen")),
        };
        let place = [text(it, "side"), text(it, "place")].join(" ");
        let what = text(it, "what").replace('_', " ");
        let _written =
            writeln!(out, "  {what:<18} {share:>14}  {}  {}", place.trim(), text(it, "says"));
    }
    let unseen = of.get("not_seen").and_then(Value::as_object).into_iter().flatten();
    let unseen: Vec<String> = unseen
        .filter_map(|(name, count)| Some((name, count.as_u64().filter(|it| *it > 0)?)))
        .map(|(name, count)| format!("{} {count}", name.replace('_', " ")))
        .collect();
    if !unseen.is_empty() {
        let _written = writeln!(out, "not seen, and so no difference: {}", unseen.join(", "));
    }
    out
}

fn retiring(learnt: &Learnt, known: &Known<'_>, it: &InventoryRetirement) -> Exit {
    let found = retirement::all(learnt, known, it.of.service.as_deref(), now_us());
    rows(&found, "retirements", it.output, retirement::text)
}

fn profiled(learnt: &Learnt, known: &Known<'_>, it: &InventoryProfile) -> Exit {
    let found = profiles::all(learnt, known, it.of.service.as_deref());
    rows(&found, "apis", it.output, profiles::text)
}

/// A document of rows, or each of them, or a text.
fn rows(found: &Value, name: &str, output: Output, text: fn(&Value) -> String) -> Exit {
    match output {
        Output::Json => say(&format!("{found:#}\n")),
        Output::Ndjson => {
            say(&list_of(found, name).fold(String::new(), |out, it| out + &format!("{it}\n")))
        }
        Output::Human => say(&text(found)),
    }
}

/// Whether a service is configured, or called.
fn has_service(dir: &Path, of: &InventoryOf) -> Result<bool, String> {
    let Some(service) = of.service.as_deref() else { return Ok(false) };
    let (said, apis) = (Sayings::read(dir), Apis::read(dir));
    if apis.of(service).is_some() {
        return Ok(true);
    }
    let learnt = read(dir, of, &said, &apis)?;
    Ok(learnt.inventory.totals().any(|it| it.0 == service && it.1.calls > 0))
}

fn read(dir: &Path, which: &InventoryOf, said: &Sayings, apis: &Apis) -> Result<Learnt, String> {
    let held = held::open(dir, which.key.clone().map(|it| it.0)).map_err(|it| it.to_string())?;
    let since_us = which.since.map_or(0, Ago::us);
    of(&held, since_us, said, apis).map_err(|error: FoldError| error.to_string())
}

fn list(
    inventory: &Inventory,
    endpoints: &[Endpoint<'_>],
    known: &Known<'_>,
    output: Output,
) -> Exit {
    let rows = || endpoints.iter().map(|it| shown::row(it, known));
    match output {
        Output::Json => {
            let rows: Vec<Value> = rows().collect();
            say(&format!(
                "{:#}\n",
                json!({"services": shown::services(inventory), "endpoints": rows})
            ))
        }
        Output::Ndjson => say(&rows().fold(String::new(), |out, it| out + &format!("{it}\n"))),
        Output::Human => say(&table(inventory, endpoints, known)),
    }
}

fn table(inventory: &Inventory, endpoints: &[Endpoint<'_>], known: &Known<'_>) -> String {
    if endpoints.is_empty() {
        let mut out =
            "no endpoint: only calls that were answered with success make one\n".to_owned();
        waiting(inventory, known, &mut out);
        return out;
    }
    let mut out = format!(
        "{:>9} {:>8} {:>6} {:>7}  {:<16} endpoint\n",
        "calls", "callers", "errors", "no key", "service"
    );
    for it in endpoints {
        let all = it.leaf.all();
        let errors: u64 = it.leaf.statuses.range(400..).map(|it| it.1).sum();
        let errors = if it.leaf.statuses.is_empty() { "?".to_owned() } else { errors.to_string() };
        let _written = writeln!(
            out,
            "{all:>9} {:>8} {errors:>6} {:>6}%  {:<16} {}",
            it.leaf.subjects.count(),
            shown::unauthenticated(it.leaf),
            it.service,
            shown::named(it),
        );
    }
    waiting(inventory, known, &mut out);
    out
}

/// What made no endpoint, of each service.
fn waiting(inventory: &Inventory, known: &Known<'_>, out: &mut String) {
    for (service, it) in inventory.totals() {
        let said = owned_by(service, known);
        if !said.is_empty() {
            let _written = writeln!(out, "{service}: {said}");
        }
        if it.candidates > 0 {
            let _written =
                writeln!(out, "{service}: {} calls of paths that no endpoint has", it.candidates);
        }
        if it.full > 0 {
            let _written =
                writeln!(out, "{service}: {} calls found no room and taught nothing", it.full);
        }
    }
}

fn show(it: &Endpoint<'_>, known: &Known<'_>, output: Output) -> Exit {
    if output != Output::Human {
        let whole = shown::whole(it, known);
        return say(&if output == Output::Json {
            format!("{whole:#}\n")
        } else {
            format!("{whole}\n")
        });
    }
    let leaf = it.leaf;
    let mut out = format!("{}  ({})\n", shown::named(it), it.service);
    let mut statuses: Vec<String> =
        leaf.statuses.iter().map(|it| format!("{} x {}", it.0, it.1)).collect();
    if leaf.unanswered > 0 {
        statuses.push(format!("not seen x {}", leaf.unanswered));
    }
    out += &format!("  answers   {}\n", statuses.join(", "));
    out += &format!(
        "  callers   about {} from about {} addresses; {} % without a credential\n",
        leaf.subjects.count(),
        leaf.clients.count(),
        shown::unauthenticated(leaf)
    );
    out += &format!("  seen      {} to {}\n", timestamp(leaf.first_us), timestamp(leaf.last_us));
    out += &owned(it, known);
    for segment in &it.path {
        if let Segment::Variable { name, of } = segment {
            out += &format!("  {{{name}}}  {}\n", reason(of.reason));
        }
    }
    for (side, fields) in [("requests", &leaf.request), ("answers", &leaf.response)] {
        if fields.by_place.iter().all(|it| matches!(it.0, Place::Segment(_))) {
            continue;
        }
        out += &format!("  fields of {} {side}\n", fields.messages);
        if fields.more > 0 {
            out += &format!(
                "    {} values found no room, and nothing is known of them\n",
                fields.more
            );
        }
        // What stands in the path is told above.
        for (place, field) in fields.by_place.iter().filter(|it| !matches!(it.0, Place::Segment(_)))
        {
            out += &format!(
                "    {:>3} %  {:<8} {:>16}  {place}{}\n",
                shown::share(field, fields),
                field.kind().map_or("", Kind::name),
                values(field),
                classes::told(place, field).map_or(String::new(), |it| format!(
                    "  ({}, {} %)",
                    it.class, it.confidence_percent
                )),
            );
        }
    }
    say(&out)
}

/// How many values differ, and whether they are always the same few.
fn values(of: &Field) -> String {
    match of.enumeration() {
        Some(it) => format!("one of {} values", it.counts.len()),
        None => format!("{} values", of.values.count()),
    }
}

/// What is said of an API, in a line; empty if nothing is.
fn owned_by(service: &str, known: &Known<'_>) -> String {
    let api = known.apis.of(service);
    let said = |name: &str, it: Option<&str>| it.map(|it| format!("{name} {it}"));
    let tags = api.map(|it| it.tags.join(", ")).filter(|it| !it.is_empty());
    let parts = [
        said("owner", api.and_then(|it| it.owner.as_deref())),
        said("team", api.and_then(|it| it.team.as_deref())),
        said("audience", known.apis.profile(service).audience.map(Audience::name)),
        said("tags", tags.as_deref()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Who answers for it, and whether it goes.
fn owned(it: &Endpoint<'_>, known: &Known<'_>) -> String {
    let who = owned_by(it.service, known);
    let mut out = match who.is_empty() {
        true => String::new(),
        false => format!("  api       {who}\n"),
    };
    if let Some(marked) = known.marked(it) {
        let day = |it: Option<u64>| it.map_or("on no day yet".to_owned(), retirement::day);
        out += &format!("  goes      {}\n", day(marked.retirement.sunset_s));
    }
    out
}

fn weak(endpoints: &[Endpoint<'_>], known: &Known<'_>, output: Output) -> Exit {
    let ranked = posture::ranked(endpoints, known);
    match output {
        Output::Json => say(&format!("{ranked:#}\n")),
        Output::Ndjson => {
            say(&list_of(&ranked, "flaws").fold(String::new(), |out, it| out + &format!("{it}\n")))
        }
        Output::Human => say(&weak_text(&ranked)),
    }
}

/// How posture went.
fn gone(dir: &Path, output: Output) -> Exit {
    let days = match trend::days(dir) {
        Ok(days) => days,
        Err(why) => return fail(&why, Exit::Failed),
    };
    match output {
        Output::Human => say(&trend::text(&days)),
        Output::Json | Output::Ndjson => {
            rows(&trend::shown(&days), "days", output, |_| String::new())
        }
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
    for it in list_of(ranked, "baseline") {
        let [all, met, missing, unknown] =
            ["endpoints", "met", "missing", "unknown"].map(|name| number(it, name));
        let _written = writeln!(
            out,
            "\nowed: {} by {all} endpoints, met {met}, missing {missing}, unknown {unknown}",
            text(it, "duty").replace('_', " ")
        );
    }
    for (name, what) in [
        ("credentials", "what callers show"),
        ("outcomes", "whether calls were accepted (copies alone were seen)"),
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
    let mut found = match it.by_day {
        true => json!({ "days": changed::days(inventory) }),
        false => changed::changed(inventory, 0, usize::MAX),
    };
    let listed = if it.by_day { "days" } else { "changes" };
    if let (Some(service), Some(rows)) =
        (&it.of.service, found.get_mut(listed).and_then(Value::as_array_mut))
    {
        rows.retain(|row| row.get("service").and_then(Value::as_str) == Some(service));
    }
    match it.output {
        Output::Json => say(&format!("{found:#}\n")),
        Output::Ndjson => {
            say(&list_of(&found, listed).fold(String::new(), |out, it| out + &format!("{it}\n")))
        }
        Output::Human => {
            let text = if it.by_day { day_text } else { change_text };
            let rows: Vec<String> = list_of(&found, listed).map(text).collect();
            let none = "nothing changed after the first hour\n".to_owned();
            say(&if rows.is_empty() { none } else { rows.concat() })
        }
    }
}

fn day_text(it: &Value) -> String {
    let text = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
    format!("{}  {}: {}\n", text("day"), text("service"), text("says"))
}

fn change_text(it: &Value) -> String {
    let text = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
    let at = it.get("at").and_then(Value::as_u64).unwrap_or(0);
    let status = it.get("status").and_then(Value::as_u64);
    let what = match text("what") {
        "endpoint" => "new endpoint".to_owned(),
        "request_field" => format!("new in requests: {} {}", text("place"), text("class")),
        "response_field" => format!("new in answers: {} {}", text("place"), text("class")),
        "request_value" => format!("new value in requests: {}", text("place")),
        "response_value" => format!("new value in answers: {}", text("place")),
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

fn export(
    endpoints: &[Endpoint<'_>],
    said: &Sayings,
    known: &Known<'_>,
    it: &InventoryExport,
) -> Exit {
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
    match it.kind {
        ExportAs::OpenApi => say(&written(&service, endpoints, known, Options { version, format })),
        ExportAs::Overlay => {
            let declared = declared::of(said.declared(), &service, 1);
            let declared = declared.map(|it| &it.api);
            say(&overlay::written(&service, declared, endpoints, known, format))
        }
        ExportAs::Json => {
            let all: Vec<Value> = endpoints.iter().map(|it| shown::whole(it, known)).collect();
            say(&format!("{:#}\n", Value::from(all)))
        }
    }
}

/// The service that is meant, and its description: the one that was imported or, without one, what was seen.
///
/// # Errors
///
/// A message.
pub(crate) fn description(dir: &Path, which: &InventoryOf) -> Result<(String, Api), String> {
    let (said, apis) = (Sayings::read(dir), Apis::read(dir));
    let learnt = read(dir, which, &said, &apis)?;
    let service = service(&learnt.inventory, which)?;
    if let Some(declared) = declared::of(said.declared(), &service, 1) {
        return Ok((service, declared.api.clone()));
    }
    let known = &Known::of(&apis, &said, &learnt);
    let mut endpoints = learnt.inventory.endpoints();
    endpoints.retain(|it| it.service == service);
    let api = complete(&described(&service, &endpoints, known));
    Ok((service, api))
}

/// The description of a service.
pub(crate) fn written(
    service: &str,
    endpoints: &[Endpoint<'_>],
    known: &Known<'_>,
    options: Options,
) -> String {
    write(&complete(&described(service, endpoints, known)), options).text
}
