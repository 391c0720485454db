//! `bartizan objects`: which objects of others were used; who was given one, and who named it.

use super::cross_uses::{self, Wanted};
use super::scan::Window;
use super::{hash_of, history};
use crate::cli::{Exit, Objects, Output};
use crate::commands::{fail, say};
use crate::contract::command::proposed;
use crate::contract::file;
use crate::held;
use crate::inventory::apis::Apis;
use crate::wall::now_us;
use bartizan_console::backend::ObjectsQuery;
use bartizan_engine::terms::Terms;
use bartizan_model::head::Method;
use bartizan_model::id::KeyedHash;
use serde_json::Value;
use std::path::Path;

/// Does what the command line says.
pub(crate) fn run(dir: &Path, it: &Objects) -> Exit {
    let now_us = now_us();
    let query = ObjectsQuery {
        limit: it.last,
        before: None,
        endpoint: it.endpoint.clone(),
        subject: it.subject.clone(),
        clause: it.clause.clone(),
        held_back: Some(it.held_back),
        since: None,
    };
    let since_us = it.since.map_or(0, held::Ago::us);
    let window = Window { since_us, ..Window::default() };
    let asked = match &it.object {
        None => Wanted::of(&query, now_us).map(|of| Asked::Uses(of.within(window))),
        Some(hash) => hash_of(hash)
            .map(|object| Asked::Object(object, window))
            .ok_or_else(|| "an object is 16 hexadecimal digits, as lists show it".to_owned()),
    };
    let asked = match asked {
        Ok(asked) => asked,
        Err(why) => return fail(&why, Exit::Usage),
    };
    let found = terms(dir, it, now_us).and_then(|terms| {
        let held = held::open(dir, it.key.clone().map(|it| it.0)).map_err(|it| it.to_string())?;
        // The numbers of endpoints are the console's.
        let ids = |_: &str, _: Method, _: &str| None;
        let found = match &asked {
            Asked::Uses(wanted) => cross_uses::page(&held, &terms, wanted, &ids),
            Asked::Object(object, window) => history::of(&held, &terms, *object, *window, &ids),
        };
        found.map_err(|it| it.to_string())
    });
    let found = match found {
        Ok(found) => found,
        Err(why) => return fail(&why, Exit::Failed),
    };
    match (it.output, asked) {
        (Output::Json, _) => say(&format!("{found:#}\n")),
        (Output::Ndjson, Asked::Uses(_)) => say(&list(&found, "uses")
            .iter()
            .fold(String::new(), |out, it| out + &format!("{it}\n"))),
        (Output::Ndjson, Asked::Object(..)) => say(&format!("{found}\n")),
        (Output::Human, Asked::Uses(_)) => say(&uses(&found)),
        (Output::Human, Asked::Object(..)) => say(&object(&found)),
    }
}

/// What is asked for.
enum Asked {
    Uses(Wanted),
    Object(KeyedHash, Window),
}

/// What endpoints are held to, and in shadow what traffic speaks for.
fn terms(dir: &Path, it: &Objects, now_us: u64) -> Result<Terms, String> {
    let contracts = file::read(dir)?;
    let apis = Apis::read(dir);
    let proposed = proposed(dir, &it.of(), &apis, &contracts)?;
    Ok(Terms::new(contracts.in_force(&proposed, now_us, apis.tempo())))
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn word<'a>(of: &'a Value, name: &str) -> &'a str {
    of.pointer(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(of: &Value, name: &str) -> u64 {
    of.pointer(name).and_then(Value::as_u64).unwrap_or_default()
}

/// The list, for people.
fn uses(found: &Value) -> String {
    let rows = list(found, "uses");
    let mut out = String::new();
    for it in rows {
        out += &used(it);
        let whose = match it.get("witness").filter(|it| !it.is_null()) {
            Some(it) => format!(
                "given to {} by {} at {}",
                word(it, "/subject"),
                word(it, "/endpoint"),
                word(it, "/time"),
            ),
            None => "whom it was given to is not kept".to_owned(),
        };
        out += &format!("    {whose}\n");
    }
    if rows.is_empty() {
        out += "no use of an object that is another's among what was looked at\n";
    }
    if !found.get("next").is_none_or(Value::is_null) {
        out += "there are more: see --last\n";
    }
    out + &looked(found)
}

fn used(it: &Value) -> String {
    let effect = match it.get("cut").and_then(Value::as_bool) {
        Some(true) => "cut",
        Some(false) | None => word(it, "/effect"),
    };
    format!(
        "{}  {effect}  {}  {}\n    object {} at {}, by {}; bartizan why {}\n",
        word(it, "/time"),
        word(it, "/endpoint"),
        word(it, "/clause"),
        word(it, "/object"),
        word(it, "/place"),
        word(it, "/subject"),
        word(it, "/exchange"),
    )
}

/// One object, for people.
fn object(found: &Value) -> String {
    let mut out = format!("object {}\n", word(found, "/object"));
    for (name, title) in [
        ("given", "given to"),
        ("named", "named by"),
        ("elsewhere", "the same value as something else"),
    ] {
        let rows = list(found, name);
        if rows.is_empty() && name == "elsewhere" {
            continue;
        }
        let nobody = if rows.is_empty() { ": nobody, as far as is kept" } else { "" };
        out += &format!("\n{title}{nobody}\n");
        for it in rows {
            out += &group(it);
        }
    }
    let uses = list(found, "uses");
    if !uses.is_empty() {
        out += "\nused though it is another's\n";
        uses.iter().for_each(|it| out += &used(it));
    }
    for (name, what) in [("/more_uses", "older uses"), ("/more", "times at further places")] {
        let more = number(found, name);
        if more > 0 {
            out += &format!("{more} {what} are not listed\n");
        }
    }
    out + &looked(found)
}

fn group(it: &Value) -> String {
    let foreign = match (number(it, "/foreign"), number(it, "/held_back")) {
        (0, _) => String::new(),
        (foreign, held_back) => format!(", {foreign} as another's, {held_back} held back"),
    };
    format!(
        "  {}  {} {}  {} times{foreign}\n    {} to {}; bartizan why {}\n",
        word(it, "/subject"),
        word(it, "/endpoint"),
        word(it, "/place"),
        number(it, "/times"),
        word(it, "/first/time"),
        word(it, "/last/time"),
        word(it, "/first/exchange"),
    )
}

/// How far it was looked, in a line or two.
fn looked(found: &Value) -> String {
    let Some(scan) = found.get("scan") else { return String::new() };
    let mut out = format!("\nlooked at {} exchanges", number(scan, "/exchanges"));
    if let Some(from) = scan.get("from").and_then(Value::as_str) {
        out += &format!(" back to {from}");
    }
    out += "\n";
    if scan.get("cut") == Some(&Value::Bool(true)) {
        out += "there are older ones that were not looked at\n";
    }
    let without = number(scan, "/without_values");
    if without > 0 {
        out += &format!(
            "of {without} of them no values are kept: who else held an object may lie there\n"
        );
    }
    out
}
