//! Answers that give away what they should not: folders and programs of the server, and script that their request brought.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_model::clause::{Clause, ClauseName, Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::evidence::Finding;
use bartizan_model::place::Place;
use bartizan_spec::{Description, Limits, no_files, read};
use std::sync::Arc;
use support::{Api, Ask, Got, ask, gzip};

const LISTING: &str = "<html><head><title>Index of /files/</title></head><body><h1>Index of /files/</h1><pre><a href=\"../\">../</a>\n<a href=\"dump.sql\">dump.sql</a>  01-Mar-2024 09:12  120034\n</pre></body></html>";
const PROGRAM: &str =
    "import os\nfrom flask import Flask\n\n@app.route('/orders')\ndef orders():\n    return []\n";
const SETTINGS: &str = "APP_NAME=Shop\nDB_HOST=127.0.0.1\nDB_PASSWORD=hunter22\n";

/// With these clauses in this mode, and a description if there is one.
fn shop(names: &[ClauseName], mode: Mode, described: &str) -> Api {
    Api::held_to(Vec::new()).under(|rules| {
        let set_by = SetBy::Flag;
        let clauses: Vec<_> = names.iter().map(|&name| Clause { name, mode, set_by }).collect();
        let only = RouteRules {
            described: (!described.is_empty()).then(|| {
                let api = read(described, "shop.yaml", &no_files, &Limits::default()).unwrap().api;
                Arc::new(Description::of(&api))
            }),
            clauses: ClauseSet::new(Mode::Observe, set_by, &clauses, &[]),
            ..RouteRules::clone(&rules.base)
        };
        rules.routes = Routes::new(vec![only]);
    })
}

const FILES: [ClauseName; 2] = [ClauseName::DisclosureListing, ClauseName::DisclosureSource];

fn answer<'a>(media: &'a str, text: &'a str) -> Ask<'a> {
    Ask { media, ..ask("", "/files/", text) }
}

#[test]
fn folders_and_programs_do_not_leave_however_they_come() {
    for pieces in [1, 10, 1_000] {
        for (media, text, code) in [
            ("text/html", LISTING, Code::DisclosureListing),
            ("", LISTING, Code::DisclosureListing),
            ("text/html; charset=utf-8", "<?php\n$db = 1;\n", Code::DisclosureSource),
            ("text/plain", PROGRAM, Code::DisclosureSource),
            ("", PROGRAM, Code::DisclosureSource),
            ("application/octet-stream", PROGRAM, Code::DisclosureSource),
            ("application/octet-stream", SETTINGS, Code::DisclosureSettings),
            ("text/html", SETTINGS, Code::DisclosureSettings),
        ] {
            let mut api = shop(&FILES, Mode::Enforce, "");
            let got = api.ask(Ask { pieces, ..answer(media, text) });
            assert_eq!(got.body, Err(code), "{media}, in pieces of {pieces}");
            assert_eq!(got.effects(), [(code, Effect::Scrubbed)], "{media}");
            assert_eq!(got.seen.status, 403);
            let packed = gzip(text);
            let coded = Ask { pieces, coding: "gzip", answer: &packed, ..answer(media, "") };
            assert_eq!(api.ask(coded).body, Err(code), "{media}, packed");
        }
    }
}

#[test]
fn unless_they_are_enforced_by_name_they_are_observed() {
    let mut api = Api::held_to(Vec::new());
    let got = api.ask(answer("text/html", LISTING));
    assert_eq!(got.effects(), [(Code::DisclosureListing, Effect::WouldScrub)]);
    assert_eq!((got.body.unwrap().as_str(), got.seen.status), (LISTING, 200));
    let mut off = shop(&FILES, Mode::Off, "");
    assert_eq!(off.ask(answer("text/html", LISTING)).effects(), []);
    // Each by itself.
    let mut one = shop(&[ClauseName::DisclosureListing], Mode::Off, "");
    assert_eq!(one.ask(answer("text/html", LISTING)).effects(), []);
    let effects = one.ask(answer("text/plain", PROGRAM)).effects();
    assert_eq!(effects, [(Code::DisclosureSource, Effect::WouldScrub)]);
}

#[test]
fn what_is_meant_to_be_read_or_saved_passes() {
    let mut api = shop(&FILES, Mode::Enforce, "");
    for (media, text) in [
        ("application/json", "{\"files\":[{\"name\":\"dump.sql\",\"href\":\"dump.sql\"}]}"),
        ("text/javascript", "'use strict';\nconst a = require('a');\nmodule.exports = a;\n"),
        ("text/x-python", PROGRAM),
        ("text/markdown", "# Orders\n\n```python\nimport orders\n```\n"),
        ("text/plain", "Welcome to the shop.\nimport os\ndef f():\n"),
        ("text/html", "<title>Guides</title><ul><li><a href=\"a.html\">First</a></ul>"),
    ] {
        let got = api.ask(answer(media, text));
        assert_eq!((got.body.unwrap().as_str(), got.seen.hits.len()), (text, 0), "{media}");
    }
}

/// What goes on for as long as it pleases is not kept waiting.
#[test]
fn a_long_text_passes_as_it_is() {
    let mut api = shop(&FILES, Mode::Enforce, "");
    let text = format!("Welcome to the shop.\n{}", "All is well today.\n".repeat(9_000));
    let page = format!("<title>Index of /x</title>{}", "<p>All is well today.</p>\n".repeat(9_000));
    for (media, text) in [("text/plain", &text), ("text/html", &page), ("", &page)] {
        let got = api.ask(Ask { pieces: 9_999, ..answer(media, text) });
        assert!(got.body.unwrap() == *text && got.seen.hits.is_empty(), "{media}");
    }
}

