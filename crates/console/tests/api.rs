//! Who may do what on the admin listener, with a backend that says yes to everything.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, their helpers too"
)]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use bartizan_console::access::{Role, Who};
use bartizan_console::admin::{self, Facts};
use bartizan_console::api::{Api, BODY_BYTES_MAX, OPERATIONS, Operation};
use bartizan_console::backend::{
    Backend, ChangesQuery, DiffQuery, ExchangeQuery, InventoryQuery, NewDecision, NewException,
    NewHunt, NewProfile, NewRelease, NewRollback, NewSavedHunt, NewSilence, NewTest, NewWatch,
    ObjectQuery, ObjectsQuery, Row,
};
use bartizan_console::problem::Problem;
use bartizan_model::clause::{ClauseName, DefaultMode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use tokio::sync::{broadcast, mpsc};
use tower::ServiceExt;

#[derive(Default)]
struct Yes {
    now_s: AtomicU64,
    kept: Mutex<Option<Vec<u8>>>,
}

impl Facts for Yes {
    fn ready(&self) -> Result<(), String> {
        Ok(())
    }

    fn metrics(&self) -> String {
        String::new()
    }
}

impl Backend for Yes {
    fn now_s(&self) -> u64 {
        self.now_s.load(Relaxed)
    }
    fn kept_tokens(&self) -> Option<Vec<u8>> {
        self.kept.lock().unwrap().clone()
    }
    fn keep_tokens(&self, document: &[u8]) -> Result<(), String> {
        *self.kept.lock().unwrap() = Some(document.to_vec());
        Ok(())
    }
    fn logged_in(&self, _: &Who) {}
    fn overview(&self, minutes: u32) -> Value {
        json!({ "minutes": minutes })
    }
    fn exchanges(&self, _: &ExchangeQuery) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn exchange(&self, _: &str) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn objects(&self, it: &ObjectsQuery) -> Result<Value, Problem> {
        Ok(json!({"limit": it.limit, "held_back": it.held_back}))
    }
    fn object(&self, hash: &str, it: &ObjectQuery) -> Result<Value, Problem> {
        Ok(json!({"object": hash, "since": it.since}))
    }
    fn live(&self) -> broadcast::Receiver<Arc<Row>> {
        broadcast::channel(1).1
    }
    fn state(&self) -> Value {
        json!({})
    }
    fn exceptions(&self) -> Value {
        json!({})
    }
    fn add_exception(&self, it: &NewException, by: &Who) -> Result<Value, Problem> {
        Ok(json!({"clause": it.clause, "by": by.name}))
    }
    fn remove_exception(&self, _: &str, _: &Who) -> Result<(), Problem> {
        Ok(())
    }
    fn begin_bypass(&self, _: u64, _: &str, _: &Who) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn end_bypass(&self, _: &Who) -> Result<(), Problem> {
        Ok(())
    }
    fn alerts(&self) -> Value {
        json!({})
    }
    fn test_alert(&self, _: &NewTest, _: &Who) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn silence(&self, _: &NewSilence, _: &Who) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn lift_silence(&self, _: &str, _: &Who) -> Result<(), Problem> {
        Ok(())
    }
    fn settings(&self) -> Value {
        json!({})
    }
    fn hunt(&self, it: NewHunt, _: &Who) -> Result<mpsc::Receiver<String>, Problem> {
        let (to, lines) = mpsc::channel(2);
        to.try_send(json!({ "sql": it.sql }).to_string()).unwrap();
        Ok(lines)
    }
    fn hunt_schema(&self) -> Value {
        json!({})
    }
    fn saved_hunts(&self) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn save_hunt(&self, name: &str, it: &NewSavedHunt) -> Result<Value, Problem> {
        Ok(json!({"name": name, "title": it.title}))
    }
    fn remove_hunt(&self, _: &str) -> Result<(), Problem> {
        Ok(())
    }
    fn inventory(&self, _: &InventoryQuery) -> Value {
        json!({"state": "ready", "behind": 0, "services": [], "endpoints": [], "more": 0})
    }
    fn endpoint(&self, _: &str) -> Option<Value> {
        None
    }
    fn posture(&self, _: Option<&str>) -> Value {
        json!({"endpoints": 0, "weak": 0, "unknown": {}, "flaws": []})
    }
    fn posture_trend(&self) -> Result<Value, Problem> {
        Ok(json!({"days": []}))
    }
    fn relations(&self, _: Option<&str>) -> Value {
        json!({"relations": [], "more": 0})
    }
    fn third_parties(&self, _: Option<&str>) -> Value {
        json!({"third_parties": [], "more": 0, "full": 0})
    }

    fn drift(&self, _: Option<&str>) -> Value {
        json!({"services": [], "undescribed": []})
    }
    fn retirement(&self, _: Option<&str>) -> Value {
        json!({"retirements": []})
    }
    fn apis(&self, _: Option<&str>) -> Value {
        json!({"apis": [], "faults": []})
    }
    fn confirm_profile(&self, service: &str, it: &NewProfile, by: &Who) -> Result<Value, Problem> {
        Ok(json!({"service": service, "audience": it.audience, "confirmed_by": by.name}))
    }
    fn contract(&self, _: Option<&str>) -> Value {
        json!({"revision": 0, "clauses": []})
    }
    fn contract_history(&self) -> Value {
        json!({"revision": 0, "changes": []})
    }
    fn decide_clause(&self, id: &str, it: &NewDecision, by: &Who) -> Result<Value, Problem> {
        if it.revision == 0 {
            return Ok(json!({"id": id, "force": format!("{:?}", it.force), "by": by.name}));
        }
        Err(Problem::Conflict("somebody else decided meanwhile".to_owned()))
    }
    fn roll_back_contract(&self, it: &NewRollback, by: &Who) -> Result<Value, Problem> {
        Ok(json!({"to": it.to, "revision": it.revision, "by": by.name}))
    }
    fn contract_diff(&self, it: &DiffQuery) -> Result<Value, Problem> {
        Ok(json!({"from": it.from, "to": it.to, "changes": []}))
    }
    fn release(&self, it: &NewRelease, by: &Who) -> Result<Value, Problem> {
        Ok(json!({"service": it.service, "version": it.version, "by": by.name}))
    }
    fn changes(&self, wanted: &ChangesQuery) -> Value {
        json!({"changes": [], "more": wanted.limit})
    }
    fn described(&self, _: Option<&str>) -> Option<Value> {
        None
    }
    fn samples(&self, limit: usize) -> Value {
        json!({ "limit": limit })
    }
    fn reveal(&self, exchange: &str, _: &str, by: &Who) -> Result<Value, Problem> {
        Ok(json!({"exchange": exchange, "by": by.name}))
    }
    fn watches(&self) -> Value {
        json!({})
    }
    fn watch(&self, it: &NewWatch, _: &Who) -> Result<Value, Problem> {
        Ok(json!({ "minutes": it.minutes }))
    }
    fn unwatch(&self, _: &str, _: &Who) -> Result<(), Problem> {
        Ok(())
    }
    fn ledger(&self) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn ledger_entries(&self, _: usize, _: Option<u64>) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn ledger_proof(&self, _: u64) -> Result<Value, Problem> {
        Ok(json!({}))
    }
    fn ledger_verify(&self, _: Option<&str>) -> Result<Value, Problem> {
        Ok(json!({}))
    }
}

struct Rig {
    backend: Arc<Yes>,
    api: Arc<Api>,
    router: Router,
}

impl Rig {
    fn new() -> Self {
        let backend = Arc::new(Yes::default());
        backend.now_s.store(1_000_000, Relaxed);
        let api = Api::new(Arc::clone(&backend) as Arc<dyn Backend>);
        let router = admin::router(Arc::clone(&backend) as Arc<dyn Facts>, &api);
        Self { backend, api, router }
    }

    async fn ask(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Logs in; the cookie and the second secret.
    async fn login(&self) -> (String, String) {
        let code = self.api.login_code().unwrap();
        let answer = self.ask(post("/api/v1/login", &json!({ "code": code }), &[])).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        let cookie = cookie.split(';').next().unwrap().to_owned();
        (cookie, text(&body(answer).await, "csrf"))
    }

    /// A token of this role.
    async fn token(&self, role: Role) -> String {
        let (cookie, csrf) = self.login().await;
        let wanted = json!({"name": "test", "role": role.name(), "days": 1});
        let fields = [("cookie", &*cookie), ("x-bartizan-csrf", &csrf)];
        let answer = self.ask(post("/api/v1/tokens", &wanted, &fields)).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        text(&body(answer).await, "token")
    }
}

fn post(path: &str, body: &Value, fields: &[(&str, &str)]) -> Request<Body> {
    let mut request = Request::post(path).header("content-type", "application/json");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_string())).unwrap()
}

