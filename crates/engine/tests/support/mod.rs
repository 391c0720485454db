//! What tests of terms share: an API behind transactions, which is called by several callers and answers what a test says.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of it")]
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
use bartizan_engine::step::{Input, Payload, Reply, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::terms::{Graced, Terms};
use bartizan_engine::transaction::Transaction;
use bartizan_model::clause::{Effect, Mode, SetBy};
use bartizan_model::code::Code;
use bartizan_model::head::{Framing, HeadWriter, RequestHead, ResponseHead, Version};
use bartizan_model::id::{ExchangeId, KeyEpoch, KeyedHash};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::observation::Observation;
use bartizan_model::terms::EndpointTerms;
use bartizan_model::usual::Usual;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

pub const HOUR_NS: u64 = 3_600_000_000_000;

/// What a caller asks for, and what the API answers.
#[derive(Clone, Copy)]
pub struct Ask<'a> {
    /// An API key; `alice@north` a token with these claims, `Bearer …` another one; `sid=…` a cookie; nobody if empty.
    pub by: &'a str,
    pub method: &'a str,
    pub target: &'a str,
    pub host: &'a str,
    pub fields: &'a [(&'a str, &'a str)],
    pub body: &'a str,
    /// The media type of `body`.
    pub sends: &'a str,
    /// It comes over TLS.
    pub tls: bool,
    /// The fingerprint of the certificate that the client showed.
    pub certificate: Option<u64>,
    pub answer: &'a [u8],
    /// The media type of `answer`; no field if it is empty.
    pub media: &'a str,
    pub coding: &'a str,
    /// A session cookie that the answer sets.
    pub sets: &'a str,
    pub status: u16,
    /// Bytes in which the answer comes at once.
    pub pieces: usize,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self {
            by: "",
            method: "GET",
            target: "/",
            host: "shop.example",
            fields: &[],
            body: "",
            sends: "application/json",
            certificate: None,
            tls: false,
            answer: b"",
            media: "application/json",
            coding: "",
            sets: "",
            status: 200,
            pieces: 7,
        }
    }
}

pub fn ask<'a>(by: &'a str, target: &'a str, answer: &'a str) -> Ask<'a> {
    Ask { by, target, answer: answer.as_bytes(), ..Ask::default() }
}

/// What a caller got, and what was recorded of it.
pub struct Got {
    /// The body, or why it was refused.
    pub body: Result<String, Code>,
    pub fields: Vec<String>,
    /// The fields that the API was asked with.
    pub asked: Vec<String>,
    pub seen: Observation,
}

impl Got {
    pub fn effects(&self) -> Vec<(Code, Effect)> {
        self.seen.hits.iter().map(|it| (it.code, it.effect)).collect()
    }
}

/// An API whose calls are held to terms.
pub struct Api {
    view: Arc<Snapshot>,
    tables: Tables,
    pub now_ns: u64,
    calls: u128,
}

impl Api {
    pub fn held_to(terms: Vec<EndpointTerms>) -> Self {
        let clauses = ClauseSet::new(Mode::Observe, SetBy::Flag, &[], &[]);
        let rules = Rules::plain(clauses, Limits::default(), HashKey::new(KeyEpoch(1), [5; 16]));
        let terms = Terms::new(vec![(Arc::clone(&rules.base.route.name), terms)]);
        let view = Snapshot {
            revision: 1,
            rules: Arc::new(rules),
            terms: Arc::new(terms),
            truth: Arc::default(),
        };
        Self { view: Arc::new(view), tables: Tables::new(1 << 20), now_ns: 1, calls: 0 }
    }

    /// The same under other rules.
    pub fn under(mut self, set: impl FnOnce(&mut Rules)) -> Self {
        let view = Arc::get_mut(&mut self.view).unwrap();
        set(Arc::get_mut(&mut view.rules).unwrap());
        self
    }

    /// The same, with a version of a client that is held to no habit.
    pub fn with_graced(mut self, graced: Graced) -> Self {
        let view = Arc::get_mut(&mut self.view).unwrap();
        let terms = Arc::get_mut(&mut view.terms).unwrap();
        *terms = std::mem::take(terms).with_graced(vec![graced]);
        self
    }

    /// The same, with what its fields usually hold.
    pub fn with_usual(mut self, usual: Vec<Usual>) -> Self {
        let view = Arc::get_mut(&mut self.view).unwrap();
        let terms = Arc::get_mut(&mut view.terms).unwrap();
        *terms = std::mem::take(terms).with_usual(usual);
        self
    }

    pub fn get(&mut self, by: &str, target: &str, answer: &str) -> Got {
        self.ask(ask(by, target, answer))
    }

    /// Why the call is refused, if it is.
    pub fn refusal(&mut self, it: Ask<'_>) -> Option<Code> {
        self.ask(it).body.err()
    }

