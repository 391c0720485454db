//! Answers that are held to what the contract of their endpoint says: whose they are, and what leaves masked.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::step::{Input, Payload, Reply, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::terms::Terms;
use bartizan_engine::transaction::Transaction;
use bartizan_model::class::Class;
use bartizan_model::clause::{Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::data_class::DataClass;
use bartizan_model::evidence::Finding;
use bartizan_model::head::{Framing, HeadWriter, Method, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{
    Belonging, EndpointTerms, Force, Mask, Masked, Owned, Pair, Resource, Says, Shows, Term,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const CUSTOMER: Resource = Resource(1);
const TENANT: Resource = Resource(2);
const ACCOUNT: Resource = Resource(3);

/// What a caller got, and what was recorded of it.
struct Got {
    body: Result<String, Code>,
    fields: Vec<String>,
    /// What the API was asked with.
    asked: Vec<String>,
    seen: Observation,
}

impl Got {
    fn effects(&self) -> Vec<(Code, Effect)> {
        self.seen.hits.iter().map(|it| (it.code, it.effect)).collect()
    }
}

struct Api {
    view: Arc<Snapshot>,
    tables: Tables,
    calls: u128,
}

#[derive(Clone, Copy)]
struct Ask<'a> {
    by: &'a str,
    target: &'a str,
    answer: &'a [u8],
    media: &'a str,
    coding: &'a str,
    status: u16,
    /// Bytes in which the answer comes at once.
    pieces: usize,
}

fn ask<'a>(by: &'a str, target: &'a str, answer: &'a str) -> Ask<'a> {
    let media = "application/json";
    Ask { by, target, answer: answer.as_bytes(), media, coding: "", status: 200, pieces: 7 }
}

fn owned(path: &str) -> Owned {
    Owned { place: Place::body(path), owners: CUSTOMER, is_exclusive: true }
}

fn mask(path: &str, class: DataClass, mask: Mask, unless_own: Option<Owned>) -> Masked {
    Masked { place: Place::body(path), class: Class::BuiltIn(class), mask, unless_own }
}