async fn body(answer: Response<Body>) -> Value {
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&bytes).unwrap()
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap().to_owned()
}

/// A request that this operation carries out for whoever may.
fn request(it: &Operation, token: Option<&str>) -> Request<Body> {
    let path = it.path.replace("{id}", "1").replace("{index}", "1");
    let wanted = match (it.method, it.path) {
        ("post", "/api/v1/exceptions") => {
            json!({"clause": "content.sqli", "reason": "a test", "expires": "2030-01-01"})
        }
        ("post", "/api/v1/bypass") => json!({"minutes": 1, "reason": "a test"}),
        ("post", "/api/v1/samples/{exchange_id}/reveal") => json!({"reason": "a test"}),
        ("post", "/api/v1/watches") => {
            json!({"subject": "0".repeat(32), "minutes": 5, "reason": "a test"})
        }
        ("post", "/api/v1/alerts/test") => json!({"target": "soc"}),
        ("post", "/api/v1/alerts/silences") => {
            json!({"code": "*", "minutes": 1, "reason": "a test"})
        }
        ("put", "/api/v1/contract/{clause}") => {
            json!({"force": "canary", "reason": "a test", "revision": 0})
        }
        ("post", "/api/v1/contract/rollback") => {
            json!({"to": 0, "reason": "a test", "revision": 1})
        }
        ("post", "/api/v1/releases") => json!({"service": "shop", "version": "2.1"}),
        ("put", "/api/v1/apis/{service}/profile") => json!({"audience": "internal"}),
        ("put", "/api/v1/hunt/saved/{name}") => {
            json!({"title": "t", "says": "s", "sql": "select 1"})
        }
        ("post", "/api/v1/hunt") => json!({"sql": "select 1"}),
        ("post", "/api/v1/tokens") => json!({"name": "a", "role": "viewer", "days": 1}),
        _ => json!({}),
    };
    let mut request = Request::builder()
        .method(it.method.to_uppercase().as_str())
        .uri(path)
        .header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::from(wanted.to_string())).unwrap()
}

