//! Work of the hot path, to be counted in instructions: `instructions CASE TIMES [PATCHES]`, with so many virtual patches of other
//! endpoints, or with `own`, one of the endpoint that is called, or `slow`, as many there as are hardest to look at.
//!
//! Run twice under callgrind with different TIMES; the difference divided by the difference of
//! TIMES is the cost of one, free of start-up (see `bench/instructions.sh`).

use bartizan_contract::clause_set::ClauseSet;
use bartizan_contract::decide::{Decision, decide};
use bartizan_edge::http1::head::{read_request, read_response};
use bartizan_edge::http1::write::{Framed, request_head};
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
use bartizan_engine::patches::{Patches, Ready};
use bartizan_engine::snapshot::{Rules, Snapshot};
use bartizan_engine::step::{Input, Side, Step};
use bartizan_engine::tables::Tables;
use bartizan_engine::tables::detail::Level;
use bartizan_engine::transaction::Transaction;
use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::head::{Framing, Method};
use bartizan_model::id::{EndpointId, ExchangeId, KeyEpoch};
use bartizan_model::judged::{Client, JudgedHead};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::patch::{Field, Patch, When};
use bartizan_model::place::Place;
use bartizan_model::retirement::Template;
use bytes::{Bytes, BytesMut};
use std::error::Error;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Different bodies and heads: more than are remembered.
const BODIES: usize = 512;

const GET: &str = "GET /json HTTP/1.1\r\nHost: api.example.test\r\nUser-Agent: bench/1.0\r\n\
                   Accept: application/json\r\n\r\n";
const HEADERS: &str = "GET /orders/17/items?page=3&limit=50&sort=created_at&fields=id,name,total&\
                       filter=status:open&q=blue+shirt HTTP/1.1\r\nHost: api.example.test\r\n\
                       User-Agent: bench/1.0\r\nAccept: application/json\r\n\
                       X-Request-Id: 0b7f6c1e-5f0e-4f8b-9f5a-2f8d7c3c1a55\r\n\
                       Accept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n\
                       Origin: https://app.example.test\r\nReferer: https://app.example.test/o\r\n\
                       Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n\
                       Cache-Control: no-cache\r\nX-Client-Version: 5.12.0\r\nX-Tenant: t-42\r\n\
                       X-Device-Id: d-8842-11aa\r\nX-Correlation-Id: c-99120-aabb\r\n\
                       Cookie: sid=8f14e45fceea167a5a36dedd4bea2543; theme=dark\r\n\
                       If-None-Match: \"33a64df551425fcc55e4d42a148795d9\"\r\n\r\n";
const RESPONSE: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                        Content-Length: 1024\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\n\r\n";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let case = arguments.next().ok_or("a case: head, write, decide, get, headers, post")?;
    let times: u32 = arguments.next().ok_or("how often")?.parse()?;
    let bench = Bench::new(&patches(&arguments.next().unwrap_or_default())?);
    if case == "bare" {
        bench.tables.detail().set(Level::HeadsOnly);
    }
    let each = bench.heads.iter().zip(&bench.bodies).cycle();
    let each = each.zip(bench.large.iter().cycle());
    for (_, ((head, body), large)) in (0..times).zip(each) {
        match case.as_str() {
            "head" => {
                drop(black_box(read_request(Bytes::from_static(GET.as_bytes()), &bench.limits)))
            }
            "write" => bench.write(),
            "decide" => bench.decide(),
            "get" => bench.exchange(GET, &Bytes::new()),
            "headers" => bench.exchange(head, &Bytes::new()),
            // Not compared: `bare` is `post` without a fact, which tells what facts cost.
            "post" | "bare" => bench.exchange(&bench.post_head, body),
            // Not compared: 64 KiB of JSON, for `docs/detection.md`.
            "large" => bench.exchange(&bench.large_head, large),
            // Not compared: the worst that a message of 1 MiB may cost, for `docs/performance.md`.
            "hostile" => bench.exchange(&bench.hostile_head, &bench.hostile_body),
            _ => return Err("no such case".into()),
        }
    }
    Ok(())
}

