//! What people say of APIs: owners, profiles, baselines, and endpoints that go.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, their helpers too"
)]

mod support;

use serde_json::{Value, json};
use std::path::Path;
use support::asker::{Asker, json_of};
use support::bartizan::{Bartizan, command, configuration, said};
use support::client::Answer;
use support::curl::{curl, is_there};
use support::until;
use support::upstream::{Upstream, ok};

/// Runs a command on a data directory; what it printed, which must be a success.
#[track_caller]
fn asked(data: &Path, arguments: &[&str]) -> String {
    let output = command().args(arguments).arg("--data").arg(data).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn asked_json(data: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&asked(data, &[arguments, &["-o", "json"]].concat())).unwrap()
}

const APIS: &str = "\
apis:
  - name: default
    owner: Mara Lind
    team: checkout
    tags: [payments, pci]
    audience: public
    environment: staging
";

/// What goes long after this test, and what should have gone.
const RETIRE: &str = "\
retire:
  - api: default
    path: /v1/orders/{id}
    method: GET
    deprecated: 2023-06-30
    sunset: 2098-12-31
    link: https://a.example/v2
  - {api: default, path: /v0/orders, deprecated: 2020-01-01, sunset: 2021-01-31}
  - {api: default, path: /never, deprecated: 2020-01-01}
";

fn fields<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    let fields = answer.head.lines().skip(1).filter_map(|it| it.split_once(':'));
    fields.filter(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1.trim()).collect()
}

/// What an answer says of its end: since when, until when, and where to read of it.
fn told(answer: &Answer) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    (fields(answer, "deprecation"), fields(answer, "sunset"), fields(answer, "link"))
}

/// An API that has its own opinion of what goes.
fn shop() -> Upstream {
    Upstream::answering(|it| match it.target() {
        "/v0/orders" => {
            "HTTP/1.1 200 OK\r\nDeprecation: ?1\r\nSunset: never\r\nLink: </>; rel=\"up\"\r\n\
                         Content-Length: 2\r\n\r\n{}"
                .to_owned()
        }
        target if target.ends_with("/404") => {
            "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nnot it\n".to_owned()
        }
        // Tests ask for what is nowhere to see that all is recorded.
        target if target.starts_with("/v1/orders") || target == "/never" => match it.method() {
            "HEAD" => "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_owned(),
            _ => ok("{\"id\": 5}"),
        },
        _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
    })
}

#[test]
fn answers_of_what_goes_say_so_and_others_do_not() {
    let upstream = shop();
    let yaml = configuration(upstream.address, "observe", &format!("{APIS}{RETIRE}"));
    let bartizan = Bartizan::configured(&yaml);
    let links =
        ["<https://a.example/v2>; rel=\"deprecation\"", "<https://a.example/v2>; rel=\"sunset\""];
    let (since, until_when) = (["@1688083200"], ["Wed, 31 Dec 2098 23:59:59 GMT"]);
    for target in ["/v1/orders/17", "/v1/orders/latest?x=1", "/v1/orders/404"] {
        let answer = bartizan.get(target);
        assert_eq!(
            told(&answer),
            (since.to_vec(), until_when.to_vec(), links.to_vec()),
            "{target}"
        );
    }
    let mut client = bartizan.client();
    client.send("HEAD /v1/orders/17 HTTP/1.1\r\nHost: x\r\n\r\n");
    let head = String::from_utf8(client.read_to(b"\r\n\r\n")).unwrap();
    assert!(head.contains("\r\ndeprecation: @1688083200\r\n"), "{head}");
    // Clients are told one date, whatever the API says itself.
    let answer = bartizan.get("/v0/orders");
    let expected =
        (vec!["@1577836800"], vec!["Sun, 31 Jan 2021 23:59:59 GMT"], vec!["</>; rel=\"up\""]);
    assert_eq!(told(&answer), expected);
    assert_eq!(told(&bartizan.get("/never")), (vec!["@1577836800"], vec![], vec![]));
    for target in ["/v1/orders", "/v1/orders/17/items", "/V1/orders/17", "/"] {
        assert_eq!(told(&bartizan.get(target)), (vec![], vec![], vec![]), "{target}");
    }
    let post = bartizan.ask("POST /v1/orders/17 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(fields(&post, "deprecation"), [] as [&str; 0]);
    if is_there("curl") {
        let url = bartizan.url("/v1/orders/17");
        let got = curl(&["--http2-prior-knowledge", "--include", &url], None).text();
        assert!(got.starts_with("HTTP/2 200"), "{got}");
        for line in ["deprecation: @1688083200\r\n", "sunset: Wed, 31 Dec 2098 23:59:59 GMT\r\n"] {
            assert!(got.contains(line), "{got}");
        }
        assert_eq!(got.matches("link: <https://a.example/v2>").count(), 2, "{got}");
    }
    // A mark that goes is gone with the next request.
    bartizan.reload(&configuration(upstream.address, "observe", ""));
    assert_eq!(told(&bartizan.get("/v1/orders/17")), (vec![], vec![], vec![]));
}

#[test]
fn our_own_answers_say_nothing_of_it() {
    let more = format!("{APIS}{RETIRE}");
    let yaml = configuration(Upstream::nobody(), "observe", &more);
    let bartizan = Bartizan::configured(&yaml);
    let answer = bartizan.get("/v1/orders/17");
    assert_eq!((answer.status, told(&answer)), (502, (vec![], vec![], vec![])));
}

fn marked<'a>(all: &'a Value, path: &str) -> &'a Value {
    let rows = all["retirements"].as_array().unwrap();
    rows.iter().find(|it| it["path"] == path).unwrap()
}