#[tokio::test]
async fn every_operation_is_for_its_role_and_those_above() {
    let rig = Rig::new();
    // One for each role: there may be a hundred.
    let mut tokens = Vec::new();
    for &role in Role::ALL {
        tokens.push((role, rig.token(role).await));
    }
    for it in OPERATIONS.iter().filter(|it| it.role.is_some()) {
        let least = it.role.unwrap();
        let answer = rig.ask(request(it, None)).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{it:?}");
        assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer");
        for (role, token) in &tokens {
            let (role, token) = (*role, token.as_str());
            let status = rig.ask(request(it, Some(token))).await.status();
            if role < least {
                assert_eq!(status, StatusCode::FORBIDDEN, "{it:?} as {role}");
            } else {
                let is_done = status.is_success() || status == StatusCode::NOT_FOUND;
                assert!(is_done, "{it:?} as {role}: {status}");
            }
        }
    }
}

#[tokio::test]
async fn a_decision_names_the_force_and_the_revision_that_was_seen() {
    let rig = Rig::new();
    let token = rig.token(Role::Operator).await;
    let put = |wanted: Value| {
        Request::put("/api/v1/contract/00000000000000aa")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(wanted.to_string()))
            .unwrap()
    };
    let answer =
        rig.ask(put(json!({"force": "withdrawn", "reason": "a test", "revision": 0.0}))).await;
    let done = body(answer).await;
    assert_eq!((&done["force"], &done["by"]), (&json!("Withdrawn"), &json!("test")));
    for (wanted, status) in [
        (json!({"force": "canary", "reason": "a test", "revision": 3}), StatusCode::CONFLICT),
        (json!({"force": "canary", "reason": "a test"}), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({"force": "harder", "reason": "a", "revision": 0}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (json!({"force": "off", "revision": 0}), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({"force": "off", "reason": "a", "revision": 0, "x": 1}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let answer = rig.ask(put(wanted.clone())).await;
        assert_eq!(answer.status(), status, "{wanted}");
    }
}

#[tokio::test]
async fn a_browser_repeats_its_second_secret_with_each_change() {
    let rig = Rig::new();
    let (cookie, csrf) = rig.login().await;
    let wanted = json!({"minutes": 1, "reason": "a test"});
    let with = |csrf: Option<&str>| {
        let mut fields = vec![("cookie", cookie.as_str())];
        fields.extend(csrf.map(|it| ("x-bartizan-csrf", it)));
        post("/api/v1/bypass", &wanted, &fields)
    };
    for wrong in [None, Some(""), Some("0123456789abcdef0123456789abcdef")] {
        let answer = rig.ask(with(wrong)).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(body(answer).await["code"], "api.csrf");
    }
    assert_eq!(rig.ask(with(Some(&csrf))).await.status(), StatusCode::OK);
    let me = Request::get("/api/v1/me").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert_eq!(body(rig.ask(me).await).await["csrf"], *csrf);
    // A form of a foreign page cannot say that it is JSON.
    let fields = [("cookie", &*cookie), ("x-bartizan-csrf", &csrf)];
    let mut form = post("/api/v1/bypass", &wanted, &fields);
    form.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    assert_eq!(rig.ask(form).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

/// Derived readers take `[1, "a test"]` for `{"minutes": 1, "reason": "a test"}`.
#[tokio::test]
async fn a_list_is_not_taken_for_an_object() {
    let rig = Rig::new();
    let token = format!("Bearer {}", rig.token(Role::Admin).await);
    let cases = [
        ("/api/v1/ledger/verify", json!([null])),
        ("/api/v1/bypass", json!([1, "a test"])),
        ("/api/v1/ledger/verify", json!("{}")),
    ];
    for (path, wanted) in cases {
        let answer = rig.ask(post(path, &wanted, &[("authorization", &token)])).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path} {wanted}");
    }
}

#[tokio::test]
async fn a_code_works_once_and_guesses_end() {
    let rig = Rig::new();
    let code = rig.api.login_code().unwrap();
    let login = |code: &str| post("/api/v1/login", &json!({ "code": code }), &[]);
    assert_eq!(rig.ask(login(&code)).await.status(), StatusCode::OK);
    for _ in 0..10 {
        assert_eq!(rig.ask(login(&code)).await.status(), StatusCode::UNAUTHORIZED);
    }
    let answer = rig.ask(login(&code)).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()[header::RETRY_AFTER], "60");
    // Who guesses keeps nobody out.
    let fresh = rig.api.login_code().unwrap();
    assert_eq!(rig.ask(login(&fresh)).await.status(), StatusCode::OK);
    rig.backend.now_s.fetch_add(60, Relaxed);
    assert_eq!(rig.ask(login(&code)).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_outlives_a_restart_and_not_its_removal() {
    let rig = Rig::new();
    let token = rig.token(Role::Viewer).await;
    let me = |token: &str| {
        let credential = format!("Bearer {token}");
        Request::get("/api/v1/me").header("authorization", credential).body(Body::empty()).unwrap()
    };
    let again = Api::new(Arc::clone(&rig.backend) as Arc<dyn Backend>);
    let restarted = admin::router(Arc::clone(&rig.backend) as Arc<dyn Facts>, &again);
    let answer = restarted.oneshot(me(&token)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let kept = String::from_utf8(rig.backend.kept.lock().unwrap().clone().unwrap()).unwrap();
    assert!(!kept.contains(&token));
    let admin = rig.token(Role::Admin).await;
    let list = |method: &str, path: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {admin}"))
            .body(Body::empty())
            .unwrap()
    };
    let all = body(rig.ask(list("GET", "/api/v1/tokens")).await).await;
    assert!(!all.to_string().contains(&token));
    let id = all["tokens"].as_array().unwrap()[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/tokens/{id}");
    assert_eq!(rig.ask(list("DELETE", &path)).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(rig.ask(list("DELETE", &path)).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(rig.ask(me(&token)).await.status(), StatusCode::UNAUTHORIZED);
    rig.backend.now_s.fetch_add(86_400, Relaxed);
    assert_eq!(rig.ask(me(&admin)).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_ends_when_told() {
    let rig = Rig::new();
    let (cookie, csrf) = rig.login().await;
    let fields = [("cookie", &*cookie), ("x-bartizan-csrf", &*csrf)];
    let answer = rig.ask(post("/api/v1/logout", &json!({}), &fields)).await;
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let me = Request::get("/api/v1/me").header("cookie", &cookie).body(Body::empty()).unwrap();
    assert_eq!(rig.ask(me).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_makes_no_sense_is_a_problem() {
    let rig = Rig::new();
    let token = rig.token(Role::Admin).await;
    let bearer = format!("Bearer {token}");
    let get = |path: &str| {
        Request::get(path).header("authorization", &bearer).body(Body::empty()).unwrap()
    };
    let send = |bytes: String| {
        Request::post("/api/v1/hunt")
            .header("authorization", &bearer)
            .header("content-type", "application/json")
            .body(Body::from(bytes))
            .unwrap()
    };
    let large = format!("{{\"sql\": \"{}\"}}", "a".repeat(BODY_BYTES_MAX));
    for (request, status) in [
        (get("/api/v1/overview?minutes=0"), 422),
        (get("/api/v1/overview?minutes=many"), 422),
        (get("/api/v1/overview?minute=1"), 422),
        (get("/api/v1/exchanges?wanted=all"), 422),
        (get("/api/v1/ledger/entries?limit=1001"), 422),
        (get("/api/v1/samples?limit=0"), 422),
        (get("/api/v1/samples?limit=1001"), 422),
        (get("/api/v1/samples/1/reveal"), 405),
        (get("/api/v1/ledger/entries/x/proof"), 404),
        (get("/api/v1/nothing"), 404),
        (get("/api/v1/login"), 405),
        (send("{".to_owned()), 422),
        (send("{}".to_owned()), 422),
        (send("{\"sql\": \"a\", \"SQL\": 1}".to_owned()), 422),
        (send("{\"sql\": \"a\", \"limit\": 0}".to_owned()), 422),
        (send(large), 413),
    ] {
        let path = request.uri().to_string();
        let answer = rig.ask(request).await;
        assert_eq!(answer.status(), status, "{path}");
        let policy = &answer.headers()[header::CONTENT_SECURITY_POLICY];
        assert!(policy.to_str().unwrap().contains("default-src 'self'"), "{path}");
        if status != 413 {
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(body(answer).await["status"], status, "{path}");
        }
    }
}

#[tokio::test]
async fn an_answer_comes_line_by_line() {
    let rig = Rig::new();
    let token = rig.token(Role::Analyst).await;
    let fields = [("authorization", &*format!("Bearer {token}"))];
    let answer = rig.ask(post("/api/v1/hunt", &json!({"sql": "select 1"}), &fields)).await;
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/x-ndjson");
    assert_eq!(body(answer).await, json!({"sql": "select 1"}));
}

#[tokio::test]
async fn the_description_names_every_operation_and_its_role() {
    let rig = Rig::new();
    let get = Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap();
    let description = body(rig.ask(get).await).await;
    assert_eq!(description["openapi"], "3.1.0");
    let mut described = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.push((method.clone(), path.clone(), text(operation, "x-role")));
        }
    }
    let role = |it: &Operation| it.role.map_or("none", Role::name).to_owned();
    let mut known: Vec<_> =
        OPERATIONS.iter().map(|it| (it.method.to_owned(), it.path.to_owned(), role(it))).collect();
    let lifted = &description["components"]["schemas"]["NewException"]["properties"]["clause"];
    let lifted: Vec<_> =
        lifted["enum"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let clauses = ClauseName::ALL.iter().filter(|it| it.default_mode() != DefaultMode::Law);
    assert_eq!(lifted, clauses.map(|it| it.name()).collect::<Vec<_>>());
    known.sort();
    described.sort();
    assert_eq!(described, known);
}

#[tokio::test]
async fn objects_are_asked_for_as_described() {
    let rig = Rig::new();
    let token = rig.token(Role::Viewer).await;
    let ask = async |path: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        rig.ask(request.body(Body::empty()).unwrap()).await
    };
    let found = body(ask("/api/v1/objects?limit=7&held_back=true").await).await;
    assert_eq!(found, json!({"limit": 7, "held_back": true}));
    let one = body(ask("/api/v1/objects/00000000000000a1?since=7d").await).await;
    assert_eq!(one, json!({"object": "00000000000000a1", "since": "7d"}));
    for wrong in ["?held_back=maybe", "?limit=-1", "?colour=red", "/00000000000000a1?limit=1"] {
        let answer = ask(&format!("/api/v1/objects{wrong}")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
}
