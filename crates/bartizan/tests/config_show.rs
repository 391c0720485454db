//! The configuration in force as a file again, and the schema that such files follow.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their helpers too"
)]

use bartizan::config::{Accepted, Origin, Overrides, Settings, Source, schema};
use bartizan_model::clause::SetBy;
use serde_json::{Value, json};

const SHORTEST: &str = "version: 1\nupstream: {url: 'http://127.0.0.1:3000'}\n";
const COMPLETE: &str = include_str!("config_complete.yaml");

#[track_caller]
fn read_with(text: &str, overrides: &Overrides) -> Accepted {
    let source = Source { name: "bartizan.yaml".to_owned(), bytes: text.as_bytes().to_vec() };
    Settings::read(&source, overrides, 0).unwrap_or_else(|report| panic!("{report}\n{text}"))
}

#[track_caller]
fn read(text: &str) -> Accepted {
    read_with(text, &Overrides::default())
}

/// Settings without where they came from, which is another place in another file.
fn values(mut it: Settings) -> Settings {
    for origin in [
        &mut it.mode.origin,
        &mut it.listen.address.origin,
        &mut it.admin.address.origin,
        &mut it.data.dir.origin,
    ] {
        *origin = Origin::Default;
    }
    it.upstreams.iter_mut().for_each(|it| it.url.origin = Origin::Default);
    let modes = it.routes.iter_mut().filter_map(|it| it.mode.as_mut());
    modes.for_each(|it| it.origin = Origin::Default);
    for it in &mut it.issuers {
        it.keys.origin = Origin::Default;
        it.revoked.iter_mut().for_each(|it| it.origin = Origin::Default);
    }
    it.clauses.iter_mut().for_each(|it| it.set_by = SetBy::Default);
    it.exceptions.iter_mut().for_each(|it| it.set_by = SetBy::Default);
    it
}

/// What is shown means the same when it is read again, with and without origins, as YAML and as
/// JSON, and is shown alike then.
#[track_caller]
fn check_round_trip(text: &str, overrides: &Overrides) {
    let accepted = read_with(text, overrides);
    let shown = accepted.as_yaml(false);
    let json = accepted.as_json(false)["configuration"].to_string();
    for again in [&shown, &accepted.as_yaml(true), &json] {
        let again = read(again);
        assert_eq!(again.as_yaml(false), shown);
        assert_eq!(values(again.settings), values(accepted.settings.clone()));
    }
    let faults = faults(&accepted.as_json(false)["configuration"]);
    assert!(faults.is_empty(), "{faults:#?}");
}

fn environment() -> Overrides {
    Overrides::from_environment(|name| match name {
        "BARTIZAN_MODE" => Some("enforce".into()),
        "BARTIZAN_LISTEN" => Some("[::]:1".into()),
        "BARTIZAN_DATA" => Some("it's: #1 \u{e4}\u{1b}\u{85}\u{202e}".into()),
        _ => None,
    })
}

#[test]
fn what_is_shown_is_read_as_the_same() {
    for overrides in [Overrides::default(), environment()] {
        check_round_trip(SHORTEST, &overrides);
        check_round_trip(COMPLETE, &overrides);
    }
}

#[test]
fn texts_that_need_quotes_survive() {
    for reason in ["no", "12", "a: b", "a #b", "- x", "it's", "\u{feff}\\\"\t\n'", "[", "~", "ä€😀"]
    {
        let reason = json!(reason);
        let text = format!(
            "{SHORTEST}exceptions: [{{clause: content.xss, field: query a b, reason: {reason}x, \
             expires: 2027-01-31}}]\n"
        );
        let text = text.replace("\"x,", "x\",");
        check_round_trip(&text, &Overrides::default());
    }
}