#[test]
fn the_plan_tells_who_still_calls_and_what_can_go() {
    let upstream = shop();
    let more = format!("{APIS}{RETIRE}");
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", &more));
    for n in 0..10 {
        bartizan.get(&format!("/v1/orders/{n}"));
        let key = format!("X-API-Key: k{}", n % 2);
        bartizan.ask(&format!("GET /v1/orders/{n} HTTP/1.1\r\nHost: x\r\n{key}\r\n\r\n"));
    }
    bartizan.get("/v0/orders");
    bartizan.exactly(21);
    let check = |plan: &Value| {
        let orders = marked(plan, "/v1/orders/{id}");
        let counts = ["calls", "recent_calls", "late_calls"].map(|it| orders[it].as_u64().unwrap());
        assert_eq!(counts, [20, 20, 0], "{orders}");
        assert_eq!((&orders["state"], &orders["sunset"]), (&json!("called"), &json!("2098-12-31")));
        assert!(orders["days_left"].as_u64().unwrap() > 20_000 && orders["last"].is_u64());
        let callers = orders["callers"].as_array().unwrap();
        let by: Vec<_> =
            callers.iter().map(|it| (it["kind"].as_str().unwrap(), &it["calls"])).collect();
        assert_eq!(by, [("address_agent", &json!(10)), ("api_key", &json!(10))]);
        assert_eq!(callers[1]["subjects"], 2);
        let late = marked(plan, "/v0/orders");
        assert_eq!((&late["state"], &late["late_calls"]), (&json!("overdue"), &json!(1)));
        let never = marked(plan, "/never");
        assert_eq!((&never["state"], &never["last"]), (&json!("ready"), &Value::Null));
    };
    let data = bartizan.data();
    until("what is configured", || data.join("apis.json").exists().then_some(()));
    check(&asked_json(&data, &["inventory", "retirement"]));
    let text = asked(&data, &["inventory", "retirement"]);
    assert!(text.contains("overdue") && text.contains("callers known by api key"), "{text}");
    let asker = Asker::browser(&bartizan);
    let plan = until("the plan", || {
        let plan = asker.get("/api/v1/retirement");
        let is_all = plan["retirements"].as_array()?.first()?["calls"] == 20
            && marked(&plan, "/v0/orders")["calls"] == 1;
        is_all.then_some(plan)
    });
    check(&plan);
    assert_eq!(marked(&plan, "/v1/orders/{id}")["endpoints"].as_array().unwrap().len(), 1);
    let posture = asked_json(&data, &["inventory", "posture"]);
    let late = flaw(&posture, "past_sunset").unwrap();
    assert_eq!(late["endpoints"][0]["template"], "/v0/orders");
    assert_eq!(late["endpoints"].as_array().unwrap().len(), 1);
    let described = asked(&data, &["inventory", "export", "--notation", "json"]);
    let described: Value = serde_json::from_str(&described).unwrap();
    let paths = described["paths"].as_object().unwrap();
    let order = paths.iter().find(|it| it.0.starts_with("/v1/orders/")).unwrap().1;
    assert_eq!(
        (&order["get"]["deprecated"], &order["get"]["x-sunset"]),
        (&json!(true), &json!("2098-12-31"))
    );
    assert_eq!(described["x-bartizan-owner"], "Mara Lind");
    assert_eq!(described["x-bartizan-tags"], json!(["payments", "pci"]));
}