const TEXTS: &str = r#"
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /graphql:
    get:
      responses:
        "200":
          description: one
          content:
            application/json:
              schema: {type: object, required: [data]}
"#;

/// A response that is held for one reason is held to the others, too.
#[test]
fn what_says_not_too_much_is_held_to_its_description() {
    for pieces in [1, 10, 1_000] {
        let mut api = shop(&[ClauseName::DeclaredAnswer], Mode::Enforce, TEXTS);
        let of = |text| Ask { pieces, ..ask("", "/graphql", text) };
        assert_eq!(api.refusal(of("{\"error\":1}")), Some(Code::DeclaredAnswerBody), "{pieces}");
        assert_eq!(api.ask(of("{\"data\":1}")).body.unwrap(), "{\"data\":1}");
    }
    let mut api = shop(&[ClauseName::DeclaredAnswer], Mode::Observe, TEXTS);
    let long = format!("{{\"data\":\"{}\"}}", "x".repeat(100_000));
    let got = api.ask(Ask { pieces: 9_999, ..ask("", "/graphql", &long) });
    assert_eq!((got.effects(), got.body.unwrap() == long), (Vec::new(), true));
}

const REFLECTION: [ClauseName; 1] = [ClauseName::DisclosureReflection];
/// `<script>alert(1)</script>`.
const SEARCH: &str = "/search?q=shoes&r=%3Cscript%3Ealert(1)%3C/script%3E";
const SHOWN: &str = "<title>Shop</title><p>Nothing for <script>alert(1)</script></p>";

fn search<'a>(media: &'a str, text: &'a str) -> Ask<'a> {
    Ask { media, ..ask("", SEARCH, text) }
}

fn reflected(got: &Got) -> Option<Effect> {
    got.seen.hits.iter().find(|it| it.code == Code::DisclosureReflected).map(|it| it.effect)
}

#[test]
fn script_that_a_request_brought_does_not_leave_unescaped() {
    for pieces in [1, 10, 1_000] {
        for (media, status) in [("text/html", 200), ("", 200), ("text/html", 404)] {
            let mut api = shop(&REFLECTION, Mode::Enforce, "");
            let got = api.ask(Ask { pieces, status, ..search(media, SHOWN) });
            assert_eq!(got.body, Err(Code::DisclosureReflected), "{media}, {pieces}");
            assert_eq!(reflected(&got), Some(Effect::Scrubbed));
            let place = Place::query(b"r");
            let is_told =
                |it: &Finding| it.sighting.code == Code::DisclosureReflected && it.place == place;
            assert!(got.seen.findings.iter().any(is_told), "{:?}", got.seen.findings);
            let packed = gzip(SHOWN);
            let coded = Ask { pieces, coding: "gzip", answer: &packed, ..search(media, "") };
            assert_eq!(api.refusal(coded), Some(Code::DisclosureReflected));
        }
    }
}

/// Also where it stands behind what is held: then the answer ends there.
#[test]
fn script_far_down_a_page_ends_it() {
    let page = format!("{}{SHOWN} the end", "<p>All is well today.</p>".repeat(9_000));
    let mut api = shop(&REFLECTION, Mode::Enforce, "");
    let got = api.ask(Ask { pieces: 9_999, ..search("text/html", &page) });
    assert_eq!(reflected(&got), Some(Effect::Scrubbed));
    assert!(got.body.is_ok_and(|it| it.len() > 100_000 && !it.contains("alert")));
    let mut api = shop(&REFLECTION, Mode::Observe, "");
    let got = api.ask(Ask { pieces: 9_999, ..search("text/html", &page) });
    assert_eq!(reflected(&got), Some(Effect::WouldScrub));
    assert!(got.body.unwrap() == page);
}

#[test]
fn what_comes_in_a_body_or_coded_twice_is_looked_for_too() {
    let form = "note=%3Cimg+src%3Dx+onerror%3Dalert(1)%3E";
    let by_form = Ask {
        method: "POST",
        body: form,
        sends: "application/x-www-form-urlencoded",
        media: "text/html",
        ..ask("", "/notes", "<p><img src=x onerror=alert(1)></p>")
    };
    let twice = "/search?q=%253Cscript%253Ealert(1)%253C%252Fscript%253E";
    let by_two = Ask { media: "text/html", ..ask("", twice, SHOWN) };
    for it in [by_form, by_two] {
        let mut api = shop(&REFLECTION, Mode::Enforce, "");
        assert_eq!(api.refusal(it), Some(Code::DisclosureReflected), "{}", it.target);
    }
}

#[test]
fn what_is_escaped_or_no_page_passes() {
    let escaped = "<p>Nothing for &lt;script&gt;alert(1)&lt;/script&gt;</p>";
    let json = "{\"q\":\"<script>alert(1)</script>\"}";
    let other = "<p>Nothing</p><script>alert(2)</script>";
    for (media, text) in [
        ("text/html", escaped),
        ("application/json", json),
        ("text/plain", SHOWN),
        ("text/html", other),
    ] {
        let mut api = shop(&REFLECTION, Mode::Enforce, "");
        let got = api.ask(search(media, text));
        assert_eq!((reflected(&got), got.body.unwrap().as_str()), (None, text), "{media}");
    }
    // Without script in the request there is nothing to look for.
    let mut api = shop(&REFLECTION, Mode::Enforce, "");
    let plain = Ask { media: "text/html", ..ask("", "/search?q=shoes", SHOWN) };
    assert_eq!(api.ask(plain).effects(), []);
    let mut off = shop(&REFLECTION, Mode::Off, "");
    assert_eq!(reflected(&off.ask(search("text/html", SHOWN))), None);
}