    pub fn ask(&mut self, it: Ask<'_>) -> Got {
        self.calls += 1;
        self.now_ns += 1_000_000;
        let at = Moment { mono_ns: self.now_ns, wall_us: 1_700_000_000_000_000 };
        let transaction = Transaction::open(origin(self.calls, it), Arc::clone(&self.view), at);
        let mut exchange = Exchange { transaction, tables: &self.tables, at };
        let mut step = exchange.take(Side::Request, Input::RequestHead(request(it)));
        if let Step::Read { .. } = step {
            let bytes = Bytes::copy_from_slice(it.body.as_bytes());
            step = exchange.take(Side::Request, Input::Data { bytes: &bytes, end: true });
        }
        while let Step::Yield = step {
            step = exchange.take(Side::Request, Input::Resume);
        }
        let permit = match step {
            Step::Forward(permit, _) => permit,
            Step::Reply(Reply::Own(reply)) => {
                let step = exchange.take(Side::Response, Input::Written);
                let Step::Finished(seen, _) = step else { panic!("{step:?}") };
                let (fields, asked) = (Vec::new(), Vec::new());
                return Got { body: Err(reply.code), fields, asked, seen: *seen };
            }
            other => panic!("{} {}: {other:?}", it.by, it.target),
        };
        let asked = permit.head().fields().map(|it| text(it.0)).collect();
        Got { asked, ..exchange.answered(it) }
    }
}

struct Exchange<'a> {
    transaction: Transaction,
    tables: &'a Tables,
    at: Moment,
}

impl Exchange<'_> {
    fn take(&mut self, side: Side, input: Input<'_>) -> Step {
        self.transaction.step(side, self.at, self.tables, input)
    }

    /// The rest of it, as the API and the client go on.
    fn answered(&mut self, it: Ask<'_>) -> Got {
        let mut step = self.take(Side::Response, Input::ResponseHead(response(it)));
        let (mut fields, mut out, mut rest) = (Vec::new(), Vec::new(), it.answer);
        let mut piece = Bytes::new();
        let mut refused = None;
        loop {
            let input = match step {
                Step::Reply(Reply::Relay(head)) => {
                    fields = head.passed_on().map(|it| text(it.1)).collect();
                    fields.push(format!("{:?}", head.framing));
                    Input::Written
                }
                Step::Reply(Reply::Own(reply)) => {
                    refused = Some(reply.code);
                    Input::Written
                }
                Step::Read { .. } => {
                    let (now, later) = rest.split_at(rest.len().min(it.pieces));
                    (piece, rest) = (Bytes::copy_from_slice(now), later);
                    Input::Data { bytes: &piece, end: rest.is_empty() }
                }
                Step::Write(Payload::Verbatim) => {
                    out.extend_from_slice(&piece);
                    Input::Written
                }
                Step::Write(Payload::Held { bytes, .. }) => {
                    out.extend_from_slice(&bytes);
                    Input::Written
                }
                Step::Finished(seen, _) => {
                    let body = refused.map_or_else(|| Ok(text(&out)), Err);
                    return Got { body, fields, asked: Vec::new(), seen: *seen };
                }
                other => panic!("{} {}: {other:?}", it.by, it.target),
            };
            step = self.take(Side::Response, input);
        }
    }
}

fn origin(number: u128, it: Ask<'_>) -> Origin {
    Origin {
        id: ExchangeId::new(1_700_000_000_000, number),
        authority: Authority::Inline,
        peer: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)),
        tls: it.tls,
        certificate: it.certificate.map(KeyedHash),
        certificate_digest: None,
        ja4: None,
        sees_bodies: true,
    }
}

fn request(it: Ask<'_>) -> RequestHead {
    let mut head = HeadWriter::new();
    head.method(it.method.as_bytes());
    head.target(it.target.as_bytes());
    head.authority(it.host.as_bytes());
    match it.by.split_once('@') {
        Some((sub, tenant)) => {
            let claims = format!("{{\"sub\":\"{sub}\",\"tenant\":\"{tenant}\"}}");
            let claims = URL_SAFE_NO_PAD.encode(claims);
            head.field(b"authorization", format!("Bearer e30.{claims}.c2ln").as_bytes());
        }
        None if it.by.is_empty() => {}
        None if it.by.starts_with("Bearer ") => head.field(b"authorization", it.by.as_bytes()),
        None if it.by.contains('=') => head.field(b"cookie", it.by.as_bytes()),
        None => head.field(b"x-api-key", it.by.as_bytes()),
    }
    let usual = [("accept-encoding", "gzip"), ("range", "bytes=0-10")];
    for (name, value) in usual.iter().chain(it.fields) {
        head.field(name.as_bytes(), value.as_bytes());
    }
    if it.body.is_empty() {
        return head.request(Version::Http11, Framing::None);
    }
    head.field(b"content-type", it.sends.as_bytes());
    head.request(Version::Http11, Framing::Length(it.body.len() as u64))
}

fn response(it: Ask<'_>) -> ResponseHead {
    let mut head = HeadWriter::new();
    if !it.media.is_empty() {
        head.field(b"content-type", it.media.as_bytes());
    }
    head.field(b"etag", b"\"1\"");
    for (name, value) in [("content-encoding", it.coding), ("set-cookie", it.sets)] {
        if !value.is_empty() {
            head.field(name.as_bytes(), value.as_bytes());
        }
    }
    head.response(it.status, Framing::Length(it.answer.len() as u64))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A text as it is sent compressed.
pub fn gzip(text: &str) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(text.as_bytes()).unwrap();
    out.finish().unwrap()
}