fn flaw<'a>(posture: &'a Value, name: &str) -> Option<&'a Value> {
    posture["flaws"].as_array().unwrap().iter().find(|it| it["flaw"] == name)
}

#[test]
fn owners_are_told_and_what_an_audience_owes_is_looked_for() {
    let upstream = shop();
    let bartizan = Bartizan::configured(&configuration(upstream.address, "observe", APIS));
    (0..30).for_each(|_| drop(bartizan.get("/v1/orders")));
    bartizan.exactly(30);
    let asker = Asker::browser(&bartizan);
    let one = until("the endpoint", || {
        let listed = asker.get("/api/v1/inventory");
        listed["endpoints"].as_array()?.first().filter(|it| it["calls"] == 30).cloned()
    });
    let said = ["owner", "team", "audience"].map(|it| one[it].as_str().unwrap().to_owned());
    assert_eq!(said, ["Mara Lind", "checkout", "public"]);
    assert_eq!((&one["tags"], &one["retires"]), (&json!(["payments", "pci"]), &Value::Null));
    let listed = asked(&bartizan.data(), &["inventory", "ls"]);
    assert!(
        listed.contains("default: owner Mara Lind; team checkout; audience public"),
        "{listed}"
    );
    // Public: TLS alone, and nobody speaks it here.
    let posture = asker.get("/api/v1/posture");
    assert!(flaw(&posture, "baseline_tls").is_some(), "{posture}");
    assert!(flaw(&posture, "baseline_credential").is_none());
    let counted = json!([{"duty": "tls", "endpoints": 1, "met": 0, "missing": 1, "unknown": 0}]);
    assert_eq!(posture["baseline"], counted);
    let text = asked(&bartizan.data(), &["inventory", "posture"]);
    assert!(text.contains("owed: tls by 1 endpoints, met 0, missing 1, unknown 0"), "{text}");
    // A baseline of its own, followed without a restart.
    let more = format!("{APIS}    baseline: [credential, rate_limit]\n");
    bartizan.reload(&configuration(upstream.address, "observe", &more));
    let posture = until("another baseline", || {
        let posture = asker.get("/api/v1/posture");
        flaw(&posture, "baseline_credential").is_some().then_some(posture)
    });
    assert!(flaw(&posture, "baseline_tls").is_none(), "{posture}");
    let of_endpoint = asker.get(&format!("/api/v1/inventory/{}", one["id"].as_str().unwrap()));
    let verdicts = json!([
        {"duty": "credential", "verdict": "missing"},
        {"duty": "rate_limit", "verdict": "unknown"},
    ]);
    assert_eq!(of_endpoint["posture"]["baseline"], verdicts);
}

