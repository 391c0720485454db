//! The readers of HTTP/1 under mutated input, deterministic: they never panic, and whatever they
//! accept, the writer writes so that the same reader reads the same again.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

use bartizan_contract::clause_set::ClauseSet;
use bartizan_contract::decide::{Decision, decide};
use bartizan_edge::http1::body::{BodyReader, Piece};
use bartizan_edge::http1::head::{EndFinder, read_request, read_response};
use bartizan_edge::http1::write::{Framed, request_head};
use bartizan_model::assessment::Assessment;
use bartizan_model::clause::{Mode, SetBy};
use bartizan_model::head::{Framing, Method, RequestHead};
use bartizan_model::id::EndpointId;
use bartizan_model::judged::{Client, JudgedHead};
use bartizan_model::limits::Limits;
use bartizan_model::moment::Moment;
use bartizan_model::route::Route;
use bytes::{Bytes, BytesMut};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

const SEEDS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /a?b=c HTTP/1.1\r\nHost: a.b:80\r\nContent-Length: 5\r\nX-A: b, c\r\n\r\n",
    "PUT http://a/b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers\r\n\r\n",
    "GET /x HTTP/1.0\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nCookie: a=b; c=d\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: [::1]:8080\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
];
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b":",
    b",",
    b";",
    b"chunked",
    b"Content-Length: 1\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Host: b\r\n",
    b"HTTP/1.1",
    b"//",
    b"%00",
    b"\xc0\xaf",
    b"_",
    b"http://",
    b"@",
    b"0x",
    b"+",
    b"99999999999999999999",
    b"\r\n ",
    b" :",
    b"\x7f",
    b"\xff",
];

struct Mutator(u64);

impl Mutator {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    fn head(&mut self) -> Vec<u8> {
        let mut head = SEEDS[self.next(SEEDS.len())].as_bytes().to_vec();
        for _ in 0..self.next(3) {
            let at = self.next(head.len());
            match self.next(4) {
                0 => head[at] = self.next(256) as u8,
                1 => drop(head.remove(at)),
                2 => {
                    let piece = PIECES[self.next(PIECES.len())];
                    head.splice(at..at, piece.iter().copied());
                }
                _ => {
                    let end = (at + self.next(12)).min(head.len());
                    let copy = head[at..end].to_vec();
                    head.splice(at..at, copy);
                }
            }
        }
        head
    }
}

fn route() -> Arc<Route> {
    Arc::new(Route::to_everything(0))
}

fn written(head: RequestHead) -> Option<Bytes> {
    let framed = match head.framing {
        Framing::None | Framing::Close => Framed::None,
        Framing::Length(length) => Framed::Length(length),
        Framing::Delimited => Framed::Chunked,
    };
    let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
    let assessment = Assessment::clean(Moment::default(), EndpointId::of("GET", "/"));
    let clauses = ClauseSet::new(Mode::Enforce, SetBy::Flag, &[], &[]);
    match decide(JudgedHead::new(head, client, route()), &assessment, &clauses).0 {
        Decision::Admit(permit) => {
            let mut out = BytesMut::new();
            request_head(&mut out, &permit, framed, "default");
            Some(out.freeze())
        }
        Decision::Refuse(_) => None,
    }
}

type Meaning = (Vec<u8>, Vec<u8>, Framing, Vec<(Vec<u8>, Vec<u8>)>);

/// What a head means, apart from what the proxy sets itself.
fn meaning(head: &RequestHead) -> Meaning {
    let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
    let judged = JudgedHead::new(head.clone(), client, route());
    let fields = judged.fields().map(|(a, b)| (a.to_vec(), b.to_vec())).collect();
    (head.method_text().to_vec(), head.target().to_vec(), head.framing, fields)
}

#[test]
fn what_is_accepted_is_written_so_that_it_reads_the_same() {
    let limits = Limits::default();
    let mut mutator = Mutator(88_172_645_463_325_252);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..200_000 {
        let bytes = mutator.head();
        let Some(end) = EndFinder::default().find(&bytes) else { continue };
        let head = read_request(Bytes::copy_from_slice(&bytes[..end]), &limits);
        if !head.oddities.is_empty() {
            refused += 1;
            continue;
        }
        accepted += 1;
        let out = written(head.clone()).unwrap();
        assert_eq!(EndFinder::default().find(&out), Some(out.len()), "one head, and all of it");
        let again = read_request(out.clone(), &limits);
        let shown = String::from_utf8_lossy(&out).into_owned();
        assert!(again.oddities.is_empty(), "{:?} in {shown}", again.oddities);
        let is_optional = head.upgrade().is_some();
        assert_eq!(meaning(&head), meaning(&again), "{shown}");
        assert_eq!(again.upgrade().is_some(), is_optional, "{shown}");
    }
    assert!(accepted > 40_000 && refused > 40_000, "{accepted} accepted, {refused} refused");
}

#[test]
fn responses_and_chunks_of_any_shape_are_survived() {
    let limits = Limits::default();
    let mut mutator = Mutator(2_463_534_242);
    for _ in 0..100_000 {
        let mut bytes = mutator.head();
        read_response(Bytes::copy_from_slice(&bytes), Method::Get, &limits);
        bytes.splice(0..0, *b"5\r\nhello\r\n");
        let mut buffer = BytesMut::from(&bytes[mutator.next(8)..]);
        let mut reader = BodyReader::new(Framing::Delimited);
        let before = buffer.len();
        let mut read = 0;
        while let Ok(Piece::Data(data, end)) = reader.read(&mut buffer, 7, &limits) {
            read += data.len();
            if end {
                break;
            }
        }
        assert!(read <= before);
    }
}