#[test]
fn a_file_whose_upstreams_are_all_listed_stays_one() {
    let text = "version: 1\nupstreams: [{name: a, url: 'http://a'}]\n";
    check_round_trip(text, &Overrides::default());
    let shown = read(text).as_yaml(false);
    assert!(!shown.contains("upstream:\n"), "{shown}");
    let list = "upstreams:\n  - name: a\n    url: http://a\n    addresses: []\n";
    assert!(shown.contains(list), "{shown}");
}

#[test]
fn zero_stays_zero_where_it_stands_for_something() {
    let zeros = "memory_bytes_max: 0, requests_per_connection_max: 0, body_rate_min: 0";
    let text = format!("{SHORTEST}limits: {{{zeros}}}\nclients: {{rate_burst: 0}}\n");
    check_round_trip(&text, &Overrides::default());
    assert!(read(&text).as_yaml(false).contains("  memory_bytes_max: 0\n"));
}

#[test]
fn a_plain_number_of_bytes_stays_one() {
    let text = format!("{SHORTEST}limits: {{body_bytes_max: 0, head_bytes_max: 9000}}\n");
    check_round_trip(&text, &Overrides::default());
    let shown = read(&text).as_yaml(false);
    assert!(shown.contains("  body_bytes_max: 0\n"), "{shown}");
    assert!(shown.contains("  head_bytes_max: 9000\n"), "{shown}");
}

#[test]
fn every_value_says_where_it_came_from() {
    let text = format!("{SHORTEST}mode: observe\ntrusted_proxies: ['::1']\n");
    let shown = read_with(&text, &environment()).as_yaml(true);
    for line in [
        "version: 1  # bartizan.yaml:1:10\n",
        "mode: enforce  # environment BARTIZAN_MODE\n",
        "trusted_proxies:  # bartizan.yaml:4:19\n  - '::1'\n",
        "  address: '[::]:1'  # environment BARTIZAN_LISTEN\n",
        "  url: http://127.0.0.1:3000  # bartizan.yaml:2:17\n",
        "  # workers: one per core\n",
        "  fields_max: 128  # default\n",
        "  # content.sqli: as `mode`\n",
    ] {
        assert!(shown.contains(line), "{line}{shown}");
    }
    let json = read_with(COMPLETE, &environment()).as_json(true);
    assert_eq!(json["origins"]["mode"], "environment BARTIZAN_MODE");
    assert_eq!(json["origins"]["limits.fields_max"], "bartizan.yaml:32:15");
    assert_eq!(json["origins"]["exceptions[1].field"], "bartizan.yaml:61:12");
    assert_eq!(json["origins"]["upstreams[1].connect_timeout"], "bartizan.yaml:93:22");
    assert_eq!(json["origins"]["upstreams[0].connect_timeout"], "default");
    assert_eq!(json["origins"]["routes[1].refuse"], "bartizan.yaml:119:13");
    assert_eq!(json["origins"]["certificates[1].key"], "bartizan.yaml:71:10");
    assert_eq!(read(SHORTEST).as_json(false).get("origins"), None);
}

#[test]
fn a_file_with_a_line_break_in_its_name_starts_no_line() {
    let source = Source { name: "a\nmode: off".to_owned(), bytes: SHORTEST.into() };
    let shown = Settings::read(&source, &Overrides::default(), 0).unwrap().as_yaml(true);
    check_round_trip(&shown, &Overrides::default());
}

/// What the schema says against `instance`. Only the words that ours uses, and no patterns.
fn faults(instance: &Value) -> Vec<String> {
    let schema = serde_json::from_str(&schema()).unwrap();
    let mut faults = Vec::new();
    look("", &schema, instance, &mut faults);
    faults
}

