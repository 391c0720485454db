//! A route that forwards JSON in its one spelling: what the API reads is what was judged.

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
use bartizan_engine::step::{Input, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::transaction::Transaction;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::head::{Framing, HeadWriter, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::oddity::Oddity;
use bartizan_model::route::JsonSpelling;
use bytes::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// What is forwarded of a body, or the code of its refusal; and whether a name that stands twice was told.
fn sent(body: &str, fields: &[(&str, &str)], json: JsonSpelling) -> (Result<String, String>, bool) {
    let clauses = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[], &[]);
    let mut rules = Rules::plain(clauses, Limits::default(), HashKey::new(KeyEpoch(1), [5; 16]));
    let mut on = (*rules.base).clone();
    on.route = Arc::new(bartizan_model::route::Route { json, ..(*on.route).clone() });
    rules.routes = bartizan_engine::routes::Routes::new(vec![on]);
    let (rules, terms, truth) = (Arc::new(rules), Arc::default(), Arc::default());
    let view = Snapshot { revision: 1, rules, terms, truth };
    let origin = Origin {
        id: ExchangeId::new(1_700_000_000_000, 7),
        authority: Authority::Inline,
        peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        tls: false,
        certificate: None,
        certificate_digest: None,
        ja4: None,
        sees_bodies: true,
    };
    let at = Moment { mono_ns: 1_000, wall_us: 1_700_003_000_000_000 };
    let tables = Tables::new(1 << 20);
    let mut it = Transaction::open(origin, Arc::new(view), at);
    let mut head = HeadWriter::new();
    head.method(b"POST");
    head.target(b"/orders");
    head.field(b"host", b"shop.example");
    let fields = [("content-type", "application/json")].iter().chain(fields);
    fields.for_each(|(name, value)| head.field(name.as_bytes(), value.as_bytes()));
    let head = head.request(Version::Http11, Framing::Length(body.len() as u64));
    it.step(Side::Request, at, &tables, Input::RequestHead(head));
    let bytes = Bytes::copy_from_slice(body.as_bytes());
    let mut step = it.step(Side::Request, at, &tables, Input::Data { bytes: &bytes, end: true });
    while let Step::Yield = step {
        step = it.step(Side::Request, at, &tables, Input::Resume);
    }
    let result = match step {
        Step::Forward(_, plan) => Ok(String::from_utf8(plan.held.to_vec()).unwrap()),
        Step::Reply(reply) => Err(format!("{reply:?}")),
        other => panic!("{other:?}"),
    };
    let cut = it.step(
        Side::Response,
        at,
        &tables,
        Input::Abort(bartizan_engine::step::Cause::ClientGone),
    );
    let Step::Finished(seen, _) = cut else { panic!("{cut:?}") };
    (result, seen.oddities.contains(Oddity::JsonDuplicateKey))
}

#[test]
fn what_servers_read_differently_is_forwarded_in_one_spelling() {
    let body = r#"{ "role" : "user", "role" : "guest", "n": 1.50 }"#;
    let (judged, is_told) = sent(body, &[], JsonSpelling::Judge);
    assert!(judged.is_err_and(|it| it.contains("body.json_duplicate_key")) && is_told);
    let (forwarded, is_told) = sent(body, &[], JsonSpelling::Canonicalise);
    assert_eq!((forwarded.as_deref(), is_told), (Ok(r#"{"role":"guest","n":1.50}"#), true));
}

#[test]
fn an_attack_in_the_member_that_goes_is_refused_all_the_same() {
    let body = r#"{"q": "x' UNION SELECT email, password, 1 FROM users --", "q": "shoes"}"#;
    let (result, _) = sent(body, &[], JsonSpelling::Canonicalise);
    assert!(result.is_err_and(|it| it.contains("content.sql_injection")));
}

#[test]
fn what_has_no_canonical_spelling_or_may_not_be_changed_is_judged() {
    let body = r#"{"a":1,"a":2}"#;
    for fields in [
        &[("content-digest", "sha-256=:AAAA:")][..],
        &[("x-hub-signature-256", "sha256=00")],
        &[("signature", "sig1=:AAAA:")],
    ] {
        let (result, _) = sent(body, fields, JsonSpelling::Canonicalise);
        assert!(result.is_err_and(|it| it.contains("body.json_duplicate_key")), "{fields:?}");
    }
    let (result, _) = sent(r#"{"a":1,,}"#, &[], JsonSpelling::Canonicalise);
    assert!(result.is_err_and(|it| it.contains("body.json_malformed")));
}
