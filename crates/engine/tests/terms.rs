//! Identifiers that are handed out and named, over several exchanges of several callers.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

use bartizan_contract::clause_set::ClauseSet;
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::step::{Input, Reply, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::terms::Terms;
use bartizan_engine::transaction::Transaction;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::{Framing, HeadWriter, Method, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bartizan_model::terms::{EndpointTerms, Force, Resource, Says, Shows, Term};
use bytes::Bytes;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const ORDER: Resource = Resource(1);
const HOUR_NS: u64 = 3_600_000_000_000;

/// A shop whose orders are listed, made, read, changed and named in bodies.
struct Shop {
    view: Arc<Snapshot>,
    tables: Tables,
    now_ns: u64,
    calls: u128,
}

/// What a caller asks for, and what the API would answer.
#[derive(Clone, Copy, Default)]
struct Ask<'a> {
    by: &'a str,
    method: &'a str,
    target: &'a str,
    body: &'a str,
    answer: &'a [u8],
    coding: &'a str,
    /// Bytes in which the answer comes at once.
    pieces: usize,
}

fn endpoint(method: Method, path: &str, named: &[Place], hands_out: &[&str]) -> EndpointTerms {
    let named = named.iter().map(|it| (it.clone(), ORDER)).collect();
    let term = Term { says: Says::HandedOut(named), force: Force::Enforced };
    let hands_out = hands_out.iter().map(|it| (Place::body(it), ORDER)).collect();
    let (path, known) = (Template::new(path), Vec::new());
    EndpointTerms { method, path, known, terms: vec![term], hands_out, shows: Shows::default() }
}

impl Shop {
    fn new() -> Self {
        let by_path = [Place::Segment(2)];
        let terms = vec![
            endpoint(Method::Get, "/orders", &[Place::query(b"after")], &["$.orders[*].id"]),
            endpoint(Method::Post, "/orders", &[], &["$.id"]),
            endpoint(Method::Get, "/orders/{id}", &by_path, &["$.id", "$.parent"]),
            endpoint(Method::Delete, "/orders/{id}", &by_path, &[]),
            endpoint(Method::Post, "/refunds", &[Place::body("$.lines[*].order")], &[]),
            endpoint(
                Method::Post,
                "/graphql",
                &[Place::body("$.order.id")],
                &["$.data.made.id", "$.make.id"],
            ),
        ];
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[]);
        let key = HashKey::new(KeyEpoch(1), [5; 16]);
        let rules = Rules::plain(clauses, Limits::default(), key);
        let terms = Terms::new(vec![(Arc::clone(&rules.base.route.name), terms)]);
        let view = Snapshot { revision: 1, rules: Arc::new(rules), terms: Arc::new(terms) };
        let tables = Tables::new(1 << 20);
        Self { view: Arc::new(view), tables, now_ns: 1, calls: 0 }
    }

    /// A shop that has been watched for long, in which Alice was handed order 17 and Mallory 99.
    fn watched() -> Self {
        let mut it = Self::new();
        it.list("alice", "17");
        it.list("mallory", "99");
        it.now_ns += 25 * HOUR_NS;
        it
    }

    fn list(&mut self, by: &str, id: &str) {
        let answer = format!("{{\"orders\":[{{\"id\":{id},\"n\":1}}]}}");
        let ask = Ask { by, target: "/orders", answer: answer.as_bytes(), ..Ask::default() };
        assert_eq!(self.ask(ask), None);
    }

    fn get(&mut self, by: &str, target: &str) -> Option<Code> {
        self.ask(Ask { by, target, ..Ask::default() })
    }

    /// Why the call is refused, if it is.
    fn ask(&mut self, it: Ask<'_>) -> Option<Code> {
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
        self.now_ns += 1_000_000;
        let at = Moment { mono_ns: self.now_ns, wall_us: 1_700_000_000_000_000 };
        let mut exchange = Transaction::open(origin, Arc::clone(&self.view), at);
        let mut head = HeadWriter::new();
        let method = if it.method.is_empty() { "GET" } else { it.method };
        head.method(method.as_bytes());
        head.target(it.target.as_bytes());
        head.authority(b"shop.example");
        if !it.by.is_empty() {
            head.field(b"x-api-key", it.by.as_bytes());
        }
        head.field(b"content-type", b"application/json");
        let framing = match it.body.len() {
            0 => Framing::None,
            length => Framing::Length(length as u64),
        };
        let head = Input::RequestHead(head.request(Version::Http11, framing));
        let mut step = exchange.step(Side::Request, at, &self.tables, head);
        if let Step::Read { .. } = step {
            let bytes = Bytes::copy_from_slice(it.body.as_bytes());
            let data = Input::Data { bytes: &bytes, end: true };
            step = exchange.step(Side::Request, at, &self.tables, data);
        }
        match step {
            Step::Reply(Reply::Own(reply)) => return Some(reply.code),
            Step::Forward(..) => {}
            other => panic!("{} {}: {other:?}", it.by, it.target),
        }
        let mut head = HeadWriter::new();
        head.field(b"content-type", b"application/json; charset=utf-8");
        if !it.coding.is_empty() {
            head.field(b"content-encoding", it.coding.as_bytes());
        }
        let head = Input::ResponseHead(head.response(200, Framing::Delimited));
        let step = exchange.step(Side::Response, at, &self.tables, head);
        // An answer of GraphQL is held until it is known whether it tells of errors.
        let passes = matches!(step, Step::Reply(Reply::Relay(_)) | Step::Read { .. });
        assert!(passes, "{step:?}");
        for piece in it.answer.chunks(it.pieces.max(1)) {
            let bytes = Bytes::copy_from_slice(piece);
            let data = Input::Data { bytes: &bytes, end: false };
            exchange.step(Side::Response, at, &self.tables, data);
            exchange.step(Side::Response, at, &self.tables, Input::Written);
        }
        let data = Input::Data { bytes: &Bytes::new(), end: true };
        exchange.step(Side::Response, at, &self.tables, data);
        None
    }
}