fn look(path: &str, schema: &Value, it: &Value, faults: &mut Vec<String>) {
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{path}: {what}"));
        }
    };
    for (word, said) in schema.as_object().unwrap() {
        match word.as_str() {
            "type" => {
                let types = said.as_array().cloned().unwrap_or_else(|| vec![said.clone()]);
                expect(types.iter().any(|name| is_of(it, name.as_str().unwrap())), word);
            }
            "const" => expect(it == said, word),
            "enum" => expect(said.as_array().unwrap().contains(it), word),
            "minimum" => expect(it.as_u64().is_none_or(|it| it >= said.as_u64().unwrap()), word),
            "maximum" => expect(it.as_u64().is_none_or(|it| it <= said.as_u64().unwrap()), word),
            "maxItems" => expect(length(it) <= said.as_u64().unwrap(), word),
            "minLength" => expect(it.as_str().is_none_or(|it| !it.is_empty()), word),
            "required" => {
                let names = said.as_array().unwrap().iter().map(|it| it.as_str().unwrap());
                for name in names.filter(|name| it.is_object() && it.get(name).is_none()) {
                    expect(false, name);
                }
            }
            "additionalProperties" => {
                let known = &schema["properties"];
                for name in it.as_object().into_iter().flatten().map(|(name, _)| name) {
                    expect(known.get(name).is_some(), name);
                }
            }
            "$schema" | "$comment" | "title" | "description" | "default" | "pattern"
            | "maxLength" | "properties" | "items" => {}
            other => panic!("{other} is not looked at"),
        }
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(it) = it.get(name) {
            look(&format!("{path}.{name}"), schema, it, faults);
        }
    }
    for (at, it) in it.as_array().into_iter().flatten().enumerate() {
        look(&format!("{path}[{at}]"), &schema["items"], it, faults);
    }
}

fn is_of(it: &Value, name: &str) -> bool {
    match name {
        "object" => it.is_object(),
        "array" => it.is_array(),
        "string" => it.is_string(),
        "integer" => it.is_u64(),
        "boolean" => it.is_boolean(),
        "null" => it.is_null(),
        other => panic!("{other} is no type of ours"),
    }
}

fn length(it: &Value) -> u64 {
    it.as_array().map_or(0, |it| it.len().try_into().unwrap())
}

#[test]
fn the_schema_admits_the_complete_file_and_the_shortest() {
    for text in [SHORTEST, COMPLETE] {
        assert_eq!(faults(&read(text).as_json(false)["configuration"]), Vec::<String>::new());
    }
    // A flag or a variable can name the upstream, and a section may be empty.
    assert_eq!(faults(&json!({"version": 1, "limits": null})), Vec::<String>::new());
}

#[test]
fn the_schema_admits_no_slip() {
    for (slip, expected) in [
        (json!({}), ": version"),
        (json!({"version": 2}), ".version: const"),
        (json!({"version": 1, "mod": 1}), ": mod"),
        (json!({"version": 1, "mode": "off"}), ".mode: enum"),
        (json!({"version": 1, "limits": {"fields_max": 7}}), ".limits.fields_max: minimum"),
        (json!({"version": 1, "limits": {"fields_max": 1025}}), ".limits.fields_max: maximum"),
        (json!({"version": 1, "limits": {"idle_timeout": 1}}), ".limits.idle_timeout: type"),
        (json!({"version": 1, "listen": {"http2": "true"}}), ".listen.http2: type"),
        (json!({"version": 1, "clauses": {"law.framing": "off"}}), ".clauses: law.framing"),
        (json!({"version": 1, "exceptions": {}}), ".exceptions: type"),
        (json!({"version": 1, "upstreams": [{"name": "a"}]}), ".upstreams[0]: url"),
        (json!({"version": 1, "routes": [{"path": "/"}]}), ".routes[0]: name"),
        (json!({"version": 1, "routes": [{"name": "a", "urk": 1}]}), ".routes[0]: urk"),
        (json!({"version": 1, "tls": {"minimum": "1.1"}}), ".tls.minimum: enum"),
        (
            json!({"version": 1, "exceptions": [{"clause": "content.xss", "reason": "x"}]}),
            ".exceptions[0]: expires",
        ),
    ] {
        let faults = faults(&slip);
        assert!(faults.iter().any(|it| it == expected), "{slip} {faults:?}");
    }
}
