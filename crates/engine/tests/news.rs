//! Answers that tell what they never told: new fields are looked at as they leave, and nothing else changes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::routes::{RouteRules, Routes};
use bartizan_engine::simulate::{Verdict, simulate};
use bartizan_engine::terms::{Graced, Terms};
use bartizan_model::clause::{ClauseName, Effect, Exception, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::Method;
use bartizan_model::id::KeyedHash;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{
    Beyond, EndpointTerms, Force, Masking, Owned, Resource, Says, Shows, Term,
};
use std::sync::Arc;
use support::{Api, Ask, Got, ask, gzip};

const CUSTOMER: Resource = Resource(1);

fn beyond(known: &[&str]) -> Beyond {
    let known = known.iter().map(|it| Arc::new(Place::body(it))).collect();
    Beyond { known, ..Beyond::default() }
}

fn masking(beyond: Beyond) -> Masking {
    Masking { fields: Vec::new(), beyond: Some(beyond) }
}

/// What is said of one endpoint: secrets, and data.
fn endpoint(
    method: Method,
    path: &str,
    (secret, data): (Option<Force>, Option<Force>),
    beyond: &Beyond,
) -> EndpointTerms {
    let of_secrets = Beyond { owners: Vec::new(), ..beyond.clone() };
    let secret = secret.map(|force| Term { says: Says::Secret(masking(of_secrets)), force });
    let data = data.map(|force| Term { says: Says::Masked(masking(beyond.clone())), force });
    EndpointTerms {
        method,
        path: Template::new(path),
        known: Vec::new(),
        terms: secret.into_iter().chain(data).collect(),
        hands_out: Vec::new(),
        shows: Shows::default(),
    }
}

const DOCTORS: &[&str] = &["$.doctors[*].id", "$.doctors[*].name", "$.doctors[*].note"];

fn terms(force: (Option<Force>, Option<Force>)) -> EndpointTerms {
    endpoint(Method::Get, "/doctors", force, &beyond(DOCTORS))
}

const BOTH: (Option<Force>, Option<Force>) = (Some(Force::Enforced), Some(Force::Enforced));

fn clinic() -> Api {
    Api::held_to(vec![terms(BOTH)])
}

const BEFORE: &str =
    r#"{"doctors":[{"id":1,"name":"Dr. Bo","note":null},{"id":2,"name":"","note":"x"}]}"#;

/// What an answer becomes, however it is cut.
#[track_caller]
fn check(answer: &str, expected: &str) -> Got {
    let mut last = None;
    for pieces in [1, 2, 7, 1_000_000] {
        let got = clinic().ask(Ask { pieces, ..ask("alice", "/doctors", answer) });
        assert_eq!(got.body.as_ref().unwrap(), expected, "in pieces of {pieces}");
        last = Some(got);
    }
    last.unwrap()
}

#[test]
fn what_answers_always_had_leaves_as_it_came() {
    let got = check(BEFORE, BEFORE);
    assert_eq!(got.effects(), []);
    assert_eq!(got.fields, ["content-type", "etag", &format!("Length({})", BEFORE.len())]);
    assert!(got.asked.contains(&"accept-encoding".to_owned()), "any coding will do");
    assert!(!got.asked.contains(&"range".to_owned()), "a part cannot be read");
}

#[test]
fn a_secret_in_a_new_field_is_masked_whole() {
    let leak =
        r#"{"doctors":[{"id":1,"password":"Winter-a1b2c3!"},{"password":"Winter-9","id":2}]}"#;
    let got = check(leak, r#"{"doctors":[{"id":1,"password":"***"},{"password":"***","id":2}]}"#);
    assert_eq!(got.effects(), [(Code::DisclosureSecret, Effect::Scrubbed)]);
    assert_eq!(got.seen.findings[0].place, Place::body("$.doctors[*].password"));
    assert_eq!(got.fields, ["content-type", "Delimited"]);
    // However its name is written, wherever it stands, and as often as it does.
    check(r#"{"pass\u0077ord":"Winter-a1b2c3!"}"#, r#"{"pass\u0077ord":"***"}"#);
    let twice = r#"{"password":"Winter-a1","password":"Winter-b2"}"#;
    check(twice, r#"{"password":"***","password":"***"}"#);
    let deep =
        format!("{}\"hunter2\"{}", r#"{"a":"#.repeat(30) + r#"{"password":"#, "}".repeat(31));
    check(&deep, &deep.replace("hunter2", "***"));
    check(
        "{\"doctors\":[]}\n{\"password\":\"Winter-a1\"}",
        "{\"doctors\":[]}\n{\"password\":\"***\"}",
    );
}

#[test]
fn data_of_people_in_a_new_field_is_masked_in_part() {
    let leak =
        r#"{"doctors":[{"id":1,"mail":"ann@mail.example"},{"id":2,"mail":null},{"mail":""}]}"#;
    let got = check(leak, &leak.replace("ann@mail", "a**@****"));
    assert_eq!(got.effects(), [(Code::DisclosureData, Effect::Scrubbed)]);
    let token = r#"{"doctors":[],"apiToken":"ghp_0123456789abcdefABCDEF0123456789abcd"}"#;
    check(token, r#"{"doctors":[],"apiToken":"***"}"#);
    // Nothing in particular, nothing at all, identifiers, and what is called by values.
    for harmless in [
        r#"{"doctors":[{"id":1,"shift":"late"}],"page":{"next":null,"size":20,"last":false}}"#,
        r#"{"password":null,"pin":"","tokens":[],"users":{}}"#,
        r#"{"17":{"mail":"ann@mail.example"},"ann@mail.example":{"mail":"ann@mail.example"}}"#,
    ] {
        check(harmless, harmless);
    }
}

#[test]
fn a_long_answer_is_looked_through_while_it_passes() {
    let one = r#"{"id":1,"name":"Dr. Bo","password":"Winter-a1b2c3!"},"#;
    let long = format!(r#"{{"doctors":[{}{{}}]}}"#, one.repeat(3_000));
    for pieces in [1_000, 16_384] {
        let got = clinic().ask(Ask { pieces, ..ask("alice", "/doctors", &long) });
        let body = got.body.as_ref().unwrap();
        assert!(*body == long.replace("Winter-a1b2c3!", "***"), "in pieces of {pieces}");
        assert_eq!(got.effects(), [(Code::DisclosureSecret, Effect::Scrubbed)]);
        assert_eq!(got.fields, ["content-type", "Delimited"]);
    }
}

#[test]
fn a_coded_answer_stays_coded_unless_something_is_masked() {
    let (before, leak) = (gzip(BEFORE), gzip(r#"{"doctors":[{"password":"Winter-a1b2c3!"}]}"#));
    for pieces in [3, 10_000] {
        let coded = |answer| Ask { answer, coding: "gzip", pieces, ..ask("alice", "/doctors", "") };
        let got = clinic().ask(coded(&before));
        assert!(got.fields.contains(&"content-encoding".to_owned()));
        assert_eq!(got.body.unwrap(), String::from_utf8_lossy(&before));
        let got = clinic().ask(coded(&leak));
        assert!(!got.fields.contains(&"content-encoding".to_owned()), "{:?}", got.fields);
        assert_eq!(got.body.unwrap(), r#"{"doctors":[{"password":"***"}]}"#);
    }
}

#[test]
fn what_cannot_be_read_passes_where_nothing_else_is_said() {
    let leak = r#"{"doctors":[{"password":"Winter-a1b2c3!"}]}"#;
    let whole = gzip(leak);
    for it in [
        Ask { coding: "x-own", ..ask("alice", "/doctors", leak) },
        Ask { media: "text/csv", ..ask("alice", "/doctors", leak) },
        Ask { status: 206, ..ask("alice", "/doctors", leak) },
        Ask { status: 404, ..ask("alice", "/doctors", leak) },
        Ask { media: "image/png", ..ask("alice", "/doctors", leak) },
        Ask { coding: "gzip", ..ask("alice", "/doctors", "no gzip at all") },
        Ask { coding: "gzip", answer: &whole[..12], ..ask("alice", "/doctors", "") },
        ask("alice", "/doctors", "{\"doctors\":[}, \u{0} ]]} \"x"),
        ask("alice", "/doctors", ""),
        Ask { answer: &[0xFF, 0xFE, b'{', 0], ..ask("alice", "/doctors", "") },
    ] {
        for pieces in [1, 1_000] {
            let got = clinic().ask(Ask { pieces, ..it });
            let body = got.body.unwrap();
            assert_eq!(body, String::from_utf8_lossy(it.answer), "{} {}", it.media, it.coding);
            assert_eq!(got.seen.hits.len(), 0);
        }
    }
}

#[test]
fn a_stream_waits_for_nobody() {
    let lines = "{\"doctors\":[]}\n{\"password\":\"Winter-a1b2c3!\"}\n";
    let it = Ask { media: "application/x-ndjson", ..ask("alice", "/doctors", lines) };
    let got = clinic().ask(it);
    assert_eq!(got.body.unwrap(), "{\"doctors\":[]}\n{\"password\":\"***\"}\n");
    assert_eq!(got.fields, ["content-type", "Delimited"]);
}

#[test]
fn who_is_known_to_be_the_owner_is_shown_it() {
    let owner = Owned {
        place: Place::body("$[*].owner"),
        owners: CUSTOMER,
        is_exclusive: true,
        unless_given: false,
    };
    let orders = Beyond { owners: vec![owner], ..beyond(&["$[*].owner", "$[*].total"]) };
    let me = EndpointTerms {
        shows: Shows { caller: vec![(Place::body("$.id"), CUSTOMER)], ..Shows::default() },
        ..endpoint(Method::Get, "/me", (None, None), &beyond(&[]))
    };
    let mut api = Api::held_to(vec![me, endpoint(Method::Get, "/orders", BOTH, &orders)]);
    api.get("alice", "/me", r#"{"id":17}"#);
    api.get("mallory", "/me", r#"{"id":99}"#);
    let all = r#"[{"owner":17,"mail":"a@x.org","pin":"4711"},{"mail":"m@x.org","owner":99},{"mail":"n@x.org"}]"#;
    let got = api.get("alice", "/orders?customer=17", all).body.unwrap();
    assert!(got.contains("a@x.org") && !got.contains("m@x") && !got.contains("n@x"), "{got}");
    assert!(!got.contains("4711"), "a secret is nobody's own: {got}");
    let got = api.get("", "/orders?customer=17", all).body.unwrap();
    assert!(!got.contains("a@x") && !got.contains("m@x"), "{got}");
}

#[test]
fn a_list_within_what_is_the_callers_own_is_of_others() {
    let owner = Owned {
        place: Place::body("$.me.id"),
        owners: CUSTOMER,
        is_exclusive: true,
        unless_given: false,
    };
    let home = Beyond { owners: vec![owner], ..beyond(&["$.me.id", "$.me.team.name"]) };
    let me = EndpointTerms {
        shows: Shows { caller: vec![(Place::body("$.id"), CUSTOMER)], ..Shows::default() },
        ..endpoint(Method::Get, "/me", (None, None), &beyond(&[]))
    };
    let mut api = Api::held_to(vec![me, endpoint(Method::Get, "/home", BOTH, &home)]);
    api.get("alice", "/me", r#"{"id":17}"#);
    let shown = r#"{"me":{"id":17,"mail":"a@x.org","team":{"mail":"t@x.org","members":[{"mail":"m@x.org"}]}}}"#;
    let got = api.get("alice", "/home", shown).body.unwrap();
    assert!(got.contains("a@x.org") && got.contains("t@x.org") && !got.contains("m@x"), "{got}");
}

#[test]
fn what_is_observed_or_graced_is_noted_and_passes() {
    let leak = r#"{"doctors":[{"password":"Winter-a1b2c3!","mail":"ann@mail.example"}]}"#;
    let observed = (Some(Force::Observed), Some(Force::Observed));
    let got = Api::held_to(vec![terms(observed)]).get("alice", "/doctors", leak);
    assert_eq!(got.body.as_ref().unwrap(), leak);
    let would = |code| (code, Effect::WouldScrub);
    let both = [would(Code::DisclosureSecret), would(Code::DisclosureData)];
    assert_eq!(got.effects(), both);
    assert!(got.asked.contains(&"range".to_owned()));
    // One is masked, and of the other it is noted that it would be.
    let mixed = (Some(Force::Enforced), Some(Force::Observed));
    let fields = &[("x-app-version", "9")][..];
    let app = Ask { fields, ..ask("alice", "/doctors", leak) };
    let got = Api::held_to(vec![terms(mixed)]).ask(app);
    assert_eq!(got.body.as_ref().unwrap(), &leak.replace("Winter-a1b2c3!", "***"));
    assert_eq!(
        got.effects(),
        [(Code::DisclosureSecret, Effect::Scrubbed), would(Code::DisclosureData)]
    );
    // Too new a client has no habit yet.
    let cohort = got.seen.cohort;
    let graced = Graced { route: got.seen.route, cohort };
    assert_ne!(cohort, KeyedHash(0));
    let got = clinic().with_graced(graced).ask(app);
    assert_eq!(got.body.as_ref().unwrap(), &leak.replace("Winter-a1b2c3!", "***"));
    assert!(got.effects().contains(&would(Code::DisclosureData)));
}

#[test]
fn an_alias_hides_nothing_and_betrays_nothing() {
    let known = ["$.data.viewer.id", "$.data.viewer.team.members[*].name"];
    let known = Beyond { is_of_operations: true, ..beyond(&known) };
    let call = |query: &str| format!(r#"{{"query":"{query}"}}"#);
    let hidden = call("{ viewer { team { members { name: apiToken } } } }");
    let other = call("{ v: viewer { t: team { mail: members { name } } } }");
    let token = "ghp_0123456789abcdefABCDEF0123456789abcd";
    let answer =
        format!(r#"{{"data":{{"viewer":{{"team":{{"members":[{{"name":"{token}"}}]}}}}}}}}"#);
    let mut api = Api::held_to(vec![endpoint(Method::Post, "/graphql", BOTH, &known)]);
    let mut post = |body: &str, answer: &str| {
        let got = api.ask(Ask { method: "POST", body, ..ask("alice", "/graphql", answer) });
        (got.effects(), got.body.clone().unwrap())
    };
    let (effects, body) = post(&hidden, &answer);
    assert_eq!(body, answer.replace(token, "***"));
    assert_eq!(effects, [(Code::DisclosureData, Effect::Scrubbed)]);
    let fine = r#"{"data":{"v":{"t":{"mail":[{"name":"ann@mail.example"}]}}}}"#;
    assert_eq!(post(&other, fine), (vec![], fine.to_owned()));
    // What was asked for is not known: the names in the answer say nothing.
    let persisted = r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#;
    assert_eq!(post(persisted, fine), (vec![], fine.to_owned()));
}

#[test]
fn an_exception_lifts_it_for_a_field() {
    let leak = r#"{"doctors":[{"mail":"ann@mail.example","to":"bo@mail.example"}]}"#;
    let mut api = clinic().under(|rules| {
        let exception = Exception {
            clause: ClauseName::DisclosureData,
            endpoint: None,
            place: Some(Place::body("$.doctors[*].mail")),
            reason: "they are public".into(),
            expires_us: u64::MAX,
            set_by: SetBy::Flag,
        };
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[exception]);
        rules.routes = Routes::new(vec![RouteRules { clauses, ..RouteRules::clone(&rules.base) }]);
    });
    let body = api.get("alice", "/doctors", leak).body.unwrap();
    assert_eq!(body, leak.replace("bo@mail", "b*@****"));
}

#[test]
fn what_was_recorded_tells_what_would_be_masked() {
    let leak = r#"{"doctors":[{"id":1,"mail":"ann@mail.example","pin":"4711"}]}"#;
    let mut seen = clinic().get("alice", "/doctors", leak).seen;
    seen.hits.clear();
    let route = seen.route.clone();
    let named = |terms: EndpointTerms| Terms::new(vec![(route.clone(), vec![terms])]);
    let data = (None, Some(Force::Enforced));
    let mail = Verdict::Breaks(Code::DisclosureData, Some(Place::body("$.doctors[*].mail")));
    assert_eq!(simulate(&named(terms(data)), &seen), Some(mail));
    let known = beyond(&["$.doctors[*].id", "$.doctors[*].mail", "$.doctors[*].pin"]);
    let terms = endpoint(Method::Get, "/doctors", data, &known);
    assert_eq!(simulate(&named(terms), &seen), Some(Verdict::Keeps));
}