const FOREIGN: Option<Code> = Some(Code::ReferenceForeign);

#[test]
fn an_order_of_another_is_refused_at_the_first_try() {
    let mut shop = Shop::watched();
    assert_eq!(shop.get("mallory", "/orders/17"), FOREIGN);
    assert_eq!(shop.get("alice", "/orders/17"), None, "its owner, at the same address");
    assert_eq!(shop.get("mallory", "/orders/99"), None, "his own");
    assert_eq!(shop.get("mallory", "/orders/500"), None, "nobody's, as far as is known");
    let delete = Ask { by: "mallory", method: "DELETE", target: "/orders/17", ..Ask::default() };
    assert_eq!(shop.ask(delete), FOREIGN);
}

#[test]
fn somebody_new_is_refused_too() {
    let mut shop = Shop::watched();
    assert_eq!(shop.get("somebody", "/orders/17"), FOREIGN);
}

#[test]
fn other_spellings_are_the_same_order() {
    let mut shop = Shop::watched();
    for target in ["/orders/017", "/orders/+17", "/orders/17.0", "/orders/%317", "/orders/17?x=1"] {
        assert_eq!(shop.get("mallory", target), FOREIGN, "{target}");
    }
}

#[test]
fn an_order_is_foreign_wherever_it_is_named() {
    let mut shop = Shop::watched();
    assert_eq!(shop.get("mallory", "/orders?after=17"), FOREIGN);
    for (target, body) in [
        ("/refunds", r#"{"lines":[{"order":99},{"order":"17"}]}"#),
        ("/graphql", r#"{"query":"query($x:ID){order(id:$x){n}}","variables":{"x":17}}"#),
        ("/graphql", r#"{"query":"{order(id:\"17\"){n}}"}"#),
        ("/graphql", r#"{"query":"{a:order(id:99){n} ...F} fragment F on Q{b:order(id:17){n}}"}"#),
        ("/graphql", r#"[{"query":"{order(id:99){n}}"},{"query":"{order(id:17){n}}"}]"#),
        ("/graphql?query=%7Border(id:17)%7Bn%7D%7D", ""),
    ] {
        let ask = Ask { by: "mallory", method: "POST", target, body, ..Ask::default() };
        assert_eq!(shop.ask(ask), FOREIGN, "{target}");
        assert_eq!(shop.ask(Ask { by: "alice", body: &body.replace("99", "1"), ..ask }), None);
    }
}

#[test]
fn a_query_by_get_is_held_to_what_is_said_of_those_by_post() {
    let mut shop = Shop::watched();
    let target = "/graphql?query=query($x:ID)%7Border(id:$x)%7Bn%7D%7D&variables=%7B%22x%22:17%7D";
    assert_eq!(shop.get("mallory", target), FOREIGN);
    assert_eq!(shop.get("alice", target), None);
}

#[test]
fn what_an_alias_shows_is_handed_out_like_the_field() {
    for (body, answer) in [
        (r#"{"query":"{made{id}}"}"#, r#"{"data":{"made":{"id":17}}}"#),
        (r#"{"query":"{x:made{y:id}}"}"#, r#"{"data":{"x":{"y":17}}}"#),
        (r#"[{"query":"{x:made{id}}"}]"#, r#"[{"data":{"x":{"id":17}}}]"#),
        (r#"{"jsonrpc":"2.0","id":1,"method":"make"}"#, r#"{"jsonrpc":"2.0","result":{"id":17}}"#),
    ] {
        let mut shop = Shop::watched();
        let by = Ask { by: "mallory", method: "POST", target: "/graphql", ..Ask::default() };
        assert_eq!(shop.ask(Ask { body, answer: answer.as_bytes(), ..by }), None, "{body}");
        assert_eq!(shop.get("mallory", "/orders/17"), None, "{body}");
    }
    let mut shop = Shop::watched();
    let (body, answer) = (r#"{"query":"{made:other{id}}"}"#, br#"{"data":{"made":{"id":17}}}"#);
    let by = Ask { by: "mallory", method: "POST", target: "/graphql", ..Ask::default() };
    assert_eq!(shop.ask(Ask { body, answer, ..by }), None);
    assert_eq!(shop.get("mallory", "/orders/17"), FOREIGN, "another field by that name");
}

#[test]
fn what_an_answer_hands_out_may_be_used_however_it_comes() {
    let text = format!("{{\"id\":\"x\",\"pad\":\"{}\",\"parent\":17}}", "y".repeat(200_000));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    for (answer, coding, pieces) in
        [(text.as_bytes(), "", 1), (text.as_bytes(), "", 16_384), (&packed, "gzip", 7)]
    {
        let mut shop = Shop::watched();
        let ask =
            Ask { by: "mallory", target: "/orders/99", answer, coding, pieces, ..Ask::default() };
        assert_eq!(shop.ask(ask), None);
        assert_eq!(shop.get("mallory", "/orders/17"), None);
    }
}

#[test]
fn a_guess_that_comes_back_was_not_handed_out() {
    let mut shop = Shop::watched();
    // 500 is Bob's, who was not seen yet.
    let answer = br#"{"id":500}"#;
    let ask = Ask { by: "mallory", target: "/orders/500", answer, ..Ask::default() };
    assert_eq!(shop.ask(ask), None);
    shop.list("bob", "500");
    shop.now_ns += 25 * HOUR_NS;
    assert_eq!(shop.get("bob", "/orders/500"), None);
    assert_eq!(shop.get("mallory", "/orders/500"), FOREIGN);
}

#[test]
fn what_cannot_be_told_refuses_nobody() {
    let mut fresh = Shop::new();
    fresh.list("alice", "17");
    assert_eq!(fresh.get("mallory", "/orders/17"), None, "just after the start");
    let mut shop = Shop::watched();
    assert_eq!(shop.get("", "/orders/17"), None, "nobody in particular");
    let (answer, coding) = (&b"?"[..], "compress");
    let ask = Ask { by: "mallory", target: "/orders", answer, coding, ..Ask::default() };
    assert_eq!(shop.ask(ask), None);
    assert_eq!(shop.get("mallory", "/orders/17"), None, "something was not read");
}

#[test]
fn an_order_that_is_shared_is_nobodys_own() {
    let mut shop = Shop::watched();
    shop.list("bob", "17");
    assert_eq!(shop.get("bob", "/orders/17"), None, "the two of them share it");
    assert_eq!(shop.get("mallory", "/orders/17"), FOREIGN);
    for n in 0..20 {
        shop.list(&format!("reader-{n}"), "17");
    }
    assert_eq!(shop.get("mallory", "/orders/17"), None, "it is published");
}