#[test]
fn a_profile_is_confirmed_by_those_who_may_and_the_configuration_wins() {
    let upstream = shop();
    let yaml =
        configuration(upstream.address, "observe", "apis: [{name: default, environment: staging}]");
    let bartizan = Bartizan::configured(&yaml);
    (0..60).for_each(|_| drop(bartizan.get("/v1/orders")));
    bartizan.exactly(60);
    let admin = Asker::browser(&bartizan);
    let one = || admin.get("/api/v1/apis?service=default")["apis"][0].clone();
    until("the calls", || (one()["calls"] == 60).then_some(()));
    let before = one();
    let audience = &before["audience"];
    assert_eq!((&audience["value"], &audience["proposed"]["value"]), (&Value::Null, &Value::Null));
    assert_eq!(audience["proposed"]["reason"], "so few addresses may be those of proxies");
    assert_eq!(before["subject_kind"]["proposed"]["value"], "none");
    assert_eq!(before["environment"]["source"], "configured");
    assert_eq!(before["baseline"], json!({"duties": [], "source": null}));
    let put = |who: &Asker, service: &str, body: &Value| {
        who.send("PUT", &format!("/api/v1/apis/{service}/profile"), body)
    };
    let wanted = json!({"audience": "internal", "environment": "production"});
    assert_eq!(put(&admin.of_role("analyst"), "default", &wanted).status, 403);
    let done = put(&admin.of_role("operator"), "default", &wanted);
    assert_eq!(done.status, 200, "{}", done.text());
    let now = json_of(&done);
    assert_eq!(
        (&now["audience"]["value"], &now["audience"]["source"]),
        (&json!("internal"), &json!("confirmed"))
    );
    assert_eq!(
        (&now["environment"]["value"], &now["environment"]["confirmed"]),
        (&json!("staging"), &json!("production"))
    );
    assert_eq!(now["baseline"], json!({"duties": ["mtls", "scopes"], "source": "audience"}));
    assert!(now["confirmed_by"].is_string() && now["confirmed_at"].is_u64());
    for (service, body, status) in [
        ("elsewhere", json!({"audience": "public"}), 404),
        ("default", json!({"audience": "everybody"}), 422),
        ("default", json!({"tenant": "path:0"}), 422),
        ("default", json!({"audiense": "public"}), 422),
    ] {
        assert_eq!(put(&admin, service, &body).status, status, "{body}");
    }
    let entries = || admin.get("/api/v1/ledger/entries").to_string();
    until("the entry", || {
        let all = entries();
        (all.contains("profile_confirmed") && all.contains("audience=internal")).then_some(())
    });
    // The command says more, and a running instance follows.
    let data = bartizan.data();
    let said_so = asked(&data, &["inventory", "profile", "confirm", "default", "tenant=path:2"]);
    assert!(said_so.contains("audience=internal, tenant=path:2"), "{said_so}");
    assert!(said_so.contains("and wins: environment=staging"), "{said_so}");
    until("the command", || (one()["tenant"]["value"] == "path:2").then_some(()));
    let text = asked(&data, &["inventory", "profile"]);
    assert!(text.contains("audience      internal (confirmed)"), "{text}");
    asked(&data, &["inventory", "profile", "forget", "default"]);
    until("nothing", || one()["audience"]["value"].is_null().then_some(()));
    for (arguments, status) in [
        (vec!["confirm", "default", "audience=x"], 2),
        (vec!["confirm", "default", "audiense=public"], 2),
        (vec!["confirm", "default", "tenant=host", "tenant=host"], 2),
        (vec!["confirm", "default"], 2),
        (vec!["confirm", "elsewhere", "audience=public"], 3),
        (vec!["forget", "default"], 3),
    ] {
        let output = command()
            .args(["inventory", "profile"])
            .args(&arguments)
            .arg("--data")
            .arg(&data)
            .output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", said(&output));
    }
    let empty = put(&admin, "default", &json!({"audience": "partner"}));
    assert_eq!(json_of(&empty)["audience"]["value"], "partner");
    assert_eq!(json_of(&put(&admin, "default", &json!({})))["audience"]["value"], Value::Null);
}

#[test]
fn a_tenant_that_somebody_confirms_holds_callers_to_theirs() {
    let upstream = Upstream::answering(|_| ok("{}"));
    let bartizan = Bartizan::configured(&configuration(upstream.address, "enforce", ""));
    let letters = |bartizan: &Bartizan, key: &str, practice: &str| {
        let head = format!("GET /practices/{practice}/letters HTTP/1.1\r\nHost: a.example\r\n");
        bartizan.ask(&format!("{head}X-Api-Key: {key}\r\n\r\n"))
    };
    let all_call = |bartizan: &Bartizan| {
        for practice in ["north", "south"] {
            for n in 0..12 {
                assert_eq!(letters(bartizan, &format!("{practice}-{n}"), practice).status, 200);
            }
        }
    };
    all_call(&bartizan);
    assert_eq!(
        letters(&bartizan, "north-3", "south").status,
        200,
        "nobody said what names a tenant"
    );
    let data = bartizan.data();
    until("that somebody called", || {
        let confirm = ["inventory", "profile", "confirm", "default", "tenant=path:2", "--data"];
        command().args(confirm).arg(&data).output().unwrap().status.success().then_some(())
    });
    until("it to be in force", || (bartizan.status()["revision"] == 2).then_some(()));
    all_call(&bartizan);
    let foreign = letters(&bartizan, "north-3", "south");
    assert_eq!((foreign.status, &*foreign.code()), (403, "ownership.foreign_tenant"));
    assert_eq!(letters(&bartizan, "north-3", "north").status, 200);
    // A restart holds it from the first call on; who belongs where is seen again.
    let home = bartizan.home();
    drop(bartizan);
    let bartizan = Bartizan::run_in(home);
    all_call(&bartizan);
    assert_eq!(letters(&bartizan, "north-3", "south").status, 403);
}