struct Bench {
    limits: Limits,
    view: Arc<Snapshot>,
    tables: Tables,
    /// Fields as a browser repeats them; what names a request is another in each.
    heads: Vec<String>,
    post_head: String,
    /// Bodies of one length, of other texts each.
    bodies: Vec<Bytes>,
    large_head: String,
    /// Bodies of 64 KiB, which have more texts together than are remembered.
    large: Vec<Bytes>,
    hostile_head: String,
    hostile_body: Bytes,
    answer: Bytes,
}

impl Bench {
    fn new(patches: &[Patch]) -> Self {
        let clauses = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[], &[]);
        let key = HashKey::new(KeyEpoch(1), [7; 16]);
        let ready = patches.iter().filter_map(|it| Ready::new(it.clone()).ok()).map(Arc::new);
        let patches = Arc::new(Patches::new(ready.collect()));
        let rules = Rules { patches, ..Rules::plain(clauses, Limits::default(), key) };
        let bodies: Vec<_> = (0..BODIES).map(|n| Bytes::from(order(1024, n))).collect();
        let length = bodies.first().map_or(0, Bytes::len);
        let heads = (0..BODIES).map(|n| {
            let head = HEADERS.replace("0b7f6c1e", &format!("{n:08x}"));
            head.replace("c-99120", &format!("c-{n:05}"))
        });
        let large: Vec<_> = (0..16).map(|n| Bytes::from(order(65_536, n))).collect();
        let large_length = large.first().map_or(0, Bytes::len);
        let hostile = hostile(1_000_000);
        Self {
            limits: Limits::default(),
            view: Arc::new(Snapshot {
                revision: 1,
                rules: Arc::new(rules),
                terms: Arc::default(),
                truth: Arc::default(),
            }),
            tables: Tables::new(1 << 20),
            heads: heads.collect(),
            post_head: post_head(length),
            bodies,
            large_head: post_head(large_length),
            large,
            hostile_head: post_head(hostile.len()),
            hostile_body: Bytes::from(hostile),
            answer: Bytes::from(vec![b'x'; 1024]),
        }
    }

    fn judged(&self) -> JudgedHead {
        let head = read_request(Bytes::from_static(GET.as_bytes()), &self.limits);
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
        JudgedHead::new(head, client, Arc::clone(&self.view.rules.base.route))
    }

    /// A decision on a call that violates nothing. Includes reading the head.
    fn decide(&self) {
        let assessment = Assessment::clean(Moment::default(), EndpointId::of("GET", "/json"));
        black_box(decide(self.judged(), &assessment, &self.view.rules.base.clauses));
    }

    /// The head of a forwarded request. Includes reading and deciding.
    fn write(&self) {
        let assessment = Assessment::clean(Moment::default(), EndpointId::of("GET", "/json"));
        let (decision, _) = decide(self.judged(), &assessment, &self.view.rules.base.clauses);
        if let Decision::Admit(permit) = decision {
            let mut out = BytesMut::new();
            request_head(&mut out, &permit, Framed::None, "127.0.0.1");
            black_box(out);
        }
    }

    /// A whole exchange, as the proxy drives it, without its sockets.
    fn exchange(&self, head: &str, body: &Bytes) {
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
        // In a window of ten minutes in which facts are not kept of these callers, as of fifteen in sixteen.
        let at = Moment { mono_ns: 1_000, wall_us: 1_700_003_000_000_000 };
        let mut transaction = Transaction::open(origin, Arc::clone(&self.view), at);
        let mut feed = |side, input: Input<'_>| transaction.step(side, at, &self.tables, input);
        let head = read_request(Bytes::copy_from_slice(head.as_bytes()), &self.limits);
        let mut step = feed(Side::Request, Input::RequestHead(head));
        if let Step::Read { .. } = step {
            step = feed(Side::Request, Input::Data { bytes: body, end: true });
        }
        while let Step::Yield = step {
            step = feed(Side::Request, Input::Resume);
        }
        if let Step::Forward(permit, plan) = &step {
            let mut out = BytesMut::new();
            request_head(&mut out, permit, Framed::of_request(permit, plan), "127.0.0.1");
            black_box(out);
        }
        let bytes = Bytes::from_static(RESPONSE.as_bytes());
        if let Some(head) = read_response(bytes, Method::Get, &self.limits) {
            black_box(head.framing == Framing::Length(1024));
            feed(Side::Response, Input::ResponseHead(head));
        }
        feed(Side::Response, Input::Written);
        feed(Side::Response, Input::Data { bytes: &self.answer, end: true });
        black_box(feed(Side::Response, Input::Written));
    }
}