impl Api {
    fn new(force: Force) -> Self {
        let endpoint = |path, says: Vec<Says>, shows: &[&str]| EndpointTerms {
            method: Method::Get,
            path: Template::new(path),
            known: Vec::new(),
            terms: says.into_iter().map(|says| Term { says, force }).collect(),
            hands_out: Vec::new(),
            shows: Shows {
                caller: shows.iter().map(|it| (Place::body(it), CUSTOMER)).collect(),
                ..Shows::default()
            },
        };
        let order = vec![
            Says::Owned(vec![owned("$.customerId")]),
            Says::Secret(vec![mask("$.pin", DataClass::OneTimeCode, Mask::Drop, None)]),
        ];
        let list = vec![Says::Owned(vec![owned("$[*].customerId")])];
        let email = mask("$[*].email", DataClass::Email, Mask::Partial, Some(owned("$[*].id")));
        let by_path = |objects, owners| {
            Says::Belongs(vec![Belonging { place: Place::Segment(2), objects, owners }])
        };
        let mut tenant = endpoint("/tenants/{tenant}", vec![by_path(None, TENANT)], &[]);
        tenant.shows.claims = vec![("tenant".into(), TENANT)];
        let account = by_path(Some(ACCOUNT), CUSTOMER);
        let mut accounts = endpoint("/accounts", vec![], &[]);
        accounts.shows.owners = vec![Pair {
            object: Place::body("$[*].number"),
            objects: ACCOUNT,
            owner: Place::body("$[*].owner.id"),
            owners: CUSTOMER,
        }];
        let terms = vec![
            tenant,
            accounts,
            endpoint("/accounts/{number}", vec![account], &[]),
            endpoint("/me", vec![], &["$.id"]),
            endpoint("/orders", list, &["$[*].customerId"]),
            endpoint("/orders/{id}", order, &[]),
            endpoint("/people", vec![Says::Masked(vec![email])], &[]),
        ];
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[]);
        let rules = Rules::plain(clauses, Limits::default(), HashKey::new(KeyEpoch(1), [5; 16]));
        let terms = Terms::new(vec![(Arc::clone(&rules.base.route.name), terms)]);
        let view = Snapshot { revision: 1, rules: Arc::new(rules), terms: Arc::new(terms) };
        let mut it = Self { view: Arc::new(view), tables: Tables::new(1 << 20), calls: 0 };
        it.get("alice", "/me", r#"{"id":17}"#);
        it.get("mallory", "/me", r#"{"id":"99"}"#);
        it
    }

    fn get(&mut self, by: &str, target: &str, answer: &str) -> Got {
        self.ask(ask(by, target, answer))
    }

    fn ask(&mut self, it: Ask<'_>) -> Got {
        self.calls += 1;
        let origin = Origin {
            id: ExchangeId::new(1_700_000_000_000, self.calls),
            authority: Authority::Inline,
            peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
            tls: false,
            certificate: None,
            ja4: None,
            sees_bodies: true,
        };
        let at = Moment { mono_ns: 1, wall_us: 1_700_000_000_000_000 };
        let mut exchange = Transaction::open(origin, Arc::clone(&self.view), at);
        let mut head = HeadWriter::new();
        head.method(b"GET");
        head.target(it.target.as_bytes());
        head.authority(b"shop.example");
        match it.by.split_once('@') {
            Some((sub, tenant)) => {
                let claims = format!("{{\"sub\":\"{sub}\",\"tenant\":\"{tenant}\"}}");
                let claims = URL_SAFE_NO_PAD.encode(claims);
                head.field(b"authorization", format!("Bearer e30.{claims}.c2ln").as_bytes());
            }
            None if !it.by.is_empty() => head.field(b"x-api-key", it.by.as_bytes()),
            None => {}
        }
        head.field(b"accept-encoding", b"gzip");
        head.field(b"range", b"bytes=0-10");
        let head = Input::RequestHead(head.request(Version::Http11, Framing::None));
        let step = exchange.step(Side::Request, at, &self.tables, head);
        let permit = match step {
            Step::Forward(permit, _) => permit,
            Step::Reply(Reply::Own(reply)) => {
                let step = exchange.step(Side::Response, at, &self.tables, Input::Written);
                let Step::Finished(seen, _) = step else { panic!("{step:?}") };
                let body = Err(reply.code);
                return Got { body, fields: Vec::new(), asked: Vec::new(), seen: *seen };
            }
            other => panic!("{other:?}"),
        };
        let asked = permit.head().fields().map(|it| String::from_utf8_lossy(it.0).into()).collect();
        let mut head = HeadWriter::new();
        for (name, value) in [("content-type", it.media), ("etag", "\"1\"")] {
            head.field(name.as_bytes(), value.as_bytes());
        }
        if !it.coding.is_empty() {
            head.field(b"content-encoding", it.coding.as_bytes());
        }
        let length = Framing::Length(it.answer.len() as u64);
        let mut step = exchange.step(
            Side::Response,
            at,
            &self.tables,
            Input::ResponseHead(head.response(it.status, length)),
        );
        let (mut fields, mut out, mut rest) = (Vec::new(), Vec::new(), it.answer);
        let mut piece = Bytes::new();
        let mut body = None;
        loop {
            step = match step {
                Step::Reply(Reply::Relay(head)) => {
                    fields =
                        head.passed_on().map(|it| String::from_utf8_lossy(it.1).into()).collect();
                    fields.push(format!("{:?}", head.framing));
                    exchange.step(Side::Response, at, &self.tables, Input::Written)
                }
                Step::Reply(Reply::Own(reply)) => {
                    body = Some(Err(reply.code));
                    exchange.step(Side::Response, at, &self.tables, Input::Written)
                }
                Step::Read { .. } => {
                    let (now, later) = rest.split_at(rest.len().min(it.pieces));
                    (piece, rest) = (Bytes::copy_from_slice(now), later);
                    let data = Input::Data { bytes: &piece, end: rest.is_empty() };
                    exchange.step(Side::Response, at, &self.tables, data)
                }
                Step::Write(Payload::Verbatim) => {
                    out.extend_from_slice(&piece);
                    exchange.step(Side::Response, at, &self.tables, Input::Written)
                }
                Step::Write(Payload::Held { bytes, .. }) => {
                    out.extend_from_slice(&bytes);
                    exchange.step(Side::Response, at, &self.tables, Input::Written)
                }
                Step::Finished(seen, _) => {
                    let text = || Ok(String::from_utf8(out).unwrap());
                    let body = body.unwrap_or_else(text);
                    return Got { body, fields, asked, seen: *seen };
                }
                other => panic!("{other:?}"),
            };
        }
    }
}

const ALICES: &str = r#"{"orderId":1,"customerId":17,"pin":"1234","total":9}"#;

#[test]
fn an_answer_that_is_another_callers_does_not_leave() {
    for pieces in [1, 10, 1_000] {
        let mut api = Api::new(Force::Enforced);
        let refused = api.ask(Ask { pieces, ..ask("mallory", "/orders/1", ALICES) });
        assert_eq!(refused.body, Err(Code::OwnerForeign));
        assert!(refused.effects().contains(&(Code::OwnerForeign, Effect::Refused)));
        let found = |it: &Finding| it.place == Place::body("$.customerId") && it.bytes == 2;
        assert!(refused.seen.findings.iter().any(found));
        // Its owner is undisturbed, at the same address.
        let got = api.ask(Ask { pieces, ..ask("alice", "/orders/1", ALICES) });
        assert_eq!(got.body.unwrap(), r#"{"orderId":1,"customerId":17,"total":9}"#);
    }
}

#[test]
fn an_owner_is_the_same_however_the_api_writes_it() {
    let mut api = Api::new(Force::Enforced);
    let answer = r#"{"customerId":"17"}"#;
    assert_eq!(api.get("mallory", "/orders/1", answer).body, Err(Code::OwnerForeign));
    assert_eq!(api.get("alice", "/orders/1", answer).body.unwrap(), answer);
}

#[test]
fn a_list_that_holds_another_callers_does_not_leave() {
    let mut api = Api::new(Force::Enforced);
    let mixed = r#"[{"customerId":99},{"customerId":17}]"#;
    let refused = api.get("mallory", "/orders?customer=17", mixed);
    assert_eq!(refused.body, Err(Code::OwnerForeign));
    // What the API shows unasked teaches, and is not judged.
    assert_eq!(api.get("mallory", "/orders?page=1", mixed).body.unwrap(), mixed);
}

#[test]
fn who_is_not_known_is_refused_nothing() {
    let mut api = Api::new(Force::Enforced);
    for by in ["", "somebody"] {
        assert!(api.get(by, "/orders/1", ALICES).body.is_ok(), "{by}");
    }
    // Nobody was shown 18 as their own.
    assert!(api.get("mallory", "/orders/2", r#"{"customerId":18}"#).body.is_ok());
    // Staff are shown everybody's without asking.
    api.get("staff", "/orders", r#"[{"customerId":99},{"customerId":17}]"#);
    assert!(api.get("staff", "/orders/1", ALICES).body.is_ok());
}

#[test]
fn what_is_observed_passes_as_it_came_and_is_recorded() {
    let mut api = Api::new(Force::Observed);
    let got = api.get("mallory", "/orders/1", ALICES);
    let mut effects = got.effects();
    effects.sort_by_key(|it| it.0);
    let would =
        [(Code::OwnerForeign, Effect::WouldRefuse), (Code::DisclosureSecret, Effect::WouldScrub)];
    assert_eq!(effects, would);
    assert_eq!(got.body.unwrap(), ALICES);
    assert_eq!(got.fields, ["content-type", "etag", &format!("Length({})", ALICES.len())]);
    assert!(got.asked.contains(&"accept-encoding".to_owned()));
}

#[test]
fn an_answer_that_is_changed_says_nothing_of_its_bytes() {
    let mut api = Api::new(Force::Enforced);
    let got = api.get("alice", "/orders/1", ALICES);
    assert_eq!(got.effects(), [(Code::DisclosureSecret, Effect::Scrubbed)]);
    assert_eq!(got.fields, ["content-type", "Delimited"]);
    assert!(
        !got.asked.iter().any(|it| it == "accept-encoding" || it == "range"),
        "{:?}",
        got.asked
    );
}

#[test]
fn what_is_for_the_owner_alone_is_masked_for_others() {
    let mut api = Api::new(Force::Enforced);
    let people = r#"[{"email":"a@x.org","id":17},{"id":99,"email":"m@x.org"},{"email":"n@x.org"}]"#;
    let got = api.get("alice", "/people", people);
    let masked = r#"[{"email":"a@x.org","id":17},{"id":99,"email":"m@*.org"},{"email":"n@*.org"}]"#;
    assert_eq!(got.body.unwrap(), masked);
    let nobody = api.get("", "/people", people).body.unwrap();
    assert!(!nobody.contains("a@x"), "{nobody}");
}

#[test]
fn a_coded_answer_is_decoded_and_another_one_refused() {
    let mut api = Api::new(Force::Enforced);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(ALICES.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let coded = Ask { answer: &gzip, coding: "gzip", ..ask("alice", "/orders/1", "") };
    let got = api.ask(coded);
    assert!(!got.fields.iter().any(|it| it == "content-encoding"));
    assert_eq!(got.body.unwrap(), r#"{"orderId":1,"customerId":17,"total":9}"#);
    assert_eq!(api.ask(Ask { by: "mallory", ..coded }).body, Err(Code::OwnerForeign));
    for it in [
        Ask { coding: "x-own", ..ask("alice", "/orders/1", ALICES) },
        Ask { media: "text/csv", ..ask("alice", "/orders/1", ALICES) },
        Ask { status: 206, ..ask("alice", "/orders/1", ALICES) },
    ] {
        assert_eq!(api.ask(it).body, Err(Code::DisclosureSecret), "{} {}", it.media, it.coding);
    }
    // What is no text passes, and so do errors.
    assert!(api.ask(Ask { media: "image/png", ..ask("alice", "/orders/1", "x") }).body.is_ok());
    assert!(api.ask(Ask { status: 404, ..ask("alice", "/orders/1", "{}") }).body.is_ok());
    // A coding that breaks off is no answer.
    let broken = Ask { answer: &gzip[..gzip.len() / 2], ..coded };
    assert_eq!(api.ask(broken).body, Err(Code::UpstreamMalformed));
}

#[test]
fn a_long_answer_is_cut_when_it_proves_to_be_anothers() {
    let mut api = Api::new(Force::Enforced);
    let long = "x".repeat(100_000);
    let late = format!(r#"{{"note":"{long}","customerId":17,"secret":"behind"}}"#);
    let got = api.ask(Ask { pieces: 16_384, ..ask("mallory", "/orders/1", &late) });
    assert_eq!(got.effects(), [(Code::OwnerForeign, Effect::Refused)]);
    assert!(!got.body.unwrap().contains("behind"));
    let got = api.ask(Ask { pieces: 16_384, ..ask("alice", "/orders/1", &late) });
    assert_eq!(got.body.unwrap(), late);
}

#[test]
fn a_tenant_that_the_token_does_not_name_is_refused_on_the_request() {
    let mut api = Api::new(Force::Enforced);
    let foreign = Err(Code::OwnerForeignRequest);
    // Nobody is known to be of the north yet.
    assert!(api.get("mallory@south", "/tenants/north", "{}").body.is_ok());
    assert!(api.get("alice@north", "/tenants/north", "{}").body.is_ok());
    assert_eq!(api.get("mallory@south", "/tenants/north", "{}").body, foreign);
    assert_eq!(api.get("mallory@south", "/tenants/%6eorth", "{}").body, foreign);
    assert!(api.get("mallory@south", "/tenants/south", "{}").body.is_ok());
    // Without claims nothing is known of the caller.
    assert!(api.get("mallory", "/tenants/north", "{}").body.is_ok());
}

#[test]
fn what_a_refused_token_says_teaches_nothing() {
    let mut api = Api::new(Force::Enforced);
    let forged = ask("mallory@north", "/tenants/north", "{}");
    assert!(api.ask(Ask { status: 401, ..forged }).body.is_ok());
    assert!(api.get("alice@north", "/tenants/north", "{}").body.is_ok());
    let south = api.get("mallory@south", "/tenants/north", "{}").body;
    assert_eq!(south, Err(Code::OwnerForeignRequest));
}

#[test]
fn an_object_whose_owner_was_shown_is_refused_on_the_request() {
    let mut api = Api::new(Force::Enforced);
    // Staff saw whose they are; one object has no owner, and takes none of its neighbour.
    let all = r#"[{"number":500,"owner":{"id":17}},{"number":501},{"owner":{"id":17},"number":502},
        {"owner":{"id":99},"number":600}]"#;
    api.get("staff", "/accounts", all);
    let refused = |api: &mut Api, path| api.get("mallory", path, "{}").body.is_err();
    assert!(refused(&mut api, "/accounts/500") && refused(&mut api, "/accounts/0502"));
    assert!(!refused(&mut api, "/accounts/501") && !refused(&mut api, "/accounts/600"));
    assert!(api.get("alice", "/accounts/500", "{}").body.is_ok());
    assert!(api.get("staff", "/accounts/500", "{}").body.is_ok());
}
