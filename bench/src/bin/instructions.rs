//! Work of the hot path, to be counted in instructions: `instructions CASE TIMES`.
//!
//! Run twice under callgrind with different TIMES; the difference divided by the difference of
//! TIMES is the cost of one, free of start-up (see `bench/instructions.sh`).

use bartizan_contract::clause_set::ClauseSet;
use bartizan_contract::decide::{Decision, decide};
use bartizan_edge::http1::head::{read_request, read_response};
use bartizan_edge::http1::write::{Framed, request_head};
use bartizan_engine::keys::HashKey;
use bartizan_engine::origin::{Authority, Origin};
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
use bytes::{Bytes, BytesMut};
use std::error::Error;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

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
    let bench = Bench::new();
    if case == "bare" {
        bench.tables.detail().set(Level::HeadsOnly);
    }
    for _ in 0..times {
        match case.as_str() {
            "head" => {
                drop(black_box(read_request(Bytes::from_static(GET.as_bytes()), &bench.limits)))
            }
            "write" => bench.write(),
            "decide" => bench.decide(),
            "get" => bench.exchange(GET, &Bytes::new()),
            "headers" => bench.exchange(HEADERS, &Bytes::new()),
            // Not compared: `bare` is `post` without a fact, which tells what facts cost.
            "post" | "bare" => bench.exchange(&bench.post_head, &bench.post_body),
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
    post_head: String,
    post_body: Bytes,
    hostile_head: String,
    hostile_body: Bytes,
    answer: Bytes,
}

impl Bench {
    fn new() -> Self {
        let clauses = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[], &[]);
        let key = HashKey::new(KeyEpoch(1), [7; 16]);
        let rules = Rules::plain(clauses, Limits::default(), key);
        let (body, hostile) = (order(1024), hostile(1_000_000));
        Self {
            limits: Limits::default(),
            view: Arc::new(Snapshot { revision: 1, rules: Arc::new(rules), terms: Arc::default() }),
            tables: Tables::new(1 << 20),
            post_head: post_head(body.len()),
            post_body: Bytes::from(body),
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
fn order(bytes: usize) -> String {
    let mut text = String::from(
        "{\"order_id\":\"ord_01HV7Y3M5Q\",\"customer\":{\"id\":4711,\"name\":\"Ada Example\",\
         \"email\":\"ada@example.test\",\"address\":{\"street\":\"12 Main Street\",\
         \"city\":\"Springfield\",\"zip\":\"12345\",\"country\":\"US\"}},\"currency\":\"USD\",\
         \"total\":129.95,\"paid\":true,\"note\":\"Leave the parcel with a neighbour please\",\
         \"items\":[",
    );
    let mut number = 0;
    while text.len() < bytes.saturating_sub(120) {
        if number > 0 {
            text.push(',');
        }
        text.push_str(&format!(
            "{{\"sku\":\"SKU-{number:06}\",\"title\":\"Blue cotton shirt size {number}\",\
             \"qty\":1,\"price\":9.95,\"tags\":[\"new\",\"sale\",\"summer\"]}}"
        ));
        number += 1;
    }
    text.push_str("]}");
    text
}