/// Patches that are looked for, or looked at, in the calls of the cases.
fn patches(which: &str) -> Result<Vec<Patch>, Box<dyn Error>> {
    let of = |id: usize, endpoint: (Method, &str), field, pattern: &str| Patch {
        id: format!("p{id}").into(),
        reason: "measured".into(),
        endpoint: Some((endpoint.0, Template::new(endpoint.1))),
        field,
        when: When { matches: Some(pattern.into()), ..When::default() },
        mode: Mode::Enforce,
        until_us: None,
    };
    let note = || Field::At(Place::body("$.note"));
    Ok(match which {
        "" => Vec::new(),
        "own" => {
            let markup = "(?i)<(script|iframe)";
            let agent = Field::At(Place::header(b"user-agent"));
            vec![
                of(0, (Method::Get, "/json"), agent, "(?i)scanner"),
                of(1, (Method::Post, "/echo"), note(), markup),
            ]
        }
        "slow" => {
            let one = |n| of(n, (Method::Post, "/echo"), Field::Any, "[</=a]*a[</=a]{900}c");
            (0..8).map(one).collect()
        }
        count => {
            let other = |n| of(n, (Method::Post, &*format!("/e{n}/{{id}}/items")), note(), "x");
            (0..count.parse()?).map(other).collect()
        }
    })
}

fn post_head(body_bytes: usize) -> String {
    format!(
        "POST /echo HTTP/1.1\r\nHost: api.example.test\r\nUser-Agent: bench/1.0\r\n\
         Content-Type: application/json\r\nContent-Length: {body_bytes}\r\n\r\n"
    )
}

/// Values of the kind that costs the recognisers most.
fn hostile(bytes: usize) -> String {
    let value = format!("\"{}\"", "<a/=".repeat(768));
    let values = vec![value; bytes / 3_100];
    format!("[{}]", values.join(","))
}

/// An order document of about `bytes` bytes, as shops send them.
fn order(bytes: usize, which: usize) -> String {
    let text = String::from(
        "{\"order_id\":\"ord_01HV7Y3M5Q\",\"customer\":{\"id\":4711,\"name\":\"Ada Example\",\
         \"email\":\"ada@example.test\",\"address\":{\"street\":\"12 Main Street\",\
         \"city\":\"Springfield\",\"zip\":\"12345\",\"country\":\"US\"}},\"currency\":\"USD\",\
         \"total\":129.95,\"paid\":true,\"note\":\"Leave the parcel with a neighbour please\",\
         \"items\":[",
    );
    let text = text.replace("ord_01HV", &format!("ord_{which:04}"));
    let text = text.replace("Leave the parcel", &format!("Leave {which:04} parcels"));
    let mut text = text.replace("Main Street", &format!("Main Street {which:04}"));
    let mut number = 0;
    while text.len() < bytes.saturating_sub(120) {
        if number > 0 {
            text.push(',');
        }
        text.push_str(&format!(
            "{{\"sku\":\"SKU-{which:04}{number:02}\",\"title\":\"Blue cotton shirt size {which:04} {number}\",\
             \"qty\":1,\"price\":9.95,\"tags\":[\"new\",\"sale\",\"summer\"]}}"
        ));
        number += 1;
    }
    text.push_str("]}");
    text
}
